//! Tells apart whose event a place is, the table's or that of a dictionary of the caller's own, where the kernel looks for both.
//!
//! With thousands of sources nearly every pair of characters has some class in common, so that most of what the kernel notes is nothing. Two bits tell, where the
//! tables behind them lie too far away to be asked each time: a Bloom filter with one hash, and two bits for each of its values. Of 25,000 triggers it lets a tenth of
//! the others pass.
//!
//! Worked example: with the trigger `子纠` of the dictionary and `头发` of the table, an event at 纠 in `量子纠缠` has the first bit, one at 发 in `头发` the second,
//! one at 件 in `软件` mostly none.
//!
//! # Cost
//!
//! Some ten instructions an event, with AVX-512 (`vector/sieve.rs`) three.

use crate::kernel::{are_wide, points_of};
use crate::layout::{SPECIAL, word};
use crate::map::Characters;
use crate::resolve::{character_before, decode};

/// See the [module](self). Four bytes have the bits of sixteen values.
pub(crate) struct Sieve(pub(super) Box<Bits>);

pub(super) type Bits = [u32; 1 << (BITS - 4)];

/// Values as a power of two: 64 KiB, a part of the second cache.
const BITS: u32 = 18;
/// By how much the upper half of a hash is shifted to give the word ...
pub(super) const WORD_SHIFT: u32 = u32::BITS - BITS + 4;
/// ... and to give, in its last four bits, half the place in it.
pub(super) const PLACE_SHIFT: u32 = u32::BITS - BITS;

/// The bits of a value.
pub(super) const OWN: u32 = 1;
pub(super) const OF_TABLE: u32 = 2;

/// How many events are whose; one may be both.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Sifted {
    pub(crate) of_table: usize,
    pub(crate) own: usize,
}

impl Sieve {
    pub(crate) fn new() -> Sieve {
        Sieve(vec![0; 1 << (BITS - 4)].try_into().expect("as many words"))
    }

    pub(crate) fn add_own(&mut self, key: u32) {
        let (word, place) = Sieve::place(key);
        self.0[word] |= OWN << place;
    }

    pub(crate) fn add_of_table(&mut self, key: u32) {
        let (word, place) = Sieve::place(key);
        self.0[word] |= OF_TABLE << place;
    }

    fn bits(&self, key: u32) -> u32 {
        let (word, place) = Sieve::place(key);
        self.0[word] >> place & (OWN | OF_TABLE)
    }

    fn place(key: u32) -> (usize, u32) {
        let upper = (word::hash(key) >> 32) as u32;
        ((upper >> WORD_SHIFT) as usize, (upper >> PLACE_SHIFT & 15) * 2)
    }

    /// Keeps of the first `count` events of a chunk those that may be the table's, and copies those that may be the dictionary's into `own`. There is room for all
    /// of them in both, and for [`SPARE_EVENTS`](super::SPARE_EVENTS) more. Special characters are both.
    pub(crate) fn sift(
        &self,
        characters: &Characters,
        chunk: &[u8],
        events: &mut [u16],
        count: usize,
        own: &mut [u16],
    ) -> Sifted {
        if let Some(sifted) = super::vector::sift(self, characters, chunk, events, count, own) {
            return sifted;
        }
        self.sift_rest(characters, chunk, events, 0..count, own, Sifted { of_table: 0, own: 0 })
    }

    /// The same for some of the events, one by one, behind what is kept of those before.
    pub(super) fn sift_rest(
        &self,
        characters: &Characters,
        chunk: &[u8],
        events: &mut [u16],
        rest: std::ops::Range<usize>,
        own: &mut [u16],
        before: Sifted,
    ) -> Sifted {
        let mut sifted = before;
        for number in rest {
            let event = events[number];
            let bits = self.bits_at(characters, chunk, usize::from(event));
            // Which it is nobody can foresee, so nothing branches on that.
            events[sifted.of_table] = event;
            own[sifted.own] = event;
            sifted.of_table += usize::from(bits & OF_TABLE != 0);
            sifted.own += usize::from(bits & OWN != 0);
        }
        sifted
    }

    /// Whose an event is.
    #[inline(always)]
    pub(super) fn bits_at(&self, characters: &Characters, chunk: &[u8], at: usize) -> u32 {
        let start = at.wrapping_sub(3);
        let two = chunk.get(start..start.wrapping_add(8)).and_then(|eight| eight.first_chunk());
        let (first, second) = match two.map(|eight| u64::from_le_bytes(*eight)) {
            Some(eight) if are_wide(eight) => points_of(eight),
            // Before the chunk there is nothing.
            _ if at == 0 => (0, decode(chunk, at).0 & 0xFFFF),
            _ => (decode(chunk, character_before(chunk, at)).0 & 0xFFFF, decode(chunk, at).0 & 0xFFFF),
        };
        let is_special = chunk[at] >= 0xF0 || characters[second as usize] & SPECIAL != 0;
        if is_special { OWN | OF_TABLE } else { self.bits(word::key(first, second)) }
    }
}
