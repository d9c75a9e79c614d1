//! Any chunking of any bytes gives what the whole gives: with a config, with the source left open, with user pairs; protected spans leave
//! byte for byte.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tongwen::{Config, Converter, InvalidBytes, UserDictionary, Variant};

fuzz_target!(|input: (u8, Vec<u8>, &[u8])| {
    let (kind, sizes, bytes) = input;
    let pairs = || UserDictionary::parse("fuzz", "后面\t後頭\n里\t里\n的\t\n").unwrap();
    let converter = match kind % 4 {
        0 => Converter::new(Config::S2Twp),
        1 => Converter::new(Config::Tw2Sp),
        2 => Converter::builder().to(Variant::ZhTw).build().unwrap(),
        _ => Converter::builder().to(Variant::ZhCn).dictionary(pairs()).build().unwrap(),
    };
    let run = |pieces: &mut dyn Iterator<Item = &[u8]>| {
        let mut stream = converter.stream().invalid_bytes(InvalidBytes::Replace);
        let mut output = Vec::new();
        for piece in pieces {
            stream.push(piece, &mut output).unwrap();
        }
        stream.finish(&mut output).unwrap();
        output
    };
    let whole = converter.convert(&String::from_utf8_lossy(bytes)).into_owned();
    let mut rest = bytes;
    let mut sizes = sizes.iter().cycle();
    let mut pieces = std::iter::from_fn(|| {
        let size = sizes.next().map_or(usize::MAX, |size| usize::from(*size) + 1).min(rest.len());
        let (piece, after) = rest.split_at(size);
        rest = after;
        (!piece.is_empty()).then_some(piece)
    });
    assert_eq!(run(&mut pieces), whole.as_bytes());
    for span in tongwen::markers::protected_spans(&whole) {
        assert!(String::from_utf8_lossy(bytes).contains(&whole[span]));
    }
});
