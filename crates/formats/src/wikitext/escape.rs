//! Writes what conversion markup shows so that it stays text where the markup was (rule C5).
//!
//! Inside of `-{ }-` a `|` cuts no call, a `*` begins no list and a `]]` closes no link. When the markup is dropped, such
//! characters are written as entities, where they would be syntax and only there:
//!
//! | source | rendered |
//! |---|---|
//! | `{{quote\|-{\|甲\|乙}-}}` | `{{quote\|甲&#124;乙}}` |
//! | `;-{甲:乙}-:丙` | `;甲&#58;乙:丙` |
//! | `-{*甲}-` at the start of a line | `&#42;甲` |
//! | `-{H\|..}- 甲` at the start of a line | `&#32;甲` |
//!
//! Constructs of wikitext in what is shown stay as they are: `-{[[甲|乙]]}-` is a link afterwards, wherever it stands.
//!
//! Limits: a line break that only the markup made part of a paragraph (a line with nothing but markup that shows
//! nothing) is one more line break. An `=` in a tag is escaped with the others, so in an unnamed value of a call the tag loses
//! its attribute; the text stays.

use std::ops::Range;

use super::bytes::{Set, next_of, set};
use super::context::Meaning;

/// What is around the place where something is shown.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Surroundings {
    pub(crate) meaning: Meaning,
    /// The byte before, in the text as it will be; none at the start.
    pub(crate) before: Option<u8>,
    pub(crate) after: Option<u8>,
}

impl Surroundings {
    /// Whether a line begins here.
    pub(crate) fn begins_line(&self) -> bool {
        matches!(self.before, None | Some(b'\n'))
    }
}

/// A text in which some characters are to be entities.
#[derive(Debug, Default)]
pub(crate) struct Escaped {
    /// In order.
    entities: Vec<Entity>,
}

/// A byte for which something else is written.
#[derive(Debug)]
struct Entity {
    at: usize,
    written: &'static str,
    /// How much longer the text has become up to behind it.
    grown: usize,
}

static SUSPECTS: Set = set(b"|=:!\"'<>[]{}-");

impl Escaped {
    /// Looks through a text. `constructs` are sorted and disjoint ranges of it that stay.
    pub(crate) fn new(text: &str, constructs: &[Range<usize>], around: Surroundings) -> Escaped {
        let bytes = text.as_bytes();
        let mut escaped = Escaped::default();
        let mut constructs = constructs.iter().peekable();
        let in_construct = constructs.peek().is_some_and(|range| range.start == 0);
        let mut from = 0;
        if around.begins_line()
            && !in_construct
            && let Some(entity) = at_line_start(bytes)
        {
            escaped.push(0, entity);
            from = 1;
        }
        loop {
            let at = next_of(&SUSPECTS, bytes, from..bytes.len());
            let Some(&byte) = bytes.get(at) else { break };
            while constructs.next_if(|range| range.end <= at).is_some() {}
            if let Some(range) = constructs.next_if(|range| range.start <= at) {
                from = range.end;
                continue;
            }
            from = at + 1;
            let before = at.checked_sub(1).map_or(around.before, |before| Some(bytes[before]));
            let after = bytes.get(at + 1).copied().or(around.after);
            let place = Place { first: at == 0, last: at + 1 == bytes.len() };
            let neighbours = Surroundings { before, after, ..around };
            if means_something(byte, neighbours, &bytes[at..], place) {
                escaped.push(at, entity(byte));
            }
        }
        escaped
    }

    fn push(&mut self, at: usize, written: &'static str) {
        let grown = self.entities.last().map_or(0, |last| last.grown) + written.len() - 1;
        self.entities.push(Entity { at, written, grown });
    }

    /// The text as it is written.
    pub(crate) fn write(&self, text: Box<str>) -> Box<str> {
        if self.entities.is_empty() {
            return text;
        }
        let mut written = String::with_capacity(text.len() + 5 * self.entities.len());
        let mut done = 0;
        for entity in &self.entities {
            written.push_str(&text[done..entity.at]);
            written.push_str(entity.written);
            done = entity.at + 1;
        }
        written.push_str(&text[done..]);
        written.into()
    }

    /// Where a place of the text is in what is written.
    pub(crate) fn offset(&self, offset: usize) -> usize {
        let before = self.entities.partition_point(|entity| entity.at < offset);
        offset + before.checked_sub(1).map_or(0, |last| self.entities[last].grown)
    }
}

/// Where in the text that is shown a byte stands.
#[derive(Clone, Copy)]
struct Place {
    first: bool,
    last: bool,
}

/// Whether a byte would be syntax; `rest` begins with it.
fn means_something(byte: u8, around: Surroundings, rest: &[u8], place: Place) -> bool {
    let Surroundings { meaning, before, after } = around;
    // With what stands beside the text it may make a bracket that was not there.
    let joins = |byte| place.first && before == Some(byte) || place.last && after == Some(byte);
    let is_double = before == Some(byte) || after == Some(byte);
    match byte {
        b'|' => meaning.has(Meaning::PIPE),
        b'=' => meaning.has(Meaning::EQUALS),
        // Of an address it is a part.
        b':' => meaning.has(Meaning::COLON) && !rest.starts_with(b"://"),
        b'!' => meaning.has(Meaning::EXCLAMATION) && is_double,
        b'"' | b'<' | b'>' => meaning.has(Meaning::QUOTE),
        b'\'' => meaning.has(Meaning::QUOTE) || joins(byte),
        b'[' => is_double,
        b'{' => is_double || place.first && before == Some(b'-'),
        b']' => meaning.has(Meaning::SQUARE) || joins(byte) || is_double && meaning.has(Meaning::SQUARES),
        b'}' => joins(byte) || place.last && after == Some(b'-') || is_double && meaning.has(Meaning::BRACES),
        b'-' => place.last && after == Some(b'{') || place.first && before == Some(b'}'),
        _ => false,
    }
}

/// What the first byte of a line is written as, if it would make something else of the line than text.
pub(crate) fn at_line_start(line: &[u8]) -> Option<&'static str> {
    let makes = match line.first()? {
        b'*' | b'#' | b':' | b';' | b'=' | b'|' | b'!' | b' ' => true,
        b'{' => line.get(1) == Some(&b'|'),
        b'-' => line.starts_with(b"----"),
        _ => false,
    };
    makes.then(|| entity(line[0]))
}

fn entity(byte: u8) -> &'static str {
    match byte {
        b' ' => "&#32;",
        b'!' => "&#33;",
        b'"' => "&#34;",
        b'#' => "&#35;",
        b'\'' => "&#39;",
        b'*' => "&#42;",
        b'-' => "&#45;",
        b':' => "&#58;",
        b';' => "&#59;",
        b'<' => "&#60;",
        b'=' => "&#61;",
        b'>' => "&#62;",
        b'[' => "&#91;",
        b']' => "&#93;",
        b'{' => "&#123;",
        b'|' => "&#124;",
        _ => "&#125;",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(text: &str, meaning: Meaning, before: &str, after: &str) -> String {
        let around = Surroundings { meaning, before: before.bytes().next_back(), after: after.bytes().next() };
        Escaped::new(text, &[], around).write(text.into()).into()
    }

    #[test]
    fn what_means_nothing_stays() {
        for text in ["", "国", "a|b=c:d!!e\"f'g", "a]]b}}", "[a]", "http://x/"] {
            assert_eq!(written(text, Meaning::default(), "x", "y"), text);
        }
    }

    #[test]
    fn characters_of_the_construct_around() {
        assert_eq!(written("a|b=c", Meaning::PIPE, "x", "y"), "a&#124;b=c");
        assert_eq!(written("a|b=c", Meaning::PIPE.with(Meaning::EQUALS), "x", "y"), "a&#124;b&#61;c");
        assert_eq!(written("a:b http://x", Meaning::COLON, "x", "y"), "a&#58;b http://x");
        assert_eq!(written("a!b!!", Meaning::EXCLAMATION, "x", "y"), "a!b&#33;&#33;");
        assert_eq!(written("a]b", Meaning::SQUARE, "x", "y"), "a&#93;b");
        assert_eq!(written("]]}}", Meaning::SQUARES, "x", "y"), "&#93;&#93;}}");
        assert_eq!(written("]]}}", Meaning::BRACES, "x", "y"), "]]&#125;&#125;");
        assert_eq!(written("<'\">", Meaning::QUOTE, "x", "y"), "&#60;&#39;&#34;&#62;");
    }

    #[test]
    fn lines_and_borders() {
        let plain = Meaning::default();
        assert_eq!(written("*a", plain, "\n", ""), "&#42;a");
        assert_eq!(written(" a", plain, "", ""), "&#32;a");
        assert_eq!(written("*a", plain, "x", ""), "*a");
        assert_eq!(written("---", plain, "\n", ""), "---");
        assert_eq!(written("[a", plain, "[", ""), "&#91;a");
        assert_eq!(written("a]", plain, "", "]"), "a&#93;");
        assert_eq!(written("'a'", plain, "'", "b"), "&#39;a'");
        assert_eq!(written("a-", plain, "", "{"), "a&#45;");
        assert_eq!(written("{a", plain, "-", ""), "&#123;a");
        assert_eq!(written("-{a", plain, "", "x"), "-{a");
    }

    #[test]
    fn constructs_stay_and_offsets_follow() {
        let text = "a|[[b|c]]|d";
        let around = Surroundings { meaning: Meaning::PIPE, ..Surroundings::default() };
        let escaped = Escaped::new(text, std::slice::from_ref(&(2..9)), around);
        assert_eq!(&*escaped.write(text.into()), "a&#124;[[b|c]]&#124;d");
        assert_eq!([0, 1, 2, 9, 10, 11].map(|offset| escaped.offset(offset)), [0, 1, 7, 14, 20, 21]);
    }
}
