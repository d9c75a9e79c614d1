//! What belongs to a name in a text and is no part of it: 城 in 迪化州城, 縣城 in 綏定縣城.
//!
//! A gloss stands behind it, and so may what the text says itself: 迪化州城（今乌鲁木齐市）.

use super::block::Block;

/// The longer first.
const TAILS: [&[char]; 5] = [&['县', '城'], &['府', '城'], &['州', '城'], &['厅', '城'], &['城']];

/// What makes a word with 城.
const WORDS: [char; 12] = ['市', '镇', '乡', '际', '区', '墙', '门', '关', '池', '楼', '隍', '防'];

/// How many characters of what stands behind a name belong to it. Takes folded characters.
pub(crate) fn tail(after: &[char]) -> usize {
    let length = TAILS.iter().find(|tail| after.starts_with(tail)).map_or(0, |tail| tail.len());
    if after.get(length).is_some_and(|next| WORDS.contains(next)) { 0 } else { length }
}

/// The same in bytes: of the text, behind the byte at which a gloss could be written else. None where there is markup within.
pub(crate) fn tail_bytes(
    block: &Block,
    name_end: usize,
    next_name: Option<usize>,
    gloss_at: usize,
    text: &str,
) -> usize {
    let length = tail(&block.characters[name_end..]);
    let end = name_end + length;
    if length == 0 || next_name.is_some_and(|next| next < end) {
        return 0;
    }
    let (range, _) = block.bytes(name_end..end, text);
    let shown: usize = block.surface(name_end..end, text).len();
    if range.start == gloss_at && range.len() == shown { shown } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wall_is_no_town() {
        for (after, length) in
            [("城，", 1), ("城", 1), ("县城外", 2), ("府城墙", 0), ("城市", 0), ("城区", 0), ("县", 0), ("", 0)]
        {
            assert_eq!(tail(&after.chars().collect::<Vec<_>>()), length, "{after}");
        }
    }
}
