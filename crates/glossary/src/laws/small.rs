//! Laws of the smaller tables.

use std::collections::{HashMap, HashSet};
use std::hash::Hash;

use super::Faults;
use super::places::pair;
use crate::fold::{Folding, FoldingParts};
use crate::table::{Blocker, Cue, CueSet, Era, Graph, Law, Source};

/// Keys that stand once.
struct Once<K>(HashMap<K, u64>);

impl<K: Hash + Eq> Once<K> {
    fn new() -> Once<K> {
        Once(HashMap::new())
    }

    fn check(&mut self, key: K, line: u64, column: &'static str, law: Law, faults: &mut Faults<'_>) {
        if let Some(first) = self.0.insert(key, line) {
            faults.add(line, column, law, format!("stands on line {first} already; remove one"));
        }
    }
}

pub(super) fn blockers(rows: &[Blocker], names: &HashSet<String>, folding: Folding<'_>, faults: &mut Faults<'_>) {
    let mut once = Once::new();
    for row in rows {
        let (text, name) = (folding.key(&row.text_hans), folding.key(&row.name));
        pair(row.line, ["text_hans", "text_hant"], [&row.text_hans, &row.text_hant], folding, faults);
        if !text.contains(&name) || text == name {
            let message = format!("`{}` does not contain `{}` and more; correct one of them", row.text_hans, row.name);
            faults.add(row.line, "text_hans", Law::Blockers, message);
        }
        if names.contains(&text) {
            let message = format!("`{}` is the name of a place itself; remove the row", row.text_hans);
            faults.add(row.line, "text_hans", Law::Blockers, message);
        }
        if !names.contains(&name) {
            let message = format!("`{}` is no name; a blocker of what is never found is of no use", row.name);
            faults.add(row.line, "name", Law::Blockers, message);
        }
        once.check(text, row.line, "text_hans", Law::Blockers, faults);
    }
}

pub(super) fn cues(rows: &[CueSet], faults: &mut Faults<'_>) {
    let mut once = Once::new();
    for row in rows {
        once.check(&row.name, row.line, "name", Law::Cues, faults);
        let mut seen = HashSet::new();
        for string in &row.strings {
            if !seen.insert(string) {
                faults.add(row.line, "strings", Law::Cues, format!("`{string}` stands twice; remove one"));
            }
            if !matches!(Cue::parse(string), Some(Cue::Before(_) | Cue::After(_) | Cue::Near(_))) {
                faults.add(row.line, "strings", Law::Cues, format!("`{string}` is no string of a set"));
            }
        }
    }
}

pub(super) fn eras(rows: &[Era], folding: Folding<'_>, faults: &mut Faults<'_>) {
    let mut once = Once::new();
    for row in rows {
        once.check((&row.name_hans, &row.state_hans, row.first), row.line, "name_hans", Law::Repetition, faults);
        pair(row.line, ["name_hans", "name_hant"], [&row.name_hans, &row.name_hant], folding, faults);
        pair(row.line, ["state_hans", "state_hant"], [&row.state_hans, &row.state_hant], folding, faults);
        for (column, year) in [("first", row.first), ("last", row.last)] {
            if year == 0 {
                faults.add(row.line, column, Law::Years, "is 0; the year before 1 is -1");
            }
        }
        if row.first > row.last {
            faults.add(row.line, "last", Law::Years, format!("is {}, before {}", row.last, row.first));
        }
    }
}

pub(super) fn sources(rows: &[Source], faults: &mut Faults<'_>) {
    let mut once = Once::new();
    for row in rows {
        once.check(&row.id, row.line, "id", Law::Sources, faults);
    }
}

pub(super) fn graphs(rows: &[Graph], faults: &mut Faults<'_>) {
    let without = FoldingParts::new(&[]);
    let without = without.view();
    let with = FoldingParts::new(rows);
    let with = with.view();
    let mut once = Once::new();
    for row in rows {
        once.check(row.graph, row.line, "graph", Law::Graphs, faults);
        if without.character(row.graph) != row.graph {
            let folded = without.character(row.graph);
            let message = format!("{} is folded to {folded} without this row; remove it", row.graph);
            faults.add(row.line, "graph", Law::Graphs, message);
        }
        if with.character(row.folded) == row.graph || row.graph == row.folded {
            let message = format!("{} and {} stand for each other; remove one row", row.graph, row.folded);
            faults.add(row.line, "folded", Law::Graphs, message);
        }
        if !row.example.is_empty() && !row.example.contains(row.graph) {
            faults.add(row.line, "example", Law::Graphs, format!("does not contain {}", row.graph));
        }
    }
}
