//! A paragraph as a reader sees it: its characters, folded, and where in the text each of them stands.
//!
//! Names, cues and glosses are compared in folded characters (traditional ones as simplified ones), so that both scripts are read alike. The
//! ranges of prose of a paragraph follow each other here as if there were no markup between. A block remembers where a name may
//! not cross from one into the next.

use std::ops::Range;

use super::prose::{Join, Prose, Setting};
use crate::fold::Folding;

/// How long a paragraph may be, in characters; a longer one is read in parts.
const LONGEST: usize = 1 << 15;

/// How many characters are read before they are added to a block.
const CHUNK: usize = 64;

/// A paragraph.
#[derive(Default)]
pub(crate) struct Block {
    /// The characters, folded.
    pub(crate) characters: Vec<char>,
    /// Where each stands in the text, in bytes from `base`.
    places: Vec<u32>,
    base: usize,
    /// Where names can be looked for: ranges of characters that no name reaches out of.
    pub(crate) stretches: Vec<Range<usize>>,
    /// What the characters from here on stand in.
    settings: Vec<(usize, Setting)>,
}

impl Block {
    fn clear(&mut self) {
        self.characters.clear();
        self.places.clear();
        self.stretches.clear();
        self.settings.clear();
    }

    /// Where a character of the block begins in the text, in bytes.
    pub(crate) fn place(&self, character: usize) -> usize {
        self.base + self.places[character] as usize
    }

    /// The bytes of the text that some characters of the block stand for, at least one, and what the last of them stands in. `text` is that text.
    ///
    /// Where they begin outside of markup that keeps text and end in it, or the other way round, all of the markup belongs to them.
    pub(crate) fn bytes(&self, characters: Range<usize>, text: &str) -> (Range<usize>, Setting) {
        let (first, last) = (self.settings_at(characters.start), self.settings_at(characters.end - 1));
        let (mut start, end) = (self.place(characters.start), self.place(characters.end - 1));
        let mut end = end + text[end..].chars().next().map_or(0, char::len_utf8);
        if first != last {
            if let (_, Setting::Kept { start: markup, .. }) = self.settings[first] {
                start = start.min(markup);
            }
            if let (_, Setting::Kept { end: markup, .. }) = self.settings[last] {
                end = end.max(markup);
            }
        }
        (start..end, self.settings[last].1)
    }

    fn settings_at(&self, character: usize) -> usize {
        self.settings.partition_point(|(start, _)| *start <= character).saturating_sub(1)
    }

    /// What a reader sees of some characters of the block, as the text has it.
    pub(crate) fn surface(&self, characters: Range<usize>, text: &str) -> String {
        characters.filter_map(|character| text[self.place(character)..].chars().next()).collect()
    }

    /// Notes what the characters from `start` on hang together with and stand in.
    fn push_stretch(&mut self, start: usize, join: Join, setting: Setting) {
        let end = self.characters.len();
        if start == end {
            return;
        }
        self.settings.push((start, setting));
        match self.stretches.last_mut() {
            Some(last) if join == Join::Whole => last.end = end,
            _ => self.stretches.push(start..end),
        }
    }
}

/// The blocks of a text, one after the other, in one piece of memory.
pub(crate) struct Blocks<'t> {
    text: &'t str,
    prose: &'t [Prose],
    folding: Folding<'t>,
    /// The range that is read next, and where in it.
    next: usize,
    from: usize,
    /// Everything before this byte is read; ranges that reach back are cut.
    done: usize,
}

impl<'t> Blocks<'t> {
    pub(crate) fn new(text: &'t str, prose: &'t [Prose], folding: Folding<'t>) -> Blocks<'t> {
        Blocks { text, prose, folding, next: 0, from: 0, done: 0 }
    }

    /// Reads the next block; `false` when there is none.
    pub(crate) fn read(&mut self, block: &mut Block) -> bool {
        block.clear();
        let mut join = Join::Apart;
        while let Some(prose) = self.prose.get(self.next) {
            let begins = self.from == 0;
            if begins && !block.characters.is_empty() {
                if prose.join == Join::Apart {
                    break;
                }
                join = prose.join;
            }
            let range = self.rest(prose);
            if block.characters.is_empty() {
                block.base = range.start;
            }
            let start = block.characters.len();
            let read = self.read_line(&self.text[range.clone()], range.start, block);
            block.push_stretch(start, join, prose.setting);
            self.done = range.start + read.length;
            if self.done < range.end {
                self.from = self.done;
            } else {
                self.from = 0;
                self.next += 1;
            }
            if read.ended && !block.characters.is_empty() {
                return true;
            }
            if read.ended {
                join = Join::Apart;
            }
        }
        !block.characters.is_empty()
    }

    /// What is left of a range: behind all that was read, within the text, on borders of characters.
    fn rest(&self, prose: &Prose) -> Range<usize> {
        let border = |at: usize| (at.min(self.text.len())..).find(|at| self.text.is_char_boundary(*at));
        let start = border(prose.range.start.max(self.from).max(self.done)).unwrap_or(self.text.len());
        let end = border(prose.range.end).unwrap_or(self.text.len());
        start..end.max(start)
    }

    /// Adds the characters of a line, up to its end or that of the text.
    fn read_line(&self, text: &str, at: usize, block: &mut Block) -> Line {
        let offset = at - block.base;
        let room = LONGEST.saturating_sub(block.characters.len());
        let (mut characters, mut places) = (['\0'; CHUNK], [0; CHUNK]);
        let (mut rest, mut taken) = (text.char_indices(), 0);
        loop {
            let (mut count, mut line) = (0, None);
            for (slot, place_slot) in characters.iter_mut().zip(&mut places) {
                let Some((place, character)) = rest.next() else {
                    line = Some(Line { length: text.len(), ended: false });
                    break;
                };
                if character == '\n' {
                    line = Some(Line { length: place + 1, ended: true });
                    break;
                }
                // A block that is too long ends where a sentence or a clause does; if need be, anywhere.
                if taken + count >= room && (taken + count >= room + LONGEST || !is_han(character)) {
                    line = Some(Line { length: place, ended: true });
                    break;
                }
                (*slot, *place_slot) = (self.folding.character(character), (offset + place) as u32);
                count += 1;
            }
            block.characters.extend_from_slice(&characters[..count]);
            block.places.extend_from_slice(&places[..count]);
            taken += count;
            if let Some(line) = line {
                return line;
            }
        }
    }
}

struct Line {
    length: usize,
    ended: bool,
}

/// Whether a character is one that names are written with.
pub(crate) fn is_han(character: char) -> bool {
    matches!(character, '\u{3400}'..='\u{9fff}' | '\u{20000}'..='\u{3ffff}' | '〇')
}
