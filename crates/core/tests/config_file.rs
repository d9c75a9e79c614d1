//! Config files from disk. The expected texts are what OpenCC 1.4.2 answers for the same files.
#![cfg(feature = "config-files")]

use std::path::{Path, PathBuf};

use tongwen::config_file::{ConfigFile, LoadOptions};
use tongwen::{ErrorKind, TofuRisk};

fn data(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/config").join(name)
}

fn options(tofu_risk: TofuRisk) -> LoadOptions {
    let mut options = LoadOptions::default();
    options.tofu_risk = tofu_risk;
    options
}

#[test]
fn configs_answer_as_they_do_in_opencc() {
    let first = "头髪长发里\u{f967}后来皇后的头发后发展";
    let second = "⿰头发头发里程里";
    let cases = [
        ("everything.json", TofuRisk::Include, first, "秀髮长發裡不𠂋来𫟷𠂋的秀髮𠂋發展"),
        ("everything.json", TofuRisk::Include, second, "⿰头发秀髮里程裡"),
        ("everything.json", TofuRisk::Exclude, first, "秀髮长發裡不後來 blank kept皇后的秀髮後發展"),
        ("everything.json", TofuRisk::Exclude, second, "⿰头发秀髮里程裡"),
        ("loose.json", TofuRisk::Include, first, "頭髪长發裏\u{f967}後来𫟷𠂋的頭髮後發展"),
        ("loose.json", TofuRisk::Include, second, "⿰头发頭髮里程裏"),
        ("loose.json", TofuRisk::Exclude, first, "頭髪长發裏\u{f967}後来皇后的頭髮後發展"),
        ("loose.json", TofuRisk::Exclude, second, "⿰头发頭髮里程裏"),
    ];
    for (file, tofu_risk, text, expected) in cases {
        let engine = ConfigFile::load(data(file), &options(tofu_risk)).unwrap().into_engine();
        assert_eq!(engine.convert(text), expected, "{file} {tofu_risk:?} {text}");
        let trace = engine.trace(text);
        assert_eq!(trace.iter().map(|unit| unit.output.as_str()).collect::<String>(), expected);
    }
}

#[test]
fn what_only_breaks_the_schema_is_a_warning() {
    let config = ConfigFile::load(data("loose.json"), &LoadOptions::default()).unwrap();
    let path = data("loose.json").display().to_string();
    let expected = [
        ":2: `comment` has no meaning here",
        ":1: a config should have a `name`, a string",
        ":4: a stage that is no object has no effect",
        ":5: a group should have a `match_policy`; `short_circuit` is taken",
        ":7: a group should have at least one dictionary",
        ":8: `encoding` has no meaning here",
    ];
    assert_eq!(config.warnings(), expected.map(|warning| format!("{path}{warning}")));
    assert_eq!(config.recipe().name, "loose");
    let whole = ConfigFile::load(data("everything.json"), &LoadOptions::default()).unwrap();
    assert!(whole.warnings().is_empty(), "{:?}", whole.warnings());
    assert_eq!(whole.recipe().name, "everything");
}

#[test]
fn a_text_table_stands_in_for_a_missing_ocd2_file_and_folders_are_searched() {
    let mut options = LoadOptions::default();
    let path = data("fallback.json");
    let error = ConfigFile::load(&path, &options).unwrap_err();
    let folder = path.parent().unwrap().display().to_string();
    let expected = format!(
        "{}:5: no file `only.ocd2` in {folder}, .; put it beside the config or give its folder",
        path.display()
    );
    assert_eq!(error.to_string(), expected);
    options.folders.push(data("elsewhere"));
    let engine = ConfigFile::load(&path, &options).unwrap().into_engine();
    assert_eq!(engine.convert("头发里"), "頭發裡");
    let unit = &engine.trace("里")[0];
    let found = unit.decisive().unwrap();
    assert!(found.dictionary().name().ends_with("only.txt"), "{}", found.dictionary().name());
    assert_eq!((unit.matches.len(), found.line()), (2, Some(3)));
}

#[test]
fn a_config_is_found_in_the_folders_by_its_bare_name() {
    let mut options = LoadOptions::default();
    let missing = ConfigFile::load("loose", &options).unwrap_err();
    assert!(matches!(missing.kind(), ErrorKind::Io { path, .. } if path == "loose"));
    options.folders.push(data(""));
    let config = ConfigFile::load("loose", &options).unwrap();
    assert_eq!(config.path(), data("").join("loose.json"));
}

#[test]
fn an_inline_entry_is_traced_to_its_line() {
    let engine = ConfigFile::load(data("everything.json"), &options(TofuRisk::Exclude)).unwrap().into_engine();
    let trace = engine.trace("后来");
    let found = trace[0].decisive().unwrap();
    assert!(found.dictionary().name().ends_with("everything.json"));
    assert_eq!((found.line(), found.replacement()), (Some(31), "後來 blank kept"));
}
