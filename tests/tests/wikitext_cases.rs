//! The case files of `data/wikitext`: a page, a variant and a mode, and what must come of it, by rule.
//!
//! The characters of the cases convert the same in every config, and with `tables: none` nothing is converted but what the
//! page's own rules say.

use std::collections::{HashMap, HashSet};

use serde_json::Value;
use tongwen_formats::{Document, Format, LineIndex};
use tongwen_tests::cases::{self, converter, options, text};
use tongwen_tests::document_laws::check_placed;

/// What is wrong with a case, if anything.
fn faults(case: &Value) -> Vec<String> {
    let input = text(case, "input");
    let format: Format = text(case, "format").parse().unwrap();
    let document = Document::scan(format, input, &options(case));
    let converted = cases::converted(&document, &converter(case));
    check_placed(&document, &converter(case));
    let mut faults = Vec::new();
    let mut check = |what: &str, expected: String, found: String| {
        if expected != found {
            faults
                .push(format!("{}: {what}\n  input    {input}\n  expected {expected}\n  found    {found}", case["id"]));
        }
    };
    if let Some(expected) = case["expected"].as_str() {
        check("text", expected.to_string(), document.assemble(&converted));
    }
    if let Some(expected) = case.get("title") {
        check("title", format!("{:?}", expected.as_str()), format!("{:?}", document.title()));
    }
    if let Some(expected) = case["diagnostics"].as_array() {
        let line = |found: [&str; 2], position: [u64; 2]| {
            format!("{}:{}: {}[{}]", position[0], position[1], found[1], found[0])
        };
        let expected: Vec<String> = expected
            .iter()
            .map(|one| {
                let place = ["line", "column"].map(|key| one[key].as_u64().unwrap());
                line([one["code"].as_str().unwrap(), one["severity"].as_str().unwrap()], place)
            })
            .collect();
        let lines = LineIndex::new(input);
        let found: Vec<String> = document
            .diagnostics(&converted)
            .iter()
            .map(|one| {
                let position = lines.position(one.range.start);
                line([one.code.name(), one.severity.name()], [position.line as u64, position.column as u64])
            })
            .collect();
        check("diagnostics", expected.join(", "), found.join(", "));
    }
    if let Some(expected) = case["hint"].as_str() {
        let hints = document.diagnostics(&converted).into_iter().filter_map(|one| one.hint);
        let found = hints.map(|hint| hint.into_owned()).collect::<Vec<_>>().join("\n");
        // The words may differ, but what is to be written may not.
        let wanted = expected.split(' ').find(|word| word.starts_with("-{")).unwrap_or(expected);
        check("hint", "true".to_string(), found.contains(wanted).to_string());
    }
    faults
}

#[test]
fn every_case() {
    let mut seen = HashSet::new();
    let mut all = Vec::new();
    for case in &cases::read("wikitext") {
        let id = text(case, "id");
        assert!(seen.insert(id.to_string()), "{id} appears twice");
        let checks = ["expected", "diagnostics", "title"].iter().filter(|key| case.get(**key).is_some()).count();
        assert!(checks > 0, "{id} checks nothing");
        all.extend(faults(case));
    }
    assert!(all.is_empty(), "{} faults\n{}", all.len(), all.join("\n"));
}

#[test]
fn every_rule_has_three_cases() {
    let mut counts: HashMap<String, usize> = HashMap::new();
    for case in &cases::read("wikitext") {
        for rule in case["rules"].as_array().into_iter().flatten() {
            *counts.entry(rule.as_str().unwrap().to_string()).or_default() += 1;
        }
    }
    let numbered = |letter: &str, last: usize| (1..=last).map(|number| format!("{letter}{number}")).collect::<Vec<_>>();
    let rules = [numbered("B", 32), numbered("C", 7), numbered("D", 1)].concat();
    let missing: Vec<String> =
        rules.into_iter().filter(|rule| counts.get(rule).copied().unwrap_or_default() < 3).collect();
    assert!(missing.is_empty(), "fewer than three cases of our own: {}", missing.join(", "));
}
