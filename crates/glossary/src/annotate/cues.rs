//! What stands around a name and speaks for a place or against one.
//!
//! A row names its cues: `@set`, `<x` directly before, `>x` directly after, `x` within twelve characters. `@list` and `@gloss` are not strings: whether a
//! neighbour in a list is a place, and whether the text says what the name is today, is found out elsewhere.

use std::ops::Range;

use super::block::Block;
use super::reading::Reading;
use crate::fold::Folding;
use crate::{Cue, Entry};

/// How far away a cue may stand, in characters.
const NEAR: usize = 12;

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

    /// How many cues of the row's own stand anywhere in the paragraph.
    pub(crate) fn own_anywhere(&self, entry: Entry<'_>) -> usize {
        let cues = entry.positive_cues().filter_map(|cue| match cue {
            Cue::Near(text) => Some(text),
            _ => None,
        });
        cues.filter(|text| self.holds(self.before, text) || self.holds(self.after, text)).count()
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
            Cue::After(text) => self.begins(self.after, text),
            Cue::Near(text) => self.holds(self.near_before, text) || self.holds(self.near_after, text),
        }
    }

    fn begins(&self, characters: &[char], text: &str) -> bool {
        let mut characters = characters.iter();
        text.chars().all(|character| characters.next() == Some(&self.folding.character(character)))
    }

    fn ends(&self, text: &str) -> bool {
        let mut characters = self.before.iter().rev();
        text.chars().rev().all(|character| characters.next() == Some(&self.folding.character(character)))
    }

    fn holds(&self, characters: &[char], text: &str) -> bool {
        let Some(first) = text.chars().next().map(|first| self.folding.character(first)) else { return false };
        let places = characters.iter().enumerate().filter(|(_, character)| **character == first);
        places.into_iter().any(|(place, _)| self.begins(&characters[place..], text))
    }
}
