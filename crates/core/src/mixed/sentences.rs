//! Goes through the sentences of a prose, most of them many at a time.
//!
//! A kernel cuts a window of the prose behind every mark that ends a sentence and counts the evidence between them
//! ([`tally`](crate::kernel::tally)). What is left to do for a sentence is to see whether anything closes behind its mark (`。」`). A sentence
//! that the rule would cut, since it is longer than [`LONGEST_SENTENCE`], is [read](super::reader) mark by mark.
//!
//! Worked example: of `他说：「好。」这` the kernel makes `他说：「好。` and `」这`; the sentence takes `」` as well, and the next one, which
//! begins behind that, has all the evidence of the second part, since marks have none.
//!
//! # Cost
//!
//! That of the kernel, and a few nanoseconds a sentence. A sentence that is too long is read once more.

use super::End;
use super::reader::{LONGEST_SENTENCE, Stretch, Unit, closes, read};
use crate::evidence::Evidence;
use crate::kernel::tally::{self, Ending, LINE, Part, flags_at};
use crate::prose::{Place, Prose};

/// Bytes that the kernel is given at a time: more than a sentence has, and no more than stays in the nearest cache.
const WINDOW: usize = 4096;

/// Reads sentence after sentence.
pub(super) struct Sentences<'p> {
    evidence: Evidence,
    prose: &'p Prose<'p>,
    /// What the kernel has found, and which of it is next.
    parts: Vec<Part>,
    next: usize,
    /// Where the next of it begins.
    at: usize,
    /// The first range from the current one on that a newline parts from the one before it, or how many ranges there are.
    line_range: usize,
}

impl<'p> Sentences<'p> {
    pub(super) fn new(evidence: Evidence, prose: &'p Prose<'p>) -> Sentences<'p> {
        Sentences { evidence, prose, parts: Vec::new(), next: 0, at: 0, line_range: 0 }
    }

    /// The sentence that starts at a place, where the last one ended. `None` if more text could still lengthen it.
    pub(super) fn read(&mut self, start: Place, end: End) -> Option<Stretch> {
        self.quickly(start, end).unwrap_or_else(|| {
            // What has been counted is of no use in the middle of a part.
            self.parts.clear();
            read(self.evidence, self.prose, start, self.prose.packed.len(), Unit::Sentence, end)
        })
    }

    /// The same; nothing at all if the sentence may have to be cut.
    fn quickly(&mut self, start: Place, end: End) -> Option<Option<Stretch>> {
        let Prose { packed, ranges, source, .. } = self.prose;
        let line = self.line_after(start.range);
        if self.at != start.at || self.next >= self.parts.len() {
            self.fill(start.at, line);
        }
        let part = self.parts.get(self.next)?;
        if part.ends_with == Ending::Nothing && part.end < line {
            return None;
        }
        let mut stop = part.end;
        let mut is_open = part.ends_with != Ending::Line;
        if part.ends_with == Ending::Sentence {
            while stop < line {
                let (flags, length) = flags_at(self.evidence, packed.as_bytes(), stop);
                if !closes(flags) {
                    is_open = false;
                    break;
                }
                stop += length;
                if flags == LINE {
                    is_open = false;
                    break;
                }
                // A prose has no more bytes between two places than its source. Looking on would be for nothing, time after time.
                if stop - start.at > LONGEST_SENTENCE {
                    return None;
                }
            }
        }
        let cut = self.prose.origin(start) + LONGEST_SENTENCE;
        let mut last = start.range;
        while self.prose.ends[last] < stop {
            last += 1;
        }
        if ranges[last].end - (self.prose.ends[last] - stop) > cut {
            return None;
        }
        // At the end of the prose more may follow; a newline between ranges is an end like any other.
        let is_last = stop == line && self.line_range == ranges.len();
        if is_open && is_last && end == End::More && source.len() < cut {
            return Some(None);
        }
        let tally = part.tally;
        while self.parts.get(self.next).is_some_and(|part| part.end <= stop) {
            self.next += 1;
        }
        self.at = stop;
        Some(Some(Stretch { start, end: stop, tally }))
    }

    /// Has the kernel count from a place on, at most up to `line`.
    fn fill(&mut self, start: usize, line: usize) {
        let packed = &self.prose.packed;
        let stop = packed.floor_char_boundary(line.min(start + WINDOW));
        let joins = |second: usize| self.prose.is_joined(start + second);
        self.parts.clear();
        tally::parts(self.evidence, &packed.as_bytes()[start..stop], &joins, &mut self.parts);
        if stop < line && self.parts.len() > 1 {
            // The last one goes on behind the window.
            self.parts.pop_if(|part| part.ends_with == Ending::Nothing);
        }
        self.parts.iter_mut().for_each(|part| part.end += start);
        (self.next, self.at) = (0, start);
    }

    /// Where the prose has its next newline that lies between ranges, or its end, from a range on.
    fn line_after(&mut self, range: usize) -> usize {
        if self.line_range <= range {
            let Prose { ranges, source, .. } = self.prose;
            let begins_line = |range: &usize| self.prose.begins_line(*range) && ranges[*range].start < source.len();
            self.line_range = (range + 1..ranges.len()).find(begins_line).unwrap_or(ranges.len());
        }
        self.prose.start_of(self.line_range)
    }
}
