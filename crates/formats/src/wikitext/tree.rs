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
    /// Its pipes, in the array of all pipes.
    first_pipe: usize,
    pipes: usize,
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
}

impl Tree {
    /// With room for the nodes on a page of `length` bytes.
    pub(crate) fn new(length: usize) -> Tree {
        // About what a page of many links needs.
        const BYTES_PER_NODE: usize = 64;
        let expected = length / BYTES_PER_NODE;
        Tree { nodes: Vec::with_capacity(expected), pipes: Vec::with_capacity(expected) }
    }

    /// Adds a node that has just been closed. Its descendants have been added before it, the first of them when `first`
    /// nodes were there.
    pub(crate) fn close(&mut self, kind: Kind, range: Range<usize>, inner: Range<usize>, first: usize, pipes: &[Pipe]) {
        let first_pipe = self.pipes.len();
        self.pipes.extend_from_slice(pipes);
        self.nodes.push(Node {
            kind,
            start: range.start,
            end: range.end,
            inner_start: inner.start,
            inner_end: inner.end,
            after: first,
            is_plain: false,
            first_pipe,
            pipes: pipes.len(),
        });
    }

    /// Adds a plain link, which has no descendants.
    pub(crate) fn close_plain(&mut self, range: Range<usize>, pipe: Option<usize>) {
        let first_pipe = self.pipes.len();
        self.pipes.extend(pipe.map(|at| Pipe { at, equals: usize::MAX }));
        self.nodes.push(Node {
            kind: Kind::Link,
            start: range.start,
            end: range.end,
            inner_start: range.start + 2,
            inner_end: range.end - 2,
            after: self.nodes.len(),
            is_plain: true,
            first_pipe,
            pipes: usize::from(pipe.is_some()),
        });
    }

    /// Brings the nodes into the order of the source and links them. Until then a node stands behind its descendants, and
    /// its `after` is where they begin: a subtree keeps its stretch of the array, in which only its root comes to the front
    /// and everything else moves one place back. Linear.
    pub(crate) fn finish(&mut self) {
        let closed = std::mem::take(&mut self.nodes);
        let mut places = vec![0; closed.len()];
        let mut open: Vec<usize> = Vec::new();
        let mut nests = false;
        for (index, node) in closed.iter().enumerate().rev() {
            while open.pop_if(|first| *first > index).is_some() {}
            places[index] = node.after + open.len();
            nests |= places[index] != index;
            if node.after < index {
                open.push(node.after);
            }
        }
        self.nodes = closed;
        for (index, node) in self.nodes.iter_mut().enumerate() {
            node.after = places[index] + (index - node.after) + 1;
        }
        if nests {
            let mut order = vec![0; places.len()];
            places.iter().enumerate().for_each(|(index, &place)| order[place] = index);
            self.nodes = order.into_iter().map(|index| self.nodes[index].clone()).collect();
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.nodes.len()
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

    /// Where its first pipe is.
    pub(crate) fn first_pipe(&self, node: &Node) -> Option<usize> {
        (node.pipes > 0).then(|| self.pipes[node.first_pipe].at)
    }

    /// A node's part; the one with number 0 is before the first pipe.
    pub(crate) fn part(&self, index: usize, number: usize) -> Part {
        let node = &self.nodes[index];
        let pipes = &self.pipes[node.first_pipe..node.first_pipe + node.pipes];
        let before = number.checked_sub(1).and_then(|before| pipes.get(before));
        let start = before.map_or(node.inner_start, |pipe| pipe.at + 1);
        let end = pipes.get(number).map_or(node.inner_end, |pipe| pipe.at);
        let equals = before.map(|pipe| pipe.equals).filter(|&at| at < end);
        Part { range: start..end, equals }
    }

    /// The part of a node in which a place is.
    pub(crate) fn part_at(&self, index: usize, place: usize) -> Part {
        let node = &self.nodes[index];
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
