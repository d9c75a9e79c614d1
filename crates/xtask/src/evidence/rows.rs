//! One row of `dictionaries/local/evidence.tsv`, read and written.

use std::fmt::Write as _;
use std::path::Path;

use crate::problem::{Problem, Result};

/// What a character or a pair says about the text that it stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Kind {
    /// Only Simplified text has it.
    Hans,
    /// Simplified, but careless Traditional text has this form of the character too (内, 没, 却).
    HansVariant,
    /// Practically only Simplified text has it, but a Traditional word with it exists (据 in 拮据).
    HansUsual,
    /// Only Traditional text has it.
    Hant,
    /// Traditional, but careless Simplified text has this form of the character too.
    HantVariant,
    /// Practically only Traditional text has it, but Simplified text may (於 as a surname).
    HantUsual,
    /// Two characters of both scripts that practically only Simplified text writes together (之后).
    HansPair,
    /// Two characters of both scripts that practically only Traditional text writes together (看著).
    HantPair,
    /// A form that t2tw replaces and Taiwan does not write.
    TwForeign,
    /// A form that t2hk replaces and Hong Kong does not write.
    HkForeign,
    /// Tells Taiwan (weight above 0) from Hong Kong (below) within Traditional text.
    Region,
}

impl Kind {
    const NAMES: [(Kind, &'static str); 11] = [
        (Kind::Hans, "hans"),
        (Kind::HansVariant, "hans-variant"),
        (Kind::HansUsual, "hans-usual"),
        (Kind::Hant, "hant"),
        (Kind::HantVariant, "hant-variant"),
        (Kind::HantUsual, "hant-usual"),
        (Kind::HansPair, "hans-pair"),
        (Kind::HantPair, "hant-pair"),
        (Kind::TwForeign, "tw-foreign"),
        (Kind::HkForeign, "hk-foreign"),
        (Kind::Region, "region"),
    ];

    pub(crate) fn name(self) -> &'static str {
        Kind::NAMES.iter().find(|(kind, _)| *kind == self).expect("every kind has a name").1
    }

    fn from_name(name: &str) -> Option<Kind> {
        Kind::NAMES.iter().find(|(_, known)| *known == name).map(|(kind, _)| *kind)
    }
}

/// A row: the evidence and the counts that it rests on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Row {
    pub(crate) kind: Kind,
    /// One character or two.
    pub(crate) text: String,
    /// How often it occurs in the text of each class, in the order of `Class::ALL`.
    pub(crate) counts: [u64; 4],
    /// Region rows only: quarters of a bit towards Taiwan, below zero towards Hong Kong.
    pub(crate) weight: i8,
    /// Why, where the counts alone do not say it.
    pub(crate) note: String,
}

/// The rows as a table, below a header of comment lines.
pub(crate) fn write(rows: &[Row], header: &str) -> String {
    let mut out = header.to_string();
    for row in rows {
        let [mainland, taiwan, hong_kong, classical] = row.counts;
        write!(
            out,
            "{}\t{}\t{mainland}\t{taiwan}\t{hong_kong}\t{classical}\t{}",
            row.kind.name(),
            row.text,
            row.weight
        )
        .expect("writing to a string cannot fail");
        if !row.note.is_empty() {
            out.push('\t');
            out.push_str(&row.note);
        }
        out.push('\n');
    }
    out
}

/// Reads and checks the table.
pub(crate) fn read(file: &Path) -> Result<Vec<Row>> {
    let text = crate::problem::read_text(file)?;
    let mut rows: Vec<Row> = Vec::new();
    for (index, line) in text.lines().enumerate().filter(|(_, line)| !line.starts_with('#')) {
        let row = parse(line).map_err(|message| Problem::at(file, index + 1, message))?;
        if let Some(last) = rows.last().filter(|last| (last.kind, &last.text) >= (row.kind, &row.text)) {
            let message = format!("{} comes after {}; rows are sorted and unique", row.text, last.text);
            return Err(Problem::at(file, index + 1, message));
        }
        rows.push(row);
    }
    Ok(rows)
}

fn parse(line: &str) -> Result<Row, String> {
    let fields: Vec<&str> = line.split('\t').collect();
    let [kind, text, mainland, taiwan, hong_kong, classical, weight, note @ ..] = &fields[..] else {
        return Err(format!("{} columns, expected at least seven", fields.len()));
    };
    let number = |field: &str| field.parse::<u64>().map_err(|_| format!("`{field}` is not a count"));
    Ok(Row {
        kind: Kind::from_name(kind).ok_or_else(|| format!("unknown class `{kind}`"))?,
        text: text.to_string(),
        counts: [number(mainland)?, number(taiwan)?, number(hong_kong)?, number(classical)?],
        weight: weight.parse().map_err(|_| format!("`{weight}` is not a weight from -128 to 127"))?,
        note: note.concat(),
    })
}
