//! Rows in the making: what every import does to what a file says.

use std::collections::HashMap;

use tongwen::{Config, Converter};

use super::Imported;
use super::kinds::Kind;
use super::present::PresentUnits;
use crate::gazetteer::Glossary;
use crate::table::{Confidence, CoordinatePrecision, Coordinates, Fault, Law, Place, Policy, Precision, Years};
use crate::{Error, Overlay};

/// The cues of a name that needs some: those that are the same for every place.
const CUES: [&str; 5] = ["@office", "@march", "@list", "@gloss", "@born"];

/// The rows of a file.
pub(super) struct Rows<'a> {
    pub(super) file: &'a str,
    pub(super) glossary: &'a Glossary,
    present: PresentUnits<'a>,
    to_simplified: Converter,
    to_traditional: Converter,
    places: Vec<Place>,
    ids: HashMap<String, u64>,
    left_out: Vec<Fault>,
}

/// A name in both scripts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Names {
    pub(super) hans: String,
    pub(super) hant: String,
    /// Whether one of them is converted.
    pub(super) converted: bool,
}

/// Whether a name may be without its type, or must stay as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TypeInName {
    /// 迪化县 becomes 迪化 with the suffix 县; 迪化 gets the suffix too.
    Cut,
    /// The name is as people say it.
    Keep,
}

impl<'a> Rows<'a> {
    pub(super) fn new(glossary: &'a Glossary, file: &'a str) -> Rows<'a> {
        Rows {
            file,
            glossary,
            present: PresentUnits::new(glossary),
            to_simplified: Converter::new(Config::T2S),
            to_traditional: Converter::new(Config::S2Tw),
            places: Vec::new(),
            ids: HashMap::new(),
            left_out: Vec::new(),
        }
    }

    /// Says why a record is no row.
    pub(super) fn leave_out(&mut self, line: u64, column: Option<&'static str>, message: impl Into<String>) {
        let (file, message) = (self.file.to_string(), message.into());
        self.left_out.push(Fault { file, line, column, law: Law::Cell, message });
    }

    /// Both scripts of a name, of which a file may have one, or a form of unknown script. `None` when there is no Chinese name.
    pub(super) fn names(&self, hans: &str, hant: &str, unknown: &str) -> Option<Names> {
        let pair = |hans: &str, hant: &str, converted| {
            Some(Names { hans: hans.to_string(), hant: hant.to_string(), converted })
        };
        let simplified = |text: &str| self.to_simplified.convert(text).into_owned();
        let traditional = |text: &str| self.to_traditional.convert(text).into_owned();
        match (is_chinese(hans), is_chinese(hant), is_chinese(unknown)) {
            (true, true, _) if hans.chars().count() == hant.chars().count() => pair(hans, hant, false),
            (true, ..) => pair(hans, &traditional(hans), true),
            (_, true, _) => pair(&simplified(hant), hant, true),
            (.., true) => {
                let hans = simplified(unknown);
                // A form that has nothing to simplify is simplified, or is the same in both scripts.
                let hant = if hans == unknown { traditional(unknown) } else { unknown.to_string() };
                pair(&hans, &hant, true)
            }
            _ => None,
        }
    }

    /// A row with its names, its kind, and what follows from these.
    pub(super) fn place(&self, line: u64, id: &str, names: &Names, kind: Option<Kind>, cut: TypeInName) -> Place {
        let mut place = Place { line, ..Place::new(id, &names.hans, &names.hant) };
        if let Some(Kind { feature, suffix }) = kind {
            place.feature = feature;
            let stem = names.hans.strip_suffix(suffix).filter(|stem| !suffix.is_empty() && stem.chars().count() > 1);
            match (stem, cut) {
                (Some(stem), TypeInName::Cut) => {
                    place.name_hant = names.hant.chars().take(stem.chars().count()).collect();
                    place.name_hans = stem.to_string();
                    place.official_suffix = vec![suffix.to_string()];
                }
                (None, TypeInName::Cut) if !suffix.is_empty() && !names.hans.ends_with(suffix) => {
                    place.official_suffix = vec![suffix.to_string()];
                }
                _ => {}
            }
        }
        if place.name_hans.chars().count() < 3 {
            place.policy = Policy::Context;
            place.cues_positive = CUES.map(str::to_string).to_vec();
        }
        if names.converted {
            place.confidence = Confidence::Low;
            note(&mut place, "one script converted, not authored");
        }
        place
    }

    /// What a place is today: the unit of the code book that a text describes, or the text.
    pub(super) fn today(&self, place: &mut Place, text: &str) {
        // The words for a place that nobody knows.
        if ["不详", "不詳", "待考", "无考", "無考"].iter().any(|unknown| text.contains(unknown)) {
            return;
        }
        let text = text.trim().trim_start_matches('今');
        let hans = self.to_simplified.convert(text).into_owned();
        match self.present.find(&hans) {
            Some(code) => place.modern = vec![code],
            None => {
                place.modern_hant =
                    if hans == text { self.to_traditional.convert(text).into_owned() } else { text.to_string() };
                place.modern_hans = hans;
            }
        }
    }

    /// Takes a row; one whose id is there already is left out.
    pub(super) fn push(&mut self, place: Place) {
        match self.ids.get(&place.id) {
            Some(line) => {
                let message = format!("`{}` is there already (line {line})", place.id);
                self.leave_out(place.line, None, message);
            }
            None => {
                self.ids.insert(place.id.clone(), place.line);
                self.places.push(place);
            }
        }
    }

    pub(super) fn finish(mut self) -> Result<Imported, Error> {
        self.left_out.sort_by_key(|fault| fault.line);
        Ok(Imported { overlay: Overlay::new(self.file, self.places)?, left_out: self.left_out })
    }
}

/// Whether a text is a name in Chinese characters.
pub(super) fn is_chinese(text: &str) -> bool {
    let han = |character: char| matches!(character, '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}' | '〇');
    !text.is_empty() && text.chars().all(|character| han(character) || matches!(character, '·' | '（' | '）'))
}

/// Adds to the notes.
pub(super) fn note(place: &mut Place, text: &str) {
    if !place.notes.is_empty() {
        place.notes.push_str("; ");
    }
    place.notes.push_str(text);
}

/// A year as sources write it: `1763`, `-206`, `0676`, `-0206-01-01`, `1763~`; empty is unknown.
pub(super) fn year(text: &str) -> Result<Option<i16>, String> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let (sign, rest) = match text.strip_prefix(['-', '−']) {
        Some(rest) => (-1, rest),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    let digits = rest.len() - rest.trim_start_matches(|character: char| character.is_ascii_digit()).len();
    let (number, behind) = rest.split_at(digits);
    // A month and a day, a time, a mark of doubt, and the decimals that spreadsheets give to numbers.
    let known = behind.is_empty()
        || behind.starts_with(['-', 'T', '~', '?', '%'])
        || behind.strip_prefix('.').is_some_and(|zeros| zeros.bytes().all(|byte| byte == b'0'));
    let year = number.parse::<i16>().ok().filter(|year| known && *year <= 9999);
    match year {
        Some(0) => Err(format!("`{text}`: there is no year 0; 1 BC is -1")),
        Some(year) => Ok(Some(sign * year)),
        None => Err(format!("`{text}` is no year; expected one such as 1763 or -206")),
    }
}

/// Years that are exact where they are known.
pub(super) fn years(from: Option<i16>, to: Option<i16>) -> Years {
    Years { from, to, from_precision: from.map(|_| Precision::Year), to_precision: to.map(|_| Precision::Year) }
}

/// A point of two numbers; none where both are empty or 0, which is how tables say that they do not know.
pub(super) fn point(latitude: &str, longitude: &str) -> Result<Option<Coordinates>, String> {
    let number = |text: &str| match text {
        "" => Ok(0.0),
        _ => text.parse::<f64>().map_err(|_| format!("`{text}` is no number of degrees")),
    };
    let (latitude, longitude) = (number(latitude)?, number(longitude)?);
    if latitude == 0.0 && longitude == 0.0 {
        return Ok(None);
    }
    let point = Coordinates::new(latitude, longitude, CoordinatePrecision::Site);
    let fault = || format!("{latitude}, {longitude} is no point on the map; expected degrees north and east");
    point.map(Some).ok_or_else(fault)
}

/// Words of pinyin joined, a capital first, as `places.csv` has it; empty where the text is something else.
pub(super) fn pinyin(text: &str) -> String {
    let fits = |character: char| character.is_ascii_alphabetic() || matches!(character, ' ' | '\'' | 'ü' | 'Ü');
    if !text.chars().all(fits) {
        return String::new();
    }
    let joined: String = text.split_whitespace().collect::<String>().to_lowercase();
    let mut characters = joined.chars();
    characters.next().map(|first| first.to_uppercase().chain(characters).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exchange::kinds::of_type;

    #[test]
    fn years_as_sources_write_them() {
        let cases =
            [("1763", 1763), ("-206", -206), ("-0206-01-01", -206), ("0676", 676), ("1763~", 1763), ("1763.0", 1763)];
        for (text, expected) in cases {
            assert_eq!(year(text), Ok(Some(expected)), "{text}");
        }
        assert_eq!(year(" "), Ok(None));
        for wrong in ["0", "0000", "x", "17th century", "176355", "-", "1763.5"] {
            assert!(year(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn names_in_one_script() {
        let glossary = Glossary::embedded();
        let rows = Rows::new(&glossary, "x");
        let names = |hans, hant, unknown| {
            rows.names(hans, hant, unknown).map(|names| (names.hans, names.hant, names.converted))
        };
        let both = |converted| Some(("绥远".to_string(), "綏遠".to_string(), converted));
        assert_eq!(names("绥远", "綏遠", ""), both(false));
        assert_eq!(names("绥远", "", ""), both(true));
        assert_eq!(names("", "綏遠", ""), both(true));
        assert_eq!(names("", "", "绥远"), both(true));
        assert_eq!(names("", "", "Suiyuan"), None);
    }

    #[test]
    fn types_leave_names() {
        let glossary = Glossary::embedded();
        let rows = Rows::new(&glossary, "x");
        let row = |hans, hant, kind| {
            let names = rows.names(hans, hant, "").unwrap();
            let place = rows.place(1, "x", &names, of_type(kind), TypeInName::Cut);
            (place.name_hans, place.name_hant, place.official_suffix.concat())
        };
        assert_eq!(row("归绥县", "歸綏縣", "县"), ("归绥".to_string(), "歸綏".to_string(), "县".to_string()));
        assert_eq!(row("鄠县", "鄠縣", "县"), ("鄠县".to_string(), "鄠縣".to_string(), String::new()));
        assert_eq!(row("归绥", "歸綏", "xian"), ("归绥".to_string(), "歸綏".to_string(), "县".to_string()));
    }

    #[test]
    fn points() {
        assert_eq!(point("", "0"), Ok(None));
        assert!(point("43.5", "89.5").unwrap().is_some());
        assert!(point("143.5", "89.5").is_err() && point("x", "1").is_err());
        assert_eq!(pinyin("Gu Mu Di"), "Gumudi");
        assert_eq!(pinyin("Kwei-hua"), "");
    }
}
