//! Plain text with conversion markup: nothing is special but the spans.
//!
//! Both pairs of delimiters are read, without the guards that wikitext needs for `-< >-` (rule D1). A span is protected, or
//! replaced by what it shows; all else is text. Words end at spans (rule A18), and rules count from where they stand
//! (rule A23):
//!
//! ```text
//! source        国-{H|zh-cn:国甲;zh-tw:國乙}-国甲-{里}-
//! preserve      text 国, protected, text 国甲 (with the rule), protected
//! render        text 国, nothing, text 国甲 (with the rule), 里 as it is
//! ```
//!
//! A `-{` that is never closed is text, and takes with it the protection of the spans behind it (rule A21). For where markup
//! is dropped this means: what is behind it, with every closed span replaced by what it shows, is one stretch of text, converted with
//! all rules of the document. Where markup is kept the closed spans are kept, and the text around them is converted.

use std::ops::Range;

use tongwen::{Markers, Span, SpanKind};

use crate::document::{Epoch, Rules, Scan};
use crate::markup::{Page, Paired, Shown, findings, pair_text};
use crate::working::{Inside, Replacement, Scanned};
use crate::{Diagnostic, Mode, Options};

/// Scans a text. Time and memory are linear in its length.
pub(crate) fn scan(source: &str, options: &Options) -> Scan {
    let mut page = Page::new(options);
    let mut scan = scan_on(source, options, &mut page);
    scan.rules = Rules { pairs: page.pairs, epochs: scan.rules.epochs, title: page.title };
    scan
}

/// Scans a part of a longer text, and puts what is found to what was found before it.
pub(crate) fn scan_part(text: &str, part: Range<usize>, options: &Options, page: &mut Page, scan: &mut Scan) {
    let shift = |range: Range<usize>| part.start + range.start..part.start + range.end;
    let found = scan_on(&text[part.clone()], options, page);
    scan.spans.extend(found.spans.into_iter().map(|span| Span { range: shift(span.range), ..span }));
    let replacements = found.replacements.into_iter();
    scan.replacements.extend(replacements.map(|found| Replacement { range: shift(found.range), ..found }));
    let epochs = found.rules.epochs.into_iter();
    scan.rules.epochs.extend(epochs.map(|epoch| Epoch { from: part.start + epoch.from, ..epoch }));
    let diagnostics = found.diagnostics.into_iter();
    scan.diagnostics.extend(diagnostics.map(|said| Diagnostic { range: shift(said.range), ..said }));
}

/// Scans a text of a page that goes on; what the page defines stays with the page.
fn scan_on(source: &str, options: &Options, page: &mut Page) -> Scan {
    if options.markers == Markers::Convert {
        let mut scan = Scan::default();
        put(&mut scan.spans, 0..source.len(), SpanKind::Text);
        return scan;
    }
    let paired = pair_text(source);
    let mut scan = Scan::default();
    // What is behind an opening that is never closed, as it is shown.
    let freed_from = paired.open_to_end.map(|at| at + 2);
    let mut freed = String::new();
    let mut freed_to = freed_from.unwrap_or_default();
    let mut done = 0;
    for span in &paired.spans {
        let range = span.range.clone();
        let before = page.epoch();
        let shown = page.span(source, paired.tokens_of(span));
        put_text(&mut scan.spans, done..range.start, freed_from);
        put(&mut scan.spans, range.clone(), SpanKind::Protected);
        done = range.end;
        match freed_from {
            Some(from) if range.start >= from => {
                freed.push_str(&source[freed_to..range.start]);
                freed.push_str(&shown.text);
                freed_to = range.end;
            }
            _ => {
                if options.mode != Mode::Preserve {
                    scan.replacements.push(replacement(range.clone(), shown, page, &mut scan.rules.epochs));
                }
                if page.epoch() != before {
                    scan.rules.epochs.push(Epoch { from: range.end, epoch: page.epoch() });
                }
            }
        }
    }
    put_text(&mut scan.spans, done..source.len(), freed_from);
    if let Some(from) = freed_from {
        freed.push_str(&source[freed_to..]);
        scan.rules.epochs.push(Epoch { from, epoch: page.epoch() });
        if options.mode != Mode::Preserve && freed_to > from {
            let inside = Inside::Converted;
            scan.replacements.push(Replacement { range: from..source.len(), text: freed.into(), inside });
        }
    }
    say(page, &paired);
    scan.diagnostics = std::mem::take(&mut page.diagnostics);
    scan
}

/// Appends a span, unless it would be empty.
pub(crate) fn put(spans: &mut Vec<Span>, range: Range<usize>, kind: SpanKind) {
    if !range.is_empty() {
        spans.push(Span { range, kind });
    }
}

/// A stretch of text; it is cut where an opening stands that is never closed.
fn put_text(spans: &mut Vec<Span>, range: Range<usize>, cut: Option<usize>) {
    let cut = cut.map_or(range.end, |cut| cut.clamp(range.start, range.end));
    put(spans, range.start..cut, SpanKind::Text);
    put(spans, cut..range.end, SpanKind::Text);
}

/// What a span is replaced by. Parts that are to be converted see the rules inside the span too, unless they are converted to
/// a variant for which pages have no two-way rules.
fn replacement(range: Range<usize>, shown: Shown, page: &Page, epochs: &mut Vec<Epoch>) -> Replacement {
    let Shown { text, wanted, .. } = shown;
    let Some(first) = wanted.first() else { return Replacement { range, text: text.into(), inside: Inside::Kept } };
    let epoch = if Page::has_rules(first.variant) { page.epoch() } else { 0 };
    epochs.push(Epoch { from: range.start, epoch });
    epochs.push(Epoch { from: range.end, epoch: page.epoch() });
    let mut spans = Vec::new();
    let mut done = 0;
    for part in &wanted {
        put(&mut spans, done..part.range.start, SpanKind::Protected);
        put(&mut spans, part.range.clone(), SpanKind::Text);
        done = part.range.end;
    }
    put(&mut spans, done..text.len(), SpanKind::Protected);
    let inside = Inside::Scanned(Box::new(Scanned { spans, targets: Vec::new() }));
    Replacement { range, text: text.into(), inside }
}

fn say(page: &mut Page, paired: &Paired) {
    let Paired { unclosed, stray, too_deep, .. } = paired;
    page.diagnostics.extend(unclosed.iter().map(findings::unclosed));
    page.diagnostics.extend(stray.iter().map(|&at| findings::stray(at)));
    page.diagnostics.extend(too_deep.iter().map(|&at| findings::depth(at)));
    page.diagnostics.sort_by_key(|diagnostic| diagnostic.range.start);
}
