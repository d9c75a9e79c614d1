//! Names of places in any text: annotations are sorted, disjoint and what they say; every style renders; putting today's names into the text can be
//! undone, and doing it again changes nothing; any query is answered.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tongwen_formats::{Format, Joined, Options, prose};
use tongwen_glossary::render::{Markup, RenderOptions, Style, render};
use tongwen_glossary::{AnnotateOptions, Glossary, Join, NormaliseOptions, Prose, Query};

fn check(format: Format, text: &str) {
    let glossary = Glossary::embedded();
    let ranges = prose(format, text, &Options::default()).into_iter();
    let prose: Vec<Prose> = ranges
        .map(|found| {
            let join = match found.joined {
                Joined::Apart => Join::Apart,
                Joined::Line => Join::Inline,
                Joined::Word => Join::Whole,
            };
            Prose::new(found.range).join(join)
        })
        .collect();
    let found = glossary.annotate(text, &prose, &AnnotateOptions::default());
    let mut at = 0;
    for annotation in &found {
        assert!(at <= annotation.range.start && annotation.range.start < annotation.range.end);
        assert!(text.get(annotation.range.clone()).is_some());
        at = annotation.range.end;
    }
    let markup = match format {
        Format::Wikitext => Markup::Wikitext,
        Format::Html => Markup::Html,
        Format::Markdown => Markup::Markdown,
        _ => Markup::Text,
    };
    let options = RenderOptions::default().markup(markup);
    for style in Style::ALL {
        let shown = render(text, &found, *style, &options);
        // Every style that only inserts has all of the text in it, in order.
        let is_escaped = matches!(style, Style::Ruby | Style::Abbr) && markup == Markup::Text;
        if matches!(style, Style::Json | Style::Tsv | Style::Report) || is_escaped {
            continue;
        }
        let mut rest = shown.chars();
        assert!(text.chars().all(|character| rest.any(|other| other == character)), "{style}: {shown}");
    }
    let normalised = glossary.normalise(text, &prose, &NormaliseOptions::default());
    assert_eq!(normalised.undo(), text);
}

fuzz_target!(|text: &str| {
    for format in [Format::Text, Format::Wikitext, Format::Html, Format::Markdown] {
        check(format, text);
    }
    // Near misses take a thousand times as long as all else.
    let query: String = text.chars().take(20).collect();
    if text.len() % 50 == 0 {
        Glossary::embedded().lookup(&Query::new(query));
    }
});
