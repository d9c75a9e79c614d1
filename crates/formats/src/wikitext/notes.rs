//! The order in which a page is shown (rule B16).
//!
//! What is in `<ref>..</ref>` is shown where the list of its group stands, after everything in between; and so it is
//! converted with the rules that the page has set by then. Notes without a list behind them are shown at the end of the
//! page. A note in the list itself stays where it is.
//!
//! ```text
//! a<ref>b</ref>c<references/>d<ref>e</ref>f    is shown as    a <ref></ref>c b <references/>d<ref></ref>f e
//! ```
//!
//! `{{efn|..}}`, `{{#tag:ref|..}}` and `{{reflist}}` do the same; which templates do is data.
//!
//! Cost: one pass over the nodes, and sorting the stretches. Only pages that set rules need the order.

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;

use super::opaque::tag_name;
use super::tags;
use super::templates;
use super::tree::{Kind, Tree};
use crate::Lists;
use crate::lists::{List, fold};

/// Something about notes that stands at a node.
enum Found<'a> {
    /// A note with this content.
    Note { content: Range<usize>, group: Cow<'a, str> },
    /// A place where the notes of a group are shown.
    List { group: Cow<'a, str> },
}

struct Note {
    content: Range<usize>,
    /// Where it is shown.
    shown_at: usize,
}

/// A stretch of the source that is of one note, or of the page itself.
struct Stretch {
    /// Even for notes, odd for the page itself.
    shown_at: usize,
    note: usize,
    range: Range<usize>,
}

/// The stretches of the page in the order in which they are shown; together they are the page.
pub(crate) fn order(source: &str, tree: &Tree, lists: &Lists) -> Vec<Range<usize>> {
    let mut notes: Vec<Note> = Vec::new();
    let mut cuts = vec![0];
    let mut waiting: HashMap<Cow<'_, str>, Vec<usize>> = HashMap::new();
    // Up to here a list goes; notes in it are in their place.
    let mut list_end = 0;
    for (index, node) in tree.nodes().iter().enumerate() {
        match found(source, tree, index, lists) {
            Some(Found::Note { content, group }) if node.start >= list_end && !content.is_empty() => {
                cuts.extend([content.start, content.end]);
                waiting.entry(group).or_default().push(notes.len());
                notes.push(Note { content, shown_at: source.len() });
            }
            Some(Found::List { group }) => {
                list_end = list_end.max(node.end);
                cuts.push(node.start);
                for note in waiting.remove(&group).unwrap_or_default() {
                    notes[note].shown_at = node.start;
                }
            }
            _ => {}
        }
    }
    stretches(&notes, cuts, source.len())
}

fn stretches(notes: &[Note], mut cuts: Vec<usize>, end: usize) -> Vec<Range<usize>> {
    if notes.is_empty() {
        return Vec::from_iter([Range { start: 0, end }]);
    }
    cuts.push(end);
    cuts.sort_unstable();
    cuts.dedup();
    // Notes are sorted by where they begin and nest, so the innermost around a place is the last one that is open.
    let mut open: Vec<usize> = Vec::new();
    let mut next = 0;
    let mut keyed: Vec<Stretch> = Vec::with_capacity(cuts.len());
    for pair in cuts.windows(2) {
        let stretch = pair[0]..pair[1];
        while open.pop_if(|note| notes[*note].content.end <= stretch.start).is_some() {}
        while notes.get(next).is_some_and(|note| note.content.start <= stretch.start) {
            open.push(next);
            next += 1;
        }
        let (shown_at, note) = match open.last() {
            // Before what of the page itself begins there: a list begins a stretch.
            Some(&note) => (2 * notes[note].shown_at, note),
            None => (2 * stretch.start + 1, 0),
        };
        keyed.push(Stretch { shown_at, note, range: stretch });
    }
    keyed.sort_by_key(|stretch| (stretch.shown_at, stretch.note));
    keyed.into_iter().map(|stretch| stretch.range).collect()
}

fn found<'a>(source: &'a str, tree: &Tree, index: usize, lists: &Lists) -> Option<Found<'a>> {
    let node = tree.node(index);
    match node.kind {
        Kind::Content => {
            let (name, name_end) = tag_name(source, node.start)?;
            let name = lists.look_up(&name);
            let is_note = name.is_in(List::NoteTags);
            if !is_note && !name.is_in(List::NoteListTags) {
                return None;
            }
            let attributes = source[name_end..node.inner_start].trim_end_matches(['/', '>']);
            let attributes = name_end..name_end + attributes.len();
            let group = Cow::Borrowed(tags::attribute(source, attributes, "group").unwrap_or_default().trim());
            Some(match is_note {
                true => Found::Note { content: node.inner_start..node.inner_end, group },
                false => Found::List { group },
            })
        }
        Kind::Template => {
            let head = templates::head(source, tree, index)?;
            let name = templates::template_name(lists, &head);
            let tag = name.strip_prefix("#tag:").map(str::trim);
            let group = || argument(source, tree, index, "group").map(|range| source[range].trim());
            if let Some(tag) = tag {
                let group = Cow::Borrowed(group().map_or("", |group| group.trim_matches(['"', '\''])));
                return if lists.has_folded(List::NoteTags, tag) {
                    (tree.part_count(index) > 1).then(|| Found::Note { content: tree.part(index, 1).range, group })
                } else {
                    lists.has_folded(List::NoteListTags, tag).then_some(Found::List { group })
                };
            }
            let group_of = |value: &str| group().map_or_else(|| Cow::Owned(value.to_string()), Cow::Borrowed);
            if let Some(value) = lists.value(List::NoteTemplates, &name) {
                return Some(Found::Note { content: first_value(source, tree, index)?, group: group_of(value) });
            }
            lists.value(List::NoteListTemplates, &name).map(|value| Found::List { group: group_of(value) })
        }
        _ => None,
    }
}

/// The value of a named parameter of a call.
fn argument(source: &str, tree: &Tree, index: usize, name: &str) -> Option<Range<usize>> {
    (1..tree.part_count(index)).map(|number| tree.part(index, number)).find_map(|part| {
        let equals = part.equals?;
        (fold(&source[part.range.start..equals]) == name).then_some(equals + 1..part.range.end)
    })
}

/// The first positional value of a call, numbered or not.
fn first_value(source: &str, tree: &Tree, index: usize) -> Option<Range<usize>> {
    (1..tree.part_count(index)).map(|number| tree.part(index, number)).find_map(|part| match part.equals {
        None => Some(part.range),
        Some(equals) => (source[part.range.start..equals].trim() == "1").then_some(equals + 1..part.range.end),
    })
}

#[cfg(test)]
mod tests {
    use super::super::brackets::{CommentContent, pair};
    use super::super::places::Places;
    use super::*;

    fn shown(source: &str) -> String {
        let lists = Lists::default();
        let opaque = super::super::opaque::find(source, &lists);
        let tree = pair(source, &Places::new(source), &opaque, CommentContent::Opaque).tree;
        order(source, &tree, &lists).into_iter().map(|stretch| &source[stretch]).collect()
    }

    #[test]
    fn notes_are_shown_where_their_list_is() {
        assert_eq!(shown("abc"), "abc");
        assert_eq!(shown("a<ref>b</ref>c<references/>d"), "a<ref></ref>cb<references/>d");
        assert_eq!(shown("a<ref>b</ref>c"), "a<ref></ref>cb");
        assert_eq!(
            shown("<ref>a</ref>{{reflist}}<ref>b</ref>{{Reflist|2}}c"),
            "<ref></ref>a{{reflist}}<ref></ref>b{{Reflist|2}}c"
        );
        assert_eq!(
            shown("<ref name=x/>a<references>b<ref>c</ref></references>"),
            "<ref name=x/>a<references>b<ref>c</ref></references>"
        );
    }

    #[test]
    fn groups_have_lists_of_their_own() {
        assert_eq!(
            shown("<ref group=\"x\">a</ref><ref>b</ref><references/>c<references group=x />"),
            "<ref group=\"x\"></ref><ref></ref>b<references/>ca<references group=x />"
        );
        assert_eq!(
            shown("{{efn|a}}<ref>b</ref>{{notelist}}c{{reflist}}"),
            "{{efn|}}<ref></ref>a{{notelist}}cb{{reflist}}"
        );
        assert_eq!(shown("{{efn|1=a|group=g}}b{{reflist|group=g}}c"), "{{efn|1=|group=g}}ba{{reflist|group=g}}c");
        assert_eq!(
            shown("{{#tag:ref|a|group=\"g\"}}b<references group=g/>c"),
            "{{#tag:ref||group=\"g\"}}ba<references group=g/>c"
        );
    }

    #[test]
    fn notes_in_notes() {
        assert_eq!(
            shown("{{efn|a<ref>b</ref>c}}{{notelist}}d{{reflist}}"),
            "{{efn|}}a<ref></ref>c{{notelist}}db{{reflist}}"
        );
    }
}
