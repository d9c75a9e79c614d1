//! Laws of the units of the code book.

use std::collections::HashMap;

use super::Faults;
use super::places::{pair, postal};
use crate::compile::UnitIndex;
use crate::fold::Folding;
use crate::table::{Code, CodeAt, Law, Level, Unit};

/// Provinces that were made of parts of another: 重庆 of 四川, 海南 of 广东.
const MADE_OF: [(u32, u32); 2] = [(500_000, 510_000), (460_000, 440_000)];

/// Districts that went to another city, by code and the year in which they ended there.
const MOVED: [(u32, i16); 11] = [
    // With Qinhuangdao, which the prefecture of Tangshan had beside the city of Tangshan.
    (132_702, 1983),
    (132_703, 1983),
    (132_704, 1983),
    (132_705, 1983),
    // Jinxi, later Huludao, became a city of its own beside Jinzhou.
    (210_704, 1989),
    (210_705, 1989),
    // Huangzhou came from the county of Huanggang, and went back.
    (420_703, 1987),
    // Shennongjia belongs to no city; it was given to another prefecture.
    (422_627, 1983),
    // Huaying lies in Guang'an, which was part of the prefecture of Nanchong.
    (512_932, 1985),
    // Yangling came from Baoji to Xianyang.
    (610_304, 1983),
    // Baiyin became a city of its own beside Lanzhou.
    (620_112, 1985),
];

pub(super) fn check(rows: &[Unit], units: &UnitIndex<'_>, folding: Folding<'_>, faults: &mut Faults<'_>) {
    for row in rows {
        pair(row.line, ["name_hans", "name_hant"], [&row.name_hans, &row.name_hant], folding, faults);
        postal(row.line, &row.postal, faults);
        if let (Some(from), Some(to)) = (row.from, row.to)
            && from > to
        {
            faults.add(row.line, "to", Law::Units, format!("is {to}, before {from}"));
        }
        if row.level != row.code.level() {
            let message = format!("is `{}`, but {} is a code of a {}", row.level, row.code, row.code.level());
            faults.add(row.line, "level", Law::Units, message);
        }
        parent(row, units, faults);
        successors(row, units, faults);
        district(row, units, faults);
    }
    alone(rows, faults);
}

/// One code, one unit at a time.
fn alone(rows: &[Unit], faults: &mut Faults<'_>) {
    let mut by_code: HashMap<Code, Vec<&Unit>> = HashMap::new();
    for row in rows {
        by_code.entry(row.code).or_default().push(row);
    }
    for row in rows {
        let lasts = |unit: &Unit| unit.from.is_none() || unit.from != unit.to;
        let overlaps = |other: &&&Unit| {
            other.line < row.line
                && lasts(other)
                && lasts(row)
                && other.to.is_none_or(|to| row.from.is_none_or(|from| from < to))
                && row.to.is_none_or(|to| other.from.is_none_or(|from| from < to))
        };
        if let Some(other) = by_code[&row.code].iter().find(overlaps) {
            let message = format!("{} is {} in the same years on line {}", row.code, other.name_hans, other.line);
            faults.add(row.line, "gb_code", Law::Units, message);
        }
    }
}

fn parent(row: &Unit, units: &UnitIndex<'_>, faults: &mut Faults<'_>) {
    match (row.level, row.parent) {
        (Level::Province, None) => {}
        (Level::Province, Some(parent)) => {
            faults.add(row.line, "parent_code", Law::Units, format!("is {parent}; nothing is above a province"));
        }
        (_, None) => faults.add(row.line, "parent_code", Law::Units, "is empty; say what the unit belongs to"),
        (level, Some(parent)) => {
            let fits =
                parent.level() == Level::Province || level == Level::County && parent.level() == Level::Prefecture;
            if !fits || parent.province() != row.code.province() {
                faults.add(row.line, "parent_code", Law::Units, format!("{parent} cannot be above {}", row.code));
            } else if units.years_of(parent).is_empty() {
                faults.add(row.line, "parent_code", Law::Units, format!("no unit had the code {parent}"));
            }
        }
    }
}

fn successors(row: &Unit, units: &UnitIndex<'_>, faults: &mut Faults<'_>) {
    match (row.to, row.successors.is_empty()) {
        (Some(to), true) => {
            let message = format!("is empty, but the unit ended in {to}; say in units-corrections.csv what it became");
            faults.add(row.line, "succ", Law::Units, message);
        }
        (None, false) => faults.add(row.line, "succ", Law::Units, "is filled in, but the unit exists today"),
        _ => {}
    }
    for &code in &row.successors {
        let found: Vec<&Unit> = units.at(code).map(|number| units.unit(number)).collect();
        let [successor] = found[..] else {
            let message = format!("`{code}` names {} units; expected one", found.len());
            faults.add(row.line, "succ", Law::Units, message);
            continue;
        };
        let (old, new) = (row.code.province(), successor.code.province());
        let known =
            MADE_OF.iter().any(|(made, of)| [(*made, *of), (*of, *made)].contains(&(old.number(), new.number())));
        if old != new && !known {
            let message =
                format!("`{code}` is {} in another province than {} {}", successor.name_hans, row.code, row.name_hans);
            faults.add(row.line, "succ", Law::Units, message);
        }
        if !units.reaches_today(code) {
            faults.add(row.line, "succ", Law::Units, format!("`{code}` leads to no unit of today"));
        }
    }
}

/// A district of a city stays in that city: there are districts of the same name in others.
fn district(row: &Unit, units: &UnitIndex<'_>, faults: &mut Faults<'_>) {
    let (Some(to), Some(parent)) = (row.to, row.parent) else { return };
    if row.level != Level::County || !row.name_hans.ends_with('区') || MOVED.contains(&(row.code.number(), to)) {
        return;
    }
    let cities = |code: CodeAt| -> Vec<Code> {
        let city = |unit: &Unit| if unit.level == Level::County { unit.parent } else { Some(unit.code) };
        units.today(code).into_iter().filter_map(city).collect()
    };
    let own = cities(CodeAt { code: parent, year: Some(to.saturating_sub(1)) });
    for &code in row.successors.iter().filter(|_| !own.is_empty()) {
        let other = cities(code);
        if !other.is_empty() && !other.iter().any(|city| own.contains(city)) {
            let message = format!(
                "`{code}` leads to {}, and {} was a district of {parent}, which is {} today; correct it in units-corrections.csv, or say in this law why it went there",
                list(&other),
                row.name_hans,
                list(&own)
            );
            faults.add(row.line, "succ", Law::Units, message);
        }
    }
}

fn list(codes: &[Code]) -> String {
    codes.iter().map(Code::to_string).collect::<Vec<_>>().join(", ")
}
