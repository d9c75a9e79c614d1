//! Today's unit from a description of today's place: 新疆维吾尔自治区昌吉回族自治州奇台县.
//!
//! Gazetteers describe it in the words of their own year, which is that of no code book. So every full name of a unit, of any year since 1980, is looked for
//! in the text; of those found, the lowest level counts, then the longest name. Where these are several units that are not one and the same today,
//! nobody can say which is meant, and none is taken.

use std::collections::HashMap;

use tongwen::Script;

use crate::gazetteer::Glossary;
use crate::table::{CodeAt, Level};
use crate::units::Unit;

/// The longest name of a unit that is looked for, in characters: 积石山保安族东乡族撒拉族自治县.
const LONGEST: usize = 18;

/// Units by their full names in simplified script.
pub(super) struct PresentUnits<'a> {
    names: HashMap<&'a str, Vec<Unit<'a>>>,
}

impl<'a> PresentUnits<'a> {
    pub(super) fn new(glossary: &'a Glossary) -> PresentUnits<'a> {
        let mut names: HashMap<&str, Vec<Unit<'_>>> = HashMap::new();
        for unit in glossary.units() {
            names.entry(unit.name(Script::Simplified)).or_default().push(unit);
        }
        PresentUnits { names }
    }

    /// The unit that a text in simplified script describes, with the last year of the unit if it has ended.
    pub(super) fn find(&self, text: &str) -> Option<CodeAt> {
        let starts: Vec<usize> = text.char_indices().map(|(start, _)| start).chain([text.len()]).collect();
        let mut found: Vec<(Level, usize, Unit<'a>)> = Vec::new();
        for first in 0..starts.len() {
            for last in first + 2..starts.len().min(first + LONGEST + 1) {
                let units = self.names.get(&text[starts[first]..starts[last]]).into_iter().flatten();
                found.extend(units.map(|unit| (unit.level(), last - first, *unit)));
            }
        }
        // A province in the text must be that of the unit: 山西省安定县 names no county of Shaanxi.
        let provinces: Vec<u32> = found
            .iter()
            .filter(|(level, ..)| *level == Level::Province)
            .map(|(.., unit)| unit.code().number() / 10_000)
            .collect();
        if !provinces.is_empty() {
            found.retain(|(.., unit)| provinces.contains(&(unit.code().number() / 10_000)));
        }
        let best = found.iter().map(|(level, length, _)| (*level, *length)).max()?;
        let mut units: Vec<Unit<'a>> =
            found.into_iter().filter(|(level, length, _)| (*level, *length) == best).map(|(.., unit)| unit).collect();
        // The latest first: what has a unit of today says most.
        units.sort_by_key(|unit| std::cmp::Reverse((unit.to().is_none(), unit.to())));
        let first = *units.first()?;
        let today = |unit: Unit<'a>| {
            let mut codes: Vec<u32> = unit.in_year(None).iter().map(|unit| unit.code().number()).collect();
            codes.sort_unstable();
            codes
        };
        let same = units.iter().all(|unit| today(*unit) == today(first));
        same.then(|| CodeAt { code: first.code(), year: first.last_year() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn descriptions_of_any_year() {
        let glossary = Glossary::embedded();
        let present = PresentUnits::new(&glossary);
        let cases = [
            ("新疆维吾尔自治区奇台县", Some("652325")),
            ("新疆昌吉州奇台县城西北", Some("652325")),
            // A unit that has ended is named with its year, and the chain does the rest.
            ("新疆维吾尔自治区米泉市", Some("652303@2006")),
            ("浙江省杭州市", Some("330100")),
            ("俄罗斯伊尔库茨克", None),
            ("", None),
        ];
        for (text, expected) in cases {
            assert_eq!(present.find(text).map(|code| code.to_string()).as_deref(), expected, "{text}");
        }
    }
}
