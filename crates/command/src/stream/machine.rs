//! What becomes of one block, or of several that cannot be cut apart: decoded, converted, encoded.

use tongwen::{Converter, ErrorKind, InvalidBytes, Stream, StreamState};

use super::Text;
use super::source::Block;
use crate::arguments::InvalidChoice;
use crate::encoding::{Decoder, Encoder, InvalidAt, Slots, Unencodable};
use crate::protection::{Comments, State};
use crate::text_markup::TextMarkup;

/// A longer line is cut, as far as it matters what a line is.
const LONGEST_LINE: usize = 1024 * 1024;

/// What has to be known of the text before a block.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Carried {
    pub(super) stream: StreamState,
    pub(super) protection: State,
}

impl Carried {
    /// What is probably to be known before a block that is not the first.
    pub(super) fn expected(block: &Block, known: Carried, converter: &Converter) -> Carried {
        let before = simdutf8::basic::from_utf8(&block.before).unwrap_or_default();
        let stream = converter.expect_state(before, known.stream);
        Carried { stream, protection: known.protection.later() }
    }
}

/// How a block ends.
#[derive(Clone, Copy, Debug)]
pub(super) enum Ended {
    /// The next one can be converted apart from it.
    Border(Carried),
    /// The machine must go on with the next one.
    Open,
    /// With the text.
    Last,
}

/// What a text may have that cannot be converted.
#[derive(Debug)]
pub(super) enum Wrong {
    /// By its place in the input.
    Invalid(InvalidAt),
    /// By its place since the machine was started.
    Unencodable(Unencodable),
    Other(tongwen::Error),
}

pub(super) struct Machine<'a> {
    text: &'a Text<'a>,
    decoder: Option<Decoder>,
    encoder: Option<Encoder>,
    stream: Stream,
    pub(super) markup: TextMarkup<'a>,
    protection: State,
    decoded: String,
    converted: Vec<u8>,
    /// What has been read of a line whose end has not.
    line: Vec<u8>,
    /// Whether it has been started and has not come to an end.
    runs: bool,
    /// Bytes of the input before the machine was started, and line ends read since.
    offset: u64,
    pub(super) lines: usize,
}

impl<'a> Machine<'a> {
    pub(super) fn new(text: &'a Text<'a>) -> Machine<'a> {
        Machine {
            text,
            decoder: None,
            encoder: None,
            stream: text.converter.stream().invalid_bytes(invalid_bytes(text)),
            markup: TextMarkup::new(text.options, text.converter),
            protection: State::default(),
            decoded: String::new(),
            converted: Vec::new(),
            line: Vec::new(),
            runs: false,
            offset: 0,
            lines: 0,
        }
    }

    /// Makes it begin with a block. What it has begun before is given up.
    pub(super) fn start(&mut self, block: &Block, carried: Carried) {
        if std::mem::replace(&mut self.runs, true) {
            // Nobody wants the rest.
            let _ = self.stream.finish(&mut Vec::new());
        }
        self.decoder = self.text.coding.decoder(self.text.invalid);
        self.encoder = self.text.coding.encoder().map(|encoder| match block.number {
            0 => encoder,
            _ => encoder.behind_the_beginning(),
        });
        self.stream.start_at(carried.stream);
        self.protection = carried.protection;
        self.markup.restart();
        self.line.clear();
        (self.offset, self.lines) = (block.offset, 0);
    }

    /// Whether something is to be said about what it has converted.
    pub(super) fn has_found(&self) -> bool {
        self.markup.has_found()
    }

    /// Converts the next block. What is certain of the result is appended to `output`.
    pub(super) fn run(&mut self, block: &Block, output: &mut Vec<u8>) -> Result<Ended, Wrong> {
        let mut decoded = std::mem::take(&mut self.decoded);
        decoded.clear();
        let read = match &mut self.decoder {
            Some(decoder) => {
                let mut result = decoder.push(block.bytes(), &mut decoded);
                if block.is_last {
                    result = result.and_then(|()| decoder.finish(&mut decoded));
                }
                result.map_err(|InvalidAt(at)| Wrong::Invalid(InvalidAt(self.offset + at)))?;
                decoded.as_bytes()
            }
            None => block.bytes(),
        };
        let mut converted = std::mem::take(&mut self.converted);
        converted.clear();
        let into = if self.encoder.is_some() { &mut converted } else { &mut *output };
        let ended = if self.line.is_empty() && (block.is_last || read.ends_with(b"\n")) {
            self.convert(read, block.is_last, into)?
        } else {
            let mut line = std::mem::take(&mut self.line);
            line.extend_from_slice(read);
            let end = match memchr::memrchr(b'\n', &line) {
                _ if block.is_last || line.len() > LONGEST_LINE => line.len(),
                Some(last) => last + 1,
                None => 0,
            };
            let ended = self.convert(&line[..end], block.is_last, into)?;
            line.drain(..end);
            self.line = line;
            ended
        };
        if let Some(encoder) = &mut self.encoder {
            let text = simdutf8::basic::from_utf8(&converted).expect("only text is converted from decoded text");
            let none = Slots::default();
            let slots = self.decoder.as_ref().map_or(&none, |decoder| &decoder.slots);
            encoder.push(text, slots, output).map_err(Wrong::Unencodable)?;
        }
        (self.decoded, self.converted) = (decoded, converted);
        Ok(ended)
    }

    /// Converts whole lines.
    fn convert(&mut self, lines: &[u8], is_last: bool, output: &mut Vec<u8>) -> Result<Ended, Wrong> {
        let Machine { text, stream, markup, protection, offset, .. } = self;
        let offset = *offset;
        self.lines += memchr::memchr_iter(b'\n', lines).count();
        let mut is_passed = false;
        let mut read = |span: tongwen::StreamSpan<'_>| {
            // Most texts have no spans, and are not looked at.
            if !std::mem::replace(&mut is_passed, true) {
                markup.pass(lines);
            }
            markup.read(span)
        };
        let wrong = |error: tongwen::Error| match error.kind() {
            ErrorKind::InvalidUtf8 { offset: at } => Wrong::Invalid(InvalidAt(offset + at)),
            _ => Wrong::Other(error),
        };
        let mut at = 0;
        for protected in text.wishes.protection.ranges(lines, Comments::AtLineStart, protection) {
            stream.push_with(&lines[at..protected.start], output, &mut read).map_err(wrong)?;
            stream.protect();
            stream.push_with(&lines[protected.clone()], output, &mut read).map_err(wrong)?;
            stream.unprotect();
            at = protected.end;
        }
        stream.push_with(&lines[at..], output, &mut read).map_err(wrong)?;
        if is_last {
            stream.finish_with(output, &mut read).map_err(wrong)?;
            self.runs = false;
            return Ok(Ended::Last);
        }
        let is_between = self.line.is_empty()
            && lines.ends_with(b"\n")
            && self.decoder.as_ref().is_none_or(Decoder::is_between_characters);
        let state = if is_between { stream.border_with(output, &mut read) } else { None };
        if let Some(stream) = state {
            self.runs = false;
            return Ok(Ended::Border(Carried { stream, protection: *protection }));
        }
        if !is_passed {
            markup.pass(lines);
        }
        Ok(Ended::Open)
    }
}

fn invalid_bytes(text: &Text<'_>) -> InvalidBytes {
    match text.invalid {
        InvalidChoice::Keep if !text.coding.keeps_bytes() => InvalidBytes::Error,
        choice => choice.into(),
    }
}
