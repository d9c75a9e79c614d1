//! Words of two characters: the pairs at which the trie must be consulted, and what most of them become.
//!
//! Most places that the kernel finds are words of two characters, and most of these become one and the same text wherever a unit starts with them. For
//! those the trie need not be read, if their neighbours have no part in it (`compile/neighbours.rs`). One look into a table with a slot for each pair tells whether two characters are such a pair at all, and what
//! becomes of them.
//!
//! Where the slot of a pair lies is found without trying: a first number made of the pair chooses a *pilot*, a byte; from the pilot and a second number
//! follows the slot. Pilots were chosen when the table was made so that no two pairs have the same slot. For `头发` the slot holds `头发` itself, which
//! is compared, and `頭髮`; a text that is longer or shorter lies elsewhere.
//!
//! # Source
//!
//! Hash and displace: Belazzougui, Botelho, Dietzfelbinger, 2009.

use crate::layout::word::{self, Known, Sizes};
use crate::table::Raw;

/// The words of one config. Cheap to copy: references.
#[derive(Clone, Copy)]
pub(crate) struct Words<'t> {
    keys: &'t [Raw<4>],
    known: &'t [Raw<{ Known::BYTES }>],
    pilots: &'t [u8],
}

impl<'t> Words<'t> {
    /// Reads the part of a config; `None` when it has no words.
    pub(crate) fn of(part: &'t [u8]) -> Option<Words<'t>> {
        let Sizes { slots, .. } = Sizes::of_bytes(part.len())?;
        let (keys, rest) = part.split_at(slots * size_of::<Raw<4>>());
        let (known, pilots) = rest.split_at(slots * Known::BYTES);
        Some(Words { keys: keys.as_chunks().0, known: known.as_chunks().0, pilots })
    }

    /// The keys of all slots, a power of two of them; those of empty slots are those of no pair. See [`word::key`].
    pub(crate) fn keys(&self) -> &'t [Raw<4>] {
        self.keys
    }

    /// The pilots, a power of two of them.
    #[cfg(target_arch = "x86_64")]
    pub(crate) fn pilots(&self) -> &'t [u8] {
        self.pilots
    }

    /// What is known of the pair in a slot.
    #[inline(always)]
    pub(crate) fn known(&self, slot: u16) -> Known {
        Known::of(&self.known[usize::from(slot)])
    }

    /// What is known of two characters, given as the lower 16 bits of their code points; `None` when they are no pair at which the trie must be consulted.
    #[inline(always)]
    pub(crate) fn find(&self, first: u32, second: u32) -> Option<Known> {
        let key = word::key(first, second);
        let hash = word::hash(key);
        let pilot = self.pilots[word::pilot(hash, self.pilots.len())];
        let slot = word::slot(hash, pilot, self.keys.len());
        (u32::from_le_bytes(self.keys[slot]) == key).then(|| Known::of(&self.known[slot]))
    }
}
