//! Finds the characters that a conversion changes and what is known of each: the number that stands for it, or why that is not certain.
//!
//! A character is a unit by itself if neither the one before it nor the one behind it is adjacent to it in a path of the trie. A number may also say that its character
//! is one always ([`ALONE`]). Sixteen at a time, a sharper filter is asked: whether a character that changes may be the last of a unit with the one before it, the first with the one
//! behind it, or between both ([`layout::cover`]). What may hang together is left to whoever asked, but as one or two characters where these lie between borders. That suits tables in which
//! little hangs together; where much does, `characters.rs` is quicker.
//!
//! Worked example, `tw2sp`: of `他的軟體很軟` the characters 軟, 體 and 軟 differ. 軟 may begin a unit with 體, and that may end one; there are borders around `軟體`, so that is what is
//! to be looked up for both. The last 軟 gets its number.
//!
//! # Cost
//!
//! About 70 instructions a character; with AVX-512 (`vector/changed.rs`), where sixteen of them wait for the tables together, a fraction of that.

use std::ops::Range;

use super::borders::find_borders;
use super::{are_wide, points_of};
use crate::engine::CHUNK;
use crate::layout;
use crate::layout::cover::Link;
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

/// A character and the two before it and behind it.
pub(super) const AROUND: usize = 5;

/// The numbers of characters by code point; 0 where there is none yet.
pub(crate) type Numbers = [u32; 1 << 16];

/// What tells whether characters are units.
#[derive(Clone, Copy)]
#[cfg_attr(not(target_arch = "x86_64"), allow(dead_code, reason = "one by one, less is needed"))]
pub(crate) struct Known<'k> {
    /// The filter of pairs that are adjacent in a path; see [`layout::adjacency_hash`].
    pub(crate) adjacency: &'k [Raw<4>],
    /// The filter of pairs that may be part of a unit that changes; see [`layout::cover`]. Perhaps empty.
    pub(crate) covers: &'k [Raw<4>],
    pub(crate) numbers: &'k Numbers,
}

/// Characters that change, in order.
#[cfg_attr(not(target_arch = "x86_64"), allow(dead_code, reason = "one by one, less is needed"))]
pub(crate) struct Changed {
    /// Where each starts, in bytes of the chunk.
    pub(crate) places: [u32; ROOM],
    /// Its number, or [`DOUBT`].
    pub(crate) numbers: [u32; ROOM],
    /// The characters themselves, and those around them in the order of the text, while they are looked up.
    pub(super) around: [[u32; ROOM]; AROUND],
    /// The hashes of each with the one before it and with the one behind it, and the words that the filter of covers has for these, while they are looked up.
    pub(super) hashes: [[u32; ROOM]; 2],
    pub(super) filtered: [[u32; ROOM]; 2],
    pub(crate) count: usize,
    /// The numbers of those that are in doubt, and how many there are.
    pub(super) doubtful: [u16; ROOM],
    pub(super) doubts: usize,
    /// What each of these is looked up with: alone, or as one of two between borders, the first in the lower half; 0 where it is more, or not known.
    pub(super) keys: [u32; ROOM],
    /// 0 for the first of two, 3 for the second: how many bytes before it the two start.
    pub(super) before: [u32; ROOM],
    /// Place and number of each unit.
    pub(super) entries: [[u32; 2]; ROOM],
    borders: Vec<u32>,
}

impl Changed {
    pub(crate) fn new() -> Changed {
        let none = [0; ROOM];
        Changed {
            places: none,
            numbers: none,
            around: [none; AROUND],
            hashes: [none; 2],
            filtered: [none; 2],
            count: 0,
            doubtful: [0; ROOM],
            doubts: 0,
            keys: none,
            before: none,
            entries: [[0; 2]; ROOM],
            borders: Vec::new(),
        }
    }

    /// Finds the characters of a chunk of `source` that are not the same in `mapped`, which begins where the chunk does.
    pub(crate) fn find(&mut self, known: Known<'_>, source: &[u8], chunk: Range<usize>, mapped: &[u8]) {
        debug_assert!(chunk.len() <= CHUNK, "a chunk is not longer");
        if !super::vector::changed(known, source, chunk.clone(), mapped, self) {
            self.find_one_by_one(source, chunk, mapped, |at| known.look_up(source, at));
        }
    }

    /// How many of the characters are in doubt.
    pub(crate) fn doubts(&self) -> usize {
        self.doubts
    }

    /// One of those in doubt: its number among the characters, its key, and how many bytes before it that starts.
    #[inline(always)]
    pub(crate) fn doubtful(&self, which: usize) -> (usize, u32, u32) {
        (usize::from(self.doubtful[which]), self.keys[which], self.before[which])
    }

    /// [`Changed::find`] for every processor, by any way to look a character at a place up.
    pub(super) fn find_one_by_one(
        &mut self,
        source: &[u8],
        chunk: Range<usize>,
        mapped: &[u8],
        look_up: impl Fn(usize) -> (usize, u32),
    ) {
        (self.count, self.doubts) = (0, 0);
        let found = find_borders(&source[chunk.clone()], &mapped[..chunk.len()], &mut self.borders);
        for [from, to] in self.borders[..found].as_chunks().0 {
            let (mut at, to) = (chunk.start + *from as usize, chunk.start + *to as usize);
            while at < to {
                let (length, number) = look_up(at);
                self.places[self.count] = (at - chunk.start) as u32;
                self.numbers[self.count] = number;
                self.doubtful[self.doubts] = self.count as u16;
                (self.keys[self.doubts], self.before[self.doubts]) = (0, 0);
                self.doubts += usize::from(number & DOUBT != 0);
                self.count += 1;
                at += length;
            }
        }
    }

    /// Says that of the characters from a number on those in a unit, given by bytes of the chunk, are that: the first stands for it. Gives the number of the next.
    #[inline(always)]
    pub(crate) fn settle(&mut self, mut character: usize, unit: Range<usize>, mut kind: u32) -> usize {
        let start = unit.start as u32;
        while character < self.count && (self.places[character] as usize) < unit.end {
            (self.places[character], self.numbers[character]) = (start, kind);
            kind = 0;
            character += 1;
        }
        character
    }

    /// Place and number of each unit that changes, when nothing is in doubt any more; `base` is added to the places.
    pub(crate) fn collect(&mut self, base: u32) -> &[[u32; 2]] {
        let count = match super::vector::collect_changed(self, base) {
            Some(count) => count,
            None => self.collect_one_by_one(base),
        };
        &self.entries[..count]
    }

    /// [`Changed::collect`] for every processor.
    pub(super) fn collect_one_by_one(&mut self, base: u32) -> usize {
        let mut count = 0;
        for (place, number) in self.places[..self.count].iter().zip(&self.numbers) {
            self.entries[count] = [place + base, *number];
            // The mark of kinds that stay is the sign.
            count += usize::from(*number as i32 > 0);
        }
        count
    }
}

#[inline(always)]
fn doubts(left: bool, right: bool) -> u32 {
    (u32::from(left) * LEFT) | (u32::from(right) * RIGHT)
}

impl Known<'_> {
    /// The length of the character at a place, and its number or what is in doubt. Without [`LEFT`] a unit starts with it for certain, and without [`RIGHT`] one ends.
    #[inline(always)]
    pub(crate) fn look_up(self, source: &[u8], at: usize) -> (usize, u32) {
        self.look_up_by(source, at, |before, point, behind| {
            let left = before.is_some_and(|before| self.adjacent(before, point));
            (left, behind.is_some_and(|behind| self.adjacent(point, behind)))
        })
    }

    /// The same by the filter of covers, for a character that changes. With sixteen at once that leaves less in doubt for the same price; one by one, each question counts.
    #[cfg_attr(not(target_arch = "x86_64"), allow(dead_code, reason = "there are not sixteen at once"))]
    pub(super) fn look_up_changed(self, source: &[u8], at: usize) -> (usize, u32) {
        let may_have = |first: u32, second: u32, links: [Link; 2]| {
            let hash = layout::adjacency_hash(first, second);
            let word = table::word_at(self.covers, hash);
            links.map(|link| !word & link.pattern(hash) == 0)
        };
        self.look_up_by(source, at, |before, point, behind| {
            // Where there is none, as if there was NUL.
            let [ends, from_before] = may_have(before.unwrap_or(0), point, [Link::Ends, Link::FromBefore]);
            let [begins, goes_on] = may_have(point, behind.unwrap_or(0), [Link::Begins, Link::GoesOn]);
            let is_inside = from_before & goes_on;
            (ends | is_inside, begins | is_inside)
        })
    }

    /// The same by what says of a character and those on either side whether it may hang together with them.
    #[inline(always)]
    fn look_up_by(
        self,
        source: &[u8],
        at: usize,
        ask: impl Fn(Option<u32>, u32, Option<u32>) -> (bool, bool),
    ) -> (usize, u32) {
        // Mostly all have 3 bytes.
        if let Some(around) = source.get(at.wrapping_sub(3)..).and_then(|rest| rest.first_chunk::<12>()) {
            let eight = |from: usize| around[from..].first_chunk().map_or(0, |eight| u64::from_le_bytes(*eight));
            let (left, right) = (eight(0), eight(3));
            if are_wide(left) & are_wide(right) {
                let ((before, point), (_, behind)) = (points_of(left), points_of(right));
                return (3, self.judge(point, ask(Some(before), point, Some(behind))));
            }
        }
        let (point, length) = decode(source, at);
        let before = (at > 0).then(|| decode(source, character_before(source, at)).0);
        let behind = (at + length < source.len()).then(|| decode(source, at + length).0);
        let (left, right) = ask(before, point, behind);
        // The numbers are those of other characters there.
        let number = if point > 0xFFFF { doubts(left, right) | DOUBT } else { self.judge(point, (left, right)) };
        (length, number)
    }

    #[inline(always)]
    fn judge(self, point: u32, (left, right): (bool, bool)) -> u32 {
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
    use super::super::vector;
    use super::*;
    use crate::instructions::{Instructions, used};
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

    /// The tables of two configs.
    pub(in crate::kernel) fn tables(configs: [Config; 2]) -> impl Iterator<Item = table::Table<'static>> {
        let route = |config| Route::of(config, TofuRisk::Include);
        configs.map(route).into_iter().map(|route| table::Table::load(route).expect("every config has a table"))
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

    /// Also where there are no larger vectors, which the next test needs.
    #[test]
    fn characters_are_found_and_looked_up_as_the_filters_have_it() {
        let mut random = Random(7);
        let mut found = Box::new(Changed::new());
        let numbers = numbers(&mut random);
        let (mut count, mut doubts) = (0, 0);
        for table in tables([Config::S2Twp, Config::T2S]) {
            let known = Known { adjacency: table.adjacency(), covers: table.covers(), numbers: &numbers };
            for _ in 0..1000 {
                let (source, place, mapped) = chunk(&mut random, 120, 3);
                let looked_up = |at| known.look_up(source.as_bytes(), at);
                found.find_one_by_one(source.as_bytes(), place.clone(), &mapped, looked_up);
                let mut expected = Vec::new();
                for (at, character) in source[place.clone()].char_indices() {
                    let length = character.len_utf8();
                    if mapped[at..at + length] == source.as_bytes()[place.start + at..][..length] {
                        continue;
                    }
                    let (before, rest) = source.split_at(place.start + at);
                    let is_adjacent = |pair: [Option<char>; 2]| match pair {
                        [Some(first), Some(second)] => known.adjacent(u32::from(first), u32::from(second)),
                        _ => false,
                    };
                    let left = is_adjacent([before.chars().next_back(), Some(character)]);
                    let right = is_adjacent([Some(character), rest.chars().nth(1)]);
                    let number = u16::try_from(u32::from(character)).map_or(0, |short| numbers[usize::from(short)]);
                    let is_certain = number & ALONE != 0 || number != 0 && !left && !right;
                    let doubt = DOUBT | if left { LEFT } else { 0 } | if right { RIGHT } else { 0 };
                    expected.push((at as u32, if is_certain { number } else { doubt }));
                }
                let all: Vec<(u32, u32)> = (0..found.count).map(|at| (found.places[at], found.numbers[at])).collect();
                assert_eq!(all, expected, "{source} {place:?}");
                let doubtful = (0..found.count).filter(|at| found.numbers[*at] & DOUBT != 0);
                assert!(doubtful.eq((0..found.doubts()).map(|which| found.doubtful(which).0)), "{source} {place:?}");
                let units = all.iter().filter(|(_, number)| *number != 0 && number >> 31 == 0);
                let units: Vec<[u32; 2]> = units.map(|(at, number)| [at + 7, *number]).collect();
                assert_eq!(found.collect(7), units, "{source} {place:?}");
                (count, doubts) = (count + found.count, doubts + found.doubts);
            }
        }
        assert!(count > 10_000 && doubts > 1_000, "{count} {doubts}");
    }

    #[test]
    fn sixteen_at_once_find_what_one_by_one_is_found() {
        let mut random = Random(5);
        let (mut fast, mut slow) = (Box::new(Changed::new()), Box::new(Changed::new()));
        let numbers = numbers(&mut random);
        let (mut found, mut doubts) = (0, 0);
        for table in tables([Config::Tw2Sp, Config::T2S]) {
            let known = Known { adjacency: table.adjacency(), covers: table.covers(), numbers: &numbers };
            for _ in 0..3000 {
                let (source, place, mapped) = chunk(&mut random, 120, 3);
                let source = source.as_bytes();
                if !vector::changed(known, source, place.clone(), &mapped, &mut fast) {
                    assert!(used() < Instructions::Avx512, "a processor with these instructions uses them");
                    return;
                }
                slow.find_one_by_one(source, place.clone(), &mapped, |at| known.look_up_changed(source, at));
                let count = fast.count;
                assert_eq!((count, fast.doubts), (slow.count, slow.doubts));
                assert_eq!(fast.places[..count], slow.places[..count], "{place:?}");
                assert_eq!(fast.numbers[..count], slow.numbers[..count], "{place:?}");
                assert_eq!(fast.doubtful[..fast.doubts], slow.doubtful[..slow.doubts]);
                let keys = fast.keys[..fast.doubts].iter().filter(|key| **key != 0).count();
                (found, doubts) = (found + count, doubts + keys);
                for which in 0..fast.doubts {
                    let (number, key, before) = fast.doubtful(which);
                    let start = place.start + fast.places[number] as usize - before as usize;
                    let characters = std::str::from_utf8(&source[start..]).expect("characters start there").chars();
                    let two = [key & 0xFFFF, key >> 16].map(char::from_u32);
                    let own: Vec<char> = characters.take(if key >> 16 > 0 { 2 } else { 1 }).collect();
                    assert!(key == 0 || two.into_iter().flatten().take(own.len()).eq(own), "{key:x} at {start}");
                }
                let listed = fast.collect(7).to_vec();
                let count = fast.collect_one_by_one(7);
                assert_eq!(listed, fast.entries[..count]);
            }
        }
        assert!(found > 30_000 && doubts > 1_000, "{found} {doubts}");
    }
}
