//! A set of characters that a scan can ask about every character of a text.

/// A set of characters, one bit each; characters past the last are not in it. Memory: one eighth of a byte for each code point up to the last.
#[derive(Clone, Debug, Default)]
pub(crate) struct CharacterSet {
    bits: Vec<u64>,
}

impl CharacterSet {
    pub(crate) fn insert(&mut self, character: char) {
        let (word, bit) = (character as usize / 64, character as usize % 64);
        if self.bits.len() <= word {
            self.bits.resize(word + 1, 0);
        }
        self.bits[word] |= 1 << bit;
    }

    /// The next place from `at` on, which is the start of a character or the end, at which a character of any of the sets stands.
    #[inline]
    pub(crate) fn next_in<const SETS: usize>(sets: [&CharacterSet; SETS], text: &str, at: usize) -> Option<usize> {
        let words = |word: usize| sets.iter().fold(0, |all, set| all | set.bits.get(word).copied().unwrap_or(0));
        let mut rest = &text.as_bytes()[at..];
        loop {
            // The upper bits of the code point choose the word, the last six are the bit.
            let (word, bit, length) = match *rest {
                [lead @ 0xE0..=0xEF, second, last, ..] => {
                    (usize::from(lead & 0xF) << 6 | usize::from(second & 0x3F), last & 0x3F, 3)
                }
                [byte @ 0..=0x7F, ..] => (usize::from(byte >> 6), byte & 0x3F, 1),
                [lead @ 0xC0..=0xDF, last, ..] => (usize::from(lead & 0x1F), last & 0x3F, 2),
                [lead, second, third, last, ..] => {
                    let upper = usize::from(lead & 7) << 6 | usize::from(second & 0x3F);
                    (upper << 6 | usize::from(third & 0x3F), last & 0x3F, 4)
                }
                _ => return None,
            };
            if words(word) >> bit & 1 == 1 {
                return Some(text.len() - rest.len());
            }
            rest = &rest[length..];
        }
    }

    pub(crate) fn contains(&self, character: char) -> bool {
        self.bits.get(character as usize / 64).is_some_and(|word| word >> (character as usize % 64) & 1 == 1)
    }
}

#[cfg(test)]
mod tests {
    use super::CharacterSet;

    #[test]
    fn a_set_ends_at_its_last_character() {
        let mut set = CharacterSet::default();
        assert!(!set.contains('\0'));
        ['a', '\u{10ffff}'].into_iter().for_each(|character| set.insert(character));
        let text = "é一a𠀀\u{10ffff}b";
        assert_eq!(CharacterSet::next_in([&set], text, 0), Some(5));
        assert_eq!(CharacterSet::next_in([&set], text, 6), Some(10));
        assert_eq!(CharacterSet::next_in([&set], text, 14), None);
        for character in text.chars() {
            let mut own = CharacterSet::default();
            own.insert(character);
            assert_eq!(CharacterSet::next_in([&set, &own], &text[text.find(character).unwrap()..], 0), Some(0));
        }
        assert!(set.contains('a') && set.contains('\u{10ffff}') && !set.contains('b') && !set.contains('\u{10fffe}'));
    }
}
