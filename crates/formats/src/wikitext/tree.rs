//! The pieces of a page that nest: calls, parameters, links, spans, tags with content, and what is opaque.
//!
//! A tree of small records in one array, in the order of the source. A node's subtree is the stretch of the array from
//! the node up to its `after`, so going to the next sibling is one look-up, and nothing is recursive: a page nested
//! 100,000 deep is an array like any other.
//!
//! `{{a|b=[[c]]}}-{d}-` becomes
//!
//! ```text
//! index  kind      source          after   parts
//! 0      Template  {{a|b=[[c]]}}   2       `a`, `b=[[c]]` (equals sign known)
//! 1      Link      [[c]]           2       `c`
//! 2      Span      -{d}-           3
//! ```

use std::ops::Range;

/// What a node is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// `{{name|..}}`: a template call or a parser function.
    Template,
    /// `{{{name|default}}}`.
    Parameter,
    /// `[[target|..]]`: a link, a file, a category.
    Link,
    /// `-{ }-`: conversion markup.
    Span,
    /// `-< >-`: the same with the other pair of delimiters.
    Alias,
    /// `<ref ..>content</ref>` and other tags whose content is wikitext of its own; also `<ref ../>`.
    Content,
    /// `<!-- -->`; with content when comments are to be converted.
    Comment,
    /// `<nowiki>`, `<pre>` and the like, from tag to tag.
    Raw,
}

/// One piece of the page.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    /// What it is.
    pub(crate) kind: Kind,
    /// Where it is, brackets and tags included.
    pub(crate) start: usize,
    pub(crate) end: usize,
    /// What is between its brackets or tags.
    pub(crate) inner_start: usize,
    pub(crate) inner_end: usize,
    /// Index of the first node after its subtree.
    pub(crate) after: usize,
    /// A link between names and text in which nothing means anything: see [`super::links::plain`].
    pub(crate) is_plain: bool,
    /// Its pipes, in the array of all pipes; of a plain link where its pipe is.
    first_pipe: usize,
    pipes: usize,
}

impl Node {
    /// Where the pipe of a plain link is.
    #[inline]
    pub(crate) fn only_pipe(&self) -> Option<usize> {
        debug_assert!(self.is_plain, "of other nodes the pipes are in the tree");
        (self.pipes > 0).then_some(self.first_pipe)
    }

    fn is_vacant(&self) -> bool {
        self.end < self.inner_start
    }
}

/// Where the nodes go that an opening may become. A node gets its place in the array when it is opened, since what is in it comes
/// behind it; of several that one opening may become, the innermost is the last.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Slots {
    first: usize,
    /// None left: what is closed comes behind its descendants, and finds its place in the end.
    count: usize,
}

/// A pipe that cuts a node, and the first equals sign after it in the same part.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pipe {
    pub(crate) at: usize,
    /// `usize::MAX`: none.
    pub(crate) equals: usize,
}

/// A stretch between two pipes.
#[derive(Clone, Debug)]
pub(crate) struct Part {
    pub(crate) range: Range<usize>,
    /// Where its first equals sign is; never known for the part before the first pipe.
    pub(crate) equals: Option<usize>,
}

/// All the nodes of a page.
#[derive(Debug, Default)]
pub(crate) struct Tree {
    nodes: Vec<Node>,
    pipes: Vec<Pipe>,
    /// How many nodes are room that has not been used.
    vacant: usize,
    /// Whether there are nodes behind their descendants. Their `after` is where those begin.
    has_late: bool,
}

/// What is in the place of a node before it is closed; no node ends before its inside.
const VACANT: Node = Node {
    kind: Kind::Raw,
    start: 0,
    end: 0,
    inner_start: 1,
    inner_end: 0,
    after: 0,
    is_plain: false,
    first_pipe: 0,
    pipes: 0,
};

impl Tree {
    /// With room for the nodes on a page of `length` bytes.
    pub(crate) fn new(length: usize) -> Tree {
        // About what a page of many links needs.
        const BYTES_PER_NODE: usize = 64;
        let expected = length / BYTES_PER_NODE;
        let (nodes, pipes) = (Vec::with_capacity(expected), Vec::with_capacity(expected));
        Tree { nodes, pipes, vacant: 0, has_late: false }
    }

    /// Makes room for so many nodes, each in the one before it, whose other descendants come from here on.
    #[inline]
    pub(crate) fn open(&mut self, count: usize) -> Slots {
        let first = self.nodes.len();
        (0..count).for_each(|_| self.nodes.push(VACANT));
        self.vacant += count;
        Slots { first, count }
    }

    /// The same without room, for openings that nobody closes, or that may become very many nodes.
    pub(crate) fn open_late(&mut self) -> Slots {
        Slots { first: self.nodes.len(), count: 0 }
    }

    /// Puts a node that is closed here into its place; what has come since that was made is in it.
    #[inline]
    pub(crate) fn close(
        &mut self,
        slots: &mut Slots,
        kind: Kind,
        range: Range<usize>,
        inner: Range<usize>,
        pipes: &[Pipe],
    ) {
        let first_pipe = self.pipes.len();
        self.pipes.extend_from_slice(pipes);
        let node = Node {
            kind,
            start: range.start,
            end: range.end,
            inner_start: inner.start,
            inner_end: inner.end,
            after: self.nodes.len(),
            is_plain: false,
            first_pipe,
            pipes: pipes.len(),
        };
        if slots.count == 0 {
            self.has_late = true;
            return self.nodes.push(Node { after: slots.first, ..node });
        }
        slots.count -= 1;
        self.vacant -= 1;
        self.nodes[slots.first + slots.count] = node;
    }

    /// Adds a node without descendants and pipes.
    pub(crate) fn add(&mut self, kind: Kind, range: Range<usize>, inner: Range<usize>) {
        let mut slots = self.open(1);
        self.close(&mut slots, kind, range, inner, &[]);
    }

    /// Adds a plain link, which has no descendants.
    #[inline]
    pub(crate) fn add_plain(&mut self, range: Range<usize>, pipe: Option<usize>) {
        self.nodes.push(Node {
            kind: Kind::Link,
            start: range.start,
            end: range.end,
            inner_start: range.start + 2,
            inner_end: range.end - 2,
            after: self.nodes.len() + 1,
            is_plain: true,
            first_pipe: pipe.unwrap_or_default(),
            pipes: usize::from(pipe.is_some()),
        });
    }

    /// Brings late nodes to their places and takes out the room that openings without closing have left. Linear.
    pub(crate) fn finish(&mut self) {
        if self.has_late {
            self.bring_late_nodes_forward();
        }
        if self.vacant == 0 {
            return;
        }
        let mut kept = 0;
        let mut places: Vec<usize> = Vec::with_capacity(self.nodes.len() + 1);
        for node in &self.nodes {
            places.push(kept);
            kept += usize::from(!node.is_vacant());
        }
        places.push(kept);
        self.nodes.retain_mut(|node| {
            node.after = places[node.after];
            !node.is_vacant()
        });
        self.vacant = 0;
    }

    /// A subtree keeps its stretch of the array, in which only a late root comes to the front and everything else moves one place back.
    fn bring_late_nodes_forward(&mut self) {
        let mut order = vec![0; self.nodes.len()];
        // Where the descendants begin of the late nodes around the one at hand.
        let mut around: Vec<usize> = Vec::new();
        for (index, node) in self.nodes.iter_mut().enumerate().rev() {
            while around.pop_if(|first| *first > index).is_some() {}
            let moved = around.len();
            if node.is_vacant() || node.after > index {
                node.after += moved;
                order[index + moved] = index;
                continue;
            }
            let first = node.after;
            node.after = index + 1 + moved;
            order[first + moved] = index;
            if first < index {
                around.push(first);
            }
        }
        self.nodes = order.into_iter().map(|index| self.nodes[index].clone()).collect();
        self.has_late = false;
    }

    pub(crate) fn len(&self) -> usize {
        self.nodes.len()
    }

    /// How many pipes there are, those of plain links left out.
    pub(crate) fn pipe_count(&self) -> usize {
        self.pipes.len()
    }

    pub(crate) fn node(&self, index: usize) -> &Node {
        &self.nodes[index]
    }

    /// Every node, in the order of the source.
    pub(crate) fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// How many parts a node has: one more than its pipes.
    pub(crate) fn part_count(&self, index: usize) -> usize {
        self.nodes[index].pipes + 1
    }

    /// A node's part; the one with number 0 is before the first pipe.
    pub(crate) fn part(&self, index: usize, number: usize) -> Part {
        let node = &self.nodes[index];
        if node.is_plain {
            let pipe = node.only_pipe();
            let range = match number {
                0 => node.inner_start..pipe.unwrap_or(node.inner_end),
                _ => pipe.map_or(node.inner_end, |pipe| pipe + 1)..node.inner_end,
            };
            return Part { range, equals: None };
        }
        let pipes = &self.pipes[node.first_pipe..node.first_pipe + node.pipes];
        let before = number.checked_sub(1).and_then(|before| pipes.get(before));
        let start = before.map_or(node.inner_start, |pipe| pipe.at + 1);
        let end = pipes.get(number).map_or(node.inner_end, |pipe| pipe.at);
        let equals = before.map(|pipe| pipe.equals).filter(|&at| at < end);
        Part { range: start..end, equals }
    }

    /// The parts of a node behind its first pipe. It is no plain link.
    #[inline]
    pub(crate) fn values(&self, index: usize) -> impl Iterator<Item = Part> {
        let node = &self.nodes[index];
        debug_assert!(!node.is_plain, "the pipe of a plain link is elsewhere");
        let pipes = &self.pipes[node.first_pipe..node.first_pipe + node.pipes];
        let ends = pipes.iter().skip(1).map(|pipe| pipe.at).chain(std::iter::once(node.inner_end));
        pipes.iter().zip(ends).map(|(pipe, end)| {
            let equals = (pipe.equals < end).then_some(pipe.equals);
            Part { range: pipe.at + 1..end, equals }
        })
    }

    /// The part of a node in which a place is.
    pub(crate) fn part_at(&self, index: usize, place: usize) -> Part {
        let node = &self.nodes[index];
        if node.is_plain {
            return self.part(index, usize::from(node.only_pipe().is_some_and(|pipe| pipe < place)));
        }
        let pipes = &self.pipes[node.first_pipe..node.first_pipe + node.pipes];
        self.part(index, pipes.partition_point(|pipe| pipe.at < place))
    }

    /// The nodes that begin in a range and lie on one level, given the index from which to look: (first, end). Time: the
    /// number of nodes of the level that are passed over.
    pub(crate) fn within(&self, mut from: usize, to: usize, range: &Range<usize>) -> Range<usize> {
        while from < to && self.nodes[from].start < range.start {
            from = self.nodes[from].after;
        }
        let first = from;
        while from < to && self.nodes[from].start < range.end {
            from = self.nodes[from].after;
        }
        first..from
    }
}
