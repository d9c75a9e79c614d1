//! Where on a page anything may be more than text.
//!
//! What means something in wikitext is a few bytes of ASCII, most of them only in front of certain others: an apostrophe before another, a newline before the mark of a
//! list. [`Structure`] finds all of these in one pass over the page; the steps of the scan go from one to the next, each in its own lane:
//!
//! | lane | who asks | places |
//! |---|---|---|
//! | [`Lane::Brackets`] | bracket matching | brackets of two characters, pipes, equals signs |
//! | [`Lane::Marks`] | the walk | lines that may be more than text, `<` of a tag, `&`, `[` of an address, colons, two apostrophes, two underscores |
//! | [`Lane::Titles`] | plain links | whatever may not stand in one |
//!
//! In `[[国|'''军''']]` the first lane has the brackets and the pipe, the second both runs of apostrophes.
//!
//! Cost: that of [`Structure`].

use std::ops::Range;

use tongwen::structure::{Follows, Steps, Structure, Wanted, Wish};

/// Which places are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lane {
    Brackets,
    Marks,
    Titles,
}

/// The bytes with which a line begins that may be more than text.
const LINE_MARKS: &[u8] = b"=#*:;- \t{|!";
/// Letters and a slash.
const TAG_OR_ADDRESS: &[u8] = b"/abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
const ENTITY: &[u8] = b"#0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
/// What ends an address, so that none is behind a colon.
const NO_ADDRESS: &[u8] =
    b"\x00\x01\x02\x03\x04\x05\x06\x07\x08\t\n\x0b\x0c\r\x0e\x0f\x10\x11\x12\x13\x14\x15\x16\x17\x18\x19\x1a\x1b\x1c\x1d\x1e\x1f <>[]\"\x7f";

/// The number of the wish for two underscores in the lane of marks.
const UNDERSCORES: u32 = 0;

static WANTED: Wanted = Wanted::new([
    Wish::nothing()
        .with(b"[", Follows::One(b"["))
        .with(b"]", Follows::One(b"]"))
        .with(b"{-", Follows::One(b"{"))
        .with(b"}", Follows::One(b"}-"))
        .with(b"|=", Follows::Anything),
    Wish::nothing()
        .with(b"_", Follows::One(b"_"))
        .with(b"'", Follows::One(b"'"))
        .with(b"\n", Follows::One(LINE_MARKS))
        .with(b"<[", Follows::One(TAG_OR_ADDRESS))
        .with(b"&", Follows::One(ENTITY))
        .with(b":", Follows::NoneOf(NO_ADDRESS)),
    Wish::nothing().with(b"<>[]{}|\n:#&'_", Follows::Anything),
]);

/// The places of a page.
#[derive(Debug, Default)]
pub(crate) struct Places(Structure);

impl Places {
    /// Looks through a page.
    pub(crate) fn new(source: &str) -> Places {
        Places(Structure::new(source.as_bytes(), &WANTED))
    }

    /// The first place in a range, or the range's end.
    #[inline(always)]
    pub(crate) fn next(&self, lane: Lane, range: Range<usize>) -> usize {
        self.0.next(lane as usize, range)
    }

    /// Goes from one place to the next, beginning with the first one at `from` or later.
    #[inline(always)]
    pub(crate) fn steps(&self, lane: Lane, from: usize) -> Steps<'_> {
        self.0.steps(lane as usize, from)
    }

    /// The places among the 64 bytes from a place of the page on; that one is the lowest bit.
    #[inline(always)]
    pub(crate) fn window(&self, lane: Lane, from: usize) -> u64 {
        self.0.window(lane as usize, from)
    }

    /// Whether there are two underscores side by side.
    pub(crate) fn have_underscores(&self) -> bool {
        self.0.has(Lane::Marks as usize, UNDERSCORES)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_lane_has_its_places() {
        let source = "[[a|b'c]]<x>-{d:e}-\n* ''f''__g__ http://h\ni: j";
        let places = Places::new(source);
        let shown = |lane| {
            let mut at = 0;
            std::iter::from_fn(|| {
                at = places.next(lane, at..source.len());
                at += 1;
                source.get(at - 1..at)
            })
            .collect::<String>()
        };
        assert_eq!(shown(Lane::Brackets), "[|]-}");
        assert_eq!(shown(Lane::Marks), "[<:\n''__:");
        assert_eq!(shown(Lane::Titles), "[[|']]<>{:}\n''''____:\n:");
        assert!(places.have_underscores() && !Places::new("a_b").have_underscores());
    }
}
