//! Glosses behind names, in brackets; and writing into a text in general.

use super::Markup;
use super::gloss::{Detail, Glosses};
use super::html::escape;
use crate::annotate::Annotation;

pub(super) fn inline(text: &str, annotations: &[Annotation<'_>], glosses: &Glosses<'_>) -> String {
    let insertions = annotations.iter().filter_map(|annotation| {
        let gloss = glosses.gloss(annotation, Detail::Short)?;
        let gloss = if glosses.options.markup == Markup::Html { escape(&gloss) } else { gloss };
        Some((annotation.gloss_at(), format!("（{gloss}）")))
    });
    insert(text, insertions.collect())
}

/// A text with strings written at bytes of it, which must be borders of characters. Strings of one place keep their order.
pub(super) fn insert(text: &str, mut insertions: Vec<(usize, String)>) -> String {
    insertions.sort_by_key(|(at, _)| *at);
    let added: usize = insertions.iter().map(|(_, string)| string.len()).sum();
    let mut output = String::with_capacity(text.len() + added);
    let mut written = 0;
    for (at, string) in insertions {
        let at = at.min(text.len());
        output.push_str(&text[written..at]);
        output.push_str(&string);
        written = at;
    }
    output.push_str(&text[written..]);
    output
}
