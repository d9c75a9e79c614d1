//! What is done to one document: read, decoded, converted, encoded, and written, replaced or compared.
//!
//! Options come from the command line and from the configuration files that count for the document, so documents of one folder share a [`Task`].
//!
//! # Memory
//!
//! Plain text of more than a megabyte is converted as a stream (`stream.rs`), in memory that does not grow with it. Documents of other formats are read
//! whole, and so is text that is only compared, text for the C++ OpenCC, text of which a report is wanted, and text without line ends for a config file of the
//! user's.

use std::collections::HashMap;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use tongwen::Variant;
use tongwen_formats::package::PackageFormat;
use tongwen_formats::{Diagnostic, DiagnosticCode, Document, Format, LineIndex, Mode, Options, Position, Severity};

use crate::ambiguity::Ambiguity;
use crate::arguments::{AmbiguousChoice, DocumentArguments, FormatChoice, InvalidChoice, JobArguments};
use crate::configuration::{self, Configuration};
use crate::conversion::{Conversion, Engine, MarkersKnownBy, Prose};
use crate::decode::Decoded;
use crate::destination::Action;
use crate::document::{self, Converted, Reasons, Wishes};
use crate::encoding::{Coding, Encoding, InvalidAt, Unencodable, contradictions, corrected};
use crate::findings::{self, Changes, Loudness};
use crate::input::{Input, Opened};
use crate::messages::{self, Failure};
use crate::output::{Output, Writer};
use crate::protection::Protection;
use crate::stream::Text;
use crate::turns::{Lane, Outcome};
use crate::{dump, package, show, stream};

/// Plain text shorter than this is read whole.
const WHOLE: usize = 1024 * 1024;

/// What is done to documents for which the same configuration counts.
pub(crate) struct Task {
    arguments: JobArguments,
    /// For plain text, of which it finds the markup itself.
    text: Conversion,
    options: Options,
    wishes: Wishes,
    /// For documents whose format knows the markers itself; made when the first of them comes.
    document: OnceLock<Conversion>,
    /// The same for wikitext, in which names of places are guarded.
    wikitext: OnceLock<Conversion>,
}

/// How files are converted that are no single document.
pub(crate) struct Manner<'a> {
    pub(crate) arguments: &'a JobArguments,
    pub(crate) options: &'a Options,
    pub(crate) conversion: &'a Conversion,
    pub(crate) wishes: &'a Wishes,
}

/// Tasks by the configuration file that counts.
pub(crate) struct Tasks<'a> {
    arguments: &'a JobArguments,
    /// By the folder of the document.
    files: Mutex<HashMap<PathBuf, Option<PathBuf>>>,
    by_file: Mutex<HashMap<Option<PathBuf>, Arc<Task>>>,
}

impl<'a> Tasks<'a> {
    pub(crate) fn new(arguments: &'a JobArguments) -> Tasks<'a> {
        Tasks { arguments, files: Mutex::default(), by_file: Mutex::default() }
    }

    /// The task for an input.
    pub(crate) fn for_input(&self, input: &Input) -> Result<Arc<Task>, Failure> {
        let file = match self.arguments.conversion.no_config {
            true => None,
            false => self.configuration_of(input.path().and_then(Path::parent).unwrap_or(Path::new(""))),
        };
        // Locked while a task is made: the others need the same one.
        let mut tasks = self.by_file.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(task) = tasks.get(&file) {
            return Ok(Arc::clone(task));
        }
        let task = Arc::new(Task::new(self.arguments, file.as_deref())?);
        tasks.insert(file, Arc::clone(&task));
        Ok(task)
    }

    fn configuration_of(&self, folder: &Path) -> Option<PathBuf> {
        let mut files = self.files.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(file) = files.get(folder) {
            return file.clone();
        }
        let file = configuration::nearest(folder);
        files.insert(folder.to_path_buf(), file.clone());
        file
    }
}

/// What a file is converted as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FileFormat {
    Document(Format),
    /// An archive that holds the texts of a document.
    Package(PackageFormat),
    /// A dump of a wiki, which is no single document.
    Dump,
}

/// What a file of this name is converted as; none where nothing says it and the name says nothing.
pub(crate) fn format_of(path: &Path, choice: FormatChoice) -> Option<FileFormat> {
    match choice {
        FormatChoice::Known(format) => Some(FileFormat::Document(format)),
        FormatChoice::Package(format) => Some(FileFormat::Package(format)),
        FormatChoice::Dump => Some(FileFormat::Dump),
        FormatChoice::Auto if is_dump(path) => Some(FileFormat::Dump),
        FormatChoice::Auto => {
            let package = PackageFormat::from_path(path).map(FileFormat::Package);
            package.or_else(|| Format::from_path(path).map(FileFormat::Document))
        }
    }
}

/// Whether the name is that of a compressed dump: other XML with these endings is hardly ever met.
fn is_dump(path: &Path) -> bool {
    let name = path.file_name().map(OsStr::as_encoded_bytes).unwrap_or_default();
    let ends_with = |ending: &&str| {
        let start = name.len().checked_sub(ending.len());
        start.is_some_and(|start| name[start..].eq_ignore_ascii_case(ending.as_bytes()))
    };
    [".xml.bz2", ".xml.gz", ".xml.zst"].iter().any(ends_with)
}

impl Task {
    fn new(arguments: &JobArguments, file: Option<&Path>) -> Result<Task, Failure> {
        let mut arguments = arguments.clone();
        let mut configuration = Configuration::default();
        if !arguments.conversion.no_config {
            configuration = Configuration::read(file)?;
            configuration.fill(&mut arguments)?;
        }
        let stripped = arguments.documents.mode == Some(Mode::Strip);
        if !stripped {
            arguments.conversion.check_target()?;
        }
        let text = Conversion::new(&arguments.conversion, MarkersKnownBy::Converter, Prose::Other)?;
        let mut options = document::options(&arguments, &text)?;
        let rendered = arguments.documents.mode == Some(Mode::Render);
        if rendered && text.variant().is_none() && arguments.conversion.to.is_none() {
            let text = "nobody knows which variant this config converts to, so its markup cannot be shown";
            return Err(Failure::new(text).with_hint("name a variant with --to, or one of the official configs"));
        }
        configuration.change_lists(&mut options)?;
        options
            .lists
            .add("prose-attributes", arguments.html.attributes.iter().map(String::as_str))
            .expect("the list is built in");
        let wishes = Wishes {
            protection: Protection::new(&arguments.documents.protect)?,
            ambiguous: arguments.documents.ambiguous.unwrap_or_default(),
        };
        if wishes.ambiguous != AmbiguousChoice::First && text.converter().is_none() {
            return Err(Failure::new("the engine `opencc` cannot say what is ambiguous; leave --ambiguous out"));
        }
        Ok(Task { arguments, text, options, wishes, document: OnceLock::new(), wikitext: OnceLock::new() })
    }

    /// Does what is to be done with one input.
    pub(crate) fn run(&self, input: &Input, action: &Action, lane: &mut Lane<'_>) -> Result<Outcome, Failure> {
        let mut opened = input.open()?;
        let format = match input.path() {
            Some(path) => format_of(path, self.arguments.documents.format),
            None => format_of(Path::new(""), self.arguments.documents.format),
        };
        let format = match format.unwrap_or(FileFormat::Document(Format::Text)) {
            FileFormat::Document(format) => format,
            FileFormat::Package(format) => return self.package(format, input, opened.read_all()?, action, lane),
            FileFormat::Dump => return self.dump(input, opened, action, lane),
        };
        let looks = matches!(action, Action::Look(_)) || self.arguments.reporting.report.is_some();
        if format == Format::Text
            && let Engine::Tongwen(converter) = &self.text.engine
            && !looks
            && self.wishes.ambiguous == AmbiguousChoice::First
        {
            let beginning = opened.read_up_to(WHOLE, std::mem::take(&mut lane.buffer))?;
            self.refuse_archive(input, &beginning)?;
            // What is short is looked at as a whole, which finds more of what is wrong with its markup.
            return match beginning.len() {
                WHOLE => {
                    self.text.expect(opened.length());
                    let (documents, reporting) = (&self.arguments.documents, &self.arguments.reporting);
                    let (options, wishes, invalid) = (&self.options, &self.wishes, documents.invalid);
                    let coding = self.coding(input, format, &beginning, lane);
                    let text = Text { input, converter, options, wishes, coding, invalid, reporting };
                    stream::run(&text, opened, beginning, action, lane)
                }
                _ => {
                    let outcome = self.document(format, input, &beginning, action, lane);
                    lane.buffer = beginning;
                    outcome
                }
            };
        }
        let bytes = opened.read_all()?;
        if format == Format::Text {
            self.refuse_archive(input, &bytes)?;
        }
        self.document(format, input, &bytes, action, lane)
    }

    /// The encodings of a document that begins so; says where what was named seems wrong.
    fn coding(&self, input: &Input, format: Format, beginning: &[u8], lane: &mut Lane<'_>) -> Coding {
        let coding = Coding::of(&self.arguments.documents, format, beginning);
        if let Some(doubt) = coding.doubt(beginning).filter(|_| !self.arguments.reporting.quiet) {
            lane.effects.say(&input.failure(doubt));
        }
        coding
    }

    /// An archive is no text, and may be a document of which nobody has said so.
    fn refuse_archive(&self, input: &Input, beginning: &[u8]) -> Result<(), Failure> {
        if self.arguments.documents.invalid != InvalidChoice::Error || !beginning.starts_with(b"PK\x03\x04") {
            return Ok(());
        }
        let hint = "if it is an e-book or an office document, say so with `--format epub` or `--format docx`";
        Err(input.failure("is a zip archive, expected text").with_hint(hint))
    }

    fn package(
        &self,
        format: PackageFormat,
        input: &Input,
        bytes: Vec<u8>,
        action: &Action,
        lane: &mut Lane<'_>,
    ) -> Result<Outcome, Failure> {
        let conversion = self.for_documents(Prose::Other)?;
        let (arguments, options, wishes) = (&self.arguments, &self.options, &self.wishes);
        package::run(format, input, &bytes, action, &Manner { arguments, options, conversion, wishes }, lane)
    }

    fn dump(&self, input: &Input, opened: Opened, action: &Action, lane: &mut Lane<'_>) -> Result<Outcome, Failure> {
        let output = match (action, input.path()) {
            (Action::Write(output), _) => output.clone(),
            (Action::Replace { backup: None }, Some(path)) => Output::File(path.to_path_buf()),
            (Action::Replace { .. }, _) => return Err(input.failure("is a dump; --backup is for documents")),
            (Action::Look(_), _) => {
                return Err(input.failure("is a dump, and dumps are not compared; convert it with -o"));
            }
        };
        let conversion = self.for_documents(Prose::Wikitext)?;
        // As much as there is in the file, compressed or not: a rough guess will do.
        conversion.expect(opened.length());
        let (arguments, options, wishes) = (&self.arguments, &self.options, &self.wishes);
        dump::run(input, opened, &output, &Manner { arguments, options, conversion, wishes }, lane)?;
        Ok(Outcome::Changed)
    }

    /// Converts a document that is read whole.
    fn document(
        &self,
        format: Format,
        input: &Input,
        bytes: &[u8],
        action: &Action,
        lane: &mut Lane<'_>,
    ) -> Result<Outcome, Failure> {
        lane.counter().has_read(bytes.len());
        let documents = &self.arguments.documents;
        let coding = self.coding(input, format, &bytes[..bytes.len().min(WHOLE)], lane);
        let decoded = Decoded::new(bytes, coding, documents.invalid).map_err(|at| invalid_bytes(input, coding, at))?;
        let prose = if format == Format::Wikitext { Prose::Wikitext } else { Prose::Other };
        let conversion = self.for_documents(prose)?;
        conversion.expect(Some(decoded.text.len() as u64));
        let reports = self.arguments.reporting.report.is_some();
        let reasons = Reasons::shown_by(action).max(Reasons::reported(self.arguments.reporting.report.as_deref()));
        let mut converted = document::convert(format, &decoded.text, &self.options, conversion, &self.wishes, reasons)?;
        converted.diagnostics.extend(contradictions(format, &decoded.text, coding));
        if let Some((text, notes)) = corrected(format, &decoded.text, &converted.text, coding) {
            converted.text = text;
            converted.diagnostics.extend(notes);
        }
        converted.diagnostics.sort_by_key(|diagnostic| diagnostic.range.start);
        let Converted { document, text, diagnostics, why } = &converted;
        let result = decoded.encode(text).map_err(|missing| unencodable(input, coding, missing))?;
        let changed = *bytes != result[..];
        let changes = Changes::new(document, why, self.wishes.ambiguous);
        let name = input.to_string();
        let records = |records: &mut Vec<u8>, pass_on: &mut dyn FnMut(&mut Vec<u8>)| {
            let place = findings::Where { path: &name, page: None, part: None, bytes: &|offset| offset };
            let variant = conversion.variant().map_or("zh", Variant::code);
            findings::records(&place, document, diagnostics, changes, variant, records, pass_on);
        };
        if reports {
            let mut gathered = Vec::new();
            records(&mut gathered, &mut |gathered| {
                lane.effects.records.append(gathered);
                lane.pass_on();
            });
            lane.effects.records.append(&mut gathered);
        }
        let loudness = Loudness::of(&self.arguments.reporting);
        lane.effects.said.push_str(&findings::about(input, document.source(), diagnostics, loudness));
        lane.effects.missing_groups = findings::missing_groups(document.source(), diagnostics);
        let wrong = diagnostics.iter().filter(|diagnostic| diagnostic.severity >= Severity::Warning).count();
        if diagnostics.iter().any(left_alone) {
            return Err(input.failure("the document was left alone, and nothing was written"));
        }
        strict(input, self.arguments.reporting.strict, wrong)?;
        if self.wishes.ambiguous == AmbiguousChoice::Error && changes.ambiguities().next().is_some() {
            lane.effects.said.push_str(&undecided(&name, document, changes.ambiguities()));
            return Ok(Outcome::Refused);
        }
        let outcome = if changed { Outcome::Changed } else { Outcome::Same };
        match action {
            Action::Replace { .. } if !changed => return Ok(outcome),
            Action::Look(show) => {
                let shown = show::Compared { input, converted: &converted, old: &decoded.text, changed, changes };
                let lines = |take: &mut dyn FnMut(&[u8])| {
                    let mut gathered = Vec::new();
                    records(&mut gathered, &mut |gathered| {
                        take(gathered);
                        gathered.clear();
                    });
                    take(&gathered);
                };
                shown.show(*show, self.arguments.reporting.color, lines, lane);
                return Ok(outcome);
            }
            _ => {}
        }
        let mut writer = place(input, action)?.open()?;
        writer.write(&result)?;
        writer.finish_keeping(action.backup())?;
        Ok(outcome)
    }

    fn for_documents(&self, prose: Prose) -> Result<&Conversion, Failure> {
        let made = match prose {
            Prose::Wikitext => &self.wikitext,
            Prose::Other => &self.document,
        };
        if let Some(conversion) = made.get() {
            return Ok(conversion);
        }
        let conversion = Conversion::new(&self.arguments.conversion, MarkersKnownBy::Document, prose)?;
        Ok(made.get_or_init(|| conversion))
    }
}

/// Decodes a document that is read whole.
pub(crate) fn decode<'a>(
    input: &Input,
    bytes: &'a [u8],
    documents: &DocumentArguments,
) -> Result<Decoded<'a>, Failure> {
    let format = match input.path().and_then(|path| format_of(path, documents.format)) {
        Some(FileFormat::Document(format)) => format,
        _ => Format::Text,
    };
    let beginning = &bytes[..bytes.len().min(WHOLE)];
    let coding = Coding::of(documents, format, beginning);
    if let Some(doubt) = coding.doubt(beginning) {
        messages::report(&input.failure(doubt));
    }
    Decoded::new(bytes, coding, documents.invalid).map_err(|at| invalid_bytes(input, coding, at))
}

/// What is said about ambiguities that are errors.
pub(crate) fn undecided<'a>(
    name: &str,
    document: &Document<'_>,
    mut ambiguities: impl Iterator<Item = Ambiguity<'a>>,
) -> String {
    let lines = LineIndex::new(document.source());
    let mut said = String::new();
    for found in ambiguities.by_ref().take(findings::MOST) {
        let Position { line, column } = lines.position(document.source_offset(found.range.start));
        let from = &document.text()[found.range.clone()];
        let candidates = found.candidates.join(", ");
        let failure = Failure::at(
            format_args!("{name}:{line}:{column}"),
            format_args!("`{from}` may become {candidates}, and no phrase decides"),
        );
        said.push_str(&failure.in_words());
    }
    let more = match ambiguities.count() {
        0 => String::new(),
        more => format!("and {more} more; "),
    };
    let failure = Failure::at(name, format_args!("{more}the result was not written"));
    said + &failure.with_hint("a phrase that holds the character, in a file for --dict, decides").in_words()
}

/// Where a result is written.
pub(crate) fn place(input: &Input, action: &Action) -> Result<Output, Failure> {
    match (action, input.path()) {
        (Action::Write(output), _) => Ok(output.clone()),
        (Action::Replace { .. }, Some(path)) => Ok(Output::File(path.to_path_buf())),
        _ => Err(input.failure("has no place to be written to; name a file with -o")),
    }
}

/// Ends a result that was written as it came.
pub(crate) fn finish(mut writer: Writer, action: &Action) -> Result<Outcome, Failure> {
    if matches!(action, Action::Replace { .. }) && writer.changes_nothing()? {
        // Dropped, it leaves the file as it was, with its times.
        return Ok(Outcome::Same);
    }
    writer.finish_keeping(action.backup())?;
    Ok(Outcome::Changed)
}

/// Whether a document was left alone as a whole, because it is not what its format says.
pub(crate) fn left_alone(diagnostic: &Diagnostic) -> bool {
    let codes = [DiagnosticCode::Malformed, DiagnosticCode::UnknownField];
    diagnostic.severity == Severity::Error && codes.contains(&diagnostic.code)
}

/// With `--strict` a document with warnings is not written.
pub(crate) fn strict(input: &Input, strict: bool, wrong: usize) -> Result<(), Failure> {
    match wrong {
        _ if !strict => Ok(()),
        0 => Ok(()),
        1 => Err(input.failure("1 warning or error, and none is allowed here; the result was not written")),
        several => Err(input.failure(format_args!(
            "{several} warnings and errors, and none is allowed here; the result was not written"
        ))),
    }
}

/// The failure for bytes that are no text.
pub(crate) fn invalid_bytes(input: &Input, coding: Coding, at: InvalidAt) -> Failure {
    let name = match coding.input {
        Encoding::Utf8 => "UTF-8",
        other => other.name(),
    };
    input
        .failure(format_args!("invalid {name} at byte {}, expected {name} text", at.0))
        .with_hint("name the encoding with --encoding, or say `--invalid keep` or `--invalid replace`")
}

pub(crate) fn unencodable(input: &Input, coding: Coding, missing: Unencodable) -> Failure {
    let Unencodable { character, line, column } = missing;
    let text = format!(
        "{}:{line}:{column}: {} has no `{character}` (U+{:04X}); the result was not written",
        input,
        coding.output,
        u32::from(character)
    );
    Failure::new(text).with_hint("choose another --output-encoding, or say --lossy to have question marks instead")
}
