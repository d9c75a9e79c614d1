//! What a second thread gives the command: one large text, and many small files.
//!
//! Each case is run with one thread and with several, in turns; the ratio is the median of the ratios within rounds. The time is that of whole runs by
//! the clock on the wall, since the time of threads says nothing about how they wait for each other: figures from a busy machine are worthless, and
//! the table says how busy it was.
//!
//! Two more cases say what the machine can give: conversion in memory, where each thread has texts of its own, and a program that only copies the small
//! files, in the usual way, under a passing name that is then changed.
//!
//! What is written is new every time: the results of the rounds before are removed first where it is one file (one that takes the place of
//! another waits for the disk), and stay to the end where they are many, since file systems remember for a while which files are gone, and pay for that
//! with the next ones.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};
use tongwen::{Config, Converter, Variant};

use crate::programs::Scratch;
use crate::report::{Side, Table, number};
use crate::sample::median;

/// Small files, and how many bytes they have together at most.
const FILES: usize = 2_000;
const TOGETHER: usize = 60_000_000;
/// Rounds of these: every one leaves its results to the end.
const MOST_ROUNDS: usize = 7;
/// Bytes that are converted at once in memory, about as many as the command takes.
const PIECE: usize = 128 * 1024;

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
    rounds: usize,
    work: Work<'a>,
}

/// What is done.
enum Work<'a> {
    Command { arguments: [&'a str; 3], input: Option<&'a Path>, output: Output<'a> },
    Convert(Converter),
    Copy(&'a Path),
}

/// Where a result goes.
enum Output<'a> {
    Nowhere,
    File(&'a Path),
    /// Into folders that are not there yet, whose names begin so.
    Folder(&'a Path),
}

/// What the cases work on.
struct Setting<'a> {
    ours: &'a Path,
    text: &'a str,
    files: &'a Path,
    threads: usize,
}

/// Measures the cases with one thread and with `threads`, on `text` repeated to so many bytes.
pub(crate) fn measure(ours: &Path, text: &str, bytes: u64, threads: usize, rounds: usize) -> Result<Vec<Threading>> {
    let scratch = Scratch::new()?;
    let (large, bytes) = scratch.repeated("large.txt", text, bytes)?;
    let files = scratch.path().join("files");
    let together = small_files(&files, text)?;
    let (single, folder) = (scratch.path().join("out.txt"), scratch.path().join("out"));
    let mut cases = Vec::new();
    let to_taiwan = Converter::builder().to(Variant::ZhTw).build()?;
    for (arguments, converter) in
        [(["convert", "-c", "s2t"], Converter::new(Config::S2T)), (["convert", "-t", "zh-tw"], to_taiwan)]
    {
        let [_, flag, value] = arguments;
        let mut case = |what: &str, bytes, rounds, work| {
            cases.push(Case { name: format!("{what}, {flag} {value}"), bytes, rounds, work });
        };
        let command = |input, output| Work::Command { arguments, input, output };
        case("in memory, for comparison", bytes, rounds, Work::Convert(converter));
        case("one text, thrown away", bytes, rounds, command(Some(large.as_path()), Output::Nowhere));
        case("one text into a new file", bytes, rounds, command(Some(large.as_path()), Output::File(&single)));
        let few = rounds.min(MOST_ROUNDS);
        case("many files", together, few, command(None, Output::Folder(&folder)));
    }
    let (few, copies) = (rounds.min(MOST_ROUNDS), scratch.path().join("copies"));
    cases.push(Case {
        name: "many files, only copied, for comparison".into(),
        bytes: together,
        rounds: few,
        work: Work::Copy(&copies),
    });
    let setting = Setting { ours, text, files: &files, threads };
    cases.iter().map(|case| one_case(&setting, case)).collect()
}

fn one_case(setting: &Setting<'_>, case: &Case<'_>) -> Result<Threading> {
    let Case { name, bytes, rounds, work } = case;
    let (threads, rounds) = (setting.threads, *rounds);
    let mut times = [Vec::new(), Vec::new()];
    // The first round brings everything into memory and is not counted.
    for round in 0..=rounds {
        for turn in 0..2 {
            let which = (turn + round) % 2;
            let time = time(setting, work, *bytes, [1, threads][which], 2 * round + turn)?;
            if round > 0 {
                times[which].push(time);
            }
        }
    }
    let ratios: Vec<f64> = times[0].iter().zip(&times[1]).map(|(one, several)| one / several).collect();
    let [one, several] = times.each_ref().map(|times| median(times));
    eprintln!("{name} measured");
    Ok(Threading { case: name.clone(), bytes: *bytes, threads, one, several, ratio: median(&ratios), rounds })
}

/// Milliseconds of run number `number`.
fn time(setting: &Setting<'_>, work: &Work<'_>, bytes: u64, threads: usize, number: usize) -> Result<f64> {
    let started = match work {
        Work::Command { arguments, input, output } => {
            let mut command = Command::new(setting.ours);
            command.args(arguments).args(["-q", "-j", &threads.to_string()]);
            match output {
                Output::Nowhere => {}
                Output::File(path) => {
                    let _ = fs::remove_file(path);
                    command.arg("-o").arg(path);
                }
                Output::Folder(path) => {
                    let name = format!("{}-{}-{number}", path.display(), arguments[2]);
                    command.arg(setting.files).arg("-o").arg(Path::new(&name).join(""));
                }
            }
            let input = input.map(File::open).transpose()?;
            command.stdin(input.map_or_else(Stdio::null, Stdio::from)).stdout(Stdio::null());
            let started = Instant::now();
            let status = command.status()?;
            if !status.success() {
                bail!("{}: {status}", setting.ours.display());
            }
            started
        }
        Work::Convert(converter) => {
            let started = Instant::now();
            on_threads(threads, || {
                convert(converter, setting.text, bytes / threads as u64);
                Ok(())
            })?;
            started
        }
        Work::Copy(path) => {
            let folder = PathBuf::from(format!("{}-{number}", path.display()));
            let started = Instant::now();
            copy(setting.files, &folder, threads)?;
            started
        }
    };
    Ok(started.elapsed().as_secs_f64() * 1e3)
}

/// Does the same on several threads, the current one among them.
fn on_threads(threads: usize, work: impl Fn() -> Result<()> + Sync) -> Result<()> {
    std::thread::scope(|scope| {
        let others: Vec<_> = (1..threads).map(|_| scope.spawn(&work)).collect();
        work()?;
        others.into_iter().try_for_each(|other| other.join().expect("the work does not panic"))
    })
}

/// Converts so many bytes in memory, piece by piece.
fn convert(converter: &Converter, text: &str, bytes: u64) {
    let (mut rest, mut done, mut output) = (text, 0, Vec::new());
    while done < bytes {
        let mut end = rest.len().min(PIECE);
        while !rest.is_char_boundary(end) {
            end -= 1;
        }
        let (piece, after) = rest.split_at(end);
        output.clear();
        converter.convert_into_bytes(std::hint::black_box(piece), &mut output);
        std::hint::black_box(&output);
        done += piece.len() as u64;
        rest = if after.is_empty() { text } else { after };
    }
}

/// Copies the files of a folder into another one.
fn copy(files: &Path, folder: &Path, threads: usize) -> Result<()> {
    fs::create_dir_all(folder)?;
    let next = AtomicUsize::new(0);
    on_threads(threads, || {
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            if number >= FILES {
                return Ok(());
            }
            let name = file_name(number);
            let passing = folder.join(format!(".{name}"));
            fs::write(&passing, fs::read(files.join(&name))?)?;
            fs::rename(&passing, folder.join(&name)).with_context(|| passing.display().to_string())?;
        }
    })
}

fn file_name(number: usize) -> String {
    format!("{number:04}.txt")
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
        fs::write(folder.join(file_name(number)), content)?;
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
