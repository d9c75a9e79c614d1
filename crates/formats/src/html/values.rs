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
        if self == Quoting::Cdata {
            return replaced(text, "]]>", "]]]]><![CDATA[>");
        }
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
            ('<', Quoting::Double | Quoting::Single | Quoting::Unquoted) => Some("&lt;"),
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

/// Where new text is escaped.
#[derive(Clone, Debug, Default)]
pub(crate) enum Escapes {
    #[default]
    Nowhere,
    /// In values, which are in order.
    Values(Vec<Value>),
    /// In them and around them, `&` too, as XML wants it.
    Everywhere(Vec<Value>),
}

impl Escapes {
    /// New text as it is written at a place of the source where `old` was.
    pub(crate) fn write_at<'t>(&self, place: usize, old: &str, new: &'t str) -> Cow<'t, str> {
        let values = match self {
            Escapes::Nowhere => return Cow::Borrowed(new),
            Escapes::Values(values) | Escapes::Everywhere(values) => values,
        };
        let before = values.partition_point(|value| value.range.start <= place);
        let value = before.checked_sub(1).map(|index| &values[index]).filter(|value| place < value.range.end);
        let quoting = value.map(|value| value.quoting);
        let is_xml = matches!(self, Escapes::Everywhere(_)) && quoting != Some(Quoting::Cdata);
        // What has a stray `&` already is no XML, and stays as wrong as it was.
        let new = match is_xml && new.contains('&') && !old.contains('&') {
            true => ampersands(new),
            false => Cow::Borrowed(new),
        };
        let written = match (quoting, is_xml) {
            (Some(quoting), _) => quoting.write(&new),
            (None, true) => replaced(&new, "<", "&lt;"),
            (None, false) => Cow::Borrowed(&*new),
        };
        match written {
            Cow::Borrowed(_) => new,
            Cow::Owned(written) => Cow::Owned(written),
        }
    }
}

fn replaced<'t>(text: &'t str, from: &str, to: &str) -> Cow<'t, str> {
    if text.contains(from) { Cow::Owned(text.replace(from, to)) } else { Cow::Borrowed(text) }
}

/// With `&amp;` for every `&` that begins no entity.
fn ampersands(text: &str) -> Cow<'_, str> {
    let mut written = String::with_capacity(text.len() + 16);
    for (index, piece) in text.split('&').enumerate() {
        if index > 0 {
            let name = piece.split_once(';').map_or("", |(name, _)| name);
            let is_entity = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'#');
            written.push_str(if is_entity { "&" } else { "&amp;" });
        }
        written.push_str(piece);
    }
    Cow::Owned(written)
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
            vec![Value { range: 2..5, quoting: Quoting::Double }, Value { range: 8..9, quoting: Quoting::Unquoted }];
        let escapes = Escapes::Values(values);
        let written: Vec<Cow<'_, str>> = [1, 2, 4, 5, 8, 9].map(|place| escapes.write_at(place, "", "\" ")).into();
        assert_eq!(written, ["\" ", "&quot; ", "&quot; ", "\" ", "&quot;&#32;", "\" "]);
    }

    #[test]
    fn xml_is_escaped_everywhere() {
        let values =
            vec![Value { range: 2..5, quoting: Quoting::Double }, Value { range: 8..9, quoting: Quoting::Cdata }];
        let escapes = Escapes::Everywhere(values);
        assert_eq!(escapes.write_at(0, "国", "a<b & \"c\" &amp;"), "a&lt;b &amp; \"c\" &amp;");
        assert_eq!(escapes.write_at(0, "国&", "a & b"), "a & b");
        assert_eq!(escapes.write_at(2, "国", "a<b & \"c\""), "a&lt;b &amp; &quot;c&quot;");
        assert_eq!(escapes.write_at(8, "国", "a<b & ]]>"), "a<b & ]]]]><![CDATA[>");
        assert!(matches!(escapes.write_at(0, "国", "國"), Cow::Borrowed(_)));
    }
}
