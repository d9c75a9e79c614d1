//! Where what a command puts out beside its results goes: standard output, stderr, the report.

use std::collections::BTreeMap;
use std::io::{self, IsTerminal, Write};

use crate::arguments::ReportingArguments;
use crate::findings::{self, Report};
use crate::messages::{Failure, Printable};
use crate::output::STDOUT;
use crate::progress::Progress;

/// So many conversion groups are named that are not here.
const MOST_GROUPS: usize = 10;

/// What a piece of work puts out, in the order: standard output, messages, records.
#[derive(Debug, Default)]
pub(crate) struct Effects {
    /// Lines for standard output, safe for a terminal.
    pub(crate) out: String,
    /// Messages for stderr, safe for a terminal.
    pub(crate) said: String,
    /// Records for the report.
    pub(crate) records: Vec<u8>,
    /// Conversion groups that the text names and that are not here.
    pub(crate) missing_groups: Vec<String>,
}

impl Effects {
    /// Adds a failure in the words in which it is said.
    pub(crate) fn say(&mut self, failure: &Failure) {
        self.said.push_str(&failure.in_words());
    }

    /// Adds a line for standard output; control characters are escaped.
    pub(crate) fn line(&mut self, line: &str) {
        self.out.push_str(&Printable(line).to_string());
        self.out.push('\n');
    }
}

/// Whether results go to standard output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum StandardOutput {
    Written,
    Free,
}

/// The streams.
pub(crate) struct Console {
    pub(crate) report: Option<Report>,
    pub(crate) progress: Progress,
    /// Conversion groups that are not here, and how many texts name each.
    missing_groups: BTreeMap<String, usize>,
}

impl Console {
    pub(crate) fn new(
        report: Option<Report>,
        reporting: &ReportingArguments,
        files: usize,
        stdout: StandardOutput,
    ) -> Console {
        let watched =
            !reporting.quiet && reporting.progress.unwrap_or_default() == crate::arguments::ProgressChoice::Auto;
        // What is written to the terminal is progress enough, and must not be written over.
        let is_busy = stdout == StandardOutput::Written && io::stdout().is_terminal();
        let progress = Progress::new(watched && io::stderr().is_terminal() && !is_busy, files);
        Console { report, progress, missing_groups: BTreeMap::new() }
    }

    /// Puts out effects.
    pub(crate) fn put(&mut self, effects: Effects) -> Result<(), Failure> {
        if !effects.out.is_empty() || !effects.said.is_empty() {
            self.progress.clear();
        }
        if !effects.out.is_empty() {
            let mut stdout = io::stdout().lock();
            let written = stdout.write_all(effects.out.as_bytes()).and_then(|()| stdout.flush());
            written.map_err(|error| Failure::writing(STDOUT, error))?;
        }
        findings::print(&effects.said);
        for group in effects.missing_groups {
            *self.missing_groups.entry(group).or_default() += 1;
        }
        match &mut self.report {
            Some(report) if !effects.records.is_empty() => report.write(&effects.records),
            _ => Ok(()),
        }
    }

    /// In a line, which conversion groups were not here; `None` where all were.
    pub(crate) fn missing_groups(&self) -> Option<String> {
        let named = |(name, count): (&String, &usize)| match count {
            1 => format!("{name} (1 page)"),
            _ => format!("{name} ({count} pages)"),
        };
        let mut groups: Vec<(&String, &usize)> = self.missing_groups.iter().collect();
        groups.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
        let mut names: Vec<String> = groups.iter().take(MOST_GROUPS).copied().map(named).collect();
        if groups.len() > MOST_GROUPS {
            names.push(format!("and {} more", groups.len() - MOST_GROUPS));
        }
        (!names.is_empty()).then(|| names.join(", "))
    }
}
