//! Chinese historical place names, in both scripts and with their years: what a name stands for, what it became, where it stands in a text.
//!
//! ```
//! use tongwen_glossary::{Glossary, Script};
//!
//! let glossary = Glossary::embedded();
//! // 古牧地, a town of the war of 1876, by the id of its row.
//! let town = glossary.entry("xj-gumudi-1763").unwrap();
//! assert_eq!((town.name(Script::Traditional), town.years().from), ("古牧地", Some(1763)));
//! // What it is today, and what it was when the code book still had a city of 米泉.
//! assert_eq!(town.modern(None)[0].path(Script::Simplified), ["新疆维吾尔自治区", "乌鲁木齐市", "米东区"]);
//! assert_eq!(town.modern(Some(2005))[0].name(Script::Simplified), "米泉市");
//! // Every link between.
//! let history = glossary.history("xj-gumudi-1763");
//! let names: Vec<&str> = history.iter().map(|link| link.entry.name(Script::Simplified)).collect();
//! assert_eq!(names, ["古牧地", "乾德", "米泉", "米泉县", "米泉市", "米东区"]);
//! ```
//!
//! # What is where
//!
//! | to do | with |
//! |---|---|
//! | open what is built in | [`Glossary::embedded`] |
//! | add rows of your own | [`Overlay::parse`], [`Glossary::with_overlay`]; [`laws::check_overlay`] says what is wrong with them |
//! | look a name up | [`Glossary::lookup`], [`Query`], [`Matches`] |
//! | read a year (光绪十年) | [`Glossary::years_called`] |
//! | read what a row says | [`Glossary::entry`], [`Glossary::entries`], [`Entry`] |
//! | follow a name to a year, or back | [`Glossary::modern`], [`Glossary::history`], [`Glossary::former`] |
//! | find the names of a text | [`Glossary::annotate`], [`Annotation`] |
//! | write what was found into the text, beside it, or as a page | [`render`] |
//! | keep conversion from breaking names | [`Glossary::guard`] |
//! | put today's names for them | [`Glossary::normalise`] |
//! | ask the code book | [`Glossary::unit`], [`Unit`] |
//! | give names to other programs, take theirs | `exchange`, with the feature of this name |
//!
//! The names come from tables in the repository (`dictionaries/places/`), compiled into one file that is part of the binary and
//! read in place. [`table`] has the rows of the tables, [`laws`] what must hold for them; [`compile`] makes the file.
//!
//! # Years
//!
//! Years are `i16`; those before the era are negative (206 BC is -206), and there is no year 0. [`Glossary::years_called`] reads them as people write
//! them (光绪十年).
#![forbid(unsafe_code)]

mod annotate;
mod chain;
pub mod compile;
mod entry;
mod error;
#[cfg(feature = "exchange")]
pub mod exchange;
mod fold;
mod gazetteer;
pub mod guard;
pub mod laws;
mod layer;
mod layout;
mod lookup;
mod matches;
mod near;
mod normalise;
mod overlay;
mod postal;
mod query;
mod rank;
mod region;
pub mod render;
mod stem;
mod suffix;
pub mod table;
mod units;
mod wade_giles;
mod years;

pub use annotate::{
    Action, Agreement, AnnotateOptions, Annotation, Choice, Join, NameForm, Occurrences, Prose, Rival, Rule, Setting,
    Stated,
};
pub use chain::{Link, LinkSide, Modern};
pub use entry::{Entry, EntryKind};
pub use error::{Error, ErrorKind};
pub use gazetteer::{BlockerEntry, CueSetEntry, EraEntry, Glossary, SourceEntry};
pub use matches::{How, Interval, Match, Matches};
pub use normalise::{NormaliseOptions, Normalised, Quotations, Replacement, undo};
pub use overlay::Overlay;
pub use query::{Mode, Query};
pub use rank::Score;
pub use region::Region;
pub use stem::unit_stem;
pub use table::{
    Code, CodeAt, Confidence, CoordinatePrecision, Coordinates, Cue, CueSide, Feature, Level, OtherName, Place, Policy,
    Precision, Relation, Years,
};
/// The two scripts, as the converter names them.
pub use tongwen::Script;
pub use units::{FIRST_YEAR, Unit};
pub use years::NamedYear;
