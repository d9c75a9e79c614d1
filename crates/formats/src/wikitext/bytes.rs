//! Finds the bytes that mean something.
//!
//! What means something in wikitext is ASCII, and most bytes of a Chinese page are not: sixteen bytes at a time are skipped
//! if none of them is ASCII, and only ASCII is looked up in the table of the caller.
//!
//! Cost: less than one instruction a byte in prose, about seven in ASCII.

use std::ops::Range;

/// A set of bytes, all of them ASCII.
pub(crate) type Set = [bool; 256];

/// The set of these bytes.
pub(crate) const fn set(bytes: &[u8]) -> Set {
    let mut table = [false; 256];
    let mut index = 0;
    while index < bytes.len() {
        table[bytes[index] as usize] = true;
        index += 1;
    }
    table
}

/// Where in the range the first byte of the set stands; the range's end if there is none.
#[inline]
pub(crate) fn next_of(set: &Set, bytes: &[u8], range: Range<usize>) -> usize {
    const HIGH: u64 = 0x8080_8080_8080_8080;
    let bytes = &bytes[..range.end];
    let mut at = range.start;
    while let Some(two) = bytes[at..].first_chunk::<16>() {
        let words = [0, 8].map(|from| u64::from_le_bytes(*two[from..].first_chunk().expect("eight of sixteen")));
        if words[0] & words[1] & HIGH != HIGH {
            for word in words {
                let mut ascii = !word & HIGH;
                while ascii != 0 {
                    let shift = ascii.trailing_zeros() & !7;
                    if set[usize::from((word >> shift) as u8)] {
                        return at + shift as usize / 8;
                    }
                    ascii &= ascii - 1;
                }
                at += 8;
            }
        } else {
            at += 16;
        }
    }
    at + bytes[at..].iter().position(|&byte| set[byte as usize]).unwrap_or(bytes.len() - at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_of_the_set_is_found_wherever_it_stands() {
        let wanted = set(b"[-");
        for length in 0..40 {
            for place in 0..length {
                let mut text = vec![0xe5; length];
                text[place] = b'-';
                if place > 0 {
                    text[place - 1] = b'a';
                }
                for from in 0..length {
                    let expected = if from <= place { place } else { length };
                    assert_eq!(next_of(&wanted, &text, from..length), expected);
                }
            }
            assert_eq!(next_of(&wanted, &vec![b'x'; length], 0..length), length);
        }
    }
}
