//! What becomes of pairs of characters between borders, by far most of what hangs together: they are one unit, or each is one. So what there is to know of a pair takes eight
//! bytes, and thousands lie in a near cache. A hash table without more to it, since waiting for memory is what looking up costs.
//!
//! # Limits
//!
//! [`MOST`] pairs are kept; when there are more, all are forgotten.

/// The most pairs that are kept.
const MOST: usize = 1 << 16;
/// Slots at first.
const FEW: usize = 1 << 10;

/// Instead of a kind: each of the two is a unit by itself. No kind has this number.
pub(super) const APART: u32 = u32::MAX;

/// See the [module](self).
pub(super) struct Pairs {
    /// The code points of a pair, the first in the lower half, and the kind of unit that they are together, or [`APART`]; zeros in free slots. A power of two, of which not more
    /// than half are taken.
    slots: Vec<[u32; 2]>,
    count: usize,
}

impl Pairs {
    pub(super) fn new() -> Pairs {
        Pairs { slots: vec![[0; 2]; FEW], count: 0 }
    }

    /// What is known of a pair, of code points other than NUL.
    #[inline(always)]
    pub(super) fn get(&self, first: u16, second: u16) -> Option<u32> {
        self.get_by_key(key(first, second))
    }

    /// The same by both in one number, the first in the lower half.
    #[inline(always)]
    pub(super) fn get_by_key(&self, key: u32) -> Option<u32> {
        let [own, whole] = self.slots[self.place(key)];
        (own != 0).then_some(whole)
    }

    /// Where a pair is, or would be.
    #[inline(always)]
    fn place(&self, key: u32) -> usize {
        let mask = self.slots.len() - 1;
        let mut place = hash(key) & mask;
        while self.slots[place][0] != key && self.slots[place][0] != 0 {
            place = (place + 1) & mask;
        }
        place
    }

    /// Adds a pair that is not known yet.
    pub(super) fn insert(&mut self, first: u16, second: u16, whole: u32) {
        self.insert_by_key(key(first, second), whole);
    }

    /// The same by both in one number.
    pub(super) fn insert_by_key(&mut self, key: u32, whole: u32) {
        if self.count == MOST {
            *self = Pairs::new();
        }
        self.count += 1;
        if self.count * 2 > self.slots.len() {
            let larger = vec![[0; 2]; self.slots.len() * 2];
            for slot in std::mem::replace(&mut self.slots, larger) {
                if slot[0] != 0 {
                    let place = self.place(slot[0]);
                    self.slots[place] = slot;
                }
            }
        }
        let place = self.place(key);
        self.slots[place] = [key, whole];
    }
}

#[inline(always)]
fn key(first: u16, second: u16) -> u32 {
    u32::from(first) | u32::from(second) << 16
}

#[inline(always)]
fn hash(key: u32) -> usize {
    (u64::from(key).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_are_known_by_both_characters() {
        let mut pairs = Pairs::new();
        let pair = |number: u32| ((number % 300) as u16 + 1, (number / 300) as u16 + 1);
        for number in 0..2 * MOST as u32 {
            let (first, second) = pair(number);
            assert_eq!(pairs.get(first, second), None);
            pairs.insert(first, second, number);
            assert_eq!(pairs.get(first, second), Some(number));
            assert!(pairs.count <= MOST && pairs.slots.len() <= 2 * MOST);
            if number % (MOST as u32) >= 1000 {
                let (first, second) = pair(number - 1000);
                assert_eq!(pairs.get(first, second), Some(number - 1000));
            }
        }
    }
}
