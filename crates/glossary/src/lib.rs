//! Chinese historical place names, in both scripts and with their years: what a name stands for, what it became, where it stands in a text.
//!
//! The names come from tables in the repository (`dictionaries/places/`), compiled into one file that is part of the binary and
//! read in place. [`table`] has the rows of the tables .
//!
//! # Years
//!
//! Years are `i16`; those before the era are negative (206 BC is -206), and there is no year 0.
#![forbid(unsafe_code)]

mod error;
mod overlay;
pub mod table;

pub use error::{Error, ErrorKind};
pub use overlay::Overlay;
pub use table::{
    Blocker, Code, CodeAt, Confidence, CoordinatePrecision, Coordinates, Cue, CueSet, CueSide, Era, Fault, Feature,
    Graph, Law, Level, OtherName, Place, Policy, Precision, Relation, Source, TableTexts, Tables, Unit, Years,
};
/// The two scripts, as the converter names them.
pub use tongwen::Script;
