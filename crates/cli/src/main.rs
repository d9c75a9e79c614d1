//! The `tongwen` command.
fn main() {}
