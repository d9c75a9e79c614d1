//! Tells whether two names are the same file.
//!
//! On Unix by the numbers of device and file, which also tells hard links and redirected streams. Elsewhere by the full path: what a
//! hard link would lead to there is harmless, because a result gets its name by renaming and the other link keeps its content.
//!
//! Nothing is opened or kept open: opening a pipe would wait for its other end, and inputs may be more than files may be open.

use std::path::Path;

/// A regular file, however it is named.
#[cfg(unix)]
#[derive(Debug, PartialEq, Eq, Hash)]
pub(crate) struct Identity {
    device: u64,
    file: u64,
}

#[cfg(unix)]
impl Identity {
    /// `None` where there is no regular file.
    pub(crate) fn of(path: &Path) -> Option<Identity> {
        Identity::new(&std::fs::metadata(path).ok()?)
    }

    /// The file that a stream of this process has been redirected from or to.
    pub(crate) fn of_stream(stream: &impl std::os::fd::AsFd) -> Option<Identity> {
        let file = std::fs::File::from(stream.as_fd().try_clone_to_owned().ok()?);
        Identity::new(&file.metadata().ok()?)
    }

    fn new(metadata: &std::fs::Metadata) -> Option<Identity> {
        use std::os::unix::fs::MetadataExt;
        metadata.is_file().then(|| Identity { device: metadata.dev(), file: metadata.ino() })
    }
}

/// A regular file, however it is named.
#[cfg(not(unix))]
#[derive(Debug, PartialEq, Eq, Hash)]
pub(crate) struct Identity(std::path::PathBuf);

#[cfg(not(unix))]
impl Identity {
    /// `None` where there is no regular file.
    pub(crate) fn of(path: &Path) -> Option<Identity> {
        path.is_file().then(|| path.canonicalize().ok().map(Identity)).flatten()
    }

    /// The file behind a stream is not known here.
    pub(crate) fn of_stream<S>(_: &S) -> Option<Identity> {
        None
    }
}
