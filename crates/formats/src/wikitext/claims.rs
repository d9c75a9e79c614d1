//! What the rules say about ranges of a page, brought into one partition.
//!
//! Every rule only ever claims bytes that must stay: as markup (brackets, tags, marks) or as protected (names, addresses,
//! foreign text). What nobody claims is text. Claims may overlap and nest, in any order; a byte that anybody protects is
//! protected, so a rule for a whole template need not know the rules for what is in it. In doubt a rule claims: text
//! that is left unconverted never breaks a page.
//!
//! A target is a third kind: a stretch that stays and whose conversion is wanted all the same, as a label, or a fragment
//! that follows a heading. A target within a claim of somebody else is dropped.
//!
//! `[[国]]马`: markup `[[`, target `国`, markup `]]`; the rest, `马`, is text.
//!
//! Cost: sorting the claims, which come nearly in order.

use std::ops::Range;

use tongwen::{Span, SpanKind};

/// A stretch of a link's target that stays, but may get company.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    /// What is converted for the label; for a piped link the fragment after `#`.
    pub(crate) range: Range<usize>,
    /// Where the label goes; none for a link that has one.
    pub(crate) label_at: Option<usize>,
    /// The fragment, where the link leads to a section of the same page.
    pub(crate) fragment: Option<Range<usize>>,
    /// Where the link begins.
    pub(crate) link: usize,
}

impl Target {
    /// With all its offsets brought somewhere else.
    pub(crate) fn moved(self, offset: impl Fn(usize) -> usize) -> Target {
        let range = |range: Range<usize>| {
            let start = offset(range.start);
            start..start + range.len()
        };
        Target {
            range: range(self.range),
            label_at: self.label_at.map(&offset),
            fragment: self.fragment.map(range),
            link: offset(self.link),
        }
    }
}

/// All claims on a page.
#[derive(Debug, Default)]
pub(crate) struct Claims {
    markup: Vec<Range<usize>>,
    protected: Vec<Range<usize>>,
    targets: Vec<Target>,
    hidden: Hidden,
}

/// Stretches in which conversion markup is no markup: addresses, tags, keys. Not kept for a page without any.
#[derive(Debug, Default)]
pub(crate) enum Hidden {
    #[default]
    NotKept,
    Kept(Vec<Range<usize>>),
}

impl Hidden {
    fn add(&mut self, range: Range<usize>) {
        if let Hidden::Kept(ranges) = self {
            add(ranges, range);
        }
    }

    /// Sorted and disjoint.
    pub(crate) fn settle(self) -> Vec<Range<usize>> {
        let Hidden::Kept(mut ranges) = self else { return Vec::new() };
        unite(&mut ranges);
        ranges
    }
}

impl Claims {
    pub(crate) fn new(hidden: Hidden) -> Claims {
        Claims { hidden, ..Claims::default() }
    }

    /// Syntax: the bytes stay, and words end here.
    pub(crate) fn markup(&mut self, range: Range<usize>) {
        add(&mut self.markup, range);
    }

    /// Syntax, in which conversion markup is not seen.
    pub(crate) fn hidden_markup(&mut self, range: Range<usize>) {
        self.hidden.add(range.clone());
        self.markup(range);
    }

    /// Content that must not be converted, and in which conversion markup is not seen.
    pub(crate) fn hide(&mut self, range: Range<usize>) {
        self.hidden.add(range.clone());
        self.protect(range);
    }

    /// Content that must not be converted.
    pub(crate) fn protect(&mut self, range: Range<usize>) {
        add(&mut self.protected, range);
    }

    /// A target of a link.
    pub(crate) fn target(&mut self, target: Target) {
        if !target.range.is_empty() {
            self.targets.push(target);
        }
    }

    /// What is hidden, once everything has been claimed.
    pub(crate) fn take_hidden(&mut self) -> Hidden {
        std::mem::take(&mut self.hidden)
    }

    /// The partition of a page of `length` bytes, and the targets that nobody else claimed.
    pub(crate) fn settle(self, length: usize) -> (Vec<Span>, Vec<Target>) {
        let Claims { mut markup, mut protected, mut targets, .. } = self;
        unite(&mut markup);
        unite(&mut protected);
        targets.sort_by_key(|target| target.range.start);
        drop_touching(&mut targets, &markup);
        drop_touching(&mut targets, &protected);
        protected.extend(targets.iter().map(|target| target.range.clone()));
        unite(&mut protected);
        (partition(&markup, &protected, length), targets)
    }
}

fn add(ranges: &mut Vec<Range<usize>>, range: Range<usize>) {
    if range.is_empty() {
        return;
    }
    match ranges.last_mut() {
        Some(last) if last.end == range.start => last.end = range.end,
        _ => ranges.push(range),
    }
}

/// Sorted, disjoint, not touching.
fn unite(ranges: &mut Vec<Range<usize>>) {
    if !ranges.is_sorted_by_key(|range| range.start) {
        ranges.sort_by_key(|range| range.start);
    }
    ranges.dedup_by(|later, earlier| {
        let joins = later.start <= earlier.end;
        if joins {
            earlier.end = earlier.end.max(later.end);
        }
        joins
    });
}

fn drop_touching(targets: &mut Vec<Target>, ranges: &[Range<usize>]) {
    let mut next = 0;
    targets.retain(|target| {
        while ranges.get(next).is_some_and(|range| range.end <= target.range.start) {
            next += 1;
        }
        ranges.get(next).is_none_or(|range| range.start >= target.range.end)
    });
}

/// Protected wins over markup, markup over text.
fn partition(markup: &[Range<usize>], protected: &[Range<usize>], length: usize) -> Vec<Span> {
    let mut spans: Vec<Span> = Vec::with_capacity(2 * (markup.len() + protected.len()) + 1);
    let mut put = |range: Range<usize>, kind| {
        if !range.is_empty() {
            spans.push(Span { range, kind });
        }
    };
    let mut at = 0;
    let mut next_markup = 0;
    for hard in protected.iter().cloned().chain(std::iter::once(length..length)) {
        while let Some(soft) = markup.get(next_markup).filter(|soft| soft.start < hard.start) {
            let start = soft.start.max(at);
            let end = soft.end.min(hard.start);
            if start < end {
                put(at..start, SpanKind::Text);
                put(start..end, SpanKind::Markup);
                at = end;
            }
            if soft.end > hard.start {
                break;
            }
            next_markup += 1;
        }
        put(at..hard.start, SpanKind::Text);
        put(hard.clone(), SpanKind::Protected);
        at = hard.end;
    }
    spans
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(spans: &[Span]) -> String {
        let letter = |span: &Span| match span.kind {
            SpanKind::Text => "t",
            SpanKind::Markup => "m",
            SpanKind::Protected => "p",
        };
        spans.iter().map(|span| letter(span).repeat(span.range.len()) + "|").collect()
    }

    #[test]
    fn protected_wins_and_the_rest_is_text() {
        let mut claims = Claims::default();
        claims.markup(8..10);
        claims.markup(2..6);
        claims.protect(4..5);
        claims.protect(9..9);
        claims.markup(3..7);
        let (spans, _) = claims.settle(12);
        assert_eq!(shown(&spans), "tt|mm|p|mm|t|mm|tt|");
        assert_eq!(shown(&Claims::default().settle(3).0), "ttt|");
        assert_eq!(shown(&Claims::default().settle(0).0), "");
    }

    #[test]
    fn targets_in_claimed_ranges_are_dropped() {
        let target = |range: Range<usize>| Target { range, label_at: None, fragment: None, link: 0 };
        let mut claims = Claims::default();
        claims.target(target(7..8));
        claims.target(target(2..4));
        claims.markup(1..2);
        claims.markup(4..5);
        claims.protect(6..10);
        let (spans, targets) = claims.settle(10);
        assert!(targets.len() == 1 && targets[0].range == (2..4));
        assert_eq!(shown(&spans), "t|m|pp|m|t|pppp|");
    }
}
