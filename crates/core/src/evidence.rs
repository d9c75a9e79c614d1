//! What single characters and pairs say about the script and the region of a text: the compiled evidence table, read in place.
//!
//! Shared by [`crate::detect()`] and by the decision on mixed input (`mixed.rs`), which look at every character of a text and can afford
//! one look-up for each. The table is made by `cargo xtask evidence` from OpenCC's dictionaries and from counts in real text; its
//! readable form is `dictionaries/local/evidence.tsv`. For example `这` has the class [`HANS`] (only Simplified text has it), `没` the
//! class [`HANS_VARIANT`] (careless Traditional text has it too), and `后` has none, but marks that pairs ending in it may be evidence:
//! `之后` is, `皇后` is not.
//!
//! # Layout
//!
//! All numbers are little-endian. [`MAGIC`]; for each of the parts *wide*, *pairs*, *traits* its offset and length in bytes (4 bytes
//! each); the flags; the filter; the parts.
//!
//! - flags: one byte for each character below U+10000, by its code point,
//! - filter: [`FILTER`] bytes, the bits [`filter_bit`] of the pairs, so that most others need no search,
//! - wide: characters from U+10000 on that have flags, sorted; 4 bytes each: `character << 8 | flags`,
//! - pairs: pairs that are evidence of a script, sorted; 8 bytes each: `first << 32 | second << 8 | class`,
//! - traits: characters (with a first of 0) and pairs that are evidence of a region, sorted; 8 bytes each: `first << 32 | second << 8 |
//!   weight`, the weight a signed byte in quarters of a bit, above zero for Taiwan, below for Hong Kong.
//!
//! The flags are a plain array: an index of pages would save 36 KB of the binary and cost a second, dependent load for every
//! character. Only those lines of it that a text touches ever reach the cache.
//!
//! # Cost
//!
//! One load a character, no work at start, no memory beyond the binary (about 74 KB).

/// What the table starts with; the last two characters are the number of the format.
pub const MAGIC: &[u8; 8] = b"tongev01";
/// Characters below U+10000.
pub const NARROW: usize = 0x10000;
/// Where the flags start.
pub const HEADER_BYTES: usize = MAGIC.len() + 3 * 8;
/// Bytes of the filter of pairs.
pub const FILTER: usize = 256;

/// The bit of the filter that a pair sets.
#[inline(always)]
pub fn filter_bit(first: u32, second: u32) -> usize {
    ((first ^ second << 7).wrapping_mul(0x9E37_79B1) >> 21) as usize
}

/// The bits of the flags that hold the class: one of the six below, or 0.
pub const CLASS: u8 = 0b111;
/// Only Simplified text has the character.
pub const HANS: u8 = 1;
/// A Simplified form that careless Traditional text has too; worth converting, weak evidence.
pub const HANS_VARIANT: u8 = 2;
/// Practically only in Simplified text, but some Traditional word has it; weak evidence, and may be right where it is.
pub const HANS_USUAL: u8 = 3;
/// Only Traditional text has the character.
pub const HANT: u8 = 4;
/// A Traditional form that careless Simplified text has too.
pub const HANT_VARIANT: u8 = 5;
/// Practically only in Traditional text, but some Simplified word has it.
pub const HANT_USUAL: u8 = 6;
/// Taiwan does not write this form, and t2tw replaces it.
pub const TW_FOREIGN: u8 = 1 << 3;
/// Hong Kong does not write this form, and t2hk replaces it.
pub const HK_FOREIGN: u8 = 1 << 4;
/// The character is the second of a pair that is evidence of a script.
pub const PAIR_SECOND: u8 = 1 << 5;
/// The character is evidence of a region, or the second of a pair that is.
pub const TRAIT: u8 = 1 << 6;
/// A punctuation mark that may end a sentence or a clause, or follow its end; the class bits then hold the [`Mark`].
pub const MARK: u8 = 1 << 7;
/// Of a mark: ends a sentence. The same bit as [`TRAIT`], which marks do not have.
pub const ENDS: u8 = 1 << 6;

/// The marks, with what each does, so that the table and its readers agree.
pub const MARKS: &[(char, Mark)] = &[
    ('\n', Mark::Line),
    ('。', Mark::Sentence),
    ('！', Mark::Sentence),
    ('？', Mark::Sentence),
    ('；', Mark::Sentence),
    ('…', Mark::Sentence),
    ('．', Mark::Sentence),
    ('｡', Mark::Sentence),
    ('!', Mark::Sentence),
    ('?', Mark::Sentence),
    (';', Mark::Sentence),
    ('」', Mark::Closing),
    ('』', Mark::Closing),
    ('”', Mark::Closing),
    ('’', Mark::Closing),
    ('）', Mark::Closing),
    ('】', Mark::Closing),
    ('》', Mark::Closing),
    ('〉', Mark::Closing),
    ('〕', Mark::Closing),
    (')', Mark::Closing),
    (']', Mark::Closing),
    ('"', Mark::Closing),
    ('，', Mark::Clause),
    (',', Mark::Clause),
    ('、', Mark::Clause),
    ('：', Mark::Clause),
    (':', Mark::Clause),
    ('（', Mark::Clause),
    ('(', Mark::Clause),
    ('「', Mark::Clause),
    ('『', Mark::Clause),
    ('“', Mark::Clause),
    ('《', Mark::Clause),
    ('【', Mark::Clause),
    ('—', Mark::Clause),
    ('\t', Mark::Clause),
    ('|', Mark::Clause),
    ('/', Mark::Clause),
    ('／', Mark::Clause),
    ('｜', Mark::Clause),
    ('　', Mark::Clause),
];

/// What a punctuation mark does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Mark {
    /// Ends a line, and with it the sentence.
    Line = 1,
    /// Ends a sentence, together with what closes behind it.
    Sentence = 2,
    /// Closes a quotation or a bracket: belongs to what it follows, and ends a clause.
    Closing = 3,
    /// Ends a clause.
    Clause = 4,
}

/// The flags of a mark.
pub const fn mark_flags(mark: Mark) -> u8 {
    match mark {
        Mark::Line | Mark::Sentence => MARK | ENDS | mark as u8,
        Mark::Closing | Mark::Clause => MARK | mark as u8,
    }
}

/// The compiled table.
static COMPILED: &[u8] = include_bytes!("../compiled/evidence.bin");

/// The table, viewed as arrays. Cheap to make and to copy.
#[derive(Clone, Copy)]
pub(crate) struct Evidence {
    /// The flags of characters below U+10000, and behind them the filter.
    flags_and_filter: &'static [u8; NARROW + FILTER],
    wide: &'static [[u8; 4]],
    pairs: &'static [[u8; 8]],
    traits: &'static [[u8; 8]],
}

const BROKEN: &str = "the compiled evidence is built into the binary and checked by the tests";

impl Evidence {
    pub(crate) fn new() -> Evidence {
        let part = |number: usize| {
            let at = MAGIC.len() + number * 8;
            let field = |at: usize| u32::from_le_bytes(COMPILED[at..at + 4].try_into().expect(BROKEN)) as usize;
            &COMPILED[field(at)..field(at) + field(at + 4)]
        };
        Evidence {
            flags_and_filter: COMPILED[HEADER_BYTES..].first_chunk().expect(BROKEN),
            wide: part(0).as_chunks().0,
            pairs: part(1).as_chunks().0,
            traits: part(2).as_chunks().0,
        }
    }

    /// The flags of a character below U+10000.
    #[inline(always)]
    pub(crate) fn flags(self, character: u16) -> u8 {
        self.flags_and_filter[usize::from(character)]
    }

    /// The flags of all characters below U+10000, and behind them the filter of pairs.
    #[cfg(target_arch = "x86_64")]
    pub(crate) fn flags_and_filter(self) -> &'static [u8; NARROW + FILTER] {
        self.flags_and_filter
    }

    /// The filter of pairs.
    #[inline(always)]
    pub(crate) fn filter(self) -> &'static [u8; FILTER] {
        self.flags_and_filter.last_chunk().expect("the filter is the last part of it")
    }

    /// The flags of any character.
    #[inline(always)]
    pub(crate) fn flags_of(self, character: char) -> u8 {
        match u16::try_from(character as u32) {
            Ok(narrow) => self.flags(narrow),
            Err(_) => self.wide_flags(character as u32),
        }
    }

    /// The flags of a character from U+10000 on.
    pub(crate) fn wide_flags(self, character: u32) -> u8 {
        let found = self.wide.binary_search_by_key(&character, |entry| u32::from_le_bytes(*entry) >> 8);
        found.map_or(0, |at| self.wide[at][0])
    }

    /// The class of a pair of characters; 0 where it has none. Only worth asking where the second is flagged [`PAIR_SECOND`].
    #[inline(always)]
    pub(crate) fn pair_class(self, first: u32, second: u32) -> u8 {
        let bit = filter_bit(first, second);
        if self.filter()[bit / 8 % FILTER] >> (bit % 8) & 1 == 0 {
            return 0;
        }
        look_up(self.pairs, first, second).unwrap_or(0)
    }

    /// How much a character (`first` 0) or a pair speaks for Taiwan (above 0) or Hong Kong (below 0), in quarters of a bit. Only worth
    /// asking where `second` is flagged [`TRAIT`].
    pub(crate) fn trait_weight(self, first: u32, second: u32) -> i8 {
        look_up(self.traits, first, second).unwrap_or(0) as i8
    }
}

#[cold]
fn look_up(entries: &[[u8; 8]], first: u32, second: u32) -> Option<u8> {
    let key = u64::from(first) << 24 | u64::from(second);
    let found = entries.binary_search_by_key(&key, |entry| u64::from_le_bytes(*entry) >> 8);
    found.ok().map(|at| entries[at][0])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_have_the_class_that_anybody_would_give_them() {
        let evidence = Evidence::new();
        let class = |character| evidence.flags_of(character) & CLASS;
        for character in "国这门们说发学个时会".chars() {
            assert_eq!(class(character), HANS, "{character}");
        }
        for character in "國這門們說發學個時會餘裡裏後".chars() {
            assert_eq!(class(character), HANT, "{character}");
        }
        for character in "里后干面只台人中文著乾瞭".chars() {
            assert_eq!(class(character), 0, "{character}");
        }
        assert_eq!(class('没'), HANS_VARIANT);
        assert_eq!(class('据'), HANS_USUAL);
        assert_eq!(class('於'), HANT_USUAL);
    }

    #[test]
    fn pairs_settle_what_their_characters_leave_open() {
        let evidence = Evidence::new();
        let class = |first: char, second: char| {
            assert_ne!(evidence.flags_of(second) & PAIR_SECOND, 0, "{second}");
            evidence.pair_class(first as u32, second as u32)
        };
        assert_eq!(class('之', '后'), HANS_USUAL);
        assert_eq!(class('皇', '后'), 0);
        assert_eq!(class('里', '面'), HANS_USUAL);
        assert_eq!(evidence.pair_class('公' as u32, '里' as u32), 0);
    }

    #[test]
    fn forms_foreign_to_a_region() {
        let evidence = Evidence::new();
        for character in "爲裏衆羣僞啓".chars() {
            assert_ne!(evidence.flags_of(character) & TW_FOREIGN, 0, "{character}");
        }
        for character in "污泄祕鉢為裡眾".chars() {
            assert_eq!(evidence.flags_of(character) & TW_FOREIGN, 0, "{character}");
        }
        assert_ne!(evidence.flags_of('爲') & HK_FOREIGN, 0);
        assert_eq!(evidence.flags_of('裏') & HK_FOREIGN, 0);
    }

    #[test]
    fn marks_are_flagged() {
        let evidence = Evidence::new();
        for (character, expected) in MARKS {
            assert_eq!(evidence.flags_of(*character), mark_flags(*expected), "{character}");
        }
    }

    /// So every character of a stretch counts once for a script: in itself, or as the second of a pair.
    #[test]
    fn what_pairs_settle_is_open_without_them() {
        let evidence = Evidence::new();
        let seconds =
            (0..NARROW).map(|character| evidence.flags(character as u16)).filter(|flags| flags & PAIR_SECOND != 0);
        assert!(seconds.clone().count() > 10);
        assert!(seconds.into_iter().all(|flags| flags & (CLASS | MARK) == 0));
    }

    #[test]
    fn no_mark_begins_as_most_characters_do() {
        let mut first = [0; 4];
        assert!(MARKS.iter().all(|(mark, _)| !matches!(mark.encode_utf8(&mut first).as_bytes()[0], 0xE4..=0xE9)));
    }

    #[test]
    fn wide_characters_are_found() {
        let evidence = Evidence::new();
        assert_eq!(evidence.flags_of('𫔭') & CLASS, HANS);
        assert_eq!(evidence.flags_of('😀'), 0);
    }
}
