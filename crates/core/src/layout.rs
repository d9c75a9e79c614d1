//! The layout of the compiled tables, for their reader (`table.rs`) and their writer (`cargo xtask dictionaries compile`).
//!
//! One file holds all configs, so that what they share is stored once. It is read where it lies, with nothing unpacked but the map. All numbers are
//! little-endian; offsets count bytes from the start of the file.
//!
//! | part | content |
//! |---|---|
//! | header | [`MAGIC`], offset and length (4 bytes each) of every shared part, the number of configs (4 bytes) |
//! | records | one a config, [`RECORD_BYTES`] long: name ([`NAME_BYTES`], padded with zeros), root, longest path in characters, flags, number of the parent, offset and length of its own parts |
//! | slots | the decision tries of all configs in one double array, 4 bytes each; see [`slot`] |
//! | values | what the tries put out, 4 bytes each; see [`value`] |
//! | text | the outputs, UTF-8 |
//! | code index, code pages | character → code (its column in the double array), for code points of up to 16 bits: the upper 10 choose a page of 64 two-byte codes |
//! | wide codes | the same for characters of 4 bytes: sorted pairs of code point and code, 4 bytes each |
//! | normalization | sorted pairs of a compatibility character and the character that it is looked up as, code points of 4 bytes each |
//! | own: map | what characters of 3 bytes become, where it is not what they become in the parent: code point (2 bytes) and [map entry](SPECIAL) (4 bytes) |
//! | own: specials | the same for characters whose output the map cannot hold, sorted: code point (3 bytes) and number of the value (2 bytes, 0: none) |
//! | own: words | pairs of characters that change something beyond the map, with what most of them become; see [`word`] |
//! | own: adjacency | pairs of characters that are adjacent in a path of the trie: a Bloom filter of 4-byte words, a power of two, with two bits of one word for each pair, and [two more](WHOLE) for one that is a path by itself |
//! | own: neighbours | which characters beside those pairs matter, in a filter of the same kind; see [`neighbour`] |
//! | own: covers | whether a character that changes may be part of a unit with the one beside it, in a filter of the same kind; empty where much hangs together; see [`cover`] |
//!
//! Configs have most of their characters in common. So a config is stored as what it changes in its *parent*, a config that stands before it; the
//! map that the engine reads, one entry for each code point, is put together once in a process (`map.rs`).

/// What the file starts with; the last two characters are the number of the format.
pub const MAGIC: &[u8; 8] = b"tongwn07";
/// Number of shared parts, in the order of the table above, from slots to normalization.
pub const SHARED_PARTS: usize = 7;
/// Number of parts that each config has of its own.
pub const OWN_PARTS: usize = 6;
/// Length of a name in a config record.
pub const NAME_BYTES: usize = 32;
/// Length of a config record.
pub const RECORD_BYTES: usize = NAME_BYTES + 4 * 4 + OWN_PARTS * 8;
/// Where the first config record starts.
pub const HEADER_BYTES: usize = MAGIC.len() + SHARED_PARTS * 8 + 4;
/// Entries of a page of codes: the values of the last byte of a 3-byte character.
pub const PAGE: usize = 64;
/// Entries of an index: the values of the first two bytes of a 3-byte character.
pub const INDEX: usize = 1024;
/// Stands for "no parent" in a config record.
pub const NO_PARENT: u32 = u32::MAX;

/// Flag of a config: its first stage can change the number of characters and a second stage follows, so that an incomplete
/// description sequence may become complete between the two (see `descriptions.rs`). The other flags are [`FIRST_CLASSES`]: those that
/// all characters of 1 and 2 bytes have together.
pub const LENGTHENS: u32 = 1;

/// Flag of a map entry: the map does not know the output (it is not 3 bytes long, or the character is looked up as another one, or it
/// is a description operator).
pub const SPECIAL: u32 = 1 << 31;
/// The bits of a map entry that are the exclusive or of source and output, in UTF-8, first byte lowest. In all others characters of 3 bytes
/// are the same, so these have room for the classes.
pub const DIFFERENCE: u32 = 0x003F_3F0F;
/// The class bits of a map entry for a character as the first of a pair.
pub const FIRST_CLASSES: u32 = 0x1540_4050;
/// The class bits of a map entry for a character as the second of a pair, each one place above that of the first. A pair may change something
/// when the second character has a class that the first has too.
pub const SECOND_CLASSES: u32 = FIRST_CLASSES << 1;
/// Number of classes.
pub const CLASSES: usize = FIRST_CLASSES.count_ones() as usize;

/// The bit of a class for a character as the first of a pair.
pub fn first_class(class: usize) -> u32 {
    let places = (0..u32::BITS).filter(|place| FIRST_CLASSES >> place & 1 != 0);
    places.map(|place| 1 << place).nth(class).expect("a class is below the number of classes")
}

/// A transition of the double array: label (13 bits), kind of the target (2 bits), and 17 bits that say where its row starts or what its value
/// is. A target that has both has its value in its own row, as the transition by the label 0.
pub mod slot {
    /// Labels are below this.
    pub const LABELS: usize = 1 << 13;
    /// Bases and values are below these: rows start at even places.
    pub const BASES: usize = 1 << 18;
    /// See [`BASES`].
    pub const VALUES: usize = 1 << 17;

    /// The code that the slot belongs to; 0 in empty slots and in those that hold the value of their row.
    #[inline(always)]
    pub fn label(slot: u32) -> u16 {
        (slot & (LABELS as u32 - 1)) as u16
    }
    /// Whether the target has children.
    #[inline(always)]
    pub fn has_row(slot: u32) -> bool {
        slot & ROW != 0
    }
    /// Whether the target has a value. Either this or [`has_row`], or both.
    #[inline(always)]
    pub fn has_value(slot: u32) -> bool {
        slot & VALUE != 0
    }
    /// Where the row of the target starts, if it has one.
    #[inline(always)]
    pub fn base(slot: u32) -> u32 {
        slot >> 15 << 1
    }
    /// The value of the target, if it has no row: below [`FIRST_TEXT`] "this many characters, as the map has them", else a text.
    #[inline(always)]
    pub fn value(slot: u32) -> u16 {
        (slot >> 15) as u16
    }
    /// A slot whose target has a row, and a value in it or none.
    pub fn pack_row(label: u16, base: u32, has_value: bool) -> u32 {
        u32::from(label) | ROW | if has_value { VALUE } else { 0 } | base >> 1 << 15
    }
    /// A slot whose target has a value and no row.
    pub fn pack_value(label: u16, value: u16) -> u32 {
        u32::from(label) | VALUE | u32::from(value) << 15
    }
    const ROW: u32 = 1 << 13;
    const VALUE: u32 = 1 << 14;
    /// The first value that is a text: `values[value - FIRST_TEXT]`.
    pub const FIRST_TEXT: u16 = 32;
}

/// A text value: characters consumed (5 bits), bytes of the output (7 bits), offset in the text part (20 bits).
pub mod value {
    /// Characters of the source that the value stands for.
    #[inline(always)]
    pub fn consumed(value: u32) -> usize {
        (value & 31) as usize
    }
    /// Length of the output in bytes.
    #[inline(always)]
    pub fn length(value: u32) -> usize {
        (value >> 5 & 127) as usize
    }
    /// Where the output starts in the text part.
    #[inline(always)]
    pub fn offset(value: u32) -> usize {
        (value >> 12) as usize
    }
    /// Puts a value together; `None` when a number does not fit.
    pub fn pack(consumed: usize, length: usize, offset: usize) -> Option<u32> {
        (consumed < 32 && length < 128 && offset < 1 << 20)
            .then_some(consumed as u32 | (length as u32) << 5 | (offset as u32) << 12)
    }
}

/// The table of words of two characters: for each slot the [`key`](word::key) of a pair (4 bytes), then for each slot what is [known](word::Known) of the pair (8 bytes), and
/// behind them a pilot for every second slot. Numbers of slots are powers of two.
pub mod word {
    /// How many slots and pilots a table has.
    #[derive(Clone, Copy, Debug)]
    pub struct Sizes {
        /// Slots: a key and what is known.
        pub slots: usize,
        /// Pilots, bytes.
        pub pilots: usize,
    }

    impl Sizes {
        /// Sizes for so many slots, a power of two and at least 2.
        pub fn of_slots(slots: usize) -> Sizes {
            Sizes { slots, pilots: slots / 2 }
        }

        /// The sizes of a table that takes so many bytes; `None` for an empty one.
        pub fn of_bytes(bytes: usize) -> Option<Sizes> {
            let pilots = bytes / (2 * (size_of::<u32>() + Known::BYTES) + 1);
            (pilots > 0).then(|| Sizes::of_slots(pilots * 2))
        }
    }

    /// A pair as one number, from the lower 16 bits of the code points.
    #[inline(always)]
    pub fn key(first: u32, second: u32) -> u32 {
        first | second << 16
    }

    /// What a key is multiplied by.
    pub const FACTOR: u64 = 0x9E37_79B9_7F4A_7C15;
    /// What a pilot is multiplied by.
    pub const PILOT_FACTOR: u32 = 0x85EB_CA6A;

    /// What chooses pilot and slot of a pair.
    #[inline(always)]
    pub fn hash(key: u32) -> u64 {
        u64::from(key).wrapping_mul(FACTOR)
    }

    /// The number of a pair's pilot; there are a power of two of them.
    #[inline(always)]
    pub fn pilot(hash: u64, pilots: usize) -> usize {
        (hash >> 20) as usize & (pilots - 1)
    }

    /// The number of a pair's slot; there are a power of two of them.
    #[inline(always)]
    pub fn slot(hash: u64, pilot: u8, slots: usize) -> usize {
        // Odd factors, so that nothing of the number is lost.
        let mixed = ((hash >> 32) as u32).wrapping_mul(u32::from(pilot).wrapping_mul(PILOT_FACTOR).wrapping_add(1));
        (mixed >> 16) as usize & (slots - 1)
    }

    /// What is known of a pair: the length in bytes (the upper 16 bits) of what it becomes where its neighbours have no part in it; below them the text itself if it has six bytes,
    /// else where it starts in the text part.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct Known(u64);

    impl Known {
        /// Bytes in the table.
        pub const BYTES: usize = 8;
        /// Stays as the map has it.
        pub const PLAIN: Known = Known(0);
        /// The trie must tell.
        pub const UNTOLD: Known = Known(u64::MAX);

        /// Becomes this text, which is not empty and starts at `offset` in the text part.
        pub fn text(text: &[u8], offset: usize) -> Known {
            let inside = match *text {
                [one, two, three, four, five, six] => u64::from_le_bytes([one, two, three, four, five, six, 0, 0]),
                _ => offset as u64,
            };
            Known(inside | (text.len() as u64) << 48)
        }

        /// Reads it.
        #[inline(always)]
        pub fn of(bytes: &[u8; Known::BYTES]) -> Known {
            Known(u64::from_le_bytes(*bytes))
        }

        /// Writes it.
        pub fn bytes(self) -> [u8; Known::BYTES] {
            self.0.to_le_bytes()
        }

        /// The length in bytes of what the pair becomes; 0 where it stays as the map has it.
        #[inline(always)]
        pub fn length(self) -> usize {
            (self.0 >> 48) as usize
        }

        /// What it becomes, if that has six bytes.
        #[inline(always)]
        pub fn six_bytes(self) -> [u8; 6] {
            let [output @ .., _, _] = self.0.to_le_bytes();
            output
        }

        /// Where what it becomes starts in the text part, if it has another length.
        #[inline(always)]
        pub fn offset(self) -> usize {
            self.0 as u32 as usize
        }
    }
}

/// The filter of neighbours: which characters beside a trigger may have a part in what becomes of it. Characters are given as numbers, their bytes with the first one
/// lowest, of those of 4 bytes the three that are nearer to the trigger; two characters as one number, the second 24 bits above the first.
pub mod neighbour {
    /// The character before a trigger, from the three bytes before it, the first one lowest.
    #[inline(always)]
    pub fn before(bytes: u32) -> u32 {
        let long = if bytes >> 8 & 0xFF >= 0xC0 { bytes >> 8 } else { bytes };
        let last = bytes >> 16;
        if last < 0x80 { last } else { long }
    }

    /// The character behind a trigger, from the three bytes behind it.
    #[inline(always)]
    pub fn behind(bytes: u32) -> u32 {
        let first = bytes & 0xFF;
        let long = if first < 0xE0 { bytes & 0xFFFF } else { bytes };
        if first < 0x80 { first } else { long }
    }

    /// Two characters as one number.
    #[inline(always)]
    pub fn pair(first: u32, second: u32) -> u64 {
        u64::from(first) | u64::from(second) << 24
    }

    /// What stands where beside a pair.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
    pub enum Side {
        /// Before the pair.
        Before,
        /// Behind it.
        Behind,
    }

    /// The hash of a trigger with a character beside it.
    #[inline(always)]
    pub fn hash(pair: u64, side: Side, character: u32) -> u32 {
        let side = match side {
            Side::Before => 1 << 24,
            Side::Behind => 2 << 24,
        };
        finish(mix(pair).wrapping_add(u64::from(character | side)))
    }

    /// The hash of two characters that end a unit.
    #[inline(always)]
    pub fn end_hash(pair: u64) -> u32 {
        finish(mix(pair))
    }

    #[inline(always)]
    fn mix(pair: u64) -> u64 {
        pair.wrapping_mul(super::word::FACTOR).rotate_left(32)
    }

    #[inline(always)]
    fn finish(mixed: u64) -> u32 {
        (mixed.wrapping_mul(super::ADJACENCY_FACTOR) >> 32) as u32
    }
}

/// The filter of covers: which characters that change may be part of a unit of several, by the pairs that they make with the characters beside them. All that there is to know of a pair
/// lies in one word of the filter, at the place that `adjacency_hash` gives it.
pub mod cover {
    /// What may be between a character that changes and the one beside it.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
    pub enum Link {
        /// It is the last of a unit that has both; the other stands before it.
        Ends,
        /// It is the first of a unit that has both; the other stands behind it.
        Begins,
        /// It is inside of a unit that has both, and the other stands before it ...
        FromBefore,
        /// ... or behind it.
        GoesOn,
    }

    impl Link {
        /// By how many places the bits of a pair are turned for this.
        pub const fn turn(self) -> u32 {
            8 * self as u32
        }

        /// The bits of a word that are set for this.
        #[inline(always)]
        pub fn pattern(self, hash: u32) -> u32 {
            super::filter_pattern(hash).rotate_left(self.turn())
        }
    }
}

/// What pairs of adjacent characters are multiplied by.
pub const ADJACENCY_FACTOR: u64 = 0xC2B2_AE3D_27D4_EB4F;

/// The hash of two adjacent characters in the adjacency filter, given as code points.
#[inline(always)]
pub fn adjacency_hash(first: u32, second: u32) -> u32 {
    ((u64::from(first) | u64::from(second) << 32).wrapping_mul(ADJACENCY_FACTOR) >> 32) as u32
}

/// By how many places the bits of a pair are turned that are set in the adjacency filter if a path has these two characters and no others. Turned by half a word, they
/// could be the same.
pub const WHOLE: u32 = 11;

/// Where a filter of so many words, a power of two, has something, by its hash: the word.
#[inline(always)]
pub fn filter_word(hash: u32, words: usize) -> usize {
    (hash >> 10) as usize & (words - 1)
}

/// The bits of that word that are set for this hash.
#[inline(always)]
pub fn filter_pattern(hash: u32) -> u32 {
    1 << (hash & 31) | 1 << (hash >> 5 & 31)
}
