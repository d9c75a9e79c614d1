//! Why each stretch of a text became what it became.
//!
//! The fast path knows what, not why: its tables are fused and have forgotten the dictionaries. So every unit of the text is looked up among the units that the staged engine has
//! been asked about (`edits.rs` says how), and the staged engine is asked about those that are new. What the engines make of a text is the same; tests hold them to it.
//!
//! # Cost
//!
//! Some nanoseconds a character and some microseconds for each different unit; once per process some milliseconds to read the text tables that the recipe needs.

use std::fmt;
use std::ops::{Deref, Range};
use std::sync::Arc;

use crate::converter::Converter;
use crate::edits::{List, Lister, Wanted};
use crate::user_matches::PageView;
use crate::{PagePairs, TraceUnit};

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
    text: String,
    list: List,
}

/// A piece of a text and what became of it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Piece<'t> {
    /// Bytes of the source.
    pub range: Range<usize>,
    /// What they became.
    pub output: &'t str,
    /// Why.
    pub reason: Reason<'t>,
    replacement: Option<&'t Arc<Replacement>>,
}

/// Why a piece became what it became.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Reason<'t> {
    /// It lies in a protected span.
    Protected,
    /// It is left: already in the target's script, or nothing was to be done.
    Left,
    /// A pair of the user's.
    User {
        /// The file.
        dictionary: &'t str,
        /// The line in it, from 1.
        line: usize,
    },
    /// A pair of the page's own.
    PageRule {
        /// Where the rule stands that made it: what [`PagePairs::set_origin`] was told.
        origin: Option<usize>,
    },
    /// The matches of the recipe, stage by stage; none where nothing is known of the characters. Ranges count from the start of the piece, or of the stretch that was
    /// traced as a whole.
    Matches(&'t TraceUnit),
}

/// A [`Reason`] by itself.
#[derive(Clone, Debug)]
pub(crate) enum PieceReason {
    Protected,
    Left,
    User { dictionary: String, line: usize },
    PageRule { origin: Option<usize> },
    Matches(TraceUnit),
}

impl PieceReason {
    /// The replacement that a source becomes this for this reason; none if it stays.
    pub(crate) fn replacement(&self, source: &str, output: &str) -> Option<Replacement> {
        let replacement = |dictionary: &str, entry: &str, line, origin, not_taken| Replacement {
            replacement: output.to_string(),
            dictionary: dictionary.to_string(),
            entry: entry.to_string(),
            line,
            origin,
            not_taken,
        };
        match self {
            PieceReason::Protected | PieceReason::Left => None,
            _ if source == output => None,
            PieceReason::User { dictionary, line } => {
                Some(replacement(dictionary, source, Some(*line), None, Vec::new()))
            }
            PieceReason::PageRule { origin } => Some(replacement(PAGE_RULE, source, None, *origin, Vec::new())),
            PieceReason::Matches(unit) => {
                let found = unit.decisive()?;
                let not_taken = found.candidates().skip(1).map(str::to_string).collect();
                Some(replacement(found.dictionary().name(), found.key(), found.line(), None, not_taken))
            }
        }
    }
}

impl Trace {
    /// The pieces in the order of the text.
    pub fn pieces(&self) -> impl Iterator<Item = Piece<'_>> {
        let mut entries = self.list.iter().peekable();
        std::iter::from_fn(move || {
            let (start, number) = entries.next()?;
            let end = entries.peek().map_or(self.text.len(), |(start, _)| *start);
            let told = &self.list.kind(number).told;
            let (output, reason) = match &told.reason {
                PieceReason::Protected => (&self.text[start..end], Reason::Protected),
                PieceReason::Left => (&self.text[start..end], Reason::Left),
                PieceReason::User { dictionary, line } => (&*told.output, Reason::User { dictionary, line: *line }),
                PieceReason::PageRule { origin } => (&*told.output, Reason::PageRule { origin: *origin }),
                PieceReason::Matches(unit) => (&*told.output, Reason::Matches(unit)),
            };
            Some(Piece { range: start..end, output, reason, replacement: told.replacement.as_ref() })
        })
    }

    /// The converted text.
    pub fn output(&self) -> String {
        self.pieces().map(|piece| piece.output).collect()
    }

    /// The replacements, in the order of the text: the pieces whose output is not their source, each with the entry that decided.
    pub fn edits(&self) -> Vec<Edit> {
        let edit = |piece: Piece<'_>| Some(Edit { range: piece.range, shared: Arc::clone(piece.replacement?) });
        self.pieces().filter_map(edit).collect()
    }
}

impl<'t> Piece<'t> {
    /// What takes the place of the source, if the piece changes.
    pub fn replacement(&self) -> Option<&'t Replacement> {
        self.replacement.map(|replacement| &**replacement)
    }
}

impl fmt::Display for Trace {
    /// One line a change: source, result, and what decided.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for piece in self.pieces() {
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
    /// Converts a text and tells why each piece became what it became.
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
        let mut trace = Trace { text: text.to_string(), list: List::default() };
        let mut lister = Lister::new(self, text, Wanted::All, &mut trace.list);
        let mut at = 0;
        self.stretches(text, ranges, page, |_, place, stretch| {
            if at < place.start {
                lister.untouched(at..place.start, PieceReason::Protected);
            }
            at = place.end;
            lister.add(place, &stretch);
        });
        if at < text.len() {
            lister.untouched(at..text.len(), PieceReason::Protected);
        }
        lister.finish(self);
        trace
    }
}
