//! Makes a whole document a string and gives its bytes back.
//!
//! Scanning a document needs a string. Another encoding than UTF-8 is decoded and encoded by `encoding`. To keep bytes of a UTF-8 document that
//! are not UTF-8, each is given a character of its own from a block of 128
//! private-use characters that the document does not use, and becomes the same byte again afterwards: `b"a\xff"` is scanned as `a` and
//! U+10FF7F if the topmost block is free. The character may move and be repeated on the way, the byte moves with it.
//!
//! # Cost
//!
//! For UTF-8 nothing but the check.

use std::borrow::Cow;

use crate::arguments::InvalidChoice;
use crate::encoding::{Coding, InvalidAt, Slots, Unencodable};

/// Bytes that can stand for nothing on their own: 0x80 to 0xFF.
const BLOCK: u32 = 128;
/// The planes of private-use characters.
const PRIVATE: std::ops::RangeInclusive<u32> = 0xF_0000..=0x10_FFFF;

/// A document as a string.
#[derive(Debug)]
pub(crate) struct Decoded<'a> {
    pub(crate) text: Cow<'a, str>,
    /// The first character of the block that stands for bytes, where there were any.
    block: Option<u32>,
    coding: Coding,
    slots: Slots,
}

impl<'a> Decoded<'a> {
    pub(crate) fn new(bytes: &'a [u8], coding: Coding, invalid: InvalidChoice) -> Result<Decoded<'a>, InvalidAt> {
        let whole = |text: Cow<'a, str>, slots| Decoded { text, block: None, coding, slots };
        if let Some(mut decoder) = coding.decoder(invalid) {
            let mut text = String::with_capacity(bytes.len() + bytes.len() / 2);
            decoder.push(bytes, &mut text)?;
            decoder.finish(&mut text)?;
            return Ok(whole(text.into(), decoder.slots));
        }
        let failed = match simdutf8::compat::from_utf8(bytes) {
            Ok(text) => return Ok(whole(text.into(), Slots::default())),
            Err(error) => InvalidAt(error.valid_up_to() as u64),
        };
        let block = match invalid {
            InvalidChoice::Replace => None,
            // A document that uses all 1024 blocks is not worth a message of its own.
            InvalidChoice::Keep if coding.keeps_bytes() => Some(free_block(bytes).ok_or(failed)?),
            InvalidChoice::Keep | InvalidChoice::Error => return Err(failed),
        };
        let mut text = String::with_capacity(bytes.len());
        for chunk in bytes.utf8_chunks() {
            text.push_str(chunk.valid());
            match block {
                Some(block) => text.extend(chunk.invalid().iter().map(|&byte| character(block, byte))),
                None if chunk.invalid().is_empty() => {}
                None => text.push(char::REPLACEMENT_CHARACTER),
            }
        }
        Ok(Decoded { block, ..whole(text.into(), Slots::default()) })
    }

    /// How the bytes were read and will be written.
    pub(crate) fn coding(&self) -> Coding {
        self.coding
    }

    /// The bytes of a text that was made from this one.
    pub(crate) fn encode<'t>(&self, text: &'t str) -> Result<Cow<'t, [u8]>, Unencodable> {
        if let Some(mut encoder) = self.coding.encoder() {
            let mut bytes = Vec::with_capacity(text.len());
            encoder.push(text, &self.slots, &mut bytes)?;
            return Ok(Cow::Owned(bytes));
        }
        let Some(block) = self.block else { return Ok(Cow::Borrowed(text.as_bytes())) };
        let mut bytes = Vec::with_capacity(text.len());
        for character in text.chars() {
            match u32::from(character).checked_sub(block).filter(|&place| place < BLOCK) {
                Some(place) => bytes.push(0x80 | place as u8),
                None => bytes.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes()),
            }
        }
        Ok(Cow::Owned(bytes))
    }
}

fn character(block: u32, byte: u8) -> char {
    char::from_u32(block + u32::from(byte & 0x7F)).expect("the private-use planes hold characters only")
}

/// The topmost block of private-use characters that the bytes do not use.
fn free_block(bytes: &[u8]) -> Option<u32> {
    let blocks = (PRIVATE.end() + 1 - PRIVATE.start()) / BLOCK;
    let mut used = vec![false; blocks as usize];
    for character in bytes.utf8_chunks().flat_map(|chunk| chunk.valid().chars()) {
        if let Some(place) = u32::from(character).checked_sub(*PRIVATE.start()) {
            used[(place / BLOCK) as usize] = true;
        }
    }
    used.iter().rposition(|used| !used).map(|block| PRIVATE.start() + block as u32 * BLOCK)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kept_bytes_come_back_wherever_they_go() {
        let every: Vec<u8> = (0..=255).chain("中\u{10FFFF}国".bytes()).chain([0xE4, 0xB8]).collect();
        let decoded = Decoded::new(&every, Coding::default(), InvalidChoice::Keep).unwrap();
        assert_eq!(decoded.encode(&decoded.text).unwrap(), every);
        let twice = decoded.text.repeat(2);
        assert_eq!(decoded.encode(&twice).unwrap(), every.repeat(2));
    }

    #[test]
    fn what_is_asked_for_is_done() {
        let bytes = b"ab\xffc\xe4\xb8".to_vec();
        assert_eq!(Decoded::new(&bytes, Coding::default(), InvalidChoice::Error).unwrap_err(), InvalidAt(2));
        assert_eq!(
            Decoded::new(&bytes, Coding::default(), InvalidChoice::Replace).unwrap().text,
            "ab\u{fffd}c\u{fffd}"
        );
        let plain = Decoded::new("中".as_bytes(), Coding::default(), InvalidChoice::Error).unwrap();
        assert!(matches!(plain.encode(&plain.text), Ok(Cow::Borrowed(_))));
    }
}
