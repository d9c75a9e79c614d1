//! Where results go: standard output, or a file that is either the old one or the new one, never half of it.
//!
//! A regular file is written under a passing name in the same folder and renamed when it is complete; until then, and after a failure,
//! the old file is what it was. The new one has the permissions of the old one and, where the system allows it, its owner. Where there is no
//! old file, the new one has no name at all meanwhile, on systems that know such files (`nameless.rs`). A symbolic
//! link stays one: what it points to is replaced. Other hard links to the old file keep the old content. Devices and pipes
//! (`-o /dev/null`) are written to directly.
//!
//! A file that takes the place of another is on the disk before it gets the name, because the old content may exist nowhere else. An
//! interruption removes passing files (`interrupt.rs`); only a process that is killed outright can leave one, named `.tongwen-*.tmp`, which
//! the next one that writes there removes (`leftovers.rs`).
//!
//! On a terminal, control characters of the result other than line feeds and tabs are shown escaped.

use std::ffi::OsStr;
use std::fs::{self, File, Metadata, OpenOptions, Permissions};
use std::io::{self, IsTerminal, Read, Seek, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::identity::Identity;
use crate::interrupt;
use crate::leftovers;
use crate::messages::{Failure, shown, system};
use crate::nameless;
use crate::terminal::Escaper;

/// Bytes that are compared at once.
const PIECE: usize = 128 * 1024;

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
            Output::Standard => {
                let stdout = io::stdout();
                let escaper = stdout.is_terminal().then(Escaper::default);
                To::Standard(stdout, escaper)
            }
            Output::File(path) => file(path).map_err(|error| not_opened(path, &error))?,
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

/// Says which folder is missing, where that is what is wrong.
fn not_opened(path: &Path, error: &io::Error) -> Failure {
    match path.parent().filter(|_| error.kind() == io::ErrorKind::NotFound) {
        Some(folder) => {
            Failure::at(shown(path), format_args!("there is no folder {} to write to; make it first", shown(folder)))
        }
        None => Failure::at(shown(path), system(error)),
    }
}

/// A result that is being written. Dropped without [`Writer::finish`], it leaves a file as it was.
pub(crate) struct Writer {
    name: String,
    to: To,
}

enum To {
    Standard(io::Stdout, Option<Escaper>),
    Direct(File),
    Replace(Replacement),
}

/// A file that is to take a place.
struct Replacement {
    new: New,
    target: PathBuf,
    /// Whether there is another one in that place.
    replaces: bool,
}

/// A file that is not complete.
enum New {
    Passing(Passing),
    Nameless(File),
}

/// A file with a passing name. It goes if the command is interrupted, and where it is given no other name.
struct Passing(Option<NamedTempFile>);

impl Writer {
    /// Writes bytes. Callers hand over large pieces: nothing is gathered here.
    pub(crate) fn write(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        let written = match &mut self.to {
            To::Standard(output, None) => output.write_all(bytes),
            To::Standard(output, Some(escaper)) => output.write_all(&escaper.escape(bytes)),
            To::Direct(file) => file.write_all(bytes),
            To::Replace(replacement) => replacement.file().write_all(bytes),
        };
        written.map_err(|error| Failure::writing(&self.name, error))
    }

    /// Ends a result that is not complete: a file gets its name with `.incomplete` behind it, which is returned. What was there under either
    /// name: the one stays, the other is replaced.
    pub(crate) fn set_aside(self) -> Result<Option<String>, Failure> {
        let flushed = match self.to {
            To::Replace(replacement) => {
                let aside = with_suffix(&replacement.target, OsStr::new(".incomplete"));
                let shown = shown(&aside).to_string();
                replacement.settle(&aside).map_err(|error| Failure::writing(&shown, error))?;
                return Ok(Some(shown));
            }
            To::Standard(mut output, _) => output.flush(),
            To::Direct(mut file) => file.flush(),
        };
        flushed.map(|()| None).map_err(|error| Failure::writing(&self.name, error))
    }

    /// Ends the result; a file has its name from here on.
    pub(crate) fn finish(self) -> Result<(), Failure> {
        self.finish_keeping(None)
    }

    /// Ends the result; where it takes the place of a file, that one is first given its name with the suffix at the end.
    pub(crate) fn finish_keeping(self, suffix: Option<&OsStr>) -> Result<(), Failure> {
        let finished = match self.to {
            To::Standard(mut output, _) => output.flush(),
            To::Direct(mut file) => file.flush(),
            To::Replace(replacement) => {
                if let Some(suffix) = suffix.filter(|_| replacement.replaces) {
                    let backup = with_suffix(&replacement.target, suffix);
                    keep_as(&replacement.target, &backup)
                        .map_err(|error| Failure::at(shown(&backup), system(&error)))?;
                }
                let target = replacement.target.clone();
                replacement.settle(&target)
            }
        };
        finished.map_err(|error| Failure::writing(&self.name, error))
    }

    /// Whether what was written is what is in the file that it would replace. Reads both.
    pub(crate) fn changes_nothing(&mut self) -> Result<bool, Failure> {
        let To::Replace(replacement) = &mut self.to else { return Ok(false) };
        let target = replacement.target.clone();
        let same = same_content(&target, replacement.file());
        same.map_err(|error| Failure::at(&self.name, system(&error)))
    }
}

impl Replacement {
    fn file(&mut self) -> &mut File {
        match &mut self.new {
            New::Passing(passing) => passing.file(),
            New::Nameless(file) => file,
        }
    }

    /// Gives the file a name.
    fn settle(self, name: &Path) -> io::Result<()> {
        match self.new {
            New::Passing(mut passing) => {
                if self.replaces {
                    passing.file().sync_all()?;
                }
                passing.settle(name)
            }
            New::Nameless(mut file) => match nameless::name(&file, name) {
                Ok(()) => Ok(()),
                // Somebody has taken the name, which only another name can take over.
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                    let named = passing_name().make_in(folder_of(name), |passing| nameless::name(&file, passing))?;
                    named.persist(name).map(drop).map_err(|error| error.error)
                }
                // The system does not allow it.
                Err(_) => {
                    let mut copy = Passing::new(name)?;
                    file.rewind()?;
                    io::copy(&mut file, copy.file())?;
                    copy.settle(name)
                }
            },
        }
    }
}

impl Passing {
    /// A new file in the folder of `target`.
    fn new(target: &Path) -> io::Result<Passing> {
        interrupt::create(|| beside(target), NamedTempFile::path).map(|file| Passing(Some(file)))
    }

    fn file(&mut self) -> &mut File {
        self.0.as_mut().expect("only taken when it is settled").as_file_mut()
    }

    fn settle(mut self, name: &Path) -> io::Result<()> {
        let file = self.0.take().expect("only settled once");
        let path = file.path().to_path_buf();
        interrupt::settle(&path, || file.persist(name).map(drop).map_err(|error| error.error))
    }
}

impl Drop for Passing {
    fn drop(&mut self) {
        if let Some(file) = self.0.take() {
            let path = file.path().to_path_buf();
            // Nothing can be done where even removing fails.
            let _ = interrupt::settle(&path, || file.close());
        }
    }
}

fn with_suffix(path: &Path, suffix: &OsStr) -> PathBuf {
    let mut name = path.as_os_str().to_os_string();
    name.push(suffix);
    PathBuf::from(name)
}

/// The name under which `--backup` keeps a file.
pub(crate) fn backup_name(path: &Path, suffix: &OsStr) -> PathBuf {
    with_suffix(&fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf()), suffix)
}

/// Gives a file a second name, over what has it now. Where the system knows no hard links, a copy gets it.
fn keep_as(path: &Path, backup: &Path) -> io::Result<()> {
    let folder = folder_of(path);
    let link = passing_name().make_in(folder, |name| fs::hard_link(path, name));
    match link {
        Ok(link) => link.persist(backup).map(drop).map_err(|error| error.error),
        Err(error) if matches!(error.kind(), io::ErrorKind::PermissionDenied | io::ErrorKind::StorageFull) => {
            Err(error)
        }
        Err(_) => {
            let mut copy = beside(backup)?;
            io::copy(&mut File::open(path)?, copy.as_file_mut())?;
            copy.as_file().set_permissions(fs::metadata(path)?.permissions())?;
            copy.as_file().sync_all()?;
            copy.persist(backup).map(drop).map_err(|error| error.error)
        }
    }
}

/// Whether a file has the content of another one that is open.
fn same_content(path: &Path, written: &mut File) -> io::Result<bool> {
    let mut old = File::open(path)?;
    if old.metadata()?.len() != written.metadata()?.len() {
        return Ok(false);
    }
    written.rewind()?;
    let (mut left, mut right) = (vec![0; PIECE], vec![0; PIECE]);
    loop {
        let count = read_full(&mut old, &mut left)?;
        if read_full(written, &mut right)? != count || left[..count] != right[..count] {
            return Ok(false);
        }
        if count == 0 {
            return Ok(true);
        }
    }
}

fn read_full(file: &mut File, buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        match file.read(&mut buffer[filled..]) {
            Ok(0) => break,
            Ok(count) => filled += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

fn file(path: &Path) -> io::Result<To> {
    let there = |metadata: io::Result<Metadata>| match metadata {
        Ok(metadata) => Ok(Some(metadata)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    };
    let own = there(fs::symlink_metadata(path))?;
    let is_link = own.as_ref().is_some_and(Metadata::is_symlink);
    let existing = if is_link { there(fs::metadata(path))? } else { own };
    match existing {
        Some(metadata) if metadata.is_dir() => Err(io::ErrorKind::IsADirectory.into()),
        Some(metadata) if !metadata.is_file() => OpenOptions::new().write(true).open(path).map(To::Direct),
        Some(metadata) => {
            // A file that may not be written to is not replaced either, although the folder would allow it.
            OpenOptions::new().write(true).open(path)?;
            let target = fs::canonicalize(path)?;
            let mut passing = Passing::new(&target)?;
            keep(passing.file(), &metadata)?;
            Ok(To::Replace(Replacement { new: New::Passing(passing), target, replaces: true }))
        }
        None => {
            let target = if is_link { end_of_links(path) } else { path.to_path_buf() };
            let folder = folder_of(&target);
            let new = match nameless::create(folder) {
                Some(file) => {
                    // Nothing would be left, but an interruption ends the command in the same way as always.
                    interrupt::watch();
                    leftovers::tidy(folder, &file);
                    New::Nameless(file)
                }
                None => New::Passing(Passing::new(&target)?),
            };
            Ok(To::Replace(Replacement { new, target, replaces: false }))
        }
    }
}

/// Where a symbolic link leads whose end is not there, so that the result is made there and the link stays one. Links in a ring end
/// somewhere among them; the system has refused those before.
fn end_of_links(path: &Path) -> PathBuf {
    const MOST_LINKS: usize = 40;
    let mut end = path.to_path_buf();
    for _ in 0..MOST_LINKS {
        let Ok(next) = fs::read_link(&end) else { break };
        end = folder_of(&end).join(next);
    }
    end
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// What makes passing names.
fn passing_name() -> tempfile::Builder<'static, 'static> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(leftovers::prefix()).suffix(leftovers::LAST);
    builder
}

/// A new file in the folder of `target`, with the permissions that a new file has there.
fn beside(target: &Path) -> io::Result<NamedTempFile> {
    let folder = folder_of(target);
    fs::metadata(folder)?;
    let mut builder = passing_name();
    if let Some(permissions) = usual_permissions() {
        builder.permissions(permissions);
    }
    // The library's errors name the passing file, which nobody has asked for; the kind says enough.
    let made = builder.tempfile_in(folder).map_err(|error| io::Error::from(error.kind()))?;
    leftovers::mark(made.as_file());
    leftovers::tidy(folder, made.as_file());
    Ok(made)
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
fn keep(new: &File, old: &Metadata) -> io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::{MetadataExt, fchown};
        // Only a privileged user can give files away; for everyone else the file is theirs, as after any other way to write it.
        // Before the permissions, because a change of owner may clear some of them.
        let _ = fchown(new, Some(old.uid()), Some(old.gid()));
    }
    new.set_permissions(old.permissions())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_file_is_there_when_it_is_complete() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("new.txt");
        let open = || Output::File(path.clone()).open().unwrap();
        let mut given_up = open();
        given_up.write("新".as_bytes()).unwrap();
        assert!(!path.exists());
        drop(given_up);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
        let mut writer = open();
        writer.write("新".as_bytes()).unwrap();
        writer.finish().unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "新");
        let usual = folder.path().join("usual.txt");
        fs::write(&usual, "").unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions(), fs::metadata(&usual).unwrap().permissions());
    }

    #[cfg(unix)]
    #[test]
    fn a_link_whose_end_is_not_there_stays_one() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("deep")).unwrap();
        let (first, second, end) = ("first.txt", "deep/second.txt", "deep/new.txt");
        std::os::unix::fs::symlink(second, folder.path().join(first)).unwrap();
        std::os::unix::fs::symlink("new.txt", folder.path().join(second)).unwrap();
        let mut writer = Output::File(folder.path().join(first)).open().unwrap();
        writer.write("新".as_bytes()).unwrap();
        writer.finish().unwrap();
        assert_eq!(fs::read_to_string(folder.path().join(end)).unwrap(), "新");
        assert!([first, second].iter().all(|link| folder.path().join(link).is_symlink()));
    }

    #[test]
    fn a_name_that_somebody_takes_meanwhile_is_taken_over() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("new.txt");
        let mut writer = Output::File(path.clone()).open().unwrap();
        writer.write("新".as_bytes()).unwrap();
        fs::write(&path, "another, and longer").unwrap();
        writer.finish().unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "新");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
