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
use crate::table::{self, Raw};

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
        table::has(self.adjacency, layout::adjacency_hash(first, second))
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::random::Random;
    use crate::route::Route;
    use crate::{Config, TofuRisk};

    const PIECES: [&str; 22] = [
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
        "\0",
        "大规模集成电路",
        "级",
        "别",
    ];

    /// The tables of a config in which much hangs together, and of one in which little does.
    pub(in crate::kernel) fn tables() -> impl Iterator<Item = table::Table<'static>> {
        let route = |config| Route::of(config, TofuRisk::Include);
        [Config::S2Twp, Config::T2S]
            .map(route)
            .into_iter()
            .map(|route| table::Table::load(route).expect("every config has a table"))
    }

    /// Numbers of characters, all kinds of them.
    pub(in crate::kernel) fn numbers(random: &mut Random) -> Box<Numbers> {
        let number = |point: usize| {
            [0, 7, 8 | 1 << 31, 9 | ALONE][random.below(4)] + if point.is_multiple_of(2) { 0 } else { 16 }
        };
        let numbers: Vec<u32> = (0..1 << 16).map(number).collect();
        numbers.try_into().expect("as many numbers")
    }

    /// A text, a chunk of it, and what that became: about one in `rarity` of its characters is another.
    pub(in crate::kernel) fn chunk(
        random: &mut Random,
        longest: usize,
        rarity: usize,
    ) -> (String, Range<usize>, Vec<u8>) {
        let source: String = (0..random.below(longest)).map(|_| PIECES[random.below(PIECES.len())]).collect();
        let start = source.floor_char_boundary(random.below(source.len() + 1));
        let end = source.floor_char_boundary(start + random.below(source.len() + 1 - start));
        let mut mapped: Vec<u8> = source[start..end].bytes().collect();
        mapped.resize(end - start + crate::kernel::OVERWRITE, 0xE5);
        for (at, character) in source[start..end].char_indices() {
            if random.below(rarity) == 0 {
                mapped[at + random.below(character.len_utf8())] ^= 1;
            }
        }
        (source, start..end, mapped)
    }

    #[test]
    fn sixteen_at_once_find_what_one_by_one_is_found() {
        let mut random = Random(5);
        let (mut fast, mut slow) = (Box::new(Changed::new()), Box::new(Changed::new()));
        let numbers = numbers(&mut random);
        let mut found = 0;
        for table in tables() {
            let known = Known { adjacency: table.adjacency(), numbers: &numbers };
            for _ in 0..3000 {
                let (source, place, mapped) = chunk(&mut random, 120, 3);
                let count = fast.find(known, source.as_bytes(), place.clone(), &mapped);
                assert_eq!(slow.find_one_by_one(known, source.as_bytes(), place.clone(), &mapped), count);
                assert_eq!(fast.places[..count], slow.places[..count], "{source} {place:?}");
                assert_eq!(fast.numbers[..count], slow.numbers[..count], "{source} {place:?}");
                found += count;
            }
        }
        assert!(found > 30_000, "{found}");
    }
}
