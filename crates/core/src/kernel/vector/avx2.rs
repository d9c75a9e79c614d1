//! The kernel with AVX2: eight characters of 3 bytes at a time.
//!
//! Where eight such characters stand side by side they are 24 bytes, which a shuffle spreads over eight lanes of 32 bits. Two multiplications by powers of two make
//! code points of them, the map entries are fetched, an exclusive or and a shuffle back make the output. The class bits of a lane are
//! compared with those of the lane before it.
//!
//! Worked example: `他的头发干净 ok` has six such characters, too few for a run; so they are listed and done as `scattered` tells. Of `他的头发` ten times, 40
//! characters are five times eight lanes, and in each of them 发 shares a class with the 头 before it: its lane is an event.
//!
//! Text goes this way as long as its runs have [`LONG_RUN`] characters and more on average; the rest is `scattered`. The first 256 bytes of what lies ahead tell which it is to
//! be. So in text of either kind hardly any branch depends on the text.
//!
//! # Why this is sound
//!
//! Arithmetic on vectors is safe where the instructions are known to exist, which is so in functions
//! that demand them; calling the first of these is unsafe, and is done behind the question at run time. What remains is memory: loads
//! and stores go through references to arrays of just that size.

use std::arch::x86_64::{
    __m128i, __m256i, _mm_add_epi16, _mm_cvtsi128_si64, _mm_extract_epi64, _mm_loadu_si128, _mm_set1_epi16,
    _mm_setr_epi16, _mm_shuffle_epi8, _mm_storeu_si128, _mm256_and_si256, _mm256_blend_epi32, _mm256_castsi128_si256,
    _mm256_castsi256_ps, _mm256_castsi256_si128, _mm256_cmpeq_epi32, _mm256_cmpgt_epi32, _mm256_extracti128_si256,
    _mm256_inserti128_si256, _mm256_loadu_si256, _mm256_madd_epi16, _mm256_maddubs_epi16, _mm256_movemask_ps,
    _mm256_or_si256, _mm256_permutevar8x32_epi32, _mm256_set1_epi32, _mm256_setr_epi8, _mm256_setr_epi32,
    _mm256_shuffle_epi8, _mm256_slli_epi32, _mm256_storeu_si256, _mm256_xor_si256,
};
use std::ops::Range;

use super::scattered::{BLOCKS, FEW_BLOCKS, LONG_RUN, Region, WORD, room};
use super::{NOTHING, State, pass_other, scalar};
use crate::instructions::{Instructions, are_used};
use crate::layout::{DIFFERENCE, SECOND_CLASSES};
use crate::map::{Characters, Flat};

/// See [`kernel::map`](crate::kernel::map); `None` where the processor has no AVX2.
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
    Some(unsafe {
        if length <= FEW_BLOCKS * BLOCK {
            run::<FEW_BLOCKS, { room(FEW_BLOCKS) }>(map, source, length, output, events)
        } else {
            run::<BLOCKS, { room(BLOCKS) }>(map, source, length, output, events)
        }
    })
}

/// Whether the processor has all the instructions of this module, and they are to be used.
#[inline]
pub(in crate::kernel) fn has_instructions() -> bool {
    are_used(Instructions::Avx2)
}

/// Bytes that are looked at together.
pub(super) const BLOCK: usize = 64;
/// Characters in a register.
pub(super) const LANES: usize = 8;
/// Bytes of eight characters.
pub(super) const EIGHT: usize = 24;
/// Bytes that are read and written for eight characters: two loads of 16, the second 12 behind the first.
pub(super) const REACH: usize = 28;
/// Bytes of ASCII taken at a time.
pub(super) const PLAIN: usize = 32;
/// Below so many bytes the scalar kernel is done sooner.
const LEAST: usize = 32;
/// By how many characters the first runs of a text may be shorter than [`LONG_RUN`] together ...
const FIRST_CREDIT: usize = 3 * LONG_RUN as usize;
/// ... and those behind longer ones.
const MOST_CREDIT: usize = 8 * LONG_RUN as usize;
/// What a character of another length costs of that.
const OTHER: usize = LONG_RUN as usize / 4;

#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn load_16(bytes: &[u8; 16]) -> __m128i {
    // SAFETY: the reference is to 16 bytes; the instruction needs no alignment.
    unsafe { _mm_loadu_si128(bytes.as_ptr().cast()) }
}

#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn load_32(bytes: &[u8; PLAIN]) -> __m256i {
    // SAFETY: the reference is to 32 bytes; the instruction needs no alignment.
    unsafe { _mm256_loadu_si256(bytes.as_ptr().cast()) }
}

/// A block in two vectors.
#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn halves(block: &[u8; BLOCK]) -> (__m256i, __m256i) {
    let ([low, high], []) = block.as_chunks::<PLAIN>() else { unreachable!("a block is two vectors") };
    (load_32(low), load_32(high))
}

#[inline]
#[target_feature(enable = "avx2")]
fn store_16(bytes: &mut [u8; 16], vector: __m128i) {
    // SAFETY: the reference is to 16 bytes, which nobody else sees; the instruction needs no alignment.
    unsafe { _mm_storeu_si128(bytes.as_mut_ptr().cast(), vector) }
}

/// Stores the first twelve bytes of each half, and four that follow them.
#[inline]
#[target_feature(enable = "avx2")]
fn store_twelves(to: &mut [u8; REACH], mapped: __m256i) {
    store_16(to.first_chunk_mut().expect("28 bytes are more than 16"), _mm256_castsi256_si128(mapped));
    store_16(to.last_chunk_mut().expect("28 bytes are more than 16"), _mm256_extracti128_si256::<1>(mapped));
}

#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn store_32(bytes: &mut [u8; PLAIN], vector: __m256i) {
    // SAFETY: the reference is to 32 bytes, which nobody else sees; the instruction needs no alignment.
    unsafe { _mm256_storeu_si256(bytes.as_mut_ptr().cast(), vector) };
}

#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn store_numbers(numbers: &mut [u32; LANES], vector: __m256i) {
    // SAFETY: the reference is to 32 bytes, which nobody else sees; the instruction needs no alignment.
    unsafe { _mm256_storeu_si256(numbers.as_mut_ptr().cast(), vector) }
}

#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn load_places(places: &[u16; LANES]) -> __m128i {
    // SAFETY: the reference is to 16 bytes; the instruction needs no alignment.
    unsafe { _mm_loadu_si128(places.as_ptr().cast()) }
}

/// The map entries of eight code points; only their lower 16 bits count. One by one: the instruction that gathers takes longer on many processors.
#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn fetch_entries(characters: &Characters, points: __m256i) -> __m256i {
    let (low, high) = (_mm256_castsi256_si128(points), _mm256_extracti128_si256::<1>(points));
    // Two in each, which takes fewer steps than one by one.
    let [first, second, third, fourth] =
        [_mm_cvtsi128_si64(low), _mm_extract_epi64::<1>(low), _mm_cvtsi128_si64(high), _mm_extract_epi64::<1>(high)];
    let entry = |point: i64| characters[usize::from(point as u16)] as i32;
    let upper = |points: i64| entry(points >> 32);
    _mm256_setr_epi32(
        entry(first),
        upper(first),
        entry(second),
        upper(second),
        entry(third),
        upper(third),
        entry(fourth),
        upper(fourth),
    )
}

/// Lanes with the highest bit set for characters that may be the second of a trigger; `before` are the entries before each.
#[inline]
#[target_feature(enable = "avx2")]
fn triggers(entries: __m256i, before: __m256i) -> __m256i {
    let shared = _mm256_and_si256(_mm256_slli_epi32::<1>(before), entries);
    let shared = _mm256_and_si256(shared, _mm256_set1_epi32(SECOND_CLASSES as i32));
    _mm256_cmpgt_epi32(shared, _mm256_set1_epi32(0))
}

/// A bit for each lane that is an event; `before` are the entries before each.
#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn found(entries: __m256i, before: __m256i) -> u32 {
    // Special entries have the highest bit too.
    _mm256_movemask_ps(_mm256_castsi256_ps(_mm256_or_si256(triggers(entries, before), entries))) as u32
}

/// Each entry in the lane behind its own, and the last in the first.
#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn rotated(entries: __m256i) -> __m256i {
    _mm256_permutevar8x32_epi32(entries, _mm256_setr_epi32(7, 0, 1, 2, 3, 4, 5, 6))
}

/// What differs in the output, by entries.
#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn differences(entries: __m256i) -> __m256i {
    _mm256_and_si256(entries, _mm256_set1_epi32(DIFFERENCE as i32))
}

/// For each set of eight lanes, the bytes of the numbers of 16 bits in these, side by side.
static SIDE_BY_SIDE: [[u8; 16]; 256] = {
    let mut table = [[0; 16]; 256];
    let mut set = 0;
    while set < 256 {
        let (mut lane, mut count) = (0, 0);
        while lane < LANES {
            if set >> lane & 1 != 0 {
                (table[set][count], table[set][count + 1]) = (2 * lane as u8, 2 * lane as u8 + 1);
                count += 2;
            }
            lane += 1;
        }
        set += 1;
    }
    table
};

/// Writes the places of the lanes that are found behind the first `count` events; gives the new count. Without a branch, because events come when they like.
#[inline]
#[target_feature(enable = "avx2,popcnt")]
pub(super) fn store_events(events: &mut [u16], count: usize, places: __m128i, found: u32) -> usize {
    let set = found as usize & 0xFF;
    let room: &mut [u16; LANES] = events[count..].first_chunk_mut().expect("the contract gives room for a vector");
    let places = _mm_shuffle_epi8(places, load_16(&SIDE_BY_SIDE[set]));
    // SAFETY: the reference is to 16 bytes, which nobody else sees; the instruction needs no alignment.
    unsafe { _mm_storeu_si128(room.as_mut_ptr().cast(), places) };
    count + set.count_ones() as usize
}

/// Eight characters of 3 bytes in lanes, the fourth byte of each empty, and a bit for each lane that has the first byte of one.
#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn spread(from: &[u8; REACH]) -> (__m256i, u32) {
    // Bytes 0..12 of each half, three to a lane.
    let spread = _mm256_setr_epi8(
        0, 1, 2, -1, 3, 4, 5, -1, 6, 7, 8, -1, 9, 10, 11, -1, 0, 1, 2, -1, 3, 4, 5, -1, 6, 7, 8, -1, 9, 10, 11, -1,
    );
    let (low, high) = (
        load_16(from.first_chunk().expect("28 bytes are more than 16")),
        load_16(from.last_chunk().expect("28 bytes are more than 16")),
    );
    let bytes = _mm256_inserti128_si256::<1>(_mm256_castsi128_si256(low), high);
    let bytes = _mm256_shuffle_epi8(bytes, spread);
    let leads = _mm256_cmpeq_epi32(_mm256_and_si256(bytes, _mm256_set1_epi32(0xF0)), _mm256_set1_epi32(0xE0));
    (bytes, _mm256_movemask_ps(_mm256_castsi256_ps(leads)) as u32)
}

/// The code points of the characters in the lanes, of which the lower three bytes count.
#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn points(lanes: __m256i) -> __m256i {
    // First bytes times 64 plus second bytes; that times 64 plus third bytes.
    let digits = _mm256_and_si256(lanes, _mm256_set1_epi32(0x003F_3F0F));
    let sums = _mm256_maddubs_epi16(digits, _mm256_set1_epi32(0x0001_0140));
    _mm256_madd_epi16(sums, _mm256_set1_epi32(0x0001_0040))
}

/// Maps the whole of `source[..length]`, region by region, each of so many blocks.
#[target_feature(enable = "avx2,bmi1,bmi2,popcnt")]
fn run<const BLOCKS: usize, const ROOM: usize>(
    map: &Flat<'_>,
    source: &[u8],
    length: usize,
    output: &mut [u8],
    events: &mut [u16],
) -> usize {
    let mut work = Work { map, source, output, events, at: 0, count: 0 };
    let mut places = [0; ROOM];
    while work.at + LEAST <= length {
        let start = work.at;
        let end = region_end(source, start..length, BLOCKS * BLOCK);
        // The beginning tells how the text goes on.
        let sample = end.min(start + FEW_BLOCKS * BLOCK);
        let mut region = Region::<BLOCKS>::new();
        region.look(&source[start..sample]);
        if region.is_run_on() {
            work.map_runs(length);
            if work.at == start {
                break;
            }
        } else {
            region.look(&source[sample..end]);
            work.map_scattered(&region, end, &mut places);
        }
    }
    if work.at == length {
        return work.count;
    }
    let before = character_before(source, work.at);
    let state = State { at: work.at, before, count: work.count };
    scalar::finish(map, source, length, state, output, events)
}

/// Where a region of at most so many bytes ends: between characters, or at the end of the text.
#[inline]
fn region_end(source: &[u8], text: Range<usize>, most: usize) -> usize {
    let mut end = text.start + most;
    if end >= text.end {
        return text.end;
    }
    while source[end] & 0xC0 == 0x80 && end > text.start + most - WORD {
        end -= 1;
    }
    end
}

/// A kernel at work on a text.
pub(super) struct Work<'w> {
    pub(super) map: &'w Flat<'w>,
    pub(super) source: &'w [u8],
    pub(super) output: &'w mut [u8],
    pub(super) events: &'w mut [u16],
    /// The next byte.
    pub(super) at: usize,
    /// The number of events.
    pub(super) count: usize,
}

impl Work<'_> {
    /// Maps text in which characters of 3 bytes stand side by side mostly, as far as they do, but not further than `length`; stops before where there is no room
    /// for a vector.
    #[inline]
    #[target_feature(enable = "avx2,bmi1,bmi2,popcnt")]
    fn map_runs(&mut self, length: usize) {
        // Bytes 0..3 of each lane, side by side.
        let gathered = _mm256_setr_epi8(
            0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, -1, -1, -1, -1, 0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, -1, -1, -1,
            -1,
        );
        let characters = self.map.characters;
        let (mut at, mut count) = (self.at, self.count);
        let mut before = character_before(self.source, at);
        // Characters that runs may be too short by.
        let mut credit = FIRST_CREDIT;
        'text: while at < length {
            let byte = self.source[at];
            if byte & 0xF0 == 0xE0 {
                let mut carry = _mm256_set1_epi32(characters[before as usize & 0xFFFF] as i32);
                let start = at;
                loop {
                    let (Some(from), Some(to)) = (
                        self.source.get(at..).and_then(|rest| rest.first_chunk::<REACH>()),
                        self.output.get_mut(at..).and_then(|rest| rest.first_chunk_mut::<REACH>()),
                    ) else {
                        break 'text;
                    };
                    let (bytes, leads) = spread(from);
                    let entries = fetch_entries(characters, points(bytes));
                    let rotated = rotated(entries);
                    let mut found = found(entries, _mm256_blend_epi32::<1>(rotated, carry));
                    carry = rotated;
                    let mapped = _mm256_shuffle_epi8(_mm256_xor_si256(bytes, differences(entries)), gathered);
                    store_twelves(to, mapped);
                    let whole = leads == 0xFF && at + EIGHT <= length;
                    let number = if whole { LANES } else { (leads.trailing_ones() as usize).min((length - at) / 3) };
                    if !whole {
                        found &= (1 << number) - 1;
                    }
                    let places = _mm_add_epi16(_mm_setr_epi16(0, 3, 6, 9, 12, 15, 18, 21), _mm_set1_epi16(at as i16));
                    count = store_events(self.events, count, places, found);
                    at += 3 * number;
                    if !whole {
                        break;
                    }
                }
                // For what is not ASCII, and for ASCII the same as the last of it.
                before = character_before(self.source, at);
                credit = (credit + (at - start) / 3).min(MOST_CREDIT);
                let Some(left) = credit.checked_sub(LONG_RUN as usize) else { break };
                credit = left;
            } else if byte < 0x80 {
                let most = length.min(at + BLOCK);
                while at < most && self.source[at] < 0x80 {
                    self.output[at] = self.source[at];
                    at += 1;
                }
                before = u32::from(self.source[at - 1]);
                if at == most {
                    break;
                }
            } else {
                State { at, before, count } =
                    pass_other(State { at, before, count }, self.source, self.output, self.events);
                let Some(left) = credit.checked_sub(OTHER) else { break };
                credit = left;
            }
        }
        (self.at, self.count) = (at, count);
    }
}

/// The character before a place, if it has up to 3 bytes; otherwise [`NOTHING`].
pub(super) fn character_before(source: &[u8], at: usize) -> u32 {
    match source[..at] {
        [.., last] if last < 0x80 => u32::from(last),
        [.., first, second, third] if first & 0xF0 == 0xE0 => {
            u32::from(first & 0xF) << 12 | u32::from(second & 0x3F) << 6 | u32::from(third & 0x3F)
        }
        [.., first, second] if first & 0xE0 == 0xC0 => u32::from(first & 0x1F) << 6 | u32::from(second & 0x3F),
        _ => NOTHING,
    }
}
