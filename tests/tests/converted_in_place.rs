//! Pages that are converted where they stand become what strings that are converted apart give: with pairs of the caller's, names that are guarded and the page's own
//! rules, to every variant.

use std::path::Path;

use tongwen::{Converter, Level, Markers, UserDictionary, Variant};
use tongwen_formats::{Document, Format, Mode, Options};
use tongwen_glossary::Glossary;
use tongwen_tests::cases::{self, text};
use tongwen_tests::document_laws::check_placed;

/// Pairs that stand in the pages, of other lengths, in the middle of words, of characters without a trigger, and one that takes nothing.
const PAIRS: &str = "国军\t國民革命軍\n军\t[军]\n国\t国\n的\t\n里面\t裡頭\n港\t港口\nref\tREF\n，\t、\n内存\t内存\n";

/// The inputs of the cases, and whole articles.
fn pages() -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the tests lie in a folder of the repository");
    let articles = ["tests/data/article/sample.wikitext", "../shared/article/article.wikitext"];
    let articles = articles.map(|path| std::fs::read_to_string(root.join(path)));
    let cases = cases::read("wikitext");
    let inputs = cases.iter().map(|case| text(case, "input").to_string());
    articles.into_iter().filter_map(Result::ok).chain(inputs).collect()
}

fn converters(target: Option<Variant>) -> Vec<Converter> {
    let own = || UserDictionary::parse("own", PAIRS).expect("a good file");
    let guard = || target.map(|target| Glossary::embedded().guard(target));
    let dictionaries =
        [vec![], vec![own()], guard().into_iter().collect(), guard().into_iter().chain([own()]).collect()];
    let mut converters = Vec::new();
    for dictionaries in dictionaries {
        for from in [None, Some(Variant::ZhHans), Some(Variant::ZhTw)] {
            let mut builder = Converter::builder().markers(Markers::Convert);
            builder = match target {
                Some(target) => builder.to(target),
                None => builder.to(Variant::ZhHant).level(Level::None),
            };
            builder = dictionaries.iter().cloned().fold(builder, |builder, pairs| builder.dictionary(pairs));
            let converter = from.into_iter().fold(builder, |builder, from| builder.from(from)).build();
            converters.push(converter.expect("a target and dictionaries build"));
        }
    }
    converters
}

#[test]
fn pages_become_what_their_parts_do() {
    let pages = pages();
    assert!(pages.len() > 100);
    for target in std::iter::once(None).chain(Variant::ALL.into_iter().map(Some)) {
        let mut documents = Vec::new();
        for mode in [Mode::Preserve, Mode::Render, Mode::Strip] {
            let mut options = Options::default();
            (options.mode, options.variant) = (mode, target);
            documents.extend(pages.iter().map(|page| Document::scan(Format::Wikitext, page, &options)));
        }
        for converter in converters(target) {
            // The first texts are converted in another way, with pairs.
            documents.iter().take(3).for_each(|document| check_placed(document, &converter));
            converter.convert(&pages[0].repeat(20));
            documents.iter().for_each(|document| check_placed(document, &converter));
        }
    }
}
