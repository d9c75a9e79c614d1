//! What holds for the scan of every string as HTML, XML and Markdown, however broken, in every mode: the spans partition the working text,
//! nothing panics, identity in is identity out, the pieces are the document, protected bytes stay, keeping the markup twice
//! is keeping it once, without markup all modes agree, values stay quoted, and the time is linear.

use std::time::{Duration, Instant};

use proptest::prelude::*;
use tongwen::{SpanKind, Variant};
use tongwen_formats::{Document, Format, Languages, Mode, Options};
use tongwen_tests::document_laws::{check_document, check_prose, mark, marked};

/// Pieces of syntax, and text between them, from which pages are put together.
const FRAGMENTS: &[&str] = &[
    "国",
    "军",
    "甲乙丙",
    " ",
    "\n",
    "a",
    "-",
    "-{",
    "}-",
    "-<",
    ">-",
    "{",
    "}",
    "<",
    ">",
    "/>",
    "=",
    "\"",
    "'",
    "/",
    "|",
    ";",
    "&",
    "&amp;",
    "&#22269;",
    "&lt;",
    "&quot;",
    ":",
    "://",
    "http://",
    "mailto:",
    "__",
    "__NOCC__",
    "__NOTC__",
    "<b>",
    "</b>",
    "<br/>",
    "<a",
    "<a>",
    "</a>",
    "<a href=\"国\">",
    "<b title=\"",
    "<b title='国'>",
    "<img alt=国>",
    " title=\"国",
    " alt=",
    "<b title=\"国-{军}-\">",
    "<b title=\"-{国\">",
    "<code>",
    "<code class=国>",
    "</code>",
    "<pre>",
    "<pre title=\"国\">",
    "</pre>",
    "<script>",
    "</script>",
    "<style>",
    "</style>",
    "<svg/>",
    "<math>",
    "</math>",
    "<!--",
    "-->",
    "<!DOCTYPE html>",
    "<?xml",
    "<!DOCTYPE a [",
    "]>",
    "<![CDATA[国<b title='国'>军</b>]]>",
    "<国>",
    "</国>",
    "&国;",
    "\n\n",
    "    ",
    "\n> ",
    "\n- ",
    "\n# ",
    "\n---\n",
    "*",
    "**",
    "`",
    "\n```\n",
    "\\",
    "|",
    "\na|b\n-|-\n",
    "[",
    "]",
    "](",
    ")",
    "!",
    "[国]",
    "[国][]",
    "[国](军 \"国\")",
    "\n\n[国]: a '军'\n",
    "[[",
    "]]",
    "{{",
    "}}",
    "$",
    "<xliff>",
    "<source>",
    "</source>",
    "?>",
    "<![CDATA[",
    "]]>",
    "< ",
    "<p lang=ja>",
    "<p>",
    "</p>",
    "<div lang=\"ja\" title='国'>",
    "<div lang=zh>",
    "</div>",
    "<br lang=ja alt=国>",
    "-{H|zh-cn:国;zh-tw:军}-",
    "-{H|国=>zh-tw:\"'<b> }-",
    "-{A|国}-",
    "-{-|国}-",
    "-{T|国}-",
    "-{N|nb}-",
    "-{D|zh-cn:国;zh-tw:军}-",
    "-{zh-tw|国<b title='国'>军</b>}-",
    "-{zh-hans:国}-",
    "-{}-",
    "-<国>-",
    "zh-tw:",
    "😀",
    "\u{0}",
    "\u{301}",
];

fn pages() -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(FRAGMENTS), 0..60).prop_map(|pieces| pieces.concat())
}

fn formats() -> impl Strategy<Value = Format> {
    prop::sample::select(FORMATS.to_vec())
}

const FORMATS: [Format; 3] = [Format::Html, Format::Xml, Format::Markdown];
/// Those whose time is our own: Markdown has a parser.
const TIMED: [Format; 2] = [Format::Html, Format::Xml];
const MODES: [Mode; 3] = [Mode::Preserve, Mode::Render, Mode::Strip];

fn options(mode: Mode, variant: Option<Variant>) -> Options {
    let mut options = Options::default();
    options.mode = mode;
    options.variant = variant;
    options
}

fn any_options() -> impl Strategy<Value = Options> {
    let variants = vec![None, Some(Variant::ZhTw), Some(Variant::ZhHans)];
    let languages = vec![Languages::Auto, Languages::Respect, Languages::Ignore];
    (prop::sample::select(MODES.to_vec()), prop::sample::select(variants), prop::sample::select(languages)).prop_map(
        |(mode, variant, languages)| {
            let mut options = options(mode, variant);
            options.languages = languages;
            options
        },
    )
}

fn check(format: Format, page: &str, options: &Options) {
    let document = Document::scan(format, page, options);
    let text = document.text();
    assert!(options.mode != Mode::Preserve || text == page);

    check_prose(format, page);

    let ranges = document.text_ranges();
    let texts = document.spans().iter().filter(|span| span.kind == SpanKind::Text).map(|span| span.range.clone());
    assert_eq!(ranges, if options.mode == Mode::Strip { Vec::new() } else { texts.collect() });

    let unchanged: Vec<&str> = ranges.iter().map(|range| &text[range.clone()]).collect();
    // A link of Markdown whose label is markup gets it beside where the markup is dropped.
    if options.mode == Mode::Preserve || format != Format::Markdown {
        assert_eq!(document.assemble(&unchanged), text);
        assert_eq!(document.assemble(&[] as &[&str]), text);
    }

    let assembled = check_document(&document, &marked(&document));

    // What is no text is still there, and nothing is new but what was converted.
    let expected: String = document
        .spans()
        .iter()
        .map(|span| match span.kind {
            SpanKind::Text if options.mode != Mode::Strip => mark(&text[span.range.clone()]),
            _ => text[span.range.clone()].to_string(),
        })
        .collect();
    // Only links of Markdown that show their own labels get these beside.
    if format != Format::Markdown || !page.contains("]:") {
        assert_eq!(assembled, expected);
    }
}

/// The values of `title` in the tags of a page, read in the plainest way.
fn titles(page: &str) -> Vec<&str> {
    page.split("<b title=\"").skip(1).map(|rest| rest.split('"').next().unwrap_or_default()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 20_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn pages_of_fragments((format, page, options) in (formats(), pages(), any_options())) {
        check(format, &page, &options);
    }

    #[test]
    fn any_string((format, page, options) in (formats(), any::<String>(), any_options())) {
        check(format, &page, &options);
    }

    /// What stands in conversion markup leaves as it came, unless it is in a tag or the like that began before it.
    #[test]
    fn markup_stays((format, before, after) in (formats(), pages(), pages())) {
        let before = before.replace(['<', '_'], " ");
        let page = format!("{before}\n-{{国军}}-\n{after}").replace("__", " ");
        let document = Document::scan(format, &page, &options(Mode::Preserve, Some(Variant::ZhTw)));
        let kept = document.assemble(&marked(&document)).contains("-{国军}-");
        prop_assert!(kept, "{}", page);
    }

    /// What was converted once is not converted again.
    #[test]
    fn preserving_twice_is_preserving_once((format, page) in (formats(), pages())) {
        let once = Document::scan(format, &page, &options(Mode::Preserve, None));
        let once = once.assemble(&marked(&once));
        let twice = Document::scan(format, &once, &options(Mode::Preserve, None));
        prop_assert_eq!(twice.assemble(&marked(&twice)), once);
    }

    /// A page without markup is the same in all modes, but that nothing of it is converted when markup is stripped.
    #[test]
    fn modes_agree_without_markup((format, page) in (formats(), pages())) {
        // Blanks, so that no other opening comes to be.
        let page = page.replace("-{", "- {").replace("-<", "- <");
        let spans = |mode| {
            let mut options = options(mode, Some(Variant::ZhTw));
            options.languages = Languages::Respect;
            let document = Document::scan(format, &page, &options);
            assert_eq!(document.text(), page);
            (document.spans().to_vec(), document.text_ranges())
        };
        let preserved = spans(Mode::Preserve);
        prop_assert_eq!(&preserved, &spans(Mode::Render));
        prop_assert_eq!(preserved.0, spans(Mode::Strip).0);
    }

    /// Whatever replaces a text, the values that it stands in begin and end where they did.
    #[test]
    fn values_end_where_they_ended((words, new) in (prop::collection::vec("[国军&;-]{0,4}", 1..6), "[\"'<>& 国]{0,4}")) {
        let page: String = words.iter().map(|word| format!("<b title=\"{word}\"><b title='{word}'>军")).collect();
        let document = Document::scan(Format::Html, &page, &options(Mode::Preserve, None));
        let converted: Vec<String> = document.text_ranges().iter().map(|_| new.replace('<', "")).collect();
        let assembled = document.assemble(&converted);
        prop_assert_eq!(titles(&assembled).len(), words.len());
        let mut rest = assembled.as_str();
        for word in &words {
            rest = rest.strip_prefix("<b title=\"").expect("a tag begins where the last text ended");
            let (value, after) = rest.split_once("\"><b title='").expect("the value ends where it ended");
            let (single, after) = after.split_once("'>").expect("the value ends where it ended");
            prop_assert!(!value.contains('"') && !single.contains('\''), "{}", word);
            rest = after.strip_prefix(converted[0].as_str()).expect("text is not escaped");
        }
        prop_assert_eq!(rest, "");
    }
}

/// Pages of one thing over and over, each the worst case of some rule.
fn hostile() -> Vec<String> {
    let mixed = [
        "-{<",
        "<a title=\"",
        "<a title=",
        "<a title='\"",
        "<a title=\"x",
        "<a title=\"-{\">",
        "<a title=\"-{}-\">",
        "<a title=\"-{H|国=>zh-tw:军}-\">",
        "<a title=\"<script>\">",
        "<a title=\"<pre>\">",
        "<a title=\"<",
        "<a b=\">",
        "<a = ",
        "<a =",
        "<a   ",
        "<a>http://x",
        "<a>http://x</a>",
        "<a>http://x-{}-",
        "<a>http://x<b>",
        "</",
        "</pre ",
        "<pre></pre",
        "<pre>-{}-</pre>",
        "<pre>-{}-",
        "<code>-{",
        "<code></code>",
        "<script></script>",
        "<svg>",
        "<![CDATA[",
        "<![CDATA[]]>",
        "<?a>",
        "<!DOCTYPE",
        "<!DOCTYPE [>",
        "<!DOCTYPE a \"",
        "<![CDATA[-{",
        "[国]",
        "[国][]",
        "[国](",
        "[国](国 \"国\")",
        "[国]: a \"b\"\n",
        "![[",
        "[[国|",
        "{{国}}",
        "{%",
        "`国",
        "`国`",
        "国`-{",
        "<code>`",
        "<code></code>",
        "国\n\n",
        "> ",
        "- ",
        "* 国\n",
        "# 国\n",
        "*国",
        "**国**",
        "国\\",
        "|国",
        "<div>\n\n",
        "<b lang=ja>国\n\n",
        "[^国]",
        "$国",
        "<![CDATA[-{}-]]>",
        "&国",
        "<国",
        "<?a?>",
        "<b lang=ja>",
        "<p lang=ja>",
        "<p lang=ja></b>",
        "<b lang=ja></p>",
        "<p lang=ja><p lang=zh>",
        "<!-- -->",
        "<!-",
        "-<-<>-",
        "-< -<a>-",
        "-<国",
        "-<>-",
        "-<-{",
        "-{-<",
        "-<国}-",
        "-{-{}-",
        "-{}--{",
        "-{<a title=\"国\">",
        "-{zh-tw|<a title=\"国\">}-",
        "-{zh-tw|",
        "-{a|b}-",
        "-{H|国=>zh-tw:军}-国",
        "a:",
        "http:",
        "http://a ",
        "&a",
        "&#",
        "__a",
        "__NOTC__",
        "<b title=国>",
        "国<b>",
    ];
    FRAGMENTS.iter().chain(&mixed).map(|unit| unit.to_string()).collect()
}

/// Time to scan and put together, with a conversion that changes something.
fn time(format: Format, page: &str, mode: Mode) -> Duration {
    let start = Instant::now();
    let document = Document::scan(format, page, &options(mode, Some(Variant::ZhTw)));
    let text = document.text();
    let convert = |range: std::ops::Range<usize>| if &text[range.clone()] == "国" { "\"" } else { &text[range] };
    let converted: Vec<&str> = document.text_ranges().into_iter().map(convert).collect();
    assert!(document.assemble(&converted).len() >= text.len() / 3);
    assert_eq!(document.epochs().len(), converted.len());
    start.elapsed()
}

#[test]
fn time_is_linear() {
    // Eight times the page may take about eight times as long; a quadratic rule would take sixty-four times.
    // The small page is large enough that both get their memory from the system in the same way.
    const SMALL: usize = 160_000;
    const FACTOR: u32 = 8;
    let mut slow = Vec::new();
    for unit in hostile() {
        for (format, mode) in TIMED.into_iter().flat_map(|format| MODES.map(|mode| (format, mode))) {
            let small = unit.repeat(SMALL / unit.len());
            let large = small.repeat(FACTOR as usize);
            let (mut few, mut many) = (Duration::MAX, Duration::MAX);
            // Other tests run at the same time: only what is slow again and again is.
            let is_slow = (0..10).all(|_| {
                (few, many) = (few.min(time(format, &small, mode)), many.min(time(format, &large, mode)));
                // Below this a busy machine says more than the rules; the square of a million steps takes seconds.
                many > Duration::from_millis(300) && many > few * FACTOR * 4
            });
            if is_slow {
                slow.push(format!("{unit:?}, {format}, {mode}: {few:?}, eight times as much {many:?}"));
            }
        }
    }
    assert!(slow.is_empty(), "{}", slow.join("\n"));
}

fn ten_megabytes(units: &[String]) {
    const LIMIT: Duration = Duration::from_secs(2);
    let mut slow = Vec::new();
    for unit in units {
        let page = unit.repeat(10_000_000 / unit.len());
        for (format, mode) in TIMED.into_iter().flat_map(|format| MODES.map(|mode| (format, mode))) {
            // Other tests run at the same time.
            let took = time(format, &page, mode);
            if took > LIMIT && time(format, &page, mode) > LIMIT {
                slow.push(format!("{unit:?}, {format}, {mode}: {took:?}"));
            }
        }
    }
    assert!(slow.is_empty(), "{}", slow.join("\n"));
}

#[test]
fn ten_megabytes_in_two_seconds() {
    ten_megabytes(&["<", "<code>", "-{<", "&", "<a title=\"", "-{", "-<", "<!--"].map(String::from));
}

#[test]
#[ignore = "takes minutes: cargo test --release -p tongwen-tests --test html_laws -- --ignored anything"]
fn ten_megabytes_of_anything_in_two_seconds() {
    ten_megabytes(&hostile());
}

#[test]
fn depth_is_no_danger() {
    const DEPTH: usize = 100_000;
    for (open, close) in [
        ("-{", "}-"),
        ("-<", ">-"),
        ("-{<b title=\"", "\">}-"),
        ("<b title=\"-{", "}-\">"),
        ("<code>-{", "}-</code>"),
        ("-{zh-tw|", "}-"),
        ("<a>http://x-{", "}-</a>"),
        ("<b lang=ja>", "</b>"),
        ("<p lang=ja><b>", "</p>"),
        ("<b>", "</b>"),
    ] {
        let page = open.repeat(DEPTH) + "国" + &close.repeat(DEPTH);
        for (format, mode) in TIMED.into_iter().flat_map(|format| MODES.map(|mode| (format, mode))) {
            assert!(time(format, &page, mode) < Duration::from_secs(5), "{open}");
        }
    }
}

/// A page of a wiki as it is served: paragraphs, links with titles, notes, a table, some markup.
fn served_page(bytes: usize) -> String {
    const SECTION: &str = concat!(
        "<h2 id=\"历史\">历史</h2>\n<p>中国的<a href=\"/wiki/%E5%8E%86%E5%8F%B2\" title=\"历史\">历史</a>从公元前二千年开始，到现在已经有",
        "四千多年，中间经过许多朝代。<sup id=\"cite_ref-1\" class=\"reference\"><a href=\"#cite_note-1\">&#91;1&#93;</a></sup>",
        "这里的人们说汉语，写汉字，发展了农业、手工业和商业，也留下了大量的书籍。</p>\n<table class=\"wikitable\"><tr><th>年份</th>",
        "<td>事件</td></tr><tr><td>1949年</td><td>开国大典&nbsp;（北京）</td></tr></table>\n<p>-{zh-hans:计算机;zh-hant:電腦}-",
        "和网络在二十世纪末进入了普通人的生活。</p>\n",
    );
    SECTION.repeat(bytes / SECTION.len())
}

#[test]
#[ignore = "prints speeds: cargo test --release -p tongwen-tests --test html_laws -- --ignored --nocapture speed"]
#[expect(clippy::print_stdout, reason = "speeds are there to be read")]
fn speed_on_a_served_page() {
    let page = served_page(20_000_000);
    for (name, page) in [("with markup", page.clone()), ("without", page.replace("-{", "{").replace("}-", "}"))] {
        for mode in MODES {
            let took = (0..5).map(|_| time(Format::Html, &page, mode)).min().unwrap_or_default();
            let speed = page.len() as f64 / took.as_secs_f64() / 1e6;
            println!("{name}, {mode}: scan and assemble {speed:.0} MB/s");
            assert!(speed > 50.0, "{name}, {mode}: slower than any converter");
        }
    }
}
