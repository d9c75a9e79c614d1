//! Dumps of MediaWiki wikis: XML with thousands of pages, read and written in bounded memory.
//!
//! A dump is not a document like the others: it is too large to be held, it comes compressed, its text is inside of XML, and only
//! some of it is wikitext. Here everything around the text is done, and the caller is asked for each text what becomes of it,
//! usually by way of a [`Document`](crate::Document). All of this is behind the feature `dump`, because it needs libraries for
//! XML and decompression that nothing else here does.
//!
//! ```
//! use tongwen_formats::dump::{self, DumpOptions};
//! use tongwen_formats::{Document, Format, Options};
//!
//! let xml = "<mediawiki><page><title>国</title><ns>0</ns><revision><model>wikitext</model>\
//!            <text bytes=\"23\">[[国]]&#38;&quot;国&quot;</text></revision></page></mediawiki>";
//! let mut written = Vec::new();
//! let summary = dump::convert(
//!     xml.as_bytes(),
//!     &mut written,
//!     &DumpOptions::default(),
//!     |page, new| {
//!         let document = Document::scan(Format::Wikitext, page.text(), &Options::default());
//!         // A stand-in for a converter.
//!         let ranges = document.text_ranges();
//!         let converted: Vec<String> = ranges.into_iter().map(|range| page.text()[range].replace('国', "國")).collect();
//!         new.set(document.pieces(&converted));
//!         Ok(page.title().to_string())
//!     },
//!     |title| assert_eq!(title, "国"),
//! )?;
//! assert_eq!(summary.changed, 1);
//! assert!(String::from_utf8(written)?.contains("<text bytes=\"23\">[[国|國]]&#38;&quot;國&quot;</text>"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What is converted
//!
//! The `<text>` of every revision whose model is `wikitext` and whose format is `text/x-wiki` (either may be missing in the
//! dumps of old releases). Scripts, style sheets, data and boards of discussions are not. All other bytes are as they were:
//! titles, comments, redirects, and also what describes the old text: the attributes `bytes` and `sha1` of `<text>`, and the
//! element `<sha1>`. Whoever checks them has to know that they are the source's.
//!
//! In a text that changes, what stays keeps its bytes, and what is new is escaped as the text around it is.
//!
//! # How
//!
//! `pages.rs` reads events and cuts the XML into batches of whole pages; `run.rs` has them converted, on several threads if asked
//! to, and writes them in order; `content.rs` decodes a text, `rewrite.rs` and `escape.rs` write the new one. Compression
//! lies outside: [`Decompressor`] and [`Compressor`] are a reader and a writer.
//!
//! # Errors
//!
//! A dump that is cut off or damaged is converted up to the page that it is damaged in: when [`convert`] fails, the writer has
//! everything before that page and nothing of it, so that its last page is whole, and the root element is not closed. The
//! error says where. Whoever writes files gives such a file another name than that of a whole one.
//!
//! # Cost
//!
//! What is not converted passes faster than the standard library checks UTF-8, and decoding a text costs about as much again;
//! the time goes into the conversion, and with bzip2 into that (`cargo test --release -p tongwen-tests --test dump speed --
//! --ignored --nocapture` measures). Memory: about a megabyte for each thread, and the largest page several times; see
//! [`DumpOptions::page_limit`].
//!
//! # Limits
//!
//! Namespaces of XML, entities that a DTD defines, and encodings other than UTF-8 are unknown here; no dump has them. References
//! to characters are read only in texts that are converted, so that a wrong one elsewhere passes. Characters that XML does
//! not allow pass as well.
//!
//! Source: <https://www.mediawiki.org/wiki/Help:Export>, and the schemas export-0.3 to export-0.11 of MediaWiki.

mod compression;
mod content;
mod element;
mod error;
mod escape;
mod frames;
mod model;
mod pages;
mod recorder;
mod rewrite;
mod run;
mod select;

use std::error::Error;
use std::io::{Read, Write};

pub use compression::{Compression, Compressor, Decompressor};
pub use error::{DumpError, DumpErrorKind};
pub use rewrite::NewText;
pub use select::{Namespace, TitlePattern};

/// What of a dump is converted, and with how much memory and how many threads. Change the fields of a default one.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct DumpOptions {
    /// The namespaces whose pages are converted; none named is all.
    pub namespaces: Vec<Namespace>,
    /// The titles of the pages that are converted; none named is all. Both have to fit.
    pub titles: Vec<TitlePattern>,
    /// The most bytes of XML that a page may have; a larger one is an error. The default is 64 MiB, far above what MediaWiki saves
    /// in one revision (2 MiB of text) and enough for most histories. Memory grows with the largest page that there really is,
    /// to about four times its size, and twice that with threads.
    pub page_limit: usize,
    /// Threads that convert. With 0 or 1 none is started; else so many are, beside the one that reads and writes. The result is
    /// the same.
    pub threads: usize,
}

impl Default for DumpOptions {
    fn default() -> DumpOptions {
        DumpOptions { namespaces: Vec::new(), titles: Vec::new(), page_limit: 64 << 20, threads: 1 }
    }
}

/// A text of a dump, and where it stands.
#[derive(Debug)]
pub struct PageText<'p> {
    page: &'p pages::PageEntry,
    revision: Option<u64>,
    content: &'p content::Content<'p>,
    offset: u64,
}

impl<'p> PageText<'p> {
    /// The title of the page, with the name of its namespace.
    pub fn title(&self) -> &'p str {
        &self.page.title
    }

    /// The number of the namespace.
    pub fn namespace(&self) -> i64 {
        self.page.namespace
    }

    /// The number of the page.
    pub fn page(&self) -> Option<u64> {
        self.page.id
    }

    /// The number of the revision; a dump may have many of one page.
    pub fn revision(&self) -> Option<u64> {
        self.revision
    }

    /// The wikitext, without the escapes of XML.
    pub fn text(&self) -> &'p str {
        &self.content.text
    }

    /// Where a byte of the text is in the decompressed XML. Costs a binary search.
    pub fn offset(&self, text: usize) -> u64 {
        self.offset + self.content.raw_offset(text) as u64
    }
}

/// What was done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Summary {
    /// Pages of the dump.
    pub pages: u64,
    /// Texts that the conversion was asked about.
    pub texts: u64,
    /// Texts that became other ones.
    pub changed: u64,
    /// Bytes of decompressed XML that were read.
    pub bytes: u64,
}

impl Summary {
    fn add(&mut self, other: &Summary) {
        self.pages += other.pages;
        self.texts += other.texts;
        self.changed += other.changed;
        self.bytes += other.bytes;
    }
}

/// Converts a dump.
///
/// `change` is asked for every text of the selection what becomes of it, on any thread and in any order; it calls
/// [`NewText::set`], or does not if nothing changes. `note` gets what it returns, on this thread and in the order of the dump,
/// once the text is written.
///
/// # Errors
///
/// The first error in the order of the dump: of the reader, of its XML, of `change`, of the writer. What stands before the page
/// that it is in was written by then, and their notes handed out; see the module's documentation.
///
/// # Panics
///
/// If `change` or `note` does.
pub fn convert<N: Send>(
    reader: impl Read,
    writer: impl Write,
    options: &DumpOptions,
    change: impl Fn(&PageText<'_>, &mut NewText<'_>) -> Result<N, Box<dyn Error + Send + Sync>> + Sync,
    note: impl FnMut(N),
) -> Result<Summary, DumpError> {
    run::run(reader, writer, options, change, note)
}
