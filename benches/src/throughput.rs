//! Speed on running text: every contender and every limit on the same text, in turns.
//!
//! The limits are what no converter can beat for long: copying the text (`memcpy`), and checking that it is UTF-8, with
//! the standard library (`from_utf8`) and with SIMD (`simdutf8`).

use std::collections::BTreeMap;
use std::hint::black_box;

use anyhow::Result;
use tongwen::Config;

use crate::contender::{Contender, Engine};
use crate::guard;
use crate::report::{Side, Speed, Table, number};
use crate::sample::{Plan, Task, interleave};
use crate::texts::Text;

/// The names of the limits, as in reports.
const LIMITS: [&str; 3] = ["memcpy", "from_utf8", "simdutf8"];

/// The engines of the contenders that have the config.
pub(crate) fn engines(contenders: &[Contender], config: Config) -> Result<Vec<(Contender, Box<dyn Engine>)>> {
    let mut engines = Vec::new();
    for contender in contenders {
        if let Some(engine) = contender.engine(config)? {
            engines.push((*contender, engine));
        }
    }
    Ok(engines)
}

/// Measures every config on every text.
pub(crate) fn measure(configs: &[Config], texts: &[Text], contenders: &[Contender], plan: Plan) -> Result<Vec<Speed>> {
    let mut cells = Vec::new();
    for config in configs {
        let engines = engines(contenders, *config)?;
        for text in texts {
            let cell = measure_one(*config, text, &engines, plan)?;
            eprintln!("{}", progress(&cell));
            cells.push(cell);
        }
    }
    Ok(cells)
}

fn measure_one(config: Config, text: &Text, engines: &[(Contender, Box<dyn Engine>)], plan: Plan) -> Result<Speed> {
    let input = text.input(config);
    let verdict = guard::compare(config, engines, &input)?;
    let mut tasks: Vec<Task<'_>> = engines
        .iter()
        .map(|(contender, engine)| {
            let mut output = String::new();
            let input = &input;
            Task::new(contender.name(), move || {
                output.clear();
                engine.convert_into(black_box(input), &mut output);
                black_box(&output);
            })
        })
        .collect();
    tasks.extend(limits(input.as_bytes()));
    let figures = interleave(&mut tasks, plan);
    let results: BTreeMap<_, _> = tasks.iter().zip(figures).map(|(task, figure)| (task.name.clone(), figure)).collect();
    Ok(Speed {
        config: config.name().into(),
        text: text.name.clone(),
        source: text.source.clone(),
        written: text.written,
        bytes: input.len(),
        compared: verdict.compared,
        clock: plan.clock,
        results,
        differing_lines: verdict.differing_lines.into_iter().map(|(who, lines)| (who.name().into(), lines)).collect(),
    })
}

/// The tasks of the limits, in the order of [`LIMITS`].
fn limits(input: &[u8]) -> [Task<'_>; 3] {
    let mut copy = vec![0u8; input.len()];
    [
        Task::new(LIMITS[0], move || {
            copy.copy_from_slice(black_box(input));
            black_box(&copy);
        }),
        Task::new(LIMITS[1], move || {
            let _ = black_box(std::str::from_utf8(black_box(input)));
        }),
        Task::new(LIMITS[2], move || {
            let _ = black_box(simdutf8::basic::from_utf8(black_box(input)));
        }),
    ]
}

fn progress(cell: &Speed) -> String {
    let spread = cell.results.values().map(|figure| figure.spread).fold(1.0, f64::max);
    let ratio = cell.over_fastest().map_or(String::new(), |ratio| format!(", {ratio:.2} times the fastest peer"));
    format!("{} {}{ratio} (spread up to {spread:.2})", cell.config, cell.text)
}

/// Prints a table for each text.
pub(crate) fn print(cells: &[Speed]) {
    let mut names: Vec<&str> = Vec::new();
    for cell in cells {
        if !names.contains(&cell.text.as_str()) {
            names.push(&cell.text);
        }
    }
    for name in names {
        let cells: Vec<&Speed> = cells.iter().filter(|cell| cell.text == name).collect();
        print_text(name, &cells);
    }
}

fn print_text(name: &str, cells: &[&Speed]) {
    let largest = cells.iter().map(|cell| cell.bytes).max().unwrap_or(0);
    println!("{name}: {}, {:.2} MB; MB/s\n", cells[0].source, largest as f64 / 1e6);
    let columns: Vec<&str> = Contender::ALL
        .into_iter()
        .map(Contender::name)
        .chain(LIMITS)
        .filter(|column| cells.iter().any(|cell| cell.results.contains_key(*column)))
        .collect();
    let ours = columns.contains(&"tongwen");
    let ratios: &[&str] = if ours { &["x fastest", "x opencc", "x memcpy", "x from_utf8"] } else { &[] };
    let mut table = Table::new(Side::Right, ["config"].iter().chain(&columns).chain(ratios).copied());
    for cell in cells {
        let mut row = vec![cell.config.clone()];
        row.extend(columns.iter().map(|column| {
            let speed = number(cell.results.get(*column).map(|figure| figure.megabytes(cell.bytes)));
            if cell.differing_lines.contains_key(*column) { format!("{speed}*") } else { speed }
        }));
        if ours {
            row.push(number(cell.over_fastest()));
            row.extend(["opencc", "memcpy", "from_utf8"].map(|other| number(cell.over(other))));
        }
        table.row(row);
    }
    table.print();
    if cells.iter().any(|cell| !cell.differing_lines.is_empty()) {
        println!("* output differs from OpenCC's\n");
    }
    if cells.iter().any(|cell| !cell.compared) {
        println!("(nothing compared with OpenCC: built without the feature `opencc`, or OpenCC left out)\n");
    }
}
