//! XML that describes a document: the text of some of its elements.
//!
//! The package document of an e-book names files, media types and identifiers beside the title; the properties of an office document have dates and the
//! names of accounts. So nothing is converted but the text of elements in a list, by namespace and name:
//!
//! ```text
//! <metadata><dc:title>头发</dc:title><dc:date>2020</dc:date><dc:language>zh-CN</dc:language></metadata>
//!                     ----
//! ```
//!
//! An element in another language (`xml:lang="ja"`) stays. `dc:language` stays too, and a note says so if it names another variant than text is
//! converted to.

use quick_xml::events::{BytesStart, Event};
use tongwen::Variant;

use super::Fault;
use super::builder::Builder;
use super::content::{Texts, events};
use crate::diagnostic::{Diagnostic, DiagnosticCode};
use crate::lists::List;
use crate::{Mode, Options};

/// The names of Dublin Core.
const CORE: &str = "http://purl.org/dc/elements/1.1/";

/// Elements of a namespace.
pub(super) type Elements = &'static [(&'static str, &'static [&'static str])];

/// Those of a package document.
pub(super) const BOOK: Elements = &[(
    CORE,
    &["title", "creator", "contributor", "publisher", "description", "subject", "rights", "coverage", "source"],
)];

/// Those of the properties of an office document. Its creator is the name of an account.
pub(super) const PROPERTIES: Elements = &[
    (CORE, &["title", "subject", "description"]),
    (
        "http://schemas.openxmlformats.org/package/2006/metadata/core-properties",
        &["keywords", "category", "contentStatus"],
    ),
];

pub(super) fn read(builder: &mut Builder<'_>, wanted: Elements, options: &Options) -> Result<(), Fault> {
    let source = builder.source;
    let mut texts = Texts::default();
    // How deep in an element that is wanted.
    let mut depth = 0_usize;
    let mut in_language = false;
    events(source, |namespace, event, range| match &event {
        Event::Start(element) => {
            texts.cut(builder);
            let name = element.local_name();
            let is_wanted = wanted.iter().any(|(space, names)| *space == namespace && names.contains(&name.as_ref()));
            if depth > 0 || is_wanted && !(options.respects_languages() && is_foreign(element, options)) {
                depth += 1;
            }
            in_language = namespace == CORE && name.as_ref() == "language";
        }
        Event::End(_) => {
            texts.cut(builder);
            depth = depth.saturating_sub(1);
            in_language = false;
        }
        Event::Text(_) if in_language => {
            let named = source[range.clone()].trim();
            if let Some(target) =
                options.variant.filter(|_| options.mode != Mode::Strip).filter(|target| differs(named, *target))
            {
                let message = format!(
                    "`{named}` is the language that the document names, and it stays although text is converted to {target}"
                );
                let hint = "readers choose fonts by it; change it if all of the document is in the variant now";
                builder.say(Diagnostic::new(DiagnosticCode::LanguageKept, range, message).with_hint(hint));
            }
        }
        Event::Empty(_) => texts.cut(builder),
        _ if depth > 0 => texts.put(builder, &event, range),
        _ => {}
    })
}

fn is_foreign(element: &BytesStart<'_>, options: &Options) -> bool {
    let language = element.attributes().flatten().find(|attribute| attribute.key.0 == "xml:lang");
    language.is_some_and(|attribute| {
        let language = attribute.value.trim();
        !language.is_empty() && !options.lists.has(List::ChineseLanguages, language)
    })
}

/// Whether a language is Chinese of another kind than the target. `zh` is any.
fn differs(named: &str, target: Variant) -> bool {
    named.parse::<Variant>().is_ok_and(|named| named != target)
}
