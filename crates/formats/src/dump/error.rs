//! What can go wrong with a dump, and where.
//!
//! Apart from the crate's other errors, because these carry a place in the XML and the error of a reader, a writer or the
//! caller's own conversion, and exist only with the feature.

use std::error::Error;
use std::fmt;
use std::io;
use std::ops::Range;

/// Why a dump was not converted to its end, and where in its XML.
///
/// The text begins with the place (`byte 812 of the XML, in page `甲`: ..`), so that a caller need only put the name of the
/// file before it.
#[derive(Debug)]
pub struct DumpError(Box<Inner>);

#[derive(Debug)]
struct Inner {
    kind: DumpErrorKind,
    offset: u64,
    page: Place,
}

/// Where an error stands among the pages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// No page has begun.
    Start,
    /// In the page of this title; empty before the title was read.
    Page(String),
    /// Behind the page of this title.
    After(String),
}

/// What went wrong, for programs. The text for people is [`DumpError`]'s `Display`.
#[derive(Debug)]
#[non_exhaustive]
pub enum DumpErrorKind {
    /// The reader failed; damaged compressed data is such a failure too.
    Read(io::Error),
    /// The writer failed.
    Write(io::Error),
    /// The XML is not well formed.
    Xml {
        /// What was found and what was expected.
        message: String,
    },
    /// The XML ends before its elements are closed.
    Truncated {
        /// The element that it ends in.
        element: &'static str,
    },
    /// Not a dump of a wiki.
    NotADump {
        /// What was found in place of the root element.
        found: String,
    },
    /// The bytes are not UTF-8, or say that they are not.
    NotUtf8,
    /// A page, or an element outside of pages, is larger than the caller allows.
    PageTooLarge {
        /// The bytes that are allowed.
        limit: usize,
    },
    /// The dump declares no namespace of this name.
    UnknownNamespace {
        /// The name as it was asked for.
        name: String,
        /// The names that the dump declares.
        declared: Vec<String>,
    },
    /// The caller's conversion asked for bytes that the text of the page does not have.
    Piece {
        /// The bytes that it asked for.
        range: Range<usize>,
        /// The bytes that there are.
        length: usize,
    },
    /// The caller's conversion failed.
    Conversion(Box<dyn Error + Send + Sync>),
}

impl DumpError {
    pub(super) fn new(kind: DumpErrorKind, offset: u64, page: Place) -> DumpError {
        DumpError(Box::new(Inner { kind, offset, page }))
    }

    /// What went wrong.
    pub fn kind(&self) -> &DumpErrorKind {
        &self.0.kind
    }

    /// The byte of the decompressed XML that the error is about; what stands before the page, or outside of pages before the
    /// byte, has been written.
    pub fn offset(&self) -> u64 {
        self.0.offset
    }

    /// The title of the page that the error is in, if it is in one whose title was read.
    pub fn page(&self) -> Option<&str> {
        match &self.0.page {
            Place::Page(title) if !title.is_empty() => Some(title),
            _ => None,
        }
    }
}

impl fmt::Display for DumpError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Inner { kind, offset, page } = &*self.0;
        if let DumpErrorKind::Write(error) = kind {
            return write!(f, "{error}");
        }
        write!(f, "byte {offset} of the XML")?;
        match page {
            Place::Page(title) if title.is_empty() => f.write_str(", in a page whose title was not read")?,
            Place::Page(title) => write!(f, ", in page `{title}`")?,
            Place::After(title) => write!(f, ", after page `{title}`")?,
            Place::Start => {}
        }
        f.write_str(": ")?;
        match kind {
            DumpErrorKind::Read(error) | DumpErrorKind::Write(error) => write!(f, "{error}"),
            DumpErrorKind::Xml { message } => {
                write!(f, "damaged XML: {message}; get the file again, or repair it there")
            }
            DumpErrorKind::Truncated { element } => {
                write!(f, "the XML ends inside of {element}, expected `</mediawiki>` at its end; get the file again")
            }
            DumpErrorKind::NotADump { found } => {
                write!(f, "found {found}, expected a dump of a MediaWiki wiki, which begins with `<mediawiki`")
            }
            DumpErrorKind::NotUtf8 => f.write_str("not UTF-8, expected a dump in UTF-8; convert the file first"),
            DumpErrorKind::PageTooLarge { limit } => {
                write!(
                    f,
                    "a page of more than {limit} bytes, the most that is allowed; allow more if there is memory for it"
                )
            }
            DumpErrorKind::UnknownNamespace { name, declared } => {
                write!(f, "no namespace is called `{name}`; ")?;
                match declared.as_slice() {
                    [] => f.write_str("the dump declares no names, use the number"),
                    names => write!(f, "the dump has {}, or use the number", names.join(", ")),
                }
            }
            DumpErrorKind::Piece { range, length } => {
                write!(f, "the conversion asked for bytes {range:?} of a text of {length} bytes")
            }
            DumpErrorKind::Conversion(error) => write!(f, "{error}"),
        }
    }
}

impl Error for DumpError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match &self.0.kind {
            DumpErrorKind::Read(error) | DumpErrorKind::Write(error) => Some(error),
            DumpErrorKind::Conversion(error) => Some(&**error),
            _ => None,
        }
    }
}
