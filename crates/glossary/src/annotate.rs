//! Annotation: the historical names of a text, what they are today, and what to do with each.
mod annotation;
mod block;
mod matcher;
mod options;
mod prose;

pub use annotation::{Action, Agreement, Annotation, Choice, NameForm, Rival, Rule, Stated};
pub use options::{AnnotateOptions, Occurrences};
pub use prose::{Join, Prose, Setting};

use std::collections::HashSet;

use block::{Block, Blocks};
use matcher::{Found, Matcher};

use crate::layout::Form;
use crate::{Entry, Glossary, Policy};

impl Glossary {
    /// The historical names in the prose of a text: sorted, disjoint, on borders of characters. Ranges of prose are to be in order; what reaches
    /// back behind the range before is not read twice.
    pub fn annotate<'a>(&'a self, text: &str, prose: &[Prose], options: &AnnotateOptions) -> Vec<Annotation<'a>> {
        let matcher = Matcher::new(self);
        let mut blocks = Blocks::new(text, prose, self.units_layer().folding());
        let (mut block, mut found, mut annotations) = (Block::default(), Vec::new(), Vec::new());
        let mut glossed = HashSet::new();
        while blocks.read(&mut block) {
            found.clear();
            matcher.find(&block, &mut found);
            for found in &found {
                annotations.extend(self.decide(text, &block, &matcher, found, options, &mut glossed));
            }
        }
        count_characters(text, &mut annotations);
        annotations
    }

    fn decide<'a>(
        &'a self,
        text: &str,
        block: &Block,
        matcher: &Matcher<'a>,
        found: &Found,
        options: &AnnotateOptions,
        glossed: &mut HashSet<(u32, u32)>,
    ) -> Option<Annotation<'a>> {
        let mut candidates: Vec<(Entry<'a>, Form)> = matcher
            .postings(found)
            .filter_map(|(layer, posting)| Some((self.entry_at(layer, posting.entry)?, posting.form)))
            .filter(|(entry, form)| *form == Form::Suffixed || entry.policy() == Policy::Always)
            .filter(|(entry, _)| entry.unit().is_none_or(|unit| unit.to().is_some()))
            .collect();
        candidates.sort_by_key(|(entry, _)| std::cmp::Reverse(entry.rank()));
        let (entry, form) = *candidates.first()?;
        let repeated = !glossed.insert(entry.position()) && options.occurrences == Occurrences::First;
        let (form, rule) = match form {
            Form::Suffixed => (NameForm::Suffixed, Rule::SuffixForm),
            Form::Variant => (NameForm::Variant, Rule::Always),
            _ => (NameForm::Name, Rule::Always),
        };
        let (range, setting) = block.bytes(found.range.clone(), text);
        Some(Annotation {
            range,
            characters: 0..0,
            surface: block.surface(found.range.clone(), text),
            entry: Some(entry),
            form,
            modern: entry.modern(options.as_of),
            action: if repeated { Action::Skip } else { Action::Gloss },
            rule: if repeated { Rule::Repeated } else { rule },
            choice: if candidates.len() == 1 { Choice::Only } else { Choice::Rank },
            confidence: 0.9,
            rivals: candidates[1..].iter().map(|(entry, _)| Rival { entry: *entry, confidence: 0.1 }).collect(),
            year: options.year,
            stated: None,
            setting,
        })
    }
}

/// Fills in the offsets in characters, in one pass over the text.
fn count_characters(text: &str, annotations: &mut [Annotation<'_>]) {
    let (mut byte, mut character) = (0, 0);
    for annotation in annotations {
        let mut upto = |end: usize| {
            character += text[byte..end].chars().count();
            byte = end;
            character
        };
        annotation.characters = upto(annotation.range.start)..upto(annotation.range.end);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_are_nothing_else() {
        let glossary = Glossary::embedded();
        let text = "清軍佔領葉爾羌、濟木薩，叶尔羌守軍撤到迪化府。\n其中都是新兵。";
        let found = glossary.annotate(text, &Prose::whole(text), &AnnotateOptions::default());
        let told: Vec<_> =
            found.iter().map(|annotation| (annotation.surface.as_str(), annotation.action, annotation.rule)).collect();
        assert_eq!(
            told,
            [
                ("葉爾羌", Action::Gloss, Rule::Always),
                ("濟木薩", Action::Gloss, Rule::Always),
                ("叶尔羌", Action::Skip, Rule::Repeated),
                ("迪化府", Action::Gloss, Rule::SuffixForm),
            ]
        );
        for annotation in &found {
            assert_eq!(text[annotation.range.clone()], annotation.surface);
            let characters: String = text.chars().collect::<Vec<_>>()[annotation.characters.clone()].iter().collect();
            assert_eq!(characters, annotation.surface);
        }
    }

    #[test]
    fn a_name_with_markup_within() {
        let glossary = Glossary::embedded();
        let text = "到叶-{尔}-羌";
        let prose = [
            Prose::new(0..6),
            Prose::new(8..11).join(Join::Whole).setting(Setting::Kept { start: 6, end: 13 }),
            Prose::new(13..16).join(Join::Whole),
        ];
        let found = glossary.annotate(text, &prose, &AnnotateOptions::default());
        assert_eq!(found.len(), 1);
        assert_eq!((&text[found[0].range.clone()], found[0].surface.as_str()), ("叶-{尔}-羌", "叶尔羌"));
    }
}
