//! The program around the command: it has nothing of its own, so that the rest can be built small (see `crates/command/Cargo.toml`).

use std::process::ExitCode;

fn main() -> ExitCode {
    tongwen_command::run()
}
