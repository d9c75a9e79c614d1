//! The units of *runs*, pieces of three and four characters from border to border. A hash table of its own, with less to read for each than `segments.rs` has.
//!
//! # Limits
//!
//! [`MOST`] runs are kept; when there are more, all are forgotten.

use std::ops::Range;

/// Characters of the shortest run.
const SHORTEST: usize = 3;
/// Characters of the longest run.
pub(super) const LONGEST: usize = 4;
/// The most runs that are kept.
const MOST: usize = 1 << 16;
/// Slots at first.
const FEW: usize = 1 << 10;
/// The bits of a slot that are the number of a run; the others are a part of its hash.
const NUMBER: u32 = 0x1_FFFF;

/// A run in a chunk.
pub(super) struct Sought {
    pub(super) key: u64,
    start: u16,
    end: u16,
    /// The number that it may have.
    number: u32,
}

impl Sought {
    /// The run of these characters, from the code points of a chunk, if it is neither shorter nor longer. NUL is none of them.
    #[inline(always)]
    pub(super) fn new(points: &[u16], run: Range<usize>) -> Option<Sought> {
        let length = run.len();
        if length.wrapping_sub(SHORTEST) > LONGEST - SHORTEST {
            return None;
        }
        let [first, second, third, fourth] = *points.get(run.start..)?.first_chunk::<LONGEST>()?;
        let four = u64::from(first) | u64::from(second) << 16 | u64::from(third) << 32 | u64::from(fourth) << 48;
        let key = four & u64::MAX >> (u64::BITS as usize - 16 * length);
        Some(Sought { key, start: run.start as u16, end: run.end as u16, number: 0 })
    }

    /// The run of these characters, if they are neither fewer nor more and have 3 bytes each, at whatever is numbered `number` elsewhere.
    #[inline(always)]
    pub(super) fn of_bytes(bytes: &[u8], number: usize) -> Option<Sought> {
        let (threes, rest) = bytes.as_chunks::<3>();
        if !rest.is_empty() || threes.len().wrapping_sub(SHORTEST) > LONGEST - SHORTEST {
            return None;
        }
        let mut key = 0;
        for three in threes.iter().rev() {
            let [first, second, third] = three.map(u64::from);
            if first & 0xF0 != 0xE0 {
                return None;
            }
            key = key << 16 | (first & 0xF) << 12 | (second & 0x3F) << 6 | third & 0x3F;
        }
        Some(Sought { key, start: number as u16, end: (number + threes.len()) as u16, number: 0 })
    }

    pub(super) fn characters(&self) -> Range<usize> {
        usize::from(self.start)..usize::from(self.end)
    }
}

/// Which kinds of units start at the characters of a run; 0 where none does.
#[derive(Clone, Copy, Default)]
pub(super) struct Run {
    pub(super) key: u64,
    pub(super) kinds: [u32; LONGEST],
}

/// See the [module](self).
pub(super) struct Runs {
    /// For each slot of a hash table, the number of a run in the lower half and a part of its hash in the upper; 0 in free slots. A power of two.
    slots: Vec<u32>,
    /// In the order in which they came up, from number 1 on: what is frequent comes soon, and so lies together.
    runs: Vec<Run>,
}

impl Runs {
    pub(super) fn new() -> Runs {
        Runs { slots: vec![0; FEW], runs: vec![Run::default()] }
    }

    /// Finds out which numbers runs may have. Step by step for all of them, so that they wait for memory together.
    pub(super) fn seek(&self, sought: &mut [Sought]) {
        let mask = self.slots.len() - 1;
        for run in &mut *sought {
            run.number = self.slots[hash(run.key) as usize & mask] & NUMBER;
        }
        for run in sought {
            let is_it = self.runs.get(run.number as usize).is_some_and(|found| found.key == run.key);
            run.number = if is_it { run.number } else { 0 };
        }
    }

    /// The units of a run that was sought, if they are known; perhaps all has been forgotten since.
    #[inline(always)]
    pub(super) fn get(&self, sought: &Sought) -> Option<&[u32; LONGEST]> {
        match self.runs.get(sought.number as usize) {
            Some(run) if run.key == sought.key => Some(&run.kinds),
            _ => self.find(sought.key),
        }
    }

    #[inline(never)]
    fn find(&self, key: u64) -> Option<&[u32; LONGEST]> {
        let mask = self.slots.len() - 1;
        let hash = hash(key);
        let mut place = hash as usize & mask;
        while self.slots[place] > 0 {
            if self.slots[place] & !NUMBER == hash & !NUMBER {
                let run = &self.runs[(self.slots[place] & NUMBER) as usize];
                if run.key == key {
                    return Some(&run.kinds);
                }
            }
            place = (place + 1) & mask;
        }
        None
    }

    /// Adds a run that is not known yet.
    pub(super) fn insert(&mut self, run: Run) {
        const { assert!(MOST < NUMBER as usize) };
        if self.runs.len() > MOST {
            *self = Runs::new();
        }
        self.runs.push(run);
        if self.runs.len() * 2 > self.slots.len() {
            self.slots = vec![0; self.slots.len() * 2];
            (1..self.runs.len()).for_each(|number| self.put(number));
        } else {
            self.put(self.runs.len() - 1);
        }
    }

    fn put(&mut self, number: usize) {
        let hash = hash(self.runs[number].key);
        let mask = self.slots.len() - 1;
        let mut place = hash as usize & mask;
        while self.slots[place] > 0 {
            place = (place + 1) & mask;
        }
        self.slots[place] = hash & !NUMBER | number as u32;
    }
}

#[inline(always)]
fn hash(key: u64) -> u32 {
    let mixed = (key ^ key >> 29).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    (mixed >> 32) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_are_known_by_their_characters() {
        let mut runs = Runs::new();
        let points: Vec<u16> = (1..=u16::MAX).collect();
        let sought = |number: usize| {
            let start = number % 65_000;
            Sought::new(&points, start..start + 3 + number / 65_000 % 2).expect("short enough")
        };
        for number in 0..2 * MOST - 10_000 {
            let mut found = [sought(number), sought(number.saturating_sub(100))];
            runs.seek(&mut found);
            assert!(runs.get(&found[0]).is_none(), "{number}");
            runs.insert(Run { key: found[0].key, kinds: [number as u32, 0, 7, 8] });
            assert!(runs.runs.len() <= MOST + 1);
            assert_eq!(runs.get(&sought(number)), Some(&[number as u32, 0, 7, 8]));
            if number % MOST > 100 {
                assert_eq!(runs.get(&found[1]).map(|kinds| kinds[0]), Some(number as u32 - 100));
            }
        }
    }

    #[test]
    fn a_key_has_three_or_four_characters() {
        let points = [1, 2, 3, 4, 5];
        let key = |run| Sought::new(&points, run).map(|sought| sought.key);
        assert_eq!([0..1, 0..2, 0..5, 2..5].map(key), [None; 4]);
        assert_eq!([1..4, 1..5].map(key), [Some(0x4_0003_0002), Some(0x5_0004_0003_0002)]);
    }
}
