//! As wikitext, HTML, XML and Markdown, in every mode: scanning never panics, spans partition the working text, the pieces are the document,
//! and a page of which nothing is converted stays byte for byte as long as its markup is kept. Keeping the markup, nothing that
//! is no text changes, and converting twice is converting once.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tongwen::SpanKind;
use tongwen_formats::{Document, Format, Mode, Options, Piece};

/// Changes length, and what comes out is not changed again.
fn mark(text: &str) -> String {
    text.replace('国', "國軍")
}

fn options(mode: Mode) -> Options {
    let mut options = Options::default();
    options.mode = mode;
    options.variant = Some(tongwen::Variant::ZhTw);
    options.groups.insert("IT", "zh-cn:内存;zh-tw:記憶體");
    options
}

fn marked(document: &Document<'_>) -> Vec<String> {
    document.text_ranges().into_iter().map(|range| mark(&document.text()[range])).collect()
}

fn check(format: Format, page: &str, mode: Mode) {
    let document = Document::scan(format, page, &options(mode));
    let text = document.text();
    let mut at = 0;
    for span in document.spans() {
        assert_eq!(span.range.start, at);
        at = span.range.end;
    }
    assert_eq!(at, text.len());
    // A link of Markdown whose label is markup gets it beside where the markup is dropped.
    if mode == Mode::Preserve || format != Format::Markdown {
        assert_eq!(document.assemble(&[] as &[&str]), text);
    }

    let converted = marked(&document);
    let assembled = document.assemble(&converted);
    let mut joined = String::new();
    for piece in document.pieces(&converted) {
        match piece {
            Piece::Source(range) => joined.push_str(&page[range]),
            Piece::New(new) => joined.push_str(&new),
        }
    }
    assert_eq!(joined, assembled);
    for diagnostic in document.diagnostics(&converted) {
        assert!(page.get(diagnostic.range).is_some());
    }
    if mode == Mode::Preserve {
        assert_eq!(text, page);
        // Without labels, which are new; a fragment may have followed its heading.
        let texts: Vec<_> = document.spans().iter().filter(|span| span.kind == SpanKind::Text).collect();
        let unlabelled = document.text_ranges().into_iter().map(|range| {
            let is_text = texts.binary_search_by_key(&range.start, |span| span.range.start).is_ok();
            if is_text { mark(&page[range]) } else { page[range].to_string() }
        });
        let unlabelled = document.assemble(&unlabelled.collect::<Vec<_>>());
        let mut rest = unlabelled.as_str();
        for span in document.spans().iter().filter(|span| span.kind != SpanKind::Text && !page.contains("[[#")) {
            let kept = &page[span.range.clone()];
            let place = rest.find(kept).expect("what is no text is kept, in order");
            rest = &rest[place + kept.len()..];
        }
        let again = Document::scan(format, &assembled, &options(mode));
        assert_eq!(again.assemble(&marked(&again)), assembled);
    }
}

fuzz_target!(|page: &str| {
    for format in [Format::Wikitext, Format::Html, Format::Xml, Format::Markdown] {
        for mode in [Mode::Preserve, Mode::Render, Mode::Strip] {
            check(format, page, mode);
        }
    }
});
