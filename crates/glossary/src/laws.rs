//! What must hold for the tables of places.
//!
//! [`check`] says where the tables of the repository break a law, [`check_overlay`] where rows of a user's do. Both read every row and give
//! every fault, in the order of the files; `cargo xtask places check`, `tongwen places check` and the tests call them.
//!
//! | law | says |
//! |---|---|
//! | [`Id`](Law::Id) | rows are sorted by id; an id stands once, is `region-name-year`, and the region is known |
//! | [`Scripts`](Law::Scripts) | the names of both scripts have as many characters and fold to the same key; no control characters, no stray blanks |
//! | [`Years`](Law::Years) | there is no year 0; a span ends no earlier than it starts; a year has a precision and a precision a year; the next name of a place begins no earlier than this one, unless it is a name that came back and lasts longer |
//! | [`Codes`](Law::Codes) | a code names a unit in its year; a row has codes or a name of today, not both and not none |
//! | [`Chains`](Law::Chains) | a next row is there; chains have no circle and end in a unit that exists today or in a name of today |
//! | [`Cues`](Law::Cues) | `context` has cues; cues can be read, name a set that is there, and stand once |
//! | [`Sources`](Law::Sources) | a row has a source, which is in `sources.csv`; what is not sure has notes that say why |
//! | [`Latin`](Law::Latin) | pinyin is words of pinyin without tones, a capital first; postal spellings are Latin; other names have a language |
//! | [`Coordinates`](Law::Coordinates) | coordinates that are not abroad lie in or around China |
//! | [`Suffixes`](Law::Suffixes) | an official suffix is Han characters, stands once, and the name does not end in it already |
//! | [`Repetition`](Law::Repetition) | no two rows of one kind say the same name of the same units from the same year; variants stand once and are not the name |
//! | [`Units`](Law::Units) | a code has one unit at a time; a unit ends no earlier than it begins, has a parent of the level above, and, when it ended, successors, which exist and lead to a unit of today in the same province (Chongqing and Hainan were parts of others); those of a district lie in its city |
//! | [`Blockers`](Law::Blockers) | a blocker contains its name, is longer, stands once, and the name is one, alone or with an official suffix |
//! | [`Graphs`](Law::Graphs) | a graph stands once and is not folded without its row |

mod places;
mod small;
#[cfg(test)]
mod tests;
mod units;

use std::collections::{HashMap, HashSet};

use crate::Overlay;
use crate::compile::UnitIndex;
use crate::fold::FoldingParts;
use crate::gazetteer::Glossary;
use crate::table::{CodeAt, Fault, Law, Place, TableFile, Tables};

use places::{Context, NextRow};

/// Faults in the making.
pub(crate) struct Faults<'a> {
    file: &'a str,
    found: Vec<Fault>,
}

impl<'a> Faults<'a> {
    fn new(file: &'a str) -> Faults<'a> {
        Faults { file, found: Vec::new() }
    }

    fn add(&mut self, line: u64, column: &'static str, law: Law, message: impl Into<String>) {
        self.found.push(Fault {
            file: self.file.to_string(),
            line,
            column: Some(column),
            law,
            message: message.into(),
        });
    }
}

/// Every place where the tables break a law.
pub fn check(tables: &Tables) -> Vec<Fault> {
    let folding = FoldingParts::new(&tables.graphs);
    let folding = folding.view();
    let units = UnitIndex::new(&tables.units);
    let ids: HashMap<&str, &Place> = tables.places.iter().map(|place| (place.id.as_str(), place)).collect();
    let context = Context {
        folding,
        unit_exists: &|code| units.resolve(code).is_some(),
        code_years: &|code| units.years_of(code),
        reaches_today: &|code| units.reaches_today(code),
        row: &|id| ids.get(id).map(|place| NextRow { next: &place.next_id, years: place.years }),
        cue_sets: tables.cues.iter().map(|set| set.name.as_str()).collect(),
        sources: Some(tables.sources.iter().map(|source| source.id.as_str()).collect()),
    };
    let mut faults = Faults::new(tables.file(TableFile::Places));
    places::check_order(&tables.places, &mut faults);
    places::check(&tables.places, &context, &mut faults);
    faults.file = tables.file(TableFile::Units);
    units::check(&tables.units, &units, folding, &mut faults);
    let names: HashSet<String> = tables
        .places
        .iter()
        .flat_map(|place| {
            let names = [&place.name_hans, &place.name_hant].into_iter().chain(&place.variants).cloned();
            let full = place.official_suffix.iter().map(|suffix| format!("{}{suffix}", place.name_hans));
            names.chain(full)
        })
        .map(|name| folding.key(&name))
        .chain(
            tables
                .units
                .iter()
                .flat_map(|unit| [folding.key(&unit.name_hans), folding.key(crate::unit_stem(&unit.name_hans))]),
        )
        .collect();
    faults.file = tables.file(TableFile::Blockers);
    small::blockers(&tables.blockers, &names, folding, &mut faults);
    faults.file = tables.file(TableFile::Cues);
    small::cues(&tables.cues, &mut faults);
    faults.file = tables.file(TableFile::Eras);
    small::eras(&tables.eras, folding, &mut faults);
    faults.file = tables.file(TableFile::Sources);
    small::sources(&tables.sources, &mut faults);
    faults.file = tables.file(TableFile::Graphs);
    small::graphs(&tables.graphs, &mut faults);
    faults.found
}

/// Every place where the rows of an overlay break a law, seen together with the glossary that they are for.
///
/// Ids may have any form and rows any order, and where rows are from is the user's affair; what else the repository asks of its rows is
/// asked of these.
pub fn check_overlay(glossary: &Glossary, overlay: &Overlay) -> Vec<Fault> {
    let own: HashMap<&str, &Place> = overlay.places().iter().map(|place| (place.id.as_str(), place)).collect();
    let unit = |code: CodeAt| glossary.unit(code.code, code.year);
    let context = Context {
        folding: glossary.units_layer().folding(),
        unit_exists: &|code| unit(code).is_some(),
        code_years: &|code| glossary.units_of_code(code).map(|unit| (unit.from(), unit.to())).collect(),
        reaches_today: &|code| unit(code).is_some_and(|unit| !unit.in_year(None).is_empty()),
        row: &|id| match own.get(id) {
            Some(place) => Some(NextRow { next: &place.next_id, years: place.years }),
            None => glossary
                .entry(id)
                .map(|entry| NextRow { next: entry.next_id().unwrap_or_default(), years: entry.years() }),
        },
        cue_sets: glossary.cue_sets().map(|set| set.name).collect(),
        sources: None,
    };
    let mut faults = Faults::new(overlay.name());
    places::check(overlay.places(), &context, &mut faults);
    faults.found
}
