//! Whole-system tests of tongwen; what several test files share.

pub mod adversarial;
pub mod archives;
pub mod cases;
pub mod document_laws;
pub mod engine_laws;
pub mod packages;
pub mod page_reference;
pub mod random;
pub mod reference;

/// The library code of the README, run as a documentation test.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
pub struct Readme;
