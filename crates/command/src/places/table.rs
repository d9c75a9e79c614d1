//! What is said of places to people: lines of cells, aligned by the cells that characters take in a terminal, of which a Chinese one takes two.

use tongwen_glossary::{Confidence, Entry, FIRST_YEAR, Modern, Precision, Script};
use unicode_width::UnicodeWidthStr;

use crate::messages::Printable;

/// Lines of cells, indented by two; columns without content are left out, and nothing stands behind the last content of a line.
pub(crate) fn table(rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let shown = |cell: String| Printable(&cell).to_string();
    let rows: Vec<Vec<String>> = rows.into_iter().map(|row| row.into_iter().map(shown).collect()).collect();
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.width()).max();
    let widths: Vec<usize> = (0..columns).map(|column| width(column).unwrap_or(0)).collect();
    let line = |row: &Vec<String>| {
        let mut line = String::new();
        for (cell, width) in row.iter().zip(&widths).filter(|(_, width)| **width > 0) {
            line.push_str("  ");
            line.push_str(cell);
            line.push_str(&" ".repeat(width - cell.width()));
        }
        line.trim_end().to_string() + "\n"
    };
    rows.iter().map(line).collect()
}

/// Name, years, kind, relation.
pub(crate) fn cells(entry: Entry<'_>, script: Script) -> Vec<String> {
    let relation = entry.relation().map_or_else(String::new, |relation| relation.name().replace('_', " "));
    vec![entry.name(script).to_string(), years(entry), kind(entry), relation]
}

/// The kind of a historical place; of a unit its code.
fn kind(entry: Entry<'_>) -> String {
    match entry.unit() {
        Some(unit) => unit.code().to_string(),
        None => entry.feature().to_string(),
    }
}

/// The place today, from the province down; several have `、` between.
pub(crate) fn today(places: &[Modern<'_>], script: Script) -> String {
    let paths: Vec<String> = places.iter().map(|place| place.path(script).join(" ")).collect();
    if paths.is_empty() { String::new() } else { format!("今{}", paths.join("、")) }
}

/// The first and the last year in which a name was in use.
pub(crate) fn span(entry: Entry<'_>) -> (Option<i16>, Option<i16>) {
    let years = entry.years();
    (years.from, entry.unit().map_or(years.to, |unit| unit.last_year()))
}

/// The years in which a name was in use: `1763-1954`, `?-1954`, `221 BC-`; `~` before a year that is not exact; `by 1980-2005` of a unit that the code book had from its start.
pub(crate) fn years(entry: Entry<'_>) -> String {
    let precision = entry.years();
    let (from, to) = span(entry);
    let shown = |year: i16, precision: Option<Precision>| {
        let about = if matches!(precision, None | Some(Precision::Year)) { "" } else { "~" };
        if year < 0 { format!("{about}{} BC", -i32::from(year)) } else { format!("{about}{year}") }
    };
    let from = match from {
        Some(from) => shown(from, precision.from_precision),
        // The code book began in 1980.
        None if entry.unit().is_some() => format!("by {FIRST_YEAR}"),
        None if to.is_none() => return "?".to_string(),
        None => "?".to_string(),
    };
    let to = to.map_or_else(String::new, |to| shown(to, precision.to_precision));
    format!("{from}-{to}")
}

/// What is to be said of how sure a row is.
pub(crate) fn doubt(entry: Entry<'_>) -> Option<&'static str> {
    (entry.confidence() == Confidence::Low).then_some("uncertain")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_aligned_by_width() {
        let rows = [["迪化", "1", "", "x"], ["Tihwa", "12", "", ""]].map(|row| row.map(str::to_string).to_vec());
        assert_eq!(table(rows), "  迪化   1   x\n  Tihwa  12\n");
    }
}
