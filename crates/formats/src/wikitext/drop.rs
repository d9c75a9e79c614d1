//! What stands in the page where conversion markup is dropped.
//!
//! Each outermost span is replaced by what it shows, written so that it stays text ([`super::escape`]). Of what is shown, the
//! texts of rules stay as they are; what a variant list has chosen, and everything behind an opening that is never closed,
//! is wikitext to be converted, and is scanned as such.
//!
//! ```text
//! {{quote|-{甲|乙}--{zh-hans|[[丙]]}-}}   becomes   {{quote|乙[[丙]]}}, of which the label of 丙 is asked for
//! ```

use std::ops::Range;

use tongwen::SpanKind;

use super::bytes::{Set, next_of, set};
use super::context::{Context, Contexts};
use super::escape::{self, Escaped, Surroundings};
use super::evaluate::{Evaluated, Outcome, Parts};
use super::spans::Span;
use super::tree::{Kind, Tree};
use crate::working::{Inside, Replacement, Scanned};
use crate::{NoteTa, Options};

/// The page and what is to be dropped from it.
pub(crate) struct Dropper<'d> {
    pub(crate) source: &'d str,
    pub(crate) tree: &'d Tree,
    pub(crate) options: &'d Options,
    pub(crate) spans: &'d [Span],
    /// Sorted.
    pub(crate) contexts: &'d [Context],
    /// Where brackets begin that look like those of a link, and hold markup.
    pub(crate) bracketed_text: &'d [usize],
    /// Nodes of templates that set rules.
    pub(crate) rule_calls: &'d [usize],
}

impl Dropper<'_> {
    /// What replaces what, in the order of the source.
    pub(crate) fn replacements(&self, evaluated: &mut Evaluated) -> Vec<Replacement> {
        let mut replacements = Vec::with_capacity(self.spans.len());
        let mut contexts = Contexts::new(self.contexts);
        let bytes = self.source.as_bytes();
        // Where the last replacement ends in the source, and the last byte of the text up to there.
        let mut done = 0;
        let mut last = None;
        let outcomes = std::mem::take(&mut evaluated.outcomes);
        for (index, (span, outcome)) in self.spans.iter().zip(outcomes).enumerate() {
            let Range { start, end } = span.range;
            if self.tree.node(span.node).kind == Kind::Raw {
                // Nothing is syntax there.
                let around = Surroundings { before: Some(b' '), ..Surroundings::default() };
                replacements.push(self.replacement(span, outcome, around));
                continue;
            }
            let around = Surroundings {
                meaning: span.meaning.with(contexts.at(start)),
                before: if start > done { Some(bytes[start - 1]) } else { last },
                after: bytes.get(end).copied(),
            };
            let replacement = self.replacement(span, outcome, around);
            last = replacement.text.bytes().next_back().or(around.before);
            done = end;
            replacements.push(replacement);
            // What was in the middle of a line may be at its start now.
            let next_is_span = self.spans.get(index + 1).is_some_and(|next| next.range.start == end);
            if matches!(last, None | Some(b'\n'))
                && !next_is_span
                && !(span.is_inside && around.after == Some(b'|'))
                && let Some(entity) = escape::at_line_start(&bytes[end..])
            {
                replacements.push(Replacement { range: end..end + 1, text: entity.into(), inside: Inside::Kept });
                done = end + 1;
                last = Some(b';');
            }
        }
        self.others(&mut replacements);
        replacements
    }

    fn replacement(&self, span: &Span, outcome: Outcome, around: Surroundings) -> Replacement {
        let Outcome { text, parts, is_free } = outcome;
        let Parts { constructs, mut wanted } = parts.map(|parts| *parts).unwrap_or_default();
        let escaped = Escaped::new(&text, &constructs, around);
        if is_free {
            wanted = std::iter::once(0..text.len()).filter(|whole| !whole.is_empty()).collect();
        }
        for range in &mut wanted {
            *range = escaped.offset(range.start)..escaped.offset(range.end);
        }
        let text = escaped.write(text);
        let inside = match inside(&text, wanted, self.options) {
            Inside::Converted | Inside::Kept if is_free => Inside::Joined,
            inside => inside,
        };
        Replacement { range: span.range.clone(), text, inside }
    }

    /// Brackets that would become a link, and calls that are dropped.
    fn others(&self, replacements: &mut Vec<Replacement>) {
        let spans = replacements.len();
        let mut kept = |range: Range<usize>, text: &str| {
            replacements.push(Replacement { range, text: text.into(), inside: Inside::Kept });
        };
        for &at in self.bracketed_text {
            kept(at..at + 1, "&#91;");
        }
        if self.options.note_ta == NoteTa::Drop {
            for &call in self.rule_calls {
                kept(self.with_own_line(self.tree.node(call).start..self.tree.node(call).end), "");
            }
        }
        if replacements.len() > spans {
            replacements.sort_by_key(|replacement| replacement.range.start);
            // What lies in something that is dropped is dropped with it.
            let mut end = 0;
            replacements.retain(|replacement| {
                let stays = replacement.range.start >= end;
                end = end.max(replacement.range.end);
                stays
            });
        }
    }

    /// The range, with the line end behind it if there is nothing else on its line.
    fn with_own_line(&self, range: Range<usize>) -> Range<usize> {
        let begins = range.start == 0 || self.source.as_bytes()[range.start - 1] == b'\n';
        let ends = self.source.as_bytes().get(range.end) == Some(&b'\n');
        range.start..range.end + usize::from(begins && ends)
    }
}

/// The bytes without which a text has nothing but prose.
static SPECIAL: Set = set(b"\n<[{:&'_-");

/// What is converted in a text of which some ranges are wanted.
fn inside(text: &str, wanted: Vec<Range<usize>>, options: &Options) -> Inside {
    let is_plain = |range: &Range<usize>| next_of(&SPECIAL, text.as_bytes(), range.clone()) == range.end;
    match wanted.as_slice() {
        [] => return Inside::Kept,
        [only] if *only == (0..text.len()) && is_plain(only) => return Inside::Converted,
        _ => {}
    }
    let mut spans = Vec::new();
    let mut targets = Vec::new();
    let mut put = |range: Range<usize>, kind| {
        if !range.is_empty() {
            spans.push(tongwen::Span { range, kind });
        }
    };
    let mut done = 0;
    for range in wanted {
        put(done..range.start, SpanKind::Protected);
        done = range.end;
        if is_plain(&range) {
            put(range, SpanKind::Text);
            continue;
        }
        let (inner, inner_targets) = super::fragment(&text[range.clone()], options);
        for span in inner {
            put(range.start + span.range.start..range.start + span.range.end, span.kind);
        }
        targets.extend(inner_targets.into_iter().map(|target| target.moved(|offset| range.start + offset)));
    }
    put(done..text.len(), SpanKind::Protected);
    Inside::Scanned(Box::new(Scanned { spans, targets }))
}
