//! What a caller protects in a stream leaves as it is, and the rest is converted as ranges of the whole text are.

use std::ops::Range;

use tongwen::{Config, Converter, Variant, markers};

const PIECES: [&str; 10] =
    ["头发很干净。", "皇后說後來的事。", "里面", "-{里}-", "发", "-{", "}-", "\n", "abc ", "他们的后台。这里"];

fn expected(converter: &Converter, text: &str, protected: &[Range<usize>]) -> String {
    let mut kept: Vec<Range<usize>> = markers::protected_spans(text);
    kept.extend_from_slice(protected);
    kept.sort_by_key(|range| range.start);
    let (mut ranges, mut at) = (Vec::new(), 0);
    for range in &kept {
        if at < range.start {
            ranges.push(at..range.start);
        }
        at = at.max(range.end);
    }
    ranges.push(at..text.len());
    let converted = converter.convert_ranges(text, &ranges);
    let (mut result, mut at) = (String::new(), 0);
    for (range, new) in ranges.iter().zip(converted) {
        result.push_str(&text[at..range.start]);
        result.push_str(&new);
        at = range.end;
    }
    result
}

#[test]
fn protected_stretches_leave_as_they_are_however_the_stream_is_cut() {
    let converters = [
        Converter::new(Config::S2Twp),
        Converter::builder().to(Variant::ZhTw).build().unwrap(),
        Converter::builder().to(Variant::ZhCn).build().unwrap(),
    ];
    let mut state = 3u32;
    let mut next = |below: usize| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) as usize % below
    };
    for round in 0..600 {
        let mut text = String::new();
        let mut protected = Vec::new();
        let length = if round % 50 == 0 { 4000 } else { 30 };
        for _ in 0..next(length) + 1 {
            let start = text.len();
            for _ in 0..next(4) + 1 {
                text.push_str(PIECES[next(PIECES.len())]);
            }
            if next(3) == 0 {
                protected.push(start..text.len());
            }
        }
        for converter in &converters {
            let expected = expected(converter, &text, &protected);
            for size in [1, 5, 1000, usize::MAX] {
                let mut stream = converter.stream();
                let mut output = Vec::new();
                let mut at = 0;
                let mut push = |stream: &mut tongwen::Stream, range: Range<usize>| {
                    for piece in text.as_bytes()[range].chunks(size.min(1 << 20)) {
                        stream.push(piece, &mut output).unwrap();
                    }
                };
                for range in &protected {
                    push(&mut stream, at..range.start);
                    stream.protect();
                    push(&mut stream, range.clone());
                    stream.unprotect();
                    at = range.end;
                }
                push(&mut stream, at..text.len());
                stream.finish(&mut output).unwrap();
                assert_eq!(String::from_utf8(output).unwrap(), expected, "{text:?} {protected:?} {size}");
            }
        }
    }
}
