//! Chooses the triggers of a config: pairs of adjacent characters at which the engine consults the trie.
//!
//! A path of the trie is *plain* when its output is what the map gives character by character, and then the engine may overlook it.
//! Every other path must contain a trigger. Which of its pairs is free to choose, so the rarest in real text is taken, and
//! paths share triggers where they can: paths that leave no cheap choice go first, and a path that already contains a trigger
//! needs no other.
//!
//! Few triggers (up to [`MOST_IN_CLASSES`]) are told by three class bits of the characters, which lie in the map entry that the engine
//! has read anyway; many go into a Bloom filter.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::counts::PairCounts;
use super::fuse::DecisionTrie;
use crate::layout;

/// From here on a Bloom filter costs less than the false alarms of the class bits.
const MOST_IN_CLASSES: usize = 1000;

/// The triggers of a config.
pub(crate) struct Triggers {
    pub(crate) pairs: BTreeSet<(char, char)>,
    /// Class bits by character, as the first and as the second of a pair; empty when a filter is used.
    first: BTreeMap<char, u32>,
    second: BTreeMap<char, u32>,
}

/// Chooses the triggers of a trie. Paths with a special character need none: the engine looks at each of those anyway.
pub(crate) fn choose_triggers(
    trie: &DecisionTrie,
    counts: &PairCounts,
    is_special: impl Fn(char) -> bool,
) -> Result<Triggers, String> {
    let mut singles: HashMap<char, &str> = HashMap::new();
    for (character, node) in &trie.edges[0] {
        if let Some(outcome) = &trie.outcome[*node as usize] {
            singles.insert(*character, &outcome.output);
        }
    }
    let mut paths = Vec::new();
    collect_paths(trie, 0, &mut Vec::new(), &singles, &mut paths);
    // A character of 4 bytes is always looked at; the other lengths are not special in this sense.
    let attended =
        |character: &char| character.len_utf8() == 4 || (character.len_utf8() == 3 && is_special(*character));
    let mut open: Vec<(u64, Vec<(char, char)>)> = Vec::new();
    for path in paths.iter().filter(|path| !path.iter().any(attended)) {
        let pairs: Vec<(char, char)> =
            path.windows(2).map(|pair| (pair[0], pair[1])).filter(|(_, second)| second.len_utf8() == 3).collect();
        let rarest = pairs.iter().map(|pair| counts.of(*pair)).min();
        let Some(rarest) = rarest else {
            return Err(format!(
                "no pair of `{}` ends in a character of 3 bytes; the kernel cannot see it",
                path.iter().collect::<String>()
            ));
        };
        open.push((rarest, pairs));
    }
    open.sort_by(|left, right| (right.0, &left.1).cmp(&(left.0, &right.1)));
    let mut chosen = BTreeSet::new();
    for (_, pairs) in open {
        if !pairs.iter().any(|pair| chosen.contains(pair)) {
            chosen.extend(pairs.into_iter().min_by_key(|pair| (counts.of(*pair), *pair)));
        }
    }
    let in_classes = chosen.len() <= MOST_IN_CLASSES && chosen.iter().all(|(first, _)| first.len_utf8() == 3);
    let (mut first, mut second) = (BTreeMap::new(), BTreeMap::new());
    if in_classes {
        assign_classes(&chosen, &mut first, &mut second);
    }
    Ok(Triggers { pairs: chosen, first, second })
}

/// Gives each pair the class that adds the fewest bits.
fn assign_classes(pairs: &BTreeSet<(char, char)>, first: &mut BTreeMap<char, u32>, second: &mut BTreeMap<char, u32>) {
    let mut members = [0usize; 3];
    for (left, right) in pairs {
        let (left_bits, right_bits) = (first.get(left).copied().unwrap_or(0), second.get(right).copied().unwrap_or(0));
        let class = (0..3)
            .min_by_key(|class| {
                let added = u32::from(left_bits >> class & 1 == 0) + u32::from(right_bits >> class & 1 == 0);
                (added, members[*class])
            })
            .expect("there are three classes");
        members[class] += 1;
        *first.entry(*left).or_default() |= 1 << class;
        *second.entry(*right).or_default() |= 1 << class;
    }
}

fn collect_paths(
    trie: &DecisionTrie,
    node: u32,
    path: &mut Vec<char>,
    singles: &HashMap<char, &str>,
    paths: &mut Vec<Vec<char>>,
) {
    for (character, child) in &trie.edges[node as usize] {
        path.push(*character);
        if let Some(outcome) = trie.outcome[*child as usize].as_ref().filter(|_| path.len() > 1) {
            let mut mapped = String::new();
            for character in &path[..outcome.consumed] {
                match singles.get(character) {
                    Some(output) => mapped.push_str(output),
                    None => mapped.push(*character),
                }
            }
            if mapped != outcome.output {
                paths.push(path.clone());
            }
        }
        collect_paths(trie, *child, path, singles, paths);
        path.pop();
    }
}

impl Triggers {
    /// The class bits of a character, in place for its map entry.
    pub(crate) fn classes(&self, character: char) -> u32 {
        self.first.get(&character).copied().unwrap_or(0) << layout::FIRST_CLASSES.trailing_zeros()
            | self.second.get(&character).copied().unwrap_or(0) << layout::SECOND_CLASSES.trailing_zeros()
    }

    /// Whether there are triggers that class bits do not tell.
    pub(crate) fn need_filter(&self) -> bool {
        !self.pairs.is_empty() && self.first.is_empty()
    }
}

/// The Bloom filter of these pairs.
pub(crate) fn pair_filter(pairs: &BTreeSet<(char, char)>) -> Vec<u32> {
    let mut filter = vec![0; layout::FILTER_WORDS];
    for (first, second) in pairs {
        let hash = layout::filter_hash(u32::from(*first), u32::from(*second));
        filter[layout::filter_word(hash)] |= layout::filter_pattern(hash);
    }
    filter
}
