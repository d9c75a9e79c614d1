//! What the command does with packages: archives that hold the texts of a document.

mod support;

use std::fs;
use std::io::Write;

use serde_json::Value;
use support::{folder_with, message, names, run, start, text, tongwen, tree};
use tongwen_formats::package::PackageFormat;
use tongwen_tests::archives::{Layout, archive, check_kept, entries};
use tongwen_tests::packages::{BOOK_TEXTS, PAPER_TEXTS, book, replace, sample};

fn package(format: PackageFormat) -> Vec<u8> {
    archive(&sample(format), Layout::Usual)
}

fn entry(archive: &[u8], name: &str) -> String {
    String::from_utf8(entries(archive).into_iter().find(|entry| entry.0 == name).unwrap().1).unwrap()
}

#[test]
fn a_book_is_converted_and_the_rest_of_it_stays() {
    let old = package(PackageFormat::Epub);
    let folder = folder_with(&[("国.epub", &old)]);
    let output = run(folder.path(), &["convert", "-t", "tw", "国.epub", "-o", "new.epub"]);
    assert!(output.status.success() && output.stdout.is_empty() && output.stderr.is_empty(), "{output:?}");
    let new = fs::read(folder.path().join("new.epub")).unwrap();
    check_kept(&old, &new, &BOOK_TEXTS);
    let chapter = entry(&new, "OEBPS/text/一 1.xhtml");
    assert!(
        chapter.contains("<p>國&amp;軍<img src=\"../国.png\" alt=\"馬\"/>的馬，-{国}-和<code>国</code>。</p>"),
        "{chapter}"
    );
    let listing = entry(&new, "OEBPS/book.opf");
    assert!(listing.contains("<dc:title>國軍的馬</dc:title>") && listing.contains("<dc:language>zh-CN<"), "{listing}");
    // The same through streams.
    let mut child = start(folder.path(), &["convert", "-t", "tw", "--format", "epub", "-"]);
    child.stdin.take().unwrap().write_all(&old).unwrap();
    assert!(child.wait_with_output().unwrap().stdout == new);
    let mut child = start(folder.path(), &["convert", "-t", "tw"]);
    child.stdin.take().unwrap().write_all(&old).unwrap();
    assert_eq!(
        message(&child.wait_with_output().unwrap()),
        "tongwen: <stdin>: is a zip archive, expected text\nhint: if it is an e-book or an office document, say so with `--format epub` or `--format docx`\n"
    );
    let output = run(folder.path(), &["convert", "-t", "tw", "new.epub"]);
    assert!(output.stdout == new, "what is converted already is the same");
    let output = run(folder.path(), &["check", "-t", "tw", "new.epub"]);
    assert!(output.status.success() && output.stdout.is_empty(), "{output:?}");
}

#[test]
fn books_are_found_in_folders_and_converted_in_place() {
    let (old, other) = (package(PackageFormat::Epub), "头发\n".as_bytes());
    let folder = folder_with(&[("in/a.EPUB", &old), ("in/b.txt", other), ("in/c.zip", &old)]);
    let listed = |rest: &[&str]| {
        text(&run(folder.path(), &[&["convert", "-t", "tw", "-l", "in"], rest].concat()).stdout).to_string()
    };
    assert_eq!(listed(&[]), "in/a.EPUB\nin/b.txt\n");
    assert_eq!(listed(&["-g", "*.epub"]), "");
    assert_eq!(listed(&["-g", "*.EPUB"]), "in/a.EPUB\n");
    assert_eq!(listed(&["--format", "epub", "-g", "*.zip"]), "in/c.zip\n");
    assert_eq!(listed(&["--format", "text"]), "in/b.txt\n");
    assert!(run(folder.path(), &["convert", "-t", "tw", "in", "-o", "out"]).status.success());
    assert_eq!(tree(&folder.path().join("out")), ["a.EPUB", "b.txt"]);
    let converted = fs::read(folder.path().join("out/a.EPUB")).unwrap();
    let output = run(folder.path(), &["convert", "-t", "tw", "in", "-w", "--backup", ".bak", "-v"]);
    assert_eq!(
        message(&output),
        "tongwen: in/a.EPUB/OEBPS/book.opf:7:18: note[language-kept]: `zh-CN` is the language that the document names, and it stays although text is converted to zh-tw
  |
7 |     <dc:language>zh-CN</dc:language>
  |                  ^^^^^
hint: readers choose fonts by it; change it if all of the document is in the variant now
tongwen: 2 files converted, 0 unchanged
"
    );
    assert!(fs::read(folder.path().join("in/a.EPUB")).unwrap() == converted);
    assert!(fs::read(folder.path().join("in/a.EPUB.bak")).unwrap() == old);
    let time = || fs::metadata(folder.path().join("in/a.EPUB")).unwrap().modified().unwrap();
    let before = time();
    assert!(run(folder.path(), &["convert", "-t", "tw", "in", "-w"]).status.success());
    assert_eq!((time(), names(&folder.path().join("in")).len()), (before, 5));
}

#[test]
fn what_would_change_is_shown_text_by_text() {
    let folder = folder_with(&[("a.epub", &package(PackageFormat::Epub))]);
    let output = run(folder.path(), &["convert", "-t", "tw", "a.epub", "--diff"]);
    let shown = text(&output.stdout);
    assert!(shown.starts_with("--- a.epub/OEBPS/book.opf\n+++ a.epub/OEBPS/book.opf\n@@ -2,8 +2,8 @@\n"), "{shown}");
    assert!(shown.contains("-<docTitle><text>国军的马</text></docTitle>\n"), "{shown}");
    assert_eq!(shown.matches("--- a.epub/").count(), BOOK_TEXTS.len());
    let output = run(folder.path(), &["convert", "-t", "tw", "a.epub", "--check"]);
    assert_eq!((output.status.code(), message(&output)), (Some(1), "tongwen: 1 of 1 file would change\n"));
    let output = run(folder.path(), &["check", "-t", "tw", "a.epub"]);
    let shown = text(&output.stdout);
    assert!(shown.contains("a.epub/OEBPS/book.opf:5:15: 国 → 國 (STCharacters.txt:"), "{shown}");
    let output = run(folder.path(), &["check", "-t", "tw", "--json", "a.epub"]);
    let object: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&object["path"], &object["changed"]), (&Value::from("a.epub"), &Value::from(true)));
    let records = object["records"].as_array().unwrap();
    assert!(records.iter().all(|record| record["path"] == "a.epub"));
    let parts: Vec<&str> = records.iter().map(|record| record["part"].as_str().unwrap()).collect();
    assert!(BOOK_TEXTS.iter().all(|name| parts.contains(name)), "{parts:?}");
    // A report has the same records.
    let output = run(folder.path(), &["convert", "-t", "tw", "a.epub", "-o", "b.epub", "--report", "report"]);
    assert!(output.status.success(), "{output:?}");
    let report = fs::read_to_string(folder.path().join("report")).unwrap();
    let lines: Vec<Value> = report.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines, *records);
    // Places are those of the decompressed text.
    let name = "OEBPS/text/一 1.xhtml";
    let chapter = entry(&package(PackageFormat::Epub), name);
    let record = lines.iter().find(|record| record["part"] == name && record["from"] == "马").unwrap();
    let range = record["start"].as_u64().unwrap() as usize..record["end"].as_u64().unwrap() as usize;
    assert_eq!(&chapter[range], "马");
}

#[test]
fn an_office_document_is_converted_run_by_run() {
    let old = package(PackageFormat::Docx);
    let folder = folder_with(&[("a.docx", &old), ("b.DOTX", &old)]);
    let output = run(folder.path(), &["convert", "-t", "tw", ".", "-o", "out"]);
    assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
    let new = fs::read(folder.path().join("out/a.docx")).unwrap();
    assert!(new == fs::read(folder.path().join("out/b.DOTX")).unwrap());
    check_kept(&old, &new, &PAPER_TEXTS);
    let document = entry(&new, "word/document.xml");
    let runs = "<w:t>他的國</w:t></w:r><w:bookmarkStart w:id=\"0\" w:name=\"国\"/><w:r><w:rPr><w:b/></w:rPr><w:t xml:space=\"preserve\">軍 </w:t>";
    assert!(document.contains(runs) && document.contains("<w:t>-{国}-馬&amp;</w:t>"), "{document}");
    let output = run(folder.path(), &["convert", "-t", "tw", "a.docx", "--diff"]);
    let shown = text(&output.stdout);
    let diff = "--- a.docx/word/document.xml
+++ a.docx/word/document.xml
@@ -1,2 +1,2 @@
-国军
-他的国军 -{国}-马&
+國軍
+他的國軍 -{国}-馬&
--- a.docx/docProps/core.xml
+++ a.docx/docProps/core.xml
@@ -1 +1 @@
-国军的马
+國軍的馬
";
    assert!(shown.starts_with(diff), "{shown}");
    let mut child = start(folder.path(), &["convert", "-t", "tw", "--format", "docx", "-"]);
    child.stdin.take().unwrap().write_all(&old).unwrap();
    assert!(child.wait_with_output().unwrap().stdout == new);
    assert!(text(&run(folder.path(), &["detect", "a.docx"]).stdout).starts_with("a.docx: simplified"));
    let output = run(folder.path(), &["annotate", "a.docx"]);
    assert!(message(&output).starts_with("tongwen: a.docx: is a package (docx), "), "{output:?}");
}

#[test]
fn script_is_told_from_the_texts_only() {
    let folder = folder_with(&[("a.epub", &package(PackageFormat::Epub))]);
    let output = run(folder.path(), &["detect", "a.epub"]);
    let shown = text(&output.stdout);
    assert!(shown.starts_with("a.epub: simplified"), "{shown}");
    assert_eq!(run(folder.path(), &["detect", "--expect", "zh-hant", "a.epub"]).status.code(), Some(1));
}

#[test]
fn what_goes_wrong_leaves_the_book_as_it_was() {
    let old = package(PackageFormat::Epub);
    let mut protected = book();
    let listing = "<encryption><a><CipherReference URI=\"OEBPS/nav.xhtml\"/></a></encryption>";
    replace(&mut protected, "META-INF/encryption.xml", listing);
    let mut broken = book();
    replace(&mut broken, "OEBPS/book.opf", entry(&old, "OEBPS/book.opf").replace("</package>", ""));
    let mut ambiguous = book();
    replace(&mut ambiguous, "OEBPS/nav.xhtml", "<p>发</p>");
    let mut bomb = book();
    replace(&mut bomb, "OEBPS/nav.xhtml", vec![b' '; 100_000_000]);
    let packed = |entries: &[(&'static str, Vec<u8>)]| archive(entries, Layout::Usual);
    let cases: [(&str, Vec<u8>, i32, &str); 6] = [
        ("cut.epub", old[..old.len() - 300].to_vec(), 2, "tongwen: cut.epub: no whole zip archive: "),
        ("no.epub", b"text".to_vec(), 2, "tongwen: no.epub: no whole zip archive: "),
        (
            "protected.epub",
            packed(&protected),
            2,
            "tongwen: protected.epub: OEBPS/nav.xhtml: is encrypted, and only readable text can be converted\n",
        ),
        ("broken.epub", packed(&broken), 2, "tongwen: broken.epub/OEBPS/book.opf:21:1: error[malformed]: "),
        (
            "ambiguous.epub",
            packed(&ambiguous),
            1,
            "tongwen: ambiguous.epub/OEBPS/nav.xhtml:1:4: `发` may become 發, 髮, and no phrase decides\n",
        ),
        (
            "bomb.epub",
            packed(&bomb),
            2,
            "tongwen: bomb.epub: OEBPS/nav.xhtml: bytes of text for a byte of the archive: more than 200, ",
        ),
    ];
    for (name, bytes, code, said) in &cases {
        let folder = folder_with(&[(name, bytes)]);
        let output = run(folder.path(), &["convert", "-t", "tw", name, "-w", "--ambiguous", "error"]);
        assert_eq!(output.status.code(), Some(*code), "{name}: {output:?}");
        assert!(message(&output).starts_with(said), "{}", message(&output));
        assert_eq!(names(folder.path()), [*name]);
        assert!(fs::read(folder.path().join(name)).unwrap() == *bytes, "{name}");
    }
}

#[test]
fn a_signature_that_will_not_fit_is_told() {
    let mut signed = book();
    signed.push(("META-INF/signatures.xml", b"<signatures/>".to_vec()));
    let folder = folder_with(&[("a.epub", &archive(&signed, Layout::Usual))]);
    let warning = "tongwen: a.epub: warning: the package is signed, and the signature does not fit what was converted; sign it again\n";
    let output = run(folder.path(), &["convert", "-t", "tw", "a.epub", "-o", "b.epub"]);
    assert_eq!((output.status.code(), message(&output)), (Some(0), warning));
    let output = run(folder.path(), &["convert", "-t", "tw", "a.epub", "-o", "c.epub", "--strict"]);
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(names(folder.path()), ["a.epub", "b.epub"]);
    // Nothing changes, nothing is wrong.
    let output = run(folder.path(), &["convert", "-t", "tw", "b.epub", "-o", "c.epub", "--strict"]);
    assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
}

#[test]
fn names_are_not_annotated_in_packages() {
    let folder = folder_with(&[("a.epub", &package(PackageFormat::Epub))]);
    let output = tongwen(folder.path(), &["annotate", "a.epub"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(
        message(&output),
        "tongwen: a.epub: is a package (epub), and names are found in single texts\nhint: unpack it and name the texts in it; they may be packed again\n"
    );
}
