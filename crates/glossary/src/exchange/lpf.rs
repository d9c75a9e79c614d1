//! Linked Places format 1.3: JSON-LD that is GeoJSON, with names, types and years as attestations.
//!
//! The names of a row are names with their languages (`zh-Hans`, `zh-Hant`, `zh` for variants, `zh-Latn-pinyin`, `zh-Latn`, and those of other names), the first
//! with the sources as citations; the years are `when`, the kind is a type with its concept, the point is a geometry, notes are a
//! description. What the format has no member for is a property under the name of its column. The identifier is `tongwen:` and the id.
//!
//! Reading takes the members first and then the properties, so that a file that was written here comes back as it was, and a file of others as far as
//! it says something. Where a name has years of its own, those of the place count.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::{Value, json};
use tongwen::Script;

use super::geojson::modern_name;
use super::kinds::{class, concept, of_class, of_concept, of_type};
use super::ordered::{Ordered, collection};
use super::rows::{Names, Rows, TypeInName, is_chinese, note, point, year, years};
use super::sheet::unreadable;
use super::{countries, sources};
use crate::Error;
use crate::entry::Entry;
use crate::table::{CoordinatePrecision, Feature, PLACE_COLUMNS, Place};

const CONTEXT: &str =
    "https://raw.githubusercontent.com/LinkedPasts/linked-places-format/main/linkedplaces-context-v1.1.jsonld";

/// What our identifiers begin with.
const SCHEME: &str = "tongwen:";

/// Columns that members of the format hold.
const MEMBERS: [&str; 12] = [
    "id",
    "name_hans",
    "name_hant",
    "variants",
    "pinyin",
    "postal",
    "other_names",
    "valid_from",
    "valid_to",
    "lat",
    "lon",
    "notes",
];

/// The other columns, which are properties.
fn property_columns() -> impl Iterator<Item = &'static str> {
    PLACE_COLUMNS.into_iter().filter(|column| !MEMBERS.contains(column))
}

#[derive(Serialize)]
struct LinkedPlace {
    #[serde(rename = "@id")]
    id: String,
    r#type: &'static str,
    properties: Ordered,
    #[serde(skip_serializing_if = "Option::is_none")]
    when: Option<Value>,
    names: Vec<Name>,
    types: Vec<Value>,
    geometry: Value,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    descriptions: Vec<Value>,
}

#[derive(Serialize)]
struct Name {
    toponym: String,
    lang: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    citations: Vec<Value>,
}

pub(super) fn export<'a>(entries: impl Iterator<Item = Entry<'a>>) -> String {
    let head = format!("\"type\":\"FeatureCollection\",\n\"@context\":\"{CONTEXT}\",\n");
    collection(&head, entries.map(linked_place))
}

fn linked_place(entry: Entry<'_>) -> LinkedPlace {
    let place = entry.to_place();
    let cells = place.cells();
    let mut properties = Ordered::default();
    properties.text("title", entry.name(Script::Simplified));
    properties.0.push(("ccodes", json!(countries::codes(entry))));
    properties.0.push(("fclasses", json!([class(entry.feature())])));
    for (column, cell) in PLACE_COLUMNS.into_iter().zip(cells) {
        if !MEMBERS.contains(&column) {
            properties.text(column, cell);
        }
    }
    properties.text("modern_name", modern_name(entry));
    let term = match concept(entry.feature()) {
        Some((number, label)) => json!({
            "identifier": format!("aat:{number}"),
            "label": label,
            "sourceLabels": [{ "label": entry.feature().name(), "lang": "en" }],
        }),
        // An alias has no concept of its own.
        None => json!({ "identifier": "", "label": entry.feature().name() }),
    };
    let geometries: Vec<Value> = entry
        .coordinates()
        .map(|point| {
            let certainty = match point.precision() {
                CoordinatePrecision::Site => "certain",
                CoordinatePrecision::County => "less-certain",
            };
            json!({ "type": "Point", "coordinates": [point.longitude(), point.latitude()], "certainty": certainty })
        })
        .into_iter()
        .collect();
    LinkedPlace {
        id: format!("{SCHEME}{}", entry.id()),
        r#type: "Feature",
        properties,
        when: when(&place),
        names: names(entry, &place),
        types: vec![term],
        geometry: json!({ "type": "GeometryCollection", "geometries": geometries }),
        descriptions: (!place.notes.is_empty())
            .then(|| json!({ "value": place.notes, "lang": "en" }))
            .into_iter()
            .collect(),
    }
}

fn names(entry: Entry<'_>, place: &Place) -> Vec<Name> {
    let name = |toponym: &str, lang: &str| Name {
        toponym: toponym.to_string(),
        lang: lang.to_string(),
        citations: Vec::new(),
    };
    let citations: Vec<Value> = sources::cited(entry)
        .into_iter()
        .map(|source| match source.url {
            "" => json!({ "label": source.title }),
            url => json!({ "label": source.title, "@id": url }),
        })
        .collect();
    let mut names = vec![Name { citations, ..name(&place.name_hans, "zh-Hans") }, name(&place.name_hant, "zh-Hant")];
    names.extend(place.variants.iter().map(|variant| name(variant, "zh")));
    names.extend((!place.pinyin.is_empty()).then(|| name(&place.pinyin, "zh-Latn-pinyin")));
    names.extend(place.postal.iter().map(|postal| name(postal, "zh-Latn")));
    names.extend(entry.other_names().map(|other| name(other.name, other.language)));
    names
}

/// The years. A span must have a start, so that of a name of which only the end is known is at latest then.
fn when(place: &Place) -> Option<Value> {
    let iso = |year: i16| if year < 0 { format!("-{:04}", year.unsigned_abs()) } else { format!("{year:04}") };
    let span = match (place.years.from, place.years.to) {
        (None, None) => return None,
        (Some(from), None) => json!({ "start": { "in": iso(from) } }),
        (Some(from), Some(to)) => json!({ "start": { "in": iso(from) }, "end": { "in": iso(to) } }),
        (None, Some(to)) => json!({ "start": { "latest": iso(to) }, "end": { "in": iso(to) } }),
    };
    Some(json!({ "timespans": [span] }))
}

/// The features of a file as they stand in it, so that their lines can be told.
#[derive(Deserialize)]
struct Collection<'a> {
    #[serde(borrow)]
    features: Vec<&'a RawValue>,
}

pub(super) fn import(text: &str, rows: &mut Rows<'_>) -> Result<(), Error> {
    let collection: Collection<'_> = serde_json::from_str(text).map_err(|error| {
        let message = format!("cannot be read as a collection of features: {error}");
        unreadable(rows.file, error.line().max(1) as u64, message)
    })?;
    let (mut before, mut line) = (0, 1);
    for feature in collection.features {
        // Features lie in the text itself.
        let start = (feature.get().as_ptr() as usize).saturating_sub(text.as_ptr() as usize).min(text.len());
        line += text.as_bytes()[before..start].iter().filter(|byte| **byte == b'\n').count() as u64;
        before = start;
        let value: Value = serde_json::from_str(feature.get()).expect("the text was read once already");
        match row(&value, line, rows) {
            Ok(place) => rows.push(place),
            Err((column, message)) => rows.leave_out(line, column, message),
        }
    }
    Ok(())
}

type Wrong = (Option<&'static str>, String);

fn wrong(message: String) -> Wrong {
    (None, message)
}

/// Names of a feature by their language.
struct Toponyms<'a>(Vec<(&'a str, &'a str)>);

impl<'a> Toponyms<'a> {
    fn of(value: &'a Value) -> Toponyms<'a> {
        let names = value["names"].as_array().map_or(&[][..], Vec::as_slice);
        let text = |value: &'a Value| value.as_str().map(str::trim).filter(|text| !text.is_empty());
        Toponyms(
            names
                .iter()
                .filter_map(|name| Some((text(&name["toponym"])?, text(&name["lang"]).unwrap_or_default())))
                .collect(),
        )
    }

    /// Takes the first name in one of these languages out.
    fn take(&mut self, languages: &[&str]) -> &'a str {
        let fits = |(name, language): &(&str, &str)| {
            is_chinese(name) && languages.iter().any(|known| known.eq_ignore_ascii_case(language))
        };
        let place = self.0.iter().position(fits);
        place.map_or("", |place| self.0.remove(place).0)
    }
}

fn row(value: &Value, line: u64, rows: &Rows<'_>) -> Result<Place, Wrong> {
    let identifier = value["@id"].as_str().or(value["id"].as_str()).unwrap_or_default();
    if identifier.is_empty() {
        return Err(wrong("has no `@id`; every feature needs one".to_string()));
    }
    let properties = &value["properties"];
    let title = properties["title"].as_str().unwrap_or_default();
    let own = identifier.strip_prefix(SCHEME);
    let mut toponyms = Toponyms::of(value);
    let names = toponyms_of_place(&mut toponyms, title, rows)
        .ok_or_else(|| wrong(format!("`{title}` has no name in Chinese characters")))?;
    let kind = kind(value);
    let mut place = match own {
        Some(id) => Place { line, ..Place::new(id, &names.hans, &names.hant) },
        None => rows.place(line, identifier, &names, None, TypeInName::Keep),
    };
    place.feature = kind.unwrap_or(place.feature);
    for (name, language) in toponyms.0 {
        let lower = language.to_ascii_lowercase();
        match lower.as_str() {
            "zh-latn-pinyin" if place.pinyin.is_empty() => place.pinyin = name.to_string(),
            "zh-latn" | "zh-latn-pinyin" | "zh-latn-wadegile" => place.postal.push(name.to_string()),
            _ if lower.starts_with("zh") || (lower.is_empty() && is_chinese(name)) => {
                place.variants.push(name.to_string());
            }
            "" => place.postal.push(name.to_string()),
            _ => place.other_names.push(format!("{language}:{name}")),
        }
    }
    place.years = span(&value["when"]).map_err(wrong)?;
    place.coordinates = geometry(&value["geometry"]).map_err(wrong)?;
    let notes = value["descriptions"].as_array().into_iter().flatten().filter_map(|item| item["value"].as_str());
    place.notes =
        [place.notes.as_str()].into_iter().chain(notes).filter(|text| !text.is_empty()).collect::<Vec<_>>().join("; ");
    let mut cells = Vec::new();
    for column in property_columns() {
        match &properties[column] {
            Value::String(text) => cells.push((column, text.clone())),
            Value::Number(number) => cells.push((column, number.to_string())),
            _ => {}
        }
    }
    if own.is_none() {
        note(&mut place, "imported from Linked Places");
    }
    place.fill(&cells).map_err(|(column, message)| (Some(column), message))
}

fn toponyms_of_place(toponyms: &mut Toponyms<'_>, title: &str, rows: &Rows<'_>) -> Option<Names> {
    let hans = toponyms.take(&["zh-Hans", "zh-Hans-CN", "zh-CN", "zh-SG"]);
    let hant = toponyms.take(&["zh-Hant", "zh-Hant-TW", "zh-TW", "zh-HK", "zh-MO"]);
    if !hans.is_empty() || !hant.is_empty() {
        return rows.names(hans, hant, "");
    }
    let unknown = toponyms.take(&["zh", "", "cmn", "lzh"]);
    rows.names("", "", if unknown.is_empty() { title } else { unknown })
}

/// The kind of place: in our own word, in the words of the source, by the concept, by the class.
fn kind(value: &Value) -> Option<Feature> {
    let types = value["types"].as_array().map_or(&[][..], Vec::as_slice);
    let labels = types.iter().flat_map(|term| {
        let labels = term["sourceLabels"].as_array().into_iter().flatten().map(|label| &label["label"]);
        labels.chain([&term["sourceLabel"], &term["label"]]).filter_map(Value::as_str)
    });
    let number = |term: &Value| term["identifier"].as_str()?.rsplit([':', '/']).next()?.parse().ok();
    let classes = value["properties"]["fclasses"].as_array().into_iter().flatten().filter_map(Value::as_str);
    labels
        .filter_map(|label| of_type(label).map(|kind| kind.feature))
        .next()
        .or_else(|| types.iter().filter_map(number).find_map(of_concept))
        .or_else(|| classes.filter_map(of_class).next())
}

/// The years of the first span.
fn span(when: &Value) -> Result<crate::Years, String> {
    let span = &when["timespans"][0];
    let text = |value: &Value| match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        _ => String::new(),
    };
    let bound = |bound: &Value, members: &[&str]| {
        let plain = text(bound);
        members
            .iter()
            .map(|member| text(&bound[*member]))
            .chain([plain])
            .find(|text| !text.is_empty())
            .unwrap_or_default()
    };
    let from = year(&bound(&span["start"], &["in", "earliest"]))?;
    let to = year(&bound(&span["end"], &["in", "latest", "earliest"]))?;
    Ok(years(from, to))
}

/// The first point of a geometry.
fn geometry(geometry: &Value) -> Result<Option<crate::Coordinates>, String> {
    let parts = geometry["geometries"].as_array().map_or(std::slice::from_ref(geometry), Vec::as_slice);
    for part in parts {
        let point_text = part["geo_wkt"].as_str().or(part["geowkt"].as_str()).filter(|text| text.starts_with("POINT"));
        let found = match (part["type"].as_str(), part["coordinates"].as_array()) {
            (Some("Point"), Some(position)) => match position.as_slice() {
                [longitude, latitude, ..] => point(&latitude.to_string(), &longitude.to_string())?,
                _ => return Err(format!("`{}` is no position; expected [east, north]", part["coordinates"])),
            },
            _ => match point_text.and_then(|text| text.split_once('(')?.1.strip_suffix(')')?.trim().split_once(' ')) {
                Some((longitude, latitude)) => point(latitude.trim(), longitude)?,
                None => None,
            },
        };
        if found.is_some() {
            return Ok(found);
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Glossary;
    use crate::exchange::{ExportFormat, ImportFormat, export, import};

    #[test]
    fn every_feature_has_what_the_format_asks_for() {
        let glossary = Glossary::embedded();
        let value: Value = serde_json::from_str(&export(glossary.entries(), ExportFormat::Lpf)).unwrap();
        assert_eq!(value["type"], "FeatureCollection");
        assert!(value["@context"].is_string());
        for feature in value["features"].as_array().unwrap() {
            assert_eq!(feature["type"], "Feature");
            assert!(feature["@id"].as_str().unwrap().contains(':'), "{feature}");
            let properties = &feature["properties"];
            assert!(!properties["title"].as_str().unwrap().is_empty());
            assert!(properties["ccodes"].as_array().unwrap().iter().all(|code| code.as_str().unwrap().len() == 2));
            assert!("AHLPRST".contains(properties["fclasses"][0].as_str().unwrap()));
            let names = feature["names"].as_array().unwrap();
            assert!(names.iter().all(|name| !name["toponym"].as_str().unwrap().is_empty()));
            assert!(names[0]["citations"][0]["label"].is_string(), "at least one name has a citation: {feature}");
            assert_eq!(feature["geometry"]["type"], "GeometryCollection");
            for point in feature["geometry"]["geometries"].as_array().unwrap() {
                assert_eq!((&point["type"], point["coordinates"].as_array().unwrap().len()), (&json!("Point"), 2));
            }
            for span in feature["when"]["timespans"].as_array().into_iter().flatten() {
                assert!(span["start"].is_object(), "a span has a start: {feature}");
            }
        }
    }

    #[test]
    fn what_is_written_comes_back_as_it_was() {
        let glossary = Glossary::embedded();
        let places: Vec<Place> =
            glossary.entries().filter(|entry| entry.kind() == crate::EntryKind::Place).map(Entry::to_place).collect();
        let entries = glossary.entries().filter(|entry| entry.kind() == crate::EntryKind::Place);
        let text = export(entries, ExportFormat::Lpf);
        let again = import(&glossary, ImportFormat::Lpf, "places.json", text.as_bytes()).unwrap();
        assert_eq!(again.left_out, []);
        for (place, again) in places.iter().zip(again.overlay.places()) {
            assert_eq!(*place, Place { line: 0, ..again.clone() }, "{}", place.id);
        }
        assert_eq!(places.len(), again.overlay.places().len());
    }
}
