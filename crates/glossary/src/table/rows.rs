//! The rows of the smaller tables.

use super::TableText;
use super::fault::Fault;
use super::reader::{Columns, Reader};
use super::value::{Code, CodeAt, Coordinates};
use super::vocabulary::{CoordinatePrecision, CueSide, Level};

/// A row of `units.csv`: a code with a name, for as long as it has both.
#[derive(Clone, Debug, PartialEq)]
pub struct Unit {
    /// The line of the file.
    pub line: u64,
    /// The code.
    pub code: Code,
    /// The full name in simplified script.
    pub name_hans: String,
    /// The full name in traditional script.
    pub name_hant: String,
    /// The name without its type, syllables joined.
    pub pinyin: String,
    /// Postal and other old Latin spellings, `Tientsin`.
    pub postal: Vec<String>,
    /// The level.
    pub level: Level,
    /// The code of the unit above; `None` for a province.
    pub parent: Option<Code>,
    /// The first year; `None` when it was there before 1980.
    pub from: Option<i16>,
    /// The first year in which it is no more; `None` for a unit of today.
    pub to: Option<i16>,
    /// The units that it became.
    pub successors: Vec<CodeAt>,
    /// Where its seat lies.
    pub coordinates: Option<Coordinates>,
}

/// A row of `blockers.csv`: a string that contains a name and is not it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Blocker {
    /// The line of the file.
    pub line: u64,
    /// The string in simplified script.
    pub text_hans: String,
    /// The string in traditional script.
    pub text_hant: String,
    /// The name that it contains, in simplified script.
    pub name: String,
    /// What the string is.
    pub reason: String,
}

/// A row of `cues.csv`: cues under one name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CueSet {
    /// The line of the file.
    pub line: u64,
    /// The name, without `@`.
    pub name: String,
    /// Where the strings stand; a string with a mark of its own (`>人`) goes by that.
    pub side: CueSide,
    /// The strings, of both scripts.
    pub strings: Vec<String>,
    /// What the set is for.
    pub about: String,
}

/// A row of `eras.csv`: the name of an era in one state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Era {
    /// The line of the file.
    pub line: u64,
    /// The name in simplified script.
    pub name_hans: String,
    /// The name in traditional script.
    pub name_hant: String,
    /// The state or dynasty in simplified script.
    pub state_hans: String,
    /// The state or dynasty in traditional script.
    pub state_hant: String,
    /// The year called 元年.
    pub first: i16,
    /// The last year.
    pub last: i16,
}

/// A row of `sources.csv`: what `source` of other rows refers to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// The line of the file.
    pub line: u64,
    /// The key.
    pub id: String,
    /// What it is.
    pub title: String,
    /// Where it is, if it is in the web.
    pub url: String,
    /// Under which terms.
    pub licence: String,
    /// When it was read, as an ISO date.
    pub accessed: String,
}

/// A row of `graphs.csv`: a character that is another form of a second one wherever it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Graph {
    /// The line of the file.
    pub line: u64,
    /// The other form.
    pub graph: char,
    /// What it is read as.
    pub folded: char,
    /// A name or word that is written with it.
    pub example: String,
}

pub(crate) fn units(file: TableText<'_>, faults: &mut Vec<Fault>) -> Vec<Unit> {
    const COLUMNS: [&str; 12] = [
        "gb_code",
        "name_hans",
        "name_hant",
        "pinyin",
        "postal",
        "level",
        "parent_code",
        "from",
        "to",
        "succ",
        "lat",
        "lon",
    ];
    Reader::new(file.name, faults).read(file.text, &COLUMNS, Columns::All, |cells| {
        let code: Option<Code> = cells.optional("gb_code");
        if code.is_none() {
            cells.fault("gb_code", "names no unit; expected six digits");
        }
        let latitude: Option<f64> = cells.optional("lat");
        let longitude: Option<f64> = cells.optional("lon");
        let coordinates = match (latitude, longitude) {
            (Some(latitude), Some(longitude)) => Coordinates::new(latitude, longitude, CoordinatePrecision::County),
            _ => None,
        };
        if coordinates.is_none() && (latitude.is_some() || longitude.is_some()) {
            cells.fault("lat", "is no point on the map together with `lon`; expected degrees north and east");
        }
        Some(Unit {
            line: cells.line(),
            code: code?,
            name_hans: cells.required("name_hans"),
            name_hant: cells.required("name_hant"),
            pinyin: cells.text("pinyin"),
            postal: cells.values("postal"),
            level: cells.value("level", Level::County),
            parent: cells.optional("parent_code"),
            from: cells.optional("from"),
            to: cells.optional("to"),
            successors: cells.values("succ"),
            coordinates,
        })
    })
}

pub(crate) fn blockers(file: TableText<'_>, faults: &mut Vec<Fault>) -> Vec<Blocker> {
    const COLUMNS: [&str; 4] = ["text_hans", "text_hant", "name", "reason"];
    Reader::new(file.name, faults).read(file.text, &COLUMNS, Columns::All, |cells| {
        Some(Blocker {
            line: cells.line(),
            text_hans: cells.required("text_hans"),
            text_hant: cells.required("text_hant"),
            name: cells.required("name"),
            reason: cells.required("reason"),
        })
    })
}

pub(crate) fn cues(file: TableText<'_>, faults: &mut Vec<Fault>) -> Vec<CueSet> {
    const COLUMNS: [&str; 4] = ["name", "side", "strings", "about"];
    Reader::new(file.name, faults).read(file.text, &COLUMNS, Columns::All, |cells| {
        Some(CueSet {
            line: cells.line(),
            name: cells.required("name"),
            side: cells.value("side", CueSide::Near),
            strings: cells.required("strings").split_whitespace().map(str::to_string).collect(),
            about: cells.text("about"),
        })
    })
}

pub(crate) fn eras(file: TableText<'_>, faults: &mut Vec<Fault>) -> Vec<Era> {
    const COLUMNS: [&str; 6] = ["name_hans", "name_hant", "state_hans", "state_hant", "first", "last"];
    Reader::new(file.name, faults).read(file.text, &COLUMNS, Columns::All, |cells| {
        Some(Era {
            line: cells.line(),
            name_hans: cells.required("name_hans"),
            name_hant: cells.required("name_hant"),
            state_hans: cells.required("state_hans"),
            state_hant: cells.required("state_hant"),
            first: cells.value("first", 0),
            last: cells.value("last", 0),
        })
    })
}

pub(crate) fn sources(file: TableText<'_>, faults: &mut Vec<Fault>) -> Vec<Source> {
    const COLUMNS: [&str; 5] = ["id", "title", "url", "licence", "accessed"];
    Reader::new(file.name, faults).read(file.text, &COLUMNS, Columns::All, |cells| {
        Some(Source {
            line: cells.line(),
            id: cells.required("id"),
            title: cells.required("title"),
            url: cells.text("url"),
            licence: cells.required("licence"),
            accessed: cells.text("accessed"),
        })
    })
}

pub(crate) fn graphs(file: TableText<'_>, faults: &mut Vec<Fault>) -> Vec<Graph> {
    const COLUMNS: [&str; 3] = ["graph", "folded", "example"];
    Reader::new(file.name, faults).read(file.text, &COLUMNS, Columns::All, |cells| {
        Some(Graph {
            line: cells.line(),
            graph: cells.value("graph", ' '),
            folded: cells.value("folded", ' '),
            example: cells.text("example"),
        })
    })
}
