//! The counting of evidence with NEON: sixteen characters of 3 bytes, or 16 bytes of ASCII, at a time.
//!
//! Characters become code points as in `map`, and the flags of each are loaded. What they say is three bits in a lane, and from these three masks are made with
//! four bits for each lane. So what is said up to a mark that ends a sentence is the number of bits below its place, and is counted only where there is one.
//!
//! Worked example, against a Simplified target: of `他說。這` the lanes 1 and 3 speak for the other script. The mark 。 is lane 2; below it one lane of the mask is set, so a
//! part ends behind it with the sum 1.
//!
//! # Why this is sound
//!
//! As in `map`.

use std::arch::aarch64::{
    uint8x16_t, uint16x8_t, vandq_u8, vbicq_u8, vceqq_u8, vcgeq_u8, vcltq_u8, vcltzq_s8, vcombine_u8, vcreate_u8,
    vdupq_n_u8, vgetq_lane_u64, vmaxvq_u8, vorrq_u8, vqtbl1q_u8, vreinterpretq_s8_u8, vreinterpretq_u64_u16, vtstq_u8,
};

use super::has_instructions;
use super::map::{Block, LANES, next, points};
use super::masks::{load, nibbles};
use crate::evidence::{CLASS, ENDS, Evidence, MARK, PAIR_SECOND};
use crate::kernel::tally::{self, ONE_FORM, PLAIN_ENDS, Part, Signs, Weights, flags_at, pair_class};

/// Fewer characters of 3 bytes side by side are sooner done one by one.
const FEW: usize = 4;
/// The lowest bit of each lane of a mask.
const LOWEST: u64 = 0x1111_1111_1111_1111;
/// The number of each lane.
const NUMBERS: [u8; LANES] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15];

/// See [`kernel::tally`](crate::kernel::tally).
#[inline]
pub(in crate::kernel) fn parts(
    evidence: Evidence,
    weights: &Weights,
    text: &[u8],
    joins: &dyn Fn(usize) -> bool,
    parts: &mut [Part],
) -> Option<(usize, Signs)> {
    if !has_instructions() {
        return None;
    }
    // SAFETY: where this is compiled, NEON is part of the target.
    Some(unsafe { run::<true>(evidence, weights, text, joins, parts) })
}

/// See [`kernel::tally::survey`](crate::kernel::tally::survey).
#[inline]
pub(in crate::kernel) fn survey(
    evidence: Evidence,
    weights: &Weights,
    text: &[u8],
    joins: &dyn Fn(usize) -> bool,
) -> Option<Signs> {
    if !has_instructions() {
        return None;
    }
    // SAFETY: where this is compiled, NEON is part of the target.
    Some(unsafe { run::<false>(evidence, weights, text, joins, &mut []) }.1)
}

/// The flags of eight characters.
#[inline]
#[target_feature(enable = "neon")]
fn eight_flags(evidence: Evidence, points: uint16x8_t) -> u64 {
    let halves = vreinterpretq_u64_u16(points);
    let flags = |points: u64, lane: u32| u64::from(evidence.flags((points >> (16 * lane)) as u16)) << (8 * lane);
    let four = |points: u64| flags(points, 0) | flags(points, 1) | flags(points, 2) | flags(points, 3);
    four(vgetq_lane_u64::<0>(halves)) | four(vgetq_lane_u64::<1>(halves)) << 32
}

/// What characters say, a bit for each kind.
#[derive(Clone, Copy)]
struct Kinds;

impl Kinds {
    const FOREIGN: u8 = 1;
    const OWN: u8 = 2;
    const FORM: u8 = 4;

    /// The kinds of each class.
    fn of_classes(weights: &Weights) -> [u8; LANES] {
        let mut kinds = [0; LANES];
        for (class, kinds) in kinds[..=usize::from(CLASS)].iter_mut().enumerate() {
            let signs = Signs(weights.by_flags[class]);
            *kinds |= if signs.has_foreign() { Kinds::FOREIGN } else { 0 };
            *kinds |= if signs.has_own() { Kinds::OWN } else { 0 };
        }
        kinds
    }

    /// Signs of the kinds that there are.
    fn signs(kinds: u8) -> Signs {
        let one = |kind: u8, signs: Signs| if kinds & kind != 0 { signs } else { Signs::default() };
        let form = one(Kinds::FORM, Signs(ONE_FORM));
        one(Kinds::FOREIGN, Signs(tally::ONE_FOREIGN)) | one(Kinds::OWN, Signs(tally::ONE_OWN)) | form
    }
}

/// The lanes of each kind, as masks with four bits for each.
struct Masks {
    foreign: u64,
    own: u64,
    forms: u64,
}

impl Masks {
    #[inline]
    #[target_feature(enable = "neon")]
    fn of(kinds: uint8x16_t) -> Masks {
        let mask = |kind: u8| nibbles(vtstq_u8(kinds, vdupq_n_u8(kind)));
        Masks { foreign: mask(Kinds::FOREIGN), own: mask(Kinds::OWN), forms: mask(Kinds::FORM) }
    }

    /// What the lanes among these bits say.
    #[inline]
    fn signs(&self, among: u64) -> u32 {
        let number = |mask: u64| (mask & among).count_ones() / 4;
        number(self.foreign) * tally::ONE_FOREIGN + number(self.own) * tally::ONE_OWN + number(self.forms) * ONE_FORM
    }
}

/// Finds parts and sums up signs, or without parts, only the kinds of signs.
#[target_feature(enable = "neon")]
fn run<const PARTS: bool>(
    evidence: Evidence,
    weights: &Weights,
    text: &[u8],
    joins: &dyn Fn(usize) -> bool,
    parts: &mut [Part],
) -> (usize, Signs) {
    let kinds_of_classes = load(&Kinds::of_classes(weights));
    let form = vdupq_n_u8(weights.form);
    let plain_ends = load(&PLAIN_ENDS);
    let (mut at, mut count) = (0, 0);
    // What the text says up to `at`; in a survey, what its pairs and single characters say.
    let mut sum = 0_u32;
    let add = |sum: u32, more: u32| if PARTS { sum.wrapping_add(more) } else { sum | more };
    // In a survey, the kinds of the others.
    let mut seen = vdupq_n_u8(0);
    while at < text.len() {
        let byte = text[at];
        if byte & 0xF0 == 0xE0 {
            let Some(from) = next(text, at) else { break };
            let block = Block::take(from, text.len() - at);
            if block.number < FEW {
                for _ in 0..block.number {
                    let (flags, length) = flags_at(evidence, text, at);
                    sum = add(sum, weights.of(flags));
                    at += length;
                    if flags & (MARK | ENDS) == MARK | ENDS {
                        if PARTS {
                            parts[count] = Part { end: at as u32, signs: Signs(sum) };
                            count += 1;
                        }
                    } else if flags & PAIR_SECOND != 0 {
                        sum = add(sum, weights.of(pair_class(evidence, text, at - length, joins)));
                    }
                }
                continue;
            }
            let [lower, upper] = points(block.bytes).map(|points| vcreate_u8(eight_flags(evidence, points)));
            let flags = vcombine_u8(lower, upper);
            let valid = vcltq_u8(load(&NUMBERS), vdupq_n_u8(block.number as u8));
            let marks = vcltzq_s8(vreinterpretq_s8_u8(flags));
            let counted = vbicq_u8(valid, marks);
            let kinds = vqtbl1q_u8(kinds_of_classes, vandq_u8(flags, vdupq_n_u8(CLASS)));
            let forms = vandq_u8(vtstq_u8(flags, form), vdupq_n_u8(Kinds::FORM));
            let kinds = vandq_u8(vorrq_u8(kinds, forms), counted);
            let seconds = vandq_u8(vtstq_u8(flags, vdupq_n_u8(PAIR_SECOND)), counted);
            if PARTS {
                let masks = Masks::of(kinds);
                // Both bits are the highest.
                let ends = vandq_u8(vcgeq_u8(flags, vdupq_n_u8(MARK | ENDS)), valid);
                let mut stops = nibbles(vorrq_u8(ends, seconds)) & LOWEST;
                let ends = nibbles(ends);
                while stops != 0 {
                    let lowest = stops & stops.wrapping_neg();
                    let place = at + 3 * (stops.trailing_zeros() as usize / 4);
                    stops ^= lowest;
                    if ends & lowest != 0 {
                        let signs = Signs(sum.wrapping_add(masks.signs(lowest - 1)));
                        parts[count] = Part { end: place as u32 + 3, signs };
                        count += 1;
                    } else {
                        sum = add(sum, weights.of(pair_class(evidence, text, place, joins)));
                    }
                }
                sum = add(sum, masks.signs(u64::MAX));
            } else {
                let mut stops = nibbles(seconds) & LOWEST;
                while stops != 0 {
                    let place = at + 3 * (stops.trailing_zeros() as usize / 4);
                    stops &= stops - 1;
                    sum = add(sum, weights.of(pair_class(evidence, text, place, joins)));
                }
                seen = vorrq_u8(seen, kinds);
            }
            at += 3 * block.number;
        } else if byte < 0x80 {
            let Some(from) = next(text, at) else { break };
            let bytes = load(from);
            let others = nibbles(vcltzq_s8(vreinterpretq_s8_u8(bytes)));
            if PARTS {
                let found = vqtbl1q_u8(plain_ends, vandq_u8(bytes, vdupq_n_u8(0x0F)));
                // Those before the first byte that is not ASCII.
                let own = others.wrapping_sub(1) & !others;
                let mut ends = nibbles(vceqq_u8(found, bytes)) & own & LOWEST;
                while ends != 0 {
                    let place = at + ends.trailing_zeros() as usize / 4;
                    ends &= ends - 1;
                    parts[count] = Part { end: place as u32 + 1, signs: Signs(sum) };
                    count += 1;
                }
            }
            at += others.trailing_zeros() as usize / 4;
        } else {
            let (flags, length) = flags_at(evidence, text, at);
            sum = add(sum, weights.of(flags));
            at += length;
        }
    }
    let rest = at.min(text.len())..text.len();
    if PARTS {
        let mut signs = Signs(sum);
        count += tally::scalar(evidence, weights, text, rest, joins, &mut signs, &mut parts[count..]);
        return (count, signs);
    }
    let mut own = Signs::default();
    // One part at each byte of what is left, less than a block.
    tally::scalar(evidence, weights, text, rest, joins, &mut own, &mut [Part::default(); 3 * LANES]);
    let kinds = [Kinds::FOREIGN, Kinds::OWN, Kinds::FORM].into_iter();
    let kinds = kinds.filter(|kind| vmaxvq_u8(vandq_u8(seen, vdupq_n_u8(*kind))) != 0).fold(0, |all, kind| all | kind);
    (0, own | Signs(sum) | Kinds::signs(kinds))
}
