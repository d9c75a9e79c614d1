//! What can be told to annotation.

use crate::Region;

/// How to annotate.
///
/// ```
/// use tongwen_glossary::{AnnotateOptions, Occurrences};
/// let options = AnnotateOptions::default().year(1876).occurrences(Occurrences::All);
/// assert_eq!(options.threshold, 0.6);
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct AnnotateOptions {
    /// The year that the text speaks of; without one, the years and eras that it names count.
    pub year: Option<i16>,
    /// Where the text plays: of several places with a name, one there is meant.
    pub region: Option<Region>,
    /// What a place is said to be is what it was in this year; without one, what it is today.
    pub as_of: Option<i16>,
    /// From 0 to 1: what is less sure is left alone.
    pub threshold: f64,
    /// Which occurrences of a name are glossed.
    pub occurrences: Occurrences,
}

impl Default for AnnotateOptions {
    fn default() -> AnnotateOptions {
        AnnotateOptions { year: None, region: None, as_of: None, threshold: 0.6, occurrences: Occurrences::First }
    }
}

impl AnnotateOptions {
    /// Sets the year that the text speaks of.
    pub fn year(mut self, year: i16) -> AnnotateOptions {
        self.year = Some(year);
        self
    }

    /// Sets where the text plays.
    pub fn region(mut self, region: Region) -> AnnotateOptions {
        self.region = Some(region);
        self
    }

    /// Sets the year of the modern names.
    pub fn as_of(mut self, year: i16) -> AnnotateOptions {
        self.as_of = Some(year);
        self
    }

    /// Sets how sure a gloss must be.
    pub fn threshold(mut self, threshold: f64) -> AnnotateOptions {
        self.threshold = threshold;
        self
    }

    /// Sets which occurrences are glossed.
    pub fn occurrences(mut self, occurrences: Occurrences) -> AnnotateOptions {
        self.occurrences = occurrences;
        self
    }
}

/// Which occurrences of a name are glossed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Occurrences {
    /// The first of each place in a text.
    #[default]
    First,
    /// Every one.
    All,
}
