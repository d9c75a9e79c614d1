//! The one error type of this tool: a text for the person who runs it.
//!
//! Nothing here is called by a program, so there is no kind to match on; what counts is that the text names the file and the
//! line first, says what was found, and ends with what to do.

use std::fmt;
use std::path::Path;

/// What went wrong, in words.
#[derive(Debug)]
pub(crate) struct Problem(String);

/// The result of everything in this tool that can fail.
pub(crate) type Result<T, E = Problem> = std::result::Result<T, E>;

impl Problem {
    pub(crate) fn new(text: impl Into<String>) -> Problem {
        Problem(text.into())
    }

    /// A problem with a line of a file; lines count from 1.
    pub(crate) fn at(file: &Path, line: usize, text: impl fmt::Display) -> Problem {
        Problem(format!("{}:{line}: {text}", file.display()))
    }

    /// A problem with a whole file or folder.
    pub(crate) fn of(file: &Path, text: impl fmt::Display) -> Problem {
        Problem(format!("{}: {text}", file.display()))
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Problem {}

/// Reads a file as UTF-8.
pub(crate) fn read_text(file: &Path) -> Result<String> {
    let bytes = std::fs::read(file).map_err(|error| Problem::of(file, error))?;
    String::from_utf8(bytes).map_err(|error| {
        let offset = error.utf8_error().valid_up_to();
        Problem::of(file, format_args!("invalid UTF-8 at byte {offset}; save the file as UTF-8"))
    })
}

/// Writes a file and the folders that it lies in.
pub(crate) fn write(file: &Path, content: &[u8]) -> Result<()> {
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder).map_err(|error| Problem::of(folder, error))?;
    }
    std::fs::write(file, content).map_err(|error| Problem::of(file, error))
}
