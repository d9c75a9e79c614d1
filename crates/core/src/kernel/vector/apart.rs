//! The part of the kernel with AVX-512 that maps characters that stand apart, in much ASCII: pages of HTML, programs, lists.
//!
//! Block by block, such text costs a branch that nobody can foresee wherever Chinese begins and ends, and a gather for every few characters. So here many blocks are
//! asked first which bytes are not ASCII ([`look`]). These are moved together, into one row ([`collect`]), mapped sixteen characters at a time as if they stood side by
//! side ([`settle`]), and moved back between the ASCII ([`spread`]). All that branches on the text is where the loops over blocks with characters and over
//! the row end.
//!
//! Worked example: of `<td>用</td>` fifty times, 600 bytes, nine blocks are taken, all of which have characters; they become a row of fifty, which is four gathers. The places of
//! all but the first are not 3 behind the one before, so that each follows ASCII.
//!
//! Nothing is cleared or copied for this: the row lies where the output will, and its places where the events will. Both are never longer than what takes their place, and blocks are moved
//! back from the last to the first.
//!
//! # Why this is sound
//!
//! As in `avx2`: loads and stores go through references to arrays of just that size, or through `load` and `store`.

use std::arch::x86_64::{
    __m256i, __m512i, _mm_storeu_si128, _mm256_cmpneq_epi16_mask, _mm256_loadu_si256, _mm256_set1_epi16,
    _mm256_storeu_si256, _mm256_sub_epi16, _mm512_add_epi16, _mm512_castsi512_si256, _mm512_cmplt_epi8_mask,
    _mm512_cvtepu8_epi16, _mm512_extracti32x4_epi32, _mm512_mask_expand_epi8, _mm512_maskz_compress_epi8,
    _mm512_movepi8_mask, _mm512_permutexvar_epi8, _mm512_permutexvar_epi32, _mm512_set1_epi8, _mm512_set1_epi16,
    _mm512_set1_epi32, _mm512_storeu_si512,
};

use super::avx512::{BLOCK, Constants, LANES, STEP, find, gather_entries, leads, load, lowest, store, store_events};
use crate::map::Characters;

/// Blocks that are looked at together: as many as a number has bits.
const BLOCKS: usize = 64;
/// So many blocks are asked first; where more than [`MANY`] of so many are not ASCII, nothing is gained.
const FIRST: usize = 8;
const MANY: u32 = 6;
/// Blocks behind those: in the room for their events lies what is written behind the last place.
const BEHIND: usize = 1;

/// Whether text behind a block of ASCII is such that it pays.
#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
pub(super) fn pays(text: &[u8]) -> bool {
    let Some(first) = text.first_chunk::<{ FIRST * BLOCK }>() else { return false };
    let (first, []) = first.as_chunks::<BLOCK>() else { unreachable!("these are whole blocks") };
    first.iter().filter(|block| _mm512_movepi8_mask(load(block.as_slice())) != 0).count() <= MANY as usize
}

/// How far a text is mapped.
pub(super) struct Reached {
    pub(super) at: usize,
    /// The number of events.
    pub(super) count: usize,
    /// The map entry of the character before, in the highest lane.
    pub(super) entry_before: __m512i,
}

/// Maps blocks of `source` from a character on, as long as some of them are ASCII and none has characters of 2 or 4 bytes.
#[inline(never)]
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vbmi,avx512vbmi2,bmi1,bmi2,popcnt")]
pub(super) fn map(
    characters: &Characters,
    source: &[u8],
    reached: Reached,
    output: &mut [u8],
    events: &mut [u16],
) -> Reached {
    let mut high = [0; BLOCKS];
    let mut reached = reached;
    // Made anew, so that the caller has its own in registers.
    let constants = &Constants::new(characters);
    loop {
        let rest = &source[reached.at..];
        let blocks = (rest.len() / BLOCK).saturating_sub(BEHIND).min(BLOCKS);
        if blocks == 0 {
            return reached;
        }
        let text = &rest[..blocks * BLOCK];
        let output = &mut output[reached.at..];
        let wide = look(text, &mut high);
        let places = &mut events[reached.count..];
        let Row { end, length, characters } = collect(constants, text, wide, &mut high, output, places);
        if characters > 0 {
            reached = settle(constants, characters, reached, output, events);
        }
        if end > 0 && text[end - 1] < 0x80 {
            reached.entry_before = constants.plain_entry;
        }
        spread(&text[..end.next_multiple_of(BLOCK)], length, &high, output);
        reached.at += end;
        // Where characters of other lengths stand, or hardly any ASCII.
        if end + BLOCK <= text.len() || wide.count_ones() as usize * FIRST > blocks * MANY as usize {
            return reached;
        }
    }
}

/// Which bytes of each block are not ASCII; gives a bit for each block that has some.
#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn look(text: &[u8], high: &mut [u64; BLOCKS]) -> u64 {
    let mut wide = 0;
    for (number, (block, high)) in text.chunks_exact(BLOCK).zip(high).enumerate() {
        *high = _mm512_movepi8_mask(load(block));
        wide |= u64::from(*high != 0) << number;
    }
    wide
}

/// What is moved together.
struct Row {
    /// The end of the text that it is from: before the first character of 2 or 4 bytes, and before the last if that is not whole.
    end: usize,
    /// Bytes.
    length: usize,
    characters: usize,
}

/// Moves the characters together to the start of `row`, and their places behind the first of `places`. What is behind the end is no longer `high`.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vbmi2,bmi1,bmi2,popcnt")]
fn collect(
    constants: &Constants<'_>,
    text: &[u8],
    wide: u64,
    high: &mut [u64; BLOCKS],
    row: &mut [u8],
    places: &mut [u16],
) -> Row {
    let (mut length, mut characters) = (0, 0);
    let mut end = match text {
        [.., last] if *last >= 0xC0 => text.len() - 1,
        [.., first, _] if *first >= 0xE0 => text.len() - 2,
        [.., first, _, _] if *first >= 0xF0 => text.len() - 3,
        _ => text.len(),
    };
    // As if a character of 3 bytes stood before the start.
    places[0] = 0_u16.wrapping_sub(3);
    let mut left = wide;
    while left != 0 {
        let number = left.trailing_zeros() as usize % BLOCKS;
        left &= left - 1;
        let bytes = load(&text[number * BLOCK..]);
        let leads = leads(bytes);
        // The lowest numbers with a sign are those from 0x80 to 0xBF.
        let following = _mm512_cmplt_epi8_mask(bytes, _mm512_set1_epi8(0xC0_u8 as i8));
        let others = high[number] & !leads & !following;
        if others != 0 {
            end = end.min(number * BLOCK + others.trailing_zeros() as usize);
            left = 0;
        }
        let known = lowest(end - number * BLOCK);
        high[number] &= known;
        store(&mut row[length..], _mm512_maskz_compress_epi8(high[number], bytes));
        length += high[number].count_ones() as usize;
        let leads = leads & known;
        let own = _mm512_cvtepu8_epi16(_mm512_castsi512_si256(_mm512_maskz_compress_epi8(leads, constants.places)));
        let own = _mm512_add_epi16(own, _mm512_set1_epi16((number * BLOCK) as i16));
        let room: &mut [u16; BLOCK / 2] =
            places[1 + characters..].first_chunk_mut().expect("there is room for the events of a block behind");
        // SAFETY: the reference is to 64 bytes, which nobody else sees; the instruction needs no alignment.
        unsafe { _mm512_storeu_si512(room.as_mut_ptr().cast(), own) };
        characters += leads.count_ones() as usize;
    }
    Row { end, length, characters }
}

/// Maps so many characters in `row`, whose places stand among the events, behind as many as there are and one. Events take their place, but no sooner than they
/// are read.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vbmi,avx512vbmi2,bmi1,bmi2,popcnt")]
fn settle(
    constants: &Constants<'_>,
    characters: usize,
    reached: Reached,
    row: &mut [u8],
    events: &mut [u16],
) -> Reached {
    let Reached { at, mut count, mut entry_before } = reached;
    let first_place = count + 1;
    let mut number = 0;
    while number < characters {
        let row = &mut row[3 * number..];
        let lanes = _mm512_permutexvar_epi8(constants.spread, load(row));
        let entries = gather_entries(constants.characters, lanes);
        let places = &events[first_place + number - 1..];
        let (before, places) = (load_places(places), load_places(&places[1..]));
        let plain = _mm256_cmpneq_epi16_mask(_mm256_sub_epi16(places, before), _mm256_set1_epi16(3));
        let own = (characters - number).min(LANES);
        let found = find((lanes, entries), own, plain, (constants.plain_entry, entry_before));
        store_step(row.first_chunk_mut().expect("there is room for a block behind"), found.mapped(constants.gathered));
        store_events(events, count, places, found.events, at);
        count += found.events.count_ones() as usize;
        entry_before = entries;
        number += LANES;
    }
    let last = (characters - 1) % LANES;
    Reached { at, count, entry_before: _mm512_permutexvar_epi32(_mm512_set1_epi32(last as i32), entry_before) }
}

/// Moves the characters of a row of so many bytes, which starts where the output does, to where they stood, and copies the ASCII between them.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vbmi2,popcnt")]
fn spread(text: &[u8], length: usize, high: &[u64; BLOCKS], output: &mut [u8]) {
    let mut length = length;
    for (number, (block, high)) in text.chunks_exact(BLOCK).zip(high).enumerate().rev() {
        length -= high.count_ones() as usize;
        let mapped = load(&output[length..]);
        store(&mut output[number * BLOCK..], _mm512_mask_expand_epi8(load(block), *high, mapped));
    }
}

#[inline]
#[target_feature(enable = "avx512f")]
fn load_places(places: &[u16]) -> __m256i {
    let places: &[u16; LANES] = places.first_chunk().expect("there is room for the events of a block behind");
    // SAFETY: the reference is to 32 bytes; the instruction needs no alignment.
    unsafe { _mm256_loadu_si256(places.as_ptr().cast()) }
}

/// Stores the characters of a step, and nothing behind them.
#[inline]
#[target_feature(enable = "avx512f")]
fn store_step(to: &mut [u8; STEP], mapped: __m512i) {
    // SAFETY: the reference is to 32 bytes and 16 more, which nobody else sees; the instructions need no alignment.
    unsafe {
        _mm256_storeu_si256(to.as_mut_ptr().cast(), _mm512_castsi512_si256(mapped));
        _mm_storeu_si128(to.as_mut_ptr().add(STEP - 16).cast(), _mm512_extracti32x4_epi32::<2>(mapped));
    }
}
