//! The pairs at events with AVX2: eight keys at a time. All else is as in `kernel/pairs.rs`.
//!
//! Eight bytes around an event hold both characters, and four such are read into a register. One shuffle and two multiplications make code points of them, two to
//! a pair, and a shift brings each two together. A character of ASCII before the event is the last of the three bytes before it. Looking the keys up is left to
//! scalar code: there is little to gain by the gather of AVX2, but in this way half the instructions are spared.
//!
//! Worked example: for the event at 发 in `他的头发` the bytes of 头 and 发 are read, which become `0x5934` and `0x53D1` in two lanes, and `0x53D1_5934` in one.
//!
//! Where one of eight pairs has another character, or lies at an end of the source, all are read one by one.
//!
//! # Why this is sound
//!
//! As in `avx2`. Pairs are read at places from the list without asking for each whether it lies in the source; one comparison asks for all eight.

use std::arch::x86_64::{
    __m256i, _mm_cmpeq_epi16, _mm_max_epu16, _mm_movemask_epi8, _mm_set1_epi16, _mm_sub_epi16, _mm256_and_si256,
    _mm256_blendv_epi8, _mm256_castps_si256, _mm256_castsi256_ps, _mm256_cmpeq_epi32, _mm256_cmpgt_epi32,
    _mm256_movemask_epi8, _mm256_or_si256, _mm256_set1_epi32, _mm256_set1_epi64x, _mm256_setr_epi8, _mm256_setr_epi64x,
    _mm256_shuffle_epi8, _mm256_shuffle_ps, _mm256_srli_epi32, _mm256_srli_epi64,
};

use super::avx2::{LANES, has_instructions, load_places, points, store_numbers};
use crate::kernel::pairs::{Visit, visit_slowly};

/// Bytes before an event that are read.
const BEFORE: usize = 3;
/// Bytes that are read of a pair.
const PAIR: usize = 8;

/// See [`kernel::pairs`](crate::kernel::pairs): visits whole eights, and gives how many events these are; none where the processor lacks the instructions.
#[inline]
pub(in crate::kernel) fn visit_pairs<V: Visit>(
    source: &[u8],
    events: &mut [u16],
    count: usize,
    visitor: V,
) -> (V, usize) {
    if count < LANES || !has_instructions() {
        return (visitor, 0);
    }
    // SAFETY: the processor has just said that it has these instructions.
    unsafe { run(source, events, count, visitor) }
}

#[target_feature(enable = "avx2")]
fn run<V: Visit>(source: &[u8], events: &mut [u16], count: usize, visitor: V) -> (V, usize) {
    let (mut visitor, mut done) = (visitor, 0);
    while let Some(eight) = events[done..count].first_chunk::<LANES>() {
        let eight = *eight;
        match keys(source, &eight) {
            Some(keys) => {
                for (event, key) in eight.into_iter().zip(keys) {
                    visitor = visitor.visit(events, event, Some(key));
                }
            }
            None => visitor = visit_slowly(source, events, done..done + LANES, visitor),
        }
        done += LANES;
    }
    (visitor, done)
}

/// The keys of the pairs at eight places, if all are of 3 bytes, or ASCII and 3 bytes, and lie far enough from the ends.
#[inline]
#[target_feature(enable = "avx2")]
fn keys(source: &[u8], places: &[u16; LANES]) -> Option<[u32; LANES]> {
    let starts = _mm_sub_epi16(load_places(places), _mm_set1_epi16(BEFORE as i16));
    // Places that are nearer to the start than that have become higher numbers.
    let most = source.len().checked_sub(PAIR)?.min(usize::from(u16::MAX) - BEFORE);
    let most = _mm_set1_epi16(most as i16);
    if _mm_movemask_epi8(_mm_cmpeq_epi16(_mm_max_epu16(starts, most), most)) != 0xFFFF {
        return None;
    }
    let pair = |place: u16| {
        // SAFETY: a place less 3 is not behind `most`, where eight bytes of the source begin.
        unsafe { source.as_ptr().add(usize::from(place) - BEFORE).cast::<i64>().read_unaligned() }
    };
    let [one, two, three, four, five, six, seven, eight] = *places;
    // In the order in which the last shuffle takes them.
    let odd = _mm256_setr_epi64x(pair(one), pair(two), pair(five), pair(six));
    let even = _mm256_setr_epi64x(pair(three), pair(four), pair(seven), pair(eight));
    let ((odd, odd_known), (even, even_known)) = (four_keys(odd), four_keys(even));
    if _mm256_movemask_epi8(_mm256_and_si256(odd_known, even_known)) != -1 {
        return None;
    }
    // The lower halves of all.
    let keys = _mm256_shuffle_ps::<0b10_00_10_00>(_mm256_castsi256_ps(odd), _mm256_castsi256_ps(even));
    let mut numbers = [0; LANES];
    store_numbers(&mut numbers, _mm256_castps_si256(keys));
    Some(numbers)
}

/// Of four pairs the keys, each in the lower half of eight bytes; and ones where the characters are such as these can be made of.
#[inline]
#[target_feature(enable = "avx2")]
fn four_keys(pairs: __m256i) -> (__m256i, __m256i) {
    let spread = _mm256_setr_epi8(
        0, 1, 2, -1, 3, 4, 5, -1, 8, 9, 10, -1, 11, 12, 13, -1, 0, 1, 2, -1, 3, 4, 5, -1, 8, 9, 10, -1, 11, 12, 13, -1,
    );
    let characters = _mm256_shuffle_epi8(pairs, spread);
    let upper = _mm256_and_si256(characters, _mm256_set1_epi32(0xF0));
    let wide = _mm256_cmpeq_epi32(upper, _mm256_set1_epi32(0xE0));
    // Where the last of the three bytes before an event is ASCII, that is the character.
    let plain = _mm256_cmpgt_epi32(_mm256_set1_epi64x(0x80_0000), characters);
    let points = _mm256_blendv_epi8(points(characters), _mm256_srli_epi32::<16>(characters), plain);
    (_mm256_or_si256(points, _mm256_srli_epi64::<16>(points)), _mm256_or_si256(wide, plain))
}
