//! The markup with which authors of a page direct conversion: `-{ }-`.
//!
//! A wiki in Chinese stores a page once and shows it in several variants. A program converts it for each reader, and where
//! the program would be wrong the page says what it wants, in a small language of its own. This module reads that
//! language and nothing else: it knows no wikitext, no HTML and no dictionary. A format's scanner says which brackets are
//! brackets, [`Page`] evaluates the spans in the order of the page, and what they define goes into a
//! [`PagePairs`](tongwen::PagePairs), which the converter reads.
//!
//! # The language in ten examples
//!
//! A *span* is `-{`, flags, `|`, a body, `}-`; flags and pipe may be left out. What a reader in zh-tw sees:
//!
//! | source | shown | why |
//! |---|---|---|
//! | `巴-{里}-坤` | 巴里坤 | a body that is no rule is shown raw, never converted |
//! | `-{zh-cn:内存;zh-tw:記憶體}-` | 記憶體 | a two-way rule: each variant has its text |
//! | `-{zh-hans:内存;zh-hant:記憶體}-` | 記憶體 | zh-tw has none, and falls back to zh-hant |
//! | `-{H\|zh-cn:内存;zh-tw:記憶體}-内存` | 記憶體 | `H` shows nothing; from here on the page's 内存 is 記憶體 |
//! | `-{A\|zh-cn:内存;zh-tw:記憶體}-` | 記憶體 | `A` does the same and shows the text too |
//! | `-{H\|巨集=>zh-cn:宏}-` | | a one-way rule, for zh-cn only |
//! | `-{-\|内存}-` | | `-`: from here on no entry has 内存 as its source |
//! | `-{T\|zh-cn:内存;zh-tw:記憶體}-` | | the page's title |
//! | `-{D\|zh-cn:内存;zh-tw:記憶體}-` | 大陆：内存；臺灣：記憶體； | the rule in words |
//! | `-{zh-hant;zh-tw\|里}-` | 裡 | variant list: convert this for these variants, else show it raw |
//!
//! `-{N|zh-hk}-` shows the name of a variant, `-{R|..}-` is raw whatever the body. An empty span `-{}-` shows nothing, but
//! no word is found across it, nor across any other span.
//!
//! # How a span is read
//!
//! `-{H|zh-cn:a;b;zh-tw:c-{d}-}-`, step by step:
//!
//! 1. [`brackets`] pairs each `-{` with the nearest `}-`. Unpaired ones are text. At most ten levels nest.
//! 2. [`span`] evaluates from the inside: `-{d}-` shows `d`, so the outer body is `H|zh-cn:a;b;zh-tw:cd`.
//! 3. [`flags`]: what is before the first `|` is cut at `;`. Here `H` alone.
//! 4. [`segments`] cuts the rest at each `;` that is followed by a code and `:`: `zh-cn:a;b` and `zh-tw:cd`.
//! 5. [`rules`] reads them, chooses the text for the target ([`codes`] has the fallbacks) and says which words become
//!    which: in zh-tw `a;b` becomes `cd`.
//! 6. [`page`] keeps what has been defined so far; [`findings`] words what is wrong, for the author.
//!
//! Texts of rules are ranges of a [`body`], which knows for each byte where in the source it came from; so diagnostics have
//! places in the source even for text that an inner span has shown.
//!
//! The second pair of delimiters, `-< >-`, is this project's own (rule D1): the same language, for files that never were on
//! a wiki. Each pair closes only itself, and `-< >-` does not reach across a line end.
//!
//! # Rules
//!
//! The numbers A1 to A23 in this module are those of the project's reference semantics for wikitext, which were measured
//! with MediaWiki 1.45.
//!
//! | rules | where |
//! |---|---|
//! | A1, A2, A4, A5 flags | [`flags`] |
//! | A11, A12, A13 cutting a body | [`segments`] |
//! | A13, A14 codes and fallbacks | [`codes`] |
//! | A8, A9, A14, A15, A16 rules, texts, entries | [`rules`] |
//! | A3, A6, A7, A10, A19, A22 what a span shows and does | [`span`] |
//! | A18, A23 borders and order | [`page`], and whoever builds the document |
//! | A17 how page rules compete with dictionaries | the converter |
//! | A20, A21, D1 brackets | [`brackets`] |
//!
//! # Cost
//!
//! Linear in the length of the source: each byte of a span is copied at most once for each of its ten levels. A
//! description (flag `D`) can be longer than its rule; within one outermost span descriptions may make no more
//! than sixteen times its length, and a body is shown raw beyond that. Nothing is recursive.

pub(crate) mod body;
pub(crate) mod brackets;
pub(crate) mod codes;
pub(crate) mod findings;
pub(crate) mod flags;
mod language_names;
pub(crate) mod page;
pub(crate) mod rules;
pub(crate) mod segments;
pub(crate) mod span;
mod stream;

pub(crate) use brackets::{LEVELS, Matcher, Outermost, Pair, Paired, Token, pair, pair_text};
pub(crate) use page::{Page, Shown};
pub use stream::StreamMarkup;
