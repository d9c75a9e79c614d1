//! Texts made to break a converter: dictionary words glued, cut and disturbed wherever matching has an edge.
//!
//! Random characters hardly ever form a phrase, and prose hardly ever joins two phrases the wrong way. These texts do it all the
//! time: a word follows whose first character is the last of the word before, a phrase stops one character short, a
//! compatibility ideograph, a variation selector, a NUL-free control character or a description operator stands inside a phrase,
//! four-byte characters stand beside three-byte ones. From the words `头发` and `发展` comes `头发展` (both want the `发`), `头⿰发展`
//! (an operator that makes the rest opaque, if it is complete), `头发` with `发` and a selector, and so on.
//!
//! The same material and seed give the same texts, on every machine.
//!
//! # Cost
//!
//! About 100 MB of text a second. The material holds every word as characters, four bytes each.
//!
//! # Limits
//!
//! No NUL: OpenCC drops text after it, so it cannot be compared.

use std::collections::HashMap;
use std::io;
use std::path::Path;

use crate::random::Random;

/// The words that texts are made of.
#[derive(Clone, Debug, Default)]
pub struct Material {
    /// One list a table: keys and candidates, each as its characters. Small tables count as much as large ones.
    tables: Vec<Vec<Vec<char>>>,
    /// Words by their first character, as table and place.
    by_first: HashMap<char, Vec<(u32, u32)>>,
    /// Keys whose first candidate has another length.
    resizing: Vec<Vec<char>>,
    /// Compatibility ideographs by the character that they normalize to.
    compatibility: HashMap<char, Vec<char>>,
}

impl Material {
    /// Reads the named tables (without extension) from `dictionaries/opencc` and `dictionaries/derived` of a repository.
    ///
    /// # Errors
    ///
    /// Where neither folder has such a table, or it cannot be read.
    pub fn load(repository: &Path, tables: &[&str]) -> io::Result<Material> {
        let mut material = Material::default();
        for name in tables {
            let folders = ["dictionaries/opencc/dictionary", "dictionaries/derived"];
            let files = folders.map(|folder| repository.join(folder).join(format!("{name}.txt")));
            let file = files.iter().find(|file| file.is_file()).unwrap_or(&files[0]);
            let text = std::fs::read_to_string(file)
                .map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", file.display())))?;
            let lines = text.lines().filter(|line| !line.starts_with('#'));
            material.add_table(lines.filter_map(|line| line.split_once('\t')));
        }
        Ok(material)
    }

    /// Adds a table of keys with their candidates, the candidates separated by blanks.
    pub fn add_table<'a>(&mut self, entries: impl IntoIterator<Item = (&'a str, &'a str)>) {
        let table = self.tables.len() as u32;
        let mut words: Vec<Vec<char>> = Vec::new();
        for (key, candidates) in entries {
            for word in std::iter::once(key).chain(candidates.split(' ')) {
                let word: Vec<char> = word.chars().collect();
                if let Some(first) = word.first() {
                    self.by_first.entry(*first).or_default().push((table, words.len() as u32));
                    words.push(word);
                }
            }
            let first = candidates.split(' ').next().unwrap_or_default();
            if first.chars().count() != key.chars().count() {
                self.resizing.push(key.chars().collect());
            }
            if let (Some(form), Some(plain)) = (only_character(key), only_character(candidates))
                && is_compatibility(form)
            {
                self.compatibility.entry(plain).or_default().push(form);
            }
        }
        self.tables.push(words);
    }
}

fn only_character(word: &str) -> Option<char> {
    let mut characters = word.chars();
    characters.next().filter(|_| characters.next().is_none())
}

fn is_compatibility(c: char) -> bool {
    matches!(c, '\u{F900}'..='\u{FAFF}' | '\u{2F800}'..='\u{2FA1F}')
}

/// Makes one text after the other.
#[derive(Clone, Debug)]
pub struct Generator<'a> {
    material: &'a Material,
    random: Random,
    /// What is left of the word that operands are taken from.
    operands: std::slice::Iter<'a, char>,
}

/// Upper limits for the length of a text in characters, and how many of a hundred texts stay below each.
const LENGTHS: [(usize, usize); 5] = [(8, 30), (30, 30), (100, 20), (400, 12), (1500, 8)];

/// Characters that stand in or beside Chinese text and are no ideographs; `·` is part of dictionary keys.
const MARKS: &[&str] = &[
    "，", "。", "、", "？", "！", "：", "；", "「", "」", "《", "》", "（", "）", "“", "”", "…", "——", "～", "·", "・",
    "\u{3000}", " ", "\n", "\r\n", "\t", "-{", "}-", "-<", ">-", "-{zh-cn:", ";", "|", "[[", "]]", "<b>", "&nbsp;",
    "\u{200B}", "\u{FEFF}", "\u{1}", "\u{7F}",
];

/// ASCII that is part of dictionary keys, or nearly.
const ASCII: &[&str] = &[
    "U", "B", "A", "PN", "SQL", "SQ", "BMW", "C", "T", "X", "e", "USB", "0", "1.5", "abc", "Hello, ", "a", "z", "=",
    "/",
];

/// Characters outside the Basic Multilingual Plane and sequences of them.
const BEYOND: &[&str] =
    &["😀", "👨‍👩‍👧", "👍🏽", "🇹🇼", "❤️", "𝒳", "𠀀", "𪜀", "𫠝", "𰀀", "\u{F0000}", "\u{10FFFF}", "\u{E0100}"];

/// First and last code point of ranges that random characters come from.
const RANGES: &[(u32, u32)] = &[
    (0x4E00, 0x9FFF),
    (0x4E00, 0x9FFF),
    (0x3400, 0x4DBF),
    (0x20000, 0x2A6DF),
    (0x2A700, 0x2EBE0),
    (0x30000, 0x323AF),
    (0xF900, 0xFAFF),
    (0x2F800, 0x2FA1F),
    (0x2E80, 0x2FDF),
    (0x2FE0, 0x303F),
    (0x3040, 0x31EF),
    (0xAC00, 0xD7A3),
    (0xFF00, 0xFFEF),
    (0xFE00, 0xFE0F),
    (0xE0100, 0xE01EF),
    (0xE000, 0xF8FF),
    (0x80, 0x24F),
    (0x2000, 0x27BF),
    (0x1F300, 0x1FAFF),
    (0x01, 0x7F),
    (0x01, 0x10FFFF),
];

impl<'a> Generator<'a> {
    /// The same material and seed give the same texts.
    pub fn new(material: &'a Material, seed: u64) -> Generator<'a> {
        Generator { material, random: Random::new(seed), operands: [].iter() }
    }

    /// The next text: 3 to 1,500 characters, most of them short.
    pub fn text(&mut self) -> String {
        let length = self.length();
        // Some texts are all of one kind, so that rare kinds also meet each other.
        let only = if self.random.percent(20) { Some(self.random.below(100)) } else { None };
        let mut text: Vec<char> = Vec::with_capacity(length + 64);
        while text.len() < length + 8 {
            let kind = match only {
                Some(kind) if self.random.percent(60) => kind,
                _ => self.random.below(100),
            };
            self.piece(kind, &mut text);
        }
        // Cut at any place, so that texts begin and end inside words.
        let start = if self.random.percent(50) { self.random.below(8) } else { 0 };
        let mut text = text[start..start + length].to_vec();
        if self.random.percent(8) {
            self.open_description(&mut text);
        }
        text.into_iter().collect()
    }

    fn length(&mut self) -> usize {
        let mut ticket = self.random.below(100);
        for (limit, tickets) in LENGTHS {
            if ticket < tickets {
                return self.random.between(3, limit);
            }
            ticket -= tickets;
        }
        3
    }

    /// Adds a piece; `kind` is below 100 and chooses what it is.
    fn piece(&mut self, kind: usize, text: &mut Vec<char>) {
        match kind {
            0..20 => text.extend(self.word()),
            20..40 => self.overlap(text),
            40..54 => text.extend(self.part_of_word()),
            54..60 => text.extend(self.compatible_word()),
            60..66 => self.disturbed_word(text),
            66..72 => text.extend(self.one_of(MARKS)),
            72..77 => text.extend(self.one_of(ASCII)),
            77..81 => text.extend(self.one_of(BEYOND)),
            81..85 => self.selectors(text),
            85..94 => self.description(text),
            94..96 => self.chain(text),
            96..98 => (0..self.random.between(1, 6)).for_each(|_| text.push(self.any_character())),
            _ => self.repetition(text),
        }
    }

    fn word(&mut self) -> &'a [char] {
        let table = self.random.below(self.material.tables.len());
        let words = self.material.tables.get(table).map(Vec::as_slice).unwrap_or_default();
        self.random.pick(words).map(Vec::as_slice).unwrap_or_default()
    }

    /// A prefix, a suffix or an inner part.
    fn part_of_word(&mut self) -> &'a [char] {
        let word = self.word();
        let start = if self.random.percent(50) { 0 } else { self.random.below(word.len()) };
        let end = if self.random.percent(50) { word.len() } else { self.random.between(start, word.len()) };
        &word[start..end]
    }

    /// Goes on with a word that begins with one of the last characters, so that two matches want the same character.
    fn overlap(&mut self, text: &mut Vec<char>) {
        let back = self.random.between(1, 2);
        let shared = text.len().saturating_sub(back);
        let Some(followers) = text.get(shared).and_then(|first| self.material.by_first.get(first)) else {
            text.extend(self.word());
            return;
        };
        if let Some(&(table, place)) = self.random.pick(followers) {
            text.truncate(shared);
            text.extend(&self.material.tables[table as usize][place as usize]);
        }
    }

    /// A long run of overlapping words, which has no place where matching certainly starts anew; perhaps behind a description.
    fn chain(&mut self, text: &mut Vec<char>) {
        if self.random.percent(70) {
            self.description(text);
        }
        (0..self.random.between(5, 150)).for_each(|_| self.overlap(text));
    }

    /// A word with some characters replaced by compatibility ideographs that normalize to them.
    fn compatible_word(&mut self) -> Vec<char> {
        let has_form = |c: &char| self.material.compatibility.contains_key(c);
        let mut word: &[char] = &[];
        for _ in 0..20 {
            word = self.word();
            if word.len() > 1 && word.iter().any(has_form) {
                break;
            }
        }
        let mut replaced = word.to_vec();
        for c in &mut replaced {
            if let Some(forms) = self.material.compatibility.get(c)
                && self.random.percent(70)
            {
                *c = *self.random.pick(forms).unwrap_or(c);
            }
        }
        replaced
    }

    /// A word with something foreign in it, or with one character replaced.
    fn disturbed_word(&mut self, text: &mut Vec<char>) {
        let word = self.word();
        let place = self.random.below(word.len() + 1);
        text.extend(&word[..place]);
        match self.random.below(6) {
            0 => text.push('·'),
            1 => text.extend(self.one_of(MARKS)),
            2 => text.extend(self.one_of(ASCII)),
            3 => text.extend(self.one_of(BEYOND)),
            4 => text.push(self.operator()),
            _ => text.push(self.any_character()),
        }
        let rest = if self.random.percent(50) { place } else { (place + 1).min(word.len()) };
        text.extend(&word[rest..]);
    }

    /// A word with variation selectors after some of its characters.
    fn selectors(&mut self, text: &mut Vec<char>) {
        for c in self.word() {
            text.push(*c);
            if self.random.percent(40) {
                let selector = if self.random.percent(50) {
                    0xFE00 + self.random.below(16)
                } else {
                    0xE0100 + self.random.below(240)
                };
                text.extend(char::from_u32(selector as u32));
            }
        }
    }

    /// A description sequence: complete, incomplete, nested, or over OpenCC's limits of 16 levels and 64 characters.
    fn description(&mut self, text: &mut Vec<char>) {
        match self.random.below(6) {
            0 => self.sequence(text, 1, 0),
            1 => self.sequence(text, 4, 40),
            // Around the limit of characters.
            2 => {
                let count = self.random.between(60, 68);
                self.sequence_of(text, count);
            }
            // Deep ones reach the limit of levels.
            3 => {
                for _ in 0..self.random.between(12, 19) {
                    text.push(self.operator());
                    if self.random.percent(30) {
                        text.push(self.operand());
                    }
                }
                (0..self.random.between(0, 20)).for_each(|_| text.push(self.operand()));
            }
            // Incomplete, or completed by whatever follows.
            4 => {
                let start = text.len();
                self.sequence(text, 3, 40);
                let shorter = self.random.between(start + 1, text.len());
                text.truncate(shorter);
                text.extend(self.word());
            }
            // Operators before a word: its conversion may change how many operands there are.
            _ => {
                (0..self.random.between(1, 5)).for_each(|_| text.push(self.operator()));
                let resizing = self.random.pick(&self.material.resizing).map(Vec::as_slice);
                text.extend(resizing.unwrap_or_else(|| self.word()));
            }
        }
    }

    /// Puts a description at the end that lacks some operands, then a word that one stage makes longer or shorter: for the next stage
    /// the description may be complete. The text keeps its length.
    fn open_description(&mut self, text: &mut Vec<char>) {
        let mut end = Vec::new();
        self.sequence(&mut end, 2, 40);
        let lacking = self.random.between(1, 3);
        end.truncate(end.len().saturating_sub(lacking).max(1));
        let word = self.random.pick(&self.material.resizing).map(Vec::as_slice).unwrap_or_default();
        end.extend(word);
        end.truncate(text.len());
        text.truncate(text.len() - end.len());
        text.extend(end);
    }

    fn sequence(&mut self, text: &mut Vec<char>, depth: usize, nested_percent: usize) {
        let operator = self.operator();
        text.push(operator);
        for _ in 0..operands(operator) {
            if depth > 0 && self.random.percent(nested_percent) {
                self.sequence(text, depth - 1, nested_percent);
            } else {
                text.push(self.operand());
            }
        }
    }

    /// A complete sequence of so many characters, as flat as possible.
    fn sequence_of(&mut self, text: &mut Vec<char>, count: usize) {
        if count < 2 {
            text.push(self.operand());
            return;
        }
        let operator = if count == 2 { '\u{2FFE}' } else { self.operator() };
        let operands = operands(operator).min(count - 1);
        text.push(operator);
        (0..operands).for_each(|operand| self.sequence_of(text, (count - 1 + operand) / operands));
    }

    /// An operator; now and then the one that Unicode has and OpenCC does not know.
    fn operator(&mut self) -> char {
        if self.random.percent(4) {
            return '\u{31EF}';
        }
        char::from_u32(0x2FF0 + self.random.below(16) as u32).unwrap_or('\u{2FF0}')
    }

    fn operand(&mut self) -> char {
        if self.random.percent(10) {
            return self.any_character();
        }
        if self.random.percent(30) {
            let word = self.word();
            return self.random.pick(word).copied().unwrap_or('\n');
        }
        // One character of a word after the other: a phrase inside a description.
        if self.operands.len() == 0 {
            self.operands = self.word().iter();
        }
        self.operands.next().copied().unwrap_or('\n')
    }

    /// The same part of a word over and over.
    fn repetition(&mut self, text: &mut Vec<char>) {
        let part = self.part_of_word();
        (0..self.random.between(2, 40)).for_each(|_| text.extend(part));
    }

    fn any_character(&mut self) -> char {
        let (first, last) = *self.random.pick(RANGES).unwrap_or(&(0x4E00, 0x9FFF));
        char::from_u32(self.random.between(first as usize, last as usize) as u32).unwrap_or('字')
    }

    fn one_of(&mut self, words: &'static [&'static str]) -> std::str::Chars<'static> {
        self.random.pick(words).copied().unwrap_or_default().chars()
    }
}

/// How many operands OpenCC expects; for characters that are no operators to it, any number serves.
fn operands(operator: char) -> usize {
    match operator {
        '\u{2FF2}' | '\u{2FF3}' => 3,
        '\u{2FFE}' | '\u{2FFF}' => 1,
        _ => 2,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn material() -> Material {
        let mut material = Material::default();
        material.add_table([("头发", "頭髮"), ("发展", "發展"), ("U盘", "隨身碟")]);
        material.add_table([("发", "發 髮"), ("头", "頭")]);
        material.add_table([("\u{FA66}", "辶"), ("\u{F9D7}", "輪"), ("\u{2F8D5}", "敬")]);
        material.add_table([("尊敬", "尊敬")]);
        material
    }

    fn sample(seed: u64) -> Vec<String> {
        let material = material();
        let mut generator = Generator::new(&material, seed);
        (0..5_000).map(|_| generator.text()).collect()
    }

    #[test]
    fn the_seed_decides() {
        assert_eq!(sample(7), sample(7));
        assert_ne!(sample(7), sample(8));
    }

    #[test]
    fn texts_keep_their_lengths_and_hold_no_nul() {
        for text in sample(1) {
            assert!((3..=1500).contains(&text.chars().count()), "{text}");
            assert!(!text.contains('\0'), "{text:?}");
        }
    }

    #[test]
    fn every_edge_occurs() {
        let all = sample(2).concat();
        for edge in ["头发展", "頭髮", "尊\u{2F8D5}", "发\u{FE0F}", "⿰", "U盘", "·", "😀", "\u{31EF}", "\r\n", "-{"]
        {
            assert!(all.contains(edge), "{edge:?}");
        }
    }

    #[test]
    fn sequences_have_the_length_asked_for() {
        let material = material();
        let mut generator = Generator::new(&material, 4);
        for count in 1..=68 {
            let mut text = Vec::new();
            generator.sequence_of(&mut text, count);
            assert_eq!(text.len(), count);
        }
    }

    #[test]
    fn empty_material_still_gives_texts() {
        let nothing = Material::default();
        assert_ne!(Generator::new(&nothing, 3).text(), "");
    }
}
