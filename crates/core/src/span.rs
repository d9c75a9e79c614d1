//! Stretches of a text and what may be done with them.

use std::ops::Range;

/// What a span holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SpanKind {
    /// Prose: may be converted.
    Text,
    /// Syntax of the format (tags, brackets, table marks): leaves byte for byte.
    Markup,
    /// Content that must not be converted (conversion markup, code, URLs, names): leaves byte for byte.
    Protected,
}

/// A typed range of a text, in bytes, on character boundaries. The spans of a text partition it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Span {
    /// Bytes of the source.
    pub range: Range<usize>,
    /// What they are.
    pub kind: SpanKind,
}
