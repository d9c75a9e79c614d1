//! What people who know history look up, and where it is today.
//!
//! `data/names.tsv` was written from lists that a historian expects (prefectures of each dynasty, counties renamed, treaty ports), without a look at
//! the tables: a name in both scripts, a year in which it is met, and what the place is called today, one of several. A name is right when one
//! of its answers was in use in that year and lies there. Of a place that a range of units lies in, the unit above is right as well.
//!
//! Of the prefectures about 1905 all have rows of their own, so that a name and its year are answered by them first and not by a unit of today.

use std::collections::BTreeMap;

use tongwen_glossary::{EntryKind, Glossary, Interval, Match, Query, Script};

/// The list that has all units of the level of a prefecture.
const COMPLETE: &str = "prefectures of the late Qing";

struct Row<'a> {
    kind: &'a str,
    names: [&'a str; 2],
    year: Option<i16>,
    today: Vec<&'a str>,
}

fn rows() -> Vec<Row<'static>> {
    let text = include_str!("data/names.tsv");
    let row = |(index, line): (usize, &'static str)| {
        let fields: Vec<&str> = line.split('\t').collect();
        let [kind, hans, hant, year, today] = fields[..] else { panic!("names.tsv:{}: {line}", index + 1) };
        let year =
            (!year.is_empty()).then(|| year.parse().unwrap_or_else(|_| panic!("names.tsv:{}: {year}", index + 1)));
        Row { kind, names: [hans, hant], year, today: today.split('|').collect() }
    };
    text.lines().enumerate().skip(1).map(row).collect()
}

/// Whether the answer was in use in the year, as far as its years are known, and lies where it is expected.
///
/// The code book begins in 1980; a unit that stands in it without a first year has had its name for longer.
fn is_right(found: &Match<'_>, row: &Row<'_>) -> bool {
    let unit = found.entry.kind() == EntryKind::Unit;
    let years = found.entry.years();
    let in_use = match (row.year, found.interval) {
        (None, _) | (_, None | Some(Interval::Inside | Interval::Unknown)) => true,
        (Some(year), _) if unit => year >= 1912 || years.from.is_none(),
        (Some(year), Some(Interval::Before(_))) => years.from.is_none_or(|from| year >= from),
        (Some(year), Some(Interval::After(_))) => years.to.is_none_or(|to| year <= to),
    };
    let lies = |modern: &tongwen_glossary::Modern<'_>| {
        let path = modern.path(Script::Simplified).concat();
        row.today.iter().any(|today| path.contains(today))
    };
    in_use && found.entry.modern(None).iter().any(lies)
}

/// Whether the answer is a historical name whose own years hold the year that was asked for.
fn is_of_the_year(found: &Match<'_>) -> bool {
    found.entry.kind() != EntryKind::Unit && found.interval == Some(Interval::Inside)
}

/// Asks for a name in the year of a row.
fn ask<'g>(glossary: &'g Glossary, name: &str, row: &Row<'_>) -> Vec<Match<'g>> {
    let mut query = Query::new(name);
    query.year = row.year;
    glossary.lookup(&query).matches
}

#[test]
fn names_without_their_suffix_are_answered_by_places_of_the_year() {
    let glossary = Glossary::embedded();
    let (mut asked, mut wrong) = (0, Vec::new());
    for row in rows().iter().filter(|row| row.kind == COMPLETE) {
        for name in row.names {
            let stem = ['府', '州', '厅', '廳'].iter().find_map(|suffix| name.strip_suffix(*suffix)).unwrap_or(name);
            if stem == name || stem.chars().count() < 2 {
                continue;
            }
            asked += 1;
            let first = ask(&glossary, stem, row).into_iter().next();
            if !first.is_some_and(|found| is_of_the_year(&found)) {
                wrong.push(format!("{stem} {:?} {}", row.year, row.today.join("|")));
            }
        }
    }
    assert!(asked > 400, "{asked}");
    assert!(wrong.is_empty(), "{} of {asked} are answered by others:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn names_that_are_expected_are_found_in_both_scripts() {
    let glossary = Glossary::embedded();
    let mut kinds: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    let mut wrong = Vec::new();
    for row in rows() {
        let right = row.names.iter().all(|name| {
            let matches = ask(&glossary, name, &row);
            let complete = row.kind == COMPLETE;
            (!complete || matches.first().is_some_and(is_of_the_year))
                && matches.iter().any(|found| is_right(found, &row) && (!complete || is_of_the_year(found)))
        });
        let (all, found) = kinds.entry(row.kind).or_default();
        *all += 1;
        *found += usize::from(right);
        if !right {
            wrong.push(format!("{} {:?} {}", row.names[1], row.year, row.today.join("|")));
        }
    }
    assert!(kinds.len() > 20 && kinds.values().map(|(all, _)| all).sum::<usize>() > 5000);
    assert!(wrong.is_empty(), "names are not found as expected:\n{}\nfound of each kind: {kinds:?}", wrong.join("\n"));
}
