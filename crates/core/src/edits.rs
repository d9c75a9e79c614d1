//! The list of edits with their reasons, at a speed at which it can be had for every text.
//!
//! The tables know what a text becomes and have forgotten why; the staged engine knows why and takes a hundred times as long. So the tables say where something
//! changes, and the staged engine is only asked about the unit there, once for each unit that is not known yet: how a unit is read depends on nothing but itself and, at most, what
//! the trie looks ahead. A text has far fewer different units than units.
//!
//! Worked example, `s2twp`: in `他的软件很软` the kernel's output differs at `软件` and `软`. A unit starts at the first for certain, and the trie says that it ends behind `件`. The staged engine is given
//! `软件` and answers that it becomes `軟體` by an entry of `TWPhrases.txt`; that is what the table has put out, so it is the reason, here and wherever else the unit
//! becomes this.
//!
//! What cannot be told so is traced as a whole, as [`Converter::explain`] does: a stretch with a unit that becomes something else when it stands alone, recipes that are not compiled,
//! incomplete description sequences. Tests hold the edits to those of the full trace.
//!
//! # Cost
//!
//! That of [`Converter::convert_with_changes`] and about a tenth of a microsecond for each edit, half of which its strings take; some microseconds for each different unit.

mod units;

use std::ops::Range;
use std::sync::Arc;

use crate::converter::{Converter, Stretch};
use crate::descriptions::next_description_operator;
use crate::engine::{Buffers, CHUNK};
use crate::explain::{Edit, Piece, Replacement, trace_stretch};
use crate::kernel;
use crate::kernel::borders::find_borders;
use crate::resolve::Splice;
use crate::route::Keys;
use crate::step::Step;
use crate::table::Table;
use crate::user_matches::PageView;
use crate::{Mixed, PagePairs, StagedEngine};
use units::{Short, Units};

impl Converter {
    /// The replacements that conversion makes in a text, each with the dictionary entry that decided it: those of [`Converter::explain`], much sooner.
    pub fn edits(&self, text: &str) -> Vec<Edit> {
        let mut prose = Vec::new();
        self.prose(text, &mut prose);
        self.edits_with(text, &prose, None)
    }

    /// The replacements that [`Converter::convert_ranges_with`] makes, each with the entry that decided it. The page's rules are named
    /// [`PAGE_RULE`](crate::PAGE_RULE), with their origin.
    ///
    /// # Panics
    ///
    /// As there.
    pub fn edits_in_ranges(
        &self,
        text: &str,
        ranges: &[Range<usize>],
        pairs: &PagePairs,
        epochs: &[usize],
    ) -> Vec<Edit> {
        assert_eq!(epochs.len(), ranges.len(), "there must be one epoch for each range");
        self.edits_with(text, ranges, Some(PageView { pairs, epochs }))
    }

    fn edits_with(&self, text: &str, ranges: &[Range<usize>], page: Option<PageView<'_>>) -> Vec<Edit> {
        let (list, borders) = (Vec::new(), Vec::new());
        // Another thread that asks meanwhile begins anew.
        let known = self.inner.known.lock().map(|mut known| std::mem::take(&mut *known)).unwrap_or_default();
        let mut edits = Edits { text, list, known, buffers: None, borders };
        self.stretches(text, ranges, page, |_, place, stretch| edits.add(place, &stretch));
        if let Ok(mut known) = self.inner.known.lock() {
            *known = edits.known;
        }
        edits.list
    }
}

/// The edits of a text under construction.
struct Edits<'t, 'a> {
    text: &'t str,
    list: Vec<Edit>,
    /// What is known of the units of each step that has come up.
    known: Vec<Known>,
    /// Made when first needed.
    buffers: Option<Box<ChunkBuffers<'a>>>,
    borders: Vec<u32>,
}

type ChunkBuffers<'a> = Buffers<'a, { CHUNK + kernel::OVERWRITE }, { kernel::events_of(CHUNK) }>;

/// A unit that becomes something else alone than it does in the text.
struct Unclear;

impl<'a> Edits<'_, 'a> {
    fn add(&mut self, place: Range<usize>, stretch: &Stretch<'a>) {
        let (step, mixed) = match stretch {
            Stretch::Convert(step) => (*step, None),
            Stretch::ConvertEvident(step, mixed) => (*step, Some(*mixed)),
            _ => return self.trace(place, stretch),
        };
        let Some(table) = step.table() else { return };
        let source = self.text[place.clone()].as_bytes();
        if table.lengthening.is_some() && next_description_operator(source, 0).is_some() {
            return self.trace(place, stretch);
        }
        let number = std::ptr::from_ref(step).addr();
        let known = self.known.iter().position(|known| known.step == number).unwrap_or_else(|| {
            self.known.push(Known { step: number, engine: None, units: Units::default() });
            self.known.len() - 1
        });
        let before = self.list.len();
        let mut buffers = self.buffers.take().unwrap_or_else(|| Box::new(Buffers::new()));
        let mut walk = Walk {
            source: &self.text[place.clone()],
            start: place.start,
            table: &table,
            mixed,
            step,
            known: &mut self.known[known],
            list: &mut self.list,
            made: Vec::new(),
        };
        let found = walk.by_chunks(&mut buffers, &mut self.borders);
        self.buffers = Some(buffers);
        if let Err(Unclear) = found {
            self.list.truncate(before);
            self.trace(place, stretch);
        }
    }

    /// Finds the edits of a stretch by a full trace.
    fn trace(&mut self, place: Range<usize>, stretch: &Stretch<'_>) {
        let mut pieces: Vec<Piece> = Vec::new();
        trace_stretch(self.text, place, stretch, &mut pieces);
        self.list.extend(pieces.iter().filter_map(|piece| piece.edit(&self.text[piece.range.clone()])));
    }
}

/// The way through one stretch.
struct Walk<'w, 'a> {
    source: &'w str,
    /// Where it lies in the text.
    start: usize,
    table: &'w Table<'a>,
    mixed: Option<&'a Mixed>,
    step: &'a Step,
    known: &'w mut Known,
    list: &'w mut Vec<Edit>,
    /// Room for what a unit becomes.
    made: Vec<u8>,
}

impl<'a> Walk<'_, 'a> {
    fn by_chunks(&mut self, buffers: &mut ChunkBuffers<'a>, borders: &mut Vec<u32>) -> Result<(), Unclear> {
        let source = self.source.as_bytes();
        let mut start = 0;
        while start < source.len() {
            buffers.splices.clear();
            let end = self.source.floor_char_boundary(start + CHUNK);
            let end = self.table.map_chunk(source, start..end, source.len(), buffers);
            let Buffers { mapped, splices, .. } = buffers;
            let mut chunk = Chunk { start, mapped: &mapped[..end - start], splices: splices.as_slice(), done: start };
            if next_description_operator(&source[start..end], 0).is_some() {
                // What is part of a sequence can only be told from its start.
                self.units(&mut chunk, start, end)?;
            } else {
                let count = find_borders(&source[start..end], &mapped[..end - start], borders);
                let mut runs = borders[..count].as_chunks().0.iter().map(|[from, to]| (*from as usize, *to as usize));
                let mut replaced = splices.iter().map(|splice| (splice.start, splice.end));
                let (mut run, mut splice) = (runs.next(), replaced.next());
                // In the order of the text.
                while let Some((from, to)) = match (run, splice) {
                    (Some(one), Some(other)) => Some(one.min(other)),
                    (one, other) => one.or(other),
                } {
                    if run == Some((from, to)) {
                        run = runs.next();
                    } else {
                        splice = replaced.next();
                    }
                    let (from, to) = ((start + from).max(chunk.done), start + to);
                    if from < to {
                        let first = self.table.boundary_before(source, from, chunk.done);
                        self.units(&mut chunk, first, to)?;
                    }
                }
            }
            start = end;
        }
        Ok(())
    }

    /// Adds the edits of the units from `at`, where one starts, to the one that reaches `end`.
    fn units(&mut self, chunk: &mut Chunk<'_, 'a>, mut at: usize, end: usize) -> Result<(), Unclear> {
        let source = self.source.as_bytes();
        while at < end {
            let unit = at..self.table.unit(source, at).end;
            at = unit.end;
            let (output, length) = chunk.output(unit.clone(), &mut self.made);
            if source[unit.clone()] == output[..length] {
                continue;
            }
            if self.mixed.is_some_and(|mixed| !mixed.is_evident(&self.source[unit.clone()])) {
                continue;
            }
            let range = self.start + unit.start..self.start + unit.end;
            let found = self.known.replacement(self.step, self.source, unit, output, length);
            self.list.push(Edit { range, shared: found.ok_or(Unclear)? });
        }
        chunk.done = at;
        Ok(())
    }
}

/// A chunk of a stretch and what became of it.
struct Chunk<'c, 'a> {
    /// Where it lies in the stretch.
    start: usize,
    /// With room behind the chunk.
    mapped: &'c [u8],
    /// Those that are not behind what is done.
    splices: &'c [Splice<'a>],
    /// Up to here the units are known, in the stretch.
    done: usize,
}

impl Chunk<'_, '_> {
    /// What a unit of the stretch became, and how many bytes of that count; units come in order.
    #[inline]
    fn output<'m>(&'m mut self, unit: Range<usize>, made: &'m mut Vec<u8>) -> (&'m [u8], usize) {
        let place = unit.start - self.start..unit.end - self.start;
        let past = self.splices.iter().take_while(|splice| splice.end <= place.start).count();
        self.splices = &self.splices[past..];
        let own = self.splices.iter().take_while(|splice| splice.end <= place.end).count();
        match &self.splices[..own] {
            [] => (&self.mapped[place.start..], place.len()),
            own => {
                made.clear();
                let mut copied = place.start;
                for splice in own {
                    made.extend_from_slice(&self.mapped[copied..splice.start]);
                    made.extend_from_slice(splice.output.as_bytes());
                    copied = splice.end;
                }
                made.extend_from_slice(&self.mapped[copied..place.end]);
                (made, made.len())
            }
        }
    }
}

/// Units of a step and why they become what they become.
pub(crate) struct Known {
    /// Where the step lies. A converter and its steps never move.
    step: usize,
    /// Made when first needed.
    engine: Option<StagedEngine>,
    units: Units,
}

impl Known {
    /// What makes `output[..length]` of `source[unit]`.
    #[inline]
    fn replacement(
        &mut self,
        step: &Step,
        source: &str,
        unit: Range<usize>,
        output: &[u8],
        length: usize,
    ) -> Option<Arc<Replacement>> {
        let key = Short::new(&source.as_bytes()[unit.start..], unit.len());
        let key = key.and_then(|key| Some((key, Short::new(output, length)?)));
        if let Some(found) = key.as_ref().and_then(|(unit, output)| self.units.get(unit, output)) {
            return Some(Arc::clone(found));
        }
        let found = self.find(step, &source[unit])?;
        if found.replacement.as_bytes() != &output[..length] {
            return None;
        }
        if let Some((unit, output)) = key {
            self.units.insert(unit, output, Arc::clone(&found));
        }
        Some(found)
    }

    /// What takes the place of a unit that stands alone.
    fn find(&mut self, step: &Step, unit: &str) -> Option<Arc<Replacement>> {
        let engine: &StagedEngine = match (step, &mut self.engine) {
            (Step::Own(own), _) => &own.engine,
            (Step::Route(route, _), engine) => {
                if route.keys == Keys::Characters && unit.chars().nth(1).is_some() {
                    return None;
                }
                engine.get_or_insert_with(|| StagedEngine::new(route.recipe()))
            }
            (Step::Nothing, _) => return None,
        };
        let [found] = <[_; 1]>::try_from(engine.trace(unit)).ok()?;
        Some(Piece::of_unit(found).edit(unit)?.shared)
    }
}
