//! What can be asked for on the command line: one file a command, and one for what several commands share.
//!
//! Values are read by the libraries' own `FromStr`; `named.rs` only tells the parser which names there are, for help and completions.

mod annotate;
mod check;
mod config;
mod conversion;
mod convert;
mod detect;
mod dict;
mod documents;
mod explain;
mod html;
mod inputs;
mod job;
mod lookup;
mod named;
mod one_command;
mod places;
mod reporting;
mod wikitext;

pub(crate) use annotate::AnnotateArguments;
pub(crate) use check::CheckArguments;
pub(crate) use config::{ConfigArguments, ConfigCommand};
pub(crate) use conversion::{ConversionArguments, EngineChoice, GuardChoice, SourceVariant, TofuRiskChoice};
pub(crate) use convert::{ConvertArguments, OutputArguments};
pub(crate) use detect::{DetectArguments, Expected};
pub(crate) use dict::{DictArguments, DictCommand};
pub(crate) use documents::{AmbiguousChoice, DocumentArguments, FormatChoice, InvalidChoice};
pub(crate) use explain::ExplainArguments;
pub(crate) use html::HtmlArguments;
pub(crate) use inputs::InputArguments;
pub(crate) use job::JobArguments;
pub(crate) use lookup::{LookupArguments, year};
pub(crate) use places::{
    CheckPlacesArguments, ExportPlacesArguments, GlossaryArguments, ImportPlacesArguments, PlaceArguments,
    PlacesCommand, ScriptChoice,
};
pub(crate) use reporting::{ColorChoice, ProgressChoice, ReportingArguments};
pub(crate) use wikitext::WikitextArguments;

use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueHint};
use clap_complete::Shell;

/// Enough to begin with.
const AFTER_HELP: &str = "\
Examples:
  echo 头发 | tongwen convert -t zh-tw            a text
  tongwen convert -t zh-tw notes.txt -o new.txt   a file into another
  tongwen convert -t zh-tw docs --diff            what would change in a folder
  tongwen convert -t zh-tw docs -o docs-tw/       a folder into another
  tongwen convert -t zh-tw docs --write           a folder in place
  tongwen explain -t zh-tw 头发                   why

Exit codes:
  0 done; 1 something would change, was not found, or is not as demanded;
  2 wrong usage, or nothing could be done; 3 some of several inputs failed; 130 interrupted";

/// Convert Chinese text and documents between Simplified and Traditional script and the variants of the regions.
#[derive(Debug, Parser)]
#[command(name = "tongwen", version, arg_required_else_help = true, max_term_width = 100)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Convert(ConvertArguments),
    Check(CheckArguments),
    Detect(DetectArguments),
    Explain(ExplainArguments),
    Lookup(LookupArguments),
    Annotate(AnnotateArguments),
    /// Former names and the history of places; names to and from other gazetteers
    Places {
        #[command(subcommand)]
        command: PlacesCommand,
    },
    Dict(DictArguments),
    Config(ConfigArguments),
    /// Print a script that completes this command in a shell
    Completions {
        /// The shell.
        shell: Shell,
    },
    /// Write manual pages, one for each command, into a folder
    Man {
        /// The folder, which is made if there is none.
        #[arg(value_name = "DIR", value_hint = ValueHint::DirPath)]
        folder: PathBuf,
    },
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_definition_holds_together() {
        Arguments::command().debug_assert();
    }
}
