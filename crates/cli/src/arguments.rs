//! What can be asked for on the command line.
//!
//! Values are read by the libraries' own `FromStr`; `named` only tells the parser which names there are, for help and completions.

use std::marker::PhantomData;
use std::path::PathBuf;
use std::str::FromStr;

use clap::builder::{PossibleValue, StringValueParser, TypedValueParser};
use clap::{ArgGroup, Args, Parser, Subcommand, ValueEnum, ValueHint};
use clap_complete::Shell;
use tongwen::{InvalidBytes, Level, TofuRisk, Variant};
use tongwen_formats::{
    Citations, Comments, Format, Headings, Links, Mode, NoConversion, NoteTa, PageRules, Positional,
};

/// Convert Chinese text and documents between Simplified and Traditional script and the variants of the regions.
#[derive(Debug, Parser)]
#[command(name = "tongwen", version, arg_required_else_help = true, max_term_width = 100)]
#[command(after_help = "Exit codes: 0 done, 2 wrong usage or nothing could be done, 3 some of several inputs failed.")]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Convert(ConvertArguments),
    Detect(DetectArguments),
    Explain(ExplainArguments),
    /// Print a script that completes this command in a shell.
    Completions {
        /// The shell.
        shell: Shell,
    },
}

/// What to convert to, and how. `convert` and `explain` share it.
///
/// What is left out is looked for in configuration files, so nothing has a default here.
#[derive(Clone, Debug, Default, Args)]
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
    /// s2t t2s s2tw tw2s s2hk hk2s s2twp tw2sp s2hkp hk2sp t2tw tw2t t2hk hk2t t2jp jp2t.
    #[arg(short, long, value_name = "NAME or FILE", value_hint = ValueHint::FilePath)]
    pub(crate) config: Option<PathBuf>,

    /// How far to go: nothing, single characters, characters and phrases, regional words too [default: variants]
    #[arg(long, value_name = "LEVEL", conflicts_with = "config")]
    #[arg(value_parser = Named::<Level>::of(level_names))]
    pub(crate) level: Option<Level>,

    /// Pairs of your own, `source TAB target` a line; may be given several times, the last wins
    #[arg(long = "dict", value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) dictionaries: Vec<PathBuf>,

    /// Convert what stands in `-{...}-` and `-<...>-` too, which is kept otherwise
    #[arg(long)]
    pub(crate) no_markers: bool,

    /// Whether rare characters that many fonts lack may be put out; OpenCC's own command excludes them unless asked [default: include]
    #[arg(long, value_name = "WHICH")]
    pub(crate) tofu_risk: Option<TofuRiskChoice>,

    /// Which program converts; `opencc` is the C++ library, with a config only, where this command was built with it
    #[arg(long, value_name = "ENGINE", default_value = "tongwen")]
    pub(crate) engine: EngineChoice,

    /// Obey no configuration file
    #[arg(long)]
    pub(crate) no_config: bool,
}

/// Convert text and documents
///
/// Reads the files, or standard input where none is named or the name is `-`, and writes to standard output unless told otherwise.
/// Whatever is not to be converted leaves byte for byte.
#[derive(Clone, Debug, Args)]
pub(crate) struct ConvertArguments {
    /// Files to convert; `-` is standard input
    #[arg(value_name = "PATH", value_hint = ValueHint::FilePath)]
    pub(crate) paths: Vec<PathBuf>,

    /// The file to convert, as in opencc's command
    #[arg(short, long, value_name = "FILE", conflicts_with = "paths", value_hint = ValueHint::FilePath)]
    pub(crate) input: Option<PathBuf>,

    /// Write to this file, or into this folder; `-` is standard output; never one of the inputs
    ///
    /// The file is written beside its place and renamed when it is complete, so that a failure leaves the old one as it was; its
    /// permissions stay. A name that ends with `/` is that of a folder, which is made where there is none.
    #[arg(short, long, value_name = "FILE or DIR", value_hint = ValueHint::AnyPath)]
    pub(crate) output: Option<PathBuf>,

    #[command(flatten)]
    pub(crate) conversion: ConversionArguments,

    /// How the documents are written; `auto` goes by the name: .wikitext .wiki .mediawiki; .xml.bz2 .xml.gz .xml.zst are dumps; all else is text
    #[arg(long, value_name = "FORMAT", default_value = "auto")]
    #[arg(value_parser = Named::<FormatChoice>::of(format_names))]
    pub(crate) format: FormatChoice,

    /// What to do with bytes that are not UTF-8: stop, leave them as they are, or put U+FFFD in their place
    #[arg(long, value_name = "WHAT", default_value = "error")]
    pub(crate) invalid: InvalidChoice,

    /// Of a dump, only the pages of this namespace: its number, or its name in the dump; may be given several times
    #[arg(long = "namespace", value_name = "NUMBER or NAME", allow_negative_numbers = true)]
    pub(crate) namespaces: Vec<String>,

    /// Of a dump, only the pages with this title; `*` and `?` stand for other characters; may be given several times
    #[arg(long = "title", value_name = "PATTERN")]
    pub(crate) titles: Vec<String>,

    /// Threads that convert the pages of a dump [default: one for each processor]
    #[arg(short = 'j', long, value_name = "N")]
    pub(crate) threads: Option<usize>,

    /// What to do with conversion markup: keep it, show what it shows in the target variant, drop it and convert nothing [default: preserve]
    ///
    /// `preserve` keeps every `-{...}-` and `-<...>-` byte for byte; rules that a document sets for itself apply all the same. `render` gives
    /// what a reader of the variant sees: not to be saved back to a wiki, because the protection is gone. `strip` gives clean text in the script
    /// that it was written in, and needs no target.
    #[arg(long, value_name = "MODE", value_parser = Named::<Mode>::of(|| Mode::NAMES.to_vec()))]
    pub(crate) mode: Option<Mode>,

    /// A folder with the conversion groups that pages name (`G1=IT` is IT.txt, IT.wikitext or IT.lua); may be given several times
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(crate) groups: Vec<PathBuf>,

    /// Take warnings for errors: a document with one is not written
    #[arg(long)]
    pub(crate) strict: bool,

    /// Write every change, warning and note to this file, a JSON object a line
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) report: Option<PathBuf>,

    /// Say on the terminal what is only worth knowing, too
    #[arg(short, long)]
    pub(crate) verbose: bool,

    /// Say nothing but errors
    #[arg(short, long, conflicts_with = "verbose")]
    pub(crate) quiet: bool,

    #[command(flatten)]
    pub(crate) wikitext: WikitextArguments,
}

impl ConvertArguments {
    /// How many threads convert.
    pub(crate) fn threads(&self) -> usize {
        let all = || std::thread::available_parallelism().map_or(1, usize::from);
        self.threads.unwrap_or_else(all)
    }
}

/// The switches of wikitext.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Wikitext")]
pub(crate) struct WikitextArguments {
    /// Links without a label: add a label where it would differ, leave them, convert the targets [default: expand]
    #[arg(long, value_name = "WHAT", value_parser = Named::<Links>::of(|| Links::NAMES.to_vec()))]
    pub(crate) links: Option<Links>,

    /// Headings, and with them links to sections of the same page [default: convert]
    #[arg(long, value_name = "WHAT", value_parser = Named::<Headings>::of(|| Headings::NAMES.to_vec()))]
    pub(crate) headings: Option<Headings>,

    /// Positional values of templates that are not known to take prose [default: keep]
    #[arg(long, value_name = "WHAT", value_parser = Named::<Positional>::of(|| Positional::NAMES.to_vec()))]
    pub(crate) positional: Option<Positional>,

    /// What templates that cite works show [default: convert]
    #[arg(long, value_name = "WHAT", value_parser = Named::<Citations>::of(|| Citations::NAMES.to_vec()))]
    pub(crate) citations: Option<Citations>,

    /// Comments [default: keep]
    #[arg(long, value_name = "WHAT", value_parser = Named::<Comments>::of(|| Comments::NAMES.to_vec()))]
    pub(crate) comments: Option<Comments>,

    /// Rules that a document sets for itself (`-{H|...}-`, NoteTA) [default: apply]
    #[arg(long, value_name = "WHAT", value_parser = Named::<PageRules>::of(|| PageRules::NAMES.to_vec()))]
    pub(crate) page_rules: Option<PageRules>,

    /// Calls of NoteTA, where the markup is dropped [default: keep]
    #[arg(long, value_name = "WHAT", value_parser = Named::<NoteTa>::of(|| NoteTa::NAMES.to_vec()))]
    pub(crate) note_ta: Option<NoteTa>,

    /// Pages that say __NOCC__: leave them, or convert them all the same [default: respect]
    #[arg(long, value_name = "WHAT", value_parser = Named::<NoConversion>::of(|| NoConversion::NAMES.to_vec()))]
    pub(crate) no_conversion: Option<NoConversion>,
}

/// Tell which script and which region texts are written for
///
/// Prints a line for each text: the script (simplified, traditional, mixed, neutral, none), the region with the probability that it is
/// right, how many Han characters there are and how many that only one script has, and the first of these.
#[derive(Debug, Args)]
pub(crate) struct DetectArguments {
    /// Files to look at; standard input where none is named or the name is `-`
    #[arg(value_name = "PATH", value_hint = ValueHint::FilePath)]
    pub(crate) paths: Vec<PathBuf>,

    /// Print a JSON object a text instead
    #[arg(long)]
    pub(crate) json: bool,
}

/// Tell why each stretch of a text became what it became
///
/// Prints every stretch that changes with its place (line:column) and what it became, and below it the dictionary entries that did it, stage
/// by stage, with the candidates that were not taken.
#[derive(Debug, Args)]
pub(crate) struct ExplainArguments {
    /// The text itself; standard input where there is none or it is `-`
    #[arg(value_name = "TEXT")]
    pub(crate) text: Option<String>,

    #[command(flatten)]
    pub(crate) conversion: ConversionArguments,

    /// Print a JSON object instead
    #[arg(long)]
    pub(crate) json: bool,
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

/// The value of `--format`.
#[derive(Clone, Copy, Debug)]
pub(crate) enum FormatChoice {
    Auto,
    Known(Format),
    /// A dump of a wiki, which is no single document.
    Dump,
}

impl FromStr for FormatChoice {
    type Err = tongwen_formats::Error;

    fn from_str(name: &str) -> Result<FormatChoice, tongwen_formats::Error> {
        match name.to_ascii_lowercase().as_str() {
            "auto" => Ok(FormatChoice::Auto),
            "dump" => Ok(FormatChoice::Dump),
            _ => name.parse().map(FormatChoice::Known),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum InvalidChoice {
    Error,
    Keep,
    Replace,
}

impl From<InvalidChoice> for InvalidBytes {
    fn from(choice: InvalidChoice) -> InvalidBytes {
        match choice {
            InvalidChoice::Error => InvalidBytes::Error,
            InvalidChoice::Keep => InvalidBytes::Keep,
            InvalidChoice::Replace => InvalidBytes::Replace,
        }
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

fn variant_names() -> Vec<&'static str> {
    Variant::ALL.map(Variant::code).to_vec()
}

fn format_names() -> Vec<&'static str> {
    auto_and(Format::ALL.iter().map(|format| format.name()).chain(["dump"]).collect())
}

fn target_names() -> Vec<&'static str> {
    variant_names().into_iter().chain(["zh"]).collect()
}

fn level_names() -> Vec<&'static str> {
    [Level::None, Level::Characters, Level::Variants, Level::Phrases].map(Level::name).to_vec()
}

fn auto_and(names: Vec<&'static str>) -> Vec<&'static str> {
    ["auto"].into_iter().chain(names).collect()
}

/// Reads a value by `FromStr`, whose error becomes the parser's, and tells help and completions what names there are.
struct Named<T> {
    names: fn() -> Vec<&'static str>,
    value: PhantomData<fn() -> T>,
}

impl<T> Named<T> {
    fn of(names: fn() -> Vec<&'static str>) -> Named<T> {
        Named { names, value: PhantomData }
    }
}

impl<T> Clone for Named<T> {
    fn clone(&self) -> Named<T> {
        Named::of(self.names)
    }
}

impl<T> TypedValueParser for Named<T>
where
    T: FromStr + Clone + Send + Sync + 'static,
    T::Err: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    type Value = T;

    fn parse_ref(
        &self,
        command: &clap::Command,
        argument: Option<&clap::Arg>,
        value: &std::ffi::OsStr,
    ) -> Result<T, clap::Error> {
        let parser = StringValueParser::new().try_map(|name: String| name.parse::<T>());
        parser.parse_ref(command, argument, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new((self.names)().into_iter().map(PossibleValue::new)))
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_definition_holds_together_and_every_name_is_read() {
        Arguments::command().debug_assert();
        assert!(level_names().into_iter().all(|name| name.parse::<Level>().is_ok()));
        assert!(auto_and(variant_names()).into_iter().all(|name| name.parse::<SourceVariant>().is_ok()));
    }
}
