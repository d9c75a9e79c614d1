//! The resolver: finds out what really happens where the kernel was in doubt.
//!
//! The decision trie says, for a place at which a unit starts, how many characters the unit has and what it becomes. The resolver must
//! therefore know where units start. It goes back from the place in doubt to the nearest pair of characters that is adjacent in
//! no path of the trie: no unit and no look-ahead reaches across such a pair, so a unit starts there for certain. From there it walks
//! unit by unit until it is past the place in doubt. Everything that it does not visit is as the kernel mapped it.
//!
//! Worked example, `s2twp`: in `他的头发很干净` the kernel doubts at `发` (pair `头发`) and at `净` (pair `干净`). From `发` the
//! resolver goes back over `头` (adjacent in `头发`) to `的|头` (adjacent in no path), takes the unit `头发` → `頭髮` and is past the
//! place; then `很|干`, `干净` → `乾淨`.
//!
//! Most events are about words of two characters, which have a way of their own (`words.rs`): a filter says of the characters beside them whether they may have a part in what
//! happens (`layout::neighbour`). If not, the word becomes what the table says, and a pair that is only part of longer phrases stays as it is; the trie need not be read. Where the kernel has vectors
//! for it, it has asked the filter already, for all events of a chunk.
//!
//! # Cost
//!
//! A few hundred instructions a place. Linear in all cases: a place before the end of the last unit is skipped, and the way back
//! ends there at the latest.

use crate::kernel::{ENDS, GOES_ON, IS_INSIDE, NO_SLOT, SLOTS, are_wide, points_of};
use crate::layout::neighbour::{self, Side};
use crate::layout::word::Known;
use crate::layout::{DIFFERENCE, SPECIAL, slot};
use crate::table::Table;

/// A replacement that changes the length of its source, by offsets in the chunk.
pub(crate) struct Splice<'t> {
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) output: Output<'t>,
}

/// Events of a table, and of so many of the first as there are slots where their words lie and what stands beside them: see [`kernel::settle`](crate::kernel::settle).
#[derive(Clone, Copy)]
pub(crate) struct Doubts<'e> {
    pub(crate) events: &'e [u16],
    pub(crate) slots: &'e [u16],
}

impl<'e> Doubts<'e> {
    /// Of which nothing is known but the places.
    pub(crate) fn at(events: &'e [u16]) -> Doubts<'e> {
        Doubts { events, slots: &[] }
    }

    /// The first `count`, and the rest.
    #[inline]
    pub(crate) fn split_at(self, count: usize) -> (Doubts<'e>, Doubts<'e>) {
        let (events, other_events) = self.events.split_at(count);
        let (slots, other_slots) = self.slots.split_at(count.min(self.slots.len()));
        (Doubts { events, slots }, Doubts { events: other_events, slots: other_slots })
    }

    /// Takes away those before a place.
    #[inline]
    pub(crate) fn split_before(&mut self, end: usize) -> Doubts<'e> {
        let before;
        (before, *self) = self.split_at(count_before(self.events, end));
        before
    }
}

/// How many events stand before a place.
#[inline]
pub(crate) fn count_before(events: &[u16], end: usize) -> usize {
    events.iter().take_while(|event| usize::from(**event) < end).count()
}

/// What takes the place of a stretch of source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Output<'t> {
    /// A text of the tables.
    Table(&'t [u8]),
    /// One character: its bytes and how many of them count.
    Character([u8; 4], u8),
}

impl Output<'_> {
    pub(crate) fn as_bytes(&self) -> &[u8] {
        match self {
            Output::Table(bytes) => bytes,
            Output::Character(bytes, length) => &bytes[..usize::from(*length)],
        }
    }
}

/// What a unit becomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Becomes<'t> {
    /// A complete description sequence: stays as it is, whatever the map says.
    Opaque,
    /// What the map has for each character.
    Mapped,
    /// This output.
    Text(&'t [u8]),
}

/// The smallest stretch of source that is decided as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Unit<'t> {
    /// Byte offset behind the unit.
    pub(crate) end: usize,
    pub(crate) becomes: Becomes<'t>,
}

/// What the two characters at an event are.
enum Word {
    /// What they are where their neighbours have no part in it.
    Alone(Known),
    /// Such that a unit starts here for certain.
    StartsAt(usize),
    /// Such that none starts between here and the event: the character here may be in a unit with the next.
    StartsBy(usize),
    /// Not to be told at once.
    Unknown,
}

/// What the filter of neighbours says of the characters beside a pair; see [`neighbour`].
struct Beside {
    ends: bool,
    is_inside: bool,
    goes_on: bool,
}

/// Decodes the character at `at`: code point and length in bytes. `text` is UTF-8 and `at` the start of a character.
#[inline]
pub(crate) fn decode(text: &[u8], at: usize) -> (u32, usize) {
    let low = |offset: usize| u32::from(text[at + offset]) & 0x3F;
    let first = u32::from(text[at]);
    match first {
        0x00..0x80 => (first, 1),
        0x80..0xE0 => ((first & 0x1F) << 6 | low(1), 2),
        0xE0..0xF0 => ((first & 0xF) << 12 | low(1) << 6 | low(2), 3),
        _ => ((first & 7) << 18 | low(1) << 12 | low(2) << 6 | low(3), 4),
    }
}

/// The start of the character before `at`, which must not be 0.
#[inline]
pub(crate) fn character_before(text: &[u8], at: usize) -> usize {
    // A first byte of a 3-byte character cannot be anything else.
    if at >= 3 && text[at - 3] & 0xF0 == 0xE0 {
        return at - 3;
    }
    let mut start = at - 1;
    while text[start] & 0xC0 == 0x80 {
        start -= 1;
    }
    start
}

/// The eight bytes before `at` and the eight from there on, the first lowest; zeros where there are none.
#[inline(always)]
fn around(text: &[u8], at: usize) -> (u64, u64) {
    let halves = |bytes: &[u8; 16]| {
        let all = u128::from_le_bytes(*bytes);
        (all as u64, (all >> 64) as u64)
    };
    match at.checked_sub(8).and_then(|start| text.get(start..)?.first_chunk()) {
        Some(bytes) => halves(bytes),
        None => {
            let mut bytes = [0; 16];
            let (start, end) = (at.saturating_sub(8), text.len().min(at + 8));
            bytes[8 + start - at..8 + end - at].copy_from_slice(&text[start..end]);
            halves(&bytes)
        }
    }
}

/// How many operands a description operator takes; 0 for every other character.
fn operands(point: u32) -> usize {
    match point {
        0x2FF2 | 0x2FF3 => 3,
        0x2FFE | 0x2FFF => 1,
        0x2FF0..=0x2FFD => 2,
        _ => 0,
    }
}

/// OpenCC reads description sequences up to this depth ...
const DEEPEST_DESCRIPTION: usize = 16;
/// ... and up to this number of characters.
pub(crate) const LONGEST_DESCRIPTION: usize = 64;

/// The end of the complete description sequence that starts at `at`, if one does.
fn description_end(text: &[u8], at: usize) -> Option<usize> {
    if operands(decode(text, at).0) == 0 {
        return None;
    }
    // Operands that are still missing, for each operator that is open.
    let mut missing = [0usize; DEEPEST_DESCRIPTION];
    let mut depth = 0;
    let mut position = at;
    for _ in 0..LONGEST_DESCRIPTION {
        if position >= text.len() {
            return None;
        }
        let (point, length) = decode(text, position);
        position += length;
        match operands(point) {
            0 if depth == 0 => return Some(position),
            0 => missing[depth - 1] -= 1,
            // An operator at the deepest level could not have operands.
            _ if depth + 1 >= DEEPEST_DESCRIPTION => return None,
            count => {
                missing[depth] = count;
                depth += 1;
            }
        }
        while depth > 0 && missing[depth - 1] == 0 {
            depth -= 1;
            if depth == 0 {
                return Some(position);
            }
            missing[depth - 1] -= 1;
        }
    }
    None
}

impl<'t> Table<'t> {
    /// The unit that starts at `at`.
    pub(crate) fn unit(&self, text: &[u8], at: usize) -> Unit<'t> {
        if text[at] == 0xE2
            && text.get(at + 1) == Some(&0xBF)
            && let Some(end) = description_end(text, at)
        {
            return Unit { end, becomes: Becomes::Opaque };
        }
        let (mut code, length) = self.code_at(text, at);
        let mut end = at + length;
        let mut row = self.root();
        let mut steps = 1;
        // The value of the longest path so far, its characters and where they end.
        let (mut best, mut best_steps, mut best_end) = (0, 1, end);
        while let Some(found) = self.transition(row, code) {
            if slot::has_value(found) {
                (best, best_steps, best_end) = (self.value(found), steps, end);
            }
            if !slot::has_row(found) || end >= text.len() {
                break;
            }
            row = slot::base(found);
            let (next, length) = self.code_at(text, end);
            (code, end, steps) = (next, end + length, steps + 1);
        }
        let (consumed, becomes) = match best {
            0 => (1, Becomes::Mapped),
            plain if plain < slot::FIRST_TEXT => (usize::from(plain), Becomes::Mapped),
            text => {
                let (consumed, output) = self.text_value(text);
                (consumed, Becomes::Text(output))
            }
        };
        if consumed != best_steps {
            // The path looked ahead: it is longer than the unit.
            best_end = at;
            for _ in 0..consumed {
                best_end += decode(text, best_end).1;
            }
        }
        Unit { end: best_end, becomes }
    }

    /// The code of the character at `at`, and its length in bytes.
    #[inline(always)]
    fn code_at(&self, text: &[u8], at: usize) -> (u16, usize) {
        if let Some(&[first, second, third]) = text[at..].first_chunk()
            && first & 0xF0 == 0xE0
        {
            let page = usize::from(first & 0xF) << 6 | usize::from(second & 0x3F);
            return (self.code_in_page(page, usize::from(third & 0x3F)), 3);
        }
        let (point, length) = decode(text, at);
        (self.code(point), length)
    }

    /// The last place not after `at` and not before `floor` at which a unit starts for certain. Both are starts of characters,
    /// `floor` is a synchronization point, `at` is not the end of the text; no description sequence is open at `at`.
    pub(crate) fn boundary_before(&self, text: &[u8], at: usize, floor: usize) -> usize {
        let mut position = at;
        let mut point = decode(text, at).0;
        while position > floor {
            let start = character_before(text, position);
            let before = decode(text, start).0;
            if !self.adjacent(before, point) {
                break;
            }
            (position, point) = (start, before);
        }
        position
    }

    /// Mends the kernel's output of the chunk `text[start..]` at the given events; the chunk is text from `floor` on, a synchronization point. What is noted of an event may come from
    /// a longer text than this: it only ever says that something beside a word *may* have a part in it.
    /// Replacements of equal length are written into `mapped`, the others are added to `splices` in order.
    pub(crate) fn resolve(
        &self,
        text: &[u8],
        start: usize,
        floor: usize,
        doubts: Doubts<'_>,
        mapped: &mut [u8],
        splices: &mut Vec<Splice<'t>>,
    ) {
        if doubts.slots.is_empty() {
            self.mend::<false>(text, start, floor, doubts, mapped, splices);
        } else {
            self.mend::<true>(text, start, floor, doubts, mapped, splices);
        }
    }

    /// The same, with slots or without: short strings have none, and for them every instruction counts.
    fn mend<const WITH_SLOTS: bool>(
        &self,
        text: &[u8],
        start: usize,
        floor: usize,
        Doubts { events, slots }: Doubts<'_>,
        mapped: &mut [u8],
        splices: &mut Vec<Splice<'t>>,
    ) {
        let mut done = floor;
        for (number, event) in events.iter().enumerate() {
            let at = start + usize::from(*event);
            if at < done {
                continue;
            }
            let noted = if WITH_SLOTS { slots.get(number).copied().unwrap_or(NO_SLOT) } else { NO_SLOT };
            let word = match self.map.words {
                Some(words) if noted < SLOTS && at >= done + 3 => Word::Alone(words.known(noted)),
                Some(words) if noted != NO_SLOT => {
                    let beside = Beside {
                        ends: noted & ENDS != 0,
                        is_inside: noted & IS_INSIDE != 0,
                        goes_on: noted & GOES_ON != 0,
                    };
                    self.word_beside(text, at, done, words.known(noted % SLOTS), beside)
                }
                _ => self.word_of_two(text, at, done),
            };
            let mut position = match word {
                Word::Alone(Known::UNTOLD) if WITH_SLOTS => self.boundary_before(text, at, done),
                Word::Alone(known) => {
                    let place = at - 3 - start;
                    match known.length() {
                        6 => {
                            *mapped[place..].first_chunk_mut().expect("the kernel has mapped both characters") =
                                known.six_bytes();
                        }
                        0 => continue,
                        _ => {
                            let output = Output::Table(self.word_output(known));
                            splices.push(Splice { start: place, end: place + 6, output });
                        }
                    }
                    done = at + 3;
                    continue;
                }
                Word::StartsAt(position) => position,
                Word::StartsBy(position) => self.boundary_before(text, position, done),
                Word::Unknown => self.boundary_before(text, at, done),
            };
            while position <= at {
                let unit = self.unit(text, position);
                self.apply(text, position, unit, start, mapped, splices);
                position = unit.end;
            }
            done = position;
        }
    }

    /// What can be told at once of the character at `at` and the one before it, if both have 3 bytes; that settles most events.
    #[inline]
    fn word_of_two(&self, text: &[u8], at: usize, floor: usize) -> Word {
        let (before, behind) = around(text, at);
        let eight = before >> 40 | behind << 24;
        let Some(words) = self.map.words.filter(|_| are_wide(eight)) else { return Word::Unknown };
        let (first, second) = points_of(eight);
        let Some(known) = words.find(first, second) else { return Word::Unknown };
        // All asked at once, so that no look-up waits for another.
        let pair = eight & 0xFFFF_FFFF_FFFF;
        let one_before = neighbour::before((before >> 16) as u32 & 0xFF_FFFF);
        let one_behind = neighbour::behind((behind >> 24) as u32 & 0xFF_FFFF);
        let ends = self.has_neighbour(neighbour::end_hash(neighbour::pair(one_before, pair as u32 & 0xFF_FFFF)));
        let is_inside = self.has_neighbour(neighbour::hash(pair, Side::Before, one_before));
        let goes_on = self.has_neighbour(neighbour::hash(pair, Side::Behind, one_behind));
        self.word_beside(text, at, floor, known, Beside { ends, is_inside, goes_on })
    }

    /// The same of a pair of which it is known what it is and what the filter says of the characters beside it.
    #[inline(always)]
    fn word_beside(&self, text: &[u8], at: usize, floor: usize, known: Known, beside: Beside) -> Word {
        let Beside { ends, is_inside, goes_on } = beside;
        if at < floor + 3 {
            // No path reaches across the end of a unit, and triggers have no special characters.
            return Word::Alone(Known::PLAIN);
        }
        let is_joined = (at > floor + 3) & (ends & (known != Known::PLAIN) | is_inside);
        if is_joined | goes_on | (known == Known::UNTOLD) {
            return self.word_among_others(text, at, floor, known, (is_joined, goes_on));
        }
        Word::Alone(known)
    }

    /// The same where the characters before and behind may take part.
    #[inline(never)]
    fn word_among_others(
        &self,
        text: &[u8],
        at: usize,
        floor: usize,
        known: Known,
        (is_joined, goes_on): (bool, bool),
    ) -> Word {
        let start = at - 3;
        let (first, second) = (decode(text, start).0, decode(text, at).0);
        let is_word = known != Known::PLAIN && known != Known::UNTOLD;
        if (is_joined || !is_word) && start > floor {
            let before = character_before(text, start);
            if self.adjacent(decode(text, before).0, first) {
                return Word::StartsBy(before);
            }
        }
        let goes_on = goes_on && at + 3 < text.len() && self.adjacent(second, decode(text, at + 3).0);
        if is_word && !goes_on { Word::Alone(known) } else { Word::StartsAt(start) }
    }

    /// Mends the kernel's output for one unit; see [`Table::resolve`].
    pub(crate) fn apply(
        &self,
        text: &[u8],
        position: usize,
        unit: Unit<'t>,
        start: usize,
        mapped: &mut [u8],
        splices: &mut Vec<Splice<'t>>,
    ) {
        let place = position - start..unit.end - start;
        match unit.becomes {
            Becomes::Opaque => mapped[place].copy_from_slice(&text[position..unit.end]),
            Becomes::Text(output) if output.len() == place.len() => {
                // Two characters are most of all cases, and a copy of known length is no call.
                if let (Ok(two), Some(mapped)) = (<&[u8; 6]>::try_from(output), mapped[place.start..].first_chunk_mut())
                {
                    *mapped = *two;
                } else {
                    mapped[place].copy_from_slice(output);
                }
            }
            Becomes::Text(output) => {
                splices.push(Splice { start: place.start, end: place.end, output: Output::Table(output) })
            }
            Becomes::Mapped => {
                // Right as it is, except for characters that the map does not know.
                let mut at = position;
                while at < unit.end {
                    let (point, length) = decode(text, at);
                    if let Some(output) = self.unmapped(point, length) {
                        let place = at - start..at - start + length;
                        match output.as_bytes() {
                            same if same.len() == length => mapped[place].copy_from_slice(same),
                            _ => splices.push(Splice { start: place.start, end: place.end, output }),
                        }
                    }
                    at += length;
                }
            }
        }
    }

    /// What one character becomes when it is a unit of its own and the kernel could not know it; `length` is its length in bytes.
    pub(crate) fn unmapped(&self, point: u32, length: usize) -> Option<Output<'t>> {
        match length {
            3 if self.map.entry(point) & SPECIAL == 0 => return None,
            3 | 4 => {}
            _ => return None,
        }
        let looked_up = self.normalized(point);
        if let Some(output) = self.special(looked_up) {
            return Some(Output::Table(output));
        }
        if looked_up == point {
            return None;
        }
        let mut bytes = [0; 4];
        let length = char::from_u32(looked_up)?.encode_utf8(&mut bytes).len();
        if length == 3 {
            // The map knows what the character behind a compatibility character becomes.
            bytes = (u32::from_le_bytes(bytes) ^ self.map.entry(looked_up) & DIFFERENCE).to_le_bytes();
        }
        Some(Output::Character(bytes, length as u8))
    }
}
