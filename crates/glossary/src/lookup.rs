//! Looking a name up: which places had it, how the text matched, whether in the year that was asked for.
//!
//! How it works stands at `Glossary::lookup`, where users of the crate read it.
//!
//! # Cost
//!
//! `cargo run --release -p tongwen-glossary --example times` measures it: around a microsecond for a name that is there, by any of its forms. Near misses
//! cost what [`near`](crate::Mode::Fuzzy) says.

use std::collections::HashSet;
use std::mem;

use tongwen::DetectedScript;

use crate::chain::sort_by_age;
use crate::entry::Entry;
use crate::gazetteer::Glossary;
use crate::layout::Form;
use crate::matches::{How, Interval, Match, Matches};
use crate::query::{Mode, Query};
use crate::rank::{self, Score};
use crate::table::CodeAt;
use crate::units::Unit;
use crate::{Script, near, postal, wade_giles};

/// No hit gives at most so many near misses.
const MOST_NEAR: usize = 5;

/// Only names of at most so many characters are looked for with a suffix more.
const MOST_BEFORE_SUFFIX: usize = 4;

/// Suffixes that are taken off or put on where nothing has the name as it stands; the longer first.
const SUFFIXES: [&str; 26] = [
    "直隶州",
    "直隶厅",
    "设治局",
    "都护府",
    "都督府",
    "故城",
    "州",
    "府",
    "县",
    "厅",
    "道",
    "路",
    "郡",
    "军",
    "监",
    "卫",
    "所",
    "国",
    "城",
    "镇",
    "省",
    "市",
    "区",
    "旗",
    "盟",
    "地区",
];

/// The same in pinyin and in postal spelling.
const LATIN_SUFFIXES: [&str; 14] =
    ["zhilizhou", "hsien", "xian", "zhou", "chow", "ting", "dao", "jun", "fu", "lu", "cheng", "shi", "qu", "sheng"];

/// Matches in the making.
struct Search<'a, 'q> {
    glossary: &'a Glossary,
    query: &'q Query,
    found: Vec<Match<'a>>,
}

impl Glossary {
    /// The places and units that a query names, best first; where there are none, near misses. Never fails.
    ///
    /// The text is folded and looked for in the index, which has every name in every form; the order is that of [`Score`](crate::Score). Only where
    /// nothing has the name as it stands is it read as Wade-Giles (Su-chou → Suzhou), else as the post spelled (Kiangning → Jiangning), are suffixes taken off and put on (迪化城 → 迪化, 幽 → 幽州), then ids and codes read; with a year, suffixes are put on
    /// also where nothing with the name was in use then (保定 in 1905 → 保定府). Where nothing is found at
    /// all, [`Matches::near`] has what is written nearly so:
    ///
    /// ```
    /// use tongwen_glossary::{Glossary, How, Query, Script};
    /// let glossary = Glossary::embedded();
    /// let found = glossary.lookup(&Query::new("迪化府"));
    /// let first = &found.matches[0];
    /// assert_eq!((first.how, first.modern()[0].path(found.script).join(" ")), (How::SuffixStripped, "新疆维吾尔自治区 乌鲁木齐市".to_string()));
    /// assert_eq!(glossary.lookup(&Query::new("Tihwa")).matches[0].how, How::Postal);
    /// assert_eq!(glossary.lookup(&Query::new("Su-chou")).matches[0].how, How::WadeGiles);
    /// assert_eq!(glossary.lookup(&Query::new("Kiang-ning")).matches[0].how, How::PostalRule);
    /// let wrong = glossary.lookup(&Query::new("葉爾薑"));
    /// assert!(wrong.matches.is_empty());
    /// assert_eq!((wrong.near[0].how, wrong.near[0].entry.name(wrong.script)), (How::Fuzzy { edits: 1 }, "葉爾羌"));
    /// ```
    pub fn lookup(&self, query: &Query) -> Matches<'_> {
        let key = self.fold(&query.text);
        let mut search = Search { glossary: self, query, found: Vec::new() };
        let mut near = Vec::new();
        match query.mode {
            Mode::Prefix => search.starting(&key),
            Mode::Fuzzy => search.fuzzy(&key, near::most_edits(&key)),
            Mode::Reverse => search.reverse(),
            Mode::Pinyin => search.whole(&key),
            Mode::Postal => {
                search.whole(&key);
                if search.found.is_empty() {
                    search.respelled();
                }
            }
            Mode::Auto | Mode::Exact => {
                search.whole(&key);
                if search.found.is_empty() && query.mode == Mode::Auto {
                    search.respelled();
                }
                if search.found.is_empty() {
                    search.other_suffix(&key);
                } else {
                    search.suffix_of_the_year(&key);
                }
                if search.found.is_empty() {
                    search.identifier();
                }
            }
        }
        if query.mode != Mode::Reverse {
            search.order();
        }
        if search.found.is_empty() && query.mode == Mode::Auto {
            let mut wider = Search { glossary: self, query, found: Vec::new() };
            wider.nearest(&key);
            near = wider.found;
        }
        let matches = search.found;
        let script = query.script.unwrap_or_else(|| self.script_of(&query.text, matches.first().or(near.first())));
        Matches { matches, near, script }
    }

    /// The units that have a name today, with or without its type, in either script; a code or an id. Where none has, those that had it.
    pub fn units_called(&self, name: &str) -> Vec<Unit<'_>> {
        let name = name.trim();
        if let Some(unit) = self.entry(name).and_then(Entry::unit) {
            return vec![unit];
        }
        if let Ok(code) = name.parse::<CodeAt>() {
            let last = || self.units_of_code(code.code).max_by_key(|unit| (unit.to(), unit.from()));
            return self.unit(code.code, code.year).or_else(last).into_iter().collect();
        }
        let query = Query::new(name);
        let mut search = Search { glossary: self, query: &query, found: Vec::new() };
        search.whole(&self.fold(name));
        search.found.retain(|found| matches!(found.how, How::Exact | How::SuffixAdded));
        search.order();
        let units: Vec<Unit<'_>> = search.found.iter().filter_map(|found| found.entry.unit()).collect();
        let today: Vec<Unit<'_>> = units.iter().copied().filter(|unit| unit.exists(None)).collect();
        if today.is_empty() { units } else { today }
    }

    /// The script of a text: what detection says; where it cannot tell (於潜, which has both), traditional when the text has a
    /// character that folding changes and that the simplified name found does not have.
    fn script_of(&self, text: &str, best: Option<&Match<'_>>) -> Script {
        match tongwen::detect(text).script {
            DetectedScript::Simplified => return Script::Simplified,
            DetectedScript::Traditional => return Script::Traditional,
            _ => {}
        }
        let name = best.map_or_else(String::new, |best| best.name(Script::Simplified));
        let folding = self.units_layer().folding();
        let traditional = text.chars().any(|own| folding.character(own) != own && !name.contains(own));
        if traditional { Script::Traditional } else { Script::Simplified }
    }
}

impl<'a> Search<'a, '_> {
    /// Adds an entry that has the name, unless it is of another kind than asked for.
    fn add(&mut self, entry: Entry<'a>, how: How, distance: usize, (form, which): (Form, usize)) {
        if self.query.feature.is_some_and(|feature| feature != entry.feature()) {
            return;
        }
        let interval = self.query.year.map(|year| Interval::of(entry, year));
        let in_region = self.query.region.map(|region| region.contains(entry));
        let score = Score::new(entry, (how, form), distance, interval, self.query);
        self.found.push(Match { entry, how, interval, in_region, score, ambiguous: false, form, which });
    }

    /// What a value of the index stands for. `how` replaces what the form says.
    fn add_value(&mut self, layer: u32, value: u64, how: Option<How>, distance: usize) {
        for posting in self.glossary.layer(layer).postings(value) {
            let wanted = match self.query.mode {
                Mode::Pinyin => posting.form == Form::Pinyin,
                Mode::Postal => matches!(posting.form, Form::Postal | Form::Other),
                Mode::Exact => !matches!(posting.form, Form::Pinyin | Form::Postal),
                _ => true,
            };
            let Some(own) = How::of(posting.form).filter(|_| wanted) else { continue };
            let Some(entry) = self.glossary.entry_at(layer, posting.entry) else { continue };
            self.add(entry, how.unwrap_or(own), distance, (posting.form, posting.which));
        }
    }

    /// The name as it stands.
    fn whole(&mut self, key: &str) {
        self.whole_as(key, None);
    }

    fn whole_as(&mut self, key: &str, how: Option<How>) {
        for (layer, file) in self.glossary.layers() {
            if let Some(value) = file.names().get(key) {
                self.add_value(layer, value, how, 0);
            }
        }
    }

    /// The name without the suffix that it has, else with one that it has not.
    fn other_suffix(&mut self, key: &str) {
        if key.is_ascii() {
            let stems = LATIN_SUFFIXES.iter().filter_map(|suffix| key.strip_suffix(suffix));
            stems.filter(|stem| stem.len() >= 3).for_each(|stem| self.whole(stem));
            return;
        }
        let enough = |stem: &&str| stem.chars().count() >= 2;
        if let Some(stem) = SUFFIXES.iter().find_map(|suffix| key.strip_suffix(suffix).filter(enough)) {
            self.whole_as(stem, Some(How::SuffixStripped));
        }
        if self.found.is_empty() {
            self.one_suffix_more(key);
        }
    }

    /// The name with each suffix that it may lack.
    fn one_suffix_more(&mut self, key: &str) {
        if key.chars().count() <= MOST_BEFORE_SUFFIX {
            SUFFIXES.iter().for_each(|suffix| self.whole_as(&format!("{key}{suffix}"), Some(How::SuffixAdded)));
        }
    }

    /// Where nothing that was found was in use in the year, what was with a suffix more: 保定 in 1905 is 保定府, not the county of the Tang.
    fn suffix_of_the_year(&mut self, key: &str) {
        let in_use = |found: &Match<'a>| found.interval == Some(Interval::Inside);
        if self.query.year.is_none() || key.is_ascii() || self.found.iter().any(in_use) {
            return;
        }
        let others = mem::take(&mut self.found);
        self.one_suffix_more(key);
        self.found.retain(in_use);
        self.found.extend(others);
    }

    /// The name in Wade-Giles, with or without all of its marks; where that is none, in the spelling of the post.
    fn respelled(&mut self) {
        let readings = wade_giles::readings(&self.query.text);
        let readings: Vec<(&str, u8)> = readings.iter().map(|one| (one.pinyin.as_str(), one.missing)).collect();
        self.any_reading(&readings, How::WadeGiles);
        if self.found.is_empty() {
            let readings = postal::readings(&self.query.text);
            let readings: Vec<(&str, u8)> = readings.iter().map(|pinyin| (pinyin.as_str(), 0)).collect();
            self.any_reading(&readings, How::PostalRule);
        }
    }

    /// Names whose pinyin one of the readings is; else without its suffix.
    fn any_reading(&mut self, readings: &[(&str, u8)], how: How) {
        for (pinyin, missing) in readings {
            self.spelled(pinyin, *missing, how);
        }
        if self.found.is_empty() {
            for (pinyin, missing) in readings {
                let stems = LATIN_SUFFIXES.iter().filter_map(|suffix| pinyin.strip_suffix(suffix));
                stems.filter(|stem| stem.len() >= 3).for_each(|stem| self.spelled(stem, *missing, how));
            }
        }
    }

    /// Names whose pinyin this is.
    fn spelled(&mut self, pinyin: &str, missing: u8, how: How) {
        for (layer, file) in self.glossary.layers() {
            let Some(value) = file.names().get(pinyin) else { continue };
            for posting in self.glossary.layer(layer).postings(value).filter(|posting| posting.form == Form::Pinyin) {
                if let Some(entry) = self.glossary.entry_at(layer, posting.entry) {
                    self.add(entry, how, usize::from(missing), (posting.form, posting.which));
                }
            }
        }
    }

    fn identifier(&mut self) {
        let text = self.query.text.trim();
        if let Some(entry) = self.glossary.entry(text) {
            self.add(entry, How::Identifier, 0, (Form::Name, 0));
        } else if let Ok(CodeAt { code, year }) = text.parse() {
            let units: Vec<Unit<'a>> = self.glossary.units_of_code(code).collect();
            let asked = |unit: &&Unit<'a>| year.is_none() || unit.exists(year);
            units.iter().filter(asked).for_each(|unit| self.add(unit.entry(), How::Identifier, 0, (Form::Name, 0)));
        }
    }

    fn starting(&mut self, key: &str) {
        let length = key.chars().count();
        for near in near::starting(self.glossary, key) {
            let longer = near.key.chars().count() - length;
            self.add_value(near.layer, near.value, (longer > 0).then_some(How::Prefix), longer);
        }
    }

    /// Names at most so many edits away, the name itself among them.
    fn fuzzy(&mut self, key: &str, most: u8) {
        if most == 0 {
            return self.whole(key);
        }
        for near in near::within(self.glossary, key, most) {
            let edits = near::edits(key, &near.key);
            let shared = near.key.chars().zip(key.chars()).take_while(|(left, right)| left == right).count();
            let how = u8::try_from(edits).ok().filter(|edits| *edits > 0).map(|edits| How::Fuzzy { edits });
            let distance = if edits == 0 { 0 } else { near.key.chars().count().saturating_sub(shared) };
            self.add_value(near.layer, near.value, how, distance);
        }
    }

    /// The best near misses: with one edit, or where there are none, with two.
    fn nearest(&mut self, key: &str) {
        for most in 1..=near::most_edits(key) {
            self.fuzzy(key, most);
            if !self.found.is_empty() {
                break;
            }
        }
        self.order();
        // One name that several places had is one near miss.
        let mut names = HashSet::new();
        self.found.retain(|found| names.insert(found.entry.name(Script::Simplified)));
        self.found.truncate(MOST_NEAR);
    }

    fn reverse(&mut self) {
        let text = self.query.text.trim();
        let units = self.glossary.units_called(text);
        let mut former: Vec<Entry<'a>> = if units.is_empty() {
            self.glossary.former(text)
        } else {
            units.iter().flat_map(|unit| self.glossary.former(unit.entry().id())).collect()
        };
        if units.len() > 1 {
            let mut seen = HashSet::new();
            former.retain(|entry| seen.insert(entry.position()));
            sort_by_age(&mut former);
        }
        former.into_iter().for_each(|entry| self.add(entry, How::Former, 0, (Form::Name, 0)));
    }

    /// Best first, each entry once.
    fn order(&mut self) {
        if self.found.len() > 1 {
            rank::sort(&mut self.found);
            let mut seen = HashSet::new();
            self.found.retain(|found| seen.insert(found.entry.position()));
        }
    }
}
