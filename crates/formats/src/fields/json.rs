//! JSON, and JSON lines: one value after another.
//!
//! Values of strings are fields; names of members are not, since programs look for them. The structure must be well formed
//! (RFC 8259), for otherwise it is not known what is a string. Inside of that nothing is refused: whatever stands for a number or a word
//! stays (`NaN`), and so do raw control characters, escapes that mean nothing and lone halves of surrogate pairs.
//!
//! Cost: each byte is looked at once; memory for each open array or object, so that depth is bounded by nothing else.

use std::borrow::Cow;
use std::ops::Range;

use memchr::memchr2;

use super::builder::Builder;
use super::select::{Pointers, Step, Wanted};
use super::style::{Letters, Style};
use super::{Fault, behind_mark, is_address};
use crate::Format;
use crate::diagnostic::{Diagnostic, DiagnosticCode, Severity};

const HINT: &str = "mend the file, or convert it as plain text with `--format text`";

/// What may come next.
#[derive(Clone, Copy, PartialEq)]
enum Next {
    Value,
    /// A value, or the end of an array that has just begun.
    FirstValue,
    Name,
    /// A name, or the end of an object that has just begun.
    FirstName,
    Colon,
    /// A comma or the end of what is open.
    Behind,
    /// The end of the document.
    End,
}

impl Next {
    fn expected(self) -> &'static str {
        match self {
            Next::Value => "a value",
            Next::FirstValue => "a value or `]`",
            Next::Name => "a name in quotation marks",
            Next::FirstName => "a name in quotation marks or `}`",
            Next::Colon => "`:`",
            Next::Behind => "`,` or the end of the array or object",
            Next::End => "the end of the document",
        }
    }
}

/// An array or object that is open.
struct Open {
    at: usize,
    is_object: bool,
    /// Elements that have begun.
    count: usize,
    wanted: Wanted,
}

struct Reader<'b, 'a> {
    builder: &'b mut Builder<'a>,
    source: &'a str,
    pointers: Pointers,
    open: Vec<Open>,
    /// What is wanted of the value that comes.
    wanted: Wanted,
}

pub(super) fn read(builder: &mut Builder<'_>, format: Format, fields: &[String]) -> Result<(), Fault> {
    let mut pointers = Pointers::new(fields)?;
    let wanted = pointers.start();
    let source = builder.source;
    let mut reader = Reader { builder, source, pointers, open: Vec::new(), wanted };
    reader.read(format)?;
    for number in reader.pointers.missed() {
        let message = format!("nothing is at `{}`", fields[number]);
        let mut missed = Diagnostic::new(DiagnosticCode::UnknownField, 0..0, message);
        missed.severity = Severity::Warning;
        reader.builder.say(missed);
    }
    Ok(())
}

impl Reader<'_, '_> {
    fn read(&mut self, format: Format) -> Result<(), Fault> {
        let bytes = self.source.as_bytes();
        let mut next = Next::Value;
        let mut at = behind_mark(self.source);
        loop {
            at += bytes[at..].iter().take_while(|byte| b" \t\r\n".contains(byte)).count();
            let Some(&byte) = bytes.get(at) else { break };
            if next == Next::End && format == Format::JsonLines {
                self.wanted = self.pointers.start();
                next = Next::Value;
            }
            let wants_value = matches!(next, Next::Value | Next::FirstValue);
            (at, next) = match byte {
                b'"' if wants_value => (self.string(at)?, self.behind()),
                b'"' if matches!(next, Next::Name | Next::FirstName) => (self.name(at)?, Next::Colon),
                b':' if next == Next::Colon => (at + 1, Next::Value),
                b',' if next == Next::Behind => (at + 1, self.another()),
                b'{' | b'[' if wants_value => {
                    let is_object = byte == b'{';
                    let wanted = self.wanted.clone();
                    self.open.push(Open { at, is_object, count: 0, wanted });
                    match is_object {
                        true => (at + 1, Next::FirstName),
                        false => {
                            self.element();
                            (at + 1, Next::FirstValue)
                        }
                    }
                }
                b'}' if matches!(next, Next::FirstName | Next::Behind) && self.is_in(true) => (at + 1, self.close()),
                b']' if matches!(next, Next::FirstValue | Next::Behind) && self.is_in(false) => (at + 1, self.close()),
                b'-' | b'+' | b'.' | b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' if wants_value => {
                    let word = |byte: &&u8| byte.is_ascii_alphanumeric() || b"+-.".contains(byte);
                    (at + bytes[at..].iter().take_while(word).count(), self.behind())
                }
                _ => {
                    let found = self.source[at..].chars().next().unwrap_or_default();
                    let message = format!("found `{}`, expected {}", found.escape_debug(), next.expected());
                    return Err(Fault::malformed(at, message, HINT));
                }
            };
        }
        match self.open.last() {
            Some(open) => {
                let what = if open.is_object { "object" } else { "array" };
                let message = format!("the {what} that begins here is never closed, expected {}", next.expected());
                Err(Fault::malformed(open.at, message, HINT))
            }
            // An empty file of lines has no lines.
            None if next == Next::Value && format == Format::Json => {
                Err(Fault::malformed(0, "nothing found, expected a value", HINT))
            }
            None => Ok(()),
        }
    }

    fn is_in(&self, object: bool) -> bool {
        self.open.last().is_some_and(|open| open.is_object == object)
    }

    fn behind(&self) -> Next {
        if self.open.is_empty() { Next::End } else { Next::Behind }
    }

    fn close(&mut self) -> Next {
        self.open.pop();
        self.behind()
    }

    fn another(&mut self) -> Next {
        match self.is_in(true) {
            true => Next::Name,
            false => {
                self.element();
                Next::Value
            }
        }
    }

    /// The next value is an element of the array that is open.
    fn element(&mut self) {
        let Some(open) = self.open.last_mut() else { return };
        self.wanted = self.pointers.enter(&open.wanted, &Step::Element(open.count));
        open.count += 1;
    }

    /// The name of a member: what is wanted of the value that follows. Gives the end.
    fn name(&mut self, at: usize) -> Result<usize, Fault> {
        let end = self.end_of_string(at)?;
        let Some(open) = self.open.last() else { return Ok(end) };
        if let Wanted::All = open.wanted {
            self.wanted = Wanted::All;
        } else {
            let name = unescaped(&self.source[at + 1..end - 1]);
            self.wanted = self.pointers.enter(&open.wanted, &Step::Member(&name));
        }
        Ok(end)
    }

    /// Behind the closing quotation mark.
    fn end_of_string(&self, at: usize) -> Result<usize, Fault> {
        let bytes = self.source.as_bytes();
        let mut from = at + 1;
        while let Some(found) = bytes.get(from..).and_then(|rest| memchr2(b'"', b'\\', rest)) {
            if bytes[from + found] == b'"' {
                return Ok(from + found + 1);
            }
            from += found + 2;
        }
        Err(Fault::malformed(at, "the string that begins here is never closed, expected `\"`", HINT))
    }

    /// The value of a string. Gives the end.
    fn string(&mut self, at: usize) -> Result<usize, Fault> {
        let end = self.end_of_string(at)?;
        let content = at + 1..end - 1;
        let raw = &self.source[content.clone()];
        if matches!(self.wanted, Wanted::All) && !is_address(raw) {
            self.builder.begin(content.start);
            let (is_ascii, mut escaped) = (raw.is_ascii(), None);
            for escape in escapes(raw) {
                let range = content.start + escape.range.start..content.start + escape.range.end;
                if escape.range.len() > 2 && escaped.is_none() && is_ascii {
                    let capital = self.source[range.clone()].bytes().any(|byte| byte.is_ascii_uppercase());
                    escaped = Some(if capital { Letters::Capital } else { Letters::Small });
                }
                match escape.character {
                    Some(character) => self.builder.atom(range, character.encode_utf8(&mut [0; 4])),
                    None => self.builder.opaque(range),
                }
            }
            self.builder.end(content.end, Style::Json { escaped });
        }
        Ok(end)
    }
}

/// A backslash and what belongs to it.
struct Escape {
    range: Range<usize>,
    /// What it stands for, if anything.
    character: Option<char>,
}

/// The escapes of a string, in order.
fn escapes(raw: &str) -> impl Iterator<Item = Escape> {
    let bytes = raw.as_bytes();
    let mut from = 0;
    std::iter::from_fn(move || {
        let at = from + memchr::memchr(b'\\', &bytes[from..])?;
        let escape = escape(raw, at);
        from = escape.range.end;
        Some(escape)
    })
}

fn escape(raw: &str, at: usize) -> Escape {
    let bytes = raw.as_bytes();
    let simple = |character| Escape { range: at..at + 2, character: Some(character) };
    match bytes.get(at + 1) {
        Some(b'n') => simple('\n'),
        Some(b't') => simple('\t'),
        Some(b'r') => simple('\r'),
        Some(b'b') => simple('\u{8}'),
        Some(b'f') => simple('\u{c}'),
        Some(&byte @ (b'"' | b'\\' | b'/')) => simple(char::from(byte)),
        Some(b'u') => match (unit(bytes, at), unit(bytes, at + 6)) {
            (Some(high @ 0xD800..0xDC00), Some(low @ 0xDC00..0xE000)) => {
                let number = 0x10000 + ((u32::from(high) - 0xD800) << 10) + (u32::from(low) - 0xDC00);
                Escape { range: at..at + 12, character: char::from_u32(number) }
            }
            (Some(unit), _) => Escape { range: at..at + 6, character: char::from_u32(u32::from(unit)) },
            (None, _) => Escape { range: at..at + 2, character: None },
        },
        // A backslash before anything else: the two characters stay.
        _ => {
            let behind = raw[at + 1..].chars().next().map_or(0, char::len_utf8);
            Escape { range: at..at + 1 + behind, character: None }
        }
    }
}

/// The number of `\uXXXX` at a place.
fn unit(bytes: &[u8], at: usize) -> Option<u16> {
    let digits = bytes.get(at..at + 6)?.strip_prefix(b"\\u")?;
    digits.iter().try_fold(0, |number, &digit| Some(number << 4 | char::from(digit).to_digit(16)? as u16))
}

/// A name as programs see it. What stands for no character stays.
fn unescaped(raw: &str) -> Cow<'_, str> {
    if !raw.contains('\\') {
        return Cow::Borrowed(raw);
    }
    let mut text = String::with_capacity(raw.len());
    let mut done = 0;
    for escape in escapes(raw) {
        text.push_str(&raw[done..escape.range.start]);
        match escape.character {
            Some(character) => text.push(character),
            None => text.push_str(&raw[escape.range.clone()]),
        }
        done = escape.range.end;
    }
    text.push_str(&raw[done..]);
    Cow::Owned(text)
}
