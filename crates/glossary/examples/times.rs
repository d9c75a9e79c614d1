//! Prints what the glossary's own steps cost: opening the built-in file, an entry by id, chains, former names,
//! and looking names up.
//!
//! `cargo run --release -p tongwen-glossary --example times`
#![allow(clippy::print_stdout, reason = "an example speaks to its terminal")]

use std::hint::black_box;
use std::time::{Duration, Instant};

use tongwen_glossary::{Glossary, Mode, Query, Script};

/// The median time of one call, out of 21 rounds of `calls` calls.
fn median(calls: u32, mut call: impl FnMut()) -> Duration {
    let mut rounds: Vec<Duration> = (0..21)
        .map(|_| {
            let start = Instant::now();
            (0..calls).for_each(|_| call());
            start.elapsed() / calls
        })
        .collect();
    rounds.sort_unstable();
    rounds[10]
}

fn main() {
    let start = Instant::now();
    let glossary = Glossary::embedded();
    println!("{:?} to open the built-in file the first time", start.elapsed());
    let open = median(1000, || {
        black_box(Glossary::embedded());
    });
    println!("{open:?} to open it again");
    let ids: Vec<String> = glossary.entries().map(|entry| entry.id().to_string()).collect();
    let mut next = ids.iter().cycle();
    let mut id = || next.next().map_or("", String::as_str);
    println!("{} entries; for one of them:", ids.len());
    println!("{:?} entry", median(10_000, || _ = black_box(glossary.entry(id()))));
    println!("{:?} fold", median(10_000, || _ = black_box(glossary.fold("於潛縣"))));
    println!("{:?} modern, today", median(10_000, || _ = black_box(glossary.modern(id(), None))));
    println!("{:?} modern, in 1990", median(10_000, || _ = black_box(glossary.modern(id(), Some(1990)))));
    println!("{:?} history", median(1000, || _ = black_box(glossary.history(id()))));
    println!("{:?} former", median(1000, || _ = black_box(glossary.former(id()))));
    println!("looking up, for one of its names:");
    let queries = |text: &dyn Fn(tongwen_glossary::Entry<'_>) -> String| -> Vec<Query> {
        glossary.entries().map(text).filter(|text| !text.is_empty()).map(Query::new).collect()
    };
    let exact = queries(&|entry| entry.name(Script::Traditional).to_string());
    look_up("exact, traditional", &glossary, 10_000, &exact);
    let dated: Vec<Query> = exact.iter().cloned().map(|query| query.year(1876).mode(Mode::Exact)).collect();
    look_up("exact, with a year", &glossary, 10_000, &dated);
    look_up(
        "full form",
        &glossary,
        10_000,
        &queries(&|entry| entry.full_names(Script::Simplified).next().unwrap_or_default()),
    );
    look_up("pinyin", &glossary, 10_000, &queries(&|entry| entry.pinyin().to_string()));
    look_up("postal", &glossary, 1000, &queries(&|entry| entry.postal().next().unwrap_or_default().to_string()));
    for (what, text, mode) in [
        ("prefix 新", "新", Mode::Prefix),
        ("reverse 乌鲁木齐", "乌鲁木齐", Mode::Reverse),
        ("near misses of 迪华", "迪华", Mode::Auto),
        ("near misses of 葉爾薑", "葉爾薑", Mode::Auto),
        ("near misses of Urumchiq", "Urumchiq", Mode::Auto),
        ("near misses of 24 characters", "一二三四五六七八九十甲乙丙丁戊己庚辛壬癸子丑寅卯", Mode::Auto),
        ("no near misses: 200 characters", &"迪化".repeat(100), Mode::Auto),
    ] {
        look_up(what, &glossary, 3, &[Query::new(text).mode(mode)]);
    }
}

fn look_up(what: &str, glossary: &Glossary, calls: u32, queries: &[Query]) {
    let mut next = queries.iter().cycle();
    let time = median(calls, || _ = black_box(next.next().map(|query| glossary.lookup(query))));
    println!("{time:?} {what}");
}
