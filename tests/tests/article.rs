//! A whole article, of mixed script, to every variant.
//!
//! Our own sample is a page with every construct that the scanner knows; what it must become is stored beside it. A longer
//! real article is used as well where it lies beside the repository, with the tool that lists what a conversion of a page
//! has to leave alone.

use std::path::{Path, PathBuf};
use std::process::Command;

use tongwen::{Converter, Markers, SpanKind, Variant};
use tongwen_formats::{Document, Format, Options};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the tests lie in a folder of the repository")
}

fn sample() -> PathBuf {
    root().join("tests/data/article/sample.wikitext")
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn converter(variant: Variant) -> Converter {
    // The scanner knows where the markup is; the converter must not look for it again.
    Converter::builder().to(variant).markers(Markers::Convert).build().unwrap()
}

fn convert(page: &str, variant: Variant) -> String {
    let document = Document::scan(Format::Wikitext, page, &Options::default());
    document.assemble(&converter(variant).convert_ranges(page, &document.text_ranges()))
}

/// The pages to try: ours, and the one beside the repository if it is there.
fn pages() -> Vec<PathBuf> {
    let shared = root().join("../shared/article/article.wikitext");
    std::iter::once(sample()).chain(Some(shared).filter(|path| path.is_file())).collect()
}

/// What is not text of a page, in order.
fn kept(page: &str) -> Vec<&str> {
    let document = Document::scan(Format::Wikitext, page, &Options::default());
    let kept = document.spans().iter().filter(|span| span.kind != SpanKind::Text);
    kept.map(|span| &page[span.range.clone()]).collect()
}

#[test]
fn the_sample_becomes_what_is_stored() {
    for variant in [Variant::ZhCn, Variant::ZhTw] {
        let stored = sample().with_file_name(format!("sample.{variant}.wikitext"));
        let found = convert(&read(&sample()), variant);
        if std::env::var_os("TONGWEN_BLESS").is_some() {
            std::fs::write(&stored, &found).unwrap();
        }
        let expected = read(&stored);
        for (number, (expected, found)) in expected.lines().zip(found.lines()).enumerate() {
            assert_eq!(found, expected, "{}:{}", stored.display(), number + 1);
        }
        assert_eq!(found, expected);
    }
}

#[test]
fn what_is_no_text_is_kept_in_order() {
    for path in pages() {
        let page = read(&path);
        for variant in Variant::ALL {
            let converted = convert(&page, variant);
            let mut rest = converted.as_str();
            for piece in kept(&page) {
                // A link to a section of the page may have followed its heading.
                let Some(place) = rest.find(piece) else {
                    let fragment = piece.strip_prefix('#').unwrap_or(piece);
                    let follows = page.contains(&format!("[[#{fragment}"));
                    assert!(follows, "{}: {variant}: {piece:?} is lost", path.display());
                    continue;
                };
                rest = &rest[place + piece.len()..];
            }
        }
    }
}

#[test]
fn converting_again_changes_nothing() {
    for path in pages() {
        let page = read(&path);
        for variant in Variant::ALL {
            let once = convert(&page, variant);
            let twice = convert(&once, variant);
            for (number, (once, twice)) in once.lines().zip(twice.lines()).enumerate() {
                assert_eq!(twice, once, "{}:{}: {variant}", path.display(), number + 1);
            }
            assert_eq!(once, twice);
        }
    }
}

/// Runs the tool that compares pages, if it and Python are there; what it says if an invariant is broken.
fn broken_invariants(before: &Path, after: &Path) -> Option<String> {
    let tool = root().join("../shared/tools/wt_invariants.py");
    if !tool.is_file() || Command::new("python3").arg("--version").output().is_err() {
        return None;
    }
    let output = Command::new("python3").arg(tool).arg("compare").arg(before).arg(after).output().unwrap();
    (!output.status.success()).then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

#[test]
fn invariants_hold() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("article");
    std::fs::create_dir_all(&folder).unwrap();
    let mut faults = Vec::new();
    for path in pages() {
        let page = read(&path);
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        for variant in Variant::ALL {
            let converted = folder.join(format!("{name}.{variant}.wikitext"));
            std::fs::write(&converted, convert(&page, variant)).unwrap();
            faults.extend(broken_invariants(&path, &converted).map(|said| format!("{name}, {variant}:\n{said}")));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
