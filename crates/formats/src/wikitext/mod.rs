//! The page source of MediaWiki: which bytes are prose.
//!
//! Five steps, each a module with its own rules:
//!
//! 1. [`opaque`] finds comments, `<nowiki>` and other raw tags, and tags with content of their own; [`alias`] the spans
//!    `-< >-`.
//! 2. [`brackets`] pairs `{{ }}`, `{{{ }}}`, `[[ ]]` and `-{ }-` around them and makes the [`tree`].
//! 3. [`walk`] goes through the page, content by content, and asks the rules of each construct: [`lines`], [`tables`],
//!    [`links`], [`files`], [`templates`], [`functions`], [`tags`], [`urls`]. They claim what must stay.
//! 4. [`claims`] makes the claims one partition: text, markup, protected.
//! 5. [`anchors`] notes how the headings are made of it, so that links to sections can follow.
//!
//! `{{Cite web|url=http://x.org/国|title=国}}`: brackets make one call with three parts; templates keeps the name, the keys
//! and the address, and gives the title to the walk, which finds nothing to claim in it; so `国` at the end is text.
//!
//! The numbers B1 to B32 and D1 in this crate's documentation name the rules of the project's reference semantics for
//! wikitext:
//!
//! | rules | where |
//! |---|---|
//! | B1 plain text, B24 entities, B25 switches, B30 apostrophes | [`walk`] |
//! | B2 to B8, B10 links; B13 categories | [`links`] |
//! | B9 spans, B32 broken markup | [`brackets`] |
//! | B11 files, B12 galleries | [`files`] |
//! | B14 redirects, B28 headings, B29 lists, lines that start with a blank (B23) | [`lines`] |
//! | B15 addresses | [`urls`] |
//! | B16 notes, B22 tags | [`tags`] |
//! | B17 to B20 templates, `{{{p}}}` (B21) | [`templates`] |
//! | B21 parser functions | [`functions`] |
//! | B23 comments and raw tags, B26 pages without conversion | [`opaque`], [`scan`] |
//! | B27 tables | [`tables`] |
//! | B28 links that follow headings | [`anchors`] |
//! | D1 the second delimiters | [`alias`] |
//!
//! # Cost
//!
//! Linear in the length of the page, in time and memory, whatever the page holds (sorting steps see nearly sorted input).
//! Nothing is recursive.

pub(crate) mod alias;
pub(crate) mod anchors;
pub(crate) mod brackets;
pub(crate) mod claims;
mod files;
mod functions;
mod lines;
mod links;
pub(crate) mod opaque;
mod tables;
mod tags;
mod templates;
pub(crate) mod tree;
mod urls;
mod walk;

use tongwen::{Span, SpanKind};

use self::anchors::Anchors;
use self::brackets::CommentContent;
use self::claims::Target;
use self::opaque::{Found, Opaque};
use crate::lists::{List, Lists};
use crate::{Comments, NoConversion, Options};

/// What a scan gives.
#[derive(Debug, Default)]
pub(crate) struct Scan {
    pub(crate) spans: Vec<Span>,
    pub(crate) targets: Vec<Target>,
    pub(crate) anchors: Anchors,
}

/// Scans a page.
pub(crate) fn scan(source: &str, options: &Options) -> Scan {
    let mut opaque = opaque::find(source, &options.lists);
    if options.no_conversion == NoConversion::Respect && asks_for_no_conversion(source, &opaque, &options.lists) {
        let whole = Span { range: 0..source.len(), kind: SpanKind::Protected };
        return Scan { spans: vec![whole], ..Scan::default() };
    }
    alias::add(source, &mut opaque);
    let comments = match options.comments {
        Comments::Keep => CommentContent::Opaque,
        Comments::Convert => CommentContent::Parsed,
    };
    let tree = brackets::pair(source, &opaque, comments);
    let walked = walk::walk(source, &tree, options);
    let (spans, targets) = walked.claims.settle(source.len());
    let anchors = Anchors::new(source, &tree, &spans, &targets, walked.headings, walked.identifiers);
    Scan { spans, targets, anchors }
}

/// `__NOCC__` and its other names, in any letter case, outside of comments and raw tags (rule B26).
fn asks_for_no_conversion(source: &str, opaque: &Opaque, lists: &Lists) -> bool {
    let asks = |text: &str| {
        memchr::memmem::find_iter(text.as_bytes(), b"__").any(|at| {
            // No switch is longer, and a limit keeps the search linear.
            let rest = &text[at + 2..];
            let end = rest.char_indices().nth(32).map_or(rest.len(), |(end, _)| end);
            rest[..end].find("__").is_some_and(|end| lists.has(List::NoConversionSwitches, &rest[..end]))
        })
    };
    let mut from = 0;
    for found in &opaque.found {
        if let Found::Opaque { range, .. } = found {
            if asks(&source[from..range.start]) {
                return true;
            }
            from = range.end;
        }
    }
    asks(&source[from..])
}
