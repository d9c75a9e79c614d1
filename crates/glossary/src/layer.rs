//! A compiled file, read in place: the built-in one or that of an overlay (layout in [`crate::layout`]).
//!
//! Looking at a file costs a check of its header and of the table of parts. Every read is bounded by its part: bytes that are
//! none of ours are an error when the file is opened, and a file that is damaged behind a good checksum gives empty answers, never a panic.

use std::borrow::Cow;
use std::ops::Range;

use crate::Error;
use crate::fold::Folding;
use crate::layout::{self, CHECKSUM_AT, COUNT_AT, Field, Form, HEADER_BYTES, MAGIC, PARTS, PARTS_AT, Part, posting};

/// Whether a file must prove that nobody has changed it. The built-in one has the tests for that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trust {
    BuiltIn,
    Verify,
}

/// A compiled file.
pub(crate) struct Layer {
    bytes: Cow<'static, [u8]>,
    parts: [Range<usize>; PARTS],
    places: u32,
    entries: u32,
    names: fst::Map<Cow<'static, [u8]>>,
}

/// How a name is found in a layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Posting {
    /// The number of the entry, or of the blocker.
    pub(crate) entry: u32,
    pub(crate) form: Form,
    /// Which variant, suffix, ... of the entry.
    pub(crate) which: usize,
}

/// What an entry says, in words.
#[derive(Clone, Copy)]
pub(crate) struct Record<'a> {
    layer: &'a Layer,
    bits: u32,
    words: &'a [[u8; 4]],
}

impl Layer {
    pub(crate) fn open(bytes: Cow<'static, [u8]>, trust: Trust) -> Result<Layer, Error> {
        let advice = "make it with the same version of the program";
        if !bytes.starts_with(MAGIC) {
            let found = String::from_utf8_lossy(&bytes[..bytes.len().min(MAGIC.len())]).into_owned();
            let expected = String::from_utf8_lossy(MAGIC);
            return Err(Error::compiled(format!("starts with `{found:.20}`, expected `{expected}`; {advice}")));
        }
        if bytes.len() < HEADER_BYTES {
            let length = bytes.len();
            return Err(Error::compiled(format!("ends after {length} bytes, within its header; {advice}")));
        }
        if trust == Trust::Verify {
            let stored = u64::from_le_bytes(bytes[CHECKSUM_AT..COUNT_AT].try_into().expect("eight bytes"));
            let found = layout::checksum(&bytes[COUNT_AT..]);
            if stored != found {
                return Err(Error::compiled(format!("has checksum {found:016x}, expected {stored:016x}; {advice}")));
            }
        }
        let number = |at: usize| u32::from_le_bytes(bytes[at..at + 4].try_into().expect("four bytes")) as usize;
        let mut parts: [Range<usize>; PARTS] = std::array::from_fn(|_| 0..0);
        for (index, part) in parts.iter_mut().enumerate() {
            let start = number(PARTS_AT + index * 8);
            let end = start.saturating_add(number(PARTS_AT + index * 8 + 4));
            if end > bytes.len() {
                return Err(Error::compiled(format!("part {index} ends at byte {end}, the file before; {advice}")));
            }
            *part = start..end;
        }
        let names = parts[Part::Names as usize].clone();
        let names = match &bytes {
            Cow::Borrowed(bytes) => Cow::Borrowed(&bytes[names]),
            Cow::Owned(bytes) => Cow::Owned(bytes[names].to_vec()),
        };
        let names = fst::Map::new(names).map_err(|error| Error::compiled(format!("the index of names: {error}")))?;
        let entries = parts[Part::Offsets as usize].len() / 4;
        let places = number(COUNT_AT);
        if places > entries || entries >= layout::MOST_ENTRIES {
            return Err(Error::compiled(format!("has {entries} entries, {places} of them places; {advice}")));
        }
        Ok(Layer { parts, places: places as u32, entries: entries as u32, names, bytes })
    }

    fn part(&self, part: Part) -> &[u8] {
        // `open` has checked that the parts lie in the file.
        &self.bytes[self.parts[part as usize].clone()]
    }

    pub(crate) fn words(&self, part: Part) -> &[[u8; 4]] {
        self.part(part).as_chunks().0
    }

    /// The word at a place of a part; 0 behind its end.
    pub(crate) fn word(&self, part: Part, at: usize) -> u32 {
        self.words(part).get(at).map_or(0, |word| u32::from_le_bytes(*word))
    }

    /// The string at a place; empty when there is none.
    pub(crate) fn string(&self, at: u32) -> &str {
        let strings = self.part(Part::Strings);
        let (mut at, mut length, mut shift) = (at as usize, 0usize, 0);
        loop {
            let Some(byte) = strings.get(at).copied().filter(|_| shift < 35) else { return "" };
            at += 1;
            length |= usize::from(byte & 0x7F) << shift;
            shift += 7;
            if byte < 0x80 {
                break;
            }
        }
        strings.get(at..at.saturating_add(length)).and_then(|bytes| std::str::from_utf8(bytes).ok()).unwrap_or("")
    }

    /// Number of historical names; their numbers come first.
    pub(crate) fn places(&self) -> u32 {
        self.places
    }

    /// Number of historical names and units.
    pub(crate) fn entries(&self) -> u32 {
        self.entries
    }

    pub(crate) fn record(&self, entry: u32) -> Record<'_> {
        let offset = self.word(Part::Offsets, entry as usize) as usize;
        let words = self.words(Part::Records).get(offset..).unwrap_or_default();
        match words.split_first() {
            Some((bits, words)) if entry < self.entries => {
                Record { layer: self, bits: u32::from_le_bytes(*bits), words }
            }
            _ => Record { layer: self, bits: 0, words: &[] },
        }
    }

    /// The number of the entry with this id.
    pub(crate) fn find(&self, id: &str) -> Option<u32> {
        let search = |range: Range<u32>| {
            let (mut low, mut high) = (range.start, range.end);
            while low < high {
                let middle = low + (high - low) / 2;
                match self.record(middle).string(Field::Id).cmp(id) {
                    std::cmp::Ordering::Less => low = middle + 1,
                    std::cmp::Ordering::Greater => high = middle,
                    std::cmp::Ordering::Equal => return Some(middle),
                }
            }
            None
        };
        search(0..self.places).or_else(|| search(self.places..self.entries))
    }

    /// The index: folded name → value, see [`layout::name`].
    pub(crate) fn names(&self) -> &fst::Map<Cow<'static, [u8]>> {
        &self.names
    }

    /// The postings that a value of the index stands for.
    pub(crate) fn postings(&self, value: u64) -> impl Iterator<Item = Posting> + use<'_> {
        let words = self.words(Part::Postings).get(layout::name::postings(value)..).unwrap_or_default();
        let mut ended = false;
        words
            .iter()
            .map(|word| u32::from_le_bytes(*word))
            .take_while(move |word| !std::mem::replace(&mut ended, posting::is_last(*word)))
            .filter_map(|word| {
                Some(Posting { entry: posting::entry(word), form: posting::form(word)?, which: posting::which(word) })
            })
    }

    pub(crate) fn folding(&self) -> Folding<'_> {
        Folding::new(self.part(Part::FoldIndex), self.part(Part::FoldPages), self.part(Part::FoldWide))
    }

    /// The pair filter: [`layout::pair_bit`] says which bit.
    pub(crate) fn pairs(&self) -> &[u8] {
        self.part(Part::Pairs)
    }

    /// Words of a sorted part whose value by `key` is `wanted`.
    pub(crate) fn equal(&self, part: Part, wanted: u32, key: fn(u32) -> u32) -> impl Iterator<Item = u32> + use<'_> {
        let words = self.words(part);
        let start = words.partition_point(|word| key(u32::from_le_bytes(*word)) < wanted);
        let words = words[start..].iter().map(|word| u32::from_le_bytes(*word));
        words.take_while(move |word| key(*word) == wanted)
    }
}

impl<'a> Record<'a> {
    pub(crate) fn word(self, field: Field) -> Option<u32> {
        let bit = 1u32 << field as u32;
        if self.bits & bit == 0 {
            return None;
        }
        let place = (self.bits & (bit - 1)).count_ones() as usize;
        self.words.get(place).map(|word| u32::from_le_bytes(*word))
    }

    /// The string of a field; empty when the entry has none.
    pub(crate) fn string(self, field: Field) -> &'a str {
        self.word(field).map_or("", |at| self.layer.string(at))
    }
}
