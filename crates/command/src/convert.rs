//! `tongwen convert` and `tongwen check`: files and folders in, converted or compared.
//!
//! Inputs are converted on several threads, in order to the eye; one that fails does not keep the others from being done.

use std::path::Path;

use crate::arguments::{CheckArguments, ConvertArguments, JobArguments, OutputArguments};
use crate::console::{Console, StandardOutput};
use crate::destination::{self, Action, Folders, Show};
use crate::findings::Report;
use crate::messages::{self, Exit, Failure};
use crate::output::Output;
use crate::task::Tasks;
use crate::turns::{self, Outcome, Tally};
use crate::walk::{self, Source, Sources};

/// `tongwen convert`.
pub(crate) fn run(arguments: &ConvertArguments) -> Result<Exit, Failure> {
    let ConvertArguments { output, job } = arguments;
    let mut job = job.clone();
    job.inputs.paths.extend(output.input.clone());
    let mut sources = walk::sources(&job.inputs, job.documents.format, output.folder())?;
    if output.write {
        sources.once_each();
    }
    let actions = destination::actions(&sources, output)?;
    let tally = match work(&job, &sources, &actions, folder(output, &sources)) {
        Err(Failure::BrokenPipe) if output.check => return Ok(UNREAD),
        done => done?,
    };
    let looked = output.diff || output.check || output.list;
    if output.check {
        summary(&job, &tally);
    } else if job.reporting.verbose && !looked && (sources.any_folder || sources.all.len() > 1) {
        say_done(&tally);
    }
    Ok(exit(&tally, sources.failures.len(), output.check))
}

/// `tongwen check`.
pub(crate) fn check(arguments: &CheckArguments) -> Result<Exit, Failure> {
    let CheckArguments { diff, list, json, job } = arguments;
    let sources = walk::sources(&job.inputs, job.documents.format, None)?;
    let show = match (diff, list, json) {
        (true, ..) => Show::Diff,
        (_, true, _) => Show::Names,
        (.., true) => Show::Json,
        _ => Show::Changes,
    };
    let actions = vec![Action::Look(show); sources.all.len()];
    let tally = match work(job, &sources, &actions, None) {
        // A record is written for each file, whatever was found; but nothing else.
        Err(Failure::BrokenPipe) if !json => return Ok(UNREAD),
        done => done?,
    };
    if !json {
        summary(job, &tally);
    }
    Ok(exit(&tally, sources.failures.len(), true))
}

/// For a check whose reader has gone away: only findings are written, so there was one, and `check | head` is no proof that nothing would change.
const UNREAD: Exit = Exit::No;

/// The folder that results go into, which may have to be made.
fn folder<'a>(output: &'a OutputArguments, sources: &Sources) -> Option<&'a Path> {
    output.folder().or(output.output.as_deref().filter(|_| sources.any_folder))
}

/// Does the actions.
fn work(job: &JobArguments, sources: &Sources, actions: &[Action], folder: Option<&Path>) -> Result<Tally, Failure> {
    if job.reporting.report.as_deref() == Some(Path::new("-")) {
        return Err(Failure::new("a report needs a file of its own; standard output is for the result"));
    }
    let report = job.reporting.report.clone().map(Output::File);
    destination::check(&sources.all, actions, report.as_ref())?;
    let (tasks, folders) = (Tasks::new(job), Folders::default());
    if let [only] = sources.all.as_slice() {
        // Wrong usage is said before anything is made.
        tasks.for_input(&only.input)?;
    }
    if let (Some(folder), Some(first)) = (folder, sources.all.first())
        && actions.iter().any(|action| matches!(action, Action::Write(Output::File(_))))
        && tasks.for_input(&first.input).is_ok()
    {
        // Said once and not for each input.
        destination::make_folder(folder)?;
    }
    for failure in &sources.failures {
        messages::report(failure);
    }
    let report = report.map(|output| output.open().map(Report::new)).transpose()?;
    let is_written = |action: &Action| matches!(action, Action::Write(Output::Standard) | Action::Look(_));
    let stdout = if actions.iter().any(is_written) { StandardOutput::Written } else { StandardOutput::Free };
    let console = Console::new(report, &job.reporting, sources.all.len(), stdout);
    // Asking how many there could be costs more than a short text.
    let threads = if sources.all.len() > 1 { job.reporting.threads() } else { 1 };
    let (tally, console) = turns::in_order(sources.all.len(), threads, console, |number, lane| {
        let Source { input, .. } = &sources.all[number];
        let action = &actions[number];
        let done = tasks.for_input(input).and_then(|task| {
            folders.make_for(action, folder)?;
            task.run(input, action, lane)
        });
        match done {
            Ok(outcome) => outcome,
            Err(Failure::BrokenPipe) => Outcome::Unread,
            Err(failure) => {
                lane.effects.say(&failure);
                Outcome::Failed
            }
        }
    })?;
    if let Some(groups) = console.missing_groups().filter(|_| !job.reporting.quiet) {
        let missing = Failure::new(format_args!(
            "conversion groups that are not here, so that their rules do not apply: {groups}"
        ));
        messages::report(&missing.with_hint("--groups names a folder with their texts; -v says where pages name them"));
    }
    console.report.map_or(Ok(()), Report::finish)?;
    Ok(tally)
}

fn exit(tally: &Tally, unreadable: usize, differs: bool) -> Exit {
    let failed = tally.failed + unreadable;
    match Exit::of(failed, tally.all() + unreadable) {
        Exit::Done if tally.refused > 0 => Exit::No,
        Exit::Done if differs && tally.changed > 0 => Exit::No,
        exit => exit,
    }
}

fn files(count: usize) -> String {
    if count == 1 { "1 file".to_string() } else { format!("{count} files") }
}

/// Says how much would change.
fn summary(job: &JobArguments, tally: &Tally) {
    if !job.reporting.quiet && tally.changed > 0 {
        messages::remark(format_args!("{} of {} would change", tally.changed, files(tally.all())));
    }
}

fn say_done(tally: &Tally) {
    messages::remark(format_args!("{} converted, {} unchanged", files(tally.changed), tally.same));
}
