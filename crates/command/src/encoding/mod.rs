//! Encodings of documents: which one a document has, its text, and the bytes of the result.
//!
//! Inside, all text is UTF-8. A document in another encoding is decoded (`decode.rs`), converted, and encoded again (`encode.rs`), in the same
//! encoding unless told otherwise. What conversion does not touch comes out byte for byte: a sequence that its encoding would usually write in another
//! way (Big5 has two places for 兀) gets a character of its own from the private-use area, a *slot*, and becomes those bytes again. A byte order mark
//! is a character like any other, so it stays, and line ends do.
//!
//! `detect.rs` says how the encoding is found where nobody names it, `declared.rs` what becomes of what the document says itself.

mod coding;
mod declared;
mod decode;
mod detect;
mod encode;

pub(crate) use coding::Coding;
pub(crate) use declared::{contradictions, corrected};
pub(crate) use decode::{Decoder, InvalidAt};
pub(crate) use detect::is_utf16;
pub(crate) use encode::{Encoder, Unencodable};

use std::collections::HashMap;
use std::fmt;
use std::str::FromStr;

/// How text is written as bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Encoding {
    Utf8,
    Utf16Le,
    Utf16Be,
    Gb18030,
    Gbk,
    Big5,
    ShiftJis,
    EucJp,
}

impl Encoding {
    pub(crate) const ALL: [Encoding; 8] = [
        Encoding::Utf8,
        Encoding::Utf16Le,
        Encoding::Utf16Be,
        Encoding::Gb18030,
        Encoding::Gbk,
        Encoding::Big5,
        Encoding::ShiftJis,
        Encoding::EucJp,
    ];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Encoding::Utf8 => "utf-8",
            Encoding::Utf16Le => "utf-16le",
            Encoding::Utf16Be => "utf-16be",
            Encoding::Gb18030 => "gb18030",
            Encoding::Gbk => "gbk",
            Encoding::Big5 => "big5",
            Encoding::ShiftJis => "shift_jis",
            Encoding::EucJp => "euc-jp",
        }
    }

    /// The library's coder; none for the encodings of Unicode.
    fn coder(self) -> Option<&'static encoding_rs::Encoding> {
        match self {
            Encoding::Utf8 | Encoding::Utf16Le | Encoding::Utf16Be => None,
            Encoding::Gb18030 => Some(encoding_rs::GB18030),
            Encoding::Gbk => Some(encoding_rs::GBK),
            Encoding::Big5 => Some(encoding_rs::BIG5),
            Encoding::ShiftJis => Some(encoding_rs::SHIFT_JIS),
            Encoding::EucJp => Some(encoding_rs::EUC_JP),
        }
    }

    /// Whether every character can be written, a byte order mark among them.
    pub(crate) fn has_all(self) -> bool {
        matches!(self, Encoding::Utf8 | Encoding::Utf16Le | Encoding::Utf16Be | Encoding::Gb18030)
    }
}

impl fmt::Display for Encoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The value of `--encoding`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum EncodingChoice {
    #[default]
    Auto,
    /// In the order of bytes that the byte order mark tells; without one, the lower byte first.
    Utf16,
    Known(Encoding),
}

/// The value of `--output-encoding`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum OutputEncodingChoice {
    #[default]
    Same,
    /// With a byte order mark, the lower byte first.
    Utf16,
    Known(Encoding),
}

/// The names of encodings, with one that only counts for input or output in front.
pub(crate) fn names(first: &'static str) -> Vec<&'static str> {
    let known = Encoding::ALL.map(Encoding::name);
    [first, "utf-8", "utf-16"].into_iter().chain(known.into_iter().filter(|name| *name != "utf-8")).collect()
}

/// Names are compared without regard to letter case, `-` and `_`; some have others.
fn known(name: &str) -> Option<Encoding> {
    let plain = |name: &str| -> String {
        name.chars().filter(|character| !matches!(character, '-' | '_')).flat_map(char::to_lowercase).collect()
    };
    let name = match plain(name).as_str() {
        "gb2312" | "cp936" => "gbk".to_string(),
        "big5hkscs" | "cp950" => "big5".to_string(),
        "sjis" | "cp932" => "shiftjis".to_string(),
        other => other.to_string(),
    };
    Encoding::ALL.into_iter().find(|encoding| plain(encoding.name()) == name)
}

fn unknown(name: &str, first: &'static str) -> String {
    format!("unknown encoding `{name}`, expected one of {}", names(first).join(", "))
}

impl FromStr for EncodingChoice {
    type Err = String;

    fn from_str(name: &str) -> Result<EncodingChoice, String> {
        match name.to_ascii_lowercase().as_str() {
            "auto" => Ok(EncodingChoice::Auto),
            "utf-16" | "utf16" => Ok(EncodingChoice::Utf16),
            _ => known(name).map(EncodingChoice::Known).ok_or_else(|| unknown(name, "auto")),
        }
    }
}

impl FromStr for OutputEncodingChoice {
    type Err = String;

    fn from_str(name: &str) -> Result<OutputEncodingChoice, String> {
        match name.to_ascii_lowercase().as_str() {
            "same" => Ok(OutputEncodingChoice::Same),
            "utf-16" | "utf16" => Ok(OutputEncodingChoice::Utf16),
            _ => known(name).map(OutputEncodingChoice::Known).ok_or_else(|| unknown(name, "same")),
        }
    }
}

/// Bytes that stand for a character from the private-use area: what could not come back otherwise.
#[derive(Clone, Debug, Default)]
pub(crate) struct Slots {
    sequences: Vec<Vec<u8>>,
    numbers: HashMap<Vec<u8>, usize>,
}

impl Slots {
    const FIRST: u32 = 0x10_F000;
    const MOST: usize = 0xFFE;

    /// Whether the character could be one of the slots.
    fn is_one(character: char) -> bool {
        (Slots::FIRST..Slots::FIRST + Slots::MOST as u32).contains(&u32::from(character))
    }

    /// The character that stands for the bytes; none when there are too many different ones.
    fn character(&mut self, bytes: &[u8]) -> Option<char> {
        let number = match self.numbers.get(bytes) {
            Some(number) => *number,
            None if self.sequences.len() == Slots::MOST => return None,
            None => {
                let number = self.sequences.len();
                self.sequences.push(bytes.to_vec());
                self.numbers.insert(bytes.to_vec(), number);
                number
            }
        };
        char::from_u32(Slots::FIRST + number as u32)
    }

    /// The bytes that a character stands for.
    fn bytes(&self, character: char) -> Option<&[u8]> {
        let number = u32::from(character).checked_sub(Slots::FIRST)?;
        self.sequences.get(number as usize).map(Vec::as_slice)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_read() {
        for name in names("auto") {
            assert!(name.parse::<EncodingChoice>().is_ok(), "{name}");
        }
        for name in names("same") {
            assert!(name.parse::<OutputEncodingChoice>().is_ok(), "{name}");
        }
        assert_eq!("GB2312".parse(), Ok(EncodingChoice::Known(Encoding::Gbk)));
        assert_eq!("Big5-HKSCS".parse(), Ok(EncodingChoice::Known(Encoding::Big5)));
        assert!("latin1".parse::<EncodingChoice>().unwrap_err().contains("expected one of auto, utf-8"));
    }
}
