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
//! # Conversion markup
//!
//! Authors direct conversion with `-{ }-`. A document can be read in three modes ([`Mode`]): *preserve* keeps the markup, *render*
//! shows what a reader of a variant sees, *strip* shows the page as written. In the last two the working text
//! ([`Document::text`]) is not the source any more, and everything else speaks about the working text. What the page says about its own
//! words (`-{H|..}-`, NoteTA) goes along to the converter as [`Document::page_pairs`]:
//!
//! ```
//! use tongwen::{Converter, Markers, Variant};
//! use tongwen_formats::{Document, Format, LineIndex, Mode, Options};
//!
//! let page = "-{H|zh-cn:内存;zh-tw:記憶體}-内存和[[软件]]，-{zh-cn:硬盘}-";
//! let mut options = Options::default();
//! options.mode = Mode::Render;
//! options.variant = Some(Variant::ZhTw);
//! let document = Document::scan(Format::Wikitext, page, &options);
//!
//! // The document knows where the markup is, so the converter must not look for it.
//! let converter = Converter::builder().to(Variant::ZhTw).markers(Markers::Convert).build()?;
//! let ranges = document.text_ranges();
//! let converted =
//!     converter.convert_ranges_with(document.text(), &ranges, document.page_pairs(), &document.epochs());
//! assert_eq!(document.assemble(&converted), "記憶體和[[软件|軟件]]，硬盘");
//!
//! // What there is to say about it: the last span has no text for zh-tw, and the link got a label.
//! let lines = LineIndex::new(page);
//! let said: Vec<String> = document
//!     .diagnostics(&converted)
//!     .iter()
//!     .map(|diagnostic| format!("{}: {}", lines.position(diagnostic.range.start).column, diagnostic.code))
//!     .collect();
//! assert_eq!(said, ["28: label-added", "35: missing-variant"]);
//! # Ok::<(), tongwen::Error>(())
//! ```
//!
//! | to do | with |
//! |---|---|
//! | choose what is done with links, headings, templates, markup | [`Options`] |
//! | add names of templates, parameters, namespaces | [`Lists`], the field `lists` of the options |
//! | supply conversion groups (`{{NoteTA\|G1=IT}}`) | [`Groups`], the field `groups` of the options |
//! | scan and put together | [`Document`] |
//! | keep the raw bytes of a document around the page | [`Document::pieces`] |
//! | read markup in a stream of plain text | [`StreamMarkup`] |
//! | read and write packages of documents: e-books, office documents | `package`, with the feature `packages` |
//! | tell people what was noticed | [`Document::diagnostics`], [`LineIndex`] |
//!
//! # Laws
//!
//! * [`Document::spans`] partition the working text. As long as markup is kept, that is the source, without the escapes in which JSON, tables and PO write it.
//! * If every converted string equals its stretch of the working text, the assembled document is the source as long as markup is kept.
//! * Scanning takes time and memory linear in the length of the document, and never panics, whatever the bytes.
#![forbid(unsafe_code)]

mod declared;
mod diagnostic;
mod document;
#[cfg(feature = "dump")]
pub mod dump;
mod error;
mod fields;
mod format;
mod groups;
mod html;
mod lists;
mod markdown;
mod markup;
mod options;
#[cfg(feature = "packages")]
pub mod package;
mod prose;
mod text;
mod wikitext;
mod working;
mod xml;

pub use declared::declared_encodings;
pub use diagnostic::{Diagnostic, DiagnosticCode, LineIndex, Position, Severity};
pub use document::{Document, Piece};
pub use error::{Error, ErrorKind};
pub use format::Format;
pub use groups::Groups;
pub use lists::Lists;
pub use markup::StreamMarkup;
pub use options::{
    Citations, Comments, Headings, Languages, Links, Mode, NoConversion, NoTranslate, NoteTa, Options, PageRules,
    Positional,
};
pub use prose::{Joined, Prose, Within, prose};
