//! The corpora by script and region, split in halves, and how often their characters and pairs occur.

use std::collections::HashMap;
use std::path::Path;

use crate::corpus;
use crate::problem::Result;

/// A body of text of one habit of writing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Class {
    /// Simplified, mainland.
    Mainland,
    /// Traditional, Taiwan.
    Taiwan,
    /// Traditional, Hong Kong.
    HongKong,
    /// Traditional, classical verse and lives, typed on the mainland.
    Classical,
}

impl Class {
    pub(crate) const ALL: [Class; 4] = [Class::Mainland, Class::Taiwan, Class::HongKong, Class::Classical];

    /// How the names of its corpus files begin.
    pub(crate) fn prefix(self) -> &'static str {
        ["hans", "hant-tw", "hant-hk", "hant-classical"][self as usize]
    }
}

/// Which part of the text is taken. The evidence is derived from one half where it is to be measured on the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Half {
    /// All of it.
    Both,
    /// The first, third, fifth ... block of lines.
    Odd,
    /// The second, fourth, sixth ... block of lines.
    Even,
}

/// Lines in a block of a half: enough that neighbouring lines, which are often alike, stay together.
const BLOCK: usize = 64;

/// The lines of a class, file by file.
pub(crate) fn lines(folder: &Path, class: Class, half: Half) -> Result<Vec<(String, Vec<String>)>> {
    let texts = corpus::read(folder, class.prefix())?;
    Ok(texts
        .into_iter()
        .map(|text| {
            let wanted = |index: usize| match half {
                Half::Both => true,
                Half::Odd => (index / BLOCK).is_multiple_of(2),
                Half::Even => !(index / BLOCK).is_multiple_of(2),
            };
            let lines = text.text.lines().enumerate().filter(|(index, _)| wanted(*index));
            (text.name, lines.map(|(_, line)| line.to_string()).collect())
        })
        .collect())
}

/// Counts of one body of text.
#[derive(Default)]
pub(crate) struct Counts {
    /// Han characters in all.
    pub(crate) size: u64,
    characters: HashMap<char, u64>,
    pairs: HashMap<(char, char), u64>,
}

impl Counts {
    /// Adds a line.
    pub(crate) fn add(&mut self, line: &str) {
        let mut previous = None;
        for character in line.chars() {
            let this = corpus::is_han(character).then_some(character);
            if let Some(character) = this {
                self.size += 1;
                *self.characters.entry(character).or_default() += 1;
                if let Some(previous) = previous {
                    *self.pairs.entry((previous, character)).or_default() += 1;
                }
            }
            previous = this;
        }
    }

    pub(crate) fn character(&self, character: char) -> u64 {
        self.characters.get(&character).copied().unwrap_or(0)
    }

    pub(crate) fn pair(&self, pair: (char, char)) -> u64 {
        self.pairs.get(&pair).copied().unwrap_or(0)
    }

    pub(crate) fn all_pairs(&self) -> impl Iterator<Item = (char, char)> {
        self.pairs.keys().copied()
    }

    pub(crate) fn all_characters(&self) -> impl Iterator<Item = char> {
        self.characters.keys().copied()
    }
}
