//! Units of the code book by code and year, while the tables are rows; and their way into the file.

use std::collections::BTreeMap;

use super::Parts;
use super::names::Names;
use super::records::Records;
use super::strings::Strings;
use crate::Error;
use crate::layout::{self, Part};
use crate::table::{Code, CodeAt, Unit};
use crate::units::walk;

/// Units sorted by id, found by code and year.
pub(crate) struct UnitIndex<'a> {
    units: Vec<(String, &'a Unit)>,
    by_code: BTreeMap<Code, Vec<u32>>,
}

impl<'a> UnitIndex<'a> {
    pub(crate) fn new(rows: &'a [Unit]) -> UnitIndex<'a> {
        let mut sorted: Vec<&Unit> = rows.iter().collect();
        // Of units of a code that began in one year the one that lasted comes first.
        sorted.sort_by_key(|unit| (unit.code, unit.from, unit.from.is_some() && unit.from == unit.to));
        let mut units: Vec<(String, &Unit)> = Vec::with_capacity(sorted.len());
        for unit in sorted {
            let plain = format!("gb-{}-{}", unit.code, unit.from.unwrap_or(0));
            let same =
                units.iter().rev().take_while(|(_, before)| (before.code, before.from) == (unit.code, unit.from));
            let marks = "x".repeat(same.count());
            units.push((plain + &marks, unit));
        }
        let mut by_code: BTreeMap<Code, Vec<u32>> = BTreeMap::new();
        for (number, (_, unit)) in (0..).zip(&units) {
            by_code.entry(unit.code).or_default().push(number);
        }
        UnitIndex { units, by_code }
    }

    /// The numbers of the units that bear a code in a year; there should be one. Without a year, today.
    pub(crate) fn at(&self, code: CodeAt) -> impl Iterator<Item = u32> {
        let numbers = self.by_code.get(&code.code).map_or(&[][..], Vec::as_slice);
        numbers.iter().copied().filter(move |number| bears(self.unit(*number), code.year))
    }

    /// The number of the first unit that bears a code in a year.
    pub(crate) fn resolve(&self, code: CodeAt) -> Option<u32> {
        self.at(code).next()
    }

    /// The unit with a number.
    pub(crate) fn unit(&self, number: u32) -> &'a Unit {
        self.units[number as usize].1
    }

    /// The years of the units of a code, in time.
    pub(crate) fn years_of(&self, code: Code) -> Vec<(Option<i16>, Option<i16>)> {
        let numbers = self.by_code.get(&code).map_or(&[][..], Vec::as_slice);
        numbers.iter().map(|number| self.unit(*number)).map(|unit| (unit.from, unit.to)).collect()
    }

    /// The units of today that the unit of a code is or became.
    pub(crate) fn today(&self, code: CodeAt) -> Vec<&'a Unit> {
        let start: Vec<u32> = self.at(code).collect();
        let successors = |number| {
            let codes = &self.unit(number).successors;
            codes.iter().filter_map(|code| self.resolve(*code)).collect()
        };
        walk(start, successors).into_iter().map(|number| self.unit(number)).filter(|unit| unit.to.is_none()).collect()
    }

    /// Whether the unit of a code is there today, or what it became is.
    pub(crate) fn reaches_today(&self, code: CodeAt) -> bool {
        !self.today(code).is_empty()
    }

    pub(crate) fn write(
        &self,
        strings: &mut Strings,
        records: &mut Records,
        names: &mut Names<'_>,
        parts: &mut Parts,
    ) -> Result<(), Error> {
        let places = records.len();
        let count = self.units.len();
        if count >= layout::MOST_UNITS || places + count >= layout::MOST_ENTRIES {
            let (units, entries) = (layout::MOST_UNITS - 1, layout::MOST_ENTRIES - 1);
            return Err(Error::too_large(format!(
                "{count} units and {places} places; no more than {units} units and {entries} entries fit"
            )));
        }
        let mut predecessors = Vec::new();
        for (number, (id, unit)) in (0..).zip(&self.units) {
            records.add_unit(id, unit, strings);
            names.add_unit(unit, places as u32 + number)?;
            let successors = unit.successors.iter().filter_map(|code| self.resolve(*code));
            predecessors.extend(successors.map(|successor| successor << 16 | number));
        }
        predecessors.sort_unstable();
        predecessors.dedup();
        parts.set_words(Part::Predecessors, predecessors);
        Ok(())
    }
}

fn bears(unit: &Unit, year: Option<i16>) -> bool {
    match year {
        None => unit.to.is_none(),
        Some(year) => unit.from.is_none_or(|from| from <= year) && unit.to.is_none_or(|to| year < to),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::TableText;

    #[test]
    fn a_code_names_one_unit_at_a_time() {
        let text = "gb_code,name_hans,name_hant,pinyin,postal,level,parent_code,from,to,succ,lat,lon\n\
            500101,万县区,萬縣區,Wanxian,,county,500000,1997,1997,500101@1997,,\n\
            500101,万州区,萬州區,Wanzhou,,county,500000,1997,,,,\n\
            652322,米泉县,米泉縣,Miquan,,county,652300,,1996,652303@1996,,\n";
        let mut faults = Vec::new();
        let rows = crate::table::read_units(TableText { name: "units.csv", text }, &mut faults);
        assert!(faults.is_empty(), "{faults:?}");
        let index = UnitIndex::new(&rows);
        let ids: Vec<&str> = index.units.iter().map(|(id, _)| id.as_str()).collect();
        assert_eq!(ids, ["gb-500101-1997", "gb-500101-1997x", "gb-652322-0"]);
        let name =
            |code: &str| index.resolve(code.parse().unwrap()).map(|number| index.unit(number).name_hans.as_str());
        assert_eq!(name("500101@1997"), Some("万州区"));
        assert_eq!(name("500101"), Some("万州区"));
        assert_eq!(name("500101@1996"), None);
        assert_eq!(name("652322@1995"), Some("米泉县"));
        assert_eq!(name("652322@1996"), None);
        assert_eq!(name("652322"), None);
    }
}
