//! Goes through the sentences of a prose, most of them many at a time.
//!
//! A kernel finds every mark that ends a sentence in a window of the prose, and counts what the text says up to each
//! ([`tally`]). What is left to do for a sentence is to see whether anything closes behind its mark (`。」`). A sentence
//! that the rule would cut, since it is longer than [`LONGEST_SENTENCE`], is [read](super::reader) mark by mark.
//!
//! Most texts go on as they have begun. Where the state of the decision is such that only certain signs can change it, sentences without these need not be
//! told apart: all that the window has up to its last mark is read as one. In text of one script the kernel then only looks whether there are such signs.
//!
//! Worked example: of `他说：「好。」这` the kernel makes `他说：「好。` and `」这`; the sentence takes `」` as well, and the next one, which
//! begins behind that, has all the evidence of the second part, since marks have none.
//!
//! # Cost
//!
//! That of the kernel, and a few nanoseconds a sentence. A sentence that is too long is read once more, and so is a window that turns out to have what can
//! change the state, after one that had not.

use super::End;
use super::reader::{LONGEST_SENTENCE, Unit, closes, read};
use crate::evidence::Evidence;
use crate::kernel::tally::{self, LINE, Part, Parts, Signs, Weights, flags_at};
use crate::prose::{Place, Prose};

/// Bytes that the kernel is given at a time: so many that no sentence in it has to be cut, with room for what closes behind the last.
const WINDOW: usize = LONGEST_SENTENCE - 72;

/// A sentence: where it starts, its end in the packed prose, and what it says to the target.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sentence {
    pub(super) start: Place,
    pub(super) end: usize,
    pub(super) signs: Signs,
}

/// Reads sentence after sentence.
pub(super) struct Sentences<'p> {
    evidence: Evidence,
    weights: &'static Weights,
    prose: &'p Prose<'p>,
    /// What the kernel has found in the window, and which of it is next.
    parts: Parts,
    next: usize,
    /// Where the window begins.
    window: usize,
    /// Where the next sentence begins if it is read from the parts, and what the window says up to there.
    at: usize,
    before: Signs,
    /// Whether what was read last had nothing telling.
    is_uniform: bool,
    /// The first range from the current one on that a newline parts from the one before it, or how many ranges there are.
    line_range: usize,
}

impl<'p> Sentences<'p> {
    pub(super) fn new(evidence: Evidence, weights: &'static Weights, prose: &'p Prose<'p>) -> Sentences<'p> {
        let (parts, before) = (Parts::default(), Signs::default());
        Sentences {
            evidence,
            weights,
            prose,
            parts,
            next: 0,
            window: 0,
            at: 0,
            before,
            is_uniform: false,
            line_range: 0,
        }
    }

    /// The sentence that starts at a place, where the last one ended. `None` if more text could still lengthen it. Sentences in a row that have no
    /// signs of the kinds `telling` may be given as one, of less than [`LONGEST_SENTENCE`] bytes.
    #[inline]
    pub(super) fn read(&mut self, start: Place, end: End, telling: Option<Signs>) -> Option<Sentence> {
        self.quickly(start, end, telling).unwrap_or_else(|| {
            // What has been counted is of no use in the middle of a part.
            self.parts.clear();
            let read = read(self.evidence, self.prose, start, self.prose.packed.len(), Unit::Sentence, end)?;
            Some(Sentence { start, end: read.end, signs: self.weights.signs(read.tally) })
        })
    }

    /// The same; nothing at all if the sentence may have to be cut.
    #[inline]
    fn quickly(&mut self, start: Place, end: End, telling: Option<Signs>) -> Option<Option<Sentence>> {
        let line = self.line_after(start.range);
        if self.at != start.at || self.parts.get(self.next).is_none() {
            if let Some(telling) = telling.filter(|_| self.is_uniform)
                && self.survey(start.at, line, telling)
                && let Some(Some(sentences)) = self.up_to(start, end, line, 0)
            {
                return Some(Some(sentences));
            }
            self.fill(start.at, line);
        }
        if let Some(telling) = telling
            && let Some(last) = self.parts.last().filter(|last| *last > self.next)
            && let Some(part) = self.parts.get(last)
            && !(part.signs - self.before).has(telling)
        {
            // From the start of the window on: the next one may be such.
            self.is_uniform = self.at == self.window;
            if let Some(Some(sentences)) = self.up_to(start, end, line, last) {
                return Some(Some(sentences));
            }
        }
        self.up_to(start, end, line, self.next)
    }

    /// All from a place to the end of a part, with what closes behind it; nothing at all if it may have to be cut.
    #[inline]
    fn up_to(&mut self, start: Place, end: End, line: usize, part: usize) -> Option<Option<Sentence>> {
        let Prose { packed, ranges, source, .. } = self.prose;
        let bytes = packed.as_bytes();
        let is_one_of_many = part > self.next;
        let mut next = part + 1;
        let part = *self.parts.get(part)?;
        let mut stop = self.window + part.end as usize;
        let mut is_open = bytes[stop - 1] != b'\n';
        if is_open {
            while stop < line {
                // Most characters, and none that closes.
                if matches!(bytes[stop], 0xE4..=0xE9) {
                    is_open = false;
                    break;
                }
                let (flags, length) = flags_at(self.evidence, bytes, stop);
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
            while self.parts.get(next).is_some_and(|part| self.window + part.end as usize <= stop) {
                next += 1;
            }
        }
        let cut = self.prose.origin(start) + LONGEST_SENTENCE;
        let mut last = start.range;
        while self.prose.ends[last] < stop {
            last += 1;
        }
        const { assert!(LONGEST_SENTENCE / 3 <= Signs::MOST, "the signs of a sentence can be counted") };
        if ranges[last].end - (self.prose.ends[last] - stop) >= cut {
            return None;
        }
        // At the end of the prose more may follow; a newline between ranges is an end like any other.
        let is_last = stop == line && self.line_range == ranges.len();
        if is_open && is_last && end == End::More && (source.len() < cut || is_one_of_many) {
            return Some(None);
        }
        let signs = part.signs - self.before;
        (self.next, self.at, self.before) = (next, stop, part.signs);
        Some(Some(Sentence { start, end: stop, signs }))
    }

    /// Has the kernel count from a place on, at most up to `line`.
    fn fill(&mut self, start: usize, line: usize) {
        let (text, joins) = self.window(start, line);
        let stop = start + text.len();
        let signs = self.parts.fill(self.evidence, self.weights, text, &joins);
        if stop == line {
            // What is left, if anything is, goes up to there.
            self.parts.end_at(Part { end: (stop - start) as u32, signs });
        }
        self.start_at(start);
    }

    /// Looks for telling signs from a place on, at most up to `line`. Where there are none, everything up to the last mark becomes one part.
    fn survey(&mut self, start: usize, line: usize, telling: Signs) -> bool {
        let (text, joins) = self.window(start, line);
        let signs = tally::survey(self.evidence, self.weights, text, &joins);
        self.is_uniform = !signs.has(telling);
        let end = if self.is_uniform { tally::last_end(self.evidence, text) } else { None };
        let Some(end) = end else {
            self.is_uniform = false;
            return false;
        };
        self.parts.set(Part { end: end as u32, signs });
        self.start_at(start);
        true
    }

    fn start_at(&mut self, start: usize) {
        (self.next, self.window, self.at, self.before) = (0, start, start, Signs::default());
    }

    /// The window from a place on, and what says of a character in it whether it follows on the one before it.
    fn window(&self, start: usize, line: usize) -> (&'p [u8], impl Fn(usize) -> bool + use<'p>) {
        let prose = self.prose;
        let stop = prose.packed.floor_char_boundary(line.min(start + WINDOW));
        (&prose.packed.as_bytes()[start..stop], move |second| prose.is_joined(start + second))
    }

    /// Where the prose has its next newline that lies between ranges, or its end, from a range on.
    #[inline]
    fn line_after(&mut self, range: usize) -> usize {
        if self.line_range <= range {
            let Prose { ranges, source, .. } = self.prose;
            let begins_line = |range: &usize| self.prose.begins_line(*range) && ranges[*range].start < source.len();
            self.line_range = (range + 1..ranges.len()).find(begins_line).unwrap_or(ranges.len());
        }
        self.prose.start_of(self.line_range)
    }
}
