//! Many small ranges of one text through one table, packed together.
//!
//! Where a table is all that the ranges need (no pairs of anybody, nothing to be decided sentence by sentence), they are copied one
//! behind another, and the kernel runs over the copy: over the ranges alone, without what lies between them in the text. Then every range
//! is mended on its own: the resolver sees nothing before its start and nothing behind its end, so that each is still a text of its own.
//!
//! For `[[国军]]和'''马'''` with the ranges `国军`, `和` and `马`, one run of the kernel over `国军和马` gives `國軍和馬`, which is appended as it
//! is; where each of the results ends is known from the ranges, and from the replacements of other lengths.
//!
//! # Cost
//!
//! That of the ranges, a copy of them, and a few nanoseconds for each. What needs more than a table goes through [`batch`](crate::batch).

use std::ops::Range;

use crate::engine::{Buffers, CHUNK};
use crate::kernel;
use crate::range_output::RangeOutput;
use crate::sink::{Sink, made};
use crate::table::Table;

/// Ranges that are converted together.
struct Pack<'t> {
    /// Their text, at most [`CHUNK`] bytes.
    text: String,
    /// Where in it each of them ends.
    ends: Vec<usize>,
    buffers: Buffers<'t, { CHUNK + kernel::OVERWRITE }, { CHUNK / 3 + 2 }>,
}

/// Appends the conversions of sorted, disjoint ranges, each as a text of its own.
pub(crate) fn convert_ranges(table: &Table<'_>, text: &str, ranges: &[Range<usize>], output: &mut RangeOutput) {
    let length: usize = ranges.iter().map(Range::len).sum();
    output.text.reserve(length + length / 32);
    output.ends.reserve(ranges.len());
    let mut pack = Box::new(Pack { text: String::with_capacity(CHUNK), ends: Vec::new(), buffers: Buffers::new() });
    for range in ranges {
        let source = &text[range.clone()];
        if pack.text.len() + source.len() > CHUNK {
            pack.convert(table, output);
        }
        if source.len() > CHUNK {
            table.convert_into(source, &mut output.text);
            output.ends.push(output.text.len());
        } else {
            pack.text.push_str(source);
            pack.ends.push(pack.text.len());
        }
    }
    pack.convert(table, output);
}

impl<'t> Pack<'t> {
    /// Converts what has gathered, and leaves nothing.
    fn convert(&mut self, table: &Table<'t>, output: &mut RangeOutput) {
        let Pack { text, ends, buffers } = self;
        let Buffers { mapped, events, splices } = buffers;
        let bytes = text.as_bytes();
        let RangeOutput { text: converted, ends: converted_ends } = output;
        let count = kernel::map(&table.map, bytes, bytes.len(), mapped, events);
        let mut events = &events[..count];
        // Operators that the table does not do.
        let describes = |event: &u16| bytes[usize::from(*event)..].starts_with(&[0xE2, 0xBF]);
        if table.lengthening.is_some() && events.iter().any(describes) {
            let mut start = 0;
            for end in ends.drain(..) {
                table.convert_into(&text[start..end], converted);
                converted_ends.push(converted.len());
                start = end;
            }
            text.clear();
            return;
        }
        splices.clear();
        let mut number = 0;
        while let Some(event) = events.first() {
            while ends[number] <= usize::from(*event) {
                number += 1;
            }
            let start = number.checked_sub(1).map_or(0, |before| ends[before]);
            let end = ends[number];
            let (own, after) = events.split_at(events.iter().take_while(|event| usize::from(**event) < end).count());
            table.resolve(&bytes[..end], 0, start, own, mapped, splices);
            events = after;
        }
        let whole = made(&mapped[..bytes.len()]);
        let mut done = 0;
        let mut splices = splices.iter().peekable();
        for end in ends.drain(..) {
            while let Some(splice) = splices.next_if(|splice| splice.end <= end) {
                converted.push_str(&whole[done..splice.start]);
                converted.push_made(splice.output.as_bytes());
                done = splice.end;
            }
            // What stands before the next splice is appended together with that.
            converted_ends.push(converted.len() + (end - done));
        }
        converted.push_str(&whole[done..]);
        text.clear();
    }
}
