//! Wikidata: the result of a query, as CSV.
//!
//! The columns, of which only `item` and one name are needed, may come from a query like this:
//!
//! ```sparql
//! SELECT ?item ?hans ?hant ?zh ?pinyin ?type ?from ?to ?coord ?code ?modern WHERE {
//!   ?item wdt:P31/wdt:P279* wd:Q19953632 .                       # former administrative territorial entity
//!   ?item wdt:P17|wdt:P131/wdt:P17 wd:Q148 .
//!   OPTIONAL { ?item rdfs:label ?hans FILTER(LANG(?hans) = "zh-hans") }
//!   OPTIONAL { ?item rdfs:label ?hant FILTER(LANG(?hant) = "zh-hant") }
//!   OPTIONAL { ?item rdfs:label ?zh FILTER(LANG(?zh) = "zh") }
//!   OPTIONAL { ?item wdt:P1721 ?pinyin }
//!   OPTIONAL { ?item wdt:P31/rdfs:label ?type FILTER(LANG(?type) = "zh") }
//!   OPTIONAL { ?item wdt:P571 ?from } OPTIONAL { ?item wdt:P576 ?to }
//!   OPTIONAL { ?item wdt:P625 ?coord }
//!   OPTIONAL { ?item wdt:P442 ?code }
//!   OPTIONAL { ?item wdt:P1366/rdfs:label ?modern FILTER(LANG(?modern) = "zh") }
//! }
//! ```
//!
//! An item on several lines is one row: the first that says something counts, and further names become variants. The query service counts a year 0 (1 BC),
//! which the tables of places do not; years before it are moved by one.

use std::collections::HashMap;

use super::kinds::of_type;
use super::rows::{Rows, TypeInName, is_chinese, note, pinyin, point, year, years};
use super::sheet::{Quotes, Record, Sheet};
use crate::table::CodeAt;
use crate::{Error, Place};

const ITEM: &[&str] = &["item", "place", "id"];
const SIMPLIFIED: &[&str] = &["hans", "zh_hans", "zh-hans", "name_hans", "labelHans"];
const TRADITIONAL: &[&str] = &["hant", "zh_hant", "zh-hant", "name_hant", "labelHant"];
const UNKNOWN: &[&str] = &["zh", "itemLabel", "placeLabel", "label", "name"];

pub(super) fn import(text: &str, rows: &mut Rows<'_>) -> Result<(), Error> {
    let sheet = Sheet::parse(rows.file, text, Quotes::AsInCsv)?;
    let names: Vec<&str> = [SIMPLIFIED, TRADITIONAL, UNKNOWN].concat();
    sheet.demand(rows.file, &[ITEM, &names])?;
    let mut order = Vec::new();
    let mut items: HashMap<&str, Vec<Record<'_>>> = HashMap::new();
    for record in sheet.records() {
        if let Some(fault) = record.width_fault() {
            rows.leave_out(record.line, None, fault);
            continue;
        }
        let item = record.cell(ITEM).rsplit('/').next().unwrap_or_default();
        let number = item.strip_prefix('Q').unwrap_or_default();
        if number.is_empty() || !number.bytes().all(|byte| byte.is_ascii_digit()) {
            rows.leave_out(record.line, None, format!("`{item}` is no item; expected Q and a number"));
            continue;
        }
        items
            .entry(item)
            .or_insert_with(|| {
                order.push(item);
                Vec::new()
            })
            .push(record);
    }
    for item in order {
        let records = &items[item];
        match row(item, records, rows) {
            Ok(place) => rows.push(place),
            Err(message) => rows.leave_out(records[0].line, None, message),
        }
    }
    Ok(())
}

fn row(item: &str, records: &[Record<'_>], rows: &Rows<'_>) -> Result<Place, String> {
    let cell = |names: &[&str]| records.iter().map(|record| record.cell(names)).find(|cell| !cell.is_empty());
    let text = |names: &[&str]| cell(names).unwrap_or_default();
    let names = rows.names(text(SIMPLIFIED), text(TRADITIONAL), text(UNKNOWN));
    let names = names.ok_or_else(|| format!("{item} has no name in Chinese characters"))?;
    let kind = of_type(&simplified_type(text(&["type", "typeLabel", "instanceLabel"])));
    let mut place = rows.place(records[0].line, &format!("wikidata-{item}"), &names, kind, TypeInName::Cut);
    place.years =
        years(civil_year(text(&["from", "inception", "start"]))?, civil_year(text(&["to", "dissolved", "end"]))?);
    if let Some(point_text) = cell(&["coord", "coordinates", "location"]) {
        let (longitude, latitude) =
            point_of(point_text).ok_or_else(|| format!("`{point_text}` is no Point(east north)"))?;
        place.coordinates = point(latitude, longitude)?;
    }
    place.pinyin = pinyin(text(&["pinyin"]));
    for record in records {
        let others = [SIMPLIFIED, TRADITIONAL, UNKNOWN].map(|columns| record.cell(columns)).into_iter();
        let aliases = record.cell(&["aliases", "itemAltLabel", "altLabel"]).split([',', ';', '、']).map(str::trim);
        for name in others.chain(aliases).filter(|name| is_chinese(name)) {
            let known = [&names.hans, &names.hant, &place.name_hans, &place.name_hant];
            if known.iter().all(|known| *known != name) && !place.variants.iter().any(|known| known == name) {
                place.variants.push(name.to_string());
            }
        }
        let code: Option<CodeAt> = record.cell(&["code", "gb", "gbcode"]).parse().ok();
        let exists = |code: &CodeAt| rows.glossary.unit(code.code, code.year).is_some();
        if let Some(code) = code.filter(exists).filter(|code| !place.modern.contains(code)) {
            place.modern.push(code);
        }
    }
    if place.modern.is_empty() {
        let today = text(&["modern", "modernLabel", "replacedByLabel"]);
        rows.today(&mut place, if is_chinese(today) { today } else { "" });
    }
    place.source = vec!["wikidata".to_string()];
    place.source_note = item.to_string();
    note(&mut place, "imported from Wikidata");
    Ok(place)
}

/// A type is a label, in any script.
fn simplified_type(label: &str) -> String {
    tongwen::Converter::new(tongwen::Config::T2S).convert(label).into_owned()
}

/// A year of a date that counts a year 0.
fn civil_year(date: &str) -> Result<Option<i16>, String> {
    let digits = date.trim_start_matches(['-', '+']);
    let zero =
        digits.split(['-', 'T']).next().is_some_and(|year| !year.is_empty() && year.bytes().all(|byte| byte == b'0'));
    if zero {
        return Ok(Some(-1));
    }
    // An unknown value is an address of a node.
    let date = if date.contains("://") || date.starts_with("t") || date.starts_with("_:") { "" } else { date };
    Ok(year(date)?.map(|year| if year < 0 { year - 1 } else { year }))
}

/// East and north of `Point(89.59 44.02)`.
fn point_of(text: &str) -> Option<(&str, &str)> {
    let (head, inside) = text.split_once('(')?;
    let inside = inside.strip_suffix(')')?.trim();
    head.trim().eq_ignore_ascii_case("point").then(|| inside.split_once(' ')).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_of_the_query_service() {
        assert_eq!(civil_year("1763-01-01T00:00:00Z"), Ok(Some(1763)));
        assert_eq!(civil_year("-0205-01-01T00:00:00Z"), Ok(Some(-206)));
        assert_eq!(civil_year("0000-01-01T00:00:00Z"), Ok(Some(-1)));
        assert_eq!(civil_year("http://www.wikidata.org/.well-known/genid/1"), Ok(None));
        assert!(civil_year("soon").is_err());
        assert_eq!(point_of("Point(89.59 44.02)"), Some(("89.59", "44.02")));
        assert_eq!(point_of("89.59 44.02"), None);
    }
}
