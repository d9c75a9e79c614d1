//! Work for `cargo xtask kernels`, which counts the instructions that each kernel takes of a text.
//!
//! A kernel is no part of the public API, so what runs one over and over is a test, which nothing but that command runs. What it does is said by the
//! environment: `TONGWEN_WORK` has the name of a kernel, `scalar` or `vectors`, and the number of rounds; `TONGWEN_TEXT` has the path of a text.

use std::hint::black_box;
use std::{env, fs};

use super::tally::{self, Part, SPARE_PARTS, Signs, Weights};
use super::{OVERWRITE, borders, events_of, scalar, vector};
use crate::evidence::Evidence;
use crate::route::Route;
use crate::structure::{self, Follows, Wanted, Wish};
use crate::table::Table;
use crate::{Config, Script, TofuRisk};

/// Bytes that are mapped at a time, about as the engine does.
const CHUNK: usize = 8 << 10;

/// Much like what the scanner of wikitext wants to see.
static WANTED: Wanted = Wanted::new([
    Wish::nothing()
        .with(b"[", Follows::One(b"["))
        .with(b"]", Follows::One(b"]"))
        .with(b"{", Follows::One(b"{|-"))
        .with(b"}", Follows::One(b"}-"))
        .with(b"|", Follows::Anything),
    Wish::nothing()
        .with(b"\n", Follows::One(b"*#:;= |!"))
        .with(b"<", Follows::NoneOf(b" \0"))
        .with(b"&", Follows::Anything)
        .with(b"'", Follows::One(b"'")),
    Wish::nothing().with(b"\n[|=", Follows::Anything),
]);

#[test]
#[ignore = "this is work for `cargo xtask kernels`"]
fn rounds() {
    let work = env::var("TONGWEN_WORK").expect("`cargo xtask kernels` says what is to be done");
    let [kernel, form, rounds] = work.split(' ').collect::<Vec<_>>().try_into().expect("a kernel, a form and a number");
    let file = env::var("TONGWEN_TEXT").expect("`cargo xtask kernels` says with which text");
    let text = fs::read_to_string(file).expect("the text can be read");
    let mut work = prepare(kernel, form, &text);
    for _ in 0..rounds.parse().expect("a number of rounds") {
        work();
    }
}

/// A kernel, in scalar form or with vectors, on a text.
fn prepare<'t>(kernel: &str, form: &str, text: &'t str) -> Box<dyn FnMut() + 't> {
    let bytes = text.as_bytes();
    let has_vectors = match form {
        "scalar" => false,
        "vectors" => true,
        _ => panic!("a form is scalar or vectors, not {form}"),
    };
    let flat = Table::load(Route::of(Config::S2T, TofuRisk::Include)).expect("every config has a table").map.flat();
    let evidence = Evidence::new();
    let weights = Weights::new(Script::Traditional, crate::evidence::TW_FOREIGN);
    let joins = |_: usize| true;
    match kernel {
        "map" => {
            let (mut output, mut events) = (vec![0; CHUNK + OVERWRITE], vec![0; events_of(CHUNK)]);
            let mut chunks = Vec::new();
            let mut rest = text;
            while !rest.is_empty() {
                let (chunk, after) = rest.split_at(rest.floor_char_boundary(CHUNK));
                chunks.push((rest.as_bytes(), chunk.len()));
                rest = after;
            }
            Box::new(move || {
                for (source, length) in black_box(&chunks) {
                    // A short rest is left to the scalar kernel.
                    let count = match has_vectors {
                        true => vector::map(&flat, source, *length, &mut output, &mut events),
                        false => None,
                    };
                    black_box(count.unwrap_or_else(|| scalar::map(&flat, source, *length, &mut output, &mut events)));
                }
            })
        }
        "borders" => {
            let (mut mapped, mut events) = (vec![0; bytes.len() + OVERWRITE], vec![0; events_of(bytes.len())]);
            scalar::map(&flat, bytes, bytes.len(), &mut mapped, &mut events);
            let mut found = vec![0; bytes.len() + 1 + borders::SPARE_BORDERS];
            Box::new(move || {
                let (source, mapped) = black_box((bytes, &mapped[..bytes.len()]));
                let count = if has_vectors {
                    vector::borders(source, mapped, &mut found)
                } else {
                    Some(borders::scalar(source, mapped, &mut found))
                };
                black_box(count.expect("there is such a kernel"));
            })
        }
        "structure" => {
            let mut blocks = Vec::new();
            Box::new(move || {
                blocks.clear();
                let seen = if has_vectors {
                    vector::structure(black_box(bytes), &WANTED, &mut blocks)
                } else {
                    Some(structure::scalar(black_box(bytes), &WANTED, &mut blocks))
                };
                black_box(seen.expect("there is such a kernel"));
            })
        }
        "parts" => {
            let mut parts = vec![Part::default(); bytes.len() + SPARE_PARTS];
            Box::new(move || {
                let found = if has_vectors {
                    vector::parts(evidence, &weights, black_box(bytes), &joins, &mut parts)
                } else {
                    let (text, mut signs) = (black_box(bytes), Signs::default());
                    let count = tally::scalar(evidence, &weights, text, 0..text.len(), &joins, &mut signs, &mut parts);
                    Some((count, signs))
                };
                black_box(found.expect("there is such a kernel"));
            })
        }
        _ => panic!("a kernel is map, borders, structure or parts, not {kernel}"),
    }
}
