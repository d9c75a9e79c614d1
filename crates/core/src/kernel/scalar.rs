//! The kernel in safe scalar Rust, for every processor, and for the ends of texts where vector instructions would read too far.
//!
//! Two characters of 3 bytes are read as one number of 8 bytes, and their code points lead to map entries. Eight characters are a block; whether
//! any of them is an event is asked once a block.

use super::{NOTHING, START, State, mark};
use crate::layout::{DIFFERENCE, SPECIAL};
use crate::map::Entries;

/// See [`super::map`].
pub(super) fn map(map: &impl Entries, source: &[u8], length: usize, output: &mut [u8], events: &mut [u16]) -> usize {
    finish(map, source, length, START, output, events)
}

/// Characters that the fastest loop takes at a time.
const BLOCK: usize = 8;
/// Bytes that it looks at: also two behind the last character, because it reads two characters at a time as 8 bytes.
const BLOCK_BYTES: usize = 3 * BLOCK + 2;
/// The upper halves of the first bytes of two adjacent 3-byte characters ...
const LEADS: u64 = 0xF000_00F0;
/// ... and what they are.
const THREE_BYTES: u64 = 0xE000_00E0;

#[inline(always)]
fn is_event(mark: u32) -> bool {
    mark & SPECIAL != 0
}

#[inline(always)]
fn eight_bytes(bytes: &[u8], at: usize) -> u64 {
    u64::from_le_bytes(bytes[at..at + 8].try_into().expect("eight bytes"))
}

/// Six bytes as the lower ones of eight.
#[inline(always)]
pub(crate) fn two_characters(bytes: &[u8; 6]) -> u64 {
    u64::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3], bytes[4], bytes[5], 0, 0])
}

/// The code point of three bytes, the first lowest.
#[inline(always)]
pub(super) fn point_of(bytes: u32) -> u32 {
    (bytes & 0xF) << 12 | (bytes >> 8 & 0x3F) << 6 | bytes >> 16 & 0x3F
}

/// Whether two characters of 3 bytes, read as 8 bytes, are such.
#[inline(always)]
pub(crate) fn are_wide(eight: u64) -> bool {
    eight & LEADS == THREE_BYTES
}

/// Their code points.
#[inline(always)]
pub(crate) fn points_of(eight: u64) -> (u32, u32) {
    // Both at once, the second 24 bits above the first.
    let points = (eight & 0x0F00_000F) << 12 | eight >> 2 & 0xF_C000_0FC0 | eight >> 16 & 0x3F00_003F;
    (points as u32 & 0xFFFF, (points >> 24) as u32 & 0xFFFF)
}

/// Two characters mapped.
struct Two {
    /// Their bytes in the output, with two bytes of no meaning above them.
    bytes: u64,
    /// Whether each of them must be looked at; [`is_event`] tells.
    marks: [u32; 2],
}

/// Maps two characters, the low 6 bytes of `eight`; `before` is the entry before them, and then that of the second.
#[inline(always)]
fn map_two(map: &impl Entries, before: &mut u32, eight: u64) -> Two {
    let (first, second) = points_of(eight);
    let (first, second) = (map.entry(first), map.entry(second));
    let marks = [mark(*before, first), mark(first, second)];
    *before = second;
    Two { bytes: eight ^ (u64::from(first & DIFFERENCE) | u64::from(second & DIFFERENCE) << 24), marks }
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

/// Maps the characters of 3 bytes from `at` on, where one is; gives the end of them.
#[inline(always)]
fn map_run(
    map: &impl Entries,
    before: &mut u32,
    source: &[u8],
    length: usize,
    at: usize,
    output: &mut [u8],
    events: &mut Events<'_>,
) -> usize {
    let mut at = at;
    // A copy that nothing else points at stays in registers.
    let mut own = *before;
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
        let mut marks = [[0; 2]; BLOCK / 2];
        let mut all = 0;
        for two in 0..BLOCK / 2 {
            let mapped_two = map_two(map, &mut own, eight_bytes(block, 6 * two));
            mapped[6 * two..6 * two + 8].copy_from_slice(&mapped_two.bytes.to_le_bytes());
            marks[two] = mapped_two.marks;
            all |= mapped_two.marks[0] | mapped_two.marks[1];
        }
        if is_event(all) {
            for (number, mark) in marks.as_flattened().iter().enumerate() {
                events.note(at + 3 * number, is_event(*mark));
            }
        }
        at += 3 * BLOCK;
    }
    while at + 6 <= length && at + 8 <= source.len() {
        let eight = eight_bytes(source, at);
        if eight & LEADS != THREE_BYTES {
            break;
        }
        let Two { bytes, marks } = map_two(map, &mut own, eight);
        output[at..at + 8].copy_from_slice(&bytes.to_le_bytes());
        if is_event(marks[0] | marks[1]) {
            events.note(at, is_event(marks[0]));
            events.note(at + 3, is_event(marks[1]));
        }
        at += 6;
    }
    while at < length && source[at] & 0xF0 == 0xE0 {
        let bytes = u32::from_le_bytes([source[at], source[at + 1], source[at + 2], 0]);
        let point = point_of(bytes);
        let entry = map.entry(point);
        output[at..at + 4].copy_from_slice(&(bytes ^ entry & DIFFERENCE).to_le_bytes());
        events.note(at, is_event(mark(own, entry)));
        own = entry;
        at += 3;
    }
    *before = own;
    at
}

/// Maps the rest of a chunk.
#[inline(always)]
pub(super) fn finish(
    map: &impl Entries,
    source: &[u8],
    length: usize,
    state: State,
    output: &mut [u8],
    events: &mut [u16],
) -> usize {
    let mut events = Events { list: events, count: state.count };
    let mut at = state.at;
    // The map entry of the character before.
    let mut before = map.entry(state.before);
    while at < length {
        let byte = source[at];
        if byte & 0xF0 == 0xE0 {
            at = map_run(map, &mut before, source, length, at, output, &mut events);
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
            before = map.entry(u32::from(source[at - 1]));
        } else if byte < 0xE0 {
            output[at..at + 2].copy_from_slice(&source[at..at + 2]);
            before = map.entry(u32::from(byte & 0x1F) << 6 | u32::from(source[at + 1] & 0x3F));
            at += 2;
        } else {
            output[at..at + 4].copy_from_slice(&source[at..at + 4]);
            // Planes 2 and 3 hold ideographs; emoji and the rest are in no dictionary.
            events.note(at, source[at + 1] >= 0xA0);
            before = map.entry(NOTHING);
            at += 4;
        }
    }
    events.count
}

/// Passes a character of 2 or 4 bytes, for kernels with vectors: they are few.
#[cfg_attr(
    not(any(target_arch = "x86_64", target_arch = "aarch64")),
    allow(dead_code, reason = "there are no vectors")
)]
#[inline(always)]
pub(super) fn pass_other(state: State, source: &[u8], output: &mut [u8], events: &mut [u16]) -> State {
    let State { at, mut count, .. } = state;
    let byte = source[at];
    let (size, before) = match byte {
        0..0xE0 => (2, u32::from(byte & 0x1F) << 6 | u32::from(source[at + 1] & 0x3F)),
        _ => (4, NOTHING),
    };
    output[at..at + size].copy_from_slice(&source[at..at + size]);
    if size == 4 && source[at + 1] >= 0xA0 {
        events[count] = at as u16;
        count += 1;
    }
    State { at: at + size, before, count }
}
