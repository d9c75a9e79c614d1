//! Chinese script conversion, byte-identical to OpenCC, with protected spans and explained changes.
#![forbid(unsafe_code)]

mod config;
mod engine_trait;
mod detect;
mod error;
#[doc(hidden)]
pub mod evidence;
#[cfg(feature = "opencc")]
pub mod opencc;
mod mixed;
mod span;
mod variant;

pub use config::{Config, TofuRisk};
pub use engine_trait::Engine;
pub use detect::{DetectedScript, Detection, EvidenceCharacter, detect};
pub use error::{Error, ErrorKind};
pub use mixed::{Decision, End, Mixed, MixedState, Treatment};
pub use span::{Span, SpanKind};
pub use variant::{Script, Variant};
