//! Where two texts that lie side by side differ, in whole characters: the kernel leaves lengths as they are, so what it has mapped can be compared with
//! its source place by place.
//!
//! 64 bytes are compared at once. That gives a number with a bit for each byte that differs; shifts spread these over the characters that they are part of, and
//! where a run of ones begins or ends, a stretch that differs does. Nothing branches on a single character.
//!
//! Worked example: `头a发b` and `頭a髮c`. Bytes 1, 2, 5, 6 and 7 differ; spread over their characters that is 0 to 2 and 4 to 7, so the borders are 0, 3, 4 and 8.
//!
//! # Cost
//!
//! Some 100 instructions for 61 bytes and a few for each border; with NEON (`neon/borders.rs`) two thirds of that, with AVX-512 (`vector/borders.rs`) one. AVX2
//! (`vector/borders_eights.rs`) compares as NEON does.

/// Bytes that are compared together.
pub(super) const BLOCK: usize = 64;
/// Of these, so many are settled: a character that starts among them ends in the block.
pub(super) const SETTLED: usize = BLOCK - 3;
/// Borders that may be written behind the last.
pub(super) const SPARE_BORDERS: usize = 16;
/// Borders that are written at a time.
const GROUP: usize = 8;

/// Finds where in two texts of the same number of bytes the characters of the first begin and cease to differ, by turns; gives how many such places there are,
/// which is even. `source` is UTF-8.
pub(crate) fn find_borders(source: &[u8], mapped: &[u8], borders: &mut Vec<u32>) -> usize {
    let room = source.len() + 1 + SPARE_BORDERS;
    if borders.len() < room {
        borders.resize(room, 0);
    }
    let count = most_borders(source, mapped, borders);
    borders[count] = source.len() as u32;
    count + (count & 1)
}

fn most_borders(source: &[u8], mapped: &[u8], borders: &mut [u32]) -> usize {
    if let Some(count) = super::vector::borders(source, mapped, borders) {
        return count;
    }
    scalar(source, mapped, borders)
}

/// Gives all borders, perhaps without the end of a stretch that reaches to the end of the text. There is room for [`SPARE_BORDERS`] more than there are bytes.
pub(super) fn scalar(source: &[u8], mapped: &[u8], borders: &mut [u32]) -> usize {
    find(source, mapped, borders, |first, second| Masks {
        different: different(first, second),
        following: following(first),
    })
}

/// What a comparison of 64 bytes gives.
pub(super) struct Masks {
    /// A bit for each byte that is not the same.
    pub(super) different: u64,
    /// A bit for each byte that continues a character.
    pub(super) following: u64,
}

/// [`scalar`] by any way to compare.
#[inline(always)]
pub(super) fn find(
    source: &[u8],
    mapped: &[u8],
    borders: &mut [u32],
    compare: impl Fn(&[u8; BLOCK], &[u8; BLOCK]) -> Masks,
) -> usize {
    let mut last = Last::default();
    let (mut at, mut count) = (0, 0);
    while at < source.len() {
        let masks = match (source[at..].first_chunk(), mapped[at..].first_chunk()) {
            (Some(first), Some(second)) => compare(first, second),
            _ => {
                let (mut first, mut second) = ([0; BLOCK], [0; BLOCK]);
                first[..source.len() - at].copy_from_slice(&source[at..]);
                second[..source.len() - at].copy_from_slice(&mapped[at..]);
                compare(&first, &second)
            }
        };
        let mut changes = last.changes(masks);
        let end = count + changes.count_ones() as usize;
        while count < end {
            // Written whether or not they count: eight stores are sooner done than the right ones foreseen.
            let group: &mut [u32; GROUP] = borders[count..].first_chunk_mut().expect("there is room for a group");
            for border in group {
                *border = at as u32 + changes.trailing_zeros();
                changes &= changes.wrapping_sub(1);
            }
            count += GROUP;
        }
        count = end;
        at += SETTLED;
    }
    count
}

/// What is known of the block before.
#[derive(Default)]
pub(super) struct Last {
    /// 1 if its last settled byte is part of a character that differs.
    differed: u64,
    /// Which bytes of the next block are part of a character that starts in this one and differs.
    open: u64,
}

impl Last {
    /// The borders of a block among its settled bytes.
    #[inline(always)]
    pub(super) fn changes(&mut self, masks: Masks) -> u64 {
        let Masks { different: mut differ, following } = masks;
        // To the starts of the characters, and from there over all of them.
        for _ in 0..3 {
            differ |= (differ & following) >> 1;
        }
        for _ in 0..3 {
            differ |= differ << 1 & following;
        }
        differ |= self.open;
        let changes = differ ^ (differ << 1 | self.differed);
        (self.differed, self.open) = (differ >> (SETTLED - 1) & 1, differ >> SETTLED);
        changes & ((1 << SETTLED) - 1)
    }
}

/// A bit for each byte that is not the same.
#[inline(always)]
fn different(first: &[u8; BLOCK], second: &[u8; BLOCK]) -> u64 {
    !bits::mask([first, second], |[first, second]| bits::equal(first, second))
}

/// A bit for each byte that continues a character.
#[inline(always)]
fn following(text: &[u8; BLOCK]) -> u64 {
    bits::mask([text], |[text]| bits::continues(text))
}

/// Several bytes at once: eight in a number.
mod bits {
    use super::BLOCK;

    const HIGHEST: u64 = 0x8080_8080_8080_8080;

    /// A bit for each byte of blocks for which a rule gives the highest bit.
    #[inline(always)]
    pub(super) fn mask<const N: usize>(blocks: [&[u8; BLOCK]; N], rule: impl Fn([u64; N]) -> u64) -> u64 {
        // A factor that brings the highest bits of eight bytes together.
        const TOGETHER: u64 = 0x0102_0408_1020_4080;
        let parts = blocks.map(|block| block.as_chunks::<8>().0);
        let mask = |part: usize| {
            let bits = rule(parts.map(|parts| u64::from_le_bytes(parts[part]))) & HIGHEST;
            (bits >> 7).wrapping_mul(TOGETHER) >> 56 << (8 * part)
        };
        (0..8).fold(0, |all, part| all | mask(part))
    }

    #[inline(always)]
    pub(super) fn equal(first: u64, second: u64) -> u64 {
        let differ = first ^ second;
        !(((differ & !HIGHEST) + !HIGHEST) | differ)
    }

    #[inline(always)]
    pub(super) fn continues(bytes: u64) -> u64 {
        bytes & !(bytes << 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn borders_are_those_of_a_plain_comparison() {
        let pieces = ["头", "發", "a", "é", "𠀀", "，", "頭", "发"];
        let mut state = 5u32;
        let mut next = |below: usize| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 8) as usize % below
        };
        for round in 0..10_000 {
            let (mut source, mut mapped) = (String::new(), String::new());
            let mut expected: Vec<u32> = Vec::new();
            for _ in 0..next(if round % 2 == 0 { 120 } else { 24 }) {
                let from = pieces[if next(4) > 0 { 0 } else { next(8) }];
                let to = match (from.len(), next(3)) {
                    (3, 0) => pieces[[0, 1, 5, 6, 7][next(5)]],
                    (1, 0) => "b",
                    (2, 0) => ["è", "ü"][next(2)],
                    (4, 0) => ["𠀁", "𡀀"][next(2)],
                    _ => from,
                };
                let start = source.len() as u32;
                let end = start + from.len() as u32;
                if from != to {
                    match expected.last_mut() {
                        Some(last) if *last == start => *last = end,
                        _ => expected.extend([start, end]),
                    }
                }
                source += from;
                mapped += to;
            }
            let mut borders = Vec::new();
            let count = find_borders(source.as_bytes(), mapped.as_bytes(), &mut borders);
            assert_eq!(borders[..count], expected, "{source} {mapped}");
            let count = scalar(source.as_bytes(), mapped.as_bytes(), &mut borders);
            assert_eq!(borders[..count], expected[..count], "{source} {mapped}");
            assert!(expected.len() - count < 2, "{source} {mapped}");
        }
    }
}
