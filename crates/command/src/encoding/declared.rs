//! What a document says about its own encoding: used where nobody else says it, held against its bytes, corrected where another one is written.
//!
//! A declaration is the one thing beside prose that is ever touched, and only where `--output-encoding` names an encoding that is not the
//! declared one: a page in GBK that becomes UTF-8 would be misread if it went on saying `charset=gbk`. Everybody is told so by a note. A declaration
//! that is wrong about the bytes that are read is a warning, whatever is done then.

use std::borrow::Cow;
use std::ops::Range;

use tongwen_formats::{Diagnostic, DiagnosticCode, Format, declared_encodings};

use super::{Coding, Encoding, known};

/// What the name of an encoding stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Named {
    Known(Encoding),
    /// An encoding that is none of ours.
    Other,
    /// No encoding at all, as `CHARSET` in a catalogue that is still to be translated.
    Nothing,
}

fn named(name: &[u8]) -> Named {
    let Ok(name) = std::str::from_utf8(name) else { return Named::Nothing };
    match known(name.trim()) {
        Some(encoding) => Named::Known(encoding),
        None if name.trim().eq_ignore_ascii_case("utf-16") => Named::Known(Encoding::Utf16Le),
        None => match encoding_rs::Encoding::for_label(name.as_bytes()) {
            Some(other) => known(other.name()).map_or(Named::Other, Named::Known),
            None => Named::Nothing,
        },
    }
}

/// The encoding that a document in bytes declares, if it is one that the declaration itself can be read in.
pub(super) fn declared(format: Format, document: &[u8]) -> Option<Encoding> {
    let names = declared_encodings(format, document);
    names.into_iter().find_map(|range| match named(&document[range]) {
        Named::Known(Encoding::Utf16Le | Encoding::Utf16Be) => None,
        Named::Known(encoding) => Some(encoding),
        _ => None,
    })
}

/// Whether text that is read as one encoding may be said to be in the other.
fn agree(read: Encoding, said: Named) -> bool {
    let family = |encoding| match encoding {
        Encoding::Gbk => Encoding::Gb18030,
        Encoding::Utf16Be => Encoding::Utf16Le,
        other => other,
    };
    match said {
        Named::Known(said) => family(read) == family(said),
        Named::Other => false,
        // Nothing is said.
        Named::Nothing => true,
    }
}

/// What is wrong with the declarations of a document that has been read.
pub(crate) fn contradictions(format: Format, text: &str, coding: Coding) -> Vec<Diagnostic> {
    let wrong = |range: &Range<usize>| !agree(coding.input, named(&text.as_bytes()[range.clone()]));
    let found = declared_encodings(format, text.as_bytes());
    // ASCII is the same in nearly all.
    let matters = !found.is_empty() && !text.is_ascii();
    let wrong: Vec<Range<usize>> = found.into_iter().filter(|range| matters && wrong(range)).collect();
    let say = |range: Range<usize>| {
        let message = format!("`{}` is declared, and the document was read as {}", &text[range.clone()], coding.input);
        let hint = match coding.names_output {
            true => "if that is wrong, say what it is with --encoding",
            false => "--encoding says what it is, --output-encoding corrects the declaration",
        };
        Diagnostic::new(DiagnosticCode::EncodingContradicted, range, message).with_hint(hint)
    };
    wrong.into_iter().map(say).collect()
}

/// The result with the encoding in its declarations that it will be in, and notes about these, by places of the source. None where nothing is to be done.
pub(crate) fn corrected(
    format: Format,
    source: &str,
    result: &str,
    coding: Coding,
) -> Option<(String, Vec<Diagnostic>)> {
    if !coding.names_output {
        return None;
    }
    let is_other = |range: &Range<usize>| match named(&result.as_bytes()[range.clone()]) {
        Named::Known(said) => said != coding.output,
        Named::Other => true,
        Named::Nothing => false,
    };
    // Conversion touches no declaration, so there are as many before as behind it.
    let places = declared_encodings(format, source.as_bytes()).into_iter();
    let changes: Vec<_> =
        places.zip(declared_encodings(format, result.as_bytes())).filter(|(_, range)| is_other(range)).collect();
    let (mut text, mut at, mut notes) = (String::with_capacity(result.len() + 16), 0, Vec::new());
    for (place, range) in &changes {
        let old = &result[range.clone()];
        let new = spelled_like(coding.output_name(), old);
        text.push_str(&result[at..range.start]);
        text.push_str(&new);
        at = range.end;
        let message = format!("the declared encoding `{old}` became `{new}`, which the result is in");
        notes.push(Diagnostic::new(DiagnosticCode::EncodingRenamed, place.clone(), message));
    }
    text.push_str(&result[at..]);
    (!changes.is_empty()).then_some((text, notes))
}

/// In capitals where the old name has some.
fn spelled_like<'a>(name: &'a str, old: &str) -> Cow<'a, str> {
    match old.bytes().any(|byte| byte.is_ascii_uppercase()) {
        true => name.to_ascii_uppercase().into(),
        false => name.into(),
    }
}
