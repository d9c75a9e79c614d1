//! `tongwen check`.

use clap::Args;

use super::JobArguments;

/// Tell what conversion would change, and write nothing
///
/// Prints a line for every change, `PATH:LINE:COLUMN: from → to`, with the dictionary entry that decides. The exit code is 0 where nothing
/// would change and 1 where something would: for CI and commit hooks.
#[derive(Clone, Debug, Args)]
pub(crate) struct CheckArguments {
    /// Print what would change as a unified diff
    #[arg(long, help_heading = "Output")]
    pub(crate) diff: bool,

    /// Print only the names of the files that would change
    #[arg(short, long, help_heading = "Output", conflicts_with = "diff")]
    pub(crate) list: bool,

    /// Print a JSON object a file
    #[arg(long, help_heading = "Output", conflicts_with_all = ["diff", "list"])]
    pub(crate) json: bool,

    #[command(flatten)]
    pub(crate) job: JobArguments,
}
