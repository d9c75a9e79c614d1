//! Finds the characters that a conversion changes and what is known of each: the number that stands for it, or why that is not certain.
//!
//! A character is a unit by itself if neither the one before it nor the one behind it is adjacent to it in a path of the trie. A number may also say that its character
//! is one always ([`ALONE`]). What may hang together is left to whoever asked. That suits tables in which little does; where much does, `characters.rs` is quicker.
//!
//! Worked example, `s2twp`: of `他的软件很软` the characters 软, 件 and 软 differ. The first may hang together with the one behind it, the second with the one before it, so they are left.
//! The last gets its number.
//!
//! # Cost
//!
//! About 70 instructions a character; with AVX-512 (`vector/changed.rs`), where sixteen of them wait for the tables together, a fraction of that.

use std::ops::Range;

use super::borders::find_borders;
use super::{are_wide, points_of};
use crate::engine::CHUNK;
use crate::layout;
use crate::resolve::{character_before, decode};
use crate::table::Raw;

/// In the number of a character: it is a unit by itself wherever it stands.
pub(crate) const ALONE: u32 = 1 << 29;
/// Not a number, but what is in doubt; perhaps nothing but the number.
pub(crate) const DOUBT: u32 = 1 << 30;
/// With [`DOUBT`]: the character may hang together with the one before it ...
pub(crate) const LEFT: u32 = 1;
/// ... or with the one behind it.
pub(crate) const RIGHT: u32 = 2;

/// Characters of a chunk, and some more that may be overwritten.
pub(super) const ROOM: usize = CHUNK + 64;

/// The numbers of characters by code point; 0 where there is none yet.
pub(crate) type Numbers = [u32; 1 << 16];

/// What tells whether characters are units.
#[derive(Clone, Copy)]
#[cfg_attr(not(target_arch = "x86_64"), allow(dead_code, reason = "one by one, less is needed"))]
pub(crate) struct Known<'k> {
    /// The filter of pairs that are adjacent in a path; see [`layout::adjacency_hash`].
    pub(crate) adjacency: &'k [Raw<4>],
    pub(crate) numbers: &'k Numbers,
}

/// Characters that change, in order.
#[cfg_attr(not(target_arch = "x86_64"), allow(dead_code, reason = "one by one, less is needed"))]
pub(crate) struct Changed {
    /// Where each starts, in bytes of the chunk.
    pub(crate) places: [u32; ROOM],
    /// Its number, or [`DOUBT`].
    pub(crate) numbers: [u32; ROOM],
    /// The characters themselves and those on either side, while they are looked up.
    pub(super) before: [u32; ROOM],
    pub(super) own: [u32; ROOM],
    pub(super) behind: [u32; ROOM],
    borders: Vec<u32>,
}

impl Changed {
    pub(crate) fn new() -> Changed {
        let none = [0; ROOM];
        Changed { places: none, numbers: none, before: none, own: none, behind: none, borders: Vec::new() }
    }

    /// Finds the characters of a chunk of `source` that are not the same in `mapped`, which begins where the chunk does; gives how many there are.
    pub(crate) fn find(&mut self, known: Known<'_>, source: &[u8], chunk: Range<usize>, mapped: &[u8]) -> usize {
        debug_assert!(chunk.len() <= CHUNK, "a chunk is not longer");
        if let Some(count) = super::vector::changed(known, source, chunk.clone(), mapped, self) {
            return count;
        }
        self.find_one_by_one(known, source, chunk, mapped)
    }

    /// [`Changed::find`] for every processor.
    pub(super) fn find_one_by_one(
        &mut self,
        known: Known<'_>,
        source: &[u8],
        chunk: Range<usize>,
        mapped: &[u8],
    ) -> usize {
        let mut count = 0;
        let found = find_borders(&source[chunk.clone()], &mapped[..chunk.len()], &mut self.borders);
        for [from, to] in self.borders[..found].as_chunks().0 {
            let (mut at, to) = (chunk.start + *from as usize, chunk.start + *to as usize);
            while at < to {
                let (length, number) = known.look_up(source, at);
                self.places[count] = (at - chunk.start) as u32;
                self.numbers[count] = number;
                count += 1;
                at += length;
            }
        }
        count
    }
}

#[inline(always)]
fn doubts(left: bool, right: bool) -> u32 {
    (u32::from(left) * LEFT) | (u32::from(right) * RIGHT)
}

impl Known<'_> {
    /// The length of the character at a place, and its number or what is in doubt.
    #[inline(always)]
    pub(crate) fn look_up(self, source: &[u8], at: usize) -> (usize, u32) {
        // The character and those on either side, if all have 3 bytes.
        if let Some(around) = source.get(at.wrapping_sub(3)..).and_then(|rest| rest.first_chunk::<12>()) {
            let eight = |from: usize| around[from..].first_chunk().map_or(0, |eight| u64::from_le_bytes(*eight));
            let (left, right) = (eight(0), eight(3));
            if are_wide(left) & are_wide(right) {
                let ((before, point), (_, behind)) = (points_of(left), points_of(right));
                return (3, self.judge(point, self.adjacent(before, point), self.adjacent(point, behind)));
            }
        }
        let (point, length) = decode(source, at);
        let left = at > 0 && self.adjacent(decode(source, character_before(source, at)).0, point);
        let right = at + length < source.len() && self.adjacent(point, decode(source, at + length).0);
        // The numbers are those of other characters there.
        let number = if point > 0xFFFF { doubts(left, right) | DOUBT } else { self.judge(point, left, right) };
        (length, number)
    }

    #[inline(always)]
    fn judge(self, point: u32, left: bool, right: bool) -> u32 {
        let number = self.numbers[usize::from(point as u16)];
        let doubts = doubts(left, right);
        if (number & ALONE != 0) | (doubts == 0) & (number != 0) { number } else { doubts | DOUBT }
    }

    #[inline(always)]
    pub(super) fn adjacent(self, first: u32, second: u32) -> bool {
        let hash = layout::adjacency_hash(first, second);
        let word = u32::from_le_bytes(self.adjacency[layout::filter_word(hash, self.adjacency.len())]);
        !word & layout::filter_pattern(hash) == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::route::Route;
    use crate::table::Table;
    use crate::{Config, TofuRisk};

    const PIECES: [&str; 20] = [
        "头",
        "发",
        "干",
        "净",
        "里",
        "面",
        "后",
        "的",
        "很",
        "，",
        "a",
        "é",
        "𠀀",
        "软件",
        "鼠标",
        "丹尼·波尔",
        "資",
        "⿰",
        "级",
        "别",
    ];

    #[test]
    fn sixteen_at_once_find_what_one_by_one_is_found() {
        let mut seed = 5_u64;
        let mut random = |below: usize| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (seed >> 33) as usize % below
        };
        let (mut fast, mut slow) = (Box::new(Changed::new()), Box::new(Changed::new()));
        let mut numbers: Box<Numbers> = vec![0; 1 << 16].try_into().expect("as many numbers");
        for (number, entry) in numbers.iter_mut().enumerate() {
            *entry = [0, 7, 8 | 1 << 31, 9 | ALONE][random(4)] + if number % 2 == 0 { 0 } else { 16 };
        }
        let mut found = 0;
        for config in [Config::S2Twp, Config::T2S] {
            let table = Table::load(Route::of(config, TofuRisk::Include)).expect("every config has a table");
            let known = Known { adjacency: table.adjacency(), numbers: &numbers };
            for _ in 0..3000 {
                let source: String = (0..random(120)).map(|_| PIECES[random(PIECES.len())]).collect();
                let start = source.floor_char_boundary(random(source.len() + 1));
                let end = source.floor_char_boundary(start + random(source.len() + 1 - start));
                let mut mapped: Vec<u8> = source[start..end].bytes().collect();
                mapped.resize(end - start + crate::kernel::OVERWRITE, 0xE5);
                for (at, character) in source[start..end].char_indices() {
                    if random(3) == 0 {
                        mapped[at + random(character.len_utf8())] ^= 1;
                    }
                }
                let count = fast.find(known, source.as_bytes(), start..end, &mapped);
                assert_eq!(slow.find_one_by_one(known, source.as_bytes(), start..end, &mapped), count);
                assert_eq!(fast.places[..count], slow.places[..count], "{source} {start}..{end}");
                assert_eq!(fast.numbers[..count], slow.numbers[..count], "{source} {start}..{end}");
                found += count;
            }
        }
        assert!(found > 30_000, "{found}");
    }
}
