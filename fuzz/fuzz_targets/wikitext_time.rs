//! Eight times a page takes about eight times as long, whatever the page, as wikitext, HTML and XML.
#![no_main]

use std::time::Duration;

use libfuzzer_sys::fuzz_target;
use nix::time::{ClockId, clock_gettime};
use tongwen_formats::{Document, Format, Mode, Options};

/// The processor time that this thread has had: what passes on the wall is other programs' as well.
fn clock() -> Duration {
    clock_gettime(ClockId::CLOCK_THREAD_CPUTIME_ID).expect("the clock of the calling thread always exists").into()
}

fn time(format: Format, page: &str) -> Duration {
    let mut options = Options::default();
    options.mode = Mode::Render;
    options.variant = Some(tongwen::Variant::ZhTw);
    let start = clock();
    let document = Document::scan(format, page, &options);
    let converted: Vec<String> =
        document.text_ranges().into_iter().map(|range| document.text()[range].to_string() + "國").collect();
    document.assemble(&converted);
    clock() - start
}

fuzz_target!(|unit: &str| {
    if unit.is_empty() {
        return;
    }
    let page = unit.repeat(1 + 16_000 / unit.len());
    let long = page.repeat(8);
    for format in [Format::Wikitext, Format::Html, Format::Xml] {
        // Generous: what is looked for is the square, and a busy machine has cold caches; so the slow are asked again.
        let is_linear = |_| time(format, &long) < time(format, &page) * 40 + Duration::from_millis(200);
        assert!((0..5).any(is_linear), "not linear as {format}: {unit:?}");
    }
});
