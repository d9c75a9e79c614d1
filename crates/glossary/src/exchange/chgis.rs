//! CHGIS V6: the table of a layer of points (`NAME_CH`, `BEG_YR`, ...) as CSV, or the list of TGAZ (`NAME_SIM`, `BEG`, ...).
//!
//! `PRES_LOC` describes today's place; what `TYPE_CH` ends in is the suffix of full names. A last year that is the end of the data (`END_CHG_TY` 数据下限)
//! is kept, and the notes say that the name may have lasted.

use super::kinds::of_type;
use super::rows::{Rows, TypeInName, note, pinyin, point, year, years};
use super::sheet::{Quotes, Record, Sheet};
use crate::Error;

const ID: &[&str] = &["SYS_ID", "TGAZ_ID"];
const SIMPLIFIED: &[&str] = &["NAME_CH", "NAME_SIM"];
const TRADITIONAL: &[&str] = &["NAME_FT", "NAME_TR"];
const TYPE: &[&str] = &["TYPE_CH", "TYPE_SIM", "TYPE_PY", "TYPE_ENG"];

pub(super) fn import(text: &str, rows: &mut Rows<'_>) -> Result<(), Error> {
    let sheet = Sheet::parse(rows.file, text, Quotes::AsInCsv)?;
    sheet.demand(rows.file, &[ID, SIMPLIFIED])?;
    for record in sheet.records() {
        match row(&record, rows) {
            Ok(place) => rows.push(place),
            Err(message) => rows.leave_out(record.line, None, message),
        }
    }
    Ok(())
}

fn row(record: &Record<'_>, rows: &Rows<'_>) -> Result<crate::Place, String> {
    if let Some(fault) = record.width_fault() {
        return Err(fault);
    }
    let (id, hans) = (record.cell(ID), record.cell(SIMPLIFIED));
    if id.is_empty() {
        return Err(format!("has no {}; every record needs one", ID[0]));
    }
    let names = rows.names(hans, record.cell(TRADITIONAL), "");
    let names = names.ok_or_else(|| format!("`{hans}` is no name in Chinese characters"))?;
    let kind = of_type(record.cell(TYPE));
    let mut place = rows.place(record.line, &format!("chgis-{id}"), &names, kind, TypeInName::Cut);
    let from = year(record.cell(&["BEG_YR", "BEG"]))?;
    let to = year(record.cell(&["END_YR", "END"]))?;
    place.years = years(from, to);
    place.coordinates = point(record.cell(&["Y_COOR", "Y_COORD", "Y"]), record.cell(&["X_COOR", "X_COORD", "X"]))?;
    place.pinyin = latin(record, !place.official_suffix.is_empty());
    place.parent = record.cell(&["PARTOF_SIM"]).to_string();
    rows.today(&mut place, record.cell(&["PRES_LOC"]));
    place.source = vec!["chgis".to_string()];
    place.source_note = format!("{} {id}", if record.cell(&["TGAZ_ID"]).is_empty() { "SYS_ID" } else { "TGAZ_ID" });
    note(&mut place, "imported from CHGIS");
    if record.cell(&["END_CHG_TY"]).contains("数据下限") {
        note(&mut place, "the data end with the last year");
    }
    Ok(place)
}

/// The pinyin without the type: `Gucheng Xian` is Gucheng where 县 is a suffix.
fn latin(record: &Record<'_>, cut: bool) -> String {
    let text = record.cell(&["NAME_PY", "NAME_ENG"]);
    let last = text.rsplit(' ').next().unwrap_or_default();
    let kind = record.cell(&["TYPE_PY", "TYPE_ENG"]);
    let without = text.strip_suffix(last).map(str::trim).filter(|rest| cut && !rest.is_empty());
    pinyin(without.filter(|_| last.eq_ignore_ascii_case(kind)).unwrap_or(text))
}
