//! The list of edits with their reasons, at a speed at which it can be had for every text.
//!
//! The tables know what a text becomes and have forgotten why; the staged engine knows why and takes a hundred times as long. So the tables say where something
//! changes, and the staged engine is only asked about the unit there, once for each unit that is not known yet: how a unit is read depends on nothing but itself. A text has far
//! fewer different units than units. A list holds, for each edit, where it is and which of the known units it is: eight bytes.
//!
//! Worked example, `s2twp`: in `他的软件很软` the kernel's output differs at `软件` and `软`. The first hangs together, and the trie says that it is one unit. The staged engine is given
//! `软件` and answers that it becomes `軟體` by an entry of `TWPhrases.txt`; that is what the table has put out, so it is the reason, here and wherever else this unit
//! stands. `软` is adjacent to `很` in no path, so it is a unit for certain, and its reason lies in an array by code point.
//!
//! What cannot be told so is traced as a whole: a stretch with a unit that becomes something else when it stands alone, recipes that are not compiled,
//! incomplete description sequences. Tests hold the edits to those of a trace by the staged engine alone.
//!
//! # Cost
//!
//! Into Simplified about twice that of conversion with AVX-512, into Traditional about three times (`tongwen-bench own`), more without, and some microseconds for each different unit; [`Edit`]s that stand by themselves, four to eight times.

mod list;
mod memory;
mod pairs;
mod runs;
mod segments;
mod walk;

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use crate::PagePairs;
use crate::converter::{Converter, Stretch};
use crate::engine::Buffers;
use crate::explain::{Edit, PieceReason, Replacement};
pub(crate) use crate::kernel::characters::Wanted;
use crate::step::Step;
use crate::user_matches::{PageView, PairMatch};
use crate::{Mixed, StagedEngine};
pub(crate) use list::List;
pub(crate) use memory::{Kind, Memory};
use walk::{MapBuffers, Unclear, Walk};

/// The replacements that a conversion makes in a text: where each is, and what it does and why. Takes eight bytes an edit; may be used again.
///
/// ```
/// use tongwen::{Config, Converter, Edits};
///
/// let (text, mut edits) = ("他的软件", Edits::new());
/// Converter::new(Config::S2Twp).edits_into(text, &mut edits);
/// let (range, edit) = edits.iter().next().unwrap();
/// assert_eq!((&text[range], &*edit.replacement, &*edit.dictionary), ("软件", "軟體", "TWPhrases.txt"));
/// ```
#[derive(Clone, Debug, Default)]
pub struct Edits {
    list: List,
}

impl Edits {
    /// An empty list.
    pub fn new() -> Edits {
        Edits::default()
    }

    /// How many edits there are.
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// Whether nothing is replaced.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The edits in the order of the text: bytes of the source, and what takes their place.
    pub fn iter(&self) -> impl Iterator<Item = (Range<usize>, &Replacement)> {
        self.replacements().map(|(range, replacement)| (range, &**replacement))
    }

    fn replacements(&self) -> impl Iterator<Item = (Range<usize>, &Arc<Replacement>)> {
        self.list.iter().map(|(start, number)| {
            let kind = self.list.kind(number);
            (start..start + kind.length, kind.told.replacement.as_ref().expect("only what changes is in the list"))
        })
    }

    /// The edits, each by itself.
    pub fn to_vec(&self) -> Vec<Edit> {
        self.replacements().map(|(range, replacement)| Edit { range, shared: Arc::clone(replacement) }).collect()
    }
}

impl Converter {
    /// The replacements that conversion makes in a text, each with the dictionary entry that decided it: those of [`Converter::explain`], much sooner. For long texts,
    /// [`Converter::edits_into`] takes a fraction of the time.
    ///
    /// They stand in the order of the text, do not overlap and begin and end between characters, in bytes of UTF-8; made in a text from the last to the first, they give what
    /// conversion gives:
    ///
    /// ```
    /// # use tongwen::{Config, Converter};
    /// let (converter, text) = (Converter::new(Config::S2Twp), "他的软件、鼠标");
    /// let mut edited = text.to_string();
    /// for edit in converter.edits(text).iter().rev() {
    ///     // An editor that counts in UTF-16 wants this place.
    ///     let _column = text[..edit.range.start].encode_utf16().count();
    ///     edited.replace_range(edit.range.clone(), &edit.replacement);
    /// }
    /// assert_eq!(edited, converter.convert(text));
    /// ```
    pub fn edits(&self, text: &str) -> Vec<Edit> {
        let mut edits = Edits::new();
        self.edits_into(text, &mut edits);
        edits.to_vec()
    }

    /// [`Converter::edits`] as a list that takes less room and time. It is cleared first.
    pub fn edits_into(&self, text: &str, edits: &mut Edits) {
        let mut prose = Vec::new();
        self.prose(text, &mut prose);
        self.edits_with(text, &prose, None, edits);
    }

    /// The replacements that [`Converter::convert_ranges_with`] makes, each with the entry that decided it. The page's rules are named
    /// [`PAGE_RULE`](crate::PAGE_RULE), with their origin.
    ///
    /// # Panics
    ///
    /// As there.
    pub fn edits_in_ranges(
        &self,
        text: &str,
        ranges: &[Range<usize>],
        pairs: &PagePairs,
        epochs: &[usize],
    ) -> Vec<Edit> {
        let mut edits = Edits::new();
        self.edits_in_ranges_into(text, ranges, pairs, epochs, &mut edits);
        edits.to_vec()
    }

    /// [`Converter::edits_in_ranges`] as a list that takes less room and time. It is cleared first.
    ///
    /// # Panics
    ///
    /// As there.
    pub fn edits_in_ranges_into(
        &self,
        text: &str,
        ranges: &[Range<usize>],
        pairs: &PagePairs,
        epochs: &[usize],
        edits: &mut Edits,
    ) {
        assert_eq!(epochs.len(), ranges.len(), "there must be one epoch for each range");
        self.edits_with(text, ranges, Some(PageView { pairs, epochs }), edits);
    }

    fn edits_with(&self, text: &str, ranges: &[Range<usize>], page: Option<PageView<'_>>, edits: &mut Edits) {
        let mut lister = Lister::new(self, text, Wanted::Changes, &mut edits.list);
        self.stretches(text, ranges, page, |_, place, stretch| lister.add(place, &stretch));
        lister.finish(self);
    }
}

/// A list under construction: of what changes in a text, or of everything.
pub(crate) struct Lister<'l, 'a> {
    text: &'l str,
    wanted: Wanted,
    list: &'l mut List,
    memory: Memory,
    /// Made when first needed.
    buffers: Option<Box<MapBuffers<'a>>>,
    pairs: HashMap<Pair<'l, 'a>, u32>,
}

/// Source and target of a pair, and the line or the rule that has it.
type Pair<'l, 'a> = (&'l str, &'a str, Option<usize>, Option<usize>);

impl<'l, 'a> Lister<'l, 'a> {
    pub(crate) fn new(converter: &Converter, text: &'l str, wanted: Wanted, list: &'l mut List) -> Lister<'l, 'a> {
        list.clear();
        // What was lent to a list that is used again is free from here on.
        let memory = converter.inner.memories.lock().ok().and_then(|mut memories| memories.pop()).unwrap_or_default();
        Lister { text, wanted, list, memory, buffers: None, pairs: HashMap::new() }
    }

    /// Gives what was learned back to the converter.
    pub(crate) fn finish(self, converter: &Converter) {
        self.list.kinds = Arc::clone(&self.memory.kinds);
        if !self.memory.is_full()
            && let Ok(mut memories) = converter.inner.memories.lock()
        {
            memories.push(self.memory);
        }
    }

    /// Adds what is wanted of a stretch.
    pub(crate) fn add(&mut self, place: Range<usize>, stretch: &Stretch<'a>) {
        match stretch {
            Stretch::Keep | Stretch::Convert(Step::Nothing) | Stretch::ConvertEvident(Step::Nothing, _) => {
                self.untouched(place, PieceReason::Left);
            }
            Stretch::Pair(found) => self.pair(place, found),
            Stretch::Staged(engine) => self.trace(place, engine),
            Stretch::Convert(step) => self.convert(place, step, None),
            Stretch::ConvertEvident(step, mixed) => self.convert(place, step, Some(mixed)),
        }
    }

    /// Adds a stretch that stays.
    pub(crate) fn untouched(&mut self, place: Range<usize>, reason: PieceReason) {
        if self.wanted == Wanted::All && !place.is_empty() {
            self.own(place.start, Kind::new(&self.text[place], String::new(), reason));
        }
    }

    fn own(&mut self, start: usize, kind: Kind) {
        let number = self.list.add(kind);
        self.list.expect(start..start);
        self.list.push(start, number);
    }

    fn pair(&mut self, place: Range<usize>, found: &PairMatch<'a>) {
        let text: &'l str = self.text;
        let (source, target) = (&text[place.clone()], found.replacement());
        if self.wanted == Wanted::Changes && source == target {
            return;
        }
        let (line, origin) = match found {
            PairMatch::User(found) => (Some(found.line), None),
            PairMatch::Page(found) => (None, found.origin),
        };
        let number = *self.pairs.entry((source, target, line, origin)).or_insert_with(|| {
            let reason = match found {
                PairMatch::User(found) => {
                    PieceReason::User { dictionary: found.dictionary.to_string(), line: found.line }
                }
                PairMatch::Page(found) => PieceReason::PageRule { origin: found.origin },
            };
            self.list.add(Kind::new(source, target.to_string(), reason))
        });
        self.list.expect(place.clone());
        self.list.push(place.start, number);
    }

    fn convert(&mut self, place: Range<usize>, step: &'a Step, mixed: Option<&'a Mixed>) {
        let Some(table) = step.table() else { return };
        let before = self.list.len();
        let (known, kinds, rooms) = self.memory.of_step(step, mixed);
        let (source, list, start) = (&self.text[place.clone()], &mut *self.list, place.start);
        let mut walk =
            Walk { source, start, table: &table, mixed, step, known, kinds, rooms, list, wanted: self.wanted };
        let found = match self.wanted {
            Wanted::All => walk.all(),
            Wanted::Changes => walk.changes(self.buffers.get_or_insert_with(|| Box::new(Buffers::new()))),
        };
        if let Err(Unclear) = found {
            self.list.truncate(before);
            match step {
                Step::Nothing => {}
                Step::Own(own) => self.trace_with(place, &own.engine, mixed),
                Step::Route(route, _) => self.trace_with(place, &StagedEngine::new(route.recipe()), mixed),
            }
        }
    }

    fn trace(&mut self, place: Range<usize>, engine: &StagedEngine) {
        self.trace_with(place, engine, None);
    }

    /// Asks the staged engine about a stretch as a whole.
    fn trace_with(&mut self, place: Range<usize>, engine: &StagedEngine, mixed: Option<&Mixed>) {
        for unit in engine.trace(&self.text[place.clone()]) {
            let range = place.start + unit.source.start..place.start + unit.source.end;
            let source = &self.text[range.clone()];
            if mixed.is_some_and(|mixed| !mixed.is_evident(source)) {
                self.untouched(range, PieceReason::Left);
            } else if self.wanted == Wanted::All || unit.output != source {
                let output = unit.output.clone();
                self.own(range.start, Kind::new(source, output, PieceReason::Matches(unit)));
            }
        }
    }
}
