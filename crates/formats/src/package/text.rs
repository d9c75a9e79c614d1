//! The texts of a package as strings, and back: UTF-8 as it is, UTF-16 where a byte order mark says so.
//!
//! Both kinds of packages allow UTF-16 in their XML. Whatever a text says about its encoding besides, only bytes that are one of the two pass.

use super::error::{PackageError, PackageErrorKind};

/// How a text is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Coding {
    Utf8,
    Utf16Little,
    Utf16Big,
}

pub(super) fn decode(bytes: Vec<u8>) -> Result<(String, Coding), PackageError> {
    let unit: fn([u8; 2]) -> u16 = match bytes.get(..2) {
        Some([0xFF, 0xFE]) => u16::from_le_bytes,
        Some([0xFE, 0xFF]) => u16::from_be_bytes,
        _ => {
            let text = String::from_utf8(bytes).map_err(|_| not_unicode())?;
            return Ok((text, Coding::Utf8));
        }
    };
    let coding = if bytes[0] == 0xFF { Coding::Utf16Little } else { Coding::Utf16Big };
    if !bytes.len().is_multiple_of(2) {
        return Err(not_unicode());
    }
    // The mark stays in the text, and so comes back.
    let units = bytes.chunks_exact(2).map(|pair| unit([pair[0], pair[1]]));
    let text: Result<String, _> = char::decode_utf16(units).collect();
    Ok((text.map_err(|_| not_unicode())?, coding))
}

pub(super) fn encode(text: String, coding: Coding) -> Vec<u8> {
    match coding {
        Coding::Utf8 => text.into_bytes(),
        Coding::Utf16Little => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
        Coding::Utf16Big => text.encode_utf16().flat_map(u16::to_be_bytes).collect(),
    }
}

fn not_unicode() -> PackageError {
    PackageError::new(PackageErrorKind::NotUnicode)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_encodings_come_back() {
        let text = "\u{feff}<国>𠮷</国>";
        let utf16: Vec<u16> = text.encode_utf16().collect();
        let little: Vec<u8> = utf16.iter().flat_map(|unit| unit.to_le_bytes()).collect();
        let big: Vec<u8> = utf16.iter().flat_map(|unit| unit.to_be_bytes()).collect();
        for (bytes, coding) in
            [(text.as_bytes().to_vec(), Coding::Utf8), (little, Coding::Utf16Little), (big, Coding::Utf16Big)]
        {
            assert_eq!(decode(bytes.clone()).unwrap(), (text.to_string(), coding));
            assert_eq!(encode(text.to_string(), coding), bytes);
        }
    }

    #[test]
    fn other_bytes_are_no_text() {
        for bytes in [&b"<a>\xB9\xFA</a>"[..], b"\xFF\xFEa", b"\xFF\xFE\x00\xD8", b"\xFE\xFF\xD8\x00a\x00"] {
            assert!(decode(bytes.to_vec()).is_err(), "{bytes:?}");
        }
    }
}
