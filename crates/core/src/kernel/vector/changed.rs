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
    __m512i, __mmask16, __mmask64, _mm256_add_epi16, _mm256_loadu_si256, _mm256_maskz_compress_epi16,
    _mm256_set1_epi16, _mm256_storeu_si256, _mm512_add_epi8, _mm512_add_epi32, _mm512_and_si512, _mm512_andnot_si512,
    _mm512_castsi512_si128, _mm512_cmpeq_epi32_mask, _mm512_cmpgt_epi32_mask, _mm512_cmplt_epi8_mask,
    _mm512_cmplt_epi32_mask, _mm512_cmpneq_epi8_mask, _mm512_cvtepu8_epi32, _mm512_i32gather_epi32, _mm512_loadu_si512,
    _mm512_mask_blend_epi32, _mm512_mask_mov_epi32, _mm512_maskz_compress_epi8, _mm512_maskz_compress_epi32,
    _mm512_maskz_expand_epi8, _mm512_maskz_mov_epi32, _mm512_mul_epu32, _mm512_mullo_epi32, _mm512_or_si512,
    _mm512_permutex2var_epi32, _mm512_permutexvar_epi8, _mm512_rol_epi32, _mm512_set1_epi32, _mm512_setzero_si512,
    _mm512_shuffle_i64x2, _mm512_slli_epi32, _mm512_sllv_epi32, _mm512_srli_epi32, _mm512_srli_epi64,
    _mm512_storeu_si512, _mm512_test_epi32_mask, _mm512_testn_epi32_mask,
};
use std::ops::Range;

use super::avx512::{LANES, PLACES, has_instructions, load, lowest, points};
use crate::kernel::changed::{ALONE, AROUND, Changed, DOUBT, Known, LEFT, Numbers, RIGHT, ROOM};
use crate::layout::cover::Link;
use crate::layout::{self, ADJACENCY_FACTOR};
use crate::table::{self, Raw};

/// Bytes before a character that are looked at.
const BEFORE: usize = 6;
/// Characters that start among so many bytes of a block are done with it: with the bytes before them and the two characters behind them they lie in 64.
const SETTLED: usize = 48;

/// See [`Changed::find`]; `false` where the processor lacks the instructions, or the table the filter.
#[inline]
pub(in crate::kernel) fn changed(
    known: Known<'_>,
    source: &[u8],
    chunk: Range<usize>,
    mapped: &[u8],
    changed: &mut Changed,
) -> bool {
    if !has_instructions() || known.covers.is_empty() {
        return false;
    }
    // SAFETY: the processor has just said that it has these instructions.
    unsafe {
        changed.count = find(source, chunk.clone(), mapped, changed);
        look_up(known, source, chunk.start, changed);
        find_pairs(known, changed);
    }
    true
}

/// See [`Changed::collect`]; `None` where the processor lacks the instructions.
#[inline]
pub(in crate::kernel) fn collect_changed(changed: &mut Changed, base: u32) -> Option<usize> {
    // SAFETY: the processor has just said that it has these instructions.
    has_instructions().then(|| unsafe { collect(changed, base) })
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
    // Of a place in each lane, the four bytes from there on; of the block the first bytes stand before the place that is 0.
    let onwards = _mm512_set1_epi32(0x0302_0100);
    let three = _mm512_set1_epi32(0x0303_0303);
    let (mut at, mut count) = (chunk.start, 0);
    while at < chunk.end {
        let block = match at {
            0..BEFORE => _mm512_maskz_expand_epi8(!lowest(BEFORE - at), load(source)),
            _ => load(&source[at - BEFORE..]),
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
            let mut places = _mm512_add_epi8(places, onwards);
            for characters in &mut changed.around {
                store(characters, count, _mm512_permutexvar_epi8(places, block));
                places = _mm512_add_epi8(places, three);
            }
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
    let looked = look_at(adjacency, first, second);
    looked.has(looked.pattern())
}

/// Of sixteen pairs, those that the filter may have, and those that may be a path by themselves; by their hashes and the words of the filter.
#[inline]
#[target_feature(enable = "avx512f")]
pub(super) fn adjacent_or_whole(hash: __m512i, words: __m512i) -> (__mmask16, __mmask16) {
    let looked = Looked { words, hash };
    let pattern = looked.pattern();
    (looked.has(pattern), looked.has(_mm512_rol_epi32::<{ layout::WHOLE as i32 }>(pattern)))
}

/// What a filter has of sixteen pairs.
struct Looked {
    words: __m512i,
    hash: __m512i,
}

impl Looked {
    /// The bits of the words that are set for the pairs.
    #[inline]
    #[target_feature(enable = "avx512f")]
    fn pattern(&self) -> __m512i {
        let (one, places) = (_mm512_set1_epi32(1), _mm512_set1_epi32(31));
        let bit = |hash: __m512i| _mm512_sllv_epi32(one, _mm512_and_si512(hash, places));
        _mm512_or_si512(bit(self.hash), bit(_mm512_srli_epi32::<5>(self.hash)))
    }

    /// Pairs of which all of these bits are set.
    #[inline]
    #[target_feature(enable = "avx512f")]
    fn has(&self, pattern: __m512i) -> __mmask16 {
        let missing = _mm512_andnot_si512(self.words, pattern);
        _mm512_testn_epi32_mask(missing, missing)
    }
}

/// The hashes of pairs of code points below 65,536.
#[inline]
#[target_feature(enable = "avx512f")]
pub(super) fn hashes(first: __m512i, second: __m512i) -> __m512i {
    let constant = |number: u32| _mm512_set1_epi32(number as i32);
    let (low, high) = (constant(ADJACENCY_FACTOR as u32), constant((ADJACENCY_FACTOR >> u32::BITS) as u32));
    // The upper half of the product: what the lower halves carry, and the others crosswise.
    let even = _mm512_srli_epi64::<32>(_mm512_mul_epu32(first, low));
    let odd = _mm512_mul_epu32(_mm512_srli_epi64::<32>(first), low);
    let carried = _mm512_mask_blend_epi32(0xAAAA, even, odd);
    let crosswise = _mm512_add_epi32(_mm512_mullo_epi32(first, high), _mm512_mullo_epi32(second, low));
    _mm512_add_epi32(carried, crosswise)
}

/// Looks pairs of code points below 65,536 up in a filter.
#[inline]
#[target_feature(enable = "avx512f")]
fn look_at(filter: &[Raw<4>], first: __m512i, second: __m512i) -> Looked {
    assert!(filter.len().is_power_of_two(), "filters have words by the power of two");
    let hash = hashes(first, second);
    let mask = _mm512_set1_epi32(filter.len() as i32 - 1);
    let indexes = _mm512_and_si512(_mm512_srli_epi32::<10>(hash), mask);
    // SAFETY: each index is below the length, and a word has 4 bytes.
    let words = unsafe { _mm512_i32gather_epi32::<4>(indexes, filter.as_ptr().cast()) };
    Looked { words, hash }
}

/// Fetches words of a filter, one by one: sixteen loads take less time than a gather, where nothing else is done meanwhile.
#[inline(never)]
pub(super) fn fetch_words(filter: &[Raw<4>], hashes: &[u32], words: &mut [u32]) {
    for (word, hash) in words.iter_mut().zip(hashes) {
        *word = table::word_at(filter, *hash);
    }
}

/// Fetches the numbers of code points, which are where they shall be, in the same way; only the lower 16 bits of these count.
#[inline(never)]
pub(super) fn fetch_numbers(numbers: &Numbers, points: &mut [u32]) {
    for point in points {
        *point = numbers[usize::from(*point as u16)];
    }
}

/// Fetches the numbers of the characters of `changed`, and what the filter has of each with those beside it.
#[target_feature(enable = "avx512f,avx512bw")]
fn fetch(known: Known<'_>, changed: &mut Changed) {
    for at in (0..changed.count).step_by(LANES) {
        let Near { before, point, behind, .. } =
            near(&std::array::from_fn(|which| sixteen_of(&changed.around[which], at)));
        store(&mut changed.hashes[0], at, hashes(before, point));
        store(&mut changed.hashes[1], at, hashes(point, behind));
        store(&mut changed.numbers, at, point);
    }
    for (hashes, words) in changed.hashes.iter().zip(&mut changed.filtered) {
        fetch_words(known.covers, &hashes[..changed.count], &mut words[..changed.count]);
    }
    fetch_numbers(known.numbers, &mut changed.numbers[..changed.count]);
}

/// Finds out about the characters of `changed`.
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vbmi,avx512vbmi2,bmi1,bmi2,popcnt")]
fn look_up(known: Known<'_>, source: &[u8], start: usize, changed: &mut Changed) {
    const FIRST: [u16; LANES] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15];
    let constant = |number: u32| _mm512_set1_epi32(number as i32);
    let zero = constant(0);
    // SAFETY: the reference is to 32 bytes; the instruction needs no alignment.
    let first_sixteen = unsafe { _mm256_loadu_si256(FIRST.as_ptr().cast()) };
    fetch(known, changed);
    changed.doubts = 0;
    for at in (0..changed.count).step_by(LANES) {
        let around = std::array::from_fn(|which| sixteen_of(&changed.around[which], at));
        let Near { regular, .. } = near(&around);
        let valid = lowest(changed.count - at) as __mmask16;
        let [left, right] = [0, 1].map(|side| Looked {
            words: sixteen_of(&changed.filtered[side], at),
            hash: sixteen_of(&changed.hashes[side], at),
        });
        let (pattern_left, pattern_right) = (left.pattern(), right.pattern());
        let is_inside = left.has(_mm512_rol_epi32::<{ Link::FromBefore.turn() as i32 }>(pattern_left))
            & right.has(_mm512_rol_epi32::<{ Link::GoesOn.turn() as i32 }>(pattern_right));
        let left = is_inside | left.has(_mm512_rol_epi32::<{ Link::Ends.turn() as i32 }>(pattern_left));
        let right = is_inside | right.has(_mm512_rol_epi32::<{ Link::Begins.turn() as i32 }>(pattern_right));
        let number = sixteen_of(&changed.numbers, at);
        let is_certain =
            _mm512_test_epi32_mask(number, constant(ALONE)) | !left & !right & _mm512_test_epi32_mask(number, number);
        let doubts = _mm512_or_si512(
            _mm512_or_si512(constant(DOUBT), _mm512_mask_blend_epi32(left, zero, constant(LEFT))),
            _mm512_mask_blend_epi32(right, zero, constant(RIGHT)),
        );
        store(&mut changed.numbers, at, _mm512_mask_blend_epi32(is_certain, doubts, number));
        let mut doubtful = valid & regular & !is_certain;
        let mut others = valid & !regular;
        while others != 0 {
            let lane = others.trailing_zeros();
            others &= others - 1;
            let number = at + lane as usize;
            (_, changed.numbers[number]) = known.look_up_changed(source, start + changed.places[number] as usize);
            doubtful |= __mmask16::from(changed.numbers[number] & DOUBT != 0) << lane;
        }
        if doubtful == 0 {
            continue;
        }
        let room: &mut [u16; LANES] =
            changed.doubtful[changed.doubts..].first_chunk_mut().expect("there is more room than for a chunk");
        let doubtful_numbers = _mm256_add_epi16(first_sixteen, _mm256_set1_epi16(at as i16));
        // SAFETY: the reference is to 32 bytes, which nobody else sees; the instruction needs no alignment.
        unsafe {
            _mm256_storeu_si256(room.as_mut_ptr().cast(), _mm256_maskz_compress_epi16(doubtful, doubtful_numbers));
        }
        // There are not more of them than have been read.
        for (characters, sixteen) in changed.around.iter_mut().zip(around) {
            store(characters, changed.doubts, _mm512_maskz_compress_epi32(doubtful, sixteen));
        }
        store(&mut changed.keys, changed.doubts, _mm512_maskz_compress_epi32(doubtful, doubts));
        changed.doubts += doubtful.count_ones() as usize;
    }
}

/// A character and those beside it, as code points.
struct Near {
    before: __m512i,
    point: __m512i,
    behind: __m512i,
    /// Those beside it have 3 bytes.
    wide_before: __mmask16,
    wide_behind: __mmask16,
    /// It has 3 bytes, and those beside it have 3 or 1.
    regular: __mmask16,
}

/// Makes code points of what was read around characters.
#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn near([_, before, own, behind, _]: &[__m512i; AROUND]) -> Near {
    let (before, wide_before, known_before) = point_before(*before);
    let (behind, wide_behind, known_behind) = point_behind(*behind);
    let regular = is_wide(*own) & known_before & known_behind;
    Near { before, point: points(*own), behind, wide_before, wide_behind, regular }
}

/// The character that ends with the third byte of each lane: its code point, whether it has 3 bytes, and whether it has 3 or 1 and so the code point is right.
#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn point_before(bytes: __m512i) -> (__m512i, __mmask16, __mmask16) {
    let last = _mm512_and_si512(_mm512_srli_epi32::<16>(bytes), _mm512_set1_epi32(0xFF));
    let (wide, plain) = (is_wide(bytes), is_plain(last));
    (_mm512_mask_blend_epi32(plain, points(bytes), last), wide, wide | plain)
}

/// The same of the character that begins each lane.
#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn point_behind(bytes: __m512i) -> (__m512i, __mmask16, __mmask16) {
    let first = _mm512_and_si512(bytes, _mm512_set1_epi32(0xFF));
    let (wide, plain) = (is_wide(bytes), is_plain(first));
    (_mm512_mask_blend_epi32(plain, points(bytes), first), wide, wide | plain)
}

/// Finds out which of the characters in doubt are alone between borders, and which one of two.
#[target_feature(enable = "avx512f,avx512bw,avx512vl,bmi1,bmi2,popcnt")]
fn find_pairs(known: Known<'_>, changed: &mut Changed) {
    let constant = |number: u32| _mm512_set1_epi32(number as i32);
    for at in (0..changed.doubts).step_by(LANES) {
        let around: [__m512i; AROUND] = std::array::from_fn(|which| sixteen_of(&changed.around[which], at));
        let Near { before, point, behind, wide_before, wide_behind, regular } = near(&around);
        let (before_that, _, known_before) = point_before(around[0]);
        let (behind_that, _, known_behind) = point_behind(around[AROUND - 1]);
        let left = _mm512_test_epi32_mask(sixteen_of(&changed.keys, at), constant(LEFT));
        let left = left & adjacent(known.adjacency, before, point);
        let right = adjacent(known.adjacency, point, behind);
        let more_before = adjacent(known.adjacency, before_that, before) | !(wide_before & known_before);
        let more_behind = adjacent(known.adjacency, behind, behind_that) | !(wide_behind & known_behind);
        // Where a description sequence would end, what follows decides.
        let operator = _mm512_cmpeq_epi32_mask(_mm512_srli_epi32::<4>(behind), constant(0x2FF));
        let alone = regular & !left & !right;
        let first = regular & !left & right & !more_behind & !operator;
        let second = regular & left & !right & !more_before;
        let lower = _mm512_mask_mov_epi32(point, second, before);
        let upper = _mm512_mask_mov_epi32(_mm512_maskz_mov_epi32(first, behind), second, point);
        let keys = _mm512_or_si512(lower, _mm512_slli_epi32::<16>(upper));
        store(&mut changed.keys, at, _mm512_maskz_mov_epi32(alone | first | second, keys));
        store(&mut changed.before, at, _mm512_maskz_mov_epi32(second, constant(3)));
    }
}

/// Moves together what is to be listed; see [`Changed::collect`].
#[target_feature(enable = "avx512f,avx512bw,avx512vl,bmi1,bmi2,popcnt")]
fn collect(changed: &mut Changed, base: u32) -> usize {
    let (zero, base) = (_mm512_setzero_si512(), _mm512_set1_epi32(base as i32));
    let mut count = 0;
    for at in (0..changed.count).step_by(LANES) {
        let numbers = sixteen_of(&changed.numbers, at);
        let places = _mm512_add_epi32(sixteen_of(&changed.places, at), base);
        // The mark of kinds that stay is the sign.
        let kept = lowest(changed.count - at) as __mmask16 & _mm512_cmpgt_epi32_mask(numbers, zero);
        count += store_entries(&mut changed.entries, count, kept, places, numbers);
    }
    count
}

/// Stores some of sixteen places and numbers from an entry on; gives how many.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl,bmi1,bmi2,popcnt")]
pub(super) fn store_entries(
    entries: &mut [[u32; 2]; ROOM],
    at: usize,
    kept: __mmask16,
    places: __m512i,
    numbers: __m512i,
) -> usize {
    const FIRST: [u32; LANES] = [0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23];
    const SECOND: [u32; LANES] = [8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31];
    // SAFETY: the references are to 64 bytes; the instruction needs no alignment.
    let (first, second) =
        unsafe { (_mm512_loadu_si512(FIRST.as_ptr().cast()), _mm512_loadu_si512(SECOND.as_ptr().cast())) };
    let numbers = _mm512_maskz_compress_epi32(kept, numbers);
    let places = _mm512_maskz_compress_epi32(kept, places);
    let room: &mut [[u32; 2]; LANES] = entries[at..].first_chunk_mut().expect("there is more room than for a chunk");
    let some = kept.count_ones() as usize;
    // SAFETY: the reference is to 128 bytes, which nobody else sees; the instructions need no alignment.
    unsafe {
        let room: *mut __m512i = room.as_mut_ptr().cast();
        _mm512_storeu_si512(room, _mm512_permutex2var_epi32(places, first, numbers));
        if some > LANES / 2 {
            _mm512_storeu_si512(room.wrapping_add(1), _mm512_permutex2var_epi32(places, second, numbers));
        }
    }
    some
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
