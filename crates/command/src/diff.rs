//! What would change in a text, as a unified diff that `patch` takes.
//!
//! Conversion hardly ever changes how many lines there are, so lines are compared one by one, in linear time. Where the number does differ, the
//! lines between the first and the last that differ are aligned by a search for the shortest list of edits.
//!
//! With colours, the characters that change stand out in their lines.

use similar::{Algorithm, DiffOp, capture_diff_slices};

/// Lines without change around those with one.
const CONTEXT: usize = 3;
/// Lines of more characters are coloured as a whole.
const LONGEST_ALIGNED: usize = 2_000;

const RED: &str = "\u{1b}[31m";
const GREEN: &str = "\u{1b}[32m";
const CYAN: &str = "\u{1b}[36m";
const BOLD: &str = "\u{1b}[1m";
const INVERSE: &str = "\u{1b}[7m";
const NOT_INVERSE: &str = "\u{1b}[27m";
const RESET: &str = "\u{1b}[0m";

/// How a diff is shown.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Style {
    pub(crate) colored: bool,
    /// Whether control characters are escaped: then it is no patch any more.
    pub(crate) escaped: bool,
}

/// Lines that differ: a range of the old text and one of the new.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Change {
    old: std::ops::Range<usize>,
    new: std::ops::Range<usize>,
}

/// The diff of two texts; empty if they are equal.
pub(crate) fn unified(name: &str, old: &str, new: &str, style: Style) -> String {
    let (old, new) = (lines(old), lines(new));
    let changes = changes(&old, &new);
    let mut output = Output { text: String::new(), style };
    if !changes.is_empty() {
        output.head("--- ", name);
        output.head("+++ ", name);
    }
    let mut rest = changes.as_slice();
    while let Some(first) = rest.first() {
        // Changes whose contexts touch share a hunk.
        let together = rest.windows(2).take_while(|two| two[1].old.start - two[0].old.end <= 2 * CONTEXT).count() + 1;
        let (hunk, after) = rest.split_at(together);
        let last = &hunk[together - 1];
        let before = first.old.start.min(CONTEXT);
        let behind = (old.len() - last.old.end).min(CONTEXT);
        let (old_start, old_end) = (first.old.start - before, last.old.end + behind);
        let (new_start, new_end) = (first.new.start - before, last.new.end + behind);
        output.place(old_start..old_end, new_start..new_end);
        let mut at = old_start;
        for change in hunk {
            output.lines(' ', &old[at..change.old.start]);
            output.change(&old[change.old.clone()], &new[change.new.clone()]);
            at = change.old.end;
        }
        output.lines(' ', &old[at..old_end]);
        rest = after;
    }
    output.text
}

fn lines(text: &str) -> Vec<&str> {
    text.split_inclusive('\n').collect()
}

fn changes(old: &[&str], new: &[&str]) -> Vec<Change> {
    let mut changes: Vec<Change> = Vec::new();
    if old.len() == new.len() {
        for at in (0..old.len()).filter(|&at| old[at] != new[at]) {
            match changes.last_mut() {
                Some(last) if last.old.end == at => (last.old.end, last.new.end) = (at + 1, at + 1),
                _ => changes.push(Change { old: at..at + 1, new: at..at + 1 }),
            }
        }
        return changes;
    }
    let start = old.iter().zip(new).take_while(|(left, right)| left == right).count();
    let behind = old[start..].iter().rev().zip(new[start..].iter().rev()).take_while(|(left, right)| left == right);
    let behind = behind.count();
    let (old, new) = (&old[start..old.len() - behind], &new[start..new.len() - behind]);
    for op in capture_diff_slices(Algorithm::Patience, old, new) {
        if !matches!(op, DiffOp::Equal { .. }) {
            let (old, new) = (op.old_range(), op.new_range());
            let shifted = |range: std::ops::Range<usize>| range.start + start..range.end + start;
            changes.push(Change { old: shifted(old), new: shifted(new) });
        }
    }
    changes
}

struct Output {
    text: String,
    style: Style,
}

impl Output {
    fn head(&mut self, sign: &str, name: &str) {
        let name = crate::messages::Printable(name).to_string();
        let line = format!("{sign}{name}");
        self.colored(BOLD, &line);
        self.text.push('\n');
    }

    fn place(&mut self, old: std::ops::Range<usize>, new: std::ops::Range<usize>) {
        let side = |range: std::ops::Range<usize>| match range.len() {
            // A range without lines is named by the line before it.
            0 => format!("{},0", range.start),
            1 => format!("{}", range.start + 1),
            length => format!("{},{length}", range.start + 1),
        };
        let line = format!("@@ -{} +{} @@", side(old), side(new));
        self.colored(CYAN, &line);
        self.text.push('\n');
    }

    fn colored(&mut self, color: &str, text: &str) {
        match self.style.colored {
            true => self.text.extend([color, text, RESET]),
            false => self.text.push_str(text),
        }
    }

    fn lines(&mut self, sign: char, lines: &[&str]) {
        for line in lines {
            self.text.push(sign);
            self.shown(line.strip_suffix('\n').unwrap_or(line));
            self.end(line);
        }
    }

    fn shown(&mut self, text: &str) {
        match self.style.escaped {
            true => self.text.push_str(&crate::messages::Printable(text).to_string()),
            false => self.text.push_str(text),
        }
    }

    fn end(&mut self, line: &str) {
        self.text.push('\n');
        if !line.ends_with('\n') {
            self.text.push_str("\\ No newline at end of file\n");
        }
    }

    /// Lines that go and lines that come.
    fn change(&mut self, old: &[&str], new: &[&str]) {
        if !self.style.colored {
            self.lines('-', old);
            self.lines('+', new);
            return;
        }
        // Lines that stand across from each other are compared character by character.
        let pairs: Vec<(Vec<Mark>, Vec<Mark>)> = old.iter().zip(new).map(|(old, new)| marks(old, new)).collect();
        for (number, line) in old.iter().enumerate() {
            self.marked('-', RED, line, pairs.get(number).map(|pair| pair.0.as_slice()));
        }
        for (number, line) in new.iter().enumerate() {
            self.marked('+', GREEN, line, pairs.get(number).map(|pair| pair.1.as_slice()));
        }
    }

    fn marked(&mut self, sign: char, color: &str, line: &str, marks: Option<&[Mark]>) {
        let text = line.strip_suffix('\n').unwrap_or(line);
        self.text.push_str(color);
        self.text.push(sign);
        let mut at = 0;
        for mark in marks.unwrap_or_default() {
            let (start, end) = (mark.start.min(text.len()), mark.end.min(text.len()));
            self.shown(&text[at..start]);
            if start < end {
                self.text.push_str(INVERSE);
                self.shown(&text[start..end]);
                self.text.push_str(NOT_INVERSE);
            }
            at = end;
        }
        self.shown(&text[at..]);
        self.text.push_str(RESET);
        self.end(line);
    }
}

/// Bytes of a line that change.
type Mark = std::ops::Range<usize>;

/// What changes in a line, in the old one and in the new one.
fn marks(old: &str, new: &str) -> (Vec<Mark>, Vec<Mark>) {
    let places = |line: &str| -> Vec<(usize, char)> { line.char_indices().collect() };
    let (old_places, new_places) = (places(old), places(new));
    if old_places.len().max(new_places.len()) > LONGEST_ALIGNED {
        let whole = |line: &str| std::iter::once(0..line.len()).collect();
        return (whole(old), whole(new));
    }
    let characters =
        |places: &[(usize, char)]| -> Vec<char> { places.iter().map(|(_, character)| *character).collect() };
    let bytes = |places: &[(usize, char)], end: usize, range: std::ops::Range<usize>| {
        let at = |number: usize| places.get(number).map_or(end, |(at, _)| *at);
        at(range.start)..at(range.end)
    };
    let mut marks = (Vec::new(), Vec::new());
    for op in capture_diff_slices(Algorithm::Myers, &characters(&old_places), &characters(&new_places)) {
        if !matches!(op, DiffOp::Equal { .. }) {
            marks.0.push(bytes(&old_places, old.len(), op.old_range()));
            marks.1.push(bytes(&new_places, new.len(), op.new_range()));
        }
    }
    marks
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: Style = Style { colored: false, escaped: false };

    #[test]
    fn hunks_have_context_and_touching_ones_are_one() {
        let old: String = (1..=30).map(|number| format!("{number}\n")).collect();
        let new = old.replace("\n5\n", "\n五\n").replace("\n9\n", "\n九\n").replace("\n25\n", "\n廿五\n");
        let diff = unified("x", &old, &new, PLAIN);
        assert!(diff.starts_with("--- x\n+++ x\n@@ -2,11 +2,11 @@\n 2\n 3\n 4\n-5\n+五\n 6\n"), "{diff}");
        assert!(diff.contains("-9\n+九\n 10\n 11\n 12\n@@ -22,7 +22,7 @@\n 22\n"), "{diff}");
        assert_eq!(unified("x", &old, &old, PLAIN), "");
    }

    #[test]
    fn lines_may_go_and_the_last_may_have_no_end() {
        assert_eq!(
            unified("x", "a\nb\nc", "a\nc", PLAIN),
            "--- x\n+++ x\n@@ -1,3 +1,2 @@\n a\n-b\n c\n\\ No newline at end of file\n"
        );
        assert_eq!(
            unified("x", "a", "b\n", PLAIN),
            "--- x\n+++ x\n@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+b\n"
        );
        assert_eq!(unified("x", "a\n", "", PLAIN), "--- x\n+++ x\n@@ -1 +0,0 @@\n-a\n");
    }

    #[test]
    fn changed_characters_stand_out() {
        let style = Style { colored: true, escaped: true };
        let diff = unified("x", "他的头发\u{1b}\n", "他的頭髮\u{1b}\n", style);
        assert!(diff.contains("\u{1b}[31m-他的\u{1b}[7m头发\u{1b}[27m\\u{1b}\u{1b}[0m\n"), "{diff:?}");
        assert!(diff.contains("\u{1b}[32m+他的\u{1b}[7m頭髮\u{1b}[27m\\u{1b}\u{1b}[0m\n"), "{diff:?}");
    }
}
