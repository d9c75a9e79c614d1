//! The case files of `data/markup`: a plain text with conversion markup, and what it becomes.
//!
//! Each case names a variant and a mode. `tables` says which words are known besides those of the text's own rules: with
//! `none` no conversion is done but theirs; with `any` the case must hold with a config of OpenCC's and with a converter that
//! makes mixed text uniform. Where a case lists diagnostics, these are all that are not notes.

use std::collections::{HashMap, HashSet};

use serde_json::Value;
use tongwen::{Config, Converter, Level, Script, Variant};
use tongwen_formats::{Document, Format, Severity};
use tongwen_tests::cases::{self, options, said, text};

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

fn faults(case: &Value) -> Vec<String> {
    let input = text(case, "input");
    let format: Format = text(case, "format").parse().unwrap();
    let options = options(case);
    let document = Document::scan(format, input, &options);
    let mut faults = Vec::new();
    for converter in converters(case, options.variant) {
        let converted = cases::converted(&document, &converter);
        let (found, said) = (document.assemble(&converted), said(&document, &converted));
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
    for case in &cases::read("markup") {
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
    for case in &cases::read("markup") {
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
