//! The nine codes of variants, how they may be spelled, and who falls back to whom (section 2, rules A13 and A14).
//!
//! `zh` is the page as it was written; the other eight are variants. A code is known by two names, MediaWiki's (`zh-tw`)
//! and BCP 47's (`zh-Hant-TW`). Exactly these spellings begin a segment; once a segment has been cut, letter case no longer
//! matters.

use tongwen::Variant;

/// A code, in the order in which the wiki goes through them when it makes entries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Code {
    Zh,
    ZhHans,
    ZhHant,
    ZhCn,
    ZhHk,
    ZhMo,
    ZhMy,
    ZhSg,
    ZhTw,
}

use Code::*;

/// The longest spelling, in bytes.
const LONGEST: usize = 10;

impl Code {
    pub(crate) const ALL: [Code; 9] = [Zh, ZhHans, ZhHant, ZhCn, ZhHk, ZhMo, ZhMy, ZhSg, ZhTw];

    /// None is `zh`.
    pub(crate) fn of(target: Option<Variant>) -> Code {
        target.map_or(Zh, |variant| match variant {
            Variant::ZhHans => ZhHans,
            Variant::ZhHant => ZhHant,
            Variant::ZhCn => ZhCn,
            Variant::ZhSg => ZhSg,
            Variant::ZhMy => ZhMy,
            Variant::ZhTw => ZhTw,
            Variant::ZhHk => ZhHk,
            Variant::ZhMo => ZhMo,
            // A variant that the markup does not know reads the page as it was written.
            _ => Zh,
        })
    }

    pub(crate) fn variant(self) -> Option<Variant> {
        Some(match self {
            Zh => return None,
            ZhHans => Variant::ZhHans,
            ZhHant => Variant::ZhHant,
            ZhCn => Variant::ZhCn,
            ZhHk => Variant::ZhHk,
            ZhMo => Variant::ZhMo,
            ZhMy => Variant::ZhMy,
            ZhSg => Variant::ZhSg,
            ZhTw => Variant::ZhTw,
        })
    }

    /// MediaWiki's name: `zh-tw`.
    pub(crate) fn name(self) -> &'static str {
        self.variant().map_or("zh", Variant::code)
    }

    /// BCP 47's name: `zh-Hant-TW`.
    pub(crate) fn standard_name(self) -> &'static str {
        match self {
            Zh => "zh",
            ZhHans => "zh-Hans",
            ZhHant => "zh-Hant",
            ZhCn => "zh-Hans-CN",
            ZhHk => "zh-Hant-HK",
            ZhMo => "zh-Hant-MO",
            ZhMy => "zh-Hans-MY",
            ZhSg => "zh-Hans-SG",
            ZhTw => "zh-Hant-TW",
        }
    }

    /// What descriptions call it (flags `D` and `N`).
    pub(crate) fn label(self) -> &'static str {
        match self {
            Zh => "原文",
            ZhHans => "简体",
            ZhHant => "繁體",
            ZhCn => "大陆",
            ZhHk => "香港",
            ZhMo => "澳門",
            ZhMy => "大马",
            ZhSg => "新加坡",
            ZhTw => "臺灣",
        }
    }

    /// Where to look for a text, in this order, when there is none for this code.
    pub(crate) fn fallbacks(self) -> &'static [Code] {
        match self {
            Zh => &[ZhHans, ZhHant, ZhCn, ZhTw, ZhHk, ZhSg, ZhMo, ZhMy],
            ZhHans => &[ZhCn, ZhSg, ZhMy],
            ZhHant => &[ZhTw, ZhHk, ZhMo],
            ZhCn => &[ZhHans, ZhSg, ZhMy],
            ZhSg => &[ZhMy, ZhHans, ZhCn],
            ZhMy => &[ZhSg, ZhHans, ZhCn],
            ZhTw => &[ZhHant, ZhHk, ZhMo],
            ZhHk => &[ZhMo, ZhHant, ZhTw],
            ZhMo => &[ZhHk, ZhHant, ZhTw],
        }
    }

    /// Whether two-way rules make entries for it: only the six regional variants get any (rule A16).
    pub(crate) fn is_regional(self) -> bool {
        !matches!(self, Zh | ZhHans | ZhHant)
    }

    /// The code of a name of MediaWiki's, exactly; flags are read so.
    pub(crate) fn by_name(name: &[u8]) -> Option<Code> {
        Code::ALL.into_iter().find(|code| code.name().as_bytes() == name)
    }

    /// The code of an exact spelling; only these begin a segment behind a `;`.
    pub(crate) fn by_spelling(name: &[u8]) -> Option<Code> {
        Code::ALL.into_iter().find(|code| code.name().as_bytes() == name || code.standard_name().as_bytes() == name)
    }

    /// The code of a spelling in any letter case; a segment that has been cut is read so.
    pub(crate) fn by_any_case(name: &[u8]) -> Option<Code> {
        let is = |known: &str| known.as_bytes().eq_ignore_ascii_case(name);
        Code::ALL.into_iter().find(|code| is(code.name()) || is(code.standard_name()))
    }

    /// What the author of a name that is no code may have meant: `zh_tw`, `tw`, `Hant`.
    pub(crate) fn guess(name: &str) -> Option<Code> {
        // The names that the project's variants answer to elsewhere; one letter may be anything.
        (name.len() > 1).then(|| name.parse::<Variant>().ok()).flatten().map(|variant| Code::of(Some(variant)))
    }
}

/// Bytes that codes are made of.
fn is_code_byte(byte: &u8) -> bool {
    byte.is_ascii_alphabetic() || *byte == b'-'
}

/// Bytes that names are made of that look like codes: also `zh_tw`, `x-1`.
fn is_name_byte(byte: &u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')
}

/// The exact code with which a text begins, and its length.
pub(crate) fn leading_code(text: &[u8]) -> Option<(Code, usize)> {
    let length = text.iter().take(LONGEST + 1).take_while(|byte| is_code_byte(byte)).count();
    Code::by_spelling(&text[..length]).map(|code| (code, length))
}

/// Length of the name with which a text begins, if it could be meant as the code of a language: a letter first, at least
/// two bytes, at most 24.
pub(crate) fn leading_name(text: &[u8]) -> Option<usize> {
    let length = text.iter().take(25).take_while(|byte| is_name_byte(byte)).count();
    ((2..=24).contains(&length) && text[0].is_ascii_alphabetic()).then_some(length)
}

/// Length of such a name with which a text ends.
pub(crate) fn trailing_name(text: &[u8]) -> Option<usize> {
    let length = text.iter().rev().take(25).take_while(|byte| is_name_byte(byte)).count();
    ((2..=24).contains(&length) && text[text.len() - length].is_ascii_alphabetic()).then_some(length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings() {
        assert_eq!(Code::by_any_case(b"ZH-hant-TW"), Some(ZhTw));
        assert_eq!(Code::by_any_case(b"zh_tw"), None);
        assert_eq!(Code::by_name(b"zh-Hant"), None);
        assert_eq!(leading_code(b"zh-Hans-CN:x"), Some((ZhCn, 10)));
        assert_eq!(leading_code(b"zh :x"), Some((Zh, 2)));
        assert_eq!(leading_code(b"zh-hans-cn:x"), None);
        assert_eq!(leading_code(b"zh-cnx"), None);
        assert_eq!(leading_code(b""), None);
        assert_eq!(Code::guess("zh_TW"), Some(ZhTw));
        assert_eq!(Code::guess("t"), None);
    }

    #[test]
    fn no_script_falls_back_to_the_other() {
        for code in Code::ALL {
            let script = code.variant().map(Variant::script);
            assert!(code.fallbacks().iter().all(|other| *other != code && *other != Zh));
            if let Some(script) = script {
                assert!(code.fallbacks().iter().all(|other| other.variant().map(Variant::script) == Some(script)));
                assert_eq!(code.fallbacks().len(), 3);
            }
            assert_eq!(Code::of(code.variant()), code);
        }
    }
}
