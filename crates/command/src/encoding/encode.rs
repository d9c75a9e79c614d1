//! Text to bytes.
//!
//! For the encodings with sequences of two bytes a table from character to bytes is made from what the library decodes, some milliseconds once a process:
//! its own encoder searches for every character. The result is the same. What Hong Kong added to Big5 is read, but not written anew: many readers
//! do not know it.

use std::collections::HashMap;
use std::sync::OnceLock;

use super::{Encoding, Slots};

/// A character that the encoding does not have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Unencodable {
    pub(crate) character: char,
    /// From 1, in the text that is encoded.
    pub(crate) line: usize,
    pub(crate) column: usize,
}

/// What is done with characters that the encoding does not have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Missing {
    #[default]
    Error,
    /// A question mark takes their place.
    Question,
}

/// Encodes a text that comes in pieces.
pub(crate) struct Encoder {
    encoding: Encoding,
    missing: Missing,
    /// Before the first piece: whether a byte order mark is to be put in front where there is none.
    mark: bool,
    started: bool,
    line: usize,
    column: usize,
}

impl Encoder {
    pub(crate) fn new(encoding: Encoding, missing: Missing) -> Encoder {
        Encoder { encoding, missing, mark: false, started: false, line: 1, column: 1 }
    }

    /// Puts a byte order mark in front, unless the text has one.
    pub(crate) fn with_mark(mut self) -> Encoder {
        self.mark = true;
        self
    }

    /// Writes question marks for what is missing.
    #[cfg(test)]
    pub(crate) fn lossy(encoding: Encoding) -> Encoder {
        Encoder::new(encoding, Missing::Question)
    }

    /// For a text of which the beginning has been encoded elsewhere.
    pub(crate) fn behind_the_beginning(mut self) -> Encoder {
        self.started = true;
        self
    }

    /// Encodes the next piece. Characters of the slots become their bytes.
    pub(crate) fn push(&mut self, text: &str, slots: &Slots, output: &mut Vec<u8>) -> Result<(), Unencodable> {
        let mut text = text;
        if !self.started && !text.is_empty() {
            self.started = true;
            match text.strip_prefix('\u{feff}') {
                // An encoding of a region has no use for the mark.
                Some(rest) if !self.encoding.has_all() => text = rest,
                None if self.mark => self.characters("\u{feff}", slots, output).map(drop).unwrap_or_default(),
                _ => {}
            }
        }
        self.characters(text, slots, output)
    }

    fn characters(&mut self, text: &str, slots: &Slots, output: &mut Vec<u8>) -> Result<(), Unencodable> {
        output.reserve(text.len());
        for (at, character) in text.char_indices() {
            if character.is_ascii() && !matches!(self.encoding, Encoding::Utf16Le | Encoding::Utf16Be) {
                output.push(character as u8);
            } else if let Some(bytes) = slots.bytes(character) {
                output.extend_from_slice(bytes);
            } else if !encode(self.encoding, character, output) {
                match self.missing {
                    Missing::Question => output.push(b'?'),
                    Missing::Error => {
                        self.pass(&text[..at]);
                        return Err(Unencodable { character, line: self.line, column: self.column });
                    }
                }
            }
        }
        self.pass(text);
        Ok(())
    }

    fn pass(&mut self, text: &str) {
        match text.rfind('\n') {
            Some(last) => {
                self.line += text.bytes().filter(|&byte| byte == b'\n').count();
                self.column = 1 + text[last + 1..].chars().count();
            }
            None => self.column += text.chars().count(),
        }
    }
}

/// Encodes a character; whether the encoding has it.
pub(super) fn encode(encoding: Encoding, character: char, output: &mut Vec<u8>) -> bool {
    match encoding {
        Encoding::Utf8 => output.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes()),
        Encoding::Utf16Le => {
            output.extend(character.encode_utf16(&mut [0; 2]).iter().flat_map(|unit| unit.to_le_bytes()));
        }
        Encoding::Utf16Be => {
            output.extend(character.encode_utf16(&mut [0; 2]).iter().flat_map(|unit| unit.to_be_bytes()));
        }
        _ => {
            let pair = Pairs::of(encoding).and_then(|pairs| pairs.get(character));
            match pair {
                // GBK has a byte of its own for it.
                Some(_) if encoding == Encoding::Gbk && character == '€' => output.push(0x80),
                Some(bytes) => output.extend_from_slice(&bytes),
                None => return by_library(encoding, character, output),
            }
        }
    }
    true
}

fn by_library(encoding: Encoding, character: char, output: &mut Vec<u8>) -> bool {
    let Some(coder) = encoding.coder() else { return false };
    let mut text = [0; 4];
    let (bytes, _, unmappable) = coder.encode(character.encode_utf8(&mut text));
    if !unmappable {
        output.extend_from_slice(&bytes);
    }
    !unmappable
}

/// The characters that two bytes stand for.
struct Pairs {
    /// By code point; `[0, 0]` where there is none.
    narrow: Vec<[u8; 2]>,
    wide: HashMap<char, [u8; 2]>,
}

impl Pairs {
    fn of(encoding: Encoding) -> Option<&'static Pairs> {
        static GB: OnceLock<Pairs> = OnceLock::new();
        static BIG5: OnceLock<Pairs> = OnceLock::new();
        static SHIFT_JIS: OnceLock<Pairs> = OnceLock::new();
        static EUC_JP: OnceLock<Pairs> = OnceLock::new();
        let cell = match encoding {
            // What has two bytes is the same in both.
            Encoding::Gb18030 | Encoding::Gbk => &GB,
            Encoding::Big5 => &BIG5,
            Encoding::ShiftJis => &SHIFT_JIS,
            Encoding::EucJp => &EUC_JP,
            Encoding::Utf8 | Encoding::Utf16Le | Encoding::Utf16Be => return None,
        };
        Some(cell.get_or_init(|| Pairs::new(encoding)))
    }

    fn new(encoding: Encoding) -> Pairs {
        let mut pairs = Pairs { narrow: vec![[0, 0]; 0x1_0000], wide: HashMap::new() };
        let coder = encoding.coder().expect("only asked for encodings that the library knows");
        let first = if encoding == Encoding::Big5 { 0xA1 } else { 0x81 };
        for lead in first..=0xFE {
            for trail in 0x40..=0xFE {
                let bytes = [lead, trail];
                let Some(text) = coder.decode_without_bom_handling_and_without_replacement(&bytes) else { continue };
                let mut characters = text.chars();
                let (Some(character), None) = (characters.next(), characters.next()) else { continue };
                if encoding == Encoding::ShiftJis && matches!(character, '\u{e000}'..='\u{f8ff}') {
                    // Places for characters of the user's own, which are read and not written.
                    continue;
                }
                let known = pairs.get(character);
                // Of two places for one character the library knows the usual one.
                let mut usual = Vec::new();
                if known.is_some() && by_library(encoding, character, &mut usual) && usual != bytes {
                    continue;
                }
                match pairs.narrow.get_mut(character as usize) {
                    Some(place) => *place = bytes,
                    None => drop(pairs.wide.insert(character, bytes)),
                }
            }
        }
        pairs
    }

    fn get(&self, character: char) -> Option<[u8; 2]> {
        match self.narrow.get(character as usize) {
            Some([0, 0]) => None,
            Some(bytes) => Some(*bytes),
            None => self.wide.get(&character).copied(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encoded(encoding: Encoding, missing: Missing, text: &str) -> Result<Vec<u8>, Unencodable> {
        let mut output = Vec::new();
        Encoder::new(encoding, missing).push(text, &Slots::default(), &mut output).map(|()| output)
    }

    #[test]
    fn what_is_missing_is_an_error_with_its_place() {
        let missing = encoded(Encoding::Big5, Missing::Error, "中文\n一个国\n").unwrap_err();
        assert_eq!((missing.character, missing.line, missing.column), ('个', 2, 2));
        assert_eq!(encoded(Encoding::Big5, Missing::Question, "一个").unwrap(), b"\xa4\x40?");
        assert_eq!(encoded(Encoding::Gb18030, Missing::Error, "𠮷").unwrap().len(), 4);
        assert_eq!(encoded(Encoding::Utf16Be, Missing::Error, "中\n").unwrap(), b"\x4e\x2d\0\n");
    }

    #[test]
    fn the_table_gives_what_the_library_gives() {
        for encoding in [Encoding::Gb18030, Encoding::Gbk, Encoding::Big5, Encoding::ShiftJis, Encoding::EucJp] {
            for character in ('\u{80}'..='\u{ffff}').chain('\u{20000}'..='\u{20fff}') {
                let (mut bytes, mut expected) = (Vec::new(), Vec::new());
                let known = by_library(encoding, character, &mut expected);
                assert_eq!(encode(encoding, character, &mut bytes), known, "{encoding} {character}");
                assert_eq!(bytes, expected, "{encoding} {character}");
            }
        }
    }
}
