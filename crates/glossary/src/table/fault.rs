//! What is wrong with a row, and where.

use std::fmt;

/// A cell or a row that breaks a law.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The file, as the caller named it.
    pub file: String,
    /// The line, from 1, on which the row starts.
    pub line: u64,
    /// The column, where one is to blame.
    pub column: Option<&'static str>,
    /// The law.
    pub law: Law,
    /// What was found, what was expected and what to do.
    pub message: String,
}

/// What rows are held to; [`laws`](crate::laws) says each in full.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Law {
    /// Cells can be read.
    Cell,
    /// Rows are sorted, ids are unique and well formed.
    Id,
    /// The two scripts agree.
    Scripts,
    /// Years are ordered and have a precision.
    Years,
    /// Codes name a unit in their year.
    Codes,
    /// Chains end, in a unit of today or a name of today.
    Chains,
    /// A name that needs a cue has some, and cues can be read.
    Cues,
    /// Rows say where they are from and how sure they are.
    Sources,
    /// Latin names are spelt as the documentation says.
    Latin,
    /// Coordinates lie on the map and say what they stand for.
    Coordinates,
    /// Full forms are what people write.
    Suffixes,
    /// Nothing is said twice.
    Repetition,
    /// Units of the code book are there one at a time, with a parent and with what they became.
    Units,
    /// Blockers contain what they block.
    Blockers,
    /// Graphs fold to another graph, once.
    Graphs,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: ", self.file, self.line)?;
        if let Some(column) = self.column {
            write!(f, "column `{column}`: ")?;
        }
        f.write_str(&self.message)
    }
}
