//! The kernel with AVX2: eight characters of 3 bytes, or 32 of ASCII, at a time.
//!
//! Eight characters are 24 bytes, which a shuffle spreads over eight lanes of 32 bits. Two multiplications by powers of two make
//! code points of them, a gather fetches the map entries, an exclusive or and a shuffle back make the output. The class bits of a lane are
//! compared with those of the lane before it.
//!
//! Worked example: `他的头发 ok` in one load is lanes 他 的 头 发 and four lanes that begin with other bytes. The first four count; what the rest
//! has written is written again when its turn comes. 头 and 发 have a class in common, so lane 3 is an event.
//!
//! # Why this is sound
//!
//! Arithmetic on vectors is safe where the instructions are known to exist, which is so in functions
//! that demand them; calling the first of these is unsafe, and is done behind the question at run time. What remains is memory: loads
//! and stores go through references to arrays of just that size, and gathers use indices that are cut to the length of
//! their table.

use std::arch::x86_64::{
    __m128i, __m256i, _mm_loadu_si128, _mm_storeu_si128, _mm256_and_si256, _mm256_blend_epi32, _mm256_castsi128_si256,
    _mm256_castsi256_ps, _mm256_castsi256_si128, _mm256_cmpeq_epi32, _mm256_cmpgt_epi32, _mm256_extracti128_si256,
    _mm256_i32gather_epi32, _mm256_inserti128_si256, _mm256_loadu_si256, _mm256_madd_epi16, _mm256_maddubs_epi16,
    _mm256_movemask_epi8, _mm256_movemask_ps, _mm256_or_si256, _mm256_permutevar8x32_epi32, _mm256_set1_epi32,
    _mm256_setr_epi8, _mm256_setr_epi32, _mm256_shuffle_epi8, _mm256_slli_epi32, _mm256_storeu_si256, _mm256_xor_si256,
};

use super::{NOTHING, START, State, pass_other, scalar};
use crate::instructions::{Instructions, are_used};
use crate::layout::{DIFFERENCE, SECOND_CLASSES};
use crate::map::{Characters, Flat};

/// See [`kernel::map`](crate::kernel::map); `None` where the processor has no AVX2.
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
    // SAFETY: the processor has just said that it has these instructions.
    let state = unsafe { run(map.characters, source, length, output, events) };
    if state.at == length {
        return Some(state.count);
    }
    Some(scalar::finish(map, source, length, state, output, events))
}

/// Whether the processor has all the instructions of this module, and they are to be used.
#[inline]
pub(super) fn has_instructions() -> bool {
    are_used(Instructions::Avx2)
}

/// Bytes of eight characters.
pub(super) const EIGHT: usize = 24;
/// Bytes that are read and written for eight characters: two loads of 16, the second 12 behind the first.
pub(super) const REACH: usize = 28;
/// Bytes of ASCII taken at a time.
pub(super) const PLAIN: usize = 32;

#[inline]
#[target_feature(enable = "avx2")]
fn load_16(bytes: &[u8; 16]) -> __m128i {
    // SAFETY: the reference is to 16 bytes; the instruction needs no alignment.
    unsafe { _mm_loadu_si128(bytes.as_ptr().cast()) }
}

#[inline]
#[target_feature(enable = "avx2")]
fn store_16(bytes: &mut [u8; 16], vector: __m128i) {
    // SAFETY: the reference is to 16 bytes, which nobody else sees; the instruction needs no alignment.
    unsafe { _mm_storeu_si128(bytes.as_mut_ptr().cast(), vector) }
}

/// Copies 32 bytes; gives a bit for each that is not ASCII.
#[inline]
#[target_feature(enable = "avx2")]
fn copy_plain(from: &[u8; PLAIN], to: &mut [u8; PLAIN]) -> u32 {
    // SAFETY: the reference is to 32 bytes; the instruction needs no alignment.
    let vector = unsafe { _mm256_loadu_si256(from.as_ptr().cast()) };
    // SAFETY: the reference is to 32 bytes, which nobody else sees; the instruction needs no alignment.
    unsafe { _mm256_storeu_si256(to.as_mut_ptr().cast(), vector) };
    _mm256_movemask_epi8(vector) as u32
}

/// The map entries of eight code points; only their lower 16 bits count.
#[inline]
#[target_feature(enable = "avx2")]
fn gather_entries(characters: &Characters, points: __m256i) -> __m256i {
    let points = _mm256_and_si256(points, _mm256_set1_epi32(0xFFFF));
    // SAFETY: the table has 65,536 entries of 4 bytes, and no index is larger than 65,535.
    unsafe { _mm256_i32gather_epi32::<4>(characters.as_ptr().cast(), points) }
}

/// Lanes with the highest bit set for characters that may be the second of a trigger; `before` are the entries before each.
#[inline]
#[target_feature(enable = "avx2")]
fn triggers(entries: __m256i, before: __m256i) -> __m256i {
    let shared = _mm256_and_si256(_mm256_slli_epi32::<1>(before), entries);
    let shared = _mm256_and_si256(shared, _mm256_set1_epi32(SECOND_CLASSES as i32));
    _mm256_cmpgt_epi32(shared, _mm256_set1_epi32(0))
}

/// Eight characters of 3 bytes in lanes, the fourth byte of each empty, and a bit for each lane that has the first byte of one.
#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn spread(from: &[u8; REACH]) -> (__m256i, u32) {
    // Bytes 0..12 of each half, three to a lane.
    let spread = _mm256_setr_epi8(
        0, 1, 2, -1, 3, 4, 5, -1, 6, 7, 8, -1, 9, 10, 11, -1, 0, 1, 2, -1, 3, 4, 5, -1, 6, 7, 8, -1, 9, 10, 11, -1,
    );
    let (low, high) = (
        load_16(from.first_chunk().expect("28 bytes are more than 16")),
        load_16(from.last_chunk().expect("28 bytes are more than 16")),
    );
    let bytes = _mm256_inserti128_si256::<1>(_mm256_castsi128_si256(low), high);
    let bytes = _mm256_shuffle_epi8(bytes, spread);
    let leads = _mm256_cmpeq_epi32(_mm256_and_si256(bytes, _mm256_set1_epi32(0xF0)), _mm256_set1_epi32(0xE0));
    (bytes, _mm256_movemask_ps(_mm256_castsi256_ps(leads)) as u32)
}

/// The code points of the characters in the lanes.
#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn points(lanes: __m256i) -> __m256i {
    // First bytes times 64 plus second bytes; that times 64 plus third bytes.
    let digits = _mm256_and_si256(lanes, _mm256_set1_epi32(0x003F_3F0F));
    let sums = _mm256_maddubs_epi16(digits, _mm256_set1_epi32(0x0001_0140));
    _mm256_madd_epi16(sums, _mm256_set1_epi32(0x0001_0040))
}

/// Maps as much of the chunk as can be read and written in whole vectors; gives where it stopped.
#[target_feature(enable = "avx2,bmi1")]
fn run(characters: &Characters, source: &[u8], length: usize, output: &mut [u8], events: &mut [u16]) -> State {
    // Bytes 0..3 of each lane, side by side.
    let gathered = _mm256_setr_epi8(
        0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, -1, -1, -1, -1, 0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, -1, -1, -1, -1,
    );
    let to_next_lane = _mm256_setr_epi32(7, 0, 1, 2, 3, 4, 5, 6);
    let State { mut at, mut before, mut count } = START;
    while at < length {
        let byte = source[at];
        if byte & 0xF0 == 0xE0 {
            let mut carry = _mm256_set1_epi32(characters[before as usize & 0xFFFF] as i32);
            loop {
                let (Some(from), Some(to)) = (
                    source.get(at..).and_then(|rest| rest.first_chunk::<REACH>()),
                    output.get_mut(at..).and_then(|rest| rest.first_chunk_mut::<REACH>()),
                ) else {
                    // The scalar kernel goes on, with the character before.
                    let before = if at >= 3 && source[at - 3] & 0xF0 == 0xE0 {
                        u32::from(source[at - 3] & 0xF) << 12
                            | u32::from(source[at - 2] & 0x3F) << 6
                            | u32::from(source[at - 1] & 0x3F)
                    } else {
                        before
                    };
                    return State { at, before, count };
                };
                let (bytes, leads) = spread(from);
                let entries = gather_entries(characters, points(bytes));
                let rotated = _mm256_permutevar8x32_epi32(entries, to_next_lane);
                let triggers = triggers(entries, _mm256_blend_epi32::<1>(rotated, carry));
                carry = rotated;
                let difference = _mm256_and_si256(entries, _mm256_set1_epi32(DIFFERENCE as i32));
                let mapped = _mm256_shuffle_epi8(_mm256_xor_si256(bytes, difference), gathered);
                let (first, last) = (_mm256_castsi256_si128(mapped), _mm256_extracti128_si256::<1>(mapped));
                store_16(to.first_chunk_mut().expect("28 bytes are more than 16"), first);
                store_16(to.last_chunk_mut().expect("28 bytes are more than 16"), last);
                // Special entries have the highest bit too.
                let mut found = _mm256_movemask_ps(_mm256_castsi256_ps(_mm256_or_si256(triggers, entries))) as u32;
                let whole = leads == 0xFF && at + EIGHT <= length;
                let number = if whole { 8 } else { (leads.trailing_ones() as usize).min((length - at) / 3) };
                if !whole {
                    found &= (1 << number) - 1;
                }
                while found != 0 {
                    events[count] = (at + 3 * found.trailing_zeros() as usize) as u16;
                    count += 1;
                    found &= found - 1;
                }
                at += 3 * number;
                if !whole {
                    break;
                }
            }
            before = NOTHING;
        } else if byte < 0x80 {
            loop {
                let (Some(from), Some(to)) = (
                    source.get(at..).and_then(|rest| rest.first_chunk::<PLAIN>()),
                    output.get_mut(at..).and_then(|rest| rest.first_chunk_mut::<PLAIN>()),
                ) else {
                    // If what follows is no ASCII, a vector of it has gone before.
                    let before = if at > 0 { u32::from(source[at - 1] & 0x7F) } else { NOTHING };
                    return State { at, before, count };
                };
                let others = copy_plain(from, to);
                at += others.trailing_zeros() as usize;
                if others != 0 || at >= length {
                    break;
                }
            }
            at = at.min(length);
            before = u32::from(source[at - 1]);
        } else {
            State { at, before, count } = pass_other(State { at, before, count }, source, output, events);
        }
    }
    State { at, before, count }
}
