//! The traditional name, the pinyin and the postal spellings of a unit.
//!
//! Both are made by rule, the traditional name in the forms of Taiwan (赤峰, not 赤峯), and corrected by hand: `units-names.csv` lists the stems whose traditional form is not what conversion gives
//! (湖里 is no 湖裡) or whose pinyin is not the usual reading of the characters (六安 is Lu'an), each with the right one. A stem counts
//! wherever a name begins with it; `*长` sets the usual reading of a character in names, wherever it stands. `units-postal.csv` lists full names with the spellings of old
//! maps and books (Tientsin), which no rule makes.

use std::collections::BTreeMap;
use std::path::Path;

use pinyin::ToPinyin;
use serde::Deserialize;
use tongwen::{Converter, Variant};
use tongwen_glossary::unit_stem as stem;

use crate::problem::{Problem, Result};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Correction {
    stem: String,
    /// Empty: as conversion gives it.
    hant: String,
    /// Empty: as the characters are usually read.
    pinyin: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Postal {
    /// The full name of units, in simplified script.
    name: String,
    /// Spellings, `;` between.
    postal: String,
}

/// Makes names of units.
pub(crate) struct Names {
    corrections: BTreeMap<String, Correction>,
    /// Postal spellings by full name.
    postal: BTreeMap<String, String>,
    converter: Converter,
}

impl Names {
    pub(crate) fn read(folder: &Path) -> Result<Names> {
        let file = folder.join("units-names.csv");
        let mut reader = csv::Reader::from_path(&file).map_err(|error| Problem::of(&file, error))?;
        let mut corrections = BTreeMap::new();
        for row in reader.deserialize() {
            let row: Correction = row.map_err(|error| Problem::of(&file, error))?;
            if !row.hant.is_empty() && row.hant.chars().count() != row.stem.chars().count() {
                return Err(Problem::of(&file, format_args!("`{}` and `{}` differ in length", row.stem, row.hant)));
            }
            corrections.insert(row.stem.clone(), row);
        }
        let converter = Converter::builder()
            .from(Variant::ZhHans)
            .to(Variant::ZhTw)
            .build()
            .map_err(|error| Problem::new(error.to_string()))?;
        let file = folder.join("units-postal.csv");
        let mut reader = csv::Reader::from_path(&file).map_err(|error| Problem::of(&file, error))?;
        let mut postal = BTreeMap::new();
        for row in reader.deserialize() {
            let Postal { name, postal: spellings } = row.map_err(|error| Problem::of(&file, error))?;
            if let Some(other) = postal.insert(name.clone(), spellings) {
                return Err(Problem::of(
                    &file,
                    format_args!("`{name}` appears twice (first with {other}); remove one"),
                ));
            }
        }
        Ok(Names { corrections, postal, converter })
    }

    /// The names of the list of postal spellings, which should all be those of units.
    pub(crate) fn with_postal(&self) -> impl Iterator<Item = &str> {
        self.postal.keys().map(String::as_str)
    }

    /// Postal and other old spellings of a full name, `;` between; empty when it has none.
    pub(crate) fn postal(&self, name: &str) -> &str {
        self.postal.get(name).map_or("", String::as_str)
    }

    /// The longest corrected stem that a name begins with.
    fn correction(&self, name: &str) -> Option<&Correction> {
        let ends = name.char_indices().map(|(at, character)| at + character.len_utf8()).collect::<Vec<_>>();
        ends.into_iter().rev().find_map(|end| self.corrections.get(&name[..end]))
    }

    pub(crate) fn traditional(&self, name: &str) -> String {
        match self.correction(name).filter(|row| !row.hant.is_empty()) {
            Some(row) => row.hant.clone() + &self.converter.convert(&name[row.stem.len()..]),
            None => self.converter.convert(name).into_owned(),
        }
    }

    /// Syllables of the stem, without tones, joined, the first letter capital: `Hohhot` is no pinyin, `Huhehaote` is.
    pub(crate) fn pinyin(&self, name: &str) -> String {
        let stem = stem(name);
        let (mut written, rest) = match self.correction(stem).filter(|row| !row.pinyin.is_empty()) {
            Some(row) => (row.pinyin.clone(), &stem[row.stem.len()..]),
            None => (String::new(), stem),
        };
        for character in rest.chars() {
            let usual = self.corrections.get(&format!("*{character}")).map(|row| row.pinyin.as_str());
            let Some(syllable) = usual.or_else(|| character.to_pinyin().map(|syllable| syllable.plain())) else {
                continue;
            };
            if !written.is_empty() && syllable.starts_with(['a', 'e', 'o']) {
                written.push('\'');
            }
            written.push_str(syllable);
        }
        let mut letters = written.chars();
        letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
    }
}
