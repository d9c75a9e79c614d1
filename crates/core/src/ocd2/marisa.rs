//! Lists the keys of a marisa trie.
//!
//! # How it works
//!
//! The tree of the trie is written as bits, level by level: for each node a one per child, then a zero. Every node but the root
//! has a byte, its label. A node may instead carry a *link*, when the way to it is longer than one byte: its label is then the
//! lower eight bits of a number whose rest is in a packed array, and that number leads to the text of the way, which is a node of
//! a second trie (the text is read from that node up to its root) or, where there is no further trie, an offset in a *tail*, an
//! array of texts. The nodes where keys end are marked; the n-th of them is key number n.
//!
//! A trie of `here`, `there` and `where` may have the ways `h`, `t`, `w` from the root; `ere` below `h` and `here` below the
//! others are links to the tail `here\0`, at offsets 1 and 0.
//!
//! What the file holds to search quickly (ranks, selections, caches of frequent nodes) is passed over: to list all keys, one walk
//! over the bits tells every node's parent.
//!
//! # Limits
//!
//! No more than 127 tries, as many as marisa itself can count; no way of no bytes; [`UNFOLDED_LIMIT`] steps for all keys together.

use super::UNFOLDED_LIMIT;
use super::reader::{Damage, Reader, to_length, until_nul};

const HEADER: &[u8] = b"We love Marisa.\0";
/// As many tries as marisa's own flags can say.
const MOST_TRIES: usize = 127;
/// Stands for "no link".
const NONE: u32 = u32::MAX;

/// The keys of a trie, in the order of their numbers.
#[derive(Debug)]
pub(super) struct Keys {
    texts: String,
    ends: Vec<usize>,
}

impl Keys {
    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &str> {
        let mut start = 0;
        self.ends.iter().map(move |&end| &self.texts[std::mem::replace(&mut start, end)..end])
    }
}

/// Reads a trie and lists its keys.
pub(super) fn keys(reader: &mut Reader<'_>) -> Result<Keys, Damage> {
    if reader.bytes(HEADER.len()) != Ok(HEADER) {
        return Err(Damage("there is no marisa trie in it"));
    }
    let (tries, key_nodes) = read_tries(reader)?;
    let mut walk = Walk { tries: &tries, out: Vec::new(), steps: 0 };
    let mut ends = Vec::new();
    let mut way = Vec::new();
    for key_node in (0..tries[0].parents.len()).filter(|&node| key_nodes.get(node)) {
        let mut node = key_node;
        while node != 0 {
            way.push(node);
            node = tries[0].parents[node] as usize;
        }
        while let Some(node) = way.pop() {
            walk.label(0, node)?;
        }
        ends.push(walk.out.len());
    }
    if ends.len() != key_nodes.ones {
        return Err(Damage("it marks keys where there is no node"));
    }
    let texts = String::from_utf8(walk.out).ok().filter(|texts| ends.iter().all(|&end| texts.is_char_boundary(end)));
    Ok(Keys { texts: texts.ok_or(Damage("it has a key that is not UTF-8"))?, ends })
}

/// One of the tries; only the last of them has a tail.
struct Trie<'a> {
    /// By node; the root's is never asked for.
    parents: Vec<u32>,
    labels: &'a [u8],
    /// By node: where its link leads, in the next trie or in the tail.
    links: Vec<u32>,
    tail: Tail<'a>,
}

/// The texts of links that lead to no further trie.
struct Tail<'a> {
    texts: &'a [u8],
    /// Marks the last byte of each text; where there are no marks, a NUL ends it.
    ends: Bits<'a>,
}

/// Reads the first trie, those that it links to, and the marks of the first one's key nodes.
fn read_tries<'a>(reader: &mut Reader<'a>) -> Result<(Vec<Trie<'a>>, Bits<'a>), Damage> {
    let mut tries = Vec::new();
    let mut first_key_nodes = None;
    loop {
        let tree = Bits::read(reader)?;
        let key_nodes = Bits::read(reader)?;
        first_key_nodes.get_or_insert(key_nodes);
        let is_link = Bits::read(reader)?;
        let labels = array(reader, 1)?;
        let link_numbers = Packed::read(reader)?;
        let tail = Tail { texts: array(reader, 1)?, ends: Bits::read(reader)? };
        let continues = is_link.ones != 0 && tail.texts.is_empty();
        let parents = parents(&tree, labels.len())?;
        let links = links(&is_link, labels, &link_numbers)?;
        tries.push(Trie { parents, labels, links, tail });
        if !continues {
            break;
        }
        if tries.len() == MOST_TRIES {
            return Err(Damage("it nests more than 127 tries"));
        }
    }
    // What each trie ends with, the innermost first: a cache, the number of first-level nodes, flags.
    for _ in &tries {
        array(reader, 12)?;
        reader.bytes(8)?;
    }
    let key_nodes = first_key_nodes.expect("the loop reads at least one trie");
    Ok((tries, key_nodes))
}

/// The parent of each node, from the bits of the tree: `10` for the root's own parent, then each node's children.
fn parents(tree: &Bits<'_>, nodes: usize) -> Result<Vec<u32>, Damage> {
    const DAMAGE: Damage = Damage("the tree of its keys does not fit its labels");
    if nodes == 0 || !tree.get(0) || tree.get(1) {
        return Err(DAMAGE);
    }
    let mut parents = Vec::with_capacity(nodes);
    parents.push(0);
    let mut parent = 0;
    for position in 2..tree.length {
        if !tree.get(position) {
            parent += 1;
        } else if parent < parents.len() && parents.len() < nodes {
            parents.push(parent as u32);
        } else {
            return Err(DAMAGE);
        }
    }
    if parents.len() == nodes { Ok(parents) } else { Err(DAMAGE) }
}

/// Where the link of each node leads.
fn links(is_link: &Bits<'_>, labels: &[u8], numbers: &Packed<'_>) -> Result<Vec<u32>, Damage> {
    let mut links = Vec::with_capacity(labels.len());
    let mut link = 0;
    for (node, &label) in labels.iter().enumerate() {
        if is_link.get(node) {
            let upper = numbers.get(link).ok_or(Damage("it has fewer links than it says"))?;
            let target = u32::try_from(u64::from(upper) << 8 | u64::from(label)).ok().filter(|&target| target != NONE);
            links.push(target.ok_or(Damage("it has a link that leads nowhere"))?);
            link += 1;
        } else {
            links.push(NONE);
        }
    }
    if link == is_link.ones { Ok(links) } else { Err(Damage("it has links where there is no node")) }
}

/// Collects the text of keys.
struct Walk<'a> {
    tries: &'a [Trie<'a>],
    out: Vec<u8>,
    steps: usize,
}

impl Walk<'_> {
    /// Appends the way that leads to a node from its parent.
    fn label(&mut self, number: usize, node: usize) -> Result<(), Damage> {
        self.steps += 1;
        let trie = &self.tries[number];
        let (Some(&link), Some(&label)) = (trie.links.get(node), trie.labels.get(node)) else {
            return Err(Damage("it has a link that leads nowhere"));
        };
        let before = self.out.len();
        match self.tries.get(number + 1) {
            _ if link == NONE => self.out.push(label),
            Some(next) => {
                let mut node = link as usize;
                while node != 0 {
                    self.label(number + 1, node)?;
                    node = next.parents[node] as usize;
                }
            }
            None => self.out.extend_from_slice(trie.tail.text(link as usize)?),
        }
        let added = self.out.len() - before;
        self.steps += added;
        match self.steps {
            0..UNFOLDED_LIMIT if added > 0 => Ok(()),
            0..UNFOLDED_LIMIT => Err(Damage("it has a link to an empty text")),
            _ => Err(Damage("its keys unfold to more than 128 MiB")),
        }
    }
}

impl Tail<'_> {
    fn text(&self, offset: usize) -> Result<&[u8], Damage> {
        let rest = self.texts.get(offset..).ok_or(Damage("it has a link that leads nowhere"))?;
        if self.ends.length == 0 {
            return until_nul(rest);
        }
        let last = (0..rest.len()).find(|&position| self.ends.get(offset + position));
        Ok(&rest[..=last.ok_or(Damage("it has a text without an end"))?])
    }
}

/// A sequence of bits, the lowest of each byte first.
#[derive(Clone, Copy)]
struct Bits<'a> {
    bytes: &'a [u8],
    length: usize,
    ones: usize,
}

impl<'a> Bits<'a> {
    fn read(reader: &mut Reader<'a>) -> Result<Bits<'a>, Damage> {
        let bytes = array(reader, 4)?;
        let (length, ones) = (reader.length()?, reader.length()?);
        // Ranks of 12 bytes each, and positions of 4 bytes each for zeros and ones.
        for size in [12, 4, 4] {
            array(reader, size)?;
        }
        if length.div_ceil(8) > bytes.len() || ones > length {
            return Err(Damage("it has fewer bits than it says"));
        }
        Ok(Bits { bytes, length, ones })
    }

    /// False past the end.
    fn get(&self, position: usize) -> bool {
        position < self.length && self.bytes[position / 8] >> (position % 8) & 1 == 1
    }
}

/// A sequence of numbers of the same width in bits, up to 32.
struct Packed<'a> {
    bytes: &'a [u8],
    width: usize,
    length: usize,
}

impl<'a> Packed<'a> {
    fn read(reader: &mut Reader<'a>) -> Result<Packed<'a>, Damage> {
        let bytes = array(reader, 4)?;
        let (width, _mask, length) = (reader.length()?, reader.u32()?, to_length(reader.u64()?)?);
        let fits = length.checked_mul(width).is_some_and(|bits| bits.div_ceil(8) <= bytes.len());
        if width > 32 || !fits {
            return Err(Damage("it has fewer numbers than it says"));
        }
        Ok(Packed { bytes, width, length })
    }

    fn get(&self, index: usize) -> Option<u32> {
        if index >= self.length {
            return None;
        }
        let position = index * self.width;
        let upto_five = self.bytes[position / 8..].iter().take(5).rev();
        let bits = upto_five.fold(0, |bits, &byte| bits << 8 | u64::from(byte)) >> (position % 8);
        Some((bits & ((1 << self.width) - 1)) as u32)
    }
}

/// An array: its length in bytes (8 bytes), the bytes, zeros up to a multiple of 8.
fn array<'a>(reader: &mut Reader<'a>, item: usize) -> Result<&'a [u8], Damage> {
    let length = to_length(reader.u64()?)?;
    if length % item != 0 {
        return Err(Damage("it has an array of a length that cannot be"));
    }
    let bytes = reader.bytes(length)?;
    reader.bytes(length.next_multiple_of(8) - length)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::{Bits, Packed, Tail, read_tries};
    use crate::ocd2::reader::Reader;

    /// Without nesting, the tests on this file would prove nothing about links from one trie to the next.
    #[test]
    fn the_test_file_nests() {
        let file = include_bytes!("../../tests/data/ocd2/small.ocd2");
        let mut reader = Reader::new(&file[crate::ocd2::OCD2_HEADER.len() + super::HEADER.len()..]);
        let (tries, _) = read_tries(&mut reader).unwrap();
        assert!(tries.len() >= 3, "{} tries", tries.len());
        assert!(tries.iter().all(|trie| trie.links.iter().any(|&link| link != super::NONE)));
        assert!(!tries.last().unwrap().tail.texts.is_empty());
    }

    #[test]
    fn a_tail_ends_its_texts_by_nul_or_by_marks() {
        let none = Bits { bytes: &[], length: 0, ones: 0 };
        let texts = b"here\0x\0";
        let tail = Tail { texts, ends: none };
        assert_eq!((tail.text(1), tail.text(5)), (Ok(&b"ere"[..]), Ok(&b"x"[..])));
        assert!(tail.text(8).is_err());
        let marked = Tail { texts, ends: Bits { bytes: &[0b0011_0000], length: 7, ones: 2 } };
        assert_eq!((marked.text(3), marked.text(5)), (Ok(&b"e\0"[..]), Ok(&b"x"[..])));
        assert!(marked.text(6).is_err());
    }

    #[test]
    fn packed_numbers_cross_bytes() {
        let packed = Packed { bytes: &0x0001_2345_6789_abcd_u64.to_le_bytes(), width: 17, length: 3 };
        let expected = |index: u32| Some((0x0001_2345_6789_abcd_u64 >> (17 * index)) as u32 & 0x1ffff);
        assert_eq!([packed.get(0), packed.get(1), packed.get(2)], [expected(0), expected(1), expected(2)]);
        assert_eq!(packed.get(3), None);
        assert_eq!(Packed { bytes: &[], width: 0, length: 2 }.get(1), Some(0));
    }
}
