//! A scanned document: its spans, the ranges to convert, and how it is put together again.
//!
//! How it works stands at `Document`, where users of the crate read it.

use std::borrow::Cow;
use std::ops::Range;

use tongwen::{PagePairs, PlacedOutput, Span, SpanKind};

use crate::diagnostic::DiagnosticCode;
use crate::fields::layer::{Emitter, Layer};
use crate::html::values::Escapes;
use crate::markdown::blocks::{LabelForm, ShownLabel};
use crate::wikitext::anchors::{self, Anchors, Moves};
use crate::wikitext::claims::{Target, requested};
use crate::wikitext::faults::Fault;
use crate::working::{Origin, Replacement, Working};
use crate::{Diagnostic, Format, Mode, Options, fields, html, markdown, text, wikitext, xml};

/// A document, which of its bytes are prose, and what its conversion markup says.
///
/// A document has a *working text*: its source, or, where conversion markup is dropped, the source with every span of
/// markup replaced by what it shows. Ranges of the working text are requested for conversion, and everything else of it stays.
/// Most requested ranges are text spans: the conversion goes where the text was. Some are stretches that stay, asked for
/// because their conversion is needed as well: for `[[国军]]` the range of the target is requested; the target stays, and
/// if the conversion differs it becomes a label. Links to sections of the same page follow their headings without being
/// asked for.
///
/// ```text
/// source    甲[[国军]]和'''马'''-{里}-
/// preserve  working text: the source               requested  甲  国军  和  马
///           assembled     甲[[国军|國軍]]和'''馬'''-{里}-
/// render    working text: 甲[[国军]]和'''马'''里   requested  the same
///           assembled     甲[[国军|國軍]]和'''馬'''里
/// strip     working text: as with render           requested  nothing
/// ```
///
/// Cost: assembling is one pass over the ranges.
#[derive(Debug)]
pub struct Document<'a> {
    source: &'a str,
    mode: Mode,
    /// For formats whose strings may be written otherwise than they read: the text as it reads, which everything but the
    /// source is about, and the way back.
    layer: Option<Layer>,
    working: Working<'a>,
    /// The ranges of the working text that are requested.
    requested: Vec<Range<usize>>,
    /// The lines of headings, in the source.
    headings: Vec<Range<usize>>,
    anchors: Anchors,
    escapes: Escapes,
    /// Links that show their labels, in the source.
    labels: Vec<ShownLabel>,
    rules: Rules,
    diagnostics: Vec<Diagnostic>,
    faults: Vec<Fault>,
}

/// What a format's scan finds; offsets are bytes of the source, and all lists are in its order.
#[derive(Debug, Default)]
pub(crate) struct Scan {
    /// The partition of the source.
    pub(crate) spans: Vec<Span>,
    /// What is shown in place of stretches of the source.
    pub(crate) replacements: Vec<Replacement>,
    pub(crate) targets: Vec<Target>,
    /// What [`requested`] says of spans and targets, if the scan knows it.
    pub(crate) requested: Option<Vec<Range<usize>>>,
    /// Whole lines.
    pub(crate) headings: Vec<Range<usize>>,
    pub(crate) anchors: Anchors,
    /// Where characters of new text must be written otherwise, so that they end no attribute.
    pub(crate) escapes: Escapes,
    /// Links that need their labels beside once what they show differs.
    pub(crate) labels: Vec<ShownLabel>,
    pub(crate) rules: Rules,
    pub(crate) diagnostics: Vec<Diagnostic>,
    /// The same, not put into words yet, in any order.
    pub(crate) faults: Vec<Fault>,
}

/// What the document says about its own conversion.
#[derive(Debug, Default)]
pub(crate) struct Rules {
    pub(crate) pairs: PagePairs,
    pub(crate) epochs: Vec<Epoch>,
    pub(crate) title: Option<String>,
}

/// From a place of the source on, up to the next one listed, so many changes of the pairs are in force.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Epoch {
    pub(crate) from: usize,
    pub(crate) epoch: usize,
}

/// A piece of an assembled document: see [`Document::pieces`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece<'p> {
    /// These bytes of the source, as they are.
    Source(Range<usize>),
    /// Text that is not in the source there.
    New(Cow<'p, str>),
}

/// A stretch of an assembled document.
enum Part<'p> {
    /// Working text that stays.
    Kept(Range<usize>),
    /// What stands in place of a range of it, which may be empty.
    New(Range<usize>, Cow<'p, str>),
}

/// Formats that are lists of strings.
fn read_fields<'a>(format: Format, source: &'a str, options: &Options) -> (Cow<'a, str>, Option<Layer>, Scan) {
    let (shown, layer, scan) = fields::scan(format, source, options);
    (shown, Some(layer), scan)
}

impl<'a> Document<'a> {
    /// Scans a document. Cannot fail: what cannot be parsed is text. Time and memory are linear in its length.
    pub fn scan(format: Format, source: &'a str, options: &Options) -> Document<'a> {
        let whole = |scan| (Cow::Borrowed(source), None, scan);
        let scanned = match format {
            Format::Text => whole(text::scan(source, options)),
            Format::Wikitext => whole(wikitext::scan(source, options)),
            Format::Html => whole(html::scan(source, options)),
            Format::Xml => whole(xml::scan(source, options)),
            Format::Markdown => whole(markdown::scan(source, options)),
            Format::Json | Format::JsonLines | Format::Csv | Format::Tsv => read_fields(format, source, options),
            Format::Srt | Format::Vtt | Format::Ass | Format::Po => read_fields(format, source, options),
        };
        Document::new(source, options.mode, scanned)
    }

    /// Scans a text of a package.
    #[cfg(feature = "packages")]
    pub(crate) fn scan_part(syntax: crate::package::Syntax, source: &'a str, options: &Options) -> Document<'a> {
        use crate::package::Syntax;
        let (shown, layer, scan) = match syntax {
            Syntax::Html => return Document::scan(Format::Html, source, options),
            Syntax::Xml => return Document::scan(Format::Xml, source, options),
            Syntax::BookMetadata => fields::scan_book(source, options),
            Syntax::DocumentProperties => fields::scan_properties(source, options),
            Syntax::Paragraphs => fields::scan_paragraphs(source, options),
        };
        Document::new(source, options.mode, (shown, Some(layer), scan))
    }

    /// The text of all fields, a line each.
    #[cfg(feature = "packages")]
    pub(crate) fn fields(&self) -> String {
        let mut lines = String::new();
        for field in self.layer.iter().flat_map(Layer::texts) {
            lines.push_str(&self.text()[field].replace('\n', " "));
            lines.push('\n');
        }
        lines
    }

    fn new(source: &'a str, mode: Mode, scanned: (Cow<'a, str>, Option<Layer>, Scan)) -> Document<'a> {
        let (shown, layer, scan) = scanned;
        let known = scan.requested.filter(|_| scan.replacements.is_empty());
        let working = Working::new(shown, scan.spans, scan.targets, scan.replacements);
        let requested = match (mode, known) {
            (Mode::Strip, _) => Vec::new(),
            (_, Some(known)) => known,
            (_, None) => requested(&working.spans, &working.targets),
        };
        debug_assert!(
            mode == Mode::Strip || requested == crate::wikitext::claims::requested(&working.spans, &working.targets)
        );
        Document {
            source,
            mode,
            layer,
            working,
            requested,
            headings: scan.headings,
            anchors: scan.anchors,
            escapes: scan.escapes,
            labels: scan.labels,
            rules: scan.rules,
            diagnostics: scan.diagnostics,
            faults: scan.faults,
        }
    }

    /// The way back to the source, for formats whose strings may be written otherwise than they read.
    pub(crate) fn layer(&self) -> Option<&Layer> {
        self.layer.as_ref()
    }

    /// Targets of links, in order.
    pub(crate) fn targets(&self) -> impl Iterator<Item = &Target> {
        self.working.targets.iter()
    }

    /// The lines of headings.
    pub(crate) fn headings(&self) -> &[Range<usize>] {
        &self.headings
    }

    /// The document as it was given.
    pub fn source(&self) -> &'a str {
        self.source
    }

    /// The working text, which [`Document::spans`] and [`Document::text_ranges`] speak about: the source, or, where
    /// conversion markup is dropped, the source with what the markup shows in its place. Strings that a format writes with escapes stand
    /// in it without them.
    pub fn text(&self) -> &str {
        &self.working.text
    }

    /// Text, markup and protected stretches of the working text, in order; joined they are it. None is empty. Where a
    /// span of markup was dropped, the text before it and the text behind it are spans of their own.
    pub fn spans(&self) -> &[Span] {
        &self.working.spans
    }

    /// The byte ranges of the working text whose conversion [`Document::assemble`] needs, in order, disjoint, not empty,
    /// on character borders: every text span, and stretches of others that are wanted for a label. None with [`Mode::Strip`].
    pub fn text_ranges(&self) -> Vec<Range<usize>> {
        self.requested.clone()
    }

    /// [`Document::text_ranges`], lent.
    pub fn requested(&self) -> &[Range<usize>] {
        &self.requested
    }

    /// What is requested, and the targets for whose labels it is.
    fn requests(&self) -> impl Iterator<Item = (&Range<usize>, Option<&Target>)> {
        let mut labels = self.working.targets.iter().filter(|target| target.label_at.is_some()).peekable();
        self.requested.iter().map(move |range| (range, labels.next_if(|target| target.range == *range)))
    }

    /// The pairs that the document itself defines for the variant.
    pub fn page_pairs(&self) -> &PagePairs {
        &self.rules.pairs
    }

    /// For each of [`Document::text_ranges`], how many changes of [`Document::page_pairs`] are in force there.
    pub fn epochs(&self) -> Vec<usize> {
        let changes = &self.rules.epochs;
        if changes.is_empty() {
            return vec![0; self.requested.len()];
        }
        let mut changes = changes.iter().peekable();
        let mut epoch = 0;
        let epochs = self.requested.iter().map(|range| {
            let place = self.working.source_offset(range.start);
            while let Some(change) = changes.next_if(|change| change.from <= place) {
                epoch = change.epoch;
            }
            epoch
        });
        epochs.collect()
    }

    /// The title that conversion markup sets for the variant (flag `T`), if it does and nothing on the page beats it.
    pub fn title(&self) -> Option<&str> {
        self.rules.title.as_deref()
    }

    /// Where in the source a byte of the working text comes from; for one that is not in the source, where the markup
    /// begins that it stands for. Costs a binary search.
    pub fn source_offset(&self, offset: usize) -> usize {
        let shown = self.working.source_offset(offset);
        self.layer.as_ref().map_or(shown, |layer| layer.after(shown))
    }

    /// The bytes of the source that a stretch of the working text comes from. Where pieces of a text are joined, what is between them belongs to a stretch
    /// that goes on across it, and not to one that begins or ends there.
    pub fn source_range(&self, range: Range<usize>) -> Range<usize> {
        let shown = self.working.source_offset(range.start)..self.working.source_offset(range.end);
        match &self.layer {
            Some(layer) => layer.source_range(&shown),
            None => shown.start..shown.end.max(shown.start),
        }
    }

    /// Puts the document together: one converted string for each of [`Document::text_ranges`], in the same order; every
    /// other byte of the working text as it was. A range without a string (too few were given) stays as it was; strings too
    /// many are not looked at.
    pub fn assemble(&self, converted: &[impl AsRef<str>]) -> String {
        self.assemble_by_edits(converted, &[])
    }

    /// The same, with what was replaced: bytes of the working text and what stands for them, in order, disjoint. Where a text is cut into pieces (the runs of
    /// an office document) and its length has changed, they say which of the new text stands for which piece; else the texts are compared. Edits that
    /// do not lead to the converted string are not believed.
    pub fn assemble_by_edits(&self, converted: &[impl AsRef<str>], edits: &[(Range<usize>, &str)]) -> String {
        let moves = self.moves(|range| converted.get(range).map(AsRef::as_ref));
        if let Some(layer) = &self.layer {
            let mut assembled = String::with_capacity(self.source.len());
            for piece in self.pieces_through(layer, converted.iter().map(AsRef::as_ref), moves, edits) {
                match piece {
                    Piece::Source(range) => assembled.push_str(&self.source[range]),
                    Piece::New(new) => assembled.push_str(&new),
                }
            }
            return assembled;
        }
        if self.is_plain() {
            return self.assemble_plainly(converted, &moves);
        }
        let text = self.text();
        let mut assembled = String::with_capacity(text.len() + text.len() / 16);
        self.join(converted.iter().map(AsRef::as_ref), moves, |part| match part {
            Part::Kept(range) => assembled.push_str(&text[range]),
            Part::New(_, new) => assembled.push_str(&new),
        });
        assembled
    }

    /// The same where text goes back as it is, and nothing but what is requested and fragments can change.
    fn assemble_plainly(&self, converted: &[impl AsRef<str>], moves: &Moves) -> String {
        let text = self.text();
        let mut assembled = String::with_capacity(text.len() + text.len() / 16);
        let mut at = 0;
        let mut put = |range: Range<usize>, new: [&str; 2]| {
            assembled.push_str(&text[at..range.start]);
            new.into_iter().filter(|new| !new.is_empty()).for_each(|new| assembled.push_str(new));
            at = range.end;
        };
        let has_fragment = |target: &&Target| target.fragment.is_some() && !moves.is_empty();
        let mut fragments = self.working.targets.iter().filter(has_fragment).peekable();
        for ((range, target), new) in self.requests().zip(converted.iter().map(AsRef::as_ref)) {
            while let Some(fragment) = fragments.next_if(|fragment| fragment.range.start < range.start) {
                if let Some((place, moved)) = moved(text, moves, fragment) {
                    put(place, [&moved, ""]);
                }
            }
            let source = &text[range.clone()];
            let Some((target, label_at)) = target.and_then(|target| Some((target, target.label_at?))) else {
                if new != source {
                    put(range.clone(), [new, ""]);
                }
                continue;
            };
            let fragment = fragments.next_if(|fragment| fragment.range == target.range);
            match fragment.and_then(|fragment| moved(text, moves, fragment)) {
                None if new == source => {}
                Some((place, moved)) if new == shown(text, target, Some((&place, &moved))) => put(place, [&moved, ""]),
                moved => {
                    if let Some((place, moved)) = &moved {
                        put(place.clone(), [moved, ""]);
                    }
                    put(label_at..label_at, ["|", new]);
                }
            }
        }
        for fragment in fragments {
            if let Some((place, moved)) = moved(text, moves, fragment) {
                put(place, [&moved, ""]);
            }
        }
        put(text.len()..text.len(), ["", ""]);
        assembled
    }

    /// [`Document::assemble`] for what [`Converter::convert_ranges_in_place`](tongwen::Converter::convert_ranges_in_place) has made of [`Document::text`] and
    /// [`Document::requested`]: sooner, since nearly all of it is in its place already. Borrowed where all is.
    ///
    /// ```
    /// use tongwen::{Config, Converter, PlacedOutput};
    /// use tongwen_formats::{Document, Format, Options};
    ///
    /// let (converter, mut output) = (Converter::new(Config::S2T), PlacedOutput::new());
    /// for (page, expected) in [("[[国军]]和马", "[[国军|國軍]]和馬"), ("[[国军|军]]", "[[国军|軍]]")] {
    ///     let document = Document::scan(Format::Wikitext, page, &Options::default());
    ///     let (pairs, epochs) = (document.page_pairs(), document.epochs());
    ///     converter.convert_ranges_in_place(document.text(), document.requested(), pairs, &epochs, &mut output);
    ///     assert_eq!(document.assemble_placed(&output), expected);
    /// }
    /// ```
    pub fn assemble_placed<'p>(&self, converted: &'p PlacedOutput) -> Cow<'p, str> {
        if !self.is_plain() || converted.len() != self.requested.len() {
            return Cow::Owned(self.assemble(&converted.iter().collect::<Vec<_>>()));
        }
        let moves = self.moves(|range| (range < converted.len()).then(|| converted.get(range)));
        let (text, placed) = (self.text(), converted.text());
        let mut assembled = String::new();
        // Up to here the converted text has been passed on, and the first request that is not before the target.
        let (mut at, mut next) = (0, 0);
        for target in &self.working.targets {
            while self.requested.get(next).is_some_and(|range| range.start < target.range.start) {
                next += 1;
            }
            let moved = moved(text, &moves, target);
            let label = target.label_at.filter(|_| self.requested.get(next) == Some(&target.range));
            let Some(label_at) = label else {
                if let Some((fragment, new)) = moved {
                    let offset = |place: usize| match next.checked_sub(1) {
                        Some(before) => converted.place(before).end + (place - self.requested[before].end),
                        None => place,
                    };
                    assembled.extend([&placed[at..offset(fragment.start)], &new]);
                    at = offset(fragment.end);
                }
                continue;
            };
            let (source, new) = (&text[target.range.clone()], converted.get(next));
            if moved.is_none() && new == source {
                continue;
            }
            if assembled.is_empty() {
                assembled.reserve(placed.len() + placed.len() / 16);
            }
            // The target stays.
            let place = converted.place(next);
            let shown = shown(text, target, moved.as_ref().map(|(fragment, new)| (fragment, &**new)));
            assembled.push_str(&placed[at..place.start]);
            at = place.end;
            match &moved {
                Some((fragment, moved)) => {
                    let [before, behind] = [target.range.start..fragment.start, fragment.end..target.range.end];
                    assembled.extend([&text[before], moved, &text[behind]]);
                }
                None => assembled.push_str(source),
            }
            if new != shown {
                let to = place.end + (label_at - target.range.end);
                assembled.extend([&placed[at..to], "|", new]);
                at = to;
            }
        }
        if at == 0 {
            return Cow::Borrowed(placed);
        }
        assembled.push_str(&placed[at..]);
        Cow::Owned(assembled)
    }

    /// Whether text goes back as it is, and nothing but what is requested and targets can change: then [`Document::assemble_placed`] is the sooner way.
    pub fn is_plain(&self) -> bool {
        self.layer.is_none() && self.labels.is_empty() && matches!(self.escapes, Escapes::Nowhere)
    }

    /// What [`Document::assemble`] joins: which bytes of the source are in the assembled document, and what is new between
    /// them. For documents inside of others (a page in a dump, a string in JSON), whose raw bytes are to stay where nothing
    /// has changed. No piece is empty; of stretches of the source that touch, one is made.
    pub fn pieces<'p>(&'p self, converted: &'p [impl AsRef<str>]) -> Vec<Piece<'p>> {
        let moves = self.moves(|range| converted.get(range).map(AsRef::as_ref));
        self.pieces_of(converted.iter().map(AsRef::as_ref), moves)
    }

    /// [`Document::pieces`] of what was [converted in place](Document::assemble_placed).
    pub fn pieces_placed<'p>(&'p self, converted: &'p PlacedOutput) -> Vec<Piece<'p>> {
        let moves = self.moves(|range| (range < converted.len()).then(|| converted.get(range)));
        self.pieces_of(converted.iter(), moves)
    }

    fn pieces_of<'p>(&'p self, converted: impl Iterator<Item = &'p str>, moves: Moves) -> Vec<Piece<'p>> {
        if let Some(layer) = &self.layer {
            return self.pieces_through(layer, converted, moves, &[]);
        }
        let mut pieces: Vec<Piece<'p>> = Vec::new();
        let mut put = |piece| match (pieces.last_mut(), piece) {
            (Some(Piece::Source(last)), Piece::Source(range)) if last.end == range.start => last.end = range.end,
            (_, piece) => pieces.push(piece),
        };
        self.join(converted, moves, |part| match part {
            Part::Kept(range) => self.working.origins(range, |origin| match origin {
                Origin::Source(range) => put(Piece::Source(range)),
                Origin::New(range) => put(Piece::New(Cow::Borrowed(&self.text()[range]))),
            }),
            Part::New(_, new) if new.is_empty() => {}
            Part::New(_, new) => put(Piece::New(new)),
        });
        pieces
    }

    /// The same where strings may be written otherwise than they read.
    fn pieces_through<'p>(
        &'p self,
        layer: &Layer,
        converted: impl Iterator<Item = &'p str>,
        moves: Moves,
        edits: &[(Range<usize>, &str)],
    ) -> Vec<Piece<'p>> {
        let mut emitter = Emitter::new(layer);
        self.join(converted, moves, |part| match part {
            Part::Kept(range) => self.working.origins(range, |origin| match origin {
                Origin::Source(range) => emitter.keep(range),
                Origin::New(range) => {
                    emitter.pass(self.working.source_offset(range.start));
                    emitter.put(Cow::Borrowed(&self.text()[range]));
                }
            }),
            Part::New(range, new) => {
                let mut origins = Vec::new();
                self.working.origins(range.clone(), |origin| origins.push(origin));
                match &origins[..] {
                    [Origin::Source(shown)] => {
                        let first = edits.partition_point(|(edit, _)| edit.start < range.start);
                        let within = edits[first..].iter().take_while(|(edit, _)| edit.end <= range.end);
                        let within: Vec<(Range<usize>, &str)> = within
                            .map(|(edit, new)| (edit.start - range.start..edit.end - range.start, *new))
                            .collect();
                        emitter.replace(shown.clone(), &self.text()[range], new, &within);
                    }
                    _ => emitter.put(new),
                }
            }
        });
        emitter.finish(self.source.len())
    }

    /// What the scan has to say, and what the conversion did beyond replacing text; by place. Of brackets of wikitext without
    /// their other half ten thousand are told at most.
    pub fn diagnostics(&self, converted: &[impl AsRef<str>]) -> Vec<Diagnostic> {
        self.diagnostics_by(|range| converted.get(range).map(AsRef::as_ref))
    }

    /// [`Document::diagnostics`] for what was [converted in place](Document::assemble_placed).
    pub fn diagnostics_placed(&self, converted: &PlacedOutput) -> Vec<Diagnostic> {
        self.diagnostics_by(|range| (range < converted.len()).then(|| converted.get(range)))
    }

    fn diagnostics_by<'c>(&self, converted: impl Fn(usize) -> Option<&'c str>) -> Vec<Diagnostic> {
        let mut diagnostics = self.diagnostics.clone();
        diagnostics.extend(self.faults.iter().map(|fault| fault.diagnostic(self.source)));
        let text = self.text();
        let mut headings = self.headings.iter().peekable();
        for (number, (range, target)) in self.requests().enumerate() {
            let shown_at = self.working.source_offset(range.start);
            let place = self.layer.as_ref().map_or(shown_at, |layer| layer.after(shown_at));
            while headings.next_if(|heading| heading.end <= place).is_some() {}
            let is_heading = headings.peek().is_some_and(|heading| heading.start <= place);
            // Most text is neither, and need not be compared.
            if !is_heading && target.is_none() && self.layer.is_none() {
                continue;
            }
            let source = &text[range.clone()];
            let Some(new) = converted(number).filter(|new| *new != source) else { continue };
            if self.layer.as_ref().is_some_and(|layer| !layer.style(shown_at).can_write(source, new)) {
                let message = format!("the cell stays as it is: `{new}` can only be written in quotation marks");
                let hint = "put the cell into quotation marks, or leave the entry out of the dictionary";
                let kept = Diagnostic::new(DiagnosticCode::NeedsQuotes, place..self.source_offset(range.end), message);
                diagnostics.push(kept.with_hint(hint));
            }
            if let Some(heading) = headings.next_if(|_| is_heading) {
                let message = "the heading is converted, and with it the name under which it can be linked to";
                let hint =
                    "links from other pages to this section need the new name; `headings = keep` leaves headings";
                let changed = Diagnostic::new(DiagnosticCode::HeadingChanged, heading.clone(), message);
                diagnostics.push(changed.with_hint(hint));
            }
            if let Some(Target { link, label_at: Some(label_at), .. }) = target {
                let link = self.source_offset(*link)..self.source_offset(*label_at);
                let message = "the target stays, and what the link shows is added as a label";
                diagnostics.push(Diagnostic::new(DiagnosticCode::LabelAdded, link, message));
            }
        }
        diagnostics.sort_by_key(|diagnostic| (diagnostic.range.start, diagnostic.range.end));
        diagnostics
    }

    /// Goes through the parts of the assembled document.
    fn join<'p>(&'p self, mut strings: impl Iterator<Item = &'p str>, moves: Moves, put: impl FnMut(Part<'p>)) {
        let text = self.text();
        let mut joiner = Joiner { text, moves, at: 0, changed: 0, put };
        let mut labels = self.labels.iter().map(|label| (self.working.text_offset(label.at), label)).peekable();
        if self.mode != Mode::Strip {
            let mut targets = self.working.targets.iter().peekable();
            for span in self.working.spans.iter().filter(|span| span.kind == SpanKind::Text) {
                while let Some(target) = targets.next_if(|target| target.range.start < span.range.start) {
                    joiner.target(target, &mut strings);
                }
                while let Some((at, label)) = labels.next_if(|(at, _)| *at <= span.range.start) {
                    self.label(&mut joiner, at, label);
                }
                if let Some(new) = strings.next().filter(|new| *new != &text[span.range.clone()]) {
                    let place = self.working.source_offset(span.range.start);
                    let written = self.escapes.write_at(place, &text[span.range.clone()], new);
                    joiner.replace(span.range.clone(), written);
                }
            }
            targets.for_each(|target| joiner.target(target, &mut strings));
        }
        labels.for_each(|(at, label)| self.label(&mut joiner, at, label));
        joiner.keep(text.len());
    }

    /// Puts the label of a link behind its text, if the text is not the label any more.
    fn label<'p, P: FnMut(Part<'p>)>(&'p self, joiner: &mut Joiner<'p, P>, at: usize, label: &ShownLabel) {
        // What markup shows is as its author wrote it.
        if self.working.is_replaced(label.at) {
            return;
        }
        let source = &self.source[label.text.clone()];
        let shown = self.working.text_offset(label.text.start)..self.working.text_offset(label.text.end);
        if joiner.changed <= shown.start && &self.text()[shown] == source {
            return;
        }
        let new = match label.form {
            LabelForm::Shortcut => Cow::Owned(["[", source, "]"].concat()),
            LabelForm::Collapsed => Cow::Borrowed(source),
        };
        joiner.replace(at..at, new);
    }

    /// The fragments that follow their headings.
    fn moves<'c>(&'c self, converted: impl Fn(usize) -> Option<&'c str>) -> Moves {
        if self.anchors.is_empty() || self.mode == Mode::Strip {
            return Moves::default();
        }
        // Only pages with links to their own sections have anything to look up; the rest pay nothing.
        let mut wanted: Vec<(Range<usize>, usize)> = Vec::new();
        let mut lines =
            self.headings.iter().map(|line| self.working.text_offset(line.start)..self.working.text_offset(line.end));
        let mut line = lines.next();
        for (number, range) in self.requested.iter().enumerate() {
            while line.as_ref().is_some_and(|line| line.end <= range.start) {
                line = lines.next();
            }
            if line.as_ref().is_some_and(|line| line.start <= range.start) {
                wanted.push((range.clone(), number));
            }
        }
        self.anchors.moves(self.source, |range| {
            let range = self.working.text_offset(range.start)..self.working.text_offset(range.end);
            let index = wanted.binary_search_by_key(&range.start, |(wanted, _)| wanted.start).ok();
            let string = index.map(|index| &wanted[index]).filter(|(wanted, _)| *wanted == range);
            let string = string.and_then(|(_, number)| converted(*number));
            Cow::Borrowed(string.unwrap_or(&self.text()[range]))
        })
    }
}

/// The fragment of a target that follows its heading, and what it becomes.
fn moved(text: &str, moves: &Moves, target: &Target) -> Option<(Range<usize>, String)> {
    let fragment = target.fragment.clone().filter(|_| !moves.is_empty())?;
    let old = &text[fragment.clone()];
    let id = moves.get(&*anchors::normal(old))?;
    Some((fragment, anchors::written_like(old, id)))
}

/// What a link to a target shows by itself, given what has become of its fragment.
fn shown<'t>(text: &'t str, target: &Target, moved: Option<(&Range<usize>, &str)>) -> Cow<'t, str> {
    match moved {
        Some((fragment, new)) => Cow::Owned([&text[target.range.start..fragment.start], new].concat()),
        None => Cow::Borrowed(&text[target.range.clone()]),
    }
}

/// Joins working text and what replaces stretches of it.
struct Joiner<'p, P> {
    text: &'p str,
    /// The fragments that follow their headings.
    moves: Moves,
    /// Up to here the working text has been passed on.
    at: usize,
    /// Where the last stretch ended that was replaced.
    changed: usize,
    put: P,
}

impl<'p, P: FnMut(Part<'p>)> Joiner<'p, P> {
    fn keep(&mut self, to: usize) {
        if self.at < to {
            (self.put)(Part::Kept(self.at..to));
            self.at = to;
        }
    }

    fn replace(&mut self, range: Range<usize>, new: Cow<'p, str>) {
        self.keep(range.start);
        (self.put)(Part::New(range.clone(), new));
        self.at = range.end;
        self.changed = range.end;
    }

    fn target(&mut self, target: &Target, labels: &mut impl Iterator<Item = &'p str>) {
        let moved = moved(self.text, &self.moves, target);
        let label = target.label_at.and_then(|at| Some((at, labels.next()?)));
        let shown = shown(self.text, target, moved.as_ref().map(|(place, new)| (place, &**new)));
        if let Some((fragment, new)) = moved {
            self.replace(fragment, Cow::Owned(new));
        }
        if let Some((at, label)) = label.filter(|(_, label)| *label != shown) {
            self.replace(at..at, Cow::Borrowed("|"));
            self.replace(at..at, Cow::Borrowed(label));
        }
    }
}
