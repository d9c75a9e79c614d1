//! The sixteen official configs, by OpenCC's names.
//!
//! A config is a named recipe: a normalization, perhaps a segmentation, and a chain of stages. What each one does is data
//! (`dictionaries/opencc/config/*.json`); this module only names them.

use std::fmt;
use std::str::FromStr;

use crate::{Error, ErrorKind};

/// A named recipe of OpenCC: which dictionaries are applied, in which order.
///
/// ```
/// use tongwen::Config;
/// assert_eq!("s2twp".parse::<Config>().unwrap(), Config::S2Twp);
/// assert_eq!(Config::S2Twp.name(), "s2twp");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Config {
    /// Simplified to Traditional, OpenCC's standard forms.
    S2T,
    /// Traditional, OpenCC's standard forms, to Simplified.
    T2S,
    /// Simplified to Traditional, Taiwan's forms.
    S2Tw,
    /// Traditional, Taiwan's forms, to Simplified.
    Tw2S,
    /// Simplified to Traditional, Hong Kong's forms.
    S2Hk,
    /// Traditional, Hong Kong's forms, to Simplified.
    Hk2S,
    /// Simplified to Traditional, Taiwan's forms and words.
    S2Twp,
    /// Traditional, Taiwan's forms and words, to Simplified with mainland words.
    Tw2Sp,
    /// Simplified to Traditional, Hong Kong's forms and words.
    S2Hkp,
    /// Traditional, Hong Kong's forms and words, to Simplified with mainland words.
    Hk2Sp,
    /// Traditional, OpenCC's standard forms, to Taiwan's forms.
    T2Tw,
    /// Traditional, Taiwan's forms, to OpenCC's standard forms.
    Tw2T,
    /// Traditional, OpenCC's standard forms, to Hong Kong's forms.
    T2Hk,
    /// Traditional, Hong Kong's forms, to OpenCC's standard forms.
    Hk2T,
    /// Old kanji forms (kyūjitai) to new ones (shinjitai).
    T2Jp,
    /// New kanji forms (shinjitai) to old ones (kyūjitai).
    Jp2T,
}

impl Config {
    /// Every official config, in the order of OpenCC's documentation.
    pub const ALL: [Config; 16] = [
        Config::S2T,
        Config::T2S,
        Config::S2Tw,
        Config::Tw2S,
        Config::S2Hk,
        Config::Hk2S,
        Config::S2Twp,
        Config::Tw2Sp,
        Config::S2Hkp,
        Config::Hk2Sp,
        Config::T2Tw,
        Config::Tw2T,
        Config::T2Hk,
        Config::Hk2T,
        Config::T2Jp,
        Config::Jp2T,
    ];

    /// OpenCC's name of the config, as in `opencc -c NAME`.
    pub fn name(self) -> &'static str {
        match self {
            Config::S2T => "s2t",
            Config::T2S => "t2s",
            Config::S2Tw => "s2tw",
            Config::Tw2S => "tw2s",
            Config::S2Hk => "s2hk",
            Config::Hk2S => "hk2s",
            Config::S2Twp => "s2twp",
            Config::Tw2Sp => "tw2sp",
            Config::S2Hkp => "s2hkp",
            Config::Hk2Sp => "hk2sp",
            Config::T2Tw => "t2tw",
            Config::Tw2T => "tw2t",
            Config::T2Hk => "t2hk",
            Config::Hk2T => "hk2t",
            Config::T2Jp => "t2jp",
            Config::Jp2T => "jp2t",
        }
    }
}

impl fmt::Display for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Config {
    type Err = Error;

    /// Reads OpenCC's name, with or without `.json`, in any case.
    fn from_str(name: &str) -> Result<Config, Error> {
        let bare = name.strip_suffix(".json").unwrap_or(name);
        Config::ALL
            .into_iter()
            .find(|config| config.name().eq_ignore_ascii_case(bare))
            .ok_or_else(|| Error::new(ErrorKind::UnknownConfig { name: name.to_string() }))
    }
}

/// Whether the rare simplified characters that many fonts lack are put out.
///
/// OpenCC marks 895 inferred simplified forms as a risk: where the font has no glyph, the reader sees a box ("tofu"). Its library
/// puts them out, its command line does not. Only the configs that end in Simplified have such characters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum TofuRisk {
    /// Put them out, as OpenCC's library does.
    #[default]
    Include,
    /// Leave the traditional character, as OpenCC's command line does unless told otherwise.
    Exclude,
}
