//! `tongwen annotate`.

use std::path::PathBuf;

use clap::{Args, ValueHint};
use tongwen_formats::Format;
use tongwen_glossary::render::Style;

use super::lookup::year;
use super::named::{Named, auto_and};
use super::places::GlossaryArguments;
use crate::encoding::{self, EncodingChoice};

/// Find the historical names of a text and say what they are today
///
/// Reads running text: a name that is also a word counts where something near it makes it a place, of several places with a name the years and regions of the text
/// decide, and what is not sure is left alone. Each place is glossed once, and none that the text explains itself. Of wikitext only the prose is read: no
/// template, link target, note or heading. The text is given back with glosses in it, or what was found as JSON, as a table or as a page.
#[derive(Debug, Args)]
pub(crate) struct AnnotateArguments {
    /// The files; `-` is standard input, as is naming none
    #[arg(value_name = "PATH", value_hint = ValueHint::FilePath)]
    pub(crate) paths: Vec<PathBuf>,

    /// How names are shown
    #[arg(long, value_name = "STYLE", default_value = "inline", conflicts_with = "json")]
    #[arg(value_parser = Named::<Style>::of(style_names))]
    pub(crate) style: Style,

    /// The year that the text speaks of (1876, -206, 光绪二年); without it, the years and eras that it names count
    #[arg(long, value_name = "YEAR", allow_negative_numbers = true, value_parser = year)]
    pub(crate) year: Option<i16>,

    /// Where the text plays: a province (新疆, 650000) or the start of ids (xj)
    #[arg(long, value_name = "REGION")]
    pub(crate) region: Option<String>,

    /// Say what places were in this year instead of today
    #[arg(long, value_name = "YEAR", value_parser = year)]
    pub(crate) as_of: Option<i16>,

    /// From 0 to 1: leave alone what is less sure [default: 0.6, with --normalise 0.9]
    #[arg(long, value_name = "SHARE", value_parser = share)]
    pub(crate) threshold: Option<f64>,

    /// Gloss every occurrence, not only the first
    #[arg(long)]
    pub(crate) all: bool,

    /// How the documents are written; `auto` goes by the name, all else is text
    #[arg(long, value_name = "FORMAT", default_value = "auto", value_parser = Named::<TextFormat>::of(format_names))]
    pub(crate) format: TextFormat,

    /// How the bytes are to be read; text with glosses is written in the same encoding, all else in UTF-8 [default: auto]
    #[arg(short, long, value_name = "NAME", value_parser = Named::<EncodingChoice>::of(|| encoding::names("auto")))]
    pub(crate) encoding: Option<EncodingChoice>,

    /// Take each line for a document of its own
    #[arg(long)]
    pub(crate) lines: bool,

    /// Print a JSON object a document instead
    #[arg(long)]
    pub(crate) json: bool,

    /// Put today's names for those of the past, where that is sure
    #[arg(long, conflicts_with_all = ["style", "json", "lines", "all"])]
    pub(crate) normalise: bool,

    /// With --normalise: write what was replaced to this file, as JSON
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, requires = "normalise")]
    pub(crate) map: Option<PathBuf>,

    /// Give back the text from which --normalise made this one; the file is its map
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    #[arg(conflicts_with_all = ["normalise", "style", "json", "lines", "all"])]
    pub(crate) undo: Option<PathBuf>,

    #[command(flatten)]
    pub(crate) glossary: GlossaryArguments,

    /// Write to this file; `-` is standard output
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) output: Option<PathBuf>,
}

/// The value of `--format`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TextFormat(pub(crate) Option<Format>);

impl std::str::FromStr for TextFormat {
    type Err = tongwen_formats::Error;

    fn from_str(name: &str) -> Result<TextFormat, tongwen_formats::Error> {
        if name.eq_ignore_ascii_case("auto") {
            Ok(TextFormat(None))
        } else {
            name.parse().map(|format| TextFormat(Some(format)))
        }
    }
}

fn share(text: &str) -> Result<f64, String> {
    let share = text.parse().ok().filter(|share| (0.0..=1.0).contains(share));
    share.ok_or_else(|| format!("`{text}` is no share; expected a number from 0 to 1, such as 0.8"))
}

fn style_names() -> Vec<&'static str> {
    Style::ALL.iter().map(|style| style.name()).collect()
}

fn format_names() -> Vec<&'static str> {
    auto_and(Format::ALL.iter().map(|format| format.name()).collect())
}
