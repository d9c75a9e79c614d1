//! The page source of MediaWiki: which bytes are prose.
//!
//! Eight steps, each a module with its own rules:
//!
//! 1. [`places`] finds all bytes that may mean something; [`opaque`] comments, `<nowiki>` and other raw tags, and tags with
//!    content of their own; [`alias`] the spans `-< >-`; [`switches`] what the page asks for (`__NOCC__`).
//! 2. [`brackets`] pairs `{{ }}`, `{{{ }}}`, `[[ ]]` and `-{ }-` around them and makes the [`tree`].
//! 3. [`walk`] goes through the page, content by content, and asks the rules of each construct: [`lines`], [`tables`],
//!    [`links`], [`files`], [`templates`], [`functions`], [`tags`], [`urls`]. They claim what must stay.
//! 4. [`claims`] makes the claims one partition: text, markup, protected.
//! 5. [`spans`] finds the conversion markup that the wiki would see, [`rules`] reads the templates that stand for some.
//! 6. [`evaluate`] reads it all in the order in which the page is shown ([`notes`]): what the page's own rules are, and where.
//! 7. [`drop`](mod@drop) puts what the markup shows in its place, if it is to be dropped; [`context`] and [`escape`] see that it stays text.
//! 8. [`anchors`] notes how the headings are made of it, so that links to sections can follow; [`faults`] words what was noticed.
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
//! | B9 spans, B32 broken markup | [`brackets`], [`spans`] |
//! | B11 files, B12 galleries | [`files`] |
//! | B14 redirects, B28 headings, B29 lists, lines that start with a blank (B23) | [`lines`] |
//! | B15 addresses | [`urls`] |
//! | B16 notes | [`notes`] |
//! | B22 tags | [`tags`] |
//! | B17 to B19 templates, `{{{p}}}` (B21) | [`templates`] |
//! | B20 templates that set rules | [`rules`] |
//! | B21 parser functions | [`functions`] |
//! | B23 comments and raw tags | [`opaque`] |
//! | B26 pages without conversion | [`switches`] |
//! | B27 tables | [`tables`] |
//! | B28 links that follow headings | [`anchors`] |
//! | B31 rules of the page | [`evaluate`] |
//! | C1 to C4, C7 modes | [`evaluate`], [`drop`](mod@drop) |
//! | C5 escaping | [`context`], [`escape`] |
//! | C6 pages without conversion | [`switches`] |
//! | D1 the second delimiters | [`alias`] |
//!
//! # Cost
//!
//! Linear in the length of the page, in time and memory, whatever the page holds (sorting steps see nearly sorted input).
//! Nothing is recursive, but for the first dozen levels of the walk.

pub(crate) mod alias;
pub(crate) mod anchors;
pub(crate) mod brackets;
pub(crate) mod bytes;
pub(crate) mod claims;
mod context;
mod drop;
mod escape;
mod evaluate;
pub(crate) mod faults;
mod files;
mod functions;
mod lines;
mod links;
mod notes;
pub(crate) mod opaque;
pub(crate) mod places;
pub(crate) mod rules;
mod spans;
pub(crate) mod switches;
mod tables;
mod tags;
mod templates;
pub(crate) mod tree;
pub(crate) mod urls;
mod walk;

use tongwen::{Span, SpanKind};

use self::anchors::Anchors;
use self::brackets::{CommentContent, Pairing};
use self::claims::{Hidden, Settled, Target};
use self::drop::Dropper;
use self::evaluate::Events;
use self::faults::{Fault, FaultKind};
use self::places::Places;
use self::switches::Switches;
use self::tree::{Kind, Tree};
use self::walk::Place;
use crate::document::Scan;
use crate::html::values::Escapes;
use crate::{Comments, Mode, NoConversion, Options};

/// Scans a page.
pub(crate) fn scan(source: &str, options: &Options) -> Scan {
    let places = Places::new(source);
    let mut opaque = opaque::find(source, &options.lists);
    let switches = match places.have_underscores() {
        true => switches::find(source, &opaque, &options.lists),
        false => Switches::default(),
    };
    if let Some(range) = switches.no_conversion.clone().filter(|_| options.no_conversion == NoConversion::Respect) {
        return Scan {
            spans: vec![Span { range: 0..source.len(), kind: SpanKind::Protected }],
            faults: vec![Fault { range, kind: FaultKind::NoConversion }],
            ..Scan::default()
        };
    }
    alias::add(source, &mut opaque);
    let pairing = brackets::pair(source, &places, &opaque, comments(options));
    let has_markup = !pairing.unclosed.is_empty() || has_spans(&pairing.tree);
    let hidden = if has_markup { Hidden::Kept(Vec::with_capacity(pairing.tree.len())) } else { Hidden::NotKept };
    let mut walked = walk::walk(source, &places, &pairing.tree, options, Place::Page, hidden);
    let Pairing { tree, unclosed, mut faults, .. } = pairing;
    let hidden = walked.claims.take_hidden().settle();
    let unclosed = evaluate::unclosed(unclosed, &hidden);
    // Other rules are in force behind such an opening, so what is before it must not be one text with what is behind.
    unclosed.iter().for_each(|&at| walked.claims.add(at..at + 2, SpanKind::Protected));
    let Settled { spans: claimed, targets, requested } = walked.claims.settle(source.len());
    let spans = if has_markup { spans::find(source, &tree, &hidden, &options.lists) } else { Vec::new() };
    // Work is done last come, first served; rules count in the order of the page.
    walked.rule_calls.sort_unstable();
    let events =
        Events { source, tree: &tree, options, spans: &spans, rule_calls: &walked.rule_calls, unclosed: &unclosed };
    let mut evaluated = events.evaluate();
    if walked.sets_title || switches.no_title {
        evaluated.rules.title = None;
    }
    let replacements = match options.mode {
        Mode::Preserve => Vec::new(),
        _ => {
            walked.contexts.sort_by_key(|context| context.range.start);
            let dropper = Dropper {
                source,
                tree: &tree,
                options,
                spans: &spans,
                contexts: &walked.contexts,
                bracketed_text: &walked.bracketed_text,
                rule_calls: &walked.rule_calls,
            };
            dropper.replacements(&mut evaluated)
        }
    };
    if !walked.headings.is_sorted_by_key(|heading| heading.line.start) {
        walked.headings.sort_by_key(|heading| heading.line.start);
    }
    let anchors = Anchors::new(source, &tree, &claimed, &targets, &walked.headings, walked.identifiers);
    faults.append(&mut walked.faults);
    faults.append(&mut evaluated.faults);
    Scan {
        spans: claimed,
        replacements,
        targets,
        requested: Some(requested),
        headings: walked.headings.into_iter().map(|heading| heading.line).collect(),
        anchors,
        escapes: Escapes::Nowhere,
        labels: Vec::new(),
        rules: evaluated.rules,
        diagnostics: evaluated.diagnostics,
        faults,
    }
}

/// Scans wikitext that is shown somewhere in a line: its partition, and what is wanted beside.
fn fragment(source: &str, options: &Options) -> (Vec<Span>, Vec<Target>) {
    let opaque = opaque::find(source, &options.lists);
    let places = Places::new(source);
    let pairing = brackets::pair(source, &places, &opaque, comments(options));
    let walked = walk::walk(source, &places, &pairing.tree, options, Place::Inline, Hidden::NotKept);
    let Settled { spans, targets, .. } = walked.claims.settle(source.len());
    (spans, targets)
}

fn comments(options: &Options) -> CommentContent {
    match options.comments {
        Comments::Keep => CommentContent::Opaque,
        Comments::Convert => CommentContent::Parsed,
    }
}

/// Whether any conversion markup may be closed.
fn has_spans(tree: &Tree) -> bool {
    tree.nodes().iter().any(|node| matches!(node.kind, Kind::Span | Kind::Alias | Kind::Raw))
}
