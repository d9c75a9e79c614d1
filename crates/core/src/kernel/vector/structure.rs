//! Where a text has bytes that a scanner wants to see, with AVX-512: 64 bytes at a time.
//!
//! The classes of 64 bytes are one look into a table of 128 in two registers, for each table; the bytes that follow are loaded from
//! one place further on. These looks take most of the time, so two lanes with few classes share their tables.
//!
//! # Why this is sound
//!
//! As in `avx512`: all loads are from slices that have the bytes, or masked.

use std::arch::x86_64::{
    __m512i, _mm512_and_si512, _mm512_mask_blend_epi8, _mm512_maskz_permutex2var_epi8, _mm512_movepi8_mask,
    _mm512_or_si512, _mm512_permutex2var_epi8, _mm512_reduce_or_epi64, _mm512_set1_epi8, _mm512_setzero_si512,
    _mm512_test_epi8_mask,
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

#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vbmi,avx512vbmi2,bmi1,bmi2,popcnt")]
fn run(text: &[u8], wanted: &Wanted, blocks: &mut Vec<Block>) -> [u8; LANES] {
    // The first lane has the last one with it.
    let wishes = [&wanted.shared, &wanted.lanes[1]];
    let own = wishes.map(|wish| table(&wish.own));
    let after = wishes.map(|wish| table(&wish.after));
    let before_others = wishes.map(|wish| _mm512_set1_epi8(wish.before_others as i8));
    let of_last = u8::MAX << wanted.last_from;
    let (first, last) = (_mm512_set1_epi8(!of_last as i8), _mm512_set1_epi8(of_last as i8));
    let mut seen = [_mm512_setzero_si512(); 2];
    let mut rest = text;
    while !rest.is_empty() {
        let bytes = load(rest);
        // Behind the end of the text there are zeros.
        let next = load(&rest[1..]);
        let is_ascii = !_mm512_movepi8_mask(bytes) & lowest(rest.len());
        let next_is_other = _mm512_movepi8_mask(next);
        let mut found = [_mm512_setzero_si512(); 2];
        for number in 0..2 {
            // What is not ASCII has no classes.
            let classes = _mm512_maskz_permutex2var_epi8(is_ascii, own[number][0], bytes, own[number][1]);
            let allowed = _mm512_permutex2var_epi8(after[number][0], next, after[number][1]);
            let allowed = _mm512_mask_blend_epi8(next_is_other, allowed, before_others[number]);
            found[number] = _mm512_and_si512(classes, allowed);
            seen[number] = _mm512_or_si512(seen[number], found[number]);
        }
        let [shared, second] = found;
        blocks.push([
            _mm512_test_epi8_mask(shared, first),
            _mm512_test_epi8_mask(second, second),
            _mm512_test_epi8_mask(shared, last),
        ]);
        rest = &rest[rest.len().min(BLOCK)..];
    }
    let [shared, second] =
        seen.map(|seen| _mm512_reduce_or_epi64(seen).to_le_bytes().into_iter().fold(0, |all, byte| all | byte));
    [shared & !of_last, second, shared >> wanted.last_from]
}
