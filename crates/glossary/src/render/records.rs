//! Annotations for machines: JSON beside the text (schema 1), and a table.

use serde::Serialize;

use super::gloss::{Detail, Glosses, places};
use crate::annotate::Annotation;
use crate::chain::Modern;

/// The version of the machine output: of annotations, and of what the command `tongwen` says of places.
pub const SCHEMA: u32 = 1;

#[derive(Serialize)]
struct Document<'a> {
    schema: u32,
    annotations: Vec<Record<'a>>,
}

#[derive(Serialize)]
struct Record<'a> {
    /// Bytes of the text.
    start: usize,
    end: usize,
    /// Unicode scalar values of the text.
    char_start: usize,
    char_end: usize,
    surface: &'a str,
    /// `None` where several places are as likely.
    id: Option<&'a str>,
    modern: &'a [Modern<'a>],
    action: &'static str,
    rule: &'static str,
    choice: &'static str,
    confidence: f64,
    rivals: Vec<RivalRecord<'a>>,
    year: Option<i16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    stated: Option<StatedRecord>,
}

#[derive(Serialize)]
struct RivalRecord<'a> {
    id: &'a str,
    confidence: f64,
}

/// What the text itself says.
#[derive(Serialize)]
struct StatedRecord {
    start: usize,
    end: usize,
    agreement: &'static str,
}

impl<'a> Record<'a> {
    fn new(annotation: &'a Annotation<'a>) -> Record<'a> {
        let rivals = annotation.rivals.iter();
        Record {
            start: annotation.range.start,
            end: annotation.range.end,
            char_start: annotation.characters.start,
            char_end: annotation.characters.end,
            surface: &annotation.surface,
            id: annotation.entry.map(|entry| entry.id()),
            modern: &annotation.modern,
            action: annotation.action.name(),
            rule: annotation.rule.name(),
            choice: annotation.choice.name(),
            confidence: annotation.confidence,
            rivals: rivals.map(|rival| RivalRecord { id: rival.entry.id(), confidence: rival.confidence }).collect(),
            year: annotation.year,
            stated: annotation.stated.as_ref().map(|stated| StatedRecord {
                start: stated.range.start,
                end: stated.range.end,
                agreement: stated.agreement.name(),
            }),
        }
    }
}

/// One line of JSON.
pub(super) fn json(annotations: &[Annotation<'_>]) -> String {
    let document = Document { schema: SCHEMA, annotations: annotations.iter().map(Record::new).collect() };
    serde_json::to_string(&document).expect("members have names, and numbers are finite") + "\n"
}

/// A header, and a line for each annotation: offsets, line and column from 1, and what it is in the script of the text.
pub(super) fn tsv(text: &str, annotations: &[Annotation<'_>], glosses: &Glosses<'_>) -> String {
    let header = "start\tend\tchar_start\tchar_end\tline\tcolumn\tsurface\tid\taction\trule\tconfidence\tmodern\n";
    let mut output = header.to_string();
    let (mut read, mut line, mut line_start) = (0, 1, 0);
    for annotation in annotations {
        let before = &text[read..annotation.range.start];
        line += before.matches('\n').count();
        line_start = before.rfind('\n').map_or(line_start, |last| read + last + 1);
        read = annotation.range.start;
        let column = text[line_start..annotation.range.start].chars().count() + 1;
        let modern = places(&annotation.modern, glosses.script_of(annotation), Detail::Path);
        let cells = [
            annotation.range.start.to_string(),
            annotation.range.end.to_string(),
            annotation.characters.start.to_string(),
            annotation.characters.end.to_string(),
            line.to_string(),
            column.to_string(),
            annotation.surface.replace(['\t', '\n', '\r'], " "),
            annotation.entry.map_or("", |entry| entry.id()).to_string(),
            annotation.action.name().to_string(),
            annotation.rule.name().to_string(),
            annotation.confidence.to_string(),
            modern,
        ];
        output.push_str(&cells.join("\t"));
        output.push('\n');
    }
    output
}
