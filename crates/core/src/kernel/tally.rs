//! Finds the marks that end sentences and counts evidence up to each: the second kernel, and its scalar form.
//!
//! Where the source variant is open, every character of a text is looked up twice: for what it becomes, and for what it says about
//! the text. What is wanted of the second look is little: for each stretch up to the next mark that ends a sentence (`。`, a newline ...), whether
//! it holds evidence of the other script, of the target's own, and forms that the target's region does not write.
//!
//! # Contract
//!
//! [`Parts::fill`] takes UTF-8 and a target's [`Weights`]. It gives a [`Part`] for each mark with [`ENDS`]: the offset behind the mark, and the [`Signs`] up
//! to there, counted from the start of the text, so that what lies between two places is their difference; and the signs of all of the text.
//! [`survey`] only tells which kinds of signs a text has, for where that is all that matters.
//!
//! A pair counts where its second character stands. It counts only if it is whole within the text, and if the caller, who is asked with the offset
//! of the second character, says that the two are neighbours; pairs are few, so asking may be slow.
//!
//! For example, against a Simplified target `他說。這` has one part that ends behind 。 with one sign of the other script; all of the text has two.
//!
//! # Which one
//!
//! The scalar form is here; `vector/tally.rs` takes 48 bytes at a time, on processors with AVX-512, and `vector/tally_eights.rs` eight characters, with AVX2;
//! `neon/tally.rs` sixteen characters, on 64-bit ARM. Tests hold all to the same.
//!
//! # Cost
//!
//! One look-up a character and an addition to three counters that share a word: no branch depends on what the character is evidence of. Marks that
//! end sentences and the second characters of pairs, about one character in twelve, take a second step.

use std::ops::{BitOr, Range, Sub};

use crate::Script;
use crate::evidence::{
    CLASS, ENDS, Evidence, HANS, HANS_USUAL, HANS_VARIANT, HANT, HANT_USUAL, HANT_VARIANT, HK_FOREIGN, MARK, MARKS,
    Mark, PAIR_SECOND, TW_FOREIGN, mark_flags,
};
use crate::resolve::character_before;

/// Evidence counted over a stretch: four lanes of 16 bits. A stretch has at most some thousand characters, each of which can
/// count twice (itself and its pair), so no lane overflows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    /// Simplified strong and weak, Traditional strong and weak.
    pub(crate) lanes: u64,
    /// All flags of forms foreign to a region that were met; other bits mean nothing.
    pub(crate) seen: u8,
}

/// What each value of the flags adds to the lanes.
const LANES: [u64; 256] = {
    let mut lanes = [0; 256];
    let mut flags = 0;
    while flags < MARK as usize {
        lanes[flags] = lane(flags as u8 & CLASS);
        flags += 1;
    }
    lanes
};

const fn lane(class: u8) -> u64 {
    match class {
        HANS => 1,
        HANS_VARIANT | HANS_USUAL => 1 << 16,
        HANT => 1 << 32,
        HANT_VARIANT | HANT_USUAL => 1 << 48,
        _ => 0,
    }
}

/// What a stretch says to a target, in three counters of 10 bits: evidence of the other script, evidence of the target's script, and forms
/// that the target's region does not write. Sums run over, differences are right for stretches of less than [`Signs::MOST`] characters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Signs(pub(super) u32);

impl Signs {
    /// More characters than the signs of a stretch can count.
    pub(crate) const MOST: usize = 1 << 10;
    /// All that speaks for the other script.
    pub(crate) const FOREIGN: Signs = Signs((1 << 10) - 1);
    /// All that speaks for the target's script.
    pub(crate) const OWN: Signs = Signs(((1 << 10) - 1) << 10);
    /// Forms that the target's region does not write.
    pub(crate) const FORMS: Signs = Signs(((1 << 10) - 1) << 20);

    #[inline(always)]
    pub(crate) fn has_foreign(self) -> bool {
        self.has(Signs::FOREIGN)
    }

    #[inline(always)]
    pub(crate) fn has_own(self) -> bool {
        self.has(Signs::OWN)
    }

    #[inline(always)]
    pub(crate) fn has_forms(self) -> bool {
        self.has(Signs::FORMS)
    }

    /// With more behind it.
    #[cfg(target_arch = "x86_64")]
    #[inline(always)]
    pub(super) fn plus(self, more: u32) -> Signs {
        Signs(self.0.wrapping_add(more))
    }

    /// Whether there is any of these kinds.
    #[inline(always)]
    pub(crate) fn has(self, kinds: Signs) -> bool {
        self.0 & kinds.0 != 0
    }
}

impl BitOr for Signs {
    type Output = Signs;

    /// Both kinds.
    #[inline(always)]
    fn bitor(self, other: Signs) -> Signs {
        Signs(self.0 | other.0)
    }
}

impl Sub for Signs {
    type Output = Signs;

    /// What lies between two places.
    #[inline(always)]
    fn sub(self, before: Signs) -> Signs {
        Signs(self.0.wrapping_sub(before.0))
    }
}

/// One of each kind of [`Signs`].
pub(super) const ONE_FOREIGN: u32 = 1;
pub(super) const ONE_OWN: u32 = 1 << 10;
pub(super) const ONE_FORM: u32 = 1 << 20;

/// The flags that count for [`Signs`], in characters that are no marks.
pub(super) const COUNTED: u8 = CLASS | TW_FOREIGN | HK_FOREIGN;

/// What each value of the [`COUNTED`] flags adds to the signs for a target.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Weights {
    pub(super) by_flags: [u32; COUNTED as usize + 1],
    /// The flag of forms that the target's region does not write; 0 where the target has no region.
    pub(super) form: u8,
}

impl Weights {
    pub(crate) const fn new(target: Script, form: u8) -> Weights {
        let [hans, hant] = match target {
            Script::Traditional => [ONE_FOREIGN, ONE_OWN],
            Script::Simplified => [ONE_OWN, ONE_FOREIGN],
        };
        let mut by_flags = [0; COUNTED as usize + 1];
        let mut flags = 0;
        while flags < by_flags.len() {
            by_flags[flags] = match flags as u8 & CLASS {
                HANS | HANS_VARIANT | HANS_USUAL => hans,
                HANT | HANT_VARIANT | HANT_USUAL => hant,
                _ => 0,
            };
            if flags as u8 & form != 0 {
                by_flags[flags] += ONE_FORM;
            }
            flags += 1;
        }
        Weights { by_flags, form }
    }

    /// What a character with these flags adds.
    #[inline(always)]
    pub(super) fn of(&self, flags: u8) -> u32 {
        if flags & MARK != 0 { 0 } else { self.by_flags[usize::from(flags & COUNTED)] }
    }

    /// The signs of a stretch that was counted; of each kind none or one.
    pub(crate) fn signs(&self, tally: Tally) -> Signs {
        let lanes = [(0, HANS), (16, HANS), (32, HANT), (48, HANT)];
        let classes = lanes.into_iter().filter(|(lane, _)| tally.lanes >> lane & 0xFFFF != 0);
        let evidence = classes.map(|(_, class)| self.by_flags[usize::from(class)]).fold(0, |all, one| all | one);
        Signs(evidence | if self.has_forms(tally) { ONE_FORM } else { 0 })
    }

    /// Whether a stretch has forms that the target's region does not write.
    pub(crate) fn has_forms(&self, tally: Tally) -> bool {
        tally.seen & self.form != 0
    }
}

/// The marks of ASCII that end sentences, each at the place that its lower half says; elsewhere bytes that are not at their own place.
#[cfg_attr(
    not(any(target_arch = "x86_64", target_arch = "aarch64")),
    allow(dead_code, reason = "there are no vectors")
)]
pub(super) const PLAIN_ENDS: [u8; 16] = {
    let mut table = [0; 16];
    table[0] = 1;
    let mut number = 0;
    while number < MARKS.len() {
        let (character, mark) = MARKS[number];
        if character.is_ascii() && matches!(mark, Mark::Line | Mark::Sentence) {
            let place = character as usize % 16;
            assert!(table[place] == 0, "two marks of ASCII have the same lower half");
            table[place] = character as u8;
        }
        number += 1;
    }
    table
};

/// A place behind a mark that ends a sentence.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Part {
    pub(crate) end: u32,
    /// What the text says up to there.
    pub(crate) signs: Signs,
}

/// The flags of what ends a line.
pub(crate) const LINE: u8 = mark_flags(Mark::Line);

/// Parts behind the last that a kernel may overwrite.
pub(super) const SPARE_PARTS: usize = 4;

/// The parts of a text, in room that is used again.
#[derive(Debug, Default)]
pub(crate) struct Parts {
    room: Vec<Part>,
    count: usize,
}

impl Parts {
    /// Finds the parts of a text instead of those that are there, and gives the signs of all of the text; see the module's documentation. `text` has
    /// less than 2^32 bytes.
    pub(crate) fn fill(
        &mut self,
        evidence: Evidence,
        weights: &Weights,
        text: &[u8],
        joins: &dyn Fn(usize) -> bool,
    ) -> Signs {
        if self.room.len() < text.len() + SPARE_PARTS {
            self.room.resize(text.len() + SPARE_PARTS, Part::default());
        }
        let signs;
        (self.count, signs) = parts(evidence, weights, text, joins, &mut self.room);
        signs
    }

    /// Has one part instead of those that are there.
    pub(crate) fn set(&mut self, part: Part) {
        if self.room.is_empty() {
            self.room.push(part);
        }
        (self.room[0], self.count) = (part, 1);
    }

    pub(crate) fn clear(&mut self) {
        self.count = 0;
    }

    pub(crate) fn last(&self) -> Option<usize> {
        self.count.checked_sub(1)
    }

    /// Adds the end of the text, unless a part ends there.
    pub(crate) fn end_at(&mut self, end: Part) {
        if self.room[..self.count].last().is_none_or(|last| last.end < end.end) {
            self.room[self.count] = end;
            self.count += 1;
        }
    }

    #[inline(always)]
    pub(crate) fn get(&self, number: usize) -> Option<&Part> {
        self.room[..self.count].get(number)
    }
}

/// See the module's documentation; gives how many parts there are, and the signs of the text. `parts` has room for one at each byte and for
/// [`SPARE_PARTS`] more.
fn parts(
    evidence: Evidence,
    weights: &Weights,
    text: &[u8],
    joins: &dyn Fn(usize) -> bool,
    parts: &mut [Part],
) -> (usize, Signs) {
    if let Some(found) = super::vector::parts(evidence, weights, text, joins, parts) {
        return found;
    }
    let mut signs = Signs::default();
    let count = scalar(evidence, weights, text, 0..text.len(), joins, &mut signs, parts);
    (count, signs)
}

/// Signs of the kinds that a text has, in any number; see the module's documentation.
pub(crate) fn survey(evidence: Evidence, weights: &Weights, text: &[u8], joins: &dyn Fn(usize) -> bool) -> Signs {
    if let Some(signs) = super::vector::survey(evidence, weights, text, joins) {
        return signs;
    }
    let mut tally = Tally::default();
    let mut at = 0;
    while at < text.len() {
        count(evidence, text, &mut at, text.len(), MARK | ENDS, joins, &mut tally);
    }
    weights.signs(tally)
}

/// The offset behind the last mark of a text that ends a sentence.
pub(crate) fn last_end(evidence: Evidence, text: &[u8]) -> Option<usize> {
    let mut end = text.len();
    while let Some(last) = end.checked_sub(1) {
        let start = if text[last] < 0x80 { last } else { character_before(text, end) };
        let (flags, _) = flags_at(evidence, text, start);
        if flags & (MARK | ENDS) == MARK | ENDS {
            return Some(end);
        }
        end = start;
    }
    None
}

/// [`parts`] for a range of a text, character by character: adds to the signs, and gives how many parts there are.
pub(super) fn scalar(
    evidence: Evidence,
    weights: &Weights,
    text: &[u8],
    range: Range<usize>,
    joins: &dyn Fn(usize) -> bool,
    signs: &mut Signs,
    parts: &mut [Part],
) -> usize {
    let (mut sum, mut count) = (signs.0, 0);
    let mut rest = &text[range.clone()];
    while !rest.is_empty() {
        let mut flags = 0;
        while let Some(([lead @ 0xE0..=0xEF, second, third], after)) = rest.split_first_chunk::<3>() {
            rest = after;
            flags = evidence.flags(join(*lead, *second, *third));
            sum = sum.wrapping_add(weights.of(flags));
            if flags & (MARK | PAIR_SECOND) != 0 {
                break;
            }
        }
        if flags & (MARK | PAIR_SECOND) == 0 {
            if rest.is_empty() {
                break;
            }
            let (other, length) = flags_at(evidence, rest, 0);
            flags = other;
            rest = &rest[length.min(rest.len())..];
            sum = sum.wrapping_add(weights.of(flags));
        }
        let at = range.end - rest.len();
        if flags & (MARK | ENDS) == MARK | ENDS {
            parts[count] = Part { end: at as u32, signs: Signs(sum) };
            count += 1;
        } else if flags & PAIR_SECOND != 0 {
            sum = sum.wrapping_add(weights.of(pair_class(evidence, text, at - 3, joins)));
        }
    }
    signs.0 = sum;
    count
}

/// Counts the evidence from `at` on, up to and over the first mark with all the bits of `stops`, or up to `stop`. The flags of the mark,
/// or 0. `stop` may lie within a character, which is then taken as well. Pairs are looked for from the start of `text` on.
#[inline(always)]
pub(crate) fn count(
    evidence: Evidence,
    text: &[u8],
    at: &mut usize,
    stop: usize,
    stops: u8,
    joins: &dyn Fn(usize) -> bool,
    tally: &mut Tally,
) -> u8 {
    let is_inside = |stop: usize| text.get(stop).is_some_and(|byte| byte & 0xC0 == 0x80);
    let stop = (stop..).find(|stop| !is_inside(*stop)).unwrap_or(text.len());
    let mut counted = *tally;
    let mut mark = 0;
    let mut rest = &text[*at..stop];
    while !rest.is_empty() {
        let mut flags = 0;
        while let Some(([lead @ 0xE0..=0xEF, second, third], after)) = rest.split_first_chunk::<3>() {
            rest = after;
            flags = evidence.flags(join(*lead, *second, *third));
            counted.lanes += LANES[usize::from(flags)];
            counted.seen |= flags;
            if flags & (MARK | PAIR_SECOND) != 0 {
                break;
            }
        }
        if flags & (MARK | PAIR_SECOND) == 0 {
            let Some(lead) = rest.first() else { break };
            if *lead < 0x80 {
                flags = evidence.flags(u16::from(*lead));
                rest = &rest[1..];
            } else {
                let (other, length) = flags_at(evidence, rest, 0);
                flags = other;
                rest = &rest[length.min(rest.len())..];
            }
            counted.lanes += LANES[usize::from(flags)];
            counted.seen |= flags;
        }
        if flags & stops == stops {
            mark = flags;
            break;
        }
        if flags & PAIR_SECOND != 0 {
            counted.lanes += lane(pair_class(evidence, text, stop - rest.len() - 3, joins));
        }
    }
    *at = stop - rest.len();
    *tally = counted;
    mark
}

/// The flags of the character at an offset, and its length in bytes.
pub(crate) fn flags_at(evidence: Evidence, text: &[u8], at: usize) -> (u8, usize) {
    match text[at..] {
        [lead @ 0xE0..=0xEF, second, third, ..] => (evidence.flags(join(lead, second, third)), 3),
        [lead @ 0..=0x7F, ..] => (evidence.flags(u16::from(lead)), 1),
        [lead @ 0xF0..=0xFF, second, third, fourth, ..] => {
            let high = u32::from(lead & 0x7) << 18 | u32::from(second & 0x3F) << 12;
            (evidence.wide_flags(high | u32::from(join(0, third, fourth))), 4)
        }
        // No character of two bytes is evidence or a mark.
        _ => (0, 2),
    }
}

/// The class of the pair of 3-byte characters of which the second begins at `at`; 0 where it has none or is not whole.
#[inline]
pub(super) fn pair_class(evidence: Evidence, text: &[u8], at: usize, joins: &dyn Fn(usize) -> bool) -> u8 {
    let Some(before) = at.checked_sub(3) else { return 0 };
    match text[before..] {
        [one @ 0xE0..=0xEF, two, three, four @ 0xE0..=0xEF, five, six, ..] => {
            let [first, second] = [join(one, two, three), join(four, five, six)].map(u32::from);
            match evidence.pair_class(first, second) {
                class if class != 0 && joins(at) => class,
                _ => 0,
            }
        }
        _ => 0,
    }
}

/// The character of 3 bytes that ends at `at`; any other number if there is none.
#[cfg(target_arch = "x86_64")]
pub(super) fn wide_before(text: &[u8], at: usize) -> u16 {
    match text[..at].last_chunk() {
        Some([lead @ 0xE0..=0xEF, second, third]) => join(*lead, *second, *third),
        _ => 0,
    }
}

/// The character of three bytes. The upper half of the first is shifted out.
#[inline(always)]
fn join(one: u8, two: u8, three: u8) -> u16 {
    u16::from(one) << 12 | u16::from(two & 0x3F) << 6 | u16::from(three & 0x3F)
}
