//! The counting of evidence with AVX-512: 48 bytes of ASCII and characters of 3 bytes, in any order, at a time.
//!
//! No more than sixteen characters of 3 bytes begin in 48 bytes, and a register holds all that they have; so steps are of one length, and where the next one
//! begins depends on nothing. The places of the first bytes choose what is moved to the lanes, one gather fetches the flags, and these choose among the
//! weights in two registers. Four additions, each of the lanes and of these moved up, make sums over all characters before. So the signs up to a
//! mark are there before it is known where marks are, and no branch depends on where sentences end. A step with characters of 4 bytes, which are rare,
//! is left to the scalar kernel.
//!
//! Worked example, against a Simplified target: the lanes of `他說。這` weigh 0, 1, 0, 1 and sum to 0, 1, 1, 2. The mark 。 is lane 2, so a part ends behind it
//! with the sum 1.
//!
//! Whether the second character of a pair has its first before it is asked of the filter for all lanes at once; only what passes is looked up.
//! Marks of ASCII are found by a shuffle: a byte is one if the table has the byte itself at its lower half.
//!
//! # Why this is sound
//!
//! As in `avx512`. The gather reads 4 bytes from each place of the flags, behind which the filter lies in the same array.

use std::arch::x86_64::{
    __m256i, __m512i, __mmask16, __mmask64, _mm_loadu_si128, _mm256_storeu_si256, _mm512_add_epi8, _mm512_add_epi32,
    _mm512_alignr_epi32, _mm512_and_si512, _mm512_broadcast_i32x4, _mm512_cmpeq_epi8_mask, _mm512_cvtepi32_epi16,
    _mm512_cvtsi512_si32, _mm512_i32gather_epi32, _mm512_loadu_si512, _mm512_mask_blend_epi32,
    _mm512_mask_cmpeq_epi32_mask, _mm512_mask_test_epi32_mask, _mm512_mask_testn_epi32_mask,
    _mm512_maskz_compress_epi8, _mm512_maskz_compress_epi32, _mm512_maskz_permutex2var_epi32, _mm512_mullo_epi32,
    _mm512_or_si512, _mm512_permutex2var_epi32, _mm512_permutexvar_epi8, _mm512_permutexvar_epi32,
    _mm512_reduce_or_epi32, _mm512_set1_epi8, _mm512_set1_epi32, _mm512_setzero_si512, _mm512_shuffle_epi8,
    _mm512_slli_epi32, _mm512_sllv_epi32, _mm512_srli_epi32, _mm512_storeu_si512, _mm512_test_epi32_mask,
    _mm512_xor_si512, _pdep_u64,
};
use std::ops::Range;

use super::avx512::{BLOCK, LANES, PLACES, has_instructions, load, lowest, points};
use crate::evidence::{ENDS, Evidence, FILTER, MARK, NARROW, PAIR_SECOND};
use crate::kernel::tally::{self, COUNTED, PLAIN_ENDS, Part, SPARE_PARTS, Signs, Weights, pair_class};

/// See [`kernel::tally`](crate::kernel::tally); `None` where the processor lacks the instructions.
#[inline]
pub(in crate::kernel) fn parts(
    evidence: Evidence,
    weights: &Weights,
    text: &[u8],
    joins: &dyn Fn(usize) -> bool,
    parts: &mut [Part],
) -> Option<(usize, Signs)> {
    if !has_instructions() {
        return None;
    }
    // SAFETY: the processor has just said that it has these instructions.
    Some(unsafe { run(evidence, weights, text, joins, parts) })
}

/// [`kernel::tally::survey`](crate::kernel::tally::survey); `None` where the processor lacks the instructions.
#[inline]
pub(in crate::kernel) fn survey(
    evidence: Evidence,
    weights: &Weights,
    text: &[u8],
    joins: &dyn Fn(usize) -> bool,
) -> Option<Signs> {
    if !has_instructions() {
        return None;
    }
    // SAFETY: the processor has just said that it has these instructions.
    Some(unsafe { run_survey(evidence, weights, text, joins) })
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

/// Bytes of a step: no more than sixteen characters of 3 bytes begin in it, and all that they have is in the block.
const STEP: usize = 3 * LANES;

/// Each of the first sixteen places of a block four times.
const FOURFOLD: [u8; BLOCK] = {
    let mut places = [0; BLOCK];
    let mut at = 0;
    while at < BLOCK {
        places[at] = (at / 4) as u8;
        at += 1;
    }
    places
};

/// Sixteen numbers.
#[inline]
#[target_feature(enable = "avx512f")]
fn load_numbers(numbers: &[u32; LANES]) -> __m512i {
    // SAFETY: the reference is to 64 bytes; the instruction needs no alignment.
    unsafe { _mm512_loadu_si512(numbers.as_ptr().cast()) }
}

/// Writes sixteen numbers.
#[inline]
#[target_feature(enable = "avx512f")]
fn store_numbers(numbers: &mut [u32; LANES], vector: __m512i) {
    // SAFETY: the reference is to 64 bytes, which nobody else sees; the instruction needs no alignment.
    unsafe { _mm512_storeu_si512(numbers.as_mut_ptr().cast(), vector) }
}

/// Writes sixteen offsets.
#[inline]
#[target_feature(enable = "avx512f")]
fn store_offsets(offsets: &mut [u16; LANES], vector: __m256i) {
    // SAFETY: the reference is to 32 bytes, which nobody else sees; the instruction needs no alignment.
    unsafe { _mm256_storeu_si256(offsets.as_mut_ptr().cast(), vector) }
}

/// The marks of ASCII that end sentences, for a shuffle.
#[inline]
#[target_feature(enable = "avx512f")]
fn plain_ends() -> __m512i {
    // SAFETY: the reference is to 16 bytes; the instruction needs no alignment.
    _mm512_broadcast_i32x4(unsafe { _mm_loadu_si128(PLAIN_ENDS.as_ptr().cast()) })
}

/// The first bytes of the characters of 3 and of 4 bytes that begin in a step.
#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn leads(bytes: __m512i) -> (__mmask64, __mmask64) {
    let uppers = _mm512_and_si512(bytes, _mm512_set1_epi8(0xF0_u8 as i8));
    let are = |upper: u8| _mm512_cmpeq_epi8_mask(uppers, _mm512_set1_epi8(upper as i8)) & lowest(STEP);
    (are(0xE0), are(0xF0))
}

/// The characters that begin in a step.
fn step_of(text: &[u8], at: usize) -> Range<usize> {
    let is_border = |at: &usize| text.get(*at).is_none_or(|byte| byte & 0xC0 != 0x80);
    let border = |at: usize| (at..text.len()).find(is_border).unwrap_or(text.len());
    border(at)..border(at + STEP)
}

/// What the characters of a step say.
struct Found {
    flags: __m512i,
    /// What each weighs.
    own: __m512i,
    /// The lanes that have a character.
    valid: __mmask16,
    /// Those that may be the second of a pair.
    seconds: __mmask16,
    /// Their places in the step.
    places: __m512i,
}

/// Steps before the characters are looked at that may be the second of a pair. A call among the steps would cost the registers.
const STEPS: usize = 32;

/// Characters that may be the second of a pair, by their offsets from a place.
struct Seconds {
    offsets: [u16; STEPS * LANES],
    count: usize,
}

impl Seconds {
    fn new() -> Seconds {
        Seconds { offsets: [0; STEPS * LANES], count: 0 }
    }

    /// Adds those of a step, which begins at an offset.
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw,avx512vbmi2,popcnt")]
    fn add(&mut self, found: &Found, step: usize) {
        let offsets = _mm512_add_epi32(found.places, _mm512_set1_epi32(step as i32));
        let offsets = _mm512_cvtepi32_epi16(_mm512_maskz_compress_epi32(found.seconds, offsets));
        let room = self.offsets[self.count..].first_chunk_mut().expect("there is room for all that steps can have");
        store_offsets(room, offsets);
        self.count += found.seconds.count_ones() as usize;
    }

    /// Adds what pairs weigh to the parts that end behind them, and gives the sum; `weight` says it of the place of a second. Leaves nothing.
    #[inline(never)]
    fn settle(&mut self, start: usize, parts: &mut [Part], weight: &dyn Fn(usize) -> u32) -> Signs {
        let mut sum = 0;
        let mut parts = parts.iter_mut().peekable();
        for offset in &self.offsets[..std::mem::take(&mut self.count)] {
            let place = start + usize::from(*offset);
            let own = weight(place);
            if own != 0 {
                while let Some(part) = parts.next_if(|part| part.end as usize <= place) {
                    part.signs = part.signs.plus(sum);
                }
                sum += own;
            }
        }
        parts.for_each(|part| part.signs = part.signs.plus(sum));
        Signs(sum)
    }
}

/// What is the same in all steps.
#[derive(Clone, Copy)]
struct Counter {
    table: &'static [u8; NARROW + FILTER],
    filter: Filter,
    /// The weights, by flags.
    low: __m512i,
    high: __m512i,
    places: __m512i,
    fourfold: __m512i,
}

impl Counter {
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw")]
    fn new(evidence: Evidence, weights: &Weights) -> Counter {
        const { assert!(COUNTED as usize + 1 == 2 * LANES, "a weight is chosen among two registers") };
        let (low, high) = weights.by_flags.split_at(LANES);
        let [low, high] = [low, high].map(|half| load_numbers(half.try_into().expect("half of them are sixteen")));
        let (table, filter) = (evidence.flags_and_filter(), Filter::new(evidence.filter()));
        Counter { table, filter, low, high, places: load(&PLACES), fourfold: load(&FOURFOLD) }
    }

    /// Looks at the characters of a step, given their first bytes; `previous` is the last character before them in every lane, and then the last of them.
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw,avx512vbmi,avx512vbmi2,popcnt")]
    fn count(&self, bytes: __m512i, leads: __mmask64, previous: &mut __m512i) -> Found {
        let lead_places = _mm512_permutexvar_epi8(self.fourfold, _mm512_maskz_compress_epi8(leads, self.places));
        let following = _mm512_add_epi8(lead_places, _mm512_set1_epi32(0x0302_0100));
        let points = points(_mm512_permutexvar_epi8(following, bytes));
        let characters = leads.count_ones();
        let valid = lowest(characters as usize) as __mmask16;
        let flags = gather_flags(self.table, points);
        let counted = _mm512_mask_testn_epi32_mask(valid, flags, _mm512_set1_epi32(i32::from(MARK)));
        let own = _mm512_maskz_permutex2var_epi32(counted, self.low, flags, self.high);
        let seconds = _mm512_mask_test_epi32_mask(valid, flags, _mm512_set1_epi32(i32::from(PAIR_SECOND)));
        let firsts = _mm512_alignr_epi32::<15>(points, *previous);
        let seconds = seconds & self.filter.may_have(firsts, points);
        *previous = _mm512_permutexvar_epi32(_mm512_set1_epi32(characters as i32 - 1), points);
        let places = _mm512_and_si512(lead_places, _mm512_set1_epi32(0xFF));
        Found { flags, own, valid, seconds, places }
    }
}

/// Sums of each lane and all before it.
#[inline]
#[target_feature(enable = "avx512f")]
fn running_sums(numbers: __m512i) -> __m512i {
    let zero = _mm512_setzero_si512();
    let sums = _mm512_add_epi32(numbers, _mm512_alignr_epi32::<15>(numbers, zero));
    let sums = _mm512_add_epi32(sums, _mm512_alignr_epi32::<14>(sums, zero));
    let sums = _mm512_add_epi32(sums, _mm512_alignr_epi32::<12>(sums, zero));
    _mm512_add_epi32(sums, _mm512_alignr_epi32::<8>(sums, zero))
}

/// Where a block has marks that end sentences, and the sums that belong there.
struct Ends<'b> {
    /// The offset of the block.
    at: usize,
    /// The last bytes of the marks.
    places: __mmask64,
    leads: __mmask64,
    /// What the text says up to each character of 3 bytes, from place [`LANES`] on; before that, what it says up to the block.
    sums: &'b [u32; 2 * LANES],
}

impl Ends<'_> {
    /// The part that ends first; any if there is none.
    #[inline(always)]
    fn next(&mut self) -> Part {
        let place = self.places.trailing_zeros() as usize;
        self.places &= self.places.wrapping_sub(1);
        let characters = (self.leads & lowest(place + 1)).count_ones() as usize;
        let signs = Signs(self.sums[(LANES - 1 + characters) % (2 * LANES)]);
        Part { end: (self.at + place + 1) as u32, signs }
    }

    /// Writes the parts that end in the block; gives how many.
    #[inline(always)]
    fn write(mut self, parts: &mut [Part]) -> usize {
        let count = self.places.count_ones() as usize;
        // Mostly two are enough, and a branch less to foresee.
        let room: &mut [Part; 2] = parts.first_chunk_mut().expect("the contract gives room for more than there are");
        *room = [self.next(), self.next()];
        for part in parts[..count].iter_mut().skip(2) {
            *part = self.next();
        }
        count
    }
}

#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vbmi,avx512vbmi2,bmi1,bmi2,popcnt")]
fn run(
    evidence: Evidence,
    weights: &Weights,
    text: &[u8],
    joins: &dyn Fn(usize) -> bool,
    parts: &mut [Part],
) -> (usize, Signs) {
    const { assert!(SPARE_PARTS >= 2) };
    let counter = Counter::new(evidence, weights);
    let plain_ends = plain_ends();
    let weight = |place| weights.of(pair_class(evidence, text, place, joins));
    let mut all = Seconds::new();
    let (mut at, mut count) = (0, 0);
    // What the text says up to the step, in every lane.
    let mut before = _mm512_setzero_si512();
    let mut previous = _mm512_setzero_si512();
    let mut sums = [0; 2 * LANES];
    while at < text.len() {
        let (start, first) = (at, count);
        let stop = text.len().min(start + STEPS * STEP);
        while at < stop {
            let bytes = load(&text[at..]);
            let (leads, wide) = leads(bytes);
            let plain = _mm512_cmpeq_epi8_mask(_mm512_shuffle_epi8(plain_ends, bytes), bytes) & lowest(STEP);
            if wide != 0 {
                break;
            }
            if leads | plain != 0 {
                let found = counter.count(bytes, leads, &mut previous);
                all.add(&found, at - start);
                let running = _mm512_add_epi32(running_sums(found.own), before);
                store_numbers(sums.first_chunk_mut().expect("there are twice as many"), before);
                store_numbers(sums.last_chunk_mut().expect("there are twice as many"), running);
                let ending = _mm512_set1_epi32(i32::from(MARK | ENDS));
                let ends = _mm512_mask_cmpeq_epi32_mask(found.valid, _mm512_and_si512(found.flags, ending), ending);
                // A mark of 3 bytes ends two behind its first.
                let places = plain | _pdep_u64(u64::from(ends), leads) << 2;
                count += Ends { at, places, leads, sums: &sums }.write(&mut parts[count..]);
                before = _mm512_permutexvar_epi32(_mm512_set1_epi32(LANES as i32 - 1), running);
            }
            at += STEP;
        }
        let mut signs = Signs(_mm512_cvtsi512_si32(before) as u32);
        if all.count > 0 {
            signs = signs.plus(all.settle(start, &mut parts[first..count], &weight).0);
        }
        if at < stop {
            let step = step_of(text, at);
            previous = _mm512_set1_epi32(tally::wide_before(text, step.end) as i32);
            count += tally::scalar(evidence, weights, text, step, joins, &mut signs, &mut parts[count..]);
            at += STEP;
        }
        before = _mm512_set1_epi32(signs.0 as i32);
    }
    (count, Signs(_mm512_cvtsi512_si32(before) as u32))
}

#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vbmi,avx512vbmi2,bmi1,bmi2,popcnt")]
fn run_survey(evidence: Evidence, weights: &Weights, text: &[u8], joins: &dyn Fn(usize) -> bool) -> Signs {
    let counter = Counter::new(evidence, weights);
    let weight = |place| weights.of(pair_class(evidence, text, place, joins));
    let mut all = Seconds::new();
    let mut at = 0;
    let mut seen = _mm512_setzero_si512();
    let mut previous = _mm512_setzero_si512();
    let mut signs = Signs::default();
    while at < text.len() {
        let start = at;
        let stop = text.len().min(start + STEPS * STEP);
        while at < stop {
            let bytes = load(&text[at..]);
            let (leads, wide) = leads(bytes);
            if wide != 0 {
                break;
            }
            if leads != 0 {
                let found = counter.count(bytes, leads, &mut previous);
                all.add(&found, at - start);
                seen = _mm512_or_si512(seen, found.own);
            }
            at += STEP;
        }
        signs = signs | all.settle(start, &mut [], &weight);
        if at < stop {
            let mut own = Signs::default();
            let step = step_of(text, at);
            previous = _mm512_set1_epi32(tally::wide_before(text, step.end) as i32);
            tally::scalar(evidence, weights, text, step, joins, &mut own, &mut [Part::default(); BLOCK]);
            signs = signs | own;
            at += STEP;
        }
    }
    signs | Signs(_mm512_reduce_or_epi32(seen) as u32)
}
