//! Sessions of the command as files: arguments, standard input, output, messages, exit code.

/// Every file of `cases`.
#[test]
fn cases() {
    let cases = trycmd::TestCases::new();
    cases.register_bin("tongwen", trycmd::cargo::cargo_bin!("tongwen"));
    cases.case("tests/cases/*.toml").case("tests/cases/*.trycmd");
    if cfg!(feature = "opencc") {
        cases.skip("tests/cases/error_engine_not_built.toml");
    }
}
