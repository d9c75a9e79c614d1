//! Checks with AVX-512 that bytes are UTF-8, 64 at a time.
//!
//! UTF-8 asks that the bytes that follow a first byte stand where they must and nowhere else: that two masks are equal. Of a few first bytes it asks more: some are none, and
//! behind some not every byte may follow. Chinese text hardly has these, so a block with one of them is looked at again. Blocks of ASCII are passed, and where there are many,
//! a mask says first which blocks are none.
//!
//! Worked example: `a汉` is `61 E6 B1 89`. The byte at 1 is a first byte, and one of three; so bytes that follow must be at 2 and 3, which is where there are some.
//!
//! # Why this is sound
//!
//! As in `avx512`. What is called text are bytes that have been checked just before; a test compares with the standard library.

use std::arch::x86_64::{
    __m512i, __mmask64, _mm512_cmpeq_epi8_mask, _mm512_cmpge_epu8_mask, _mm512_cmplt_epi8_mask,
    _mm512_mask_test_epi8_mask, _mm512_movepi8_mask, _mm512_permutexvar_epi8, _mm512_set1_epi8,
};

use super::avx512::{BLOCK, has_instructions, load};

/// The bytes as text: `None` where the processor lacks the instructions, else whether they are UTF-8.
#[inline]
pub(in crate::kernel) fn text(bytes: &[u8]) -> Option<Option<&str>> {
    if !has_instructions() {
        return None;
    }
    // SAFETY: the processor has just said that it has these instructions.
    let is_text = unsafe { is_text(bytes) };
    // SAFETY: the bytes are UTF-8.
    Some(is_text.then(|| unsafe { std::str::from_utf8_unchecked(bytes) }))
}

/// Blocks that are asked together whether they are ASCII.
const BLOCKS: usize = 16;

/// For the lower six bits of each byte from `0xC0` on, whether it must be looked at again.
const SPECIAL: [u8; BLOCK] = {
    let mut special = [0; BLOCK];
    let mut bits = 0;
    while bits < BLOCK {
        if matches!(0xC0 | bits as u8, 0xC0 | 0xC1 | 0xE0 | 0xED | 0xF0..) {
            special[bits] = 0xFF;
        }
        bits += 1;
    }
    special
};

/// The bytes that are the same as this one.
#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn equal(block: __m512i, byte: u8) -> __mmask64 {
    _mm512_cmpeq_epi8_mask(block, _mm512_set1_epi8(byte as i8))
}

/// The bytes that are not less than this one.
#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn from(block: __m512i, byte: u8) -> __mmask64 {
    _mm512_cmpge_epu8_mask(block, _mm512_set1_epi8(byte as i8))
}

/// What is found out about bytes block by block.
struct Check {
    special: __m512i,
    /// Bits for the bytes that must follow what stands in the block before.
    expected: u64,
    /// Bits for bytes that are wrong.
    wrong: u64,
}

impl Check {
    /// Looks at a block, of which `high` are not ASCII; `from_block` are the bytes from its first on.
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vbmi,bmi1,bmi2")]
    fn add(&mut self, block: __m512i, high: __mmask64, from_block: &[u8]) {
        // The lowest numbers with a sign are those from 0x80 to 0xBF.
        let following = _mm512_cmplt_epi8_mask(block, _mm512_set1_epi8(0xC0_u8 as i8));
        let first = high & !following;
        let first_of_three = from(block, 0xE0);
        let mut must_follow = first << 1 | first_of_three << 2 | self.expected;
        self.expected = first >> 63 | first_of_three >> 62;
        if _mm512_mask_test_epi8_mask(first, _mm512_permutexvar_epi8(block, self.special), _mm512_set1_epi8(-1)) != 0 {
            let first_of_four = from(block, 0xF0);
            must_follow |= first_of_four << 3;
            self.expected |= first_of_four >> 61;
            // Zeros behind the end are no bytes that follow.
            let next = load(&from_block[1..]);
            self.wrong |= equal(block, 0xC0) | equal(block, 0xC1) | from(block, 0xF5);
            self.wrong |= equal(block, 0xE0) & !from(next, 0xA0) | equal(block, 0xED) & from(next, 0xA0);
            self.wrong |= equal(block, 0xF0) & !from(next, 0x90) | equal(block, 0xF4) & from(next, 0x90);
        }
        self.wrong |= following ^ must_follow;
    }

    /// Looks at blocks of ASCII, if there are some.
    #[inline]
    fn add_ascii(&mut self, some: bool) {
        let all = u64::from(some).wrapping_neg();
        self.wrong |= self.expected & all;
        self.expected &= !all;
    }
}

#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vbmi,bmi1,bmi2")]
fn is_text(bytes: &[u8]) -> bool {
    let mut check = Check { special: load(&SPECIAL), expected: 0, wrong: 0 };
    let mut at = 0;
    while at < bytes.len() {
        let rest = &bytes[at..];
        let block = load(rest);
        let high = _mm512_movepi8_mask(block);
        at += BLOCK;
        if high != 0 {
            check.add(block, high, rest);
            continue;
        }
        check.add_ascii(true);
        // Behind ASCII there is mostly more, and nobody can foresee where. So which blocks are none is told first, without a branch for each.
        let blocks = bytes.get(at..).unwrap_or_default();
        let blocks = &blocks[..blocks.len().min(BLOCKS * BLOCK) / BLOCK * BLOCK];
        let (mut wide, mut number, mut next) = (0, 0, 0);
        for block in blocks.chunks_exact(BLOCK) {
            wide |= u64::from(_mm512_movepi8_mask(load(block)) != 0) << number;
            number += 1;
        }
        while wide != 0 {
            let number = wide.trailing_zeros() as usize;
            wide &= wide - 1;
            check.add_ascii(number != next);
            let rest = &bytes[at + number * BLOCK..];
            let block = load(rest);
            check.add(block, _mm512_movepi8_mask(block), rest);
            next = number + 1;
        }
        check.add_ascii(next * BLOCK < blocks.len());
        at += blocks.len();
    }
    check.wrong | check.expected == 0
}
