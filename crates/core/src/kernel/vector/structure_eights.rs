//! Where a text has bytes that a scanner wants to see, with AVX2: 64 bytes at a time are asked whether any lane may want them.
//!
//! Whether a byte of ASCII is in a set is told by one look with its lower four bits, which gives a bit for each value of the upper four, and another with the upper four, which gives
//! the bit of those. So the sets of all lanes are asked for at once; the few bytes that are in any are asked for each lane as `structure.rs` does.
//!
//! # Why this is sound
//!
//! As in `avx2`.

use std::arch::x86_64::{
    __m256i, _mm256_and_si256, _mm256_broadcastsi128_si256, _mm256_cmpeq_epi8, _mm256_movemask_epi8, _mm256_set1_epi8,
    _mm256_setzero_si256, _mm256_shuffle_epi8, _mm256_srli_epi16,
};

use super::avx2::{BLOCK, PLAIN, halves, has_instructions, load_16};
use crate::structure::{Block, Found, LANES, Wanted};

/// The bit of each value of the upper four bits of a byte; none where it is not ASCII.
const UPPERS: [u8; 16] = [1, 2, 4, 8, 16, 32, 64, 128, 0, 0, 0, 0, 0, 0, 0, 0];

/// See [`structure::scalar`](crate::structure::scalar); `None` where the processor has no AVX2.
#[inline]
pub(in crate::kernel) fn structure(text: &[u8], wanted: &Wanted, blocks: &mut Vec<Block>) -> Option<[u8; LANES]> {
    if !has_instructions() {
        return None;
    }
    // SAFETY: the processor has just said that it has these instructions.
    Some(unsafe { run(text, wanted, blocks) })
}

#[target_feature(enable = "avx2,bmi1")]
fn run(text: &[u8], wanted: &Wanted, blocks: &mut Vec<Block>) -> [u8; LANES] {
    let by_lower = _mm256_broadcastsi128_si256(load_16(&wanted.uppers));
    let by_upper = _mm256_broadcastsi128_si256(load_16(&UPPERS));
    let places = |bytes: __m256i| {
        // The shuffle looks at the lower four bits, and gives nothing for bytes that are not ASCII.
        let uppers = _mm256_shuffle_epi8(by_lower, bytes);
        let upper = _mm256_and_si256(_mm256_srli_epi16::<4>(bytes), _mm256_set1_epi8(0xF));
        let bit = _mm256_shuffle_epi8(by_upper, upper);
        let is_out = _mm256_cmpeq_epi8(_mm256_and_si256(uppers, bit), _mm256_setzero_si256());
        u64::from(!_mm256_movemask_epi8(is_out) as u32)
    };
    let mut found = Found::default();
    let mut padded = [0; BLOCK];
    for start in (0..text.len()).step_by(BLOCK) {
        let rest = &text[start..];
        let bytes = rest.first_chunk().unwrap_or_else(|| {
            padded[..rest.len()].copy_from_slice(rest);
            &padded
        });
        let (low, high) = halves(bytes);
        let mut places = places(low) | places(high) << PLAIN;
        if rest.len() < BLOCK {
            places &= (1 << rest.len()) - 1;
        }
        let mut block = [0; LANES];
        while places != 0 {
            found.look(text, start, places.trailing_zeros() as usize, wanted, &mut block);
            places &= places - 1;
        }
        blocks.push(block);
    }
    found.classes()
}
