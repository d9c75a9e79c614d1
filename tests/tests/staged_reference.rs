//! The staged engine against the slow reference, the official configs from their files, and the laws of traces.
//!
//! Texts are drawn from what has an effect: dictionary keys whole and cut, their characters, description operators, compatibility
//! ideographs, characters beyond the Basic Multilingual Plane, NUL. `TONGWEN_OPENCC_SHARE`, the folder `share/opencc` of an installed
//! OpenCC 1.4.2, adds its binary dictionaries to the comparison.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use proptest::prelude::*;
use proptest::sample::select;
use tongwen::config_file::{ConfigFile, LoadOptions};
use tongwen::{Config, Dictionary, Lookup, Recipe, Stage, StagedEngine, TofuRisk, TraceMatch};
use tongwen_tests::reference::{Reference, all_keys, reference, reference_without_tofu_risk};

/// Each config with both engines.
static PAIRS: LazyLock<Vec<(Config, TofuRisk, StagedEngine, Reference)>> = LazyLock::new(|| {
    let pair = |config: Config, tofu_risk| {
        let slow = match tofu_risk {
            TofuRisk::Include => reference(config.name()),
            TofuRisk::Exclude => reference_without_tofu_risk(config.name()),
        };
        (config, tofu_risk, StagedEngine::builtin(config, tofu_risk), slow)
    };
    let with = Config::ALL.map(|config| pair(config, TofuRisk::Include));
    let without = [Config::T2S, Config::Tw2Sp].map(|config| pair(config, TofuRisk::Exclude));
    with.into_iter().chain(without).collect()
});

static KEYS: LazyLock<Vec<String>> = LazyLock::new(all_keys);

/// Keys of few characters count as much as the many long ones.
static SHORT_KEYS: LazyLock<Vec<String>> =
    LazyLock::new(|| KEYS.iter().filter(|key| key.chars().count() <= 2).cloned().collect());

/// A piece of a text.
fn piece() -> impl Strategy<Value = String> {
    let key = select(KEYS.as_slice());
    let cut = (select(KEYS.as_slice()), any::<prop::sample::Index>(), any::<bool>()).prop_map(|(key, at, front)| {
        let at = at.index(key.chars().count());
        if front { key.chars().take(at).collect() } else { key.chars().skip(at).collect() }
    });
    let operator = prop::char::range('\u{2ff0}', '\u{2fff}').prop_map(String::from);
    let compatible =
        prop_oneof![prop::char::range('\u{f900}', '\u{faff}'), prop::char::range('\u{2f800}', '\u{2fa1f}')];
    let other = prop_oneof![
        Just("\0".to_owned()),
        Just("\n".to_owned()),
        Just("·".to_owned()),
        Just("\u{31ef}".to_owned()),
        Just("\u{fe0f}".to_owned()),
        Just("😀".to_owned()),
        "[ -~]{1,3}",
        any::<char>().prop_map(String::from),
        prop::char::range('\u{20000}', '\u{323af}').prop_map(String::from),
        prop::char::range('一', '龥').prop_map(String::from),
    ];
    prop_oneof![
        4 => key,
        4 => select(SHORT_KEYS.as_slice()),
        4 => cut,
        1 => operator,
        1 => compatible.prop_map(String::from),
        2 => other,
    ]
}

fn text() -> impl Strategy<Value = String> {
    prop::collection::vec(piece(), 0..24).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_staged_engine_is_the_reference(text in text()) {
        for (config, tofu_risk, engine, slow) in PAIRS.iter() {
            prop_assert_eq!(engine.convert(&text), slow.convert(&text), "{} {:?}", config, tofu_risk);
        }
    }

    #[test]
    fn a_trace_is_a_partition_and_joins_to_the_result(text in text()) {
        for (config, _, engine, _) in PAIRS.iter() {
            let trace = engine.trace(&text);
            let mut end = 0;
            for unit in &trace {
                prop_assert_eq!(unit.source.start, end, "{}", config);
                prop_assert!(unit.source.end > end && text.is_char_boundary(unit.source.end));
                end = unit.source.end;
                let changed = unit.output != text[unit.source.clone()];
                prop_assert!(unit.decisive().is_some() || !changed, "{} changed without a reason", config);
                prop_assert!(unit.matches.is_sorted_by_key(|found| (found.stage, found.range.start)));
            }
            prop_assert_eq!(end, text.len());
            let joined: String = trace.iter().map(|unit| unit.output.as_str()).collect();
            prop_assert_eq!(joined, engine.convert(&text), "{}", config);
        }
    }

    /// Redone by hand from nothing but the matches that a trace names, the text becomes the same.
    #[test]
    fn the_matches_of_a_unit_explain_its_output(text in text()) {
        for (config, _, engine, _) in PAIRS.iter() {
            let mut redo = Redo::new(&engine.recipe());
            for unit in engine.trace(&text) {
                prop_assert_eq!(redo.unit(&text[unit.source.clone()], &unit.matches), unit.output, "{}", config);
            }
        }
    }
}

/// Applies the matches of a trace, unit by unit.
struct Redo {
    /// Each stage that changes text, and how much of its input has gone by.
    stages: Vec<(Stage, usize)>,
}

impl Redo {
    fn new(recipe: &Recipe) -> Redo {
        let normalization = (0..recipe.normalization.len()).map(Stage::Normalization);
        let stages = normalization.chain((0..recipe.chain.len()).map(Stage::Chain));
        Redo { stages: stages.map(|stage| (stage, 0)).collect() }
    }

    fn unit(&mut self, source: &str, matches: &[TraceMatch]) -> String {
        let mut text = source.to_owned();
        for (stage, gone) in &mut self.stages {
            let mut next = String::new();
            let mut done = 0;
            for found in matches.iter().filter(|found| found.stage == *stage) {
                let range = found.range.start - *gone..found.range.end - *gone;
                assert_eq!(&text[range.clone()], found.key());
                next.push_str(&text[done..range.start]);
                next.push_str(found.replacement());
                done = range.end;
            }
            next.push_str(&text[done..]);
            *gone += text.len();
            text = next;
        }
        text
    }
}

#[test]
fn known_deviations_and_limits() {
    let s2tw = StagedEngine::builtin(Config::S2Tw, TofuRisk::Include);
    assert_eq!(s2tw.convert("abc\0def头发"), "abc\0def頭髮", "text after a NUL is kept");
    assert_eq!(s2tw.convert(""), "");
    assert!(s2tw.trace("").is_empty());
}

/// Where the time grew with the square of the length, these texts would take minutes.
#[test]
fn time_is_linear_on_hostile_texts() {
    let longest = KEYS.iter().max_by_key(|key| key.len()).expect("there are keys");
    let nearly: String = longest.chars().take(longest.chars().count() - 1).collect();
    let texts =
        ["⿰".repeat(200_000), "⿲⿾头".repeat(60_000), nearly.repeat(200_000 / nearly.len()), "头".repeat(200_000)];
    for engine in [Config::S2Twp, Config::Tw2Sp].map(|config| StagedEngine::builtin(config, TofuRisk::Include)) {
        for text in &texts {
            let joined: usize = engine.trace(text).iter().map(|unit| unit.output.len()).sum();
            assert_eq!(joined, engine.convert(text).len());
        }
    }
}

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// A lookup in one line, with the names of its dictionaries and nothing of their paths.
fn shape(lookup: &Lookup) -> String {
    match lookup {
        Lookup::Table(dictionary) => {
            let name = Path::new(dictionary.name()).file_stem().expect("a dictionary has a file");
            format!("{} with {} entries", name.to_string_lossy(), dictionary.len())
        }
        Lookup::Group { policy, members } => {
            format!("{policy:?}({})", members.iter().map(shape).collect::<Vec<_>>().join(", "))
        }
    }
}

fn shapes(recipe: &Recipe) -> Vec<Vec<String>> {
    let stages = |lookups: &[Lookup]| lookups.iter().map(shape).collect();
    vec![stages(&recipe.normalization), recipe.segmentation.iter().map(shape).collect(), stages(&recipe.chain)]
}

#[test]
fn the_builtin_recipes_are_those_of_the_official_files() {
    for tofu_risk in [TofuRisk::Include, TofuRisk::Exclude] {
        for config in Config::ALL {
            let mut options = LoadOptions::default();
            options.tofu_risk = tofu_risk;
            options.folders =
                ["opencc/dictionary", "derived"].map(|folder| repository().join("dictionaries").join(folder)).into();
            let path = repository().join("dictionaries/opencc/config").join(config.name()).with_extension("json");
            let file = ConfigFile::load(&path, &options).expect("the official configs load");
            assert!(file.warnings().is_empty(), "{:?}", file.warnings());
            assert_eq!(shapes(file.recipe()), shapes(&Recipe::builtin(config, tofu_risk)), "{config} {tofu_risk:?}");
        }
    }
}

fn listed(dictionary: &Dictionary) -> BTreeMap<String, Vec<String>> {
    let entry =
        |entry| (dictionary.key(entry).to_owned(), dictionary.candidates(entry).map(str::to_owned).collect::<Vec<_>>());
    (0..dictionary.len()).map(entry).collect()
}

/// The binary dictionaries of an installed OpenCC hold what our text tables hold, and its configs read them.
#[test]
#[ignore = "needs an OpenCC: TONGWEN_OPENCC_SHARE=.../share/opencc cargo test -p tongwen-tests --test staged_reference -- --ignored"]
fn an_installed_opencc_has_the_same_tables() {
    let share = std::env::var_os("TONGWEN_OPENCC_SHARE").map(PathBuf::from).expect("TONGWEN_OPENCC_SHARE is set");
    let mut compared = 0;
    for file in share.read_dir().expect("TONGWEN_OPENCC_SHARE names a folder") {
        let path = file.expect("a folder can be listed").path();
        if path.extension().is_none_or(|extension| extension != "ocd2") {
            continue;
        }
        let name = path.file_stem().expect("it has an extension").to_string_lossy().into_owned();
        let binary = Dictionary::from_ocd2(&name, &std::fs::read(&path).expect("the file reads")).expect("it is whole");
        let folders = ["opencc/dictionary", "derived"].map(|folder| repository().join("dictionaries").join(folder));
        let text = folders.iter().find_map(|folder| std::fs::read(folder.join(format!("{name}.txt"))).ok());
        let text = Dictionary::from_bytes(&name, &text.expect("the repository has the table")).expect("it reads");
        assert_eq!(listed(&binary), listed(&text), "{name}");
        compared += 1;
    }
    assert_eq!(compared, 22);
    for config in Config::ALL {
        let path = share.join(config.name()).with_extension("json");
        let file = ConfigFile::load(&path, &LoadOptions::default()).expect("the official configs load");
        assert_eq!(shapes(file.recipe()), shapes(&Recipe::builtin(config, TofuRisk::Include)), "{config}");
    }
}
