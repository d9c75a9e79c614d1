//! Tags and their attributes (rules B16, B22).
//!
//! A tag stays, all but the values of `title` and `alt`, which readers see: these are text, unless they hold `://` or
//! brackets of a call or a link. The tags of extensions (`<ref name=国>`) stay whole. What is between an opening tag with
//! a foreign `lang` and its closing tag stays: `<span lang="ja">国</span>`.
//!
//! Whatever begins with `<` and a letter counts as a tag, known or not: MediaWiki shows an unknown one as text, and text
//! that is left is no harm. A tag may not hold `<`; a quoted value may hold `>`, if the quotation ends in the tag.
//!
//! Cost: a tag is read twice; the search for its end stops at the next `<`, so the whole stays linear.

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;

use super::context::ContextKind;
use super::opaque::{lower_case, name_range};
use super::tree::Kind;
use super::walk::{Content, Walker};
use crate::lists::List;

/// Open elements in a foreign language, by the name of their tag. Nearly no content has any.
#[derive(Debug, Default)]
pub(crate) struct Elements<'a>(Option<Box<ByName<'a>>>);

type ByName<'a> = HashMap<Cow<'a, str>, Foreign>;

#[derive(Debug)]
struct Foreign {
    start: usize,
    /// How many elements of the name are open since then.
    depth: usize,
}

/// Looks at `<` at the start of `here`, and returns where to go on.
pub(crate) fn tag<'a>(walker: &mut Walker<'a>, here: &Content, elements: &mut Elements<'a>) -> usize {
    let start = here.range.start;
    let Some(name) = name_range(walker.bytes, start) else { return start + 1 };
    let name_end = name.end;
    let Some(end) = tag_end(walker, here, name_end) else { return start + 1 };
    let closes = walker.bytes[start + 1] == b'/';
    let name = &walker.source[name];
    let is_bare = end - name_end <= 2;
    if closes || is_bare || is_of_extension(walker, name) {
        walker.hidden_markup(start..end);
    } else {
        attributes_stay(walker, start..end, name_end..end - 1);
    }
    if closes {
        let Some(open) = &mut elements.0 else { return end };
        let name = lower_case(name);
        let ended = open.get_mut(&name).is_some_and(|foreign| {
            foreign.depth -= 1;
            foreign.depth == 0
        });
        if ended && let Some(foreign) = open.remove(&name) {
            walker.protect(foreign.start..end);
        }
    } else if walker.bytes[end - 2] != b'/' && (elements.0.is_some() || !is_bare) {
        if let Some(foreign) = elements.0.as_mut().and_then(|open| open.get_mut(&lower_case(name))) {
            foreign.depth += 1;
        } else if is_foreign(walker, name_end..end - 1) {
            elements.0.get_or_insert_default().insert(lower_case(name), Foreign { start, depth: 1 });
        }
    }
    end
}

fn is_of_extension(walker: &Walker<'_>, name: &str) -> bool {
    let found = walker.options.lists.known(name);
    found.is_in(List::ContentTags) || found.is_in(List::RawTags)
}

/// Where the tag ends: after the first `>` that is not in a quoted value; if the quotation does not end, after the first
/// `>` of all. A `<` before that: no tag.
fn tag_end(walker: &Walker<'_>, here: &Content, name_end: usize) -> Option<usize> {
    match walker.bytes.get(name_end)? {
        b'>' if name_end < here.range.end => return Some(name_end + 1),
        b' ' | b'\t' | b'\n' | b'\r' | b'/' | b'>' => {}
        _ => return None,
    }
    let mut next = here.nodes.start;
    let mut at = name_end;
    let mut quote = None;
    let mut first = None;
    let mut before = b' ';
    while at < here.range.end {
        if next < here.nodes.end && walker.tree.node(next).start == at {
            let node = walker.tree.node(next);
            if matches!(node.kind, Kind::Content | Kind::Raw) {
                break;
            }
            at = node.end;
            next = node.after;
            continue;
        }
        match (walker.bytes[at], quote) {
            (b'<', _) => break,
            (b'>', None) => return Some(at + 1),
            (b'>', Some(_)) => first = first.or(Some(at + 1)),
            (byte @ (b'"' | b'\''), None) if before == b'=' => quote = Some(byte),
            (byte, Some(open)) if byte == open => quote = None,
            _ => {}
        }
        if !walker.bytes[at].is_ascii_whitespace() {
            before = walker.bytes[at];
        }
        at += 1;
    }
    first
}

/// A name and a value, without quotation marks.
struct Attribute {
    name: Range<usize>,
    value: Range<usize>,
}

/// The attributes in a stretch of a tag or a table line; those without a value are left out.
fn attributes(bytes: &[u8], range: Range<usize>) -> impl Iterator<Item = Attribute> {
    let mut at = range.start;
    let end = range.end;
    let run = move |from: usize, is: fn(u8) -> bool| from + bytes[from..end].iter().take_while(|&&b| is(b)).count();
    std::iter::from_fn(move || {
        loop {
            let start = run(at, |byte| byte.is_ascii_whitespace() || matches!(byte, b'/' | b'=' | b'"' | b'\''));
            if start >= end {
                return None;
            }
            let name_end =
                run(start, |byte| !byte.is_ascii_whitespace() && !matches!(byte, b'=' | b'"' | b'\'' | b'/'));
            let equals = run(name_end, |byte| byte.is_ascii_whitespace());
            at = name_end;
            if bytes[..end].get(equals) != Some(&b'=') {
                continue;
            }
            let open = run(equals + 1, |byte| byte.is_ascii_whitespace());
            let value = match bytes[..end].get(open) {
                Some(b'"') => open + 1..run(open + 1, |byte| byte != b'"'),
                Some(b'\'') => open + 1..run(open + 1, |byte| byte != b'\''),
                _ => open..run(open, |byte| !byte.is_ascii_whitespace()),
            };
            // After the closing quotation mark, if there is one.
            at = end.min(value.end + usize::from(value.start > open));
            return Some(Attribute { name: start..name_end, value });
        }
    })
}

/// The value of the attribute of this name in a stretch of a tag.
pub(crate) fn attribute<'a>(source: &'a str, range: Range<usize>, name: &str) -> Option<&'a str> {
    let bytes = source.as_bytes();
    let found = attributes(bytes, range).find(|found| bytes[found.name.clone()].eq_ignore_ascii_case(name.as_bytes()));
    found.map(|found| &source[found.value])
}

/// Claims `whole`, but for the values of `title` and `alt` in it; notes the value of `id`.
pub(crate) fn attributes_stay(walker: &mut Walker<'_>, whole: Range<usize>, attribute_range: Range<usize>) {
    let mut at = whole.start;
    let bytes = walker.bytes;
    for attribute in attributes(bytes, attribute_range) {
        let name = &bytes[attribute.name];
        let value = attribute.value;
        if name.eq_ignore_ascii_case(b"id") {
            walker.walked.identifiers.push(value);
        } else if name.eq_ignore_ascii_case(b"title") || name.eq_ignore_ascii_case(b"alt") {
            let text = &walker.source[value.clone()];
            if !text.contains("://") && !text.contains("{{") && !text.contains("[[") {
                walker.hidden_markup(at..value.start);
                at = value.end;
                walker.context(value, ContextKind::Attribute);
            }
        }
    }
    walker.hidden_markup(at..whole.end);
}

/// Whether a tag says that its element is in a language other than Chinese.
fn is_foreign(walker: &Walker<'_>, attribute_range: Range<usize>) -> bool {
    attributes(walker.bytes, attribute_range).any(|attribute| {
        let name = &walker.bytes[attribute.name];
        let value = &walker.source[attribute.value];
        (name.eq_ignore_ascii_case(b"lang") || name.eq_ignore_ascii_case(b"xml:lang"))
            && !value.trim().is_empty()
            && !walker.options.lists.known(value).is_in(List::ChineseLanguages)
    })
}
