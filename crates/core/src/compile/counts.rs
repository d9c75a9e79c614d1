//! How often pairs of characters occur in real text: what the choice of triggers goes by.
//!
//! The tables in the binary were made with exact counts. For what is chosen at run time (triggers of a recipe or of a dictionary of the caller's own) a
//! sketch is enough, since it only decides how often the engine looks twice: for each pair half a byte for Simplified and half a byte for Traditional text,
//! the binary logarithm of the count, in a table without keys. Pairs that share a place count as the more frequent one.

use std::collections::HashMap;

/// Places of the sketch, a byte each.
const PLACES: usize = 1 << 16;

/// Made by `cargo xtask dictionaries compile` of `dictionaries/local/pair-counts.tsv`.
static SKETCH: &[u8; PLACES] = include_bytes!("../../../../dictionaries/compiled/pair-counts.bin");

/// How often pairs of neighbouring characters occur. What is not known of does not occur.
#[derive(Clone, Debug)]
pub struct PairCounts(Source);

#[derive(Clone, Debug)]
enum Source {
    Exact(HashMap<(char, char), u64>),
    Sketch,
}

impl PairCounts {
    /// Roughly, in Simplified and Traditional text together.
    pub fn embedded() -> PairCounts {
        PairCounts(Source::Sketch)
    }

    pub(crate) fn of(&self, pair: (char, char)) -> u64 {
        match &self.0 {
            Source::Exact(counts) => counts.get(&pair).copied().unwrap_or(0),
            Source::Sketch => {
                let levels = SKETCH[place(pair)];
                count(levels >> 4) + count(levels & 15)
            }
        }
    }
}

impl PairCounts {
    /// How often characters are the first of a pair, and the second. The sketch does not know.
    pub(crate) fn by_character(&self) -> [HashMap<char, u64>; 2] {
        let mut sums = [HashMap::new(), HashMap::new()];
        if let Source::Exact(counts) = &self.0 {
            for ((first, second), count) in counts {
                *sums[0].entry(*first).or_default() += count;
                *sums[1].entry(*second).or_default() += count;
            }
        }
        sums
    }
}

impl FromIterator<((char, char), u64)> for PairCounts {
    fn from_iter<I: IntoIterator<Item = ((char, char), u64)>>(counts: I) -> PairCounts {
        PairCounts(Source::Exact(counts.into_iter().collect()))
    }
}

/// Makes the sketch of pairs with their counts in Simplified and in Traditional text.
pub fn sketch(counts: impl IntoIterator<Item = ((char, char), [u64; 2])>) -> Vec<u8> {
    let mut sketch = vec![0; PLACES];
    for (pair, [hans, hant]) in counts {
        let levels: &mut u8 = &mut sketch[place(pair)];
        *levels = (*levels >> 4).max(level(hans)) << 4 | (*levels & 15).max(level(hant));
    }
    sketch
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
    }
}
