//! What a name in the spelling of the Chinese post may be in Wade-Giles: Kiangning is Chiangning, Singan is Hsi-an, Tungkwan is Tungkuan.
//!
//! The post and the maps of its time spelled as Nanking spoke: `k` and `ts` where Peking has `ch` before `i` and `ü`, `h` and `s` where it has `hs`. The
//! names that everyone knows stand in the rows; all others are respelled, letter group by letter group, and then read as any name in
//! [Wade-Giles](crate::wade_giles). The post had no marks, so none counts as missing.

use crate::wade_giles;

/// The groups that differ, where a syllable may begin or end with them, and what Wade-Giles has. The first that fits is taken.
const GROUPS: [(&str, Where, &str); 34] = [
    ("tsze", Where::Any, "tzu"),
    ("tsz", Where::Any, "tzu"),
    ("tze", Where::Any, "tzu"),
    ("sze", Where::Any, "ssu"),
    ("szu", Where::Any, "ssu"),
    ("sz", Where::Any, "ssu"),
    ("chih", Where::Any, "chih"),
    ("shih", Where::Any, "shih"),
    ("yuen", Where::Any, "yüan"),
    ("yue", Where::BeforeVowelless, "yüeh"),
    ("hsi", Where::Any, "hsi"),
    ("hsü", Where::Any, "hsü"),
    ("chi", Where::Any, "chi"),
    ("shi", Where::Any, "shi"),
    ("tsi", Where::Any, "chi"),
    ("tsü", Where::Any, "chü"),
    ("kiai", Where::Any, "chieh"),
    ("hiai", Where::Any, "hsieh"),
    ("kih", Where::BeforeVowelless, "chi"),
    ("ki", Where::Any, "chi"),
    ("kü", Where::Any, "chü"),
    ("si", Where::Any, "hsi"),
    ("sü", Where::Any, "hsü"),
    ("hi", Where::Any, "hsi"),
    ("hü", Where::Any, "hsü"),
    ("chw", Where::BeforeVowel, "chu"),
    ("shw", Where::BeforeVowel, "shu"),
    ("kw", Where::BeforeVowel, "ku"),
    ("hw", Where::BeforeVowel, "hu"),
    ("sw", Where::BeforeVowel, "su"),
    ("oo", Where::Any, "u"),
    ("ee", Where::Any, "i"),
    ("ow", Where::BeforeVowelless, "ou"),
    ("ew", Where::BeforeVowelless, "iu"),
];

/// What must follow a group.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Where {
    Any,
    BeforeVowel,
    /// The end, a hyphen or a consonant.
    BeforeVowelless,
}

/// All readings of a text in pinyin, without blanks and tones; none where it is in no such spelling, or where that is Wade-Giles as well.
pub(crate) fn readings(text: &str) -> Vec<String> {
    let Some(letters) = wade_giles::letters(text) else { return Vec::new() };
    // `ng` begins a syllable too (Si-ngan), and Peking does not have it.
    let mut spelled = vec![respelled(&letters)];
    if letters.contains("nga") {
        spelled.push(respelled(&letters.replace("nga", "-a")).trim_start_matches('-').to_string());
    }
    spelled.retain(|spelled| *spelled != letters);
    let mut found: Vec<String> = Vec::new();
    for reading in spelled.iter().flat_map(|spelled| wade_giles::readings(spelled)) {
        if !found.contains(&reading.pinyin) {
            found.push(reading.pinyin);
        }
    }
    found
}

fn respelled(letters: &str) -> String {
    let mut spelled = String::new();
    let mut rest = letters;
    while let Some(first) = rest.chars().next() {
        let group = GROUPS.iter().find_map(|(post, place, peking)| {
            let after = rest.strip_prefix(post)?;
            let vowel = after.starts_with(['a', 'e', 'i', 'o', 'u', 'ü']);
            let fits = match place {
                Where::Any => true,
                Where::BeforeVowel => vowel,
                Where::BeforeVowelless => !vowel,
            };
            fits.then_some((*peking, after))
        });
        match group {
            Some((peking, after)) => {
                spelled.push_str(peking);
                rest = after;
            }
            None => {
                spelled.push(first);
                rest = &rest[first.len_utf8()..];
            }
        }
    }
    spelled
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_post_spelled_as_nanking_spoke() {
        for (text, pinyin) in [
            ("Kiangning", "jiangning"),
            ("Kiang-ning-fu", "jiangningfu"),
            ("Singan", "xian"),
            ("Si-ngan-fu", "xianfu"),
            ("Nganking", "anqing"),
            ("Tungkwan", "tongguan"),
            ("Fengsiang", "fengxiang"),
            ("Tsingkiang", "qingjiang"),
            ("Hwaiking", "huaiqing"),
            ("Kwangping", "guangping"),
            ("Shunking", "shunqing"),
            ("Süchow", "xuzhou"),
            ("Taichow", "taizhou"),
            ("Foochow", "fuzhou"),
            ("Tzechow", "zizhou"),
            ("Szenan", "sinan"),
            ("Kiaichow", "jiezhou"),
            ("Chwanchow", "chuanzhou"),
            ("Yuenchow", "yuanzhou"),
        ] {
            let found = readings(text);
            assert!(found.iter().any(|one| one == pinyin), "{text} {found:?}");
        }
    }

    #[test]
    fn what_is_wade_giles_or_nothing_has_no_reading_here() {
        for text in ["", "-", "迪化", "Ti-hua", "Chiang-ning", "Hsi-an", "London!", "r"] {
            assert_eq!(readings(text), [""; 0], "{text}");
        }
    }
}
