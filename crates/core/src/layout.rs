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
//! | own: filter | pairs of characters that may change something beyond the map: a Bloom filter, [`FILTER_WORDS`] words of 4 bytes; empty when the class bits of the map do that work |
//! | own: adjacency | pairs of codes that are adjacent in a path of the trie: a Bloom filter with one hash, 4-byte words |
//!
//! Configs have most of their characters in common. So a config is stored as what it changes in its *parent*, a config that stands before it; the
//! map that the engine reads, one entry for each code point, is put together once in a process (`map.rs`).

/// What the file starts with; the last two characters are the number of the format.
pub const MAGIC: &[u8; 8] = b"tongwn03";
/// Number of shared parts, in the order of the table above, from slots to normalization.
pub const SHARED_PARTS: usize = 7;
/// Number of parts that each config has of its own.
pub const OWN_PARTS: usize = 4;
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
/// description sequence may become complete between the two (see `descriptions.rs`).
pub const LENGTHENS: u32 = 1;

/// Flag of a map entry: the map does not know the output (it is not 3 bytes long, or the character is looked up as another one, or it
/// is a description operator). The lowest 24 bits of an entry are source XOR output, in UTF-8, first byte lowest.
pub const SPECIAL: u32 = 1 << 31;
/// The three class bits of a map entry for a character as the second of a pair. A pair may change something when the second
/// character has a class that the first has too (see [`FIRST_CLASSES`]).
pub const SECOND_CLASSES: u32 = 7 << 27;
/// The three class bits for a character as the first of a pair: [`SECOND_CLASSES`], 3 bits lower.
pub const FIRST_CLASSES: u32 = 7 << 24;

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

/// Words of a pair filter: always as many, so that the kernel needs no bounds.
pub const FILTER_WORDS: usize = 1 << 14;
/// The hash of a pair of adjacent characters is the sum of their code points times these; 16 bits of each take part. Kept below 15 bits, so that
/// vector instructions with signed factors can have it too.
pub const FILTER_FACTORS: [u32; 2] = [0x4F6D, 0x6A35];

/// Where the filter has a pair, by its hash: the word.
#[inline(always)]
pub fn filter_word(hash: u32) -> usize {
    hash as usize >> 8 & (FILTER_WORDS - 1)
}

/// The bits of that word that are set for a pair with this hash.
#[inline(always)]
pub fn filter_pattern(hash: u32) -> u32 {
    1 << (hash & 31) | 1 << (hash >> 22 & 31) | 1 << (hash >> 27)
}

/// The hash of two adjacent characters, given as the lower 16 bits of their code points.
#[inline(always)]
pub fn filter_hash(first: u32, second: u32) -> u32 {
    // One multiplication: neither product reaches the other half.
    const FACTORS: u64 = (FILTER_FACTORS[0] as u64) << 32 | FILTER_FACTORS[1] as u64;
    ((u64::from(first) | u64::from(second) << 32).wrapping_mul(FACTORS) >> 32) as u32
}

/// The hash of two adjacent codes in the adjacency filter.
#[inline(always)]
pub fn adjacency_hash(first: u16, second: u16) -> u32 {
    (u32::from(first).wrapping_mul(0x9E37_79B1) ^ u32::from(second).wrapping_mul(0x85EB_CA6B)).wrapping_mul(0xC2B2_AE35)
}
