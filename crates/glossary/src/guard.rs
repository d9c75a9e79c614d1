//! Pairs for the converter, so that conversion does not break names of places.
//!
//! Dictionaries of conversion know few old names. 岳州 becomes 嶽州 by them, 阿力麻里 becomes 阿力麻裡, 乾德 becomes 干德. The
//! glossary has each name in both scripts as careful authors write it, so it can say which names come out wrong and what is right: a few
//! hundred pairs `source → replacement` for each target, which take part in matching like a user's own ([`tongwen::UserDictionary`]): 合并州县 is
//! read as 合并 and 州县, and the pair for 并州 does not apply.
//!
//! ```
//! use tongwen::{Converter, Variant};
//! use tongwen_glossary::Glossary;
//!
//! let guard = Glossary::embedded().guard(Variant::ZhTw);
//! let converter = Converter::builder().from(Variant::ZhHans).to(Variant::ZhTw).dictionary(guard).build()?;
//! assert_eq!(converter.convert("岳州知府合并州县"), "岳州知府合併州縣");
//! # Ok::<(), tongwen::Error>(())
//! ```
//!
//! # Which names
//!
//! A name is a candidate as it stands and in its official full forms, in both scripts (text of mixed script has either). It gets a pair when
//! conversion on the level of variants gives anything but the authored name; forms that differ by region only (裏 and 裡) do not
//! count, and the replacement has the forms of the target. It gets none
//! - when entries disagree on the replacement, or one of them is converted rightly (台州 in Zhejiang, 臺州 in Shanxi),
//! - as a name of one character, in full forms either (徵县 is the end of 仪徵县), or as a bare name that annotation must never mark, or one of two characters that needs a cue to be a place, unless
//!   `GUARDED` has it: 采石, 车里, 古里 are ordinary words far more often,
//! - when `WORDS` has it.
//!
//! # Limits
//!
//! A phrase that starts before a name is read first, as everywhere in conversion: 在于阗 is 在于 and 阗 to OpenCC's tables.
//!
//! # Cost
//!
//! The pairs of the built-in names are computed by `cargo xtask places compile` and checked in (`crates/glossary/compiled/guard.tsv`); asking for
//! them costs what reading so many lines does. Those of overlays are computed when asked for.

use std::collections::BTreeMap;

use tongwen::{Config, Converter, Script, UserDictionary, Variant};

use crate::entry::Entry;
use crate::gazetteer::Glossary;
use crate::table::Policy;

/// The name of the pairs in reports and explanations.
const NAME: &str = "guard.tsv";
/// Target, source, replacement, id.
static EMBEDDED: &str = include_str!("../compiled/guard.tsv");
const HEAD: &str = "# target, source, replacement, the entry: names of places that conversion would break. \
                    Made by `cargo xtask places compile`, never edited.\n";

/// Names of two characters that need a cue to be a place, and are nothing else that conversion would have to change.
const GUARDED: [&str; 9] = ["于阗", "里塘", "乾德", "乾宁", "乾封", "熊岳", "昆嵛", "咸州", "赞岐"];
/// Names that ordinary text has as well, across the border of two words: 成立于罗马, 可不里外都是.
const WORDS: [&str; 2] = ["于罗", "可不里"];

/// The targets that differ; every other variant goes with one of them.
const TARGETS: [(&str, Variant); 4] =
    [("hans", Variant::ZhHans), ("hant", Variant::ZhHant), ("tw", Variant::ZhTw), ("hk", Variant::ZhHk)];

/// The name in the table of the target that a variant goes with.
fn target_name(target: Variant) -> &'static str {
    match target {
        Variant::ZhTw => "tw",
        Variant::ZhHk | Variant::ZhMo => "hk",
        _ if target.script() == Script::Simplified => "hans",
        _ => "hant",
    }
}

impl Glossary {
    /// Pairs that keep conversion to a variant from breaking names of places; for [`tongwen::ConverterBuilder::dictionary`].
    pub fn guard(&self, target: Variant) -> UserDictionary {
        let wanted = target_name(target);
        let mut text = String::new();
        for line in EMBEDDED.lines() {
            // Other lines stay as empty ones, so that reports name the line of the file.
            if let Some((source, replacement)) = pair_of(line, wanted) {
                text.push_str(&format!("{source}\t{replacement}"));
            }
            text.push('\n');
        }
        let built_in = UserDictionary::parse(NAME, &text).expect("the compiled pairs are checked by the tests");
        let own: Vec<Entry<'_>> = self.entries().filter(|entry| entry.position().0 > 0).collect();
        if own.is_empty() {
            return built_in;
        }
        let lines: String = pairs(own.into_iter(), wanted)
            .iter()
            .map(|(source, (replacement, _))| format!("{source}\t{replacement}\n"))
            .collect();
        let own = UserDictionary::parse("overlay", &lines).expect("names have neither tabs nor line breaks");
        UserDictionary::layered([built_in, own])
    }
}

/// The source and the replacement of a line of the table that is for a target.
fn pair_of<'a>(line: &'a str, wanted: &str) -> Option<(&'a str, &'a str)> {
    let mut cells = line.split('\t');
    let (target, source, replacement) = (cells.next()?, cells.next()?, cells.next()?);
    (target == wanted).then_some((source, replacement))
}

/// The table of the pairs of all entries of a glossary, as text; `cargo xtask places compile` writes it.
pub fn table(glossary: &Glossary) -> String {
    let mut text = HEAD.to_string();
    for (target, _) in TARGETS {
        for (source, (replacement, id)) in pairs(glossary.entries(), target) {
            text.push_str(&format!("{target}\t{source}\t{replacement}\t{id}\n"));
        }
    }
    text
}

/// What is known of a source: the replacement and whose name it is, or that it is to be left to the converter.
pub(crate) type Pairs = BTreeMap<String, (String, String)>;

pub(crate) fn pairs<'a>(entries: impl Iterator<Item = Entry<'a>>, target: &str) -> Pairs {
    let conversion = Conversion::new(target);
    let mut known: BTreeMap<String, Option<(String, String)>> = BTreeMap::new();
    for entry in entries {
        for form in forms(entry) {
            let right = conversion.right(&form);
            for source in [&form.hans, &form.hant] {
                let broken = form.guarded && conversion.breaks(source, &right);
                let pair = broken.then(|| (right.clone(), entry.id().to_string()));
                let replacement = |pair: &Option<(String, String)>| pair.as_ref().map(|(right, _)| right.clone());
                let before = known.entry(source.clone()).or_insert_with(|| pair.clone());
                if replacement(before) != replacement(&pair) {
                    *before = None;
                }
            }
        }
    }
    known.into_iter().filter_map(|(source, pair)| Some((source, pair?))).collect()
}

/// A name that text may have.
pub(crate) struct Form {
    pub(crate) hans: String,
    pub(crate) hant: String,
    /// Whether it may have a pair.
    guarded: bool,
}

/// The name of an entry and its official full forms.
pub(crate) fn forms(entry: Entry<'_>) -> Vec<Form> {
    let [hans, hant] = [Script::Simplified, Script::Traditional].map(|script| entry.name(script).to_string());
    let guarded = match (hans.chars().count(), entry.policy()) {
        (0 | 1, _) | (_, Policy::Never) => false,
        _ if WORDS.contains(&hans.as_str()) => false,
        (2, Policy::Context) => GUARDED.contains(&hans.as_str()),
        _ => true,
    };
    let full = entry.full_names(Script::Simplified).zip(entry.full_names(Script::Traditional));
    // 徵县 is the end of 仪徵县.
    let long = hans.chars().count() > 1;
    let full = full.filter(|(full, _)| *full != hans).map(|(hans, hant)| Form { hans, hant, guarded: long });
    let full: Vec<Form> = full.collect();
    std::iter::once(Form { hans, hant, guarded }).chain(full).collect()
}

/// Conversion to a target, and what of its result is right.
struct Conversion {
    script: Script,
    converter: Converter,
    /// From the authored traditional form to that of the target's region.
    region: Option<Converter>,
    /// Each puts forms that differ by region only into one.
    regions: [Converter; 2],
}

impl Conversion {
    fn new(target: &str) -> Conversion {
        let (_, variant) = TARGETS.iter().find(|(name, _)| *name == target).expect("a name of TARGETS");
        let from = match variant.script() {
            Script::Simplified => Variant::ZhHant,
            Script::Traditional => Variant::ZhHans,
        };
        let converter = Converter::builder().from(from).to(*variant).build();
        let region = match variant {
            Variant::ZhTw => Some(Config::T2Tw),
            Variant::ZhHk => Some(Config::T2Hk),
            _ => None,
        };
        Conversion {
            script: variant.script(),
            converter: converter.expect("every variant can be converted to"),
            region: region.map(Converter::new),
            regions: [Config::T2Tw, Config::T2Hk].map(Converter::new),
        }
    }

    /// What a name should become. In traditional script the authored form; where conversion gives the same character in another form, that of the
    /// target (峯 in the generic one).
    fn right(&self, form: &Form) -> String {
        if self.script == Script::Simplified {
            return form.hans.clone();
        }
        let authored =
            self.region.as_ref().map_or_else(|| form.hant.clone(), |region| region.convert(&form.hant).into());
        let converted = self.converter.convert(&form.hans);
        if converted.chars().count() != authored.chars().count() {
            return authored;
        }
        let target = |(own, right): (char, char)| {
            if self.are_one(&own.to_string(), &right.to_string()) { own } else { right }
        };
        converted.chars().zip(authored.chars()).map(target).collect()
    }

    /// Whether a source becomes anything but what is right.
    fn breaks(&self, source: &str, right: &str) -> bool {
        !self.are_one(&self.converter.convert(source), right)
    }

    /// Whether two texts are one, but for forms of regions.
    fn are_one(&self, left: &str, right: &str) -> bool {
        let regional = || self.regions.iter().any(|region| region.convert(left) == region.convert(right));
        left == right || (self.script == Script::Traditional && regional())
    }
}
