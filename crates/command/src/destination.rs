//! Where each result goes, decided before anything is written: no input is written over by accident, no two results go to one place.

use std::collections::{HashMap, HashSet};
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use crate::arguments::OutputArguments;
use crate::identity::Identity;
use crate::input::Input;
use crate::messages::{Failure, shown, system};
use crate::output::{self, Output};
use crate::walk::{Source, Sources};

/// What is done with one result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    Write(Output),
    /// It takes the place of the input if it is another.
    Replace {
        backup: Option<OsString>,
    },
    /// Nothing is written; what would change is shown.
    Look(Show),
}

/// How it is shown what would change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Show {
    Nothing,
    Names,
    Diff,
    /// A line for each change.
    Changes,
    Json,
}

impl Action {
    /// What the old file's name is to end with.
    pub(crate) fn backup(&self) -> Option<&OsStr> {
        match self {
            Action::Replace { backup } => backup.as_deref(),
            _ => None,
        }
    }
}

impl OutputArguments {
    /// The folder that results go to, if it is one.
    pub(crate) fn folder(&self) -> Option<&Path> {
        self.output.as_deref().filter(|path| is_folder(path))
    }

    fn show(&self) -> Option<Show> {
        match (self.diff, self.list, self.check) {
            (true, ..) => Some(Show::Diff),
            (_, true, _) => Some(Show::Names),
            (.., true) => Some(Show::Nothing),
            _ => None,
        }
    }
}

/// One action for each source.
pub(crate) fn actions(sources: &Sources, arguments: &OutputArguments) -> Result<Vec<Action>, Failure> {
    let all = &sources.all;
    if let Some(show) = arguments.show() {
        return Ok(vec![Action::Look(show); all.len()]);
    }
    if arguments.write {
        return in_place(all, arguments.backup.as_deref());
    }
    match arguments.output.as_deref() {
        Some(folder) if is_folder(folder) || sources.any_folder => in_folder(all, folder),
        Some(_) | None if sources.any_folder => {
            Err(Failure::new("a folder is to be converted, and nothing says where the results go").with_hint(
                "--write converts the files in place, `-o DIR/` into another folder; --diff, --list and --check only look",
            ))
        }
        _ if all.len() > 1 => {
            Err(Failure::new(format_args!("{} inputs and no folder to write to", all.len())).with_hint(
                "name a folder with `-o DIR/`: each is written there under its own name; or convert them in place with --write",
            ))
        }
        Some(path) if path.as_os_str() != "-" => Ok(vec![Action::Write(Output::File(path.to_path_buf()))]),
        _ => Ok(vec![Action::Write(Output::Standard)]),
    }
}

fn is_folder(path: &Path) -> bool {
    path.is_dir() || path.as_os_str().as_encoded_bytes().ends_with(b"/")
}

fn in_place(sources: &[Source], backup: Option<&OsStr>) -> Result<Vec<Action>, Failure> {
    if let Some(suffix) = backup
        && (suffix.is_empty() || suffix.as_encoded_bytes().iter().any(|byte| matches!(byte, b'/' | b'\\')))
    {
        return Err(Failure::new("--backup: expected the end of a file name such as `.bak`, without a slash"));
    }
    let action = |source: &Source| match &source.input {
        Input::File(_) => Ok(Action::Replace { backup: backup.map(OsStr::to_os_string) }),
        Input::Standard => Err(Failure::new("standard input has no place to be written to; leave --write out")),
    };
    sources.iter().map(action).collect()
}

/// Every source under its own name in the folder, files of a folder as they lie in it.
fn in_folder(sources: &[Source], folder: &Path) -> Result<Vec<Action>, Failure> {
    if folder.is_file() {
        return Err(Failure::at(shown(folder), "is a file, expected a folder for the results"));
    }
    let mut taken = HashSet::new();
    let place = |source: &Source| -> Result<Action, Failure> {
        let Source { input, relative } = source;
        let Some(relative) = relative else {
            return Err(input
                .failure(format_args!("has no name to be written under in {}; name a file with -o", shown(folder))));
        };
        let path: PathBuf = folder.join(relative);
        if !taken.insert(path.clone()) {
            let text = format!("would be written to {}, where another input goes already", shown(&path));
            return Err(input.failure(text).with_hint("convert inputs of the same name one by one"));
        }
        Ok(Action::Write(Output::File(path)))
    };
    sources.iter().map(place).collect()
}

/// Refuses results that would go where an input is, by identity and not by name, before anything is written.
pub(crate) fn check(sources: &[Source], actions: &[Action], report: Option<&Output>) -> Result<(), Failure> {
    let backup = |source: &Source, action: &Action| match (action, source.input.path()) {
        (Action::Replace { backup: Some(suffix) }, Some(path)) => Some(Output::File(output::backup_name(path, suffix))),
        _ => None,
    };
    let backups = sources.iter().zip(actions).filter_map(|(source, action)| backup(source, action));
    let outputs = actions.iter().filter_map(|action| match action {
        Action::Write(output) => Some(output.clone()),
        _ => None,
    });
    // What is not there yet is no input; of a folder that is not there it is enough to know that.
    let mut folders: HashMap<PathBuf, bool> = HashMap::new();
    let mut is_there = |output: &Output| match output {
        Output::File(path) => match path.parent().filter(|parent| !parent.as_os_str().is_empty()) {
            Some(parent) => *folders.entry(parent.to_path_buf()).or_insert_with(|| parent.exists()),
            None => true,
        },
        Output::Standard => true,
    };
    let outputs = outputs.chain(backups).chain(report.cloned()).filter(|output| is_there(output));
    let there: Vec<(Output, Identity)> =
        outputs.filter_map(|output| output.identity().map(|identity| (output, identity))).collect();
    if there.is_empty() {
        return Ok(());
    }
    let inputs: HashMap<Identity, &Input> =
        sources.iter().filter_map(|source| Some((source.input.identity()?, &source.input))).collect();
    for (output, identity) in there {
        if let Some(input) = inputs.get(&identity) {
            let failure = Failure::at(output.name(), format_args!("is the input {input} too; name another output"));
            return Err(failure.with_hint("--write converts files in their places"));
        }
    }
    Ok(())
}

/// Makes a folder, and those that it lies in.
pub(crate) fn make_folder(folder: &Path) -> Result<(), Failure> {
    std::fs::create_dir_all(folder).map_err(|error| Failure::at(shown(folder), system(&error)))
}

/// Makes the folders that results go into, each once.
#[derive(Default)]
pub(crate) struct Folders(Mutex<HashSet<PathBuf>>);

impl Folders {
    pub(crate) fn make_for(&self, action: &Action, folder: Option<&Path>) -> Result<(), Failure> {
        let (Action::Write(Output::File(path)), Some(_)) = (action, folder) else { return Ok(()) };
        let Some(parent) = path.parent() else { return Ok(()) };
        let mut made = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !made.contains(parent) {
            make_folder(parent)?;
            made.insert(parent.to_path_buf());
        }
        Ok(())
    }
}
