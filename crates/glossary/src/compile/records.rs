//! Writes what entries say as sparse records.

use super::Parts;
use super::strings::Strings;
use crate::layout::{Attribute, Field, Part, pack_years};
use crate::table::{CodeAt, Confidence, CoordinatePrecision, Feature, Level, Place, Policy, Precision, Relation, Unit};

/// Records in the making.
#[derive(Default)]
pub(crate) struct Records {
    words: Vec<u32>,
    offsets: Vec<u32>,
}

impl Records {
    pub(crate) fn len(&self) -> usize {
        self.offsets.len()
    }

    /// Adds a record of fields, which come in their order; those that are `None` are left out.
    fn add<const N: usize>(&mut self, fields: [(Field, Option<u32>); N]) {
        self.offsets.push(self.words.len() as u32);
        debug_assert!(fields.is_sorted_by_key(|(field, _)| *field as u32));
        let bits = fields.iter().filter(|(_, word)| word.is_some()).map(|(field, _)| 1 << *field as u32);
        self.words.push(bits.sum());
        self.words.extend(fields.iter().filter_map(|(_, word)| *word));
    }

    pub(crate) fn add_place(&mut self, place: &Place, strings: &mut Strings) {
        let mut text = |text: &str| Some(strings.add(text)).filter(|word| *word != 0);
        let hant = if place.name_hant == place.name_hans { "" } else { &place.name_hant };
        let [latitude, longitude] = match place.coordinates {
            Some(point) => point.stored().map(Some),
            None => [None; 2],
        };
        let years = Some(pack_years(place.years.from, place.years.to)).filter(|word| *word != 0);
        self.add([
            (Field::Id, text(&place.id)),
            (Field::NameHans, text(&place.name_hans)),
            (Field::NameHant, text(hant)),
            (Field::Variants, text(&place.variants.join(";"))),
            (Field::Pinyin, text(&place.pinyin)),
            (Field::Postal, text(&place.postal.join(";"))),
            (Field::OtherNames, text(&place.other_names.join(";"))),
            (Field::OfficialSuffix, text(&place.official_suffix.join(";"))),
            (Field::Years, years),
            (Field::Attributes, Some(place_attributes(place))),
            (Field::Modern, text(&codes(&place.modern))),
            (Field::ModernHans, text(&place.modern_hans)),
            (Field::ModernHant, text(&place.modern_hant)),
            (Field::NextId, text(&place.next_id)),
            (Field::Parent, text(&place.parent)),
            (Field::Latitude, latitude),
            (Field::Longitude, longitude),
            (Field::CuesPositive, text(&place.cues_positive.join(" "))),
            (Field::CuesNegative, text(&place.cues_negative.join(" "))),
            (Field::Source, text(&place.source.join(";"))),
            (Field::SourceNote, text(&place.source_note)),
            (Field::Notes, text(&place.notes)),
        ]);
    }

    pub(crate) fn add_unit(&mut self, id: &str, unit: &Unit, strings: &mut Strings) {
        let mut text = |text: &str| Some(strings.add(text)).filter(|word| *word != 0);
        let hant = if unit.name_hant == unit.name_hans { "" } else { &unit.name_hant };
        let [latitude, longitude] = match unit.coordinates {
            Some(point) => point.stored().map(Some),
            None => [None; 2],
        };
        let years = Some(pack_years(unit.from, unit.to)).filter(|word| *word != 0);
        self.add([
            (Field::Id, text(id)),
            (Field::NameHans, text(&unit.name_hans)),
            (Field::NameHant, text(hant)),
            (Field::Pinyin, text(&unit.pinyin)),
            (Field::Postal, text(&unit.postal.join(";"))),
            (Field::Years, years),
            (Field::Attributes, Some(unit_attributes(unit))),
            (Field::Latitude, latitude),
            (Field::Longitude, longitude),
            (Field::Code, Some(unit.code.number())),
            (Field::ParentCode, unit.parent.map(|code| code.number())),
            (Field::Successors, text(&codes(&unit.successors))),
        ]);
    }

    pub(crate) fn write(self, parts: &mut Parts) {
        parts.set_words(Part::Records, self.words);
        parts.set_words(Part::Offsets, self.offsets);
    }
}

fn codes(codes: &[CodeAt]) -> String {
    codes.iter().map(ToString::to_string).collect::<Vec<_>>().join(";")
}

/// The place of a word in its vocabulary.
fn index<T: PartialEq>(all: &[T], word: &T) -> usize {
    all.iter().position(|known| known == word).expect("a vocabulary lists every word")
}

fn optional<T: PartialEq>(all: &[T], word: Option<&T>) -> usize {
    word.map_or(0, |word| index(all, word) + 1)
}

fn place_attributes(place: &Place) -> u32 {
    let precision = |precision: Option<Precision>| optional(Precision::ALL, precision.as_ref());
    let coordinates = place.coordinates.map(|point| point.precision());
    [
        (Attribute::Feature, index(Feature::ALL, &place.feature)),
        (Attribute::Relation, optional(Relation::ALL, Some(&place.relation))),
        (Attribute::FromPrecision, precision(place.years.from_precision)),
        (Attribute::ToPrecision, precision(place.years.to_precision)),
        (Attribute::CoordinatePrecision, optional(CoordinatePrecision::ALL, coordinates.as_ref())),
        (Attribute::Policy, index(Policy::ALL, &place.policy)),
        (Attribute::Confidence, index(Confidence::ALL, &place.confidence)),
        (Attribute::Rank, usize::from(place.rank.min(9))),
    ]
    .into_iter()
    .fold(0, |word, (attribute, value)| word | attribute.pack(value))
}

/// What the code book does not say of a unit: it is sure, known to the year, and its full name is never anything else.
fn unit_attributes(unit: &Unit) -> u32 {
    let feature = match unit.level {
        Level::Province => Feature::Province,
        Level::Prefecture if unit.name_hans.ends_with('盟') => Feature::League,
        Level::Prefecture => Feature::Prefecture,
        Level::County if unit.name_hans.ends_with('旗') => Feature::Banner,
        Level::County => Feature::County,
    };
    let rank = match unit.level {
        Level::Province => 9,
        Level::Prefecture => 7,
        Level::County => 5,
    };
    let precision = |year: Option<i16>| optional(Precision::ALL, year.map(|_| Precision::Year).as_ref());
    let coordinates = unit.coordinates.map(|point| point.precision());
    [
        (Attribute::Feature, index(Feature::ALL, &feature)),
        (Attribute::FromPrecision, precision(unit.from)),
        (Attribute::ToPrecision, precision(unit.to)),
        (Attribute::CoordinatePrecision, optional(CoordinatePrecision::ALL, coordinates.as_ref())),
        (Attribute::Policy, index(Policy::ALL, &Policy::Always)),
        (Attribute::Confidence, index(Confidence::ALL, &Confidence::High)),
        (Attribute::Rank, rank),
    ]
    .into_iter()
    .fold(0, |word, (attribute, value)| word | attribute.pack(value))
}
