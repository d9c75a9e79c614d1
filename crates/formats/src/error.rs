//! The one error type of the crate. Scanning cannot fail; reading names, switches and lists can.

use std::fmt;

/// Why a name was not understood or a list could not be read.
#[derive(Debug)]
pub struct Error(Box<ErrorKind>);

/// What went wrong, for programs. The text for people is [`Error`]'s `Display`.
#[derive(Debug)]
#[non_exhaustive]
pub enum ErrorKind {
    /// No format has this name.
    UnknownFormat {
        /// The name as given.
        name: String,
    },
    /// A switch has no such value.
    UnknownValue {
        /// The name of the switch.
        switch: &'static str,
        /// The value as given.
        value: String,
        /// The values it can have.
        expected: &'static [&'static str],
    },
    /// No list has this name.
    UnknownList {
        /// The name as given.
        name: String,
    },
    /// A file of lists is not well formed.
    List {
        /// The file or other name of the lists.
        name: String,
        /// The line, from 1.
        line: usize,
        /// What was found, what was expected and what to do.
        message: String,
    },
}

impl Error {
    pub(crate) fn new(kind: ErrorKind) -> Error {
        Error(Box::new(kind))
    }

    /// What went wrong.
    pub fn kind(&self) -> &ErrorKind {
        &self.0
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.0 {
            ErrorKind::UnknownFormat { name } => {
                let names = crate::Format::ALL.map(crate::Format::name).join(", ");
                write!(f, "unknown format `{name}`, expected one of {names}; choose one of them")
            }
            ErrorKind::UnknownValue { switch, value, expected } => {
                write!(f, "unknown value `{value}` for {switch}, expected one of {}", expected.join(", "))
            }
            ErrorKind::UnknownList { name } => {
                write!(f, "unknown list `{name}`, expected one of {}", crate::Lists::NAMES.join(", "))
            }
            ErrorKind::List { name, line, message } => write!(f, "{name}:{line}: {message}"),
        }
    }
}

impl std::error::Error for Error {}
