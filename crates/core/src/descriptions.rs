//! Incomplete description sequences in configs whose first stage changes the number of characters.
//!
//! A complete description sequence is a unit that nothing touches. An incomplete one is an operator like any unknown character, in every
//! stage anew: in `tw2sp`, the first stage makes `⿳萊雅` into `⿳歐萊雅`, and now the operator has its three operands, so that the second
//! stage leaves 歐 and 萊 in their Traditional forms. A fused table cannot know that, since it depends on as many characters as a
//! sequence may have. So where such an operator stands, a region from there to the next certain border beyond anything that the sequence could
//! reach is given to the staged engine. Everything else goes through the table.
//!
//! Only routes whose first stage changes lengths are concerned (`tw2sp`, `hk2sp`), and only texts with an operator, from the chunk on in which the first one
//! stands. The others pay nothing: an operator is an event.
//!
//! # Limits
//!
//! A stream holds a region back until its end is known. A text in which such operators follow each other without end is held back whole.

use std::ops::Range;

use crate::StagedEngine;
use crate::resolve::{Becomes, LONGEST_DESCRIPTION};
use crate::sink::Sink;
use crate::table::{Lengthening, Table};

/// How far, in bytes, a sequence may reach from its operator: each of its characters may be all that is left of a phrase of 16.
const REACH: usize = LONGEST_DESCRIPTION * 16 * 4;

/// Places that [`next_description_operator`] looks at together, in a form that compilers turn into vector instructions.
const BLOCK: usize = 32;

/// Where the first of U+2FF0..2FFF stands at or behind `from`: E2, BF and a byte from B0 on.
pub(crate) fn next_description_operator(text: &[u8], from: usize) -> Option<usize> {
    let starts = |first: u8, second: u8| (first == 0xE2) & (second == 0xBF);
    let mut at = from;
    while let Some(block) = text.get(at..).and_then(|rest| rest.first_chunk::<{ BLOCK + 1 }>()) {
        let mut any = false;
        for place in 0..BLOCK {
            any |= starts(block[place], block[place + 1]);
        }
        if any {
            break;
        }
        at += BLOCK;
    }
    let found = text.get(at..)?.windows(3).position(|three| starts(three[0], three[1]) && three[2] >= 0xB0)?;
    Some(at + found)
}

impl Table<'_> {
    /// Like [`Table::convert_prefix`], for a text with operators.
    pub(crate) fn convert_around_descriptions(
        &self,
        recipe: Lengthening<'_>,
        text: &str,
        limit: usize,
        output: &mut impl Sink,
    ) {
        let made;
        let engine = match recipe {
            Lengthening::Engine(engine) => engine,
            Lengthening::Route(route) => {
                made = StagedEngine::new(route.recipe());
                &made
            }
        };
        let mut done = 0;
        while let Some(region) = self.open_region(text, done).filter(|region| region.start < limit) {
            // An operator is adjacent to nothing: what stands before it is a text of its own.
            self.convert_by_table(&text[done..region.start], region.start - done, output);
            let mut converted = String::new();
            engine.convert_into(&text[region.clone()], &mut converted);
            output.push(&converted);
            done = region.end;
        }
        if done < limit {
            self.convert_by_table(&text[done..], limit - done, output);
        }
    }

    /// A place for [`Stretch::cut`](crate::converter::Stretch::cut) that does not lie in a region.
    pub(crate) fn cut(&self, text: &str, target: usize) -> usize {
        let mut target = target;
        if self.lengthening.is_some() {
            let mut from = 0;
            while let Some(region) = self.open_region(text, from).filter(|region| region.start < target) {
                if target < region.end || region.end == text.len() {
                    target = region.start;
                    break;
                }
                from = region.end;
            }
        }
        self.last_boundary(text.as_bytes(), 0, target)
    }

    /// The first region at or behind `from`, a place at which a unit starts. It ends with the text where no end can be seen.
    fn open_region(&self, text: &str, from: usize) -> Option<Range<usize>> {
        let bytes = text.as_bytes();
        let mut from = from;
        let start = loop {
            let at = next_description_operator(bytes, from)?;
            let unit = self.unit(bytes, at);
            if unit.becomes != Becomes::Opaque {
                break at;
            }
            from = unit.end;
        };
        let mut last = start;
        while let Some(next) = next_description_operator(bytes, last + 1).filter(|next| *next < last + REACH) {
            last = next;
        }
        let mut end = (last + REACH).min(bytes.len());
        while !text.is_char_boundary(end) || (end < bytes.len() && self.boundary_before(bytes, end, end - 1) != end) {
            end += 1;
        }
        Some(start..end)
    }
}
