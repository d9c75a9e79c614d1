//! `cargo xtask places evaluate`: how well annotation reads the sentences of `crates/glossary/tests/data/sentences.jsonl`.
//!
//! A gloss counts as right when a sentence expects its string with the same units of today. Precision is the share of glosses that are right, recall the share of
//! expected ones that were made. What was missed or made in vain is listed for the sentences of the split `dev`; of `held`, which rules are not
//! to be written after, only the totals are told.

use std::collections::BTreeSet;
use std::path::Path;

use serde::Deserialize;
use tongwen_glossary::{Action, AnnotateOptions, Annotation, Glossary, Prose, Script};

use crate::problem::{Problem, Result, read_text};

/// The sentences, from the root of the repository.
const SENTENCES: &str = "crates/glossary/tests/data/sentences.jsonl";

#[derive(Deserialize)]
struct Sentence {
    id: String,
    split: String,
    text: String,
    year: Option<i16>,
    expect: Vec<Expected>,
}

#[derive(Deserialize)]
struct Expected {
    surface: String,
    modern: String,
}

/// A string and the units of today that it is glossed with, sorted.
type Gloss = (String, BTreeSet<String>);

/// Glosses of a split, counted.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Counts {
    right: usize,
    wrong: usize,
    missed: usize,
}

impl Counts {
    /// The share of glosses that are right.
    fn precision(self) -> f64 {
        self.right as f64 / (self.right + self.wrong).max(1) as f64
    }

    /// The share of expected glosses that were made.
    fn recall(self) -> f64 {
        self.right as f64 / (self.right + self.missed).max(1) as f64
    }
}

/// Prints what was read wrongly, and precision and recall of both splits.
pub(crate) fn run(root: &Path) -> Result<()> {
    let glossary = Glossary::embedded();
    let sentences = read(root)?;
    for split in ["dev", "held"] {
        let counts = evaluate(&glossary, &sentences, split, |line| {
            if split == "dev" {
                println!("{line}");
            }
        });
        let (precision, recall) = (counts.precision() * 100.0, counts.recall() * 100.0);
        println!(
            "{split}: precision {precision:.1} %, recall {recall:.1} % ({} right, {} wrong, {} missed)",
            counts.right, counts.wrong, counts.missed
        );
    }
    Ok(())
}

fn read(root: &Path) -> Result<Vec<Sentence>> {
    let file = root.join(SENTENCES);
    let text = read_text(&file)?;
    let parse = |(index, line)| {
        serde_json::from_str(line).map_err(|error| Problem::at(&file, index + 1, format_args!("no sentence: {error}")))
    };
    text.lines().enumerate().map(parse).collect()
}

fn evaluate(glossary: &Glossary, sentences: &[Sentence], split: &str, mut tell: impl FnMut(String)) -> Counts {
    let mut counts = Counts::default();
    for sentence in sentences.iter().filter(|sentence| sentence.split == split) {
        let mut options = AnnotateOptions::default();
        options.year = sentence.year;
        let found = glossary.annotate(&sentence.text, &Prose::whole(&sentence.text), &options);
        let glosses: BTreeSet<Gloss> =
            found.iter().filter(|found| found.action == Action::Gloss).map(gloss_of).collect();
        let expected: BTreeSet<Gloss> = sentence
            .expect
            .iter()
            .map(|expected| (expected.surface.clone(), expected.modern.split(';').map(str::to_string).collect()))
            .collect();
        counts.right += glosses.intersection(&expected).count();
        for (surface, modern) in glosses.difference(&expected) {
            counts.wrong += 1;
            let rule = found.iter().find(|found| found.surface == *surface).map_or("", |found| found.rule.name());
            tell(format!("{} wrong  {surface} = {} ({rule}): {}", sentence.id, join(modern), sentence.text));
        }
        for (surface, modern) in expected.difference(&glosses) {
            counts.missed += 1;
            let seen = found.iter().filter(|found| found.surface == *surface);
            let seen: Vec<String> = seen.map(|found| format!("{} {}", found.rule, found.confidence)).collect();
            let seen = seen.join(", ");
            tell(format!("{} missed {surface} = {} ({seen}): {}", sentence.id, join(modern), sentence.text));
        }
    }
    counts
}

fn gloss_of(annotation: &Annotation<'_>) -> Gloss {
    let name = |modern: &tongwen_glossary::Modern<'_>| match modern.unit() {
        Some(unit) => unit.code().to_string(),
        None => modern.name(Script::Simplified).to_string(),
    };
    (annotation.surface.clone(), annotation.modern.iter().map(name).collect())
}

fn join(names: &BTreeSet<String>) -> String {
    names.iter().map(String::as_str).collect::<Vec<_>>().join(";")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What has been reached may not be lost: each bound lies just below what `cargo xtask places evaluate` prints.
    #[test]
    fn names_are_read_as_well_as_before() {
        let sentences = read(&crate::repository()).unwrap_or_else(|problem| panic!("{problem}"));
        for (split, right, precision, recall) in [("dev", 281, 0.999, 0.965), ("held", 140, 0.971, 0.933)] {
            let counts = evaluate(&Glossary::embedded(), &sentences, split, |_| {});
            assert!(counts.right >= right, "{split}: {counts:?}");
            assert!(counts.precision() >= precision && counts.recall() >= recall, "{split}: {counts:?}");
        }
    }
}
