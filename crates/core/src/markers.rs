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
//! Linear. The search for an opening delimiter takes two cycles for 64 bytes of the nearest cache with AVX-512.

use std::collections::VecDeque;
use std::ops::Range;

use crate::kernel::openings::has_opening;

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

/// Places that are looked at together.
const BLOCK: usize = 64;
/// Places that are looked at together where no opening is near.
const WIDE: usize = 64 * BLOCK;

/// Where the first opening delimiter at or behind `from` stands. This runs over every text.
#[inline]
pub(crate) fn next_opening(text: &[u8], from: usize) -> Option<usize> {
    let mut at = from;
    let mut width = BLOCK;
    loop {
        let window = text.get(at..)?;
        let window = &window[..window.len().min(width + 1)];
        if !has_opening(window) {
            if at + window.len() == text.len() {
                return None;
            }
            at += width;
            width = (2 * width).min(WIDE);
        } else if width > BLOCK {
            width = BLOCK;
        } else {
            return window.windows(2).position(|two| opens(two[0], two[1])).map(|found| at + found);
        }
    }
}

/// An opening that waits for its closing.
struct Opening {
    at: usize,
    /// How many finished spans there were before it: those after it lie inside.
    inside_from: usize,
}

/// The spans of a text: sorted, disjoint byte ranges, delimiters included; only the outermost of nested ones.
pub fn protected_spans(text: &str) -> Vec<Range<usize>> {
    scan(text.as_bytes(), 0, usize::MAX).spans
}

/// The first spans of a text whose openings before `from` are known to be text, and the place up to which no others begin: about `until`, or where what was opened
/// before that is closed.
pub(crate) fn first_spans(text: &str, from: usize, until: usize) -> (Vec<Range<usize>>, usize) {
    let Scan { spans, at, .. } = scan(text.as_bytes(), from, until);
    (spans, at)
}

/// Finds the spans of the beginning of a text that goes on. What lies before the second value can no longer change: no opening
/// before it still waits for its closing.
pub(crate) fn settled_spans(text: &str) -> (Vec<Range<usize>>, usize) {
    let Scan { spans, openings, .. } = scan(text.as_bytes(), 0, usize::MAX);
    let mut settled = openings.iter().map(|opening| opening.at).min().unwrap_or(text.len());
    // A dash at the end may open a span, unless it closes one.
    if text.ends_with('-') && spans.last().is_none_or(|span| span.end < text.len()) {
        settled = settled.min(text.len() - 1);
    }
    (spans.into_iter().filter(|span| span.end <= settled).collect(), settled)
}

/// What may be met inside of spans.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stops {
    /// Delimiters.
    Delimiters,
    /// Delimiters and ends of lines, which close `-<`.
    DelimitersAndLines,
}

/// The first place at or behind `from` at which a delimiter or, if asked for, a line feed stands.
fn next_stop(text: &[u8], from: usize, stops: Stops) -> Option<usize> {
    let lines = stops == Stops::DelimitersAndLines;
    let is_stop = |first: u8, second: u8| {
        let closes = ((first == b'}') | (first == b'>')) & (second == b'-');
        opens(first, second) | closes | (lines & (first == b'\n'))
    };
    let mut at = from;
    while let Some(block) = text.get(at..).and_then(|rest| rest.first_chunk::<{ BLOCK + 1 }>()) {
        let mut any = false;
        for place in 0..BLOCK {
            any |= is_stop(block[place], block[place + 1]);
        }
        if any {
            break;
        }
        at += BLOCK;
    }
    let found = text.get(at..)?.windows(2).position(|two| is_stop(two[0], two[1])).map(|found| at + found);
    found.or_else(|| (lines && text.ends_with(b"\n") && from < text.len()).then(|| text.len() - 1))
}

/// What was found in a text.
struct Scan {
    spans: Vec<Range<usize>>,
    /// The openings that could still be closed by what follows.
    openings: Vec<Opening>,
    /// Where the search has ended.
    at: usize,
}

/// Looks for spans from `from` on, to the first place from `until` on at which nothing is open.
fn scan(text: &[u8], from: usize, until: usize) -> Scan {
    let mut spans: Vec<Range<usize>> = Vec::new();
    // One stack for each pair; together they are the nesting, since every opening knows its place.
    let mut braces: VecDeque<Opening> = VecDeque::new();
    let mut angles: VecDeque<Opening> = VecDeque::new();
    let mut at = from;
    loop {
        let last = [&braces, &angles].into_iter().filter_map(|stack| stack.back()).map(|opening| opening.at).max();
        let end = last.map_or(until.saturating_add(1), |last| last + LONGEST_SPAN).min(text.len());
        let next = match last {
            // Outside of spans only an opening can matter.
            None if at < until => next_opening(&text[..end], at),
            None => break,
            Some(_) if angles.is_empty() => next_stop(&text[..end], at, Stops::Delimiters),
            Some(_) => next_stop(&text[..end], at, Stops::DelimitersAndLines),
        };
        let place = match (next, last) {
            (Some(place), _) => place,
            // What is open is too far from whatever follows.
            (None, Some(_)) if end < text.len() => {
                braces.clear();
                angles.clear();
                at = at.max(end - 1);
                continue;
            }
            (None, _) => {
                at = if last.is_none() { end.min(until) } else { end };
                break;
            }
        };
        at = place + 1;
        let (own, other) = match text[place] {
            b'\n' => {
                angles.clear();
                continue;
            }
            b'}' => (&mut braces, &mut angles),
            b'>' => (&mut angles, &mut braces),
            _ if text[at] == b'{' => (&mut braces, &mut angles),
            _ => (&mut angles, &mut braces),
        };
        for stack in [&mut *own, &mut *other] {
            drop_far(stack, place + 2);
        }
        if text[place] == b'-' {
            own.push_back(Opening { at: place, inside_from: spans.len() });
        } else if let Some(opening) = own.pop_back() {
            // What was opened inside and not closed is text, and spans inside are part of this one.
            while other.back().is_some_and(|inner| inner.at > opening.at) {
                other.pop_back();
            }
            spans.truncate(opening.inside_from);
            spans.push(opening.at..place + 2);
        } else {
            continue;
        }
        at = place + 2;
    }
    for stack in [&mut braces, &mut angles] {
        drop_far(stack, text.len() + 1);
    }
    Scan { spans, openings: braces.into_iter().chain(angles).collect(), at }
}

/// Takes out the openings from which it is too far to a closing that would end at `end`.
fn drop_far(openings: &mut VecDeque<Opening>, end: usize) {
    while openings.front().is_some_and(|opening| end - opening.at > LONGEST_SPAN) {
        openings.pop_front();
    }
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

    /// The rule byte by byte.
    fn plainly(text: &[u8]) -> Vec<Range<usize>> {
        let mut spans: Vec<Range<usize>> = Vec::new();
        let mut open: Vec<(usize, u8)> = Vec::new();
        let mut at = 0;
        while at + 1 < text.len() {
            open.retain(|(start, _)| at + 2 - start <= LONGEST_SPAN);
            match (text[at], text[at + 1]) {
                (b'-', kind @ (b'{' | b'<')) => {
                    open.push((at, kind));
                    at += 2;
                    continue;
                }
                (b'\n', _) => open.retain(|(_, kind)| *kind == b'{'),
                (close @ (b'}' | b'>'), b'-') => {
                    let wanted = if close == b'}' { b'{' } else { b'<' };
                    if let Some(found) = open.iter().rposition(|(_, kind)| *kind == wanted) {
                        let start = open[found].0;
                        open.truncate(found);
                        spans.retain(|span| span.start < start);
                        spans.push(start..at + 2);
                        at += 2;
                        continue;
                    }
                }
                _ => {}
            }
            at += 1;
        }
        spans
    }

    #[test]
    fn jumping_finds_what_going_finds() {
        let pieces = ["-{", "}-", "-<", ">-", "-", "{", "}", ">", "<", "\n", "国", "abc"];
        let long = "长文".repeat(20);
        let very_long = "x".repeat(LONGEST_SPAN / 3);
        let mut state = 7u32;
        let mut next = |below: usize| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 8) as usize % below
        };
        for round in 0..20_000 {
            let mut text = String::new();
            for _ in 0..next(16) {
                text += match next(if round % 20 == 0 { 15 } else { 13 }) {
                    12 => &long,
                    13 | 14 => &very_long,
                    piece => pieces[piece],
                };
            }
            let all = protected_spans(&text);
            assert_eq!(all, plainly(text.as_bytes()), "{}", text.len());
            let (mut spans, mut from) = (Vec::new(), 0);
            while from < text.len() {
                let (found, at) = first_spans(&text, from, from + 1 + next(200));
                assert!(at > from, "{text}");
                spans.extend(found);
                from = at;
            }
            assert_eq!(spans, all, "{}", text.len());
            let (spans, settled) = settled_spans(&text);
            for more in ["}-", ">-", "{}-", "<>-", "\n>-}-"] {
                let whole = protected_spans(&(text.clone() + more));
                assert!(whole.starts_with(&spans), "{text}{more}: {spans:?} {settled} {whole:?}");
                assert!(
                    whole[spans.len()..].iter().all(|span| span.start >= settled),
                    "{text}{more}: {spans:?} {settled} {whole:?}"
                );
            }
        }
    }

    #[test]
    fn many_openings_take_linear_time() {
        for [opening, closing] in [["-{", "}-"], ["-<", "}-"], ["-{", ">-"], ["-{-<", ">-"], ["-{", "-<\n"]] {
            protected_spans(&(opening.repeat(1_000_000) + &closing.repeat(1_000_000)));
        }
    }
}
