//! Files and galleries (rules B11, B12).
//!
//! `[[File:N|thumb|alt=国|国军]]`: the name and every option stay, the value of `alt` and the caption are wikitext. What is
//! neither a known option nor `key=value` with a known key is the caption: options have Chinese names (`缩略图`), and one that
//! is converted is no option any more, so the list of them is data.
//!
//! A line of `<gallery>` is the same without brackets: up to its first pipe it stays.
//!
//! Cost: linear; an option of more than 256 bytes is a caption.

use std::ops::Range;

use super::context::ContextKind;
use super::lines;
use super::tree::Kind;
use super::walk::{Content, Place, Walker};
use crate::lists::List;

const LONGEST_OPTION: usize = 256;

/// Claims what must stay of the file with this index.
pub(crate) fn file(walker: &mut Walker<'_>, index: usize) {
    let tree = walker.tree;
    let node = tree.node(index);
    walker.hide(node.start..tree.part(index, 0).range.end);
    let mut nodes = walker.inside(index);
    for part in tree.values(index).map(|part| part.range) {
        walker.markup(part.start - 1..part.start);
        // Go on from where the part before ended, so that many parts are no more work than one.
        nodes.start = walker.tree.within(nodes.start, nodes.end, &part).start;
        option_or_caption(walker, part, nodes.clone());
    }
    walker.markup(node.inner_end..node.end);
}

/// Claims what must stay of the gallery with this index.
pub(crate) fn gallery(walker: &mut Walker<'_>, index: usize) {
    let tree = walker.tree;
    let node = tree.node(index);
    let mut nodes = walker.inside(index);
    let mut start = node.inner_start;
    while start < node.inner_end {
        nodes.start = walker.tree.within(nodes.start, nodes.end, &(start..start)).start;
        let rest = Content { range: start..node.inner_end, nodes: nodes.clone(), place: Place::Inline };
        let end = lines::line_end(walker, &rest);
        gallery_line(walker, start..end, nodes.clone());
        start = end + 1;
    }
}

fn gallery_line(walker: &mut Walker<'_>, line: Range<usize>, mut nodes: Range<usize>) {
    let mut next = nodes.start;
    let mut at = line.start;
    let mut pipes = Vec::new();
    while at < line.end {
        if next < nodes.end && walker.tree.node(next).start == at {
            at = walker.tree.node(next).end;
            next = walker.tree.node(next).after;
            continue;
        }
        if walker.bytes[at] == b'|' {
            pipes.push(at);
        }
        at += 1;
    }
    walker.hide(line.start..pipes.first().copied().unwrap_or(line.end));
    walker.context(line.clone(), ContextKind::Gallery);
    for (number, &pipe) in pipes.iter().enumerate() {
        let part = pipe + 1..pipes.get(number + 1).copied().unwrap_or(line.end);
        walker.markup(pipe..pipe + 1);
        nodes.start = walker.tree.within(nodes.start, nodes.end, &part).start;
        option_or_caption(walker, part, nodes.clone());
    }
}

fn option_or_caption(walker: &mut Walker<'_>, part: Range<usize>, nodes: Range<usize>) {
    let first = walker.first_in(&nodes, &part).map(|node| (node.kind, node.start, node.end));
    let literal = &walker.source[part.start..first.map_or(part.end, |(_, start, _)| start)];
    let equals = literal.bytes().take(LONGEST_OPTION + 1).position(|byte| byte == b'=');
    if let Some(key) = equals.map(|equals| &literal[..equals]) {
        let known = walker.options.lists.known(key);
        if known.is_in(List::FileTextKeys) {
            let value = part.start + key.len() + 1;
            walker.markup(part.start..value);
            return walker.convert(value..part.end, nodes, Place::Inline);
        }
        if known.is_in(List::FileOptionKeys) {
            return walker.hide(part);
        }
    }
    let is_option = match first {
        None => part.len() <= LONGEST_OPTION && is_option(walker, literal.trim()),
        // `{{{size|300}}}px`
        Some((kind, start, end)) => {
            matches!(kind, Kind::Template | Kind::Parameter)
                && walker.source[part.start..start].trim().is_empty()
                && end <= part.end
                && part.end - end <= LONGEST_OPTION
                && walker.options.lists.known(&walker.source[end..part.end]).is_in(List::SizeUnits)
        }
    };
    if is_option {
        walker.hide(part);
    } else {
        walker.convert(part, nodes, Place::Inline);
    }
}

fn is_option(walker: &Walker<'_>, text: &str) -> bool {
    walker.options.lists.is_in(List::FileOptions, text) || is_size(walker, text)
}

/// `300px`, `200x100像素`.
fn is_size(walker: &Walker<'_>, text: &str) -> bool {
    let unit = text.trim_start_matches(|c: char| c.is_ascii_digit() || c == 'x');
    unit.len() < text.len() && walker.options.lists.known(unit).is_in(List::SizeUnits)
}
