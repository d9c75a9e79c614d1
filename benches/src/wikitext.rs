//! Pages of wikitext: how fast they are converted as such, and what tools break that take them for plain text.
//!
//! The pages are the project's own sample article, or pages of the user's, each converted by itself, as a wiki has them. zhconv reads
//! wikitext in two ways: `basic` evaluates and removes the markup, `extended` applies a page's rules too. Neither leaves link targets or
//! templates alone, so they do less; they stand here as bars of speed.

use std::collections::BTreeMap;
use std::hint::black_box;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};
use tongwen::{Config, Converter, Markers, PlacedOutput, Variant};
use tongwen_formats::{Document, Format, Options};
use zhconv::get_builtin_converter;

use crate::contender::{Contender, convert};
use crate::places;
use crate::report::{Side, Table, number};
use crate::sample::{Clock, Figure, Plan, Task, interleave};

/// The target of all of it.
const TARGET: Variant = Variant::ZhTw;
/// Bytes of pages in one round.
const ROUND: usize = 500_000;

/// Speed on pages.
#[derive(Serialize, Deserialize)]
pub(crate) struct Pages {
    pub(crate) source: String,
    pub(crate) bytes: usize,
    pub(crate) clock: Clock,
    pub(crate) results: BTreeMap<String, Figure>,
}

impl Pages {
    /// How many times as fast as `other` the contender is, by the figures of this run.
    pub(crate) fn over(&self, contender: &str, other: &str) -> Option<f64> {
        Some(self.results.get(other)?.over(self.results.get(contender)?))
    }
}

/// The pages named, or the sample article.
pub(crate) fn pages(paths: &[PathBuf]) -> Result<(String, Vec<String>)> {
    let sample = places::repository().join("tests/data/article/sample.wikitext");
    let paths = if paths.is_empty() { std::slice::from_ref(&sample) } else { paths };
    let read = |path: &PathBuf| std::fs::read_to_string(path).with_context(|| path.display().to_string());
    let pages = paths.iter().map(read).collect::<Result<Vec<_>>>()?;
    let name = |path: &PathBuf| path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
    Ok((paths.iter().map(name).collect::<Vec<_>>().join(", "), pages))
}

/// Measures all of them, in turns.
pub(crate) fn measure(source: String, pages: &[String], plan: Plan) -> Pages {
    let once: usize = pages.iter().map(String::len).sum();
    let rounds = (ROUND / once.max(1)).max(1);
    let mixed = Converter::builder().to(TARGET).markers(Markers::Convert).build().expect("a target alone builds");
    let known = Converter::builder().from(Variant::ZhHans).to(TARGET).markers(Markers::Convert).build();
    let known = known.expect("a source and a target build");
    let mut tasks: Vec<Task<'_>> = Vec::new();
    tasks.push(Task::new("tongwen scan alone", move || {
        for page in (0..rounds).flat_map(|_| pages) {
            black_box(scan(black_box(page)));
        }
    }));
    for (name, converter) in [("tongwen mixed", &mixed), ("tongwen", &known)] {
        let mut output = PlacedOutput::new();
        tasks.push(Task::new(name, move || {
            for page in (0..rounds).flat_map(|_| pages) {
                page_of(converter, black_box(page), &mut output, |converted| _ = black_box(converted));
            }
        }));
    }
    for (name, converter) in [("plain text mixed", &mixed), ("plain text", &known)] {
        let mut output = String::new();
        tasks.push(Task::new(name, move || {
            for page in (0..rounds).flat_map(|_| pages) {
                output.clear();
                converter.convert_into(black_box(page), &mut output);
                black_box(&output);
            }
        }));
    }
    let peer = get_builtin_converter(zhconv::Variant::ZhTW);
    for (name, extended) in [("zhconv basic", false), ("zhconv extended", true)] {
        let mut output = String::new();
        tasks.push(Task::new(name, move || {
            for page in (0..rounds).flat_map(|_| pages) {
                output.clear();
                match extended {
                    true => peer.convert_to_as_wikitext_extended(black_box(page), &mut output),
                    false => peer.convert_to_as_wikitext_basic(black_box(page), &mut output),
                }
                black_box(&output);
            }
        }));
    }
    let figures = interleave(&mut tasks, plan);
    let results = tasks.iter().zip(figures).map(|(task, figure)| (task.name.clone(), figure)).collect();
    Pages { source, bytes: once * rounds, clock: plan.clock, results }
}

/// A page scanned.
fn scan(page: &str) -> Document<'_> {
    let mut options = Options::default();
    options.variant = Some(TARGET);
    Document::scan(Format::Wikitext, page, &options)
}

/// A page scanned, converted and put together again, into a buffer that is used for all pages.
fn page_of(converter: &Converter, page: &str, output: &mut PlacedOutput, take: impl FnOnce(&str)) {
    let document = scan(page);
    let (pairs, epochs) = (document.page_pairs(), document.epochs());
    converter.convert_ranges_in_place(document.text(), document.requested(), pairs, &epochs, output);
    take(&document.assemble_placed(output));
}

pub(crate) fn print(pages: &Pages) {
    println!("wikitext to zh-tw, page by page: {}, {:.2} MB a round\n", pages.source, pages.bytes as f64 / 1e6);
    let mut table = Table::new(Side::Right, ["", "MB/s", "x plain text", "x zhconv basic", "x zhconv extended"]);
    for (name, figure) in &pages.results {
        let plain = if name.contains("mixed") { "plain text mixed" } else { "plain text" };
        let mut row = vec![name.clone(), number(Some(figure.megabytes(pages.bytes)))];
        row.extend([plain, "zhconv basic", "zhconv extended"].map(|other| number(pages.over(name, other))));
        table.row(row);
    }
    table.print();
}

/// One line with everything in it that must stay, and what stays of it.
const LINE: &str = "[[File:国军.jpg|thumb|国军]]的[[国军|军]]{{flag|中国}}，巴-{里}-坤<ref name=\"国\">[http://x.org/国 书]</ref><code>国</code>";

/// What must be in the converted line, and what that shows.
const FACTS: [(&str, &str); 8] = [
    ("text", "|國軍]]的"),
    ("file name", "File:国军.jpg"),
    ("link target", "[[国军|軍]]"),
    ("template value", "{{flag|中国}}"),
    ("protected span", "-{里}-"),
    ("name of a note", "name=\"国\""),
    ("address", "http://x.org/国 "),
    ("code", "<code>国</code>"),
];

/// Prints what each tool makes of the line.
pub(crate) fn breaks() -> Result<()> {
    let mut results: Vec<(&str, String)> = Vec::new();
    let converter = Converter::builder().to(TARGET).build().expect("a target alone builds");
    page_of(&converter, LINE, &mut PlacedOutput::new(), |line| results.push(("tongwen", line.to_string())));
    for contender in [Contender::Opencc, Contender::Fmmseg, Contender::Ferrous] {
        if let Some(engine) = contender.engine(Config::S2Tw)? {
            results.push((contender.name(), convert(&*engine, LINE)));
        }
    }
    let peer = get_builtin_converter(zhconv::Variant::ZhTW);
    results.push(("zhconv", peer.convert(LINE)));
    results.push(("zhconv basic", peer.convert_as_wikitext_basic(LINE)));
    results.push(("zhconv extended", peer.convert_as_wikitext_extended(LINE)));
    println!("{LINE}\n");
    for (name, result) in &results {
        println!("{name}: {result}");
    }
    println!();
    let mut table = Table::new(Side::Left, [""].into_iter().chain(FACTS.map(|(what, _)| what)));
    for (name, result) in &results {
        let kept = FACTS.map(|(_, fact)| if result.contains(fact) { "right" } else { "wrong" }.to_string());
        table.row([name.to_string()].into_iter().chain(kept).collect());
    }
    table.print();
    Ok(())
}

/// The file of a page on the command line.
pub(crate) fn page(argument: &str) -> Result<PathBuf, String> {
    let path = Path::new(argument);
    if path.is_file() { Ok(path.to_path_buf()) } else { Err("no such file".to_string()) }
}
