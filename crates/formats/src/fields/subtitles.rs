//! Subtitles: SubRip (SRT) and WebVTT.
//!
//! Both are blocks of a line with times (`00:00:01,000 --> 00:00:02,500`), before it perhaps a number or a name, behind it
//! the lines that are shown:
//!
//! | | SRT | VTT |
//! |---|---|---|
//! | what is shown | all lines behind times, up to the number of the next block | up to an empty line |
//! | what stays in it | `<i>`, `{\an8}` | `<i>`, `<00:01.000>`, `&nbsp;` |
//! | what stays beside | numbers, times | names, times, `WEBVTT`, `NOTE`, `STYLE` and `REGION` blocks |
//!
//! Who speaks in `<v 罗素>` is shown to the reader by many players and is converted.
//!
//! Cost: each byte is looked at a few times.

use std::ops::Range;

use super::builder::Builder;
use super::style::Style;
use super::{Fault, behind_mark};
use crate::Format;

/// The lines of a text with their places, without their ends and without a byte order mark.
pub(super) fn lines(source: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut at = behind_mark(source);
    source[at..].split_inclusive('\n').map(move |line| {
        let start = at;
        at += line.len();
        (start, line.trim_end_matches(['\r', '\n']))
    })
}

/// Searches that go forward: what has been found ahead, or not, is not looked for again.
pub(super) struct Ahead<'p> {
    characters: &'p [char],
    /// The last answer.
    found: Option<Option<usize>>,
}

impl<'p> Ahead<'p> {
    pub(super) fn new(characters: &'p [char]) -> Ahead<'p> {
        Ahead { characters, found: None }
    }

    /// The next of the characters, from a place on that is never before the last one asked for.
    pub(super) fn find(&mut self, text: &str, from: usize) -> Option<usize> {
        match self.found {
            Some(None) => None,
            Some(Some(at)) if at >= from => Some(at),
            _ => {
                let found = text[from..].find(self.characters).map(|at| from + at);
                self.found = Some(found);
                found
            }
        }
    }
}

pub(super) fn read(builder: &mut Builder<'_>, format: Format) -> Result<(), Fault> {
    let source = builder.source;
    let mut lines = lines(source).peekable();
    let mut shown: Option<Range<usize>> = None;
    let mut has_times = false;
    while let Some((at, line)) = lines.next() {
        let is_times = line.contains("-->");
        let before_times = lines.peek().is_some_and(|(_, next)| next.contains("-->"));
        let ends = match format {
            Format::Vtt => line.is_empty(),
            _ => before_times && line.trim().bytes().all(|byte| byte.is_ascii_digit()),
        };
        if is_times || ends {
            put(builder, format, shown.take());
            has_times = is_times;
        } else if has_times {
            let end = at + line.len();
            shown = Some(shown.map_or(at..end, |shown| shown.start..end));
        }
    }
    put(builder, format, shown);
    Ok(())
}

/// The lines that are shown together.
fn put(builder: &mut Builder<'_>, format: Format, shown: Option<Range<usize>>) {
    let Some(shown) = shown.filter(|shown| !shown.is_empty()) else { return };
    let text = &builder.source[shown.clone()];
    builder.begin(shown.start);
    let mut at = 0;
    let (mut tag_ends, mut braces) = (Ahead::new(&['>', '\n']), Ahead::new(&['}']));
    while let Some(found) = text[at..].find(['<', '{', '&']) {
        let start = at + found;
        let length = match text.as_bytes()[start] {
            b'<' => tag_ends.find(text, start).and_then(|end| tag(&text[start..end + 1], format)),
            b'{' if format == Format::Srt && text[start..].starts_with("{\\") => {
                braces.find(text, start).map(|end| end + 1 - start)
            }
            b'&' if format == Format::Vtt => entity(&text[start..]),
            _ => None,
        };
        at = start + length.unwrap_or(1);
        if let Some(length) = length {
            builder.opaque(shown.start + start..shown.start + start + length);
        }
    }
    builder.end(shown.end, if format == Format::Vtt { Style::Vtt } else { Style::Plain });
}

/// The bytes of a tag that stay: all of it, or of a voice what comes before the name. A tag does not reach over a line end.
fn tag(text: &str, format: Format) -> Option<usize> {
    let name = text[1..].strip_suffix('>')?;
    let first = name.chars().next()?;
    if !(first.is_ascii_alphanumeric() || first == '/') {
        return None;
    }
    let is_voice = format == Format::Vtt && (name.starts_with("v ") || name.starts_with("v."));
    match name.find(' ') {
        Some(space) if is_voice => Some(1 + space + 1),
        _ => Some(text.len()),
    }
}

/// The bytes of `&name;` or `&#1234;`.
fn entity(text: &str) -> Option<usize> {
    let length = text[1..].bytes().take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'#').count();
    (length > 0 && text.as_bytes().get(1 + length) == Some(&b';')).then_some(length + 2)
}
