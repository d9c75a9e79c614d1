//! The kernels with vector instructions of x86-64: `unsafe` code, as `neon` is for 64-bit ARM, and nothing else in the workspace.
//!
//! Each asks the processor at run time and gives `None` where its instructions are missing. What `unsafe` is for is said at the top of `avx2` and
//! at each place. Both obey the contract of the [kernel](super), and tests compare both with the scalar one. `confirm`, `settle`, `changed` and `tally` are held to their scalar
//! forms likewise, `characters` to what is found character by character, `utf8` to the standard library.

mod apart;
mod avx2;
mod avx512;
mod borders;
mod borders_eights;
mod changed;
mod characters;
mod confirm;
mod openings;
mod pairs_eights;
mod scattered;
mod settle;
mod short;
mod short_eights;
mod sieve;
mod structure;
mod structure_eights;
mod tally;
mod tally_eights;
mod utf8;

use super::scalar::{self, pass_other};
use super::short::{Glance, MappedBlock, StopAtDash};
use super::tally::{Part, Signs, Weights};
use super::{NOTHING, State};
use crate::evidence::Evidence;
use crate::map::Flat;
use crate::structure::{Block, LANES, Wanted};

pub(super) use avx2::{has_instructions as has_blocks, map as map_eights};
pub(super) use avx512::map as map_blocks;
pub(super) use borders::borders as borders_by_blocks;
pub(super) use borders_eights::borders as borders_by_eights;
pub(super) use changed::{changed, collect_changed};
pub(super) use characters::{collect, read};
pub(super) use confirm::confirm;
pub(super) use openings::{beginning, has_opening};
pub(super) use pairs_eights::visit_pairs;
pub(super) use settle::settle;
pub(super) use short::{glance as glance_by_blocks, map_short};
pub(super) use short_eights::glance as glance_by_eights;
pub(super) use sieve::sift;
pub(super) use structure::structure as structure_by_blocks;
pub(super) use structure_eights::structure as structure_by_eights;
pub(super) use tally::{parts as parts_by_blocks, survey as survey_by_blocks};
pub(super) use tally_eights::{parts as parts_by_eights, survey as survey_by_eights};
pub(super) use utf8::text;

/// From this many bytes on, filling and emptying a block of 64 bytes pays.
const LONG: usize = 192;

/// Below this many bytes the scalar kernel is done before eight characters at a time are set up.
const SHORT: usize = 96;

/// See [`super::map`]; `None` where the processor has no such instructions.
#[inline]
pub(super) fn map(
    map: &Flat<'_>,
    source: &[u8],
    length: usize,
    output: &mut [u8],
    events: &mut [u16],
) -> Option<usize> {
    if length < SHORT {
        return None;
    }
    let blocks = if length >= LONG { map_blocks(map, source, length, output, events) } else { None };
    blocks.or_else(|| map_eights(map, source, length, output, events))
}

/// See [`super::tally`]; `None` where the processor has no such instructions.
#[inline]
pub(super) fn parts(
    evidence: Evidence,
    weights: &Weights,
    text: &[u8],
    joins: &dyn Fn(usize) -> bool,
    parts: &mut [Part],
) -> Option<(usize, Signs)> {
    let blocks = parts_by_blocks(evidence, weights, text, joins, parts);
    blocks.or_else(|| parts_by_eights(evidence, weights, text, joins, parts))
}

/// See [`super::tally::survey`]; `None` where the processor has no such instructions.
#[inline]
pub(super) fn survey(
    evidence: Evidence,
    weights: &Weights,
    text: &[u8],
    joins: &dyn Fn(usize) -> bool,
) -> Option<Signs> {
    let blocks = survey_by_blocks(evidence, weights, text, joins);
    blocks.or_else(|| survey_by_eights(evidence, weights, text, joins))
}

/// See [`super::structure`]; `None` where the processor has no such instructions.
#[inline]
pub(super) fn structure(text: &[u8], wanted: &Wanted, blocks: &mut Vec<Block>) -> Option<[u8; LANES]> {
    structure_by_blocks(text, wanted, blocks).or_else(|| structure_by_eights(text, wanted, blocks))
}

/// See [`super::borders`]; `None` where the processor has no such instructions.
#[inline]
pub(super) fn borders(source: &[u8], mapped: &[u8], borders: &mut [u32]) -> Option<usize> {
    borders_by_blocks(source, mapped, borders).or_else(|| borders_by_eights(source, mapped, borders))
}

/// See [`super::short::glance`]; `None` where the processor has no such instructions.
#[inline]
pub(super) fn glance(
    map: &Flat<'_>,
    source: &[u8],
    stop_at_dash: StopAtDash,
    mapped: &mut MappedBlock,
) -> Option<Glance> {
    glance_by_blocks(map, source, stop_at_dash, mapped).or_else(|| glance_by_eights(map, source, stop_at_dash, mapped))
}
