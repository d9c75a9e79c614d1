//! Cuts a body into segments (rules A11 to A13).
//!
//! A segment is `code:text` or `from=>code:text`. Texts may contain semicolons, so not every `;` ends a segment: only one that
//! is followed by a code and `:`, or by a text without `;` that goes on with `=>`, a code and `:`, or by nothing but blanks.
//! Only codes in their exact spellings count here. The `;` that ends an entity never cuts.
//!
//! ```text
//! zh-cn:<i style="a:b;c:d">x</i>&amp;zh-hk;X=>zh-tw:y;
//! [zh-cn:<i style="a:b;c:d">x</i>&amp;zh-hk] [X=>zh-tw:y] []
//! ```
//!
//! # Cost
//!
//! Linear: what follows a semicolon is looked at up to the next one.

use std::ops::Range;

use super::codes::{Code, leading_code};
use super::flags::trim;

/// A piece of a body. Ranges are bytes of the body, trimmed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Segment {
    /// All of it.
    pub(crate) range: Range<usize>,
    pub(crate) kind: SegmentKind,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum SegmentKind {
    /// There is no `:` in it: skipped.
    NoColon,
    /// What should be a code is none: voids the whole body.
    NoCode {
        name: Range<usize>,
    },
    TwoWay {
        code: Code,
        text: Range<usize>,
    },
    OneWay {
        from: Range<usize>,
        code: Code,
        text: Range<usize>,
    },
}

impl Segment {
    pub(crate) fn has_code(&self) -> bool {
        matches!(self.kind, SegmentKind::TwoWay { .. } | SegmentKind::OneWay { .. })
    }
}

/// Bytes that the cutting takes for blanks. (Trimming has its own list.)
pub(crate) fn is_blank(byte: &u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | 0x0B | 0x0C)
}

pub(crate) fn blanks(text: &[u8]) -> usize {
    text.iter().take_while(|byte| is_blank(byte)).count()
}

/// Whether a text begins, behind blanks, with a code and `:`.
fn starts_segment(text: &[u8]) -> bool {
    let text = &text[blanks(text)..];
    leading_code(text).is_some_and(|(_, length)| {
        let rest = &text[length..];
        rest.get(blanks(rest)) == Some(&b':')
    })
}

/// Whether an arrow in the text is followed by a code and `:`.
fn has_arrow(text: &[u8]) -> bool {
    memchr::memmem::find_iter(text, b"=>").any(|at| starts_segment(&text[at + 2..]))
}

/// Whether the `;` at `at` ends an entity: `&amp;`, `&#65;`. Looks back no farther than the name reaches.
pub(crate) fn ends_entity(mask: &[u8], at: usize) -> bool {
    let name = mask[..at].iter().rev().take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'#').count();
    name > 0 && mask[..at - name].last() == Some(&b'&')
}

/// The segments of a part of a body, in order.
pub(crate) fn cut(mask: &[u8], part: Range<usize>) -> impl Iterator<Item = Segment> {
    let blank_from = part.end - mask[part.clone()].iter().rev().take_while(|byte| is_blank(byte)).count();
    let mut semicolons = {
        let start = part.start;
        let found = memchr::memchr_iter(b';', &mask[part.clone()]).map(move |at| start + at);
        found.filter(move |&at| !ends_entity(&mask[start..], at - start))
    };
    let mut next = semicolons.next();
    let mut start = Some(part.start);
    std::iter::from_fn(move || {
        let from = start.take()?;
        while let Some(at) = next {
            next = semicolons.next();
            let follows = &mask[at + 1..next.unwrap_or(part.end)];
            if at + 1 >= blank_from || starts_segment(follows) || has_arrow(follows) {
                start = Some(at + 1);
                return Some(read(mask, from..at));
            }
        }
        Some(read(mask, from..part.end))
    })
}

/// Reads a segment.
fn read(mask: &[u8], range: Range<usize>) -> Segment {
    let range = trim(mask, range);
    let Some(colon) = memchr::memchr(b':', &mask[range.clone()]).map(|at| range.start + at) else {
        return Segment { range, kind: SegmentKind::NoColon };
    };
    let name = trim(mask, range.start..colon);
    let text = trim(mask, colon + 1..range.end);
    let arrow = memchr::memmem::find(&mask[name.clone()], b"=>").map(|at| name.start + at);
    let code = arrow.map_or(name.clone(), |arrow| trim(mask, arrow + 2..name.end));
    let kind = match (Code::by_any_case(&mask[code.clone()]), arrow) {
        (None, _) => SegmentKind::NoCode { name: code },
        (Some(code), None) => SegmentKind::TwoWay { code, text },
        (Some(code), Some(arrow)) => SegmentKind::OneWay { from: trim(mask, name.start..arrow), code, text },
    };
    Segment { range, kind }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn segments(body: &str) -> Vec<&str> {
        cut(body.as_bytes(), 0..body.len()).map(|segment| &body[segment.range]).collect()
    }

    #[test]
    fn only_some_semicolons_cut() {
        assert_eq!(segments(""), [""]);
        assert_eq!(segments("zh-cn:a; zh-tw : b ;"), ["zh-cn:a", "zh-tw : b", ""]);
        assert_eq!(segments("zh-cn:a;b;zh-tw:c"), ["zh-cn:a;b", "zh-tw:c"]);
        assert_eq!(segments("zh-cn:a&nbsp;zh-tw:b"), ["zh-cn:a&nbsp;zh-tw:b"]);
        assert_eq!(segments("zh-cn:a&;zh-tw:b"), ["zh-cn:a&", "zh-tw:b"]);
        assert_eq!(segments("X=>zh-tw:a;Y=>Z=>zh-cn:b"), ["X=>zh-tw:a", "Y=>Z=>zh-cn:b"]);
        assert_eq!(segments("zh-cn:a;;"), ["zh-cn:a;", ""]);
        assert_eq!(segments("zh-cn:a;b;X=>zh-tw:c"), ["zh-cn:a;b", "X=>zh-tw:c"]);
        assert_eq!(segments("zh-cn:a;ZH-TW:b;zh-Hant-TW:c"), ["zh-cn:a;ZH-TW:b", "zh-Hant-TW:c"]);
        assert_eq!(segments("zh-cn:a;zh-hant-tw:b"), ["zh-cn:a;zh-hant-tw:b"]);
    }

    #[test]
    fn segments_are_read() {
        let body = " a b =>\nZH-TW : x:y ";
        let segment = cut(body.as_bytes(), 0..body.len()).next().unwrap();
        let SegmentKind::OneWay { from, code, text } = segment.kind else { panic!("{segment:?}") };
        assert_eq!((&body[from], code, &body[text]), ("a b", Code::ZhTw, "x:y"));
        let kind = |body: &str| cut(body.as_bytes(), 0..body.len()).next().unwrap().kind;
        assert_eq!(kind("12:30"), SegmentKind::NoCode { name: 0..2 });
        assert_eq!(kind("X=>Y=>zh-tw:z"), SegmentKind::NoCode { name: 3..11 });
        assert_eq!(kind("zh-cn"), SegmentKind::NoColon);
        assert_eq!(kind("=>zh-cn:x"), SegmentKind::OneWay { from: 0..0, code: Code::ZhCn, text: 8..9 });
    }

    #[test]
    fn many_segments_take_linear_time() {
        for text in ["zh-tw:a;", "a=>zh-tw:b;", ";", "=>", "; ", "&a;", "=>zh-tw ", "a;b=>c"] {
            let body = text.repeat(200_000);
            assert!(cut(body.as_bytes(), 0..body.len()).count() <= 200_001);
        }
    }
}
