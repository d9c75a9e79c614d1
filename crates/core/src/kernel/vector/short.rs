//! Short texts with AVX-512: the kernel that takes blocks of 64 bytes, with an answer to whether anything changes at all.
//!
//! A text that fits into one block is read with one masked load and looked up with one gather, or two from the seventeenth character on. There is no loop, and
//! nothing is written when nothing changes, so that a processor is well into the next text while it waits for the entries of this one. For
//! `他的头发 ok` with `s2t`, the entries of 头 and 发 differ, so the block is mapped; for `他的 ok` the look is all.
//!
//! # Why this is sound
//!
//! As in `avx512`.

use std::arch::x86_64::{
    __mmask16, _bzhi_u64, _mm512_add_epi8, _mm512_and_si512, _mm512_castsi512_si128, _mm512_cmpeq_epi8_mask,
    _mm512_inserti32x4, _mm512_mask_expand_epi8, _mm512_maskz_compress_epi8, _mm512_maskz_loadu_epi8,
    _mm512_movepi8_mask, _mm512_permutexvar_epi8, _mm512_set1_epi8, _mm512_set1_epi32, _mm512_setzero_si512, _pdep_u64,
};

use super::avx512::{
    BLOCK, Block, Constants, GATHERED, LANES, SPREAD, find, gather_entries, gather_half, has_instructions, load, store,
    store_events,
};
use super::{NOTHING, State, pass_other};
use crate::kernel::short::{Glance, MappedBlock, Outline, StopAtDash};
use crate::map::{Characters, Flat};

/// See [`kernel::short::map`](crate::kernel::short::map); `None` where the processor lacks the instructions.
#[inline]
pub(in crate::kernel) fn map_short(
    map: &Flat<'_>,
    source: &[u8],
    output: &mut [u8],
    events: &mut [u16],
) -> Option<Outline> {
    if !has_instructions() {
        return None;
    }
    // SAFETY: the processor has just said that it has these instructions.
    Some(unsafe { run_short(map.characters, source, output, events) })
}

/// See [`kernel::short::glance`](crate::kernel::short::glance); `None` where the processor lacks the instructions.
#[inline]
pub(in crate::kernel) fn glance(
    map: &Flat<'_>,
    source: &[u8],
    stop_at_dash: StopAtDash,
    mapped: &mut MappedBlock,
) -> Option<Glance> {
    if !has_instructions() {
        return None;
    }
    // SAFETY: the processor has just said that it has these instructions.
    Some(unsafe { run_glance(map.characters, source, stop_at_dash, mapped) })
}

/// Maps a short text as the kernel does that takes blocks, and sees whether it stays as it is.
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vbmi,avx512vbmi2,bmi1,bmi2,popcnt")]
fn run_short(characters: &Characters, source: &[u8], output: &mut [u8], events: &mut [u16]) -> Outline {
    let constants = Constants::new(characters);
    let mut entry_before = constants.entry(NOTHING);
    let (mut differing, mut dashes) = (0, 0);
    let (mut at, mut count) = (0, 0);
    while at < source.len() {
        let rest = &source[at..];
        let bytes = load(rest);
        dashes |= _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8(b'-' as i8));
        let high = _mm512_movepi8_mask(bytes);
        if high == 0 {
            store(&mut output[at..], bytes);
            at += rest.len().min(BLOCK);
            entry_before = constants.plain_entry;
            continue;
        }
        let Some(step) = constants.step::<true>(bytes, high, rest.len(), entry_before, &mut output[at..]) else {
            let state = pass_other(State { at, before: NOTHING, count }, source, output, events);
            (at, count, entry_before) = (state.at, state.count, constants.entry(state.before));
            continue;
        };
        differing |= step.found.differing();
        store_events(events, count, step.places, step.found.events, at);
        count += step.found.events.count_ones() as usize;
        at += step.end;
        entry_before = step.last_entry;
    }
    // What a step has written behind its end.
    store(&mut output[source.len()..], _mm512_setzero_si512());
    Outline::new(count, differing != 0, dashes != 0)
}

/// Looks at a text of at most a block. Nothing is written and nothing mapped unless something changes.
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vbmi,avx512vbmi2,bmi1,bmi2,popcnt")]
fn run_glance(characters: &Characters, source: &[u8], stop_at_dash: StopAtDash, output: &mut MappedBlock) -> Glance {
    if source.len() > BLOCK {
        return Glance::Longer;
    }
    // SAFETY: bytes whose bit is not set are not touched, and as many are set as the slice has.
    let bytes = unsafe { _mm512_maskz_loadu_epi8(_bzhi_u64(u64::MAX, source.len() as u32), source.as_ptr().cast()) };
    if stop_at_dash == StopAtDash::Yes && _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8(b'-' as i8)) != 0 {
        return Glance::Dash;
    }
    let high = _mm512_movepi8_mask(bytes);
    if high == 0 {
        return Glance::Same;
    }
    let upper = _mm512_and_si512(bytes, _mm512_set1_epi8(0xF0_u8 as i8));
    let leads = _mm512_cmpeq_epi8_mask(upper, _mm512_set1_epi8(0xE0_u8 as i8));
    let block = Block { end: source.len(), leads, wide: leads | leads << 1 | leads << 2 };
    if high != block.wide {
        return Glance::Longer;
    }
    // Up to 21 characters.
    let count = leads.count_ones() as usize;
    let together = _mm512_maskz_compress_epi8(block.wide, bytes);
    let plain = block.plain();
    let spread = load(&SPREAD);
    let lanes = _mm512_permutexvar_epi8(spread, together);
    let plain_entry = _mm512_set1_epi32(characters[0] as i32);
    let entries = if count > LANES / 2 { gather_entries(characters, lanes) } else { gather_half(characters, lanes) };
    let first = find((lanes, entries), count, plain as __mmask16, (plain_entry, _mm512_setzero_si512()));
    let mut changes = first.differing() | first.events;
    let mut events = u64::from(first.events);
    let mut mapped = first.mapped(load(&GATHERED));
    if count > LANES {
        let lanes = _mm512_permutexvar_epi8(_mm512_add_epi8(spread, _mm512_set1_epi8(3 * LANES as i8)), together);
        // Five at most.
        let entries = gather_half(characters, lanes);
        let plain = (plain >> LANES) as __mmask16;
        let second = find((lanes, entries), count - LANES, plain, (plain_entry, first.entries));
        changes |= second.differing() | second.events;
        events |= u64::from(second.events) << LANES;
        mapped = _mm512_inserti32x4::<3>(mapped, _mm512_castsi512_si128(second.mapped(load(&GATHERED))));
    }
    if changes == 0 {
        return Glance::Same;
    }
    store(&mut output.bytes, _mm512_mask_expand_epi8(bytes, block.wide, mapped));
    output.events = _pdep_u64(events, leads);
    Glance::Mapped
}
