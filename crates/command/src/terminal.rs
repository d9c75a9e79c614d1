//! Terminals: when colours are used, and how data is kept from commanding one.

use std::borrow::Cow;
use std::io::IsTerminal;

use crate::arguments::ColorChoice;

/// Whether what is written to `stream` has colours.
pub(crate) fn colored(choice: Option<ColorChoice>, stream: &impl IsTerminal) -> bool {
    match choice.unwrap_or_default() {
        ColorChoice::Always => true,
        ColorChoice::Never => false,
        // https://no-color.org: any value but an empty one switches colours off.
        ColorChoice::Auto => std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty()) && stream.is_terminal(),
    }
}

/// Makes control characters of UTF-8 text that comes in pieces visible, except line feeds and tabs: `ESC` becomes `\u{1b}`.
#[derive(Debug, Default)]
pub(crate) struct Escaper {
    /// Whether the last byte of the piece before was the first of a control character of two bytes (U+0080 to U+009F), which is held back.
    first_of_two: bool,
}

impl Escaper {
    pub(crate) fn escape<'a>(&mut self, bytes: &'a [u8]) -> Cow<'a, [u8]> {
        let control = |byte: u8| (byte < 0x20 && byte != b'\n' && byte != b'\t') || byte == 0x7F;
        if !self.first_of_two && !bytes.iter().any(|&byte| control(byte) || byte == 0xC2) {
            return Cow::Borrowed(bytes);
        }
        let mut escaped = Vec::with_capacity(bytes.len() + 16);
        for &byte in bytes {
            if std::mem::take(&mut self.first_of_two) {
                if (0x80..0xA0).contains(&byte) {
                    escaped.extend(format!("\\u{{{byte:x}}}").bytes());
                    continue;
                }
                escaped.push(0xC2);
            }
            match byte {
                0xC2 => self.first_of_two = true,
                byte if control(byte) => escaped.extend(format!("\\u{{{byte:x}}}").bytes()),
                byte => escaped.push(byte),
            }
        }
        Cow::Owned(escaped)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_are_visible_however_the_text_is_cut() {
        let text = "a\u{1b}[31m中\u{9b}2J\u{a9}\u{b7}\r\n\t\u{7f}z";
        let expected = "a\\u{1b}[31m中\\u{9b}2J\u{a9}\u{b7}\\u{d}\n\t\\u{7f}z";
        for size in 1..text.len() {
            let mut escaper = Escaper::default();
            let escaped: Vec<u8> =
                text.as_bytes().chunks(size).flat_map(|piece| escaper.escape(piece).into_owned()).collect();
            assert_eq!(String::from_utf8(escaped).unwrap(), expected);
        }
    }
}
