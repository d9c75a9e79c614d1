//! A text of which some ranges are converted and everything else stays.
//!
//! Whoever converts the ranges of a document wants the whole document in the end. Where one table is all that its ranges need, the kernel runs over the text as it
//! stands, window by window, over what stays as well; what stays is then put back, each range is mended on its own as a text of its own, and
//! the window is appended to the output. So nothing is taken apart that would have to be put together again.
//!
//! For `[[国军]]和'''马'''` with the ranges `国军`, `和` and `马`, one run of the kernel and seven bytes put back give `[[國軍]]和'''馬'''`.
//!
//! What is decided stretch by stretch or has pairs is converted by itself ([`packed`](crate::packed), [`batch`](crate::batch)), and put between what stays afterwards.
//!
//! # Cost
//!
//! That of converting the text from the first range to the last, gaps of more than [`WIDEST_GAP`] bytes left out, and some thirty instructions a range.

use std::ops::Range;

use crate::engine::{Buffers, CHUNK, has_operator};
use crate::kernel;
use crate::range_output::RangeOutput;
use crate::sink::made;
use crate::table::Table;

/// The text with the conversions of ranges in their places: what
/// [`Converter::convert_ranges_in_place`](crate::Converter::convert_ranges_in_place) makes.
#[derive(Clone, Debug, Default)]
pub struct PlacedOutput {
    pub(crate) text: String,
    /// Where the conversion of each range is in it.
    pub(crate) places: Vec<Range<usize>>,
    /// Where the length of the text has changed: the place in the source behind that, and how far what stands there has moved.
    moves: Vec<(usize, usize)>,
}

impl PlacedOutput {
    /// Room for a text, still empty.
    pub fn new() -> PlacedOutput {
        PlacedOutput::default()
    }

    /// The whole text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// How many ranges were converted.
    pub fn len(&self) -> usize {
        self.places.len()
    }

    /// Whether there was no range.
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// The bytes of [`PlacedOutput::text`] that the conversion of range number `range` has, from 0.
    ///
    /// # Panics
    ///
    /// When there are not so many.
    pub fn place(&self, range: usize) -> Range<usize> {
        self.places[range].clone()
    }

    /// The conversion of range number `range`, from 0.
    ///
    /// # Panics
    ///
    /// When there are not so many.
    pub fn get(&self, range: usize) -> &str {
        &self.text[self.place(range)]
    }

    /// The conversions in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &str> {
        self.places.iter().map(|place| &self.text[place.clone()])
    }

    /// Forgets everything, and keeps the room.
    pub(crate) fn clear(&mut self) {
        self.text.clear();
        self.places.clear();
        self.moves.clear();
    }

    /// Puts conversions in their places that were made apart.
    pub(crate) fn take(&mut self, text: &str, ranges: &[Range<usize>], converted: &RangeOutput) {
        let mut done = 0;
        self.places.reserve(ranges.len());
        for (range, converted) in ranges.iter().zip(converted.iter()) {
            self.text.push_str(&text[done..range.start]);
            let start = self.text.len();
            self.text.push_str(converted);
            self.places.push(start..self.text.len());
            done = range.end;
        }
        self.text.push_str(&text[done..]);
    }

    /// Finds the places of the ranges, once the text is there.
    fn find_places(&mut self, ranges: &[Range<usize>]) {
        let mut moves = self.moves.iter().peekable();
        let mut moved = 0;
        self.places.extend(ranges.iter().map(|range| {
            let start = range.start.wrapping_add(moved);
            while let Some((_, by)) = moves.next_if(|(end, _)| *end <= range.end) {
                moved = *by;
            }
            start..range.end.wrapping_add(moved)
        }));
    }
}

/// Longer gaps between ranges are not mapped.
const WIDEST_GAP: usize = 256;

/// Converts a text in which each of the ranges goes through the table.
pub(crate) fn convert(text: &str, ranges: &[Range<usize>], table: &Table<'_>, output: &mut PlacedOutput) {
    output.text.reserve(text.len() + text.len() / 32);
    output.places.reserve(ranges.len());
    let mut writer = Writer { text, table, output, buffers: Box::new(Buffers::new()), at: 0 };
    let mut rest = ranges;
    while !rest.is_empty() {
        let (window, after) = rest.split_at(window(rest));
        rest = after;
        writer.convert(window);
    }
    writer.keep_to(text.len());
    output.find_places(ranges);
}

/// How many of these ranges one run of the kernel does; one that is too long stands alone.
fn window(ranges: &[Range<usize>]) -> usize {
    let last = ranges[0].start + CHUNK;
    let mut count = 1;
    while let Some(next) = ranges.get(count).filter(|next| next.end <= last) {
        if next.start > ranges[count - 1].end + WIDEST_GAP {
            break;
        }
        count += 1;
    }
    count
}

/// Writes the text, window by window.
struct Writer<'w, 't> {
    text: &'w str,
    table: &'w Table<'t>,
    output: &'w mut PlacedOutput,
    buffers: Box<Buffers<'t, { CHUNK + kernel::OVERWRITE }, { kernel::events_of(CHUNK) }>>,
    /// Up to here the text has been written.
    at: usize,
}

impl Writer<'_, '_> {
    fn keep_to(&mut self, to: usize) {
        self.output.text.push_str(&self.text[self.at..to]);
        self.at = to;
    }

    /// Ranges each by itself.
    fn convert_one_by_one(&mut self, ranges: &[Range<usize>]) {
        for range in ranges {
            self.keep_to(range.start);
            self.table.convert_into(&self.text[range.clone()], &mut self.output.text);
            self.at = range.end;
            self.output.moves.push((self.at, self.output.text.len().wrapping_sub(self.at)));
        }
    }

    /// Ranges that begin and end within [`CHUNK`] bytes, or a single one of any length.
    fn convert(&mut self, ranges: &[Range<usize>]) {
        let (Some(first), Some(last)) = (ranges.first(), ranges.last()) else { return };
        let (start, end) = (first.start, last.end);
        if end - start > CHUNK {
            return self.convert_one_by_one(ranges);
        }
        self.keep_to(start);
        let bytes = self.text.as_bytes();
        let Buffers { mapped, events, splices } = &mut *self.buffers;
        let count = kernel::map(&self.table.map, &bytes[start..], end - start, mapped, events);
        let mut events = &events[..count];
        // Operators that the table does not do.
        if self.table.lengthening.is_some() && has_operator(&bytes[start..], events) {
            return self.convert_one_by_one(ranges);
        }
        splices.clear();
        let mut done = start;
        for place in ranges {
            if done < place.start {
                put_back(&bytes[done..place.start], &mut mapped[done - start..place.start - start]);
            }
            done = place.end;
            let stop = (place.end - start) as u16;
            if events.first().is_none_or(|event| *event >= stop) {
                continue;
            }
            let begin = (place.start - start) as u16;
            let before = events.iter().take_while(|event| **event < begin).count();
            let own = events[before..].iter().take_while(|event| **event < stop).count();
            let (own, after) = events[before..].split_at(own);
            events = after;
            if !own.is_empty() {
                self.table.resolve(&bytes[..place.end], start, place.start, own, mapped, splices);
            }
        }
        let whole = made(&mapped[..end - start]);
        let PlacedOutput { text: converted, moves, .. } = &mut *self.output;
        let mut done = 0;
        for splice in &*splices {
            converted.push_str(&whole[done..splice.start]);
            converted.push_str(made(splice.output.as_bytes()));
            done = splice.end;
            moves.push((start + done, converted.len().wrapping_sub(start + done)));
        }
        converted.push_str(&whole[done..]);
        self.at = end;
    }
}

/// Copies few bytes, without a call if they are very few.
#[inline]
fn put_back(source: &[u8], target: &mut [u8]) {
    fn ends<const N: usize>(source: &[u8], target: &mut [u8]) -> bool {
        let (Some(first), Some(last)) = (source.first_chunk::<N>(), source.last_chunk::<N>()) else { return false };
        if let Some(to) = target.first_chunk_mut::<N>() {
            *to = *first;
        }
        if let Some(to) = target.last_chunk_mut::<N>() {
            *to = *last;
        }
        true
    }
    let is_done = match source.len() {
        0..4 => {
            target.iter_mut().zip(source).for_each(|(to, from)| *to = *from);
            true
        }
        4..8 => ends::<4>(source, target),
        8..16 => ends::<8>(source, target),
        16..32 => ends::<16>(source, target),
        _ => false,
    };
    if !is_done {
        target.copy_from_slice(source);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Config, Converter, Markers, PagePairs, RangeOutput, Variant};

    #[test]
    fn the_text_is_what_ranges_and_gaps_give() {
        let text = "头发干净，SQL注入后来。里面𠀀\0型⿰木乾隆皇后的鼠标。Hello world, 後來的事裡面没有。\n软件内存"
            .repeat(300);
        let places: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
        let mut pairs = PagePairs::new();
        pairs.set("鼠标", "滑鼠兒").unwrap();
        let open = Converter::builder().to(Variant::ZhTw).markers(Markers::Convert).build().unwrap();
        let mut placed = PlacedOutput::new();
        let mut ranges_output = RangeOutput::new();
        for (longest, gap) in [(41, 3), (7, 20), (400, 300), (2, 1), (5000, 2)] {
            let mut ranges = Vec::new();
            let mut at = 0;
            for (number, length) in (0..longest).cycle().enumerate() {
                let Some(&end) = places.get(at + length) else { break };
                ranges.push(places[at]..end);
                at += length + number % gap;
            }
            let configs = [Config::S2T, Config::S2Twp, Config::T2S].map(Converter::new);
            for converter in configs.iter().chain([&open]) {
                for pairs in [&PagePairs::new(), &pairs] {
                    let epochs = vec![pairs.epoch(); ranges.len()];
                    converter.convert_ranges_into(&text, &ranges, pairs, &epochs, &mut ranges_output);
                    converter.convert_ranges_in_place(&text, &ranges, pairs, &epochs, &mut placed);
                    let mut expected = String::new();
                    let mut done = 0;
                    for (number, (range, converted)) in ranges.iter().zip(ranges_output.iter()).enumerate() {
                        expected.push_str(&text[done..range.start]);
                        expected.push_str(converted);
                        assert_eq!(placed.get(number), converted);
                        done = range.end;
                    }
                    expected.push_str(&text[done..]);
                    assert_eq!(placed.text(), expected);
                    assert_eq!(placed.len(), ranges.len());
                }
            }
        }
        Converter::new(Config::S2T).convert_ranges_in_place("国", &[], &PagePairs::new(), &[], &mut placed);
        assert!(placed.text() == "国" && placed.is_empty());
    }

    #[test]
    fn few_bytes_are_put_back() {
        let source: Vec<u8> = (0..80).collect();
        for length in 0..80 {
            let mut target = vec![255; length];
            put_back(&source[..length], &mut target);
            assert_eq!(target, source[..length]);
        }
    }
}
