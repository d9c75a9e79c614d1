//! What is left as it is because the user or the document says so.
//!
//! - `--protect REGEX`: what matches, looked for line by line, so that a text gives the same whether it is read whole or as a stream.
//! - Switches in comments: `tongwen:off` to `tongwen:on`, and `tongwen:off-next-line`. In plain text, which has no comments, a switch counts behind a comment
//!   sign at the start of a line (`# // ; -- % /* <!-- ..`); in other formats behind a comment sign anywhere (in catalogues `#` and `#.`, in subtitles
//!   `;` and `NOTE`; in tables a line that begins with `#`; JSON has no comments).
//! - Front matter with a line `tongwen: false`: the whole document.
//!
//! ```text
//! 头发                       converted
//! # tongwen:off-next-line    a comment like any other
//! 头发                       left
//! ```

use std::fmt;
use std::ops::Range;

use memchr::memmem::find;
use regex::bytes::Regex;
use tongwen_formats::Format;

use crate::messages::Failure;

const SWITCH: &[u8] = b"tongwen:";
/// Front matter is not longer.
const FRONT_MATTER: usize = 64 * 1024;
/// What comments begin with.
const SIGNS: [&[u8]; 11] = [b"<!--", b"//", b"/*", b"#", b"#.", b";", b"--", b"%", b"..", b"*", b"NOTE"];

/// What is asked to be left.
#[derive(Clone, Debug, Default)]
pub(crate) struct Protection {
    patterns: Vec<Regex>,
}

/// What has been said in the text so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct State {
    started: bool,
    all: bool,
    off: bool,
    next_line: bool,
}

impl State {
    /// What is probably the state some lines later.
    pub(crate) fn later(self) -> State {
        State { started: true, next_line: false, ..self }
    }
}

/// Where a switch counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Comments {
    AtLineStart,
    Anywhere,
}

impl Comments {
    pub(crate) fn of(format: Format) -> Comments {
        if format == Format::Text { Comments::AtLineStart } else { Comments::Anywhere }
    }
}

enum Switch {
    Off,
    On,
    OffNextLine,
}

impl Protection {
    pub(crate) fn new(patterns: &[String]) -> Result<Protection, Failure> {
        Ok(Protection { patterns: expressions(patterns, "--protect")? })
    }

    /// The patterns, and what each leaves of a line: sorted, disjoint ranges.
    pub(crate) fn found(&self, line: &[u8]) -> Vec<(&str, Vec<Range<usize>>)> {
        let found = |pattern: &Regex| pattern.find_iter(line).map(|found| found.range()).collect();
        self.patterns.iter().map(|pattern| (pattern.as_str(), found(pattern))).collect()
    }

    /// The stretches of a text that are left: sorted, disjoint byte ranges. A text that comes in pieces is given in whole lines, with one state.
    pub(crate) fn ranges(&self, text: &[u8], comments: Comments, state: &mut State) -> Vec<Range<usize>> {
        if !std::mem::replace(&mut state.started, true) {
            state.all = is_switched_off(text);
        }
        if state.all {
            return std::iter::once(0..text.len()).filter(|range| !range.is_empty()).collect();
        }
        let mut ranges = Vec::new();
        let has_switches = state.off || state.next_line || find(text, SWITCH).is_some();
        if self.patterns.is_empty() && !has_switches {
            return ranges;
        }
        let mut start = 0;
        for line in text.split_inclusive(|&byte| byte == b'\n') {
            let range = start..start + line.len();
            start = range.end;
            if std::mem::take(&mut state.next_line) {
                ranges.push(range);
                continue;
            }
            for pattern in &self.patterns {
                let found = pattern.find_iter(line.strip_suffix(b"\n").unwrap_or(line));
                ranges.extend(found.map(|found| range.start + found.start()..range.start + found.end()));
            }
            if has_switches {
                switched(line, range.start, comments, state, &mut ranges);
            }
        }
        joined(ranges)
    }
}

/// The patterns as they are looked for; `place` is where they are said.
pub(crate) fn expressions(patterns: &[String], place: impl fmt::Display) -> Result<Vec<Regex>, Failure> {
    let read = |pattern: &String| {
        Regex::new(pattern).map_err(|error| {
            let text = error.to_string();
            let last = text.lines().last().unwrap_or_default().trim_start_matches("error: ");
            Failure::at(&place, format_args!("`{pattern}` is no regular expression: {last}"))
        })
    };
    patterns.iter().map(read).collect()
}

/// Obeys the switches of a line.
fn switched(line: &[u8], start: usize, comments: Comments, state: &mut State, ranges: &mut Vec<Range<usize>>) {
    let mut at = 0;
    let mut from = state.off.then_some(0);
    while let Some(found) = find(&line[at..], SWITCH) {
        let place = at + found;
        at = place + SWITCH.len();
        if !is_in_comment(&line[..place], comments) {
            continue;
        }
        match switch(&line[at..]) {
            Some(Switch::Off) => {
                from.get_or_insert(at + "off".len());
            }
            Some(Switch::On) => {
                if let Some(from) = from.take() {
                    ranges.push(start + from..start + place);
                }
            }
            Some(Switch::OffNextLine) => state.next_line = true,
            None => {}
        }
    }
    state.off = from.is_some();
    if let Some(from) = from {
        ranges.push(start + from..start + line.len());
    }
}

fn switch(behind: &[u8]) -> Option<Switch> {
    let end = behind.iter().position(|&byte| !(byte.is_ascii_alphanumeric() || byte == b'-')).unwrap_or(behind.len());
    // `-->` may follow at once.
    match behind[..end].strip_suffix(b"--").unwrap_or(&behind[..end]) {
        b"off" => Some(Switch::Off),
        b"on" => Some(Switch::On),
        b"off-next-line" => Some(Switch::OffNextLine),
        _ => None,
    }
}

fn is_in_comment(before: &[u8], comments: Comments) -> bool {
    let before = before.trim_ascii_end();
    let Some(sign) = SIGNS.iter().find(|sign| before.ends_with(sign)) else { return false };
    match comments {
        Comments::Anywhere => true,
        // `##` and `///` are signs too.
        Comments::AtLineStart => before.trim_ascii_start().iter().all(|byte| sign.contains(byte)),
    }
}

/// Whether front matter says that the document is not to be converted.
fn is_switched_off(text: &[u8]) -> bool {
    let text = text.strip_prefix("\u{feff}".as_bytes()).unwrap_or(text);
    let mut lines = text[..text.len().min(FRONT_MATTER)].split(|&byte| byte == b'\n').map(<[u8]>::trim_ascii_end);
    let (fence, key): (&[u8], &[u8]) = match lines.next() {
        Some(b"---") => (b"---", b"tongwen:"),
        Some(b"+++") => (b"+++", b"tongwen ="),
        _ => return false,
    };
    let mut off = false;
    for line in lines {
        if line == fence || line == b"..." {
            return off;
        }
        off |= line.strip_prefix(key).is_some_and(|value| value.trim_ascii() == b"false");
    }
    false
}

/// Sorted, without overlaps, none empty.
fn joined(mut ranges: Vec<Range<usize>>) -> Vec<Range<usize>> {
    ranges.retain(|range| !range.is_empty());
    ranges.sort_by_key(|range| range.start);
    let mut joined: Vec<Range<usize>> = Vec::with_capacity(ranges.len());
    for range in ranges {
        match joined.last_mut() {
            Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
            _ => joined.push(range),
        }
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::*;

    fn left(patterns: &[&str], text: &str, comments: Comments) -> Vec<String> {
        let patterns: Vec<String> = patterns.iter().map(|pattern| pattern.to_string()).collect();
        let protection = Protection::new(&patterns).unwrap();
        let whole = protection.ranges(text.as_bytes(), comments, &mut State::default());
        // Line by line, it is the same.
        let (mut state, mut start, mut pieces) = (State::default(), 0, Vec::new());
        if !text.starts_with("---") {
            for line in text.split_inclusive('\n') {
                let ranges = protection.ranges(line.as_bytes(), comments, &mut state);
                pieces.extend(ranges.into_iter().map(|range| range.start + start..range.end + start));
                start += line.len();
            }
            assert_eq!(joined(pieces), whole, "{text}");
        }
        whole.into_iter().map(|range| text[range].to_string()).collect()
    }

    #[test]
    fn switches_count_in_comments() {
        let text = "甲\n# tongwen:off\n乙\n# tongwen:on\n丙\n// tongwen:off-next-line\n丁\n戊 # tongwen:off\n";
        assert_eq!(left(&[], text, Comments::AtLineStart), ["\n乙\n# ", "丁\n"]);
        assert_eq!(left(&[], text, Comments::Anywhere), ["\n乙\n# ", "丁\n", "\n"]);
        let inline = "甲<!-- tongwen:off -->乙<!--tongwen:on-->丙 tongwen:off 丁 <!-- tongwen:office -->";
        assert_eq!(left(&[], inline, Comments::Anywhere), [" -->乙<!--"]);
        assert_eq!(
            left(&[], "NOTE tongwen:off-next-line\n甲\n#. tongwen:off\n乙", Comments::Anywhere),
            ["甲\n", "\n乙"]
        );
        assert_eq!(left(&[], "<!--tongwen:off-->\n乙", Comments::AtLineStart), ["-->\n乙"]);
    }

    #[test]
    fn what_matches_is_left_line_by_line() {
        assert_eq!(left(&["《[^》]*》", r"\bx\w+"], "甲《乙》xyz《丙\n丁》", Comments::Anywhere), ["《乙》xyz"]);
        assert_eq!(left(&["^.*版权.*$"], "一\n版权所有\n三\n", Comments::AtLineStart), ["版权所有"]);
        let error = Protection::new(&["(".to_string()]).unwrap_err().text();
        assert!(error.starts_with("--protect: `(` is no regular expression: "), "{error}");
    }

    #[test]
    fn front_matter_may_switch_all_off() {
        let text = "---\ntitle: 头发\ntongwen: false\n---\n头发\n";
        assert_eq!(left(&[], text, Comments::Anywhere), [text]);
        assert_eq!(left(&[], &text.replace("false", "true"), Comments::Anywhere), [""; 0]);
        assert_eq!(left(&[], "---\ntongwen: false\n", Comments::Anywhere), [""; 0]);
    }
}
