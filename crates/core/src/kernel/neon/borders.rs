//! The comparison of two texts with NEON: which of 64 bytes differ, and which begin no character, in numbers. All else is as in `kernel/borders.rs`.
//!
//! # Why this is sound
//!
//! As in `map`.

use std::arch::aarch64::{vceqq_u8, vcltq_s8, vdupq_n_s8, vreinterpretq_s8_u8};

use super::has_instructions;
use super::masks::{BLOCK, bits, load_four};
use crate::kernel::borders::{Masks, find};

/// See [`kernel::borders`](crate::kernel::borders).
#[inline]
pub(in crate::kernel) fn borders(source: &[u8], mapped: &[u8], borders: &mut [u32]) -> Option<usize> {
    if !has_instructions() {
        return None;
    }
    // SAFETY: where this is compiled, NEON is part of the target.
    Some(find(source, mapped, borders, |first, second| unsafe { compare(first, second) }))
}

#[inline]
#[target_feature(enable = "neon")]
fn compare(first: &[u8; BLOCK], second: &[u8; BLOCK]) -> Masks {
    let (first, second) = (load_four(first), load_four(second));
    // As signed numbers, bytes that are not the first of a character are the lowest.
    let firsts = vdupq_n_s8(0xC0_u8 as i8);
    Masks {
        different: !bits([0, 1, 2, 3].map(|part| vceqq_u8(first[part], second[part]))),
        following: bits(first.map(|bytes| vcltq_s8(vreinterpretq_s8_u8(bytes), firsts))),
    }
}
