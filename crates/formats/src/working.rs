//! The working text of a document: what is converted, and which stretches of it come from where in the source.
//!
//! As long as markup is kept, the working text is the source itself. When markup is evaluated, it is the source with some
//! stretches replaced by others. Conversion and everything after it see the working text only; what is said about a place of
//! it is brought back to the source by the list of replaced stretches.
//!
//! ```text
//! source        国-{zh-cn:a;zh-tw:b}-军{{x|-{c}-}}
//! replacements    -{zh-cn:a;zh-tw:b}- by `b`, -{c}- by `c`
//! working text  国b军{{x|c}}
//! spans         text, protected, text, markup, protected (the name), markup, protected, markup
//! ```
//!
//! Cost: one pass over spans and replacements. A look-up is a binary search among the replacements.

use std::borrow::Cow;
use std::ops::Range;

use tongwen::{Span, SpanKind};

use crate::wikitext::claims::Target;

/// A stretch of the source that the working text has something else for.
#[derive(Debug)]
pub(crate) struct Replacement {
    /// Bytes of the source.
    pub(crate) range: Range<usize>,
    pub(crate) text: Box<str>,
    pub(crate) inside: Inside,
}

/// What is done to the text of a replacement.
#[derive(Debug)]
pub(crate) enum Inside {
    /// It stays.
    Kept,
    /// It is converted.
    Converted,
    /// It is converted, and words may begin and end in the text around it.
    Joined,
    /// It was scanned itself: offsets are bytes of the replacement's text.
    Scanned(Box<Scanned>),
}

/// What a scan of a replacement's text has found.
#[derive(Debug, Default)]
pub(crate) struct Scanned {
    pub(crate) spans: Vec<Span>,
    pub(crate) targets: Vec<Target>,
}

/// A place where the working text is not the source.
#[derive(Debug)]
struct Replaced {
    text: Range<usize>,
    source: Range<usize>,
}

/// The working text and its spans.
#[derive(Debug)]
pub(crate) struct Working<'a> {
    pub(crate) text: Cow<'a, str>,
    /// Its partition.
    pub(crate) spans: Vec<Span>,
    /// Stretches whose conversion is wanted beside, in order.
    pub(crate) targets: Vec<Target>,
    replaced: Vec<Replaced>,
}

/// A stretch of working text, seen from the source.
pub(crate) enum Origin {
    Source(Range<usize>),
    /// Bytes of the working text that are not in the source.
    New(Range<usize>),
}

impl<'a> Working<'a> {
    /// Makes the working text of a source from the source's partition, its targets and what is to be replaced; all are
    /// sorted, and no replacement touches a target.
    pub(crate) fn new(
        source: Cow<'a, str>,
        spans: Vec<Span>,
        targets: Vec<Target>,
        replacements: Vec<Replacement>,
    ) -> Working<'a> {
        if replacements.is_empty() {
            return Working { text: source, spans, targets, replaced: Vec::new() };
        }
        let mut builder = Builder::new(&source, spans.len() + replacements.len());
        let mut next = replacements.into_iter().peekable();
        let mut at = 0;
        for Span { range, kind } in spans {
            while let Some(replacement) = next.next_if(|replacement| replacement.range.start < range.end) {
                builder.keep(at..replacement.range.start, kind);
                at = replacement.range.end;
                builder.replace(replacement);
            }
            if at < range.end {
                builder.keep(at..range.end, kind);
                at = range.end;
            }
        }
        builder.finish(targets)
    }

    /// Where in the source a byte of the working text comes from; for one that is not in the source, where what it stands
    /// for begins.
    pub(crate) fn source_offset(&self, offset: usize) -> usize {
        let before = self.replaced.partition_point(|replaced| replaced.text.start <= offset);
        match before.checked_sub(1).map(|index| &self.replaced[index]) {
            Some(replaced) if offset < replaced.text.end => replaced.source.start,
            Some(replaced) => replaced.source.end + (offset - replaced.text.end),
            None => offset,
        }
    }

    /// Where a byte of the source is in the working text: for the first byte of what was replaced, where the replacement
    /// begins; for the others, where it ends.
    pub(crate) fn text_offset(&self, offset: usize) -> usize {
        let before = self.replaced.partition_point(|replaced| replaced.source.start < offset);
        match before.checked_sub(1).map(|index| &self.replaced[index]) {
            Some(replaced) => replaced.text.end + offset.saturating_sub(replaced.source.end),
            None => offset,
        }
    }

    /// Whether a place lies inside a stretch of the source that was replaced.
    pub(crate) fn is_replaced(&self, offset: usize) -> bool {
        let before = self.replaced.partition_point(|replaced| replaced.source.start < offset);
        before.checked_sub(1).is_some_and(|index| offset < self.replaced[index].source.end)
    }

    /// Takes a stretch of working text apart by origin.
    pub(crate) fn origins(&self, range: Range<usize>, mut put: impl FnMut(Origin)) {
        let mut at = range.start;
        let mut index = self.replaced.partition_point(|replaced| replaced.text.end <= range.start);
        while at < range.end {
            let replaced = self.replaced.get(index).filter(|replaced| replaced.text.start < range.end);
            let stop = replaced.map_or(range.end, |replaced| replaced.text.start);
            if at < stop {
                let start = self.source_offset(at);
                put(Origin::Source(start..start + (stop - at)));
                at = stop;
            }
            if let Some(replaced) = replaced {
                let end = replaced.text.end.min(range.end);
                if at < end {
                    put(Origin::New(at..end));
                    at = end;
                }
                index += 1;
            }
        }
    }
}

struct Builder<'s> {
    source: &'s str,
    text: String,
    spans: Vec<Span>,
    targets: Vec<Target>,
    replaced: Vec<Replaced>,
    /// Whether text that follows goes on with the text before.
    joins: bool,
}

impl<'s> Builder<'s> {
    fn new(source: &'s str, spans: usize) -> Builder<'s> {
        let (spans, text) = (Vec::with_capacity(spans), String::with_capacity(source.len()));
        Builder { source, text, spans, targets: Vec::new(), replaced: Vec::new(), joins: false }
    }

    fn keep(&mut self, range: Range<usize>, kind: SpanKind) {
        let start = self.text.len();
        self.text.push_str(&self.source[range]);
        self.span(start, kind);
    }

    /// The bytes from `start` on are of a kind. Stretches of text stay apart, unless they are to be joined: between them words
    /// end.
    fn span(&mut self, start: usize, kind: SpanKind) {
        let end = self.text.len();
        if start == end {
            return;
        }
        let joins = std::mem::take(&mut self.joins) || kind != SpanKind::Text;
        match self.spans.last_mut() {
            Some(last) if last.kind == kind && joins => last.range.end = end,
            _ => self.spans.push(Span { range: start..end, kind }),
        }
    }

    fn replace(&mut self, replacement: Replacement) {
        let Replacement { range, text, inside } = replacement;
        let start = self.text.len();
        self.joins = matches!(inside, Inside::Joined);
        match inside {
            Inside::Kept | Inside::Converted | Inside::Joined => {
                self.text.push_str(&text);
                self.span(start, if let Inside::Kept = inside { SpanKind::Protected } else { SpanKind::Text });
                self.joins = matches!(inside, Inside::Joined);
            }
            Inside::Scanned(scanned) => {
                let Scanned { spans, targets } = *scanned;
                for span in spans {
                    let from = self.text.len();
                    self.text.push_str(&text[span.range]);
                    self.span(from, span.kind);
                }
                self.targets.extend(targets.into_iter().map(|target| target.moved(|offset| start + offset)));
            }
        }
        self.replaced.push(Replaced { text: start..self.text.len(), source: range });
    }

    fn finish(self, targets: Vec<Target>) -> Working<'static> {
        let Builder { text, spans, targets: new_targets, replaced, .. } = self;
        let mut working = Working { text: Cow::Owned(text), spans, targets: Vec::new(), replaced };
        let mut targets: Vec<Target> =
            targets.into_iter().map(|target| target.moved(|offset| working.text_offset(offset))).collect();
        if !new_targets.is_empty() {
            targets.extend(new_targets);
            targets.sort_by_key(|target| target.range.start);
        }
        working.targets = targets;
        working
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(range: Range<usize>, kind: SpanKind) -> Span {
        Span { range, kind }
    }

    fn example() -> Working<'static> {
        let spans = vec![span(0..2, SpanKind::Text), span(2..8, SpanKind::Protected), span(8..10, SpanKind::Text)];
        let replacement = |range, text: &str, inside| Replacement { range, text: text.into(), inside };
        let replacements = vec![
            replacement(2..4, "", Inside::Kept),
            replacement(4..6, "XYZ", Inside::Converted),
            replacement(8..9, "u", Inside::Kept),
        ];
        Working::new("ab234567cd".into(), spans, Vec::new(), replacements)
    }

    #[test]
    fn spans_are_those_of_the_working_text() {
        let working = example();
        assert_eq!(working.text, "abXYZ67ud");
        let kinds: Vec<(Range<usize>, SpanKind)> =
            working.spans.iter().map(|span| (span.range.clone(), span.kind)).collect();
        use SpanKind::*;
        assert_eq!(kinds, [(0..2, Text), (2..5, Text), (5..8, Protected), (8..9, Text)]);
    }

    #[test]
    fn joined_text_is_one_stretch() {
        let spans = vec![span(0..2, SpanKind::Text), span(2..8, SpanKind::Protected), span(8..9, SpanKind::Text)];
        let replacements = vec![Replacement { range: 2..8, text: "X".into(), inside: Inside::Joined }];
        let working = Working::new("ab234567c".into(), spans, Vec::new(), replacements);
        assert_eq!((&*working.text, working.spans.len()), ("abXc", 1));
    }

    #[test]
    fn offsets_go_both_ways() {
        let working = example();
        let sources: Vec<usize> = (0..=9).map(|offset| working.source_offset(offset)).collect();
        assert_eq!(sources, [0, 1, 4, 4, 4, 6, 7, 8, 9, 10]);
        assert_eq!(
            [0, 1, 2, 3, 4, 6, 7, 8, 9, 10].map(|offset| working.text_offset(offset)),
            [0, 1, 2, 2, 2, 5, 6, 7, 8, 9]
        );
    }

    #[test]
    fn origins_partition_the_working_text() {
        let working = example();
        let mut shown = String::new();
        working.origins(1..9, |origin| match origin {
            Origin::Source(range) => shown += &format!("s{range:?} "),
            Origin::New(range) => shown += &format!("n{range:?} "),
        });
        assert_eq!(shown, "s1..2 n2..5 s6..8 n7..8 s9..10 ");
    }
}
