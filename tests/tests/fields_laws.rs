//! What holds for every document that is a list of strings, however broken: the spans partition the text, identity in is identity out, the
//! pieces are the document, markup in it is kept twice as once, the time is linear; and other readers of JSON and of
//! tables read what was to come out.

use std::time::{Duration, Instant};

use proptest::prelude::*;
use serde_json::Value;
use tongwen_formats::{DiagnosticCode, Document, Format, Mode, Options};
use tongwen_tests::document_laws::{check_document, check_prose};

const FORMATS: [Format; 8] =
    [Format::Json, Format::JsonLines, Format::Csv, Format::Tsv, Format::Srt, Format::Vtt, Format::Ass, Format::Po];

/// Pieces of all syntaxes, and text between them.
const FRAGMENTS: &[&str] = &[
    "国",
    "军",
    "甲乙",
    " ",
    "a",
    "1",
    "\n",
    "\n\n",
    "\r\n",
    "\r",
    "\t",
    ",",
    "\"",
    "\"\"",
    "\\",
    "\\\"",
    "\\n",
    "\\u56fd",
    "\\u56FD",
    "\\ud83d\\ude00",
    "\\ud83d",
    "\\u12",
    "{",
    "}",
    "[",
    "]",
    ":",
    "\"国\"",
    "\"a\":\"国\"",
    "{\"a\":",
    "://",
    "https://a/",
    "-{",
    "}-",
    "-<",
    ">-",
    "-{zh-cn:国;zh-tw:军}-",
    "-{H|国=>zh-tw:\"\\<&,\n}-",
    "<i>",
    "</i>",
    "<v 国>",
    "<",
    ">",
    "&amp;",
    "&",
    "{\\an8}",
    "{\\p1}",
    "{\\p0}",
    "\\N",
    "1\n00:00:01,000 --> 00:00:02,000\n",
    "WEBVTT\n\n",
    "NOTE",
    "[Events]\n",
    "Format: a, Text\n",
    "Dialogue: 0,",
    "msgid \"\"\n",
    "msgid \"国\"\n",
    "msgstr \"国",
    "\"\n",
    "\"\n\"",
    "msgctxt \"a\"\n",
    "#~ ",
    "%",
    "😀",
    "\0",
];

fn documents() -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(FRAGMENTS), 0..40).prop_map(|pieces| pieces.concat())
}

/// Well-formed JSON of any shape, written with escapes of all kinds.
fn json() -> impl Strategy<Value = String> {
    let characters = prop::sample::select(vec![
        "国",
        "军",
        "a",
        "\\u56fd",
        "\\u519B",
        "\\n",
        "\\\"",
        "\\\\",
        "\\/",
        "😀",
        "\\ud83d\\ude00",
        " ",
        ",",
        "}",
        "\\t",
    ]);
    let string = prop::collection::vec(characters, 0..8).prop_map(|pieces| format!("\"{}\"", pieces.concat()));
    let leaf = prop_oneof![string.clone(), Just("1.5e3".to_string()), Just("null".to_string())];
    leaf.prop_recursive(4, 40, 5, move |inner| {
        let members = prop::collection::vec((string.clone(), inner.clone()), 0..5);
        prop_oneof![
            prop::collection::vec(inner, 0..5).prop_map(|items| format!("[{}]", items.join(" ,"))),
            members.prop_map(|members| {
                // Names of members are numbered: of two that are the same a reader would see one.
                let member =
                    |(number, (name, value)): (usize, (String, String))| format!("\"{number}{} : {value}", &name[1..]);
                format!("{{{}}}", members.into_iter().enumerate().map(member).collect::<Vec<_>>().join(",\n"))
            }),
        ]
    })
}

fn options(mode: Mode) -> Options {
    let mut options = Options::default();
    options.mode = mode;
    options.variant = Some(tongwen::Variant::ZhTw);
    options
}

/// A stand-in for a converter: 国 becomes 國, and 军 two characters.
fn change(text: &str) -> String {
    text.replace('国', "國").replace('军', "軍馬")
}

fn converted(document: &Document<'_>, change: impl Fn(&str) -> String) -> Vec<String> {
    document.text_ranges().into_iter().map(|range| change(&document.text()[range])).collect()
}

fn rewritten(format: Format, source: &str) -> String {
    let document = Document::scan(format, source, &options(Mode::Preserve));
    document.assemble(&converted(&document, change))
}

/// The strings of a value changed, the names kept.
fn changed(value: Value) -> Value {
    match value {
        Value::String(text) => Value::String(change(&text)),
        Value::Array(items) => items.into_iter().map(changed).collect(),
        Value::Object(members) => members.into_iter().map(|(name, value)| (name, changed(value))).collect(),
        other => other,
    }
}

fn rows(text: &str) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
    reader.records().map(|row| row.unwrap().iter().map(String::from).collect()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn broken_documents_lose_nothing(source in documents(), mode in prop::sample::select(vec![Mode::Preserve, Mode::Render, Mode::Strip])) {
        for format in FORMATS {
            check_prose(format, &source);
            let document = Document::scan(format, &source, &options(mode));
            let same = document.assemble(&converted(&document, |text| text.to_string()));
            if mode == Mode::Preserve {
                prop_assert_eq!(&same, &source, "{}", format);
            }
            let assembled = check_document(&document, &converted(&document, change));
            if mode == Mode::Preserve {
                // Converting again changes nothing.
                let again = Document::scan(format, &assembled, &options(mode));
                prop_assert_eq!(again.assemble(&converted(&again, change)), assembled, "{}", format);
            }
        }
    }

    #[test]
    fn json_reads_as_the_converted_value(source in json()) {
        let expected = changed(serde_json::from_str(&source).unwrap());
        let found: Value = serde_json::from_str(&rewritten(Format::Json, &source)).unwrap();
        prop_assert_eq!(found, expected, "{}", source);
    }

    #[test]
    fn tables_read_as_the_converted_cells(cells in prop::collection::vec(prop::sample::select(vec!["国", "\"国,军\"", "\"国\"\"军\n\"", "", "a\"国", "\"国\"军", ",", "\n", "\r\n", " "]), 0..40)) {
        let source = cells.join(",");
        let expected: Vec<Vec<String>> =
            rows(&source).into_iter().map(|row| row.iter().map(|cell| change(cell)).collect()).collect();
        prop_assert_eq!(rows(&rewritten(Format::Csv, &source)), expected, "{}", source);
    }

    #[test]
    fn what_is_no_json_is_left_alone(source in documents()) {
        let document = Document::scan(Format::Json, &source, &options(Mode::Preserve));
        let malformed = document.diagnostics(&[] as &[&str]).iter().any(|said| said.code == DiagnosticCode::Malformed);
        if serde_json::from_str::<Value>(&source).is_ok() {
            prop_assert!(!malformed, "{}", source);
        }
        if malformed {
            prop_assert_eq!(rewritten(Format::Json, &source), source);
        }
    }
}

#[test]
fn places_are_those_of_the_characters() {
    let source = "msgid \"a\"\nmsgstr \"甲\"\n\"国\"\n\"军\"\n";
    let document = Document::scan(Format::Po, source, &options(Mode::Preserve));
    let at = document.text().find('国').unwrap();
    let place = document.source_range(at..at + 3);
    assert_eq!((&source[place.clone()], document.source_offset(at)), ("国", place.start));
    assert_eq!(&source[document.source_range(at..at + 6)], "国\"\n\"军");
}

#[test]
fn long_and_hostile_documents_take_linear_time() {
    let million = 1_000_000;
    let documents = [
        (Format::Json, "[".repeat(100_000)),
        (Format::Json, format!("{}{}", "[".repeat(100_000), "]".repeat(100_000))),
        (Format::Json, format!("\"{}", "\\".repeat(10 * million))),
        (Format::Json, format!("\"{}\"", "\\u56fd".repeat(million))),
        (Format::Json, format!("\"{}\"", "\\u519b\\u56fd".repeat(million / 2))),
        (Format::Json, format!("\"{}国\"", "\\u4e59".repeat(million))),
        (Format::Json, format!("[{}\"\"]", "\"国\",".repeat(million))),
        (Format::Json, format!("\"{}\"", "-{".repeat(5 * million))),
        (Format::Csv, "\"".repeat(10 * million)),
        (Format::Csv, "\"a\n".repeat(3 * million)),
        (Format::Tsv, "\"a\n".repeat(3 * million)),
        (Format::Tsv, "\"a\"b\t\"".repeat(2 * million)),
        (Format::Csv, "国,".repeat(2 * million)),
        (Format::Srt, format!("1\n0 --> 1\n{}", "<".repeat(10 * million))),
        (Format::Srt, format!("1\n0 --> 1\n{}", "{\\".repeat(5 * million))),
        (Format::Vtt, format!("1\n0 --> 1\n{}", "&".repeat(10 * million))),
        (Format::Vtt, format!("1\n0 --> 1\n{}", "<i".repeat(5 * million))),
        (Format::Ass, format!("[Events]\nDialogue: 0,0,0,0,0,0,0,0,0,{}", "{".repeat(10 * million))),
        (Format::Po, format!("msgid \"a\"\nmsgstr \"\"\n{}", "\"国\\n\"\n".repeat(million))),
    ];
    for (format, source) in documents {
        let time = Instant::now();
        let document = Document::scan(format, &source, &options(Mode::Preserve));
        let new = converted(&document, change);
        assert!(document.assemble(&new).len() >= source.len());
        let beginning: String = source.chars().take(30).collect();
        assert!(time.elapsed() < Duration::from_secs(10), "{format} {beginning}: {:?}", time.elapsed());
    }
}
