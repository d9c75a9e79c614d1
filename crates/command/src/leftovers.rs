//! Passing files that nobody needs any more, because the process that wrote them was killed outright.
//!
//! A passing file is named `.tongwen-SYSTEM-XXXXXX.tmp`, where `SYSTEM` tells the running system apart from others, and is locked as long as a process
//! writes it: the lock goes with the process, however that ends. So whoever writes into a folder next can tell what is left over, and removes it: what has
//! such a name *of this system*, belongs to the same user, is two seconds old, and can be locked. Files of other machines in a shared folder are never
//! touched, since their locks may not be seen here; nor is what a system has left that was started anew since.
//!
//! Only on Linux, which tells the running system (`/proc/sys/kernel/random/boot_id`). Elsewhere such files stay until somebody removes them.

use std::collections::HashSet;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, OnceLock, PoisonError};

const FIRST: &str = ".tongwen-";
pub(crate) const LAST: &str = ".tmp";

/// What the names of this system's passing files begin with.
pub(crate) fn prefix() -> &'static str {
    static PREFIX: OnceLock<String> = OnceLock::new();
    PREFIX.get_or_init(|| match system() {
        Some(system) => format!("{FIRST}{system}-"),
        None => FIRST.to_string(),
    })
}

/// A name for the running system: another one after every start.
fn system() -> Option<String> {
    let id = fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?;
    let digits: String = id.chars().filter(char::is_ascii_hexdigit).take(8).collect();
    (digits.len() == 8).then_some(digits)
}

/// Marks a passing file as one that is being written.
pub(crate) fn mark(own: &File) {
    // Where files cannot be locked, nothing is removed either.
    let _ = own.try_lock();
}

/// Removes passing files that nobody writes from a folder, once for each folder. `own` is a file in it.
pub(crate) fn tidy(folder: &Path, own: &File) {
    static TIDIED: Mutex<Option<HashSet<PathBuf>>> = Mutex::new(None);
    let mut tidied = TIDIED.lock().unwrap_or_else(PoisonError::into_inner);
    let tidied = tidied.get_or_insert_default();
    if !tidied.contains(folder) {
        tidied.insert(folder.to_path_buf());
        if prefix() != FIRST {
            remove_from(folder, own);
        }
    }
}

#[cfg(unix)]
fn remove_from(folder: &Path, own: &File) {
    use std::os::unix::fs::MetadataExt;
    use std::time::SystemTime;

    /// Seconds in which a file has been locked for certain after it was made.
    const NEW: i64 = 2;
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| since.as_secs() as i64);
    let (Ok(own), Ok(entries)) = (own.metadata(), fs::read_dir(folder)) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let name = name.as_encoded_bytes();
        if !name.starts_with(prefix().as_bytes()) || !name.ends_with(LAST.as_bytes()) {
            continue;
        }
        let is_left = |found: &fs::Metadata| {
            // The time of the last change to the file itself, which a new name is too.
            found.is_file() && found.uid() == own.uid() && found.ino() != own.ino() && found.ctime() + NEW < now
        };
        if !entry.metadata().is_ok_and(|found| is_left(&found)) {
            continue;
        }
        let path = entry.path();
        // Held until it is gone.
        if let Ok(file) = File::open(&path)
            && file.try_lock().is_ok()
        {
            let _ = fs::remove_file(&path);
        }
    }
}

#[cfg(not(unix))]
fn remove_from(_: &Path, _: &File) {}
