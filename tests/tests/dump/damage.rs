//! Dumps that are cut off, changed, or too large: never a panic, everything before the damage written whole.

use std::io::{self, Read};

use tongwen_formats::dump::{Decompressor, DumpError, DumpErrorKind};

use super::{Drips, Ran, data, large, options, run, wikitext, with_text, with_threads};

/// The places of a dump that what is written before an error may end at: before `<page>`, or outside of pages.
fn ends_whole(written: &[u8], whole: &[u8]) {
    assert!(whole.starts_with(written), "what is written is not how the result begins");
    pages_are_whole(std::str::from_utf8(written).expect("cut in a character"));
}

/// There is a `</page>` for each `<page>`, those in text not counted.
fn pages_are_whole(written: &str) {
    assert_eq!(written.matches("\n  <page>").count(), written.matches("\n  </page>").count(), "a page is not whole");
}

/// How much of the result stands before the page that this byte of the source is in.
fn before_page(source: &[u8], result: &[u8], byte: usize) -> usize {
    const END: &[u8] = b"\n  </page>";
    let ends = |bytes: &[u8]| -> Vec<usize> {
        let places = bytes.windows(END.len()).enumerate().filter(|(_, window)| *window == END);
        places.map(|(at, _)| at + END.len()).collect()
    };
    match ends(&source[..byte]).len() {
        0 => 0,
        whole => ends(result)[whole - 1],
    }
}

#[test]
fn dumps_that_are_cut_off() {
    for name in ["export-0.11", "export-0.10"] {
        let (source, result) = (data(&format!("{name}.xml")), data(&format!("{name}.converted.xml")));
        let root_end = source.windows(12).position(|window| window == b"</mediawiki>").unwrap() + 12;
        for length in (0..source.len()).step_by(10).chain(root_end - 2..root_end + 1) {
            let mut errors = Vec::new();
            for threads in 1..=2 {
                let ran = run(&source[..length], &with_threads(threads), wikitext);
                ends_whole(&ran.written, &result);
                assert!(ran.written.len() >= before_page(&source, &result, length));
                match ran.end {
                    Ok(_) => assert!(length >= root_end),
                    Err(error) => {
                        assert!(length < root_end);
                        assert_eq!(error.offset(), length as u64);
                        match error.kind() {
                            DumpErrorKind::Truncated { .. } => assert!(length > 0),
                            DumpErrorKind::NotADump { .. } => assert_eq!(length, 0),
                            other => panic!("{length}: {other:?}"),
                        }
                        errors.push((error.to_string(), ran.written));
                    }
                }
            }
            assert!(errors.windows(2).all(|pair| pair[0] == pair[1]));
        }
    }
}

#[test]
fn the_error_says_where() {
    let source = data("export-0.11.xml");
    let at = |text: &str| source.windows(text.len()).position(|window| window == text.as_bytes()).unwrap();
    let error = |length: usize| run(&source[..length], &options(), wikitext).error();
    let (in_text, between, header) = (at("{{{国") + 4, at("<title>空") - 12, at("<dbname>") + 12);
    assert_eq!(
        error(in_text),
        format!(
            "byte {in_text} of the XML, in page `Template:国`: the XML ends inside of `<text>`, expected `</mediawiki>` at its \
             end; get the file again"
        )
    );
    assert_eq!(
        error(between),
        format!(
            "byte {between} of the XML, after page `军事`: the XML ends inside of `<mediawiki>`, expected `</mediawiki>` at its \
             end; get the file again"
        )
    );
    assert_eq!(
        error(header),
        format!(
            "byte {header} of the XML: the XML ends inside of an element, expected `</mediawiki>` at its end; get the file again"
        )
    );
}

#[test]
fn dumps_with_a_wrong_byte() {
    let (source, result) = (data("export-0.11.xml"), data("export-0.11.converted.xml"));
    let mut errors = 0;
    for at in (0..source.len()).step_by(10) {
        for wrong in [b'<', b'>', b'&', b'"', 0, 0xff, source[at] ^ 1, source[at] ^ 0x80] {
            let mut bytes = source.clone();
            bytes[at] = wrong;
            let ran = run(&*bytes, &options(), wikitext);
            let whole = before_page(&source, &result, at);
            assert!(ran.written.len() >= whole && ran.written[..whole] == result[..whole], "{at} {wrong}");
            if let Err(error) = &ran.end {
                errors += 1;
                // What is written is what the damaged dump has before the page that the error is in.
                pages_are_whole(&String::from_utf8_lossy(&ran.written));
                assert!(error.offset() <= source.len() as u64);
            }
            let together = run(&*bytes, &with_threads(2), wikitext);
            assert_eq!((together.written, together.notes), (ran.written, ran.notes));
            assert_eq!(together.end.map_err(|error| error.to_string()), ran.end.map_err(|error| error.to_string()));
        }
    }
    assert!(errors > 1000, "{errors}");
}

#[test]
fn compressed_files_that_are_cut_off() {
    let result = data("export-0.11.converted.xml");
    for name in ["export-0.11.xml.gz", "export-0.11.xml.bz2", "export-0.11-multistream.xml.bz2", "export-0.11.xml.zst"]
    {
        let file = data(name);
        let mut most = 0;
        for length in (0..file.len()).step_by(10) {
            let ran = decompress(&file[..length]);
            ends_whole(&ran.written, &result);
            most = most.max(ran.written.len());
            let error = ran.end.unwrap_err();
            match error.kind() {
                // Between two streams, or two frames, only the XML shows that something is missing.
                DumpErrorKind::Truncated { .. } => assert!(name.contains("multistream") || name.contains("zst")),
                DumpErrorKind::NotADump { .. } => assert!(length < 4),
                DumpErrorKind::Read(error) => {
                    assert_eq!(error.kind(), io::ErrorKind::UnexpectedEof, "{name} {length}: {error}");
                    assert!(error.to_string().ends_with("data ends too early; the file is not complete, get it again"));
                }
                other => panic!("{name} {length}: {other:?}"),
            }
        }
        // Files of several streams are read up to the last whole one.
        assert!(most > result.len() / 2 || name == "export-0.11.xml.bz2", "{name}");
    }
}

#[test]
fn compressed_files_with_a_wrong_byte() {
    let result = data("export-0.11.converted.xml");
    for name in ["export-0.11.xml.gz", "export-0.11.xml.bz2", "export-0.11-multistream.xml.bz2", "export-0.11.xml.zst"]
    {
        let file = data(name);
        let mut errors = 0;
        for at in (0..file.len()).step_by(10) {
            for wrong in [file[at] ^ 1, file[at] ^ 0x80, !file[at]] {
                let mut bytes = file.clone();
                bytes[at] = wrong;
                let ran = decompress(&bytes);
                match ran.end {
                    // Names and times in the headers do not matter.
                    Ok(_) => assert_eq!(ran.written, result, "{name} {at}"),
                    Err(_) => errors += 1,
                }
            }
        }
        assert!(errors > file.len() / 10 * 2, "{name} {errors}");
    }
}

/// Converts a compressed file; one whose beginning cannot be read is a read error, too.
fn decompress(bytes: &[u8]) -> Ran {
    run(Decompressor::new(bytes).unwrap(), &options(), wikitext)
}

#[test]
fn content_that_is_no_xml_ends_the_dump_at_its_page() {
    for (text, message) in [
        ("国&nbsp;", "damaged XML: `&nbsp;` stands for no character of XML; get the file again, or repair it there"),
        ("国&#0;", "damaged XML: `&#0;` stands for no character of XML"),
        ("国 & 军", "damaged XML: "),
    ] {
        let dump = with_text(&format!("<text>{text}</text>"));
        let ran = run(dump.as_bytes(), &options(), wikitext);
        let place = dump.find("国").unwrap() + text.find('&').unwrap();
        assert!(ran.error().contains(message), "{}", ran.error());
        assert!(ran.error().starts_with(&format!("byte {place} of the XML, in page `页`: ")), "{}", ran.error());
        assert_eq!(ran.text(), "<mediawiki>");
    }
}

#[test]
fn pages_that_are_too_large() {
    let dump = large(300_000, 1);
    let longest =
        dump.split_inclusive("</page>").map(|page| page.len() - page.find("<page>").unwrap_or(0)).max().unwrap();
    for threads in 1..=2 {
        let mut options = with_threads(threads);
        options.page_limit = longest;
        let all = run(dump.as_bytes(), &options, wikitext);
        all.end.as_ref().unwrap();
        options.page_limit = longest - 1;
        let ran = run(dump.as_bytes(), &options, wikitext);
        ends_whole(&ran.written, &all.written);
        let error = ran.end.unwrap_err();
        assert!(matches!(error.kind(), DumpErrorKind::PageTooLarge { limit } if *limit == longest - 1));
        assert!(dump[error.offset() as usize..].starts_with("<page>"));
        assert!(dump[error.offset() as usize..].contains(&format!("<title>{}</title>", error.page().unwrap())));
    }
}

/// The beginning of a dump, and then the same bytes for ever.
struct Endless {
    start: &'static [u8],
    again: &'static [u8],
    given: u64,
}

impl Read for Endless {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let place = self.given as usize;
        let source = match place.checked_sub(self.start.len()) {
            None => &self.start[place..],
            Some(behind) => &self.again[behind % self.again.len()..],
        };
        let count = source.len().min(buffer.len());
        buffer[..count].copy_from_slice(&source[..count]);
        self.given += count as u64;
        Ok(count)
    }
}

#[test]
fn what_has_no_end_is_not_read_to_its_end() {
    let again: &'static [u8] = "国国国国国国国国".as_bytes();
    for (start, again) in [
        ("<mediawiki><page><title>a</title><revision><text>", again),
        ("<mediawiki><page><title>a</title><revision>", b"<id>1</id>"),
        ("<mediawiki><page><title>", again),
        ("<mediawiki><siteinfo><sitename>", again),
        ("<mediawiki><!-- ", again),
        ("<mediawiki ", b"a='b' "),
        ("", again),
        ("<mediawiki>", b"<a>"),
        ("<mediawiki><page>", b"<a>"),
    ] {
        let mut options = options();
        options.page_limit = 1 << 20;
        let mut reader = Endless { start: start.as_bytes(), again, given: 0 };
        let error = run(&mut reader, &options, wikitext).end.unwrap_err();
        assert!(reader.given < 2 << 20, "{start}: {} bytes were read", reader.given);
        match again {
            b"<a>" => assert!(error.to_string().contains("more than 200 elements are open"), "{error}"),
            _ => assert!(matches!(error.kind(), DumpErrorKind::PageTooLarge { .. }), "{start}: {error}"),
        }
    }
}

/// Fails after some bytes.
struct Broken<'a>(&'a [u8]);

impl Read for Broken<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.0.read(buffer)? {
            0 => Err(io::Error::new(io::ErrorKind::TimedOut, "the disk is gone")),
            count => Ok(count),
        }
    }
}

#[test]
fn errors_of_the_reader_come_after_what_was_read() {
    let (source, result) = (data("export-0.11.xml"), data("export-0.11.converted.xml"));
    for length in [0, 500, 3000, source.len() - 14, source.len()] {
        let ran = run(Broken(&source[..length]), &options(), wikitext);
        ends_whole(&ran.written, &result);
        assert!(ran.written.len() >= before_page(&source, &result, length));
        let error = ran.end.unwrap_err();
        assert_eq!(error.offset(), length as u64);
        assert!(matches!(error.kind(), DumpErrorKind::Read(error) if error.kind() == io::ErrorKind::TimedOut));
        assert!(error.to_string().ends_with(": the disk is gone"), "{error}");
    }
}

/// Takes some bytes and then no more.
struct Full(usize);

impl io::Write for Full {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match bytes.len().min(self.0) {
            0 => Err(io::ErrorKind::StorageFull.into()),
            count => {
                self.0 -= count;
                Ok(count)
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn errors_of_the_writer_end_it() {
    let dump = large(3_000_000, 2);
    for threads in 1..=3 {
        let writer = Full(1_000_000);
        let error: DumpError = tongwen_formats::dump::convert(
            Drips::new(dump.as_bytes(), 100_000, 1),
            writer,
            &with_threads(threads),
            wikitext,
            drop,
        )
        .unwrap_err();
        assert!(matches!(error.kind(), DumpErrorKind::Write(error) if error.kind() == io::ErrorKind::StorageFull));
    }
}
