//! Builds what converts from the command line's options.
//!
//! Two engines are offered: this project's own converter, and the C++ OpenCC where the command was built with it. Both convert ranges of
//! a document; only the first knows variants, levels, user dictionaries and mixed text.

use std::ops::Range;
use std::path::Path;

use tongwen::config_file::{ConfigFile, LoadOptions};
use tongwen::{Config, Converter, Level, Markers, PlacedOutput, RangeOutput, UserDictionary, Variant};
use tongwen_formats::Document;
use tongwen_glossary::Glossary;

use crate::arguments::{ConversionArguments, EngineChoice, GuardChoice, SourceVariant, TofuRiskChoice};
use crate::compiling::Compiling;
use crate::messages::{Failure, shown, system};

/// Who knows what `-{...}-` means in a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MarkersKnownBy {
    Converter,
    /// The scanner of the document's format: what reaches the converter has none.
    Document,
}

/// What a text is, as far as names of places in it are concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Prose {
    /// A page of a wiki, in which names are guarded unless told otherwise.
    Wikitext,
    Other,
}

/// An engine with its options.
pub(crate) struct Conversion {
    pub(crate) engine: Engine,
    /// The variant that conversion markup is read for.
    variant: Option<Variant>,
    /// For a config file of the user's.
    compiling: Option<Compiling>,
}

pub(crate) enum Engine {
    Tongwen(Converter),
    #[cfg(feature = "opencc")]
    Opencc(Opencc),
}

impl Conversion {
    pub(crate) fn new(
        arguments: &ConversionArguments,
        known_by: MarkersKnownBy,
        prose: Prose,
    ) -> Result<Conversion, Failure> {
        let markers = match known_by {
            MarkersKnownBy::Converter if !arguments.no_markers => Markers::Keep,
            _ => Markers::Convert,
        };
        let of_config = || target(official(arguments.config.as_deref()?)?);
        let variant = arguments.to.map_or_else(of_config, |to| to.0);
        let engine = match arguments.engine {
            EngineChoice::Tongwen => {
                converter(arguments, markers, guarded(arguments, variant, prose)?).map(Engine::Tongwen)?
            }
            EngineChoice::Opencc => opencc(arguments, markers)?,
        };
        let is_own = arguments.config.as_deref().is_some_and(|name| official(name).is_none());
        Ok(Conversion { engine, variant, compiling: is_own.then(Compiling::default) })
    }

    /// This project's own engine, if it is that.
    pub(crate) fn converter(&self) -> Option<&Converter> {
        match &self.engine {
            Engine::Tongwen(converter) => Some(converter),
            #[cfg(feature = "opencc")]
            Engine::Opencc(_) => None,
        }
    }

    /// Notes how much is to be converted, if that is known, so that a config file of the user's is compiled where it pays.
    pub(crate) fn expect(&self, bytes: Option<u64>) {
        if let (Some(compiling), Some(converter)) = (&self.compiling, self.converter()) {
            compiling.expect(converter, bytes);
        }
    }

    /// The variant that conversion markup is read for; none is the text as written, and a config of the user's, of which nobody knows what it
    /// converts to.
    pub(crate) fn variant(&self) -> Option<Variant> {
        self.variant
    }

    /// Converts all that a document requests where it stands; none where that does not lead to the new document.
    pub(crate) fn convert_in_place(&self, document: &Document<'_>, epochs: &[usize]) -> Option<Strings> {
        let converter = self.converter().filter(|_| document.is_plain())?;
        let mut output = PlacedOutput::new();
        let (text, pairs) = (document.text(), document.page_pairs());
        converter.convert_ranges_in_place(text, document.requested(), pairs, epochs, &mut output);
        Some(Strings::InPlace(output))
    }

    /// Converts ranges of a document's text; one string a range.
    pub(crate) fn convert_ranges(
        &self,
        document: &Document<'_>,
        ranges: &[Range<usize>],
        epochs: &[usize],
    ) -> Result<Strings, Failure> {
        let text = document.text();
        match &self.engine {
            Engine::Tongwen(converter) => {
                let mut output = RangeOutput::new();
                converter.convert_ranges_into(text, ranges, document.page_pairs(), epochs, &mut output);
                Ok(Strings::Together(output))
            }
            #[cfg(feature = "opencc")]
            Engine::Opencc(opencc) => ranges
                .iter()
                .map(|range| opencc.convert(&text[range.clone()]))
                .collect::<Result<_, _>>()
                .map(Strings::Apart),
        }
    }
}

/// The conversions of the ranges of a document.
pub(crate) enum Strings {
    /// In the document's text.
    InPlace(PlacedOutput),
    Together(RangeOutput),
    Apart(Vec<String>),
}

impl Strings {
    /// One for each range.
    pub(crate) fn all(&self) -> Vec<&str> {
        match self {
            Strings::InPlace(output) => output.iter().collect(),
            Strings::Together(output) => output.iter().collect(),
            Strings::Apart(strings) => strings.iter().map(String::as_str).collect(),
        }
    }
}

/// The variant that a config converts to. What leaves the Chinese variants (t2jp) has none.
fn target(config: Config) -> Option<Variant> {
    match config.name().rsplit_once('2')?.1 {
        "s" => Some(Variant::ZhHans),
        // With the words of the mainland.
        "sp" => Some(Variant::ZhCn),
        "t" => Some(Variant::ZhHant),
        "tw" | "twp" => Some(Variant::ZhTw),
        "hk" | "hkp" => Some(Variant::ZhHk),
        _ => None,
    }
}

/// The variant for which names of places are guarded; none where they are not.
fn guarded(
    arguments: &ConversionArguments,
    variant: Option<Variant>,
    prose: Prose,
) -> Result<Option<Variant>, Failure> {
    let none = arguments.level == Some(Level::None);
    match arguments.guard_names.unwrap_or_default() {
        GuardChoice::Never => Ok(None),
        GuardChoice::Auto => Ok(variant.filter(|_| prose == Prose::Wikitext && arguments.config.is_none() && !none)),
        GuardChoice::Always if variant.is_none() && arguments.config.is_some() => {
            let text = "nobody knows which variant this config converts to, so names cannot be guarded";
            Err(Failure::new(text).with_hint("name a variant with --to, or one of the official configs"))
        }
        GuardChoice::Always => Ok(variant.filter(|_| !none)),
    }
}

fn converter(
    arguments: &ConversionArguments,
    markers: Markers,
    guarded: Option<Variant>,
) -> Result<Converter, Failure> {
    let tofu_risk = arguments.tofu_risk.unwrap_or(TofuRiskChoice::Include).into();
    let mut builder = Converter::builder().tofu_risk(tofu_risk).markers(markers);
    if let Some(name) = &arguments.config {
        match official(name) {
            Some(config) => builder = builder.config(config),
            None => {
                let mut options = LoadOptions::default();
                options.tofu_risk = tofu_risk;
                let file = ConfigFile::load(name, &options).map_err(|error| unknown_config(name, error))?;
                builder = builder.engine(file.into_engine());
            }
        }
    }
    match arguments.to {
        Some(to) => match to.0 {
            Some(variant) => builder = builder.to(variant).level(arguments.level.unwrap_or_default()),
            // As written: only markup and the user's own pairs say anything.
            None => builder = builder.to(Variant::ZhHant).level(Level::None),
        },
        None if arguments.config.is_none() => builder = builder.to(Variant::ZhHant).level(Level::None),
        None => {}
    }
    if let SourceVariant::Known(from) = arguments.source() {
        builder = builder.from(from);
    }
    // First, so that the user's own pairs win.
    if let Some(variant) = guarded {
        builder = builder.dictionary(Glossary::embedded().guard(variant));
    }
    for path in &arguments.dictionaries {
        let bytes = std::fs::read(path).map_err(|error| Failure::at(shown(path), system(&error)))?;
        builder = builder.dictionary(UserDictionary::from_bytes(&shown(path).to_string(), &bytes)?);
    }
    for path in &arguments.protect_words {
        builder = builder.dictionary(protected_words(path)?);
    }
    builder.build().map_err(Failure::from)
}

/// The words of a file, each a pair with itself.
fn protected_words(path: &Path) -> Result<UserDictionary, Failure> {
    let name = shown(path).to_string();
    let bytes = std::fs::read(path).map_err(|error| Failure::at(&name, system(&error)))?;
    let text = String::from_utf8(bytes)
        .map_err(|_| Failure::at(&name, "invalid UTF-8, expected one word a line; convert the file to UTF-8"))?;
    let mut seen = std::collections::HashSet::new();
    // Every line is kept, so that the dictionary's lines are those of the file.
    let pair = |line: &str| {
        let word = line.strip_suffix('\r').unwrap_or(line);
        let counts = !word.trim().is_empty() && !word.starts_with('#') && seen.insert(word.to_string());
        if counts { format!("{word}\t{word}\n") } else { "\n".to_string() }
    };
    let pairs: String = text.strip_prefix('\u{feff}').unwrap_or(&text).split('\n').map(pair).collect();
    match text.lines().position(|line| line.contains('\t')) {
        Some(line) => {
            let text = "a tab, expected one word a line; pairs are for --dict";
            Err(Failure::at(format_args!("{name}:{}", line + 1), text))
        }
        None => Ok(UserDictionary::parse(&name, &pairs)?),
    }
}

/// The official config of this name, unless the name is that of a file.
fn official(name: &Path) -> Option<Config> {
    let like_a_file =
        name.components().count() > 1 || name.extension().is_some_and(|end| end == "json" || end == "jsonc");
    if like_a_file && name.is_file() { None } else { name.to_str()?.parse().ok() }
}

/// Where neither a config nor a file has the name, it is more likely that a config was meant.
fn unknown_config(name: &Path, error: tongwen::Error) -> Failure {
    let bare = name.components().count() == 1 && name.extension().is_none();
    if bare && !name.exists() {
        let all: Vec<&str> = Config::ALL.into_iter().map(Config::name).collect();
        let text = format!("no official config and no file is named `{}`", shown(name));
        return Failure::new(text).with_hint(format_args!("the official configs are {}", all.join(" ")));
    }
    error.into()
}

#[cfg(not(feature = "opencc"))]
fn opencc(_: &ConversionArguments, _: Markers) -> Result<Engine, Failure> {
    Err(Failure::new("this command was built without the engine `opencc`").with_hint(
        "build it with `cargo build --release -p tongwen-cli --features opencc`, which needs OpenCC's library",
    ))
}

#[cfg(feature = "opencc")]
fn opencc(arguments: &ConversionArguments, markers: Markers) -> Result<Engine, Failure> {
    let Some(config) = &arguments.config else {
        return Err(Failure::new("the engine `opencc` knows no variants; choose a config with -c"));
    };
    if !arguments.dictionaries.is_empty() || !arguments.protect_words.is_empty() {
        return Err(Failure::new(
            "the engine `opencc` takes no --dict or --protect-words; name your dictionary in a config file",
        ));
    }
    if arguments.guard_names == Some(GuardChoice::Always) {
        return Err(Failure::new("the engine `opencc` guards no names; leave --guard-names out"));
    }
    if arguments.tofu_risk == Some(TofuRiskChoice::Exclude) {
        return Err(Failure::new("the engine `opencc` always includes rare characters; leave --tofu-risk out"));
    }
    Ok(Engine::Opencc(Opencc { engine: tongwen::opencc::OpenccEngine::new(config)?, markers }))
}

/// The C++ library, and what it does not know by itself.
#[cfg(feature = "opencc")]
pub(crate) struct Opencc {
    engine: tongwen::opencc::OpenccEngine,
    markers: Markers,
}

#[cfg(feature = "opencc")]
impl Opencc {
    /// Converts a text apart from what is protected in it.
    pub(crate) fn convert(&self, text: &str) -> Result<String, Failure> {
        let protected = match self.markers {
            Markers::Keep => tongwen::markers::protected_spans(text),
            Markers::Convert => Vec::new(),
        };
        let mut output = String::with_capacity(text.len());
        let mut start = 0;
        for span in protected {
            output.push_str(&self.engine.convert(&text[start..span.start])?);
            output.push_str(&text[span.clone()]);
            start = span.end;
        }
        output.push_str(&self.engine.convert(&text[start..])?);
        Ok(output)
    }
}
