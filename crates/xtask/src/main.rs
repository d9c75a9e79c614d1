//! Imports, compiles and checks the dictionaries; runs the conformance comparison with OpenCC.
fn main() {}
