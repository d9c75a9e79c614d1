//! `tongwen places`, and what it shares with the other commands that look names of places up.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum, ValueHint};
use tongwen_glossary::exchange::{ExportFormat, ImportFormat};

use super::named::Named;

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
    Export(ExportPlacesArguments),
    Import(ImportPlacesArguments),
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

/// Give names to other programs
///
/// Writes every historical name, or the ones that are asked for. `lpf` and `csv` hold all that is known; the `opencc-` formats are pairs for
/// whatever reads dictionaries of OpenCC (`convert --dict` too), so that conversion does not break names.
#[derive(Debug, Args)]
pub(crate) struct ExportPlacesArguments {
    /// Ids of names or units; every historical name where none is given
    #[arg(value_name = "ID")]
    pub(crate) ids: Vec<String>,

    /// The format
    #[arg(long, value_name = "FORMAT", value_parser = Named::<ExportFormat>::of(export_names))]
    pub(crate) format: ExportFormat,

    /// Only names whose id begins with this region: xj for Xinjiang, db for the northeast, wg for abroad, ...
    #[arg(long, value_name = "REGION")]
    pub(crate) region: Option<String>,

    /// The units of the code book since 1980 too
    #[arg(long)]
    pub(crate) units: bool,

    /// Rows of your own, with the columns of places.csv; may be given several times, the last wins
    #[arg(long = "overlay", value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) overlays: Vec<PathBuf>,

    /// Write to this file; `-` is standard output
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) output: Option<PathBuf>,
}

/// Make rows of your own from the file of another gazetteer
///
/// Writes a table with the columns of places.csv, for `--overlay`. Records that can be no row are left out and named on standard error. chgis: a table of CHGIS V6 or
/// the list of TGAZ, as CSV; tgaz: Turtle; cbdb: ADDR_CODES as a spreadsheet or CSV; lpf, lp-tsv: Linked Places; geonames: alternateNamesV2.txt; wikidata: the result of
/// a query, as CSV.
#[derive(Debug, Args)]
pub(crate) struct ImportPlacesArguments {
    /// The file; `-` is standard input
    #[arg(value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) path: PathBuf,

    /// What it is
    #[arg(long, value_name = "FORMAT", value_parser = Named::<ImportFormat>::of(import_names))]
    pub(crate) from: ImportFormat,

    /// Write to this file; `-` is standard output; never the file that is read
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) output: Option<PathBuf>,

    /// Take a record that is left out for an error: nothing is written
    #[arg(long)]
    pub(crate) strict: bool,
}

fn export_names() -> Vec<&'static str> {
    ExportFormat::ALL.iter().map(|format| format.name()).collect()
}

fn import_names() -> Vec<&'static str> {
    ImportFormat::ALL.iter().map(|format| format.name()).collect()
}
