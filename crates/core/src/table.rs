//! The compiled tables of one config, read in place from the binary (layout in [`crate::layout`]).
//!
//! Everything is viewed as arrays of little byte arrays and decoded at the point of use: that needs no alignment, no `unsafe` and no
//! work at start, works on machines of either byte order, and costs what an aligned read costs.

use crate::layout::{self, INDEX, PAGE};
use crate::route::Route;

/// The compiled tables of all configs.
static COMPILED: &[u8] = include_bytes!("../../../dictionaries/compiled/tables.bin");

/// How many bytes behind its start a unit may look, at most: the longest path of any config, or a description sequence.
pub(crate) const LOOK_AHEAD: usize = 64 * 4;

/// A number of `N` bytes, little-endian, in the table file.
type Raw<const N: usize> = [u8; N];

/// What the engine needs of one config. Cheap to make and to copy: references into the binary.
#[derive(Clone, Copy)]
pub(crate) struct Table {
    slots: &'static [Raw<8>],
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
    /// The route, where a text with an incomplete description sequence needs more than the table: see `descriptions.rs`.
    pub(crate) lengthening: Option<Route>,
}

/// The part of a table that the kernel needs: what each character alone becomes, and which pairs need a second look.
#[derive(Clone, Copy)]
pub(crate) struct Map {
    pub(crate) index: &'static [Raw<2>; INDEX],
    pub(crate) pages: &'static [[Raw<4>; PAGE]],
    /// Words of the pair filter; without pairs when the class bits of the map entries do its work.
    pub(crate) filter: &'static [Raw<4>; layout::FILTER_WORDS],
    /// Whether the filter is used.
    pub(crate) has_filter: bool,
}

impl Map {
    /// The map entry of a 3-byte character, given as its bytes, first byte lowest.
    #[inline(always)]
    pub(crate) fn entry(&self, bytes: u32) -> u32 {
        self.entry_at(((bytes & 0xF) << 6 | bytes >> 8 & 0x3F) as usize, (bytes >> 16 & 0x3F) as usize)
    }

    /// The map entry of a 3-byte character by its first two bytes (10 bits) and its last (6 bits).
    #[inline(always)]
    pub(crate) fn entry_at(&self, first_two: usize, last: usize) -> u32 {
        let page = u16::from_le_bytes(self.index[first_two]);
        u32::from_le_bytes(self.pages[usize::from(page)][last])
    }
}

static NO_FILTER: [Raw<4>; layout::FILTER_WORDS] = [[0xFF; 4]; layout::FILTER_WORDS];

const BROKEN: &str = "the compiled tables are built into the binary and checked by the tests";

impl Table {
    /// The tables of a route; `None` when the file has none for it.
    pub(crate) fn load(route: Route) -> Option<Table> {
        let name = route.table_name();
        let count = number(layout::HEADER_BYTES - 4) as usize;
        let record = (0..count).map(|config| layout::HEADER_BYTES + config * layout::RECORD_BYTES).find(|record| {
            let stored = &COMPILED[*record..record + layout::NAME_BYTES];
            stored.starts_with(name.as_bytes()) && stored[name.len()..].iter().all(|byte| *byte == 0)
        })?;
        let shared = |part: usize| part_at(layout::MAGIC.len() + part * 8);
        let numbers = record + layout::NAME_BYTES;
        let own = |part: usize| part_at(numbers + 12 + part * 8);
        debug_assert!(number(numbers + 4) as usize * 4 <= LOOK_AHEAD, "a path is longer than the look-ahead");
        let adjacency = array::<4>(own(2));
        Some(Table {
            slots: array(shared(0)),
            values: array(shared(1)),
            text: shared(2),
            code_index: array::<2>(shared(3)).try_into().expect(BROKEN),
            code_pages: array::<2>(shared(4)).as_chunks().0,
            wide_codes: array(shared(5)),
            normalization: array(shared(6)),
            map: Map {
                pages: array::<4>(shared(7)).as_chunks().0,
                index: array::<2>(own(0)).try_into().expect(BROKEN),
                filter: array::<4>(own(1)).try_into().unwrap_or(&NO_FILTER),
                has_filter: !own(1).is_empty(),
            },
            adjacency,
            adjacency_shift: 32 - (adjacency.len() * 32).trailing_zeros(),
            root: number(numbers),
            lengthening: (number(numbers + 8) & layout::LENGTHENS != 0).then_some(route),
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

    /// The row that decides the first character of a unit.
    #[inline]
    pub(crate) fn root(&self) -> u32 {
        self.root
    }

    /// The transition from a row by a code: its slot (see [`layout::slot`]), if there is one.
    #[inline]
    pub(crate) fn transition(&self, row: u32, code: u16) -> Option<u64> {
        let slot = u64::from_le_bytes(*self.slots.get(row as usize + usize::from(code))?);
        (layout::slot::label(slot) == code && code != 0).then_some(slot)
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

fn number(at: usize) -> u32 {
    u32::from_le_bytes(COMPILED[at..at + 4].try_into().expect("four bytes"))
}

fn part_at(place: usize) -> &'static [u8] {
    let (offset, length) = (number(place) as usize, number(place + 4) as usize);
    &COMPILED[offset..offset + length]
}

fn array<const N: usize>(part: &'static [u8]) -> &'static [Raw<N>] {
    part.as_chunks().0
}
