//! Recipes compiled at run time give what they give stage by stage: the official ones, and random ones over a small alphabet, where everything
//! that can happen between entries does happen.

use std::path::Path;
use std::sync::Arc;

use tongwen::{
    Config, Converter, Dictionary, ErrorKind, Lookup, Markers, MatchPolicy, Recipe, StagedEngine, TofuRisk,
    UserDictionary,
};
use tongwen_tests::adversarial::{Generator, Material};
use tongwen_tests::random::Random;

fn converter(recipe: Recipe, user: &UserDictionary) -> Converter {
    let builder = Converter::builder().engine(StagedEngine::new(recipe)).markers(Markers::Convert);
    builder.dictionary(user.clone()).build().expect("an engine is all that is given")
}

#[test]
fn official_recipes_give_what_the_tables_in_the_binary_give() {
    let repository = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the tests lie in the repository");
    let tables =
        ["STPhrases", "STCharacters", "TSPhrases", "TWPhrases", "TWVariants", "HKVariants", "JPShinjitaiPhrases"];
    let material = Material::load(repository, &tables).expect("the tables are in the repository");
    for config in Config::ALL {
        for tofu_risk in [TofuRisk::Include, TofuRisk::Exclude] {
            let own = converter(Recipe::builtin(config, tofu_risk), &UserDictionary::default());
            let built_in = Converter::builder().config(config).tofu_risk(tofu_risk).markers(Markers::Convert);
            let built_in = built_in.build().expect("an official config builds");
            own.compile().unwrap_or_else(|error| panic!("{error}"));
            let mut texts = Generator::new(&material, 5 + config as u64);
            let mut all = String::from("頭髮⿰⿱한簡單⿳萊雅");
            for _ in 0..400 {
                let text = texts.text();
                assert!(own.convert(&text) == built_in.convert(&text), "{config}: {text}");
                all += &text;
            }
            assert!(own.convert(&all) == built_in.convert(&all), "{config}: all of them in one");
        }
    }
}

/// Characters of all lengths, one that is a compatibility character of another, and one that describes.
const ALPHABET: [char; 12] = ['甲', '乙', '丙', '丁', '戊', '己', 'a', '·', '𠀀', '豈', '\u{F900}', '⿰'];
/// Those that entries are made of.
const IN_ENTRIES: usize = 10;

fn word(random: &mut Random, least: usize, most: usize) -> String {
    let length = random.between(least, most);
    // Characters that cannot stand alone in a table are rare in entries.
    (0..length)
        .map(|_| {
            let among = if random.percent(90) { 6 } else { IN_ENTRIES };
            ALPHABET[random.below(among)]
        })
        .collect()
}

fn dictionary(random: &mut Random, longest_key: usize) -> Lookup {
    let mut rows: Vec<(String, String)> = Vec::new();
    for _ in 0..random.between(1, 14) {
        let key = word(random, 1, longest_key);
        if rows.iter().all(|(other, _)| *other != key) {
            let least = usize::from(random.percent(95));
            rows.push((key, word(random, least, 3)));
        }
    }
    let text: String = rows.iter().map(|(key, output)| format!("{key}\t{output}\n")).collect();
    Lookup::Table(Arc::new(Dictionary::parse("random.txt", &text).expect("keys are unique")))
}

fn lookup(random: &mut Random) -> Lookup {
    let longest_key = random.between(1, 4);
    if random.percent(50) {
        return dictionary(random, longest_key);
    }
    let policy = if random.percent(50) { MatchPolicy::ShortCircuit } else { MatchPolicy::Union };
    let count = random.between(1, 3);
    Lookup::Group { policy, members: (0..count).map(|_| dictionary(random, longest_key)).collect() }
}

fn recipe(random: &mut Random) -> Recipe {
    let normalization = Dictionary::parse("normalization.txt", "\u{F900}\t豈\n").expect("one row");
    let normalization = vec![Lookup::Table(Arc::new(normalization)); random.below(2)];
    let segmentation = random.percent(50).then(|| lookup(random));
    let stages = random.between(1, 2);
    let chain = (0..stages).map(|_| lookup(random)).collect();
    Recipe { name: "random".into(), normalization, segmentation, chain }
}

fn text(random: &mut Random) -> String {
    let length = random.between(1, 40);
    let character = |_| {
        let among = if random.percent(70) { 6 } else { ALPHABET.len() };
        ALPHABET[random.below(among)]
    };
    (0..length).map(character).collect()
}

fn user(random: &mut Random) -> UserDictionary {
    let mut sources: Vec<String> = (0..3).map(|_| word(random, 1, 3)).collect();
    sources.sort();
    sources.dedup();
    let rows: String = sources.iter().map(|source| format!("{source}\t[{source}]\n")).collect();
    UserDictionary::parse("user.tsv", &rows).expect("sources are unique")
}

fn streamed(converter: &Converter, random: &mut Random, text: &str) -> String {
    let (mut stream, mut output, mut rest) = (converter.stream(), Vec::new(), text.as_bytes());
    while !rest.is_empty() {
        let (piece, after) = rest.split_at(random.between(1, rest.len()));
        stream.push(piece, &mut output).expect("valid UTF-8");
        rest = after;
    }
    stream.finish(&mut output).expect("valid UTF-8");
    String::from_utf8(output).expect("whole characters")
}

#[test]
fn random_recipes_give_what_they_give_stage_by_stage() {
    let mut compiled = 0;
    for seed in 0..500 {
        let mut random = Random::new(seed);
        let recipe = recipe(&mut random);
        let own = converter(recipe.clone(), &UserDictionary::default());
        match own.compile() {
            Ok(()) => compiled += 1,
            Err(error) => {
                assert!(matches!(error.kind(), ErrorKind::NotCompiled { .. }), "{error}");
                continue;
            }
        }
        let slow = StagedEngine::new(recipe.clone());
        let mut all = String::new();
        for _ in 0..30 {
            let text = text(&mut random);
            let expected = slow.convert(&text);
            assert!(
                own.convert(&text) == expected,
                "seed {seed}: {text} {expected} {} {recipe:#?}",
                own.convert(&text)
            );
            assert!(streamed(&own, &mut random, &text) == expected, "seed {seed}, streamed: {text} {expected}");
            all += &text;
        }
        let expected = slow.convert(&all);
        assert!(own.convert(&all) == expected, "seed {seed}: {all} {expected} {}", own.convert(&all));
        assert!(streamed(&own, &mut random, &all) == expected, "seed {seed}, streamed: {all} {expected}");
        let pairs = user(&mut random);
        let (with_table, without) = (converter(recipe.clone(), &pairs), converter(recipe, &pairs));
        with_table.compile().expect("it has a table without pairs");
        let long = all.replace('⿰', "");
        let expected = without.convert(&long);
        let found = with_table.convert(&long);
        assert!(found == expected, "seed {seed}, long with pairs: {long} {expected} {found}");
        assert!(streamed(&with_table, &mut random, &long) == expected, "seed {seed}, streamed with pairs: {long}");
        for _ in 0..30 {
            // A description that is complete for the second stage only is a unit for what knows stages; pairs in it are not.
            let text = text(&mut random).replace('⿰', "");
            let expected = without.convert(&text);
            let found = with_table.convert(&text);
            assert!(found == expected, "seed {seed}, with pairs: {text} {expected} {found}");
            assert_eq!(with_table.edits(&text), without.edits(&text), "seed {seed}, edits: {text}");
            assert!(with_table.explain(&text).output() == expected, "seed {seed}, explained: {text} {expected}");
        }
    }
    assert!(compiled > 250, "only {compiled} of the recipes could be compiled");
}
