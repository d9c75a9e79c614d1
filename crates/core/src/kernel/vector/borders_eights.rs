//! The comparison of two texts with AVX2, 64 bytes at a time.
//!
//! # Why this is sound
//!
//! As in `avx2`.

use std::arch::x86_64::{__m256i, _mm256_cmpeq_epi8, _mm256_cmpgt_epi8, _mm256_movemask_epi8, _mm256_set1_epi8};

use super::avx2::{PLAIN, halves, has_instructions};
use crate::kernel::borders::{BLOCK, Masks, find};

/// See [`kernel::borders`](crate::kernel::borders); `None` where the processor has no AVX2.
#[inline]
pub(in crate::kernel) fn borders(source: &[u8], mapped: &[u8], borders: &mut [u32]) -> Option<usize> {
    if !has_instructions() {
        return None;
    }
    // SAFETY: the processor has just said that it has these instructions.
    Some(unsafe { run(source, mapped, borders) })
}

#[target_feature(enable = "avx2,bmi1,bmi2,popcnt")]
fn run(source: &[u8], mapped: &[u8], borders: &mut [u32]) -> usize {
    find(source, mapped, borders, |first, second| compare(first, second))
}

#[inline]
#[target_feature(enable = "avx2")]
fn compare(first: &[u8; BLOCK], second: &[u8; BLOCK]) -> Masks {
    let mask = |[low, high]: [__m256i; 2]| {
        let bits = |vector| u64::from(_mm256_movemask_epi8(vector) as u32);
        bits(low) | bits(high) << PLAIN
    };
    let (first, second) = (halves(first), halves(second));
    // As signed numbers, bytes that are not the first of a character are the lowest.
    let firsts = _mm256_set1_epi8(0xC0_u8 as i8);
    Masks {
        different: !mask([_mm256_cmpeq_epi8(first.0, second.0), _mm256_cmpeq_epi8(first.1, second.1)]),
        following: mask([_mm256_cmpgt_epi8(firsts, first.0), _mm256_cmpgt_epi8(firsts, first.1)]),
    }
}
