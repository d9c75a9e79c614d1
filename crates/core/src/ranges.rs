//! All ranges of a text through one table.
//!
//! A page of wikitext hands over hundreds of ranges of a few dozen bytes. Where all that is converted goes through one table (the source variant is known), they are copied side by side into a buffer as large as the kernel takes, mapped in one run, and mended one by one: the resolver
//! sees nothing before a range and nothing behind it, so that each is still a text of its own. Pairs are found in the same run (`through.rs`).
//!
//! For `[[国军]]和'''马'''` with the ranges `国军`, `和` and `马`, one run of the kernel over `国军和马` gives `國軍和馬`, which is appended as it is.
//!
//! What is decided stretch by stretch goes through [`packed`](crate::packed), what has rules that remove words through [`batch`](crate::batch).
//!
//! # Cost
//!
//! That of the text in the ranges, and about thirty instructions for each of them. A range of more than a buffer is converted by itself.

use std::ops::Range;

use crate::engine::{Buffers, CHUNK, has_operator};
use crate::kernel;
use crate::range_output::RangeOutput;
use crate::resolve::Doubts;
use crate::sink::made;
use crate::through::{Part, Through};
use crate::user_text::{Between, Mapped, Scratch, Sequences};

/// Ranges of at most so many bytes are copied with what is behind them, which is no call.
const SHORT: usize = 32;

/// Ranges that wait for a run of the kernel.
struct Gathered<'t> {
    /// What they hold, one behind another, and room for the rest of a short copy.
    packed: [u8; CHUNK + SHORT],
    /// Where each of them ends in that.
    ends: Vec<u16>,
    buffers: Buffers<'t, { CHUNK + kernel::OVERWRITE }, { kernel::events_of(CHUNK) }>,
    scratch: Scratch<'t>,
}

/// Appends the conversions of sorted ranges.
pub(crate) fn convert(text: &str, ranges: &[Range<usize>], through: Through<'_>, output: &mut RangeOutput) {
    let longest = ranges.iter().map(Range::len).sum::<usize>();
    output.text.reserve(longest + longest / 32);
    output.ends.reserve(ranges.len());
    let mut gathered = Box::new(Gathered {
        packed: [0; CHUNK + SHORT],
        ends: Vec::with_capacity(256),
        buffers: Buffers::new(),
        scratch: Scratch::default(),
    });
    // The first range that waits, and how many bytes do.
    let (mut first, mut used) = (0, 0);
    for (number, range) in ranges.iter().enumerate() {
        let source = &text[range.clone()];
        if used + source.len() > CHUNK {
            gathered.convert(text, first, &ranges[first..number], &through, output);
            (first, used) = (number, 0);
            if source.len() > CHUNK {
                through.convert(Between::Converted, number, source, &mut output.text);
                output.ends.push(output.text.len());
                first = number + 1;
                continue;
            }
        }
        let room = &mut gathered.packed[used..];
        match (text.as_bytes()[range.start..].first_chunk::<SHORT>(), room.first_chunk_mut::<SHORT>()) {
            (Some(from), Some(to)) if source.len() <= SHORT => *to = *from,
            _ => room[..source.len()].copy_from_slice(source.as_bytes()),
        }
        used += source.len();
        gathered.ends.push(used as u16);
    }
    gathered.convert(text, first, &ranges[first..], &through, output);
}

impl<'t> Gathered<'t> {
    /// Converts the ranges that have gathered, of which the first has this number, and leaves none.
    fn convert(
        &mut self,
        text: &str,
        first: usize,
        ranges: &[Range<usize>],
        through: &Through<'t>,
        output: &mut RangeOutput,
    ) {
        let Gathered { packed, ends, buffers, scratch } = self;
        let Some(&last) = ends.last() else { return };
        let used = usize::from(last);
        let sifted = through.map(Between::Converted, packed, used, buffers, scratch);
        let Buffers { mapped, events, slots, noted, splices } = buffers;
        let mut of_table = Doubts { events: &events[..sifted.of_table], slots: &slots[..*noted] };
        // Operators that the table does not do.
        if through.table.lengthening.is_some() && has_operator(packed, of_table.events) {
            for (number, range) in (first..).zip(ranges) {
                through.convert(Between::Converted, number, &text[range.clone()], &mut output.text);
                output.ends.push(output.text.len());
            }
            ends.clear();
            return;
        }
        splices.clear();
        let Scratch { own, found } = scratch;
        let mut own = &own[..sifted.own];
        let sequences = Sequences::of(packed, of_table.events);
        let mut bytes = Mapped { text: packed, base: 0, bytes: mapped, splices, sequences };
        let (mut range, mut start) = (0, 0);
        while range < ranges.len() {
            // Most ranges have nothing to mend.
            if !through.looks_everywhere() {
                let Some(next) = of_table.events.first().into_iter().chain(own.first()).min() else { break };
                while ends[range] <= *next {
                    start = usize::from(ends[range]);
                    range += 1;
                }
            }
            let place = start..usize::from(ends[range]);
            start = place.end;
            let part = Part::next(first + range, place, &text[ranges[range].clone()], &mut of_table, &mut own);
            through.mend(Between::Converted, &mut bytes, part, found);
            range += 1;
        }
        let whole = made(&mapped[..used]);
        let RangeOutput { text: converted, ends: all_ends } = output;
        if splices.is_empty() {
            let before = converted.len();
            converted.push_str(whole);
            all_ends.extend(ends.drain(..).map(|end| before + usize::from(end)));
            return;
        }
        let mut done = 0;
        let mut splices = splices.iter().peekable();
        for end in ends.drain(..).map(usize::from) {
            while let Some(splice) = splices.next_if(|splice| splice.end <= end) {
                converted.push_str(&whole[done..splice.start]);
                converted.push_str(made(splice.output.as_bytes()));
                done = splice.end;
            }
            // What stands before the next splice is appended together with that.
            all_ends.push(converted.len() + (end - done));
        }
        converted.push_str(&whole[done..]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Config, Converter, PagePairs, UserDictionary};

    #[test]
    fn each_range_is_a_text_of_its_own() {
        let text = "头发干净，SQL注入后来。里面𠀀\0型⿰木乾隆皇后的鼠标".repeat(900);
        let places: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
        let mut ranges = Vec::new();
        let mut at = 0;
        // Lengths of 0 to 40 characters, some ranges that fill a buffer and some that no buffer holds, with and without gaps.
        for (number, length) in (0..41).cycle().enumerate().take(800) {
            let length = if number % 97 == 96 { number * 3 } else { length };
            let Some(&end) = places.get(at + length) else { break };
            ranges.push(places[at]..end);
            at += length + number % 3;
        }
        assert!(ranges.len() > 100 && ranges.iter().any(|range| range.len() > CHUNK));
        // Pairs with one or two triggers at a place, with none, across what the table has, and of other lengths.
        let rows = "里面\t裡頭\n后\t[后]\n软件\t软件\nSQL\tsql\nQL注\tX\n发干\t\n净，S\t[S]\n𠀀\t[宽]\n木乾隆\t木乾\n⿰木乾\tY\n";
        for config in [Config::S2T, Config::S2Twp, Config::T2S, Config::Tw2Sp] {
            for rows in ["", rows] {
                let user = || UserDictionary::parse("user", rows).expect("a good file");
                let build = || Converter::builder().config(config).dictionary(user()).build().expect("builds");
                let converter = build();
                // Makes the triggers of the pairs ready.
                converter.convert(&"长".repeat(100_000));
                let converted = converter.convert_ranges(&text, &ranges);
                for (range, converted) in ranges.iter().zip(converted) {
                    assert_eq!(converted, build().convert(&text[range.clone()]), "{config}: {range:?}");
                }
                // With rules of the page, each in force from its range on.
                let mut rules = PagePairs::new();
                for (source, target) in [("里面", "裏"), ("后来", "后来"), ("型", ""), ("。里", "X"), ("鼠标头发", "Y")]
                {
                    rules.set(source, target).expect("a short source");
                }
                let epochs: Vec<usize> = (0..ranges.len()).map(|number| number % 6).collect();
                let found = converter.convert_ranges_with(&text, &ranges, &rules, &epochs);
                // Where something was removed, whatever it is, every character is asked.
                rules.remove("\u{e000}");
                let expected = converter.convert_ranges_with(&text, &ranges, &rules, &epochs);
                for (number, (found, expected)) in found.iter().zip(&expected).enumerate() {
                    assert_eq!(found, expected, "{config}: {} by {}", &text[ranges[number].clone()], epochs[number]);
                }
            }
        }
    }
}
