//! The sessions of the README, run from where a reader of it stands.

#[test]
fn readme_sessions_are_real() {
    std::env::set_current_dir("../..").expect("the crate lies two folders below the repository");
    let cases = trycmd::TestCases::new();
    cases.register_bin("tongwen", trycmd::cargo::cargo_bin!("tongwen"));
    cases.case("README.md");
}
