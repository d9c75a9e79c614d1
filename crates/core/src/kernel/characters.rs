//! Takes a chunk apart into its characters and finds what is known of those that count, all that change or all there are: the number that stands for each, and where units
//! start for certain.
//!
//! Characters that are adjacent in no path of the trie have a border of units between them, and so have two between such borders that are no path themselves. Who has one on both sides is a unit, and so is who is one always ([`ALONE`](super::changed::ALONE));
//! its number says all. What is left, a few characters from border to border, is settled by whoever asked; then all is collected as places and numbers.
//!
//! Worked example, `s2twp`: of `他的软件很软` the characters 软, 件 and 软 differ. There are borders on both sides of `软件`, which is left to be settled, and of the last 软,
//! which has its number.
//!
//! # Cost
//!
//! With AVX-512 (`vector/characters.rs`), some ten instructions a character, and some forty a run; without, this is not done, and characters are looked up one by one
//! ([`Known::look_up`]).

use std::ops::Range;

use super::changed::{Known, ROOM};
use crate::engine::CHUNK;
use crate::resolve::decode;

/// As many bits as there are characters, and some more.
pub(super) const WORDS: usize = ROOM / 64 + 1;

/// Stands for NUL and for characters of more than 16 bits. No character has this code point.
pub(crate) const OTHER: u16 = 0xD800;

/// A code point in 16 bits.
#[inline]
pub(super) fn short_of(point: u32) -> u16 {
    u16::try_from(point).ok().filter(|short| *short > 0).unwrap_or(OTHER)
}

/// What of a text counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// Units that change.
    Changes,
    All,
}

/// A set of characters of a chunk: a bit for each.
pub(crate) type Set = [u64; WORDS];

/// What is behind a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// A border of units for certain.
    Border,
    /// The end of the chunk, at which a unit ends, but perhaps only because of what follows.
    Open,
}

/// The characters of a chunk, and what is known of those that count.
pub(crate) struct Reading {
    pub(crate) count: usize,
    /// Where each starts, in bytes of the chunk.
    pub(crate) places: [u32; ROOM],
    /// Their code points.
    pub(super) points: [u32; ROOM],
    /// The same in 16 bits; or [`OTHER`].
    pub(crate) shorts: [u16; ROOM],
    /// The hashes of pairs, and the words that the filter of adjacent characters has for these, while borders are looked for.
    pub(super) hashes: [u32; ROOM],
    pub(super) filtered: [u32; ROOM],
    /// Those that count.
    pub(super) wanted: Set,
    /// The numbers of those that count, in order. As long as they are looked up, their code points.
    pub(super) numbers: [u32; ROOM],
    /// Of those that count, the ones that have a number, and those that are [`ALONE`](super::changed::ALONE).
    pub(super) known: Set,
    pub(super) alone: Set,
    /// Those with a border behind them. Where nothing that may hang together is near, borders are not looked for.
    pub(super) borders: Set,
    /// Those that are no path together with the one behind them, the two alone. Known where borders were looked for.
    pub(super) apart: Set,
    /// Those whose number says what they are.
    pub(super) single: Set,
    /// The numbers of what starts at a character, for those that are not in `single`; 0 where nothing does.
    pub(crate) kinds: [u32; ROOM],
    /// Place and number of each unit.
    pub(super) entries: [[u32; 2]; ROOM],
}

impl Reading {
    pub(crate) fn new() -> Reading {
        let (none, nobody) = ([0; ROOM], [0; WORDS]);
        Reading {
            count: 0,
            places: none,
            points: none,
            shorts: [0; ROOM],
            hashes: none,
            filtered: none,
            wanted: nobody,
            numbers: none,
            known: nobody,
            alone: nobody,
            borders: nobody,
            apart: nobody,
            single: nobody,
            kinds: none,
            entries: [[0; 2]; ROOM],
        }
    }

    /// Takes apart a chunk of `source`, at whose start and end units start. What counts are the characters that are not the same in `mapped`, which begins where the chunk does, or
    /// all. `false`, and nothing is done, where the processor has not what is needed to do this fast.
    pub(crate) fn read(&mut self, known: Known<'_>, source: &[u8], chunk: Range<usize>, mapped: Option<&[u8]>) -> bool {
        debug_assert!(chunk.len() <= CHUNK, "a chunk is not longer");
        if !super::vector::read(known, source, chunk.clone(), mapped, self) {
            return false;
        }
        let count = self.count;
        self.kinds[..count].fill(0);
        if count > 0 {
            let last = self.points[count - 1];
            let is_border = chunk.end == source.len() || !known.adjacent(last, decode(source, chunk.end).0);
            let (word, bit) = ((count - 1) / 64, (count - 1) % 64);
            self.borders[word] = self.borders[word] & !(u64::MAX << bit) | u64::from(is_border) << bit;
            // Whatever is behind the last character is none of the chunk's pairs.
            self.apart[word] &= !(u64::MAX << bit);
            self.part_pairs();
        }
        true
    }

    /// Puts a border between two characters that have one on either side but are no path: what would reach across that has others too.
    fn part_pairs(&mut self) {
        let words = self.count.div_ceil(64);
        let mut carried = 1;
        for word in 0..words {
            let borders = self.borders[word];
            let next = if word + 1 < words { self.borders[word + 1] } else { 0 };
            let (before, behind) = (borders << 1 | carried, borders >> 1 | next << 63);
            carried = borders >> 63;
            self.borders[word] = borders | before & behind & self.apart[word];
        }
    }

    /// What counts near 64 characters, and is not alone: their own, and those around that may hang together with them.
    #[inline(always)]
    pub(super) fn near_open(&self, word: usize) -> u64 {
        let open = |word: usize| self.wanted[word] & !self.alone[word];
        let own = open(word);
        let before = if word > 0 { open(word - 1) } else { 0 };
        let behind = if 64 * (word + 1) < self.count { open(word + 1) } else { 0 };
        own | own << NEAR | own >> NEAR | before >> (64 - NEAR) | behind << (64 - NEAR)
    }

    /// Settles what numbers alone can tell, and calls `settle` with all other *runs*, in order: from border to border, with something that counts. If there is none behind the last,
    /// that is open: the end of the chunk.
    #[inline(always)]
    pub(crate) fn settle<E>(
        &mut self,
        mut settle: impl FnMut(&mut Reading, Range<usize>, End) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut done = 0_usize;
        // Before the first character there is a border.
        let mut carried = 1;
        for word in 0..self.count.div_ceil(64) {
            let (wanted, borders) = (self.wanted[word], self.borders[word]);
            let before = borders << 1 | carried;
            carried = borders >> 63;
            let single = wanted & (self.alone[word] | before & borders & self.known[word]);
            self.single[word] = single;
            let base = 64 * word;
            let mut open = wanted & !single & from_bit(done.saturating_sub(base));
            while open != 0 {
                let bit = open.trailing_zeros();
                let (left, right) = (before & u64::MAX >> (63 - bit), borders & u64::MAX << bit);
                let start = if left != 0 { base + 63 - left.leading_zeros() as usize } else { self.start_of(word) };
                let end;
                (done, end) = match right {
                    0 => self.end_of(word),
                    _ => (base + right.trailing_zeros() as usize + 1, End::Border),
                };
                settle(self, start..done, end)?;
                open &= from_bit(done - base);
            }
        }
        Ok(())
    }

    /// Where what a word of bits begins with starts, if that is before.
    #[inline(never)]
    fn start_of(&self, word: usize) -> usize {
        let found = (0..word).rev().find(|word| self.borders[*word] != 0);
        found.map_or(0, |word| 64 * word + 64 - self.borders[word].leading_zeros() as usize)
    }

    /// Where what a word of bits ends with ends, if that is behind.
    #[inline(never)]
    fn end_of(&self, word: usize) -> (usize, End) {
        let found = (word + 1..self.count.div_ceil(64)).find(|word| self.borders[*word] != 0);
        found.map_or((self.count, End::Open), |word| {
            (64 * word + self.borders[word].trailing_zeros() as usize + 1, End::Border)
        })
    }

    /// Place and number of each unit that counts, when all is settled; `base` is added to the places.
    pub(crate) fn collect(&mut self, wanted: Wanted, base: u32) -> &[[u32; 2]] {
        let count = super::vector::collect(self, wanted, base);
        &self.entries[..count]
    }
}

/// All bits from one on; none if there is no such bit.
#[inline(always)]
fn from_bit(bit: usize) -> u64 {
    if bit < 64 { u64::MAX << bit } else { 0 }
}

/// How far from what counts borders are looked for, at least: what is longer looks even longer than it is.
const NEAR: u32 = 4;

#[cfg(test)]
mod tests {
    use super::super::changed::ALONE;
    use super::super::changed::tests::{chunk, numbers, tables};
    use super::*;
    use crate::instructions::{Instructions, used};
    use crate::random::Random;
    use crate::{Config, layout, table};

    fn has(set: &Set, bit: usize) -> bool {
        set[bit / 64] >> (bit % 64) & 1 != 0
    }

    /// [`Reading::read`] for every processor; it is slow, and finds all borders.
    fn read_one_by_one(read: &mut Reading, known: Known<'_>, source: &str, chunk: Range<usize>, mapped: Option<&[u8]>) {
        let sets = [&mut read.wanted, &mut read.known, &mut read.alone, &mut read.single];
        let sets = sets.into_iter().chain([&mut read.borders, &mut read.apart]);
        sets.for_each(|set| *set = [0; WORDS]);
        let characters: Vec<(usize, char)> = source[chunk.clone()].char_indices().collect();
        let mut counting = 0;
        for (number, (at, character)) in characters.iter().enumerate() {
            let (word, bit) = (number / 64, number % 64);
            let (point, place) = (u32::from(*character), *at..*at + character.len_utf8());
            (read.places[number], read.points[number]) = (*at as u32, point);
            (read.shorts[number], read.kinds[number]) = (short_of(point), 0);
            let behind = source[chunk.start + place.end..].chars().next();
            let is_border = behind.is_none_or(|behind| !known.adjacent(point, u32::from(behind)));
            read.borders[word] |= u64::from(is_border) << bit;
            let next = characters.get(number + 1);
            read.apart[word] |= u64::from(next.is_some_and(|next| is_no_path(known, point, u32::from(next.1)))) << bit;
            if mapped.is_none_or(|mapped| mapped[place.clone()] != source.as_bytes()[chunk.start..][place]) {
                let found = known.numbers[usize::from(short_of(point))];
                read.wanted[word] |= 1 << bit;
                read.known[word] |= u64::from(found != 0) << bit;
                read.alone[word] |= u64::from(found & ALONE != 0) << bit;
                read.numbers[counting] = found;
                counting += 1;
            }
        }
        read.count = characters.len();
        read.part_pairs();
    }

    /// Whether two characters are no path by themselves.
    fn is_no_path(known: Known<'_>, first: u32, second: u32) -> bool {
        !table::has_path(known.adjacency, layout::adjacency_hash(first, second))
    }

    /// [`Reading::collect`] for every processor.
    fn collect_one_by_one(read: &Reading, wanted: Wanted, base: u32) -> Vec<[u32; 2]> {
        let mut numbers = read.numbers.iter();
        let unit = |character: usize| {
            let number = has(&read.wanted, character).then(|| *numbers.next().expect("each that counts has one"));
            let kind = if has(&read.single, character) { number.unwrap_or(0) } else { read.kinds[character] };
            let is_kept = kind != 0 && (wanted == Wanted::All || kind >> 31 == 0);
            is_kept.then_some([read.places[character] + base, kind])
        };
        (0..read.count).filter_map(unit).collect()
    }

    /// The chunks are read one by one, which holds what is done with a reading to the laws on every processor, and by vectors where the processor has them.
    #[test]
    fn chunks_are_taken_apart_as_character_by_character() {
        let mut random = Random(5);
        let mut read = Box::new(Reading::new());
        let mut numbers = numbers(&mut random);
        numbers[usize::from(OTHER)] = 0;
        let (mut runs, mut collected) = ([0; 2], [0; 2]);
        for table in tables([Config::S2Twp, Config::T2S]) {
            let known = Known { adjacency: table.adjacency(), covers: table.covers(), numbers: &numbers };
            for round in 0..4000 {
                let by_vectors = round % 2 > 0;
                let rarity = 1 + random.below(6);
                let (source, Range { start, end }, mapped) = chunk(&mut random, 200, rarity);
                let mapped = (round % 5 > 0).then_some(&mapped[..]);
                if !by_vectors {
                    read_one_by_one(&mut read, known, &source, start..end, mapped);
                } else if !read.read(known, source.as_bytes(), start..end, mapped) {
                    continue;
                }
                let characters: Vec<(usize, char)> = source[start..end].char_indices().collect();
                assert_eq!(read.count, characters.len());
                let point = |number: usize| u32::from(characters[number].1);
                let wanted = |number: usize| {
                    let (at, character) = characters[number];
                    let place = at..at + character.len_utf8();
                    mapped.is_none_or(|mapped| mapped[place.clone()] != source.as_bytes()[start..][place])
                };
                let number = |character: usize| numbers[usize::from(short_of(point(character)))];
                let next = |number: usize| source[start + characters[number].0..].chars().nth(1);
                let is_certain =
                    |number: usize| next(number).is_none_or(|next| !known.adjacent(point(number), u32::from(next)));
                // Two characters between borders that are no path are two units.
                let is_apart = |number: usize| is_no_path(known, point(number), point(number + 1));
                let is_between = |number: usize| {
                    number + 1 < characters.len()
                        && (number == 0 || is_certain(number - 1))
                        && is_certain(number + 1)
                        && is_apart(number)
                };
                let is_border = |number: usize| is_certain(number) || is_between(number);
                let mut expected = vec![0; characters.len()];
                for (character, (at, _)) in characters.iter().enumerate() {
                    assert_eq!((read.places[character] as usize, read.points[character]), (*at, point(character)));
                    assert_eq!(read.shorts[character], short_of(point(character)), "{source}");
                    assert_eq!(has(&read.wanted, character), wanted(character), "{source} {start} {character}");
                    assert!(!has(&read.borders, character) || is_border(character), "{source} {start} {character}");
                    if wanted(character) {
                        assert_eq!(has(&read.known, character), number(character) != 0);
                        assert_eq!(has(&read.alone, character), number(character) & ALONE != 0);
                        let is_lone = is_border(character) && (character == 0 || is_border(character - 1));
                        if number(character) & ALONE != 0 || is_lone && number(character) != 0 {
                            expected[character] = number(character);
                        }
                    }
                }
                let (mut done, mut covered) = (0, vec![false; characters.len()]);
                let settled: Result<(), ()> = read.settle(|read, run, end| {
                    assert!(run.start >= done && run.end > run.start, "{source} {start} {run:?}");
                    assert!(run.start == 0 || is_border(run.start - 1));
                    assert_eq!(end == End::Border, is_border(run.end - 1));
                    assert!(run.end == characters.len() || end == End::Border);
                    // Near what counts, runs end where they can.
                    let open = |character: &usize| wanted(*character) && number(*character) & ALONE == 0;
                    let (first, last) = (run.clone().find(open), run.clone().rfind(open));
                    let (first, last) = (first.expect("something counts"), last.expect("something counts"));
                    let inside = run.start.max(first.saturating_sub(NEAR as usize - 1))..(run.end - 1).min(last + 1);
                    assert!(!inside.clone().any(is_border) || last - first > NEAR as usize, "{source} {run:?}");
                    done = run.end;
                    covered[run.clone()].fill(true);
                    for character in run {
                        let kind = [0, 3, 4 | 1 << 31][character % 3];
                        read.kinds[character] = kind;
                        if expected[character] == 0 {
                            expected[character] = kind;
                        }
                    }
                    runs[usize::from(by_vectors)] += 1;
                    Ok(())
                });
                settled.expect("no run is refused");
                for character in 0..characters.len() {
                    assert!(!wanted(character) || expected[character] != 0 || covered[character], "{source}");
                }
                for kept in [Wanted::Changes, Wanted::All] {
                    let expected: Vec<[u32; 2]> = expected
                        .iter()
                        .zip(&characters)
                        .filter(|(kind, _)| **kind != 0 && (kept == Wanted::All || **kind >> 31 == 0))
                        .map(|(kind, (at, _))| [*at as u32 + 5, *kind])
                        .collect();
                    let found =
                        if by_vectors { read.collect(kept, 5).to_vec() } else { collect_one_by_one(&read, kept, 5) };
                    assert_eq!(found, expected, "{source} {start}..{end}");
                    collected[usize::from(by_vectors)] += expected.len();
                }
            }
        }
        for by_vectors in [false, true].into_iter().take(1 + usize::from(used() >= Instructions::Avx512)) {
            let (runs, collected) = (runs[usize::from(by_vectors)], collected[usize::from(by_vectors)]);
            assert!(runs > 5_000 && collected > 50_000, "{by_vectors} {runs} {collected}");
        }
    }
}
