//! What the tests of the engine share: the words of the official configs, texts of them with marks and markers, and results put together.

use std::ops::Range;
use std::path::Path;

use tongwen::Edit;

use crate::adversarial::{Generator, Material};
use crate::random::Random;

/// Tables of the official configs: those that texts are made of.
const TABLES: &[&str] = &[
    "STPhrases",
    "STCharacters",
    "TSPhrases",
    "TSCharacters",
    "TWPhrases",
    "TWPhrasesRev",
    "TWVariants",
    "TWVariantsPhrases",
    "TWVariantsRevPhrases",
    "HKPhrases",
    "HKPhrasesRev",
    "HKVariants",
    "HKVariantsPhrases",
    "HKVariantsRevPhrases",
    "JPShinjitaiCharacters",
    "JPShinjitaiPhrases",
    "CJK_Compatibility_Ideographs",
];

/// Words of the official configs.
pub fn material() -> Material {
    let repository = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the tests lie in the repository");
    Material::load(repository, TABLES).expect("the tables are in the repository")
}

/// What stands between the pieces of a text: ends of sentences, markers whole and broken, and evidence of both scripts.
const GLUE: [&str; 14] =
    ["。", "\n", "，", "-{", "}-", "-<", ">-", "-", "！", "这是國", "这里", "說的", "-{x}-", "-{y}-"];

/// A text of the generator's of at least so many bytes, with marks and markers in it.
pub fn document(texts: &mut Generator<'_>, random: &mut Random, length: usize) -> String {
    let mut text = String::new();
    while text.len() < length {
        text.push_str(&texts.text());
        text.push_str(random.pick(&GLUE).expect("not empty"));
    }
    text
}

/// The text with ranges of it replaced; these are sorted and disjoint.
pub fn joined(text: &str, ranges: &[Range<usize>], replacements: &[impl AsRef<str>]) -> String {
    let mut result = String::new();
    let mut at = 0;
    for (range, replacement) in ranges.iter().zip(replacements) {
        result += &text[at..range.start];
        result += replacement.as_ref();
        at = range.end;
    }
    result + &text[at..]
}

/// The text with the edits applied.
pub fn edited(text: &str, edits: &[Edit]) -> String {
    let ranges: Vec<_> = edits.iter().map(|edit| edit.range.clone()).collect();
    let replacements: Vec<_> = edits.iter().map(|edit| edit.replacement.as_str()).collect();
    joined(text, &ranges, &replacements)
}

/// Where two texts differ first, with some of both around it, for messages.
pub fn first_difference(expected: &str, got: &str) -> String {
    let at = expected.bytes().zip(got.bytes()).position(|(left, right)| left != right);
    let at = at.unwrap_or(expected.len().min(got.len()));
    let window = |text: &str| {
        text[text.floor_char_boundary(at.saturating_sub(30))..text.ceil_char_boundary(at + 30)].to_string()
    };
    format!("at byte {at}: expected …{}…, got …{}…", window(expected), window(got))
}
