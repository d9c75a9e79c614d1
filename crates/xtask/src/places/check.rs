//! `cargo xtask places check`: holds the tables of places to their laws.
//!
//! The laws are in the glossary crate (`laws.rs`), which checks overlays by the same ones. Every fault is printed with its file, line and
//! column.

use std::path::Path;

use tongwen_glossary::laws;

use super::compile::read;
use crate::problem::{Problem, Result};

/// Prints every fault; fails when there is one.
pub(crate) fn run(root: &Path) -> Result<()> {
    let tables = read(root)?;
    let faults = laws::check(&tables);
    for fault in &faults {
        println!("{fault}");
    }
    if !faults.is_empty() {
        return Err(Problem::new(format!("{} faults in the tables of places; correct the rows", faults.len())));
    }
    let rows = [tables.places.len(), tables.units.len(), tables.blockers.len(), tables.eras.len()];
    println!("laws: {} places, {} units, {} blockers, {} eras", rows[0], rows[1], rows[2], rows[3]);
    Ok(())
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_tables_of_places_obey_their_laws() {
        super::run(&crate::repository()).unwrap_or_else(|problem| panic!("{problem}"));
    }
}
