//! The kernel with AVX-512: 64 bytes of ASCII and characters of 3 bytes, in any order, at a time.
//!
//! Text changes between scripts every few characters, and a branch at each change costs more than the characters. So a block is not taken
//! apart by branches. Masks of 64 bits say which bytes are ASCII and which begin characters of 3 bytes; one instruction
//! moves the bytes of these together, they are mapped in 16 lanes as in `avx2`, and one instruction moves them back between
//! the ASCII that stayed where it was.
//!
//! Worked example: of `用 Rust 写` the masks find 用 and 写 with their 6 bytes; moved together they are two lanes. The pair of 写 is not (用, 写): the byte
//! before it is a blank, so its lane gets the classes of ASCII.
//!
//! A block ends before the first character of another length, which is done alone, before a character that is not whole, and behind the sixteenth
//! of 3 bytes.
//!
//! # Why this is sound
//!
//! As in `avx2`. Where fewer than 64 bytes are left, masked loads and stores touch only those that are there.

use std::arch::x86_64::{
    __m512i, __mmask16, __mmask64, _mm_maskz_compress_epi8, _mm256_add_epi16, _mm256_cvtepu8_epi16, _mm256_set1_epi16,
    _mm256_storeu_si256, _mm512_alignr_epi32, _mm512_and_si512, _mm512_castsi512_si128, _mm512_cmpeq_epi8_mask,
    _mm512_cmplt_epi32_mask, _mm512_i32gather_epi32, _mm512_loadu_si512, _mm512_madd_epi16, _mm512_maddubs_epi16,
    _mm512_mask_blend_epi32, _mm512_mask_expand_epi8, _mm512_mask_storeu_epi8, _mm512_mask_test_epi32_mask,
    _mm512_maskz_compress_epi8, _mm512_maskz_loadu_epi8, _mm512_movepi8_mask, _mm512_permutexvar_epi8,
    _mm512_set1_epi8, _mm512_set1_epi32, _mm512_setzero_si512, _mm512_slli_epi32, _mm512_storeu_si512,
    _mm512_test_epi32_mask, _mm512_xor_si512, _pdep_u64, _pext_u64,
};

use super::{START, State, pass_other};
use crate::instructions::{Instructions, are_used};
use crate::layout::{DIFFERENCE, SECOND_CLASSES};
use crate::map::{Characters, Flat};

/// See [`kernel::map`](crate::kernel::map); `None` where the processor lacks the instructions.
#[inline]
pub(in crate::kernel) fn map(
    map: &Flat<'_>,
    source: &[u8],
    length: usize,
    output: &mut [u8],
    events: &mut [u16],
) -> Option<usize> {
    if !has_instructions() {
        return None;
    }
    // SAFETY: the processor has just said that it has these instructions.
    let state = unsafe { run(map.characters, &source[..length], output, events) };
    Some(state.count)
}

/// Whether the processor has all the instructions of this module, and they are to be used.
#[inline]
pub(in crate::kernel) fn has_instructions() -> bool {
    are_used(Instructions::Avx512)
}

/// Bytes of a block.
pub(super) const BLOCK: usize = 64;
/// Characters of 3 bytes that a block has at most.
pub(super) const LANES: usize = 16;

/// The lowest bits of a mask.
#[inline(always)]
pub(super) fn lowest(bits: usize) -> __mmask64 {
    if bits >= 64 { u64::MAX } else { (1 << bits) - 1 }
}

/// The first bytes of `source`, up to a block; zeros where there are none.
#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
pub(super) fn load(source: &[u8]) -> __m512i {
    match source.first_chunk::<BLOCK>() {
        // SAFETY: the reference is to 64 bytes; the instruction needs no alignment.
        Some(block) => unsafe { _mm512_loadu_si512(block.as_ptr().cast()) },
        // SAFETY: bytes whose bit is not set are not touched, and as many are set as the slice has.
        None => unsafe { _mm512_maskz_loadu_epi8(lowest(source.len()), source.as_ptr().cast()) },
    }
}

/// Writes the first bytes of a vector, as many as `output` has room for.
#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
pub(super) fn store(output: &mut [u8], vector: __m512i) {
    match output.first_chunk_mut::<BLOCK>() {
        // SAFETY: the reference is to 64 bytes, which nobody else sees; the instruction needs no alignment.
        Some(block) => unsafe { _mm512_storeu_si512(block.as_mut_ptr().cast(), vector) },
        // SAFETY: bytes whose bit is not set are not touched, and as many are set as the slice has.
        None => unsafe { _mm512_mask_storeu_epi8(output.as_mut_ptr().cast(), lowest(output.len()), vector) },
    }
}

/// The map entries of sixteen code points; only their lower 16 bits count.
#[inline]
#[target_feature(enable = "avx512f")]
fn gather_entries(characters: &Characters, points: __m512i) -> __m512i {
    let points = _mm512_and_si512(points, _mm512_set1_epi32(0xFFFF));
    // SAFETY: the table has 65,536 entries of 4 bytes, and no index is larger than 65,535.
    unsafe { _mm512_i32gather_epi32::<4>(points, characters.as_ptr().cast()) }
}

/// Bytes of a vector from a rule for each place.
const fn places(rule: [[u8; 4]; LANES]) -> [u8; BLOCK] {
    let mut places = [0; BLOCK];
    let mut at = 0;
    while at < BLOCK {
        places[at] = rule[at / 4][at % 4];
        at += 1;
    }
    places
}

/// Three bytes to a lane, the fourth any.
pub(super) const SPREAD: [u8; BLOCK] = {
    let mut rule = [[0; 4]; LANES];
    let mut lane = 0;
    while lane < LANES {
        let at = 3 * lane as u8;
        rule[lane] = [at, at + 1, at + 2, 0];
        lane += 1;
    }
    places(rule)
};

/// And back.
const GATHERED: [u8; BLOCK] = {
    let mut places = [0; BLOCK];
    let mut at = 0;
    while at < 3 * LANES {
        places[at] = (at / 3 * 4 + at % 3) as u8;
        at += 1;
    }
    places
};

/// Every place of a block.
pub(super) const PLACES: [u8; BLOCK] = {
    let mut places = [0; BLOCK];
    let mut at = 0;
    while at < BLOCK {
        places[at] = at as u8;
        at += 1;
    }
    places
};

/// The first bytes of sixteen characters of 3 bytes, side by side.
const SIDE_BY_SIDE: u64 = 0x0000_2492_4924_9249;

/// Up to 64 bytes of ASCII and characters of 3 bytes, of these at most sixteen.
#[derive(Clone, Copy)]
pub(super) struct Block {
    /// How many bytes; 0 before a character of 2 or 4 bytes.
    pub(super) end: usize,
    /// The first bytes of the characters of 3 bytes.
    pub(super) leads: __mmask64,
    /// All their bytes.
    pub(super) wide: __mmask64,
    pub(super) side_by_side: bool,
}

impl Block {
    /// The block at the start of `bytes`, of which `high` are not ASCII and `length` are text.
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw,bmi1,bmi2")]
    pub(super) fn take(bytes: __m512i, high: __mmask64, length: usize) -> Block {
        let upper = _mm512_and_si512(bytes, _mm512_set1_epi8(0xF0_u8 as i8));
        let mut leads = _mm512_cmpeq_epi8_mask(upper, _mm512_set1_epi8(0xE0_u8 as i8));
        // The next block must not have to wait for this one to know where it starts, and mostly need not.
        if leads & lowest(3 * LANES) == SIDE_BY_SIDE && length > BLOCK {
            return Block { end: 3 * LANES, leads: SIDE_BY_SIDE, wide: lowest(3 * LANES), side_by_side: true };
        }
        let tops = _mm512_and_si512(bytes, _mm512_set1_epi8(0xC0_u8 as i8));
        let following = _mm512_cmpeq_epi8_mask(tops, _mm512_set1_epi8(0x80_u8 as i8));
        // Characters of 2 and of 4 bytes.
        let others = high & !leads & !following;
        // The block ends before the first of these, before a character that is not whole, and behind the sixteenth.
        let mut until = length.min(BLOCK).min(others.trailing_zeros() as usize);
        if length > BLOCK {
            until = until.min((leads & 3 << 62).trailing_zeros() as usize);
        }
        leads &= lowest(until);
        let seventeenth = _pdep_u64(1 << LANES, leads);
        let end = until.min(seventeenth.trailing_zeros() as usize);
        leads &= seventeenth.wrapping_sub(1);
        Block { end, leads, wide: leads | leads << 1 | leads << 2, side_by_side: false }
    }

    /// A bit for each character of 3 bytes: whether it follows a byte of ASCII.
    #[inline]
    #[target_feature(enable = "bmi2")]
    pub(super) fn plain(self) -> u64 {
        _pext_u64(!(self.wide << 1 | 1), self.leads)
    }

    /// The characters of 3 bytes in lanes.
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw,avx512vbmi,avx512vbmi2")]
    fn lanes(self, bytes: __m512i, spread: __m512i) -> __m512i {
        let together = if self.side_by_side { bytes } else { _mm512_maskz_compress_epi8(self.wide, bytes) };
        _mm512_permutexvar_epi8(spread, together)
    }
}

/// The code points of the characters in the lanes.
#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
pub(super) fn points(lanes: __m512i) -> __m512i {
    // First bytes times 64 plus second bytes; that times 64 plus third bytes.
    let digits = _mm512_and_si512(lanes, _mm512_set1_epi32(0x003F_3F0F));
    let sums = _mm512_maddubs_epi16(digits, _mm512_set1_epi32(0x0001_0140));
    _mm512_madd_epi16(sums, _mm512_set1_epi32(0x0001_0040))
}

/// What is found out about up to sixteen characters of 3 bytes.
pub(super) struct Found {
    /// The characters, one a lane.
    lanes: __m512i,
    /// Their map entries.
    pub(super) entries: __m512i,
    /// Which of them must be looked at.
    pub(super) events: __mmask16,
    /// Which of them there are.
    valid: __mmask16,
}

/// Looks so many characters up. Lanes in `plain` follow a byte of ASCII; `entry_before` has the map entry of the character before the first in its highest
/// lane.
#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
pub(super) fn find(
    characters: &Characters,
    lanes: __m512i,
    count: usize,
    plain: __mmask16,
    entry_before: __m512i,
) -> Found {
    // ASCII has its classes in common.
    let plain_entry = _mm512_set1_epi32(characters[0] as i32);
    let entries = gather_entries(characters, points(lanes));
    let entries_before = _mm512_alignr_epi32::<15>(entries, entry_before);
    let entries_before = _mm512_mask_blend_epi32(plain, entries_before, plain_entry);
    let shared = _mm512_and_si512(_mm512_slli_epi32::<1>(entries_before), entries);
    let triggers = _mm512_test_epi32_mask(shared, _mm512_set1_epi32(SECOND_CLASSES as i32));
    // Special entries have the highest bit, the sign.
    let special = _mm512_cmplt_epi32_mask(entries, _mm512_setzero_si512());
    let valid = lowest(count) as __mmask16;
    Found { lanes, entries, events: (triggers | special) & valid, valid }
}

impl Found {
    /// Which of them the map changes.
    #[inline]
    #[target_feature(enable = "avx512f")]
    pub(super) fn differing(&self) -> __mmask16 {
        _mm512_mask_test_epi32_mask(self.valid, self.entries, _mm512_set1_epi32(DIFFERENCE as i32))
    }

    /// What they become, side by side in the first 48 bytes.
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw,avx512vbmi")]
    pub(super) fn mapped(&self) -> __m512i {
        let difference = _mm512_and_si512(self.entries, _mm512_set1_epi32(DIFFERENCE as i32));
        _mm512_permutexvar_epi8(load(&GATHERED), _mm512_xor_si512(self.lanes, difference))
    }
}

/// Looks the characters of a block up; `before` is the character before it.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vbmi,avx512vbmi2,bmi1,bmi2,popcnt")]
pub(super) fn find_block(characters: &Characters, block: Block, bytes: __m512i, before: u32) -> Found {
    let lanes = block.lanes(bytes, load(&SPREAD));
    let plain = if block.side_by_side { 0 } else { block.plain() as __mmask16 };
    let entry_before = _mm512_set1_epi32(characters[before as usize & 0xFFFF] as i32);
    find(characters, lanes, block.leads.count_ones() as usize, plain, entry_before)
}

/// The bytes of a block with what its characters become, and behind its end those of the source or any.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vbmi,avx512vbmi2")]
pub(super) fn mend(block: Block, bytes: __m512i, found: &Found) -> __m512i {
    let mapped = found.mapped();
    if block.side_by_side { mapped } else { _mm512_mask_expand_epi8(bytes, block.wide, mapped) }
}

/// The last character of a block that ends at `end`: ASCII or of 3 bytes.
#[inline(always)]
pub(super) fn last_character(source: &[u8], end: usize) -> u32 {
    if source[end - 1] < 0x80 {
        u32::from(source[end - 1])
    } else {
        let three = &source[end - 3..end];
        u32::from(three[0] & 0xF) << 12 | u32::from(three[1] & 0x3F) << 6 | u32::from(three[2] & 0x3F)
    }
}

/// Maps the whole of `source`, which is as long as the chunk.
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vbmi,avx512vbmi2,bmi1,bmi2,popcnt")]
fn run(characters: &Characters, source: &[u8], output: &mut [u8], events: &mut [u16]) -> State {
    let places = load(&PLACES);
    let State { mut at, mut before, mut count } = START;
    while at < source.len() {
        let rest = &source[at..];
        let bytes = load(rest);
        let high = _mm512_movepi8_mask(bytes);
        if high == 0 {
            store(&mut output[at..], bytes);
            at += rest.len().min(BLOCK);
            before = u32::from(source[at - 1]);
            continue;
        }
        let block = Block::take(bytes, high, rest.len());
        if block.end == 0 {
            State { at, before, count } = pass_other(State { at, before, count }, source, output, events);
            continue;
        }
        let found = find_block(characters, block, bytes, before);
        store(&mut output[at..], mend(block, bytes, &found));
        // Written whether or not there are any: a branch less to foresee.
        store_events(events, count, places, block.leads, found.events, at);
        count += found.events.count_ones() as usize;
        at += block.end;
        before = last_character(source, at);
    }
    State { at, before, count }
}

/// Writes the places of the characters that were found behind the first `count` events.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vbmi2")]
pub(super) fn store_events(
    events: &mut [u16],
    count: usize,
    places: __m512i,
    leads: __mmask64,
    found: __mmask16,
    at: usize,
) {
    let lead_places = _mm512_castsi512_si128(_mm512_maskz_compress_epi8(leads, places));
    let found_places = _mm256_cvtepu8_epi16(_mm_maskz_compress_epi8(found, lead_places));
    let room: &mut [u16; LANES] = events[count..].first_chunk_mut().expect("the contract gives room for a block");
    let places = _mm256_add_epi16(found_places, _mm256_set1_epi16(at as i16));
    // SAFETY: the reference is to 32 bytes, which nobody else sees; the instruction needs no alignment.
    unsafe { _mm256_storeu_si256(room.as_mut_ptr().cast(), places) }
}
