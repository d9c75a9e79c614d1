//! What stands for vector kernels where there are none: each gives `None`, and whoever asks goes on without vectors.
//!
//! So callers need not know for which processor they are compiled. All of it vanishes in compilation.

#![allow(dead_code, reason = "some processors have vectors for a part of this")]

use std::ops::Range;

use super::changed::{Changed, Known};
use super::characters::{Reading, Wanted as Units};
use super::openings::Beginning;
use super::short::{Glance, MappedBlock, Outline, StopAtDash};
use super::sieve::{Sieve, Sifted};
use super::tally::{Part, Signs, Weights};
use crate::evidence::Evidence;
use crate::map::{Characters, Flat};
use crate::structure::{Block, LANES, Wanted};
use crate::words::Words;

#[inline(always)]
pub(super) fn map(_: &Flat<'_>, _: &[u8], _: usize, _: &mut [u8], _: &mut [u16]) -> Option<usize> {
    None
}

/// [`map`] for texts of any length.
#[inline(always)]
pub(super) fn map_sixteens(_: &Flat<'_>, _: &[u8], _: usize, _: &mut [u8], _: &mut [u16]) -> Option<usize> {
    None
}

#[inline(always)]
pub(super) fn confirm(_: &Flat<'_>, _: Words<'_>, _: &[u8], _: &mut [u16], _: &mut [u16], _: usize) -> Option<usize> {
    None
}

#[inline(always)]
pub(super) fn settle(_: &[[u8; 4]], _: &[u8], _: &[u16], _: &mut [u16], _: usize) {}

#[inline(always)]
pub(super) fn visit_pairs<V>(_: &[u8], _: &mut [u16], _: usize, visitor: V) -> (V, usize) {
    (visitor, 0)
}

#[inline(always)]
pub(super) fn text(_: &[u8]) -> Option<Option<&str>> {
    None
}

#[inline(always)]
pub(super) fn sift(_: &Sieve, _: &Characters, _: &[u8], _: &mut [u16], _: usize, _: &mut [u16]) -> Option<Sifted> {
    None
}

#[inline(always)]
pub(super) fn has_opening(_: &[u8]) -> Option<bool> {
    None
}

#[inline(always)]
pub(super) fn beginning(_: &[u8]) -> Option<Beginning> {
    None
}

#[inline(always)]
pub(super) fn structure(_: &[u8], _: &Wanted, _: &mut Vec<Block>) -> Option<[u8; LANES]> {
    None
}

#[inline(always)]
pub(super) fn borders(_: &[u8], _: &[u8], _: &mut [u32]) -> Option<usize> {
    None
}

#[inline(always)]
pub(super) fn changed(_: Known<'_>, _: &[u8], _: Range<usize>, _: &[u8], _: &mut Changed) -> bool {
    false
}

#[inline(always)]
pub(super) fn collect_changed(_: &mut Changed, _: u32) -> Option<usize> {
    None
}

#[inline(always)]
pub(super) fn read(_: Known<'_>, _: &[u8], _: Range<usize>, _: Option<&[u8]>, _: &mut Reading) -> bool {
    false
}

#[inline(always)]
pub(super) fn collect(_: &mut Reading, _: Units, _: u32) -> usize {
    unreachable!("nothing was read")
}

#[inline(always)]
pub(super) fn parts(
    _: Evidence,
    _: &Weights,
    _: &[u8],
    _: &dyn Fn(usize) -> bool,
    _: &mut [Part],
) -> Option<(usize, Signs)> {
    None
}

#[inline(always)]
pub(super) fn survey(_: Evidence, _: &Weights, _: &[u8], _: &dyn Fn(usize) -> bool) -> Option<Signs> {
    None
}

/// Whether the processor can do short texts in whole blocks.
#[inline(always)]
pub(super) fn has_blocks() -> bool {
    false
}

#[inline(always)]
pub(super) fn map_short(_: &Flat<'_>, _: &[u8], _: &mut [u8], _: &mut [u16]) -> Option<Outline> {
    None
}

#[inline(always)]
pub(super) fn glance(_: &Flat<'_>, _: &[u8], _: StopAtDash, _: &mut MappedBlock) -> Option<Glance> {
    None
}
