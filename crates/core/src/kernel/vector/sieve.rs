//! The sieve with AVX-512: sixteen events at a time.
//!
//! As in `confirm`, the four bytes before each event and the four from it on are gathered and give a key; one more gather fetches the bits of sixteen keys.
//!
//! # Why this is sound
//!
//! As in `confirm`.

use std::arch::x86_64::{
    __m512i, __mmask16, _mm256_loadu_si256, _mm256_maskz_compress_epi16, _mm256_storeu_si256, _mm512_and_si512,
    _mm512_cmplt_epi32_mask, _mm512_cvtepu16_epi32, _mm512_i32gather_epi32, _mm512_set1_epi32, _mm512_setzero_si512,
    _mm512_slli_epi32, _mm512_srli_epi32, _mm512_srlv_epi32, _mm512_test_epi32_mask,
};

use super::avx512::{LANES, has_instructions, lowest};
use super::confirm::{Pairs, gather_entries, hash, pairs_at};
use crate::kernel::sieve::{Bits, OF_TABLE, OWN, PLACE_SHIFT, Sieve, Sifted, WORD_SHIFT};
use crate::map::Characters;

/// See [`Sieve::sift`]; `None` where the processor lacks the instructions.
#[inline]
pub(in crate::kernel) fn sift(
    sieve: &Sieve,
    characters: &Characters,
    chunk: &[u8],
    events: &mut [u16],
    count: usize,
    own: &mut [u16],
) -> Option<Sifted> {
    if !has_instructions() {
        return None;
    }
    // SAFETY: the processor has just said that it has these instructions.
    Some(unsafe { run(sieve, characters, chunk, events, count, own) })
}

/// The words of the sieve with these numbers, of which only as many bits count as there are words.
#[inline]
#[target_feature(enable = "avx512f")]
fn gather_bits(bits: &Bits, numbers: __m512i) -> __m512i {
    const { assert!(size_of::<Bits>() / size_of::<u32>() == 1 << (u32::BITS - WORD_SHIFT)) };
    let numbers = _mm512_and_si512(numbers, _mm512_set1_epi32(bits.len() as i32 - 1));
    // SAFETY: the length is a power of two, and each number is below it.
    unsafe { _mm512_i32gather_epi32::<4>(numbers, bits.as_ptr().cast()) }
}

#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vbmi,avx512vbmi2,bmi1,bmi2,popcnt")]
fn run(
    sieve: &Sieve,
    characters: &Characters,
    chunk: &[u8],
    events: &mut [u16],
    count: usize,
    own: &mut [u16],
) -> Sifted {
    let constant = |number: u32| _mm512_set1_epi32(number as i32);
    let mut sifted = Sifted { of_table: 0, own: 0 };
    let mut number = 0;
    while number < count {
        let Some(sixteen) = events[number..].first_chunk::<LANES>() else { break };
        // SAFETY: the reference is to 32 bytes; the instruction needs no alignment.
        let offsets = unsafe { _mm256_loadu_si256(sixteen.as_ptr().cast()) };
        let valid = lowest(count - number) as __mmask16;
        let Pairs { keys, second, regular } = pairs_at(chunk, _mm512_cvtepu16_epi32(offsets), valid);
        let [_, upper] = hash(keys);
        let words = gather_bits(&sieve.0, _mm512_srli_epi32::<WORD_SHIFT>(upper));
        let place = _mm512_slli_epi32::<1>(_mm512_and_si512(_mm512_srli_epi32::<PLACE_SHIFT>(upper), constant(15)));
        let bits = _mm512_srlv_epi32(words, place);
        // Special entries have the highest bit, the sign.
        let special = _mm512_cmplt_epi32_mask(gather_entries(characters, regular, second), _mm512_setzero_si512());
        let mut of_table = regular & (special | _mm512_test_epi32_mask(bits, constant(OF_TABLE)));
        let mut of_own = regular & (special | _mm512_test_epi32_mask(bits, constant(OWN)));
        let mut others = valid & !regular;
        while others != 0 {
            let lane = others.trailing_zeros();
            others &= others - 1;
            let bits = sieve.bits_at(characters, chunk, sixteen[lane as usize]);
            of_table |= __mmask16::from(bits & OF_TABLE != 0) << lane;
            of_own |= __mmask16::from(bits & OWN != 0) << lane;
        }
        let room: &mut [u16; LANES] =
            events[sifted.of_table..].first_chunk_mut().expect("it stands before what was read");
        // SAFETY: the reference is to 32 bytes, which nobody else sees; the instruction needs no alignment.
        unsafe { _mm256_storeu_si256(room.as_mut_ptr().cast(), _mm256_maskz_compress_epi16(of_table, offsets)) };
        let room: &mut [u16; LANES] = own[sifted.own..].first_chunk_mut().expect("there is room for a few more");
        // SAFETY: the same.
        unsafe { _mm256_storeu_si256(room.as_mut_ptr().cast(), _mm256_maskz_compress_epi16(of_own, offsets)) };
        sifted.of_table += of_table.count_ones() as usize;
        sifted.own += of_own.count_ones() as usize;
        number += LANES;
    }
    // Events that nobody has left room behind.
    sieve.sift_rest(characters, chunk, events, number.min(count)..count, own, sifted)
}
