//! The case files of `data/wikitext`: one input and what a page must become, by rule.
//!
//! A table of the characters that the cases use stands in for a converter: they convert the same in every config, and
//! the scanner must not depend on the engine. Cases that need more than the scanner (page rules, evaluation of the
//! markup) are named below with the reason; one that passes, or is gone, fails the test.

use std::collections::{HashMap, HashSet};

use serde_json::Value;
use tongwen_formats::{Document, Format, Options};

/// Simplified and traditional, one to one.
const CHARACTERS: &str = "国國军軍书書马馬车車汉漢语語历歷见見战戰争爭简簡体體县縣长長东東门門这這来來时時说說图圖网網页頁\
    题題备備开開关關区區实實学學号號后後宁寧广廣阳陽龙龍陆陸铁鐵华華万萬义義乌烏头頭记記与與为為义義岁歲称稱处處计計机機电電脑腦";

/// Cases of the shared files that the scanner alone cannot pass, and why.
const NOT_YET: &[(&str, &str)] = &[
    ("wp-086", "page rules"),
    ("wp-104", "page rules of NoteTA"),
    ("wp-188", "page rules"),
    ("wp-189", "page rules"),
    ("wp-195", "page rules"),
    ("wp-196", "page rules"),
    ("wp-197", "page rules"),
    ("wp-198", "page rules"),
    ("al-003", "mode strip"),
    ("al-004", "the converter knows markup in plain text"),
    ("al-007", "mode render"),
    ("al-008", "the converter knows markup in plain text"),
    ("al-011", "mode render"),
    ("al-016", "the converter knows markup in plain text"),
];

fn cases() -> Vec<Value> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/data/wikitext");
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

/// Converts one range at a time with the table.
fn convert(text: &str, variant: &str) -> String {
    let letters: Vec<char> = CHARACTERS.chars().filter(|c| !c.is_whitespace()).collect();
    let simplified = ["zh-cn", "zh-hans", "zh-sg", "zh-my"].contains(&variant);
    let pairs: HashMap<char, char> =
        letters.chunks(2).map(|pair| if simplified { (pair[1], pair[0]) } else { (pair[0], pair[1]) }).collect();
    text.chars().map(|c| *pairs.get(&c).unwrap_or(&c)).collect()
}

fn options(case: &Value) -> Options {
    let mut options = Options::default();
    for (name, value) in case["options"].as_object().into_iter().flatten() {
        let value = value.as_str().unwrap();
        match name.as_str() {
            "links" => options.links = value.parse().unwrap(),
            "headings" => options.headings = value.parse().unwrap(),
            "positional" => options.positional = value.parse().unwrap(),
            "citations" => options.citations = value.parse().unwrap(),
            "comments" => options.comments = value.parse().unwrap(),
            "no-conversion" => options.no_conversion = value.parse().unwrap(),
            other => panic!("{}: unknown option {other}", case["id"]),
        }
    }
    options
}

fn run(case: &Value) -> String {
    let input = text(case, "input");
    let format: Format = text(case, "format").parse().unwrap();
    let document = Document::scan(format, input, &options(case));
    let ranges = document.text_ranges();
    let variant = text(case, "variant");
    let converted: Vec<String> = ranges.iter().map(|range| convert(&input[range.clone()], variant)).collect();
    document.assemble(&converted)
}

#[test]
fn every_case() {
    let not_yet: HashMap<&str, &str> = NOT_YET.iter().copied().collect();
    let mut seen = HashSet::new();
    let mut faults = Vec::new();
    for case in &cases() {
        let id = text(case, "id");
        assert!(seen.insert(id.to_string()), "{id} appears twice");
        let (expected, found) = (text(case, "expected"), run(case));
        match not_yet.get(id) {
            None if found != expected => {
                faults.push(format!(
                    "{id}\n  input    {}\n  expected {expected}\n  found    {found}",
                    text(case, "input")
                ));
            }
            Some(reason) if found == expected => faults.push(format!("{id} passes: take it off the list ({reason})")),
            _ => {}
        }
    }
    for id in not_yet.keys().filter(|id| !seen.contains(**id)) {
        faults.push(format!("{id} is on the list of cases that do not pass yet, but there is no such case"));
    }
    assert!(faults.is_empty(), "{} faults\n{}", faults.len(), faults.join("\n"));
}

#[test]
fn every_rule_has_three_cases() {
    let mut counts: HashMap<String, usize> = HashMap::new();
    for case in &cases() {
        for rule in case["rules"].as_array().into_iter().flatten() {
            *counts.entry(rule.as_str().unwrap().to_string()).or_default() += 1;
        }
    }
    let rules = (1..=32).filter(|&number| number != 31).map(|number| format!("B{number}")).chain(["D1".to_string()]);
    let missing: Vec<String> = rules.filter(|rule| counts.get(rule).copied().unwrap_or_default() < 3).collect();
    assert!(missing.is_empty(), "fewer than three cases of our own: {}", missing.join(", "));
}
