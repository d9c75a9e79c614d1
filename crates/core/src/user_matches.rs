//! Where the user's own pairs apply in a stretch of text.
//!
//! User pairs take part in the matching and their result is final. Precisely: the stretch is read unit by unit, as the config would
//! read it (a unit is what is replaced as a whole: a phrase, a character). Where a unit starts, the longest user source that starts there is
//! taken if it is at least as long as the unit. What lies between the user's matches is then converted as texts of their own, so no rule of
//! the config sees what the user has decided, and none reaches across it.
//!
//! Worked example, `s2twp` with the pair `件 → 個`: in `软件` the unit is `软件` (→ `軟體`) and starts before `件`, so the pair does not
//! apply; in `三件` the units are single characters and it does.
//!
//! # Cost
//!
//! A look at the first character for each character of the text; units are only read around places where a source of the user really
//! stands, starting at the nearest certain border.

use std::ops::Range;

use crate::converter::{Converter, Stretch};
use crate::table::Table;
use crate::{StagedEngine, UserMatch};

/// What the user's pairs compete with.
#[derive(Clone, Copy)]
pub(crate) enum Competitor<'a> {
    /// Nothing: the stretch would be left alone.
    Nobody,
    /// The units of a compiled table.
    Table(&'a Table),
    /// The matches of a recipe's first lookup.
    Staged(&'a StagedEngine),
}

impl Converter {
    /// Cuts `text[range]` into the user's matches and what lies between them, which `stretch` makes.
    pub(crate) fn user_matches<'a>(
        &'a self,
        text: &str,
        range: Range<usize>,
        competitor: Competitor<'_>,
        stretch: impl Fn() -> Stretch<'a>,
        out: &mut Vec<(Range<usize>, Stretch<'a>)>,
    ) {
        let mut start = range.start;
        if !self.inner.user.is_empty() {
            let mut search = Search { source: &text[range.clone()], competitor, known: 0 };
            let mut at = 0;
            while let Some(character) = search.source[at..].chars().next() {
                let found = if self.inner.user.may_start(character) {
                    self.inner.user.longest_at(search.source, at)
                } else {
                    None
                };
                match found {
                    Some(found) if search.is_free(at, found) => {
                        if start < range.start + at {
                            out.push((start..range.start + at, stretch()));
                        }
                        at += found.length;
                        start = range.start + at;
                        out.push((start - found.length..start, Stretch::User(found)));
                        search.known = at;
                    }
                    _ => at += character.len_utf8(),
                }
            }
        }
        if start < range.end {
            out.push((start..range.end, stretch()));
        }
    }
}

/// The search in one stretch. Offsets are bytes from its start.
struct Search<'a> {
    source: &'a str,
    competitor: Competitor<'a>,
    /// A place at which a unit starts.
    known: usize,
}

impl Search<'_> {
    /// Whether a unit starts at `at` and is no longer than the user's source.
    fn is_free(&mut self, at: usize, found: UserMatch<'_>) -> bool {
        if self.known > at {
            // Inside of a unit that starts before.
            return false;
        }
        let bytes = self.source.as_bytes();
        let unit_end = |position: usize| match self.competitor {
            Competitor::Nobody => position,
            Competitor::Table(table) => table.unit(bytes, position).end,
            Competitor::Staged(engine) => position + engine.first_unit(&self.source[position..]),
        };
        if let Competitor::Table(table) = self.competitor {
            self.known = table.last_boundary(bytes, self.known, at);
        }
        match self.competitor {
            Competitor::Nobody => self.known = at,
            _ => {
                while self.known < at {
                    self.known = unit_end(self.known);
                }
            }
        }
        self.known == at && unit_end(at) <= at + found.length
    }
}
