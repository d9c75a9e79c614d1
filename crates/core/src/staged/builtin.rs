//! The official configs for the staged engine, from the text tables in the repository.
//!
//! The tables are in the binary as text and are read when first asked for, once each, however many configs use them. The recipes
//! stand here as data because this crate reads no JSON unless asked to; a test compares them with OpenCC's own files.
//!
//! # Cost
//!
//! Nothing at start. The first `s2…` engine takes about fifteen milliseconds, nearly all of it for STPhrases.

use std::sync::{Arc, OnceLock};

use super::texts::text;
use super::{Lookup, MatchPolicy, Recipe, StagedEngine};
use crate::{Config, Dictionary, TofuRisk};

/// A table in the binary.
struct Embedded {
    name: &'static str,
    loaded: OnceLock<Arc<Dictionary>>,
}

impl Embedded {
    fn dictionary(&self) -> Arc<Dictionary> {
        const READS: &str = "the tests read every embedded table";
        let load = || Dictionary::parse_owned(self.name, text(self.name).expect(READS)).expect(READS);
        Arc::clone(self.loaded.get_or_init(|| Arc::new(load())))
    }
}

macro_rules! embed {
    ($($constant:ident: $name:literal;)*) => {
        $(static $constant: Embedded = Embedded {
            name: concat!($name, ".txt"),
            loaded: OnceLock::new(),
        };)*
        static ALL: &[&Embedded] = &[$(&$constant),*];
    };
}

embed! {
    CJK_COMPATIBILITY: "CJK_Compatibility_Ideographs";
    HK_PHRASES: "HKPhrases";
    HK_PHRASES_REVERSE: "HKPhrasesRev";
    HK_VARIANTS: "HKVariants";
    HK_VARIANTS_PHRASES: "HKVariantsPhrases";
    HK_VARIANTS_REVERSE: "HKVariantsRev";
    HK_VARIANTS_REVERSE_PHRASES: "HKVariantsRevPhrases";
    JP_CHARACTERS: "JPShinjitaiCharacters";
    JP_CHARACTERS_REVERSE: "JPShinjitaiCharactersRev";
    JP_PHRASES: "JPShinjitaiPhrases";
    ST_CHARACTERS: "STCharacters";
    ST_PHRASES: "STPhrases";
    ST_PHRASES_GENERATED: "STPhrases_GeneratedFromRegionalPhrases";
    TS_CHARACTERS: "TSCharacters";
    TS_CHARACTERS_TOFU_RISK: "TSCharactersExt";
    TS_PHRASES: "TSPhrases";
    TW_PHRASES: "TWPhrases";
    TW_PHRASES_REVERSE: "TWPhrasesRev";
    TW_VARIANTS: "TWVariants";
    TW_VARIANTS_PHRASES: "TWVariantsPhrases";
    TW_VARIANTS_REVERSE: "TWVariantsRev";
    TW_VARIANTS_REVERSE_PHRASES: "TWVariantsRevPhrases";
}

/// A lookup as data.
#[derive(Clone, Copy)]
enum Part {
    Table(&'static Embedded),
    /// A table that is left out where characters that many fonts lack are not wanted.
    Risky(&'static Embedded),
    ShortCircuit(&'static [Part]),
    Union(&'static [Part]),
}
use Part::{Risky, ShortCircuit, Table, Union};

const ST_PHRASES_ALL: Part = Union(&[Table(&ST_PHRASES), Table(&ST_PHRASES_GENERATED)]);
const TO_TRADITIONAL: Part = ShortCircuit(&[ST_PHRASES_ALL, Table(&ST_CHARACTERS)]);
const TO_SIMPLIFIED: Part = ShortCircuit(&[Table(&TS_PHRASES), Risky(&TS_CHARACTERS_TOFU_RISK), Table(&TS_CHARACTERS)]);
const TO_TAIWAN: Part = ShortCircuit(&[Table(&TW_VARIANTS_PHRASES), Table(&TW_VARIANTS)]);
const TO_TAIWAN_PHRASES: Part = ShortCircuit(&[Table(&TW_PHRASES), Table(&TW_VARIANTS_PHRASES), Table(&TW_VARIANTS)]);
const FROM_TAIWAN: Part = ShortCircuit(&[Table(&TW_VARIANTS_REVERSE_PHRASES), Table(&TW_VARIANTS_REVERSE)]);
const FROM_TAIWAN_PHRASES: Part =
    ShortCircuit(&[Table(&TW_PHRASES_REVERSE), Table(&TW_VARIANTS_REVERSE_PHRASES), Table(&TW_VARIANTS_REVERSE)]);
const TO_HONG_KONG: Part = ShortCircuit(&[Table(&HK_VARIANTS_PHRASES), Table(&HK_VARIANTS)]);
const TO_HONG_KONG_PHRASES: Part =
    ShortCircuit(&[Table(&HK_PHRASES), Table(&HK_VARIANTS_PHRASES), Table(&HK_VARIANTS)]);
const FROM_HONG_KONG: Part = ShortCircuit(&[Table(&HK_VARIANTS_REVERSE_PHRASES), Table(&HK_VARIANTS_REVERSE)]);
const FROM_HONG_KONG_PHRASES: Part =
    ShortCircuit(&[Table(&HK_PHRASES_REVERSE), Table(&HK_VARIANTS_REVERSE_PHRASES), Table(&HK_VARIANTS_REVERSE)]);
const TO_NEW_KANJI: Part = Table(&JP_CHARACTERS_REVERSE);
const TO_OLD_KANJI: Part = ShortCircuit(&[Table(&JP_PHRASES), Table(&JP_CHARACTERS)]);

/// The segmentation and the chain of a config.
fn parts(config: Config) -> (Option<Part>, &'static [Part]) {
    const FROM_SIMPLIFIED: Option<Part> = Some(ST_PHRASES_ALL);
    const INTO_SIMPLIFIED: Option<Part> = Some(Table(&TS_PHRASES));
    match config {
        Config::S2T => (None, &[TO_TRADITIONAL]),
        Config::T2S => (None, &[TO_SIMPLIFIED]),
        Config::S2Tw => (FROM_SIMPLIFIED, &[TO_TRADITIONAL, TO_TAIWAN]),
        Config::Tw2S => (INTO_SIMPLIFIED, &[FROM_TAIWAN, TO_SIMPLIFIED]),
        Config::S2Hk => (FROM_SIMPLIFIED, &[TO_TRADITIONAL, TO_HONG_KONG]),
        Config::Hk2S => (INTO_SIMPLIFIED, &[FROM_HONG_KONG, TO_SIMPLIFIED]),
        Config::S2Twp => (FROM_SIMPLIFIED, &[TO_TRADITIONAL, TO_TAIWAN_PHRASES]),
        Config::Tw2Sp => (INTO_SIMPLIFIED, &[FROM_TAIWAN_PHRASES, TO_SIMPLIFIED]),
        Config::S2Hkp => (FROM_SIMPLIFIED, &[TO_TRADITIONAL, TO_HONG_KONG_PHRASES]),
        Config::Hk2Sp => (INTO_SIMPLIFIED, &[FROM_HONG_KONG_PHRASES, TO_SIMPLIFIED]),
        Config::T2Tw => (None, &[TO_TAIWAN]),
        Config::Tw2T => (None, &[FROM_TAIWAN]),
        Config::T2Hk => (None, &[TO_HONG_KONG]),
        Config::Hk2T => (None, &[FROM_HONG_KONG]),
        Config::T2Jp => (None, &[TO_NEW_KANJI]),
        Config::Jp2T => (None, &[TO_OLD_KANJI]),
    }
}

fn lookup(part: Part, tofu_risk: TofuRisk) -> Option<Lookup> {
    let group = |policy, parts: &[Part]| {
        let members = parts.iter().filter_map(|&part| lookup(part, tofu_risk)).collect();
        Some(Lookup::Group { policy, members })
    };
    match part {
        Risky(_) if tofu_risk == TofuRisk::Exclude => None,
        Table(table) | Risky(table) => Some(Lookup::Table(table.dictionary())),
        ShortCircuit(parts) => group(MatchPolicy::ShortCircuit, parts),
        Union(parts) => group(MatchPolicy::Union, parts),
    }
}

impl Dictionary {
    /// All tables that the official configs use, by name. Those that nothing has used yet are read, some milliseconds in all.
    pub fn builtin() -> Vec<Arc<Dictionary>> {
        ALL.iter().map(|table| table.dictionary()).collect()
    }
}

impl Recipe {
    /// The recipe of an official config, with the tables of the repository. They are read when a recipe first needs them.
    pub fn builtin(config: Config, tofu_risk: TofuRisk) -> Recipe {
        let (segmentation, chain) = parts(config);
        Recipe {
            name: config.name().to_owned(),
            normalization: vec![Lookup::Table(CJK_COMPATIBILITY.dictionary())],
            segmentation: segmentation.and_then(|part| lookup(part, tofu_risk)),
            chain: chain.iter().filter_map(|&part| lookup(part, tofu_risk)).collect(),
        }
    }
}

impl StagedEngine {
    /// The engine for an official config, with the tables of the repository. They are read when an engine first needs them.
    pub fn builtin(config: Config, tofu_risk: TofuRisk) -> StagedEngine {
        StagedEngine::new(Recipe::builtin(config, tofu_risk))
    }
}

#[cfg(test)]
mod tests {
    use super::ALL;
    use crate::{Config, StagedEngine, TofuRisk};

    #[test]
    fn every_embedded_table_reads() {
        for table in ALL {
            let dictionary = table.dictionary();
            assert!(!dictionary.is_empty(), "{} is empty", table.name);
            assert_eq!(dictionary.name(), table.name);
        }
    }

    #[test]
    fn tofu_risk_decides_about_rare_simplified_characters() {
        let convert = |tofu_risk| StagedEngine::builtin(Config::T2S, tofu_risk).convert("㑮頭");
        assert_eq!(convert(TofuRisk::Include), "𫝈头");
        assert_eq!(convert(TofuRisk::Exclude), "㑮头");
    }
}
