//! Whole-system tests of tongwen; what several test files share.
