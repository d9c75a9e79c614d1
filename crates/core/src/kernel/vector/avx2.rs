//! The kernel with AVX2: eight characters of 3 bytes, or 32 of ASCII, at a time.
//!
//! Eight characters are 24 bytes, which a shuffle spreads over eight lanes of 32 bits. Two multiplications by powers of two make
//! code points of them, a gather fetches the map entries, an exclusive or and a shuffle back make the output. The pair of a lane is its code point and
//! that of the lane before it; one more multiplication hashes all eight pairs, a second gather fetches the words of the filter.
//!
//! Worked example: `他的头发 ok` in one load is lanes 他 的 头 发 and four lanes that begin with other bytes. The first four count; what the rest
//! has written is written again when its turn comes. The pair (头, 发) is in the filter, so lane 3 is an event.
//!
//! # Why this is sound
//!
//! Arithmetic on vectors is safe where the instructions are known to exist, which is so in functions
//! that demand them; calling the first of these is unsafe, and is done behind the question at run time. What remains is memory: loads
//! and stores go through references to arrays of just that size, and gathers use indices that are cut to the length of
//! their table.

use std::arch::x86_64::{
    __m128i, __m256i, _mm_loadu_si128, _mm_storeu_si128, _mm256_add_epi32, _mm256_and_si256, _mm256_andnot_si256,
    _mm256_blend_epi32, _mm256_castsi128_si256, _mm256_castsi256_ps, _mm256_castsi256_si128, _mm256_cmpeq_epi32,
    _mm256_cmpgt_epi32, _mm256_extracti128_si256, _mm256_i32gather_epi32, _mm256_inserti128_si256, _mm256_loadu_si256,
    _mm256_madd_epi16, _mm256_maddubs_epi16, _mm256_movemask_epi8, _mm256_movemask_ps, _mm256_or_si256,
    _mm256_permutevar8x32_epi32, _mm256_set1_epi32, _mm256_setr_epi8, _mm256_setr_epi32, _mm256_shuffle_epi8,
    _mm256_slli_epi32, _mm256_sllv_epi32, _mm256_srli_epi32, _mm256_storeu_si256, _mm256_xor_si256,
};

use super::{START, State, pass_other, scalar};
use crate::layout::{FILTER_FACTORS, FILTER_WORDS, SECOND_CLASSES};
use crate::map::{Characters, Filter, Flat};

/// See [`kernel::map`](crate::kernel::map); `None` where the processor has no AVX2.
#[inline]
pub(in crate::kernel) fn map(
    map: &Flat<'_>,
    source: &[u8],
    length: usize,
    output: &mut [u8],
    events: &mut [u16],
) -> Option<usize> {
    if !(is_x86_feature_detected!("avx2") && is_x86_feature_detected!("bmi1")) {
        return None;
    }
    // SAFETY: the processor has just said that it has these instructions.
    let state = unsafe {
        match map.filter {
            Some(filter) => run(map.characters, ByFilter { filter }, source, length, output, events),
            None => run(map.characters, ByClasses, source, length, output, events),
        }
    };
    if state.at == length {
        return Some(state.count);
    }
    Some(scalar::finish(map, source, length, state, output, events))
}

/// Bytes of eight characters.
const EIGHT: usize = 24;
/// Bytes that are read and written for eight characters: two loads of 16, the second 12 behind the first.
const REACH: usize = 28;
/// Bytes of ASCII taken at a time.
const PLAIN: usize = 32;

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

/// The words of the filter with these numbers; only the bits of a number that can be one count.
#[inline]
#[target_feature(enable = "avx2")]
fn gather_words(filter: &Filter, numbers: __m256i) -> __m256i {
    let numbers = _mm256_and_si256(numbers, _mm256_set1_epi32(FILTER_WORDS as i32 - 1));
    // SAFETY: the filter has FILTER_WORDS words of 4 bytes, a power of two, and no index is as large; x86-64 is little-endian, as the words are, and
    // the instruction needs no alignment.
    unsafe { _mm256_i32gather_epi32::<4>(filter.as_ptr().cast(), numbers) }
}

/// How the second characters of pairs are told that may be triggers: as in the scalar kernel, for eight characters.
trait Pairs: Copy {
    /// What is carried from one character to the next: of its code point and its entry, the one that is needed.
    fn carried(self, points: __m256i, entries: __m256i) -> __m256i;
    /// Lanes with the highest bit set for characters that may be the second of a trigger; `before` is carried from the lane before.
    ///
    /// # Safety
    ///
    /// The processor has AVX2.
    unsafe fn triggers(self, points: __m256i, entries: __m256i, before: __m256i) -> __m256i;
}

#[derive(Clone, Copy)]
struct ByFilter<'f> {
    filter: &'f Filter,
}

impl Pairs for ByFilter<'_> {
    #[inline(always)]
    fn carried(self, points: __m256i, _: __m256i) -> __m256i {
        points
    }

    #[inline]
    #[target_feature(enable = "avx2")]
    unsafe fn triggers(self, points: __m256i, _: __m256i, before: __m256i) -> __m256i {
        const FACTORS: i32 = (FILTER_FACTORS[1] << 16 | FILTER_FACTORS[0]) as i32;
        // The instruction takes the halves as signed. So they are made signed by taking away 0x8000, and that times the factors is added again.
        const AGAIN: i32 = 0x8000u32.wrapping_mul(FILTER_FACTORS[0] + FILTER_FACTORS[1]) as i32;
        let pairs = _mm256_or_si256(before, _mm256_slli_epi32::<16>(points));
        let signed = _mm256_xor_si256(pairs, _mm256_set1_epi32(0x8000_8000_u32 as i32));
        let sums = _mm256_madd_epi16(signed, _mm256_set1_epi32(FACTORS));
        let hashes = _mm256_add_epi32(sums, _mm256_set1_epi32(AGAIN));
        let words = gather_words(self.filter, _mm256_srli_epi32::<8>(hashes));
        let (one, five) = (_mm256_set1_epi32(1), _mm256_set1_epi32(31));
        let bit = |number: __m256i| _mm256_sllv_epi32(one, number);
        let pattern = _mm256_or_si256(
            _mm256_or_si256(
                bit(_mm256_and_si256(hashes, five)),
                bit(_mm256_and_si256(_mm256_srli_epi32::<22>(hashes), five)),
            ),
            bit(_mm256_srli_epi32::<27>(hashes)),
        );
        _mm256_cmpeq_epi32(_mm256_andnot_si256(words, pattern), _mm256_set1_epi32(0))
    }
}

#[derive(Clone, Copy)]
struct ByClasses;

impl Pairs for ByClasses {
    #[inline(always)]
    fn carried(self, _: __m256i, entries: __m256i) -> __m256i {
        entries
    }

    #[inline]
    #[target_feature(enable = "avx2")]
    unsafe fn triggers(self, _: __m256i, entries: __m256i, before: __m256i) -> __m256i {
        let shared = _mm256_and_si256(_mm256_slli_epi32::<3>(before), entries);
        let shared = _mm256_and_si256(shared, _mm256_set1_epi32(SECOND_CLASSES as i32));
        _mm256_cmpgt_epi32(shared, _mm256_set1_epi32(0))
    }
}

/// Maps as much of the chunk as can be read and written in whole vectors; gives where it stopped.
#[target_feature(enable = "avx2,bmi1")]
fn run(
    characters: &Characters,
    pairs: impl Pairs,
    source: &[u8],
    length: usize,
    output: &mut [u8],
    events: &mut [u16],
) -> State {
    // Bytes 0..12 of each half, three to a lane, the fourth empty; and back.
    let spread = _mm256_setr_epi8(
        0, 1, 2, -1, 3, 4, 5, -1, 6, 7, 8, -1, 9, 10, 11, -1, 0, 1, 2, -1, 3, 4, 5, -1, 6, 7, 8, -1, 9, 10, 11, -1,
    );
    let gathered = _mm256_setr_epi8(
        0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, -1, -1, -1, -1, 0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, -1, -1, -1, -1,
    );
    let to_next_lane = _mm256_setr_epi32(7, 0, 1, 2, 3, 4, 5, 6);
    let State { mut at, mut before, mut count } = START;
    while at < length {
        let byte = source[at];
        if byte & 0xF0 == 0xE0 {
            let mut carry = _mm256_set1_epi32(before as i32);
            carry = pairs.carried(carry, _mm256_set1_epi32(characters[before as usize & 0xFFFF] as i32));
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
                let (low, high) = (
                    load_16(from.first_chunk().expect("28 bytes are more than 16")),
                    load_16(from.last_chunk().expect("28 bytes are more than 16")),
                );
                let bytes = _mm256_inserti128_si256::<1>(_mm256_castsi128_si256(low), high);
                let bytes = _mm256_shuffle_epi8(bytes, spread);
                let leads =
                    _mm256_cmpeq_epi32(_mm256_and_si256(bytes, _mm256_set1_epi32(0xF0)), _mm256_set1_epi32(0xE0));
                let leads = _mm256_movemask_ps(_mm256_castsi256_ps(leads)) as u32;
                // First bytes times 64 plus second bytes; that times 64 plus third bytes.
                let digits = _mm256_and_si256(bytes, _mm256_set1_epi32(0x003F_3F0F));
                let points = _mm256_madd_epi16(
                    _mm256_maddubs_epi16(digits, _mm256_set1_epi32(0x0001_0140)),
                    _mm256_set1_epi32(0x0001_0040),
                );
                let entries = gather_entries(characters, points);
                let rotated = _mm256_permutevar8x32_epi32(pairs.carried(points, entries), to_next_lane);
                // SAFETY: this function demands AVX2 too.
                let triggers = unsafe { pairs.triggers(points, entries, _mm256_blend_epi32::<1>(rotated, carry)) };
                carry = rotated;
                let mapped = _mm256_shuffle_epi8(_mm256_xor_si256(bytes, entries), gathered);
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
            before = 0;
        } else if byte < 0x80 {
            loop {
                let (Some(from), Some(to)) = (
                    source.get(at..).and_then(|rest| rest.first_chunk::<PLAIN>()),
                    output.get_mut(at..).and_then(|rest| rest.first_chunk_mut::<PLAIN>()),
                ) else {
                    // If what follows is no ASCII, a vector of it has gone before.
                    let before = if at > 0 { u32::from(source[at - 1] & 0x7F) } else { 0 };
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
