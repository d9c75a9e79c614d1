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

    #[inline]
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
        assert!(set.contains('a') && set.contains('\u{10ffff}') && !set.contains('b') && !set.contains('\u{10fffe}'));
    }
}
