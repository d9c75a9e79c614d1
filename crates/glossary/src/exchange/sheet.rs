//! Tables of others: columns by their header, in any order, with more columns than are read.

use std::borrow::Cow;

use crate::table::{Fault, Law, Lines};
use crate::{Error, ErrorKind};

/// The bytes of a file as text, without a byte order mark.
pub(super) fn text<'a>(file: &str, bytes: &'a [u8]) -> Result<Cow<'a, str>, Error> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    match str::from_utf8(bytes) {
        Ok(text) => Ok(Cow::Borrowed(text)),
        Err(error) => {
            let before = &bytes[..error.valid_up_to()];
            let line = before.iter().filter(|byte| **byte == b'\n').count() as u64 + 1;
            Err(unreadable(file, line, "is no UTF-8; convert the file to UTF-8 first"))
        }
    }
}

/// An error about the file as a whole.
pub(super) fn unreadable(file: &str, line: u64, message: impl Into<String>) -> Error {
    let fault = Fault { file: file.to_string(), line, column: None, law: Law::Cell, message: message.into() };
    Error::new(ErrorKind::Table { faults: vec![fault] })
}

/// A table that has been read.
pub(super) struct Sheet {
    header: Vec<String>,
    records: Vec<(u64, Vec<String>)>,
}

/// A record of it.
#[derive(Clone, Copy)]
pub(super) struct Record<'a> {
    /// The line on which it starts; in a spreadsheet the number of the row.
    pub(super) line: u64,
    header: &'a [String],
    cells: &'a [String],
}

/// Whether a table may have quotes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Quotes {
    /// As in CSV.
    AsInCsv,
    /// A quote is a character like others where cells are separated by tabs.
    NotWithTabs,
}

impl Sheet {
    /// Reads a text with a header; cells are separated by tabs if the header has one, else by commas.
    pub(super) fn parse(file: &str, text: &str, quotes: Quotes) -> Result<Sheet, Error> {
        let first = text.lines().next().unwrap_or_default();
        let tabs = first.contains('\t');
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(if tabs { b'\t' } else { b',' })
            .quoting(!(tabs && quotes == Quotes::NotWithTabs))
            .from_reader(text.as_bytes());
        let mut lines = Lines::new(text);
        let mut record = csv::StringRecord::new();
        let mut records = Vec::new();
        loop {
            match reader.read_record(&mut record) {
                Ok(true) => {}
                Ok(false) => break,
                Err(error) => {
                    let line = error.position().map_or(1, |position| lines.at(position.byte()));
                    return Err(unreadable(file, line, format!("cannot be read as CSV: {error}")));
                }
            }
            let line = record.position().map_or(1, |position| lines.at(position.byte()));
            records.push((line, record.iter().map(|cell| cell.trim().to_string()).collect()));
        }
        Sheet::of(file, records.into_iter())
    }

    /// A table of records with their lines, the first of which is the header.
    pub(super) fn of(file: &str, mut records: impl Iterator<Item = (u64, Vec<String>)>) -> Result<Sheet, Error> {
        let Some((_, header)) = records.next() else {
            return Err(unreadable(file, 1, "is empty; expected a header"));
        };
        Ok(Sheet { header, records: records.collect() })
    }

    /// Whether there is one of these columns.
    pub(super) fn has(&self, names: &[&str]) -> bool {
        self.header.iter().any(|column| names.iter().any(|name| column.eq_ignore_ascii_case(name)))
    }

    /// Demands one column of each group.
    pub(super) fn demand(&self, file: &str, groups: &[&[&str]]) -> Result<(), Error> {
        match groups.iter().find(|names| !self.has(names)) {
            None => Ok(()),
            Some(missing) => {
                let found = self.header.join(" ");
                let message = format!("column `{}` is missing; found are {found}", missing.join("` or `"));
                Err(unreadable(file, 1, message))
            }
        }
    }

    pub(super) fn records(&self) -> impl Iterator<Item = Record<'_>> {
        self.records.iter().map(|(line, cells)| Record { line: *line, header: &self.header, cells })
    }
}

impl<'a> Record<'a> {
    /// The first of these columns that is filled in; empty when none is.
    pub(super) fn cell(&self, names: &[&str]) -> &'a str {
        let filled = |name: &&str| {
            let places = (0..self.header.len()).filter(|place| self.header[*place].eq_ignore_ascii_case(name));
            places.filter_map(|place| self.cells.get(place)).map(String::as_str).find(|cell| !cell.is_empty())
        };
        names.iter().find_map(filled).unwrap_or_default()
    }

    /// More or fewer cells than the header, which no program writes that means well.
    pub(super) fn width_fault(&self) -> Option<String> {
        let (found, expected) = (self.cells.len(), self.header.len());
        (found != expected)
            .then(|| format!("has {found} cells, the header {expected}; quote cells that hold a separator"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_found_by_any_of_their_names() {
        let sheet = Sheet::parse("a.csv", "Id,NAME_CH,x\r\n1,\"甲,乙\",\r\n2,丙\r\n", Quotes::AsInCsv).unwrap();
        let records: Vec<Record<'_>> = sheet.records().collect();
        assert_eq!((records[0].line, records[0].cell(&["x", "name_ch"])), (2, "甲,乙"));
        assert_eq!((records[1].line, records[1].cell(&["x"])), (3, ""));
        assert!(records[0].width_fault().is_none() && records[1].width_fault().unwrap().starts_with("has 2 cells"));
        let error = sheet.demand("a.csv", &[&["id"], &["lat", "y"]]).unwrap_err().to_string();
        assert_eq!(error, "a.csv:1: column `lat` or `y` is missing; found are Id NAME_CH x");
    }

    #[test]
    fn tabs_and_quotes() {
        let sheet = Sheet::parse("a.tsv", "id\ttitle\n1\t\"甲\" 乙\n", Quotes::NotWithTabs).unwrap();
        assert_eq!(sheet.records().next().unwrap().cell(&["title"]), "\"甲\" 乙");
        assert_eq!(text("a", b"x\n\xff").unwrap_err().to_string(), "a:2: is no UTF-8; convert the file to UTF-8 first");
        assert_eq!(
            Sheet::parse("a", "", Quotes::AsInCsv).err().unwrap().to_string(),
            "a:1: is empty; expected a header"
        );
    }
}
