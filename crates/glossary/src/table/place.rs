//! A row of `places.csv`: one historical name of one place in one span of years.

#[cfg(feature = "exchange")]
use std::collections::HashMap;

use super::TableText;
use super::fault::Fault;
use super::reader::{Cells, Columns, Reader};
use super::value::{CodeAt, Coordinates, Years};
use super::vocabulary::{Confidence, CoordinatePrecision, Feature, Policy, Relation};

/// The columns of `places.csv`, in their order.
pub const PLACE_COLUMNS: [&str; 30] = [
    "id",
    "name_hans",
    "name_hant",
    "variants",
    "pinyin",
    "postal",
    "other_names",
    "ftype",
    "official_suffix",
    "valid_from",
    "valid_to",
    "from_prec",
    "to_prec",
    "relation",
    "modern",
    "modern_hans",
    "modern_hant",
    "next_id",
    "parent_hist",
    "lat",
    "lon",
    "coord_prec",
    "annotate",
    "cues_pos",
    "cues_neg",
    "rank",
    "source",
    "source_note",
    "confidence",
    "notes",
];

/// A row of `places.csv`. The documentation of the columns is `dictionaries/places/README.md`.
#[derive(Clone, Debug, PartialEq)]
pub struct Place {
    /// The line of the file on which the row starts; 0 for rows that are from no file.
    pub line: u64,
    /// Stable and unique.
    pub id: String,
    /// The name in simplified script.
    pub name_hans: String,
    /// The name in traditional script.
    pub name_hant: String,
    /// Other spellings in characters, of both scripts.
    pub variants: Vec<String>,
    /// Syllables joined: `Xi'an`.
    pub pinyin: String,
    /// Postal and other old Latin spellings.
    pub postal: Vec<String>,
    /// Names in other languages, each readable by [`OtherName::parse`](super::OtherName::parse).
    pub other_names: Vec<String>,
    /// The kind of place.
    pub feature: Feature,
    /// What the official full forms end in, in simplified script.
    pub official_suffix: Vec<String>,
    /// When the name was in use.
    pub years: Years,
    /// How the name relates to the modern unit.
    pub relation: Relation,
    /// Codes of the modern units.
    pub modern: Vec<CodeAt>,
    /// Today's name, in simplified script, where no unit of the code book has the place.
    pub modern_hans: String,
    /// The same in traditional script.
    pub modern_hant: String,
    /// The row with the next name of the same place; empty when there is none.
    pub next_id: String,
    /// The unit that it belonged to, by name.
    pub parent: String,
    /// Where it lies.
    pub coordinates: Option<Coordinates>,
    /// What annotation may do with the bare name.
    pub policy: Policy,
    /// What makes the name a place, each readable by [`Cue::parse`](super::Cue::parse).
    pub cues_positive: Vec<String>,
    /// What makes it none.
    pub cues_negative: Vec<String>,
    /// 0 to 9: which of several places with this name people mean.
    pub rank: u8,
    /// Keys of `sources.csv`.
    pub source: Vec<String>,
    /// Where in the source.
    pub source_note: String,
    /// How sure the row is.
    pub confidence: Confidence,
    /// Anything else.
    pub notes: String,
}

impl Place {
    /// A row with a name and nothing else: always annotated, of rank 5, with medium confidence.
    pub fn new(id: &str, name_hans: &str, name_hant: &str) -> Place {
        Place {
            line: 0,
            id: id.to_string(),
            name_hans: name_hans.to_string(),
            name_hant: name_hant.to_string(),
            variants: Vec::new(),
            pinyin: String::new(),
            postal: Vec::new(),
            other_names: Vec::new(),
            feature: Feature::Alias,
            official_suffix: Vec::new(),
            years: Years::default(),
            relation: Relation::SameSite,
            modern: Vec::new(),
            modern_hans: String::new(),
            modern_hant: String::new(),
            next_id: String::new(),
            parent: String::new(),
            coordinates: None,
            policy: Policy::Always,
            cues_positive: Vec::new(),
            cues_negative: Vec::new(),
            rank: 5,
            source: Vec::new(),
            source_note: String::new(),
            confidence: Confidence::Medium,
            notes: String::new(),
        }
    }

    /// Reads rows; what an overlay leaves empty is as [`Place::new`] has it.
    pub(crate) fn read(file: TableText<'_>, columns: Columns, faults: &mut Vec<Fault>) -> Vec<Place> {
        Reader::new(file.name, faults).read(file.text, &PLACE_COLUMNS, columns, |cells| Some(Place::row(cells)))
    }

    /// The row with these cells in place of its own.
    ///
    /// # Errors
    ///
    /// The column of the first cell that cannot be read, and why.
    #[cfg(feature = "exchange")]
    pub(crate) fn fill(&self, cells: &[(&'static str, String)]) -> Result<Place, (&'static str, String)> {
        let columns: HashMap<&'static str, usize> = PLACE_COLUMNS.into_iter().zip(0..).collect();
        let mut record = self.cells();
        for (column, cell) in cells {
            record[columns[column]].clone_from(cell);
        }
        let mut faults = Vec::new();
        let record = csv::StringRecord::from(record.to_vec());
        let place = Place::row(&mut Cells::new(self.line, &columns, &record, &mut faults));
        match faults.into_iter().next() {
            None => Ok(place),
            Some(fault) => Err((fault.column.unwrap_or("id"), fault.message)),
        }
    }

    fn row(cells: &mut Cells<'_, '_>) -> Place {
        let bare = Place::new("", "", "");
        let words = |cell: String| cell.split_whitespace().map(str::to_string).collect();
        Place {
            line: cells.line(),
            id: cells.required("id"),
            name_hans: cells.required("name_hans"),
            name_hant: cells.required("name_hant"),
            variants: cells.values("variants"),
            pinyin: cells.text("pinyin"),
            postal: cells.values("postal"),
            other_names: cells.values("other_names"),
            feature: cells.value("ftype", bare.feature),
            official_suffix: cells.values("official_suffix"),
            years: Years {
                from: cells.optional("valid_from"),
                to: cells.optional("valid_to"),
                from_precision: cells.optional("from_prec"),
                to_precision: cells.optional("to_prec"),
            },
            relation: cells.value("relation", bare.relation),
            modern: cells.values("modern"),
            modern_hans: cells.text("modern_hans"),
            modern_hant: cells.text("modern_hant"),
            next_id: cells.text("next_id"),
            parent: cells.text("parent_hist"),
            coordinates: coordinates(cells),
            policy: cells.value("annotate", bare.policy),
            cues_positive: words(cells.text("cues_pos")),
            cues_negative: words(cells.text("cues_neg")),
            rank: rank(cells, bare.rank),
            source: cells.values("source"),
            source_note: cells.text("source_note"),
            confidence: cells.value("confidence", bare.confidence),
            notes: cells.text("notes"),
        }
    }

    /// The row as cells, in the order of [`PLACE_COLUMNS`].
    pub fn cells(&self) -> [String; PLACE_COLUMNS.len()] {
        let optional = |value: Option<&dyn ToString>| value.map_or_else(String::new, ToString::to_string);
        let codes: Vec<String> = self.modern.iter().map(ToString::to_string).collect();
        let degrees = |degrees: f64| format!("{degrees:.5}").trim_end_matches('0').trim_end_matches('.').to_string();
        let two_digits = |text: String| match text.split_once('.') {
            Some((_, decimals)) if decimals.len() >= 2 => text,
            Some(_) => text + "0",
            None => text + ".00",
        };
        let (latitude, longitude, precision) = match self.coordinates {
            Some(point) => (
                two_digits(degrees(point.latitude())),
                two_digits(degrees(point.longitude())),
                point.precision().to_string(),
            ),
            None => Default::default(),
        };
        [
            self.id.clone(),
            self.name_hans.clone(),
            self.name_hant.clone(),
            self.variants.join(";"),
            self.pinyin.clone(),
            self.postal.join(";"),
            self.other_names.join("; "),
            self.feature.to_string(),
            self.official_suffix.join(";"),
            optional(self.years.from.as_ref().map(|year| year as _)),
            optional(self.years.to.as_ref().map(|year| year as _)),
            optional(self.years.from_precision.as_ref().map(|precision| precision as _)),
            optional(self.years.to_precision.as_ref().map(|precision| precision as _)),
            self.relation.to_string(),
            codes.join(";"),
            self.modern_hans.clone(),
            self.modern_hant.clone(),
            self.next_id.clone(),
            self.parent.clone(),
            latitude,
            longitude,
            precision,
            self.policy.to_string(),
            self.cues_positive.join(" "),
            self.cues_negative.join(" "),
            self.rank.to_string(),
            self.source.join(";"),
            self.source_note.clone(),
            self.confidence.to_string(),
            self.notes.clone(),
        ]
    }

    /// A file of rows: the header, and the cells of each.
    pub fn to_csv<'a>(rows: impl IntoIterator<Item = &'a Place>) -> String {
        let mut writer = csv::Writer::from_writer(Vec::new());
        let written = "writing into memory cannot fail";
        writer.write_record(PLACE_COLUMNS).expect(written);
        for row in rows {
            writer.write_record(row.cells()).expect(written);
        }
        String::from_utf8(writer.into_inner().expect(written)).expect("the cells are UTF-8")
    }
}

fn coordinates(cells: &mut Cells<'_, '_>) -> Option<Coordinates> {
    let latitude: Option<f64> = cells.optional("lat");
    let longitude: Option<f64> = cells.optional("lon");
    let precision: Option<CoordinatePrecision> = cells.optional("coord_prec");
    let (latitude, longitude) = match (latitude, longitude) {
        (None, None) => {
            if precision.is_some() {
                cells.fault("coord_prec", "is filled in, but `lat` and `lon` are empty");
            }
            return None;
        }
        (Some(latitude), Some(longitude)) => (latitude, longitude),
        _ => {
            cells.fault("lat", "one of `lat` and `lon` is empty; fill in both or none");
            return None;
        }
    };
    let point = Coordinates::new(latitude, longitude, cells.value("coord_prec", CoordinatePrecision::Site));
    if point.is_none() {
        cells.fault("lat", format!("{latitude}, {longitude} is no point on the map; expected degrees north and east"));
    }
    point
}

fn rank(cells: &mut Cells<'_, '_>, default: u8) -> u8 {
    let rank = cells.value("rank", default);
    if rank > 9 {
        cells.fault("rank", format!("is {rank}; expected 0 to 9"));
    }
    rank
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Overlay;
    use crate::table::Precision;

    const ROW: &str = "xj-gucheng-1767,古城,古城,,Gucheng,Kucheng,ug:Guchung,town,,1767,1889,y,c,renamed,652325;650109@2010,,,,镇迪道,\
        44.02,89.50,site,context,@march @list,@old 墙,6,own-xj;web,,high,\"seat, moved\"";

    fn read(text: &str) -> (Vec<Place>, Vec<Fault>) {
        let mut faults = Vec::new();
        let rows = Place::read(TableText { name: "places.csv", text }, Columns::All, &mut faults);
        (rows, faults)
    }

    #[test]
    fn a_row_and_back() {
        let text = format!("{}\n{ROW}\n", PLACE_COLUMNS.join(","));
        let (rows, faults) = read(&text);
        assert_eq!(faults, []);
        assert_eq!((rows[0].line, rows[0].years.to_precision), (2, Some(Precision::Century)));
        assert_eq!(rows[0].modern[1].to_string(), "650109@2010");
        assert_eq!(Place::to_csv(&rows), text);
    }

    #[test]
    fn faults_name_line_and_column() {
        let header = PLACE_COLUMNS.join(",");
        let cases = [
            (
                "context,",
                "maybe,",
                "places.csv:2: column `annotate`: `maybe`: unknown word `maybe`; known are always context never",
            ),
            (",6,", ",12,", "places.csv:2: column `rank`: is 12; expected 0 to 9"),
            ("44.02,", ",", "places.csv:2: column `lat`: one of `lat` and `lon` is empty; fill in both or none"),
            (",renamed,", ",,", "places.csv:2: column `relation`: is empty; fill it in"),
            (
                "44.02",
                "144.02",
                "places.csv:2: column `lat`: 144.02, 89.5 is no point on the map; expected degrees north and east",
            ),
            ("own-xj;web,", "", "places.csv:2: has 29 cells, the header 30; quote cells that hold a comma"),
        ];
        for (from, to, expected) in cases {
            let (rows, faults) = read(&format!("{header}\n{}\n", ROW.replacen(from, to, 1)));
            let texts: Vec<String> = faults.iter().map(ToString::to_string).collect();
            assert_eq!((rows.len(), texts), (0, vec![expected.to_string()]), "{from} -> {to}");
        }
        let (_, faults) = read("id,name\n");
        assert!(faults[0].message.starts_with("unknown column `name`"));
        let (_, faults) = read("");
        assert_eq!(faults[0].to_string(), "places.csv:1: is empty; expected a header");
    }

    #[test]
    fn overlays_may_leave_columns_out() {
        let overlay = Overlay::parse("mine.csv", "name_hant,id,name_hans\r\n舊城,x-1,旧城\r\n").unwrap();
        let expected = Place { line: 2, ..Place::new("x-1", "旧城", "舊城") };
        assert_eq!(overlay.places(), [expected]);
    }
}
