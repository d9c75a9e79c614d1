//! A scanned document: its spans, the ranges to convert, and how it is put together again.
//!
//! Most requested ranges are text spans: the conversion goes where the text was. Some are stretches that stay, asked for
//! because their conversion is needed as well: for `[[国军]]` the range of the target is requested; the target stays, and
//! if the conversion differs it becomes a label. Links to sections of the same page follow their headings without being
//! asked for.
//!
//! ```text
//! source    甲[[国军]]和'''马'''      requested  甲  国军  和  马
//! assembled 甲[[国军|國軍]]和'''馬'''
//! ```
//!
//! Cost: assembling is one pass over the ranges.

use std::ops::Range;

use tongwen::{Span, SpanKind};

use crate::wikitext::anchors::{self, Anchors};
use crate::wikitext::claims::Target;
use crate::{Format, Options, wikitext};

/// A document and which of its bytes are prose.
#[derive(Debug)]
pub struct Document<'a> {
    source: &'a str,
    spans: Vec<Span>,
    requests: Vec<Request>,
    anchors: Anchors,
}

/// A range that matters when the document is put together.
#[derive(Debug)]
struct Request {
    range: Range<usize>,
    goes: Goes,
}

#[derive(Debug)]
enum Goes {
    /// The conversion replaces the range.
    InPlace,
    /// The range stays; the conversion is a label behind it, if it differs.
    Label { at: usize, fragment: Option<Range<usize>> },
    /// Nothing is converted: a fragment that may follow a heading.
    Nowhere,
}

impl<'a> Document<'a> {
    /// Scans a document. Cannot fail: what cannot be parsed is text. Time and memory are linear in its length.
    pub fn scan(format: Format, source: &'a str, options: &Options) -> Document<'a> {
        match format {
            Format::Text => {
                let whole = Span { range: 0..source.len(), kind: SpanKind::Text };
                let spans: Vec<Span> = Some(whole).filter(|span| !span.range.is_empty()).into_iter().collect();
                Document::new(source, spans, Vec::new(), Anchors::default())
            }
            Format::Wikitext => {
                let wikitext::Scan { spans, targets, anchors } = wikitext::scan(source, options);
                Document::new(source, spans, targets, anchors)
            }
        }
    }

    fn new(source: &'a str, spans: Vec<Span>, targets: Vec<Target>, anchors: Anchors) -> Document<'a> {
        let texts = spans.iter().filter(|span| span.kind == SpanKind::Text);
        let mut requests: Vec<Request> =
            texts.map(|span| Request { range: span.range.clone(), goes: Goes::InPlace }).collect();
        requests.extend(targets.into_iter().map(|target| {
            let goes = match target.label_at {
                Some(at) => Goes::Label { at, fragment: target.fragment },
                None => Goes::Nowhere,
            };
            Request { range: target.range, goes }
        }));
        requests.sort_by_key(|request| request.range.start);
        Document { source, spans, requests, anchors }
    }

    /// The document's text.
    pub fn source(&self) -> &'a str {
        self.source
    }

    /// Text, markup and protected stretches, in order; joined they are the document. None is empty.
    pub fn spans(&self) -> &[Span] {
        &self.spans
    }

    /// The byte ranges whose conversion [`Document::assemble`] needs, in order, disjoint, not empty, on character borders.
    /// Every text span is one of them; others lie in protected spans and are wanted for a label.
    pub fn text_ranges(&self) -> Vec<Range<usize>> {
        self.wanted().map(|request| request.range.clone()).collect()
    }

    fn wanted(&self) -> impl Iterator<Item = &Request> {
        self.requests.iter().filter(|request| !matches!(request.goes, Goes::Nowhere))
    }

    /// Puts the document together: one converted string for each of [`Document::text_ranges`], in the same order; every
    /// other byte as it was. A range without a string (too few were given) stays as it was; strings too many are not
    /// looked at.
    pub fn assemble(&self, converted: &[impl AsRef<str>]) -> String {
        let moves = self.moves(converted);
        let follow = |fragment: &Range<usize>| {
            let old = &self.source[fragment.clone()];
            let new = moves.get(&anchors::normal(old)).map(|id| anchors::written_like(old, id));
            new.unwrap_or_else(|| old.to_string())
        };
        let grown: usize = converted.iter().map(|text| text.as_ref().len()).sum();
        let mut assembled = String::with_capacity(self.source.len() + grown / 8);
        let mut strings = converted.iter().map(AsRef::as_ref);
        let mut at = 0;
        for Request { range, goes } in &self.requests {
            let source = &self.source[range.clone()];
            assembled.push_str(&self.source[at..range.start]);
            at = range.end;
            match goes {
                Goes::InPlace => assembled.push_str(strings.next().unwrap_or(source)),
                Goes::Nowhere => assembled.push_str(&follow(range)),
                Goes::Label { at: label_at, fragment } => {
                    let start = assembled.len();
                    match fragment {
                        Some(fragment) => {
                            assembled.push_str(&self.source[range.start..fragment.start]);
                            assembled.push_str(&follow(fragment));
                        }
                        None => assembled.push_str(source),
                    }
                    let label = strings.next().unwrap_or(source);
                    let differs = &assembled[start..] != label;
                    assembled.push_str(&self.source[range.end..*label_at]);
                    at = *label_at;
                    if differs {
                        assembled.push('|');
                        assembled.push_str(label);
                    }
                }
            }
        }
        assembled.push_str(&self.source[at..]);
        assembled
    }

    fn moves(&self, converted: &[impl AsRef<str>]) -> std::collections::HashMap<String, String> {
        // Only pages with links to their own sections have anything to look up; the rest pay nothing.
        let wanted: Vec<&Range<usize>> = match self.anchors.is_empty() {
            true => Vec::new(),
            false => self.wanted().map(|request| &request.range).collect(),
        };
        self.anchors.moves(self.source, |range| {
            let index = wanted.binary_search_by_key(&range.start, |wanted| wanted.start).ok()?;
            converted.get(index).map(AsRef::as_ref)
        })
    }
}
