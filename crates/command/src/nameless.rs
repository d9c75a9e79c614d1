//! Files that have no name until they are complete.
//!
//! A result that takes nobody's place needs no passing name where the system knows files without one (`O_TMPFILE`): it is written, and then gets
//! its name in one step. That is one change to the folder instead of two, and the folder is what threads wait for that write many small
//! files into one; and nothing is left of a process that is killed.
//!
//! Not every file system has such files, and a name that somebody has taken meanwhile cannot be taken from them. Then all goes on with passing
//! names (`output.rs`). Only on Linux.

use std::fs::File;
use std::io;
use std::path::Path;

#[cfg(target_os = "linux")]
mod system {
    use std::path::PathBuf;
    use std::sync::OnceLock;
    use std::sync::atomic::{AtomicBool, Ordering};

    use rustix::fs::{AtFlags, CWD, Mode, OFlags};
    use rustix::io::Errno;

    use super::*;

    /// Where open files have names.
    const OPEN_FILES: &str = "/proc/self/fd";

    /// Whether the system has refused such files once.
    static REFUSED: AtomicBool = AtomicBool::new(false);

    fn is_known() -> bool {
        static KNOWN: OnceLock<bool> = OnceLock::new();
        !REFUSED.load(Ordering::Relaxed) && *KNOWN.get_or_init(|| Path::new(OPEN_FILES).exists())
    }

    /// A new file that lies in the folder and has no name, with the permissions that a new file has there; none where there are no such files.
    pub(crate) fn create(folder: &Path) -> Option<File> {
        if !is_known() {
            return None;
        }
        let flags = OFlags::TMPFILE | OFlags::RDWR | OFlags::CLOEXEC;
        match rustix::fs::open(folder, flags, Mode::from_raw_mode(0o666)) {
            Ok(file) => Some(file.into()),
            Err(error) => {
                let is_unknown = matches!(error, Errno::OPNOTSUPP | Errno::ISDIR | Errno::INVAL);
                REFUSED.fetch_or(is_unknown, Ordering::Relaxed);
                None
            }
        }
    }

    /// Whether the system names an open file only for who calls it by its place among the open files.
    static NEEDS_PLACE: AtomicBool = AtomicBool::new(false);

    /// Gives a file its name, which nobody else may have.
    pub(crate) fn name(file: &File, name: &Path) -> io::Result<()> {
        let mut named = Err(Errno::NOENT);
        if !NEEDS_PLACE.load(Ordering::Relaxed) {
            // Since Linux 6.10 for whoever has opened the file, before that for privileged users.
            named = rustix::fs::linkat(file, "", CWD, name, AtFlags::EMPTY_PATH);
        }
        if named == Err(Errno::NOENT) {
            NEEDS_PLACE.store(true, Ordering::Relaxed);
            named = by_place(file, name);
        }
        named.map_err(|error| {
            REFUSED.fetch_or(error != Errno::EXIST, Ordering::Relaxed);
            error.into()
        })
    }

    /// The same by way of a path, which takes the system a third longer.
    fn by_place(file: &File, name: &Path) -> rustix::io::Result<()> {
        use std::os::fd::AsRawFd;
        let open = PathBuf::from(format!("{OPEN_FILES}/{}", file.as_raw_fd()));
        rustix::fs::linkat(CWD, open, CWD, name, AtFlags::SYMLINK_FOLLOW)
    }
}

#[cfg(not(target_os = "linux"))]
mod system {
    use super::*;

    pub(crate) fn create(_: &Path) -> Option<File> {
        None
    }

    pub(crate) fn name(_: &File, _: &Path) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }
}

pub(crate) use system::{create, name};
