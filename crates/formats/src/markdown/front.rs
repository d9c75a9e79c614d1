//! What stands before the document itself: the front matter.
//!
//! Between two lines `---` YAML, between two lines `+++` TOML. All of it stays: what is prose in it and what is a key of some
//! program cannot be told apart. One key is this project's own: with `tongwen: false` (`tongwen = false`) the document asks not to
//! be converted.

use std::ops::Range;

/// The front matter of a document.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Front {
    /// Where it ends; 0 if there is none.
    pub(crate) end: usize,
    /// The line that asks for no conversion.
    pub(crate) no_conversion: Option<Range<usize>>,
}

/// Reads the front matter. Without a closing line there is none.
pub(crate) fn read(source: &str) -> Front {
    let start = if source.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let mut front = Front { end: start, no_conversion: None };
    let mut lines = source[start..].split_inclusive('\n');
    let Some(first) = lines.next() else { return Front::default() };
    let (separator, closings): (char, &[&str]) = match first.trim_ascii_end() {
        "---" => (':', &["---", "..."]),
        "+++" => ('=', &["+++"]),
        _ => return Front::default(),
    };
    front.end += first.len();
    for line in lines {
        let text = line.trim_ascii_end();
        let range = front.end..front.end + text.len();
        front.end += line.len();
        if closings.contains(&text) {
            return front;
        }
        let asks = |(key, value): (&str, &str)| {
            let value = value.split('#').next().unwrap_or_default().trim();
            key.trim_end() == "tongwen" && matches!(value, "false" | "\"false\"" | "'false'")
        };
        if text.split_once(separator).is_some_and(asks) {
            front.no_conversion = Some(range);
        }
    }
    Front::default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn front_matter_ends_at_its_closing_line() {
        let end = |source| read(source).end;
        assert_eq!(end("---\na: b\n---\nc"), 13);
        assert_eq!(end("---\r\na: b\r\n...\r\nc"), 16);
        assert_eq!(end("+++\na = 1\n+++"), 13);
        assert_eq!(end("\u{feff}---\n---\n"), 11);
        for none in ["", "---\na: b\n", "--- a\n---\n", "a\n---\nb\n---\n", "+++\n---\n"] {
            assert_eq!(read(none), Front::default(), "{none:?}");
        }
    }

    #[test]
    fn one_key_is_ours() {
        let asks = |source: &str| read(source).no_conversion.map(|range| source[range].to_string());
        assert_eq!(asks("---\na: b\ntongwen: false # c\n---\n").as_deref(), Some("tongwen: false # c"));
        assert_eq!(asks("+++\ntongwen = false\n+++\n").as_deref(), Some("tongwen = false"));
        for no in [
            "---\ntongwen: true\n---\n",
            "---\n  tongwen: false\n---\n",
            "tongwen: false\n",
            "+++\ntongwen: false\n+++\n",
        ] {
            assert_eq!(asks(no), None, "{no:?}");
        }
    }
}
