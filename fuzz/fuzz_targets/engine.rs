//! The fast path equals the staged engine, which is written from OpenCC's semantics and shares nothing with it; explanations and edits
//! give the same text; nothing to change gives the same text back.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tongwen::{Config, Converter, Markers, StagedEngine, TofuRisk};

fuzz_target!(|input: (u8, bool, &str)| {
    let (number, risky, text) = input;
    let config = Config::ALL[usize::from(number) % Config::ALL.len()];
    let tofu_risk = if risky { TofuRisk::Include } else { TofuRisk::Exclude };
    let converter = Converter::builder().config(config).tofu_risk(tofu_risk).markers(Markers::Convert).build().unwrap();
    let converted = converter.convert(text);
    assert_eq!(converted, StagedEngine::builtin(config, tofu_risk).convert(text));
    assert_eq!(converted, converter.explain(text).output());
    let mut appended = String::from("x");
    converter.convert_into(text, &mut appended);
    assert_eq!(appended[1..], *converted);
});
