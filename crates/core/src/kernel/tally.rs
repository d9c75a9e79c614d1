//! Counts evidence between the marks that end sentences: the second kernel, and its scalar form.
//!
//! Where the source variant is open, every character of a text is looked up twice: for what it becomes, and for what it says about
//! the text. What is wanted of the second look is little: for each stretch up to the next mark that ends a sentence (`。`, a newline ...), how
//! many characters and pairs are evidence of each script.
//!
//! # Contract
//!
//! [`parts`] takes UTF-8 and appends parts that partition it. Each but the last ends behind a mark with [`ENDS`]; the last is what is
//! left, if anything is. A pair counts for the part that has its second character. It counts only if it is whole within the text, and if the
//! caller, who is asked with the offset of the second character, says that the two are neighbours; pairs are few, so asking may be slow.
//!
//! # Which one
//!
//! The scalar form is here; `vector/tally.rs` takes 64 bytes at a time, on processors with AVX-512. Tests hold them to the same.
//!
//! # Cost
//!
//! One look-up a character and an addition to four counters that share a word: no branch depends on what the character is evidence of. Marks that
//! end sentences and the second characters of pairs, about one character in twelve, take a second step.

use crate::evidence::{
    CLASS, ENDS, Evidence, HANS, HANS_USUAL, HANS_VARIANT, HANT, HANT_USUAL, HANT_VARIANT, MARK, Mark, PAIR_SECOND,
    mark_flags,
};

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
pub(super) const LANES: [u64; 256] = {
    let mut lanes = [0; 256];
    let mut flags = 0;
    while flags < MARK as usize {
        lanes[flags] = lane(flags as u8 & CLASS);
        flags += 1;
    }
    lanes
};

pub(super) const fn lane(class: u8) -> u64 {
    match class {
        HANS => 1,
        HANS_VARIANT | HANS_USUAL => 1 << 16,
        HANT => 1 << 32,
        HANT_VARIANT | HANT_USUAL => 1 << 48,
        _ => 0,
    }
}

/// A stretch of text up to a mark.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Part {
    /// The offset behind it.
    pub(crate) end: usize,
    pub(crate) tally: Tally,
    pub(crate) ends_with: Ending,
}

/// What a part ends with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    /// A newline.
    Line,
    /// Another mark that ends a sentence.
    Sentence,
    /// The text.
    Nothing,
}

/// The flags of what ends a line.
pub(crate) const LINE: u8 = mark_flags(Mark::Line);

/// See the module's documentation. `text` has less than 65,536 bytes.
pub(crate) fn parts(evidence: Evidence, text: &[u8], joins: &dyn Fn(usize) -> bool, parts: &mut Vec<Part>) {
    #[cfg(target_arch = "x86_64")]
    if super::vector::parts(evidence, text, joins, parts) {
        return;
    }
    scalar(evidence, text, joins, parts);
}

/// The same, character by character.
pub(super) fn scalar(evidence: Evidence, text: &[u8], joins: &dyn Fn(usize) -> bool, parts: &mut Vec<Part>) {
    let mut at = 0;
    while at < text.len() {
        let mut tally = Tally::default();
        let mark = count(evidence, text, &mut at, text.len(), ENDS | MARK, joins, &mut tally);
        let ends_with = match mark {
            0 => Ending::Nothing,
            LINE => Ending::Line,
            _ => Ending::Sentence,
        };
        parts.push(Part { end: at, tally, ends_with });
    }
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
            counted.lanes += pair(evidence, text, stop - rest.len() - 3, joins);
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

/// What the pair of 3-byte characters adds of which the second begins at `at`.
#[inline]
pub(super) fn pair(evidence: Evidence, text: &[u8], at: usize, joins: &dyn Fn(usize) -> bool) -> u64 {
    let Some(before) = at.checked_sub(3) else { return 0 };
    match text[before..] {
        [one @ 0xE0..=0xEF, two, three, four @ 0xE0..=0xEF, five, six, ..] => {
            let [first, second] = [join(one, two, three), join(four, five, six)].map(u32::from);
            match evidence.pair_class(first, second) {
                0 => 0,
                class if joins(at) => lane(class),
                _ => 0,
            }
        }
        _ => 0,
    }
}

/// The character of three bytes. The upper half of the first is shifted out.
#[inline(always)]
fn join(one: u8, two: u8, three: u8) -> u16 {
    u16::from(one) << 12 | u16::from(two & 0x3F) << 6 | u16::from(three & 0x3F)
}
