//! What else a converter is asked for, beside the time of plain conversion: pairs of one's own, protected spans, the lists of changes and of edits, and a recipe of
//! one's own that is compiled first. Pairs also in the ranges of a document (what lies between ASCII in the text), and where each sentence is to be decided about, both beside
//! the same without pairs.
//!
//! Pairs of one's own are 10,000 rows or fewer: names of places (`guard`, the pairs of the glossary), terms (the sources of `TWPhrases`), and an unlikely kind with
//! a match every few lines (every fifth source of `STPhrases`). All rows leave their source as it is.

use std::hint::black_box;
use std::ops::Range;
use std::time::Instant;

use anyhow::Result;
use serde::{Deserialize, Serialize};
use tongwen::{
    Config, Converter, Dictionary, Edits, Markers, PagePairs, RangeOutput, Recipe, StagedEngine, TofuRisk,
    UserDictionary, Variant,
};
use tongwen_glossary::Glossary;

use crate::report::{Side, Table, number};
use crate::sample::{Plan, Task, interleave};
use crate::texts::Text;

/// One way to convert one text with one config.
#[derive(Serialize, Deserialize)]
pub(crate) struct Asked {
    pub(crate) config: String,
    pub(crate) text: String,
    pub(crate) what: String,
    /// Times that plain conversion takes, or the same without pairs.
    pub(crate) over_plain: f64,
    pub(crate) megabytes: f64,
}

/// Compiling one official config as if it were the user's.
#[derive(Serialize, Deserialize)]
pub(crate) struct Compiling {
    pub(crate) config: String,
    /// Milliseconds on the wall.
    pub(crate) milliseconds: f64,
    /// Speed before it, in megabytes a second.
    pub(crate) staged: f64,
}

/// Up to 10,000 of a table's sources, each a pair with itself.
fn pairs(table: &str, step: usize) -> Result<UserDictionary> {
    let all = Dictionary::builtin();
    let table = all.iter().find(|dictionary| dictionary.name() == table).expect("a table of OpenCC's");
    let sources = (0..table.len()).step_by(step).map(|entry| table.key(entry));
    let rows: String = sources.take(10_000).map(|source| format!("{source}\t{source}\n")).collect();
    Ok(UserDictionary::parse(table.name(), &rows)?)
}

/// The stretches of a text between ASCII, as the ranges of a document lie between its markup.
fn stretches(text: &str) -> Vec<Range<usize>> {
    let mut start = 0;
    let ends = text.char_indices().filter(|(_, character)| character.is_ascii()).map(|(at, _)| at);
    let ranges = ends.chain([text.len()]).map(|end| std::mem::replace(&mut start, end + 1)..end);
    ranges.filter(|range| !range.is_empty()).collect()
}

/// Measures each text with each config.
pub(crate) fn measure(configs: &[Config], texts: &[Text], plan: Plan) -> Result<(Vec<Asked>, Vec<Compiling>)> {
    let dictionaries = [
        ("names of places", Glossary::embedded().guard(Variant::ZhTw)),
        ("terms", pairs("TWPhrases.txt", 1)?),
        ("every fifth phrase", pairs("STPhrases.txt", 5)?),
    ];
    let (mut asked, mut compiling) = (Vec::new(), Vec::new());
    for config in configs {
        let plain = || Converter::builder().config(*config).markers(Markers::Convert);
        let recipe = StagedEngine::new(Recipe::builtin(*config, TofuRisk::Include));
        let own = Converter::builder().engine(recipe).markers(Markers::Convert).build()?;
        let sample = texts.first().map(|text| text.input(*config)).unwrap_or_default();
        let started = Instant::now();
        black_box(own.convert(black_box(&sample)));
        let staged = sample.len() as f64 / started.elapsed().as_secs_f64() / 1e6;
        let started = Instant::now();
        own.compile()?;
        let milliseconds = started.elapsed().as_secs_f64() * 1e3;
        compiling.push(Compiling { config: config.name().into(), milliseconds, staged });

        let mut converters =
            vec![("plain", plain().build()?), ("markers kept", plain().markers(Markers::Keep).build()?)];
        converters.push(("own recipe, compiled", own));
        for (name, dictionary) in &dictionaries {
            converters.push((name, plain().dictionary(dictionary.clone()).build()?));
        }
        let target = if config.name().starts_with('s') { Variant::ZhTw } else { Variant::ZhCn };
        let uniform = || Converter::builder().to(target).markers(Markers::Convert);
        let mut deciding = vec![("plain", uniform().build()?)];
        for (name, dictionary) in &dictionaries[..2] {
            deciding.push((name, uniform().dictionary(dictionary.clone()).build()?));
        }
        let with_pairs =
            converters.iter().filter(|(name, _)| ["plain", dictionaries[0].0, dictionaries[1].0].contains(name));
        let with_pairs: Vec<_> = with_pairs.cloned().collect();
        for text in texts {
            // Protected spans are to be looked for in vain.
            let body = text.input(*config).replace("-{", "- {").replace("-<", "- <");
            let outputs = vec![String::with_capacity(body.len() * 2); converters.len()];
            let (mut output, mut changes) = (String::with_capacity(body.len() * 2), Vec::new());
            let (mut edits, mut read) = (Edits::new(), Edits::new());
            let mut tasks: Vec<Task<'_>> = Vec::new();
            for ((name, converter), mut output) in converters.iter().zip(outputs) {
                let body = &body;
                tasks.push(Task::new(*name, move || {
                    output.clear();
                    converter.convert_into(black_box(body), &mut output);
                    black_box(&output);
                }));
            }
            tasks.push(Task::new("changes", || {
                output.clear();
                changes.clear();
                converters[0].1.convert_with_changes(black_box(&body), &mut output, &mut changes);
                black_box(&changes);
            }));
            tasks.push(Task::new("list of edits", || {
                converters[0].1.edits_into(black_box(&body), &mut edits);
                black_box(&edits);
            }));
            tasks.push(Task::new("list of edits, reasons read", || {
                converters[0].1.edits_into(black_box(&body), &mut read);
                for edit in read.iter() {
                    black_box((edit.0, &*edit.1.dictionary, edit.1.line, &*edit.1.replacement));
                }
            }));
            tasks.push(Task::new("edits by themselves", || {
                black_box(converters[0].1.edits(black_box(&body)));
            }));
            tasks.push(Task::new("explanation", || {
                black_box(converters[0].1.explain(black_box(&body)));
            }));
            let ranges = stretches(&body);
            let (no_rules, epochs) = (PagePairs::new(), vec![0; ranges.len()]);
            let mut in_ranges: Vec<Task<'_>> = Vec::new();
            for (name, converter) in &with_pairs {
                let (body, ranges, no_rules, epochs) = (&body, &ranges, &no_rules, &epochs);
                let mut output = RangeOutput::new();
                in_ranges.push(Task::new(format!("{name}, in ranges"), move || {
                    converter.convert_ranges_into(black_box(body), ranges, no_rules, epochs, &mut output);
                    black_box(&output);
                }));
            }
            let mut decided: Vec<Task<'_>> = Vec::new();
            for (name, converter) in &deciding {
                let (body, mut output) = (&body, String::with_capacity(body.len() * 2));
                decided.push(Task::new(format!("{name}, deciding"), move || {
                    output.clear();
                    converter.convert_into(black_box(body), &mut output);
                    black_box(&output);
                }));
            }
            for mut tasks in [tasks, in_ranges, decided] {
                let names: Vec<String> = tasks.iter().map(|task| task.name.clone()).collect();
                let figures = interleave(&mut tasks, plan);
                for (what, figure) in names.into_iter().zip(&figures) {
                    asked.push(Asked {
                        config: config.name().into(),
                        text: text.name.clone(),
                        what,
                        over_plain: figure.over(&figures[0]),
                        megabytes: figure.megabytes(body.len()),
                    });
                }
            }
        }
        eprintln!("{config} measured");
    }
    Ok((asked, compiling))
}

/// Prints the tables.
pub(crate) fn print((asked, compiling): &(Vec<Asked>, Vec<Compiling>)) {
    println!("beside plain conversion, one thread\n");
    let mut table = Table::new(Side::Right, ["config", "text", "what", "times plain", "MB/s"]);
    for Asked { config, text, what, over_plain, megabytes } in asked {
        table.row(vec![
            config.clone(),
            text.clone(),
            what.clone(),
            format!("{over_plain:.2}"),
            number(Some(*megabytes)),
        ]);
    }
    table.print();
    println!("compiling a recipe\n");
    let mut table = Table::new(Side::Right, ["config", "milliseconds", "MB/s before"]);
    for Compiling { config, milliseconds, staged } in compiling {
        table.row(vec![config.clone(), number(Some(*milliseconds)), number(Some(*staged))]);
    }
    table.print();
}
