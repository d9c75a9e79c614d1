//! Tells why each piece of a text became what it became.
//!
//! # How it works
//!
//! Every stage is run over the whole text and its units are kept, with where they start in the stage's input and where their
//! output ends. A *cut* is a position of the source that is the start of a unit in every stage, each position carried from stage to
//! stage by what the units before it have put out. No match reaches across a cut, so what lies between two of them is a
//! [`TraceUnit`] of its own.
//!
//! In `s2twp`, `内存里` is one segment. The first stage makes `內存裏` of it, character by character; the second finds `內存` →
//! `記憶體` and `裏` → `裡`. The position between `内` and `存` is a cut of the first stage and not of the second, so the trace has two
//! units: `内存` → `記憶體` and `里` → `裡`.
//!
//! # Cost
//!
//! Linear in the text, like converting; the memory is a few machine words for each character and stage.

use std::ops::Range;
use std::sync::Arc;

use super::StagedEngine;
use super::scan::{Hit, Runs, Scanner};
use crate::Dictionary;

/// A stretch of a text that no match reaches into or out of; there is no shorter one here.
#[derive(Clone, Debug)]
pub struct TraceUnit {
    /// Bytes of the source text.
    pub source: Range<usize>,
    /// What they became.
    pub output: String,
    /// The entries that matched in it, stage by stage, in the order of the text. Entries that leave the text as it is are among
    /// them: they keep other entries from matching.
    pub matches: Vec<TraceMatch>,
}

/// An entry that matched in one stage.
#[derive(Clone, Debug)]
pub struct TraceMatch {
    /// Where in the recipe.
    pub stage: Stage,
    /// Bytes of the stage's input: of the whole text as the stages before have left it.
    pub range: Range<usize>,
    dictionary: Arc<Dictionary>,
    entry: usize,
}

/// A stage of a recipe. Numbers count from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Stage {
    /// One of the normalizations.
    Normalization(usize),
    /// The segmentation. Its matches change nothing; they say where later matches cannot reach.
    Segmentation,
    /// A stage of the chain.
    Chain(usize),
}

impl TraceMatch {
    /// The dictionary that has the entry.
    pub fn dictionary(&self) -> &Dictionary {
        &self.dictionary
    }

    /// The number of the entry in its dictionary, from 0.
    pub fn entry(&self) -> usize {
        self.entry
    }

    /// What matched.
    pub fn key(&self) -> &str {
        self.dictionary.key(self.entry)
    }

    /// What a stage writes for it.
    pub fn replacement(&self) -> &str {
        self.dictionary.replacement(self.entry)
    }

    /// What could have been written for it, the one that was taken first.
    pub fn candidates(&self) -> impl Iterator<Item = &str> {
        self.dictionary.candidates(self.entry)
    }

    /// The line of the entry in its dictionary's text file, from 1.
    pub fn line(&self) -> Option<usize> {
        self.dictionary.line(self.entry)
    }

    /// Whether the text is another after this match.
    pub fn changes(&self) -> bool {
        self.stage != Stage::Segmentation && self.key() != self.replacement()
    }
}

impl TraceUnit {
    /// The last match that changed the text: the one to name where only one can be named.
    pub fn decisive(&self) -> Option<&TraceMatch> {
        self.matches.iter().rev().find(|found| found.changes())
    }
}

impl StagedEngine {
    /// Converts a text and tells how. The sources of the units, joined, are the text, and their outputs what [`convert`] gives.
    ///
    /// [`convert`]: StagedEngine::convert
    pub fn trace(&self, text: &str) -> Vec<TraceUnit> {
        let (layers, output) = self.layers(text);
        let mut cuts: Vec<Cut> = text.char_indices().map(|(at, _)| at).chain([text.len()]).map(Cut::at).collect();
        layers.iter().for_each(|layer| layer.carry(&mut cuts));
        // Once more with the cuts that are left, to see which matches of each stage lie before each of them.
        let mut left: Vec<Cut> = cuts.iter().map(|cut| Cut::at(cut.source)).collect();
        let mut hits_before = Vec::with_capacity(layers.len());
        for layer in &layers {
            hits_before.push(layer.hits_before(&left));
            layer.carry(&mut left);
        }
        let unit = |number: usize| {
            let (from, to) = (cuts[number], cuts[number + 1]);
            let matches = layers.iter().zip(&hits_before).flat_map(|(layer, before)| {
                layer.hits[before[number]..before[number + 1]].iter().map(|(start, hit)| TraceMatch {
                    stage: layer.stage,
                    range: *start..start + hit.length,
                    dictionary: Arc::clone(hit.dictionary),
                    entry: hit.entry,
                })
            });
            TraceUnit {
                source: from.source..to.source,
                output: output[from.here..to.here].to_owned(),
                matches: matches.collect(),
            }
        };
        (0..cuts.len() - 1).map(unit).collect()
    }

    /// Runs all stages and keeps their units; and what comes out in the end.
    fn layers(&self, text: &str) -> (Vec<Layer<'_>>, String) {
        let mut layers = Vec::new();
        let mut current = text.to_owned();
        for (number, scanner) in self.normalization.iter().enumerate() {
            let mut layer = Layer::new(Stage::Normalization(number));
            layer.add(scanner, &current, 0);
            current = std::mem::take(&mut layer.output);
            layers.push(layer);
        }
        let mut segments = Vec::new();
        self.for_each_segment(&current, |segment| segments.push(segment));
        if let Some(scanner) = &self.segmentation {
            let mut layer = Layer::new(Stage::Segmentation);
            layer.add(scanner, &current, 0);
            layer.output_ends.clone_from(&layer.input_ends);
            layers.push(layer);
        }
        for (number, scanner) in self.chain.iter().enumerate() {
            let mut layer = Layer::new(Stage::Chain(number));
            for segment in &mut segments {
                let start = layer.output.len();
                layer.add(scanner, &current[segment.clone()], segment.start);
                *segment = start..layer.output.len();
            }
            current = std::mem::take(&mut layer.output);
            layers.push(layer);
        }
        (layers, current)
    }
}

/// A position that is the start of a unit in all stages so far: in the source, and in the input of the next stage.
#[derive(Clone, Copy, Debug)]
struct Cut {
    source: usize,
    here: usize,
}

impl Cut {
    fn at(source: usize) -> Cut {
        Cut { source, here: source }
    }
}

/// The units of one stage.
struct Layer<'e> {
    stage: Stage,
    /// Where units end in the input, from 0; and where in the output, by the same index.
    input_ends: Vec<usize>,
    output_ends: Vec<usize>,
    /// The matches, each with its start in the input.
    hits: Vec<(usize, Hit<'e>)>,
    output: String,
}

impl<'e> Layer<'e> {
    fn new(stage: Stage) -> Layer<'e> {
        Layer { stage, input_ends: vec![0], output_ends: vec![0], hits: Vec::new(), output: String::new() }
    }

    /// Adds the units of a piece of the text, which starts at `start` in the stage's input.
    fn add(&mut self, scanner: &'e Scanner, text: &str, start: usize) {
        for unit in scanner.units(text, Runs::Single) {
            self.input_ends.push(start + unit.range.end);
            if let Some(hit) = unit.hit {
                self.hits.push((start + unit.range.start, hit));
            }
            self.output.push_str(unit.hit.map_or(&text[unit.range], |hit| hit.replacement()));
            self.output_ends.push(self.output.len());
        }
    }

    /// Keeps the cuts that are at the start of a unit here, or at the end, and moves them into the output.
    fn carry(&self, cuts: &mut Vec<Cut>) {
        let mut index = 0;
        cuts.retain_mut(|cut| {
            while self.input_ends[index] < cut.here {
                index += 1;
            }
            let kept = self.input_ends[index] == cut.here;
            if kept {
                cut.here = self.output_ends[index];
            }
            kept
        });
    }

    /// For each cut, the number of matches that start before it.
    fn hits_before(&self, cuts: &[Cut]) -> Vec<usize> {
        let mut before = 0;
        let count = |cut: &Cut| {
            before += self.hits[before..].iter().take_while(|(start, _)| *start < cut.here).count();
            before
        };
        cuts.iter().map(count).collect()
    }
}
