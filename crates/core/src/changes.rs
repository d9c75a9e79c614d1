//! Where conversion changes a text, found while it converts: for marking, undoing and merging, without asking why, which takes far longer.
//!
//! A change is a stretch of the source and the stretch of the output that took its place. Characters that change side by side are one change, and so is a
//! phrase that becomes longer or shorter as a whole, a pair of the caller's, and whatever of these touches. What lies between changes is the same on both
//! sides. For why, ask [`Converter::explain`] about the stretch.
//!
//! Worked example, `s2twp`: in `内存里的数据` → `記憶體裡的資料` the first three characters change together (`内存` becomes longer, `里` touches it), `的` stays,
//! `数据` is the second change.
//!
//! # How it works
//!
//! The kernel leaves lengths as they are, so what it has mapped lies beside its source; the two are compared in blocks of eight characters, without a branch
//! for each. Phrases that change their length are known by themselves.
//!
//! # Cost
//!
//! Two to three times that of conversion on prose, more where changes are dense (`tongwen-bench own`).

use std::ops::Range;

use crate::converter::{Converter, Stretch};
use crate::descriptions::next_description_operator;
use crate::engine::{Buffers, CHUNK, joined};
use crate::kernel;
use crate::resolve::{Splice, decode};
use crate::sink::made;
use crate::table::{Lengthening, Table};
use crate::{Mixed, StagedEngine};

/// A stretch of a text that became another, in bytes.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Change {
    /// Bytes of the source.
    pub source: Range<usize>,
    /// Bytes of the output.
    pub output: Range<usize>,
}

impl Converter {
    /// [`Converter::convert_into`] that also says where it has changed the text: appends to `changes`, sorted and disjoint, with ranges of `text` and of the whole of
    /// `output`.
    ///
    /// ```
    /// use tongwen::{Config, Converter};
    ///
    /// let (text, mut output, mut changes) = ("内存里的数据", String::new(), Vec::new());
    /// Converter::new(Config::S2Twp).convert_with_changes(text, &mut output, &mut changes);
    /// let shown: Vec<_> = changes.iter().map(|change| (&text[change.source.clone()], &output[change.output.clone()])).collect();
    /// assert_eq!(shown, [("内存里", "記憶體裡"), ("数据", "資料")]);
    /// ```
    pub fn convert_with_changes(&self, text: &str, output: &mut String, changes: &mut Vec<Change>) {
        let mut prose = Vec::new();
        self.prose(text, &mut prose);
        output.reserve(text.len() + text.len() / 32);
        let mut found = Changes { list: changes, output, text };
        let mut done = 0;
        self.stretches(text, &prose, None, |_, place, stretch| {
            found.output.push_str(&text[done..place.start]);
            done = place.end;
            found.convert(place, &stretch);
        });
        output.push_str(&text[done..]);
    }
}

/// The changes of a text under construction.
struct Changes<'c> {
    list: &'c mut Vec<Change>,
    output: &'c mut String,
    text: &'c str,
}

impl Changes<'_> {
    /// Notes that a stretch has become what lies from `output` on at the end of the output.
    #[inline]
    fn note(&mut self, source: Range<usize>, output: Range<usize>) {
        match self.list.last_mut() {
            Some(last) if last.source.end == source.start && last.output.end == output.start => {
                (last.source.end, last.output.end) = (source.end, output.end);
            }
            _ => self.list.push(Change { source, output }),
        }
    }

    /// Appends what a stretch as a whole has become.
    fn unit(&mut self, source: Range<usize>, converted: &str) {
        let start = self.output.len();
        self.output.push_str(converted);
        let unit = &self.text[source.clone()];
        if unit.len() != converted.len() {
            self.note(source, start..self.output.len());
        } else if unit != converted {
            self.compare(source.start, unit.as_bytes(), converted.as_bytes(), start, &mut Vec::new());
        }
    }

    fn convert(&mut self, place: Range<usize>, stretch: &Stretch<'_>) {
        match stretch {
            Stretch::Keep => self.output.push_str(&self.text[place]),
            Stretch::Pair(found) => {
                let start = self.output.len();
                self.output.push_str(found.replacement());
                if self.text[place.clone()] != *found.replacement() {
                    self.note(place, start..self.output.len());
                }
            }
            Stretch::Convert(step) => match step.table() {
                Some(table) => self.by_table(place, &table),
                None => self.output.push_str(&self.text[place]),
            },
            Stretch::ConvertEvident(step, mixed) => match step.table() {
                Some(table) => self.evident(place, &table, mixed),
                None => self.output.push_str(&self.text[place]),
            },
            Stretch::Staged(engine) => self.traced(place, engine),
        }
    }

    fn evident(&mut self, place: Range<usize>, table: &Table<'_>, mixed: &Mixed) {
        let (source, mut start) = (&self.text[place.clone()], place.start);
        table.for_each_unit(source, source.len(), |unit, converted| {
            let range = start..start + unit.len();
            start = range.end;
            self.unit(range, if mixed.is_evident(unit) { converted } else { unit });
        });
    }

    fn traced(&mut self, place: Range<usize>, engine: &StagedEngine) {
        for unit in engine.trace(&self.text[place.clone()]) {
            self.unit(place.start + unit.source.start..place.start + unit.source.end, &unit.output);
        }
    }

    fn by_table(&mut self, place: Range<usize>, table: &Table<'_>) {
        let text = &self.text[place.clone()];
        match table.lengthening {
            Some(recipe) if next_description_operator(text.as_bytes(), 0).is_some() => match recipe {
                Lengthening::Engine(engine) => return self.traced(place, engine),
                Lengthening::Route(route) => return self.traced(place, &StagedEngine::new(route.recipe())),
            },
            _ => {}
        }
        let mut buffers = Buffers::<{ CHUNK + kernel::OVERWRITE }, { kernel::events_of(CHUNK) }>::new();
        let (mut spliced, mut borders) = (Vec::new(), Vec::new());
        let mut start = 0;
        while start < text.len() {
            buffers.splices.clear();
            let end = text.floor_char_boundary(start + CHUNK);
            let end = table.map_chunk(text.as_bytes(), start..end, text.len(), &mut buffers);
            let (source, mapped) = (&text.as_bytes()[start..end], &buffers.mapped[..end - start]);
            let output = self.output.len();
            self.output.push_str(made(joined(mapped, &buffers.splices, &mut spliced)));
            self.chunk(place.start + start, source, mapped, output, &buffers.splices, &mut borders);
            start = end;
        }
    }

    /// Notes the changes of a chunk, which lies in the text at `start` and in the output at `output`.
    fn chunk(
        &mut self,
        start: usize,
        source: &[u8],
        mapped: &[u8],
        mut output: usize,
        splices: &[Splice<'_>],
        borders: &mut Vec<u32>,
    ) {
        let mut at = 0;
        for splice in splices {
            self.compare(start + at, &source[at..splice.start], &mapped[at..splice.start], output, borders);
            output += splice.start - at;
            let length = splice.output.as_bytes().len();
            self.note(start + splice.start..start + splice.end, output..output + length);
            (at, output) = (splice.end, output + length);
        }
        self.compare(start + at, &source[at..], &mapped[at..], output, borders);
    }

    /// Notes what is not the same in two stretches of the same length, at these places in text and output.
    fn compare(&mut self, start: usize, source: &[u8], mapped: &[u8], output: usize, borders: &mut Vec<u32>) {
        let count = find_borders(source, mapped, borders);
        let change = |run: &[u32; 2]| {
            let [from, to] = run.map(|border| border as usize);
            Change { source: start + from..start + to, output: output + from..output + to }
        };
        // Only the first may touch what came before.
        if let Some((first, others)) = borders[..count].as_chunks().0.split_first() {
            let Change { source, output } = change(first);
            self.note(source, output);
            self.list.extend(others.iter().map(change));
        }
    }
}

/// Characters that are compared together, if all have 3 bytes.
const BLOCK: usize = 8;

/// Finds where in two texts of the same number of bytes the characters of the first begin and cease to differ, by turns; gives how many such places there are, which is even.
fn find_borders(source: &[u8], mapped: &[u8], borders: &mut Vec<u32>) -> usize {
    let room = source.len() + BLOCK + 2;
    if borders.len() < room {
        borders.resize(room, 0);
    }
    let (mut at, mut count, mut differed) = (0, 0, 0u32);
    while let Some(first) = source.get(at..).filter(|rest| !rest.is_empty()) {
        let second = &mapped[at..];
        if let (Some(first), Some(second)) = (first.first_chunk(), second.first_chunk())
            && let Some(differ) = differing(first, second)
        {
            if differ | differed != 0 {
                let changes = differ ^ (differ << 1 | differed);
                // Written whether or not it counts: eight stores are sooner done than the right ones foreseen.
                for (number, border) in (0..BLOCK).map(|number| (number, at + 3 * number)) {
                    borders[count] = border as u32;
                    count += (changes >> number & 1) as usize;
                }
                differed = differ >> (BLOCK - 1);
            }
            at += 3 * BLOCK;
            continue;
        }
        // One by one to the end of what keeps these eight from being a block.
        let mut length = 3;
        while length == 3 && at < source.len() {
            length = decode(source, at).1;
            let same = match (source[at..].first_chunk::<3>(), mapped[at..].first_chunk::<3>()) {
                (Some(first), Some(second)) if length == 3 => first == second,
                _ => source[at..at + length] == mapped[at..at + length],
            };
            borders[count] = at as u32;
            count += usize::from(same == (differed == 1));
            (at, differed) = (at + length, u32::from(!same));
        }
    }
    borders[count] = at as u32;
    count + differed as usize
}

/// Which of eight characters differ, one bit each; none if not all of the first text have 3 bytes.
#[inline(always)]
fn differing(first: &[u8; 3 * BLOCK], second: &[u8; 3 * BLOCK]) -> Option<u32> {
    // The first half bytes of characters, and what they are in those of 3 bytes.
    const LEADS: [u64; 3] = [0x00F0_0000_F000_00F0, 0xF000_00F0_0000_F000, 0x0000_F000_00F0_0000];
    const THREE: [u64; 3] = [0x00E0_0000_E000_00E0, 0xE000_00E0_0000_E000, 0x0000_E000_00E0_0000];
    let words = |text: &[u8; 3 * BLOCK]| {
        let eights = text.as_chunks::<8>().0;
        [0, 1, 2].map(|number| u64::from_le_bytes(eights[number]))
    };
    let (first, second) = (words(first), words(second));
    let others = (0..3).fold(0, |others, number| others | (first[number] & LEADS[number]) ^ THREE[number]);
    if others != 0 {
        return None;
    }
    let [low, middle, high] = [0, 1, 2].map(|number| first[number] ^ second[number]);
    let characters = [
        low & 0xFF_FFFF,
        low >> 24 & 0xFF_FFFF,
        low >> 48 | (middle & 0xFF) << 16,
        middle >> 8 & 0xFF_FFFF,
        middle >> 32 & 0xFF_FFFF,
        middle >> 56 | (high & 0xFFFF) << 8,
        high >> 16 & 0xFF_FFFF,
        high >> 40,
    ];
    Some(characters.iter().rev().fold(0, |differ, character| differ << 1 | u32::from(*character != 0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn borders_are_those_of_a_plain_comparison() {
        let pieces = ["头", "發", "a", "é", "𠀀", "，", "頭", "发"];
        let mut state = 5u32;
        let mut next = |below: usize| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 8) as usize % below
        };
        for _ in 0..5_000 {
            let (mut source, mut mapped) = (String::new(), String::new());
            let mut expected: Vec<u32> = Vec::new();
            for _ in 0..next(50) {
                let from = pieces[if next(4) > 0 { 0 } else { next(8) }];
                let to = if from.len() == 3 && next(3) == 0 { pieces[[0, 1, 5, 6, 7][next(5)]] } else { from };
                let start = source.len() as u32;
                if from != to {
                    match expected.last_mut() {
                        Some(last) if *last == start => *last += 3,
                        _ => expected.extend([start, start + 3]),
                    }
                }
                source += from;
                mapped += to;
            }
            let mut borders = Vec::new();
            let count = find_borders(source.as_bytes(), mapped.as_bytes(), &mut borders);
            assert_eq!(borders[..count], expected, "{source} {mapped}");
        }
    }
}
