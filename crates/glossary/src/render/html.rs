//! HTML: names with their glosses above them (`ruby`) or as titles (`abbr`).
//!
//! Plain text is escaped and becomes a fragment; of a document in HTML, or in wikitext and Markdown, which know both elements, only the names change. A name that cannot have an
//! element around it, because it is the target of a link or is kept as it is written, gets it behind the link, with the gloss alone.

use super::Markup;
use super::gloss::{Detail, Glosses};
use crate::annotate::{Annotation, Setting};

/// What stands around a name.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Element {
    Ruby,
    Abbr,
}

pub(super) fn html(text: &str, annotations: &[Annotation<'_>], glosses: &Glosses<'_>, element: Element) -> String {
    let outside = |part: &str| if glosses.options.markup == Markup::Text { escape(part) } else { part.to_string() };
    // Each piece: what of the text it replaces, and with what.
    let mut pieces: Vec<(usize, usize, String)> = annotations
        .iter()
        .filter_map(|annotation| {
            let detail = if element == Element::Ruby { Detail::Short } else { Detail::Path };
            let gloss = escape(&glosses.gloss(annotation, detail)?);
            let wrapped = matches!(annotation.setting, Setting::Plain | Setting::Label { .. });
            Some(if wrapped {
                let name = outside(&text[annotation.range.clone()]);
                (annotation.range.start, annotation.range.end, around(&name, &gloss, element))
            } else {
                (annotation.gloss_at(), annotation.gloss_at(), format!("（{gloss}）"))
            })
        })
        .collect();
    pieces.sort_by_key(|(start, ..)| *start);
    let mut output = String::with_capacity(text.len() * 2);
    let mut written = 0;
    for (start, end, piece) in pieces {
        output.push_str(&outside(&text[written..start]));
        output.push_str(&piece);
        written = end;
    }
    output.push_str(&outside(&text[written..]));
    output
}

fn around(name: &str, gloss: &str, element: Element) -> String {
    match element {
        Element::Ruby => format!("<ruby>{name}<rp>（</rp><rt>{gloss}</rt><rp>）</rp></ruby>"),
        Element::Abbr => format!("<abbr title=\"{gloss}\">{name}</abbr>"),
    }
}

/// A text that HTML shows as it is, in content and in attributes.
pub(super) fn escape(text: &str) -> String {
    let mut output = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => output.push_str("&amp;"),
            '<' => output.push_str("&lt;"),
            '>' => output.push_str("&gt;"),
            '"' => output.push_str("&quot;"),
            '\'' => output.push_str("&#39;"),
            _ => output.push(character),
        }
    }
    output
}
