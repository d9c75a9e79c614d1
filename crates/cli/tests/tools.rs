//! What goes beside conversion: completions in a real shell, manual pages in a real formatter, configuration, protection.

mod support;

use std::fs;
use std::process::Command;

use support::{folder_with, message, run, text, tongwen};

#[cfg(unix)]
#[test]
fn bash_completes_commands_flags_and_values() {
    let folder = folder_with(&[]);
    let script = run(folder.path(), &["completions", "bash"]).stdout;
    fs::write(folder.path().join("tongwen.bash"), script).unwrap();
    let complete = |words: &[&str]| {
        let last = words.len() - 1;
        let line = format!(
            "source ./tongwen.bash; COMP_WORDS=({}); COMP_CWORD={last}; _tongwen tongwen \"${{COMP_WORDS[{last}]}}\" \"${{COMP_WORDS[{}]}}\"; echo \"${{COMPREPLY[@]}}\"",
            words.join(" "),
            last - 1
        );
        let output = Command::new("bash").args(["--norc", "-c", &line]).current_dir(folder.path()).output();
        output.ok().map(|output| (text(&output.stdout).trim().to_string(), text(&output.stderr).to_string()))
    };
    let Some((commands, errors)) = complete(&["tongwen", "con"]) else { return };
    assert_eq!((commands.as_str(), errors.as_str()), ("convert config", ""));
    assert_eq!(complete(&["tongwen", "convert", "--to", "zh-t"]).unwrap().0, "zh-tw");
    assert_eq!(complete(&["tongwen", "convert", "--out"]).unwrap().0, "--output --output-encoding");
    assert_eq!(complete(&["tongwen", "dict", "se"]).unwrap().0, "search");
}

#[cfg(unix)]
#[test]
fn manual_pages_render_without_warnings() {
    let folder = folder_with(&[]);
    assert!(run(folder.path(), &["man", "pages"]).status.success());
    let pages: Vec<String> = support::tree(&folder.path().join("pages"));
    assert!(pages.contains(&"tongwen.1".to_string()) && pages.contains(&"tongwen-convert.1".to_string()), "{pages:?}");
    for page in &pages {
        let Ok(output) = Command::new("groff")
            .args(["-man", "-ww", "-Tutf8", "-Kutf8", page])
            .current_dir(folder.path().join("pages"))
            .output()
        else {
            return;
        };
        assert!(output.status.success() && output.stderr.is_empty() && !output.stdout.is_empty(), "{page}: {output:?}");
    }
}

#[test]
fn what_was_put_in_place_of_names_is_taken_back() {
    let source = "光绪二年到迪化府，再到叶尔羌。\n";
    let folder = folder_with(&[("march.txt", source.as_bytes())]);
    let at = |name: &str| folder.path().join(name);
    let to_today = ["annotate", "--normalise", "--map", "march.json", "march.txt", "-o", "today.txt"];
    assert!(run(folder.path(), &to_today).status.success());
    let today = fs::read_to_string(at("today.txt")).unwrap();
    assert_eq!(today, "光绪二年到乌鲁木齐市，再到莎车县。\n");

    let back = ["annotate", "--undo", "march.json", "today.txt", "-o", "back.txt"];
    assert!(run(folder.path(), &back).status.success());
    assert_eq!(fs::read_to_string(at("back.txt")).unwrap(), source);

    // A text that is not the one of the map is refused, and nothing is written.
    fs::write(at("today.txt"), today.replace("乌鲁木齐", "哈密")).unwrap();
    fs::remove_file(at("back.txt")).unwrap();
    let output = run(folder.path(), &back);
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    assert!(message(&output).contains("march.json") || message(&output).contains("today.txt"), "{output:?}");
    assert!(!at("back.txt").exists());
}

#[test]
fn a_configuration_is_made_shown_and_found() {
    let folder = folder_with(&[
        ("sub/a.txt", b""),
        ("home/tongwen/tongwen.toml", b"level = \"phrases\"\ndict = [\"own.tsv\"]\n"),
    ]);
    let config = |within: &str, arguments: &[&str]| {
        let mut command = tongwen(&folder.path().join(within), &[&["config"], arguments].concat());
        command.env("XDG_CONFIG_HOME", folder.path().join("home")).output().unwrap()
    };
    let output = config("", &["init"]);
    assert!(output.status.success(), "{output:?}");
    assert_eq!(config("", &["init"]).status.code(), Some(2), "a file is never written over");
    let path = folder.path().join("tongwen.toml");
    let made = fs::read_to_string(&path).unwrap();
    fs::write(&path, made.replace("# to = \"zh-cn\"", "to = \"zh-hk\"").replace("# dict =", "dict =")).unwrap();
    if cfg!(windows) {
        return;
    }
    let shown = config("", &["show", "--file", "sub/a.txt"]);
    let shown = text(&shown.stdout);
    let own = folder.path().join("home/tongwen/tongwen.toml").display().to_string();
    for line in [
        "to = \"zh-hk\"  # tongwen.toml".to_string(),
        "from = \"auto\"  # default".to_string(),
        format!("level = \"phrases\"  # {own}"),
        format!("dict = [\"own.tsv\", \"terms.tsv\"]  # {own}, tongwen.toml"),
        "headings = \"convert\"  # default".to_string(),
    ] {
        assert!(shown.lines().any(|shown| shown == line), "{line} is not in\n{shown}");
    }
    assert_eq!(text(&config("", &["path"]).stdout), format!("tongwen.toml\n{own}\n"));
    fs::remove_file(&path).unwrap();
    fs::remove_file(&own).unwrap();
    assert_eq!(config("", &["path"]).status.code(), Some(1));
}

#[test]
fn what_is_protected_is_left_in_short_and_in_long_texts() {
    let body = "头发《头发》\n# tongwen:off-next-line\n头发\n// tongwen:off\n头发-{发}-\n// tongwen:on\n头发里\n";
    let expected = "頭髮《头发》\n# tongwen:off-next-line\n头发\n// tongwen:off\n头发-{发}-\n// tongwen:on\n頭髮里\n";
    let folder = folder_with(&[
        ("a.txt", body.as_bytes()),
        ("b.txt", body.repeat(20_000).as_bytes()),
        ("words.txt", "里\n".as_bytes()),
    ]);
    for (name, times) in [("a.txt", 1), ("b.txt", 20_000)] {
        let output = run(
            folder.path(),
            &["convert", "-t", "tw", "--protect", "《[^》]*》", "--protect-words", "words.txt", name],
        );
        assert!(output.status.success(), "{}", message(&output));
        assert!(text(&output.stdout) == expected.repeat(times), "{name}");
    }
    let page = "<p>头发 <!-- tongwen:off -->头发<!-- tongwen:on --> 头发</p>";
    fs::write(folder.path().join("a.html"), page).unwrap();
    let output = run(folder.path(), &["convert", "-t", "tw", "a.html"]);
    assert_eq!(text(&output.stdout), "<p>頭髮 <!-- tongwen:off -->头发<!-- tongwen:on --> 頭髮</p>");
    fs::write(folder.path().join("c.txt"), "---\ntongwen: false\n---\n头发\n").unwrap();
    assert_eq!(run(folder.path(), &["check", "-t", "tw", "c.txt"]).status.code(), Some(0));
}

#[test]
fn ambiguities_are_taken_kept_marked_or_errors_and_are_reported() {
    let folder = folder_with(&[("a.txt", "头发，发\n".as_bytes())]);
    let convert = |choice: &str| {
        let arguments =
            ["convert", "-c", "s2t", "--ambiguous", choice, "a.txt", "-o", "out.txt", "--report", "r.jsonl"];
        let output = run(folder.path(), &arguments);
        (output.status.code(), message(&output).to_string())
    };
    let written = || fs::read_to_string(folder.path().join("out.txt")).unwrap();
    for (choice, expected) in [("first", "頭髮，發\n"), ("keep", "頭髮，发\n"), ("mark", "頭髮，⟦發/髮⟧\n")]
    {
        assert_eq!(convert(choice), (Some(0), String::new()));
        assert_eq!(written(), expected);
        let report = fs::read_to_string(folder.path().join("r.jsonl")).unwrap();
        let records: Vec<serde_json::Value> = report.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let ambiguous = records.iter().find(|record| record["kind"] == "ambiguous").unwrap();
        assert_eq!((&ambiguous["from"], &ambiguous["column"]), (&"发".into(), &4.into()), "{report}");
        assert_eq!(ambiguous["candidates"], serde_json::json!(["發", "髮"]));
        assert_eq!(ambiguous["to"], expected.trim_end().split('，').next_back().unwrap());
        assert_eq!(
            records.iter().filter(|record| record["kind"] == "change").count(),
            if choice == "first" { 2 } else { 1 }
        );
    }
    fs::remove_file(folder.path().join("out.txt")).unwrap();
    let (code, said) = convert("error");
    assert_eq!(code, Some(1));
    assert!(said.starts_with("tongwen: a.txt:1:4: `发` may become 發, 髮, and no phrase decides\n"), "{said}");
    assert!(!folder.path().join("out.txt").exists());
}

#[test]
fn what_is_wrong_in_a_configuration_is_said_of_its_file() {
    for (content, expected) in [
        (
            &b"to = \"zh-tw\"\nprotect = [\"(\"]\n"[..],
            "tongwen: tongwen.toml: protect: `(` is no regular expression: unclosed group\n",
        ),
        (b"to = \"\xff\"\n", "tongwen: tongwen.toml: invalid UTF-8 at byte 6; convert the file to UTF-8 first\n"),
    ] {
        let folder = folder_with(&[("tongwen.toml", content), ("a.txt", "头发".as_bytes())]);
        let output = run(folder.path(), &["convert", "a.txt"]);
        assert_eq!((message(&output), output.status.code()), (expected, Some(2)));
    }
}

#[test]
fn what_can_not_be_detected_is_told_with_what_helps() {
    let folder = folder_with(&[("a.xml.bz2", b"BZh9"), ("b.txt", b"caf\xe9 na\xefve")]);
    let output = run(folder.path(), &["detect", "a.xml.bz2", "b.txt"]);
    assert_eq!(
        message(&output),
        "tongwen: a.xml.bz2: is a compressed dump of a wiki, expected a document; decompress it first\n\
         tongwen: b.txt: invalid UTF-8 at byte 3, expected UTF-8 text\nhint: name the encoding with --encoding\n"
    );
}
