//! The `tongwen` command: files, arguments, terminals and exit codes around the libraries.
//!
//! `arguments` says what can be asked for, one file a command does it, `messages.rs` says what went wrong. The libraries never print
//! and never exit; everything here that is not one of the two is a few lines.

mod ambiguity;
mod annotate;
mod arguments;
mod compiling;
mod configuration;
mod console;
mod conversion;
mod convert;
mod decode;
mod destination;
mod detect;
mod dict;
mod diff;
mod document;
mod dump;
mod encoding;
mod explain;
mod findings;
mod identity;
mod input;
mod interrupt;
mod leftovers;
mod lookup;
mod manual;
mod messages;
mod nameless;
mod output;
mod package;
mod places;
mod progress;
mod protection;
mod settings;
mod show;
mod stream;
mod task;
mod terminal;
mod text_markup;
mod turns;
mod walk;

use std::ffi::OsString;
use std::process::ExitCode;

use arguments::{Arguments, Command};

/// Does what the command line asks for, and says how it went.
pub fn run() -> ExitCode {
    let words: Vec<OsString> = std::env::args_os().collect();
    let arguments = match Arguments::read(&words) {
        Ok(arguments) => arguments,
        Err(error) => return messages::usage(&error).into(),
    };
    let outcome = match arguments.command {
        Command::Convert(arguments) => convert::run(&arguments),
        Command::Check(arguments) => convert::check(&arguments),
        Command::Detect(arguments) => detect::run(&arguments),
        Command::Explain(arguments) => explain::run(&arguments),
        Command::Lookup(arguments) => lookup::run(&arguments),
        Command::Annotate(arguments) => annotate::run(&arguments),
        Command::Places { command } => places::run(&command),
        Command::Dict(arguments) => dict::run(&arguments),
        Command::Config(arguments) => settings::run(&arguments),
        Command::Completions { shell } => manual::completions(shell),
        Command::Man { folder } => manual::man(&folder),
    };
    match outcome {
        Ok(exit) => exit.into(),
        Err(failure) => messages::report(&failure).into(),
    }
}
