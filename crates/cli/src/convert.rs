//! `tongwen convert`: text in, text out.
//!
//! Inputs are converted one after another; one that fails does not keep the others from being done.
//!
//! # Memory
//!
//! Plain text is converted as a stream, in memory that does not grow with it. Documents of other formats are read whole, and so is text
//! for the C++ OpenCC and text without line ends for a config file of the user's.

use std::cell::OnceCell;
use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use tongwen::{Converter, ErrorKind};
use tongwen_formats::{Format, Options};

use crate::arguments::{ConvertArguments, FormatChoice};
use crate::conversion::{Conversion, MarkersKnownBy};
use crate::decode::Decoded;
use crate::document;
use crate::identity::Identity;
use crate::input::{Input, Opened};
use crate::messages::{self, Exit, Failure, shown, system};
use crate::output::Output;

/// Bytes that are read at once.
const PIECE: usize = 128 * 1024;

pub(crate) fn run(arguments: &ConvertArguments) -> Result<Exit, Failure> {
    let inputs = match &arguments.input {
        Some(path) => Input::all(std::slice::from_ref(path)),
        None => Input::all(&arguments.paths),
    };
    let outputs = outputs(&inputs, arguments.output.as_deref())?;
    check(&inputs, &outputs)?;
    let task = Task::new(arguments)?;
    if let Some(folder) = arguments.output.as_deref().filter(|path| is_folder(path)) {
        std::fs::create_dir_all(folder).map_err(|error| Failure::at(shown(folder), system(&error)))?;
    }
    let mut failed = 0;
    for (input, output) in inputs.iter().zip(&outputs) {
        match task.convert(input, output) {
            Ok(()) => {}
            Err(failure @ Failure::BrokenPipe) => return Err(failure),
            Err(failure) => {
                failed += 1;
                messages::report(&failure);
            }
        }
    }
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
fn check(inputs: &[Input], outputs: &[Output]) -> Result<(), Failure> {
    let sources: HashMap<Identity, &Input> =
        inputs.iter().filter_map(|input| Some((input.identity()?, input))).collect();
    for output in outputs {
        if let Some(input) = output.identity().and_then(|identity| sources.get(&identity)) {
            return Err(Failure::at(output.name(), format_args!("is the input {input} too; name another output")));
        }
    }
    Ok(())
}

/// What is done to every input.
struct Task<'a> {
    arguments: &'a ConvertArguments,
    text: Conversion,
    /// For documents whose format knows the markers itself; made when the first of them comes.
    document: OnceCell<(Conversion, Options)>,
}

impl Task<'_> {
    fn new(arguments: &ConvertArguments) -> Result<Task<'_>, Failure> {
        let text = Conversion::new(&arguments.conversion, MarkersKnownBy::Converter)?;
        Ok(Task { arguments, text, document: OnceCell::new() })
    }

    fn convert(&self, input: &Input, output: &Output) -> Result<(), Failure> {
        let format = match (self.arguments.format, input.path()) {
            (FormatChoice::Known(format), _) => format,
            (FormatChoice::Auto, Some(path)) => Format::from_path(path).unwrap_or(Format::Text),
            (FormatChoice::Auto, None) => Format::Text,
        };
        let opened = input.open()?;
        match format {
            Format::Text => self.convert_text(input, opened, output),
            _ => self.convert_document(format, input, opened, output),
        }
    }

    fn convert_text(&self, input: &Input, opened: Opened, output: &Output) -> Result<(), Failure> {
        match &self.text {
            Conversion::Tongwen(converter) => self.stream(converter, input, opened, output),
            #[cfg(feature = "opencc")]
            Conversion::Opencc(opencc) => {
                let mut opened = opened;
                let decoded = self.decode(input, opened.read_all()?)?;
                write(output, &decoded.encode(&opencc.convert(&decoded.text)?))
            }
        }
    }

    fn stream(&self, converter: &Converter, input: &Input, mut opened: Opened, output: &Output) -> Result<(), Failure> {
        let mut stream = converter.stream().invalid_bytes(self.arguments.invalid.into());
        let mut writer = output.open()?;
        let mut bytes = vec![0; PIECE];
        let mut converted = Vec::new();
        loop {
            let count = opened.read(&mut bytes)?;
            match count {
                0 => stream.finish(&mut converted),
                _ => stream.push(&bytes[..count], &mut converted),
            }
            .map_err(|error| streaming(input, error))?;
            writer.write(&converted)?;
            converted.clear();
            if count == 0 {
                return writer.finish();
            }
        }
    }

    fn convert_document(
        &self,
        format: Format,
        input: &Input,
        mut opened: Opened,
        output: &Output,
    ) -> Result<(), Failure> {
        let (conversion, options) = self.for_documents()?;
        let decoded = self.decode(input, opened.read_all()?)?;
        let converted = document::convert(format, &decoded.text, options, conversion)?;
        write(output, &decoded.encode(&converted))
    }

    fn for_documents(&self) -> Result<&(Conversion, Options), Failure> {
        if self.document.get().is_none() {
            let conversion = Conversion::new(&self.arguments.conversion, MarkersKnownBy::Document)?;
            let options = document::options(&self.arguments.wikitext);
            return Ok(self.document.get_or_init(|| (conversion, options)));
        }
        Ok(self.document.get().expect("it was there a line ago"))
    }

    fn decode(&self, input: &Input, bytes: Vec<u8>) -> Result<Decoded, Failure> {
        Decoded::new(bytes, self.arguments.invalid).map_err(|at| invalid(input, at.0 as u64))
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
