//! Converts a whole document of a format: scanned, its prose converted, put together again.
//!
//! The one place that knows both the formats and the engines.

use std::path::Path;

use tongwen::{Converter, Edit, Markers};
use tongwen_formats::{Diagnostic, Document, Format, Options, PageRules};

use crate::arguments::JobArguments;
use crate::conversion::Conversion;
use crate::messages::{Failure, shown, system};

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
    options.languages = arguments.html.languages.unwrap_or_default();
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

/// A converted document and what there is to say about it.
pub(crate) struct Converted<'a> {
    pub(crate) document: Document<'a>,
    pub(crate) text: String,
    /// By place.
    pub(crate) diagnostics: Vec<Diagnostic>,
}

/// Converts the prose of a document; every other byte is as it was.
pub(crate) fn convert<'a>(
    format: Format,
    source: &'a str,
    options: &Options,
    conversion: &Conversion,
) -> Result<Converted<'a>, Failure> {
    let document = Document::scan(format, source, options);
    let converted = conversion.convert_document(&document)?;
    let strings = converted.all();
    let (text, diagnostics) = (document.assemble(&strings), document.diagnostics(&strings));
    Ok(Converted { document, text, diagnostics })
}

/// The replacements that conversion makes in the working text, each with the entry that decides it.
pub(crate) fn edits(document: &Document<'_>, converter: &Converter) -> Vec<Edit> {
    converter.edits_in_ranges(document.text(), &document.text_ranges(), document.page_pairs(), &document.epochs())
}
