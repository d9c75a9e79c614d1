//! Linked Places TSV 0.5: a table for places that are simple.
//!
//! Exactly the columns of the format, so that services which know no others take the file. The title is the name in simplified script; the other names are
//! variants with their languages (`name@language`). A row without a first year says with `attestation_year` when the name was last in use; without
//! any year, both stay empty, which services refuse: say which rows to leave out, or add years in an overlay.

use super::kinds::{class, concept, of_class, of_concept, of_type};
use super::rows::{Rows, TypeInName, is_chinese, note, point, year, years};
use super::sheet::{Quotes, Record, Sheet};
use super::{countries, sources, tsv};
use crate::Error;
use crate::entry::Entry;
use crate::table::Place;

const COLUMNS: [&str; 16] = [
    "id",
    "title",
    "title_source",
    "title_uri",
    "fclasses",
    "aat_types",
    "types",
    "attestation_year",
    "start",
    "end",
    "ccodes",
    "variants",
    "lon",
    "lat",
    "geo_source",
    "description",
];

pub(super) fn export<'a>(entries: impl Iterator<Item = Entry<'a>>) -> String {
    tsv(&COLUMNS, entries.map(row))
}

fn row(entry: Entry<'_>) -> [String; 16] {
    let place = entry.to_place();
    let cited = sources::cited(entry);
    let titles: Vec<&str> = cited.iter().map(|source| source.title).collect();
    let uri = cited.iter().map(|source| source.url).find(|url| !url.is_empty()).unwrap_or_default();
    let mut variants = vec![format!("{}@zh-Hant", place.name_hant)];
    variants.extend(place.variants.iter().map(|variant| format!("{variant}@zh")));
    variants.extend((!place.pinyin.is_empty()).then(|| format!("{}@zh-Latn-pinyin", place.pinyin)));
    variants.extend(place.postal.iter().map(|postal| format!("{postal}@zh-Latn")));
    variants.extend(entry.other_names().map(|other| format!("{}@{}", other.name, other.language)));
    let text = |year: Option<i16>| year.map_or_else(String::new, |year| year.to_string());
    let degrees = |degrees: f64| degrees.to_string();
    let point = place.coordinates;
    [
        place.id,
        place.name_hans,
        titles.join("; "),
        uri.to_string(),
        class(place.feature).to_string(),
        concept(place.feature).map_or_else(String::new, |(number, _)| number.to_string()),
        place.feature.name().to_string(),
        if place.years.from.is_none() { text(place.years.to) } else { String::new() },
        text(place.years.from),
        text(place.years.to),
        countries::codes(entry).join(";"),
        variants.join(";"),
        point.map_or_else(String::new, |point| degrees(point.longitude())),
        point.map_or_else(String::new, |point| degrees(point.latitude())),
        point.map_or_else(String::new, |point| match point.precision() {
            crate::CoordinatePrecision::Site => "the place itself".to_string(),
            crate::CoordinatePrecision::County => "the seat of the modern unit".to_string(),
        }),
        place.notes,
    ]
}

pub(super) fn import(text: &str, rows: &mut Rows<'_>) -> Result<(), Error> {
    let sheet = Sheet::parse(rows.file, text, Quotes::NotWithTabs)?;
    sheet.demand(rows.file, &[&["id"], &["title"]])?;
    for record in sheet.records() {
        match place(&record, rows) {
            Ok(place) => rows.push(place),
            Err(message) => rows.leave_out(record.line, None, message),
        }
    }
    Ok(())
}

fn place(record: &Record<'_>, rows: &Rows<'_>) -> Result<Place, String> {
    if let Some(fault) = record.width_fault() {
        return Err(fault);
    }
    let (id, title) = (record.cell(&["id"]), record.cell(&["title"]));
    if id.is_empty() {
        return Err("has no id; every record needs one".to_string());
    }
    let mut variants: Vec<(&str, &str)> = record
        .cell(&["variants"])
        .split(';')
        .map(str::trim)
        .filter(|variant| !variant.is_empty())
        .map(|variant| variant.rsplit_once('@').unwrap_or((variant, "")))
        .collect();
    let mut take = |languages: [&str; 3]| {
        let fits = |(name, language): &(&str, &str)| {
            is_chinese(name) && languages.iter().any(|known| known.eq_ignore_ascii_case(language))
        };
        let place = variants.iter().position(fits);
        place.map_or("", |place| variants.remove(place).0)
    };
    // The title in characters is the name; what script it is in follows from which of the two is among the variants.
    let (hans, hant) = (take(["zh-Hans", "zh-Hans-CN", "zh-CN"]), take(["zh-Hant", "zh-Hant-TW", "zh-TW"]));
    let names = match (is_chinese(title), hans, hant) {
        (true, "", "") => rows.names("", "", title),
        (true, "", hant) => rows.names(title, hant, ""),
        (true, hans, "") => rows.names(hans, title, ""),
        (true, hans, hant) if hans != title && hant != title => rows.names("", "", title),
        (false, "", "") => rows.names("", "", take(["zh", "cmn", ""])),
        (_, hans, hant) => rows.names(hans, hant, ""),
    };
    let names = names.ok_or_else(|| format!("`{title}` has no name in Chinese characters"))?;
    let mut place = rows.place(record.line, id, &names, None, TypeInName::Keep);
    let words = |column: &str| record.cell(&[column]).split(';').map(str::trim).map(str::to_string).collect::<Vec<_>>();
    let kind = words("types").iter().find_map(|label| of_type(label)).map(|kind| kind.feature);
    let concept = words("aat_types").iter().filter_map(|number| number.parse().ok()).find_map(of_concept);
    let class = words("fclasses").iter().find_map(|class| of_class(class));
    place.feature = kind.or(concept).or(class).unwrap_or(place.feature);
    place.years = years(year(record.cell(&["start"]))?, year(record.cell(&["end"]))?);
    place.coordinates = point(record.cell(&["lat"]), record.cell(&["lon"]))?;
    for (name, language) in variants {
        match language.to_ascii_lowercase().as_str() {
            "zh-latn-pinyin" if place.pinyin.is_empty() => place.pinyin = name.to_string(),
            "zh-latn" => place.postal.push(name.to_string()),
            lower if lower.starts_with("zh") || (lower.is_empty() && is_chinese(name)) => {
                place.variants.push(name.to_string())
            }
            "" => place.postal.push(name.to_string()),
            _ => place.other_names.push(format!("{language}:{name}")),
        }
    }
    place.notes = record.cell(&["description"]).to_string();
    if names.converted {
        note(&mut place, "one script converted, not authored");
    }
    place.source_note = record.cell(&["title_source"]).to_string();
    place.source = vec!["lp-tsv".to_string()];
    Ok(place)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::exchange::{ExportFormat, ImportFormat, export, import};
    use crate::{EntryKind, Glossary};

    /// A place as far as the format holds it.
    fn held(place: &Place) -> impl PartialEq + std::fmt::Debug + use<> {
        (
            [place.id.clone(), place.name_hans.clone(), place.name_hant.clone(), place.pinyin.clone()],
            [place.variants.clone(), place.postal.clone(), place.other_names.clone()],
            (place.feature, place.years.from, place.years.to, place.notes.clone()),
            place.coordinates.map(|point| (point.latitude().to_bits(), point.longitude().to_bits())),
        )
    }

    #[test]
    fn what_the_format_holds_comes_back() {
        let glossary = Glossary::embedded();
        let places = || glossary.entries().filter(|entry| entry.kind() == EntryKind::Place);
        let text = export(places(), ExportFormat::LpTsv);
        let again = import(&glossary, ImportFormat::LpTsv, "places.tsv", text.as_bytes()).unwrap();
        assert_eq!(again.left_out, []);
        for (entry, again) in places().zip(again.overlay.places()) {
            assert_eq!(held(&entry.to_place()), held(again));
        }
        assert_eq!(places().count(), again.overlay.places().len());
    }

    #[test]
    fn rows_have_what_the_format_asks_for() {
        let glossary = Glossary::embedded();
        let text = export(glossary.entries().filter(|entry| entry.kind() == EntryKind::Place), ExportFormat::LpTsv);
        let sheet = Sheet::parse("places.tsv", &text, Quotes::NotWithTabs).unwrap();
        let mut ids = HashSet::new();
        for record in sheet.records() {
            assert_eq!(record.width_fault(), None);
            for column in ["id", "title", "title_source", "fclasses", "types"] {
                assert!(!record.cell(&[column]).is_empty(), "line {}: {column}", record.line);
            }
            assert!(ids.insert(record.cell(&["id"]).to_string()));
        }
    }
}
