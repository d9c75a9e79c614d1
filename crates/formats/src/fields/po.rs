//! Catalogues of translations of GNU gettext (PO).
//!
//! What is converted is `msgstr`, all plural forms, but not that of the header (the entry with an empty `msgid` and no context).
//! Everything else stays: comments, references, contexts, originals, obsolete entries (`#~`).
//!
//! A string is one or several literals. Tools break lines between any two Han characters, so words go on from literal to
//! literal: what is between them is shown as nothing. Escapes that stand for one character are shown as it; others (`\033`)
//! stay, and words end there.
//!
//! Cost: each byte is looked at a few times.

use std::ops::Range;

use super::Fault;
use super::builder::Builder;
use super::style::Style;
use super::subtitles::lines;

const HINT: &str = "mend the file; `msgfmt -c` shows all that is wrong with it";

/// The keyword whose string is being read.
#[derive(Clone, Copy, PartialEq)]
enum Keyword {
    Context,
    Original,
    Translation,
    /// None yet, or one that is not of interest.
    Other,
}

/// What has been read of an entry.
struct Entry {
    keyword: Keyword,
    has_context: bool,
    /// Whether nothing but empty literals were seen in the original.
    is_header: bool,
    /// The contents of the literals of a translation.
    literals: Vec<Range<usize>>,
}

pub(super) fn read(builder: &mut Builder<'_>) -> Result<(), Fault> {
    let source = builder.source;
    let mut entry = Entry { keyword: Keyword::Other, has_context: false, is_header: false, literals: Vec::new() };
    for (at, line) in lines(source) {
        let text = line.trim_start();
        let at = at + (line.len() - text.len());
        if text.is_empty() || text.starts_with('#') {
            entry.finish(builder);
            entry.keyword = Keyword::Other;
            continue;
        }
        let quote = text.find('"').ok_or_else(|| {
            Fault::malformed(at, "no string found, expected a keyword and a string in quotation marks", HINT)
        })?;
        match text[..quote].trim_end() {
            "" => {}
            word => entry.begin(builder, word),
        }
        let literal = literal(source, at + quote, at + text.len())?;
        entry.add(literal);
    }
    entry.finish(builder);
    Ok(())
}

impl Entry {
    fn begin(&mut self, builder: &mut Builder<'_>, word: &str) {
        self.finish(builder);
        self.keyword = match word {
            "msgctxt" => Keyword::Context,
            "msgid" => Keyword::Original,
            _ if word.starts_with("msgstr") => Keyword::Translation,
            _ => Keyword::Other,
        };
        match self.keyword {
            Keyword::Context => self.has_context = true,
            Keyword::Original => self.is_header = !std::mem::take(&mut self.has_context),
            _ => {}
        }
    }

    fn add(&mut self, literal: Range<usize>) {
        match self.keyword {
            Keyword::Original if !literal.is_empty() => self.is_header = false,
            Keyword::Translation => self.literals.push(literal),
            _ => {}
        }
    }

    /// A string has ended.
    fn finish(&mut self, builder: &mut Builder<'_>) {
        let literals = std::mem::take(&mut self.literals);
        let (Some(first), Some(last)) = (literals.first(), literals.last()) else { return };
        if self.is_header {
            return;
        }
        builder.begin(first.start);
        let mut done: Option<usize> = None;
        for literal in &literals {
            if let Some(end) = done {
                builder.atom(end..literal.start, "");
            }
            escapes(builder, literal.clone());
            done = Some(literal.end);
        }
        builder.end(last.end, Style::Po);
    }
}

/// The content of the literal that begins at a place and ends with its line.
fn literal(source: &str, at: usize, line_end: usize) -> Result<Range<usize>, Fault> {
    let bytes = source.as_bytes();
    let mut from = at + 1;
    while let Some(found) = memchr::memchr2(b'"', b'\\', bytes.get(from..line_end).unwrap_or_default()) {
        if bytes[from + found] == b'\\' {
            from += found + 2;
            continue;
        }
        let end = from + found;
        return match source[end + 1..line_end].trim().is_empty() {
            true => Ok(at + 1..end),
            false => {
                let message = "text behind the closing quotation mark, expected the end of the line";
                Err(Fault::malformed(end + 1, message, HINT))
            }
        };
    }
    Err(Fault::malformed(at, "the string is not closed on its line, expected `\"`", HINT))
}

fn escapes(builder: &mut Builder<'_>, literal: Range<usize>) {
    let bytes = builder.source.as_bytes();
    let mut from = literal.start;
    while let Some(found) = memchr::memchr(b'\\', &bytes[from..literal.end]) {
        let at = from + found;
        let shown = match bytes[at + 1] {
            b'n' => Some("\n"),
            b't' => Some("\t"),
            b'r' => Some("\r"),
            b'"' => Some("\""),
            b'\\' => Some("\\"),
            _ => None,
        };
        match shown {
            Some(shown) => {
                builder.atom(at..at + 2, shown);
                from = at + 2;
            }
            None => {
                let digits = bytes[at + 1..literal.end].iter().take(3).take_while(|byte| byte.is_ascii_digit()).count();
                let behind = builder.source[at + 1..].chars().next().map_or(0, char::len_utf8);
                from = at + 1 + digits.max(behind);
                builder.opaque(at..from);
            }
        }
    }
}
