//! Cost of a call on a short string: titles, names, cells, messages.
//!
//! Different strings of 10 to 30 characters, cut from the texts, in two sets: strings that the config changes, and strings that it leaves as they are;
//! and as many each of 11 and of 53 characters, as they come. One pass converts the whole set. Buffers are reused where the library takes one; where it
//! returns a new string, that is part of its cost.
//!
//! A processor learns the branches of a thousand strings by heart, in whatever converts them, as long as it converts nothing else: of 12,000 strings
//! (`--strings`), a long one takes twice as long and more, in every tool.

use std::collections::BTreeSet;
use std::hint::black_box;
use std::ops::RangeInclusive;

use anyhow::Result;
use tongwen::Config;

use crate::contender::{Contender, Engine, convert, maker};
use crate::guard;
use crate::report::{Calls, Side, Table, number};
use crate::sample::{Plan, Task, interleave};
use crate::texts::{Random, Text};
use crate::throughput::engines;

/// Strings in a set unless told otherwise.
pub(crate) const STRINGS: usize = 1000;

/// Measures all sets of so many strings, where the texts yield as many, with every config.
pub(crate) fn measure(
    configs: &[Config],
    texts: &[Text],
    strings: usize,
    contenders: &[Contender],
    plan: Plan,
) -> Result<Vec<Calls>> {
    let mut cells = Vec::new();
    for config in configs {
        let engines = engines(contenders, *config)?;
        for (name, strings) in sets(*config, texts, strings) {
            if strings.is_empty() {
                continue;
            }
            let cell = measure_one(*config, name, &strings, &engines, plan)?;
            let ratio =
                cell.over_fastest().map_or(String::new(), |ratio| format!(", {ratio:.2} times the fastest peer"));
            eprintln!("{} {}{ratio}", cell.config, cell.set);
            cells.push(cell);
        }
    }
    Ok(cells)
}

fn measure_one(
    config: Config,
    set: &str,
    strings: &[String],
    engines: &[(Contender, Box<dyn Engine>)],
    plan: Plan,
) -> Result<Calls> {
    let mut compared = true;
    for string in strings {
        compared &= guard::compare(config, engines, string)?.compared;
    }
    let mut tasks: Vec<Task<'_>> = engines
        .iter()
        .map(|(contender, engine)| {
            let mut output = String::with_capacity(256);
            Task::new(contender.name(), move || {
                for string in strings {
                    output.clear();
                    engine.convert_into(black_box(string), &mut output);
                    black_box(&output);
                }
            })
        })
        .collect();
    let figures = interleave(&mut tasks, plan);
    let characters: usize = strings.iter().map(|string| string.chars().count()).sum();
    Ok(Calls {
        config: config.name().into(),
        set: set.into(),
        strings: strings.len(),
        mean_characters: characters as f64 / strings.len() as f64,
        compared,
        clock: plan.clock,
        results: tasks.iter().zip(figures).map(|(task, figure)| (task.name.clone(), figure)).collect(),
    })
}

/// The set of strings that the config changes, and that of those that it leaves as they are.
pub(crate) const BY_EFFECT: [&str; 2] = ["changed", "unchanged"];
/// Sets of strings of one length, and the length.
pub(crate) const BY_LENGTH: [(&str, usize); 2] = [("of 11", 11), ("of 53", 53)];

/// The sets for a config, from its input and, for strings that stay as they are, from its output as well.
pub(crate) fn sets(config: Config, texts: &[Text], strings: usize) -> Vec<(&'static str, Vec<String>)> {
    let engine = maker(config);
    let (mut changed, mut unchanged) = (BTreeSet::new(), BTreeSet::new());
    let mut of_lengths = BY_LENGTH.map(|_| BTreeSet::new());
    // Equal shares, so that prose and mixed text both count.
    let share = strings.div_ceil(texts.len().max(1));
    for (index, text) in texts.iter().enumerate() {
        let input = text.input(config);
        let output = convert(&engine, &input);
        let target = (index + 1) * share;
        for piece in pieces(&input, 10..=30, strings).into_iter().chain(pieces(&output, 10..=30, strings)) {
            let set = if convert(&engine, &piece) == piece { &mut unchanged } else { &mut changed };
            if set.len() < target.min(strings) {
                set.insert(piece);
            }
        }
        for (set, (_, length)) in of_lengths.iter_mut().zip(BY_LENGTH) {
            for piece in pieces(&input, length..=length, strings) {
                if set.len() < target.min(strings) {
                    set.insert(piece);
                }
            }
        }
    }
    let names = BY_EFFECT.into_iter().chain(BY_LENGTH.map(|(name, _)| name));
    names.zip([changed, unchanged].into_iter().chain(of_lengths)).map(|(name, set)| (name, shuffled(set))).collect()
}

/// Strings of so many characters from places all over a text, none with a line break: four times as many as are wanted of those that differ.
fn pieces(text: &str, lengths: RangeInclusive<usize>, wanted: usize) -> Vec<String> {
    let mut random = Random::new();
    let least = *lengths.start();
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| line.chars().count() >= least).collect();
    let mut pieces = Vec::new();
    if lines.is_empty() {
        return pieces;
    }
    for _ in 0..4 * wanted {
        let line: Vec<char> = lines[random.below(lines.len())].chars().collect();
        let length = (least + random.below(lengths.end() - least + 1)).min(line.len());
        let start = random.below(line.len() - length + 1);
        pieces.push(line[start..start + length].iter().collect());
    }
    pieces
}

/// The strings in a fixed order that is not that of their characters.
fn shuffled(strings: BTreeSet<String>) -> Vec<String> {
    let mut random = Random::new();
    let mut strings: Vec<String> = strings.into_iter().collect();
    for index in (1..strings.len()).rev() {
        strings.swap(index, random.below(index + 1));
    }
    strings
}

/// Prints a table for each set.
pub(crate) fn print(cells: &[Calls]) {
    for set in BY_EFFECT.into_iter().chain(BY_LENGTH.map(|(name, _)| name)) {
        let cells: Vec<&Calls> = cells.iter().filter(|cell| cell.set == set).collect();
        let Some(first) = cells.first() else { continue };
        println!(
            "strings, {set}: {} of {:.0} characters on average; ns a call\n",
            first.strings, first.mean_characters
        );
        let columns: Vec<&str> = Contender::ALL
            .into_iter()
            .map(Contender::name)
            .filter(|column| cells.iter().any(|cell| cell.results.contains_key(*column)))
            .collect();
        let mut table = Table::new(Side::Right, ["config"].iter().chain(&columns).chain(&["x fastest"]).copied());
        for cell in &cells {
            let mut row = vec![cell.config.clone()];
            row.extend(
                columns
                    .iter()
                    .map(|column| number(cell.results.get(*column).map(|figure| figure.nanoseconds(cell.strings)))),
            );
            row.push(number(cell.over_fastest()));
            table.row(row);
        }
        table.print();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_have_the_right_length() {
        let text = "一二三四五六七八九十百千\n短\nabcdefghijklmnopqrstuvwxyz0123456789\n";
        let pieces = pieces(text, 10..=30, 500);
        assert_eq!(pieces.len(), 2000);
        assert!(pieces.iter().all(|piece| (10..=30).contains(&piece.chars().count()) && !piece.contains('\n')));
    }

    #[test]
    fn shuffling_loses_nothing() {
        let strings: BTreeSet<String> = (0..50).map(|number| number.to_string()).collect();
        let order = shuffled(strings.clone());
        assert_ne!(order, strings.iter().cloned().collect::<Vec<_>>());
        assert_eq!(order.into_iter().collect::<BTreeSet<_>>(), strings);
    }
}
