//! Which encoding a document has, where nobody says it.
//!
//! In this order:
//!
//! 1. A byte order mark decides: UTF-8, UTF-16, GB18030.
//! 2. What is UTF-8 is UTF-8. What is only ASCII is what it declares, in which it looks the same.
//! 3. What a document declares (`charset` in HTML, `encoding` in XML, the header of a PO file) is what it is, if all its bytes can be read so.
//! 4. What is UTF-16 without unpaired surrogates, has zero bytes in every second place only, and mostly units that are Chinese characters, their
//!    punctuation or ASCII, is UTF-16.
//! 5. Where at least half of the bytes above 0x7F are in three-byte characters of UTF-8, it is meant to be UTF-8 and damaged.
//! 6. GB18030 and Big5 put the characters in common use in rows of their own: lead bytes B0 to D7 with trail bytes above A0, and A4 to C6. The document is
//!    read as either; an encoding is taken if nothing is left over, at least seven of ten characters are in common use, and the other one does not
//!    pass the same test, or clearly worse. Traditional text in GB18030 is counted as the Simplified text that it would be converted to.
//!    Punctuation and symbols (A1 to A3 in both) do not count. Where half of the characters or more would be kana of EUC-JP, it
//!    is none of the two.
//!
//! Otherwise the encoding is unclear, which is an error: a wrong guess would be written back. Japanese encodings are not guessed. UTF-8 comes before what is
//! declared because text in another encoding is hardly ever UTF-8 by chance, while old declarations are often left standing.
//!
//! # Limits
//!
//! Of a long document the first megabyte is looked at.

use tongwen::{Config, Converter};

use super::Encoding;
use super::decode::{Decoder, Return};
use super::encode::encode;
use crate::arguments::InvalidChoice;

/// Bytes of the longest character of any encoding here.
const LONGEST_SEQUENCE: usize = 4;
/// Characters of a hundred by which one encoding must fit better than the other.
const MARGIN: usize = 8;

/// Neither UTF-8 nor clearly anything else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Unclear;

/// Finds the encoding from the beginning of a document, which may end within a character, and what the document declares.
pub(super) fn detect(bytes: &[u8], declared: Option<Encoding>) -> Result<Encoding, Unclear> {
    if let Some(encoding) = marked(bytes) {
        return Ok(encoding);
    }
    // Asked of every text whose encoding is not named; the standard library would take as long as the conversion.
    match simdutf8::compat::from_utf8(bytes) {
        Ok(text) if text.is_ascii() => return Ok(declared.unwrap_or(Encoding::Utf8)),
        Ok(_) => return Ok(Encoding::Utf8),
        Err(error) if error.error_len().is_none() && error.valid_up_to() > 0 => return Ok(Encoding::Utf8),
        Err(_) => {}
    }
    if let Some(encoding) = declared.filter(|encoding| can_be(bytes, *encoding)) {
        return Ok(encoding);
    }
    if let Some(encoding) = utf16_without_mark(bytes) {
        return Ok(encoding);
    }
    if is_damaged_utf8(bytes) {
        return Ok(Encoding::Utf8);
    }
    match (seems(bytes, Encoding::Gb18030), seems(bytes, Encoding::Big5)) {
        (Some(gb), big5) if big5.is_none_or(|big5| gb >= big5 + MARGIN) => Ok(Encoding::Gb18030),
        (gb, Some(big5)) if gb.is_none_or(|gb| big5 >= gb + MARGIN) => Ok(Encoding::Big5),
        _ => Err(Unclear),
    }
}

/// Whether the beginning of a file shows that it is UTF-16.
pub(crate) fn is_utf16(bytes: &[u8]) -> bool {
    matches!(marked(bytes), Some(Encoding::Utf16Le | Encoding::Utf16Be)) || utf16_without_mark(bytes).is_some()
}

fn marked(bytes: &[u8]) -> Option<Encoding> {
    match bytes {
        [0xEF, 0xBB, 0xBF, ..] => Some(Encoding::Utf8),
        // With two zero bytes behind it, it would be UTF-32, which nobody writes.
        [0xFF, 0xFE, 0, 0, ..] => None,
        [0xFF, 0xFE, ..] => Some(Encoding::Utf16Le),
        [0xFE, 0xFF, ..] => Some(Encoding::Utf16Be),
        [0x84, 0x31, 0x95, 0x33, ..] => Some(Encoding::Gb18030),
        _ => None,
    }
}

fn utf16_without_mark(bytes: &[u8]) -> Option<Encoding> {
    let (units, _) = bytes.as_chunks::<2>();
    let zeros = |place: usize| units.iter().filter(|unit| unit[place] == 0).count();
    let (encoding, unit): (Encoding, fn([u8; 2]) -> u16) = match (zeros(0), zeros(1)) {
        (0, 1..) => (Encoding::Utf16Le, u16::from_le_bytes),
        (1.., 0) => (Encoding::Utf16Be, u16::from_be_bytes),
        _ => return None,
    };
    let whole = char::decode_utf16(units.iter().map(|bytes| unit(*bytes)));
    let (mut usual, mut all) = (0, 0);
    for character in whole {
        let character = match character {
            Ok(character) => character,
            // The last unit may be the first half of a pair.
            Err(_) if all + 1 == units.len() => break,
            Err(_) => return None,
        };
        all += 1;
        let is_usual = matches!(character, '\t' | '\n' | '\r' | ' '..='~' | '\u{2000}'..='\u{206f}')
            || matches!(character, '\u{3000}'..='\u{30ff}' | '\u{4e00}'..='\u{9fff}' | '\u{ff00}'..='\u{ffef}');
        usual += usize::from(is_usual);
    }
    (usual * 10 >= all * 9).then_some(encoding)
}

fn is_damaged_utf8(bytes: &[u8]) -> bool {
    let high = bytes.iter().filter(|&&byte| byte >= 0x80).count();
    let long =
        bytes.utf8_chunks().flat_map(|chunk| chunk.valid().chars()).filter(|character| character.len_utf8() >= 3);
    high > 0 && long.map(char::len_utf8).sum::<usize>() * 2 >= high
}

/// Whether all bytes are text in an encoding that is not UTF-8, but for a character that is cut at the end.
fn can_be(bytes: &[u8], encoding: Encoding) -> bool {
    let Some(coder) = encoding.coder() else { return false };
    let whole = bytes.len() - bytes.len().min(LONGEST_SEQUENCE);
    (whole..=bytes.len())
        .rev()
        .any(|end| coder.decode_without_bom_handling_and_without_replacement(&bytes[..end]).is_some())
}

/// How many of a hundred characters are in common use, if the bytes can be text in the encoding.
fn seems(bytes: &[u8], encoding: Encoding) -> Option<usize> {
    let (mut common, mut all, mut kana) = (0, 0, 0);
    let mut at = 0;
    while at < bytes.len() {
        let lead = bytes[at];
        if lead < 0x80 {
            at += 1;
            continue;
        }
        let Some(&trail) = bytes.get(at + 1) else { break };
        if encoding == Encoding::Gb18030 && (0x81..=0xFE).contains(&lead) && trail.is_ascii_digit() {
            match bytes.get(at + 2..at + 4) {
                Some([0x81..=0xFE, b'0'..=b'9']) => at += 4,
                Some(_) => return None,
                None => break,
            }
            all += 1;
            continue;
        }
        let is_common = match (encoding, lead, trail) {
            (Encoding::Gb18030, 0x81..=0xFE, 0x40..=0x7E | 0x80..=0xFE) => {
                matches!((lead, trail), (0xB0..=0xD7, 0xA1..=0xFE))
            }
            (Encoding::Big5, 0x81..=0xFE, 0x40..=0x7E | 0xA1..=0xFE) => matches!(lead, 0xA4..=0xC6),
            _ => return None,
        };
        if !matches!(lead, 0xA1..=0xA3) {
            all += 1;
            common += usize::from(is_common);
            kana += usize::from(matches!((lead, trail), (0xA4 | 0xA5, 0xA1..=0xF6)));
        }
        at += 2;
    }
    if encoding == Encoding::Gb18030 && common * 10 < all * 7 {
        common = common_when_simplified(bytes);
    }
    // One character alone may well be among those.
    let is_likely = all > 0 && common * 10 >= all * 7 && (all < 4 || kana * 2 < all);
    is_likely.then(|| common * 100 / all)
}

/// How many characters of GB18030 text are in common use once the text is Simplified.
fn common_when_simplified(bytes: &[u8]) -> usize {
    let mut decoder = Decoder::new(Encoding::Gb18030, InvalidChoice::Replace, Return::Other);
    let mut text = String::new();
    let decoded = decoder.push(bytes, &mut text).and_then(|()| decoder.finish(&mut text));
    decoded.expect("what is no text is replaced");
    let simplified = Converter::new(Config::T2S).convert(&text).into_owned();
    let mut code = Vec::new();
    let is_common = |character: &char| {
        code.clear();
        encode(Encoding::Gb18030, *character, &mut code) && matches!(code[..], [0xB0..=0xD7, 0xA1..=0xFE])
    };
    simplified.chars().filter(is_common).count()
}

#[cfg(test)]
mod tests {
    use super::super::Slots;
    use super::super::encode::{Encoder, Missing};
    use super::*;

    fn encoded(encoding: Encoding, text: &str) -> Vec<u8> {
        let mut bytes = Vec::new();
        Encoder::new(encoding, Missing::Question).push(text, &Slots::default(), &mut bytes).unwrap();
        bytes
    }

    #[test]
    fn texts_are_known_by_their_bytes() {
        let simplified = "后来他说：“她的头发很干净。”\r\n";
        let traditional = "後來他說：「她的頭髮很乾淨。」\r\n";
        for (text, encoding) in [
            (simplified, Encoding::Gb18030),
            (traditional, Encoding::Big5),
            (traditional, Encoding::Gb18030),
            ("皇后說後來的事。这里的里程很长，他的头发很干净。巴-{里}-坤\n", Encoding::Gb18030),
            (simplified, Encoding::Utf16Le),
            (traditional, Encoding::Utf16Be),
            (traditional, Encoding::Utf8),
        ] {
            let bytes = encoded(encoding, text);
            assert_eq!(detect(&bytes, None), Ok(encoding), "{text}");
            assert_eq!(detect(&bytes[..bytes.len() - 1], None), Ok(encoding), "{text} cut");
        }
        for (short, encoding) in
            [("中", Encoding::Gb18030), ("汉字", Encoding::Gb18030), ("中", Encoding::Big5), ("的", Encoding::Big5)]
        {
            assert_eq!(detect(&encoded(encoding, short), None), Ok(encoding), "{short}");
        }
        assert_eq!(detect(&encoded(Encoding::Utf16Le, "\u{feff}中"), None), Ok(Encoding::Utf16Le));
        assert_eq!(detect(&encoded(Encoding::Gb18030, "\u{feff}中"), None), Ok(Encoding::Gb18030));
        assert_eq!(detect(b"plain", None), Ok(Encoding::Utf8));
        assert_eq!(detect(b"", None), Ok(Encoding::Utf8));
    }

    #[test]
    fn what_is_declared_counts_where_it_can_be_true() {
        let japanese = encoded(Encoding::EucJp, "これはひらがなです");
        assert_eq!(detect(&japanese, Some(Encoding::EucJp)), Ok(Encoding::EucJp));
        assert_eq!(detect(&japanese[..japanese.len() - 1], Some(Encoding::EucJp)), Ok(Encoding::EucJp));
        assert_eq!(detect("汉字".as_bytes(), Some(Encoding::Gbk)), Ok(Encoding::Utf8));
        assert_eq!(detect(b"plain", Some(Encoding::Gbk)), Ok(Encoding::Gbk));
        let big5 = encoded(Encoding::Big5, "後來他說：「她的頭髮很乾淨。」");
        assert_eq!(detect(&big5, Some(Encoding::EucJp)), Ok(Encoding::Big5));
    }

    #[test]
    fn what_is_unclear_is_not_guessed() {
        assert_eq!(detect("汉字很多\n".repeat(3).into_bytes().as_slice(), None), Ok(Encoding::Utf8));
        let mut damaged = "汉字很多".as_bytes().to_vec();
        damaged.push(0xFF);
        assert_eq!(detect(&damaged, None), Ok(Encoding::Utf8));
        assert_eq!(detect(b"\xff", None), Err(Unclear));
        assert_eq!(detect(b"caf\xe9 na\xefve", None), Err(Unclear));
        assert_eq!(detect(&encoded(Encoding::EucJp, "これはひらがなです"), None), Err(Unclear));
        assert_eq!(detect(b"f\xfcr Gr\xf6\xdfe, sch\xf6n", None), Err(Unclear));
        assert_eq!(detect(b"\xff\xfe\0\0a\0\0\0", None), Err(Unclear));
    }
}
