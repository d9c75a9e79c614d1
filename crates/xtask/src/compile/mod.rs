//! `cargo xtask dictionaries compile`: makes the compiled tables out of the text tables.
//!
//! The recipes of all routes are put together from OpenCC's config files and the text tables; `tongwen::compile` makes one file of them. The text tables
//! themselves are packed as well (`texts.rs`). The result is checked in; `--check` builds it anew and compares.

mod texts;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use tongwen::compile::{Figures, PairCounts, Source, sketch};
use tongwen::route::Route;
use tongwen::{Dictionary, Lookup, TofuRisk};

use crate::problem::{Problem, Result, read_text, write};
use crate::tables::{DictionarySpec, MatchPolicy, Recipe, Tables};

/// The compiled tables, below the repository's root.
const COMPILED: &str = "crates/core/compiled/tables.bin";
/// How often pairs of characters occur, below the repository's root.
const PAIR_COUNTS: &str = "dictionaries/local/pair-counts.tsv";
/// The same roughly, for the binary, below the repository's root.
const SKETCH: &str = "crates/core/compiled/pair-counts.bin";

/// What the command does with the result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    Write,
    Check,
}

/// Compiles all configs, packs the text tables, and writes or checks the files.
pub(crate) fn run(root: &Path, mode: Mode) -> Result<()> {
    let counts = load_pair_counts(&root.join(PAIR_COUNTS))?;
    let (bytes, figures) = compile(root, &counts)?;
    let packed = texts::pack(root)?;
    let files = [(root.join(COMPILED), bytes), (root.join(texts::PACKED), packed), (root.join(SKETCH), sketch(counts))];
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

fn report(figures: &[Figures], [tables, texts, counts]: [usize; 3]) {
    println!("{:16} {:>8} {:>8} {:>9} {:>8} parent", "table", "nodes", "tried", "triggers", "changes");
    for config in figures {
        let Figures { name, nodes, tried, triggers, parent, changes } = config;
        let parent = parent.as_deref().unwrap_or("-");
        println!("{name:16} {nodes:>8} {tried:>8} {triggers:>9} {changes:>8} {parent}");
    }
    println!("{tables} bytes of tables, {texts} of text, {counts} of counts");
}

/// The bytes of the compiled file.
fn compile(root: &Path, counts: &[Counted]) -> Result<(Vec<u8>, Vec<Figures>)> {
    with_sources(root, counts, tongwen::compile::compile)
}

/// All pairs of characters that are adjacent in a path of some config.
pub(crate) fn adjacent_pairs(root: &Path) -> Result<BTreeSet<(char, char)>> {
    with_sources(root, &[], tongwen::compile::adjacent_pairs)
}

/// Hands over the recipes of all routes.
fn with_sources<T>(
    root: &Path,
    counts: &[Counted],
    make: impl FnOnce(&[Source<'_>]) -> std::result::Result<T, String>,
) -> Result<T> {
    let tables = Tables::load(root)?;
    // Weighted for Simplified and for Traditional sources. Text of the other script counts a quarter: mixed pages exist.
    let weighted = |hans_weight, hant_weight| -> PairCounts {
        counts.iter().map(|(pair, [hans, hant])| (*pair, hans * hans_weight + hant * hant_weight)).collect()
    };
    let (hans, hant) = (weighted(4, 1), weighted(1, 4));
    let mut dictionaries = Dictionaries { tables: &tables, read: BTreeMap::new() };
    let mut recipes = Vec::new();
    for route in Route::all() {
        recipes.push((route, route.table_name(), dictionaries.recipe(&recipe(root, route)?, route.tofu_risk)?));
    }
    let sources: Vec<Source<'_>> = recipes
        .iter()
        .map(|(route, name, recipe)| Source {
            name,
            recipe,
            keys: route.keys,
            counts: if route.first.name().starts_with('s') { &hans } else { &hant },
        })
        .collect();
    make(&sources).map_err(Problem::new)
}

/// The text tables as the library has them, each read once.
struct Dictionaries<'a> {
    tables: &'a Tables,
    read: BTreeMap<String, Arc<Dictionary>>,
}

impl Dictionaries<'_> {
    fn recipe(&mut self, recipe: &Recipe, tofu_risk: TofuRisk) -> Result<tongwen::Recipe> {
        // Segmentation always knows all its tables: leaving out risky characters must not move the cuts.
        let segmentation = recipe.segmentation.iter().map(|spec| self.lookup(spec, TofuRisk::Include)).next();
        let mut all = |specs: &[DictionarySpec]| -> Result<Vec<Lookup>> {
            specs.iter().filter_map(|spec| self.lookup(spec, tofu_risk).transpose()).collect()
        };
        Ok(tongwen::Recipe {
            name: recipe.name.clone(),
            normalization: all(&recipe.normalization)?,
            chain: all(&recipe.chain)?,
            segmentation: segmentation.transpose()?.flatten(),
        })
    }

    /// The dictionary as a lookup; none where it is left out.
    fn lookup(&mut self, spec: &DictionarySpec, tofu_risk: TofuRisk) -> Result<Option<Lookup>> {
        let (DictionarySpec::Table { may_output_tofu, .. } | DictionarySpec::Group { may_output_tofu, .. }) = spec;
        if *may_output_tofu && tofu_risk == TofuRisk::Exclude {
            return Ok(None);
        }
        Ok(Some(match spec {
            DictionarySpec::Table { name, .. } => Lookup::Table(self.dictionary(name)?),
            DictionarySpec::Group { policy, members, .. } => Lookup::Group {
                policy: match policy {
                    MatchPolicy::ShortCircuit => tongwen::MatchPolicy::ShortCircuit,
                    MatchPolicy::Union => tongwen::MatchPolicy::Union,
                },
                members: members
                    .iter()
                    .filter_map(|member| self.lookup(member, tofu_risk).transpose())
                    .collect::<Result<_>>()?,
            },
        }))
    }

    fn dictionary(&mut self, name: &str) -> Result<Arc<Dictionary>> {
        if let Some(read) = self.read.get(name) {
            return Ok(Arc::clone(read));
        }
        let file = &self.tables.get(name)?.file;
        let dictionary = Dictionary::parse(&file.display().to_string(), &read_text(file)?);
        let dictionary = Arc::new(dictionary.map_err(|error| Problem::of(file, error))?);
        self.read.insert(name.to_string(), Arc::clone(&dictionary));
        Ok(dictionary)
    }
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

/// A pair of characters and how often it occurs in Simplified and in Traditional text.
type Counted = ((char, char), [u64; 2]);

/// Reads `pair TAB hans TAB hant`.
fn load_pair_counts(file: &Path) -> Result<Vec<Counted>> {
    let mut counts = Vec::new();
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
        counts.push((pair, [hans, hant]));
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
