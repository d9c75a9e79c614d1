//! Where a text has bytes that a scanner wants to see, with NEON: 64 bytes at a time are asked whether they may be such.
//!
//! A look into a table of 128 bytes takes two instructions here and eight registers, too many for all lanes. So one table has the classes of a byte in any of the lanes, and another those
//! that may stand before one; what passes both is few, and is asked for each lane as `structure.rs` does. Where there is hardly any ASCII, all of it is.
//!
//! # Why this is sound
//!
//! As in `map`.

use std::arch::aarch64::{
    uint8x16_t, uint8x16x4_t, vcgezq_s8, vdupq_n_u8, veorq_u8, vorrq_u8, vqtbx4q_u8, vreinterpretq_s8_u8, vtstq_u8,
};

use super::has_instructions;
use super::masks::{BLOCK, bits, load_four};
use crate::structure::{Block, Classes, Found, LANES, Wanted};

/// So many bytes of ASCII in a block are sooner looked at one by one.
const FEW: u32 = 3;

/// See [`structure::scalar`](crate::structure::scalar).
#[inline]
pub(in crate::kernel) fn structure(text: &[u8], wanted: &Wanted, blocks: &mut Vec<Block>) -> Option<[u8; LANES]> {
    if !has_instructions() {
        return None;
    }
    // SAFETY: where this is compiled, NEON is part of the target.
    Some(unsafe { run(text, wanted, blocks) })
}

/// A table over ASCII, in two halves.
struct Table([uint8x16x4_t; 2]);

impl Table {
    /// The classes of several tables together.
    #[inline]
    #[target_feature(enable = "neon")]
    fn of(tables: [&Classes; LANES]) -> Table {
        Table([0, 1].map(|half| {
            let [mut all, others @ ..] = tables.map(|table| {
                let (halves, _) = table.as_chunks();
                load_four(&halves[half])
            });
            for other in others {
                for part in 0..4 {
                    all[part] = vorrq_u8(all[part], other[part]);
                }
            }
            uint8x16x4_t(all[0], all[1], all[2], all[3])
        }))
    }

    /// What it has for sixteen bytes, or `others` for those that are not ASCII.
    #[inline]
    #[target_feature(enable = "neon")]
    fn find(&self, bytes: uint8x16_t, others: uint8x16_t) -> uint8x16_t {
        // Each half leaves alone what is beyond it.
        let lower = vqtbx4q_u8(others, self.0[0], bytes);
        vqtbx4q_u8(lower, self.0[1], veorq_u8(bytes, vdupq_n_u8(64)))
    }
}

#[target_feature(enable = "neon")]
fn run(text: &[u8], wanted: &Wanted, blocks: &mut Vec<Block>) -> [u8; LANES] {
    let own = Table::of(wanted.lanes.each_ref().map(|wish| &wish.own));
    let after = Table::of(wanted.lanes.each_ref().map(|wish| &wish.after));
    let before_others = vdupq_n_u8(wanted.lanes.iter().fold(0, |all, wish| all | wish.before_others));
    let mut found = Found::default();
    let mut padded = [0; 2 * BLOCK];
    for start in (0..text.len()).step_by(BLOCK) {
        let rest = &text[start..];
        // With the byte behind them; behind the end of the text there are zeros.
        let with_next = match rest.first_chunk::<{ BLOCK + 1 }>() {
            Some(bytes) => bytes,
            None => {
                padded[..rest.len()].copy_from_slice(rest);
                padded.first_chunk().expect("two blocks are more than one")
            }
        };
        let bytes = load_four(with_next.first_chunk().expect("a byte more than a block"));
        let mut block = [0; LANES];
        // ASCII, of which prose has little.
        let mut places = bits(bytes.map(|bytes| vcgezq_s8(vreinterpretq_s8_u8(bytes))));
        if rest.len() < BLOCK {
            places &= (1 << rest.len()) - 1;
        }
        if places.count_ones() > FEW {
            let next = load_four(with_next.last_chunk().expect("a byte more than a block"));
            places &= bits([0, 1, 2, 3].map(|part| {
                let classes = own.find(bytes[part], vdupq_n_u8(0));
                vtstq_u8(classes, after.find(next[part], before_others))
            }));
        }
        while places != 0 {
            let at = places.trailing_zeros() as usize;
            places &= places - 1;
            found.look(text, start, at, wanted, &mut block);
        }
        blocks.push(block);
    }
    found.classes()
}
