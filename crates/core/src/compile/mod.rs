//! Compiles recipes into the tables that the engine reads.
//!
//! The official configs lie compiled in the binary; `cargo xtask dictionaries compile` has made them with what is here. A recipe of one's own is
//! compiled in memory and is as fast then.
//!
//! Flatten each lookup into one longest-match table (`flatten.rs`), fuse the stages into one decision trie (`fuse.rs`), choose the pairs of
//! characters at which the engine consults it (`pairs.rs`) and what tells them (`classes.rs`), find out which characters beside these matter (`neighbours.rs`)
//! and which may be part of units (`covers.rs`), and pack it into a file (`pack.rs`).
//!
//! # Limits
//!
//! Not every recipe can be compiled: a chain has one or two stages, a normalization one character for one, ASCII alone is never
//! replaced, and phrases fit the layout. What cannot is an error that names the reason, never a table that does something else.

mod classes;
mod counts;
mod covers;
mod flatten;
mod fuse;
mod neighbours;
mod pack;
mod pairs;
mod words;

pub(crate) use classes::NARROW_SHARE;
pub(crate) use counts::Side;
pub use counts::{PairCounts, sketch};
pub use pack::Figures;

use flatten::flatten;
use fuse::{DecisionTrie, Entries, Fusion};
use pack::Packed;

use std::collections::BTreeSet;

use crate::Recipe;
use crate::route::Keys;

/// A recipe to be compiled.
#[derive(Clone, Copy, Debug)]
pub struct Source<'a> {
    /// What it is to be called in the file.
    pub name: &'a str,
    /// The recipe.
    pub recipe: &'a Recipe,
    /// Which of its entries take part.
    pub keys: Keys,
    /// How often pairs of characters occur in the texts that it is meant for.
    pub counts: &'a PairCounts,
}

/// Compiles recipes into one file; the same bytes for the same recipes. The error says which recipe cannot be compiled, and why.
pub fn compile(sources: &[Source<'_>]) -> Result<(Vec<u8>, Vec<Figures>), String> {
    let mut tries = Vec::new();
    for source in sources {
        tries.push(fuse(source.recipe, source.keys).map_err(|message| format!("{}: {message}", source.name))?);
    }
    let packed: Vec<Packed<'_>> = sources
        .iter()
        .zip(&tries)
        .map(|(source, trie)| Packed { name: source.name, trie, counts: source.counts })
        .collect();
    pack::pack(&packed)
}

/// All pairs of characters that are adjacent in a path of one of the recipes: those among which triggers are chosen.
pub fn adjacent_pairs(sources: &[Source<'_>]) -> Result<BTreeSet<(char, char)>, String> {
    let mut pairs = BTreeSet::new();
    for source in sources {
        let trie = fuse(source.recipe, source.keys).map_err(|message| format!("{}: {message}", source.name))?;
        pairs.extend(trie.adjacent_pairs());
    }
    Ok(pairs)
}

fn fuse(recipe: &Recipe, keys: Keys) -> Result<DecisionTrie, String> {
    let all = |lookups: &[crate::Lookup]| lookups.iter().map(|lookup| flatten(lookup, keys)).collect::<Vec<Entries>>();
    let segmentation = recipe.segmentation.as_ref().map(|lookup| flatten(lookup, keys));
    Fusion::new(&all(&recipe.normalization), segmentation.as_ref(), &all(&recipe.chain))?.fuse()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    use crate::{Dictionary, Lookup};

    fn refused(chain: &[&str]) -> String {
        let table = |text: &&str| Lookup::Table(Arc::new(Dictionary::parse("d.txt", text).unwrap()));
        let recipe = Recipe { chain: chain.iter().map(table).collect(), ..Recipe::default() };
        let counts = PairCounts::embedded();
        let source = Source { name: "own", recipe: &recipe, keys: Keys::All, counts: &counts };
        compile(&[source]).map(|_| ()).unwrap_err()
    }

    #[test]
    fn what_cannot_be_compiled_is_named() {
        let long = "长".repeat(70);
        let cases: [(&[&str], &str); 8] = [
            (&[], "a chain of 0 stages"),
            (&["甲\t乙\n", "甲\t乙\n", "甲\t乙\n"], "a chain of 3 stages"),
            (&["a\tb\n"], "`a` → `b`"),
            (&["é\te\n"], "`é` → `e`"),
            (&["ab\tb\n"], "no pair of `ab`"),
            (&["甲\t\n", "甲\t乙\n"], "`甲` is deleted before the last stage"),
            (&["甲⿰\t乙\n"], "`甲⿰` holds a description operator"),
            (&[&format!("{long}\t短\n")], "takes 64 characters and more to decide"),
        ];
        for (chain, message) in cases {
            let found = refused(chain);
            assert!(found.starts_with("own: ") && found.contains(message), "{chain:?}: {found}");
        }
    }
}
