//! Text of office documents: paragraphs of WordprocessingML and DrawingML.
//!
//! An office program cuts a paragraph into runs wherever its formatting changes, and often where nothing is to be seen: a word that was typed in two
//! goes is two runs. So the texts of the runs of a paragraph are one field, and what is between them is shown as nothing:
//!
//! ```text
//! source     <w:p><w:r><w:t>他的头</w:t></w:r><w:r><w:rPr><w:b/></w:rPr><w:t>发</w:t></w:r></w:p>
//! shown      <w:p><w:r><w:t>他的头发</w:t></w:r></w:p>
//! converted                 他的頭髮
//! assembled  <w:p><w:r><w:t>他的頭</w:t></w:r><w:r><w:rPr><w:b/></w:rPr><w:t>髮</w:t></w:r></w:p>
//! ```
//!
//! Each character goes back into the run that it was in. Where a text gets longer or shorter across a border, it goes into the first of the runs that it
//! was in; no run, and nothing of its formatting, goes away.
//!
//! | text does not go on across | but across |
//! |---|---|
//! | line breaks, tabs, symbols, pictures, notes' numbers | properties of runs, bookmarks, marks of the spelling checker |
//! | inserted, deleted and moved text, which is converted for itself | borders of commented ranges, pages as they were last broken |
//! | fields, links, content controls | |
//! | ruby: its base and its reading are texts of their own; text boxes | |
//!
//! Instructions of fields stay, also texts within them. A run that is marked as Japanese or Korean stays (`w:lang w:eastAsia="ja-JP"`); other languages
//! say nothing of its Chinese characters. Formulas (`m:t`) stay.
//!
//! Source: ECMA-376 part 1, 5th edition: 17.3, 17.13.5, 17.16, 21.1.2.

use std::borrow::Cow;
use std::ops::Range;

use quick_xml::events::{BytesStart, Event};

use super::Fault;
use super::builder::Builder;
use super::content::{Texts, events};
use crate::Options;
use crate::diagnostic::{Diagnostic, DiagnosticCode};

const WORD: [&str; 2] = [
    "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "http://purl.oclc.org/ooxml/wordprocessingml/main",
];
const DRAWING: [&str; 2] =
    ["http://schemas.openxmlformats.org/drawingml/2006/main", "http://purl.oclc.org/ooxml/drawingml/main"];

/// What an element does to the text around it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Element {
    Paragraph,
    Run,
    /// Of a run, with all that is in it.
    Properties,
    Text,
    /// Text goes on across it.
    Passed,
    /// The mark of a field.
    FieldMark,
    Other,
}

fn element(namespace: &str, name: &str) -> Element {
    if !WORD.contains(&namespace) && !DRAWING.contains(&namespace) {
        return Element::Other;
    }
    match name {
        "p" => Element::Paragraph,
        "r" => Element::Run,
        "rPr" => Element::Properties,
        "t" | "delText" => Element::Text,
        "bookmarkStart"
        | "bookmarkEnd"
        | "proofErr"
        | "commentRangeStart"
        | "commentRangeEnd"
        | "commentReference"
        | "lastRenderedPageBreak"
        | "permStart"
        | "permEnd"
        | "smartTag"
        | "smartTagPr"
        | "attr"
        | "softHyphen" => Element::Passed,
        "fldChar" => Element::FieldMark,
        _ => Element::Other,
    }
}

/// Where in the document the reader is.
#[derive(Default)]
struct Place {
    texts: Texts,
    open: Vec<Element>,
    /// How many properties of runs are open.
    properties: usize,
    /// Of the open runs, whether their language is another one.
    foreign: Vec<bool>,
    /// Of the open fields, whether their instructions are being read; and of how many they are.
    fields: Vec<bool>,
    instructions: usize,
    /// Instructions among so many of the first fields have been given up.
    lost: usize,
    /// The first text that was left for its language, and whether any was not.
    left: Option<Range<usize>>,
    has_text: bool,
}

pub(super) fn read(builder: &mut Builder<'_>, options: &Options) -> Result<(), Fault> {
    let mut place = Place::default();
    events(builder.source, |namespace, event, range| match &event {
        Event::Start(start) => {
            let kind = element(namespace, start.local_name().as_ref());
            place.enter(builder, kind, start, options);
            place.open.push(kind);
        }
        Event::Empty(start) => {
            let kind = element(namespace, start.local_name().as_ref());
            place.enter(builder, kind, start, options);
            place.leave(builder, kind);
        }
        Event::End(_) => {
            if let Some(kind) = place.open.pop() {
                place.leave(builder, kind);
            }
        }
        Event::Text(_) | Event::CData(_) | Event::GeneralRef(_) if place.open.last() == Some(&Element::Text) => {
            place.text(builder, &event, range);
        }
        _ => {}
    })?;
    if let Some(range) = place.left.filter(|_| !place.has_text) {
        let message = "all of the text is marked as Japanese or Korean, so it is left";
        let hint = "correct its language, or convert it all the same with `languages = ignore`";
        builder.say(Diagnostic::new(DiagnosticCode::ForeignLanguage, range, message).with_hint(hint));
    }
    Ok(())
}

impl Place {
    fn enter(&mut self, builder: &mut Builder<'_>, kind: Element, start: &BytesStart<'_>, options: &Options) {
        if self.properties > 0 {
            self.properties += usize::from(kind == Element::Properties);
            // Not of what they were before a change, which is in them too.
            let of_run = matches!(self.open[..], [.., Element::Run, Element::Properties]);
            if of_run && start.local_name().as_ref() == "lang" {
                self.language(start, "eastAsia", options);
            }
            return;
        }
        match kind {
            Element::Run => self.foreign.push(false),
            Element::Properties => {
                self.properties = 1;
                if self.open.last() == Some(&Element::Run) {
                    self.language(start, "lang", options);
                }
            }
            Element::Text | Element::Passed => {}
            Element::FieldMark => {
                self.texts.cut(builder);
                let kind = attribute(start, "fldCharType");
                let is_instruction = match kind.as_deref() {
                    Some("begin") => false,
                    _ => self.last_field(),
                };
                self.instructions -= usize::from(is_instruction);
                match kind.as_deref() {
                    Some("begin") => {
                        self.fields.push(true);
                        self.instructions += 1;
                    }
                    Some("separate") => self.fields.push(false),
                    _ => {}
                }
            }
            Element::Paragraph | Element::Other => self.texts.cut(builder),
        }
    }

    fn leave(&mut self, builder: &mut Builder<'_>, kind: Element) {
        if self.properties > 0 {
            self.properties -= usize::from(kind == Element::Properties);
            return;
        }
        match kind {
            Element::Run => {
                self.foreign.pop();
            }
            Element::Paragraph => {
                self.texts.cut(builder);
                // Instructions do not reach over the end of a paragraph; what seems so is a mark that was lost.
                if std::mem::take(&mut self.instructions) > 0 {
                    self.lost = self.fields.len();
                }
            }
            Element::Other => self.texts.cut(builder),
            Element::Properties | Element::Text | Element::Passed | Element::FieldMark => {}
        }
    }

    /// Takes the field that was opened last; whether its instructions are being read.
    fn last_field(&mut self) -> bool {
        while self.fields.len() <= self.lost && self.fields.last() == Some(&true) {
            self.fields.pop();
        }
        let is_instruction = self.fields.pop().unwrap_or_default();
        self.lost = self.lost.min(self.fields.len());
        is_instruction
    }

    /// The language of the run that is open, if the attribute says it.
    fn language(&mut self, start: &BytesStart<'_>, name: &str, options: &Options) {
        let Some(language) = attribute(start, name) else { return };
        let language = language.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase();
        if let Some(last) = self.foreign.last_mut() {
            *last = options.respects_languages() && matches!(language.as_str(), "ja" | "ko");
        }
    }

    fn text(&mut self, builder: &mut Builder<'_>, event: &Event<'_>, range: Range<usize>) {
        if self.instructions > 0 {
            return self.texts.cut(builder);
        }
        let has_han = builder.source[range.clone()].contains(|character: char| character >= '\u{2E80}');
        if self.foreign.last() == Some(&true) {
            self.texts.cut(builder);
            if has_han {
                self.left.get_or_insert(range);
            }
            return;
        }
        self.has_text |= has_han;
        self.texts.put(builder, event, range);
    }
}

fn attribute<'e>(start: &'e BytesStart<'_>, name: &str) -> Option<Cow<'e, str>> {
    let mut attributes = start.attributes().flatten();
    attributes.find(|attribute| attribute.key.local_name().as_ref() == name).map(|attribute| attribute.value)
}

/// Gives texts that begin or end with a blank, and did not before, the attribute without which programs drop it.
pub(crate) fn keep_blanks(old: &str, new: String) -> String {
    let (before, after) = (contents(old), contents(&new));
    if before.len() != after.len() {
        return new;
    }
    let has_blank = |text: &str| text.starts_with(char::is_whitespace) || text.ends_with(char::is_whitespace);
    let mut written = String::new();
    let mut at = 0;
    for ((_, old_text), (tag, text)) in before.into_iter().zip(after) {
        let (old_text, text) = (&old[old_text], &new[text]);
        if old_text != text && has_blank(text) && !has_blank(old_text) && !new[tag.clone()].contains("xml:space") {
            written.push_str(&new[at..tag.end - 1]);
            written.push_str(" xml:space=\"preserve\"");
            at = tag.end - 1;
        }
    }
    written.push_str(&new[at..]);
    written
}

/// The tags that begin texts, and what is in these.
fn contents(source: &str) -> Vec<(Range<usize>, Range<usize>)> {
    let mut found: Vec<(Range<usize>, Range<usize>)> = Vec::new();
    let mut open = false;
    // What is not well formed was left alone.
    let _ = events(source, |namespace, event, range| match &event {
        Event::Start(start)
            if element(namespace, start.local_name().as_ref()) == Element::Text && WORD.contains(&namespace) =>
        {
            found.push((range.clone(), range.end..range.end));
            open = true;
        }
        Event::End(_) => {
            if std::mem::take(&mut open)
                && let Some((_, text)) = found.last_mut()
            {
                text.end = range.start;
            }
        }
        _ => {}
    });
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paragraph(inner: &str) -> String {
        format!("<w:p xmlns:w=\"{}\">{inner}</w:p>", WORD[0])
    }

    #[test]
    fn new_blanks_at_the_ends_are_kept() {
        let old = paragraph(
            "<w:r><w:t>甲</w:t></w:r><w:r><w:t xml:space=\"preserve\">乙</w:t></w:r><w:r><w:t> 丙</w:t></w:r>",
        );
        let new = old.replace(['甲', '乙', '丙'], "a b ");
        let expected = new.replacen("<w:t>a b ", "<w:t xml:space=\"preserve\">a b ", 1);
        assert_eq!(keep_blanks(&old, new), expected);
        assert_eq!(keep_blanks(&old, old.clone()), old);
    }
}
