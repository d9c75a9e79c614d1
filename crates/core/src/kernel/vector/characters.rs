//! The reading of a chunk with AVX-512: sixteen characters at a time.
//!
//! Three passes. The first compares 48 bytes, takes the bytes of each character that starts there out of the block by instructions that choose bytes, makes code points of them,
//! and moves those together that count. The second has these in full vectors and looks their numbers up. The third looks up, where something is open, whether
//! each of sixteen characters is adjacent to the next. A fourth, when what is open has been settled, moves together what there is. What is looked up is loaded one by one in passes
//! between, which takes less time than gathers where nothing else is done meanwhile.
//!
//! # Why this is sound
//!
//! As in `avx512`. Whatever is read and written is an array of known length.

use std::arch::x86_64::{
    __m512i, __mmask16, _mm256_storeu_si256, _mm512_add_epi32, _mm512_and_si512, _mm512_castsi512_si128,
    _mm512_cmpgt_epi32_mask, _mm512_cmplt_epi8_mask, _mm512_cmplt_epu32_mask, _mm512_cmpneq_epi8_mask,
    _mm512_cvtepi32_epi16, _mm512_cvtepu8_epi32, _mm512_loadu_si512, _mm512_mask_blend_epi32,
    _mm512_maskz_compress_epi8, _mm512_maskz_compress_epi32, _mm512_maskz_expand_epi32, _mm512_mullo_epi32,
    _mm512_permutex2var_epi32, _mm512_permutexvar_epi8, _mm512_set1_epi32, _mm512_setzero_si512, _mm512_shuffle_i64x2,
    _mm512_storeu_si512, _mm512_sub_epi32, _mm512_test_epi32_mask, _pdep_u64, _pext_u64,
};
use std::ops::Range;

use super::avx512::{LANES, PLACES, has_instructions, load, lowest, points};
use super::changed::{adjacent_or_whole, fetch_numbers, fetch_words, hashes, is_wide, sixteen_of, store};
use crate::kernel::changed::{ALONE, Known, ROOM};
use crate::kernel::characters::{Reading, WORDS, Wanted, short_of};
use crate::resolve::decode;

/// Characters that start among so many bytes of a block are done with it: as many as there are lanes, if all have 3 bytes.
const SETTLED: usize = 48;

/// See [`Reading::read`]; `false` where the processor lacks the instructions.
#[inline]
pub(in crate::kernel) fn read(
    known: Known<'_>,
    source: &[u8],
    chunk: Range<usize>,
    mapped: Option<&[u8]>,
    read: &mut Reading,
) -> bool {
    if !has_instructions() {
        return false;
    }
    // SAFETY: the processor has just said that it has these instructions.
    unsafe {
        let wanted = match mapped {
            Some(mapped) => take_apart::<true>(source, chunk, mapped, read),
            None => take_apart::<false>(source, chunk, &[], read),
        };
        look_up(known, read, wanted);
        find_borders(known, read);
    }
    true
}

/// See [`Reading::collect`]. The processor must have read the chunk with these instructions.
#[inline]
pub(in crate::kernel) fn collect(read: &mut Reading, wanted: Wanted, base: u32) -> usize {
    assert!(has_instructions(), "the chunk was read with these instructions");
    // SAFETY: the processor has just said that it has these instructions.
    unsafe {
        match wanted {
            Wanted::Changes => gather_entries::<true>(read, base),
            Wanted::All => gather_entries::<false>(read, base),
        }
    }
}

/// Appends bits to a set of which the first `at` are written; those behind are lost.
#[inline(always)]
fn append(set: &mut [u64; WORDS], at: usize, bits: u64) {
    let (word, shift) = (at / 64, at % 64);
    set[word] = set[word] & ((1 << shift) - 1) | bits << shift;
    set[word + 1] = bits >> 1 >> (63 - shift);
}

/// Takes the chunk apart into characters; gives how many count. Their code points lie where their numbers shall be.
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vbmi,avx512vbmi2,bmi1,bmi2,popcnt")]
fn take_apart<const COMPARED: bool>(source: &[u8], chunk: Range<usize>, mapped: &[u8], read: &mut Reading) -> usize {
    let all_places = load(&PLACES);
    // As signed numbers, bytes that are not the first of a character are the lowest.
    let firsts = _mm512_set1_epi32(i32::from_ne_bytes([0xC0; 4]));
    let onwards = _mm512_set1_epi32(0x0302_0100);
    let (mut at, mut count, mut wanted) = (chunk.start, 0, 0);
    while at < chunk.end {
        let own = load(&source[at..]);
        let following = _mm512_cmplt_epi8_mask(own, firsts);
        let starts = !following & lowest((chunk.end - at).min(SETTLED));
        let end = count + starts.count_ones() as usize;
        let mut counts = u64::MAX;
        if COMPARED {
            let mut differ = _mm512_cmpneq_epi8_mask(own, load(&mapped[at - chunk.start..])) & lowest(chunk.end - at);
            for _ in 0..3 {
                differ |= (differ & following) >> 1;
            }
            counts = _pext_u64(differ, starts);
        } else {
            counts &= lowest(end - count);
        }
        append(&mut read.wanted, count, counts);
        let mut found = _mm512_maskz_compress_epi8(starts, all_places);
        let base = _mm512_set1_epi32((at - chunk.start) as i32);
        while count < end {
            let places = _mm512_cvtepu8_epi32(_mm512_castsi512_si128(found));
            store(&mut read.places, count, _mm512_add_epi32(places, base));
            // The place in each byte of its lane, and from there on.
            let places = _mm512_mullo_epi32(places, _mm512_set1_epi32(0x0101_0101));
            let bytes = _mm512_permutexvar_epi8(_mm512_add_epi32(places, onwards), own);
            let byte = _mm512_and_si512(bytes, _mm512_set1_epi32(0xFF));
            let plain = is_plain(byte);
            let mut point = _mm512_mask_blend_epi32(plain, points(bytes), byte);
            let mut short = point;
            let strange = !(is_wide(bytes) | plain) & lowest(end - count) as __mmask16;
            if strange != 0 {
                (point, short) = decode_strange(source, chunk.start, &read.places, count, strange, point);
            }
            store(&mut read.points, count, point);
            let room: &mut [u16; LANES] =
                read.shorts[count..].first_chunk_mut().expect("there is more room than for a chunk");
            // SAFETY: the reference is to 32 bytes, which nobody else sees; the instruction needs no alignment.
            unsafe { _mm256_storeu_si256(room.as_mut_ptr().cast(), _mm512_cvtepi32_epi16(short)) };
            let counting = counts as __mmask16;
            counts >>= LANES;
            store(&mut read.numbers, wanted, _mm512_maskz_compress_epi32(counting, short));
            wanted += counting.count_ones() as usize;
            count += LANES;
            // The next sixteen places to the front.
            found = _mm512_shuffle_i64x2::<0b00_11_10_01>(found, found);
        }
        count = end;
        at += SETTLED;
    }
    read.count = count;
    wanted
}

/// Puts characters of 2 and 4 bytes right, lane by lane: in all their bits, and in 16.
#[cold]
#[target_feature(enable = "avx512f")]
fn decode_strange(
    source: &[u8],
    start: usize,
    places: &[u32; ROOM],
    first: usize,
    mut strange: __mmask16,
    points: __m512i,
) -> (__m512i, __m512i) {
    let (mut all, mut shorts) = ([0_u32; LANES], [0_u32; LANES]);
    // SAFETY: the references are to 64 bytes, which nobody else sees; the instruction needs no alignment.
    unsafe {
        _mm512_storeu_si512(all.as_mut_ptr().cast(), points);
        _mm512_storeu_si512(shorts.as_mut_ptr().cast(), points);
    }
    while strange != 0 {
        let lane = strange.trailing_zeros() as usize;
        strange &= strange - 1;
        let (point, _) = decode(source, start + places[first + lane] as usize);
        (all[lane], shorts[lane]) = (point, u32::from(short_of(point)));
    }
    // SAFETY: the references are to 64 bytes; the instruction needs no alignment.
    unsafe { (_mm512_loadu_si512(all.as_ptr().cast()), _mm512_loadu_si512(shorts.as_ptr().cast())) }
}

/// Looks up the numbers of what counts, and says whose is known and who is a unit wherever it stands.
#[target_feature(enable = "avx512f,avx512bw,avx512vl,bmi1,bmi2,popcnt")]
fn look_up(known: Known<'_>, read: &mut Reading, wanted: usize) {
    let (mut alone, mut certain) = ([0; WORDS], [0; WORDS]);
    fetch_numbers(known.numbers, &mut read.numbers[..wanted]);
    for at in (0..wanted).step_by(LANES) {
        let numbers = sixteen_of(&read.numbers, at);
        let shift = at % 64;
        alone[at / 64] |= u64::from(_mm512_test_epi32_mask(numbers, _mm512_set1_epi32(ALONE as i32))) << shift;
        certain[at / 64] |= u64::from(_mm512_test_epi32_mask(numbers, numbers)) << shift;
    }
    let mut done = 0;
    for word in 0..read.count.div_ceil(64) {
        let counting = read.wanted[word];
        let from = |set: &[u64; WORDS]| set[done / 64] >> (done % 64) | set[done / 64 + 1] << 1 << (63 - done % 64);
        read.alone[word] = _pdep_u64(from(&alone), counting);
        read.known[word] = _pdep_u64(from(&certain), counting);
        done += counting.count_ones() as usize;
    }
}

/// Finds borders around what counts and may hang together with others. Three passes, so that nothing waits for what was just stored.
#[target_feature(enable = "avx512f,avx512bw,avx512vl,bmi1,bmi2,popcnt")]
fn find_borders(known: Known<'_>, read: &mut Reading) {
    // Where the sixteens start that are looked at; their hashes lie side by side.
    let (mut starts, mut some) = ([0; ROOM / LANES], 0);
    for word in 0..read.count.div_ceil(64) {
        (read.borders[word], read.apart[word]) = (0, 0);
        let near = read.near_open(word);
        if near == 0 {
            continue;
        }
        for part in (0..64).step_by(LANES) {
            if near >> part & 0xFFFF != 0 {
                let at = 64 * word + part;
                let (first, second) = (sixteen_of(&read.points, at), sixteen_of(&read.points, at + 1));
                store(&mut read.hashes, LANES * some, hashes(first, second));
                starts[some] = at;
                some += 1;
            }
        }
    }
    fetch_words(known.adjacency, &read.hashes[..LANES * some], &mut read.filtered[..LANES * some]);
    for (number, at) in starts[..some].iter().enumerate() {
        let (hash, words) = (sixteen_of(&read.hashes, LANES * number), sixteen_of(&read.filtered, LANES * number));
        let (adjacent, whole) = adjacent_or_whole(hash, words);
        read.borders[at / 64] |= u64::from(!adjacent) << (at % 64);
        read.apart[at / 64] |= u64::from(!whole) << (at % 64);
    }
}

/// Moves the kinds together; see [`Reading::collect`].
#[target_feature(enable = "avx512f,avx512bw,avx512vl,bmi1,bmi2,popcnt")]
fn gather_entries<const CHANGES: bool>(read: &mut Reading, base: u32) -> usize {
    const FIRST: [u32; LANES] = [0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23];
    const SECOND: [u32; LANES] = [8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31];
    // SAFETY: the references are to 64 bytes; the instruction needs no alignment.
    let (first, second) =
        unsafe { (_mm512_loadu_si512(FIRST.as_ptr().cast()), _mm512_loadu_si512(SECOND.as_ptr().cast())) };
    let (zero, base) = (_mm512_setzero_si512(), _mm512_set1_epi32(base as i32));
    let (mut done, mut count) = (0, 0);
    for at in (0..read.count).step_by(LANES) {
        let bits = |set: &[u64; WORDS]| (set[at / 64] >> (at % 64)) as __mmask16;
        let (counting, single) = (bits(&read.wanted), bits(&read.single));
        let numbers = _mm512_maskz_expand_epi32(counting, sixteen_of(&read.numbers, done));
        done += counting.count_ones() as usize;
        let kinds = _mm512_mask_blend_epi32(single, sixteen_of(&read.kinds, at), numbers);
        let valid = lowest(read.count - at) as __mmask16;
        // The mark of kinds that stay is the sign.
        let kept =
            valid & if CHANGES { _mm512_cmpgt_epi32_mask(kinds, zero) } else { _mm512_test_epi32_mask(kinds, kinds) };
        let kinds = _mm512_maskz_compress_epi32(kept, kinds);
        let places = _mm512_maskz_compress_epi32(kept, _mm512_add_epi32(sixteen_of(&read.places, at), base));
        let room: &mut [[u32; 2]; LANES] =
            read.entries[count..].first_chunk_mut().expect("there is more room than for a chunk");
        let some = kept.count_ones() as usize;
        // SAFETY: the reference is to 128 bytes, which nobody else sees; the instructions need no alignment.
        unsafe {
            let room: *mut __m512i = room.as_mut_ptr().cast();
            _mm512_storeu_si512(room, _mm512_permutex2var_epi32(places, first, kinds));
            if some > LANES / 2 {
                _mm512_storeu_si512(room.wrapping_add(1), _mm512_permutex2var_epi32(places, second, kinds));
            }
        }
        count += some;
    }
    count
}

/// Which lanes are ASCII, but not NUL.
#[inline]
#[target_feature(enable = "avx512f")]
fn is_plain(bytes: __m512i) -> __mmask16 {
    let one = _mm512_set1_epi32(1);
    // As numbers without sign, NUL is the largest.
    _mm512_cmplt_epu32_mask(_mm512_sub_epi32(bytes, one), _mm512_set1_epi32(0x7F))
}
