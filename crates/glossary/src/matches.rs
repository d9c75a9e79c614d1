//! What an answer says: the matches of a query, how each of them matched, and in which years the name was in use.

use crate::entry::{Entry, EntryKind};
use crate::layout::Form;
use crate::rank::Score;
use crate::table::Years;
use crate::{Link, Modern, Script};

/// The answer to a query.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Matches<'a> {
    /// What was found, best first.
    pub matches: Vec<Match<'a>>,
    /// Where nothing was found by [`Mode::Auto`](crate::Mode::Auto): at most five names that are written nearly so, best first.
    pub near: Vec<Match<'a>>,
    /// The script of the answer: the one asked for, else the one of the text.
    pub script: Script,
}

/// A place or unit that answers a query.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Match<'a> {
    /// The row or unit.
    pub entry: Entry<'a>,
    /// How the text and the name agree.
    pub how: How,
    /// The year of the query against the years of the name; `None` when no year was given.
    pub interval: Option<Interval>,
    /// Whether the place lies in the region of the query; `None` when none was given.
    pub in_region: Option<bool>,
    /// What the order goes by.
    pub score: Score,
    /// Whether another place answers as well as this one.
    pub ambiguous: bool,
    pub(crate) form: Form,
    pub(crate) which: usize,
}

/// How a text and a name agree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum How {
    /// It is the name, in either script.
    Exact,
    /// It is another spelling of the name.
    Variant,
    /// It is the name and a suffix: 迪化府 for 迪化.
    SuffixStripped,
    /// It is the name without its suffix: 米泉 for 米泉县.
    SuffixAdded,
    /// It is the pinyin.
    Pinyin,
    /// It is the name in Wade-Giles: Ti-hua for 迪化.
    WadeGiles,
    /// It is a postal or other Latin spelling.
    Postal,
    /// It is what the post made of such names, though the row does not have it: Kiangning for 江宁.
    PostalRule,
    /// It is the name in another language.
    OtherName,
    /// It is today's name of the place, where no unit of the code book has the place.
    Today,
    /// It is the id or the code.
    Identifier,
    /// It is the start of the name.
    Prefix,
    /// It is the name but for some characters.
    Fuzzy {
        /// How many.
        edits: u8,
    },
    /// It is the name of today of what this is a former name of.
    Former,
}

impl How {
    /// The word for machines.
    pub fn name(self) -> &'static str {
        match self {
            How::Exact => "exact",
            How::Variant => "variant",
            How::SuffixStripped => "suffix-stripped",
            How::SuffixAdded => "suffix-added",
            How::Pinyin => "pinyin",
            How::WadeGiles => "wade-giles",
            How::Postal => "postal",
            How::PostalRule => "postal-rule",
            How::OtherName => "other-name",
            How::Today => "today",
            How::Identifier => "identifier",
            How::Prefix => "prefix",
            How::Fuzzy { .. } => "fuzzy",
            How::Former => "former",
        }
    }

    pub(crate) fn of(form: Form) -> Option<How> {
        Some(match form {
            Form::Name => How::Exact,
            Form::Variant => How::Variant,
            Form::Suffixed => How::SuffixStripped,
            Form::Stem => How::SuffixAdded,
            Form::Pinyin => How::Pinyin,
            Form::Postal => How::Postal,
            Form::Other => How::OtherName,
            Form::Today => How::Today,
            Form::Blocker => return None,
        })
    }
}

/// A year against the years in which a name was in use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Interval {
    /// In use.
    Inside,
    /// So many years before the name was.
    Before(u16),
    /// So many years after it was no more.
    After(u16),
    /// The years of the name are not known well enough.
    Unknown,
}

impl Interval {
    pub(crate) fn of(entry: Entry<'_>, year: i16) -> Interval {
        let Years { from, to, .. } = entry.years();
        // A unit's last year is the one before the table's.
        let to = if entry.kind() == EntryKind::Unit { to.map(|to| to.saturating_sub(1)) } else { to };
        match (from, to) {
            (Some(from), _) if year < from => Interval::Before(years_between(year, from)),
            (_, Some(to)) if year > to => Interval::After(years_between(to, year)),
            (Some(_), _) => Interval::Inside,
            // Units without a first year were there when the code book began.
            (None, _) if entry.kind() == EntryKind::Unit && year >= crate::FIRST_YEAR => Interval::Inside,
            (None, _) => Interval::Unknown,
        }
    }
}

/// There is no year 0.
fn years_between(earlier: i16, later: i16) -> u16 {
    let gap = i32::from(earlier < 0 && later > 0);
    u16::try_from(i32::from(later) - i32::from(earlier) - gap).unwrap_or(u16::MAX)
}

impl<'a> Match<'a> {
    /// The name that matched, in a script where it is in characters: 紅廟子, 迪化府, Tihwa.
    pub fn name(&self, script: Script) -> String {
        let entry = self.entry;
        let found = match self.form {
            Form::Variant => entry.variants().nth(self.which).map(str::to_string),
            Form::Suffixed => entry.full_names(script).nth(self.which),
            Form::Stem => entry.unit().map(|unit| unit.stem(script).to_string()),
            Form::Pinyin => Some(entry.pinyin().to_string()),
            Form::Postal => entry.postal().nth(self.which).map(str::to_string),
            Form::Other => entry.other_names().nth(self.which).map(|other| other.name.to_string()),
            Form::Today => entry.modern_name(script).split(';').nth(self.which).map(str::to_string),
            Form::Name | Form::Blocker => None,
        };
        found.unwrap_or_else(|| entry.name(script).to_string())
    }

    /// What the place is today; [`Modern::path`] has the province.
    pub fn modern(&self) -> Vec<Modern<'a>> {
        self.entry.modern(None)
    }

    /// Every name and unit before and after; as [`Glossary::history`](crate::Glossary::history).
    pub fn chain(&self) -> Vec<Link<'a>> {
        self.entry.glossary().history(self.entry.id())
    }
}
