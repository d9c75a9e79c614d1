//! `tongwen explain`: why each stretch of a text became what it became.
//!
//! For every stretch that changes, where it is and what it became; below it the dictionary entries that did it, in the order of the
//! stages, each with the candidates that it would have had besides:
//!
//! ```text
//! 1:1: 软件 → 軟體
//!   STCharacters.txt:2026: 软 → 軟
//!   TWPhrases.txt:713: 軟件 → 軟體 (2 characters)
//! ```
//!
//! What stays because something protects it has its place too, unless there is nothing in it that could change:
//!
//! ```text
//! 1:4: -{里}- stays: protected by its markup
//! 1:9: 头发 stays: protected by words.txt:3
//! 2:1: 《里面》 stays: protected by --protect `《.*》`
//! ```
//!
//! At the end stand pairs that would decide otherwise, ready to be pasted into a dictionary of one's own.

use std::ops::Range;
use std::path::Path;

use serde::Serialize;
use tongwen::{Converter, Markers, Reason, Trace};
use tongwen_formats::Format;

use crate::arguments::ExplainArguments;
use crate::conversion::{Conversion, MarkersKnownBy, Prose};
use crate::input::Input;
use crate::messages::{self, Exit, Failure, Printable};
use crate::output::Output;
use crate::protection::{Comments, Protection, State};

/// The version of the machine output.
const SCHEMA: u32 = 1;

pub(crate) fn run(arguments: &ExplainArguments) -> Result<Exit, Failure> {
    let (configured, mut patterns) = arguments.conversion.configured()?;
    patterns.extend_from_slice(&arguments.protect);
    let conversion = Conversion::new(&configured, MarkersKnownBy::Converter, Prose::Other)?;
    let protection = Protection::new(&patterns)?;
    let Some(converter) = conversion.converter() else {
        return Err(Failure::new("the engine `opencc` cannot say what it does; leave --engine out"));
    };
    let text = match &arguments.text {
        Some(text) if text != "-" => text.clone(),
        _ => Input::Standard.read_text()?,
    };
    let markers = if configured.no_markers { Markers::Convert } else { Markers::Keep };
    let protected = Protected::new(&text, &protection, markers);
    let trace = converter.explain_ranges(&text, &protected.rest(text.len()));
    let explanation = Explanation::new(&text, &trace, &protected, converter);
    let mut output = if arguments.json {
        serde_json::to_string(&explanation).expect("a record of strings and numbers is always JSON") + "\n"
    } else {
        explanation.lines()
    };
    if output.is_empty() {
        output.push_str("nothing changes\n");
    }
    let mut writer = Output::Standard.open()?;
    writer.write(output.as_bytes())?;
    writer.finish()?;
    if let Some(text) = arguments.text.as_deref().filter(|text| Path::new(text).is_file()) {
        messages::remark(format_args!(
            "`{text}` was read as a text; what is in the file is explained by `tongwen explain < FILE`"
        ));
    }
    Ok(Exit::Done)
}

#[derive(Serialize)]
struct Explanation<'a> {
    schema: u32,
    source: &'a str,
    result: String,
    changes: Vec<Change<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    protected: Vec<Stay<'a>>,
}

/// A stretch that stays although it would change.
#[derive(Serialize)]
struct Stay<'a> {
    line: usize,
    column: usize,
    start: usize,
    end: usize,
    text: &'a str,
    /// What protects it: `markup`, `comment`, a pattern, or a file and its line.
    by: By,
}

#[derive(Clone, Debug, Serialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
enum By {
    Markup,
    Comment,
    Pattern(String),
    Dictionary { file: String, line: usize },
}

impl std::fmt::Display for By {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            By::Markup => f.write_str("its markup"),
            By::Comment => f.write_str("a switch in a comment"),
            By::Pattern(pattern) => write!(f, "--protect `{pattern}`"),
            By::Dictionary { file, line } => write!(f, "{file}:{line}"),
        }
    }
}

/// What of a text is left, and why: sorted, disjoint.
struct Protected(Vec<(Range<usize>, By)>);

impl Protected {
    fn new(text: &str, protection: &Protection, markers: Markers) -> Protected {
        let spans = match markers {
            Markers::Keep => tongwen::markers::protected_spans(text),
            Markers::Convert => Vec::new(),
        };
        let mut all: Vec<(Range<usize>, By)> = spans.iter().map(|span| (span.clone(), By::Markup)).collect();
        let mut spans = spans.into_iter().peekable();
        // The line that was asked about last, and what the patterns leave of it.
        let mut asked = (0..0, protection.found(b""));
        for range in protection.ranges(text.as_bytes(), Comments::of(Format::Text), &mut State::default()) {
            // A pattern is asked about each line alone, as it was looked for.
            let mut start = range.start;
            for part in text[range].split_inclusive('\n') {
                let (from, to) = (start, start + part.len());
                start = to;
                if asked.0.is_empty() || asked.0.end < from {
                    let line_start = text[..from].rfind('\n').map_or(0, |end| end + 1);
                    let line_end = text[from..].find('\n').map_or(text.len(), |end| from + end);
                    asked = (line_start..line_end, protection.found(&text.as_bytes()[line_start..line_end]));
                }
                let (line, found) = &asked;
                let place = from - line.start..to.min(line.end).max(from) - line.start;
                let meets = |(_, found): &&(&str, Vec<Range<usize>>)| {
                    let next = found.partition_point(|found| found.end <= place.start);
                    found.get(next).is_some_and(|found| found.start < place.end)
                };
                let by = found.iter().find(meets).map_or(By::Comment, |(pattern, _)| By::Pattern(pattern.to_string()));
                // Where both protect, the markup is named.
                let mut at = from;
                while let Some(span) = spans.next_if(|span| span.start < to) {
                    if at < span.start {
                        all.push((at..span.start, by.clone()));
                    }
                    at = at.max(span.end);
                }
                if at < to {
                    all.push((at..to, by));
                }
            }
        }
        all.sort_by_key(|(range, _)| range.start);
        Protected(all)
    }

    /// The ranges between.
    fn rest(&self, length: usize) -> Vec<Range<usize>> {
        let mut ranges = Vec::new();
        let mut at = 0;
        for (range, _) in &self.0 {
            ranges.push(at..range.start.max(at));
            at = at.max(range.end);
        }
        ranges.push(at..length);
        ranges
    }
}

/// A stretch that has become another.
#[derive(Serialize)]
struct Change<'a> {
    /// From 1.
    line: usize,
    /// Unicode scalar values, from 1.
    column: usize,
    /// Bytes of the source.
    start: usize,
    end: usize,
    from: &'a str,
    to: &'a str,
    /// A line for a file that is given with --dict, to decide otherwise: another candidate, or the source itself.
    #[serde(rename = "override")]
    override_line: String,
    steps: Vec<Step<'a>>,
}

/// An entry that has changed the text.
#[derive(Serialize)]
struct Step<'a> {
    dictionary: &'a str,
    entry_line: Option<usize>,
    from: &'a str,
    to: &'a str,
    /// How many characters matched.
    characters: usize,
    not_taken: Vec<&'a str>,
}

impl<'a> Explanation<'a> {
    fn new(source: &'a str, trace: &'a Trace, left: &Protected, converter: &Converter) -> Explanation<'a> {
        let (mut changes, mut protected) = (Vec::new(), Vec::new());
        let mut left = left.0.iter().peekable();
        let (mut line, mut column) = (1, 1);
        for piece in trace.pieces() {
            let from = &source[piece.range.clone()];
            if piece.output != from {
                let (start, end) = (piece.range.start, piece.range.end);
                let to = piece.output;
                let steps = steps(from, to, piece.reason);
                let override_line = override_line(from, to, &steps);
                changes.push(Change { line, column, start, end, from, to, override_line, steps });
            }
            let stays = |range: &Range<usize>, by: By| {
                let (line, column) = after((line, column), &source[piece.range.start..range.start]);
                Stay { line, column, start: range.start, end: range.end, text: &source[range.clone()], by }
            };
            match piece.reason {
                Reason::User { dictionary, line } if piece.output == from => {
                    protected.push(stays(&piece.range, By::Dictionary { file: dictionary.to_string(), line }));
                }
                _ => {
                    while let Some((range, by)) = left.next_if(|(range, _)| range.start < piece.range.end) {
                        // What would not change anyway is of no interest.
                        let text = &source[range.clone()];
                        if converter.convert_ranges(text, std::slice::from_ref(&(0..text.len())))[0] != text {
                            protected.push(stays(range, by.clone()));
                        }
                    }
                }
            }
            (line, column) = after((line, column), from);
        }
        Explanation { schema: SCHEMA, source, result: trace.output(), changes, protected }
    }

    fn lines(&self) -> String {
        let (mut places, mut overrides) = (Vec::new(), Vec::new());
        for Change { line, column, start, from, to, steps, override_line, .. } in &self.changes {
            let mut lines = vec![format!("{line}:{column}: {from} → {to}")];
            for Step { dictionary, entry_line, from, to, characters, not_taken } in steps {
                let place = entry_line.map(|line| format!(":{line}")).unwrap_or_default();
                let others =
                    if not_taken.is_empty() { String::new() } else { format!("; not taken: {}", not_taken.join(" ")) };
                let length = if *characters == 1 { String::new() } else { format!(" ({characters} characters)") };
                lines.push(format!("  {dictionary}{place}: {from} → {to}{length}{others}"));
            }
            // The tab stays one, to be copied.
            let (source, target) = override_line.split_once('\t').expect("an override is a pair");
            overrides.push(format!("{}\t{}", Printable(source), Printable(target)));
            places.push((*start, lines));
        }
        for Stay { line, column, start, text, by, .. } in &self.protected {
            let line = format!("{line}:{column}: {} stays: protected by {by}", text.trim_end_matches('\n'));
            places.push((*start, vec![line]));
        }
        places.sort_by_key(|(start, _)| *start);
        let mut text: String =
            places.iter().flat_map(|(_, lines)| lines).map(|line| format!("{}\n", Printable(line))).collect();
        if !overrides.is_empty() {
            overrides.sort();
            overrides.dedup();
            text += "\n# to have it otherwise: lines for a file that is given with --dict\n";
            text.extend(overrides.iter().map(|line| format!("{line}\n")));
        }
        text
    }
}

/// The place behind a text that begins at a place; lines and columns from 1.
fn after((line, column): (usize, usize), text: &str) -> (usize, usize) {
    match text.rfind('\n') {
        Some(last) => (line + text.matches('\n').count(), 1 + text[last + 1..].chars().count()),
        None => (line, column + text.chars().count()),
    }
}

/// A pair that decides otherwise.
fn override_line(from: &str, to: &str, steps: &[Step<'_>]) -> String {
    // A candidate that was not taken is one for the source only where the source is what matched.
    let other =
        steps.iter().filter(|step| step.from == from).flat_map(|step| &step.not_taken).find(|other| **other != to);
    format!("{from}\t{}", other.unwrap_or(&from))
}

fn steps<'a>(from: &'a str, to: &'a str, reason: Reason<'a>) -> Vec<Step<'a>> {
    match reason {
        Reason::User { dictionary, line } => {
            let characters = from.chars().count();
            vec![Step { dictionary, entry_line: Some(line), from, to, characters, not_taken: Vec::new() }]
        }
        Reason::Matches(unit) => {
            let changing = unit.matches.iter().filter(|found| found.changes());
            let step = |found: &'a tongwen::TraceMatch| Step {
                dictionary: found.dictionary().name(),
                entry_line: found.line(),
                from: found.key(),
                to: found.replacement(),
                characters: found.key().chars().count(),
                not_taken: found.candidates().filter(|&candidate| candidate != found.replacement()).collect(),
            };
            changing.map(step).collect()
        }
        // Nothing that is left or protected changes.
        _ => Vec::new(),
    }
}
