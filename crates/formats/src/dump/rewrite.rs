//! Writes the changed content of an element: the raw bytes of what stays, and new text escaped as its surroundings are.
//!
//! The caller gives pieces in order, ranges of the text that stay and new strings, and what lies between two ranges is
//! dropped. Markup in the content (the ends of CDATA, comments) stands for no text, so that nobody can ask for it or drop it:
//! it stays wherever the text around it goes, which also keeps every CDATA section closed.
//!
//! ```text
//! raw      a&#38;b<![CDATA[c]]>d
//! text     a&bcd
//! pieces   0..2, "B&", 4..5
//! written  a&#38;B&#38;<![CDATA[]]>d
//! ```
//!
//! Where pieces meet that did not meet before, bytes that are harmless alone can become syntax: `]]` and `>`, CR and LF.
//! There the second is written as a reference.
//!
//! Cost: one pass over the pieces and the segments of the content.

use std::borrow::Cow;
use std::ops::Range;

use super::content::{Content, Context, Kind};
use super::escape::{Escapes, is_xml};
use crate::Piece;

/// Bytes of new text that are looked at at once.
const BLOCK: usize = 16;

/// The new text of a page, to be given by the caller's conversion; see [`NewText::set`].
#[derive(Debug)]
pub struct NewText<'c> {
    content: &'c Content<'c>,
    written: &'c mut Vec<u8>,
    outcome: Outcome,
}

/// What the caller made of the text.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Kept,
    Changed,
    /// There is no such range.
    Refused(Range<usize>),
}

impl<'c> NewText<'c> {
    /// What is set is written to `written`, which is cleared.
    pub(super) fn new(content: &'c Content<'c>, written: &'c mut Vec<u8>) -> NewText<'c> {
        written.clear();
        NewText { content, written, outcome: Outcome::Kept }
    }

    /// Sets the new text: the pieces joined. Ranges are bytes of the old text, on character borders and in order; one that
    /// goes back is written like new text. Pieces that are the old text change nothing, and neither does a page for which this
    /// was never called. A range that the text does not have ends the conversion of the dump with
    /// [`DumpErrorKind::Piece`](super::DumpErrorKind::Piece).
    pub fn set<'p>(&mut self, pieces: impl IntoIterator<Item = Piece<'p>>) {
        self.written.clear();
        let mut rewriter = Rewriter {
            content: self.content,
            text: 0,
            raw: 0,
            segment: 0,
            seam: 0,
            escapes: None,
            written: self.written,
        };
        self.outcome = match rewriter.pieces(pieces) {
            Ok(()) if *self.written == self.content.raw.as_bytes() => Outcome::Kept,
            Ok(()) => Outcome::Changed,
            Err(range) => Outcome::Refused(range),
        };
    }

    pub(super) fn outcome(self) -> Outcome {
        self.outcome
    }
}

struct Rewriter<'c, 'w> {
    content: &'c Content<'c>,
    /// Up to here the text was kept or dropped.
    text: usize,
    /// The same place in the raw bytes; before markup that stands there.
    raw: usize,
    /// The segment of what comes next.
    segment: usize,
    /// How much had been written when something was written last that is not what stands before `raw`.
    seam: usize,
    /// How the element escapes, once it is asked for.
    escapes: Option<Escapes<'c>>,
    written: &'w mut Vec<u8>,
}

impl Rewriter<'_, '_> {
    fn pieces<'p>(&mut self, pieces: impl IntoIterator<Item = Piece<'p>>) -> Result<(), Range<usize>> {
        let content = self.content;
        // Where new text goes depends on whether it takes the place of old text, which the next range shows.
        let mut new: Vec<Cow<'_, str>> = Vec::new();
        for piece in pieces {
            match piece {
                Piece::New(text) => new.push(text),
                Piece::Source(range) => {
                    let Some(text) = content.text.get(range.clone()) else {
                        return Err(range);
                    };
                    if range.start < self.text {
                        new.push(Cow::Borrowed(text));
                    } else if !text.is_empty() {
                        self.replace(range.start, &mut new);
                        self.keep_to(range.end);
                    }
                }
            }
        }
        self.replace(content.text.len(), &mut new);
        self.markup();
        Ok(())
    }

    /// Writes new text for the old text up to a place.
    fn replace(&mut self, place: usize, new: &mut Vec<Cow<'_, str>>) {
        if self.text < place {
            // In front of the first character that it stands for, in the same CDATA.
            self.markup();
        }
        for text in new.drain(..) {
            self.insert(&text);
        }
        self.drop_to(place);
    }

    /// Drops text up to a place, but not the markup in it.
    fn drop_to(&mut self, place: usize) {
        while self.text < place {
            self.markup();
            let (text, raw) = self.content.end(self.segment);
            if text <= place {
                (self.text, self.raw) = (text, raw);
                self.segment += 1;
            } else {
                // Within a literal segment, where a byte of text is a raw byte: a reference has one character.
                self.raw += place - self.text;
                self.text = place;
            }
            self.seam = self.written.len();
        }
    }

    /// Writes the markup that stands here.
    fn markup(&mut self) {
        while let Some(segment) = self.content.segments.get(self.segment).filter(|next| next.kind == Kind::Markup) {
            let (_, end) = self.content.end(self.segment);
            self.written.extend_from_slice(&self.content.raw.as_bytes()[segment.raw..end]);
            self.raw = end;
            self.segment += 1;
        }
    }

    /// Writes the raw bytes of the text up to a place behind this one.
    fn keep_to(&mut self, place: usize) {
        self.mend(place);
        let mut last = self.segment;
        while self.content.segments.get(last + 1).is_some_and(|next| next.text < place) {
            last += 1;
        }
        let (text, raw) = self.content.end(last);
        let (end, next) = match text == place {
            true => (raw, last + 1),
            false => (self.content.segments[last].raw + (place - self.content.segments[last].text), last),
        };
        self.written.extend_from_slice(&self.content.raw.as_bytes()[self.raw..end]);
        (self.text, self.raw, self.segment) = (place, end, next);
    }

    /// Writes the first of the raw bytes up to a place of the text as a reference, if they would be syntax together with what
    /// was written.
    fn mend(&mut self, place: usize) {
        let Some(segment) = self.content.segments.get(self.segment).filter(|next| next.kind == Kind::Literal) else {
            return;
        };
        let next = &self.content.raw.as_bytes()[self.raw..];
        let (context, before) = (segment.context, self.written.as_slice());
        // So many bytes stand before the next ones in the source too, where they are what they are.
        let together = before.len() - self.seam;
        if together < 1 && next.starts_with(b"\n") && before.ends_with(b"\r") {
            self.reference("&#10;", context);
            self.skip(1);
        } else if together < 2 && next.starts_with(b">") && before.ends_with(b"]]") {
            self.close_bracket_end(context);
            self.skip(1);
        } else if together < 1 && next.starts_with(b"]>") && before.ends_with(b"]") && place > self.text + 1 {
            self.written.push(b']');
            self.close_bracket_end(context);
            self.skip(2);
        }
    }

    /// Passes over literal bytes.
    fn skip(&mut self, bytes: usize) {
        self.text += bytes;
        self.raw += bytes;
        if self.text == self.content.end(self.segment).0 {
            self.segment += 1;
        }
        self.seam = self.written.len();
    }

    /// Writes a `>` behind `]]`.
    fn close_bracket_end(&mut self, context: Context) {
        let text: &[u8] = match context {
            Context::Characters => b"&gt;",
            Context::CData => b"]]><![CDATA[>",
        };
        self.written.extend_from_slice(text);
    }

    /// Writes a reference where, in CDATA, there are none.
    fn reference(&mut self, reference: &str, context: Context) {
        let (before, behind) = match context {
            Context::Characters => ("", ""),
            Context::CData => ("]]>", "<![CDATA["),
        };
        for part in [before, reference, behind] {
            self.written.extend_from_slice(part.as_bytes());
        }
    }

    /// Writes new text.
    fn insert(&mut self, new: &str) {
        if new.is_empty() {
            return;
        }
        let content = self.content;
        let context = content.segments.get(self.segment).map_or(Context::Characters, |segment| segment.context);
        // Only where the file writes all of its characters as numbers is every character of interest.
        let every = content.raw.is_ascii() && !content.text.is_ascii();
        let next = |from| if every { (from < new.len()).then_some(from) } else { next_special(new, from) };
        let mut from = 0;
        while let Some((at, character)) = next(from).and_then(|at| Some((at, new[at..].chars().next()?))) {
            self.written.extend_from_slice(&new.as_bytes()[from..at]);
            from = at + character.len_utf8();
            self.character(character, context);
        }
        self.written.extend_from_slice(&new.as_bytes()[from..]);
        self.seam = self.written.len();
    }

    fn character(&mut self, character: char, context: Context) {
        if character == '>' && self.written.ends_with(b"]]") {
            return self.close_bracket_end(context);
        }
        if character == '\r' && context == Context::CData {
            return self.reference("&#13;", context);
        }
        let content = self.content;
        let escapes = self.escapes.get_or_insert_with(|| Escapes::of(content));
        let form = match context {
            Context::CData if character != '\n' && is_xml(character) => None,
            _ => escapes.write(character),
        };
        match form {
            Some(text) if text == "\n" && self.written.ends_with(b"\r") => self.reference("&#10;", context),
            Some(text) => self.written.extend_from_slice(text.as_bytes()),
            None => self.written.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
}

/// Where the next character is that can need another form than its own, from a place on. U+FFFE and U+FFFF do.
fn next_special(text: &str, from: usize) -> Option<usize> {
    let is_short =
        |byte: u8| (byte < b' ') & (byte != b'\t') | (byte | 1 == b'\'') | (byte | 2 == b'>') | (byte == b'"');
    let is_long = |first: u8, second: u8| (first == 0xEF) & (second == 0xBF);
    let bytes = text.as_bytes();
    let is_special = |at: &usize| {
        let rest = &bytes[*at..];
        is_short(rest[0]) || (rest.len() > 2 && is_long(rest[0], rest[1]) && rest[2] >= 0xBE)
    };
    let mut at = from;
    while let Some(block) = bytes[at..].first_chunk::<{ BLOCK + 1 }>() {
        // Whether there is any in a block becomes vector instructions.
        let any = (0..BLOCK).fold(false, |any, at| any | is_short(block[at]) | is_long(block[at], block[at + 1]));
        if any && let Some(found) = (at..at + BLOCK).find(is_special) {
            return Some(found);
        }
        at += BLOCK;
    }
    (at..bytes.len()).find(is_special)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn new(text: &str) -> Piece<'_> {
        Piece::New(Cow::Borrowed(text))
    }

    fn rewrite(raw: &str, pieces: &[Piece<'_>]) -> String {
        let content = Content::decode(raw).unwrap();
        let mut written = Vec::new();
        let mut text = NewText::new(&content, &mut written);
        text.set(pieces.to_vec());
        assert!(!matches!(text.outcome(), Outcome::Refused(_)));
        String::from_utf8(written).unwrap()
    }

    #[test]
    fn what_stays_keeps_its_bytes() {
        let raw = "&#38;a<![CDATA[<b>]]>\r\n<!-- c -->&quot;\"";
        let length = Content::decode(raw).unwrap().text.len();
        assert_eq!(rewrite(raw, &[Piece::Source(0..length)]), raw);
        assert_eq!(rewrite(raw, &[Piece::Source(0..3), Piece::Source(3..4), Piece::Source(4..length)]), raw);
    }

    #[test]
    fn new_text_is_escaped_as_its_surroundings() {
        let new_text = "&<>\"'\n";
        for (raw, expected) in [
            ("a", "&amp;&lt;&gt;&quot;'\na"),
            ("a\"&lt;b>'", "&amp;&lt;>\"'\na\"&lt;b>'"),
            ("&#38;&#60;&#x3e;&#34;&apos;\r\n", "&#38;&#60;&#x3e;&#34;&apos;\r\n&#38;&#60;&#x3e;&#34;&apos;\r\n"),
            ("&quot;\"", "&amp;&lt;&gt;&quot;'\n&quot;\""),
        ] {
            let length = Content::decode(raw).unwrap().text.len();
            assert_eq!(rewrite(raw, &[new(new_text), Piece::Source(0..length)]), expected, "{raw}");
        }
    }

    #[test]
    fn characters_written_as_numbers_stay_so() {
        assert_eq!(rewrite("a&#22269;", &[Piece::Source(0..1), new("國b")]), "a&#22283;b");
        assert_eq!(rewrite("a&#x56fd;", &[Piece::Source(0..1), new("國b")]), "a&#x570b;b");
        assert_eq!(rewrite("a&#x56FD;", &[Piece::Source(0..1), new("國b")]), "a&#x570B;b");
        assert_eq!(rewrite("国&#22269;", &[Piece::Source(0..3), new("國")]), "国國");
    }

    #[test]
    fn markup_stays_and_new_text_knows_where_it_stands() {
        assert_eq!(
            rewrite("a<![CDATA[b]]>c", &[Piece::Source(0..1), new("&"), Piece::Source(2..3)]),
            "a<![CDATA[&]]>c"
        );
        assert_eq!(
            rewrite("a<![CDATA[b]]>c", &[Piece::Source(0..1), new("&"), Piece::Source(1..3)]),
            "a&amp;<![CDATA[b]]>c"
        );
        assert_eq!(rewrite("<![CDATA[ab]]>", &[Piece::Source(0..1), new("&<]]>")]), "<![CDATA[a&<]]]]><![CDATA[>]]>");
        assert_eq!(rewrite("<![CDATA[ab]]>", &[Piece::Source(0..1), new("\r")]), "<![CDATA[a]]>&#13;<![CDATA[]]>");
        assert_eq!(rewrite("a<!-- b -->c", &[new("d")]), "d<!-- b -->");
    }

    #[test]
    fn pieces_that_meet_do_not_become_syntax() {
        assert_eq!(rewrite("]]a>", &[Piece::Source(0..2), Piece::Source(3..4)]), "]]&gt;");
        assert_eq!(rewrite("a]>", &[new("]"), Piece::Source(1..3)]), "]]&gt;");
        assert_eq!(
            rewrite("<![CDATA[]]a>]]>", &[Piece::Source(0..2), Piece::Source(3..4)]),
            "<![CDATA[]]]]><![CDATA[>]]>"
        );
        assert_eq!(rewrite("a]>", &[new("]"), Piece::Source(1..2), Piece::Source(2..3)]), "]]&gt;");
        assert_eq!(rewrite("\ra\nb", &[Piece::Source(0..1), Piece::Source(2..4)]), "\r&#10;b");
        assert_eq!(rewrite("a>b", &[new("]]>"), Piece::Source(2..3)]), "]]&gt;b");
    }

    #[test]
    fn what_xml_does_not_have_is_replaced() {
        assert_eq!(rewrite("a", &[new("\u{1}b\u{ffff}\t")]), "\u{fffd}b\u{fffd}\t");
    }

    #[test]
    fn characters_of_interest_are_found_wherever_they_stand() {
        let is_special = |character: char| {
            matches!(character, '\0'..='\u{1f}' | '&' | '<' | '>' | '"' | '\'' | '\u{fffe}' | '\u{ffff}')
                && character != '\t'
        };
        let interesting = ('\0'..='\u{80}').chain(['，', '\u{ffbf}', '\u{fffd}', '\u{fffe}', '\u{ffff}', '\u{10ffff}']);
        for character in interesting {
            for before in 0..70 {
                let text = "字".repeat(before / 3) + &"a".repeat(before % 3) + &character.to_string() + "字a";
                let found = is_special(character).then_some(before);
                assert_eq!(next_special(&text, 0), found, "{text:?}");
                assert_eq!(next_special(&text, before), found, "{text:?}");
            }
        }
        assert_eq!(next_special("&a&", 1), Some(2));
    }

    #[test]
    fn ranges_that_go_back_are_new_text() {
        assert_eq!(rewrite("a&lt;b", &[Piece::Source(1..3), Piece::Source(0..2)]), "&lt;ba&lt;");
    }

    #[test]
    fn ranges_that_are_not_there_are_refused() {
        let content = Content::decode("国").unwrap();
        let mut written = Vec::new();
        for range in [0..4, 0..1, 4..5] {
            let mut text = NewText::new(&content, &mut written);
            text.set([Piece::Source(range.clone())]);
            assert_eq!(text.outcome(), Outcome::Refused(range));
        }
    }
}
