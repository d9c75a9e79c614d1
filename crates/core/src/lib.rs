//! Chinese script conversion, byte-identical to OpenCC, with protected spans and explained changes.
#![forbid(unsafe_code)]

mod config;
mod engine_trait;
mod error;
#[cfg(feature = "opencc")]
pub mod opencc;
mod span;
mod variant;

pub use config::{Config, TofuRisk};
pub use engine_trait::Engine;
pub use error::{Error, ErrorKind};
pub use span::{Span, SpanKind};
pub use variant::{Script, Variant};
