//! Whole programs: how long one takes to start, how much memory it holds, how large it is.
//!
//! Our command is compared with OpenCC's from the wheel, with zhconv's where `cargo install` put it into
//! `target/peers`, and with a Rust program that does nothing.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context, Result, bail};

use crate::places;
use crate::report::{Peak, Side, Start, Table, number};
use crate::sample::median;

/// The line that each program converts.
const LINE: &str = "汉字转换：只读内存里的软件，头发很干。\n";

/// The name that our program looks up.
const NAME: &str = "迪化";

/// A program, and how to let it convert standard input or a file with s2t.
struct Program {
    name: &'static str,
    path: PathBuf,
    arguments: Vec<String>,
    /// What stands before the name of an input file; `None` where it cannot be given one.
    file_argument: Option<&'static [&'static str]>,
}

impl Program {
    fn command(&self) -> Command {
        let mut command = Command::new(&self.path);
        command.args(&self.arguments);
        command
    }
}

/// The programs that are there; ours must be.
fn programs(ours: &Path) -> Result<Vec<Program>> {
    if !ours.is_file() {
        bail!("{}: no such program; build it with `cargo build --release -p tongwen-cli`", ours.display());
    }
    let words = |words: &[&str]| words.iter().map(|word| word.to_string()).collect::<Vec<_>>();
    let mut programs = vec![Program {
        name: "tongwen",
        path: ours.to_path_buf(),
        arguments: words(&["convert", "-c", "s2t"]),
        file_argument: Some(&[]),
    }];
    if let Some(path) = places::opencc_program() {
        let data = places::opencc_data()?;
        programs.push(Program {
            name: "opencc",
            path,
            arguments: words(&["--path", &data.to_string_lossy(), "-c", "s2t.json"]),
            file_argument: Some(&["-i"]),
        });
    }
    if let Some(path) = places::zhconv_program() {
        programs.push(Program { name: "zhconv", path, arguments: words(&["zh-Hant"]), file_argument: None });
    }
    Ok(programs)
}

/// A folder for the inputs of one run, removed with its content at the end.
pub(crate) struct Scratch(PathBuf);

impl Scratch {
    pub(crate) fn new() -> Result<Scratch> {
        let path = std::env::temp_dir().join(format!("tongwen-bench-{}", std::process::id()));
        fs::create_dir_all(&path).with_context(|| path.display().to_string())?;
        Ok(Scratch(path))
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    /// A file of at least so many bytes that repeats a text, and how many it has.
    pub(crate) fn repeated(&self, name: &str, text: &str, bytes: u64) -> Result<(PathBuf, u64)> {
        let path = self.0.join(name);
        let mut written = 0;
        let mut file = File::create(&path).with_context(|| path.display().to_string())?;
        while written < bytes {
            file.write_all(text.as_bytes()).with_context(|| path.display().to_string())?;
            written += text.len() as u64;
        }
        Ok((path, written))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // A temporary folder that stays behind is no reason to lose the figures.
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Times one run of each program on one line, in turns.
pub(crate) fn start(ours: &Path, runs: usize) -> Result<Vec<Start>> {
    let scratch = Scratch::new()?;
    let line = scratch.0.join("line.txt");
    fs::write(&line, LINE)?;
    let mut programs = programs(ours)?;
    // Not a converter: looks one name up and leaves the line alone.
    let lookup = vec!["lookup".to_string(), NAME.to_string()];
    let lookup = Program { name: "tongwen lookup", path: ours.to_path_buf(), arguments: lookup, file_argument: None };
    programs.push(lookup);
    for program in &programs {
        let output = program.command().stdin(File::open(&line)?).output()?;
        let text = String::from_utf8_lossy(&output.stdout);
        if !output.status.success() || !(text.contains("漢字轉換") || text.contains("乌鲁木齐市")) {
            bail!(
                "{}: did not convert the line or find the name: {}",
                program.path.display(),
                String::from_utf8_lossy(&output.stderr).trim()
            );
        }
    }
    let empty = places::beside("tongwen-bench-empty")?;
    programs.insert(0, Program { name: "empty", path: empty, arguments: Vec::new(), file_argument: None });

    let mut times = vec![Vec::new(); programs.len()];
    // The first round brings the programs into memory and is not counted.
    for round in 0..=runs {
        for turn in 0..programs.len() {
            let index = (turn + round) % programs.len();
            let input = File::open(&line)?;
            let mut command = programs[index].command();
            command.stdin(input).stdout(Stdio::null()).stderr(Stdio::null());
            let started = Instant::now();
            command.status()?;
            if round > 0 {
                times[index].push(started.elapsed().as_secs_f64() * 1e3);
            }
        }
    }
    Ok(programs
        .iter()
        .zip(&times)
        .map(|(program, own)| {
            let over: Vec<f64> = own.iter().zip(&times[0]).map(|(time, empty)| time - empty).collect();
            Start {
                program: program.name.into(),
                median: median(own),
                best: own.iter().copied().fold(f64::INFINITY, f64::min),
                over_empty: median(&over),
                runs: own.len(),
            }
        })
        .collect())
}

/// Measures the memory of each program on one line and on a file of so many bytes made by repeating `text`.
pub(crate) fn memory(ours: &Path, text: &str, bytes: u64) -> Result<Vec<Peak>> {
    let scratch = Scratch::new()?;
    let line = scratch.0.join("line.txt");
    fs::write(&line, LINE)?;
    let (large, written) = scratch.repeated("large.txt", text, bytes)?;

    let mut peaks = vec![Peak {
        program: "empty".into(),
        input: "line".into(),
        input_bytes: LINE.len() as u64,
        peak_bytes: peak(Command::new(places::beside("tongwen-bench-empty")?), &line, &scratch.0)?,
    }];
    for program in programs(ours)? {
        let mut add = |input: &str, input_bytes: u64, peak_bytes: u64| {
            peaks.push(Peak { program: program.name.into(), input: input.into(), input_bytes, peak_bytes });
        };
        add("line", LINE.len() as u64, peak(program.command(), &line, &scratch.0)?);
        add("stream", written, peak(program.command(), &large, &scratch.0)?);
        if let Some(before) = program.file_argument {
            let mut command = program.command();
            command.args(before).arg(&large);
            add("file", written, peak(command, &line, &scratch.0)?);
        }
        eprintln!("{} measured", program.name);
    }
    Ok(peaks)
}

/// The most memory that a command held, in bytes, with `input` on its standard input and its output thrown away.
fn peak(command: Command, input: &Path, scratch: &Path) -> Result<u64> {
    let result = scratch.join("peak");
    let status = Command::new(places::beside("tongwen-bench-peak")?)
        .arg(&result)
        .arg(command.get_program())
        .args(command.get_args())
        .stdin(File::open(input)?)
        .stdout(Stdio::null())
        .status()?;
    if !status.success() {
        bail!("{}: {status}", command.get_program().to_string_lossy());
    }
    Ok(fs::read_to_string(&result)?.trim().parse()?)
}

/// The bytes of a program.
pub(crate) fn size(ours: &Path) -> Result<u64> {
    Ok(fs::metadata(ours).with_context(|| ours.display().to_string())?.len())
}

/// Prints the start times.
pub(crate) fn print_start(rows: &[Start]) {
    println!("start, one line through s2t, or one name looked up; ms\n");
    let mut table = Table::new(Side::Right, ["program", "median", "best", "over empty"]);
    for row in rows {
        table.row(vec![
            row.program.clone(),
            number(Some(row.median)),
            number(Some(row.best)),
            format!("{:.2}", row.over_empty),
        ]);
    }
    table.print();
}

/// Prints the peaks.
pub(crate) fn print_memory(rows: &[Peak]) {
    println!("peak memory, s2t; MB\n");
    let mut table = Table::new(Side::Right, ["program", "input", "of", "peak"]);
    for row in rows {
        table.row(vec![
            row.program.clone(),
            row.input.clone(),
            number(Some(row.input_bytes as f64 / 1e6)),
            number(Some(row.peak_bytes as f64 / 1e6)),
        ]);
    }
    table.print();
}
