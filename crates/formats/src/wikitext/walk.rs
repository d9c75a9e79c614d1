//! Goes through the contents of a page and asks the rules of each construct what must stay.
//!
//! A content is a stretch of wikitext on one level: the page, the label of a link, a template value, what is between
//! `<ref>` and `</ref>`. Its nodes are stepped over: each puts its own convertible contents on the list of work, or none.
//! So every byte is read by one content only. A content waits at a node until what is in the node has been read, so that claims come in the
//! order of the source, or nearly. Down to a dozen levels a content is read by a call of its own, which is where nearly all pages end; what is
//! deeper is put off, with all that comes behind it, until the calls have returned. So depth is no danger.
//!
//! `{{a|b=国[[c]]|d}}`: the node's rule claims `{{a|b=`, has `国[[c]]` read, which claims the link, and claims the rest.
//!
//! Where there may be something to do is known ([`places`](super::places)); a content is read from one such mark to the next, and a content
//! without marks and nodes is not read at all.
//!
//! Within a content this module itself knows what is too small for a module of its own: entities (rule B24), `__TOC__`
//! and the like (B25, whatever stands between double underscores), and runs of apostrophes (B30).
//!
//! # Cost
//!
//! Linear: every look ahead is bounded by a constant, by the next `<`, or by a place that is remembered.

use std::ops::Range;

use tongwen::SpanKind;

use super::claims::{Claims, Hidden, Target};
use super::context::{Context, ContextKind};
use super::faults::{Fault, FaultKind};
use super::opaque::Found;
use super::places::{Lane, Places};
use super::tags::Elements;
use super::tree::{Kind, Node, Tree};
use super::{files, lines, links, opaque, spans, tags, templates, urls};
use crate::{Comments, Links, Mode, Options};

/// Where a content stands, which decides what the start of a line means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// The page itself.
    Page,
    /// The content of a tag: has lists, tables and headings, but a line that starts with a blank is a line.
    Tag,
    /// A label, a caption, a template value, or what stands in the middle of a line of something else.
    Inline,
}

/// A stretch of wikitext on one level and the nodes in it.
#[derive(Clone, Debug)]
pub(crate) struct Content {
    pub(crate) range: Range<usize>,
    pub(crate) nodes: Range<usize>,
    pub(crate) place: Place,
}

/// A heading of the page: its line, and what is between its marks.
#[derive(Clone, Debug)]
pub(crate) struct Heading {
    pub(crate) line: Range<usize>,
    pub(crate) inside: Range<usize>,
}

/// What the walk brings home.
#[derive(Debug)]
pub(crate) struct Walked {
    pub(crate) claims: Claims,
    pub(crate) headings: Vec<Heading>,
    /// Values of `id=` in tags.
    pub(crate) identifiers: Vec<Range<usize>>,
    /// Calls that set rules for the page: indices of their nodes.
    pub(crate) rule_calls: Vec<usize>,
    /// Where brackets begin that look like those of a link and are text.
    pub(crate) bracketed_text: Vec<usize>,
    /// Whether a function sets the title of the page.
    pub(crate) sets_title: bool,
    /// Where characters mean something, if conversion markup is to be dropped there.
    pub(crate) contexts: Vec<Context>,
    pub(crate) faults: Vec<Fault>,
}

/// The page, its tree, and what has been found so far.
pub(crate) struct Walker<'a> {
    pub(crate) source: &'a str,
    pub(crate) bytes: &'a [u8],
    pub(crate) tree: &'a Tree,
    pub(crate) places: &'a Places,
    /// Where the last look for a mark began, and where the first mark is from there on.
    looked: Range<usize>,
    pub(crate) options: &'a Options,
    pub(crate) walked: Walked,
    /// How many contents are being read, each in a node of the one before.
    depth: usize,
    /// What comes behind the first content that was too deep to be read at once, in order.
    put_off: Vec<Work<'a>>,
}

/// So many contents in each other are read at once, each by a call of its own; what is in them is put off.
const DEEPEST: usize = 12;

/// A piece of work.
#[derive(Debug)]
enum Work<'a> {
    /// A content to be read, or to go on with.
    Read(Box<Reader<'a>>),
    /// A claim that comes behind a content.
    Claim(Range<usize>, SpanKind, Spans),
}

/// Whether conversion markup is seen in a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Spans {
    Seen,
    Hidden,
}

/// A content that is being read.
#[derive(Debug)]
struct Reader<'a> {
    content: Content,
    /// What has been read.
    start: usize,
    next: usize,
    elements: Elements<'a>,
    label_end: urls::NextClose,
    at_line_start: bool,
}

/// Room is made for so many spans beside those of nodes.
const BYTES_PER_CLAIM: usize = 64;

/// Goes through a page, or through a label or value that stands alone.
pub(crate) fn walk(
    source: &str,
    places: &Places,
    tree: &Tree,
    options: &Options,
    place: Place,
    hidden: Hidden,
) -> Walked {
    let mut walker = Walker {
        source,
        bytes: source.as_bytes(),
        tree,
        places,
        looked: 0..places.next(Lane::Marks, 0..source.len()),
        options,
        walked: Walked {
            claims: Claims::new(5 * tree.len() + 3 * tree.pipe_count() + source.len() / BYTES_PER_CLAIM, hidden),
            headings: Vec::with_capacity(16),
            identifiers: Vec::new(),
            rule_calls: Vec::new(),
            bracketed_text: Vec::new(),
            sets_title: false,
            contexts: Vec::new(),
            faults: Vec::new(),
        },
        depth: 0,
        put_off: Vec::new(),
    };
    walker.read(Reader::new(Content { range: 0..source.len(), nodes: 0..tree.len(), place }, place == Place::Page));
    // What is to be done next, the first of it last.
    let mut work: Vec<Work<'_>> = Vec::new();
    loop {
        work.extend(walker.put_off.drain(..).rev());
        match work.pop() {
            Some(Work::Claim(range, kind, spans)) => walker.claim_now(range, kind, spans),
            Some(Work::Read(reader)) => walker.read(*reader),
            None => return walker.walked,
        }
    }
}

impl Reader<'_> {
    fn new(content: Content, begins_line: bool) -> Self {
        Reader {
            start: content.range.start,
            next: content.nodes.start,
            content,
            elements: Elements::default(),
            label_end: urls::NextClose::default(),
            at_line_start: begins_line,
        }
    }
}

impl<'a> Walker<'a> {
    /// Adds a claim; behind contents that the node at hand has put off, so that claims come in the order of the source.
    #[inline]
    fn claim(&mut self, range: Range<usize>, kind: SpanKind, spans: Spans) {
        match self.put_off.is_empty() {
            true => self.claim_now(range, kind, spans),
            false => self.put_off.push(Work::Claim(range, kind, spans)),
        }
    }

    #[inline]
    fn claim_now(&mut self, range: Range<usize>, kind: SpanKind, spans: Spans) {
        if spans == Spans::Hidden {
            self.walked.claims.hide(range.clone());
        }
        self.walked.claims.add(range, kind);
    }

    /// Syntax: the bytes stay, and words end here.
    pub(crate) fn markup(&mut self, range: Range<usize>) {
        self.claim(range, SpanKind::Markup, Spans::Seen);
    }

    /// The same, of which something before is still to be read.
    pub(crate) fn markup_ahead(&mut self, range: Range<usize>) {
        self.walked.claims.markup_ahead(range);
    }

    /// Content that must not be converted.
    pub(crate) fn protect(&mut self, range: Range<usize>) {
        self.claim(range, SpanKind::Protected, Spans::Seen);
    }

    /// Syntax, in which conversion markup is not seen.
    pub(crate) fn hidden_markup(&mut self, range: Range<usize>) {
        self.claim(range, SpanKind::Markup, Spans::Hidden);
    }

    /// Content that must not be converted, and in which conversion markup is not seen.
    pub(crate) fn hide(&mut self, range: Range<usize>) {
        self.claim(range, SpanKind::Protected, Spans::Hidden);
    }

    /// A name with syntax around it; conversion markup is not seen in the name.
    #[inline]
    pub(crate) fn hidden_name(&mut self, whole: Range<usize>, name: Range<usize>) {
        if self.put_off.is_empty() {
            self.walked.claims.hide(name.clone());
            self.walked.claims.add_name(whole, name);
        } else {
            self.markup(whole.start..name.start);
            self.hide(name.clone());
            self.markup(name.end..whole.end);
        }
    }

    /// A target of a link.
    pub(crate) fn target(&mut self, target: Target) {
        self.walked.claims.target(target);
    }

    /// Notes what characters mean in a range, if anybody is going to ask.
    pub(crate) fn context(&mut self, range: Range<usize>, kind: ContextKind) {
        if self.options.mode != Mode::Preserve {
            self.walked.contexts.push(Context { range, kind });
        }
    }

    pub(crate) fn fault(&mut self, range: Range<usize>, kind: FaultKind) {
        self.walked.faults.push(Fault { range, kind });
    }

    /// Has a content of the node at hand read. `nodes` are the nodes of its level from which those in the range are taken.
    pub(crate) fn convert(&mut self, range: Range<usize>, nodes: Range<usize>, place: Place) {
        if range.is_empty() {
            return;
        }
        let nodes = self.tree.within(nodes.start, nodes.end, &range);
        let begins_line = self.bytes[range.start - 1] == b'\n';
        // Most contents are text and nothing else.
        if nodes.is_empty() && !begins_line && self.mark_in(range.clone()) == range.end {
            return;
        }
        let reader = Reader::new(Content { range, nodes, place }, begins_line);
        if self.depth == DEEPEST || !self.put_off.is_empty() {
            return self.put_off.push(Work::Read(Box::new(reader)));
        }
        self.depth += 1;
        self.read(reader);
        self.depth -= 1;
    }

    /// The nodes directly in a node.
    pub(crate) fn inside(&self, index: usize) -> Range<usize> {
        index + 1..self.tree.node(index).after
    }

    /// The first node at `from` or later that begins in `range`, and lies on the level of `from`.
    pub(crate) fn first_in(&self, nodes: &Range<usize>, range: &Range<usize>) -> Option<&Node> {
        let found = self.tree.within(nodes.start, nodes.end, range);
        (!found.is_empty()).then(|| self.tree.node(found.start))
    }

    /// Reads a content up to its end, or up to a node in which something is put off: then the rest is too.
    fn read(&mut self, mut reader: Reader<'a>) {
        let tree = self.tree;
        let (end, nodes_end) = (reader.content.range.end, reader.content.nodes.end);
        loop {
            let node = if reader.next < nodes_end { Some(tree.node(reader.next)) } else { None };
            let stop = node.map_or(end, |node| node.start);
            if std::mem::take(&mut reader.at_line_start)
                && reader.start < stop
                && lines::may_matter(self.bytes[reader.start])
            {
                reader.start = lines::line(self, &self.rest_of(&reader));
            }
            // A jump (a tag with a template in it) may have passed over nodes.
            let start = if reader.start < stop { self.mark_in(reader.start..stop) } else { reader.start };
            if start < stop {
                reader.start = self.mark(&mut reader, start, stop);
                continue;
            }
            let Some(node) = node else { return };
            reader.start = start.max(node.end);
            let index = std::mem::replace(&mut reader.next, node.after);
            if node.is_plain {
                links::plain_link(self, node);
                continue;
            }
            self.node(index);
            if !self.put_off.is_empty() {
                return self.put_off.push(Work::Read(Box::new(reader)));
            }
        }
    }

    /// Looks at a mark before `stop`, and returns where to go on.
    #[inline]
    fn mark(&mut self, reader: &mut Reader<'a>, start: usize, stop: usize) -> usize {
        reader.start = start;
        match self.bytes[start] {
            b'\n' => {
                reader.at_line_start = true;
                start + 1
            }
            b'<' => tags::tag(self, &self.rest_of(reader), &mut reader.elements),
            b'[' => urls::bracketed(self, &self.rest_of(reader), &mut reader.label_end),
            b':' => urls::bare(self, &self.rest_of(reader), reader.content.range.start),
            b'&' => self.entity(start, stop),
            b'\'' => self.apostrophes(start, stop),
            _ => self.switch(start, stop),
        }
    }

    /// The first mark in a range, or the range's end.
    #[inline]
    fn mark_in(&mut self, range: Range<usize>) -> usize {
        if range.start < self.looked.start {
            return self.places.next(Lane::Marks, range);
        }
        if range.start > self.looked.end {
            self.looked = range.start..self.places.next(Lane::Marks, range.start..self.bytes.len());
        }
        self.looked.end.min(range.end)
    }

    fn rest_of(&self, reader: &Reader<'a>) -> Content {
        let Content { range, nodes, place } = &reader.content;
        Content { range: reader.start..range.end, nodes: reader.next..nodes.end, place: *place }
    }

    fn node(&mut self, index: usize) {
        let tree = self.tree;
        let node = tree.node(index);
        match node.kind {
            Kind::Template => templates::template(self, index),
            Kind::Parameter => templates::parameter(self, index),
            Kind::Link => links::link(self, index),
            Kind::Content => self.tag_content(index, node),
            Kind::Comment if self.options.comments == Comments::Convert => {
                self.markup(node.start..node.inner_start);
                self.convert(node.inner_start..node.inner_end, self.inside(index), Place::Inline);
                self.markup(node.inner_end..node.end);
            }
            Kind::Raw if self.options.mode == Mode::Render => self.raw(node),
            Kind::Span | Kind::Alias | Kind::Comment | Kind::Raw => self.protect(node.start..node.end),
        }
    }

    /// In `<pre>` and `<code>` the wiki converts what is around conversion markup; without any it leaves all.
    fn raw(&mut self, node: &Node) {
        let whole = node.start..node.end;
        let inner = &self.bytes[node.inner_start..node.inner_end];
        let may_have = memchr::memmem::find(inner, b"-{").is_some();
        if !may_have || !spans::is_evaluated(self.source, node.start, &self.options.lists) {
            return self.protect(whole);
        }
        let found = spans::in_raw(self.source, node.inner_start..node.inner_end, &self.options.lists).spans;
        if found.is_empty() {
            return self.protect(whole);
        }
        self.markup(node.start..node.inner_start);
        let mut at = node.inner_start;
        for span in &found {
            self.entities_and_tags(at..span.range.start);
            self.protect(span.range.clone());
            at = span.range.end;
        }
        self.entities_and_tags(at..node.inner_end);
        self.markup(node.inner_end..node.end);
    }

    /// Claims the entities, tags and raw tags in text that is no wikitext.
    fn entities_and_tags(&mut self, range: Range<usize>) {
        let text = &self.source[range.clone()];
        let hidden = opaque::find(text, &self.options.lists).found;
        let hidden = hidden.into_iter().filter_map(|found| match found {
            Found::Opaque { range, .. } => Some(range),
            Found::Opening { .. } | Found::Alias { .. } => None,
        });
        let mut at = range.start;
        for hidden in hidden.chain(std::iter::once(text.len()..text.len())) {
            let stop = range.start + hidden.start;
            while let Some(step) = memchr::memchr2(b'&', b'<', self.bytes.get(at..stop).unwrap_or_default()) {
                let special = at + step;
                at = special + 1;
                if self.bytes[special] == b'&' {
                    at = self.entity(special, stop);
                } else if let Some((_, name_end)) = opaque::tag_name(self.source, special)
                    && let Some(rest) = self.bytes.get(name_end..stop)
                    && let Some(length) = memchr::memchr2(b'<', b'>', rest)
                {
                    at = name_end + length;
                    self.markup(special..at);
                }
            }
            at = range.start + hidden.end;
            self.protect(stop..at);
        }
    }

    fn tag_content(&mut self, index: usize, node: &Node) {
        self.markup(node.start..node.inner_start);
        if self.bytes[node.start + 1..].get(..7).is_some_and(|name| name.eq_ignore_ascii_case(b"gallery")) {
            files::gallery(self, index);
        } else {
            self.convert(node.inner_start..node.inner_end, self.inside(index), Place::Tag);
        }
        self.markup(node.inner_end..node.end);
    }

    /// `&nbsp;`, `&#22269;`: stays, and words end here.
    fn entity(&mut self, start: usize, stop: usize) -> usize {
        const LONGEST: usize = 34;
        let rest = &self.bytes[start + 1..stop.min(start + LONGEST)];
        let digits = rest.strip_prefix(b"#").unwrap_or(rest);
        let length = digits.iter().take_while(|byte| byte.is_ascii_alphanumeric()).count();
        if length == 0 || digits.get(length) != Some(&b';') {
            return start + 1;
        }
        let end = start + 1 + (rest.len() - digits.len()) + length + 1;
        self.protect(start..end);
        end
    }

    /// `''`, `'''`: stay, and words end here.
    fn apostrophes(&mut self, start: usize, stop: usize) -> usize {
        let length = self.bytes[start..stop].iter().take_while(|&&byte| byte == b'\'').count();
        if length >= 2 {
            self.markup(start..start + length);
        }
        start + length
    }

    /// `__目录__`: any text without blank at its start and without underscore, between double underscores.
    fn switch(&mut self, start: usize, stop: usize) -> usize {
        let run = self.bytes[start..stop].iter().take_while(|&&byte| byte == b'_').count();
        let inner = start + run;
        if run < 2 || self.bytes[inner..stop].first().is_none_or(u8::is_ascii_whitespace) {
            return inner;
        }
        let length = self.bytes[inner..stop].iter().take_while(|&&byte| byte != b'_' && byte != b'\n').count();
        let close = inner + length;
        if self.bytes[close..stop].starts_with(b"__") {
            self.protect(inner - 2..close + 2);
            return close + 2;
        }
        // What was read holds nothing that ends a switch, but it may hold other things: read it again, once.
        inner
    }

    /// Whether targets of plain links are left as text.
    pub(crate) fn converts_targets(&self) -> bool {
        self.options.links == Links::Convert
    }
}

#[cfg(test)]
mod tests {
    use super::DEEPEST;
    use crate::Options;

    #[test]
    fn what_is_deep_is_read_as_what_is_not() {
        for depth in [1, DEEPEST - 1, DEEPEST, DEEPEST + 1, 3 * DEEPEST, 1000] {
            for (open, close) in [("{{t|k=国", "军|l=书}}"), ("[[a:b|国", "军]]"), ("<ref>国", "军</ref>")] {
                let source = format!("马{}'''车'''{}人", open.repeat(depth), close.repeat(depth));
                let scan = super::super::scan(&source, &Options::default());
                let mut at = 0;
                let mut text = String::new();
                for span in scan.spans {
                    assert_eq!(span.range.start, at);
                    at = span.range.end;
                    if span.kind == tongwen::SpanKind::Text {
                        text.push_str(&source[span.range]);
                    }
                }
                let behind = if close.contains('书') { "军书" } else { "军" };
                let expected = format!("马{}车{}人", "国".repeat(depth), behind.repeat(depth));
                assert_eq!((text, at), (expected, source.len()), "{open} {depth}");
            }
        }
    }
}
