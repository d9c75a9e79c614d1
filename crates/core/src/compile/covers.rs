//! Which characters that change may be part of a unit of several.
//!
//! Whoever lists what a conversion replaces must know the unit of each character that changes. Most are units by themselves. A filter tells, by the pairs that a character makes
//! with those beside it, so that only the others need be looked up.
//!
//! Only units count that change, and of these only the characters that do: those are the ones that are asked about. Worked example, `s2t`: in `干净` → `乾淨` both characters
//! change; so 干 may begin a unit with 净 behind it, and 净 may end one with 干 before it. In `大规模` → `大規模` only 规 does, which is inside of a unit if 大 stands before it and 模 behind it.

use std::collections::BTreeSet;

use super::fuse::{DecisionTrie, Outcome};
use crate::layout::adjacency_hash;
use crate::layout::cover::Link;

/// The links of a config.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Covers {
    /// Two characters as they stand in the text, and what may be between them.
    links: BTreeSet<(char, char, Link)>,
}

impl Covers {
    /// Those of a trie; `sources` are the characters of text that are looked up as one.
    pub(crate) fn of(trie: &DecisionTrie, sources: impl Fn(char) -> Vec<char>) -> Covers {
        let mut covers = Covers::default();
        trie.each_outcome(|path, outcome| {
            if outcome.consumed > 1 {
                covers.add(&path[..outcome.consumed], outcome, &sources);
            }
        });
        covers
    }

    fn add(&mut self, unit: &[char], outcome: &Outcome, sources: &impl Fn(char) -> Vec<char>) {
        let last = unit.len() - 1;
        // What has another length in the text is replaced as a whole, and only the first character tells.
        let has_one_length =
            |character: &char| sources(*character).iter().all(|own| own.len_utf8() == character.len_utf8());
        let replaced = match unit.iter().all(has_one_length) {
            true => replaced(unit, &outcome.output),
            false => vec![true; unit.len()],
        };
        for (at, character) in unit.iter().enumerate() {
            // What is looked up as another character becomes something else even where that stays.
            for own in sources(*character).into_iter().filter(|own| replaced[at] || own != character) {
                if at > 0 {
                    let link = if at == last { Link::Ends } else { Link::FromBefore };
                    self.links.extend(sources(unit[at - 1]).into_iter().map(|before| (before, own, link)));
                }
                if at < last {
                    let link = if at == 0 { Link::Begins } else { Link::GoesOn };
                    self.links.extend(sources(unit[at + 1]).into_iter().map(|behind| (own, behind, link)));
                }
            }
        }
    }

    /// The hash of each, and the bits that are set for it.
    pub(crate) fn patterns(&self) -> Vec<(u32, u32)> {
        let pattern = |(first, second, link): &(char, char, Link)| {
            let hash = adjacency_hash(u32::from(*first), u32::from(*second));
            (hash, link.pattern(hash))
        };
        self.links.iter().map(pattern).collect()
    }
}

/// Which characters of a unit are not the same in its output: all of them, where the one is not made of the other place by place.
fn replaced(unit: &[char], output: &str) -> Vec<bool> {
    let output: Vec<char> = output.chars().collect();
    let is_alike = unit.len() == output.len()
        && unit.iter().zip(&output).all(|(before, behind)| before.len_utf8() == behind.len_utf8());
    unit.iter().enumerate().map(|(at, character)| !is_alike || output[at] != *character).collect()
}

#[cfg(test)]
mod tests {
    use super::super::fuse::Fusion;
    use super::*;

    #[test]
    fn what_changes_has_links_to_the_others_of_its_unit() {
        let entries = [("干净", "乾淨"), ("大规模", "大規模"), ("文件", "檔案夾"), ("规", "規"), ("很好", "很好")];
        let entries = entries.map(|(key, output)| (key.to_string(), output.to_string())).into();
        let trie = Fusion::new(&[], None, &[entries]).unwrap().fuse().unwrap();
        let found = Covers::of(&trie, |character| if character == '大' { vec!['大', '犬'] } else { vec![character] });
        let expected = [
            ('干', '净', Link::Begins),
            ('干', '净', Link::Ends),
            ('大', '规', Link::FromBefore),
            ('犬', '规', Link::FromBefore),
            ('规', '模', Link::GoesOn),
            ('犬', '规', Link::Begins),
            ('文', '件', Link::Begins),
            ('文', '件', Link::Ends),
        ];
        assert_eq!(found, Covers { links: expected.into() });
    }
}
