//! Conversion of a stream: bytes in, bytes out, in bounded memory, with the same result as for the whole text.
//!
//! How it works stands at `Stream`, where users of the crate read it.

mod border;

use std::ops::Range;

pub use border::StreamState;

use crate::converter::{Converter, Stretch, Task};
use crate::markers::{self, Markers};
use crate::mixed::{Decision, End, MixedState, Treatment};
use crate::user_matches::{PageView, Pairs};
use crate::user_text::Between;
use crate::{Error, ErrorKind, PagePairs};

/// What is done with bytes that are not UTF-8.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum InvalidBytes {
    /// They are an error that says where; nothing behind them is converted.
    #[default]
    Error,
    /// They leave as they are. The text before and the text behind are converted apart from each other.
    Keep,
    /// Each maximal part of a sequence becomes U+FFFD, as `String::from_utf8_lossy` has it.
    Replace,
}

/// A protected span that a stream has come to.
#[derive(Debug)]
#[non_exhaustive]
pub struct StreamSpan<'a> {
    /// The span, delimiters included.
    pub text: &'a str,
    /// Bytes of the text before it, from the start of the stream; a replaced sequence of invalid bytes counts as the three bytes of U+FFFD.
    pub offset: u64,
    /// The pairs in force. Changes count from behind the span on.
    pub pairs: &'a mut PagePairs,
}

/// What is written in the place of a protected span.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub enum SpanOutput {
    /// The span, byte for byte.
    #[default]
    Source,
    /// This text, as it is.
    Text(String),
}

/// Who is shown the spans.
type Reader<'r> = dyn FnMut(StreamSpan<'_>) -> SpanOutput + 'r;

/// Bytes that gather before the stream looks at them: looking more often would cost more than it gives.
const BATCH: usize = 16 * 1024;

/// Text that is held at most while the caller protects: a sentence does not run on behind more than that.
const LONGEST_PROTECTED: usize = 1024 * 1024;

/// A conversion under way. Made by [`Converter::stream`].
///
/// A stream holds back what later text could still change, and nothing else: an incomplete character, a protected span that may be
/// closed yet, a sentence whose evidence is not complete, and the last few characters of a stretch, because a phrase may go on. What is
/// held back is bounded: about [`markers::LONGEST_SPAN`] + [`Mixed::HELD_BACK`](crate::Mixed::HELD_BACK) + the longest source of a pair + what
/// was pushed last.
///
/// ```
/// use tongwen::{Config, Converter};
///
/// let mut stream = Converter::new(Config::S2T).stream();
/// let mut output = Vec::new();
/// for piece in "他的头发很干净".as_bytes().chunks(5) {
///     stream.push(piece, &mut output)?;
/// }
/// stream.finish(&mut output)?;
/// assert_eq!(output, "他的頭髮很乾淨".as_bytes());
/// # Ok::<(), tongwen::Error>(())
/// ```
///
/// # Spans that change what follows
///
/// A protected span may say what words are to become from there on. [`Stream::push_with`] shows every span to the caller, who may change the
/// [`PagePairs`] and what is written in its place. The text before the span is converted by then, the text behind it is not:
///
/// ```
/// use tongwen::{Config, Converter, SpanOutput, StreamSpan};
///
/// let mut read = |span: StreamSpan<'_>| {
///     if let Some((source, target)) = span.text.trim_matches(['-', '{', '}']).split_once('=') {
///         span.pairs.set_origin(span.offset as usize);
///         span.pairs.set(source, target).expect("a source of a few characters");
///     }
///     SpanOutput::Source
/// };
/// let mut stream = Converter::new(Config::S2T).stream();
/// let mut output = Vec::new();
/// for piece in "内存-{内存=記憶體}-内存".as_bytes().chunks(5) {
///     stream.push_with(piece, &mut output, &mut read)?;
/// }
/// stream.finish_with(&mut output, &mut read)?;
/// assert_eq!(output, "內存-{内存=記憶體}-記憶體".as_bytes());
/// # Ok::<(), tongwen::Error>(())
/// ```
///
/// # What the caller protects
///
/// Between [`Stream::protect`] and [`Stream::unprotect`] everything that is pushed leaves as it is, as a protected span does that nobody is shown:
/// no match reaches across it, sentences run on behind it unless it is longer than a megabyte.
///
/// # Limits
///
/// Pairs that spans define are kept for the rest of the stream, so its memory grows with their number.
///
/// A recipe of one's own (`ConverterBuilder::engine`) has no table that knows where a text may be cut. Its streams are cut at line ends,
/// which no dictionary file can have in a key; a text without line ends is held back whole.
pub struct Stream {
    converter: Converter,
    invalid: InvalidBytes,
    /// The bytes of a character whose end is not there yet, at most 3.
    incomplete: Vec<u8>,
    /// Bytes of the whole input before `incomplete`.
    offset: u64,
    /// Bytes of the text before `held`.
    passed: u64,
    /// Text that is not converted yet.
    held: String,
    /// Decisions about the beginning of `held` that are not carried out yet, by offsets in `held`.
    decisions: Vec<Decision>,
    /// Protected spans in the decided part of `held` that are not passed on yet.
    spans: Vec<HeldSpan>,
    /// What the caller protects in the undecided part of `held`.
    protected: Vec<Range<usize>>,
    /// Whether what comes next is protected.
    protecting: bool,
    /// How far `held` is decided.
    decided: usize,
    /// What spans have said.
    pairs: PagePairs,
    /// Length of `held` from which on it is worth another look.
    next_look: usize,
    state: MixedState,
    /// Bytes of the longest source of the caller's own pairs.
    longest_source: usize,
    /// Whether one of these sources has a line end in it.
    lines_may_join: bool,
}

/// A protected span of the text that is held.
#[derive(Clone, Debug)]
struct HeldSpan {
    range: Range<usize>,
    /// Whether it is one of the text's own, which are shown to the caller.
    marker: bool,
}

impl Converter {
    /// Starts a stream. Invalid bytes are an error unless [`Stream::invalid_bytes`] says otherwise.
    pub fn stream(&self) -> Stream {
        let sources = || self.inner.user.pairs().map(|(source, _)| source);
        let longest_source = sources().map(str::len).max().unwrap_or(0);
        Stream {
            converter: self.clone(),
            invalid: InvalidBytes::default(),
            incomplete: Vec::new(),
            offset: 0,
            passed: 0,
            held: String::new(),
            decisions: Vec::new(),
            spans: Vec::new(),
            protected: Vec::new(),
            protecting: false,
            decided: 0,
            pairs: PagePairs::new(),
            next_look: BATCH,
            state: MixedState::default(),
            longest_source,
            lines_may_join: sources().any(|source| source.contains('\n')),
        }
    }
}

impl Stream {
    /// Sets what is done with bytes that are not UTF-8.
    pub fn invalid_bytes(mut self, invalid: InvalidBytes) -> Stream {
        self.invalid = invalid;
        self
    }

    /// What is pushed from here on leaves as it is.
    pub fn protect(&mut self) {
        self.protecting = true;
    }

    /// What is pushed from here on is converted again.
    pub fn unprotect(&mut self) {
        self.protecting = false;
    }

    /// Takes text over that is valid.
    fn hold(&mut self, text: &str) {
        let start = self.held.len();
        self.held.push_str(text);
        if self.protecting && !text.is_empty() {
            match self.protected.last_mut() {
                Some(last) if last.end == start => last.end = self.held.len(),
                _ => self.protected.push(start..self.held.len()),
            }
        }
    }

    /// Takes more of the input and appends what is certain of the output. The input may be cut anywhere.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidUtf8`] with the offset in the whole input. What came before it has been taken; [`Stream::finish`] still gives
    /// the rest of that.
    pub fn push(&mut self, bytes: &[u8], output: &mut Vec<u8>) -> Result<(), Error> {
        self.push_with(bytes, output, &mut |_| SpanOutput::Source)
    }

    /// [`Stream::push`] that shows every protected span, in order and each once, to `read`. However the input is cut, `read` sees the same
    /// and the output is the same. With [`Markers::Convert`](crate::Markers) there are no spans.
    ///
    /// # Errors
    ///
    /// As [`Stream::push`].
    pub fn push_with(
        &mut self,
        bytes: &[u8],
        output: &mut Vec<u8>,
        read: &mut dyn FnMut(StreamSpan<'_>) -> SpanOutput,
    ) -> Result<(), Error> {
        let mut joined = std::mem::take(&mut self.incomplete);
        let mut rest = if joined.is_empty() {
            bytes
        } else {
            joined.extend_from_slice(bytes);
            &joined
        };
        let mut invalid_at = None;
        while !rest.is_empty() {
            let (text, skipped) = valid_prefix(rest);
            self.hold(text);
            self.offset += text.len() as u64;
            rest = &rest[text.len()..];
            match skipped {
                Skipped::Nothing => {}
                Skipped::Incomplete => {
                    self.incomplete = rest.to_vec();
                    break;
                }
                Skipped::Invalid(length) => {
                    if self.invalid == InvalidBytes::Error {
                        invalid_at = Some(self.offset);
                        break;
                    }
                    self.skip(&rest[..length], output, read);
                    rest = &rest[length..];
                }
            }
        }
        if self.protecting && self.held.len() >= LONGEST_PROTECTED {
            self.look(End::Final, output, read);
        } else if self.held.len() >= self.next_look {
            self.look(End::More, output, read);
        }
        invalid_at.map_or(Ok(()), |offset| Err(Error::new(ErrorKind::InvalidUtf8 { offset })))
    }

    /// Ends the input and appends the rest of the output. The stream is then as new.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidUtf8`] when the input ends within a character; all that came before is in `output`.
    pub fn finish(&mut self, output: &mut Vec<u8>) -> Result<(), Error> {
        self.finish_with(output, &mut |_| SpanOutput::Source)
    }

    /// [`Stream::finish`] that shows the spans that are left to `read`; see [`Stream::push_with`].
    ///
    /// # Errors
    ///
    /// As [`Stream::finish`].
    pub fn finish_with(
        &mut self,
        output: &mut Vec<u8>,
        read: &mut dyn FnMut(StreamSpan<'_>) -> SpanOutput,
    ) -> Result<(), Error> {
        let incomplete = std::mem::take(&mut self.incomplete);
        let mut result = Ok(());
        if !incomplete.is_empty() {
            if self.invalid == InvalidBytes::Error {
                result = Err(Error::new(ErrorKind::InvalidUtf8 { offset: self.offset }));
            } else {
                self.skip(&incomplete, output, read);
            }
        }
        self.look(End::Final, output, read);
        self.restart();
        self.protecting = false;
        result
    }

    /// As new, where all has been written.
    fn restart(&mut self) {
        (self.offset, self.passed, self.state, self.pairs) = (0, 0, MixedState::default(), PagePairs::new());
    }

    /// Deals with bytes that are no text.
    fn skip(&mut self, bytes: &[u8], output: &mut Vec<u8>, read: &mut Reader<'_>) {
        self.offset += bytes.len() as u64;
        if self.invalid == InvalidBytes::Keep {
            self.look(End::Final, output, read);
            output.extend_from_slice(bytes);
            self.passed += bytes.len() as u64;
        } else {
            self.hold("\u{FFFD}");
        }
    }

    /// Decides and converts as much of `held` as is certain; with [`End::Final`], all of it.
    fn look(&mut self, end: End, output: &mut Vec<u8>, read: &mut Reader<'_>) {
        self.decide(end);
        let mut done = 0;
        let decisions = std::mem::take(&mut self.decisions);
        let spans = std::mem::take(&mut self.spans);
        let mut spans = spans.into_iter().peekable();
        for decision in decisions {
            while let Some(span) = spans.next_if(|span| span.range.end <= decision.range.start) {
                self.pass_on(span, output, read);
            }
            let open = end == End::More && decision.range.end == self.decided;
            done = self.carry_out(&decision, open, output);
            if done < decision.range.end {
                self.decisions.push(Decision { range: done..decision.range.end, ..decision });
            }
        }
        if self.decisions.is_empty() {
            // Protected spans behind the last stretch.
            spans.for_each(|span| self.pass_on(span, output, read));
            done = self.decided;
        }
        self.held.drain(..done);
        self.passed += done as u64;
        self.decided -= done;
        for range in &mut self.protected {
            *range = range.start - done..range.end - done;
        }
        for decision in &mut self.decisions {
            decision.range = decision.range.start - done..decision.range.end - done;
        }
        self.next_look = self.held.len() + BATCH;
    }

    /// Shows a span to the caller and writes what belongs in its place.
    fn pass_on(&mut self, span: HeldSpan, output: &mut Vec<u8>, read: &mut Reader<'_>) {
        let offset = self.passed + span.range.start as u64;
        let text = &self.held[span.range];
        if !span.marker {
            output.extend_from_slice(text.as_bytes());
            return;
        }
        match read(StreamSpan { text, offset, pairs: &mut self.pairs }) {
            SpanOutput::Source => output.extend_from_slice(text.as_bytes()),
            SpanOutput::Text(other) => output.extend_from_slice(other.as_bytes()),
        }
        self.pairs.forget_past();
    }

    /// Extends the decisions as far as what follows cannot change them.
    fn decide(&mut self, end: End) {
        let text = &self.held[self.decided..];
        let keeps_markers = self.converter.inner.markers == Markers::Keep;
        let (spans, settled) = match end {
            End::Final if keeps_markers => (markers::protected_spans(text), text.len()),
            End::More if keeps_markers => markers::settled_spans(text),
            _ => (Vec::new(), text.len()),
        };
        let text = &text[..settled];
        let spans = self.with_protected(spans, settled);
        let mut prose: Vec<Range<usize>> = Vec::new();
        let mut start = 0;
        for span in &spans {
            prose.push(start..span.range.start);
            start = span.range.end;
        }
        prose.push(start..settled);
        let mut fresh = Vec::new();
        let consumed = match &self.converter.inner.task {
            Task::Uniform(uniform) => uniform.mixed.decide(&mut self.state, text, &prose, end, &mut fresh),
            _ => {
                prose.retain(|range| !range.is_empty());
                fresh.extend(prose.into_iter().map(|range| Decision { range, treatment: Treatment::Convert }));
                settled
            }
        };
        for decision in fresh {
            let range = decision.range.start + self.decided..decision.range.end + self.decided;
            match self.decisions.last_mut() {
                Some(last) if last.range.end == range.start && last.treatment == decision.treatment => {
                    last.range.end = range.end
                }
                _ => self.decisions.push(Decision { range, ..decision }),
            }
        }
        let shifted = |range: Range<usize>| range.start + self.decided..range.end + self.decided;
        let spans = spans.into_iter().filter(|span| span.range.end <= consumed);
        self.spans.extend(spans.map(|span| HeldSpan { range: shifted(span.range), ..span }));
        self.decided += consumed;
        let decided = self.decided;
        self.protected.retain_mut(|range| {
            range.start = range.start.max(decided);
            range.start < range.end
        });
    }

    /// The spans of the undecided text up to `settled`, its own and those of the caller where they lie outside of these.
    fn with_protected(&self, own: Vec<Range<usize>>, settled: usize) -> Vec<HeldSpan> {
        let mut spans: Vec<HeldSpan> = own.into_iter().map(|range| HeldSpan { range, marker: true }).collect();
        if self.protected.is_empty() {
            return spans;
        }
        let markers = spans.len();
        for range in &self.protected {
            let (mut start, end) = (range.start - self.decided, (range.end - self.decided).min(settled));
            for number in 0..markers {
                let marker = spans[number].range.clone();
                if marker.end <= start || marker.start >= end {
                    continue;
                }
                if start < marker.start {
                    spans.push(HeldSpan { range: start..marker.start, marker: false });
                }
                start = marker.end;
            }
            if start < end {
                spans.push(HeldSpan { range: start..end, marker: false });
            }
        }
        spans.sort_by_key(|span| span.range.start);
        spans
    }

    /// Converts a stretch, or if it is open (more text may belong to it), as much of it as is certain; gives the end of that.
    fn carry_out(&self, decision: &Decision, open: bool, output: &mut Vec<u8>) -> usize {
        // Up to here, what starts is known to its end.
        let margin = crate::table::LOOK_AHEAD + self.longest_source.max(self.pairs.longest_source());
        let certain = if open { decision.range.end.saturating_sub(margin) } else { decision.range.end };
        let certain = self.held.floor_char_boundary(certain).max(decision.range.start);
        let source = &self.held[decision.range.clone()];
        if self.pairs.is_empty()
            && let Some(user_text) = self.converter.user_text(source)
        {
            return decision.range.start
                + user_text.convert(Between::Converted, source, certain - decision.range.start, output);
        }
        let mut stretches = Vec::new();
        // There is no way back in a stream: the pairs are those of the place that is reached.
        let page = PageView { pairs: &self.pairs, epochs: &[] };
        let pairs = Pairs::new(&self.converter.inner.user, Some(page), 0);
        self.converter.treat(&self.held, decision.range.clone(), decision.treatment, pairs, &mut |place, stretch| {
            stretches.push((place, stretch));
        });
        let mut done = decision.range.start;
        for (range, stretch) in stretches {
            if range.start >= certain && open {
                break;
            }
            let source = &self.held[range.clone()];
            let whole = !open || range.end <= certain || matches!(stretch, Stretch::Pair(_));
            let limit = if whole { source.len() } else { stretch.cut(source, certain - range.start) };
            stretch.convert_prefix(source, limit, output);
            done = range.start + limit;
            if limit < source.len() {
                break;
            }
        }
        done
    }
}

impl std::fmt::Debug for Stream {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Stream").field("held", &self.held.len()).field("offset", &self.offset).finish_non_exhaustive()
    }
}

/// What follows the valid beginning of some bytes.
enum Skipped {
    Nothing,
    /// The beginning of a character whose rest may follow.
    Incomplete,
    /// This many bytes that no text begins with.
    Invalid(usize),
}

fn valid_prefix(bytes: &[u8]) -> (&str, Skipped) {
    #[cfg(feature = "simd-utf8")]
    if let Ok(text) = simdutf8::basic::from_utf8(bytes) {
        return (text, Skipped::Nothing);
    }
    match bytes.utf8_chunks().next() {
        None => ("", Skipped::Nothing),
        Some(chunk) => {
            let (text, invalid) = (chunk.valid(), chunk.invalid());
            let at_end = text.len() + invalid.len() == bytes.len();
            let skipped = match invalid {
                [] => Skipped::Nothing,
                _ if at_end && std::str::from_utf8(invalid).is_err_and(|error| error.error_len().is_none()) => {
                    Skipped::Incomplete
                }
                _ => Skipped::Invalid(invalid.len()),
            };
            (text, skipped)
        }
    }
}
