//! CBDB: the table `ADDR_CODES` (or `ADDRESSES`), as a spreadsheet or as CSV.
//!
//! Names are in traditional script, types in pinyin (`c_admin_type`); years and coordinates of 0 are unknown. Rows that stand for no place, in square
//! brackets, are left out. In a workbook the first sheet with the columns counts.

use std::io::Cursor;

use calamine::{Data, Reader, open_workbook_auto_from_rs};

use super::kinds::of_type;
use super::rows::{Rows, TypeInName, is_chinese, note, pinyin, point, year, years};
use super::sheet::{Quotes, Record, Sheet, text, unreadable};
use crate::{Error, Place};

const ID: &[&str] = &["c_addr_id"];
const NAME: &[&str] = &["c_name_chn", "c_addr_name_chn"];

pub(super) fn import(bytes: &[u8], rows: &mut Rows<'_>) -> Result<(), Error> {
    let sheet = if bytes.starts_with(b"PK") {
        workbook(rows.file, bytes)?
    } else {
        Sheet::parse(rows.file, &text(rows.file, bytes)?, Quotes::AsInCsv)?
    };
    sheet.demand(rows.file, &[ID, NAME])?;
    for record in sheet.records() {
        match row(&record, rows) {
            Ok(place) => rows.push(place),
            Err(message) => rows.leave_out(record.line, None, message),
        }
    }
    Ok(())
}

fn workbook(file: &str, bytes: &[u8]) -> Result<Sheet, Error> {
    let broken =
        |error: &dyn std::fmt::Display| unreadable(file, 1, format!("cannot be read as a spreadsheet: {error}"));
    let mut workbook = open_workbook_auto_from_rs(Cursor::new(bytes)).map_err(|error| broken(&error))?;
    let names = workbook.sheet_names();
    for name in &names {
        let range = workbook.worksheet_range(name).map_err(|error| broken(&error))?;
        let first = u64::from(range.start().map_or(0, |(row, _)| row)) + 1;
        let records = range.rows().zip(first..).map(|(cells, line)| (line, cells.iter().map(cell).collect()));
        if range.is_empty() {
            continue;
        }
        let sheet = Sheet::of(file, records)?;
        if sheet.has(ID) && sheet.has(NAME) {
            return Ok(sheet);
        }
    }
    let message = format!("no sheet has the columns `{}` and `{}`; sheets are {}", ID[0], NAME[0], names.join(", "));
    Err(unreadable(file, 1, message))
}

fn cell(data: &Data) -> String {
    match data {
        // The library shows 32180.0 as 32180.
        Data::Error(_) => String::new(),
        data => data.to_string().trim().to_string(),
    }
}

fn row(record: &Record<'_>, rows: &Rows<'_>) -> Result<Place, String> {
    if let Some(fault) = record.width_fault() {
        return Err(fault);
    }
    let (id, name) = (record.cell(ID), record.cell(NAME));
    if id.is_empty() {
        return Err("has no c_addr_id; every record needs one".to_string());
    }
    let names = rows.names("", name, "").ok_or_else(|| format!("`{name}` is no name in Chinese characters"))?;
    let kind = of_type(record.cell(&["c_admin_type"]));
    let mut place = rows.place(record.line, &format!("cbdb-{id}"), &names, kind, TypeInName::Cut);
    let known = |names: &[&str]| record.cell(names).trim_matches('0').is_empty();
    let span = |names: &[&str]| if known(names) { Ok(None) } else { year(record.cell(names)) };
    place.years = years(span(&["c_firstyear"])?, span(&["c_lastyear"])?);
    place.coordinates = point(record.cell(&["y_coord"]), record.cell(&["x_coord"]))?;
    place.pinyin = pinyin(record.cell(&["c_name", "c_addr_name"]));
    let others = record.cell(&["c_alt_names"]).split([';', '；', ',', '，', '、', ' ']).filter(|name| is_chinese(name));
    for name in others {
        let unlike = name != names.hans && name != names.hant && !place.variants.iter().any(|known| known == name);
        if unlike {
            place.variants.push(name.to_string());
        }
    }
    let belongs = record.cell(&["belongs1_Name", "c_belongs1_name_chn"]);
    place.parent = if is_chinese(belongs) { belongs.to_string() } else { String::new() };
    let today = record.cell(&["c_notes"]);
    // Some notes are a path of today with hyphens (a country, a province, ...), the rest are remarks.
    let path = today.contains('-') && is_chinese(&today.replace(['-', '(', ')'], ""));
    if path {
        let without_country = today.strip_prefix("中國-").or(today.strip_prefix("中国-")).unwrap_or(today);
        rows.today(&mut place, &without_country.replace('-', ""));
    }
    place.source = vec!["cbdb".to_string()];
    place.source_note = format!("c_addr_id {id}");
    note(&mut place, "imported from CBDB");
    Ok(place)
}
