//! `cargo xtask seeds`: what fuzzing starts from, in `fuzz/corpus`.
//!
//! A fuzzer that starts from nothing needs hours to find a template or a phrase. The texts of all case files, sentences with names of places, and texts made to
//! break a converter are put where cargo-fuzz looks for them, behind the bytes that the target reads first; packages,
//! dumps and tables besides, for the target that reads files.

use std::path::Path;

use serde_json::Value;
use tongwen_formats::package::PackageFormat;
use tongwen_tests::adversarial::Generator;
use tongwen_tests::archives::{Layout, archive};
use tongwen_tests::engine_laws::material;
use tongwen_tests::packages;

use crate::problem::{Problem, Result, read_text, write};

/// The targets that read text, and what comes before it: numbers that choose configs and sizes of chunks.
const TEXTS: &[(&str, &[&[u8]])] = &[
    ("engine", &[&[8, 1], &[5, 0], &[3, 1], &[14, 1]]),
    ("stream", &[&[0, 1, 7, 0], &[1, 1, 60, 0], &[2, 0], &[3, 1, 0, 0]]),
    ("pairs", &[&[0, 3, 0], &[1, 90, 0], &[2, 0, 0], &[3, 9, 1]]),
    ("own_pairs", &[&[0, 9, 0], &[1, 60, 1], &[2, 2, 2], &[3, 0, 0], &[4, 7, 0]]),
    ("documents", &[&[]]),
    ("wikitext_time", &[&[]]),
    ("names", &[&[]]),
];
/// Texts of the generator's for each target.
const GENERATED: usize = 200;

/// Writes the files, over those of an earlier run.
pub(crate) fn run(root: &Path) -> Result<()> {
    let corpus = root.join("fuzz/corpus");
    let mut texts = inputs(&root.join("tests/data"))?;
    texts.extend(strings(&root.join("crates/glossary/tests/data/sentences.jsonl"), "text")?);
    let material = material();
    let mut generator = Generator::new(&material, 1);
    texts.extend((0..GENERATED).map(|_| generator.text()));
    let mut written = 0;
    for (target, beginnings) in TEXTS {
        for (number, text) in texts.iter().enumerate() {
            let seed = [beginnings[number % beginnings.len()], text.as_bytes()].concat();
            write(&corpus.join(target).join(format!("seed-{number:05}")), &seed)?;
        }
        written += texts.len();
    }
    let files = files(root)?;
    for (number, (kind, bytes)) in files.iter().enumerate() {
        write(&corpus.join(format!("files/seed-{number:05}")), &[&[*kind], bytes.as_slice()].concat())?;
    }
    println!("fuzz/corpus: {} seeds", written + files.len());
    Ok(())
}

/// The inputs of all case files below a folder.
fn inputs(folder: &Path) -> Result<Vec<String>> {
    let mut found = Vec::new();
    let entries = std::fs::read_dir(folder).map_err(|error| Problem::of(folder, error))?;
    let mut paths: Vec<_> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            found.extend(inputs(&path)?);
        } else if path.extension().is_some_and(|extension| extension == "jsonl") {
            found.extend(strings(&path, "input")?);
        }
    }
    Ok(found)
}

/// A member of each line, where it is a string.
fn strings(file: &Path, member: &str) -> Result<Vec<String>> {
    let text = read_text(file)?;
    let values = text.lines().enumerate().map(|(number, line)| {
        serde_json::from_str::<Value>(line).map_err(|error| Problem::at(file, number + 1, error))
    });
    let values: Vec<Value> = values.collect::<Result<_>>()?;
    Ok(values.iter().filter_map(|value| value[member].as_str().map(str::to_string)).collect())
}

/// What the target `files` reads: the number of a kind, and the bytes.
fn files(root: &Path) -> Result<Vec<(u8, Vec<u8>)>> {
    let mut files = Vec::new();
    for (kind, format) in [(4, PackageFormat::Epub), (3, PackageFormat::Docx)] {
        let entries = packages::sample(format);
        files.extend(Layout::ALL.map(|layout| (kind, archive(&entries, layout))));
    }
    for (kind, folder) in
        [(5, "tests/data/dump"), (6, "crates/glossary/tests/data/exchange"), (2, "dictionaries/derived")]
    {
        let folder = root.join(folder);
        let entries = std::fs::read_dir(&folder).map_err(|error| Problem::of(&folder, error))?;
        let mut paths: Vec<_> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
        paths.sort();
        for path in paths.iter().filter(|path| path.is_file()) {
            files.push((kind, std::fs::read(path).map_err(|error| Problem::of(path, error))?));
        }
    }
    for table in ["places", "units-corrections"] {
        let rows = read_text(&root.join(format!("dictionaries/places/{table}.csv")))?;
        let some: Vec<&str> = rows.lines().take(20).collect();
        files.push((7, (some.join("\n") + "\n").into_bytes()));
    }
    Ok(files)
}
