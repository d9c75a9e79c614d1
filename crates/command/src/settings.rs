//! `tongwen config`: which configuration counts, where each value comes from, and a file to begin with.
//!
//! [`KEYS`] describes every key; a test holds it to what the reader of configuration files takes.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::Path;

use toml::{Table, Value};

use crate::arguments::{ConfigArguments, ConfigCommand};
use crate::configuration::{self, Configuration, NAME};
use crate::messages::{Exit, Failure, Printable, shown, system};
use crate::output::Output;

/// A key of configuration files.
struct Key {
    /// The table that it stands in, empty at the top.
    table: &'static str,
    name: &'static str,
    /// What counts where nobody says anything, as TOML; empty for nothing.
    default: &'static str,
    /// A value to show in a new file.
    example: &'static str,
    about: &'static str,
}

macro_rules! keys {
    ($($table:literal $name:literal $default:literal $example:literal $about:literal;)*) => {
        &[$(Key { table: $table, name: $name, default: $default, example: $example, about: $about }),*]
    };
}

const KEYS: &[Key] = keys! {
    "" "to" "" r#""zh-cn""# "The variant to convert to: zh-hans zh-hant zh-cn zh-sg zh-my zh-tw zh-hk zh-mo; zh: as written.";
    "" "from" r#""auto""# r#""auto""# "The variant that the text is in; auto makes mixed text uniform.";
    "" "config" "" r#""s2twp""# "An OpenCC config or the path of an OpenCC JSON file, instead of to, from and level.";
    "" "level" r#""variants""# r#""variants""# "How far to go: none, chars, variants, phrases.";
    "" "dict" "[]" r#"["terms.tsv"]"# "Files of your own pairs, `source TAB target` a line; the last wins. Paths are relative to this file.";
    "" "protect" "[]" r#"["《[^》]*》"]"# "Regular expressions; what matches in a line is left.";
    "" "protect-words" "[]" r#"["names.txt"]"# "Files of words that are left, one a line.";
    "" "ambiguous" r#""first""# r#""first""# "Characters that may become several others where no phrase decides: first, keep, mark, error.";
    "" "no-markers" "false" "false" "Whether `-{...}-` and `-<...>-` are converted like other text.";
    "" "tofu-risk" r#""include""# r#""include""# "Whether rare characters that many fonts lack are put out: include, exclude.";
    "" "guard-names" r#""auto""# r#""always""# "Where names of places are kept from being broken: auto (wikitext with `to`), always, never.";
    "" "mode" r#""preserve""# r#""preserve""# "Conversion markup: preserve, render, strip.";
    "" "groups" "[]" r#"["groups"]"# "Folders with the conversion groups that pages name.";
    "" "field" "[]" r#"["/title"]"# "Strings of JSON and cells of tables to convert: pointers, names or numbers of columns; none means all.";
    "" "strict" "false" "false" "Whether warnings are errors.";
    "" "encoding" r#""auto""# r#""auto""# "How documents are read: auto utf-8 utf-16 utf-16le utf-16be gb18030 gbk big5 shift_jis euc-jp.";
    "" "output-encoding" r#""same""# r#""same""# "How results are written: same, or one of those.";
    "wikitext" "links" r#""expand""# r#""expand""# "Links without a label: expand, keep, convert.";
    "wikitext" "headings" r#""convert""# r#""convert""# "Headings, and with them links to sections of the same page: convert, keep.";
    "wikitext" "positional" r#""keep""# r#""keep""# "Positional values of templates that are not known to take prose: keep, convert.";
    "wikitext" "citations" r#""convert""# r#""convert""# "What templates that cite works show: convert, keep.";
    "wikitext" "comments" r#""keep""# r#""keep""# "Comments: keep, convert.";
    "wikitext" "page-rules" r#""apply""# r#""apply""# "Rules that a document sets for itself: apply, ignore.";
    "wikitext" "note-ta" r#""keep""# r#""keep""# "Calls of NoteTA, where the markup is dropped: keep, drop.";
    "wikitext" "no-conversion" r#""respect""# r#""respect""# "Pages that say __NOCC__: respect, ignore.";
    "html" "attributes" "[]" r#"["placeholder"]"# "Attributes that are converted beside title and alt, in HTML and XML.";
    "html" "languages" r#""auto""# r#""auto""# "Elements in another language: auto, respect, ignore.";
    "html" "no-translate" r#""auto""# r#""auto""# "Elements that are not to be translated: auto, respect, ignore.";
};

const LISTS: &str = "\
# Lists of names that the rules of formats need: `add` to what is built in, or `set` instead of it.
# [lists.prose-templates]
# add = [\"epigraph\"]
";

pub(crate) fn run(arguments: &ConfigArguments) -> Result<Exit, Failure> {
    match &arguments.command {
        ConfigCommand::Show { file } => show(&read(file.as_deref())?),
        ConfigCommand::Init => init(),
        ConfigCommand::Path { file } => path(&read(file.as_deref())?),
    }
}

/// The configuration that counts for a document.
fn read(file: Option<&Path>) -> Result<Configuration, Failure> {
    let folder = file.and_then(Path::parent).unwrap_or(Path::new(""));
    Configuration::read(configuration::nearest(folder).as_deref())
}

fn print(text: &str) -> Result<(), Failure> {
    let mut writer = Output::Standard.open()?;
    writer.write(text.as_bytes())?;
    writer.finish()
}

fn path(configuration: &Configuration) -> Result<Exit, Failure> {
    let paths: Vec<String> = configuration.tables().map(|(path, _)| shown(path).to_string()).collect();
    if paths.is_empty() {
        return Ok(Exit::No);
    }
    print(&paths.iter().map(|path| format!("{}\n", Printable(path))).collect::<String>())?;
    Ok(Exit::Done)
}

fn show(configuration: &Configuration) -> Result<Exit, Failure> {
    // Reading the values as a conversion would says what is wrong with them.
    configuration.fill(&mut crate::arguments::JobArguments::default())?;
    let files: Vec<(&Path, &Table)> = configuration.tables().collect();
    let mut text = String::new();
    let mut table = "";
    for key in KEYS {
        if key.table != table {
            table = key.table;
            text += &format!("\n[{table}]\n");
        }
        let (value, origin) = effective(key, &files);
        let line = match value.as_str() {
            "" => format!("# {} is not set", key.name),
            value => format!("{} = {value}  # {origin}", key.name),
        };
        text += &format!("{}\n", Printable(&line));
    }
    for (path, table) in files {
        let lists = table.get("lists").and_then(Value::as_table);
        for (name, changes) in lists.into_iter().flatten() {
            text += &format!("\n[lists.{name}]  # {}\n", Printable(&shown(path).to_string()));
            for (how, names) in changes.as_table().into_iter().flatten() {
                text += &format!("{how} = {}\n", Printable(&names.to_string()));
            }
        }
    }
    print(&text)?;
    Ok(Exit::Done)
}

/// The value of a key and where it comes from.
fn effective(key: &Key, files: &[(&Path, &Table)]) -> (String, String) {
    let of = |table: &Table| match key.table {
        "" => table.get(key.name).cloned(),
        name => table.get(name)?.get(key.name).cloned(),
    };
    let said: Vec<(&Path, Value)> = files
        .iter()
        .filter(|(_, table)| counts(key, table, files))
        .filter_map(|(path, table)| Some((*path, of(table)?)))
        .collect();
    let default = (key.default.to_string(), "default".to_string());
    match said.first() {
        None => default,
        // Lists of several files are joined, the file that decides last.
        Some((_, Value::Array(_))) => {
            let names =
                said.iter().rev().flat_map(|(_, value)| value.as_array().cloned().unwrap_or_default()).collect();
            let origins: Vec<String> = said.iter().rev().map(|(path, _)| shown(path).to_string()).collect();
            (Value::Array(names).to_string(), origins.join(", "))
        }
        // A switch is on if any file says so.
        Some((_, Value::Boolean(false))) => match said.iter().find(|(_, value)| value.as_bool() == Some(true)) {
            Some((path, value)) => (value.to_string(), shown(path).to_string()),
            None => ("false".to_string(), shown(said[0].0).to_string()),
        },
        Some((path, value)) => (value.to_string(), shown(path).to_string()),
    }
}

/// Whether a file is asked for the key: the first file that names a target decides between variants and a config.
fn counts(key: &Key, table: &Table, files: &[(&Path, &Table)]) -> bool {
    let decides = files.iter().find(|(_, table)| table.contains_key("to") || table.contains_key("config"));
    let Some((_, deciding)) = decides else { return true };
    match key.name {
        _ if !key.table.is_empty() => true,
        "to" | "config" => std::ptr::eq(*deciding, table),
        "from" | "level" => !deciding.contains_key("config"),
        _ => true,
    }
}

fn init() -> Result<Exit, Failure> {
    let failed = |error: &std::io::Error| match error.kind() {
        std::io::ErrorKind::AlreadyExists => Failure::at(NAME, "is there already; nothing was written"),
        _ => Failure::at(NAME, system(error)),
    };
    let mut file = OpenOptions::new().write(true).create_new(true).open(NAME).map_err(|error| failed(&error))?;
    file.write_all(template().as_bytes()).map_err(|error| failed(&error))?;
    Ok(Exit::Done)
}

/// A file with every key, nothing switched on.
fn template() -> String {
    let mut text = String::from(
        "# What tongwen does with the documents of this folder and the folders in it.\n\
         # Every key is shown with what counts where it is left out, or with an example. Flags on the command line win.\n",
    );
    let mut table = "";
    for key in KEYS {
        if key.table != table {
            table = key.table;
            text += &format!("\n# [{table}]\n");
        }
        text += &format!("\n# {}\n# {} = {}\n", key.about, key.name, key.example);
    }
    text + "\n" + LISTS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_is_known_and_every_known_key_is_there() {
        let names =
            |table: &str| -> Vec<&str> { KEYS.iter().filter(|key| key.table == table).map(|key| key.name).collect() };
        let tables = ["wikitext", "html", "lists"];
        for table in ["", "wikitext", "html"] {
            let head = if table.is_empty() { String::new() } else { format!("[{table}]\n") };
            // The reader of the files names what it knows when it meets what it does not.
            let folder = std::env::temp_dir().join(format!("tongwen-keys-{}-{table}", std::process::id()));
            std::fs::create_dir_all(&folder).unwrap();
            let path = folder.join(NAME);
            std::fs::write(&path, format!("{head}no-such-key = 1\n")).unwrap();
            let text = Configuration::read(Some(&path)).unwrap_err().text();
            std::fs::remove_dir_all(&folder).unwrap();
            let known: Vec<&str> = text.split('`').skip(3).step_by(2).filter(|name| !tables.contains(name)).collect();
            let (mut known, mut ours) = (known, names(table));
            known.sort_unstable();
            ours.sort_unstable();
            assert_eq!(known, ours, "{text}");
        }
    }

    #[test]
    fn a_new_file_is_read_with_everything_switched_on() {
        let on: String = template()
            .lines()
            .map(|line| {
                line.strip_prefix("# ").filter(|line| line.contains(" = ") || line.starts_with('[')).unwrap_or("")
            })
            // A target is a variant or a config.
            .filter(|line| !line.starts_with("config"))
            .map(|line| format!("{line}\n"))
            .collect();
        let folder = std::env::temp_dir().join(format!("tongwen-template-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join(NAME), &on).unwrap();
        let read = Configuration::read(Some(&folder.join(NAME)));
        std::fs::remove_dir_all(&folder).unwrap();
        read.unwrap().fill(&mut crate::arguments::JobArguments::default()).unwrap();
    }
}
