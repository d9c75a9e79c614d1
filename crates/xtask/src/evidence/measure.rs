//! Measures the regional guess of `tongwen::detect` on real text: how often it is right, by length, and whether its confidence is what
//! it says.
//!
//! To be honest the text must not be the one that the evidence was derived from: derive from one half (`cargo xtask evidence derive
//! --half odd`), then measure on the other (`cargo xtask evidence measure --half even`), then derive from both again.

use std::path::Path;

use tongwen::{Detection, Variant, detect};

use super::corpora::{self, Class, Half};
use crate::problem::Result;

/// Lengths of the pieces, in characters.
const LENGTHS: [usize; 4] = [20, 100, 300, 1000];
/// Pieces taken of each corpus file and length, evenly spread.
const PIECES: usize = 2000;
/// Lower edges of the classes of confidence.
const EDGES: [f64; 7] = [0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99];

/// Prints the measurement.
pub(super) fn run(folder: &Path, half: Half) -> Result<()> {
    println!("The regional guess by length of the piece; shares of all pieces");
    println!("{:26} {:>6} {:>7} {:>7} {:>7} {:>7}", "text", "length", "pieces", "right", "wrong", "none");
    // Guesses and right ones by class of confidence, Traditional only; pieces of Taiwan and Hong Kong count equally.
    let mut bins = [[(0.0, 0.0); EDGES.len()]; 2];
    for (class, region) in
        [(Class::Mainland, Variant::ZhCn), (Class::Taiwan, Variant::ZhTw), (Class::HongKong, Variant::ZhHk)]
    {
        for (name, lines) in corpora::lines(folder, class, half)? {
            let characters: Vec<char> = lines.join("\n").chars().collect();
            for length in LENGTHS {
                let pieces: Vec<&[char]> = characters.chunks_exact(length).collect();
                let step = pieces.len().div_ceil(PIECES).max(1);
                let found: Vec<Detection> =
                    pieces.iter().step_by(step).map(|piece| detect(&piece.iter().collect::<String>())).collect();
                let right = found.iter().filter(|found| found.region == Some(region)).count();
                let none = found.iter().filter(|found| found.region.is_none()).count();
                let share = |count: usize| 100.0 * count as f64 / found.len().max(1) as f64;
                println!(
                    "{name:26} {length:6} {:7} {:6.1}% {:6.1}% {:6.1}%",
                    found.len(),
                    share(right),
                    share(found.len() - right - none),
                    share(none)
                );
                if class == Class::Mainland {
                    continue;
                }
                for found in found.iter().filter(|found| found.region.is_some()) {
                    let bin = EDGES.iter().rposition(|edge| found.confidence >= *edge).unwrap_or(0);
                    let side = usize::from(class == Class::HongKong);
                    bins[side][bin].0 += 1.0;
                    bins[side][bin].1 += f64::from(u8::from(found.region == Some(region)));
                }
            }
        }
    }
    println!(
        "\nConfidence of guesses about Traditional text, and how many of them are right (both regions weighted alike)"
    );
    let total = |side: usize| bins[side].iter().map(|(all, _)| all).sum::<f64>().max(1.0);
    for (number, edge) in EDGES.iter().enumerate() {
        let [taiwan, hong_kong] = [0, 1].map(|side| {
            let (all, right) = bins[side][number];
            (all / total(side), right / total(side))
        });
        let (all, right) = (taiwan.0 + hong_kong.0, taiwan.1 + hong_kong.1);
        if all > 0.0 {
            println!("from {edge:4}: {:5.1}% right, {:5.1}% of the guesses", 100.0 * right / all, 50.0 * all);
        }
    }
    Ok(())
}
