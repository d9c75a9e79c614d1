//! How documents are read: their format, their bytes, their conversion markup.

use std::path::PathBuf;
use std::str::FromStr;

use clap::{Args, ValueEnum, ValueHint};
use tongwen::InvalidBytes;
use tongwen_formats::package::PackageFormat;
use tongwen_formats::{Format, Mode};

use super::named::{Named, auto_and};
use crate::encoding::{self, EncodingChoice, OutputEncodingChoice};

/// How documents are read.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Documents")]
pub(crate) struct DocumentArguments {
    /// How the documents are written; `auto` goes by the name: .wikitext .wiki .mediawiki; .md .markdown; .html .htm .xhtml; .xml .xliff .xlf .svg .rss .atom .fb2; .json .geojson .webmanifest .jsonl .ndjson; .csv .tsv .tab; .srt .vtt .ass .ssa; .po .pot; .epub; .docx .docm .dotx .dotm; .xml.bz2 .xml.gz .xml.zst are dumps; all else is text
    #[arg(long, value_name = "FORMAT", default_value = "auto")]
    #[arg(value_parser = Named::<FormatChoice>::of(format_names))]
    pub(crate) format: FormatChoice,

    /// How the bytes are to be read; `auto` goes by byte order mark, what the document declares, and content: UTF-8, UTF-16, GB18030, Big5 [default: auto]
    ///
    /// HTML, XML and PO can declare an encoding. A document that is not UTF-8 and not clearly one of the others is an error. The result is written in the same encoding; byte order mark and
    /// line ends stay.
    #[arg(short, long, value_name = "NAME", value_parser = Named::<EncodingChoice>::of(|| encoding::names("auto")))]
    pub(crate) encoding: Option<EncodingChoice>,

    /// How the result is to be written [default: same]
    #[arg(long, value_name = "NAME", value_parser = Named::<OutputEncodingChoice>::of(|| encoding::names("same")))]
    pub(crate) output_encoding: Option<OutputEncodingChoice>,

    /// Write a question mark for each character that the output encoding does not have, which is an error otherwise
    #[arg(long)]
    pub(crate) lossy: bool,

    /// What to do with bytes that are no text: stop, leave them as they are, or put U+FFFD in their place
    #[arg(long, value_name = "WHAT", default_value = "error")]
    pub(crate) invalid: InvalidChoice,

    /// Leave what matches this regular expression, looked for line by line; may be given several times
    #[arg(long, value_name = "REGEX")]
    pub(crate) protect: Vec<String>,

    /// What to do with a character that may become several others where no phrase decides: take the first, keep it, mark all (`⟦發/髮⟧`), or
    /// stop with exit code 1 [default: first]
    #[arg(long, value_name = "WHAT")]
    pub(crate) ambiguous: Option<AmbiguousChoice>,

    /// Of JSON, tables: only this field; a JSON pointer (`/title`, `/items/*/text`), the name of a column or its number; may be given several times
    ///
    /// A pointer names a value and all strings in it; `*` stands for every element or member. Without the option all strings of JSON and all
    /// cells of a table are converted; with it the first row of a table stays.
    #[arg(long = "field", value_name = "NAME")]
    pub(crate) fields: Vec<String>,

    /// Of a dump, only the pages of this namespace: its number, or its name in the dump; may be given several times
    #[arg(long = "namespace", value_name = "NUMBER or NAME", allow_negative_numbers = true)]
    pub(crate) namespaces: Vec<String>,

    /// Of a dump, only the pages with this title; `*` and `?` stand for other characters; may be given several times
    #[arg(long = "title", value_name = "PATTERN")]
    pub(crate) titles: Vec<String>,

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
}

/// The value of `--format`.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) enum FormatChoice {
    #[default]
    Auto,
    Known(Format),
    /// An archive that holds the texts of a document.
    Package(PackageFormat),
    /// A dump of a wiki, which is no single document.
    Dump,
}

impl FromStr for FormatChoice {
    type Err = String;

    fn from_str(name: &str) -> Result<FormatChoice, String> {
        let folded = name.to_ascii_lowercase();
        let package = PackageFormat::ALL.into_iter().find(|format| format.name() == folded);
        match folded.as_str() {
            "auto" => Ok(FormatChoice::Auto),
            "dump" => Ok(FormatChoice::Dump),
            _ if let Some(package) = package => Ok(FormatChoice::Package(package)),
            _ => name.parse().map(FormatChoice::Known).map_err(|_| {
                format!("unknown format `{name}`, expected one of {}; choose one of them", format_names().join(", "))
            }),
        }
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum InvalidChoice {
    #[default]
    Error,
    Keep,
    Replace,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum AmbiguousChoice {
    #[default]
    First,
    Keep,
    Mark,
    Error,
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
    let packages = PackageFormat::ALL.iter().map(|format| format.name());
    auto_and(Format::ALL.iter().map(|format| format.name()).chain(packages).chain(["dump"]).collect())
}
