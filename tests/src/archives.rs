//! Zip archives for tests: made with the library in the layouts that programs write, and compared entry by entry.

use std::collections::BTreeMap;
use std::io::{Cursor, Read, Write};

use zip::write::{FullFileOptions, StreamWriter};
use zip::{CompressionMethod, DateTime, ZipArchive, ZipWriter};

/// How an archive is laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// Sizes before the data.
    Usual,
    /// Checksums and sizes behind the data, as programs write that cannot go back.
    Streamed,
    /// Sizes of eight bytes, as zip64 has them.
    Wide,
}

impl Layout {
    /// Every layout.
    pub const ALL: [Layout; 3] = [Layout::Usual, Layout::Streamed, Layout::Wide];
}

/// An archive with a comment, and dates, extra fields and comments for its entries. What is called `mimetype` or ends with `.png` is stored.
pub fn archive<B: AsRef<[u8]>>(entries: &[(&str, B)], layout: Layout) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    match layout {
        Layout::Streamed => {
            let mut writer: ZipWriter<StreamWriter<_>> = ZipWriter::new_stream(&mut bytes);
            put(&mut writer, entries, layout);
            writer.finish().unwrap();
        }
        _ => {
            let mut writer = ZipWriter::new(&mut bytes);
            put(&mut writer, entries, layout);
            writer.finish().unwrap();
        }
    }
    bytes.into_inner()
}

fn put<W: Write + std::io::Seek, B: AsRef<[u8]>>(writer: &mut ZipWriter<W>, entries: &[(&str, B)], layout: Layout) {
    writer.set_comment("an archive of 國").unwrap();
    for (number, (name, bytes)) in entries.iter().enumerate() {
        let is_stored = *name == "mimetype" || name.ends_with(".png");
        let method = if is_stored { CompressionMethod::Stored } else { CompressionMethod::Deflated };
        let date = DateTime::from_date_and_time(2001, 2, 3, 4, 5, (number % 30) as u8 * 2).unwrap();
        let mut options = FullFileOptions::default()
            .compression_method(method)
            .last_modified_time(date)
            .large_file(layout == Layout::Wide)
            .unix_permissions(0o640);
        if *name != "mimetype" {
            options.add_extra_field(0xCAFE, [number as u8; 5].as_slice(), false).unwrap();
            options = options.with_file_comment(format!("entry {number} 軍"));
        }
        writer.start_file(*name, options).unwrap();
        writer.write_all(bytes.as_ref()).unwrap();
    }
}

/// The archive with an end as zip64 has it: the directory's place and size stand in a record of their own, and are missing where they are otherwise.
pub fn with_wide_end(archive: &[u8]) -> Vec<u8> {
    let end = (0..archive.len()).rfind(|&at| archive[at..].starts_with(b"PK\x05\x06")).unwrap();
    let field = |at: usize, length: usize| archive[end + at..end + at + length].to_vec();
    let wide = |at: usize, length: usize| [field(at, length), vec![0; 8 - length]].concat();
    let mut bytes = archive[..end].to_vec();
    bytes.extend(b"PK\x06\x06".iter().chain(&44_u64.to_le_bytes()).chain(&[45, 0, 45, 0]).chain(&[0; 8]));
    bytes.extend([wide(8, 2), wide(10, 2), wide(12, 4), wide(16, 4)].concat());
    bytes.extend(b"PK\x06\x07".iter().chain(&[0; 4]).chain(&(end as u64).to_le_bytes()).chain(&[1, 0, 0, 0]));
    bytes.extend(&archive[end..end + 8]);
    bytes.extend([0xFF; 12]);
    bytes.extend(&archive[end + 20..]);
    bytes
}

/// The decompressed entries by name, in the order of the directory.
pub fn entries(archive: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut reader = ZipArchive::new(Cursor::new(archive)).unwrap();
    let read = |index| {
        let mut file = reader.by_index(index).unwrap();
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).unwrap();
        (file.name().unwrap().into_owned(), bytes)
    };
    (0..reader_len(archive)).map(read).collect()
}

fn reader_len(archive: &[u8]) -> usize {
    ZipArchive::new(Cursor::new(archive)).unwrap().len()
}

/// The bytes of each entry with its header, and its header in the directory without the place that it names.
fn raw(archive: &[u8]) -> BTreeMap<String, (Vec<u8>, Vec<u8>)> {
    let mut reader = ZipArchive::new(Cursor::new(archive)).unwrap();
    let directory = reader.central_directory_start() as usize;
    let mut places = Vec::new();
    for index in 0..reader.len() {
        let file = reader.by_index_raw(index).unwrap();
        places.push((
            file.name().unwrap().into_owned(),
            file.header_start() as usize,
            file.central_header_start() as usize,
        ));
    }
    let starts: Vec<usize> = places.iter().map(|(_, start, _)| *start).collect();
    let mut found = BTreeMap::new();
    for (name, start, central) in places {
        // Whatever stands behind the data belongs to the entry.
        let end = starts.iter().copied().filter(|&other| other > start).min().unwrap_or(directory);
        let length = |at: usize| usize::from(u16::from_le_bytes([archive[central + at], archive[central + at + 1]]));
        let central_end = central + 46 + length(28) + length(30) + length(32);
        let mut header = archive[central..central_end].to_vec();
        header[42..46].fill(0);
        found.insert(name, (archive[start..end].to_vec(), header));
    }
    found
}

/// A header of the directory without flags, checksum and sizes.
fn without_sizes(header: &[u8]) -> Vec<u8> {
    let mut header = header.to_vec();
    header[8..10].fill(0);
    header[16..28].fill(0);
    let extra = 46 + usize::from(u16::from_le_bytes([header[28], header[29]]));
    if header[extra..].starts_with(&[1, 0, 16, 0]) {
        header[extra + 4..extra + 20].fill(0);
    }
    header
}

/// Every entry but those that changed is byte for byte what it was, with its headers, in its place in the order; so is the comment of the archive.
pub fn check_kept(old: &[u8], new: &[u8], changed: &[&str]) {
    let names = |archive: &[u8]| -> Vec<String> { entries(archive).into_iter().map(|(name, _)| name).collect() };
    assert_eq!(names(old), names(new));
    let (before, after) = (raw(old), raw(new));
    for (name, old) in &before {
        if !changed.contains(&name.as_str()) {
            assert!(after[name] == *old, "{name} is not what it was");
        } else {
            // Version, method, date, attributes; and behind the sizes, name, extra fields and comment.
            assert_eq!(without_sizes(&old.1), without_sizes(&after[name].1), "{name}");
        }
    }
    let comment = |archive: &[u8]| ZipArchive::new(Cursor::new(archive)).unwrap().comment().to_vec();
    assert_eq!(comment(old), comment(new));
    assert!(!ZipArchive::new(Cursor::new(new)).unwrap().has_overlapping_entries().unwrap());
}
