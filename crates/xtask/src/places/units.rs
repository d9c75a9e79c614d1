//! Units: runs of revisions in which a code keeps its name, and what each became.
//!
//! A unit begins in the year whose revision has it first and ends in the year whose revision has it no more; where an event of the
//! same unit names a year next to that, the event's year is taken. A hole of a few years in a run (some editions of the statistics
//! office leave units out) is no end.
//!
//! What a unit became, the first of these that gives one answer:
//!
//! 1. a correction;
//! 2. the event with its code and name in that year, if it names a unit that exists then;
//! 3. the unit of the same name and level in the same province that began then (its code changed), else that exists then;
//! 4. the unit of the same stem in the same province that began then (龙岩县 → 龙岩市), of the same level before others, else that
//!    exists then (榆次县 went into 榆次市).
//!
//! The stem is the name without its type and, in autonomous units, without the names of peoples ([`unit_stem`](tongwen_glossary::unit_stem)).

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;
use tongwen_glossary::unit_stem as stem;

use super::code_book::{Code, CodeBook, Event, TODAY};
use super::coordinates::Coordinates;
use super::corrections::{Action, Correction};
use super::names::Names;
use crate::problem::Result;

/// Longer holes are two units.
const HOLE: usize = 6;

/// A code with a name, for as long as it has both.
#[derive(Clone, Debug)]
pub(crate) struct Unit {
    pub(crate) code: Code,
    pub(crate) name: String,
    /// Numbers of the first and the last revision that have it.
    first: usize,
    last: usize,
    /// The year in which it began; `None` for what the first revision has.
    pub(crate) from: Option<u16>,
    /// The year in which it ended: the first in which it is no more.
    pub(crate) to: Option<u16>,
    pub(crate) successors: Vec<(Code, u16)>,
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} until {:?}", self.code, self.name, self.to)
    }
}

/// All units, sorted by code and time.
pub(crate) struct Units {
    years: Vec<u16>,
    units: Vec<Unit>,
}

/// A row of `units.csv`.
#[derive(Serialize)]
pub(crate) struct Row {
    pub(crate) gb_code: Code,
    pub(crate) name_hans: String,
    pub(crate) name_hant: String,
    pub(crate) pinyin: String,
    pub(crate) postal: String,
    pub(crate) level: &'static str,
    pub(crate) parent_code: Option<Code>,
    pub(crate) from: Option<u16>,
    pub(crate) to: Option<u16>,
    pub(crate) succ: String,
    pub(crate) lat: String,
    pub(crate) lon: String,
}

/// Makes units of the code book and finds their successors.
pub(crate) fn settle(book: &CodeBook, corrections: &[Correction]) -> Result<Units> {
    let years: Vec<u16> = book.snapshots.keys().copied().collect();
    let mut snapshots: Vec<BTreeMap<Code, String>> = book.snapshots.values().cloned().collect();
    let misspelt: Vec<&Correction> =
        corrections.iter().filter(|row| matches!(row.action, Action::Name | Action::Drop)).collect();
    for row in misspelt {
        let mut used = false;
        for names in &mut snapshots {
            if names.get(&row.gb_code) == Some(&row.name) {
                used = true;
                match row.action {
                    Action::Name => names.insert(row.gb_code, row.value.clone()),
                    _ => names.remove(&row.gb_code),
                };
            }
        }
        if !used {
            return Err(row.problem(format_args!("no revision has {} {}; remove the row", row.gb_code, row.name)));
        }
    }
    let mut units = Units { units: runs(&snapshots), years };
    units.date(&book.events);
    for row in corrections.iter().filter(|row| matches!(row.action, Action::From | Action::To)) {
        let year = row.year()?;
        let unit = units.named(row)?;
        match row.action {
            Action::From => units.units[unit].from = Some(year),
            _ => units.units[unit].to = Some(year),
        }
    }
    for row in corrections.iter().filter(|row| row.action == Action::Succ) {
        let unit = units.named(row)?;
        units.units[unit].successors = row.successors()?;
    }
    units.find_successors(&book.events);
    units.check(corrections)?;
    Ok(units)
}

fn runs(snapshots: &[BTreeMap<Code, String>]) -> Vec<Unit> {
    let mut open: BTreeMap<Code, Unit> = BTreeMap::new();
    let mut units = Vec::new();
    for (revision, names) in snapshots.iter().enumerate() {
        for (&code, name) in names {
            if let Some(unit) = open.get_mut(&code)
                && unit.name == *name
                && revision - unit.last <= HOLE
            {
                unit.last = revision;
                continue;
            }
            let unit = Unit {
                code,
                name: name.clone(),
                first: revision,
                last: revision,
                from: None,
                to: None,
                successors: Vec::new(),
            };
            units.extend(open.insert(code, unit));
        }
    }
    units.extend(open.into_values());
    units.sort_by_key(|unit| (unit.code, unit.first));
    units
}

impl Units {
    /// The unit that a correction names.
    fn named(&self, row: &Correction) -> Result<usize> {
        let mut found = self.units.iter().enumerate().filter(|(_, unit)| {
            unit.code == row.gb_code && unit.name == row.name && (row.until.is_none() || unit.to == row.until)
        });
        let (index, _) = found.next().ok_or_else(|| {
            let others: Vec<String> =
                self.units.iter().filter(|unit| unit.code == row.gb_code).map(ToString::to_string).collect();
            row.problem(format_args!(
                "no unit {} {} until {:?}; there are {others:?}",
                row.gb_code, row.name, row.until
            ))
        })?;
        match found.next() {
            None => Ok(index),
            Some(_) => Err(row.problem("several units have this code and name; say until when")),
        }
    }

    /// Years of beginning and end, from the revisions and the events beside them.
    fn date(&mut self, events: &[Event]) {
        let end = self.years.len() - 1;
        let mut by_old: BTreeMap<(Code, &str), Vec<u16>> = BTreeMap::new();
        let mut by_new: BTreeMap<(Code, &str), Vec<u16>> = BTreeMap::new();
        for event in events {
            by_old.entry((event.old.0, &event.old.1)).or_default().push(event.year);
            if let Some(new) = &event.new {
                by_new.entry((new.0, &new.1)).or_default().push(event.year);
            }
        }
        for unit in &mut self.units {
            let key = (unit.code, unit.name.as_str());
            // Between two revisions lies a year as a rule, seven before today's.
            let near = |years: Option<&Vec<u16>>, before: u16, after: u16| {
                years.into_iter().flatten().copied().find(|&year| year >= before && year <= after)
            };
            if unit.first > 0 {
                let (before, after) = (self.years[unit.first - 1], self.years[unit.first]);
                unit.from = Some(near(by_new.get(&key), before, after).unwrap_or(after));
            }
            if unit.last < end {
                let (before, after) = (self.years[unit.last], self.years[unit.last + 1]);
                unit.to = Some(near(by_old.get(&key), before, after).unwrap_or(after));
            }
        }
        // One code, one unit at a time: where two meet, the later one's beginning is the earlier one's end.
        for index in 1..self.units.len() {
            let (earlier, later) = self.units.split_at_mut(index);
            let (earlier, later) = (&mut earlier[index - 1], &mut later[0]);
            if earlier.code == later.code && earlier.to > later.from {
                earlier.to = later.from;
            }
        }
    }

    fn alive(&self, index: usize, revision: usize) -> bool {
        self.units[index].first <= revision && revision <= self.units[index].last
    }

    fn find_successors(&mut self, events: &[Event]) {
        let mut by_old: BTreeMap<(Code, &str), Vec<&Event>> = BTreeMap::new();
        for event in events.iter().filter(|event| !event.code_was_reassigned) {
            by_old.entry((event.old.0, &event.old.1)).or_default().push(event);
        }
        let mut by_code: BTreeMap<Code, Vec<usize>> = BTreeMap::new();
        let mut by_stem: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (index, unit) in self.units.iter().enumerate() {
            by_code.entry(unit.code).or_default().push(index);
            by_stem.entry(stem(&unit.name)).or_default().push(index);
        }
        let mut found: Vec<(usize, usize)> = Vec::new();
        for (index, unit) in self.units.iter().enumerate() {
            let Some(to) = unit.to.filter(|_| unit.successors.is_empty()) else { continue };
            let next = unit.last + 1;
            let by_event = || {
                let events = by_old.get(&(unit.code, unit.name.as_str()))?;
                let news =
                    events.iter().filter(|event| event.year.abs_diff(to) <= 1).filter_map(|event| event.new.as_ref());
                // The package of events mixes up districts of the same name in different provinces.
                let news = news.filter(|(code, _)| same_province(unit.code, *code));
                news.filter_map(|(code, name)| {
                    let units = by_code.get(code)?;
                    // A revision may be late by one.
                    let fits = |&&new: &&usize| {
                        new != index
                            && self.units[new].name == *name
                            && self.units[new].first <= next + 1
                            && self.units[new].last > unit.last
                    };
                    units.iter().find(fits).copied()
                })
                .next()
            };
            let by_name = || {
                let all: Vec<usize> = by_stem
                    .get(stem(&unit.name))?
                    .iter()
                    .copied()
                    .filter(|&new| {
                        new != index && self.alive(new, next) && same_province(unit.code, self.units[new].code)
                    })
                    .collect();
                let level = level(unit.code);
                let began = |&new: &usize| self.units[new].first > unit.last;
                let same_level = |&new: &usize| super::units::level(self.units[new].code) == level;
                let same_name = |&new: &usize| self.units[new].name == unit.name;
                let only = |rule: &dyn Fn(&usize) -> bool| {
                    let mut fitting = all.iter().filter(|new| rule(new));
                    fitting.next().filter(|_| fitting.next().is_none()).copied()
                };
                only(&|new| same_name(new) && same_level(new) && began(new))
                    .or_else(|| only(&|new| same_name(new) && same_level(new)))
                    .or_else(|| only(&|new| same_level(new) && began(new)))
                    .or_else(|| only(&began))
                    .or_else(|| only(&same_level))
                    .or_else(|| only(&|_| true))
            };
            if let Some(new) = by_event().or_else(by_name) {
                found.push((index, new));
            }
        }
        for (old, new) in found {
            let to = self.units[old].to.expect("only units that ended were looked at");
            let code = self.units[new].code;
            // The two packages may date the two sides of one change a year apart.
            if self.units[new].first > self.units[old].last && self.units[new].from > Some(to) {
                let before = self.predecessor(new).and_then(|index| self.units[index].to);
                self.units[new].from = Some(before.unwrap_or(to).max(to));
            }
            let year = self.units[new].from.map_or(to, |from| from.max(to));
            self.units[old].successors = vec![(code, year)];
        }
    }

    /// The unit that bore the code before.
    fn predecessor(&self, index: usize) -> Option<usize> {
        let before = index.checked_sub(1)?;
        (self.units[before].code == self.units[index].code).then_some(before)
    }

    /// The unit that bears a code in a year.
    pub(crate) fn at(&self, code: Code, year: u16) -> Option<&Unit> {
        let start = self.units.partition_point(|unit| unit.code < code);
        self.units[start..]
            .iter()
            .take_while(|unit| unit.code == code)
            .find(|unit| unit.from.is_none_or(|from| from <= year) && unit.to.is_none_or(|to| year < to))
    }

    /// Every successor exists in its year.
    fn check(&self, corrections: &[Correction]) -> Result<()> {
        for unit in &self.units {
            for &(code, year) in &unit.successors {
                if self.at(code, year).is_none() {
                    let text = format!("{unit} became {code} in {year}, which does not exist then");
                    let row = corrections.iter().find(|row| row.gb_code == unit.code && row.action == Action::Succ);
                    return Err(
                        row.map_or_else(|| crate::problem::Problem::new(text.clone()), |row| row.problem(&text))
                    );
                }
            }
        }
        Ok(())
    }

    pub(crate) fn without_successor(&self) -> Vec<&Unit> {
        self.units.iter().filter(|unit| unit.to.is_some() && unit.successors.is_empty()).collect()
    }

    /// The rows of `units.csv`.
    pub(crate) fn rows(&self, names: &Names, coordinates: &Coordinates) -> Vec<Row> {
        self.units
            .iter()
            .map(|unit| {
                let year = unit.to.map_or(TODAY, |to| to - 1).max(unit.from.unwrap_or(0));
                let parent = parent(unit.code).into_iter().find(|&code| self.at(code, year).is_some());
                let province = self.at(unit.code / 10000 * 10000, year).map(|unit| unit.name.as_str());
                let place = coordinates.of(&unit.name, province.unwrap_or_default());
                let degrees = |value: f64| format!("{value:.2}");
                Row {
                    gb_code: unit.code,
                    name_hans: unit.name.clone(),
                    name_hant: names.traditional(&unit.name),
                    pinyin: names.pinyin(&unit.name),
                    postal: names.postal(&unit.name).to_string(),
                    level: match level(unit.code) {
                        1 => "province",
                        2 => "prefecture",
                        _ => "county",
                    },
                    parent_code: parent,
                    from: unit.from,
                    to: unit.to,
                    succ: unit
                        .successors
                        .iter()
                        .map(|(code, year)| format!("{code}@{year}"))
                        .collect::<Vec<_>>()
                        .join(";"),
                    lat: place.map(|place| degrees(place.0)).unwrap_or_default(),
                    lon: place.map(|place| degrees(place.1)).unwrap_or_default(),
                }
            })
            .collect()
    }
}

/// 1 provinces, 2 prefectures, 3 counties.
fn level(code: Code) -> u8 {
    match code {
        code if code % 10000 == 0 => 1,
        code if code % 100 == 0 => 2,
        _ => 3,
    }
}

/// The codes that may be the parent's, the nearest first.
fn parent(code: Code) -> Vec<Code> {
    match level(code) {
        1 => vec![],
        2 => vec![code / 10000 * 10000],
        _ => vec![code / 100 * 100, code / 10000 * 10000],
    }
}

/// Hainan was a part of Guangdong until 1988, Chongqing of Sichuan until 1997.
fn same_province(old: Code, new: Code) -> bool {
    let (old, new) = (old / 10000, new / 10000);
    old == new || (old, new) == (44, 46) || (old, new) == (51, 50)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holes_are_no_ends_and_other_names_are_other_units() {
        let snapshot = |names: &[(Code, &str)]| names.iter().map(|&(code, name)| (code, name.to_string())).collect();
        let snapshots: Vec<BTreeMap<Code, String>> = vec![
            snapshot(&[(652322, "米泉县")]),
            snapshot(&[]),
            snapshot(&[(652322, "米泉县")]),
            snapshot(&[(652322, "甲县")]),
        ];
        let units = runs(&snapshots);
        let seen: Vec<_> = units.iter().map(|unit| (unit.name.as_str(), unit.first, unit.last)).collect();
        assert_eq!(seen, [("米泉县", 0, 2), ("甲县", 3, 3)]);
    }
}
