//! The fast path: a text in chunks through kernel, resolver and splices.
//!
//! A chunk is mapped into a small buffer that stays in the nearest cache, mended there, and appended to the output with the
//! replacements of other lengths spliced in; a chunk of ASCII is appended as it is. Chunks end at synchronization points, so that no unit reaches
//! across a cut and a chunk needs no memory of the one before.

use std::ops::Range;

use crate::descriptions::next_description_operator;
use crate::kernel;
use crate::kernel::openings::{Beginning, beginning, has_opening};
use crate::resolve::{Doubts, LONGEST_DESCRIPTION, Splice};
use crate::short::{self, Beside};
use crate::sink::{Sink, made};
use crate::table::{LOOK_AHEAD, Lengthening, Table};

/// More bytes than any unit has: a description sequence of 4-byte characters.
const LONGEST_UNIT: usize = LONGEST_DESCRIPTION * 4;

/// A unit sees at most so many bytes of what follows its first character.
const REACH: usize = if LOOK_AHEAD > LONGEST_UNIT { LOOK_AHEAD } else { LONGEST_UNIT };

/// Bytes of source that go through the kernel at a time.
pub(crate) const CHUNK: usize = 4096;
/// Texts up to this many bytes take smaller buffers: clearing them is the fixed price of a call.
const MIDDLE: usize = 640;

/// Where a conversion must stop because a protected span may begin.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Openings {
    /// Nowhere: openings are text.
    Nowhere,
    /// At openings from this place on.
    From(usize),
}

impl Openings {
    /// Whether one to stop at lies in a chunk, whose beginning is known, or with its second byte up to `reach` bytes behind it.
    #[inline]
    fn are_in(self, text: &[u8], chunk: Range<usize>, beginning: Beginning, reach: usize) -> bool {
        let Openings::From(from) = self else { return false };
        let (is_known, rest) = match from <= chunk.start {
            // The last byte may be the first of one.
            true => (beginning.has_opening, chunk.start + beginning.ascii.saturating_sub(1)),
            false => (false, from),
        };
        let ahead = (chunk.end + reach).min(text.len());
        is_known || has_opening(text.get(rest..ahead).unwrap_or_default())
    }
}

/// Where a conversion stopped. What follows such a place can be converted as a text of its own.
pub(crate) enum Stop {
    /// At the end of the text.
    End,
    /// Here, because there is an opening in the next chunk or a little behind it.
    Opening(usize),
    /// Here, because there is a description operator in the next chunk.
    Operator(usize),
}

/// What one pass of the kernel over a chunk needs. Clearing it is the fixed price of a call.
pub(crate) struct Buffers<'t, const BYTES: usize, const EVENTS: usize> {
    pub(crate) mapped: [u8; BYTES],
    pub(crate) events: [u16; EVENTS],
    /// Where the words at events lie in the table of words, of so many as come behind.
    pub(crate) slots: [u16; kernel::MOST_NOTED],
    pub(crate) noted: usize,
    pub(crate) splices: Vec<Splice<'t>>,
}

impl<const BYTES: usize, const EVENTS: usize> Buffers<'_, BYTES, EVENTS> {
    pub(crate) fn new() -> Self {
        Buffers {
            mapped: [0; BYTES],
            events: [0; EVENTS],
            slots: [0; kernel::MOST_NOTED],
            noted: 0,
            splices: Vec::new(),
        }
    }

    /// Adds what stands beside them to the slots that are noted; see [`kernel::settle`].
    #[inline]
    pub(crate) fn settle(&mut self, table: &Table<'_>, source: &[u8]) {
        kernel::settle(table.neighbours(), source, &self.events, &mut self.slots, self.noted);
    }
}

impl<'t> Table<'t> {
    /// Converts `text` and appends the result to `output`.
    pub(crate) fn convert_into(&self, text: &str, output: &mut impl Sink) {
        self.convert_prefix(text, text.len(), output);
    }

    /// Converts `text[..limit]`; `limit` is the end or a place at which a unit starts. What lies behind is looked at, not converted.
    pub(crate) fn convert_prefix(&self, text: &str, limit: usize, output: &mut impl Sink) {
        self.convert_with(self.lengthening, text, limit, output);
    }

    /// Converts `text` as far as there is nothing but characters for the table. Markers that begin before `from` are such; others are looked for chunk by chunk, while
    /// a chunk lies in the nearest cache.
    pub(crate) fn convert_unmarked(&self, text: &str, from: usize, output: &mut impl Sink) -> Stop {
        if text.len() <= MIDDLE {
            if has_opening(text.as_bytes().get(from..).unwrap_or_default()) {
                return Stop::Opening(0);
            }
            self.convert_into(text, output);
            return Stop::End;
        }
        output.reserve(text.len() + text.len() / 32);
        self.convert_chunks::<{ CHUNK + kernel::OVERWRITE }, { kernel::events_of(CHUNK) }>(
            self.lengthening,
            Openings::From(from),
            text,
            text.len(),
            output,
        )
    }

    /// [`Table::convert_prefix`] with nothing but the table.
    pub(crate) fn convert_by_table(&self, text: &str, limit: usize, output: &mut impl Sink) {
        self.convert_with(None, text, limit, output);
    }

    /// [`Table::convert_prefix`] by the table and, where a description operator stands, by a recipe, if there is one.
    fn convert_with(&self, recipe: Option<Lengthening<'_>>, text: &str, limit: usize, output: &mut impl Sink) {
        if text.len() > MIDDLE {
            output.reserve(limit + limit / 32);
            self.convert_chunks::<{ CHUNK + kernel::OVERWRITE }, { kernel::events_of(CHUNK) }>(
                recipe,
                Openings::Nowhere,
                text,
                limit,
                output,
            );
            return;
        }
        let is_short = text.len() <= short::LONGEST && limit == text.len();
        let done =
            is_short && short::convert(self, text, Beside::Nothing, |converted| output.push(converted.unwrap_or(text)));
        if !done {
            self.convert_chunks::<{ MIDDLE + kernel::OVERWRITE }, { kernel::events_of(MIDDLE) }>(
                recipe,
                Openings::Nowhere,
                text,
                limit,
                output,
            );
        }
    }

    /// Converts chunk by chunk. With openings to stop at, it stops before a chunk that has one of them or sees one behind its end, and before operators.
    fn convert_chunks<const BYTES: usize, const EVENTS: usize>(
        &self,
        recipe: Option<Lengthening<'_>>,
        openings: Openings,
        text: &str,
        limit: usize,
        output: &mut impl Sink,
    ) -> Stop {
        let bytes = text.as_bytes();
        let mut buffers = Buffers::<BYTES, EVENTS>::new();
        let mut spliced = Vec::new();
        let mut start = 0;
        while start < limit {
            let mut end = (start + BYTES - kernel::OVERWRITE).min(limit);
            let beginning = match openings {
                Openings::Nowhere if bytes[start..end].is_ascii() => {
                    Beginning { ascii: end - start, has_opening: false }
                }
                Openings::Nowhere => Beginning { ascii: 0, has_opening: false },
                Openings::From(_) => beginning(&bytes[start..end]),
            };
            if beginning.ascii == end - start {
                // ASCII becomes nothing else, except that a unit may begin in the last of it. Mostly none does, and what follows need not be looked at.
                let boundary = if end < limit { self.certain_boundary(bytes, start, end) } else { Some(end) };
                let reach = if boundary.is_some() { 1 } else { REACH };
                if openings.are_in(bytes, start..end, beginning, reach) {
                    return Stop::Opening(start);
                }
                end = boundary.unwrap_or_else(|| self.last_boundary(bytes, start, end));
                output.push(&text[start..end]);
                start = end;
                continue;
            }
            while end < limit && bytes[end] & 0xC0 == 0x80 {
                end -= 1;
            }
            let chunk = start..end;
            let (end, count) = self.find_events(bytes, chunk.clone(), limit, &mut buffers);
            // Only now, since the kernel has more to do than wait for memory.
            if openings.are_in(bytes, chunk, beginning, REACH) {
                return Stop::Opening(start);
            }
            if let Some(recipe) = recipe
                && has_operator(&bytes[start..], &buffers.events[..count])
            {
                if openings != Openings::Nowhere {
                    return Stop::Operator(start);
                }
                self.convert_around_descriptions(recipe, &text[start..], limit - start, output);
                return Stop::End;
            }
            self.resolve_events(bytes, start, count, &mut buffers);
            output.push_made(joined(&buffers.mapped[..end - start], &buffers.splices, &mut spliced));
            start = end;
        }
        Stop::End
    }

    /// Converts the chunk, or if `limit` lies behind it, its beginning up to a place where it may be cut; gives the end of what is
    /// converted. The result is in the buffers: mapped bytes, and replacements of other lengths.
    pub(crate) fn map_chunk<const BYTES: usize, const EVENTS: usize>(
        &self,
        text: &[u8],
        chunk: Range<usize>,
        limit: usize,
        buffers: &mut Buffers<'t, BYTES, EVENTS>,
    ) -> usize {
        let start = chunk.start;
        let (end, count) = self.find_events(text, chunk, limit, buffers);
        self.resolve_events(text, start, count, buffers);
        end
    }

    /// The first half of [`Table::map_chunk`]: maps, and gives the end and the number of events before it.
    pub(crate) fn find_events<const BYTES: usize, const EVENTS: usize>(
        &self,
        text: &[u8],
        chunk: Range<usize>,
        limit: usize,
        buffers: &mut Buffers<'t, BYTES, EVENTS>,
    ) -> (usize, usize) {
        let Buffers { mapped, events, slots, noted, .. } = buffers;
        let (start, mut end) = (chunk.start, chunk.end);
        let mut count;
        (count, *noted) = kernel::map_with_slots(&self.map, &text[start..], end - start, mapped, events, slots);
        if end < limit {
            // Only now is it known where the chunk may end; what was mapped behind that will be mapped again.
            end = self.last_boundary(text, start, end);
            count = events[..count].partition_point(|event| start + usize::from(*event) < end);
        }
        (end, count)
    }

    /// The second half: mends what was mapped from `start` on.
    pub(crate) fn resolve_events<const BYTES: usize, const EVENTS: usize>(
        &self,
        text: &[u8],
        start: usize,
        count: usize,
        buffers: &mut Buffers<'t, BYTES, EVENTS>,
    ) {
        let Buffers { mapped, events, slots, noted, splices } = buffers;
        splices.clear();
        if count > 0 {
            let settled = count.min(*noted);
            kernel::settle(self.neighbours(), &text[start..], events, slots, settled);
            let doubts = Doubts { events: &events[..count], slots: &slots[..settled] };
            self.resolve(text, start, start, doubts, mapped, splices);
        }
    }

    /// Converts those units of `text[..limit]` that have a wanted character, and appends them and all the rest, as it is, to `output`; `limit`
    /// as in [`Table::convert_prefix`]. Reads the trie around wanted characters only.
    pub(crate) fn convert_units_with(
        &self,
        text: &str,
        limit: usize,
        is_wanted: impl Fn(char) -> bool,
        output: &mut impl Sink,
    ) {
        let mut done = 0;
        for (at, character) in text[..limit].char_indices() {
            if at < done || !is_wanted(character) {
                continue;
            }
            let start = self.last_boundary(text.as_bytes(), done, at);
            output.push(&text[done..start]);
            done = start;
            self.visit_units(text, start..at + 1, |unit, converted| {
                output.push(if unit.chars().any(&is_wanted) { converted } else { unit });
                done += unit.len();
            });
        }
        output.push(&text[done..limit]);
    }

    /// Calls `visit` with the source and the output of every unit of `text[..limit]`, in order; `limit` as in [`Table::convert_prefix`].
    /// Slow: reads the trie everywhere.
    pub(crate) fn for_each_unit(&self, text: &str, limit: usize, visit: impl FnMut(&str, &str)) {
        self.visit_units(text, 0..limit, visit);
    }

    /// The same with units that start in a range; at its start, one does.
    fn visit_units(&self, text: &str, starts: Range<usize>, mut visit: impl FnMut(&str, &str)) {
        let mut buffers = Buffers::<{ LONGEST_UNIT + kernel::OVERWRITE }, { kernel::events_of(LONGEST_UNIT) }>::new();
        let mut spliced = Vec::new();
        let mut at = starts.start;
        while at < starts.end {
            let unit = self.unit(text.as_bytes(), at);
            let source = &text[at..unit.end];
            kernel::map(&self.map, &text.as_bytes()[at..], source.len(), &mut buffers.mapped, &mut buffers.events);
            buffers.splices.clear();
            self.apply(text.as_bytes(), at, unit, at, &mut buffers.mapped, &mut buffers.splices);
            visit(source, made(joined(&buffers.mapped[..source.len()], &buffers.splices, &mut spliced)));
            at = unit.end;
        }
    }

    /// The last place up to `target` and behind `start` that nothing reaches across, whatever follows.
    pub(crate) fn certain_boundary(&self, text: &[u8], start: usize, target: usize) -> Option<usize> {
        let boundary = self.boundary_before(text, target, start);
        let before = &text[start.max(boundary.saturating_sub(LONGEST_DESCRIPTION * 4))..boundary];
        (boundary > start && next_description_operator(before, 0).is_none()).then_some(boundary)
    }

    /// A place up to `target`, as near as can be told quickly, at which a unit starts: where `text[start..]` may be cut without changing
    /// the result. `start` is such a place itself, `target` the start of a character. `start` is only given back when the unit there
    /// reaches beyond `target`: a chunk is much longer than any unit.
    pub(crate) fn last_boundary(&self, text: &[u8], start: usize, target: usize) -> usize {
        if let Some(boundary) = self.certain_boundary(text, start, target) {
            return boundary;
        }
        // Everything is adjacent to everything, or a description sequence may be open: walk the units.
        let mut boundary = start;
        loop {
            let end = self.unit(text, boundary).end;
            if end > target {
                return boundary;
            }
            boundary = end;
        }
    }
}

/// Whether one of the events of a chunk is a description operator: these are special, so each is an event.
#[inline]
pub(crate) fn has_operator(chunk: &[u8], events: &[u16]) -> bool {
    events.iter().any(|event| matches!(chunk[usize::from(*event)..], [0xE2, 0xBF, 0xB0..=0xFF, ..]))
}

/// By how many bytes replacements mostly make a short text longer at most.
const MOST_LONGER: usize = 64;

/// Mapped bytes with the replacements spliced in; `scratch` holds them when there are any.
pub(crate) fn joined<'a>(mapped: &'a [u8], splices: &[Splice<'_>], scratch: &'a mut Vec<u8>) -> &'a [u8] {
    if splices.is_empty() {
        return mapped;
    }
    scratch.clear();
    scratch.reserve(mapped.len() + MOST_LONGER);
    let mut copied = 0;
    for splice in splices {
        scratch.extend_from_slice(&mapped[copied..splice.start]);
        scratch.extend_from_slice(splice.output.as_bytes());
        copied = splice.end;
    }
    scratch.extend_from_slice(&mapped[copied..]);
    scratch
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Random;
    use crate::route::Route;
    use crate::{Config, TofuRisk};

    #[test]
    fn units_with_wanted_characters_are_those_of_a_full_reading() {
        const PIECES: [&str; 14] = [
            "头发",
            "干净",
            "后来",
            "里面",
            "软件",
            "皇后",
            "，",
            "a",
            "⿰亻言",
            "⿱⿰",
            "的",
            "丹尼·波尔",
            "鼠标",
            "资料库",
        ];
        let mut numbers = Random(3);
        let mut random = |bound| numbers.below(bound);
        let mut converted = 0;
        for config in [Config::S2Twp, Config::Tw2Sp, Config::T2Hk] {
            let table = Table::load(Route::of(config, TofuRisk::Include)).expect("every config has a table");
            for _ in 0..3000 {
                let text: String = (0..random(30)).map(|_| PIECES[random(PIECES.len())]).collect();
                let wanted = ["发净", "件里", "后", "料a言", ""][random(5)];
                let is_wanted = |character: char| wanted.contains(character);
                let mut expected = String::new();
                table.for_each_unit(&text, text.len(), |unit, output| {
                    let has_wanted = unit.chars().any(is_wanted);
                    converted += usize::from(has_wanted && unit != output);
                    expected.push_str(if has_wanted { output } else { unit });
                });
                let mut found = String::new();
                table.convert_units_with(&text, text.len(), is_wanted, &mut found);
                assert_eq!(found, expected, "{text} by {config:?}");
            }
        }
        assert!(converted > 1000, "{converted}");
    }

    #[test]
    fn a_span_near_the_end_of_a_chunk_is_kept_and_nothing_reaches_across_it() {
        let mut numbers = Random(9);
        let mut random = |bound| numbers.below(bound);
        // Text that can be cut anywhere, text whose characters are all adjacent, and text in which an operator is open.
        const KINDS: [&[&str]; 3] = [
            &["头发", "干净", "a-b ", "里面", "的", "软件", "x"],
            &["发干", "后里", "面发", "干后"],
            &["⿰", "亻", "的软件", "资料库，里面"],
        ];
        const SPANS: [&str; 4] = ["-{里}-", "-<发>-", "-{", "-<\n"];
        for config in [Config::S2Twp, Config::Tw2Sp, Config::T2S] {
            let converter = crate::Converter::new(config);
            for round in 0..600 {
                let kind = KINDS[round % KINDS.len()];
                let before = CHUNK * (1 + random(2)) + random(700) - 500;
                let [before, after] = [before, 700 + random(CHUNK)].map(|length| {
                    let mut text = String::new();
                    while text.len() < length {
                        text += kind[random(kind.len())];
                    }
                    text
                });
                let span = SPANS[random(SPANS.len())];
                // Behind an opening that nothing closes, others are looked for as before.
                let last = ["", "-<里>-"][random(2)];
                let text = before.clone() + span + &after + last;
                let plain =
                    crate::Converter::builder().config(config).markers(crate::Markers::Convert).build().unwrap();
                let mut expected = match span.ends_with('-') {
                    true => [&*plain.convert(&before), span, &*plain.convert(&after)].concat(),
                    false => plain.convert(&[&before, span, &after].concat()).into_owned(),
                };
                expected += last;
                assert_eq!(converter.convert(&text), expected, "{span} at {} by {config}", before.len());
            }
        }
    }
}
