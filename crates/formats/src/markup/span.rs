//! Evaluates a span: what it does to the page and what it shows (rules A3, A6, A7, A8, A10, A19, A22).
//!
//! Inner spans come first. Each level gathers its body; at a closing bracket the innermost body is evaluated, and what it shows
//! becomes part of the body around it, as if it had been written there. Levels are a stack, ten of each pair of
//! delimiters at most, so a byte is copied no more than twenty times.
//!
//! ```text
//! -{zh-cn:a-{zh-cn:1;zh-tw:2}-;zh-tw:b}-   for zh-tw
//!           -{zh-cn:1;zh-tw:2}-            shows 2
//! -{zh-cn:a2;zh-tw:b}-                     shows b
//! ```
//!
//! Where no text fits the target, the wiki shows an error message. Here the text for `zh` is shown instead, since any text is
//! better than a hole, and a diagnostic says so (rule C4).

use std::ops::Range;

use super::body::{Body, Wanted};
use super::brackets::{LEVELS, Pair, Token};
use super::codes::Code;
use super::findings::{self, Findings};
use super::flags::{Action, Flag, Flags, Show, trim};
use super::language_names;
use super::page::Page;
use super::rules::{self, Rules, Words};
use crate::{Mode, PageRules};

/// How often the length of an outermost span its descriptions may make. One that describes what was written in the span never
/// needs more; descriptions of descriptions could make nine times more at each level.
const DESCRIPTION_FACTOR: usize = 16;

/// A span that is being read.
#[derive(Default)]
struct Level<'s> {
    body: Body<'s>,
    /// Where its opening bracket begins.
    at: usize,
    pair: Option<Pair>,
    reported_depth: bool,
}

/// A span whose body is complete.
struct Complete<'s> {
    body: Body<'s>,
    /// All of it, in the source.
    place: Range<usize>,
    /// The only flag, for rules that are no spans.
    forced: Option<Flag>,
}

impl Page {
    /// Evaluates a span, or the content of a range as if it stood behind a flag.
    pub(super) fn evaluate_tokens<'s>(
        &mut self,
        source: &'s str,
        tokens: &[Token],
        forced: Option<(Flag, Range<usize>)>,
    ) -> Body<'s> {
        let whole = match (&forced, tokens.first(), tokens.last()) {
            (Some((_, range)), _, _) => range.clone(),
            (None, Some(first), Some(last)) => first.start()..last.end(),
            _ => return Body::default(),
        };
        self.allowance = DESCRIPTION_FACTOR * whole.len();
        // At the bottom of the stack is what is around the span: nothing, or the rule that is no span.
        let mut levels = vec![Level { at: whole.start, ..Level::default() }];
        let mut done = whole.start;
        for token in tokens {
            let (start, end) = (token.start(), token.end());
            if start < done || end > whole.end {
                continue;
            }
            // What a bracket that is text leaves behind is taken with what follows.
            if matches!(token, Token::Text { .. }) {
                continue;
            }
            if let Token::Open { pair, .. } = token
                && levels.iter().filter(|level| level.pair == Some(*pair)).count() >= LEVELS
            {
                self.report_depth(&mut levels, start);
                continue;
            }
            let Some(top) = levels.last_mut() else { break };
            if matches!(token, Token::Close { .. }) && top.pair.is_none() {
                continue;
            }
            top.body.push_source(source, done..start);
            done = end;
            match token {
                Token::Open { at, pair } => {
                    levels.push(Level { at: *at, pair: Some(*pair), ..Level::default() });
                }
                Token::Close { .. } => {
                    let Some(Level { body, at, .. }) = levels.pop() else { break };
                    let shown = self.evaluate(Complete { body, place: at..end, forced: None });
                    if let Some(outer) = levels.last_mut() {
                        match outer.body.text.is_empty() {
                            true => outer.body = shown,
                            false => outer.body.push_part(&shown, 0..shown.text.len()),
                        }
                    }
                }
                Token::Opaque(range) => top.body.push_opaque(source, range.clone()),
                Token::Hidden(_) | Token::Text { .. } => {}
            }
        }
        // Openings that the caller did not pair are text.
        if let Some(top) = levels.last_mut() {
            top.body.push_source(source, done..whole.end);
        }
        while levels.len() > 1
            && let Some(inner) = levels.pop()
            && let Some(outer) = levels.last_mut()
        {
            outer.body.push_source(source, inner.at..inner.at + 2);
            outer.body.push_part(&inner.body, 0..inner.body.text.len());
        }
        let body = levels.pop().map(|level| level.body).unwrap_or_default();
        match forced {
            None => body,
            Some((flag, _)) => self.evaluate(Complete { body, place: whole, forced: Some(flag) }),
        }
    }

    fn report_depth(&mut self, levels: &mut [Level<'_>], at: usize) {
        if let Some(top) = levels.last_mut().filter(|top| !top.reported_depth) {
            top.reported_depth = true;
            self.diagnostics.push(findings::depth(at));
        }
    }

    /// A complete span: applies its rules and returns what it shows.
    fn evaluate<'s>(&mut self, span: Complete<'s>) -> Body<'s> {
        let Complete { mut body, place, forced } = span;
        let mut findings = Findings::default();
        let mut flags = match forced {
            None => Flags::read(&body.mask()),
            Some(flag) => Flags::only(flag),
        };
        if forced.is_none() {
            findings.flags(&body, &flags);
        }
        let end = body.text.len();
        let mut shown = Body::default();
        match &flags.show {
            Show::Raw => shown.push_part(&body, flags.rest..end),
            Show::Name => shown.push_made(name_of(&body, flags.rest), place.clone()),
            Show::List(list) => {
                shown.push_part(&body, flags.rest..end);
                self.want(&mut shown, list);
            }
            Show::Chosen | Show::Description | Show::Nothing => {
                if memchr::memmem::find(body.text[flags.rest..].as_bytes(), b"=&gt;").is_some() {
                    let mut rest = Body::default();
                    rest.push_part(&body, flags.rest..end);
                    body = rest.with_plain_arrows();
                    flags.rest = 0;
                }
                shown = self.evaluate_rules(&body, &flags, &place, &mut findings);
            }
        }
        self.diagnostics.append(&mut findings.settle(self.mode));
        shown
    }

    fn evaluate_rules<'s>(
        &mut self,
        body: &Body<'s>,
        flags: &Flags,
        place: &Range<usize>,
        findings: &mut Findings,
    ) -> Body<'s> {
        let mask = body.mask();
        let part = flags.rest..body.text.len();
        let reading = rules::read(body, &mask, part.clone());
        findings.rules(body, &mask, flags, &reading);
        let is_rule = !reading.rules.is_empty();
        let mut rules = reading.rules;
        if !is_rule && flags.action != Action::Nothing && !part.is_empty() {
            rules = Rules::same_for_all(part.clone());
        }
        if flags.title {
            let title = match (rules.is_empty(), self.target) {
                (true, Code::Zh) => None,
                (true, _) => Some(part.clone()),
                // A word for every variant is none for `zh` in particular.
                (false, Code::Zh) if !is_rule => None,
                (false, target) => rules.title(target),
            };
            if let Some(title) = title.filter(|title| !title.is_empty()) {
                self.title = Some(body.text[title].to_string());
            }
        }
        let mut shown = Body::default();
        match flags.show {
            _ if rules.is_empty() && flags.action == Action::Nothing && !flags.title => shown.push_part(body, part),
            Show::Chosen if rules.is_empty() => shown.push_part(body, part),
            Show::Chosen => {
                let text = rules.shown(self.target);
                if text.is_none() {
                    findings.missing(body, &rules, self.target, place, self.mode);
                }
                shown.push_part(body, text.or_else(|| rules.shown(Code::Zh)).unwrap_or_default());
            }
            Show::Description => self.describe(body, &rules, part, place, &mut shown),
            _ => {}
        }
        self.apply(body, &rules, flags.action, place, findings);
        shown
    }

    /// Puts the description of rules where they are shown; the body itself where that would be too much.
    fn describe<'s>(
        &mut self,
        body: &Body<'s>,
        rules: &Rules,
        part: Range<usize>,
        place: &Range<usize>,
        shown: &mut Body<'s>,
    ) {
        let mut length = 0;
        rules.describe(|words| {
            length += match words {
                Words::Made(text) => text.len(),
                Words::Part(range) => range.len(),
            }
        });
        let Some(left) = self.allowance.checked_sub(length) else {
            shown.push_part(body, part);
            return;
        };
        self.allowance = left;
        rules.describe(|words| match words {
            Words::Made(text) => shown.push_made(text, place.clone()),
            Words::Part(range) => shown.push_part(body, range),
        });
    }

    /// Changes the page's dictionary.
    fn apply(&mut self, body: &Body<'_>, rules: &Rules, action: Action, place: &Range<usize>, findings: &mut Findings) {
        if action == Action::Nothing || self.page_rules == PageRules::Ignore {
            return;
        }
        self.pairs.set_origin(self.origin.unwrap_or(place.start));
        let mut too_long: Option<Range<usize>> = None;
        rules.entries(self.target, |source, target| {
            let text = &body.text[source.clone()];
            match action {
                Action::Remove => self.pairs.remove(text),
                // Sources are never empty; what is refused is too long.
                _ if self.pairs.set(text, &body.text[target]).is_err() => {
                    too_long.get_or_insert(source);
                }
                _ => {}
            }
        });
        if let Some(source) = too_long {
            findings.long_source(body, source);
        }
    }

    /// Marks what a variant list shows as to be converted, if the list holds for the target.
    fn want(&self, shown: &mut Body<'_>, list: &[Code]) {
        if self.mode == Mode::Strip {
            return;
        }
        let fitting = [self.target].into_iter().chain(self.target.fallbacks().iter().copied());
        let Some(code) = fitting.into_iter().find(|code| list.contains(code)) else { return };
        // `zh` in the list: as written, and what inner lists want stays.
        let Some(variant) = code.variant() else { return };
        shown.wanted.clear();
        let mut start = 0;
        let opaque = std::mem::take(&mut shown.opaque);
        for (from, to) in opaque.iter().map(|range| (range.start, range.end)).chain([(shown.text.len(), 0)]) {
            if start < from {
                shown.wanted.push(Wanted { range: start..from, variant });
            }
            start = to;
        }
        shown.opaque = opaque;
    }
}

/// The name of the variant or language whose code a body is.
fn name_of(body: &Body<'_>, rest: usize) -> &'static str {
    let mask = body.mask();
    let code = &body.text[trim(&mask, rest..body.text.len())];
    let variant = Code::by_name(code.as_bytes()).map(Code::label);
    variant.or_else(|| language_names::name(code)).unwrap_or_default()
}

impl Token {
    /// Where it ends.
    pub(crate) fn end(&self) -> usize {
        match self {
            Token::Open { at, .. } | Token::Close { at, .. } | Token::Text { at } => at + 2,
            Token::Opaque(range) | Token::Hidden(range) => range.end,
        }
    }
}
