//! `tongwen config`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueHint};

/// Show configuration files, make one
#[derive(Debug, Args)]
pub(crate) struct ConfigArguments {
    #[command(subcommand)]
    pub(crate) command: ConfigCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ConfigCommand {
    /// Print each value that counts and the file that it comes from
    Show {
        /// The document that is asked about [default: one in the current folder]
        #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
        file: Option<PathBuf>,
    },
    /// Write a tongwen.toml that explains every key to the current folder
    Init,
    /// Print the paths of the files that count, the one that decides first
    ///
    /// The exit code is 1 where there is none.
    Path {
        /// The document that is asked about [default: one in the current folder]
        #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
        file: Option<PathBuf>,
    },
}
