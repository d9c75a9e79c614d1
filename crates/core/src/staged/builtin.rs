//! The official configs for the staged engine, from the text tables in the repository.
//!
//! The tables are in the binary as text and are read when first asked for, once each, however many configs use them. The recipes
//! stand here as data because this crate reads no JSON unless asked to; a test compares them with OpenCC's own files.
//!
//! # Cost
//!
//! 1.3 MB in the binary, and nothing at start. The first `s2…` engine takes about ten milliseconds, nearly all of it for STPhrases.

use std::sync::{Arc, OnceLock};

use super::{Lookup, MatchPolicy, Recipe, StagedEngine};
use crate::{Config, Dictionary, TofuRisk};

/// A table in the binary.
struct Embedded {
    name: &'static str,
    text: &'static str,
    loaded: OnceLock<Arc<Dictionary>>,
}

impl Embedded {
    fn dictionary(&self) -> Arc<Dictionary> {
        let load = || Dictionary::parse_static(self.name, self.text).expect("the tests read every embedded table");
        Arc::clone(self.loaded.get_or_init(|| Arc::new(load())))
    }
}

macro_rules! embed {
    ($($constant:ident: $folder:literal $name:literal;)*) => {
        $(static $constant: Embedded = Embedded {
            name: concat!($name, ".txt"),
            text: include_str!(concat!("../../../../dictionaries/", $folder, "/", $name, ".txt")),
            loaded: OnceLock::new(),
        };)*
        #[cfg(test)]
        static ALL: &[&Embedded] = &[$(&$constant),*];
    };
}

embed! {
    CJK_COMPATIBILITY: "opencc/dictionary" "CJK_Compatibility_Ideographs";
    HK_PHRASES: "opencc/dictionary" "HKPhrases";
    HK_PHRASES_REVERSE: "opencc/dictionary" "HKPhrasesRev";
    HK_VARIANTS: "opencc/dictionary" "HKVariants";
    HK_VARIANTS_PHRASES: "opencc/dictionary" "HKVariantsPhrases";
    HK_VARIANTS_REVERSE: "derived" "HKVariantsRev";
    HK_VARIANTS_REVERSE_PHRASES: "opencc/dictionary" "HKVariantsRevPhrases";
    JP_CHARACTERS: "opencc/dictionary" "JPShinjitaiCharacters";
    JP_CHARACTERS_REVERSE: "derived" "JPShinjitaiCharactersRev";
    JP_PHRASES: "opencc/dictionary" "JPShinjitaiPhrases";
    ST_CHARACTERS: "opencc/dictionary" "STCharacters";
    ST_PHRASES: "opencc/dictionary" "STPhrases";
    ST_PHRASES_GENERATED: "derived" "STPhrases_GeneratedFromRegionalPhrases";
    TS_CHARACTERS: "opencc/dictionary" "TSCharacters";
    TS_CHARACTERS_TOFU_RISK: "derived" "TSCharactersExt";
    TS_PHRASES: "opencc/dictionary" "TSPhrases";
    TW_PHRASES: "opencc/dictionary" "TWPhrases";
    TW_PHRASES_REVERSE: "opencc/dictionary" "TWPhrasesRev";
    TW_VARIANTS: "opencc/dictionary" "TWVariants";
    TW_VARIANTS_PHRASES: "opencc/dictionary" "TWVariantsPhrases";
    TW_VARIANTS_REVERSE: "derived" "TWVariantsRev";
    TW_VARIANTS_REVERSE_PHRASES: "opencc/dictionary" "TWVariantsRevPhrases";
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
