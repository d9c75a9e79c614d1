//! The closed sets of words that cells of the tables are chosen from.

use std::fmt;
use std::str::FromStr;

/// A word that is none of its vocabulary.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownWord {
    word: String,
    known: String,
}

impl fmt::Display for UnknownWord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "unknown word `{}`; known are {}", self.word, self.known)
    }
}

impl std::error::Error for UnknownWord {}

macro_rules! vocabulary {
    ($(#[$about:meta])* $name:ident { $($(#[$word_about:meta])* $word:ident = $text:literal,)* }) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $name {
            $($(#[$word_about])* $word,)*
        }

        impl $name {
            /// Every word, in the order of the documentation.
            pub const ALL: &[$name] = &[$($name::$word,)*];

            /// The word as the tables have it.
            pub fn name(self) -> &'static str {
                match self {
                    $($name::$word => $text,)*
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.name())
            }
        }

        impl FromStr for $name {
            type Err = UnknownWord;

            fn from_str(word: &str) -> Result<$name, UnknownWord> {
                $name::ALL.iter().copied().find(|known| known.name() == word).ok_or_else(|| UnknownWord {
                    word: word.to_string(),
                    known: $name::ALL.iter().map(|known| known.name()).collect::<Vec<_>>().join(" "),
                })
            }
        }
    };
}

vocabulary! {
    /// What kind of place a name stands for (column `ftype`).
    Feature {
        /// 县
        County = "county",
        /// 府, and the prefecture level of today
        Prefecture = "prefecture",
        /// 州
        Department = "department",
        /// 厅
        Subprefecture = "subprefecture",
        /// 道, 路
        Circuit = "circuit",
        /// 郡
        Commandery = "commandery",
        /// 省
        Province = "province",
        /// 卫, 所, 军, 都护府
        Garrison = "garrison",
        /// 旗
        Banner = "banner",
        /// 盟
        League = "league",
        /// 土司
        Aboriginal = "aboriginal",
        /// 国
        State = "state",
        /// A city by name, also a capital
        City = "city",
        /// A town
        Town = "town",
        /// A village
        Village = "village",
        /// A region without an administration of its own
        Region = "region",
        /// A river
        River = "river",
        /// A lake
        Lake = "lake",
        /// A mountain or a range
        Mountain = "mountain",
        /// A pass
        Pass = "pass",
        /// A desert
        Desert = "desert",
        /// An island
        Island = "island",
        /// A road or a railway
        Road = "road",
        /// Another name of something that has a row of its own kind
        Alias = "alias",
    }
}

vocabulary! {
    /// How the name relates to the modern unit.
    Relation {
        /// The unit had this name.
        Renamed = "renamed",
        /// The place lies where the unit is.
        SameSite = "same_site",
        /// The unit took over from it.
        Successor = "successor",
        /// It became part of the unit.
        MergedInto = "merged_into",
        /// The units were made out of it.
        SplitInto = "split_into",
        /// It was a part of what the unit is.
        PartOf = "part_of",
        /// The seat went to another place.
        SeatMoved = "seat_moved",
        /// Another name, never the official one.
        Alias = "alias",
        /// A name translated, or written with other characters for the same sound.
        Translated = "translated",
    }
}

vocabulary! {
    /// What annotation may do with the bare name.
    Policy {
        /// The name is practically never anything else.
        Always = "always",
        /// The name needs a cue.
        Context = "context",
        /// The bare name is not marked; its full forms are.
        Never = "never",
    }
}

vocabulary! {
    /// How sure the row is.
    Confidence {
        /// Known well.
        High = "high",
        /// Known, but for something that the notes name.
        Medium = "medium",
        /// Doubtful, for what the notes say.
        Low = "low",
    }
}

vocabulary! {
    /// How exact a year is.
    Precision {
        /// To the year.
        Year = "y",
        /// To the century.
        Century = "c",
        /// To the dynasty.
        Dynasty = "d",
    }
}

vocabulary! {
    /// What coordinates stand for.
    CoordinatePrecision {
        /// The place itself, or its ruin.
        Site = "site",
        /// The seat of the modern unit.
        County = "county",
    }
}

vocabulary! {
    /// The levels of the code book.
    Level {
        /// 省, 自治区, 直辖市
        Province = "province",
        /// 地区, 盟, 自治州, 地级市
        Prefecture = "prefecture",
        /// 县, 市, 区, 旗
        County = "county",
    }
}

vocabulary! {
    /// Where a cue stands, seen from the name.
    CueSide {
        /// Directly before it.
        Before = "before",
        /// Directly after it.
        After = "after",
        /// Within a few characters.
        Near = "near",
    }
}
