//! What holds for the scan of every string, however broken, in every mode: the spans partition the working text, nothing
//! panics, identity in is identity out, the pieces are the document, protected bytes stay, keeping the markup twice is
//! keeping it once, without markup all modes agree, and the time is linear.

use std::time::{Duration, Instant};

use proptest::prelude::*;
use tongwen::{SpanKind, Variant};
use tongwen_formats::{
    Comments, Document, Format, Headings, Links, Mode, NoConversion, NoteTa, Options, PageRules, Positional,
};
use tongwen_tests::document_laws::{check_diagnostics, check_document, check_prose, mark, marked};

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
    "-{H|",
    "-{A|",
    "-{T|",
    "-{-|",
    "-{D|",
    "-{R|",
    "-{zh-tw;zh|",
    "zh-cn:国",
    ";zh-tw:军",
    ";国=>zh-tw:马",
    "*国}-",
    "{{NoteTA|1=",
    "|G1=IT",
    "{{CGroup/IT}}",
    "{{efn|",
    "{{reflist}}",
    "<references/>",
    "<code>",
    "</code>",
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
    let mode = prop::sample::select(vec![Mode::Preserve, Mode::Render, Mode::Strip]);
    let note_ta = prop::sample::select(vec![NoteTa::Keep, NoteTa::Drop]);
    let variant = prop::sample::select(vec![None, Some(Variant::ZhTw), Some(Variant::ZhHans)]);
    (links, headings, positional, comments, mode, note_ta, variant).prop_map(
        |(links, headings, positional, comments, mode, note_ta, variant)| {
            let mut options = Options::default();
            options.links = links;
            options.headings = headings;
            options.positional = positional;
            options.comments = comments;
            options.mode = mode;
            options.note_ta = note_ta;
            options.variant = variant;
            options.groups.insert("IT", "zh-cn:马;zh-tw:书");
            options
        },
    )
}

fn check(page: &str, options: &Options) {
    let document = Document::scan(Format::Wikitext, page, options);
    let text = document.text();
    assert!(options.mode != Mode::Preserve || text == page);

    check_prose(Format::Wikitext, page);

    let ranges = document.text_ranges();
    assert!(ranges.windows(2).all(|pair| pair[0].end <= pair[1].start), "ranges out of order in {page:?}");
    assert!(ranges.iter().all(|range| !range.is_empty()));
    if options.mode == Mode::Strip {
        assert!(ranges.is_empty());
    } else {
        let texts = document.spans().iter().filter(|span| span.kind == SpanKind::Text);
        assert!(texts.clone().all(|span| ranges.contains(&span.range)), "a text span is not asked for in {page:?}");
    }

    let unchanged: Vec<&str> = ranges.iter().map(|range| &text[range.clone()]).collect();
    assert_eq!(document.assemble(&unchanged), text);
    assert_eq!(document.assemble(&[] as &[&str]), text);

    let assembled = check_document(&document, &marked(&document));
    check_diagnostics(&document, &unchanged);

    // Every stretch that is not text is still there, in order; only labels and fragments are new.
    if !page.contains("[[#") && options.mode != Mode::Strip {
        let mut rest = assembled.as_str();
        for span in document.spans() {
            let expected = match span.kind {
                SpanKind::Text => mark(&text[span.range.clone()]),
                _ => text[span.range.clone()].to_string(),
            };
            // Blanks behind a target are of one span with the brackets behind them, and the label goes between.
            let (before, behind) = match expected.strip_suffix("]]") {
                Some(blanks) if span.kind == SpanKind::Markup && blanks.trim().is_empty() => (blanks, "]]"),
                _ => (&*expected, ""),
            };
            for part in [before, behind] {
                let place = rest.find(part).unwrap_or_else(|| panic!("{part:?} is lost from {page:?}: {assembled:?}"));
                rest = &rest[place + part.len()..];
            }
        }
    }
}

/// Keeping the markup, and ignoring what the page's rules would change.
fn preserving() -> Options {
    let mut options = Options::default();
    options.page_rules = PageRules::Ignore;
    options
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 20_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn pages_of_fragments((page, options) in (pages(), options())) {
        check(&page, &options);
    }

    #[test]
    fn any_string((page, options) in (any::<String>(), options())) {
        check(&page, &options);
    }

    /// What stands in conversion markup leaves as it came, whatever is around it.
    #[test]
    fn markup_stays((before, after) in (pages(), pages())) {
        let page = format!("{before}\n\n-{{国军}}-\n\n{after}");
        let document = Document::scan(Format::Wikitext, &page, &converting());
        let kept = document.assemble(&marked(&document)).contains("-{国军}-");
        prop_assert!(kept);
    }

    /// What was converted once is not converted again.
    #[test]
    fn preserving_twice_is_preserving_once(page in pages()) {
        let once = Document::scan(Format::Wikitext, &page, &preserving());
        let once = once.assemble(&marked(&once));
        let twice = Document::scan(Format::Wikitext, &once, &preserving());
        prop_assert_eq!(twice.assemble(&marked(&twice)), once);
    }

    /// A page without markup is the same in all modes, but that nothing of it is converted when markup is stripped.
    #[test]
    fn modes_agree_without_markup(page in pages()) {
        // Blanks, so that no other opening comes to be.
        let page = page.replace("-{", "- {").replace("-<", "- <");
        let spans = |mode| {
            let mut options = Options::default();
            options.mode = mode;
            let document = Document::scan(Format::Wikitext, &page, &options);
            assert_eq!(document.text(), page);
            (document.spans().to_vec(), document.text_ranges())
        };
        let preserved = spans(Mode::Preserve);
        prop_assert_eq!(&preserved, &spans(Mode::Render));
        prop_assert_eq!(preserved.0, spans(Mode::Strip).0);
    }
}

/// Time to scan and put together.
fn time(page: &str, options: &Options) -> Duration {
    let start = Instant::now();
    let document = Document::scan(Format::Wikitext, page, options);
    let text = document.text();
    let converted: Vec<&str> = document.text_ranges().iter().map(|range| &text[range.clone()]).collect();
    assert!(document.assemble(&converted) == text);
    assert_eq!(document.epochs().len(), converted.len());
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
        "-{}-",
        "-{a|b}-",
        "-{H|zh-cn:国;zh-tw:军}-国",
        "-{H|国=>zh-tw:军}-<ref>国</ref>",
        "-{zh-tw|[[国]]}-",
        "-{zh-tw;",
        "-{\n*",
        "-{{{a|",
        "{{NoteTA|1=国=>zh-tw:军}}",
        "{{NoteTA|",
        "{{efn|国}}",
        "<ref>国</ref>{{reflist}}",
        "<ref><ref>",
        "<pre>-{a}-",
        "<pre>-{a}-</pre>",
        "<code>-{",
        "[[-{国}-]]",
        "\n|-{",
        "\n;-{:}-",
        "-<国-{",
        "-<>-",
        "]]",
        "}}",
    ];
    units.extend(mixed.iter().map(|unit| unit.to_string()));
    units
}

#[test]
fn time_is_linear() {
    // Eight times the page may take about eight times as long; a quadratic rule would take sixty-four times.
    // The small page is large enough that both get their memory from the system in the same way.
    const SMALL: usize = 160_000;
    const FACTOR: u32 = 8;
    let mut slow = Vec::new();
    for unit in hostile() {
        for (options, name) in
            [(Options::default(), "default"), (converting(), "converting"), (rendering(), "rendering")]
        {
            let small = unit.repeat(SMALL / unit.len());
            let large = small.repeat(FACTOR as usize);
            let best = |page: &str, times| (0..times).map(|_| time(page, &options)).min().unwrap_or_default();
            // Below half a second the clock, the allocator and other programs say more than the rules.
            let is_slow = |few, many| many > Duration::from_millis(500) && many > few * FACTOR * 3;
            let (mut few, mut many) = (best(&small, 2), best(&large, 2));
            if is_slow(few, many) {
                // The machine may have been busy.
                (few, many) = (best(&small, 2), best(&large, 10));
            }
            if is_slow(few, many) {
                slow.push(format!("{unit:?} ({name}): {few:?}, eight times as much {many:?}"));
            }
        }
    }
    assert!(slow.is_empty(), "{}", slow.join("\n"));
}

fn rendering() -> Options {
    let mut options = Options::default();
    options.mode = Mode::Render;
    options.variant = Some(Variant::ZhTw);
    options
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
fn ten_megabytes_in_two_seconds() {
    let mut slow = Vec::new();
    for unit in ["-{", "[[", "{{", "<ref>", "{|", "''", "-<", "{{{"] {
        let page = unit.repeat(10_000_000 / unit.len());
        for mode in [Mode::Preserve, Mode::Render, Mode::Strip] {
            let mut options = Options::default();
            options.mode = mode;
            let limit = Duration::from_secs(2);
            let mut took = time(&page, &options);
            // The machine may have been busy.
            for _ in 0..5 {
                if took > limit {
                    took = time(&page, &options);
                }
            }
            if took > limit {
                slow.push(format!("{unit:?}, {mode}: {took:?}"));
            }
        }
    }
    assert!(slow.is_empty(), "{}", slow.join("\n"));
}

#[test]
#[ignore = "takes minutes: cargo test --release -p tongwen-tests --test wikitext_laws -- --ignored"]
fn ten_megabytes_of_anything_in_two_seconds() {
    let mut slow = Vec::new();
    for unit in hostile() {
        let page = unit.repeat(10_000_000 / unit.len());
        for mode in [Mode::Preserve, Mode::Render, Mode::Strip] {
            let mut options = Options::default();
            options.mode = mode;
            options.variant = Some(Variant::ZhTw);
            let took = time(&page, &options).max(time_changed(&page));
            if took > Duration::from_secs(2) {
                slow.push(format!("{unit:?}, {mode}: {took:?}"));
            }
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
        ("-{{{a|", "}}}-"),
        ("-{{{a|-{zh-tw:", "}-}}x}-"),
        ("{{efn|", "}}"),
        ("{{NoteTA|1=", "}}"),
    ] {
        let page = open.repeat(DEPTH) + "国" + &close.repeat(DEPTH);
        for options in [Options::default(), converting(), rendering()] {
            assert!(time(&page, &options) < Duration::from_secs(5), "{open}");
        }
    }
}
