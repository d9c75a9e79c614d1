//! What a person has found wrong or missing in the packages: `units-corrections.csv`.
//!
//! One row a correction: the unit (`gb_code`, `name` as the packages have it, `until`: the year in which the packages end it, empty when
//! they do not), what to do, and why.
//!
//! | action | value |
//! |---|---|
//! | `name` | the right name: the code book misspelt it |
//! | `drop` | empty: there never was such a unit |
//! | `succ` | what it became: `code@year`, `;` between |
//! | `from`, `to` | the year in which it began or ended |

use std::path::Path;

use serde::Deserialize;

use super::code_book::Code;
use crate::problem::{Problem, Result};

/// One row of the file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Correction {
    pub(crate) gb_code: Code,
    pub(crate) name: String,
    pub(crate) until: Option<u16>,
    pub(crate) action: Action,
    pub(crate) value: String,
    #[serde(rename = "reason")]
    _reason: String,
    /// Where the row stands.
    #[serde(skip)]
    pub(crate) line: usize,
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Action {
    Name,
    Drop,
    Succ,
    From,
    To,
}

pub(crate) fn read(file: &Path) -> Result<Vec<Correction>> {
    let mut reader = csv::Reader::from_path(file).map_err(|error| Problem::of(file, error))?;
    let mut corrections = Vec::new();
    for (number, row) in reader.deserialize().enumerate() {
        let mut row: Correction = row.map_err(|error| Problem::of(file, error))?;
        row.line = number + 2;
        corrections.push(row);
    }
    Ok(corrections)
}

impl Correction {
    /// The value as a year.
    pub(crate) fn year(&self) -> Result<u16> {
        self.value.parse().map_err(|_| self.problem(format_args!("`{}` is no year", self.value)))
    }

    /// The value as successors.
    pub(crate) fn successors(&self) -> Result<Vec<(Code, u16)>> {
        let successor = |text: &str| {
            let (code, year) = text.split_once('@')?;
            Some((code.parse().ok()?, year.parse().ok()?))
        };
        self.value
            .split(';')
            .map(|text| {
                successor(text)
                    .ok_or_else(|| self.problem(format_args!("`{text}` is no successor, expected code@year")))
            })
            .collect()
    }

    pub(crate) fn problem(&self, text: impl std::fmt::Display) -> Problem {
        Problem::at(Path::new("dictionaries/places/units-corrections.csv"), self.line, text)
    }
}
