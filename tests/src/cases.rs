//! Case files of documents: lines of JSON, each a document, how it is read, and what must come of it.
//!
//! `variant` is the target (`zh` for none), `mode` what becomes of conversion markup, `options` the switches of a scan by their names,
//! `groups` and `lists` what they are given. `tables` says which words are known besides those of the document's own rules.

use std::borrow::Cow;

use serde_json::Value;
use tongwen::{Converter, Level, Markers, Script, UserDictionary, Variant};
use tongwen_formats::{Document, LineIndex, Options, Severity};

/// The cases of every `.jsonl` file of a folder below this crate's `data`, files by name.
pub fn read(folder: &str) -> Vec<Value> {
    let folder = format!("{}/data/{folder}", env!("CARGO_MANIFEST_DIR"));
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

/// A value that must be there and text.
pub fn text<'c>(case: &'c Value, key: &str) -> &'c str {
    case[key].as_str().unwrap_or_else(|| panic!("{}: no {key}", case["id"]))
}

/// The target, if it is one.
pub fn variant(case: &Value) -> Option<Variant> {
    Some(text(case, "variant")).filter(|name| *name != "zh").map(|name| name.parse().unwrap())
}

/// How the case wants its document read.
pub fn options(case: &Value) -> Options {
    let mut options = Options::default();
    options.mode = text(case, "mode").parse().unwrap();
    options.variant = variant(case);
    for (name, value) in case["options"].as_object().into_iter().flatten() {
        let value = value.as_str().unwrap();
        match name.as_str() {
            "links" => options.links = value.parse().unwrap(),
            "headings" => options.headings = value.parse().unwrap(),
            "positional" => options.positional = value.parse().unwrap(),
            "citations" => options.citations = value.parse().unwrap(),
            "comments" => options.comments = value.parse().unwrap(),
            "page-rules" => options.page_rules = value.parse().unwrap(),
            "no-conversion" => options.no_conversion = value.parse().unwrap(),
            "note-ta" => options.note_ta = value.parse().unwrap(),
            "languages" => options.languages = value.parse().unwrap(),
            other => panic!("{}: unknown option {other}", case["id"]),
        }
    }
    for (name, rules) in case["groups"].as_object().into_iter().flatten() {
        options.groups.insert(name, rules.as_str().unwrap());
    }
    if let Some(lists) = case["lists"].as_str() {
        options.lists.extend("case", lists).unwrap();
    }
    options
}

/// Characters only, so that the cases depend on no phrase; none for `tables: none`.
pub fn converter(case: &Value) -> Converter {
    let to = variant(case).unwrap_or(Variant::ZhHant);
    let from = if to.script() == Script::Simplified { Variant::ZhHant } else { Variant::ZhHans };
    let level = if text(case, "tables") == "none" || variant(case).is_none() { Level::None } else { Level::Characters };
    Converter::builder().from(from).to(to).level(level).markers(Markers::Convert).build().unwrap()
}

/// From zh-cn towards zh-tw: characters only unless the case names a level, and the pairs that it brings.
pub fn towards_taiwan(case: &Value) -> Converter {
    let level = case["level"].as_str().map_or(Level::Characters, |name| name.parse().unwrap());
    let mut builder = Converter::builder().from(Variant::ZhCn).to(Variant::ZhTw).level(level).markers(Markers::Convert);
    for pair in case["pairs"].as_array().into_iter().flatten() {
        let line = format!("{}\t{}\n", pair[0].as_str().unwrap(), pair[1].as_str().unwrap());
        builder = builder.dictionary(UserDictionary::parse("case", &line).unwrap());
    }
    builder.build().unwrap()
}

/// The strings that the document asks for.
pub fn converted<'d>(document: &'d Document<'_>, converter: &Converter) -> Vec<Cow<'d, str>> {
    let ranges = document.text_ranges();
    converter.convert_ranges_with(document.text(), &ranges, document.page_pairs(), &document.epochs())
}

/// The diagnostics, each as `code severity line:column`.
pub fn said(document: &Document<'_>, converted: &[impl AsRef<str>]) -> Vec<(Severity, String)> {
    let lines = LineIndex::new(document.source());
    let said = document.diagnostics(converted).into_iter().map(|one| {
        let place = lines.position(one.range.start);
        (one.severity, format!("{} {} {}:{}", one.code, one.severity, place.line, place.column))
    });
    said.collect()
}
