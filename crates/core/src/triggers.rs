//! Where sources of a dictionary may stand in a text: the triggers that the kernel looks for.
//!
//! For each source one pair of its characters is a trigger, that which is rarest in real text, just as the phrases of a table have theirs. Its class bits go into a copy of
//! the table's map, so that one pass of the kernel serves both. What the kernel notes goes through a sieve (`kernel/sieve.rs`); for what is left a table says which
//! sources have the trigger and how far from their start, and their bytes are compared with the text.
//!
//! Worked example: the trigger of `量子纠缠` is `子纠`. Where the kernel notes 纠 behind 子, the source would start six bytes before 纠, and its twelve bytes are there
//! or not.
//!
//! # Cost
//!
//! Making the triggers ready takes a millisecond or two for 10,000 pairs, once for a converter. A trigger that is met costs three reads of memory.

use std::cmp::Reverse;
use std::ops::Range;

use crate::compile::{NARROW_SHARE, PairCounts, Side};
use crate::engine::Buffers;
use crate::kernel;
use crate::kernel::sieve::{Sieve, Sifted};
use crate::kernel::{are_wide, points_of, two_characters};
use crate::layout::{CLASSES, FIRST_CLASSES, SECOND_CLASSES, SPECIAL, first_class, word};
use crate::map::{Characters, Flat, WIDE};
use crate::resolve::{character_before, decode};
use crate::table::Table;
use crate::words::Words;
use crate::{UserDictionary, UserMatch};

/// A source's trigger is among so many of its first characters.
const NEAR: usize = 32;

/// What the kernel looks for: a table's triggers and those of a dictionary. Goes with one table and one dictionary.
pub(crate) struct Triggers {
    /// The table's map, with the classes of the dictionary's triggers.
    characters: Box<Characters>,
    sieve: Sieve,
    sources: Sources,
    /// More bytes than lie between the start of a source and the end of its trigger.
    pub(crate) reach: usize,
    /// The first bytes of sources without a trigger, which are short characters only.
    plain: Vec<u8>,
}

/// A source that stands in a text, and what takes its place if it applies.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Found<'a> {
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) replacement: &'a str,
}

impl Triggers {
    pub(crate) fn new(table: &Table<'_>, dictionary: &UserDictionary) -> Triggers {
        let own = table.map.flat().characters;
        let mut characters: Box<Characters> = own.to_vec().try_into().expect("as many entries");
        let counts = PairCounts::embedded();
        let mut classes = Classes::of(own, &counts);
        let mut pairs = Vec::new();
        let mut sieve = Sieve::new();
        let keys = table.map.words.iter().flat_map(Words::keys);
        keys.for_each(|key| sieve.add_of_table(u32::from_le_bytes(*key)));
        let mut plain = Vec::new();
        let mut farthest = 0;
        let mut sources = Vec::with_capacity(dictionary.len());
        for (number, (source, found)) in dictionary.pairs().enumerate() {
            match trigger(source, &counts) {
                Some(Trigger { characters: (first, second), distance }) => {
                    farthest = farthest.max(distance);
                    let key = word::key(first & 0xFFFF, second & 0xFFFF);
                    sources.push((key, source, number, distance, found.replacement));
                    if first != 0 {
                        pairs.push((first, second));
                        sieve.add_own(key);
                    } else if second <= 0xFFFF {
                        characters[second as usize] |= SPECIAL;
                    }
                }
                None => plain.push(source.as_bytes()[0]),
            }
        }
        // Pairs of frequent characters first, while there is most to choose.
        pairs.sort_by_cached_key(|pair| (Reverse(classes.weight(*pair)), *pair));
        pairs.dedup();
        pairs.into_iter().for_each(|pair| classes.add(&mut characters, pair));
        plain.sort_unstable();
        plain.dedup();
        // Of pairs with the same source the last one decides.
        sources.sort_unstable_by_key(|(key, source, number, ..)| (*key, *source, Reverse(*number)));
        sources.dedup_by_key(|(key, source, ..)| (*key, *source));
        Triggers { characters, sieve, sources: Sources::new(&sources), reach: farthest + 2 * 4, plain }
    }

    /// Whether there are sources without a trigger, which have to be looked for everywhere.
    #[inline]
    pub(crate) fn has_plain(&self) -> bool {
        !self.plain.is_empty()
    }

    /// Maps a chunk, `source[..length]`, as [`kernel::map_with_slots`] does; gives how many of the events are the table's and how many places in `own` may be the
    /// dictionary's.
    pub(crate) fn map<const BYTES: usize, const EVENTS: usize>(
        &self,
        table: &Table<'_>,
        source: &[u8],
        length: usize,
        buffers: &mut Buffers<'_, BYTES, EVENTS>,
        own: &mut Vec<u16>,
    ) -> Sifted {
        let Buffers { mapped, events, slots, noted, .. } = buffers;
        own.resize(events.len(), 0);
        let count = kernel::map_flat(&Flat { characters: &self.characters }, source, length, mapped, events);
        let sifted = self.sieve.sift(&self.characters, &source[..length], events, count, own);
        let of_table;
        (of_table, *noted) = kernel::confirmed(&table.map, source, events, slots, sifted.of_table);
        Sifted { of_table, ..sifted }
    }

    /// Adds the sources that stand in a text, which starts at `floor`, and have their triggers at some events, counted from `base`.
    #[inline]
    pub(crate) fn find<'a>(
        &'a self,
        text: &[u8],
        base: usize,
        floor: usize,
        events: &[u16],
        found: &mut Vec<Found<'a>>,
    ) {
        for event in events {
            let at = base + usize::from(*event);
            let two = at.checked_sub(3).filter(|start| *start >= floor).and_then(|start| text[start..].first_chunk());
            let two = two.map(two_characters).filter(|two| are_wide(*two)).map(points_of);
            let (before, point, is_wide) = match two {
                Some((before, point)) => (Some(before), point, false),
                None => {
                    let (point, length) = decode(text, at);
                    ((at > floor).then(|| decode(text, character_before(text, at)).0), point, length == 4)
                }
            };
            if let Some(before) = before {
                self.sources.find(word::key(before & 0xFFFF, point & 0xFFFF), text, at, floor, found);
            }
            if is_wide || self.characters[point as usize & 0xFFFF] & SPECIAL != 0 {
                self.sources.find(word::key(0, point & 0xFFFF), text, at, floor, found);
            }
        }
    }

    /// Adds the sources that start in a range of a text and may have no trigger, by a function that looks one up.
    #[inline]
    pub(crate) fn find_plain<'a>(
        &self,
        text: &[u8],
        range: Range<usize>,
        longest_at: impl Fn(usize) -> Option<UserMatch<'a>>,
        found: &mut Vec<Found<'a>>,
    ) {
        let Some((first, last)) = self.plain.first().zip(self.plain.last()) else { return };
        const BLOCK: usize = 64;
        let mut at = range.start;
        for block in text[range].chunks(BLOCK) {
            // Whether a byte of a block is in question at all becomes vector instructions.
            if block.iter().fold(false, |any, byte| any | ((byte >= first) & (byte <= last))) {
                let starts = (at..).zip(block).filter(|(_, byte)| self.plain.contains(byte));
                found.extend(starts.filter_map(|(start, _)| {
                    let UserMatch { length, replacement, .. } = longest_at(start)?;
                    Some(Found { start, end: start + length, replacement })
                }));
            }
            at += block.len();
        }
    }
}

/// How often characters of each class occur in real text, as the first of a pair and as the second: what lets the fewest pairs pass for no reason.
struct Classes {
    occurrences: [[u64; 2]; CLASSES],
    counts: PairCounts,
    /// How often characters that the map does not tell apart occur.
    narrow: u64,
}

impl Classes {
    fn of(characters: &Characters, counts: &PairCounts) -> Classes {
        let (counts, narrow) = (counts.clone(), counts.all() / NARROW_SHARE);
        let mut classes = Classes { occurrences: [[1; 2]; CLASSES], counts, narrow };
        for (point, entry) in (0..).zip(characters).skip(WIDE - 1) {
            // Most characters have none.
            if entry & (FIRST_CLASSES | SECOND_CLASSES) == 0 {
                continue;
            }
            for (class, bit) in (0..CLASSES).map(|class| (class, first_class(class))) {
                for (side, bit) in [(Side::First, bit), (Side::Second, bit << 1)] {
                    if entry & bit != 0 {
                        classes.occurrences[class][side as usize] += classes.occurrences_of(side, point);
                    }
                }
            }
        }
        classes
    }

    /// How often a character occurs; all of less than 3 bytes are as one.
    fn occurrences_of(&self, side: Side, point: u32) -> u64 {
        match char::from_u32(point) {
            _ if (point as usize) < WIDE => self.narrow,
            Some(character) => self.counts.of_character(side, character) + 1,
            None => 0,
        }
    }

    /// How often both characters of a pair occur, as a measure of how many pairs pass because of it.
    fn weight(&self, (first, second): (u32, u32)) -> u64 {
        self.occurrences_of(Side::First, first) * self.occurrences_of(Side::Second, second)
    }

    /// Gives a pair the class in which it lets the fewest other pairs pass.
    fn add(&mut self, characters: &mut Characters, (first, second): (u32, u32)) {
        let own = [self.occurrences_of(Side::First, first), self.occurrences_of(Side::Second, second)];
        let with = |[firsts, seconds]: [u64; 2], class: usize| {
            let is_new = |point: u32, bit: u32| u64::from(characters[point as usize & 0xFFFF] & bit == 0);
            let bit = first_class(class);
            [firsts + own[0] * is_new(first, bit), seconds + own[1] * is_new(second, bit << 1)]
        };
        let added = |class: &usize| {
            let [before, after] = [self.occurrences[*class], with(self.occurrences[*class], *class)];
            after[0] * after[1] - before[0] * before[1]
        };
        let class = (0..CLASSES).min_by_key(added).expect("there are classes");
        self.occurrences[class] = with(self.occurrences[class], class);
        let bit = first_class(class);
        if (first as usize) < WIDE {
            // These have all classes in common.
            characters[..WIDE].iter_mut().for_each(|entry| *entry |= bit);
        } else {
            characters[first as usize & 0xFFFF] |= bit;
        }
        characters[second as usize & 0xFFFF] |= bit << 1;
    }
}

/// The sources by their triggers.
struct Sources {
    /// Each at the first free place from that on which the hash of its key says.
    slots: Vec<Slot>,
    /// Sources with the same trigger side by side.
    sources: Vec<Source>,
    /// Sources, each with its replacement behind it.
    text: String,
}

/// A trigger: its key, and the number of its first source.
#[derive(Clone, Copy)]
struct Slot {
    key: u32,
    first: u32,
}

/// Places in the text of the sources.
#[derive(Clone, Copy)]
struct Source {
    start: u32,
    end: u32,
    replacement_end: u32,
    /// Bytes from the start of the source to the last character of its trigger.
    distance: u16,
    /// Whether another source with the same trigger follows.
    goes_on: bool,
}

impl Sources {
    const FREE: Slot = Slot { key: 0, first: u32::MAX };

    /// Takes key, source, number, distance and replacement of each, sorted by keys.
    fn new(sorted: &[(u32, &str, usize, usize, &str)]) -> Sources {
        let room = (sorted.len() * 3 / 2 + 1).next_power_of_two();
        let mut sources = Sources { slots: vec![Self::FREE; room], sources: Vec::new(), text: String::new() };
        for (number, (key, source, _, distance, replacement)) in sorted.iter().enumerate() {
            let start = sources.text.len() as u32;
            sources.text.push_str(source);
            let end = sources.text.len() as u32;
            sources.text.push_str(replacement);
            if number == 0 || sorted[number - 1].0 != *key {
                let slot = sources.slot(*key);
                sources.slots[slot] = Slot { key: *key, first: number as u32 };
            }
            sources.sources.push(Source {
                start,
                end,
                replacement_end: sources.text.len() as u32,
                distance: *distance as u16,
                goes_on: sorted.get(number + 1).is_some_and(|next| next.0 == *key),
            });
        }
        sources
    }

    /// Where a trigger is, or is to be.
    #[inline]
    fn slot(&self, key: u32) -> usize {
        let mask = self.slots.len() - 1;
        let mut slot = (word::hash(key) >> 40) as usize & mask;
        while self.slots[slot].first != Self::FREE.first && self.slots[slot].key != key {
            slot = (slot + 1) & mask;
        }
        slot
    }

    /// Adds the sources with a trigger whose last character is at `at`.
    #[inline]
    fn find<'a>(&'a self, key: u32, text: &[u8], at: usize, floor: usize, found: &mut Vec<Found<'a>>) {
        let first = self.slots[self.slot(key)].first;
        if first == Self::FREE.first {
            return;
        }
        for source in &self.sources[first as usize..] {
            let start = at.wrapping_sub(usize::from(source.distance));
            let length = (source.end - source.start) as usize;
            let bytes = &self.text.as_bytes()[source.start as usize..];
            if start <= at && start >= floor && starts_with(&text[start..], bytes, length) {
                let replacement = &self.text[source.end as usize..source.replacement_end as usize];
                found.push(Found { start, end: start + length, replacement });
            }
            if !source.goes_on {
                break;
            }
        }
    }
}

/// Whether a text starts with a source, which is the first `length` of some bytes. Most have 6 to 12, for which a call is not worth it.
#[inline]
fn starts_with(text: &[u8], source: &[u8], length: usize) -> bool {
    let eight = |bytes: &[u8], from: usize| {
        let eight = bytes.get(from..).and_then(|rest| rest.first_chunk());
        eight.map(|eight| u64::from_le_bytes(*eight))
    };
    match (eight(text, 0), eight(source, 0)) {
        (Some(first), Some(own)) if length <= 8 => (first ^ own) << (64 - 8 * length) == 0,
        (Some(first), Some(own)) if length <= 16 && text.len() >= length => {
            first == own && eight(text, length - 8) == eight(source, length - 8)
        }
        _ => text.get(..length) == source.get(..length),
    }
}

/// The trigger of a source.
struct Trigger {
    /// Two neighbours, or 0 and a character.
    characters: (u32, u32),
    /// How many bytes its last character begins behind the start.
    distance: usize,
}

/// The trigger of a source; none for sources of characters that the kernel lets pass.
fn trigger(source: &str, counts: &PairCounts) -> Option<Trigger> {
    let near: Vec<char> = source.chars().take(NEAR).collect();
    let alone = |at: usize| ((0, near[at] as u32), at);
    // The kernel lets the first 4-byte characters pass, such as emoji, and what follows one.
    let wide = near.iter().position(|character| *character >= '\u{20000}').map(alone);
    let is_noted = |pair: &[char]| pair[1].len_utf8() == 3 && pair[0].len_utf8() < 4 && pair[0] != '\0';
    let rarest = || {
        let pairs = near.windows(2).zip(1..).filter(|(pair, _)| is_noted(pair));
        let rarest = pairs.min_by_key(|(pair, at)| (counts.of((pair[0], pair[1])), *at));
        rarest.map(|(pair, at)| ((pair[0] as u32, pair[1] as u32), at))
    };
    let single = || near.iter().position(|character| character.len_utf8() == 3).map(alone);
    let (chosen, distance) = wide.or_else(rarest).or_else(single)?;
    let distance = near[..distance].iter().map(|character| character.len_utf8()).sum();
    Some(Trigger { characters: chosen, distance })
}
