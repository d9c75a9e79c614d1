//! Documents that were made to take long: each is converted in seconds of processor time, whatever its length is made of.
//!
//! Each takes a second or less where nothing else runs; the bound is wide, since a second of a processor is worth less where others share it, and
//! what is not linear takes minutes.
#![cfg(unix)]

mod support;

use std::process::Command;

use support::folder_with;

/// Bytes of a document without structure.
const LONG: usize = 10_000_000;
/// Levels of a document that is nested.
const DEEP: usize = 100_000;

/// Converts a document of each kind within the time; the shell ends what takes longer.
fn are_converted_in_time(ending: &str, documents: &[(&str, String)]) {
    for (kind, document) in documents {
        let name = format!("hostile.{ending}");
        let folder = folder_with(&[(&name, document.as_bytes())]);
        let script = "ulimit -t 12; exec \"$0\" convert -t tw -q -j 1 \"$1\" -o out";
        let output = Command::new("sh")
            .args(["-c", script, env!("CARGO_BIN_EXE_tongwen"), &name])
            .current_dir(folder.path())
            .output()
            .unwrap();
        assert!(output.status.success(), "{kind} in {ending}: {:?}", output.status);
    }
}

fn nested(open: &str, close: &str) -> (&'static str, String) {
    ("nested", open.repeat(DEEP) + "头发" + &close.repeat(DEEP) + "\n")
}

#[test]
fn hostile_markdown_takes_linear_time() {
    let pairs = [
        ("[", "]"),
        ("> ", ""),
        ("- ", ""),
        ("*a ", " a*"),
        ("**a ", " a**"),
        ("<div>", "</div>"),
        ("头<b>", "</b>"),
        ("-{", "}-"),
    ];
    let mut documents: Vec<_> = pairs.into_iter().map(|(open, close)| nested(open, close)).collect();
    let repeated = [
        "[",
        "*",
        ">",
        "`",
        "-{",
        "<",
        "_",
        "~",
        "$",
        "|",
        "!",
        "]",
        "(",
        "#",
        "-",
        "&",
        "\\",
        "\n",
        "*a",
        "_a ",
        "$a ",
        "![",
        "[a](",
        "[a]",
        "[a]: ",
        "[a]: b\n",
        "[^a]: ",
        "<a",
        "<!--",
        "<?",
        "<![CDATA[",
        "<http://a ",
        ">\n",
        "-\n",
        "a\n=\n",
        "$$\n",
        "```\n",
        "---\n",
        "头*发*",
        "-{头}-",
        "-{zh-cn:头;",
        "&#x4e00;",
    ];
    documents.extend(repeated.into_iter().map(|piece| (piece, piece.repeat(LONG / piece.len()))));
    let columns = "|a".repeat(LONG / 4) + "\n" + &"|-".repeat(LONG / 4) + "\n";
    documents.push(("columns", columns));
    documents.push(("rows", format!("|a|b|\n|-|-|\n{}", "|x|\n".repeat(LONG / 4))));
    documents.push(("labels in labels", "[[a|".repeat(LONG / 4) + "]]\n"));
    documents.push(("growing quotes", (0..4400).map(|length| "`".repeat(length) + " ").collect()));
    documents.push(("growing lists", (0..2000).map(|depth| " ".repeat(depth) + "- 头\n").collect()));
    are_converted_in_time("md", &documents);
}

#[test]
fn many_findings_on_one_line_take_linear_time() {
    for ending in ["txt", "wiki", "html", "md"] {
        are_converted_in_time(
            ending,
            &[nested("-{", "}-"), ("open", "-{头".repeat(DEEP)), ("closed", "头}-".repeat(DEEP))],
        );
    }
}

#[test]
fn what_protects_much_of_one_line_is_told_in_time() {
    let text = "的头发".repeat(DEEP);
    let folder = folder_with(&[("line.txt", text.as_bytes())]);
    let script = "ulimit -t 12; exec \"$0\" explain -t tw --protect 的 - < line.txt > out";
    let output =
        Command::new("sh").args(["-c", script, env!("CARGO_BIN_EXE_tongwen")]).current_dir(folder.path()).output();
    let output = output.unwrap();
    assert!(output.status.success(), "{output:?}");
}

#[test]
fn bytes_that_need_a_way_back_of_their_own_take_linear_time() {
    let trails: Vec<u8> = (0x40..=0x7E).chain(0xA1..=0xFE).collect();
    // Big5 as Hong Kong has it, which is read and written otherwise, and what is nothing.
    let all: Vec<u8> = (0x87..=0xA0).flat_map(|lead| trails.iter().flat_map(move |&trail| [lead, trail])).collect();
    let folder = folder_with(&[("a.txt", &[&all[..], b"\n"].concat().repeat(LONG / all.len()))]);
    let script = "ulimit -t 12; \"$0\" convert -t tw -q -j 1 -e big5 --invalid keep a.txt -o out && cmp a.txt out";
    let output =
        Command::new("sh").args(["-c", script, env!("CARGO_BIN_EXE_tongwen")]).current_dir(folder.path()).output();
    let output = output.unwrap();
    assert!(output.status.success(), "{output:?}");
}
