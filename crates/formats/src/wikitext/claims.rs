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
//! Cost: nothing beyond making the spans, if all claims come in order and apart; else sorting, which finds nearly sorted lists.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
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
struct Claim {
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

impl ClaimKind {
    fn of(kind: SpanKind) -> ClaimKind {
        if kind == SpanKind::Markup { ClaimKind::Markup } else { ClaimKind::Protected }
    }

    fn target(self) -> Option<usize> {
        match self {
            ClaimKind::Target(target) => Some(target),
            ClaimKind::Markup | ClaimKind::Protected => None,
        }
    }
}

/// All claims on a page.
///
/// Nearly all claims come in the order of the page and apart from each other. Of these the partition is made at once; as soon as
/// there are others, everything is claimed anew in the end, in order.
#[derive(Debug)]
pub(crate) struct Claims {
    /// The partition up to the end of the last claim that came in order.
    spans: Vec<Span>,
    at: usize,
    /// The text in that, and the targets that are wanted as labels.
    requested: Vec<Range<usize>>,
    /// The last of these claims, and those that touch it, as far as all of that is protected whatever else is claimed.
    solid: Range<usize>,
    /// Claims that begin before that end.
    early: Vec<Claim>,
    /// Markup that was claimed ahead of what is before it in the page.
    ahead: BinaryHeap<Reverse<(usize, usize)>>,
    /// Where the first of that begins; `usize::MAX`: there is none.
    ahead_from: usize,
    targets: Vec<Target>,
    hidden: Hidden,
}

/// What claims make of a page.
pub(crate) struct Settled {
    /// The partition of the page.
    pub(crate) spans: Vec<Span>,
    /// The targets that nobody else claimed.
    pub(crate) targets: Vec<Target>,
    /// What [`requested`] says of both.
    pub(crate) requested: Vec<Range<usize>>,
}

/// The text of a partition, and the targets that are wanted as labels, in order.
pub(crate) fn requested(spans: &[Span], targets: &[Target]) -> Vec<Range<usize>> {
    let mut requested = Vec::with_capacity(spans.len() / 2 + 1);
    let mut labels = targets.iter().filter(|target| target.label_at.is_some()).map(|target| &target.range);
    let mut label = labels.next();
    let texts = spans.iter().filter(|span| span.kind == SpanKind::Text).map(|span| &span.range);
    // A page may have thousands of spans and no label.
    if label.is_none() {
        requested.extend(texts.cloned());
        return requested;
    }
    for text in texts {
        while let Some(wanted) = label.filter(|wanted| wanted.start <= text.start) {
            requested.push(wanted.clone());
            label = labels.next();
        }
        requested.push(text.clone());
    }
    requested.extend(label.into_iter().chain(labels).cloned());
    requested
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
    /// With room for about so many spans.
    pub(crate) fn new(expected: usize, hidden: Hidden) -> Claims {
        Claims {
            spans: Vec::with_capacity(expected),
            at: 0,
            requested: Vec::with_capacity(expected / 2),
            solid: 0..0,
            early: Vec::new(),
            ahead: BinaryHeap::new(),
            ahead_from: usize::MAX,
            targets: Vec::new(),
            hidden,
        }
    }

    /// Claims markup, when what is before it in the page is still to be claimed.
    pub(crate) fn markup_ahead(&mut self, range: Range<usize>) {
        self.ahead_from = self.ahead_from.min(range.start);
        self.ahead.push(Reverse((range.start, range.end)));
    }

    /// Whether there is any of that up to a place.
    #[inline]
    fn is_behind(&self, place: usize) -> bool {
        self.ahead_from <= place
    }

    /// Claims a range, as markup or as protected.
    #[inline]
    pub(crate) fn add(&mut self, range: Range<usize>, kind: SpanKind) {
        if self.is_behind(range.start) {
            self.catch_up(range.start);
        }
        self.put(range.start, range.end, kind);
    }

    /// Claims a name and the markup around it: two or three claims at once.
    #[inline]
    pub(crate) fn add_name(&mut self, whole: Range<usize>, name: Range<usize>) {
        if whole.start < self.at || name.is_empty() || self.is_behind(whole.end) {
            return self.add_by_parts(whole, name, None);
        }
        let spans = [
            Span { range: name.clone(), kind: SpanKind::Protected },
            Span { range: name.end..whole.end, kind: SpanKind::Markup },
        ];
        self.append(whole.start, name.start, SpanKind::Markup);
        self.spans.extend_from_slice(&spans);
        self.at = whole.end;
        self.solid = name;
    }

    /// Claims a link whose target is wanted as its label.
    #[inline]
    pub(crate) fn add_link(&mut self, link: Range<usize>, target: Target) {
        let name = target.range.clone();
        if link.start < self.at || self.is_behind(link.end) {
            return self.add_by_parts(link, name, Some(target));
        }
        let spans = [
            Span { range: name.clone(), kind: SpanKind::Protected },
            Span { range: name.end..link.end, kind: SpanKind::Markup },
        ];
        self.append(link.start, name.start, SpanKind::Markup);
        self.spans.extend_from_slice(&spans);
        self.at = link.end;
        self.request(&target);
        self.targets.push(target);
    }

    /// Claims a link with a label behind its name, between `[[`, one pipe and `]]`.
    #[inline]
    pub(crate) fn add_labelled_link(&mut self, link: Range<usize>, name: Range<usize>) {
        let end = link.end - 2;
        let label = name.end + 1..end;
        if link.start < self.at || self.is_behind(link.end) {
            self.add_by_parts(link.start..label.start, name, None);
            return self.add(end..link.end, SpanKind::Markup);
        }
        let spans = [
            Span { range: name.clone(), kind: SpanKind::Protected },
            Span { range: name.end..label.start, kind: SpanKind::Markup },
            Span { range: label.clone(), kind: SpanKind::Text },
            Span { range: end..link.end, kind: SpanKind::Markup },
        ];
        self.append(link.start, name.start, SpanKind::Markup);
        self.spans.extend_from_slice(&spans);
        self.requested.push(label);
        self.at = link.end;
        self.solid = name;
    }

    #[cold]
    fn add_by_parts(&mut self, whole: Range<usize>, name: Range<usize>, target: Option<Target>) {
        self.add(whole.start..name.start, SpanKind::Markup);
        let end = name.end;
        match target {
            Some(target) => self.target(target),
            None => self.add(name, SpanKind::Protected),
        }
        self.add(end..whole.end, SpanKind::Markup);
    }

    /// What was claimed ahead and begins up to a place.
    #[cold]
    fn catch_up(&mut self, place: usize) {
        while self.is_behind(place) {
            let Some(Reverse((start, end))) = self.ahead.pop() else { break };
            self.ahead_from = self.ahead.peek().map_or(usize::MAX, |Reverse((start, _))| *start);
            self.put(start, end, SpanKind::Markup);
        }
    }

    #[inline]
    fn put(&mut self, start: usize, end: usize, kind: SpanKind) {
        if start < self.at || start >= end {
            return self.put_early(Claim { start, end, kind: ClaimKind::of(kind) });
        }
        if kind == SpanKind::Protected {
            let from = if self.solid.end == start { self.solid.start } else { start };
            self.solid = from..end;
        }
        self.append(start, end, kind);
    }

    /// Ends the partition with a range, and text before it.
    #[inline(always)]
    fn append(&mut self, start: usize, end: usize, kind: SpanKind) {
        if self.at < start {
            let text = self.at..start;
            self.spans.extend_from_slice(&[
                Span { range: text.clone(), kind: SpanKind::Text },
                Span { range: start..end, kind },
            ]);
            self.requested.push(text);
            self.at = end;
            return;
        }
        if let Some(last) = self.spans.last_mut().filter(|last| last.kind == kind) {
            last.range.end = end;
            self.at = end;
            return;
        }
        self.spans.push(Span { range: start..end, kind });
        self.at = end;
    }

    /// Ends the partition with text.
    fn text(&mut self, end: usize) {
        self.spans.push(Span { range: self.at..end, kind: SpanKind::Text });
        self.requested.push(self.at..end);
    }

    #[inline]
    fn request(&mut self, target: &Target) {
        if target.label_at.is_some() {
            self.requested.push(target.range.clone());
        }
    }

    /// A claim that meets others, or comes too late for its place, or is empty.
    #[cold]
    fn put_early(&mut self, claim: Claim) {
        let Claim { start, end, kind } = claim;
        if start >= end || self.solid.start <= start && end <= self.solid.end {
            return;
        }
        let targets = self.targets.partition_point(|target| target.range.end <= start);
        let cuts_target = self.targets.get(targets).is_some_and(|target| target.range.start < start);
        if kind != ClaimKind::Protected || end < self.at || cuts_target || !self.early.is_empty() {
            return self.early.push(claim);
        }
        // An element as a whole, all of whose content has been claimed: nothing of that counts any more.
        self.targets.truncate(targets);
        while self.spans.pop_if(|span| span.range.start >= start).is_some() {}
        self.at = self.spans.last().map_or(0, |span| span.range.end).min(start);
        if let Some(last) = self.spans.last_mut() {
            last.range.end = last.range.end.min(start);
        }
        while self.requested.pop_if(|range| range.start >= start).is_some() {}
        if let Some(last) = self.requested.last_mut() {
            last.end = last.end.min(start);
        }
        self.put(start, end, SpanKind::Protected);
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
        if start >= end || self.solid.start <= start && end <= self.solid.end {
            return;
        }
        self.catch_up(start);
        if start < self.at {
            self.early.push(Claim { start, end, kind: ClaimKind::Target(self.targets.len()) });
        } else {
            self.append(start, end, SpanKind::Protected);
            self.request(&target);
        }
        self.targets.push(target);
    }

    /// What is hidden, once everything has been claimed.
    pub(crate) fn take_hidden(&mut self) -> Hidden {
        std::mem::take(&mut self.hidden)
    }

    /// What a page of `length` bytes consists of.
    pub(crate) fn settle(mut self, length: usize) -> Settled {
        self.catch_up(length);
        if !self.early.is_empty() {
            let (spans, targets) = self.sweep(length);
            let requested = requested(&spans, &targets);
            return Settled { spans, targets, requested };
        }
        if self.at < length {
            self.text(length);
        }
        let Claims { spans, targets, requested, .. } = self;
        Settled { spans, targets, requested }
    }

    /// The same where claims meet.
    fn sweep(self, length: usize) -> (Vec<Span>, Vec<Target>) {
        let mut list = self.in_order();
        let Claims { early, mut targets, .. } = self;
        list.extend(early);
        list.sort_by_key(|claim| claim.start);
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
        targets.sort_by_key(|target| target.range.start);
        (sweep.spans, targets)
    }

    /// The claims that the spans were made of, those that met as one; targets are claims of their own.
    fn in_order(&self) -> Vec<Claim> {
        let early: Vec<usize> = self.early.iter().filter_map(|claim| claim.kind.target()).collect();
        let mut next = early.iter().peekable();
        let mut targets =
            self.targets.iter().enumerate().filter(|(index, _)| next.next_if_eq(&index).is_none()).peekable();
        let mut list = Vec::with_capacity(self.spans.len());
        for Span { range, kind } in self.spans.iter().filter(|span| span.kind != SpanKind::Text) {
            let claim = |start, end| Claim { start, end, kind: ClaimKind::of(*kind) };
            let mut at = range.start;
            while let Some((index, target)) = targets.next_if(|(_, target)| target.range.start < range.end) {
                let Range { start, end } = target.range;
                list.extend((at < start).then(|| claim(at, start)));
                list.push(Claim { start, end, kind: ClaimKind::Target(index) });
                at = end;
            }
            list.extend((at < range.end).then(|| claim(at, range.end)));
        }
        list
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
        let mut claims = Claims::new(0, Hidden::NotKept);
        for range in [8..10, 2..6, 3..7] {
            claims.add(range, SpanKind::Markup);
        }
        claims.add(4..5, SpanKind::Protected);
        claims.add(9..9, SpanKind::Protected);
        let Settled { spans, .. } = claims.settle(12);
        assert_eq!(shown(&spans), "tt|mm|p|mm|t|mm|tt|");
        assert_eq!(shown(&Claims::new(0, Hidden::NotKept).settle(3).spans), "ttt|");
        assert_eq!(shown(&Claims::new(0, Hidden::NotKept).settle(0).spans), "");
    }

    #[test]
    fn targets_in_claimed_ranges_are_dropped() {
        let target = |range: Range<usize>| Target { range, label_at: None, fragment: None, link: 0 };
        let mut claims = Claims::new(0, Hidden::NotKept);
        claims.target(target(7..8));
        claims.target(target(2..4));
        claims.add(1..2, SpanKind::Markup);
        claims.add(4..5, SpanKind::Markup);
        claims.add(6..10, SpanKind::Protected);
        let Settled { spans, targets, .. } = claims.settle(10);
        assert!(targets.len() == 1 && targets[0].range == (2..4));
        assert_eq!(shown(&spans), "t|m|pp|m|t|pppp|");
    }

    #[test]
    fn any_order_gives_the_same() {
        let ranges: Vec<Range<usize>> =
            (0..100).map(|number| number * 7 % 100..number * 7 % 100 + 1 + number % 3).collect();
        let settled = |ranges: &[Range<usize>]| {
            let mut claims = Claims::new(0, Hidden::NotKept);
            for (number, range) in ranges.iter().enumerate() {
                let is_markup = range.start % 2 == 0;
                claims.add(range.clone(), if is_markup { SpanKind::Markup } else { SpanKind::Protected });
                claims.add(number..number, SpanKind::Markup);
            }
            shown(&claims.settle(103).spans)
        };
        let mut sorted = ranges.clone();
        sorted.sort_by_key(|range| range.start);
        let backwards: Vec<Range<usize>> = sorted.iter().rev().cloned().collect();
        assert_eq!(settled(&ranges), settled(&sorted));
        assert_eq!(settled(&backwards), settled(&sorted));
    }

    /// What each byte is, asked of every claim: `p`, `m` or `t`. A target is protected if nobody else claims a byte of it.
    fn byte_by_byte(claims: &[(char, Range<usize>)], length: usize) -> (String, usize) {
        let mut bytes = vec!['t'; length];
        for kind in ['m', 'p'] {
            for (_, range) in claims.iter().filter(|(of, _)| *of == kind) {
                bytes[range.clone()].fill(kind);
            }
        }
        let targets = claims.iter().enumerate().filter(|(_, (kind, _))| *kind == 'x');
        let kept: Vec<&Range<usize>> = targets
            .filter(|(number, (_, range))| {
                let mut others = claims.iter().enumerate().filter(|(other, _)| other != number);
                others.all(|(_, (_, other))| other.end <= range.start || range.end <= other.start)
            })
            .map(|(_, (_, range))| range)
            .collect();
        kept.iter().for_each(|range| bytes[(*range).clone()].fill('p'));
        (bytes.into_iter().collect(), kept.len())
    }

    #[test]
    fn spans_are_what_every_byte_is() {
        let mut seed = 1_u64;
        let mut random = |below: usize| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (seed >> 33) as usize % below
        };
        const LENGTH: usize = 60;
        for _ in 0..20_000 {
            let mut claims = Claims::new(0, Hidden::NotKept);
            let mut list = Vec::new();
            let mut at: usize = 0;
            for _ in 0..random(12) {
                // Mostly in order, now and then around what was claimed before.
                let start = if random(5) == 0 { at.saturating_sub(random(12)) } else { at + random(3) };
                let end = (start + 1 + random(9)).min(LENGTH);
                if start >= end {
                    continue;
                }
                let mut kind = ['m', 'p', 'x'][random(3)];
                if list
                    .iter()
                    .any(|(of, range): &(char, Range<usize>)| *of == 'x' && start < range.end && range.start < end)
                {
                    // No two links share a target.
                    kind = kind.min('p');
                }
                at = at.max(end);
                match kind {
                    'm' if random(4) == 0 => claims.markup_ahead(start..end),
                    'm' => claims.add(start..end, SpanKind::Markup),
                    'p' => claims.add(start..end, SpanKind::Protected),
                    _ => {
                        let label_at = (random(2) == 0).then_some(end);
                        claims.target(Target { range: start..end, label_at, fragment: None, link: 0 });
                    }
                }
                list.push((kind, start..end));
            }
            let Settled { spans, targets, requested } = claims.settle(LENGTH);
            let expected = byte_by_byte(&list, LENGTH);
            assert_eq!((shown(&spans).replace('|', ""), targets.len()), expected, "{list:?}");
            assert_eq!(requested, super::requested(&spans, &targets), "{list:?}");
        }
    }
}
