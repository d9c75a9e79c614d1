//! First look at a page: what is not wikitext at all, and tags whose content is a page of its own.
//!
//! Comments, `<nowiki>`, `<pre>` and the other raw tags are opaque (rule B23): nothing in them is a bracket, a tag or a
//! switch. Tags such as `<ref>` fence in their content: a bracket opened inside is closed inside or not at all, and pipes
//! and equals signs in it mean nothing to the call around it. Both must be known before brackets can be paired.
//!
//! `a<!-- {{ -->[[b<ref>]]</ref>` gives one comment, and one opening `<ref>` with its closing tag; the link is never closed.
//!
//! * A comment runs to `-->` or to the end of the page.
//! * A raw tag runs to the next closing tag of its name. Without one it is a tag around text (rule B32).
//! * A tag may not hold `<`; it ends at the first `>`.
//!
//! # Cost
//!
//! One pass. A closing tag that was looked for in vain is not looked for again, so a page of nothing but `<nowiki>` costs
//! no more than any other.

use std::borrow::Cow;
use std::ops::Range;

use rustc_hash::{FxHashMap, FxHashSet};

use super::tree::Kind;
use crate::lists::{List, Lists};

/// What was found at a place.
#[derive(Debug)]
pub(crate) enum Found {
    /// A comment, or a raw tag with its content.
    Opaque { kind: Kind, range: Range<usize>, inner: Range<usize> },
    /// An opening tag that fences in its content.
    Opening { tag: Range<usize>, name: u32, empty: bool },
    /// A span with the second pair of delimiters (added by [`super::alias`]).
    Alias { range: Range<usize> },
}

impl Found {
    pub(crate) fn start(&self) -> usize {
        match self {
            Found::Opaque { range, .. } | Found::Alias { range } => range.start,
            Found::Opening { tag, .. } => tag.start,
        }
    }
}

/// Everything found, in the order of the source, and the closing tags by name.
#[derive(Debug, Default)]
pub(crate) struct Opaque {
    pub(crate) found: Vec<Found>,
    closing: Vec<Vec<Range<usize>>>,
    /// Where there is a `-<` outside of what is opaque.
    pub(crate) dashes: Vec<usize>,
}

impl Opaque {
    /// The first closing tag of a name that begins at or after a place.
    pub(crate) fn closing_after(&self, name: u32, at: usize) -> Option<Range<usize>> {
        let closing = &self.closing[name as usize];
        closing.get(closing.partition_point(|tag| tag.start < at)).cloned()
    }
}

/// Where the name is of the tag that begins at `<` or `</`.
#[inline]
pub(crate) fn name_range(bytes: &[u8], at: usize) -> Option<Range<usize>> {
    // No tag that matters has a longer name, and a limit keeps a text of letters from being read again and again.
    const LONGEST: usize = 32;
    let start = at + 1 + usize::from(bytes.get(at + 1) == Some(&b'/'));
    let rest = bytes.get(start..)?;
    if !rest.first()?.is_ascii_alphabetic() {
        return None;
    }
    let length = rest.iter().take(LONGEST).take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'-').count();
    Some(start..start + length)
}

/// The lower-case name of the tag that begins at `<` or `</`, and where the name ends.
pub(crate) fn tag_name(source: &str, at: usize) -> Option<(Cow<'_, str>, usize)> {
    let range = name_range(source.as_bytes(), at)?;
    let end = range.end;
    Some((lower_case(&source[range]), end))
}

/// The name of a tag in lower case.
pub(crate) fn lower_case(name: &str) -> Cow<'_, str> {
    match name.bytes().any(|byte| byte.is_ascii_uppercase()) {
        true => Cow::Owned(name.to_ascii_lowercase()),
        false => Cow::Borrowed(name),
    }
}

/// Where the tag whose name ends at `at` ends: after its first `>`, unless a `<` comes before.
fn simple_tag_end(bytes: &[u8], at: usize) -> Option<usize> {
    match bytes.get(at)? {
        b'>' => return Some(at + 1),
        b' ' | b'\t' | b'\n' | b'\r' | b'/' => {}
        _ => return None,
    }
    let length = memchr::memchr2(b'<', b'>', &bytes[at..])?;
    (bytes[at + length] == b'>').then_some(at + length + 1)
}

/// Looks through the page.
pub(crate) fn find(source: &str, lists: &Lists) -> Opaque {
    let bytes = source.as_bytes();
    let mut names: FxHashMap<Cow<'_, str>, u32> = FxHashMap::default();
    // The last tag with content, which most often is the next one too.
    let mut last = ("", 0);
    let mut opaque = Opaque { found: Vec::with_capacity(16), ..Opaque::default() };
    // Raw tags that have no closing tag in the rest of the page.
    let mut hopeless: FxHashSet<Cow<'_, str>> = FxHashSet::default();
    let mut at = 0;
    while let Some(step) = memchr::memchr(b'<', &bytes[at..]) {
        at += step;
        if at > 0 && bytes[at - 1] == b'-' {
            opaque.dashes.push(at - 1);
        }
        if bytes[at..].starts_with(b"<!--") {
            let inner = at + 4;
            let mut ends = memchr::memchr_iter(b'>', &bytes[inner..]).map(|length| inner + length);
            let close = ends.find(|&end| bytes[inner..end].ends_with(b"--")).map(|end| end - 2);
            let (inner_end, end) = close.map_or((bytes.len(), bytes.len()), |close| (close, close + 3));
            opaque.found.push(Found::Opaque { kind: Kind::Comment, range: at..end, inner: inner..inner_end });
            at = end;
            continue;
        }
        let start = at;
        at += 1;
        let Some(name) = name_range(bytes, start) else { continue };
        let Some(tag_end) = simple_tag_end(bytes, name.end) else { continue };
        let name = &source[name];
        let closes = bytes[start + 1] == b'/';
        let empty = bytes[tag_end - 2] == b'/';
        let found = lists.known(name);
        if found.is_in(List::RawTags) {
            if closes || !hopeless.is_empty() && hopeless.contains(&lower_case(name)) {
                continue;
            }
            if empty {
                opaque.found.push(Found::Opaque { kind: Kind::Raw, range: start..tag_end, inner: tag_end..tag_end });
                at = tag_end;
            } else if let Some(close) = raw_close(source, tag_end, name) {
                let inner = tag_end..close.start;
                opaque.found.push(Found::Opaque { kind: Kind::Raw, range: start..close.end, inner });
                at = close.end;
            } else {
                hopeless.insert(lower_case(name));
            }
        } else if found.is_in(List::ContentTags) {
            if last.0 != name {
                let known = names.len() as u32;
                last = (name, *names.entry(lower_case(name)).or_insert(known));
                if opaque.closing.len() <= last.1 as usize {
                    opaque.closing.push(Vec::with_capacity(16));
                }
            }
            let name = last.1;
            if closes {
                opaque.closing[name as usize].push(start..tag_end);
            } else {
                opaque.found.push(Found::Opening { tag: start..tag_end, name, empty });
            }
            at = tag_end;
        }
    }
    opaque
}

/// The closing tag of a raw tag: `</name`, blanks, `>`, in any letter case.
fn raw_close(source: &str, from: usize, name: &str) -> Option<Range<usize>> {
    let bytes = source.as_bytes();
    let mut at = from;
    loop {
        at += memchr::memchr(b'<', &bytes[at..])?;
        if bytes.get(at + 1) != Some(&b'/') {
            at += 1;
            continue;
        }
        let name_end = at + 2 + name.len();
        if bytes.get(at + 2..name_end).is_some_and(|found| found.eq_ignore_ascii_case(name.as_bytes())) {
            let blanks = bytes[name_end..].iter().take_while(|byte| byte.is_ascii_whitespace()).count();
            if bytes.get(name_end + blanks) == Some(&b'>') {
                return Some(at..name_end + blanks + 1);
            }
            at = name_end + blanks;
        } else {
            at += 2;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(source: &str) -> Vec<(&'static str, &str)> {
        let opaque = find(source, &Lists::default());
        let shown = opaque.found.iter().map(|found| match found {
            Found::Opaque { kind: Kind::Comment, range, .. } => ("comment", &source[range.clone()]),
            Found::Opaque { range, .. } => ("raw", &source[range.clone()]),
            Found::Opening { tag, .. } => ("opening", &source[tag.clone()]),
            Found::Alias { range } => ("alias", &source[range.clone()]),
        });
        shown.collect()
    }

    #[test]
    fn comments_and_raw_tags() {
        assert_eq!(
            found("a<!-- <pre> -->b<PRE class=x>[[</Pre >c"),
            [("comment", "<!-- <pre> -->"), ("raw", "<PRE class=x>[[</Pre >")]
        );
        assert_eq!(found("<nowiki/>x<nowiki>y<nowiki>"), [("raw", "<nowiki/>")]);
        assert_eq!(found("a<!-- b"), [("comment", "<!-- b")]);
        assert_eq!(found("<pre <b>x</pre>"), []);
    }

    #[test]
    fn content_tags_and_their_closing() {
        let source = "<ref name=a>x</ref><ref name=b />";
        assert_eq!(found(source), [("opening", "<ref name=a>"), ("opening", "<ref name=b />")]);
        let opaque = find(source, &Lists::default());
        assert_eq!(opaque.closing_after(0, 12), Some(13..19));
        assert_eq!(opaque.closing_after(0, 19), None);
    }
}
