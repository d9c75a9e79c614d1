//! The content of an element as text, with a map back to the bytes that it was written as.
//!
//! Wikitext in XML is escaped: `&lt;ref name=&quot;a&quot;&gt;`. A conversion works on the text, but what it leaves alone has
//! to go out as the bytes that came in, however they were escaped. So decoding cuts the content into segments, each either
//! bytes that stand for themselves, or one reference that stands for one character, or markup that stands for nothing:
//!
//! ```text
//! raw    a&lt;<![CDATA[b&]]>c
//! text   a<b&c
//! parts  a | &lt; | <![CDATA[ | b& | ]]> | c
//! ```
//!
//! Line ends are read as XML reads them: CR LF and a lone CR are references to a line feed.
//!
//! Its own code and no XML reader, because there is a reference in every other line of wikitext, and events are slow for that.
//!
//! Cost: one pass; content without references borrows, and has one segment.

use std::borrow::Cow;
use std::ops::Range;

use quick_xml::events::BytesRef;

const CDATA: &str = "<![CDATA[";

/// Decoded content.
#[derive(Debug)]
pub(super) struct Content<'r> {
    pub(super) raw: &'r str,
    pub(super) text: Cow<'r, str>,
    /// In order; each ends where the next one begins. None is empty, in the raw bytes.
    pub(super) segments: Vec<Segment>,
}

/// A stretch of the raw bytes and the text that it stands for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Segment {
    /// Where it begins in the text.
    pub(super) text: usize,
    /// Where it begins in the raw bytes.
    pub(super) raw: usize,
    pub(super) kind: Kind,
    /// What it stands in.
    pub(super) context: Context,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// The raw bytes are the text.
    Literal,
    /// The raw bytes stand for one character.
    Reference,
    /// The raw bytes stand for no text: the ends of CDATA, comments, processing instructions.
    Markup,
}

/// How text is to be escaped at a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Context {
    Characters,
    CData,
}

/// Content that cannot be decoded: where in the raw bytes, and why.
#[derive(Debug)]
pub(super) struct Fault {
    pub(super) at: usize,
    pub(super) message: String,
}

impl<'r> Content<'r> {
    /// Decodes the content of an element that has no child elements.
    pub(super) fn decode(raw: &'r str) -> Result<Content<'r>, Fault> {
        let Some(first) = memchr::memchr3(b'&', b'<', b'\r', raw.as_bytes()) else {
            let mut segments = Vec::new();
            if !raw.is_empty() {
                segments.push(Segment { text: 0, raw: 0, kind: Kind::Literal, context: Context::Characters });
            }
            return Ok(Content { raw, text: Cow::Borrowed(raw), segments });
        };
        let mut decoder = Decoder { raw, text: String::with_capacity(raw.len()), segments: Vec::new() };
        decoder.literal(0..first, Context::Characters);
        decoder.rest(first)?;
        Ok(Content { raw, text: Cow::Owned(decoder.text), segments: decoder.segments })
    }

    /// Where segment `index` ends, in the text and in the raw bytes.
    pub(super) fn end(&self, index: usize) -> (usize, usize) {
        match self.segments.get(index + 1) {
            Some(next) => (next.text, next.raw),
            None => (self.text.len(), self.raw.len()),
        }
    }

    /// The segment that the character before this place of the text belongs to; the place is not 0 and not behind the end.
    pub(super) fn segment_before(&self, text: usize) -> usize {
        // The last segment that begins before: markup stands for nothing, so what follows it begins at the same place.
        self.segments.partition_point(|segment| segment.text < text).saturating_sub(1)
    }

    /// Where a place of the text is in the raw bytes; before markup that stands there.
    pub(super) fn raw_offset(&self, text: usize) -> usize {
        if text == 0 || self.segments.is_empty() {
            return 0;
        }
        let index = self.segment_before(text);
        let segment = self.segments[index];
        match segment.kind {
            Kind::Literal => (segment.raw + (text - segment.text)).min(self.raw.len()),
            _ => self.end(index).1,
        }
    }
}

struct Decoder<'r> {
    raw: &'r str,
    text: String,
    segments: Vec<Segment>,
}

impl Decoder<'_> {
    /// Decodes what begins at `at`. That markup is closed has been seen when the page was read.
    fn rest(&mut self, mut at: usize) -> Result<(), Fault> {
        let raw = self.raw;
        while at < raw.len() {
            let rest = &raw[at..];
            let length = match rest.as_bytes()[0] {
                b'&' => self.reference(at)?,
                b'<' if rest.starts_with(CDATA) => {
                    let length = markup(rest, at, CDATA, "]]>")?;
                    let inner = at + CDATA.len()..at + length - "]]>".len();
                    self.segment(at, Kind::Markup, Context::Characters);
                    self.literal(inner.clone(), Context::CData);
                    self.segment(inner.end, Kind::Markup, Context::CData);
                    length
                }
                b'<' => {
                    let length = match rest {
                        comment if comment.starts_with("<!--") => markup(rest, at, "<!--", "-->")?,
                        instruction if instruction.starts_with("<?") => markup(rest, at, "<?", "?>")?,
                        _ => return Err(Fault { at, message: "found an element, expected text".to_string() }),
                    };
                    self.segment(at, Kind::Markup, Context::Characters);
                    length
                }
                _ => {
                    let length = memchr::memchr2(b'&', b'<', rest.as_bytes()).unwrap_or(rest.len());
                    self.literal(at..at + length, Context::Characters);
                    length
                }
            };
            at += length;
        }
        Ok(())
    }

    /// Decodes a reference to a character; how long it is.
    fn reference(&mut self, at: usize) -> Result<usize, Fault> {
        let rest = &self.raw[at + 1..];
        let name = match memchr::memchr3(b';', b'&', b'<', rest.as_bytes()) {
            Some(length) if rest.as_bytes()[length] == b';' => &rest[..length],
            _ => {
                let message = "found `&`, expected a reference, which ends with `;`".to_string();
                return Err(Fault { at, message });
            }
        };
        let character = match name {
            "lt" => Some('<'),
            "gt" => Some('>'),
            "quot" => Some('"'),
            "amp" => Some('&'),
            "apos" => Some('\''),
            number => BytesRef::new(number).resolve_char_ref().ok().flatten(),
        };
        let Some(character) = character else {
            return Err(Fault { at, message: format!("`&{name};` stands for no character of XML") });
        };
        self.segment(at, Kind::Reference, Context::Characters);
        self.text.push(character);
        Ok(name.len() + "&;".len())
    }

    fn segment(&mut self, raw: usize, kind: Kind, context: Context) {
        self.segments.push(Segment { text: self.text.len(), raw, kind, context });
    }

    /// Takes bytes that stand for themselves, but for the line ends among them.
    fn literal(&mut self, range: Range<usize>, context: Context) {
        let (raw, mut at) = (self.raw, range.start);
        while at < range.end {
            let line_end = memchr::memchr(b'\r', &raw.as_bytes()[at..range.end]);
            let end = line_end.map_or(range.end, |offset| at + offset);
            if at < end {
                self.segment(at, Kind::Literal, context);
                self.text.push_str(&raw[at..end]);
            }
            at = end;
            if line_end.is_some() {
                self.segment(at, Kind::Reference, context);
                self.text.push('\n');
                at += if raw[at..range.end].starts_with("\r\n") { 2 } else { 1 };
            }
        }
    }
}

/// How long the markup is that `rest` begins with, and that has this beginning and end.
fn markup(rest: &str, at: usize, beginning: &str, end: &str) -> Result<usize, Fault> {
    match memchr::memmem::find(&rest.as_bytes()[beginning.len()..], end.as_bytes()) {
        Some(place) => Ok(beginning.len() + place + end.len()),
        None => Err(Fault { at, message: format!("found `{beginning}`, expected `{end}` behind it") }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(raw: &str) -> String {
        Content::decode(raw).unwrap().text.into_owned()
    }

    #[test]
    fn references_sections_and_line_ends() {
        assert_eq!(text(""), "");
        assert_eq!(text("国\n"), "国\n");
        assert_eq!(text("&lt;a&gt; &amp;amp; &quot;&apos;"), "<a> &amp; \"'");
        assert_eq!(text("&#22269;&#x56FD;&#13;"), "国国\r");
        assert_eq!(text("a<![CDATA[<b>&amp;]]>c<![CDATA[]]>"), "a<b>&amp;c");
        assert_eq!(text("a<!-- b -->c<?d e?>f"), "acf");
        assert_eq!(text("a\r\nb\rc\r"), "a\nb\nc\n");
        assert_eq!(text("<![CDATA[a\r\nb]]>"), "a\nb");
        assert_eq!(text("\u{feff}a&lt;"), "\u{feff}a<");
    }

    #[test]
    fn what_is_no_xml_is_a_fault_with_a_place() {
        for (raw, at) in [
            ("a & b", 2),
            ("国&nbsp;", 3),
            ("&#0;", 0),
            ("ab&#x110000;", 2),
            ("a<b>", 1),
            ("a<![CDATA[b", 1),
            ("<!-->", 0),
            ("a<?>", 1),
        ] {
            assert_eq!(Content::decode(raw).unwrap_err().at, at, "{raw}");
        }
    }

    #[test]
    fn every_place_of_the_text_has_a_raw_place() {
        let raw = "国&lt;<![CDATA[b&]]><!-- -->c\r\nd";
        let content = Content::decode(raw).unwrap();
        assert_eq!(content.text, "国<b&c\nd");
        let places: Vec<usize> = [0, 3, 4, 5, 6, 7, 8, 9].iter().map(|&text| content.raw_offset(text)).collect();
        assert_eq!(places, [0, 3, 7, 17, 18, 30, 32, 33]);
    }
}
