//! What the start of a line means: headings, lists, redirects, lines that start with a blank, table lines.
//!
//! * B14: `#REDIRECT [[X]]` and its Chinese names: the line stays.
//! * B23: on the page itself a line that starts with a blank is preformatted and stays, as far as the line goes; inside
//!   template values, labels and notes such lines are ordinary.
//! * B28: `== 国 ==` is a heading: the marks are markup, the inside is text (or stays, with `headings = keep`).
//! * B29: `*`, `#`, `:`, `;` and `----` are markup, the rest of the line is text.
//! * B27 is in [`tables`].
//!
//! A line ends at the first newline outside of any node, so a heading may hold a template written on several lines.
//! Limits: a heading after a comment on its line, and `<h2>`, are converted but links do not follow them.

use std::ops::Range;

use super::context::ContextKind;
use super::tables::{self, Table};
use super::tree::Kind;
use super::walk::{Content, Heading, Place, Walker};
use crate::lists::List;
use crate::{Headings, Mode};

/// Whether a line that begins with this byte may be more than text.
pub(crate) fn may_matter(first: u8) -> bool {
    matches!(first, b'=' | b'#' | b'*' | b':' | b';' | b'-' | b' ' | b'\t' | b'{' | b'|' | b'!')
}

/// Looks at the line that starts at the start of `here`, and returns from where it is to be read as text.
pub(crate) fn line(walker: &mut Walker<'_>, here: &Content) -> usize {
    let start = here.range.start;
    match walker.bytes[start] {
        b'=' => heading(walker, here),
        b'#' if here.place == Place::Page && redirects(walker, here) => {
            let end = line_end(walker, here);
            walker.hide(start..end);
            end
        }
        b'*' | b'#' | b':' | b';' => {
            let end = start + run(walker, here, start, |byte| matches!(byte, b'*' | b'#' | b':' | b';'));
            walker.markup(start..end);
            if walker.bytes[start..end].contains(&b';') && walker.options.mode != Mode::Preserve {
                let line = line_end(walker, here);
                walker.context(start..line, ContextKind::Definition);
            }
            // A table may stand in a definition list.
            tables::line(walker, here, end, Table::Begin).unwrap_or(end)
        }
        b'-' => {
            let length = run(walker, here, start, |byte| byte == b'-');
            if length >= 4 {
                walker.markup(start..start + length);
            }
            start
        }
        b' ' | b'\t' | b'{' | b'|' | b'!' if matches!(here.place, Place::Page | Place::Tag) => {
            let mark = start + run(walker, here, start, |byte| matches!(byte, b' ' | b'\t'));
            if let Some(end) = tables::line(walker, here, mark, Table::Any) {
                return end;
            }
            if walker.bytes[start] == b' ' && here.place == Place::Page {
                preformatted(walker, here);
            }
            start
        }
        _ => start,
    }
}

/// How many bytes from `at` on are of a kind, not going into a node.
fn run(walker: &Walker<'_>, here: &Content, at: usize, is: impl Fn(u8) -> bool) -> usize {
    let stop = if here.nodes.is_empty() { here.range.end } else { walker.tree.node(here.nodes.start).start };
    walker.bytes[at..stop].iter().take_while(|&&byte| is(byte)).count()
}

/// The end of the line that starts at the start of `here`: its newline, or the end of the content.
pub(crate) fn line_end(walker: &Walker<'_>, here: &Content) -> usize {
    let mut at = here.range.start;
    let mut next = here.nodes.start;
    loop {
        let node = (next < here.nodes.end).then(|| walker.tree.node(next));
        let stop = node.map_or(here.range.end, |node| node.start);
        if let Some(length) = memchr::memchr(b'\n', &walker.bytes[at..stop]) {
            return at + length;
        }
        let Some(node) = node else { return stop };
        at = node.end;
        next = node.after;
    }
}

fn heading(walker: &mut Walker<'_>, here: &Content) -> usize {
    let start = here.range.start;
    let mut end = line_end(walker, here);
    // Blanks and comments may follow the heading.
    let mut comments = Vec::new();
    let mut next = here.nodes.start;
    while next < here.nodes.end && walker.tree.node(next).start < end {
        let node = walker.tree.node(next);
        if node.kind == Kind::Comment {
            comments.push(node.start..node.end);
        }
        next = node.after;
    }
    loop {
        while end > start && matches!(walker.bytes[end - 1], b' ' | b'\t' | b'\r') {
            end -= 1;
        }
        match comments.pop_if(|comment| comment.end == end) {
            Some(comment) => end = comment.start,
            None => break,
        }
    }
    let line = &walker.bytes[start..end];
    let before = line.iter().take(6).take_while(|&&byte| byte == b'=').count();
    let after = line.iter().rev().take(6).take_while(|&&byte| byte == b'=').count();
    let level = before.min(after);
    if level == 0 || line.len() <= 2 * level {
        return start + before;
    }
    let inside = start + level..end - level;
    walker.markup(start..inside.start);
    walker.markup_ahead(inside.end..end);
    match walker.options.headings {
        Headings::Keep => walker.protect(inside.clone()),
        Headings::Convert => {}
    }
    walker.context(inside.clone(), ContextKind::Heading);
    if here.place == Place::Page {
        walker.walked.headings.push(Heading { line: start..end, inside: inside.clone() });
    }
    inside.start
}

/// `#REDIRECT [[`: the word, perhaps a colon, and a link.
fn redirects(walker: &Walker<'_>, here: &Content) -> bool {
    const LONGEST: usize = 64;
    let start = here.range.start + 1;
    let node = (!here.nodes.is_empty()).then(|| walker.tree.node(here.nodes.start));
    let Some(link) = node.filter(|node| node.kind == Kind::Link && node.start - start <= LONGEST) else { return false };
    let word = walker.source[start..link.start].trim();
    let word = word.strip_suffix(':').unwrap_or(word);
    !word.contains('\n') && walker.options.lists.is_in(List::RedirectWords, word)
}

fn preformatted(walker: &mut Walker<'_>, here: &Content) {
    let start = here.range.start;
    let rest = &walker.bytes[start..here.range.end];
    let length = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
    // What the wiki shows around conversion markup in preformatted text is converted.
    if walker.options.mode == Mode::Render && holds_span(walker, &here.nodes, start..start + length) {
        return;
    }
    if !rest[..length].trim_ascii().is_empty() {
        walker.protect(start..start + length);
    }
}

fn holds_span(walker: &Walker<'_>, nodes: &Range<usize>, range: Range<usize>) -> bool {
    let found = walker.tree.within(nodes.start, nodes.end, &range);
    let mut next = found.start;
    while next < found.end {
        if walker.tree.node(next).kind == Kind::Span {
            return true;
        }
        next = walker.tree.node(next).after;
    }
    false
}
