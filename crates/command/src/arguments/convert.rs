//! `tongwen convert`.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{ArgGroup, Args, ValueHint};

use super::JobArguments;

/// Convert text and documents
///
/// Reads files and folders, or standard input where none is named or the name is `-`, and writes to standard output unless told otherwise.
/// Whatever is not to be converted leaves byte for byte.
#[derive(Clone, Debug, Args)]
pub(crate) struct ConvertArguments {
    #[command(flatten)]
    pub(crate) output: OutputArguments,

    #[command(flatten)]
    pub(crate) job: JobArguments,
}

/// Where results go.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Output")]
#[group(skip)]
#[command(group = ArgGroup::new("writing").args(["output", "write"]))]
#[command(group = ArgGroup::new("looking").args(["diff", "check", "list"]).multiple(true).conflicts_with("writing"))]
pub(crate) struct OutputArguments {
    /// The file to convert, as in opencc's command
    #[arg(short, long, value_name = "FILE", conflicts_with_all = ["paths", "files_from"], value_hint = ValueHint::FilePath)]
    pub(crate) input: Option<PathBuf>,

    /// Write to this file, or into this folder; `-` is standard output; never one of the inputs
    ///
    /// The file is written beside its place and renamed when it is complete, so that a failure leaves the old one as it was; its
    /// permissions stay. Several inputs, or a folder, go into a folder, which is made where there is none: a file under its own name, a folder's files
    /// as they lie in it. What lies in the folder of the results is none of the inputs. A name that ends with `/` is always that of a folder.
    #[arg(short, long, value_name = "FILE or DIR", value_hint = ValueHint::AnyPath)]
    pub(crate) output: Option<PathBuf>,

    /// Write each file in its own place, if it changes
    ///
    /// Each file is the old one or the new one at any time: the new one is written beside it and renamed. Permissions stay; of a symbolic
    /// link, what it points to is replaced; other hard links to the file keep the old content.
    #[arg(short, long, visible_alias = "in-place")]
    pub(crate) write: bool,

    /// With --write, keep the old file under its name with this at the end
    #[arg(long, value_name = "SUFFIX", requires = "write")]
    pub(crate) backup: Option<OsString>,

    /// Write nothing; print a unified diff of what would change
    #[arg(long, conflicts_with = "list")]
    pub(crate) diff: bool,

    /// Write nothing; the exit code is 1 if something would change
    #[arg(long)]
    pub(crate) check: bool,

    /// Write nothing; print the names of the files that would change
    #[arg(short, long)]
    pub(crate) list: bool,
}
