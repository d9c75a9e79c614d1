//! `tongwen places`, and what it shares with the other commands that look names of places up.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum, ValueHint};

/// Which names are known, and how they are shown.
#[derive(Debug, Args)]
pub(crate) struct GlossaryArguments {
    /// Rows of your own, with the columns of places.csv; may be given several times, the last wins
    #[arg(long = "overlay", value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) overlays: Vec<PathBuf>,

    /// The script of the answer; `auto` is that of the name
    #[arg(long, value_name = "SCRIPT", default_value = "auto")]
    pub(crate) script: ScriptChoice,
}

#[derive(Debug, Subcommand)]
pub(crate) enum PlacesCommand {
    /// All former names of a place of today, oldest first
    ///
    /// Takes a place of today by its name, code or id; of a name that is historical itself, the place that it became. Ends with 1 when a name was
    /// not found.
    Former(PlaceArguments),
    /// Every name and unit before and after a name, oldest first
    ///
    /// Of several places with a name, the one that `lookup` has first; ids choose another. Ends with 1 when a name was not found.
    History(PlaceArguments),
    Check(CheckPlacesArguments),
}

// No documentation comment here: it would replace that of the two commands that have these arguments.
#[derive(Debug, Args)]
pub(crate) struct PlaceArguments {
    /// Names of places, ids or codes; `-` reads them from standard input, one a line
    #[arg(value_name = "NAME", required = true)]
    pub(crate) names: Vec<String>,

    #[command(flatten)]
    pub(crate) glossary: GlossaryArguments,

    /// Print a JSON object a name instead
    #[arg(long)]
    pub(crate) json: bool,
}

/// Say what is wrong with rows of your own
///
/// Prints a line for each fault: file, line, column, what was found and what was expected. Ends with 0 when there is none, else with 1.
#[derive(Debug, Args)]
pub(crate) struct CheckPlacesArguments {
    /// CSV files with the columns of places.csv; `-` is standard input
    #[arg(value_name = "FILE", required = true, value_hint = ValueHint::FilePath)]
    pub(crate) paths: Vec<PathBuf>,
}

/// The value of `--script`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ScriptChoice {
    Auto,
    Hans,
    Hant,
}
