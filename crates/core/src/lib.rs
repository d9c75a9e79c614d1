//! Chinese script conversion, byte-identical to OpenCC, with protected spans and explained changes.
#![forbid(unsafe_code)]

mod config;
mod error;
mod span;
mod variant;

pub use config::{Config, TofuRisk};
pub use error::{Error, ErrorKind};
pub use span::{Span, SpanKind};
pub use variant::{Script, Variant};
