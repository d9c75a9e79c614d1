//! OpenCC's own config files, JSON with comments, and the dictionaries that they name.
//!
//! For people who have written configs for OpenCC: the same file gives the same [`Recipe`] here, to be run by a [`StagedEngine`].
//! What OpenCC accepts is accepted, what it only warns about is kept as a warning, and what it refuses is an error that names file
//! and line.
//!
//! ```no_run
//! use tongwen::config_file::{ConfigFile, LoadOptions};
//! let config = ConfigFile::load("my/s2x.json", &LoadOptions::default())?;
//! for warning in config.warnings() {
//!     eprintln!("{warning}");
//! }
//! let engine = config.into_engine();
//! println!("{}", engine.convert("头发"));
//! # Ok::<(), tongwen::Error>(())
//! ```
//!
//! # Where dictionaries are looked for
//!
//! A relative name is looked for in the folder of the config, then in the working folder, both as in OpenCC, then in the folders of
//! the [`LoadOptions`]. The name is taken as it stands. One addition: where a folder has no `X.ocd2` but an `X.txt`, that is read,
//! so that the official configs work with the text tables that they were made from.
//!
//! # Limits
//!
//! Segmentation by a plug-in (`jieba`, for one) needs OpenCC itself: the feature `opencc`.
//!
//! # Source
//!
//! `Config.cpp` and `ResourceProvider.cpp` of OpenCC 1.4.2.

mod json;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::dictionary::decode;
use crate::{Dictionary, Error, ErrorKind, Recipe, StagedEngine, TofuRisk};

/// A config file, read with all its dictionaries.
#[derive(Clone, Debug)]
pub struct ConfigFile {
    path: PathBuf,
    recipe: Recipe,
    warnings: Vec<String>,
}

/// How a config file is read.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct LoadOptions {
    /// What becomes of the dictionaries marked `may_output_tofu`. The segmentation always has them.
    pub tofu_risk: TofuRisk,
    /// Where else to look for dictionaries, and for a config that is not where its path says.
    pub folders: Vec<PathBuf>,
}

impl ConfigFile {
    /// Reads a config and the dictionaries that it names.
    ///
    /// # Errors
    ///
    /// A file that cannot be found or read, a config that is no JSON or says what no config can say, a bad dictionary.
    pub fn load(path: impl AsRef<Path>, options: &LoadOptions) -> Result<ConfigFile, Error> {
        let path = find_config(path.as_ref(), &options.folders);
        let bytes = read(&path)?;
        let name = path.display().to_string();
        let text = decode(&name, &bytes)?;
        let mut library = Library::new(&path, &options.folders);
        let (mut recipe, warnings) = json::recipe(&name, text, options.tofu_risk, &mut library)?;
        if recipe.name.is_empty() {
            recipe.name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        }
        Ok(ConfigFile { path, recipe, warnings })
    }

    /// Where the config was found.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What in the config is not as the schema of configs has it, though it does no harm, as `path:line: what`.
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }

    /// What the config says.
    pub fn recipe(&self) -> &Recipe {
        &self.recipe
    }

    /// The engine that runs it.
    pub fn into_engine(self) -> StagedEngine {
        StagedEngine::new(self.recipe)
    }
}

/// The formats of dictionary files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Format {
    Text,
    Ocd,
    Ocd2,
}

/// The dictionary files of one config, each read once.
struct Library {
    folders: Vec<PathBuf>,
    read: HashMap<(PathBuf, Format), Arc<Dictionary>>,
}

impl Library {
    fn new(config: &Path, folders: &[PathBuf]) -> Library {
        let beside = config.parent().map(Path::to_owned).into_iter();
        let all = beside.chain([PathBuf::from(".")]).chain(folders.iter().cloned());
        Library { folders: all.filter(|folder| !folder.as_os_str().is_empty()).collect(), read: HashMap::new() }
    }

    /// The dictionary in a file; nothing where no folder has the file.
    fn dictionary(&mut self, format: Format, file: &str) -> Result<Option<Arc<Dictionary>>, Error> {
        let Some((path, format)) = self.find(format, file) else { return Ok(None) };
        if let Some(dictionary) = self.read.get(&(path.clone(), format)) {
            return Ok(Some(Arc::clone(dictionary)));
        }
        let bytes = read(&path)?;
        let name = path.display().to_string();
        let dictionary = Arc::new(match format {
            Format::Text => Dictionary::from_bytes(&name, &bytes)?,
            Format::Ocd => Dictionary::from_ocd(&name, &bytes)?,
            Format::Ocd2 => Dictionary::from_ocd2(&name, &bytes)?,
        });
        self.read.insert((path, format), Arc::clone(&dictionary));
        Ok(Some(dictionary))
    }

    fn find(&self, format: Format, file: &str) -> Option<(PathBuf, Format)> {
        let text = file.strip_suffix(".ocd2").filter(|_| format == Format::Ocd2).map(|stem| format!("{stem}.txt"));
        // Joined to a folder, an absolute path is itself.
        self.folders.iter().find_map(|folder| {
            let named = folder.join(file);
            if named.is_file() {
                return Some((named, format));
            }
            text.as_ref().map(|text| folder.join(text)).filter(|path| path.is_file()).map(|path| (path, Format::Text))
        })
    }
}

/// The path itself where there is such a file, else that file in one of the folders, with or without `.json`.
fn find_config(path: &Path, folders: &[PathBuf]) -> PathBuf {
    let mut with_extension = path.as_os_str().to_owned();
    with_extension.push(".json");
    let in_folders = folders.iter().flat_map(|folder| [folder.join(path), folder.join(&with_extension)]);
    let mut candidates = std::iter::once(path.to_owned()).chain(in_folders);
    candidates.find(|candidate| candidate.is_file()).unwrap_or_else(|| path.to_owned())
}

fn read(path: &Path) -> Result<Vec<u8>, Error> {
    std::fs::read(path).map_err(|source| Error::new(ErrorKind::Io { path: path.display().to_string(), source }))
}
