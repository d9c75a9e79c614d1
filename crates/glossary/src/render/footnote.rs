//! Notes: numbers behind names and a list at the end, or `<ref>` in wikitext.

use std::collections::HashSet;

use super::Markup;
use super::gloss::{Detail, Glosses, span};
use super::inline::insert;
use crate::annotate::Annotation;
use tongwen::Script;

/// `[1]` behind the names, and below the text a line for each number: `[1] 古城（1767–1889）：今新疆维吾尔自治区昌吉回族自治州奇台县`. In Markdown `[^1]` and
/// `[^1]: ...`, with numbers that the text does not use for footnotes of its own.
pub(super) fn footnotes(text: &str, annotations: &[Annotation<'_>], glosses: &Glosses<'_>) -> String {
    let mut insertions = Vec::new();
    let mut notes = String::new();
    // Annotations with one place for their glosses are numbered in the order of the places.
    let mut noted: Vec<(&Annotation<'_>, String)> = annotations
        .iter()
        .filter_map(|annotation| Some((annotation, glosses.gloss(annotation, Detail::Path)?)))
        .collect();
    noted.sort_by_key(|(annotation, _)| annotation.gloss_at());
    let (caret, colon, taken) = match glosses.options.markup {
        Markup::Markdown => ("^", ":", numbers_of_footnotes(text)),
        _ => ("", "", HashSet::new()),
    };
    let free = (1..).filter(|number| !taken.contains(number));
    for (number, (annotation, gloss)) in free.zip(noted) {
        let mark = format!("[{caret}{number}]");
        notes.push_str(&format!("{mark}{colon} {}：{gloss}\n", heading(annotation, glosses.script_of(annotation))));
        insertions.push((annotation.gloss_at(), mark));
    }
    if notes.is_empty() {
        return text.to_string();
    }
    // The text keeps its end as it is; what follows begins on a line of its own.
    let gap = if text.is_empty() || text.ends_with('\n') { "\n" } else { "\n\n" };
    insert(text, insertions) + gap + &notes
}

/// The numbers that a text in Markdown has footnotes for, or seems to.
fn numbers_of_footnotes(text: &str) -> HashSet<usize> {
    let labels = text.split("[^").skip(1).filter_map(|rest| rest.split_once(']'));
    labels.filter_map(|(label, _)| label.parse().ok()).collect()
}

/// `<ref>` behind the names. What a note says has no character that wikitext could take for markup, but for entries of the user's own.
pub(super) fn references(text: &str, annotations: &[Annotation<'_>], glosses: &Glosses<'_>) -> String {
    let insertions = annotations.iter().filter_map(|annotation| {
        let gloss = glosses.gloss(annotation, Detail::Path)?;
        let note = format!("{}：{gloss}", heading(annotation, glosses.script_of(annotation)));
        Some((annotation.gloss_at(), format!("<ref>{}</ref>", wikitext(&note))))
    });
    insert(text, insertions.collect())
}

/// The name and its years.
fn heading(annotation: &Annotation<'_>, script: Script) -> String {
    let Some(entry) = annotation.entry else { return annotation.surface.clone() };
    let years = span(entry);
    // The name as the row has it tells more than a shortened or other form in the text.
    let name = if annotation.surface.contains(entry.name(script)) { &annotation.surface } else { entry.name(script) };
    if years.is_empty() { name.to_string() } else { format!("{name}（{years}）") }
}

/// A text that wikitext shows as it is.
fn wikitext(text: &str) -> String {
    let mut output = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' | '<' | '>' | '[' | ']' | '{' | '}' | '|' | '\'' | '~' | '=' | '_' | '*' | '#' | ':' | ';' => {
                output.push_str(&format!("&#{};", u32::from(character)));
            }
            '\n' => output.push(' '),
            _ => output.push(character),
        }
    }
    output
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_markup() {
        assert_eq!(
            wikitext("甲[[乙]]{{丙}}-{丁}-"),
            "甲&#91;&#91;乙&#93;&#93;&#123;&#123;丙&#125;&#125;-&#123;丁&#125;-"
        );
    }
}
