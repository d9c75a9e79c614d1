//! Scanning never panics, spans partition the input, and a page of which nothing is converted stays byte for byte.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tongwen_formats::{Document, Format, Options};

fuzz_target!(|text: &str| {
    let document = Document::scan(Format::Wikitext, text, &Options::default());
    let mut at = 0;
    for span in document.spans() {
        assert_eq!(span.range.start, at);
        at = span.range.end;
    }
    assert_eq!(at, text.len());
    let ranges = document.text_ranges();
    let same: Vec<&str> = ranges.iter().map(|range| &text[range.clone()]).collect();
    assert_eq!(document.assemble(&same), text);
});
