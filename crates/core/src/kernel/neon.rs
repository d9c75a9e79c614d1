//! The kernels with NEON, the vector instructions of 64-bit ARM: `unsafe` code, as `vector` is for x86-64, and nothing else in the workspace.
//!
//! Every such processor has these instructions, so it is asked only whether they are to be used. What `unsafe` is for is said at the top of `map` and at each place. Tests compare each kernel with
//! its scalar form.
//!
//! # Limits
//!
//! All this has run under emulation only. That it takes fewer instructions than the scalar forms is counted (`cargo xtask kernels`); how much time it takes on any processor is not known.

mod borders;
mod map;
mod masks;
mod structure;
mod tally;

use crate::instructions::{Instructions, are_used};
use crate::map::Flat;

pub(super) use super::none::{
    beginning, changed, collect, collect_changed, confirm, glance, has_blocks, has_opening, map_short, read, settle,
    sift, text, visit_pairs,
};
pub(super) use borders::borders;
pub(super) use map::map as map_sixteens;
pub(super) use structure::structure;
pub(super) use tally::{parts, survey};

/// Whether these instructions are to be used.
#[inline]
fn has_instructions() -> bool {
    are_used(Instructions::Neon)
}

/// Below this many bytes the scalar kernel takes fewer instructions, unless all characters have 3 bytes.
const SHORT: usize = 96;

/// See [`super::map`]; `None` for short texts.
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
    map_sixteens(map, source, length, output, events)
}
