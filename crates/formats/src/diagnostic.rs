//! What a scan has to say about a document: places where a page will not do what its author seems to mean, and what a
//! conversion did beyond replacing text.
//!
//! A [`Diagnostic`] names a kind ([`DiagnosticCode`], stable, for programs and for switching off), how bad it is
//! ([`Severity`]), where it is (bytes of the source), what happens there (a sentence for people) and, where that helps,
//! what to write instead. Offsets become lines and columns with a [`LineIndex`], which is made once for a document:
//!
//! ```
//! use tongwen_formats::LineIndex;
//!
//! let source = "一\n😀国-{";
//! let position = LineIndex::new(source).position(source.find("-{").unwrap());
//! assert_eq!((position.line, position.column), (2, 3));
//! ```
//!
//! Source of the codes: section 8 of the project's reference semantics for wikitext.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

/// How bad it is. Ordered: a note is the least.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Worth knowing; nothing is wrong.
    Note,
    /// The page will not do what its author seems to mean.
    Warning,
    /// Text is lost or guessed.
    Error,
}

impl Severity {
    /// `note`, `warning` or `error`.
    pub fn name(self) -> &'static str {
        match self {
            Severity::Note => "note",
            Severity::Warning => "warning",
            Severity::Error => "error",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

macro_rules! codes {
    ($($(#[$doc:meta])* $code:ident = $name:literal, $severity:ident;)+) => {
        /// What a diagnostic is about.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum DiagnosticCode {
            $($(#[$doc])* $code,)+
        }

        impl DiagnosticCode {
            /// Every code.
            pub const ALL: &'static [DiagnosticCode] = &[$(DiagnosticCode::$code),+];

            /// The name that reports and the command line use: `unclosed-span`.
            pub fn name(self) -> &'static str {
                match self { $(DiagnosticCode::$code => $name,)+ }
            }

            /// How bad it is unless the circumstances say otherwise.
            pub fn severity(self) -> Severity {
                match self { $(DiagnosticCode::$code => Severity::$severity,)+ }
            }
        }
    };
}

codes! {
    /// `-{` without `}-`: text.
    UnclosedSpan = "unclosed-span", Warning;
    /// `}-` without `-{`: text.
    StrayClose = "stray-close", Note;
    /// Something before the first `|` that is not a flag.
    UnknownFlag = "unknown-flag", Warning;
    /// A flag that another one voids.
    ConflictingFlags = "conflicting-flags", Warning;
    /// A rule has no text for the target. An error where the markup is dropped, since a text must be guessed there.
    MissingVariant = "missing-variant", Warning;
    /// A variant with an empty text, which is no text.
    EmptyAlternative = "empty-alternative", Warning;
    /// The same variant twice: the last one counts.
    DuplicateVariant = "duplicate-variant", Warning;
    /// A one-way rule without a text to replace.
    EmptyFrom = "empty-from", Warning;
    /// A code that is none of the nine.
    UnknownVariant = "unknown-variant", Warning;
    /// A code in a spelling that does not begin a segment.
    VariantCase = "variant-case", Warning;
    /// `：`, `；` or `｜` where only `:`, `;` or `|` separate.
    FullwidthSeparator = "fullwidth-separator", Warning;
    /// A segment that the wiki skips, or that voids the others.
    BadSegment = "bad-segment", Warning;
    /// A rule whose text to replace is too long to be found.
    LongSource = "long-source", Warning;
    /// More than ten levels of spans.
    Depth = "depth", Warning;
    /// A span in the target of a link, which is then no link.
    SpanInTarget = "span-in-target", Warning;
    /// `-{` at the start of a table's line, where it is the mark of a row.
    RowMark = "row-mark", Warning;
    /// `-{{{p}}}-`: a dash and a parameter, not a span.
    DashParameter = "dash-parameter", Note;
    /// The page asks not to be converted.
    NoConversion = "no-conversion", Note;
    /// The page says that it is in another language, so its Han characters stay.
    ForeignLanguage = "foreign-language", Warning;
    /// A book keeps the name of its language, although its text is converted to another variant.
    LanguageKept = "language-kept", Note;
    /// A dump of a wiki was given as XML.
    Dump = "dump", Warning;
    /// A conversion group that was not supplied.
    UnresolvedGroup = "unresolved-group", Note;
    /// A heading changed, and with it the name under which other pages link to it.
    HeadingChanged = "heading-changed", Note;
    /// Positional values of a template were kept.
    KeptPositional = "kept-positional", Note;
    /// A link got a label, so that its target could stay.
    LabelAdded = "label-added", Note;
    /// `[[` or `{{` without its closing, or the other way round.
    UnbalancedLink = "unbalanced-link", Note;
    /// The document is not well formed, and was left alone.
    Malformed = "malformed", Error;
    /// A chosen field that the document does not have. An error where the document was left alone for it.
    UnknownField = "unknown-field", Error;
    /// A cell whose quotation mark is never closed.
    UnclosedQuote = "unclosed-quote", Warning;
    /// A cell without quotation marks kept its text, since the new one needs them.
    NeedsQuotes = "needs-quotes", Warning;
    /// The document declares an encoding that it is not in.
    EncodingContradicted = "encoding-contradicted", Warning;
    /// The declared encoding was replaced by that of the result.
    EncodingRenamed = "encoding-renamed", Note;
}

impl fmt::Display for DiagnosticCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// One thing to say about a place of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Diagnostic {
    /// What it is about.
    pub code: DiagnosticCode,
    /// How bad it is.
    pub severity: Severity,
    /// Where: bytes of the document's source, on character borders.
    pub range: Range<usize>,
    /// What happens there: a clause in lower case, without a full stop.
    pub message: Cow<'static, str>,
    /// What to write instead, or what else to do.
    pub hint: Option<Cow<'static, str>>,
}

impl Diagnostic {
    /// With the code's own severity and no hint.
    pub fn new(code: DiagnosticCode, range: Range<usize>, message: impl Into<Cow<'static, str>>) -> Diagnostic {
        Diagnostic { code, severity: code.severity(), range, message: message.into(), hint: None }
    }

    /// Adds what to write instead, or what else to do.
    pub fn with_hint(mut self, hint: impl Into<Cow<'static, str>>) -> Diagnostic {
        self.hint = Some(hint.into());
        self
    }
}

/// `warning[unclosed-span]: message`, without the place: lines and columns need the document.
impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}[{}]: {}", self.severity, self.code, self.message)
    }
}

/// A line and a column, both from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// The line; `\n` ends one.
    pub line: usize,
    /// The column in Unicode scalar values: an emoji is one, whatever its bytes.
    pub column: usize,
}

/// Where the lines of a text begin, and how many characters come before places at regular distances: a position costs the
/// same on a line of ten megabytes as on a short one.
#[derive(Clone, Debug)]
pub struct LineIndex<'a> {
    source: &'a str,
    /// Every line's first byte but the first line's.
    starts: Vec<usize>,
    /// Characters before each block.
    before_block: Vec<usize>,
}

const BYTE_ORDER_MARK: char = '\u{feff}';
/// Bytes of a block.
const BLOCK: usize = 256;

fn characters(bytes: &[u8]) -> usize {
    // Every byte but those that continue a character.
    bytes.iter().filter(|&&byte| byte & 0xC0 != 0x80).count()
}

impl<'a> LineIndex<'a> {
    /// Reads the text once.
    pub fn new(source: &'a str) -> LineIndex<'a> {
        let starts = memchr::memchr_iter(b'\n', source.as_bytes()).map(|end| end + 1).collect();
        let counts = source.as_bytes().chunks(BLOCK).scan(0, |total, block| {
            let before = *total;
            *total += characters(block);
            Some(before)
        });
        LineIndex { source, starts, before_block: counts.collect() }
    }

    /// The position of a byte offset. An offset within a character stands for the character, one behind the text for its
    /// end. Costs a binary search over the lines and reading a block.
    pub fn position(&self, offset: usize) -> Position {
        let offset = self.source.floor_char_boundary(offset);
        let line = self.starts.partition_point(|&start| start <= offset);
        let start = line.checked_sub(1).map_or(0, |before| self.starts[before]);
        let before = match offset - start {
            // Most lines are short.
            0..BLOCK => characters(&self.source.as_bytes()[start..offset]),
            _ => self.characters_before(offset) - self.characters_before(start),
        };
        // No editor counts a byte order mark.
        let mark = usize::from(line == 0 && offset > 0 && self.source.starts_with(BYTE_ORDER_MARK));
        Position { line: line + 1, column: before + 1 - mark }
    }

    fn characters_before(&self, offset: usize) -> usize {
        // An offset at the very end may lie behind the last block.
        let block = (offset / BLOCK).min(self.before_block.len().saturating_sub(1));
        let before = self.before_block.get(block).copied().unwrap_or_default();
        before + characters(&self.source.as_bytes()[block * BLOCK..offset])
    }

    /// The text of a line, counted from 1, without its line end and without a byte order mark; empty if there is no such line.
    pub fn line(&self, line: usize) -> &'a str {
        let Some(before) = line.checked_sub(1).filter(|&before| before <= self.starts.len()) else { return "" };
        let start = before.checked_sub(1).map_or(0, |index| self.starts[index]);
        let end = self.starts.get(before).map_or(self.source.len(), |&next| next - 1);
        let text = self.source[start..end].strip_suffix('\r').unwrap_or(&self.source[start..end]);
        if start == 0 { text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text) } else { text }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(source: &str, offset: usize) -> (usize, usize) {
        let position = LineIndex::new(source).position(offset);
        (position.line, position.column)
    }

    #[test]
    fn positions_count_scalar_values_from_one() {
        assert_eq!(at("", 0), (1, 1));
        assert_eq!(at("a", 1), (1, 2));
        assert_eq!(at("😀国-{", 7), (1, 3));
        assert_eq!(at("a\nb", 1), (1, 2));
        assert_eq!(at("a\nb", 2), (2, 1));
        assert_eq!(at("a\r\n国b\n", 6), (2, 2));
        assert_eq!(at("a\n", 2), (2, 1));
        assert_eq!((at("\u{feff}国a", 3), at("\u{feff}国a", 6), at("\u{feff}国", 0)), ((1, 1), (1, 2), (1, 1)));
        assert_eq!((at("a\u{feff}b", 4), at("\u{feff}\n国a", 7)), ((1, 3), (2, 2)));
        assert_eq!(LineIndex::new("\u{feff}国\r\n").line(1), "国");
        assert_eq!(at("国", 1), (1, 1));
        assert_eq!(at("国", 100), (1, 2));
    }

    #[test]
    fn long_lines_and_block_borders() {
        let source = "国a".repeat(2000);
        let index = LineIndex::new(&source);
        for (number, (offset, _)) in source.char_indices().enumerate() {
            assert_eq!(index.position(offset).column, number + 1);
        }
        let full = "a".repeat(BLOCK);
        assert_eq!(at(&full, BLOCK), (1, BLOCK + 1));
    }

    #[test]
    fn lines_have_no_ends() {
        let index = LineIndex::new("一\r\n二\n\n三");
        let lines: Vec<&str> = (0..=5).map(|line| index.line(line)).collect();
        assert_eq!(lines, ["", "一", "二", "", "三", ""]);
    }

    #[test]
    fn names_are_unique_and_in_kebab_case() {
        let mut names: Vec<&str> = DiagnosticCode::ALL.iter().map(|code| code.name()).collect();
        assert!(names.iter().all(|name| name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-')));
        names.sort();
        names.dedup();
        assert_eq!(names.len(), DiagnosticCode::ALL.len());
    }
}
