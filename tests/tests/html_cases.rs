//! The case files of `data/html`, `data/xml` and `data/markdown`: a document, a variant and a mode, and what must come of it.
//!
//! The characters of the cases convert the same in every config, and with `tables: none` nothing is converted but what the
//! page's own rules say. A case that is `about` a statement of the reference semantics counts for it: each has at least three.

use std::collections::{HashMap, HashSet};

use serde_json::Value;
use tongwen::{Converter, Level, Markers, Script, Variant};
use tongwen_formats::{Diagnostic, Document, Format, LineIndex, Options};

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

fn cases(format: Format) -> Vec<Value> {
    let folder = format!("{}/data/{format}", env!("CARGO_MANIFEST_DIR"));
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let mut cases = Vec::new();
    for file in files.iter().filter(|file| file.extension().is_some_and(|extension| extension == "jsonl")) {
        let text = std::fs::read_to_string(file).unwrap();
        for (number, line) in text.lines().enumerate() {
            let case = serde_json::from_str(line);
            cases.push(case.unwrap_or_else(|error| panic!("{}:{}: {error}", file.display(), number + 1)));
        }
    }
    cases
}

fn text<'c>(case: &'c Value, key: &str) -> &'c str {
    case[key].as_str().unwrap_or_else(|| panic!("{}: no {key}", case["id"]))
}

fn variant(case: &Value) -> Option<Variant> {
    Some(text(case, "variant")).filter(|name| *name != "zh").map(|name| name.parse().unwrap())
}

/// Characters only, so that the cases depend on no phrase; none for `tables: none`.
fn converter(case: &Value) -> Converter {
    let to = variant(case).unwrap_or(Variant::ZhHant);
    let from = if to.script() == Script::Simplified { Variant::ZhHant } else { Variant::ZhHans };
    let level = if text(case, "tables") == "none" || variant(case).is_none() { Level::None } else { Level::Characters };
    Converter::builder().from(from).to(to).level(level).markers(Markers::Convert).build().unwrap()
}

fn options(case: &Value) -> Options {
    let mut options = Options::default();
    options.mode = text(case, "mode").parse().unwrap();
    options.variant = variant(case);
    for (name, value) in case["options"].as_object().into_iter().flatten() {
        let value = value.as_str().unwrap();
        match name.as_str() {
            "page-rules" => options.page_rules = value.parse().unwrap(),
            "languages" => options.languages = value.parse().unwrap(),
            "no-conversion" => options.no_conversion = value.parse().unwrap(),
            other => panic!("{}: unknown option {other}", case["id"]),
        }
    }
    options
}

/// `code severity line:column` of each.
fn said(source: &str, diagnostics: &[Diagnostic]) -> Vec<String> {
    let lines = LineIndex::new(source);
    let said = diagnostics.iter().map(|one| {
        let place = lines.position(one.range.start);
        format!("{} {} {}:{}", one.code, one.severity, place.line, place.column)
    });
    said.collect()
}

/// What is wrong with a case, if anything.
fn faults(format: Format, case: &Value) -> Vec<String> {
    let input = text(case, "input");
    assert_eq!(text(case, "format"), format.name(), "{}", case["id"]);
    let document = Document::scan(format, input, &options(case));
    let ranges = document.text_ranges();
    let converted =
        converter(case).convert_ranges_with(document.text(), &ranges, document.page_pairs(), &document.epochs());
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
        check("diagnostics", expected.join(", "), said(input, &document.diagnostics(&converted)).join(", "));
    }
    faults
}

#[test]
fn every_case() {
    let mut seen = HashSet::new();
    let mut all = Vec::new();
    for (format, _) in FORMATS {
        for case in &cases(format) {
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
        for case in &cases(format) {
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
