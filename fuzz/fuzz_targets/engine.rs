//! With every kernel the fast path equals the staged engine, which is written from OpenCC's semantics and shares nothing with it; edits applied
//! to the text, and changes, give the same; nothing to change gives the same text back; ranges converted in their places are the ranges converted
//! apart.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tongwen::instructions::{Instructions, limit};
use tongwen::{Config, Converter, Edits, Markers, PagePairs, PlacedOutput, StagedEngine, TofuRisk};
use tongwen_tests::engine_laws::{edited, joined};

fuzz_target!(|input: (u8, bool, &str)| {
    let (number, risky, text) = input;
    let config = Config::ALL[usize::from(number) % Config::ALL.len()];
    let tofu_risk = if risky { TofuRisk::Include } else { TofuRisk::Exclude };
    let converter = Converter::builder().config(config).tofu_risk(tofu_risk).markers(Markers::Convert).build().unwrap();
    let expected = StagedEngine::builtin(config, tofu_risk).convert(text);
    // Ranges: what is between vertical bars.
    let start = |piece: &str| piece.as_ptr().addr() - text.as_ptr().addr();
    let ranges: Vec<_> = text.split('|').map(|piece| start(piece)..start(piece) + piece.len()).collect();
    let epochs = vec![0; ranges.len()];
    let pairs = PagePairs::new();
    let apart = converter.convert_ranges(text, &ranges);
    for (range, converted) in ranges.iter().zip(&apart) {
        assert_eq!(*converted, converter.convert(&text[range.clone()]));
    }

    for instructions in Instructions::ALL {
        limit(*instructions);
        assert_eq!(converter.convert(text), expected);
        let mut appended = String::from("x");
        converter.convert_into(text, &mut appended);
        assert_eq!(appended[1..], expected);
        let edits = converter.edits(text);
        assert_eq!(edited(text, &edits), expected);
        let mut list = Edits::new();
        converter.edits_into(text, &mut list);
        assert_eq!(list.to_vec(), edits);
        let (mut output, mut changes) = (String::new(), Vec::new());
        converter.convert_with_changes(text, &mut output, &mut changes);
        assert_eq!(output, expected);
        let places: Vec<_> = changes.iter().map(|change| change.source.clone()).collect();
        let new: Vec<_> = changes.iter().map(|change| &output[change.output.clone()]).collect();
        assert_eq!(joined(text, &places, &new), expected);
        let mut placed = PlacedOutput::new();
        converter.convert_ranges_in_place(text, &ranges, &pairs, &epochs, &mut placed);
        assert_eq!(placed.text(), joined(text, &ranges, &apart));
    }
    let trace = converter.explain(text);
    assert_eq!(trace.output(), expected);
    assert_eq!(trace.edits(), converter.edits(text));
});
