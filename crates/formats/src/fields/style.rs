//! How new text is written into a field.
//!
//! Only what conversion made new is written by these rules; what stays keeps the bytes that it had.

use std::borrow::Cow;
use std::fmt::Write;

/// The letters of hexadecimal numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Letters {
    Small,
    Capital,
}

/// How the text of a field is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Style {
    /// As it is: subtitles.
    Plain,
    /// A string of JSON; `escaped` is one whose characters beyond ASCII are all written as `\u....`.
    Json { escaped: Option<Letters> },
    /// A cell in quotation marks, which are doubled in it.
    Quoted,
    /// A cell without: it can hold no delimiter, quotation mark or line end.
    Bare { delimiter: u8 },
    /// A string of a PO file, escaped as in C.
    Po,
    /// Subtitles in which `&` and `<` begin markup.
    Vtt,
    /// Text in an element of XML.
    #[cfg(feature = "packages")]
    Xml,
    /// The same between `<![CDATA[` and `]]>`.
    #[cfg(feature = "packages")]
    Section,
}

impl Style {
    /// Whether a character must be written otherwise.
    fn is_special(self, character: char) -> bool {
        match self {
            Style::Plain => false,
            Style::Json { escaped } => {
                matches!(character, '"' | '\\' | '\0'..='\u{1f}') || escaped.is_some() && !character.is_ascii()
            }
            Style::Quoted => character == '"',
            Style::Bare { delimiter } => matches!(character, '"' | '\r' | '\n') || character == char::from(delimiter),
            Style::Po => matches!(character, '"' | '\\' | '\n' | '\r' | '\t'),
            Style::Vtt => matches!(character, '&' | '<'),
            #[cfg(feature = "packages")]
            Style::Xml => matches!(character, '&' | '<' | '>' | '\r'),
            #[cfg(feature = "packages")]
            Style::Section => character == '>',
        }
    }

    /// Whether something of the text must be written otherwise.
    pub(crate) fn changes(self, text: &str) -> bool {
        text.contains(|character| self.is_special(character))
    }

    /// Whether new text can be written at all: not if something would end the cell that did not before.
    pub(crate) fn can_write(self, old: &str, new: &str) -> bool {
        let special =
            |text: &'_ str| -> Vec<char> { text.chars().filter(|&character| self.is_special(character)).collect() };
        !matches!(self, Style::Bare { .. }) || !self.changes(new) || special(old) == special(new)
    }

    /// The text as it is written.
    pub(crate) fn write(self, text: &str) -> Cow<'_, str> {
        if !self.changes(text) {
            return Cow::Borrowed(text);
        }
        let mut written = String::with_capacity(text.len() + 8);
        for character in text.chars() {
            match (self, character) {
                (_, character) if !self.is_special(character) => written.push(character),
                (Style::Quoted, _) => written.push_str("\"\""),
                #[cfg(feature = "packages")]
                (Style::Section, _) => written.push_str("]]>&gt;<![CDATA["),
                #[cfg(feature = "packages")]
                (Style::Xml, '&') => written.push_str("&amp;"),
                #[cfg(feature = "packages")]
                (Style::Xml, '<') => written.push_str("&lt;"),
                #[cfg(feature = "packages")]
                (Style::Xml, '>') => written.push_str("&gt;"),
                #[cfg(feature = "packages")]
                (Style::Xml, _) => written.push_str("&#13;"),
                (Style::Vtt, '&') => written.push_str("&amp;"),
                (Style::Vtt, _) => written.push_str("&lt;"),
                (Style::Json { .. } | Style::Po, '\n') => written.push_str("\\n"),
                (Style::Json { .. } | Style::Po, '\r') => written.push_str("\\r"),
                (Style::Json { .. } | Style::Po, '\t') => written.push_str("\\t"),
                (Style::Json { .. } | Style::Po, '"' | '\\') => written.extend(['\\', character]),
                (Style::Json { escaped }, _) => write_units(&mut written, character, escaped),
                (Style::Plain | Style::Bare { .. } | Style::Po, _) => written.push(character),
            }
        }
        Cow::Owned(written)
    }
}

fn write_units(written: &mut String, character: char, letters: Option<Letters>) {
    for unit in character.encode_utf16(&mut [0; 2]) {
        let result = match letters {
            Some(Letters::Capital) => write!(written, "\\u{unit:04X}"),
            _ => write!(written, "\\u{unit:04x}"),
        };
        result.expect("writing into a string cannot fail");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_style_escapes_what_would_end_it() {
        let text = "國\"\\\n&<,\u{1}😀";
        let json = |escaped| Style::Json { escaped };
        assert_eq!(json(None).write(text), "國\\\"\\\\\\n&<,\\u0001😀");
        assert_eq!(json(Some(Letters::Small)).write("國😀"), "\\u570b\\ud83d\\ude00");
        assert_eq!(json(Some(Letters::Capital)).write("國a"), "\\u570Ba");
        assert_eq!(Style::Quoted.write(text), "國\"\"\\\n&<,\u{1}😀");
        assert_eq!(Style::Po.write(text), "國\\\"\\\\\\n&<,\u{1}😀");
        assert_eq!(Style::Vtt.write(text), "國\"\\\n&amp;&lt;,\u{1}😀");
        assert_eq!(Style::Plain.write(text), text);
        assert!(matches!(Style::Quoted.write("國"), Cow::Borrowed(_)));
    }

    #[test]
    fn bare_cells_cannot_hold_everything() {
        let bare = Style::Bare { delimiter: b',' };
        for text in ["a,b", "a\"", "a\nb", "a\rb"] {
            assert!(!bare.can_write("a", text), "{text:?}");
        }
        assert!(bare.can_write("a", "a\tb"));
        assert!(bare.can_write("国\"军", "國\"軍"));
        assert!(Style::Quoted.can_write("a", "a,\"\n"));
    }
}
