//! What is said about places of a document: on the terminal for people, in a report for programs.
//!
//! On stderr each is one line `tongwen: PATH:LINE:COLUMN: warning[code]: message`, below it the line of the document with the place marked,
//! and a hint where there is one. Notes are said only when asked for. Of one document not more than [`MOST`] are said; the report has all.

use std::collections::BTreeMap;
use std::fmt;
use std::io::Write;
use std::ops::Range;

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use serde::Serialize;
use tongwen::{Edits, Piece, Replacement};
use tongwen_formats::{Diagnostic, DiagnosticCode, Document, LineIndex, Position, Severity};

use crate::ambiguity::{self, Ambiguity};
use crate::arguments::{AmbiguousChoice, ReportingArguments};
use crate::document::Why;
use crate::messages::{Failure, Printable};
use crate::output::Writer;

/// Findings of one document that are put on the terminal.
pub(crate) const MOST: usize = 30;
/// Characters of a line that are shown on either side of a place.
const AROUND: usize = 36;

/// Which findings are said on the terminal.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Loudness {
    least: Severity,
}

impl Loudness {
    pub(crate) fn of(arguments: &ReportingArguments) -> Loudness {
        let least = match (arguments.quiet, arguments.verbose) {
            (true, _) => Severity::Error,
            (_, true) => Severity::Note,
            _ => Severity::Warning,
        };
        Loudness { least }
    }
}

/// A finding with its place in the document.
pub(crate) struct Finding<'a> {
    pub(crate) diagnostic: &'a Diagnostic,
    pub(crate) position: Position,
    /// The line that it is in, and where the marked part of it begins and ends, in bytes.
    pub(crate) line: &'a str,
    pub(crate) marked: std::ops::Range<usize>,
}

impl<'a> Finding<'a> {
    pub(crate) fn new(diagnostic: &'a Diagnostic, lines: &LineIndex<'a>, source: &'a str) -> Finding<'a> {
        let start = source.floor_char_boundary(diagnostic.range.start);
        let position = lines.position(start);
        let line = lines.line(position.line);
        // The line is a part of the source; looking for its beginning would cost its length for each finding.
        let line_start = line.as_ptr() as usize - source.as_ptr() as usize;
        let from = start.saturating_sub(line_start).min(line.len());
        let to = diagnostic.range.end.saturating_sub(line_start).clamp(from, line.len());
        Finding { diagnostic, position, line, marked: from..line.floor_char_boundary(to).max(from) }
    }
}

pub(crate) fn print(text: &str) {
    // Where even stderr is gone, there is nobody to tell.
    let _ = std::io::stderr().write_all(text.as_bytes());
}

/// What is said about a document, which has this name. Places are only counted where something is.
pub(crate) fn about(name: &impl fmt::Display, source: &str, diagnostics: &[Diagnostic], loudness: Loudness) -> String {
    if diagnostics.iter().all(|diagnostic| diagnostic.severity < loudness.least) {
        return String::new();
    }
    let lines = LineIndex::new(source);
    in_words(name, diagnostics.iter().map(|diagnostic| Finding::new(diagnostic, &lines, source)), loudness)
}

/// The conversion groups that a document names and that are not here.
pub(crate) fn missing_groups(source: &str, diagnostics: &[Diagnostic]) -> Vec<String> {
    let missing = diagnostics.iter().filter(|diagnostic| diagnostic.code == DiagnosticCode::UnresolvedGroup);
    missing.filter_map(|diagnostic| source.get(diagnostic.range.clone())).map(|name| name.trim().to_string()).collect()
}

/// The findings that are said, as they are said; `name` is what the document is called.
pub(crate) fn in_words<'a>(
    name: &impl fmt::Display,
    findings: impl IntoIterator<Item = Finding<'a>>,
    loudness: Loudness,
) -> String {
    let loud = |finding: &Finding<'_>| finding.diagnostic.severity >= loudness.least;
    let mut text = String::new();
    let mut left: BTreeMap<&str, usize> = BTreeMap::new();
    for (number, finding) in findings.into_iter().filter(loud).enumerate() {
        match number {
            number if number < MOST => text.push_str(&one_in_words(name, &finding)),
            _ => *left.entry(finding.diagnostic.code.name()).or_default() += 1,
        }
    }
    if !left.is_empty() {
        let kinds: Vec<String> = left.iter().map(|(code, count)| format!("{count} {code}")).collect();
        let line = format!("tongwen: {name}: and {} more; a report has them all", kinds.join(", "));
        text.push_str(&(Printable(&line).to_string() + "\n"));
    }
    text
}

fn one_in_words(name: &impl fmt::Display, finding: &Finding<'_>) -> String {
    let Finding { diagnostic, position: Position { line, column }, .. } = finding;
    let head = format!("tongwen: {name}:{line}:{column}: {diagnostic}");
    let mut text = Printable(&head).to_string() + "\n";
    let (excerpt, marked) = excerpt(finding.line, finding.marked.clone());
    let snippet = Snippet::source(&excerpt).line_start(*line).annotation(AnnotationKind::Primary.span(marked));
    let group = Group::with_level(Level::NOTE).element(snippet);
    text.push_str(Renderer::plain().render(&[group]).trim_end());
    text.push('\n');
    if let Some(hint) = &diagnostic.hint {
        text.push_str(&format!("hint: {}\n", Printable(hint)));
    }
    text
}

/// A part of a long line around the marked place, control characters shown as pictures, and where the place is in it.
fn excerpt(line: &str, marked: std::ops::Range<usize>) -> (String, std::ops::Range<usize>) {
    let start = line[..marked.start].char_indices().rev().nth(AROUND).map_or(0, |(at, _)| at);
    let end = line[marked.start..].char_indices().nth(AROUND * 2).map_or(line.len(), |(at, _)| marked.start + at);
    let picture = |character: char| match character {
        '\t' => ' ',
        '\0'..='\u{1f}' => char::from_u32(0x2400 + character as u32).unwrap_or(' '),
        _ if character.is_control() => char::REPLACEMENT_CHARACTER,
        _ => character,
    };
    let shown = |range: std::ops::Range<usize>| line[range].chars().map(picture).collect::<String>();
    let cut = |at: bool| if at { "…" } else { "" };
    let mut text = String::from(cut(start > 0)) + &shown(start..marked.start);
    let from = text.len();
    text.push_str(&shown(marked.start..marked.end.min(end)));
    let to = text.len();
    text.push_str(&shown(marked.end.min(end)..end));
    text.push_str(cut(end < line.len()));
    (text, from..to)
}

/// The file that gets a record for each change, finding and title.
pub(crate) struct Report {
    writer: Writer,
}

#[derive(Serialize)]
#[serde(rename_all = "lowercase", tag = "kind")]
enum Record<'a> {
    Change {
        #[serde(flatten)]
        place: Place<'a>,
        from: &'a str,
        to: &'a str,
        dictionary: &'a str,
        entry_line: Option<usize>,
    },
    Ambiguous {
        #[serde(flatten)]
        place: Place<'a>,
        from: &'a str,
        to: String,
        candidates: &'a [&'a str],
    },
    Diagnostic {
        #[serde(flatten)]
        place: Place<'a>,
        severity: &'static str,
        code: &'static str,
        message: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        hint: Option<&'a str>,
    },
    Title {
        path: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        page: Option<&'a str>,
        #[serde(skip_serializing_if = "Option::is_none")]
        part: Option<&'a str>,
        variant: &'a str,
        text: &'a str,
    },
}

#[derive(Serialize)]
struct Place<'a> {
    path: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    page: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    part: Option<&'a str>,
    line: usize,
    column: usize,
    start: usize,
    end: usize,
}

impl Report {
    pub(crate) fn new(writer: Writer) -> Report {
        Report { writer }
    }

    /// Adds records.
    pub(crate) fn write(&mut self, records: &[u8]) -> Result<(), Failure> {
        self.writer.write(records)
    }

    pub(crate) fn finish(self) -> Result<(), Failure> {
        self.writer.finish()
    }
}

/// Where a document stands.
pub(crate) struct Where<'a> {
    pub(crate) path: &'a str,
    /// Its title, where a file has many.
    pub(crate) page: Option<&'a str>,
    /// The name of its entry, where the file is an archive.
    pub(crate) part: Option<&'a str>,
    /// The byte of the file that a byte of the document is.
    pub(crate) bytes: &'a dyn Fn(usize) -> usize,
}

/// What was changed in a document and why, in its working text.
#[derive(Clone, Copy)]
pub(crate) struct Changes<'a> {
    text: &'a str,
    why: &'a Why,
    choice: AmbiguousChoice,
}

impl<'a> Changes<'a> {
    /// What is known of them.
    pub(crate) fn new(document: &'a Document<'_>, why: &'a Why, choice: AmbiguousChoice) -> Changes<'a> {
        Changes { text: document.text(), why, choice }
    }

    /// The characters that no phrase has decided about, where all was asked for.
    pub(crate) fn ambiguities(self) -> impl Iterator<Item = Ambiguity<'a>> {
        let trace = if let Why::Trace(trace) = self.why { Some(trace) } else { None };
        trace.into_iter().flat_map(move |trace| ambiguity::find(self.text, trace))
    }

    /// What was replaced, in the order of the text, and by which entry; nothing where nobody asked.
    pub(crate) fn edits(self) -> impl Iterator<Item = (Range<usize>, &'a Replacement)> {
        let (edits, trace) = match self.why {
            Why::Unasked => (None, None),
            Why::Edits(edits) => (Some(edits), None),
            Why::Trace(trace) => (None, Some(trace)),
        };
        // Such places have become something else.
        let are_written_otherwise = matches!(self.choice, AmbiguousChoice::Keep | AmbiguousChoice::Mark);
        let of_piece = move |piece: Piece<'a>| match piece.replacement() {
            Some(_) if are_written_otherwise && ambiguity::is_one(self.text, &piece) => None,
            replacement => Some((piece.range, replacement?)),
        };
        let of_trace = trace.into_iter().flat_map(move |trace| trace.pieces().filter_map(of_piece));
        edits.into_iter().flat_map(Edits::iter).chain(of_trace)
    }
}

/// Bytes of records or lines that gather before they are passed on.
pub(crate) const MOST_GATHERED: usize = 1024 * 1024;

/// Adds the records of one document to others, by place. `pass_on` is called when many have gathered, and may take them.
pub(crate) fn records(
    at: &Where<'_>,
    document: &Document<'_>,
    diagnostics: &[Diagnostic],
    changes: Changes<'_>,
    variant: &str,
    records: &mut Vec<u8>,
    mut pass_on: impl FnMut(&mut Vec<u8>),
) {
    let (path, page, part) = (at.path, at.page, at.part);
    let lines = LineIndex::new(document.source());
    let place = |range: Range<usize>| {
        let Position { line, column } = lines.position(range.start);
        Place { path, page, part, line, column, start: (at.bytes)(range.start), end: (at.bytes)(range.end) }
    };
    let mut put = |record: Record<'_>| {
        serde_json::to_writer(&mut *records, &record).expect("a record of strings and numbers is always JSON");
        records.push(b'\n');
        if records.len() >= MOST_GATHERED {
            pass_on(records);
        }
    };
    // What the markup shows stands for all of it.
    let source = |range: &Range<usize>| document.source_range(range.clone());
    let mut ambiguities = changes.ambiguities().map(|found| (source(&found.range), found)).peekable();
    let mut edits = changes.edits().map(|(range, edit)| (source(&range), range, edit)).peekable();
    let mut diagnostics = diagnostics.iter().peekable();
    // Each comes by place; of the same place, all of a kind come before those of the next.
    loop {
        let first = ambiguities.peek().map(|(range, _)| range.start);
        let second = edits.peek().map(|(range, ..)| range.start);
        let third = diagnostics.peek().map(|diagnostic| diagnostic.range.start);
        let Some(next) = [first, second, third].into_iter().flatten().min() else { break };
        if let Some((range, found)) = ambiguities.next_if(|_| first == Some(next)) {
            let from = &document.text()[found.range.clone()];
            let (to, candidates) = (found.written(changes.choice, from), found.candidates.as_slice());
            put(Record::Ambiguous { place: place(range), from, to, candidates });
        } else if let Some((range, own, edit)) = edits.next_if(|_| second == Some(next)) {
            let (from, to) = (&document.text()[own], edit.replacement.as_str());
            let (dictionary, entry_line) = (edit.dictionary.as_str(), edit.line);
            put(Record::Change { place: place(range), from, to, dictionary, entry_line });
        } else if let Some(diagnostic) = diagnostics.next() {
            let place = place(diagnostic.range.clone());
            let (severity, code) = (diagnostic.severity.name(), diagnostic.code.name());
            let (message, hint) = (&*diagnostic.message, diagnostic.hint.as_deref());
            put(Record::Diagnostic { place, severity, code, message, hint });
        }
    }
    if let Some(text) = document.title() {
        put(Record::Title { path, page, part, variant, text });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lines_are_cut_around_the_place() {
        let line = "甲".repeat(100) + "-{乙" + &"丙".repeat(100);
        let (text, marked) = excerpt(&line, 300..302);
        assert_eq!(&text[marked], "-{");
        assert!(text.starts_with('…') && text.ends_with('…') && text.chars().count() < 120, "{text}");
        assert_eq!(excerpt("a\u{1b}b", 1..2), ("a\u{241b}b".to_string(), 1..4));
    }
}
