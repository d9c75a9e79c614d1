//! Chinese historical place names, in both scripts and with their years: what a name stands for, what it became, where it stands in a text.
//!
//! The names come from tables in the repository (`dictionaries/places/`), compiled into one file that is part of the binary and
//! read in place. [`table`] has the rows of the tables .
//!
//! # Years
//!
//! Years are `i16`; those before the era are negative (206 BC is -206), and there is no year 0.
#![forbid(unsafe_code)]

mod chain;
pub mod compile;
mod entry;
mod error;
mod fold;
mod gazetteer;
pub mod laws;
mod layer;
mod layout;
mod overlay;
mod stem;
mod suffix;
pub mod table;
mod units;

pub use chain::{Link, LinkSide, Modern};
pub use entry::{Entry, EntryKind};
pub use error::{Error, ErrorKind};
pub use gazetteer::{BlockerEntry, CueSetEntry, EraEntry, Glossary, SourceEntry};
pub use overlay::Overlay;
pub use stem::unit_stem;
pub use table::{
    Code, CodeAt, Confidence, CoordinatePrecision, Coordinates, Cue, CueSide, Feature, Level, OtherName, Place, Policy,
    Precision, Relation, Years,
};
/// The two scripts, as the converter names them.
pub use tongwen::Script;
pub use units::{FIRST_YEAR, Unit};
