//! Which entries of an EPUB are texts.
//!
//! `META-INF/container.xml` names the package documents, and each of these lists the files of a book with their media types. What is not listed
//! is no part of the book. `META-INF/encryption.xml` names what is encrypted: fonts often, texts if they are protected from being read.
//!
//! ```text
//! META-INF/container.xml   <rootfile full-path="OEBPS/book.opf" ../>
//! OEBPS/book.opf           <item href="one%201.xhtml" media-type="application/xhtml+xml"/>
//! OEBPS/one 1.xhtml        a text
//! ```

use std::collections::{BTreeMap, HashSet};

use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::Reader;

use super::archive::Archive;
use super::error::{PackageError, PackageErrorKind};
use super::{Syntax, list_of};

const CONTAINER: &str = "META-INF/container.xml";
const ENCRYPTION: &str = "META-INF/encryption.xml";

/// The texts: number, name and syntax of each entry, in the order of the archive.
pub(super) fn texts(archive: &mut Archive<'_>) -> Result<Vec<(usize, String, Syntax)>, PackageError> {
    let container = list_of(archive, CONTAINER, "where the book's package document is")?;
    let mut books = Vec::new();
    elements(&container, |name, element| {
        if name == "rootfile"
            && attribute(element, "media-type").is_none_or(|kind| kind == "application/oebps-package+xml")
        {
            books.extend(attribute(element, "full-path"));
        }
    })
    .map_err(|error| error.within(CONTAINER))?;
    let mut found: BTreeMap<usize, (String, Syntax)> = BTreeMap::new();
    for book in &books {
        let listing = list_of(archive, book, "which files the book has")?;
        let mut items = Vec::new();
        elements(&listing, |name, element| {
            if name == "item"
                && let Some(href) = attribute(element, "href")
            {
                items.extend(syntax(attribute(element, "media-type")).map(|syntax| (resolved(book, &href), syntax)));
            }
        })
        .map_err(|error| error.within(book))?;
        items.push((book.clone(), Syntax::BookMetadata));
        for (name, syntax) in items {
            // Files that are listed but elsewhere, or missing, are no entries.
            if let Some(index) = archive.find(&name) {
                found.insert(index, (name, syntax));
            }
        }
    }
    if books.is_empty() {
        let found = "names no package document, expected a <rootfile> with its path";
        return Err(PackageError::new(PackageErrorKind::OtherKind { found }).within(CONTAINER));
    }
    let encrypted = encrypted(archive)?;
    if let Some((name, _)) = found.values().find(|(name, _)| encrypted.contains(name)) {
        return Err(PackageError::new(PackageErrorKind::Encrypted).within(name));
    }
    Ok(found.into_iter().map(|(index, (name, syntax))| (index, name, syntax)).collect())
}

fn syntax(media_type: Option<String>) -> Option<Syntax> {
    match media_type?.trim().to_ascii_lowercase().as_str() {
        "application/xhtml+xml" | "application/x-dtbncx+xml" | "image/svg+xml" => Some(Syntax::Xml),
        "text/html" => Some(Syntax::Html),
        _ => None,
    }
}

/// The names of what is encrypted.
fn encrypted(archive: &mut Archive<'_>) -> Result<HashSet<String>, PackageError> {
    let mut names = HashSet::new();
    if archive.find(ENCRYPTION).is_some() {
        let listing = list_of(archive, ENCRYPTION, "what is encrypted")?;
        elements(&listing, |name, element| {
            if name == "CipherReference" {
                names.extend(attribute(element, "URI").map(|uri| resolved("", &uri)));
            }
        })
        .map_err(|error| error.within(ENCRYPTION))?;
    }
    Ok(names)
}

/// Shows every element, by its name without a prefix.
pub(super) fn elements(xml: &str, mut show: impl FnMut(&str, &BytesStart<'_>)) -> Result<(), PackageError> {
    let mut reader = Reader::from_str(xml.trim_start_matches('\u{feff}'));
    loop {
        match reader.read_event() {
            Ok(Event::Start(element) | Event::Empty(element)) => show(element.local_name().as_ref(), &element),
            Ok(Event::Eof) => return Ok(()),
            Ok(_) => {}
            Err(error) => {
                let message = format!("{error} at byte {}", reader.error_position());
                return Err(PackageError::new(PackageErrorKind::Xml { message }));
            }
        }
    }
}

/// The value of an attribute, by its name without a prefix.
pub(super) fn attribute(element: &BytesStart<'_>, name: &str) -> Option<String> {
    let mut attributes = element.attributes().flatten();
    let found = attributes.find(|attribute| attribute.key.local_name().as_ref() == name)?;
    Some(unescaped(&found.value))
}

/// Character references and the names that XML knows; others stay.
fn unescaped(value: &str) -> String {
    quick_xml::escape::unescape(value).map_or_else(|_| value.to_string(), |text| text.into_owned())
}

/// The name of the entry that a link in another one leads to.
pub(super) fn resolved(from: &str, href: &str) -> String {
    let href = decoded(href.split('#').next().unwrap_or_default());
    let folder = from.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut segments: Vec<&str> = if href.starts_with('/') { Vec::new() } else { folder.split('/').collect() };
    for segment in href.split('/') {
        match segment {
            "" | "." => {}
            ".." => {
                segments.pop();
            }
            segment => segments.push(segment),
        }
    }
    segments.retain(|segment| !segment.is_empty());
    segments.join("/")
}

/// With what `%20` and the like stand for.
fn decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let digits = (bytes[at] == b'%').then(|| text.get(at + 1..at + 3)).flatten();
        match digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(byte) => {
                decoded.push(byte);
                at += 3;
            }
            None => {
                decoded.push(bytes[at]);
                at += 1;
            }
        }
    }
    String::from_utf8(decoded).unwrap_or_else(|_| text.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_lead_to_entries() {
        assert_eq!(resolved("OEBPS/book.opf", "text/one%201.xhtml#a"), "OEBPS/text/one 1.xhtml");
        assert_eq!(resolved("a/b/c.opf", "../%E5%9B%BD.xhtml"), "a/国.xhtml");
        assert_eq!(resolved("book.opf", "./one.xhtml"), "one.xhtml");
        assert_eq!(resolved("book.opf", "../../one.xhtml"), "one.xhtml");
        assert_eq!(resolved("a/book.opf", "/one%.xhtml"), "one%.xhtml");
        assert_eq!(resolved("", "%ff"), "%ff");
    }
}
