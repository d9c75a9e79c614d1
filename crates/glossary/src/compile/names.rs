//! Derives the forms of names and writes the index, the postings and the pair filter.

use std::collections::BTreeMap;

use super::Parts;
use crate::Error;
use crate::fold::Folding;
use crate::layout::{self, Form, PAIR_BITS, Part, posting};
use crate::stem::unit_stem;
use crate::table::{Blocker, OtherName, Place, Unit};

/// What stands before the name of a place abroad in `modern_hans` and is not part of it.
const COUNTRIES: [&str; 26] = [
    "俄罗斯",
    "蒙古国",
    "哈萨克斯坦",
    "吉尔吉斯斯坦",
    "塔吉克斯坦",
    "乌兹别克斯坦",
    "土库曼斯坦",
    "阿富汗",
    "巴基斯坦",
    "印度尼西亚",
    "印度",
    "尼泊尔",
    "不丹",
    "孟加拉国",
    "缅甸",
    "泰国",
    "老挝",
    "越南",
    "柬埔寨",
    "马来西亚",
    "菲律宾",
    "日本",
    "韩国",
    "朝鲜",
    "伊朗",
    "土耳其",
];

/// An index in the making: folded name → entry → how it comes by the name.
pub(crate) struct Names<'a> {
    folding: Folding<'a>,
    keys: BTreeMap<String, Entries>,
}

/// What shares the key: how an entry or blocker of this number comes by it, and by which of its names.
type Entries = BTreeMap<(Class, u32), (Form, usize)>;

/// Forms of which an entry has one only under a key. A place may be named today what it was named before, and be found as both.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Class {
    Names,
    Today,
    Blockers,
}

impl<'a> Names<'a> {
    pub(crate) fn new(folding: Folding<'a>) -> Names<'a> {
        Names { folding, keys: BTreeMap::new() }
    }

    pub(crate) fn add_place(&mut self, place: &Place, entry: u32) -> Result<(), Error> {
        let names = [place.name_hans.as_str(), place.name_hant.as_str()];
        for name in names {
            self.add(name, entry, Form::Name, 0)?;
        }
        for (which, variant) in place.variants.iter().enumerate() {
            self.add(variant, entry, Form::Variant, which)?;
        }
        for (which, suffix) in place.official_suffix.iter().enumerate() {
            for name in names.into_iter().filter(|_| !place.name_hans.ends_with(suffix)) {
                self.add(&format!("{name}{suffix}"), entry, Form::Suffixed, which)?;
            }
        }
        self.add_latin(&place.pinyin, entry, Form::Pinyin, 0)?;
        for (which, postal) in place.postal.iter().enumerate() {
            self.add_latin(postal, entry, Form::Postal, which)?;
        }
        for (which, other) in place.other_names.iter().enumerate() {
            if let Some(OtherName { name, .. }) = OtherName::parse(other) {
                self.add_latin(name, entry, Form::Other, which)?;
            }
        }
        for modern in [&place.modern_hans, &place.modern_hant] {
            for (which, name) in modern.split(';').enumerate() {
                self.add(name, entry, Form::Today, which)?;
            }
        }
        for (which, name) in place.modern_hans.split(';').enumerate() {
            if let Some(local) = COUNTRIES.iter().find_map(|country| name.strip_prefix(country)) {
                self.add(local, entry, Form::Today, which)?;
            }
        }
        Ok(())
    }

    pub(crate) fn add_unit(&mut self, unit: &Unit, entry: u32) -> Result<(), Error> {
        self.add(&unit.name_hans, entry, Form::Name, 0)?;
        self.add(&unit.name_hant, entry, Form::Name, 0)?;
        let stem = unit_stem(&unit.name_hans);
        let characters = stem.chars().count();
        // 郊 of 郊区 is no name.
        if characters >= 2 || unit.name_hans.ends_with('县') {
            let hant: String = unit.name_hant.chars().take(characters).collect();
            self.add(stem, entry, Form::Stem, 0)?;
            self.add(&hant, entry, Form::Stem, 0)?;
        }
        for (which, postal) in unit.postal.iter().enumerate() {
            self.add_latin(postal, entry, Form::Postal, which)?;
        }
        self.add_latin(&unit.pinyin, entry, Form::Pinyin, 0)
    }

    pub(crate) fn add_blocker(&mut self, blocker: &Blocker, number: usize) -> Result<(), Error> {
        let number = u32::try_from(number).ok().filter(|number| (*number as usize) < layout::MOST_ENTRIES);
        let number = number.ok_or_else(|| Error::too_large("more blockers than places can be"))?;
        self.add(&blocker.text_hans, number, Form::Blocker, 0)?;
        self.add(&blocker.text_hant, number, Form::Blocker, 0)
    }

    fn add_latin(&mut self, name: &str, entry: u32, form: Form, which: usize) -> Result<(), Error> {
        self.add(name, entry, form, which)?;
        if name.contains(['ü', 'Ü']) {
            self.add(&name.replace(['ü', 'Ü'], "v"), entry, form, which)?;
        }
        Ok(())
    }

    fn add(&mut self, name: &str, entry: u32, form: Form, which: usize) -> Result<(), Error> {
        if which >= posting::WHICH {
            let most = posting::WHICH;
            return Err(Error::too_large(format!(
                "`{name}` is one of more than {most} names of one place; leave some out"
            )));
        }
        let key = self.folding.key(name);
        if !key.is_empty() {
            let entries = self.keys.entry(key).or_default();
            let class = match form {
                Form::Today => Class::Today,
                Form::Blocker => Class::Blockers,
                _ => Class::Names,
            };
            let known = entries.entry((class, entry)).or_insert((form, which));
            *known = (*known).min((form, which));
        }
        Ok(())
    }

    pub(crate) fn write(self, parts: &mut Parts) -> Result<(), Error> {
        let mut postings: Vec<u32> = Vec::new();
        let mut filter = vec![0u8; PAIR_BITS / 8];
        let mut builder = fst::MapBuilder::memory();
        for (key, entries) in &self.keys {
            let forms = entries.values().fold(0, |forms, (form, _)| forms | form.bit());
            let sorted = "the keys come out of a sorted map, each once, into memory";
            builder.insert(key, layout::name::pack(forms, postings.len())).expect(sorted);
            let last = entries.len() - 1;
            for (index, ((_, entry), (form, which))) in entries.iter().enumerate() {
                postings.push(posting::pack(*entry, *form, *which, index == last));
            }
            let mut characters = key.chars();
            if forms & layout::IN_TEXT != 0
                && let (Some(first), Some(second)) = (characters.next(), characters.next())
            {
                let bit = layout::pair_bit(first, second);
                filter[bit / 8] |= 1 << (bit % 8);
            }
        }
        let map = builder.into_inner().map_err(|error| Error::too_large(format!("the index of names: {error}")))?;
        parts.set(Part::Names, map);
        parts.set_words(Part::Postings, postings);
        parts.set(Part::Pairs, filter);
        Ok(())
    }
}
