//! What tells the scripts and the regions apart, as a table of counts, and its compiled form.
//!
//! ```text
//! cargo xtask evidence             make dictionaries/local/evidence.tsv from OpenCC's tables and the corpora
//! cargo xtask evidence compile     make crates/core/compiled/evidence.bin from that table
//! cargo xtask evidence check       compare the two, without network
//! cargo xtask evidence measure     how good the regional guess is
//! cargo xtask evidence mixed       how well mixed input is decided
//! ```

mod compile;
mod corpora;
mod derive;
mod judgement;
mod measure;
mod mixed;
mod rows;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use crate::problem::{Problem, Result};
use crate::tables::Tables;
use corpora::{Class, Half};

const TABLE: &str = "dictionaries/local/evidence.tsv";
const COMPILED: &str = "crates/core/compiled/evidence.bin";

/// What `cargo xtask evidence` is to do.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Where the corpora lie, instead of target/corpus
    #[arg(long, value_name = "DIR", global = true)]
    corpus: Option<PathBuf>,
    #[command(subcommand)]
    command: Option<Subcommand>,
}

#[derive(clap::Subcommand)]
enum Subcommand {
    /// Make the table from OpenCC's tables and the corpora, then compile it (the default)
    Derive {
        /// Take this part of the corpora only
        #[arg(long, value_enum, default_value = "both")]
        half: Half,
    },
    /// Compile the table
    Compile,
    /// Prove that the compiled table is current
    Check,
    /// Measure the regional guess of `detect` on the corpora
    Measure {
        /// Take this part of the corpora only
        #[arg(long, value_enum, default_value = "both")]
        half: Half,
    },
    /// Measure the decision on mixed input on the corpora
    Mixed {
        /// Take this part of the corpora only
        #[arg(long, value_enum, default_value = "both")]
        half: Half,
    },
}

/// Runs the command.
pub(crate) fn run(root: &Path, arguments: &Arguments) -> Result<()> {
    let corpus = arguments.corpus.clone().unwrap_or_else(|| root.join(crate::corpus::FOLDER));
    match arguments.command.as_ref().unwrap_or(&Subcommand::Derive { half: Half::Both }) {
        Subcommand::Derive { half } => {
            let (rows, sizes) = derive::run(&Tables::load_upstream(root)?, &corpus, *half)?;
            crate::problem::write(&root.join(TABLE), rows::write(&rows, &header(sizes)).as_bytes())?;
            let mut kinds: BTreeMap<rows::Kind, usize> = BTreeMap::new();
            rows.iter().for_each(|row| *kinds.entry(row.kind).or_default() += 1);
            kinds.iter().for_each(|(kind, count)| println!("{count:6} {}", kind.name()));
            compile(root)
        }
        Subcommand::Compile => compile(root),
        Subcommand::Measure { half } => measure::run(&corpus, *half),
        Subcommand::Mixed { half } => mixed::run(root, &corpus, *half),
        Subcommand::Check => {
            let file = root.join(COMPILED);
            let committed = std::fs::read(&file).map_err(|error| Problem::of(&file, error))?;
            if compile::run(&rows::read(&root.join(TABLE))?)? == committed {
                return Ok(());
            }
            Err(Problem::of(
                &file,
                format_args!("differs from what {TABLE} compiles to; run `cargo xtask evidence compile`"),
            ))
        }
    }
}

fn compile(root: &Path) -> Result<()> {
    let compiled = compile::run(&rows::read(&root.join(TABLE))?)?;
    println!("{} bytes in {COMPILED}", compiled.len());
    crate::problem::write(&root.join(COMPILED), &compiled)
}

fn header(sizes: [u64; 4]) -> String {
    let mut text = String::new();
    let mut comment =
        |line: std::fmt::Arguments<'_>| writeln!(text, "# {line}").expect("writing to a string cannot fail");
    comment(format_args!(
        "What tells the scripts and the regions apart. Made by `cargo xtask evidence` from OpenCC's tables and the corpora of"
    ));
    comment(format_args!(
        "`cargo xtask corpus` (packages and versions: pair-counts.tsv). Counts only, none of the text. The classes are explained"
    ));
    comment(format_args!(
        "in crates/xtask/src/evidence/rows.rs, the rules that choose them in crates/xtask/src/evidence/derive.rs."
    ));
    for class in Class::ALL {
        comment(format_args!("{}: {} Han characters", class.prefix(), sizes[class as usize]));
    }
    comment(format_args!("class\ttext\thans\thant-tw\thant-hk\thant-classical\tweight (quarters of a bit)\tnote"));
    text
}
