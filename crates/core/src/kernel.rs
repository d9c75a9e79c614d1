//! The kernel: puts every character of a chunk through the map and notes where that may not be the whole truth.
//!
//! A kernel knows no phrases. It writes, for each character of the source, what that character alone becomes, at the same place
//! (it never changes lengths), and gives the places at which the resolver (`resolve.rs`) must look: characters whose output the
//! map cannot hold, and pairs of characters that some phrase needs. In prose they are rare.
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
//! There are three: `scalar` is safe Rust and runs everywhere; `vector/avx2.rs` takes eight characters at a time and `vector/avx512.rs` 64 bytes
//! of mixed text, on x86-64 processors that have these instructions, which is asked at run time. Short strings are done sooner by the
//! smaller vectors. All give the same bytes and the same events; tests hold them to that.

mod scalar;
pub(crate) mod tally;
#[cfg(all(test, target_arch = "x86_64"))]
mod tests;
#[cfg(target_arch = "x86_64")]
#[allow(unsafe_code, reason = "vector instructions read and write through pointers; each place says why it is sound")]
mod vector;

use crate::map::{Changes, Flat, Map};

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
    map_flat(&map.flat(), source, length, output, events)
}

/// [`map`] by a map that is put together.
#[inline]
pub(crate) fn map_flat(map: &Flat<'_>, source: &[u8], length: usize, output: &mut [u8], events: &mut [u16]) -> usize {
    #[cfg(target_arch = "x86_64")]
    if let Some(count) = vector::map(map, source, length, output, events) {
        return count;
    }
    scalar::map(map, source, length, output, events)
}

/// [`map`] for the first strings of a process: slower, with nothing to be prepared.
pub(crate) fn map_first(
    map: &Changes<'_>,
    source: &[u8],
    length: usize,
    output: &mut [u8],
    events: &mut [u16],
) -> usize {
    scalar::map(map, source, length, output, events)
}

/// Where a kernel stands in a chunk.
#[derive(Clone, Copy)]
struct State {
    /// The byte offset of the next character.
    at: usize,
    /// The code point of the character before it; 0 where there is none or it has 4 bytes.
    before: u32,
    /// Events so far.
    count: usize,
}

const START: State = State { at: 0, before: 0, count: 0 };
