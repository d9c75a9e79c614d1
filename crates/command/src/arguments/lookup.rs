//! `tongwen lookup`.

use std::str::FromStr;

use clap::Args;
use tongwen_glossary::{Feature, Glossary, Mode, NamedYear, Script};

use super::named::Named;
use super::places::GlossaryArguments;

/// Look up places by their names, historical or modern
///
/// Takes names in either script, in pinyin, in Wade-Giles, in postal and other spellings, with and without 县 府 州. Answers, best first, with the years in
/// which the name was in use, what it became, the place today and how the name matched. A name that no place has gets near misses.
/// Ends with 0 when every name was found, else with 1.
#[derive(Debug, Args)]
pub(crate) struct LookupArguments {
    /// Names; `-` reads them from standard input, `NAME` or `NAME TAB YEAR` a line
    #[arg(value_name = "NAME", required = true)]
    pub(crate) names: Vec<String>,

    /// The year in which the name is met (1876, -206, 206 BC, 光绪二年, 民国3年); names in use then come first
    #[arg(long, value_name = "YEAR", allow_negative_numbers = true, value_parser = year)]
    pub(crate) year: Option<i16>,

    /// Where the place is thought to be: a province (新疆, 650000) or the start of ids (xj); places there come first
    #[arg(long, value_name = "REGION")]
    pub(crate) region: Option<String>,

    /// Only places of this kind
    #[arg(long = "type", value_name = "TYPE", value_parser = Named::<Feature>::of(feature_names))]
    pub(crate) feature: Option<Feature>,

    /// How names are compared; `auto` as whole names in any form; `reverse` gives the former names of a place of today
    #[arg(long, value_name = "MODE", default_value = "auto")]
    #[arg(value_parser = Named::<ModeChoice>::of(mode_names))]
    pub(crate) mode: ModeChoice,

    /// Show at most so many places of a name [default: 20, with --json all]
    #[arg(long, value_name = "N")]
    pub(crate) limit: Option<usize>,

    #[command(flatten)]
    pub(crate) glossary: GlossaryArguments,

    /// Print a JSON object a name instead
    #[arg(long)]
    pub(crate) json: bool,
}

/// The value of `--mode`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ModeChoice(pub(crate) Mode);

impl FromStr for ModeChoice {
    type Err = String;

    fn from_str(name: &str) -> Result<ModeChoice, String> {
        let known = Mode::NAMES.into_iter().find(|(known, _)| *known == name);
        known
            .map(|(_, mode)| ModeChoice(mode))
            .ok_or_else(|| format!("unknown mode `{name}`; known are {}", mode_names().join(" ")))
    }
}

/// Reads a year, as a number or as people write it. Those before our era are negative, and there is no year 0.
pub(crate) fn year(text: &str) -> Result<i16, String> {
    let glossary = Glossary::embedded();
    let found = glossary.years_called(text);
    let named = |one: &NamedYear<'_>| match one.era {
        Some(era) => format!("{} ({})", one.year, era.state(Script::Simplified)),
        None => one.year.to_string(),
    };
    match &found[..] {
        [only] => Ok(only.year),
        [] => Err(format!("`{text}` is no year; expected one such as 1876, 光绪二年, or -206 for 206 BC")),
        several => {
            let years: Vec<String> = several.iter().map(named).collect();
            Err(format!("`{text}` may be {}; write it as a number, or the state before the era", years.join(", ")))
        }
    }
}

fn mode_names() -> Vec<&'static str> {
    Mode::NAMES.map(|(name, _)| name).to_vec()
}

fn feature_names() -> Vec<&'static str> {
    Feature::ALL.iter().map(|feature| feature.name()).collect()
}
