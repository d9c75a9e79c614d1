//! Converts packages: archives that hold the texts of one document (EPUB, DOCX).
//!
//! Each text is converted as a document of its own and called by the names of the file and its entry, `book.epub/OEBPS/one.xhtml`; records of a report
//! have the file as `path` and the entry as `part`, and places are those of the decompressed text. Where that is one long line of XML, a diff
//! shows paragraphs instead. The result is an archive in which every
//! other byte stands as it did; if nothing changes it is the same archive.

use std::io::IsTerminal;

use tongwen::{Edits, Variant};
use tongwen_formats::package::{Limits, Package, PackageFormat, Part};
use tongwen_formats::{Document, Severity};

use crate::arguments::AmbiguousChoice;
use crate::conversion::Conversion;
use crate::destination::{Action, Show};
use crate::document::{self, Reasons, Why};
use crate::findings::{self, Changes, Loudness};
use crate::input::Input;
use crate::messages::{Failure, Printable};
use crate::output::Output;
use crate::protection::Comments;
use crate::show;
use crate::task::{self, Manner};
use crate::turns::{Lane, Outcome};

/// Reads the texts of a package.
pub(crate) fn read<'a>(format: PackageFormat, input: &Input, bytes: &'a [u8]) -> Result<Package<'a>, Failure> {
    Package::read(format, bytes, Limits::default()).map_err(|error| input.failure(error))
}

/// What came of the texts so far.
#[derive(Default)]
struct Results {
    texts: Vec<String>,
    changed: bool,
    wrong: usize,
    left_alone: bool,
    refused: bool,
    records: Vec<u8>,
    /// What is shown of what would change.
    shown: String,
}

/// Does what is to be done with a package.
pub(crate) fn run(
    format: PackageFormat,
    input: &Input,
    bytes: &[u8],
    action: &Action,
    manner: &Manner<'_>,
    lane: &mut Lane<'_>,
) -> Result<Outcome, Failure> {
    if matches!(action, Action::Write(Output::Standard)) && std::io::stdout().is_terminal() {
        let failure = input.failure("is an archive, and so is the result, which is nothing for a terminal");
        return Err(failure.with_hint("name a file with -o, convert it in place with --write, or look with --diff"));
    }
    lane.counter().has_read(bytes.len());
    let package = read(format, input, bytes)?;
    manner.conversion.expect(Some(package.parts().iter().map(|part| part.text().len() as u64).sum()));
    let mut results = Results::default();
    for part in package.parts() {
        one(part, input, action, manner, &mut results, lane)?;
    }
    let Results { texts, changed, mut wrong, left_alone, refused, records, shown } = results;
    let reporting = &manner.arguments.reporting;
    if changed && package.is_signed() {
        wrong += 1;
        if !reporting.quiet {
            let text =
                "warning: the package is signed, and the signature does not fit what was converted; sign it again";
            lane.effects.say(&input.failure(text));
        }
    }
    if reporting.report.is_some() {
        lane.effects.records.extend(&records);
    }
    if left_alone {
        return Err(input.failure("the document was left alone, and nothing was written"));
    }
    task::strict(input, reporting.strict, wrong)?;
    if refused {
        return Ok(Outcome::Refused);
    }
    let outcome = if changed { Outcome::Changed } else { Outcome::Same };
    match action {
        Action::Replace { .. } if !changed => return Ok(outcome),
        Action::Look(show) => {
            match show {
                Show::Json => {
                    show::json(&input.to_string(), changed, |take| take(&records), |part| lane.effects.out += part);
                }
                Show::Names if changed => lane.effects.line(&input.to_string()),
                _ => lane.effects.out += &shown,
            }
            return Ok(outcome);
        }
        _ => {}
    }
    let result = package.write(&texts).map_err(|error| input.failure(error))?;
    let mut writer = task::place(input, action)?.open()?;
    writer.write(&result)?;
    writer.finish_keeping(action.backup())?;
    Ok(outcome)
}

/// Converts one text.
fn one(
    part: &Part,
    input: &Input,
    action: &Action,
    manner: &Manner<'_>,
    results: &mut Results,
    lane: &mut Lane<'_>,
) -> Result<(), Failure> {
    let Manner { arguments, options, conversion, wishes } = *manner;
    let reporting = &arguments.reporting;
    let wants_records = reporting.report.is_some() || *action == Action::Look(Show::Json);
    let reasons = Reasons::shown_by(action).max(Reasons::reported(reporting.report.as_deref()));
    let document = part.scan(options);
    let (strings, why) = document::convert_text(&document, Comments::Anywhere, conversion, wishes, reasons)?;
    let strings = strings.all();
    let changes = Changes::new(&document, &why, wishes.ambiguous);
    let own = match &why {
        Why::Unasked if part.has_runs() => edits(&document, &strings, conversion),
        _ => Edits::new(),
    };
    let all = own.iter().chain(Changes::new(&document, &why, AmbiguousChoice::First).edits());
    let edits: Vec<_> = match part.has_runs() {
        true => all.map(|(range, edit)| (range, edit.replacement.as_str())).collect(),
        false => Vec::new(),
    };
    let (text, diagnostics) = (document.assemble_by_edits(&strings, &edits), document.diagnostics(&strings));
    let name = format!("{input}/{}", part.name());
    if wants_records {
        let path = input.to_string();
        let place = findings::Where { path: &path, page: None, part: Some(part.name()), bytes: &|offset| offset };
        let variant = conversion.variant().map_or("zh", Variant::code);
        findings::records(&place, &document, &diagnostics, changes, variant, &mut results.records, |_| {});
    }
    let loudness = Loudness::of(reporting);
    lane.effects.said.push_str(&findings::about(&Printable(&name), document.source(), &diagnostics, loudness));
    results.wrong += diagnostics.iter().filter(|diagnostic| diagnostic.severity >= Severity::Warning).count();
    results.left_alone |= diagnostics.iter().any(task::left_alone);
    if wishes.ambiguous == AmbiguousChoice::Error && changes.ambiguities().next().is_some() {
        lane.effects.said.push_str(&task::undecided(&name, &document, changes.ambiguities()));
        results.refused = true;
    }
    if text != part.text() {
        results.changed = true;
        match action {
            Action::Look(Show::Diff) => {
                let (old, new) = (part.lines(part.text(), options), part.lines(&text, options));
                let (old, new) = (old.as_deref().unwrap_or(part.text()), new.as_deref().unwrap_or(&text));
                results.shown += &show::diff(&name, old, new, reporting.color);
            }
            Action::Look(Show::Changes) => {
                show::changes(&name, &document, changes.edits(), &mut results.shown, |_| {});
            }
            _ => {}
        }
    }
    results.texts.push(text);
    Ok(())
}

/// What was replaced in texts whose length has changed: of others, each character is taken to stand in the place of one. Asked for apart, because it costs
/// more than the conversion.
fn edits(document: &Document<'_>, strings: &[&str], conversion: &Conversion) -> Edits {
    let mut edits = Edits::new();
    let Some(converter) = conversion.converter() else { return edits };
    let (mut ranges, mut epochs) = (Vec::new(), Vec::new());
    for ((range, epoch), string) in document.text_ranges().into_iter().zip(document.epochs()).zip(strings) {
        if document.text()[range.clone()].chars().count() != string.chars().count() {
            ranges.push(range);
            epochs.push(epoch);
        }
    }
    if !ranges.is_empty() {
        converter.edits_in_ranges_into(document.text(), &ranges, document.page_pairs(), &epochs, &mut edits);
    }
    edits
}

/// The prose of all texts, a line for each stretch.
pub(crate) fn prose(package: &Package<'_>) -> String {
    let mut prose = String::new();
    for part in package.parts() {
        let document: Document<'_> = part.scan(&tongwen_formats::Options::default());
        for range in document.text_ranges() {
            prose.push_str(&document.text()[range]);
            prose.push('\n');
        }
    }
    prose
}
