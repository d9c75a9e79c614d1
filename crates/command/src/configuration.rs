//! Configuration files: what a project or a person wants every time.
//!
//! The nearest `tongwen.toml` from the document's folder upward counts, then the one in the user's own configuration folder, each value on
//! its own; what is said on the command line goes before both.
//!
//! ```toml
//! to = "zh-tw"               # the flags of `convert`, by their long names
//! dict = ["terms.tsv"]       # paths are relative to this file
//! protect = ["《[^》]*》"]
//! groups = ["groups"]
//!
//! [wikitext]                 # the flags under the heading Wikitext
//! headings = "keep"
//!
//! [html]                     # the flags under the heading HTML and XML
//! attributes = ["placeholder"]
//!
//! [lists.prose-templates]    # the lists of names that the rules of wikitext need
//! add = ["epigraph"]         # or: set = [...], instead of what is built in
//! ```

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use serde::Deserialize;
use tongwen_formats::Options;

use crate::arguments::{ConversionArguments, JobArguments, SourceVariant};
use crate::messages::{Failure, shown, system};
use crate::protection;

pub(crate) const NAME: &str = "tongwen.toml";

/// A file as it is written. Values stay text: they are read by the code that reads the command line's.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
struct Content {
    to: Option<String>,
    from: Option<String>,
    config: Option<PathBuf>,
    level: Option<String>,
    dict: Vec<PathBuf>,
    protect: Vec<String>,
    protect_words: Vec<PathBuf>,
    ambiguous: Option<String>,
    encoding: Option<String>,
    output_encoding: Option<String>,
    no_markers: Option<bool>,
    tofu_risk: Option<String>,
    guard_names: Option<String>,
    mode: Option<String>,
    groups: Vec<PathBuf>,
    field: Vec<String>,
    strict: Option<bool>,
    wikitext: Wikitext,
    html: Html,
    lists: BTreeMap<String, ListChange>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
struct Wikitext {
    links: Option<String>,
    headings: Option<String>,
    positional: Option<String>,
    citations: Option<String>,
    comments: Option<String>,
    page_rules: Option<String>,
    note_ta: Option<String>,
    no_conversion: Option<String>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
struct Html {
    attributes: Vec<String>,
    languages: Option<String>,
    no_translate: Option<String>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct ListChange {
    set: Option<Vec<String>>,
    add: Vec<String>,
}

/// One file and what is in it.
#[derive(Clone, Debug)]
struct File {
    path: PathBuf,
    content: Content,
    /// The same as it stands there.
    table: toml::Table,
}

/// The files that count for a document, the one that decides first.
#[derive(Clone, Debug, Default)]
pub(crate) struct Configuration {
    files: Vec<File>,
}

/// Where the file is that counts for a document in this folder, if any.
pub(crate) fn nearest(folder: &Path) -> Option<PathBuf> {
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let folder = std::path::absolute(folder).ok()?;
    let path = folder.ancestors().map(|folder| folder.join(NAME)).find(|path| path.is_file())?;
    // Below the current folder it is named as people would name it.
    let current = std::env::current_dir().unwrap_or_default();
    Some(path.strip_prefix(current).map(Path::to_path_buf).unwrap_or(path))
}

/// The file in the user's own configuration folder, if there is one.
fn users_own() -> Option<PathBuf> {
    users_path().filter(|path| path.is_file())
}

/// Where the user's own file is looked for.
pub(crate) fn users_path() -> Option<PathBuf> {
    let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let folder = if cfg!(windows) {
        set("APPDATA")
    } else {
        set("XDG_CONFIG_HOME").or_else(|| Some(set("HOME")?.join(".config")))
    };
    folder.map(|folder| folder.join("tongwen").join(NAME))
}

impl Configuration {
    /// Reads the nearest file, found by [`nearest`], and the user's own.
    pub(crate) fn read(nearest: Option<&Path>) -> Result<Configuration, Failure> {
        let mut files = Vec::new();
        for path in nearest.map(Path::to_path_buf).into_iter().chain(users_own()) {
            let bytes = std::fs::read(&path).map_err(|error| Failure::at(shown(&path), system(&error)))?;
            let text = String::from_utf8(bytes).map_err(|error| {
                let offset = error.utf8_error().valid_up_to();
                let text = format_args!("invalid UTF-8 at byte {offset}; convert the file to UTF-8 first");
                Failure::at(shown(&path), text)
            })?;
            let content: Content = toml::from_str(&text).map_err(|error| unreadable(&path, &text, &error))?;
            // Later nobody knows who has said it.
            protection::expressions(&content.protect, format_args!("{}: protect", shown(&path)))?;
            let table = toml::from_str(&text).map_err(|error| unreadable(&path, &text, &error))?;
            files.push(File { path, content, table });
        }
        Ok(Configuration { files })
    }

    /// Fills in what the command line leaves open about the conversion.
    pub(crate) fn fill_conversion(&self, arguments: &mut ConversionArguments) -> Result<(), Failure> {
        for File { path, content, .. } in &self.files {
            let undecided = arguments.to.is_none() && arguments.config.is_none();
            // A target excludes a config and the other way round, so the first who names one of them decides.
            if undecided && content.to.is_some() && content.config.is_some() {
                return Err(Failure::at(shown(path), "`to` and `config` exclude each other; leave one of them out"));
            }
            if undecided {
                fill(&mut arguments.to, content.to.as_deref(), path, "to")?;
                arguments.config = content.config.as_ref().map(|config| config_path(path, config));
            }
            if arguments.config.is_none() {
                fill(&mut arguments.from, content.from.as_deref(), path, "from")?;
                fill(&mut arguments.level, content.level.as_deref(), path, "level")?;
            }
            if arguments.tofu_risk.is_none() {
                arguments.tofu_risk =
                    content.tofu_risk.as_deref().map(|value| choice(path, "tofu-risk", value)).transpose()?;
            }
            if arguments.guard_names.is_none() {
                arguments.guard_names =
                    content.guard_names.as_deref().map(|value| choice(path, "guard-names", value)).transpose()?;
            }
            arguments.no_markers |= content.no_markers.unwrap_or(false);
        }
        let words =
            self.files.iter().rev().flat_map(|file| file.content.protect_words.iter().map(|name| file.beside(name)));
        arguments.protect_words = words.chain(std::mem::take(&mut arguments.protect_words)).collect();
        // The last dictionary wins: the user's own, the project's, those of the command line.
        let of_files = self.files.iter().rev().flat_map(|file| file.content.dict.iter().map(|name| file.beside(name)));
        arguments.dictionaries = of_files.chain(std::mem::take(&mut arguments.dictionaries)).collect();
        Ok(())
    }

    /// The patterns of what is to be left.
    fn protect(&self) -> Vec<String> {
        self.files.iter().flat_map(|file| file.content.protect.iter().cloned()).collect()
    }

    /// Fills in what the command line leaves open about documents.
    pub(crate) fn fill(&self, arguments: &mut JobArguments) -> Result<(), Failure> {
        self.fill_conversion(&mut arguments.conversion)?;
        for File { path, content, .. } in &self.files {
            fill(&mut arguments.documents.mode, content.mode.as_deref(), path, "mode")?;
            let documents = &mut arguments.documents;
            fill(&mut documents.encoding, content.encoding.as_deref(), path, "encoding")?;
            fill(&mut documents.output_encoding, content.output_encoding.as_deref(), path, "output-encoding")?;
            if documents.ambiguous.is_none() {
                documents.ambiguous =
                    content.ambiguous.as_deref().map(|value| choice(path, "ambiguous", value)).transpose()?;
            }
            documents.protect.extend_from_slice(&content.protect);
            documents.fields.extend_from_slice(&content.field);
            arguments.reporting.strict |= content.strict.unwrap_or(false);
            let (to, from) = (&mut arguments.wikitext, &content.wikitext);
            fill(&mut to.links, from.links.as_deref(), path, "links")?;
            fill(&mut to.headings, from.headings.as_deref(), path, "headings")?;
            fill(&mut to.positional, from.positional.as_deref(), path, "positional")?;
            fill(&mut to.citations, from.citations.as_deref(), path, "citations")?;
            fill(&mut to.comments, from.comments.as_deref(), path, "comments")?;
            fill(&mut to.page_rules, from.page_rules.as_deref(), path, "page-rules")?;
            fill(&mut to.note_ta, from.note_ta.as_deref(), path, "note-ta")?;
            fill(&mut to.no_conversion, from.no_conversion.as_deref(), path, "no-conversion")?;
            let html = &mut arguments.html;
            html.attributes.extend_from_slice(&content.html.attributes);
            fill(&mut html.languages, content.html.languages.as_deref(), path, "languages")?;
            fill(&mut html.no_translate, content.html.no_translate.as_deref(), path, "no-translate")?;
        }
        let of_files =
            self.files.iter().rev().flat_map(|file| file.content.groups.iter().map(|name| file.beside(name)));
        arguments.documents.groups = of_files.chain(std::mem::take(&mut arguments.documents.groups)).collect();
        Ok(())
    }

    /// Changes the lists of names as the files say, the user's own first.
    pub(crate) fn change_lists(&self, options: &mut Options) -> Result<(), Failure> {
        for File { path, content, .. } in self.files.iter().rev() {
            for (name, change) in &content.lists {
                let wrong = |error| Failure::at(shown(path), format_args!("lists: {error}"));
                if let Some(entries) = &change.set {
                    options.lists.set(name, entries.iter().map(String::as_str)).map_err(wrong)?;
                }
                options.lists.add(name, change.add.iter().map(String::as_str)).map_err(wrong)?;
            }
        }
        Ok(())
    }
}

impl Configuration {
    /// The files as they stand, the one that decides first.
    pub(crate) fn tables(&self) -> impl Iterator<Item = (&Path, &toml::Table)> {
        self.files.iter().map(|file| (file.path.as_path(), &file.table))
    }
}

impl File {
    /// A path that the file names.
    fn beside(&self, name: &Path) -> PathBuf {
        self.path.parent().unwrap_or(Path::new("")).join(name)
    }
}

/// The name of an official config, or the path of a file beside the configuration file.
fn config_path(path: &Path, config: &Path) -> PathBuf {
    let beside = path.parent().unwrap_or(Path::new("")).join(config);
    if beside.is_file() { beside } else { config.to_path_buf() }
}

/// Reads a value unless there is one already.
fn fill<T>(to: &mut Option<T>, value: Option<&str>, path: &Path, key: &str) -> Result<(), Failure>
where
    T: FromStr,
    T::Err: std::fmt::Display,
{
    if let (None, Some(value)) = (&to, value) {
        *to = Some(value.parse().map_err(|error| Failure::at(shown(path), format_args!("`{key}`: {error}")))?);
    }
    Ok(())
}

/// A value that is one of a few names.
fn choice<T: clap::ValueEnum>(path: &Path, key: &str, value: &str) -> Result<T, Failure> {
    T::from_str(value, false).map_err(|_| {
        let names: Vec<String> = T::value_variants()
            .iter()
            .filter_map(|variant| variant.to_possible_value().map(|value| value.get_name().to_string()))
            .collect();
        let text = format!("{key}: unknown value `{value}`, expected one of {}", names.join(", "));
        Failure::at(shown(path), text)
    })
}

/// What the reader of TOML found, with the line.
fn unreadable(path: &Path, text: &str, error: &toml::de::Error) -> Failure {
    let line = error.span().map_or(1, |span| text[..span.start.min(text.len())].matches('\n').count() + 1);
    Failure::at(format_args!("{}:{line}", shown(path)), error.message().trim_end().replace('\n', "; "))
}

impl ConversionArguments {
    /// `auto` where nobody says anything else.
    pub(crate) fn source(&self) -> SourceVariant {
        self.from.unwrap_or(SourceVariant::Auto)
    }

    /// Somebody must say what to convert to.
    pub(crate) fn check_target(&self) -> Result<(), Failure> {
        if self.to.is_some() || self.config.is_some() {
            return Ok(());
        }
        let text = "nothing says what to convert to; name a variant with --to or a config with --config";
        Err(Failure::new(text)
            .with_hint(format_args!("to = \"zh-cn\" in a {NAME} says it for all documents of a folder")))
    }

    /// Fills in what configuration files say for texts of the current folder; beside it what they protect.
    pub(crate) fn configured(&self) -> Result<(ConversionArguments, Vec<String>), Failure> {
        let (mut arguments, mut protect) = (self.clone(), Vec::new());
        if !self.no_config {
            let configuration = Configuration::read(nearest(Path::new("")).as_deref())?;
            configuration.fill_conversion(&mut arguments)?;
            protect = configuration.protect();
        }
        arguments.check_target()?;
        Ok((arguments, protect))
    }
}
