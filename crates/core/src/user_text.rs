//! Running text with pairs of the caller's own, where everything else is done by one table: the kernel looks for both at once.
//!
//! Elsewhere every character of a text is asked whether a source of the user's starts with it (`user_matches.rs`), and what lies between matches goes to the
//! kernel piece by piece. Here the kernel, which looks at every character anyway, notes where a source may stand: for each source one pair of its
//! characters is a trigger, that which is rarest in real text, just as the phrases of a table have theirs. So a dictionary costs where its words
//! nearly occur.
//!
//! Worked example, `s2t` with `量子纠缠 → 糾纏態`: the trigger is `子纠`. Where the kernel meets it, the source may have started two characters before; there the
//! dictionary is asked. What stands before the match is mended as a text that ends there, what stands behind it as one that starts there, in the
//! bytes that the kernel has mapped.
//!
//! # Cost
//!
//! Making the triggers ready takes a millisecond or two for 10,000 pairs, once for a converter.

use std::cmp::Reverse;

use crate::UserDictionary;
use crate::compile::{NARROW_SHARE, PairCounts, Side};
use crate::engine::{Buffers, CHUNK, joined};
use crate::kernel::{self, are_wide, points_of};
use crate::layout::{CLASSES, SPECIAL, first_class, word};
use crate::map::{Characters, Flat, WIDE};
use crate::resolve::{Output, Splice, character_before, decode};
use crate::sink::Sink;
use crate::step::TableOf;
use crate::table::{LOOK_AHEAD, Table};
use crate::user_matches::{Competitor, Pairs, Search, Sequences};
use crate::words::Words;

/// A source's trigger is among so many of its first characters: one bit each tells where.
const NEAR: usize = 32;
/// Texts shorter than this are not worth a chunk's buffers.
pub(crate) const SHORTEST: usize = 512;

/// What the kernel looks for: a table's triggers and those of a dictionary. Goes with one table and one dictionary.
pub(crate) struct Triggers {
    /// The table's map, with the classes of the dictionary's triggers.
    characters: Box<Characters>,
    sieve: Sieve,
    places: Places,
    /// More bytes than lie between the start of a source and the end of its trigger.
    reach: usize,
    /// The first bytes of sources without a trigger, which are short characters only.
    plain: Vec<u8>,
}

impl Triggers {
    pub(crate) fn new(table: &Table<'_>, dictionary: &UserDictionary) -> Triggers {
        let own = table.map.flat().characters;
        let mut characters: Box<Characters> = own.to_vec().try_into().expect("as many entries");
        let counts = PairCounts::embedded();
        let mut classes = Classes::of(own, &counts);
        let mut pairs = Vec::new();
        let mut places = Places::with_room_for(dictionary.len());
        let mut sieve = Sieve::new();
        table.map.words.iter().flat_map(Words::keys).for_each(|key| sieve.add_of_table(key));
        let mut plain = Vec::new();
        let mut farthest = 0;
        for (source, _) in dictionary.pairs() {
            match trigger(source, &counts) {
                Some(trigger) => {
                    let (first, second) = trigger.characters;
                    farthest = farthest.max(trigger.distance);
                    places.add(trigger);
                    if first != 0 {
                        pairs.push((first, second));
                        sieve.add_own(word::key(first & 0xFFFF, second & 0xFFFF));
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
        Triggers { characters, sieve, places, reach: (farthest + 2) * 4, plain }
    }

    /// Keeps of the events of a chunk those that may be the table's, and copies those that may be the dictionary's into `own`. Most are neither, and which is which
    /// nobody can foresee, so nothing branches on that.
    fn sift(&self, table: &Table<'_>, chunk: &[u8], events: &mut [u16], own: &mut Vec<u16>) -> Sifted {
        own.clear();
        own.resize(events.len(), 0);
        let mut sifted = Sifted { of_table: 0, own: 0, sequences: Sequences::None };
        for number in 0..events.len() {
            let event = events[number];
            let mut marks = self.marks(chunk, usize::from(event));
            if marks.is_special {
                let place = usize::from(event);
                let (point, length) = decode(chunk, place);
                marks.own = true;
                marks.of_table |= length == 4 || table.map.entry(point) & SPECIAL != 0;
                if chunk[place..].starts_with(&[0xE2, 0xBF]) {
                    sifted.sequences = Sequences::Possible;
                }
            }
            events[sifted.of_table] = event;
            own[sifted.own] = event;
            sifted.of_table += usize::from(marks.of_table);
            sifted.own += usize::from(marks.own);
        }
        sifted
    }

    #[inline(always)]
    fn marks(&self, chunk: &[u8], at: usize) -> Marks {
        let start = at.wrapping_sub(3);
        let two = chunk.get(start..start.wrapping_add(8)).and_then(|eight| eight.first_chunk());
        let (first, second) = match two.map(|eight| u64::from_le_bytes(*eight)) {
            Some(eight) if are_wide(eight) => points_of(eight),
            // Before the chunk there is nothing.
            _ if at == 0 => (0, decode(chunk, at).0 & 0xFFFF),
            _ => (decode(chunk, character_before(chunk, at)).0 & 0xFFFF, decode(chunk, at).0 & 0xFFFF),
        };
        let is_special = chunk[at] >= 0xF0 || self.characters[second as usize] & SPECIAL != 0;
        Marks { is_special, ..self.sieve.marks(word::key(first, second)) }
    }

    /// Puts the places at which a source may start and that these events of a chunk tell into `starts`.
    fn find_starts(&self, text: &[u8], start: usize, events: &[u16], starts: &mut Vec<usize>) {
        for event in events {
            let at = start + usize::from(*event);
            let (point, length) = decode(text, at);
            let before = if at > start { decode(text, character_before(text, at)).0 } else { 0 };
            let mut bits = self.places.distances((before, point), text, at + length);
            if length == 4 || self.characters[point as usize] & SPECIAL != 0 {
                bits |= self.places.distances((0, point), text, at + length);
            }
            let (mut place, mut passed) = (at, 0);
            while bits != 0 {
                let distance = bits.trailing_zeros();
                while passed < distance && place > start {
                    place = character_before(text, place);
                    passed += 1;
                }
                if passed < distance {
                    break;
                }
                starts.push(place);
                bits &= bits - 1;
            }
        }
    }

    /// Adds the places at which a source without a trigger may start.
    fn find_plain(&self, text: &[u8], start: usize, end: usize, starts: &mut Vec<usize>) {
        let Some((first, last)) = self.plain.first().zip(self.plain.last()) else { return };
        const BLOCK: usize = 64;
        let mut at = start;
        for block in text[start..end].chunks(BLOCK) {
            // Whether a byte of a block is in question at all becomes vector instructions.
            if block.iter().fold(false, |any, byte| any | ((byte >= first) & (byte <= last))) {
                starts.extend((at..).zip(block).filter(|(_, byte)| self.plain.contains(byte)).map(|(at, _)| at));
            }
            at += block.len();
        }
    }
}

/// Which pairs may be triggers, of the table or the dictionary. With thousands of sources nearly every pair of characters has some class in common, so that
/// most of what the kernel notes is nothing; one bit tells, where the tables behind it lie too far away to be asked each time.
///
/// A Bloom filter with one hash, and two bits for each of its values: of 25,000 triggers it lets a tenth of the others pass.
struct Sieve(Box<[u64; 1 << (Sieve::BITS - 5)]>);

/// Whose event a place may be.
#[derive(Clone, Copy)]
struct Marks {
    own: bool,
    of_table: bool,
    /// Whether the character alone is one, somebody's.
    is_special: bool,
}

/// What was found of the events of a chunk.
struct Sifted {
    of_table: usize,
    own: usize,
    sequences: Sequences,
}

impl Sieve {
    /// Values as a power of two: 64 KiB, a part of the second cache.
    const BITS: u32 = 18;

    fn new() -> Sieve {
        let words = vec![0u64; 1 << (Sieve::BITS - 5)];
        Sieve(words.try_into().expect("as many words"))
    }

    fn add_own(&mut self, key: u32) {
        let (word, place) = Sieve::place(key);
        self.0[word] |= 1 << place;
    }

    fn add_of_table(&mut self, key: u32) {
        let (word, place) = Sieve::place(key);
        self.0[word] |= 2 << place;
    }

    #[inline(always)]
    fn marks(&self, key: u32) -> Marks {
        let (word, place) = Sieve::place(key);
        let bits = self.0[word] >> place;
        Marks { own: bits & 1 != 0, of_table: bits & 2 != 0, is_special: false }
    }

    #[inline]
    fn place(key: u32) -> (usize, u32) {
        let hash = word::hash(key) >> (64 - Sieve::BITS);
        ((hash >> 5) as usize, (hash as u32 & 31) * 2)
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

/// What is known of a trigger.
#[derive(Clone, Copy, Default)]
struct Place {
    trigger: (u32, u32),
    /// Bit `n` is set where a source has it `n` characters behind its first.
    distances: u32,
    /// Which characters follow it in sources, each by the bit that its last bits choose; all where a source ends with it.
    followers: u32,
}

/// Triggers in an array in which each lies at the first free place from that on which its hash says.
struct Places(Vec<Place>);

impl Places {
    fn with_room_for(count: usize) -> Places {
        Places(vec![Place::default(); (count * 2 + 1).next_power_of_two()])
    }

    /// Where a trigger is, or is to be.
    #[inline]
    fn number(&self, trigger: (u32, u32)) -> usize {
        let mask = self.0.len() - 1;
        let hash = trigger.0.wrapping_mul(0x9E37_79B1).wrapping_add(trigger.1).wrapping_mul(0x85EB_CA6B);
        let mut number = (hash >> 12) as usize & mask;
        while self.0[number].distances != 0 && self.0[number].trigger != trigger {
            number = (number + 1) & mask;
        }
        number
    }

    fn add(&mut self, Trigger { characters, distance, follower }: Trigger) {
        let number = self.number(characters);
        let place = &mut self.0[number];
        place.trigger = characters;
        place.distances |= 1 << distance;
        place.followers |= follower.map_or(u32::MAX, |follower| 1 << (follower as u32 & 31));
    }

    /// The distances of a trigger that is followed by the rest of a text; 0 for what is none.
    #[inline]
    fn distances(&self, trigger: (u32, u32), text: &[u8], end: usize) -> u32 {
        let place = &self.0[self.number(trigger)];
        let follows = place.followers == u32::MAX
            || (place.distances != 0 && end < text.len() && place.followers >> (decode(text, end).0 & 31) & 1 != 0);
        if follows { place.distances } else { 0 }
    }
}

/// The trigger of a source.
struct Trigger {
    /// Two neighbours, or 0 and a character.
    characters: (u32, u32),
    /// How many characters it ends behind the first.
    distance: usize,
    /// The character behind it, if the source has one.
    follower: Option<char>,
}

/// The trigger of a source; none for sources of characters that the kernel lets pass.
fn trigger(source: &str, counts: &PairCounts) -> Option<Trigger> {
    let characters: Vec<char> = source.chars().take(NEAR + 1).collect();
    let near = &characters[..characters.len().min(NEAR)];
    let alone = |at: usize| ((0, near[at] as u32), at);
    let wide = near.iter().position(|character| character.len_utf8() == 4).map(alone);
    let rarest = || {
        let pairs = near.windows(2).zip(1..).filter(|(pair, _)| pair[1].len_utf8() == 3 && pair[0] != '\0');
        let rarest = pairs.min_by_key(|(pair, at)| (counts.of((pair[0], pair[1])), *at));
        rarest.map(|(pair, at)| ((pair[0] as u32, pair[1] as u32), at))
    };
    let single = || near.iter().position(|character| character.len_utf8() == 3).map(alone);
    let (chosen, distance) = wide.or_else(rarest).or_else(single)?;
    Some(Trigger { characters: chosen, distance, follower: characters.get(distance + 1).copied() })
}

/// A text, the table and the dictionary that it goes through.
#[derive(Clone, Copy)]
pub(crate) struct UserText<'a> {
    pub(crate) table: TableOf<'a>,
    pub(crate) dictionary: &'a UserDictionary,
    pub(crate) triggers: &'a Triggers,
}

impl<'a> UserText<'a> {
    /// Converts `text[..limit]`, or a little less or more if `limit` is not the end of the text; gives the end of what is converted. What lies behind is looked at
    /// only. Where `limit` is not the end, as much as a unit looks ahead and the longest source has must follow it.
    pub(crate) fn convert(&self, text: &str, limit: usize, output: &mut impl Sink) -> usize {
        output.reserve(limit + limit / 32);
        let mut buffers = Buffers::<{ CHUNK + kernel::OVERWRITE }, { kernel::events_of(CHUNK) }>::new();
        let mut spliced = Vec::new();
        let mut candidates = Candidates::default();
        let mut start = 0;
        while start < limit {
            buffers.splices.clear();
            let Done { mapped, end, last } = self.convert_chunk(text, start, limit, &mut buffers, &mut candidates);
            output.push_made(joined(&buffers.mapped[..mapped - start], &buffers.splices, &mut spliced));
            if let Some(last) = last {
                output.push(last);
            }
            if end == start {
                break;
            }
            start = end;
        }
        start
    }

    /// Cuts a text behind ends of lines into stretches of about `share` bytes that are converted apart as they are together. None where pairs may reach across the
    /// end of a line.
    pub(crate) fn lines<'t>(&self, text: &'t str, share: usize) -> Option<Vec<&'t str>> {
        if self.dictionary.pairs().any(|(source, _)| source.contains('\n')) {
            return None;
        }
        let mut lines = Vec::new();
        let (mut start, mut end) = (0, 0);
        while start < text.len() {
            let from = text.floor_char_boundary(end.max(start + share)).min(text.len());
            end = text[from..].find('\n').map_or(text.len(), |found| from + found + 1);
            if end == text.len() || self.table.certain_boundary(text.as_bytes(), start, end) == Some(end) {
                lines.push(&text[start..end]);
                start = end;
            }
        }
        Some(lines)
    }

    fn convert_chunk<const BYTES: usize, const EVENTS: usize>(
        &self,
        text: &str,
        start: usize,
        limit: usize,
        buffers: &mut Buffers<'a, BYTES, EVENTS>,
        candidates: &mut Candidates,
    ) -> Done<'a> {
        let Candidates { own, starts } = candidates;
        starts.clear();
        let Buffers { mapped, events, splices } = buffers;
        let table = &self.table;
        let bytes = text.as_bytes();
        let end = text.floor_char_boundary(start + CHUNK);
        let is_last = end == text.len() && limit == text.len();
        // Sources that start before this are known.
        let certain = match () {
            () if is_last => end,
            () if limit == text.len() => end.saturating_sub(self.triggers.reach),
            () => end.saturating_sub(self.triggers.reach).min(limit),
        };
        let certain = text.floor_char_boundary(certain.max(start));
        // The chunk is cut before this.
        let target = if is_last { end } else { text.floor_char_boundary(certain.saturating_sub(1)) };

        let flat = Flat { characters: &self.triggers.characters };
        let count = kernel::map_flat(&flat, &bytes[start..], end - start, mapped, events);
        let sifted = self.triggers.sift(table, &bytes[start..], &mut events[..count], own);
        self.triggers.find_starts(bytes, start, &own[..sifted.own], starts);
        let mut events = &events[..sifted.of_table];
        self.triggers.find_plain(bytes, start, end, starts);
        starts.sort_unstable();

        let pairs = Pairs::new(self.dictionary, None, 0);
        let mut search = Search::new(text, Competitor::Table(self.table), pairs, start);
        search.sequences = sifted.sequences;
        // Mends a stretch, which is a text of its own up to `visible`.
        let mut mend = |from: usize, to: usize, visible: usize, splices: &mut Vec<Splice<'a>>, mapped: &mut [u8]| {
            let own = events.partition_point(|event| start + usize::from(*event) < to);
            let (now, later) = events.split_at(own);
            events = later;
            let now = &now[now.partition_point(|event| start + usize::from(*event) < from)..];
            if !now.is_empty() {
                table.resolve(&bytes[..visible], start, from, now, mapped, splices);
            }
        };
        let mut from = start;
        for at in starts.iter().copied() {
            if at >= certain {
                break;
            }
            let Some(found) = (at >= from).then(|| search.pair_at(at)).flatten() else { continue };
            mend(from, at, at, splices, mapped);
            from = at + found.length();
            search.restart(from);
            let replacement = found.replacement();
            if from >= target {
                return Done { mapped: at, end: from, last: Some(replacement) };
            }
            let place = at - start..from - start;
            if replacement.len() == place.len() {
                mapped[place].copy_from_slice(replacement.as_bytes());
            } else {
                splices.push(Splice {
                    start: place.start,
                    end: place.end,
                    output: Output::Table(replacement.as_bytes()),
                });
            }
        }
        let visible = &bytes[..certain];
        let end = match () {
            () if is_last => end,
            () if target <= from => from,
            // Mostly nothing reaches across the last border. Else as much must be known behind it as a unit looks ahead.
            () => table.certain_boundary(visible, from, target).unwrap_or_else(|| {
                let target = text.floor_char_boundary(target.min(certain.saturating_sub(LOOK_AHEAD)));
                if from < target { table.last_boundary(visible, from, target) } else { from }
            }),
        };
        mend(from, end, certain, splices, mapped);
        Done { mapped: end, end, last: None }
    }
}

/// Where pairs may apply in a chunk.
#[derive(Default)]
struct Candidates {
    /// Events that may be the dictionary's.
    own: Vec<u16>,
    /// Places at which sources may start.
    starts: Vec<usize>,
}

/// What was done of a chunk.
struct Done<'a> {
    /// The end of what is in the buffers.
    mapped: usize,
    /// The end of what is converted.
    end: usize,
    /// What takes the place of the text between the two.
    last: Option<&'a str>,
}
