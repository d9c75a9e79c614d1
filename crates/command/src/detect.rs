//! `tongwen detect`: which script and region texts are written for.

use serde::Serialize;
use tongwen::{Detection, Script, detect};

use crate::arguments::{DetectArguments, DocumentArguments, Expected, FormatChoice};
use crate::input::Input;
use crate::messages::{self, Exit, Failure, Printable};
use crate::output::{Output, Writer};
use crate::package;
use crate::task::{self, FileFormat};
use crate::walk::{self, Source};

/// The version of the machine output.
const SCHEMA: u32 = 1;

pub(crate) fn run(arguments: &DetectArguments) -> Result<Exit, Failure> {
    let sources = walk::sources(&arguments.inputs, FormatChoice::Auto, None)?;
    let documents = DocumentArguments { encoding: arguments.encoding, ..DocumentArguments::default() };
    let mut writer = Output::Standard.open()?;
    let (mut failed, mut others) = (0, 0);
    let unreadable = sources.failures.len();
    for failure in sources.failures {
        messages::report(&failure);
    }
    for Source { input, .. } in &sources.all {
        match one(input, arguments, &documents, &mut writer) {
            Ok(true) => {}
            Ok(false) => others += 1,
            Err(failure @ Failure::BrokenPipe) => return Err(failure),
            Err(failure) => {
                failed += 1;
                messages::report(&failure);
            }
        }
    }
    writer.finish()?;
    match Exit::of(failed + unreadable, sources.all.len() + unreadable) {
        Exit::Done if others > 0 => Ok(Exit::No),
        exit => Ok(exit),
    }
}

/// Looks at one text; whether it is what was expected.
fn one(
    input: &Input,
    arguments: &DetectArguments,
    documents: &DocumentArguments,
    writer: &mut Writer,
) -> Result<bool, Failure> {
    let bytes = input.open()?.read_all()?;
    let format = input.path().and_then(|path| task::format_of(path, FormatChoice::Auto));
    let text = match format {
        Some(FileFormat::Package(format)) => package::prose(&package::read(format, input, &bytes)?),
        Some(FileFormat::Dump) => {
            return Err(input.failure("is a compressed dump of a wiki, expected a document; decompress it first"));
        }
        _ => {
            let named = |failure: Failure| failure.with_hint("name the encoding with --encoding");
            task::decode(input, &bytes, documents).map_err(named)?.text.into_owned()
        }
    };
    let found = detect(&text);
    let expected = match arguments.expect {
        None => true,
        Some(Expected::Script(script)) => script == found.script.name(),
        Some(Expected::Region(region)) => Some(region) == found.region,
    };
    if arguments.expect.is_some() && expected && !arguments.json {
        return Ok(true);
    }
    let mut line = if arguments.json { record(input, &found) } else { sentence(input, &found) };
    line.push('\n');
    writer.write(line.as_bytes())?;
    Ok(expected)
}

fn sentence(input: &Input, found: &Detection) -> String {
    let name = input.to_string();
    let region = match found.region {
        // Rounded down: nothing that is not certain is to be shown as certain.
        Some(region) => format!(", {region} ({:.2})", (found.confidence * 100.0).floor() / 100.0),
        None => String::new(),
    };
    let listed = |script: Script| -> String {
        let own = found.evidence.iter().filter(|evidence| evidence.script == script);
        let mut characters: Vec<String> = Vec::new();
        for character in own.map(|evidence| evidence.character.to_string()) {
            if !characters.contains(&character) {
                characters.push(character);
            }
        }
        if characters.is_empty() { String::new() } else { format!(" ({})", characters.join(" ")) }
    };
    format!(
        "{}: {}{region}; {} Han characters, {} only simplified{}, {} only traditional{}",
        Printable(&name),
        found.script.name(),
        found.han,
        found.simplified,
        listed(Script::Simplified),
        found.traditional,
        listed(Script::Traditional),
    )
}

#[derive(Serialize)]
struct Record<'a> {
    schema: u32,
    path: &'a str,
    script: &'static str,
    variant: Option<&'static str>,
    confidence: f64,
    counts: Counts,
    evidence: Vec<Evidence>,
}

#[derive(Serialize)]
struct Counts {
    han: usize,
    simplified: usize,
    traditional: usize,
}

#[derive(Serialize)]
struct Evidence {
    /// Bytes from the start of the text.
    start: usize,
    character: char,
    script: &'static str,
}

fn record(input: &Input, found: &Detection) -> String {
    let path = input.path().map_or("-".into(), |path| path.to_string_lossy());
    let evidence = found.evidence.iter().map(|evidence| Evidence {
        start: evidence.offset,
        character: evidence.character,
        script: evidence.script.name(),
    });
    let record = Record {
        schema: SCHEMA,
        path: &path,
        script: found.script.name(),
        variant: found.region.map(tongwen::Variant::code),
        confidence: found.confidence,
        counts: Counts { han: found.han, simplified: found.simplified, traditional: found.traditional },
        evidence: evidence.collect(),
    };
    serde_json::to_string(&record).expect("a record of strings and numbers is always JSON")
}
