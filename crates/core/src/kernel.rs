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
//! # How this one works
//!
//! Two characters of 3 bytes are read as one number of 8 bytes, which leads to their map entries and, with a multiplication, to a word of the
//! filter that has or lacks the pattern of the pair. The pair of a character and the one before it is the same number read 3 bytes earlier, so that
//! nothing is carried from one character to the next. Eight characters are a block; whether any of them is an event is asked once a block.
//!
//! It is safe scalar Rust. Another (with vector instructions) must obey the same contract and is to be tested against this one.

use crate::layout::{FILTER_PATTERNS, SECOND_CLASSES, SPECIAL, filter_place};
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

/// Characters that the fastest loop takes at a time.
const BLOCK: usize = 8;
/// Bytes of the character before them.
const BEFORE: usize = 3;
/// Bytes that it looks at: also two behind the last character, because it reads two characters at a time as 8 bytes.
const BLOCK_BYTES: usize = 3 * BLOCK + 2;
/// The upper halves of the first bytes of two adjacent 3-byte characters ...
const LEADS: u64 = 0xF000_00F0;
/// ... and what they are.
const THREE_BYTES: u64 = 0xE000_00E0;

/// What the filter lacks of a pair's pattern: 0 if the pair may be in it. For `pair` see [`filter_place`].
#[inline(always)]
fn lacks(map: &Map, pair: u64) -> u32 {
    let (word, pattern) = filter_place(pair);
    u32::from_le_bytes(map.filter[word]) & FILTER_PATTERNS[pattern]
}

#[inline(always)]
fn eight_bytes(bytes: &[u8], at: usize) -> u64 {
    u64::from_le_bytes(bytes[at..at + 8].try_into().expect("eight bytes"))
}

#[inline(always)]
fn three_bytes(source: &[u8], at: usize) -> u32 {
    u32::from_le_bytes([source[at], source[at + 1], source[at + 2], 0])
}

/// Whether the second character of a pair, with this map entry, must be looked at.
#[inline(always)]
fn mark_of_filter(map: &Map, pair: u64, entry: u32) -> u32 {
    // Of what may be lacking, only nothing has the highest bit when 1 is taken away.
    lacks(map, pair).wrapping_sub(1) | entry
}

/// The same, from the map entries of both.
#[inline(always)]
fn mark_of_classes(before: u32, entry: u32) -> u32 {
    before << 3 & entry & SECOND_CLASSES | entry & SPECIAL
}

/// Two characters mapped.
struct Two {
    /// Their bytes in the output, with two bytes of no meaning above them.
    bytes: u64,
    /// Whether each of them must be looked at; [`is_event`] tells.
    marks: [u32; 2],
}

#[inline(always)]
fn is_event<const FILTER: bool>(marks: u32) -> bool {
    if FILTER { marks & SPECIAL != 0 } else { marks != 0 }
}

/// Maps two characters, the low 6 bytes of `eight`. `around` is the same from 3 bytes before on; `before` is the map entry of the character before.
#[inline(always)]
fn map_two<const FILTER: bool>(map: &Map, around: u64, eight: u64, before: &mut u32) -> Two {
    let index = (eight & 0x0F00_000F) << 6 | eight >> 8 & 0x3F00_003F;
    let first = map.entry_at(index as usize & 0x3FF, (eight >> 16) as usize & 0x3F);
    let second = map.entry_at((index >> 24) as usize & 0x3FF, (eight >> 40) as usize & 0x3F);
    let marks = if FILTER {
        [mark_of_filter(map, around, first), mark_of_filter(map, eight, second)]
    } else {
        let marks = [mark_of_classes(*before, first), mark_of_classes(first, second)];
        *before = second;
        marks
    };
    Two { bytes: eight ^ (u64::from(first & 0x00FF_FFFF) | u64::from(second) << 24), marks }
}

/// The events of a chunk under construction.
struct Events<'e> {
    list: &'e mut [u16],
    count: usize,
}

impl Events<'_> {
    /// Written whether or not it counts: a branch less to foresee.
    #[inline(always)]
    fn note(&mut self, at: usize, counts: bool) {
        self.list[self.count] = at as u16;
        self.count += usize::from(counts);
    }
}

/// Maps the characters of 3 bytes from `at` on, where one is; gives the end of them. `short` holds the bytes of the character before, if that is
/// shorter, as the upper ones of three.
#[inline(always)]
fn map_run<const FILTER: bool>(
    map: &Map,
    source: &[u8],
    length: usize,
    at: usize,
    short: u32,
    output: &mut [u8],
    events: &mut Events<'_>,
) -> usize {
    let mut at = at;
    let mut before = 0;
    // Where a filter is used, what follows reads the three bytes before a character. If they are no character, that may be a false alarm.
    let reach = if FILTER { BEFORE } else { 0 };
    if FILTER {
        let bytes = three_bytes(source, at);
        let with_short = lacks(map, u64::from(short) | u64::from(bytes) << 24) == 0;
        if at < BEFORE || with_short {
            let entry = map.entry(bytes);
            output[at..at + 4].copy_from_slice(&(bytes ^ entry).to_le_bytes());
            events.note(at, with_short | (entry & SPECIAL != 0));
            at += 3;
        }
    }
    while at + 3 * BLOCK <= length {
        let (Some(block), Some(mapped)) = (
            source[at - reach..].first_chunk::<{ BEFORE + BLOCK_BYTES }>(),
            output[at..].first_chunk_mut::<BLOCK_BYTES>(),
        ) else {
            break;
        };
        let mut other = 0;
        for two in 0..BLOCK / 2 {
            other |= eight_bytes(block, reach + 6 * two) & LEADS ^ THREE_BYTES;
        }
        if other != 0 {
            break;
        }
        let mut marks = [[0; 2]; BLOCK / 2];
        let mut all = 0;
        for two in 0..BLOCK / 2 {
            let (around, eight) = (eight_bytes(block, 6 * two), eight_bytes(block, reach + 6 * two));
            let mapped_two = map_two::<FILTER>(map, around, eight, &mut before);
            mapped[6 * two..6 * two + 8].copy_from_slice(&mapped_two.bytes.to_le_bytes());
            marks[two] = mapped_two.marks;
            all |= mapped_two.marks[0] | mapped_two.marks[1];
        }
        if is_event::<FILTER>(all) {
            for (number, mark) in marks.as_flattened().iter().enumerate() {
                events.note(at + 3 * number, is_event::<FILTER>(*mark));
            }
        }
        at += 3 * BLOCK;
    }
    while at + 6 <= length && at + 8 <= source.len() {
        let eight = eight_bytes(source, at);
        if eight & LEADS != THREE_BYTES {
            break;
        }
        let Two { bytes, marks } = map_two::<FILTER>(map, eight_bytes(source, at - reach), eight, &mut before);
        output[at..at + 8].copy_from_slice(&bytes.to_le_bytes());
        if is_event::<FILTER>(marks[0] | marks[1]) {
            events.note(at, is_event::<FILTER>(marks[0]));
            events.note(at + 3, is_event::<FILTER>(marks[1]));
        }
        at += 6;
    }
    while at < length && source[at] & 0xF0 == 0xE0 {
        let bytes = three_bytes(source, at);
        let entry = map.entry(bytes);
        output[at..at + 4].copy_from_slice(&(bytes ^ entry).to_le_bytes());
        let mark = if FILTER {
            mark_of_filter(map, u64::from(three_bytes(source, at - reach)) | u64::from(bytes) << 24, entry)
        } else {
            mark_of_classes(before, entry)
        };
        events.note(at, is_event::<FILTER>(mark));
        before = entry;
        at += 3;
    }
    at
}

fn run<const FILTER: bool>(map: &Map, source: &[u8], length: usize, output: &mut [u8], events: &mut [u16]) -> usize {
    let mut events = Events { list: events, count: 0 };
    let mut at = 0;
    let mut short = 0;
    while at < length {
        let byte = source[at];
        if byte & 0xF0 == 0xE0 {
            at = map_run::<FILTER>(map, source, length, at, short, output, &mut events);
            short = 0;
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
            short = u32::from(source[at - 1]) << 16;
        } else if byte < 0xE0 {
            let two = [source[at], source[at + 1]];
            output[at..at + 2].copy_from_slice(&two);
            short = u32::from(u16::from_le_bytes(two)) << 8;
            at += 2;
        } else {
            output[at..at + 4].copy_from_slice(&source[at..at + 4]);
            // Planes 2 and 3 hold ideographs; emoji and the rest are in no dictionary.
            events.note(at, source[at + 1] >= 0xA0);
            short = 0;
            at += 4;
        }
    }
    events.count
}
