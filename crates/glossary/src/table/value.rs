//! Values that cells hold: codes with years, spans of years, coordinates, cues, names in other languages.

use std::fmt;
use std::str::FromStr;

use super::vocabulary::{CoordinatePrecision, Level, Precision};

/// A code of GB/T 2260: six digits, the first two of them the province, the next two the prefecture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Code(u32);

impl Code {
    /// The code with this number; `None` when it has more or fewer than six digits.
    pub const fn new(number: u32) -> Option<Code> {
        if number >= 100_000 && number <= 999_999 { Some(Code(number)) } else { None }
    }

    /// The code as a number of six digits.
    pub const fn number(self) -> u32 {
        self.0
    }

    /// The level that the digits say.
    pub fn level(self) -> Level {
        match (self.0 % 10_000, self.0 % 100) {
            (0, _) => Level::Province,
            (_, 0) => Level::Prefecture,
            _ => Level::County,
        }
    }

    /// The code of the province, `650000` of `650109`.
    pub fn province(self) -> Code {
        Code(self.0 / 10_000 * 10_000)
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:06}", self.0)
    }
}

impl FromStr for Code {
    type Err = String;

    fn from_str(text: &str) -> Result<Code, String> {
        let digits = text.len() == 6 && text.bytes().all(|byte| byte.is_ascii_digit());
        digits
            .then(|| text.parse().ok().and_then(Code::new))
            .flatten()
            .ok_or_else(|| format!("`{text}` is no code; expected six digits, the first not 0"))
    }
}

/// A code and the year in which it names the unit; without a year, today.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CodeAt {
    /// The code.
    pub code: Code,
    /// The year.
    pub year: Option<i16>,
}

impl fmt::Display for CodeAt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.year {
            Some(year) => write!(f, "{}@{year}", self.code),
            None => write!(f, "{}", self.code),
        }
    }
}

impl FromStr for CodeAt {
    type Err = String;

    fn from_str(text: &str) -> Result<CodeAt, String> {
        let Some((code, year)) = text.split_once('@') else {
            return Ok(CodeAt { code: text.parse()?, year: None });
        };
        let year = year.parse().ok().filter(|year| (1900..3000).contains(year));
        let year = year.ok_or_else(|| format!("`{text}` names no year; expected a code, `@` and four digits"))?;
        Ok(CodeAt { code: code.parse()?, year: Some(year) })
    }
}

/// From when to when, as far as known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Years {
    /// The first year.
    pub from: Option<i16>,
    /// The last year; for a unit of the code book the first in which it is no more.
    pub to: Option<i16>,
    /// How exact the first year is; `None` when it is unknown.
    pub from_precision: Option<Precision>,
    /// How exact the last year is.
    pub to_precision: Option<Precision>,
}

/// A point on the map, in degrees times 100,000.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Coordinates {
    latitude: i32,
    longitude: i32,
    precision: CoordinatePrecision,
}

impl Coordinates {
    const UNIT: f64 = 100_000.0;

    /// A point by its degrees; `None` when there is no such point on the map.
    pub fn new(latitude: f64, longitude: f64, precision: CoordinatePrecision) -> Option<Coordinates> {
        let fits = (-90.0..=90.0).contains(&latitude) && (-180.0..=180.0).contains(&longitude);
        fits.then(|| {
            let stored = |degrees: f64| (degrees * Coordinates::UNIT).round() as i32;
            Coordinates { latitude: stored(latitude), longitude: stored(longitude), precision }
        })
    }

    pub(crate) fn from_stored(latitude: u32, longitude: u32, precision: CoordinatePrecision) -> Coordinates {
        Coordinates { latitude: latitude as i32, longitude: longitude as i32, precision }
    }

    pub(crate) fn stored(self) -> [u32; 2] {
        [self.latitude as u32, self.longitude as u32]
    }

    /// Degrees north.
    pub fn latitude(self) -> f64 {
        f64::from(self.latitude) / Coordinates::UNIT
    }

    /// Degrees east.
    pub fn longitude(self) -> f64 {
        f64::from(self.longitude) / Coordinates::UNIT
    }

    /// What the point stands for.
    pub fn precision(self) -> CoordinatePrecision {
        self.precision
    }
}

/// What makes a name a place, or makes it none: one word of the columns `cues_pos` and `cues_neg`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Cue<'a> {
    /// `@march`: any string of the set of this name.
    Set(&'a str),
    /// `<x`: directly before the name.
    Before(&'a str),
    /// `>x`: directly after the name.
    After(&'a str),
    /// `x`: within twelve characters of it.
    Near(&'a str),
}

impl<'a> Cue<'a> {
    /// Reads one word of a cell; `None` when nothing follows the mark, or a mark follows a mark.
    pub fn parse(word: &'a str) -> Option<Cue<'a>> {
        let (text, cue): (&str, fn(&'a str) -> Cue<'a>) = match word.as_bytes().first()? {
            b'@' => (&word[1..], Cue::Set),
            b'<' => (&word[1..], Cue::Before),
            b'>' => (&word[1..], Cue::After),
            _ => (word, Cue::Near),
        };
        (!text.is_empty() && !text.starts_with(['@', '<', '>', '!'])).then(|| cue(text))
    }
}

/// A name in another language: `mn:Хөх хот`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct OtherName<'a> {
    /// The language, a tag of BCP 47.
    pub language: &'a str,
    /// The name.
    pub name: &'a str,
}

impl<'a> OtherName<'a> {
    /// Reads one name of a cell; `None` when it is not a tag, a colon and a name.
    pub fn parse(text: &'a str) -> Option<OtherName<'a>> {
        let (language, name) = text.trim().split_once(':')?;
        let name = name.trim();
        let tag = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        let fits = (2..=20).contains(&language.len()) && language.bytes().all(tag) && !name.is_empty();
        fits.then_some(OtherName { language, name })
    }
}

/// The values of a cell that holds several, `;` between.
pub(crate) fn list(cell: &str) -> impl Iterator<Item = &str> {
    cell.split(';').map(str::trim).filter(|value| !value.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes() {
        let code: Code = "650109".parse().unwrap();
        assert_eq!((code.level(), code.province().to_string()), (Level::County, "650000".to_string()));
        assert_eq!("650100".parse::<Code>().unwrap().level(), Level::Prefecture);
        for wrong in ["65010", "6501090", "65010a", "+65010", "012345", ""] {
            assert!(wrong.parse::<Code>().is_err(), "{wrong}");
        }
        let dated: CodeAt = "652322@1990".parse().unwrap();
        assert_eq!((dated.year, dated.to_string().as_str()), (Some(1990), "652322@1990"));
        for wrong in ["652322@", "652322@90", "652322@x", "@1990"] {
            assert!(wrong.parse::<CodeAt>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn cues() {
        assert_eq!(Cue::parse("@march"), Some(Cue::Set("march")));
        assert_eq!(Cue::parse("<驻"), Some(Cue::Before("驻")));
        assert_eq!(Cue::parse(">人"), Some(Cue::After("人")));
        assert_eq!(Cue::parse("北疆"), Some(Cue::Near("北疆")));
        for wrong in ["", "@", "<", "!@office", "<>x"] {
            assert_eq!(Cue::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn coordinates_keep_their_digits() {
        let point = Coordinates::new(44.02, 89.59, CoordinatePrecision::Site).unwrap();
        assert_eq!((point.latitude(), point.longitude()), (44.02, 89.59));
        let [latitude, longitude] = point.stored();
        assert_eq!(Coordinates::from_stored(latitude, longitude, CoordinatePrecision::Site), point);
        assert_eq!(Coordinates::new(90.5, 0.0, CoordinatePrecision::Site), None);
        assert_eq!(Coordinates::new(f64::NAN, 0.0, CoordinatePrecision::Site), None);
    }

    #[test]
    fn other_names() {
        assert_eq!(OtherName::parse("mn:Хөх хот"), Some(OtherName { language: "mn", name: "Хөх хот" }));
        assert_eq!(OtherName::parse(" ug: Ürümchi"), Some(OtherName { language: "ug", name: "Ürümchi" }));
        assert_eq!(OtherName::parse("Ürümchi"), None);
        assert_eq!(OtherName::parse("mn:"), None);
    }
}
