//! Which units a piece of text has and which kind each of them is, for pieces that have come up before. A hash table; what it has of a piece takes one line of a cache.
//!
//! A piece starts and ends where units do for certain, so its units do not depend on what is around it.
//!
//! # Limits
//!
//! Pieces of up to [`LONGEST`] bytes and [`MOST_UNITS`] units are kept, and of these [`MOST`]; when there are more, all are forgotten.

/// Bytes of the longest piece that is kept: eight characters.
pub(super) const LONGEST: usize = 24;
/// The most units of a piece that is kept.
pub(super) const MOST_UNITS: usize = 7;

/// The most pieces that are kept.
const MOST: usize = 1 << 16;
/// Slots at first.
const FEW: usize = 1 << 10;

/// Up to [`LONGEST`] bytes, and how many.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Short {
    words: [u64; 3],
    length: u8,
}

impl Short {
    /// The beginning of `bytes`, if it is short enough; what lies behind may be read.
    #[inline(always)]
    pub(super) fn new(bytes: &[u8], length: usize) -> Option<Short> {
        const KEPT: [u64; 9] =
            [0, 0xFF, 0xFFFF, 0xFF_FFFF, u32::MAX as u64, 0xFF_FFFF_FFFF, 0xFFFF_FFFF_FFFF, u64::MAX >> 8, u64::MAX];
        if length > LONGEST {
            return None;
        }
        let padded;
        let block: &[u8; LONGEST] = match bytes.first_chunk() {
            Some(block) => block,
            None => {
                padded = std::array::from_fn(|at| bytes.get(at).copied().unwrap_or(0));
                &padded
            }
        };
        let eights = block.as_chunks::<8>().0;
        let word = |number: usize| u64::from_le_bytes(eights[number]) & KEPT[length.saturating_sub(8 * number).min(8)];
        Some(Short { words: [word(0), word(1), word(2)], length: length as u8 })
    }

    #[inline(always)]
    fn hash(&self) -> u64 {
        let [first, second, third] = self.words;
        let mixed = (first ^ second.rotate_left(29) ^ third.rotate_left(47)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        mixed ^ mixed >> 32
    }
}

/// The units of a piece: how many bytes of it each has, and its kind.
#[derive(Clone, Copy, Default)]
#[repr(align(64))]
pub(super) struct Segment {
    words: [u64; 3],
    /// Bytes of the piece; 0 in free slots.
    length: u8,
    count: u8,
    lengths: [u8; MOST_UNITS],
    kinds: [u32; MOST_UNITS],
}

impl Segment {
    pub(super) fn new(text: &Short) -> Segment {
        Segment { words: text.words, length: text.length, ..Segment::default() }
    }

    /// Adds a unit behind the others. `None` if there is no room.
    pub(super) fn push(&mut self, length: usize, kind: u32) -> Option<()> {
        let at = usize::from(self.count);
        *self.lengths.get_mut(at)? = u8::try_from(length).ok()?;
        *self.kinds.get_mut(at)? = kind;
        self.count += 1;
        Some(())
    }

    /// Length and kind of each unit.
    #[inline(always)]
    pub(super) fn units(&self) -> impl Iterator<Item = (usize, u32)> {
        let lengths = self.lengths.iter().map(|length| usize::from(*length));
        lengths.zip(self.kinds).take(usize::from(self.count))
    }

    #[inline(always)]
    fn is(&self, text: &Short) -> bool {
        // Word by word: compared as one, they would have to be written first.
        let [first, second, third] = self.words;
        let [one, two, three] = text.words;
        (first ^ one) | (second ^ two) | (third ^ three) | u64::from(self.length ^ text.length) == 0
    }
}

/// See the [module](self).
#[derive(Default)]
pub(super) struct Segments {
    /// For each slot of a hash table, the number of a piece in the lower half and a part of its hash in the upper; 0 in free slots. A power of two, or none as long as nothing is
    /// known.
    slots: Vec<u32>,
    /// In the order in which they came up, from number 1 on: what is frequent comes soon, and so lies together.
    pieces: Vec<Segment>,
}

/// The bits of a slot that are the number of a piece.
const NUMBER: u32 = 0x1_FFFF;

impl Segments {
    /// The units of a text, if they are known.
    #[inline(always)]
    pub(super) fn get(&self, text: &Short) -> Option<&Segment> {
        let hash = text.hash();
        let mask = self.slots.len().wrapping_sub(1);
        let mut place = hash as usize & mask;
        loop {
            let slot = *self.slots.get(place)?;
            if slot == 0 {
                return None;
            }
            if slot & !NUMBER == tag(hash)
                && let Some(piece) = self.pieces.get((slot & NUMBER) as usize)
                && piece.is(text)
            {
                return Some(piece);
            }
            place = (place + 1) & mask;
        }
    }

    /// Adds a piece that is not known yet.
    pub(super) fn insert(&mut self, segment: Segment) {
        const { assert!(MOST < NUMBER as usize) };
        if self.pieces.len() > MOST {
            *self = Segments::default();
        }
        if self.pieces.is_empty() {
            // What would have the number of a free slot.
            self.pieces.push(Segment::default());
        }
        self.pieces.push(segment);
        if self.pieces.len() * 2 > self.slots.len() {
            self.slots = vec![0; (self.slots.len() * 4).max(FEW)];
            (1..self.pieces.len()).for_each(|number| self.put(number));
        } else {
            self.put(self.pieces.len() - 1);
        }
    }

    fn put(&mut self, number: usize) {
        let Segment { words, length, .. } = self.pieces[number];
        let hash = Short { words, length }.hash();
        let mask = self.slots.len() - 1;
        let mut place = hash as usize & mask;
        while self.slots[place] > 0 {
            place = (place + 1) & mask;
        }
        self.slots[place] = tag(hash) | number as u32;
    }
}

/// What a slot keeps of a hash.
#[inline(always)]
fn tag(hash: u64) -> u32 {
    (hash >> 32) as u32 & !NUMBER
}

#[cfg(test)]
mod tests {
    use super::*;

    fn short(text: &str, length: usize) -> Short {
        Short::new(text.as_bytes(), length).expect("short enough")
    }

    fn segment(text: &Short, units: &[(usize, u32)]) -> Segment {
        let mut segment = Segment::new(text);
        units.iter().for_each(|(length, kind)| segment.push(*length, *kind).expect("there is room"));
        segment
    }

    #[test]
    fn pieces_are_known_by_all_their_bytes() {
        let text = "软件a\0的大规模集成电路里面";
        let mut segments = Segments::default();
        assert!(segments.get(&short("软", 3)).is_none());
        let lengths = [3, 6, 7, 8, 11, 14, 20, 23];
        for length in lengths {
            segments.insert(segment(&short(text, length), &[(3, 7), (length - 3, length as u32)]));
        }
        for length in lengths {
            let found = segments.get(&short(&text[..length], length)).expect("it is known");
            assert_eq!(found.units().collect::<Vec<_>>(), [(3, 7), (length - 3, length as u32)]);
        }
        assert!(segments.get(&short("软", 3)).is_some());
        assert!(segments.get(&short("的", 3)).is_none());
        assert!(Short::new(text.as_bytes(), 26).is_none());
        for number in 0..2 * MOST as u32 {
            let key = number.to_string();
            segments.insert(segment(&short(&key, key.len()), &[(key.len(), number)]));
            assert!(segments.pieces.len() <= MOST + 1);
            let found = segments.get(&short(&key, key.len())).expect("it has just been put there");
            assert_eq!(found.units().next(), Some((key.len(), number)));
        }
    }

    #[test]
    fn a_piece_has_room_for_some_units() {
        let mut full = segment(&short("abcdefgh", 8), &[(1, 5); MOST_UNITS]);
        assert_eq!(full.push(1, 5), None);
        assert_eq!(full.units().count(), MOST_UNITS);
        assert_eq!(size_of::<Segment>(), 64);
    }
}
