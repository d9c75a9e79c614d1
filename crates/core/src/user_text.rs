//! Text with pairs of the caller's own, where everything else is done by one table: the kernel looks for both at once.
//!
//! In a first short text, and in pages with rules of their own, every character is asked whether a source starts with it (`user_matches.rs`), and what lies between matches
//! goes to the kernel piece by piece. Here the kernel, which looks at every character anyway, notes where a source may stand (`triggers.rs`). So a dictionary costs where its
//! words nearly occur.
//!
//! Worked example, `s2t` with `量子纠缠 → 糾纏態`: the trigger is `子纠`. Where the kernel meets it, the source is there or not. What stands before the match is mended as
//! a text that ends there, what stands behind it as one that starts there, in the bytes that the kernel has mapped.
//!
//! Whether a unit starts where a source does, and none ends behind it, tell mostly the characters at its two ends: where two of them are adjacent in no path of
//! the table, nothing reaches across.
//!
//! Running text is done chunk by chunk ([`UserText::convert`]); the ranges of a document and the sentences of mixed text lie side by side in a buffer, each a text
//! of its own (`through.rs`). Text that is to be left has pairs too ([`Between::Kept`]).

use std::cmp::Reverse;

use crate::UserDictionary;
use crate::engine::{Buffers, CHUNK, has_operator, joined};
use crate::kernel;
use crate::resolve::{Doubts, Output, Splice, character_before, decode};
use crate::sink::Sink;
use crate::step::TableOf;
use crate::table::{LOOK_AHEAD, Table};
use crate::triggers::{Found, Triggers};

/// Texts shorter than this are not worth a chunk's buffers.
pub(crate) const SHORTEST: usize = 512;

/// What becomes of the text between matches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Between {
    /// The table converts it.
    Converted,
    /// It stays, and every source that stands in it applies.
    Kept,
}

impl Between {
    /// What becomes of several texts: whether something of them is converted.
    #[inline]
    pub(crate) fn of_all(mut all: impl Iterator<Item = Between>) -> Between {
        if all.any(|between| between == Between::Converted) { Between::Converted } else { Between::Kept }
    }
}

/// Whether description sequences may stand in a text.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sequences {
    Possible,
    None,
}

impl Sequences {
    /// What the table's events say.
    pub(crate) fn of(chunk: &[u8], events: &[u16]) -> Sequences {
        if has_operator(chunk, events) { Sequences::Possible } else { Sequences::None }
    }
}

/// A table and a dictionary, for texts that go through both.
#[derive(Clone, Copy)]
pub(crate) struct UserText<'a> {
    pub(crate) table: TableOf<'a>,
    pub(crate) dictionary: &'a UserDictionary,
    pub(crate) triggers: &'a Triggers,
}

/// What is used again for the next chunk.
#[derive(Default)]
pub(crate) struct Scratch<'a> {
    /// Events that may be the dictionary's.
    pub(crate) own: Vec<u16>,
    pub(crate) found: Vec<Found<'a>>,
}

/// Mapped text of which some is to be mended.
pub(crate) struct Mapped<'m, 'a> {
    /// The text, and where in it what was mapped starts.
    pub(crate) text: &'m [u8],
    pub(crate) base: usize,
    pub(crate) bytes: &'m mut [u8],
    pub(crate) splices: &'m mut Vec<Splice<'a>>,
    pub(crate) sequences: Sequences,
}

impl<'a> UserText<'a> {
    /// Converts `text[..limit]`, or a little less or more if `limit` is not the end of the text; gives the end of what is converted. What lies behind is looked at
    /// only. Where `limit` is not the end, as much as a unit looks ahead and the longest source has must follow it. Operators that the table does not do are not
    /// noticed.
    pub(crate) fn convert(&self, between: Between, text: &str, limit: usize, output: &mut impl Sink) -> usize {
        output.reserve(limit + limit / 32);
        let mut buffers = Buffers::<{ CHUNK + kernel::OVERWRITE }, { kernel::events_of(CHUNK) }>::new();
        let mut spliced = Vec::new();
        let mut scratch = Scratch::default();
        let mut start = 0;
        while start < limit {
            buffers.splices.clear();
            let Done { mapped, end, last } =
                self.convert_chunk(between, text, start, limit, &mut buffers, &mut scratch);
            output.push_made(joined(&buffers.mapped[..mapped - start], &buffers.splices, &mut spliced));
            if let Some(last) = last {
                output.push(last);
            }
            if end == start {
                break;
            }
            start = end;
        }
        start
    }

    /// Cuts a text behind ends of lines into stretches of about `share` bytes that are converted apart as they are together. None where pairs may reach across the
    /// end of a line.
    pub(crate) fn lines<'t>(&self, text: &'t str, share: usize) -> Option<Vec<&'t str>> {
        if self.dictionary.pairs().any(|(source, _)| source.contains('\n')) {
            return None;
        }
        let mut lines = Vec::new();
        let (mut start, mut end) = (0, 0);
        while start < text.len() {
            let from = text.floor_char_boundary(end.max(start + share)).min(text.len());
            end = text[from..].find('\n').map_or(text.len(), |found| from + found + 1);
            if end == text.len() || self.table.certain_boundary(text.as_bytes(), start, end) == Some(end) {
                lines.push(&text[start..end]);
                start = end;
            }
        }
        Some(lines)
    }

    fn convert_chunk<const BYTES: usize, const EVENTS: usize>(
        &self,
        between: Between,
        text: &str,
        start: usize,
        limit: usize,
        buffers: &mut Buffers<'a, BYTES, EVENTS>,
        scratch: &mut Scratch<'a>,
    ) -> Done<'a> {
        let Scratch { own, found } = scratch;
        let bytes = text.as_bytes();
        let end = text.floor_char_boundary(start + CHUNK);
        let is_last = end == text.len() && limit == text.len();
        // Sources that start before this are known.
        let certain = match () {
            () if is_last => end,
            () if limit == text.len() => end.saturating_sub(self.triggers.reach),
            () => end.saturating_sub(self.triggers.reach).min(limit),
        };
        let certain = text.floor_char_boundary(certain.max(start));
        // The chunk is cut before this.
        let target = if is_last { end } else { text.floor_char_boundary(certain.saturating_sub(1)) };

        let sifted = self.triggers.map(&self.table, &bytes[start..], end - start, buffers, own);
        match between {
            Between::Converted => buffers.settle(&self.table, &bytes[start..]),
            Between::Kept => buffers.noted = 0,
        }
        let Buffers { mapped, events, slots, noted, splices } = buffers;
        if between == Between::Kept {
            mapped[..end - start].copy_from_slice(&bytes[start..end]);
        }
        let of_table = Doubts { events: &events[..sifted.of_table], slots: &slots[..*noted] };
        found.clear();
        self.triggers.find(bytes, start, start, &own[..sifted.own], found);
        self.triggers.find_plain(bytes, start..end, |at| self.dictionary.longest_at(text, at), found);
        sort(found);

        let sequences = Sequences::of(&bytes[start..], of_table.events);
        let mut mapped = Mapped { text: bytes, base: start, bytes: mapped, splices, sequences };
        let mut stretches = Stretches::new(&self.table, between, of_table, start);
        for found in found.iter().take_while(|found| found.start < certain) {
            if !stretches.applies(&mapped, bytes, found) {
                continue;
            }
            stretches.mend(&mut mapped, bytes, found.start);
            if found.end >= target {
                return Done { mapped: found.start, end: found.end, last: Some(found.replacement) };
            }
            stretches.replace(&mut mapped, found);
        }
        let from = stretches.start;
        let visible = &bytes[..certain];
        let end = match () {
            () if is_last => end,
            () if target <= from => from,
            () if between == Between::Kept => target,
            // Mostly nothing reaches across the last border. Else as much must be known behind it as a unit looks ahead.
            () => self.table.certain_boundary(visible, from, target).unwrap_or_else(|| {
                let target = text.floor_char_boundary(target.min(certain.saturating_sub(LOOK_AHEAD)));
                if from < target { self.table.last_boundary(visible, from, target) } else { from }
            }),
        };
        stretches.mend_seeing(&mut mapped, visible, end);
        Done { mapped: end, end, last: None }
    }
}

/// In the order in which they are tried: from the first place on, the longest first.
pub(crate) fn sort(found: &mut [Found<'_>]) {
    let key = |found: &Found<'_>| (found.start, Reverse(found.end));
    if !found.is_sorted_by_key(key) {
        // Of the same place those first that were found first.
        found.sort_by_key(key);
    }
}

/// Copies as many bytes as both have. Most replacements have 6 to 12, for which a call is not worth it.
#[inline]
fn copy(from: &[u8], to: &mut [u8]) {
    fn ends<const BYTES: usize>(from: &[u8], to: &mut [u8]) -> Option<()> {
        let (first, last) = (*from.first_chunk::<BYTES>()?, *from.last_chunk::<BYTES>()?);
        *to.first_chunk_mut()? = first;
        *to.last_chunk_mut()? = last;
        Some(())
    }
    let done = match from.len() {
        4..8 => ends::<4>(from, to),
        8..=16 => ends::<8>(from, to),
        _ => None,
    };
    if done.is_none() {
        to.copy_from_slice(from);
    }
}

/// What was done of a chunk.
struct Done<'a> {
    /// The end of what is in the buffers.
    mapped: usize,
    /// The end of what is converted.
    end: usize,
    /// What takes the place of the text between the two.
    last: Option<&'a str>,
}

/// The stretches between matches, in order.
pub(crate) struct Stretches<'s, 'a> {
    table: &'s Table<'a>,
    between: Between,
    /// Events of the table that are not passed.
    doubts: Doubts<'s>,
    /// Where the next one starts: behind the last match.
    start: usize,
    /// A place at which a unit starts, as far as anybody has asked.
    known: usize,
}

impl<'s, 'a> Stretches<'s, 'a> {
    /// Those of a text that starts at `start`, by the table's events in it.
    pub(crate) fn new(table: &'s Table<'a>, between: Between, doubts: Doubts<'s>, start: usize) -> Stretches<'s, 'a> {
        Stretches { table, between, doubts, start, known: start }
    }

    /// Whether a source applies: a unit starts where it does, and none that does ends behind it. What applies lies behind all that did before.
    #[inline]
    pub(crate) fn applies(&mut self, mapped: &Mapped<'_, 'a>, text: &[u8], found: &Found<'_>) -> bool {
        if found.start < self.start {
            return false;
        }
        self.between == Between::Kept || (self.is_start(mapped, text, found.start) && self.ends_by(mapped, text, found))
    }

    /// Whether a unit starts at `at`, in the text that starts behind the last match.
    #[inline]
    fn is_start(&mut self, mapped: &Mapped<'_, 'a>, text: &[u8], at: usize) -> bool {
        if self.known > at {
            // Inside of a unit that starts before.
            return false;
        }
        self.known = match mapped.sequences {
            Sequences::None => self.table.boundary_before(text, at, self.known),
            Sequences::Possible => self.table.last_boundary(text, self.known, at),
        };
        while self.known < at {
            self.known = self.table.unit(text, self.known).end;
        }
        self.known == at
    }

    /// Whether the unit that starts where a source does ends with it at the latest.
    #[inline]
    fn ends_by(&self, mapped: &Mapped<'_, 'a>, text: &[u8], found: &Found<'_>) -> bool {
        let reaches_across = || {
            let last = decode(text, character_before(text, found.end)).0;
            self.table.adjacent(last, decode(text, found.end).0)
        };
        (mapped.sequences == Sequences::None && (found.end == text.len() || !reaches_across()))
            || self.table.unit(text, found.start).end <= found.end
    }

    /// Mends the stretch up to `end`, which sees nothing behind that.
    #[inline]
    pub(crate) fn mend(&mut self, mapped: &mut Mapped<'_, 'a>, text: &[u8], end: usize) {
        self.mend_seeing(mapped, &text[..end], end);
    }

    /// Mends the stretch up to `end`, which sees all of `text`.
    #[inline]
    fn mend_seeing(&mut self, mapped: &mut Mapped<'_, 'a>, text: &[u8], end: usize) {
        let mut own = self.doubts.split_before(end - mapped.base);
        // Those within the last match are passed.
        own.split_before(self.start - mapped.base);
        if !own.events.is_empty() && self.between == Between::Converted {
            self.table.resolve(text, mapped.base, self.start, own, mapped.bytes, mapped.splices);
        }
    }

    /// Puts the replacement in the place of a match.
    #[inline]
    pub(crate) fn replace(&mut self, mapped: &mut Mapped<'_, 'a>, found: &Found<'a>) {
        (self.start, self.known) = (found.end, found.end);
        let place = found.start - mapped.base..found.end - mapped.base;
        let replacement = found.replacement.as_bytes();
        if replacement.len() == place.len() {
            copy(replacement, &mut mapped.bytes[place]);
        } else {
            mapped.splices.push(Splice { start: place.start, end: place.end, output: Output::Table(replacement) });
        }
    }
}
