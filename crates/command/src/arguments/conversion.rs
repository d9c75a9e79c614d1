//! What to convert to, and how: the options that all commands share that convert.

use std::path::PathBuf;
use std::str::FromStr;

use clap::{ArgGroup, Args, ValueEnum, ValueHint};
use tongwen::{Level, TofuRisk, Variant};

use super::named::{Named, auto_and, variant_names};

/// What to convert to, and how. `convert` and `explain` share it.
///
/// What is left out is looked for in configuration files, so nothing has a default here.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Conversion")]
#[group(skip)]
#[command(group = ArgGroup::new("target").args(["to", "config"]))]
pub(crate) struct ConversionArguments {
    /// The variant to convert to; also cn tw hk mo sg my s t; `zh`: as written, only markup is evaluated
    #[arg(short, long, value_name = "VARIANT", value_parser = Named::<TargetVariant>::of(target_names))]
    pub(crate) to: Option<TargetVariant>,

    /// The variant that the text is in; `auto` makes mixed text uniform [default: auto]
    #[arg(short, long, value_name = "VARIANT", conflicts_with = "config")]
    #[arg(value_parser = Named::<SourceVariant>::of(|| auto_and(variant_names())))]
    pub(crate) from: Option<SourceVariant>,

    /// An official OpenCC config (s2t, s2twp, ...) or the path of an OpenCC JSON file
    ///
    /// A path with a `/` or with the ending .json or .jsonc is a file if there is one; every other name is that of an official config:
    /// s2t t2s s2tw tw2s s2hk hk2s s2twp tw2sp s2hkp hk2sp t2tw tw2t t2hk hk2t t2jp jp2t. For inputs of some megabytes and more a file is compiled on
    /// the way, so that it is as fast as these.
    #[arg(short, long, value_name = "NAME or FILE", value_hint = ValueHint::FilePath)]
    pub(crate) config: Option<PathBuf>,

    /// How far to go: nothing, single characters, characters and phrases, regional words too [default: variants]
    #[arg(long, value_name = "LEVEL", conflicts_with = "config")]
    #[arg(value_parser = Named::<Level>::of(level_names))]
    pub(crate) level: Option<Level>,

    /// Pairs of your own, `source TAB target` a line; may be given several times, the last wins
    #[arg(long = "dict", value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) dictionaries: Vec<PathBuf>,

    /// Words to leave alone, one a line; they take part in matching like the pairs of --dict; may be given several times
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) protect_words: Vec<PathBuf>,

    /// Convert what stands in `-{...}-` and `-<...>-` too, which is kept otherwise
    #[arg(long)]
    pub(crate) no_markers: bool,

    /// Whether rare characters that many fonts lack may be put out; OpenCC's own command excludes them unless asked [default: include]
    #[arg(long, value_name = "WHICH")]
    pub(crate) tofu_risk: Option<TofuRiskChoice>,

    /// Keep names of places from being broken (岳州, 乾德): in wikitext converted with --to, everywhere, nowhere [default: auto]
    #[arg(long, value_name = "WHERE")]
    pub(crate) guard_names: Option<GuardChoice>,

    /// Which program converts; `opencc` is the C++ library, with a config only, where this command was built with it
    #[arg(long, value_name = "ENGINE", default_value = "tongwen")]
    pub(crate) engine: EngineChoice,

    /// Obey no configuration file
    #[arg(long)]
    pub(crate) no_config: bool,
}

/// The value of `--guard-names`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum GuardChoice {
    /// In wikitext, where a variant is named and not a config.
    #[default]
    Auto,
    Always,
    Never,
}

/// The value of `--to`: a variant, or none for `zh`, the text as written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TargetVariant(pub(crate) Option<Variant>);

impl FromStr for TargetVariant {
    type Err = String;

    fn from_str(name: &str) -> Result<TargetVariant, String> {
        if name.eq_ignore_ascii_case("zh") {
            return Ok(TargetVariant(None));
        }
        name.parse().map(|variant| TargetVariant(Some(variant))).map_err(|error: tongwen::Error| error.to_string())
    }
}

/// The value of `--from`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SourceVariant {
    Auto,
    Known(Variant),
}

impl FromStr for SourceVariant {
    type Err = tongwen::Error;

    fn from_str(name: &str) -> Result<SourceVariant, tongwen::Error> {
        if name.eq_ignore_ascii_case("auto") { Ok(SourceVariant::Auto) } else { name.parse().map(SourceVariant::Known) }
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum EngineChoice {
    #[default]
    Tongwen,
    Opencc,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum TofuRiskChoice {
    Include,
    Exclude,
}

impl From<TofuRiskChoice> for TofuRisk {
    fn from(choice: TofuRiskChoice) -> TofuRisk {
        match choice {
            TofuRiskChoice::Include => TofuRisk::Include,
            TofuRiskChoice::Exclude => TofuRisk::Exclude,
        }
    }
}

pub(super) fn target_names() -> Vec<&'static str> {
    variant_names().into_iter().chain(["zh"]).collect()
}

pub(super) fn level_names() -> Vec<&'static str> {
    [Level::None, Level::Characters, Level::Variants, Level::Phrases].map(Level::name).to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_read() {
        assert!(level_names().into_iter().all(|name| name.parse::<Level>().is_ok()));
        assert!(target_names().into_iter().all(|name| name.parse::<TargetVariant>().is_ok()));
        assert!(auto_and(variant_names()).into_iter().all(|name| name.parse::<SourceVariant>().is_ok()));
    }
}
