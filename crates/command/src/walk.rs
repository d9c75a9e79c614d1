//! Which files the paths of a command line stand for.
//!
//! A file that is named is taken as it is. A folder is walked as ripgrep walks it: sorted by name, without hidden files and what .gitignore,
//! .ignore and .tongwenignore name; symbolic links are not followed unless asked. Of what is found, documents are taken: files whose names
//! end like those of a format. `--glob` or `--format` say that other files are documents too; those are read only if they look like text.

use std::collections::HashSet;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use ignore::WalkBuilder;
use ignore::overrides::{Override, OverrideBuilder};

use crate::arguments::{FormatChoice, InputArguments};
use crate::input::Input;
use crate::messages::{Failure, shown, system};
use crate::task::{self, FileFormat};

/// Bytes in which a file shows that it is no text.
const BEGINNING: usize = 8 * 1024;

/// An input and what it is called below an output folder.
#[derive(Clone, Debug)]
pub(crate) struct Source {
    pub(crate) input: Input,
    /// None for standard input.
    pub(crate) relative: Option<PathBuf>,
}

/// What a command reads.
#[derive(Debug, Default)]
pub(crate) struct Sources {
    pub(crate) all: Vec<Source>,
    /// Whether a folder was among the paths.
    pub(crate) any_folder: bool,
    /// Parts of folders that could not be read.
    pub(crate) failures: Vec<Failure>,
}

/// Finds the inputs. What lies in `except`, the folder for the results, is none.
pub(crate) fn sources(
    arguments: &InputArguments,
    format: FormatChoice,
    except: Option<&Path>,
) -> Result<Sources, Failure> {
    let mut paths = arguments.paths.clone();
    if let Some(list) = &arguments.files_from {
        paths.extend(listed(list, arguments.null)?);
    } else if paths.is_empty() {
        paths.push(PathBuf::from("-"));
    }
    let mut sources = Sources::default();
    let except = except.and_then(|folder| folder.canonicalize().ok());
    for path in &paths {
        match path {
            path if path.as_os_str() == "-" => sources.all.push(Source { input: Input::Standard, relative: None }),
            path if path.is_dir() => {
                sources.any_folder = true;
                // As other tools read them, from the current folder.
                let wanted = Wanted { globs: globs(Path::new("."), &arguments.globs)?, depth: None };
                walk(path, wanted, arguments, format, except.as_deref(), &mut sources)?;
            }
            path if is_pattern(path) => {
                sources.any_folder = true;
                let before = sources.all.len();
                let folder = beginning(path);
                if folder.is_dir() {
                    let wanted = within(folder, path, arguments.hidden)?;
                    walk(folder, wanted, arguments, format, except.as_deref(), &mut sources)?;
                }
                if sources.all.len() == before {
                    sources.failures.push(Failure::at(shown(path), "no file has this name, and none matches it"));
                }
            }
            path => {
                let relative = path.file_name().map(PathBuf::from);
                sources.all.push(Source { input: Input::File(path.clone()), relative });
            }
        }
    }
    Ok(sources)
}

impl Sources {
    /// Leaves out what is named or found a second time, perhaps under another name.
    pub(crate) fn once_each(&mut self) {
        let mut seen = HashSet::new();
        self.all.retain(|source| match source.input.path().map(Path::canonicalize) {
            Some(Ok(path)) => seen.insert(path),
            _ => true,
        });
    }
}

/// Whether a path that no file has was meant for several: not every shell puts the names in.
fn is_pattern(path: &Path) -> bool {
    path.as_os_str().as_encoded_bytes().iter().any(|byte| matches!(byte, b'*' | b'?')) && !path.exists()
}

/// The folder that a pattern looks into.
fn beginning(pattern: &Path) -> &Path {
    let is_plain =
        |folder: &&Path| !folder.as_os_str().as_encoded_bytes().iter().any(|byte| matches!(byte, b'*' | b'?'));
    let folder = pattern.ancestors().skip(1).find(is_plain).unwrap_or(Path::new(""));
    if folder.as_os_str().is_empty() { Path::new(".") } else { folder }
}

/// What of a folder is wanted.
struct Wanted {
    globs: Override,
    /// How many names below the folder it may lie.
    depth: Option<usize>,
}

/// A pattern as it is read from the folder that it looks into. It means what it means in a shell: names without `/` stand for nothing deeper, and hidden
/// files are named by a dot.
fn within(folder: &Path, pattern: &Path, hidden: bool) -> Result<Wanted, Failure> {
    let rest = pattern.strip_prefix(folder).unwrap_or(pattern);
    let glob = rest.iter().fold(String::new(), |glob, name| glob + "/" + &name.to_string_lossy());
    let depth = (!glob.contains("**")).then(|| rest.iter().count());
    let only = if hidden || glob.contains("/.") { vec![glob] } else { vec![glob, "!.*".to_string()] };
    Ok(Wanted { globs: globs(folder, &only)?, depth })
}

/// Which files are meant.
fn globs(folder: &Path, globs: &[String]) -> Result<Override, Failure> {
    let failed = |error| Failure::new(format_args!("--glob: {error}"));
    let mut builder = OverrideBuilder::new(folder);
    for glob in globs {
        builder.add(glob).map_err(failed)?;
    }
    builder.build().map_err(failed)
}

/// The paths in a list.
fn listed(list: &Path, null: bool) -> Result<Vec<PathBuf>, Failure> {
    let input = if list.as_os_str() == "-" { Input::Standard } else { Input::File(list.to_path_buf()) };
    let bytes = input.open()?.read_all()?;
    let end = if null { b'\0' } else { b'\n' };
    let trimmed = |line: &[u8]| match line.strip_suffix(b"\r") {
        Some(line) if !null => line.to_vec(),
        _ => line.to_vec(),
    };
    let lines = bytes.split(|&byte| byte == end).map(trimmed).filter(|line| !line.is_empty());
    lines.map(|line| path_of(line).ok_or_else(|| input.failure("a path that is not UTF-8"))).collect()
}

#[cfg(unix)]
fn path_of(bytes: Vec<u8>) -> Option<PathBuf> {
    use std::os::unix::ffi::OsStringExt;
    Some(PathBuf::from(std::ffi::OsString::from_vec(bytes)))
}

#[cfg(not(unix))]
fn path_of(bytes: Vec<u8>) -> Option<PathBuf> {
    String::from_utf8(bytes).ok().map(PathBuf::from)
}

fn walk(
    root: &Path,
    Wanted { globs, depth }: Wanted,
    arguments: &InputArguments,
    format: FormatChoice,
    except: Option<&Path>,
    sources: &mut Sources,
) -> Result<(), Failure> {
    let includes = globs.num_whitelists() > 0;
    let mut builder = WalkBuilder::new(root);
    builder.standard_filters(!arguments.no_ignore).hidden(!arguments.hidden).follow_links(arguments.follow);
    builder.max_depth(depth);
    builder.overrides(globs);
    if !arguments.no_ignore {
        builder.add_custom_ignore_filename(".tongwenignore");
    }
    if let Some(except) = except.map(Path::to_path_buf) {
        builder.filter_entry(move |entry| {
            let is_folder = entry.file_type().is_some_and(|kind| kind.is_dir());
            !(is_folder && entry.depth() > 0 && entry.path().canonicalize().is_ok_and(|path| path == except))
        });
    }
    let (mut found, mut failures) = (Vec::new(), Vec::new());
    for entry in builder.build() {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                failures.push(unreadable(root, &error));
                continue;
            }
        };
        if let Some(error) = entry.error() {
            failures.push(unreadable(entry.path(), error));
        }
        if !entry.file_type().is_some_and(|kind| kind.is_file()) {
            continue;
        }
        let path = entry.path();
        let known = match task::format_of(path, FormatChoice::Auto) {
            // What is said to be text is none in an archive.
            Some(FileFormat::Package(_)) => matches!(format, FormatChoice::Auto | FormatChoice::Package(_)),
            known => known.is_some(),
        };
        let said = includes || !matches!(format, FormatChoice::Auto);
        if known || (said && looks_like_text(path, format)) {
            let relative = path.strip_prefix(root).ok().map(Path::to_path_buf);
            found.push(Source { input: Input::File(named(path)), relative });
        }
    }
    // All at once, which takes a third of the time of sorting each folder as it is walked.
    found.sort_by_cached_key(|source| source.input.path().map(in_order));
    failures.sort_by_cached_key(|(path, _)| in_order(path));
    sources.all.append(&mut found);
    sources.failures.extend(failures.into_iter().map(|(_, failure)| failure));
    Ok(())
}

/// Paths sorted by this come as folders are read that are sorted by name.
fn in_order(path: &Path) -> Vec<u8> {
    let mut key = Vec::with_capacity(path.as_os_str().len() + 1);
    for name in path {
        key.extend_from_slice(name.as_encoded_bytes());
        key.push(0);
    }
    key
}

/// `./a` is shown and reported as `a`.
fn named(path: &Path) -> PathBuf {
    path.strip_prefix(".").unwrap_or(path).to_path_buf()
}

/// Whether a file that only a glob has named can be a document. What cannot be read is left to fail in its turn.
fn looks_like_text(path: &Path, format: FormatChoice) -> bool {
    if matches!(format, FormatChoice::Dump | FormatChoice::Package(_)) {
        return true;
    }
    let mut beginning = Vec::new();
    let read = File::open(path).and_then(|file| file.take(BEGINNING as u64).read_to_end(&mut beginning));
    read.is_err() || !beginning.contains(&0) || crate::encoding::is_utf16(&beginning)
}

/// Where something could not be read, and why.
fn unreadable(path: &Path, error: &ignore::Error) -> (PathBuf, Failure) {
    // The error knows the path, but shows it only together with its own words.
    let (mut place, mut inner) = (path, error);
    loop {
        match inner {
            ignore::Error::WithPath { path, err } => (place, inner) = (path, err),
            ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => inner = err,
            ignore::Error::Io(cause) => {
                // What walks the folder puts the system's error into one of its own.
                let of_system = cause.get_ref().and_then(|error| error.source()).and_then(|error| error.downcast_ref());
                return (place.to_path_buf(), Failure::at(shown(&named(place)), system(of_system.unwrap_or(cause))));
            }
            ignore::Error::Loop { ancestor, child } => {
                let text = format!("is a link to {}, in which it lies; not followed", shown(ancestor));
                return (child.clone(), Failure::at(shown(&named(child)), text));
            }
            other => return (place.to_path_buf(), Failure::at(shown(&named(place)), other)),
        }
    }
}
