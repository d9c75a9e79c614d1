//! The comparison of two texts with AVX-512: 64 bytes at a time, and up to sixteen borders with one store.
//!
//! Comparing gives the masks that `kernel/borders.rs` works with; the places of the borders are moved together by one instruction.
//!
//! # Why this is sound
//!
//! As in `avx512`.

use std::arch::x86_64::{
    _mm512_add_epi32, _mm512_castsi512_si128, _mm512_cmplt_epi8_mask, _mm512_cmpneq_epi8_mask, _mm512_cvtepu8_epi32,
    _mm512_maskz_compress_epi8, _mm512_set1_epi8, _mm512_set1_epi32, _mm512_shuffle_i64x2, _mm512_storeu_si512,
};

use super::avx512::{LANES, PLACES, has_instructions, load};
use crate::kernel::borders::{Last, Masks, SETTLED, SPARE_BORDERS};

/// See [`kernel::borders`](crate::kernel::borders); `None` where the processor lacks the instructions.
#[inline]
pub(in crate::kernel) fn borders(source: &[u8], mapped: &[u8], borders: &mut [u32]) -> Option<usize> {
    if !has_instructions() {
        return None;
    }
    // SAFETY: the processor has just said that it has these instructions.
    Some(unsafe { run(source, &mapped[..source.len()], borders) })
}

#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vbmi,avx512vbmi2,bmi1,bmi2,popcnt")]
fn run(source: &[u8], mapped: &[u8], borders: &mut [u32]) -> usize {
    const { assert!(SPARE_BORDERS >= LANES) };
    let places = load(&PLACES);
    // As signed numbers, bytes that are not the first of a character are the lowest.
    let firsts = _mm512_set1_epi8(0xC0_u8 as i8);
    let mut last = Last::default();
    let (mut at, mut count) = (0, 0);
    while at < source.len() {
        let (first, second) = (load(&source[at..]), load(&mapped[at..]));
        let changes = last.changes(Masks {
            different: _mm512_cmpneq_epi8_mask(first, second),
            following: _mm512_cmplt_epi8_mask(first, firsts),
        });
        let end = count + changes.count_ones() as usize;
        let mut found = _mm512_maskz_compress_epi8(changes, places);
        let base = _mm512_set1_epi32(at as i32);
        loop {
            let group: &mut [u32; LANES] = borders[count..].first_chunk_mut().expect("there is room for a group");
            let sixteen = _mm512_add_epi32(_mm512_cvtepu8_epi32(_mm512_castsi512_si128(found)), base);
            // SAFETY: the reference is to 64 bytes, which nobody else sees; the instruction needs no alignment.
            unsafe { _mm512_storeu_si512(group.as_mut_ptr().cast(), sixteen) };
            count += LANES;
            if count >= end {
                break;
            }
            // The next sixteen bytes to the front.
            found = _mm512_shuffle_i64x2::<0b00_11_10_01>(found, found);
        }
        count = end;
        at += SETTLED;
    }
    count
}
