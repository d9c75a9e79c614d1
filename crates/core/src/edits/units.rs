//! What is known of units: which replacement a unit that becomes this is. A hash table whose slots take one line of a cache, since a text asks it for everything that it
//! changes.
//!
//! # Limits
//!
//! Units and outputs of up to [`LONGEST`] bytes are kept, and of these [`MOST`]; when there are more, all are forgotten.

use std::sync::Arc;

use crate::Replacement;

/// Bytes of the longest unit that is kept: eight characters.
pub(super) const LONGEST: usize = 24;

/// The most units that are kept.
const MOST: usize = 1 << 15;
/// Slots at first.
const FEW: usize = 1 << 10;

/// Up to [`LONGEST`] bytes, and how many.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Short {
    words: [u64; 3],
    length: u8,
}

impl Short {
    /// The beginning of `bytes`, if it is short enough; what lies behind may be read.
    #[inline]
    pub(super) fn new(bytes: &[u8], length: usize) -> Option<Short> {
        const KEPT: [u64; 9] =
            [0, 0xFF, 0xFFFF, 0xFF_FFFF, u32::MAX as u64, 0xFF_FFFF_FFFF, 0xFFFF_FFFF_FFFF, u64::MAX >> 8, u64::MAX];
        if length > LONGEST {
            return None;
        }
        let padded;
        let block: &[u8; LONGEST] = match bytes.first_chunk() {
            Some(block) => block,
            None => {
                padded = std::array::from_fn(|at| bytes.get(at).copied().unwrap_or(0));
                &padded
            }
        };
        let eights = block.as_chunks::<8>().0;
        let word = |number: usize| u64::from_le_bytes(eights[number]) & KEPT[length.saturating_sub(8 * number).min(8)];
        Some(Short { words: [word(0), word(1), word(2)], length: length as u8 })
    }

    #[inline]
    fn hash(&self) -> u64 {
        let [first, second, third] = self.words;
        let mixed = (first ^ second.rotate_left(29) ^ third.rotate_left(47)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        mixed ^ mixed >> 32
    }
}

/// See the [module](self).
#[derive(Default)]
pub(super) struct Units {
    /// A power of two, or none as long as nothing is known.
    slots: Vec<Slot>,
    taken: usize,
}

#[derive(Clone, Default)]
struct Slot {
    unit: Short,
    output: Short,
    /// None in free slots.
    replacement: Option<Arc<Replacement>>,
}

impl Units {
    /// The replacement of a unit that becomes this, if it is known.
    #[inline]
    pub(super) fn get(&self, unit: &Short, output: &Short) -> Option<&Arc<Replacement>> {
        if self.slots.is_empty() {
            return None;
        }
        let slot = &self.slots[self.place(unit)];
        slot.replacement.as_ref().filter(|_| slot.output == *output)
    }

    /// Where a unit is, or is to be.
    #[inline]
    fn place(&self, unit: &Short) -> usize {
        let mask = self.slots.len() - 1;
        let mut place = unit.hash() as usize & mask;
        while self.slots[place].replacement.is_some() && self.slots[place].unit != *unit {
            place = (place + 1) & mask;
        }
        place
    }

    pub(super) fn insert(&mut self, unit: Short, output: Short, replacement: Arc<Replacement>) {
        if self.taken == MOST {
            (self.slots, self.taken) = (Vec::new(), 0);
        }
        if self.taken * 2 >= self.slots.len() {
            let size = (self.slots.len() * 4).max(FEW);
            let before = std::mem::replace(&mut self.slots, vec![Slot::default(); size]);
            for slot in before.into_iter().filter(|slot| slot.replacement.is_some()) {
                let place = self.place(&slot.unit);
                self.slots[place] = slot;
            }
        }
        let place = self.place(&unit);
        self.taken += usize::from(self.slots[place].replacement.is_none());
        self.slots[place] = Slot { unit, output, replacement: Some(replacement) };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_known_by_all_their_bytes() {
        let text = "软件a\0的大规模集成电路里面";
        let mut units = Units::default();
        let short = |text: &str, length: usize| Short::new(text.as_bytes(), length).expect("short enough");
        let replacement = |line: usize| {
            let empty = String::new;
            let (replacement, dictionary, entry) = (empty(), empty(), empty());
            Arc::new(Replacement {
                replacement,
                dictionary,
                entry,
                line: Some(line),
                origin: None,
                not_taken: Vec::new(),
            })
        };
        let lengths = [3, 6, 7, 8, 11, 14, 20, 23];
        for length in lengths {
            units.insert(short(text, length), short(&text[..length], length), replacement(length));
        }
        for length in lengths {
            let found = units.get(&short(&text[..length], length), &short(text, length)).expect("it is known");
            assert_eq!(found.line, Some(length));
            assert!(units.get(&short(text, length), &short("other", 5)).is_none());
        }
        assert!(units.get(&short("软", 3), &short("软", 3)).is_some());
        assert!(units.get(&short("的", 3), &short("的", 3)).is_none());
        assert!(Short::new(text.as_bytes(), 26).is_none());
        for number in 0..2 * MOST {
            let key = number.to_string();
            units.insert(short(&key, key.len()), short("x", 1), replacement(number));
            assert!(units.taken <= MOST && units.get(&short(&key, key.len()), &short("x", 1)).is_some());
        }
    }
}
