//! What annotation reads of the small tables, made ready once for each glossary: sets of cues and names of eras, in folded characters.

use std::collections::HashMap;

use crate::fold::Folding;
use crate::{CueSide, Glossary, Script};

/// The sets of cues and the eras.
pub(crate) struct Reading {
    sets: Vec<(String, Set)>,
    eras: HashMap<Box<[char]>, Vec<Reign>>,
    longest_era: usize,
}

/// Strings of a set, by where they stand.
#[derive(Default)]
pub(crate) struct Set {
    pub(crate) before: Strings,
    pub(crate) after: Strings,
    pub(crate) near: Strings,
}

/// An era in one state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Reign {
    pub(crate) state: Box<[char]>,
    pub(crate) first: i16,
    pub(crate) last: i16,
}

/// Strings in folded characters, found by one of their ends.
#[derive(Default)]
pub(crate) struct Strings(HashMap<char, Vec<Box<[char]>>>);

impl Strings {
    fn add(&mut self, text: &str, folding: Folding<'_>, end: fn(&[char]) -> Option<&char>) {
        let folded: Box<[char]> = text.chars().map(|character| folding.character(character)).collect();
        if let Some(key) = end(&folded) {
            let known = self.0.entry(*key).or_default();
            if !known.contains(&folded) {
                known.push(folded);
            }
        }
    }

    /// Whether the characters begin with one of the strings, which are kept by their first character.
    pub(crate) fn begin(&self, characters: &[char]) -> bool {
        let strings = characters.first().and_then(|first| self.0.get(first));
        strings.is_some_and(|strings| strings.iter().any(|string| characters.starts_with(string)))
    }

    /// Whether the characters end with one of the strings, which are kept by their last character.
    pub(crate) fn end(&self, characters: &[char]) -> bool {
        let strings = characters.last().and_then(|last| self.0.get(last));
        strings.is_some_and(|strings| strings.iter().any(|string| characters.ends_with(string)))
    }

    /// Whether one of the strings stands among the characters.
    pub(crate) fn among(&self, characters: &[char]) -> bool {
        !self.0.is_empty() && (0..characters.len()).any(|start| self.begin(&characters[start..]))
    }
}

impl Reading {
    pub(crate) fn new(glossary: &Glossary) -> Reading {
        let folding = glossary.units_layer().folding();
        let mut sets = Vec::new();
        for entry in glossary.cue_sets() {
            let mut set = Set::default();
            for string in entry.strings() {
                // A string with a mark of its own goes by that.
                match (string.strip_prefix('<'), string.strip_prefix('>'), entry.side) {
                    (Some(text), _, _) => set.before.add(text, folding, <[char]>::last),
                    (_, Some(text), _) => set.after.add(text, folding, <[char]>::first),
                    (_, _, CueSide::Before) => set.before.add(string, folding, <[char]>::last),
                    (_, _, CueSide::After) => set.after.add(string, folding, <[char]>::first),
                    (_, _, CueSide::Near) => set.near.add(string, folding, <[char]>::first),
                }
            }
            sets.push((entry.name.to_string(), set));
        }
        let mut eras: HashMap<Box<[char]>, Vec<Reign>> = HashMap::new();
        let fold = |text: &str| text.chars().map(|character| folding.character(character)).collect::<Box<[char]>>();
        for era in glossary.eras() {
            let state = fold(era.state(Script::Simplified));
            let reigns = eras.entry(fold(era.name(Script::Simplified))).or_default();
            reigns.push(Reign { state, first: era.first, last: era.last });
        }
        let longest_era = eras.keys().map(|name| name.len()).max().unwrap_or(0);
        Reading { sets, eras, longest_era }
    }

    pub(crate) fn set(&self, name: &str) -> Option<&Set> {
        self.sets.iter().find(|(known, _)| known == name).map(|(_, set)| set)
    }

    /// The longest name of an era that the characters end with, and the states that had it.
    pub(crate) fn era_at_end<'r>(&'r self, characters: &[char]) -> Option<(usize, &'r [Reign])> {
        (2..=self.longest_era.min(characters.len())).rev().find_map(|length| {
            let reigns = self.eras.get(&characters[characters.len() - length..])?;
            Some((length, reigns.as_slice()))
        })
    }
}
