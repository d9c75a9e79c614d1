//! What a run found: the file that `--json` writes and `check` reads, and the tables for people.
//!
//! A file has a part for each subcommand. A run replaces its own part and keeps the others, so that a file can be
//! filled one subcommand at a time.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};
use tongwen::instructions;

use crate::annotate::Annotating;
use crate::contender::Contender;
use crate::kernels::Kernels;
use crate::names::Names;
use crate::own::{Asked, Compiling};
use crate::sample::{Clock, Figure};
use crate::texts::Written;
use crate::threads::Threading;
use crate::wikitext::Pages;

/// Everything measured.
#[derive(Default, Serialize, Deserialize)]
pub(crate) struct Report {
    /// The machine, at the start of the last run.
    pub(crate) machine: Machine,
    /// One entry for each config and text.
    #[serde(default)]
    pub(crate) throughput: Vec<Speed>,
    /// Each kernel side by side, one entry for each config and text.
    #[serde(default)]
    pub(crate) kernels: Vec<Kernels>,
    /// Pages of wikitext.
    #[serde(default)]
    pub(crate) wikitext: Option<Pages>,
    /// One entry for each config and set of strings.
    #[serde(default)]
    pub(crate) strings: Vec<Calls>,
    /// One entry for each config and contender.
    #[serde(default)]
    pub(crate) construct: Vec<Construction>,
    /// Names of places.
    #[serde(default)]
    pub(crate) names: Option<Names>,
    /// Annotation, one entry for each text and script.
    #[serde(default)]
    pub(crate) annotate: Vec<Annotating>,
    /// What is asked for beside plain conversion, one entry for each config, text and wish.
    #[serde(default)]
    pub(crate) asked: Vec<Asked>,
    /// Compiling recipes, one entry for each config.
    #[serde(default)]
    pub(crate) compiling: Vec<Compiling>,
    /// One entry for each program.
    #[serde(default)]
    pub(crate) start: Vec<Start>,
    /// One entry for each program and input.
    #[serde(default)]
    pub(crate) memory: Vec<Peak>,
    /// Threads of the command, one entry for each case.
    #[serde(default)]
    pub(crate) threads: Vec<Threading>,
    /// The bytes of our program.
    #[serde(default)]
    pub(crate) program_bytes: Option<u64>,
    /// The bytes of a program that has the engine with all configs and nothing else.
    #[serde(default)]
    pub(crate) engine_bytes: Option<u64>,
}

/// What the figures were measured on, and against which releases.
#[derive(Default, Serialize, Deserialize)]
pub(crate) struct Machine {
    pub(crate) processor: String,
    pub(crate) cores: usize,
    /// Programs that wanted to run in the last minute, this one not among them; figures are noisy when it nears
    /// `cores`.
    pub(crate) load: Option<f64>,
    /// The vector instructions that our kernel uses.
    #[serde(default)]
    pub(crate) kernel: String,
    /// Releases of the peers, from the lock file.
    pub(crate) peers: BTreeMap<String, String>,
}

/// Conversion of one text with one config.
#[derive(Serialize, Deserialize)]
pub(crate) struct Speed {
    pub(crate) config: String,
    pub(crate) text: String,
    pub(crate) source: String,
    pub(crate) written: Written,
    pub(crate) bytes: usize,
    /// Whether our output was compared with OpenCC's, byte for byte; where it differs nothing is reported at all.
    pub(crate) compared: bool,
    /// What the times were read from.
    pub(crate) clock: Clock,
    /// By contender or limit; a contender without the config is absent.
    pub(crate) results: BTreeMap<String, Figure>,
    /// Contenders whose output is not OpenCC's on this text, with the number of lines that differ.
    pub(crate) differing_lines: BTreeMap<String, usize>,
}

/// Conversion of many short strings with one config.
#[derive(Serialize, Deserialize)]
pub(crate) struct Calls {
    pub(crate) config: String,
    /// `changed` or `unchanged`: whether the config changes each of the strings or none; or how long they are.
    pub(crate) set: String,
    pub(crate) strings: usize,
    pub(crate) mean_characters: f64,
    pub(crate) compared: bool,
    /// What the times were read from.
    pub(crate) clock: Clock,
    pub(crate) results: BTreeMap<String, Figure>,
}

/// The making of a converter, in microseconds.
#[derive(Serialize, Deserialize)]
pub(crate) struct Construction {
    pub(crate) config: String,
    pub(crate) contender: String,
    /// The first one of a process.
    pub(crate) first: f64,
    /// From the start of the first construction to the end of the first conversion of a line, which includes what a
    /// library puts off until then.
    pub(crate) first_line: f64,
    /// One more in the same process; absent where a library keeps a single one.
    pub(crate) again: Option<f64>,
    pub(crate) processes: usize,
}

/// One run of a program on a line of text, in milliseconds.
#[derive(Serialize, Deserialize)]
pub(crate) struct Start {
    pub(crate) program: String,
    pub(crate) median: f64,
    pub(crate) best: f64,
    /// The median of the differences to the empty program, each within one round.
    pub(crate) over_empty: f64,
    pub(crate) runs: usize,
}

/// The most memory that a program held, in bytes.
#[derive(Serialize, Deserialize)]
pub(crate) struct Peak {
    pub(crate) program: String,
    /// `line`, `file` or `stream`: one line, a large file named in the arguments, or the same through standard input.
    pub(crate) input: String,
    pub(crate) input_bytes: u64,
    pub(crate) peak_bytes: u64,
}

impl Speed {
    /// How many times the speed of another our speed is.
    pub(crate) fn over(&self, other: &str) -> Option<f64> {
        Some(self.results.get(other)?.over(self.results.get(Contender::Tongwen.name())?))
    }

    /// How many times the speed of the fastest peer our speed is.
    pub(crate) fn over_fastest(&self) -> Option<f64> {
        over_fastest(&self.results)
    }

    /// The fastest peer, and how many times its speed ours is.
    pub(crate) fn fastest(&self) -> Option<(Contender, f64)> {
        fastest(&self.results)
    }
}

impl Calls {
    /// Nanoseconds that a call of ours takes.
    pub(crate) fn nanoseconds(&self) -> Option<f64> {
        Some(self.results.get(Contender::Tongwen.name())?.nanoseconds(self.strings))
    }

    /// How many times the speed of the fastest peer our speed is.
    pub(crate) fn over_fastest(&self) -> Option<f64> {
        over_fastest(&self.results)
    }
}

/// The least of our ratios to the peers.
fn over_fastest(results: &BTreeMap<String, Figure>) -> Option<f64> {
    Some(fastest(results)?.1)
}

/// The peer to which our ratio is the least, and that ratio.
fn fastest(results: &BTreeMap<String, Figure>) -> Option<(Contender, f64)> {
    let ours = results.get(Contender::Tongwen.name())?;
    let peers = Contender::ALL.into_iter().filter(|contender| contender.is_peer());
    let ratios = peers.filter_map(|peer| Some((peer, results.get(peer.name())?.over(ours))));
    ratios.min_by(|left, right| left.1.total_cmp(&right.1))
}

impl Report {
    /// Reads a file, or starts an empty report where there is none.
    pub(crate) fn open(path: &Path) -> Result<Report> {
        if !path.exists() {
            return Ok(Report::default());
        }
        let text = fs::read_to_string(path).with_context(|| path.display().to_string())?;
        serde_json::from_str(&text).with_context(|| format!("{}: not a report of this program", path.display()))
    }

    /// Writes the file.
    pub(crate) fn save(&self, path: &Path) -> Result<()> {
        let text = serde_json::to_string_pretty(self)?;
        fs::write(path, text + "\n").with_context(|| path.display().to_string())
    }
}

impl Machine {
    /// This machine, now.
    pub(crate) fn here() -> Machine {
        let processor = fs::read_to_string("/proc/cpuinfo").ok().and_then(|text| {
            let line = text.lines().find(|line| line.starts_with("model name"))?;
            Some(line.split_once(':')?.1.trim().to_string())
        });
        let load = fs::read_to_string("/proc/loadavg").ok().and_then(|text| text.split(' ').next()?.parse().ok());
        Machine {
            processor: processor.unwrap_or_else(|| std::env::consts::ARCH.to_string()),
            cores: std::thread::available_parallelism().map_or(1, usize::from),
            load,
            kernel: instructions::used().name().into(),
            peers: peer_releases(include_str!("../Cargo.lock")),
        }
    }

    /// One line for people.
    pub(crate) fn line(&self) -> String {
        let peers: Vec<String> = self.peers.iter().map(|(name, release)| format!("{name} {release}")).collect();
        let load = self.load.map_or(String::new(), |load| format!(", load {load:.2}"));
        let kernel = if self.kernel.is_empty() { String::new() } else { format!(", kernel {}", self.kernel) };
        format!("{}, {} cores{load}{kernel}; {}", self.processor, self.cores, peers.join(", "))
    }
}

/// The releases of the peers in a lock file.
fn peer_releases(lock: &str) -> BTreeMap<String, String> {
    let quoted = |line: &str| line.split('"').nth(1).map(str::to_string);
    let mut releases = BTreeMap::new();
    let mut lines = lock.lines();
    while let Some(line) = lines.next() {
        let Some(name) = line.strip_prefix("name = ").and_then(quoted) else { continue };
        let release = lines.next().and_then(|line| line.strip_prefix("version = ")).and_then(quoted);
        if let (true, Some(release)) = (
            matches!(name.as_str(), "ferrous-opencc" | "opencc-fmmseg" | "opencc-rust" | "simdutf8" | "zhconv"),
            release,
        ) {
            releases.insert(name, release);
        }
    }
    releases
}

/// The side to which the columns of a table are aligned; the first one always to the left.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    /// For words.
    Left,
    /// For numbers.
    Right,
}

/// A table in Markdown, its columns aligned.
pub(crate) struct Table {
    side: Side,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// An empty table with these headings.
    pub(crate) fn new<T: Into<String>>(side: Side, headings: impl IntoIterator<Item = T>) -> Table {
        Table { side, rows: vec![headings.into_iter().map(Into::into).collect()] }
    }

    /// Adds a row.
    pub(crate) fn row(&mut self, cells: Vec<String>) {
        self.rows.push(cells);
    }

    /// The table as Markdown, with a line end after each row.
    pub(crate) fn markdown(&self) -> String {
        let columns = self.rows[0].len();
        let widths: Vec<usize> = (0..columns)
            .map(|column| self.rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max())
            .map(|width| width.unwrap_or(0).max(3))
            .collect();
        let to_the_left = |column: usize| column == 0 || self.side == Side::Left;
        let mut text = String::new();
        for (index, row) in self.rows.iter().enumerate() {
            let cells = row.iter().zip(&widths).enumerate().map(|(column, (cell, width))| {
                if to_the_left(column) { format!("{cell:<width$}") } else { format!("{cell:>width$}") }
            });
            text += &format!("| {} |\n", cells.collect::<Vec<_>>().join(" | "));
            if index == 0 {
                let rules = widths.iter().enumerate().map(|(column, width)| {
                    if to_the_left(column) { "-".repeat(*width) } else { "-".repeat(width - 1) + ":" }
                });
                text += &format!("| {} |\n", rules.collect::<Vec<_>>().join(" | "));
            }
        }
        text
    }

    /// Writes the table to standard output.
    pub(crate) fn print(&self) {
        println!("{}", self.markdown());
    }
}

/// A figure to three or so digits, `-` for none.
pub(crate) fn number(value: Option<f64>) -> String {
    match value {
        None => "-".into(),
        Some(value) if value >= 100.0 => format!("{value:.0}"),
        Some(value) if value >= 10.0 => format!("{value:.1}"),
        Some(value) => format!("{value:.2}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn releases_from_the_lock_file() {
        let lock = "[[package]]\nname = \"zhconv\"\nversion = \"0.4.2\"\n\n[[package]]\nname = \"serde\"\nversion = \"1.0.0\"\n";
        assert_eq!(peer_releases(lock), BTreeMap::from([("zhconv".to_string(), "0.4.2".to_string())]));
    }

    #[test]
    fn numbers_keep_three_digits() {
        assert_eq!(number(Some(1234.5)), "1234");
        assert_eq!(number(Some(12.345)), "12.3");
        assert_eq!(number(Some(0.5)), "0.50");
        assert_eq!(number(None), "-");
    }

    #[test]
    fn ratios_are_over_the_fastest_peer() {
        let figure = |seconds| Figure::of(vec![seconds]);
        let results = [("tongwen", 1.0), ("tongwen-markers", 0.5), ("opencc", 8.0), ("zhconv", 3.0), ("memcpy", 0.1)];
        let speed = Speed {
            config: "s2t".into(),
            text: "t".into(),
            source: "here".into(),
            written: Written::Hans,
            bytes: 1,
            compared: true,
            clock: Clock::Wall,
            results: results.map(|(name, seconds)| (name.to_string(), figure(seconds))).into(),
            differing_lines: BTreeMap::new(),
        };
        assert_eq!(speed.over_fastest(), Some(3.0));
        assert_eq!(speed.over("opencc"), Some(8.0));
    }
}
