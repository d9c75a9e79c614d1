//! What would change in a document, shown on standard output.

use std::io::IsTerminal;

use serde::Serialize;
use serde_json::value::RawValue;
use tongwen::{Edit, Replacement};
use tongwen_formats::{Document, LineIndex, Position};

use crate::arguments::ColorChoice;
use crate::destination::Show;
use crate::diff::{self, Style};
use crate::document::Converted;
use crate::input::Input;
use crate::messages::Printable;
use crate::terminal;
use crate::turns::Lane;

/// The version of the machine output.
const SCHEMA: u32 = 1;

/// A document and what would become of it.
pub(crate) struct Compared<'a> {
    pub(crate) input: &'a Input,
    pub(crate) converted: &'a Converted<'a>,
    /// The text as it was.
    pub(crate) old: &'a str,
    /// Whether the bytes would be others.
    pub(crate) changed: bool,
    pub(crate) edits: &'a [Edit],
}

#[derive(Serialize)]
struct Record<'a> {
    schema: u32,
    path: &'a str,
    changed: bool,
    /// As in a report.
    records: Vec<Box<RawValue>>,
}

impl Compared<'_> {
    /// Shows the document; `records` makes what a report would say.
    pub(crate) fn show(
        &self,
        show: Show,
        color: Option<ColorChoice>,
        records: impl FnOnce() -> Vec<u8>,
        lane: &mut Lane<'_>,
    ) {
        let name = self.input.to_string();
        let effects = &mut lane.effects;
        match show {
            Show::Json => effects.out += &json(&name, self.changed, records()),
            _ if !self.changed => {}
            Show::Nothing => {}
            Show::Names => effects.line(&name),
            Show::Diff if self.old == self.converted.text => {
                effects.line(&format!("{name}: the encoding would change, and nothing else"));
            }
            Show::Diff => effects.out += &diff(&name, self.old, &self.converted.text, color),
            Show::Changes => effects.out += &changes(&name, &self.converted.document, self.edits),
        }
    }
}

/// The object for a file; `records` are lines of a report.
pub(crate) fn json(name: &str, changed: bool, records: Vec<u8>) -> String {
    let records = String::from_utf8(records).expect("records are JSON");
    let raw = |line: &str| RawValue::from_string(line.to_string()).expect("each line of a report is JSON");
    let records = records.lines().map(raw).collect();
    let record = Record { schema: SCHEMA, path: name, changed, records };
    serde_json::to_string(&record).expect("strings and numbers are always JSON") + "\n"
}

/// The diff of two texts as standard output takes it.
pub(crate) fn diff(name: &str, old: &str, new: &str, color: Option<ColorChoice>) -> String {
    let stdout = std::io::stdout();
    let style = Style { colored: terminal::colored(color, &stdout), escaped: stdout.is_terminal() };
    diff::unified(name, old, new, style)
}

/// A line for each change.
pub(crate) fn changes(name: &str, document: &Document<'_>, edits: &[Edit]) -> String {
    let mut out = String::new();
    let lines = LineIndex::new(document.source());
    for edit in edits {
        let Position { line, column } = lines.position(document.source_offset(edit.range.start));
        let from = &document.text()[edit.range.clone()];
        let entry = edit.line.map(|line| format!(":{line}")).unwrap_or_default();
        let Replacement { replacement, dictionary, .. } = &**edit;
        let line = format!("{name}:{line}:{column}: {from} → {replacement} ({dictionary}{entry})");
        out += &format!("{}\n", Printable(&line));
    }
    if edits.is_empty() {
        let line = format!("{name}: nothing but markup or the encoding would change");
        out += &format!("{}\n", Printable(&line));
    }
    out
}
