//! `cargo xtask dictionaries compile`: makes the compiled tables out of the text tables.
//!
//! Flatten (`flatten.rs`), fuse each config into one decision trie (`fuse.rs`), choose the pairs of characters at which the engine
//! consults it (`pairs.rs`), and pack all configs into one file (`pack.rs`). The result is checked in; `--check` builds it anew
//! and compares.

mod flatten;
mod fuse;
mod pack;
mod pairs;
mod texts;

use std::path::Path;

use flatten::{Selection, flatten};
use fuse::{DecisionTrie, Entries, Fusion};
use pack::{Figures, Packed};
use pairs::PairCounts;
use tongwen::TofuRisk;
use tongwen::route::Route;

use crate::problem::{Problem, Result, read_text, write};
use crate::tables::{Recipe, Tables};

/// The compiled tables, below the repository's root.
const COMPILED: &str = "dictionaries/compiled/tables.bin";
/// How often pairs of characters occur, below the repository's root.
const PAIR_COUNTS: &str = "dictionaries/local/pair-counts.tsv";

/// What the command does with the result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    Write,
    Check,
}

/// Compiles all configs, packs the text tables, and writes or checks the files.
pub(crate) fn run(root: &Path, mode: Mode) -> Result<()> {
    let (bytes, figures) = compile(root)?;
    let packed = texts::pack(root)?;
    let files = [(root.join(COMPILED), bytes), (root.join(texts::PACKED), packed)];
    match mode {
        Mode::Write => {
            for (file, bytes) in &files {
                write(file, bytes)?;
            }
            report(&figures, files.map(|(_, bytes)| bytes.len()));
            Ok(())
        }
        Mode::Check => files.iter().try_for_each(|(file, bytes)| check(file, bytes)),
    }
}

fn check(file: &Path, fresh: &[u8]) -> Result<()> {
    let stored = std::fs::read(file).map_err(|error| Problem::of(file, error))?;
    if stored == fresh {
        return Ok(());
    }
    let at = stored.iter().zip(fresh).position(|(left, right)| left != right).unwrap_or(stored.len().min(fresh.len()));
    let text =
        format!("differs from a fresh build at byte {at}; run `cargo xtask dictionaries compile` and commit the file");
    Err(Problem::of(file, text))
}

fn report(figures: &[Figures], [tables, texts]: [usize; 2]) {
    println!(
        "{:16} {:>8} {:>8} {:>9} {:16} {:>8} parent",
        "table", "nodes", "tried", "triggers", "filter of", "changes"
    );
    for config in figures {
        let Figures { name, nodes, tried, triggers, filter_of, parent, changes } = config;
        let (filter_of, parent) = (filter_of.as_deref().unwrap_or("-"), parent.as_deref().unwrap_or("-"));
        println!("{name:16} {nodes:>8} {tried:>8} {triggers:>9} {filter_of:16} {changes:>8} {parent}");
    }
    println!("{tables} bytes of tables, {texts} of text");
}

/// The bytes of the compiled file.
pub(crate) fn compile(root: &Path) -> Result<(Vec<u8>, Vec<Figures>)> {
    let tables = Tables::load(root)?;
    let [hans, hant] = load_pair_counts(&root.join(PAIR_COUNTS))?;
    let mut tries = Vec::new();
    for route in Route::all() {
        let name = route.table_name();
        let recipe = recipe(root, route)?;
        let trie = fuse_recipe(&tables, &recipe, Selection { keys: route.keys, tofu: route.tofu_risk })
            .map_err(|message| Problem::new(format!("{name}: {message}")))?;
        tries.push((name, route.first.name().starts_with('s'), trie));
    }
    let packed: Vec<Packed<'_>> = tries
        .iter()
        .map(|(name, simplified, trie)| Packed { name, trie, counts: if *simplified { &hans } else { &hant } })
        .collect();
    pack::pack(&packed).map_err(Problem::new)
}

/// The recipe of a route. Where two configs follow each other, their chains do.
fn recipe(root: &Path, route: Route) -> Result<Recipe> {
    let mut recipe = Recipe::load(root, route.first.name())?;
    if let Some(then) = route.then {
        let then = Recipe::load(root, then.name())?;
        if recipe.segmentation.is_some() || then.segmentation.is_some() || recipe.normalization != then.normalization {
            return Err(Problem::new(format!("{} and {} cannot follow each other", recipe.name, then.name)));
        }
        recipe.chain.extend(then.chain);
    }
    Ok(recipe)
}

fn fuse_recipe(tables: &Tables, recipe: &Recipe, selection: Selection) -> Result<DecisionTrie, String> {
    let text = |problem: Problem| problem.to_string();
    let [normalization] = recipe.normalization.as_slice() else {
        return Err(format!("{} normalizations; exactly one can be fused", recipe.normalization.len()));
    };
    let normalization = flatten(tables, normalization, selection).map_err(text)?;
    // Segmentation always knows all its tables: leaving out risky characters must not move the cuts.
    let all = Selection { tofu: TofuRisk::Include, ..selection };
    let segmentation =
        recipe.segmentation.as_ref().map(|dictionary| flatten(tables, dictionary, all)).transpose().map_err(text)?;
    let stages = recipe
        .chain
        .iter()
        .map(|stage| flatten(tables, stage, selection))
        .collect::<Result<Vec<Entries>>>()
        .map_err(text)?;
    Ok(Fusion::new(&normalization, segmentation.as_ref(), &stages)?.fuse())
}

/// Reads `pair TAB hans TAB hant`; gives the counts weighted for Simplified and for Traditional sources. Text of the other
/// script counts a quarter: mixed pages exist.
fn load_pair_counts(file: &Path) -> Result<[PairCounts; 2]> {
    let mut counts = [PairCounts::default(), PairCounts::default()];
    for (line, row) in read_text(file)?.lines().enumerate().filter(|(_, row)| !row.starts_with('#') && !row.is_empty())
    {
        let fields: Vec<&str> = row.split('\t').collect();
        let parsed = match fields[..] {
            [pair, hans, hant] => {
                let mut characters = pair.chars();
                match (
                    characters.next(),
                    characters.next(),
                    characters.next(),
                    hans.parse::<u64>(),
                    hant.parse::<u64>(),
                ) {
                    (Some(first), Some(second), None, Ok(hans), Ok(hant)) => Some(((first, second), hans, hant)),
                    _ => None,
                }
            }
            _ => None,
        };
        let Some((pair, hans, hant)) = parsed else {
            return Err(Problem::at(file, line + 1, "expected a pair of characters, a tab, a count, a tab, a count"));
        };
        counts[0].0.insert(pair, hans * 4 + hant);
        counts[1].0.insert(pair, hant * 4 + hans);
    }
    Ok(counts)
}

#[cfg(test)]
mod tests {
    /// The laws of the checked-in file: current, and the same bytes in a fresh build.
    #[test]
    fn compiled_tables_are_current() {
        super::run(&crate::repository(), super::Mode::Check).unwrap_or_else(|problem| panic!("{problem}"));
    }
}
