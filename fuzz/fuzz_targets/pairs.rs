//! Pairs that a text defines in its own spans (`-{a=b}-` sets, `-{a}-` removes): any chunking of a stream gives what the ranges of the whole
//! text give, the edits of these give the same, and a removed source is as if it had never been set.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tongwen::markers::protected_spans;
use tongwen::{Config, Converter, PagePairs, SpanOutput, StreamSpan, Variant};

fn apply(span: &str, pairs: &mut PagePairs) {
    match span[2..span.len() - 2].split_once('=') {
        Some((source, target)) => pairs.set(source, target).unwrap_or_default(),
        None => pairs.remove(&span[2..span.len() - 2]),
    }
}

fuzz_target!(|input: (u8, u16, &str)| {
    let (kind, size, text) = input;
    let converter = match kind % 4 {
        0 => Converter::new(Config::S2Twp),
        1 => Converter::new(Config::Tw2Sp),
        2 => Converter::builder().to(Variant::ZhTw).build().unwrap(),
        _ => Converter::builder().to(Variant::ZhCn).build().unwrap(),
    };
    let mut pairs = PagePairs::new();
    let (mut ranges, mut epochs, mut at) = (Vec::new(), Vec::new(), 0);
    for span in protected_spans(text) {
        ranges.push(at..span.start);
        epochs.push(pairs.epoch());
        apply(&text[span.clone()], &mut pairs);
        at = span.end;
    }
    ranges.push(at..text.len());
    epochs.push(pairs.epoch());
    let converted = converter.convert_ranges_with(text, &ranges, &pairs, &epochs);
    let (mut whole, mut at) = (String::new(), 0);
    for (range, converted) in ranges.iter().zip(&converted) {
        whole += &text[at..range.start];
        whole += converted;
        at = range.end;
    }
    let (mut edited, mut at) = (String::new(), 0);
    for edit in converter.edits_in_ranges(text, &ranges, &pairs, &epochs) {
        edited += &text[at..edit.range.start];
        edited += &edit.replacement;
        at = edit.range.end;
    }
    assert_eq!(edited + &text[at..], whole);

    let mut read = |span: StreamSpan<'_>| {
        apply(span.text, span.pairs);
        SpanOutput::Source
    };
    let mut output = Vec::new();
    let mut stream = converter.stream();
    for piece in text.as_bytes().chunks(usize::from(size) + 1) {
        stream.push_with(piece, &mut output, &mut read).unwrap();
    }
    stream.finish_with(&mut output, &mut read).unwrap();
    assert_eq!(String::from_utf8(output).unwrap(), whole);
});
