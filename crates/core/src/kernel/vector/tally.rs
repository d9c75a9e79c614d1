//! The counting of evidence with AVX-512: 64 bytes of ASCII and characters of 3 bytes, in any order, at a time.
//!
//! Blocks are taken and code points are made as in `avx512`; one gather fetches the flags of up to sixteen characters, ASCII is looked up in
//! registers. Comparisons make a mask of sixteen bits for each kind of evidence; four of them side by side are a word
//! whose lanes are counted at once, as far as a mark that ends a sentence lets them.
//!
//! Worked example: of `他说。这` the kinds are 说 and 这, both strong for Simplified: 0b1010. The mark 。 is lane 2, so the first part counts what
//! 0b0111 leaves of it, 1, and what follows has the rest.
//!
//! Whether the second character of a pair has its first before it is asked of the filter for all lanes at once; only what passes is looked up.
//!
//! # Why this is sound
//!
//! As in `avx512`. The gather reads 4 bytes from each place of the flags, behind which the filter lies in the same array.

use std::arch::x86_64::{
    __m512i, __mmask16, __mmask64, _mm512_add_epi32, _mm512_alignr_epi32, _mm512_and_si512, _mm512_cmpeq_epi8_mask,
    _mm512_i32gather_epi32, _mm512_mask_blend_epi32, _mm512_mask_cmpeq_epi32_mask, _mm512_mask_cmple_epu32_mask,
    _mm512_mask_test_epi32_mask, _mm512_movepi8_mask, _mm512_mullo_epi32, _mm512_permutex2var_epi8,
    _mm512_permutex2var_epi32, _mm512_set1_epi8, _mm512_set1_epi32, _mm512_slli_epi32, _mm512_sllv_epi32,
    _mm512_srli_epi32, _mm512_test_epi32_mask, _mm512_xor_si512, _pdep_u64,
};

use super::avx512::{BLOCK, Block, LANES, SPREAD, has_instructions, load, lowest, points};
use crate::evidence::{
    ENDS, Evidence, FILTER, HANS, HANS_VARIANT, HANT, HANT_VARIANT, HK_FOREIGN, MARK, NARROW, PAIR_SECOND, TW_FOREIGN,
};
use crate::kernel::tally::{self, Ending, Part, Tally, flags_at, pair};

/// See [`kernel::tally`](crate::kernel::tally); `false` where the processor lacks the instructions.
#[inline]
pub(in crate::kernel) fn parts(
    evidence: Evidence,
    text: &[u8],
    joins: &dyn Fn(usize) -> bool,
    parts: &mut Vec<Part>,
) -> bool {
    if !has_instructions() {
        return false;
    }
    // SAFETY: the processor has just said that it has these instructions.
    unsafe { run(evidence, text, joins, parts) };
    true
}

/// The flags of sixteen characters; only the lower 16 bits of a code point count.
#[inline]
#[target_feature(enable = "avx512f")]
fn gather_flags(flags: &[u8; NARROW + FILTER], points: __m512i) -> __m512i {
    const { assert!(FILTER >= 3, "the last flag is read with the three bytes behind it") };
    let points = _mm512_and_si512(points, _mm512_set1_epi32(0xFFFF));
    // SAFETY: no index is larger than 65,535, and the array has at least three bytes behind the one at that place.
    let words = unsafe { _mm512_i32gather_epi32::<1>(points, flags.as_ptr().cast()) };
    _mm512_and_si512(words, _mm512_set1_epi32(0xFF))
}

/// The filter of pairs in four registers.
#[derive(Clone, Copy)]
struct Filter([__m512i; FILTER / BLOCK]);

impl Filter {
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw")]
    fn new(bytes: &[u8; FILTER]) -> Filter {
        const { assert!(FILTER == 4 * BLOCK, "a word of the filter is chosen among four registers") };
        Filter([0, 1, 2, 3].map(|number| load(&bytes[number * BLOCK..])))
    }

    /// Lanes that may be the second of a pair, given the characters and those before them.
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw")]
    fn may_have(&self, first: __m512i, second: __m512i) -> __mmask16 {
        // As `filter_bit` says.
        let mixed = _mm512_xor_si512(first, _mm512_slli_epi32::<7>(second));
        let bits = _mm512_srli_epi32::<21>(_mm512_mullo_epi32(mixed, _mm512_set1_epi32(0x9E37_79B1_u32 as i32)));
        let words = _mm512_srli_epi32::<5>(bits);
        let [one, two, three, four] = self.0;
        let lower = _mm512_permutex2var_epi32(one, words, two);
        let upper = _mm512_permutex2var_epi32(three, words, four);
        let is_upper = _mm512_test_epi32_mask(words, _mm512_set1_epi32(32));
        let found = _mm512_mask_blend_epi32(is_upper, lower, upper);
        let wanted = _mm512_sllv_epi32(_mm512_set1_epi32(1), _mm512_and_si512(bits, _mm512_set1_epi32(31)));
        _mm512_test_epi32_mask(found, wanted)
    }
}

/// Sixteen flags for each of four kinds, side by side.
#[derive(Clone, Copy)]
struct Kinds(u64);

impl Kinds {
    /// How many of the lanes in `mask` have each kind, as the lanes of a tally.
    #[inline(always)]
    fn count(self, mask: __mmask16) -> u64 {
        let kept = self.0 & u64::from(mask).wrapping_mul(0x0001_0001_0001_0001);
        let twos = kept - (kept >> 1 & 0x5555_5555_5555_5555);
        let fours = (twos & 0x3333_3333_3333_3333) + (twos >> 2 & 0x3333_3333_3333_3333);
        let eights = (fours + (fours >> 4)) & 0x0F0F_0F0F_0F0F_0F0F;
        (eights + (eights >> 8)) & 0x001F_001F_001F_001F
    }
}

/// What a block of characters says.
struct Findings<'p> {
    kinds: Kinds,
    /// Lanes with forms that Taiwan, and that Hong Kong does not write.
    forms: [__mmask16; 2],
    /// What pairs add, by the lane of their second character.
    pairs: &'p [(__mmask16, u64)],
}

impl Findings<'_> {
    #[inline(always)]
    fn add_to(&self, tally: &mut Tally, mask: __mmask16) {
        tally.lanes += self.kinds.count(mask);
        let [taiwan, hong_kong] = self.forms;
        if (taiwan | hong_kong) & mask != 0 {
            tally.seen |= if taiwan & mask != 0 { TW_FOREIGN } else { 0 };
            tally.seen |= if hong_kong & mask != 0 { HK_FOREIGN } else { 0 };
        }
        for (lane, class) in self.pairs {
            if lane & mask != 0 {
                tally.lanes += class;
            }
        }
    }
}

#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vbmi,avx512vbmi2,bmi1,bmi2,popcnt")]
fn run(evidence: Evidence, text: &[u8], joins: &dyn Fn(usize) -> bool, parts: &mut Vec<Part>) {
    let flags_table = evidence.flags_and_filter();
    let plain = [load(&flags_table[..BLOCK]), load(&flags_table[BLOCK..2 * BLOCK])];
    let filter = Filter::new(evidence.filter());
    let spread = load(&SPREAD);
    let mut at = 0;
    let mut open = Tally::default();
    let mut pairs = [(0, 0); LANES];
    // Where the open part begins.
    let mut start = 0;
    while at < text.len() {
        let rest = &text[at..];
        let bytes = load(rest);
        let high = _mm512_movepi8_mask(bytes);
        let plain_flags = _mm512_permutex2var_epi8(plain[0], bytes, plain[1]);
        let ending = _mm512_set1_epi8((MARK | ENDS) as i8);
        let plain_ends = _mm512_cmpeq_epi8_mask(_mm512_and_si512(plain_flags, ending), ending);
        let plain_ends = plain_ends & !high & lowest(rest.len());
        if high == 0 && plain_ends == 0 {
            at += rest.len().min(BLOCK);
            continue;
        }
        let block = Block::take(bytes, high, rest.len());
        if block.end == 0 {
            // A character of 2 or 4 bytes.
            let (flags, length) = flags_at(evidence, text, at);
            open.lanes += tally::LANES[usize::from(flags)];
            open.seen |= flags;
            at += length;
            continue;
        }
        let points = points(block.lanes(bytes, spread));
        let valid = lowest(block.leads.count_ones() as usize) as __mmask16;
        let flags = gather_flags(flags_table, points);
        let has = |bits: u8| _mm512_mask_test_epi32_mask(valid, flags, _mm512_set1_epi32(i32::from(bits)));
        let only = |bits: u8| _mm512_and_si512(flags, _mm512_set1_epi32(i32::from(bits)));
        let are =
            |bits: u8, what: u8| _mm512_mask_cmpeq_epi32_mask(valid, only(bits), _mm512_set1_epi32(i32::from(what)));
        // The classes 2 and 3 are weak for Simplified, 5 and 6 for Traditional.
        let from_weak = _mm512_add_epi32(only(MARK | 0b111), _mm512_set1_epi32(-i32::from(HANT_VARIANT)));
        let hant_weak = _mm512_mask_cmple_epu32_mask(valid, from_weak, _mm512_set1_epi32(1));
        let kinds = [are(MARK | 0b111, HANS), are(MARK | 0b110, HANS_VARIANT), are(MARK | 0b111, HANT), hant_weak];
        let kinds = kinds.iter().rev().fold(0, |word, kind| word << 16 | u64::from(*kind));
        let mut pair_count = 0;
        let seconds = has(PAIR_SECOND);
        if seconds != 0 {
            // The character before the first is not at hand, so that one is always asked about.
            let previous = _mm512_alignr_epi32::<15>(points, points);
            let mut found = seconds & (filter.may_have(previous, points) | 1);
            while found != 0 {
                let lane = found & found.wrapping_neg();
                found ^= lane;
                let place = at + _pdep_u64(u64::from(lane), block.leads).trailing_zeros() as usize;
                pairs[pair_count] = (lane, pair(evidence, text, place, joins));
                pair_count += 1;
            }
        }
        let forms = [has(TW_FOREIGN), has(HK_FOREIGN)];
        let findings = Findings { kinds: Kinds(kinds), forms, pairs: &pairs[..pair_count] };
        let long_ends = _pdep_u64(u64::from(are(MARK | ENDS, MARK | ENDS)), block.leads);
        let mut ends: __mmask64 = (plain_ends & lowest(block.end)) | long_ends;
        let mut left = valid;
        while ends != 0 {
            let place = ends.trailing_zeros() as usize;
            ends &= ends - 1;
            let through = lowest((block.leads & lowest(place + 1)).count_ones() as usize) as __mmask16;
            findings.add_to(&mut open, left & through);
            left &= !through;
            let is_line = text[at + place] == b'\n';
            start = at + place + if block.leads >> place & 1 != 0 { 3 } else { 1 };
            let ends_with = if is_line { Ending::Line } else { Ending::Sentence };
            parts.push(Part { end: start, tally: std::mem::take(&mut open), ends_with });
        }
        findings.add_to(&mut open, left);
        at += block.end;
    }
    if start < text.len() {
        parts.push(Part { end: text.len(), tally: open, ends_with: Ending::Nothing });
    }
}
