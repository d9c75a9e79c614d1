//! The case files of `data/fields`: a document that is a list of strings, and what must come of it towards zh-tw.
//!
//! The characters of the cases convert the same in every config; cases with a `level` depend on phrases.

use serde_json::Value;
use tongwen::Variant;
use tongwen_formats::{Document, Format, Options, Piece};
use tongwen_tests::cases;

fn faults(case: &Value) -> Vec<String> {
    let input = case["input"].as_str().unwrap();
    let format: Format = case["format"].as_str().unwrap().parse().unwrap();
    let mut options = Options::default();
    options.variant = Some(Variant::ZhTw);
    options.mode = case["mode"].as_str().map_or_else(Default::default, |mode| mode.parse().unwrap());
    let fields = case["fields"].as_array().into_iter().flatten();
    options.fields = fields.map(|field| field.as_str().unwrap().to_string()).collect();
    let document = Document::scan(format, input, &options);
    let converted = cases::converted(&document, &cases::towards_taiwan(case));
    let mut faults = Vec::new();
    let mut check = |what: &str, expected: String, found: String| {
        if expected != found {
            faults.push(format!("{}: {what}\n  expected {expected:?}\n  found    {found:?}", case["id"]));
        }
    };
    let assembled = document.assemble(&converted);
    check("text", case["expected"].as_str().unwrap().to_string(), assembled.clone());
    let pieces: String = document
        .pieces(&converted)
        .iter()
        .map(|piece| match piece {
            Piece::Source(range) => &input[range.clone()],
            Piece::New(text) => text.as_ref(),
        })
        .collect();
    check("pieces", assembled, pieces);
    let expected = case["diagnostics"].as_array().into_iter().flatten().map(|code| code.as_str().unwrap().to_string());
    let said = document.diagnostics(&converted);
    let found: Vec<String> = said.iter().map(|diagnostic| diagnostic.code.to_string()).collect();
    check("diagnostics", expected.collect::<Vec<_>>().join(" "), found.join(" "));
    faults
}

#[test]
fn every_case_holds() {
    let cases = cases::read("fields");
    assert!(cases.len() >= 82, "{} cases", cases.len());
    let faults: Vec<String> = cases.iter().flat_map(faults).collect();
    assert!(faults.is_empty(), "{} of {} cases:\n{}", faults.len(), cases.len(), faults.join("\n"));
}
