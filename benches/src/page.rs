//! The tables of a report on a page for readers: `benches/README.md`.
//!
//! What a run prints is for the one who runs it; the page is for those who will not. It shows every config on every text as a matrix of ratios, and names the
//! cells where a peer comes closest, so that nobody has to look for them. The text around the tables is written by hand and stays: only what lies between two
//! marking lines is replaced.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::check;
use crate::contender::Contender;
use crate::kernels;
use crate::report::{Report, Side, Speed, Table, number};

/// The lines around the tables.
const START: &str = "<!-- results: `tongwen-bench page` writes from here -->";
const END: &str = "<!-- to here -->";
/// Cells in the list of the closest ones.
const CLOSEST: usize = 12;

/// Puts the tables into the page.
pub(crate) fn write(report: &Report, page: &Path, date: &str) -> Result<()> {
    let text = fs::read_to_string(page).with_context(|| page.display().to_string())?;
    let Some(new) = replace(&text, &tables(report, date)) else {
        bail!("{}: expected a line {START:?} and behind it a line {END:?}", page.display());
    };
    fs::write(page, new).with_context(|| page.display().to_string())
}

/// The page with other tables between the marks; `None` where it has no marks.
fn replace(page: &str, tables: &str) -> Option<String> {
    let (before, rest) = page.split_once(START)?;
    let (_, after) = rest.split_once(END)?;
    Some(format!("{before}{START}\n\n{tables}{END}{after}"))
}

fn tables(report: &Report, date: &str) -> String {
    let mut text = format!("Measured on {date}: {}.\n\n", report.machine.line());
    text += &check::table(&check::goals(report)).markdown();
    text += "\nFurther aims, which a report may miss:\n\n";
    text += &check::table(&check::aims(report)).markdown();
    text += &speeds(&report.throughput);
    text += &strings(report);
    text += &kernels::section(&report.kernels);
    text += &rest(report);
    text
}

/// Every config on every text, once for each ratio.
fn speeds(cells: &[Speed]) -> String {
    let mut texts: Vec<&str> = Vec::new();
    let mut configs: Vec<&str> = Vec::new();
    for cell in cells {
        if !texts.contains(&cell.text.as_str()) {
            texts.push(&cell.text);
        }
        if !configs.contains(&cell.config.as_str()) {
            configs.push(&cell.config);
        }
    }
    let matrix = |value: &dyn Fn(&Speed) -> String| {
        let mut table = Table::new(Side::Right, ["config"].iter().chain(&texts).copied());
        for config in &configs {
            let cell = |text: &&str| cells.iter().find(|cell| cell.config == *config && cell.text == *text);
            let values = texts.iter().map(|text| cell(text).map_or_else(|| "-".into(), value));
            table.row(std::iter::once(config.to_string()).chain(values).collect());
        }
        table.markdown()
    };
    let own =
        |cell: &Speed| number(cell.results.get(Contender::Tongwen.name()).map(|figure| figure.megabytes(cell.bytes)));
    let mut text = String::new();
    for (heading, table) in [
        ("MB/s of tongwen, one thread", matrix(&own)),
        ("Times the fastest peer (z zhconv, m fmmseg, f ferrous, o OpenCC)", matrix(&|cell| fastest(cell))),
        ("Times OpenCC", matrix(&|cell| number(cell.over("opencc")))),
        ("Times `std::str::from_utf8` on the same bytes", matrix(&|cell| number(cell.over("from_utf8")))),
    ] {
        _ = write!(text, "\n### {heading}\n\n{table}");
    }
    text + &closest(cells)
}

fn fastest(cell: &Speed) -> String {
    let Some((peer, ratio)) = cell.fastest() else { return "-".into() };
    let letter = match peer {
        Contender::Fmmseg => 'm',
        peer => peer.name().chars().next().unwrap_or('?'),
    };
    format!("{} {letter}", number(Some(ratio)))
}

/// The cells in which the fastest peer is least far away.
fn closest(cells: &[Speed]) -> String {
    let mut ratios: Vec<(&Speed, Contender, f64)> =
        cells.iter().filter_map(|cell| cell.fastest().map(|(peer, ratio)| (cell, peer, ratio))).collect();
    ratios.sort_by(|left, right| left.2.total_cmp(&right.2));
    let mut table = Table::new(Side::Right, ["cell", "peer", "its MB/s", "ours", "times"]);
    for (cell, peer, ratio) in ratios.into_iter().take(CLOSEST) {
        let speed = |name: &str| number(cell.results.get(name).map(|figure| figure.megabytes(cell.bytes)));
        table.row(vec![
            format!("{} {}", cell.config, cell.text),
            peer.name().into(),
            speed(peer.name()),
            speed(Contender::Tongwen.name()),
            number(Some(ratio)),
        ]);
    }
    format!("\n### Where a peer is closest\n\n{}", table.markdown())
}

fn strings(report: &Report) -> String {
    let mut table = Table::new(Side::Right, ["config, strings", "tongwen, ns a call", "times the fastest peer"]);
    for cell in &report.strings {
        let what = format!("{} {}", cell.config, cell.set);
        table.row(vec![what, number(cell.nanoseconds()), number(cell.over_fastest())]);
    }
    format!("\n### Strings of 10 to 30 characters, of 11 and of 53\n\n{}", table.markdown())
}

/// What has few rows.
fn rest(report: &Report) -> String {
    let mut table = Table::new(Side::Left, ["what", "figure"]);
    let mut row = |what: String, figure: String| table.row(vec![what, figure]);
    if let Some(pages) = &report.wikitext {
        for (name, figure) in &pages.results {
            row(
                format!("wikitext, {}: {name}", pages.source),
                format!("{} MB/s", number(Some(figure.megabytes(pages.bytes)))),
            );
        }
    }
    let ours = report.construct.iter().filter(|row| row.contender == Contender::Tongwen.name());
    let (least, most) =
        ours.fold((f64::INFINITY, 0.0_f64), |(least, most), row| (least.min(row.first), most.max(row.first)));
    if most > 0.0 {
        row(
            "construction, the first of a process".into(),
            format!("{} to {} us", number(Some(least)), number(Some(most))),
        );
    }
    for line in report.names.iter().flat_map(|names| &names.rows) {
        row(format!("name: {}", line.what), format!("{} us", number(Some(line.microseconds))));
    }
    for line in &report.annotate {
        row(format!("annotation: {}", line.text), format!("{} MB/s", number(Some(line.megabytes))));
    }
    for line in &report.start {
        row(format!("one run: {}", line.program), format!("{:.2} ms over an empty program", line.over_empty));
    }
    for line in &report.memory {
        row(
            format!(
                "peak memory: {}, {} of {} MB",
                line.program,
                line.input,
                number(Some(line.input_bytes as f64 / 1e6))
            ),
            format!("{} MB", number(Some(line.peak_bytes as f64 / 1e6))),
        );
    }
    if let Some(bytes) = report.program_bytes {
        row("size of the command".into(), format!("{:.2} MB", bytes as f64 / 1e6));
    }
    if let Some(bytes) = report.engine_bytes {
        row("size of a program with the engine alone, all configs".into(), format!("{:.2} MB", bytes as f64 / 1e6));
    }
    format!("\n### The rest\n\n{}\n", table.markdown())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_lies_between_the_marks_is_replaced() {
        let page = format!("before\n{START}\nold\n{END}\nafter\n");
        assert_eq!(replace(&page, "new\n").unwrap(), format!("before\n{START}\n\nnew\n{END}\nafter\n"));
        assert_eq!(replace("no marks", "new\n"), None);
    }

    #[test]
    fn an_empty_report_has_a_page() {
        let text = tables(&Report::default(), "2026-01-02");
        assert!(text.contains("Measured on 2026-01-02") && text.contains("not measured"), "{text}");
    }
}
