//! Pairs brackets: `{{ }}`, `{{{ }}}`, `[[ ]]` and `-{ }-`.
//!
//! One stack; the innermost opening wins, and only its own closing closes it; every other closing is text. So
//! `[[File:a|300px]]的回军]]` is a file, text, and a stray `]]`.
//!
//! * A run of braces is one opening. It closes from the inside, `}}}` as a parameter and `}}` as a call: `{{{{a}}}}` is
//!   a brace, a parameter, a brace.
//! * `-{` before something else than `{` opens a span. `-` before two braces or more waits: if one brace is left when
//!   the others have closed, dash and brace are a span. `-{{t}}-` is a dash, a call, a dash; `-{{{t}}x}-` is a span.
//! * Pipes belong to the innermost opening of a call, parameter or link; inside a span they cut nothing. The first
//!   equals sign after each pipe is remembered.
//! * An opening without closing is text, and what it holds is free.
//! * A tag with content of its own (`<ref>`) is a fence: openings inside it end with it.
//! * A plain link (`[[国军|军]]`, nothing special in it) is recognised at once and never comes to the stack.
//!
//! Where there are brackets at all is known before ([`places`](super::places)), and nothing else is looked at.
//!
//! # Cost
//!
//! One pass and one stack. Each bracket is put on the stack once for each two of its characters at most, and taken off
//! once; the stack is an array, so depth is no danger. An opening takes 72 bytes while it is open.
//!
//! # Source
//!
//! MediaWiki 1.45, as observed (section 5 of the project's reference semantics for wikitext).

use super::faults::{Fault, FaultKind};
use super::links;
use super::opaque::{Found, Opaque};
use super::places::{Lane, Places};
use super::tree::{Kind, Pipe, Slots, Tree};
use crate::markup::LEVELS;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Opening {
    Brace,
    /// Braces after a dash.
    DashBrace,
    Square,
    Span,
    Fence,
}

struct Frame {
    opening: Opening,
    /// How many brackets are not closed yet.
    count: usize,
    /// Where the inside begins; of a fence, where its tag begins.
    at: usize,
    first_pipe: usize,
    /// Where the nodes go that it may become.
    slots: Slots,
    /// Of a span: whether it holds what would have closed a call around it.
    blocks: bool,
}

struct Fence {
    /// The opening tag's end and the closing tag.
    inner_start: usize,
    close_start: usize,
    close_end: usize,
    kind: Kind,
    depth: usize,
}

/// Which contents of comments are parsed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum CommentContent {
    Opaque,
    Parsed,
}

/// What belongs together, and what to nothing.
#[derive(Default)]
pub(crate) struct Pairing {
    pub(crate) tree: Tree,
    /// Openings `-{` that are never closed, fence by fence.
    pub(crate) unclosed: Vec<usize>,
    pub(crate) faults: Vec<Fault>,
}

struct Matcher<'a> {
    bytes: &'a [u8],
    places: &'a Places,
    pairing: Pairing,
    stack: Vec<Frame>,
    pipes: Vec<Pipe>,
    fences: Vec<Fence>,
}

/// Pairs the brackets of a page.
pub(crate) fn pair(source: &str, places: &Places, opaque: &Opaque, comments: CommentContent) -> Pairing {
    let mut matcher = Matcher {
        bytes: source.as_bytes(),
        places,
        pairing: Pairing { tree: Tree::new(source.len()), ..Pairing::default() },
        stack: Vec::with_capacity(16),
        pipes: Vec::with_capacity(64),
        fences: Vec::new(),
    };
    let mut at = 0;
    let mut next = 0;
    loop {
        while opaque.found.get(next).is_some_and(|found| found.start() < at) {
            next += 1;
        }
        let border = matcher.fences.last().map_or(matcher.bytes.len(), |fence| fence.close_start);
        let stop = opaque.found.get(next).map_or(border, |found| found.start().min(border));
        at = matcher.run(at, stop);
        if at < stop {
            continue;
        }
        if at >= border {
            match matcher.leave_fence() {
                Some(end) => at = end,
                None => break,
            }
            continue;
        }
        let found = &opaque.found[next];
        next += 1;
        at = matcher.enter(found, border, opaque, comments);
    }
    matcher.leave(0);
    matcher.pairing.tree.finish();
    matcher.pairing
}

impl Matcher<'_> {
    /// Something opaque, or a tag with content. Returns where to go on.
    fn enter(&mut self, found: &Found, border: usize, opaque: &Opaque, comments: CommentContent) -> usize {
        match found {
            Found::Opaque { kind, range, inner } => {
                if *kind == Kind::Comment && comments == CommentContent::Parsed {
                    self.enter_fence(Kind::Comment, range.start, inner.start, inner.end..range.end);
                    return inner.start;
                }
                self.pairing.tree.add(*kind, range.clone(), inner.clone());
                range.end
            }
            Found::Alias { range } => {
                // It may reach over the end of a tag's content; then it is text.
                if range.end > border {
                    return range.start + 1;
                }
                self.enter_fence(Kind::Alias, range.start, range.start + 2, range.end - 2..range.end);
                range.start + 2
            }
            Found::Opening { tag, empty: true, .. } => {
                if tag.end > border {
                    return tag.start + 1;
                }
                self.pairing.tree.add(Kind::Content, tag.clone(), tag.end..tag.end);
                tag.end
            }
            Found::Opening { tag, name, empty: false } => {
                let close = opaque.closing_after(*name, tag.end).filter(|close| close.end <= border);
                let Some(close) = close else { return tag.start + 1 };
                self.enter_fence(Kind::Content, tag.start, tag.end, close);
                tag.end
            }
        }
    }

    fn enter_fence(&mut self, kind: Kind, start: usize, inner_start: usize, close: std::ops::Range<usize>) {
        self.fences.push(Fence {
            kind,
            inner_start,
            close_start: close.start,
            close_end: close.end,
            depth: self.stack.len(),
        });
        self.open(Opening::Fence, 0, start, 1);
    }

    /// The end of the innermost fence: what was opened in it and not closed is text.
    fn leave_fence(&mut self) -> Option<usize> {
        let fence = self.fences.pop()?;
        let frame = &self.stack[fence.depth];
        let (start, first_pipe, mut slots) = (frame.at, frame.first_pipe, frame.slots);
        self.leave(fence.depth + 1);
        self.stack.truncate(fence.depth);
        self.pipes.truncate(first_pipe);
        let inner = fence.inner_start..fence.close_start;
        self.pairing.tree.close(&mut slots, fence.kind, start..fence.close_end, inner, &[]);
        Some(fence.close_end)
    }

    /// Notes the openings from this depth on, which are not going to be closed. Of spans the wiki itself sees ten levels.
    fn leave(&mut self, depth: usize) {
        let mut in_template = false;
        let mut levels = 0;
        for index in depth..self.stack.len() {
            let frame = &self.stack[index];
            let (at, kind) = match frame.opening {
                Opening::Span => {
                    self.pairing.unclosed.push(frame.at - 2);
                    levels += 1;
                    let breaks_template = in_template && frame.blocks;
                    match levels {
                        ..=LEVELS => (frame.at - 2, FaultKind::UnclosedSpan { breaks_template }),
                        _ if levels == LEVELS + 1 => (frame.at - 2, FaultKind::Depth),
                        _ => continue,
                    }
                }
                Opening::Square => (frame.at - frame.count, FaultKind::UnclosedLink),
                Opening::Brace | Opening::DashBrace => {
                    in_template = true;
                    (frame.at - frame.count, FaultKind::UnclosedBraces)
                }
                Opening::Fence => continue,
            };
            self.note(Fault { range: at..at + 2, kind });
        }
    }

    /// Notes something that only matters to people, as long as they could read it.
    fn note(&mut self, fault: Fault) {
        const MOST: usize = 10_000;
        if self.pairing.faults.len() < MOST {
            self.pairing.faults.push(fault);
        }
    }

    /// An opening that may become so many nodes.
    fn open(&mut self, opening: Opening, count: usize, at: usize, nodes: usize) {
        // Much room would be wasted on a page of nothing but openings.
        const DEEPEST: usize = 64;
        const MOST: usize = 4;
        let is_usual = nodes <= MOST && self.stack.len() < DEEPEST;
        let slots = if is_usual { self.pairing.tree.open(nodes) } else { self.pairing.tree.open_late() };
        self.push(opening, count, at, slots);
    }

    fn push(&mut self, opening: Opening, count: usize, at: usize, slots: Slots) {
        self.stack.push(Frame { opening, count, at, first_pipe: self.pipes.len(), slots, blocks: false });
    }

    /// Length of the run of `byte` that begins at `at`.
    fn run_of(&self, byte: u8, at: usize, stop: usize, most: usize) -> usize {
        self.bytes[at..stop].iter().take(most).take_while(|&&found| found == byte).count()
    }

    /// Works up to `stop`, and returns it.
    fn run(&mut self, from: usize, stop: usize) -> usize {
        let mut steps = self.places.steps(Lane::Brackets, from);
        while let Some(at) = steps.next(stop) {
            let byte = self.bytes[at];
            let plain = if byte == b'[' { links::plain(self.bytes, self.places, at + 2..stop) } else { None };
            let next = match (byte, plain) {
                (_, Some((pipe, end))) => {
                    self.pairing.tree.add_plain(at..end, pipe);
                    end
                }
                (b'|' | b'=', _) => {
                    self.cut(byte, at);
                    at + 1
                }
                _ => at + self.bracket(byte, at, stop),
            };
            steps.pass(next);
        }
        stop
    }

    /// A pipe or an equals sign, which mean something to the innermost opening or nothing.
    #[inline]
    fn cut(&mut self, byte: u8, at: usize) {
        let Some(frame) = self.stack.last() else { return };
        match (byte, frame.opening) {
            (b'|', Opening::Brace | Opening::DashBrace | Opening::Square) => {
                self.pipes.push(Pipe { at, equals: usize::MAX });
            }
            (b'=', Opening::Brace | Opening::DashBrace) => {
                let pipe = self.pipes[frame.first_pipe..].last_mut();
                if let Some(pipe) = pipe.filter(|pipe| pipe.equals == usize::MAX) {
                    pipe.equals = at;
                }
            }
            _ => {}
        }
    }

    /// A bracket, or what looks like one. Returns how many bytes it took.
    fn bracket(&mut self, byte: u8, at: usize, stop: usize) -> usize {
        let top = self.stack.last().map(|frame| frame.opening);
        match (byte, top) {
            (b'}', Some(Opening::Span)) if at + 1 < stop && self.bytes[at + 1] == b'-' => {
                self.close_span(at);
                2
            }
            (b'}', Some(Opening::Brace | Opening::DashBrace)) | (b']', Some(Opening::Square)) => {
                self.close(byte, at, stop)
            }
            (b'}' | b']', _) => self.stray(byte, at, stop),
            (b'-', _) => match self.run_of(b'{', at + 1, stop, usize::MAX) {
                0 => 1,
                1 => {
                    self.open(Opening::Span, 1, at + 2, 1);
                    2
                }
                run => {
                    // A last brace may become a span.
                    self.open(Opening::DashBrace, run, at + 1 + run, run.div_ceil(2));
                    1 + run
                }
            },
            (b'{' | b'[', _) => {
                let run = self.run_of(byte, at, stop, usize::MAX);
                if run >= 2 {
                    let opening = if byte == b'{' { Opening::Brace } else { Opening::Square };
                    self.open(opening, run, at + run, run / 2);
                }
                run
            }
            _ => 1,
        }
    }

    fn close_span(&mut self, at: usize) {
        if let Some(mut frame) = self.stack.pop() {
            self.pipes.truncate(frame.first_pipe);
            self.pairing.tree.close(&mut frame.slots, Kind::Span, frame.at - 2..at + 2, frame.at..at, &[]);
        }
    }

    /// A closing brace or square bracket that fits the top of the stack. Returns how many bytes it took.
    fn close(&mut self, byte: u8, at: usize, stop: usize) -> usize {
        let Some(frame) = self.stack.last() else { return 1 };
        let most = frame.count.min(if byte == b'}' { 3 } else { 2 });
        let taken = self.run_of(byte, at, stop, most);
        if taken < 2 {
            return 1;
        }
        let Frame { opening, count, at: inner, first_pipe, mut slots, .. } =
            self.stack.pop().expect("the top was looked at above");
        let kind = match (byte, taken) {
            (b']', _) => Kind::Link,
            (_, 2) => Kind::Template,
            _ => Kind::Parameter,
        };
        let start = inner - taken;
        self.pairing.tree.close(&mut slots, kind, start..at + taken, inner..at, &self.pipes[first_pipe..]);
        self.pipes.truncate(first_pipe);
        match count - taken {
            0 if kind == Kind::Parameter
                && opening == Opening::DashBrace
                && self.bytes.get(at + taken) == Some(&b'-') =>
            {
                self.note(Fault { range: start - 1..at + taken + 1, kind: FaultKind::DashParameter });
            }
            0 => {}
            1 if opening == Opening::DashBrace => self.push(Opening::Span, 1, start, slots),
            1 => {}
            left => self.push(opening, left, start, slots),
        }
        taken
    }

    /// A closing brace or square bracket that does not close the innermost opening. Returns how many bytes it took.
    fn stray(&mut self, byte: u8, at: usize, stop: usize) -> usize {
        let next = self.bytes[..stop].get(at + 1).copied();
        let kind = match (byte, next) {
            // A dash that opens a span does not close one.
            (b'}', Some(b'-')) if self.bytes[..stop].get(at + 2) != Some(&b'{') => FaultKind::StrayClose,
            (b'}', Some(b'}')) => FaultKind::StrayBraces,
            (b']', Some(b']')) => FaultKind::StrayLinkClose,
            _ => return 1,
        };
        if let (Some(frame), FaultKind::StrayBraces) = (self.stack.last_mut(), kind)
            && frame.opening == Opening::Span
        {
            // The second brace may belong to the closing of the span.
            if self.bytes[..stop].get(at + 2) == Some(&b'-') {
                return 1;
            }
            frame.blocks = true;
        }
        self.note(Fault { range: at..at + 2, kind });
        2
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Lists;

    fn pair(source: &str, opaque: &Opaque, comments: CommentContent) -> Pairing {
        super::pair(source, &Places::new(source), opaque, comments)
    }

    fn nodes(source: &str) -> Vec<(Kind, &str)> {
        let opaque = super::super::opaque::find(source, &Lists::default());
        let tree = pair(source, &opaque, CommentContent::Opaque).tree;
        tree.nodes().iter().map(|node| (node.kind, &source[node.start..node.end])).collect()
    }

    #[test]
    fn dashes_and_braces() {
        use Kind::*;
        assert_eq!(nodes("-{{t}}-"), [(Template, "{{t}}")]);
        assert_eq!(nodes("-{{{p}}}-"), [(Parameter, "{{{p}}}")]);
        assert_eq!(nodes("-{{{t}}x}-"), [(Span, "-{{{t}}x}-"), (Template, "{{t}}")]);
        assert_eq!(nodes("-{{{{p}}}}-"), [(Span, "-{{{{p}}}}-"), (Parameter, "{{{p}}}")]);
        assert_eq!(nodes("{{-}}-{x}-"), [(Template, "{{-}}"), (Span, "-{x}-")]);
        assert_eq!(nodes("{{{{a}}}}"), [(Parameter, "{{{a}}}")]);
        assert_eq!(nodes("{{{{{a}}}}}"), [(Template, "{{{{{a}}}}}"), (Parameter, "{{{a}}}")]);
        assert_eq!(nodes("-{a{b}c}-"), [(Span, "-{a{b}c}-")]);
    }

    #[test]
    fn the_innermost_opening_wins() {
        use Kind::*;
        assert_eq!(nodes("[[a|300px]]b]]"), [(Link, "[[a|300px]]")]);
        assert_eq!(nodes("{{a|-{b}}"), []);
        assert_eq!(nodes("x-{-{a}-"), [(Span, "-{a}-")]);
        assert_eq!(nodes("[[a-{b]]c}-"), [(Span, "-{b]]c}-")]);
        assert_eq!(nodes("-{<nowiki>}-</nowiki>}-").len(), 2);
    }

    #[test]
    fn fences_keep_brackets_apart() {
        use Kind::*;
        assert_eq!(nodes("[[a<ref>]]</ref>]]"), [(Link, "[[a<ref>]]</ref>]]"), (Content, "<ref>]]</ref>")]);
        assert_eq!(nodes("<ref>[[a</ref>]]"), [(Content, "<ref>[[a</ref>")]);
        assert_eq!(nodes("<ref>[[a]]"), [(Link, "[[a]]")]);
    }

    #[test]
    fn pipes_and_equals_signs() {
        let source = "{{a|b=[[c|d=e]]|f-{g|h}-<ref x=y>|</ref>=z}}";
        let opaque = super::super::opaque::find(source, &Lists::default());
        let tree = pair(source, &opaque, CommentContent::Opaque).tree;
        let parts: Vec<_> = (0..tree.part_count(0)).map(|number| tree.part(0, number)).collect();
        let shown: Vec<_> = parts.iter().map(|part| &source[part.range.clone()]).collect();
        assert_eq!(shown, ["a", "b=[[c|d=e]]", "f-{g|h}-<ref x=y>|</ref>=z"]);
        assert_eq!(parts[0].equals, None);
        assert_eq!(&source[parts[1].equals.unwrap()..][..3], "=[[");
        assert_eq!(&source[parts[2].equals.unwrap()..][..2], "=z");
    }

    #[test]
    fn what_belongs_to_nothing_is_noted() {
        use FaultKind::*;
        let faults = |source: &str| -> Vec<(usize, FaultKind)> {
            let opaque = super::super::opaque::find(source, &Lists::default());
            let faults = pair(source, &opaque, CommentContent::Opaque).faults;
            faults.iter().map(|fault| (fault.range.start, fault.kind)).collect()
        };
        assert_eq!(faults("a-{b"), [(1, UnclosedSpan { breaks_template: false })]);
        assert_eq!(
            faults("{{a|-{b}}"),
            [(7, StrayBraces), (0, UnclosedBraces), (4, UnclosedSpan { breaks_template: true })]
        );
        assert_eq!(faults("<ref>-{</ref>}-"), [(5, UnclosedSpan { breaks_template: false }), (13, StrayClose)]);
        assert_eq!(faults("a]]b}}c[[d"), [(1, StrayLinkClose), (4, StrayBraces), (7, UnclosedLink)]);
        assert_eq!(faults("-{{{a}}}- -{{a}}- -{{{a}}}"), [(0, DashParameter)]);
        assert_eq!(faults("a}-{b}-{-{c}}--}"), []);
    }

    #[test]
    fn deep_and_long_openings_are_in_order_too() {
        use Kind::*;
        for depth in [1, 3, 60, 63, 64, 65, 70, 200] {
            for unclosed in ["", "[[", "[[a[[", "-{-{{{{"] {
                let source = format!(
                    "{unclosed}{}{{{{a|[[b]][[c|''d'']]{{{{{{e}}}}}}}}}}{}[[f]]",
                    "{{x|{{y}}".repeat(depth),
                    "{{z}}}}".repeat(depth)
                );
                let nodes = nodes(&source);
                let starts: Vec<_> = nodes.iter().map(|(_, text)| text.as_ptr()).collect();
                assert!(starts.is_sorted(), "{source}");
                assert_eq!(nodes.len(), 3 * depth + 5, "{source}");
                assert_eq!(nodes.last(), Some(&(Link, "[[f]]")));
            }
        }
        // Sixteen braces: five parameters in each other, and a brace.
        let source = format!("{}a[[b]]{}[[c]]", "{".repeat(16), "}".repeat(16));
        let opaque = super::super::opaque::find(&source, &Lists::default());
        let tree = pair(&source, &opaque, CommentContent::Opaque).tree;
        let found: Vec<_> = tree.nodes().iter().map(|node| (node.start, node.after)).collect();
        assert_eq!(found, [(1, 6), (4, 6), (7, 6), (10, 6), (13, 6), (17, 6), (38, 7)]);
    }

    #[test]
    fn ten_levels_are_openings_for_the_wiki() {
        let pairing = pair(&"-{".repeat(1000), &Opaque::default(), CommentContent::Opaque);
        assert_eq!((pairing.unclosed.len(), pairing.faults.len()), (1000, 11));
        assert_eq!(pairing.faults[9].kind, FaultKind::UnclosedSpan { breaks_template: false });
        assert_eq!((pairing.faults[10].kind, pairing.faults[10].range.start), (FaultKind::Depth, 20));
    }
}
