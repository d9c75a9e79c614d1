//! As every format, in every mode: scanning never panics, spans partition the working text, the pieces are the document, what is converted in place is
//! assembled to what strings are, and a page of which nothing is converted stays byte for byte as long as its markup is
//! kept. Keeping the markup, nothing that is no text changes, and converting twice is converting once.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tongwen::SpanKind;
use tongwen_formats::{Document, Format, Mode, Options};
use tongwen_tests::document_laws::{check_document, check_prose};

/// Formats whose documents are pages; those of the others are lists of strings, whose working text is without their escapes.
const PAGES: [Format; 4] = [Format::Wikitext, Format::Html, Format::Xml, Format::Markdown];

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
    let assembled = check_document(&document, &marked(&document));
    let (text, unchanged) = (document.text(), document.assemble(&[] as &[&str]));
    if mode != Mode::Preserve {
        // A link of Markdown whose label is markup gets it beside where the markup is dropped.
        assert!(unchanged == text || !PAGES.contains(&format) || format == Format::Markdown);
        return;
    }
    assert_eq!(unchanged, page);
    assert!(text == page || !PAGES.contains(&format));
    let again = Document::scan(format, &assembled, &options(mode));
    assert_eq!(again.assemble(&marked(&again)), assembled);
    // Links of Markdown that show their own labels get these beside.
    if !PAGES.contains(&format) || format == Format::Markdown && page.contains("]:") {
        return;
    }
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
}

fuzz_target!(|page: &str| {
    for format in Format::ALL {
        check_prose(format, page);
        for mode in [Mode::Preserve, Mode::Render, Mode::Strip] {
            check(format, page, mode);
        }
    }
});
