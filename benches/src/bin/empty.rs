//! A program that does nothing: the time and the memory of starting any Rust program at all.

fn main() {}
