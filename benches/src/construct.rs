//! Time to make a converter.
//!
//! Libraries keep what they have once loaded, and the operating system keeps the pages of a program that has run. Each
//! measurement is therefore a process of its own: this program starts itself with the hidden subcommand
//! `construct-once`, which makes one converter, converts one line, makes some more, and prints the times as JSON. The
//! contenders take turns.

use std::collections::BTreeMap;
use std::env;
use std::hint::black_box;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use serde::{Deserialize, Serialize};
use tongwen::Config;

use crate::contender::{Contender, convert};
use crate::report::{Construction, Side, Table, number};
use crate::sample::median;

/// What one process found, in microseconds.
#[derive(Serialize, Deserialize)]
struct Once {
    first: f64,
    first_line: f64,
    again: Option<f64>,
}

/// The line that each converter converts first.
const LINE: &str = "汉字转换：漢字轉換，只读内存里的软件。";

/// Makes converters in this process and prints the times.
pub(crate) fn once(contender: Contender, config: Config) -> Result<()> {
    let started = Instant::now();
    let Some(engine) = contender.engine(config)? else { bail!("{} has no {config}", contender.name()) };
    let first = started.elapsed();
    black_box(convert(&*engine, black_box(LINE)));
    let first_line = started.elapsed();

    // zhconv hands out a reference to the one converter that it keeps.
    let again = (contender != Contender::Zhconv).then(|| -> Result<f64> {
        let mut times = Vec::new();
        let begun = Instant::now();
        while times.len() < 5 || (times.len() < 200 && begun.elapsed() < Duration::from_millis(50)) {
            let started = Instant::now();
            let engine = contender.engine(config)?;
            times.push(started.elapsed().as_secs_f64() * 1e6);
            drop(black_box(engine));
        }
        Ok(median(&times))
    });
    let once = Once {
        first: first.as_secs_f64() * 1e6,
        first_line: first_line.as_secs_f64() * 1e6,
        again: again.transpose()?,
    };
    println!("{}", serde_json::to_string(&once)?);
    Ok(())
}

/// Measures every config with every contender that has it, in so many processes each.
pub(crate) fn measure(configs: &[Config], contenders: &[Contender], processes: usize) -> Result<Vec<Construction>> {
    let program = env::current_exe()?;
    let mut found: BTreeMap<(usize, usize), Vec<Once>> = BTreeMap::new();
    for (row, config) in configs.iter().enumerate() {
        let mut present = Vec::new();
        for (column, contender) in contenders.iter().enumerate() {
            if contender.engine(*config)?.is_some() {
                present.push((column, *contender));
            }
        }
        for _ in 0..processes {
            for (column, contender) in &present {
                let arguments = ["construct-once", "--contender", contender.name(), "--config", config.name()];
                let output = Command::new(&program).args(arguments).output()?;
                if !output.status.success() {
                    bail!("{} {config}: {}", contender.name(), String::from_utf8_lossy(&output.stderr).trim());
                }
                found.entry((row, *column)).or_default().push(serde_json::from_slice(&output.stdout)?);
            }
        }
        eprintln!("{config} constructed");
    }
    Ok(found
        .into_iter()
        .map(|((row, column), times)| Construction {
            config: configs[row].name().into(),
            contender: contenders[column].name().into(),
            first: median(&times.iter().map(|once| once.first).collect::<Vec<_>>()),
            first_line: median(&times.iter().map(|once| once.first_line).collect::<Vec<_>>()),
            again: times.iter().map(|once| once.again).collect::<Option<Vec<_>>>().map(|again| median(&again)),
            processes: times.len(),
        })
        .collect())
}

/// Prints the table.
pub(crate) fn print(rows: &[Construction]) {
    println!("construction, microseconds: the first in a process, up to the first converted line, one more\n");
    let mut table = Table::new(Side::Right, ["config", "contender", "first", "to first line", "again"]);
    for row in rows {
        table.row(vec![
            row.config.clone(),
            row.contender.clone(),
            number(Some(row.first)),
            number(Some(row.first_line)),
            number(row.again),
        ]);
    }
    table.print();
}
