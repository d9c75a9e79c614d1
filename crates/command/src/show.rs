//! What would change in a document, shown on standard output.

use std::fmt::{self, Write as _};
use std::io::IsTerminal;
use std::ops::Range;

use serde::Serialize;
use tongwen::Replacement;
use tongwen_formats::{Document, LineIndex, Position};

use crate::arguments::ColorChoice;
use crate::destination::Show;
use crate::diff::{self, Style};
use crate::document::Converted;
use crate::findings::{Changes, MOST_GATHERED};
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
    pub(crate) changes: Changes<'a>,
}

/// What stands before the records, which are as in a report.
#[derive(Serialize)]
struct Head<'a> {
    schema: u32,
    path: &'a str,
    changed: bool,
}

impl Compared<'_> {
    /// Shows the document; `records` calls what it is given with what a report would say, some lines at a time.
    pub(crate) fn show(
        &self,
        show: Show,
        color: Option<ColorChoice>,
        records: impl FnOnce(&mut dyn FnMut(&[u8])),
        lane: &mut Lane<'_>,
    ) {
        let name = self.input.to_string();
        let effects = &mut lane.effects;
        match show {
            Show::Json => json(&name, self.changed, records, |part| {
                lane.effects.out += part;
                if lane.effects.out.len() >= MOST_GATHERED {
                    lane.pass_on();
                }
            }),
            _ if !self.changed => {}
            Show::Nothing => {}
            Show::Names => effects.line(&name),
            Show::Diff if self.old == self.converted.text => {
                effects.line(&format!("{name}: the encoding would change, and nothing else"));
            }
            Show::Diff => effects.out += &diff(&name, self.old, &self.converted.text, color),
            Show::Changes => {
                let mut gathered = String::new();
                changes(&name, &self.converted.document, self.changes.edits(), &mut gathered, |gathered| {
                    lane.effects.out += gathered;
                    gathered.clear();
                    lane.pass_on();
                });
                lane.effects.out += &gathered;
            }
        }
    }
}

/// Puts out the object for a file; `records` calls what it is given with lines of a report.
pub(crate) fn json(name: &str, changed: bool, records: impl FnOnce(&mut dyn FnMut(&[u8])), mut put: impl FnMut(&str)) {
    let head = Head { schema: SCHEMA, path: name, changed };
    let head = serde_json::to_string(&head).expect("strings and numbers are always JSON");
    put(head.strip_suffix('}').expect("it is an object"));
    put(",\"records\":[");
    let mut has_any = false;
    records(&mut |lines| {
        for line in std::str::from_utf8(lines).expect("records are JSON").lines() {
            if std::mem::replace(&mut has_any, true) {
                put(",");
            }
            put(line);
        }
    });
    put("]}\n");
}

/// The diff of two texts as standard output takes it.
pub(crate) fn diff(name: &str, old: &str, new: &str, color: Option<ColorChoice>) -> String {
    let stdout = std::io::stdout();
    let style = Style { colored: terminal::colored(color, &stdout), escaped: stdout.is_terminal() };
    diff::unified(name, old, new, style)
}

/// Adds a line for each change. `pass_on` is called when many have gathered, and may take them.
pub(crate) fn changes<'a>(
    name: &str,
    document: &Document<'_>,
    edits: impl Iterator<Item = (Range<usize>, &'a Replacement)>,
    out: &mut String,
    mut pass_on: impl FnMut(&mut String),
) {
    let lines = LineIndex::new(document.source());
    let mut edits = edits.peekable();
    let has_none = edits.peek().is_none();
    let mut put = |line: fmt::Arguments<'_>| {
        let line = line.to_string();
        _ = writeln!(out, "{}", Printable(&line));
        if out.len() >= MOST_GATHERED {
            pass_on(out);
        }
    };
    for (range, Replacement { replacement, dictionary, line: entry, .. }) in edits {
        let Position { line, column } = lines.position(document.source_offset(range.start));
        let from = &document.text()[range];
        let entry = entry.map(|line| format!(":{line}")).unwrap_or_default();
        put(format_args!("{name}:{line}:{column}: {from} → {replacement} ({dictionary}{entry})"));
    }
    if has_none {
        put(format_args!("{name}: nothing but markup or the encoding would change"));
    }
}
