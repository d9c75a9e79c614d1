//! Where pairs apply in a stretch of text: the caller's own ([`UserDictionary`]) and those of the page ([`PagePairs`]).
//!
//! Pairs take part in the matching and their result is final. Precisely: the stretch is read unit by unit, as the config would
//! read it (a unit is what is replaced as a whole: a phrase, a character). Where a unit starts, the longest source that starts there is
//! taken if it is at least as long as the unit; of two equally long ones the caller's. What lies between
//! matches is then converted as texts of their own, so no rule of the config sees what a pair has decided, and none reaches across it.
//!
//! Worked example, `s2twp` with the pair `件 → 個`: in `软件` the unit is `软件` (→ `軟體`) and starts before `件`, so the pair does not
//! apply; in `三件` the units are single characters and it does.
//!
//! Where the page has removed a source and a unit is exactly that, the unit is as long as it would be without the entry: the longest shorter
//! beginning that is a unit by itself, or one character, which stays as it is if it is removed too. Such a piece is a text of its own as well.
//!
//! # Cost
//!
//! A look at the first character for each character of the text; units are only read around places where a source really
//! stands, starting at the nearest certain border.

use std::ops::Range;

use crate::character_set::CharacterSet;
use crate::converter::Stretch;
use crate::page_pairs::{PageFound, PageMatch};
use crate::resolve::Becomes;
use crate::step::{Step, TableOf};
use crate::{PagePairs, StagedEngine, TraceUnit, UserDictionary, UserMatch};

/// What pairs compete with.
#[derive(Clone, Copy)]
#[allow(clippy::large_enum_variant, reason = "references only, which are copied; nobody keeps many of these")]
pub(crate) enum Competitor<'a> {
    /// Nothing: the stretch would be left alone.
    Nobody,
    /// The units of a compiled table.
    Table(TableOf<'a>),
    /// The matches of a recipe's first lookup.
    Staged(&'a StagedEngine),
}

impl<'a> Competitor<'a> {
    pub(crate) fn of(step: &'a Step) -> Competitor<'a> {
        step.table().map_or(Competitor::Nobody, Competitor::Table)
    }
}

/// The page's pairs and which of them each range sees.
#[derive(Clone, Copy)]
pub(crate) struct PageView<'a> {
    pub(crate) pairs: &'a PagePairs,
    /// The epoch of each range; ranges without one see all changes.
    pub(crate) epochs: &'a [usize],
}

/// The pairs that take part in a range.
#[derive(Clone, Copy)]
pub(crate) struct Pairs<'a> {
    user: &'a UserDictionary,
    page: Option<(&'a PagePairs, usize)>,
}

impl<'a> PageView<'a> {
    /// The rules that a range sees: the first so many changes of the pairs.
    pub(crate) fn rules(&self, range: usize) -> Option<(&'a PagePairs, usize)> {
        let epoch = self.epochs.get(range).copied().unwrap_or(usize::MAX);
        (epoch > 0 && !self.pairs.is_empty()).then_some((self.pairs, epoch))
    }
}

impl<'a> Pairs<'a> {
    pub(crate) fn new(user: &'a UserDictionary, page: Option<PageView<'a>>, range: usize) -> Pairs<'a> {
        Pairs { user, page: page.and_then(|view| view.rules(range)) }
    }

    fn are_none(&self) -> bool {
        self.page.is_none() && self.user.is_empty()
    }

    /// The next place from `at` on at which a source may start.
    fn next_start(&self, text: &str, at: usize) -> Option<usize> {
        match (self.page, self.user.is_empty()) {
            (Some((page, _)), true) => CharacterSet::next_in([page.starts()], text, at),
            (Some((page, _)), false) => CharacterSet::next_in([page.starts(), self.user.starts()], text, at),
            (None, _) => CharacterSet::next_in([self.user.starts()], text, at),
        }
    }

    fn is_removed(&self, source: &str) -> bool {
        self.page.is_some_and(|(page, epoch)| page.is_removed(source, epoch))
    }

    /// The longest source at a place, and whether one that starts there is removed.
    fn find(&self, text: &str, at: usize) -> (Option<PairMatch<'a>>, bool) {
        let user = self.user.longest_at(text, at);
        let PageFound { longest, any_removed } =
            self.page.map_or_else(PageFound::default, |(page, epoch)| page.find(&text[at..], epoch));
        let found = match (user, longest) {
            (Some(user), Some(page)) if page.length > user.length => Some(PairMatch::Page(page)),
            (Some(user), _) => Some(PairMatch::User(user)),
            (None, page) => page.map(PairMatch::Page),
        };
        (found, any_removed)
    }

    /// Cuts `text[range]` into the matches of pairs and what lies between them, which `stretch` makes.
    pub(crate) fn cut(
        &self,
        text: &str,
        range: Range<usize>,
        competitor: Competitor<'_>,
        stretch: impl Fn() -> Stretch<'a>,
        visit: &mut impl FnMut(Range<usize>, Stretch<'a>),
    ) {
        let mut start = range.start;
        if !self.are_none() {
            let mut search = Search::new(&text[range.clone()], competitor, *self, 0);
            let mut from = 0;
            while let Some(at) = self.next_start(search.source, from) {
                let Some(piece) = search.piece_at(at) else {
                    from = at + search.source[at..].chars().next().map_or(0, char::len_utf8);
                    continue;
                };
                if start < range.start + at {
                    visit(start..range.start + at, stretch());
                }
                from = at + piece.length();
                let place = range.start + at..range.start + from;
                (start, search.known) = (place.end, from);
                visit(
                    place,
                    match piece {
                        Piece::Pair(found) => Stretch::Pair(found),
                        Piece::Shortened(_) => stretch(),
                        Piece::Kept(_) => Stretch::Keep,
                    },
                );
            }
        }
        if start < range.end {
            visit(start..range.end, stretch());
        }
    }
}

/// A source found in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PairMatch<'a> {
    /// Of the caller's own dictionaries.
    User(UserMatch<'a>),
    /// Of the page.
    Page(PageMatch<'a>),
}

impl<'a> PairMatch<'a> {
    pub(crate) fn length(&self) -> usize {
        match self {
            PairMatch::User(found) => found.length,
            PairMatch::Page(found) => found.length,
        }
    }

    pub(crate) fn replacement(&self) -> &'a str {
        match self {
            PairMatch::User(found) => found.replacement,
            PairMatch::Page(found) => found.replacement,
        }
    }
}

/// A piece of a stretch that pairs decide about.
enum Piece<'a> {
    /// What a pair replaces.
    Pair(PairMatch<'a>),
    /// A unit that is shorter because the page has removed a longer one, by its length in bytes: to be converted as a text of its own.
    Shortened(usize),
    /// A character that the page has removed, by its length in bytes.
    Kept(usize),
}

impl Piece<'_> {
    fn length(&self) -> usize {
        match self {
            Piece::Pair(found) => found.length(),
            Piece::Shortened(length) | Piece::Kept(length) => *length,
        }
    }
}

/// The search in one stretch. Offsets are bytes from its start.
struct Search<'a, 'c> {
    source: &'c str,
    competitor: Competitor<'c>,
    pairs: Pairs<'a>,
    /// A place at which a unit starts.
    known: usize,
    traced: Traced,
}

/// How far behind a place a recipe that is not compiled is traced to see which unit starts there, in bytes: what a table looks ahead.
const TRACED: usize = crate::table::LOOK_AHEAD;

/// Units of a recipe that is not compiled. Tracing gives many at once, so they are kept.
#[derive(Default)]
struct Traced {
    /// Where units start and end, in order, each but the last the start of one.
    borders: Vec<usize>,
}

impl Traced {
    /// The end of the unit that starts at `at`, where one does.
    fn unit_end(&mut self, engine: &StagedEngine, text: &str, at: usize) -> usize {
        let known = self.borders.binary_search(&at).ok().and_then(|number| self.borders.get(number + 1));
        if let Some(end) = known {
            return *end;
        }
        let limit = text.floor_char_boundary(at.saturating_add(4 * TRACED));
        let certain = if limit == text.len() { limit } else { limit - TRACED };
        let units = engine.trace(&text[at..limit]);
        self.borders.clear();
        self.borders.push(at);
        self.borders.extend(units.iter().map(|unit| at + unit.source.end).take_while(|end| *end <= certain));
        // A unit longer than all that.
        let longer = || units.first().map_or(text.len(), |unit| at + unit.source.end);
        self.borders.get(1).copied().unwrap_or_else(longer)
    }
}

impl<'a, 'c> Search<'a, 'c> {
    /// A search in a text, of which a unit starts at `known`.
    fn new(source: &'c str, competitor: Competitor<'c>, pairs: Pairs<'a>, known: usize) -> Search<'a, 'c> {
        Search { source, competitor, pairs, known, traced: Traced::default() }
    }

    /// What pairs decide about the text at `at`, if they do.
    fn piece_at(&mut self, at: usize) -> Option<Piece<'a>> {
        let (found, any_removed) = self.pairs.find(self.source, at);
        if (found.is_none() && !any_removed) || !self.is_start(at) {
            return None;
        }
        let shorter = if any_removed { self.without_removed(at) } else { None };
        let end = match shorter {
            Some(Piece::Shortened(length)) => at + length,
            // A character that nothing else is known of.
            Some(_) => at,
            None => self.unit_end(at),
        };
        found.filter(|found| end <= at + found.length()).map(Piece::Pair).or(shorter)
    }

    /// Whether a unit starts at `at`, which does not go back from one call to the next.
    fn is_start(&mut self, at: usize) -> bool {
        if self.known > at {
            // Inside of a unit that starts before.
            return false;
        }
        match self.competitor {
            Competitor::Nobody => self.known = at,
            Competitor::Table(table) => {
                self.known = table.last_boundary(self.source.as_bytes(), self.known, at);
            }
            Competitor::Staged(_) => {}
        }
        while self.known < at {
            // None of these is removed: it would have been found when the search came past it.
            self.known = self.unit_end(self.known);
        }
        self.known == at
    }

    /// The end of the unit that starts at `at`.
    fn unit_end(&mut self, at: usize) -> usize {
        match self.competitor {
            Competitor::Nobody => at,
            Competitor::Table(table) => table.unit(self.source.as_bytes(), at).end,
            Competitor::Staged(engine) => self.traced.unit_end(engine, self.source, at),
        }
    }

    /// What stands at `at` if the unit there is removed.
    fn without_removed(&self, at: usize) -> Option<Piece<'a>> {
        let end = self.entry_end(at, self.source.len())?;
        if !self.pairs.is_removed(&self.source[at..end]) {
            return None;
        }
        let mut shorter = self.source[at..end].char_indices().rev().map(|(length, _)| at + length);
        let shorter = shorter.find(|shorter| {
            *shorter > at
                && self.entry_end(at, *shorter) == Some(*shorter)
                && !self.pairs.is_removed(&self.source[at..*shorter])
        });
        Some(match shorter {
            Some(end) => Piece::Shortened(end - at),
            None => Piece::Kept(self.source[at..].chars().next().map_or(0, char::len_utf8)),
        })
    }

    /// The end of the unit that starts at `at` in the text up to `limit`; none where there are no entries.
    fn entry_end(&self, at: usize, limit: usize) -> Option<usize> {
        match self.competitor {
            Competitor::Nobody => None,
            Competitor::Table(table) => {
                let unit = table.unit(&self.source.as_bytes()[..limit], at);
                // Parts of a description are no text.
                (unit.becomes != Becomes::Opaque).then_some(unit.end)
            }
            Competitor::Staged(engine) => {
                let limit = limit.min(self.source.floor_char_boundary(at + TRACED));
                let units = engine.trace(&self.source[at..limit]);
                let is_entry = |unit: &&TraceUnit| unit.source.len() <= 4 || !unit.matches.is_empty();
                units.first().filter(is_entry).map(|unit| at + unit.source.end)
            }
        }
    }
}
