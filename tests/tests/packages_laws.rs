//! What holds for packages: what does not change is byte for byte what it was, in every layout of an archive; and whatever is done to a
//! package, it is read or refused, and never half converted.

use std::io::Cursor;

use proptest::prelude::*;
use tongwen_formats::package::{Limits, Package, PackageErrorKind, PackageFormat};
use tongwen_formats::{DiagnosticCode, Document, Mode, Options};
use tongwen_tests::archives::{Layout, archive, check_kept, entries, with_wide_end};
use tongwen_tests::document_laws::{check_document, marked};
use tongwen_tests::packages::{BOOK, BOOK_TEXTS, Entries, book, converted, paper, replace, sample, texts};
use zip::ZipArchive;

/// A sample of each format, and the names of its texts.
fn samples() -> [(PackageFormat, Entries, Vec<&'static str>); 2] {
    PackageFormat::ALL.map(|format| (format, sample(format), texts(format).to_vec()))
}

fn same(document: &Document<'_>) -> Vec<String> {
    document.text_ranges().into_iter().map(|range| document.text()[range].to_string()).collect()
}

#[test]
fn texts_are_found_and_nothing_else() {
    for (format, entries, texts) in samples() {
        let bytes = archive(&entries, Layout::Usual);
        let package = Package::read(format, &bytes, Limits::default()).unwrap();
        let names: Vec<&str> = package.parts().iter().map(|part| part.name()).collect();
        assert_eq!(names, texts);
        for part in package.parts() {
            let document = part.scan(&Options::default());
            check_document(&document, &marked(&document));
        }
    }
}

#[test]
fn without_a_change_the_archive_is_the_same() {
    for (format, entries, _) in samples() {
        for layout in Layout::ALL {
            let bytes = archive(&entries, layout);
            assert_eq!(converted(format, &bytes, &Options::default(), same).unwrap(), bytes, "{format:?} {layout:?}");
        }
    }
}

#[test]
fn what_is_no_text_is_byte_for_byte_the_same() {
    for (format, old_entries, texts) in samples() {
        for layout in Layout::ALL {
            let bytes = archive(&old_entries, layout);
            let new = converted(format, &bytes, &Options::default(), marked).unwrap();
            check_kept(&bytes, &new, &texts);
            for ((name, old), (_, new)) in old_entries.iter().zip(entries(&new)) {
                assert_eq!(*old != new, texts.contains(name), "{name} in {layout:?}");
            }
            // Once more, nothing changes: what was replaced is read as it was written.
            let again = converted(format, &new, &Options::default(), same).unwrap();
            assert_eq!(again, new);
        }
    }
}

#[test]
fn one_changed_text_leaves_the_others() {
    for (format, entries, texts) in samples() {
        for layout in Layout::ALL {
            let bytes = archive(&entries, layout);
            let package = Package::read(format, &bytes, Limits::default()).unwrap();
            for only in &texts {
                let text = |name: &str, text: &str| {
                    if name == *only { text.replace('国', "國國") } else { text.to_string() }
                };
                let new: Vec<String> = package.parts().iter().map(|part| text(part.name(), part.text())).collect();
                let changed = if package.parts().iter().any(|part| part.name() == *only && part.text().contains('国'))
                {
                    vec![*only]
                } else {
                    Vec::new()
                };
                check_kept(&bytes, &package.write(&new).unwrap(), &changed);
            }
        }
    }
}

#[test]
fn bytes_around_the_archive_stay() {
    for (format, entries, texts) in samples() {
        let bytes = archive(&entries, Layout::Usual);
        let prefixed = [b"#!/bin/reader\n", bytes.as_slice()].concat();
        let new = converted(format, &prefixed, &Options::default(), marked).unwrap();
        assert!(new.starts_with(b"#!/bin/reader\n"));
        check_kept(&prefixed, &new, &texts);
    }
}

#[test]
fn the_end_of_an_archive_may_be_that_of_zip64() {
    for (format, entries, texts) in samples() {
        let bytes = with_wide_end(&archive(&entries, Layout::Wide));
        let new = converted(format, &bytes, &Options::default(), marked).unwrap();
        assert_ne!(new.len(), bytes.len());
        check_kept(&bytes, &new, &texts);
    }
}

#[test]
fn utf_16_stays_utf_16() {
    for (format, mut entries, texts) in samples() {
        let utf16 =
            |text: &str| -> Vec<u8> { format!("\u{feff}{text}").encode_utf16().flat_map(u16::to_be_bytes).collect() };
        let name = texts[1];
        let old = String::from_utf8(entries.iter().find(|entry| entry.0 == name).unwrap().1.clone()).unwrap();
        let old = old
            .replace("encoding=\"utf-8\"", "encoding=\"utf-16\"")
            .replace("encoding=\"UTF-8\"", "encoding=\"UTF-16\"");
        replace(&mut entries, name, utf16(&old));
        let bytes = archive(&entries, Layout::Usual);
        let new = converted(format, &bytes, &Options::default(), marked).unwrap();
        let text = tongwen_tests::archives::entries(&new).into_iter().find(|entry| entry.0 == name).unwrap().1;
        assert!(text.starts_with(&[0xFE, 0xFF]) && text != utf16(&old));
        let units: Vec<u16> = text.chunks(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect();
        let (text, mut dtd) = (String::from_utf16(&units).unwrap(), roxmltree::ParsingOptions::default());
        dtd.allow_dtd = true;
        roxmltree::Document::parse_with_options(text.trim_start_matches('\u{feff}'), dtd).unwrap();
    }
}

/// The kind of error, its entry, and how it is said.
fn error(format: PackageFormat, bytes: &[u8], limits: Limits) -> String {
    match Package::read(format, bytes, limits) {
        Ok(_) => "none".to_string(),
        Err(error) => error.to_string(),
    }
}

fn epub_error(change: impl Fn(&mut Entries)) -> String {
    let mut entries = book();
    change(&mut entries);
    error(PackageFormat::Epub, &archive(&entries, Layout::Usual), Limits::default())
}

#[test]
fn what_cannot_be_converted_is_refused_by_name() {
    let without = |name: &'static str| epub_error(move |entries| entries.retain(|entry| entry.0 != name));
    assert_eq!(
        without("META-INF/container.xml"),
        "META-INF/container.xml: is not in the archive, expected it to say where the book's package document is; see whether the format is right"
    );
    assert_eq!(
        without("OEBPS/book.opf"),
        "OEBPS/book.opf: is not in the archive, expected it to say which files the book has; see whether the format is right"
    );
    // What is listed and not there is no text.
    assert_eq!(without("OEBPS/nav.xhtml"), "none");
    let with = |name: &'static str, bytes: &'static [u8]| epub_error(move |entries| replace(entries, name, bytes));
    assert_eq!(
        with("OEBPS/nav.xhtml", b"<a>\xB9\xFA</a>"),
        "OEBPS/nav.xhtml: neither UTF-8 nor UTF-16 with a byte order mark, expected one of them; convert the entry"
    );
    let malformed = with("META-INF/container.xml", b"<container><rootfiles></container>");
    assert!(malformed.starts_with("META-INF/container.xml: not well formed: "), "{malformed}");
    let protected = "<encryption><EncryptedData><CipherData><CipherReference URI=\"OEBPS/nav.xhtml\"/></CipherData></EncryptedData></encryption>";
    assert_eq!(
        epub_error(|entries| replace(entries, "META-INF/encryption.xml", protected)),
        "OEBPS/nav.xhtml: is encrypted, and only readable text can be converted"
    );
    let no_zip = error(PackageFormat::Epub, b"PK\x03\x04 and nothing more", Limits::default());
    assert_eq!(no_zip, "no whole zip archive: its end was not found; fetch or save the file again");
}

#[test]
fn office_documents_are_known_by_their_listing() {
    let paper_error = |change: &dyn Fn(&mut Entries)| {
        let mut entries = paper();
        change(&mut entries);
        error(PackageFormat::Docx, &archive(&entries, Layout::Usual), Limits::default())
    };
    assert_eq!(
        paper_error(&|entries| entries.retain(|entry| entry.0 != "[Content_Types].xml")),
        "[Content_Types].xml: is not in the archive, expected it to say what each entry is; see whether the format is right"
    );
    let other = "<Types><Override PartName=\"/word/document.xml\" ContentType=\"application/xml\"/></Types>";
    assert_eq!(
        paper_error(&|entries| replace(entries, "[Content_Types].xml", other)),
        "[Content_Types].xml: names no text of a word processor, expected the document to be one; see whether the format is right"
    );
    let protected = [b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1".as_slice(), &[0; 600]].concat();
    assert_eq!(
        error(PackageFormat::Docx, &protected, Limits::default()),
        "is encrypted, or of the format before DOCX; save it anew without a password"
    );
}

#[test]
fn paragraphs_are_shown_as_lines() {
    let bytes = archive(&paper(), Layout::Usual);
    let package = Package::read(PackageFormat::Docx, &bytes, Limits::default()).unwrap();
    let document = &package.parts()[0];
    assert_eq!(document.lines(document.text(), &Options::default()).as_deref(), Some("国军\n他的国军 -{国}-马&\n"));
    let bytes = archive(&book(), Layout::Usual);
    let package = Package::read(PackageFormat::Epub, &bytes, Limits::default()).unwrap();
    assert_eq!(package.parts()[1].lines(package.parts()[1].text(), &Options::default()), None);
}

/// Runs of a paragraph, and what stands between them.
const RUNS: &[&str] = &[
    "<w:r><w:t>国</w:t></w:r>",
    "<w:r><w:rPr><w:b/></w:rPr><w:t>军</w:t></w:r>",
    "<w:r><w:t xml:space=\"preserve\"> 军国</w:t></w:r>",
    "<w:r><w:t>-{国</w:t></w:r>",
    "<w:r><w:t>}-</w:t></w:r>",
    "<w:r><w:t>-&lt;</w:t></w:r>",
    "<w:r><w:t>&gt;-&#22269;</w:t></w:r>",
    "<w:r><w:t>-{zh-cn:国;zh-tw:军&amp;}-</w:t></w:r>",
    "<w:r><w:t>-{H|国=>zh-tw:&lt;]]&gt;}-</w:t></w:r>",
    "<w:r><w:t><![CDATA[国]]></w:t></w:r>",
    "<w:r><w:t/></w:r>",
    "<w:r><w:t></w:t><w:br/><w:t>军</w:t></w:r>",
    "<w:del><w:r><w:delText>国</w:delText></w:r></w:del>",
    "<w:ins>",
    "</w:ins>",
    "</w:p><w:p>",
    "<w:r><w:fldChar w:fldCharType=\"begin\"/></w:r>",
    "<w:r><w:fldChar w:fldCharType=\"separate\"/></w:r>",
    "<w:r><w:fldChar w:fldCharType=\"end\"/></w:r>",
    "<w:r><w:rPr><w:lang w:eastAsia=\"ja-JP\"/></w:rPr><w:t>国</w:t></w:r>",
    "<w:r><w:ruby><w:rt><w:r><w:t>国</w:t></w:r></w:rt><w:rubyBase><w:r><w:t>军</w:t></w:r></w:rubyBase></w:ruby></w:r>",
    "<w:bookmarkStart w:id=\"0\"/>",
    "<w:r><w:pict><w:p><w:r><w:t>国</w:t></w:r></w:p></w:pict></w:r>",
    "<!-- 国 -->",
];

/// The tags of a document with their attributes, and its texts, all in order; without what a new blank asks for.
fn shape(xml: &str) -> (Vec<String>, String) {
    let document = roxmltree::Document::parse(xml).unwrap();
    let elements = document.descendants().filter(|node| node.is_element());
    let attributes = |node: roxmltree::Node<'_, '_>| -> Vec<String> {
        node.attributes()
            .filter(|attribute| attribute.name() != "space")
            .map(|attribute| attribute.value().to_string())
            .collect()
    };
    let tags = elements.map(|node| format!("{:?} {:?}", node.tag_name(), attributes(node))).collect();
    (tags, document.descendants().filter_map(|node| node.text().filter(|_| node.is_text())).collect())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    /// However runs are cut, the elements stay, and another reader finds the text that was converted.
    #[test]
    fn runs_keep_their_shape(pieces in prop::collection::vec(prop::sample::select(RUNS), 0..12), mode in prop::sample::select(vec![Mode::Preserve, Mode::Render, Mode::Strip])) {
        let space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";
        let source = format!("<w:document xmlns:w=\"{space}\"><w:p>{}</w:p></w:document>", pieces.concat());
        let mut entries = paper();
        replace(&mut entries, "word/document.xml", source.as_str());
        let bytes = archive(&entries, Layout::Usual);
        let package = Package::read(PackageFormat::Docx, &bytes, Limits::default()).unwrap();
        let part = &package.parts()[0];
        let mut options = Options::default();
        options.mode = mode;
        options.variant = Some(tongwen::Variant::ZhTw);
        let document = part.scan(&options);
        let new = marked(&document);
        let assembled = check_document(&document, &new);
        let unchanged = document.assemble(&same(&document));
        if mode == Mode::Preserve {
            prop_assert_eq!(&unchanged, &source);
        }
        if document.diagnostics(&new).iter().any(|said| said.code == DiagnosticCode::Malformed) {
            prop_assert_eq!(assembled, source);
            return Ok(());
        }
        let written = package.write(&[assembled]).unwrap();
        let found = entries_of(&written, "word/document.xml");
        prop_assert_eq!(shape(&found).0, shape(&source).0);
        if mode == Mode::Preserve {
            // What is there is what was asked for, and what stayed.
            let stays = |text: &str| text.chars().filter(|character| !"国國军【軍】".contains(*character)).collect::<String>();
            prop_assert_eq!(stays(&shape(&found).1), stays(&shape(&source).1));
        }
    }
}

fn entries_of(archive: &[u8], name: &str) -> String {
    String::from_utf8(entries(archive).into_iter().find(|entry| entry.0 == name).unwrap().1).unwrap()
}

#[test]
fn long_and_hostile_paragraphs_take_linear_time() {
    let space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";
    let bodies = [
        "<w:r><w:t>国</w:t></w:r>".repeat(200_000),
        format!("<w:r><w:t>{}</w:t></w:r>", "国&amp;".repeat(500_000)),
        format!("{}{}", "<w:r>".repeat(200_000), "</w:r>".repeat(200_000)),
        "<w:r><w:t>-{</w:t></w:r>".repeat(200_000),
        "<w:r><w:fldChar w:fldCharType=\"begin\"/></w:r>".repeat(100_000) + "<w:r><w:t>国</w:t></w:r>",
        "<w:p><w:r><w:fldChar w:fldCharType=\"begin\"/><w:fldChar w:fldCharType=\"separate\"/><w:t>国</w:t></w:r></w:p>".repeat(50_000),
        "<w:p><w:fldChar w:fldCharType=\"begin\"/><w:fldChar w:fldCharType=\"separate\"/></w:p>".repeat(300_000)
            + &"<w:p><w:fldChar w:fldCharType=\"begin\"/></w:p>".repeat(300_000)
            + "<w:r><w:t>国</w:t></w:r>",
    ];
    for body in bodies {
        let time = std::time::Instant::now();
        let mut entries = paper();
        replace(&mut entries, "word/document.xml", format!("<w:p xmlns:w=\"{space}\">{body}</w:p>"));
        let mut limits = Limits::default();
        limits.ratio = u64::MAX;
        let bytes = archive(&entries, Layout::Usual);
        let package = Package::read(PackageFormat::Docx, &bytes, limits).unwrap();
        let document = package.parts()[0].scan(&Options::default());
        package.write(&[document.assemble(&marked(&document))]).unwrap();
        let beginning: String = body.chars().take(40).collect();
        assert!(time.elapsed().as_secs() < 20, "{beginning}: {:?}", time.elapsed());
    }
}

#[test]
fn archives_that_contradict_themselves_are_refused() {
    let bytes = archive(&book(), Layout::Usual);
    let places = |name: &str| {
        let mut reader = ZipArchive::new(Cursor::new(&bytes[..])).unwrap();
        let file = reader.by_name(name).unwrap();
        (file.header_start() as usize, file.data_start().unwrap() as usize, file.central_header_start() as usize)
    };
    let damaged = |change: &dyn Fn(&mut Vec<u8>)| {
        let mut bytes = bytes.clone();
        change(&mut bytes);
        error(PackageFormat::Epub, &bytes, Limits::default())
    };
    let (header, data, central) = places("OEBPS/nav.xhtml");
    assert_eq!(
        damaged(&|bytes| bytes[central + 16] ^= 1),
        "OEBPS/nav.xhtml: damaged: invalid checksum; fetch or save the file again"
    );
    let broken = damaged(&|bytes| bytes[data + 20..data + 60].fill(0xFF));
    assert!(broken.starts_with("OEBPS/nav.xhtml: damaged: "), "{broken}");
    for at in [header + 6, central + 8] {
        let encrypted = damaged(&|bytes| bytes[at] |= 1);
        assert!(
            encrypted == "none" || encrypted.ends_with("is encrypted, and only readable text can be converted"),
            "{encrypted}"
        );
    }
    assert_eq!(
        damaged(&|bytes| bytes[central + 10] = 93),
        "OEBPS/nav.xhtml: compressed by method 93, expected it to be stored or deflated; pack it anew"
    );
    assert_eq!(
        damaged(&|bytes| bytes[header + 8] = 0),
        "OEBPS/nav.xhtml: damaged: its two headers say that it is compressed in different ways; fetch or save the file again"
    );
    let other = places("OEBPS/toc.ncx").0 as u32;
    assert_eq!(
        damaged(&|bytes| bytes[central + 42..central + 46].copy_from_slice(&other.to_le_bytes())),
        "entries of the archive overlap, expected each to have bytes of its own; pack it anew"
    );
    let renamed = damaged(&|bytes| {
        let at = central + 46;
        bytes[at..at + 15].copy_from_slice(b"OEBPS/cover.svg");
    });
    assert_eq!(renamed, "the archive has this name twice, expected one entry a name; pack it anew");
    // What is not read may be damaged, as long as it can be copied.
    let (_, data, _) = places("OEBPS/font.otf");
    assert_eq!(damaged(&|bytes| bytes[data] ^= 1), "none");
}

#[test]
fn a_short_end_of_zip64_is_refused() {
    let mut bytes = archive(&book(), Layout::Usual);
    let end = (0..bytes.len()).rfind(|&at| bytes[at..].starts_with(b"PK\x05\x06")).unwrap();
    // It says that nothing follows, and is followed by what is long enough to be read as one.
    bytes.splice(end..end, b"PK\x06\x06".iter().copied().chain([0; 8]));
    let comment = u16::from_le_bytes([bytes[end + 32], bytes[end + 33]]) + 100;
    bytes[end + 32..end + 34].copy_from_slice(&comment.to_le_bytes());
    bytes.extend([b'c'; 100]);
    let package = Package::read(PackageFormat::Epub, &bytes, Limits::default()).unwrap();
    let new: Vec<String> = package.parts().iter().map(|part| part.text().replace('国', "國")).collect();
    assert_eq!(
        package.write(&new).unwrap_err().to_string(),
        "no whole zip archive: a header is cut off; fetch or save the file again"
    );
}

#[test]
fn names_need_not_be_utf_8() {
    let mut entries = book();
    entries.push(("OEBPS/aa.png", b"one".to_vec()));
    entries.push(("OEBPS/bb.png", b"two".to_vec()));
    let mut bytes = archive(&entries, Layout::Usual);
    // 二 and 三 in GBK: different, and both nothing in UTF-8.
    for (name, other) in [(b"OEBPS/aa.png", b"OEBPS/\xB6\xFE.png"), (b"OEBPS/bb.png", b"OEBPS/\xC8\xFD.png")] {
        while let Some(at) = bytes.windows(name.len()).position(|place| place == name) {
            bytes[at..at + name.len()].copy_from_slice(other);
        }
    }
    let new = converted(PackageFormat::Epub, &bytes, &Options::default(), marked).unwrap();
    assert!(new.windows(12).any(|place| place == b"OEBPS/\xC8\xFD.png") && new != bytes);
}

#[test]
fn what_is_too_large_is_refused() {
    let limited = |entries: &[(&str, Vec<u8>)], change: &dyn Fn(&mut Limits)| {
        let mut limits = Limits::default();
        change(&mut limits);
        error(PackageFormat::Epub, &archive(entries, Layout::Usual), limits)
    };
    let entries = book();
    assert_eq!(
        limited(&entries, &|limits| limits.entries = 5),
        "entries of the archive: more than 5, the most that is allowed; allow more if the file is trusted"
    );
    assert_eq!(
        limited(&entries, &|limits| limits.part = 1000),
        "OEBPS/book.opf: bytes of one text: more than 1000, the most that is allowed; allow more if the file is trusted"
    );
    assert_eq!(
        limited(&entries, &|limits| limits.total = 3000),
        "OEBPS/text/一 1.xhtml: bytes of all texts together: more than 3000, the most that is allowed; allow more if the file is trusted"
    );
    // A bomb: a hundred megabytes in a hundred kilobytes.
    let mut bomb = book();
    replace(&mut bomb, "OEBPS/nav.xhtml", vec![b' '; 100_000_000]);
    assert_eq!(
        limited(&bomb, &|_| {}),
        "OEBPS/nav.xhtml: bytes of text for a byte of the archive: more than 200, the most that is allowed; allow more if the file is trusted"
    );
    assert_eq!(
        limited(&bomb, &|limits| limits.part = 10_000_000),
        "OEBPS/nav.xhtml: bytes of one text: more than 10000000, the most that is allowed; allow more if the file is trusted"
    );
    // The same where the archive lies about the size.
    let mut bytes = archive(&bomb, Layout::Usual);
    let mut reader = ZipArchive::new(Cursor::new(&bytes[..])).unwrap();
    let central = reader.by_name("OEBPS/nav.xhtml").unwrap().central_header_start() as usize;
    bytes[central + 24..central + 28].copy_from_slice(&100_u32.to_le_bytes());
    let lied = error(PackageFormat::Epub, &bytes, Limits::default());
    assert!(lied.starts_with("OEBPS/nav.xhtml: damaged: "), "{lied}");
}

#[test]
fn fonts_may_be_encrypted_and_texts_may_be_listed_twice() {
    let mut entries = book();
    let twice = BOOK.replace(
        "</manifest>",
        "<item id=\"a\" href=\"./nav.xhtml#x\" media-type=\"application/xhtml+xml\"/></manifest>",
    );
    replace(&mut entries, "OEBPS/book.opf", twice);
    let bytes = archive(&entries, Layout::Usual);
    assert_eq!(Package::read(PackageFormat::Epub, &bytes, Limits::default()).unwrap().parts().len(), BOOK_TEXTS.len());
}

#[test]
fn the_kind_of_an_error_is_for_programs() {
    let error = Package::read(PackageFormat::Epub, b"", Limits::default()).err().unwrap();
    assert!(matches!(error.kind(), PackageErrorKind::Archive { .. }) && error.entry().is_none());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// Cut off or with any bytes changed, a package is refused or converted to one that can be read as far as it could before.
    #[test]
    fn damage_never_makes_a_panic(
        layout in prop::sample::select(Layout::ALL.to_vec()),
        flips in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..6),
        cut in prop::option::of(any::<prop::sample::Index>()),
    ) {
        for (format, entries, _) in samples() {
            let mut bytes = archive(&entries, layout);
            for (index, byte) in &flips {
                let at = index.index(bytes.len());
                bytes[at] = *byte;
            }
            if let Some(cut) = &cut {
                bytes.truncate(cut.index(bytes.len()));
            }
            if let Ok(new) = converted(format, &bytes, &Options::default(), marked) {
                let again = converted(format, &new, &Options::default(), same).unwrap();
                prop_assert_eq!(again, new);
            }
        }
    }

    /// The same where only headers, the directory and the end are hit, which is where places and sizes stand.
    #[test]
    fn damaged_headers_never_make_a_panic(
        layout in prop::sample::select(Layout::ALL.to_vec()),
        flips in prop::collection::vec((any::<prop::sample::Index>(), 0..46_usize, any::<u8>()), 1..4),
    ) {
        for (format, entries, _) in samples() {
            let mut bytes = archive(&entries, layout);
            let headers: Vec<usize> = (0..bytes.len()).filter(|&at| bytes[at..].starts_with(b"PK")).collect();
            for (index, offset, byte) in &flips {
                let at = headers[index.index(headers.len())] + offset;
                if let Some(place) = bytes.get_mut(at) {
                    *place = *byte;
                }
            }
            if let Ok(new) = converted(format, &bytes, &Options::default(), marked) {
                let again = converted(format, &new, &Options::default(), same).unwrap();
                prop_assert_eq!(again, new);
            }
        }
    }
}
