//! Reads the pairs of characters at events: what is looked up of each, in the table of words and in the sieve.
//!
//! Looking a pair up takes few steps, but making a number of six bytes takes as many again, and that is the same for all. So it stands here once, for one event after the
//! other, and with AVX2 for eight at a time (`vector/pairs_eights.rs`).
//!
//! Worked example: at 发 in `他的头发` stand 头 and 发; their key is `0x53D1_5934`. At the start of a chunk there is no pair.

use std::ops::Range;

use super::{are_wide, points_of, two_characters, vector};
use crate::layout::word;
use crate::resolve::{character_before, decode};

/// What is done with each event, in order. A trait and no closure, so that it becomes a part of the loop wherever that stands.
pub(super) trait Visit: Sized {
    /// Gets an event and the key of the pair there, and gives itself for the next. There is no key at the start of the source, nor where the second character does not have 3
    /// bytes. Events up to this one may be written over.
    fn visit(self, events: &mut [u16], event: u16, key: Option<u32>) -> Self;
}

/// Visits the first `count` events.
#[inline(always)]
pub(super) fn visit<V: Visit>(source: &[u8], events: &mut [u16], count: usize, visitor: V) -> V {
    let (visitor, done) = vector::visit_pairs(source, events, count, visitor);
    visit_slowly(source, events, done..count, visitor)
}

/// Visits some of the events, whose pairs are read one by one.
#[inline(always)]
pub(super) fn visit_slowly<V: Visit>(source: &[u8], events: &mut [u16], numbers: Range<usize>, visitor: V) -> V {
    let mut visitor = visitor;
    for number in numbers {
        let event = events[number];
        visitor = visitor.visit(events, event, key_at(source, usize::from(event)));
    }
    visitor
}

/// The key of the pair whose second character is at a place.
#[inline(always)]
pub(super) fn key_at(source: &[u8], at: usize) -> Option<u32> {
    let rest = source.get(at.wrapping_sub(3)..).unwrap_or_default();
    let two =
        rest.first_chunk().map(|eight| u64::from_le_bytes(*eight)).or_else(|| rest.first_chunk().map(two_characters));
    match two {
        Some(two) if are_wide(two) => {
            let (first, second) = points_of(two);
            Some(word::key(first, second))
        }
        _ if at == 0 => None,
        _ => match decode(source, at) {
            (second, 3) => Some(word::key(decode(source, character_before(source, at)).0 & 0xFFFF, second)),
            _ => None,
        },
    }
}
