//! What is converted, what stays, and which pages are asked about.

use tongwen_formats::Piece;
use tongwen_formats::dump::{self, DumpErrorKind, Namespace, TitlePattern};

use super::{Drips, convert, data, keep, options, run, wikitext, with_text, with_threads};

#[test]
fn wikitext_is_converted_and_all_else_stays() {
    for (source, expected) in
        [("export-0.11.xml", "export-0.11.converted.xml"), ("export-0.10.xml", "export-0.10.converted.xml")]
    {
        let ran = run(&*data(source), &options(), wikitext);
        assert_eq!(ran.text(), String::from_utf8(data(expected)).unwrap());
        let summary = ran.end.unwrap();
        assert_eq!(summary.bytes, data(source).len() as u64);
        let (pages, texts, changed) = if source.contains("0.11") { (7, 5, 4) } else { (2, 2, 2) };
        assert_eq!((summary.pages, summary.texts, summary.changed), (pages, texts, changed));
    }
}

#[test]
fn nothing_to_convert_is_the_very_same_bytes() {
    let dumps = [
        String::from_utf8(data("export-0.11.xml")).unwrap(),
        String::from_utf8(data("export-0.10.xml")).unwrap(),
        String::from_utf8(data("export-0.11.xml")).unwrap().replace('\n', "\r\n"),
        String::from_utf8(data("export-0.10.xml")).unwrap().replace('\n', "\r"),
        format!("\u{feff}<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{}\n", with_text("<text>国</text>")),
        format!("<?xml version='1.0'?><!-- a --><?b c?>{}<!-- d -->\n<?e f?>", with_text("<text>国</text>")),
        with_text("<text></text>"),
        with_text("<text />"),
        with_text("<text xml:space=\"preserve\" bytes=\"0\" />"),
        with_text("<text deleted=\"deleted\"/>"),
        with_text("<text bytes='3' a=\">\" >国</text >"),
        with_text("<text>\u{feff}国&amp;</text>"),
        with_text("<text>&#22269;&#x56fd;&#x56FD;&#10;&#13;&apos;&gt;></text>"),
        with_text("<text><![CDATA[国&<a>]]]]><![CDATA[>]]><!-- 国 --><?a 国?></text>"),
        with_text("<text>国<b>国</b>国</text>"),
        "<mediawiki />".to_string(),
        "<mediawiki></mediawiki>".to_string(),
        "<mediawiki>国<a b='c'/>\n</mediawiki>\n\n".to_string(),
        "<mediawiki><page/><page><title/></page></mediawiki>".to_string(),
        "<mediawiki><logitem><id>1</id><text>国</text></logitem></mediawiki>".to_string(),
        "\n<page><revision><text>国</text></revision></page>\n<page></page>\n".to_string(),
    ];
    for dump in dumps {
        for threads in 1..=3 {
            let ran = run(dump.as_bytes(), &with_threads(threads), keep);
            assert_eq!(ran.text(), dump);
            assert_eq!(ran.end.unwrap().changed, 0);
            let silent = run(dump.as_bytes(), &with_threads(threads), |_, _| Ok(String::new()));
            assert_eq!(silent.text(), dump);
            let slow = run(Drips::new(dump.as_bytes(), 3, 1), &with_threads(threads), keep);
            assert_eq!(slow.text(), dump);
        }
    }
}

#[test]
fn new_text_is_escaped_as_the_element_is() {
    for (source, expected) in [
        ("国&lt;br&gt;\"国\"", "國&lt;br&gt;\"國\""),
        ("国 &quot;国&quot; &#60;br&#62; &#x26;nbsp;", "國 &quot;國&quot; &#60;br&#62; &#x26;nbsp;"),
        ("a&#22269;b", "a&#22283;b"),
        ("<![CDATA[国 & <b>国</b>]]>国&amp;", "<![CDATA[國 & <b>國</b>]]>國&amp;"),
        ("国\r\n国", "國\r\n國"),
        ("国&lt;br&gt;<!-- 国 -->国", "國&lt;br&gt;<!-- 国 -->國"),
    ] {
        let ran = run(with_text(&format!("<text>{source}</text>")).as_bytes(), &options(), wikitext);
        assert_eq!(ran.text(), with_text(&format!("<text>{expected}</text>")));
    }
}

#[test]
fn the_model_and_the_format_decide_wherever_they_stand() {
    let dump = |elements: &str| {
        format!("<mediawiki><page><title>页</title><revision>{elements}</revision></page></mediawiki>")
    };
    for (elements, expected) in [
        ("<text>国</text>", true),
        ("<text>国</text><model>wikitext</model><format>text/x-wiki</format>", true),
        ("<text>国</text><model>css</model>", false),
        ("<model>wikitext</model><text>国</text>", true),
        ("<model>wikitext</model><format>text/css</format><text>国</text>", false),
        ("<model>json</model><content><model>wikitext</model><text>国</text></content><text>书</text>", true),
        ("<a><text>国</text></a>", false),
        ("<text><a/>国</text>", false),
    ] {
        let ran = run(dump(elements).as_bytes(), &options(), wikitext);
        assert_eq!(ran.text().contains('國'), expected, "{elements}");
        assert!(!ran.text().contains('書'));
    }
}

#[test]
fn every_text_is_asked_about_with_its_place() {
    let source = data("export-0.11.xml");
    let mut asked = Vec::new();
    let end = dump::convert(
        &*source,
        std::io::sink(),
        &options(),
        |page, _| {
            let place = page.text().find('书').map(|at| page.offset(at));
            Ok((page.title().to_string(), page.namespace(), page.page(), page.revision(), place))
        },
        |note| asked.push(note),
    );
    let numbers: Vec<_> = asked
        .iter()
        .map(|(title, namespace, page, revision, _)| (title.as_str(), *namespace, page.unwrap(), revision.unwrap()))
        .collect();
    assert_eq!(
        numbers,
        [
            ("国 & 军", 0, 1, 101),
            ("军事", 0, 2, 102),
            ("空", 0, 3, 105),
            ("空", 0, 3, 105),
            ("Template:国", 10, 6, 108)
        ]
    );
    for (_, _, _, _, place) in asked.iter().filter(|note| note.4.is_some()) {
        assert!(source[place.unwrap() as usize..].starts_with("书".as_bytes()));
    }
    assert_eq!(asked.iter().filter(|note| note.4.is_some()).count(), 2);
    assert_eq!(end.unwrap().texts, 5);
}

#[test]
fn pages_outside_of_the_selection_stay() {
    let source = data("export-0.11.xml");
    let notes = |namespaces: &[&str], titles: &[&str]| {
        let mut options = options();
        options.namespaces = namespaces.iter().map(|name| name.parse::<Namespace>().unwrap()).collect();
        options.titles = titles.iter().map(|title| TitlePattern::new(title)).collect();
        let ran = run(&*source, &options, wikitext);
        ran.end.as_ref().unwrap();
        // Every page but those noted is as it was.
        let pages = |text: &str| text.split("<page>").skip(1).map(str::to_string).collect::<Vec<_>>();
        for (new, old) in pages(ran.text()).iter().zip(pages(std::str::from_utf8(&source).unwrap())) {
            let title = old.split("<title>").nth(1).unwrap().split("</title>").next().unwrap().replace("&amp;", "&");
            assert!(ran.notes.contains(&title) || *new == old, "{title}");
        }
        ran.notes
    };
    assert_eq!(notes(&["10"], &[]), ["Template:国"]);
    assert_eq!(notes(&["template"], &[]), ["Template:国"]);
    assert_eq!(notes(&["0"], &["军*"]), ["军事"]);
    assert_eq!(notes(&[], &["国 & 军", "*:国"]), ["国 & 军", "Template:国"]);
    assert_eq!(notes(&[], &["国_&_军"]), ["国 & 军"]);
    assert_eq!(notes(&["0", "10"], &["?"]), ["空", "空"]);
    assert_eq!(notes(&["4"], &[]), [] as [&str; 0]);
    assert_eq!(notes(&[], &["Nowhere"]), [] as [&str; 0]);
}

#[test]
fn names_that_the_dump_does_not_declare_are_an_error() {
    let mut options = options();
    options.namespaces = vec!["Vorlage".parse().unwrap()];
    let ran = run(&*data("export-0.10.xml"), &options, wikitext);
    let place = data("export-0.10.xml").windows(6).position(|bytes| bytes == b"<page>").unwrap();
    assert_eq!(
        ran.error(),
        format!("byte {place} of the XML: no namespace is called `Vorlage`; the dump has Template, or use the number")
    );
    assert!(data("export-0.10.xml").starts_with(&ran.written) && !ran.text().contains("<page>"));
}

#[test]
fn dumps_without_numbers_of_namespaces() {
    let dump = "<mediawiki><siteinfo><namespaces><namespace key=\"10\">模板</namespace></namespaces></siteinfo>\
                <page><title>模板:a</title><revision><text>国</text></revision></page>\
                <page><title>a:b</title><revision><text>国</text></revision></page></mediawiki>";
    let mut options = options();
    options.namespaces = vec![Namespace::Number(10)];
    let ran = run(dump.as_bytes(), &options, wikitext);
    assert_eq!(ran.notes, ["模板:a"]);
    assert_eq!(ran.text(), dump.replacen("<text>国", "<text>國", 1));
}

#[test]
fn a_page_may_be_set_more_than_once_or_to_nothing() {
    let dump = with_text("<text>国&amp;</text>");
    let twice = run(dump.as_bytes(), &options(), |page, new| {
        new.set([Piece::New("一".into())]);
        new.set([Piece::New(convert(page.text()).into())]);
        Ok(String::new())
    });
    assert_eq!(twice.text(), with_text("<text>國&amp;</text>"));
    let nothing = run(dump.as_bytes(), &options(), |_, new| {
        new.set([]);
        Ok(String::new())
    });
    assert_eq!(nothing.text(), with_text("<text></text>"));
}

#[test]
fn errors_of_the_conversion_end_it_at_their_page() {
    let source = data("export-0.11.xml");
    for threads in 1..=2 {
        let ran = run(&*source, &with_threads(threads), |page, new| match page.title() {
            "Template:国" => Err("no engine".into()),
            _ => wikitext(page, new),
        });
        let text = String::from_utf8(data("export-0.11.converted.xml")).unwrap();
        let pages: Vec<usize> = text.match_indices("<page>").map(|(at, _)| at).collect();
        assert_eq!(ran.text(), &text[..pages[5]]);
        assert_eq!(ran.notes, ["国 & 军", "军事", "空", "空"]);
        let error = ran.end.unwrap_err();
        assert!(matches!(error.kind(), DumpErrorKind::Conversion(error) if error.to_string() == "no engine"));
        assert_eq!(error.page(), Some("Template:国"));

        let ran = run(&*source, &with_threads(threads), |_, new| {
            new.set([Piece::Source(0..1)]);
            Ok(String::new())
        });
        assert!(
            ran.error().ends_with("the conversion asked for bytes 0..1 of a text of 193 bytes")
                || ran.error().contains("0..1"),
            "{}",
            ran.error()
        );
    }
}

#[test]
fn what_is_no_dump_is_said_so() {
    for (source, message) in [
        ("", "byte 0 of the XML: found nothing, expected a dump of a MediaWiki wiki, which begins with `<mediawiki`"),
        ("国", "found text, expected a dump"),
        ("<html><body/></html>", "byte 0 of the XML: found `<html>`, expected a dump"),
        ("<?xml version=\"1.0\" encoding=\"GB18030\"?><mediawiki/>", "not UTF-8"),
        ("<mediawiki/><mediawiki/>", "byte 12 of the XML: damaged XML: found `<mediawiki>` behind the end of the dump"),
        ("<mediawiki></page>", "byte 11 of the XML: damaged XML: expected `</mediawiki>`, but `</page>` was found"),
    ] {
        let error = run(source.as_bytes(), &options(), wikitext).error();
        assert!(error.contains(message), "{error}");
    }
    let utf_16: Vec<u8> = [0xff, 0xfe].into_iter().chain("<mediawiki/>".bytes().flat_map(|byte| [byte, 0])).collect();
    let error = run(&*utf_16, &options(), wikitext).error();
    assert_eq!(error, "byte 0 of the XML: not UTF-8, expected a dump in UTF-8; convert the file first");
}
