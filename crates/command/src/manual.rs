//! `tongwen completions` and `tongwen man`: what is made from the definition of the command line.

use std::path::Path;

use clap::CommandFactory;
use clap_complete::Shell;

use crate::arguments::Arguments;
use crate::messages::{Exit, Failure, shown, system};
use crate::output::Output;

/// Prints the completions for a shell.
pub(crate) fn completions(shell: Shell) -> Result<Exit, Failure> {
    let mut command = Arguments::command();
    let name = command.get_name().to_owned();
    // Into memory first: the generator panics where it cannot write, and the reader of a pipe may be gone.
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut command, name, &mut script);
    let mut writer = Output::Standard.open()?;
    writer.write(&script)?;
    writer.finish()?;
    Ok(Exit::Done)
}

/// Writes a page for each command into a folder.
pub(crate) fn man(folder: &Path) -> Result<Exit, Failure> {
    let failed = |error: std::io::Error| Failure::at(shown(folder), system(&error));
    std::fs::create_dir_all(folder).map_err(failed)?;
    clap_mangen::generate_to(Arguments::command(), folder).map_err(failed)?;
    Ok(Exit::Done)
}
