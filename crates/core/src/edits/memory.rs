//! What is known of units: why each becomes what it becomes.
//!
//! How a unit is read depends on nothing but itself: whatever matches in one of its stages lies inside of it. So the staged engine is asked once about each different unit, as
//! a text of its own, and the answer is a *kind*, a number that stands for it from then on. Characters that are units by themselves have their kinds in an array by code point,
//! other pieces of text in a table (`segments.rs`).
//!
//! A memory is lent out for the time of a call and given back; several threads that ask the same converter have one each.
//!
//! # Cost
//!
//! Some microseconds for each different unit; a few nanoseconds for one that is known. Memory for some ten thousand units and pieces of text.

use std::collections::HashMap;
use std::sync::Arc;

use super::pairs::Pairs;
use super::runs::{Runs, Sought};
use super::segments::{Segment, Segments, Short};
use crate::explain::{PieceReason, Replacement};
use crate::kernel::changed::{ALONE, Changed, DOUBT, Numbers};
use crate::kernel::characters::Reading;
use crate::resolve::decode;
use crate::route::Keys;
use crate::step::Step;
use crate::table::Table;
use crate::{Mixed, StagedEngine};

/// In the number of a kind: the unit stays what it is.
pub(crate) const STAYS: u32 = 1 << 31;
/// In the number of a kind: it is one of the list's own, which no other list has. Numbers of characters never have this bit, which is that of doubts there.
pub(crate) const OWN: u32 = DOUBT;

/// The number of no kind.
const UNKNOWN: u32 = 0;

/// After a call that has left more kinds than this all are forgotten.
const MOST_KINDS: usize = 1 << 17;

/// A kind of unit.
#[derive(Clone, Debug)]
pub(crate) struct Kind {
    /// Bytes of the source.
    pub(crate) length: usize,
    pub(crate) told: Arc<Told>,
}

/// What becomes of a unit, and why.
#[derive(Debug)]
pub(crate) struct Told {
    pub(crate) output: String,
    pub(crate) reason: PieceReason,
    /// None where the unit stays.
    pub(crate) replacement: Option<Arc<Replacement>>,
}

impl Kind {
    pub(crate) fn new(source: &str, output: String, reason: PieceReason) -> Kind {
        let replacement = reason.replacement(source, &output).map(Arc::new);
        Kind { length: source.len(), told: Arc::new(Told { output, reason, replacement }) }
    }

    /// The mark of kinds that stay.
    pub(crate) fn stays(&self) -> u32 {
        if self.told.replacement.is_none() { STAYS } else { 0 }
    }
}

/// See the [module](self).
#[derive(Default)]
pub(crate) struct Memory {
    /// By their numbers. Shared with the lists that were made by it.
    pub(super) kinds: Arc<Vec<Kind>>,
    steps: Vec<Known>,
    rooms: Rooms,
}

/// Room for what is found out about a chunk, made when first needed. It stays with the memory, since clearing it takes as long as a page of text.
#[derive(Default)]
pub(super) struct Rooms {
    pub(super) changed: Option<Box<Changed>>,
    pub(super) characters: Option<Box<Reading>>,
    pub(super) sought: Vec<Sought>,
    /// Where each of these starts.
    pub(super) starts: Vec<usize>,
}

impl Rooms {
    pub(super) fn changed(&mut self) -> &mut Changed {
        self.changed.get_or_insert_with(|| Box::new(Changed::new()))
    }

    pub(super) fn characters(&mut self) -> &mut Reading {
        self.characters.get_or_insert_with(|| Box::new(Reading::new()))
    }
}

impl Memory {
    /// What is known of a step, of which only evident units are converted if `mixed` is given.
    pub(super) fn of_step(
        &mut self,
        step: &Step,
        mixed: Option<&Mixed>,
    ) -> (&mut Known, &mut Arc<Vec<Kind>>, &mut Rooms) {
        let (address, evident) = (std::ptr::from_ref(step).addr(), mixed.is_some());
        let known = self.steps.iter().position(|known| known.step == address && known.evident == evident);
        let number = known.unwrap_or_else(|| {
            self.steps.push(Known::new(address, evident));
            self.steps.len() - 1
        });
        (&mut self.steps[number], &mut self.kinds, &mut self.rooms)
    }

    /// Whether it has grown so large that it had better begin anew.
    pub(super) fn is_full(&self) -> bool {
        self.kinds.len() > MOST_KINDS
    }
}

/// The kinds of units of one step.
pub(super) struct Known {
    /// Where the step lies. A converter and its steps never move.
    step: usize,
    evident: bool,
    /// Made when first needed.
    engine: Option<StagedEngine>,
    /// By code point, for characters of 1 to 3 bytes.
    pub(super) characters: Box<Numbers>,
    /// Units of more than that.
    units: Segments,
    /// Those that are too long for these.
    long: HashMap<Box<str>, u32>,
    /// Pieces of text with one or more units.
    pub(super) segments: Segments,
    /// Those of two characters, where many are read at once ...
    pub(super) pairs: Pairs,
    /// ... and of three and four.
    pub(super) runs: Runs,
    /// Room for what a unit becomes.
    made: String,
}

impl Known {
    fn new(step: usize, evident: bool) -> Known {
        // Straight from the allocator: what is zero is never touched.
        let characters = vec![UNKNOWN; 1 << 16].try_into().expect("as many kinds");
        Known {
            step,
            evident,
            engine: None,
            characters,
            units: Segments::default(),
            long: HashMap::new(),
            segments: Segments::default(),
            pairs: Pairs::new(),
            runs: Runs::new(),
            made: String::new(),
        }
    }

    /// The number of a unit's kind. None if the unit becomes something else alone than it does in the text; the caller has to ask about all of that then.
    pub(super) fn unit(
        &mut self,
        table: &Table<'_>,
        step: &Step,
        mixed: Option<&Mixed>,
        unit: &str,
        kinds: &mut Arc<Vec<Kind>>,
    ) -> Option<u32> {
        let (point, length) = decode(unit.as_bytes(), 0);
        if length == unit.len()
            && let Ok(point) = u16::try_from(point)
        {
            let mut number = self.characters[usize::from(point)];
            if number == UNKNOWN {
                number = self.learn(table, step, mixed, unit, kinds)?;
                if self.is_always_alone(step, unit) {
                    number |= ALONE;
                }
                self.characters[usize::from(point)] = number;
            }
            return Some(number);
        }
        let key = Short::new(unit.as_bytes(), unit.len());
        let known = match &key {
            Some(key) => self.units.get(key).and_then(|known| known.units().next()).map(|(_, number)| number),
            None => self.long.get(unit).copied(),
        };
        if known.is_some() {
            return known;
        }
        let number = self.learn(table, step, mixed, unit, kinds)?;
        match &key {
            Some(key) => {
                let mut known = Segment::new(key);
                known.push(unit.len(), number)?;
                self.units.insert(known);
            }
            None => _ = self.long.insert(unit.into(), number),
        }
        Some(number)
    }

    /// Whether a character never belongs to a longer unit, so far as is known.
    fn is_always_alone(&self, step: &Step, unit: &str) -> bool {
        let engine = match step {
            Step::Route(route, _) if route.keys == Keys::Characters => return true,
            Step::Own(own) => Some(&*own.engine),
            _ => self.engine.as_ref(),
        };
        engine.is_some_and(|engine| unit.chars().all(|character| engine.is_always_alone(character)))
    }

    /// Makes a kind for a unit.
    fn learn(
        &mut self,
        table: &Table<'_>,
        step: &Step,
        mixed: Option<&Mixed>,
        unit: &str,
        kinds: &mut Arc<Vec<Kind>>,
    ) -> Option<u32> {
        let left = || Kind::new(unit, String::new(), PieceReason::Left);
        let kind = match (step, &mut self.engine) {
            _ if mixed.is_some_and(|mixed| !mixed.is_evident(unit)) => left(),
            (Step::Nothing, _) => left(),
            // Entries of one character are what remains of a recipe when it sees one character at a time. Only description sequences are longer units.
            (Step::Route(route, _), _) if route.keys == Keys::Characters && unit.chars().nth(1).is_some() => left(),
            (Step::Route(route, _), engine) => {
                let engine = engine.get_or_insert_with(|| StagedEngine::new(route.recipe()));
                alone(engine, unit)?
            }
            (Step::Own(own), _) => alone(&own.engine, unit)?,
        };
        self.made.clear();
        table.convert_by_table(unit, unit.len(), &mut self.made);
        if kind.told.output != self.made && !matches!(kind.told.reason, PieceReason::Left) {
            return None;
        }
        Some(add(Arc::make_mut(kinds), kind))
    }
}

/// Adds a kind to others; gives its number.
fn add(kinds: &mut Vec<Kind>, kind: Kind) -> u32 {
    if kinds.is_empty() {
        // What would have the number of no kind.
        kinds.push(Kind::new("", String::new(), PieceReason::Left));
    }
    let number = kinds.len() as u32 | kind.stays();
    kinds.push(kind);
    number
}

/// What becomes of a unit that is a text of its own.
fn alone(engine: &StagedEngine, unit: &str) -> Option<Kind> {
    let [found] = <[_; 1]>::try_from(engine.trace(unit)).ok()?;
    let output = found.output.clone();
    Some(Kind::new(unit, output, PieceReason::Matches(found)))
}
