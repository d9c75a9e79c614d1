//! Packed prose through one table, where it is decided that it is to be converted.
//!
//! Where a table is all that the prose needs, but not all of it, the kernel runs over it as it is packed ([`Prose`]), over the ranges alone,
//! without what lies between them in the text. Then every stretch is mended on its own: the resolver sees nothing before its start and nothing
//! behind its end, so that each is still a text of its own; what is to be left is put back.
//!
//! For `[[国军]]和'''马'''` with the ranges `国军`, `和` and `马`, one run of the kernel over `国军和马` gives `國軍和馬`, which is appended as it
//! is; where each of the results ends is known from the ranges, and from the replacements of other lengths.
//!
//! # Cost
//!
//! That of the prose, and a few nanoseconds for each stretch. Long stretches that are left are not mapped, and those of which only evident
//! characters are converted go through the table one by one. What is converted whole goes through [`ranges`](crate::ranges), what needs more than a
//! table through [`batch`](crate::batch).

use crate::converter::Stretch;
use crate::engine::{Buffers, CHUNK, has_operator};
use crate::kernel;
use crate::prose::Prose;
use crate::resolve::Doubts;
use crate::sink::Sink;
use crate::through::{Part, Through};
use crate::user_matches::Competitor;
use crate::user_text::{Between, Mapped, Scratch, Sequences};

/// What is to be done with the prose up to a place.
pub(crate) struct Piece<'a> {
    /// The offset in the packed text behind it.
    pub(crate) end: usize,
    pub(crate) stretch: Stretch<'a>,
}

/// A stretch that waits for its turn in a run of the kernel.
struct Segment {
    /// The number of the range that it is part of.
    number: usize,
    /// The offset in the packed text behind it.
    end: usize,
    between: Between,
    /// How many ranges end with it; some may be empty.
    ranges: usize,
}

/// Longer stretches that stay are not mapped, unless pairs are looked for in them.
const LONGEST_KEPT: usize = 256;

/// Appends the conversion of a prose; the pieces partition it, and those that are to be converted go through a table. Calls `ended` behind each
/// range, with the output so far and how many bytes of the range are still to be appended to it.
pub(crate) fn convert<S: Sink>(
    prose: &Prose<'_>,
    pieces: &[Piece<'_>],
    through: Through<'_>,
    output: &mut S,
    mut ended: impl FnMut(&S, usize),
) {
    output.reserve(prose.packed.len() + prose.packed.len() / 32);
    let mut pack = Pack { prose, through, start: 0, segments: Vec::new(), buffers: None };
    let mut ends = prose.ends.iter().peekable();
    // The range that comes next.
    let (mut at, mut next) = (0, 0);
    while ends.next_if(|end| **end == 0).is_some() {
        ended(output, 0);
        next += 1;
    }
    for piece in pieces {
        while at < piece.end {
            let (start, number) = (at, next);
            at = ends.peek().map_or(piece.end, |end| piece.end.min(**end));
            let mut ranges = 0;
            while ends.next_if(|end| **end == at).is_some() {
                ranges += 1;
            }
            next += ranges;
            let is_kept = match piece.stretch {
                Stretch::Keep => true,
                Stretch::Convert(_) => false,
                _ => {
                    pack.convert(output, &mut ended);
                    let competitor = match piece.stretch {
                        Stretch::ConvertEvident(step, _) => Competitor::of(step),
                        _ => Competitor::Nobody,
                    };
                    let pairs = through.pairs(number);
                    pairs.cut(&prose.packed, start..at, competitor, || piece.stretch, &mut |place, stretch| {
                        stretch.convert(&prose.packed[place], output);
                    });
                    (0..ranges).for_each(|_| ended(output, 0));
                    pack.start = at;
                    continue;
                }
            };
            let between = if is_kept { Between::Kept } else { Between::Converted };
            let longest = if is_kept && through.is_table() { LONGEST_KEPT } else { CHUNK };
            if at - pack.start > CHUNK || at - start > longest {
                pack.convert(output, &mut ended);
            }
            if at - start > longest {
                through.convert(between, number, &prose.packed[start..at], output);
                (0..ranges).for_each(|_| ended(output, 0));
                pack.start = at;
            } else {
                pack.segments.push(Segment { number, end: at, between, ranges });
            }
        }
    }
    pack.convert(output, &mut ended);
}

type PackBuffers<'p> = (Buffers<'p, { CHUNK + kernel::OVERWRITE }, { kernel::events_of(CHUNK) }>, Scratch<'p>);

/// Segments that are converted together: what they hold is at most [`CHUNK`] bytes.
struct Pack<'p> {
    prose: &'p Prose<'p>,
    through: Through<'p>,
    /// Where the first of them begins.
    start: usize,
    segments: Vec<Segment>,
    /// Made when first needed.
    buffers: Option<Box<PackBuffers<'p>>>,
}

impl Pack<'_> {
    /// Converts what has gathered, and leaves nothing.
    fn convert<S: Sink>(&mut self, output: &mut S, ended: &mut impl FnMut(&S, usize)) {
        let Pack { prose, through, start, segments, buffers } = self;
        let Some(last) = segments.last() else { return };
        let (first, end) = (*start, last.end);
        *start = end;
        let text = &prose.packed[..end];
        let bytes = text.as_bytes();
        let mut at = first;
        let mut one_by_one = |output: &mut S, at: &mut usize, Segment { number, end, between, ranges }: Segment| {
            through.convert(between, number, &text[*at..end], output);
            (0..ranges).for_each(|_| ended(output, 0));
            *at = end;
        };
        if through.is_table() && segments.iter().all(|segment| segment.between == Between::Kept) {
            segments.drain(..).for_each(|segment| one_by_one(output, &mut at, segment));
            return;
        }
        let buffers = buffers.get_or_insert_with(|| Box::new((Buffers::new(), Scratch::default())));
        let (buffers, scratch) = &mut **buffers;
        let between = Between::of_all(segments.iter().map(|segment| segment.between));
        let sifted = through.map(between, &bytes[first..], end - first, buffers, scratch);
        let Buffers { mapped, events, slots, noted, splices } = buffers;
        let mut of_table = Doubts { events: &events[..sifted.of_table], slots: &slots[..*noted] };
        // Operators are not for the table.
        if through.table.lengthening.is_some() && has_operator(&bytes[first..], of_table.events) {
            segments.drain(..).for_each(|segment| one_by_one(output, &mut at, segment));
            return;
        }
        splices.clear();
        let Scratch { own, found } = scratch;
        let mut own = &own[..sifted.own];
        let sequences = Sequences::of(&bytes[first..], of_table.events);
        let mut mended = Mapped { text: &bytes[first..], base: 0, bytes: mapped, splices, sequences };
        for Segment { number, end, between, .. } in segments.iter() {
            let part = Part::next(*number, at - first..end - first, &text[at..*end], &mut of_table, &mut own);
            through.mend(*between, &mut mended, part, found);
            at = *end;
        }
        let whole = S::whole(&mapped[..end - first]);
        let mut done = 0;
        let mut splices = splices.iter().peekable();
        for Segment { end, ranges, .. } in segments.drain(..) {
            let end = end - first;
            while let Some(splice) = splices.next_if(|splice| splice.end <= end) {
                output.push_part(whole, done..splice.start);
                output.push_made(splice.output.as_bytes());
                done = splice.end;
            }
            // What stands before the next splice is appended together with that.
            (0..ranges).for_each(|_| ended(output, end - done));
        }
        output.push_part(whole, done..end - first);
    }
}

#[cfg(test)]
mod tests {
    use crate::random::Random;
    use std::ops::Range;

    use crate::{Converter, PagePairs, UserDictionary, Variant};

    /// Once the triggers of the pairs are ready, the kernel finds them; before that, every character is asked.
    #[test]
    fn pairs_in_text_that_is_decided_stretch_by_stretch_are_found_either_way() {
        let mut numbers = Random(11);
        let mut random = |bound| numbers.below(bound);
        const KINDS: [&[&str]; 3] = [
            &["他说这是后来的事", "头发干净", "软件里面", "。", "，", "\n", "U盘 and AI"],
            &["他說這是後來的事", "爲了頭髮", "公里外面", "。", "，", "\n", "裏面"],
            &["的事", "-{里}-", "⿰亻言", "😀", "𠀀", "a", "中文"],
        ];
        let rows = "里\t[里]\n头发\t頭发\n来的事\t來的 事\n来的\t\n的事\t[事]\n公里\t公里\nAI\t人工\nU盘\t[U盘]\n外面\t裡\n𠀀\t[宽]\n，\t、\n";
        let mut changed = 0;
        for to in [Variant::ZhTw, Variant::ZhCn] {
            let user = || UserDictionary::parse("user", rows).expect("a good file");
            let build = || Converter::builder().to(to).dictionary(user()).build().expect("a target alone builds");
            let ready = build();
            ready.convert(&"长".repeat(100_000));
            for round in 0..300 {
                let (mut text, mut ranges) = (String::new(), Vec::<Range<usize>>::new());
                let most = [8, 40, 900][random(3)];
                for _ in 0..1 + random(40) {
                    let kind = KINDS[[0, 0, 1, 1, 2][random(5)]];
                    let start = text.len();
                    (0..random(most)).for_each(|_| text.push_str(kind[random(kind.len())]));
                    if random(4) > 0 {
                        ranges.push(start..text.len());
                    }
                    if text.len() > 50_000 {
                        break;
                    }
                }
                let expected = build().convert(&text).into_owned();
                assert_eq!(ready.convert(&text), expected, "{round}, to {to}: {text}");
                let expected = build().convert_ranges(&text, &ranges);
                let found = ready.convert_ranges(&text, &ranges);
                for ((range, expected), found) in ranges.iter().zip(expected).zip(found) {
                    assert_eq!(found, expected, "{round}, to {to}: {range:?} of {text}");
                    changed += usize::from(found != text[range.clone()]);
                }
                // The same with rules of the page, each in force from somewhere on.
                let mut rules = PagePairs::new();
                let sources = ["里面", "的", "他说这是后", "頭髮", "中文", "里", "😀", "U盘 and"];
                for source in sources {
                    if random(2) == 0 {
                        rules.set(source, ["<>", "", "『里』", source][random(4)]).expect("a short source");
                    }
                }
                let epochs: Vec<usize> = ranges.iter().map(|_| random(rules.epoch() + 1)).collect();
                let expected = build().convert_ranges_with(&text, &ranges, &rules, &epochs);
                assert_eq!(
                    ready.convert_ranges_with(&text, &ranges, &rules, &epochs),
                    expected,
                    "{round}, to {to}: {text}"
                );
            }
        }
        assert!(changed > 1000, "{changed} ranges");
    }
}
