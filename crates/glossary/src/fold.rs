//! The one folding of names and of text: what is written differently and is the same name becomes the same string.
//!
//! Han characters: traditional ones and graphic variants become simplified ones, each for itself, so that a text can be folded character by character
//! and every position of the folded text is one of the text. The characters are those that OpenCC's `t2s`, `tw2s` and
//! `hk2s` change, and the pairs of `dictionaries/places/graphs.csv`. An old graph that is listed as a variant of one name only is no such
//! pair. Folding is for comparing, never for showing: 乾德 folds to 干德, in both scripts.
//!
//! Everything else: compatibility forms become plain ones, capital letters small ones; diacritics, tone marks and tone digits, apostrophes, blanks,
//! hyphens and middle dots go. `Xī'ān`, `Xi1an1`, `Xi an` and `xian` are one string; `Lüshun` becomes `lushun`, and the index has `lvshun` as well.
//!
//! # Cost
//!
//! A Han character costs two reads from tables of 60 kB.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use tongwen::{Config, Converter, TofuRisk};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::layout::{FOLD_ELSEWHERE, FOLD_INDEX, FOLD_PAGE};
use crate::table::Graph;

/// The folding table, read in place.
#[derive(Clone, Copy)]
pub(crate) struct Folding<'a> {
    index: &'a [[u8; 2]],
    pages: &'a [[u8; 2]],
    wide: &'a [[u8; 8]],
}

/// The folding table as the parts of the compiled file.
pub(crate) struct FoldingParts {
    pub(crate) index: Vec<u8>,
    pub(crate) pages: Vec<u8>,
    pub(crate) wide: Vec<u8>,
}

impl<'a> Folding<'a> {
    /// Views the parts of a compiled file. Missing entries mean that a character folds to itself.
    pub(crate) fn new(index: &'a [u8], pages: &'a [u8], wide: &'a [u8]) -> Folding<'a> {
        Folding { index: index.as_chunks().0, pages: pages.as_chunks().0, wide: wide.as_chunks().0 }
    }

    /// What a character is read as; most are read as themselves.
    #[inline]
    pub(crate) fn character(&self, character: char) -> char {
        let point = character as u32;
        if point < 0x2E80 {
            return character;
        }
        if point < 0x1_0000 {
            let Some(page) = self.index.get(point as usize / FOLD_PAGE) else { return character };
            let place = usize::from(u16::from_le_bytes(*page)) * FOLD_PAGE + point as usize % FOLD_PAGE;
            let entry = self.pages.get(place).map_or(0, |entry| u16::from_le_bytes(*entry));
            if entry != FOLD_ELSEWHERE {
                // In traditional text no branch on this could be foreseen: about every other character is another one.
                let kept = u32::from(entry == 0).wrapping_neg();
                return char::from_u32(u32::from(entry) | (point & kept)).unwrap_or(character);
            }
        }
        let folded = self.wide.binary_search_by_key(&point, |pair| u64::from_le_bytes(*pair) as u32);
        let folded = folded.ok().map(|at| (u64::from_le_bytes(self.wide[at]) >> 32) as u32);
        folded.and_then(char::from_u32).unwrap_or(character)
    }

    /// The key of a name: equal for all ways to write it that are the same name.
    pub(crate) fn key(&self, name: &str) -> String {
        let mut key = String::with_capacity(name.len());
        self.key_into(name, &mut key);
        key
    }

    /// Whether the key of a name is these characters. Takes no memory for a name in Han characters.
    pub(crate) fn is_key(&self, name: &str, key: &[char]) -> bool {
        if !name.chars().all(is_plain_han) {
            return self.key(name).chars().eq(key.iter().copied());
        }
        let mut key = key.iter();
        name.chars().all(|character| key.next() == Some(&self.character(character))) && key.next().is_none()
    }

    /// Adds the key of a name to `key`.
    pub(crate) fn key_into(&self, name: &str, key: &mut String) {
        for character in name.chars() {
            if is_plain_han(character) {
                key.push(self.character(character));
            } else {
                let small = std::iter::once(character).nfkd().flat_map(char::to_lowercase).nfkd();
                for plain in small.filter(|plain| !is_combining_mark(*plain) && !is_dropped(*plain)) {
                    self.push_plain(plain, key);
                }
            }
        }
    }

    fn push_plain(&self, plain: char, key: &mut String) {
        match plain {
            // A tone.
            '1'..='5' if key.ends_with(|last: char| last.is_ascii_lowercase()) => {}
            'ø' => key.push('o'),
            'đ' | 'ð' => key.push('d'),
            'ł' => key.push('l'),
            'ı' => key.push('i'),
            'ß' => key.push_str("ss"),
            'æ' => key.push_str("ae"),
            'œ' => key.push_str("oe"),
            _ => key.push(self.character(plain)),
        }
    }
}

/// Whether a character is Han and none that only stands for another.
fn is_plain_han(character: char) -> bool {
    matches!(character, '\u{3400}'..='\u{9fff}' | '\u{20000}'..='\u{2f7ff}' | '\u{30000}'..='\u{3ffff}')
}

/// Blanks, marks between syllables and between words, and what has no width.
fn is_dropped(character: char) -> bool {
    character.is_whitespace()
        || matches!(
            character,
            '\'' | '’'
                | '‘'
                | 'ʼ'
                | 'ʻ'
                | 'ʹ'
                | 'ʾ'
                | 'ʿ'
                | '`'
                | '´'
                | '′'
                | '＇'
                | '-'
                | '‐'
                | '‑'
                | '‒'
                | '–'
                | '—'
                | '−'
                | '·'
                | '•'
                | '・'
                | '‧'
                | '∙'
                | '⋅'
                | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' | '\u{ad}'
        )
}

impl FoldingParts {
    /// Makes the table: OpenCC's characters and the pairs of `graphs`. Takes some ten milliseconds the first time.
    pub(crate) fn new(graphs: &[Graph]) -> FoldingParts {
        static CONVERTED: LazyLock<BTreeMap<char, char>> = LazyLock::new(converted);
        let mut steps = CONVERTED.clone();
        steps.extend(graphs.iter().map(|graph| (graph.graph, graph.folded)));
        FoldingParts::pack(&settle(&steps))
    }

    pub(crate) fn view(&self) -> Folding<'_> {
        Folding::new(&self.index, &self.pages, &self.wide)
    }

    fn pack(pairs: &BTreeMap<char, char>) -> FoldingParts {
        let mut pages: Vec<[u16; FOLD_PAGE]> = vec![[0; FOLD_PAGE]];
        let mut index = vec![0u16; FOLD_INDEX];
        let mut wide = Vec::new();
        for (&from, &to) in pairs {
            let (from, to) = (from as u32, to as u32);
            let narrow = u16::try_from(to).ok().filter(|to| *to != FOLD_ELSEWHERE);
            if from > 0xFFFF || narrow.is_none() {
                wide.extend((u64::from(from) | u64::from(to) << 32).to_le_bytes());
            }
            if from <= 0xFFFF {
                let page = &mut index[from as usize / FOLD_PAGE];
                if *page == 0 {
                    *page = u16::try_from(pages.len()).expect("there are fewer pages than characters of 16 bits");
                    pages.push([0; FOLD_PAGE]);
                }
                pages[usize::from(*page)][from as usize % FOLD_PAGE] = narrow.unwrap_or(FOLD_ELSEWHERE);
            }
        }
        FoldingParts {
            index: index.iter().flat_map(|page| page.to_le_bytes()).collect(),
            pages: pages.iter().flatten().flat_map(|entry| entry.to_le_bytes()).collect(),
            wide,
        }
    }
}

/// What the converter makes of each character that it changes.
fn converted() -> BTreeMap<char, char> {
    let converters = [Config::T2S, Config::Tw2S, Config::Hk2S].map(|config| {
        let built = Converter::builder().config(config).tofu_risk(TofuRisk::Include).build();
        built.expect("these configs can be built with characters that few fonts have")
    });
    let mut steps = BTreeMap::new();
    let mut buffer = [0; 4];
    let han = ('\u{2e80}'..='\u{9fff}').chain('\u{f900}'..='\u{faff}').chain('\u{20000}'..='\u{323af}');
    for character in han {
        let text: &str = character.encode_utf8(&mut buffer);
        for converter in &converters {
            let converted = converter.convert(text);
            let mut characters = converted.chars();
            if let (Some(changed), None) = (characters.next(), characters.next())
                && changed != character
            {
                steps.insert(character, changed);
                break;
            }
        }
    }
    steps
}

/// Follows the steps until nothing changes any more. Where they run in a circle, its least character stands for all.
fn settle(steps: &BTreeMap<char, char>) -> BTreeMap<char, char> {
    let mut pairs = BTreeMap::new();
    for &start in steps.keys() {
        let mut seen = BTreeSet::from([start]);
        let mut at = start;
        while let Some(&next) = steps.get(&at) {
            at = next;
            if !seen.insert(next) {
                let mut circle = next;
                while let Some(&further) = steps.get(&circle).filter(|further| **further != next) {
                    circle = further;
                    at = at.min(circle);
                }
                break;
            }
        }
        if at != start {
            pairs.insert(start, at);
        }
    }
    pairs
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn graph(graph: char, folded: char) -> Graph {
        Graph { line: 0, graph, folded, example: String::new() }
    }

    fn parts() -> &'static FoldingParts {
        static PARTS: LazyLock<FoldingParts> =
            LazyLock::new(|| FoldingParts::new(&[graph('巂', '嶲'), graph('札', '扎')]));
        &PARTS
    }

    #[test]
    fn names_in_all_their_spellings() {
        let folding = parts().view();
        for (names, key) in [
            (["葉爾羌", "叶尔羌"], "叶尔羌"),
            (["臺灣", "台灣"], "台湾"),
            (["於潛", "于潜"], "于潜"),
            (["乾德", "乾德"], "干德"),
            (["札什倫布", "扎什伦布"], "扎什伦布"),
            (["越巂", "越嶲"], "越嶲"),
            (["Xī'ān", "xi1 an1"], "xian"),
            (["Lüshun", "LU-SHUN"], "lushun"),
            (["Хөх хот", "ХӨХ-ХОТ"], "хөххот"),
            (["Ürümchi", "urumchi"], "urumchi"),
            (["ＨＡＩＬＡＲ", "Hailar"], "hailar"),
            (["唐努·乌梁海", "唐努烏梁海"], "唐努乌梁海"),
        ] {
            assert_eq!(names.map(|name| folding.key(name)), [key, key]);
        }
    }

    #[test]
    fn every_character_folds_once() {
        let folding = parts().view();
        for character in '\0'..=char::MAX {
            let once = folding.character(character);
            assert_eq!(folding.character(once), once, "{character}");
            let key = folding.key(&character.to_string());
            assert_eq!(folding.key(&key), key, "{character} U+{:04X}", character as u32);
        }
    }

    #[test]
    fn a_circle_has_one_end() {
        let steps = BTreeMap::from([('甲', '乙'), ('乙', '丙'), ('丙', '乙'), ('丁', '甲')]);
        let pairs = settle(&steps);
        for start in ['甲', '乙', '丙', '丁'] {
            assert_eq!(pairs.get(&start).copied().unwrap_or(start), '丙', "{start}");
        }
    }

    proptest! {
        #[test]
        fn folding_twice_is_folding_once(text in "(\\PC|[a-zA-Z0-9ü' 縣裡於乾]){0,12}") {
            let folding = parts().view();
            let once = folding.key(&text);
            prop_assert_eq!(folding.key(&once), once);
        }
    }
}
