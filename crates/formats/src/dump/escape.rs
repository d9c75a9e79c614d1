//! How an element writes the characters that XML reserves, learned from its own content.
//!
//! The same text can be written in many ways: `"`, `&quot;`, `&#34;`. Which one a dump uses depends on the software and
//! release that wrote it. New text is written as its surroundings are: for each character the first way that the content
//! uses counts; where it uses none, what MediaWiki writes.

use std::borrow::Cow;

use super::content::{Content, Context, Kind};

/// The ways of one element.
#[derive(Debug)]
pub(super) struct Escapes<'r> {
    ampersand: &'r str,
    less: &'r str,
    greater: &'r str,
    quotation: &'r str,
    apostrophe: &'r str,
    line_end: &'r str,
    /// How characters beyond ASCII are written, if not as themselves.
    beyond_ascii: Option<Number>,
}

/// A way to write the number of a character.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Number {
    Decimal,
    LowerHexadecimal,
    UpperHexadecimal,
}

impl<'r> Escapes<'r> {
    /// Costs one pass over the segments and one over the literal bytes.
    pub(super) fn of(content: &Content<'r>) -> Escapes<'r> {
        let mut ampersand = None;
        let mut less = None;
        let mut greater = None;
        let mut quotation = None;
        let mut apostrophe = None;
        let mut line_end = None;
        let mut beyond_ascii = None;
        for (index, segment) in content.segments.iter().enumerate() {
            let (text_end, raw_end) = content.end(index);
            let raw = &content.raw[segment.raw..raw_end];
            match segment.kind {
                Kind::Markup => {}
                Kind::Reference => {
                    let form = match &content.text[segment.text..text_end] {
                        "&" => &mut ampersand,
                        "<" => &mut less,
                        ">" => &mut greater,
                        "\"" => &mut quotation,
                        "'" => &mut apostrophe,
                        // `&#10;` is no way to end the lines of a file.
                        "\n" if raw.starts_with('\r') => &mut line_end,
                        character => {
                            if !character.is_ascii() {
                                beyond_ascii.get_or_insert(Number::of(raw));
                            }
                            continue;
                        }
                    };
                    form.get_or_insert(raw);
                }
                Kind::Literal => {
                    let forms = [
                        (b'\n', &mut line_end),
                        (b'>', &mut greater),
                        (b'"', &mut quotation),
                        (b'\'', &mut apostrophe),
                    ];
                    for (byte, form) in forms {
                        if form.is_some() || (segment.context == Context::CData && byte != b'\n') {
                            continue;
                        }
                        if let Some(at) = memchr::memchr(byte, raw.as_bytes()) {
                            *form = Some(&raw[at..=at]);
                        }
                    }
                }
            }
        }
        Escapes {
            ampersand: ampersand.unwrap_or("&amp;"),
            less: less.unwrap_or("&lt;"),
            greater: greater.unwrap_or("&gt;"),
            quotation: quotation.unwrap_or("&quot;"),
            apostrophe: apostrophe.unwrap_or("'"),
            line_end: line_end.unwrap_or("\n"),
            beyond_ascii: beyond_ascii.filter(|_| content.raw.is_ascii()),
        }
    }

    /// How the character is written outside of CDATA; none is as itself.
    pub(super) fn write(&self, character: char) -> Option<Cow<'r, str>> {
        let form = match character {
            '&' => self.ampersand,
            '<' => self.less,
            '>' => self.greater,
            '"' => self.quotation,
            '\'' => self.apostrophe,
            '\n' => self.line_end,
            '\r' => "&#13;",
            character if !is_xml(character) => "\u{fffd}",
            character if !character.is_ascii() => {
                return self.beyond_ascii.map(|number| Cow::Owned(number.write(character)));
            }
            _ => return None,
        };
        Some(Cow::Borrowed(form))
    }
}

impl Number {
    fn of(reference: &str) -> Number {
        match reference.strip_prefix("&#x") {
            None => Number::Decimal,
            Some(digits) if digits.bytes().any(|byte| byte.is_ascii_lowercase()) => Number::LowerHexadecimal,
            Some(_) => Number::UpperHexadecimal,
        }
    }

    fn write(self, character: char) -> String {
        let number = u32::from(character);
        match self {
            Number::Decimal => format!("&#{number};"),
            Number::LowerHexadecimal => format!("&#x{number:x};"),
            Number::UpperHexadecimal => format!("&#x{number:X};"),
        }
    }
}

/// Whether XML 1.0 has the character at all. MediaWiki, too, writes U+FFFD for those that it has not.
pub(super) fn is_xml(character: char) -> bool {
    !matches!(character, '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}')
}
