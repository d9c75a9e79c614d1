//! Whole-system tests of tongwen; what several test files share.

pub mod adversarial;
pub mod random;
pub mod reference;
