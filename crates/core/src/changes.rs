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
//! The kernel leaves lengths as they are, so what it has mapped lies beside its source, and the two are compared (`kernel/borders.rs`). Phrases that change their length are
//! known by themselves.
//!
//! # Cost
//!
//! About one and a half times that of conversion with AVX-512, two and a half times without (`tongwen-bench own`).

use std::ops::Range;

use crate::converter::{Converter, Stretch};
use crate::descriptions::next_description_operator;
use crate::engine::{Buffers, CHUNK, joined};
use crate::kernel;
use crate::kernel::borders::find_borders;
use crate::resolve::Splice;
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
        let (spliced, borders) = (Vec::new(), Vec::new());
        let mut found = Changes { list: changes, output, text, buffers: None, spliced, borders };
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
struct Changes<'c, 'a> {
    list: &'c mut Vec<Change>,
    output: &'c mut String,
    text: &'c str,
    /// Made when first needed.
    buffers: Option<Box<ChunkBuffers<'a>>>,
    spliced: Vec<u8>,
    borders: Vec<u32>,
}

type ChunkBuffers<'a> = Buffers<'a, { CHUNK + kernel::OVERWRITE }, { kernel::events_of(CHUNK) }>;

impl<'a> Changes<'_, 'a> {
    /// Notes that a stretch has become what lies from `output` on at the end of the output.
    #[inline]
    fn note(&mut self, source: Range<usize>, output: Range<usize>) {
        note(self.list, Change { source, output });
    }

    /// Appends what a stretch as a whole has become.
    fn unit(&mut self, source: Range<usize>, converted: &str) {
        let start = self.output.len();
        self.output.push_str(converted);
        let unit = &self.text[source.clone()];
        if unit.len() != converted.len() {
            self.note(source, start..self.output.len());
        } else if unit != converted {
            let count = find_borders(unit.as_bytes(), converted.as_bytes(), &mut self.borders);
            self.note_runs(0..count, source.start, start);
        }
    }

    fn convert(&mut self, place: Range<usize>, stretch: &Stretch<'a>) {
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

    fn by_table(&mut self, place: Range<usize>, table: &Table<'a>) {
        let text = &self.text[place.clone()];
        match table.lengthening {
            Some(recipe) if next_description_operator(text.as_bytes(), 0).is_some() => match recipe {
                Lengthening::Engine(engine) => return self.traced(place, engine),
                Lengthening::Route(route) => return self.traced(place, &StagedEngine::new(route.recipe())),
            },
            _ => {}
        }
        let mut buffers = self.buffers.take().unwrap_or_else(|| Box::new(Buffers::new()));
        let mut start = 0;
        while start < text.len() {
            let end = text.floor_char_boundary(start + CHUNK);
            let end = table.map_chunk(text.as_bytes(), start..end, text.len(), &mut buffers);
            let Buffers { mapped, splices, .. } = &mut *buffers;
            let (source, mapped) = (&text.as_bytes()[start..end], &mut mapped[..end - start]);
            let output = self.output.len();
            self.output.push_str(made(joined(mapped, splices, &mut self.spliced)));
            self.chunk(place.start + start, source, mapped, output, splices);
            start = end;
        }
        self.buffers = Some(buffers);
    }

    /// Notes the changes of a chunk, which lies in the text at `start` and in the output at `output`. What was mapped where a splice is plays no part, and is lost.
    fn chunk(&mut self, start: usize, source: &[u8], mapped: &mut [u8], output: usize, splices: &[Splice<'_>]) {
        for Splice { start, end, .. } in splices {
            mapped[*start..*end].copy_from_slice(&source[*start..*end]);
        }
        let count = find_borders(source, mapped, &mut self.borders);
        let mut done = 0;
        // Where the start of the chunk would lie if what follows had kept its length: before the output, if much was deleted.
        let mut output = output;
        for splice in splices {
            let before = |run: &&[u32; 2]| (run[0] as usize) < splice.start;
            let until = done + 2 * self.borders[done..count].as_chunks().0.iter().take_while(before).count();
            self.note_runs(done..until, start, output);
            done = until;
            let place = output.wrapping_add(splice.start);
            let length = splice.output.as_bytes().len();
            self.note(start + splice.start..start + splice.end, place..place + length);
            output = output.wrapping_add(length).wrapping_sub(splice.end - splice.start);
        }
        self.note_runs(done..count, start, output);
    }

    /// Notes stretches that have kept their length, by some of the borders, which are counted from these places in text and output.
    fn note_runs(&mut self, borders: Range<usize>, start: usize, output: usize) {
        let change = |run: &[u32; 2]| {
            let [from, to] = run.map(|border| border as usize);
            Change { source: start + from..start + to, output: output.wrapping_add(from)..output.wrapping_add(to) }
        };
        // Only the first may touch what came before.
        if let Some((first, others)) = self.borders[borders].as_chunks().0.split_first() {
            note(self.list, change(first));
            self.list.extend(others.iter().map(change));
        }
    }
}

/// Adds a change to a list.
#[inline]
fn note(list: &mut Vec<Change>, change: Change) {
    match list.last_mut() {
        Some(last) if last.source.end == change.source.start && last.output.end == change.output.start => {
            (last.source.end, last.output.end) = (change.source.end, change.output.end);
        }
        _ => list.push(change),
    }
}
