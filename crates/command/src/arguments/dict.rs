//! `tongwen dict`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueHint};

/// Look into dictionaries, check and combine your own
#[derive(Debug, Args)]
pub(crate) struct DictArguments {
    #[command(subcommand)]
    pub(crate) command: DictCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum DictCommand {
    /// Print the names of the built-in dictionaries and how many entries they have
    List,
    /// Print the entries of a dictionary, `source TAB candidates` a line
    Show {
        /// A built-in dictionary (STCharacters), or a file in OpenCC's text format
        #[arg(value_name = "NAME or FILE", value_hint = ValueHint::FilePath)]
        dictionary: PathBuf,
    },
    /// Print the entries that have a word as source or candidate, with dictionary and line
    ///
    /// The exit code is 1 where no dictionary has it.
    Search {
        /// The word; with --within, a part of it
        word: String,
        /// Find entries that hold the word within a longer one, too
        #[arg(long)]
        within: bool,
        /// Look into this file of your own pairs, too; may be given several times
        #[arg(long = "dict", value_name = "FILE", value_hint = ValueHint::FilePath)]
        dictionaries: Vec<PathBuf>,
        /// Print a JSON object an entry
        #[arg(long)]
        json: bool,
    },
    /// Check files of your own pairs: form, doubles, blanks that are easily overlooked
    ///
    /// The exit code is 1 where there is something to be said, 2 where a file cannot be used.
    Check {
        /// The files
        #[arg(required = true, value_name = "FILE", value_hint = ValueHint::FilePath)]
        files: Vec<PathBuf>,
    },
    /// Make one file of several of your own pairs: sorted, of two pairs for one source the later one
    Build {
        /// The files, the last wins
        #[arg(required = true, value_name = "FILE", value_hint = ValueHint::FilePath)]
        files: Vec<PathBuf>,
        /// Write to this file; `-` is standard output
        #[arg(short, long, value_name = "FILE", default_value = "-", value_hint = ValueHint::FilePath)]
        output: PathBuf,
    },
}
