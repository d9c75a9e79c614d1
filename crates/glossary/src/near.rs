//! Names that start as a query, and names with one or two characters wrong.
//!
//! Both walk the index with an automaton, on the folded form and by characters. How many characters may be wrong depends on how many there
//! are: one of two or three Han characters, two of more; one of three or four letters, two of more. 迪华 finds 迪化 so, and not every name of two
//! characters.
//!
//! The index has bytes, so the automaton gathers those of a character and takes a step of the table of edits when it has them all. The
//! automaton of the fst library is not used: version 0.4 leaves out names whose characters share first bytes with those of the text (迪化 for 迪华).
//!
//! # Cost
//!
//! A walk through the first characters of the index and whatever starts nearly as the text; `examples/times.rs` measures it. Text of more
//! than [`LONGEST`] characters is no name and costs nothing.

use fst::automaton::Str;
use fst::{Automaton, IntoStreamer, Streamer};

use crate::gazetteer::Glossary;

/// Longer text has no near misses, in characters of the folded form.
const LONGEST: usize = 24;

/// A key of the index that is near, its value and its layer.
pub(crate) struct NearKey {
    pub(crate) key: String,
    pub(crate) layer: u32,
    pub(crate) value: u64,
}

/// The most edits that are allowed in a folded text.
pub(crate) fn most_edits(key: &str) -> u8 {
    let count = key.chars().take(LONGEST + 1).count();
    let letters = key.is_ascii();
    match count {
        0 | 1 => 0,
        2 if letters => 0,
        2 | 3 => 1,
        4 if letters => 1,
        4..=LONGEST => 2,
        _ => 0,
    }
}

/// The keys that start with a folded text and are longer or equal.
pub(crate) fn starting(glossary: &Glossary, key: &str) -> Vec<NearKey> {
    if key.is_empty() { Vec::new() } else { search(glossary, Str::new(key).starts_with()) }
}

/// The keys at most `edits` characters away.
pub(crate) fn within(glossary: &Glossary, key: &str, edits: u8) -> Vec<NearKey> {
    let text: Vec<char> = key.chars().take(LONGEST + 1).collect();
    if text.len() > LONGEST { Vec::new() } else { search(glossary, Within { text, edits }) }
}

/// Accepts what is at most so many edits away from a text.
struct Within {
    text: Vec<char>,
    edits: u8,
}

/// How far the characters read so far are from each start of the text, and the bytes of a character that is not complete.
#[derive(Clone, Copy)]
struct Reading {
    row: [u8; LONGEST + 1],
    bytes: [u8; 4],
    count: u8,
}

impl Within {
    fn step(&self, row: &mut [u8; LONGEST + 1], character: char) {
        let mut diagonal = row[0];
        row[0] = row[0].saturating_add(1);
        for (place, own) in self.text.iter().enumerate() {
            let replaced = diagonal.saturating_add(u8::from(*own != character));
            diagonal = row[place + 1];
            row[place + 1] = replaced.min(diagonal.saturating_add(1)).min(row[place].saturating_add(1));
        }
    }
}

impl Automaton for Within {
    type State = Reading;

    fn start(&self) -> Reading {
        Reading { row: std::array::from_fn(|place| place as u8), bytes: [0; 4], count: 0 }
    }

    fn is_match(&self, state: &Reading) -> bool {
        state.count == 0 && state.row[self.text.len()] <= self.edits
    }

    fn can_match(&self, state: &Reading) -> bool {
        state.row[..=self.text.len()].iter().any(|edits| *edits <= self.edits)
    }

    fn accept(&self, state: &Reading, byte: u8) -> Reading {
        let mut state = *state;
        // Four bytes are always a character, or none at all, which a damaged index may have.
        let Some(place) = state.bytes.get_mut(usize::from(state.count)) else {
            return Reading { row: [u8::MAX; LONGEST + 1], ..state };
        };
        *place = byte;
        state.count += 1;
        let read = std::str::from_utf8(&state.bytes[..usize::from(state.count)]);
        if let Some(character) = read.ok().and_then(|text| text.chars().next()) {
            self.step(&mut state.row, character);
            state.count = 0;
        }
        state
    }
}

fn search(glossary: &Glossary, automaton: impl Automaton) -> Vec<NearKey> {
    let mut found = Vec::new();
    for (layer, file) in glossary.layers() {
        let mut keys = file.names().search(&automaton).into_stream();
        while let Some((key, value)) = keys.next() {
            if let Ok(key) = std::str::from_utf8(key) {
                found.push(NearKey { key: key.to_string(), layer, value });
            }
        }
    }
    found
}

/// How many characters have to be put in, taken out or replaced to make one text of the other.
pub(crate) fn edits(left: &str, right: &str) -> usize {
    let right: Vec<char> = right.chars().collect();
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (index, character) in left.chars().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], index + 1);
        for (place, other) in right.iter().enumerate() {
            let replaced = diagonal + usize::from(character != *other);
            diagonal = row[place + 1];
            row[place + 1] = replaced.min(diagonal + 1).min(row[place] + 1);
        }
    }
    row[right.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edits_are_counted_in_characters() {
        for (left, right, expected) in
            [("迪化", "迪华", 1), ("迪化", "迪化", 0), ("", "迪化", 2), ("tihwa", "tihua", 1), ("叶尔羌", "叶羌", 1)]
        {
            assert_eq!((edits(left, right), edits(right, left)), (expected, expected), "{left} {right}");
        }
    }

    #[test]
    fn long_text_is_no_name() {
        assert_eq!(most_edits(&"长".repeat(25)), 0);
        assert_eq!(most_edits(&"长".repeat(24)), 2);
        assert_eq!((most_edits("迪化"), most_edits("迪"), most_edits("abcd"), most_edits("abcde")), (1, 0, 1, 2));
    }

    #[test]
    fn the_search_finds_what_a_plain_count_finds() {
        let glossary = Glossary::embedded();
        let names = glossary.units_layer().names();
        for (key, most) in [("迪华", 1), ("叶尔姜阿", 2), ("tihua", 1), ("urumqi", 2)] {
            let found: Vec<String> = within(&glossary, key, most).into_iter().map(|near| near.key).collect();
            let mut expected = Vec::new();
            let mut all = names.stream();
            while let Some((name, _)) = all.next() {
                let name = std::str::from_utf8(name).unwrap();
                if edits(name, key) <= usize::from(most) {
                    expected.push(name.to_string());
                }
            }
            assert_eq!(found, expected, "{key}");
        }
    }
}
