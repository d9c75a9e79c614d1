//! Cuts a text into units: the one scan rule that segmentation and every stage share.
//!
//! At each position, the longest match of the dictionaries there is taken. Where nothing matches, the unit is a whole description
//! sequence if one starts there, else a single character; it passes unchanged.
//!
//! A description sequence (⿰女子) draws a character by its parts, so its parts are no text: not converted, not matched, not
//! even normalized. OpenCC reads one as an operator U+2FF0 to U+2FFF and as many operands as it takes (three for ⿲ and ⿳, one for
//! U+2FFE and U+2FFF, two for the others), each any character or another sequence. One that is not complete, or nests deeper than
//! 16, or is longer than 64 characters, is no sequence, and its characters are looked at one by one.
//!
//! # Source
//!
//! `Conversion.cpp`, `MaxMatchSegmentation.cpp` and `UTF8Util.hpp` of OpenCC 1.4.2.

use std::ops::Range;
use std::sync::Arc;

use super::{Lookup, MatchPolicy};
use crate::Dictionary;
use crate::character_set::CharacterSet;

const DEEPEST_SEQUENCE: usize = 16;
const LONGEST_SEQUENCE: usize = 64;

/// An entry found at the start of a text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Hit<'e> {
    pub(super) length: usize,
    pub(super) dictionary: &'e Arc<Dictionary>,
    pub(super) entry: usize,
}

impl<'e> Hit<'e> {
    pub(super) fn replacement(&self) -> &'e str {
        self.dictionary.replacement(self.entry)
    }
}

impl Lookup {
    /// What this lookup finds at the start of a text.
    pub(super) fn longest(&self, text: &str) -> Option<Hit<'_>> {
        match self {
            Lookup::Table(dictionary) => {
                dictionary.longest(text).map(|found| Hit { length: found.length, dictionary, entry: found.entry })
            }
            Lookup::Group { policy: MatchPolicy::ShortCircuit, members } => {
                members.iter().find_map(|member| member.longest(text))
            }
            Lookup::Group { policy: MatchPolicy::Union, members } => {
                let mut best: Option<Hit<'_>> = None;
                for hit in members.iter().filter_map(|member| member.longest(text)) {
                    if best.is_none_or(|best| hit.length > best.length) {
                        best = Some(hit);
                    }
                }
                best
            }
        }
    }

    /// Whether a character is part of a key that has others as well.
    pub(super) fn has_in_phrases(&self, character: char) -> bool {
        match self {
            Lookup::Table(dictionary) => dictionary.phrase_characters().contains(character),
            Lookup::Group { members, .. } => members.iter().any(|member| member.has_in_phrases(character)),
        }
    }

    fn add_first_characters(&self, characters: &mut CharacterSet) {
        match self {
            Lookup::Table(dictionary) => {
                dictionary.first_characters().iter().for_each(|&first| characters.insert(first))
            }
            Lookup::Group { members, .. } => members.iter().for_each(|member| member.add_first_characters(characters)),
        }
    }
}

/// A lookup made ready to scan with.
#[derive(Clone, Debug)]
pub(super) struct Scanner {
    lookup: Lookup,
    /// The characters at which there is anything to look up. Most of a text need not be asked for in every dictionary.
    starts: CharacterSet,
}

/// A stretch of a text that is taken at once.
#[derive(Clone, Debug)]
pub(super) struct Unit<'e> {
    /// Bytes of the text.
    pub(super) range: Range<usize>,
    /// The entry that matched; none where the text passes unchanged.
    pub(super) hit: Option<Hit<'e>>,
}

impl Scanner {
    pub(super) fn new(lookup: Lookup) -> Scanner {
        let mut starts = CharacterSet::default();
        lookup.add_first_characters(&mut starts);
        ('\u{2ff0}'..='\u{2fff}').for_each(|operator| starts.insert(operator));
        Scanner { lookup, starts }
    }

    pub(super) fn lookup(&self) -> &Lookup {
        &self.lookup
    }

    /// The units of a text, in order and without gaps. With [`Runs::Joined`], neighbouring characters that nothing can start at are
    /// one unit.
    pub(super) fn units<'e>(&'e self, text: &str, runs: Runs) -> impl Iterator<Item = Unit<'e>> {
        let mut start = 0;
        std::iter::from_fn(move || {
            let rest = &text[start..];
            let first = rest.chars().next()?;
            let hit = if self.starts.contains(first) { self.lookup.longest(rest) } else { None };
            let length = match (hit, runs) {
                (Some(hit), _) => hit.length,
                (None, Runs::Single) => unmatched_length(rest, first),
                (None, Runs::Joined) => {
                    let length = unmatched_length(rest, first);
                    length + rest[length..].find(|next| self.starts.contains(next)).unwrap_or(rest.len() - length)
                }
            };
            let range = start..start + length;
            start = range.end;
            Some(Unit { range, hit })
        })
    }
}

/// What becomes of characters at which nothing can start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Runs {
    /// One unit each.
    Single,
    /// One unit for a run of them.
    Joined,
}

/// Bytes of the unit at the start of a text at which nothing matches.
fn unmatched_length(text: &str, first: char) -> usize {
    let sequence = if operands(first) > 0 { sequence_length(text) } else { None };
    sequence.unwrap_or(first.len_utf8())
}

/// Operands that a description operator takes; 0 for all other characters, U+31EF among them, as in OpenCC.
fn operands(character: char) -> usize {
    match character {
        '\u{2ff2}' | '\u{2ff3}' => 3,
        '\u{2ffe}' | '\u{2fff}' => 1,
        '\u{2ff0}'..='\u{2ffd}' => 2,
        _ => 0,
    }
}

/// Bytes of the complete description sequence that a text starts with.
fn sequence_length(text: &str) -> Option<usize> {
    let mut rest = text.chars();
    // Operands still to come at each open operator.
    let mut missing = [0; DEEPEST_SEQUENCE];
    let mut depth = 0;
    for _ in 0..LONGEST_SEQUENCE {
        let operands = operands(rest.next()?);
        if operands > 0 {
            // An operator at the deepest level has operands one level too deep.
            if depth + 1 == DEEPEST_SEQUENCE {
                return None;
            }
            missing[depth] = operands;
            depth += 1;
            continue;
        }
        while depth > 0 && missing[depth - 1] == 1 {
            depth -= 1;
        }
        if depth == 0 {
            return Some(text.len() - rest.as_str().len());
        }
        missing[depth - 1] -= 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::{sequence_length, unmatched_length};

    #[test]
    fn complete_sequences_are_one_unit() {
        let cases = [
            ("⿰女子x", Some("⿰女子")),
            ("⿰⿱一二⿲三四五六", Some("⿰⿱一二⿲三四五")),
            ("\u{2ffe}\u{2fff}\n字", Some("\u{2ffe}\u{2fff}\n")),
            ("⿳ab", None),
            ("⿰", None),
            ("⿰女⿱子", None),
        ];
        for (text, expected) in cases {
            assert_eq!(sequence_length(text).map(|length| &text[..length]), expected, "{text}");
            assert_eq!(unmatched_length(text, text.chars().next().unwrap()), expected.map_or(3, str::len));
        }
        assert_eq!(unmatched_length("\u{31ef}女子", '\u{31ef}'), 3, "U+31EF is no operator to OpenCC");
    }

    #[test]
    fn sequences_have_limits() {
        let nested = |levels: usize| "\u{2ffe}".repeat(levels) + "头";
        assert!(sequence_length(&nested(15)).is_some());
        assert!(sequence_length(&nested(16)).is_none());
        // One character, then 3 more with each of 21 operators; that is 64, and below the limit of levels because the tree is bushy.
        let mut bushy = "头".to_owned();
        for _ in 0..3 {
            bushy = format!("⿲{bushy}{bushy}{bushy}");
        }
        while bushy.chars().count() < 64 {
            bushy = format!("⿲{bushy}头头");
        }
        assert_eq!(sequence_length(&bushy), Some(bushy.len()));
        assert_eq!(sequence_length(&format!("\u{2ffe}{bushy}")), None);
    }
}
