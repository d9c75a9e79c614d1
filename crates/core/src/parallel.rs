//! One long text on several threads, with the same bytes as on one.
//!
//! What is to be done with which stretch is decided first, on one thread, since a sentence may depend on those before it. The stretches are
//! then cut into parts of about equal length, at places where a unit starts, and each thread converts its own with the text behind
//! it in view. Where one table and pairs of the caller's own are all there is to a text, it is cut behind ends of lines instead, and each thread looks for the
//! pairs of its own part. Callers with a thread pool of their own do better to convert many texts side by side: a [`Converter`] is shared by
//! reference, and scratch lives in the call.

use std::num::NonZeroUsize;
use std::ops::Range;

use crate::Converter;
use crate::converter::Stretch;
use crate::user_text::Between;

/// Parts shorter than this are not worth a thread.
const SHORTEST_PART: usize = 64 * 1024;

/// A piece of work: convert `source[..limit]`.
struct Part<'a> {
    stretch: &'a Stretch<'a>,
    source: &'a str,
    limit: usize,
}

impl Converter {
    /// Converts a text on up to `threads` threads. The result is that of [`Converter::convert`].
    ///
    /// # Panics
    ///
    /// When the system does not start a thread.
    pub fn convert_parallel(&self, text: &str, threads: NonZeroUsize) -> String {
        let share = (text.len() / threads).max(SHORTEST_PART);
        if threads.get() == 1 || text.len() <= share {
            return self.convert(text).into_owned();
        }
        if let Some(user_text) = self.user_text(text).filter(|_| !self.has_opening(text))
            && let Some(lines) = user_text.lines(text, share)
        {
            return together(&lines, |lines| {
                let mut output = String::new();
                user_text.convert(Between::Converted, lines, lines.len(), &mut output);
                output
            });
        }
        let mut prose: Vec<Range<usize>> = Vec::new();
        self.prose(text, &mut prose);
        let mut stretches = Vec::new();
        self.stretches(text, &prose, None, |_, place, stretch| stretches.push((place, stretch)));
        let parts = parts(text, &stretches, share);
        let mut batches: Vec<&[Part<'_>]> = Vec::new();
        let mut rest = parts.as_slice();
        while !rest.is_empty() {
            let (mut count, mut length) = (0, 0);
            while count < rest.len() && length < share {
                length += rest[count].limit;
                count += 1;
            }
            let (batch, after) = rest.split_at(count);
            batches.push(batch);
            rest = after;
        }
        together(&batches, |batch| {
            let mut output = String::with_capacity(share + share / 16);
            batch.iter().for_each(|part| part.stretch.convert_prefix(part.source, part.limit, &mut output));
            output
        })
    }
}

/// Converts each piece of work on a thread of its own and joins the results.
fn together<T: Sync>(work: &[T], convert: impl Fn(&T) -> String + Sync) -> String {
    let convert = &convert;
    std::thread::scope(|scope| {
        let workers: Vec<_> = work.iter().map(|work| scope.spawn(move || convert(work))).collect();
        workers.into_iter().map(|worker| worker.join().expect("conversion does not panic")).collect()
    })
}

/// All of the text as parts of at most about `share` bytes, in order; what no stretch covers is kept.
fn parts<'a>(text: &'a str, stretches: &'a [(Range<usize>, Stretch<'a>)], share: usize) -> Vec<Part<'a>> {
    let mut parts = Vec::new();
    let mut add = |stretch: &'a Stretch<'a>, range: Range<usize>| {
        let mut source = &text[range];
        while !source.is_empty() {
            let cut = if source.len() <= share { source.len() } else { stretch.cut(source, share - share / 8) };
            // A stretch without a place to cut stays whole.
            let limit = if cut == 0 { source.len() } else { cut };
            parts.push(Part { stretch, source, limit });
            source = &source[limit..];
        }
    };
    let mut at = 0;
    for (range, stretch) in stretches {
        add(&Stretch::Keep, at..range.start);
        add(stretch, range.clone());
        at = range.end;
    }
    add(&Stretch::Keep, at..text.len());
    parts
}
