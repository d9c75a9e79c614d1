//! What of a document is running text, for whoever looks for words in it.
//!
//! How it works stands at `prose`, where users of the crate read it.

use std::ops::Range;

use tongwen::SpanKind;

use crate::fields::layer::Layer;
use crate::wikitext::brackets::{self, CommentContent};
use crate::wikitext::places::Places;
use crate::wikitext::tree::{Kind, Node};
use crate::wikitext::{alias, opaque};
use crate::{Document, Format, Links, Mode, NoConversion, Options};

/// A range of a document that is running text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prose {
    /// Bytes of the source.
    pub range: Range<usize>,
    /// How it hangs together with the range before.
    pub joined: Joined,
    /// What it stands in.
    pub within: Within,
}

/// How a range hangs together with the one before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Joined {
    /// It does not.
    Apart,
    /// It is on the same line, with markup between.
    Line,
    /// A word may go on in it: between is only conversion markup, or what joins the pieces of a string.
    Word,
}

/// What a range stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Within {
    /// Nothing in which more could not be written.
    Nothing,
    /// The label of a link that ends here.
    Label {
        /// The byte behind the link.
        end: usize,
    },
    /// The target of a link without a label that ends here.
    Target {
        /// The byte behind the link.
        end: usize,
    },
    /// Conversion markup.
    Span {
        /// The first byte of the markup.
        start: usize,
        /// The byte behind it.
        end: usize,
    },
}

/// The running text of a document: in order, disjoint, not empty, on borders of characters. Offsets are bytes of the source.
///
/// Conversion wants every byte that may be converted, the arguments of templates and the text of notes among them. Whoever looks for names of places, or
/// writes something behind them, wants less and has to know more: no template, note or heading, but how the ranges hang together, and
/// where something can be written.
///
/// ```
/// use tongwen_formats::{Format, Joined, Options, Within, prose};
/// let page = "'''巴-{里}-坤'''和[[迪化]]{{注|迪化}}";
/// let ranges = prose(Format::Wikitext, page, &Options::default());
/// let told: Vec<(&str, Joined)> = ranges.iter().map(|prose| (&page[prose.range.clone()], prose.joined)).collect();
/// assert_eq!(
///     told,
///     [
///         ("巴", Joined::Apart),
///         ("里", Joined::Word),
///         ("坤", Joined::Word),
///         ("和", Joined::Line),
///         ("迪化", Joined::Line),
///     ]
/// );
/// assert!(matches!(ranges[4].within, Within::Target { end } if page[..end].ends_with("]]")));
/// ```
///
/// | wikitext | is |
/// |---|---|
/// | text, labels of links, bold and small text | prose |
/// | `[[target]]` | prose whose label is still to be written |
/// | `-{text}-` | prose within markup; with rules or flags it is none |
/// | templates, parameters, notes, galleries, headings, comments, addresses, names of files, values of attributes | none |
///
/// Of formats that are lists of strings, prose is what is written as it reads: an escape (`\u8fea`) is none and ends a word, a literal of a PO file that goes
/// on in the next line does not.
///
/// Cost: linear, as a scan.
pub fn prose(format: Format, source: &str, options: &Options) -> Vec<Prose> {
    // What conversion may do does not matter, and pages that want none have prose too.
    let mut options = options.clone();
    options.mode = Mode::Preserve;
    options.no_conversion = NoConversion::Ignore;
    options.links = Links::Expand;
    let document = Document::scan(format, source, &options);
    match format {
        Format::Wikitext => Page::new(source, &document, &options).prose(),
        Format::Text => vec![plain(0..source.len())].into_iter().filter(|prose| !prose.range.is_empty()).collect(),
        _ => match document.layer() {
            Some(layer) => written(layer, &document),
            None => texts(source, &document).map(plain).collect(),
        },
    }
}

/// The texts of a list of strings, as far as they are written as they read.
fn written(layer: &Layer, document: &Document<'_>) -> Vec<Prose> {
    let texts = document.spans().iter().filter(|span| span.kind == SpanKind::Text);
    let literal = texts.flat_map(|span| layer.literal(&span.range));
    let prose = literal.map(|(range, goes_on)| {
        let joined = if goes_on { Joined::Word } else { Joined::Apart };
        Prose { joined, ..plain(range) }
    });
    prose.collect()
}

fn plain(range: Range<usize>) -> Prose {
    Prose { range, joined: Joined::Apart, within: Within::Nothing }
}

/// The texts of a document without the values of attributes: in those stands prose, but no other markup can be written into them.
fn texts<'d>(source: &'d str, document: &'d Document<'_>) -> impl Iterator<Item = Range<usize>> + 'd {
    // What ends the value that is read: its quotation mark, or anything where it has none.
    let mut value: Option<Option<char>> = None;
    document.spans().iter().filter_map(move |span| {
        let text = &source[span.range.clone()];
        if span.kind == SpanKind::Text {
            return value.is_none().then(|| span.range.clone());
        }
        let ended = value.is_none_or(|quotation| match quotation {
            Some(quotation) => text.starts_with(quotation),
            None => !text.starts_with('&'),
        });
        if ended {
            let quotation = text.chars().next_back().filter(|last| matches!(last, '"' | '\''));
            let name = text.strip_suffix(['"', '\'']).unwrap_or(text).trim_end();
            value = name.ends_with('=').then_some(quotation).filter(|_| text.contains('<') || value.is_some());
        }
        None
    })
}

/// A page of wikitext, with what nests in it.
struct Page<'s, 'd> {
    source: &'s str,
    document: &'d Document<'s>,
    nodes: Vec<Node>,
}

/// Tags that may stand within a line.
const INLINE: [&str; 14] =
    ["b", "i", "u", "s", "em", "strong", "small", "big", "span", "font", "sub", "sup", "abbr", "del"];

impl<'s, 'd> Page<'s, 'd> {
    fn new(source: &'s str, document: &'d Document<'s>, options: &Options) -> Page<'s, 'd> {
        let mut opaque = opaque::find(source, &options.lists);
        alias::add(source, &mut opaque);
        let tree = brackets::pair(source, &Places::new(source), &opaque, CommentContent::Opaque).tree;
        Page { source, document, nodes: tree.nodes().to_vec() }
    }

    fn prose(&self) -> Vec<Prose> {
        let mut found: Vec<Prose> = texts(self.source, self.document).map(plain).collect();
        found.extend(self.targets());
        found.extend(self.spans());
        found.sort_by_key(|prose| prose.range.start);
        let closed = self.closed();
        let mut next = closed.iter().peekable();
        found.retain(|prose| {
            while next.next_if(|closed| closed.end <= prose.range.start).is_some() {}
            next.peek().is_none_or(|closed| prose.range.end <= closed.start)
        });
        self.set_labels(&mut found);
        let mut before: Option<(usize, bool)> = None;
        for prose in &mut found {
            let span = matches!(prose.within, Within::Span { .. }) || self.is_span_content(&prose.range);
            if let Some((end, before_span)) = before {
                prose.joined = self.joined(end..prose.range.start, span || before_span);
            }
            before = Some((prose.range.end, span));
        }
        found
    }

    /// Targets without labels.
    fn targets(&self) -> impl Iterator<Item = Prose> {
        let targets = self.document.targets().filter(|target| target.label_at.is_some());
        targets.filter_map(|target| {
            let link = self.node_at(target.link)?;
            let within = Within::Target { end: link.end };
            Some(Prose { range: target.range.clone(), joined: Joined::Apart, within })
        })
    }

    /// What is in conversion markup without rules and flags.
    fn spans(&self) -> impl Iterator<Item = Prose> {
        self.nodes.iter().filter(|node| node.kind == Kind::Span).filter_map(|node| {
            let inner = node.inner_start..node.inner_end;
            let text = &self.source[inner.clone()];
            let simple = !text.is_empty() && !text.contains(['|', ';', ':', '=', '{', '[', '<', '\n', '-', '\'']);
            let within = Within::Span { start: node.start, end: node.end };
            simple.then_some(Prose { range: inner, joined: Joined::Apart, within })
        })
    }

    /// Where no prose is: sorted, disjoint.
    fn closed(&self) -> Vec<Range<usize>> {
        let closed = self.nodes.iter().filter(|node| {
            matches!(node.kind, Kind::Template | Kind::Parameter | Kind::Content | Kind::Comment | Kind::Raw)
        });
        let mut ranges: Vec<Range<usize>> = closed.map(|node| node.start..node.end).collect();
        ranges.extend(self.document.headings().iter().cloned());
        ranges.sort_by_key(|range| (range.start, std::cmp::Reverse(range.end)));
        ranges.dedup_by(|later, earlier| later.end <= earlier.end);
        ranges
    }

    /// Says of the ranges in labels of links where the link ends.
    fn set_labels(&self, found: &mut [Prose]) {
        let links = self.nodes.iter().filter(|node| node.kind == Kind::Link && self.is_page_link(node));
        let mut at = 0;
        for link in links {
            at += found[at..].partition_point(|prose| prose.range.start < link.start);
            for prose in found[at..].iter_mut().take_while(|prose| prose.range.start < link.end) {
                if !matches!(prose.within, Within::Target { .. }) {
                    prose.within = Within::Label { end: link.end };
                }
            }
        }
    }

    /// A link to a file is protected from its first bracket on.
    fn is_page_link(&self, link: &Node) -> bool {
        let spans = self.document.spans();
        let span = spans.partition_point(|span| span.range.end <= link.start);
        spans.get(span).is_some_and(|span| span.kind == SpanKind::Markup)
    }

    fn is_span_content(&self, range: &Range<usize>) -> bool {
        self.source[..range.start].ends_with("-{") && self.source[range.end..].starts_with("}-")
    }

    fn node_at(&self, start: usize) -> Option<&Node> {
        let index = self.nodes.partition_point(|node| node.start < start);
        self.nodes.get(index).filter(|node| node.start == start)
    }

    /// How what is before a gap hangs together with what is behind it.
    fn joined(&self, gap: Range<usize>, span: bool) -> Joined {
        let text = &self.source[gap.clone()];
        if text.is_empty() || (span && matches!(text, "-{" | "}-" | "}--{")) {
            return Joined::Word;
        }
        let mut at = gap.start;
        while at < gap.end {
            let rest = &self.source[at..gap.end];
            at += if rest.starts_with('\'') {
                1
            } else if ["]]", "-{", "}-"].iter().any(|mark| rest.starts_with(mark)) {
                2
            } else if rest.starts_with("[[") {
                // Up to the label; a target that is shown is prose itself.
                match self.node_at(at) {
                    Some(link) if link.end > gap.end => gap.end - at,
                    _ => return Joined::Apart,
                }
            } else if let Some(node) = self.node_at(at).filter(|node| is_unseen(node.kind) && node.end <= gap.end) {
                node.end - at
            } else if let Some(length) = inline_tag(rest) {
                length
            } else {
                return Joined::Apart;
            };
        }
        Joined::Line
    }
}

/// What a reader does not see in a line, or sees as a number.
fn is_unseen(kind: Kind) -> bool {
    matches!(kind, Kind::Content | Kind::Comment)
}

/// The length of a tag that a line goes on behind.
fn inline_tag(text: &str) -> Option<usize> {
    let name = text.strip_prefix("</").or_else(|| text.strip_prefix('<'))?;
    let length = name.find(|character: char| !character.is_ascii_alphanumeric())?;
    let known = INLINE.iter().any(|tag| tag.eq_ignore_ascii_case(&name[..length]));
    known.then(|| text.find('>')).flatten().map(|end| end + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(page: &str) -> Vec<(&str, Joined)> {
        let found = prose(Format::Wikitext, page, &Options::default());
        assert!(found.windows(2).all(|pair| pair[0].range.end <= pair[1].range.start), "{found:?}");
        found.into_iter().map(|prose| (&page[prose.range], prose.joined)).collect()
    }

    #[test]
    fn what_is_no_prose() {
        let page = "{{框|地=[[迪化]]的城}}\n== 迪化 ==\n甲<ref>迪化</ref>乙<!-- 迪化 -->[http://x.org/迪化 丙] http://x.org/迪化\n[[File:a.png|thumb|丁]][[Category:迪化]]__NOCC__";
        let texts: String = told(page).into_iter().map(|(text, _)| text).collect();
        assert!(!texts.contains("迪化"), "{texts}");
        for text in ["甲", "乙", "丙", "丁"] {
            assert!(texts.contains(text), "{texts}");
        }
    }

    #[test]
    fn values_of_attributes_are_no_prose() {
        let page = "<p title=\"子&amp;丑\">甲<img alt='寅' title = \"卯\" src=a>乙</p>丙=\"丁\"";
        for format in [Format::Html, Format::Wikitext] {
            let found = prose(format, page, &Options::default());
            let texts: String = found.iter().map(|prose| &page[prose.range.clone()]).collect();
            assert!(!texts.contains(['子', '丑', '寅', '卯']), "{format:?}: {texts}");
            assert!(
                texts.starts_with('甲') && texts.contains('乙') && texts.ends_with("丙=\"丁\""),
                "{format:?}: {texts}"
            );
        }
    }

    #[test]
    fn strings_are_prose_where_they_are_written_as_they_read() {
        use Joined::{Apart, Word};
        let pages = [
            (
                Format::Json,
                r#"{"迪":"甲\n\n乙\u8fea丙","b":"丁"}"#,
                &[("甲", Apart), ("乙", Apart), ("丙", Apart), ("丁", Apart)][..],
            ),
            (Format::Csv, "\"a \"\"甲\"\" 乙\",丙\n", &[("a ", Apart), ("甲", Apart), (" 乙", Apart), ("丙", Apart)]),
            (
                Format::Po,
                "msgid \"\\n\"\nmsgstr \"甲\\n\"\n\"乙\"\n\"丙\"\n",
                &[("甲", Apart), ("乙", Apart), ("丙", Word)],
            ),
            (Format::Vtt, "WEBVTT\n\n00:01.000 --> 00:02.000\n甲<i>乙</i>\n", &[("甲", Apart), ("乙", Apart)]),
        ];
        for (format, page, expected) in pages {
            let found = prose(format, page, &Options::default());
            let told: Vec<_> = found.iter().map(|prose| (&page[prose.range.clone()], prose.joined)).collect();
            assert_eq!(told, expected, "{format}");
        }
    }

    #[test]
    fn how_ranges_hang_together() {
        use Joined::{Apart, Line, Word};
        assert_eq!(told("甲<ref>子</ref>乙"), [("甲", Apart), ("乙", Line)]);
        assert_eq!(told("甲[[子|乙]]'''丙'''"), [("甲", Apart), ("乙", Line), ("丙", Line)]);
        assert_eq!(told("[[子|巴-{里}-坤]]"), [("巴", Apart), ("里", Word), ("坤", Word)]);
        assert_eq!(told("甲{{子}}乙<br>丙"), [("甲", Apart), ("乙", Apart), ("丙", Apart)]);
        assert_eq!(told("甲-{zh-cn:子;zh-tw:丑}-乙"), [("甲", Apart), ("乙", Apart)]);
    }

    #[test]
    fn where_something_can_be_written() {
        let page = "[[子|甲]]、[[乙]]、-{丙}-";
        let found = prose(Format::Wikitext, page, &Options::default());
        let ends: Vec<&str> = found
            .iter()
            .map(|prose| match prose.within {
                Within::Nothing => &page[..prose.range.end],
                Within::Label { end } | Within::Target { end } | Within::Span { end, .. } => &page[..end],
            })
            .collect();
        assert_eq!(ends[0], "[[子|甲]]");
        assert_eq!(ends[2], "[[子|甲]]、[[乙]]");
        assert_eq!(ends[4], page);
    }
}
