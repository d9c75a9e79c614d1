//! Gives triggers to classes, by which the kernel tells them.
//!
//! Class bits of the characters lie in the map entries that the engine reads anyway. Each trigger belongs to a class; where the first character of a pair and the second have a
//! class in common, the pair may be a trigger. Pairs are given to classes so that this holds of as few other pairs as possible, by how often characters occur.
//!
//! Worked example: `头发` and `理发` in one class make `头` and `理` its first characters and `发` its second; nothing else passes. `干净` in the same class would let `头净` and
//! `干发` pass as well.
//!
//! First each pair goes to the class where it adds least; then pairs move, alone or with all that have a character in common, as long as that makes fewer pairs pass.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::counts::{PairCounts, Side};
use crate::layout;

/// Stands for all characters of 1 and 2 bytes: they have their classes in common.
const NARROW: char = '\0';

/// One in so many characters is taken to be such a one.
pub(crate) const NARROW_SHARE: u64 = 20;

/// Most rounds of moves. Few are needed.
const ROUNDS: usize = 8;

const CLASSES: usize = layout::CLASSES;

/// A pair as classes know it.
pub(crate) fn told((first, second): (char, char)) -> (char, char) {
    (if first.len_utf8() == 3 { first } else { NARROW }, second)
}

/// How often the characters of such a pair occur.
pub(crate) fn occurrences(counts: &PairCounts, (first, second): (char, char)) -> [u64; 2] {
    let firsts = if first == NARROW { counts.all() / NARROW_SHARE } else { counts.of_character(Side::First, first) };
    [firsts + 1, counts.of_character(Side::Second, second) + 1]
}

/// The classes of triggers. One that several configs have is mostly in the same class in all of them, so that their maps have much in common.
#[derive(Default)]
pub(crate) struct Classes {
    known: HashMap<(char, char), usize>,
}

/// The class bits of map entries, by character.
pub(crate) struct Bits(HashMap<char, u32>);

impl Bits {
    pub(crate) fn of(&self, character: char) -> u32 {
        self.0.get(&character).copied().unwrap_or(0)
    }

    /// Those that all characters of 1 and 2 bytes have in common.
    pub(crate) fn of_narrow(&self) -> u32 {
        self.of(NARROW)
    }
}

impl Classes {
    /// Gives each pair a class, beginning with those that earlier configs gave them.
    pub(crate) fn assign(&mut self, pairs: &BTreeSet<(char, char)>, counts: &PairCounts) -> Bits {
        let pairs: BTreeSet<(char, char)> = pairs.iter().map(|pair| told(*pair)).collect();
        let mut division = Division::new(pairs.into_iter().collect(), counts);
        let mut fresh = Vec::new();
        for number in 0..division.pairs.len() {
            match self.known.get(&division.pairs[number]) {
                Some(class) => division.put(number, *class),
                None => fresh.push(number),
            }
        }
        // Pairs of frequent characters first, while there is most to choose.
        fresh.sort_by_key(|number| std::cmp::Reverse(division.frequency(*number)));
        for number in fresh {
            let class = division.best(&[number], 0);
            division.put(number, class);
        }
        division.improve();
        let mut bits: HashMap<char, u32> = HashMap::new();
        for ((first, second), class) in division.pairs.into_iter().zip(division.classes) {
            self.known.insert((first, second), class);
            let bit = layout::first_class(class);
            *bits.entry(first).or_default() |= bit;
            *bits.entry(second).or_default() |= bit << 1;
        }
        Bits(bits)
    }
}

/// Pairs in classes, and how many pairs of characters pass.
struct Division {
    pairs: Vec<(char, char)>,
    /// The class of each pair, once it has been put into one.
    classes: Vec<usize>,
    /// The characters of each pair as numbers, those that come first and those that come second on their own.
    characters: Vec<[usize; 2]>,
    /// How often each of these characters occurs.
    occurrences: [Vec<u64>; 2],
    /// In how many pairs of a class each of them is.
    members: [Vec<[u32; CLASSES]>; 2],
    /// How often those occur that are in a class.
    sums: [[u64; 2]; CLASSES],
}

impl Division {
    fn new(pairs: Vec<(char, char)>, counts: &PairCounts) -> Division {
        let mut numbers: [HashMap<char, usize>; 2] = Default::default();
        let mut often: [Vec<u64>; 2] = Default::default();
        let characters = pairs.iter().map(|pair| {
            let occurrences = occurrences(counts, *pair);
            [(0, pair.0), (1, pair.1)].map(|(side, character)| {
                *numbers[side].entry(character).or_insert_with(|| {
                    often[side].push(occurrences[side]);
                    often[side].len() - 1
                })
            })
        });
        let characters = characters.collect();
        Division {
            classes: vec![0; pairs.len()],
            pairs,
            characters,
            members: [0, 1].map(|side| vec![[0; CLASSES]; often[side].len()]),
            occurrences: often,
            sums: [[0; 2]; CLASSES],
        }
    }

    fn frequency(&self, number: usize) -> u64 {
        [0, 1].map(|side| self.occurrences[side][self.characters[number][side]]).iter().product()
    }

    fn put(&mut self, number: usize, class: usize) {
        self.classes[number] = class;
        for (side, character) in self.characters[number].into_iter().enumerate() {
            let members = &mut self.members[side][character][class];
            if *members == 0 {
                self.sums[class][side] += self.occurrences[side][character];
            }
            *members += 1;
        }
    }

    fn take(&mut self, number: usize) {
        let class = self.classes[number];
        for (side, character) in self.characters[number].into_iter().enumerate() {
            let members = &mut self.members[side][character][class];
            *members -= 1;
            if *members == 0 {
                self.sums[class][side] -= self.occurrences[side][character];
            }
        }
    }

    /// How many pairs pass if characters stand at random, times how many there are.
    fn passing(&self) -> u64 {
        self.sums.iter().map(|[first, second]| first * second).sum()
    }

    /// The class in which these pairs, which are in none, let fewest others pass; `own` among equals.
    fn best(&mut self, group: &[usize], own: usize) -> usize {
        let passing = |class: &usize| {
            group.iter().for_each(|number| self.put(*number, *class));
            let passing = self.passing();
            group.iter().for_each(|number| self.take(*number));
            (passing, *class != own)
        };
        (0..CLASSES).min_by_key(passing).expect("there are classes")
    }

    /// Moves pairs as long as that helps.
    fn improve(&mut self) {
        for _ in 0..ROUNDS {
            let before = self.passing();
            for kind in [|[first, _]: [usize; 2], _| first, |[_, second]: [usize; 2], _| second, |_, number| number] {
                let mut groups: BTreeMap<(usize, usize), Vec<usize>> = BTreeMap::new();
                for number in 0..self.pairs.len() {
                    let key = (kind(self.characters[number], number), self.classes[number]);
                    groups.entry(key).or_default().push(number);
                }
                for ((_, own), group) in groups {
                    group.iter().for_each(|number| self.take(*number));
                    let class = self.best(&group, own);
                    group.iter().for_each(|number| self.put(*number, class));
                }
            }
            if self.passing() == before {
                break;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pair_passes_and_few_others() {
        // Nine groups of pairs that share characters, for seven classes.
        let character = |number: u32| char::from_u32(0x4E00 + number).unwrap();
        let pairs: Vec<(char, char)> = (0..9)
            .flat_map(|group| (0..12).map(move |pair| (10 * group + pair % 4, 10 * group + 4 + pair % 3)))
            .map(|(first, second)| (character(first), character(second)))
            .collect();
        let counts: PairCounts = pairs.iter().zip(0u64..).map(|(pair, number)| (*pair, 5 + number / 12)).collect();
        let all: BTreeSet<(char, char)> = pairs.iter().copied().collect();
        let mut classes = Classes::default();
        let few: BTreeSet<(char, char)> = all.iter().take(60).copied().collect();
        classes.assign(&few, &counts);
        let bits = classes.assign(&all, &counts);
        let passes = |first: char, second: char| (bits.of(first) & layout::FIRST_CLASSES) << 1 & bits.of(second) != 0;
        assert!(all.iter().all(|(first, second)| passes(*first, *second)));
        let characters: Vec<char> = (0..100).map(character).collect();
        let passing = characters.iter().flat_map(|first| characters.iter().map(move |second| (*first, *second)));
        let passing = passing.filter(|(first, second)| passes(*first, *second)).count();
        // Six groups for themselves and three together at worst; without classes it would be 972.
        assert!(passing <= 6 * 12 + 3 * 3 * 12, "{passing}");
    }
}
