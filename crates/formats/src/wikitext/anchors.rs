//! Links to sections of the same page follow converted headings (rule B28).
//!
//! The id of a heading is its text as written, without markup, blanks as `_`. Converting the heading changes the id, so
//! `[[#国|见]]` would lead nowhere. Where the fragment names a heading of the page it is replaced by the heading's new id;
//! any other fragment stays, and so does one that an `id=` of the page answers.
//!
//! Equal ids (letter case does not count) are numbered: the second `国` is `国_2`. Since `国` and `國` may become equal,
//! numbers are given anew:
//!
//! ```text
//! == 国 ==      国     ->  國
//! == 國 ==      國     ->  國_2      [[#國]] -> [[#國_2]]
//! ```
//!
//! A heading with a template in it has an id that cannot be known, and no link follows it.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::fmt::Write as _;
use std::ops::Range;

use tongwen::{Span, SpanKind};

use super::claims::Target;
use super::tree::{Kind, Tree};
use super::walk::Heading;

/// How the headings of a page are made, and which of them links of the page may name.
#[derive(Debug, Default)]
pub(crate) struct Anchors {
    /// For each heading the stretches that its id is made of.
    headings: Vec<Vec<Range<usize>>>,
    /// The fragments that links of the page name and that no explicit id answers.
    linked: HashSet<String>,
}

impl Anchors {
    /// Notes the headings of a page. Nothing is noted for a page without links to its own sections.
    pub(crate) fn new(
        source: &str,
        tree: &Tree,
        spans: &[Span],
        targets: &[Target],
        headings: &[Heading],
        identifiers: Vec<Range<usize>>,
    ) -> Anchors {
        let fragments = targets.iter().filter_map(|target| target.fragment.clone());
        let mut linked: HashSet<String> = fragments.map(|fragment| normal(&source[fragment])).collect();
        for identifier in identifiers {
            linked.remove(&normal(&source[identifier]));
        }
        if linked.is_empty() {
            return Anchors::default();
        }
        let headings = headings.iter().filter_map(|heading| pieces(tree, spans, &heading.inside)).collect();
        Anchors { headings, linked }
    }

    /// Whether no link can move.
    pub(crate) fn is_empty(&self) -> bool {
        self.headings.is_empty()
    }

    /// Old fragments and what they become, given what a range of the source will be.
    pub(crate) fn moves<'c>(
        &self,
        source: &str,
        shown: impl Fn(&Range<usize>) -> Cow<'c, str>,
    ) -> HashMap<String, String> {
        let mut moves = HashMap::new();
        let mut texts = Vec::with_capacity(self.headings.len());
        for heading in &self.headings {
            let mut old = String::new();
            let mut new = String::new();
            for piece in heading {
                old.push_str(&source[piece.clone()]);
                new.push_str(&shown(piece));
            }
            texts.push((old, new));
        }
        if texts.iter().all(|(old, new)| old == new) {
            return moves;
        }
        let mut old_ids = Numbered::default();
        let mut new_ids = Numbered::default();
        for (old, new) in texts {
            let (old, new) = (old_ids.number(normal(&old)), new_ids.number(normal(&new)));
            if old != new && self.linked.contains(&old) {
                moves.insert(old, new);
            }
        }
        moves
    }
}

/// Gives numbers to ids that are equal: the ids in use, and the next number to try for each.
#[derive(Default)]
struct Numbered(HashMap<String, usize>);

impl Numbered {
    fn number(&mut self, mut id: String) -> String {
        const FIRST: usize = 2;
        let mut key = id.to_ascii_lowercase();
        let Some(next) = self.0.get_mut(&key) else {
            self.0.insert(key, FIRST);
            return id;
        };
        let mut number = *next;
        *next += 1;
        let length = key.len();
        loop {
            // Writing to a string cannot fail.
            let _ = write!(key, "_{number}");
            if !self.0.contains_key(&key) {
                break;
            }
            key.truncate(length);
            number += 1;
        }
        id.push_str(&key[length..]);
        if let Some(next) = self.0.get_mut(&key[..length]) {
            *next = number + 1;
        }
        self.0.insert(key, FIRST);
        id
    }
}

/// An id or fragment in the form in which they are compared: runs of blanks and `_` as one `_`, none at the ends.
pub(crate) fn normal(text: &str) -> String {
    let mut normal = String::with_capacity(text.len());
    for word in text.split(|c: char| c == '_' || c.is_whitespace()).filter(|word| !word.is_empty()) {
        if !normal.is_empty() {
            normal.push('_');
        }
        normal.push_str(word);
    }
    normal
}

/// A fragment written for an id, with blanks if the old one was written with blanks.
pub(crate) fn written_like(old: &str, id: &str) -> String {
    if old.contains(' ') && !old.contains('_') { id.replace('_', " ") } else { id.to_string() }
}

/// What the id of a heading is made of; none if that cannot be known.
fn pieces(tree: &Tree, spans: &[Span], heading: &Range<usize>) -> Option<Vec<Range<usize>>> {
    let nodes = tree.nodes();
    let first = nodes.partition_point(|node| node.start < heading.start);
    // Stretches that are not shown in the heading, or not part of its id.
    let mut silent: Vec<Range<usize>> = Vec::new();
    let mut next = first;
    while let Some(node) = nodes.get(next).filter(|node| node.start < heading.end) {
        let mut into = false;
        match node.kind {
            Kind::Template | Kind::Parameter => return None,
            Kind::Comment | Kind::Content => silent.push(node.start..node.end),
            Kind::Link => {
                let target = tree.part(next, 0).range;
                if tree.part_count(next) > 1 {
                    silent.push(node.start..target.end + 1);
                }
                into = true;
            }
            Kind::Span | Kind::Alias | Kind::Raw => {}
        }
        next = if into { next + 1 } else { node.after };
    }
    let mut pieces = Vec::new();
    let first = spans.partition_point(|span| span.range.end <= heading.start);
    let mut silent = silent.iter().peekable();
    for span in spans[first..].iter().take_while(|span| span.range.start < heading.end) {
        while silent.next_if(|range| range.end <= span.range.start).is_some() {}
        if silent.peek().is_some_and(|range| range.start <= span.range.start && span.range.end <= range.end) {
            continue;
        }
        if span.kind != SpanKind::Markup {
            pieces.push(span.range.clone());
        }
    }
    Some(pieces)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_ids_are_numbered() {
        let mut ids = Numbered::default();
        let numbered: Vec<_> = ["a", "A", "a_2", "a", "b"].map(|id| ids.number(id.to_string())).into();
        assert_eq!(numbered, ["a", "A_2", "a_2_2", "a_3", "b"]);
    }

    #[test]
    fn fragments_are_compared_without_regard_to_blanks() {
        assert_eq!(normal("  国 _军 "), "国_军");
        assert_eq!(written_like("国 军", "國_軍"), "國 軍");
        assert_eq!(written_like("国", "國_2"), "國_2");
    }
}
