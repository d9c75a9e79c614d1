//! Former districts of cities whose names are too short to be a place by themselves.
//!
//! A full official form is a place wherever it stands, but a district of a city may be called after anything: 半山区 was one of Hangzhou, and is
//! the hillside of any town; so are 城南区, 滨海区, 红星区. One that ended, of two characters and 区, is a place only where its sentence has evidence: its city,
//! a place in that city, or a year in which the district existed.
//!
//! | text | 半山区 is |
//! |---|---|
//! | 杭州的半山区并入拱墅区。 | the district: 杭州 is its city |
//! | 1985年，半山区新建了一座钢厂。 | the district: it existed then |
//! | 半山区的房价又涨了。 | nothing |

use std::ops::Range;

use super::annotation::Rule;
use super::block::Block;
use super::sighting::{Candidate, SENTENCE, Sentences, Sighting, Standing, is_stop};
use super::years::Dates;
use crate::{Entry, EntryKind, Level, Script, Unit};

/// Before the first year of the code book a district is as old as the cities that have districts.
const FIRST_YEAR: i16 = 1949;

/// Whether a unit that ended is such a district.
pub(super) fn needs_evidence(unit: Unit<'_>) -> bool {
    unit.level() == Level::County
        && unit.name(Script::Simplified).ends_with('区')
        && unit.stem(Script::Simplified).chars().count() == 2
}

fn waits(candidate: &Candidate<'_>) -> bool {
    candidate.standing == Standing::Open && candidate.entry.kind() == EntryKind::Unit
}

/// A name, and the units that it speaks for: what it stands for and what that lies in.
struct Neighbour {
    range: Range<usize>,
    codes: Vec<u32>,
}

/// Takes former districts for places where their sentence says so.
pub(crate) fn read_districts(block: &Block, dates: &Dates, sightings: &mut [Sighting<'_>]) {
    if !sightings.iter().any(|sighting| sighting.candidates.iter().any(waits)) {
        return;
    }
    let neighbours: Vec<Neighbour> = sightings.iter().map(neighbour).collect();
    let mut sentences = Sentences::default();
    for sighting in sightings.iter_mut().filter(|sighting| sighting.candidates.iter().any(waits)) {
        let range = sighting.range.clone();
        let date = dates.between(sentences.start(block, range.start)..range.start);
        let first = neighbours.partition_point(|other| other.range.end + SENTENCE < range.start);
        let near = neighbours[first..].iter().take_while(|other| other.range.start <= range.end + SENTENCE);
        let beside = |other: &&Neighbour| {
            let between = other.range.end.min(range.end)..other.range.start.max(range.start);
            let same = block.characters[other.range.clone()] == block.characters[range.clone()];
            !same && !block.characters[between].iter().any(|mark| is_stop(*mark))
        };
        let codes: Vec<u32> = near.filter(beside).flat_map(|other| other.codes.iter().copied()).collect();
        for candidate in sighting.candidates.iter_mut().filter(|candidate| waits(candidate)) {
            let years = candidate.entry.years();
            let then = date.is_some_and(|date| {
                years.from.unwrap_or(FIRST_YEAR) <= date.from && years.to.is_some_and(|to| date.to <= to)
            });
            if cities(candidate.entry).iter().any(|city| codes.contains(city)) {
                candidate.standing = Standing::Accepted(Rule::SuffixForm);
            } else if then {
                candidate.standing = Standing::Accepted(Rule::Sentence);
            }
        }
    }
}

fn neighbour(sighting: &Sighting<'_>) -> Neighbour {
    // A county of today with a name of two characters may be any word.
    let sure =
        |entry: &&Entry<'_>| sighting.range.len() > 2 || entry.unit().is_some_and(|unit| unit.level() != Level::County);
    let today = sighting.today.iter().filter(sure).copied();
    let past = sighting.candidates.iter().filter(|one| matches!(one.standing, Standing::Accepted(_)) || waits(one));
    let entries = today.chain(past.map(|candidate| candidate.entry));
    let codes = entries.flat_map(|entry| units(entry).map(|unit| unit.code().number()).chain(cities(entry))).collect();
    Neighbour { range: sighting.range.clone(), codes }
}

/// What an entry stands for: the unit that it is, and the units that it is today.
fn units<'a>(entry: Entry<'a>) -> impl Iterator<Item = Unit<'a>> {
    entry.unit().into_iter().chain(entry.modern(None).into_iter().filter_map(|modern| modern.unit()))
}

/// The codes of what these units lie in: of a district its city.
fn cities(entry: Entry<'_>) -> Vec<u32> {
    units(entry).filter_map(|unit| unit.parent(None)).map(|city| city.code().number()).collect()
}
