//! Reads CSV into rows and says exactly which cell cannot be read.

use std::collections::HashMap;
use std::fmt::Display;
use std::str::FromStr;

use super::fault::{Fault, Law};

/// Which columns a file must have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Columns {
    /// All of them, in their order, and every value filled in that the documentation does not let be empty.
    All,
    /// These at least; what is missing or empty has a default.
    AtLeast(&'static [&'static str]),
}

/// A file that is being read.
pub(crate) struct Reader<'a> {
    file: &'a str,
    faults: &'a mut Vec<Fault>,
}

/// One row.
pub(crate) struct Cells<'a, 'b> {
    file: &'a str,
    line: u64,
    places: &'b HashMap<&'static str, usize>,
    record: &'b csv::StringRecord,
    columns: Columns,
    faults: &'b mut Vec<Fault>,
}

/// Numbers of lines by offset. The reader's own number is one short where lines end in CR LF.
pub(crate) struct Lines<'a> {
    text: &'a str,
    offset: usize,
    line: u64,
}

impl<'a> Lines<'a> {
    pub(crate) fn new(text: &'a str) -> Lines<'a> {
        Lines { text, offset: 0, line: 1 }
    }

    /// The line of the first record at or behind `offset` bytes; offsets must not fall.
    pub(crate) fn at(&mut self, offset: u64) -> u64 {
        let bytes = self.text.as_bytes();
        let mut end = usize::try_from(offset).map_or(bytes.len(), |offset| offset.min(bytes.len()));
        while matches!(bytes.get(end), Some(b'\r' | b'\n')) {
            end += 1;
        }
        let passed = bytes.get(self.offset..end).unwrap_or_default();
        self.line += passed.iter().filter(|byte| **byte == b'\n').count() as u64;
        self.offset = end;
        self.line
    }
}

impl<'a> Reader<'a> {
    pub(crate) fn new(file: &'a str, faults: &'a mut Vec<Fault>) -> Reader<'a> {
        Reader { file, faults }
    }

    fn fault(&mut self, line: u64, message: String) {
        self.faults.push(Fault { file: self.file.to_string(), line, column: None, law: Law::Cell, message });
    }

    /// Makes a row of each record; rows with a fault are left out.
    pub(crate) fn read<T>(
        mut self,
        text: &str,
        names: &[&'static str],
        columns: Columns,
        mut make: impl FnMut(&mut Cells<'_, '_>) -> Option<T>,
    ) -> Vec<T> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
        let mut record = csv::StringRecord::new();
        let mut rows = Vec::new();
        let mut places: Option<HashMap<&'static str, usize>> = None;
        let mut width = 0;
        let mut lines = Lines::new(text);
        loop {
            match reader.read_record(&mut record) {
                Ok(true) => {}
                Ok(false) => break,
                Err(error) => {
                    self.fault(
                        error.position().map_or(1, |position| lines.at(position.byte())),
                        format!("cannot be read as CSV: {error}"),
                    );
                    break;
                }
            }
            let line = record.position().map_or(1, |position| lines.at(position.byte()));
            let Some(places) = &places else {
                let Some(found) = self.header(&record, names, columns) else { break };
                width = record.len();
                places = Some(found);
                continue;
            };
            if record.len() != width {
                let found = record.len();
                self.fault(line, format!("has {found} cells, the header {width}; quote cells that hold a comma"));
                continue;
            }
            let before = self.faults.len();
            let mut cells =
                Cells { file: self.file, line, places, record: &record, columns, faults: &mut *self.faults };
            let row = make(&mut cells);
            if self.faults.len() == before {
                rows.extend(row);
            }
        }
        if places.is_none() && self.faults.is_empty() {
            self.fault(1, "is empty; expected a header".to_string());
        }
        rows
    }

    /// Where each column stands.
    fn header(
        &mut self,
        record: &csv::StringRecord,
        names: &[&'static str],
        columns: Columns,
    ) -> Option<HashMap<&'static str, usize>> {
        let mut places = HashMap::new();
        for (place, found) in record.iter().enumerate() {
            let Some(name) = names.iter().find(|name| **name == found.trim()) else {
                self.fault(1, format!("unknown column `{found}`; known are {}", names.join(" ")));
                return None;
            };
            if places.insert(*name, place).is_some() {
                self.fault(1, format!("column `{found}` appears twice; remove one"));
                return None;
            }
        }
        let required = match columns {
            Columns::All => names,
            Columns::AtLeast(required) => required,
        };
        if let Some(missing) = required.iter().find(|name| !places.contains_key(**name)) {
            self.fault(1, format!("column `{missing}` is missing; add it"));
            return None;
        }
        if columns == Columns::All && !record.iter().map(str::trim).eq(names.iter().copied()) {
            self.fault(1, format!("columns are not in their order; expected {}", names.join(",")));
            return None;
        }
        Some(places)
    }
}

impl<'a, 'b> Cells<'a, 'b> {
    /// Cells of no file.
    #[cfg(feature = "exchange")]
    pub(crate) fn new(
        line: u64,
        places: &'b HashMap<&'static str, usize>,
        record: &'b csv::StringRecord,
        faults: &'b mut Vec<Fault>,
    ) -> Cells<'a, 'b> {
        Cells { file: "", line, places, record, columns: Columns::AtLeast(&[]), faults }
    }

    /// The line on which the row starts.
    pub(crate) fn line(&self) -> u64 {
        self.line
    }

    /// The cell, without blanks around it; empty when the file has no such column.
    pub(crate) fn text(&self, column: &'static str) -> String {
        self.cell(column).to_string()
    }

    pub(crate) fn cell(&self, column: &'static str) -> &str {
        self.places.get(column).and_then(|&place| self.record.get(place)).map_or("", str::trim)
    }

    /// A cell that may not be empty, in any file.
    pub(crate) fn required(&mut self, column: &'static str) -> String {
        if self.cell(column).is_empty() {
            self.fault(column, "is empty; fill it in");
        }
        self.text(column)
    }

    /// A value of a vocabulary or a number; `None` when the cell is empty.
    pub(crate) fn optional<T: FromStr<Err: Display>>(&mut self, column: &'static str) -> Option<T> {
        let cell = self.cell(column);
        if cell.is_empty() {
            return None;
        }
        match cell.parse() {
            Ok(value) => Some(value),
            Err(error) => {
                let message = format!("`{cell}`: {error}");
                self.fault(column, message);
                None
            }
        }
    }

    /// A value that the tables of the repository must have and others may leave to its default.
    pub(crate) fn value<T: FromStr<Err: Display>>(&mut self, column: &'static str, default: T) -> T {
        if self.cell(column).is_empty() && self.columns == Columns::All {
            self.fault(column, "is empty; fill it in");
        }
        self.optional(column).unwrap_or(default)
    }

    /// Values with `;` between.
    pub(crate) fn values<T: FromStr<Err: Display>>(&mut self, column: &'static str) -> Vec<T> {
        let mut values = Vec::new();
        let mut faults = Vec::new();
        for text in super::value::list(self.cell(column)) {
            match text.parse::<T>() {
                Ok(value) => values.push(value),
                Err(error) => faults.push(error.to_string()),
            }
        }
        for message in faults {
            self.fault(column, message);
        }
        values
    }

    pub(crate) fn fault(&mut self, column: &'static str, message: impl Into<String>) {
        self.faults.push(Fault {
            file: self.file.to_string(),
            line: self.line,
            column: Some(column),
            law: Law::Cell,
            message: message.into(),
        });
    }
}
