//! The sources of a page's pairs and what has become of each: a tree over characters that grows while it is in use.
//!
//! The trie of a dictionary file ([`KeyTrie`](crate::dictionary)) is built once from sorted keys. Here the next source may come after the
//! next sentence, sources may be long, and whoever wrote the page may wish the converter ill. So labels hold as many characters as no other source
//! branches within, and a text that goes along with a long source for a while costs one comparison of bytes.
//!
//! With the sources `內存`, `內存條` and `內地`, the root leads by `內` to a node `內`, that by `存` to a node `存` (a source), that by `條` to a node
//! `條` (a source), and the first by `地` to a node `地` (a source).
//!
//! # Cost
//!
//! Looking up: a table look-up for the first character, a comparison for each label, a hash for each node with more than one child. Adding:
//! the same, and the characters that are new.

use std::collections::HashMap;
use std::ops::Range;

/// Stands for "no node".
const NONE: u32 = u32::MAX;
/// Stands for "more than one child".
const SEVERAL: u32 = u32::MAX - 1;
/// The parent of the nodes of first characters.
const ROOT: u32 = u32::MAX - 2;
/// First characters that share a block of the first-level table.
const BLOCK: usize = 256;

/// One change to what a source becomes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Change {
    /// How many changes there were before it.
    pub(super) number: usize,
    pub(super) effect: Effect,
    /// Where the rule stands that it is part of, as the caller counts.
    pub(super) origin: Option<usize>,
}

/// What a change does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Effect {
    /// The source becomes this stretch of the tree's text.
    Set { start: usize, end: usize },
    /// There is no entry any more.
    Remove,
}

#[derive(Clone, Debug)]
struct Node {
    /// The characters that lead here from the parent, as bytes of the tree's text.
    label: Range<usize>,
    /// The only child, or [`NONE`] or [`SEVERAL`].
    child: u32,
    /// The changes of the source that ends here, oldest first; none where no source ends.
    changes: Vec<Change>,
}

/// See the [module](self).
#[derive(Clone, Debug, Default)]
pub(super) struct SourceTree {
    /// Sources and targets.
    text: String,
    nodes: Vec<Node>,
    /// The children of nodes that have several, by parent (upper half) and first character.
    children: HashMap<u64, u32>,
    /// Number of the block that serves each stretch of [`BLOCK`] characters; block 0 is empty.
    block_numbers: Vec<u16>,
    /// Nodes of first characters, [`BLOCK`] to a block.
    blocks: Vec<u32>,
}

/// What stands at the start of a text.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Found {
    /// Bytes of the longest source that is set, and the change that set it.
    pub(super) set: Option<(usize, Change)>,
    /// Whether any source that the text starts with is removed.
    pub(super) any_removed: bool,
}

impl SourceTree {
    /// A stretch of the text that a change points to.
    pub(super) fn text(&self, start: usize, end: usize) -> &str {
        &self.text[start..end]
    }

    /// Adds a text to point to.
    pub(super) fn add_text(&mut self, text: &str) -> Range<usize> {
        let start = self.text.len();
        self.text.push_str(text);
        start..self.text.len()
    }

    /// The sources that `text` starts with, as they are after the first `epoch` changes.
    pub(super) fn find(&self, text: &str, epoch: usize) -> Found {
        let mut found = Found::default();
        self.walk(text, |length, changes| match latest(changes, epoch) {
            Some(Change { effect: Effect::Remove, .. }) => found.any_removed = true,
            Some(change) => found.set = Some((length, change)),
            None => {}
        });
        found
    }

    /// The last of the first `epoch` changes that was about exactly this source.
    pub(super) fn exact(&self, source: &str, epoch: usize) -> Option<Change> {
        let mut found = None;
        self.walk(source, |length, changes| {
            if length == source.len() {
                found = latest(changes, epoch);
            }
        });
        found
    }

    /// Calls `visit` with the length and the changes of every source that `text` starts with, shortest first.
    #[inline]
    fn walk<'t>(&'t self, text: &str, mut visit: impl FnMut(usize, &'t [Change])) {
        let Some(first) = text.chars().next() else { return };
        let mut number = self.first(first);
        let mut length = 0;
        while let Some(node) = self.nodes.get(number as usize) {
            let label = &self.text.as_bytes()[node.label.clone()];
            if !text.as_bytes()[length..].starts_with(label) {
                return;
            }
            length += label.len();
            if !node.changes.is_empty() {
                visit(length, &node.changes);
            }
            number = match node.child {
                SEVERAL => {
                    let Some(next) = text[length..].chars().next() else { return };
                    self.children.get(&branch(number, next)).copied().unwrap_or(NONE)
                }
                only => only,
            };
        }
    }

    /// Adds a change to a source, which is not empty. Gives the number of changes that it had before.
    pub(super) fn add_change(&mut self, source: &str, change: Change) -> usize {
        let node = self.node_of(source);
        let changes = &mut self.nodes[node as usize].changes;
        changes.push(change);
        changes.len() - 1
    }

    /// The node at which a source ends, made if there is none.
    fn node_of(&mut self, source: &str) -> u32 {
        let mut parent = ROOT;
        let mut rest = source;
        loop {
            let first = rest.chars().next().expect("a source is not empty, and a node that it ends at is given back");
            let number = self.child(parent, first);
            let Some(node) = self.nodes.get(number as usize) else {
                let label = self.add_text(rest);
                let leaf = self.add_node(label);
                self.attach(parent, first, leaf);
                return leaf;
            };
            let label = node.label.clone();
            let shared = shared_prefix(&self.text[label.clone()], rest);
            let reached = if shared == label.len() { number } else { self.split(parent, first, number, shared) };
            rest = &rest[shared..];
            if rest.is_empty() {
                return reached;
            }
            parent = reached;
        }
    }

    /// Puts a node between `parent` and its child `number` that takes the first `shared` bytes of the child's label.
    fn split(&mut self, parent: u32, first: char, number: u32, shared: usize) -> u32 {
        let label = self.nodes[number as usize].label.clone();
        let middle = label.start + shared;
        let upper = self.add_node(label.start..middle);
        self.nodes[upper as usize].child = number;
        // While the child still starts with `first`, by which it is known.
        self.attach(parent, first, upper);
        self.nodes[number as usize].label.start = middle;
        upper
    }

    fn add_node(&mut self, label: Range<usize>) -> u32 {
        self.nodes.push(Node { label, child: NONE, changes: Vec::new() });
        let number = self.nodes.len() - 1;
        u32::try_from(number)
            .ok()
            .filter(|number| *number < ROOT)
            .expect("four thousand million nodes do not fit into memory")
    }

    /// The child of a node (or of [`ROOT`]) whose label starts with `first`, or [`NONE`].
    fn child(&self, parent: u32, first: char) -> u32 {
        if parent == ROOT {
            return self.first(first);
        }
        match self.nodes[parent as usize].child {
            SEVERAL => self.children.get(&branch(parent, first)).copied().unwrap_or(NONE),
            NONE => NONE,
            only if self.first_of(only) == first => only,
            _ => NONE,
        }
    }

    /// Makes `child` the child of `parent` by `first`, in the place of one that may be there.
    fn attach(&mut self, parent: u32, first: char, child: u32) {
        if parent == ROOT {
            *self.first_mut(first) = child;
            return;
        }
        match self.nodes[parent as usize].child {
            SEVERAL => {}
            NONE => {
                self.nodes[parent as usize].child = child;
                return;
            }
            only => {
                let other = self.first_of(only);
                if other == first {
                    self.nodes[parent as usize].child = child;
                    return;
                }
                self.children.insert(branch(parent, other), only);
                self.nodes[parent as usize].child = SEVERAL;
            }
        }
        self.children.insert(branch(parent, first), child);
    }

    fn first_of(&self, node: u32) -> char {
        self.text[self.nodes[node as usize].label.clone()].chars().next().expect("labels are not empty")
    }

    /// The node of a first character, or [`NONE`].
    fn first(&self, character: char) -> u32 {
        let code = character as usize;
        match self.block_numbers.get(code / BLOCK) {
            None | Some(0) => NONE,
            Some(number) => self.blocks[usize::from(*number) * BLOCK + code % BLOCK],
        }
    }

    fn first_mut(&mut self, character: char) -> &mut u32 {
        let code = character as usize;
        if self.block_numbers.len() <= code / BLOCK {
            self.block_numbers.resize(code / BLOCK + 1, 0);
        }
        if self.blocks.is_empty() {
            self.blocks.resize(BLOCK, NONE);
        }
        let number = &mut self.block_numbers[code / BLOCK];
        if *number == 0 {
            *number = (self.blocks.len() / BLOCK) as u16;
            self.blocks.resize(self.blocks.len() + BLOCK, NONE);
        }
        &mut self.blocks[usize::from(*number) * BLOCK + code % BLOCK]
    }

    /// Every source with its last change, and the number of changes that others have followed.
    pub(super) fn last_changes(&self) -> Vec<(String, Change)> {
        let mut last = Vec::new();
        let mut open: Vec<(u32, String)> = self.blocks.iter().map(|node| (*node, String::new())).collect();
        let mut below: HashMap<u32, Vec<u32>> = HashMap::new();
        for (branch, child) in &self.children {
            below.entry((branch >> 32) as u32).or_default().push(*child);
        }
        while let Some((number, before)) = open.pop() {
            let Some(node) = self.nodes.get(number as usize) else { continue };
            let here = before + &self.text[node.label.clone()];
            match node.child {
                SEVERAL => {
                    open.extend(below.get(&number).into_iter().flatten().map(|child| (*child, here.clone())));
                }
                only => open.push((only, here.clone())),
            }
            if let Some(change) = node.changes.last() {
                last.push((here, *change));
            }
        }
        last.sort_by_key(|(_, change)| change.number);
        last
    }
}

/// The last of the first `epoch` changes.
#[inline]
fn latest(changes: &[Change], epoch: usize) -> Option<Change> {
    // Most sources change once, and most questions are about the latest state.
    match changes.last() {
        Some(last) if last.number < epoch => Some(*last),
        _ => changes[..changes.partition_point(|change| change.number < epoch)].last().copied(),
    }
}

/// The key of a child in the common table.
fn branch(parent: u32, first: char) -> u64 {
    u64::from(parent) << 32 | u64::from(u32::from(first))
}

/// Bytes of the characters that two texts have in common at their start.
fn shared_prefix(left: &str, right: &str) -> usize {
    let same = left.bytes().zip(right.bytes()).take_while(|(left, right)| left == right).count();
    left.floor_char_boundary(same)
}
