//! The look for openings with AVX-512, 64 bytes at a time; and with AVX2, where the compiler makes vectors of the plain loop.
//!
//! The bytes that follow are loaded from one place further on. Such a load reaches across two lines of the cache, which takes twice as long; so blocks begin where
//! lines do, and only one of the two loads does.
//!
//! # Why this is sound
//!
//! As in `avx512`: all loads are from slices that have the bytes, or masked.

use std::arch::x86_64::{
    __m512i, _mm512_min_epu8, _mm512_movepi8_mask, _mm512_or_si512, _mm512_set1_epi8, _mm512_ternarylogic_epi32,
    _mm512_test_epi8_mask, _mm512_xor_si512,
};

use super::avx2;
use super::avx512::{BLOCK, has_instructions, load};
use crate::kernel::openings::{self, Beginning};

/// See [`kernel::openings`](crate::kernel::openings); `None` where the processor lacks the instructions.
#[inline]
pub(in crate::kernel) fn has_opening(bytes: &[u8]) -> Option<bool> {
    match () {
        // SAFETY: the processor has just said that it has these instructions.
        () if has_instructions() => Some(unsafe { run(bytes) }),
        // SAFETY: the same.
        () if avx2::has_instructions() => Some(unsafe { run_plain(bytes) }),
        () => None,
    }
}

/// See [`kernel::openings`](crate::kernel::openings); `None` where the processor lacks the instructions.
#[inline]
pub(in crate::kernel) fn beginning(bytes: &[u8]) -> Option<Beginning> {
    if !has_instructions() {
        return None;
    }
    // SAFETY: the processor has just said that it has these instructions.
    Some(unsafe { run_beginning(bytes) })
}

/// 0 at each byte that is the first of an opening; `next` are the bytes one place further on.
#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn distances(bytes: __m512i, next: __m512i) -> __m512i {
    let to = |vector: __m512i, byte: u8| _mm512_xor_si512(vector, _mm512_set1_epi8(byte as i8));
    let behind = _mm512_min_epu8(to(next, b'{'), to(next, b'<'));
    // The exclusive or of the first two, or the third.
    _mm512_ternarylogic_epi32::<0xBE>(bytes, _mm512_set1_epi8(b'-' as i8), behind)
}

/// The least distances so far. In two halves, so that their results need not wait for each other.
struct Least([__m512i; 2]);

impl Least {
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw")]
    fn new() -> Least {
        Least([_mm512_set1_epi8(-1); 2])
    }

    /// Adds two blocks. Gives all their bytes, combined by "or".
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw")]
    fn add_two(&mut self, blocks: &[u8; 2 * BLOCK + 1]) -> __m512i {
        let (first, second) = (load(blocks), load(&blocks[BLOCK..]));
        self.0[0] = _mm512_min_epu8(self.0[0], distances(first, load(&blocks[1..])));
        self.0[1] = _mm512_min_epu8(self.0[1], distances(second, load(&blocks[BLOCK + 1..])));
        _mm512_or_si512(first, second)
    }

    /// Adds what is left. Gives all its bytes, combined by "or".
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw")]
    fn add_rest(&mut self, rest: &[u8]) -> __m512i {
        let mut rest = rest;
        let mut any = _mm512_set1_epi8(0);
        while !rest.is_empty() {
            let bytes = load(rest);
            // Behind the end there are zeros, which are part of no opening.
            self.0[0] = _mm512_min_epu8(self.0[0], distances(bytes, load(&rest[1..])));
            any = _mm512_or_si512(any, bytes);
            rest = &rest[rest.len().min(BLOCK)..];
        }
        any
    }

    #[inline]
    #[target_feature(enable = "avx512f,avx512bw")]
    fn is_zero(&self) -> bool {
        let least = _mm512_min_epu8(self.0[0], self.0[1]);
        _mm512_test_epi8_mask(least, least) != u64::MAX
    }
}

#[target_feature(enable = "avx2")]
fn run_plain(bytes: &[u8]) -> bool {
    openings::scalar(bytes)
}

#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vbmi,avx512vbmi2,bmi1,bmi2,popcnt")]
fn run(bytes: &[u8]) -> bool {
    let mut least = Least::new();
    let line = bytes.as_ptr().align_offset(BLOCK);
    if bytes.len() < line + 2 * BLOCK + 1 {
        least.add_rest(bytes);
        return least.is_zero();
    }
    // What lies before the first line, and some of what is looked at again.
    least.add_rest(&bytes[..line + 1]);
    let mut rest = &bytes[line..];
    while let Some(blocks) = rest.first_chunk() {
        least.add_two(blocks);
        rest = &rest[2 * BLOCK..];
    }
    least.add_rest(rest);
    least.is_zero()
}

#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vbmi,avx512vbmi2,bmi1,bmi2,popcnt")]
fn run_beginning(bytes: &[u8]) -> Beginning {
    const { assert!(openings::BLOCK == 2 * BLOCK) };
    let mut least = Least::new();
    let mut rest = bytes;
    // Behind blocks of ASCII, the byte that is looked at last may be of something else, which is part of no opening.
    while let Some(blocks) = rest.first_chunk::<{ 2 * BLOCK + 1 }>() {
        let mut with = Least(least.0);
        if _mm512_movepi8_mask(with.add_two(blocks)) != 0 {
            return Beginning { ascii: bytes.len() - rest.len(), has_opening: least.is_zero() };
        }
        least = with;
        rest = &rest[2 * BLOCK..];
    }
    let mut with = Least(least.0);
    if _mm512_movepi8_mask(with.add_rest(rest)) != 0 {
        return Beginning { ascii: bytes.len() - rest.len(), has_opening: least.is_zero() };
    }
    Beginning { ascii: bytes.len(), has_opening: with.is_zero() }
}
