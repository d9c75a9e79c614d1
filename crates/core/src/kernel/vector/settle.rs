//! Asks the filter of neighbours with AVX-512, for the words at sixteen events at a time: whether anything beside a word may have a part in what becomes of it.
//!
//! That takes three look-ups. One after the other they are some sixty instructions an event, and where the answer is another than the processor expected (mostly there is nothing), it learns that
//! only once all have come. In lanes they take a fraction of that, and the resolver has the answer before it asks.
//!
//! Worked example: at 件 in `的文件，` sixteen bytes around it are loaded. Turned round with those of fifteen other events they give a lane in each of three vectors: 的 and a byte of 文, the bytes
//! up to the first of 件, and the rest with the comma. Neither (的, 文) nor (的, 文件) nor (文件, ，) is in the filter, so to the slot of `文件` in the table of words no flag is added.
//!
//! Where one of the two characters has 2 or 4 bytes, or sixteen bytes would reach beyond an end, the resolver is left to ask.
//!
//! # Why this is sound
//!
//! As in `avx512`. Sixteen bytes are loaded only from places where as many lie in the source; a gather says why its lanes lie in what it reads.

use std::arch::x86_64::{
    __m512i, __mmask16, _mm_loadu_si128, _mm256_loadu_si256, _mm256_maskz_set1_epi16, _mm256_or_si256,
    _mm256_storeu_si256, _mm512_add_epi64, _mm512_and_si512, _mm512_castps_si512, _mm512_castsi128_si512,
    _mm512_castsi512_ps, _mm512_cmpeq_epi32_mask, _mm512_cmpge_epu32_mask, _mm512_cmple_epu32_mask,
    _mm512_cmplt_epu32_mask, _mm512_cvtepu16_epi32, _mm512_i32gather_epi32, _mm512_inserti32x4,
    _mm512_mask_blend_epi32, _mm512_max_epu32, _mm512_min_epu32, _mm512_mullo_epi64, _mm512_or_si512, _mm512_rol_epi64,
    _mm512_set1_epi32, _mm512_set1_epi64, _mm512_setzero_si512, _mm512_shrdi_epi32, _mm512_shuffle_ps,
    _mm512_slli_epi32, _mm512_sllv_epi32, _mm512_srli_epi32, _mm512_storeu_si512, _mm512_sub_epi32,
    _mm512_unpackhi_epi32, _mm512_unpackhi_epi64, _mm512_unpacklo_epi32, _mm512_unpacklo_epi64,
};

use super::avx512::{LANES, has_instructions};
use crate::kernel::{ENDS, GOES_ON, IS_INSIDE, NO_SLOT};
use crate::layout::{ADJACENCY_FACTOR, word::FACTOR};

/// See [`kernel::settle`](crate::kernel::settle).
#[inline]
pub(in crate::kernel) fn settle(
    neighbours: &[[u8; 4]],
    source: &[u8],
    events: &[u16],
    slots: &mut [u16],
    count: usize,
) {
    if source.len() < WINDOW || !has_instructions() {
        // Who has noted slots has these instructions.
        slots[..count].fill(NO_SLOT);
        return;
    }
    // SAFETY: the processor has just said that it has these instructions.
    unsafe { run(neighbours, source, events, slots, count) }
}

/// Bytes that are looked at around an event ...
const WINDOW: usize = 16;
/// ... of which so many stand before it.
const BEFORE: usize = 6;

/// Sixteen numbers of 64 bits, in two vectors: the numbers 0, 1, 4, 5, 8, 9, 12 and 13 in the first.
type Wide = [__m512i; 2];

/// Numbers from their halves.
#[inline]
#[target_feature(enable = "avx512f")]
fn wide(low: __m512i, high: __m512i) -> Wide {
    [_mm512_unpacklo_epi32(low, high), _mm512_unpackhi_epi32(low, high)]
}

/// The upper halves of products.
#[inline]
#[target_feature(enable = "avx512f,avx512dq")]
fn finish(numbers: Wide) -> __m512i {
    let factor = _mm512_set1_epi64(ADJACENCY_FACTOR as i64);
    let [first, second] = numbers.map(|number| _mm512_castsi512_ps(_mm512_mullo_epi64(number, factor)));
    _mm512_castps_si512(_mm512_shuffle_ps::<0b11_01_11_01>(first, second))
}

#[inline]
#[target_feature(enable = "avx512f,avx512dq")]
fn mix(pairs: Wide) -> Wide {
    let factor = _mm512_set1_epi64(FACTOR as i64);
    pairs.map(|pair| _mm512_rol_epi64::<32>(_mm512_mullo_epi64(pair, factor)))
}

/// Which of these hashes may be in the filter; see [`table::has`](crate::table::has).
#[inline]
#[target_feature(enable = "avx512f")]
fn are_in(filter: &[[u8; 4]], hashes: __m512i) -> __mmask16 {
    assert!(filter.len().is_power_of_two(), "filters have words by the power of two");
    let numbers = _mm512_and_si512(_mm512_srli_epi32::<10>(hashes), _mm512_set1_epi32(filter.len() as i32 - 1));
    // SAFETY: each number is below the length, and a word has 4 bytes.
    let words = unsafe { _mm512_i32gather_epi32::<4>(numbers, filter.as_ptr().cast()) };
    let (one, low) = (_mm512_set1_epi32(1), _mm512_set1_epi32(31));
    let first = _mm512_sllv_epi32(one, _mm512_and_si512(hashes, low));
    let second = _mm512_sllv_epi32(one, _mm512_and_si512(_mm512_srli_epi32::<5>(hashes), low));
    let pattern = _mm512_or_si512(first, second);
    _mm512_cmpeq_epi32_mask(_mm512_and_si512(words, pattern), pattern)
}

/// See [`neighbour::before`](crate::layout::neighbour::before).
#[inline]
#[target_feature(enable = "avx512f")]
fn before(bytes: __m512i) -> __m512i {
    let constant = |number: u32| _mm512_set1_epi32(number as i32);
    let two = _mm512_srli_epi32::<8>(bytes);
    let last = _mm512_srli_epi32::<16>(bytes);
    let has_two = _mm512_cmpge_epu32_mask(_mm512_and_si512(two, constant(0xFF)), constant(0xC0));
    let has_one = _mm512_cmplt_epu32_mask(last, constant(0x80));
    _mm512_mask_blend_epi32(has_one, _mm512_mask_blend_epi32(has_two, bytes, two), last)
}

/// See [`neighbour::behind`](crate::layout::neighbour::behind).
#[inline]
#[target_feature(enable = "avx512f")]
fn behind(bytes: __m512i) -> __m512i {
    let constant = |number: u32| _mm512_set1_epi32(number as i32);
    let first = _mm512_and_si512(bytes, constant(0xFF));
    let two = _mm512_and_si512(bytes, constant(0xFFFF));
    let has_two = _mm512_cmplt_epu32_mask(first, constant(0xE0));
    let has_one = _mm512_cmplt_epu32_mask(first, constant(0x80));
    _mm512_mask_blend_epi32(has_one, _mm512_mask_blend_epi32(has_two, bytes, two), first)
}

/// The first twelve of the sixteen bytes from each of these places on, by fours.
///
/// # Safety
///
/// Sixteen bytes of the source begin at each place.
#[inline]
#[target_feature(enable = "avx512f")]
unsafe fn windows(source: &[u8], places: __m512i) -> [__m512i; 3] {
    let mut starts = [0u32; LANES];
    // SAFETY: the reference is to 64 bytes, which nobody else sees; the instruction needs no alignment.
    unsafe { _mm512_storeu_si512(starts.as_mut_ptr().cast(), places) };
    // SAFETY: the caller says that they are there; the instruction needs no alignment.
    let window = |lane: usize| unsafe { _mm_loadu_si128(source.as_ptr().add(starts[lane] as usize).cast()) };
    let row = |lane: usize| {
        let row = _mm512_castsi128_si512(window(lane));
        let row = _mm512_inserti32x4::<1>(row, window(lane + 4));
        let row = _mm512_inserti32x4::<2>(row, window(lane + 8));
        _mm512_inserti32x4::<3>(row, window(lane + 12))
    };
    let [first, second, third, fourth] = [row(0), row(1), row(2), row(3)];
    let (left, right) = (_mm512_unpacklo_epi32(first, second), _mm512_unpacklo_epi32(third, fourth));
    let (left_upper, right_upper) = (_mm512_unpackhi_epi32(first, second), _mm512_unpackhi_epi32(third, fourth));
    [
        _mm512_unpacklo_epi64(left, right),
        _mm512_unpackhi_epi64(left, right),
        _mm512_unpacklo_epi64(left_upper, right_upper),
    ]
}

#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx512vbmi,avx512vbmi2,bmi1,bmi2,popcnt")]
fn run(neighbours: &[[u8; 4]], source: &[u8], events: &[u16], slots: &mut [u16], count: usize) {
    let constant = |number: u32| _mm512_set1_epi32(number as i32);
    let is_wide = |bytes: __m512i| _mm512_cmpeq_epi32_mask(_mm512_and_si512(bytes, constant(0xF0)), constant(0xE0));
    let nothing = _mm512_setzero_si512();
    // Of the places at which a window begins.
    let last = (source.len() - WINDOW).min(usize::from(u16::MAX)) as u32;
    for number in (0..count).step_by(LANES) {
        let sixteen: &[u16; LANES] = events[number..].first_chunk().expect("there is room behind events");
        let room: &mut [u16; LANES] = slots[number..].first_chunk_mut().expect("as for events");
        // SAFETY: the reference is to 32 bytes; the instruction needs no alignment.
        let places = _mm512_cvtepu16_epi32(unsafe { _mm256_loadu_si256(sixteen.as_ptr().cast()) });
        let inside = _mm512_cmpge_epu32_mask(places, constant(BEFORE as u32))
            & _mm512_cmple_epu32_mask(places, constant(last + BEFORE as u32));
        let from_six = _mm512_max_epu32(places, constant(BEFORE as u32));
        let starts = _mm512_min_epu32(_mm512_sub_epi32(from_six, constant(BEFORE as u32)), constant(last));
        // SAFETY: none is larger than `last`, and there sixteen bytes begin.
        let [one, two, three] = unsafe { windows(source, starts) };
        // Three bytes before the pair, its two characters from their first bytes on, three bytes behind.
        let one_before = before(_mm512_and_si512(one, constant(0xFF_FFFF)));
        let first = _mm512_shrdi_epi32::<24>(one, two);
        let second = _mm512_shrdi_epi32::<16>(two, three);
        let one_behind = behind(_mm512_srli_epi32::<8>(three));
        let upper = _mm512_and_si512(_mm512_srli_epi32::<8>(second), constant(0xFFFF));
        let pair = mix(wide(first, upper));
        let beside = |character: __m512i, side: u32| {
            let character = wide(_mm512_or_si512(character, constant(side)), nothing);
            finish([_mm512_add_epi64(pair[0], character[0]), _mm512_add_epi64(pair[1], character[1])])
        };
        let ends = mix(wide(
            _mm512_or_si512(one_before, _mm512_slli_epi32::<24>(first)),
            _mm512_and_si512(_mm512_srli_epi32::<8>(first), constant(0xFFFF)),
        ));
        // SAFETY: the reference is to 32 bytes; the instruction needs no alignment.
        let mut noted = unsafe { _mm256_loadu_si256(room.as_ptr().cast()) };
        for (is_so, flag) in [
            (are_in(neighbours, finish(ends)), ENDS),
            (are_in(neighbours, beside(one_before, 1 << 24)), IS_INSIDE),
            (are_in(neighbours, beside(one_behind, 2 << 24)), GOES_ON),
            (!(inside & is_wide(first) & is_wide(second)), NO_SLOT),
        ] {
            noted = _mm256_or_si256(noted, _mm256_maskz_set1_epi16(is_so, flag as i16));
        }
        // SAFETY: the same, and nobody else sees it.
        unsafe { _mm256_storeu_si256(room.as_mut_ptr().cast(), noted) };
    }
}
