//! What a page has said so far.
//!
//! Spans are evaluated in the order of the page, and a rule counts from where it stands (rule A23). So there is one
//! [`Page`] for a document: it takes the spans one by one, gives back what each shows, and keeps the page's dictionary, its title
//! and what is to be said about the markup. Whoever builds the document notes [`Page::epoch`] for each stretch of text
//! between the spans, and never joins stretches across a span (rule A18).
//!
//! ```text
//! source           a  -{H|zh-cn:甲;zh-tw:乙}-  b  -{-|甲}-  c
//! epoch of text    0                           2            3
//! ```

use std::ops::Range;

use tongwen::{PagePairs, Variant};

use super::body::{Body, Wanted};
use super::brackets::Token;
use super::codes::Code;
use super::flags::Flag;
use crate::diagnostic::Diagnostic;
use crate::{Mode, Options, PageRules};

/// What a span shows.
#[derive(Debug)]
pub(crate) struct Shown {
    pub(crate) text: String,
    /// Parts of the text that are constructs of the format, as they were in the source.
    pub(crate) opaque: Vec<Range<usize>>,
    /// Parts of the text that are to be converted before they are shown (rule A22); the rest is final. What is opaque is in
    /// none of them.
    pub(crate) wanted: Vec<Wanted>,
}

/// See the module.
#[derive(Debug)]
pub(crate) struct Page {
    /// Whose text is shown.
    pub(crate) target: Code,
    pub(crate) mode: Mode,
    pub(crate) page_rules: PageRules,
    /// The page's own pairs.
    pub(crate) pairs: PagePairs,
    pub(crate) title: Option<String>,
    /// In the order in which spans are closed.
    pub(crate) diagnostics: Vec<Diagnostic>,
    /// The place of the page that a rule from elsewhere counts for.
    pub(super) origin: Option<usize>,
    /// Bytes that descriptions in the span at hand may still make.
    pub(super) allowance: usize,
}

impl Page {
    /// A page of which nothing has been read yet.
    pub(crate) fn new(options: &Options) -> Page {
        let target = match options.mode {
            // Strip shows the page as written.
            Mode::Strip => Code::Zh,
            _ => Code::of(options.variant),
        };
        Page {
            target,
            mode: options.mode,
            page_rules: options.page_rules,
            pairs: PagePairs::new(),
            title: None,
            diagnostics: Vec::new(),
            origin: None,
            allowance: 0,
        }
    }

    /// The number of changes to the page's dictionary so far.
    pub(crate) fn epoch(&self) -> usize {
        self.pairs.epoch()
    }

    /// Evaluates an outermost span: the tokens from its opening to its closing, inner spans' among them, already paired
    /// ([`Paired::tokens_of`](super::Paired::tokens_of)). Its rules count from now on.
    pub(crate) fn span(&mut self, source: &str, tokens: &[Token]) -> Shown {
        if let [Token::Open { at, .. }, Token::Close { at: close, .. }] = tokens
            && is_bare(&source[at + 2..*close])
        {
            let text = source[at + 2..*close].to_string();
            return Shown { text, opaque: Vec::new(), wanted: Vec::new() };
        }
        let Body { text, opaque, wanted, .. } = self.evaluate_tokens(source, tokens, None);
        Shown { text: text.into_owned(), opaque, wanted }
    }

    /// Reads a rule of the page that is no span, as `-{H|..}-`. The tokens are those within the range; inner spans in it must be
    /// paired.
    pub(crate) fn rule(&mut self, source: &str, range: Range<usize>, tokens: &[Token]) {
        self.evaluate_tokens(source, tokens, Some((Flag::Hide, range)));
    }

    /// Reads a title of the page that is no span, as `-{T|..}-`.
    pub(crate) fn title_rule(&mut self, source: &str, range: Range<usize>, tokens: &[Token]) {
        self.evaluate_tokens(source, tokens, Some((Flag::Title, range)));
    }

    /// Reads a rule of a conversion group, as `-{H|..}-`. `at` is the place of the page that names the group. Nothing is said
    /// about its markup, since it is not the page's.
    pub(crate) fn group_rule(&mut self, rule: &str, at: usize) {
        let said = self.diagnostics.len();
        let paired = super::pair_text(rule);
        self.origin = Some(at);
        self.evaluate_tokens(rule, &paired.tokens, Some((Flag::Hide, 0..rule.len())));
        self.origin = None;
        self.diagnostics.truncate(said);
    }

    /// Whether two-way rules of a page count for texts in a variant (rule A16).
    pub(crate) fn has_rules(variant: Variant) -> bool {
        Code::of(Some(variant)).is_regional()
    }
}

/// Whether a body is Han characters and nothing else, as that of most spans is: no flag, no rule, and nothing to be said about it.
pub(crate) fn is_bare(body: &str) -> bool {
    // With these bytes the characters from U+4000 to U+9FFF are written, and no others.
    body.bytes().all(|byte| matches!(byte, 0x80..=0xbf | 0xe4..=0xe9))
}
