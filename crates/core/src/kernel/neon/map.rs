//! The kernel with NEON: sixteen characters of 3 bytes, or 64 of ASCII, at a time.
//!
//! One load of 48 bytes takes sixteen characters apart: all first bytes in one register, all second bytes in another, all third bytes in the next. Two shifts that
//! insert what they shift make both halves of sixteen code points of these. There is no gather, so each map entry is loaded by itself, which the scalar kernel does as
//! well; four registers of entries, taken apart into their bytes, are exclusive-ored with the characters, and one store puts
//! these together again.
//!
//! The class bits of an entry, seven pairs, lie between the bits of the difference. They are moved into two bytes for each character, so that those of sixteen characters
//! are compared with those of the characters before them by a shift and an *and* each.
//!
//! Worked example: in `他的头发 ok` the first bytes are those of 他 的 头 发 and what stands at every third place of the rest. The first four
//! begin characters of 3 bytes, so four count; what the rest has written is written again when its turn comes. 头 and 发 have a class in common, so
//! lane 3 is an event.
//!
//! # Cost
//!
//! About 100 instructions for sixteen characters. So fewer than [`FEW`] side by side are done one by one.
//!
//! # Why this is sound
//!
//! Arithmetic on vectors is safe where the instructions are known to exist, and this module is only compiled where the target has them. What remains
//! is memory: loads and stores go through references to arrays of just that size.

use std::arch::aarch64::{
    uint8x16_t, uint8x16x3_t, uint8x16x4_t, uint16x8_t, uint32x4_t, vaddq_u8, vandq_u8, vbslq_u8, vceqq_u8, vcltzq_s8,
    vdupq_n_u8, vdupq_n_u32, veorq_u8, vextq_u8, vgetq_lane_u64, vld3q_u8, vmaxvq_u8, vorrq_u8, vreinterpretq_s8_u8,
    vreinterpretq_u8_u32, vreinterpretq_u16_u8, vreinterpretq_u64_u16, vsetq_lane_u32, vshrq_n_u8, vsliq_n_u8,
    vsriq_n_u8, vst1q_u8, vst1q_u8_x4, vst3q_u8, vtstq_u8, vuzp1q_u8, vuzp2q_u8, vzip1q_u8, vzip2q_u8,
};

use super::has_instructions;
use super::masks::{BLOCK as PLAINS, load, load_four, nibbles};
use crate::kernel::scalar::{self, pass_other};
use crate::kernel::{NOTHING, OVERWRITE, START, State, mark};
use crate::layout::{CLASSES, DIFFERENCE, SECOND_CLASSES, SPECIAL};
use crate::map::{Characters, Flat};
use crate::resolve::{character_before, decode};

/// Characters of a block.
pub(super) const LANES: usize = 16;
/// Their bytes.
const BLOCK: usize = 3 * LANES;
/// Bytes of ASCII that are looked at first.
const PLAIN: usize = 16;
/// Fewer characters of 3 bytes side by side are sooner done one by one.
const FEW: usize = 4;

/// See [`kernel::map`](crate::kernel::map).
#[inline]
pub(in crate::kernel) fn map(
    map: &Flat<'_>,
    source: &[u8],
    length: usize,
    output: &mut [u8],
    events: &mut [u16],
) -> Option<usize> {
    if !has_instructions() {
        return None;
    }
    // SAFETY: where this is compiled, NEON is part of the target.
    let state = unsafe { run(map.characters, source, length, output, events) };
    if state.at == length {
        return Some(state.count);
    }
    Some(scalar::finish(map, source, length, state, output, events))
}

#[inline]
#[target_feature(enable = "neon")]
fn load_block(bytes: &[u8; BLOCK]) -> [uint8x16_t; 3] {
    // SAFETY: the reference is to 48 bytes; the instruction needs no alignment.
    let uint8x16x3_t(first, second, third) = unsafe { vld3q_u8(bytes.as_ptr()) };
    [first, second, third]
}

#[inline]
#[target_feature(enable = "neon")]
fn store_block(bytes: &mut [u8; BLOCK], [first, second, third]: [uint8x16_t; 3]) {
    // SAFETY: the reference is to 48 bytes, which nobody else sees; the instruction needs no alignment.
    unsafe { vst3q_u8(bytes.as_mut_ptr(), uint8x16x3_t(first, second, third)) };
}

/// Copies sixteen bytes; gives four bits for each that is not ASCII.
#[inline]
#[target_feature(enable = "neon")]
fn copy_plain(from: &[u8; PLAIN], to: &mut [u8; PLAIN]) -> u64 {
    let bytes = load(from);
    // SAFETY: the reference is to 16 bytes, which nobody else sees; the instruction needs no alignment.
    unsafe { vst1q_u8(to.as_mut_ptr(), bytes) };
    nibbles(vcltzq_s8(vreinterpretq_s8_u8(bytes)))
}

/// Copies 64 bytes; says whether all are ASCII.
#[inline]
#[target_feature(enable = "neon")]
fn copy_plains(from: &[u8; PLAINS], to: &mut [u8; PLAINS]) -> bool {
    let [one, two, three, four] = load_four(from);
    // SAFETY: the reference is to 64 bytes, which nobody else sees; the instruction needs no alignment.
    unsafe { vst1q_u8_x4(to.as_mut_ptr(), uint8x16x4_t(one, two, three, four)) };
    vmaxvq_u8(vorrq_u8(vorrq_u8(one, two), vorrq_u8(three, four))) < 0x80
}

/// The code points of sixteen characters of 3 bytes.
#[inline]
#[target_feature(enable = "neon")]
pub(super) fn points([first, second, third]: [uint8x16_t; 3]) -> [uint16x8_t; 2] {
    // The upper bits of the second and third bytes, 10, and of the first, 1110, are shifted out or written over.
    let upper = vsliq_n_u8::<4>(vshrq_n_u8::<2>(second), first);
    let lower = vsliq_n_u8::<6>(third, second);
    [vreinterpretq_u16_u8(vzip1q_u8(lower, upper)), vreinterpretq_u16_u8(vzip2q_u8(lower, upper))]
}

/// The map entries of four code points.
#[inline]
#[target_feature(enable = "neon")]
fn four_entries(characters: &Characters, points: u64) -> uint8x16_t {
    let entry = |lane: u32| characters[usize::from((points >> (16 * lane)) as u16)];
    let entries: uint32x4_t = vdupq_n_u32(entry(0));
    let entries = vsetq_lane_u32::<1>(entry(1), entries);
    let entries = vsetq_lane_u32::<2>(entry(2), entries);
    vreinterpretq_u8_u32(vsetq_lane_u32::<3>(entry(3), entries))
}

/// The bytes of the map entries of sixteen code points, lowest first.
#[inline]
#[target_feature(enable = "neon")]
fn entries(characters: &Characters, points: [uint16x8_t; 2]) -> [uint8x16_t; 4] {
    let [lower, upper] = points.map(|eight| vreinterpretq_u64_u16(eight));
    let one = four_entries(characters, vgetq_lane_u64::<0>(lower));
    let two = four_entries(characters, vgetq_lane_u64::<1>(lower));
    let three = four_entries(characters, vgetq_lane_u64::<0>(upper));
    let four = four_entries(characters, vgetq_lane_u64::<1>(upper));
    let (even_lower, odd_lower) = (vuzp1q_u8(one, two), vuzp2q_u8(one, two));
    let (even_upper, odd_upper) = (vuzp1q_u8(three, four), vuzp2q_u8(three, four));
    [
        vuzp1q_u8(even_lower, even_upper),
        vuzp1q_u8(odd_lower, odd_upper),
        vuzp2q_u8(even_lower, even_upper),
        vuzp2q_u8(odd_lower, odd_upper),
    ]
}

/// The class bits of an entry in two bytes, with other bits between them: those of its second byte and its fourth, and those of its first and its third.
const fn classes(entry: u32) -> [u8; 2] {
    [(entry >> 8 & 0xC0 | entry >> 24 & 0x3F) as u8, (entry & 0xF0 | entry >> 20 & 0x0F) as u8]
}

/// Where they are the classes of a character as the second of a pair.
const SECOND: [u8; 2] = classes(SECOND_CLASSES);
const _: () = assert!(
    (SECOND[0].count_ones() + SECOND[1].count_ones()) as usize == CLASSES && DIFFERENCE & SECOND_CLASSES == 0,
    "the two bytes have a bit for every class"
);

/// The [`classes`] of sixteen entries.
#[derive(Clone, Copy)]
struct Classes([uint8x16_t; 2]);

impl Classes {
    /// From the bytes of the entries.
    #[inline]
    #[target_feature(enable = "neon")]
    fn of([first, second, third, fourth]: [uint8x16_t; 4]) -> Classes {
        Classes([vbslq_u8(vdupq_n_u8(0xC0), second, fourth), vsriq_n_u8::<4>(first, third)])
    }

    /// Those of one entry in all lanes.
    #[inline]
    #[target_feature(enable = "neon")]
    fn all(entry: u32) -> Classes {
        Classes(classes(entry).map(|byte| vdupq_n_u8(byte)))
    }

    /// Lanes that may be the second of a trigger, as ones; the character before the first is the last of `before`.
    #[inline]
    #[target_feature(enable = "neon")]
    fn triggers(self, before: Classes) -> uint8x16_t {
        let [odd, even] = [0, 1].map(|part| {
            let first = vextq_u8::<15>(before.0[part], self.0[part]);
            // A bit of the one beside that of the other.
            vtstq_u8(vandq_u8(vaddq_u8(first, first), self.0[part]), vdupq_n_u8(SECOND[part]))
        });
        vorrq_u8(odd, even)
    }
}

/// The character before an offset; [`NOTHING`] where there is none or it has 4 bytes.
#[cold]
fn point_before(source: &[u8], at: usize) -> u32 {
    if at == 0 {
        return NOTHING;
    }
    match decode(source, character_before(source, at)) {
        (_, 4) => NOTHING,
        (point, _) => point,
    }
}

/// Sixteen characters of 3 bytes, or fewer and what lies behind them.
pub(super) struct Block {
    pub(super) bytes: [uint8x16_t; 3],
    /// How many characters of 3 bytes there are side by side.
    pub(super) number: usize,
}

impl Block {
    /// The block at the start of `from`, of which `length` bytes are text.
    #[inline]
    #[target_feature(enable = "neon")]
    pub(super) fn take(from: &[u8; BLOCK], length: usize) -> Block {
        let bytes = load_block(from);
        let leads = nibbles(vceqq_u8(vandq_u8(bytes[0], vdupq_n_u8(0xF0)), vdupq_n_u8(0xE0)));
        let number = match leads == u64::MAX && length >= BLOCK {
            true => LANES,
            false => ((!leads).trailing_zeros() as usize / 4).min(length / 3),
        };
        Block { bytes, number }
    }

    /// What they become.
    #[inline]
    #[target_feature(enable = "neon")]
    fn mapped(&self, entries: [uint8x16_t; 4]) -> [uint8x16_t; 3] {
        const BITS: [u8; 4] = DIFFERENCE.to_le_bytes();
        let [first, second, third] = self.bytes;
        [
            veorq_u8(first, vandq_u8(entries[0], vdupq_n_u8(BITS[0]))),
            veorq_u8(second, vandq_u8(entries[1], vdupq_n_u8(BITS[1]))),
            veorq_u8(third, vandq_u8(entries[2], vdupq_n_u8(BITS[2]))),
        ]
    }
}

/// The next bytes of a text, as many as wanted; `None` where there are not so many.
#[inline(always)]
pub(super) fn next<const BYTES: usize>(text: &[u8], at: usize) -> Option<&[u8; BYTES]> {
    text.get(at..).and_then(|rest| rest.first_chunk())
}

/// The same to be written.
#[inline(always)]
fn room<const BYTES: usize>(text: &mut [u8], at: usize) -> Option<&mut [u8; BYTES]> {
    text.get_mut(at..).and_then(|rest| rest.first_chunk_mut())
}

/// Maps as much of the chunk as can be read and written in whole vectors; gives where it stopped.
#[target_feature(enable = "neon")]
fn run(characters: &Characters, source: &[u8], length: usize, output: &mut [u8], events: &mut [u16]) -> State {
    // Of the same length, so that one question answers for both.
    let limit = source.len().min(output.len()).min(length + OVERWRITE);
    let (source, output) = (&source[..limit], &mut output[..limit]);
    let entry = |point: u32| characters[usize::from(point as u16)];
    let State { mut at, before, mut count } = START;
    // The map entry of the character before.
    let mut before = entry(before);
    while at < length {
        let byte = source[at];
        if byte & 0xF0 == 0xE0 {
            let (Some(mut from), Some(mut to)) = (next(source, at), room(output, at)) else {
                return State { at, before: point_before(source, at), count };
            };
            let mut block = Block::take(from, length - at);
            if block.number >= FEW {
                let mut last = Classes::all(before);
                loop {
                    let entries = entries(characters, points(block.bytes));
                    store_block(to, block.mapped(entries));
                    let classes = Classes::of(entries);
                    // Special entries have the highest bit, the sign.
                    let special = vcltzq_s8(vreinterpretq_s8_u8(entries[3]));
                    let mut found = nibbles(vorrq_u8(classes.triggers(last), special));
                    last = classes;
                    if block.number < LANES {
                        found &= (1 << (4 * block.number)) - 1;
                    }
                    found &= 0x1111_1111_1111_1111;
                    while found != 0 {
                        events[count] = (at + 3 * (found.trailing_zeros() as usize / 4)) as u16;
                        count += 1;
                        found &= found - 1;
                    }
                    at += 3 * block.number;
                    if block.number < LANES || at == length {
                        break;
                    }
                    (from, to) = match (next(source, at), room(output, at)) {
                        (Some(from), Some(to)) => (from, to),
                        _ => return State { at, before: point_before(source, at), count },
                    };
                    block = Block::take(from, length - at);
                    if block.number < FEW {
                        break;
                    }
                }
                let [first, second, third] = source[at - 3..at] else { unreachable!("three bytes are three") };
                before = entry(scalar::point_of(u32::from_le_bytes([first, second, third, 0])));
            }
            if block.number < FEW {
                for number in 0..block.number {
                    // With the first byte of the next, which is written again when its turn comes.
                    let bytes: &[u8; 4] = next(from, 3 * number).expect("a few do not fill a block");
                    let bytes = u32::from_le_bytes(*bytes);
                    let own = entry(scalar::point_of(bytes));
                    *room(to, 3 * number).expect("a few do not fill a block") =
                        (bytes ^ own & DIFFERENCE).to_le_bytes();
                    // Written whether or not it counts: a branch less to foresee.
                    events[count] = at as u16;
                    count += usize::from(mark(before, own) & SPECIAL != 0);
                    before = own;
                    at += 3;
                }
            }
        } else if byte < 0x80 {
            while at < length {
                let (Some(from), Some(to)) = (next(source, at), room(output, at)) else {
                    return State { at, before: point_before(source, at), count };
                };
                let others = copy_plain(from, to);
                if others != 0 {
                    at += others.trailing_zeros() as usize / 4;
                    break;
                }
                at += PLAIN;
                while at < length
                    && let (Some(from), Some(to)) = (next(source, at), room(output, at))
                    && copy_plains(from, to)
                {
                    at += PLAINS;
                }
            }
            at = at.min(length);
            // ASCII has its classes in common.
            before = characters[0];
        } else {
            let state = pass_other(State { at, before: NOTHING, count }, source, output, events);
            (at, count, before) = (state.at, state.count, entry(state.before));
        }
    }
    State { at, before: NOTHING, count }
}
