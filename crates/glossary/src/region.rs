//! Regions of a query: a province of today, or one of the regions that ids start with.

use crate::entry::Entry;
use crate::gazetteer::Glossary;
use crate::table::Level;
use crate::units::Unit;
use crate::{Code, EntryKind};

/// The prefixes of ids, and the provinces of today that each stands for by their first two digits.
const PREFIXES: [(&str, &[u32]); 25] = [
    ("xj", &[65]),
    ("mg", &[15]),
    ("db", &[21, 22, 23]),
    ("xz", &[54]),
    ("qh", &[63]),
    ("gs", &[62, 64]),
    ("sn", &[61]),
    ("hb", &[11, 12, 13]),
    ("sx", &[14]),
    ("hy", &[41]),
    ("sd", &[37]),
    ("js", &[31, 32]),
    ("zj", &[33]),
    ("ah", &[34]),
    ("fj", &[35]),
    ("jx", &[36]),
    ("tw", &[71]),
    ("hg", &[42]),
    ("hn", &[43]),
    ("gd", &[44, 46, 81, 82]),
    ("gx", &[45]),
    ("sc", &[50, 51]),
    ("gz", &[52]),
    ("yn", &[53]),
    ("wg", &[]),
];

/// Whether ids may begin with a prefix.
pub(crate) fn is_prefix(prefix: &str) -> bool {
    PREFIXES.iter().any(|(known, _)| *known == prefix)
}

/// A province of today, or one of the regions that ids start with; [`Glossary::region`] makes it of a name.
///
/// A place lies in a region when one of the units that it names does, or, where it names none, when its id starts with a prefix of the region.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Region {
    /// One bit a province, by the first two digits of its code.
    provinces: u128,
    prefix: Option<&'static str>,
}

impl Region {
    fn province(code: Code) -> Region {
        Region { provinces: 1 << (code.number() / 10_000), prefix: None }
    }

    /// The first two digits of the code of its first province; `None` abroad.
    pub(crate) fn first_province(self) -> Option<u32> {
        Some(self.provinces.trailing_zeros()).filter(|province| *province < 100)
    }

    fn has(self, code: Code) -> bool {
        self.provinces >> (code.number() / 10_000) & 1 != 0
    }

    /// Whether a place or unit lies in the region, as far as its row says.
    pub fn contains(self, entry: Entry<'_>) -> bool {
        if entry.kind() == EntryKind::Unit {
            return entry.unit().is_some_and(|unit| self.has(unit.code()));
        }
        let prefix = entry.id().split_once('-').map_or("", |(prefix, _)| prefix);
        if self.prefix == Some(prefix) {
            return true;
        }
        let mut codes = entry.modern_codes().peekable();
        if codes.peek().is_some() {
            return codes.any(|code| self.has(code.code));
        }
        let own = PREFIXES.iter().find(|(known, _)| *known == prefix);
        own.is_some_and(|(_, provinces)| provinces.iter().any(|province| self.provinces >> province & 1 != 0))
    }
}

impl Glossary {
    /// The region of a name: a province in either script, with or without its type (新疆, 新疆維吾爾自治區), its code (`650000` or `65`), or
    /// a prefix of ids (`db`). `None` when there is no such region.
    ///
    /// ```
    /// let glossary = tongwen_glossary::Glossary::embedded();
    /// assert_eq!(glossary.region("新疆"), glossary.region("650000"));
    /// assert_eq!(glossary.region("黑龍江"), glossary.region("23"));
    /// assert!(glossary.region("db").is_some() && glossary.region("somewhere").is_none());
    /// ```
    pub fn region(&self, name: &str) -> Option<Region> {
        let name = name.trim();
        let small = name.to_ascii_lowercase();
        if let Some((prefix, provinces)) = PREFIXES.iter().find(|(prefix, _)| *prefix == small) {
            let provinces = provinces.iter().fold(0, |bits, province| bits | 1 << province);
            return Some(Region { provinces, prefix: Some(prefix) });
        }
        let digits = match name.len() {
            2 => format!("{name}0000"),
            _ => name.to_string(),
        };
        if let Ok(code) = digits.parse::<Code>() {
            return self.unit(code.province(), None).map(|province| Region::province(province.code()));
        }
        let provinces = self.units_called(name).into_iter().filter(|unit| unit.level() == Level::Province);
        provinces.map(Unit::code).map(Region::province).next()
    }
}
