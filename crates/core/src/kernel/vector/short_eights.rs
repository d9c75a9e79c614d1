//! A look at short texts with AVX2: whether anything changes at all.
//!
//! A text of at most 64 bytes is read into two vectors, which say where its characters of 3 bytes begin. Where it has nothing else, they are moved to lanes; else they are read from
//! the text one by one, each with the byte before it. Nothing is written unless something changes. For `他的头发 ok` with `s2t`, the entries of 头 and 发 differ, so the block is
//! mapped; for `他的 ok` the look is all.
//!
//! # Why this is sound
//!
//! As in `avx2`. Masked loads touch only the numbers of 4 bytes that lie in the text whole.

use std::arch::x86_64::{
    __m256i, _blsr_u64, _bzhi_u32, _mm256_and_si256, _mm256_blend_epi32, _mm256_blendv_epi8, _mm256_castsi256_ps,
    _mm256_cmpeq_epi8, _mm256_cmpeq_epi32, _mm256_cmpgt_epi32, _mm256_maskload_epi32, _mm256_movemask_epi8,
    _mm256_movemask_ps, _mm256_or_si256, _mm256_permute2x128_si256, _mm256_permutevar8x32_epi32, _mm256_set1_epi8,
    _mm256_set1_epi32, _mm256_setr_epi8, _mm256_setr_epi32, _mm256_setzero_si256, _mm256_shuffle_epi8,
    _mm256_slli_epi32, _mm256_srai_epi32, _mm256_srli_epi32, _mm256_xor_si256,
};

use super::avx2::{
    BLOCK, LANES, PLAIN, differences, fetch_entries, found, has_instructions, points, rotated, store_32, store_numbers,
};
use crate::kernel::NOTHING;
use crate::kernel::short::{Glance, MappedBlock, StopAtDash};
use crate::map::{Characters, Flat};

/// Bytes of the numbers that are loaded.
const WORD: usize = 4;
/// Vectors of characters in a text.
const MOST: usize = 3;

/// See [`kernel::short::glance`](crate::kernel::short::glance); `None` where the processor has no AVX2.
#[inline]
pub(in crate::kernel) fn glance(
    map: &Flat<'_>,
    source: &[u8],
    stop_at_dash: StopAtDash,
    mapped: &mut MappedBlock,
) -> Option<Glance> {
    if !has_instructions() {
        return None;
    }
    // SAFETY: the processor has just said that it has these instructions.
    Some(unsafe { run(map.characters, source, stop_at_dash, mapped) })
}

/// The bytes of a text of 4 to 64 from `start` on, 32 of them; zeros behind its end.
#[inline]
#[target_feature(enable = "avx2")]
fn load_part(source: &[u8], start: usize, last: u32) -> __m256i {
    let numbers = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
    let whole = (source.len() / WORD) as i32 - (start / WORD) as i32;
    let mask = _mm256_cmpgt_epi32(_mm256_set1_epi32(whole), numbers);
    let from = source.as_ptr().wrapping_add(start).cast();
    // SAFETY: only numbers before the first `whole` are touched, and so many lie in the text from `start` on; none if that is behind its end.
    let bytes = unsafe { _mm256_maskload_epi32(from, mask) };
    let is_last = _mm256_cmpeq_epi32(_mm256_set1_epi32(whole), numbers);
    _mm256_or_si256(bytes, _mm256_and_si256(is_last, _mm256_set1_epi32(last as i32)))
}

/// Four bytes of a text from a place on.
#[inline(always)]
fn word(source: &[u8], place: usize) -> u32 {
    u32::from_le_bytes(source[place..place + WORD].try_into().expect("four bytes"))
}

/// What is seen of the characters of a text, up to eight at a time.
struct Seen {
    /// What they become, three bytes of each.
    mapped: [[u32; LANES]; MOST],
    /// A bit for each that the map changes.
    differing: u32,
    /// A bit for each that must be looked at.
    events: u32,
    /// In the first lane the entry of the last character that was looked at.
    carry: __m256i,
}

impl Seen {
    #[inline]
    #[target_feature(enable = "avx2")]
    fn nothing(characters: &Characters) -> Seen {
        let carry = _mm256_set1_epi32(characters[NOTHING as usize] as i32);
        Seen { mapped: [[0; LANES]; MOST], differing: 0, events: 0, carry }
    }

    /// Looks up characters number `8 * group` and following, in lanes; of these the first `count` are such. Lanes with the highest bit of `beside` stand beside a character before them.
    #[inline]
    #[target_feature(enable = "avx2,bmi2")]
    fn look(&mut self, characters: &Characters, group: usize, words: __m256i, beside: __m256i, count: usize) {
        let entries = fetch_entries(characters, points(words));
        let next = rotated(entries);
        let plain = _mm256_set1_epi32(characters[0] as i32);
        let before = _mm256_blendv_epi8(plain, _mm256_blend_epi32::<1>(next, self.carry), beside);
        self.carry = next;
        let differences = differences(entries);
        store_numbers(&mut self.mapped[group], _mm256_xor_si256(words, differences));
        let same = _mm256_cmpeq_epi32(differences, _mm256_setzero_si256());
        let differing = !_mm256_movemask_ps(_mm256_castsi256_ps(same)) as u32;
        self.differing |= _bzhi_u32(differing, count as u32) << (group * LANES);
        self.events |= _bzhi_u32(found(entries, before), count as u32) << (group * LANES);
    }

    /// Writes the text and what it becomes over it.
    #[inline]
    #[target_feature(enable = "avx2")]
    fn write(self, parts: [__m256i; 2], place: impl Fn(usize) -> usize, mapped: &mut MappedBlock) -> Glance {
        if self.differing | self.events == 0 {
            return Glance::Same;
        }
        let ([low, high], []) = mapped.bytes.as_chunks_mut::<PLAIN>() else { unreachable!("a block is two vectors") };
        store_32(low, parts[0]);
        store_32(high, parts[1]);
        let characters = self.mapped.as_flattened();
        for number in ones(self.differing) {
            let place = place(number);
            mapped.bytes[place..place + 3].copy_from_slice(&characters[number].to_le_bytes()[..3]);
        }
        for number in ones(self.events) {
            mapped.events |= 1 << place(number);
        }
        Glance::Mapped
    }
}

/// The numbers of the bits that are set.
#[inline(always)]
fn ones(mut bits: u32) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let first = (bits != 0).then(|| bits.trailing_zeros() as usize);
        bits &= bits.wrapping_sub(1);
        first
    })
}

/// The text in lanes, eight characters of 3 bytes a vector, if all of it is such.
#[inline]
#[target_feature(enable = "avx2")]
fn lanes(low: __m256i, high: __m256i) -> [__m256i; MOST] {
    let spread = _mm256_setr_epi8(
        0, 1, 2, -1, 3, 4, 5, -1, 6, 7, 8, -1, 9, 10, 11, -1, 0, 1, 2, -1, 3, 4, 5, -1, 6, 7, 8, -1, 9, 10, 11, -1,
    );
    let middle = _mm256_permute2x128_si256::<0x21>(low, high);
    let [first, second, third] = [
        _mm256_permutevar8x32_epi32(low, _mm256_setr_epi32(0, 1, 2, 3, 3, 4, 5, 6)),
        _mm256_permutevar8x32_epi32(middle, _mm256_setr_epi32(2, 3, 4, 5, 5, 6, 7, 7)),
        _mm256_permutevar8x32_epi32(high, _mm256_setr_epi32(4, 5, 6, 7, 7, 7, 7, 7)),
    ]
    .map(|twelves| _mm256_shuffle_epi8(twelves, spread));
    // The last 16 bytes are no more than five characters.
    [first, second, _mm256_and_si256(third, _mm256_setr_epi32(-1, -1, -1, -1, -1, 0, 0, 0))]
}

/// Looks at a text of so many characters of 3 bytes and nothing else.
#[inline]
#[target_feature(enable = "avx2,bmi1,bmi2,popcnt")]
fn look_at_run(characters: &Characters, parts: [__m256i; 2], count: usize, mapped: &mut MappedBlock) -> Glance {
    let mut seen = Seen::nothing(characters);
    let beside = _mm256_set1_epi32(-1);
    for (group, words) in lanes(parts[0], parts[1]).into_iter().enumerate().take(count.div_ceil(LANES)) {
        seen.look(characters, group, words, beside, (count - group * LANES).min(LANES));
    }
    seen.write(parts, |number| 3 * number, mapped)
}

/// Looks at a text of ASCII and characters of 3 bytes, which begin where `leads` says.
#[inline]
#[target_feature(enable = "avx2,bmi1,bmi2,popcnt")]
fn look_at_mixed(
    characters: &Characters,
    source: &[u8],
    parts: [__m256i; 2],
    leads: u64,
    mapped: &mut MappedBlock,
) -> Glance {
    let mut seen = Seen::nothing(characters);
    let mut places = [[0; LANES]; MOST];
    let mut rest = leads;
    let count = leads.count_ones() as usize;
    let last = source.len() - WORD;
    for (group, places) in places.iter_mut().enumerate().take(count.div_ceil(LANES)) {
        for place in places.iter_mut() {
            *place = rest.trailing_zeros() as u8;
            rest = _blsr_u64(rest);
        }
        // The byte before each is the lowest. Lanes without a character have any.
        let word = |lane: usize| word(source, usize::from(places[lane]).saturating_sub(1).min(last)) as i32;
        // At the start there is no byte before, which is not the same as ASCII.
        let first = if places[0] == 0 { word(0) << 8 | 0x80 } else { word(0) };
        let words = _mm256_setr_epi32(first, word(1), word(2), word(3), word(4), word(5), word(6), word(7));
        let beside = _mm256_srai_epi32::<31>(_mm256_slli_epi32::<24>(words));
        let words = _mm256_srli_epi32::<8>(words);
        seen.look(characters, group, words, beside, (count - group * LANES).min(LANES));
    }
    seen.write(parts, |number| usize::from(places.as_flattened()[number]), mapped)
}

#[target_feature(enable = "avx2,bmi1,bmi2,popcnt")]
fn run(characters: &Characters, source: &[u8], stop_at_dash: StopAtDash, mapped: &mut MappedBlock) -> Glance {
    if !(WORD..=BLOCK).contains(&source.len()) {
        return Glance::Longer;
    }
    let mask = |low: __m256i, high: __m256i| {
        u64::from(_mm256_movemask_epi8(low) as u32) | u64::from(_mm256_movemask_epi8(high) as u32) << PLAIN
    };
    // The bytes behind the last four times four, which the last four end with.
    let last = word(source, source.len() - WORD);
    let last = (u64::from(last) >> (8 * (WORD - source.len() % WORD))) as u32;
    let (low, high) = (load_part(source, 0, last), load_part(source, PLAIN, last));
    let dash = _mm256_set1_epi8(b'-' as i8);
    if stop_at_dash == StopAtDash::Yes && mask(_mm256_cmpeq_epi8(low, dash), _mm256_cmpeq_epi8(high, dash)) != 0 {
        return Glance::Dash;
    }
    let others = mask(low, high);
    if others == 0 {
        return Glance::Same;
    }
    let is_lead = |bytes: __m256i| {
        let upper = _mm256_and_si256(bytes, _mm256_set1_epi8(0xF0_u8 as i8));
        _mm256_cmpeq_epi8(upper, _mm256_set1_epi8(0xE0_u8 as i8))
    };
    let leads = mask(is_lead(low), is_lead(high));
    if others != leads | leads << 1 | leads << 2 {
        return Glance::Longer;
    }
    // Up to 21 characters.
    if 3 * leads.count_ones() as usize == source.len() {
        return look_at_run(characters, [low, high], leads.count_ones() as usize, mapped);
    }
    look_at_mixed(characters, source, [low, high], leads, mapped)
}
