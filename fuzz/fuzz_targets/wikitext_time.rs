//! Eight times a page takes about eight times as long, whatever the page, as wikitext, HTML and XML.
#![no_main]

use std::time::{Duration, Instant};

use libfuzzer_sys::fuzz_target;
use tongwen_formats::{Document, Format, Mode, Options};

fn time(format: Format, page: &str) -> Duration {
    let mut options = Options::default();
    options.mode = Mode::Render;
    options.variant = Some(tongwen::Variant::ZhTw);
    let start = Instant::now();
    let document = Document::scan(format, page, &options);
    let converted: Vec<String> =
        document.text_ranges().into_iter().map(|range| document.text()[range].to_string() + "國").collect();
    document.assemble(&converted);
    start.elapsed()
}

fuzz_target!(|unit: &str| {
    if unit.is_empty() {
        return;
    }
    let page = unit.repeat(1 + 16_000 / unit.len());
    let long = page.repeat(8);
    for format in [Format::Wikitext, Format::Html, Format::Xml] {
        // Generous: what is looked for is the square, and the machine may be busy; so the slow are asked again.
        let is_linear = |_| time(format, &long) < time(format, &page) * 40 + Duration::from_millis(200);
        assert!((0..5).any(is_linear), "not linear as {format}: {unit:?}");
    }
});
