//! Pairs for the converter: names that it would write in another way than their authors do.
//!
//! `tongwen convert --dict` takes them, and so does whatever reads dictionaries of OpenCC: a source, a tab, a target. Which names get a pair, and when entries that disagree
//! get none, is the affair of [`guard`](crate::guard); here are those of the entries that are asked for, judged among all.

use std::collections::HashSet;

use crate::entry::Entry;
use crate::guard;

/// The pairs towards a target, by its name in the table of the guard.
pub(super) fn export<'a>(entries: impl Iterator<Item = Entry<'a>>, target: &str) -> String {
    let mut text = format!("# Names of places that conversion to {target} would break: source, tab, target\n");
    let mut names: HashSet<String> = HashSet::new();
    let mut glossary = None;
    for entry in entries {
        glossary = Some(entry.glossary());
        names.extend(guard::forms(entry).into_iter().flat_map(|form| [form.hans, form.hant]));
    }
    let pairs = glossary.map(|glossary| guard::pairs(glossary.entries(), target)).unwrap_or_default();
    for (source, (replacement, _)) in pairs.into_iter().filter(|(source, _)| names.contains(source)) {
        text.push_str(&format!("{source}\t{replacement}\n"));
    }
    text
}

#[cfg(test)]
mod tests {
    use tongwen::{Converter, Script, UserDictionary, Variant};

    use super::*;
    use crate::Glossary;

    #[test]
    fn the_converter_takes_them_and_no_name_breaks() {
        let glossary = Glossary::embedded();
        let directions = [
            ("hant", Variant::ZhHans, Variant::ZhHant, [Script::Simplified, Script::Traditional]),
            ("hans", Variant::ZhHant, Variant::ZhHans, [Script::Traditional, Script::Simplified]),
        ];
        for (target, from, to, [source, result]) in directions {
            let text = export(glossary.entries(), target);
            let dictionary = UserDictionary::parse("pairs.tsv", &text).unwrap();
            let converter = Converter::builder().from(from).to(to).dictionary(dictionary).build().unwrap();
            for id in ["xj-qiande-1928", "xj-gumudi-1763"] {
                let entry = glossary.entry(id).unwrap();
                assert_eq!(converter.convert(entry.name(source)), entry.name(result), "{id}");
            }
            assert!(text.lines().filter(|line| !line.starts_with('#')).count() > 20, "{text}");
        }
    }

    #[test]
    fn of_some_entries_only_their_pairs() {
        let glossary = Glossary::embedded();
        let pairs = |id: &str| export([glossary.entry(id).unwrap()].into_iter(), "hans").lines().count() - 1;
        assert_eq!((pairs("xj-gumudi-1763"), export([].into_iter(), "hans").lines().count()), (0, 1));
        assert!(pairs("xj-qiande-1928") > 1);
    }
}
