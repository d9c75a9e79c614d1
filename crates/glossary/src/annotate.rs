//! The historical names of a running text: which strings are names, which places they stand for, and what to do with each.
//!
//! How it works stands at `Glossary::annotate`, where users of the crate read it.

mod address;
mod annotation;
mod block;
mod choose;
mod cues;
mod districts;
mod gloss;
mod matcher;
mod options;
mod prose;
mod reading;
mod sighting;
mod tail;
mod votes;
mod years;

pub use annotation::{Action, Agreement, Annotation, Choice, NameForm, Rival, Rule, Stated};
pub use options::{AnnotateOptions, Occurrences};
pub use prose::{Join, Prose, Setting};

pub(crate) use reading::Reading;
pub(crate) use years::{is_digit, number};

use std::collections::HashSet;

use address::in_address;
use block::{Block, Blocks};
use choose::{Chooser, Chosen};
use cues::{CuePlaces, KnownCues};
use districts::read_districts;
use matcher::Matcher;
use sighting::{Candidate, Judge, Sighting, Standing, read_lists, read_sentences};
use tail::tail_bytes;
use votes::Votes;
use years::Dates;

use crate::layout::Form;
use crate::{Confidence, EntryKind, Glossary, Level, Modern, Script};

/// How many rivals an annotation names.
const RIVALS: usize = 8;
/// The least share of a rival that is named.
const LEAST: f64 = 0.01;

impl Glossary {
    /// The historical names in the prose of a text: sorted, disjoint, on borders of characters. Ranges of prose are to be in order; what reaches
    /// back behind the range before is not read twice.
    ///
    /// Naive matching ruins prose. The bare names of the gazetteer hit ordinary words a dozen times in a thousand characters (大陆, 建成, 开通), and many a name
    /// stands for several places. So every name that is seen is judged, and every decision says by which rule, how sure it is, and what else it could be.
    ///
    /// ```
    /// use tongwen_glossary::{AnnotateOptions, Glossary, Prose, Rule, Script};
    /// let glossary = Glossary::embedded();
    /// let text = "光绪二年，清军进驻古城。这座古城不大。";
    /// let found = glossary.annotate(text, &Prose::whole(text), &AnnotateOptions::default());
    /// assert_eq!(found.len(), 1);
    /// assert_eq!((found[0].surface.as_str(), found[0].rule, found[0].year), ("古城", Rule::Cue, Some(1876)));
    /// assert_eq!(found[0].modern[0].name(Script::Simplified), "奇台县");
    /// ```
    ///
    /// # How
    ///
    /// The prose is read paragraph by paragraph, in folded characters, so that both scripts are read alike:
    ///
    /// 1. names, suffixed forms and blockers by longest match, but for those in URLs, paths and names of files;
    /// 2. is it a place: policy of the row, cues around it, what the text says itself, lists, what former districts need;
    /// 3. which place: what the text says it is today, years, cues, region of the names around it, rank;
    /// 4. what to do: nothing where the place still bears the name, in titles of works, where the text says it itself, and for all but the first occurrence.
    ///
    /// # Cost
    ///
    /// One pass, linear in the length of the text; memory for the longest paragraph.
    ///
    /// # Limits
    ///
    /// Names of one character (郢, 邺) are never looked for. Nothing is known of grammar: what stands within twelve characters decides.
    pub fn annotate<'a>(&'a self, text: &str, prose: &[Prose], options: &AnnotateOptions) -> Vec<Annotation<'a>> {
        let folding = self.units_layer().folding();
        let matcher = Matcher::new(self);
        let reading = self.reading();
        let judge = Judge { glossary: self, matcher: &matcher, cues: KnownCues::new(reading, folding) };
        let mut writer = Writer { text, options, annotations: Vec::new(), glossed: HashSet::new() };
        let mut blocks = Blocks::new(text, prose, folding);
        let (mut block, mut found) = (Block::default(), Vec::new());
        let (mut dates, mut votes) = (Dates::default(), Votes::default());
        while blocks.read(&mut block) {
            found.clear();
            matcher.find(&block, &mut found);
            found.retain(|found| !in_address(&block.characters, &found.range));
            dates.read(&block.characters, reading);
            let mut sightings: Vec<Sighting<'a>> =
                found.iter().filter_map(|found| judge.sighting(&block, found)).collect();
            if sightings.is_empty() {
                continue;
            }
            read_lists(&block, &mut sightings);
            read_sentences(&block, &dates, &mut sightings);
            read_districts(&block, &dates, &mut sightings);
            votes.read(&sightings);
            let cues = CuePlaces::new(&block, folding);
            let chooser = Chooser { options, dates: &dates, votes: &votes, cues };
            let mut said = 0;
            for (place, sighting) in sightings.iter().enumerate() {
                // What the text says that a name is today is no name to be glossed.
                if sighting.range.start < said {
                    continue;
                }
                if let Some(own) = &sighting.own {
                    said = said.max(own.range.end);
                }
                if let Some(chosen) = chooser.choose(sighting) {
                    let next_name = sightings.get(place + 1).map(|next| next.range.start);
                    writer.write(&block, sighting, next_name, chosen);
                }
            }
        }
        writer.finish()
    }
}

/// Makes annotations of what was chosen.
struct Writer<'a, 'b> {
    text: &'b str,
    options: &'b AnnotateOptions,
    annotations: Vec<Annotation<'a>>,
    /// The places that were glossed, and those that the text glosses itself.
    glossed: HashSet<Key>,
}

/// A place under a name: the name in folded characters, without suffix, and what it is today.
type Key = (String, String);

impl<'a> Writer<'a, '_> {
    /// `next_name` is where the next name of the block begins.
    fn write(&mut self, block: &Block, sighting: &Sighting<'a>, next_name: Option<usize>, chosen: Chosen<'a>) {
        let candidate = chosen.candidate;
        let entry = candidate.entry;
        let Some((rule, surety)) = sighting.accepted().filter(|_| candidate.standing != Standing::Today) else {
            return;
        };
        let modern = entry.modern(self.options.as_of);
        if modern.is_empty() {
            return;
        }
        let surface = &block.characters[sighting.range.clone()];
        let sure = match entry.confidence() {
            Confidence::High => 1.0,
            Confidence::Medium => 0.98,
            Confidence::Low => 0.88,
        };
        let share = chosen.share * sure;
        let confidence = surety * share;
        let tied = chosen.share < 0.5 || (!chosen.rivals.is_empty() && confidence < self.options.threshold);
        let (action, rule) = if is_current(surface, candidate, &modern) {
            // A unit that only its code changed for is no name of the past.
            if entry.kind() == EntryKind::Unit {
                return;
            }
            (Action::Skip, Rule::CurrentName)
        } else if sighting.own.is_some() && rule == Rule::OwnGloss {
            (Action::Recognise, Rule::OwnGloss)
        } else if in_title(&block.characters, sighting.range.start) {
            (Action::Skip, Rule::Title)
        } else if tied {
            (Action::Skip, Rule::Ambiguous)
        } else if confidence < self.options.threshold {
            (Action::Skip, Rule::Unsure)
        } else {
            (Action::Gloss, rule)
        };
        let (range, setting) = block.bytes(sighting.range.clone(), self.text);
        // A name that takes markup in may take in one that was found there: 爾羌 behind `-{葉爾羌葉}-`.
        if self.annotations.last().is_some_and(|last| range.start < last.range.end) {
            return;
        }
        let stated = sighting.own.as_ref().filter(|_| rule == Rule::OwnGloss).map(|own| Stated {
            range: block.bytes(own.range.clone(), self.text).0,
            agreement: candidate.agreement.unwrap_or(Agreement::Different),
        });
        let mut rivals: Vec<Rival<'a>> = chosen
            .rivals
            .into_iter()
            .filter(|(_, share)| *share >= LEAST)
            .take(RIVALS)
            .map(|(entry, share)| Rival { entry, confidence: rounded(surety * share) })
            .collect();
        let ambiguous = rule == Rule::Ambiguous;
        if ambiguous {
            rivals.insert(0, Rival { entry, confidence: rounded(confidence) });
        }
        let tail = tail_bytes(block, sighting.range.end, next_name, setting.gloss_at(range.end), self.text);
        self.annotations.push(Annotation {
            range,
            tail,
            characters: 0..0,
            surface: block.surface(sighting.range.clone(), self.text),
            entry: (!ambiguous).then_some(entry),
            form: match candidate.form {
                Form::Suffixed => NameForm::Suffixed,
                Form::Variant => NameForm::Variant,
                _ => NameForm::Name,
            },
            modern: if ambiguous { Vec::new() } else { modern },
            action,
            rule,
            choice: if ambiguous { Choice::None } else { chosen.choice },
            confidence: rounded(confidence),
            rivals,
            year: chosen.year,
            stated,
            setting,
        });
    }

    /// Leaves alone what was glossed before, or is by the text itself; counts characters.
    fn finish(mut self) -> Vec<Annotation<'a>> {
        let recognised = self.annotations.iter().filter(|annotation| annotation.action == Action::Recognise);
        let recognised: HashSet<Key> = recognised.filter_map(key).collect();
        for annotation in self.annotations.iter_mut().filter(|annotation| annotation.action == Action::Gloss) {
            let Some(key) = key(annotation) else { continue };
            let first = self.options.occurrences == Occurrences::First;
            if recognised.contains(&key) {
                (annotation.action, annotation.rule) = (Action::Skip, Rule::OwnGloss);
            } else if !self.glossed.insert(key) && first {
                (annotation.action, annotation.rule) = (Action::Skip, Rule::Repeated);
            }
        }
        count_characters(self.text, &mut self.annotations);
        self.annotations
    }
}

fn key(annotation: &Annotation<'_>) -> Option<Key> {
    let entry = annotation.entry?;
    let name = entry.glossary().fold(entry.name(Script::Simplified));
    let today: Vec<&str> = annotation.modern.iter().map(|modern| modern.name(Script::Simplified)).collect();
    Some((name, today.join(";")))
}

/// In hundredths, which is all that it is good for.
fn rounded(confidence: f64) -> f64 {
    (confidence * 100.0).round() / 100.0
}

/// Whether the place still bears the name: today's full name; or without its type that of the unit or of its prefecture.
///
/// A district with a short name is not called so without 区: 肃州 is a district of 酒泉 today. But 达坂城 is, and 松江府, with a suffix, is known by 松江区 well enough.
fn is_current(surface: &[char], candidate: Candidate<'_>, modern: &[Modern<'_>]) -> bool {
    let folding = candidate.entry.glossary().units_layer().folding();
    let suffixed = candidate.form == Form::Suffixed;
    let stem: Vec<char>;
    let bare = if suffixed {
        stem = folding.key(candidate.entry.name(Script::Simplified)).chars().collect();
        &stem
    } else {
        surface
    };
    let is = |name: &str, key: &[char]| folding.is_key(name, key);
    modern.iter().any(|modern| {
        let name = modern.name(Script::Simplified);
        let Some(unit) = modern.unit() else { return is(name, surface) };
        let district = name.ends_with('区') && unit.level() == Level::County && !suffixed && surface.len() < 3;
        let stem = unit.stem(Script::Simplified);
        is(name, surface)
            || (!district && is(stem, bare))
            // 东昌府 is 东昌府区 today.
            || (suffixed && is(stem, surface))
            || unit
                .parent(None)
                .is_some_and(|unit| unit.level() == Level::Prefecture && is(unit.stem(Script::Simplified), bare))
    })
}

/// Whether a place of a paragraph lies in the title of a work.
fn in_title(characters: &[char], at: usize) -> bool {
    const LONGEST: usize = 60;
    let before = characters[..at].iter().rev().take(LONGEST);
    before
        .into_iter()
        .find(|character| matches!(character, '《' | '》' | '〈' | '〉'))
        .is_some_and(|mark| matches!(mark, '《' | '〈'))
}

/// Fills in the offsets in characters, in one pass over the text.
fn count_characters(text: &str, annotations: &mut [Annotation<'_>]) {
    let (mut byte, mut character) = (0, 0);
    for annotation in annotations {
        let mut upto = |end: usize| {
            character += text[byte..end].chars().count();
            byte = end;
            character
        };
        annotation.characters = upto(annotation.range.start)..upto(annotation.range.end);
    }
}

#[cfg(test)]
pub(crate) mod tests;
