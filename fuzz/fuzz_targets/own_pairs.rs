//! Pairs of the caller's own, whatever they are: what the text becomes is what the explanation says, with every kernel, in every chunking of a stream, as
//! edits and as ranges. The input's lines up to an empty one are pairs, the rest is the text.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tongwen::instructions::{Instructions, limit};
use tongwen::{Config, Converter, Markers, UserDictionary, Variant};
use tongwen_tests::engine_laws::edited;

fuzz_target!(|input: (u8, u16, &str)| {
    let (kind, size, input) = input;
    let (pairs, text) = input.split_once("\n\n").unwrap_or(("里\t里", input));
    let Ok(pairs) = UserDictionary::parse("fuzz", pairs) else { return };
    let builder = match kind % 5 {
        0 => Converter::builder().config(Config::S2Twp),
        1 => Converter::builder().config(Config::Tw2Sp),
        2 => Converter::builder().config(Config::T2S),
        3 => Converter::builder().to(Variant::ZhTw),
        _ => Converter::builder().to(Variant::ZhCn),
    };
    let converter = builder.dictionary(pairs).markers(Markers::Convert).build().unwrap();
    // The table of pairs has ways of its own for long texts.
    let long = text.repeat(1 + usize::from(size % 4) * 20_000 / (text.len() + 1));
    for text in [text, &long] {
        let expected = converter.explain(text).output();
        for instructions in Instructions::ALL {
            limit(*instructions);
            assert_eq!(converter.convert(text), expected);
        }
        assert_eq!(edited(text, &converter.edits(text)), expected);
        let whole = 0..text.len();
        assert_eq!(converter.convert_ranges(text, std::slice::from_ref(&whole))[0], expected);
        let (mut stream, mut streamed) = (converter.stream(), Vec::new());
        for piece in text.as_bytes().chunks(usize::from(size) + 1) {
            stream.push(piece, &mut streamed).unwrap();
        }
        stream.finish(&mut streamed).unwrap();
        assert_eq!(String::from_utf8(streamed).unwrap(), expected);
    }
});
