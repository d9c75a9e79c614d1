//! What holds for every dump: another reader of XML sees the new text, and nothing depends on threads or on how the file is cut.

use proptest::prelude::*;
use tongwen_formats::Piece;
use tongwen_formats::dump::{self, DumpOptions};

use super::{Drips, large, options, run, wikitext, with_text, with_threads};

/// Content of an element, in many ways to write it.
const CONTENT: &[&str] = &[
    "国",
    "a",
    "]",
    "]]",
    "]]&gt;",
    ">",
    "\"",
    "'",
    "&quot;",
    "&#34;",
    "&apos;",
    "&amp;",
    "&#38;",
    "&#x26;",
    "&lt;",
    "&#60;",
    "&gt;",
    "&#10;",
    "&#13;",
    "\n",
    "\r\n",
    "\r",
    "\t",
    "&#22269;",
    "&#x56fd;",
    "<![CDATA[",
    "]]>",
    "<!-- c -->",
    "<?p i?>",
    "\u{feff}",
    "😀",
];

/// New text.
const NEW: &[&str] =
    &["國", "]", "]]>", ">", "\"", "'", "&", "<", "\n", "\r", "\r\n", "\t", "]]", "&amp;", "b", "😀", "，"];

/// Content whose CDATA is closed, and which has no `]]>` outside of it.
fn contents() -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(CONTENT), 0..20).prop_map(|parts| {
        let (mut content, mut inside) = (String::new(), false);
        for part in parts {
            match part {
                "<![CDATA[" if inside => {}
                "]]>" if !inside => {}
                _ => content.push_str(part),
            }
            inside = (inside || part == "<![CDATA[") && part != "]]>";
        }
        if inside {
            content.push_str("]]>");
        }
        content
    })
}

/// What another reader of XML sees in the only text of a dump.
fn seen(dump: &str) -> Option<String> {
    // Section 2.11 of XML, which that reader follows only in part.
    let dump = dump.replace("\r\n", "\n").replace('\r', "\n");
    let document = roxmltree::Document::parse(&dump).ok()?;
    let element = document.descendants().find(|node| node.has_tag_name("text"))?;
    Some(element.children().filter(|node| node.is_text()).filter_map(|node| node.text()).collect())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 20_000, failure_persistence: None, ..ProptestConfig::default() })]

    /// Pieces in any order and of any kind: the new dump is well formed, and has the text that the pieces are.
    #[test]
    fn new_text_is_what_the_pieces_are(
        content in contents(),
        cuts in prop::collection::vec((any::<prop::sample::Index>(), any::<bool>(), prop::sample::select(NEW)), 0..8),
    ) {
        let source = with_text(&format!("<text>{content}</text>"));
        // What the other reader refuses (`]]>` made of parts) is no dump.
        let Some(text) = seen(&source) else { return Ok(()) };
        let mut borders: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
        borders.push(text.len());
        let mut pieces = Vec::new();
        let mut places: Vec<usize> = cuts.iter().map(|(index, ..)| borders[index.index(borders.len())]).collect();
        places.sort_unstable();
        let mut from = 0;
        for (place, (_, kept, new)) in places.into_iter().zip(&cuts) {
            if *kept {
                pieces.push(Piece::Source(from..place));
            }
            pieces.push(Piece::New((*new).into()));
            from = place;
        }
        pieces.push(Piece::Source(from..text.len()));
        let expected: String = pieces
            .iter()
            .map(|piece| match piece {
                Piece::Source(range) => &text[range.clone()],
                Piece::New(new) => new,
            })
            .collect();
        let mut written = Vec::new();
        let summary = dump::convert(
            source.as_bytes(),
            &mut written,
            &options(),
            |page, new| {
                assert_eq!(page.text(), text);
                new.set(pieces.clone());
                Ok(())
            },
            drop,
        );
        summary.unwrap();
        let written = String::from_utf8(written).unwrap();
        prop_assert_eq!(seen(&written), Some(expected), "{}", written);
    }

    /// Ranges that touch are the same bytes as one range.
    #[test]
    fn ranges_that_touch_change_nothing(content in contents(), cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..8)) {
        let source = with_text(&format!("<text>{content}</text>"));
        let mut written = Vec::new();
        let summary = dump::convert(
            source.as_bytes(),
            &mut written,
            &options(),
            |page, new| {
                let mut borders: Vec<usize> = page.text().char_indices().map(|(at, _)| at).collect();
                borders.push(page.text().len());
                let mut places: Vec<usize> = cuts.iter().map(|index| borders[index.index(borders.len())]).collect();
                places.extend([0, page.text().len()]);
                places.sort_unstable();
                new.set(places.windows(2).map(|pair| Piece::Source(pair[0]..pair[1])));
                Ok(())
            },
            drop,
        );
        prop_assert_eq!(summary.unwrap().changed, 0);
        prop_assert_eq!(String::from_utf8(written).unwrap(), source);
    }

    /// No bytes make it panic, and what it accepts it gives back.
    #[test]
    fn any_parts_of_dumps(parts in prop::collection::vec(prop::sample::select(PARTS), 0..40), threads in 1..3usize) {
        let source = parts.concat();
        let ran = run(source.as_bytes(), &with_threads(threads), super::keep);
        prop_assert!(source.as_bytes().starts_with(&ran.written));
        if ran.end.is_ok() {
            prop_assert_eq!(ran.written.len(), source.len());
        }
    }
}

const PARTS: &[&str] = &[
    "<mediawiki>",
    "</mediawiki>",
    "<page>",
    "</page>",
    "<title>",
    "</title>",
    "<ns>",
    "</ns>",
    "<revision>",
    "</revision>",
    "<text>",
    "</text>",
    "<text/>",
    "<model>",
    "</model>",
    "wikitext",
    "<siteinfo>",
    "</siteinfo>",
    "<namespaces>",
    "</namespaces>",
    "<namespace key='1'>",
    "</namespace>",
    "国",
    "&amp;",
    "&",
    "<",
    ">",
    "<!--",
    "-->",
    "<![CDATA[",
    "]]>",
    "<?",
    "?>",
    "\"",
    "=",
    " ",
    "\n",
    "<!DOCTYPE a>",
    "<content>",
    "</content>",
    "\u{feff}",
    "\0",
];

#[test]
fn threads_and_cuts_make_no_difference() {
    let source = large(3_000_000, 7);
    let alone = run(source.as_bytes(), &options(), wikitext);
    let summary = alone.end.as_ref().unwrap();
    assert!(summary.changed > 500 && alone.notes.len() as u64 == summary.texts);
    for threads in [2, 3, 8] {
        for most in [10_000, 1_000_000] {
            let ran = run(Drips::new(source.as_bytes(), most, 5), &with_threads(threads), wikitext);
            assert!(ran.written == alone.written && ran.notes == alone.notes, "{threads} threads, cuts of {most}");
            assert_eq!(ran.end.unwrap(), *summary);
        }
    }
    // Memory so small that every batch waits for the one before.
    let mut options = DumpOptions::default();
    (options.threads, options.page_limit) = (2, 100_000);
    let ran = run(source.as_bytes(), &options, wikitext);
    assert!(ran.written == alone.written && ran.notes == alone.notes);
}

#[test]
fn the_error_is_the_first_whoever_finds_it() {
    let mut source = large(3_000_000, 8);
    // An early page that only its conversion can find wrong, and later XML that ends too early.
    let place = source.find("<title>国41</title>").unwrap()
        + source[source.find("<title>国41</title>").unwrap()..].find("国的").unwrap();
    source.insert_str(place, "&nbsp;");
    source.truncate(source.len() - 1000);
    let alone = run(source.as_bytes(), &options(), wikitext);
    assert!(alone.error().contains("`&nbsp;`"), "{}", alone.error());
    for threads in [2, 4] {
        let ran = run(source.as_bytes(), &with_threads(threads), wikitext);
        assert_eq!(ran.error(), alone.error());
        assert!(ran.written == alone.written && ran.notes == alone.notes);
    }
}
