//! What a command says about its work, and how it works.

use std::path::PathBuf;

use clap::{Args, ValueEnum, ValueHint};

/// What is said, where, and with how many threads.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Messages")]
pub(crate) struct ReportingArguments {
    /// Take warnings for errors: a document with one is not written
    #[arg(long)]
    pub(crate) strict: bool,

    /// Write every change, ambiguity, warning and note to this file, a JSON object a line
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) report: Option<PathBuf>,

    /// Say on the terminal what is only worth knowing, too
    #[arg(short, long)]
    pub(crate) verbose: bool,

    /// Say nothing but errors
    #[arg(short, long, conflicts_with = "verbose")]
    pub(crate) quiet: bool,

    /// Threads, for several files and for one long text; the results and their order are the same with any number [default: one for each
    /// processor]
    #[arg(short = 'j', long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub(crate) threads: Option<u16>,

    /// Colours; `auto` is on a terminal, unless NO_COLOR is set [default: auto]
    #[arg(long, value_name = "WHEN")]
    pub(crate) color: Option<ColorChoice>,

    /// Progress of long work; `auto` is when stderr is a terminal [default: auto]
    #[arg(long, value_name = "WHEN")]
    pub(crate) progress: Option<ProgressChoice>,
}

impl ReportingArguments {
    /// How many threads work.
    pub(crate) fn threads(&self) -> usize {
        let all = || std::thread::available_parallelism().map_or(1, usize::from);
        self.threads.map_or_else(all, usize::from)
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum ColorChoice {
    #[default]
    Auto,
    Always,
    Never,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum ProgressChoice {
    #[default]
    Auto,
    Never,
}
