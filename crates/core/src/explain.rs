//! Why each stretch of a text became what it became, and the list of edits that follows from it.
//!
//! The fast path knows what, not why: its tables are fused and have forgotten the dictionaries. So the same stretches that it would
//! convert are run through the staged engine here, which keeps every match. The two give the same text; tests hold them to it.
//!
//! # Cost
//!
//! 3 to 50 MB/s (the list of edits alone comes ten times as fast: `edits.rs`), and once per process some milliseconds to read the text tables that the recipe needs.

use std::fmt;
use std::ops::{Deref, Range};
use std::sync::Arc;

use crate::converter::{Converter, Stretch};
use crate::route::{Keys, Route};
use crate::step::Step;
use crate::table::Table;
use crate::user_matches::{PageView, PairMatch};
use crate::{Mixed, PagePairs, StagedEngine, TraceUnit};

/// One replacement in a text: where, and through [`Deref`] what and why.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Edit {
    /// Bytes of the source.
    pub range: Range<usize>,
    pub(crate) shared: Arc<Replacement>,
}

/// What takes the place of a stretch of source, and why. Edits that do the same share it, since a text has many of the same.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Replacement {
    /// What takes the place of the source.
    pub replacement: String,
    /// The dictionary whose entry decided: a table of OpenCC's (`TWPhrases.txt`), the name of a user dictionary, or
    /// [`PAGE_RULE`].
    pub dictionary: String,
    /// The key of that entry.
    pub entry: String,
    /// Its line in the dictionary's file, from 1.
    pub line: Option<usize>,
    /// Where the rule stands that made the entry, if a page did: what [`PagePairs::set_origin`] was told.
    pub origin: Option<usize>,
    /// The entry's other candidates, which were not taken.
    pub not_taken: Vec<String>,
}

impl Deref for Edit {
    type Target = Replacement;

    fn deref(&self) -> &Replacement {
        &self.shared
    }
}

/// What the page's own pairs are called where a dictionary is named.
pub const PAGE_RULE: &str = "page rule";

/// A text cut into pieces, each with its reason. The sources of the pieces, joined, are the text; their outputs are the result.
#[derive(Clone, Debug)]
pub struct Trace {
    pieces: Vec<Piece>,
}

/// A piece of a text and what became of it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Piece {
    /// Bytes of the source.
    pub range: Range<usize>,
    /// What they became.
    pub output: String,
    /// Why.
    pub reason: Reason,
}

/// Why a piece became what it became.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Reason {
    /// It lies in a protected span.
    Protected,
    /// It is left: already in the target's script, or nothing was to be done.
    Left,
    /// A pair of the user's.
    User {
        /// The file.
        dictionary: String,
        /// The line in it, from 1.
        line: usize,
    },
    /// A pair of the page's own.
    PageRule {
        /// Where the rule stands that made it: what [`PagePairs::set_origin`] was told.
        origin: Option<usize>,
    },
    /// The matches of the recipe, stage by stage; none where nothing is known of the characters.
    Matches(TraceUnit),
}

impl Trace {
    /// The pieces in the order of the text.
    pub fn pieces(&self) -> &[Piece] {
        &self.pieces
    }

    /// The converted text.
    pub fn output(&self) -> String {
        self.pieces.iter().map(|piece| piece.output.as_str()).collect()
    }

    /// The replacements, in the order of the text: the pieces whose output is not their source, each with the entry that decided.
    pub fn edits(&self, source: &str) -> Vec<Edit> {
        self.pieces.iter().filter_map(|piece| piece.edit(&source[piece.range.clone()])).collect()
    }
}

impl Piece {
    /// A unit that stands where it is in the text.
    pub(crate) fn of_unit(unit: TraceUnit) -> Piece {
        Piece { range: unit.source.clone(), output: unit.output.clone(), reason: Reason::Matches(unit) }
    }

    pub(crate) fn edit(&self, source: &str) -> Option<Edit> {
        if self.output == source {
            return None;
        }
        let edit = |dictionary: &str, entry: &str, line, origin, not_taken| Edit {
            range: self.range.clone(),
            shared: Arc::new(Replacement {
                replacement: self.output.clone(),
                dictionary: dictionary.to_string(),
                entry: entry.to_string(),
                line,
                origin,
                not_taken,
            }),
        };
        match &self.reason {
            Reason::Protected | Reason::Left => None,
            Reason::User { dictionary, line } => Some(edit(dictionary, source, Some(*line), None, Vec::new())),
            Reason::PageRule { origin } => Some(edit(PAGE_RULE, source, None, *origin, Vec::new())),
            Reason::Matches(unit) => {
                let found = unit.decisive()?;
                let not_taken = found.candidates().skip(1).map(str::to_string).collect();
                Some(edit(found.dictionary().name(), found.key(), found.line(), None, not_taken))
            }
        }
    }
}

impl fmt::Display for Trace {
    /// One line a change: source, result, and what decided.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for piece in &self.pieces {
            match &piece.reason {
                Reason::Protected => writeln!(f, "{} protected", piece.output)?,
                Reason::User { dictionary, line } => writeln!(f, "→ {} {dictionary}:{line}", piece.output)?,
                Reason::PageRule { .. } => writeln!(f, "→ {} {PAGE_RULE}", piece.output)?,
                Reason::Matches(unit) => {
                    if let Some(found) = unit.decisive() {
                        let line = found.line().map(|line| format!(":{line}")).unwrap_or_default();
                        writeln!(f, "{} → {} {}{line}", found.key(), piece.output, found.dictionary().name())?;
                    }
                }
                Reason::Left => {}
            }
        }
        Ok(())
    }
}

impl Converter {
    /// Converts a text and tells why each piece became what it became. See the module's cost: this is for people, not for bulk.
    pub fn explain(&self, text: &str) -> Trace {
        let mut prose = Vec::new();
        self.prose(text, &mut prose);
        self.explain_ranges(text, &prose)
    }

    /// Like [`Converter::explain`], for the given ranges (bytes, sorted, disjoint) as [`Converter::convert_ranges`] converts them; what lies
    /// between them is protected.
    pub fn explain_ranges(&self, text: &str, ranges: &[Range<usize>]) -> Trace {
        self.explain_with(text, ranges, None)
    }

    /// Like [`Converter::explain_ranges`], with the pairs of the page as [`Converter::convert_ranges_with`] has them.
    ///
    /// # Panics
    ///
    /// As there.
    pub fn explain_ranges_with(
        &self,
        text: &str,
        ranges: &[Range<usize>],
        pairs: &PagePairs,
        epochs: &[usize],
    ) -> Trace {
        assert_eq!(epochs.len(), ranges.len(), "there must be one epoch for each range");
        self.explain_with(text, ranges, Some(PageView { pairs, epochs }))
    }

    fn explain_with(&self, text: &str, ranges: &[Range<usize>], page: Option<PageView<'_>>) -> Trace {
        let mut pieces = Vec::new();
        let mut at = 0;
        self.stretches(text, ranges, page, |_, range, stretch| {
            if at < range.start {
                pieces.push(untouched(text, at..range.start, Reason::Protected));
            }
            at = range.end;
            trace_stretch(text, range, &stretch, &mut pieces);
        });
        if at < text.len() {
            pieces.push(untouched(text, at..text.len(), Reason::Protected));
        }
        Trace { pieces }
    }
}

fn untouched(text: &str, range: Range<usize>, reason: Reason) -> Piece {
    Piece { output: text[range.clone()].to_string(), range, reason }
}

pub(crate) fn trace_stretch(text: &str, range: Range<usize>, stretch: &Stretch<'_>, pieces: &mut Vec<Piece>) {
    match stretch {
        Stretch::Keep | Stretch::Convert(Step::Nothing) | Stretch::ConvertEvident(Step::Nothing, _) => {
            pieces.push(untouched(text, range, Reason::Left));
        }
        Stretch::Pair(found) => pieces.push(Piece {
            range,
            output: found.replacement().to_string(),
            reason: match found {
                PairMatch::User(found) => Reason::User { dictionary: found.dictionary.to_string(), line: found.line },
                PairMatch::Page(found) => Reason::PageRule { origin: found.origin },
            },
        }),
        Stretch::Convert(Step::Route(route, table)) => trace_route(text, range, *route, table, None, pieces),
        Stretch::Convert(Step::Own(own)) => trace_engine(text, range, &own.engine, None, pieces),
        Stretch::ConvertEvident(Step::Own(own), mixed) => trace_engine(text, range, &own.engine, Some(mixed), pieces),
        Stretch::ConvertEvident(Step::Route(route, table), mixed) => {
            trace_route(text, range, *route, table, Some(mixed), pieces);
        }
        Stretch::Staged(engine) => trace_engine(text, range, engine, None, pieces),
    }
}

fn trace_route(
    text: &str,
    range: Range<usize>,
    route: Route,
    table: &Table<'_>,
    mixed: Option<&Mixed>,
    pieces: &mut Vec<Piece>,
) {
    let engine = StagedEngine::new(route.recipe());
    match route.keys {
        Keys::All => trace_engine(text, range, &engine, mixed, pieces),
        // Entries of one character are what remains of a recipe when it sees one character at a time. Only description sequences are
        // longer units here; they stay as they are.
        Keys::Characters => {
            let source = &text[range.clone()];
            let mut start = range.start;
            table.for_each_unit(source, source.len(), |unit, _| {
                let place = start..start + unit.len();
                start = place.end;
                if unit.chars().nth(1).is_some() {
                    pieces.push(untouched(text, place, Reason::Left));
                } else {
                    trace_engine(text, place, &engine, mixed, pieces);
                }
            });
        }
    }
}

fn trace_engine(
    text: &str,
    range: Range<usize>,
    engine: &StagedEngine,
    mixed: Option<&Mixed>,
    pieces: &mut Vec<Piece>,
) {
    for mut unit in engine.trace(&text[range.clone()]) {
        let place = range.start + unit.source.start..range.start + unit.source.end;
        if mixed.is_some_and(|mixed| !mixed.is_evident(&text[place.clone()])) {
            pieces.push(untouched(text, place, Reason::Left));
            continue;
        }
        unit.source = place;
        pieces.push(Piece::of_unit(unit));
    }
}
