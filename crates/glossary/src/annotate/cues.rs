//! What stands around a name and speaks for a place or against one.
//!
//! A row names its cues: `@set`, `<x` directly before, `>x` directly after, `x` within twelve characters. `@list` and `@gloss` are not strings: whether a
//! neighbour in a list is a place, and whether the text says what the name is today, is found out elsewhere.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::ops::Range;
use std::rc::Rc;

use super::block::Block;
use super::reading::Reading;
use crate::fold::Folding;
use crate::{Cue, Entry};

/// How far away a cue may stand, in characters.
const NEAR: usize = 12;
/// In a paragraph of fewer characters cues are sought each time.
const SHORT: usize = 500;

/// What the cues of an entry say of a place in a text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Evidence {
    /// A negative cue is there.
    pub(crate) against: bool,
    /// A cue that many names share is there: an office, a march.
    pub(crate) general: bool,
    /// How many cues of the row's own are there.
    pub(crate) own: u8,
    /// A neighbour in a list would do.
    pub(crate) list: bool,
}

impl Evidence {
    /// Whether something speaks for a place.
    pub(crate) fn speaks(self) -> bool {
        self.general || self.own > 0
    }
}

/// The cues of rows, each row read once for a text: the same names come again and again.
pub(crate) struct KnownCues<'g> {
    pub(crate) reading: &'g Reading,
    pub(crate) folding: Folding<'g>,
    rows: RefCell<HashMap<(u32, u32), Rc<RowCues>>>,
}

/// The cues of a row.
struct RowCues {
    positive: Vec<Sought>,
    negative: Vec<Sought>,
    /// A neighbour in a list would do.
    list: bool,
}

/// A cue as it is looked for: in folded characters, or the number of its set.
enum Sought {
    Set(usize),
    Before(Box<[char]>),
    After(Box<[char]>),
    Near(Box<[char]>),
}

impl<'g> KnownCues<'g> {
    pub(crate) fn new(reading: &'g Reading, folding: Folding<'g>) -> KnownCues<'g> {
        KnownCues { reading, folding, rows: RefCell::default() }
    }

    fn of(&self, entry: Entry<'_>) -> Rc<RowCues> {
        let mut rows = self.rows.borrow_mut();
        Rc::clone(rows.entry(entry.position()).or_insert_with(|| {
            let strings = entry.positive_cues().filter(|cue| !matches!(cue, Cue::Set("list" | "gloss")));
            Rc::new(RowCues {
                positive: strings.filter_map(|cue| self.sought(cue)).collect(),
                negative: entry.negative_cues().filter_map(|cue| self.sought(cue)).collect(),
                list: entry.positive_cues().any(|cue| cue == Cue::Set("list")),
            })
        }))
    }

    fn sought(&self, cue: Cue<'_>) -> Option<Sought> {
        let fold = |text: &str| text.chars().map(|character| self.folding.character(character)).collect();
        Some(match cue {
            Cue::Set(name) => Sought::Set(self.reading.set(name)?),
            Cue::Before(text) => Sought::Before(fold(text)),
            Cue::After(text) => Sought::After(fold(text)),
            Cue::Near(text) => Sought::Near(fold(text)),
        })
    }
}

/// Looks for cues around a name.
pub(crate) struct Around<'b> {
    known: &'b KnownCues<'b>,
    before: &'b [char],
    after: &'b [char],
    near_before: &'b [char],
    near_after: &'b [char],
    /// Which of the first 64 sets were looked for, and which of them are there.
    sets: Cell<(u64, u64)>,
}

impl<'b> Around<'b> {
    pub(crate) fn new(known: &'b KnownCues<'b>, block: &'b Block, name: Range<usize>) -> Around<'b> {
        let (before, after) = (&block.characters[..name.start], &block.characters[name.end..]);
        Around {
            known,
            before,
            after,
            near_before: &before[before.len().saturating_sub(NEAR)..],
            near_after: &after[..after.len().min(NEAR)],
            sets: Cell::default(),
        }
    }

    /// What the cues of an entry say.
    pub(crate) fn evidence(&self, entry: Entry<'_>) -> Evidence {
        let cues = self.known.of(entry);
        if cues.negative.iter().any(|cue| self.stands(cue)) {
            return Evidence { against: true, ..Evidence::default() };
        }
        let mut evidence = Evidence { list: cues.list, ..Evidence::default() };
        for cue in &cues.positive {
            match cue {
                Sought::Set(_) => evidence.general |= self.stands(cue),
                _ => evidence.own = evidence.own.saturating_add(u8::from(self.stands(cue))),
            }
        }
        evidence
    }

    /// Whether a negative cue of an entry is there.
    pub(crate) fn against(&self, entry: Entry<'_>) -> bool {
        self.known.of(entry).negative.iter().any(|cue| self.stands(cue))
    }

    /// Whether a string of the set with a name stands where the set says.
    pub(crate) fn has(&self, set: &str) -> bool {
        self.known.reading.set(set).is_some_and(|set| self.has_set(set))
    }

    fn has_set(&self, number: usize) -> bool {
        let bit = 1u64.checked_shl(number as u32).unwrap_or(0);
        let (asked, there) = self.sets.get();
        if asked & bit != 0 {
            return there & bit != 0;
        }
        let set = self.known.reading.strings(number);
        let stands = set.before.end(self.before)
            || set.after.begin(self.after)
            || set.near.among(self.near_before)
            || set.near.among(self.near_after);
        self.sets.set((asked | bit, there | if stands { bit } else { 0 }));
        stands
    }

    fn stands(&self, cue: &Sought) -> bool {
        match cue {
            Sought::Set(number) => self.has_set(*number),
            Sought::Before(text) => self.before.ends_with(text),
            Sought::After(text) => self.after.starts_with(text),
            Sought::Near(text) => holds(self.near_before, text) || holds(self.near_after, text),
        }
    }
}

/// Whether some characters are among others.
pub(super) fn holds(characters: &[char], sought: &[char]) -> bool {
    let Some(first) = sought.first() else { return false };
    let mut places = characters.iter().enumerate().filter(|(_, character)| *character == first);
    places.any(|(place, _)| characters[place..].starts_with(sought))
}

/// Where cues stand in a paragraph. Each is sought once, however many names it may speak for, so that a paragraph of many names takes no longer than
/// several of few.
pub(crate) struct CuePlaces<'a, 'b> {
    characters: &'b [char],
    folding: Folding<'b>,
    /// The first and the last place of a cue.
    known: RefCell<HashMap<&'a str, Option<(usize, usize)>>>,
}

impl<'a, 'b> CuePlaces<'a, 'b> {
    pub(crate) fn new(block: &'b Block, folding: Folding<'b>) -> CuePlaces<'a, 'b> {
        CuePlaces { characters: &block.characters, folding, known: RefCell::default() }
    }

    /// How many cues of an entry's own stand anywhere in the paragraph, before a name or behind it.
    pub(crate) fn own(&self, entry: Entry<'a>, name: &Range<usize>) -> usize {
        let cues = entry.positive_cues().filter_map(|cue| match cue {
            Cue::Near(text) => Some(text),
            _ => None,
        });
        let stands = |text: &&'a str| {
            let beside = |(first, last)| first + text.chars().count() <= name.start || last >= name.end;
            self.ends(text).is_some_and(beside)
        };
        cues.filter(stands).count()
    }

    /// The first and the last place of a cue.
    fn ends(&self, text: &'a str) -> Option<(usize, usize)> {
        let found = || {
            let mut places = places(self.characters, text, self.folding);
            let first = places.next()?;
            Some((first, places.next_back().unwrap_or(first)))
        };
        // To look through a few lines takes less time than to note what was found.
        if self.characters.len() < SHORT { found() } else { *self.known.borrow_mut().entry(text).or_insert_with(found) }
    }
}

/// The places at which a cue begins.
#[inline]
fn places(characters: &[char], text: &str, folding: Folding<'_>) -> impl DoubleEndedIterator<Item = usize> {
    // No cue is empty.
    let first = text.chars().next().map_or('\0', |first| folding.character(first));
    let places = characters.iter().enumerate().filter(move |(_, character)| **character == first);
    places.map(|(place, _)| place).filter(move |place| begins(&characters[*place..], text, folding))
}

#[inline]
fn begins(characters: &[char], text: &str, folding: Folding<'_>) -> bool {
    let mut characters = characters.iter();
    text.chars().all(|character| characters.next() == Some(&folding.character(character)))
}
