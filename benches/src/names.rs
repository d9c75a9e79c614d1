//! Cost of a look-up of names of places, and of opening the glossary.
//!
//! One task asks for a thousand different names, spread over the whole glossary, so that no branch predictor and no cache knows a single one
//! by heart. The names are those of the entries themselves, in the form that the task is about; near misses are asked for with one character
//! taken out of the middle, where that leaves a name that no place has.

use std::hint::black_box;

use serde::{Deserialize, Serialize};
use tongwen_glossary::{Entry, Glossary, Mode, Query, Script};

use crate::report::{Side, Table, number};
use crate::sample::{Clock, Figure, Plan, Task, interleave};

/// Names in a set.
const NAMES: usize = 1000;
/// Near misses take a thousand times as long.
const MISSES: usize = 10;

/// What the glossary costs.
#[derive(Serialize, Deserialize)]
pub(crate) struct Names {
    pub(crate) entries: usize,
    /// What the times were read from.
    pub(crate) clock: Clock,
    pub(crate) rows: Vec<NameRow>,
}

/// One kind of call.
#[derive(Serialize, Deserialize)]
pub(crate) struct NameRow {
    pub(crate) what: String,
    /// Whether it finds a name that is there, which has a goal.
    pub(crate) found: bool,
    /// Microseconds a call.
    pub(crate) microseconds: f64,
    pub(crate) figure: Figure,
}

/// Measures every kind of call.
pub(crate) fn measure(plan: Plan) -> Names {
    let glossary = Glossary::embedded();
    let entries = glossary.entries().count();
    let exact = names(&glossary, |entry| entry.name(Script::Traditional).to_string());
    let dated = exact.iter().cloned().map(|query| query.year(1876)).collect();
    let regions: Vec<_> = ["xj", "db", "13", "44"].iter().filter_map(|name| glossary.region(name)).collect();
    let regional = exact.iter().cloned().enumerate();
    let regional = regional.map(|(index, query)| query.region(regions[index % regions.len()])).collect();
    let prefix = exact.iter().cloned().map(|query| query.mode(Mode::Prefix)).collect();
    let reverse = units(&glossary).into_iter().map(|query| query.mode(Mode::Reverse)).collect();
    let missing = missing(&glossary, &exact);
    let sets: Vec<(&str, bool, Vec<Query>)> = vec![
        ("the name, traditional", true, exact),
        ("the same and a year", true, dated),
        ("the same and a region", true, regional),
        (
            "full form: 迪化府",
            true,
            names(&glossary, |entry| entry.full_names(Script::Simplified).next().unwrap_or_default()),
        ),
        ("pinyin", true, names(&glossary, |entry| entry.pinyin().to_string())),
        ("postal spelling", true, names(&glossary, |entry| entry.postal().next().unwrap_or_default().to_string())),
        ("start of a name", false, prefix),
        ("former names of a unit", false, reverse),
        ("near misses", false, missing),
    ];
    let mut tasks = vec![Task::new("open the glossary", || _ = black_box(Glossary::embedded()))];
    for (what, _, queries) in &sets {
        let glossary = &glossary;
        tasks.push(Task::new(*what, move || {
            for query in queries {
                black_box(glossary.lookup(black_box(query)));
            }
        }));
    }
    let figures = interleave(&mut tasks, plan);
    let calls = std::iter::once((false, 1)).chain(sets.iter().map(|(_, found, queries)| (*found, queries.len())));
    let rows = tasks.iter().zip(figures).zip(calls).map(|((task, figure), (found, calls))| NameRow {
        what: task.name.clone(),
        found,
        microseconds: figure.seconds * 1e6 / calls as f64,
        figure,
    });
    Names { entries, clock: plan.clock, rows: rows.collect() }
}

/// Queries for names from all over the glossary.
fn names(glossary: &Glossary, name: impl Fn(Entry<'_>) -> String) -> Vec<Query> {
    let all: Vec<String> = glossary.entries().map(name).filter(|name| !name.is_empty()).collect();
    all.iter().step_by((all.len() / NAMES).max(1)).take(NAMES).map(Query::new).collect()
}

/// Queries for units of today.
fn units(glossary: &Glossary) -> Vec<Query> {
    let today = |entry: &Entry<'_>| entry.unit().is_some_and(|unit| unit.exists(None));
    let all: Vec<String> =
        glossary.entries().filter(today).map(|entry| entry.name(Script::Simplified).to_string()).collect();
    all.iter().step_by((all.len() / NAMES).max(1)).take(NAMES).map(Query::new).collect()
}

/// Queries for names with a character taken out of the middle that no place has.
fn missing(glossary: &Glossary, queries: &[Query]) -> Vec<Query> {
    let shorter = |query: &Query| {
        let mut characters: Vec<char> = query.text.chars().collect();
        characters.remove(characters.len() / 2);
        Query::new(characters.into_iter().collect::<String>())
    };
    let long = queries.iter().filter(|query| query.text.chars().count() >= 3).map(shorter);
    long.filter(|query| glossary.lookup(query).matches.is_empty()).take(MISSES).collect()
}

/// Prints the figures.
pub(crate) fn print(names: &Names) {
    println!("names of places, {} entries; microseconds a call\n", names.entries);
    let mut table = Table::new(Side::Right, ["call", "median", "best"]);
    for row in &names.rows {
        let scale = row.microseconds / row.figure.seconds;
        table.row(vec![row.what.clone(), number(Some(row.microseconds)), number(Some(row.figure.best * scale))]);
    }
    table.print();
}
