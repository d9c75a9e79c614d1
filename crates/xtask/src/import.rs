//! Copies OpenCC's tables and configs out of its source package, untouched, with a record of where they came from.
//!
//! What is taken: the text tables in `data/dictionary`, the official configs in `data/config` (not the schema, which is no
//! config), the licence and the list of authors. Not taken: tables in staging, scripts, tests, code. The record,
//! `PROVENANCE.toml`, names the package and the SHA-256 of every file, so that an edit by hand is found by
//! `cargo xtask dictionaries check`. The folder is replaced as a whole; then the derived tables are made anew.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};
use tongwen::Config;

use crate::derive;
use crate::fetch::{self, RELEASE, SOURCE_ARCHIVE, SOURCE_SHA256, hexadecimal_sha256};
use crate::problem::{Problem, Result, write};
use crate::tables::UPSTREAM;

/// The record's place in `dictionaries/opencc`.
pub(crate) const PROVENANCE: &str = "PROVENANCE.toml";

/// Where the files of `dictionaries/opencc` came from.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct Provenance {
    pub(crate) project: String,
    pub(crate) homepage: String,
    pub(crate) release: String,
    pub(crate) licence: String,
    pub(crate) package: String,
    pub(crate) archive: String,
    pub(crate) archive_sha256: String,
    pub(crate) command: String,
    /// SHA-256 by path below `dictionaries/opencc`.
    pub(crate) files: BTreeMap<String, String>,
}

/// Imports from `from`, an unpacked source package, or fetches the package first.
pub(crate) fn run(root: &Path, from: Option<&Path>) -> Result<()> {
    let source = match from {
        Some(folder) => folder.to_path_buf(),
        None => fetch::source_package(&root.join("target/conformance"))?,
    };
    let files = collect(&source)?;
    let target = root.join(UPSTREAM);
    for stale in ["dictionary", "config"].map(|folder| target.join(folder)).iter().filter(|folder| folder.exists()) {
        std::fs::remove_dir_all(stale).map_err(|error| Problem::of(stale, error))?;
    }
    for (name, content) in &files {
        write(&target.join(name), content)?;
    }
    let provenance = Provenance {
        project: "Open Chinese Convert (OpenCC)".to_string(),
        homepage: "https://github.com/BYVoid/OpenCC".to_string(),
        release: RELEASE.to_string(),
        licence: "Apache-2.0".to_string(),
        package: format!("opencc {RELEASE}, source distribution, from the Python Package Index"),
        archive: SOURCE_ARCHIVE.to_string(),
        archive_sha256: SOURCE_SHA256.to_string(),
        command: "cargo xtask dictionaries import".to_string(),
        files: files.iter().map(|(name, content)| (name.clone(), hexadecimal_sha256(content))).collect(),
    };
    let text = toml::to_string(&provenance).expect("strings and a map of strings are always TOML");
    write(&target.join(PROVENANCE), text.as_bytes())?;
    println!("imported {} files of OpenCC {RELEASE}", files.len());
    derive::run(root)
}

/// The files to import, by their path below `dictionaries/opencc`.
fn collect(source: &Path) -> Result<BTreeMap<String, Vec<u8>>> {
    let mut wanted: Vec<(String, String)> = Vec::new();
    let folder = source.join("data/dictionary");
    let listing = std::fs::read_dir(&folder).map_err(|error| {
        Problem::of(&folder, format_args!("{error}; expected an unpacked source package of OpenCC"))
    })?;
    for item in listing {
        let name = item.map_err(|error| Problem::of(&folder, error))?.file_name();
        let name = name.to_string_lossy();
        if name.ends_with(".txt") {
            wanted.push((format!("data/dictionary/{name}"), format!("dictionary/{name}")));
        }
    }
    for config in Config::ALL {
        wanted.push((format!("data/config/{config}.json"), format!("config/{config}.json")));
    }
    wanted.extend(["LICENSE", "AUTHORS"].map(|name| (name.to_string(), name.to_string())));

    let mut files = BTreeMap::new();
    for (from, to) in wanted {
        let path = source.join(from);
        files.insert(to, std::fs::read(&path).map_err(|error| Problem::of(&path, error))?);
    }
    let notice = notice(&String::from_utf8_lossy(&files["AUTHORS"]));
    files.insert("NOTICE".to_string(), notice.into_bytes());
    Ok(files)
}

fn notice(authors: &str) -> String {
    format!(
        "The files in `dictionary` and `config` are part of Open Chinese Convert (OpenCC) {RELEASE},\n\
         https://github.com/BYVoid/OpenCC, licensed under the Apache License, Version 2.0 (see LICENSE).\n\
         They are unchanged; PROVENANCE.toml names the package and the SHA-256 of each file.\n\
         \n\
         OpenCC's authors, from its file AUTHORS:\n\
         \n\
         {authors}"
    )
}
