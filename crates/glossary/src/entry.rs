//! What a name stands for: a row of `places.csv` or a unit of the code book, read where it lies.

use std::fmt;

use tongwen::Script;

use crate::gazetteer::Glossary;
use crate::layer::Record;
use crate::layout::{Attribute, Field, unpack_years};
use crate::suffix;
use crate::table::value::list;
use crate::table::{
    Code, CodeAt, Confidence, CoordinatePrecision, Coordinates, Cue, Feature, OtherName, Place, Policy, Precision,
    Relation, Years,
};
use crate::units::Unit;

/// What kind of row an entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum EntryKind {
    /// A historical name: a row of `places.csv` or of an overlay.
    Place,
    /// A unit of the code book: a row of `units.csv`.
    Unit,
}

/// A historical name of a place, or a unit of the code book. Cheap to copy; everything it says is read when asked.
#[derive(Clone, Copy)]
pub struct Entry<'a> {
    glossary: &'a Glossary,
    layer: u32,
    number: u32,
}

impl PartialEq for Entry<'_> {
    fn eq(&self, other: &Self) -> bool {
        (self.layer, self.number) == (other.layer, other.number) && self.glossary.same(other.glossary)
    }
}

impl Eq for Entry<'_> {}

impl fmt::Debug for Entry<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Entry({} {})", self.id(), self.name(Script::Simplified))
    }
}

impl<'a> Entry<'a> {
    pub(crate) fn new(glossary: &'a Glossary, layer: u32, number: u32) -> Entry<'a> {
        Entry { glossary, layer, number }
    }

    /// The layer and the number in it.
    pub(crate) fn position(self) -> (u32, u32) {
        (self.layer, self.number)
    }

    pub(crate) fn glossary(self) -> &'a Glossary {
        self.glossary
    }

    pub(crate) fn record(self) -> Record<'a> {
        self.glossary.layer(self.layer).record(self.number)
    }

    fn attribute(self, attribute: Attribute) -> usize {
        attribute.unpack(self.record().word(Field::Attributes).unwrap_or(0))
    }

    fn word<T: Copy>(self, attribute: Attribute, all: &[T]) -> Option<T> {
        all.get(self.attribute(attribute)).copied()
    }

    fn optional<T: Copy>(self, attribute: Attribute, all: &[T]) -> Option<T> {
        all.get(self.attribute(attribute).checked_sub(1)?).copied()
    }

    /// The stable id: `xj-dihua-1763`, or for a unit `gb-`, the code, `-` and the year in which it began (0 when before 1980).
    ///
    /// Where several units of a code began in one year, those that did not last it have an `x` behind.
    pub fn id(self) -> &'a str {
        self.record().string(Field::Id)
    }

    /// A historical name or a unit.
    pub fn kind(self) -> EntryKind {
        if self.number < self.glossary.layer(self.layer).places() { EntryKind::Place } else { EntryKind::Unit }
    }

    /// The unit, if the entry is one.
    pub fn unit(self) -> Option<Unit<'a>> {
        Unit::of(self)
    }

    /// The name in a script.
    pub fn name(self, script: Script) -> &'a str {
        let record = self.record();
        let hant = if script == Script::Traditional { record.string(Field::NameHant) } else { "" };
        if hant.is_empty() { record.string(Field::NameHans) } else { hant }
    }

    /// Other spellings in characters, of both scripts.
    pub fn variants(self) -> impl Iterator<Item = &'a str> {
        list(self.record().string(Field::Variants))
    }

    /// The pinyin, syllables joined; of a unit that of the name without its type. May be empty.
    pub fn pinyin(self) -> &'a str {
        self.record().string(Field::Pinyin)
    }

    /// Postal and other old Latin spellings.
    pub fn postal(self) -> impl Iterator<Item = &'a str> {
        list(self.record().string(Field::Postal))
    }

    /// Names in other languages.
    pub fn other_names(self) -> impl Iterator<Item = OtherName<'a>> {
        list(self.record().string(Field::OtherNames)).filter_map(OtherName::parse)
    }

    /// What the official full forms end in, in simplified script.
    pub fn official_suffixes(self) -> impl Iterator<Item = &'a str> {
        list(self.record().string(Field::OfficialSuffix))
    }

    /// The official full forms in a script: 迪化府, 迪化縣. One for each of [`official_suffixes`](Entry::official_suffixes), in their order.
    pub fn full_names(self, script: Script) -> impl Iterator<Item = String> {
        let (hans, name) = (self.name(Script::Simplified), self.name(script));
        self.official_suffixes().map(move |suffix| suffix::full_name(hans, name, suffix, script))
    }

    /// The kind of place.
    pub fn feature(self) -> Feature {
        self.word(Attribute::Feature, Feature::ALL).unwrap_or(Feature::Alias)
    }

    /// When the name was in use. For a unit, `to` is the first year in which it is no more.
    pub fn years(self) -> Years {
        let (from, to) = unpack_years(self.record().word(Field::Years).unwrap_or(0));
        Years {
            from,
            to,
            from_precision: self.optional(Attribute::FromPrecision, Precision::ALL),
            to_precision: self.optional(Attribute::ToPrecision, Precision::ALL),
        }
    }

    /// How the name relates to the modern unit; `None` for a unit.
    pub fn relation(self) -> Option<Relation> {
        self.optional(Attribute::Relation, Relation::ALL)
    }

    /// The codes of the modern units as the row has them; [`Glossary::modern`] follows them.
    pub fn modern_codes(self) -> impl Iterator<Item = CodeAt> {
        list(self.record().string(Field::Modern)).filter_map(|code| code.parse().ok())
    }

    /// Today's name in a script, where no unit of the code book has the place; empty otherwise. Several have `;` between.
    pub fn modern_name(self, script: Script) -> &'a str {
        self.record().string(match script {
            Script::Simplified => Field::ModernHans,
            Script::Traditional => Field::ModernHant,
        })
    }

    /// The id of the row with the next name of the same place.
    pub fn next_id(self) -> Option<&'a str> {
        Some(self.record().string(Field::NextId)).filter(|id| !id.is_empty())
    }

    /// The unit that the place belonged to, by its name in simplified script; may be empty.
    pub fn parent(self) -> &'a str {
        self.record().string(Field::Parent)
    }

    /// Where it lies.
    pub fn coordinates(self) -> Option<Coordinates> {
        let record = self.record();
        let precision = self.optional(Attribute::CoordinatePrecision, CoordinatePrecision::ALL)?;
        Some(Coordinates::from_stored(record.word(Field::Latitude)?, record.word(Field::Longitude)?, precision))
    }

    /// What annotation may do with the bare name.
    pub fn policy(self) -> Policy {
        self.word(Attribute::Policy, Policy::ALL).unwrap_or(Policy::Never)
    }

    /// What makes the name a place.
    pub fn positive_cues(self) -> impl Iterator<Item = Cue<'a>> {
        self.record().string(Field::CuesPositive).split(' ').filter_map(Cue::parse)
    }

    /// What makes it none.
    pub fn negative_cues(self) -> impl Iterator<Item = Cue<'a>> {
        self.record().string(Field::CuesNegative).split(' ').filter_map(Cue::parse)
    }

    /// 0 to 9: which of several places with this name people mean.
    pub fn rank(self) -> u8 {
        self.attribute(Attribute::Rank) as u8
    }

    /// Keys of the sources; [`Glossary::sources`] has them. Of a unit `codebook`.
    pub fn source_keys(self) -> impl Iterator<Item = &'a str> {
        let unit = self.kind() == EntryKind::Unit;
        list(if unit { "codebook" } else { self.record().string(Field::Source) })
    }

    /// Where in the source.
    pub fn source_note(self) -> &'a str {
        self.record().string(Field::SourceNote)
    }

    /// How sure the row is.
    pub fn confidence(self) -> Confidence {
        self.word(Attribute::Confidence, Confidence::ALL).unwrap_or(Confidence::Low)
    }

    /// Anything else that the row says, in English.
    pub fn notes(self) -> &'a str {
        self.record().string(Field::Notes)
    }

    pub(crate) fn code(self) -> Option<Code> {
        self.record().word(Field::Code).and_then(Code::new)
    }

    pub(crate) fn parent_code(self) -> Option<Code> {
        self.record().word(Field::ParentCode).and_then(Code::new)
    }

    pub(crate) fn successor_codes(self) -> impl Iterator<Item = CodeAt> {
        list(self.record().string(Field::Successors)).filter_map(|code| code.parse().ok())
    }

    /// The entry as a row again, for export; its line is 0. A unit has what the columns of `places.csv` can say of it.
    pub fn to_place(self) -> Place {
        let strings = |text: &str, separator: char| -> Vec<String> {
            text.split(separator).filter(|text| !text.is_empty()).map(str::to_string).collect()
        };
        let record = self.record();
        let modern = match self.unit() {
            Some(unit) => vec![CodeAt { code: unit.code(), year: unit.last_year() }],
            None => self.modern_codes().collect(),
        };
        Place {
            variants: strings(record.string(Field::Variants), ';'),
            pinyin: self.pinyin().to_string(),
            postal: strings(record.string(Field::Postal), ';'),
            other_names: strings(record.string(Field::OtherNames), ';'),
            feature: self.feature(),
            official_suffix: strings(record.string(Field::OfficialSuffix), ';'),
            years: self.years(),
            relation: self.relation().unwrap_or(Relation::Renamed),
            modern,
            modern_hans: self.modern_name(Script::Simplified).to_string(),
            modern_hant: self.modern_name(Script::Traditional).to_string(),
            next_id: self.next_id().unwrap_or_default().to_string(),
            parent: self.parent().to_string(),
            coordinates: self.coordinates(),
            policy: self.policy(),
            cues_positive: strings(record.string(Field::CuesPositive), ' '),
            cues_negative: strings(record.string(Field::CuesNegative), ' '),
            rank: self.rank(),
            source: strings(record.string(Field::Source), ';'),
            source_note: self.source_note().to_string(),
            confidence: self.confidence(),
            notes: self.notes().to_string(),
            ..Place::new(self.id(), self.name(Script::Simplified), self.name(Script::Traditional))
        }
    }
}
