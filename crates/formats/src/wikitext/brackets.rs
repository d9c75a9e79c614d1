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
//!
//! # Cost
//!
//! One pass and one stack. Each bracket is put on the stack once for each two of its characters at most, and taken off
//! once; the stack is an array, so depth is no danger. 10 MB of `-{` take about 32 bytes an opening.
//!
//! # Source
//!
//! MediaWiki 1.45, as observed (section 5 of the project's reference semantics for wikitext).

use super::opaque::{Found, Opaque};
use super::tree::{Kind, Pipe, Tree};

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

struct Matcher<'a> {
    bytes: &'a [u8],
    tree: Tree,
    stack: Vec<Frame>,
    pipes: Vec<Pipe>,
    fences: Vec<Fence>,
}

/// Pairs the brackets of a page and returns its tree.
pub(crate) fn pair(source: &str, opaque: &Opaque, comments: CommentContent) -> Tree {
    let mut matcher = Matcher {
        bytes: source.as_bytes(),
        tree: Tree::default(),
        stack: Vec::new(),
        pipes: Vec::new(),
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
    matcher.tree.finish();
    matcher.tree
}

impl Matcher<'_> {
    /// Something opaque, or a tag with content. Returns where to go on.
    fn enter(&mut self, found: &Found, border: usize, opaque: &Opaque, comments: CommentContent) -> usize {
        match found {
            Found::Opaque { kind, range, inner } => {
                // Only a span with the second delimiters can reach over the end of a tag's content; it is text then.
                if range.end > border {
                    return range.start + 1;
                }
                if *kind == Kind::Comment && comments == CommentContent::Parsed {
                    self.enter_fence(Kind::Comment, range.start, inner.start, inner.end..range.end);
                    return inner.start;
                }
                self.tree.close(*kind, range.clone(), inner.clone(), &[]);
                range.end
            }
            Found::Opening { tag, empty: true, .. } => {
                if tag.end > border {
                    return tag.start + 1;
                }
                self.tree.close(Kind::Content, tag.clone(), tag.end..tag.end, &[]);
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
        self.push(Opening::Fence, 0, start);
    }

    /// The end of the innermost fence: what was opened in it and not closed is text.
    fn leave_fence(&mut self) -> Option<usize> {
        let fence = self.fences.pop()?;
        let frame = &self.stack[fence.depth];
        let (start, first_pipe) = (frame.at, frame.first_pipe);
        self.stack.truncate(fence.depth);
        self.pipes.truncate(first_pipe);
        self.tree.close(fence.kind, start..fence.close_end, fence.inner_start..fence.close_start, &[]);
        Some(fence.close_end)
    }

    fn push(&mut self, opening: Opening, count: usize, at: usize) {
        self.stack.push(Frame { opening, count, at, first_pipe: self.pipes.len() });
    }

    /// Length of the run of `byte` that begins at `at`.
    fn run_of(&self, byte: u8, at: usize, stop: usize, most: usize) -> usize {
        self.bytes[at..stop].iter().take(most).take_while(|&&found| found == byte).count()
    }

    /// Works up to `stop`; may return an earlier place, never a later one.
    fn run(&mut self, mut at: usize, stop: usize) -> usize {
        while at < stop {
            let Some(step) = self.bytes[at..stop].iter().position(|&byte| SPECIAL[byte as usize]) else { return stop };
            at += step;
            let byte = self.bytes[at];
            let top = self.stack.last().map(|frame| frame.opening);
            at += match (byte, top) {
                (b'|', Some(Opening::Brace | Opening::DashBrace | Opening::Square)) => {
                    self.pipes.push(Pipe { at, equals: usize::MAX });
                    1
                }
                (b'=', Some(Opening::Brace | Opening::DashBrace)) => {
                    let first_pipe = self.stack.last().map_or(0, |frame| frame.first_pipe);
                    if let Some(pipe) = self.pipes[first_pipe..].last_mut().filter(|pipe| pipe.equals == usize::MAX) {
                        pipe.equals = at;
                    }
                    1
                }
                (b'}', Some(Opening::Span)) if at + 1 < stop && self.bytes[at + 1] == b'-' => {
                    self.close_span(at);
                    2
                }
                (b'}', Some(Opening::Brace | Opening::DashBrace)) | (b']', Some(Opening::Square)) => {
                    self.close(byte, at, stop)
                }
                (b'-', _) => match self.run_of(b'{', at + 1, stop, usize::MAX) {
                    0 => 1,
                    1 => {
                        self.push(Opening::Span, 1, at + 2);
                        2
                    }
                    run => {
                        self.push(Opening::DashBrace, run, at + 1 + run);
                        1 + run
                    }
                },
                (b'{' | b'[', _) => {
                    let run = self.run_of(byte, at, stop, usize::MAX);
                    if run >= 2 {
                        let opening = if byte == b'{' { Opening::Brace } else { Opening::Square };
                        self.push(opening, run, at + run);
                    }
                    run
                }
                _ => 1,
            };
        }
        stop
    }

    fn close_span(&mut self, at: usize) {
        if let Some(frame) = self.stack.pop() {
            self.pipes.truncate(frame.first_pipe);
            self.tree.close(Kind::Span, frame.at - 2..at + 2, frame.at..at, &[]);
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
        let Frame { opening, count, at: inner, first_pipe } = self.stack.pop().expect("the top was looked at above");
        let kind = match (byte, taken) {
            (b']', _) => Kind::Link,
            (_, 2) => Kind::Template,
            _ => Kind::Parameter,
        };
        let start = inner - taken;
        self.tree.close(kind, start..at + taken, inner..at, &self.pipes[first_pipe..]);
        self.pipes.truncate(first_pipe);
        match count - taken {
            0 => {}
            1 if opening == Opening::DashBrace => self.push(Opening::Span, 1, start),
            1 => {}
            left => self.push(opening, left, start),
        }
        taken
    }
}

/// The bytes at which pairing has something to do.
static SPECIAL: [bool; 256] = {
    let mut table = [false; 256];
    let special = b"{}[]-|=";
    let mut index = 0;
    while index < special.len() {
        table[special[index] as usize] = true;
        index += 1;
    }
    table
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Lists;

    fn nodes(source: &str) -> Vec<(Kind, &str)> {
        let opaque = super::super::opaque::find(source, &Lists::default());
        let tree = pair(source, &opaque, CommentContent::Opaque);
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
        let tree = pair(source, &opaque, CommentContent::Opaque);
        let parts: Vec<_> = (0..tree.part_count(0)).map(|number| tree.part(0, number)).collect();
        let shown: Vec<_> = parts.iter().map(|part| &source[part.range.clone()]).collect();
        assert_eq!(shown, ["a", "b=[[c|d=e]]", "f-{g|h}-<ref x=y>|</ref>=z"]);
        assert_eq!(parts[0].equals, None);
        assert_eq!(&source[parts[1].equals.unwrap()..][..3], "=[[");
        assert_eq!(&source[parts[2].equals.unwrap()..][..2], "=z");
    }
}
