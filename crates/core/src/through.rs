//! What the ranges and sentences of a document go through: a table, pairs of the caller's own, rules of the page.
//!
//! They lie side by side in a buffer that the kernel maps in one run (`ranges.rs`, `packed.rs`), or in the document itself (`in_place.rs`), each a text of its own. Pairs of the caller's are found at the events of that
//! run (`triggers.rs`); a page has few rules, and where they may start tells a look at each character. What of both applies is decided together: the longest source at a place,
//! of equal ones the caller's, where a unit starts and none ends behind it.
//!
//! Worked example, `s2twp` with the caller's `里海` and the page's `海水 → 咸水`: in the range `里海水` the first applies and the second starts inside of it.
//!
//! # Limits
//!
//! Rules that remove words are read by `user_matches.rs` alone, and so are ranges longer than the buffer that have rules.

use std::ops::Range;

use crate::character_set::CharacterSet;
use crate::converter::Stretch;
use crate::descriptions::next_description_operator;
use crate::engine::Buffers;
use crate::kernel;
use crate::kernel::sieve::Sifted;
use crate::page_pairs::PageMatch;
use crate::resolve::{Doubts, count_before};
use crate::sink::Sink;
use crate::step::TableOf;
use crate::triggers::Found;
use crate::user_matches::{Competitor, PageView, Pairs};
use crate::user_text::{Between, Mapped, SHORTEST, Scratch, Stretches, UserText, sort};
use crate::{PagePairs, UserDictionary};

/// See the [module](self).
#[derive(Clone, Copy)]
pub(crate) struct Through<'a> {
    pub(crate) table: TableOf<'a>,
    pub(crate) dictionary: &'a UserDictionary,
    /// Where the dictionary has pairs.
    pub(crate) user: Option<UserText<'a>>,
    /// Where the page has rules, which remove nothing.
    pub(crate) page: Option<PageView<'a>>,
}

/// A part of a mapped text that is a text of its own.
pub(crate) struct Part<'p> {
    /// The number of the document's range that it is part of.
    pub(crate) number: usize,
    pub(crate) range: Range<usize>,
    /// What lies in the range.
    pub(crate) source: &'p str,
    /// The table's events in it, and those that may be the dictionary's.
    pub(crate) of_table: Doubts<'p>,
    pub(crate) own: &'p [u16],
}

impl<'p> Part<'p> {
    /// The next part, with its events, which are taken from those of all parts.
    #[inline]
    pub(crate) fn next(
        number: usize,
        range: Range<usize>,
        source: &'p str,
        of_table: &mut Doubts<'p>,
        own: &mut &'p [u16],
    ) -> Part<'p> {
        let (of_table, own) = (of_table.split_before(range.end), split_before(own, range.end));
        Part { number, range, source, of_table, own }
    }
}

/// Takes the events before a place from a list.
#[inline]
pub(crate) fn split_before<'e>(events: &mut &'e [u16], end: usize) -> &'e [u16] {
    let before;
    (before, *events) = events.split_at(count_before(events, end));
    before
}

impl<'a> Through<'a> {
    /// Whether there is nothing but the table.
    #[inline]
    pub(crate) fn is_table(&self) -> bool {
        self.user.is_none() && self.page.is_none()
    }

    /// Whether a part without events may still have something to mend.
    #[inline]
    pub(crate) fn looks_everywhere(&self) -> bool {
        self.page.is_some() || self.user.is_some_and(|user| user.triggers.has_plain())
    }

    /// The rules that a range sees.
    fn rules(&self, number: usize) -> Option<(&'a PagePairs, usize)> {
        self.page.and_then(|page| page.rules(number))
    }

    /// The pairs that take part in a range.
    pub(crate) fn pairs(&self, number: usize) -> Pairs<'a> {
        Pairs::new(self.dictionary, self.page, number)
    }

    /// Maps `source[..length]`, of which something is [converted](Between::Converted) or nothing; gives how many events are the table's, and how many of those in the
    /// scratch may be the dictionary's.
    #[inline]
    pub(crate) fn map<const BYTES: usize, const EVENTS: usize>(
        &self,
        between: Between,
        source: &[u8],
        length: usize,
        buffers: &mut Buffers<'_, BYTES, EVENTS>,
        scratch: &mut Scratch<'_>,
    ) -> Sifted {
        let sifted = match self.user {
            None => {
                let Buffers { mapped, events, slots, noted, .. } = &mut *buffers;
                let of_table;
                (of_table, *noted) = kernel::map_with_slots(&self.table.map, source, length, mapped, events, slots);
                Sifted { of_table, own: 0 }
            }
            Some(user) => user.triggers.map(&self.table, source, length, buffers, &mut scratch.own),
        };
        match between {
            Between::Converted => buffers.settle(&self.table, source),
            Between::Kept => buffers.noted = 0,
        }
        sifted
    }

    /// Converts a text of range `number` by itself.
    pub(crate) fn convert(&self, between: Between, number: usize, text: &str, output: &mut impl Sink) {
        let has_more = || self.table.lengthening.is_some() && next_description_operator(text.as_bytes(), 0).is_some();
        match (self.rules(number), self.user, between) {
            (None, None, Between::Converted) => self.table.convert_into(text, output),
            (None, None, Between::Kept) => output.push(text),
            (None, Some(user), _) if text.len() >= SHORTEST && (between == Between::Kept || !has_more()) => {
                user.convert(between, text, text.len(), output);
            }
            _ => self.convert_slowly(between, number, text, output),
        }
    }

    fn convert_slowly(&self, between: Between, number: usize, text: &str, output: &mut impl Sink) {
        let competitor = match between {
            Between::Converted => Competitor::Table(self.table),
            Between::Kept => Competitor::Nobody,
        };
        self.pairs(number).cut(text, 0..text.len(), competitor, || Stretch::Keep, &mut |place, stretch| match (
            stretch, between,
        ) {
            (Stretch::Pair(found), _) => output.push(found.replacement()),
            (_, Between::Kept) => output.push(&text[place]),
            (_, Between::Converted) => self.table.convert_into(&text[place], output),
        });
    }

    /// Mends a part of what was mapped.
    #[inline]
    pub(crate) fn mend<'m>(
        &'m self,
        between: Between,
        mapped: &mut Mapped<'m, 'a>,
        part: Part<'_>,
        found: &mut Vec<Found<'a>>,
    ) {
        let Part { number, range, source, of_table, own } = part;
        let packed = mapped.text;
        let text = &packed[..range.end];
        found.clear();
        if let Some(UserText { triggers, dictionary, .. }) = self.user {
            triggers.find(text, mapped.base, range.start, own, found);
            let longest_at = |at: usize| dictionary.longest_at(source, at - range.start);
            triggers.find_plain(text, range.clone(), longest_at, found);
        }
        self.find_of_page(number, source, range.start, found);
        if between == Between::Kept {
            mapped.bytes[range.start - mapped.base..range.end - mapped.base].copy_from_slice(&text[range.clone()]);
        } else if found.is_empty() {
            // Nearly always.
            if !of_table.events.is_empty() {
                self.table.resolve(text, mapped.base, range.start, of_table, mapped.bytes, mapped.splices);
            }
            return;
        }
        sort(found);
        let mut stretches = Stretches::new(&self.table, between, of_table, range.start);
        for found in found.iter() {
            if stretches.applies(mapped, text, found) {
                stretches.mend(mapped, text, found.start);
                stretches.replace(mapped, found);
            }
        }
        stretches.mend(mapped, text, range.end);
    }

    /// Adds the sources of the page that stand in a part, which lies at `base`.
    #[inline]
    fn find_of_page(&self, number: usize, source: &str, base: usize, found: &mut Vec<Found<'a>>) {
        let Some((rules, epoch)) = self.rules(number) else { return };
        let mut from = 0;
        while let Some(at) = CharacterSet::next_in([rules.starts()], source, from) {
            let rest = &source[at..];
            if let Some(PageMatch { length, replacement, .. }) = rules.find(rest, epoch).longest {
                found.push(Found { start: base + at, end: base + at + length, replacement });
            }
            from = at + rest.chars().next().map_or(0, char::len_utf8);
        }
    }
}
