//! Reads prose unit by unit, a sentence or a clause at a time, and counts the evidence in it.
//!
//! Prose may lie in many ranges of a text, with markup between them; a sentence runs on from one to the next. This module knows where
//! units end; what follows from the counts is decided in [`super`]. It reads mark by mark; most sentences are found without it, many
//! at a time, by [`sentences`](super::sentences).

use super::End;
use crate::evidence::{ENDS, Evidence, MARK, Mark, mark_flags};
use crate::kernel::tally::{LINE, Tally, count, flags_at};
use crate::prose::{Place, Prose};

/// Bytes after which a sentence is cut, from its first to the first of the character in question, with what lies between ranges.
pub(super) const LONGEST_SENTENCE: usize = 3072;

/// A sentence or a clause: where it starts, its end in the packed prose, and its evidence.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stretch {
    pub(super) start: Place,
    pub(super) end: usize,
    pub(super) tally: Tally,
}

/// Where reading stops.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit {
    Sentence,
    Clause,
}

/// Reads one unit from `start`, at most to `limit` in the packed prose. `None` if more text could still lengthen the unit.
pub(super) fn read(
    evidence: Evidence,
    prose: &Prose<'_>,
    start: Place,
    limit: usize,
    unit: Unit,
    end: End,
) -> Option<Stretch> {
    let bytes = prose.packed.as_bytes();
    let stops = match unit {
        Unit::Sentence => MARK | ENDS,
        Unit::Clause => MARK,
    };
    let cut = prose.origin(start).saturating_add(LONGEST_SENTENCE);
    let mut found = Stretch { start, end: start.at, tally: Tally::default() };
    let mut at = start.at;
    // A pair may not begin before the unit.
    let joins = |second: usize| second >= start.at + 3 && prose.is_joined(second);
    // Whether the mark that ends the sentence has been read, so that only what closes may follow.
    let mut ended = false;
    for range in start.range..prose.ranges.len() {
        let own_start = prose.start_of(range);
        let origin = prose.ranges[range].start;
        if own_start >= limit && (limit < bytes.len() || origin == prose.source.len()) {
            break;
        }
        if range > start.range && (origin >= cut || prose.begins_line(range)) {
            return Some(found);
        }
        let stop = prose.ends[range].min(limit);
        let cut = own_start + cut.saturating_sub(origin);
        while at < stop {
            if at >= cut {
                return Some(found);
            }
            let mark = if ended {
                let (flags, length) = flags_at(evidence, bytes, at);
                at += length;
                flags
            } else {
                count(evidence, bytes, &mut at, stop.min(cut), stops, &joins, &mut found.tally)
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
    }
    let complete = end == End::Final || prose.source.len() >= cut;
    (found.end > start.at && complete).then_some(found)
}

/// Whether a mark still belongs to a sentence that has ended.
pub(super) fn closes(flags: u8) -> bool {
    const SENTENCE: u8 = mark_flags(Mark::Sentence);
    const CLOSING: u8 = mark_flags(Mark::Closing);
    matches!(flags, LINE | SENTENCE | CLOSING)
}
