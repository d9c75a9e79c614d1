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
//!   triggers. It has room for every third byte of the source.
//! - False alarms are allowed, misses are not.
//!
//! This one is safe scalar Rust. Another (with vector instructions) must obey the same contract and is to be tested against this one.

use crate::layout::{FILTER_SHIFT, SECOND_CLASSES, SPECIAL, join_hashes, pair_hash, second_hash};
use crate::table::Map;

/// Bytes behind the end of the chunk that a kernel may overwrite.
pub(crate) const OVERWRITE: usize = 8;

/// Maps `source[..length]` into `output`; see the contract above. Gives the number of events.
pub(crate) fn map(map: &Map, source: &[u8], length: usize, output: &mut [u8], events: &mut [u16]) -> usize {
    if map.has_filter {
        run::<true>(map, source, length, output, events)
    } else {
        run::<false>(map, source, length, output, events)
    }
}

/// What the kernel remembers of the character before: its hash where a filter is used, its map entry otherwise.
type Before = u32;

/// Characters that the fastest loop takes at a time.
const BLOCK: usize = 8;
/// Bytes that it looks at: two behind the last character, because it reads two characters at a time as 8 bytes.
const BLOCK_BYTES: usize = 3 * BLOCK + 2;
/// The upper halves of the first bytes of two adjacent 3-byte characters ...
const LEADS: u64 = 0xF000_00F0;
/// ... and what they are.
const THREE_BYTES: u64 = 0xE000_00E0;

/// The word of the filter for a hash, shifted so that its lowest bit is the hash's.
#[inline(always)]
fn first_bit(map: &Map, joined: u32) -> u32 {
    u32::from_le_bytes(map.filter[(joined >> FILTER_SHIFT) as usize]) >> (joined & 31)
}

/// Whether a character really must be looked at: asked when the cheap test says that it may.
#[cold]
#[inline(never)]
fn confirm<const FILTER: bool>(map: &Map, before: Before, bytes: u32) -> bool {
    let entry = map.entry(bytes);
    let pair = if FILTER {
        let joined = join_hashes(before, pair_hash(bytes));
        let second = second_hash(joined);
        first_bit(map, joined) & first_bit(map, second) & 1 != 0
    } else {
        before << 3 & entry & SECOND_CLASSES != 0
    };
    pair | (entry & SPECIAL != 0)
}

/// Maps two characters, the low 6 bytes of `eight`. Gives their bytes in the output (with two bytes of no meaning above them), and
/// whether one of them may be suspicious.
#[inline(always)]
fn map_two<const FILTER: bool>(map: &Map, eight: u64, before: Before) -> (u64, bool, Before, Before) {
    let index = (eight & 0x0F00_000F) << 6 | eight >> 8 & 0x3F00_003F;
    let first_entry = map.entry_at(index as usize & 0x3FF, (eight >> 16) as usize & 0x3F);
    let second_entry = map.entry_at((index >> 24) as usize & 0x3FF, (eight >> 40) as usize & 0x3F);
    let changes = u64::from(first_entry & 0x00FF_FFFF) | u64::from(second_entry) << 24;
    let special = first_entry | second_entry;
    if FILTER {
        let first_hash = pair_hash(eight as u32 & 0x00FF_FFFF);
        let second_hash = pair_hash((eight >> 24) as u32 & 0x00FF_FFFF);
        let bits =
            first_bit(map, join_hashes(before, first_hash)) | first_bit(map, join_hashes(first_hash, second_hash));
        (eight ^ changes, (bits | special >> 31) & 1 != 0, first_hash, second_hash)
    } else {
        let classes = (before << 3 & first_entry | first_entry << 3 & second_entry) & SECOND_CLASSES;
        (eight ^ changes, (classes | (special & SPECIAL)) != 0, first_entry, second_entry)
    }
}

#[inline(always)]
fn eight_bytes(bytes: &[u8], at: usize) -> u64 {
    u64::from_le_bytes(bytes[at..at + 8].try_into().expect("eight bytes"))
}

fn run<const FILTER: bool>(map: &Map, source: &[u8], length: usize, output: &mut [u8], events: &mut [u16]) -> usize {
    let mut count = 0;
    // Written whether or not it counts: a branch less to foresee.
    let mut note = |at: usize, counts: bool| {
        events[count] = at as u16;
        count += usize::from(counts);
    };
    let mut at = 0;
    let mut before: Before = 0;
    while at < length {
        let byte = source[at];
        if byte & 0xF0 == 0xE0 {
            while at + 3 * BLOCK <= length {
                let (Some(block), Some(mapped)) =
                    (source[at..].first_chunk::<BLOCK_BYTES>(), output[at..].first_chunk_mut::<BLOCK_BYTES>())
                else {
                    break;
                };
                let mut other = 0;
                for two in 0..BLOCK / 2 {
                    other |= eight_bytes(block, 6 * two) & LEADS ^ THREE_BYTES;
                }
                if other != 0 {
                    break;
                }
                for two in 0..BLOCK / 2 {
                    let eight = eight_bytes(block, 6 * two);
                    let (bytes, found, middle, last) = map_two::<FILTER>(map, eight, before);
                    mapped[6 * two..6 * two + 8].copy_from_slice(&bytes.to_le_bytes());
                    if found {
                        note(at + 6 * two, confirm::<FILTER>(map, before, eight as u32 & 0x00FF_FFFF));
                        note(at + 6 * two + 3, confirm::<FILTER>(map, middle, (eight >> 24) as u32 & 0x00FF_FFFF));
                    }
                    before = last;
                }
                at += 3 * BLOCK;
            }
            while at + 6 <= length && at + 8 <= source.len() {
                let eight = eight_bytes(source, at);
                if eight & LEADS != THREE_BYTES {
                    break;
                }
                let (bytes, found, middle, last) = map_two::<FILTER>(map, eight, before);
                output[at..at + 8].copy_from_slice(&bytes.to_le_bytes());
                if found {
                    note(at, confirm::<FILTER>(map, before, eight as u32 & 0x00FF_FFFF));
                    note(at + 3, confirm::<FILTER>(map, middle, (eight >> 24) as u32 & 0x00FF_FFFF));
                }
                before = last;
                at += 6;
            }
            while at < length && source[at] & 0xF0 == 0xE0 {
                let bytes = u32::from_le_bytes([source[at], source[at + 1], source[at + 2], 0]);
                let (entry, hash) = (map.entry(bytes), pair_hash(bytes));
                output[at..at + 4].copy_from_slice(&(bytes ^ entry).to_le_bytes());
                let found = if FILTER {
                    (first_bit(map, join_hashes(before, hash)) | entry >> 31) & 1 != 0
                } else {
                    (before << 3 & entry & SECOND_CLASSES | entry & SPECIAL) != 0
                };
                if found {
                    note(at, confirm::<FILTER>(map, before, bytes));
                }
                before = if FILTER { hash } else { entry };
                at += 3;
            }
        } else if byte < 0x80 {
            while at < length && at + 8 <= source.len() {
                let eight = eight_bytes(source, at);
                output[at..at + 8].copy_from_slice(&eight.to_le_bytes());
                let high = eight & 0x8080_8080_8080_8080;
                if high != 0 {
                    at += high.trailing_zeros() as usize / 8;
                    break;
                }
                at += 8;
            }
            while at < length && source[at] < 0x80 {
                output[at] = source[at];
                at += 1;
            }
            at = at.min(length);
            before = if FILTER { pair_hash(u32::from(source[at - 1])) } else { 0 };
        } else if byte < 0xE0 {
            let two = [source[at], source[at + 1]];
            output[at..at + 2].copy_from_slice(&two);
            before = if FILTER { pair_hash(u32::from(u16::from_le_bytes(two))) } else { 0 };
            at += 2;
        } else {
            output[at..at + 4].copy_from_slice(&source[at..at + 4]);
            // Planes 2 and 3 hold ideographs; emoji and the rest are in no dictionary.
            note(at, source[at + 1] >= 0xA0);
            before = 0;
            at += 4;
        }
    }
    count
}
