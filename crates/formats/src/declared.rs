//! Where a document says in which encoding its bytes are.
//!
//! HTML says it in `<meta charset="gbk">` or `<meta http-equiv="Content-Type" content="text/html; charset=gbk">`, XML and XHTML in
//! `<?xml version="1.0" encoding="gbk"?>`, a PO file in the header `Content-Type: text/plain; charset=GBK\n`. All these stand in ASCII before anything
//! that depends on them, so they can be read before the encoding is known.
//!
//! ```
//! use tongwen_formats::{Format, declared_encodings};
//!
//! let page = b"<!-- charset=x --><meta charset=GBK><title>\xba\xba\xd7\xd6</title>";
//! let names: Vec<&[u8]> = declared_encodings(Format::Html, page).into_iter().map(|range| &page[range]).collect();
//! assert_eq!(names, [b"GBK"]);
//! ```
//!
//! # Limits
//!
//! The first 16 KiB are read. Style sheets are not documents, so `@charset` is not looked for.
//!
//! Source: HTML Living Standard, "prescan a byte stream to determine its encoding", without its rule that what stands in scripts counts.

use std::ops::Range;

use memchr::memmem::find;

use crate::Format;

/// Bytes that are read.
const BEGINNING: usize = 16 * 1024;
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// The names of encodings that a document declares for itself, as byte ranges, in order. Formats without such a declaration have none.
pub fn declared_encodings(format: Format, document: &[u8]) -> Vec<Range<usize>> {
    let beginning = &document[..document.len().min(BEGINNING)];
    let mut found = Vec::new();
    match format {
        Format::Html => {
            found.extend(in_xml_declaration(beginning));
            in_meta_elements(beginning, &mut found);
        }
        Format::Xml => found.extend(in_xml_declaration(beginning)),
        Format::Po => found.extend(in_header(beginning)),
        _ => {}
    }
    // What is no name is none, and may end within a character.
    found.retain(|range: &Range<usize>| document[range.clone()].is_ascii());
    found
}

fn in_xml_declaration(text: &[u8]) -> Option<Range<usize>> {
    let start = if text.starts_with(BYTE_ORDER_MARK) { BYTE_ORDER_MARK.len() } else { 0 };
    let rest = text[start..].strip_prefix(b"<?xml")?;
    if !rest.first()?.is_ascii_whitespace() {
        return None;
    }
    let start = start + b"<?xml".len();
    let end = start + find(rest, b"?>")?;
    attributes(text, start, end).find(|(name, _)| name == b"encoding").map(|(_, value)| value)
}

fn in_meta_elements(text: &[u8], found: &mut Vec<Range<usize>>) {
    let mut at = 0;
    while let Some(open) = memchr::memchr(b'<', &text[at..]) {
        let tag = at + open + 1;
        let rest = &text[tag..];
        let skipped = if rest.starts_with(b"!--") {
            find(rest, b"-->")
        } else if is_tag(rest, b"body") {
            return;
        } else if let Some(raw) = [&b"script"[..], b"style", b"title"].into_iter().find(|raw| is_tag(rest, raw)) {
            rest.windows(raw.len() + 2).position(|end| end.starts_with(b"</") && end[2..].eq_ignore_ascii_case(raw))
        } else {
            let end = tag_end(rest);
            if is_tag(rest, b"meta") {
                let end = tag + end.unwrap_or(rest.len());
                found.extend(in_meta(text, tag + b"meta".len(), end));
            }
            end
        };
        let Some(skipped) = skipped else { return };
        at = tag + skipped;
    }
}

fn is_tag(rest: &[u8], name: &[u8]) -> bool {
    rest.get(..name.len()).is_some_and(|own| own.eq_ignore_ascii_case(name))
        && rest.get(name.len()).is_none_or(|next| !next.is_ascii_alphanumeric() && *next != b'-')
}

/// Where the tag is closed, outside of quotes.
fn tag_end(rest: &[u8]) -> Option<usize> {
    let mut quote = None;
    rest.iter().position(|&byte| match quote {
        Some(open) => {
            if byte == open {
                quote = None;
            }
            false
        }
        None if matches!(byte, b'"' | b'\'') => {
            quote = Some(byte);
            false
        }
        None => byte == b'>',
    })
}

fn in_meta(text: &[u8], start: usize, end: usize) -> Option<Range<usize>> {
    let (mut charset, mut content, mut is_type) = (None, None, false);
    for (name, value) in attributes(text, start, end) {
        match name.as_slice() {
            b"charset" => charset = Some(value),
            b"content" => content = charset_in(text, value),
            b"http-equiv" => is_type = text[value].eq_ignore_ascii_case(b"content-type"),
            _ => {}
        }
    }
    charset.or(content.filter(|_| is_type))
}

/// The names of attributes in small letters, and where their values stand, between two places of a tag.
fn attributes(text: &[u8], start: usize, end: usize) -> impl Iterator<Item = (Vec<u8>, Range<usize>)> {
    let mut at = start;
    let is_between = |byte: u8| byte.is_ascii_whitespace() || byte == b'/';
    std::iter::from_fn(move || {
        let skip = |at: usize, skipped: &dyn Fn(u8) -> bool| {
            text[at..end].iter().position(|&byte| !skipped(byte)).map_or(end, |found| at + found)
        };
        loop {
            at = skip(at, &is_between);
            if at == end {
                return None;
            }
            let name = at..skip(at + 1, &|byte| byte != b'=' && !is_between(byte)).max(at + 1).min(end);
            at = skip(name.end, &|byte: u8| byte.is_ascii_whitespace());
            if text.get(at).filter(|_| at < end) != Some(&b'=') {
                continue;
            }
            at = skip(at + 1, &|byte: u8| byte.is_ascii_whitespace());
            let value = match text.get(at).filter(|_| at < end) {
                Some(&quote @ (b'"' | b'\'')) => at + 1..skip(at + 1, &|byte| byte != quote),
                _ => at..skip(at, &|byte| !byte.is_ascii_whitespace()),
            };
            at = (value.end + 1).min(end);
            return Some((text[name].to_ascii_lowercase(), value));
        }
    })
}

/// What stands behind `charset=`.
fn charset_in(text: &[u8], range: Range<usize>) -> Option<Range<usize>> {
    const NAME: &[u8] = b"charset";
    let own = &text[range.clone()];
    let found = own.windows(NAME.len()).position(|place| place.eq_ignore_ascii_case(NAME))?;
    let behind = own[found + NAME.len()..].trim_ascii_start().strip_prefix(b"=")?.trim_ascii_start();
    let start = range.end - behind.len();
    let ends = |byte: &u8| matches!(byte, b';' | b'"' | b'\'' | b'\\') || byte.is_ascii_whitespace();
    let end = start + behind.iter().position(ends).unwrap_or(behind.len());
    (start < end).then_some(start..end)
}

fn in_header(text: &[u8]) -> Option<Range<usize>> {
    const FIELD: &[u8] = b"\"Content-Type:";
    let mut start = 0;
    for line in text.split_inclusive(|&byte| byte == b'\n') {
        let range = start..start + line.len();
        start = range.end;
        if line.get(..FIELD.len()).is_some_and(|field| field.eq_ignore_ascii_case(FIELD)) {
            return charset_in(text, range);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(format: Format, text: &str) -> Vec<&str> {
        declared_encodings(format, text.as_bytes()).into_iter().map(|range| &text[range]).collect()
    }

    #[test]
    fn pages_say_it_in_several_ways() {
        for (page, expected) in [
            ("<meta charset=gbk>", &["gbk"][..]),
            ("<META CHARSET = 'Big5' >", &["Big5"]),
            ("<head><meta name=a content='charset=x'><meta charset=\"utf-8\"/>", &["utf-8"]),
            ("<meta http-equiv=Content-Type content='text/html; charset=gb2312'>", &["gb2312"]),
            ("<meta content=\"text/html;charset = gb2312; x\" http-equiv=\"content-type\">", &["gb2312"]),
            ("\u{feff}<?xml version='1.0' encoding='big5'?><html><meta charset=gbk>", &["big5", "gbk"]),
            ("<script>'<meta charset=a>'</script><title><meta charset=b></title><meta charset=c>", &["c"]),
            ("<!-- <meta charset=a> --><metadata charset=b><body><meta charset=c>", &[]),
            ("<p title='>'><meta charset=a", &["a"]),
            ("<meta charset><meta charset=><meta", &[""]),
            ("<meta content='charset=x'>", &[]),
        ] {
            assert_eq!(names(Format::Html, page), expected, "{page}");
        }
    }

    #[test]
    fn xml_and_catalogues_say_it_at_the_beginning() {
        assert_eq!(names(Format::Xml, "<?xml version=\"1.0\" encoding=\"GBK\"?>\n<a encoding='b'/>"), ["GBK"]);
        assert_eq!(names(Format::Xml, "<?xml version=\"1.0\"?><a encoding='b'/>"), [""; 0]);
        assert_eq!(names(Format::Xml, "<?xml-stylesheet encoding='b'?>"), [""; 0]);
        let header =
            "msgid \"\"\nmsgstr \"\"\n\"MIME-Version: 1.0\\n\"\n\"Content-Type: text/plain; charset=GBK\\n\"\n";
        assert_eq!(names(Format::Po, header), ["GBK"]);
        assert_eq!(names(Format::Po, "msgid \"charset=x\"\n"), [""; 0]);
        assert_eq!(names(Format::Json, "<meta charset=gbk>"), [""; 0]);
    }

    #[test]
    fn anything_is_read() {
        for text in [
            "<",
            "<?xml",
            "<?xml ",
            "<?xml ?>",
            "<meta",
            "<meta =",
            "<meta charset=\"",
            "<meta / = / =>",
            "\"Content-Type:",
        ] {
            for end in 0..=text.len() {
                for format in [Format::Html, Format::Xml, Format::Po] {
                    declared_encodings(format, &text.as_bytes()[..end]);
                }
            }
        }
    }
}
