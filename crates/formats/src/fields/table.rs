//! Tables of text: CSV, and the same with tabs.
//!
//! A cell in quotation marks may hold everything, with quotation marks doubled; any other cell ends at the delimiter or the
//! line. Files in the wild keep to this less than RFC 4180 would like, so nothing is refused:
//!
//! | cell | CSV | with tabs |
//! |---|---|---|
//! | `"国"军,` | one cell as it stands, quotation marks and all | the same |
//! | `国"军` | the same | the same |
//! | `"国` to the end of the file | one cell to the end of the file, and a warning | the cell ends with the tab or the line |
//!
//! Columns are chosen by the names in the first row, or by number from 1; the first row then stays. Where nothing is chosen all cells
//! are fields. A cell that is nothing but an address stays.
//!
//! Cost: each byte is looked at once or twice.

use std::ops::Range;

use memchr::{memchr, memchr3};

use super::builder::Builder;
use super::style::Style;
use super::{Fault, behind_mark, is_address};
use crate::diagnostic::{Diagnostic, DiagnosticCode};

/// A cell.
struct Cell {
    /// With what belongs to it.
    outer: Range<usize>,
    /// Its text, with doubled quotation marks in it if it is quoted.
    inner: Range<usize>,
    is_quoted: bool,
}

struct Reader<'a> {
    source: &'a str,
    delimiter: u8,
    /// There is no closing quotation mark behind this place.
    no_quote_from: usize,
}

/// What is wanted.
enum Columns {
    All,
    Numbers(Vec<usize>),
}

pub(super) fn read(builder: &mut Builder<'_>, delimiter: u8, fields: &[String]) -> Result<(), Fault> {
    let source = builder.source;
    let bytes = source.as_bytes();
    let mut reader = Reader { source, delimiter, no_quote_from: source.len() };
    let mut at = behind_mark(source);
    let columns = match fields.is_empty() {
        true => Columns::All,
        false => {
            let mut header = Vec::new();
            at = reader.row(at, |_, cell| header.push(cell));
            Columns::Numbers(chosen(source, &header, fields)?)
        }
    };
    while at < bytes.len() {
        let mut unclosed = None;
        at = reader.row(at, |number, cell| {
            let wanted = match &columns {
                Columns::All => true,
                Columns::Numbers(numbers) => numbers.contains(&number),
            };
            if cell.is_quoted && cell.inner.end == cell.outer.end {
                unclosed = Some(cell.outer.start);
            }
            if wanted && !is_address(&source[cell.inner.clone()]) {
                put(builder, delimiter, &cell);
            }
        });
        if let Some(at) = unclosed {
            let message = "the quotation mark is never closed: all that follows is one cell";
            builder.say(Diagnostic::new(DiagnosticCode::UnclosedQuote, at..at + 1, message));
        }
    }
    Ok(())
}

/// The numbers of the chosen columns, from 0.
fn chosen(source: &str, header: &[Cell], fields: &[String]) -> Result<Vec<usize>, Fault> {
    let name = |cell: &Cell| match cell.is_quoted {
        true => source[cell.inner.clone()].replace("\"\"", "\""),
        false => source[cell.inner.clone()].trim().to_string(),
    };
    let names: Vec<String> = header.iter().map(name).collect();
    let number = |field: &String| {
        let by_name = names.iter().position(|name| name == field);
        let by_number = || field.parse::<usize>().ok()?.checked_sub(1).filter(|&number| number < names.len());
        by_name.or_else(by_number).ok_or_else(|| Fault {
            code: DiagnosticCode::UnknownField,
            at: 0,
            message: format!(
                "no column `{field}`, expected one of {} or a number from 1 to {}",
                names.join(", "),
                names.len()
            ),
            hint: "",
        })
    };
    fields.iter().map(number).collect()
}

fn put(builder: &mut Builder<'_>, delimiter: u8, cell: &Cell) {
    let source = builder.source;
    builder.begin(cell.inner.start);
    if cell.is_quoted {
        let mut from = cell.inner.start;
        while let Some(found) = memchr(b'"', &source.as_bytes()[from..cell.inner.end]) {
            let at = from + found;
            builder.atom(at..at + 2, "\"");
            from = at + 2;
        }
    }
    builder.end(cell.inner.end, if cell.is_quoted { Style::Quoted } else { Style::Bare { delimiter } });
}

impl Reader<'_> {
    /// Reads a row; gives the place behind its line end.
    fn row(&mut self, from: usize, mut put: impl FnMut(usize, Cell)) -> usize {
        let bytes = self.source.as_bytes();
        let mut at = from;
        for number in 0.. {
            let cell = self.cell(at);
            at = cell.outer.end;
            put(number, cell);
            match bytes.get(at) {
                Some(&byte) if byte == self.delimiter => at += 1,
                Some(b'\r') if bytes.get(at + 1) == Some(&b'\n') => return at + 2,
                Some(_) => return at + 1,
                None => break,
            }
        }
        at
    }

    fn cell(&mut self, at: usize) -> Cell {
        let bytes = self.source.as_bytes();
        if bytes.get(at) == Some(&b'"') && at < self.no_quote_from {
            match self.closing_quote(at) {
                Some(quote) => {
                    let end = self.end(quote + 1);
                    if end == quote + 1 {
                        return Cell { outer: at..end, inner: at + 1..quote, is_quoted: true };
                    }
                    if self.delimiter == b',' {
                        return Cell { outer: at..end, inner: at..end, is_quoted: false };
                    }
                }
                None if self.delimiter == b',' => {
                    let end = bytes.len();
                    return Cell { outer: at..end, inner: at + 1..end, is_quoted: true };
                }
                None => self.no_quote_from = at,
            }
        }
        let end = self.end(at);
        Cell { outer: at..end, inner: at..end, is_quoted: false }
    }

    /// Where a cell ends that is not quoted.
    fn end(&self, from: usize) -> usize {
        let rest = &self.source.as_bytes()[from..];
        from + memchr3(self.delimiter, b'\n', b'\r', rest).unwrap_or(rest.len())
    }

    /// The quotation mark that closes a cell.
    fn closing_quote(&self, at: usize) -> Option<usize> {
        let bytes = self.source.as_bytes();
        let mut from = at + 1;
        loop {
            let quote = from + memchr(b'"', bytes.get(from..)?)?;
            if bytes.get(quote + 1) != Some(&b'"') {
                return Some(quote);
            }
            from = quote + 2;
        }
    }
}
