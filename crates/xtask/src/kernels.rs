//! `cargo xtask kernels`: how many instructions the kernels for 64-bit ARM take of a character, beside the scalar ones.
//!
//! Nobody who works on this has such a processor, so nothing there can be timed. What can be had anywhere is the number of instructions: qemu
//! runs programs for it and writes down which pieces of them it runs, and how long each piece is. The program is the tests of core, of which one does
//! as much work as it is told to (`crates/core/src/kernel/rounds.rs`). Two processes do one round and three; half the difference is what a round takes.
//!
//! For example, a piece of 99 instructions that ran 1,269 times, in prose of 20,000 characters, is 6.3 instructions a character.
//!
//! # Limits
//!
//! Instructions are not time: some take one step of the processor and some ten, and several go on at once. But of the same kind of work,
//! half the instructions is rarely slower.

use std::collections::HashMap;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tongwen::{Config, Converter};

use crate::instructions::sentences;
use crate::problem::{Problem, Result, read_text, write};

const TARGET: &str = "aarch64-unknown-linux-musl";
/// The programs that can run others for this target, by their usual names.
const EMULATORS: [&str; 2] = ["qemu-aarch64-static", "qemu-aarch64"];
const KERNELS: [&str; 4] = ["map", "parts", "borders", "structure"];
/// Rounds of the two processes of a count.
const ROUNDS: [u64; 2] = [1, 3];

/// Counts and prints.
pub(crate) fn run(root: &Path) -> Result<()> {
    let emulator = emulator()?;
    let program = build(root)?;
    println!("instructions a character, under {emulator}");
    println!("{:<12}{:<12}{:>9}{:>9}{:>9}", "kernel", "text", "scalar", "vectors", "ratio");
    for kernel in KERNELS {
        for (name, text) in texts(root)? {
            let file = root.join("target/kernels").join(name);
            write(&file, text.as_bytes())?;
            let characters = text.chars().count() as f64;
            let mut counts = [0.0; 2];
            for (count, form) in counts.iter_mut().zip(["scalar", "vectors"]) {
                *count = round(emulator, &program, &format!("{kernel} {form}"), &file)? as f64 / characters;
            }
            let [scalar, vectors] = counts;
            println!("{kernel:<12}{name:<12}{scalar:>9.1}{vectors:>9.1}{:>9.2}", scalar / vectors);
        }
    }
    Ok(())
}

/// Texts of the repository: sentences, a page of a wiki, and a page without a Chinese character in most lines.
fn texts(root: &Path) -> Result<[(&'static str, String); 3]> {
    Ok([
        ("prose", Converter::new(Config::T2S).convert(&sentences(root)?).into_owned()),
        ("wikitext", read_text(&root.join("tests/data/article/sample.wikitext"))?),
        ("english", read_text(&root.join("DESIGN.md"))?),
    ])
}

fn emulator() -> Result<&'static str> {
    let runs = |name: &&str| Command::new(name).arg("--version").output().is_ok_and(|output| output.status.success());
    EMULATORS.into_iter().find(runs).ok_or_else(|| {
        Problem::new(format!(
            "no {} here; install one (Debian: apt-get install qemu-user-static)",
            EMULATORS.join(" or ")
        ))
    })
}

/// Builds the tests of core; gives the program.
fn build(root: &Path) -> Result<PathBuf> {
    let output = Command::new("cargo")
        .current_dir(root)
        .args(["test", "--release", "--package", "tongwen", "--lib", "--no-run", "--target", TARGET])
        .arg("--message-format=json-render-diagnostics")
        .env("CARGO_TARGET_AARCH64_UNKNOWN_LINUX_MUSL_LINKER", "rust-lld")
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| Problem::new(format!("cargo: {error}")))?;
    if !output.status.success() {
        let hint = format!("the target may be missing; add it with rustup target add {TARGET}");
        return Err(Problem::new(format!("the tests of core do not build for {TARGET}; {hint}")));
    }
    let messages = output.stdout.split(|byte| *byte == b'\n');
    let messages = messages.filter_map(|line| serde_json::from_slice::<serde_json::Value>(line).ok());
    let mut programs = messages.filter_map(|message| message["executable"].as_str().map(PathBuf::from));
    programs.next_back().ok_or_else(|| Problem::new("cargo names no program among what it has built; try again"))
}

/// Instructions of one round.
fn round(emulator: &str, program: &Path, work: &str, text: &Path) -> Result<u64> {
    let [few, many] = ROUNDS;
    let count = |rounds: u64| {
        let mut process = Command::new(emulator)
            .args(["-d", "in_asm,exec,nochain"])
            .arg(program)
            .args(["kernel::rounds::rounds", "--exact", "--ignored", "--test-threads=1"])
            .env("TONGWEN_WORK", format!("{work} {rounds}"))
            .env("TONGWEN_TEXT", text)
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|error| Problem::new(format!("{emulator}: {error}")))?;
        let log = BufReader::new(process.stderr.take().expect("it was asked for"));
        let counted = executed(log).map_err(|error| Problem::new(format!("{emulator}: {error}")))?;
        match process.wait() {
            Ok(status) if status.success() && counted > 0 => Ok(counted),
            _ => Err(Problem::new(format!("{emulator} does not run `{work}`, or does not say what it runs"))),
        }
    };
    Ok(count(many)?.saturating_sub(count(few)?) / (many - few))
}

/// Adds up what a log of qemu tells: blocks with the instructions of a piece, when it is met first, and a line each time that one is run.
fn executed(mut log: impl BufRead) -> std::io::Result<u64> {
    let (mut sizes, mut runs) = (HashMap::new(), HashMap::<u64, u64>::new());
    // The piece whose instructions are being listed; `None` before its first.
    let mut piece = None;
    let mut line = Vec::new();
    while log.read_until(b'\n', &mut line)? > 0 {
        if let Some(place) = line.strip_prefix(b"0x").and_then(|rest| address(rest.split(|byte| *byte == b':').next()?))
        {
            match piece {
                Some(piece) => *sizes.entry(piece).or_insert(0) += 1,
                // A piece may be met anew.
                None => _ = sizes.insert(place, 1),
            }
            piece = piece.or(Some(place));
        } else if line.starts_with(b"IN:") {
            piece = None;
        } else if line.starts_with(b"Trace ") {
            // Trace 0: 0x7f.. [something/address/flags..
            let place = line.split(|byte| *byte == b'/').nth(1).and_then(address);
            *runs.entry(place.unwrap_or_default()).or_default() += 1;
        }
        line.clear();
    }
    Ok(runs.into_iter().map(|(place, count)| count * sizes.get(&place).copied().unwrap_or(0)).sum())
}

fn address(hexadecimal: &[u8]) -> Option<u64> {
    u64::from_str_radix(std::str::from_utf8(hexadecimal).ok()?, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_count_as_often_as_they_run() {
        let log = "----------------\nIN: one\n0x00401000:  d2800000  mov x0, #0\n0x00401004:  14000002  b #0x40100c\n\n\
            Trace 0: 0x7f00 [0000000000000000/0000000000401000/00000000/ff000000] one\n\
            ----------------\nIN: two\n0x0040100c:  d65f03c0  ret\n\n\
            ----------------\nIN: two\n0x0040100c:  d65f03c0  ret\n\n\
            Trace 0: 0x7f40 [0000000000000000/000000000040100c/00000000/ff000000] two\n\
            Trace 0: 0x7f00 [0000000000000000/0000000000401000/00000000/ff000000] one\n";
        assert_eq!(executed(log.as_bytes()).unwrap(), 5);
    }
}
