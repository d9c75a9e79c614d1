//! The way through a stretch of text from change to change, or from unit to unit.
//!
//! A place at which two neighbouring characters are adjacent in no path of the trie is a border of units for certain. So a character with such places on either side is a unit, and
//! its kind is looked up by its code point; that is most of what changes. What hangs together with its neighbours is looked up as a piece of text, from border to
//! border. Only pieces that have not come up before are read by the trie.

use std::ops::Range;
use std::sync::Arc;

use super::list::List;
use super::memory::{Kind, Known, STAYS, UNKNOWN};
use super::segments::{LONGEST, Segment, Short};
use crate::Mixed;
use crate::descriptions::next_description_operator;
use crate::engine::{Buffers, CHUNK, has_operator};
use crate::kernel;
use crate::kernel::borders::find_borders;
use crate::resolve::{character_before, decode};
use crate::step::Step;
use crate::table::Table;

pub(super) type ChunkBuffers<'a> = Buffers<'a, { CHUNK + kernel::OVERWRITE }, { kernel::events_of(CHUNK) }>;

/// What only a trace of the whole stretch can tell.
pub(super) struct Unclear;

/// The way through one stretch.
pub(super) struct Walk<'w, 'a> {
    pub(super) source: &'w str,
    /// Where it lies in the text.
    pub(super) start: usize,
    pub(super) table: &'w Table<'a>,
    pub(super) mixed: Option<&'w Mixed>,
    pub(super) step: &'w Step,
    pub(super) known: &'w mut Known,
    pub(super) kinds: &'w mut Arc<Vec<Kind>>,
    pub(super) list: &'w mut List,
    pub(super) wanted: Wanted,
}

/// What of a stretch is listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// Units that change.
    Changes,
    All,
}

impl<'a> Walk<'_, 'a> {
    /// Adds the units that change.
    pub(super) fn changes(&mut self, buffers: &mut ChunkBuffers<'a>, borders: &mut Vec<u32>) -> Result<(), Unclear> {
        let source = self.source.as_bytes();
        let (mut start, mut done) = (0, 0);
        while start < source.len() {
            let end = self.source.floor_char_boundary(start + CHUNK);
            let (end, count) = self.table.find_events(source, start..end, source.len(), buffers);
            self.list.expect(self.start + start..self.start + end);
            if has_operator(&source[start..], &buffers.events[..count]) {
                if self.table.lengthening.is_some() {
                    return Err(Unclear);
                }
                // What is part of a sequence can only be told from its start.
                done = self.units(start.max(done), end)?;
            } else {
                self.table.resolve_events(source, start, count, buffers);
                let Buffers { mapped, splices, .. } = buffers;
                for splice in splices.iter() {
                    // Whatever it becomes, it is something else.
                    mapped[splice.start..splice.end].copy_from_slice(&source[start + splice.start..start + splice.end]);
                    mapped[splice.start] ^= 1;
                }
                let count = find_borders(&source[start..end], &mapped[..end - start], borders);
                for [from, to] in borders[..count].as_chunks().0 {
                    let mut at = (start + *from as usize).max(done);
                    while at < start + *to as usize {
                        at = self.changed(at, done)?;
                        done = at;
                    }
                }
            }
            start = end;
        }
        Ok(())
    }

    /// Adds all units.
    pub(super) fn all(&mut self) -> Result<(), Unclear> {
        let source = self.source.as_bytes();
        if next_description_operator(source, 0).is_some() {
            if self.table.lengthening.is_some() {
                return Err(Unclear);
            }
            self.list.expect(self.start..self.start + source.len());
            return self.units(0, source.len()).map(|_| ());
        }
        let (mut at, mut expected) = (0, 0);
        while at < source.len() {
            if at >= expected {
                expected = at + CHUNK;
                self.list.expect(self.start + at..self.start + expected);
            }
            at = self.changed(at, at)?;
        }
        Ok(())
    }

    /// Adds the unit of a character that changes, if it is one by itself, or the piece of text that it hangs together with. A unit starts at `done`. Gives the end.
    #[inline(always)]
    fn changed(&mut self, at: usize, done: usize) -> Result<usize, Unclear> {
        let source = self.source.as_bytes();
        let (point, length) = decode(source, at);
        let end = at + length;
        let starts = at == done || !self.table.adjacent(decode(source, character_before(source, at)).0, point);
        let ends = end >= source.len() || !self.table.adjacent(point, decode(source, end).0);
        let number = self.known.characters[usize::from(point as u16)];
        if starts & ends & (number != UNKNOWN) & (length < 4) {
            self.push(at, number);
            return Ok(end);
        }
        self.piece(at, done)
    }

    /// Adds the piece of text around a character, from border to border. Gives its end.
    #[inline(never)]
    fn piece(&mut self, at: usize, done: usize) -> Result<usize, Unclear> {
        let source = self.source.as_bytes();
        let from = self.table.boundary_before(source, at, done);
        let (mut point, length) = decode(source, at);
        let mut end = at + length;
        while end < source.len() && end - from <= LONGEST {
            let (next, length) = decode(source, end);
            // Where a description sequence would end, what follows decides.
            if !self.table.adjacent(point, next) || (0x2FF0..0x3000).contains(&next) {
                break;
            }
            (point, end) = (next, end + length);
        }
        if let Some(key) = Short::new(&source[from..], end - from) {
            if let Some(segment) = self.known.segments.get(&key) {
                let mut at = self.start + from;
                for (length, number) in segment.units() {
                    if self.wanted == Wanted::All || number & STAYS == 0 {
                        self.list.push(at, number);
                    }
                    at += length;
                }
                return Ok(end);
            }
            if let Some(segment) = self.read(&key, from, end)? {
                self.known.segments.insert(segment);
                return self.piece(at, done);
            }
        }
        self.units(from, at + 1)
    }

    /// The units of a piece of text, if they are not too many.
    fn read(&mut self, key: &Short, from: usize, end: usize) -> Result<Option<Segment>, Unclear> {
        let mut segment = Segment::new(key);
        let mut at = from;
        while at < end {
            let unit = at..self.table.unit(self.source.as_bytes(), at).end;
            let number = self.number(unit.clone())?;
            if unit.end > end || segment.push(unit.len(), number).is_none() {
                return Ok(None);
            }
            at = unit.end;
        }
        Ok(Some(segment))
    }

    /// Adds the units from `at`, where one starts, to the one that reaches `end`. Gives where that ends.
    fn units(&mut self, mut at: usize, end: usize) -> Result<usize, Unclear> {
        while at < end {
            let unit = at..self.table.unit(self.source.as_bytes(), at).end;
            at = unit.end;
            let number = self.number(unit.clone())?;
            self.push(unit.start, number);
        }
        Ok(at)
    }

    #[inline(always)]
    fn push(&mut self, at: usize, number: u32) {
        if self.wanted == Wanted::All || number & STAYS == 0 {
            self.list.push(self.start + at, number);
        }
    }

    fn number(&mut self, unit: Range<usize>) -> Result<u32, Unclear> {
        let unit = &self.source[unit];
        self.known.unit(self.table, self.step, self.mixed, unit, self.kinds).ok_or(Unclear)
    }
}
