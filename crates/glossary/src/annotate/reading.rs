//! What annotation reads of the small tables, made ready once for each glossary: sets of cues and names of eras, in folded characters.

use std::collections::HashMap;

use crate::fold::Folding;
use crate::{CueSide, Glossary, Script};

/// The sets of cues and the eras.
pub(crate) struct Reading {
    sets: Vec<(String, Set)>,
    /// By the last character of their names, longer names first.
    eras: HashMap<char, Vec<Era>>,
}

/// Strings of a set, by where they stand.
#[derive(Default)]
pub(crate) struct Set {
    pub(crate) before: Strings,
    pub(crate) after: Strings,
    pub(crate) near: Strings,
}

/// A name of eras, in folded characters, and the states that had it.
struct Era {
    name: Box<[char]>,
    reigns: Vec<Reign>,
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
        let mut eras: HashMap<char, Vec<Era>> = HashMap::new();
        let fold = |text: &str| text.chars().map(|character| folding.character(character)).collect::<Box<[char]>>();
        for era in glossary.eras() {
            let (name, state) = (fold(era.name(Script::Simplified)), fold(era.state(Script::Simplified)));
            let Some(last) = name.last().filter(|_| name.len() > 1) else { continue };
            let known = eras.entry(*last).or_default();
            let reign = Reign { state, first: era.first, last: era.last };
            match known.iter_mut().find(|era| era.name == name) {
                Some(era) => era.reigns.push(reign),
                None => known.push(Era { name, reigns: vec![reign] }),
            }
        }
        eras.values_mut().for_each(|eras| eras.sort_by_key(|era| std::cmp::Reverse(era.name.len())));
        Reading { sets, eras }
    }

    /// The number of the set with a name.
    pub(crate) fn set(&self, name: &str) -> Option<usize> {
        self.sets.iter().position(|(known, _)| known == name)
    }

    /// The strings of the set with a number.
    pub(crate) fn strings(&self, set: usize) -> &Set {
        &self.sets[set].1
    }

    /// The longest name of an era that the characters end with, and the states that had it.
    pub(crate) fn era_at_end<'r>(&'r self, characters: &[char]) -> Option<(usize, &'r [Reign])> {
        let era = self.eras.get(characters.last()?)?.iter().find(|era| characters.ends_with(&era.name))?;
        Some((era.name.len(), era.reigns.as_slice()))
    }
}
