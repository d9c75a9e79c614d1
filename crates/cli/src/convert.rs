//! `tongwen convert`: text in, text out.
//!
//! Inputs are converted one after another; one that fails does not keep the others from being done.
//!
//! # Memory
//!
//! Plain text of more than a megabyte is converted as a stream, in memory that does not grow with it. Documents of other formats are read
//! whole, and so is text for the C++ OpenCC, text of which a report is wanted, and text without line ends for a config file of the user's.

use std::cell::OnceCell;
use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::rc::Rc;

use tongwen::{Converter, ErrorKind, Variant};
use tongwen_formats::{Format, LineIndex, Mode, Options, Severity};

use crate::arguments::{ConvertArguments, FormatChoice};
use crate::configuration::{self, Configuration};
use crate::conversion::{Conversion, Engine, MarkersKnownBy};
use crate::decode::Decoded;
use crate::document::{self, Converted};
use crate::dump;
use crate::findings::{self, Finding, Loudness, Report};
use crate::identity::Identity;
use crate::input::{Input, Opened};
use crate::messages::{self, Exit, Failure, shown, system};
use crate::output::Output;
use crate::text_markup::TextMarkup;

/// Bytes that are read at once.
const PIECE: usize = 128 * 1024;
/// Plain text shorter than this is read whole.
const WHOLE: usize = 1024 * 1024;

pub(crate) fn run(arguments: &ConvertArguments) -> Result<Exit, Failure> {
    let inputs = match &arguments.input {
        Some(path) => Input::all(std::slice::from_ref(path)),
        None => Input::all(&arguments.paths),
    };
    let outputs = outputs(&inputs, arguments.output.as_deref())?;
    if arguments.report.as_deref() == Some(Path::new("-")) {
        return Err(Failure::new("a report needs a file of its own; standard output is for the result"));
    }
    let report = arguments.report.clone().map(Output::File);
    check(&inputs, outputs.iter().chain(&report))?;
    let mut tasks = Tasks { arguments, by_file: HashMap::new() };
    if inputs.len() == 1 {
        // Wrong usage is said before anything is made.
        tasks.for_input(&inputs[0])?;
    }
    if let Some(folder) = arguments.output.as_deref().filter(|path| is_folder(path)) {
        std::fs::create_dir_all(folder).map_err(|error| Failure::at(shown(folder), system(&error)))?;
    }
    let mut report = report.map(|output| output.open().map(Report::new)).transpose()?;
    let mut failed = 0;
    for (input, output) in inputs.iter().zip(&outputs) {
        let converted = tasks.for_input(input).and_then(|task| task.convert(input, output, report.as_mut()));
        match converted {
            Ok(()) => {}
            Err(failure @ Failure::BrokenPipe) => return Err(failure),
            Err(failure) => {
                failed += 1;
                messages::report(&failure);
            }
        }
    }
    report.map_or(Ok(()), Report::finish)?;
    Ok(Exit::of(failed, inputs.len()))
}

/// One output for each input.
fn outputs(inputs: &[Input], output: Option<&Path>) -> Result<Vec<Output>, Failure> {
    match output {
        Some(folder) if is_folder(folder) => in_folder(inputs, folder),
        _ if inputs.len() > 1 => {
            let several = format!("{} inputs and no folder to write to", inputs.len());
            Err(Failure::new(several).with_hint(
                "name a folder with `-o DIR/`; each is written there under its own name (folders are not mirrored yet)",
            ))
        }
        Some(path) if path.as_os_str() != "-" => Ok(vec![Output::File(path.to_path_buf())]),
        _ => Ok(vec![Output::Standard]),
    }
}

fn is_folder(path: &Path) -> bool {
    path.is_dir() || path.as_os_str().as_encoded_bytes().ends_with(b"/")
}

/// Every input under its own name in the folder. Folders above an input are not made again there.
fn in_folder(inputs: &[Input], folder: &Path) -> Result<Vec<Output>, Failure> {
    let mut taken = HashSet::new();
    let place = |input: &Input| -> Result<Output, Failure> {
        let Some(name) = input.path().and_then(Path::file_name) else {
            return Err(input
                .failure(format_args!("has no name to be written under in {}; name a file with -o", shown(folder))));
        };
        let path: PathBuf = folder.join(name);
        if !taken.insert(path.clone()) {
            let text = format!("would be written to {}, where another input goes already", shown(&path));
            return Err(input
                .failure(text)
                .with_hint("folders are not mirrored yet: convert inputs of the same name one by one"));
        }
        Ok(Output::File(path))
    };
    inputs.iter().map(place).collect()
}

/// Refuses outputs that are inputs, by identity and not by name, before anything is written.
fn check<'a>(inputs: &[Input], outputs: impl Iterator<Item = &'a Output>) -> Result<(), Failure> {
    let sources: HashMap<Identity, &Input> =
        inputs.iter().filter_map(|input| Some((input.identity()?, input))).collect();
    for output in outputs {
        if let Some(input) = output.identity().and_then(|identity| sources.get(&identity)) {
            return Err(Failure::at(output.name(), format_args!("is the input {input} too; name another output")));
        }
    }
    Ok(())
}

/// What is done to inputs for which the same configuration counts.
struct Task {
    arguments: ConvertArguments,
    /// For plain text, of which it finds the markup itself.
    text: Conversion,
    options: Options,
    /// For documents whose format knows the markers itself; made when the first of them comes.
    document: OnceCell<Conversion>,
}

/// Tasks by the configuration file that counts.
struct Tasks<'a> {
    arguments: &'a ConvertArguments,
    by_file: HashMap<Option<PathBuf>, Rc<Task>>,
}

impl Tasks<'_> {
    fn for_input(&mut self, input: &Input) -> Result<Rc<Task>, Failure> {
        let file = match self.arguments.conversion.no_config {
            true => None,
            false => configuration::nearest(input.path().and_then(Path::parent).unwrap_or(Path::new(""))),
        };
        if let Some(task) = self.by_file.get(&file) {
            return Ok(Rc::clone(task));
        }
        let task = Rc::new(Task::new(self.arguments, file.as_deref())?);
        self.by_file.insert(file, Rc::clone(&task));
        Ok(task)
    }
}

impl Task {
    fn new(arguments: &ConvertArguments, file: Option<&Path>) -> Result<Task, Failure> {
        let mut arguments = arguments.clone();
        let mut configuration = Configuration::default();
        if !arguments.conversion.no_config {
            configuration = Configuration::read(file)?;
            configuration.fill(&mut arguments)?;
        }
        let stripped = arguments.mode == Some(Mode::Strip);
        if !stripped {
            arguments.conversion.check_target()?;
        }
        let text = Conversion::new(&arguments.conversion, MarkersKnownBy::Converter)?;
        let mut options = document::options(&arguments, &text)?;
        if arguments.mode == Some(Mode::Render) && text.variant().is_none() && arguments.conversion.to.is_none() {
            let text = "nobody knows which variant this config converts to, so its markup cannot be shown";
            return Err(Failure::new(text).with_hint("name a variant with --to, or one of the official configs"));
        }
        configuration.change_lists(&mut options)?;
        options
            .lists
            .add("prose-attributes", arguments.html.attributes.iter().map(String::as_str))
            .expect("the list is built in");
        Ok(Task { arguments, text, options, document: OnceCell::new() })
    }

    fn convert(&self, input: &Input, output: &Output, report: Option<&mut Report>) -> Result<(), Failure> {
        let mut opened = input.open()?;
        let format = match (self.arguments.format, input.path()) {
            (FormatChoice::Known(format), _) => format,
            (FormatChoice::Auto, Some(path)) if !is_dump(path) => Format::from_path(path).unwrap_or(Format::Text),
            (FormatChoice::Auto, None) => Format::Text,
            (FormatChoice::Dump | FormatChoice::Auto, _) => {
                let conversion = self.for_documents()?;
                return dump::run(input, opened, output, &self.arguments, &self.options, conversion, report);
            }
        };
        if format == Format::Text {
            let converts_markers = self.arguments.conversion.no_markers;
            match &self.text.engine {
                Engine::Tongwen(converter) if converts_markers => {
                    return self.stream(converter, input, opened, Vec::new(), output);
                }
                Engine::Tongwen(converter) if report.is_none() => {
                    // What is short is looked at as a whole, which finds more of what is wrong with its markup.
                    let beginning = opened.read_up_to(WHOLE)?;
                    if beginning.len() == WHOLE {
                        return self.stream(converter, input, opened, beginning, output);
                    }
                    return self.convert_document(format, input, beginning, output, report);
                }
                Engine::Tongwen(_) => {}
                #[cfg(feature = "opencc")]
                Engine::Opencc(opencc) => {
                    let decoded = self.decode(input, opened.read_all()?)?;
                    return write(output, &decoded.encode(&opencc.convert(&decoded.text)?));
                }
            }
        }
        let bytes = opened.read_all()?;
        self.convert_document(format, input, bytes, output, report)
    }

    /// Converts plain text of any length; `beginning` has been read already.
    fn stream(
        &self,
        converter: &Converter,
        input: &Input,
        mut opened: Opened,
        beginning: Vec<u8>,
        output: &Output,
    ) -> Result<(), Failure> {
        let mut stream = converter.stream().invalid_bytes(self.arguments.invalid.into());
        let mut markup = TextMarkup::new(&self.options, converter);
        let mut writer = output.open()?;
        let mut bytes = beginning;
        let mut count = bytes.len();
        if bytes.is_empty() {
            bytes = vec![0; PIECE];
            count = opened.read(&mut bytes)?;
        }
        let mut converted = Vec::new();
        loop {
            let read = &bytes[..count];
            markup.pass(read);
            let pushed = match count {
                0 => stream.finish_with(&mut converted, &mut |span| markup.read(span)),
                _ => stream.push_with(read, &mut converted, &mut |span| markup.read(span)),
            };
            pushed.map_err(|error| streaming(input, error))?;
            writer.write(&converted)?;
            converted.clear();
            markup.say(input, Loudness::of(&self.arguments));
            if count == 0 {
                markup.check(input, self.arguments.strict)?;
                return writer.finish();
            }
            bytes.resize(PIECE, 0);
            count = opened.read(&mut bytes)?;
        }
    }

    fn convert_document(
        &self,
        format: Format,
        input: &Input,
        bytes: Vec<u8>,
        output: &Output,
        report: Option<&mut Report>,
    ) -> Result<(), Failure> {
        let conversion = self.for_documents()?;
        let decoded = self.decode(input, bytes)?;
        let Converted { document, text, diagnostics } =
            document::convert(format, &decoded.text, &self.options, conversion)?;
        if let Some(report) = report {
            let ranges = document.text_ranges();
            let edits = conversion.converter().map_or_else(Vec::new, |converter| {
                converter.edits_in_ranges(document.text(), &ranges, document.page_pairs(), &document.epochs())
            });
            let variant = conversion.variant().map_or("zh", Variant::code);
            report.add(input, &document, &diagnostics, &edits, variant)?;
        }
        if !diagnostics.is_empty() {
            let lines = LineIndex::new(document.source());
            let all = diagnostics.iter().map(|diagnostic| Finding::new(diagnostic, &lines, document.source()));
            findings::say(input, all, Loudness::of(&self.arguments));
        }
        let wrong = diagnostics.iter().filter(|diagnostic| diagnostic.severity >= Severity::Warning).count();
        strict(input, self.arguments.strict, wrong)?;
        write(output, &decoded.encode(&text))
    }

    fn for_documents(&self) -> Result<&Conversion, Failure> {
        if self.document.get().is_none() {
            let conversion = Conversion::new(&self.arguments.conversion, MarkersKnownBy::Document)?;
            return Ok(self.document.get_or_init(|| conversion));
        }
        Ok(self.document.get().expect("it was there a line ago"))
    }

    fn decode(&self, input: &Input, bytes: Vec<u8>) -> Result<Decoded, Failure> {
        Decoded::new(bytes, self.arguments.invalid).map_err(|at| invalid(input, at.0 as u64))
    }
}

/// Whether the name is that of a compressed dump: other XML with these endings is hardly ever met.
fn is_dump(path: &Path) -> bool {
    let name = path.file_name().map(|name| name.to_string_lossy().to_ascii_lowercase()).unwrap_or_default();
    [".xml.bz2", ".xml.gz", ".xml.zst"].iter().any(|ending| name.ends_with(ending))
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

fn write(output: &Output, bytes: &[u8]) -> Result<(), Failure> {
    let mut writer = output.open()?;
    writer.write(bytes)?;
    writer.finish()
}

fn streaming(input: &Input, error: tongwen::Error) -> Failure {
    match error.kind() {
        ErrorKind::InvalidUtf8 { offset } => invalid(input, *offset),
        _ => input.failure(error),
    }
}

/// The failure for bytes that are not UTF-8.
fn invalid(input: &Input, offset: u64) -> Failure {
    input
        .failure(format_args!("invalid UTF-8 at byte {offset}, expected UTF-8 text"))
        .with_hint("convert the file to UTF-8 first, or say `--invalid keep` or `--invalid replace`")
}
