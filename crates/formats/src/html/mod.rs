//! HTML, as the language converter of MediaWiki treats the pages that it serves.
//!
//! What a reader sees is text; everything else stays, byte for byte. Here `国` is text in four places:
//!
//! ```text
//! <p lang="ja" title="国">国<img src="国.png" alt=国><code>国</code>&nbsp;国<!-- 国 --></p>
//!                     ^^  ^^                      ^^                      ^^
//! ```
//!
//! | left alone | but converted |
//! |---|---|
//! | everything between `<` and `>`; a tag that is never closed protects the rest | the values of `title`, `alt` and other attributes of a list, unless they contain `://` |
//! | the contents of `<code>`, `<pre>`, `<script>`, `<style>`, `<math>`, `<svg>`: two lists | those of `<kbd>`, `<samp>`, `<var>`, `<tt>`, `<rt>` |
//! | entities (words end there), comments, `<?..?>`, `<![CDATA[..]]>` | |
//! | elements in another language (`lang="ja"`) | elements inside that are Chinese |
//! | elements that are not to be translated (`translate="no"`, class `notranslate`), as tools for translation leave them | elements inside with `translate="yes"`, the page of which `<html>` says so |
//! | addresses (`http://..`), the label of a link that begins like one | other labels |
//! | a page with `__NOCC__` in its text, all of it | |
//!
//! Conversion markup is read in text and in the values that are converted ([`crate::markup`]); in other tags, comments,
//! scripts, styles and formulas it is not seen. In `<code>` and `<pre>` it is, and where it is dropped the text around it
//! there becomes text as any other: to the wiki, which reads between the spans, it stands in no element.
//!
//! What differs from the wiki's converter, each time in favour of leaving bytes as they are, or of pages that no wiki made:
//!
//! * a comment ends at `-->`, not at the first `>`, an instruction at `?>`, and a `<` that begins no tag before the next `<`;
//! * `lang` and `translate` count ([`languages`]), unless markup is evaluated: that is to give what readers of the wiki see;
//! * names of elements may have capitals, `<code>` may have attributes, `<style>` stays, `<svg/>` is empty;
//! * `<script>`, `<style>`, `<math>` and `<svg>` that are never closed protect the rest;
//! * values of `title` and `alt` keep their quotation marks and entities, and a tag in such a value stays as it is; behind
//!   `&lt;` in one the text goes on;
//! * addresses in text stay although nothing made a link of them;
//! * where markup is kept, `<code>` and `<pre>` with markup stay whole.
//!
//! # Steps
//!
//! 1. [`spans`] pairs the brackets of the markup, [`tags`] knows what begins with `<`, [`languages`] which elements are open.
//! 2. [`walk`] scans what is between the spans and evaluates these, in the order of the page.
//! 3. When the document is put together, [`values`] sees that what is new in the value of an attribute does not end it.
//!
//! # Cost
//!
//! Linear in time and memory. Nothing is recursive; in a page there are values, and in these nothing is scanned further.
//!
//! # Limits
//!
//! * No parse tree is made. The values of `lang` stay as they are.
//! * Rules that a value sets count from there on, also for the text behind it up to the next span; to the wiki they count
//!   for the text before it as well, back to the last span.
//! * In the text behind a `-{` that is never closed, where it is made anew, a rule with quotation marks can end a value.
//!
//! Source: MediaWiki 1.45, whose converter was run; the end of section 3 of the project's reference semantics for wikitext.

mod languages;
mod spans;
pub(crate) mod tags;
pub(crate) mod values;
mod walk;

use std::ops::Range;

use tongwen::{Span, SpanKind};

pub(crate) use self::spans::Aliases;
use self::tags::{Contents, Quoting, Syntax, Tags};
use self::walk::Scanner;
use crate::document::Scan;
use crate::markdown::blocks::Blocks;
use crate::markup::Page;
use crate::wikitext::faults::{Fault, FaultKind};
use crate::wikitext::opaque::Opaque;
use crate::wikitext::switches::{self, Switches};
use crate::{NoConversion, Options};

/// Scans a page.
pub(crate) fn scan(source: &str, options: &Options) -> Scan {
    let switches = switches(source, options);
    if let Some(range) = switches.no_conversion.filter(|_| options.no_conversion == NoConversion::Respect) {
        return kept(source, Fault { range, kind: FaultKind::NoConversion });
    }
    let mut scan = scan_as(Syntax::Html, source, options);
    scan.rules.title = scan.rules.title.filter(|_| !switches.no_title);
    scan
}

/// Scans a document in one of the languages.
pub(crate) fn scan_as(syntax: Syntax, source: &str, options: &Options) -> Scan {
    let mut page = Page::new(options);
    let mut scan = Scanner::new(source, options, syntax, &mut page).page();
    scan.rules.pairs = page.pairs;
    scan.rules.title = page.title;
    scan.diagnostics = page.diagnostics;
    scan
}

/// Scans a document of which the parser of another format has found the blocks.
pub(crate) fn scan_blocks(syntax: Syntax, source: &str, blocks: Blocks, options: &Options) -> Scan {
    let mut page = Page::new(options);
    let mut scan = Scanner::new(source, options, syntax, &mut page).blocks(&blocks);
    scan.rules.pairs = page.pairs;
    scan.rules.title = page.title;
    scan.diagnostics = page.diagnostics;
    scan.labels = blocks.labels;
    scan
}

/// A stretch of a block of which the text around it is no part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Hole {
    pub(crate) range: Range<usize>,
    pub(crate) kind: HoleKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum HoleKind {
    /// Nothing of it is text.
    Kept,
    /// A tag, a comment or the like.
    Html,
    /// Text of its own, written as in a value.
    Value(Quoting),
}

/// A document that stays, and why.
pub(crate) fn kept(source: &str, fault: Fault) -> Scan {
    let spans =
        Vec::from_iter((!source.is_empty()).then_some(Span { range: 0..source.len(), kind: SpanKind::Protected }));
    Scan { spans, faults: vec![fault], ..Scan::default() }
}

/// What the text of the page asks for: the first switch of each kind.
fn switches(source: &str, options: &Options) -> Switches {
    let mut found = Switches::default();
    let bytes = source.as_bytes();
    if memchr::memmem::find(bytes, b"__").is_none() {
        return found;
    }
    let mut look = |text: Range<usize>| {
        let switches = switches::find(&source[text.clone()], &Opaque::default(), &options.lists);
        if found.no_conversion.is_none() {
            found.no_conversion = switches.no_conversion.map(|range| text.start + range.start..text.start + range.end);
        }
        found.no_title |= switches.no_title;
    };
    let mut tags = Tags::new(source, &options.lists, Syntax::Html);
    let mut at = 0;
    while let Some(length) = memchr::memchr(b'<', &bytes[at..]) {
        look(at..at + length);
        at = tags.read(at + length, bytes.len(), Contents::NoProse).end();
    }
    look(at..bytes.len());
    found
}
