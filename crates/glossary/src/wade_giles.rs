//! What a name in Wade-Giles is in pinyin: Ti-hua is Dihua, K'u-ch'ê Kuche, Hsi-ning-fu Xining Fu.
//!
//! A century of books writes names so. The rows have pinyin, so the spelling is read when a name is looked up that nothing has as it stands. Books
//! also leave its marks out: `ch` without an apostrophe is zh, but may be meant for ch, and `u` may have lost its dots. Each reading comes
//! with the number of marks that it misses; which of them are names says the index.
//!
//! # Cost
//!
//! At most [`MOST`] readings of a name.

use std::collections::HashSet;

use unicode_normalization::UnicodeNormalization;

/// Not more readings than this are followed.
const MOST: usize = 128;
/// Longer text is no name, in characters.
const LONGEST: usize = 48;

/// Consonants that an apostrophe changes: how they are written, and in pinyin without it and with it.
const ASPIRATED: [(&str, &str, &str); 6] =
    [("ts", "z", "c"), ("tz", "z", "c"), ("ch", "zh", "ch"), ("p", "b", "p"), ("t", "d", "t"), ("k", "g", "k")];

/// All others. A syllable may also begin with its vowel.
const PLAIN: [(&str, &str); 14] = [
    ("hs", "x"),
    ("sh", "sh"),
    ("ss", "s"),
    ("sz", "s"),
    ("m", "m"),
    ("f", "f"),
    ("n", "n"),
    ("l", "l"),
    ("h", "h"),
    ("j", "r"),
    ("s", "s"),
    ("y", "y"),
    ("w", "w"),
    ("", ""),
];

/// The rest of syllables, as it is written and in pinyin. The longer come first, since in a name without hyphens they are meant more often.
const FINALS: [(&str, &str); 40] = [
    ("iang", "iang"),
    ("iung", "iong"),
    ("uang", "uang"),
    ("iao", "iao"),
    ("ang", "ang"),
    ("eng", "eng"),
    ("erh", "er"),
    ("ieh", "ie"),
    ("ien", "ian"),
    ("ing", "ing"),
    ("uai", "uai"),
    ("uan", "uan"),
    ("üan", "üan"),
    ("ueh", "üe"),
    ("üeh", "üe"),
    ("uei", "ui"),
    ("ung", "ong"),
    ("ai", "ai"),
    ("an", "an"),
    ("ao", "ao"),
    ("eh", "e"),
    ("ei", "ei"),
    ("en", "en"),
    ("ia", "ia"),
    ("ih", "i"),
    ("in", "in"),
    ("io", "üe"),
    ("iu", "iu"),
    ("ou", "ou"),
    ("ua", "ua"),
    ("ui", "ui"),
    ("un", "un"),
    ("uo", "uo"),
    ("ün", "ün"),
    ("a", "a"),
    ("e", "e"),
    ("i", "i"),
    ("o", "o"),
    ("u", "u"),
    ("ü", "ü"),
];

/// A name in pinyin that a text may be in Wade-Giles, without blanks and tones.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Spelled {
    pub(crate) pinyin: String,
    /// How many marks the text misses if this is meant.
    pub(crate) missing: u8,
}

/// All readings of a text, those first that miss fewest marks; none where it is not in Wade-Giles.
pub(crate) fn readings(text: &str) -> Vec<Spelled> {
    let mut reader = Reader { found: Vec::new() };
    if let Some(letters) = letters(text) {
        reader.read(&letters, String::new(), 0);
    }
    let mut found = reader.found;
    found.sort_by_key(|one| one.missing);
    let mut seen = HashSet::new();
    found.retain(|one| seen.insert(one.pinyin.clone()));
    found
}

/// The text in small letters with `ü`, `'` and `-`; `None` where there is anything else.
pub(crate) fn letters(text: &str) -> Option<String> {
    let mut letters = String::new();
    for character in text.trim().nfd().flat_map(char::to_lowercase).take(LONGEST + 1) {
        match character {
            'a'..='z' => letters.push(character),
            '\u{308}' if letters.ends_with('u') => {
                letters.pop();
                letters.push('ü');
            }
            // The hat of `ê` says nothing that its place does not say; tones say nothing here.
            '\u{300}'..='\u{30c}' => {}
            '1'..='5' if letters.ends_with(|last: char| last.is_alphabetic()) => {}
            '\'' | '’' | '‘' | '`' | '´' | 'ʻ' | 'ʼ' | 'ʽ' | 'ʿ' | '′' | '＇' => letters.push('\''),
            '-' | '‐' | '‑' | '–' | ' ' => letters.push('-'),
            _ => return None,
        }
    }
    (letters.chars().count() <= LONGEST).then_some(letters)
}

struct Reader {
    found: Vec<Spelled>,
}

impl Reader {
    /// Reads what is left of a name whose beginning is read already.
    fn read(&mut self, rest: &str, pinyin: String, missing: u8) {
        if self.found.len() >= MOST {
            return;
        }
        // Between two syllables.
        let rest = if pinyin.is_empty() { rest } else { rest.trim_start_matches(['-', '\'']) };
        if rest.is_empty() {
            self.found.extend((!pinyin.is_empty()).then_some(Spelled { pinyin, missing }));
            return;
        }
        for (written, without, with) in ASPIRATED {
            let Some(rest) = rest.strip_prefix(written) else { continue };
            if let Some(rest) = rest.strip_prefix('\'') {
                self.finish(written, with, rest, &pinyin, missing);
            } else {
                self.finish(written, without, rest, &pinyin, missing);
                self.finish(written, with, rest, &pinyin, missing + 1);
            }
        }
        for (written, initial) in PLAIN {
            if let Some(rest) = rest.strip_prefix(written) {
                self.finish(written, initial, rest, &pinyin, missing);
            }
        }
    }

    /// Reads the rest of a syllable, and then what follows.
    fn finish(&mut self, written: &str, initial: &str, rest: &str, pinyin: &str, missing: u8) {
        for (ending, end) in FINALS {
            let Some(rest) = rest.strip_prefix(ending) else { continue };
            for (syllable, dots) in syllables(written, initial, ending, end) {
                self.read(rest, format!("{pinyin}{}", syllable.replace('ü', "u")), missing + dots);
            }
        }
    }
}

/// What a syllable is in pinyin, and how many dots it has lost then.
fn syllables(written: &str, initial: &str, ending: &str, end: &str) -> Vec<(String, u8)> {
    let narrow = end.starts_with(['i', 'ü']) && ending != "ih";
    let one = |end: &str| vec![(format!("{initial}{end}"), 0)];
    match (written, ending) {
        ("ss" | "sz" | "tz", "u") => one("i"),
        ("ss" | "sz" | "tz", _) => Vec::new(),
        ("ch", "u" | "uan" | "un") => vec![(format!("{initial}{end}"), 0), (format!("{}{end}", palatal(initial)), 1)],
        ("ch", _) if narrow => vec![(format!("{}{end}", palatal(initial)), 0)],
        ("y", "en") => one("an"),
        ("y", "u") => vec![("you".to_string(), 0), ("yu".to_string(), 1)],
        ("", "i") => one("yi"),
        ("", "o") => one("e"),
        ("", _) if end.starts_with(['i', 'u', 'ü']) => Vec::new(),
        ("k" | "h", "o") => one("e"),
        ("t" | "n" | "l" | "ts" | "ch" | "j" | "s" | "sh", "o") => one("uo"),
        _ => one(end),
    }
}

/// What stands before `i` and `ü` where other vowels have zh and ch.
fn palatal(initial: &str) -> &'static str {
    if initial == "zh" { "j" } else { "q" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_reading_is_what_is_written() {
        for (text, pinyin) in [
            ("Ti-hua", "dihua"),
            ("Ti-hua-fu", "dihuafu"),
            ("K'u-ch'ê", "kuche"),
            ("Wu-lu-mu-ch’i", "wulumuqi"),
            ("Ha-mi", "hami"),
            ("Hsi-an", "xian"),
            ("Ch’ang-an", "changan"),
            ("Su-chou", "suzhou"),
            ("Kan-su", "gansu"),
            ("Chi-nan", "jinan"),
            ("Chih-li", "zhili"),
            ("Ch'êng-tê", "chengde"),
            ("Ssŭ-ch'uan", "sichuan"),
            ("Kuei-yang", "guiyang"),
            ("Yün-nan", "yunnan"),
            ("Yü-t'ien", "yutian"),
            ("Ho-t'ien", "hetian"),
            ("Lo-yang", "luoyang"),
            ("Chung-ch'ing", "zhongqing"),
            ("Jê-ho", "rehe"),
            ("Tzŭ-kung", "zigong"),
            ("Hsüan-hua", "xuanhua"),
            ("Chü-jung", "jurong"),
            ("I-li", "yili"),
            ("O-shan", "eshan"),
            ("Yen-an", "yanan"),
            ("Yung-ch'ang", "yongchang"),
            ("Erh-lien", "erlian"),
            ("Pa-li-k'un", "balikun"),
            ("PA-LI-K'UN", "balikun"),
            ("Nü-chên", "nuzhen"),
            ("Liu-chou", "liuzhou"),
        ] {
            let found = readings(text);
            assert_eq!(found.first().map(|one| (one.pinyin.as_str(), one.missing)), Some((pinyin, 0)), "{text}");
        }
    }

    #[test]
    fn marks_may_be_missing() {
        for (text, pinyin, missing) in [
            ("Tihua", "dihua", 0),
            ("Kueiyang", "guiyang", 0),
            ("Pa-li-kun", "balikun", 1),
            ("Tai-yuan", "taiyuan", 1),
            ("Cheng-te", "chengde", 1),
            ("Chung-ching", "chongqing", 2),
            ("Yu-men", "yumen", 1),
            ("Chu-jung", "jurong", 1),
        ] {
            let found = readings(text);
            assert!(found.contains(&Spelled { pinyin: pinyin.to_string(), missing }), "{text} {found:?}");
        }
    }

    #[test]
    fn other_text_has_no_reading() {
        for text in ["", "-", "'", "迪化", "Beijing", "Ürümqi!", "r", "London", "ti_hua", &"ti-hua".repeat(9)] {
            assert_eq!(readings(text), [], "{text}");
        }
        assert!(readings(&"ta".repeat(24)).len() <= MOST);
    }
}
