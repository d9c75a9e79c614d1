//! Text in elements of XML as fields: what elements hold is put together from literal bytes, references and sections.
//!
//! ```text
//! source   <t>头&#21457;</t></r><r><t>A&amp;B</t>
//! shown    <t>头发A&B</t>        references are atoms; what joins the two texts is an atom that is shown as nothing
//! field       ------
//! ```
//!
//! Whoever reads a kind of document says where text is, and where it does not go on ([`Texts::cut`]). A section between `<![CDATA[` and `]]>` is a field of its own,
//! since it is written otherwise; so words end at its borders, as they do at references that name what only a declaration could tell.
//!
//! Cost: one pass by the library's reader of events; a document that is not well formed is left alone.

use std::ops::Range;

use quick_xml::escape::resolve_xml_entity;
use quick_xml::events::Event;
use quick_xml::name::ResolveResult;
use quick_xml::reader::NsReader;

use super::builder::Builder;
use super::style::Style;
use super::{Fault, behind_mark};

const SECTION: (&str, &str) = ("<![CDATA[", "]]>");

/// Shows each event with the namespace of its element, and the bytes that it is.
pub(super) fn events<'a>(source: &'a str, mut show: impl FnMut(&str, Event<'a>, Range<usize>)) -> Result<(), Fault> {
    let from = behind_mark(source);
    let mut reader = NsReader::from_str(&source[from..]);
    let mut at = from;
    let mut has_root = false;
    let mut depth = 0_usize;
    loop {
        let event = match reader.read_event() {
            Ok(event) => event,
            Err(error) => {
                let hint = "mend the entry; a reader of XML shows all that is wrong with it";
                return Err(Fault::malformed(
                    from + reader.error_position() as usize,
                    format!("no XML: {error}"),
                    hint,
                ));
            }
        };
        let end = from + reader.buffer_position() as usize;
        match &event {
            Event::Eof if depth > 0 || !has_root => {
                let hint = "the entry is cut off; fetch or save the file again";
                return Err(Fault::malformed(source.len(), "the document ends within an element", hint));
            }
            Event::Eof => return Ok(()),
            Event::Start(_) => (depth, has_root) = (depth + 1, true),
            Event::Empty(_) => has_root = true,
            Event::End(_) => depth -= 1,
            _ => {}
        }
        match reader.resolver().resolve_event(event) {
            (ResolveResult::Bound(namespace), event) => show(namespace.0, event, at..end),
            (_, event) => show("", event, at..end),
        }
        at = end;
    }
}

/// Makes fields of what is text.
#[derive(Default)]
pub(super) struct Texts {
    /// Where the text of the open field has ended so far.
    open: Option<usize>,
}

impl Texts {
    /// What an event says if it stands where text is.
    pub(super) fn put(&mut self, builder: &mut Builder<'_>, event: &Event<'_>, range: Range<usize>) {
        match event {
            Event::Text(_) => self.literal(builder, range),
            Event::GeneralRef(reference) => {
                let number = reference.resolve_char_ref().ok().flatten();
                match number.map(String::from).as_deref().or_else(|| resolve_xml_entity(reference)) {
                    Some(shown) => {
                        self.reach(builder, range.start);
                        builder.atom(range.clone(), shown);
                        self.open = Some(range.end);
                    }
                    None => self.cut(builder),
                }
            }
            Event::CData(_) => {
                self.cut(builder);
                let text = range.start + SECTION.0.len()..range.end - SECTION.1.len();
                builder.begin(text.start);
                builder.end(text.end, Style::Section);
            }
            _ => {}
        }
    }

    fn literal(&mut self, builder: &mut Builder<'_>, range: Range<usize>) {
        self.reach(builder, range.start);
        self.open = Some(range.end);
    }

    /// The field goes on, or begins, at a place.
    fn reach(&mut self, builder: &mut Builder<'_>, at: usize) {
        match self.open {
            None => builder.begin(at),
            Some(end) if end < at => builder.atom(end..at, ""),
            Some(_) => {}
        }
    }

    /// Text does not go on here.
    pub(super) fn cut(&mut self, builder: &mut Builder<'_>) {
        if let Some(end) = self.open.take() {
            builder.end(end, Style::Xml);
        }
    }
}
