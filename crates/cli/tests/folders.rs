//! What the command does with folders: which files it takes, where results go, what it shows without writing.

mod support;

use std::fs;

use support::{folder_with, message, names, run, start, text, tongwen, tree};

const SIMPLIFIED: &[u8] = "头发\n".as_bytes();
const TRADITIONAL: &[u8] = "頭髮\n".as_bytes();

#[test]
fn a_folder_is_mirrored() {
    let folder = folder_with(&[("in/a.txt", SIMPLIFIED), ("in/sub/b.wiki", SIMPLIFIED), ("in/sub/c.png", SIMPLIFIED)]);
    let output = run(folder.path(), &["convert", "-t", "tw", "in", "-o", "out"]);
    assert!(output.status.success() && output.stdout.is_empty() && output.stderr.is_empty(), "{output:?}");
    assert_eq!(tree(&folder.path().join("out")), ["a.txt", "sub/b.wiki"]);
    assert_eq!(fs::read(folder.path().join("out/sub/b.wiki")).unwrap(), TRADITIONAL);
    // A folder of results inside the folder that is converted is no part of it.
    for _ in 0..2 {
        assert!(run(folder.path(), &["convert", "-t", "tw", ".", "-o", "out/"]).status.success());
    }
    assert_eq!(tree(&folder.path().join("out")), ["a.txt", "in/a.txt", "in/sub/b.wiki", "sub/b.wiki"]);
}

#[test]
fn a_folder_that_cannot_be_made_is_said_once() {
    let folder = folder_with(&[("in/a.txt", SIMPLIFIED), ("in/b.txt", SIMPLIFIED), ("file", b"")]);
    let output = run(folder.path(), &["convert", "-t", "tw", "in", "-o", "file/out"]);
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    assert_eq!(message(&output).lines().count(), 1, "{output:?}");
    assert!(message(&output).starts_with("tongwen: file/out: "), "{output:?}");
    // Wrong usage makes no folder.
    let output = run(folder.path(), &["convert", "-t", "tw", "--groups", "none", "in", "-o", "out"]);
    assert!(output.status.code() == Some(2) && !folder.path().join("out").exists(), "{output:?}");
}

#[test]
fn files_are_chosen_as_other_tools_choose_them() {
    let files = [
        ("a.txt", SIMPLIFIED),
        (".hidden.txt", SIMPLIFIED),
        ("ignored.txt", SIMPLIFIED),
        (".tongwenignore", b"ignored.txt\n"),
        ("code.rs", SIMPLIFIED),
        ("picture.rs", b"\0\x01"),
        ("sub/b.txt", SIMPLIFIED),
    ];
    let folder = folder_with(&files);
    let listed = |rest: &[&str]| {
        let output = run(folder.path(), &[&["convert", "-t", "tw", "-l", "."], rest].concat());
        assert!(output.status.success(), "{output:?}");
        text(&output.stdout).lines().map(str::to_string).collect::<Vec<_>>()
    };
    assert_eq!(listed(&[]), ["a.txt", "sub/b.txt"]);
    assert_eq!(listed(&["--hidden"]), [".hidden.txt", "a.txt", "sub/b.txt"]);
    assert_eq!(listed(&["--no-ignore"]), ["a.txt", "ignored.txt", "sub/b.txt"]);
    assert_eq!(listed(&["-g", "*.rs"]), ["code.rs"]);
    assert_eq!(listed(&["-g", "!sub"]), ["a.txt"]);
    assert_eq!(listed(&["-g", "sub/**"]), ["sub/b.txt"]);
    assert_eq!(listed(&["--format", "text"]), ["a.txt", "code.rs", "sub/b.txt"]);
    // A pattern that the shell has left is one of ours.
    let output = run(folder.path(), &["convert", "-t", "tw", "-l", "sub/*.txt", "*.rs", "none/*"]);
    assert_eq!((text(&output.stdout), output.status.code()), ("sub/b.txt\ncode.rs\n", Some(3)), "{output:?}");
    assert_eq!(message(&output), "tongwen: none/*: no file has this name, and none matches it\n");
    // It may begin with any folder, and means what it means in a shell.
    let here = folder.path().join("s*/*.txt");
    let output =
        run(folder.path(), &["convert", "-t", "tw", "-l", "./*.rs", "*.txt", "**/b.txt", here.to_str().unwrap()]);
    let expected = format!("code.rs\na.txt\nignored.txt\nsub/b.txt\n{}\n", folder.path().join("sub/b.txt").display());
    assert_eq!((text(&output.stdout), message(&output)), (expected.as_str(), ""));
    // What is named itself is taken whatever it is called.
    assert_eq!(listed(&["ignored.txt", "code.rs"]), ["a.txt", "sub/b.txt", "ignored.txt", "code.rs"]);
}

#[test]
fn paths_come_from_a_list_too() {
    let folder = folder_with(&[("a b.txt", SIMPLIFIED), ("c.txt", SIMPLIFIED), ("list", b"a b.txt\nc.txt\n")]);
    let output = run(folder.path(), &["convert", "-t", "tw", "-l", "--files-from", "list"]);
    assert_eq!(text(&output.stdout), "a b.txt\nc.txt\n");
    let mut child = start(folder.path(), &["convert", "-t", "tw", "-l", "-0", "--files-from", "-"]);
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), b"c.txt\0a b.txt\0").unwrap();
    assert_eq!(text(&child.wait_with_output().unwrap().stdout), "c.txt\na b.txt\n");
    // An empty list is no work, not standard input.
    fs::write(folder.path().join("list"), "").unwrap();
    assert!(run(folder.path(), &["convert", "-t", "tw", "-w", "--files-from", "list"]).status.success());
}

#[test]
fn files_are_converted_in_place_and_unchanged_ones_are_not_touched() {
    let long = "頭髮。\n".repeat(200_000);
    let long_simplified = "头发。\n".repeat(200_000);
    let files: [(&str, &[u8]); 4] = [
        ("a.txt", SIMPLIFIED),
        ("b.txt", TRADITIONAL),
        ("c.txt", long.as_bytes()),
        ("d.txt", long_simplified.as_bytes()),
    ];
    let folder = folder_with(&files);
    let place = |name: &str| folder.path().join(name);
    let times = |name: &str| fs::metadata(place(name)).unwrap().modified().unwrap();
    let before = (times("b.txt"), times("c.txt"));
    let output = run(folder.path(), &["convert", "-t", "tw", "-w", "-v", "--backup", ".bak", "."]);
    assert!(output.status.success(), "{output:?}");
    assert_eq!(message(&output), "tongwen: 2 files converted, 2 unchanged\n");
    assert_eq!(tree(folder.path()), ["a.txt", "a.txt.bak", "b.txt", "c.txt", "d.txt", "d.txt.bak"]);
    assert_eq!((times("b.txt"), times("c.txt")), before);
    assert_eq!(fs::read(place("a.txt")).unwrap(), TRADITIONAL);
    assert_eq!(fs::read(place("a.txt.bak")).unwrap(), SIMPLIFIED);
    assert!(fs::read(place("d.txt")).unwrap() == long.as_bytes());
    assert!(fs::read(place("d.txt.bak")).unwrap() == long_simplified.as_bytes());
    // A second run has nothing to do, and the backup stays what it was.
    assert!(run(folder.path(), &["convert", "-t", "tw", "-w", "--backup", ".bak", "."]).status.success());
    assert_eq!(fs::read(place("a.txt.bak")).unwrap(), SIMPLIFIED);
}

#[test]
fn a_backup_goes_over_no_input() {
    let folder = folder_with(&[("a.txt", SIMPLIFIED), ("a.txt.wiki", SIMPLIFIED)]);
    let output = run(folder.path(), &["convert", "-t", "tw", "-w", "--backup", ".wiki", "."]);
    assert_eq!(output.status.code(), Some(2));
    assert!(message(&output).contains("a.txt.wiki: is the input"), "{output:?}");
    for suffix in ["", "/../x"] {
        let output = run(folder.path(), &["convert", "-t", "tw", "-w", "--backup", suffix, "a.txt"]);
        assert_eq!(output.status.code(), Some(2), "{output:?}");
    }
    assert_eq!(fs::read(folder.path().join("a.txt")).unwrap(), SIMPLIFIED);
}

#[cfg(unix)]
#[test]
fn links_and_permissions_are_as_the_help_says() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let folder = folder_with(&[("a.txt", SIMPLIFIED), ("other/b.txt", SIMPLIFIED), ("c.txt", SIMPLIFIED)]);
    let place = |name: &str| folder.path().join(name);
    symlink("a.txt", place("link.txt")).unwrap();
    symlink("../other", place("other/loop")).unwrap();
    fs::hard_link(place("c.txt"), place("hard")).unwrap();
    fs::set_permissions(place("a.txt"), fs::Permissions::from_mode(0o604)).unwrap();
    // Links are not followed in folders; what is named twice is converted once.
    let output = run(folder.path(), &["convert", "-t", "tw", "-w", "-v", ".", "link.txt", "a.txt"]);
    assert!(output.status.success(), "{output:?}");
    assert_eq!(message(&output), "tongwen: 3 files converted, 0 unchanged\n");
    assert!(fs::symlink_metadata(place("link.txt")).unwrap().is_symlink());
    assert_eq!(fs::metadata(place("a.txt")).unwrap().permissions().mode() & 0o777, 0o604);
    assert_eq!(fs::read(place("hard")).unwrap(), SIMPLIFIED);
    let output = run(folder.path(), &["convert", "-t", "cn", "-l", "-L", "other"]);
    assert_eq!(output.status.code(), Some(3), "a loop of links is said: {output:?}");
    assert_eq!(text(&output.stdout), "other/b.txt\n");
    assert_eq!(message(&output), "tongwen: other/loop: is a link to other, in which it lies; not followed\n");
    symlink("nothing", place("other/broken.txt")).unwrap();
    let output = run(folder.path(), &["convert", "-t", "cn", "-l", "-L", "other"]);
    assert!(message(&output).starts_with("tongwen: other/broken.txt: no such file or directory\n"), "{output:?}");
}

#[test]
fn looking_writes_nothing_and_says_what_would_change() {
    let folder = folder_with(&[("a.txt", "一\n头发\n三\n".as_bytes()), ("b.txt", TRADITIONAL)]);
    let look = |arguments: &[&str]| {
        let output = run(folder.path(), &[arguments, &["-t", "tw", "."]].concat());
        assert_eq!(tree(folder.path()), ["a.txt", "b.txt"]);
        assert_eq!(fs::read(folder.path().join("a.txt")).unwrap(), "一\n头发\n三\n".as_bytes());
        (output.status.code().unwrap(), text(&output.stdout).to_string(), message(&output).to_string())
    };
    let diff = "--- a.txt\n+++ a.txt\n@@ -1,3 +1,3 @@\n 一\n-头发\n+頭髮\n 三\n";
    let change = "a.txt:2:1: 头发 → 頭髮 (STPhrases.txt:";
    let summary = "tongwen: 1 of 2 files would change\n";
    assert_eq!(look(&["convert", "--diff"]), (0, diff.into(), "".into()));
    assert_eq!(look(&["convert", "--diff", "--check"]), (1, diff.into(), summary.into()));
    assert_eq!(look(&["convert", "--check"]), (1, "".into(), summary.into()));
    assert_eq!(look(&["convert", "--check", "-q"]), (1, "".into(), "".into()));
    assert_eq!(look(&["convert", "-l"]), (0, "a.txt\n".into(), "".into()));
    assert_eq!(look(&["check", "-l"]), (1, "a.txt\n".into(), summary.into()));
    assert_eq!(look(&["check", "--diff"]), (1, diff.into(), summary.into()));
    let (code, out, said) = look(&["check"]);
    assert!(code == 1 && out.starts_with(change) && out.lines().count() == 1 && said == summary, "{out}{said}");
    let (code, out, _) = look(&["check", "--json"]);
    let records: Vec<serde_json::Value> = out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!((code, records.len()), (1, 2));
    assert_eq!(
        (&records[0]["schema"], &records[0]["path"], &records[0]["changed"]),
        (&1.into(), &"a.txt".into(), &true.into())
    );
    assert_eq!((&records[0]["records"][0]["to"], &records[1]["changed"]), (&"頭髮".into(), &false.into()));
    assert_eq!(run(folder.path(), &["check", "-t", "cn", "a.txt"]).status.code(), Some(0));
}

#[cfg(unix)]
#[test]
fn a_diff_is_a_patch() {
    let old = "头发\n".repeat(3) + &"同\n".repeat(20) + "头发\r\n里面";
    let folder = folder_with(&[("a.txt", old.as_bytes())]);
    let diff = run(folder.path(), &["convert", "-t", "tw", "--diff", "a.txt"]);
    fs::write(folder.path().join("x.patch"), &diff.stdout).unwrap();
    let Ok(patch) = std::process::Command::new("patch")
        .args(["--binary", "-s", "-p0", "-i", "x.patch"])
        .current_dir(folder.path())
        .output()
    else {
        return;
    };
    assert!(patch.status.success(), "{patch:?}");
    let expected = "頭髮\n".repeat(3) + &"同\n".repeat(20) + "頭髮\r\n裡面";
    assert_eq!(fs::read_to_string(folder.path().join("a.txt")).unwrap(), expected);
}

#[test]
fn any_number_of_threads_gives_the_same() {
    let files: Vec<(String, Vec<u8>)> = (0..60)
        .map(|number| {
            let bytes = match number % 7 {
                3 => b"\xff".to_vec(),
                5 => "国-{军\n".repeat(number).into_bytes(),
                _ => "头发。\n".repeat(number * 40).into_bytes(),
            };
            (format!("in/{number:02}.txt"), bytes)
        })
        .collect();
    let borrowed: Vec<(&str, &[u8])> = files.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
    let folder = folder_with(&borrowed);
    let with = |threads: &str| {
        let out = format!("out{threads}");
        let arguments = ["convert", "-t", "tw", "in", "-j", threads, "-o", &out, "--report", &format!("{out}.jsonl")];
        let output = run(folder.path(), &arguments);
        assert_eq!(output.status.code(), Some(3));
        let names = tree(&folder.path().join(&out));
        let contents: Vec<Vec<u8>> =
            names.iter().map(|name| fs::read(folder.path().join(&out).join(name)).unwrap()).collect();
        let report = fs::read(folder.path().join(format!("{out}.jsonl"))).unwrap();
        (names, contents, report, message(&output).to_string())
    };
    let one = with("1");
    assert!(one.3.matches("invalid UTF-8").count() > 5 && !one.2.is_empty());
    for threads in ["2", "8"] {
        assert!(with(threads) == one, "{threads} threads");
    }
}

#[test]
fn what_cannot_be_read_is_said_and_the_rest_is_done() {
    let folder = folder_with(&[("in/a.txt", SIMPLIFIED)]);
    let output = run(folder.path(), &["convert", "-t", "tw", "in", "no-such.txt", "-o", "out/"]);
    assert_eq!(output.status.code(), Some(3), "{output:?}");
    assert!(message(&output).starts_with("tongwen: no-such.txt: no such file"), "{output:?}");
    assert_eq!(names(&folder.path().join("out")), ["a.txt"]);
    // Two files for one place: nothing is begun.
    fs::write(folder.path().join("a.txt"), SIMPLIFIED).unwrap();
    let output = run(folder.path(), &["convert", "-t", "tw", "in", "a.txt", "-o", "new/"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(message(&output).contains("where another input goes already"), "{output:?}");
    assert!(!folder.path().join("new").exists());
}

#[test]
fn names_from_the_disk_command_no_terminal() {
    let folder = folder_with(&[("a\u{1b}[31m.txt", SIMPLIFIED)]);
    for arguments in
        [&["convert", "-l", "-t", "tw", "."][..], &["convert", "--diff", "-t", "tw", "."], &["check", "-t", "tw", "."]]
    {
        let output = tongwen(folder.path(), arguments).output().unwrap();
        assert!(text(&output.stdout).contains("a\\u{1b}[31m.txt") && !output.stdout.contains(&0x1b), "{output:?}");
    }
}
