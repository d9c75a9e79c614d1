//! Which entries of a DOCX are texts.
//!
//! `[Content_Types].xml` says what each entry is, by its name or by the ending of it. Names are compared without regard to letter case.
//!
//! ```text
//! [Content_Types].xml   <Override PartName="/word/document.xml" ContentType="..wordprocessingml.document.main+xml"/>
//! word/document.xml     a text
//! ```

use std::collections::HashMap;

use super::archive::Archive;
use super::epub::{attribute, elements};
use super::error::{PackageError, PackageErrorKind};
use super::{Syntax, list_of};

const TYPES: &str = "[Content_Types].xml";
/// What a document begins with that is encrypted as a whole: it is no archive any more.
const COMPOUND: &[u8] = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1";

/// The texts: number, name and syntax of each entry, in the order of the archive.
pub(super) fn texts(archive: &mut Archive<'_>) -> Result<Vec<(usize, String, Syntax)>, PackageError> {
    let listing = list_of(archive, TYPES, "what each entry is")?;
    let (mut by_name, mut by_ending) = (HashMap::new(), HashMap::new());
    elements(&listing, |name, element| {
        let Some(kind) = attribute(element, "ContentType") else { return };
        match name {
            "Override" => {
                if let Some(part) = attribute(element, "PartName") {
                    by_name.insert(part.trim_start_matches('/').to_ascii_lowercase(), kind);
                }
            }
            "Default" => {
                if let Some(ending) = attribute(element, "Extension") {
                    by_ending.insert(ending.to_ascii_lowercase(), kind);
                }
            }
            _ => {}
        }
    })
    .map_err(|error| error.within(TYPES))?;
    let mut found = Vec::new();
    for (index, name) in archive.named() {
        let folded = name.to_ascii_lowercase();
        let ending = folded.rsplit_once('.').map_or("", |(_, ending)| ending);
        let kind = by_name.get(&folded).or_else(|| by_ending.get(ending));
        if let Some(syntax) = kind.and_then(|kind| syntax(kind)) {
            found.push((index, name.to_string(), syntax));
        }
    }
    found.sort_by_key(|(index, ..)| *index);
    if !found.iter().any(|(.., syntax)| *syntax == Syntax::Paragraphs) {
        let found = "names no text of a word processor, expected the document to be one";
        return Err(PackageError::new(PackageErrorKind::OtherKind { found }).within(TYPES));
    }
    Ok(found)
}

/// Whether the bytes are a document that a password protects as a whole, or one of the format before.
pub(super) fn is_compound(bytes: &[u8]) -> bool {
    bytes.starts_with(COMPOUND)
}

fn syntax(content_type: &str) -> Option<Syntax> {
    let content_type = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    match content_type.as_str() {
        "application/vnd.openxmlformats-package.core-properties+xml" => return Some(Syntax::DocumentProperties),
        "application/vnd.ms-word.document.macroenabled.main+xml"
        | "application/vnd.ms-word.template.macroenabledtemplate.main+xml"
        | "application/vnd.ms-office.drawingml.diagramdrawing+xml" => return Some(Syntax::Paragraphs),
        _ => {}
    }
    let name = content_type.strip_prefix("application/vnd.openxmlformats-officedocument.")?.strip_suffix("+xml")?;
    let is_text = matches!(
        name,
        "wordprocessingml.document.main"
            | "wordprocessingml.template.main"
            | "wordprocessingml.header"
            | "wordprocessingml.footer"
            | "wordprocessingml.footnotes"
            | "wordprocessingml.endnotes"
            | "wordprocessingml.comments"
            | "drawingml.chart"
            | "drawingml.diagramdata"
    );
    is_text.then_some(Syntax::Paragraphs)
}
