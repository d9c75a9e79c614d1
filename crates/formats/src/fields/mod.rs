//! Formats that are lists of strings: JSON, tables, subtitles, catalogues of translations.
//!
//! Their syntax is simple, but a string may be written otherwise than it reads: `"\u56fd\n"` is 国 and a line end, `""`
//! in a cell is one quotation mark, and a translation may go on in the next literal. A converter must see what is read,
//! and what it does not change must stay as it was written. So such a document is read in two steps:
//!
//! ```text
//! source    {"a": "头\u53d1\n"}
//! shown     {"a": "头发⏎"}            each escape replaced by what it stands for: an atom
//! field             ---               the rest is markup
//! converted         頭髮⏎
//! assembled {"a": "頭\u9aee\n"}       what is new is written like what was there; what is equal keeps its bytes
//! ```
//!
//! | step | where |
//! |---|---|
//! | where fields are, and what in them is an escape or a tag | [`json`], [`table`], [`subtitles`], [`ass`], [`po`] |
//! | the same in XML of packages | `content`, `elements`, `word` |
//! | which fields are wanted | [`select`] |
//! | the shown text and the way back | [`builder`], [`layer`] |
//! | how new text is written | [`style`] |
//! | which characters of a converted field are new | [`align`] |
//!
//! Conversion markup is read in each field for itself: a span never reaches from one field into the next. What a rule of the
//! page says counts in the fields that follow.
//!
//! A field that is nothing but an address (`https://..`) is left alone. A document that is not well formed is left alone
//! altogether, and an error says where.
//!
//! Cost: one pass each for reading, showing and assembling; memory for each escape and each field. The parsers are our
//! own because none that is kept well gives the places of all escapes, and most refuse what must pass through here (lone halves of
//! surrogate pairs, `NaN`, raw control characters).

use std::borrow::Cow;
use std::ops::Range;

use tongwen::{Span, SpanKind};

use crate::diagnostic::{Diagnostic, DiagnosticCode};
use crate::document::{Rules, Scan};
use crate::markup::Page;
use crate::text::put;
use crate::{Format, Options, text};

mod align;
mod ass;
mod builder;
#[cfg(feature = "packages")]
mod content;
#[cfg(feature = "packages")]
mod elements;
mod json;
pub(crate) mod layer;
mod po;
mod select;
mod style;
mod subtitles;
mod table;
#[cfg(feature = "packages")]
pub(crate) mod word;

use builder::Builder;
use layer::Layer;

/// Why a document is left alone.
struct Fault {
    code: DiagnosticCode,
    /// Byte of the source.
    at: usize,
    message: String,
    hint: &'static str,
}

impl Fault {
    fn malformed(at: usize, message: impl Into<String>, hint: &'static str) -> Fault {
        Fault { code: DiagnosticCode::Malformed, at, message: message.into(), hint }
    }
}

/// The shown text, what is in it, and the way back to the source.
pub(crate) fn scan<'a>(format: Format, source: &'a str, options: &Options) -> (Cow<'a, str>, Layer, Scan) {
    scan_with(source, options, |builder| match format {
        Format::Json | Format::JsonLines => json::read(builder, format, &options.fields),
        Format::Csv => table::read(builder, b',', &options.fields),
        Format::Tsv => table::read(builder, b'\t', &options.fields),
        Format::Srt | Format::Vtt => subtitles::read(builder, format),
        Format::Ass => ass::read(builder),
        Format::Po => po::read(builder),
        _ => Ok(()),
    })
}

/// The package document of an e-book.
#[cfg(feature = "packages")]
pub(crate) fn scan_book<'a>(source: &'a str, options: &Options) -> (Cow<'a, str>, Layer, Scan) {
    scan_with(source, options, |builder| elements::read(builder, elements::BOOK, options))
}

/// The properties of an office document.
#[cfg(feature = "packages")]
pub(crate) fn scan_properties<'a>(source: &'a str, options: &Options) -> (Cow<'a, str>, Layer, Scan) {
    scan_with(source, options, |builder| elements::read(builder, elements::PROPERTIES, options))
}

/// Paragraphs of an office document.
#[cfg(feature = "packages")]
pub(crate) fn scan_paragraphs<'a>(source: &'a str, options: &Options) -> (Cow<'a, str>, Layer, Scan) {
    scan_with(source, options, |builder| word::read(builder, options))
}

fn scan_with<'a>(
    source: &'a str,
    options: &Options,
    read: impl FnOnce(&mut Builder<'a>) -> Result<(), Fault>,
) -> (Cow<'a, str>, Layer, Scan) {
    let mut builder = Builder::new(source);
    if let Err(Fault { code, at, message, hint }) = read(&mut builder) {
        let at = source.floor_char_boundary(at);
        let end = source[at..].chars().next().map_or(at, |character| at + character.len_utf8());
        let mut diagnostic = Diagnostic::new(code, at..end, message);
        if !hint.is_empty() {
            diagnostic = diagnostic.with_hint(hint);
        }
        let mut scan = Scan { diagnostics: vec![diagnostic], ..Scan::default() };
        put(&mut scan.spans, 0..source.len(), SpanKind::Protected);
        let layer = Layer { shown: source.len(), ..Layer::default() };
        return (Cow::Borrowed(source), layer, scan);
    }
    let (shown, layer, opaque, said) = builder.finish();
    let mut page = Page::new(options);
    let mut scan = Scan::default();
    let mut done = 0;
    for field in &layer.fields {
        put(&mut scan.spans, done..field.text.start, SpanKind::Markup);
        text::scan_part(&shown, field.text.clone(), options, &mut page, &mut scan);
        done = field.text.end;
    }
    put(&mut scan.spans, done..shown.len(), SpanKind::Markup);
    scan.spans = cut(scan.spans, &opaque);
    for diagnostic in &mut scan.diagnostics {
        diagnostic.range = layer.source_range(&diagnostic.range);
    }
    scan.diagnostics.extend(said);
    scan.diagnostics.sort_by_key(|diagnostic| diagnostic.range.start);
    scan.rules = Rules { pairs: page.pairs, epochs: std::mem::take(&mut scan.rules.epochs), title: page.title };
    (shown, layer, scan)
}

/// Takes tags and the like out of the text; both lists are in order.
fn cut(spans: Vec<Span>, opaque: &[Range<usize>]) -> Vec<Span> {
    if opaque.is_empty() {
        return spans;
    }
    let mut cut = Vec::with_capacity(spans.len() + 2 * opaque.len());
    let mut next = 0;
    for Span { range, kind } in spans {
        if kind != SpanKind::Text {
            cut.push(Span { range, kind });
            continue;
        }
        while opaque.get(next).is_some_and(|opaque| opaque.end <= range.start) {
            next += 1;
        }
        let mut at = range.start;
        let mut index = next;
        while let Some(tag) = opaque.get(index).filter(|tag| tag.start < range.end) {
            put(&mut cut, at..tag.start.max(at), SpanKind::Text);
            put(&mut cut, tag.start.max(at)..tag.end.min(range.end), SpanKind::Markup);
            at = tag.end.min(range.end);
            index += 1;
        }
        put(&mut cut, at..range.end, SpanKind::Text);
    }
    cut
}

/// Where a document begins, behind a byte order mark.
fn behind_mark(source: &str) -> usize {
    source.len() - source.trim_start_matches('\u{feff}').len()
}

/// Whether a string is an address and nothing else.
fn is_address(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once(':') else { return false };
    let rest = rest.strip_prefix("//").or_else(|| rest.strip_prefix("\\/\\/"));
    let letters = |byte: u8| byte.is_ascii_alphanumeric() || b"+.-".contains(&byte);
    rest.is_some_and(|rest| !rest.is_empty() && !rest.contains(char::is_whitespace))
        && scheme.starts_with(|first: char| first.is_ascii_alphabetic())
        && scheme.bytes().all(letters)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        for address in ["https://example.org/国", "a+b:\\/\\/国"] {
            assert!(is_address(address), "{address}");
        }
        for text in ["国", "见http://example.org", "http://a 国", "http:国", "://国", "1a://国", "http://"] {
            assert!(!is_address(text), "{text}");
        }
    }

    #[test]
    fn tags_are_cut_out_of_text_only() {
        let span = |range, kind| Span { range, kind };
        let spans = vec![span(0..4, SpanKind::Text), span(4..8, SpanKind::Protected), span(8..12, SpanKind::Text)];
        let cut = cut(spans, &[1..2, 3..9, 11..12]);
        let shown: Vec<_> = cut.iter().map(|span| (span.range.clone(), span.kind)).collect();
        use SpanKind::*;
        assert_eq!(
            shown,
            [
                (0..1, Text),
                (1..2, Markup),
                (2..3, Text),
                (3..4, Markup),
                (4..8, Protected),
                (8..9, Markup),
                (9..11, Text),
                (11..12, Markup)
            ]
        );
    }
}
