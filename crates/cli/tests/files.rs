//! What the command does with files: atomic, never over an input, in bounded memory, quiet when nobody reads.

mod support;

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::Command;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use support::{folder_with, message, names, run, start, text, tongwen};

#[test]
fn a_file_is_converted_into_another_byte_for_byte() {
    let folder = folder_with(&[("in.txt", "\u{feff}汉字\r\n\0\u{1b}软件".as_bytes())]);
    let output = run(folder.path(), &["convert", "-c", "s2t.json", "-i", "in.txt", "-o", "out.txt"]);
    assert!(output.status.success() && output.stdout.is_empty() && output.stderr.is_empty(), "{output:?}");
    assert_eq!(fs::read(folder.path().join("out.txt")).unwrap(), "\u{feff}漢字\r\n\0\u{1b}軟件".as_bytes());
    assert_eq!(names(folder.path()), ["in.txt", "out.txt"]);
}

/// Long enough to be compiled on the way.
#[test]
fn a_config_file_gives_the_same_from_beginning_to_end() {
    let config = r#"{"segmentation": {"type": "mmseg", "dict": {"type": "text", "file": "phrases.txt"}}, "conversion_chain": [{"dict": {"type": "group",
        "dicts": [{"type": "text", "file": "phrases.txt"}, {"type": "text", "file": "characters.txt"}]}}]}"#;
    let line = "头发发光，头发头。\n";
    let folder = folder_with(&[
        ("own.json", config.as_bytes()),
        ("phrases.txt", "头发\t頭髮\n".as_bytes()),
        ("characters.txt", "头\t頭\n发\t發 髮\n".as_bytes()),
        ("in.txt", line.repeat(400_000).as_bytes()),
    ]);
    let output = run(folder.path(), &["convert", "-c", "own.json", "in.txt", "-o", "out.txt"]);
    assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
    let expected = "頭髮發光，頭髮頭。\n".repeat(400_000);
    assert!(fs::read(folder.path().join("out.txt")).unwrap() == expected.as_bytes());
}

#[test]
fn a_failure_leaves_no_output_and_the_old_one_as_it_was() {
    // Long enough for some of it to have been written before the bad byte comes.
    let mut bytes = "汉字。\n".repeat(100_000).into_bytes();
    let offset = bytes.len();
    bytes.extend(b"\xff\n");
    for name in ["in.txt", "in.wikitext"] {
        let folder = folder_with(&[(name, &bytes), ("old.txt", b"old")]);
        for target in ["new.txt", "old.txt"] {
            let output = run(folder.path(), &["convert", "-t", "zh-tw", name, "-o", target]);
            assert_eq!(output.status.code(), Some(2));
            let expected = format!("tongwen: {name}: invalid UTF-8 at byte {offset}, expected UTF-8 text\nhint: ");
            assert!(message(&output).starts_with(&expected), "{output:?}");
        }
        assert_eq!(names(folder.path()), [name, "old.txt"]);
        assert_eq!(fs::read(folder.path().join("old.txt")).unwrap(), b"old");
    }
}

#[test]
fn invalid_bytes_are_kept_or_replaced_when_asked_for() {
    let bytes = b"\xe6\xb1\x89\xff[[\xe5\x9b\xbd\x80]]\xe4\xb8";
    let folder = folder_with(&[("in.txt", bytes), ("in.wiki", bytes)]);
    let converted = |name: &str, invalid: &str| {
        let output = run(folder.path(), &["convert", "-t", "tw", "--invalid", invalid, name]);
        assert!(output.status.success(), "{output:?}");
        output.stdout
    };
    assert_eq!(converted("in.txt", "keep"), b"\xe6\xbc\xa2\xff[[\xe5\x9c\x8b\x80]]\xe4\xb8");
    assert_eq!(converted("in.txt", "replace"), "漢\u{fffd}[[國\u{fffd}]]\u{fffd}".as_bytes());
    assert_eq!(converted("in.wiki", "keep"), b"\xe6\xbc\xa2\xff[[\xe5\x9b\xbd\x80|\xe5\x9c\x8b\x80]]\xe4\xb8");
    assert_eq!(converted("in.wiki", "replace"), "漢\u{fffd}[[国\u{fffd}|國\u{fffd}]]\u{fffd}".as_bytes());
}

#[test]
fn an_input_is_never_written_over() {
    let folder = folder_with(&[("in.txt", "汉字".as_bytes()), ("other.txt", b"x")]);
    let refused = |command: &mut Command| {
        let output = command.output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{output:?}");
        assert!(message(&output).contains("is the input"), "{output:?}");
        assert_eq!(fs::read(folder.path().join("in.txt")).unwrap(), "汉字".as_bytes());
    };
    refused(&mut tongwen(folder.path(), &["convert", "-t", "tw", "in.txt", "-o", "in.txt"]));
    fs::create_dir(folder.path().join("x")).unwrap();
    let within = folder.path().join("x");
    refused(&mut tongwen(&within, &["convert", "-t", "tw", "../in.txt", "-o", "../x/../in.txt"]));
    // As one of several, into its own folder.
    refused(&mut tongwen(folder.path(), &["convert", "-t", "tw", "other.txt", "in.txt", "-o", "."]));
    // As standard input.
    let stdin = fs::File::open(folder.path().join("in.txt")).unwrap();
    refused(tongwen(folder.path(), &["convert", "-t", "tw", "-o", "in.txt"]).stdin(stdin));
    // As standard output, which would grow for ever.
    let stdout = fs::OpenOptions::new().append(true).open(folder.path().join("in.txt")).unwrap();
    refused(tongwen(folder.path(), &["convert", "-t", "tw", "in.txt"]).stdout(stdout));
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("in.txt", folder.path().join("link.txt")).unwrap();
        fs::hard_link(folder.path().join("in.txt"), folder.path().join("hard.txt")).unwrap();
        for name in ["link.txt", "hard.txt"] {
            refused(&mut tongwen(folder.path(), &["convert", "-t", "tw", "in.txt", "-o", name]));
        }
    }
}

#[test]
fn several_inputs_go_into_a_folder_and_one_failure_does_not_stop_the_rest() {
    let folder = folder_with(&[("1.txt", "汉".as_bytes()), ("2.txt", b"\xff"), ("3.txt", "字体".as_bytes())]);
    let output = run(folder.path(), &["convert", "-t", "tw", "1.txt", "2.txt", "3.txt", "-o", "out/"]);
    assert_eq!(output.status.code(), Some(3), "{output:?}");
    assert!(message(&output).starts_with("tongwen: 2.txt: invalid UTF-8 at byte 0"), "{output:?}");
    assert_eq!(names(&folder.path().join("out")), ["1.txt", "3.txt"]);
    assert_eq!(fs::read(folder.path().join("out/3.txt")).unwrap(), "字體".as_bytes());
}

#[test]
fn inputs_of_the_same_name_do_not_go_into_one_folder() {
    let folder = folder_with(&[("a.txt", b"x")]);
    fs::create_dir(folder.path().join("sub")).unwrap();
    fs::write(folder.path().join("sub/a.txt"), "y").unwrap();
    let output = run(folder.path(), &["convert", "-t", "tw", "a.txt", "sub/a.txt", "-o", "out/"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(message(&output).contains("where another input goes already"), "{output:?}");
    // Nor is a folder made for a command that cannot start.
    assert_eq!(run(folder.path(), &["convert", "-c", "no-such", "a.txt", "-o", "out/"]).status.code(), Some(2));
    assert_eq!(names(folder.path()), ["a.txt", "sub"]);
}

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    let folder = folder_with(&[("in.txt", "汉字。\n".repeat(200_000).as_bytes())]);
    for arguments in
        [&["convert", "-t", "tw", "in.txt"][..], &["convert", "-t", "tw", "--format", "wikitext", "in.txt"]]
    {
        let mut child = start(folder.path(), arguments);
        drop(child.stdin.take());
        child.stdout.take().unwrap().read_exact(&mut [0; 10]).unwrap();
        let output = child.wait_with_output().unwrap();
        assert_eq!((output.status.code(), message(&output)), (Some(0), ""));
    }
}

#[test]
fn a_check_whose_reader_goes_away_has_found_something() {
    let folder = folder_with(&[("in.txt", "汉字。\n".repeat(200_000).as_bytes())]);
    for arguments in [&["check", "-t", "tw", "in.txt"][..], &["convert", "-t", "tw", "--check", "--diff", "in.txt"]] {
        let mut child = start(folder.path(), arguments);
        child.stdout.take().unwrap().read_exact(&mut [0; 10]).unwrap();
        let output = child.wait_with_output().unwrap();
        assert_eq!((output.status.code(), message(&output)), (Some(1), ""), "{arguments:?}");
    }
}

#[test]
fn a_text_that_is_the_name_of_a_file_is_explained_and_said_to_be_one() {
    let folder = folder_with(&[("头发.txt", "里面".as_bytes())]);
    let output = run(folder.path(), &["explain", "-t", "tw", "头发.txt"]);
    assert!(output.status.success() && text(&output.stdout).starts_with("1:1: 头发 → 頭髮\n"), "{output:?}");
    assert!(message(&output).contains("`头发.txt` was read as a text"), "{output:?}");
    assert_eq!(message(&run(folder.path(), &["explain", "-t", "tw", "头发"])), "");
}

#[test]
fn standard_input_may_come_in_any_pieces() {
    let folder = folder_with(&[]);
    let mut child = start(folder.path(), &["convert", "-c", "s2t", "-"]);
    let mut stdin = child.stdin.take().unwrap();
    for piece in "他的头发很干净".as_bytes().chunks(2) {
        stdin.write_all(piece).unwrap();
        stdin.flush().unwrap();
    }
    drop(stdin);
    assert_eq!(child.wait_with_output().unwrap().stdout, "他的頭髮很乾淨".as_bytes());
}

#[cfg(unix)]
#[test]
fn a_name_from_a_pipe_is_answered_before_the_next_one_comes() {
    let folder = folder_with(&[]);
    let mut child = start(folder.path(), &["lookup", "--json", "-"]);
    let (mut input, output) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
    let (send, answers) = mpsc::channel();
    let reader = thread::spawn(move || {
        for line in BufReader::new(output).lines().map_while(Result::ok) {
            let _ = send.send(line);
        }
    });
    for name in ["迪化", "Ti-hua\t光绪二年"] {
        writeln!(input, "{name}").unwrap();
        let answer = answers.recv_timeout(Duration::from_secs(20)).expect("an answer while the pipe is open");
        assert!(answer.contains("xj-dihua-1763"), "{answer}");
    }
    drop(input);
    assert!(child.wait().unwrap().success());
    reader.join().unwrap();
}

#[test]
fn missing_groups_are_said_once_for_all_pages() {
    let page = "{{NoteTA|G1=IT|G2=IT}}内存".as_bytes();
    let folder =
        folder_with(&[("in/a.wiki", page), ("in/b.wiki", page), ("in/c.wiki", "{{NoteTA|G1=Movie}}".as_bytes())]);
    let output = run(folder.path(), &["convert", "-t", "tw", "in", "-o", "out", "--report", "report.jsonl"]);
    assert!(output.status.success());
    assert!(message(&output).contains("do not apply: IT (2 pages), Movie (1 page)\n"), "{}", message(&output));
    let report = fs::read_to_string(folder.path().join("report.jsonl")).unwrap();
    assert_eq!(report.matches("unresolved-group").count(), 3);
    let quiet = run(folder.path(), &["convert", "-t", "tw", "in", "-o", "out", "-q"]);
    assert_eq!(message(&quiet), "");
}

#[test]
fn permissions_and_links_of_an_output_stay() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let folder = folder_with(&[("in.txt", "汉".as_bytes()), ("out.txt", b"old")]);
    let place = |name: &str| folder.path().join(name);
    fs::set_permissions(place("out.txt"), fs::Permissions::from_mode(0o640)).unwrap();
    symlink("out.txt", place("link.txt")).unwrap();
    let mode = |name: &str| fs::metadata(place(name)).unwrap().permissions().mode() & 0o777;
    for target in ["out.txt", "link.txt", "new.txt"] {
        assert!(run(folder.path(), &["convert", "-t", "tw", "in.txt", "-o", target]).status.success());
        assert_eq!(fs::read(place(target)).unwrap(), "漢".as_bytes());
    }
    assert_eq!(mode("out.txt"), 0o640);
    assert!(fs::symlink_metadata(place("link.txt")).unwrap().is_symlink());
    fs::write(place("usual.txt"), "").unwrap();
    assert_eq!(mode("new.txt"), mode("usual.txt"));
    // A device is written to, not replaced.
    assert!(run(folder.path(), &["convert", "-t", "tw", "in.txt", "-o", "/dev/null"]).status.success());
    assert!(!fs::metadata("/dev/null").unwrap().is_file());
}

/// Reads nearly all of a large result, so that the command waits for its reader, and then asks the system what it has used at most.
#[cfg(target_os = "linux")]
#[test]
fn a_large_file_is_streamed_in_bounded_memory() {
    const SIZE: usize = 60_000_000;
    const MOST: usize = 30_000;
    let line = "皇后說後來的事。这里的里程很长，他的头发很干净。巴-{里}-坤\n";
    let text = line.repeat(SIZE / line.len());
    let folder = folder_with(&[("in.txt", text.as_bytes())]);
    let mut child = start(folder.path(), &["convert", "-t", "zh-tw", "-j", "2", "in.txt"]);
    let mut stdout = child.stdout.take().unwrap();
    // No character of this text changes its length, and the pipe holds less than the rest.
    let mut beginning = vec![0; text.len() - 1_000_000];
    stdout.read_exact(&mut beginning).unwrap();
    let status = fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    let kilobytes: usize = peak.trim().trim_end_matches(" kB").parse().unwrap();
    assert!(kilobytes < MOST, "{kilobytes} kB");
    let mut rest = Vec::new();
    stdout.read_to_end(&mut rest).unwrap();
    assert!(child.wait().unwrap().success());
    beginning.extend(rest);
    let expected = "皇后說後來的事。這裡的里程很長，他的頭髮很乾淨。巴-{里}-坤\n".repeat(SIZE / line.len());
    assert!(beginning == expected.as_bytes(), "the result is not that of the line");
}

/// A config with its dictionary inside, so that OpenCC needs no data.
#[cfg(feature = "opencc")]
#[test]
fn the_other_engine_converts_and_protected_spans_stay() {
    let config =
        r#"{"name": "x", "conversion_chain": [{"dict": {"type": "inline", "entries": {"发": "發", "头发": "頭髮"}}}]}"#;
    let folder = folder_with(&[
        ("x.json", config.as_bytes()),
        ("in.wiki", "[[发]]-{发}-".as_bytes()),
        ("in.txt", "头发-{发}-发".as_bytes()),
    ]);
    let convert = |rest: &[&str]| {
        let place = folder.path().join("x.json");
        let arguments = [&["convert", "--engine", "opencc", "-c", place.to_str().unwrap()], rest].concat();
        run(folder.path(), &arguments)
    };
    assert_eq!(convert(&["in.txt"]).stdout, "頭髮-{发}-發".as_bytes());
    assert_eq!(convert(&["--no-markers", "in.txt"]).stdout, "頭髮-{發}-發".as_bytes());
    assert_eq!(convert(&["in.wiki"]).stdout, "[[发|發]]-{发}-".as_bytes());
    assert_eq!(convert(&["--dict", "x.tsv", "in.txt"]).status.code(), Some(2));
    assert_eq!(run(folder.path(), &["convert", "--engine", "opencc", "-t", "tw", "in.txt"]).status.code(), Some(2));
}

#[test]
fn a_report_has_a_record_for_each_change_finding_and_title() {
    let page = "-{T|zh-cn:国;zh-tw:國}-国-{军\n里海-{Q|x}-";
    let folder = folder_with(&[("a.wiki", page.as_bytes()), ("b.txt", "无-{x}-\n".as_bytes())]);
    let arguments =
        ["convert", "-q", "-t", "zh-tw", "--mode", "render", "a.wiki", "b.txt", "-o", "out/", "--report", "r.jsonl"];
    let output = run(folder.path(), &arguments);
    assert!(output.status.success() && output.stdout.is_empty() && output.stderr.is_empty(), "{output:?}");
    let report = fs::read_to_string(folder.path().join("r.jsonl")).unwrap();
    let records: Vec<serde_json::Value> = report.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let kinds: Vec<&str> = records.iter().map(|record| record["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["change", "diagnostic", "change", "change", "diagnostic", "title", "change"], "{report}");
    let change = &records[0];
    let place = page.find("国-").unwrap();
    assert_eq!((change["path"].as_str(), change["line"].as_u64()), (Some("a.wiki"), Some(1)));
    assert_eq!(change["column"].as_u64(), Some(page[..place].chars().count() as u64 + 1));
    assert_eq!(
        (change["start"].as_u64(), change["end"].as_u64()),
        (Some(place as u64), Some(place as u64 + 3)),
        "offsets are bytes of the input"
    );
    assert_eq!((change["from"].as_str(), change["to"].as_str()), (Some("国"), Some("國")));
    assert_eq!(change["dictionary"], "STCharacters.txt");
    assert!(change["entry_line"].as_u64().is_some());
    assert_eq!(
        (records[1]["code"].as_str(), records[1]["severity"].as_str()),
        (Some("unclosed-span"), Some("warning"))
    );
    assert_eq!((records[4]["line"].as_u64(), records[4]["column"].as_u64()), (Some(2), Some(5)));
    assert_eq!((records[5]["variant"].as_str(), records[5]["text"].as_str()), (Some("zh-tw"), Some("國")));
    assert_eq!(records[6]["path"], "b.txt");
}

#[test]
fn a_document_with_warnings_is_not_written_where_they_are_errors() {
    let folder = folder_with(&[("a.txt", "国-{军".as_bytes()), ("b.txt", "国".as_bytes())]);
    let output = run(folder.path(), &["convert", "-t", "zh-tw", "--strict", "a.txt", "b.txt", "-o", "out/"]);
    assert_eq!(output.status.code(), Some(3), "{output:?}");
    assert_eq!(names(&folder.path().join("out")), ["b.txt"]);
}

#[test]
fn long_text_is_evaluated_as_a_stream_with_the_places_of_its_warnings() {
    let mut text = "汉字。\n".repeat(200_000);
    text.push_str("-{H|zh-cn:内存;zh-tw:記憶體}-内存-{Q|x}-\n");
    let folder = folder_with(&[("in.txt", text.as_bytes())]);
    let output = run(folder.path(), &["convert", "-t", "zh-tw", "--mode", "render", "in.txt", "-o", "out.txt"]);
    assert!(output.status.success(), "{output:?}");
    assert!(message(&output).starts_with("tongwen: in.txt:200001:29: warning[unknown-flag]:"), "{output:?}");
    let converted = fs::read_to_string(folder.path().join("out.txt")).unwrap();
    assert_eq!(converted.lines().last(), Some("記憶體x"));
    let output = run(folder.path(), &["convert", "-t", "zh-tw", "--strict", "in.txt", "-o", "strict.txt"]);
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(names(folder.path()), ["in.txt", "out.txt"]);
}

fn dump(name: &str) -> Vec<u8> {
    fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/data/dump").join(name)).unwrap()
}

#[test]
fn a_dump_is_converted_page_by_page_whatever_its_compression() {
    let (plain, packed) = (dump("export-0.11.xml"), dump("export-0.11-multistream.xml.bz2"));
    let folder = folder_with(&[("plain.xml", &plain), ("packed.xml.bz2", &packed)]);
    let one = ["convert", "-q", "-t", "zh-tw", "--format", "dump", "-j", "1", "plain.xml", "-o", "one.xml"];
    assert!(run(folder.path(), &one).status.success());
    let two = ["convert", "-q", "-t", "zh-tw", "-j", "2", "packed.xml.bz2", "-o", "two.xml.gz"];
    assert!(run(folder.path(), &two).status.success());
    let again = ["convert", "-q", "-t", "zh", "two.xml.gz", "-o", "two.xml"];
    assert!(run(folder.path(), &again).status.success());
    let read = |name: &str| fs::read(folder.path().join(name)).unwrap();
    let converted = read("one.xml");
    assert!(converted == read("two.xml"), "threads and compression change nothing");
    let text = String::from_utf8(converted).unwrap();
    assert!(text.contains("[[国军|國軍]]") && text.contains("<title>Template:国</title>"), "{text}");
    let lines = text.lines().zip(str::from_utf8(&plain).unwrap().lines());
    assert!(lines.filter(|(new, old)| new != old).count() > 0);

    let only = ["convert", "-q", "-t", "zh-tw", "--format", "dump", "--title", "Template:*", "plain.xml"];
    let output = run(folder.path(), &only);
    assert!(output.status.success() && !String::from_utf8_lossy(&output.stdout).contains("国军|國軍"));
}

#[test]
fn a_damaged_dump_leaves_what_comes_before_under_another_name() {
    let plain = dump("export-0.11.xml");
    let cut = &plain[..plain.len() / 2];
    let folder = folder_with(&[("cut.xml", cut), ("out.xml", b"old")]);
    let output = run(folder.path(), &["convert", "-q", "-t", "zh-tw", "--format", "dump", "cut.xml", "-o", "out.xml"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(
        message(&output).contains("cut.xml: byte ") && message(&output).contains("out.xml.incomplete"),
        "{output:?}"
    );
    assert_eq!(names(folder.path()), ["cut.xml", "out.xml", "out.xml.incomplete"]);
    assert_eq!(fs::read(folder.path().join("out.xml")).unwrap(), b"old");
    let part = fs::read_to_string(folder.path().join("out.xml.incomplete")).unwrap();
    assert!(part.trim_end().ends_with("</page>"), "{part}");
    // What is no dump at all leaves nothing.
    let output = run(folder.path(), &["convert", "-t", "zh-tw", "--format", "dump", "out.xml", "-o", "none.xml"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(!names(folder.path()).iter().any(|name| name.starts_with("none")));
}
