//! What can be asked for on the command line: one file a command, and one for what several commands share.
//!
//! Values are read by the libraries' own `FromStr`; `named.rs` only tells the parser which names there are, for help and completions.

mod check;
mod conversion;
mod convert;
mod detect;
mod documents;
mod explain;
mod html;
mod inputs;
mod job;
mod lookup;
mod named;
mod places;
mod reporting;
mod wikitext;

pub(crate) use check::CheckArguments;
pub(crate) use conversion::{ConversionArguments, EngineChoice, SourceVariant, TofuRiskChoice};
pub(crate) use convert::{ConvertArguments, OutputArguments};
pub(crate) use detect::DetectArguments;
pub(crate) use documents::{DocumentArguments, FormatChoice, InvalidChoice};
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

use clap::{Parser, Subcommand};
use clap_complete::Shell;

/// Convert Chinese text and documents between Simplified and Traditional script and the variants of the regions.
#[derive(Debug, Parser)]
#[command(name = "tongwen", version, arg_required_else_help = true, max_term_width = 100)]
#[command(
    after_help = "Exit codes: 0 done, 1 not found, 2 wrong usage or nothing could be done, 3 some of several inputs failed."
)]
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
    /// Former names and the history of places; names to and from other gazetteers
    Places {
        #[command(subcommand)]
        command: PlacesCommand,
    },
    /// Print a script that completes this command in a shell.
    Completions {
        /// The shell.
        shell: Shell,
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
