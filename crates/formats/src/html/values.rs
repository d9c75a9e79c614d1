//! Text in the value of an attribute: what was written there, as it was quoted.
//!
//! A converted value goes back between the same quotation marks, and its entities stay. What is new in it may hold
//! characters that would end it: the text of a rule of the page, a pair of the caller's. These are written as entities:
//!
//! | source, with 国 to be replaced by `a "b"` | becomes |
//! |---|---|
//! | `title="国"` | `title="a &quot;b&quot;"` |
//! | `title='国'` | `title='a "b"'` |
//! | `title=国` | `title=a&#32;&quot;b&quot;` |

use std::borrow::Cow;
use std::ops::Range;

use super::tags::Quoting;

/// A value that is text, at bytes of the source.
#[derive(Clone, Debug)]
pub(crate) struct Value {
    pub(crate) range: Range<usize>,
    pub(crate) quoting: Quoting,
}

impl Quoting {
    /// Text as it is written in a value.
    pub(crate) fn write(self, text: &str) -> Cow<'_, str> {
        if !text.chars().any(|c| self.entity(c).is_some()) {
            return Cow::Borrowed(text);
        }
        let mut written = String::with_capacity(text.len() + 16);
        for c in text.chars() {
            match self.entity(c) {
                Some(entity) => written.push_str(entity),
                None => written.push(c),
            }
        }
        Cow::Owned(written)
    }

    fn entity(self, c: char) -> Option<&'static str> {
        match (c, self) {
            ('"', Quoting::Double | Quoting::Unquoted) => Some("&quot;"),
            ('\'', Quoting::Single | Quoting::Unquoted) => Some("&#39;"),
            ('<', _) => Some("&lt;"),
            ('>', Quoting::Unquoted) => Some("&gt;"),
            (' ', Quoting::Unquoted) => Some("&#32;"),
            ('\n', Quoting::Unquoted) => Some("&#10;"),
            ('\r', Quoting::Unquoted) => Some("&#13;"),
            ('\t', Quoting::Unquoted) => Some("&#9;"),
            ('\u{c}', Quoting::Unquoted) => Some("&#12;"),
            _ => None,
        }
    }
}

/// Text as it is written at a place of the source: in one of these values, which are in order, or in none.
pub(crate) fn write_at<'t>(values: &[Value], place: usize, text: &'t str) -> Cow<'t, str> {
    let before = values.partition_point(|value| value.range.start <= place);
    let value = before.checked_sub(1).map(|index| &values[index]).filter(|value| place < value.range.end);
    value.map_or(Cow::Borrowed(text), |value| value.quoting.write(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_would_end_the_value_is_written_otherwise() {
        assert_eq!(Quoting::Double.write("a'&amp;\"<"), "a'&amp;&quot;&lt;");
        assert_eq!(Quoting::Single.write("a'\""), "a&#39;\"");
        assert_eq!(Quoting::Unquoted.write("a b>"), "a&#32;b&gt;");
        assert!(matches!(Quoting::Double.write("国 军>"), Cow::Borrowed(_)));
    }

    #[test]
    fn the_place_decides() {
        let values =
            [Value { range: 2..5, quoting: Quoting::Double }, Value { range: 8..9, quoting: Quoting::Unquoted }];
        let written: Vec<Cow<'_, str>> = [1, 2, 4, 5, 8, 9].map(|place| write_at(&values, place, "\" ")).into();
        assert_eq!(written, ["\" ", "&quot; ", "&quot; ", "\" ", "&quot;&#32;", "\" "]);
    }
}
