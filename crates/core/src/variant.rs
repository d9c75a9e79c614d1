//! The written standards that text can be in or be converted to.

use std::fmt;
use std::str::FromStr;

use crate::{Error, ErrorKind};

/// A written standard of Chinese.
///
/// Names are read without regard to case, `-` or `_`; the short forms `s`, `t`, `cn`, `tw`, ... and the BCP 47 forms
/// (`zh-Hant-TW`) are accepted too.
///
/// ```
/// use tongwen::Variant;
/// assert_eq!("zh_TW".parse::<Variant>().unwrap(), Variant::ZhTw);
/// assert_eq!("cn".parse::<Variant>().unwrap().code(), "zh-cn");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Variant {
    /// Simplified script, no region.
    ZhHans,
    /// Traditional script, no region.
    ZhHant,
    /// Mainland China.
    ZhCn,
    /// Singapore.
    ZhSg,
    /// Malaysia.
    ZhMy,
    /// Taiwan.
    ZhTw,
    /// Hong Kong.
    ZhHk,
    /// Macau.
    ZhMo,
}

/// One of the two scripts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Script {
    /// Simplified characters.
    Simplified,
    /// Traditional characters.
    Traditional,
}

impl Script {
    /// The English name, in lower case.
    pub fn name(self) -> &'static str {
        match self {
            Script::Simplified => "simplified",
            Script::Traditional => "traditional",
        }
    }
}

impl fmt::Display for Script {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl Variant {
    /// Every variant.
    pub const ALL: [Variant; 8] = [
        Variant::ZhHans,
        Variant::ZhHant,
        Variant::ZhCn,
        Variant::ZhSg,
        Variant::ZhMy,
        Variant::ZhTw,
        Variant::ZhHk,
        Variant::ZhMo,
    ];

    /// MediaWiki's code, in lower case: `zh-cn`.
    pub fn code(self) -> &'static str {
        match self {
            Variant::ZhHans => "zh-hans",
            Variant::ZhHant => "zh-hant",
            Variant::ZhCn => "zh-cn",
            Variant::ZhSg => "zh-sg",
            Variant::ZhMy => "zh-my",
            Variant::ZhTw => "zh-tw",
            Variant::ZhHk => "zh-hk",
            Variant::ZhMo => "zh-mo",
        }
    }

    /// The script that the variant is written in.
    pub fn script(self) -> Script {
        match self {
            Variant::ZhHans | Variant::ZhCn | Variant::ZhSg | Variant::ZhMy => Script::Simplified,
            Variant::ZhHant | Variant::ZhTw | Variant::ZhHk | Variant::ZhMo => Script::Traditional,
        }
    }
}

impl fmt::Display for Variant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl FromStr for Variant {
    type Err = Error;

    fn from_str(name: &str) -> Result<Variant, Error> {
        let folded = name.to_ascii_lowercase().replace('_', "-");
        Ok(match folded.as_str() {
            "s" | "hans" | "zh-hans" => Variant::ZhHans,
            "t" | "hant" | "zh-hant" => Variant::ZhHant,
            "cn" | "zh-cn" | "zh-hans-cn" => Variant::ZhCn,
            "sg" | "zh-sg" | "zh-hans-sg" => Variant::ZhSg,
            "my" | "zh-my" | "zh-hans-my" => Variant::ZhMy,
            "tw" | "zh-tw" | "zh-hant-tw" => Variant::ZhTw,
            "hk" | "zh-hk" | "zh-hant-hk" => Variant::ZhHk,
            "mo" | "zh-mo" | "zh-hant-mo" => Variant::ZhMo,
            _ => return Err(Error::new(ErrorKind::UnknownVariant { name: name.to_string() })),
        })
    }
}
