//! Many small stretches of one text, converted together.
//!
//! A page of wikitext hands over thousands of ranges of a few dozen bytes. Converting each alone would cost more for setting out (buffers to clear, a kernel
//! to start, bytes to check) than for the conversion. So the kernel runs over a whole window of the text, with what lies between the stretches as
//! well; what it makes of that is not used. Then every stretch is mended on its own: the resolver sees nothing before its start and
//! nothing behind its end, so that each is still a text of its own. (Ranges that need a table and nothing else go
//! side by side through the kernel instead: [`ranges`](crate::ranges), [`packed`](crate::packed).)
//!
//! For `[[国军]]和'''马'''` with the ranges `国军`, `和` and `马`, one run of the kernel gives `[[國軍]]和'''馬'''`, and three slices of that are the results.
//!
//! # Cost
//!
//! That of the text from the first stretch to the last, gaps of more than [`WIDEST_GAP`] bytes left out, and a few nanoseconds a stretch.

use std::ops::Range;

use crate::converter::Stretch;
use crate::engine::{Buffers, CHUNK, has_operator};
use crate::kernel;
use crate::resolve::Doubts;
use crate::sink::Sink;
use crate::table::Table;

/// A stretch that waits to be converted.
struct Job<'a> {
    /// Number of the range that it is part of.
    range: usize,
    place: Range<usize>,
    stretch: Stretch<'a>,
}

/// Longer gaps between stretches are not mapped.
const WIDEST_GAP: usize = 256;
/// Jobs that gather before they are done.
const MOST_JOBS: usize = 256;

/// Takes stretches in the order of the text and writes their conversions one after another.
pub(crate) struct Batch<'a, 't> {
    text: &'t str,
    jobs: Vec<Job<'a>>,
    /// Made when first needed.
    buffers: Option<Box<Buffers<'a, { CHUNK + kernel::OVERWRITE }, { kernel::events_of(CHUNK) }>>>,
}

impl<'a, 't> Batch<'a, 't> {
    pub(crate) fn new(text: &'t str) -> Batch<'a, 't> {
        Batch { text, jobs: Vec::new(), buffers: None }
    }

    /// Adds a stretch. `before` is called before each stretch is written, with the number of its range.
    #[inline]
    pub(crate) fn add<S: Sink>(
        &mut self,
        range: usize,
        place: Range<usize>,
        stretch: Stretch<'a>,
        output: &mut S,
        before: &mut impl FnMut(usize, &S),
    ) {
        self.jobs.push(Job { range, place, stretch });
        if self.jobs.len() == MOST_JOBS {
            self.finish(output, before);
        }
    }

    /// Converts all that was added.
    pub(crate) fn finish<S: Sink>(&mut self, output: &mut S, before: &mut impl FnMut(usize, &S)) {
        let mut rest = self.jobs.as_slice();
        while let Some(first) = rest.first() {
            let (window, after) = rest.split_at(window(rest));
            rest = after;
            let table = match &first.stretch {
                Stretch::Convert(step) if window.len() > 1 => step.table(),
                _ => None,
            };
            match (table, &first.stretch) {
                (Some(table), _) => {
                    let buffers = self.buffers.get_or_insert_with(|| Box::new(Buffers::new()));
                    convert_window(self.text, &table, window, buffers, output, before);
                }
                (None, stretch) => {
                    before(first.range, output);
                    stretch.convert(&self.text[first.place.clone()], output);
                }
            }
        }
        self.jobs.clear();
    }
}

/// How many of these jobs one run of the kernel does, at least 1. The first and the last of them go through the table, and all that do go through the
/// same.
fn window(jobs: &[Job<'_>]) -> usize {
    let first = &jobs[0];
    let Stretch::Convert(step) = first.stretch else { return 1 };
    let (mut count, mut end) = (1, first.place.end);
    for (number, job) in jobs.iter().enumerate().skip(1) {
        if job.place.end > first.place.start + CHUNK || job.place.start > end + WIDEST_GAP {
            break;
        }
        match job.stretch {
            Stretch::Convert(other) if std::ptr::eq(step, other) => (count, end) = (number + 1, job.place.end),
            Stretch::Convert(_) => break,
            _ => {}
        }
    }
    count
}

fn convert_window<'t, S: Sink, const BYTES: usize, const EVENTS: usize>(
    text: &str,
    table: &Table<'t>,
    jobs: &[Job<'_>],
    buffers: &mut Buffers<'t, BYTES, EVENTS>,
    output: &mut S,
    before: &mut impl FnMut(usize, &S),
) {
    let bytes = text.as_bytes();
    let (start, end) = (jobs[0].place.start, jobs[jobs.len() - 1].place.end);
    let Buffers { mapped, events, splices, .. } = buffers;
    splices.clear();
    let count = kernel::map(&table.map, &bytes[start..], end - start, mapped, events);
    let mut events = &events[..count];
    // Jobs with operators that the table does not do.
    let mut described = Vec::new();
    for (number, job) in jobs.iter().enumerate() {
        let Some(next) = events.first() else { break };
        if start + usize::from(*next) >= job.place.end || !matches!(job.stretch, Stretch::Convert(_)) {
            continue;
        }
        let skipped = events.iter().take_while(|event| start + usize::from(**event) < job.place.start).count();
        let own = events[skipped..].iter().take_while(|event| start + usize::from(**event) < job.place.end).count();
        let (own, after) = events[skipped..].split_at(own);
        events = after;
        if table.lengthening.is_some() && has_operator(&bytes[start..], own) {
            described.push(number);
        } else {
            table.resolve(&bytes[..job.place.end], start, job.place.start, Doubts::at(own), mapped, splices);
        }
    }
    let whole = S::whole(&mapped[..end - start]);
    let (mut splices, mut described) = (splices.as_slice(), described.as_slice());
    for (number, job) in jobs.iter().enumerate() {
        before(job.range, output);
        let is_described = described.first() == Some(&number);
        if is_described || !matches!(job.stretch, Stretch::Convert(_)) {
            described = &described[usize::from(is_described)..];
            job.stretch.convert(&text[job.place.clone()], output);
            continue;
        }
        let mut at = job.place.start - start;
        let end = job.place.end - start;
        while let Some((splice, after)) = splices.split_first().filter(|(splice, _)| splice.end <= end) {
            output.push_part(whole, at..splice.start);
            output.push_made(splice.output.as_bytes());
            (at, splices) = (splice.end, after);
        }
        output.push_part(whole, at..end);
    }
}
