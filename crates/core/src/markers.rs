//! Finds the spans that authors have protected with `-{...}-` and `-<...>-`.
//!
//! The two pairs of delimiters nest in each other and in themselves; each opening is closed by its own closing only. What is never closed is
//! text, and spans inside it count on their own. An empty span is a span.
//!
//! # Limits
//!
//! A span may be [`LONGEST_SPAN`] bytes long; an opening whose closing is farther away is text. `-<...>-` does not reach across the end
//! of a line. Both bounds are what lets a stream decide with bounded look-ahead; the result for a stream is the same as for the whole
//! text because the whole text obeys them too. This is the rule for plain text; in wikitext and HTML the scanner of the format decides.
//!
//! # Worked example
//!
//! `甲-{乙-<丙>-}-丁-{戊`: the inner pair closes inside the outer, which is one span from byte 3 to 20; the last opening is never closed, so `-{戊`
//! is text.
//!
//! # Cost
//!
//! Linear. Text without an opening delimiter costs one search for it, at memory speed.

use std::collections::VecDeque;
use std::ops::Range;

/// The longest span in bytes, delimiters included.
pub const LONGEST_SPAN: usize = 64 * 1024;

/// Whether `-{...}-` and `-<...>-` are kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Markers {
    /// They leave byte for byte, delimiters and all, and no match reaches across them.
    #[default]
    Keep,
    /// They are text like any other.
    Convert,
}

/// Whether two bytes open a span. Without branches, for loops that are to become vector instructions.
#[inline(always)]
fn opens(first: u8, second: u8) -> bool {
    (first == b'-') & ((second == b'{') | (second == b'<'))
}

/// Places that [`next_opening`] looks at together.
const BLOCK: usize = 32;

#[inline(always)]
fn any_opening(block: &[u8; BLOCK + 1]) -> bool {
    let mut any = false;
    for place in 0..BLOCK {
        any |= opens(block[place], block[place + 1]);
    }
    any
}

/// Where the first opening delimiter at or behind `from` stands. This runs over every text.
#[inline]
pub(crate) fn next_opening(text: &[u8], from: usize) -> Option<usize> {
    let mut at = from;
    while let Some(block) = text.get(at..).and_then(|rest| rest.first_chunk::<{ BLOCK + 1 }>()) {
        if any_opening(block) {
            break;
        }
        at += BLOCK;
    }
    // The rest is shorter than a block, or the first opening is near. A last block that overlaps the one before settles most texts.
    if at > from
        && text.len() - at <= BLOCK
        && text.last_chunk::<{ BLOCK + 1 }>().is_some_and(|block| !any_opening(block))
    {
        return None;
    }
    text.get(at..)?.windows(2).position(|two| opens(two[0], two[1])).map(|found| at + found)
}

/// An opening that waits for its closing.
struct Opening {
    at: usize,
    /// How many finished spans there were before it: those after it lie inside.
    inside_from: usize,
}

/// The spans of a text: sorted, disjoint byte ranges, delimiters included; only the outermost of nested ones.
pub fn protected_spans(text: &str) -> Vec<Range<usize>> {
    scan(text.as_bytes()).0
}

/// Finds the spans of the beginning of a text that goes on. What lies before the second value can no longer change: no opening
/// before it still waits for its closing.
pub(crate) fn settled_spans(text: &str) -> (Vec<Range<usize>>, usize) {
    let (spans, openings) = scan(text.as_bytes());
    let mut settled = openings.iter().map(|opening| opening.at).min().unwrap_or(text.len());
    if text.ends_with('-') {
        settled = settled.min(text.len() - 1);
    }
    (spans.into_iter().filter(|span| span.end <= settled).collect(), settled)
}

/// Spans, and the openings that could still be closed by what follows.
fn scan(text: &[u8]) -> (Vec<Range<usize>>, Vec<Opening>) {
    let mut spans: Vec<Range<usize>> = Vec::new();
    // One stack for each pair; together they are the nesting, since every opening knows its place.
    let mut braces: VecDeque<Opening> = VecDeque::new();
    let mut angles: VecDeque<Opening> = VecDeque::new();
    let mut at = 0;
    while at < text.len() {
        if braces.is_empty() && angles.is_empty() {
            // Outside of spans only an opening can matter.
            match next_opening(text, at) {
                Some(next) => at = next,
                None => break,
            }
        }
        for stack in [&mut braces, &mut angles] {
            while stack.front().is_some_and(|opening| at + 2 - opening.at > LONGEST_SPAN) {
                stack.pop_front();
            }
        }
        let (own, other) = match text.get(at..at + 2).unwrap_or_default() {
            b"-{" | b"}-" => (&mut braces, &mut angles),
            b"-<" | b">-" => (&mut angles, &mut braces),
            _ => {
                if text[at] == b'\n' {
                    angles.clear();
                }
                at += 1;
                continue;
            }
        };
        if text[at] == b'-' {
            own.push_back(Opening { at, inside_from: spans.len() });
        } else if let Some(opening) = own.pop_back() {
            // What was opened inside and not closed is text, and spans inside are part of this one.
            while other.back().is_some_and(|inner| inner.at > opening.at) {
                other.pop_back();
            }
            spans.truncate(opening.inside_from);
            spans.push(opening.at..at + 2);
        } else {
            at += 1;
            continue;
        }
        at += 2;
    }
    (spans, braces.into_iter().chain(angles).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<&str> {
        protected_spans(text).into_iter().map(|span| &text[span]).collect()
    }

    #[test]
    fn pairs_nest_and_close_only_themselves() {
        assert_eq!(found("甲-{乙}-丙"), ["-{乙}-"]);
        assert_eq!(found("-{}--<>-"), ["-{}-", "-<>-"]);
        assert_eq!(found("-{a-{b}-c}-"), ["-{a-{b}-c}-"]);
        assert_eq!(found("-{a-<b>-c}-"), ["-{a-<b>-c}-"]);
        assert_eq!(found("甲-{乙-<丙>-}-丁-{戊"), ["-{乙-<丙>-}-"]);
        assert_eq!(found("-{a-<b}-c>-"), ["-{a-<b}-"]);
        assert_eq!(found("-{{b}}-"), ["-{{b}}-"]);
    }

    #[test]
    fn what_is_not_closed_is_text() {
        assert_eq!(found("-{a"), [""; 0]);
        assert_eq!(found("-{a -{b}- c"), ["-{b}-"]);
        assert_eq!(found("a}- -"), [""; 0]);
        assert_eq!(found("-<a\nb>-"), [""; 0]);
        assert_eq!(found("-{a\nb}-"), ["-{a\nb}-"]);
        assert_eq!(found("-<a\n-<b>-"), ["-<b>-"]);
    }

    #[test]
    fn a_span_has_a_longest_length() {
        let fits = format!("-{{{}}}-", "x".repeat(LONGEST_SPAN - 4));
        assert_eq!(found(&fits), [fits.as_str()]);
        let long = format!("-{{x{}", &fits[2..]);
        assert_eq!(found(&long), [""; 0]);
        let inner = format!("-{{-{{a}}-{}}}-", "x".repeat(LONGEST_SPAN));
        assert_eq!(found(&inner), ["-{a}-"]);
    }

    #[test]
    fn many_openings_take_linear_time() {
        for [opening, closing] in [["-{", "}-"], ["-<", "}-"], ["-{", ">-"], ["-{-<", ">-"], ["-{", "-<\n"]] {
            protected_spans(&(opening.repeat(1_000_000) + &closing.repeat(1_000_000)));
        }
    }
}
