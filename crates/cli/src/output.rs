//! Where results go: standard output, or a file that is either the old one or the new one, never half of it.
//!
//! A regular file is written under a passing name in the same folder and renamed when it is complete; until then, and after a failure,
//! the old file is what it was. The new one has the permissions of the old one and, where the system allows it, its owner. A symbolic
//! link stays one: what it points to is replaced. Other hard links to the old file keep the old content. Devices and pipes
//! (`-o /dev/null`) are written to directly.

use std::fs::{self, File, Metadata, OpenOptions, Permissions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::identity::Identity;
use crate::messages::{Failure, shown, system};

/// The name of standard output in messages.
pub(crate) const STDOUT: &str = "<stdout>";

/// A place for a result as it was named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Output {
    Standard,
    File(PathBuf),
}

impl Output {
    /// The file behind the output, to be compared with what is read.
    pub(crate) fn identity(&self) -> Option<Identity> {
        match self {
            Output::Standard => Identity::of_stream(&io::stdout()),
            Output::File(path) => Identity::of(path),
        }
    }

    pub(crate) fn open(&self) -> Result<Writer, Failure> {
        let to = match self {
            Output::Standard => To::Standard(io::stdout().lock()),
            Output::File(path) => file(path).map_err(|error| Failure::at(shown(path), system(&error)))?,
        };
        Ok(Writer { name: self.name(), to })
    }

    /// The name in messages.
    pub(crate) fn name(&self) -> String {
        match self {
            Output::Standard => STDOUT.to_string(),
            Output::File(path) => shown(path).to_string(),
        }
    }
}

/// A result that is being written. Dropped without [`Writer::finish`], it leaves a file as it was.
pub(crate) struct Writer {
    name: String,
    to: To,
}

enum To {
    Standard(io::StdoutLock<'static>),
    Direct(File),
    Replace { temporary: NamedTempFile, target: PathBuf },
}

impl Writer {
    /// Writes bytes. Callers hand over large pieces: nothing is gathered here.
    pub(crate) fn write(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        let written = match &mut self.to {
            To::Standard(output) => output.write_all(bytes),
            To::Direct(file) => file.write_all(bytes),
            To::Replace { temporary, .. } => temporary.as_file_mut().write_all(bytes),
        };
        written.map_err(|error| Failure::writing(&self.name, error))
    }

    /// Ends a result that is not complete: a file gets its name with `.incomplete` behind it, which is returned. What was there under either
    /// name: the one stays, the other is replaced.
    pub(crate) fn set_aside(self) -> Result<Option<String>, Failure> {
        match self.to {
            To::Replace { temporary, target } => {
                let mut name = target.into_os_string();
                name.push(".incomplete");
                let aside = PathBuf::from(name);
                let shown = shown(&aside).to_string();
                temporary.persist(aside).map_err(|error| Failure::writing(&shown, error.error))?;
                Ok(Some(shown))
            }
            To::Standard(mut output) => {
                output.flush().map(|()| None).map_err(|error| Failure::writing(&self.name, error))
            }
            To::Direct(mut file) => file.flush().map(|()| None).map_err(|error| Failure::writing(&self.name, error)),
        }
    }

    /// Ends the result; a file has its name from here on.
    pub(crate) fn finish(self) -> Result<(), Failure> {
        let finished = match self.to {
            To::Standard(mut output) => output.flush(),
            To::Direct(mut file) => file.flush(),
            To::Replace { temporary, target } => temporary.persist(target).map(drop).map_err(|error| error.error),
        };
        finished.map_err(|error| Failure::writing(&self.name, error))
    }
}

fn file(path: &Path) -> io::Result<To> {
    let existing = match fs::metadata(path) {
        Ok(metadata) => Some(metadata),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(error),
    };
    match existing {
        Some(metadata) if metadata.is_dir() => Err(io::ErrorKind::IsADirectory.into()),
        Some(metadata) if !metadata.is_file() => OpenOptions::new().write(true).open(path).map(To::Direct),
        Some(metadata) => {
            // A file that may not be written to is not replaced either, although the folder would allow it.
            OpenOptions::new().write(true).open(path)?;
            let target = fs::canonicalize(path)?;
            let temporary = beside(&target)?;
            keep(&temporary, &metadata)?;
            Ok(To::Replace { temporary, target })
        }
        None => Ok(To::Replace { temporary: beside(path)?, target: path.to_path_buf() }),
    }
}

/// A new file in the folder of `target`, with the permissions that a new file has there.
fn beside(target: &Path) -> io::Result<NamedTempFile> {
    let folder = target.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::metadata(folder)?;
    let mut builder = tempfile::Builder::new();
    builder.prefix(".tongwen-").suffix(".tmp");
    if let Some(permissions) = usual_permissions() {
        builder.permissions(permissions);
    }
    // The library's errors name the passing file, which nobody has asked for; the kind says enough.
    builder.tempfile_in(folder).map_err(|error| error.kind().into())
}

#[cfg(unix)]
fn usual_permissions() -> Option<Permissions> {
    use std::os::unix::fs::PermissionsExt;
    Some(Permissions::from_mode(0o666))
}

#[cfg(not(unix))]
fn usual_permissions() -> Option<Permissions> {
    None
}

/// Gives the new file what the old one has.
fn keep(new: &NamedTempFile, old: &Metadata) -> io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::{MetadataExt, fchown};
        // Only a privileged user can give files away; for everyone else the file is theirs, as after any other way to write it.
        // Before the permissions, because a change of owner may clear some of them.
        let _ = fchown(new.as_file(), Some(old.uid()), Some(old.gid()));
    }
    new.as_file().set_permissions(old.permissions())
}
