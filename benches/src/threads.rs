//! What a second thread gives the command: one large text, and many small files.
//!
//! Each case is run with one thread and with several, in turns; the ratio is the median of the ratios within rounds. The time is that of whole runs by
//! the clock on the wall, since the time of threads says nothing about how they wait for each other: figures from a busy machine are worthless, and
//! the table says how busy it was.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Result, bail};
use serde::{Deserialize, Serialize};

use crate::programs::Scratch;
use crate::report::{Side, Table, number};
use crate::sample::median;

/// Small files, and how many bytes they have together at most.
const FILES: usize = 2_000;
const TOGETHER: usize = 60_000_000;

/// One case.
#[derive(Serialize, Deserialize)]
pub(crate) struct Threading {
    /// What is converted, and how.
    pub(crate) case: String,
    pub(crate) bytes: u64,
    pub(crate) threads: usize,
    /// Milliseconds of a run with one thread and with several, medians.
    pub(crate) one: f64,
    pub(crate) several: f64,
    /// How many times as fast several threads are: the median of the ratios within rounds.
    pub(crate) ratio: f64,
    pub(crate) rounds: usize,
}

struct Case<'a> {
    name: String,
    bytes: u64,
    arguments: Vec<&'a str>,
    input: Option<&'a Path>,
    output: Output<'a>,
}

/// Where a result goes.
enum Output<'a> {
    Nowhere,
    File(&'a Path),
    Folder(&'a Path),
}

/// Measures the cases with one thread and with `threads`, on `text` repeated to so many bytes.
pub(crate) fn measure(ours: &Path, text: &str, bytes: u64, threads: usize, rounds: usize) -> Result<Vec<Threading>> {
    let scratch = Scratch::new()?;
    let (large, bytes) = scratch.repeated("large.txt", text, bytes)?;
    let files = scratch.path().join("files");
    let together = small_files(&files, text)?;
    let (single, folder) = (scratch.path().join("out.txt"), scratch.path().join("out"));
    let mut cases = Vec::new();
    for arguments in [["-c", "s2t"], ["-t", "zh-tw"]] {
        let [flag, value] = arguments;
        let name = |what: &str| format!("{what}, {flag} {value}");
        let case = |what: &str, bytes, input, output| Case {
            name: name(what),
            bytes,
            arguments: vec!["convert", flag, value],
            input,
            output,
        };
        cases.push(case("one text, thrown away", bytes, Some(large.as_path()), Output::Nowhere));
        cases.push(case("one text into a file", bytes, Some(large.as_path()), Output::File(&single)));
        cases.push(case("many files", together, None, Output::Folder(&folder)));
    }
    cases.iter().map(|case| one_case(ours, case, &files, threads, rounds)).collect()
}

fn one_case(ours: &Path, case: &Case<'_>, files: &Path, threads: usize, rounds: usize) -> Result<Threading> {
    let mut times = [Vec::new(), Vec::new()];
    // The first round brings everything into memory and is not counted.
    for round in 0..=rounds {
        for turn in 0..2 {
            let which = (turn + round) % 2;
            let mut command = Command::new(ours);
            command.args(&case.arguments).args(["-q", "-j", &[1, threads][which].to_string()]);
            match case.output {
                Output::Nowhere => {}
                Output::File(path) => drop(command.arg("-o").arg(path)),
                Output::Folder(path) => {
                    if path.exists() {
                        fs::remove_dir_all(path)?;
                    }
                    command.arg(files).arg("-o").arg(path.join(""));
                }
            }
            let input = case.input.map(File::open).transpose()?;
            command.stdin(input.map_or_else(Stdio::null, Stdio::from)).stdout(Stdio::null());
            let started = Instant::now();
            let status = command.status()?;
            if !status.success() {
                bail!("{}: {status}", ours.display());
            }
            if round > 0 {
                times[which].push(started.elapsed().as_secs_f64() * 1e3);
            }
        }
    }
    let ratios: Vec<f64> = times[0].iter().zip(&times[1]).map(|(one, several)| one / several).collect();
    let [one, several] = times.each_ref().map(|times| median(times));
    eprintln!("{} measured", case.name);
    Ok(Threading { case: case.name.clone(), bytes: case.bytes, threads, one, several, ratio: median(&ratios), rounds })
}

/// Cuts the text into files of several sizes.
fn small_files(folder: &Path, text: &str) -> Result<u64> {
    fs::create_dir_all(folder)?;
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let (mut at, mut together) = (0, 0);
    for number in 0..FILES {
        let wanted = TOGETHER / FILES * [1, 2, 4, 1][number % 4] / 2;
        let mut content = String::new();
        while content.len() < wanted {
            content.push_str(lines[at % lines.len()]);
            at += 1;
        }
        together += content.len() as u64;
        let path: PathBuf = folder.join(format!("{number:04}.txt"));
        fs::write(path, content)?;
    }
    Ok(together)
}

/// Prints the cases.
pub(crate) fn print(rows: &[Threading]) {
    println!("threads of the command, time on the wall; ms\n");
    let mut table = Table::new(Side::Left, ["case", "MB", "one thread", "threads", "their time", "times as fast"]);
    for row in rows {
        table.row(vec![
            row.case.clone(),
            number(Some(row.bytes as f64 / 1e6)),
            number(Some(row.one)),
            row.threads.to_string(),
            number(Some(row.several)),
            format!("{:.2}", row.ratio),
        ]);
    }
    table.print();
}
