//! Chooses the triggers of a config: pairs of adjacent characters at which the engine consults the trie.
//!
//! A path of the trie is *plain* when its output is what the map gives character by character, and then the engine may overlook it.
//! Every other path must contain a trigger. Which of its pairs is free to choose, so the rarest in real text is taken, and
//! paths share triggers where they can: paths that leave no cheap choice go first, and a path that already contains a trigger
//! needs no other.
//!
//! The engine tells triggers by the classes of their characters (`classes.rs`), and looks at every pair whose characters have a class in common, mostly for nothing. So of pairs
//! that are about as rare the one with the rarest characters is taken, or with characters that other triggers have anyway. The table of words
//! (`words.rs`) then tells triggers from the others.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::classes::{self, Bits, Classes};
use super::counts::PairCounts;
use super::fuse::DecisionTrie;

/// A place of a trigger costs as much as so many places of one of its characters: it is looked at for longer, and of those only one in a dozen is looked at.
const PLACE_OF_TRIGGER: u64 = 100;

/// The triggers of a config.
pub(crate) struct Triggers {
    pub(crate) pairs: BTreeSet<(char, char)>,
    pub(crate) bits: Bits,
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
    trie.each_outcome(|path, outcome| {
        let mut mapped = String::new();
        for character in &path[..outcome.consumed] {
            match singles.get(character) {
                Some(output) => mapped.push_str(output),
                None => mapped.push(*character),
            }
        }
        if path.len() > 1 && mapped != outcome.output {
            paths.push(path.to_vec());
        }
    });
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
    // Where there is nothing to choose first.
    open.sort_by(|left, right| (left.1.len() > 1, right.0, &left.1).cmp(&(right.1.len() > 1, left.0, &right.1)));
    let mut chosen = BTreeSet::new();
    let mut characters: [HashSet<char>; 2] = Default::default();
    for (_, pairs) in open {
        if pairs.iter().any(|pair| chosen.contains(pair)) {
            continue;
        }
        let price = |pair: &(char, char)| {
            let told = classes::told(*pair);
            let [first, second] = classes::occurrences(counts, told);
            let first = if characters[0].contains(&told.0) { 0 } else { first };
            let second = if characters[1].contains(&told.1) { 0 } else { second };
            PLACE_OF_TRIGGER * counts.of(*pair) + first + second
        };
        let cheapest = pairs.iter().min_by_key(|pair| (price(pair), **pair));
        let pair = *cheapest.expect("paths have pairs, as was just seen");
        let (first, second) = classes::told(pair);
        characters[0].insert(first);
        characters[1].insert(second);
        chosen.insert(pair);
    }
    let bits = classes.assign(&chosen, counts);
    Ok(Triggers { pairs: chosen, bits })
}
