//! Whatever goes wrong while files are written: each is the old one or the new one, and nothing else is left.
#![cfg(unix)]

mod support;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use support::{folder_with, message, run, start, tongwen, tree};

const LINE: &str = "他的头发很干净。";
const NEW_LINE: &str = "他的頭髮很乾淨。";

/// Files of several sizes, streamed ones and ones that are read whole.
fn files() -> Vec<(String, Vec<u8>)> {
    (0..12)
        .map(|number| {
            let (name, lines) = match number % 3 {
                0 => (format!("{number:02}.txt"), 60_000),
                1 => (format!("{number:02}.wiki"), 5_000),
                _ => (format!("{number:02}.txt"), 100),
            };
            (name, format!("{LINE}\n").repeat(lines).into_bytes())
        })
        .collect()
}

/// Whether all files are whole, each old or new; how many are new, and what else there is.
fn state(folder: &Path, files: &[(String, Vec<u8>)]) -> (usize, Vec<String>) {
    let mut new = 0;
    for (name, old) in files {
        let bytes = fs::read(folder.join(name)).unwrap();
        let converted = String::from_utf8(old.clone()).unwrap().replace(LINE, NEW_LINE).into_bytes();
        assert!(bytes == *old || bytes == converted, "{name} is neither the old file nor the new one");
        new += usize::from(bytes == converted);
    }
    let others = tree(folder).into_iter().filter(|name| !files.iter().any(|(known, _)| known == name));
    (new, others.collect())
}

/// How a run ended, and what it left.
#[derive(Debug)]
struct Ended {
    code: Option<i32>,
    signal: Option<i32>,
    /// Files beside those that were to be converted.
    others: Vec<String>,
}

/// Ends a run with a signal at many points.
fn ended_by(signal: &str, rounds: u32) -> Vec<Ended> {
    let files = files();
    let borrowed: Vec<(&str, &[u8])> = files.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
    let arguments = ["convert", "-t", "tw", "-w", "-j", "2", "."];
    let folder = folder_with(&borrowed);
    let begun = Instant::now();
    assert!(run(folder.path(), &arguments).status.success());
    let whole = begun.elapsed();
    let round = |number: u32| {
        let folder = folder_with(&borrowed);
        let mut child = start(folder.path(), &arguments);
        std::thread::sleep(whole * number / rounds);
        Command::new("kill")
            .args([&format!("-{signal}"), &child.id().to_string()])
            .stderr(Stdio::null())
            .status()
            .unwrap();
        let status = child.wait().unwrap();
        let (_, others) = state(folder.path(), &files);
        Ended { code: status.code(), signal: status.signal(), others }
    };
    (0..rounds).map(round).collect()
}

#[test]
fn a_signal_leaves_old_or_new_files_and_no_others() {
    for (signal, number) in [("INT", 2), ("TERM", 15)] {
        let found = ended_by(signal, 12);
        for Ended { code, signal: killed, others } in &found {
            // Before there is a passing file a signal ends the command as it ends any program.
            assert!(*code == Some(0) || *code == Some(128 + number) || *killed == Some(number), "{found:?}");
            assert!(others.is_empty(), "{others:?}");
        }
        assert!(found.iter().any(|ended| ended.code == Some(128 + number)), "{found:?}");
    }
}

#[test]
fn a_process_that_is_killed_leaves_old_or_new_files() {
    let found = ended_by("KILL", 12);
    assert!(found.iter().any(|ended| ended.signal == Some(9)));
    for Ended { others, .. } in &found {
        // Nobody can clean up then, but what is left is easily told.
        assert!(others.iter().all(|name| name.starts_with(".tongwen-") && name.ends_with(".tmp")), "{others:?}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn what_a_killed_process_has_left_is_removed_by_the_next_one() {
    let text = format!("{LINE}\n").repeat(400_000);
    let folder = folder_with(&[("a.txt", text.as_bytes()), ("b.txt", LINE.as_bytes())]);
    let left = || tree(folder.path()).into_iter().filter(|name| name.starts_with(".tongwen-")).collect::<Vec<_>>();
    // Killed until one has left something.
    for _ in 0..100 {
        let mut child = start(folder.path(), &["convert", "-t", "tw", "-w", "a.txt"]);
        let begun = Instant::now();
        while left().is_empty() && begun.elapsed() < Duration::from_secs(5) {
            std::thread::yield_now();
        }
        let _ = child.kill();
        child.wait().unwrap();
        fs::write(folder.path().join("a.txt"), &text).unwrap();
        if !left().is_empty() {
            break;
        }
    }
    let one = left().pop().expect("some process is killed while it writes");
    let place = |name: &str| folder.path().join(name);
    // One that a living process writes, one of another system, and one that is not a file.
    let writes = one.replace(".tmp", "x.tmp");
    let held = fs::File::create(place(&writes)).unwrap();
    held.lock().unwrap();
    fs::write(place(".tongwen-00000000-abcdef.tmp"), "").unwrap();
    fs::create_dir(place(&one.replace(".tmp", "y.tmp"))).unwrap();
    std::thread::sleep(Duration::from_millis(3100));
    assert!(run(folder.path(), &["convert", "-t", "tw", "-w", "b.txt"]).status.success());
    let mut expected = vec![".tongwen-00000000-abcdef.tmp".to_string(), writes];
    expected.sort();
    let mut found = left();
    found.sort();
    // Folders are not listed; the one must be there still.
    assert_eq!(found, expected);
    assert!(place(&one.replace(".tmp", "y.tmp")).is_dir());
}

#[test]
fn a_disk_that_is_full_leaves_the_old_files() {
    let files = files();
    let borrowed: Vec<(&str, &[u8])> = files.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
    // The largest file that a process may write is as good as a disk: 40 blocks of 512 bytes or of 1024, as the shell counts.
    for limit in [0, 40] {
        let folder = folder_with(&borrowed);
        let script = format!("trap '' XFSZ; ulimit -f {limit}; exec \"$0\" convert -t tw -w .");
        let output = Command::new("sh")
            .args(["-c", &script, env!("CARGO_BIN_EXE_tongwen")])
            .current_dir(folder.path())
            .output()
            .unwrap();
        let (new, others) = state(folder.path(), &files);
        let expected = if limit == 0 { (Some(2), 0) } else { (Some(3), 4) };
        assert_eq!((output.status.code(), new), expected, "{output:?}");
        assert!(others.is_empty(), "{others:?}");
        assert!(message(&output).contains("00.txt: file too large"), "{output:?}");
    }
}

#[test]
fn a_folder_that_may_not_be_written_to_leaves_the_old_file() {
    use std::os::unix::fs::chown;
    use std::os::unix::process::CommandExt;
    /// `nobody` on most systems; it need not exist.
    const OTHER: u32 = 65534;

    let folder = folder_with(&[("in/a.txt", LINE.as_bytes()), ("in/fixed.txt", LINE.as_bytes())]);
    let place = |name: &str| folder.path().join(name);
    let allow = |name: &str, mode: u32| fs::set_permissions(place(name), fs::Permissions::from_mode(mode)).unwrap();
    allow("in/fixed.txt", 0o444);
    allow("in", 0o555);
    let mut command = tongwen(folder.path(), &["convert", "-t", "tw", "-w", "in"]);
    let is_privileged = fs::write(place("in/probe"), "").is_ok();
    if is_privileged {
        // Nothing is forbidden to this user, so another one runs the command, and a copy of it that it may reach.
        fs::remove_file(place("in/probe")).unwrap();
        fs::copy(env!("CARGO_BIN_EXE_tongwen"), place("tongwen")).unwrap();
        allow("tongwen", 0o755);
        allow("", 0o755);
        for name in ["in", "in/a.txt", "in/fixed.txt"] {
            chown(place(name), Some(OTHER), Some(OTHER)).unwrap();
        }
        command = Command::new(place("tongwen"));
        command.args(["convert", "-t", "tw", "-w", "in"]).current_dir(folder.path()).uid(OTHER).gid(OTHER);
    }
    let output = command.output().unwrap();
    allow("in", 0o755);
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    assert_eq!(message(&output).matches("permission denied").count(), 2, "{output:?}");
    for name in ["a.txt", "fixed.txt"] {
        assert_eq!(fs::read(place("in").join(name)).unwrap(), LINE.as_bytes());
    }
    assert_eq!(tree(&place("in")), ["a.txt", "fixed.txt"]);
}

#[test]
fn a_file_that_goes_bad_half_way_leaves_the_old_one() {
    let mut bytes = format!("{LINE}\n").repeat(200_000).into_bytes();
    bytes.push(0xFF);
    let folder = folder_with(&[("a.txt", &bytes), ("b.txt", LINE.as_bytes())]);
    let output = run(folder.path(), &["convert", "-t", "tw", "-w", "--backup", ".bak", "."]);
    assert_eq!(output.status.code(), Some(3), "{output:?}");
    assert!(fs::read(folder.path().join("a.txt")).unwrap() == bytes);
    assert_eq!(tree(folder.path()), ["a.txt", "b.txt", "b.txt.bak"]);
}

#[test]
fn an_interrupted_stream_to_a_file_leaves_nothing() {
    let folder = folder_with(&[("out.txt", b"old")]);
    let mut child =
        tongwen(folder.path(), &["convert", "-t", "tw", "-o", "out.txt"]).stdin(Stdio::piped()).spawn().unwrap();
    // Open to the end: the command must not finish by itself.
    let mut stdin = child.stdin.take().unwrap();
    std::io::Write::write_all(&mut stdin, format!("{LINE}\n").repeat(100_000).as_bytes()).unwrap();
    let begun = Instant::now();
    while tree(folder.path()).len() < 2 && begun.elapsed() < Duration::from_secs(20) {
        std::thread::sleep(Duration::from_millis(5));
    }
    assert_eq!(tree(folder.path()).len(), 2, "the result is under way");
    Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(130));
    drop(stdin);
    assert_eq!(tree(folder.path()), ["out.txt"]);
    assert_eq!(fs::read(folder.path().join("out.txt")).unwrap(), b"old");
}
