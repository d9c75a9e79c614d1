//! Markdown and what is made of it are the same document to an independent reader: the same headings, lists, tables and
//! links with the same targets, the same code, and between them the converted text.

use proptest::prelude::*;
use pulldown_cmark::{Event, Options as Extensions, Parser, Tag};
use tongwen_formats::{Document, Format, Options};

const FRAGMENTS: &[&str] = &[
    "国",
    "军",
    "甲乙",
    "a",
    " ",
    "\n",
    "\n\n",
    "，",
    ".",
    "*",
    "**",
    "_",
    "~~",
    "`",
    "``",
    "\n```\n",
    "    ",
    "\n> ",
    "\n- ",
    "\n1. ",
    "\n# ",
    "\n===\n",
    "\n---\n",
    "\n国|军\n-|-\n",
    "|",
    "\\",
    "&amp;",
    "&国;",
    "[",
    "]",
    "(",
    ")",
    "!",
    "[国]",
    "[国军][]",
    "![国]",
    "[军][国]",
    "[国](军.md \"国\")",
    "[军](<国 军> '军')",
    "\n\n[国]: 国.md \"军\"\n\n",
    "\n\n[国军]: 军.md\n\n",
    "\n\n[^国]: 国\n\n",
    "[^国]",
    "<http://国>",
    "http://国/军 ",
    "<b title=\"国\">",
    "</b>",
    "<code>",
    "</code>",
    "\n<div>\n",
    "<!-- 国 -->",
    "$",
    "[[国]]",
    "[[国|军]]",
    "{{国}}",
    "-{国}-",
    "-{",
    "}-",
];

/// Longer than it was, and no punctuation, which emphasis depends on.
fn mark(text: &str) -> String {
    text.replace('国', "國國").replace('军', "軍軍")
}

fn convert(source: &str) -> String {
    let document = Document::scan(Format::Markdown, source, &Options::default());
    let converted: Vec<String> = document.text_ranges().iter().map(|range| mark(&source[range.clone()])).collect();
    document.assemble(&converted)
}

/// What a reader finds. Of text and HTML only what no conversion changes is compared, of the rest everything.
fn found(source: &str) -> Vec<String> {
    let extensions = Extensions::ENABLE_TABLES
        | Extensions::ENABLE_FOOTNOTES
        | Extensions::ENABLE_STRIKETHROUGH
        | Extensions::ENABLE_TASKLISTS
        | Extensions::ENABLE_HEADING_ATTRIBUTES
        | Extensions::ENABLE_MATH
        | Extensions::ENABLE_GFM;
    let mut found: Vec<String> = Vec::new();
    let mut text = String::new();
    let mut in_code = false;
    for event in Parser::new_ext(source, extensions) {
        let one = match event {
            Event::Text(piece) if !in_code => {
                text.push_str(&mark(&piece));
                continue;
            }
            Event::Start(Tag::Link { dest_url, title, .. }) => format!("link {dest_url} {}", mark(&title)),
            Event::Start(Tag::Image { dest_url, title, .. }) => format!("image {dest_url} {}", mark(&title)),
            Event::Html(html) | Event::InlineHtml(html) => format!("html {}", mark(&html)),
            Event::Start(Tag::CodeBlock(kind)) => {
                in_code = true;
                format!("code block {kind:?}")
            }
            other => {
                in_code &= !matches!(other, Event::End(_));
                format!("{other:?}")
            }
        };
        found.push(format!("text {}", std::mem::take(&mut text)));
        found.push(one);
    }
    found.push(text);
    found
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 20_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_reader_finds_the_same_document(pieces in prop::collection::vec(prop::sample::select(FRAGMENTS), 0..40)) {
        let source = pieces.concat();
        let converted = convert(&source);
        prop_assert_eq!(found(&converted), found(&source), "{:?} became {:?}", source, converted);
    }
}
