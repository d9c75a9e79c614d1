//! Addresses (rule B15).
//!
//! * Everything from `scheme://` up to a blank, `<`, `>`, `[`, `]`, `"` or `||` stays, also where MediaWiki makes no link of
//!   it (directly after a letter). Templates and spans in an address belong to it.
//! * `mailto:` and its like count at the start of a word.
//! * `[address label]` and `[//address label]`: the address stays, the label is text, unless it looks like an address.
//!
//! A colon is what the walk stops at; the scheme is read backwards from there. The schemes are data.

use super::bytes::{Set, set};
use super::context::ContextKind;
use super::tree::Kind;
use super::walk::{Content, Walker};
use crate::Lists;
use crate::lists::List;

const LONGEST_SCHEME: usize = 16;

/// Where the scheme begins that ends at the colon at `colon`; not before `from`.
pub(crate) fn scheme_before(lists: &Lists, source: &str, from: usize, colon: usize) -> Option<usize> {
    let bytes = source.as_bytes();
    let letters = bytes[from..colon].iter().rev().take(LONGEST_SCHEME);
    let length = letters.take_while(|byte| byte.is_ascii_alphabetic()).count();
    if length == 0 {
        return None;
    }
    let word = &source[colon - length..colon];
    let is_in = |list, word| lists.known(word).is_in(list);
    if bytes[colon..].starts_with(b"://") {
        let skipped = (0..length).find(|&skip| is_in(List::AddressSchemes, &word[skip..]))?;
        return Some(colon - length + skipped);
    }
    let next = *bytes.get(colon + 1)?;
    let starts_word = colon - length == from || !bytes[colon - length - 1].is_ascii_alphanumeric();
    (starts_word && !ends_address(next) && is_in(List::BareSchemes, word)).then_some(colon - length)
}

/// Whether an address begins at `at`.
pub(crate) fn address_begins(lists: &Lists, source: &str, at: usize) -> bool {
    let rest = &source.as_bytes()[at..];
    let length = rest.iter().take(LONGEST_SCHEME).take_while(|byte| byte.is_ascii_alphabetic()).count();
    rest.get(length) == Some(&b':') && scheme_before(lists, source, at, at + length) == Some(at)
}

fn ends_address(byte: u8) -> bool {
    byte <= b' ' || matches!(byte, b'<' | b'>' | b'[' | b']' | b'"' | 0x7f)
}

/// How much of a text belongs to an address; none if all of it may.
fn address_length(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut at = 0;
    loop {
        at += bytes[at..].iter().position(|byte| MAY_END[usize::from(*byte)])?;
        let ends = match bytes[at] {
            b'|' => bytes.get(at + 1) == Some(&b'|'),
            byte if byte.is_ascii() => ends_address(byte),
            _ => text[at..].starts_with(char::is_whitespace),
        };
        if ends {
            return Some(at);
        }
        at += 1;
    }
}

/// The bytes with which something begins that may end an address; those above ASCII begin its other blanks.
static MAY_END: Set = set(&may_end());

const fn may_end() -> [u8; 45] {
    let mut bytes = [0; 45];
    let listed = b"<>[]\"|\x7f\xc2\xe1\xe2\xe3 ";
    let mut index = 0;
    while index < bytes.len() {
        bytes[index] = if index < listed.len() { listed[index] } else { (index - listed.len()) as u8 };
        index += 1;
    }
    bytes
}

/// Where the address ends of which `here` begins with some part.
fn address_end(walker: &Walker<'_>, here: &Content) -> usize {
    let mut at = here.range.start;
    let mut next = here.nodes.start;
    loop {
        let node = (next < here.nodes.end).then(|| walker.tree.node(next));
        let stop = node.map_or(here.range.end, |node| node.start);
        if let Some(length) = address_length(&walker.source[at..stop]) {
            return at + length;
        }
        match node {
            Some(node) if matches!(node.kind, Kind::Template | Kind::Parameter | Kind::Span | Kind::Alias) => {
                at = node.end;
                next = node.after;
            }
            _ => return stop,
        }
    }
}

/// Looks at `:` at the start of `here`; `from` is where the content begins. Returns where to go on.
pub(crate) fn bare(walker: &mut Walker<'_>, here: &Content, from: usize) -> usize {
    let colon = here.range.start;
    let Some(start) = scheme_before(&walker.options.lists, walker.source, from, colon) else { return colon + 1 };
    let end = address_end(walker, here);
    walker.hide(start..end);
    end
}

/// The next `]` of a line, so that no line is searched twice.
#[derive(Debug, Default)]
pub(crate) struct NextClose {
    /// Up to here the answer is known.
    until: usize,
    close: Option<usize>,
}

impl NextClose {
    fn after(&mut self, walker: &Walker<'_>, here: &Content, at: usize) -> Option<usize> {
        if at >= self.until {
            let mut from = at;
            let mut next = here.nodes.start;
            (self.until, self.close) = loop {
                while next < here.nodes.end && walker.tree.node(next).start < from {
                    from = from.max(walker.tree.node(next).end);
                    next = walker.tree.node(next).after;
                }
                let stop = if next < here.nodes.end { walker.tree.node(next).start } else { here.range.end };
                let rest = walker.bytes.get(from..stop).unwrap_or_default();
                match memchr::memchr2(b']', b'\n', rest) {
                    Some(length) if rest[length] == b']' => break (from + length + 1, Some(from + length)),
                    Some(length) => break (from + length + 1, None),
                    None if next >= here.nodes.end => break (usize::MAX, None),
                    None => from = stop + 1,
                }
            };
        }
        self.close
    }
}

/// Looks at `[` at the start of `here`, and returns where to go on.
pub(crate) fn bracketed(walker: &mut Walker<'_>, here: &Content, close: &mut NextClose) -> usize {
    let start = here.range.start;
    let address = start + 1;
    let begins = address < here.range.end
        && (walker.bytes[address..here.range.end].starts_with(b"//")
            || address_begins(&walker.options.lists, walker.source, address));
    if !begins {
        return address;
    }
    let end = address_end(walker, &Content { range: address..here.range.end, ..here.clone() });
    let Some(close) = close.after(walker, here, end) else {
        // No link: what looks like an address stays all the same, but `//` alone does not look like one.
        return address;
    };
    walker.markup(start..address);
    walker.hide(address..end);
    walker.markup_ahead(close..close + 1);
    walker.context(end..close.max(end), ContextKind::AddressLabel);
    let blanks = walker.bytes[end..close].iter().take_while(|&&byte| byte == b' ').count();
    if address_begins(&walker.options.lists, walker.source, end + blanks) {
        walker.hide(end..close);
    }
    end.max(address)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_blank_ends_an_address() {
        for c in ('\0'..=char::MAX).filter(|c| *c != '|') {
            let ends = u8::try_from(c).is_ok_and(|byte| byte.is_ascii() && ends_address(byte))
                || !c.is_ascii() && c.is_whitespace();
            assert_eq!(address_length(&format!("a国{c}")), ends.then_some(4), "{c:?}");
        }
        assert_eq!([address_length("a|b||"), address_length("|")], [Some(3), None]);
    }
}
