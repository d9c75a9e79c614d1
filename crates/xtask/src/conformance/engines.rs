//! The two engines of a comparison: the subject and the library.
//!
//! Without the feature `opencc` the library cannot be opened; [`LINKED`] says so, and that is the only place where the two builds
//! of this program differ.

use std::path::{Path, PathBuf};

use serde_json::Value;
use tongwen::{Config, Engine, Error, TofuRisk};

use crate::literal::Literal;
use crate::problem::{Problem, Result, read_text, write};
use crate::tables::{Recipe, Tables};

/// Whether this program is linked with OpenCC.
pub(crate) const LINKED: bool = cfg!(feature = "opencc");

/// What is compared with the library.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Subject {
    /// The literal model that tests measure the engine against
    Literal,
}

impl Subject {
    /// The name on the command line.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Subject::Literal => "literal",
        }
    }

    /// Builds the engine for one config.
    pub(crate) fn engine<'a>(
        self,
        tables: &'a Tables,
        root: &Path,
        config: Config,
        tofu_risk: TofuRisk,
    ) -> Result<Box<dyn Engine + 'a>> {
        match self {
            Subject::Literal => {
                let recipe = Recipe::load(root, config.name())?;
                Ok(Box::new(Model(Literal::new(tables, &recipe, tofu_risk)?)))
            }
        }
    }
}

struct Model<'a>(Literal<'a>);

impl Engine for Model<'_> {
    fn convert_into(&self, text: &str, out: &mut String) -> Result<(), Error> {
        out.push_str(&self.0.convert(text));
        Ok(())
    }

    fn name(&self) -> &str {
        Subject::Literal.name()
    }
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
