//! Where a document has text: its blocks, and the holes in them where nothing is text.
//!
//! The parser says what is text; all else in a block is a hole. The holes of the paragraph
//!
//! ```text
//! 国**军**`国`[国][国] <b>国</b> [国](国.md "国")
//! ```
//!
//! are `**`, ``**`国`[``, `][国] `, the tags, `[`, `](国.md "`, the title, which is a value, and `")`.
//!
//! Cost: that of the parser, and one pass over its events.

use std::ops::Range;

use pulldown_cmark::{Event, LinkType, Options, Parser, Tag, TagEnd};

use crate::html::tags::Quoting;
use crate::html::{Hole, HoleKind};

/// A stretch that is read by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Block {
    pub(crate) range: Range<usize>,
    pub(crate) kind: BlockKind,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum BlockKind {
    /// Text with holes: those of [`Blocks::holes`] at these places.
    Text { holes: Range<usize> },
    /// HTML from its beginning to its end.
    Html,
    /// The title of a definition.
    Title(Quoting),
}

/// A link that shows its own label: `[国]`, `[国][]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ShownLabel {
    pub(crate) text: Range<usize>,
    /// Where the label is to be put once the text is another one.
    pub(crate) at: usize,
    pub(crate) form: LabelForm,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LabelForm {
    /// `[国]`
    Shortcut,
    /// `[国][]`
    Collapsed,
}

/// What has text in a document, in order.
#[derive(Debug, Default)]
pub(crate) struct Blocks {
    pub(crate) blocks: Vec<Block>,
    pub(crate) holes: Vec<Hole>,
    pub(crate) labels: Vec<ShownLabel>,
}

/// A piece of a block.
#[derive(Clone, Debug)]
struct Piece {
    range: Range<usize>,
    kind: PieceKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum PieceKind {
    Text,
    Html,
    Title(Quoting),
}

/// Finds the blocks of what begins at `from`.
pub(crate) fn find(source: &str, from: usize) -> Blocks {
    let body = &source[from..];
    let extensions = Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_HEADING_ATTRIBUTES
        | Options::ENABLE_MATH
        | Options::ENABLE_GFM;
    let parser = Parser::new_ext(body, extensions);
    let mut builder =
        Builder { source: body, found: Blocks::default(), pieces: Vec::new(), links: Vec::new(), depth: 0 };
    for (_, definition) in parser.reference_definitions().iter() {
        let range = definition.span.clone();
        if let Some((range, quoting)) = definition.title.as_deref().and_then(|title| title_range(body, range, title)) {
            builder.found.blocks.push(Block { range, kind: BlockKind::Title(quoting) });
        }
    }
    for (event, range) in parser.into_offset_iter() {
        builder.event(event, range);
    }
    builder.end_block();
    let mut found = builder.found;
    found.blocks.sort_by_key(|block| block.range.start);
    let moved = |range: &mut Range<usize>| *range = range.start + from..range.end + from;
    found.blocks.iter_mut().for_each(|block| moved(&mut block.range));
    found.holes.iter_mut().for_each(|hole| moved(&mut hole.range));
    for label in &mut found.labels {
        moved(&mut label.text);
        label.at += from;
    }
    found
}

struct Builder<'s> {
    source: &'s str,
    found: Blocks,
    /// Of the block that is being read.
    pieces: Vec<Piece>,
    /// The links and pictures that are open, with their titles.
    links: Vec<(LinkType, Option<String>)>,
    /// How many elements are open of which nothing is text.
    depth: usize,
}

impl Builder<'_> {
    fn event(&mut self, event: Event<'_>, range: Range<usize>) {
        match event {
            Event::Text(text) if self.depth == 0 && self.source.get(range.clone()) == Some(&*text) => self.text(range),
            Event::InlineHtml(_) if self.depth == 0 => self.piece(range, PieceKind::Html),
            Event::Start(Tag::Link { link_type, title, .. } | Tag::Image { link_type, title, .. }) => {
                self.depth += usize::from(shows_its_address(link_type));
                self.links.push((link_type, Some(title.into_string()).filter(|title| !title.is_empty())));
            }
            Event::End(TagEnd::Link | TagEnd::Image) => {
                if let Some((link_type, title)) = self.links.pop() {
                    self.depth -= usize::from(shows_its_address(link_type));
                    self.link(range, link_type, title.as_deref());
                }
            }
            Event::Start(Tag::Emphasis | Tag::Strong | Tag::Strikethrough)
            | Event::End(TagEnd::Emphasis | TagEnd::Strong | TagEnd::Strikethrough) => {}
            Event::Start(tag) => {
                self.end_block();
                self.depth += usize::from(matches!(tag, Tag::CodeBlock(_) | Tag::MetadataBlock(_)));
            }
            Event::End(tag) => {
                self.end_block();
                self.depth -= usize::from(matches!(tag, TagEnd::CodeBlock | TagEnd::MetadataBlock(_)));
                if tag == TagEnd::HtmlBlock && self.depth == 0 {
                    self.found.blocks.push(Block { range, kind: BlockKind::Html });
                }
            }
            // Code, formulas, notes, breaks, boxes, what is written as an entity: holes, if text follows.
            _ => {}
        }
    }

    /// Text. A word goes on behind the end of a line.
    fn text(&mut self, range: Range<usize>) {
        if let Some(Piece { range: last, kind: PieceKind::Text }) = self.pieces.last_mut() {
            let between = self.source.get(last.end..range.start);
            if between.is_some_and(|between| between.bytes().all(|byte| byte.is_ascii_whitespace())) {
                last.end = range.end;
                return;
            }
        }
        self.piece(range, PieceKind::Text);
    }

    fn piece(&mut self, range: Range<usize>, kind: PieceKind) {
        if !range.is_empty() && self.pieces.last().is_none_or(|last| last.range.end <= range.start) {
            self.pieces.push(Piece { range, kind });
        }
    }

    /// The end of a link or a picture.
    fn link(&mut self, range: Range<usize>, link_type: LinkType, title: Option<&str>) {
        let whole = &self.source[range.clone()];
        let start = range.start + if whole.starts_with('!') { 2 } else { 1 };
        match link_type {
            LinkType::Inline => {
                if let Some((title, quoting)) = title.and_then(|title| title_range(self.source, range, title)) {
                    self.piece(title, PieceKind::Title(quoting));
                }
            }
            LinkType::Shortcut | LinkType::Collapsed => {
                // The parser leaves the empty brackets out, and knows them where there are none.
                let collapses = self.source[range.end..].starts_with("[]");
                let (at, form) = match collapses {
                    true => (range.end + 1, LabelForm::Collapsed),
                    false => (range.end, LabelForm::Shortcut),
                };
                if whole.ends_with(']') && !whole.ends_with("[]") {
                    self.found.labels.push(ShownLabel { text: start..range.end - 1, at, form });
                }
            }
            _ => {}
        }
    }

    /// What was read last is a block.
    fn end_block(&mut self) {
        let (Some(first), Some(last)) = (self.pieces.first(), self.pieces.last()) else { return };
        let range = first.range.start..last.range.end;
        let before = self.found.holes.len();
        let mut at = range.start;
        for piece in std::mem::take(&mut self.pieces) {
            self.hole(at..piece.range.start, HoleKind::Kept);
            at = piece.range.end;
            match piece.kind {
                PieceKind::Text => self.templates(piece.range),
                PieceKind::Html => self.hole(piece.range, HoleKind::Html),
                PieceKind::Title(quoting) => self.hole(piece.range, HoleKind::Value(quoting)),
            }
        }
        let kind = BlockKind::Text { holes: before..self.found.holes.len() };
        self.found.blocks.push(Block { range, kind });
    }

    fn hole(&mut self, range: Range<usize>, kind: HoleKind) {
        if !range.is_empty() {
            self.found.holes.push(Hole { range, kind });
        }
    }

    /// What is no Markdown but is met in it: `[[target|label]]`, `{{ value }}`, `{% call %}`.
    fn templates(&mut self, text: Range<usize>) {
        const PAIRS: [(&str, &str); 3] = [("[[", "]]"), ("{{", "}}"), ("{%", "%}")];
        let bytes = self.source.as_bytes();
        // Of each pair, the closing that was found last; behind everything if there is none.
        let mut closings: [Option<usize>; PAIRS.len()] = [None; PAIRS.len()];
        let mut at = text.start;
        while let Some(found) = memchr::memchr2(b'[', b'{', &bytes[at..text.end]) {
            let start = at + found;
            at = start + 1;
            let rest = &bytes[start..text.end];
            let Some(pair) = PAIRS.iter().position(|(open, _)| rest.starts_with(open.as_bytes())) else { continue };
            let closing = match closings[pair] {
                Some(known) if known >= start => known,
                _ => memchr::memmem::find(rest, PAIRS[pair].1.as_bytes()).map_or(usize::MAX, |length| start + length),
            };
            closings[pair] = Some(closing);
            if closing < text.end {
                let label = if pair == 0 { memchr::memchr(b'|', &bytes[start..closing]) } else { None };
                at = label.map_or(closing + 2, |label| start + label + 1);
                self.hole(start..at, HoleKind::Kept);
            }
        }
    }
}

/// Whether what a link shows is where it leads.
fn shows_its_address(link_type: LinkType) -> bool {
    matches!(link_type, LinkType::Autolink | LinkType::Email)
}

/// Where the title stands at the end of a link or a definition, if it is written as it is meant.
fn title_range(source: &str, whole: Range<usize>, title: &str) -> Option<(Range<usize>, Quoting)> {
    let text = source.get(whole.clone())?.trim_ascii_end();
    let text = text.strip_suffix(')').map_or(text, str::trim_ascii_end);
    let (text, quoting) = match text.strip_suffix('"') {
        Some(text) => (text, Quoting::Double),
        None => (text.strip_suffix('\'')?, Quoting::Single),
    };
    let end = whole.start + text.len();
    let before = text.strip_suffix(title)?;
    let is_whole = before.ends_with(if quoting == Quoting::Double { '"' } else { '\'' });
    is_whole.then(|| (end - title.len()..end, quoting))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every block, with its holes in brackets.
    fn shown(source: &str) -> Vec<String> {
        let Blocks { blocks, holes, .. } = find(source, 0);
        let show = |block: Block| {
            let BlockKind::Text { holes: own } = block.kind else {
                return format!("{:?} {}", block.kind, &source[block.range]);
            };
            let mut text = String::new();
            let mut at = block.range.start;
            for hole in &holes[own] {
                text += &source[at..hole.range.start];
                text += &format!("⟨{}⟩", &source[hole.range.clone()]);
                at = hole.range.end;
            }
            text + &source[at..block.range.end]
        };
        blocks.into_iter().map(show).collect()
    }

    #[test]
    fn what_is_no_text_is_a_hole() {
        assert_eq!(shown("甲**乙**`丙`丁"), ["甲⟨**⟩乙⟨**`丙`⟩丁"]);
        assert_eq!(shown("# 甲 {#乙}\n\n```丙\n丁\n```\n    戊"), ["甲",]);
        assert_eq!(shown("- 甲\n  - 乙\n- [ ] 丙\n"), ["甲", "乙", "丙"]);
        assert_eq!(shown("> 甲\n> 乙\n丙"), ["甲⟨\n> ⟩乙\n丙"]);
        assert_eq!(shown("a | 甲\n--|--\n乙 | `c`\n"), ["a", "甲", "乙"]);
        assert_eq!(shown("甲\\*乙&amp;丙"), ["甲⟨\\⟩*乙⟨&amp;⟩丙"]);
        assert_eq!(shown("<http://甲>乙<b>丙</b>"), ["乙⟨<b>⟩丙⟨</b>⟩"]);
        assert_eq!(shown("甲[[乙]][[丙|丁]]{{ 戊 }}{% 己 %}[[庚"), ["甲⟨[[乙]]⟩⟨[[丙|⟩丁]]⟨{{ 戊 }}⟩⟨{% 己 %}⟩[[庚"]);
        assert_eq!(shown("甲[^乙]\n\n[^乙]: 丙"), ["甲", "丙"]);
        assert_eq!(shown("$甲$乙"), ["乙"]);
    }

    #[test]
    fn titles_are_values() {
        assert_eq!(shown("[甲](乙 \"丙\")丁![戊](己 '庚' )"), ["甲⟨](乙 \"⟩⟨丙⟩⟨\")⟩丁⟨![⟩戊⟨](己 '⟩⟨庚⟩"]);
        assert_eq!(shown("[甲](乙 \"\\\"丙\") [甲](乙 (丙))"), ["甲⟨](乙 \"\\\"丙\")⟩ ⟨[⟩甲"]);
        assert_eq!(shown("[甲]: 乙 \"丙\"\n\n[甲]"), ["Title(Double) 丙", "甲"]);
    }

    #[test]
    fn blocks_of_html() {
        assert_eq!(shown("<div>\n甲\n\n乙\n\n</div>\n"), ["Html <div>\n甲\n", "乙", "Html </div>\n"]);
    }

    #[test]
    fn links_that_show_their_labels() {
        let source = "[甲] ![乙][] [丙][甲] [丁](戊) [己]\n\n[甲]: x\n[乙]: y";
        let labels = find(source, 0).labels;
        let labels: Vec<(&str, &str)> =
            labels.iter().map(|label| (&source[label.text.clone()], &source[label.at..label.at + 1])).collect();
        assert_eq!(labels, [("甲", " "), ("乙", "]")]);
    }
}
