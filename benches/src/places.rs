//! Where the things lie that a run needs and the repository does not hold.
//!
//! `setup.sh` puts OpenCC's wheel and source package into `target/opencc`, and `cargo xtask corpus` of the main
//! workspace puts real text into `../target/corpus`; both are git-ignored. Paths are those of the checkout that built
//! this program.

use std::env;
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};

/// The folder of this package.
fn benches() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// What `setup.sh` fetched, or the folder that `TONGWEN_BENCH_OPENCC` names.
fn opencc() -> PathBuf {
    env::var_os("TONGWEN_BENCH_OPENCC").map_or_else(|| benches().join("target/opencc"), PathBuf::from)
}

/// The folder with OpenCC's configs and dictionaries.
pub(crate) fn opencc_data() -> Result<PathBuf> {
    let folder = opencc().join("wheel/opencc/clib/share/opencc");
    if !folder.is_dir() {
        bail!("{}: no such folder; run setup.sh, which fetches OpenCC's wheel", folder.display());
    }
    Ok(folder)
}

/// OpenCC's own command, if it was fetched.
pub(crate) fn opencc_program() -> Option<PathBuf> {
    Some(opencc().join("wheel/opencc/clib/bin/opencc")).filter(|path| path.is_file())
}

/// The repository.
pub(crate) fn repository() -> PathBuf {
    benches().parent().expect("the benchmarks lie in the repository").to_path_buf()
}

/// The page that tells what was measured last.
pub(crate) fn page() -> PathBuf {
    benches().join("README.md")
}

/// zhconv's command, if `cargo install zhconv --features bin-build --root target/peers` built it.
pub(crate) fn zhconv_program() -> Option<PathBuf> {
    Some(benches().join("target/peers/bin/zhconv")).filter(|path| path.is_file())
}

/// OpenCC's source package, unpacked.
pub(crate) fn opencc_source() -> PathBuf {
    opencc().join("source")
}

/// The texts that the main workspace fetches.
pub(crate) fn corpus() -> PathBuf {
    benches().join("../target/corpus")
}

/// Our own command as a release build leaves it.
pub(crate) fn program() -> PathBuf {
    benches().join("../target/release/tongwen")
}

/// A program that is built beside this one.
pub(crate) fn beside(name: &str) -> Result<PathBuf> {
    let path = env::current_exe()?.with_file_name(name);
    if !path.is_file() {
        bail!("{}: no such program; build all of the package with `cargo build --release`", path.display());
    }
    Ok(path)
}
