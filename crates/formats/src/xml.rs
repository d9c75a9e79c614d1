//! XML: documents, feeds, pictures, e-books, translations.
//!
//! Read by the scanner of HTML ([`crate::html`]), with the rules of XML. Here `国` is text in five places:
//!
//! ```text
//! <?xml version="1.0"?><!DOCTYPE 国 [<!ENTITY 国 "国">]>
//! <国 title="国" 名="国">国<style>国</style><![CDATA[<b id="国">国</b>]]>&国;<p xml:lang="ja">国</p>国<!-- 国 --></国>
//!            ^^           ^^                               ^^                              ^^
//! ```
//!
//! * Names, comments, instructions, the declaration of the type, and entities, whatever their names, stay; the attributes of the
//!   list `prose-attributes` are converted.
//! * A section between `<![CDATA[` and `]]>` is text. What looks like HTML in it is read so, but its tags stay whole.
//! * Elements of the lists `xml-raw-elements` and `xml-code-elements` stay. In XLIFF, where translations stand beside texts, the
//!   texts (`<source>`) stay too.
//! * `xml:lang` and `lang` count as `lang` does in HTML.
//! * New text is escaped: `<` and `&` in what the user's own pairs put in.
//! * A dump of a wiki stays whole, and this is told: its pages are wikitext, which [`crate::dump`] reads.
//!
//! Conversion markup and addresses are treated as in HTML. Nothing says `__NOCC__` here.
//!
//! Cost: as of HTML.
//!
//! Limits: namespaces are not looked up, prefixes are left out of account; what a schema says about elements is not known.
//!
//! Source: XML 1.0, fifth edition; XLIFF 1.2 and 2.1.

use crate::Options;
use crate::document::Scan;
use crate::html::tags::{Construct, Contents, Form, Syntax, Tags, local_name};
use crate::html::{kept, scan_as};
use crate::wikitext::faults::{Fault, FaultKind};

/// Scans a document.
pub(crate) fn scan(source: &str, options: &Options) -> Scan {
    let syntax = match root(source, options) {
        Some((_, "xliff")) => Syntax::Xliff,
        Some((at, "mediawiki")) => {
            return kept(source, Fault { range: at..at + "<mediawiki".len(), kind: FaultKind::Dump });
        }
        _ => Syntax::Xml,
    };
    scan_as(syntax, source, options)
}

/// Where the first element begins, and its name.
fn root<'s>(source: &'s str, options: &'s Options) -> Option<(usize, &'s str)> {
    let mut tags = Tags::new(source, &options.lists, Syntax::Xml);
    let mut at = 0;
    while let Some(step) = memchr::memchr(b'<', &source.as_bytes()[at..]) {
        at += step;
        match tags.read(at, source.len(), Contents::NoMarkup) {
            Construct::Tag { name, form: Form::Opens, .. } => return Some((at, local_name(&source[name]))),
            Construct::Tag { form: Form::Empty, .. } | Construct::Element { .. } => return None,
            construct => at = construct.end(),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_root_is_behind_the_declarations() {
        let options = Options::default();
        let name = |source| root(source, &options).map(|(_, name)| name);
        assert_eq!(name("<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b \"<c>\">]>\n<!-- <d> --><x:e f='>'>"), Some("e"));
        assert_eq!((name(""), name("<!--"), name("a"), name("<a/><b>")), (None, None, None, None));
    }
}
