//! The spans of conversion markup in a stretch of a page: all of it, or the value of an attribute.
//!
//! A span is looked for in text only: `-{` in a tag, a comment, `<script>` or the like is not seen. Once one has begun nothing
//! but its own brackets counts up to its closing, so `-{<b title="}-">` is a span that ends in the middle of a tag. In `<code>`
//! and `<pre>` spans are seen.
//!
//! The second pair, `-< >-`, is no markup for MediaWiki, and `<` begins a tag (rule D1). So it counts only where it can be
//! nothing else: both on one line, and `-<` not directly before a letter, `/`, `!` or `?`.
//!
//! ```text
//! 甲-{乙}-<b title="-{">丙</b>-<丁>-1876-<i>戊</i>-      spans: -{乙}-  -<丁>-
//! ```
//!
//! Cost: one pass; a search for the delimiters if there are none, as on most pages.

use std::ops::Range;

use super::tags::{Contents, Syntax, Tags};
use crate::lists::Lists;
use crate::markup::{Matcher, Paired};

/// The brackets of a stretch. All of what is unclosed there has been looked for up to its end.
pub(crate) fn find(source: &str, stretch: Range<usize>, lists: &Lists, syntax: Syntax) -> Paired {
    let bytes = &source.as_bytes()[..stretch.end];
    let has = |delimiter: &str| memchr::memmem::find(&bytes[stretch.start..], delimiter.as_bytes()).is_some();
    let aliases = Aliases::find(bytes, stretch.start);
    if aliases.is_empty() && !has("-{") && !has("}-") {
        return Paired::default();
    }
    let mut tags = Tags::new(&source[..stretch.end], lists, syntax);
    let mut matcher = Matcher::default();
    // Up to here bytes belong to brackets or tags.
    let mut used = stretch.start;
    let mut at = stretch.start;
    loop {
        let rest = &bytes[at..];
        let step = if matcher.is_open() { memchr::memchr(b'-', rest) } else { memchr::memchr2(b'-', b'<', rest) };
        let Some(found) = step.map(|step| at + step) else { break };
        at = found + 1;
        if bytes[found] == b'<' {
            at = tags.read(found, bytes.len(), Contents::NoMarkup).end();
            used = at;
            continue;
        }
        used = matcher.dash(bytes, found, used, |place| aliases.has(place));
        at = at.max(used);
    }
    matcher.finish()
}

/// The delimiters `-< >-` that belong together, if nothing else comes between.
#[derive(Debug, Default)]
pub(crate) struct Aliases {
    /// Both in order.
    openings: Vec<usize>,
    closings: Vec<usize>,
}

impl Aliases {
    pub(crate) fn find(bytes: &[u8], from: usize) -> Aliases {
        let mut aliases = Aliases::default();
        // A dash before a tag is common, the delimiter is not.
        let opening = memchr::memmem::find_iter(&bytes[from..], b"-<").map(|at| from + at);
        let Some(first) = opening.into_iter().find(|&at| opens(bytes, at)) else { return aliases };
        let mut open: Vec<usize> = Vec::new();
        let (mut used, mut lines) = (first, first);
        for at in memchr::memchr_iter(b'-', &bytes[first..]).map(|at| first + at) {
            if !open.is_empty() && memchr::memchr(b'\n', &bytes[lines..at]).is_some() {
                open.clear();
            }
            lines = at;
            let closes = at > used && bytes[at - 1] == b'>';
            if let Some(opening) = if closes { open.pop() } else { None } {
                aliases.openings.push(opening);
                aliases.closings.push(at - 1);
                used = at + 1;
            } else if opens(bytes, at) && at >= used {
                open.push(at);
                used = at + 2;
            }
        }
        aliases.openings.sort_unstable();
        aliases
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.openings.is_empty()
    }

    /// Whether the `<` or `>` at a place is one of them.
    pub(crate) fn has(&self, place: usize) -> bool {
        let dash_before = place.checked_sub(1);
        self.closings.binary_search(&place).is_ok()
            || dash_before.is_some_and(|dash| self.openings.binary_search(&dash).is_ok())
    }
}

/// Whether a dash is followed by a `<` that begins no tag.
fn opens(bytes: &[u8], dash: usize) -> bool {
    let begins_tag = |byte: &u8| byte.is_ascii_alphabetic() || matches!(byte, b'/' | b'!' | b'?');
    bytes.get(dash + 1) == Some(&b'<') && !bytes.get(dash + 2).is_some_and(begins_tag)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spans(source: &str) -> Vec<&str> {
        find(source, 0..source.len(), &Lists::default(), Syntax::Html)
            .spans
            .into_iter()
            .map(|span| &source[span.range])
            .collect()
    }

    #[test]
    fn spans_begin_in_text_only() {
        assert_eq!(spans("甲-{乙}-<b title=\"-{\">丙</b>-<丁>-1876-<i>戊</i>-"), ["-{乙}-", "-<丁>-"]);
        assert_eq!(spans("<!-- -{a}- --><script>-{b}-</script><i id='-{c}-'>-{d}-"), ["-{d}-"]);
        assert_eq!(spans("<code>-{a}-</code><pre>-{b}-</pre>"), ["-{a}-", "-{b}-"]);
        assert_eq!(spans("<b -{a}-"), [""; 0]);
    }

    #[test]
    fn in_a_span_nothing_is_a_tag() {
        assert_eq!(spans("-{<b title=\"}-\">}-"), ["-{<b title=\"}-"]);
        assert_eq!(spans("-{a<i id=\"-{b}-\">}-c"), ["-{a<i id=\"-{b}-\">}-"]);
        assert_eq!(spans("-{a-<b>-c}-"), ["-{a-<b>-c}-"]);
        assert_eq!(spans("-<甲-{乙}-丙>-"), ["-<甲-{乙}-丙>-"]);
    }

    #[test]
    fn second_delimiters_on_one_line() {
        assert_eq!(spans("-<国\n军>-"), [""; 0]);
        assert_eq!(spans("-<国>-{a}-"), ["-<国>-"]);
        assert_eq!(spans("-<-<国>-"), [""; 0], "the first is a dash and an unusual tag");
        assert_eq!(spans("-<甲-<乙>-丙>-"), ["-<甲-<乙>-丙>-"]);
        assert_eq!(spans("1-<b>国</b>-2"), [""; 0]);
    }

    #[test]
    fn what_is_left_over() {
        let source = "甲}-<b>-{乙-{丙}-";
        let paired = find(source, 0..source.len(), &Lists::default(), Syntax::Html);
        assert_eq!((paired.stray.as_slice(), paired.open_to_end), ([3].as_slice(), Some(8)));
    }
}
