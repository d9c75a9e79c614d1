//! One config, both engines, byte by byte.

use std::ops::Range;
use std::path::Path;
use std::sync::Mutex;

use tongwen::{Config, Engine, TofuRisk};
use tongwen_tests::adversarial::{Generator, Material};
use tongwen_tests::random::Random;

use super::engines::{self, Conversion, Outcome};
use super::{Run, real_text};
use crate::problem::{Problem, Result, read_text, write};
use crate::tables::{DictionarySpec, Recipe};

const MEGABYTE: usize = 1_000_000;
/// Bytes of adversarial texts in one long text.
const LEAST_GLUED: usize = 4_000;
const MOST_GLUED: usize = 40_000;
/// Bytes shown before and after a difference.
const WINDOW: usize = 60;
/// Conversions spent on making a differing text smaller.
const SHRINKING: usize = 2_000;

/// The text that is being converted, for the case that the engine panics.
static CURRENT: Mutex<String> = Mutex::new(String::new());

/// Compares one config in every setting that matters to it; gives the number of settings that differ.
pub(super) fn config(run: &Run, config: Config) -> Result<usize> {
    keep_text_of_panic(&run.work, config);
    let recipe = Recipe::load(&run.root, config.name())?;
    let wheel = run.wheel()?;
    let mut failures = 0;
    for tofu_risk in settings(&recipe) {
        let subject = run.arguments.subject.prepare(config, tofu_risk)?;
        let library = engines::library(&wheel, &run.work, config, tofu_risk)?;
        let name = match tofu_risk {
            TofuRisk::Include => config.name().to_string(),
            TofuRisk::Exclude => format!("{config} without tofu risk"),
        };
        let mut comparison = Comparison { name, work: &run.work, subject, library, tally: Tally::default() };
        failures += comparison.run(run, &recipe)?;
    }
    Ok(failures)
}

/// Both settings where the config has dictionaries with risky characters.
fn settings(recipe: &Recipe) -> Vec<TofuRisk> {
    fn is_risky(spec: &DictionarySpec) -> bool {
        match spec {
            DictionarySpec::Table { may_output_tofu, .. } => *may_output_tofu,
            DictionarySpec::Group { may_output_tofu, members, .. } => *may_output_tofu || members.iter().any(is_risky),
        }
    }
    let risky = recipe.chain.iter().any(is_risky);
    if risky { vec![TofuRisk::Include, TofuRisk::Exclude] } else { vec![TofuRisk::Include] }
}

#[derive(Default)]
struct Tally {
    bytes: usize,
    texts: usize,
    differing: usize,
    first_shown: bool,
}

struct Comparison<'a> {
    name: String,
    work: &'a Path,
    subject: Conversion,
    library: Box<dyn Engine>,
    tally: Tally,
}

impl Comparison<'_> {
    /// Compares all the texts of a run; gives 1 where any differs.
    fn run(&mut self, run: &Run, recipe: &Recipe) -> Result<usize> {
        let sizes = &run.arguments;
        let mut real = 0;
        if let Some(file) = &run.file {
            self.text(&read_text(file)?, &file.display().to_string())?;
        } else {
            let documents = real_text::documents(&run.corpus, sizes.text_megabytes * MEGABYTE, sizes.seed)?;
            for (index, document) in documents.iter().enumerate() {
                self.text(document, &format!("document {index}"))?;
            }
            real = self.tally.bytes;
            let material = Material::load(&run.root, &recipe.table_names());
            let material = material.map_err(|error| Problem::new(error.to_string()))?;
            let mut generator = Generator::new(&material, sizes.seed);
            let mut random = Random::new(sizes.seed);
            let mut glued = String::new();
            let mut limit = 0;
            while self.tally.bytes - real < sizes.adversarial_megabytes * MEGABYTE {
                let text = generator.text();
                self.text(&text, &format!("adversarial {}", self.tally.texts))?;
                // Once more inside a long text, where the blocks and buffers of an engine end anywhere.
                glued.push_str(&text);
                if glued.len() > limit {
                    self.text(&glued, &format!("adversarial {}", self.tally.texts))?;
                    glued.clear();
                    limit = random.between(LEAST_GLUED, MOST_GLUED);
                }
            }
        }
        println!(
            "{}: {} bytes compared in {} texts ({real} real, {} made up), {} bytes differ",
            self.name,
            self.tally.bytes,
            self.tally.texts,
            self.tally.bytes - real,
            self.tally.differing
        );
        Ok(usize::from(self.tally.differing > 0))
    }

    fn text(&mut self, text: &str, label: &str) -> Result<()> {
        {
            let mut current = CURRENT.lock().unwrap_or_else(|error| error.into_inner());
            current.clear();
            current.push_str(text);
        }
        let want = library_output(&*self.library, text)?;
        self.tally.bytes += text.len();
        self.tally.texts += 1;
        for outcome in (self.subject)(text).into_iter().filter(|outcome| outcome.text != want) {
            let (wanted, found) = difference(&want, &outcome.text);
            self.tally.differing += wanted.len().max(found.len());
            if !self.tally.first_shown {
                self.tally.first_shown = true;
                self.show(text, label, &want, &outcome)?;
            }
        }
        Ok(())
    }

    /// Prints where the results part, and the smallest text found on which they still do.
    fn show(&self, text: &str, label: &str, want: &str, got: &Outcome) -> Result<()> {
        let offset = difference(want, &got.text).0.start;
        println!("{} {label} by {}: byte {offset} of {} in the library's output", self.name, got.by, want.len());
        println!("  want {:?}\n  got  {:?}", window(want, offset), window(&got.text, offset));
        let file = self.work.join("differences").join(format!("{}.txt", self.name.replace(' ', "-")));
        write(&file, text.as_bytes())?;

        // Not every text is converted in every way.
        let output = |text: &str| {
            let outcomes = (self.subject)(text).into_iter();
            outcomes.filter(|outcome| outcome.by == got.by).map(|outcome| outcome.text).next()
        };
        let differs = |text: &str, got: &str| library_output(&*self.library, text).is_ok_and(|want| want != got);
        let small = shrink(text, |text| output(text).is_some_and(|got| differs(text, &got)));
        let (want, got) = (library_output(&*self.library, &small)?, output(&small).unwrap_or_default());
        let offset = difference(&want, &got).0.start;
        println!("  shrunk to {} bytes, byte {offset} differs: {:?}", small.len(), window(&small, offset));
        println!("  want {:?}\n  got  {:?}", window(&want, offset), window(&got, offset));
        write(&file.with_extension("shrunk.txt"), small.as_bytes())
    }
}

fn library_output(library: &dyn Engine, text: &str) -> Result<String> {
    let mut out = String::new();
    match library.convert_into(text, &mut out) {
        Ok(()) => Ok(out),
        Err(error) => Err(Problem::new(format!("{text:?}: {error}"))),
    }
}

/// The bytes of both texts that differ: what is left without the longest common start and end, on character boundaries.
fn difference(one: &str, other: &str) -> (Range<usize>, Range<usize>) {
    let start = one.bytes().zip(other.bytes()).take_while(|(one, other)| one == other).count();
    let start = (0..=start).rev().find(|start| one.is_char_boundary(*start)).unwrap_or(0);
    let rest = one[start..].bytes().rev().zip(other[start..].bytes().rev());
    let end = rest.take_while(|(one, other)| one == other).count();
    (start..one.len() - end, start..other.len() - end)
}

/// The surroundings of a place, cut on character boundaries.
fn window(text: &str, offset: usize) -> &str {
    let start = (0..=offset.saturating_sub(WINDOW)).rev().find(|start| text.is_char_boundary(*start)).unwrap_or(0);
    let end = (offset + WINDOW..text.len()).find(|end| text.is_char_boundary(*end)).unwrap_or(text.len());
    &text[start..end]
}

/// Makes a failing text simpler as long as it still fails: pieces, large ones first, are left out, and what then remains is replaced
/// by plain characters of the same length in bytes, because some failures need a certain distance and nothing else.
fn shrink(text: &str, fails: impl Fn(&str) -> bool) -> String {
    let mut characters: Vec<char> = text.chars().collect();
    let mut budget = SHRINKING;
    while simplify(&mut characters, &mut budget, &fails, |_| Vec::new()) {}
    budget += SHRINKING;
    simplify(&mut characters, &mut budget, &fails, |piece| piece.iter().map(|c| plain(*c)).collect());
    characters.into_iter().collect()
}

/// Replaces one piece after the other, down to single characters, wherever the text still fails; says whether anything changed.
fn simplify(
    characters: &mut Vec<char>,
    budget: &mut usize,
    fails: impl Fn(&str) -> bool,
    replacement: impl Fn(&[char]) -> Vec<char>,
) -> bool {
    let before = characters.clone();
    let mut length = characters.len().div_ceil(2);
    while length > 0 {
        let mut start = 0;
        while start < characters.len() && *budget > 0 {
            let end = (start + length).min(characters.len());
            let simpler = replacement(&characters[start..end]);
            if simpler != characters[start..end] {
                let candidate: String = characters[..start].iter().chain(&simpler).chain(&characters[end..]).collect();
                *budget -= 1;
                if !candidate.is_empty() && fails(&candidate) {
                    let kept = simpler.len();
                    characters.splice(start..end, simpler);
                    start += kept;
                    continue;
                }
            }
            start = end;
        }
        length /= 2;
    }
    *characters != before
}

/// A character of the same length that no table knows.
fn plain(c: char) -> char {
    match c.len_utf8() {
        1 => '-',
        2 => 'ß',
        3 => '한',
        _ => '😀',
    }
}

/// A panic ends the process; the text that caused it must outlive it.
fn keep_text_of_panic(work: &Path, config: Config) {
    let file = work.join("differences").join(format!("{config}-panic.txt"));
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        let text = CURRENT.lock().unwrap_or_else(|error| error.into_inner()).clone();
        if write(&file, text.as_bytes()).is_ok() {
            eprintln!("the text is in {}", file.display());
        }
        before(info);
    }));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn differences_are_measured_between_common_ends() {
        assert_eq!(difference("甲乙丙", "甲丁丙"), (3..6, 3..6));
        assert_eq!(difference("甲丙", "甲丁戊丙"), (3..3, 3..9));
        assert_eq!(difference("甲甲", "甲甲甲"), (6..6, 6..9));
        assert_eq!(difference("", "甲"), (0..0, 0..3));
    }

    #[test]
    fn windows_stop_at_characters() {
        let text = "字".repeat(100);
        assert_eq!(window(&text, 150).chars().count(), 40);
        assert_eq!(window("甲乙", 3), "甲乙");
        assert_eq!(window("", 0), "");
    }

    #[test]
    fn shrinking_finds_the_core() {
        let text = format!("{}甲{}乙{}", "字".repeat(500), "元".repeat(300), "文".repeat(700));
        assert_eq!(shrink(&text, |text| text.contains('甲') && text.contains('乙')), "甲乙");
        let apart = |text: &str| text.find('乙').is_some_and(|place| place >= 20 && text.starts_with('甲'));
        assert_eq!(shrink(&text["字".len() * 500..], apart), "甲한한한한한한乙");
    }
}
