//! Finds the names of a block in one pass: at each place the longest name, suffixed form or blocker.
//!
//! A bit table says of the two characters at a place whether any name begins with them; only then is the index asked. Of the forms in the index those
//! count that may stand in a text ([`layout::IN_TEXT`]). A blocker that is as long as a name, or longer, is stepped over.
//!
//! # Cost
//!
//! A few nanoseconds for each character, and a walk through the index for each place that the filter lets pass: one in twenty in ordinary
//! prose.

use std::borrow::Cow;
use std::cell::Cell;
use std::ops::Range;

use fst::raw::{Fst, Node};

use super::block::Block;
use crate::Glossary;
use crate::layer::{Layer, Posting};
use crate::layout::{self, Form, IN_TEXT, PAIR_BITS};

/// A name in a block.
#[derive(Clone, Debug)]
pub(crate) struct Found {
    /// Characters of the block.
    pub(crate) range: Range<usize>,
    /// The value in the index of each layer that has the name.
    values: Values,
}

/// The value of a name in each layer that has it: in the first, and in others.
#[derive(Clone, Debug)]
struct Values {
    first: (u32, u64),
    /// Without overlays empty, which costs nothing.
    others: Vec<(u32, u64)>,
}

impl Values {
    fn all(&self) -> impl Iterator<Item = (u32, u64)> {
        std::iter::once(self.first).chain(self.others.iter().copied())
    }
}

/// Finds names.
pub(crate) struct Matcher<'g> {
    layers: Vec<(u32, &'g Layer, Starts)>,
    /// The pair filters of all layers in one.
    pairs: Cow<'g, [u8]>,
}

impl<'g> Matcher<'g> {
    pub(crate) fn new(glossary: &'g Glossary) -> Matcher<'g> {
        let layers: Vec<(u32, &Layer, Starts)> =
            glossary.layers().map(|(number, layer)| (number, layer, Starts::default())).collect();
        let mut pairs = Cow::Borrowed(layers.first().map_or(&[][..], |(_, layer, _)| layer.pairs()));
        for (_, layer, _) in layers.iter().skip(1) {
            pairs.to_mut().iter_mut().zip(layer.pairs()).for_each(|(bits, more)| *bits |= more);
        }
        Matcher { layers, pairs }
    }

    /// Adds the names of a block to `found`, in their order.
    pub(crate) fn find(&self, block: &Block, found: &mut Vec<Found>) {
        for stretch in &block.stretches {
            let characters = &block.characters[stretch.clone()];
            let mut at = 0;
            while let Some(start) = self.first_pair(&characters[at..]) {
                at += start;
                let Some((length, values)) = self.longest(&characters[at..]) else {
                    at += 1;
                    continue;
                };
                let blocked = values.all().any(|(_, value)| layout::name::forms(value) & Form::Blocker.bit() != 0);
                if !blocked {
                    let start = stretch.start + at;
                    found.push(Found { range: start..start + length, values });
                }
                at += length;
            }
        }
    }

    /// The first place at which a name may begin, as far as the filter knows.
    fn first_pair(&self, characters: &[char]) -> Option<usize> {
        // A filter of the wrong length is that of a damaged file: it lets nothing pass.
        let bits: &[u8; PAIR_BITS / 8] = (*self.pairs).try_into().ok()?;
        characters.windows(2).position(|pair| {
            let bit = layout::pair_bit(pair[0], pair[1]);
            bits[bit / 8] >> (bit % 8) & 1 != 0
        })
    }

    /// The longest name that characters begin with, of two characters at least: its length and its values.
    fn longest(&self, characters: &[char]) -> Option<(usize, Values)> {
        let mut best: Option<(usize, Values)> = None;
        for (number, layer, starts) in &self.layers {
            let Some((length, value)) = longest_in(layer, starts, characters) else { continue };
            match &mut best {
                Some((known, values)) if *known == length => values.others.push((*number, value)),
                Some((known, _)) if *known > length => {}
                _ => best = Some((length, Values { first: (*number, value), others: Vec::new() })),
            }
        }
        best
    }

    /// How entries come by a name that was found.
    pub(crate) fn postings(&self, found: &Found) -> impl Iterator<Item = (u32, Posting)> {
        found.values.all().flat_map(|(number, value)| {
            let layer = self.layers[number as usize].1;
            let postings = layer.postings(value).filter(|posting| posting.form.bit() & IN_TEXT != 0);
            postings.map(move |posting| (number, posting))
        })
    }
}

/// Where walks through an index stand behind the first character of a name, for the characters that were seen last. Names in a text begin with the same
/// characters again and again, and the way through the first one is the longer part of most walks.
struct Starts([Cell<Start>; STARTS]);

/// How many first characters are remembered.
const STARTS: usize = 256;

#[derive(Clone, Copy, Default)]
struct Start {
    character: char,
    /// The node of the index, and what the way to it adds to the value.
    node: usize,
    value: u64,
}

impl Default for Starts {
    fn default() -> Starts {
        Starts(std::array::from_fn(|_| Cell::default()))
    }
}

impl Starts {
    /// The node behind a character, and the value so far; `None` when no name begins with it.
    fn behind<'f>(&self, index: &'f Fst<Cow<'static, [u8]>>, first: char) -> Option<(Node<'f>, u64)> {
        let known = &self.0[first as usize % STARTS];
        let start = known.get();
        // No name begins with the character that stands for none.
        if start.character == first && first != '\0' {
            return Some((index.node(start.node), start.value));
        }
        let (node, value) = step(index, index.root(), 0, first)?;
        known.set(Start { character: first, node: node.addr(), value });
        Some((node, value))
    }
}

/// Goes on by a character.
#[inline]
fn step<'f>(
    index: &'f Fst<Cow<'static, [u8]>>,
    node: Node<'f>,
    value: u64,
    character: char,
) -> Option<(Node<'f>, u64)> {
    let (mut node, mut value) = (node, value);
    for byte in character.encode_utf8(&mut [0; 4]).bytes() {
        let transition = node.transition(node.find_input(byte)?);
        value += transition.out.value();
        node = index.node(transition.addr);
    }
    Some((node, value))
}

fn longest_in(layer: &Layer, starts: &Starts, characters: &[char]) -> Option<(usize, u64)> {
    let index = layer.names().as_fst();
    let (first, rest) = characters.split_first()?;
    let (mut node, mut value) = starts.behind(index, *first)?;
    let mut best = None;
    for (length, character) in (2..).zip(rest) {
        let Some(next) = step(index, node, value, *character) else { break };
        (node, value) = next;
        if node.is_final() {
            let value = value + node.final_output().value();
            let forms = layout::name::forms(value) & IN_TEXT;
            let suffixed = forms == Form::Suffixed.bit();
            if forms != 0 && !is_no_place(&characters[..length], &characters[length..], suffixed) {
                best = Some((length, value));
            }
        }
    }
    best
}

/// Whether a suffixed form is an office and not a place (伊犁将军), or the last character of a name belongs to the next word (商丘县|域 is 商丘|县域).
pub(crate) fn is_no_place(name: &[char], after: &[char], suffixed: bool) -> bool {
    let office = suffixed && OFFICES.iter().any(|office| name.ends_with(office));
    let word = |next: &char| {
        let last = name[name.len() - 1];
        // 新疆省长 is 新疆|省长, but 新疆省长期 is 新疆省|长期.
        let other = *next == '长' && after.get(1).is_some_and(|next| LONG.contains(next));
        (suffixed || name.len() > 2)
            && !other
            && WORDS.iter().any(|(suffix, following)| *suffix == last && following.contains(next))
    };
    office || after.first().is_some_and(word)
}

/// Official suffixes that are offices.
const OFFICES: [&[char]; 15] = [
    &['将', '军'],
    &['大', '臣'],
    &['节', '度', '使'],
    &['节', '度'],
    &['都', '统'],
    &['总', '督'],
    &['都', '督'],
    &['都', '尉'],
    &['县', '丞'],
    &['州', '同'],
    &['州', '判'],
    &['巡', '检'],
    &['王'],
    &['侯'],
    &['尹'],
];

/// Suffixes and characters that make a word with them.
const WORDS: [(char, &[char]); 14] = [
    ('省', &['会', '城', '长', '委', '级', '际', '府']),
    ('市', &['长', '委', '区', '级', '郊', '民', '场']),
    ('县', &['域', '级', '城', '长', '令', '委', '志', '治', '丞', '署']),
    ('州', &['际', '治', '长']),
    ('府', &['治', '尹', '学', '署', '衙', '志']),
    ('区', &['域', '别', '间', '长', '委']),
    ('旗', &['帜', '杆', '长']),
    ('盟', &['长', '国', '军', '友', '约']),
    ('城', &['市', '镇', '乡', '际']),
    ('道', &['路', '理', '德', '教', '士', '观', '台', '员', '署']),
    ('路', &['线', '上', '口', '人', '程', '面']),
    ('国', &['家', '际', '民', '人']),
    ('卫', &['生', '视', '星', '士']),
    ('所', &['有', '以', '在', '谓', '属']),
];

/// What makes a word of its own with 长, so that it is no head of an office: 长期, 长达, 长江.
const LONG: [char; 8] = ['期', '达', '久', '江', '途', '年', '远', '大'];
