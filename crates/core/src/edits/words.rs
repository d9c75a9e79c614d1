//! What changes in a character and those beside it, where these hang together: nearly all that hangs together is two or three characters. A hash table of its own, with less to
//! read for each than `segments.rs` has, whose first step was made for sixteen places together (`kernel/changed.rs`).
//!
//! # Limits
//!
//! [`MOST`] words are kept; when there are more, all are forgotten.

use crate::kernel::changed::{Key, hash};

/// The most pieces that are kept.
const MOST: usize = 1 << 16;
/// Slots at first.
const FEW: usize = 1 << 10;
/// The bits of a slot that are the number of a piece; the others are a part of its hash.
const NUMBER: u32 = 0x1_FFFF;

/// The units from the first of some characters to the one that has the character in question: of those that change, how many bytes from the start they are, and which
/// kinds.
#[derive(Clone, Copy, Default)]
pub(super) struct Word {
    key: Key,
    kinds: [u32; 3],
    offsets: [u8; 3],
    pub(super) count: u8,
    /// Bytes of all the units.
    pub(super) length: u8,
    /// Whether that holds whatever follows the characters.
    pub(super) is_final: bool,
}

impl Word {
    pub(super) fn new(key: Key) -> Word {
        Word { key, ..Word::default() }
    }

    /// Adds a unit behind the others. `None` if there is no room.
    pub(super) fn push(&mut self, offset: usize, kind: u32) -> Option<()> {
        let at = usize::from(self.count);
        *self.offsets.get_mut(at)? = u8::try_from(offset).ok()?;
        *self.kinds.get_mut(at)? = kind;
        self.count += 1;
        Some(())
    }

    /// Offset and kind of each unit that changes, and of some that do not count.
    #[inline(always)]
    pub(super) fn units(&self) -> [(usize, u32); 3] {
        std::array::from_fn(|at| (usize::from(self.offsets[at]), self.kinds[at]))
    }
}

/// See the [module](self).
pub(super) struct Words {
    /// For each slot of a hash table, the number of a piece in the lower half and a part of its hash in the upper; 0 in free slots. A power of two.
    pub(super) slots: Vec<u32>,
    /// In the order in which they came up, from number 1 on.
    words: Vec<Word>,
}

impl Words {
    pub(super) fn new() -> Words {
        Words { slots: vec![0; FEW], words: vec![Word::default()] }
    }

    /// What changes in a piece, if it is known, from what stands in the slot of its hash, or stood there before all were forgotten.
    #[inline(always)]
    pub(super) fn get(&self, key: Key, slot: u32) -> Option<&Word> {
        match self.words.get((slot & NUMBER) as usize) {
            Some(word) if word.key == key => Some(word),
            _ => self.find(key),
        }
    }

    /// What changes in a piece, if it is known.
    #[inline(never)]
    pub(super) fn find(&self, key: Key) -> Option<&Word> {
        let mask = self.slots.len() - 1;
        let hash = hash(key);
        let mut place = hash as usize & mask;
        while self.slots[place] > 0 {
            if self.slots[place] & !NUMBER == hash & !NUMBER {
                let word = &self.words[(self.slots[place] & NUMBER) as usize];
                if word.key == key {
                    return Some(word);
                }
            }
            place = (place + 1) & mask;
        }
        None
    }

    /// Reads what stands in slots, so that it is near when it is asked for: the reads wait for memory together.
    #[inline]
    pub(super) fn fetch(&self, slots: &[u32]) {
        let lengths = slots.iter().map(|slot| u32::from(self.words[(slot & NUMBER) as usize].length));
        std::hint::black_box(lengths.sum::<u32>());
    }

    /// Adds a piece that is not known yet.
    pub(super) fn insert(&mut self, word: Word) {
        const { assert!(MOST < NUMBER as usize) };
        if self.words.len() > MOST {
            *self = Words::new();
        }
        self.words.push(word);
        if self.words.len() * 2 > self.slots.len() {
            self.slots = vec![0; self.slots.len() * 4];
            (1..self.words.len()).for_each(|number| self.put(number));
        } else {
            self.put(self.words.len() - 1);
        }
    }

    fn put(&mut self, number: usize) {
        let hash = hash(self.words[number].key);
        let mask = self.slots.len() - 1;
        let mut place = hash as usize & mask;
        while self.slots[place] > 0 {
            place = (place + 1) & mask;
        }
        self.slots[place] = hash & !NUMBER | number as u32;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_are_known_by_their_characters() {
        let mut words = Words::new();
        let key = |number: u32| Key { low: (number % 300) | 0x4E00_0000, high: number / 300 };
        for number in 0..2 * MOST as u32 {
            let mut word = Word::new(key(number));
            word.push(3, number).expect("there is room");
            assert!(words.get(key(number), 0).is_none() && words.get(key(number), u32::MAX).is_none());
            words.insert(word);
            assert!(words.words.len() <= MOST + 1);
            let found = words.get(key(number), 0).expect("it has just been put there");
            assert_eq!((found.count, found.units()[0]), (1, (3, number)));
            let slot = words.slots[hash(key(number)) as usize & (words.slots.len() - 1)];
            assert_eq!(words.get(key(number), slot).map(|word| word.kinds[0]), Some(number));
        }
    }
}
