//! What stands around a name and speaks for a place or against one.
//!
//! A row names its cues: `@set`, `<x` directly before, `>x` directly after, `x` within twelve characters. `@list` and `@gloss` are not strings: whether a
//! neighbour in a list is a place, and whether the text says what the name is today, is found out elsewhere.

use std::cell::RefCell;
use std::collections::HashMap;
use std::ops::Range;

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

/// Looks for cues around a name.
pub(crate) struct Around<'b> {
    pub(crate) reading: &'b Reading,
    pub(crate) folding: Folding<'b>,
    before: &'b [char],
    after: &'b [char],
    near_before: &'b [char],
    near_after: &'b [char],
}

impl<'b> Around<'b> {
    pub(crate) fn new(reading: &'b Reading, folding: Folding<'b>, block: &'b Block, name: Range<usize>) -> Around<'b> {
        let (before, after) = (&block.characters[..name.start], &block.characters[name.end..]);
        Around {
            reading,
            folding,
            before,
            after,
            near_before: &before[before.len().saturating_sub(NEAR)..],
            near_after: &after[..after.len().min(NEAR)],
        }
    }

    /// What the cues of an entry say.
    pub(crate) fn evidence(&self, entry: Entry<'_>) -> Evidence {
        let mut evidence = Evidence { against: self.against(entry), ..Evidence::default() };
        if evidence.against {
            return evidence;
        }
        for cue in entry.positive_cues() {
            match cue {
                Cue::Set("list") => evidence.list = true,
                Cue::Set("gloss") => {}
                Cue::Set(_) => evidence.general |= self.stands(cue),
                _ => evidence.own = evidence.own.saturating_add(u8::from(self.stands(cue))),
            }
        }
        evidence
    }

    /// Whether a negative cue of an entry is there.
    pub(crate) fn against(&self, entry: Entry<'_>) -> bool {
        entry.negative_cues().any(|cue| self.stands(cue))
    }

    /// Whether a string of a set stands where the set says.
    pub(crate) fn has(&self, set: &str) -> bool {
        self.reading.set(set).is_some_and(|set| {
            set.before.end(self.before)
                || set.after.begin(self.after)
                || set.near.among(self.near_before)
                || set.near.among(self.near_after)
        })
    }

    fn stands(&self, cue: Cue<'_>) -> bool {
        match cue {
            Cue::Set(name) => self.has(name),
            Cue::Before(text) => self.ends(text),
            Cue::After(text) => begins(self.after, text, self.folding),
            Cue::Near(text) => self.holds(self.near_before, text) || self.holds(self.near_after, text),
        }
    }

    fn ends(&self, text: &str) -> bool {
        let mut characters = self.before.iter().rev();
        text.chars().rev().all(|character| characters.next() == Some(&self.folding.character(character)))
    }

    fn holds(&self, characters: &[char], text: &str) -> bool {
        let Some(first) = text.chars().next().map(|first| self.folding.character(first)) else { return false };
        let mut places = characters.iter().enumerate().filter(|(_, character)| **character == first);
        places.any(|(place, _)| begins(&characters[place..], text, self.folding))
    }
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
