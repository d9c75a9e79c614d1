//! Which files a command reads: named, listed in a file, or found in folders.

use std::path::PathBuf;

use clap::{Args, ValueHint};

/// The files that a command reads.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Files")]
pub(crate) struct InputArguments {
    /// Files, folders and patterns (`docs/*.md`); `-` is standard input
    ///
    /// A folder stands for the documents in it and below it: files whose names end like those of a known format, or that `--glob` names, or all
    /// if `--format` says what they are. Hidden files are left out, and what .gitignore, .ignore and .tongwenignore name. A file that is
    /// named itself is always taken.
    #[arg(value_name = "PATH", value_hint = ValueHint::AnyPath)]
    pub(crate) paths: Vec<PathBuf>,

    /// In folders, take the files that match; with `!` in front, leave them out; may be given several times, the last that matches wins
    #[arg(short, long = "glob", value_name = "GLOB")]
    pub(crate) globs: Vec<String>,

    /// In folders, take hidden files too
    #[arg(long)]
    pub(crate) hidden: bool,

    /// In folders, obey no .gitignore, .ignore or .tongwenignore
    #[arg(long)]
    pub(crate) no_ignore: bool,

    /// In folders, follow symbolic links
    #[arg(short = 'L', long)]
    pub(crate) follow: bool,

    /// Read the paths from this file too, one a line; `-` is standard input
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) files_from: Option<PathBuf>,

    /// The paths of `--files-from` end with NUL instead of the end of a line
    #[arg(short = '0', long, requires = "files_from")]
    pub(crate) null: bool,
}
