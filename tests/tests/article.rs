//! A whole article, of mixed script, to every variant and as written, in every mode.
//!
//! Our own sample is a page with every construct that the scanner knows; what it must become is stored beside it. A longer
//! real article is used as well where it lies beside the repository, with the tool that lists what a conversion of a page
//! has to leave alone.

use std::path::{Path, PathBuf};
use std::process::Command;

use tongwen::{Converter, Level, Markers, SpanKind, Variant};
use tongwen_formats::{Document, Format, Mode, Options};

const MODES: [Mode; 3] = [Mode::Preserve, Mode::Render, Mode::Strip];

/// As written (`zh`), and every variant.
fn targets() -> impl Iterator<Item = Option<Variant>> {
    std::iter::once(None).chain(Variant::ALL.into_iter().map(Some))
}

fn name(target: Option<Variant>) -> &'static str {
    target.map_or("zh", Variant::code)
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the tests lie in a folder of the repository")
}

fn sample() -> PathBuf {
    root().join("tests/data/article/sample.wikitext")
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn converter(target: Option<Variant>) -> Converter {
    // The scanner knows where the markup is; the converter must not look for it again.
    let builder = Converter::builder().markers(Markers::Convert);
    match target {
        Some(variant) => builder.to(variant),
        None => builder.to(Variant::ZhHant).level(Level::None),
    }
    .build()
    .unwrap()
}

fn options(target: Option<Variant>, mode: Mode) -> Options {
    let mut options = Options::default();
    options.mode = mode;
    options.variant = target;
    options
}

fn convert(page: &str, target: Option<Variant>, mode: Mode) -> String {
    let document = Document::scan(Format::Wikitext, page, &options(target, mode));
    let ranges = document.text_ranges();
    let converter = converter(target);
    let converted = converter.convert_ranges_with(document.text(), &ranges, document.page_pairs(), &document.epochs());
    document.assemble(&converted)
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
    let stored = [(Mode::Preserve, ""), (Mode::Render, ".render")];
    for ((mode, ending), variant) in
        stored.into_iter().flat_map(|stored| [Variant::ZhCn, Variant::ZhTw].map(|variant| (stored, variant)))
    {
        let stored = sample().with_file_name(format!("sample.{variant}{ending}.wikitext"));
        let found = convert(&read(&sample()), Some(variant), mode);
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
        for target in targets() {
            let converted = convert(&page, target, Mode::Preserve);
            let mut rest = converted.as_str();
            for piece in kept(&page) {
                // A link to a section of the page may have followed its heading.
                let Some(place) = rest.find(piece) else {
                    let fragment = piece.strip_prefix('#').unwrap_or(piece);
                    let follows = page.contains(&format!("[[#{fragment}"));
                    assert!(follows, "{}: {}: {piece:?} is lost", path.display(), name(target));
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
        for target in targets() {
            let once = convert(&page, target, Mode::Preserve);
            let twice = convert(&once, target, Mode::Preserve);
            for (number, (once, twice)) in once.lines().zip(twice.lines()).enumerate() {
                assert_eq!(twice, once, "{}:{}: {}", path.display(), number + 1, name(target));
            }
            assert_eq!(once, twice);
        }
    }
}

#[test]
fn as_written_nothing_is_converted() {
    for path in pages() {
        let page = read(&path);
        assert_eq!(convert(&page, None, Mode::Preserve), page);
        assert_eq!(convert(&page, None, Mode::Render), convert(&page, None, Mode::Strip));
        for target in targets() {
            assert_eq!(convert(&page, target, Mode::Strip), convert(&page, None, Mode::Strip));
            let rendered = Document::scan(Format::Wikitext, &page, &options(target, Mode::Render));
            let left = rendered.spans().iter().filter(|span| span.kind == SpanKind::Text);
            let left = left.filter(|span| rendered.text()[span.range.clone()].contains("-{")).count();
            assert_eq!(left, 0, "{}: markup is left as text", path.display());
        }
    }
}

/// What a conversion leaves alone, as one sees it who does not know how pages are read: what begins so, up to the first of the ends.
const LEFT_ALONE: [(&str, &[&str]); 9] = [
    ("[[", &["|", "#", "]]"]),
    ("{{", &["|", "}}", "{{", "\n"]),
    ("-{", &["}-"]),
    ("<!--", &["-->"]),
    ("<nowiki>", &["</nowiki>"]),
    ("<math>", &["</math>"]),
    ("<code>", &["</code>"]),
    ("<ref name", &[">"]),
    ("http", &[" ", "]", "|", "<", "}", "\n"]),
];

/// Every piece of a page that begins with `opening`, up to the first of `ends`.
fn pieces<'p>(page: &'p str, opening: &str, ends: &[&str]) -> Vec<&'p str> {
    let end = |rest: &str| ends.iter().filter_map(|end| rest.find(end)).min().unwrap_or(rest.len());
    page.match_indices(opening).map(|(at, _)| &page[at + opening.len()..]).map(|rest| &rest[..end(rest)]).collect()
}

#[test]
fn what_a_reader_expects_to_stay_stays() {
    for path in pages() {
        let page = read(&path);
        for (opening, ends) in LEFT_ALONE {
            let expected = pieces(&page, opening, ends);
            assert!(!expected.is_empty() || path != sample(), "the sample has no {opening}");
            for target in targets() {
                let converted = convert(&page, target, Mode::Preserve);
                assert_eq!(pieces(&converted, opening, ends), expected, "{}: {}", path.display(), name(target));
            }
        }
    }
}

/// Runs the tool that compares pages, if it and Python are there; what it says if an invariant is broken.
fn broken_invariants(before: &Path, after: &Path, mode: Mode) -> Option<String> {
    let tool = root().join("../shared/tools/wt_invariants.py");
    if !tool.is_file() || Command::new("python3").arg("--version").output().is_err() {
        return None;
    }
    let mode = if mode == Mode::Preserve { "--mode=preserve" } else { "--mode=render" };
    let output = Command::new("python3").arg(tool).arg("compare").arg(before).arg(after).arg(mode).output().unwrap();
    (!output.status.success()).then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

#[test]
fn invariants_hold() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("article");
    std::fs::create_dir_all(&folder).unwrap();
    let mut faults = Vec::new();
    for path in pages() {
        let page = read(&path);
        let stem = path.file_stem().unwrap().to_string_lossy().into_owned();
        for (target, mode) in targets().flat_map(|target| MODES.map(|mode| (target, mode))) {
            let target_name = name(target);
            let converted = folder.join(format!("{stem}.{target_name}.{mode}.wikitext"));
            std::fs::write(&converted, convert(&page, target, mode)).unwrap();
            let broken = broken_invariants(&path, &converted, mode);
            faults.extend(broken.map(|said| format!("{stem}, {target_name}, {mode}:\n{said}")));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
