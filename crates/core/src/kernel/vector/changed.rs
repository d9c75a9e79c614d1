//! The search for characters that change with AVX-512.
//!
//! Two passes over a chunk. The first compares 64 bytes at a time, and for each character that differs takes the four bytes from it on, those before and those behind out of the
//! block, by instructions that choose bytes. The second has these in full vectors: it looks the pairs of sixteen characters up in the filter, and their numbers.
//!
//! Lanes beside characters of 2 or 4 bytes, and the first and the last character of the text, are done one by one.
//!
//! # Why this is sound
//!
//! As in `avx512`. Each gather reads 4 bytes of an array at indexes that are cut to its length.

use std::arch::x86_64::{
    __m512i, __mmask16, __mmask64, _mm512_add_epi8, _mm512_add_epi32, _mm512_and_si512, _mm512_andnot_si512,
    _mm512_castsi512_si128, _mm512_cmpeq_epi32_mask, _mm512_cmplt_epi8_mask, _mm512_cmplt_epi32_mask,
    _mm512_cmpneq_epi8_mask, _mm512_cvtepu8_epi32, _mm512_i32gather_epi32, _mm512_loadu_si512, _mm512_mask_blend_epi32,
    _mm512_maskz_compress_epi8, _mm512_maskz_expand_epi8, _mm512_mul_epu32, _mm512_mullo_epi32, _mm512_or_si512,
    _mm512_permutexvar_epi8, _mm512_set1_epi32, _mm512_shuffle_i64x2, _mm512_sllv_epi32, _mm512_srli_epi32,
    _mm512_srli_epi64, _mm512_storeu_si512, _mm512_test_epi32_mask, _mm512_testn_epi32_mask,
};
use std::ops::Range;

use super::avx512::{LANES, PLACES, has_instructions, load, lowest, points};
use crate::kernel::changed::{ALONE, Changed, DOUBT, Known, LEFT, Numbers, RIGHT, ROOM};
use crate::layout::ADJACENCY_FACTOR;
use crate::table::Raw;

/// Characters that start among so many bytes of a block are done with it: with the three bytes before them and the character behind them they lie in 64.
const SETTLED: usize = 55;

/// See [`Changed::find`]; `None` where the processor lacks the instructions.
#[inline]
pub(in crate::kernel) fn changed(
    known: Known<'_>,
    source: &[u8],
    chunk: Range<usize>,
    mapped: &[u8],
    changed: &mut Changed,
) -> Option<usize> {
    if !has_instructions() {
        return None;
    }
    // SAFETY: the processor has just said that it has these instructions.
    Some(unsafe {
        let count = find(source, chunk.clone(), mapped, changed);
        look_up(known, source, chunk.start, changed, count);
        count
    })
}

/// Stores sixteen numbers from a place on.
#[inline]
#[target_feature(enable = "avx512f")]
pub(super) fn store(numbers: &mut [u32; ROOM], at: usize, sixteen: __m512i) {
    let room: &mut [u32; LANES] = numbers[at..].first_chunk_mut().expect("there is more room than for a chunk");
    // SAFETY: the reference is to 64 bytes, which nobody else sees; the instruction needs no alignment.
    unsafe { _mm512_storeu_si512(room.as_mut_ptr().cast(), sixteen) }
}

/// Sixteen numbers from a place on.
#[inline]
#[target_feature(enable = "avx512f")]
pub(super) fn sixteen_of(numbers: &[u32; ROOM], at: usize) -> __m512i {
    let room: &[u32; LANES] = numbers[at..].first_chunk().expect("there is more room than for a chunk");
    // SAFETY: the reference is to 64 bytes; the instruction needs no alignment.
    unsafe { _mm512_loadu_si512(room.as_ptr().cast()) }
}

/// Puts the places of characters that differ, and the bytes there, into `changed`; gives how many there are.
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vbmi,avx512vbmi2,bmi1,bmi2,popcnt")]
fn find(source: &[u8], chunk: Range<usize>, mapped: &[u8], changed: &mut Changed) -> usize {
    let all_places = load(&PLACES);
    // As signed numbers, bytes that are not the first of a character are the lowest.
    let firsts = _mm512_set1_epi32(i32::from_ne_bytes([0xC0; 4]));
    // Of a place in each lane, the four bytes from there on; of the block the first three bytes stand before the place that is 0.
    let onwards = _mm512_set1_epi32(0x0302_0100);
    let three = _mm512_set1_epi32(0x0303_0303);
    let (mut at, mut count) = (chunk.start, 0);
    while at < chunk.end {
        let block = match at {
            0..3 => _mm512_maskz_expand_epi8(!lowest(3 - at), load(source)),
            _ => load(&source[at - 3..]),
        };
        let (own, other) = (load(&source[at..]), load(&mapped[at - chunk.start..]));
        let following = _mm512_cmplt_epi8_mask(own, firsts);
        let mut differ: __mmask64 = _mm512_cmpneq_epi8_mask(own, other) & lowest(chunk.end - at);
        for _ in 0..3 {
            differ |= (differ & following) >> 1;
        }
        let starts = differ & !following & lowest(SETTLED);
        let end = count + starts.count_ones() as usize;
        let mut found = _mm512_maskz_compress_epi8(starts, all_places);
        let base = _mm512_set1_epi32((at - chunk.start) as i32);
        while count < end {
            let places = _mm512_cvtepu8_epi32(_mm512_castsi512_si128(found));
            store(&mut changed.places, count, _mm512_add_epi32(places, base));
            // The place in each byte of its lane.
            let places = _mm512_mullo_epi32(places, _mm512_set1_epi32(0x0101_0101));
            let before = _mm512_add_epi8(places, onwards);
            let own = _mm512_add_epi8(before, three);
            store(&mut changed.before, count, _mm512_permutexvar_epi8(before, block));
            store(&mut changed.own, count, _mm512_permutexvar_epi8(own, block));
            store(&mut changed.behind, count, _mm512_permutexvar_epi8(_mm512_add_epi8(own, three), block));
            count += LANES;
            // The next sixteen places to the front.
            found = _mm512_shuffle_i64x2::<0b00_11_10_01>(found, found);
        }
        count = end;
        at += SETTLED;
    }
    count
}

/// Pairs that the filter may have, of code points below 65,536.
#[inline]
#[target_feature(enable = "avx512f")]
pub(super) fn adjacent(adjacency: &[Raw<4>], first: __m512i, second: __m512i) -> __mmask16 {
    assert!(adjacency.len().is_power_of_two(), "filters have words by the power of two");
    let constant = |number: u32| _mm512_set1_epi32(number as i32);
    let (low, high) = (constant(ADJACENCY_FACTOR as u32), constant((ADJACENCY_FACTOR >> u32::BITS) as u32));
    // The upper half of the product: what the lower halves carry, and the others crosswise.
    let even = _mm512_srli_epi64::<32>(_mm512_mul_epu32(first, low));
    let odd = _mm512_mul_epu32(_mm512_srli_epi64::<32>(first), low);
    let carried = _mm512_mask_blend_epi32(0xAAAA, even, odd);
    let crosswise = _mm512_add_epi32(_mm512_mullo_epi32(first, high), _mm512_mullo_epi32(second, low));
    let hash = _mm512_add_epi32(carried, crosswise);
    let indexes = _mm512_and_si512(_mm512_srli_epi32::<10>(hash), constant(adjacency.len() as u32 - 1));
    // SAFETY: each index is below the length, and a word has 4 bytes.
    let words = unsafe { _mm512_i32gather_epi32::<4>(indexes, adjacency.as_ptr().cast()) };
    let (one, places) = (constant(1), constant(31));
    let pattern = _mm512_or_si512(
        _mm512_sllv_epi32(one, _mm512_and_si512(hash, places)),
        _mm512_sllv_epi32(one, _mm512_and_si512(_mm512_srli_epi32::<5>(hash), places)),
    );
    let missing = _mm512_andnot_si512(words, pattern);
    _mm512_testn_epi32_mask(missing, missing)
}

/// The numbers of sixteen code points; only their lower 16 bits count.
#[inline]
#[target_feature(enable = "avx512f")]
pub(super) fn gather_numbers(numbers: &Numbers, points: __m512i) -> __m512i {
    let points = _mm512_and_si512(points, _mm512_set1_epi32(0xFFFF));
    // SAFETY: the table has 65,536 numbers of 4 bytes, and no index is larger than 65,535.
    unsafe { _mm512_i32gather_epi32::<4>(points, numbers.as_ptr().cast()) }
}

/// Finds out about the first characters of `changed`.
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vbmi,avx512vbmi2,bmi1,bmi2,popcnt")]
fn look_up(known: Known<'_>, source: &[u8], start: usize, changed: &mut Changed, count: usize) {
    let constant = |number: u32| _mm512_set1_epi32(number as i32);
    let zero = constant(0);
    // Where the first and the last character of the text are, counted from the chunk as places are; what is not near it is cut to something that no place is.
    let place = |at: usize| constant(u32::try_from(at.wrapping_sub(start)).unwrap_or(u32::MAX));
    let (first, last) = (place(0), place(source.len().saturating_sub(3)));
    for at in (0..count).step_by(LANES) {
        let before = sixteen_of(&changed.before, at);
        let own = sixteen_of(&changed.own, at);
        let behind = sixteen_of(&changed.behind, at);
        let byte_before = _mm512_and_si512(_mm512_srli_epi32::<16>(before), constant(0xFF));
        let byte_behind = _mm512_and_si512(behind, constant(0xFF));
        let (wide_before, plain_before) = (is_wide(before), is_plain(byte_before));
        let (wide_behind, plain_behind) = (is_wide(behind), is_plain(byte_behind));
        let valid = lowest(count - at) as __mmask16;
        let places = sixteen_of(&changed.places, at);
        let is_edge = _mm512_cmpeq_epi32_mask(places, first) | _mm512_cmpeq_epi32_mask(places, last);
        let regular = is_wide(own) & (wide_before | plain_before) & (wide_behind | plain_behind) & !is_edge;
        let point = points(own);
        let before = _mm512_mask_blend_epi32(plain_before, points(before), byte_before);
        let behind = _mm512_mask_blend_epi32(plain_behind, points(behind), byte_behind);
        let left = adjacent(known.adjacency, before, point);
        let right = adjacent(known.adjacency, point, behind);
        let number = gather_numbers(known.numbers, point);
        let is_certain =
            _mm512_test_epi32_mask(number, constant(ALONE)) | !left & !right & _mm512_test_epi32_mask(number, number);
        let doubts = _mm512_or_si512(
            _mm512_or_si512(constant(DOUBT), _mm512_mask_blend_epi32(left, zero, constant(LEFT))),
            _mm512_mask_blend_epi32(right, zero, constant(RIGHT)),
        );
        store(&mut changed.numbers, at, _mm512_mask_blend_epi32(is_certain, doubts, number));
        let mut others = valid & !regular;
        while others != 0 {
            let number = at + others.trailing_zeros() as usize;
            others &= others - 1;
            (_, changed.numbers[number]) = known.look_up(source, start + changed.places[number] as usize);
        }
    }
}

/// Which lanes begin with the first byte of a character of 3 bytes.
#[inline]
#[target_feature(enable = "avx512f")]
pub(super) fn is_wide(bytes: __m512i) -> __mmask16 {
    _mm512_cmpeq_epi32_mask(_mm512_and_si512(bytes, _mm512_set1_epi32(0xF0)), _mm512_set1_epi32(0xE0))
}

/// Which lanes are ASCII.
#[inline]
#[target_feature(enable = "avx512f")]
fn is_plain(bytes: __m512i) -> __mmask16 {
    _mm512_cmplt_epi32_mask(bytes, _mm512_set1_epi32(0x80))
}
