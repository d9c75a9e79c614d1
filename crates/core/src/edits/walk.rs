//! The way through a stretch of text from change to change, or from unit to unit.
//!
//! A place at which two neighbouring characters are adjacent in no path of the trie is a border of units for certain. So a character with such places on either side is a unit, and
//! its kind is looked up by its code point; that is most of what changes. Of the others most hang together with one or two neighbours and are looked up with them (`words.rs`),
//! the rest as pieces of text from border to border (`segments.rs`). Only what has not come up before is read by the trie.

use std::ops::Range;
use std::sync::Arc;

use super::list::List;
use super::memory::{Kind, Known, STAYS};
use super::segments::{LONGEST, Segment, Short};
use super::words::Word;
use crate::Mixed;
use crate::descriptions::next_description_operator;
use crate::engine::{Buffers, CHUNK, has_operator};
use crate::kernel;
use crate::kernel::changed::{self, Changed, DOUBT, Key, LEFT, MORE_BEFORE, MORE_BEHIND, RIGHT, SLOW};
use crate::resolve::decode;
use crate::step::Step;
use crate::table::Table;

/// What the way through a stretch needs.
pub(super) struct Room<'a> {
    buffers: Buffers<'a, { CHUNK + kernel::OVERWRITE }, { kernel::events_of(CHUNK) }>,
    changed: Changed,
}

impl Room<'_> {
    pub(super) fn new() -> Self {
        Room { buffers: Buffers::new(), changed: Changed::new() }
    }
}

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
    pub(super) fn changes(&mut self, room: &mut Room<'a>) -> Result<(), Unclear> {
        let Room { buffers, changed } = room;
        let source = self.source.as_bytes();
        let (mut start, mut done) = (0, 0);
        while start < source.len() {
            let end = self.source.floor_char_boundary(start + CHUNK);
            let (end, count) = self.table.find_events(source, start..end, source.len(), buffers);
            self.list.expect(self.start + start..self.start + end);
            // A chunk starts with a unit, and a sequence may have ended there.
            done = done.max(start);
            if has_operator(&source[start..], &buffers.events[..count]) {
                if self.table.lengthening.is_some() {
                    return Err(Unclear);
                }
                // What is part of a sequence can only be told from its start.
                done = self.units(done, end)?;
            } else {
                self.table.resolve_events(source, start, count, buffers);
                let Buffers { mapped, splices, .. } = buffers;
                for splice in splices.iter() {
                    // Whatever it becomes, it is something else.
                    mapped[splice.start..splice.end].copy_from_slice(&source[start + splice.start..start + splice.end]);
                    mapped[splice.start] ^= 1;
                }
                let count = changed.find(self.looked_up(), source, start..end, mapped);
                done = self.pieces(start, changed, count, done)?;
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
            let (length, number) = self.looked_up().look_up(source, at);
            if number & DOUBT == 0 {
                self.list.push(self.start + at, number);
                at += length;
            } else {
                // A unit starts here.
                at = self.piece(at, at, number & !LEFT)?;
            }
        }
        Ok(())
    }

    /// What tells whether characters are units.
    fn looked_up(&self) -> changed::Known<'_> {
        let (numbers, slots) = (&self.known.characters, &self.known.words.slots);
        changed::Known { adjacency: self.table.adjacency(), numbers, slots }
    }

    /// Adds the units of characters that change, and of the pieces of text that they hang together with. A unit starts at `done`; gives the end of the last.
    fn pieces(&mut self, start: usize, changed: &Changed, count: usize, mut done: usize) -> Result<usize, Unclear> {
        self.known.words.fetch(&changed.slots[..changed.keys]);
        let mut keys = 0;
        for (place, number) in changed.places[..count].iter().zip(&changed.numbers) {
            let at = start + *place as usize;
            if number & DOUBT == 0 {
                if at >= done {
                    self.push(at, *number);
                    done = at + 3;
                }
                continue;
            }
            let mut key = None;
            if number & SLOW == 0 {
                key = Some((Key { low: changed.lows[keys], high: changed.highs[keys] }, changed.slots[keys]));
                keys += 1;
            }
            if at < done {
                continue;
            }
            done = match key {
                Some((key, slot)) => self.word(at, done, key, slot)?,
                None => self.piece(at, done, *number)?,
            };
        }
        Ok(done)
    }

    /// Adds what changes in a character and those beside it that it hangs together with; the slot is that of the key. Gives the end.
    #[inline(always)]
    fn word(&mut self, at: usize, done: usize, key: Key, slot: u32) -> Result<usize, Unclear> {
        let from = if key.low & 0xFFFF == 0 { at } else { at - 3 };
        let own = Key { high: key.high & 0xFFFF, ..key };
        if key.high & MORE_BEFORE == 0
            && from >= done
            && let Some(word) = self.known.words.get(own, slot)
            && (word.is_final || key.high & MORE_BEHIND == 0)
        {
            let length = usize::from(word.length);
            self.list.push_word(self.start + from, word);
            return Ok(from + length);
        }
        self.other_word(at, done, key)
    }

    /// [`Walk::word`] for those that are not known, and where more hangs together.
    #[inline(never)]
    fn other_word(&mut self, at: usize, done: usize, mut key: Key) -> Result<usize, Unclear> {
        if at == done {
            // A unit starts here, whatever is before.
            key = Key { low: key.low & !0xFFFF, high: key.high & !MORE_BEFORE };
        }
        let (from, own) = (if key.low & 0xFFFF == 0 { at } else { at - 3 }, Key { high: key.high & 0xFFFF, ..key });
        if key.high & MORE_BEFORE == 0 && from >= done {
            let word = match self.known.words.find(own) {
                Some(word) => *word,
                None => {
                    let end = if own.high == 0 { at + 3 } else { at + 6 };
                    let word = self.read_word(own, from, at, end)?;
                    self.known.words.insert(word);
                    word
                }
            };
            if word.is_final || key.high & MORE_BEHIND == 0 {
                self.list.push_word(self.start + from, &word);
                return Ok(from + usize::from(word.length));
            }
        }
        self.piece(at, done, LEFT | RIGHT)
    }

    /// The units from `from` to the one that has the character at `at`, as they are where nothing follows `end`.
    fn read_word(&mut self, key: Key, from: usize, at: usize, end: usize) -> Result<Word, Unclear> {
        let text = &self.source.as_bytes()[..end];
        let (mut word, mut position) = (Word::new(key), from);
        word.is_final = true;
        while position <= at {
            let unit = position..self.table.unit(text, position).end;
            word.is_final &= !self.table.goes_on(text, position);
            let number = self.number(unit.clone())?;
            if number & STAYS == 0 {
                word.push(position - from, number).expect("there are not more units than characters");
            }
            position = unit.end;
        }
        word.length = (position - from) as u8;
        Ok(word)
    }

    /// Adds the piece of text around a character, from border to border. A unit starts at `done`, and not all doubts need be true. Gives its end.
    fn piece(&mut self, at: usize, done: usize, doubts: u32) -> Result<usize, Unclear> {
        let source = self.source.as_bytes();
        let from = if doubts & LEFT == 0 { at } else { self.table.boundary_before(source, at, done) };
        let (mut point, length) = decode(source, at);
        let mut end = at + length;
        while doubts & RIGHT != 0 && end < source.len() && end - from <= LONGEST {
            let (next, length) = decode(source, end);
            // Where a description sequence would end, what follows decides.
            if !self.table.adjacent(point, next) || (0x2FF0..0x3000).contains(&next) {
                break;
            }
            (point, end) = (next, end + length);
        }
        if let Some(key) = Short::new(&source[from..], end - from) {
            let read;
            let known = match self.known.segments.get(&key) {
                Some(known) => Some(known),
                None => {
                    read = self.read(&key, from, end)?;
                    if let Some(segment) = read {
                        self.known.segments.insert(segment);
                    }
                    read.as_ref()
                }
            };
            if let Some(segment) = known {
                let mut at = self.start + from;
                for (length, number) in segment.units() {
                    if self.wanted == Wanted::All || number & STAYS == 0 {
                        self.list.push(at, number);
                    }
                    at += length;
                }
                return Ok(end);
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
