//! The converter: what a caller builds once and uses for every text.
//!
//! A converter does four things to a text, each to what the one before leaves over:
//!
//! 1. protected spans are set aside (`markers.rs`),
//! 2. where the source variant is open, it is decided, sentence by sentence, what is still to be converted (`mixed.rs`),
//! 3. the pairs of the caller's own dictionaries and of the page are found (`user_matches.rs`),
//! 4. every stretch that is left goes through the route's compiled table (`engine.rs`), as a text of its own: no match reaches
//!    across a border that 1 to 3 have drawn.
//!
//! With a config and without user pairs and markers only the fourth is there, and the result is OpenCC's, byte for byte.
//!
//! # Cost
//!
//! Building one from a config or variants takes about a hundred nanoseconds: the tables are read in place. A converter is a
//! reference count; cloning it is cheap, and any number of threads may use it.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock};

use crate::batch::Batch;
use crate::descriptions::next_description_operator;
use crate::edits::Memory;
use crate::engine::{CHUNK, Stop};
use crate::in_place::{self, PlacedOutput};
use crate::markers::{self, Markers};
use crate::mixed::{Decision, End, Mixed, MixedState, Treatment};
use crate::packed::{self, Piece};
use crate::prose::Prose;
use crate::range_output::RangeOutput;
use crate::ranges;
use crate::route::Route;
use crate::short::{self, Beside};
use crate::sink::Sink;
use crate::step::{OwnRecipe, Step, TableOf};
use crate::table::Table;
use crate::through::Through;
use crate::triggers::Triggers;
use crate::user_matches::{Competitor, PageView, PairMatch, Pairs};
use crate::user_text::{self, Between, UserText};
use crate::{Config, Error, ErrorKind, Level, PagePairs, StagedEngine, TofuRisk, UserDictionary, Variant};

/// Converts text. Built by [`Converter::new`] or [`Converter::builder`]; never changes afterwards.
///
/// ```
/// use tongwen::{Config, Converter, Variant};
///
/// let converter = Converter::new(Config::S2Twp);
/// assert_eq!(converter.convert("自然语言处理软件"), "自然語言處理軟體");
///
/// // Without a source variant, mixed text is made uniform, and what authors have protected stays.
/// let uniform = Converter::builder().to(Variant::ZhTw).build()?;
/// assert_eq!(uniform.convert("皇后說後來的事。这里的里程很长。巴-{里}-坤"), "皇后說後來的事。這裡的里程很長。巴-{里}-坤");
/// # Ok::<(), tongwen::Error>(())
/// ```
#[derive(Clone)]
pub struct Converter {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub(crate) task: Task,
    pub(crate) markers: Markers,
    pub(crate) user: UserDictionary,
    /// What finds the pairs of the user in long texts, made when the first of them comes.
    triggers: OnceLock<Triggers>,
    /// Bytes of text that went without.
    passed: AtomicUsize,
    /// Why units become what they become, as far as anybody has asked; those that are not in use.
    pub(crate) memories: Mutex<Vec<Memory>>,
}

/// What is done to a stretch that is not protected.
pub(crate) enum Task {
    /// The same everywhere.
    Fixed(Step),
    /// As decided sentence by sentence.
    Uniform(Box<Uniform>),
    /// A recipe of the caller's own.
    Own(OwnRecipe),
}

impl Task {
    /// The table that all goes through which is converted whole, if there is one.
    fn table(&self) -> Option<TableOf<'_>> {
        match self {
            Task::Fixed(step) => step.table(),
            Task::Uniform(uniform) => uniform.foreign.table(),
            Task::Own(own) => own.step()?.table(),
        }
    }

    /// What is to be done with each piece of a prose without pairs.
    fn pieces(&self, prose: &Prose<'_>) -> Vec<Piece<'_>> {
        let end = prose.packed.len();
        let uniform = match self {
            Task::Fixed(step) => return vec![Piece { end, stretch: Stretch::from_step(step) }],
            Task::Own(own) => {
                let stretch = own.step().map_or(Stretch::Staged(&own.engine), Stretch::from_step);
                return vec![Piece { end, stretch }];
            }
            Task::Uniform(uniform) => uniform,
        };
        let mut pieces: Vec<Piece<'_>> = Vec::new();
        let mut last = None;
        uniform.mixed.decide_prose(&mut MixedState::default(), prose, End::Final, |place, treatment| {
            match pieces.last_mut().filter(|_| last == Some(treatment)) {
                Some(piece) => piece.end = place.end,
                None => pieces.push(Piece { end: place.end, stretch: uniform.stretch(treatment).1 }),
            }
            last = Some(treatment);
        });
        pieces
    }
}

impl Uniform {
    /// By which step a stretch is treated as decided, and how.
    fn stretch(&self, treatment: Treatment) -> (&Step, Stretch<'_>) {
        let Uniform { mixed, foreign, normalise } = self;
        match treatment {
            Treatment::Leave => (foreign, Stretch::Keep),
            Treatment::Normalise => (normalise, Stretch::ConvertEvident(normalise, mixed)),
            Treatment::Convert => (foreign, Stretch::from_step(foreign)),
            Treatment::ConvertEvident => (foreign, Stretch::ConvertEvident(foreign, mixed)),
        }
    }
}

/// What makes mixed text uniform.
pub(crate) struct Uniform {
    pub(crate) mixed: Mixed,
    /// For text in the other script.
    foreign: Step,
    /// For text in the target's script that holds forms of other regions.
    normalise: Step,
}

/// What is to be done with a stretch; the stretches of a text partition its prose.
#[derive(Clone, Copy)]
pub(crate) enum Stretch<'a> {
    /// Copy it.
    Keep,
    /// Put the target of a pair in its place.
    Pair(PairMatch<'a>),
    /// Convert it as a text of its own.
    Convert(&'a Step),
    /// Convert it, but apply only edits whose source is evidently of the other script.
    ConvertEvident(&'a Step, &'a Mixed),
    /// Run the general engine.
    Staged(&'a StagedEngine),
}

/// Bytes of text with pairs of the user's that are converted before their triggers are made ready, which takes as long.
const FIRST_BYTES: usize = 64 * 1024;

/// Options of a converter to be. Made by [`Converter::builder`].
#[derive(Clone, Debug, Default)]
pub struct ConverterBuilder {
    config: Option<Config>,
    engine: Option<StagedEngine>,
    from: Option<Variant>,
    to: Option<Variant>,
    level: Option<Level>,
    tofu_risk: TofuRisk,
    markers: Markers,
    dictionaries: Vec<UserDictionary>,
}

impl ConverterBuilder {
    /// Converts by an official config.
    pub fn config(mut self, config: Config) -> Self {
        self.config = Some(config);
        self
    }

    /// Converts by a recipe of one's own, slower (20 to 40 MB/s) until it is [compiled](Converter::compile). Excludes a config and variants.
    pub fn engine(mut self, engine: StagedEngine) -> Self {
        self.engine = Some(engine);
        self
    }

    /// The variant that the text is in. Left out, mixed text is made uniform: see the crate's front page.
    pub fn from(mut self, variant: Variant) -> Self {
        self.from = Some(variant);
        self
    }

    /// The variant that the text is to be in.
    pub fn to(mut self, variant: Variant) -> Self {
        self.to = Some(variant);
        self
    }

    /// How far to go. Only with variants; a config has its level in its name. Default [`Level::Variants`].
    pub fn level(mut self, level: Level) -> Self {
        self.level = Some(level);
        self
    }

    /// Whether rare simplified characters are put out. Default [`TofuRisk::Include`].
    pub fn tofu_risk(mut self, tofu_risk: TofuRisk) -> Self {
        self.tofu_risk = tofu_risk;
        self
    }

    /// Whether `-{...}-` and `-<...>-` are kept. Default [`Markers::Keep`].
    pub fn markers(mut self, markers: Markers) -> Self {
        self.markers = markers;
        self
    }

    /// Adds pairs of the user's own; of several dictionaries the last one added wins.
    pub fn dictionary(mut self, dictionary: UserDictionary) -> Self {
        self.dictionaries.push(dictionary);
        self
    }

    /// Builds the converter.
    ///
    /// # Errors
    ///
    /// When the options do not go together: neither a config nor a target, or more than one way to say what is to be done.
    pub fn build(self) -> Result<Converter, Error> {
        let wrong = |message: &str| Err(Error::new(ErrorKind::Builder { message: message.to_string() }));
        let variants = self.from.is_some() || self.to.is_some() || self.level.is_some();
        let task = match (self.config, self.engine, self.to) {
            (Some(_), Some(_), _) => return wrong("both a config and an engine given; choose one"),
            (Some(_), ..) | (_, Some(_), _) if variants => {
                return wrong("a config or an engine excludes variants and a level; leave one of them out");
            }
            (Some(config), ..) => Task::Fixed(Step::new(Some(Route::of(config, self.tofu_risk)))),
            (_, Some(engine), _) => Task::Own(OwnRecipe::new(engine)),
            (None, None, None) => return wrong("nothing says what to convert to; give a config or a target variant"),
            (None, None, Some(to)) => {
                let level = self.level.unwrap_or_default();
                match self.from {
                    Some(from) => Task::Fixed(Step::new(Route::between(from, to, level, self.tofu_risk))),
                    None if level == Level::None => Task::Fixed(Step::new(None)),
                    None => Task::Uniform(Box::new(Uniform {
                        mixed: Mixed::new(to),
                        foreign: Step::new(Route::from_other_script(to, level, self.tofu_risk)),
                        normalise: Step::new(Route::between(Variant::ZhHant, to, level, self.tofu_risk)),
                    })),
                }
            }
        };
        let user = UserDictionary::layered(self.dictionaries);
        Ok(Converter {
            inner: Arc::new(Inner {
                task,
                markers: self.markers,
                user,
                triggers: OnceLock::new(),
                passed: AtomicUsize::new(0),
                memories: Mutex::default(),
            }),
        })
    }
}

impl Converter {
    /// The converter of an official config: OpenCC's library, byte for byte, except that `-{...}-` and `-<...>-` are kept.
    pub fn new(config: Config) -> Converter {
        let task = Task::Fixed(Step::new(Some(Route::of(config, TofuRisk::default()))));
        let (markers, user) = (Markers::default(), UserDictionary::default());
        let (triggers, passed, memories) = (OnceLock::new(), AtomicUsize::new(0), Mutex::default());
        Converter { inner: Arc::new(Inner { task, markers, user, triggers, passed, memories }) }
    }

    /// Compiles the recipe of one's own that the builder was given into a table as those of the official configs are, and uses it from then on, in all
    /// clones of the converter: results stay what they are, and come at full speed. Takes a fraction of a second and some ten megabytes for
    /// a recipe of the size of OpenCC's, so it is for texts of some megabytes and more. May run in another thread while texts are converted. Does nothing
    /// for configs and variants.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotCompiled`] with the reason, for recipes that a table cannot hold: chains of more than two stages, for example. The converter
    /// stays as it was.
    pub fn compile(&self) -> Result<(), Error> {
        match &self.inner.task {
            Task::Own(own) => own.compile(),
            Task::Fixed(_) | Task::Uniform(_) => Ok(()),
        }
    }

    /// A converter with options.
    pub fn builder() -> ConverterBuilder {
        ConverterBuilder::default()
    }

    /// Converts a text. Borrows it when nothing changes.
    pub fn convert<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let mut short = Cow::Borrowed(text);
        if self.convert_short(text, |converted| {
            if let Some(converted) = converted.filter(|converted| *converted != text) {
                short = Cow::Owned(converted.to_owned());
            }
        }) {
            return short;
        }
        let mut output = String::with_capacity(text.len() + text.len() / 32);
        self.convert_into(text, &mut output);
        if output == text { Cow::Borrowed(text) } else { Cow::Owned(output) }
    }

    /// Converts a text and appends the result to `output`.
    pub fn convert_into(&self, text: &str, output: &mut String) {
        self.convert_to(text, output);
    }

    /// Converts a text and appends the bytes of the result, which are UTF-8, to `output`: for writers, a little faster than a `String`.
    pub fn convert_into_bytes(&self, text: &str, output: &mut Vec<u8>) {
        self.convert_to(text, output);
    }

    /// Converts some ranges of a text, each as a text of its own; gives one result a range. What lies between them is not looked at,
    /// except that sentences run on across it: where the source variant is open, the evidence of a sentence counts for all of it.
    /// Markers are not looked for: who gives ranges knows what is protected.
    ///
    /// # Panics
    ///
    /// When the ranges (bytes) are not sorted and disjoint, or do not lie on character boundaries.
    pub fn convert_ranges<'a>(&self, text: &'a str, ranges: &[Range<usize>]) -> Vec<Cow<'a, str>> {
        self.ranges_of(text, ranges, None)
    }

    /// [`Converter::convert_ranges_with`] into one buffer, which is cleared first and may be used again: for documents with thousands of
    /// ranges, where a string for each would cost more than the conversion.
    ///
    /// ```
    /// use tongwen::{Config, Converter, PagePairs, RangeOutput};
    ///
    /// let mut output = RangeOutput::new();
    /// let text = "[[国军]]和'''马'''";
    /// Converter::new(Config::S2T).convert_ranges_into(text, &[2..8, 10..13, 16..19], &PagePairs::new(), &[0; 3], &mut output);
    /// assert_eq!(output.iter().collect::<Vec<_>>(), ["國軍", "和", "馬"]);
    /// ```
    ///
    /// # Panics
    ///
    /// As there.
    pub fn convert_ranges_into(
        &self,
        text: &str,
        ranges: &[Range<usize>],
        pairs: &PagePairs,
        epochs: &[usize],
        output: &mut RangeOutput,
    ) {
        assert_eq!(epochs.len(), ranges.len(), "there must be one epoch for each range");
        self.convert_all(text, ranges, Some(PageView { pairs, epochs }), output);
    }

    /// [`Converter::convert_ranges`] with the pairs of the page: range number `i` sees the first `epochs[i]` changes. [`PagePairs`] has an example.
    ///
    /// # Panics
    ///
    /// As there, and when there are not as many epochs as ranges.
    pub fn convert_ranges_with<'a>(
        &self,
        text: &'a str,
        ranges: &[Range<usize>],
        pairs: &PagePairs,
        epochs: &[usize],
    ) -> Vec<Cow<'a, str>> {
        assert_eq!(epochs.len(), ranges.len(), "there must be one epoch for each range");
        self.ranges_of(text, ranges, Some(PageView { pairs, epochs }))
    }

    /// The same, with the conversions where the ranges are in the text and everything else of it as it was: a document in one go. `output` is cleared first and may be
    /// used again. Where no pair of the page is there, there need be no epochs.
    ///
    /// ```
    /// use tongwen::{Config, Converter, PagePairs, PlacedOutput};
    ///
    /// let mut output = PlacedOutput::new();
    /// let text = "[[国军]]和'''马'''";
    /// Converter::new(Config::S2T).convert_ranges_in_place(text, &[2..8, 10..13, 16..19], &PagePairs::new(), &[], &mut output);
    /// assert_eq!(output.text(), "[[國軍]]和'''馬'''");
    /// assert_eq!((output.get(2), output.place(2)), ("馬", 16..19));
    /// ```
    ///
    /// # Panics
    ///
    /// When the ranges (bytes) are not sorted and disjoint, or do not lie on character boundaries; when there are neither as many epochs as ranges nor, without
    /// pairs, none.
    // Not a part of callers that are built for size.
    #[inline(never)]
    pub fn convert_ranges_in_place(
        &self,
        text: &str,
        ranges: &[Range<usize>],
        pairs: &PagePairs,
        epochs: &[usize],
        output: &mut PlacedOutput,
    ) {
        let may_leave_out = epochs.is_empty() && pairs.is_empty();
        assert!(may_leave_out || epochs.len() == ranges.len(), "there must be one epoch for each range");
        output.clear();
        assert_sorted(ranges);
        let page = (!pairs.is_empty()).then_some(PageView { pairs, epochs });
        match (self.through(page, || ranges.iter().map(Range::len).sum()), &self.inner.task) {
            (Some(through), Task::Uniform(_)) => {
                let prose = Prose::new(text, ranges);
                in_place::convert_decided(&prose, &self.inner.task.pieces(&prose), through, output);
            }
            (Some(through), _) => in_place::convert(text, ranges, through, output),
            (None, _) => {
                let mut apart = RangeOutput::new();
                self.convert_stretches(text, ranges, page, &mut apart);
                output.take(text, ranges, &apart);
            }
        }
    }

    fn ranges_of<'a>(&self, text: &'a str, ranges: &[Range<usize>], page: Option<PageView<'_>>) -> Vec<Cow<'a, str>> {
        let mut output = RangeOutput::new();
        self.convert_all(text, ranges, page, &mut output);
        let sources = ranges.iter().map(|range| &text[range.clone()]);
        let converted = sources.zip(output.iter());
        converted
            .map(|(source, own)| if own == source { Cow::Borrowed(source) } else { Cow::Owned(own.into()) })
            .collect()
    }

    fn convert_all(&self, text: &str, ranges: &[Range<usize>], page: Option<PageView<'_>>, output: &mut RangeOutput) {
        output.clear();
        assert_sorted(ranges);
        let bytes = || ranges.iter().map(Range::len).sum();
        match (self.through(page, bytes), &self.inner.task) {
            (Some(through), Task::Uniform(_)) => {
                let RangeOutput { text: converted, ends } = output;
                ends.reserve(ranges.len());
                let prose = Prose::new(text, ranges);
                let pieces = self.inner.task.pieces(&prose);
                packed::convert(&prose, &pieces, through, converted, |converted, left| {
                    ends.push(converted.len() + left);
                });
            }
            (Some(through), _) => ranges::convert(text, ranges, through, output),
            (None, _) => self.convert_stretches(text, ranges, page, output),
        }
    }

    /// Converts ranges stretch by stretch.
    fn convert_stretches(
        &self,
        text: &str,
        ranges: &[Range<usize>],
        page: Option<PageView<'_>>,
        output: &mut RangeOutput,
    ) {
        let RangeOutput { text: converted, ends } = output;
        ends.reserve(ranges.len());
        let mut before = |range: usize, converted: &String| {
            while ends.len() < range {
                ends.push(converted.len());
            }
        };
        let mut batch = Batch::new(text);
        self.stretches(text, ranges, page, |number, place, stretch| {
            batch.add(number, place, stretch, converted, &mut before);
        });
        batch.finish(converted, &mut before);
        before(ranges.len(), converted);
    }

    /// Converts a text the short way, if it is short and a table is all that it needs; see [`short::convert`].
    #[inline]
    fn convert_short(&self, text: &str, take: impl FnOnce(Option<&str>)) -> bool {
        if text.len() > short::LONGEST || !self.inner.user.is_empty() {
            return false;
        }
        let own;
        let table = match &self.inner.task {
            // What is only pointed at is not copied.
            Task::Fixed(Step::Route(_, table)) => table,
            _ => {
                let Some(table) = self.fixed_table() else { return false };
                own = table;
                &*own
            }
        };
        let beside = match self.inner.markers {
            Markers::Keep => Beside::Markers,
            Markers::Convert => Beside::Nothing,
        };
        short::convert(table, text, beside, take)
    }

    /// The table that every stretch goes through, if there is one and the same for all.
    #[inline]
    fn fixed_table(&self) -> Option<TableOf<'_>> {
        match &self.inner.task {
            Task::Fixed(step) => step.table(),
            Task::Own(own) => own.step()?.table(),
            Task::Uniform(_) => None,
        }
    }

    /// The quick way of a text with pairs of the user's own, if there are such pairs and it is long, goes through one table, and holds nothing that is more than the
    /// table can do.
    pub(crate) fn user_text(&self, text: &str) -> Option<UserText<'_>> {
        let dictionary = &self.inner.user;
        if text.len() < user_text::SHORTEST || dictionary.is_empty() {
            return None;
        }
        let table = self.fixed_table()?;
        if table.lengthening.is_some() && next_description_operator(text.as_bytes(), 0).is_some() {
            return None;
        }
        self.with_user(table, || text.len())
    }

    /// A table together with pairs of the user's own, for so many bytes of text, if there are such pairs and looking for their triggers pays by now.
    fn with_user<'a>(&'a self, table: TableOf<'a>, bytes: impl Fn() -> usize) -> Option<UserText<'a>> {
        let dictionary = &self.inner.user;
        if dictionary.is_empty() {
            return None;
        }
        if self.inner.triggers.get().is_none() {
            let bytes = bytes();
            let passed = self.inner.passed.fetch_add(bytes, Ordering::Relaxed);
            if passed.saturating_add(bytes) < FIRST_BYTES {
                return None;
            }
        }
        let triggers = self.inner.triggers.get_or_init(|| Triggers::new(&table, dictionary));
        Some(UserText { table, dictionary, triggers })
    }

    /// What all prose goes through that is converted whole, if the kernel can find all pairs; see [`Through`].
    fn through<'a>(&'a self, page: Option<PageView<'a>>, bytes: impl Fn() -> usize) -> Option<Through<'a>> {
        let page = page.filter(|view| !view.pairs.is_empty());
        let table = self.inner.task.table().filter(|_| page.is_none_or(|view| !view.pairs.has_removals()))?;
        let dictionary = &self.inner.user;
        let user = if dictionary.is_empty() { None } else { Some(self.with_user(table, bytes)?) };
        Some(Through { table, dictionary, user, page })
    }

    pub(crate) fn has_opening(&self, text: &str) -> bool {
        self.inner.markers == Markers::Keep && markers::next_opening(text.as_bytes(), 0).is_some()
    }

    #[inline]
    fn convert_to(&self, text: &str, output: &mut impl Sink) {
        if !self.convert_short(text, |converted| output.push(converted.unwrap_or(text))) {
            self.convert_long(text, output);
        }
    }

    /// [`Converter::convert_to`] for any text. Apart from the short way, which has no use for the buffers of this one.
    #[inline(never)]
    fn convert_long(&self, text: &str, output: &mut impl Sink) {
        if let Some(table) = self.fixed_table().filter(|_| self.inner.user.is_empty()) {
            return match self.inner.markers {
                Markers::Keep => self.convert_marked(&table, text, output),
                Markers::Convert => table.convert_into(text, output),
            };
        }
        if !self.has_opening(text) {
            if let Some(user_text) = self.user_text(text) {
                user_text.convert(Between::Converted, text, text.len(), output);
                return;
            }
            if let (Some(through), Task::Uniform(_)) = (self.through(None, || text.len()), &self.inner.task) {
                let whole = 0..text.len();
                let prose = Prose::new(text, std::slice::from_ref(&whole));
                let pieces = self.inner.task.pieces(&prose);
                return packed::convert(&prose, &pieces, through, output, |_, _| {});
            }
        }
        let spans = if self.has_opening(text) { markers::protected_spans(text) } else { Vec::new() };
        self.convert_around(&spans, text, output);
    }

    /// Converts a text by one table, which goes on behind each protected span as if nothing had been.
    fn convert_marked(&self, table: &Table<'_>, text: &str, output: &mut impl Sink) {
        let mut text = text;
        // Openings before this are text.
        let mut known = 0;
        loop {
            let (at, until) = match table.convert_unmarked(text, known, output) {
                Stop::End => return,
                Stop::Opening(at) => (at, at.max(known) + 2 * CHUNK),
                Stop::Operator(at) => (at, usize::MAX),
            };
            text = &text[at..];
            let (spans, searched) = markers::first_spans(text, known.saturating_sub(at), until.saturating_sub(at));
            if until == usize::MAX {
                return self.convert_around(&spans, text, output);
            }
            known = searched;
            if let Some(last) = spans.last() {
                self.convert_around(&spans, &text[..last.end], output);
                text = &text[last.end..];
                known -= last.end;
            }
        }
    }

    /// Converts a text around its protected spans.
    fn convert_around(&self, spans: &[Range<usize>], text: &str, output: &mut impl Sink) {
        let mut prose = Vec::with_capacity(spans.len() + 1);
        outside(spans, text.len(), &mut prose);
        if self.fixed_table().is_none() || !self.inner.user.is_empty() {
            let mut converted = RangeOutput::new();
            self.convert_all(text, &prose, None, &mut converted);
            output.reserve(converted.text.len());
            let kept = spans.iter().map(|span| &text[span.clone()]).chain([""]);
            for (converted, kept) in converted.iter().zip(kept) {
                output.push(converted);
                output.push(kept);
            }
            return;
        }
        let mut batch = Batch::new(text);
        let mut before = |_: usize, _: &_| {};
        let mut done = 0;
        self.stretches(text, &prose, None, |number, place, stretch| {
            if done < place.start {
                batch.add(number, done..place.start, Stretch::Keep, output, &mut before);
            }
            done = place.end;
            batch.add(number, place, stretch, output, &mut before);
        });
        batch.finish(output, &mut before);
        output.push(&text[done..]);
    }

    /// The ranges of a text that no marker protects.
    pub(crate) fn prose(&self, text: &str, prose: &mut Vec<Range<usize>>) {
        let spans = if self.has_opening(text) { markers::protected_spans(text) } else { Vec::new() };
        outside(&spans, text.len(), prose);
    }

    /// Calls `visit` with what is to be done with each stretch of the given ranges, in order, and the number of its range. Markers are the
    /// caller's business.
    pub(crate) fn stretches<'a>(
        &'a self,
        text: &str,
        ranges: &[Range<usize>],
        page: Option<PageView<'a>>,
        mut visit: impl FnMut(usize, Range<usize>, Stretch<'a>),
    ) {
        assert_sorted(ranges);
        if let Task::Uniform(uniform) = &self.inner.task {
            let mut decisions = Vec::new();
            uniform.mixed.decide(&mut MixedState::default(), text, ranges, End::Final, &mut decisions);
            let mut number = 0;
            for Decision { range, treatment } in decisions {
                // Ranges that touch may share a decision.
                let mut start = range.start;
                while start < range.end {
                    while ranges[number].end <= start {
                        number += 1;
                    }
                    let end = range.end.min(ranges[number].end);
                    let pairs = Pairs::new(&self.inner.user, page, number);
                    self.treat(text, start..end, treatment, pairs, &mut |place, stretch| visit(number, place, stretch));
                    start = end;
                }
            }
        } else {
            for (number, range) in ranges.iter().enumerate() {
                let pairs = Pairs::new(&self.inner.user, page, number);
                self.treat(text, range.clone(), Treatment::Convert, pairs, &mut |place, stretch| {
                    visit(number, place, stretch)
                });
            }
        }
    }

    /// Calls `visit` with the stretches of a range that is to be treated as decided. Where nothing is decided sentence by sentence, all is to be
    /// converted.
    pub(crate) fn treat<'a>(
        &'a self,
        text: &str,
        range: Range<usize>,
        treatment: Treatment,
        pairs: Pairs<'a>,
        visit: &mut impl FnMut(Range<usize>, Stretch<'a>),
    ) {
        match &self.inner.task {
            Task::Fixed(step) => pairs.cut(text, range, Competitor::of(step), || Stretch::from_step(step), visit),
            Task::Own(own) => match own.step() {
                Some(step) => pairs.cut(text, range, Competitor::of(step), || Stretch::from_step(step), visit),
                None => pairs.cut(text, range, Competitor::Staged(&own.engine), || Stretch::Staged(&own.engine), visit),
            },
            Task::Uniform(uniform) => {
                let (step, stretch) = uniform.stretch(treatment);
                let competitor = match treatment {
                    Treatment::Leave => Competitor::Nobody,
                    _ => Competitor::of(step),
                };
                pairs.cut(text, range, competitor, || stretch, visit)
            }
        }
    }
}

/// The ranges between spans of a text of so many bytes.
fn outside(spans: &[Range<usize>], length: usize, ranges: &mut Vec<Range<usize>>) {
    let mut start = 0;
    for span in spans {
        ranges.push(start..span.start);
        start = span.end;
    }
    ranges.push(start..length);
}

fn assert_sorted(ranges: &[Range<usize>]) {
    assert!(ranges.is_sorted_by(|left, right| left.end <= right.start), "ranges must be sorted and disjoint");
}

impl<'a> Stretch<'a> {
    fn from_step(step: &'a Step) -> Stretch<'a> {
        if matches!(step, Step::Nothing) { Stretch::Keep } else { Stretch::Convert(step) }
    }

    /// Converts the source of the stretch.
    pub(crate) fn convert(&self, source: &str, output: &mut impl Sink) {
        self.convert_prefix(source, source.len(), output);
    }

    /// Converts `source[..limit]`, which is all of it or ends at a [`Stretch::cut`]; what lies behind is looked at, not converted.
    pub(crate) fn convert_prefix(&self, source: &str, limit: usize, output: &mut impl Sink) {
        let kept = &source[..limit];
        match self {
            Stretch::Keep => output.push(kept),
            Stretch::Pair(found) => output.push(found.replacement()),
            Stretch::Convert(step) => match step.table() {
                Some(table) => table.convert_prefix(source, limit, output),
                None => output.push(kept),
            },
            Stretch::ConvertEvident(step, mixed) => match step.table() {
                Some(table) => {
                    table.convert_units_with(source, limit, |character| mixed.is_evident_in(character), output);
                }
                None => output.push(kept),
            },
            Stretch::Staged(engine) => {
                let mut text = String::new();
                engine.convert_into(&source[..limit], &mut text);
                output.push(&text);
            }
        }
    }

    /// A place not behind `target` where the source may be cut: converted apart, the parts give what the whole gives. At least
    /// [`LOOK_AHEAD`](crate::table::LOOK_AHEAD) bytes must follow `target`. May be 0.
    pub(crate) fn cut(&self, source: &str, target: usize) -> usize {
        let target = source.floor_char_boundary(target);
        match self {
            Stretch::Convert(step) | Stretch::ConvertEvident(step, _) => {
                step.table().map_or(target, |table| table.cut(source, target))
            }
            Stretch::Staged(_) => source[..target].rfind('\n').map_or(0, |found| found + 1),
            _ => target,
        }
    }
}

impl crate::Engine for Converter {
    fn convert_into(&self, text: &str, out: &mut String) -> Result<(), Error> {
        self.convert_to(text, out);
        Ok(())
    }

    fn name(&self) -> &str {
        "tongwen"
    }
}

impl std::fmt::Debug for Converter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let task = match &self.inner.task {
            Task::Fixed(step) => step.name(),
            Task::Uniform(uniform) => format!("uniform by {}", uniform.foreign.name()),
            Task::Own(own) => own.engine.recipe().name,
        };
        f.debug_struct("Converter").field("task", &task).field("markers", &self.inner.markers).finish_non_exhaustive()
    }
}
