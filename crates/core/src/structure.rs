//! Where a text has bytes that mean something to a scanner of markup.
//!
//! What means something in markup is ASCII, often only before certain other bytes: an apostrophe before another, a newline before the mark of a list. Most
//! bytes of a Chinese page are neither. So a scanner says once, as data, which places it wants to see ([`Wanted`]); one pass over the
//! text ([`Structure::new`]) answers with a bit for each byte, and from then on the scanner steps from place to place and never looks at
//! what lies between.
//!
//! There are several lanes, so that different steps of a scanner may ask for different places. For the wish "a bracket before another" the places of
//! `国[[军]]` are 3 and 8.
//!
//! This is no part of the public API: it is here because the kernels are, which take 64 bytes at a time where the processor has the
//! instructions. The scanners are in `tongwen-formats`.
//!
//! # Cost
//!
//! With AVX-512 half an instruction a byte for all lanes together; else about one a byte in prose and thirty in ASCII, of which AVX2 and NEON spare most: they ask 64 bytes at a time
//! whether they may be wanted at all. A look for the next
//! place is a dozen instructions, and six more for each 64 bytes without any.

use std::ops::Range;

/// How many lanes there are.
pub const LANES: usize = 3;

/// A table over ASCII: eight bits for each byte.
pub(crate) type Classes = [u8; 128];

/// The places that one lane is about: a byte, and what follows it.
#[derive(Clone, Copy, Debug)]
pub struct Wish {
    /// The classes of a byte.
    pub(crate) own: Classes,
    /// The classes that may stand before a byte. A place counts if it has a class that may stand there.
    pub(crate) after: Classes,
    /// The classes that may stand before what is not ASCII.
    pub(crate) before_others: u8,
    /// How many classes there are.
    classes: u32,
}

/// What follows a byte that is wanted.
#[derive(Clone, Copy, Debug)]
pub enum Follows<'b> {
    /// Anything, or nothing.
    Anything,
    /// One of these.
    One(&'b [u8]),
    /// Anything but one of these; not nothing.
    NoneOf(&'b [u8]),
}

impl Wish {
    /// Nothing yet.
    pub const fn nothing() -> Wish {
        Wish { own: [0; 128], after: [0; 128], before_others: 0, classes: 0 }
    }

    /// These bytes as well, where that follows. At most eight times; all bytes are ASCII.
    pub const fn with(mut self, bytes: &[u8], follows: Follows<'_>) -> Wish {
        assert!(self.classes < 8, "a class is one of eight bits");
        let class = 1 << self.classes;
        self.classes += 1;
        let mut index = 0;
        while index < bytes.len() {
            self.own[bytes[index] as usize] |= class;
            index += 1;
        }
        const NONE: &[u8] = &[];
        let (listed, others) = match follows {
            Follows::Anything => (NONE, class),
            // The end of a text is read as NUL.
            Follows::NoneOf(listed) => (listed, class),
            Follows::One(listed) => (listed, 0),
        };
        self.before_others |= others;
        let mut byte = 0;
        while byte < 128 {
            let mut is_listed = false;
            let mut index = 0;
            while index < listed.len() {
                is_listed |= listed[index] as usize == byte;
                index += 1;
            }
            if is_listed != (others != 0) {
                self.after[byte] |= class;
            }
            byte += 1;
        }
        self
    }

    /// The classes of another lane behind those of this one, in the same tables.
    const fn beside(&self, other: &Wish) -> Wish {
        assert!(
            self.classes < 8 && self.classes + other.classes <= 8,
            "the first lane and the last share a table of eight classes"
        );
        let mut both = *self;
        let mut byte = 0;
        while byte < 128 {
            both.own[byte] |= other.own[byte] << self.classes;
            both.after[byte] |= other.after[byte] << self.classes;
            byte += 1;
        }
        both.before_others |= other.before_others << self.classes;
        both.classes += other.classes;
        both
    }
}

/// The places that a scanner wants to see, lane by lane. The first lane and the last have at most eight classes together.
#[derive(Clone, Debug)]
pub struct Wanted {
    #[cfg_attr(not(target_arch = "x86_64"), allow(dead_code, reason = "the tables below have what is needed of them"))]
    pub(crate) lanes: [Wish; LANES],
    /// The first lane and the last in one, for whom a look into a table is dear; the last has its classes from this one on.
    #[cfg_attr(not(target_arch = "x86_64"), allow(dead_code, reason = "one lane at a time does elsewhere"))]
    pub(crate) shared: Wish,
    #[cfg_attr(not(target_arch = "x86_64"), allow(dead_code, reason = "one lane at a time does elsewhere"))]
    pub(crate) last_from: u32,
    /// The classes of a byte in all lanes side by side, and those that may stand before one.
    own: [u32; 256],
    after: [u32; 256],
    /// By the lower four bits of a byte: a bit for each value of the upper four with which any lane wants it.
    #[cfg_attr(
        not(target_arch = "x86_64"),
        allow(dead_code, reason = "the tables above do where there are larger ones")
    )]
    pub(crate) uppers: [u8; 16],
}

impl Wanted {
    /// What each lane is about.
    pub const fn new(lanes: [Wish; LANES]) -> Wanted {
        let (mut own, mut after) = ([0; 256], [0; 256]);
        let mut lane = 0;
        while lane < LANES {
            let mut byte = 0;
            while byte < 256 {
                let (class, allowed) = match byte < 128 {
                    true => (lanes[lane].own[byte], lanes[lane].after[byte]),
                    false => (0, lanes[lane].before_others),
                };
                own[byte] |= (class as u32) << (8 * lane);
                after[byte] |= (allowed as u32) << (8 * lane);
                byte += 1;
            }
            lane += 1;
        }
        let mut uppers = [0; 16];
        let mut byte = 0;
        while byte < 128 {
            if own[byte] != 0 {
                uppers[byte % 16] |= 1 << (byte / 16);
            }
            byte += 1;
        }
        let shared = lanes[0].beside(&lanes[LANES - 1]);
        Wanted { lanes, shared, last_from: lanes[0].classes, own, after, uppers }
    }
}

/// 64 bytes of a text: a bit for each that is wanted, lane by lane.
pub(crate) type Block = [u64; LANES];

/// The places of a text that were wanted.
#[derive(Clone, Debug, Default)]
pub struct Structure {
    blocks: Vec<Block>,
    /// The classes of the places that were found in each lane.
    seen: [u8; LANES],
}

impl Structure {
    /// Looks through a text.
    pub fn new(text: &[u8], wanted: &Wanted) -> Structure {
        let mut blocks = Vec::with_capacity(text.len() / 64 + 2);
        let seen = crate::kernel::structure(text, wanted, &mut blocks);
        // A place to stop, so that whoever looks for one need not ask for the length.
        blocks.push([u64::MAX; LANES]);
        Structure { blocks, seen }
    }

    /// The first place of a lane in a range of the text, or the range's end.
    #[inline(always)]
    pub fn next(&self, lane: usize, range: Range<usize>) -> usize {
        let Range { start, end } = range;
        let Some(first) = self.blocks.get(start / 64) else { return end };
        let mut bits = first[lane] & u64::MAX << (start % 64);
        let mut base = start - start % 64;
        if bits == 0 {
            // What ends the iteration at the latest is the block behind the text.
            for block in self.blocks.get(start / 64 + 1..).unwrap_or_default() {
                base += 64;
                bits = block[lane];
                if bits != 0 || base >= end {
                    break;
                }
            }
        }
        end.min(base + bits.trailing_zeros() as usize)
    }

    /// Goes through the places of a lane, beginning with the first one at `from` or later.
    #[inline(always)]
    pub fn steps(&self, lane: usize, from: usize) -> Steps<'_> {
        let mut steps = Steps { blocks: &self.blocks, lane, base: 0, bits: 0 };
        steps.begin(from);
        steps
    }

    /// The places of a lane among the 64 bytes from a place on; that one is the lowest bit.
    #[inline(always)]
    pub fn window(&self, lane: usize, from: usize) -> u64 {
        let (block, shift) = (from / 64, from % 64);
        match self.blocks.get(block..block + 2) {
            Some([first, second]) => first[lane] >> shift | second[lane] << 1 << (63 - shift),
            _ => u64::MAX,
        }
    }

    /// Whether a lane has a place for the wish with this number, from 0 in the order in which they were added.
    pub fn has(&self, lane: usize, wish: u32) -> bool {
        self.seen[lane] >> wish & 1 != 0
    }
}

/// Goes from one place of a lane to the next.
#[derive(Clone, Debug)]
pub struct Steps<'s> {
    blocks: &'s [Block],
    lane: usize,
    /// Where the block at hand begins, and its places that are still ahead.
    base: usize,
    bits: u64,
}

impl Steps<'_> {
    /// The next place before `stop`; the same one until it is passed.
    #[inline(always)]
    pub fn next(&mut self, stop: usize) -> Option<usize> {
        while self.bits == 0 {
            if self.base + 64 >= stop {
                return None;
            }
            self.base += 64;
            self.bits = self.blocks.get(self.base / 64).map_or(1, |block| block[self.lane]);
        }
        let at = self.base + self.bits.trailing_zeros() as usize;
        (at < stop).then_some(at)
    }

    /// Goes on from a place at the next one or behind it.
    #[inline(always)]
    pub fn pass(&mut self, to: usize) {
        match to - self.base {
            within @ 0..64 => self.bits &= u64::MAX << within,
            _ => self.begin(to),
        }
    }

    #[inline(always)]
    fn begin(&mut self, from: usize) {
        self.base = from - from % 64;
        self.bits = self.blocks.get(self.base / 64).map_or(0, |block| block[self.lane] & u64::MAX << (from % 64));
    }
}

/// The same by looking at every byte of ASCII, without vectors.
pub(crate) fn scalar(text: &[u8], wanted: &Wanted, blocks: &mut Vec<Block>) -> [u8; LANES] {
    const HIGH: u64 = 0x8080_8080_8080_8080;
    let mut found = Found::default();
    for start in (0..text.len()).step_by(64) {
        let mut block = [0; LANES];
        let mut look = |at: usize| found.look(text, start, at, wanted, &mut block);
        match text[start..].first_chunk::<64>() {
            Some(bytes) => {
                for (number, sixteen) in bytes.as_chunks::<16>().0.iter().enumerate() {
                    let all = u128::from_le_bytes(*sixteen);
                    let halves = [all as u64, (all >> 64) as u64];
                    if halves[0] & halves[1] & HIGH == HIGH {
                        continue;
                    }
                    for (half, eight) in halves.into_iter().enumerate() {
                        let mut ascii = !eight & HIGH;
                        while ascii != 0 {
                            look(16 * number + 8 * half + ascii.trailing_zeros() as usize / 8);
                            ascii &= ascii - 1;
                        }
                    }
                }
            }
            None => (0..text.len() - start).for_each(look),
        }
        blocks.push(block);
    }
    found.classes()
}

/// The classes of the places that were found, of all lanes side by side.
#[derive(Default)]
pub(crate) struct Found(u32);

impl Found {
    /// Looks at one byte of the block that begins at `start`, for all lanes.
    #[inline(always)]
    pub(crate) fn look(&mut self, text: &[u8], start: usize, at: usize, wanted: &Wanted, block: &mut Block) {
        let next = text.get(start + at + 1).copied().unwrap_or_default();
        let found = wanted.own[usize::from(text[start + at])] & wanted.after[usize::from(next)];
        if found != 0 {
            self.0 |= found;
            for (lane, bits) in block.iter_mut().enumerate() {
                *bits |= u64::from(found.to_le_bytes()[lane] != 0) << at;
            }
        }
    }

    /// Lane by lane.
    pub(crate) fn classes(&self) -> [u8; LANES] {
        let [first, second, third, _] = self.0.to_le_bytes();
        [first, second, third]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    static WANTED: Wanted = Wanted::new([
        Wish::nothing().with(b"[", Follows::One(b"[")).with(b"|", Follows::Anything).with(b"}", Follows::One(b"}-")),
        Wish::nothing().with(b":", Follows::NoneOf(b" \0")).with(b"\n", Follows::One(b"*")),
        // What stands behind the end of a text is read as NUL and is no place.
        Wish::nothing().with(b"\n[|\0", Follows::Anything),
    ]);

    fn places(text: &str, lane: usize) -> Vec<usize> {
        let structure = Structure::new(text.as_bytes(), &WANTED);
        let mut at = 0;
        let mut places = Vec::new();
        loop {
            at = structure.next(lane, at..text.len());
            if at == text.len() {
                return places;
            }
            places.push(at);
            at += 1;
        }
    }

    #[test]
    fn a_place_is_a_byte_and_what_follows() {
        let text = "国[[军|a]\n*b:国: c}-}";
        assert_eq!(places(text, 0), [3, 8, 21]);
        assert_eq!(places(text, 1), [11, 14]);
        assert_eq!(places(text, 2), [3, 4, 8, 11]);
        assert_eq!(places("a:", 1), []);
        assert_eq!(places("[", 2), [0]);
        let structure = Structure::new(b"a|", &WANTED);
        assert!(structure.has(0, 1) && !structure.has(0, 0) && structure.has(2, 0));
        assert_eq!(Structure::new(b"", &WANTED).next(0, 0..0), 0);
        assert_eq!(structure.next(0, 0..1), 1);
        assert_eq!(structure.next(0, 2..2), 2);
        let text = "[[".repeat(50);
        let structure = Structure::new(text.as_bytes(), &WANTED);
        let mut steps = structure.steps(0, 3);
        let mut found = Vec::new();
        while let Some(at) = steps.next(95) {
            found.push(at);
            steps.pass(at + 23);
        }
        assert_eq!(found, [3, 26, 49, 72]);
        assert_eq!((structure.steps(0, 98).next(99), structure.steps(0, 99).next(99)), (Some(98), None));
        assert_eq!((structure.steps(0, 98).next(98), structure.steps(0, 1000).next(1000)), (None, None));
        assert_eq!([0, 1, 40, 63, 64].map(|from| structure.window(0, from).trailing_ones()), [64, 64, 59, 36, 35]);
        assert_eq!(structure.window(0, 40) >> 60, 0);
    }

    #[test]
    fn vectors_find_the_same() {
        let mut number = 1_u64;
        for length in 0..200 {
            let text: Vec<u8> = (0..length)
                .map(|_| {
                    number = number.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                    b"[[|}-:\n* \0\xe5\xff\x80"[(number >> 33) as usize % 13]
                })
                .collect();
            let (mut one, mut other) = (Vec::new(), Vec::new());
            let seen = scalar(&text, &WANTED, &mut one);
            assert_eq!(crate::kernel::structure(&text, &WANTED, &mut other), seen);
            assert_eq!(one, other, "{length}");
        }
    }
}
