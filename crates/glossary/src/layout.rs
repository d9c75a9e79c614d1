//! The layout of the compiled file, for its reader and its writer.
//!
//! One file holds an index of names and all that the entries say. It is read in place: nothing is decoded at start but the table of parts. All
//! numbers are little-endian. Overlays have the same form in memory, with the parts that they do not need left empty.
//!
//! | part | content |
//! |---|---|
//! | header | [`MAGIC`]; a checksum of all that follows it (8 bytes); the number of places (4 bytes); offset and length in bytes of every part, in the order of [`Part`] |
//! | strings | each once: its length in bytes as LEB128, its bytes; the empty one stands at offset 0 |
//! | records | one an entry: a word whose bits say which [`Field`]s it has, then a word for each of them, in their order |
//! | offsets | where the record of each entry starts, in words; first the places, sorted by id, then the units of the code book, sorted by id |
//! | names | an fst: folded name → [`name`] value |
//! | postings | [`posting`] words; the last of a name says so |
//! | named | [`named`] words, sorted: which places name which unit |
//! | predecessors | unit `<< 16 |` predecessor, sorted |
//! | next | numbers of the places that have a next one, sorted by its id |
//! | fold index, fold pages | character → folded character, for code points of up to 16 bits: the upper 10 choose a page of 64 two-byte code points (0: as it is, [`FOLD_ELSEWHERE`]: see below) |
//! | fold wide | sorted pairs of code points, 4 bytes each, where one of the two is longer |
//! | pairs | a bit for each first two characters of a name that may stand in a text, see [`pair_bit`] |
//! | cue sets | name, side, strings |
//! | eras | name and state in both scripts, years |
//! | blockers | text in both scripts, name, reason |
//! | sources | id, title, url, licence, accessed |
//!
//! The last four are records of words as well: a word is an offset into the strings or a packed number.

/// What the file starts with; the last two characters are the number of the format.
pub(crate) const MAGIC: &[u8; 8] = b"tongpl01";

/// The parts, in the order of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    Strings,
    Records,
    Offsets,
    Names,
    Postings,
    Named,
    Predecessors,
    Next,
    FoldIndex,
    FoldPages,
    FoldWide,
    Pairs,
    CueSets,
    Eras,
    Blockers,
    Sources,
}

/// Number of parts.
pub(crate) const PARTS: usize = Part::Sources as usize + 1;
/// Where the checksum stands.
pub(crate) const CHECKSUM_AT: usize = MAGIC.len();
/// Where what the checksum covers starts: the number of places.
pub(crate) const COUNT_AT: usize = CHECKSUM_AT + 8;
/// Where the table of parts starts.
pub(crate) const PARTS_AT: usize = COUNT_AT + 4;
/// Length of the header.
pub(crate) const HEADER_BYTES: usize = PARTS_AT + PARTS * 8;

/// What a record may have. Words are offsets into the strings unless said otherwise; lists have `;` between, cues blanks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Field {
    Id,
    NameHans,
    /// Only where it differs from the simplified name.
    NameHant,
    Variants,
    Pinyin,
    Postal,
    OtherNames,
    OfficialSuffix,
    /// [`pack_years`].
    Years,
    /// [`Attribute`]s.
    Attributes,
    Modern,
    ModernHans,
    ModernHant,
    NextId,
    Parent,
    /// In degrees times 100,000.
    Latitude,
    Longitude,
    CuesPositive,
    CuesNegative,
    Source,
    SourceNote,
    Notes,
    /// Units: the code, a number.
    Code,
    /// Units: the code of the unit above, a number.
    ParentCode,
    /// Units: codes with years.
    Successors,
}

/// Words of a cue set.
pub(crate) const CUE_SET_WORDS: usize = 3;
/// Words of an era.
pub(crate) const ERA_WORDS: usize = 5;
/// Words of a blocker.
pub(crate) const BLOCKER_WORDS: usize = 4;
/// Words of a source.
pub(crate) const SOURCE_WORDS: usize = 5;

/// Two years in a word; 0, which is no year, stands for an unknown one.
pub(crate) fn pack_years(from: Option<i16>, to: Option<i16>) -> u32 {
    let half = |year: Option<i16>| u32::from(year.unwrap_or(0) as u16);
    half(from) | half(to) << 16
}

/// The years of a word.
pub(crate) fn unpack_years(word: u32) -> (Option<i16>, Option<i16>) {
    let year = |half: u32| Some(half as u16 as i16).filter(|year| *year != 0);
    (year(word & 0xFFFF), year(word >> 16))
}

/// The closed vocabularies of an entry in one word: each takes some bits and stores a place in `ALL`, optional ones plus 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Attribute {
    Feature,
    Relation,
    FromPrecision,
    ToPrecision,
    CoordinatePrecision,
    Policy,
    Confidence,
    Rank,
}

impl Attribute {
    /// Where the bits start, and how many they are.
    const fn bits(self) -> (u32, u32) {
        match self {
            Attribute::Feature => (0, 6),
            Attribute::Relation => (6, 4),
            Attribute::FromPrecision => (10, 2),
            Attribute::ToPrecision => (12, 2),
            Attribute::CoordinatePrecision => (14, 2),
            Attribute::Policy => (16, 2),
            Attribute::Confidence => (18, 2),
            Attribute::Rank => (20, 4),
        }
    }

    pub(crate) fn pack(self, value: usize) -> u32 {
        let (shift, width) = self.bits();
        debug_assert!(value < 1 << width, "{self:?} {value}");
        (value as u32) << shift
    }

    pub(crate) fn unpack(self, word: u32) -> usize {
        let (shift, width) = self.bits();
        (word >> shift & ((1 << width) - 1)) as usize
    }
}

/// How an entry comes by a name in the index. Where one name is several of these for one entry, the first counts; [`Form::Today`] counts
/// beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Form {
    /// The name itself, of a place or of a unit.
    Name,
    /// One of the variants.
    Variant,
    /// The name with one of its official suffixes.
    Suffixed,
    /// The name of a unit without its type.
    Stem,
    /// The pinyin of a place's name or of a unit's stem.
    Pinyin,
    /// A postal spelling.
    Postal,
    /// A name in another language.
    Other,
    /// Today's name of a place that no unit of the code book has.
    Today,
    /// A blocker; the entry number is the blocker's.
    Blocker,
}

impl Form {
    pub(crate) const ALL: [Form; 9] = [
        Form::Name,
        Form::Variant,
        Form::Suffixed,
        Form::Stem,
        Form::Pinyin,
        Form::Postal,
        Form::Other,
        Form::Today,
        Form::Blocker,
    ];

    /// The bit that stands for the form in a [`name`] value.
    pub(crate) const fn bit(self) -> u64 {
        1 << self as u64
    }
}

/// The forms that can be a match in a text. The stems of units are never glossed, but say where a text plays, and keep a name from being
/// seen in them.
pub(crate) const IN_TEXT: u64 =
    Form::Name.bit() | Form::Variant.bit() | Form::Suffixed.bit() | Form::Stem.bit() | Form::Blocker.bit();

/// The value of a name in the fst: the forms that it has (16 bits), where its postings start in words (48 bits).
pub(crate) mod name {
    pub(crate) fn pack(forms: u64, postings: usize) -> u64 {
        forms | (postings as u64) << 16
    }
    /// Bits of [`Form`](super::Form)s.
    #[allow(dead_code, reason = "lookup and annotation read it")]
    pub(crate) fn forms(value: u64) -> u64 {
        value & 0xFFFF
    }
    pub(crate) fn postings(value: u64) -> usize {
        (value >> 16) as usize
    }
}

/// A posting: entry (18 bits), form (4 bits), which of the entry's variants, suffixes, ... (9 bits), whether it is the last.
pub(crate) mod posting {
    use super::Form;

    /// How many of one form an entry can have.
    pub(crate) const WHICH: usize = 1 << 9;

    pub(crate) fn pack(entry: u32, form: Form, which: usize, last: bool) -> u32 {
        entry | (form as u32) << 18 | (which as u32) << 22 | u32::from(last) << 31
    }
    pub(crate) fn entry(word: u32) -> u32 {
        word & 0x3_FFFF
    }
    pub(crate) fn form(word: u32) -> Option<Form> {
        Form::ALL.get((word >> 18 & 15) as usize).copied()
    }
    pub(crate) fn which(word: u32) -> usize {
        (word >> 22 & 0x1FF) as usize
    }
    pub(crate) fn is_last(word: u32) -> bool {
        word >> 31 != 0
    }
}

/// A place that names a unit: unit (14 bits, counted from the first unit), place (18 bits).
pub(crate) mod named {
    pub(crate) fn pack(unit: u32, place: u32) -> u32 {
        unit << 18 | place
    }
    pub(crate) fn unit(word: u32) -> u32 {
        word >> 18
    }
    pub(crate) fn place(word: u32) -> u32 {
        word & 0x3_FFFF
    }
}

/// How many entries fit.
pub(crate) const MOST_ENTRIES: usize = 1 << 18;
/// How many units fit.
pub(crate) const MOST_UNITS: usize = 1 << 14;

/// Entries of a page of the folding table.
pub(crate) const FOLD_PAGE: usize = 64;
/// Pages that the index of the folding table can name.
pub(crate) const FOLD_INDEX: usize = 0x1_0000 / FOLD_PAGE;
/// What stands in a page for a character whose folding is in the list of wide ones.
pub(crate) const FOLD_ELSEWHERE: u16 = 1;

/// Bits of the pair filter.
pub(crate) const PAIR_BITS: usize = 1 << 18;

/// Which bit of the filter stands for two adjacent folded characters.
#[inline]
pub(crate) fn pair_bit(first: char, second: char) -> usize {
    let joined = (first as u32).wrapping_mul(0x9E37_79B1) ^ (second as u32).wrapping_mul(0x85EB_CA6B);
    (joined.wrapping_mul(0xC2B2_AE35) >> (32 - PAIR_BITS.trailing_zeros())) as usize
}

/// The checksum of a file: of what follows it, eight bytes at a time.
pub(crate) fn checksum(bytes: &[u8]) -> u64 {
    let (words, rest) = bytes.as_chunks::<8>();
    let mut tail = [0; 8];
    tail[..rest.len()].copy_from_slice(rest);
    let step = |sum: u64, word: &[u8; 8]| {
        (sum ^ u64::from_le_bytes(*word)).wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(29)
    };
    step(words.iter().fold(bytes.len() as u64, step), &tail)
}
