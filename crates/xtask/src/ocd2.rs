//! Reads OpenCC's compiled dictionaries with the program that OpenCC ships for it.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use crate::problem::{Problem, Result};
use crate::tables::Table;

/// Keys with their candidates.
pub(crate) fn read(wheel: &Path, file: &Path) -> Result<BTreeMap<String, Vec<String>>> {
    let program = wheel.join("opencc/clib/bin/opencc_dict");
    let output = Command::new(&program)
        .args(["--from", "ocd2", "--to", "text", "--output", "/dev/stdout", "--input"])
        .arg(file)
        .output()
        .map_err(|error| Problem::of(&program, error))?;
    if !output.status.success() {
        return Err(Problem::of(file, String::from_utf8_lossy(&output.stderr).trim()));
    }
    let text = String::from_utf8_lossy(&output.stdout);
    let table = Table::parse("compiled", file, &text)?;
    Ok(table.entries.into_iter().map(|entry| (entry.key, entry.candidates)).collect())
}
