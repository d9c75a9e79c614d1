//! Converts a whole document of a format: scanned, its prose converted, put together again.
//!
//! The one place that knows both the formats and the engines.

use std::borrow::Cow;
use std::ops::Range;
use std::path::Path;

use tongwen::{Edits, Markers, Trace};
use tongwen_formats::{Diagnostic, Document, Format, Options, PageRules};

use crate::ambiguity;
use crate::arguments::{AmbiguousChoice, JobArguments};
use crate::conversion::{Conversion, Strings};
use crate::destination::{Action, Show};
use crate::messages::{Failure, shown, system};
use crate::protection::{Comments, Protection, State};

/// What a scan is to do with each construct.
pub(crate) fn options(arguments: &JobArguments, conversion: &Conversion) -> Result<Options, Failure> {
    let mut options = Options::default();
    options.variant = conversion.variant();
    options.markers = if arguments.conversion.no_markers { Markers::Convert } else { Markers::Keep };
    options.mode = arguments.documents.mode.unwrap_or_default();
    let wikitext = &arguments.wikitext;
    options.links = wikitext.links.unwrap_or_default();
    options.headings = wikitext.headings.unwrap_or_default();
    options.positional = wikitext.positional.unwrap_or_default();
    options.citations = wikitext.citations.unwrap_or_default();
    options.comments = wikitext.comments.unwrap_or_default();
    options.page_rules = wikitext.page_rules.unwrap_or_default();
    options.note_ta = wikitext.note_ta.unwrap_or_default();
    options.no_conversion = wikitext.no_conversion.unwrap_or_default();
    options.fields.clone_from(&arguments.documents.fields);
    options.languages = arguments.html.languages.unwrap_or_default();
    options.no_translate = arguments.html.no_translate.unwrap_or_default();
    if conversion.converter().is_none() {
        // The other engine cannot be told a page's own rules.
        options.page_rules = PageRules::Ignore;
    }
    for folder in &arguments.documents.groups {
        read_groups(folder, &mut options)?;
    }
    Ok(options)
}

/// Every file of the folder is a group, named like the file without its ending.
fn read_groups(folder: &Path, options: &mut Options) -> Result<(), Failure> {
    let failed = |path: &Path, error: &std::io::Error| Failure::at(shown(path), system(error));
    let listing = std::fs::read_dir(folder).map_err(|error| failed(folder, &error))?;
    let mut paths = listing
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<Vec<_>, _>>()
        .map_err(|error| failed(folder, &error))?;
    paths.retain(|path| path.is_file() && path.file_name().is_none_or(|name| name.as_encoded_bytes()[0] != b'.'));
    // Of two files for one group the last in order of names counts, on every system.
    paths.sort();
    for path in paths {
        let Some(name) = path.file_stem().and_then(|name| name.to_str()) else { continue };
        let text = std::fs::read_to_string(&path).map_err(|error| failed(&path, &error))?;
        if options.groups.insert(name, &text) == 0 {
            let text = "no rule found, expected lines like `zh-cn:内存;zh-tw:記憶體`, wikitext or a Lua module";
            return Err(Failure::at(shown(&path), text));
        }
    }
    Ok(())
}

/// What the user asks for that no format knows of.
#[derive(Clone, Debug, Default)]
pub(crate) struct Wishes {
    pub(crate) protection: Protection,
    pub(crate) ambiguous: AmbiguousChoice,
}

/// A converted document and what there is to say about it.
pub(crate) struct Converted<'a> {
    pub(crate) document: Document<'a>,
    pub(crate) text: String,
    /// By place.
    pub(crate) diagnostics: Vec<Diagnostic>,
    pub(crate) why: Why,
}

/// How much is wanted to be known of why; later ones comprise earlier ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Reasons {
    NotWanted,
    /// What was changed, and by which entry.
    OfEdits,
    /// What no phrase has decided as well.
    All,
}

impl Reasons {
    /// What an action shows.
    pub(crate) fn shown_by(action: &Action) -> Reasons {
        match action {
            Action::Look(Show::Changes) => Reasons::OfEdits,
            Action::Look(Show::Json) => Reasons::All,
            _ => Reasons::NotWanted,
        }
    }

    /// What a report needs, if there is one.
    pub(crate) fn reported(report: Option<&Path>) -> Reasons {
        report.map_or(Reasons::NotWanted, |_| Reasons::All)
    }
}

/// What is known of why.
#[derive(Debug)]
pub(crate) enum Why {
    Unasked,
    Edits(Edits),
    Trace(Trace),
}

/// Converts the prose of a document; every other byte is as it was.
pub(crate) fn convert<'a>(
    format: Format,
    source: &'a str,
    options: &Options,
    conversion: &Conversion,
    wishes: &Wishes,
    reasons: Reasons,
) -> Result<Converted<'a>, Failure> {
    let document = Document::scan(format, source, options);
    let (strings, why) = convert_text(&document, Comments::of(format), conversion, wishes, reasons)?;
    let (text, diagnostics) = match strings {
        Strings::InPlace(placed) => {
            let diagnostics = document.diagnostics_placed(&placed);
            let other = match document.assemble_placed(&placed) {
                Cow::Borrowed(_) => None,
                Cow::Owned(other) => Some(other),
            };
            (other.unwrap_or_else(|| placed.into_text()), diagnostics)
        }
        _ => {
            let strings = strings.all();
            (document.assemble(&strings), document.diagnostics(&strings))
        }
    };
    Ok(Converted { document, text, diagnostics, why })
}

/// Converts what a document requests; one string a range.
pub(crate) fn convert_text(
    document: &Document<'_>,
    comments: Comments,
    conversion: &Conversion,
    wishes: &Wishes,
    reasons: Reasons,
) -> Result<(Strings, Why), Failure> {
    let requests = Requests::new(document, comments, &wishes.protection);
    let Requests { ranges, epochs, .. } = &requests;
    let reasons = if wishes.ambiguous == AmbiguousChoice::First { reasons } else { Reasons::All };
    let (text, pairs) = (document.text(), document.page_pairs());
    // Edits alone are had much sooner than a trace.
    let why = match conversion.converter() {
        Some(converter) if reasons == Reasons::OfEdits => {
            let mut edits = Edits::new();
            converter.edits_in_ranges_into(text, ranges, pairs, epochs, &mut edits);
            Why::Edits(edits)
        }
        Some(converter) if reasons == Reasons::All => {
            Why::Trace(converter.explain_ranges_with(text, ranges, pairs, epochs))
        }
        _ => Why::Unasked,
    };
    let strings = match &why {
        Why::Trace(trace) if matches!(wishes.ambiguous, AmbiguousChoice::Keep | AmbiguousChoice::Mark) => {
            requests.by_trace(text, trace, wishes.ambiguous)
        }
        _ => match requests.is_whole().then(|| conversion.convert_in_place(document, epochs)).flatten() {
            Some(strings) => strings,
            None => conversion.convert_ranges(document, ranges, epochs)?,
        },
    };
    Ok((requests.join(text, strings), why))
}

/// The ranges of a document that are converted: those that it requests, without what is protected in them.
struct Requests<'d> {
    ranges: Cow<'d, [Range<usize>]>,
    epochs: Vec<usize>,
    /// Where something is protected: what the document requests, and how many of the ranges lie in each.
    requested: Option<Vec<(Range<usize>, usize)>>,
}

impl<'d> Requests<'d> {
    fn new(document: &'d Document<'_>, comments: Comments, protection: &Protection) -> Requests<'d> {
        let (requested, epochs) = (document.requested(), document.epochs());
        let text = document.text().as_bytes();
        let protected = protection.ranges(text, comments, &mut State::default());
        if protected.is_empty() {
            return Requests { ranges: Cow::Borrowed(requested), epochs, requested: None };
        }
        let (mut ranges, mut new_epochs) = (Vec::new(), Vec::new());
        let mut counted = Vec::with_capacity(requested.len());
        let mut first = 0;
        for (range, epoch) in requested.iter().zip(epochs) {
            while protected.get(first).is_some_and(|protected| protected.end <= range.start) {
                first += 1;
            }
            let before = ranges.len();
            let mut start = range.start;
            for protected in protected[first..].iter().take_while(|protected| protected.start < range.end) {
                if start < protected.start {
                    ranges.push(start..protected.start);
                }
                start = start.max(protected.end);
            }
            if start < range.end {
                ranges.push(start..range.end);
            }
            new_epochs.resize(ranges.len(), epoch);
            counted.push((range.clone(), ranges.len() - before));
        }
        Requests { ranges: Cow::Owned(ranges), epochs: new_epochs, requested: Some(counted) }
    }

    /// Whether they are all that the document requests.
    fn is_whole(&self) -> bool {
        self.requested.is_none()
    }

    /// One string for each range that the document requests.
    fn join(&self, text: &str, strings: Strings) -> Strings {
        let Some(requested) = &self.requested else { return strings };
        let strings = strings.all();
        let mut parts = self.ranges.iter().zip(&strings);
        let join = |(range, count): &(Range<usize>, usize)| {
            let (mut joined, mut at) = (String::with_capacity(range.len()), range.start);
            for (part, converted) in parts.by_ref().take(*count) {
                joined.push_str(&text[at..part.start]);
                joined.push_str(converted);
                at = part.end;
            }
            joined.push_str(&text[at..range.end]);
            joined
        };
        Strings::Apart(requested.iter().map(join).collect())
    }

    /// The conversions as the trace has them, except for ambiguities.
    fn by_trace(&self, text: &str, trace: &Trace, choice: AmbiguousChoice) -> Strings {
        let mut ambiguities = ambiguity::find(text, trace).peekable();
        let mut pieces = trace.pieces().peekable();
        let convert = |range: &Range<usize>| {
            let mut converted = String::with_capacity(range.len());
            while let Some(piece) = pieces.next_if(|piece| piece.range.start < range.end) {
                if piece.range.start < range.start {
                    continue;
                }
                match ambiguities.next_if(|ambiguity| ambiguity.range == piece.range) {
                    Some(ambiguity) => converted.push_str(&ambiguity.written(choice, &text[piece.range.clone()])),
                    None => converted.push_str(piece.output),
                }
            }
            converted
        };
        Strings::Apart(self.ranges.iter().map(convert).collect())
    }
}
