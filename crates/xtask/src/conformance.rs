//! Proves that conversion gives the same bytes as OpenCC, with OpenCC's own cases and with the live library.
//!
//! ```text
//! cargo xtask conformance
//! cargo xtask conformance --configs s2twp,tw2sp --text-megabytes 200 --seed 2
//! cargo xtask conformance --kernel avx2
//! cargo xtask conformance --configs t2s --file target/conformance/differences/t2s.txt
//! ```
//!
//! The command runs twice. Built plainly, it fetches OpenCC's wheel and source package, compares all tables with the wheel, and
//! starts itself again through Cargo, this time built with the feature `opencc` and linked with the wheel's libraries. That second
//! self runs
//!
//! - the official cases (`test/testcases/testcases.json`), each alone and all of a config in one text,
//! - the golden files (`test/golden`), except those of the jieba plug-in,
//! - real text and adversarial texts through both engines, all sixteen configs, and those that have risky characters in both
//!   settings; each config in a process of its own, because the library converts one text at a time. The converter is asked through
//!   every entry point: whole texts, streams cut anywhere, lists of edits.
//!
//! The first difference of each config is printed with its surroundings, shrunk, and written to the work folder; the exit status
//! is then 1.
//!
//! # Cost
//!
//! The first run builds an optimised program, which takes a minute; a run with the default sizes takes some minutes more, nearly
//! all of it spent in OpenCC.
//!
//! # Limits
//!
//! NUL is kept out: OpenCC drops the text after it in configs with a segmentation. Linking is set up for the GNU C++ library, as on
//! most Linux systems.

mod compare;
mod engines;
mod launch;
mod official;
mod real_text;

use std::path::{Path, PathBuf};

use tongwen::Config;
use tongwen::instructions::{self, Instructions};

use crate::corpus;
use crate::fetch;
use crate::problem::{Problem, Result};
use engines::Subject;

/// What `cargo xtask conformance` is to do.
#[derive(Clone, clap::Args)]
pub(crate) struct Arguments {
    /// Megabytes of real text for each config
    #[arg(long, value_name = "N", default_value_t = 20)]
    text_megabytes: usize,
    /// Megabytes of adversarial texts for each config
    #[arg(long, value_name = "N", default_value_t = 20)]
    adversarial_megabytes: usize,
    /// Only these configs, separated by commas
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    configs: Vec<Config>,
    /// Compare this text only, such as one from the work folder's `differences`
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
    /// Another seed gives other texts
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// What is compared with the library
    #[arg(long, value_enum, default_value_t = Subject::default())]
    subject: Subject,
    /// Use at most these vector instructions: scalar, avx2, avx512 or neon [default: what the processor has]
    #[arg(long, value_name = "NAME")]
    kernel: Option<Instructions>,
    /// Configs compared at the same time
    #[arg(long, value_name = "N", default_value_t = 2)]
    jobs: usize,
    /// Where packages, programs and differing texts go, instead of target/conformance
    #[arg(long, value_name = "DIR")]
    work: Option<PathBuf>,
    /// Where real text lies (*.txt), instead of target/corpus
    #[arg(long, value_name = "DIR")]
    corpus: Option<PathBuf>,
    /// Compare the one config named, in this process
    #[arg(long, hide = true)]
    in_process: bool,
}

/// Runs the command; see the [module](self).
pub(crate) fn run(root: &Path, arguments: &Arguments) -> Result<()> {
    if let Some(most) = arguments.kernel
        && instructions::limit(most) != most
    {
        println!("not compared: this processor has no {}", most.name());
        return Ok(());
    }
    let run = Run {
        root: root.to_path_buf(),
        work: absolute(arguments.work.as_deref().unwrap_or(&root.join("target/conformance")))?,
        corpus: absolute(arguments.corpus.as_deref().unwrap_or(&root.join(corpus::FOLDER)))?,
        file: arguments.file.as_deref().map(absolute).transpose()?,
        configs: if arguments.configs.is_empty() { Config::ALL.to_vec() } else { arguments.configs.clone() },
        arguments: arguments.clone(),
    };
    if !engines::LINKED {
        return launch::build_and_run(&run);
    }
    if arguments.in_process {
        let reports: Result<Vec<_>> = run.configs.iter().map(|config| compare::config(&run, *config)).collect();
        return verdict(reports?.into_iter().sum());
    }
    let official = if arguments.file.is_none() { official::run(&run)? } else { 0 };
    verdict(official + launch::every_config(&run)?)
}

/// Everything that the parts of a run need to know.
struct Run {
    root: PathBuf,
    work: PathBuf,
    corpus: PathBuf,
    file: Option<PathBuf>,
    configs: Vec<Config>,
    arguments: Arguments,
}

impl Run {
    /// The unpacked wheel.
    fn wheel(&self) -> Result<PathBuf> {
        fetch::wheel(&self.work)
    }
}

fn verdict(failures: usize) -> Result<()> {
    match failures {
        0 => Ok(()),
        count => Err(Problem::new(format!("{count} comparisons differ; the texts are in the work folder"))),
    }
}

fn absolute(path: &Path) -> Result<PathBuf> {
    std::path::absolute(path).map_err(|error| Problem::of(path, error))
}
