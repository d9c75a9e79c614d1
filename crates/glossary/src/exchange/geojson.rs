//! GeoJSON (RFC 7946): what maps show.
//!
//! Each place is a feature with its id, a point or `null`, and every column as a property under its name; years and rank are numbers. `modern_name` is
//! what the place is today, from the province down.

use serde::Serialize;
use serde_json::{Value, json};

use super::ordered::{Ordered, collection};
use crate::entry::Entry;
use crate::table::PLACE_COLUMNS;
use tongwen::Script;

#[derive(Serialize)]
struct Feature<'a> {
    r#type: &'static str,
    id: &'a str,
    geometry: Value,
    properties: Ordered,
}

pub(super) fn export<'a>(entries: impl Iterator<Item = Entry<'a>>) -> String {
    collection("\"type\":\"FeatureCollection\",\n", entries.map(feature))
}

fn feature(entry: Entry<'_>) -> Feature<'_> {
    let geometry = entry
        .coordinates()
        .map_or(Value::Null, |point| json!({ "type": "Point", "coordinates": [point.longitude(), point.latitude()] }));
    let mut properties = Ordered::default();
    for (column, cell) in PLACE_COLUMNS.into_iter().zip(entry.to_place().cells()) {
        match column {
            "id" | "lat" | "lon" => {}
            "valid_from" | "valid_to" | "rank" => {
                let number = cell.parse::<i16>().ok();
                properties.0.extend(number.map(|number| (column, Value::from(number))));
            }
            _ => properties.text(column, cell),
        }
    }
    properties.text("modern_name", modern_name(entry));
    Feature { r#type: "Feature", id: entry.id(), geometry, properties }
}

/// What the place is today in simplified script: 新疆维吾尔自治区乌鲁木齐市米东区; several with `;`.
pub(super) fn modern_name(entry: Entry<'_>) -> String {
    let names: Vec<String> =
        entry.modern(None).into_iter().map(|modern| modern.path(Script::Simplified).concat()).collect();
    names.join(";")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Glossary;
    use crate::exchange::{ExportFormat, export};

    #[test]
    fn every_feature_has_what_the_standard_asks_for() {
        let glossary = Glossary::embedded();
        let value: Value = serde_json::from_str(&export(glossary.entries(), ExportFormat::GeoJson)).unwrap();
        assert_eq!(value["type"], "FeatureCollection");
        let features = value["features"].as_array().unwrap();
        assert_eq!(features.len(), glossary.entries().count());
        let mut points = 0;
        for feature in features {
            assert_eq!(feature["type"], "Feature");
            assert!(feature["id"].is_string() && feature["properties"].is_object(), "{feature}");
            let geometry = feature.as_object().unwrap().get("geometry").unwrap();
            if geometry.is_null() {
                continue;
            }
            points += 1;
            assert_eq!(geometry["type"], "Point");
            let position = geometry["coordinates"].as_array().unwrap();
            let [longitude, latitude] = [0, 1].map(|index| position[index].as_f64().unwrap());
            assert!(position.len() == 2 && longitude.abs() <= 180.0 && latitude.abs() <= 90.0, "{feature}");
        }
        assert!(points > 500, "{points}");
    }

    #[test]
    fn an_empty_selection_is_an_empty_collection() {
        let value: Value = serde_json::from_str(&export([], ExportFormat::GeoJson)).unwrap();
        assert_eq!(value, json!({ "type": "FeatureCollection", "features": [] }));
    }
}
