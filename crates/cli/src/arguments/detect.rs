//! `tongwen detect`.

use std::path::PathBuf;

use clap::{Args, ValueHint};

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
