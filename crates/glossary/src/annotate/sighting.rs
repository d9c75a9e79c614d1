//! A name that was seen in a paragraph, the places that it may stand for, and whether it is a place at all.
//!
//! | the name is | it is a place |
//! |---|---|
//! | a full official form (迪化府) | always, unless a negative cue stands by it; a former district of a city (半山区) as `districts` says |
//! | `always` | the same |
//! | `context` | where a positive cue stands by it, the text says what it is today, or a neighbour in a list is a place; of rows that a list is enough for, also where the sentence names another place of the past, or a year in which the name was in use |
//! | `never` | only where the text says what it is today |
//!
//! A name before 河, 山, 路 or 大学 is part of another name.

use std::ops::Range;

use super::annotation::{Agreement, Rule};
use super::block::Block;
use super::cues::{Around, Evidence, KnownCues};
use super::districts::needs_evidence;
use super::gloss::{self, OwnGloss};
use super::matcher::{Found, Matcher};
use super::votes::provinces;
use super::years::Dates;
use crate::layout::Form;
use crate::{Entry, Glossary, Policy, Script};

/// What makes another name of a name that it follows.
const FEATURES: [char; 8] = ['河', '江', '湖', '海', '山', '岭', '峰', '沟'];

/// A name in a paragraph.
pub(crate) struct Sighting<'a> {
    /// Characters of the block.
    pub(crate) range: Range<usize>,
    /// The places that it may stand for.
    pub(crate) candidates: Vec<Candidate<'a>>,
    /// Units of today with this name or stem.
    pub(crate) today: Vec<Entry<'a>>,
    /// What the text says that it is today.
    pub(crate) own: Option<OwnGloss>,
}

/// A place that a name may stand for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Candidate<'a> {
    pub(crate) entry: Entry<'a>,
    pub(crate) form: Form,
    pub(crate) standing: Standing,
    pub(crate) evidence: Evidence,
    /// What the text says it is today, against this place.
    pub(crate) agreement: Option<Agreement>,
}

/// Whether a name is a place, seen from one of those that it may stand for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// It is not.
    Refused,
    /// Nothing speaks for it.
    Open,
    /// It is.
    Accepted(Rule),
    /// It is the name of a unit of today.
    Today,
}

impl Candidate<'_> {
    pub(crate) fn is_accepted(&self) -> bool {
        matches!(self.standing, Standing::Accepted(_) | Standing::Today)
    }

    /// From 0 to 1: how sure it is that the name is a place here.
    pub(crate) fn surety(&self) -> f64 {
        match self.standing {
            Standing::Refused => 0.0,
            Standing::Open => 0.3,
            Standing::Today => 0.99,
            Standing::Accepted(rule) => match rule {
                Rule::OwnGloss => 0.99,
                Rule::SuffixForm => 0.97,
                Rule::Always => 0.95,
                Rule::Cue if self.evidence.own > 1 => 0.94,
                Rule::Cue if self.evidence.own == 1 => 0.9,
                Rule::Cue => 0.85,
                Rule::List => 0.8,
                _ => 0.72,
            },
        }
    }
}

impl Sighting<'_> {
    /// The rule that makes it a place of the past, and how sure that is; the surest of its candidates'.
    pub(crate) fn accepted(&self) -> Option<(Rule, f64)> {
        let rules = self.candidates.iter().filter_map(|candidate| match candidate.standing {
            Standing::Accepted(rule) => Some((rule, candidate.surety())),
            _ => None,
        });
        rules.fold(None, |best, (rule, surety)| match best {
            Some((_, known)) if known >= surety => best,
            _ => Some((rule, surety)),
        })
    }

    /// Whether it is a place.
    pub(crate) fn is_place(&self) -> bool {
        self.candidates.iter().any(Candidate::is_accepted)
    }

    /// Whether somebody who reads it in a list takes it for a place: it is one, or a name of today that is hardly anything else.
    pub(crate) fn is_known_place(&self) -> bool {
        let long = self.range.len() > 2;
        let large = |entry: &Entry<'_>| entry.unit().is_some_and(|unit| unit.level() != crate::Level::County);
        self.is_place() || (long && !self.candidates.is_empty()) || self.today.iter().any(|unit| long || large(unit))
    }
}

/// Judges names.
pub(crate) struct Judge<'a, 'b> {
    pub(crate) glossary: &'a Glossary,
    pub(crate) matcher: &'b Matcher<'a>,
    pub(crate) cues: KnownCues<'b>,
}

impl<'a> Judge<'a, '_> {
    /// What may stand at a place where a name was found; `None` when no place and no unit does.
    pub(crate) fn sighting(&self, block: &Block, found: &Found) -> Option<Sighting<'a>> {
        let range = found.range.clone();
        let around = Around::new(&self.cues, block, range.clone());
        let part = self.is_part(block, &around, &range);
        let mut sighting = Sighting { range, candidates: Vec::new(), today: Vec::new(), own: None };
        for (layer, posting) in self.matcher.postings(found) {
            let Some(entry) = self.glossary.entry_at(layer, posting.entry) else { continue };
            let (standing, evidence) = match entry.unit() {
                Some(unit) if unit.to().is_none() => {
                    sighting.today.push(entry);
                    if posting.form == Form::Stem {
                        continue;
                    }
                    (Standing::Today, Evidence::default())
                }
                Some(_) if posting.form == Form::Stem => continue,
                // 城区 and 郊区 were names of units, and are words.
                Some(unit)
                    if unit.stem(Script::Simplified).chars().count() < 2
                        && !unit.name(Script::Simplified).ends_with('县') =>
                {
                    continue;
                }
                Some(_) if part => (Standing::Refused, Evidence::default()),
                Some(unit) if needs_evidence(unit) => (Standing::Open, Evidence::default()),
                Some(_) => (Standing::Accepted(Rule::SuffixForm), Evidence::default()),
                None => standing(entry, posting.form, part, &around),
            };
            let form = posting.form;
            sighting.candidates.push(Candidate { entry, form, standing, evidence, agreement: None });
        }
        self.read_own_gloss(block, &mut sighting);
        (!sighting.candidates.is_empty() || !sighting.today.is_empty()).then_some(sighting)
    }

    /// Whether a name is part of another: of a river, a street, a university.
    fn is_part(&self, block: &Block, around: &Around<'_>, range: &Range<usize>) -> bool {
        block.characters.get(range.end).is_some_and(|next| FEATURES.contains(next)) || around.has("street")
    }

    /// Finds what the text says the name is today, and what that makes of the candidates.
    fn read_own_gloss(&self, block: &Block, sighting: &mut Sighting<'a>) {
        if sighting.candidates.iter().all(|candidate| candidate.standing == Standing::Today) {
            return;
        }
        let Some(own) = gloss::own_gloss(block, &sighting.range) else { return };
        let content = &block.characters[own.content.clone()];
        let mut agrees = false;
        for candidate in &mut sighting.candidates {
            let modern = candidate.entry.modern(None);
            let agreement = gloss::agreement(content, candidate.entry, &modern, self.cues.folding);
            candidate.agreement = Some(agreement);
            agrees |= agreement == Agreement::Same || (own.certain && agreement == Agreement::Outdated);
        }
        if !own.certain && !agrees {
            return;
        }
        for candidate in &mut sighting.candidates {
            let fits = !agrees || candidate.agreement != Some(Agreement::Different);
            if fits && candidate.standing != Standing::Today {
                candidate.standing = Standing::Accepted(Rule::OwnGloss);
            }
        }
        sighting.own = Some(own);
    }
}

fn standing(entry: Entry<'_>, form: Form, part: bool, around: &Around<'_>) -> (Standing, Evidence) {
    if form == Form::Suffixed {
        let refused = around.against(entry);
        let standing = if refused { Standing::Refused } else { Standing::Accepted(Rule::SuffixForm) };
        return (standing, Evidence::default());
    }
    if part {
        return (Standing::Refused, Evidence::default());
    }
    match entry.policy() {
        Policy::Never => (Standing::Refused, Evidence::default()),
        Policy::Always if around.against(entry) => (Standing::Refused, Evidence::default()),
        Policy::Always => (Standing::Accepted(Rule::Always), Evidence::default()),
        Policy::Context => {
            let evidence = around.evidence(entry);
            let standing = match evidence {
                Evidence { against: true, .. } => Standing::Refused,
                evidence if evidence.speaks() => Standing::Accepted(Rule::Cue),
                _ => Standing::Open,
            };
            (standing, evidence)
        }
    }
}

/// Takes names for places that stand in a list with one: 巴里坤、归化. Their rows must allow it.
pub(crate) fn read_lists(block: &Block, sightings: &mut [Sighting<'_>]) {
    let waits = |candidate: &Candidate<'_>| candidate.standing == Standing::Open && candidate.evidence.list;
    let listed = |left: &Sighting<'_>, right: &Sighting<'_>| {
        right.range.start == left.range.end + 1 && block.characters[left.range.end] == '、'
    };
    // A list grows outwards from its known places: to the right in the first sweep, to the left in the second.
    for index in (0..sightings.len()).chain((0..sightings.len()).rev()) {
        let sighting = &sightings[index];
        if sighting.is_place() || !sighting.candidates.iter().any(waits) {
            continue;
        }
        let before = index.checked_sub(1).map(|before| &sightings[before]);
        let before = before.is_some_and(|left| listed(left, sighting) && left.is_known_place());
        let after = sightings.get(index + 1);
        let after = after.is_some_and(|right| listed(sighting, right) && right.is_known_place());
        if before || after {
            for candidate in sightings[index].candidates.iter_mut().filter(|candidate| waits(candidate)) {
                candidate.standing = Standing::Accepted(Rule::List);
            }
        }
    }
}

/// How far away in a sentence another place of the past may stand, in characters.
pub(super) const SENTENCE: usize = 30;

/// Takes names for places in whose sentence stands another place of the past, in the same province, or a year in which they were in use. Their rows must
/// allow a list, which those of names that are common words do not.
pub(crate) fn read_sentences(block: &Block, dates: &Dates, sightings: &mut [Sighting<'_>]) {
    let past: Vec<(Range<usize>, Vec<u32>)> = sightings
        .iter()
        .filter(|sighting| sighting.accepted().is_some())
        .map(|sighting| {
            let accepted = sighting.candidates.iter().filter(|candidate| candidate.is_accepted());
            (sighting.range.clone(), accepted.flat_map(|candidate| provinces(candidate.entry)).collect())
        })
        .collect();
    let mut sentences = Sentences::default();
    for sighting in sightings.iter_mut().filter(|sighting| !sighting.is_place()) {
        let range = sighting.range.clone();
        let first = past.partition_point(|past| past.0.end + SENTENCE < range.start);
        let near = past[first..].iter().take_while(|past| past.0.start <= range.end + SENTENCE);
        let in_sentence = |past: &&(Range<usize>, Vec<u32>)| {
            let between = past.0.end.min(range.end)..past.0.start.max(range.start);
            !block.characters[between].iter().any(|mark| is_stop(*mark))
        };
        let neighbours: Vec<u32> = near.filter(in_sentence).flat_map(|(_, provinces)| provinces.clone()).collect();
        let date = dates.between(sentences.start(block, range.start)..range.start);
        let waiting = sighting.candidates.iter_mut();
        for candidate in waiting.filter(|one| one.standing == Standing::Open && one.evidence.list) {
            let years = candidate.entry.years();
            let then = date.is_some_and(|date| {
                years.from.is_some_and(|from| from <= date.from) && years.to.is_some_and(|to| date.to <= to)
            });
            let neighbour = provinces(candidate.entry).any(|province| neighbours.contains(&province));
            if neighbour || (then && neighbours.is_empty()) {
                candidate.standing = Standing::Accepted(Rule::Sentence);
            }
        }
    }
}

/// Where the sentences of a paragraph start, asked for in order, in one pass.
#[derive(Default)]
pub(super) struct Sentences {
    start: usize,
    read: usize,
}

impl Sentences {
    /// Where the sentence starts that a place lies in.
    pub(super) fn start(&mut self, block: &Block, place: usize) -> usize {
        let stop = block.characters[self.read..place].iter().rposition(|mark| is_stop(*mark));
        self.start = stop.map_or(self.start, |stop| self.read + stop + 1);
        self.read = place;
        self.start
    }
}

pub(super) fn is_stop(mark: char) -> bool {
    matches!(mark, '。' | '！' | '？' | '；' | '!' | '?' | ';')
}
