//! Tags, their attributes, and the elements of which nothing is prose.
//!
//! * A tag is everything from `<` to the first `>` that is not in a quoted value; so is a declaration. Without such a `>` the
//!   rest is protected.
//! * A comment runs to `-->`, `<?` to `?>`, `<![CDATA[` to `]]>`; without their ends the last two are declarations.
//! * In XML a section between `<![CDATA[` and `]]>` is text, and `<!DOCTYPE` ends behind what it declares between `[` and `]`.
//! * A `<` before anything but a letter, `/`, `!` or `?` is no tag, and a mistake: what is behind it stays up to the next `<` or
//!   behind the next `>`.
//! * The contents of elements in two lists are no prose: raw ones (`<script>`, `<style>` ..), in which nothing at all is
//!   seen, and code (`<code>`, `<pre>` ..), in which conversion markup is. Code that is never closed is only a tag; a raw
//!   element then reaches to the end, as a script does in a browser.
//!
//! `<a href=x title="国>" alt>` is one tag, and the value of its `title` is `国>`.
//!
//! # Cost
//!
//! A tag is read once. What has been looked for in vain, or found further on, is not looked for again: the closing tag of
//! each element and the end of a quotation.

use std::borrow::Cow;
use std::ops::Range;

use rustc_hash::FxHashMap;

use super::languages::Said;
use crate::lists::{List, Lists, fold};

/// How the value of an attribute is marked off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Quoting {
    Double,
    Single,
    Unquoted,
    /// Between `<![CDATA[` and `]]>`: no attribute, but written in a way of its own too.
    Cdata,
}

/// An attribute that is converted.
#[derive(Clone, Debug)]
pub(crate) struct Attribute {
    /// Without quotation marks.
    pub(crate) value: Range<usize>,
    pub(crate) quoting: Quoting,
}

/// Which language the tags are of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Syntax {
    Html,
    Xml,
    /// XML with translations of texts that stand beside them.
    Xliff,
}

impl Syntax {
    /// Whether a name may begin with the byte.
    fn begins_name(self, byte: u8) -> bool {
        byte.is_ascii_alphabetic() || self != Syntax::Html && (matches!(byte, b'_' | b':') || byte >= 0x80)
    }

    /// Whether a byte may stand in the name of an element.
    fn is_of_name(self, byte: u8) -> bool {
        match self {
            Syntax::Html => byte.is_ascii_alphanumeric() || byte == b'-',
            Syntax::Xml | Syntax::Xliff => {
                !byte.is_ascii_whitespace() && !matches!(byte, b'/' | b'>' | b'<' | b'=' | b'"' | b'\'')
            }
        }
    }

    /// What is seen in the element with this name.
    fn contents(self, lists: &Lists, name: &str) -> Prose {
        let found = lists.look_up(name);
        let (raw, code) = match self {
            Syntax::Html => (List::HtmlRawElements, List::HtmlCodeElements),
            Syntax::Xml | Syntax::Xliff => (List::XmlRawElements, List::XmlCodeElements),
        };
        if found.is_in(raw) {
            Prose::Raw
        } else if found.is_in(code) || self == Syntax::Xliff && found.is_in(List::XliffCodeElements) {
            Prose::Code
        } else {
            Prose::Text
        }
    }
}

/// What is seen in an element.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Prose {
    Text,
    /// Only conversion markup.
    Code,
    Raw,
}

/// What a tag does to its element.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    Opens,
    Closes,
    /// `<br/>`: both.
    Empty,
    /// No tag of an element: `<!DOCTYPE html>`.
    Other,
}

/// What begins with a `<`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Construct {
    /// A tag.
    Tag { end: usize, name: Range<usize>, form: Form },
    /// A tag up to `tag_end`, and no prose from there to `end`.
    Element { tag_end: usize, end: usize, name: Range<usize> },
    /// The text of a section up to `]]>`, where the whole ends at `end`.
    Cdata { text: Range<usize>, end: usize },
    /// A comment, an instruction, a stray `<` with what is behind it, or all the rest.
    Opaque { end: usize },
}

impl Construct {
    pub(crate) fn end(&self) -> usize {
        match self {
            Construct::Tag { end, .. }
            | Construct::Element { end, .. }
            | Construct::Cdata { end, .. }
            | Construct::Opaque { end } => *end,
        }
    }
}

/// Which elements are looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Contents {
    /// Those without prose.
    NoProse,
    /// Those in which not even conversion markup is seen.
    NoMarkup,
}

/// What is known about the closing tags of one name, or about another ending.
#[derive(Clone, Debug)]
struct Closing {
    /// Looked for from here on; nothing is known about places before.
    from: usize,
    /// The first one, `</` and `>` included; empty at the end of everything if there is none.
    found: Range<usize>,
}

/// Reads the tags of one stretch of a document, from its beginning to its end.
pub(crate) struct Tags<'s> {
    /// Everything up to the end of the stretch.
    source: &'s str,
    lists: &'s Lists,
    syntax: Syntax,
    /// By folded name, and by the ending itself, which is no name.
    closings: FxHashMap<Cow<'s, str>, Closing>,
    /// For `"` and `'`: the limit up to which none was left when one was looked for.
    unended: [usize; 2],
    /// The attributes of the last tag that are converted.
    pub(crate) attributes: Vec<Attribute>,
    /// The value of its `lang` or `xml:lang`.
    language: Option<Range<usize>>,
    /// Whether it says that its text is to be translated, and whether its class does.
    translate: Option<bool>,
    is_of_no_translate_class: bool,
}

impl<'s> Tags<'s> {
    /// For a stretch that ends where the source ends.
    pub(crate) fn new(source: &'s str, lists: &'s Lists, syntax: Syntax) -> Tags<'s> {
        let (closings, unended) = (FxHashMap::default(), [usize::MAX; 2]);
        Tags {
            source,
            lists,
            syntax,
            closings,
            unended,
            attributes: Vec::new(),
            language: None,
            translate: None,
            is_of_no_translate_class: false,
        }
    }

    fn forget(&mut self) {
        self.attributes.clear();
        (self.language, self.translate, self.is_of_no_translate_class) = (None, None, false);
    }

    /// What the last tag says about the text in its element.
    pub(crate) fn said(&self) -> Said<'s> {
        let translate = self.translate.or(self.is_of_no_translate_class.then_some(false));
        Said { language: self.language.clone().map(|range| &self.source[range]), translate }
    }

    /// Reads what begins with the `<` at `at` and ends at `limit` at the latest. Later calls are about later places.
    pub(crate) fn read(&mut self, at: usize, limit: usize, contents: Contents) -> Construct {
        self.forget();
        let bytes = self.source.as_bytes();
        let rest = &bytes[at..limit];
        if rest.starts_with(b"<!--") {
            // `<!-->` is one.
            let close = memchr::memmem::find(&rest[2..], b"-->");
            return Construct::Opaque { end: close.map_or(limit, |close| at + 2 + close + 3) };
        }
        let is_html = self.syntax == Syntax::Html;
        match rest.get(1) {
            Some(b'?') => match self.ending("?>", at + 2, limit) {
                Some(end) => return Construct::Opaque { end },
                None if is_html => {}
                None => return Construct::Opaque { end: limit },
            },
            Some(b'!') if rest.starts_with(b"<![CDATA[") => match self.ending("]]>", at + 9, limit) {
                Some(end) if is_html => return Construct::Opaque { end },
                Some(end) => return Construct::Cdata { text: at + 9..end - 3, end },
                None if is_html => {}
                None => return Construct::Opaque { end: limit },
            },
            Some(b'!') if !is_html && rest.starts_with(b"<!DOCTYPE") => {
                return Construct::Opaque { end: declaration_end(rest).map_or(limit, |length| at + length) };
            }
            Some(b'/' | b'!') => {}
            Some(&byte) if self.syntax.begins_name(byte) => {}
            _ => {
                let end = memchr::memchr2(b'<', b'>', &rest[1..]).map_or(limit, |found| at + 1 + found);
                return Construct::Opaque { end: end + usize::from(bytes[..limit].get(end) == Some(&b'>')) };
            }
        }
        let closes = rest[1] == b'/';
        let start = at + 1 + usize::from(closes);
        let length = bytes[start..limit].iter().take_while(|&&byte| self.syntax.is_of_name(byte)).count();
        let name = start..start + length;
        let Some(end) = self.tag_end(name.end, limit) else { return Construct::Opaque { end: limit } };
        let form = match bytes[end - 2] {
            _ if !self.syntax.begins_name(bytes[start]) => Form::Other,
            _ if closes => Form::Closes,
            b'/' => Form::Empty,
            _ => Form::Opens,
        };
        if matches!(form, Form::Other | Form::Closes) {
            self.forget();
        }
        let tag = Construct::Tag { end, name: name.clone(), form };
        let separates = matches!(bytes[name.end], b'>' | b'/') || bytes[name.end].is_ascii_whitespace();
        if form != Form::Opens || !separates {
            return tag;
        }
        let folded = fold(&self.source[name.clone()]);
        let local = if is_html { &folded } else { local_name(&folded) };
        let prose = self.syntax.contents(self.lists, local);
        if prose == Prose::Text || prose == Prose::Code && contents == Contents::NoMarkup {
            return tag;
        }
        match self.closing(folded, end).filter(|closing| closing.end <= limit) {
            Some(closing) => Construct::Element { tag_end: end, end: closing.end, name },
            None if prose == Prose::Raw => Construct::Element { tag_end: end, end: limit, name },
            None => tag,
        }
    }

    /// Whether the element with this name is one of which nothing is prose.
    pub(crate) fn has_no_prose(&self, name: &str) -> bool {
        self.syntax.contents(self.lists, &fold(name)) != Prose::Text
    }

    /// The first closing tag of elements with this folded name at or behind `from`.
    pub(crate) fn closing(&mut self, name: Cow<'s, str>, from: usize) -> Option<Range<usize>> {
        let found = match self.known(&name, from) {
            Some(found) => found,
            None => {
                let found = self.find_closing(name.as_bytes(), from);
                self.closings.insert(name, Closing { from, found: found.clone() });
                found
            }
        };
        Some(found).filter(|found| !found.is_empty())
    }

    /// Where the first `needle` at or behind `from` ends, if it does up to the limit.
    fn ending(&mut self, needle: &'static str, from: usize, limit: usize) -> Option<usize> {
        let found = match self.known(needle, from) {
            Some(found) => found,
            None => {
                let bytes = self.source.as_bytes();
                let found = memchr::memmem::find(&bytes[from..], needle.as_bytes());
                let found = found.map_or(bytes.len()..bytes.len(), |at| from + at..from + at + needle.len());
                self.closings.insert(Cow::Borrowed(needle), Closing { from, found: found.clone() });
                found
            }
        };
        Some(found.end).filter(|end| !found.is_empty() && *end <= limit)
    }

    /// What was found when the same was looked for from there or from a place before.
    fn known(&self, key: &str, from: usize) -> Option<Range<usize>> {
        let known = self.closings.get(key)?;
        let counts = known.from <= from && (from <= known.found.start || known.found.is_empty());
        counts.then(|| known.found.clone())
    }

    fn find_closing(&self, name: &[u8], from: usize) -> Range<usize> {
        let bytes = self.source.as_bytes();
        let mut at = from;
        while let Some(step) = memchr::memmem::find(&bytes[at..], b"</") {
            let start = at + step;
            at = start + 2;
            let has_name = bytes[at..].get(..name.len()).is_some_and(|found| found.eq_ignore_ascii_case(name));
            if has_name {
                at += name.len();
                at += bytes[at..].iter().take_while(|byte| byte.is_ascii_whitespace()).count();
                if bytes.get(at) == Some(&b'>') {
                    return start..at + 1;
                }
            }
        }
        bytes.len()..bytes.len()
    }

    /// Where the tag ends whose name ends at `from`: behind the first `>` that is in no quoted value. Notes the attributes.
    fn tag_end(&mut self, from: usize, limit: usize) -> Option<usize> {
        let bytes = &self.source.as_bytes()[..limit];
        let mut at = from;
        loop {
            let found = at + memchr::memchr2(b'>', b'=', &bytes[at..])?;
            if bytes[found] == b'>' {
                return Some(found + 1);
            }
            let blanks = bytes[found + 1..].iter().take_while(|byte| byte.is_ascii_whitespace()).count();
            let open = found + 1 + blanks;
            let quoting = match bytes.get(open) {
                Some(b'"') => Quoting::Double,
                Some(b'\'') => Quoting::Single,
                _ => Quoting::Unquoted,
            };
            let value = match quoting {
                // A quotation that is never ended is none.
                Quoting::Double | Quoting::Single => {
                    self.quotation_end(open, limit).map_or(open..open, |close| open + 1..close)
                }
                Quoting::Unquoted | Quoting::Cdata => {
                    let ends = |byte: u8| matches!(byte, b'"' | b'\'' | b'>') || byte.is_ascii_whitespace();
                    open..open + bytes[open..].iter().take_while(|&&byte| !ends(byte)).count()
                }
            };
            let next = value.end + usize::from(value.start > open);
            let name = attribute_name(&self.source[at..found]);
            if !name.is_empty() {
                if name.eq_ignore_ascii_case("lang") || name.eq_ignore_ascii_case("xml:lang") {
                    self.language = Some(value);
                } else if name.eq_ignore_ascii_case("translate") {
                    self.translate = match self.source[value].trim() {
                        no if no.eq_ignore_ascii_case("no") => Some(false),
                        yes if yes.is_empty() || yes.eq_ignore_ascii_case("yes") => Some(true),
                        _ => None,
                    };
                } else if self.syntax == Syntax::Html && name.eq_ignore_ascii_case("class") {
                    let mut classes = self.source[value].split_ascii_whitespace();
                    self.is_of_no_translate_class = classes.any(|class| class.eq_ignore_ascii_case("notranslate"));
                } else if !value.is_empty() && self.lists.has(List::ProseAttributes, name) {
                    self.attributes.push(Attribute { value, quoting });
                }
            }
            at = next;
        }
    }

    /// Where the quotation mark is that ends the quotation that one at `open` begins.
    fn quotation_end(&mut self, open: usize, limit: usize) -> Option<usize> {
        let bytes = self.source.as_bytes();
        let mark = bytes[open];
        let unended = &mut self.unended[usize::from(mark == b'\'')];
        if *unended == limit {
            return None;
        }
        let found = memchr::memchr(mark, &bytes[open + 1..limit]);
        if found.is_none() {
            *unended = limit;
        }
        found.map(|length| open + 1 + length)
    }
}

/// The name without the prefix that says where it is from: `title` of `dc:title`.
pub(crate) fn local_name(name: &str) -> &str {
    name.rsplit_once(':').map_or(name, |(_, local)| local)
}

/// The length of the declaration `<!DOCTYPE ..>`, with what it declares between `[` and `]`.
fn declaration_end(bytes: &[u8]) -> Option<usize> {
    let mut depth = 0_usize;
    let mut at = 1;
    while let Some(&byte) = bytes.get(at) {
        let rest = &bytes[at..];
        let find = |needle: &str| memchr::memmem::find(rest, needle.as_bytes()).map(|found| at + found + needle.len());
        at = match byte {
            b'"' | b'\'' => at + 1 + memchr::memchr(byte, &rest[1..])? + 1,
            b'<' if rest.starts_with(b"<!--") => find("-->")?,
            b'<' if rest.starts_with(b"<?") => find("?>")?,
            b'>' if depth == 0 => return Some(at + 1),
            _ => at + 1,
        };
        match byte {
            b'[' => depth += 1,
            b']' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    None
}

/// The name of an attribute, given what stands before its equals sign; empty if there is none. Directly behind a quoted value
/// there may be nothing between.
fn attribute_name(before: &str) -> &str {
    let before = before.trim_ascii_end();
    let separates = |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b'/' | b'"' | b'\'');
    let start = before.as_bytes().iter().rposition(separates).map_or(0, |last| last + 1);
    &before[start..]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(source: &str) -> (Construct, Vec<&str>) {
        let lists = Lists::default();
        let mut tags = Tags::new(source, &lists, Syntax::Html);
        let construct = tags.read(0, source.len(), Contents::NoProse);
        (construct, tags.attributes.iter().map(|attribute| &source[attribute.value.clone()]).collect())
    }

    fn end(source: &str) -> usize {
        read(source).0.end()
    }

    #[test]
    fn tags_end_outside_of_quotations() {
        assert_eq!(end("<b>国"), 3);
        assert_eq!(end("<a href=\"x>y\" b='>'>国"), 20);
        assert_eq!(end("<a b=\"x>国"), 8);
        assert_eq!(end("<a b=x\">\">国"), 8);
        assert_eq!(end("< 1 > 国"), 5);
        assert_eq!(end("<!DOCTYPE html>国"), 15);
        assert_eq!(end("<国"), "<国".len());
        assert_eq!(end("<!-- > -->国"), 10);
        assert_eq!(end("<!-->国"), 5);
        assert_eq!(end("<!-- 国>"), "<!-- 国>".len());
    }

    #[test]
    fn values_of_title_and_alt() {
        assert_eq!(read("<a title=\"a\" ALT='b>'>").1, ["a", "b>"]);
        assert_eq!(read("<a title = a alt=b/>").1, ["a", "b/"]);
        assert_eq!(read("<a href=\"x\"title=\"a\"alt=b>").1, ["a", "b"]);
        assert_eq!(read("<a\ntitle\n=\n'a'>").1, ["a"]);
        for none in ["<a data-title=a>", "<a title=\"\">", "<title=a>", "</a title=b>", "<a title=\"x>", "<!x title=y>"]
        {
            assert_eq!(read(none).1, [""; 0], "{none}");
        }
    }

    #[test]
    fn elements_without_prose() {
        let element = |source: &str| match read(source).0 {
            Construct::Element { tag_end, end, .. } => Some((tag_end, end)),
            _ => None,
        };
        assert_eq!(element("<code>a</code>b"), Some((6, 14)));
        assert_eq!(element("<CODE class=x>a</code>"), Some((14, 22)));
        assert_eq!(element("<pre class=x>a</b></PRE >b"), Some((13, 25)));
        assert_eq!(element("<svg><text>a</text></svg>"), Some((5, 25)));
        assert_eq!(element("<svg/>a</svg>"), None);
        assert_eq!(element("<prefix>a</prefix>"), None);
        assert_eq!(element("<pre>a"), None);
        assert_eq!(element("<script>a"), Some((8, 9)));
    }

    #[test]
    fn xml_has_other_constructs() {
        let lists = Lists::default();
        let read = |source: &str| Tags::new(source, &lists, Syntax::Xml).read(0, source.len(), Contents::NoProse);
        assert_eq!(read("<![CDATA[a>b]]>c"), Construct::Cdata { text: 9..12, end: 15 });
        assert_eq!(read("<![CDATA[a>"), Construct::Opaque { end: 11 });
        assert_eq!(read("<!DOCTYPE a [<!ENTITY b \"]>\"><!-- ]> --><?c ]>?>]>d").end(), 50);
        assert_eq!(read("<!DOCTYPE a 'b>c").end(), 16);
        assert_eq!(read("<国 a='>'>军").end(), "<国 a='>'>".len());
        assert_eq!(read("<a:style>b</a:style>"), Construct::Element { tag_end: 9, end: 20, name: 1..8 });
        assert_eq!(read("<svg>a</svg>").end(), 5);
    }

    #[test]
    fn what_was_looked_for_is_known() {
        let source = "<pre>a</pre><pre>b</pre><pre>c";
        let lists = Lists::default();
        let mut tags = Tags::new(source, &lists, Syntax::Html);
        assert_eq!(tags.closing("pre".into(), 0), Some(6..12));
        assert_eq!(tags.closing("pre".into(), 6), Some(6..12));
        assert_eq!(tags.closing("pre".into(), 7), Some(18..24));
        assert_eq!(tags.closing("pre".into(), 24), None);
        assert_eq!(tags.closing("pre".into(), 25), None);
    }
}
