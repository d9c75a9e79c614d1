//! Confirms events with AVX-512: looks sixteen pairs of characters up in the table of words at once.
//!
//! Every second event is a pair that only shares a class, so there are many more to look up than to resolve, and a look-up has two steps that wait for
//! each other. In lanes they wait together.
//!
//! Worked example: of the events at 发 in `头发` and at 软 in `的软件` the four bytes before each and the four from it on are gathered. Two lanes have the keys of
//! (头, 发) and (的, 软); a gather fetches their pilots, another what lies in their slots. The first lane finds its own key and stays.
//!
//! Lanes with characters of 2 or 4 bytes, or too near an end to be gathered, are asked one by one.
//!
//! # Why this is sound
//!
//! As in `avx512`. Each gather reads 4 bytes, and only in lanes whose 4 bytes lie in the slice that it reads; each says why.

use std::arch::x86_64::{
    __m512i, __mmask16, _mm256_loadu_si256, _mm256_maskz_compress_epi16, _mm256_storeu_si256, _mm512_add_epi32,
    _mm512_and_si512, _mm512_cmpeq_epi32_mask, _mm512_cmple_epu32_mask, _mm512_cmplt_epi32_mask, _mm512_cvtepi32_epi16,
    _mm512_cvtepu16_epi32, _mm512_mask_blend_epi32, _mm512_mask_cmpge_epu32_mask, _mm512_mask_i32gather_epi32,
    _mm512_mul_epu32, _mm512_mullo_epi32, _mm512_or_si512, _mm512_set1_epi32, _mm512_setzero_si512, _mm512_slli_epi32,
    _mm512_srli_epi32, _mm512_srli_epi64, _mm512_srlv_epi32, _mm512_sub_epi32,
};

use super::avx512::{LANES, has_instructions, lowest, points};
use crate::kernel::{NO_SLOT, is_confirmed};
use crate::layout::word::{FACTOR, PILOT_FACTOR};
use crate::map::{Characters, Flat};
use crate::words::Words;

/// See [`kernel::confirm`](crate::kernel::confirm); `None` where the processor lacks the instructions.
#[inline]
pub(in crate::kernel) fn confirm(
    map: &Flat<'_>,
    words: Words<'_>,
    source: &[u8],
    events: &mut [u16],
    slots: &mut [u16],
    count: usize,
) -> Option<usize> {
    if words.pilots().len() < size_of::<u32>() || !has_instructions() {
        return None;
    }
    // SAFETY: the processor has just said that it has these instructions.
    Some(unsafe { run(map, words, source, events, slots, count) })
}

/// The bytes from these offsets on, four in a lane; zeros in lanes that are not in `mask`.
///
/// # Safety
///
/// In the lanes of `mask`, offsets are below 65,536 and four bytes of `bytes` begin there.
#[inline]
#[target_feature(enable = "avx512f")]
unsafe fn gather_bytes(bytes: &[u8], mask: __mmask16, offsets: __m512i) -> __m512i {
    // SAFETY: lanes that are not in the mask are not read, and of the others the caller says that they lie in the slice.
    unsafe { _mm512_mask_i32gather_epi32::<1>(_mm512_setzero_si512(), mask, offsets, bytes.as_ptr().cast()) }
}

/// The pilots with these numbers, of which only as many bits count as there are pilots.
#[inline]
#[target_feature(enable = "avx512f")]
fn gather_pilots(pilots: &[u8], mask: __mmask16, numbers: __m512i) -> __m512i {
    assert!(
        pilots.len().is_power_of_two() && pilots.len() >= size_of::<u32>(),
        "tables have pilots by the power of two"
    );
    let numbers = _mm512_and_si512(numbers, _mm512_set1_epi32(pilots.len() as i32 - 1));
    let fours = _mm512_and_si512(numbers, _mm512_set1_epi32(!3));
    // SAFETY: the length is a multiple of 4, and each offset is a multiple of 4 below it.
    let four = unsafe { _mm512_mask_i32gather_epi32::<1>(_mm512_setzero_si512(), mask, fours, pilots.as_ptr().cast()) };
    let shift = _mm512_slli_epi32::<3>(_mm512_and_si512(numbers, _mm512_set1_epi32(3)));
    _mm512_and_si512(_mm512_srlv_epi32(four, shift), _mm512_set1_epi32(0xFF))
}

/// The keys in the slots with these numbers, of which only as many bits count as there are slots.
#[inline]
#[target_feature(enable = "avx512f")]
fn gather_keys(keys: &[[u8; 4]], mask: __mmask16, numbers: __m512i) -> __m512i {
    assert!(keys.len().is_power_of_two(), "tables have slots by the power of two");
    let numbers = _mm512_and_si512(numbers, _mm512_set1_epi32(keys.len() as i32 - 1));
    // SAFETY: each number is below the length, and a key has 4 bytes.
    unsafe { _mm512_mask_i32gather_epi32::<4>(_mm512_setzero_si512(), mask, numbers, keys.as_ptr().cast()) }
}

/// The map entries of sixteen code points of 16 bits.
#[inline]
#[target_feature(enable = "avx512f")]
pub(super) fn gather_entries(characters: &Characters, mask: __mmask16, points: __m512i) -> __m512i {
    let points = _mm512_and_si512(points, _mm512_set1_epi32(0xFFFF));
    // SAFETY: the table has 65,536 entries of 4 bytes, and no index is larger than 65,535.
    unsafe { _mm512_mask_i32gather_epi32::<4>(_mm512_setzero_si512(), mask, points, characters.as_ptr().cast()) }
}

/// The two halves of the hash of each key; see [`word::hash`](crate::layout::word::hash).
#[inline]
#[target_feature(enable = "avx512f")]
pub(super) fn hash(keys: __m512i) -> [__m512i; 2] {
    let (low_factor, high_factor) = (_mm512_set1_epi32(FACTOR as i32), _mm512_set1_epi32((FACTOR >> u32::BITS) as i32));
    let low = _mm512_mullo_epi32(keys, low_factor);
    // What the lower halves carry into the upper one, of even lanes and of odd ones.
    let even = _mm512_srli_epi64::<32>(_mm512_mul_epu32(keys, low_factor));
    let odd = _mm512_mul_epu32(_mm512_srli_epi64::<32>(keys), low_factor);
    let carried = _mm512_mask_blend_epi32(0xAAAA, even, odd);
    [low, _mm512_add_epi32(carried, _mm512_mullo_epi32(keys, high_factor))]
}

/// Which of these keys, of those in `mask`, are in the table of words, and the numbers of the slots that they have there.
#[inline]
#[target_feature(enable = "avx512f")]
fn find_slots(words: Words<'_>, mask: __mmask16, keys: __m512i) -> (__mmask16, __m512i) {
    let constant = |number: u32| _mm512_set1_epi32(number as i32);
    let [low, high] = hash(keys);
    let pilot_numbers = _mm512_or_si512(_mm512_srli_epi32::<20>(low), _mm512_slli_epi32::<12>(high));
    let pilots = gather_pilots(words.pilots(), mask, pilot_numbers);
    let factors = _mm512_add_epi32(_mm512_mullo_epi32(pilots, constant(PILOT_FACTOR)), constant(1));
    let slots = _mm512_srli_epi32::<16>(_mm512_mullo_epi32(high, factors));
    let slots = _mm512_and_si512(slots, constant(words.keys().len() as u32 - 1));
    (mask & _mm512_cmpeq_epi32_mask(gather_keys(words.keys(), mask, slots), keys), slots)
}

/// What stands at sixteen events.
pub(super) struct Pairs {
    /// The key of the character at each and the one before it.
    pub(super) keys: __m512i,
    /// The code point of the character at each.
    pub(super) second: __m512i,
    /// The lanes for which that is so: the others have characters of 2 or 4 bytes, or lie too near an end.
    pub(super) regular: __mmask16,
}

/// The pairs at these places of a source; only the lanes in `valid` count.
#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
pub(super) fn pairs_at(source: &[u8], places: __m512i, valid: __mmask16) -> Pairs {
    let constant = |number: u32| _mm512_set1_epi32(number as i32);
    let is_wide = |bytes: __m512i| _mm512_cmpeq_epi32_mask(_mm512_and_si512(bytes, constant(0xF0)), constant(0xE0));
    // Four bytes from an event on must lie in the source.
    let last = source.len().saturating_sub(size_of::<u32>()).min(usize::from(u16::MAX)) as u32;
    let inside =
        _mm512_mask_cmpge_epu32_mask(valid, places, constant(3)) & _mm512_cmple_epu32_mask(places, constant(last));
    // SAFETY: where a lane is inside, its place is at least 3, and at most where the last four bytes begin, if the source has as many;
    // if it has not, `last` is 0, and no place is both.
    let before = unsafe { gather_bytes(source, inside, _mm512_sub_epi32(places, constant(3))) };
    // SAFETY: the same.
    let from = unsafe { gather_bytes(source, inside, places) };
    let byte_before = _mm512_and_si512(_mm512_srli_epi32::<16>(before), constant(0xFF));
    let wide_before = is_wide(before);
    let plain_before = _mm512_cmplt_epi32_mask(byte_before, constant(0x80)) & !wide_before;
    let regular = inside & is_wide(from) & (wide_before | plain_before);
    let first = _mm512_mask_blend_epi32(plain_before, points(before), byte_before);
    let second = points(from);
    Pairs { keys: _mm512_or_si512(first, _mm512_slli_epi32::<16>(second)), second, regular }
}

#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vbmi,avx512vbmi2,bmi1,bmi2,popcnt")]
fn run(map: &Flat<'_>, words: Words<'_>, source: &[u8], events: &mut [u16], slots: &mut [u16], count: usize) -> usize {
    let mut kept = 0;
    let mut number = 0;
    while number < count {
        let Some(sixteen) = events[number..].first_chunk::<LANES>() else { break };
        // SAFETY: the reference is to 32 bytes; the instruction needs no alignment.
        let offsets = unsafe { _mm256_loadu_si256(sixteen.as_ptr().cast()) };
        let valid = lowest(count - number) as __mmask16;
        let Pairs { keys, second, regular } = pairs_at(source, _mm512_cvtepu16_epi32(offsets), valid);
        let (found, own_slots) = find_slots(words, regular, keys);
        // Special entries have the highest bit, the sign.
        let special = _mm512_cmplt_epi32_mask(gather_entries(map.characters, regular, second), _mm512_setzero_si512());
        let mut confirmed = found | regular & special;
        let mut others = valid & !regular;
        while others != 0 {
            let lane = others.trailing_zeros();
            others &= others - 1;
            let at = usize::from(sixteen[lane as usize]);
            confirmed |= __mmask16::from(is_confirmed(map, words, source, at)) << lane;
        }
        let room: &mut [u16; LANES] = events[kept..].first_chunk_mut().expect("it stands before what was read");
        // SAFETY: the reference is to 32 bytes, which nobody else sees; the instruction needs no alignment.
        unsafe { _mm256_storeu_si256(room.as_mut_ptr().cast(), _mm256_maskz_compress_epi16(confirmed, offsets)) };
        if let Some(room) = slots.get_mut(kept..).and_then(|rest| rest.first_chunk_mut::<LANES>()) {
            let own_slots = _mm512_mask_blend_epi32(found, _mm512_set1_epi32(i32::from(NO_SLOT)), own_slots);
            let own_slots = _mm256_maskz_compress_epi16(confirmed, _mm512_cvtepi32_epi16(own_slots));
            // SAFETY: the same.
            unsafe { _mm256_storeu_si256(room.as_mut_ptr().cast(), own_slots) };
        }
        kept += confirmed.count_ones() as usize;
        number += LANES;
    }
    // Events that nobody has left room behind.
    for number in number..count {
        let event = events[number];
        events[kept] = event;
        if let Some(slot) = slots.get_mut(kept) {
            *slot = NO_SLOT;
        }
        kept += usize::from(is_confirmed(map, words, source, usize::from(event)));
    }
    kept
}
