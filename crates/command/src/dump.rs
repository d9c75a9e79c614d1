//! Converts dumps of MediaWiki wikis: page by page, in bounded memory, on several threads.
//!
//! Only the wikitext of pages changes; the rest of the XML leaves byte for byte. The input may be compressed (gzip, bzip2, Zstandard,
//! told by its first bytes); the output is compressed as its name says (`.gz`, `.bz2`), else it is XML.
//!
//! A dump that is damaged or cut off is converted up to the damage. A file that is written then gets the name that it was to have
//! and `.incomplete` behind it; the name itself does not appear.

use std::io::{self, BufWriter, Read, Write};

use tongwen::Variant;
use tongwen_formats::dump::{self, Compression, Compressor, Decompressor, DumpErrorKind, DumpOptions, TitlePattern};
use tongwen_formats::{Document, Format, Severity};

use crate::arguments::AmbiguousChoice;
use crate::conversion::Strings;
use crate::document::{self, Reasons};
use crate::findings::{self, Changes, Loudness};
use crate::input::{Input, Opened};
use crate::messages::{Failure, system};
use crate::output::{Output, Writer};
use crate::protection::Comments;
use crate::task::{self, Manner};
use crate::turns::{Counter, Lane};

/// What is to be said about a page.
struct Said {
    text: String,
    wrong: usize,
    records: Vec<u8>,
    missing_groups: Vec<String>,
}

/// Converts a dump.
pub(crate) fn run(
    input: &Input,
    opened: Opened,
    output: &Output,
    manner: &Manner<'_>,
    lane: &mut Lane<'_>,
) -> Result<(), Failure> {
    let Manner { arguments, options, conversion, wishes } = *manner;
    if conversion.converter().is_none() {
        return Err(Failure::new("the engine `opencc` does not convert dumps; leave --engine out"));
    }
    if wishes.ambiguous == AmbiguousChoice::Error {
        return Err(input.failure("is a dump, and `--ambiguous error` is for documents; a report has the ambiguities"));
    }
    let compression = match output {
        Output::File(path) => Compression::of_name(path),
        Output::Standard => Compression::None,
    };
    let writer = Bytes { writer: output.open()?, failure: None };
    let mut compressor = Compressor::new(BufWriter::with_capacity(256 * 1024, writer), compression)
        .map_err(|error| Failure::at(output.name(), error))?;
    let mut dump_options = DumpOptions::default();
    dump_options.namespaces =
        arguments.documents.namespaces.iter().map(|name| name.parse().unwrap_or_else(|never| match never {})).collect();
    dump_options.titles = arguments.documents.titles.iter().map(|title| TitlePattern::new(title)).collect();
    dump_options.threads = arguments.reporting.threads();
    let variant = conversion.variant().map_or("zh", Variant::code);
    let (loudness, wants_report) = (Loudness::of(&arguments.reporting), arguments.reporting.report.is_some());
    let reasons = Reasons::reported(arguments.reporting.report.as_deref());
    let name = input.to_string();
    let (mut wrong, mut said) = (0, 0);
    let reader =
        Decompressor::new(Source { opened, counter: lane.counter() }).map_err(|error| input.failure(system(&error)))?;
    let result = dump::convert(
        reader,
        &mut compressor,
        &dump_options,
        |page, new| {
            let document = Document::scan(Format::Wikitext, page.text(), options);
            let (strings, why) = document::convert_text(&document, Comments::Anywhere, conversion, wishes, reasons)
                .map_err(|failure| io::Error::other(failure.text()))?;
            let diagnostics = match &strings {
                Strings::InPlace(placed) => {
                    new.set(document.pieces_placed(placed));
                    document.diagnostics_placed(placed)
                }
                _ => {
                    let strings = strings.all();
                    new.set(document.pieces(&strings));
                    document.diagnostics(&strings)
                }
            };
            let mut records = Vec::new();
            if wants_report {
                let changes = Changes::new(&document, &why, wishes.ambiguous);
                let bytes = |offset: usize| page.offset(offset) as usize;
                let place = findings::Where { path: &name, page: Some(page.title()), part: None, bytes: &bytes };
                findings::records(&place, &document, &diagnostics, changes, variant, &mut records, |_| {});
            }
            let text =
                findings::about(&format_args!("{name}: {}", page.title()), document.source(), &diagnostics, loudness);
            let wrong = diagnostics.iter().filter(|diagnostic| diagnostic.severity >= Severity::Warning).count();
            let missing_groups = findings::missing_groups(document.source(), &diagnostics);
            Ok(Said { text, wrong, records, missing_groups })
        },
        |page: Said| {
            wrong += page.wrong;
            if !page.text.is_empty() {
                said += 1;
                match said {
                    said if said <= findings::MOST => lane.effects.said.push_str(&page.text),
                    said if said == findings::MOST + 1 => {
                        lane.effects
                            .said
                            .push_str(&format!("tongwen: {name}: and more pages; a report has them all\n"));
                    }
                    _ => {}
                }
            }
            lane.effects.records.extend(page.records);
            lane.effects.missing_groups.extend(page.missing_groups);
            lane.pass_on();
        },
    );
    let finished = compressor.finish().and_then(|writer| writer.into_inner().map_err(io::IntoInnerError::into_error));
    let Bytes { writer, failure } = match (finished, result) {
        (Ok(bytes), Ok(_)) => bytes,
        (Ok(bytes), Err(error)) => {
            if let Some(failure) = bytes.failure {
                return Err(failure);
            }
            let kept =
                if let DumpErrorKind::NotADump { .. } = error.kind() { None } else { bytes.writer.set_aside()? };
            let failure = input.failure(&error);
            return Err(match kept {
                Some(path) => failure.with_hint(format_args!("everything before it was written to {path}")),
                None => failure,
            });
        }
        (Err(error), Err(_)) | (Err(error), Ok(_)) => return Err(Failure::writing(output.name(), error)),
    };
    failure.map_or(Ok(()), Err)?;
    task::strict(input, arguments.reporting.strict, wrong)?;
    writer.finish()
}

/// The input as the library reads it.
struct Source<'a> {
    opened: Opened,
    counter: Counter<'a>,
}

impl Read for Source<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.opened.read(buffer).map_err(|failure| io::Error::other(failure.text()))?;
        self.counter.has_read(count);
        Ok(count)
    }
}

/// The output as the library writes it. What goes wrong is kept as it was said.
struct Bytes {
    writer: Writer,
    failure: Option<Failure>,
}

impl Write for Bytes {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self.writer.write(bytes) {
            Ok(()) => Ok(bytes.len()),
            Err(failure) => {
                let error = io::Error::other(failure.text());
                self.failure = Some(failure);
                Err(error)
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
