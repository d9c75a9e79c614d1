//! How far a conversion goes.

use std::fmt;
use std::str::FromStr;

use crate::{Error, ErrorKind};

/// How far a conversion between variants goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Level {
    /// The text is left as it is.
    None,
    /// Single characters only, each by its first candidate.
    Characters,
    /// Characters and phrases, in the forms of the variant.
    #[default]
    Variants,
    /// Regional words too: 软件 becomes 軟體 in Taiwan.
    Phrases,
}

impl Level {
    /// Every level, the shortest way first.
    pub const ALL: [Level; 4] = [Level::None, Level::Characters, Level::Variants, Level::Phrases];

    /// The name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Level::None => "none",
            Level::Characters => "chars",
            Level::Variants => "variants",
            Level::Phrases => "phrases",
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Level {
    type Err = Error;

    fn from_str(name: &str) -> Result<Level, Error> {
        Level::ALL.into_iter().find(|level| level.name() == name).ok_or_else(|| {
            let message = format!("unknown level `{name}`; known are {}", Level::ALL.map(Level::name).join(" "));
            Error::new(ErrorKind::Builder { message })
        })
    }
}
