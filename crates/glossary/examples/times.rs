//! Prints what the glossary's own steps cost: opening the built-in file, an entry by id, chains and former names.
//!
//! `cargo run --release -p tongwen-glossary --example times`
#![allow(clippy::print_stdout, reason = "an example speaks to its terminal")]

use std::hint::black_box;
use std::time::{Duration, Instant};

use tongwen_glossary::Glossary;

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
}
