//! `tongwen annotate`: the historical names of texts, glossed, listed, or replaced by those of today.
//!
//! The formats say what of a document is prose, the glossary which names are in it and how they are shown. Here the two are brought together, document
//! by document, or line by line.

use std::borrow::Cow;
use std::path::Path;

use serde::{Deserialize, Serialize};
use tongwen_formats::package::PackageFormat;
use tongwen_formats::{Format, Joined, Options, Within, prose};
use tongwen_glossary::render::{Markup, RenderOptions, Style, render};
use tongwen_glossary::{
    AnnotateOptions, Glossary, Join, NormaliseOptions, Occurrences, Prose, Replacement, Setting, undo,
};

use crate::arguments::{AnnotateArguments, DocumentArguments};
use crate::input::Input;
use crate::lookup::region;
use crate::messages::{Exit, Failure};
use crate::output::Output;
use crate::places::records::SCHEMA;
use crate::places::{glossary, script};
use crate::task;

pub(crate) fn run(arguments: &AnnotateArguments) -> Result<Exit, Failure> {
    let glossary = glossary(&arguments.glossary)?;
    let task = Task::new(&glossary, arguments)?;
    let inputs = Input::all(&arguments.paths);
    let output = to(arguments.output.as_deref());
    if inputs.iter().any(|input| input.identity().is_some_and(|identity| output.identity() == Some(identity))) {
        return Err(Failure::at(output.name(), "is a file that is read; write to another"));
    }
    if let ([_, _, ..], true) = (&inputs[..], arguments.map.is_some() || arguments.undo.is_some()) {
        return Err(Failure::new("a map belongs to one text; name one file"));
    }
    let mut writer = output.open()?;
    for input in &inputs {
        writer.write(&task.document(input)?)?;
    }
    writer.finish()?;
    Ok(Exit::Done)
}

fn to(path: Option<&Path>) -> Output {
    match path {
        Some(path) if path.as_os_str() != "-" => Output::File(path.to_path_buf()),
        _ => Output::Standard,
    }
}

/// What is done to each document.
struct Task<'a> {
    glossary: &'a Glossary,
    arguments: &'a AnnotateArguments,
    options: AnnotateOptions,
    documents: DocumentArguments,
    style: Style,
}

impl<'a> Task<'a> {
    fn new(glossary: &'a Glossary, arguments: &'a AnnotateArguments) -> Result<Task<'a>, Failure> {
        let mut options = AnnotateOptions::default();
        options.year = arguments.year;
        options.region = arguments.region.as_deref().map(|name| region(glossary, name)).transpose()?;
        options.as_of = arguments.as_of;
        options.threshold = arguments.threshold.unwrap_or(options.threshold);
        options.occurrences = if arguments.all { Occurrences::All } else { Occurrences::First };
        let style = if arguments.json { Style::Json } else { arguments.style };
        let documents = DocumentArguments { encoding: arguments.encoding, ..DocumentArguments::default() };
        Ok(Task { glossary, arguments, options, documents, style })
    }

    fn document(&self, input: &Input) -> Result<Vec<u8>, Failure> {
        let package = input.path().and_then(PackageFormat::from_path);
        if let Some(format) = package.filter(|_| self.arguments.format.0.is_none()) {
            let failure =
                input.failure(format_args!("is a package ({}), and names are found in single texts", format.name()));
            return Err(failure.with_hint("unpack it and name the texts in it; they may be packed again"));
        }
        let bytes = input.open()?.read_all()?;
        let named = |failure: Failure| failure.with_hint("name the encoding with --encoding");
        let decoded = task::decode(input, &bytes, &self.documents).map_err(named)?;
        let made = self.made(&decoded.text, input)?;
        if !self.adds_to_text() {
            return Ok(made.into_bytes());
        }
        let written = decoded.encode(&made).map(Cow::into_owned);
        written.map_err(|missing| {
            let failure = task::unencodable(input, decoded.coding(), missing);
            failure.with_hint("convert the text to UTF-8 first: --output-encoding utf-8 of `tongwen convert`")
        })
    }

    /// What is made of a document.
    fn made(&self, text: &str, input: &Input) -> Result<String, Failure> {
        let format =
            self.arguments.format.0.or_else(|| input.path().and_then(Format::from_path)).unwrap_or(Format::Text);
        if let Some(map) = &self.arguments.undo {
            return undone(text, input, &Input::File(map.clone()));
        }
        if self.arguments.normalise {
            return self.normalise(text, format);
        }
        if is_list_of_strings(format)
            && matches!(self.style, Style::Footnote | Style::Wikitext | Style::Ruby | Style::Abbr)
        {
            let failure = input
                .failure(format_args!("is {format}, which has no room for notes or elements (--style {})", self.style));
            return Err(failure.with_hint("use --style inline, json, tsv or report; or --format text"));
        }
        if !self.arguments.lines {
            return Ok(self.shown(text, format, &input.to_string()));
        }
        // Each line with its end, which is no part of the document.
        let shown = text.split_inclusive('\n').map(|line| {
            let document = line.trim_end_matches(['\n', '\r']);
            let shown = self.shown(document, format, &input.to_string());
            if self.adds_to_text() { shown + &line[document.len()..] } else { shown }
        });
        Ok(shown.collect())
    }

    /// Whether what is made is the text, with something in it.
    fn adds_to_text(&self) -> bool {
        !matches!(self.style, Style::Json | Style::Tsv | Style::Report)
    }

    fn shown(&self, text: &str, format: Format, name: &str) -> String {
        let prose = prose_of(text, format);
        let found = self.glossary.annotate(text, &prose, &self.options);
        let mut options = RenderOptions::default().markup(match format {
            Format::Wikitext => Markup::Wikitext,
            Format::Html | Format::Xml => Markup::Html,
            Format::Markdown => Markup::Markdown,
            _ => Markup::Text,
        });
        options.script = script(&self.arguments.glossary);
        options.as_of = self.arguments.as_of;
        options.prose = prose.into_iter().map(|prose| prose.range).collect();
        options.title = (self.style == Style::Report).then(|| name.to_string());
        render(text, &found, self.style, &options)
    }

    fn normalise(&self, text: &str, format: Format) -> Result<String, Failure> {
        let mut options = NormaliseOptions::default();
        options.annotate = self.options.clone();
        options.threshold = self.arguments.threshold.unwrap_or(options.threshold);
        options.script = script(&self.arguments.glossary);
        let normalised = self.glossary.normalise(text, &prose_of(text, format), &options);
        if let Some(path) = &self.arguments.map {
            let map = Map { schema: SCHEMA, replacements: normalised.replacements.iter().map(Record::new).collect() };
            let mut json = serde_json::to_string_pretty(&map).expect("strings and numbers are always JSON");
            json.push('\n');
            let mut writer = Output::File(path.clone()).open()?;
            writer.write(json.as_bytes())?;
            writer.finish()?;
        }
        Ok(normalised.text)
    }
}

/// Whether a document of this format is strings among a syntax of their own, which only brackets behind a name leave whole.
fn is_list_of_strings(format: Format) -> bool {
    matches!(
        format,
        Format::Json
            | Format::JsonLines
            | Format::Csv
            | Format::Tsv
            | Format::Srt
            | Format::Vtt
            | Format::Ass
            | Format::Po
    )
}

/// The prose of a document, as the glossary wants it.
fn prose_of(text: &str, format: Format) -> Vec<Prose> {
    let ranges = prose(format, text, &Options::default()).into_iter();
    let glossary = ranges.map(|range| {
        let join = match range.joined {
            Joined::Apart => Join::Apart,
            Joined::Line => Join::Inline,
            Joined::Word => Join::Whole,
        };
        let setting = match range.within {
            Within::Nothing => Setting::Plain,
            Within::Label { end } => Setting::Label { end },
            Within::Target { end } => Setting::Target { end },
            Within::Span { start, end } => Setting::Kept { start, end },
        };
        Prose::new(range.range).join(join).setting(setting)
    });
    glossary.collect()
}

/// What `--normalise` replaced.
#[derive(Serialize, Deserialize)]
struct Map {
    schema: u32,
    replacements: Vec<Record>,
}

/// A replacement; `start` and `end` are bytes of the new text, the others of the text before.
#[derive(Serialize, Deserialize)]
struct Record {
    start: usize,
    end: usize,
    source_start: usize,
    source_end: usize,
    from: String,
    to: String,
    id: String,
    confidence: f64,
}

impl Record {
    fn new(replacement: &Replacement) -> Record {
        Record {
            start: replacement.range.start,
            end: replacement.range.end,
            source_start: replacement.source.start,
            source_end: replacement.source.end,
            from: replacement.from.clone(),
            to: replacement.to.clone(),
            id: replacement.id.clone(),
            confidence: replacement.confidence,
        }
    }
}

fn undone(text: &str, input: &Input, map: &Input) -> Result<String, Failure> {
    let read: Map = serde_json::from_str(&map.read_text()?)
        .map_err(|error| map.failure(format_args!("no map of replacements: {error}; expected what --map wrote")))?;
    let replacements: Vec<Replacement> = read
        .replacements
        .into_iter()
        .map(|record| {
            Replacement::new(record.source_start..record.source_end, record.start..record.end, record.from, record.to)
        })
        .collect();
    undo(text, &replacements).ok_or_else(|| {
        input
            .failure("is not the text that the map was written for")
            .with_hint("the text must be as --normalise wrote it, byte for byte")
    })
}
