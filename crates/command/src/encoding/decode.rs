//! Bytes to text, in pieces, so that what is not changed becomes the same bytes again.

use super::encode::encode;
use super::{Encoding, Slots};
use crate::arguments::InvalidChoice;

/// Bytes that are looked at together; a line longer than that is cut between two characters.
const BLOCK: usize = 64 * 1024;
/// The longest sequence of any encoding here.
const LONGEST_SEQUENCE: usize = 4;

/// Byte offset of the first byte that is no text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct InvalidAt(pub(crate) u64);

/// Whether a decoded text is to become the same bytes again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Return {
    /// It is: sequences with another usual spelling become slots.
    Same,
    /// It goes into another encoding.
    Other,
}

/// Decodes a document that comes in pieces. Not for UTF-8.
pub(crate) struct Decoder {
    encoding: Encoding,
    invalid: InvalidChoice,
    way_back: Return,
    pub(crate) slots: Slots,
    /// Bytes that wait for what follows.
    held: Vec<u8>,
    /// Bytes before them.
    offset: u64,
}

impl Decoder {
    pub(crate) fn new(encoding: Encoding, invalid: InvalidChoice, way_back: Return) -> Decoder {
        Decoder { encoding, invalid, way_back, slots: Slots::default(), held: Vec::new(), offset: 0 }
    }

    /// Takes more bytes and appends the text that is certain.
    pub(crate) fn push(&mut self, bytes: &[u8], text: &mut String) -> Result<(), InvalidAt> {
        self.held.extend_from_slice(bytes);
        // A line end is no part of a longer sequence in the encodings that have sequences of bytes.
        let end = match self.encoding {
            Encoding::Utf16Le | Encoding::Utf16Be => self.held.len() / 2 * 2 - self.high_surrogate_at_end(),
            _ => match self.held.iter().rposition(|&byte| byte == b'\n') {
                Some(last) => last + 1,
                None if self.held.len() >= BLOCK => self.between_characters(),
                None => 0,
            },
        };
        self.take(end, text)
    }

    /// Ends the document.
    pub(crate) fn finish(&mut self, text: &mut String) -> Result<(), InvalidAt> {
        self.take(self.held.len(), text)
    }

    /// Whether no bytes wait for what follows.
    pub(crate) fn is_between_characters(&self) -> bool {
        self.held.is_empty()
    }

    /// How many bytes at the end are the first half of a pair that may be completed.
    fn high_surrogate_at_end(&self) -> usize {
        let whole = self.held.len() / 2 * 2;
        match self.held[..whole].last_chunk::<2>().map(|unit| self.unit(*unit)) {
            Some(0xD800..=0xDBFF) => 2,
            _ => 0,
        }
    }

    fn unit(&self, bytes: [u8; 2]) -> u16 {
        match self.encoding {
            Encoding::Utf16Be => u16::from_be_bytes(bytes),
            _ => u16::from_le_bytes(bytes),
        }
    }

    /// A place near the end of what is held where a character ends for certain.
    fn between_characters(&self) -> usize {
        let mut at = 0;
        while at + LONGEST_SEQUENCE <= self.held.len() {
            at += self.sequence(&self.held[at..]).map_or(1, |(length, _)| length);
        }
        at
    }

    /// The first character of some bytes: how long its sequence is, and what it is. None where no text begins so.
    fn sequence(&self, bytes: &[u8]) -> Option<(usize, String)> {
        let coder = self.encoding.coder()?;
        (1..=LONGEST_SEQUENCE.min(bytes.len())).find_map(|length| {
            let text = coder.decode_without_bom_handling_and_without_replacement(&bytes[..length])?;
            Some((length, text.into_owned()))
        })
    }

    /// Decodes the first `end` bytes of what is held.
    fn take(&mut self, end: usize, text: &mut String) -> Result<(), InvalidAt> {
        let held = std::mem::take(&mut self.held);
        let (now, later) = held.split_at(end);
        match self.encoding.coder() {
            None => self.units(now, text)?,
            Some(coder) => {
                for line in now.split_inclusive(|&byte| byte == b'\n') {
                    match coder.decode_without_bom_handling_and_without_replacement(line) {
                        Some(decoded) if self.comes_back(&decoded, line) => text.push_str(&decoded),
                        _ => self.one_by_one(line, text)?,
                    }
                    self.offset += line.len() as u64;
                }
            }
        }
        self.held = later.to_vec();
        Ok(())
    }

    /// Whether a text becomes these bytes again by itself.
    fn comes_back(&self, decoded: &str, bytes: &[u8]) -> bool {
        if self.way_back == Return::Other || decoded.len() == bytes.len() && decoded.is_ascii() {
            return true;
        }
        let mut again = Vec::with_capacity(bytes.len());
        decoded.chars().all(|character| {
            !Slots::is_one(character)
                && if character.is_ascii() {
                    again.push(character as u8);
                    true
                } else {
                    encode(self.encoding, character, &mut again)
                }
        }) && again == bytes
    }

    fn one_by_one(&mut self, bytes: &[u8], text: &mut String) -> Result<(), InvalidAt> {
        let mut at = 0;
        while at < bytes.len() {
            match self.sequence(&bytes[at..]) {
                Some((length, decoded)) => {
                    let sequence = &bytes[at..at + length];
                    match self.comes_back(&decoded, sequence) {
                        true => text.push_str(&decoded),
                        false => self.slot(sequence, at as u64, text)?,
                    }
                    at += length;
                }
                None => {
                    self.not_text(&bytes[at..=at], at as u64, text)?;
                    at += 1;
                }
            }
        }
        Ok(())
    }

    /// Decodes units of two bytes.
    fn units(&mut self, bytes: &[u8], text: &mut String) -> Result<(), InvalidAt> {
        let (units, rest) = bytes.as_chunks::<2>();
        let unit = |bytes: &[u8; 2]| match self.encoding {
            Encoding::Utf16Be => u16::from_be_bytes(*bytes),
            _ => u16::from_le_bytes(*bytes),
        };
        let decoded: Vec<_> = char::decode_utf16(units.iter().map(unit)).collect();
        let mut at = 0;
        for character in decoded {
            let length = 2 * character.as_ref().map_or(1, |character| character.len_utf16());
            match character {
                Ok(character) if self.way_back == Return::Same && Slots::is_one(character) => {
                    self.slot(&bytes[at..at + length], at as u64, text)?;
                }
                Ok(character) => text.push(character),
                Err(_) => self.not_text(&bytes[at..at + length], at as u64, text)?,
            }
            at += length;
        }
        if !rest.is_empty() {
            self.not_text(rest, at as u64, text)?;
        }
        self.offset += bytes.len() as u64;
        Ok(())
    }

    fn slot(&mut self, bytes: &[u8], at: u64, text: &mut String) -> Result<(), InvalidAt> {
        text.push(self.slots.character(bytes).ok_or(InvalidAt(self.offset + at))?);
        Ok(())
    }

    fn not_text(&mut self, bytes: &[u8], at: u64, text: &mut String) -> Result<(), InvalidAt> {
        match (self.invalid, self.way_back) {
            (InvalidChoice::Keep, Return::Same) => self.slot(bytes, at, text),
            (InvalidChoice::Replace, _) => {
                text.push(char::REPLACEMENT_CHARACTER);
                Ok(())
            }
            // Bytes of one encoding are none of another.
            (InvalidChoice::Error, _) | (InvalidChoice::Keep, Return::Other) => Err(InvalidAt(self.offset + at)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Encoder;
    use super::super::encode::Missing;
    use super::*;

    /// Every sequence that an encoding can have, some of them nonsense.
    fn everything(encoding: Encoding) -> Vec<u8> {
        let mut bytes = b"a\r\n".to_vec();
        match encoding {
            Encoding::Utf16Le | Encoding::Utf16Be => {
                let units = ['中', '\u{feff}', '\u{10f000}', '\u{10fffd}', '𠮷', '\n'];
                for character in units {
                    encode(encoding, character, &mut bytes);
                }
                bytes.splice(..3, []);
                bytes.extend([0xD8, 0xDC, 0x41, 0x00, 0xDC, 0xD8, 0x00, 0x0A, 0x0A]);
            }
            _ => {
                for lead in 0x80..=0xFF {
                    for trail in 0x30..=0xFF {
                        bytes.extend([lead, trail, b' ', b'\n']);
                    }
                }
                bytes.extend(b"\x84\x31\x95\x33\x90\x30\x81\x30\xe3\x32\x9a\x34\x8f\xa2\xaf\x8f");
            }
        }
        bytes
    }

    #[test]
    fn what_is_not_changed_becomes_the_same_bytes_however_it_is_cut() {
        for encoding in Encoding::ALL.into_iter().filter(|&encoding| encoding != Encoding::Utf8) {
            let bytes = everything(encoding);
            for size in [7, 64, 1000, bytes.len()] {
                let mut decoder = Decoder::new(encoding, InvalidChoice::Keep, Return::Same);
                let mut encoder = Encoder::new(encoding, Missing::Error);
                let mut output = Vec::new();
                for piece in bytes.chunks(size).map(Some).chain([None]) {
                    let mut text = String::new();
                    match piece {
                        Some(piece) => decoder.push(piece, &mut text).unwrap(),
                        None => decoder.finish(&mut text).unwrap(),
                    }
                    encoder.push(&text, &decoder.slots, &mut output).unwrap();
                }
                let differ = output.iter().zip(&bytes).position(|(left, right)| left != right);
                assert!(output == bytes, "{encoding} in pieces of {size}: byte {differ:?} differs");
            }
        }
    }

    #[test]
    fn what_is_no_text_is_an_error_with_its_place() {
        let decode = |encoding, invalid, bytes: &[u8]| {
            let mut text = String::new();
            let mut decoder = Decoder::new(encoding, invalid, Return::Same);
            decoder.push(bytes, &mut text).and_then(|()| decoder.finish(&mut text)).map(|()| text)
        };
        assert_eq!(decode(Encoding::Gbk, InvalidChoice::Error, b"\xd6\xd0\n\xff"), Err(InvalidAt(3)));
        assert_eq!(decode(Encoding::Gbk, InvalidChoice::Replace, b"\xd6\xd0\xff").unwrap(), "中\u{fffd}");
        assert_eq!(decode(Encoding::Utf16Le, InvalidChoice::Error, b"a\0\0\xdc"), Err(InvalidAt(2)));
        assert_eq!(decode(Encoding::Utf16Be, InvalidChoice::Error, b"\0a\0"), Err(InvalidAt(2)));
    }

    #[test]
    fn a_line_without_end_is_cut_between_characters() {
        let bytes = b"a\xd6\xd0".repeat(BLOCK);
        let mut decoder = Decoder::new(Encoding::Gb18030, InvalidChoice::Error, Return::Other);
        let mut text = String::new();
        for piece in bytes.chunks(1001) {
            decoder.push(piece, &mut text).unwrap();
            assert!(decoder.held.len() < 2 * BLOCK);
        }
        decoder.finish(&mut text).unwrap();
        assert_eq!(text, "a中".repeat(BLOCK));
    }
}
