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
//! Some ten instructions an event and those of [`pairs`], with AVX-512 (`vector/sieve.rs`) three.

use std::ops::Range;

use super::pairs::{self, Visit};
use crate::layout::{SPECIAL, word};
use crate::map::Characters;
use crate::resolve::decode;

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
        self.sift_pairs(characters, chunk, events, count, own)
    }

    /// [`Sieve::sift`] without the largest vectors.
    #[inline]
    pub(super) fn sift_pairs(
        &self,
        characters: &Characters,
        chunk: &[u8],
        events: &mut [u16],
        count: usize,
        own: &mut [u16],
    ) -> Sifted {
        let sifted = Sifted { of_table: 0, own: 0 };
        pairs::visit(chunk, events, count, Sifting { sieve: self, characters, chunk, own, sifted }).sifted
    }

    /// The same for some of the events, one by one, behind what is kept of those before.
    #[cfg_attr(not(target_arch = "x86_64"), allow(dead_code, reason = "there is no such kernel"))]
    pub(super) fn sift_rest(
        &self,
        characters: &Characters,
        chunk: &[u8],
        events: &mut [u16],
        rest: Range<usize>,
        own: &mut [u16],
        before: Sifted,
    ) -> Sifted {
        pairs::visit_slowly(chunk, events, rest, Sifting { sieve: self, characters, chunk, own, sifted: before }).sifted
    }

    /// Whose an event is.
    #[cfg_attr(not(target_arch = "x86_64"), allow(dead_code, reason = "there is no such kernel"))]
    #[inline(always)]
    pub(super) fn bits_at(&self, characters: &Characters, chunk: &[u8], event: u16) -> u32 {
        self.bits_of(characters, chunk, event, pairs::key_at(chunk, usize::from(event)))
    }

    /// Whose an event with a pair is, or one without.
    #[inline(always)]
    fn bits_of(&self, characters: &Characters, chunk: &[u8], event: u16, key: Option<u32>) -> u32 {
        let at = usize::from(event);
        let key = match key {
            Some(key) => key,
            None if chunk[at] >= 0xF0 => return OWN | OF_TABLE,
            // Before the chunk there is nothing.
            None => word::key(0, decode(chunk, at).0),
        };
        if characters[(key >> 16) as usize] & SPECIAL != 0 { OWN | OF_TABLE } else { self.bits(key) }
    }
}

/// Puts events where they belong.
struct Sifting<'s> {
    sieve: &'s Sieve,
    characters: &'s Characters,
    chunk: &'s [u8],
    own: &'s mut [u16],
    sifted: Sifted,
}

impl Visit for Sifting<'_> {
    #[inline(always)]
    fn visit(self, events: &mut [u16], event: u16, key: Option<u32>) -> Self {
        let bits = self.sieve.bits_of(self.characters, self.chunk, event, key);
        let Sifted { of_table, own } = self.sifted;
        // Which it is nobody can foresee, so nothing branches on that.
        events[of_table] = event;
        self.own[own] = event;
        let sifted =
            Sifted { of_table: of_table + usize::from(bits & OF_TABLE != 0), own: own + usize::from(bits & OWN != 0) };
        Sifting { sifted, ..self }
    }
}
