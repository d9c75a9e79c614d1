//! `annotate` over whole pages: what is found, what is left alone, and that nothing but glosses is added.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::Command;

fn run(page: &Path, style: &str) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_tongwen"))
        .args(["annotate", "--format", "wikitext", "--style", style])
        .arg(page)
        .output()
        .expect("the command runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("the page is UTF-8")
}

/// The rows of the table, by the names of its columns.
fn rows(page: &Path) -> Vec<HashMap<String, String>> {
    let table = run(page, "tsv");
    let mut lines = table.lines().map(|line| line.split('\t').map(String::from));
    let names: Vec<String> = lines.next().expect("a table has a first row").collect();
    lines.map(|cells| names.iter().cloned().zip(cells).collect()).collect()
}

fn own_sample() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/data/article/sample.wikitext")
}

/// A real page about Xinjiang in the 1870s, where it is to be had.
fn real_page() -> Option<PathBuf> {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/article/article.wikitext");
    page.is_file().then_some(page)
}

/// Whether one text is the other with something put in between.
fn is_in(less: &str, more: &str) -> bool {
    let mut rest = more.chars();
    less.chars().all(|wanted| rest.any(|found| found == wanted))
}

#[test]
fn no_place_is_glossed_twice_and_nothing_is_lost() {
    for page in [Some(own_sample()), real_page()].into_iter().flatten() {
        let source = std::fs::read_to_string(&page).unwrap();
        let rows = rows(&page);
        let glossed: Vec<&String> = rows.iter().filter(|row| row["action"] == "gloss").map(|row| &row["id"]).collect();
        let mut once = glossed.clone();
        once.sort();
        once.dedup();
        assert_eq!(once.len(), glossed.len(), "{}: {glossed:?}", page.display());
        let annotated = run(&page, "inline");
        assert!(is_in(&source, &annotated), "{}", page.display());
        assert_eq!(
            annotated.matches("（今").count() - source.matches("（今").count(),
            glossed.len(),
            "{}",
            page.display()
        );
        // The address of a link, a file or a template has no gloss in it.
        for opening in ["[[File:", "[[文件:", "{{"] {
            for (part, same) in annotated.split(opening).skip(1).zip(source.split(opening).skip(1)) {
                let name = |text: &str| text.split(['|', '}', ']']).next().unwrap_or_default().to_string();
                assert_eq!(name(part), name(same), "{}", page.display());
            }
        }
    }
}

/// The names of the real page in sentences of our own, since that is not to be had everywhere.
const NAMES: &str = "\
一路粮食由[[包头]]、[[呼和浩特市|归化]]经蒙古草原运到巴里坤，在古城屯积；次年由济木萨攻克古牧地，'''白彦虎'''退向南疆。
叶尔羌的布鲁特（今柯尔克孜族）人来降，布魯特部落[[欽察|欽察]]头目也在其中。
";

#[test]
fn the_names_of_pages_about_a_war_are_found() {
    let own = Path::new(env!("CARGO_TARGET_TMPDIR")).join("names.wikitext");
    std::fs::write(&own, NAMES).unwrap();
    check_names(&own);
    real_page().iter().for_each(|page| check_names(page));
}

fn check_names(page: &Path) {
    let rows = rows(page);
    for (surface, modern) in [
        ("古城", "奇台县"),
        ("济木萨", "吉木萨尔县"),
        ("归化", "呼和浩特市"),
        ("叶尔羌", "莎车县"),
        ("古牧地", "米东区"),
    ] {
        let found: Vec<_> = rows.iter().filter(|row| row["surface"] == surface).collect();
        assert!(!found.is_empty(), "{surface} is not found");
        assert!(found.iter().all(|row| row["modern"].ends_with(modern)), "{surface}: {found:?}");
    }
    // A people, a tribe, and a name of a person.
    for surface in ["布鲁特", "布魯特", "钦察", "欽察", "白彦"] {
        assert!(rows.iter().all(|row| row["surface"] != surface), "{surface} is no place");
    }
}
