//! The one error type of the crate. Looking names up cannot fail; reading tables and compiled data can.

use std::fmt;

use crate::table::Fault;

/// Why tables or compiled data could not be used.
#[derive(Debug)]
pub struct Error(Box<ErrorKind>);

/// What went wrong, for programs. The text for people is [`Error`]'s `Display`.
#[derive(Debug)]
#[non_exhaustive]
pub enum ErrorKind {
    /// Cells of a table that cannot be read; at least one.
    Table {
        /// Each of them, in the order of the files.
        faults: Vec<Fault>,
    },
    /// Compiled data that is none, is of another version, or has been changed.
    Compiled {
        /// What was found, and what to do.
        message: String,
    },
    /// Tables that do not fit into the compiled form.
    TooLarge {
        /// What there is too much of, and how much of it fits.
        message: String,
    },
}

impl Error {
    pub(crate) fn new(kind: ErrorKind) -> Error {
        Error(Box::new(kind))
    }

    pub(crate) fn compiled(message: impl Into<String>) -> Error {
        Error::new(ErrorKind::Compiled { message: message.into() })
    }

    pub(crate) fn too_large(message: impl Into<String>) -> Error {
        Error::new(ErrorKind::TooLarge { message: message.into() })
    }

    /// What went wrong, for programs.
    pub fn kind(&self) -> &ErrorKind {
        &self.0
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.0 {
            ErrorKind::Table { faults } => {
                for (number, fault) in faults.iter().enumerate() {
                    if number > 0 {
                        f.write_str("\n")?;
                    }
                    write!(f, "{fault}")?;
                }
                Ok(())
            }
            ErrorKind::Compiled { message } | ErrorKind::TooLarge { message } => f.write_str(message),
        }
    }
}

impl std::error::Error for Error {}
