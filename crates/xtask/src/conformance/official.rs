//! OpenCC's own cases and golden files.
//!
//! Upstream puts all inputs of a config into one file, a line each, and compares the lines that its command line gives with
//! `--include-tofu-risk-dictionaries`. Here each input is also converted alone. The golden files are upstream's output for one
//! long text; those whose name ends in `_jieba` need a segmentation plug-in and are left out.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;
use tongwen::{Config, TofuRisk};

use super::Run;
use super::engines::Conversion;
use crate::fetch;
use crate::problem::{Problem, Result, read_text};

/// Expectations in the release's file of cases. A reader that loses some would make the comparison worth less.
const EXPECTATIONS: usize = 556;
/// Golden outputs that need no plug-in.
const GOLDEN_FILES: usize = 5;
const GOLDEN_TEXT: &str = "us_constitution_zhs";

#[derive(Deserialize)]
struct CaseFile {
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    id: String,
    input: String,
    /// Output by config.
    expected: BTreeMap<String, String>,
}

/// Runs cases and golden files for the configs of the run; gives the number of failures.
pub(super) fn run(run: &Run) -> Result<usize> {
    let source = fetch::source_package(&run.work)?;
    let subject = run.arguments.subject;

    let cases = read_cases(&source.join("test/testcases/testcases.json"))?;
    let mut failures = 0;
    let mut expectations = 0;
    for config in &run.configs {
        let convert = subject.prepare(*config, TofuRisk::Include)?;
        let of_config: Vec<(&str, &str, &str)> = cases
            .iter()
            .filter_map(|case| Some((&*case.id, &*case.input, &**case.expected.get(config.name())?)))
            .collect();
        expectations += of_config.len();
        let lines = |pick: fn(&(&str, &str, &str)) -> String| of_config.iter().map(pick).collect::<Vec<_>>().join("\n");
        failures += expect(&convert, *config, "all cases", &lines(|case| case.1.into()), &lines(|case| case.2.into()));
        for (id, input, expected) in of_config {
            failures += expect(&convert, *config, id, input, expected);
        }
    }
    println!("official: {expectations} expectations, {failures} failures");

    let folder = source.join("test/golden");
    let input = read_text(&folder.join("input").join(format!("{GOLDEN_TEXT}.txt")))?;
    let mut files = 0;
    for config in Config::ALL {
        let output = folder.join("output").join(format!("{GOLDEN_TEXT}.{config}.txt"));
        if output.is_file() {
            files += 1;
            if run.configs.contains(&config) {
                // Upstream makes these with its command line, which leaves risky characters out.
                let convert = subject.prepare(config, TofuRisk::Exclude)?;
                failures += expect(&convert, config, "golden file", &input, &read_text(&output)?);
            }
        }
    }
    if files != GOLDEN_FILES {
        return Err(Problem::of(&folder, format_args!("{files} golden files, expected {GOLDEN_FILES}")));
    }
    println!("golden: {files} files, {failures} failures so far");
    Ok(failures)
}

fn read_cases(file: &Path) -> Result<Vec<Case>> {
    // The file has trailing commas.
    let cases: CaseFile = jsonc_parser::parse_to_serde_value(&read_text(file)?, &Default::default())
        .map_err(|error| Problem::of(file, error))?;
    let count: usize = cases.cases.iter().map(|case| case.expected.len()).sum();
    if count != EXPECTATIONS {
        return Err(Problem::of(file, format_args!("{count} expectations, expected {EXPECTATIONS}")));
    }
    Ok(cases.cases)
}

/// How many entry points give another result.
fn expect(convert: &Conversion, config: Config, id: &str, input: &str, expected: &str) -> usize {
    let outcomes = convert(input).into_iter();
    let wrong = outcomes.filter(|outcome| outcome.text != expected).inspect(|outcome| {
        let (line, found, expected) = first_different_line(&outcome.text, expected);
        println!("{config} {id} by {}: line {line}\n  want {expected}\n  got  {found}", outcome.by);
    });
    wrong.count()
}

/// The first line that differs, from 1, in both texts.
fn first_different_line<'a>(found: &'a str, expected: &'a str) -> (usize, &'a str, &'a str) {
    let mut pairs = found.split('\n').zip(expected.split('\n')).zip(1..);
    let different = pairs.find(|((found, expected), _)| found != expected);
    different.map_or((0, found, expected), |((found, expected), line)| (line, found, expected))
}
