//! The kernels side by side: what the machine of the figures has, and what other machines have.
//!
//! The best kernel that a processor has is what all other figures are of. Most processors have AVX2 and no AVX-512, so here each kernel takes its turn within one run, on
//! running text and on short strings, together with the peers, which use what the processor has in either case. Before anything is timed, the outputs of
//! all kernels are compared with each other, and the best one's with OpenCC's.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::hint::black_box;

use anyhow::{Result, bail};
use serde::{Deserialize, Serialize};
use tongwen::Config;
use tongwen::instructions::{self, Instructions};

use crate::contender::{Contender, Engine, convert, maker};
use crate::report::{Side, Table, number};
use crate::sample::{Clock, Figure, Plan, Task, interleave};
use crate::strings;
use crate::texts::Text;
use crate::throughput::engines;

/// What the default is: of each kind of config one or two.
const CONFIGS: [Config; 6] = [Config::S2T, Config::S2Twp, Config::S2Hk, Config::T2S, Config::Tw2Sp, Config::T2Tw];

/// One config on one text, or on a set of strings, with each kernel and each peer.
#[derive(Serialize, Deserialize)]
pub(crate) struct Kernels {
    pub(crate) config: String,
    /// The name of the text or of the set of strings.
    pub(crate) text: String,
    pub(crate) size: Size,
    pub(crate) clock: Clock,
    /// By the names of kernels and of peers.
    pub(crate) results: BTreeMap<String, Figure>,
}

/// How much a pass converts.
#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Size {
    /// Running text.
    Bytes(usize),
    /// So many calls.
    Calls(usize),
}

impl Kernels {
    /// MB/s, or ns a call.
    fn value(&self, name: &str) -> Option<f64> {
        let figure = self.results.get(name)?;
        Some(match self.size {
            Size::Bytes(bytes) => figure.megabytes(bytes),
            Size::Calls(calls) => figure.nanoseconds(calls),
        })
    }

    /// How many times the speed of the fastest peer a kernel's is.
    fn over_fastest(&self, kernel: &str) -> Option<f64> {
        let ours = self.results.get(kernel)?;
        let peers = Contender::ALL.into_iter().filter(|contender| contender.is_peer());
        peers.filter_map(|peer| Some(self.results.get(peer.name())?.over(ours))).min_by(f64::total_cmp)
    }
}

/// The configs of a run that names none.
pub(crate) fn configs(named: &[Config]) -> Vec<Config> {
    if named.is_empty() { CONFIGS.to_vec() } else { named.to_vec() }
}

/// Measures every config on every text, and on the sets of strings that are cut from some of them.
pub(crate) fn measure(
    configs: &[Config],
    texts: &[Text],
    of_strings: &[Text],
    contenders: &[Contender],
    plan: Plan,
) -> Result<Vec<Kernels>> {
    let mut cells = Vec::new();
    for config in configs {
        let peers = contenders.iter().filter(|contender| contender.is_peer() && **contender != Contender::Opencc);
        let peers = engines(&peers.copied().collect::<Vec<_>>(), *config)?;
        let judge = if contenders.contains(&Contender::Opencc) { Contender::Opencc.engine(*config)? } else { None };
        let mut add = |name: &str, pieces: &[String], size: Size| -> Result<()> {
            compare(*config, pieces, judge.as_deref())?;
            let cell = measure_one(*config, name, pieces, size, &peers, plan);
            eprintln!("{}", progress(&cell));
            cells.push(cell);
            Ok(())
        };
        for text in texts {
            let input = text.input(*config);
            let size = Size::Bytes(input.len());
            add(&text.name, &[input], size)?;
        }
        for (name, strings) in strings::sets(*config, of_strings, strings::STRINGS) {
            if !strings.is_empty() {
                add(&format!("strings {name}"), &strings, Size::Calls(strings.len()))?;
            }
        }
    }
    Ok(cells)
}

/// The kernels that there are to be measured, the best first.
fn kernels() -> impl Iterator<Item = Instructions> {
    let best = instructions::used();
    Instructions::ALL.iter().rev().copied().filter(move |kernel| *kernel <= best)
}

/// Does something with one kernel; what is used afterwards is what was used before.
fn with<T>(kernel: Instructions, work: impl FnOnce() -> T) -> T {
    let best = instructions::used();
    instructions::limit(kernel);
    let result = work();
    instructions::limit(best);
    result
}

fn compare(config: Config, pieces: &[String], judge: Option<&dyn Engine>) -> Result<()> {
    let ours = maker(config);
    for piece in pieces {
        let expected = judge.map_or_else(|| convert(&ours, piece), |judge| convert(judge, piece));
        for kernel in kernels() {
            if with(kernel, || convert(&ours, piece)) != expected {
                bail!("{config}, kernel {}: the output is not what it should be", kernel.name());
            }
        }
    }
    Ok(())
}

fn measure_one(
    config: Config,
    name: &str,
    pieces: &[String],
    size: Size,
    peers: &[(Contender, Box<dyn Engine>)],
    plan: Plan,
) -> Kernels {
    let ours = maker(config);
    let mut tasks: Vec<Task<'_>> = Vec::new();
    for kernel in kernels() {
        let mut output = String::with_capacity(256);
        let ours = &ours;
        tasks.push(Task::new(kernel.name(), move || with(kernel, || pass(ours, pieces, &mut output))));
    }
    for (contender, engine) in peers {
        let mut output = String::with_capacity(256);
        tasks.push(Task::new(contender.name(), move || pass(&**engine, pieces, &mut output)));
    }
    let figures = interleave(&mut tasks, plan);
    let results = tasks.iter().zip(figures).map(|(task, figure)| (task.name.clone(), figure)).collect();
    Kernels { config: config.name().into(), text: name.into(), size, clock: plan.clock, results }
}

fn pass(engine: &dyn Engine, pieces: &[String], output: &mut String) {
    for piece in pieces {
        output.clear();
        engine.convert_into(black_box(piece), output);
        black_box(&output);
    }
}

/// The figures of a cell, the best kernel first.
fn figures(cell: &Kernels) -> String {
    let names = Instructions::ALL.iter().rev().map(|kernel| kernel.name());
    names.filter_map(|name| cell.value(name)).map(|value| number(Some(value))).collect::<Vec<_>>().join(" / ")
}

fn progress(cell: &Kernels) -> String {
    let ratios = Instructions::ALL.iter().rev().filter_map(|kernel| cell.over_fastest(kernel.name()));
    let ratios: Vec<String> = ratios.map(|ratio| format!("{ratio:.2}")).collect();
    format!("{} {}: {}; {} times the fastest peer", cell.config, cell.text, figures(cell), ratios.join(" / "))
}

/// The part of the page.
pub(crate) fn section(cells: &[Kernels]) -> String {
    let is_there = |kernel: &&Instructions| cells.iter().any(|cell| cell.value(kernel.name()).is_some());
    let names: Vec<&str> = Instructions::ALL.iter().rev().filter(is_there).map(|kernel| kernel.name()).collect();
    let names = names.join(" / ");
    let (texts, strings): (Vec<_>, Vec<_>) = cells.iter().partition(|cell| matches!(cell.size, Size::Bytes(_)));
    let mut page = String::new();
    if cells.is_empty() {
        return page;
    }
    _ = write!(page, "\n### The kernels side by side: {names}\n\nMB/s, one thread:\n\n{}", matrix(&texts, figures));
    let avx2 = |cell: &Kernels| number(cell.over_fastest(Instructions::Avx2.name()));
    _ = write!(page, "\nTimes the fastest peer but OpenCC, with avx2:\n\n{}", matrix(&texts, avx2));
    if !strings.is_empty() {
        _ = write!(page, "\nStrings, ns a call:\n\n{}", matrix(&strings, figures));
        _ = write!(page, "\nTimes the fastest peer but OpenCC, with avx2:\n\n{}", matrix(&strings, avx2));
    }
    page
}

/// A row for each config, a column for each text.
fn matrix(cells: &[&Kernels], value: impl Fn(&Kernels) -> String) -> String {
    let (mut configs, mut texts): (Vec<&str>, Vec<&str>) = (Vec::new(), Vec::new());
    for cell in cells {
        if !configs.contains(&cell.config.as_str()) {
            configs.push(&cell.config);
        }
        if !texts.contains(&cell.text.as_str()) {
            texts.push(&cell.text);
        }
    }
    let mut table = Table::new(Side::Right, ["config"].iter().chain(&texts).copied());
    for config in configs {
        let cell = |text: &&str| cells.iter().find(|cell| cell.config == config && cell.text == *text);
        let values = texts.iter().map(|text| cell(text).map_or_else(|| "-".into(), |cell| value(cell)));
        table.row(std::iter::once(config.to_string()).chain(values).collect());
    }
    table.markdown()
}

/// Prints what the page has.
pub(crate) fn print(cells: &[Kernels]) {
    println!("{}", section(cells));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_has_a_figure_for_each_kernel() {
        let results = [("scalar", 4.0), ("avx2", 2.0), ("avx512", 1.0), ("zhconv", 8.0), ("fmmseg", 6.0)];
        let results = results.map(|(name, seconds)| (name.to_string(), Figure::of(vec![seconds])));
        let cell = |text: &str, size| Kernels {
            config: "s2t".into(),
            text: text.into(),
            size,
            clock: Clock::default(),
            results: results.clone().into(),
        };
        let page = section(&[cell("prose", Size::Bytes(8_000_000)), cell("strings of 11", Size::Calls(1_000_000_000))]);
        assert!(page.contains("avx512 / avx2 / scalar"), "{page}");
        assert!(page.contains("8.00 / 4.00 / 2.00") && page.contains("3.00"), "{page}");
        assert!(page.contains("1.00 / 2.00 / 4.00"), "{page}");
        assert_eq!(section(&[]), "");
    }

    #[test]
    fn what_was_used_is_used_again() {
        let best = instructions::used();
        assert_eq!(with(Instructions::Scalar, instructions::used), Instructions::Scalar);
        assert_eq!(instructions::used(), best);
    }
}
