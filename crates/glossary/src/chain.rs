//! What a place became, what it was, and everything between: the chain of a name.
//!
//! How it works stands at `Glossary::history`, where users of the crate read it.

use serde::{Serialize, Serializer};
use tongwen::Script;

use crate::entry::{Entry, EntryKind};
use crate::gazetteer::Glossary;
use crate::layout::{Field, Form, Part, named};
use crate::table::CodeAt;
use crate::table::value::list;
use crate::units::{Unit, walk};

/// What a place is in a year.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Modern<'a> {
    kind: ModernKind<'a>,
    year: Option<i16>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ModernKind<'a> {
    Unit(Unit<'a>),
    Named { hans: &'a str, hant: &'a str },
}

impl<'a> Modern<'a> {
    /// The unit of the code book; `None` for a place that has none, which has a name all the same.
    pub fn unit(self) -> Option<Unit<'a>> {
        match self.kind {
            ModernKind::Unit(unit) => Some(unit),
            ModernKind::Named { .. } => None,
        }
    }

    /// The name in a script: 米东区, 俄罗斯符拉迪沃斯托克.
    pub fn name(self, script: Script) -> &'a str {
        match (self.kind, script) {
            (ModernKind::Unit(unit), _) => unit.name(script),
            (ModernKind::Named { hans, .. }, Script::Simplified) => hans,
            (ModernKind::Named { hant, .. }, Script::Traditional) => hant,
        }
    }

    /// The names from the province down, in the year that was asked for; a name without a unit is alone.
    pub fn path(self, script: Script) -> Vec<&'a str> {
        match self.kind {
            ModernKind::Unit(unit) => unit.path(self.year).into_iter().map(|unit| unit.name(script)).collect(),
            ModernKind::Named { .. } => vec![self.name(script)],
        }
    }
}

/// The fields of the machine output. They are stable: fields may be added, none changes its meaning.
#[derive(Serialize)]
struct ModernRecord<'a> {
    /// `None` for a place that no unit of the code book has.
    code: Option<String>,
    name_hans: &'a str,
    name_hant: &'a str,
    /// The units above it, the province first, blanks between.
    path_hans: String,
    path_hant: String,
}

/// As an object with `code`, `name_hans`, `name_hant`, `path_hans` and `path_hant`: today's place in machine output.
impl Serialize for Modern<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let above = |script| {
            let mut path = self.path(script);
            path.pop();
            path.join(" ")
        };
        let record = ModernRecord {
            code: self.unit().map(|unit| unit.code().to_string()),
            name_hans: self.name(Script::Simplified),
            name_hant: self.name(Script::Traditional),
            path_hans: above(Script::Simplified),
            path_hant: above(Script::Traditional),
        };
        record.serialize(serializer)
    }
}

/// A link of a history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link<'a> {
    /// The name or unit.
    pub entry: Entry<'a>,
    /// Where it stands, seen from the entry that was asked for.
    pub side: LinkSide,
    /// The links that it became: places in the same list.
    pub became: Vec<usize>,
}

/// Where a link of a history stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum LinkSide {
    /// It came before.
    Before,
    /// It is what was asked for.
    Asked,
    /// It came after.
    After,
}

impl Glossary {
    /// What the place of an entry is in a year, today without one: units of the code book, or today's name where no unit has the
    /// place. Several when it was divided. Years before 1980 are as 1980. Empty when there is no such entry.
    ///
    /// ```
    /// use tongwen_glossary::{Glossary, Script};
    /// let glossary = Glossary::embedded();
    /// let unit = glossary.modern("xj-gumudi-1763", Some(1990))[0].unit().unwrap();
    /// assert_eq!(unit.entry().id(), "gb-652322-0");
    /// ```
    pub fn modern(&self, id: &str, as_of: Option<i16>) -> Vec<Modern<'_>> {
        self.entry(id).map_or_else(Vec::new, |entry| entry.modern(as_of))
    }

    /// The names that led to a unit, oldest first: historical names of what lies in it, and the units that became it, under
    /// other names. `unit` is an id (`gb-650109-2007`), a code (`650109`), a code and a year (`652322@1990`), or today's name of a place that
    /// has no unit (`高雄市`); with the id of a historical name, the names before it. Order: first year, then last year (unknown ones last), then id.
    pub fn former(&self, unit: &str) -> Vec<Entry<'_>> {
        let mut found = match (self.entry(unit), unit.parse()) {
            (Some(entry), _) => match entry.unit() {
                Some(unit) => self.former_of_unit(unit),
                None => walk(self.places_before(entry), |row| self.places_before(row)),
            },
            (None, Ok(code)) => self.unit_or_last(code).map_or_else(Vec::new, |unit| self.former_of_unit(unit)),
            (None, Err(_)) => self.places_named_today(unit),
        };
        sort_by_age(&mut found);
        found
    }

    /// The whole chain through an entry, oldest first: what became it, it, what it became. A link stands behind all that became it.
    ///
    /// A chain runs over rows and units: a row names the row with the next name of the place (`next_id`); the last one names units of the
    /// code book (`modern`), some with the year in which the code named them; each unit that ended names its successors. So 古牧地
    /// is followed to 乾德, 米泉, the county 米泉县, the city 米泉市 and, since 2007, to the district 米东区. A printed "today 米泉" goes stale, a chain
    /// does not.
    ///
    /// # Limits
    ///
    /// The code book starts in 1980. A row that names a unit of today without a year is followed back through the units that became it, as far
    /// as there was one and not several: of a district that two were merged into, nobody can say which of the two the place was in. A
    /// row that names the unit of its time (`652322@1990`) has no such doubt.
    pub fn history(&self, id: &str) -> Vec<Link<'_>> {
        let Some(asked) = self.entry(id) else { return Vec::new() };
        let before = walk(vec![asked], Entry::became_it);
        let after = walk(vec![asked], Entry::became);
        let side = |entry: Entry<'_>| {
            if entry == asked {
                LinkSide::Asked
            } else if before.contains(&entry) {
                LinkSide::Before
            } else {
                LinkSide::After
            }
        };
        let mut entries: Vec<Entry<'_>> = before.iter().rev().copied().collect();
        entries.extend(after.iter().filter(|entry| !before.contains(entry)));
        let edges: Vec<Vec<Entry<'_>>> = entries.iter().map(|entry| entry.became()).collect();
        let order = oldest_first(&entries, &edges);
        let place = |entry: &Entry<'_>| order.iter().position(|&index| entries[index] == *entry);
        order
            .iter()
            .map(|&index| Link {
                entry: entries[index],
                side: side(entries[index]),
                became: edges[index].iter().filter_map(place).collect(),
            })
            .collect()
    }

    /// The unit of a code today, else the last that bore it.
    fn unit_or_last(&self, code: CodeAt) -> Option<Unit<'_>> {
        match (self.unit(code.code, code.year), code.year) {
            (None, None) => self.units_of_code(code.code).max_by_key(|unit| (unit.to(), unit.from())),
            (unit, _) => unit,
        }
    }

    fn former_of_unit<'a>(&'a self, unit: Unit<'a>) -> Vec<Entry<'a>> {
        let units = walk(vec![unit], |unit| unit.predecessors().collect());
        let rows = units.iter().flat_map(|unit| self.places_naming(*unit)).collect();
        let rows = walk(rows, |row: Entry<'a>| self.places_before(row));
        let name = |entry: Entry<'a>| entry.name(Script::Simplified);
        // A row may say more of a unit than the code book does; then the row is enough.
        let told = |before: &Entry<'a>| {
            name(*before) == name(unit.entry()) || rows.iter().any(|row: &Entry<'a>| name(*row) == name(*before))
        };
        let units: Vec<Entry<'a>> = units.into_iter().map(Unit::entry).filter(|before| !told(before)).collect();
        units.into_iter().chain(rows).collect()
    }

    /// The rows that name a unit.
    fn places_naming<'a>(&'a self, unit: Unit<'a>) -> impl Iterator<Item = Entry<'a>> {
        let number = unit.number();
        self.layers().flat_map(move |(layer, file)| {
            let words = file.equal(Part::Named, number, named::unit);
            words.filter_map(move |word| self.entry_at(layer, named::place(word)))
        })
    }

    /// The rows whose next one is this.
    fn places_before<'a>(&'a self, entry: Entry<'a>) -> Vec<Entry<'a>> {
        if entry.kind() == EntryKind::Unit {
            return Vec::new();
        }
        let id = entry.id();
        let mut found = Vec::new();
        for (layer, file) in self.layers() {
            let words = file.words(Part::Next);
            let next = |word: &[u8; 4]| {
                let number = u32::from_le_bytes(*word);
                (number, file.record(number).string(Field::NextId))
            };
            let start = words.partition_point(|word| next(word).1 < id);
            let equal = words[start..].iter().map(next).take_while(|(_, next)| *next == id);
            found.extend(equal.filter_map(|(number, _)| self.entry_at(layer, number)));
        }
        found
    }

    /// The rows whose name of today is this, with or without its country.
    fn places_named_today(&self, name: &str) -> Vec<Entry<'_>> {
        let key = self.fold(name);
        let mut found = Vec::new();
        for (layer, file) in self.layers() {
            let Some(value) = file.names().get(&key) else { continue };
            let postings = file.postings(value).filter(|posting| posting.form == Form::Today);
            found.extend(postings.filter_map(|posting| self.entry_at(layer, posting.entry)));
        }
        found
    }
}

impl<'a> Entry<'a> {
    /// As [`Glossary::modern`].
    pub fn modern(self, as_of: Option<i16>) -> Vec<Modern<'a>> {
        let glossary = self.glossary();
        let units = match self.unit() {
            Some(unit) => unit.in_year(as_of),
            None => {
                let units = self.modern_codes().filter_map(|code| glossary.unit(code.code, code.year));
                self.without_doubt(flat(units.map(|unit| unit.in_year(as_of))), as_of)
            }
        };
        let units = units.into_iter().map(|unit| Modern { kind: ModernKind::Unit(unit), year: as_of });
        let hans = list(self.modern_name(Script::Simplified));
        let hant = list(self.modern_name(Script::Traditional));
        let named = hans.zip(hant).map(|(hans, hant)| Modern { kind: ModernKind::Named { hans, hant }, year: as_of });
        units.chain(named).collect()
    }

    /// Of several units, those that a row of the chain vouches for by naming one with its year; all, when none does.
    fn without_doubt(self, units: Vec<Unit<'a>>, as_of: Option<i16>) -> Vec<Unit<'a>> {
        let glossary = self.glossary();
        if as_of.is_none() || units.len() < 2 {
            return units;
        }
        let rows = walk(vec![self], |row: Entry<'a>| row.next().into_iter().collect());
        let dated = rows.iter().flat_map(|row| row.modern_codes()).filter(|code| code.year.is_some());
        let sure = flat(dated.filter_map(|code| glossary.unit(code.code, code.year)).map(|unit| unit.in_year(as_of)));
        let both: Vec<Unit<'a>> = units.iter().copied().filter(|unit| sure.contains(unit)).collect();
        if both.is_empty() { units } else { both }
    }

    /// The row with the next name of the same place.
    pub fn next(self) -> Option<Entry<'a>> {
        self.next_id().and_then(|id| self.glossary().entry(id))
    }

    /// One step of the chain: the next row; behind the last row its units; behind a unit its successors.
    fn became(self) -> Vec<Entry<'a>> {
        if let Some(unit) = self.unit() {
            return unit.successors().map(Unit::entry).collect();
        }
        if let Some(next) = self.next() {
            return vec![next];
        }
        let glossary = self.glossary();
        let units = self.modern_codes().filter_map(|code| {
            let unit = glossary.unit(code.code, code.year)?;
            Some(if code.year.is_some() { unit } else { first_of_line(unit) })
        });
        let mut found = Vec::new();
        for unit in units.map(Unit::entry) {
            if !found.contains(&unit) {
                found.push(unit);
            }
        }
        found
    }

    /// One step back: the rows before a row, the units before a unit.
    fn became_it(self) -> Vec<Entry<'a>> {
        match self.unit() {
            Some(unit) => unit.predecessors().map(Unit::entry).collect(),
            None => self.glossary().places_before(self),
        }
    }
}

/// Oldest first: by the first year (the last where it is not known), then the last, those without any behind, then the id.
pub(crate) fn sort_by_age(entries: &mut [Entry<'_>]) {
    entries.sort_by_key(|entry| {
        let years = entry.years();
        (years.from.or(years.to).map_or((1, 0), |year| (0, year)), years.to.unwrap_or(i16::MAX), entry.id())
    });
}

/// Back from a unit as long as one unit became it, and nothing else of that unit.
fn first_of_line(mut unit: Unit<'_>) -> Unit<'_> {
    let mut seen = vec![unit];
    loop {
        let mut before = unit.predecessors();
        match (before.next(), before.next()) {
            // What was merged into a unit that was there already is no earlier name of it (苏州地区 of 苏州市).
            (Some(only), None)
                if !seen.contains(&only) && only.successors().count() == 1 && only.to() == unit.from() =>
            {
                seen.push(only);
                unit = only;
            }
            _ => return unit,
        }
    }
}

fn flat<'a>(units: impl Iterator<Item = Vec<Unit<'a>>>) -> Vec<Unit<'a>> {
    let mut found = Vec::new();
    for unit in units.flatten() {
        if !found.contains(&unit) {
            found.push(unit);
        }
    }
    found
}

/// An order in which everything stands behind what became it; of what could come next, the one that began first.
fn oldest_first(entries: &[Entry<'_>], edges: &[Vec<Entry<'_>>]) -> Vec<usize> {
    let mut order: Vec<usize> = Vec::with_capacity(entries.len());
    let mut left: Vec<usize> = (0..entries.len()).collect();
    while !left.is_empty() {
        let ready =
            |&&index: &&usize| !left.iter().any(|other| *other != index && edges[*other].contains(&entries[index]));
        let age = |&&index: &&usize| (entries[index].years().from.unwrap_or(i16::MIN), index);
        // In a circle, which only damaged data have, nothing is ready: take the oldest.
        let next = left.iter().filter(ready).min_by_key(age).or_else(|| left.iter().min_by_key(age));
        let Some(&next) = next else { break };
        left.retain(|index| *index != next);
        order.push(next);
    }
    order
}
