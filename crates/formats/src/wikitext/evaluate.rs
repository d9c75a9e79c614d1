//! Evaluates the conversion markup of a page in the order in which the page is shown (rules A23, B16, B31).
//!
//! The events of a page are its outermost spans, the templates that set rules, and openings that are never closed. They
//! happen in the order of the source; but if the page sets rules and has notes, in the order in which it is shown. What has
//! been set by then is in force up to the next event.
//!
//! An opening that is never closed frees what is behind it (rule A21): the wiki converts all the rest as one text, what
//! inner spans have shown too, and with every rule that the rest sets.
//!
//! ```text
//! source   甲-{H|..}-乙<ref>丙-{H|..}-</ref>丁    epochs   甲 0, 乙 1, 丁 1, 丙 1, behind that 2
//! ```

use std::collections::HashSet;
use std::ops::Range;

use super::faults::{Fault, FaultKind};
use super::notes;
use super::rules::{self, Role};
use super::spans::{Span, Tokens};
use super::tree::{Kind, Tree};

use crate::document::{Epoch, Rules};
use crate::markup::{Page, Shown, page};
use crate::{Diagnostic, Mode, Options};

/// Everything on a page that matters for its conversion.
pub(crate) struct Events<'e> {
    pub(crate) source: &'e str,
    pub(crate) tree: &'e Tree,
    pub(crate) options: &'e Options,
    pub(crate) spans: &'e [Span],
    /// Nodes of templates that set rules, in the order of the source.
    pub(crate) rule_calls: &'e [usize],
    /// Openings that are never closed and could have been spans, in the order of the source.
    pub(crate) unclosed: &'e [usize],
}

/// What has come of it.
#[derive(Debug, Default)]
pub(crate) struct Evaluated {
    pub(crate) rules: Rules,
    /// For each span what it shows; empty as long as markup is kept.
    pub(crate) outcomes: Vec<Outcome>,
    pub(crate) diagnostics: Vec<Diagnostic>,
    pub(crate) faults: Vec<Fault>,
}

/// What a span shows.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    pub(crate) text: Box<str>,
    /// What there is to say about parts of the text; of most nothing.
    pub(crate) parts: Option<Box<Parts>>,
    /// Whether it is behind an opening that is never closed.
    pub(crate) is_free: bool,
}

/// Parts of what is shown, each sorted and disjoint.
#[derive(Debug, Default)]
pub(crate) struct Parts {
    /// Constructs of wikitext.
    pub(crate) constructs: Vec<Range<usize>>,
    /// What is to be converted.
    pub(crate) wanted: Vec<Range<usize>>,
}

impl Outcome {
    fn new(shown: Shown, is_free: bool) -> Outcome {
        let Shown { text, opaque, wanted, .. } = shown;
        let parts = Parts { constructs: opaque, wanted: wanted.into_iter().map(|wanted| wanted.range).collect() };
        let has_parts = !parts.constructs.is_empty() || !parts.wanted.is_empty();
        Outcome { text: text.into(), parts: has_parts.then(|| Box::new(parts)), is_free }
    }
}

#[derive(Clone, Copy)]
enum Event {
    Span(usize),
    RuleCall(usize),
    Unclosed,
}

/// The events of a stretch of the source, one after another.
struct Queue<'q> {
    events: &'q Events<'q>,
    /// The next of each kind.
    span: usize,
    rule_call: usize,
    unclosed: usize,
    end: usize,
}

impl<'q> Queue<'q> {
    fn new(events: &'q Events<'q>, stretch: &Range<usize>) -> Queue<'q> {
        let Range { start, end } = *stretch;
        Queue {
            events,
            span: events.spans.partition_point(|span| span.range.start < start),
            rule_call: events.rule_calls.partition_point(|&call| events.tree.node(call).start < start),
            unclosed: events.unclosed.partition_point(|&at| at < start),
            end,
        }
    }
}

impl Iterator for Queue<'_> {
    type Item = (Range<usize>, Event);

    fn next(&mut self) -> Option<Self::Item> {
        let Queue { events, .. } = *self;
        let span = events.spans.get(self.span).map(|span| span.range.clone());
        let call = events.rule_calls.get(self.rule_call).map(|&call| {
            let node = events.tree.node(call);
            node.start..node.end
        });
        let unclosed = events.unclosed.get(self.unclosed).map(|&at| at..at + 2);
        let start = |range: &Option<Range<usize>>| range.as_ref().map_or(usize::MAX, |range| range.start);
        let first = start(&span).min(start(&call)).min(start(&unclosed));
        if first >= self.end {
            return None;
        }
        if start(&span) == first {
            self.span += 1;
            span.map(|range| (range, Event::Span(self.span - 1)))
        } else if start(&call) == first {
            self.rule_call += 1;
            call.map(|range| (range, Event::RuleCall(events.rule_calls[self.rule_call - 1])))
        } else {
            self.unclosed += 1;
            unclosed.map(|range| (range, Event::Unclosed))
        }
    }
}

impl Events<'_> {
    pub(crate) fn evaluate(&self) -> Evaluated {
        if self.spans.is_empty() && self.rule_calls.is_empty() && self.unclosed.is_empty() {
            return Evaluated::default();
        }
        let whole = 0..self.source.len();
        let evaluated = self.run(std::slice::from_ref(&whole));
        if evaluated.rules.pairs.is_empty() && self.unclosed.is_empty() {
            return evaluated;
        }
        let order = notes::order(self.source, self.tree, &self.options.lists);
        if order.len() == 1 { evaluated } else { self.run(&order) }
    }

    /// Evaluates the page as these stretches, one after another.
    fn run(&self, order: &[Range<usize>]) -> Evaluated {
        /// Stands for the number of all changes, which is not known yet.
        const ALL: usize = usize::MAX;
        let from = Tokens { source: self.source, tree: self.tree, lists: &self.options.lists };
        let mut page = Page::new(self.options);
        let keeps = self.options.mode == Mode::Preserve;
        let count = if keeps { 0 } else { self.spans.len() };
        let mut outcomes: Vec<Outcome> = std::iter::repeat_with(Outcome::default).take(count).collect();
        let mut epochs: Vec<Epoch> = Vec::new();
        let mut faults = Vec::new();
        let mut tokens = Vec::new();
        let mut is_free = false;
        for stretch in order {
            if order.len() > 1 {
                epochs.push(Epoch { from: stretch.start, epoch: if is_free { ALL } else { page.epoch() } });
            }
            for (range, event) in Queue::new(self, stretch) {
                let before = page.epoch();
                match event {
                    // It stays, and says nothing about what is behind it.
                    Event::Span(index) if keeps && self.is_bare(&self.spans[index]) => {}
                    Event::Span(index) => {
                        from.of(&self.spans[index], &mut tokens);
                        let result = page.span(self.source, &tokens);
                        if let Some(part) = result.wanted.first().filter(|_| !keeps && !is_free) {
                            // What a variant list chooses sees the rules inside of it, if there are any for its variant.
                            let epoch = if Page::has_rules(part.variant) { page.epoch() } else { 0 };
                            epochs.push(Epoch { from: range.start, epoch });
                            epochs.push(Epoch { from: range.end, epoch: page.epoch() });
                        }
                        if !keeps {
                            outcomes[index] = Outcome::new(result, is_free);
                        }
                    }
                    Event::RuleCall(index) => self.rule_call(index, &mut page, &mut faults),
                    Event::Unclosed if !is_free => {
                        is_free = true;
                        epochs.push(Epoch { from: range.start, epoch: ALL });
                    }
                    Event::Unclosed => {}
                }
                // At the end of a stretch another one begins, which may be shown before.
                if !is_free && page.epoch() != before && range.end < stretch.end {
                    epochs.push(Epoch { from: range.end, epoch: page.epoch() });
                }
            }
        }
        if page.epoch() == 0 {
            epochs.clear();
        }
        for epoch in &mut epochs {
            epoch.epoch = epoch.epoch.min(page.epoch());
        }
        if !epochs.is_sorted_by_key(|epoch| epoch.from) {
            epochs.sort_by_key(|epoch| epoch.from);
        }
        // A group that a page names twice is missing once.
        let mut missing = HashSet::new();
        faults.retain(|fault: &Fault| missing.insert(&self.source[fault.range.clone()]));
        let rules = Rules { pairs: page.pairs, epochs, title: page.title };
        Evaluated { rules, outcomes, diagnostics: page.diagnostics, faults }
    }

    /// Whether a span holds Han characters and nothing else.
    fn is_bare(&self, span: &Span) -> bool {
        let node = self.tree.node(span.node);
        let is_alone = node.kind == Kind::Span && node.after == span.node + 1;
        is_alone && page::is_bare(&self.source[node.inner_start..node.inner_end])
    }

    /// The rules of NoteTA and its like.
    fn rule_call(&self, index: usize, page: &mut Page, faults: &mut Vec<Fault>) {
        let from = Tokens { source: self.source, tree: self.tree, lists: &self.options.lists };
        let mut tokens = Vec::new();
        for value in rules::values(self.source, self.tree, index, &self.options.lists) {
            tokens.clear();
            from.within(value.nodes, &mut tokens);
            match value.role {
                Role::Title => page.title_rule(self.source, value.range, &tokens),
                Role::Rule => page.rule(self.source, value.range, &tokens),
                Role::Group => {
                    let name = &self.source[value.range.clone()];
                    match self.options.groups.rules(name) {
                        Some(rules) => rules.iter().for_each(|rule| page.group_rule(rule, value.range.start)),
                        None => faults.push(Fault { range: value.range.clone(), kind: FaultKind::UnresolvedGroup }),
                    }
                }
            }
        }
    }
}

/// The openings that are never closed, apart from hidden ones, in the order of the source. `hidden` is sorted and disjoint.
pub(crate) fn unclosed(mut places: Vec<usize>, hidden: &[Range<usize>]) -> Vec<usize> {
    places.sort_unstable();
    let mut hidden = hidden.iter().peekable();
    places.retain(|&place| {
        while hidden.next_if(|range| range.end <= place).is_some() {}
        hidden.peek().is_none_or(|range| range.start > place)
    });
    places
}
