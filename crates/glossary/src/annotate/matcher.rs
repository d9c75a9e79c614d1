//! Finds the names of a block in one pass: at each place the longest name, suffixed form or blocker.
//!
//! A bit table says of the two characters at a place whether any name begins with them; only then is the index asked. Of the forms in the index those
//! count that may stand in a text ([`layout::IN_TEXT`]). A blocker that is as long as a name, or longer, is stepped over.
//!
//! # Cost
//!
//! A few nanoseconds for each character, and a walk through the index for each place that the filter lets pass: one in twenty in ordinary
//! prose.

use std::ops::Range;

use super::block::Block;
use crate::Glossary;
use crate::layer::{Layer, Posting};
use crate::layout::{self, Form, IN_TEXT};

/// A name in a block.
#[derive(Clone, Debug)]
pub(crate) struct Found {
    /// Characters of the block.
    pub(crate) range: Range<usize>,
    /// The value in the index of each layer that has the name.
    values: Vec<(u32, u64)>,
}

/// Finds names.
pub(crate) struct Matcher<'g> {
    layers: Vec<(u32, &'g Layer)>,
}

impl<'g> Matcher<'g> {
    pub(crate) fn new(glossary: &'g Glossary) -> Matcher<'g> {
        Matcher { layers: glossary.layers().collect() }
    }

    /// Adds the names of a block to `found`, in their order.
    pub(crate) fn find(&self, block: &Block, found: &mut Vec<Found>) {
        for stretch in &block.stretches {
            let characters = &block.characters[stretch.clone()];
            let mut at = 0;
            while at + 1 < characters.len() {
                let bit = layout::pair_bit(characters[at], characters[at + 1]);
                let passes = self
                    .layers
                    .iter()
                    .any(|(_, layer)| layer.pairs().get(bit / 8).is_some_and(|byte| byte >> (bit % 8) & 1 != 0));
                if !passes {
                    at += 1;
                    continue;
                }
                let Some((length, values)) = self.longest(&characters[at..]) else {
                    at += 1;
                    continue;
                };
                let blocked = values.iter().any(|(_, value)| layout::name::forms(*value) & Form::Blocker.bit() != 0);
                if !blocked {
                    let start = stretch.start + at;
                    found.push(Found { range: start..start + length, values });
                }
                at += length;
            }
        }
    }

    /// The longest name that characters begin with, of two characters at least: its length and its values.
    fn longest(&self, characters: &[char]) -> Option<(usize, Vec<(u32, u64)>)> {
        let mut best: Option<(usize, Vec<(u32, u64)>)> = None;
        for (number, layer) in &self.layers {
            let Some((length, value)) = longest_in(layer, characters) else { continue };
            match &mut best {
                Some((known, values)) if *known == length => values.push((*number, value)),
                Some((known, _)) if *known > length => {}
                _ => best = Some((length, vec![(*number, value)])),
            }
        }
        best
    }

    /// How entries come by a name that was found.
    pub(crate) fn postings(&self, found: &Found) -> impl Iterator<Item = (u32, Posting)> {
        found.values.iter().flat_map(|(number, value)| {
            let layer = self.layers[*number as usize].1;
            let postings = layer.postings(*value).filter(|posting| posting.form.bit() & IN_TEXT != 0);
            postings.map(|posting| (*number, posting))
        })
    }
}

fn longest_in(layer: &Layer, characters: &[char]) -> Option<(usize, u64)> {
    let index = layer.names().as_fst();
    let mut node = index.root();
    let mut value = 0;
    let mut best = None;
    let mut bytes = [0; 4];
    for (place, character) in characters.iter().enumerate() {
        for byte in character.encode_utf8(&mut bytes).bytes() {
            let Some(input) = node.find_input(byte) else { return best };
            let transition = node.transition(input);
            value += transition.out.value();
            node = index.node(transition.addr);
        }
        if node.is_final() && place > 0 {
            let value = value + node.final_output().value();
            if layout::name::forms(value) & IN_TEXT != 0 {
                best = Some((place + 1, value));
            }
        }
    }
    best
}
