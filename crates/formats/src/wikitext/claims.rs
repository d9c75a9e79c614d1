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
//! Cost: one pass over the claims, and bringing those into order that come ahead of their time.

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

/// A claim on a range.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Claim {
    start: usize,
    end: usize,
    kind: ClaimKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ClaimKind {
    Markup,
    Protected,
    /// With its place in the list of targets.
    Target(usize),
}

impl Claim {
    /// Syntax: the bytes stay, and words end here.
    pub(crate) fn markup(range: Range<usize>) -> Claim {
        Claim { start: range.start, end: range.end, kind: ClaimKind::Markup }
    }

    /// Content that must not be converted.
    pub(crate) fn protected(range: Range<usize>) -> Claim {
        Claim { start: range.start, end: range.end, kind: ClaimKind::Protected }
    }
}

/// All claims on a page.
#[derive(Debug, Default)]
pub(crate) struct Claims {
    list: Vec<Claim>,
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
    /// Sorted and disjoint.
    pub(crate) fn settle(self) -> Vec<Range<usize>> {
        let Hidden::Kept(mut ranges) = self else { return Vec::new() };
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
        ranges
    }
}

impl Claims {
    /// With room for the claims on a page of `length` bytes.
    pub(crate) fn new(length: usize, hidden: Hidden) -> Claims {
        // About what a page of many links needs.
        const BYTES_PER_CLAIM: usize = 24;
        Claims { list: Vec::with_capacity(length / BYTES_PER_CLAIM), targets: Vec::new(), hidden }
    }

    /// Adds a claim.
    #[inline]
    pub(crate) fn add(&mut self, claim: Claim) {
        if claim.start >= claim.end {
            return;
        }
        match self.list.last_mut() {
            Some(last) if last.end == claim.start && last.kind == claim.kind => last.end = claim.end,
            _ => self.list.push(claim),
        }
    }

    /// Says that conversion markup is not seen in a range.
    pub(crate) fn hide(&mut self, range: Range<usize>) {
        if let Hidden::Kept(ranges) = &mut self.hidden
            && !range.is_empty()
        {
            ranges.push(range);
        }
    }

    /// A target of a link.
    pub(crate) fn target(&mut self, target: Target) {
        let Range { start, end } = target.range;
        if start < end {
            self.add(Claim { start, end, kind: ClaimKind::Target(self.targets.len()) });
            self.targets.push(target);
        }
    }

    /// What is hidden, once everything has been claimed.
    pub(crate) fn take_hidden(&mut self) -> Hidden {
        std::mem::take(&mut self.hidden)
    }

    /// The partition of a page of `length` bytes, and the targets that nobody else claimed.
    pub(crate) fn settle(self, length: usize) -> (Vec<Span>, Vec<Target>) {
        let Claims { mut list, mut targets, .. } = self;
        order(&mut list);
        let mut sweep = Sweep { spans: Vec::with_capacity(2 * list.len() + 1), at: 0, markup: 0, protected: 0 };
        let mut dropped: Vec<usize> = Vec::new();
        for (index, claim) in list.iter().enumerate() {
            sweep.advance(claim.start);
            match claim.kind {
                ClaimKind::Markup => sweep.markup = sweep.markup.max(claim.end),
                ClaimKind::Protected => sweep.protected = sweep.protected.max(claim.end),
                ClaimKind::Target(target) => {
                    let is_last = list.get(index + 1).is_none_or(|next| next.start >= claim.end);
                    match is_last && sweep.markup.max(sweep.protected) <= claim.start {
                        true => sweep.protected = claim.end,
                        false => dropped.push(target),
                    }
                }
            }
        }
        sweep.advance(length);
        if !dropped.is_empty() {
            dropped.sort_unstable();
            let mut next = 0;
            targets.retain(|_| {
                next += 1;
                dropped.binary_search(&(next - 1)).is_err()
            });
        }
        if !targets.is_sorted_by_key(|target| target.range.start) {
            targets.sort_by_key(|target| target.range.start);
        }
        (sweep.spans, targets)
    }
}

/// Sorts claims that come nearly in order: each goes back to its place, which costs less than general sorting as long as it
/// is not far.
fn order(list: &mut [Claim]) {
    const ALLOWANCE: usize = 8;
    let mut allowed = ALLOWANCE * list.len();
    for index in 1..list.len() {
        let start = list[index].start;
        if list[index - 1].start <= start {
            continue;
        }
        let steps = list[..index].iter().rev().take(allowed + 1).take_while(|claim| claim.start > start).count();
        if steps > allowed {
            list.sort_by_key(|claim| claim.start);
            return;
        }
        allowed -= steps;
        list[index - steps..=index].rotate_right(1);
    }
}

/// Goes through sorted claims: protected wins over markup, markup over text.
struct Sweep {
    spans: Vec<Span>,
    /// Up to here the spans go.
    at: usize,
    /// Where the claims end that have begun.
    markup: usize,
    protected: usize,
}

impl Sweep {
    /// Puts out the spans up to a place.
    #[inline]
    fn advance(&mut self, to: usize) {
        if self.protected > self.at && self.at < to {
            self.put(self.protected.min(to), SpanKind::Protected);
        }
        // What is still left may be under several claims, if there are any.
        if self.markup > self.at && self.at < to {
            self.put(self.markup.min(to), SpanKind::Markup);
        }
        if self.at < to {
            self.put(to, SpanKind::Text);
        }
    }

    #[inline]
    fn put(&mut self, end: usize, kind: SpanKind) {
        let start = std::mem::replace(&mut self.at, end);
        match self.spans.last_mut() {
            Some(last) if last.kind == kind => last.range.end = end,
            _ => self.spans.push(Span { range: start..end, kind }),
        }
    }
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
        for claim in [8..10, 2..6, 3..7].map(Claim::markup) {
            claims.add(claim);
        }
        claims.add(Claim::protected(4..5));
        claims.add(Claim::protected(9..9));
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
        claims.add(Claim::markup(1..2));
        claims.add(Claim::markup(4..5));
        claims.add(Claim::protected(6..10));
        let (spans, targets) = claims.settle(10);
        assert!(targets.len() == 1 && targets[0].range == (2..4));
        assert_eq!(shown(&spans), "t|m|pp|m|t|pppp|");
    }

    #[test]
    fn any_order_gives_the_same() {
        let ranges: Vec<Range<usize>> =
            (0..100).map(|number| number * 7 % 100..number * 7 % 100 + 1 + number % 3).collect();
        let settled = |ranges: &[Range<usize>]| {
            let mut claims = Claims::default();
            for (number, range) in ranges.iter().enumerate() {
                let is_markup = range.start % 2 == 0;
                claims.add(if is_markup { Claim::markup(range.clone()) } else { Claim::protected(range.clone()) });
                claims.add(Claim::markup(number..number));
            }
            shown(&claims.settle(103).0)
        };
        let mut sorted = ranges.clone();
        sorted.sort_by_key(|range| range.start);
        let backwards: Vec<Range<usize>> = sorted.iter().rev().cloned().collect();
        assert_eq!(settled(&ranges), settled(&sorted));
        assert_eq!(settled(&backwards), settled(&sorted));
    }
}
