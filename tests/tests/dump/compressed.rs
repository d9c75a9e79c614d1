//! Compressed dumps: the files of `data/dump`, made by the reference programs, and what is written here.

use std::io::{Read, Write};
use std::path::Path;

use tongwen_formats::dump::{Compression, Compressor, Decompressor};

use super::{Drips, data, options, run, wikitext, with_threads};

const FILES: &[(&str, Compression)] = &[
    ("export-0.11.xml", Compression::None),
    ("export-0.11.xml.gz", Compression::Gzip),
    ("export-0.11.xml.bz2", Compression::Bzip2),
    ("export-0.11-multistream.xml.bz2", Compression::Bzip2),
    ("export-0.11.xml.zst", Compression::Zstandard),
];

fn decompressed(bytes: &[u8]) -> Vec<u8> {
    let mut text = Vec::new();
    Decompressor::new(bytes).unwrap().read_to_end(&mut text).unwrap();
    text
}

#[test]
fn files_are_told_by_their_first_bytes() {
    for &(name, compression) in FILES {
        let file = data(name);
        assert_eq!(Decompressor::new(&*file).unwrap().compression(), compression, "{name}");
        assert_eq!(Compression::of_name(Path::new(name)), compression, "{name}");
        assert_eq!(Compression::of_bytes(&file[..6]), compression, "{name}");
        for most in [1, 7, 5000] {
            let mut text = Vec::new();
            Decompressor::new(Drips::new(&file, most, 3)).unwrap().read_to_end(&mut text).unwrap();
            assert_eq!(text, data("export-0.11.xml"), "{name}");
        }
    }
    assert_eq!(decompressed(b""), b"");
    assert_eq!(decompressed(b"BZ"), b"BZ");
}

#[test]
fn compressed_dumps_are_converted() {
    for (name, _) in FILES {
        for threads in 1..=2 {
            let ran = run(Decompressor::new(&*data(name)).unwrap(), &with_threads(threads), wikitext);
            assert_eq!(ran.written, data("export-0.11.converted.xml"), "{name}");
            ran.end.unwrap();
        }
    }
}

#[test]
fn each_stream_of_a_multistream_dump_is_a_dump() {
    let file = data("export-0.11-multistream.xml.bz2");
    let index = String::from_utf8(data("export-0.11-multistream-index.txt")).unwrap();
    let lines: Vec<(usize, &str)> = index
        .lines()
        .map(|line| {
            let mut fields = line.splitn(3, ':');
            let offset = fields.next().unwrap().parse().unwrap();
            (offset, fields.nth(1).unwrap())
        })
        .collect();
    let mut offsets: Vec<usize> = lines.iter().map(|line| line.0).collect();
    offsets.dedup();
    assert!(offsets.len() > 2);
    for pair in offsets.windows(2) {
        let stream = decompressed(&file[pair[0]..pair[1]]);
        let ran = run(&*stream, &options(), wikitext);
        assert_eq!(ran.end.as_ref().unwrap().pages, lines.iter().filter(|line| line.0 == pair[0]).count() as u64);
        for (_, title) in lines.iter().filter(|line| line.0 == pair[0]) {
            assert!(ran.text().contains(&format!("<title>{title}</title>")));
        }
    }
}

#[test]
fn what_is_written_can_be_read() {
    let text = data("export-0.11.xml");
    for compression in [Compression::None, Compression::Gzip, Compression::Bzip2] {
        let mut compressor = Compressor::new(Vec::new(), compression).unwrap();
        for piece in text.chunks(1000) {
            compressor.write_all(piece).unwrap();
        }
        compressor.flush().unwrap();
        let file = compressor.finish().unwrap();
        assert_eq!(Compression::of_bytes(&file), compression);
        assert_eq!(decompressed(&file), text);
    }
}

#[test]
fn what_cannot_be_done_is_said_with_what_can() {
    let error = Compressor::new(Vec::new(), Compression::Zstandard).err().unwrap();
    assert_eq!(
        error.to_string(),
        "Zstandard is read but not written; write plain XML and pipe it into `zstd`, or write .bz2 or .gz"
    );
    for (bytes, message) in [
        (
            b"7z\xbc\xaf\x27\x1c\0\0".as_slice(),
            "compressed with 7-Zip, expected XML, bzip2, gzip or Zstandard; pipe the output of `7z x -so FILE` in",
        ),
        (b"\xfd7zXZ\0\0", "compressed with xz, "),
        (b"PK\x03\x04\0\0", "compressed with zip, "),
    ] {
        let error = Decompressor::new(bytes).err().unwrap().to_string();
        assert!(error.starts_with(message), "{error}");
    }
}
