//! The general engine: runs any recipe stage by stage, the way OpenCC does.
//!
//! The compiled tables know the sixteen official configs and nothing else, and they have forgotten which dictionary said what.
//! This engine takes any [`Recipe`], from a config file on disk for instance, and remembers everything: [`StagedEngine::trace`]
//! tells for each piece of the text which entries of which dictionaries made it what it became. It gives the same bytes and is
//! much slower: about as fast as OpenCC itself.
//!
//! # How it works
//!
//! 1. *Normalization*: each of its lookups is applied to the whole text in turn.
//! 2. *Segmentation*, where the recipe has one: the text is cut by longest match. Each match is a segment, and so is each stretch
//!    between matches. The replacements in the segmentation's dictionaries play no part.
//! 3. The *chain*: each segment goes through all stages, each applied to the output of the one before. Nothing matches across the
//!    edge of a segment.
//!
//! To apply a lookup is to go through the text from left to right, replacing the longest match at each position and passing what
//! does not match (the module `scan` has the details). With `s2twp`, `高级别` is cut `高|级别`, because `级别` is a key of the
//! segmentation's dictionary and nothing longer matches. The first stage makes `高|級別` of it. The second has an entry `高級` →
//! `高階`, but that would reach across the cut: `高級別` is the result.
//!
//! # Cost
//!
//! Linear in the text: at each position at most one trie descent per dictionary, of at most the characters of its longest key.
//!
//! # Deviation
//!
//! Where a recipe has a segmentation, OpenCC deletes the text from a NUL to the end of its segment. This keeps it.
//!
//! # Source
//!
//! `SingleStageConverter.cpp`, `ConfigBasedConverter.hpp` and `ConversionChain.cpp` of OpenCC 1.4.2.

mod builtin;
mod scan;
mod texts;
mod trace;

pub use trace::{Stage, TraceMatch, TraceUnit};

use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

use crate::{Dictionary, Engine, Error};
use scan::{Runs, Scanner};

/// What a config says: which dictionaries are applied, in which order.
#[derive(Clone, Debug, Default)]
pub struct Recipe {
    /// The name of the config, for people.
    pub name: String,
    /// Applied to the whole text, one after another, before everything else.
    pub normalization: Vec<Lookup>,
    /// What cuts the text into segments; with none, the whole text is one segment.
    pub segmentation: Option<Lookup>,
    /// Applied to each segment, one after another.
    pub chain: Vec<Lookup>,
}

/// Where a stage looks up what the text at a position may become.
#[derive(Clone, Debug)]
pub enum Lookup {
    /// The longest match in one dictionary.
    Table(Arc<Dictionary>),
    /// The match of one of several lookups.
    Group {
        /// Which of them.
        policy: MatchPolicy,
        /// The lookups, in order of precedence.
        members: Vec<Lookup>,
    },
}

/// Which member of a group decides where several match.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MatchPolicy {
    /// The first that has any match, however short.
    ShortCircuit,
    /// The one with the longest match; of equally long ones the first.
    Union,
}

/// Runs a [`Recipe`] stage by stage.
///
/// ```
/// use std::sync::Arc;
/// use tongwen::{Dictionary, Lookup, MatchPolicy, Recipe, StagedEngine};
/// let phrases = Arc::new(Dictionary::parse("phrases.txt", "头发\t頭髮\n")?);
/// let characters = Arc::new(Dictionary::parse("characters.txt", "头\t頭\n发\t發 髮\n")?);
/// let members = vec![Lookup::Table(phrases), Lookup::Table(characters)];
/// let chain = vec![Lookup::Group { policy: MatchPolicy::ShortCircuit, members }];
/// let engine = StagedEngine::new(Recipe { name: "hair".into(), chain, ..Recipe::default() });
/// assert_eq!(engine.convert("头发发光"), "頭髮發光");
///
/// let trace = engine.trace("头发发光");
/// assert_eq!((trace[1].source.clone(), trace[1].output.as_str()), (6..9, "發"));
/// let found = trace[1].decisive().unwrap();
/// assert_eq!((found.dictionary().name(), found.line()), ("characters.txt", Some(2)));
/// assert_eq!(found.candidates().collect::<Vec<_>>(), ["發", "髮"]);
/// # Ok::<(), tongwen::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct StagedEngine {
    name: String,
    normalization: Vec<Scanner>,
    segmentation: Option<Scanner>,
    chain: Vec<Scanner>,
}

impl StagedEngine {
    /// Makes a recipe ready to run. Costs some microseconds per dictionary.
    pub fn new(recipe: Recipe) -> StagedEngine {
        let scanners = |lookups: Vec<Lookup>| lookups.into_iter().map(Scanner::new).collect();
        StagedEngine {
            name: recipe.name,
            normalization: scanners(recipe.normalization),
            segmentation: recipe.segmentation.map(Scanner::new),
            chain: scanners(recipe.chain),
        }
    }

    /// The recipe that this engine runs.
    pub fn recipe(&self) -> Recipe {
        let lookups = |scanners: &[Scanner]| scanners.iter().map(|scanner| scanner.lookup().clone()).collect();
        Recipe {
            name: self.name.clone(),
            normalization: lookups(&self.normalization),
            segmentation: self.segmentation.as_ref().map(|scanner| scanner.lookup().clone()),
            chain: lookups(&self.chain),
        }
    }

    /// Converts a text.
    pub fn convert(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        self.convert_into(text, &mut out);
        out
    }

    /// Converts a text and appends the result to `out`.
    pub fn convert_into(&self, text: &str, out: &mut String) {
        let mut normalized = Cow::Borrowed(text);
        for stage in &self.normalization {
            let mut next = String::with_capacity(normalized.len());
            apply(stage, &normalized, &mut next);
            normalized = Cow::Owned(next);
        }
        let (mut input, mut output) = (String::new(), String::new());
        self.for_each_segment(&normalized, |segment| {
            let Some((last, before)) = self.chain.split_last() else {
                out.push_str(&normalized[segment]);
                return;
            };
            let segment = &normalized[segment];
            if before.is_empty() {
                apply(last, segment, out);
                return;
            }
            input.clear();
            input.push_str(segment);
            for stage in before {
                output.clear();
                apply(stage, &input, &mut output);
                std::mem::swap(&mut input, &mut output);
            }
            apply(last, &input, out);
        });
    }

    /// Whether a character is a unit of its own wherever it stands outside of description sequences, because no stage has a longer key with it, or with what it has become. The answer may be
    /// no although it always is.
    pub(crate) fn is_always_alone(&self, character: char) -> bool {
        let mut text = character.to_string();
        let mut passes = |scanner: &Scanner, changes: bool| {
            if text.chars().any(|character| scanner.lookup().has_in_phrases(character)) {
                return false;
            }
            if changes {
                let mut next = String::new();
                apply(scanner, &text, &mut next);
                text = next;
            }
            true
        };
        self.normalization.iter().all(|scanner| passes(scanner, true))
            && self.segmentation.iter().all(|scanner| passes(scanner, false))
            && self.chain.iter().all(|scanner| passes(scanner, true))
    }

    /// Calls `take` with the byte range of each segment of the normalized text, in order.
    fn for_each_segment(&self, text: &str, mut take: impl FnMut(Range<usize>)) {
        let Some(segmentation) = &self.segmentation else { return take(0..text.len()) };
        let mut start = 0;
        for unit in segmentation.units(text, Runs::Joined).filter(|unit| unit.hit.is_some()) {
            if start < unit.range.start {
                take(start..unit.range.start);
            }
            start = unit.range.end;
            take(unit.range);
        }
        if start < text.len() {
            take(start..text.len());
        }
    }
}

impl Engine for StagedEngine {
    fn convert_into(&self, text: &str, out: &mut String) -> Result<(), Error> {
        StagedEngine::convert_into(self, text, out);
        Ok(())
    }

    fn name(&self) -> &str {
        "staged"
    }
}

/// Applies one stage to a text and appends the result to `out`.
fn apply(stage: &Scanner, text: &str, out: &mut String) {
    for unit in stage.units(text, Runs::Joined) {
        out.push_str(unit.hit.map_or(&text[unit.range], |hit| hit.replacement()));
    }
}
