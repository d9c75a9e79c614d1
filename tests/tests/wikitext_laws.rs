//! What holds for the scan of every string, however broken: the spans are a partition, nothing panics, identity in is
//! identity out, protected bytes stay, and the time is linear.

use std::time::{Duration, Instant};

use proptest::prelude::*;
use tongwen::SpanKind;
use tongwen_formats::{Comments, Document, Format, Headings, Links, NoConversion, Options, Positional};

/// Pieces of syntax, and text between them, from which pages are put together.
const FRAGMENTS: &[&str] = &[
    "国",
    "军",
    " ",
    "\n",
    "\n\n",
    "甲乙丙",
    "a",
    "1",
    "-",
    "-{",
    "}-",
    "-<",
    ">-",
    "[[",
    "]]",
    "[",
    "]",
    "{{",
    "}}",
    "{{{",
    "}}}",
    "{",
    "}",
    "|",
    "||",
    "=",
    "==",
    "===",
    ":",
    ";",
    "*",
    "#",
    "'",
    "''",
    "'''",
    "_",
    "__",
    "__TOC__",
    "__NOCC__",
    "&",
    "&amp;",
    "<",
    ">",
    "/>",
    "<!--",
    "-->",
    "<nowiki>",
    "</nowiki>",
    "<pre>",
    "</pre>",
    "<ref>",
    "<ref name=国>",
    "</ref>",
    "<ref name=a/>",
    "<gallery>",
    "</gallery>",
    "<b lang=ja>",
    "<b title=\"国\">",
    "</b>",
    "<br>",
    "\n{|",
    "\n|-",
    "\n|}",
    "\n|+",
    "\n|",
    "\n!",
    "!!",
    "http://",
    "//",
    "mailto:",
    "File:",
    "Category:",
    "en:",
    "#switch:",
    "#if:",
    "NoteTA",
    "Cite web",
    "quote",
    "k=",
    "alt=",
    "thumb",
    "300px",
    "\n== 国 ==\n",
    "[[#国]]",
    "[[#国|军]]",
    "#REDIRECT [[",
    "\n ",
    "\t",
    "\r\n",
    "　",
    "😀",
    "\u{0}",
    "\u{301}",
];

fn pages() -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(FRAGMENTS), 0..60).prop_map(|pieces| pieces.concat())
}

fn options() -> impl Strategy<Value = Options> {
    let links = prop::sample::select(vec![Links::Expand, Links::Keep, Links::Convert]);
    let headings = prop::sample::select(vec![Headings::Convert, Headings::Keep]);
    let positional = prop::sample::select(vec![Positional::Keep, Positional::Convert]);
    let comments = prop::sample::select(vec![Comments::Keep, Comments::Convert]);
    (links, headings, positional, comments).prop_map(|(links, headings, positional, comments)| {
        let mut options = Options::default();
        options.links = links;
        options.headings = headings;
        options.positional = positional;
        options.comments = comments;
        options
    })
}

/// A conversion that changes length and cannot be mistaken for anything in the pages.
fn mark(text: &str) -> String {
    text.replace('国', "國").replace('军', "【軍】")
}

fn check(page: &str, options: &Options) {
    let document = Document::scan(Format::Wikitext, page, options);

    let mut at = 0;
    for span in document.spans() {
        assert_eq!(span.range.start, at, "a gap or overlap in {page:?}");
        assert!(span.range.end > at, "an empty span in {page:?}");
        assert!(page.is_char_boundary(span.range.end));
        at = span.range.end;
    }
    assert_eq!(at, page.len());

    let ranges = document.text_ranges();
    assert!(ranges.windows(2).all(|pair| pair[0].end <= pair[1].start), "ranges out of order in {page:?}");
    assert!(ranges.iter().all(|range| !range.is_empty()));
    let texts = document.spans().iter().filter(|span| span.kind == SpanKind::Text);
    assert!(texts.clone().all(|span| ranges.contains(&span.range)), "a text span is not asked for in {page:?}");

    let unchanged: Vec<&str> = ranges.iter().map(|range| &page[range.clone()]).collect();
    assert_eq!(document.assemble(&unchanged), page);
    assert_eq!(document.assemble(&[] as &[&str]), page);

    // Every stretch that is not text is still there, in order; only labels and fragments are new.
    let converted: Vec<String> = unchanged.iter().map(|text| mark(text)).collect();
    let assembled = document.assemble(&converted);
    if !page.contains("[[#") {
        let mut rest = assembled.as_str();
        for span in document.spans() {
            let expected = match span.kind {
                SpanKind::Text => mark(&page[span.range.clone()]),
                _ => page[span.range.clone()].to_string(),
            };
            let place =
                rest.find(&expected).unwrap_or_else(|| panic!("{expected:?} is lost from {page:?}: {assembled:?}"));
            rest = &rest[place + expected.len()..];
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 20_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn pages_of_fragments((page, options) in (pages(), options())) {
        check(&page, &options);
    }

    #[test]
    fn any_string(page in any::<String>()) {
        check(&page, &Options::default());
    }

    /// What stands in conversion markup leaves as it came, whatever is around it.
    #[test]
    fn markup_stays((before, after) in (pages(), pages())) {
        let page = format!("{before}\n\n-{{国军}}-\n\n{after}");
        let document = Document::scan(Format::Wikitext, &page, &converting());
        let converted: Vec<String> = document.text_ranges().iter().map(|range| mark(&page[range.clone()])).collect();
        let kept = document.assemble(&converted).contains("-{国军}-");
        prop_assert!(kept);
    }
}

/// Time to scan and put together.
fn time(page: &str, options: &Options) -> Duration {
    let start = Instant::now();
    let document = Document::scan(Format::Wikitext, page, options);
    let converted: Vec<&str> = document.text_ranges().iter().map(|range| &page[range.clone()]).collect();
    assert!(document.assemble(&converted) == page);
    start.elapsed()
}

/// The same with a conversion that changes something, so that links and headings have work to do.
fn time_changed(page: &str) -> Duration {
    let start = Instant::now();
    let document = Document::scan(Format::Wikitext, page, &Options::default());
    let converted: Vec<&str> = document
        .text_ranges()
        .iter()
        .map(|range| if &page[range.clone()] == "国" { "國" } else { &page[range.clone()] })
        .collect();
    assert!(document.assemble(&converted).len() >= page.len());
    start.elapsed()
}

/// Pages of one thing over and over, each the worst case of some rule.
fn hostile() -> Vec<String> {
    let mut units: Vec<String> = FRAGMENTS.iter().map(|fragment| fragment.to_string()).collect();
    let mixed = [
        "-{a",
        "[[a",
        "{{a",
        "{{{a",
        "{{a|",
        "{{a|k=",
        "{{a|b|",
        "[[a|",
        "[[File:a|",
        "-{-{",
        "<ref>a",
        "<ref>[[",
        "<ref/>",
        "<a ",
        "<a \"",
        "<a b='",
        "<b lang=ja>",
        "<u>",
        "[http://a ",
        "[//a",
        "[http://a b] ",
        "__a",
        "__a__",
        "\n== a",
        "\n=== a ===",
        "\n {|",
        "\n{|a|b",
        "\n| a || b",
        "\n|a|",
        "&a",
        "'a",
        "http://a|",
        "<!-- -->",
        "<nowiki/>",
        "<pre",
        "-<a",
        "-<国",
        "-<[[",
        "\n== 国 ==\n[[#国]]",
        "[[#国|a]]",
        "\n#REDIRECT ",
        "{{#switch:a|",
        "{{#if:",
        "\n<!-- -->",
        "<gallery>\na|",
        "<!--x",
        "a=",
        "[[国]]",
        "<span id=国>",
    ];
    units.extend(mixed.iter().map(|unit| unit.to_string()));
    units
}

#[test]
fn time_is_linear() {
    // Eight times the page may take about eight times as long; a quadratic rule would take sixty-four times.
    const SMALL: usize = 40_000;
    const FACTOR: u32 = 8;
    let mut slow = Vec::new();
    for unit in hostile() {
        for (options, name) in [(Options::default(), "default"), (converting(), "converting")] {
            let small = unit.repeat(SMALL / unit.len());
            let large = small.repeat(FACTOR as usize);
            let best = |page: &str| (0..3).map(|_| time(page, &options)).min().unwrap_or_default();
            let (few, many) = (best(&small), best(&large));
            // Below this the clock and the allocator say more than the rules.
            if many > Duration::from_millis(25) && many > few * FACTOR * 3 {
                slow.push(format!("{unit:?} ({name}): {few:?}, eight times as much {many:?}"));
            }
        }
    }
    assert!(slow.is_empty(), "{}", slow.join("\n"));
}

fn converting() -> Options {
    let mut options = Options::default();
    options.links = Links::Convert;
    options.positional = Positional::Convert;
    options.comments = Comments::Convert;
    options.no_conversion = NoConversion::Ignore;
    options
}

#[test]
#[ignore = "takes a minute and says something only in release: cargo test --release -p tongwen-tests --test wikitext_laws -- --ignored --nocapture"]
fn ten_megabytes_in_two_seconds() {
    let mut slow = Vec::new();
    for unit in hostile() {
        let page = unit.repeat(10_000_000 / unit.len());
        let took = time(&page, &Options::default()).max(time_changed(&page));
        if took > Duration::from_secs(2) {
            slow.push(format!("{unit:?}: {took:?}"));
        }
    }
    assert!(slow.is_empty(), "{}", slow.join("\n"));
}

#[test]
fn depth_is_no_danger() {
    const DEPTH: usize = 100_000;
    for (open, close) in [
        ("{{a|k=", "}}"),
        ("{{a|", "}}"),
        ("{{{a|", "}}}"),
        ("[[a|", "]]"),
        ("[[File:a|", "]]"),
        ("-{", "}-"),
        ("<ref>", "</ref>"),
        ("<b>", "</b>"),
        ("{{#if:a|", "}}"),
        ("<b lang=ja>", "</b>"),
        ("\n{|\n|", "\n|}"),
        ("-<", ">-"),
        ("{{", "|k=国}}"),
    ] {
        let page = open.repeat(DEPTH) + "国" + &close.repeat(DEPTH);
        for options in [Options::default(), converting()] {
            assert!(time(&page, &options) < Duration::from_secs(5), "{open}");
        }
    }
}
