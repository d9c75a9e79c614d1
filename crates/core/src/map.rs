//! The map of a config: what each character alone becomes, and which pairs of characters need a second look.
//!
//! The kernel asks it for every character of a text, so it should be one flat array with an entry for each code point ([`Flat`]). In the file it is
//! stored as what configs change in each other, which is a fraction of that. The array is put together once in a process for each config.
//! Doing so costs some 60 microseconds, most of which is the system's: it gives out about 32 fresh pages. Asking the processor for its vector
//! instructions, which it does slowly on virtual machines, costs 30 more.
//!
//! A process that converts a title or two should not pay for that. So the first few short strings are done from the file as it is ([`Changes`]): that
//! takes tens of nanoseconds a character, and nothing before. For `汉字转换` with `s2tw`, `汉` is not among what `s2tw` changes in its parent, but
//! among what the parent has.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use crate::table::{BUILT_IN, Record};
use crate::words::Words;

/// One map entry for each code point of up to 16 bits.
pub(crate) type Characters = [u32; 1 << 16];

/// Short strings that are converted before the flat array is made: by then they have cost about as much as it costs.
const FIRST_STRINGS: u32 = 32;

/// What there is of one config's map in this process.
pub(crate) struct State {
    characters: OnceLock<Box<Characters>>,
    /// Short strings that have been converted without it.
    strings: AtomicU32,
}

static STATES: [State; BUILT_IN] = [const { State::new() }; BUILT_IN];

impl State {
    pub(crate) const fn new() -> State {
        State { characters: OnceLock::new(), strings: AtomicU32::new(0) }
    }
}

/// The map of a config. Cheap to copy: references.
#[derive(Clone, Copy)]
pub(crate) struct Map<'t> {
    record: Record<'t>,
    state: &'t State,
    /// The pairs at which the trie must be consulted; `None` when there are none.
    pub(crate) words: Option<Words<'t>>,
}

/// Where a map's entries come from.
pub(crate) trait Entries {
    /// The map entry of a code point of up to 16 bits; of others, that of their lower 16 bits.
    fn entry(&self, point: u32) -> u32;
}

/// A map as one array.
#[derive(Clone, Copy)]
pub(crate) struct Flat<'t> {
    pub(crate) characters: &'t Characters,
}

/// A map as it lies in the file.
#[derive(Clone, Copy)]
pub(crate) struct Changes<'t> {
    record: Record<'t>,
}

/// Code points below this take less than 3 bytes. The map says only one thing about them: the classes that they all have together.
pub(crate) const WIDE: usize = 0x800;

impl Map<'static> {
    /// The map of a config in the binary.
    pub(crate) fn built_in(record: Record<'static>) -> Map<'static> {
        Map::new(record, &STATES[record.number])
    }
}

impl<'t> Map<'t> {
    pub(crate) fn new(record: Record<'t>, state: &'t State) -> Map<'t> {
        Map { record, state, words: record.words() }
    }

    /// The map as one array, made when this is first asked for.
    #[inline]
    pub(crate) fn flat(&self) -> Flat<'t> {
        let characters = self.state.characters.get_or_init(|| {
            // Straight from the allocator: what is zero is never touched.
            let mut characters: Box<Characters> = vec![0; 1 << 16].try_into().expect("as many entries");
            self.record.change(&mut characters);
            match self.record.narrow_classes() {
                0 => {}
                classes => characters[..WIDE].fill(classes),
            }
            characters
        });
        Flat { characters }
    }

    /// The map as one array, if that is made.
    #[inline]
    pub(crate) fn flat_if_made(&self) -> Option<Flat<'t>> {
        self.state.characters.get().map(|characters| Flat { characters })
    }

    /// The map as it lies in the file, as long as the array is not made and need not be: for one short string.
    #[inline]
    pub(crate) fn for_first_strings(&self) -> Option<Changes<'t>> {
        if self.state.characters.get().is_some() {
            return None;
        }
        let strings = self.state.strings.fetch_add(1, Ordering::Relaxed);
        (strings < FIRST_STRINGS).then_some(self.changes())
    }

    /// The map as it lies in the file.
    pub(crate) fn changes(&self) -> Changes<'t> {
        Changes { record: self.record }
    }

    /// One entry, from wherever it can be had; see [`Entries::entry`].
    pub(crate) fn entry(&self, point: u32) -> u32 {
        match self.state.characters.get() {
            Some(characters) => characters[usize::from(point as u16)],
            None => self.changes().entry(point),
        }
    }
}

impl Entries for Flat<'_> {
    #[inline(always)]
    fn entry(&self, point: u32) -> u32 {
        self.characters[usize::from(point as u16)]
    }
}

impl Entries for Changes<'_> {
    fn entry(&self, point: u32) -> u32 {
        let point = point as u16;
        if usize::from(point) < WIDE { self.record.narrow_classes() } else { self.record.entry(point) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::route::Route;
    use crate::table::Table;

    #[test]
    fn the_file_has_what_the_array_has() {
        for route in Route::all() {
            let map = Table::load(route).expect("every route has a table").map;
            let (flat, changes) = (map.flat(), map.changes());
            for point in 0..1 << 16 {
                assert_eq!(changes.entry(point), flat.entry(point), "{} {point:x}", route.table_name());
            }
            assert!(map.for_first_strings().is_none());
        }
    }
}
