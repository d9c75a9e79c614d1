//! Places of a text and their kinds, in eight bytes each: what lists of edits and explanations are made of.
//!
//! A place is kept as its distance from the beginning of a *block*, which is four bytes; a new block begins where that would be too far.

use std::ops::Range;
use std::sync::Arc;

use super::memory::{Kind, OWN, STAYS};
use crate::kernel::changed::ALONE;

/// Bytes behind a range in which a unit that begins in it may begin or end others.
const BEYOND: usize = 1 << 16;

/// A place, in bytes behind the base of its block, and a kind.
type Entry = [u32; 2];

/// Entries from one on, up to the next block.
#[derive(Clone, Copy, Debug)]
struct Block {
    first: usize,
    /// Bytes of the text.
    base: usize,
}

/// See the [module](self).
#[derive(Clone, Debug, Default)]
pub(crate) struct List {
    entries: Vec<Entry>,
    blocks: Vec<Block>,
    /// The base of the last block.
    base: usize,
    pub(crate) kinds: Arc<Vec<Kind>>,
    /// Kinds that no other list has.
    own: Vec<Kind>,
}

impl List {
    pub(crate) fn clear(&mut self) {
        self.entries.clear();
        self.blocks.clear();
        self.own.clear();
        self.kinds = Arc::default();
    }

    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    /// Says that entries of this range come next.
    #[inline]
    pub(crate) fn expect(&mut self, range: Range<usize>) {
        let fits = self.blocks.last().is_some_and(|block| range.end + BEYOND - block.base <= u32::MAX as usize);
        if !fits {
            self.base = range.start;
            self.blocks.push(Block { first: self.entries.len(), base: range.start });
        }
    }

    /// Adds an entry in the expected range.
    #[inline(always)]
    pub(crate) fn push(&mut self, start: usize, kind: u32) {
        self.entries.push([(start - self.base) as u32, kind]);
    }

    /// Adds entries that start in the expected range: their places, counted from `start` when this is added, and kinds.
    #[inline]
    pub(super) fn extend<'e>(&mut self, start: usize, entries: impl FnOnce(u32) -> &'e [[u32; 2]]) {
        self.entries.extend_from_slice(entries((start - self.base) as u32));
    }

    /// Adds a kind of the list's own; gives its number.
    pub(crate) fn add(&mut self, kind: Kind) -> u32 {
        let number = self.own.len() as u32 | OWN | kind.stays();
        self.own.push(kind);
        number
    }

    /// Forgets all entries but the first.
    pub(crate) fn truncate(&mut self, length: usize) {
        self.entries.truncate(length);
        // There was one block at least when these were added.
        while self.blocks.last().is_some_and(|block| block.first > length) {
            self.blocks.pop();
        }
        self.base = self.blocks.last().map_or(0, |block| block.base);
    }

    #[inline]
    pub(crate) fn kind(&self, number: u32) -> &Kind {
        let index = (number & !(STAYS | OWN | ALONE)) as usize;
        if number & OWN == 0 { &self.kinds[index] } else { &self.own[index] }
    }

    /// Where each entry starts, and the number of its kind.
    #[inline]
    pub(crate) fn iter(&self) -> impl Iterator<Item = (usize, u32)> {
        let ends = self.blocks.iter().skip(1).map(|block| block.first).chain([self.entries.len()]);
        let entries = |(block, end): (&Block, usize)| (block.base, &self.entries[block.first..end]);
        self.blocks
            .iter()
            .zip(ends)
            .map(entries)
            .flat_map(|(base, entries)| entries.iter().map(move |[start, kind]| (base + *start as usize, *kind)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_may_lie_far_away() {
        let mut list = List::default();
        let far = u32::MAX as usize;
        let places = [5, 1000, far - BEYOND - 1, far, far + 7];
        for place in places {
            list.expect(place..place + 1);
            list.push(place, place as u32 % 100);
        }
        let expected: Vec<_> = places.iter().map(|place| (*place, *place as u32 % 100)).collect();
        assert_eq!(list.iter().collect::<Vec<_>>(), expected);
        assert_eq!((list.len(), list.blocks.len()), (5, 2));
        list.truncate(4);
        list.truncate(2);
        list.expect(2000..2001);
        list.push(2000, 3);
        assert_eq!(list.iter().collect::<Vec<_>>(), [(5, 5), (1000, 0), (2000, 3)]);
    }
}
