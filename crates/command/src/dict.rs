//! `tongwen dict`: what dictionaries hold, and files of the user's own pairs.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Serialize;
use tongwen::{Dictionary, UserDictionary};

use crate::arguments::{DictArguments, DictCommand};
use crate::input::Input;
use crate::messages::{self, Exit, Failure, Printable, shown, system};
use crate::output::Output;

/// The version of the machine output.
const SCHEMA: u32 = 1;

pub(crate) fn run(arguments: &DictArguments) -> Result<Exit, Failure> {
    match &arguments.command {
        DictCommand::List => list(),
        DictCommand::Show { dictionary } => show(dictionary),
        DictCommand::Search { word, within, dictionaries, json } => {
            let form = if *json { Form::Json } else { Form::Lines };
            let how = if *within { How::Within } else { How::Whole };
            search(word, how, dictionaries, form)
        }
        DictCommand::Check { files } => check(files),
        DictCommand::Build { files, output } => build(files, output),
    }
}

fn print(text: &str) -> Result<Exit, Failure> {
    let mut writer = Output::Standard.open()?;
    writer.write(text.as_bytes())?;
    writer.finish()?;
    Ok(Exit::Done)
}

fn list() -> Result<Exit, Failure> {
    let lines = Dictionary::builtin()
        .iter()
        .map(|dictionary| format!("{}\t{}\n", bare(dictionary), dictionary.len()))
        .collect::<String>();
    print(&lines)
}

/// The name without the ending that all of them have.
fn bare(dictionary: &Dictionary) -> &str {
    dictionary.name().strip_suffix(".txt").unwrap_or(dictionary.name())
}

fn show(name: &Path) -> Result<Exit, Failure> {
    let wanted = name.to_string_lossy();
    let builtin = Dictionary::builtin();
    let known = builtin.iter().find(|dictionary| bare(dictionary) == wanted || dictionary.name() == wanted);
    let read;
    let dictionary = match known {
        Some(dictionary) => dictionary.as_ref(),
        None if name.exists() => {
            let bytes = std::fs::read(name).map_err(|error| Failure::at(shown(name), system(&error)))?;
            read = Dictionary::from_bytes(&shown(name).to_string(), &bytes)?;
            &read
        }
        None => {
            let names: Vec<&str> = builtin.iter().map(|dictionary| bare(dictionary)).collect();
            let text = format!("no built-in dictionary and no file is named `{wanted}`");
            return Err(Failure::new(text).with_hint(format_args!("the built-in ones are {}", names.join(" "))));
        }
    };
    let entry = |entry| format!("{}\t{}\n", dictionary.key(entry), candidates(dictionary, entry));
    print(&(0..dictionary.len()).map(entry).collect::<String>())
}

fn candidates(dictionary: &Dictionary, entry: usize) -> String {
    dictionary.candidates(entry).collect::<Vec<_>>().join(" ")
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum How {
    Whole,
    Within,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Lines,
    Json,
}

#[derive(Serialize)]
struct Entry<'a> {
    schema: u32,
    dictionary: &'a str,
    entry_line: Option<usize>,
    from: &'a str,
    candidates: Vec<&'a str>,
}

fn search(word: &str, how: How, dictionaries: &[PathBuf], form: Form) -> Result<Exit, Failure> {
    let fits = |text: &str| match how {
        How::Whole => text == word,
        How::Within => text.contains(word),
    };
    let mut lines = String::new();
    let mut put = |entry: Entry<'_>| match form {
        Form::Json => {
            lines += &serde_json::to_string(&entry).expect("strings and numbers are always JSON");
            lines.push('\n');
        }
        Form::Lines => {
            let line = entry.entry_line.map(|line| format!(":{line}")).unwrap_or_default();
            let line = format!("{}{line}: {} → {}", entry.dictionary, entry.from, entry.candidates.join(" "));
            lines += &format!("{}\n", Printable(&line));
        }
    };
    for path in dictionaries {
        let name = shown(path).to_string();
        let user = read(path)?;
        for (from, pair) in user.pairs().filter(|(from, pair)| fits(from) || fits(pair.replacement)) {
            let (entry_line, candidates) = (Some(pair.line), vec![pair.replacement]);
            put(Entry { schema: SCHEMA, dictionary: &name, entry_line, from, candidates });
        }
    }
    for dictionary in Dictionary::builtin() {
        for entry in 0..dictionary.len() {
            let from = dictionary.key(entry);
            if fits(from) || dictionary.candidates(entry).any(fits) {
                let candidates = dictionary.candidates(entry).collect();
                let entry_line = dictionary.line(entry);
                put(Entry { schema: SCHEMA, dictionary: dictionary.name(), entry_line, from, candidates });
            }
        }
    }
    if lines.is_empty() {
        return Ok(Exit::No);
    }
    print(&lines)
}

fn read(path: &Path) -> Result<UserDictionary, Failure> {
    let bytes = std::fs::read(path).map_err(|error| Failure::at(shown(path), system(&error)))?;
    Ok(UserDictionary::from_bytes(&shown(path).to_string(), &bytes)?)
}

fn check(files: &[PathBuf]) -> Result<Exit, Failure> {
    let (mut failed, mut said) = (0, String::new());
    for path in files {
        match read(path) {
            Ok(_) => said += &doubts(path)?,
            Err(failure) => {
                failed += 1;
                messages::report(&failure);
            }
        }
    }
    print(&said)?;
    match Exit::of(failed, files.len()) {
        Exit::Done if !said.is_empty() => Ok(Exit::No),
        exit => Ok(exit),
    }
}

/// What can be used and is probably not meant.
fn doubts(path: &Path) -> Result<String, Failure> {
    let text = Input::File(path.to_path_buf()).read_text()?;
    let mut doubts = String::new();
    for (number, line) in text.trim_start_matches('\u{feff}').lines().enumerate() {
        let Some((source, target)) = line.split_once('\t').filter(|_| !line.starts_with('#')) else { continue };
        let control = |text: &str| text.chars().any(char::is_control);
        let doubt = match () {
            () if source.trim() != source => "blanks around the source, which then must be in the text too",
            () if target.trim() != target => "blanks around the target, which are put into the text",
            () if target.contains('\t') => "a second tab, which is put into the text with what is behind it",
            () if control(source) || control(target) => "a control character",
            () if target.is_empty() => "nothing behind the tab: the source is deleted",
            () => continue,
        };
        let line = format!("{}:{}: `{source}`: {doubt}", shown(path), number + 1);
        doubts += &format!("{}\n", Printable(&line));
    }
    Ok(doubts)
}

fn build(files: &[PathBuf], output: &Path) -> Result<Exit, Failure> {
    let mut pairs: BTreeMap<String, String> = BTreeMap::new();
    for path in files {
        let user = read(path)?;
        pairs.extend(user.pairs().map(|(source, pair)| (source.to_string(), pair.replacement.to_string())));
    }
    let text: String = pairs.iter().map(|(source, target)| format!("{source}\t{target}\n")).collect();
    let output = if output.as_os_str() == "-" { Output::Standard } else { Output::File(output.to_path_buf()) };
    let mut writer = output.open()?;
    writer.write(text.as_bytes())?;
    writer.finish()?;
    Ok(Exit::Done)
}
