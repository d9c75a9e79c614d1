//! What happens when somebody interrupts the command: files that are not complete go, and it ends.
//!
//! A result is written under a passing name first. Those names are listed here while they exist; on SIGINT, SIGTERM or SIGHUP
//! a thread that waits for nothing else removes them and ends the process with the exit code that shells expect, 128 and the number of the signal.
//! The list is locked while a file is made, gets its name or goes, so that a signal finds either the old file or the new one.
//!
//! As long as no result is under way, signals do what they do to any program. Elsewhere than on Unix they always do.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, Once, PoisonError};

static PASSING: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());

fn passing() -> MutexGuard<'static, BTreeSet<PathBuf>> {
    // The set is whole after every step, whoever has panicked in between.
    PASSING.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Makes a file with a passing name; `path` tells the name.
pub(crate) fn create<T>(make: impl FnOnce() -> io::Result<T>, path: impl FnOnce(&T) -> &Path) -> io::Result<T> {
    watch();
    let mut passing = passing();
    let made = make()?;
    passing.insert(path(&made).to_path_buf());
    Ok(made)
}

/// Gives a file its name for good, or removes it: afterwards it has no passing name.
pub(crate) fn settle<T>(path: &Path, settle: impl FnOnce() -> T) -> T {
    let mut passing = passing();
    let settled = settle();
    passing.remove(path);
    settled
}

/// Lets a signal end the process as above.
#[cfg(unix)]
pub(crate) fn watch() {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
    use signal_hook::iterator::Signals;

    static WATCHED: Once = Once::new();
    WATCHED.call_once(|| {
        // Where the system refuses, the command works all the same; an interruption then leaves a passing file.
        let Ok(mut signals) = Signals::new([SIGINT, SIGTERM, SIGHUP]) else { return };
        let wait = move || {
            if let Some(signal) = signals.forever().next() {
                let files = passing();
                for path in files.iter() {
                    let _ = std::fs::remove_file(path);
                }
                // Still locked: nobody makes another one.
                std::process::exit(128 + signal);
            }
        };
        let _ = std::thread::Builder::new().name("signals".to_string()).spawn(wait);
    });
}

#[cfg(not(unix))]
pub(crate) fn watch() {
    static WATCHED: Once = Once::new();
    WATCHED.call_once(|| {});
}
