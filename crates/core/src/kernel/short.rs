//! The kernel for short texts: what it makes of a text, and whether there was anything to be made.
//!
//! The first is what a kernel always does; the second is for texts that stay as they are, which most strings do. Both are known at once where
//! vectors take a text in blocks of 64 bytes, so this is for processors with AVX-512, and for a [`glance`] also for those with AVX2.

#![cfg_attr(not(target_arch = "x86_64"), allow(dead_code, reason = "no other processor has this kernel"))]

use super::{confirm, is_confirmed, map_flat, vector};
use crate::map::{Flat, Map};

/// The bytes of a block.
pub(crate) const BLOCK: usize = 64;

/// Whether the processor can look at short texts in whole blocks.
#[inline]
pub(crate) fn has_blocks() -> bool {
    vector::has_blocks()
}

/// Whether [`glance`] looks for dashes, with which markers begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum StopAtDash {
    Yes,
    No,
}

/// What a look at a text of at most a [`BLOCK`] shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Glance {
    /// It stays as it is.
    Same,
    /// It has a dash.
    Dash,
    /// Something changes or may; what becomes of it is in the [`MappedBlock`].
    Mapped,
    /// That it is not such a text.
    Longer,
}

/// A text of at most a [`BLOCK`], mapped.
pub(crate) struct MappedBlock {
    /// What the map makes of it, and zeros behind it.
    pub(crate) bytes: [u8; BLOCK],
    /// A bit for each byte at which there may be an event.
    pub(super) events: u64,
}

impl MappedBlock {
    /// The most events that there can be.
    pub(crate) const EVENTS: usize = BLOCK / 3;

    #[inline]
    pub(crate) fn new() -> MappedBlock {
        MappedBlock { bytes: [0; BLOCK], events: 0 }
    }

    /// Writes the events; gives their number.
    #[inline]
    pub(crate) fn events(&self, map: &Map<'_>, source: &[u8], events: &mut [u16; MappedBlock::EVENTS]) -> usize {
        let flat = map.flat();
        let (mut left, mut count) = (self.events, 0);
        while left != 0 {
            let at = left.trailing_zeros() as usize;
            left &= left - 1;
            if map.words.is_none_or(|words| is_confirmed(&flat, words, source, at)) {
                events[count] = at as u16;
                count += 1;
            }
        }
        count
    }
}

/// Looks at a text of at most a [`BLOCK`] of ASCII and characters of 3 bytes, where a kernel can do that. Writes `mapped` only if
/// there is something to be done.
#[inline]
pub(crate) fn glance(map: &Flat<'_>, source: &[u8], stop_at_dash: StopAtDash, mapped: &mut MappedBlock) -> Glance {
    if source.len() > BLOCK {
        return Glance::Longer;
    }
    if let Some(glance) = vector::glance(map, source, stop_at_dash, mapped) {
        return glance;
    }
    Glance::Longer
}

/// What [`map`] has seen of a text. Two numbers, so that it is returned in registers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Outline {
    /// The number of events.
    pub(crate) events: usize,
    seen: usize,
}

impl Outline {
    const DIFFERS: usize = 1;
    const DASH: usize = 2;

    #[inline(always)]
    pub(super) fn new(events: usize, differs: bool, has_dash: bool) -> Outline {
        let bit = |is_set: bool, bit: usize| if is_set { bit } else { 0 };
        Outline { events, seen: bit(differs, Outline::DIFFERS) | bit(has_dash, Outline::DASH) }
    }

    /// Whether the map changes any character.
    #[inline(always)]
    pub(crate) fn differs(self) -> bool {
        self.seen & Outline::DIFFERS != 0
    }

    /// Whether there is a dash, with which markers begin.
    #[inline(always)]
    pub(crate) fn has_dash(self) -> bool {
        self.seen & Outline::DASH != 0
    }
}

/// [`kernel::map`](super::map) for a text that is all there is of `source`, where the kernel with the largest vectors can do it at its best: `output` has [`BLOCK`] bytes more
/// than the text, all zeros, and zeros they stay behind the text.
#[inline]
pub(crate) fn map(map: &Map<'_>, source: &[u8], output: &mut [u8], events: &mut [u16]) -> Outline {
    let flat = map.flat();
    if let Some(outline) = vector::map_short(&flat, source, output, events) {
        if outline.events == 0 {
            // Mostly so where a config has few words.
            return outline;
        }
        let count = confirm(&flat, map.words, source, events, outline.events);
        return Outline { events: count, ..outline };
    }
    let count = map_flat(&flat, source, source.len(), output, events);
    output[source.len()..].fill(0);
    let count = confirm(&flat, map.words, source, events, count);
    Outline::new(count, output[..source.len()] != *source, source.contains(&b'-'))
}
