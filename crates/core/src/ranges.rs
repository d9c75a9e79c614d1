//! All ranges of a text through one table.
//!
//! A page of wikitext hands over hundreds of ranges of a few dozen bytes. Where one table is all that each of them needs (the source variant is known, no pairs of
//! anybody), they are copied side by side into a buffer as large as the kernel takes, mapped in one run, and mended one by one: the resolver
//! sees nothing before a range and nothing behind it, so that each is still a text of its own.
//!
//! For `[[国军]]和'''马'''` with the ranges `国军`, `和` and `马`, one run of the kernel over `国军和马` gives `國軍和馬`, which is appended as it is.
//!
//! What is decided stretch by stretch goes through [`packed`](crate::packed), what has pairs through [`batch`](crate::batch).
//!
//! # Cost
//!
//! That of the text in the ranges, and about thirty instructions for each of them. A range of more than a buffer is converted by itself.

use std::ops::Range;

use crate::engine::{Buffers, CHUNK, has_operator};
use crate::kernel;
use crate::range_output::RangeOutput;
use crate::sink::made;
use crate::table::Table;

/// Ranges of at most so many bytes are copied with what is behind them, which is no call.
const SHORT: usize = 32;

/// Ranges that wait for a run of the kernel.
struct Gathered<'t> {
    /// What they hold, one behind another, and room for the rest of a short copy.
    packed: [u8; CHUNK + SHORT],
    /// Where each of them ends in that.
    ends: Vec<u16>,
    buffers: Buffers<'t, { CHUNK + kernel::OVERWRITE }, { kernel::events_of(CHUNK) }>,
}

/// Appends the conversions of sorted ranges.
pub(crate) fn convert(text: &str, ranges: &[Range<usize>], table: &Table<'_>, output: &mut RangeOutput) {
    let longest = ranges.iter().map(Range::len).sum::<usize>();
    output.text.reserve(longest + longest / 32);
    output.ends.reserve(ranges.len());
    let mut gathered =
        Box::new(Gathered { packed: [0; CHUNK + SHORT], ends: Vec::with_capacity(256), buffers: Buffers::new() });
    // The first range that waits, and how many bytes do.
    let (mut first, mut used) = (0, 0);
    for (number, range) in ranges.iter().enumerate() {
        let source = &text[range.clone()];
        if used + source.len() > CHUNK {
            gathered.convert(text, &ranges[first..number], table, output);
            (first, used) = (number, 0);
            if source.len() > CHUNK {
                table.convert_into(source, &mut output.text);
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
    gathered.convert(text, &ranges[first..], table, output);
}

impl<'t> Gathered<'t> {
    /// Converts the ranges that have gathered, and leaves none.
    fn convert(&mut self, text: &str, ranges: &[Range<usize>], table: &Table<'t>, output: &mut RangeOutput) {
        const { assert!(CHUNK <= u16::MAX as usize, "an end is a number of 16 bits") };
        let Gathered { packed, ends, buffers: Buffers { mapped, events, splices } } = self;
        let Some(&last) = ends.last() else { return };
        let used = usize::from(last);
        let count = kernel::map(&table.map, packed, used, mapped, events);
        let mut events = &events[..count];
        // Operators that the table does not do.
        if table.lengthening.is_some() && has_operator(packed, events) {
            for range in ranges {
                table.convert_into(&text[range.clone()], &mut output.text);
                output.ends.push(output.text.len());
            }
            ends.clear();
            return;
        }
        splices.clear();
        let (mut range, mut start) = (0, 0);
        while let Some(event) = events.first() {
            while ends[range] <= *event {
                start = usize::from(ends[range]);
                range += 1;
            }
            let end = ends[range];
            let own;
            (own, events) = events.split_at(events.iter().take_while(|event| **event < end).count());
            table.resolve(&packed[..usize::from(end)], 0, start, own, mapped, splices);
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
    use crate::{Config, Converter};

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
        for config in [Config::S2T, Config::S2Twp, Config::T2S] {
            let converter = Converter::new(config);
            let converted = converter.convert_ranges(&text, &ranges);
            for (range, converted) in ranges.iter().zip(converted) {
                assert_eq!(converted, converter.convert(&text[range.clone()]), "{config}: {range:?}");
            }
        }
    }
}
