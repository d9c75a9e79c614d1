//! The one error type of the crate. Conversion cannot fail; building a converter and reading bytes can.

use std::fmt;

/// Why a converter could not be built or bytes could not be read.
#[derive(Debug)]
pub struct Error(Box<ErrorKind>);

/// What went wrong, for programs. The text for people is [`Error`]'s `Display`.
#[derive(Debug)]
#[non_exhaustive]
pub enum ErrorKind {
    /// No official config has this name.
    UnknownConfig {
        /// The name as given.
        name: String,
    },
    /// No variant has this name.
    UnknownVariant {
        /// The name as given.
        name: String,
    },
    /// A dictionary could not be read.
    Dictionary {
        /// The file or other name of the dictionary.
        name: String,
        /// The line, from 1, where one is to blame.
        line: Option<usize>,
        /// What was found, what was expected and what to do.
        message: String,
    },
    /// A config file could not be used.
    ConfigFile {
        /// The file.
        path: String,
        /// The line, from 1, where one is to blame.
        line: Option<usize>,
        /// What was found, what was expected and what to do.
        message: String,
    },
    /// The builder was asked for things that do not go together.
    Builder {
        /// What, and what to do.
        message: String,
    },
    /// A recipe of one's own cannot be compiled; it can be used all the same.
    NotCompiled {
        /// The recipe.
        name: String,
        /// What in it a table cannot hold.
        message: String,
    },
    /// A pair of a page's own ([`PagePairs`](crate::PagePairs)) that cannot be.
    PagePair {
        /// What was found, and what to do.
        message: String,
    },
    /// An engine other than the built-in one refused a text or failed.
    Engine {
        /// The engine.
        name: String,
        /// What it said, and what to do.
        message: String,
    },
    /// The input is not UTF-8.
    InvalidUtf8 {
        /// Byte offset, from the start of the whole input, of the first invalid byte.
        offset: u64,
    },
    /// The operating system would not read a file.
    Io {
        /// The file.
        path: String,
        /// The system's own error.
        source: std::io::Error,
    },
}

impl Error {
    pub(crate) fn new(kind: ErrorKind) -> Error {
        Error(Box::new(kind))
    }

    /// What went wrong, for programs.
    pub fn kind(&self) -> &ErrorKind {
        &self.0
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = |f: &mut fmt::Formatter<'_>, name: &str, line: &Option<usize>| match line {
            Some(line) => write!(f, "{name}:{line}: "),
            None => write!(f, "{name}: "),
        };
        match &*self.0 {
            ErrorKind::UnknownConfig { name } => {
                write!(f, "unknown config `{name}`; the official ones are")?;
                crate::Config::ALL.iter().try_for_each(|config| write!(f, " {config}"))
            }
            ErrorKind::UnknownVariant { name } => {
                write!(f, "unknown variant `{name}`; known are")?;
                crate::Variant::ALL.iter().try_for_each(|variant| write!(f, " {variant}"))
            }
            ErrorKind::Dictionary { name, line, message } => place(f, name, line).and_then(|()| f.write_str(message)),
            ErrorKind::ConfigFile { path, line, message } => place(f, path, line).and_then(|()| f.write_str(message)),
            ErrorKind::Builder { message } | ErrorKind::PagePair { message } => f.write_str(message),
            ErrorKind::NotCompiled { name, message } => {
                write!(f, "{name}: cannot be compiled, only run stage by stage: {message}")
            }
            ErrorKind::Engine { name, message } => write!(f, "engine {name}: {message}"),
            ErrorKind::InvalidUtf8 { offset } => {
                write!(
                    f,
                    "invalid UTF-8 at byte {offset}; convert the input to UTF-8, or ask for invalid bytes to be kept or replaced"
                )
            }
            ErrorKind::Io { path, source } => write!(f, "{path}: {source}"),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &*self.0 {
            ErrorKind::Io { source, .. } => Some(source),
            _ => None,
        }
    }
}
