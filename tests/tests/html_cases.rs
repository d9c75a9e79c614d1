//! The case files of `data/html`, `data/xml` and `data/markdown`: a document, a variant and a mode, and what must come of it.
//!
//! The characters of the cases convert the same in every config, and with `tables: none` nothing is converted but what the
//! page's own rules say. A case that is `about` a statement of the reference semantics counts for it: each has at least three.

use std::collections::{HashMap, HashSet};

use serde_json::Value;
use tongwen_formats::{Document, Format};
use tongwen_tests::cases::{self, converter, options, said, text};

/// What is said about HTML, in a word each.
const HTML: &[&str] = &[
    "tags stay",
    "title and alt",
    "addresses in values",
    "quoting",
    "entities in values",
    "markup in values",
    "new text in values",
    "code",
    "pre",
    "script",
    "style",
    "math",
    "svg",
    "entities",
    "comments",
    "addresses",
    "labels",
    "converted all the same",
    "languages",
    "instructions",
    "markup in code",
    "markup in tags",
    "unclosed tag",
    "unclosed span",
    "second delimiters",
    "no conversion",
    "borders",
    "page rules",
    "title of the page",
    "variant lists",
    "preserve",
    "strip",
    "diagnostics",
];

/// What is said about XML.
const XML: &[&str] = &[
    "names",
    "attributes",
    "entities",
    "declarations",
    "sections",
    "comments",
    "instructions",
    "languages",
    "kept elements",
    "translations",
    "markup",
    "broken",
    "dumps",
];

/// What is said about Markdown.
const MARKDOWN: &[&str] = &[
    "text",
    "escapes",
    "code",
    "formulas",
    "links",
    "titles",
    "references",
    "addresses",
    "templates",
    "HTML",
    "languages",
    "front matter",
    "markup",
];

const FORMATS: [(Format, &[&str]); 3] = [(Format::Html, HTML), (Format::Xml, XML), (Format::Markdown, MARKDOWN)];

/// What is wrong with a case, if anything.
fn faults(format: Format, case: &Value) -> Vec<String> {
    let input = text(case, "input");
    assert_eq!(text(case, "format"), format.name(), "{}", case["id"]);
    let document = Document::scan(format, input, &options(case));
    let converted = cases::converted(&document, &converter(case));
    let mut faults = Vec::new();
    let mut check = |what: &str, expected: String, found: String| {
        if expected != found {
            faults.push(format!(
                "{}: {what}\n  input    {input:?}\n  expected {expected}\n  found    {found}",
                case["id"]
            ));
        }
    };
    check("text", text(case, "expected").to_string(), document.assemble(&converted));
    check("title", format!("{:?}", case["title"].as_str()), format!("{:?}", document.title()));
    if let Some(expected) = case["diagnostics"].as_array() {
        let expected: Vec<&str> = expected.iter().map(|one| one.as_str().unwrap()).collect();
        let found: Vec<String> = said(&document, &converted).into_iter().map(|(_, said)| said).collect();
        check("diagnostics", expected.join(", "), found.join(", "));
    }
    faults
}

#[test]
fn every_case() {
    let mut seen = HashSet::new();
    let mut all = Vec::new();
    for (format, _) in FORMATS {
        for case in &cases::read(format.name()) {
            let id = text(case, "id");
            assert!(seen.insert(id.to_string()), "{id} appears twice");
            all.extend(faults(format, case));
        }
    }
    assert!(all.is_empty(), "{} faults\n{}", all.len(), all.join("\n"));
}

#[test]
fn every_statement_has_three_cases() {
    for (format, statements) in FORMATS {
        let mut counts: HashMap<String, usize> = HashMap::new();
        for case in &cases::read(format.name()) {
            for about in case["about"].as_array().into_iter().flatten() {
                let about = about.as_str().unwrap();
                assert!(statements.contains(&about), "{}: about {about:?}, which is no statement", case["id"]);
                *counts.entry(about.to_string()).or_default() += 1;
            }
        }
        let missing: Vec<&&str> =
            statements.iter().filter(|about| counts.get(**about).copied().unwrap_or_default() < 3).collect();
        assert!(missing.is_empty(), "fewer than three cases of our own for {format}: {missing:?}");
    }
}
