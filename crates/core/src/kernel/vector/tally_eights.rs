//! The counting of evidence with AVX2: eight characters of 3 bytes, or 32 bytes of ASCII, at a time.
//!
//! Characters are spread over lanes and made code points as in `avx2`; one gather fetches their flags. Those choose weights, which are summed up over the lanes,
//! so that the signs up to a mark are there whichever lane it is, as in [`tally`](super::tally). What is left at the end, less than two registers have, goes
//! through the scalar kernel.
//!
//! Worked example, against a Simplified target: the lanes of `他說。這` weigh 0, 1, 0, 1 and sum to 0, 1, 1, 2. The mark 。 is lane 2, so a part ends behind it
//! with the sum 1.
//!
//! # Why this is sound
//!
//! As in `avx2`. The gather reads 4 bytes from each place of the flags, behind which the filter lies in the same array.

use std::arch::x86_64::{
    __m256i, _mm_cvtsi128_si32, _mm256_add_epi32, _mm256_and_si256, _mm256_andnot_si256, _mm256_blend_epi32,
    _mm256_broadcastsi128_si256, _mm256_castsi256_ps, _mm256_castsi256_si128, _mm256_cmpeq_epi8, _mm256_cmpeq_epi32,
    _mm256_cmpgt_epi32, _mm256_i32gather_epi32, _mm256_loadu_si256, _mm256_movemask_epi8, _mm256_movemask_ps,
    _mm256_or_si256, _mm256_permutevar8x32_epi32, _mm256_set1_epi32, _mm256_setr_epi32, _mm256_setzero_si256,
    _mm256_shuffle_epi8, _mm256_slli_si256,
};

use super::avx2::{EIGHT, LANES, PLAIN, REACH, has_instructions, load_16, load_32, points, spread, store_numbers};
use crate::evidence::{CLASS, ENDS, Evidence, FILTER, MARK, NARROW, PAIR_SECOND};
use crate::kernel::tally::{self, ONE_FORM, PLAIN_ENDS, Part, Signs, Weights, flags_at, pair_class};

/// See [`kernel::tally`](crate::kernel::tally); `None` where the processor has no AVX2.
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
    // SAFETY: the processor has just said that it has these instructions.
    Some(unsafe { run::<true>(evidence, weights, text, joins, parts) })
}

/// [`kernel::tally::survey`](crate::kernel::tally::survey); `None` where the processor has no AVX2.
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
    // SAFETY: the processor has just said that it has these instructions.
    Some(unsafe { run::<false>(evidence, weights, text, joins, &mut []) }.1)
}

/// The flags of eight characters; only the lower 16 bits of a code point count.
#[inline]
#[target_feature(enable = "avx2")]
fn gather_flags(flags: &[u8; NARROW + FILTER], points: __m256i) -> __m256i {
    const { assert!(FILTER >= 3, "the last flag is read with the three bytes behind it") };
    let points = _mm256_and_si256(points, _mm256_set1_epi32(0xFFFF));
    // SAFETY: no index is larger than 65,535, and the array has at least three bytes behind the one at that place.
    let words = unsafe { _mm256_i32gather_epi32::<1>(flags.as_ptr().cast(), points) };
    _mm256_and_si256(words, _mm256_set1_epi32(0xFF))
}

/// What each class weighs, without forms.
#[inline]
#[target_feature(enable = "avx2")]
fn load_classes(weights: &Weights) -> __m256i {
    const { assert!(CLASS as usize + 1 == LANES, "the lowest three bits of the flags choose among eight weights") };
    let classes: &[u32; LANES] = weights.by_flags.first_chunk().expect("there are weights for every class");
    // SAFETY: the reference is to 32 bytes; the instruction needs no alignment.
    unsafe { _mm256_loadu_si256(classes.as_ptr().cast()) }
}

/// The lanes whose numbers are not zero.
#[inline]
#[target_feature(enable = "avx2")]
fn lanes(vector: __m256i) -> u32 {
    _mm256_movemask_ps(_mm256_castsi256_ps(vector)) as u32
}

/// Sums of each lane and all before it.
#[inline]
#[target_feature(enable = "avx2")]
fn running_sums(numbers: __m256i) -> __m256i {
    let sums = _mm256_add_epi32(numbers, _mm256_slli_si256::<4>(numbers));
    let sums = _mm256_add_epi32(sums, _mm256_slli_si256::<8>(sums));
    let half = _mm256_permutevar8x32_epi32(sums, _mm256_set1_epi32(LANES as i32 / 2 - 1));
    _mm256_add_epi32(sums, _mm256_blend_epi32::<0xF0>(_mm256_setzero_si256(), half))
}

/// Finds parts and sums up signs, or without parts, only the kinds of signs.
#[target_feature(enable = "avx2,bmi1")]
fn run<const PARTS: bool>(
    evidence: Evidence,
    weights: &Weights,
    text: &[u8],
    joins: &dyn Fn(usize) -> bool,
    parts: &mut [Part],
) -> (usize, Signs) {
    let table = evidence.flags_and_filter();
    let classes = load_classes(weights);
    let form = _mm256_set1_epi32(i32::from(weights.form));
    let plain_ends = _mm256_broadcastsi128_si256(load_16(&PLAIN_ENDS));
    let numbers = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
    let ending = _mm256_set1_epi32(i32::from(MARK | ENDS));
    let (mut at, mut count) = (0, 0);
    // What the text says up to `at`, in every lane.
    let mut before = _mm256_setzero_si256();
    while at < text.len() {
        let byte = text[at];
        if byte & 0xF0 == 0xE0 {
            let Some(from) = text[at..].first_chunk::<REACH>() else { break };
            let (bytes, leads) = spread(from);
            let characters = leads.trailing_ones() as usize;
            let flags = gather_flags(table, points(bytes));
            let valid = _mm256_cmpgt_epi32(_mm256_set1_epi32(characters as i32), numbers);
            let mark = _mm256_set1_epi32(i32::from(MARK));
            let marks = _mm256_cmpeq_epi32(_mm256_and_si256(flags, mark), mark);
            let formless = _mm256_cmpeq_epi32(_mm256_and_si256(flags, form), _mm256_setzero_si256());
            let forms = _mm256_andnot_si256(formless, _mm256_set1_epi32(ONE_FORM as i32));
            let mut own = _mm256_add_epi32(_mm256_permutevar8x32_epi32(classes, flags), forms);
            own = _mm256_and_si256(_mm256_andnot_si256(marks, valid), own);
            let second = _mm256_set1_epi32(i32::from(PAIR_SECOND));
            let mut seconds =
                lanes(_mm256_and_si256(_mm256_cmpeq_epi32(_mm256_and_si256(flags, second), second), valid));
            while seconds != 0 {
                let lane = seconds.trailing_zeros();
                seconds &= seconds - 1;
                let class = pair_class(evidence, text, at + 3 * lane as usize, joins);
                if class != 0 {
                    let is_there = _mm256_cmpeq_epi32(numbers, _mm256_set1_epi32(lane as i32));
                    let weight = _mm256_set1_epi32(weights.of(class) as i32);
                    own = _mm256_add_epi32(own, _mm256_and_si256(is_there, weight));
                }
            }
            if PARTS {
                let running = _mm256_add_epi32(running_sums(own), before);
                let mut sums = [0; LANES];
                store_numbers(&mut sums, running);
                let are_ends = _mm256_cmpeq_epi32(_mm256_and_si256(flags, ending), ending);
                let mut ends = lanes(_mm256_and_si256(are_ends, valid));
                while ends != 0 {
                    let lane = ends.trailing_zeros() as usize % LANES;
                    ends &= ends - 1;
                    parts[count] = Part { end: (at + 3 * lane + 3) as u32, signs: Signs(sums[lane]) };
                    count += 1;
                }
                before = _mm256_permutevar8x32_epi32(running, _mm256_set1_epi32(LANES as i32 - 1));
            } else {
                before = _mm256_or_si256(before, own);
            }
            at += EIGHT / LANES * characters;
        } else if byte < 0x80 {
            let Some(from) = text[at..].first_chunk::<PLAIN>() else { break };
            let bytes = load_32(from);
            let length = (_mm256_movemask_epi8(bytes) as u32).trailing_zeros();
            if PARTS {
                let are_ends = _mm256_cmpeq_epi8(_mm256_shuffle_epi8(plain_ends, bytes), bytes);
                let own = if length < u32::BITS { (1 << length) - 1 } else { u32::MAX };
                let mut ends = _mm256_movemask_epi8(are_ends) as u32 & own;
                let signs = Signs(_mm_cvtsi128_si32(_mm256_castsi256_si128(before)) as u32);
                while ends != 0 {
                    let place = ends.trailing_zeros() as usize;
                    ends &= ends - 1;
                    parts[count] = Part { end: (at + place + 1) as u32, signs };
                    count += 1;
                }
            }
            at += length as usize;
        } else {
            let (flags, length) = flags_at(evidence, text, at);
            // In any lane of a survey, in all lanes of a sum.
            let own = _mm256_set1_epi32(weights.of(flags) as i32);
            before = if PARTS { _mm256_add_epi32(before, own) } else { _mm256_or_si256(before, own) };
            at += length;
        }
    }
    let mut sums = [0; LANES];
    store_numbers(&mut sums, before);
    let mut signs = Signs(sums[0]);
    let rest = at.min(text.len())..text.len();
    if PARTS {
        count += tally::scalar(evidence, weights, text, rest, joins, &mut signs, &mut parts[count..]);
        return (count, signs);
    }
    let mut own = Signs::default();
    tally::scalar(evidence, weights, text, rest, joins, &mut own, &mut [Part::default(); PLAIN]);
    (0, sums.iter().fold(own, |all, one| all | Signs(*one)))
}
