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
//! Sixteen characters of 3 bytes side by side are a block without further looks: then nothing needs moving, and the next block is known to start behind them. Any other
//! block ends before the first character of another length, which is done alone, before a character that is not whole, and behind the sixteenth
//! of 3 bytes.
//!
//! Where a block is all ASCII and more such are ahead, text goes another way (`apart.rs`).
//!
//! # Why this is sound
//!
//! As in `avx2`. Where fewer than 64 bytes are left, masked loads and stores touch only those that are there.

use std::arch::x86_64::{
    __m256i, __m512i, __mmask16, __mmask64, _mm256_add_epi16, _mm256_cvtepu8_epi16, _mm256_i32gather_epi32,
    _mm256_maskz_compress_epi16, _mm256_set1_epi16, _mm256_storeu_si256, _mm512_alignr_epi32, _mm512_and_si512,
    _mm512_castsi256_si512, _mm512_castsi512_si128, _mm512_castsi512_si256, _mm512_cmpeq_epi8_mask,
    _mm512_cmplt_epi32_mask, _mm512_i32gather_epi32, _mm512_loadu_si512, _mm512_madd_epi16, _mm512_maddubs_epi16,
    _mm512_mask_blend_epi32, _mm512_mask_expand_epi8, _mm512_mask_storeu_epi8, _mm512_mask_test_epi32_mask,
    _mm512_maskz_compress_epi8, _mm512_maskz_loadu_epi8, _mm512_movepi8_mask, _mm512_permutexvar_epi8,
    _mm512_permutexvar_epi32, _mm512_set1_epi8, _mm512_set1_epi32, _mm512_setzero_si512, _mm512_slli_epi32,
    _mm512_storeu_si512, _mm512_test_epi32_mask, _mm512_xor_si512, _pdep_u64, _pext_u64,
};

use super::apart::{self, Reached};
use super::{NOTHING, State, pass_other};
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
    Some(unsafe { run(map.characters, &source[..length], output, events) })
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

/// The map entries of the characters in the lanes.
#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
pub(super) fn gather_entries(characters: &Characters, lanes: __m512i) -> __m512i {
    // SAFETY: the table has 65,536 entries of 4 bytes, and no code point that is made of 4, 6 and 6 bits is larger than 65,535.
    unsafe { _mm512_i32gather_epi32::<4>(points(lanes), characters.as_ptr().cast()) }
}

/// Those in the lower half of the lanes, which takes half the time.
#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
pub(super) fn gather_half(characters: &Characters, lanes: __m512i) -> __m512i {
    let points = _mm512_castsi512_si256(points(lanes));
    // SAFETY: the same.
    _mm512_castsi256_si512(unsafe { _mm256_i32gather_epi32::<4>(characters.as_ptr().cast(), points) })
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
pub(super) const GATHERED: [u8; BLOCK] = {
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

/// Bytes of sixteen characters of 3 bytes.
pub(super) const STEP: usize = 3 * LANES;

/// A bit for each first byte of a character of 3 bytes.
#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
pub(super) fn leads(bytes: __m512i) -> __mmask64 {
    let upper = _mm512_and_si512(bytes, _mm512_set1_epi8(0xF0_u8 as i8));
    _mm512_cmpeq_epi8_mask(upper, _mm512_set1_epi8(0xE0_u8 as i8))
}

/// Up to 64 bytes of ASCII and characters of 3 bytes, of these at most sixteen.
#[derive(Clone, Copy)]
pub(super) struct Block {
    /// How many bytes; 0 before a character of 2 or 4 bytes.
    pub(super) end: usize,
    /// The first bytes of the characters of 3 bytes.
    pub(super) leads: __mmask64,
    /// All their bytes.
    pub(super) wide: __mmask64,
}

impl Block {
    /// The block at the start of `bytes`, of which `high` are not ASCII and `length` are text.
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw,bmi1,bmi2")]
    pub(super) fn take(bytes: __m512i, high: __mmask64, length: usize) -> Block {
        let mut leads = leads(bytes);
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
        Block { end, leads, wide: leads | leads << 1 | leads << 2 }
    }

    /// A bit for each character of 3 bytes: whether it follows a byte of ASCII.
    #[inline]
    #[target_feature(enable = "bmi2")]
    pub(super) fn plain(self) -> u64 {
        _pext_u64(!(self.wide << 1 | 1), self.leads)
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

/// Finds out about so many characters, with their entries. Lanes in `plain` follow a byte of ASCII, which has `plain_entry`; `entry_before` has the map entry of the character before the
/// first in its highest lane.
#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
pub(super) fn find(
    (lanes, entries): (__m512i, __m512i),
    count: usize,
    plain: __mmask16,
    (plain_entry, entry_before): (__m512i, __m512i),
) -> Found {
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
    pub(super) fn mapped(&self, gathered: __m512i) -> __m512i {
        let difference = _mm512_and_si512(self.entries, _mm512_set1_epi32(DIFFERENCE as i32));
        _mm512_permutexvar_epi8(gathered, _mm512_xor_si512(self.lanes, difference))
    }
}

/// What the steps of the kernel have in common.
pub(super) struct Constants<'m> {
    pub(super) characters: &'m Characters,
    pub(super) places: __m512i,
    places_side_by_side: __m256i,
    pub(super) spread: __m512i,
    pub(super) gathered: __m512i,
    /// The map entry that all characters of 1 and 2 bytes have.
    pub(super) plain_entry: __m512i,
}

/// What is done of a text in one step.
pub(super) struct Step {
    /// How many bytes. Behind them, those of the source are written or any.
    pub(super) end: usize,
    pub(super) found: Found,
    /// Where the characters of 3 bytes begin.
    pub(super) places: __m256i,
    /// The map entry of the last character, in the highest lane.
    pub(super) last_entry: __m512i,
}

impl<'m> Constants<'m> {
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw,avx512vbmi2")]
    pub(super) fn new(characters: &'m Characters) -> Constants<'m> {
        let places = load(&PLACES);
        Constants {
            characters,
            places,
            places_side_by_side: lead_places(SIDE_BY_SIDE, places),
            spread: load(&SPREAD),
            gathered: load(&GATHERED),
            plain_entry: _mm512_set1_epi32(characters[0] as i32),
        }
    }

    /// The map entry of a code point; only its lower 16 bits count.
    #[inline]
    #[target_feature(enable = "avx512f")]
    pub(super) fn entry(&self, point: u32) -> __m512i {
        _mm512_set1_epi32(self.characters[point as usize & 0xFFFF] as i32)
    }

    /// Does what stands at the start of `bytes`, of which `high` are not ASCII and `length` are text, and writes it; `entry_before` has the map entry of the character before in its
    /// highest lane. `None` before a character of 2 or 4 bytes. With `ENDS` the last characters of a text are many of all, and eight or fewer are done in half the time; else asking takes longer.
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vbmi,avx512vbmi2,bmi1,bmi2,popcnt")]
    pub(super) fn step<const ENDS: bool>(
        &self,
        bytes: __m512i,
        high: __mmask64,
        length: usize,
        entry_before: __m512i,
        output: &mut [u8],
    ) -> Option<Step> {
        if leads(bytes) & lowest(STEP) == SIDE_BY_SIDE && length >= STEP {
            let lanes = _mm512_permutexvar_epi8(self.spread, bytes);
            let entries = gather_entries(self.characters, lanes);
            let found = find((lanes, entries), LANES, 0, (self.plain_entry, entry_before));
            store(output, found.mapped(self.gathered));
            let last_entry = found.entries;
            return Some(Step { end: STEP, found, places: self.places_side_by_side, last_entry });
        }
        let block = Block::take(bytes, high, length);
        if block.end == 0 {
            return None;
        }
        let lanes = _mm512_permutexvar_epi8(self.spread, _mm512_maskz_compress_epi8(block.wide, bytes));
        let number = block.leads.count_ones() as usize;
        let entries = match number {
            ..=8 if ENDS => gather_half(self.characters, lanes),
            _ => gather_entries(self.characters, lanes),
        };
        let found = find((lanes, entries), number, block.plain() as __mmask16, (self.plain_entry, entry_before));
        store(output, _mm512_mask_expand_epi8(bytes, block.wide, found.mapped(self.gathered)));
        let last = _mm512_permutexvar_epi32(_mm512_set1_epi32(number as i32 - 1), found.entries);
        let is_last = (block.wide >> (block.end - 1) & 1).wrapping_neg() as __mmask16;
        let last_entry = _mm512_mask_blend_epi32(is_last, self.plain_entry, last);
        Some(Step { end: block.end, found, places: lead_places(block.leads, self.places), last_entry })
    }
}

/// Maps the whole of `source`, which is as long as the chunk; gives the number of events.
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vbmi,avx512vbmi2,bmi1,bmi2,popcnt")]
fn run(characters: &Characters, source: &[u8], output: &mut [u8], events: &mut [u16]) -> usize {
    let mut reached = run_blocks(characters, source, None, output, events);
    while reached.at < source.len() {
        reached = apart::map(characters, source, reached, output, events);
        reached = run_blocks(characters, source, Some(reached), output, events);
    }
    reached.count
}

/// Maps block by block, from the start or from what is reached, to the end or up to where characters stand apart. A function of its own: a call among its steps would take the constants out of the registers.
#[inline(never)]
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vbmi,avx512vbmi2,bmi1,bmi2,popcnt")]
fn run_blocks(
    characters: &Characters,
    source: &[u8],
    reached: Option<Reached>,
    output: &mut [u8],
    events: &mut [u16],
) -> Reached {
    let constants = Constants::new(characters);
    let (mut at, mut count, mut entry_before) = match reached {
        Some(reached) => (reached.at, reached.count, reached.entry_before),
        None => (0, 0, constants.entry(NOTHING)),
    };
    while at < source.len() {
        let rest = &source[at..];
        let bytes = load(rest);
        let high = _mm512_movepi8_mask(bytes);
        if high == 0 {
            store(&mut output[at..], bytes);
            at += rest.len().min(BLOCK);
            entry_before = constants.plain_entry;
            if apart::pays(&source[at..]) {
                break;
            }
            continue;
        }
        let Some(step) = constants.step::<false>(bytes, high, rest.len(), entry_before, &mut output[at..]) else {
            let state = pass_other(State { at, before: NOTHING, count }, source, output, events);
            (at, count, entry_before) = (state.at, state.count, constants.entry(state.before));
            continue;
        };
        // Written whether or not there are any: a branch less to foresee.
        store_events(events, count, step.places, step.found.events, at);
        count += step.found.events.count_ones() as usize;
        at += step.end;
        entry_before = step.last_entry;
    }
    Reached { at, count, entry_before }
}

/// The places of the first bytes of up to sixteen characters.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vbmi2")]
pub(super) fn lead_places(leads: __mmask64, places: __m512i) -> __m256i {
    _mm256_cvtepu8_epi16(_mm512_castsi512_si128(_mm512_maskz_compress_epi8(leads, places)))
}

/// Writes the places of the characters that were found behind the first `count` events.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vbmi2")]
pub(super) fn store_events(events: &mut [u16], count: usize, lead_places: __m256i, found: __mmask16, at: usize) {
    let found_places = _mm256_maskz_compress_epi16(found, lead_places);
    let room: &mut [u16; LANES] = events[count..].first_chunk_mut().expect("the contract gives room for a block");
    let places = _mm256_add_epi16(found_places, _mm256_set1_epi16(at as i16));
    // SAFETY: the reference is to 32 bytes, which nobody else sees; the instruction needs no alignment.
    unsafe { _mm256_storeu_si256(room.as_mut_ptr().cast(), places) }
}
