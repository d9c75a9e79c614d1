//! Counts the pairs of neighbouring characters that occur in the phrases of the configs.
//!
//! The compiler marks each phrase by its rarest pair; rarity is judged by this table. Only pairs, outside ASCII, that are adjacent in a path of a fused config can
//! ever be asked for: entries of a first stage are among them as they stand, and those of a second as the source has them (`移动电话`, though the entry is
//! `移動電話`). A pair that is missing has been seen fewer times than the minimum.
//!
//! The text of each script is counted raw, whatever its size; the header gives the sizes, for whoever needs rates.

use std::collections::{BTreeSet, HashMap};
use std::fmt::Write as _;
use std::path::Path;

use super::is_han;
use crate::problem::{Problem, Result};

/// Where the table goes.
const FILE: &str = "dictionaries/local/pair-counts.tsv";
/// Rarer pairs (both scripts together) are left out.
const MINIMUM: u64 = 3;

type Pair = (char, char);

/// Makes the table.
pub(super) fn run(root: &Path, folder: &Path) -> Result<()> {
    let mut pairs = crate::compile::adjacent_pairs(root)?;
    pairs.retain(|(one, other)| !one.is_ascii() && !other.is_ascii());
    let (simplified, simplified_size) = count(folder, "hans", &pairs)?;
    let (traditional, traditional_size) = count(folder, "hant", &pairs)?;
    let mut table = String::new();
    let mut comment =
        |text: std::fmt::Arguments<'_>| writeln!(table, "# {text}").expect("writing to a string cannot fail");
    comment(format_args!("How often neighbouring characters of the configs' phrases occur in real text."));
    comment(format_args!(
        "Made by `cargo xtask corpus` and `cargo xtask corpus counts`; counts only, none of the text."
    ));
    comment(format_args!("Han characters counted: {simplified_size} Simplified, {traditional_size} Traditional."));
    comment(format_args!("Pairs seen fewer than {MINIMUM} times in both together are left out."));
    let manifest_file = folder.join("manifest.tsv");
    let manifest = crate::problem::read_text(&manifest_file)?;
    for line in manifest.lines().skip(1) {
        let fields: Vec<&str> = line.split('\t').collect();
        let [file, _, han, packages] = fields[..] else {
            return Err(Problem::of(&manifest_file, "expected four columns; run `cargo xtask corpus` again"));
        };
        if !file.starts_with("html") {
            comment(format_args!("{file}: {han} characters from {packages}"));
        }
    }
    comment(format_args!("pair\tSimplified\tTraditional"));
    let mut rows = 0;
    for pair in &pairs {
        let counts = [&simplified, &traditional].map(|counts| counts.get(pair).copied().unwrap_or(0));
        if counts[0] + counts[1] >= MINIMUM {
            rows += 1;
            writeln!(table, "{}{}\t{}\t{}", pair.0, pair.1, counts[0], counts[1])
                .expect("writing to a string cannot fail");
        }
    }
    crate::problem::write(&root.join(FILE), table.as_bytes())?;
    println!("{rows} of {} pairs, {} bytes in {FILE}", pairs.len(), table.len());
    Ok(())
}

/// How often each pair occurs in the texts of a class, and how many Han characters those have.
fn count(folder: &Path, class: &str, pairs: &BTreeSet<Pair>) -> Result<(HashMap<Pair, u64>, usize)> {
    let mut counts: HashMap<Pair, u64> = pairs.iter().map(|pair| (*pair, 0)).collect();
    let mut size = 0;
    for text in super::read(folder, class)? {
        let mut previous = '\n';
        for character in text.text.chars() {
            size += usize::from(is_han(character));
            if let Some(count) = counts.get_mut(&(previous, character)) {
                *count += 1;
            }
            previous = character;
        }
    }
    Ok((counts, size))
}
