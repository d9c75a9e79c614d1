//! Links the program at a fixed address where that is known to work.
//!
//! A program that may be loaded anywhere has its 17,000 pointers to constants rewritten at every start, which takes longer than to convert
//! a line, and carries a list of them of 0.4 MB. What is given up: the addresses of the program's own code and constants are no longer
//! random; those of libraries, heap and stack are. No code of ours that reads documents is `unsafe`.

use std::env;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let target = |name: &str| env::var(format!("CARGO_CFG_TARGET_{name}")).unwrap_or_default();
    if target("OS") == "linux" && target("ENV") == "gnu" {
        println!("cargo::rustc-link-arg-bins=-no-pie");
    }
}
