//! The spans of conversion markup in a block.
//!
//! A span begins in text only. Once one has begun nothing but its own brackets counts up to its closing: of `` -{`}-` ``
//! the code is not seen. The second pair counts where it can be nothing else, as in HTML: not before a letter, `/`, `!` or `?`,
//! and both on one line.
//!
//! Cost: one pass; a search for the delimiters if there are none, as in most blocks.

use std::ops::Range;

use crate::html::{Aliases, Hole};
use crate::markup::{Matcher, Outermost, Paired, Token};

/// The brackets of a block.
pub(crate) fn find(source: &str, block: Range<usize>, all_holes: &[Hole]) -> Paired {
    let bytes = &source.as_bytes()[..block.end];
    let has = |delimiter: &str| memchr::memmem::find(&bytes[block.start..], delimiter.as_bytes()).is_some();
    let aliases = Aliases::find(bytes, block.start);
    if aliases.is_empty() && !has("-{") && !has("}-") {
        return Paired::default();
    }
    let mut matcher = Matcher::default();
    let mut holes = all_holes.iter().peekable();
    // Up to here bytes belong to brackets or holes.
    let mut used = block.start;
    let mut at = block.start;
    while let Some(step) = memchr::memchr(b'-', &bytes[at..]) {
        let found = at + step;
        while let Some(hole) = holes.next_if(|hole| hole.range.start <= found) {
            if !matcher.is_open() {
                used = used.max(hole.range.end);
            }
        }
        at = found + 1;
        if found < used {
            continue;
        }
        used = matcher.dash(bytes, found, used, |place| aliases.has(place));
        at = at.max(used);
    }
    let mut paired = Paired { open_to_end: None, ..matcher.finish() };
    // Behind an opening that was never closed all has been looked at.
    paired.spans = std::mem::take(&mut paired.spans)
        .into_iter()
        .flat_map(|span| outside_of(all_holes, span, &paired.tokens))
        .collect();
    paired.unclosed.retain(|opening| !is_in(all_holes, opening.at));
    paired.stray.retain(|&at| !is_in(all_holes, at));
    paired
}

/// The span, or, where it begins in a hole, those in it that do not. Once over its tokens.
fn outside_of(holes: &[Hole], span: Outermost, tokens: &[Token]) -> Vec<Outermost> {
    if !is_in(holes, span.range.start) {
        return vec![span];
    }
    let mut found = Vec::new();
    // Open brackets by token and place; the first that is in text, if any.
    let (mut open, mut outermost) = (Vec::new(), None);
    for token in span.tokens {
        match tokens[token] {
            Token::Open { at, .. } => {
                if outermost.is_none() && !is_in(holes, at) {
                    outermost = Some(open.len());
                }
                open.push((token, at));
            }
            Token::Close { at, .. } => {
                let Some((first, start)) = open.pop() else { continue };
                if outermost == Some(open.len()) {
                    found.push(Outermost { range: start..at + 2, tokens: first..token + 1 });
                    outermost = None;
                }
            }
            _ => {}
        }
    }
    found
}

/// Whether a place is in one of the holes, which are in order.
fn is_in(holes: &[Hole], place: usize) -> bool {
    let before = holes.partition_point(|hole| hole.range.start <= place);
    before.checked_sub(1).is_some_and(|index| place < holes[index].range.end)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::markdown::blocks;

    /// The spans of the first block.
    fn spans(source: &str) -> Vec<&str> {
        let found = blocks::find(source, 0);
        let paired = find(source, found.blocks[0].range.clone(), &found.holes);
        paired.spans.into_iter().map(|span| &source[span.range]).collect()
    }

    #[test]
    fn spans_begin_in_text_only() {
        assert_eq!(spans("甲-{乙}-`-{丙}-`-{丁}-[a](-{戊}-)己"), ["-{乙}-", "-{丁}-"]);
        assert_eq!(spans("甲-{乙`}-`丙}-丁"), ["-{乙`}-"]);
        assert_eq!(spans("甲-{**乙**}-丙"), ["-{**乙**}-"]);
        assert_eq!(spans("甲`-`{乙}-丙`}`-丁"), [""; 0]);
        assert_eq!(spans("甲-<乙>-丙-<b>丁</b>-戊"), ["-<乙>-"]);
        assert_eq!(spans("甲-{乙-{丙}-丁"), ["-{丙}-"]);
        assert_eq!(spans("甲-{乙<b title=\"-{丙}-\">`-{`丁}-"), [""; 0]);
        // The opening in the tag is no text, but only once it is known that the first is not closed.
        assert_eq!(spans("甲-{乙<b title=\"-{丙\">-{丁}-}-"), ["-{丁}-"]);
        assert_eq!(spans("甲-{乙<b title=\"-{丙\">-{丁-{戊}-己}-庚-{辛}-}-"), ["-{丁-{戊}-己}-", "-{辛}-"]);
    }
}
