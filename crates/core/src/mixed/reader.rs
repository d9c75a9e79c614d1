//! Reads prose unit by unit, a sentence or a clause at a time, and counts the evidence in it.
//!
//! Prose may lie in many ranges of a text, with markup between them; a sentence runs on from one to the next. This module knows where
//! units end and which characters count; what follows from the counts is decided in [`super`].
//!
//! # Cost
//!
//! The inner loop is one look-up a character and an addition to four counters that share a word: no branch depends on what the
//! character is evidence of. Marks and the second characters of pairs, about one character in ten, take a second step.

use std::ops::Range;

use super::End;
use crate::evidence::{
    CLASS, ENDS, Evidence, HANS, HANS_USUAL, HANS_VARIANT, HANT, HANT_USUAL, HANT_VARIANT, MARK, Mark, PAIR_SECOND,
    mark_flags,
};

/// Bytes after which a sentence is cut, from its first to the first of the character in question.
pub(super) const LONGEST_SENTENCE: usize = 3072;

/// Evidence counted over a stretch: four lanes of 16 bits. A sentence has at most `LONGEST_SENTENCE` characters, each of which can
/// count twice (itself and its pair), so no lane overflows.
#[derive(Clone, Copy, Default)]
pub(super) struct Tally {
    pub(super) lanes: u64,
    /// All flags met; those of marks have nothing in common with those of forms foreign to a region.
    pub(super) seen: u8,
}

/// What each value of the flags adds to the lanes: Simplified strong and weak, Traditional strong and weak.
const LANES: [u64; 256] = {
    let mut lanes = [0; 256];
    let mut flags = 0;
    while flags < MARK as usize {
        lanes[flags] = lane(flags as u8 & CLASS);
        flags += 1;
    }
    lanes
};

const fn lane(class: u8) -> u64 {
    match class {
        HANS => 1,
        HANS_VARIANT | HANS_USUAL => 1 << 16,
        HANT => 1 << 32,
        HANT_VARIANT | HANT_USUAL => 1 << 48,
        _ => 0,
    }
}

/// A place in the prose: a range and an offset in it.
#[derive(Clone, Copy)]
pub(super) struct Cursor {
    pub(super) range: usize,
    pub(super) at: usize,
}

/// Reads units. Cheap to make and to copy.
#[derive(Clone, Copy)]
pub(super) struct Reader {
    pub(super) evidence: Evidence,
}

/// A sentence or a clause: where it starts, its end, and its evidence.
#[derive(Clone, Copy)]
pub(super) struct Stretch {
    pub(super) start: Cursor,
    pub(super) end: usize,
    pub(super) tally: Tally,
}

/// Where reading stops.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit {
    Sentence,
    Clause,
}

impl Reader {
    pub(super) fn new() -> Reader {
        Reader { evidence: Evidence::new() }
    }

    /// Reads one unit from `start`, at most to `limit`. `None` if no prose is left, or if more text could still lengthen the unit.
    pub(super) fn read(
        &self,
        text: &str,
        ranges: &[Range<usize>],
        start: Cursor,
        limit: usize,
        unit: Unit,
        end: End,
    ) -> Option<Stretch> {
        let bytes = text.as_bytes();
        let stops = match unit {
            Unit::Sentence => MARK | ENDS,
            Unit::Clause => MARK,
        };
        let cut = start.at.saturating_add(LONGEST_SENTENCE);
        let mut found = Stretch { start, end: start.at, tally: Tally::default() };
        let mut range = start.range;
        let mut at = start.at;
        // Where the prose began that reaches up to here without a gap: a pair may not reach over one.
        let mut unbroken = start.at;
        // Whether the mark that ends the sentence has been read, so that only what closes may follow.
        let mut ended = false;
        while let Some(current) = ranges.get(range).filter(|range| range.start < limit) {
            if current.start > at {
                if current.start >= cut || bytes[at..current.start].contains(&b'\n') {
                    return Some(found);
                }
                at = current.start;
                unbroken = at;
            }
            let stop = current.end.min(limit);
            while at < stop {
                if at >= cut {
                    return Some(found);
                }
                let mark = if ended {
                    let (flags, length) = self.flags_at(bytes, at);
                    at += length;
                    flags
                } else {
                    self.count(bytes, &mut at, stop.min(cut), unbroken, stops, &mut found.tally)
                };
                if ended && !closes(mark) {
                    return Some(found);
                }
                found.end = at;
                if mark == LINE || (mark != 0 && unit == Unit::Clause) {
                    return Some(found);
                }
                ended = mark != 0;
            }
            range += 1;
        }
        let complete = end == End::Final || text.len() >= cut;
        (found.end > start.at && complete).then_some(found)
    }

    /// Counts the evidence from `at` on, up to and over the first mark with all the bits of `stops`, or up to `stop`. The flags of the mark,
    /// or 0. `stop` may lie within a character, where a sentence is cut: the character then still belongs to it.
    #[inline(always)]
    fn count(&self, bytes: &[u8], at: &mut usize, stop: usize, unbroken: usize, stops: u8, tally: &mut Tally) -> u8 {
        let is_inside = |stop: usize| bytes.get(stop).is_some_and(|byte| byte & 0xC0 == 0x80);
        let stop = (stop..).find(|stop| !is_inside(*stop)).unwrap_or(bytes.len());
        let mut counted = *tally;
        let mut mark = 0;
        let mut rest = &bytes[*at..stop];
        while !rest.is_empty() {
            let mut flags = 0;
            while let Some(([lead @ 0xE0..=0xEF, second, third], after)) = rest.split_first_chunk::<3>() {
                rest = after;
                flags = self.evidence.flags(join(*lead, *second, *third));
                counted.lanes += LANES[usize::from(flags)];
                counted.seen |= flags;
                if flags & (MARK | PAIR_SECOND) != 0 {
                    break;
                }
            }
            if flags & (MARK | PAIR_SECOND) == 0 {
                let Some(lead) = rest.first() else { break };
                if *lead < 0x80 {
                    flags = self.evidence.flags(u16::from(*lead));
                    rest = &rest[1..];
                } else {
                    let (other, length) = self.flags_at(rest, 0);
                    flags = other;
                    rest = &rest[length.min(rest.len())..];
                }
                counted.lanes += LANES[usize::from(flags)];
                counted.seen |= flags;
            }
            if flags & stops == stops {
                mark = flags;
                break;
            }
            let here = stop - rest.len();
            if flags & PAIR_SECOND != 0 && here >= unbroken + 6 {
                counted.lanes += self.pair(bytes, here - 3);
            }
        }
        *at = stop - rest.len();
        *tally = counted;
        mark
    }

    /// The flags of the character at an offset, and its length in bytes.
    fn flags_at(&self, bytes: &[u8], at: usize) -> (u8, usize) {
        match bytes[at..] {
            [lead @ 0xE0..=0xEF, second, third, ..] => (self.evidence.flags(join(lead, second, third)), 3),
            [lead @ 0..=0x7F, ..] => (self.evidence.flags(u16::from(lead)), 1),
            [lead @ 0xF0..=0xFF, second, third, fourth, ..] => {
                let high = u32::from(lead & 0x7) << 18 | u32::from(second & 0x3F) << 12;
                (self.evidence.wide_flags(high | u32::from(join(0, third, fourth))), 4)
            }
            // No character of two bytes is evidence or a mark.
            _ => (0, 2),
        }
    }

    /// What the pair of 3-byte characters adds of which the second begins at `at`.
    #[inline]
    fn pair(&self, bytes: &[u8], at: usize) -> u64 {
        match bytes[at - 3..] {
            [one @ 0xE0..=0xEF, two, three, four @ 0xE0..=0xEF, five, six, ..] => {
                let [first, second] = [join(one, two, three), join(four, five, six)].map(u32::from);
                lane(self.evidence.pair_class(first, second))
            }
            _ => 0,
        }
    }
}

/// The flags of what ends a line.
const LINE: u8 = mark_flags(Mark::Line);

/// Whether a mark still belongs to a sentence that has ended.
fn closes(flags: u8) -> bool {
    const SENTENCE: u8 = mark_flags(Mark::Sentence);
    const CLOSING: u8 = mark_flags(Mark::Closing);
    matches!(flags, LINE | SENTENCE | CLOSING)
}

/// The character of three bytes. The upper half of the first is shifted out.
#[inline(always)]
fn join(one: u8, two: u8, three: u8) -> u16 {
    u16::from(one) << 12 | u16::from(two & 0x3F) << 6 | u16::from(three & 0x3F)
}

/// The first place from `cursor` on at which there is prose, or the end of all ranges.
pub(super) fn skip_empty(ranges: &[Range<usize>], mut cursor: Cursor) -> Cursor {
    while let Some(range) = ranges.get(cursor.range) {
        cursor.at = cursor.at.max(range.start);
        if cursor.at < range.end {
            break;
        }
        cursor.range += 1;
    }
    cursor
}

/// The place behind a stretch.
pub(super) fn after(ranges: &[Range<usize>], stretch: Stretch) -> Cursor {
    let mut cursor = Cursor { range: stretch.start.range, at: stretch.end };
    while ranges.get(cursor.range).is_some_and(|range| range.end <= stretch.end) {
        cursor.range += 1;
    }
    cursor
}
