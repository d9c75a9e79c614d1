//! `cargo xtask instructions`: how many instructions typical work takes, held against a table that is checked in.
//!
//! Times on a machine that does other things as well cannot tell a loss of a few per cent from noise; counts of instructions can: they are the same in
//! every run. So they guard speed where nobody watches, and the benchmarks say what the speed is.
//!
//! A case is run by this very program, under valgrind, in processes that do its work a few times and many times; the difference of their counts is what
//! the work itself takes, without start and preparation: where two rounds count 1,000,000 and eight count 4,000,000, a round takes 500,000. Texts are the sentences and the article in the repository, so every checkout counts the same.
//!
//! valgrind knows AVX2 but not AVX-512, so the kernel with AVX2 is what is guarded. A rise of more than
//! [`TOLERANCE`] fails; what is meant to cost more is written with `--write`, which makes the rise part of the change that a reviewer reads.
//!
//! # Limits
//!
//! Counts are those of a compiler, whose name stands in the table. Another one moves them, here more and there less, so with another one only a rise of more
//! than [`OTHER_COMPILER`] fails. The library of the system is part of the work (copies, allocation) and differs a little between machines. A build without
//! `--release` is told so and compares nothing, and so is a machine without AVX2.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::hint::black_box;
use std::path::Path;
use std::process::Command;
use std::thread;

use tongwen::{Config, Converter, Markers, RangeOutput, UserDictionary, Variant};
use tongwen_formats::{Document, Format, Options};
use tongwen_glossary::{AnnotateOptions, Glossary, Prose, Query, Script};

use crate::problem::{Problem, Result, read_text, write};

/// The table, from the root of the repository.
const TABLE: &str = "benches/instructions.tsv";
/// By how many per cent a count may rise.
const TOLERANCE: u64 = 5;
/// By how many with another compiler than that of the table.
const OTHER_COMPILER: u64 = 25;
/// Rounds of the two processes of a case.
const ROUNDS: [u64; 2] = [2, 8];

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Write the table instead of comparing with it
    #[arg(long)]
    write: bool,
    /// Only cases whose names contain this
    #[arg(long, value_name = "TEXT", default_value = "")]
    only: String,
}

/// What the hidden command takes.
#[derive(clap::Args)]
pub(crate) struct One {
    case: String,
    rounds: u64,
}

/// Counts every case and compares or writes.
pub(crate) fn run(root: &Path, arguments: &Arguments) -> Result<()> {
    if cfg!(debug_assertions) {
        let command = "cargo run --release -p xtask -- instructions";
        return Err(Problem::new(format!("counts are those of a release build, and this is none; run {command}")));
    }
    if !has_avx2() {
        println!("not compared: this machine has no AVX2, and the counts in {TABLE} are those of the kernel with AVX2");
        return Ok(());
    }
    let names: Vec<&str> = CASES.iter().map(|case| case.name).filter(|name| name.contains(&arguments.only)).collect();
    let counts = count_all(&names)?;
    let file = root.join(TABLE);
    if arguments.write {
        let mut all = if file.exists() { read(&file)? } else { BTreeMap::new() };
        all.retain(|name, _| CASES.iter().any(|case| case.name == name));
        all.extend(counts);
        return write(&file, table(&all).as_bytes());
    }
    let tolerance = if read_text(&file)?.lines().next() == Some(heading().as_str()) {
        TOLERANCE
    } else {
        println!("another compiler than that of the table: rises of up to {OTHER_COMPILER} % may be its doing");
        OTHER_COMPILER
    };
    compare(&read(&file)?, &counts, tolerance).map_err(|problem| Problem::of(&file, problem))
}

/// Prints the counts beside those of the table; what has risen too far, or has no row, is an error.
fn compare(expected: &BTreeMap<String, u64>, counts: &BTreeMap<String, u64>, tolerance: u64) -> Result<()> {
    let mut risen = Vec::new();
    for (name, &count) in counts {
        let Some(&before) = expected.get(name) else {
            return Err(Problem::new(format!("no count of {name:?}; write it with --write")));
        };
        let change = count as f64 / before as f64 - 1.0;
        println!("{name:<24}{before:>12}{count:>12}{:>+8.1} %", change * 100.0);
        if count * 100 > before * (100 + tolerance) {
            risen.push(format!("{name} by {:.1} %", change * 100.0));
        }
    }
    if risen.is_empty() {
        return Ok(());
    }
    Err(Problem::new(format!(
        "instructions rose by more than {tolerance} %: {}; find out why, or write the table anew with --write and say why",
        risen.join(", ")
    )))
}

#[cfg(target_arch = "x86_64")]
fn has_avx2() -> bool {
    std::arch::is_x86_feature_detected!("avx2")
}

#[cfg(not(target_arch = "x86_64"))]
fn has_avx2() -> bool {
    false
}

/// The table's text: the compiler, then a case a line.
fn table(counts: &BTreeMap<String, u64>) -> String {
    let mut text = heading() + "\n";
    for (name, count) in counts {
        _ = writeln!(text, "{name}\t{count}");
    }
    text
}

/// The first line of a table that this compiler makes.
fn heading() -> String {
    format!("# case\tinstructions a round; made by cargo xtask instructions --write with {}", compiler())
}

fn compiler() -> String {
    let output = Command::new("rustc").arg("--version").output();
    output.map_or_else(|_| "an unknown compiler".into(), |output| String::from_utf8_lossy(&output.stdout).trim().into())
}

fn read(file: &Path) -> Result<BTreeMap<String, u64>> {
    let text = read_text(file)?;
    let rows = text.lines().enumerate().filter(|(_, line)| !line.starts_with('#'));
    rows.map(|(index, line)| {
        let row = line.split_once('\t').and_then(|(name, count)| Some((name.to_string(), count.parse().ok()?)));
        row.ok_or_else(|| Problem::at(file, index + 1, "expected a case, a tab and a count"))
    })
    .collect()
}

/// Counts cases, as many at a time as there are processors: counts do not depend on what else runs.
fn count_all(names: &[&str]) -> Result<BTreeMap<String, u64>> {
    let lanes = thread::available_parallelism().map_or(1, usize::from);
    let count_lane = |lane: usize| {
        let names = names.iter().skip(lane).step_by(lanes);
        names.map(|name| Ok((name.to_string(), count(name)?))).collect::<Result<Vec<_>>>()
    };
    let parts = thread::scope(|scope| {
        let lanes: Vec<_> = (0..lanes).map(|lane| scope.spawn(move || count_lane(lane))).collect();
        lanes.into_iter().map(|lane| lane.join().expect("counting does not panic")).collect::<Vec<_>>()
    });
    Ok(parts.into_iter().collect::<Result<Vec<_>>>()?.into_iter().flatten().collect())
}

/// Instructions of one round of a case.
fn count(name: &str) -> Result<u64> {
    let [few, many] = ROUNDS;
    Ok(process(name, many)?.saturating_sub(process(name, few)?) / (many - few))
}

/// Instructions of a process with a number of rounds.
fn process(name: &str, rounds: u64) -> Result<u64> {
    let program = std::env::current_exe().map_err(|error| Problem::new(format!("this program's own file: {error}")))?;
    let output = Command::new("valgrind")
        .args(["--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null"])
        .arg(program)
        .args(["instructions-case", name, &rounds.to_string()])
        .output()
        .map_err(|error| Problem::new(format!("valgrind: {error}; install it (Debian: apt-get install valgrind)")))?;
    let said = String::from_utf8_lossy(&output.stderr);
    let total = said.lines().find_map(|line| {
        let (_, count) = line.split_once("refs:")?;
        count.trim().replace(',', "").parse().ok()
    });
    match total {
        Some(total) if output.status.success() => Ok(total),
        _ => Err(Problem::new(format!("valgrind counted nothing of {name:?}; it said:\n{said}"))),
    }
}

/// Does the work of one case; what the processes under valgrind run.
pub(crate) fn run_one(root: &Path, one: &One) -> Result<()> {
    let case = CASES.iter().find(|case| case.name == one.case);
    let case = case.ok_or_else(|| Problem::new(format!("no case {:?}", one.case)))?;
    let mut work = (case.prepare)(&Texts::read(root)?);
    for _ in 0..one.rounds {
        work();
    }
    Ok(())
}

/// The texts of the repository that cases work on.
struct Texts {
    /// Sentences about history and places, in the one script or the other.
    sentences: String,
    hans: String,
    hant: String,
    page: String,
}

impl Texts {
    fn read(root: &Path) -> Result<Texts> {
        let sentences = sentences(root)?;
        Ok(Texts {
            hans: Converter::new(Config::T2S).convert(&sentences).into_owned(),
            hant: Converter::new(Config::S2T).convert(&sentences).into_owned(),
            page: read_text(&root.join("tests/data/article/sample.wikitext"))?,
            sentences,
        })
    }
}

/// Sentences about history and places, a line each.
pub(crate) fn sentences(root: &Path) -> Result<String> {
    let file = root.join("crates/glossary/tests/data/sentences.jsonl");
    let mut sentences = String::new();
    for (index, line) in read_text(&file)?.lines().enumerate() {
        let row: serde_json::Value =
            serde_json::from_str(line).map_err(|error| Problem::at(&file, index + 1, error))?;
        sentences += row["text"].as_str().unwrap_or_default();
        sentences.push('\n');
    }
    Ok(sentences)
}

type Work = Box<dyn FnMut()>;

struct Case {
    name: &'static str,
    prepare: fn(&Texts) -> Work,
}

const CASES: &[Case] = &[
    Case { name: "convert s2t", prepare: |texts| config(Config::S2T, &texts.hans) },
    Case { name: "convert s2tw", prepare: |texts| config(Config::S2Tw, &texts.hans) },
    Case { name: "convert s2twp", prepare: |texts| config(Config::S2Twp, &texts.hans) },
    Case { name: "convert s2twp hant", prepare: |texts| config(Config::S2Twp, &texts.hant) },
    Case { name: "convert s2hkp", prepare: |texts| config(Config::S2Hkp, &texts.hans) },
    Case { name: "convert t2s", prepare: |texts| config(Config::T2S, &texts.hant) },
    Case { name: "convert tw2s", prepare: |texts| config(Config::Tw2S, &texts.hant) },
    Case { name: "convert tw2sp", prepare: |texts| config(Config::Tw2Sp, &texts.hant) },
    Case { name: "convert hk2sp", prepare: |texts| config(Config::Hk2Sp, &texts.hant) },
    Case { name: "convert t2jp", prepare: |texts| config(Config::T2Jp, &texts.hant) },
    Case { name: "mixed to zh-cn", prepare: |texts| convert(to(Variant::ZhCn), &texts.sentences) },
    Case { name: "mixed to zh-tw", prepare: |texts| convert(to(Variant::ZhTw), &texts.sentences) },
    Case { name: "markers s2t", prepare: |texts| convert(Converter::new(Config::S2T), &texts.hans) },
    Case { name: "strings s2t", prepare: |texts| strings(Config::S2T, &texts.hans) },
    Case { name: "strings tw2sp", prepare: |texts| strings(Config::Tw2Sp, &texts.hant) },
    Case { name: "user pairs s2t", prepare: |texts| convert(with_pairs(), &texts.hans) },
    Case { name: "edits s2t", prepare: |texts| edits(&texts.hans) },
    Case { name: "stream s2t", prepare: |texts| stream(&texts.hans) },
    Case { name: "page known", prepare: |texts| page(from(Variant::ZhHans), &texts.page) },
    Case { name: "page mixed", prepare: |texts| page(to(Variant::ZhTw), &texts.page) },
    Case { name: "lookup", prepare: |_| lookup() },
    Case { name: "annotate", prepare: |texts| annotate(&texts.hant) },
];

fn config(config: Config, text: &str) -> Work {
    let converter = Converter::builder().config(config).markers(Markers::Convert).build();
    convert(converter.expect("a config alone builds"), text)
}

fn to(target: Variant) -> Converter {
    Converter::builder().to(target).markers(Markers::Convert).build().expect("a target alone builds")
}

fn from(source: Variant) -> Converter {
    let builder = Converter::builder().from(source).to(Variant::ZhTw).markers(Markers::Convert);
    builder.build().expect("a source and a target build")
}

/// Ten thousand pairs that no text has, as a dictionary of product names is to most texts.
fn with_pairs() -> Converter {
    let characters: Vec<char> = ('\u{4E00}'..='\u{9FA5}').step_by(2).collect();
    let mut rows = String::new();
    for (index, pair) in characters.chunks(2).cycle().take(10_000).enumerate() {
        let third = characters[(index * 7 + 3) % characters.len()];
        rows.extend(pair);
        rows.push(third);
        rows += "\tX\n";
    }
    let pairs = UserDictionary::parse("pairs", &rows).expect("rows of a source, a tab and a target are a dictionary");
    let builder = Converter::builder().config(Config::S2T).markers(Markers::Convert).dictionary(pairs);
    builder.build().expect("a config and a dictionary build")
}

fn convert(converter: Converter, text: &str) -> Work {
    let (text, mut output) = (text.to_string(), String::new());
    Box::new(move || {
        output.clear();
        converter.convert_into(black_box(&text), &mut output);
        black_box(&output);
    })
}

/// Strings of 16 characters.
fn strings(config: Config, text: &str) -> Work {
    let converter = Converter::builder().config(config).markers(Markers::Convert).build();
    let converter = converter.expect("a config alone builds");
    let characters: Vec<char> = text.chars().filter(|character| *character != '\n').collect();
    let strings: Vec<String> = characters.chunks(16).take(500).map(|chunk| chunk.iter().collect()).collect();
    let mut output = String::new();
    Box::new(move || {
        for string in &strings {
            output.clear();
            converter.convert_into(black_box(string), &mut output);
            black_box(&output);
        }
    })
}

fn edits(text: &str) -> Work {
    let (converter, text) = (Converter::new(Config::S2T), text[..text.floor_char_boundary(20_000)].to_string());
    Box::new(move || _ = black_box(converter.edits(black_box(&text))))
}

fn stream(text: &str) -> Work {
    let (converter, text, mut output) = (Converter::new(Config::S2T), text.to_string(), Vec::new());
    Box::new(move || {
        output.clear();
        let mut stream = converter.stream();
        for chunk in text.as_bytes().chunks(64 << 10) {
            stream.push(black_box(chunk), &mut output).expect("the text is UTF-8");
        }
        stream.finish(&mut output).expect("the text is UTF-8");
        black_box(&output);
    })
}

fn page(converter: Converter, page: &str) -> Work {
    let (page, mut output) = (page.to_string(), RangeOutput::new());
    Box::new(move || {
        let mut options = Options::default();
        options.variant = Some(Variant::ZhTw);
        let document = Document::scan(Format::Wikitext, black_box(&page), &options);
        let (ranges, epochs) = (document.text_ranges(), document.epochs());
        converter.convert_ranges_into(document.text(), &ranges, document.page_pairs(), &epochs, &mut output);
        black_box(document.assemble(&output.iter().collect::<Vec<_>>()));
    })
}

/// About every twentieth name, once each however many places have it; chosen by its bytes and not by where it stands, so that a new row does not
/// choose others.
fn lookup() -> Work {
    let glossary = Glossary::embedded();
    let chosen = |name: &&str| name.bytes().map(usize::from).sum::<usize>().is_multiple_of(20);
    let names: BTreeSet<&str> =
        glossary.entries().map(|entry| entry.name(Script::Traditional)).filter(chosen).collect();
    let names: Vec<Query> = names.into_iter().map(Query::new).collect();
    Box::new(move || {
        for name in &names {
            black_box(glossary.lookup(black_box(name)));
        }
    })
}

fn annotate(text: &str) -> Work {
    let (glossary, text, options) = (Glossary::embedded(), text.to_string(), AnnotateOptions::default());
    Box::new(move || {
        let prose = Prose::whole(&text);
        black_box(glossary.annotate(black_box(&text), &prose, &options));
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(rows: &[(&str, u64)]) -> BTreeMap<String, u64> {
        rows.iter().map(|(name, count)| (name.to_string(), *count)).collect()
    }

    #[test]
    fn rises_beyond_the_tolerance_fail() {
        let table = counts(&[("convert", 1000), ("lookup", 200)]);
        assert!(compare(&table, &counts(&[("convert", 1050), ("lookup", 100)]), TOLERANCE).is_ok());
        let risen = counts(&[("convert", 1051), ("lookup", 200)]);
        let problem = compare(&table, &risen, TOLERANCE).unwrap_err().to_string();
        assert!(problem.contains("convert by 5.1 %"), "{problem}");
        assert!(compare(&table, &risen, OTHER_COMPILER).is_ok());
        assert!(compare(&table, &counts(&[("convert", 1251)]), OTHER_COMPILER).is_err());
        assert!(compare(&table, &counts(&[("new", 1)]), TOLERANCE).is_err());
    }

    #[test]
    fn the_table_has_every_case_and_no_other() {
        let root = crate::repository();
        let rows = read(&root.join(TABLE)).unwrap();
        let cases: BTreeSet<&str> = CASES.iter().map(|case| case.name).collect();
        assert_eq!(rows.keys().map(String::as_str).collect::<BTreeSet<_>>(), cases);
    }

    #[test]
    fn every_case_has_work() {
        let texts = Texts::read(&crate::repository()).unwrap();
        for case in CASES {
            (case.prepare)(&texts)();
        }
    }
}
