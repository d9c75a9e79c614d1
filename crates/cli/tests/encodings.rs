//! What the command does with encodings: found, kept, changed, and what is not text.

mod support;

use std::fs;

use support::{folder_with, message, run, tongwen};

/// 后来他说：“她的头发很干净。” and 後來他說：「她的頭髮很乾淨。」 as other programs write them.
const GB: &[u8] = b"\xba\xf3\xc0\xb4\xcb\xfb\xcb\xb5\xa3\xba\xa1\xb0\xcb\xfd\xb5\xc4\xcd\xb7\xb7\xa2\xba\xdc\xb8\xc9\xbe\xbb\xa1\xa3\xa1\xb1\r\n";
const GB_SIMPLIFIED: &str = "后来他说：“她的头发很干净。”\r\n";
const TRADITIONAL: &str = "後來他說：“她的頭髮很乾淨。”\r\n";
const BIG5: &[u8] = b"\xc0Y\xbev\xabe\n";

fn utf16(text: &str, mark: bool) -> Vec<u8> {
    mark.then_some(0xFEFF).into_iter().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect()
}

#[test]
fn an_encoding_is_found_and_kept() {
    let files: [(&str, Vec<u8>); 5] = [
        ("gb.txt", GB.to_vec()),
        ("utf16.txt", utf16(GB_SIMPLIFIED, true)),
        ("no-mark.txt", utf16(GB_SIMPLIFIED, false)),
        ("utf8.txt", GB_SIMPLIFIED.as_bytes().to_vec()),
        ("mark.txt", format!("\u{feff}{GB_SIMPLIFIED}").into_bytes()),
    ];
    let borrowed: Vec<(&str, &[u8])> = files.iter().map(|(name, bytes)| (*name, bytes.as_slice())).collect();
    let folder = folder_with(&borrowed);
    let looked = run(folder.path(), &["check", "-t", "tw", "mark.txt", "utf16.txt"]);
    let looked = String::from_utf8_lossy(&looked.stdout).into_owned();
    // A byte order mark is no character of the line.
    assert!(looked.contains("mark.txt:1:1: 后来") && looked.contains("utf16.txt:1:1: 后来"), "{looked}");
    let output = run(folder.path(), &["convert", "-t", "tw", "-w", "."]);
    assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
    let read = |name: &str| fs::read(folder.path().join(name)).unwrap();
    assert_eq!(read("utf16.txt"), utf16(TRADITIONAL, true));
    assert_eq!(read("no-mark.txt"), utf16(TRADITIONAL, false));
    assert_eq!(read("utf8.txt"), TRADITIONAL.as_bytes());
    assert_eq!(read("mark.txt"), format!("\u{feff}{TRADITIONAL}").as_bytes());
    // And back: what was written is what was there.
    assert!(run(folder.path(), &["convert", "-t", "cn", "-w", "gb.txt"]).status.success());
    assert_eq!(read("gb.txt"), GB);
}

#[test]
fn one_encoding_goes_into_another() {
    let folder = folder_with(&[("gb.txt", GB), ("big5.txt", BIG5)]);
    let convert = |rest: &[&str]| run(folder.path(), &[&["convert", "-t", "tw"], rest].concat());
    assert_eq!(convert(&["gb.txt", "--output-encoding", "utf-8"]).stdout, TRADITIONAL.as_bytes());
    assert_eq!(convert(&["-e", "gbk", "gb.txt", "--output-encoding", "utf-16"]).stdout, utf16(TRADITIONAL, true));
    assert_eq!(convert(&["gb.txt", "--output-encoding", "utf-16le"]).stdout, utf16(TRADITIONAL, false));
    assert_eq!(convert(&["big5.txt", "--output-encoding", "utf-8"]).stdout, "頭髮前\n".as_bytes());
    assert_eq!(convert(&["big5.txt"]).stdout, BIG5);
    let detected = run(folder.path(), &["detect", "gb.txt"]);
    assert!(String::from_utf8_lossy(&detected.stdout).starts_with("gb.txt: simplified"), "{detected:?}");
}

#[test]
fn an_encoding_that_is_wrong_is_said() {
    // In GBK this is text too.
    let utf8 = "他们后来在国家发现了\n";
    let long = utf8.repeat(4000);
    let folder = folder_with(&[("utf8.txt", utf8.as_bytes()), ("gbk.txt", GB), ("long.txt", long.as_bytes())]);
    for name in ["utf8.txt", "long.txt"] {
        let said = format!("tongwen: {name}: looks like UTF-8, and is read as gbk, as was asked\n");
        for arguments in [&["convert", "-t", "tw", "-e", "gbk"][..], &["detect", "-e", "gbk"]] {
            let output = run(folder.path(), &[arguments, &[name]].concat());
            assert!(output.status.success() && message(&output) == said, "{output:?}");
        }
        let output = run(folder.path(), &["convert", "-t", "tw", "-e", "gbk", "-q", name]);
        assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
    }
    let output = run(folder.path(), &["convert", "-t", "tw", "-e", "gbk", "gbk.txt"]);
    assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
}

/// Text with glosses is written as the text was; what is not the text any more is UTF-8.
#[test]
fn names_are_found_in_any_encoding() {
    let folder = folder_with(&[("utf8.txt", "清軍攻佔葉爾羌。\n".as_bytes())]);
    let run = |arguments: &str| run(folder.path(), &arguments.split(' ').collect::<Vec<_>>());
    assert!(run("convert -f tw -t tw --output-encoding big5 utf8.txt -o big5.txt").status.success());
    assert!(run("annotate big5.txt -o glossed.txt").status.success());
    let glossed = run("convert -f tw -t tw -e big5 --output-encoding utf-8 glossed.txt");
    assert_eq!(String::from_utf8_lossy(&glossed.stdout), "清軍攻佔葉爾羌（今莎車縣）。\n");
    assert_eq!(run("annotate --json big5.txt").stdout, run("annotate --json utf8.txt").stdout);
    // A name of today that Big5 does not have.
    assert!(run("convert -f tw -t tw --output-encoding big5 utf8.txt -o other.txt").status.success());
    let output = run("annotate --script hans -e big5 other.txt");
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    assert!(message(&output).contains("big5 has no `车`") && output.stdout.is_empty(), "{output:?}");
}

#[test]
fn a_declaration_is_believed_where_it_can_be_true() {
    // 國家 in Shift_JIS, which is never guessed.
    let page = |name: &str| [format!("<meta charset={name}><p>").as_bytes(), b"\x9a\xa0\x89\xc6"].concat();
    let folder = folder_with(&[("a.html", &page("Shift_JIS")), ("b.html", &page("euc-jp"))]);
    let output = run(folder.path(), &["convert", "-t", "cn", "a.html", "--output-encoding", "utf-8", "-v"]);
    assert_eq!(String::from_utf8_lossy(&output.stdout), "<meta charset=UTF-8><p>国家");
    let note = "tongwen: a.html:1:15: note[encoding-renamed]: the declared encoding `Shift_JIS` became `UTF-8`, which the result is in\n";
    assert!(message(&output).starts_with(note), "{output:?}");
    // These bytes are not EUC-JP.
    assert_eq!(run(folder.path(), &["convert", "-t", "cn", "b.html"]).status.code(), Some(2));
}

#[test]
fn declarations_follow_the_encoding_of_the_result_and_nothing_else() {
    let utf8 = [
        (
            "page.html",
            "<?xml version='1.0' encoding='utf-8'?><title>头发</title><meta charset=\"UTF-8\"><p>charset=utf-8",
        ),
        ("old.html", "<meta http-equiv=content-type content='text/html; charset=utf-8'><p>头发"),
        ("data.xml", "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<a>头发</a>"),
        (
            "zh.po",
            "msgid \"\"\nmsgstr \"\"\n\"Content-Type: text/plain; charset=UTF-8\\n\"\n\nmsgid \"a\"\nmsgstr \"头发\"\n",
        ),
        ("style.md", "<meta charset=utf-8> 头发"),
    ];
    let borrowed: Vec<(&str, &[u8])> = utf8.iter().map(|(name, text)| (*name, text.as_bytes())).collect();
    let folder = folder_with(&borrowed);
    let read = |name: &str| fs::read(folder.path().join(name)).unwrap();
    for (encoding, small, large) in
        [("big5", "big5", "BIG5"), ("utf-8", "utf-8", "UTF-8"), ("gb18030", "gb18030", "GB18030")]
    {
        let output = run(folder.path(), &["convert", "-t", "tw", "-w", "--output-encoding", encoding, "."]);
        assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
        for (name, text) in utf8 {
            let mut expected = text.replace("头发", "頭髮");
            if name != "style.md" {
                expected = expected
                    .replace("'utf-8'", &format!("'{small}'"))
                    .replace("charset=utf-8'", &format!("charset={small}'"))
                    .replace("UTF-8", large);
            }
            let output = run(folder.path(), &["convert", "--mode", "strip", "--output-encoding", "utf-8", name]);
            let expected_utf8 = expected
                .replace(&format!("'{small}'"), "'utf-8'")
                .replace(&format!("={small}'"), "=utf-8'")
                .replace(large, "UTF-8");
            assert_eq!(String::from_utf8_lossy(&output.stdout), expected_utf8, "{name} {encoding}");
            let prefix = expected.split("頭").next().unwrap().as_bytes();
            assert!(read(name).starts_with(prefix), "{name}: {:?}", String::from_utf8_lossy(&read(name)));
        }
    }
}

#[test]
fn a_declaration_that_is_wrong_is_said_and_left() {
    let text = "<meta charset=gb2312><p>头发";
    let folder = folder_with(&[("a.html", text.as_bytes()), ("ascii.html", b"<meta charset=gb2312><p>x")]);
    let output = run(folder.path(), &["convert", "-t", "tw", "a.html"]);
    assert_eq!(String::from_utf8_lossy(&output.stdout), text.replace("头发", "頭髮"));
    let warning = "tongwen: a.html:1:15: warning[encoding-contradicted]: `gb2312` is declared, and the document was read as utf-8\n";
    assert!(message(&output).starts_with(warning), "{output:?}");
    let output = run(folder.path(), &["convert", "-t", "tw", "a.html", "--output-encoding", "utf-8"]);
    assert_eq!(String::from_utf8_lossy(&output.stdout), "<meta charset=utf-8><p>頭髮");
    assert_eq!(run(folder.path(), &["convert", "-t", "tw", "--strict", "a.html"]).status.code(), Some(2));
    let output = run(folder.path(), &["convert", "-t", "tw", "ascii.html"]);
    assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
}

#[test]
fn what_cannot_be_encoded_is_an_error_with_its_place_unless_that_is_allowed() {
    let folder = folder_with(&[("big5.txt", BIG5)]);
    let arguments = ["convert", "-t", "cn", "-w", "big5.txt"];
    let output = run(folder.path(), &arguments);
    assert_eq!(output.status.code(), Some(2));
    assert!(
        message(&output)
            .starts_with("tongwen: big5.txt:1:1: big5 has no `头` (U+5934); the result was not written\nhint: "),
        "{output:?}"
    );
    assert_eq!(fs::read(folder.path().join("big5.txt")).unwrap(), BIG5);
    assert!(run(folder.path(), &[&arguments[..], &["--lossy"]].concat()).status.success());
    assert_eq!(fs::read(folder.path().join("big5.txt")).unwrap(), b"??\xabe\n");
}

#[test]
fn bytes_that_are_no_text_are_an_error_kept_or_replaced() {
    let bytes = [GB, b"\xff\n", GB].concat();
    let folder = folder_with(&[("gb.txt", &bytes)]);
    let convert =
        |rest: &[&str]| run(folder.path(), &[&["convert", "-t", "tw", "-e", "gb18030", "gb.txt"], rest].concat());
    let output = convert(&[]);
    assert_eq!(output.status.code(), Some(2));
    let expected = format!("tongwen: gb.txt: invalid gb18030 at byte {}, expected gb18030 text\n", GB.len());
    assert!(message(&output).starts_with(&expected), "{output:?}");
    let kept = convert(&["--invalid", "keep"]).stdout;
    assert!(kept.windows(3).any(|three| three == b"\n\xff\n"), "{kept:?}");
    let replaced = convert(&["--invalid", "replace", "--output-encoding", "utf-8"]).stdout;
    assert_eq!(String::from_utf8(replaced).unwrap(), format!("{TRADITIONAL}\u{fffd}\n{TRADITIONAL}"));
    // Bytes of one encoding cannot be kept in another.
    assert_eq!(convert(&["--invalid", "keep", "--output-encoding", "utf-8"]).status.code(), Some(2));
    // What is not clearly anything is not guessed.
    let folder = folder_with(&[("latin.txt", b"caf\xe9 na\xefve")]);
    let output = run(folder.path(), &["convert", "-t", "tw", "latin.txt"]);
    assert!(message(&output).starts_with("tongwen: latin.txt: invalid UTF-8 at byte 3"), "{output:?}");
}

#[test]
fn a_long_document_is_the_same_as_a_short_one() {
    let lines = 60_000;
    let (gb, wide) = (GB.repeat(lines), utf16(&GB_SIMPLIFIED.repeat(lines), true));
    let folder = folder_with(&[("gb.txt", &gb), ("wide.txt", &wide)]);
    let convert = |rest: &[&str]| tongwen(folder.path(), &[&["convert", "-t", "tw"], rest].concat()).output().unwrap();
    assert!(convert(&["gb.txt", "--output-encoding", "utf-8"]).stdout == TRADITIONAL.repeat(lines).as_bytes());
    assert!(convert(&["wide.txt"]).stdout == utf16(&TRADITIONAL.repeat(lines), true));
    let back = run(folder.path(), &["convert", "-t", "cn", "gb.txt"]);
    assert!(back.stdout == gb, "{}", message(&back));
}
