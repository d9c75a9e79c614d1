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
use std::fmt::Write as _;
use std::ops::Range;

use rustc_hash::{FxHashMap, FxHashSet};
use tongwen::{Span, SpanKind};

use super::claims::Target;
use super::tree::{Kind, Tree};
use super::walk::Heading;

/// Old fragments of links, and what they become.
pub(crate) type Moves = FxHashMap<String, String>;

/// How the headings of a page are made, and which of them links of the page may name.
#[derive(Debug, Default)]
pub(crate) struct Anchors {
    /// The stretches that the ids of headings are made of, and for each heading where its own end in the list.
    pieces: Vec<Range<usize>>,
    headings: Vec<usize>,
    /// The fragments that links of the page name and that no explicit id answers.
    linked: FxHashSet<String>,
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
        let mut linked: FxHashSet<String> = fragments.map(|fragment| normal(&source[fragment]).into_owned()).collect();
        if !linked.is_empty() {
            for identifier in identifiers {
                linked.remove(&*normal(&source[identifier]));
            }
        }
        if linked.is_empty() {
            return Anchors::default();
        }
        let mut anchors = Anchors { pieces: Vec::new(), headings: Vec::with_capacity(headings.len()), linked };
        let mut silent = Vec::new();
        for heading in headings {
            if find_pieces(tree, spans, &heading.inside, &mut silent, &mut anchors.pieces) {
                anchors.headings.push(anchors.pieces.len());
            }
        }
        anchors
    }

    /// Whether no link can move.
    pub(crate) fn is_empty(&self) -> bool {
        self.headings.is_empty()
    }

    /// Old fragments and what they become, given what a range of the source will be.
    pub(crate) fn moves<'c>(&self, source: &str, shown: impl Fn(&Range<usize>) -> Cow<'c, str>) -> Moves {
        let mut moves = Moves::default();
        let mut start = 0;
        let texts: Vec<_> = self
            .headings
            .iter()
            .map(|&end| {
                let heading = &self.pieces[std::mem::replace(&mut start, end)..end];
                (joined(heading, |piece| source[piece.clone()].into()), joined(heading, &shown))
            })
            .collect();
        if texts.iter().all(|(old, new)| old == new) {
            return moves;
        }
        let ids: Vec<[Cow<'_, str>; 2]> = texts.iter().map(|(old, new)| [normal(old), normal(new)]).collect();
        let mut take = |old: Cow<'_, str>, new: Cow<'_, str>| {
            if old != new && self.linked.contains(&*old) {
                moves.insert(old.into_owned(), new.into_owned());
            }
        };
        if ids.len() <= FEW && (0..2).all(|side| are_different(&ids, side)) {
            ids.into_iter().for_each(|[old, new]| take(old, new));
            return moves;
        }
        let [mut old_ids, mut new_ids] = [(); 2].map(|()| Numbered::new(ids.len()));
        for [old, new] in ids {
            take(old_ids.number(old), new_ids.number(new));
        }
        moves
    }
}

/// So few ids are compared each with each.
const FEW: usize = 32;

/// Whether no two old or new ids are equal, so that none gets a number.
fn are_different(ids: &[[Cow<'_, str>; 2]], side: usize) -> bool {
    let mut behind = ids;
    while let Some((id, rest)) = behind.split_first() {
        if rest.iter().any(|other| other[side].eq_ignore_ascii_case(&id[side])) {
            return false;
        }
        behind = rest;
    }
    true
}

/// What some stretches show, one behind another. Most headings are one stretch.
fn joined<'c>(pieces: &[Range<usize>], shown: impl Fn(&Range<usize>) -> Cow<'c, str>) -> Cow<'c, str> {
    match pieces {
        [piece] => shown(piece),
        _ => Cow::Owned(pieces.iter().map(shown).collect()),
    }
}

/// Gives numbers to ids that are equal: the ids in use, and the next number to try for each.
struct Numbered<'t>(FxHashMap<Cow<'t, str>, usize>);

impl<'t> Numbered<'t> {
    /// With room for so many ids.
    fn new(count: usize) -> Numbered<'t> {
        Numbered(FxHashMap::with_capacity_and_hasher(count, Default::default()))
    }

    fn number(&mut self, id: Cow<'t, str>) -> Cow<'t, str> {
        const FIRST: usize = 2;
        let has_capitals = id.bytes().any(|byte| byte.is_ascii_uppercase());
        let key = if has_capitals { Cow::Owned(id.to_ascii_lowercase()) } else { id.clone() };
        let Some(next) = self.0.get_mut(&key) else {
            self.0.insert(key, FIRST);
            return id;
        };
        let mut number = *next;
        *next += 1;
        let length = key.len();
        let mut key = key.into_owned();
        loop {
            // Writing to a string cannot fail.
            let _ = write!(key, "_{number}");
            if !self.0.contains_key(&*key) {
                break;
            }
            key.truncate(length);
            number += 1;
        }
        let id = [&*id, &key[length..]].concat();
        if let Some(next) = self.0.get_mut(&key[..length]) {
            *next = number + 1;
        }
        self.0.insert(Cow::Owned(key), FIRST);
        Cow::Owned(id)
    }
}

/// An id or fragment in the form in which they are compared: runs of blanks and `_` as one `_`, none at the ends.
pub(crate) fn normal(text: &str) -> Cow<'_, str> {
    // With these bytes Han characters begin; among others there may be blanks.
    let is_plain = |byte: u8| byte.is_ascii_graphic() && byte != b'_' || matches!(byte, 0x80..=0xbf | 0xe4..=0xe9);
    let text = text.trim_matches(' ');
    if text.bytes().all(is_plain) {
        return Cow::Borrowed(text);
    }
    let mut normal = String::with_capacity(text.len());
    for word in text.split(|c: char| c == '_' || c.is_whitespace()).filter(|word| !word.is_empty()) {
        if !normal.is_empty() {
            normal.push('_');
        }
        normal.push_str(word);
    }
    Cow::Owned(normal)
}

/// A fragment written for an id, with blanks if the old one was written with blanks.
pub(crate) fn written_like(old: &str, id: &str) -> String {
    if old.contains(' ') && !old.contains('_') { id.replace('_', " ") } else { id.to_string() }
}

/// Appends what the id of a heading is made of; `false` if that cannot be known. `silent` is room.
fn find_pieces(
    tree: &Tree,
    spans: &[Span],
    heading: &Range<usize>,
    silent: &mut Vec<Range<usize>>,
    pieces: &mut Vec<Range<usize>>,
) -> bool {
    let nodes = tree.nodes();
    let first = nodes.partition_point(|node| node.start < heading.start);
    // Stretches that are not shown in the heading, or not part of its id.
    silent.clear();
    let mut next = first;
    while let Some(node) = nodes.get(next).filter(|node| node.start < heading.end) {
        let mut into = false;
        match node.kind {
            Kind::Template | Kind::Parameter => return false,
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
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_ids_are_numbered() {
        let mut ids = Numbered::new(0);
        let numbered: Vec<_> = ["a", "A", "a_2", "a", "b"].map(|id| ids.number(id.into())).into();
        assert_eq!(numbered, ["a", "A_2", "a_2_2", "a_3", "b"]);
    }

    #[test]
    fn ids_are_different_unless_two_are_equal() {
        let ids = |new: &[&'static str]| {
            new.iter().map(|new| ["a".into(), (*new).into()]).collect::<Vec<[Cow<'_, str>; 2]>>()
        };
        assert!(
            are_different(&ids(&["a", "b", "国", ""]), 1) && are_different(&ids(&["a"]), 0) && are_different(&[], 0)
        );
        assert!(!are_different(&ids(&["x", "b", "国", "B"]), 1) && !are_different(&ids(&["a", "b"]), 0));
    }

    #[test]
    fn fragments_are_compared_without_regard_to_blanks() {
        assert_eq!(normal("  国 _军 "), "国_军");
        assert_eq!([normal(" 国军"), normal("国\u{3000}军"), normal("国军")], ["国军", "国_军", "国军"]);
        assert_eq!(written_like("国 军", "國_軍"), "國 軍");
        assert_eq!(written_like("国", "國_2"), "國_2");
    }
}
