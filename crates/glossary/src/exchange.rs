//! Names of places to and from the formats of other gazetteers.
//!
//! [`export`] writes entries in a format that other programs read; [`import`] makes an overlay of a file that a user has: rows of the columns of
//! `places.csv`, which a glossary takes on top of its own. Many gazetteers may be used and not passed on, so none of their data are here; what
//! they call their columns is.
//!
//! ```
//! use tongwen_glossary::{Glossary, Place};
//! use tongwen_glossary::exchange::{ExportFormat, ImportFormat, export, import};
//!
//! let glossary = Glossary::embedded();
//! let town = glossary.entry("xj-gumudi-1763").unwrap();
//! let text = export([town], ExportFormat::Lpf);
//! let again = import(&glossary, ImportFormat::Lpf, "towns.json", text.as_bytes())?;
//! assert_eq!(again.overlay.places()[0], Place { line: 5, ..town.to_place() });
//! # Ok::<(), tongwen_glossary::Error>(())
//! ```
//!
//! # What each format holds
//!
//! | format | holds | comes back |
//! |---|---|---|
//! | [`csv`](ExportFormat::Csv) | every column | as an overlay, every column |
//! | [`tsv`](ExportFormat::Tsv) | every column; a tab or a line break in a cell becomes a blank | |
//! | [`geojson`](ExportFormat::GeoJson) (RFC 7946) | a point for what has coordinates; every column as a property | |
//! | [`lpf`](ExportFormat::Lpf) (Linked Places format 1.3) | names with languages and sources, years, types, point; what the format has no member for as a property | every column |
//! | [`lp-tsv`](ExportFormat::LpTsv) (Linked Places TSV 0.5) | names, years, types, point, notes | what it holds |
//! | [`opencc-s2t`](ExportFormat::OpenccS2t), `opencc-s2tw`, `opencc-s2hk`, [`opencc-t2s`](ExportFormat::OpenccT2s) | `source TAB target` for names that conversion would break | |
//!
//! # What import makes of a record
//!
//! One row, with the line of the record. The id is that of the record, with its source before it (`chgis-32180`); those of Linked Places name their source
//! themselves and stay as they are, but for our own `tongwen:`. Where a file has a name in one
//! script only, the other is converted, the row says so in its notes, and its confidence is low. A type in the name (迪化县) becomes an official
//! suffix where a name of two characters or more is left. A description of today's place becomes the unit of the code book that it names, else
//! it is kept as text. Names of two characters need a cue to be annotated. A record that can be no row (no Chinese name, a year that is
//! none) is left out, and [`Imported::left_out`] says why.
//!
//! # Limits
//!
//! A file is in memory as a whole. Years are counted without a year 0, as LP-TSV wants it; of the sources only Wikidata counts with one, and is
//! corrected. Precision of years, relations between places and polygons are not read.
//!
//! # Source
//!
//! RFC 7946; the Linked Places format and LP-TSV documents of the Linked Pasts network; the field lists that CHGIS, TGAZ, CBDB and GeoNames publish.

mod cbdb;
mod chgis;
mod countries;
mod geojson;
mod geonames;
mod kinds;
mod lp_tsv;
mod lpf;
mod ordered;
mod pairs;
mod present;
mod rows;
mod sheet;
mod sources;
mod tgaz;
mod wikidata;

use std::fmt;
use std::str::FromStr;

use crate::entry::Entry;
use crate::gazetteer::Glossary;
use crate::table::{Fault, PLACE_COLUMNS, Place};
use crate::{Error, Overlay};

/// A format that entries can be written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ExportFormat {
    /// The columns of `places.csv`.
    Csv,
    /// The same with tabs.
    Tsv,
    /// A feature collection with a point for each place.
    GeoJson,
    /// Linked Places format, JSON-LD.
    Lpf,
    /// Linked Places TSV.
    LpTsv,
    /// Pairs for the converter, to traditional script in its generic forms.
    OpenccS2t,
    /// The same in the forms of Taiwan.
    OpenccS2tw,
    /// The same in the forms of Hong Kong.
    OpenccS2hk,
    /// Pairs for the converter, to simplified script.
    OpenccT2s,
}

/// A format that an overlay can be made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ImportFormat {
    /// CHGIS V6, the table of a layer or the list of TGAZ as CSV.
    Chgis,
    /// TGAZ in Turtle.
    Tgaz,
    /// The table `ADDR_CODES` or `ADDRESSES` of CBDB, as a spreadsheet or CSV.
    Cbdb,
    /// Linked Places format, JSON-LD.
    Lpf,
    /// Linked Places TSV, also with commas.
    LpTsv,
    /// `alternateNamesV2.txt` of GeoNames, whole or a part of it.
    GeoNames,
    /// The result of a query of Wikidata, as CSV.
    Wikidata,
}

/// A name of a format that is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownFormat(String);

impl fmt::Display for UnknownFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for UnknownFormat {}

macro_rules! named {
    ($type:ident { $($format:ident = $name:literal,)* }) => {
        impl $type {
            /// Every format.
            pub const ALL: &[$type] = &[$($type::$format,)*];

            /// The name on the command line.
            pub fn name(self) -> &'static str {
                match self {
                    $($type::$format => $name,)*
                }
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.name())
            }
        }

        impl FromStr for $type {
            type Err = UnknownFormat;

            fn from_str(name: &str) -> Result<$type, UnknownFormat> {
                let known = $type::ALL.iter().copied().find(|format| format.name().eq_ignore_ascii_case(name));
                known.ok_or_else(|| {
                    let names: Vec<&str> = $type::ALL.iter().map(|format| format.name()).collect();
                    UnknownFormat(format!("unknown format `{name}`; known are {}", names.join(" ")))
                })
            }
        }
    };
}

named! {
    ExportFormat {
        Csv = "csv",
        Tsv = "tsv",
        GeoJson = "geojson",
        Lpf = "lpf",
        LpTsv = "lp-tsv",
        OpenccS2t = "opencc-s2t",
        OpenccS2tw = "opencc-s2tw",
        OpenccS2hk = "opencc-s2hk",
        OpenccT2s = "opencc-t2s",
    }
}

named! {
    ImportFormat {
        Chgis = "chgis",
        Tgaz = "tgaz",
        Cbdb = "cbdb",
        Lpf = "lpf",
        LpTsv = "lp-tsv",
        GeoNames = "geonames",
        Wikidata = "wikidata",
    }
}

/// What became of a file.
#[derive(Clone, Debug)]
pub struct Imported {
    /// The rows, in the order of the file; each has the line of its record.
    pub overlay: Overlay,
    /// The records that could be no row, and why.
    pub left_out: Vec<Fault>,
}

/// Writes entries. The text ends with a line break.
pub fn export<'a>(entries: impl IntoIterator<Item = Entry<'a>>, format: ExportFormat) -> String {
    let entries = entries.into_iter();
    match format {
        ExportFormat::Csv => Place::to_csv(&entries.map(Entry::to_place).collect::<Vec<_>>()),
        ExportFormat::Tsv => tsv(&PLACE_COLUMNS, entries.map(|entry| entry.to_place().cells())),
        ExportFormat::GeoJson => geojson::export(entries),
        ExportFormat::Lpf => lpf::export(entries),
        ExportFormat::LpTsv => lp_tsv::export(entries),
        ExportFormat::OpenccS2t => pairs::export(entries, "hant"),
        ExportFormat::OpenccS2tw => pairs::export(entries, "tw"),
        ExportFormat::OpenccS2hk => pairs::export(entries, "hk"),
        ExportFormat::OpenccT2s => pairs::export(entries, "hans"),
    }
}

/// Makes an overlay of a file. `name` is what errors call the file, usually its path; `glossary` knows the units of today.
///
/// # Errors
///
/// [`ErrorKind::Table`](crate::ErrorKind::Table) with the line, when the file as a whole cannot be read: it is no UTF-8, no CSV, no JSON, or has not the
/// columns or members that the format needs.
pub fn import(glossary: &Glossary, format: ImportFormat, name: &str, bytes: &[u8]) -> Result<Imported, Error> {
    let mut rows = rows::Rows::new(glossary, name);
    match format {
        ImportFormat::Chgis => chgis::import(&sheet::text(name, bytes)?, &mut rows)?,
        ImportFormat::Tgaz => tgaz::import(&sheet::text(name, bytes)?, &mut rows)?,
        ImportFormat::Cbdb => cbdb::import(bytes, &mut rows)?,
        ImportFormat::Lpf => lpf::import(&sheet::text(name, bytes)?, &mut rows)?,
        ImportFormat::LpTsv => lp_tsv::import(&sheet::text(name, bytes)?, &mut rows)?,
        ImportFormat::GeoNames => geonames::import(&sheet::text(name, bytes)?, &mut rows)?,
        ImportFormat::Wikidata => wikidata::import(&sheet::text(name, bytes)?, &mut rows)?,
    }
    rows.finish()
}

/// Cells with tabs between; what a cell cannot hold becomes a blank.
fn tsv<const N: usize>(header: &[&str; N], rows: impl Iterator<Item = [String; N]>) -> String {
    let mut text = header.join("\t") + "\n";
    for row in rows {
        let cells = row.map(|cell| cell.replace(['\t', '\n', '\r'], " "));
        text.push_str(&cells.join("\t"));
        text.push('\n');
    }
    text
}
