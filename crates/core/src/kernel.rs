//! The kernel: puts every character of a chunk through the map and notes where that may not be the whole truth.
//!
//! A kernel knows no phrases. It writes, for each character of the source, what that character alone becomes, at the same place
//! (it never changes lengths), and gives the places at which the resolver (`resolve.rs`) must look: characters whose output the
//! map cannot hold, and pairs of characters that some phrase needs. In prose they are rare.
//!
//! Whether a pair may be one of these is told by class bits of its characters, which lie in the map entries that are read anyway. Where a config
//! needs thousands of pairs, that lets some three in a hundred pass for no reason; so the few that pass are then looked for in a table (`words.rs`).
//!
//! # Contract
//!
//! - `source[..length]` is UTF-8 and starts and ends at a character; it starts at a synchronization point, so a pair that straddles its
//!   start need not be looked at. Bytes behind `length` may be read; what they are does not matter.
//! - `output[..length]` is written; up to [`OVERWRITE`] bytes behind it may be written too.
//! - `events` receives the offsets, in order and each once, of special characters and of the *second* characters of pairs that may be
//!   triggers. It has room for every third byte of the chunk and for [`SPARE_EVENTS`] more, which need not be any.
//! - False alarms are allowed, misses are not.
//!
//! # Which one
//!
//! There are four: `scalar` is safe Rust and runs everywhere; `vector/avx2.rs` takes eight characters at a time, wherever they stand, and `vector/avx512.rs` 64 bytes
//! of mixed text, on x86-64 processors that have these instructions, which is asked at run time (`instructions.rs`); `neon/map.rs` takes sixteen characters at a time on 64-bit ARM, where
//! every processor has what it needs. Short texts have the way of their own that `short.rs` tells of, with AVX2 and AVX-512; else the scalar kernel is done with them
//! soonest. All give the same bytes and the same events; tests hold them to that.
//!
//! What a processor has goes by the name `vector` here; where it has nothing, `none.rs` says so to whoever asks.

pub(crate) mod borders;
pub(crate) mod changed;
#[cfg_attr(not(target_arch = "x86_64"), allow(dead_code, reason = "only where there are instructions for it"))]
pub(crate) mod characters;
pub(crate) mod openings;
mod pairs;
#[cfg(test)]
mod rounds;
mod scalar;
pub(crate) mod short;
pub(crate) mod sieve;
pub(crate) mod tally;
#[cfg(test)]
mod tests;

// The vectors of the processor, under one name.
#[cfg(all(target_arch = "aarch64", target_feature = "neon", target_endian = "little"))]
#[allow(unsafe_code, reason = "vector instructions read and write through pointers; each place says why it is sound")]
mod neon;
#[cfg(not(target_arch = "x86_64"))]
mod none;
#[cfg(target_arch = "x86_64")]
#[allow(unsafe_code, reason = "vector instructions read and write through pointers; each place says why it is sound")]
mod vector;
#[cfg(all(target_arch = "aarch64", target_feature = "neon", target_endian = "little"))]
use neon as vector;
#[cfg(not(any(
    target_arch = "x86_64",
    all(target_arch = "aarch64", target_feature = "neon", target_endian = "little")
)))]
use none as vector;

use pairs::Visit;

use crate::layout::{FIRST_CLASSES, SPECIAL};
use crate::map::{Changes, Entries, Flat, Map};
use crate::structure::{self, Block, Wanted};
use crate::words::Words;

pub(crate) use scalar::{are_wide, points_of, two_characters};

/// Bytes behind the end of the chunk that a kernel may overwrite.
pub(crate) const OVERWRITE: usize = 32;
/// Events behind the last that a kernel may overwrite.
pub(crate) const SPARE_EVENTS: usize = 16;

/// The room for events of a chunk of this many bytes.
pub(crate) const fn events_of(bytes: usize) -> usize {
    bytes / 3 + SPARE_EVENTS
}

/// Maps `source[..length]` into `output`; see the contract above. Gives the number of events.
#[inline]
pub(crate) fn map(map: &Map<'_>, source: &[u8], length: usize, output: &mut [u8], events: &mut [u16]) -> usize {
    let count = map_flat(&map.flat(), source, length, output, events);
    confirmed(map, source, events, &mut [], count).0
}

/// [`map`] that also notes where the words at the events lie in the table of words, if that falls out of looking them up: for so many of the first events as is given with their number.
#[inline]
pub(crate) fn map_with_slots(
    map: &Map<'_>,
    source: &[u8],
    length: usize,
    output: &mut [u8],
    events: &mut [u16],
    slots: &mut [u16],
) -> (usize, usize) {
    let count = map_flat(&map.flat(), source, length, output, events);
    confirmed(map, source, events, slots, count)
}

/// Keeps, of the first `count` events, those that are no false alarms of the class bits; gives how many, and the number of those whose slots are noted, unless there is no room for any.
#[inline]
pub(crate) fn confirmed(
    map: &Map<'_>,
    source: &[u8],
    events: &mut [u16],
    slots: &mut [u16],
    count: usize,
) -> (usize, usize) {
    let flat = map.flat();
    if count >= MANY
        && let Some(words) = map.words
        && let Some(confirmed) = vector::confirm(&flat, words, source, events, slots, count)
    {
        let has_room = words.keys().len() <= usize::from(SLOTS);
        // Sixteen were noted at a time, as long as there was room for as many.
        let noted = confirmed.min(slots.len().saturating_sub(SPARE_EVENTS - 1));
        return (confirmed, if has_room { noted } else { 0 });
    }
    (confirm(&flat, map.words, source, events, count), 0)
}

/// Room for the slots of as many events as a chunk has in text that is full of phrases; clearing it is a part of the fixed price of a call. What a chunk has more is looked up again.
pub(crate) const MOST_NOTED: usize = 192;

/// From so many events on, looking sixteen of them up at once pays.
const MANY: usize = 8;

/// Numbers of slots that are noted are below this; tables of words with more have none noted. Above the number is what the filter of neighbours says ...
pub(crate) const SLOTS: u16 = 1 << 13;
/// ... that a unit may end with the first character of the word, and the one before it,
pub(crate) const ENDS: u16 = 1 << 13;
/// that a path may have the word and the character before it,
pub(crate) const IS_INSIDE: u16 = 1 << 14;
/// or the word and the one behind it.
pub(crate) const GOES_ON: u16 = 1 << 15;
/// Stands for no slot.
pub(crate) const NO_SLOT: u16 = u16::MAX;

/// Adds to the slots of words what the filter `neighbours` of a table says of the characters beside each. The first `count` slots are those of events, as [`map_with_slots`] has noted them; there is
/// room behind them for [`SPARE_EVENTS`]. `source` reaches to the end of the text. [`NO_SLOT`] comes where that is not to be told.
#[inline]
pub(crate) fn settle(neighbours: &[[u8; 4]], source: &[u8], events: &[u16], slots: &mut [u16], count: usize) {
    if count > 0 {
        vector::settle(neighbours, source, events, slots, count);
    }
}

/// [`map`] by a map that is put together, with all events that its class bits give.
#[inline]
pub(crate) fn map_flat(map: &Flat<'_>, source: &[u8], length: usize, output: &mut [u8], events: &mut [u16]) -> usize {
    if let Some(count) = vector::map(map, source, length, output, events) {
        return count;
    }
    scalar::map(map, source, length, output, events)
}

/// [`map`] for the first strings of a process: slower, with nothing to be prepared.
pub(crate) fn map_first(
    changes: &Changes<'_>,
    words: Option<Words<'_>>,
    source: &[u8],
    length: usize,
    output: &mut [u8],
    events: &mut [u16],
) -> usize {
    let count = scalar::map(changes, source, length, output, events);
    confirm(changes, words, source, events, count)
}

/// Bytes as text, by the largest vectors: `None` where there are none, else whether the bytes are UTF-8.
#[inline]
pub(crate) fn text(bytes: &[u8]) -> Option<Option<&str>> {
    vector::text(bytes)
}

/// Finds the places that a scanner wants to see; see [`structure`]. Gives the classes that were found, lane by lane.
pub(crate) fn structure(text: &[u8], wanted: &Wanted, blocks: &mut Vec<Block>) -> [u8; structure::LANES] {
    if let Some(seen) = vector::structure(text, wanted, blocks) {
        return seen;
    }
    structure::scalar(text, wanted, blocks)
}

/// Whether the second of two characters must be looked at, by their map entries: as the highest bit.
#[inline(always)]
fn mark(first: u32, second: u32) -> u32 {
    let shared = (first & FIRST_CLASSES) << 1 & second;
    // Less than what it is taken from, so that the highest bit is set unless nothing is shared.
    shared.wrapping_neg() | second
}

/// Keeps, of the first `count` events, special characters and pairs that are in the table; gives how many.
#[inline]
fn confirm(entries: &impl Entries, words: Option<Words<'_>>, source: &[u8], events: &mut [u16], count: usize) -> usize {
    let Some(words) = words else { return count };
    pairs::visit(source, events, count, Confirming { entries, words, kept: 0 }).kept
}

/// Keeps events, as [`confirm`] says.
struct Confirming<'c, E> {
    entries: &'c E,
    words: Words<'c>,
    kept: usize,
}

impl<E: Entries> Visit for Confirming<'_, E> {
    #[inline(always)]
    fn visit(self, events: &mut [u16], event: u16, key: Option<u32>) -> Self {
        events[self.kept] = event;
        Confirming { kept: self.kept + usize::from(is_word(self.entries, self.words, key)), ..self }
    }
}

#[cfg_attr(not(target_arch = "x86_64"), allow(dead_code, reason = "there is no such kernel"))]
#[inline(always)]
fn is_confirmed(entries: &impl Entries, words: Words<'_>, source: &[u8], at: usize) -> bool {
    is_word(entries, words, pairs::key_at(source, at))
}

/// Whether a pair must be looked at, by its key. Where there is none, it must.
#[inline(always)]
fn is_word(entries: &impl Entries, words: Words<'_>, key: Option<u32>) -> bool {
    let Some(key) = key else { return true };
    let (first, second) = (key & 0xFFFF, key >> 16);
    words.find(first, second).is_some() | (entries.entry(second) & SPECIAL != 0)
}

/// Where a kernel stands in a chunk.
#[derive(Clone, Copy)]
struct State {
    /// The byte offset of the next character.
    at: usize,
    /// The code point of the character before it; [`NOTHING`] where there is none or it has 4 bytes.
    before: u32,
    /// Events so far.
    count: usize,
}

/// A code point that no character has, and so no class.
const NOTHING: u32 = 0xD800;

const START: State = State { at: 0, before: NOTHING, count: 0 };
