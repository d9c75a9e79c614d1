//! How often pairs of characters occur in real text: what the choice of triggers goes by.
//!
//! The tables in the binary were made with exact counts. For what is chosen at run time (triggers of a recipe or of a dictionary of the caller's own) a
//! sketch is enough, since it only decides how often the engine looks twice: for each pair half a byte for Simplified and half a byte for Traditional text,
//! the binary logarithm of the count, in a table without keys. Pairs that share a place count as the more frequent one. Behind them is a byte for each Han character: how
//! often it is the first of a pair, and how often the second, in steps of one and a half binary digits.

use std::collections::HashMap;
use std::ops::Range;

/// Places of the sketch, a byte each.
const PLACES: usize = 1 << 16;
/// The characters of the sketch, a byte each.
const CHARACTERS: Range<u32> = 0x4E00..0xA000;
const SKETCH_BYTES: usize = PLACES + (CHARACTERS.end - CHARACTERS.start) as usize;

/// Made by `cargo xtask dictionaries compile` of `dictionaries/local/pair-counts.tsv`.
static SKETCH: &[u8; SKETCH_BYTES] = include_bytes!("../../compiled/pair-counts.bin");

/// How often pairs of neighbouring characters occur. What is not known of does not occur.
#[derive(Clone, Debug)]
pub struct PairCounts(Source);

#[derive(Clone, Debug)]
enum Source {
    Exact {
        pairs: HashMap<(char, char), u64>,
        /// How often characters are the first of a pair, and the second.
        characters: [HashMap<char, u64>; 2],
    },
    Sketch,
}

impl PairCounts {
    /// Roughly, in Simplified and Traditional text together.
    pub fn embedded() -> PairCounts {
        PairCounts(Source::Sketch)
    }

    pub(crate) fn of(&self, pair: (char, char)) -> u64 {
        match &self.0 {
            Source::Exact { pairs, .. } => pairs.get(&pair).copied().unwrap_or(0),
            Source::Sketch => {
                let levels = SKETCH[place(pair)];
                count(levels >> 4) + count(levels & 15)
            }
        }
    }
}

/// Which of the two characters of a pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    First,
    Second,
}

impl PairCounts {
    /// How often a character is the first or the second of a pair.
    pub(crate) fn of_character(&self, side: Side, character: char) -> u64 {
        match &self.0 {
            Source::Exact { characters, .. } => characters[side as usize].get(&character).copied().unwrap_or(0),
            Source::Sketch => {
                let Some(number) = (character as u32).checked_sub(CHARACTERS.start) else { return 0 };
                let levels = SKETCH[PLACES..].get(number as usize).copied().unwrap_or(0);
                often(if side == Side::First { levels >> 4 } else { levels & 15 })
            }
        }
    }

    /// How many pairs there are.
    pub(crate) fn all(&self) -> u64 {
        match &self.0 {
            Source::Exact { characters: [firsts, _], .. } => firsts.values().sum(),
            Source::Sketch => SKETCH[PLACES..].iter().map(|levels| often(levels >> 4)).sum(),
        }
    }
}

impl FromIterator<((char, char), u64)> for PairCounts {
    fn from_iter<I: IntoIterator<Item = ((char, char), u64)>>(counts: I) -> PairCounts {
        let pairs: HashMap<_, _> = counts.into_iter().collect();
        let characters = by_character(pairs.iter().map(|(pair, count)| (*pair, *count)));
        PairCounts(Source::Exact { pairs, characters })
    }
}

fn by_character(pairs: impl Iterator<Item = ((char, char), u64)>) -> [HashMap<char, u64>; 2] {
    let mut sums = [HashMap::new(), HashMap::new()];
    for ((first, second), count) in pairs {
        *sums[0].entry(first).or_default() += count;
        *sums[1].entry(second).or_default() += count;
    }
    sums
}

/// Makes the sketch of pairs with their counts in Simplified and in Traditional text.
pub fn sketch(counts: impl IntoIterator<Item = ((char, char), [u64; 2])>) -> Vec<u8> {
    let mut sketch = vec![0; SKETCH_BYTES];
    let mut pairs = Vec::new();
    for (pair, [hans, hant]) in counts {
        let levels: &mut u8 = &mut sketch[place(pair)];
        *levels = (*levels >> 4).max(level(hans)) << 4 | (*levels & 15).max(level(hant));
        pairs.push((pair, hans + hant));
    }
    let [firsts, seconds] = by_character(pairs.into_iter());
    for (levels, character) in
        sketch[PLACES..].iter_mut().zip(CHARACTERS).map(|(levels, point)| (levels, char::from_u32(point)))
    {
        let of = |sums: &HashMap<char, u64>| character.and_then(|character| sums.get(&character)).copied().unwrap_or(0);
        *levels = coarse_level(of(&firsts)) << 4 | coarse_level(of(&seconds));
    }
    sketch
}

fn coarse_level(count: u64) -> u8 {
    count.checked_ilog2().map_or(0, |bits| (bits * 2 / 3 + 1).min(15)) as u8
}

fn often(coarse_level: u8) -> u64 {
    coarse_level.checked_sub(1).map_or(0, |level| 1 << (u32::from(level) * 3).div_ceil(2))
}

fn level(count: u64) -> u8 {
    count.checked_ilog2().map_or(0, |bits| (bits + 1).min(15)) as u8
}

fn count(level: u8) -> u64 {
    level.checked_sub(1).map_or(0, |bits| 1 << bits)
}

fn place((first, second): (char, char)) -> usize {
    let mixed = (first as u32).wrapping_mul(0x9E37_79B1) ^ (second as u32).wrapping_mul(0x85EB_CA6B);
    (mixed.wrapping_mul(0xC2B2_AE35) >> 16) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frequent_pairs_are_known_for_frequent() {
        let counts = PairCounts::embedded();
        assert!(counts.of(('中', '国')) > 100 * counts.of(('硅', '谷')).max(1));
        assert!(counts.of(('的', '一')) + counts.of(('一', '个')) > 1000);
        assert_eq!([0, 1, 2, 3, 4, 1 << 40].map(level), [0, 1, 2, 2, 3, 15]);
        assert_eq!([0, 1, 2, 15].map(count), [0, 1, 2, 1 << 14]);
        for (count, level) in [(0, 0), (1, 1), (3, 1), (4, 2), (8, 3), (1 << 20, 14), (1 << 40, 15)] {
            assert_eq!(coarse_level(count), level, "{count}");
            assert_eq!(coarse_level(often(level)), level);
        }
        assert!(counts.of_character(Side::First, '的') > 100 * counts.of_character(Side::First, '硅'));
        assert!(counts.all() > counts.of_character(Side::Second, '的'));
    }
}
