//! Official suffixes in both scripts: 府 縣 廳 after 迪化.
//!
//! The tables have suffixes in simplified script. They are made of few characters, each of which stands for exactly one traditional one
//! here (里 and 后 are none of them), so that the traditional form follows; a test compares with the converter.

use tongwen::Script;

/// Simplified and traditional form of the characters of suffixes that differ.
const CHARACTERS: [(char, char); 59] = [
    ('台', '臺'),
    ('隶', '隸'),
    ('户', '戶'),
    ('种', '種'),
    ('诏', '詔'),
    ('县', '縣'),
    ('厅', '廳'),
    ('国', '國'),
    ('卫', '衛'),
    ('军', '軍'),
    ('关', '關'),
    ('门', '門'),
    ('庄', '莊'),
    ('区', '區'),
    ('专', '專'),
    ('边', '邊'),
    ('设', '設'),
    ('营', '營'),
    ('驿', '驛'),
    ('万', '萬'),
    ('总', '總'),
    ('办', '辦'),
    ('参', '參'),
    ('赞', '贊'),
    ('领', '領'),
    ('队', '隊'),
    ('监', '監'),
    ('宫', '宮'),
    ('场', '場'),
    ('头', '頭'),
    ('乡', '鄉'),
    ('检', '檢'),
    ('别', '別'),
    ('岛', '島'),
    ('东', '東'),
    ('将', '將'),
    ('镇', '鎮'),
    ('长', '長'),
    ('仓', '倉'),
    ('尔', '爾'),
    ('会', '會'),
    ('汉', '漢'),
    ('陉', '陘'),
    ('务', '務'),
    ('处', '處'),
    ('经', '經'),
    ('团', '團'),
    ('练', '練'),
    ('观', '觀'),
    ('抚', '撫'),
    ('护', '護'),
    ('节', '節'),
    ('统', '統'),
    ('属', '屬'),
    ('桥', '橋'),
    ('岭', '嶺'),
    ('湾', '灣'),
    ('坝', '壩'),
    ('驻', '駐'),
];

/// A suffix in a script.
pub(crate) fn suffix(suffix: &str, script: Script) -> String {
    match script {
        Script::Simplified => suffix.to_string(),
        Script::Traditional => suffix.chars().map(traditional).collect(),
    }
}

fn traditional(character: char) -> char {
    CHARACTERS.iter().find(|(hans, _)| *hans == character).map_or(character, |(_, hant)| *hant)
}

/// A name with a suffix, in a script; the name alone where it ends in the suffix already. `hans` is the simplified name.
pub(crate) fn full_name(hans: &str, name: &str, official: &str, script: Script) -> String {
    if hans.ends_with(official) { name.to_string() } else { name.to_string() + &suffix(official, script) }
}

#[cfg(test)]
mod tests {
    use tongwen::{Config, Converter};

    use super::*;

    #[test]
    fn characters_are_what_the_converter_has() {
        let converter = Converter::new(Config::S2T);
        for (index, (hans, hant)) in CHARACTERS.iter().enumerate() {
            assert_eq!(converter.convert(&hans.to_string()), hant.to_string());
            assert!(CHARACTERS[..index].iter().all(|(before, _)| before != hans), "{hans} stands twice");
        }
    }

    #[test]
    fn every_suffix_in_use_is_what_the_converter_has() {
        let converter = Converter::new(Config::S2Tw);
        for entry in crate::Glossary::embedded().entries() {
            for hans in entry.official_suffixes() {
                assert_eq!(suffix(hans, Script::Traditional), converter.convert(hans), "{entry:?}");
            }
        }
    }

    #[test]
    fn full_names() {
        assert_eq!(full_name("迪化", "迪化", "县", Script::Traditional), "迪化縣");
        assert_eq!(full_name("归绥", "歸綏", "设治局", Script::Traditional), "歸綏設治局");
        assert_eq!(full_name("绥远城", "綏遠城", "城", Script::Traditional), "綏遠城");
    }
}
