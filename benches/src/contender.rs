//! Everything that converts: our converter and its peers, behind one trait.
//!
//! A contender is asked for an engine for a config, and answers `None` where it has no such config. Each engine is
//! called the way its own documentation shows as the fastest: with a reused output buffer where the library takes one,
//! on one thread, with the built-in dictionaries, and once warm.
//!
//! zhconv has one table for each target variant instead of configs. It stands in for the configs with that target, as a
//! bar of speed: its output is not OpenCC's.

use anyhow::Result;
use clap::ValueEnum;
use serde::{Deserialize, Serialize};
use tongwen::{Config, Converter, Markers};

/// A converter for one config.
pub(crate) trait Engine {
    /// Appends the conversion of `text` to `output`, or replaces what is there where the library can only return a
    /// string. Callers clear `output` first.
    fn convert_into(&self, text: &str, output: &mut String);
}

/// A library that converts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Contender {
    /// Ours, doing exactly OpenCC's task: conversion markers are text.
    Tongwen,
    /// Ours as it comes: `-{...}-` is left alone.
    TongwenMarkers,
    /// The C++ library, through `opencc-rust`.
    Opencc,
    /// `zhconv`, its default tables.
    Zhconv,
    /// `opencc-fmmseg`, one thread.
    Fmmseg,
    /// `ferrous-opencc`.
    Ferrous,
}

impl Contender {
    /// All of them, in about the order of their speed: who is to be compared most closely runs a moment after.
    pub(crate) const ALL: [Contender; 6] = [
        Contender::Tongwen,
        Contender::TongwenMarkers,
        Contender::Zhconv,
        Contender::Fmmseg,
        Contender::Opencc,
        Contender::Ferrous,
    ];

    /// The name in tables and arguments.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Contender::Tongwen => "tongwen",
            Contender::TongwenMarkers => "tongwen-markers",
            Contender::Opencc => "opencc",
            Contender::Zhconv => "zhconv",
            Contender::Fmmseg => "fmmseg",
            Contender::Ferrous => "ferrous",
        }
    }

    /// Whether it is one of the others.
    pub(crate) fn is_peer(self) -> bool {
        !matches!(self, Contender::Tongwen | Contender::TongwenMarkers)
    }

    /// A new engine for the config, `None` where this build or the library has none.
    pub(crate) fn engine(self, config: Config) -> Result<Option<Box<dyn Engine>>> {
        match self {
            Contender::Tongwen => Ok(Some(Box::new(maker(config)))),
            Contender::TongwenMarkers => Ok(Some(Box::new(Converter::new(config)))),
            Contender::Opencc => opencc::engine(config),
            Contender::Zhconv => Ok(zhconv_engine::engine(config)),
            Contender::Fmmseg => fmmseg::engine(config),
            Contender::Ferrous => ferrous::engine(config),
        }
    }
}

/// Our engine, which makes the inputs that are in another script than the text.
pub(crate) fn maker(config: Config) -> Converter {
    Converter::builder().config(config).markers(Markers::Convert).build().expect("a config alone always builds")
}

impl Engine for Converter {
    fn convert_into(&self, text: &str, output: &mut String) {
        Converter::convert_into(self, text, output);
    }
}

/// Converts a whole text into a new string.
pub(crate) fn convert(engine: &dyn Engine, text: &str) -> String {
    let mut output = String::with_capacity(text.len() + text.len() / 8);
    engine.convert_into(text, &mut output);
    output
}

#[cfg(feature = "opencc")]
mod opencc {
    use std::mem;

    use anyhow::{Context, Result};
    use opencc_rust::OpenCC;
    use tongwen::Config;

    use super::Engine;
    use crate::places;

    struct Library(OpenCC);

    impl Engine for Library {
        fn convert_into(&self, text: &str, output: &mut String) {
            let buffer = mem::take(output);
            *output =
                self.0.convert_to_buffer(text, buffer).expect("benchmark texts hold no NUL, the only thing it refuses");
        }
    }

    pub(super) fn engine(config: Config) -> Result<Option<Box<dyn Engine>>> {
        let path = places::opencc_data()?.join(format!("{config}.json"));
        let library = OpenCC::new(&path).with_context(|| path.display().to_string())?;
        Ok(Some(Box::new(Library(library))))
    }
}

#[cfg(not(feature = "opencc"))]
mod opencc {
    use anyhow::Result;
    use tongwen::Config;

    use super::Engine;

    pub(super) fn engine(_: Config) -> Result<Option<Box<dyn Engine>>> {
        Ok(None)
    }
}

mod zhconv_engine {
    use tongwen::Config;
    use zhconv::{Variant, ZhConverter, get_builtin_converter};

    use super::Engine;

    impl Engine for &'static ZhConverter {
        fn convert_into(&self, text: &str, output: &mut String) {
            self.convert_to(text, output);
        }
    }

    /// The target variant that comes nearest to what a config does.
    pub(super) fn variant(config: Config) -> Option<Variant> {
        Some(match config {
            Config::S2T => Variant::ZhHant,
            Config::S2Tw | Config::S2Twp | Config::T2Tw => Variant::ZhTW,
            Config::S2Hk | Config::T2Hk => Variant::ZhHK,
            Config::T2S => Variant::ZhHans,
            Config::Tw2S | Config::Tw2Sp | Config::Hk2S => Variant::ZhCN,
            _ => return None,
        })
    }

    pub(super) fn engine(config: Config) -> Option<Box<dyn Engine>> {
        Some(Box::new(get_builtin_converter(variant(config)?)))
    }
}

mod fmmseg {
    use anyhow::{Result, bail};
    use opencc_fmmseg::{OpenCC, OpenccConfig};
    use tongwen::Config;

    use super::Engine;

    struct Library(OpenCC, OpenccConfig);

    impl Engine for Library {
        fn convert_into(&self, text: &str, output: &mut String) {
            *output = self.0.convert_with_config(text, self.1, false);
        }
    }

    pub(super) fn engine(config: Config) -> Result<Option<Box<dyn Engine>>> {
        let Ok(named) = OpenccConfig::try_from(config.name()) else { return Ok(None) };
        let mut library = OpenCC::new();
        if let Some(message) = OpenCC::get_last_error() {
            bail!("opencc-fmmseg: {message}");
        }
        library.set_parallel(false);
        Ok(Some(Box::new(Library(library, named))))
    }
}

mod ferrous {
    use anyhow::{Result, anyhow};
    use ferrous_opencc::OpenCC;
    use ferrous_opencc::config::BuiltinConfig;
    use tongwen::Config;

    use super::Engine;

    impl Engine for OpenCC {
        fn convert_into(&self, text: &str, output: &mut String) {
            *output = self.convert(text);
        }
    }

    pub(super) fn engine(config: Config) -> Result<Option<Box<dyn Engine>>> {
        let Ok(builtin) = BuiltinConfig::from_filename(&format!("{config}.json")) else { return Ok(None) };
        let library = OpenCC::from_config(builtin).map_err(|error| anyhow!("ferrous-opencc: {error}"))?;
        Ok(Some(Box::new(library)))
    }
}
