//! Chooses the triggers of a config: pairs of adjacent characters at which the engine consults the trie.
//!
//! A path of the trie is *plain* when its output is what the map gives character by character, and then the engine may overlook it.
//! Every other path must contain a trigger. Which of its pairs is free to choose, so the rarest in real text is taken, and
//! paths share triggers where they can: paths that leave no cheap choice go first, and a path that already contains a trigger
//! needs no other.
//!
//! Triggers are told by class bits of the characters, which lie in the map entries that the engine reads anyway. Each trigger belongs to a class; where the
//! first character of a pair and the second have a class in common, the pair may be a trigger. Pairs are given to classes so that this holds of as few other
//! pairs as possible, by how often characters occur: with seven classes, of four in a hundred where there are 6,000 triggers. The table of words
//! (`words.rs`) then tells triggers from the others.

use std::collections::{BTreeSet, HashMap};

use super::counts::{PairCounts, Side};
use super::fuse::DecisionTrie;
use crate::layout;

/// Stands for all characters of 1 and 2 bytes: they have their classes in common.
const NARROW: char = '\0';

/// One in so many characters is taken to be such a one.
pub(crate) const NARROW_SHARE: u64 = 20;

/// The triggers of a config.
pub(crate) struct Triggers {
    pub(crate) pairs: BTreeSet<(char, char)>,
    /// Class bits of map entries, by character.
    bits: HashMap<char, u32>,
}

/// Chooses the triggers of a trie. Paths with a special character need none: the engine looks at each of those anyway.
pub(crate) fn choose_triggers(
    trie: &DecisionTrie,
    counts: &PairCounts,
    classes: &mut Classes,
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
    let bits = classes.assign(&chosen, counts);
    Ok(Triggers { pairs: chosen, bits })
}

/// The classes of triggers. One that several configs have is in the same class in all of them, so that their maps have much in common.
#[derive(Default)]
pub(crate) struct Classes {
    known: HashMap<(char, char), usize>,
}

/// The pairs of one class.
#[derive(Default)]
struct Class {
    first: BTreeSet<char>,
    second: BTreeSet<char>,
    /// How often these characters occur.
    occurrences: [u64; 2],
}

impl Classes {
    /// Gives each pair the class in which it adds least to the number of pairs that pass; gives the class bits of the characters.
    fn assign(&mut self, pairs: &BTreeSet<(char, char)>, counts: &PairCounts) -> HashMap<char, u32> {
        let narrow = counts.all() / NARROW_SHARE;
        let occurrences = |(first, second): (char, char)| {
            let firsts = if first == NARROW { narrow } else { counts.of_character(Side::First, first) };
            [firsts + 1, counts.of_character(Side::Second, second) + 1]
        };
        let key = |(first, second): (char, char)| (if first.len_utf8() == 3 { first } else { NARROW }, second);
        let mut classes: [Class; layout::CLASSES] = Default::default();
        let pairs: BTreeSet<(char, char)> = pairs.iter().map(|pair| key(*pair)).collect();
        let (known, mut fresh): (Vec<_>, Vec<_>) = pairs.into_iter().partition(|pair| self.known.contains_key(pair));
        for pair in known {
            classes[self.known[&pair]].add(pair, occurrences(pair));
        }
        // Pairs of frequent characters first, while there is most to choose.
        fresh.sort_by_key(|pair| (std::cmp::Reverse(occurrences(*pair).iter().product::<u64>()), *pair));
        for pair in fresh {
            let added = |class: &usize| classes[*class].added(pair, occurrences(pair));
            let class = (0..layout::CLASSES).min_by_key(added).expect("there are classes");
            classes[class].add(pair, occurrences(pair));
            self.known.insert(pair, class);
        }
        let mut bits: HashMap<char, u32> = HashMap::new();
        for (number, class) in classes.iter().enumerate() {
            let bit = layout::first_class(number);
            for character in &class.first {
                *bits.entry(*character).or_default() |= bit;
            }
            for character in &class.second {
                *bits.entry(*character).or_default() |= bit << 1;
            }
        }
        bits
    }
}

impl Class {
    /// How often the characters would occur with the pair, whose characters occur so often.
    fn with(&self, (first, second): (char, char), occurrences: [u64; 2]) -> [u64; 2] {
        let is_new = [!self.first.contains(&first), !self.second.contains(&second)];
        [0, 1].map(|place| self.occurrences[place] + if is_new[place] { occurrences[place] } else { 0 })
    }

    /// What the pair would add to the pairs that pass, if characters stood at random.
    fn added(&self, pair: (char, char), occurrences: [u64; 2]) -> u64 {
        self.with(pair, occurrences).iter().product::<u64>() - self.occurrences.iter().product::<u64>()
    }

    fn add(&mut self, pair: (char, char), occurrences: [u64; 2]) {
        self.occurrences = self.with(pair, occurrences);
        self.first.insert(pair.0);
        self.second.insert(pair.1);
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
        self.bits.get(&character).copied().unwrap_or(0)
    }

    /// Those that all characters of 1 and 2 bytes have in common.
    pub(crate) fn narrow_classes(&self) -> u32 {
        self.classes(NARROW)
    }
}
