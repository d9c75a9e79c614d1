//! The compiled tables of one config, read in place from the binary (layout in [`crate::layout`]).
//!
//! Everything is viewed as arrays of little byte arrays and decoded at the point of use: that needs no alignment, no `unsafe` and no
//! work at start, works on machines of either byte order, and costs what an aligned read costs.
//!
//! The exception is the map from character to character, which the kernel asks for every character of the text: see [`crate::map`].

use crate::layout::{self, INDEX, PAGE};
use crate::map::{Characters, Filter, Map};
use crate::route::Route;

/// The compiled tables of all configs.
static COMPILED: &[u8] = include_bytes!("../../../dictionaries/compiled/tables.bin");

/// How many bytes behind its start a unit may look, at most: the longest path of any config, or a description sequence.
pub(crate) const LOOK_AHEAD: usize = 64 * 4;

/// A number of `N` bytes, little-endian, in the table file.
pub(crate) type Raw<const N: usize> = [u8; N];

/// What the engine needs of one config. Cheap to make and to copy: references.
#[derive(Clone, Copy)]
pub(crate) struct Table {
    slots: &'static [Raw<4>],
    values: &'static [Raw<4>],
    text: &'static [u8],
    code_index: &'static [Raw<2>; INDEX],
    code_pages: &'static [[Raw<2>; PAGE]],
    wide_codes: &'static [Raw<8>],
    normalization: &'static [Raw<8>],
    pub(crate) map: Map,
    adjacency: &'static [Raw<4>],
    adjacency_shift: u32,
    root: u32,
    /// The config's record, for what is rarely asked.
    record: Record,
    /// The route, where a text with an incomplete description sequence needs more than the table: see `descriptions.rs`.
    pub(crate) lengthening: Option<Route>,
}

const BROKEN: &str = "the compiled tables are built into the binary and checked by the tests";

/// The record of a config in the file.
#[derive(Clone, Copy)]
pub(crate) struct Record {
    pub(crate) number: usize,
}

impl Record {
    /// The number of configs in the file.
    pub(crate) const COUNT: usize = number(layout::HEADER_BYTES - 4) as usize;

    fn all() -> impl Iterator<Item = Record> {
        (0..Record::COUNT).map(|number| Record { number })
    }

    fn start(self) -> usize {
        layout::HEADER_BYTES + self.number * layout::RECORD_BYTES
    }

    fn is_named(self, name: &str) -> bool {
        let stored = &COMPILED[self.start()..self.start() + layout::NAME_BYTES];
        stored.starts_with(name.as_bytes()) && stored[name.len()..].iter().all(|byte| *byte == 0)
    }

    fn number(self, which: usize) -> u32 {
        number(self.start() + layout::NAME_BYTES + which * 4)
    }

    fn part(self, which: usize) -> &'static [u8] {
        part_at(self.start() + layout::NAME_BYTES + 16 + which * 8)
    }

    fn parent(self) -> Option<Record> {
        Some(self.number(3))
            .filter(|parent| *parent != layout::NO_PARENT)
            .map(|number| Record { number: number as usize })
    }

    /// The filter of pairs; `None` when class bits do its work.
    pub(crate) fn filter(self) -> Option<&'static Filter> {
        array::<4>(self.part(2)).try_into().ok()
    }

    /// The map entry of a code point, looked up in the config and its parents.
    pub(crate) fn entry(self, point: u16) -> u32 {
        let own = array::<6>(self.part(0));
        let point_of = |[low, high, ..]: &Raw<6>| u16::from_le_bytes([*low, *high]);
        match (own.binary_search_by_key(&point, point_of), self.parent()) {
            (Ok(at), _) => u32::from_le_bytes(*own[at].last_chunk().expect("six bytes are more than four")),
            (Err(_), Some(parent)) => parent.entry(point),
            (Err(_), None) => 0,
        }
    }

    /// Puts the config's map into an array of zeros.
    pub(crate) fn change(self, characters: &mut Characters) {
        if let Some(parent) = self.parent() {
            parent.change(characters);
        }
        for [low, high, entry @ ..] in array::<6>(self.part(0)) {
            characters[usize::from(u16::from_le_bytes([*low, *high]))] = u32::from_le_bytes(*entry);
        }
    }

    /// The value of a character whose output the map cannot hold; 0 for none.
    fn special(self, point: u32) -> u16 {
        let own = array::<5>(self.part(1));
        let point_of = |[low, middle, high, ..]: &Raw<5>| u32::from_le_bytes([*low, *middle, *high, 0]);
        match (own.binary_search_by_key(&point, point_of), self.parent()) {
            (Ok(at), _) => u16::from_le_bytes([own[at][3], own[at][4]]),
            (Err(_), Some(parent)) => parent.special(point),
            (Err(_), None) => 0,
        }
    }
}

impl Table {
    /// The tables of a route; `None` when the file has none for it.
    pub(crate) fn load(route: Route) -> Option<Table> {
        let name = route.table_name();
        let record = Record::all().find(|record| record.is_named(&name))?;
        let shared = |part: usize| part_at(layout::MAGIC.len() + part * 8);
        debug_assert!(record.number(1) as usize * 4 <= LOOK_AHEAD, "a path is longer than the look-ahead");
        let adjacency = array::<4>(record.part(3));
        Some(Table {
            slots: array(shared(0)),
            values: array(shared(1)),
            text: shared(2),
            code_index: array::<2>(shared(3)).try_into().expect(BROKEN),
            code_pages: array::<2>(shared(4)).as_chunks().0,
            wide_codes: array(shared(5)),
            normalization: array(shared(6)),
            map: Map::new(record),
            adjacency,
            adjacency_shift: 32 - (adjacency.len() * 32).trailing_zeros(),
            root: record.number(0),
            record,
            lengthening: (record.number(2) & layout::LENGTHENS != 0).then_some(route),
        })
    }

    /// The code of a character; 0 when no path of any config contains it.
    #[inline]
    pub(crate) fn code(&self, point: u32) -> u16 {
        if point < 0x1_0000 {
            return self.code_in_page(point as usize / PAGE, point as usize % PAGE);
        }
        look_up(self.wide_codes, point).map_or(0, |code| code as u16)
    }

    /// The code of a character by the upper 10 and the lower 6 bits of its code point.
    #[inline(always)]
    pub(crate) fn code_in_page(&self, upper: usize, lower: usize) -> u16 {
        let page = u16::from_le_bytes(self.code_index[upper]);
        u16::from_le_bytes(self.code_pages[usize::from(page)][lower])
    }

    /// What a character is looked up as: itself, unless it is a compatibility character.
    pub(crate) fn normalized(&self, point: u32) -> u32 {
        look_up(self.normalization, point).unwrap_or(point)
    }

    /// What a character becomes whose output the map cannot hold; `None` when that is itself.
    pub(crate) fn special(&self, point: u32) -> Option<&'static [u8]> {
        Some(self.record.special(point))
            .filter(|value| *value >= layout::slot::FIRST_TEXT)
            .map(|text| self.text_value(text).1)
    }

    /// The row that decides the first character of a unit.
    #[inline]
    pub(crate) fn root(&self) -> u32 {
        self.root
    }

    /// The transition from a row by a code: its slot (see [`layout::slot`]), if there is one.
    #[inline]
    pub(crate) fn transition(&self, row: u32, code: u16) -> Option<u32> {
        let slot = u32::from_le_bytes(*self.slots.get(row as usize + usize::from(code))?);
        (layout::slot::label(slot) == code && code != 0).then_some(slot)
    }

    /// The value of a slot's target; 0 for none.
    #[inline]
    pub(crate) fn value(&self, slot: u32) -> u16 {
        if !layout::slot::has_value(slot) {
            return 0;
        }
        if !layout::slot::has_row(slot) {
            return layout::slot::value(slot);
        }
        layout::slot::value(u32::from_le_bytes(self.slots[layout::slot::base(slot) as usize]))
    }

    /// Characters consumed and output of a text value (a slot value from [`layout::slot::FIRST_TEXT`] on).
    #[inline]
    pub(crate) fn text_value(&self, value: u16) -> (usize, &'static [u8]) {
        let packed = u32::from_le_bytes(self.values[usize::from(value - layout::slot::FIRST_TEXT)]);
        let offset = layout::value::offset(packed);
        (layout::value::consumed(packed), &self.text[offset..offset + layout::value::length(packed)])
    }

    /// Whether two codes may be adjacent in a path. `false` is certain, `true` is not.
    #[inline]
    pub(crate) fn adjacent(&self, first: u16, second: u16) -> bool {
        let bit = layout::adjacency_hash(first, second) >> self.adjacency_shift;
        let word = u32::from_le_bytes(self.adjacency[bit as usize / 32]);
        word >> (bit % 32) & 1 != 0
    }
}

/// Finds the second number of the pair whose first is `key`, in sorted pairs.
fn look_up(pairs: &[Raw<8>], key: u32) -> Option<u32> {
    let at = pairs.binary_search_by_key(&key, |raw| u64::from_le_bytes(*raw) as u32).ok()?;
    Some((u64::from_le_bytes(pairs[at]) >> 32) as u32)
}

const fn number(at: usize) -> u32 {
    u32::from_le_bytes([COMPILED[at], COMPILED[at + 1], COMPILED[at + 2], COMPILED[at + 3]])
}

fn part_at(place: usize) -> &'static [u8] {
    let (offset, length) = (number(place) as usize, number(place + 4) as usize);
    &COMPILED[offset..offset + length]
}

fn array<const N: usize>(part: &'static [u8]) -> &'static [Raw<N>] {
    part.as_chunks().0
}
