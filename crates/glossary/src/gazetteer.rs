//! The glossary: everything known of names, ready to be asked.
//!
//! A glossary is a stack of compiled files: the built-in one, and one for each overlay. An entry is a row in one of them. A row of a
//! later file hides the rows of earlier ones that have its id; chains and reverse look-ups see what is not hidden.

use std::borrow::Cow;
use std::fmt;
use std::sync::{Arc, LazyLock, OnceLock};

use tongwen::Script;

use crate::annotate::Reading;
use crate::compile::compile_overlay;
use crate::entry::Entry;
use crate::layer::{Layer, Trust};
use crate::layout::{BLOCKER_WORDS, CUE_SET_WORDS, ERA_WORDS, Part, SOURCE_WORDS, unpack_years};
use crate::table::CueSide;
use crate::{Error, Overlay};

/// The file that is built in.
static EMBEDDED: &[u8] = include_bytes!("../compiled/places.bin");

/// Historical names of places and the units of the code book. Cheap to clone, `Send` and `Sync`; never changes.
///
/// ```
/// use tongwen_glossary::{Glossary, Script};
/// let glossary = Glossary::embedded();
/// let today = glossary.modern("xj-gumudi-1763", None);
/// assert_eq!(today[0].name(Script::Traditional), "米東區");
/// let then = glossary.modern("xj-gumudi-1763", Some(2005));
/// assert_eq!(then[0].name(Script::Simplified), "米泉市");
/// ```
#[derive(Clone)]
pub struct Glossary {
    layers: Arc<[Stacked]>,
    /// Made when the first text is annotated.
    reading: Arc<OnceLock<Reading>>,
}

/// A layer and the numbers of its entries that a later one hides, sorted.
#[derive(Clone)]
struct Stacked {
    layer: Arc<Layer>,
    hidden: Vec<u32>,
}

/// A set of cues: what `@name` in a row stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CueSetEntry<'a> {
    /// The name, without `@`.
    pub name: &'a str,
    /// Where the strings stand; a string with a mark of its own (`>人`) goes by that.
    pub side: CueSide,
    strings: &'a str,
}

impl<'a> CueSetEntry<'a> {
    /// The strings, of both scripts.
    pub fn strings(self) -> impl Iterator<Item = &'a str> {
        self.strings.split(' ').filter(|string| !string.is_empty())
    }
}

/// The name of an era.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EraEntry<'a> {
    name: [&'a str; 2],
    state: [&'a str; 2],
    /// The year called 元年.
    pub first: i16,
    /// The last year.
    pub last: i16,
}

impl<'a> EraEntry<'a> {
    /// The name in a script.
    pub fn name(self, script: Script) -> &'a str {
        in_script(self.name, script)
    }

    /// The state or dynasty in a script.
    pub fn state(self, script: Script) -> &'a str {
        in_script(self.state, script)
    }
}

/// A string that contains a name and is not it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BlockerEntry<'a> {
    text: [&'a str; 2],
    /// The name, in simplified script.
    pub name: &'a str,
    /// What the string is.
    pub reason: &'a str,
}

impl<'a> BlockerEntry<'a> {
    /// The string in a script.
    pub fn text(self, script: Script) -> &'a str {
        in_script(self.text, script)
    }
}

/// What rows refer to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SourceEntry<'a> {
    /// The key.
    pub id: &'a str,
    /// What it is.
    pub title: &'a str,
    /// Where it is in the web; may be empty.
    pub url: &'a str,
    /// Under which terms.
    pub licence: &'a str,
    /// When it was read, as an ISO date; may be empty.
    pub accessed: &'a str,
}

fn in_script([hans, hant]: [&str; 2], script: Script) -> &str {
    match script {
        Script::Simplified => hans,
        Script::Traditional => hant,
    }
}

impl fmt::Debug for Glossary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let entries: u32 = self.layers.iter().map(|stacked| stacked.layer.entries()).sum();
        write!(f, "Glossary({} layers, {entries} entries)", self.layers.len())
    }
}

impl Glossary {
    /// What is built in. Costs a microsecond, since the data lie in the binary and are read in place, and every further time less: all are clones of
    /// one, so what the first text makes that is annotated serves the others too.
    pub fn embedded() -> Glossary {
        static BUILT_IN: LazyLock<Glossary> = LazyLock::new(|| {
            let layer = Layer::open(Cow::Borrowed(EMBEDDED), Trust::BuiltIn);
            Glossary::of(layer.expect("the built-in file is checked by the tests"))
        });
        BUILT_IN.clone()
    }

    /// A file made by [`compile`](crate::compile::compile), which may be another than the built-in one.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Compiled`](crate::ErrorKind::Compiled) when the bytes are no such file, are of another version, or have been changed.
    pub fn from_compiled(bytes: Vec<u8>) -> Result<Glossary, Error> {
        Layer::open(Cow::Owned(bytes), Trust::Verify).map(Glossary::of)
    }

    fn of(layer: Layer) -> Glossary {
        Glossary { layers: Arc::new([Stacked { layer: Arc::new(layer), hidden: Vec::new() }]), reading: Arc::default() }
    }

    /// This glossary and the rows of an overlay, which win by id over what is there.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::TooLarge`](crate::ErrorKind::TooLarge).
    pub fn with_overlay(&self, overlay: &Overlay) -> Result<Glossary, Error> {
        let units = self.units_layer();
        let resolve = |code| self.unit_number(code);
        let bytes = compile_overlay(overlay.places(), units.folding(), &resolve)?;
        let layer = Layer::open(Cow::Owned(bytes), Trust::BuiltIn)?;
        let mut layers = self.layers.to_vec();
        for stacked in &mut layers {
            let ids = overlay.places().iter().map(|place| place.id.as_str());
            stacked.hidden.extend(ids.filter_map(|id| stacked.layer.find(id)));
            stacked.hidden.sort_unstable();
            stacked.hidden.dedup();
        }
        layers.push(Stacked { layer: Arc::new(layer), hidden: Vec::new() });
        Ok(Glossary { layers: layers.into(), reading: self.reading.clone() })
    }

    /// The small tables as annotation reads them.
    pub(crate) fn reading(&self) -> &Reading {
        self.reading.get_or_init(|| Reading::new(self))
    }

    pub(crate) fn same(&self, other: &Glossary) -> bool {
        Arc::ptr_eq(&self.layers, &other.layers)
    }

    /// The layers, the built-in one first.
    pub(crate) fn layers(&self) -> impl DoubleEndedIterator<Item = (u32, &Layer)> {
        self.layers.iter().enumerate().map(|(number, stacked)| (number as u32, &*stacked.layer))
    }

    pub(crate) fn layer(&self, layer: u32) -> &Layer {
        &self.layers[layer as usize].layer
    }

    /// The layer that has the units, the folding table and the small tables: the first.
    pub(crate) fn units_layer(&self) -> &Layer {
        &self.layers[0].layer
    }

    pub(crate) fn is_hidden(&self, layer: u32, number: u32) -> bool {
        self.layers[layer as usize].hidden.binary_search(&number).is_ok()
    }

    /// The entry of a number in a layer, unless a later layer hides it or there is none.
    pub(crate) fn entry_at(&self, layer: u32, number: u32) -> Option<Entry<'_>> {
        let there = number < self.layer(layer).entries() && !self.is_hidden(layer, number);
        there.then(|| Entry::new(self, layer, number))
    }

    /// The entry with an id.
    pub fn entry(&self, id: &str) -> Option<Entry<'_>> {
        self.layers().rev().find_map(|(layer, file)| file.find(id).map(|number| Entry::new(self, layer, number)))
    }

    /// Every entry: historical names by id, units by code and year, then the same for each overlay.
    pub fn entries(&self) -> impl Iterator<Item = Entry<'_>> {
        self.layers()
            .flat_map(move |(layer, file)| (0..file.entries()).filter_map(move |number| self.entry_at(layer, number)))
    }

    /// The key of a name: equal for all ways to write it that are the same name (both scripts, graphic variants; Latin letters of any case,
    /// with and without tones, blanks and apostrophes). For comparing, not for showing.
    pub fn fold(&self, name: &str) -> String {
        self.units_layer().folding().key(name)
    }

    /// The sets of cues.
    pub fn cue_sets(&self) -> impl Iterator<Item = CueSetEntry<'_>> {
        self.small(Part::CueSets, |[name, side, strings]: [u32; CUE_SET_WORDS], file| CueSetEntry {
            name: file.string(name),
            side: CueSide::ALL.get(side as usize).copied().unwrap_or(CueSide::Near),
            strings: file.string(strings),
        })
    }

    /// The names of eras, in the order of the table.
    pub fn eras(&self) -> impl Iterator<Item = EraEntry<'_>> {
        self.small(Part::Eras, |[hans, hant, state_hans, state_hant, years]: [u32; ERA_WORDS], file| {
            let (first, last) = unpack_years(years);
            EraEntry {
                name: [file.string(hans), file.string(hant)],
                state: [file.string(state_hans), file.string(state_hant)],
                first: first.unwrap_or(1),
                last: last.unwrap_or(1),
            }
        })
    }

    /// The blockers, in the order of the table; the index names them by their number in it.
    pub fn blockers(&self) -> impl Iterator<Item = BlockerEntry<'_>> {
        self.small(Part::Blockers, |[hans, hant, name, reason]: [u32; BLOCKER_WORDS], file| BlockerEntry {
            text: [file.string(hans), file.string(hant)],
            name: file.string(name),
            reason: file.string(reason),
        })
    }

    /// The sources.
    pub fn sources(&self) -> impl Iterator<Item = SourceEntry<'_>> {
        self.small(Part::Sources, |words: [u32; SOURCE_WORDS], file| {
            let [id, title, url, licence, accessed] = words.map(|at| file.string(at));
            SourceEntry { id, title, url, licence, accessed }
        })
    }

    /// Rows of a small table, each of `N` words.
    fn small<'a, const N: usize, T>(
        &'a self,
        part: Part,
        make: impl Fn([u32; N], &'a Layer) -> T + 'a,
    ) -> impl Iterator<Item = T> + 'a {
        let file = self.units_layer();
        file.words(part).as_chunks::<N>().0.iter().map(move |words| make(words.map(u32::from_le_bytes), file))
    }
}
