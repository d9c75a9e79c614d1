//! `cargo xtask places compile`: makes the compiled file of places out of the tables.
//!
//! The glossary crate knows how; here are the files. Beside it lie the pairs that keep conversion from breaking names, as text. The results are
//! checked in; `--check` builds them anew and compares.

use std::path::Path;

use tongwen_glossary::compile::compile;
use tongwen_glossary::table::{TableText, TableTexts, Tables};
use tongwen_glossary::{Glossary, guard};

use super::FOLDER;
use crate::compile::Mode;
use crate::problem::{Problem, Result, read_text, write};

/// The compiled file, below the repository's root.
const COMPILED: &str = "crates/glossary/compiled/places.bin";
/// The pairs for the converter, below the repository's root.
const GUARD: &str = "crates/glossary/compiled/guard.tsv";
/// The whole file stays below this.
const MOST_BYTES: usize = 3_000_000;

/// Compiles the tables and writes or checks the file.
pub(crate) fn run(root: &Path, mode: Mode) -> Result<()> {
    let tables = read(root)?;
    let bytes = compile(&tables).map_err(|error| Problem::new(error.to_string()))?;
    if bytes.len() >= MOST_BYTES {
        return Err(Problem::new(format!(
            "{COMPILED} would have {} bytes; no more than {MOST_BYTES} may be",
            bytes.len()
        )));
    }
    let glossary = Glossary::from_compiled(bytes.clone()).map_err(|error| Problem::new(error.to_string()))?;
    let guard = guard::table(&glossary);
    let file = root.join(COMPILED);
    if mode == Mode::Write {
        write(&file, &bytes)?;
        write(&root.join(GUARD), guard.as_bytes())?;
        let (places, units) = (tables.places.len(), tables.units.len());
        println!("{places} places and {units} units in {} bytes", bytes.len());
        return Ok(());
    }
    compare(&file, &bytes)?;
    compare(&root.join(GUARD), guard.as_bytes())
}

/// An error where a stored file is not what was built anew.
fn compare(file: &Path, bytes: &[u8]) -> Result<()> {
    let stored = std::fs::read(file).map_err(|error| Problem::of(file, error))?;
    if stored == bytes {
        return Ok(());
    }
    let at = stored.iter().zip(bytes).position(|(left, right)| left != right).unwrap_or(stored.len().min(bytes.len()));
    let text = format!("differs from a fresh build at byte {at}; run `cargo xtask places compile` and commit the file");
    Err(Problem::of(file, text))
}

/// The tables of the repository.
pub(crate) fn read(root: &Path) -> Result<Tables> {
    const FILES: [&str; 7] =
        ["places.csv", "units.csv", "blockers.csv", "cues.csv", "eras.csv", "sources.csv", "graphs.csv"];
    let names = FILES.map(|file| format!("{FOLDER}/{file}"));
    let texts = names.iter().map(|name| read_text(&root.join(name))).collect::<Result<Vec<String>>>()?;
    let file = |index: usize| TableText { name: &names[index], text: &texts[index] };
    let texts = TableTexts {
        places: file(0),
        units: file(1),
        blockers: file(2),
        cues: file(3),
        eras: file(4),
        sources: file(5),
        graphs: file(6),
    };
    Tables::parse(&texts).map_err(|error| Problem::new(error.to_string()))
}

#[cfg(test)]
mod tests {
    /// The laws of the checked-in file: current, and the same bytes in a fresh build.
    #[test]
    fn compiled_places_are_current() {
        super::run(&crate::repository(), crate::compile::Mode::Check).unwrap_or_else(|problem| panic!("{problem}"));
    }
}
