//! The part of the kernel with AVX2 that maps characters wherever they stand: between ASCII, between characters of other lengths, a few side by side.
//!
//! Text changes between scripts every few characters, and a branch at each change would cost more than the characters. So the text is copied as it is, 64 bytes at a time, and
//! where characters begin is listed ([`list`]): masks say it, and a table turns eight bits of these into places. Then the characters at the places that are listed are read into lanes, eight at a
//! time, wherever they stand, mapped, and written back over the copy ([`settle`]). Nothing here branches on what a text has where.
//!
//! Worked example: of `用 Rust 写` the places are 0 and 9. They are more than 3 apart, so 写 does not stand behind 用: its lane gets the classes of ASCII, which are those of all
//! characters of 1 and 2 bytes.
//!
//! # Why this is sound
//!
//! As in `avx2`. Characters are read and written at places from the list without asking for each whether it lies in the text; one comparison asks for all eight.

use std::arch::x86_64::{
    __m256i, _mm_alignr_epi8, _mm_cmpeq_epi16, _mm_max_epu16, _mm_movemask_epi8, _mm_set1_epi16, _mm_sub_epi16,
    _mm256_and_si256, _mm256_blend_epi32, _mm256_blendv_epi8, _mm256_cmpeq_epi8, _mm256_cmpeq_epi32,
    _mm256_cvtepi16_epi32, _mm256_max_epu8, _mm256_movemask_epi8, _mm256_set1_epi8, _mm256_set1_epi32,
    _mm256_setr_epi32, _mm256_setzero_si256, _mm256_slli_epi32, _mm256_sub_epi32, _mm256_xor_si256,
};
use std::hint::black_box;

use super::avx2::{
    BLOCK, LANES, PLAIN, Work, character_before, differences, fetch_entries, found, halves, load_places, points,
    rotated, store_events, store_numbers,
};
use crate::layout::SPECIAL;
use crate::map::Flat;

/// Blocks of a region: so many that what is listed is in memory when it is read.
pub(super) const BLOCKS: usize = 32;
/// Blocks of a short text: room is cleared before it is used.
pub(super) const FEW_BLOCKS: usize = 4;
/// Bytes that are read and written for a character.
pub(super) const WORD: usize = 4;
/// Places that are written at a time; only so many characters can begin in eight bytes.
const GROUP: usize = 4;
/// Room for the places of a region of so many blocks.
pub(super) const fn room(blocks: usize) -> usize {
    blocks * (BLOCK / 3 + 1) + BLOCK + GROUP
}
/// From so many characters in a run on average, runs are done by themselves.
pub(super) const LONG_RUN: u32 = 24;

/// For each mask of eight bytes the places that it has, 16 bits each, the first lowest.
static PLACES: [u64; 256] = {
    let mut table = [0; 256];
    let mut mask = 0;
    while mask < 256 {
        let (mut place, mut count) = (0, 0);
        while place < 8 {
            if mask >> place & 1 != 0 && count < GROUP {
                table[mask] |= place << (16 * count);
                count += 1;
            }
            place += 1;
        }
        mask += 1;
    }
    table
};

/// What the bytes of a region are.
pub(super) struct Region<const BLOCKS: usize> {
    /// A bit for each byte that is the first of a character of 3 or 4 bytes.
    leads: [u64; BLOCKS],
    /// How many blocks have been looked at.
    blocks: usize,
    /// The last three bits of the block before.
    open: u64,
    /// The highest of all bytes so far, lane by lane.
    highest: __m256i,
    characters: u32,
    /// How many of them do not stand behind another of 3 bytes.
    runs: u32,
}

impl<const BLOCKS: usize> Region<BLOCKS> {
    /// A region that nothing is known of.
    #[inline]
    #[target_feature(enable = "avx2")]
    pub(super) fn new() -> Self {
        Self { leads: [0; BLOCKS], blocks: 0, open: 0, highest: _mm256_setzero_si256(), characters: 0, runs: 0 }
    }

    /// Looks at the next bytes of the region: whole blocks, or the last that it has.
    #[inline]
    #[target_feature(enable = "avx2,bmi1,bmi2,popcnt")]
    pub(super) fn look(&mut self, bytes: &[u8]) {
        let (blocks, rest) = bytes.as_chunks::<BLOCK>();
        for block in blocks {
            self.look_at(block);
        }
        if !rest.is_empty() {
            let mut last = [0; BLOCK];
            last[..rest.len()].copy_from_slice(rest);
            self.look_at(&last);
        }
    }

    #[inline]
    #[target_feature(enable = "avx2,bmi1,bmi2,popcnt")]
    fn look_at(&mut self, block: &[u8; BLOCK]) {
        let (low, high) = halves(block);
        let leads = leads(low) | leads(high) << PLAIN;
        self.leads[self.blocks] = leads;
        self.blocks += 1;
        self.highest = _mm256_max_epu8(self.highest, _mm256_max_epu8(low, high));
        self.characters += leads.count_ones();
        self.runs += (leads & !(leads << 3 | self.open)).count_ones();
        self.open = leads >> (BLOCK - 3);
    }

    /// Whether characters of 3 bytes come in long runs, as far as it has been looked at.
    #[inline]
    pub(super) fn is_run_on(&self) -> bool {
        self.characters >= LONG_RUN * self.runs && self.characters > 0
    }

    #[inline]
    #[target_feature(enable = "avx2")]
    fn has_fours(&self) -> bool {
        let least = _mm256_set1_epi8(0xF0_u8 as i8);
        let four = _mm256_cmpeq_epi8(_mm256_max_epu8(self.highest, least), self.highest);
        _mm256_movemask_epi8(four) != 0
    }
}

impl Work<'_> {
    /// Maps a region up to its end, or up to the last character if that is too near the end of the source. In `places` there is [`room`] for those of the region.
    #[inline]
    #[target_feature(enable = "avx2,bmi1,bmi2,popcnt")]
    pub(super) fn map_scattered<const BLOCKS: usize>(
        &mut self,
        region: &Region<BLOCKS>,
        end: usize,
        places: &mut [u16],
    ) {
        let start = self.at;
        self.at = end;
        self.output[start..end].copy_from_slice(&self.source[start..end]);
        if region.characters == 0 {
            return;
        }
        let mut count = 0;
        for (block, leads) in region.leads[..region.blocks].iter().enumerate() {
            if *leads != 0 {
                count = list(places, count, start + BLOCK * block, *leads);
            }
        }
        let last = usize::from(places[count - 1]);
        if last + WORD > self.source.len() {
            // Only the last character of the source can be so near its end.
            self.at = last;
            count -= 1;
        }
        // What is left in the last lanes is the last character again.
        let Some(last) = count.checked_sub(1).map(|last| places[last]) else { return };
        *places[count..].first_chunk_mut::<LANES>().expect("there is room") = [last; LANES];
        if region.has_fours() {
            self.settle::<true>(start, &places[..count + LANES], count)
        } else {
            self.settle::<false>(start, &places[..count + LANES], count)
        }
    }

    /// Maps the characters at so many places.
    #[inline]
    #[target_feature(enable = "avx2,bmi1,bmi2,popcnt")]
    fn settle<const FOURS: bool>(&mut self, start: usize, places: &[u16], number_of_places: usize) {
        let Work { map: Flat { characters }, source, ref mut output, ref mut events, mut count, .. } = *self;

        // The last place where a word begins in both texts.
        let most = source.len().min(output.len()).checked_sub(WORD).expect("there is a character of as many bytes");
        let most = _mm_set1_epi16(most.min(usize::from(u16::MAX)) as i16);
        let plain = _mm256_set1_epi32(characters[0] as i32);
        // As if a character of 3 bytes stood before the start.
        let mut places_before = _mm_set1_epi16((start as u16).wrapping_sub(3) as i16);
        let mut carry = _mm256_set1_epi32(characters[character_before(source, start) as usize & 0xFFFF] as i32);
        let mut fours_before = _mm256_setzero_si256();
        for number in (0..number_of_places).step_by(LANES) {
            let eight: &[u16; LANES] = places[number..].first_chunk().expect("the list goes on for a vector");
            let own_places = load_places(eight);
            // Read from memory once more. The compiler would take them out of the vector, which takes twice the steps.
            let eight = black_box(eight);
            let inside = _mm_cmpeq_epi16(_mm_max_epu16(own_places, most), most);
            assert!(_mm_movemask_epi8(inside) == 0xFFFF, "places are listed where a word begins");
            // SAFETY: no place is behind `most`, where four bytes of the source begin.
            let word =
                |lane: usize| unsafe { source.as_ptr().add(usize::from(eight[lane])).cast::<i32>().read_unaligned() };
            let words = _mm256_setr_epi32(word(0), word(1), word(2), word(3), word(4), word(5), word(6), word(7));
            let mut entries = fetch_entries(characters, points(words));
            let distances = _mm_sub_epi16(own_places, _mm_alignr_epi8::<14>(own_places, places_before));
            let distances = _mm256_cvtepi16_epi32(distances);
            places_before = own_places;
            let mut size_before = _mm256_set1_epi32(3);
            if FOURS {
                let upper = _mm256_and_si256(words, _mm256_set1_epi32(0xF0));
                let fours = _mm256_cmpeq_epi32(upper, _mm256_set1_epi32(0xF0));
                // Planes 2 and 3 hold ideographs, and their second bytes are 0xA0 and more; emoji and the rest are in no dictionary.
                let ideographs = _mm256_and_si256(_mm256_slli_epi32::<18>(words), _mm256_set1_epi32(SPECIAL as i32));
                entries = _mm256_blendv_epi8(entries, ideographs, fours);
                let next = rotated(fours);
                size_before = _mm256_sub_epi32(size_before, _mm256_blend_epi32::<1>(next, fours_before));
                fours_before = next;
            }
            let next = rotated(entries);
            let beside = _mm256_cmpeq_epi32(distances, size_before);
            let before = _mm256_blendv_epi8(plain, _mm256_blend_epi32::<1>(next, carry), beside);
            carry = next;
            let mut mapped = [0; LANES];
            store_numbers(&mut mapped, _mm256_xor_si256(words, differences(entries)));
            // In order: the last byte of each is the first of the next, where they stand side by side.
            for (place, word) in eight.iter().copied().zip(mapped) {
                // SAFETY: no place is behind `most`, where four bytes of the output begin, which nobody else sees.
                unsafe { output.as_mut_ptr().add(usize::from(place)).cast::<u32>().write_unaligned(word) };
            }
            let lanes = (1 << (number_of_places - number).min(LANES)) - 1;
            count = store_events(events, count, own_places, found(entries, before) & lanes);
        }
        self.count = count;
    }
}

/// Lists the places of a mask behind the first `count`; gives the new count.
#[inline]
#[target_feature(enable = "popcnt")]
fn list(places: &mut [u16], count: usize, at: usize, leads: u64) -> usize {
    let room: &mut [u16; BLOCK + GROUP] = places[count..].first_chunk_mut().expect("there is room for any block");
    let mut listed = 0;
    for (eight, mask) in leads.to_le_bytes().into_iter().enumerate() {
        let four = PLACES[usize::from(mask)] + (at + 8 * eight) as u64 * 0x0001_0001_0001_0001;
        // SAFETY: a mask of 64 bits has no more bits, so that many are listed at most, and there is room for a group behind.
        unsafe { room.as_mut_ptr().add(listed).cast::<[u8; 8]>().write_unaligned(four.to_le_bytes()) };
        listed += mask.count_ones() as usize;
    }
    count + listed
}

/// A bit for each byte that is the first of a character of 3 or 4 bytes.
#[inline]
#[target_feature(enable = "avx2")]
fn leads(bytes: __m256i) -> u64 {
    let least = _mm256_set1_epi8(0xE0_u8 as i8);
    u64::from(_mm256_movemask_epi8(_mm256_cmpeq_epi8(_mm256_max_epu8(bytes, least), bytes)) as u32)
}
