//! Speed of annotation on running text, beside what checking the text as UTF-8 costs.
//!
//! Two scripts of each text: names are sought in folded characters, so the script should not matter. Everything runs on one thread.

use std::hint::black_box;

use serde::{Deserialize, Serialize};
use tongwen::Config;
use tongwen_glossary::{AnnotateOptions, Glossary, Prose};

use crate::report::{Side, Table, number};
use crate::sample::{Figure, Plan, Task, interleave};
use crate::texts::Text;

/// Annotation of one text.
#[derive(Serialize, Deserialize)]
pub(crate) struct Annotating {
    pub(crate) text: String,
    pub(crate) bytes: usize,
    /// Annotations that were made.
    pub(crate) annotations: usize,
    pub(crate) megabytes: f64,
    pub(crate) figure: Figure,
    /// Times that checking the same bytes as UTF-8 takes.
    pub(crate) over_utf8: f64,
}

/// Measures each text in both scripts.
pub(crate) fn measure(texts: &[Text], plan: Plan) -> Vec<Annotating> {
    let glossary = Glossary::embedded();
    let options = AnnotateOptions::default();
    let forms = texts.iter().flat_map(|text| {
        [("hans", text.input(Config::S2T)), ("hant", text.input(Config::T2S))]
            .map(|(script, body)| (format!("{} {script}", text.name), body))
    });
    forms
        .map(|(name, body)| {
            let prose = Prose::whole(&body);
            let annotations = glossary.annotate(&body, &prose, &options).len();
            let mut tasks = vec![
                Task::new("annotate", || _ = black_box(glossary.annotate(black_box(&body), &prose, &options))),
                Task::new("utf-8", || _ = black_box(simdutf8::basic::from_utf8(black_box(body.as_bytes())))),
            ];
            let figures = interleave(&mut tasks, plan);
            drop(tasks);
            let over_utf8 = figures[0].over(&figures[1]);
            let figure = figures.into_iter().next().expect("two tasks were measured");
            Annotating {
                text: name,
                bytes: body.len(),
                annotations,
                megabytes: figure.megabytes(body.len()),
                figure,
                over_utf8,
            }
        })
        .collect()
}

/// Prints the figures.
pub(crate) fn print(rows: &[Annotating]) {
    println!("annotation of running text, one thread\n");
    let mut table = Table::new(Side::Right, ["text", "MB/s", "times UTF-8", "annotations"]);
    for row in rows {
        let cells = vec![
            row.text.clone(),
            number(Some(row.megabytes)),
            number(Some(row.over_utf8)),
            row.annotations.to_string(),
        ];
        table.row(cells);
    }
    table.print();
}
