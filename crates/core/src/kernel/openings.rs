//! Whether a protected span may begin among some bytes, and how far a text begins with ASCII: what is to be known of a chunk beside what the map says.
//!
//! An opening is a dash and one of two bytes behind it. Every byte is compared with its neighbour as if it mattered, without a branch: text with many dashes (options
//! of commands, dates, HTML) then costs what other text costs. The exclusive or of a byte and the one that is looked for is 0 where they are the same; the least
//! number of all these is 0 where there is an opening.
//!
//! Worked example: at the first byte of `-{` the numbers are 0 for the dash and the lesser of 0 and 71 for what follows, and `0 | 0` is 0.
//!
//! # Cost
//!
//! Of bytes in the nearest cache, two or three cycles for 64 with AVX-512, five with AVX2, else about ten.

/// How a text begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Beginning {
    /// So many bytes are ASCII: all, or whole blocks before one that is not.
    pub(crate) ascii: usize,
    /// Whether an opening lies among them, with both its bytes.
    pub(crate) has_opening: bool,
}

/// Whether an opening lies among some bytes, with both its bytes.
#[inline]
pub(crate) fn has_opening(bytes: &[u8]) -> bool {
    if let Some(has_opening) = super::vector::has_opening(bytes) {
        return has_opening;
    }
    scalar(bytes)
}

/// Looks at the beginning of some bytes.
#[inline]
pub(crate) fn beginning(bytes: &[u8]) -> Beginning {
    if let Some(beginning) = super::vector::beginning(bytes) {
        return beginning;
    }
    scalar_beginning(bytes)
}

/// 0 if the two bytes are an opening.
#[inline(always)]
fn distance(first: u8, second: u8) -> u8 {
    (first ^ b'-') | (second ^ b'{').min(second ^ b'<')
}

/// Bytes that are looked at together: a loop of fixed length becomes vector instructions.
const LANES: usize = 32;
/// Bytes between which a text is asked whether it is ASCII.
pub(super) const BLOCK: usize = 128;

/// Takes the instructions of whoever calls it.
#[inline(always)]
pub(super) fn scalar(bytes: &[u8]) -> bool {
    let Some(last) = bytes.last_chunk::<{ LANES + 1 }>() else {
        return bytes.windows(2).any(|two| distance(two[0], two[1]) == 0);
    };
    // Lane by lane, so that there is one number only at the end.
    let mut least = [u8::MAX; LANES];
    let mut look = |block: &[u8; LANES + 1]| {
        for lane in 0..LANES {
            least[lane] = least[lane].min(distance(block[lane], block[lane + 1]));
        }
    };
    let mut rest = bytes;
    while let Some(block) = rest.first_chunk() {
        look(block);
        rest = &rest[LANES..];
    }
    look(last);
    least.contains(&0)
}

pub(super) fn scalar_beginning(bytes: &[u8]) -> Beginning {
    let ascii = bytes.chunks(BLOCK).take_while(|block| block.is_ascii()).map(<[u8]>::len).sum();
    Beginning { ascii, has_opening: scalar(&bytes[..ascii]) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_place_of_every_length_is_looked_at() {
        for length in 0..600 {
            // At every place of a line of the cache.
            let offset = length * 7 % 64;
            let mut room = vec![b'{'; offset];
            room.resize(offset + length, b'-');
            room.push(b'{');
            let plain = &room[offset..offset + length];
            assert_eq!((scalar(plain), has_opening(plain)), (false, false), "{length}");
            let all = Beginning { ascii: length, has_opening: false };
            assert_eq!((scalar_beginning(plain), beginning(plain)), (all, all));
            for at in 0..length {
                for (byte, expected) in [(b'{', at > 0), (b'<', at > 0), (0x80, false), (b'}', false)] {
                    room[offset + at] = byte;
                    let bytes = &room[offset..offset + length];
                    assert_eq!((scalar(bytes), has_opening(bytes)), (expected, expected), "{byte} at {at} of {length}");
                    let ascii = if byte < 0x80 { length } else { at / BLOCK * BLOCK };
                    let start = Beginning { ascii, has_opening: expected };
                    assert_eq!(
                        (scalar_beginning(bytes), beginning(bytes)),
                        (start, start),
                        "{byte} at {at} of {length}"
                    );
                }
                room[offset + at] = b'-';
            }
        }
        // Neither byte alone, nor the two the other way round.
        for bytes in [&b"{-"[..], b"<-", b"- {", b"={", b"\xad{", b"-\xfb", b"-\xbc"] {
            assert_eq!((scalar(bytes), has_opening(bytes)), (false, false), "{bytes:?}");
        }
    }
}
