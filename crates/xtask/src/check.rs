//! Proves that the dictionaries in the repository are what they claim to be.
//!
//! Without network: every imported file has the SHA-256 of its provenance record and no other file lies among them; the derived
//! tables are what a fresh derivation gives; all tables obey the laws of [`tables`](crate::tables); every config finds its tables;
//! phrase tables and their reverse tables agree. These run with the tests. With a wheel at hand: every table, imported or
//! derived, holds the same keys and candidates as the compiled dictionary that OpenCC ships under its name, and every config is
//! the same file.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::path::{Path, PathBuf};

use tongwen::{Config, Dictionary};

use crate::derive::derive;
use crate::fetch::hexadecimal_sha256;
use crate::import::{PROVENANCE, Provenance};
use crate::problem::{Problem, Result, read_text};
use crate::tables::{DERIVED, Recipe, Table, Tables, UPSTREAM};

/// Runs every check; `wheel` is an unpacked wheel of OpenCC.
pub(crate) fn run(root: &Path, wheel: Option<&Path>) -> Result<()> {
    let files = provenance(root)?;
    println!("provenance: {files} files as recorded");
    let count = derived(root)?;
    println!("derived: {count} tables are current");
    let (tables, recipes) = laws(root)?;
    println!("laws: {tables} tables and {recipes} configs");
    if let Some(wheel) = wheel {
        let (tables, entries) = against_wheel(root, wheel)?;
        println!("wheel: {tables} tables with {entries} entries and {recipes} configs are the same");
    }
    Ok(())
}

/// Compares the imported files with their record; gives their number.
fn provenance(root: &Path) -> Result<usize> {
    let folder = root.join(UPSTREAM);
    let record_file = folder.join(PROVENANCE);
    let record: Provenance =
        toml::from_str(&read_text(&record_file)?).map_err(|error| Problem::of(&record_file, error))?;
    for (name, expected) in &record.files {
        let file = folder.join(name);
        let content = std::fs::read(&file).map_err(|error| Problem::of(&file, error))?;
        let found = hexadecimal_sha256(&content);
        if found != *expected {
            let text = format!("sha-256 is {found}, {PROVENANCE} has {expected}; run `{}`", record.command);
            return Err(Problem::of(&file, text));
        }
    }
    let known: HashSet<PathBuf> = record.files.keys().map(|name| folder.join(name)).collect();
    for file in files_below(&folder)? {
        if file != record_file && !known.contains(&file) {
            let text = format!("not in {PROVENANCE}; additions belong in dictionaries/local");
            return Err(Problem::of(&file, text));
        }
    }
    Ok(record.files.len())
}

/// Compares the derived tables with a fresh derivation; gives their number.
fn derived(root: &Path) -> Result<usize> {
    let remedy = "run `cargo xtask dictionaries derive`";
    let fresh = derive(root)?;
    let mut expected_files = BTreeSet::new();
    for table in &fresh {
        let file = root.join(DERIVED).join(format!("{}.txt", table.name));
        let found = read_text(&file)?;
        if found != table.text {
            let same = found.lines().zip(table.text.lines()).take_while(|(found, fresh)| found == fresh).count();
            return Err(Problem::at(&file, same + 1, format_args!("differs from a fresh derivation; {remedy}")));
        }
        expected_files.insert(file);
    }
    for file in files_below(&root.join(DERIVED))? {
        if !expected_files.contains(&file) {
            return Err(Problem::of(&file, "is no derived table; remove it"));
        }
    }
    Ok(fresh.len())
}

/// Reads all tables and configs, which checks their form, and checks what concerns several of them; gives their numbers.
fn laws(root: &Path) -> Result<(usize, usize)> {
    let tables = Tables::load(root)?;
    let mut used = BTreeSet::new();
    for config in Config::ALL {
        let recipe = Recipe::load(root, config.name())?;
        for name in recipe.table_names() {
            tables.get(name).map_err(|problem| Problem::new(format!("config {config}: {problem}")))?;
            used.insert(name.to_string());
        }
    }
    for table in tables.iter() {
        if !used.contains(&table.name) {
            return Err(Problem::of(&table.file, "no config uses this table; remove it or import its config"));
        }
    }
    for name in ["HKPhrases", "TWPhrases"] {
        let (forward, backward) = (tables.get(name)?, tables.get(&format!("{name}Rev"))?);
        reverses(forward, backward)?;
        reverses(backward, forward)?;
    }
    Ok((tables.iter().count(), Config::ALL.len()))
}

/// Every candidate leads back to its key in the other table.
fn reverses(table: &Table, other: &Table) -> Result<()> {
    let pairs: HashSet<(&str, &str)> = other
        .entries
        .iter()
        .flat_map(|entry| entry.candidates.iter().map(|candidate| (entry.key.as_str(), candidate.as_str())))
        .collect();
    for entry in &table.entries {
        if let Some(lost) = entry.candidates.iter().find(|candidate| !pairs.contains(&(candidate, &entry.key))) {
            let text = format!("`{lost}` does not lead back to `{}` in {}", entry.key, other.name);
            return Err(Problem::at(&table.file, entry.line, text));
        }
    }
    Ok(())
}

/// Compares tables and configs with those of an unpacked wheel; gives the numbers of tables and entries.
pub(crate) fn against_wheel(root: &Path, wheel: &Path) -> Result<(usize, usize)> {
    let share = wheel.join("opencc/clib/share/opencc");
    let tables = Tables::load(root)?;
    let mut entries = 0;
    for table in tables.iter() {
        let file = share.join(format!("{}.ocd2", table.name));
        let shipped = compiled(&file)?;
        let ours: BTreeMap<&str, &[String]> =
            table.entries.iter().map(|entry| (entry.key.as_str(), entry.candidates.as_slice())).collect();
        for entry in &table.entries {
            let text = match shipped.get(&entry.key) {
                None => format!("`{}` is missing in {}", entry.key, file.display()),
                Some(candidates) if *candidates != entry.candidates => {
                    format!("`{}` has {candidates:?} in {}, here {:?}", entry.key, file.display(), entry.candidates)
                }
                Some(_) => continue,
            };
            return Err(Problem::at(&table.file, entry.line, text));
        }
        if let Some(more) = shipped.keys().find(|key| !ours.contains_key(key.as_str())) {
            return Err(Problem::of(&table.file, format_args!("`{more}` is missing; {} has it", file.display())));
        }
        entries += table.entries.len();
    }
    for file in files_below(&share)? {
        let name = file.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        if let Some(table) = name.strip_suffix(".ocd2") {
            tables.get(table)?;
        } else if name.ends_with(".json") {
            let ours = root.join(UPSTREAM).join("config").join(name);
            if read_text(&ours)? != read_text(&file)? {
                return Err(Problem::of(&ours, format_args!("differs from {}", file.display())));
            }
        }
    }
    Ok((tables.iter().count(), entries))
}

/// Keys and candidates of a compiled dictionary.
fn compiled(file: &Path) -> Result<BTreeMap<String, Vec<String>>> {
    let bytes = std::fs::read(file).map_err(|error| Problem::of(file, error))?;
    let dictionary =
        Dictionary::from_ocd2(&file.display().to_string(), &bytes).map_err(|error| Problem::new(error.to_string()))?;
    let candidates = |entry| dictionary.candidates(entry).map(str::to_string).collect();
    Ok((0..dictionary.len()).map(|entry| (dictionary.key(entry).to_string(), candidates(entry))).collect())
}

/// Every file below a folder, sorted.
fn files_below(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for item in std::fs::read_dir(folder).map_err(|error| Problem::of(folder, error))? {
        let path = item.map_err(|error| Problem::of(folder, error))?.path();
        if path.is_dir() {
            files.extend(files_below(&path)?);
        } else {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn imported_files_are_as_recorded() {
        assert!(provenance(&crate::repository()).unwrap_or_else(|problem| panic!("{problem}")) > 0);
    }

    #[test]
    fn derived_tables_are_current() {
        assert_eq!(derived(&crate::repository()).unwrap_or_else(|problem| panic!("{problem}")), 5);
    }

    #[test]
    fn tables_and_configs_obey_their_laws() {
        assert_eq!(laws(&crate::repository()).unwrap_or_else(|problem| panic!("{problem}")), (22, 16));
    }

    #[test]
    fn a_candidate_that_does_not_lead_back_is_found() {
        let table = |name: &str, text: &str| Table::parse(name, Path::new(name), text).unwrap();
        let forward = table("A", "甲\t乙\n丙\t乙\n");
        assert!(reverses(&forward, &table("B", "乙\t甲 丙\n")).is_ok());
        let problem = reverses(&forward, &table("B", "乙\t甲\n")).unwrap_err().to_string();
        assert_eq!(problem, "A:2: `乙` does not lead back to `丙` in B");
    }
}
