//! Chinese script conversion, byte-identical to OpenCC, with protected spans and explained changes.
#![forbid(unsafe_code)]

mod config;
#[cfg(feature = "config-files")]
pub mod config_file;
mod converter;
mod detect;
mod dictionary;
mod engine;
mod engine_trait;
mod error;
mod explain;
#[doc(hidden)]
pub mod evidence;
mod kernel;
#[doc(hidden)]
pub mod layout;
mod level;
pub mod markers;
#[cfg(feature = "opencc")]
pub mod opencc;
mod mixed;
mod ocd2;
mod parallel;
mod resolve;
#[doc(hidden)]
pub mod route;
mod sink;
mod span;
mod staged;
mod stream;
mod table;
mod user_matches;
mod variant;

pub use config::{Config, TofuRisk};
pub use converter::{Converter, ConverterBuilder};
pub use detect::{DetectedScript, Detection, EvidenceCharacter, detect};
pub use dictionary::{Dictionary, Match, UserDictionary, UserMatch};
pub use engine_trait::Engine;
pub use error::{Error, ErrorKind};
pub use markers::Markers;
pub use mixed::{Decision, End, Mixed, MixedState, Treatment};
pub use explain::{Edit, Piece, Reason, Trace};
pub use level::Level;
pub use span::{Span, SpanKind};
pub use staged::{Lookup, MatchPolicy, Recipe, Stage, StagedEngine, TraceMatch, TraceUnit};
pub use stream::{InvalidBytes, Stream};
pub use variant::{Script, Variant};

