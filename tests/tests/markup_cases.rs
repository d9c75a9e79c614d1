//! The case files of `data/markup`: a plain text with conversion markup, and what it becomes.
//!
//! Each case names a variant and a mode. `tables` says which words are known besides those of the text's own rules: with
//! `none` no conversion is done but theirs; with `any` the case must hold with a config of OpenCC's and with a converter that
//! makes mixed text uniform. Where a case lists diagnostics, these are all that are not notes.

use std::collections::{HashMap, HashSet};

use serde_json::Value;
use tongwen::{Config, Converter, Level, Script, Variant};
use tongwen_formats::{Document, Format, LineIndex, Options, Severity};

fn cases() -> Vec<Value> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/data/markup");
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let mut cases = Vec::new();
    for file in files.iter().filter(|file| file.extension().is_some_and(|extension| extension == "jsonl")) {
        let text = std::fs::read_to_string(file).unwrap();
        for (number, line) in text.lines().enumerate() {
            let case: Value =
                serde_json::from_str(line).unwrap_or_else(|e| panic!("{}:{}: {e}", file.display(), number + 1));
            cases.push(case);
        }
    }
    cases
}

fn text<'c>(case: &'c Value, key: &str) -> &'c str {
    case[key].as_str().unwrap_or_else(|| panic!("{}: no {key}", case["id"]))
}

fn options(case: &Value) -> Options {
    let mut options = Options::default();
    options.mode = text(case, "mode").parse().unwrap();
    options.variant = Some(text(case, "variant")).filter(|name| *name != "zh").map(|name| name.parse().unwrap());
    for (name, value) in case["options"].as_object().into_iter().flatten() {
        match name.as_str() {
            "page-rules" => options.page_rules = value.as_str().unwrap().parse().unwrap(),
            "note-ta" => options.note_ta = value.as_str().unwrap().parse().unwrap(),
            other => panic!("{}: unknown option {other}", case["id"]),
        }
    }
    options
}

/// The converters that a case must hold with.
fn converters(case: &Value, variant: Option<Variant>) -> Vec<Converter> {
    let nothing = |to| Converter::builder().to(to).level(Level::None).build().unwrap();
    match (text(case, "tables"), variant) {
        (_, None) => vec![nothing(Variant::ZhHans)],
        ("none", Some(variant)) => vec![nothing(variant)],
        ("any", Some(variant)) => {
            let config = if variant.script() == Script::Simplified { Config::T2S } else { Config::S2T };
            vec![Converter::new(config), Converter::builder().to(variant).build().unwrap()]
        }
        (other, _) => panic!("{}: unknown tables {other}", case["id"]),
    }
}

/// What the document becomes, and its diagnostics as `code severity line:column`.
fn run(document: &Document<'_>, converter: &Converter) -> (String, Vec<(Severity, String)>) {
    let converted = converter.convert_ranges_with(
        document.text(),
        &document.text_ranges(),
        document.page_pairs(),
        &document.epochs(),
    );
    let lines = LineIndex::new(document.source());
    let said = document.diagnostics(&converted).into_iter().map(|found| {
        let place = lines.position(found.range.start);
        (found.severity, format!("{} {} {}:{}", found.code, found.severity, place.line, place.column))
    });
    (document.assemble(&converted), said.collect())
}

fn faults(case: &Value) -> Vec<String> {
    let input = text(case, "input");
    let format: Format = text(case, "format").parse().unwrap();
    let options = options(case);
    let document = Document::scan(format, input, &options);
    let mut faults = Vec::new();
    for converter in converters(case, options.variant) {
        let (found, said) = run(&document, &converter);
        if let Some(expected) = case["expected"].as_str().filter(|expected| *expected != found) {
            faults.push(format!("expected {expected:?}, found {found:?}"));
        }
        if let Some(expected) = case["diagnostics"].as_array() {
            let mut expected: Vec<String> = expected
                .iter()
                .map(|one| format!("{} {} {}:{}", text(one, "code"), text(one, "severity"), one["line"], one["column"]))
                .collect();
            let wanted = |(severity, said): &(Severity, String)| *severity > Severity::Note || expected.contains(said);
            let mut found: Vec<String> = said.iter().filter(|said| wanted(said)).map(|said| said.1.clone()).collect();
            expected.sort();
            found.sort();
            if found != expected {
                faults.push(format!("expected {expected:?}, found {found:?}"));
            }
        }
    }
    if document.title() != case["title"].as_str() {
        faults.push(format!("expected the title {:?}, found {:?}", case["title"].as_str(), document.title()));
    }
    faults
}

#[test]
fn every_case() {
    let mut seen = HashSet::new();
    let mut failed = Vec::new();
    for case in &cases() {
        let id = text(case, "id");
        assert!(seen.insert(id.to_string()), "{id} appears twice");
        assert!(case["expected"].is_string() || case["diagnostics"].is_array(), "{id} asks for nothing");
        let faults = faults(case);
        if !faults.is_empty() {
            failed.push(format!(
                "{id} {} {}: {:?}\n  {}",
                case["variant"],
                case["mode"],
                text(case, "input"),
                faults.join("\n  ")
            ));
        }
    }
    assert!(failed.is_empty(), "{} of {} cases\n{}", failed.len(), seen.len(), failed.join("\n"));
}

/// Every rule of the markup has at least three cases of this project's own, besides the shared ones.
#[test]
fn every_rule_has_three_cases() {
    let mut counts: HashMap<String, usize> = HashMap::new();
    for case in &cases() {
        for rule in case["rules"].as_array().into_iter().flatten() {
            *counts.entry(rule.as_str().unwrap().to_string()).or_default() += 1;
        }
    }
    let rules = (1..=23)
        .map(|number| format!("A{number}"))
        .chain(["C1", "C2", "C3", "C4", "C5", "C6", "C7", "D1", "S8"].map(String::from));
    let missing: Vec<String> = rules.filter(|rule| counts.get(rule).copied().unwrap_or_default() < 3).collect();
    assert!(missing.is_empty(), "fewer than three cases of our own: {}", missing.join(", "));
}
