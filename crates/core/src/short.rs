//! Strings of a few dozen characters: titles, names, cells.
//!
//! Such a string takes a few dozen nanoseconds, and what is spent beside the kernel counts: clearing buffers, looking for markers, checking UTF-8.
//!
//! Where the processor has AVX2 or AVX-512, most strings are one block of 64 bytes: [`short::glance`] says whether anything changes, and most need nothing more. Longer ones and those
//! with characters of 2 or 4 bytes are taken block by block.
//!
//! Elsewhere everything is done in one small buffer with zeros behind the text, up to 128 bytes. The kernel then takes the end of the text like the rest, and
//! what looks at all bytes looks at a fixed number of them, which compilers turn into a handful of vector instructions. The first few strings of a
//! process are done in this way too, without what would have to be prepared: see `map.rs`.
//!
//! Results are those of the general path (`engine.rs`); a test compares them at all lengths.

use std::cell::Cell;
use std::thread::LocalKey;

use crate::engine::{has_operator, joined};
use crate::kernel;
use crate::kernel::short::{self, BLOCK, Glance, MappedBlock, StopAtDash};
use crate::resolve::{Doubts, Splice};
use crate::sink::{made, made_slowly};
use crate::table::Table;

/// What a text may hold beside characters for the table.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Beside {
    /// Nothing that matters.
    Nothing,
    /// Markers: then a dash is left to the general path.
    Markers,
}

/// The longest text that [`convert`] takes, in bytes: 64 characters.
pub(crate) const LONGEST: usize = 3 * BLOCK;

/// Converts a text of at most [`LONGEST`] bytes and hands `take` the result, or `None` when it was easy to see that nothing changes. `false` when the text
/// must go the general way.
#[inline]
pub(crate) fn convert(table: &Table<'_>, text: &str, beside: Beside, take: impl FnOnce(Option<&str>)) -> bool {
    let stop_at_dash = match beside {
        Beside::Markers => StopAtDash::Yes,
        Beside::Nothing => StopAtDash::No,
    };
    let Some(flat) = table.map.flat_if_made() else { return convert_longer(table, text, beside, take) };
    let mut block = MappedBlock::new();
    match short::glance(&flat, text.as_bytes(), stop_at_dash, &mut block) {
        Glance::Same => {
            take(None);
            true
        }
        Glance::Dash => false,
        Glance::Mapped => one_block(table, text, &mut block, take),
        Glance::Longer => convert_longer(table, text, beside, take),
    }
}

/// Finishes a text that the map changes or that has events.
#[inline(never)]
fn one_block(table: &Table<'_>, text: &str, block: &mut MappedBlock, take: impl FnOnce(Option<&str>)) -> bool {
    let mut events = [0; MappedBlock::EVENTS];
    let count = block.events(&table.map, text.as_bytes(), &mut events);
    finish(table, text, &events[..count], &mut block.bytes, made, take)
}

/// Mends what the kernel has made of a text and hands it over. Behind the text, `mapped` has zeros up to a whole block.
#[inline]
fn finish(
    table: &Table<'_>,
    text: &str,
    events: &[u16],
    mapped: &mut [u8],
    checked: fn(&[u8]) -> &str,
    take: impl FnOnce(Option<&str>),
) -> bool {
    if !events.is_empty() {
        if table.lengthening.is_some() && has_operator(text.as_bytes(), events) {
            return false;
        }
        let mut splices = recycled(taken(&SPLICES));
        table.resolve(text.as_bytes(), 0, 0, Doubts::at(events), mapped, &mut splices);
        if !splices.is_empty() {
            let mut spliced = taken(&SPLICED);
            take(Some(checked(joined(&mapped[..text.len()], &splices, &mut spliced))));
            give_back(&SPLICED, spliced);
            give_back(&SPLICES, recycled(splices));
            return true;
        }
        give_back(&SPLICES, recycled(splices));
    }
    // Whole blocks are checked block by block; a text of 50 bytes alone would be checked byte by byte.
    let blocks = &mapped[..text.len().next_multiple_of(BLOCK).min(mapped.len())];
    take(Some(&checked(blocks)[..text.len()]));
    true
}

thread_local! {
    /// The memory of lists of replacements of other lengths, for the next text that has any: asking for it anew takes as long as a word or two.
    static SPLICES: Cell<Vec<Splice<'static>>> = const { Cell::new(Vec::new()) };
    /// The same for texts with such replacements.
    static SPLICED: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}

/// The memory that is kept, or none in a thread that is about to end.
#[inline]
fn taken<T>(kept: &'static LocalKey<Cell<Vec<T>>>) -> Vec<T> {
    kept.try_with(Cell::take).unwrap_or_default()
}

/// Keeps memory for the next.
#[inline]
fn give_back<T>(kept: &'static LocalKey<Cell<Vec<T>>>, memory: Vec<T>) {
    // In a thread that is about to end it is not kept.
    let _ = kept.try_with(|kept| kept.set(memory));
}

/// An empty list in the memory of another.
#[inline]
fn recycled<'t>(mut splices: Vec<Splice<'_>>) -> Vec<Splice<'t>> {
    splices.clear();
    splices.into_iter().map(|_| unreachable!("there are none")).collect()
}

/// Converts a text that does not go into one block, or on a processor that takes none.
#[inline(never)]
fn convert_longer(table: &Table<'_>, text: &str, beside: Beside, take: impl FnOnce(Option<&str>)) -> bool {
    // In this order: the first strings of a process do not ask for instructions, which takes longer than they do.
    if table.map.flat_if_made().is_some() && short::has_blocks() {
        if text.len() <= BLOCK {
            in_blocks::<{ 2 * BLOCK }, { kernel::events_of(BLOCK) }>(table, text, beside, take)
        } else {
            in_blocks::<{ LONGEST + BLOCK }, { kernel::events_of(LONGEST) }>(table, text, beside, take)
        }
    } else if text.len() <= SMALL - kernel::OVERWRITE {
        Padded::<SMALL, { kernel::events_of(SMALL) }>::convert(table, text, beside, take)
    } else if text.len() <= LARGE - kernel::OVERWRITE {
        Padded::<LARGE, { kernel::events_of(LARGE) }>::convert(table, text, beside, take)
    } else if table.map.flat_if_made().is_some() {
        in_blocks::<{ LONGEST + BLOCK }, { kernel::events_of(LONGEST) }>(table, text, beside, take)
    } else {
        false
    }
}

/// Converts a text by a kernel that takes it from where it is. `BYTES` are a block more than the text has at most.
#[inline]
fn in_blocks<const BYTES: usize, const EVENTS: usize>(
    table: &Table<'_>,
    text: &str,
    beside: Beside,
    take: impl FnOnce(Option<&str>),
) -> bool {
    let (mut mapped, mut events) = ([0; BYTES], [0; EVENTS]);
    let source = text.as_bytes();
    let outline = short::map(&table.map, source, &mut mapped, &mut events);
    if beside == Beside::Markers && outline.has_dash() {
        return false;
    }
    if outline.events == 0 && !outline.differs() {
        take(None);
        return true;
    }
    finish(table, text, &events[..outline.events], &mut mapped, made, take)
}

/// A string in its buffers. `BYTES` is a multiple of 32.
struct Padded<const BYTES: usize, const EVENTS: usize> {
    source: [u8; BYTES],
    mapped: [u8; BYTES],
    events: [u16; EVENTS],
}

const SMALL: usize = 96;
const LARGE: usize = 160;

impl<const BYTES: usize, const EVENTS: usize> Padded<BYTES, EVENTS> {
    #[inline]
    fn convert(table: &Table<'_>, text: &str, beside: Beside, take: impl FnOnce(Option<&str>)) -> bool {
        let mut padded = Padded::<BYTES, EVENTS> { source: [0; BYTES], mapped: [0; BYTES], events: [0; EVENTS] };
        padded.source[..text.len()].copy_from_slice(text.as_bytes());
        if beside == Beside::Markers && padded.has_dash() {
            return false;
        }
        let Padded { source, mapped, events } = &mut padded;
        let first = table.map.for_first_strings();
        let count = match &first {
            None => kernel::map(&table.map, source, text.len(), mapped, events),
            Some(map) => kernel::map_first(map, table.map.words, source, text.len(), mapped, events),
        };
        // What the kernel has written behind the text: never more than this, which is one store.
        *mapped[text.len()..].first_chunk_mut::<{ kernel::OVERWRITE }>().expect("the buffer has room for it") =
            [0; kernel::OVERWRITE];
        if count == 0 && mapped == source {
            take(None);
            return true;
        }
        // What checks with vector instructions asks for these first, which takes longer than to check a few strings without.
        let checked = if first.is_some() { made_slowly } else { made };
        finish(table, text, &events[..count], mapped, checked, take)
    }

    #[inline]
    fn has_dash(&self) -> bool {
        self.source.iter().fold(false, |any, byte| any | (*byte == b'-'))
    }
}
