//! Packed prose through one table, where it is decided that it is to be converted.
//!
//! Where a table is all that the prose needs (no pairs of anybody), but not all of it, the kernel runs over it as it is packed ([`Prose`]), over the ranges alone,
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
use crate::sink::Sink;
use crate::table::Table;

/// What is to be done with the prose up to a place.
pub(crate) struct Piece<'a> {
    /// The offset in the packed text behind it.
    pub(crate) end: usize,
    pub(crate) stretch: Stretch<'a>,
}

/// A stretch that waits for its turn in a run of the kernel.
struct Segment {
    /// The offset in the packed text behind it.
    end: usize,
    is_kept: bool,
    /// How many ranges end with it; some may be empty.
    ranges: usize,
}

/// Longer stretches that stay are not mapped.
const LONGEST_KEPT: usize = 256;

/// Appends the conversion of a prose; the pieces partition it, and those that are to be converted go through `table`. Calls `ended` behind each
/// range, with the output so far and how many bytes of the range are still to be appended to it.
pub(crate) fn convert<S: Sink>(
    prose: &Prose<'_>,
    pieces: &[Piece<'_>],
    table: &Table<'_>,
    output: &mut S,
    mut ended: impl FnMut(&S, usize),
) {
    output.reserve(prose.packed.len() + prose.packed.len() / 32);
    let mut pack = Pack { prose, table, start: 0, segments: Vec::new(), buffers: None };
    let mut ends = prose.ends.iter().peekable();
    let mut at = 0;
    while ends.next_if(|end| **end == 0).is_some() {
        ended(output, 0);
    }
    for piece in pieces {
        while at < piece.end {
            let start = at;
            at = ends.peek().map_or(piece.end, |end| piece.end.min(**end));
            let mut ranges = 0;
            while ends.next_if(|end| **end == at).is_some() {
                ranges += 1;
            }
            let is_kept = match piece.stretch {
                Stretch::Keep => true,
                Stretch::Convert(_) => false,
                _ => {
                    pack.convert(output, &mut ended);
                    piece.stretch.convert(&prose.packed[start..at], output);
                    (0..ranges).for_each(|_| ended(output, 0));
                    pack.start = at;
                    continue;
                }
            };
            if at - pack.start > CHUNK || is_kept && at - start > LONGEST_KEPT {
                pack.convert(output, &mut ended);
            }
            if is_kept && at - start > LONGEST_KEPT || at - start > CHUNK {
                let source = &prose.packed[start..at];
                if is_kept {
                    output.push(source)
                } else {
                    table.convert_into(source, output)
                }
                (0..ranges).for_each(|_| ended(output, 0));
                pack.start = at;
            } else {
                pack.segments.push(Segment { end: at, is_kept, ranges });
            }
        }
    }
    pack.convert(output, &mut ended);
}

/// Segments that are converted together: what they hold is at most [`CHUNK`] bytes.
struct Pack<'p> {
    prose: &'p Prose<'p>,
    table: &'p Table<'p>,
    /// Where the first of them begins.
    start: usize,
    segments: Vec<Segment>,
    /// Made when first needed.
    buffers: Option<Box<Buffers<'p, { CHUNK + kernel::OVERWRITE }, { kernel::events_of(CHUNK) }>>>,
}

impl Pack<'_> {
    /// Converts what has gathered, and leaves nothing.
    fn convert<S: Sink>(&mut self, output: &mut S, ended: &mut impl FnMut(&S, usize)) {
        let Pack { prose, table, start, segments, buffers } = self;
        let Some(last) = segments.last() else { return };
        let (first, end) = (*start, last.end);
        *start = end;
        let text = &prose.packed[..end];
        let bytes = text.as_bytes();
        let mut at = first;
        let mut one_by_one = |output: &mut S, at: &mut usize, Segment { end, is_kept, ranges }: Segment| {
            let source = &text[*at..end];
            if is_kept {
                output.push(source)
            } else {
                table.convert_into(source, output)
            }
            (0..ranges).for_each(|_| ended(output, 0));
            *at = end;
        };
        if segments.iter().all(|segment| segment.is_kept) {
            segments.drain(..).for_each(|segment| one_by_one(output, &mut at, segment));
            return;
        }
        let buffers = buffers.get_or_insert_with(|| Box::new(Buffers::new()));
        let Buffers { mapped, events, splices } = &mut **buffers;
        let count = kernel::map(&table.map, &bytes[first..], end - first, mapped, events);
        let mut events = &events[..count];
        // Operators are not for the table.
        if table.lengthening.is_some() && has_operator(&bytes[first..], events) {
            segments.drain(..).for_each(|segment| one_by_one(output, &mut at, segment));
            return;
        }
        splices.clear();
        for segment in segments.iter() {
            let stop = (segment.end - first) as u16;
            let own;
            (own, events) = match events.first() {
                Some(next) if *next < stop => events.split_at(events.iter().take_while(|event| **event < stop).count()),
                _ => (&[][..], events),
            };
            if segment.is_kept {
                mapped[at - first..segment.end - first].copy_from_slice(&bytes[at..segment.end]);
            } else if !own.is_empty() {
                table.resolve(&bytes[..segment.end], first, at, own, mapped, splices);
            }
            at = segment.end;
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
