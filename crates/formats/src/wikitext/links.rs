//! Links (rules B2 to B8, B10, B13).
//!
//! | source | what is done |
//! |---|---|
//! | `[[T\|label]]` | target stays, label is wikitext |
//! | `[[T]]`, `[[:Category:T]]`, `[[s:T]]` | target stays and is asked for as a label (or as the switch `links` says) |
//! | `[[#s]]`, `[[#s\|label]]` | the same, and the fragment may follow a heading |
//! | `[[File:..]]` | see [`files`] |
//! | `[[Category:T\|key]]`, `[[en:T]]` | stays whole: shown nowhere in the text |
//! | `[[T\|]]`, `[[]]`, `[[-{T}-]]`, `[[a<b]]` | stays whole: no link, or not yet |
//! | `[[http://x label]]` | brackets around a link to an address |
//!
//! A target with a template or a parameter in it is not known: it stays and gets no label.
//!
//! Cost: a target is read once; one of more than 4096 bytes is no link.

use std::ops::Range;

use tongwen::SpanKind;

use super::bytes::{Set, next_of, set};
use super::claims::Target;
use super::faults::FaultKind;
use super::places::{Lane, Places};
use super::tree::{Kind, Node};
use super::walk::{Place, Walker};
use super::{files, urls};
use crate::Links;
use crate::lists::{List, fold};

const LONGEST_TARGET: usize = 4096;

/// What a target leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Leads {
    /// A page; the number of bytes before the name proper, where a namespace or wiki is named.
    Page {
        prefix: usize,
    },
    OtherWiki,
    File,
    Hidden,
    Address,
}

/// Claims what must stay of the link with this index.
pub(crate) fn link(walker: &mut Walker<'_>, index: usize) {
    let tree = walker.tree;
    let node = tree.node(index);
    let whole = node.start..node.end;
    let target = walker.tree.part(index, 0).range;
    let label = node.inner_end.min(target.end + 1)..node.inner_end;
    let piped = walker.tree.part_count(index) > 1;
    if target.len() > LONGEST_TARGET || piped && label.is_empty() {
        return walker.protect(whole);
    }
    if is_simple(walker, &target) {
        walker.markup(node.start..node.inner_start);
        simple(walker, node.start, target.clone(), if piped { Label::Given } else { Label::Missing });
        if piped {
            walker.markup(target.end..target.end + 1);
            walker.convert(label, walker.inside(index), Place::Inline);
        }
        return walker.markup(node.inner_end..node.end);
    }
    let known = match known_target(walker, index, &target) {
        Ok(known) => known,
        Err(NoTarget::Span(span)) => {
            walker.fault(span, FaultKind::SpanInTarget);
            // The wiki shows the brackets, and evaluates the markup between them.
            walker.walked.bracketed_text.push(node.start);
            return walker.protect(whole);
        }
        Err(NoTarget::Other) => return walker.protect(whole),
    };
    match leads(walker, &target, known) {
        Leads::File => files::file(walker, index),
        Leads::Hidden => walker.protect(whole),
        Leads::Address => walker.convert(node.start + 1..node.end - 1, walker.inside(index), Place::Inline),
        leads => {
            walker.markup(node.start..node.inner_start);
            let pipe = target.end..target.end + 1;
            page(walker, node.start, target, known, leads, if piped { Label::Given } else { Label::Missing });
            if piped {
                walker.markup(pipe);
                walker.convert(label, walker.inside(index), Place::Inline);
            }
            walker.markup(node.inner_end..node.end);
        }
    }
}

/// A link whose target is the name of a page and nothing else, as most are (no namespace, no fragment, no path, nothing in it, no
/// blanks around it), and whose label, if it has one, is prose: where its pipe is, and where it ends. `inside` is what follows its
/// brackets.
///
/// Bracket matching asks, so that such a link is read once and is no bracket at all.
#[inline]
pub(crate) fn plain(bytes: &[u8], places: &Places, inside: Range<usize>) -> Option<(Option<usize>, usize)> {
    // Nearly always both places are near.
    let near = places.window(Lane::Titles, inside.start);
    let place = |near: u64, from: usize| match near {
        0 => places.next(Lane::Titles, from..inside.end),
        near => inside.start + near.trailing_zeros() as usize,
    };
    let bytes = &bytes[..inside.end];
    let first = place(near, inside.start);
    let (pipe, at) = match bytes.get(first)? {
        b'|' => (Some(first), place(near & near.wrapping_sub(1), first + 1)),
        _ => (None, first),
    };
    // What holds no special character is the name of a page: no path, no blanks around it.
    let target = &bytes[inside.start..first];
    let closes = bytes.get(at..at + 2) == Some(b"]]") && (pipe.is_none() || first + 1 < at);
    (closes && ends_of_name(target) && target.len() <= LONGEST_TARGET).then_some((pipe, at + 2))
}

/// Whether a text begins and ends with letters or the like, so that no blank can be around it. `false` says nothing.
#[inline]
pub(crate) fn ends_of_name(text: &[u8]) -> bool {
    let begins = text.first().is_some_and(|first| first.is_ascii_alphanumeric() || begins_han(*first));
    begins && ends_plainly(text)
}

/// Whether a text ends with a letter or the like. `false` says nothing.
#[inline]
pub(crate) fn ends_plainly(text: &[u8]) -> bool {
    let han = text.last_chunk::<3>().is_some_and(|[first, ..]| begins_han(*first));
    han || text.last().is_some_and(u8::is_ascii_graphic)
}

/// Whether Han characters begin with this byte, and no blanks do.
#[inline]
fn begins_han(byte: u8) -> bool {
    matches!(byte, 0xe4..=0xe9)
}

/// Claims what must stay of a plain link. Nothing is put off when it comes.
#[inline]
pub(crate) fn plain_link(walker: &mut Walker<'_>, node: &Node) {
    let pipe = node.only_pipe();
    let claims = &mut walker.walked.claims;
    match (pipe, walker.options.links) {
        (_, Links::Convert) => {
            claims.add(node.start..node.inner_start, SpanKind::Markup);
            if let Some(pipe) = pipe {
                claims.add(pipe..pipe + 1, SpanKind::Markup);
            }
            claims.add(node.inner_end..node.end, SpanKind::Markup);
        }
        (Some(pipe), _) => {
            claims.add_labelled_link(node.start..node.end, node.inner_start..pipe);
        }
        (None, Links::Expand) => {
            let range = node.inner_start..node.inner_end;
            let label_at = Some(range.end);
            claims.add_link(node.start..node.end, Target { range, label_at, fragment: None, link: node.start });
        }
        (None, Links::Keep) => claims.add_name(node.start..node.end, node.inner_start..node.inner_end),
    }
}

/// Whether a target is the name of a page and nothing else, as most are: no namespace, no fragment, no path, nothing in
/// it, no blanks around it.
fn is_simple(walker: &Walker<'_>, target: &Range<usize>) -> bool {
    let bytes = &walker.bytes[target.clone()];
    let is_special = |byte: u8| matches!(byte, b'<' | b'>' | b'[' | b']' | b'{' | b'}' | b'\n' | b':' | b'#');
    let mut special = walker.places.steps(Lane::Titles, target.start);
    while let Some(place) = special.next(target.end) {
        if is_special(walker.bytes[place]) {
            return false;
        }
        special.pass(place + 1);
    }
    bytes.first().is_some_and(|first| !matches!(first, b'_' | b'/' | b'.'))
        && (ends_of_name(bytes) || walker.source[target.clone()].trim().len() == bytes.len())
}

/// Claims what must stay of such a target.
fn simple(walker: &mut Walker<'_>, link: usize, target: Range<usize>, label: Label) {
    match (label, walker.options.links) {
        (_, Links::Convert) => {}
        (Label::Missing, Links::Expand) => {
            let label_at = Some(target.end);
            walker.target(Target { range: target, label_at, fragment: None, link });
        }
        _ => walker.protect(target),
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Label {
    Given,
    Missing,
}

/// Whether the whole target can be read in the source.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Known {
    Whole,
    /// Up to here; then comes a template, a parameter or a comment.
    UpTo(usize),
}

/// The bytes that no title has.
static NO_TITLE: Set = set(b"<>[]{}\n");

/// Why there is no target.
enum NoTarget {
    /// There is conversion markup in it.
    Span(Range<usize>),
    Other,
}

fn known_target(walker: &Walker<'_>, index: usize, target: &Range<usize>) -> Result<Known, NoTarget> {
    let inside = walker.inside(index);
    let nodes = walker.tree.within(inside.start, inside.end, target);
    let mut known = Known::Whole;
    let mut next = nodes.start;
    let mut at = target.start;
    let mut blank = true;
    loop {
        let node = (next < nodes.end).then(|| walker.tree.node(next));
        let text = &walker.source[at..node.map_or(target.end, |node| node.start)];
        if next_of(&NO_TITLE, text.as_bytes(), 0..text.len()) < text.len() {
            return Err(NoTarget::Other);
        }
        blank &= text.trim().is_empty();
        let Some(node) = node else { break };
        match node.kind {
            Kind::Template | Kind::Parameter => blank = false,
            Kind::Comment => {}
            Kind::Span | Kind::Alias => return Err(NoTarget::Span(node.start..node.end)),
            Kind::Link | Kind::Content | Kind::Raw => return Err(NoTarget::Other),
        }
        if known == Known::Whole {
            known = Known::UpTo(node.start);
        }
        at = node.end;
        next = node.after;
    }
    if blank { Err(NoTarget::Other) } else { Ok(known) }
}

fn leads(walker: &Walker<'_>, target: &Range<usize>, known: Known) -> Leads {
    let end = match known {
        Known::Whole => target.end,
        Known::UpTo(end) => end,
    };
    let text = &walker.source[target.start..end];
    let blanks = text.len() - text.trim_start().len();
    let lists = &walker.options.lists;
    if urls::address_begins(lists, walker.source, target.start + blanks) || text[blanks..].starts_with("//") {
        return Leads::Address;
    }
    let text = &text[blanks..];
    let name = &text[text.bytes().take_while(|byte| matches!(byte, b':' | b' ' | b'_')).count()..];
    let Some(end) =
        name.bytes().position(|byte| matches!(byte, b':' | b'#')).filter(|&end| name.as_bytes()[end] == b':')
    else {
        return Leads::Page { prefix: 0 };
    };
    let prefix = &name[..end];
    let length = blanks + (text.len() - name.len()) + prefix.len() + 1;
    let known = lists.known(prefix);
    let of = |list| known.is_in(list);
    let shown = text.starts_with(':');
    if of(List::FileNamespaces) && !shown {
        Leads::File
    } else if of(List::CategoryNamespaces) && !shown {
        Leads::Hidden
    } else if of(List::FileNamespaces) || of(List::CategoryNamespaces) || of(List::PageNamespaces) {
        Leads::Page { prefix: length }
    } else if of(List::InterwikiPrefixes) {
        Leads::OtherWiki
    } else if of(List::LanguagePrefixes) || is_language_code(&fold(prefix)) {
        if shown { Leads::OtherWiki } else { Leads::Hidden }
    } else {
        Leads::Page { prefix: 0 }
    }
}

/// Two or three letters, perhaps more after dashes: `en`, `zh-min-nan`.
fn is_language_code(prefix: &str) -> bool {
    let (first, rest) = prefix.split_once('-').map_or((prefix, None), |(first, rest)| (first, Some(rest)));
    matches!(first.len(), 2 | 3)
        && first.bytes().all(|byte| byte.is_ascii_lowercase())
        && rest.is_none_or(|rest| {
            rest.split('-').all(|part| {
                !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
            })
        })
}

/// A link that is shown in the text.
fn page(walker: &mut Walker<'_>, link: usize, target: Range<usize>, known: Known, leads: Leads, label: Label) {
    let text = &walker.source[target.clone()];
    let start = target.start + (text.len() - text.trim_start().len());
    let end = target.start + text.trim_end().len();
    let name = &walker.source[start..end];
    if known != Known::Whole {
        return walker.protect(target);
    }
    let hash = memchr::memchr(b'#', name.as_bytes()).map(|offset| start + offset);
    if let Leads::Page { prefix } = leads
        && walker.converts_targets()
        && hash.is_none()
    {
        return walker.protect(target.start..target.start + prefix);
    }
    let fragment = hash.filter(|&hash| hash == start).map(|hash| hash + 1..end);
    // The blanks around a target are not part of it.
    let blanks = end..target.end;
    // A path relative to the page is shown without its last slash, and no label that follows the rule says that.
    let keeps = walker.options.links == Links::Keep || name.ends_with('/') && name.starts_with(['/', '.']);
    match (label, fragment) {
        (Label::Missing, fragment) if !keeps => {
            let shown = start + (name.len() - name.trim_start_matches([':', ' ', '_']).len());
            walker.markup(target.start..shown);
            let label_at = Some(target.end);
            walker.target(Target { range: shown..end, label_at, fragment, link });
        }
        (_, Some(fragment)) => {
            walker.markup(target.start..fragment.start);
            walker.target(Target { range: fragment.clone(), label_at: None, fragment: Some(fragment), link });
        }
        (_, None) => walker.protect(target.start..end),
    }
    walker.markup(blanks);
}
