//! Which characters beside a trigger matter.
//!
//! The engine looks at every place where a trigger stands, and mostly what stands beside it has no part in what happens there. A filter tells, so that the trie need not
//! be asked.
//!
//! A pair that is a *word*, a path of its own that becomes something else, is replaced alone unless the character before it is in a unit with its first one, or a path goes on
//! behind it. Worked example, `s2twp`: `文件` becomes `檔案`, not in `公文件` (`公文` is a unit) nor in `文件夹`.
//!
//! Any other pair is part of longer paths. Where none of the characters that it has in these stands beside it, nothing happens: `公孙` alone is as the map has it.

use std::collections::{BTreeSet, HashMap};

use super::fuse::DecisionTrie;
use super::pack::Singles;
use crate::layout::neighbour::{self, Side};

type Pair = (char, char);

/// What matters beside the triggers of a config.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Neighbours {
    /// A trigger and a character beside it.
    beside: BTreeSet<(Pair, Side, char)>,
    /// Two characters that end a unit.
    ends: BTreeSet<Pair>,
}

impl Neighbours {
    /// Those of these triggers; `is_word` tells which are words.
    pub(crate) fn of(
        trie: &DecisionTrie,
        triggers: &BTreeSet<Pair>,
        single: &Singles<'_>,
        is_word: impl Fn(Pair) -> bool,
    ) -> Neighbours {
        let triggers: HashMap<Pair, bool> = triggers.iter().map(|pair| (*pair, is_word(*pair))).collect();
        let mut neighbours = Neighbours::default();
        trie.each_outcome(|path, outcome| {
            let mapped: String = path[..outcome.consumed].iter().map(|character| single.output(*character)).collect();
            neighbours.add(path, outcome.consumed, mapped != outcome.output, &triggers);
        });
        let firsts: BTreeSet<char> =
            triggers.iter().filter(|(_, is_word)| **is_word).map(|((first, _), _)| *first).collect();
        neighbours.ends.retain(|(_, last)| firsts.contains(last));
        neighbours
    }

    /// A path, of which so many characters are a unit.
    fn add(&mut self, path: &[char], consumed: usize, is_changing: bool, triggers: &HashMap<Pair, bool>) {
        if let [.., before, last] = *path
            && (is_changing || consumed == path.len())
        {
            self.ends.insert((before, last));
        }
        for (at, three) in path.windows(3).enumerate() {
            let [first, second, third] = *three else { unreachable!("windows of three") };
            // A unit that has the first character of the word, or a path that is to be seen.
            if triggers.get(&(second, third)).is_some_and(|is_word| is_changing || *is_word && consumed > at + 1) {
                self.beside.insert(((second, third), Side::Before, first));
            }
            if triggers.get(&(first, second)).is_some_and(|is_word| is_changing || *is_word && at == 0) {
                self.beside.insert(((first, second), Side::Behind, third));
            }
        }
    }

    /// Adds those of another config.
    pub(crate) fn extend(&mut self, other: &Neighbours) {
        self.beside.extend(&other.beside);
        self.ends.extend(&other.ends);
    }

    /// The hashes of all; `sources` are the characters of text that are looked up as one.
    pub(crate) fn hashes(&self, sources: impl Fn(char) -> Vec<char>) -> Vec<u32> {
        let pair = |(first, second): Pair| neighbour::pair(number(first, Side::Before), number(second, Side::Behind));
        let beside = self.beside.iter().flat_map(|(trigger, side, character)| {
            let sources = sources(*character).into_iter();
            sources.map(|source| neighbour::hash(pair(*trigger), *side, number(source, *side))).collect::<Vec<_>>()
        });
        let ends = self.ends.iter().flat_map(|(before, last)| {
            sources(*before).into_iter().map(|source| neighbour::end_hash(pair((source, *last)))).collect::<Vec<_>>()
        });
        beside.chain(ends).collect()
    }
}

/// A character beside a pair as a number; see [`neighbour`].
fn number(character: char, side: Side) -> u32 {
    let mut bytes = [0; 4];
    let length = character.encode_utf8(&mut bytes).len();
    match (u32::from_le_bytes(bytes), length, side) {
        (bytes, 4, Side::Before) => bytes >> 8,
        (bytes, 4, Side::Behind) => bytes & 0xFF_FFFF,
        (bytes, _, _) => bytes,
    }
}

#[cfg(test)]
mod tests {
    use super::super::fuse::Fusion;
    use super::*;

    #[test]
    fn of_a_word_what_ends_before_it_and_goes_on_behind_it() {
        let entries = [("文件", "檔案"), ("文件夹", "資料夾"), ("公文", "公文"), ("公孙敖", "公孫敖甲")];
        let entries = entries.map(|(key, output)| (key.to_string(), output.to_string())).into();
        let trie = Fusion::new(&[], None, &[entries]).unwrap().fuse().unwrap();
        let single = Singles::new(&trie, &trie.normalization);
        let (word, part) = (('文', '件'), ('公', '孙'));
        let found = Neighbours::of(&trie, &[word, part].into(), &single, |pair| pair == word);
        let expected = Neighbours {
            beside: [(word, Side::Behind, '夹'), (part, Side::Behind, '敖')].into(),
            ends: [('公', '文')].into(),
        };
        assert_eq!(found, expected);
    }

    #[test]
    fn numbers_are_those_that_the_engine_reads() {
        for character in ['\n', 'a', 'é', '·', '文', '，', '𠀀', '🀄'] {
            for other in ["a", "é", "文", "𠀀"] {
                let text = format!("文{other}{character}");
                let [.., one, two, three] = *text.as_bytes() else { unreachable!("longer") };
                let before = neighbour::before(u32::from_le_bytes([one, two, three, 0]));
                assert_eq!(before, number(character, Side::Before), "{character} behind {other}");
                let text = format!("{character}{other}文");
                let [one, two, three, ..] = *text.as_bytes() else { unreachable!("longer") };
                let behind = neighbour::behind(u32::from_le_bytes([one, two, three, 0]));
                assert_eq!(behind, number(character, Side::Behind), "{character} before {other}");
            }
        }
    }
}
