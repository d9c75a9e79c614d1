//! `tongwen convert`.

use std::path::PathBuf;
use std::str::FromStr;

use clap::{Args, ValueEnum, ValueHint};
use tongwen::InvalidBytes;
use tongwen_formats::{Format, Mode};

use super::named::{Named, auto_and};
use super::{ConversionArguments, HtmlArguments, WikitextArguments};

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

    /// How the documents are written; `auto` goes by the name: .wikitext .wiki .mediawiki; .html .htm .xhtml; .xml .xliff .xlf .svg .rss .atom .fb2; .xml.bz2 .xml.gz .xml.zst are dumps; all else is text
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

    #[command(flatten)]
    pub(crate) html: HtmlArguments,
}

impl ConvertArguments {
    /// How many threads convert.
    pub(crate) fn threads(&self) -> usize {
        let all = || std::thread::available_parallelism().map_or(1, usize::from);
        self.threads.unwrap_or_else(all)
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

pub(super) fn format_names() -> Vec<&'static str> {
    auto_and(Format::ALL.iter().map(|format| format.name()).chain(["dump"]).collect())
}
