//! Runs a command and writes the most memory that it held, in bytes, to a file.
//!
//! `tongwen-bench-peak FILE PROGRAM [ARGUMENT]...` passes its own standard streams on. It stands apart from the
//! benchmark because the kernel counts what a process holds between fork and exec as the child's, so that a child of a
//! large parent would start with the parent's figure; this one holds about 2 MB, which is the least that it can report.

use std::env;
use std::fs;
use std::process::{Command, ExitCode};

fn main() -> ExitCode {
    let mut arguments = env::args_os().skip(1);
    let (Some(file), Some(program)) = (arguments.next(), arguments.next()) else {
        eprintln!("usage: tongwen-bench-peak FILE PROGRAM [ARGUMENT]...");
        return ExitCode::from(2);
    };
    let status = match Command::new(&program).args(arguments).status() {
        Ok(status) => status,
        Err(error) => {
            eprintln!("{}: {error}", program.to_string_lossy());
            return ExitCode::from(2);
        }
    };
    let Some(bytes) = peak_of_children() else {
        eprintln!("peak memory of a child is not known on this system");
        return ExitCode::from(2);
    };
    if let Err(error) = fs::write(&file, bytes.to_string()) {
        eprintln!("{}: {error}", file.to_string_lossy());
        return ExitCode::from(2);
    }
    if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// The largest resident set of any child that has ended, in bytes.
#[cfg(unix)]
fn peak_of_children() -> Option<u64> {
    use nix::sys::resource::{UsageWho, getrusage};

    // Kilobytes everywhere but on Apple's systems, which count bytes.
    let unit = if cfg!(target_vendor = "apple") { 1 } else { 1024 };
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN).ok()?;
    u64::try_from(usage.max_rss()).ok().map(|size| size * unit)
}

#[cfg(not(unix))]
fn peak_of_children() -> Option<u64> {
    None
}
