//! Pairs for the converter: names that it would write in another way than their authors do.
//!
//! `tongwen convert --dict` takes them, and they win over the converter's own tables. A pair is written for a name, or a full form of one, of two
//! characters or more that the official config (`s2t`, `t2s`) does not bring to the form of the row by itself. Names that are mostly something
//! else in running text (policy `never`) give their full forms only. Where rows ask for different forms of one name, that of the higher rank is
//! written; of the same rank, none, and a comment says so.

use std::collections::BTreeMap;

use tongwen::{Config, Converter, Script};

use crate::entry::{Entry, EntryKind};
use crate::table::Policy;

/// Which way the pairs are for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Direction {
    ToTraditional,
    ToSimplified,
}

/// What rows want of a name: targets with the highest rank of a row that wants them.
type Wanted = BTreeMap<String, Vec<(String, u8)>>;

pub(super) fn export<'a>(entries: impl Iterator<Item = Entry<'a>>, direction: Direction) -> String {
    let (config, scripts) = match direction {
        Direction::ToTraditional => (Config::S2T, [Script::Simplified, Script::Traditional]),
        Direction::ToSimplified => (Config::T2S, [Script::Traditional, Script::Simplified]),
    };
    let mut wanted = Wanted::new();
    for entry in entries {
        let [source, target] = scripts;
        let bare = (entry.kind() == EntryKind::Place && entry.policy() != Policy::Never)
            .then(|| (entry.name(source).to_string(), entry.name(target).to_string()));
        let full = entry.full_names(source).zip(entry.full_names(target));
        for (source, target) in bare.into_iter().chain(full) {
            if source.chars().count() > 1 {
                want(wanted.entry(source).or_default(), target, entry.rank());
            }
        }
    }
    let converter = Converter::new(config);
    let mut text = format!("# Names of places that {config} alone would break: source, tab, target\n");
    for (source, mut targets) in wanted {
        targets.sort_by(|(first, first_rank), (second, second_rank)| {
            second_rank.cmp(first_rank).then_with(|| first.cmp(second))
        });
        let tied = targets.len() > 1 && targets[0].1 == targets[1].1;
        if tied {
            let forms: Vec<&str> = targets.iter().map(|(target, _)| target.as_str()).collect();
            text.push_str(&format!("# {source}: {}, not decided\n", forms.join(" or ")));
        } else if converter.convert(&source) != targets[0].0 {
            text.push_str(&format!("{source}\t{}\n", targets[0].0));
        }
    }
    text
}

fn want(targets: &mut Vec<(String, u8)>, target: String, rank: u8) {
    match targets.iter_mut().find(|(known, _)| *known == target) {
        Some((_, known)) => *known = (*known).max(rank),
        None => targets.push((target, rank)),
    }
}

#[cfg(test)]
mod tests {
    use tongwen::UserDictionary;

    use super::*;
    use crate::Glossary;

    #[test]
    fn the_converter_takes_them_and_no_name_breaks() {
        let glossary = Glossary::embedded();
        let directions = [
            (Direction::ToTraditional, Config::S2T, [Script::Simplified, Script::Traditional]),
            (Direction::ToSimplified, Config::T2S, [Script::Traditional, Script::Simplified]),
        ];
        for (direction, config, [source, target]) in directions {
            let text = export(glossary.entries(), direction);
            let dictionary = UserDictionary::parse("pairs.tsv", &text).unwrap();
            let converter = Converter::builder().config(config).dictionary(dictionary).build().unwrap();
            for id in ["xj-qiande-1928", "xj-gumudi-1763"] {
                let entry = glossary.entry(id).unwrap();
                assert_eq!(converter.convert(entry.name(source)), entry.name(target), "{id}");
            }
            assert!(text.lines().filter(|line| !line.starts_with('#')).count() > 20, "{text}");
        }
    }

    #[test]
    fn what_conversion_does_alone_needs_no_pair() {
        let glossary = Glossary::embedded();
        let town = glossary.entry("xj-gumudi-1763").unwrap();
        assert_eq!(export([town].into_iter(), Direction::ToTraditional).lines().count(), 1);
    }
}
