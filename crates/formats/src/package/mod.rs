//! Packages: archives that hold the texts of one document, as EPUB and DOCX do.
//!
//! A package is no document that can be scanned as one string. Here its texts are found and read, each is scanned as a [`Document`] of its own,
//! and the archive is made anew with what came of them. All of this is behind the feature `packages`, because it needs a library for archives.
//!
//! ```no_run
//! use tongwen_formats::Options;
//! use tongwen_formats::package::{Limits, Package, PackageFormat};
//!
//! let bytes = std::fs::read("book.epub")?;
//! let package = Package::read(PackageFormat::Epub, &bytes, Limits::default())?;
//! let mut new = Vec::new();
//! for part in package.parts() {
//!     let document = part.scan(&Options::default());
//!     // A stand-in for a converter.
//!     let ranges = document.text_ranges();
//!     let converted: Vec<String> = ranges.into_iter().map(|range| document.text()[range].replace('国', "國")).collect();
//!     new.push(document.assemble(&converted));
//! }
//! std::fs::write("book-tw.epub", package.write(&new)?)?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What is converted
//!
//! | EPUB | as |
//! |---|---|
//! | the XHTML documents and pictures (SVG) that a package document lists, among them the navigation | XML |
//! | the same written as HTML, which readers put up with | HTML |
//! | the table of contents of EPUB 2 (NCX) | XML |
//! | of a package document: title, creator, contributor, publisher, description, subject, rights, coverage, source | the text of these elements |
//!
//! | DOCX | as |
//! |---|---|
//! | the document, headers, footers, footnotes, endnotes, comments | paragraphs, whose runs are read together (`fields/word.rs`) |
//! | the titles of charts, the texts of diagrams | paragraphs |
//! | of the properties: title, subject, description, keywords, category, status | the text of these elements |
//!
//! Rules of conversion markup count in the text that they stand in, up to its end. `dc:language` stays, and a note says so: whether the
//! language of the book has become another one is the publisher's to say.
//!
//! # What stays
//!
//! Every other entry, and every entry whose text does not change, keeps its bytes; if none changes, the archive is the same (`archive.rs` says
//! how). Names in the archive and links between the entries stay, so does the encoding of a text.
//!
//! # Safety
//!
//! Nothing is ever unpacked to a disk: names such as `../a` and `/a` are copied like any other. An archive with two entries of one name or with entries that
//! overlap is refused, since programs disagree on what it holds. [`Limits`] bound what is read. The checksum of what is not read is not looked
//! at. A text that is encrypted is an error; fonts that are, are not.
//!
//! # Limits
//!
//! A signature of the package does not fit the new texts; [`Package::is_signed`] tells. Archives of several files are not read. Of a DOCX stay: the labels of
//! lists and the names of styles, which are values of attributes, the numbers and names that charts keep of their tables, documents within the document.
//!
//! Source: EPUB 3.3 and OCF 3.3 of the W3C; OPF 2.0.1 of the IDPF; ECMA-376 parts 1 and 2, 5th edition.

use std::borrow::Cow;
use std::fmt;

use self::archive::Archive;
use self::text::Coding;
use crate::{Document, Options};

mod archive;
mod docx;
mod epub;
mod error;
mod text;

pub use error::{PackageError, PackageErrorKind};

/// How the texts lie in a package.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PackageFormat {
    /// An e-book.
    Epub,
    /// A document of a word processor (Office Open XML), also one with macros, or a template.
    Docx,
}

impl PackageFormat {
    /// Every format.
    pub const ALL: [PackageFormat; 2] = [PackageFormat::Epub, PackageFormat::Docx];

    /// The format that the extension of a file name stands for; letter case does not matter.
    pub fn from_path(path: &std::path::Path) -> Option<PackageFormat> {
        match path.extension()?.to_str()?.to_ascii_lowercase().as_str() {
            "epub" => Some(PackageFormat::Epub),
            "docx" | "docm" | "dotx" | "dotm" => Some(PackageFormat::Docx),
            _ => None,
        }
    }

    /// The name on the command line and in configuration files.
    pub fn name(self) -> &'static str {
        match self {
            PackageFormat::Epub => "epub",
            PackageFormat::Docx => "docx",
        }
    }
}

impl fmt::Display for PackageFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// How much is read of a package at most. Change the fields of a default one.
///
/// An archive of a few kilobytes can be made to grow to gigabytes when it is read. What real documents need is far below the defaults.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Limits {
    /// Entries of the archive: 65,536.
    pub entries: usize,
    /// Decompressed bytes of one text: 256 MiB.
    pub part: u64,
    /// The same of all texts together: 1 GiB.
    pub total: u64,
    /// How many decompressed bytes there may be for each byte of the archive: 200. XML of office documents reaches 50.
    pub ratio: u64,
    /// Up to so many decompressed bytes the ratio does not matter: 32 MiB.
    pub always: u64,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits { entries: 65_536, part: 256 << 20, total: 1 << 30, ratio: 200, always: 32 << 20 }
    }
}

/// How a text is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Syntax {
    Html,
    Xml,
    /// The package document of an e-book.
    BookMetadata,
    /// The properties of an office document.
    DocumentProperties,
    /// Paragraphs of an office document.
    Paragraphs,
}

/// A text of a package.
#[derive(Debug)]
pub struct Part {
    index: usize,
    name: String,
    text: String,
    coding: Coding,
    syntax: Syntax,
}

impl Part {
    /// The name of its entry.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The text, as it is in the entry.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Scans the text. Offsets of the document are bytes of [`Part::text`].
    pub fn scan(&self, options: &Options) -> Document<'_> {
        Document::scan_part(self.syntax, &self.text, options)
    }

    /// Whether its texts are cut into pieces with formatting of their own, so that it matters which of them new text goes to
    /// ([`Document::assemble_by_edits`]).
    pub fn has_runs(&self) -> bool {
        self.syntax == Syntax::Paragraphs
    }

    /// Of paragraphs and metadata, the text as it reads: a line for each paragraph. For showing what is in it, since their XML is often a single
    /// line. None of other texts, which read well enough.
    ///
    /// `text` is [`Part::text`] or what came of it.
    pub fn lines(&self, text: &str, options: &Options) -> Option<String> {
        let is_prose = matches!(self.syntax, Syntax::Paragraphs | Syntax::DocumentProperties);
        is_prose.then(|| Document::scan_part(self.syntax, text, options).fields())
    }

    /// A new text as it is written.
    fn finished(&self, text: &str) -> String {
        match self.syntax {
            Syntax::Paragraphs => crate::fields::word::keep_blanks(&self.text, text.to_string()),
            _ => text.to_string(),
        }
    }
}

/// A package that has been read.
pub struct Package<'a> {
    bytes: &'a [u8],
    archive: Archive<'a>,
    parts: Vec<Part>,
    is_signed: bool,
}

impl fmt::Debug for Package<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts: Vec<&str> = self.parts.iter().map(Part::name).collect();
        f.debug_struct("Package").field("bytes", &self.bytes.len()).field("parts", &parts).finish_non_exhaustive()
    }
}

impl<'a> Package<'a> {
    /// Finds and reads the texts of a package. Takes memory for all of them, decompressed.
    ///
    /// # Errors
    ///
    /// If the bytes are no archive, are cut off or damaged where something is read; if what names the texts is missing; if a text is encrypted or in an unknown encoding; beyond
    /// the limits.
    pub fn read(format: PackageFormat, bytes: &'a [u8], limits: Limits) -> Result<Package<'a>, PackageError> {
        if format == PackageFormat::Docx && docx::is_compound(bytes) {
            return Err(PackageError::new(PackageErrorKind::Compound));
        }
        let mut archive = Archive::open(bytes, limits)?;
        let found = match format {
            PackageFormat::Epub => epub::texts(&mut archive)?,
            PackageFormat::Docx => docx::texts(&mut archive)?,
        };
        let signature = match format {
            PackageFormat::Epub => "META-INF/signatures.xml",
            PackageFormat::Docx => "_xmlsignatures/",
        };
        let is_signed = archive.named().any(|(_, name)| name.starts_with(signature));
        let mut parts = Vec::with_capacity(found.len());
        for (index, name, syntax) in found {
            let (text, coding) = text_of(&mut archive, index, &name)?;
            parts.push(Part { index, name, text, coding, syntax });
        }
        Ok(Package { bytes, archive, parts, is_signed })
    }

    /// The texts, in the order of the archive.
    pub fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// Whether the package has a signature, which will not fit if a text changes.
    pub fn is_signed(&self) -> bool {
        self.is_signed
    }

    /// The archive with new texts: one for each of [`Package::parts`], in the same order. A text that is equal to the old one keeps its entry as it
    /// is; if all are, the archive is the same. A part without a text (too few were given) stays; texts too many are not looked at.
    ///
    /// # Errors
    ///
    /// If the archive would need more than 4 GiB and is none of zip64, or if its headers contradict each other.
    pub fn write(&self, texts: &[impl AsRef<str>]) -> Result<Cow<'a, [u8]>, PackageError> {
        let texts = self.parts.iter().zip(texts.iter().map(AsRef::as_ref));
        let changed: Vec<(usize, Vec<u8>)> = texts
            .filter(|(part, text)| part.text != *text)
            .map(|(part, text)| (part.index, text::encode(part.finished(text), part.coding)))
            .collect();
        if changed.is_empty() {
            return Ok(Cow::Borrowed(self.bytes));
        }
        let changed: Vec<(usize, &[u8])> = changed.iter().map(|(index, text)| (*index, text.as_slice())).collect();
        self.archive.replace(&changed).map(Cow::Owned)
    }
}

/// Reads an entry that is text.
fn text_of(archive: &mut Archive<'_>, index: usize, name: &str) -> Result<(String, Coding), PackageError> {
    archive.read(index).and_then(text::decode).map_err(|error| error.within(name))
}

/// Reads a file that says what is in the package.
fn list_of(archive: &mut Archive<'_>, name: &str, purpose: &'static str) -> Result<String, PackageError> {
    let missing = || PackageError::new(PackageErrorKind::Missing { purpose }).within(name);
    let index = archive.find(name).ok_or_else(missing)?;
    text_of(archive, index, name).map(|(text, _)| text)
}
