//! What holds for every scanned document, whatever its format; what holds for one format beside stands with its tests.

use std::sync::LazyLock;

use tongwen::{Config, Converter, Markers, PlacedOutput, UserDictionary, Variant};
use tongwen_formats::{Document, Format, Options, Piece, prose};

/// With a known source variant, without, and with pairs that change lengths.
static CONVERTERS: LazyLock<[Converter; 3]> = LazyLock::new(|| {
    let open = Converter::builder().to(Variant::ZhTw).markers(Markers::Convert);
    let pairs = UserDictionary::parse("pairs", "国\t國國\n").expect("a sound dictionary");
    let build = |builder: tongwen::ConverterBuilder| builder.build().expect("the options go together");
    [Converter::new(Config::S2Twp), build(open.clone()), build(open.dictionary(pairs))]
});

/// All that holds for a document and the strings for its ranges, but what its source says besides; gives what is put together.
pub fn check_document(document: &Document<'_>, converted: &[String]) -> String {
    check_spans(document);
    let assembled = document.assemble(converted);
    check_pieces(document, converted, &assembled);
    check_diagnostics(document, converted);
    for converter in &*CONVERTERS {
        check_placed(document, converter);
    }
    assembled
}

/// A conversion that changes length and cannot be mistaken for anything in the documents.
pub fn mark(text: &str) -> String {
    text.replace('国', "國").replace('军', "【軍】")
}

/// [`mark`] for each string that the document asks for.
pub fn marked(document: &Document<'_>) -> Vec<String> {
    document.text_ranges().iter().map(|range| mark(&document.text()[range.clone()])).collect()
}

/// The spans partition the working text on borders of characters, and each range has an epoch that there is.
pub fn check_spans(document: &Document<'_>) {
    let (source, text) = (document.source(), document.text());
    let mut at = 0;
    for span in document.spans() {
        assert_eq!(span.range.start, at, "a gap or overlap in {source:?}");
        assert!(span.range.end > at, "an empty span in {source:?}");
        assert!(text.is_char_boundary(span.range.end));
        at = span.range.end;
    }
    assert_eq!(at, text.len());
    let epochs = document.epochs();
    assert_eq!(epochs.len(), document.text_ranges().len());
    assert!(epochs.iter().all(|&epoch| epoch <= document.page_pairs().epoch()));
}

/// What is prose comes in order, disjoint, not empty, on borders of characters.
pub fn check_prose(format: Format, source: &str) {
    let mut at = 0;
    for found in prose(format, source, &Options::default()) {
        let range = found.range;
        assert!(at <= range.start && range.start < range.end, "prose out of order in {source:?}");
        assert!(source.get(range.clone()).is_some(), "{range:?} is no text of {source:?}");
        at = range.end;
    }
}

/// The pieces are the assembled document, those of the source come in its order, and so do the places that text comes from.
pub fn check_pieces(document: &Document<'_>, converted: &[String], assembled: &str) {
    let source = document.source();
    let mut joined = String::new();
    let mut at = 0;
    for piece in document.pieces(converted) {
        match piece {
            Piece::Source(range) => {
                assert!(at <= range.start && range.start < range.end, "pieces out of order in {source:?}");
                at = range.end;
                joined.push_str(&source[range]);
            }
            Piece::New(text) => {
                assert!(!text.is_empty());
                joined.push_str(&text);
            }
        }
    }
    assert_eq!(joined, assembled);
    let offsets: Vec<usize> = (0..=document.text().len()).map(|offset| document.source_offset(offset)).collect();
    assert!(offsets.is_sorted(), "offsets go back in {source:?}");
    assert_eq!(offsets.last(), Some(&source.len()));
}

/// The diagnostics come by place, and each has one in the source.
pub fn check_diagnostics(document: &Document<'_>, converted: &[impl AsRef<str>]) {
    let source = document.source();
    let diagnostics = document.diagnostics(converted);
    assert!(diagnostics.is_sorted_by_key(|diagnostic| diagnostic.range.start));
    for diagnostic in diagnostics {
        assert!(source.get(diagnostic.range.clone()).is_some(), "{diagnostic:?} in {source:?}");
    }
}

/// What is converted in place is assembled to the same document as strings that were converted apart.
pub fn check_placed(document: &Document<'_>, converter: &Converter) {
    let (ranges, pairs, epochs) = (document.text_ranges(), document.page_pairs(), document.epochs());
    assert_eq!(document.requested(), ranges);
    let apart = converter.convert_ranges_with(document.text(), &ranges, pairs, &epochs);
    let mut placed = PlacedOutput::new();
    converter.convert_ranges_in_place(document.text(), &ranges, pairs, &epochs, &mut placed);
    assert!(placed.iter().eq(apart.iter().map(|string| &**string)), "{:?}", document.source());
    assert_eq!(document.assemble_placed(&placed), document.assemble(&apart), "{:?}", document.source());
    assert_eq!(document.pieces_placed(&placed), document.pieces(&apart), "{:?}", document.source());
    assert_eq!(document.diagnostics_placed(&placed), document.diagnostics(&apart), "{:?}", document.source());
}
