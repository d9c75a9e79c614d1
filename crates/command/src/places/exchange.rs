//! `tongwen places export` and `import`: names to and from the formats of other gazetteers.

use std::path::{Path, PathBuf};

use tongwen_glossary::exchange::{export as written, import as read};
use tongwen_glossary::{Entry, EntryKind, Place};

use super::glossary_with;
use crate::arguments::{ExportPlacesArguments, ImportPlacesArguments};
use crate::input::Input;
use crate::messages::{Exit, Failure, remark};
use crate::output::Output;

/// How many records that are left out are named one by one.
const NAMED: usize = 20;

pub(super) fn export(arguments: &ExportPlacesArguments) -> Result<Exit, Failure> {
    let glossary = glossary_with(&arguments.overlays)?;
    let asked: Result<Vec<Entry<'_>>, Failure> = arguments
        .ids
        .iter()
        .map(|id| {
            glossary.entry(id).ok_or_else(|| {
                Failure::new(format_args!("there is no entry `{id}`")).with_hint("`tongwen lookup` shows ids")
            })
        })
        .collect();
    let mut entries = asked?;
    if arguments.ids.is_empty() {
        entries.extend(glossary.entries().filter(|entry| arguments.units || entry.kind() == EntryKind::Place));
    }
    if let Some(region) = &arguments.region {
        let start = format!("{region}-");
        entries.retain(|entry| entry.id().starts_with(&start));
        if entries.is_empty() {
            let message = format!("there is no name with an id that begins with `{start}`");
            return Err(Failure::new(message).with_hint("regions are the first letters of ids, as in `xj-dihua-1763`"));
        }
    }
    write(arguments.output.as_deref(), &written(entries, arguments.format))?;
    Ok(Exit::Done)
}

pub(super) fn import(arguments: &ImportPlacesArguments) -> Result<Exit, Failure> {
    let input = Input::all(std::slice::from_ref(&arguments.path)).remove(0);
    let output = output(arguments.output.as_deref());
    if input.identity().is_some_and(|identity| output.identity() == Some(identity)) {
        return Err(Failure::at(output.name(), "is the file that is read; write to another"));
    }
    let glossary = tongwen_glossary::Glossary::embedded();
    let bytes = input.open()?.read_all()?;
    let imported = read(&glossary, arguments.from, &input.to_string(), &bytes).map_err(Failure::new)?;
    let left_out = imported.left_out;
    for fault in left_out.iter().take(NAMED) {
        remark(format_args!("{fault}; left out"));
    }
    if left_out.len() > NAMED {
        remark(format_args!("{input}: {} more records left out", left_out.len() - NAMED));
    }
    let places = imported.overlay.places();
    if places.is_empty() {
        return Err(input.failure("holds no record that can be a row; nothing is written"));
    }
    if arguments.strict && !left_out.is_empty() {
        return Err(input.failure(format_args!("{} records left out; nothing is written", left_out.len())));
    }
    write(arguments.output.as_deref(), &Place::to_csv(places))?;
    Ok(Exit::Done)
}

fn output(path: Option<&Path>) -> Output {
    match path {
        Some(path) if path.as_os_str() != "-" => Output::File(PathBuf::from(path)),
        _ => Output::Standard,
    }
}

fn write(path: Option<&Path>, text: &str) -> Result<(), Failure> {
    let mut writer = output(path).open()?;
    writer.write(text.as_bytes())?;
    writer.finish()
}
