//! What can go wrong with a package, and in which of its entries.
//!
//! Apart from the crate's other errors, because these name an entry of an archive and exist only with the feature.

use std::error::Error;
use std::fmt;

/// Why a package was not read or not written.
///
/// The text begins with the entry, where there is one (`OEBPS/one.xhtml: ..`), so that a caller need only put the name of the file before it.
#[derive(Debug)]
pub struct PackageError(Box<Inner>);

#[derive(Debug)]
struct Inner {
    kind: PackageErrorKind,
    entry: Option<String>,
}

/// What went wrong, for programs. The text for people is [`PackageError`]'s `Display`.
#[derive(Debug)]
#[non_exhaustive]
pub enum PackageErrorKind {
    /// The archive is no archive, cut off, or contradicts itself.
    Archive {
        /// What was found.
        message: String,
    },
    /// Two entries have the same name.
    Duplicate,
    /// Two entries share bytes.
    Overlapping,
    /// A file of the package that must be there is not.
    Missing {
        /// What it would say.
        purpose: &'static str,
    },
    /// The package is one of another kind.
    OtherKind {
        /// What it does not have, and what was expected.
        found: &'static str,
    },
    /// The bytes are a container as office programs used it before, and use it for what a password protects.
    Compound,
    /// A text is encrypted.
    Encrypted,
    /// A text is compressed in another way than by deflation.
    Compression {
        /// The number of the method.
        method: u16,
    },
    /// A text cannot be decompressed, or is not what was compressed.
    Damaged {
        /// What was found.
        message: String,
    },
    /// A text is neither UTF-8 nor UTF-16 with a byte order mark.
    NotUnicode,
    /// XML that says what is in the package is not well formed.
    Xml {
        /// What was found.
        message: String,
    },
    /// More than is allowed.
    TooLarge {
        /// What there is too much of.
        what: &'static str,
        /// The most that is allowed.
        limit: u64,
    },
    /// The package would outgrow what its archive can hold.
    Outgrown,
}

impl PackageError {
    pub(super) fn new(kind: PackageErrorKind) -> PackageError {
        PackageError(Box::new(Inner { kind, entry: None }))
    }

    pub(super) fn archive(message: impl fmt::Display) -> PackageError {
        PackageError::new(PackageErrorKind::Archive { message: message.to_string() })
    }

    pub(super) fn within(mut self, entry: &str) -> PackageError {
        self.0.entry.get_or_insert_with(|| entry.to_string());
        self
    }

    /// What went wrong.
    pub fn kind(&self) -> &PackageErrorKind {
        &self.0.kind
    }

    /// The entry of the archive that it is about.
    pub fn entry(&self) -> Option<&str> {
        self.0.entry.as_deref()
    }
}

impl fmt::Display for PackageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(entry) = &self.0.entry {
            write!(f, "{entry}: ")?;
        }
        match &self.0.kind {
            PackageErrorKind::Archive { message } => {
                write!(f, "no whole zip archive: {message}; fetch or save the file again")
            }
            PackageErrorKind::Duplicate => {
                f.write_str("the archive has this name twice, expected one entry a name; pack it anew")
            }
            PackageErrorKind::Overlapping => {
                f.write_str("entries of the archive overlap, expected each to have bytes of its own; pack it anew")
            }
            PackageErrorKind::Missing { purpose } => {
                write!(f, "is not in the archive, expected it to say {purpose}; see whether the format is right")
            }
            PackageErrorKind::OtherKind { found } => write!(f, "{found}; see whether the format is right"),
            PackageErrorKind::Compound => {
                f.write_str("is encrypted, or of the format before DOCX; save it anew without a password")
            }
            PackageErrorKind::Encrypted => f.write_str("is encrypted, and only readable text can be converted"),
            PackageErrorKind::Compression { method } => {
                write!(f, "compressed by method {method}, expected it to be stored or deflated; pack it anew")
            }
            PackageErrorKind::Damaged { message } => {
                write!(f, "damaged: {message}; fetch or save the file again")
            }
            PackageErrorKind::NotUnicode => {
                f.write_str("neither UTF-8 nor UTF-16 with a byte order mark, expected one of them; convert the entry")
            }
            PackageErrorKind::Xml { message } => write!(f, "not well formed: {message}; mend the entry"),
            PackageErrorKind::TooLarge { what, limit } => {
                write!(f, "{what}: more than {limit}, the most that is allowed; allow more if the file is trusted")
            }
            PackageErrorKind::Outgrown => {
                f.write_str("the result needs more than the 4 GiB that this archive can hold; pack it as zip64")
            }
        }
    }
}

impl Error for PackageError {}
