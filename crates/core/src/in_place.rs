//! A text of which some ranges are converted and everything else stays.
//!
//! Whoever converts the ranges of a document wants the whole document in the end. Where all that is converted goes through one table, the kernel runs over the text as it
//! stands, window by window, over what stays as well; what stays is then put back, each range is mended on its own as a text of its own, and
//! the window is appended to the output. So nothing is taken apart that would have to be put together again. Pairs of the caller's and rules of the page are found in the
//! same run (`through.rs`). Where it is decided stretch by stretch what is converted, each stretch of a range is a text of its own.
//!
//! For `[[国军]]和'''马'''` with the ranges `国军`, `和` and `马`, one run of the kernel and seven bytes put back give `[[國軍]]和'''馬'''`.
//!
//! What no table does, what has rules that remove words, and the first short texts with pairs are converted by themselves ([`batch`](crate::batch)), and put between what stays
//! afterwards.
//!
//! # Cost
//!
//! That of converting the text from the first range to the last, gaps of more than [`WIDEST_GAP`] bytes left out, and some thirty instructions a range.

use std::fmt;
use std::ops::Range;

use crate::converter::Stretch;
use crate::engine::{Buffers, CHUNK, has_operator};
use crate::kernel;
use crate::packed::Piece;
use crate::prose::Prose;
use crate::range_output::RangeOutput;
use crate::resolve::{Doubts, Splice};
use crate::sink::made;
use crate::through::{Part, Through, split_before};
use crate::user_matches::Competitor;
use crate::user_text::{Between, Mapped, Scratch, Sequences};

/// The text with the conversions of ranges in their places: what
/// [`Converter::convert_ranges_in_place`](crate::Converter::convert_ranges_in_place) makes.
#[derive(Clone, Debug, Default)]
pub struct PlacedOutput {
    pub(crate) text: String,
    /// Where the conversion of each range is in it.
    pub(crate) places: Vec<Range<usize>>,
    /// Where the length of the text has changed: the place in the source behind that, and how far what stands there has moved.
    moves: Vec<(usize, usize)>,
    room: Room,
}

type WindowBuffers<'t> = Buffers<'t, { CHUNK + kernel::OVERWRITE }, { kernel::events_of(CHUNK) }>;

/// The buffers of a conversion, kept for the next: to clear them costs as much as to convert a kilobyte. Copies begin without.
#[derive(Default)]
struct Room(Option<Box<WindowBuffers<'static>>>);

impl Clone for Room {
    fn clone(&self) -> Room {
        Room::default()
    }
}

impl fmt::Debug for Room {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("Room").finish_non_exhaustive()
    }
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

    /// The same, and nothing else of it.
    pub fn into_text(self) -> String {
        self.text
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
        fn moved_by(ranges: &[Range<usize>], by: usize) -> impl Iterator<Item = Range<usize>> {
            ranges.iter().map(move |range| range.start.wrapping_add(by)..range.end.wrapping_add(by))
        }
        let (mut rest, mut moved) = (ranges, 0);
        // Where the last range ended that has its place.
        let mut done = 0;
        for &(end, by) in &self.moves {
            if done < end {
                let before;
                (before, rest) = rest.split_at(rest.iter().take_while(|range| range.end < end).count());
                self.places.extend(moved_by(before, moved));
                let Some((range, behind)) = rest.split_first() else { break };
                self.places.extend(moved_by(std::slice::from_ref(range), moved));
                (rest, done) = (behind, range.end);
            }
            if let Some(place) = self.places.last_mut() {
                place.end = done.wrapping_add(by);
            }
            moved = by;
        }
        self.places.extend(moved_by(rest, moved));
    }
}

/// Longer gaps between stretches are not mapped.
const WIDEST_GAP: usize = 256;

/// How a stretch is converted.
#[derive(Clone, Copy)]
enum Way<'a> {
    /// In a run of the kernel.
    Mapped(Between),
    Alone(Stretch<'a>),
}

/// A stretch of the text that is a text of its own.
trait Own<'a> {
    /// Bytes of the text.
    fn place(&self) -> &Range<usize>;
    /// The number of the range that it is part of, given its own number.
    fn range(&self, number: usize) -> usize;
    fn way(&self) -> Way<'a>;
}

/// A range that is converted whole.
impl<'a> Own<'a> for Range<usize> {
    #[inline]
    fn place(&self) -> &Range<usize> {
        self
    }

    #[inline]
    fn range(&self, number: usize) -> usize {
        number
    }

    #[inline]
    fn way(&self) -> Way<'a> {
        Way::Mapped(Between::Converted)
    }
}

/// A part of a range of which it was decided what becomes of it.
struct Decided<'a> {
    place: Range<usize>,
    range: usize,
    way: Way<'a>,
}

impl<'a> Own<'a> for Decided<'a> {
    fn place(&self) -> &Range<usize> {
        &self.place
    }

    fn range(&self, _: usize) -> usize {
        self.range
    }

    fn way(&self) -> Way<'a> {
        self.way
    }
}

/// Converts a text in which each of the ranges is converted whole.
pub(crate) fn convert(text: &str, ranges: &[Range<usize>], through: Through<'_>, output: &mut PlacedOutput) {
    convert_all(text, ranges, through, output);
    output.find_places(ranges);
}

/// Converts the ranges of a prose as was decided; the pieces partition it.
pub(crate) fn convert_decided<'t>(
    prose: &Prose<'_>,
    pieces: &[Piece<'t>],
    through: Through<'t>,
    output: &mut PlacedOutput,
) {
    let mut stretches = Vec::with_capacity(prose.ranges.len() + pieces.len());
    let mut pieces = pieces.iter().peekable();
    for (number, range) in prose.ranges.iter().enumerate() {
        // How far the source is from the packed text.
        let moved = range.start - prose.start_of(number);
        let mut at = range.start;
        while at < range.end {
            while pieces.next_if(|piece| piece.end + moved <= at).is_some() {}
            let Some(Piece { end, stretch }) = pieces.peek() else { break };
            let place = at..range.end.min(end + moved);
            at = place.end;
            let way = match stretch {
                // Like what lies between the ranges.
                Stretch::Keep if through.is_table() => continue,
                Stretch::Keep => Way::Mapped(Between::Kept),
                Stretch::Convert(_) => Way::Mapped(Between::Converted),
                _ => Way::Alone(*stretch),
            };
            stretches.push(Decided { place, range: number, way });
        }
    }
    convert_all(prose.source, &stretches, through, output);
    output.find_places(prose.ranges);
}

fn convert_all<'t>(text: &str, stretches: &[impl Own<'t>], through: Through<'t>, output: &mut PlacedOutput) {
    output.text.reserve(text.len() + text.len() / 32);
    let buffers = output.room.0.take().unwrap_or_else(|| Box::new(Buffers::new()));
    let (splices, scratch) = (Vec::new(), Scratch::default());
    let mut writer = Writer { text, through, output, buffers, splices, scratch, at: 0 };
    let mut done = 0;
    while done < stretches.len() {
        let count = window(&stretches[done..]);
        writer.convert(done, &stretches[done..done + count]);
        done += count;
    }
    writer.keep_to(text.len());
    let Writer { output, buffers, .. } = writer;
    output.room = Room(Some(buffers));
}

/// How many of these stretches one run of the kernel does; one that is too long, or needs more, stands alone.
fn window<'t>(stretches: &[impl Own<'t>]) -> usize {
    let Some((first, others)) = stretches.split_first() else { return 0 };
    if let Way::Alone(_) = first.way() {
        return 1;
    }
    let last = first.place().start + CHUNK;
    let mut done = first.place().end;
    let mut count = 1;
    for next in others {
        let Range { start, end } = *next.place();
        if end > last || start > done + WIDEST_GAP || matches!(next.way(), Way::Alone(_)) {
            break;
        }
        done = end;
        count += 1;
    }
    count
}

/// Writes the text, window by window.
struct Writer<'w, 't> {
    text: &'w str,
    through: Through<'t>,
    output: &'w mut PlacedOutput,
    /// Without the splices, which do not outlive the tables.
    buffers: Box<WindowBuffers<'static>>,
    splices: Vec<Splice<'t>>,
    scratch: Scratch<'t>,
    /// Up to here the text has been written.
    at: usize,
}

impl<'t> Writer<'_, 't> {
    fn keep_to(&mut self, to: usize) {
        self.output.text.push_str(&self.text[self.at..to]);
        self.at = to;
    }

    /// Stretches each by itself.
    fn convert_one_by_one(&mut self, first: usize, stretches: &[impl Own<'t>]) {
        for (number, stretch) in (first..).zip(stretches) {
            let place = stretch.place().clone();
            let range = stretch.range(number);
            self.keep_to(place.start);
            let (text, through, converted) = (self.text, &self.through, &mut self.output.text);
            match stretch.way() {
                Way::Mapped(between) => through.convert(between, range, &text[place.clone()], converted),
                Way::Alone(stretch) => {
                    let competitor = match stretch {
                        Stretch::ConvertEvident(step, _) => Competitor::of(step),
                        _ => Competitor::Nobody,
                    };
                    through.pairs(range).cut(text, place.clone(), competitor, || stretch, &mut |part, stretch| {
                        stretch.convert(&text[part], converted);
                    });
                }
            }
            self.at = place.end;
            self.output.moves.push((self.at, self.output.text.len().wrapping_sub(self.at)));
        }
    }

    /// Stretches that begin and end within [`CHUNK`] bytes, or a single one; the first of them has this number.
    fn convert(&mut self, number: usize, stretches: &[impl Own<'t>]) {
        let (Some(first), Some(last)) = (stretches.first(), stretches.last()) else { return };
        let (start, end) = (first.place().start, last.place().end);
        if end - start > CHUNK || matches!(first.way(), Way::Alone(_)) {
            return self.convert_one_by_one(number, stretches);
        }
        self.keep_to(start);
        // From here on the text begins with the first stretch.
        let text = &self.text.as_bytes()[start..];
        let (through, scratch) = (&self.through, &mut self.scratch);
        let between = Between::of_all(stretches.iter().map(|stretch| match stretch.way() {
            Way::Mapped(between) => between,
            Way::Alone(_) => Between::Kept,
        }));
        let sifted = through.map(between, text, end - start, &mut *self.buffers, scratch);
        let Buffers { mapped, events, slots, noted, .. } = &mut *self.buffers;
        let splices = &mut self.splices;
        let mut of_table = Doubts { events: &events[..sifted.of_table], slots: &slots[..*noted] };
        // Operators that the table does not do.
        if through.table.lengthening.is_some() && has_operator(text, of_table.events) {
            return self.convert_one_by_one(number, stretches);
        }
        splices.clear();
        let Scratch { own, found } = scratch;
        let mut own = &own[..sifted.own];
        let sequences = Sequences::of(text, of_table.events);
        let mut bytes = Mapped { text, base: 0, bytes: mapped, splices, sequences };
        let looks_everywhere = through.looks_everywhere();
        let first_of = |events: &[u16]| events.first().map_or(usize::MAX, |event| usize::from(*event));
        let mut next = first_of(of_table.events).min(first_of(own));
        let mut done = 0;
        for (number, stretch) in (number..).zip(stretches) {
            let Way::Mapped(between) = stretch.way() else { continue };
            let place = stretch.place().start - start..stretch.place().end - start;
            // What is as it was, as most of a few bytes of syntax are, need not be put back.
            if !is_short_ascii(text, done..place.start) {
                put_back(&text[done..place.start], &mut bytes.bytes[done..place.start]);
            }
            done = place.end;
            // Most stretches have nothing to mend.
            if next >= place.end && between == Between::Converted && !looks_everywhere {
                continue;
            }
            of_table.split_before(place.start);
            split_before(&mut own, place.start);
            let source = &self.text[stretch.place().clone()];
            let part = Part::next(stretch.range(number), place, source, &mut of_table, &mut own);
            through.mend(between, &mut bytes, part, found);
            next = first_of(of_table.events).min(first_of(own));
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

/// Whether a stretch is eight bytes of ASCII at most, or none. `false` says nothing.
#[inline]
fn is_short_ascii(text: &[u8], place: Range<usize>) -> bool {
    const HIGH: u64 = 0x8080_8080_8080_8080;
    let length = place.len();
    let Some(eight) = text[place.start..].first_chunk::<8>() else { return length == 0 };
    let behind = 8_usize.saturating_sub(length);
    length <= 8 && (u64::from_le_bytes(*eight) & HIGH).checked_shl(8 * behind as u32).unwrap_or_default() == 0
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
    use crate::{Config, Converter, Markers, PagePairs, RangeOutput, UserDictionary, Variant};

    #[test]
    fn the_text_is_what_ranges_and_gaps_give() {
        let text = "头发干净，SQL注入后来。里面𠀀\0型⿰木乾隆皇后的鼠标。Hello world, 後來的事裡面没有，爲了，这个。\n软件内存。說了裏面。"
            .repeat(300);
        let places: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
        let rows = "里面\t裡頭\n后\t[后]\n软件\t软件\nSQL\tsql\n发干\t\n𠀀\t[宽]\n木乾隆\t木乾\n後來\t后来\n";
        let mut pairs = PagePairs::new();
        for (source, target) in [("鼠标", "滑鼠兒"), ("里面", "裏"), ("后来", ""), ("的事", "X")] {
            pairs.set(source, target).unwrap();
        }
        let mut removing = pairs.clone();
        removing.remove("后来");
        let mut converters: Vec<Converter> = [Config::S2T, Config::S2Twp, Config::T2S].map(Converter::new).to_vec();
        for rows in ["", rows] {
            let user = || UserDictionary::parse("user", rows).expect("a good file");
            for target in [Variant::ZhTw, Variant::ZhCn] {
                let builder = Converter::builder().to(target).markers(Markers::Convert);
                converters.push(builder.dictionary(user()).build().unwrap());
            }
            for config in [Config::S2Twp, Config::Tw2Sp] {
                converters.push(Converter::builder().config(config).dictionary(user()).build().unwrap());
            }
        }
        // Makes the triggers of the pairs ready in all but one.
        converters.iter().for_each(|converter| drop(converter.convert(&text)));
        let user = UserDictionary::parse("user", rows).expect("a good file");
        converters.push(Converter::builder().to(Variant::ZhTw).dictionary(user).build().unwrap());
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
            for converter in &converters {
                for pairs in [&PagePairs::new(), &pairs, &removing] {
                    let epochs: Vec<usize> = (0..ranges.len()).map(|number| number % (pairs.epoch() + 1)).collect();
                    converter.convert_ranges_into(&text, &ranges, pairs, &epochs, &mut ranges_output);
                    converter.convert_ranges_in_place(&text, &ranges, pairs, &epochs, &mut placed);
                    let mut expected = String::new();
                    let mut done = 0;
                    for (number, (range, converted)) in ranges.iter().zip(ranges_output.iter()).enumerate() {
                        expected.push_str(&text[done..range.start]);
                        expected.push_str(converted);
                        assert_eq!(placed.get(number), converted, "{converter:?}");
                        done = range.end;
                    }
                    expected.push_str(&text[done..]);
                    assert_eq!(placed.text(), expected, "{converter:?}");
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
