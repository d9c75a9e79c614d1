//! The second pair of delimiters: `-< >-` (rule D1).
//!
//! MediaWiki shows these delimiters as text, so in a page they mean something only where they cannot be anything else:
//!
//! * opening and closing stand on one line, and the inside cannot hold `>-`;
//! * `-<` directly before a letter, `/`, `!` or `?` is a dash and a tag: `1876-<small>x</small>-`;
//! * brackets inside are balanced: in `[[a|-<b]]>-` the link is a link, and the delimiters are text.
//!
//! The pairs `-< >-` and `-{ }-` nest in each other; each closes only with its own. `-<国-{军}->-` is one span, and pipes and
//! equals signs in it cut nothing around it. Found line by line, before brackets are paired, so that an opening that is
//! never closed disturbs nothing; then each is a fence like a tag with content, and brackets pair inside of it.
//!
//! Cost: one pass; each opening is put on the stack and taken off once.

use super::bytes::{Set, next_of, set};
use super::opaque::{Found, Opaque};

#[derive(Clone, Copy, PartialEq)]
enum Open {
    Alias,
    Span,
    Call,
    Link,
}

/// Adds the spans with the second pair of delimiters.
pub(crate) fn add(source: &str, opaque: &mut Opaque) {
    // Nearly no page has any.
    opaque.dashes.retain(|&dash| opens(source.as_bytes(), dash));
    if opaque.dashes.is_empty() {
        return;
    }
    let mut spans = Vec::new();
    find(source, opaque, &opaque.dashes, &mut spans);
    if !spans.is_empty() {
        spans.sort_unstable_by_key(|span| span.start);
        let mut spans = spans.into_iter().map(|range| Found::Alias { range }).peekable();
        let mut found = Vec::with_capacity(opaque.found.len() + spans.len());
        for other in opaque.found.drain(..) {
            while let Some(span) = spans.next_if(|span| span.start() < other.start()) {
                found.push(span);
            }
            found.push(other);
        }
        found.extend(spans);
        opaque.found = found;
    }
}

/// Whether `-<` at a place cannot be a dash and a tag.
fn opens(bytes: &[u8], at: usize) -> bool {
    !matches!(bytes.get(at + 2), Some(b'/' | b'!' | b'?' | b'a'..=b'z' | b'A'..=b'Z'))
}

static SPECIAL: Set = set(b"\n-{}[]>");

/// `openings` are the places of `-<` that may be one.
fn find(source: &str, opaque: &Opaque, openings: &[usize], spans: &mut Vec<std::ops::Range<usize>>) {
    let bytes = source.as_bytes();
    let mut stack: Vec<(Open, usize)> = Vec::new();
    // Openings `-{` of earlier lines: in `}-<` the dash may belong to their closing.
    let mut earlier = 0;
    let mut hidden = opaque.found.iter().filter_map(|found| match found {
        Found::Opaque { range, .. } => Some(range.clone()),
        Found::Opening { .. } | Found::Alias { .. } => None,
    });
    let mut next_hidden = hidden.next();
    // Only lines with an opening matter, unless it has to be known what earlier lines have left open.
    let skips = !openings.iter().any(|&at| at > 0 && bytes[at - 1] == b'}');
    let next_line = |from: usize| {
        if !skips {
            return from;
        }
        let next = openings.get(openings.partition_point(|&at| at < from));
        next.map_or(bytes.len(), |&at| memchr::memrchr(b'\n', &bytes[from..at]).map_or(from, |end| from + end + 1))
    };
    let mut at = next_line(0);
    while at < bytes.len() {
        while next_hidden.as_ref().is_some_and(|range| range.end <= at) {
            next_hidden = hidden.next();
        }
        if let Some(range) = next_hidden.clone().filter(|range| range.start <= at) {
            // What is opaque may go over several lines, and the page goes on in another one.
            if bytes[range.clone()].contains(&b'\n') {
                end_line(&mut stack, &mut earlier);
            }
            at = range.end;
            next_hidden = hidden.next();
            continue;
        }
        let stop = next_hidden.as_ref().map_or(bytes.len(), |range| range.start);
        at = next_of(&SPECIAL, bytes, at..stop);
        if at == stop {
            continue;
        }
        let pair = (bytes[at], bytes.get(at + 1).copied().unwrap_or_default());
        let step = match pair {
            (b'\n', _) => {
                end_line(&mut stack, &mut earlier);
                at = next_line(at + 1);
                continue;
            }
            (b'-', b'<') if opens(bytes, at) => {
                stack.push((Open::Alias, at));
                2
            }
            (b'-', b'{') if bytes.get(at + 2) != Some(&b'{') => {
                stack.push((Open::Span, at));
                2
            }
            (b'{', b'{') => {
                stack.push((Open::Call, at));
                2
            }
            (b'[', b'[') => {
                stack.push((Open::Link, at));
                2
            }
            (b'>', b'-') if stack.last().is_some_and(|open| open.0 == Open::Alias) => {
                spans.extend(stack.pop().map(|open| open.1..at + 2));
                2
            }
            (b'}', b'-') if stack.last().is_some_and(|open| open.0 == Open::Span) => {
                stack.pop();
                2
            }
            (b'}', b'-') if earlier > 0 && stack.is_empty() => {
                earlier -= 1;
                2
            }
            (b'}', b'}') => close(&mut stack, Open::Call),
            (b']', b']') => close(&mut stack, Open::Link),
            _ => 1,
        };
        at += step;
    }
}

fn end_line(stack: &mut Vec<(Open, usize)>, earlier: &mut usize) {
    *earlier += stack.iter().filter(|open| open.0 == Open::Span).count();
    stack.clear();
}

/// A closing bracket: openings of `-<` that it would cross are text.
fn close(stack: &mut Vec<(Open, usize)>, bracket: Open) -> usize {
    while stack.last().is_some_and(|open| open.0 == Open::Alias) {
        stack.pop();
    }
    if stack.last().is_some_and(|open| open.0 == bracket) {
        stack.pop();
        return 2;
    }
    1
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Lists;

    fn aliases(source: &str) -> Vec<&str> {
        let mut opaque = super::super::opaque::find(source, &Lists::default());
        add(source, &mut opaque);
        let shown = opaque.found.iter().filter_map(|found| match found {
            Found::Alias { range } => Some(&source[range.clone()]),
            _ => None,
        });
        shown.collect()
    }

    #[test]
    fn pairs_on_one_line() {
        assert_eq!(aliases("甲-<国>-乙-<>-"), ["-<国>-", "-<>-"]);
        assert_eq!(aliases("-<国\n军>-"), [""; 0]);
        assert_eq!(aliases("-<国-{军}-马-<书>->-"), ["-<国-{军}-马-<书>->-", "-<书>-"]);
        assert_eq!(aliases("甲-<ref>国</ref>-乙"), [""; 0]);
        assert_eq!(aliases("-{a\nb}-<国>-\n{{x}}-<国>-"), ["-<国>-"]);
    }

    #[test]
    fn brackets_inside_are_balanced() {
        assert_eq!(aliases("-<[[国|军]]>-"), ["-<[[国|军]]>-"]);
        assert_eq!(aliases("[[国|-<军]]>-"), [""; 0]);
        assert_eq!(aliases("-<国<!-- >- -->军>-"), ["-<国<!-- >- -->军>-"]);
    }
}
