//! What can be asked: a name, and what is known about the place besides.

use tongwen::Script;

use crate::region::Region;
use crate::table::Feature;

/// A question for [`Glossary::lookup`](crate::Glossary::lookup).
///
/// ```
/// use tongwen_glossary::{Glossary, Mode, Query};
/// let glossary = Glossary::embedded();
/// let query = Query::new("歸化").year(1876).region(glossary.region("xj").unwrap()).mode(Mode::Exact);
/// assert!(!glossary.lookup(&query).matches.is_empty());
/// ```
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Query {
    /// The name, in any script; blanks around it do not matter.
    pub text: String,
    /// The year in which the name is met: names in use then come first.
    pub year: Option<i16>,
    /// Where the place is thought to be: places there come first.
    pub region: Option<Region>,
    /// The kind of place: all others are left out.
    pub feature: Option<Feature>,
    /// How the text is compared with the names.
    pub mode: Mode,
    /// The script to answer in; without one, that of the text.
    pub script: Option<Script>,
}

impl Query {
    /// Asks for a name, by [`Mode::Auto`].
    pub fn new(text: impl Into<String>) -> Query {
        Query { text: text.into(), ..Query::default() }
    }

    /// Sets the year.
    pub fn year(mut self, year: i16) -> Query {
        self.year = Some(year);
        self
    }

    /// Sets the region.
    pub fn region(mut self, region: Region) -> Query {
        self.region = Some(region);
        self
    }

    /// Sets the kind of place.
    pub fn feature(mut self, feature: Feature) -> Query {
        self.feature = Some(feature);
        self
    }

    /// Sets how to compare.
    pub fn mode(mut self, mode: Mode) -> Query {
        self.mode = mode;
        self
    }

    /// Sets the script to answer in.
    pub fn script(mut self, script: Script) -> Query {
        self.script = Some(script);
        self
    }
}

/// How a text is compared with the names. Always by the folded form: script, graphic variants, case, tones and blanks do not matter.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Mode {
    /// As the whole name in any form, pinyin, Wade-Giles and postal spellings too; near misses when there is none.
    #[default]
    Auto,
    /// As the whole name in characters or in its own language, with and without a suffix; an id or a code.
    Exact,
    /// As the start of a name in any form.
    Prefix,
    /// As a name with one or two characters wrong, missing or too many; short names with one.
    Fuzzy,
    /// As pinyin, with or without tones, apostrophes and blanks.
    Pinyin,
    /// As a postal or other Latin spelling, Wade-Giles among them.
    Postal,
    /// As a unit or place of today: all its former names, oldest first.
    Reverse,
}

impl Mode {
    /// Every mode with the name that it has on a command line.
    pub const NAMES: [(&'static str, Mode); 7] = [
        ("auto", Mode::Auto),
        ("exact", Mode::Exact),
        ("prefix", Mode::Prefix),
        ("fuzzy", Mode::Fuzzy),
        ("pinyin", Mode::Pinyin),
        ("postal", Mode::Postal),
        ("reverse", Mode::Reverse),
    ];
}
