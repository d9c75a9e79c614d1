//! Which of several places with a name is meant.
//!
//! Each place gets points, and the points become shares (each is worth e to its points): a place with three points more is twenty times as likely.
//!
//! | for | points |
//! |---|---|
//! | the text says what it is today, and it is | 8 |
//! | it had the name in the year of the text | 3; less for a year of another paragraph; as many off when it did not |
//! | its own cues nearby | 2.5 for the first, 1 for each further one; elsewhere in the paragraph 0.5 each |
//! | its province and its prefecture are those of the names around it, or the region given | up to 4.5 |
//! | people mean it | 0.45 for each step of its rank |
//! | the name is the row's own, without a suffix added | 2 |
//! | only the other places make it a name | 2.5 off |
//!
//! Places that are the same today count as one. Where the shares do not decide, nothing is glossed.

use super::annotation::{Agreement, Choice};
use super::cues::CuePlaces;
use super::options::AnnotateOptions;
use super::sighting::{Candidate, Sighting, Standing};
use super::votes::Votes;
use super::years::{Date, Dates, Nearness};
use crate::layout::Form;
use crate::{Entry, Level, Script, Unit};

/// Points by what they were given for.
#[derive(Clone, Copy, Debug, Default)]
struct Points {
    stated: f64,
    year: f64,
    cue: f64,
    region: f64,
    rank: f64,
    form: f64,
    accepted: f64,
}

impl Points {
    fn sum(self) -> f64 {
        self.stated + self.year + self.cue + self.region + self.rank + self.form + self.accepted
    }

    /// Of what this has most more than another.
    fn lead(self, other: Points) -> Choice {
        [
            (self.stated - other.stated, Choice::Stated),
            (self.year - other.year, Choice::Year),
            (self.cue - other.cue + self.accepted - other.accepted, Choice::Cue),
            (self.region - other.region, Choice::Region),
            (self.rank - other.rank, Choice::Rank),
        ]
        .into_iter()
        .fold((0.0, Choice::None), |best, lead| if lead.0 > best.0 { lead } else { best })
        .1
    }
}

/// The places of a name, the likeliest first.
pub(crate) struct Chosen<'a> {
    pub(crate) candidate: Candidate<'a>,
    /// From 0 to 1: the share of the first.
    pub(crate) share: f64,
    pub(crate) choice: Choice,
    /// The others, one for each place of today, with their shares.
    pub(crate) rivals: Vec<(Entry<'a>, f64)>,
    /// The year that counted.
    pub(crate) year: Option<i16>,
}

/// What the choice goes by.
pub(crate) struct Chooser<'a, 'b> {
    pub(crate) options: &'b AnnotateOptions,
    pub(crate) dates: &'b Dates,
    pub(crate) votes: &'b Votes,
    pub(crate) cues: CuePlaces<'a, 'b>,
}

impl<'a> Chooser<'a, '_> {
    /// Chooses among the places of a name that is one; `None` when it is none.
    pub(crate) fn choose(&self, sighting: &Sighting<'a>) -> Option<Chosen<'a>> {
        let date = match self.options.year {
            Some(year) => Some((Date { from: year, to: year }, Nearness::Paragraph)),
            None => self.dates.at(sighting.range.start),
        };
        let year = date.filter(|(date, _)| date.from == date.to).map(|(date, _)| date.from);
        let mut candidates: Vec<(Candidate<'a>, Points)> = sighting
            .candidates
            .iter()
            .filter(|candidate| candidate.standing != Standing::Refused)
            .map(|candidate| (*candidate, Points::default()))
            .collect();
        if !candidates.iter().any(|(candidate, _)| candidate.is_accepted()) {
            return None;
        }
        if let [(only, _)] = candidates[..] {
            return Some(Chosen { candidate: only, share: 1.0, choice: Choice::Only, rivals: Vec::new(), year });
        }
        for (candidate, points) in &mut candidates {
            *points = self.points(candidate, sighting, date);
        }
        candidates.sort_by(|(left, left_points), (right, right_points)| {
            let order = right_points.sum().total_cmp(&left_points.sum());
            order.then_with(|| left.entry.id().cmp(right.entry.id()))
        });
        let most = candidates.iter().map(|(_, points)| points.sum()).fold(f64::MIN, f64::max);
        // One for each place of today, with the shares of all rows that are the same today.
        let mut places: Vec<(Candidate<'a>, Points, f64)> = Vec::new();
        for (candidate, points) in candidates {
            let share = (points.sum() - most).exp();
            match places.iter_mut().find(|(known, ..)| same_today(known.entry, candidate.entry)) {
                Some((.., known)) => *known += share,
                None => places.push((candidate, points, share)),
            }
        }
        let total: f64 = places.iter().map(|(.., share)| share).sum();
        let (candidate, points, share) = places[0];
        let mut rivals: Vec<(Entry<'a>, f64)> =
            places[1..].iter().map(|(rival, _, share)| (rival.entry, share / total)).collect();
        rivals.sort_by(|left, right| right.1.total_cmp(&left.1));
        let choice = places.get(1).map_or(Choice::Only, |(_, other, _)| points.lead(*other));
        Some(Chosen { candidate, share: share / total, choice, rivals, year })
    }

    fn points(&self, candidate: &Candidate<'a>, sighting: &Sighting<'_>, date: Option<(Date, Nearness)>) -> Points {
        let entry = candidate.entry;
        let today = candidate.standing == Standing::Today;
        let near = f64::from(candidate.evidence.own.min(4));
        let anywhere = if today { 0 } else { self.cues.own(entry, &sighting.range).min(6) };
        let given = match self.options.region {
            None => 0.0,
            Some(region) if region.contains(entry) => 3.0,
            Some(_) => -1.0,
        };
        Points {
            stated: match candidate.agreement {
                Some(Agreement::Same | Agreement::Outdated) if sighting.own.is_some() => 8.0,
                _ => 0.0,
            },
            // The code book does not say since when a unit has its name; most have it since long ago.
            year: if today { 2.0 } else { date.map_or(0.0, |(date, nearness)| year_points(entry, date, nearness)) },
            cue: if near > 0.0 { 1.5 + near } else { 0.0 } + (anywhere as f64 - near).max(0.0) * 0.5,
            region: given + self.votes.points(entry, sighting.range.start),
            rank: f64::from(entry.rank()) * 0.45,
            // 归绥县 is a row of its own, and 归绥 with a suffix.
            form: if candidate.form == Form::Suffixed { 0.0 } else { 2.0 },
            accepted: if candidate.is_accepted() { 0.0 } else { -2.5 },
        }
    }
}

fn year_points(entry: Entry<'_>, date: Date, nearness: Nearness) -> f64 {
    let years = entry.years();
    // The code book does not say what was before it: a county of 1980 may be as old as the text, or another had the name then.
    if entry.unit().is_some() && years.from.is_none() && date.to < 1912 {
        return 0.0;
    }
    let weight = match nearness {
        Nearness::Paragraph => 1.0,
        Nearness::Text => 0.5,
    };
    let gap = match (years.from, years.to) {
        (None, None) => return 0.0,
        (from, to) => {
            let early = from.map_or(0, |from| i32::from(from) - i32::from(date.to));
            let late = to.map_or(0, |to| i32::from(date.from) - i32::from(to));
            early.max(late).max(0)
        }
    };
    if gap == 0 { 3.0 * weight } else { -weight * (0.5 + f64::from(gap) / 60.0).min(3.0) }
}

/// Whether two places are the same today: a unit in common, or one in the prefecture that the other is.
fn same_today(left: Entry<'_>, right: Entry<'_>) -> bool {
    let holds = |upper: Unit<'_>, lower: Unit<'_>| {
        upper.level() == Level::Prefecture && upper.code().number() / 100 == lower.code().number() / 100
    };
    let same = |one: Unit<'_>, other: Unit<'_>| one == other || holds(one, other) || holds(other, one);
    let (lefts, rights) = (left.modern(None), right.modern(None));
    lefts.iter().any(|one| {
        rights.iter().any(|other| match (one.unit(), other.unit()) {
            (Some(one), Some(other)) => same(one, other),
            (None, None) => one.name(Script::Simplified) == other.name(Script::Simplified),
            _ => false,
        })
    })
}
