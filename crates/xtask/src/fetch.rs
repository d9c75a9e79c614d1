//! Fetches OpenCC's packages from the Python package registry, into a work folder that nobody commits.
//!
//! Two packages of the same release: the source package (tables, configs, test cases) and the wheel (compiled dictionaries, static
//! libraries). `pip` chooses the mirror, resumes and checks the hashes that the registry names; the source package is also held
//! against the hash below, because what is imported must be the very file that was reviewed. Unpacking is left to Python's own
//! `tarfile` and `zipfile`, since Python is there anyway. A package that is already unpacked is not fetched again.

use std::path::{Path, PathBuf};
use std::process::Command;

use sha2::{Digest, Sha256};

use crate::problem::{Problem, Result};

/// The release that everything is compared with.
pub(crate) const RELEASE: &str = "1.4.2";
/// The source package of that release, as the registry names it.
pub(crate) const SOURCE_ARCHIVE: &str = "opencc-1.4.2.tar.gz";
/// SHA-256 of the source package.
pub(crate) const SOURCE_SHA256: &str = "47977905f131d7d9cfcec29fba5d841154907e1da73103105a4a68744e0f4f1a";

/// The unpacked source package: a folder with `data`, `src` and `test`.
pub(crate) fn source_package(work: &Path) -> Result<PathBuf> {
    let unpacked = work.join("source").join(format!("opencc-{RELEASE}"));
    if unpacked.join("data/dictionary").is_dir() {
        return Ok(unpacked);
    }
    let archive = work.join("packages").join(SOURCE_ARCHIVE);
    if !archive.is_file() {
        // Naming the package keeps its build tools as wheels; `:all:` would build those from source too.
        download(&work.join("packages"), &["--no-binary", "opencc"])?;
    }
    let bytes = std::fs::read(&archive).map_err(|error| Problem::of(&archive, error))?;
    let found = hexadecimal_sha256(&bytes);
    if found != SOURCE_SHA256 {
        let text = format!("sha-256 is {found}, expected {SOURCE_SHA256}; delete the file and fetch it again");
        return Err(Problem::of(&archive, text));
    }
    python(&["-m", "tarfile", "-e"], &[&archive, &work.join("source")])?;
    Ok(unpacked)
}

/// The unpacked wheel: a folder with `opencc/clib/{include,lib64,share}`.
pub(crate) fn wheel(work: &Path) -> Result<PathBuf> {
    let unpacked = work.join("wheel");
    if unpacked.join("opencc/clib/share/opencc").is_dir() {
        return Ok(unpacked);
    }
    let packages = work.join("packages");
    if find_wheel(&packages).is_none() {
        download(&packages, &["--only-binary", "opencc"])?;
    }
    let archive = find_wheel(&packages)
        .ok_or_else(|| Problem::of(&packages, "pip fetched no wheel of opencc; does this platform have one?"))?;
    python(&["-m", "zipfile", "-e"], &[&archive, &unpacked])?;
    Ok(unpacked)
}

/// SHA-256 in lower-case hexadecimal.
pub(crate) fn hexadecimal_sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn find_wheel(packages: &Path) -> Option<PathBuf> {
    let prefix = format!("opencc-{RELEASE}-");
    let mut wheels: Vec<PathBuf> = std::fs::read_dir(packages)
        .ok()?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| {
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            name.starts_with(&prefix) && name.ends_with(".whl")
        })
        .collect();
    wheels.sort();
    wheels.pop()
}

/// A package of the Python registry that is read for its data.
pub(crate) struct Package {
    /// As `pip` knows it.
    pub(crate) name: &'static str,
    /// The beginning of its file's name.
    pub(crate) file: &'static str,
    pub(crate) version: &'static str,
}

/// Fetches and unpacks a wheel, unless it is there already; gives the folder that holds it.
pub(crate) fn python_wheel(work: &Path, package: &Package) -> Result<PathBuf> {
    let unpacked = work.join(format!("{}-{}", package.name, package.version));
    if unpacked.is_dir() {
        return Ok(unpacked);
    }
    let packages = work.join("packages");
    let requirement = format!("{}=={}", package.name, package.version);
    download_package(&packages, &requirement, &["--only-binary", ":all:"])?;
    let archive = packages.join(format!("{}-{}-py3-none-any.whl", package.file, package.version));
    let any_python = packages.join(format!("{}-{}-py2.py3-none-any.whl", package.file, package.version));
    let archive = [archive, any_python].into_iter().find(|archive| archive.is_file());
    let archive =
        archive.ok_or_else(|| Problem::of(&packages, format_args!("pip fetched no wheel of {requirement}")))?;
    python(&["-m", "zipfile", "-e"], &[&archive, &unpacked])?;
    Ok(unpacked)
}

fn download(into: &Path, kind: &[&str]) -> Result<()> {
    download_package(into, &format!("opencc=={RELEASE}"), kind)
}

fn download_package(into: &Path, requirement: &str, kind: &[&str]) -> Result<()> {
    std::fs::create_dir_all(into).map_err(|error| Problem::of(into, error))?;
    let mut arguments = vec!["-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"];
    arguments.extend_from_slice(kind);
    arguments.extend_from_slice(&[requirement, "--dest"]);
    python(&arguments, &[into])
}

fn python(arguments: &[&str], paths: &[&Path]) -> Result<()> {
    let status = Command::new("python3")
        .args(arguments)
        .args(paths)
        .status()
        .map_err(|error| Problem::new(format!("python3: {error}; install Python 3 with pip")))?;
    if status.success() {
        return Ok(());
    }
    Err(Problem::new(format!("`python3 {} ...` failed ({status}); its own message is above", arguments.join(" "))))
}
