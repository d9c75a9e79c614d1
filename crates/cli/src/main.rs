//! The `tongwen` command: files, arguments, terminals and exit codes around the libraries.
//!
//! `arguments` says what can be asked for, one file a command does it, `messages.rs` says what went wrong. The libraries never print
//! and never exit; everything here that is not one of the two is a few lines.

mod arguments;
mod configuration;
mod console;
mod conversion;
mod convert;
mod decode;
mod destination;
mod detect;
mod diff;
mod document;
mod dump;
mod encoding;
mod explain;
mod findings;
mod identity;
mod input;
mod interrupt;
mod lookup;
mod messages;
mod output;
mod places;
mod progress;
mod show;
mod task;
mod terminal;
mod text_markup;
mod turns;
mod walk;

use std::io::Write;
use std::process::ExitCode;

use clap::{CommandFactory, Parser};

use arguments::{Arguments, Command};
use messages::{Exit, Failure};

fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => return messages::usage(&error).into(),
    };
    let outcome = match arguments.command {
        Command::Convert(arguments) => convert::run(&arguments),
        Command::Check(arguments) => convert::check(&arguments),
        Command::Detect(arguments) => detect::run(&arguments),
        Command::Explain(arguments) => explain::run(&arguments),
        Command::Lookup(arguments) => lookup::run(&arguments),
        Command::Places { command } => places::run(&command),
        Command::Completions { shell } => completions(shell),
    };
    match outcome {
        Ok(exit) => exit.into(),
        Err(failure) => messages::report(&failure).into(),
    }
}

fn completions(shell: clap_complete::Shell) -> Result<Exit, Failure> {
    let mut command = Arguments::command();
    let name = command.get_name().to_owned();
    // Into memory first: the generator panics where it cannot write, and the reader of a pipe may be gone.
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut command, name, &mut script);
    let mut output = std::io::stdout().lock();
    output.write_all(&script).and_then(|()| output.flush()).map_err(|error| Failure::writing(output::STDOUT, error))?;
    Ok(Exit::Done)
}
