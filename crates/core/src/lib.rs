//! Chinese script conversion, byte-identical to OpenCC 1.4.2, with protected spans and explained changes.
//!
//! ```
//! use tongwen::{Config, Converter, Variant};
//!
//! // OpenCC's configs, by their names.
//! let converter = Converter::new(Config::S2Twp);
//! assert_eq!(converter.convert("鼠标里面的硅二极管坏了"), "滑鼠裡面的矽二極體壞了");
//!
//! // From variant to variant; without `from`, mixed text is made uniform.
//! let uniform = Converter::builder().to(Variant::ZhCn).build()?;
//! assert_eq!(uniform.convert("他說後來的事。皇后在里面。"), "他说后来的事。皇后在里面。");
//!
//! // What changed, where, and by which entry of which dictionary.
//! let edit = &converter.edits("软件")[0];
//! assert_eq!((edit.replacement.as_str(), edit.dictionary.as_str(), edit.entry.as_str()), ("軟體", "TWPhrases.txt", "軟件"));
//! # Ok::<(), tongwen::Error>(())
//! ```
//!
//! # What is where
//!
//! | to do | with |
//! |---|---|
//! | convert a text | [`Converter::convert`], [`convert_into`](Converter::convert_into), [`convert_into_bytes`](Converter::convert_into_bytes) |
//! | convert parts of a document | [`Converter::convert_ranges`], [`convert_ranges_in_place`](Converter::convert_ranges_in_place) with the ranges from `tongwen-formats`; [`PagePairs`] for what the document says itself |
//! | convert a stream in bounded memory | [`Converter::stream`] |
//! | use several threads | share one [`Converter`], or [`Converter::convert_parallel`] for one long text |
//! | learn where | [`Converter::convert_with_changes`] |
//! | learn why | [`Converter::explain`], [`Converter::edits`] |
//! | add pairs of your own | [`UserDictionary`] and [`ConverterBuilder::dictionary`] |
//! | tell script and region of a text | [`detect`](detect()) |
//! | run OpenCC's own config files | `config_file` (feature `config-files`), [`ConverterBuilder::engine`], [`Converter::compile`] |
//! | run the C++ OpenCC | `opencc` (feature `opencc`) |
//!
//! # Mixed text
//!
//! A converter without a source variant decides sentence by sentence what is still to be converted, because text that is already
//! Traditional must not be read as Simplified: 里 后 干 面 只 are in both. [`Mixed`] states the rule.
//!
//! # Features
//!
//! `simd-utf8` (default): checks the engine's own output with vector instructions. Without it checking takes about as long as converting. `config-files`, `opencc`: see the table.
//!
//! # Limits
//!
//! Conversion is not reversible: `t2s(s2t(x))` need not be `x`. One character may stand for several (发 is 發 or 髮); phrases decide most
//! such cases, the first candidate the rest. NUL and control characters pass.
#![deny(unsafe_code)]

mod batch;
mod changes;
mod character_set;
#[doc(hidden)]
pub mod compile;
mod config;
#[cfg(feature = "config-files")]
pub mod config_file;
mod converter;
mod descriptions;
mod detect;
mod dictionary;
mod edits;
mod engine;
mod engine_trait;
mod error;
#[doc(hidden)]
pub mod evidence;
mod explain;
mod in_place;
#[doc(hidden)]
pub mod instructions;
mod kernel;
#[doc(hidden)]
pub mod layout;
mod level;
mod map;
pub mod markers;
mod mixed;
mod ocd2;
#[cfg(feature = "opencc")]
pub mod opencc;
mod packed;
mod page_pairs;
mod parallel;
mod prose;
#[cfg(test)]
mod random;
mod range_output;
mod ranges;
mod resolve;
#[doc(hidden)]
pub mod route;
mod short;
mod sink;
mod span;
mod staged;
mod step;
mod stream;
#[doc(hidden)]
pub mod structure;
mod table;
mod through;
mod triggers;
mod user_matches;
mod user_text;
mod variant;
mod words;

pub use changes::Change;
pub use config::{Config, TofuRisk};
pub use converter::{Converter, ConverterBuilder};
pub use detect::{DetectedScript, Detection, EvidenceCharacter, detect};
pub use dictionary::{Dictionary, Match, UserDictionary, UserMatch};
pub use edits::Edits;
pub use engine_trait::Engine;
pub use error::{Error, ErrorKind};
pub use explain::{Edit, PAGE_RULE, Piece, Reason, Replacement, Trace};
pub use in_place::PlacedOutput;
pub use level::Level;
pub use markers::Markers;
pub use mixed::{Decision, End, Mixed, MixedState, Treatment};
pub use page_pairs::PagePairs;
pub use range_output::RangeOutput;
pub use span::{Span, SpanKind};
pub use staged::{Lookup, MatchPolicy, Recipe, Stage, StagedEngine, TraceMatch, TraceUnit};
pub use stream::{InvalidBytes, SpanOutput, Stream, StreamSpan, StreamState};
pub use variant::{Script, Variant};
