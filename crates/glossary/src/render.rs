//! Annotated texts: what annotation found, written into the text, beside it, or as a page.
//!
//! Every style but the report gives back the text with something added at the annotations that are to be glossed, or the annotations alone. What is added is in the
//! script of the text, or in the one that is asked for; a name that tells its script by itself (迪化府 does not, 葉爾羌 does) is glossed in that.
//!
//! ```
//! use tongwen_glossary::render::{RenderOptions, Style, render};
//! use tongwen_glossary::{AnnotateOptions, Glossary, Prose};
//!
//! let text = "清軍攻佔葉爾羌。";
//! let glossary = Glossary::embedded();
//! let found = glossary.annotate(text, &Prose::whole(text), &AnnotateOptions::default());
//! let glossed = render(text, &found, Style::Inline, &RenderOptions::default());
//! assert_eq!(glossed, "清軍攻佔葉爾羌（今莎車縣）。");
//! ```
//!
//! # Laws
//!
//! Outside of what is added no byte of the text changes; only text that becomes HTML, as plain text with the styles `ruby` and `abbr`, is escaped as a whole.
//! Taking out what was added gives the text back. Nothing to gloss, nothing added.

mod footnote;
mod gloss;
mod html;
mod inline;
mod map;
mod records;
mod report;

use std::fmt;
use std::ops::Range;
use std::str::FromStr;

pub use records::SCHEMA;
use tongwen::Script;

use crate::annotate::Annotation;

/// How annotations are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Style {
    /// Behind the name, in brackets: 古城（今奇台县）.
    Inline,
    /// A number behind the name, and notes at the end of the text; in Markdown as its footnotes (`[^1]`), in wikitext `<ref>`, in HTML as [`Abbr`](Style::Abbr).
    Footnote,
    /// `<ref>` behind the name.
    Wikitext,
    /// HTML with the gloss above the name; `html` is read as this, too.
    Ruby,
    /// HTML with the gloss as a title of the name.
    Abbr,
    /// The annotations as one JSON object, with offsets in bytes and in characters.
    Json,
    /// The annotations as a table.
    Tsv,
    /// A page of its own: the text with its names marked, a table and a map.
    Report,
}

impl Style {
    /// Every style.
    pub const ALL: &[Style] = &[
        Style::Inline,
        Style::Footnote,
        Style::Wikitext,
        Style::Ruby,
        Style::Abbr,
        Style::Json,
        Style::Tsv,
        Style::Report,
    ];

    /// The name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Style::Inline => "inline",
            Style::Footnote => "footnote",
            Style::Wikitext => "wikitext",
            Style::Ruby => "ruby",
            Style::Abbr => "abbr",
            Style::Json => "json",
            Style::Tsv => "tsv",
            Style::Report => "report",
        }
    }
}

impl fmt::Display for Style {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// A name of a style that is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownStyle(String);

impl fmt::Display for UnknownStyle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = Style::ALL.iter().map(|style| style.name()).collect();
        write!(f, "unknown style `{}`; known are {}", self.0, names.join(" "))
    }
}

impl std::error::Error for UnknownStyle {}

impl FromStr for Style {
    type Err = UnknownStyle;

    fn from_str(name: &str) -> Result<Style, UnknownStyle> {
        // The usual one of the two kinds of HTML.
        let name = if name.eq_ignore_ascii_case("html") { Style::Ruby.name() } else { name };
        let known = Style::ALL.iter().copied().find(|style| style.name().eq_ignore_ascii_case(name));
        known.ok_or_else(|| UnknownStyle(name.to_string()))
    }
}

/// What the annotated text is written in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Markup {
    /// Plain text, or something that shows as it is written.
    #[default]
    Text,
    /// Wikitext.
    Wikitext,
    /// HTML.
    Html,
    /// Markdown, which takes elements of HTML in its text.
    Markdown,
}

/// How to render.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct RenderOptions {
    /// The script of what is added; without one, that of the text.
    pub script: Option<Script>,
    /// The year of the modern names, as annotation was told; it is said instead of 今.
    pub as_of: Option<i16>,
    /// What the text is written in.
    pub markup: Markup,
    /// The title of a report; without one, the page is called after what it is.
    pub title: Option<String>,
    /// The bytes that are prose, in order, as annotation was told: a report shows the rest paler. Empty when all is prose.
    pub prose: Vec<Range<usize>>,
}

impl RenderOptions {
    /// Sets the script of what is added.
    pub fn script(mut self, script: Script) -> RenderOptions {
        self.script = Some(script);
        self
    }

    /// Sets the year of the modern names.
    pub fn as_of(mut self, year: i16) -> RenderOptions {
        self.as_of = Some(year);
        self
    }

    /// Sets what the text is written in.
    pub fn markup(mut self, markup: Markup) -> RenderOptions {
        self.markup = markup;
        self
    }

    /// Sets the title of a report.
    pub fn title(mut self, title: impl Into<String>) -> RenderOptions {
        self.title = Some(title.into());
        self
    }

    /// Sets what of the text is prose.
    pub fn prose(mut self, prose: Vec<Range<usize>>) -> RenderOptions {
        self.prose = prose;
        self
    }
}

/// Shows the annotations of a text. They are those of [`Glossary::annotate`](crate::Glossary::annotate) for this text.
pub fn render(text: &str, annotations: &[Annotation<'_>], style: Style, options: &RenderOptions) -> String {
    let glosses = gloss::Glosses::new(text, options);
    match (style, options.markup) {
        (Style::Inline, _) => inline::inline(text, annotations, &glosses),
        (Style::Footnote, Markup::Text | Markup::Markdown) => footnote::footnotes(text, annotations, &glosses),
        (Style::Wikitext, _) | (Style::Footnote, Markup::Wikitext) => footnote::references(text, annotations, &glosses),
        (Style::Ruby, _) => html::html(text, annotations, &glosses, html::Element::Ruby),
        (Style::Abbr, _) | (Style::Footnote, Markup::Html) => {
            html::html(text, annotations, &glosses, html::Element::Abbr)
        }
        (Style::Json, _) => records::json(annotations),
        (Style::Tsv, _) => records::tsv(text, annotations, &glosses),
        (Style::Report, _) => report::report(text, annotations, &glosses),
    }
}
