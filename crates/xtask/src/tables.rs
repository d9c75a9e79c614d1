//! The dictionary texts and config files as plain values, checked while they are read.
//!
//! Everything that this tool makes (derived tables, compiled tables, comparisons) starts from the two types here: [`Tables`] is
//! all the text tables of `dictionaries/opencc` and `dictionaries/derived`, [`Recipe`] is one config file with its dictionaries
//! still by name. Nothing is flattened or fused: the order of files, lines and candidates is the order of the source.
//!
//! A table line is `key TAB candidate SP candidate ...`; `#` starts a comment line. For example `发 TAB 發 髮` in `STCharacters` is
//! the entry with the key `发` and the candidates `發` and `髮`, of which the first is the one that conversion uses.
//!
//! # Laws
//!
//! Checked at load, each with file and line in its message: UTF-8, no byte order mark, no carriage return, exactly one tab, keys
//! unique in their table, no control character, no blank at either end or doubled, no empty or repeated candidate.
//!
//! # Source
//!
//! OpenCC's `doc` and `data` folders; the reader in OpenCC is laxer (it accepts a byte order mark and carriage returns).

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::problem::{Problem, Result, read_text};

/// Upstream's tables and configs, below the repository's root.
pub(crate) const UPSTREAM: &str = "dictionaries/opencc";
/// The tables that this tool makes out of upstream's.
pub(crate) const DERIVED: &str = "dictionaries/derived";

/// One line of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    /// What is matched.
    pub(crate) key: String,
    /// What it may become; never empty, the first one is the conversion.
    pub(crate) candidates: Vec<String>,
    /// Where it stands, from 1.
    pub(crate) line: usize,
}

/// A comment line of a table. Upstream keeps instructions for derived tables in them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Comment {
    /// The text from its `#` on.
    pub(crate) text: String,
    /// Where it stands, from 1.
    pub(crate) line: usize,
}

/// One text table, in file order.
#[derive(Clone, Debug)]
pub(crate) struct Table {
    /// Name without the extension, as configs use it: `STPhrases`.
    pub(crate) name: String,
    /// Where it was read.
    pub(crate) file: PathBuf,
    /// The entries, in file order.
    pub(crate) entries: Vec<Entry>,
    /// The comment lines, in file order.
    pub(crate) comments: Vec<Comment>,
}

impl Table {
    /// Reads and checks one table.
    pub(crate) fn load(file: &Path) -> Result<Table> {
        let name = file.file_stem().and_then(|stem| stem.to_str());
        let name = name.ok_or_else(|| Problem::of(file, "the file name is not UTF-8; rename it"))?;
        Table::parse(name, file, &read_text(file)?)
    }

    /// Checks the text of a table; `file` is only named in messages.
    pub(crate) fn parse(name: &str, file: &Path, text: &str) -> Result<Table> {
        let mut table =
            Table { name: name.to_string(), file: file.to_path_buf(), entries: Vec::new(), comments: Vec::new() };
        let mut lines_of_keys: HashMap<&str, usize> = HashMap::new();
        for (index, text) in text.split('\n').enumerate() {
            let line = index + 1;
            if text.is_empty() {
                continue;
            }
            if text.starts_with('#') {
                table.comments.push(Comment { text: text.to_string(), line });
                continue;
            }
            let entry = parse_entry(text, line).map_err(|message| Problem::at(file, line, message))?;
            let key = &text[..entry.key.len()];
            if let Some(first) = lines_of_keys.insert(key, line) {
                let message = format!("key `{key}` appears twice (first on line {first}); remove one");
                return Err(Problem::at(file, line, message));
            }
            table.entries.push(entry);
        }
        Ok(table)
    }
}

fn parse_entry(text: &str, line: usize) -> Result<Entry, String> {
    let mut fields = text.split('\t');
    let (Some(key), Some(values), None) = (fields.next(), fields.next(), fields.next()) else {
        let tabs = text.matches('\t').count();
        return Err(format!("{tabs} tabs, expected exactly one between key and candidates"));
    };
    check_word("key", key)?;
    let mut candidates: Vec<String> = Vec::new();
    for value in values.split(' ') {
        check_word("candidate", value)?;
        if candidates.iter().any(|known| known == value) {
            return Err(format!("candidate `{value}` appears twice; remove one"));
        }
        candidates.push(value.to_string());
    }
    Ok(Entry { key: key.to_string(), candidates, line })
}

fn check_word(role: &str, word: &str) -> Result<(), String> {
    if word.is_empty() {
        return Err(format!("empty {role}; put exactly one blank between candidates and none at the ends"));
    }
    match word.chars().find(|c| c.is_control() || c.is_whitespace() || *c == '\u{FEFF}') {
        Some(bad) => Err(format!("{role} `{}` holds U+{:04X}; remove it", word.escape_debug(), bad as u32)),
        None => Ok(()),
    }
}

/// Tables by name.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tables {
    by_name: BTreeMap<String, Table>,
}

impl Tables {
    /// Reads upstream's tables and the derived ones; `root` is the repository.
    pub(crate) fn load(root: &Path) -> Result<Tables> {
        let mut tables = Tables::load_upstream(root)?;
        tables.read_folder(&root.join(DERIVED))?;
        Ok(tables)
    }

    /// Reads upstream's tables only.
    pub(crate) fn load_upstream(root: &Path) -> Result<Tables> {
        let mut tables = Tables::default();
        tables.read_folder(&root.join(UPSTREAM).join("dictionary"))?;
        Ok(tables)
    }

    /// Adds a table. Two tables of one name are an error, wherever they come from.
    pub(crate) fn add(&mut self, table: Table) -> Result<()> {
        if let Some(known) = self.by_name.get(&table.name) {
            let message = format!("table `{}` is also at {}; remove one", table.name, known.file.display());
            return Err(Problem::of(&table.file, message));
        }
        self.by_name.insert(table.name.clone(), table);
        Ok(())
    }

    /// The table of that name, without its extension.
    pub(crate) fn get(&self, name: &str) -> Result<&Table> {
        self.by_name.get(name).ok_or_else(|| {
            let known: Vec<&str> = self.by_name.keys().map(String::as_str).collect();
            Problem::new(format!("no table `{name}`; known are {}", known.join(" ")))
        })
    }

    /// Every table, by name.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Table> {
        self.by_name.values()
    }

    fn read_folder(&mut self, folder: &Path) -> Result<()> {
        let listing = std::fs::read_dir(folder)
            .map_err(|error| Problem::of(folder, format_args!("{error}; run `cargo xtask dictionaries import`")))?;
        for item in listing {
            let path = item.map_err(|error| Problem::of(folder, error))?.path();
            if path.extension().is_some_and(|extension| extension == "txt") {
                self.add(Table::load(&path)?)?;
            }
        }
        Ok(())
    }
}

/// How the members of a group are asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum MatchPolicy {
    /// In order; the first member with any match wins with its own longest one, even if a later member has a longer.
    ShortCircuit,
    /// The longest match of all members; of equally long ones the earlier member's.
    Union,
}

/// A dictionary of a config, its tables by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum DictionarySpec {
    /// One table.
    Table {
        /// Its name without the extension.
        name: String,
        /// Whether it is left out where risky characters are not wanted.
        may_output_tofu: bool,
    },
    /// Several dictionaries asked as one.
    Group {
        /// How they are asked.
        policy: MatchPolicy,
        /// The dictionaries, in order.
        members: Vec<DictionarySpec>,
        /// Whether the whole group is left out where risky characters are not wanted.
        may_output_tofu: bool,
    },
}

impl DictionarySpec {
    /// Names of the tables, in order, repeated where the config repeats them.
    pub(crate) fn table_names(&self) -> Vec<&str> {
        match self {
            DictionarySpec::Table { name, .. } => vec![name],
            DictionarySpec::Group { members, .. } => members.iter().flat_map(DictionarySpec::table_names).collect(),
        }
    }
}

/// One config file: what is applied, in which order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Recipe {
    /// OpenCC's name of the config: `s2twp`.
    pub(crate) name: String,
    /// Applied one after the other to the whole text.
    pub(crate) normalization: Vec<DictionarySpec>,
    /// Where present, decides which segments the chain sees; without it the whole text is one segment.
    pub(crate) segmentation: Option<DictionarySpec>,
    /// The stages, applied one after the other to each segment.
    pub(crate) chain: Vec<DictionarySpec>,
}

impl Recipe {
    /// Reads `NAME.json` of upstream's configs; `root` is the repository.
    pub(crate) fn load(root: &Path, name: &str) -> Result<Recipe> {
        let file = root.join(UPSTREAM).join("config").join(format!("{name}.json"));
        Recipe::parse(name, &file, &read_text(&file)?)
    }

    /// Reads the text of a config file; `file` is only named in messages.
    pub(crate) fn parse(name: &str, file: &Path, text: &str) -> Result<Recipe> {
        let json: ConfigJson =
            serde_json::from_str(text).map_err(|error| Problem::at(file, error.line().max(1), error))?;
        let chain = |conversions: Vec<ConversionJson>| conversions.into_iter().map(|json| json.dict.into()).collect();
        Ok(Recipe {
            name: name.to_string(),
            normalization: chain(json.normalization),
            segmentation: json.segmentation.map(|SegmentationJson::Mmseg { dict }| dict.into()),
            chain: chain(json.conversion_chain),
        })
    }

    /// Names of all the tables that the config uses, sorted, each once.
    pub(crate) fn table_names(&self) -> Vec<&str> {
        let parts = self.normalization.iter().chain(&self.segmentation).chain(&self.chain);
        let mut names: Vec<&str> = parts.flat_map(DictionarySpec::table_names).collect();
        names.sort_unstable();
        names.dedup();
        names
    }
}

// The shape of the JSON files. Only what the official configs use: their dictionaries are files and groups of files.

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ConfigJson {
    #[serde(rename = "name")]
    _description: String,
    #[serde(default)]
    normalization: Vec<ConversionJson>,
    segmentation: Option<SegmentationJson>,
    conversion_chain: Vec<ConversionJson>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ConversionJson {
    dict: DictionaryJson,
}

#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "lowercase", deny_unknown_fields)]
enum SegmentationJson {
    Mmseg { dict: DictionaryJson },
}

#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "lowercase", deny_unknown_fields)]
enum DictionaryJson {
    Ocd2 {
        file: String,
        #[serde(default)]
        may_output_tofu: bool,
    },
    Group {
        match_policy: MatchPolicy,
        dicts: Vec<DictionaryJson>,
        #[serde(default)]
        may_output_tofu: bool,
    },
}

impl From<DictionaryJson> for DictionarySpec {
    fn from(json: DictionaryJson) -> DictionarySpec {
        match json {
            DictionaryJson::Ocd2 { file, may_output_tofu } => {
                DictionarySpec::Table { name: file.trim_end_matches(".ocd2").to_string(), may_output_tofu }
            }
            DictionaryJson::Group { match_policy, dicts, may_output_tofu } => DictionarySpec::Group {
                policy: match_policy,
                members: dicts.into_iter().map(DictionarySpec::from).collect(),
                may_output_tofu,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Table> {
        Table::parse("Sample", Path::new("Sample.txt"), text)
    }

    #[test]
    fn entries_keep_order_candidates_and_lines() {
        let table = parse("# note\n\n发\t發 髮\n乙\t乙\n").unwrap();
        let keys: Vec<_> = table.entries.iter().map(|entry| (entry.key.as_str(), entry.line)).collect();
        assert_eq!(keys, [("发", 3), ("乙", 4)]);
        assert_eq!(table.entries[0].candidates, ["發", "髮"]);
        assert_eq!(table.comments, [Comment { text: "# note".to_string(), line: 1 }]);
    }

    #[test]
    fn every_law_has_its_message() {
        for (text, message) in [
            ("发 發\n", "Sample.txt:1: 0 tabs"),
            ("发\t發\t髮\n", "Sample.txt:1: 2 tabs"),
            ("\t發\n", "Sample.txt:1: empty key"),
            ("发\t\n", "Sample.txt:1: empty candidate"),
            ("发\t發  髮\n", "Sample.txt:1: empty candidate"),
            ("发\t發 \n", "Sample.txt:1: empty candidate"),
            ("发\t發 發\n", "Sample.txt:1: candidate `發` appears twice"),
            ("发\t發\n发\t髮\n", "Sample.txt:2: key `发` appears twice (first on line 1)"),
            ("发\t發\r\n", "Sample.txt:1: candidate `發\\r` holds U+000D"),
            ("发\u{3000}\t發\n", "holds U+3000"),
            ("\u{FEFF}发\t發\n", "holds U+FEFF"),
        ] {
            let found = parse(text).expect_err(text).to_string();
            assert!(found.contains(message), "{text:?}: {found}");
        }
    }

    #[test]
    fn recipe_keeps_the_nesting_of_its_config() {
        let text = r#"{"name": "x", "conversion_chain": [{"dict": {"type": "group", "match_policy": "union", "dicts": [
            {"type": "ocd2", "file": "A.ocd2"}, {"type": "ocd2", "file": "B.ocd2", "may_output_tofu": true}]}}]}"#;
        let recipe = Recipe::parse("x", Path::new("x.json"), text).unwrap();
        let member = |name: &str, may_output_tofu| DictionarySpec::Table { name: name.to_string(), may_output_tofu };
        let group = DictionarySpec::Group {
            policy: MatchPolicy::Union,
            members: vec![member("A", false), member("B", true)],
            may_output_tofu: false,
        };
        assert_eq!(recipe.chain, [group]);
        assert_eq!(recipe.segmentation, None);
        assert_eq!(recipe.table_names(), ["A", "B"]);
    }
}
