//! The way through a stretch of text from change to change, or from unit to unit.
//!
//! A place at which two neighbouring characters are adjacent in no path of the trie is a border of units for certain. So a character with such places on either side is a unit, and
//! its kind is looked up by its code point; that is most of what changes. Of the others most hang together with one to three neighbours, from border to border, and are looked up
//! with them (`pairs.rs`, `runs.rs`), the rest as longer pieces of text (`segments.rs`). Only what has not come up before is read by the trie.
//!
//! Where much hangs together and the processor has the instructions, a chunk is taken apart as a whole (`kernel/characters.rs`), and so it is for explanations. Elsewhere only what
//! changes is looked at (`kernel/changed.rs`); what is in doubt then is looked up as one or two characters between borders, as a run, or as a longer piece of text.

use std::ops::Range;
use std::sync::Arc;

use super::list::List;
use super::memory::{Kind, Known, Rooms, STAYS};
use super::pairs::APART;
use super::runs::{self, Run, Sought};
use super::segments::{LONGEST, Segment, Short};
use crate::Mixed;
use crate::descriptions::next_description_operator;
use crate::engine::{Buffers, CHUNK, has_operator};
use crate::kernel;
use crate::kernel::changed::{self, Changed, DOUBT, LEFT, RIGHT};
use crate::kernel::characters::{End, OTHER, Reading, Wanted};
use crate::resolve::decode;
use crate::step::Step;
use crate::table::Table;

/// What mapping takes.
pub(super) type MapBuffers<'a> = Buffers<'a, { CHUNK + kernel::OVERWRITE }, { kernel::events_of(CHUNK) }>;

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
    pub(super) rooms: &'w mut Rooms,
    pub(super) list: &'w mut List,
    pub(super) wanted: Wanted,
}

impl<'a> Walk<'_, 'a> {
    /// Adds the units that change.
    pub(super) fn changes(&mut self, buffers: &mut MapBuffers<'a>) -> Result<(), Unclear> {
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
                // Where little hangs together, only what changes need be read.
                if self.table.covers().is_empty() && self.read_chunk(start..end, Some(mapped))? {
                    done = end;
                } else {
                    done = self.look_at_changes(start..end, mapped, done)?;
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
        let mut start = 0;
        while start < source.len() {
            let mut end = self.source.floor_char_boundary(start + CHUNK);
            if end < source.len() {
                end = self.table.last_boundary(source, start, end);
            }
            self.list.expect(self.start + start..self.start + end);
            if !self.read_chunk(start..end, None)? {
                self.one_by_one(start..end)?;
            }
            start = end;
        }
        Ok(())
    }

    /// Adds all units of a chunk.
    fn one_by_one(&mut self, chunk: Range<usize>) -> Result<(), Unclear> {
        let mut at = chunk.start;
        while at < chunk.end {
            let (length, number) = self.known_characters().look_up(self.source.as_bytes(), at);
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
    fn known_characters(&self) -> changed::Known<'_> {
        changed::Known {
            adjacency: self.table.adjacency(),
            covers: self.table.covers(),
            numbers: &self.known.characters,
        }
    }

    /// Adds the units of a chunk, of all its characters or of those that change; `false` where characters had better be looked at one by one.
    fn read_chunk(&mut self, chunk: Range<usize>, mapped: Option<&[u8]>) -> Result<bool, Unclear> {
        let mut rooms = std::mem::take(self.rooms);
        let is_read = rooms.characters().read(self.known_characters(), self.source.as_bytes(), chunk.clone(), mapped);
        let settled = if is_read { self.settle(&mut rooms, chunk) } else { Ok(()) };
        *self.rooms = rooms;
        settled.map(|()| is_read)
    }

    /// Settles what numbers alone do not tell of a chunk that has been taken apart, and adds its units.
    fn settle(&mut self, rooms: &mut Rooms, chunk: Range<usize>) -> Result<(), Unclear> {
        let Rooms { characters, sought, .. } = rooms;
        let read = characters.as_deref_mut().expect("the chunk was taken apart there");
        sought.clear();
        read.settle(|read, run, end| {
            if end == End::Border {
                if run.len() == 2 {
                    let [first, second] = [0, 1].map(|next| read.shorts[run.start + next]);
                    if let Some(whole) = self.known.pairs.get(first, second) {
                        let [first, second] = [first, second].map(|point| self.known.characters[usize::from(point)]);
                        read.kinds[run.start] = if whole == APART { first } else { whole };
                        read.kinds[run.start + 1] = if whole == APART { second } else { 0 };
                        return Ok(());
                    }
                } else if let Some(run) = Sought::new(&read.shorts, run.clone()) {
                    sought.push(run);
                    return Ok(());
                }
            }
            self.other_run(read, chunk.clone(), run, end)
        })?;
        self.known.runs.seek(sought);
        for run in &*sought {
            match self.known.runs.get(run) {
                Some(kinds) => read.kinds[run.characters()].copy_from_slice(&kinds[..run.characters().len()]),
                None => self.other_run(read, chunk.clone(), run.characters(), End::Border)?,
            }
        }
        self.list.extend(self.start + chunk.start, |base| read.collect(self.wanted, base));
        Ok(())
    }

    /// Settles a run that is long, or not known yet.
    #[inline(never)]
    fn other_run(
        &mut self,
        read: &mut Reading,
        chunk: Range<usize>,
        run: Range<usize>,
        end: End,
    ) -> Result<(), Unclear> {
        let place = |character: usize| chunk.start + read.places[character] as usize;
        let (from, to) = (place(run.start), if run.end < read.count { place(run.end) } else { chunk.end });
        if end == End::Border
            && run.len() > runs::LONGEST
            && let Some(key) = Short::new(&self.source.as_bytes()[from..], to - from)
            && let Some(segment) = self.segment(&key, from, to)?
        {
            let (mut character, mut at) = (run.start, from);
            for (length, number) in segment.units() {
                read.kinds[character] = number;
                at += length;
                while character < run.end && chunk.start + (read.places[character] as usize) < at {
                    character += 1;
                }
            }
            return Ok(());
        }
        let (mut character, mut at) = (run.start, from);
        while at < to {
            let unit = at..self.table.unit(self.source.as_bytes(), at).end;
            at = unit.end;
            let unit = &self.source[unit];
            read.kinds[character] = self.number_of(unit)?;
            character += unit.chars().count();
        }
        if end == End::Border && !read.shorts[run.clone()].contains(&OTHER) {
            if let [first, second] = read.shorts[run.clone()] {
                let whole = if read.kinds[run.start + 1] == 0 { read.kinds[run.start] } else { APART };
                self.known.pairs.insert(first, second, whole);
            } else if let Some(sought) = Sought::new(&read.shorts, run.clone()) {
                let mut kinds = [0; runs::LONGEST];
                kinds[..run.len()].copy_from_slice(&read.kinds[run]);
                self.known.runs.insert(Run { key: sought.key, kinds });
            }
        }
        Ok(())
    }

    /// Adds the units of characters that change in a chunk. A unit starts at `done`; gives another such place, behind all that was looked up.
    fn look_at_changes(&mut self, chunk: Range<usize>, mapped: &[u8], done: usize) -> Result<usize, Unclear> {
        let mut rooms = std::mem::take(self.rooms);
        let changed = rooms.changed();
        changed.find(self.known_characters(), self.source.as_bytes(), chunk.clone(), mapped);
        let settled = self.settle_changes(chunk.clone(), &mut rooms, done);
        if settled.is_ok() {
            self.list.extend(self.start + chunk.start, |base| rooms.changed().collect(base));
        }
        *self.rooms = rooms;
        settled
    }

    /// Settles what is in doubt of the characters that change in a chunk.
    fn settle_changes(&mut self, chunk: Range<usize>, rooms: &mut Rooms, mut done: usize) -> Result<usize, Unclear> {
        let Rooms { changed, sought, starts, .. } = rooms;
        let changed = changed.as_deref_mut().expect("what changes was found there");
        sought.clear();
        starts.clear();
        // What belongs to units that are listed already.
        let listed = changed.places[..changed.count].iter().take_while(|place| chunk.start + (**place as usize) < done);
        let listed = listed.count();
        changed.numbers[..listed].fill(0);
        for which in 0..changed.doubts() {
            let (number, key, before) = changed.doubtful(which);
            let at = chunk.start + changed.places[number] as usize;
            // Of what is listed already, the place is that of its unit, and this means nothing.
            let start = at.wrapping_sub(before as usize);
            if key != 0
                && let Some(whole) = self.known.pairs.get_by_key(key)
                && (at < done || start >= done)
            {
                // Written without branches: nobody could foresee them.
                let own = self.known.characters[(key >> (16 * u32::from(before > 0)) & 0xFFFF) as usize];
                let is_settled = at < done;
                let is_whole = whole != APART;
                let (settled_place, settled) = (changed.places[number], changed.numbers[number]);
                let place = if is_whole & !is_settled { settled_place - before } else { settled_place };
                let kind = if is_whole { whole } else { own };
                changed.places[number] = place;
                changed.numbers[number] = if is_settled { settled } else { kind };
                let has_next =
                    is_whole & !is_settled & (before == 0) & (changed.places[number + 1] == settled_place + 3);
                changed.numbers[number + 1] = if has_next { 0 } else { changed.numbers[number + 1] };
                let behind = at + if is_whole & (before == 0) { 6 } else { 3 };
                done = if is_settled { done } else { behind };
                continue;
            }
            if at < done {
                continue;
            }
            if key != 0 && start >= done {
                let (whole, end) = self.learn_pair(key, start)?;
                if whole == APART {
                    changed.numbers[number] = self.number(at..at + 3)?;
                    done = at + 3;
                } else {
                    changed.settle(number, start - chunk.start..end - chunk.start, whole);
                    done = end;
                }
                continue;
            }
            done = match changed.numbers[number] {
                DOUBT => {
                    let end = self.character_end(at);
                    changed.numbers[number] = self.number(at..end)?;
                    end
                }
                doubts => {
                    let source = self.source.as_bytes();
                    let from = if doubts & LEFT == 0 { at } else { self.table.boundary_before(source, at, done) };
                    let end = self.piece_end(at, from);
                    if let Some(key) = pair_of(&source[from..end]) {
                        let whole = if !self.table.may_be_path(key & 0xFFFF, key >> 16) {
                            APART
                        } else if let Some(whole) = self.known.pairs.get_by_key(key) {
                            whole
                        } else {
                            self.learn_pair(key, from)?.0
                        };
                        done = if whole == APART {
                            changed.numbers[number] = self.number(at..at + 3)?;
                            at + 3
                        } else {
                            let place = from - chunk.start;
                            changed.settle(first_of(changed, number, place), place..end - chunk.start, whole);
                            end
                        };
                        continue;
                    }
                    match Sought::of_bytes(&source[from..end], number) {
                        // Looked up with others, so that they wait for memory together.
                        Some(run) if end <= chunk.end => {
                            sought.push(run);
                            starts.push(from);
                            end
                        }
                        _ => self.piece_of_change(chunk.clone(), changed, number, from..end)?.min(chunk.end),
                    }
                }
            };
        }
        self.known.runs.seek(sought);
        for (run, from) in sought.iter().zip(&*starts) {
            let characters = run.characters();
            let kinds = match self.known.runs.get(run) {
                Some(kinds) => *kinds,
                None => self.learn_run(run.key, *from, characters.len())?,
            };
            let start = *from - chunk.start;
            let mut number = first_of(changed, characters.start, start);
            let mut next = 0;
            while next < characters.len() {
                let (unit, kind) = (next, kinds[next]);
                next += 1;
                while next < characters.len() && kinds[next] == 0 {
                    next += 1;
                }
                number = changed.settle(number, start + 3 * unit..start + 3 * next, kind);
            }
        }
        Ok(done)
    }

    /// Learns the units of a run of characters of 3 bytes.
    #[inline(never)]
    fn learn_run(&mut self, key: u64, from: usize, count: usize) -> Result<[u32; runs::LONGEST], Unclear> {
        let mut kinds = [0; runs::LONGEST];
        let mut at = from;
        while at < from + 3 * count {
            let unit = at..self.table.unit(self.source.as_bytes(), at).end;
            kinds[(at - from) / 3] = self.number(unit.clone())?;
            at = unit.end;
        }
        self.known.runs.insert(Run { key, kinds });
        Ok(kinds)
    }

    /// Learns what becomes of a character between borders, or of two. Gives that, and where it ends.
    #[inline(never)]
    fn learn_pair(&mut self, key: u32, start: usize) -> Result<(u32, usize), Unclear> {
        let middle = start + 3;
        let end = self.table.unit(self.source.as_bytes(), start).end;
        let whole = if end > middle {
            self.number(start..end)?
        } else {
            self.number(start..middle)?;
            if key >> 16 > 0 {
                self.number(middle..middle + 3)?;
            }
            APART
        };
        self.known.pairs.insert_by_key(key, whole);
        Ok((whole, end))
    }

    /// Settles a longer piece of text around a character. Gives the end of what is settled.
    #[inline(never)]
    fn piece_of_change(
        &mut self,
        chunk: Range<usize>,
        changed: &mut Changed,
        number: usize,
        Range { start: from, end }: Range<usize>,
    ) -> Result<usize, Unclear> {
        let source = self.source.as_bytes();
        let at = chunk.start + changed.places[number] as usize;
        let mut unit = from - chunk.start;
        let mut number = first_of(changed, number, unit);
        if let Some(key) = Short::new(&source[from..], end - from)
            && let Some(segment) = self.segment(&key, from, end)?
        {
            for (length, kind) in segment.units() {
                number = changed.settle(number, unit..unit + length, kind);
                unit += length;
            }
            return Ok(end);
        }
        let mut start = from;
        while start <= at {
            let unit = start..self.table.unit(source, start).end;
            start = unit.end;
            let kind = self.number(unit.clone())?;
            number = changed.settle(number, unit.start - chunk.start..unit.end - chunk.start, kind);
        }
        Ok(start)
    }

    /// Where a piece of text that hangs together ends.
    #[inline(always)]
    fn piece_end(&self, at: usize, from: usize) -> usize {
        let source = self.source.as_bytes();
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
        end
    }

    #[inline(always)]
    fn character_end(&self, at: usize) -> usize {
        at + decode(self.source.as_bytes(), at).1
    }

    /// Adds the piece of text around a character, from border to border. A unit starts at `done`, and not all doubts need be true. Gives its end.
    fn piece(&mut self, at: usize, done: usize, doubts: u32) -> Result<usize, Unclear> {
        let source = self.source.as_bytes();
        let from = if doubts & LEFT == 0 { at } else { self.table.boundary_before(source, at, done) };
        let end = if doubts & RIGHT == 0 { self.character_end(at) } else { self.piece_end(at, from) };
        if let Some(key) = Short::new(&source[from..], end - from)
            && let Some(segment) = self.segment(&key, from, end)?
        {
            let mut at = self.start + from;
            for (length, number) in segment.units() {
                if self.wanted == Wanted::All || number & STAYS == 0 {
                    self.list.push(at, number);
                }
                at += length;
            }
            return Ok(end);
        }
        self.units(from, at + 1)
    }

    /// The units of a piece of text, if they are not too many: what is known, or what the trie says.
    #[inline(always)]
    fn segment(&mut self, key: &Short, from: usize, end: usize) -> Result<Option<Segment>, Unclear> {
        if let Some(known) = self.known.segments.get(key) {
            return Ok(Some(*known));
        }
        let read = self.read(key, from, end)?;
        if let Some(segment) = read {
            self.known.segments.insert(segment);
        }
        Ok(read)
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
        self.number_of(&self.source[unit])
    }

    fn number_of(&mut self, unit: &str) -> Result<u32, Unclear> {
        self.known.unit(self.table, self.step, self.mixed, unit, self.kinds).ok_or(Unclear)
    }
}

/// The first of the characters up to one that lies behind a place of the chunk.
#[inline(always)]
fn first_of(changed: &Changed, mut number: usize, place: usize) -> usize {
    while number > 0 && changed.places[number - 1] as usize >= place {
        number -= 1;
    }
    number
}

/// Two characters of 3 bytes as a key of [`Pairs`](super::pairs::Pairs).
#[inline(always)]
fn pair_of(bytes: &[u8]) -> Option<u32> {
    let [_, _, _, _, _, _] = bytes else { return None };
    let eight = kernel::two_characters(bytes.first_chunk()?);
    let (first, second) = kernel::points_of(eight);
    kernel::are_wide(eight).then_some(first | second << 16)
}
