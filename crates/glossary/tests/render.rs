//! Annotated texts: what each style makes of them.

use proptest::prelude::*;
use tongwen_glossary::render::{Markup, RenderOptions, Style, render};
use tongwen_glossary::{AnnotateOptions, Annotation, Glossary, Prose, Script, Setting};

fn shown(text: &str, style: Style, options: &RenderOptions) -> String {
    let glossary = Glossary::embedded();
    let found = glossary.annotate(text, &Prose::whole(text), &AnnotateOptions::default());
    render(text, &found, style, options)
}

const TEXT: &str = "清軍攻佔葉爾羌，<又> & 收復喀喇沙爾。\n";

#[test]
fn inline() {
    let options = RenderOptions::default();
    let expected = "清軍攻佔葉爾羌（今莎車縣），<又> & 收復喀喇沙爾（今焉耆回族自治縣）。\n";
    assert_eq!(shown(TEXT, Style::Inline, &options), expected);
    let simplified = shown("清军攻占叶尔羌。", Style::Inline, &options);
    assert_eq!(simplified, "清军攻占叶尔羌（今莎车县）。");
    // The script that is asked for wins over that of the text.
    let asked = shown(TEXT, Style::Inline, &options.clone().script(Script::Simplified));
    assert!(asked.contains("（今莎车县）"), "{asked}");
    assert_eq!(shown("沒有地名。", Style::Inline, &options), "沒有地名。");
}

#[test]
fn a_year_is_said_instead_of_today() {
    let glossary = Glossary::embedded();
    let text = "攻占古牧地。";
    let found = glossary.annotate(text, &Prose::whole(text), &AnnotateOptions::default().as_of(2005));
    let options = RenderOptions::default().as_of(2005);
    assert_eq!(render(text, &found, Style::Inline, &options), "攻占古牧地（2005年米泉市）。");
}

#[test]
fn footnotes() {
    let notes = shown(TEXT, Style::Footnote, &RenderOptions::default());
    let (text, list) = notes.split_once("\n\n").unwrap();
    assert_eq!(text, "清軍攻佔葉爾羌[1]，<又> & 收復喀喇沙爾[2]。");
    let lines: Vec<&str> = list.lines().collect();
    assert!(lines[0].starts_with("[1] 葉爾羌（") && lines[0].ends_with("：今新疆維吾爾自治區喀什地區莎車縣"), "{list}");
    assert!(lines[1].starts_with("[2] 喀喇沙爾") && lines.len() == 2, "{list}");
    // Without names no list, and no line break either.
    assert_eq!(shown("沒有", Style::Footnote, &RenderOptions::default()), "沒有");
}

#[test]
fn notes_of_markdown_are_its_footnotes() {
    let options = RenderOptions::default().markup(Markup::Markdown);
    let notes = shown("清軍攻佔葉爾羌，*又*收復喀喇沙爾[^1]。\n\n[^1]: 見書。\n", Style::Footnote, &options);
    let lines: Vec<&str> = notes.lines().collect();
    assert_eq!(lines[..3], ["清軍攻佔葉爾羌[^2]，*又*收復喀喇沙爾[^3][^1]。", "", "[^1]: 見書。"]);
    assert!(lines[4].starts_with("[^2]: 葉爾羌（") && lines[5].starts_with("[^3]: 喀喇沙爾"), "{notes}");
    let ruby = shown("攻佔葉爾羌，<b>又</b> &amp;", Style::Ruby, &options);
    assert!(ruby.starts_with("攻佔<ruby>葉爾羌<rp>") && ruby.ends_with("</ruby>，<b>又</b> &amp;"), "{ruby}");
}

#[test]
fn wikitext() {
    let options = RenderOptions::default().markup(Markup::Wikitext);
    let references = shown(TEXT, Style::Wikitext, &options);
    assert!(references.starts_with("清軍攻佔葉爾羌<ref>葉爾羌（"), "{references}");
    assert!(references.contains("今新疆維吾爾自治區喀什地區莎車縣</ref>，<又> & 收復喀喇沙爾<ref>"), "{references}");
    assert_eq!(shown(TEXT, Style::Footnote, &options), references);
}

#[test]
fn nothing_is_written_into_links() {
    let glossary = Glossary::embedded();
    let text = "到[[葉爾羌]]";
    let prose = [Prose::new(0..3), Prose::new(5..14).setting(Setting::Target { end: 16 })];
    let found = glossary.annotate(text, &prose, &AnnotateOptions::default());
    let options = RenderOptions::default().markup(Markup::Wikitext).script(Script::Traditional);
    assert_eq!(render(text, &found, Style::Inline, &options), "到[[葉爾羌]]（今莎車縣）");
    assert!(render(text, &found, Style::Wikitext, &options).starts_with("到[[葉爾羌]]<ref>"));
    assert_eq!(render(text, &found, Style::Ruby, &options), "到[[葉爾羌]]（今莎車縣）");
}

#[test]
fn html() {
    let ruby = shown(TEXT, Style::Ruby, &RenderOptions::default());
    assert!(
        ruby.starts_with(
            "清軍攻佔<ruby>葉爾羌<rp>（</rp><rt>今莎車縣</rt><rp>）</rp></ruby>，&lt;又&gt; &amp; 收復<ruby>"
        ),
        "{ruby}"
    );
    let abbr = shown(TEXT, Style::Abbr, &RenderOptions::default());
    assert!(abbr.contains("<abbr title=\"今新疆維吾爾自治區喀什地區莎車縣\">葉爾羌</abbr>，&lt;又&gt;"), "{abbr}");
    // What is HTML already is not escaped again.
    let document = shown("<p>到葉爾羌&amp;</p>", Style::Abbr, &RenderOptions::default().markup(Markup::Html));
    assert!(document.starts_with("<p>到<abbr ") && document.ends_with("</abbr>&amp;</p>"), "{document}");
}

#[test]
fn json_has_offsets_of_both_kinds() {
    let json = shown(TEXT, Style::Json, &RenderOptions::default());
    let value: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert!(json.ends_with("}\n") && value["schema"] == 1, "{json}");
    let records = value["annotations"].as_array().unwrap();
    let characters: Vec<char> = TEXT.chars().collect();
    for record in records {
        let [start, end, first, last] =
            ["start", "end", "char_start", "char_end"].map(|name| record[name].as_u64().unwrap() as usize);
        assert_eq!(&TEXT[start..end], record["surface"]);
        assert_eq!(characters[first..last].iter().collect::<String>(), record["surface"]);
        assert!(record["rule"].is_string() && record["rivals"].is_array() && record["confidence"].is_f64(), "{record}");
    }
    assert_eq!((&records[0]["action"], &records[0]["modern"][0]["code"]), (&"gloss".into(), &"653125".into()));
    assert_eq!(records[0]["modern"][0]["path_hant"], "新疆維吾爾自治區 喀什地區");
    assert_eq!(shown("", Style::Json, &RenderOptions::default()), "{\"schema\":1,\"annotations\":[]}\n");
}

#[test]
fn tsv_has_lines_and_columns() {
    let tsv = shown(&format!("第一行\n{TEXT}"), Style::Tsv, &RenderOptions::default());
    let rows: Vec<Vec<&str>> = tsv.lines().map(|line| line.split('\t').collect()).collect();
    assert_eq!(rows[0][4..7], ["line", "column", "surface"]);
    assert_eq!(rows[1][4..7], ["2", "5", "葉爾羌"]);
    assert!(
        rows.iter().all(|row| row.len() == rows[0].len()) && rows[1][11] == "新疆維吾爾自治區喀什地區莎車縣",
        "{tsv}"
    );
}

#[test]
fn a_report_is_one_file_that_asks_for_nothing() {
    let text = "清軍攻佔葉爾羌，<script>alert(1)</script>收復古牧地（今米泉）。";
    let page = shown(text, Style::Report, &RenderOptions::default().title("<b>"));
    assert!(page.starts_with("<!DOCTYPE html>\n<html lang=\"zh-Hant\">") && page.ends_with("</html>\n"));
    assert!(!page.contains("<script") && !page.contains("<b>") && page.contains("&lt;script&gt;"), "{page}");
    for outside in ["http://", "https://", "url(", "@import", "src="] {
        assert!(!page.contains(outside), "{outside}");
    }
    assert!(page.contains("<svg class=\"map\"") && page.contains(">葉爾羌</text>"));
    // Every link leads to something on the page.
    for link in page.split("href=\"#").skip(1) {
        let target = link.split('"').next().unwrap();
        assert!(page.contains(&format!("id=\"{target}\"")), "{target}");
    }
    // The text says what has not been so since 2007.
    assert!(page.contains("文中所注已過時：（今米泉）"), "{page}");
    assert!(shown("沒有", Style::Report, &RenderOptions::default()).contains("沒有"));
}

#[test]
fn a_report_shows_markup_paler() {
    let glossary = Glossary::embedded();
    let text = "==背景==\n到[[葉爾羌]]去";
    let range = |part: &str| text.find(part).map(|start| start..start + part.len()).unwrap();
    let ranges = vec![range("背景"), range("\n到"), range("葉爾羌"), range("去")];
    let prose: Vec<Prose> = ranges.iter().cloned().map(Prose::new).collect();
    let found = glossary.annotate(text, &prose, &AnnotateOptions::default());
    let page = render(text, &found, Style::Report, &RenderOptions::default().prose(ranges));
    let shown = page.split_once("<div class=\"text\">").unwrap().1.split_once("</div>").unwrap().0;
    let pale = |part: &str| format!("<span class=\"markup\">{part}</span>");
    assert!(shown.starts_with(&format!("{}背景{}\n到{}<a ", pale("=="), pale("=="), pale("[["))), "{shown}");
    assert!(shown.ends_with(&format!("</a>{}去", pale("]]"))), "{shown}");
}

/// The text without what a style added.
fn without(shown: &str, style: Style) -> String {
    let (open, close) = match style {
        Style::Inline => ("（今", "）"),
        _ => ("<ref>", "</ref>"),
    };
    let mut output = String::new();
    let mut rest = shown;
    while let Some((before, added)) = rest.split_once(open) {
        output.push_str(before);
        rest = added.split_once(close).unwrap().1;
    }
    output + rest
}

fn names() -> impl Strategy<Value = String> {
    let pieces =
        ["叶尔羌", "葉爾羌", "迪化府", "古牧地", "归化", "到", "，", "\n", "a&b", "<i>", "\u{1f600}", "、", "的"];
    proptest::collection::vec(proptest::sample::select(pieces.to_vec()), 0..24).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn nothing_outside_of_what_is_added_changes(text in names()) {
        let glossary = Glossary::embedded();
        let found: Vec<Annotation<'_>> = glossary.annotate(&text, &Prose::whole(&text), &AnnotateOptions::default());
        for style in [Style::Inline, Style::Wikitext] {
            prop_assert_eq!(without(&render(&text, &found, style, &RenderOptions::default()), style), text.clone());
        }
        let page = render(&text, &found, Style::Abbr, &RenderOptions::default().markup(Markup::Html));
        let parts: String = page.split("<abbr title=\"").enumerate().map(|(number, part)| {
            if number == 0 { part.to_string() } else { part.split_once("\">").unwrap().1.replacen("</abbr>", "", 1) }
        }).collect();
        prop_assert_eq!(parts, text);
    }
}
