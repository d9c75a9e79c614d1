//! Makes the compiled file out of the tables.
//!
//! `cargo xtask places compile` calls [`compile`] for the file that is built in, [`Glossary::with_overlay`](crate::Glossary::with_overlay)
//! the same code for rows of the user's. The bytes depend on nothing but the rows, in whatever order they come.
//!
//! The index gets every name of an entry in every form that people look for; only the rows are written by hand, the forms are
//! derived here:
//!
//! | entry | form | example |
//! |---|---|---|
//! | place | name, both scripts | 迪化 |
//! | | variants | 迪化 → 烏魯木齊 |
//! | | full forms: name and official suffix | 迪化府, 迪化縣 |
//! | | pinyin, with ü also as v | dihua |
//! | | postal spelling, names in other languages | tihwa, ürümchi |
//! | | today's name where no unit has the place, also without its country | 俄罗斯符拉迪沃斯托克, 符拉迪沃斯托克 |
//! | unit | name, both scripts | 米泉县 |
//! | | stem | 米泉 |
//! | | pinyin of the stem | miquan |

mod names;
mod records;
mod strings;
mod units;

use crate::Error;
use crate::fold::{Folding, FoldingParts};
use crate::layout::{self, COUNT_AT, HEADER_BYTES, MAGIC, PARTS, PARTS_AT, Part};
use crate::table::{CodeAt, Place, Tables};

use names::Names;
use records::Records;
use strings::Strings;

pub(crate) use units::UnitIndex;

/// The compiled file of all tables, byte for byte the same for the same rows.
///
/// Rows that break a law of [`laws`](crate::laws) are compiled as far as they go: a code that names no unit leads nowhere.
///
/// # Errors
///
/// [`ErrorKind::TooLarge`](crate::ErrorKind::TooLarge) for more than 16,383 units or 262,143 entries.
pub fn compile(tables: &Tables) -> Result<Vec<u8>, Error> {
    let folding = FoldingParts::new(&tables.graphs);
    let units = UnitIndex::new(&tables.units);
    let mut parts = Parts::default();
    let mut strings = Strings::default();
    let mut records = Records::default();
    let mut names = Names::new(folding.view());
    places(&tables.places, &|code| units.resolve(code), &mut strings, &mut records, &mut names, &mut parts)?;
    let count = records.len();
    units.write(&mut strings, &mut records, &mut names, &mut parts)?;
    for (number, blocker) in tables.blockers.iter().enumerate() {
        names.add_blocker(blocker, number)?;
    }
    write_small_tables(tables, &mut strings, &mut parts);
    parts.set(Part::FoldIndex, folding.index.clone());
    parts.set(Part::FoldPages, folding.pages.clone());
    parts.set(Part::FoldWide, folding.wide.clone());
    finish(parts, count, strings, records, names)
}

/// The compiled rows of an overlay. `resolve` finds the number of the unit that a code names.
pub(crate) fn compile_overlay(
    rows: &[Place],
    folding: Folding<'_>,
    resolve: &dyn Fn(CodeAt) -> Option<u32>,
) -> Result<Vec<u8>, Error> {
    let mut parts = Parts::default();
    let mut strings = Strings::default();
    let mut records = Records::default();
    let mut names = Names::new(folding);
    places(rows, resolve, &mut strings, &mut records, &mut names, &mut parts)?;
    let count = records.len();
    finish(parts, count, strings, records, names)
}

fn places(
    rows: &[Place],
    resolve: &dyn Fn(CodeAt) -> Option<u32>,
    strings: &mut Strings,
    records: &mut Records,
    names: &mut Names<'_>,
    parts: &mut Parts,
) -> Result<(), Error> {
    let mut sorted: Vec<&Place> = rows.iter().collect();
    sorted.sort_by(|left, right| left.id.cmp(&right.id));
    if sorted.len() >= layout::MOST_ENTRIES {
        return Err(Error::too_large(format!("{} places; no more than {} fit", rows.len(), layout::MOST_ENTRIES - 1)));
    }
    let mut named = Vec::new();
    for (number, place) in (0..).zip(&sorted) {
        records.add_place(place, strings);
        names.add_place(place, number)?;
        named.extend(
            place.modern.iter().filter_map(|code| resolve(*code)).map(|unit| layout::named::pack(unit, number)),
        );
    }
    named.sort_unstable();
    named.dedup();
    parts.set_words(Part::Named, named);
    let mut next: Vec<(&str, u32)> = (0..)
        .zip(&sorted)
        .filter(|(_, place)| !place.next_id.is_empty())
        .map(|(number, place)| (place.next_id.as_str(), number))
        .collect();
    next.sort_unstable();
    parts.set_words(Part::Next, next.into_iter().map(|(_, number)| number));
    Ok(())
}

fn write_small_tables(tables: &Tables, strings: &mut Strings, parts: &mut Parts) {
    let mut words = Vec::new();
    for set in &tables.cues {
        let cues = set.strings.join(" ");
        words.extend([strings.add(&set.name), set.side as u32, strings.add(&cues)]);
    }
    parts.set_words(Part::CueSets, words.drain(..));
    for era in &tables.eras {
        let texts = [&era.name_hans, &era.name_hant, &era.state_hans, &era.state_hant];
        words.extend(texts.map(|text| strings.add(text)));
        words.push(layout::pack_years(Some(era.first), Some(era.last)));
    }
    parts.set_words(Part::Eras, words.drain(..));
    for blocker in &tables.blockers {
        let texts = [&blocker.text_hans, &blocker.text_hant, &blocker.name, &blocker.reason];
        words.extend(texts.map(|text| strings.add(text)));
    }
    parts.set_words(Part::Blockers, words.drain(..));
    for source in &tables.sources {
        let texts = [&source.id, &source.title, &source.url, &source.licence, &source.accessed];
        words.extend(texts.map(|text| strings.add(text)));
    }
    parts.set_words(Part::Sources, words);
}

fn finish(
    mut parts: Parts,
    places: usize,
    strings: Strings,
    records: Records,
    names: Names<'_>,
) -> Result<Vec<u8>, Error> {
    names.write(&mut parts)?;
    records.write(&mut parts);
    parts.set(Part::Strings, strings.into_bytes()?);
    parts.into_file(places)
}

/// The parts of a file in the making.
#[derive(Default)]
pub(crate) struct Parts([Vec<u8>; PARTS]);

impl Parts {
    pub(crate) fn set(&mut self, part: Part, bytes: Vec<u8>) {
        self.0[part as usize] = bytes;
    }

    pub(crate) fn set_words(&mut self, part: Part, words: impl IntoIterator<Item = u32>) {
        self.set(part, words.into_iter().flat_map(u32::to_le_bytes).collect());
    }

    fn into_file(self, places: usize) -> Result<Vec<u8>, Error> {
        let number = |number: usize| {
            u32::try_from(number).map_err(|_| Error::too_large(format!("{number} bytes; no more than 4 GiB fit")))
        };
        let mut file = vec![0; HEADER_BYTES];
        file[..MAGIC.len()].copy_from_slice(MAGIC);
        file[COUNT_AT..PARTS_AT].copy_from_slice(&number(places)?.to_le_bytes());
        for (index, part) in self.0.iter().enumerate() {
            let at = PARTS_AT + index * 8;
            let (start, length) = (number(file.len())?, number(part.len())?);
            file[at..at + 4].copy_from_slice(&start.to_le_bytes());
            file[at + 4..at + 8].copy_from_slice(&length.to_le_bytes());
            file.extend(part);
        }
        number(file.len())?;
        let sum = layout::checksum(&file[COUNT_AT..]);
        file[layout::CHECKSUM_AT..COUNT_AT].copy_from_slice(&sum.to_le_bytes());
        Ok(file)
    }
}
