//! Measures the decision on mixed input, with real conversion.
//!
//! 1. Text that is already in the target: how many of its characters would be changed? In all its lines, and in those that are clean: that hold no
//!    character which OpenCC's tables know only from the other script. What changes in the others is mostly a find (`没` in a Taiwanese
//!    manual), what changes in the clean ones is damage.
//!    The changes are made by the slow stage-by-stage engine, which says what each of them is; that the converter itself puts out the same is
//!    compared.
//! 2. The same text with every second sentence converted to the other script and everything converted back: how many sentences come
//!    out as converting just those sentences gives? Also with stretches of eight sentences instead of single ones.

use std::collections::HashMap;
use std::path::Path;

use tongwen::{Config, Converter, Decision, End, Level, Mixed, MixedState, StagedEngine, TofuRisk, Treatment, Variant};

use super::corpora::{self, Class, Half};
use super::derive::Lexicon;
use crate::problem::{Problem, Result};
use crate::tables::Tables;

/// Differences printed of each measurement.
const SHOWN: usize = 25;

/// One direction: what text there is, where it is to go, and the configs that it takes.
struct Direction {
    class: Class,
    target: Variant,
    /// From the other script to the target.
    forward: Config,
    /// From the target to the other script, to make mixed text.
    backward: Config,
    /// Within the target's script, to the region's forms.
    normalising: Option<Config>,
}

const DIRECTIONS: [Direction; 3] = [
    Direction {
        class: Class::Taiwan,
        target: Variant::ZhTw,
        forward: Config::S2Twp,
        backward: Config::Tw2Sp,
        normalising: Some(Config::T2Tw),
    },
    Direction {
        class: Class::HongKong,
        target: Variant::ZhHk,
        forward: Config::S2Hkp,
        backward: Config::Hk2Sp,
        normalising: Some(Config::T2Hk),
    },
    Direction {
        class: Class::Mainland,
        target: Variant::ZhCn,
        forward: Config::Tw2Sp,
        backward: Config::S2Twp,
        normalising: None,
    },
];

/// The engines of a direction.
struct Engines {
    mixed: Mixed,
    forward: StagedEngine,
    backward: StagedEngine,
    normalising: Option<StagedEngine>,
    /// The product itself.
    converter: Converter,
}

/// A change: what was there and what it became.
type Change = (String, String);

impl Engines {
    fn new(direction: &Direction) -> Result<Engines> {
        let converter = Converter::builder().to(direction.target).level(Level::Phrases).build();
        let engine = |config| StagedEngine::builtin(config, TofuRisk::Include);
        Ok(Engines {
            converter: converter.map_err(|error| Problem::new(error.to_string()))?,
            mixed: Mixed::new(direction.target),
            forward: engine(direction.forward),
            backward: engine(direction.backward),
            normalising: direction.normalising.map(engine),
        })
    }

    fn decide(&self, text: &str) -> Vec<Decision> {
        let mut decisions = Vec::new();
        let whole = 0..text.len();
        let ranges = std::slice::from_ref(&whole);
        self.mixed.decide(&mut MixedState::default(), text, ranges, End::Final, &mut decisions);
        decisions
    }

    /// Treats a stretch; tells each change.
    fn treat(&self, text: &str, treatment: Treatment, changed: &mut impl FnMut(Change)) -> String {
        let engine = match (treatment, &self.normalising) {
            (Treatment::Convert | Treatment::ConvertEvident, _) => &self.forward,
            (Treatment::Normalise, Some(engine)) => engine,
            _ => return text.to_string(),
        };
        let mut out = String::with_capacity(text.len());
        for unit in engine.trace(text) {
            let source = &text[unit.source];
            if source == unit.output || (treatment != Treatment::Convert && !self.mixed.is_evident(source)) {
                out.push_str(source);
            } else {
                out.push_str(&unit.output);
                changed((source.to_string(), unit.output));
            }
        }
        out
    }
}

/// Prints the measurements.
pub(crate) fn run(root: &Path, folder: &Path, half: Half) -> Result<()> {
    let lexicon = Lexicon::new(&Tables::load_upstream(root)?)?;
    for direction in &DIRECTIONS {
        let engines = Engines::new(direction)?;
        println!("\n== {} text towards {} with {}", direction.class.prefix(), direction.target, direction.forward);
        for (name, lines) in corpora::lines(folder, direction.class, half)? {
            let clean: Vec<&str> = lines
                .iter()
                .map(String::as_str)
                .filter(|line| match direction.class {
                    Class::Mainland => !line.chars().any(|character| lexicon.certainly_traditional(character)),
                    _ => !line.chars().any(|character| lexicon.certainly_simplified(character)),
                })
                .collect();
            let all: Vec<&str> = lines.iter().map(String::as_str).collect();
            println!("-- {name}");
            speed(&all.join("\n"), &engines);
            unchanged("all lines", &all.join("\n"), &engines);
            unchanged("clean lines", &clean.join("\n"), &engines);
            alternating(1, &clean.join("\n"), &engines);
            alternating(8, &clean.join("\n"), &engines);
        }
    }
    Ok(())
}

/// How fast the decision is, the best of five.
fn speed(text: &str, engines: &Engines) {
    let once = || {
        let start = std::time::Instant::now();
        std::hint::black_box(engines.decide(text));
        start.elapsed().as_secs_f64()
    };
    let best = (0..5).map(|_| once()).fold(f64::INFINITY, f64::min);
    println!("decided at {:.0} MB/s", text.len() as f64 / best / 1e6);
}

/// Measurement 1.
fn unchanged(label: &str, text: &str, engines: &Engines) {
    let characters = text.chars().filter(|character| crate::corpus::is_han(*character)).count();
    let mut changes: HashMap<(Treatment, Change), usize> = HashMap::new();
    let mut lost: HashMap<Treatment, usize> = HashMap::new();
    let mut treated = String::with_capacity(text.len());
    for decision in engines.decide(text) {
        treated += &engines.treat(&text[decision.range], decision.treatment, &mut |change| {
            *lost.entry(decision.treatment).or_default() += change.0.chars().count();
            *changes.entry((decision.treatment, change)).or_default() += 1;
        });
    }
    let total: usize = lost.values().sum();
    let rate = |count: usize| count as f64 * 1e5 / characters.max(1) as f64;
    print!("{label:12} {characters:8} Han characters, {total} changed, {:.2} in 100,000", rate(total));
    for treatment in [Treatment::Convert, Treatment::ConvertEvident, Treatment::Normalise] {
        print!("; {treatment:?} {}", lost.get(&treatment).copied().unwrap_or(0));
    }
    println!("{}", if engines.converter.convert(text) == treated { "" } else { "; THE CONVERTER DIFFERS" });
    let mut changes: Vec<_> = changes.into_iter().collect();
    changes.sort_by(|one, other| other.1.cmp(&one.1).then_with(|| one.0.1.cmp(&other.0.1)));
    let shown: Vec<String> = changes
        .iter()
        .take(SHOWN)
        .map(|((treatment, (from, to)), count)| format!("{from}→{to} {count} {treatment:?}"))
        .collect();
    if !shown.is_empty() {
        println!("             {}", shown.join(", "));
    }
}

/// Measurement 2, in stretches of `length` sentences.
fn alternating(length: usize, text: &str, engines: &Engines) {
    let mut mixed = String::with_capacity(text.len());
    // Each sentence: where it stands in the mixed text, and what it is to become.
    let mut sentences: Vec<(usize, usize, String)> = Vec::new();
    for (number, sentence) in text.split_inclusive(['。', '！', '？', '\n']).enumerate() {
        let start = mixed.len();
        let expected = if number / length % 2 == 1 {
            mixed.push_str(&engines.backward.convert(sentence));
            engines.forward.convert(&mixed[start..])
        } else {
            mixed.push_str(sentence);
            sentence.to_string()
        };
        sentences.push((start, mixed.len(), expected));
    }
    let decisions = engines.decide(&mixed);
    let mut at = 0;
    let mut differing = [0usize; 2];
    let mut shown = Vec::new();
    for (number, (start, end, expected)) in sentences.iter().enumerate() {
        let mut found = String::new();
        while let Some(decision) = decisions.get(at).filter(|decision| decision.range.start < *end) {
            let piece = decision.range.start.max(*start)..decision.range.end.min(*end);
            found += &engines.treat(&mixed[piece], decision.treatment, &mut |_| {});
            if decision.range.end > *end {
                break;
            }
            at += 1;
        }
        if found != *expected {
            let foreign = number / length % 2;
            differing[foreign] += 1;
            if shown.len() < SHOWN && differing[foreign] % 7 == 1 {
                shown.push(format!("{} ⟶ {} ≠ {}", mixed[*start..*end].trim(), found.trim(), expected.trim()));
            }
        }
    }
    let share = 100.0 * (sentences.len() - differing[0] - differing[1]) as f64 / sentences.len().max(1) as f64;
    println!(
        "every {length} in the other script: {} sentences, {share:.3}% as expected; differing: {} of the target's own, {} of the others",
        sentences.len(),
        differing[0],
        differing[1]
    );
    shown.iter().take(SHOWN).for_each(|line| println!("             {}", line.chars().take(160).collect::<String>()));
}
