//! Cuts a dump into batches of whole pages, and finds the texts in them.
//!
//! One pass, on one thread, with the XML parser in front and the recording of what it consumed behind: the parser says where
//! elements begin and end, the recording has their bytes. Pages are small, so that many are handed over together; a batch
//! always ends behind a page or outside of pages, and what is read of a page that turns out to be damaged is not in it.
//!
//! # Cost
//!
//! About the speed at which UTF-8 is checked. Memory: a batch, or the largest page.

use std::io::{BufRead, Read};
use std::ops::Range;

use quick_xml::encoding::EncodingError;
use quick_xml::errors::{Error as XmlError, IllFormedError};
use quick_xml::events::{BytesDecl, BytesStart, Event};
use quick_xml::reader::Reader;

use super::content::Content;
use super::element::Element;
use super::error::{DumpError, DumpErrorKind, Place};
use super::recorder::Recorder;
use super::select::{Declared, Selection};
use super::{DumpOptions, model};

/// Bytes from which on a batch is handed over.
const BATCH: usize = 256 * 1024;

/// Elements in elements: more than any dump has, few enough to be remembered.
const DEEPEST: usize = 200;

/// A stretch of the dump, from the end of a page (or from outside of pages) to the end of another one.
#[derive(Debug, Default)]
pub(super) struct Batch {
    pub(super) bytes: Vec<u8>,
    /// Where it begins in the dump.
    pub(super) offset: u64,
    /// How many pages are in it.
    pub(super) pages: u64,
    /// The pages of the selection that have text to convert.
    pub(super) selected: Vec<PageEntry>,
}

#[derive(Debug)]
pub(super) struct PageEntry {
    /// Where `<page>` begins in the batch.
    pub(super) start: usize,
    pub(super) title: String,
    pub(super) namespace: i64,
    pub(super) id: Option<u64>,
    pub(super) texts: Vec<TextEntry>,
}

#[derive(Debug)]
pub(super) struct TextEntry {
    pub(super) revision: Option<u64>,
    /// The content of the element in the batch.
    pub(super) content: Range<usize>,
}

/// What comes after a batch.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Next {
    More,
    End,
}

/// A dump that is being read.
pub(super) struct Pages<'o, R> {
    xml: Reader<Recorder<R>>,
    options: &'o DumpOptions,
    /// The parser's own copy of an event.
    buffer: Vec<u8>,
    /// The elements that are open.
    open: Vec<Element>,
    /// The root element, or a page without one, has been there.
    begun: bool,
    /// `</mediawiki>` has been there.
    ended: bool,
    /// The leaf that is open, and where its content begins; none once it is known to have elements in it.
    leaf: Option<u64>,
    /// The number of the `<namespace>` that is open.
    namespace: Option<i64>,
    declared: Declared,
    /// Made when the first page comes, because only then all declarations have been there.
    selection: Option<Selection>,
    page: OpenPage,
    /// The title of the last whole page.
    last: Option<String>,
}

/// What is known of the page that is being read.
#[derive(Debug, Default)]
struct OpenPage {
    /// Where `<page>` begins in the dump.
    start: u64,
    title: String,
    namespace: Option<i64>,
    id: Option<u64>,
    revision: Option<u64>,
    /// Of the revision, and of the `<content>` in it.
    slots: [Slot; 2],
    texts: Vec<(Option<u64>, Range<u64>, Slot)>,
}

/// A place for text: its element and what it says about it.
#[derive(Clone, Debug, Default)]
pub(super) struct Slot {
    pub(super) model: Option<String>,
    pub(super) format: Option<String>,
    text: Option<Range<u64>>,
}

impl<'o, R: Read> Pages<'o, R> {
    pub(super) fn new(source: R, options: &'o DumpOptions) -> Pages<'o, R> {
        let mut xml = Reader::from_reader(Recorder::new(source));
        let config = xml.config_mut();
        config.check_end_names = true;
        config.trim_markup_names_in_closing_tags = true;
        Pages {
            xml,
            options,
            buffer: Vec::new(),
            open: Vec::new(),
            begun: false,
            ended: false,
            leaf: None,
            namespace: None,
            declared: Declared::default(),
            selection: None,
            page: OpenPage::default(),
            last: None,
        }
    }

    /// Reads a batch, which has to be empty. After an error the batch has what stands before the page that it is in.
    pub(super) fn read(&mut self, batch: &mut Batch) -> Result<Next, DumpError> {
        let recorder = self.xml.get_mut();
        batch.offset = recorder.offset;
        recorder.recording = std::mem::take(&mut batch.bytes);
        let mut whole = 0;
        let next = self.events(batch, &mut whole);
        batch.bytes = std::mem::take(&mut self.xml.get_mut().recording);
        batch.bytes.truncate(whole);
        next
    }

    /// Reads events up to the end of the batch; `whole` is how much of the recording may be handed over.
    fn events(&mut self, batch: &mut Batch, whole: &mut usize) -> Result<Next, DumpError> {
        if self.offset() == 0 {
            let recorder = self.xml.get_mut();
            let read = recorder.pass_byte_order_mark().and_then(|()| recorder.is_utf_16());
            if read.map_err(|error| self.error(DumpErrorKind::Read(error), 0))? {
                return Err(self.error(DumpErrorKind::NotUtf8, 0));
            }
        }
        let mut buffer = std::mem::take(&mut self.buffer);
        loop {
            if *whole >= BATCH {
                self.buffer = buffer;
                return Ok(Next::More);
            }
            buffer.clear();
            let start = self.offset();
            if !self.in_page() {
                self.xml.get_mut().limit = start.saturating_add(self.options.page_limit as u64);
            }
            let event = match self.xml.read_event_into(&mut buffer) {
                Ok(event) => event,
                Err(error) => return Err(self.failure(error, start)),
            };
            match event {
                Event::Start(tag) => {
                    self.start(&tag, start)?;
                    if self.open.last() == Some(&Element::Text) {
                        self.pass_characters().map_err(|error| self.failure(error.into(), start))?;
                    }
                }
                Event::Empty(tag) => {
                    self.start(&tag, start)?;
                    self.end(start, batch)?;
                }
                Event::End(_) => self.end(start, batch)?,
                Event::Text(text) if self.open.is_empty() && !text.trim_ascii().is_empty() => {
                    return Err(self.outside("text", start));
                }
                Event::CData(_) | Event::GeneralRef(_) if self.open.is_empty() => {
                    return Err(self.outside("text", start));
                }
                Event::Decl(declaration) => self.declaration(&declaration, start)?,
                Event::Eof => return self.end_of_file(start),
                _ => {}
            }
            if !self.in_page() {
                *whole = self.xml.get_ref().recording.len();
            }
        }
    }

    /// Consumes text up to the next markup, without an event for each reference in it.
    fn pass_characters(&mut self) -> std::io::Result<()> {
        let mut stream = self.xml.stream();
        loop {
            let piece = stream.fill_buf()?;
            let markup = memchr::memchr(b'<', piece);
            let length = markup.unwrap_or(piece.len());
            stream.consume(length);
            if markup.is_some() || length == 0 {
                return Ok(());
            }
        }
    }

    fn offset(&self) -> u64 {
        self.xml.get_ref().offset
    }

    fn in_page(&self) -> bool {
        self.open.iter().take(2).any(|&element| element == Element::Page)
    }

    fn start(&mut self, tag: &BytesStart<'_>, start: u64) -> Result<(), DumpError> {
        // The library takes whatever ends with `>` for a tag.
        if tag.name().as_ref().is_empty() || tag.contains('<') {
            let message = "found `<`, which begins no tag".to_string();
            return Err(self.error(DumpErrorKind::Xml { message }, start));
        }
        let element = Element::new(self.open.last().copied(), tag.name().as_ref());
        if self.open.is_empty() {
            let is_root = matches!(element, Element::Dump | Element::Page);
            if !is_root || self.ended || (self.begun && element == Element::Dump) {
                return Err(self.outside(&format!("`<{}>`", tag.name().as_ref().escape_debug()), start));
            }
            self.begun = true;
        }
        if self.open.len() >= DEEPEST {
            let message = format!("more than {DEEPEST} elements are open, none was closed");
            return Err(self.error(DumpErrorKind::Xml { message }, start));
        }
        if element == Element::Page {
            self.select(start)?;
            self.page = OpenPage { start, ..OpenPage::default() };
            self.xml.get_mut().limit = start.saturating_add(self.options.page_limit as u64);
        }
        self.open.push(element);
        self.leaf = element.is_leaf().then(|| self.offset());
        match element {
            Element::Revision => {
                self.page.revision = None;
                self.page.slots[0] = Slot::default();
            }
            Element::Content => self.page.slots[1] = Slot::default(),
            Element::Namespace => {
                let key = tag.try_get_attribute("key").ok().flatten();
                self.namespace = key.and_then(|key| key.value.trim().parse().ok());
            }
            _ => {}
        }
        Ok(())
    }

    /// Takes what is known of the selection as final.
    fn select(&mut self, start: u64) -> Result<(), DumpError> {
        if self.selection.is_none() {
            let selection = Selection::new(&self.options.namespaces, &self.options.titles, &self.declared);
            self.selection = Some(selection.map_err(|undeclared| {
                let kind = DumpErrorKind::UnknownNamespace { name: undeclared.name, declared: undeclared.declared };
                self.error(kind, start)
            })?);
        }
        Ok(())
    }

    fn end(&mut self, start: u64, batch: &mut Batch) -> Result<(), DumpError> {
        let element = self.open.pop().expect("the parser gives no end without a start");
        if element == Element::Page {
            self.end_of_page(batch)?;
        }
        // Of an empty tag the content would begin behind it; there is nothing in it to find.
        if let Some(from) = self.leaf.take().filter(|&from| from <= start) {
            self.value(element, from..start)?;
        }
        match element {
            Element::Revision => self.page.end_of_slot(0),
            Element::Content => self.page.end_of_slot(1),
            Element::Dump => self.ended = true,
            _ => {}
        }
        Ok(())
    }

    /// Takes the content of a leaf.
    fn value(&mut self, element: Element, range: Range<u64>) -> Result<(), DumpError> {
        let slot = match self.open.last() {
            Some(Element::Content) => 1,
            _ => 0,
        };
        let recorder = self.xml.get_ref();
        let first = recorder.offset - recorder.recording.len() as u64;
        let bytes = &recorder.recording[(range.start - first) as usize..(range.end - first) as usize];
        let raw = utf8(bytes).map_err(|at| self.error(DumpErrorKind::NotUtf8, range.start + at as u64))?;
        if element == Element::Text {
            self.page.slots[slot].text = Some(range);
            return Ok(());
        }
        let content = Content::decode(raw).map_err(|fault| {
            self.error(DumpErrorKind::Xml { message: fault.message }, range.start + fault.at as u64)
        })?;
        let text = content.text.into_owned();
        let page = &mut self.page;
        match element {
            Element::Namespace => {
                if let Some(number) = self.namespace {
                    self.declared.add(number, text);
                }
            }
            Element::Title => page.title = text,
            Element::PageNamespace => page.namespace = text.trim().parse().ok(),
            Element::PageId => page.id = text.trim().parse().ok(),
            Element::RevisionId => page.revision = text.trim().parse().ok(),
            Element::Model => page.slots[slot].model = Some(text),
            Element::Format => page.slots[slot].format = Some(text),
            _ => {}
        }
        Ok(())
    }

    fn end_of_page(&mut self, batch: &mut Batch) -> Result<(), DumpError> {
        if self.offset() - self.page.start > self.options.page_limit as u64 {
            // Still in it, for the message.
            self.open.push(Element::Page);
            let kind = DumpErrorKind::PageTooLarge { limit: self.options.page_limit };
            return Err(self.error(kind, self.page.start));
        }
        let OpenPage { start, title, namespace, id, mut texts, .. } = std::mem::take(&mut self.page);
        // The text of a revision is known to be wikitext only behind those of its other slots.
        texts.sort_by_key(|(_, range, _)| range.start);
        let namespace = namespace.unwrap_or_else(|| self.declared.of_title(&title));
        let selected = self.selection.as_ref().is_some_and(|selection| selection.has(namespace, &title));
        let place = |offset: u64| (offset - batch.offset) as usize;
        let texts: Vec<TextEntry> = texts
            .into_iter()
            .filter(|(_, _, slot)| selected && model::is_wikitext(slot, namespace, &title))
            .map(|(revision, range, _)| TextEntry { revision, content: place(range.start)..place(range.end) })
            .collect();
        self.last = Some(title.clone());
        batch.pages += 1;
        if !texts.is_empty() {
            batch.selected.push(PageEntry { start: place(start), title, namespace, id, texts });
        }
        Ok(())
    }

    fn declaration(&self, declaration: &BytesDecl<'_>, start: u64) -> Result<(), DumpError> {
        match declaration.encoding() {
            Some(Ok(name)) if !["utf-8", "utf8", "us-ascii"].contains(&name.to_ascii_lowercase().as_str()) => {
                Err(self.error(DumpErrorKind::NotUtf8, start))
            }
            _ => Ok(()),
        }
    }

    fn end_of_file(&self, start: u64) -> Result<Next, DumpError> {
        match self.open.last() {
            Some(_) => Err(self.truncated(start)),
            None if !self.begun => Err(self.outside("nothing", start)),
            None => Ok(Next::End),
        }
    }

    /// Something that has no place outside of the root element.
    fn outside(&self, found: &str, start: u64) -> DumpError {
        let kind = match self.begun {
            true => DumpErrorKind::Xml { message: format!("found {found} behind the end of the dump") },
            false => DumpErrorKind::NotADump { found: found.to_string() },
        };
        self.error(kind, start)
    }

    /// The error of the parser, which was at an event that begins at `start`.
    fn failure(&mut self, error: XmlError, start: u64) -> DumpError {
        let recorder = self.xml.get_mut();
        let (limit_reached, offset) = (recorder.limit_reached, recorder.offset);
        let at_end = !limit_reached && recorder.fill_buf().is_ok_and(<[u8]>::is_empty);
        match error {
            XmlError::Io(_) if limit_reached => {
                let start = if self.in_page() { self.page.start } else { start };
                self.error(DumpErrorKind::PageTooLarge { limit: self.options.page_limit }, start)
            }
            XmlError::Io(error) => {
                let error = std::io::Error::new(error.kind(), error.to_string());
                self.error(DumpErrorKind::Read(error), offset)
            }
            // What the parser was looking for may have come behind the end.
            XmlError::Syntax(_) | XmlError::IllFormed(IllFormedError::UnclosedReference) if at_end => {
                self.truncated(offset)
            }
            XmlError::Encoding(EncodingError::Utf8(error)) if at_end && error.error_len().is_none() => {
                self.truncated(offset)
            }
            XmlError::Encoding(EncodingError::Utf8(error)) => {
                self.error(DumpErrorKind::NotUtf8, start + error.valid_up_to() as u64)
            }
            error => self.error(DumpErrorKind::Xml { message: describe(&error) }, start),
        }
    }

    fn truncated(&self, offset: u64) -> DumpError {
        let element = self.open.last().map_or("its first tag", |element| element.tag());
        self.error(DumpErrorKind::Truncated { element }, offset)
    }

    fn error(&self, kind: DumpErrorKind, offset: u64) -> DumpError {
        let place = match &self.last {
            _ if self.in_page() => Place::Page(self.page.title.clone()),
            Some(title) => Place::After(title.clone()),
            None => Place::Start,
        };
        DumpError::new(kind, offset, place)
    }
}

impl OpenPage {
    fn end_of_slot(&mut self, index: usize) {
        let slot = std::mem::take(&mut self.slots[index]);
        if let Some(range) = slot.text.clone() {
            self.texts.push((self.revision, range, slot));
        }
    }
}

/// The text that bytes are, or where they are none.
pub(super) fn utf8(bytes: &[u8]) -> Result<&str, usize> {
    // The fast check does not say where.
    simdutf8::basic::from_utf8(bytes).or_else(|_| std::str::from_utf8(bytes).map_err(|error| error.valid_up_to()))
}

/// What is wrong with XML, without the library's grouping of errors.
fn describe(error: &XmlError) -> String {
    match error {
        XmlError::Syntax(error) => error.to_string(),
        XmlError::IllFormed(error) => error.to_string(),
        error => error.to_string(),
    }
}
