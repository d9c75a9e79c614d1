//! The compiled tables of one config, read in place from the binary (layout in [`crate::layout`]).
//!
//! Everything is viewed as arrays of little byte arrays and decoded at the point of use: that needs no alignment, no `unsafe` and no
//! work at start, works on machines of either byte order, and costs what an aligned read costs.
//!
//! The exception is the map from character to character, which the kernel asks for every character of the text: see [`crate::map`].

use crate::StagedEngine;
use crate::layout::word::Known;
use crate::layout::{self, INDEX, PAGE};
use crate::map::{Characters, Map};
use crate::route::Route;
use crate::words::Words;

/// The compiled tables of all configs.
static COMPILED: &[u8] = include_bytes!("../compiled/tables.bin");

/// How many bytes behind its start a unit may look, at most: the longest path of any config, or a description sequence.
pub(crate) const LOOK_AHEAD: usize = 64 * 4;

/// A number of `N` bytes, little-endian, in the table file.
pub(crate) type Raw<const N: usize> = [u8; N];

/// What the engine needs of one config. Cheap to make and to copy: references.
#[derive(Clone, Copy)]
pub(crate) struct Table<'t> {
    slots: &'t [Raw<4>],
    values: &'t [Raw<4>],
    text: &'t [u8],
    code_index: &'t [Raw<2>; INDEX],
    code_pages: &'t [[Raw<2>; PAGE]],
    wide_codes: &'t [Raw<8>],
    pub(crate) map: Map<'t>,
    adjacency: &'t [Raw<4>],
    neighbours: &'t [Raw<4>],
    root: u32,
    /// The config's record, for what is rarely asked.
    record: Record<'t>,
    /// The route, where a text with an incomplete description sequence needs more than the table: see `descriptions.rs`.
    pub(crate) lengthening: Option<Lengthening<'t>>,
}

/// What runs the recipe of a table stage by stage.
#[derive(Clone, Copy)]
pub(crate) enum Lengthening<'t> {
    /// That of a route, to be made.
    Route(Route),
    Engine(&'t StagedEngine),
}

const BROKEN: &str = "tables are made by the compiler of this crate; the tests check those in the binary";

/// How many configs the file in the binary has.
pub(crate) const BUILT_IN: usize = number(COMPILED, layout::HEADER_BYTES - 4) as usize;

/// The record of a config in the file.
#[derive(Clone, Copy)]
pub(crate) struct Record<'t> {
    file: &'t [u8],
    pub(crate) number: usize,
}

impl<'t> Record<'t> {
    /// The first record of a file.
    pub(crate) fn first(file: &'t [u8]) -> Record<'t> {
        Record { file, number: 0 }
    }

    fn start(self) -> usize {
        layout::HEADER_BYTES + self.number * layout::RECORD_BYTES
    }

    fn is_named(self, name: &str) -> bool {
        let stored = &self.file[self.start()..self.start() + layout::NAME_BYTES];
        stored.starts_with(name.as_bytes()) && stored[name.len()..].iter().all(|byte| *byte == 0)
    }

    fn number(self, which: usize) -> u32 {
        number(self.file, self.start() + layout::NAME_BYTES + which * 4)
    }

    fn shared(self, which: usize) -> &'t [u8] {
        part_at(self.file, layout::MAGIC.len() + which * 8)
    }

    fn part(self, which: usize) -> &'t [u8] {
        part_at(self.file, self.start() + layout::NAME_BYTES + 16 + which * 8)
    }

    fn parent(self) -> Option<Record<'t>> {
        Some(self.number(3))
            .filter(|parent| *parent != layout::NO_PARENT)
            .map(|number| Record { number: number as usize, ..self })
    }

    /// The words of two characters; `None` when there are none.
    pub(crate) fn words(self) -> Option<Words<'t>> {
        Words::of(self.part(2))
    }

    /// The classes that all characters of 1 and 2 bytes have as the first of a pair.
    pub(crate) fn narrow_classes(self) -> u32 {
        self.number(2) & layout::FIRST_CLASSES
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

impl Table<'static> {
    /// The tables of a route; `None` when the file has none for it.
    pub(crate) fn load(route: Route) -> Option<Table<'static>> {
        let name = route.table_name();
        let mut records = (0..BUILT_IN).map(|number| Record { file: COMPILED, number });
        let record = records.find(|record| record.is_named(&name))?;
        Some(Table::of(record, Map::built_in(record), Lengthening::Route(route)))
    }
}

impl<'t> Table<'t> {
    /// The tables of a config.
    pub(crate) fn of(record: Record<'t>, map: Map<'t>, lengthening: Lengthening<'t>) -> Table<'t> {
        let shared = |part: usize| record.shared(part);
        debug_assert!(record.number(1) as usize * 4 <= LOOK_AHEAD, "a path is longer than the look-ahead");
        Table {
            slots: array(shared(0)),
            values: array(shared(1)),
            text: shared(2),
            code_index: array::<2>(shared(3)).try_into().expect(BROKEN),
            code_pages: array::<2>(shared(4)).as_chunks().0,
            wide_codes: array(shared(5)),
            map,
            adjacency: array(record.part(3)),
            neighbours: array(record.part(4)),
            root: record.number(0),
            record,
            lengthening: (record.number(2) & layout::LENGTHENS != 0).then_some(lengthening),
        }
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

    /// The filter of pairs of characters that are adjacent in a path; see [`layout::adjacency_hash`].
    pub(crate) fn adjacency(&self) -> &'t [Raw<4>] {
        self.adjacency
    }

    /// The filter of pairs of a character that changes and one that may be part of its unit; see [`layout::cover`]. Empty where much hangs together.
    pub(crate) fn covers(&self) -> &'t [Raw<4>] {
        array(self.record.part(5))
    }

    /// What a character is looked up as: itself, unless it is a compatibility character.
    pub(crate) fn normalized(&self, point: u32) -> u32 {
        look_up(array(self.record.shared(6)), point).unwrap_or(point)
    }

    /// What a character becomes whose output the map cannot hold; `None` when that is itself.
    pub(crate) fn special(&self, point: u32) -> Option<&'t [u8]> {
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
    pub(crate) fn text_value(&self, value: u16) -> (usize, &'t [u8]) {
        let packed = u32::from_le_bytes(self.values[usize::from(value - layout::slot::FIRST_TEXT)]);
        let offset = layout::value::offset(packed);
        (layout::value::consumed(packed), &self.text[offset..offset + layout::value::length(packed)])
    }

    /// What a word of two characters becomes whose output has not six bytes.
    #[inline]
    pub(crate) fn word_output(&self, known: Known) -> &'t [u8] {
        &self.text[known.offset()..known.offset() + known.length()]
    }

    /// Whether two characters, given as code points, may be adjacent in a path. `false` is certain, `true` is not.
    #[inline]
    pub(crate) fn adjacent(&self, first: u32, second: u32) -> bool {
        has(self.adjacency, layout::adjacency_hash(first, second))
    }

    /// The filter of neighbours; see [`layout::neighbour`].
    pub(crate) fn neighbours(&self) -> &'t [Raw<4>] {
        self.neighbours
    }

    /// Whether two characters that may be adjacent in a path may also be one by themselves. `false` is certain, `true` is not.
    #[inline]
    pub(crate) fn may_be_path(&self, first: u32, second: u32) -> bool {
        has_path(self.adjacency, layout::adjacency_hash(first, second))
    }

    /// Whether something with this hash may be in the filter of neighbours; see [`layout::neighbour`].
    #[inline(always)]
    pub(crate) fn has_neighbour(&self, hash: u32) -> bool {
        has(self.neighbours, hash)
    }
}

/// Whether something with this hash may be in a filter.
#[inline(always)]
pub(crate) fn has(filter: &[Raw<4>], hash: u32) -> bool {
    !word_at(filter, hash) & layout::filter_pattern(hash) == 0
}

/// Whether the pair with this hash may be a path by itself, by the filter of adjacent characters.
#[inline(always)]
pub(crate) fn has_path(adjacency: &[Raw<4>], hash: u32) -> bool {
    !word_at(adjacency, hash) & layout::filter_pattern(hash).rotate_left(layout::WHOLE) == 0
}

/// The word of a filter that has what there is with this hash.
#[inline(always)]
pub(crate) fn word_at(filter: &[Raw<4>], hash: u32) -> u32 {
    u32::from_le_bytes(filter[layout::filter_word(hash, filter.len())])
}

/// Finds the second number of the pair whose first is `key`, in sorted pairs.
fn look_up(pairs: &[Raw<8>], key: u32) -> Option<u32> {
    let at = pairs.binary_search_by_key(&key, |raw| u64::from_le_bytes(*raw) as u32).ok()?;
    Some((u64::from_le_bytes(pairs[at]) >> 32) as u32)
}

const fn number(file: &[u8], at: usize) -> u32 {
    u32::from_le_bytes([file[at], file[at + 1], file[at + 2], file[at + 3]])
}

fn part_at(file: &[u8], place: usize) -> &[u8] {
    let (offset, length) = (number(file, place) as usize, number(file, place + 4) as usize);
    &file[offset..offset + length]
}

fn array<const N: usize>(part: &[u8]) -> &[Raw<N>] {
    part.as_chunks().0
}
