//! Masks: bits that say of each byte of one or four registers whether something holds, in a number.
//!
//! These processors have no instruction for that. Sixteen lanes are brought together by a shift that narrows, with four bits for each; sixty-four by
//! keeping one bit of each lane and adding neighbours three times.

use std::arch::aarch64::{
    uint8x16_t, uint8x16x4_t, vandq_u8, vget_lane_u64, vgetq_lane_u64, vld1q_u8, vld1q_u8_x4, vpaddq_u8,
    vreinterpret_u64_u8, vreinterpretq_u16_u8, vreinterpretq_u64_u8, vshrn_n_u16,
};

/// Bytes of four registers.
pub(super) const BLOCK: usize = 64;

/// Sixteen bytes.
#[inline]
#[target_feature(enable = "neon")]
pub(super) fn load(bytes: &[u8; 16]) -> uint8x16_t {
    // SAFETY: the reference is to 16 bytes; the instruction needs no alignment.
    unsafe { vld1q_u8(bytes.as_ptr()) }
}

/// Sixty-four bytes.
#[inline]
#[target_feature(enable = "neon")]
pub(super) fn load_four(bytes: &[u8; BLOCK]) -> [uint8x16_t; 4] {
    // SAFETY: the reference is to 64 bytes; the instruction needs no alignment.
    let uint8x16x4_t(one, two, three, four) = unsafe { vld1q_u8_x4(bytes.as_ptr()) };
    [one, two, three, four]
}

/// Four bits for each lane, from lanes that are all ones or all zeros.
#[inline]
#[target_feature(enable = "neon")]
pub(super) fn nibbles(lanes: uint8x16_t) -> u64 {
    vget_lane_u64::<0>(vreinterpret_u64_u8(vshrn_n_u16::<4>(vreinterpretq_u16_u8(lanes))))
}

/// A bit for each lane, from lanes that are all ones or all zeros.
#[inline]
#[target_feature(enable = "neon")]
pub(super) fn bits([one, two, three, four]: [uint8x16_t; 4]) -> u64 {
    const OWN: [u8; 16] = [1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128];
    let own = load(&OWN);
    let lower = vpaddq_u8(vandq_u8(one, own), vandq_u8(two, own));
    let upper = vpaddq_u8(vandq_u8(three, own), vandq_u8(four, own));
    let all = vpaddq_u8(lower, upper);
    vgetq_lane_u64::<0>(vreinterpretq_u64_u8(vpaddq_u8(all, all)))
}
