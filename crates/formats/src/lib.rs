//! Which bytes of a document are prose, and how converted prose goes back in.
//!
//! A converter knows text; it must not know link targets, template names, file options or addresses. This crate reads a
//! document in its format and says which bytes may be converted. It converts nothing itself: the caller converts the
//! ranges it is asked for, in whatever way it likes, and [`Document::assemble`] puts the document together again with
//! every other byte as it was.
//!
//! ```
//! use tongwen_formats::{Document, Format, Options};
//!
//! let page = "[[国军]]的'''马'''-{里}-<ref name=国>书</ref>";
//! let document = Document::scan(Format::Wikitext, page, &Options::default());
//! // A stand-in for a converter: one string for each requested range.
//! let converted: Vec<String> = document
//!     .text_ranges()
//!     .into_iter()
//!     .map(|range| page[range].replace('国', "國").replace('军', "軍").replace('马', "馬").replace('书', "書"))
//!     .collect();
//! assert_eq!(document.assemble(&converted), "[[国军|國軍]]的'''馬'''-{里}-<ref name=国>書</ref>");
//! ```
//!
//! # Laws
//!
//! * [`Document::spans`] partition the document.
//! * If every converted string equals its source, the assembled document equals the source.
//! * Scanning takes time and memory linear in the length of the document, and never panics, whatever the bytes.
#![forbid(unsafe_code)]

mod diagnostic;
mod document;
#[cfg(feature = "dump")]
pub mod dump;
mod error;
mod format;
mod groups;
mod lists;
mod markup;
mod options;
mod text;
mod wikitext;
mod working;

pub use diagnostic::{Diagnostic, DiagnosticCode, LineIndex, Position, Severity};
pub use document::{Document, Piece};
pub use error::{Error, ErrorKind};
pub use format::Format;
pub use groups::Groups;
pub use lists::Lists;
pub use markup::StreamMarkup;
pub use options::{Citations, Comments, Headings, Links, Mode, NoConversion, NoteTa, Options, PageRules, Positional};
