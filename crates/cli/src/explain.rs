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
//! At the end stand pairs that would decide otherwise, ready to be pasted into a dictionary of one's own.

use serde::Serialize;
use tongwen::{Reason, Trace};

use crate::arguments::ExplainArguments;
use crate::conversion::{Conversion, MarkersKnownBy, Prose};
use crate::input::Input;
use crate::messages::{Exit, Failure, Printable};
use crate::output::Output;

/// The version of the machine output.
const SCHEMA: u32 = 1;

pub(crate) fn run(arguments: &ExplainArguments) -> Result<Exit, Failure> {
    let conversion = Conversion::new(&arguments.conversion.configured()?, MarkersKnownBy::Converter, Prose::Other)?;
    let Some(converter) = conversion.converter() else {
        return Err(Failure::new("the engine `opencc` cannot say what it does; leave --engine out"));
    };
    let text = match &arguments.text {
        Some(text) if text != "-" => text.clone(),
        _ => Input::Standard.read_text()?,
    };
    let trace = converter.explain(&text);
    let explanation = Explanation::new(&text, &trace);
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
    Ok(Exit::Done)
}

#[derive(Serialize)]
struct Explanation<'a> {
    schema: u32,
    source: &'a str,
    result: String,
    changes: Vec<Change<'a>>,
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
    fn new(source: &'a str, trace: &'a Trace) -> Explanation<'a> {
        let mut changes = Vec::new();
        let (mut line, mut column) = (1, 1);
        for piece in trace.pieces() {
            let from = &source[piece.range.clone()];
            if piece.output != from {
                let (start, end) = (piece.range.start, piece.range.end);
                let steps = steps(from, &piece.output, &piece.reason);
                let override_line = override_line(from, &piece.output, &steps);
                changes.push(Change { line, column, start, end, from, to: &piece.output, override_line, steps });
            }
            match from.rfind('\n') {
                Some(last) => {
                    line += from.matches('\n').count();
                    column = 1 + from[last + 1..].chars().count();
                }
                None => column += from.chars().count(),
            }
        }
        Explanation { schema: SCHEMA, source, result: trace.output(), changes }
    }

    fn lines(&self) -> String {
        let (mut lines, mut overrides) = (Vec::new(), Vec::new());
        for Change { line, column, from, to, steps, override_line, .. } in &self.changes {
            lines.push(format!("{line}:{column}: {from} → {to}"));
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
        }
        let mut text: String = lines.iter().map(|line| format!("{}\n", Printable(line))).collect();
        if !overrides.is_empty() {
            overrides.sort();
            overrides.dedup();
            text += "\n# to have it otherwise: lines for a file that is given with --dict\n";
            text.extend(overrides.iter().map(|line| format!("{line}\n")));
        }
        text
    }
}

/// A pair that decides otherwise.
fn override_line(from: &str, to: &str, steps: &[Step<'_>]) -> String {
    // A candidate that was not taken is one for the source only where the source is what matched.
    let other =
        steps.iter().filter(|step| step.from == from).flat_map(|step| &step.not_taken).find(|other| **other != to);
    format!("{from}\t{}", other.unwrap_or(&from))
}

fn steps<'a>(from: &'a str, to: &'a str, reason: &'a Reason) -> Vec<Step<'a>> {
    match reason {
        Reason::User { dictionary, line } => {
            let characters = from.chars().count();
            vec![Step { dictionary, entry_line: Some(*line), from, to, characters, not_taken: Vec::new() }]
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
