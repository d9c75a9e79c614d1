//! Goes through a page stretch by stretch, and says what is text.
//!
//! A *stretch* is the page, or the value of an attribute in it that is text. Its outermost spans cut it into *fragments*, which are
//! scanned one by one; spans are evaluated in between, so everything happens in the order of the page.
//!
//! ```text
//! <b title="甲-{乙}-">丙</b>-{丁}-戊     stretch: the page; fragments `<b title="甲-{乙}-">丙</b>` and `戊`
//!           甲-{乙}-                     stretch: a value; fragments `甲` and the empty one
//! ```
//!
//! Where markup is dropped, each fragment stands alone, as it does for the wiki: of `<code>a-{b}-c</code>` no fragment has
//! both tags, so `a` and `c` are text. Where it is kept, tags and elements reach over spans, and the whole `<code>` stays.
//!
//! Behind a `-{` that is never closed spans protect nothing (rule A21). Where markup is dropped, what is behind it is a new
//! text, with what its spans show in their places, and scanned as such. Where it is kept, its spans are kept too.

use std::ops::Range;

use tongwen::{Span, SpanKind};

use super::languages::{Languages, Said, Standing};
use super::tags::{Construct, Contents, Form, Quoting, Syntax, Tags};
use super::values::{Escapes, Value};
use super::{Hole, HoleKind, spans};
use crate::document::{Epoch, Scan};
use crate::lists::fold;
use crate::markdown::blocks::{Block, BlockKind, Blocks};
use crate::markdown::find_brackets;
use crate::markup::{Page, Pair, Paired, Shown, findings};
use crate::wikitext::bytes::{Set, next_of, set};
use crate::wikitext::faults::{Fault, FaultKind};
use crate::wikitext::urls;
use crate::working::{Inside, Replacement, Scanned};
use crate::{Mode, Options};

/// What conversion markup does where the scanner is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Spans {
    /// It is evaluated.
    Count,
    /// The same, but it stands behind an opening that is never closed: of that has been told, and rules count for all of it.
    Free,
    /// There is none: the text is one that spans have shown.
    Gone,
}

/// See the module.
pub(crate) struct Scanner<'s, 'p> {
    source: &'s str,
    options: &'s Options,
    syntax: Syntax,
    page: &'p mut Page,
    spans: Spans,
    /// Up to here lies the label of a link that is an address.
    label_end: usize,
    languages: Languages<'s>,
    /// Whether text here is in another language than Chinese, or not to be translated.
    standing: Standing,
    /// The tag that puts all of the page into another language, until that has been told.
    foreign_page: Option<Range<usize>>,
    /// Whether an element has begun already.
    has_root: bool,
    values: Vec<Value>,
    /// Of the block that is being read, those that come next; none but in blocks.
    holes: Option<&'s [Hole]>,
    scan: Scan,
}

/// A stretch that is being read.
struct Stretch<'s> {
    tags: Tags<'s>,
    end: usize,
    /// How it is quoted, if it is a value.
    quoting: Option<Quoting>,
}

static SPECIAL: Set = set(b"<&:");

impl<'s, 'p> Scanner<'s, 'p> {
    pub(crate) fn new(source: &'s str, options: &'s Options, syntax: Syntax, page: &'p mut Page) -> Scanner<'s, 'p> {
        Scanner {
            source,
            options,
            syntax,
            page,
            spans: Spans::Count,
            label_end: 0,
            languages: Languages::default(),
            standing: Standing::default(),
            foreign_page: None,
            has_root: false,
            values: Vec::new(),
            holes: None,
            scan: Scan::default(),
        }
    }

    /// Scans the whole page.
    pub(crate) fn page(mut self) -> Scan {
        self.stretch(0..self.source.len(), None);
        self.finish()
    }

    /// Scans the blocks of a page. What is around them stays.
    pub(crate) fn blocks(mut self, found: &'s Blocks) -> Scan {
        let mut at = 0;
        for Block { range, kind } in &found.blocks {
            // The parser's blocks follow one another; if they ever did not, what is there twice would stay.
            if range.start < at {
                continue;
            }
            self.put(at..range.start, SpanKind::Markup);
            at = range.end;
            match kind {
                BlockKind::Html => self.stretch(range.clone(), None),
                BlockKind::Title(quoting) => self.value(range.clone(), *quoting),
                BlockKind::Text { holes } => {
                    self.holes = Some(&found.holes[holes.clone()]);
                    self.stretch(range.clone(), None);
                    self.holes = None;
                }
            }
        }
        self.put(at..self.source.len(), SpanKind::Markup);
        self.finish()
    }

    fn finish(mut self) -> Scan {
        self.scan.escapes = match self.syntax {
            Syntax::Html if self.values.is_empty() => Escapes::Nowhere,
            Syntax::Html => Escapes::Values(self.values),
            Syntax::Xml | Syntax::Xliff => Escapes::Everywhere(self.values),
        };
        self.scan
    }

    fn keeps_markup(&self) -> bool {
        self.options.mode == Mode::Preserve
    }

    fn stretch(&mut self, range: Range<usize>, quoting: Option<Quoting>) {
        let paired = match (self.spans, self.holes) {
            (Spans::Gone, _) => Paired::default(),
            (_, Some(holes)) => find_brackets(self.source, range.clone(), holes),
            (_, None) => spans::find(self.source, range.clone(), &self.options.lists, self.syntax),
        };
        if self.spans == Spans::Count {
            self.say(&paired);
        }
        let tags = Tags::new(&self.source[..range.end], &self.options.lists, self.syntax);
        let mut stretch = Stretch { tags, end: range.end, quoting };
        let freed_from = paired.open_to_end.map(|at| at + 2);
        let count =
            freed_from.map_or(paired.spans.len(), |from| paired.spans.partition_point(|span| span.range.start < from));
        let (closed, freed) = paired.spans.split_at(count);
        let mut at = range.start;
        for span in closed {
            let place = span.range.clone();
            at = self.fragment(&mut stretch, at..place.start);
            let before = self.page.epoch();
            let shown = self.page.span(self.source, paired.tokens_of(span));
            if at < place.end {
                self.put(at..place.end, SpanKind::Protected);
                at = place.end;
            }
            if !self.keeps_markup() {
                let replacement = self.replacement(place.clone(), shown, quoting);
                self.scan.replacements.push(replacement);
            }
            if self.page.epoch() != before {
                self.epoch(place.end, self.page.epoch());
            }
        }
        let Some(from) = freed_from else {
            self.fragment(&mut stretch, at..range.end);
            return;
        };
        at = self.fragment(&mut stretch, at..from);
        let outside = self.spans;
        self.spans = Spans::Free;
        if self.keeps_markup() || freed.is_empty() {
            for span in freed {
                let place = span.range.clone();
                at = self.fragment(&mut stretch, at..place.start);
                // In a tag nothing is seen, but in a value of it, which has been read.
                if at <= place.start {
                    self.page.span(self.source, paired.tokens_of(span));
                }
                if at < place.end {
                    self.put(at..place.end, SpanKind::Protected);
                    at = place.end;
                }
            }
            self.fragment(&mut stretch, at..range.end);
        } else {
            let mut text = String::with_capacity(range.end - from);
            for span in freed {
                text.push_str(&self.source[at..span.range.start]);
                text.push_str(&self.page.span(self.source, paired.tokens_of(span)).text);
                at = span.range.end;
            }
            text.push_str(&self.source[at..range.end]);
            self.put(from..range.end, SpanKind::Protected);
            let mut written = Written::default();
            self.write_text(&text, quoting, &mut written);
            let Written { text, spans } = written;
            let inside = Inside::Scanned(Box::new(Scanned { spans, targets: Vec::new() }));
            self.scan.replacements.push(Replacement { range: from..range.end, text: text.into(), inside });
        }
        self.spans = outside;
        self.epoch(from, self.page.epoch());
    }

    /// From a place on so many changes are in force.
    fn epoch(&mut self, from: usize, epoch: usize) {
        if self.spans == Spans::Count {
            self.scan.rules.epochs.push(Epoch { from, epoch });
        }
    }

    fn say(&mut self, paired: &Paired) {
        let strays = paired.stray.iter().map(|&at| Fault { range: at..at + 2, kind: FaultKind::StrayClose });
        self.scan.faults.extend(strays);
        // The second delimiters were taken in pairs; one without the other means nothing.
        let openings = paired.unclosed.iter().filter(|opening| opening.pair == Pair::Braces);
        self.page.diagnostics.extend(openings.map(findings::unclosed));
        self.page.diagnostics.extend(paired.too_deep.iter().map(|&at| findings::depth(at)));
    }

    /// What a span is replaced by. Parts that are to be converted see the rules inside the span too, unless they are converted
    /// to a variant for which pages have no two-way rules.
    fn replacement(&mut self, range: Range<usize>, shown: Shown, quoting: Option<Quoting>) -> Replacement {
        let Shown { text, wanted, .. } = shown;
        let Some(first) = wanted.first() else {
            let text = quoting.map(|quoting| quoting.write(&text).into_owned()).unwrap_or(text);
            return Replacement { range, text: text.into(), inside: Inside::Kept };
        };
        let epoch = if Page::has_rules(first.variant) { self.page.epoch() } else { 0 };
        self.epoch(range.start, epoch);
        self.epoch(range.end, self.page.epoch());
        let mut written = Written::default();
        let mut done = 0;
        for part in &wanted {
            written.put(&text[done..part.range.start], SpanKind::Protected, quoting);
            self.write_text(&text[part.range.clone()], quoting, &mut written);
            done = part.range.end;
        }
        written.put(&text[done..], SpanKind::Protected, quoting);
        let Written { text, spans } = written;
        let inside = Inside::Scanned(Box::new(Scanned { spans, targets: Vec::new() }));
        Replacement { range, text: text.into(), inside }
    }

    /// Scans a text that spans have shown, and writes it as it is to stand in the stretch.
    fn write_text(&mut self, text: &str, quoting: Option<Quoting>, written: &mut Written) {
        let standing = self.standing;
        let mut scanner = Scanner::new(text, self.options, self.syntax, self.page);
        scanner.spans = Spans::Gone;
        scanner.languages = Languages::within(standing);
        scanner.standing = standing;
        let mut stretch = Stretch { tags: Tags::new(text, &self.options.lists, self.syntax), end: text.len(), quoting };
        scanner.fragment(&mut stretch, 0..text.len());
        for span in scanner.scan.spans {
            written.put(&text[span.range], span.kind, quoting);
        }
    }

    /// Scans what is between two spans. Returns where to go on: behind the fragment, if something begins in it that reaches
    /// further.
    fn fragment(&mut self, stretch: &mut Stretch<'s>, range: Range<usize>) -> usize {
        let Range { start: mut done, end } = range;
        if done < self.label_end {
            let label_end = self.label_end.min(end).max(done);
            self.put(done..label_end, SpanKind::Protected);
            done = label_end;
        }
        let limit = if self.keeps_markup() { stretch.end } else { end };
        let bytes = self.source.as_bytes();
        let mut at = done;
        while at < end {
            let hole = self.next_hole(done).filter(|hole| hole.range.start < end);
            at = next_of(&SPECIAL, bytes, at..hole.map_or(end, |hole| hole.range.start.max(at)));
            if let Some(hole) = hole.filter(|hole| hole.range.start <= at) {
                self.put(done..hole.range.start, SpanKind::Text);
                at = self.hole(stretch, hole, done);
                done = at;
                continue;
            }
            match bytes.get(at).filter(|_| at < end) {
                Some(b'<') if self.holes.is_some() => at += 1,
                Some(b'<') => {
                    self.put(done..at, SpanKind::Text);
                    at = self.construct(stretch, at, limit);
                    done = at;
                }
                Some(b'&') => {
                    let length = entity(&bytes[at..end], self.syntax);
                    if length > 0 {
                        self.put(done..at, SpanKind::Text);
                        self.put(at..at + length, SpanKind::Protected);
                        done = at + length;
                    }
                    at += length.max(1);
                }
                Some(_) => match urls::scheme_before(&self.options.lists, self.source, done, at) {
                    Some(address) => {
                        self.put(done..address, SpanKind::Text);
                        done = address_end(self.source, at..end);
                        self.put(address..done, SpanKind::Protected);
                        at = done;
                    }
                    None => at += 1,
                },
                None => {}
            }
        }
        if done < end {
            self.put(done..end, SpanKind::Text);
        }
        done.max(end)
    }

    /// The first hole that does not end before a place, which it may begin before.
    fn next_hole(&mut self, from: usize) -> Option<&'s Hole> {
        let holes = self.holes?;
        let passed = holes.iter().take_while(|hole| hole.range.end <= from).count();
        self.holes = Some(&holes[passed..]);
        holes.get(passed)
    }

    /// A hole, of which everything before `from` has been passed already. Returns where it ends, or what begins in it.
    fn hole(&mut self, stretch: &mut Stretch<'s>, hole: &Hole, from: usize) -> usize {
        let Range { start, end } = hole.range.clone();
        match hole.kind {
            _ if start < from => self.put(from..end, SpanKind::Protected),
            HoleKind::Kept => self.put(start..end, SpanKind::Markup),
            HoleKind::Value(quoting) => {
                let holes = self.holes.take();
                self.value(start..end, quoting);
                self.holes = holes;
            }
            HoleKind::Html => {
                let holes = self.holes.take();
                let done = self.inline(stretch, start, end);
                self.holes = holes;
                return done;
            }
        }
        end
    }

    /// A tag or the like in a block. Of an element without prose the contents stay, if it is closed in the block.
    fn inline(&mut self, stretch: &mut Stretch<'s>, start: usize, end: usize) -> usize {
        let construct = stretch.tags.read(start, end, Contents::NoMarkup);
        let (tag_end, name, form) = match construct {
            Construct::Tag { end, name, form } => (end, name, form),
            Construct::Element { tag_end, name, .. } => (tag_end, name, Form::Opens),
            Construct::Cdata { .. } | Construct::Opaque { .. } => {
                self.put(start..end, SpanKind::Protected);
                return end;
            }
        };
        let text = &self.source[name.clone()];
        let has_no_prose = form == Form::Opens && stretch.tags.has_no_prose(text);
        self.element_tag(stretch, start..tag_end, name, if has_no_prose { Form::Empty } else { form });
        self.put(tag_end..end, SpanKind::Protected);
        let closing = if has_no_prose { stretch.tags.closing(fold(text), end) } else { None };
        let done = closing.map_or(end, |closing| closing.start);
        self.put(end..done, SpanKind::Protected);
        done
    }

    /// What begins with the `<` at a place. Returns where it ends.
    fn construct(&mut self, stretch: &mut Stretch<'s>, at: usize, limit: usize) -> usize {
        let construct = stretch.tags.read(at, limit, Contents::NoProse);
        let end = construct.end();
        match construct {
            Construct::Opaque { .. } => self.put(at..end, SpanKind::Protected),
            Construct::Cdata { text, .. } => {
                self.put(at..text.start, SpanKind::Markup);
                self.section(stretch, text.clone());
                self.put(text.end..end, SpanKind::Markup);
            }
            Construct::Element { tag_end, name, .. } => {
                self.element_tag(stretch, at..tag_end, name, Form::Empty);
                self.put(tag_end..end, SpanKind::Protected);
            }
            Construct::Tag { name, form, .. } => {
                let may_open_link = form == Form::Opens && self.syntax == Syntax::Html;
                let opens_link = may_open_link && self.source[name.clone()].eq_ignore_ascii_case("a");
                self.element_tag(stretch, at..end, name, form);
                if opens_link {
                    return self.label(stretch, end, limit);
                }
            }
        }
        end
    }

    /// The text of a section of XML, which may be HTML: of that, tags stay whole.
    fn section(&mut self, stretch: &Stretch<'s>, text: Range<usize>) {
        if stretch.quoting.is_some() {
            return self.put(text, SpanKind::Protected);
        }
        let syntax = std::mem::replace(&mut self.syntax, Syntax::Html);
        self.value(text, Quoting::Cdata);
        self.syntax = syntax;
    }

    /// A stretch of its own in which new text is written in a way of its own.
    fn value(&mut self, range: Range<usize>, quoting: Quoting) {
        if self.spans != Spans::Gone {
            self.values.push(Value { range: range.clone(), quoting });
        }
        let label_end = std::mem::take(&mut self.label_end);
        self.stretch(range, Some(quoting));
        self.label_end = label_end;
    }

    /// A tag, which may change the language of what is behind it, and says in which its own values are.
    fn element_tag(&mut self, stretch: &mut Stretch<'s>, tag: Range<usize>, name: Range<usize>, form: Form) {
        // In a value there are no elements.
        let (languages, translation) = (self.options.respects_languages(), self.options.respects_no_translate());
        let is_followed = stretch.quoting.is_none() && (languages || translation);
        if is_followed {
            let name = &self.source[name];
            let is_root = match self.syntax {
                Syntax::Html => name.eq_ignore_ascii_case("html"),
                Syntax::Xml | Syntax::Xliff => !self.has_root,
            };
            self.has_root |= form == Form::Opens;
            let Said { language, translate } = stretch.tags.said();
            // Of a whole page it is said to browsers, lest they offer a translation.
            let translate = translate.filter(|_| translation && !is_root);
            let said = Said { language: language.filter(|_| languages), translate };
            self.standing = self.languages.tag(&self.options.lists, self.syntax, name, form, said);
            if self.standing.is_foreign && form == Form::Opens && is_root {
                self.foreign_page = Some(tag.clone());
            }
        }
        self.tag(stretch, tag);
        if is_followed {
            self.standing = self.languages.standing();
        }
    }

    /// A tag: markup, but for the values that are text.
    fn tag(&mut self, stretch: &mut Stretch<'s>, tag: Range<usize>) {
        let mut at = tag.start;
        // In a value a tag is only something that stays.
        let attributes =
            if stretch.quoting.is_none() { std::mem::take(&mut stretch.tags.attributes) } else { Vec::new() };
        for attribute in &attributes {
            let range = attribute.value.clone();
            if self.source[range.clone()].contains("://") {
                continue;
            }
            self.put(at..range.start, SpanKind::Markup);
            at = range.end;
            self.value(range, attribute.quoting);
        }
        self.put(at..tag.end, SpanKind::Markup);
        stretch.tags.attributes = attributes;
    }

    /// What is behind the opening tag of a link: a label that begins like an address stays, up to the closing tag.
    fn label(&mut self, stretch: &mut Stretch<'s>, from: usize, limit: usize) -> usize {
        let bytes = self.source.as_bytes();
        let blanks = bytes[from..limit].iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        if !urls::address_begins(&self.options.lists, &self.source[..limit], from + blanks) {
            return from;
        }
        // Spans may cut the label; it ends behind them.
        let Some(closing) = stretch.tags.closing("a".into(), from) else { return from };
        self.label_end = closing.start;
        let end = closing.start.min(limit);
        self.put(from..end, SpanKind::Protected);
        end
    }

    /// The bytes up to the end of the range are of a kind. Stretches of text stay apart: between them words end.
    fn put(&mut self, range: Range<usize>, kind: SpanKind) {
        if kind != SpanKind::Text || !self.standing.stays() {
            return put(&mut self.scan.spans, range, kind);
        }
        if self.foreign_page.is_some() && self.source[range.clone()].contains(is_han) {
            let fault = |range| Fault { range, kind: FaultKind::ForeignLanguage };
            self.scan.faults.extend(self.foreign_page.take().map(fault));
        }
        put(&mut self.scan.spans, range, SpanKind::Protected);
    }
}

fn put(spans: &mut Vec<Span>, range: Range<usize>, kind: SpanKind) {
    if range.is_empty() {
        return;
    }
    match spans.last_mut() {
        Some(last) if last.kind == kind && kind != SpanKind::Text => last.range.end = range.end,
        _ => spans.push(Span { range, kind }),
    }
}

/// A text that is put together from what spans have shown.
#[derive(Default)]
struct Written {
    text: String,
    spans: Vec<Span>,
}

impl Written {
    fn put(&mut self, text: &str, kind: SpanKind, quoting: Option<Quoting>) {
        let start = self.text.len();
        match quoting {
            Some(quoting) => self.text.push_str(&quoting.write(text)),
            None => self.text.push_str(text),
        }
        put(&mut self.spans, start..self.text.len(), kind);
    }
}

/// Whether a character is one that a conversion might change.
fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

/// The length of the entity that begins with `&`: `&nbsp;`, `&#22269;`, `&#x56FD;`, in XML with any name; 0 if there is none.
fn entity(bytes: &[u8], syntax: Syntax) -> usize {
    let (longest, is_of_name): (usize, fn(&u8) -> bool) = match syntax {
        Syntax::Html => (34, u8::is_ascii_alphanumeric),
        Syntax::Xml | Syntax::Xliff => {
            (256, |byte| byte.is_ascii_alphanumeric() || b"-._:".contains(byte) || *byte >= 0x80)
        }
    };
    let number = usize::from(bytes.get(1) == Some(&b'#'));
    let name = &bytes[1 + number..bytes.len().min(longest).max(1 + number)];
    let length = name.iter().take_while(|byte| is_of_name(byte)).count();
    if length == 0 || name.get(length) != Some(&b';') { 0 } else { 1 + number + length + 1 }
}

/// Where an address ends: before a blank, a bracket, a quotation mark, or an entity that stands for one of them.
fn address_end(source: &str, range: Range<usize>) -> usize {
    let text = &source[range.clone()];
    let ends = text.char_indices().find(|&(at, c)| match c {
        '<' | '>' | '[' | ']' | '"' => true,
        '&' => ["&lt;", "&gt;", "&quot;", "&nbsp;"].iter().any(|entity| text[at..].starts_with(entity)),
        _ => c.is_whitespace() || c.is_control(),
    });
    ends.map_or(range.end, |(length, _)| range.start + length)
}
