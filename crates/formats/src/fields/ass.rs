//! Subtitles of Advanced SubStation Alpha (ASS, SSA).
//!
//! What is shown is the last column of the `Dialogue:` lines of `[Events]`; how many columns there are says the `Format:` line
//! of the section, ten where there is none. Everything else stays: styles, names, times, `Comment:` lines, and in
//! the text the overrides in braces, `\N`, `\n`, `\h` and drawings (text between `{\p1}` and `{\p0}`).
//!
//! Cost: each byte is looked at a few times.

use std::ops::Range;

use super::Fault;
use super::builder::Builder;
use super::style::Style;
use super::subtitles::{Ahead, lines};

/// Columns of events where no line names them.
const COLUMNS: usize = 10;

pub(super) fn read(builder: &mut Builder<'_>) -> Result<(), Fault> {
    let source = builder.source;
    let mut is_events = false;
    let mut columns = COLUMNS;
    for (at, line) in lines(source) {
        if line.starts_with('[') {
            is_events = line.trim_end().eq_ignore_ascii_case("[events]");
            columns = COLUMNS;
        } else if let Some(format) = line.strip_prefix("Format:").filter(|_| is_events) {
            columns = format.split(',').count();
        } else if line.starts_with("Dialogue:") && is_events {
            // The text is all that is behind the last comma but those in itself.
            let text = match columns {
                0 | 1 => Some("Dialogue:".len()),
                several => line.match_indices(',').nth(several - 2).map(|(comma, _)| comma + 1),
            };
            if let Some(text) = text {
                put(builder, at + text..at + line.len());
            }
        }
    }
    Ok(())
}

fn put(builder: &mut Builder<'_>, range: Range<usize>) {
    let text = &builder.source[range.clone()];
    builder.begin(range.start);
    let mut draws = false;
    let mut at = 0;
    let mut braces = Ahead::new(&['}']);
    while at < text.len() {
        let rest = &text[at..];
        let length = match rest.find(['{', '\\']) {
            Some(0) if rest.starts_with('{') => match braces.find(text, at).map(|end| end - at) {
                Some(end) => {
                    draws = drawing(&rest[..end]).unwrap_or(draws);
                    builder.opaque(range.start + at..range.start + at + end + 1);
                    end + 1
                }
                None => 1,
            },
            Some(0) if rest[1..].starts_with(['N', 'n', 'h']) => {
                builder.opaque(range.start + at..range.start + at + 2);
                2
            }
            Some(0) => 1,
            found => {
                let end = found.unwrap_or(rest.len());
                if draws {
                    builder.opaque(range.start + at..range.start + at + end);
                }
                end
            }
        };
        at += length;
    }
    builder.end(range.end, Style::Plain);
}

/// Whether an override begins or ends a drawing; the last word counts.
fn drawing(codes: &str) -> Option<bool> {
    let scale = |code: &str| {
        let digits = code.strip_prefix('p')?.trim_end();
        (!digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()))
            .then(|| digits.bytes().any(|byte| byte != b'0'))
    };
    codes.split('\\').filter_map(scale).next_back()
}
