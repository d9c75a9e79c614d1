//! The prose of a text: ranges of it, packed one behind another.
//!
//! A page of wikitext has its prose in hundreds of ranges of a few dozen bytes. What looks at all of it (the search for evidence, the kernel
//! that maps characters) is made for long stretches; so the ranges are copied together once. Text that is one range
//! is not copied.
//!
//! For `[[国军]]和'''马'''` with the ranges `国军`, `和` and `马` the packed text is `国军和马`, and its byte 6 is byte 10 of the source.
//!
//! # Cost
//!
//! A copy of what is not one range, and a few nanoseconds for each range.

use std::borrow::Cow;
use std::ops::Range;

/// Sorted, disjoint ranges of a text.
pub(crate) struct Prose<'t> {
    /// The whole text.
    pub(crate) source: &'t str,
    /// The ranges, in bytes of it.
    pub(crate) ranges: &'t [Range<usize>],
    /// What they hold.
    pub(crate) packed: Cow<'t, str>,
    /// Where in that each of them ends.
    pub(crate) ends: Vec<usize>,
}

/// A place in the prose that is not its end: an offset in the packed text, and the number of the range that has it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    pub(crate) at: usize,
    pub(crate) range: usize,
}

impl<'t> Prose<'t> {
    /// Packs the ranges of a text.
    pub(crate) fn new(source: &'t str, ranges: &'t [Range<usize>]) -> Prose<'t> {
        if let [range] = ranges {
            return Prose { source, ranges, packed: Cow::Borrowed(&source[range.clone()]), ends: vec![range.len()] };
        }
        let mut packed = String::with_capacity(ranges.iter().map(Range::len).sum());
        let mut ends = Vec::with_capacity(ranges.len());
        for range in ranges {
            packed.push_str(&source[range.clone()]);
            ends.push(packed.len());
        }
        Prose { source, ranges, packed: Cow::Owned(packed), ends }
    }

    /// Where a range begins in the packed text.
    #[inline]
    pub(crate) fn start_of(&self, range: usize) -> usize {
        range.checked_sub(1).map_or(0, |before| self.ends[before])
    }

    /// The place at an offset, given one that is not behind it; none at the end.
    #[inline]
    pub(crate) fn place(&self, near: usize, at: usize) -> Option<Place> {
        let mut range = near;
        while *self.ends.get(range)? <= at {
            range += 1;
        }
        Some(Place { at, range })
    }

    /// The byte of the source that is at a place.
    #[inline]
    pub(crate) fn origin(&self, place: Place) -> usize {
        self.ranges[place.range].start + (place.at - self.start_of(place.range))
    }

    /// Whether the character at an offset follows directly on the one before it in the source too.
    pub(crate) fn is_joined(&self, at: usize) -> bool {
        let before = self.ends.partition_point(|end| *end < at);
        if self.ends.get(before) != Some(&at) {
            return true;
        }
        let after = self.ends.partition_point(|end| *end <= at);
        self.ranges.get(after).is_some_and(|range| range.start == self.ranges[before].end)
    }

    /// Whether there is a newline between a range and the one before it.
    #[inline]
    pub(crate) fn begins_line(&self, range: usize) -> bool {
        let gap = self.ranges[range - 1].end..self.ranges[range].start;
        self.source.as_bytes()[gap].contains(&b'\n')
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_lead_back_to_the_source() {
        let source = "ab[cd]\nefg";
        let ranges = [0..2, 2..2, 3..5, 5..5, 7..8, 8..10];
        let prose = Prose::new(source, &ranges);
        assert_eq!((&*prose.packed, &prose.ends[..]), ("abcdefg", &[2, 2, 4, 4, 5, 7][..]));
        let origins: Vec<_> = (0..7).map(|at| prose.origin(prose.place(0, at).unwrap())).collect();
        assert_eq!(origins, [0, 1, 3, 4, 7, 8, 9]);
        assert!(prose.place(2, 7).is_none());
        let joined: Vec<_> = (1..7).map(|at| prose.is_joined(at)).collect();
        assert_eq!(joined, [true, false, true, false, true, true]);
        let lines: Vec<_> = (1..6).map(|range| prose.begins_line(range)).collect();
        assert_eq!(lines, [false, false, false, true, false]);
    }
}
