//! Sessions of the command as files: arguments, standard input, output, messages, exit code.

/// Every file of `cases`, and the sessions of the README where it has any.
#[test]
fn cases() {
    let cases = trycmd::TestCases::new();
    cases.register_bin("tongwen", trycmd::cargo::cargo_bin!("tongwen"));
    cases.case("tests/cases/*.toml").case("tests/cases/*.trycmd");
    if cfg!(feature = "opencc") {
        cases.skip("tests/cases/error_engine_not_built.toml");
    }
    if std::path::Path::new("../../README.md").exists() {
        cases.case("../../README.md");
    }
}
