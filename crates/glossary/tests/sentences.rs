//! The set of sentences that annotation is measured with: that its file is well formed and agrees with the tables.
//!
//! `data/sentences.jsonl` has one sentence a line: in which names of places are to be glossed (`expect`: the string, an entry that it may
//! name, and the units that are there today), or, in the other half, none. `not` are strings that must not be glossed. A third is `held`:
//! not looked at while rules are written. Expectations say what is true of the places, not what a program finds.

use std::collections::HashSet;

use serde_json::Value;
use tongwen_glossary::{Glossary, NormaliseOptions, Prose, Script};

fn sentences() -> Vec<Value> {
    let text = include_str!("data/sentences.jsonl");
    let parse = |(index, line)| {
        serde_json::from_str(line).unwrap_or_else(|error| panic!("sentences.jsonl:{}: {error}", index + 1))
    };
    text.lines().enumerate().map(parse).collect()
}

fn string<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_else(|| panic!("`{key}` is no string in {value}"))
}

fn array<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value[key].as_array().unwrap_or_else(|| panic!("`{key}` is no array in {value}"))
}

#[test]
fn sentences_are_well_formed() {
    let keys = ["id", "split", "text", "year", "expect", "not", "note"];
    let (mut ids, mut texts) = (HashSet::new(), HashSet::new());
    for sentence in &sentences() {
        let (id, text) = (string(sentence, "id"), string(sentence, "text"));
        assert!(ids.insert(id.to_string()), "{id} stands twice");
        assert!(texts.insert(text.to_string()), "{id}: its text stands twice");
        assert!(sentence.as_object().unwrap().keys().all(|key| keys.contains(&key.as_str())), "{sentence}");
        assert!(["dev", "held"].contains(&string(sentence, "split")), "{id}");
        assert!(sentence["year"].is_null() || sentence["year"].as_i64().is_some_and(|year| year != 0), "{id}");
        assert!(!string(sentence, "note").is_empty(), "{id} says not why");

        let expected: Vec<&str> =
            array(sentence, "expect").iter().map(|expected| string(expected, "surface")).collect();
        match id.as_bytes()[0] {
            b'p' => assert!(!expected.is_empty(), "{id} expects nothing"),
            b'n' => assert!(expected.is_empty(), "{id} expects something"),
            _ => panic!("{id} is neither p nor n"),
        }
        let unwanted: Vec<&str> = array(sentence, "not").iter().map(|value| value.as_str().unwrap()).collect();
        let mut seen = HashSet::new();
        for surface in expected.iter().chain(&unwanted) {
            assert!(!surface.is_empty() && text.contains(surface), "{id}: {surface} is not in the text");
            assert!(seen.insert(surface), "{id}: {surface} stands twice");
        }
    }
}

#[test]
fn both_halves_are_large_and_a_third_is_held() {
    for kind in ['p', 'n'] {
        let splits: Vec<bool> = sentences()
            .iter()
            .filter(|sentence| string(sentence, "id").starts_with(kind))
            .map(|sentence| string(sentence, "split") == "held")
            .collect();
        let held = splits.iter().filter(|held| **held).count();
        assert!(splits.len() >= 200, "{kind}: {}", splits.len());
        assert!((30..=37).contains(&(100 * held / splits.len())), "{kind}: {held} of {}", splits.len());
    }
}

/// What a sentence expects is in the tables: the entry, its name, and the units of today.
#[test]
fn expectations_agree_with_the_tables() {
    let glossary = Glossary::embedded();
    for sentence in &sentences() {
        for expected in array(sentence, "expect") {
            let (id, surface) = (string(expected, "id"), string(expected, "surface"));
            let entry = glossary.entry(id).unwrap_or_else(|| panic!("{sentence}: no entry {id}"));
            let mut names: Vec<String> = [Script::Simplified, Script::Traditional]
                .into_iter()
                .flat_map(|script| [entry.name(script).to_string()].into_iter().chain(entry.full_names(script)))
                .chain(entry.variants().map(str::to_string))
                .collect();
            // A suffix may follow another spelling too.
            let suffixed: Vec<String> = entry
                .variants()
                .flat_map(|variant| entry.official_suffixes().map(move |suffix| format!("{variant}{suffix}")))
                .collect();
            names.extend(suffixed);
            assert!(
                names.iter().any(|name| glossary.fold(name) == glossary.fold(surface)),
                "{sentence}: {surface} is no name of {id}"
            );
            let today: Vec<String> = entry
                .modern(None)
                .iter()
                .map(|modern| match modern.unit() {
                    Some(unit) => format!("{:06}", unit.code().number()),
                    None => modern.name(Script::Simplified).to_string(),
                })
                .collect();
            let mut wanted: Vec<&str> = string(expected, "modern").split(';').collect();
            let mut found: Vec<&str> = today.iter().map(String::as_str).collect();
            wanted.sort_unstable();
            found.sort_unstable();
            assert_eq!(found, wanted, "{sentence}: {id}");
        }
    }
}

/// Today's names put in: that can be undone, and doing it again changes nothing.
#[test]
fn normalised_sentences_are_at_rest() {
    let glossary = Glossary::embedded();
    let normalised = |text: &str| glossary.normalise(text, &Prose::whole(text), &NormaliseOptions::default());
    let mut replaced = 0;
    for sentence in &sentences() {
        let text = string(sentence, "text");
        let once = normalised(text);
        replaced += once.replacements.len();
        assert_eq!(once.undo(), text);
        assert_eq!(normalised(&once.text).replacements, [], "{text} becomes {}", once.text);
    }
    assert!(replaced > 300, "{replaced}");
}
