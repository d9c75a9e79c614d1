//! Template calls and parameters (rules B17 to B20, and `{{{p|default}}}` of B21).
//!
//! | part | what is done |
//! |---|---|
//! | the name | stays |
//! | `k=v` | key stays; value is wikitext, unless it names a file, or `k` names an identifier and `v` holds no link or call |
//! | positional values, `1=v` | stay, unless the template is known to take prose, or `positional = convert` |
//! | `{{NoteTA\|..}}`, `{{lang\|ja\|..}}` and the like | stay whole |
//! | `{{Cite ..}}` | as others; whole with `citations = keep` |
//! | a call without a readable name | stays whole |
//! | `{{{p\|default}}}` | the default is wikitext, the rest stays |
//!
//! Which templates and parameters these are is data. Parser functions are in [`functions`].
//!
//! Cost: a name or key of more than 1024 bytes is not looked up, and a value is read only up to its first bracket.

use std::borrow::Cow;
use std::ops::Range;

use super::faults::FaultKind;
use super::functions;
use super::links::ends_plainly;
use super::tree::{Kind, Tree};
use super::walk::{Place, Walker};
use crate::lists::{List, Lists, fold};
use crate::{Citations, Positional};

const LONGEST_NAME: usize = 1024;

/// How the positional values of a call are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Values {
    Prose,
    Other,
}

/// Claims what must stay of the call with this index.
pub(crate) fn template(walker: &mut Walker<'_>, index: usize) {
    let tree = walker.tree;
    let node = tree.node(index);
    let whole = node.start..node.end;
    let Some(head) = readable_head(walker, index) else { return walker.hide(whole) };
    let lists = &walker.options.lists;
    let mut name = lists.known(&head);
    // Most calls are just a name.
    if !name.has_colon_or_hash() {
        if functions::variable(walker, index, name) {
            return;
        }
    } else if functions::call(walker, index, &head) {
        return;
    } else {
        let folded = template_name(lists, &head);
        if folded.contains('#') {
            return walker.hide(whole);
        }
        name = lists.known(&folded);
    }
    if name.is_empty() || name.has_bracket() {
        return walker.hide(whole);
    }
    if name.is_in(List::RuleTemplates) {
        walker.walked.rule_calls.push(index);
        return walker.hide(whole);
    }
    let keeps_citation = walker.options.citations == Citations::Keep && name.is_in(List::CitationTemplates);
    if keeps_citation || name.is_in(List::VerbatimTemplates) {
        return walker.protect(whole);
    }
    let values = if name.is_in(List::ProseTemplates) { Values::Prose } else { Values::Other };
    walker.markup(node.start..node.inner_start);
    walker.hide(tree.part(index, 0).range);
    let mut nodes = walker.inside(index);
    for part in tree.values(index) {
        let Range { start, end } = part.range;
        // Go on from where the part before ended, so that many parts are no more work than one.
        nodes.start = tree.within(nodes.start, nodes.end, &(start..end)).start;
        match part.equals {
            Some(equals) => {
                walker.hidden_name(start - 1..equals + 1, start..equals);
                named(walker, start..equals, equals + 1..end, values, nodes.clone());
            }
            None => {
                walker.markup(start - 1..start);
                positional(walker, start..end, values, nodes.clone());
            }
        }
    }
    walker.markup(node.inner_end..node.end);
}

fn readable_head<'a>(walker: &Walker<'a>, index: usize) -> Option<Cow<'a, str>> {
    head(walker.source, walker.tree, index)
}

/// The text before the first pipe without comments; none if it holds any other node, or is too long to be a name.
pub(crate) fn head<'a>(source: &'a str, tree: &Tree, index: usize) -> Option<Cow<'a, str>> {
    let range = tree.part(index, 0).range;
    if range.len() > LONGEST_NAME {
        return None;
    }
    let nodes = tree.within(index + 1, tree.node(index).after, &range);
    if nodes.is_empty() {
        return Some(Cow::Borrowed(&source[range]));
    }
    let mut head = String::new();
    let mut at = range.start;
    let mut next = nodes.start;
    while next < nodes.end {
        let node = tree.node(next);
        // The condition of a function may be anything; a name may not.
        if node.kind != Kind::Comment && !head.contains(':') && !source[at..node.start].contains(':') {
            return None;
        }
        head.push_str(&source[at..node.start]);
        at = node.end;
        next = node.after;
    }
    head.push_str(&source[at..range.end]);
    Some(Cow::Owned(head))
}

/// The folded name without `subst:` and `Template:`.
pub(crate) fn template_name<'h>(lists: &Lists, head: &'h str) -> Cow<'h, str> {
    let mut name = fold(head);
    while let Some((prefix, rest)) = name.split_once(':') {
        let prefix = lists.look_up(prefix.trim());
        if !prefix.is_in(List::CallModifiers) && !prefix.is_in(List::TemplateNamespaces) {
            break;
        }
        name = Cow::Owned(rest.trim().to_string());
    }
    name
}

fn named(walker: &mut Walker<'_>, key: Range<usize>, value: Range<usize>, values: Values, nodes: Range<usize>) {
    let name = &walker.source[key];
    let known = walker.options.lists.known(if name.len() <= LONGEST_NAME { name } else { "" });
    let is_number = known.is_number() && !name.contains('_');
    if is_number {
        return positional(walker, value, values, nodes);
    }
    let identifies = known.is_in(List::IdentifierParameters)
        || values == Values::Prose && known.is_in(List::ProseTemplateIdentifiers);
    if known.is_empty() || identifies && holds_no_wikitext(walker, &value, &nodes) || is_file(walker, &value, &nodes) {
        walker.protect(value);
    } else {
        walker.convert(value, nodes, Place::Inline);
    }
}

fn positional(walker: &mut Walker<'_>, value: Range<usize>, values: Values, nodes: Range<usize>) {
    let converts = values == Values::Prose || walker.options.positional == Positional::Convert;
    if converts {
        return match is_file(walker, &value, &nodes) {
            true => walker.protect(value),
            false => walker.convert(value, nodes, Place::Inline),
        };
    }
    // Only what has Han characters could have been converted.
    let has_han = walker.bytes[value.clone()].iter().any(|byte| (0xe4..=0xe9).contains(byte));
    if has_han && !is_file(walker, &value, &nodes) {
        walker.fault(value.clone(), FaultKind::KeptPositional);
    }
    walker.protect(value);
}

fn holds_no_wikitext(walker: &Walker<'_>, value: &Range<usize>, nodes: &Range<usize>) -> bool {
    let found = walker.tree.within(nodes.start, nodes.end, value);
    let mut next = found.start;
    while next < found.end {
        let node = walker.tree.node(next);
        if matches!(node.kind, Kind::Link | Kind::Template) {
            return false;
        }
        next = node.after;
    }
    true
}

/// `国.png`: no brackets, one line, and the ending of a file.
fn is_file(walker: &Walker<'_>, value: &Range<usize>, nodes: &Range<usize>) -> bool {
    const LONGEST_ENDING: usize = 8;
    // A value with others in it is not read, so that depth costs nothing.
    if walker.first_in(nodes, value).is_some() {
        return false;
    }
    // Most values have no dot at all, or none near their ends.
    let bytes = walker.bytes[value.clone()].trim_ascii_end();
    let has_dot = match ends_plainly(bytes) {
        true => bytes.iter().rev().take(LONGEST_ENDING + 1).fold(false, |found, byte| found | (*byte == b'.')),
        false => memchr::memchr(b'.', bytes).is_some(),
    };
    if !has_dot {
        return false;
    }
    let text = walker.source[value.clone()].trim();
    let from = text.len().saturating_sub(LONGEST_ENDING + 1);
    let Some(dot) = text.as_bytes()[from..].iter().rposition(|&byte| byte == b'.') else { return false };
    let ending = &text[from + dot + 1..];
    walker.options.lists.known(ending).is_in(List::FileExtensions)
        && !text.contains(['[', ']', '{', '}', '<', '>', '|', '\n'])
}

/// `{{{p|default}}}`.
pub(crate) fn parameter(walker: &mut Walker<'_>, index: usize) {
    let tree = walker.tree;
    let node = tree.node(index);
    let name = walker.tree.part(index, 0).range;
    walker.markup(node.start..node.inner_start);
    walker.hide(name.clone());
    if walker.tree.part_count(index) > 1 {
        let default = walker.tree.part(index, 1).range;
        walker.markup(name.end..default.start);
        let rest = default.end..node.inner_end;
        walker.convert(default, walker.inside(index), Place::Inline);
        walker.hide(rest);
    }
    walker.markup(node.inner_end..node.end);
}
