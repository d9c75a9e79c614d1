//! The two engines of a comparison: the subject and the library.
//!
//! Without the feature `opencc` the library cannot be opened; [`LINKED`] says so, and that is the only place where the two builds
//! of this program differ.

use std::path::{Path, PathBuf};

use serde_json::Value;
use tongwen::{Config, Converter, Engine, Markers, StagedEngine, TofuRisk};
use tongwen_tests::random::Random;
use tongwen_tests::reference;

use crate::problem::{Problem, Result, read_text, write};
use crate::tables::Recipe;

/// Whether this program is linked with OpenCC.
pub(crate) const LINKED: bool = cfg!(feature = "opencc");

/// What is compared with the library.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Subject {
    /// The converter that users get
    #[default]
    Converter,
    /// The engine that runs any recipe stage by stage
    Staged,
    /// The slow reference that the tests measure the engines against
    Reference,
}

/// What one entry point of a subject made of a text.
pub(crate) struct Outcome {
    /// The entry point.
    pub(crate) by: &'static str,
    /// What it gave.
    pub(crate) text: String,
}

/// Converts a text through every entry point of a subject.
pub(crate) type Conversion = Box<dyn Fn(&str) -> Vec<Outcome>>;

impl Subject {
    /// The name on the command line.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Subject::Converter => "converter",
            Subject::Staged => "staged",
            Subject::Reference => "reference",
        }
    }

    /// Makes the subject ready for one config.
    pub(crate) fn prepare(self, config: Config, tofu_risk: TofuRisk) -> Result<Conversion> {
        let by = self.name();
        Ok(match self {
            Subject::Converter => {
                let builder = Converter::builder().config(config).tofu_risk(tofu_risk).markers(Markers::Convert);
                let converter = builder.build().map_err(|error| Problem::new(error.to_string()))?;
                Box::new(move |text| entry_points(&converter, text))
            }
            Subject::Staged => {
                let engine = StagedEngine::builtin(config, tofu_risk);
                Box::new(move |text| vec![Outcome { by, text: engine.convert(text) }])
            }
            Subject::Reference => {
                let read = match tofu_risk {
                    TofuRisk::Include => reference::reference,
                    TofuRisk::Exclude => reference::reference_without_tofu_risk,
                };
                let model = read(config.name());
                Box::new(move |text| vec![Outcome { by, text: model.convert(text) }])
            }
        })
    }
}

/// Explaining is slow; longer texts are not explained,
const LONGEST_EXPLAINED: usize = 64_000;
/// and of the others one in so many.
const EXPLAINED_EVERY: usize = 4;

fn entry_points(converter: &Converter, text: &str) -> Vec<Outcome> {
    let mut appended = String::new();
    converter.convert_into(text, &mut appended);
    let mut outcomes = vec![
        Outcome { by: "convert", text: converter.convert(text).into_owned() },
        Outcome { by: "convert_into", text: appended },
        Outcome { by: "stream", text: streamed(converter, text) },
    ];
    if text.len() < LONGEST_EXPLAINED && text.len().is_multiple_of(EXPLAINED_EVERY) {
        outcomes.push(Outcome { by: "edits", text: edited(converter, text) });
    }
    outcomes
}

/// The result of a stream that gets the text in pieces, cut anywhere. The length of the text decides where, so that a difference
/// shows again when the same text is converted again.
fn streamed(converter: &Converter, text: &str) -> String {
    let mut random = Random::new(text.len() as u64);
    let longest = [1, 3, 8, 100, 1_000, 10_000, 300_000][random.below(7)];
    let mut stream = converter.stream();
    let mut output = Vec::new();
    let mut rest = text.as_bytes();
    while !rest.is_empty() {
        let (piece, after) = rest.split_at(random.between(1, longest).min(rest.len()));
        if let Err(error) = stream.push(piece, &mut output) {
            return error.to_string();
        }
        rest = after;
    }
    match stream.finish(&mut output) {
        Ok(()) => String::from_utf8_lossy(&output).into_owned(),
        Err(error) => error.to_string(),
    }
}

/// The text after its list of edits has been carried out.
fn edited(converter: &Converter, text: &str) -> String {
    let mut output = String::new();
    let mut done = 0;
    for edit in converter.edits(text) {
        output.push_str(text.get(done..edit.range.start).unwrap_or("(edits overlap)"));
        output.push_str(&edit.replacement);
        done = edit.range.end;
    }
    output.push_str(text.get(done..).unwrap_or("(an edit lies behind the end)"));
    output
}

/// Opens a config of the library with the wheel's dictionaries.
pub(crate) fn library(wheel: &Path, work: &Path, config: Config, tofu_risk: TofuRisk) -> Result<Box<dyn Engine>> {
    let share = wheel.join("opencc/clib/share/opencc");
    let file = match tofu_risk {
        TofuRisk::Include => share.join(format!("{config}.json")),
        TofuRisk::Exclude => without_tofu_risk(&share, &work.join("without-tofu-risk"), config)?,
    };
    open(&file)
}

#[cfg(feature = "opencc")]
fn open(file: &Path) -> Result<Box<dyn Engine>> {
    match tongwen::opencc::OpenccEngine::new(file) {
        Ok(engine) => Ok(Box::new(engine)),
        Err(error) => Err(Problem::new(error.to_string())),
    }
}

#[cfg(not(feature = "opencc"))]
fn open(file: &Path) -> Result<Box<dyn Engine>> {
    Err(Problem::of(file, "this program was built without the feature `opencc`"))
}

/// Writes the config without its risky dictionaries into `folder`, with the dictionaries beside it, where the library looks.
///
/// The library has no switch in its C interface; its command line leaves out the same members.
fn without_tofu_risk(share: &Path, folder: &Path, config: Config) -> Result<PathBuf> {
    // One folder a config, so that processes that run side by side do not write the same files.
    let folder = folder.join(config.name());
    let name = format!("{config}.json");
    let source = share.join(&name);
    let mut json: Value = serde_json::from_str(&read_text(&source)?).map_err(|error| Problem::of(&source, error))?;
    remove_tofu_risk(&mut json);
    for table in Recipe::parse(config.name(), &source, &read_text(&source)?)?.table_names() {
        let dictionary = format!("{table}.ocd2");
        let content = std::fs::read(share.join(&dictionary)).map_err(|error| Problem::of(&source, error))?;
        write(&folder.join(dictionary), &content)?;
    }
    let file = folder.join(name);
    write(&file, json.to_string().as_bytes())?;
    Ok(file)
}

/// Drops the members of groups that may put out risky characters, at any depth.
fn remove_tofu_risk(json: &mut Value) {
    match json {
        Value::Array(items) => {
            items.retain(|item| item.get("may_output_tofu") != Some(&Value::Bool(true)));
            items.iter_mut().for_each(remove_tofu_risk);
        }
        Value::Object(members) => members.values_mut().for_each(remove_tofu_risk),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_risky_members_are_dropped() {
        let mut json = serde_json::json!({"conversion_chain": [{"dict": {"type": "group", "dicts": [
            {"file": "A.ocd2"}, {"file": "B.ocd2", "may_output_tofu": true}, {"file": "C.ocd2", "may_output_tofu": false},
        ]}}]});
        remove_tofu_risk(&mut json);
        let left = json["conversion_chain"][0]["dict"]["dicts"].as_array().unwrap();
        assert_eq!(left.iter().map(|item| item["file"].as_str().unwrap()).collect::<Vec<_>>(), ["A.ocd2", "C.ocd2"]);
    }
}
