//! The goals of speed, and whether a report meets them.
//!
//! A goal is met when every measured cell that it speaks of meets it: there is no average that a bad cell could hide
//! in. A goal with no cell at all is not measured, which is not met. The text of each verdict names the worst cells.

use crate::contender::Contender;
use crate::report::{Report, Side, Speed, Table, number};
use crate::strings;

/// Configs that must be three times as fast as the fastest peer on prose.
const SIMPLIFIED_TO_TRADITIONAL: [&str; 5] = ["s2t", "s2tw", "s2twp", "s2hk", "s2hkp"];

/// Configs that segment or replace regional phrases, at which OpenCC is slow.
const SEGMENTING: [&str; 8] = ["s2tw", "s2twp", "s2hk", "s2hkp", "tw2s", "tw2sp", "hk2s", "hk2sp"];

/// What became of a goal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Met,
    Missed,
    NotMeasured,
}

/// A goal and what a report says of it.
pub(crate) struct Goal {
    /// What is to be reached.
    pub(crate) statement: &'static str,
    /// Whether it is.
    pub(crate) verdict: Verdict,
    /// The figures, the worst cells first.
    pub(crate) figures: String,
}

/// One measured value of a goal.
struct Value {
    what: String,
    value: f64,
}

/// Which side of the bound is good.
#[derive(Clone, Copy)]
enum Bound {
    AtLeast(f64),
    AtMost(f64),
}

impl Bound {
    fn holds(self, value: f64) -> bool {
        match self {
            Bound::AtLeast(bound) => value >= bound,
            Bound::AtMost(bound) => value <= bound,
        }
    }

    /// How far a value is on the good side; larger is better.
    fn merit(self, value: f64) -> f64 {
        match self {
            Bound::AtLeast(_) => value,
            Bound::AtMost(_) => -value,
        }
    }
}

/// Judges a goal by all its values.
fn judge(statement: &'static str, bound: Bound, unit: &str, mut values: Vec<Value>) -> Goal {
    if values.is_empty() {
        return Goal { statement, verdict: Verdict::NotMeasured, figures: "no figures".into() };
    }
    values.sort_by(|left, right| bound.merit(left.value).total_cmp(&bound.merit(right.value)));
    let failing = values.iter().filter(|value| !bound.holds(value.value)).count();
    let shown = failing.clamp(1, 6);
    let worst: Vec<String> =
        values[..shown].iter().map(|value| format!("{} {}{unit}", value.what, number(Some(value.value)))).collect();
    let (verdict, count) = match failing {
        0 => (Verdict::Met, format!("{} of {}", values.len(), values.len())),
        _ => (Verdict::Missed, format!("{} of {}", values.len() - failing, values.len())),
    };
    Goal { statement, verdict, figures: format!("{count}; worst: {}", worst.join(", ")) }
}

/// Judges every goal.
pub(crate) fn goals(report: &Report) -> Vec<Goal> {
    let speeds = |wanted: &dyn Fn(&Speed) -> bool, ratio: &dyn Fn(&Speed) -> Option<f64>| -> Vec<Value> {
        report
            .throughput
            .iter()
            .filter(|cell| wanted(cell))
            .filter_map(|cell| Some(Value { what: format!("{} {}", cell.config, cell.text), value: ratio(cell)? }))
            .collect()
    };
    let forward_prose =
        |cell: &Speed| SIMPLIFIED_TO_TRADITIONAL.contains(&cell.config.as_str()) && cell.text.starts_with("prose");
    let asked = |wanted: &dyn Fn(&str) -> bool| asked(report, wanted);
    let own_peaks = report.memory.iter().filter(|peak| peak.program == "tongwen" && peak.input != "line");
    vec![
        identity(report),
        judge(
            "s2t, s2tw, s2twp, s2hk, s2hkp: 3 times the fastest peer on prose",
            Bound::AtLeast(3.0),
            "x",
            speeds(&forward_prose, &Speed::over_fastest),
        ),
        judge(
            "every other config and text: 1.5 times the fastest peer",
            Bound::AtLeast(1.5),
            "x",
            speeds(&|cell| !forward_prose(cell), &Speed::over_fastest),
        ),
        judge(
            "configs that segment or have regional phrases: 8 times OpenCC",
            Bound::AtLeast(8.0),
            "x",
            speeds(&|cell| SEGMENTING.contains(&cell.config.as_str()), &|cell| cell.over("opencc")),
        ),
        judge(
            "strings of 10 to 30 characters: below every peer",
            Bound::AtLeast(1.0),
            "x",
            report
                .strings
                .iter()
                .filter(|cell| strings::BY_EFFECT.contains(&cell.set.as_str()))
                .filter_map(|cell| {
                    Some(Value { what: format!("{} {}", cell.config, cell.set), value: cell.over_fastest()? })
                })
                .collect(),
        ),
        judge(
            "construction of a built-in config: under 50 us",
            Bound::AtMost(50.0),
            " us",
            report
                .construct
                .iter()
                .filter(|row| row.contender == Contender::Tongwen.name())
                .map(|row| Value { what: row.config.clone(), value: row.first })
                .collect(),
        ),
        judge(
            "the list of changes: at most 2 times plain conversion",
            Bound::AtMost(2.0),
            "x",
            asked(&|what| what == "changes"),
        ),
        judge(
            "a name of a place that is there: at most 5 us",
            Bound::AtMost(5.0),
            " us",
            report
                .names
                .iter()
                .flat_map(|names| names.rows.iter().filter(|row| row.found))
                .map(|row| Value { what: row.what.clone(), value: row.microseconds })
                .collect(),
        ),
        judge(
            "annotation of prose: at least 50 MB/s",
            Bound::AtLeast(50.0),
            " MB/s",
            report.annotate.iter().map(|row| Value { what: row.text.clone(), value: row.megabytes }).collect(),
        ),
        judge(
            "a name through the command: within 2 ms of an empty program",
            Bound::AtMost(2.0),
            " ms",
            report
                .start
                .iter()
                .filter(|row| row.program == "tongwen lookup")
                .map(|row| Value { what: "median difference".into(), value: row.over_empty })
                .collect(),
        ),
        judge(
            "one line through the command: within 1 ms of an empty program",
            Bound::AtMost(1.0),
            " ms",
            report
                .start
                .iter()
                .filter(|row| row.program == "tongwen")
                .map(|row| Value { what: "median difference".into(), value: row.over_empty })
                .collect(),
        ),
        judge(
            "a file of any size: under 20 MB",
            Bound::AtMost(20.0),
            " MB",
            own_peaks
                .map(|peak| Value {
                    what: format!("{} of {:.0} MB", peak.input, peak.input_bytes as f64 / 1e6),
                    value: peak.peak_bytes as f64 / 1e6,
                })
                .collect(),
        ),
        judge(
            "the command with all 16 configs: at most 8 MB",
            Bound::AtMost(8.0),
            " MB",
            report
                .program_bytes
                .map(|bytes| Value { what: "file".into(), value: bytes as f64 / 1e6 })
                .into_iter()
                .collect(),
        ),
    ]
}

/// How many times as long as plain conversion something beside it takes.
fn asked(report: &Report, wanted: &dyn Fn(&str) -> bool) -> Vec<Value> {
    let rows = report.asked.iter().filter(|row| wanted(&row.what));
    rows.map(|row| Value { what: format!("{}, {} {}", row.what, row.config, row.text), value: row.over_plain })
        .collect()
}

/// Whether every timed output of ours was compared with OpenCC's. A difference ends a run, so it cannot stand in a
/// report.
fn identity(report: &Report) -> Goal {
    let statement = "what was timed gives OpenCC's bytes";
    let compared =
        report.throughput.iter().map(|cell| cell.compared).chain(report.strings.iter().map(|cell| cell.compared));
    let ours = report.throughput.iter().any(|cell| cell.results.contains_key(Contender::Tongwen.name()));
    let (all, yes) = compared.fold((0, 0), |(all, yes), one| (all + 1, yes + usize::from(one)));
    let verdict = if !ours || yes < all { Verdict::NotMeasured } else { Verdict::Met };
    Goal { statement, verdict, figures: format!("{yes} of {all} cells compared") }
}

/// Aims beyond the goals, for information: a report may miss them.
pub(crate) fn aims(report: &Report) -> Vec<Goal> {
    let cells = |wanted: &dyn Fn(&Speed) -> bool, ratio: &dyn Fn(&Speed) -> Option<f64>| -> Vec<Value> {
        let cells = report.throughput.iter().filter(|cell| wanted(cell));
        cells
            .filter_map(|cell| Some(Value { what: format!("{} {}", cell.config, cell.text), value: ratio(cell)? }))
            .collect()
    };
    let is = |cell: &Speed, configs: &[&str]| configs.contains(&cell.config.as_str());
    let forward = |cell: &Speed| is(cell, &SIMPLIFIED_TO_TRADITIONAL);
    let back = |cell: &Speed| is(cell, &["t2s", "tw2s", "hk2s", "tw2sp", "hk2sp"]);
    let prose = |cell: &Speed| cell.text.starts_with("prose");
    let mixed = |cell: &Speed| cell.text.starts_with("mixed") || cell.text.starts_with("technical");
    let peer = &Speed::over_fastest;
    let opencc = &|cell: &Speed| cell.over("opencc");
    let calls = |set: &str| -> Vec<Value> {
        let cells = report.strings.iter().filter(|cell| cell.set == set);
        cells.filter_map(|cell| Some(Value { what: cell.config.clone(), value: cell.nanoseconds()? })).collect()
    };
    vec![
        judge(
            "s2* on prose: 9 times the fastest peer",
            Bound::AtLeast(9.0),
            "x",
            cells(&|cell| forward(cell) && prose(cell), peer),
        ),
        judge(
            "s2* on mixed and technical text: 4 times",
            Bound::AtLeast(4.0),
            "x",
            cells(&|cell| forward(cell) && mixed(cell), peer),
        ),
        judge(
            "to Simplified on prose: 8 times",
            Bound::AtLeast(8.0),
            "x",
            cells(&|cell| back(cell) && prose(cell), peer),
        ),
        judge(
            "to Simplified on mixed and technical text: 4 times",
            Bound::AtLeast(4.0),
            "x",
            cells(&|cell| back(cell) && mixed(cell), peer),
        ),
        judge(
            "between Traditional variants, and Japan's: 5 times",
            Bound::AtLeast(5.0),
            "x",
            cells(&|cell| !forward(cell) && !back(cell), peer),
        ),
        judge(
            "s2* on prose: 50 times OpenCC",
            Bound::AtLeast(50.0),
            "x",
            cells(&|cell| forward(cell) && prose(cell), opencc),
        ),
        judge(
            "t2s on prose: 13 times OpenCC",
            Bound::AtLeast(13.0),
            "x",
            cells(&|cell| is(cell, &["t2s"]) && prose(cell), opencc),
        ),
        judge(
            "tw2s, hk2s, tw2sp on prose: 30 times OpenCC",
            Bound::AtLeast(30.0),
            "x",
            cells(&|cell| is(cell, &["tw2s", "hk2s", "tw2sp"]) && prose(cell), opencc),
        ),
        judge(
            "every cell: faster than std::str::from_utf8",
            Bound::AtLeast(1.0),
            "x",
            cells(&|_| true, &|cell| cell.over("from_utf8")),
        ),
        judge("strings of 11 characters: at most 60 ns", Bound::AtMost(60.0), " ns", calls("of 11")),
        judge("strings of 53 characters: at most 100 ns", Bound::AtMost(100.0), " ns", calls("of 53")),
        judge(
            "pairs of one's own: at least three quarters of the speed",
            Bound::AtMost(4.0 / 3.0),
            " times as long",
            asked(report, &|what| what == "names of places" || what == "terms"),
        ),
        judge(
            "names of places in ranges, and deciding by sentence: at least three quarters",
            Bound::AtMost(4.0 / 3.0),
            " times as long",
            asked(report, &|what| what.starts_with("names of places, ")),
        ),
        judge(
            "protected spans that are looked for: at most 3 % more time",
            Bound::AtMost(1.03),
            " times as long",
            asked(report, &|what| what == "markers kept"),
        ),
        judge(
            "the engine alone, all 16 configs, both settings for rare characters: at most 4 MB",
            Bound::AtMost(4.0),
            " MB",
            report
                .engine_bytes
                .map(|bytes| Value { what: "file".into(), value: bytes as f64 / 1e6 })
                .into_iter()
                .collect(),
        ),
    ]
}

/// Prints the goals.
pub(crate) fn print(goals: &[Goal]) {
    table(goals).print();
}

/// The goals, a row each.
pub(crate) fn table(goals: &[Goal]) -> Table {
    let mut table = Table::new(Side::Left, ["goal", "verdict", "figures"]);
    for goal in goals {
        let verdict = match goal.verdict {
            Verdict::Met => "met",
            Verdict::Missed => "missed",
            Verdict::NotMeasured => "not measured",
        };
        table.row(vec![goal.statement.into(), verdict.into(), goal.figures.clone()]);
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(what: &str, value: f64) -> Value {
        Value { what: what.into(), value }
    }

    #[test]
    fn one_bad_cell_misses_a_goal() {
        let goal = judge("fast", Bound::AtLeast(3.0), "x", vec![value("a", 9.0), value("b", 2.5), value("c", 4.0)]);
        assert_eq!(goal.verdict, Verdict::Missed);
        assert_eq!(goal.figures, "2 of 3; worst: b 2.50x");
    }

    #[test]
    fn all_good_cells_meet_a_goal() {
        let goal = judge("small", Bound::AtMost(8.0), " MB", vec![value("a", 8.0), value("b", 2.0)]);
        assert_eq!(goal.verdict, Verdict::Met);
        assert_eq!(goal.figures, "2 of 2; worst: a 8.00 MB");
    }

    #[test]
    fn an_empty_report_meets_nothing() {
        assert!(goals(&Report::default()).iter().all(|goal| goal.verdict == Verdict::NotMeasured));
    }
}
