//! Units of the code book: by code and year, what they became, what they were, what lies above them.

use std::fmt;

use tongwen::Script;

use crate::entry::{Entry, EntryKind};
use crate::gazetteer::Glossary;
use crate::layout::{Field, Part};
use crate::stem::unit_stem;
use crate::table::{Code, CodeAt, Level};

/// The first year of the code book; what it says of this year is all that it says of the time before.
pub const FIRST_YEAR: i16 = 1980;

/// A unit of the code book: a code with a name, for as long as it has both. Cheap to copy.
///
/// Codes are given to other units later (a code and a year name one), units change code and name, merge and split. The table says of each
/// unit what it became; everything here follows those links, in both directions.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Unit<'a> {
    entry: Entry<'a>,
    code: Code,
}

impl fmt::Debug for Unit<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Unit({} {})", self.entry.id(), self.name(Script::Simplified))
    }
}

impl<'a> Unit<'a> {
    pub(crate) fn of(entry: Entry<'a>) -> Option<Unit<'a>> {
        (entry.kind() == EntryKind::Unit).then(|| entry.code()).flatten().map(|code| Unit { entry, code })
    }

    /// The number of the unit, from the first unit.
    pub(crate) fn number(self) -> u32 {
        self.entry.position().1 - self.entry.glossary().units_layer().places()
    }

    /// The unit as an entry.
    pub fn entry(self) -> Entry<'a> {
        self.entry
    }

    /// The code.
    pub fn code(self) -> Code {
        self.code
    }

    /// The level of the code book.
    pub fn level(self) -> Level {
        self.code.level()
    }

    /// The full name in a script: 米泉县.
    pub fn name(self, script: Script) -> &'a str {
        self.entry.name(script)
    }

    /// The name without its type: 米泉.
    pub fn stem(self, script: Script) -> &'a str {
        let stem = unit_stem(self.name(Script::Simplified));
        if script == Script::Simplified {
            return stem;
        }
        let (characters, name) = (stem.chars().count(), self.name(script));
        let end = name.char_indices().nth(characters).map_or(name.len(), |(end, _)| end);
        &name[..end]
    }

    /// The first year; `None` when it was there before 1980.
    pub fn from(self) -> Option<i16> {
        self.entry.years().from
    }

    /// The first year in which it is no more; `None` when it is there today.
    pub fn to(self) -> Option<i16> {
        self.entry.years().to
    }

    /// The last year in which it was there; `None` when it is there today.
    pub fn last_year(self) -> Option<i16> {
        self.to().map(|to| to.saturating_sub(1))
    }

    /// Whether it is there in a year; without a year, today.
    pub fn exists(self, year: Option<i16>) -> bool {
        let (from, to) = (self.from(), self.to());
        match year {
            None => to.is_none(),
            Some(year) => from.is_none_or(|from| from <= year) && to.is_none_or(|to| year < to),
        }
    }

    /// The unit above it in a year, today without one. Where the code book has none then, the one nearest in time.
    pub fn parent(self, year: Option<i16>) -> Option<Unit<'a>> {
        let glossary = self.entry.glossary();
        let code = self.entry.parent_code()?;
        let year = year.or(self.last_year());
        if let Some(parent) = glossary.unit(code, year) {
            return Some(parent);
        }
        let distance = |unit: &Unit<'_>| {
            let year = i32::from(year.unwrap_or(i16::MAX));
            let ends = [unit.from(), unit.last_year()].into_iter().flatten();
            ends.map(|end| (i32::from(end) - year).abs()).min()
        };
        glossary.units_of_code(code).min_by_key(distance)
    }

    /// The province, the prefecture if there is one, and the unit itself, in a year; today (or when the unit ended) without one.
    pub fn path(self, year: Option<i16>) -> Vec<Unit<'a>> {
        let mut path = vec![self];
        // There are three levels; a damaged file may have circles.
        while let Some(parent) = path[path.len() - 1].parent(year).filter(|_| path.len() < 4) {
            path.push(parent);
        }
        path.reverse();
        path
    }

    /// The units that it became.
    pub fn successors(self) -> impl Iterator<Item = Unit<'a>> {
        let glossary = self.entry.glossary();
        let mut seen = Vec::new();
        self.entry.successor_codes().filter_map(move |code| glossary.unit(code.code, code.year)).filter(move |unit| {
            let new = *unit != self && !seen.contains(unit);
            seen.push(*unit);
            new
        })
    }

    /// The units that became it.
    pub fn predecessors(self) -> impl Iterator<Item = Unit<'a>> {
        let glossary = self.entry.glossary();
        let links = glossary.units_layer().equal(Part::Predecessors, self.number(), |word| word >> 16);
        links.filter_map(move |word| glossary.unit_by_number(word & 0xFFFF)).filter(move |unit| *unit != self)
    }

    /// What it is in a year: itself, what it became by then, or what it was before. Without a year, today.
    ///
    /// Where the code book does not say what it was before, itself. Years before 1980 are as 1980.
    pub fn in_year(self, year: Option<i16>) -> Vec<Unit<'a>> {
        let year = year.map(|year| year.max(FIRST_YEAR));
        let backwards = year.is_some_and(|year| self.from().is_some_and(|from| from > year));
        let step = |unit: Unit<'a>| -> Vec<Unit<'a>> {
            if unit.exists(year) {
                Vec::new()
            } else if backwards {
                unit.predecessors()
                    .filter(|before| {
                        year.is_none_or(|year| before.to().is_some_and(|to| to > year) || before.from() < unit.from())
                    })
                    .collect()
            } else {
                unit.successors().collect()
            }
        };
        let mut found = walk(vec![self], step);
        found.retain(|unit| unit.exists(year));
        if found.is_empty() && backwards {
            found.push(self);
        }
        found
    }
}

/// Everything that can be reached, each once, nearest first.
pub(crate) fn walk<T: Copy + PartialEq>(start: Vec<T>, step: impl Fn(T) -> Vec<T>) -> Vec<T> {
    let mut found = start;
    let mut at = 0;
    while at < found.len() {
        for next in step(found[at]) {
            if !found.contains(&next) {
                found.push(next);
            }
        }
        at += 1;
    }
    found
}

impl Glossary {
    /// The number of the unit that bears a code.
    pub(crate) fn unit_number(&self, code: CodeAt) -> Option<u32> {
        self.unit(code.code, code.year).map(Unit::number)
    }

    pub(crate) fn unit_by_number(&self, number: u32) -> Option<Unit<'_>> {
        let entry = self.units_layer().places().checked_add(number).and_then(|number| self.entry_at(0, number));
        entry.and_then(Unit::of)
    }

    /// The unit that bears a code in a year; without a year, today.
    pub fn unit(&self, code: Code, year: Option<i16>) -> Option<Unit<'_>> {
        self.units_of_code(code).find(|unit| unit.exists(year))
    }

    /// All units that have borne a code, in time.
    pub fn units_of_code(&self, code: Code) -> impl Iterator<Item = Unit<'_>> {
        let file = self.units_layer();
        let (places, entries) = (file.places(), file.entries());
        let number = |entry: u32| file.record(entry).word(Field::Code).unwrap_or(0);
        let (mut low, mut high) = (places, entries);
        while low < high {
            let middle = low + (high - low) / 2;
            if number(middle) < code.number() {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        (low - places..entries - places)
            .map_while(move |number| self.unit_by_number(number).filter(|unit| unit.code == code))
    }

    /// All units of the code book, by code and time.
    pub fn units(&self) -> impl Iterator<Item = Unit<'_>> {
        let file = self.units_layer();
        (0..file.entries() - file.places()).filter_map(|number| self.unit_by_number(number))
    }
}
