//! The layout of the compiled tables, for their reader (`table.rs`) and their writer (`cargo xtask dictionaries compile`).
//!
//! One file holds all configs, so that what they share is stored once. Nothing in it is computed at run time, and looking
//! at it costs nothing at start. All numbers are little-endian; offsets count bytes from the start of the file.
//!
//! | part | content |
//! |---|---|
//! | header | [`MAGIC`], offset and length (4 bytes each) of every shared part, the number of configs (4 bytes) |
//! | records | one a config, [`RECORD_BYTES`] long: name ([`NAME_BYTES`], padded with zeros), root, longest path in characters, flags, offset and length of its own parts |
//! | slots | the decision tries of all configs in one double array, 8 bytes each; see [`slot`] |
//! | values | what the tries put out, 4 bytes each; see [`value`] |
//! | text | the outputs, UTF-8 |
//! | code index, code pages | character → code (its column in the double array), for code points of up to 16 bits: the upper 10 choose a page of 64 two-byte codes |
//! | wide codes | the same for characters of 4 bytes: sorted pairs of code point and code, 4 bytes each |
//! | normalization | sorted pairs of a compatibility character and the character that it is looked up as, code points of 4 bytes each |
//! | map pages | pages of 64 four-byte entries: source XOR output (the UTF-8 bytes, first byte lowest), and 8 flag bits |
//! | own: map index | a two-byte page number for each pair of first two bytes |
//! | own: filter | pairs of characters that may change something beyond the map: a Bloom filter, [`FILTER_WORDS`] words of 4 bytes, each the complement of the [`FILTER_PATTERNS`] in it; empty when the class bits of the map do that work |
//! | own: adjacency | pairs of codes that are adjacent in a path of the trie: a Bloom filter with one hash, 4-byte words |
//!
//! XOR makes every unchanged character a zero, so that one page of zeros serves most of Unicode, and configs share pages.

/// What the file starts with; the last two characters are the number of the format.
pub const MAGIC: &[u8; 8] = b"tongwn02";
/// Number of shared parts, in the order of the table above, from slots to map pages.
pub const SHARED_PARTS: usize = 8;
/// Length of a name in a config record.
pub const NAME_BYTES: usize = 32;
/// Length of a config record.
pub const RECORD_BYTES: usize = NAME_BYTES + 3 * 4 + 3 * 8;
/// Where the first config record starts.
pub const HEADER_BYTES: usize = MAGIC.len() + SHARED_PARTS * 8 + 4;
/// Entries of a page, in the code pages and in the map pages: the values of the last byte of a 3-byte character.
pub const PAGE: usize = 64;
/// Entries of an index: the values of the first two bytes of a 3-byte character.
pub const INDEX: usize = 1024;

/// Flag of a config: its first stage can change the number of characters and a second stage follows, so that an incomplete
/// description sequence may become complete between the two (see `descriptions.rs`).
pub const LENGTHENS: u32 = 1;

/// Flag of a map entry: the map does not know the output (it is not 3 bytes long, or the character is looked up as another one, or it
/// is a description operator).
pub const SPECIAL: u32 = 1 << 31;
/// The three class bits of a map entry for a character as the second of a pair. A pair may change something when the second
/// character has a class that the first has too (see [`FIRST_CLASSES`]).
pub const SECOND_CLASSES: u32 = 7 << 27;
/// The three class bits for a character as the first of a pair: [`SECOND_CLASSES`], 3 bits lower.
pub const FIRST_CLASSES: u32 = 7 << 24;

/// A transition of the double array: label (16 bits), value (16 bits), base of the target's row (32 bits).
pub mod slot {
    /// The code that the slot belongs to; 0 in empty slots.
    #[inline(always)]
    pub fn label(slot: u64) -> u16 {
        slot as u16
    }
    /// The value of the target: 0 none, below [`FIRST_TEXT`] "this many characters, as the map has them", else a text.
    #[inline(always)]
    pub fn value(slot: u64) -> u16 {
        (slot >> 16) as u16
    }
    /// Where the row of the target starts; 0 when it has no children.
    #[inline(always)]
    pub fn base(slot: u64) -> u32 {
        (slot >> 32) as u32
    }
    /// Puts a slot together.
    pub fn pack(label: u16, value: u16, base: u32) -> u64 {
        u64::from(label) | u64::from(value) << 16 | u64::from(base) << 32
    }
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
pub const FILTER_WORDS: usize = 1 << 15;

/// Patterns of three bits each, none of them the highest. A pair of characters has one of them in one word of the filter.
pub static FILTER_PATTERNS: [u32; 256] = {
    let mut patterns = [0; 256];
    let mut state = 1u32;
    let mut count = 0;
    while count < 256 {
        state = state.wrapping_mul(0x9E37_79B1).wrapping_add(0x85EB_CA6B);
        let pattern = (1u32 << (state >> 27) | 1 << (state >> 22 & 31) | 1 << (state >> 17 & 31)) & u32::MAX >> 1;
        let mut known = 0;
        while known < count && patterns[known] != pattern {
            known += 1;
        }
        if known == count && pattern.count_ones() == 3 {
            patterns[count] = pattern;
            count += 1;
        }
    }
    patterns
};

/// Where the filter has a pair of adjacent characters: the word, and the number of the pattern. `pair` holds the UTF-8 bytes of the two, the first
/// lowest; a first character of less than 3 bytes has zeros below it. The two highest bytes are not looked at.
#[inline(always)]
pub fn filter_place(pair: u64) -> (usize, usize) {
    let hash = (pair << 16).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    ((hash >> (64 - FILTER_WORDS.trailing_zeros())) as usize, (hash >> 40 & 0xFF) as usize)
}

/// The hash of two adjacent codes in the adjacency filter.
#[inline(always)]
pub fn adjacency_hash(first: u16, second: u16) -> u32 {
    (u32::from(first).wrapping_mul(0x9E37_79B1) ^ u32::from(second).wrapping_mul(0x85EB_CA6B)).wrapping_mul(0xC2B2_AE35)
}
