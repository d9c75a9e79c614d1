//! Strings of a few dozen characters: titles, names, cells.
//!
//! Such a string takes a few dozen nanoseconds, and what is spent beside the kernel counts: clearing buffers, looking for markers, checking UTF-8.
//! So everything is done in one small buffer with zeros behind the text. The kernel then takes the end of the text like the rest, and
//! what looks at all bytes looks at a fixed number of them, which compilers turn into a handful of vector instructions.
//!
//! The first few strings of a process are done without what would have to be prepared: see `map.rs`.
//!
//! Results are those of the general path (`engine.rs`); a test compares them at all lengths.

use crate::kernel;
use crate::resolve::Splice;
use crate::sink::{made, made_slowly};
use crate::table::Table;

/// A string in its buffers. `BYTES` is a multiple of 32.
struct Short<const BYTES: usize, const EVENTS: usize> {
    padded: [u8; BYTES],
    mapped: [u8; BYTES],
    events: [u16; EVENTS],
}

/// The longest text that [`convert`] takes, in bytes.
pub(crate) const LONGEST: usize = LARGE - kernel::OVERWRITE;

const SMALL: usize = 96;
const LARGE: usize = 160;

/// What a text may hold beside characters for the table.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Beside {
    /// Nothing that matters.
    Nothing,
    /// Markers: then a dash is left to the general path.
    Markers,
}

/// Converts a text of at most [`LONGEST`] bytes and hands `take` the result, or `None` when nothing changes. `false` when the text must go
/// the general way.
#[inline]
pub(crate) fn convert(table: &Table<'_>, text: &str, beside: Beside, take: impl FnOnce(Option<&str>)) -> bool {
    if text.len() <= SMALL - kernel::OVERWRITE {
        Short::<SMALL, { kernel::events_of(SMALL) }>::convert(table, text, beside, take)
    } else {
        Short::<LARGE, { kernel::events_of(LARGE) }>::convert(table, text, beside, take)
    }
}

impl<const BYTES: usize, const EVENTS: usize> Short<BYTES, EVENTS> {
    #[inline]
    fn convert(table: &Table<'_>, text: &str, beside: Beside, take: impl FnOnce(Option<&str>)) -> bool {
        let mut short = Short::<BYTES, EVENTS> { padded: [0; BYTES], mapped: [0; BYTES], events: [0; EVENTS] };
        short.padded[..text.len()].copy_from_slice(text.as_bytes());
        if beside == Beside::Markers && short.has_dash() {
            return false;
        }
        let first = table.map.for_first_strings();
        let count = match &first {
            None => kernel::map(&table.map, &short.padded, text.len(), &mut short.mapped, &mut short.events),
            Some(map) => {
                let (words, length) = (table.map.words, text.len());
                kernel::map_first(map, words, &short.padded, length, &mut short.mapped, &mut short.events)
            }
        };
        // What checks with vector instructions asks for these first, which takes longer than to check a few strings without.
        let checked = if first.is_some() { made_slowly } else { made };
        let mut splices: Vec<Splice<'_>> = Vec::new();
        if count > 0 {
            // Description operators are special, so each is an event.
            let describes = |event: &u16| short.padded[usize::from(*event)..].starts_with(&[0xE2, 0xBF]);
            if table.lengthening.is_some() && short.events[..count].iter().any(describes) {
                return false;
            }
            table.resolve(text.as_bytes(), 0, 0, &short.events[..count], &mut short.mapped, &mut splices);
        }
        // What the kernel has written behind the text: never more than this, which is one store.
        *short.mapped[text.len()..].first_chunk_mut::<{ kernel::OVERWRITE }>().expect("the buffer has room for it") =
            [0; kernel::OVERWRITE];
        if !splices.is_empty() {
            let mut spliced = Vec::new();
            take(Some(checked(crate::engine::joined(&short.mapped[..text.len()], &splices, &mut spliced))));
        } else if short.mapped == short.padded {
            take(None);
        } else {
            // A whole buffer is checked in whole blocks; a text of 50 bytes alone would be checked byte by byte.
            take(Some(&checked(&short.mapped)[..text.len()]));
        }
        true
    }

    #[inline]
    fn has_dash(&self) -> bool {
        self.padded.iter().fold(false, |any, byte| any | (*byte == b'-'))
    }
}
