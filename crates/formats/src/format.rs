//! The formats that can be scanned, and how a file's format is known from its name.

use std::fmt;
use std::path::Path;
use std::str::FromStr;

use crate::{Error, ErrorKind};

/// How a document is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Format {
    /// Plain text: everything is prose. Conversion markup (`-{ }-`) is left to the converter, which knows it.
    Text,
    /// The page source of MediaWiki. Conversion markup is recognised here, since it takes part in the syntax.
    Wikitext,
    /// HTML, much as MediaWiki converts the pages that it serves: text and the values of `title` and `alt`.
    Html,
    /// XML: text, and the values of the same attributes.
    Xml,
    /// Markdown, as CommonMark and GitHub have it.
    Markdown,
    /// JSON: strings, but not the names of members.
    Json,
    /// JSON, one value a line.
    JsonLines,
    /// A table with commas.
    Csv,
    /// A table with tabs.
    Tsv,
    /// SubRip subtitles.
    Srt,
    /// WebVTT subtitles.
    Vtt,
    /// Subtitles of Advanced SubStation Alpha.
    Ass,
    /// A catalogue of translations of GNU gettext.
    Po,
}

impl Format {
    /// Every format.
    pub const ALL: [Format; 13] = [
        Format::Text,
        Format::Wikitext,
        Format::Html,
        Format::Xml,
        Format::Markdown,
        Format::Json,
        Format::JsonLines,
        Format::Csv,
        Format::Tsv,
        Format::Srt,
        Format::Vtt,
        Format::Ass,
        Format::Po,
    ];

    /// The format that the extension of a file name stands for; letter case does not matter. The file is not opened.
    ///
    /// ```
    /// use tongwen_formats::Format;
    /// assert_eq!(Format::from_path("notes/page.wiki".as_ref()), Some(Format::Wikitext));
    /// assert_eq!(Format::from_path("Makefile".as_ref()), None);
    /// ```
    pub fn from_path(path: &Path) -> Option<Format> {
        match path.extension()?.to_str()?.to_ascii_lowercase().as_str() {
            "wikitext" | "wiki" | "mediawiki" => Some(Format::Wikitext),
            "txt" | "text" => Some(Format::Text),
            "html" | "htm" | "xhtml" => Some(Format::Html),
            "md" | "markdown" => Some(Format::Markdown),
            "xml" | "xliff" | "xlf" | "svg" | "rss" | "atom" | "fb2" => Some(Format::Xml),
            "json" | "geojson" | "webmanifest" => Some(Format::Json),
            "jsonl" | "ndjson" => Some(Format::JsonLines),
            "csv" => Some(Format::Csv),
            "tsv" | "tab" => Some(Format::Tsv),
            "srt" => Some(Format::Srt),
            "vtt" => Some(Format::Vtt),
            "ass" | "ssa" => Some(Format::Ass),
            "po" | "pot" => Some(Format::Po),
            _ => None,
        }
    }

    /// The name on the command line and in configuration files.
    pub fn name(self) -> &'static str {
        match self {
            Format::Text => "text",
            Format::Wikitext => "wikitext",
            Format::Html => "html",
            Format::Xml => "xml",
            Format::Markdown => "markdown",
            Format::Json => "json",
            Format::JsonLines => "jsonl",
            Format::Csv => "csv",
            Format::Tsv => "tsv",
            Format::Srt => "srt",
            Format::Vtt => "vtt",
            Format::Ass => "ass",
            Format::Po => "po",
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Format {
    type Err = Error;

    fn from_str(name: &str) -> Result<Format, Error> {
        Format::ALL
            .into_iter()
            .find(|format| format.name().eq_ignore_ascii_case(name))
            .ok_or_else(|| Error::new(ErrorKind::UnknownFormat { name: name.to_string() }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_extensions() {
        for format in Format::ALL {
            assert_eq!(format.to_string().parse::<Format>().unwrap(), format);
        }
        assert_eq!(Format::from_path("a/B.MEDIAWIKI".as_ref()), Some(Format::Wikitext));
        assert_eq!(Format::from_path("a.text".as_ref()), Some(Format::Text));
        assert_eq!(Format::from_path("a.html".as_ref()), Some(Format::Html));
        assert_eq!(Format::from_path("a.HTM".as_ref()), Some(Format::Html));
        assert_eq!(Format::from_path("a.xhtml".as_ref()), Some(Format::Html));
        assert_eq!(Format::from_path("README.md".as_ref()), Some(Format::Markdown));
        assert_eq!(Format::from_path("a.Markdown".as_ref()), Some(Format::Markdown));
        for name in ["a.xml", "a.XLIFF", "a.xlf", "a.svg", "a.rss", "a.atom", "a.fb2"] {
            assert_eq!(Format::from_path(name.as_ref()), Some(Format::Xml), "{name}");
        }
        assert_eq!(Format::from_path("a.wikitext.bak".as_ref()), None);
        let error = "word".parse::<Format>().unwrap_err();
        assert_eq!(
            error.to_string(),
            "unknown format `word`, expected one of text, wikitext, html, xml, markdown, json, jsonl, csv, tsv, srt, vtt, ass, po; choose one of them"
        );
    }
}
