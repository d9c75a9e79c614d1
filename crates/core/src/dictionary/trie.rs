//! Finds the longest key that starts a text: a trie over characters, in flat arrays.
//!
//! A hash of keys would be smaller to write but has to try every length at every position; the trie stops at the first character
//! that leads nowhere, which in running text is the second one more often than not.
//!
//! # How it works
//!
//! Nodes are numbered level by level, so the children of a node are neighbours and those of two successive nodes follow each
//! other: one array says where the children of each node start, and the next element where they end. The nodes of the first level
//! are the first characters of the keys; a two-step table from the character leads to them directly. With the keys `頭`, `頭髮` and
//! `頭髮店`, the text `頭髮長` goes from node `頭` (a key) to `髮` (a longer key), finds no `長` below, and answers 6 bytes.
//!
//! # Cost
//!
//! Lookup: at most one step per character of the longest key, each a search among the children of one node. Construction: linear
//! in the total length of the sorted keys. Memory: 12 bytes per node, and 1 KiB for each stretch of 256 first characters in use.

/// Stands for "no node" and "no entry".
const NONE: u32 = u32::MAX;
/// First characters that share a block of the first-level table.
const BLOCK: usize = 256;

/// See the [module](self).
#[derive(Clone, Debug)]
pub(crate) struct KeyTrie {
    /// Number of the block that serves each stretch of [`BLOCK`] characters; block 0 is empty.
    block_numbers: Vec<u16>,
    /// First-level nodes by character, [`BLOCK`] to a block.
    blocks: Vec<u32>,
    /// Where the children of each node start; one element more than there are nodes.
    first_child: Vec<u32>,
    labels: Vec<char>,
    entries: Vec<u32>,
}

impl KeyTrie {
    /// Builds the trie of `keys`, which must be sorted, unique and not empty, each with the number of its entry.
    pub(crate) fn build(keys: &[(&str, u32)]) -> KeyTrie {
        let mut builder = Builder { keys, labels: Vec::new(), ranges: Vec::new() };
        builder.add_children(0, keys.len(), 0);
        let first_level = builder.labels.len();
        let mut first_child = Vec::new();
        let mut entries = Vec::new();
        while first_child.len() < builder.ranges.len() {
            let (mut start, end, depth) = builder.ranges[first_child.len()];
            first_child.push(builder.ranges.len() as u32);
            if keys[start].0.len() == depth {
                entries.push(keys[start].1);
                start += 1;
            } else {
                entries.push(NONE);
            }
            builder.add_children(start, end, depth);
        }
        first_child.push(builder.ranges.len() as u32);
        let (block_numbers, blocks) = first_level_table(&builder.labels[..first_level]);
        KeyTrie { block_numbers, blocks, first_child, labels: builder.labels, entries }
    }

    /// The longest key that `text` starts with: its length in bytes and the number of its entry.
    pub(crate) fn longest(&self, text: &str) -> Option<(usize, usize)> {
        let mut rest = text.chars();
        let mut node = self.first(rest.next()?)?;
        let mut best = None;
        loop {
            let entry = self.entries[node];
            if entry != NONE {
                best = Some((text.len() - rest.as_str().len(), entry as usize));
            }
            let Some(next) = rest.next().and_then(|character| self.child(node, character)) else { return best };
            node = next;
        }
    }

    /// The entry of exactly this key.
    pub(crate) fn exact(&self, key: &str) -> Option<usize> {
        let mut characters = key.chars();
        let mut node = self.first(characters.next()?)?;
        for character in characters {
            node = self.child(node, character)?;
        }
        Some(self.entries[node]).filter(|&entry| entry != NONE).map(|entry| entry as usize)
    }

    /// Whether any key starts with this character.
    pub(crate) fn may_start(&self, character: char) -> bool {
        self.first(character).is_some()
    }

    /// The first characters of all keys, sorted.
    pub(crate) fn first_characters(&self) -> &[char] {
        &self.labels[..self.first_child[0] as usize]
    }

    fn first(&self, character: char) -> Option<usize> {
        let code = character as usize;
        let block = *self.block_numbers.get(code / BLOCK)? as usize;
        Some(self.blocks[block * BLOCK + code % BLOCK]).filter(|&node| node != NONE).map(|node| node as usize)
    }

    fn child(&self, node: usize, character: char) -> Option<usize> {
        let (start, end) = (self.first_child[node] as usize, self.first_child[node + 1] as usize);
        let labels = &self.labels[start..end];
        // Most nodes have one child or none; a search by halves only pays where there are many.
        let position = if labels.len() <= 8 {
            labels.iter().position(|&label| label == character)
        } else {
            labels.binary_search(&character).ok()
        };
        position.map(|position| start + position)
    }
}

/// The nodes made so far: their labels and, for each, the range of keys below it and the bytes of those keys that lead to it.
struct Builder<'k> {
    keys: &'k [(&'k str, u32)],
    labels: Vec<char>,
    ranges: Vec<(usize, usize, usize)>,
}

impl Builder<'_> {
    /// Adds a node for each character that follows the first `depth` bytes in the keys from `start` to `end`.
    fn add_children(&mut self, start: usize, end: usize, depth: usize) {
        let mut from = start;
        while from < end {
            let character = self.keys[from].0[depth..].chars().next().expect("a key that ends here was taken before");
            let same = |(key, _): &(&str, u32)| key[depth..].starts_with(character);
            let to = from + self.keys[from..end].iter().take_while(|key| same(key)).count();
            self.labels.push(character);
            self.ranges.push((from, to, depth + character.len_utf8()));
            from = to;
        }
    }
}

/// The two-step table from the characters of the first level to their nodes, which are numbered from 0.
fn first_level_table(characters: &[char]) -> (Vec<u16>, Vec<u32>) {
    let stretches = characters.last().map_or(0, |&last| last as usize / BLOCK + 1);
    let mut block_numbers = vec![0; stretches];
    let mut blocks = vec![NONE; BLOCK];
    for (node, &character) in characters.iter().enumerate() {
        let code = character as usize;
        let number = &mut block_numbers[code / BLOCK];
        if *number == 0 {
            *number = (blocks.len() / BLOCK) as u16;
            blocks.resize(blocks.len() + BLOCK, NONE);
        }
        blocks[*number as usize * BLOCK + code % BLOCK] = node as u32;
    }
    (block_numbers, blocks)
}

#[cfg(test)]
mod tests {
    use super::KeyTrie;

    #[test]
    fn the_longest_key_wins_at_every_length() {
        let trie = KeyTrie::build(&[("a", 5), ("abc", 1), ("abcd", 2), ("b\u{20000}", 3), ("頭髮", 4)]);
        assert_eq!(trie.longest("ab"), Some((1, 5)));
        assert_eq!(trie.longest("abcx"), Some((3, 1)));
        assert_eq!(trie.longest("abcdabcd"), Some((4, 2)));
        assert_eq!(trie.longest("b"), None);
        assert_eq!(trie.longest("b\u{20000}"), Some((5, 3)));
        assert_eq!(trie.longest("頭髮長"), Some((6, 4)));
        assert_eq!(trie.longest("頭"), None);
        assert_eq!(trie.longest(""), None);
        assert_eq!(trie.longest("\u{10ffff}"), None);
        assert_eq!((trie.exact("abc"), trie.exact("ab"), trie.exact("")), (Some(1), None, None));
        assert_eq!(trie.first_characters(), ['a', 'b', '頭']);
    }

    #[test]
    fn a_trie_of_nothing_matches_nothing() {
        let trie = KeyTrie::build(&[]);
        assert_eq!(trie.longest("a"), None);
        assert!(trie.first_characters().is_empty());
    }

    #[test]
    fn nodes_with_many_children_are_searched() {
        let keys: Vec<String> = ('一'..='七').map(|character| format!("x{character}")).collect();
        let numbered: Vec<(&str, u32)> = keys.iter().enumerate().map(|(i, key)| (key.as_str(), i as u32)).collect();
        let trie = KeyTrie::build(&numbered);
        for (key, number) in &numbered {
            assert_eq!(trie.longest(key), Some((4, *number as usize)));
        }
        assert_eq!(trie.longest("x丁丁"), Some((4, 1)));
        assert_eq!(trie.longest("x龍"), None);
    }
}
