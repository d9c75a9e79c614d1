//! GeoNames: `alternateNamesV2.txt`, which has names with languages and years but neither coordinates nor kinds of places.
//!
//! A place that has a Chinese name and a name marked as historic (or with a last year) gives rows: one for each historic Chinese name, with the Chinese
//! name of today as what the place is today; or one with the Chinese name of today, if only other languages have historic ones. These are
//! other names of every row. All other places of the file, which are most, are passed over.

use std::collections::HashMap;

use super::rows::{Rows, TypeInName, is_chinese, note, year, years};
use crate::Error;
use crate::table::Relation;

/// Codes that stand where languages do, and are none.
const NO_LANGUAGES: [&str; 13] =
    ["link", "post", "iata", "icao", "faac", "wkdt", "unlc", "abbr", "phon", "piny", "tcid", "uicn", "fr_1793"];

/// A name of a place.
struct Name<'a> {
    line: u64,
    id: &'a str,
    language: &'a str,
    name: &'a str,
    preferred: bool,
    historic: bool,
    from: &'a str,
    to: &'a str,
}

impl Name<'_> {
    fn is_chinese(&self) -> bool {
        (self.language == "zh" || self.language.starts_with("zh-")) && is_chinese(self.name)
    }
}

pub(super) fn import(text: &str, rows: &mut Rows<'_>) -> Result<(), Error> {
    let mut order = Vec::new();
    let mut places: HashMap<&str, Vec<Name<'_>>> = HashMap::new();
    for (line, record) in (1..).zip(text.lines()) {
        let cells: Vec<&str> = record.split('\t').collect();
        let [id, place, language, name, rest @ ..] = cells.as_slice() else {
            if !record.trim().is_empty() {
                rows.leave_out(line, None, "has fewer than four cells; expected those of alternateNamesV2 with tabs");
            }
            continue;
        };
        if NO_LANGUAGES.contains(language) {
            continue;
        }
        let cell = |place: usize| rest.get(place).map_or("", |cell| cell.trim());
        let (from, to) = (cell(4), cell(5));
        let historic = cell(3) == "1" || !to.is_empty();
        let name = Name { line, id, language, name: name.trim(), preferred: cell(0) == "1", historic, from, to };
        let known = places.entry(place).or_insert_with(|| {
            order.push(*place);
            Vec::new()
        });
        known.push(name);
    }
    for place in order {
        place_rows(place, &places[place], rows);
    }
    Ok(())
}

fn place_rows(id: &str, names: &[Name<'_>], rows: &mut Rows<'_>) {
    let chinese: Vec<&Name<'_>> = names.iter().filter(|name| name.is_chinese()).collect();
    if chinese.is_empty() || !names.iter().any(|name| name.historic) {
        return;
    }
    let today = |fits: fn(&str) -> bool| {
        let current = chinese.iter().filter(|name| !name.historic && fits(name.language));
        current.max_by_key(|name| (name.preferred, std::cmp::Reverse(name.line))).copied()
    };
    let hans = today(|language| matches!(language, "zh-Hans" | "zh-CN" | "zh-SG"));
    let hant = today(|language| matches!(language, "zh-Hant" | "zh-TW" | "zh-HK" | "zh-MO"));
    let any = today(|_| true);
    let text = |name: Option<&Name<'_>>| name.map_or(String::new(), |name| name.name.to_string());
    let current = rows.names(&text(hans), &text(hant), &text(any));
    let historic: Vec<&Name<'_>> = chinese.iter().copied().filter(|name| name.historic).collect();
    let other: Vec<String> = names
        .iter()
        .filter(|name| name.historic && !name.is_chinese() && name.language.len() > 1)
        .map(|name| format!("{}:{}", name.language, name.name.replace(';', ",")))
        .collect();
    let sources = if historic.is_empty() { any.into_iter().collect() } else { historic };
    for name in sources {
        let forms = match name.language {
            "zh-Hans" | "zh-CN" | "zh-SG" => rows.names(name.name, "", ""),
            "zh-Hant" | "zh-TW" | "zh-HK" | "zh-MO" => rows.names("", name.name, ""),
            _ => rows.names("", "", name.name),
        };
        let (Some(forms), true) = (forms, name.is_chinese()) else { continue };
        let span = year(name.from).and_then(|from| Ok(years(from, year(name.to)?)));
        let span = match span {
            Ok(span) => span,
            Err(message) => {
                rows.leave_out(name.line, None, message);
                continue;
            }
        };
        let mut row = rows.place(name.line, &format!("geonames-{id}-{}", name.id), &forms, None, TypeInName::Keep);
        row.years = span;
        row.other_names.clone_from(&other);
        match &current {
            Some(current) if current.hans != forms.hans => {
                row.relation = Relation::Renamed;
                rows.today(&mut row, &current.hans);
                if row.modern.is_empty() {
                    row.modern_hans.clone_from(&current.hans);
                    row.modern_hant.clone_from(&current.hant);
                }
            }
            _ => {}
        }
        row.source = vec!["geonames".to_string()];
        row.source_note = format!("geonameid {id}");
        note(&mut row, "imported from GeoNames");
        rows.push(row);
    }
}
