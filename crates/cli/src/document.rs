//! Converts a whole document of a format: scanned, its prose converted, put together again.
//!
//! The one place that knows both the formats and the engines.

use tongwen_formats::{Document, Format, Options};

use crate::arguments::WikitextArguments;
use crate::conversion::Conversion;
use crate::messages::Failure;

/// What a scan is to do with each construct.
pub(crate) fn options(arguments: &WikitextArguments) -> Options {
    let mut options = Options::default();
    options.links = arguments.links;
    options.headings = arguments.headings;
    options.positional = arguments.positional;
    options.citations = arguments.citations;
    options.comments = arguments.comments;
    options.no_conversion = arguments.no_conversion;
    options
}

/// Converts the prose of a document; every other byte is as it was.
pub(crate) fn convert(
    format: Format,
    text: &str,
    options: &Options,
    conversion: &Conversion,
) -> Result<String, Failure> {
    let document = Document::scan(format, text, options);
    let converted = conversion.convert_ranges(text, &document.text_ranges())?;
    Ok(document.assemble(&converted))
}
