//! In which province and prefecture the names around a name lie.
//!
//! A text keeps to a region: 归化 beside 巴里坤 and 包头 is the one in Mongolia. Each name of a paragraph that stands for one place votes for its province
//! and prefecture, the more the nearer it is; names of today vote as well. The paragraphs before have a small say.

use std::collections::BTreeMap;

use super::sighting::{Sighting, Standing};
use crate::{Entry, Level};

/// Within how many characters a vote loses half of its weight.
const HALF: f64 = 40.0;
/// How far away a vote counts, in characters; further off it would have a twenty-fifth of its weight.
const REACH: usize = 1_000;
/// What the paragraphs before have together.
const BEFORE: f64 = 0.5;

/// The votes of a text, up to and with a paragraph.
#[derive(Default)]
pub(crate) struct Votes {
    here: Vec<Vote>,
    /// Weights of provinces in the paragraphs before.
    before: BTreeMap<u32, f64>,
}

#[derive(Clone, Copy)]
struct Vote {
    /// Characters of the block.
    at: usize,
    province: u32,
    /// Of a place that is not known as closely: that of the province.
    prefecture: u32,
}

impl Votes {
    /// Takes the votes of the next paragraph.
    pub(crate) fn read(&mut self, sightings: &[Sighting<'_>]) {
        for vote in &self.here {
            *self.before.entry(vote.province).or_default() += 1.0;
        }
        self.here.clear();
        for sighting in sightings {
            self.here.extend(vote(sighting));
        }
    }

    /// The points of a place for lying where the names around `at` lie, 4.5 at most.
    pub(crate) fn points(&self, entry: Entry<'_>, at: usize) -> f64 {
        let places = places(entry);
        if places.is_empty() {
            return 0.0;
        }
        let (mut all, mut provinces, mut prefectures) = (0.5, 0.0, 0.0);
        let first = self.here.partition_point(|vote| vote.at + REACH < at);
        let near = self.here[first..].iter().take_while(|vote| vote.at <= at + REACH);
        for vote in near.filter(|vote| vote.at != at) {
            let weight = HALF / (HALF + vote.at.abs_diff(at) as f64);
            all += weight;
            if places.iter().any(|(province, _)| *province == vote.province) {
                provinces += weight;
            }
            if places.iter().any(|(_, prefecture)| *prefecture == vote.prefecture && prefecture % 100 != 0) {
                prefectures += weight;
            }
        }
        let before: f64 = self.before.values().sum();
        if before > 0.0 {
            all += BEFORE;
            let own: f64 = places.iter().filter_map(|(province, _)| self.before.get(province)).sum();
            provinces += BEFORE * (own / before).min(1.0);
        }
        3.0 * provinces / all + 1.5 * prefectures / all
    }
}

/// The vote of a name that stands for one place, or for places in one province.
fn vote(sighting: &Sighting<'_>) -> Option<Vote> {
    let accepted = sighting.candidates.iter().filter(|candidate| matches!(candidate.standing, Standing::Accepted(_)));
    let mut entries: Vec<Entry<'_>> = accepted.map(|candidate| candidate.entry).collect();
    if entries.is_empty() {
        // A county of today with a name of two characters may be any word.
        let sure = |entry: &&Entry<'_>| {
            sighting.range.len() > 2 || entry.unit().is_some_and(|unit| unit.level() != Level::County)
        };
        entries = sighting.today.iter().filter(sure).copied().collect();
    }
    if entries.is_empty() {
        // What still bears its name is never glossed, but it is somewhere.
        let named =
            sighting.candidates.iter().filter(|candidate| candidate.entry.rank() > 2 && sighting.range.len() > 2);
        entries = named.map(|candidate| candidate.entry).collect();
    }
    let places: Vec<(u32, u32)> = entries.iter().flat_map(|entry| places(*entry)).collect();
    let (province, prefecture) = *places.first()?;
    let one = places.iter().all(|(other, _)| *other == province);
    let same = places.iter().all(|(_, other)| *other == prefecture);
    one.then_some(Vote {
        at: sighting.range.start,
        province,
        prefecture: if same { prefecture } else { province * 100 },
    })
}

/// The provinces of an entry, by the first two digits of its codes.
pub(crate) fn provinces(entry: Entry<'_>) -> impl Iterator<Item = u32> {
    places(entry).into_iter().map(|(province, _)| province)
}

/// The provinces and prefectures of an entry, by the first two and four digits of its codes. A place abroad is where its country is: what its id begins
/// with stands for it.
fn places(entry: Entry<'_>) -> Vec<(u32, u32)> {
    let unit = entry.unit().map(|unit| unit.code());
    let codes = entry.modern_codes().map(|code| code.code).chain(unit);
    let mut places: Vec<(u32, u32)> = codes.map(|code| (code.number() / 10_000, code.number() / 100)).collect();
    places.dedup();
    if places.is_empty() {
        let prefix = entry.id().split_once('-').map_or("", |(prefix, _)| prefix);
        places.extend(
            entry
                .glossary()
                .region(prefix)
                .and_then(|region| region.first_province())
                .map(|province| (province, province * 100)),
        );
    }
    places
}
