//! `tongwen detect`: which script and region texts are written for.

use serde::Serialize;
use tongwen::{DetectedScript, Detection, Script, detect};

use crate::arguments::DetectArguments;
use crate::input::Input;
use crate::messages::{self, Exit, Failure, Printable};
use crate::output::{Output, Writer};

/// The version of the machine output.
const SCHEMA: u32 = 1;

pub(crate) fn run(arguments: &DetectArguments) -> Result<Exit, Failure> {
    let inputs = Input::all(&arguments.paths);
    let mut writer = Output::Standard.open()?;
    let mut failed = 0;
    for input in &inputs {
        match one(input, arguments, &mut writer) {
            Ok(()) => {}
            Err(failure @ Failure::BrokenPipe) => return Err(failure),
            Err(failure) => {
                failed += 1;
                messages::report(&failure);
            }
        }
    }
    writer.finish()?;
    Ok(Exit::of(failed, inputs.len()))
}

fn one(input: &Input, arguments: &DetectArguments, writer: &mut Writer) -> Result<(), Failure> {
    let found = detect(&input.read_text()?);
    let mut line = if arguments.json { record(input, &found) } else { sentence(input, &found) };
    line.push('\n');
    writer.write(line.as_bytes())
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
        script_name(found.script),
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
        script: match evidence.script {
            Script::Simplified => "simplified",
            Script::Traditional => "traditional",
        },
    });
    let record = Record {
        schema: SCHEMA,
        path: &path,
        script: script_name(found.script),
        variant: found.region.map(tongwen::Variant::code),
        confidence: found.confidence,
        counts: Counts { han: found.han, simplified: found.simplified, traditional: found.traditional },
        evidence: evidence.collect(),
    };
    serde_json::to_string(&record).expect("a record of strings and numbers is always JSON")
}

fn script_name(script: DetectedScript) -> &'static str {
    match script {
        DetectedScript::Simplified => "simplified",
        DetectedScript::Traditional => "traditional",
        DetectedScript::Mixed => "mixed",
        DetectedScript::Neutral => "neutral",
        _ => "none",
    }
}
