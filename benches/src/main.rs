//! Benchmarks of tongwen side by side with its peers.
//!
//! One program instead of a benchmark framework, because what counts is the ratio of several libraries within one run
//! on a machine that does other things as well; `sample` says how that is done. Each subcommand prints tables and, with
//! `--json`, fills its part of a report that `check` holds against the goals.

mod annotate;
mod check;
mod construct;
mod contender;
mod guard;
mod kernels;
mod names;
mod own;
mod page;
mod places;
mod programs;
mod report;
mod sample;
mod strings;
mod texts;
mod threads;
mod throughput;
mod wikitext;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Result, bail};
use clap::{Args, Parser, Subcommand};
use tongwen::Config;
use tongwen::instructions::{self, Instructions};

use crate::check::Verdict;
use crate::contender::Contender;
use crate::report::{Machine, Report};
use crate::sample::{Clock, Plan};
use crate::texts::{Order, Text};

/// Benchmarks of tongwen side by side with its peers.
#[derive(Parser)]
#[command(name = "tongwen-bench")]
struct Arguments {
    /// Use at most these vector instructions in this process: scalar, avx2 or avx512 [default: what the processor has]
    #[arg(long, global = true, value_name = "NAME")]
    kernel: Option<Instructions>,
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Speed on running text
    Throughput(Conversion),
    /// Speed with each kernel that this processor has, side by side
    Kernels(Conversion),
    /// Speed on pages of wikitext
    Wikitext(Wiki),
    /// What tools break in one line of wikitext
    Breaks,
    /// Cost of a call on a string of 10 to 30 characters
    Strings(ShortStrings),
    /// Time to make a converter
    Construct(Constructing),
    /// Cost of looking up a name of a place, and of opening the glossary
    Names(Naming),
    /// Speed of annotation on running text
    Annotate(Annotation),
    /// Pairs of one's own, protected spans, lists of changes, compiled recipes: beside plain conversion
    Own(OwnWishes),
    /// Time of a whole run of the command on one line
    Start(Starting),
    /// Peak memory of the command on a large file and on one line
    Memory(Remembering),
    /// What a second thread gives the command, on one large text and on many files
    Threads(Threading),
    /// Size of the command, and of a program with the engine alone
    Size(Sizing),
    /// All of these
    All(Everything),
    /// Whether a report meets the goals; exit status 1 when one is missed
    Check {
        /// A report that the other subcommands wrote with --json
        report: PathBuf,
    },
    /// Put a report's tables into a page of Markdown, between the lines that mark their place
    Page {
        /// A report that the other subcommands wrote with --json
        report: PathBuf,
        /// The page
        #[arg(default_value_os_t = places::page())]
        page: PathBuf,
        /// The day of the run, for the page: YYYY-MM-DD
        #[arg(long)]
        date: String,
    },
    /// One construction, in a process of its own
    #[command(hide = true)]
    ConstructOnce {
        #[arg(long)]
        contender: Contender,
        #[arg(long)]
        config: Config,
    },
}

/// Where the results go.
#[derive(Args)]
struct Output {
    /// Put the figures into this report; other parts of it stay
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
}

/// Which configs and libraries.
#[derive(Args)]
struct Choice {
    /// Configs, separated by commas [default: all sixteen]
    #[arg(long, value_delimiter = ',', value_name = "NAME")]
    configs: Vec<Config>,
    /// Libraries, separated by commas [default: all in this build]
    #[arg(long, value_delimiter = ',', value_name = "NAME")]
    contenders: Vec<Contender>,
}

impl Choice {
    fn configs(&self) -> Vec<Config> {
        if self.configs.is_empty() { Config::ALL.to_vec() } else { self.configs.clone() }
    }

    fn contenders(&self) -> Vec<Contender> {
        if self.contenders.is_empty() { Contender::ALL.to_vec() } else { self.contenders.clone() }
    }
}

/// How long, and by which clock.
#[derive(Args)]
struct Timing {
    /// Seconds for each config and text
    #[arg(long, default_value_t = 2.0)]
    seconds: f64,
    /// What to read the time from
    #[arg(long, value_enum, default_value_t)]
    clock: Clock,
}

impl Timing {
    fn plan(&self) -> Plan {
        Plan::seconds(self.seconds, self.clock)
    }
}

/// Which texts.
#[derive(Args)]
struct Reading {
    /// Texts, separated by commas [default: all for throughput, Chinese ones for the rest, and those of --text]
    #[arg(long, value_delimiter = ',', value_name = "NAME")]
    texts: Vec<String>,
    /// A text of your own, or another file for a default one
    #[arg(long = "text", value_name = "NAME=PATH", value_parser = named_path)]
    own: Vec<(String, PathBuf)>,
    /// Whether sentences come in their natural order or shuffled
    #[arg(long, value_enum, default_value_t)]
    order: Order,
    /// Bytes of each text at most
    #[arg(long, default_value_t = 2_000_000, value_name = "BYTES")]
    limit: usize,
}

impl Reading {
    /// The texts named, or those of `defaults` and the user's own.
    fn load(&self, defaults: &[&str]) -> Result<Vec<Text>> {
        let own: BTreeMap<String, PathBuf> = self.own.iter().cloned().collect();
        let mut names = self.texts.clone();
        if names.is_empty() {
            names.extend(defaults.iter().map(|name| name.to_string()));
            names.extend(own.keys().filter(|name| !defaults.contains(&name.as_str())).cloned());
        }
        texts::load(&names, &own, self.limit, self.order)
    }
}

#[derive(Args)]
struct Conversion {
    #[command(flatten)]
    choice: Choice,
    #[command(flatten)]
    reading: Reading,
    #[command(flatten)]
    timing: Timing,
    #[command(flatten)]
    output: Output,
}

#[derive(Args)]
struct ShortStrings {
    #[command(flatten)]
    conversion: Conversion,
    /// Strings in a set
    #[arg(long, default_value_t = strings::STRINGS, value_name = "COUNT")]
    strings: usize,
}

#[derive(Args)]
struct Wiki {
    /// A page of your own; may be given several times [default: the project's sample article]
    #[arg(long = "page", value_name = "PATH", value_parser = wikitext::page)]
    pages: Vec<PathBuf>,
    #[command(flatten)]
    timing: Timing,
    #[command(flatten)]
    output: Output,
}

#[derive(Args)]
struct Naming {
    #[command(flatten)]
    timing: Timing,
    #[command(flatten)]
    output: Output,
}

#[derive(Args)]
struct Annotation {
    #[command(flatten)]
    reading: Reading,
    #[command(flatten)]
    timing: Timing,
    #[command(flatten)]
    output: Output,
}

#[derive(Args)]
struct OwnWishes {
    /// Configs, separated by commas [default: s2t, s2twp, t2s]
    #[arg(long, value_delimiter = ',', value_name = "NAME")]
    configs: Vec<Config>,
    #[command(flatten)]
    reading: Reading,
    #[command(flatten)]
    timing: Timing,
    #[command(flatten)]
    output: Output,
}

#[derive(Args)]
struct Constructing {
    #[command(flatten)]
    choice: Choice,
    /// Processes for each config and library
    #[arg(long, default_value_t = 15)]
    processes: usize,
    #[command(flatten)]
    output: Output,
}

/// Which program is ours.
#[derive(Args)]
struct Own {
    /// Our command [default: target/release/tongwen of the main workspace]
    #[arg(long, value_name = "PATH")]
    program: Option<PathBuf>,
}

impl Own {
    fn path(&self) -> PathBuf {
        self.program.clone().unwrap_or_else(places::program)
    }
}

#[derive(Args)]
struct Starting {
    #[command(flatten)]
    own: Own,
    /// Runs of each program
    #[arg(long, default_value_t = 60)]
    runs: usize,
    #[command(flatten)]
    output: Output,
}

#[derive(Args)]
struct Remembering {
    #[command(flatten)]
    own: Own,
    /// Millions of bytes in the large file
    #[arg(long, default_value_t = 200)]
    megabytes: u64,
    #[command(flatten)]
    reading: Reading,
    #[command(flatten)]
    output: Output,
}

#[derive(Args)]
struct Threading {
    #[command(flatten)]
    own: Own,
    /// Threads that are compared with one
    #[arg(long, default_value_t = 2)]
    threads: usize,
    /// Millions of bytes in the large text
    #[arg(long, default_value_t = 400)]
    megabytes: u64,
    /// Runs of each case
    #[arg(long, default_value_t = 15)]
    rounds: usize,
    #[command(flatten)]
    reading: Reading,
    #[command(flatten)]
    output: Output,
}

#[derive(Args)]
struct Sizing {
    #[command(flatten)]
    own: Own,
    #[command(flatten)]
    output: Output,
}

#[derive(Args)]
struct Everything {
    #[command(flatten)]
    choice: Choice,
    #[command(flatten)]
    reading: Reading,
    #[command(flatten)]
    own: Own,
    #[command(flatten)]
    timing: Timing,
    #[command(flatten)]
    output: Output,
}

/// The texts that strings are cut from, and that the large file repeats; all to be had with `setup.sh` alone.
const CHINESE: [&str; 3] = ["prose-hans", "prose-hant", "mixed"];

fn named_path(argument: &str) -> Result<(String, PathBuf), String> {
    match argument.split_once('=') {
        Some((name, path)) if !name.is_empty() && !path.is_empty() => Ok((name.to_string(), path.into())),
        _ => Err("expected NAME=PATH".to_string()),
    }
}

fn main() -> ExitCode {
    let Arguments { kernel, task } = Arguments::parse();
    if let Some(most) = kernel {
        let best = instructions::used();
        if instructions::limit(most) != most {
            eprintln!("tongwen-bench: this processor has no {}; the best it has is {}", most.name(), best.name());
            return ExitCode::from(2);
        }
    }
    match run(task) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("tongwen-bench: {error:#}");
            ExitCode::from(2)
        }
    }
}

fn run(task: Task) -> Result<ExitCode> {
    match task {
        Task::Throughput(task) => {
            record(&task.output, |report| throughput(report, &task.choice, &task.reading, &task.timing))
        }
        Task::Kernels(task) => {
            record(&task.output, |report| side_by_side(report, &task.choice, &task.reading, &task.timing))
        }
        Task::Wikitext(task) => record(&task.output, |report| pages(report, &task.pages, &task.timing)),
        Task::Breaks => wikitext::breaks(),
        Task::Strings(ShortStrings { conversion: task, strings: count }) => {
            record(&task.output, |report| strings(report, &task.choice, &task.reading, count, &task.timing))
        }
        Task::Construct(task) => record(&task.output, |report| construct(report, &task.choice, task.processes)),
        Task::Names(task) => record(&task.output, |report| names(report, &task.timing)),
        Task::Own(task) => record(&task.output, |report| own(report, &task.configs, &task.reading, &task.timing)),
        Task::Annotate(task) => record(&task.output, |report| annotation(report, &task.reading, &task.timing)),
        Task::Start(task) => record(&task.output, |report| start(report, &task.own, task.runs)),
        Task::Memory(task) => record(&task.output, |report| memory(report, &task.own, &task.reading, task.megabytes)),
        Task::Threads(task) => record(&task.output, |report| threading(report, &task)),
        Task::Size(task) => record(&task.output, |report| size(report, &task.own)),
        Task::All(task) => record(&task.output, |report| {
            throughput(report, &task.choice, &task.reading, &task.timing)?;
            pages(report, &[], &task.timing)?;
            strings(report, &task.choice, &task.reading, strings::STRINGS, &task.timing)?;
            construct(report, &task.choice, 15)?;
            names(report, &task.timing)?;
            annotation(report, &task.reading, &task.timing)?;
            start(report, &task.own, 60)?;
            memory(report, &task.own, &task.reading, 200)?;
            size(report, &task.own)
        }),
        Task::Check { report } => return check(&report),
        Task::Page { report, page, date } => page::write(&Report::open(&report)?, &page, &date),
        Task::ConstructOnce { contender, config } => construct::once(contender, config),
    }?;
    Ok(ExitCode::SUCCESS)
}

/// Runs a task on the report of the output file, or on an empty one, and saves it.
fn record(output: &Output, task: impl FnOnce(&mut Report) -> Result<()>) -> Result<()> {
    let mut report = match &output.json {
        Some(path) => Report::open(path)?,
        None => Report::default(),
    };
    let machine = Machine::here();
    if !report.machine.kernel.is_empty() && report.machine.kernel != machine.kernel {
        bail!("the report has figures of the kernel {}, and this run is of {}", report.machine.kernel, machine.kernel);
    }
    report.machine = machine;
    println!("{}\n", report.machine.line());
    task(&mut report)?;
    match &output.json {
        Some(path) => report.save(path),
        None => Ok(()),
    }
}

fn throughput(report: &mut Report, choice: &Choice, reading: &Reading, timing: &Timing) -> Result<()> {
    let texts = reading.load(&texts::available())?;
    report.throughput = throughput::measure(&choice.configs(), &texts, &choice.contenders(), timing.plan())?;
    throughput::print(&report.throughput);
    Ok(())
}

fn side_by_side(report: &mut Report, choice: &Choice, reading: &Reading, timing: &Timing) -> Result<()> {
    let texts = reading.load(&texts::available())?;
    let of_strings: Vec<Text> = texts.iter().filter(|text| CHINESE.contains(&text.name.as_str())).cloned().collect();
    let configs = kernels::configs(&choice.configs);
    report.kernels = kernels::measure(&configs, &texts, &of_strings, &choice.contenders(), timing.plan())?;
    kernels::print(&report.kernels);
    Ok(())
}

fn pages(report: &mut Report, paths: &[PathBuf], timing: &Timing) -> Result<()> {
    let (source, pages) = wikitext::pages(paths)?;
    let measured = wikitext::measure(source, &pages, timing.plan());
    wikitext::print(&measured);
    report.wikitext = Some(measured);
    Ok(())
}

fn strings(report: &mut Report, choice: &Choice, reading: &Reading, count: usize, timing: &Timing) -> Result<()> {
    let texts = reading.load(&CHINESE)?;
    report.strings = strings::measure(&choice.configs(), &texts, count, &choice.contenders(), timing.plan())?;
    strings::print(&report.strings);
    Ok(())
}

fn construct(report: &mut Report, choice: &Choice, processes: usize) -> Result<()> {
    report.construct = construct::measure(&choice.configs(), &choice.contenders(), processes)?;
    construct::print(&report.construct);
    Ok(())
}

fn names(report: &mut Report, timing: &Timing) -> Result<()> {
    let measured = names::measure(timing.plan());
    names::print(&measured);
    report.names = Some(measured);
    Ok(())
}

fn annotation(report: &mut Report, reading: &Reading, timing: &Timing) -> Result<()> {
    // What has no Chinese in it has no names.
    let texts: Vec<&str> = texts::available().into_iter().filter(|kind| kind.starts_with("prose")).collect();
    let texts = reading.load(&texts)?;
    report.annotate = annotate::measure(&texts, timing.plan());
    annotate::print(&report.annotate);
    Ok(())
}

fn own(report: &mut Report, configs: &[Config], reading: &Reading, timing: &Timing) -> Result<()> {
    let configs = if configs.is_empty() { &[Config::S2T, Config::S2Twp, Config::T2S] } else { configs };
    let texts: Vec<&str> = texts::available().into_iter().filter(|kind| kind.starts_with("prose")).collect();
    let measured = own::measure(configs, &reading.load(&texts)?, timing.plan())?;
    own::print(&measured);
    (report.asked, report.compiling) = measured;
    Ok(())
}

fn start(report: &mut Report, own: &Own, runs: usize) -> Result<()> {
    report.start = programs::start(&own.path(), runs)?;
    programs::print_start(&report.start);
    Ok(())
}

fn memory(report: &mut Report, own: &Own, reading: &Reading, megabytes: u64) -> Result<()> {
    let mut body = String::new();
    for text in reading.load(&CHINESE)? {
        body += &text.input(Config::S2T);
    }
    report.memory = programs::memory(&own.path(), &body, megabytes * 1_000_000)?;
    programs::print_memory(&report.memory);
    Ok(())
}

fn threading(report: &mut Report, task: &Threading) -> Result<()> {
    let texts = task.reading.load(&["prose-hans", "prose-hant"])?;
    let body: String = texts.iter().map(|text| text.input(Config::S2T)).collect();
    let Threading { own, megabytes, threads, rounds, .. } = task;
    report.threads = threads::measure(&own.path(), &body, megabytes * 1_000_000, *threads, *rounds)?;
    threads::print(&report.threads);
    Ok(())
}

fn size(report: &mut Report, own: &Own) -> Result<()> {
    let bytes = programs::size(&own.path())?;
    report.program_bytes = Some(bytes);
    println!("size of the command: {:.2} MB", bytes as f64 / 1e6);
    let bytes = programs::size(&places::beside("tongwen-bench-engine")?)?;
    report.engine_bytes = Some(bytes);
    println!(
        "size of a program with the engine alone, all configs, both settings for rare characters: {:.2} MB\n",
        bytes as f64 / 1e6
    );
    Ok(())
}

fn check(path: &std::path::Path) -> Result<ExitCode> {
    let report = Report::open(path)?;
    println!("{}\n", report.machine.line());
    let goals = check::goals(&report);
    let all_met = goals.iter().all(|goal| goal.verdict == Verdict::Met);
    check::print(&goals);
    println!("further aims, for information:\n");
    check::print(&check::aims(&report));
    Ok(if all_met { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
