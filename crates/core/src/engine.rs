//! The fast path: a text in chunks through kernel, resolver and splices.
//!
//! A chunk is mapped into a small buffer that stays in the nearest cache, mended there, and appended to the output with the
//! replacements of other lengths spliced in. Chunks end at synchronization points, so that no unit reaches across a cut and a chunk
//! needs no memory of the one before.

use crate::kernel;
use crate::resolve::{LONGEST_DESCRIPTION, Splice};
use crate::table::Table;

/// Bytes of source that go through the kernel at a time.
const CHUNK: usize = 4096;
/// Texts up to this many bytes take smaller buffers, which cost less to clear.
const SHORT: usize = 192;

impl Table {
    /// Converts `text` and appends the result, which is UTF-8, to `output`.
    pub(crate) fn convert_into(&self, text: &str, output: &mut Vec<u8>) {
        let text = text.as_bytes();
        if text.len() <= SHORT {
            self.run::<{ SHORT + kernel::OVERWRITE }, { SHORT / 3 + 1 }>(text, output);
        } else {
            output.reserve(text.len() + text.len() / 32);
            self.run::<{ CHUNK + kernel::OVERWRITE }, { CHUNK / 3 + 1 }>(text, output);
        }
    }

    fn run<const BUFFER: usize, const EVENTS: usize>(&self, text: &[u8], output: &mut Vec<u8>) {
        let mut mapped = [0u8; BUFFER];
        let mut events = [0u16; EVENTS];
        let mut splices: Vec<Splice> = Vec::new();
        let mut start = 0;
        while start < text.len() {
            let mut end = (start + BUFFER - kernel::OVERWRITE).min(text.len());
            while end < text.len() && text[end] & 0xC0 == 0x80 {
                end -= 1;
            }
            let count = kernel::map(&self.map, &text[start..end], &mut mapped, &mut events);
            let mut events = &events[..count];
            if end < text.len() {
                // Only now is it known where the chunk may end; what was mapped behind that is mapped again.
                end = self.last_boundary(text, start, end);
                events = &events[..events.partition_point(|event| start + usize::from(*event) < end)];
            }
            if events.is_empty() {
                output.extend_from_slice(&mapped[..end - start]);
            } else {
                self.resolve(text, start, events, &mut mapped, &mut splices);
                let mut copied = 0;
                for splice in splices.drain(..) {
                    output.extend_from_slice(&mapped[copied..splice.start]);
                    output.extend_from_slice(splice.output.as_bytes());
                    copied = splice.end;
                }
                output.extend_from_slice(&mapped[copied..end - start]);
            }
            start = end;
        }
    }

    /// The last place up to `target`, but behind `start`, at which a unit starts: where `text[start..]` may be cut without changing
    /// the result. `start` is such a place itself and lies at least 512 bytes before `target`, which is the start of a character.
    pub(crate) fn last_boundary(&self, text: &[u8], start: usize, target: usize) -> usize {
        let tail = &text[start.max(target.saturating_sub(LONGEST_DESCRIPTION * 4))..target];
        if !holds_description_operator(tail) {
            let boundary = self.boundary_before(text, target, start);
            if boundary > start {
                return boundary;
            }
        }
        // Everything is adjacent to everything, or a description sequence may be open: walk the units.
        let mut boundary = start;
        loop {
            let end = self.unit(text, boundary).end;
            if end > target {
                return boundary;
            }
            boundary = end;
        }
    }
}

/// Whether U+2FF0..2FFF occurs: E2, BF and a byte from B0 on.
fn holds_description_operator(text: &[u8]) -> bool {
    let mut rest = text;
    while let Some(at) = rest.iter().position(|byte| *byte == 0xE2) {
        if matches!(rest[at..], [_, 0xBF, low, ..] if low >= 0xB0) {
            return true;
        }
        rest = &rest[at + 1..];
    }
    false
}
