//! Where a text has bytes that a scanner wants to see, with AVX-512: 64 bytes at a time.
//!
//! The classes of 64 bytes are one look into a table of 128 in two registers, for each table; the bytes that follow are loaded from
//! one place further on.
//!
//! # Why this is sound
//!
//! As in `avx512`: all loads are from slices that have the bytes, or masked.

use std::arch::x86_64::{
    __m512i, _mm512_mask_blend_epi8, _mm512_maskz_permutex2var_epi8, _mm512_movepi8_mask, _mm512_permutex2var_epi8,
    _mm512_reduce_or_epi64, _mm512_set1_epi8, _mm512_setzero_si512, _mm512_ternarylogic_epi64, _mm512_test_epi8_mask,
};

use super::avx512::{BLOCK, has_instructions, load, lowest};
use crate::structure::{Block, Classes, LANES, Wanted};

/// See [`structure::scalar`](crate::structure::scalar); `None` where the processor lacks the instructions.
#[inline]
pub(in crate::kernel) fn structure(text: &[u8], wanted: &Wanted, blocks: &mut Vec<Block>) -> Option<[u8; LANES]> {
    if !has_instructions() {
        return None;
    }
    // SAFETY: the processor has just said that it has these instructions.
    Some(unsafe { run(text, wanted, blocks) })
}

#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn table(classes: &Classes) -> [__m512i; 2] {
    [load(&classes[..BLOCK]), load(&classes[BLOCK..])]
}

/// The first of three bits, or both others.
const SEEN: i32 = 0b1111_1000;

#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vbmi,avx512vbmi2,bmi1,bmi2,popcnt")]
fn run(text: &[u8], wanted: &Wanted, blocks: &mut Vec<Block>) -> [u8; LANES] {
    let own = wanted.lanes.map(|wish| table(&wish.own));
    let after = wanted.lanes.map(|wish| table(&wish.after));
    let before_others = wanted.lanes.map(|wish| _mm512_set1_epi8(wish.before_others as i8));
    let mut seen = [_mm512_setzero_si512(); LANES];
    let mut rest = text;
    while !rest.is_empty() {
        let bytes = load(rest);
        // Behind the end of the text there are zeros.
        let next = load(&rest[1..]);
        let is_ascii = !_mm512_movepi8_mask(bytes) & lowest(rest.len());
        let next_is_other = _mm512_movepi8_mask(next);
        let mut block = [0; LANES];
        for lane in 0..LANES {
            // What is not ASCII has no classes.
            let classes = _mm512_maskz_permutex2var_epi8(is_ascii, own[lane][0], bytes, own[lane][1]);
            let allowed = _mm512_permutex2var_epi8(after[lane][0], next, after[lane][1]);
            let allowed = _mm512_mask_blend_epi8(next_is_other, allowed, before_others[lane]);
            block[lane] = _mm512_test_epi8_mask(classes, allowed);
            seen[lane] = _mm512_ternarylogic_epi64::<SEEN>(seen[lane], classes, allowed);
        }
        blocks.push(block);
        rest = &rest[rest.len().min(BLOCK)..];
    }
    seen.map(|seen| _mm512_reduce_or_epi64(seen).to_le_bytes().into_iter().fold(0, |all, byte| all | byte))
}
