//! Reads the entries of a zip archive, and makes an archive in which some of them are others.
//!
//! What is not to change is not even taken apart: the new archive is the old one with the changed entries' bytes in place of theirs. So every other
//! entry keeps its compressed bytes, both its headers with dates, flags and extra fields, its place, and what lies between; and so does
//! the comment of the archive.
//!
//! ```text
//! old   |header a|data a|header B|data B|header c|data c|directory a B c|end|
//! new   |header a|data a|header'B|data'B'''|header c|data c|directory a B'c'|end'|
//! ```
//!
//! The headers of a changed entry get the new checksum and sizes. If they stood behind the data (flag bit 3) they go into the header, and
//! the bit is cleared. Of the other entries, the directory gets their new places; of the end, that of the directory.
//!
//! Names are compared and shown, and never become paths of files.
//!
//! Cost: the archive is copied once; each changed entry is compressed. Reading is done by the library that other formats of tables use as well.
//!
//! Source: APPNOTE.TXT of PKWARE, 6.3.10: sections 4.3.7, 4.3.9, 4.3.12, 4.3.14 to 4.3.16, 4.4.4, 4.5.3.

use std::collections::HashMap;
use std::io::{Cursor, Read, Write};
use std::ops::Range;

use flate2::write::DeflateEncoder;
use flate2::{Compression, Crc};
use zip::result::ZipError;
use zip::{CompressionMethod, ZipArchive};

use super::Limits;
use super::error::{PackageError, PackageErrorKind};

/// Bytes of a local header before the name.
const LOCAL: usize = 30;
/// The same of a header in the directory.
const CENTRAL: usize = 46;
/// Bytes of the end of zip64 at least.
const WIDE_END: usize = 56;
/// The flag of entries whose checksum and sizes stand behind the data.
const BEHIND: u16 = 1 << 3;
/// What a field of four bytes has where the true value stands in an extra field.
const ELSEWHERE: u64 = u32::MAX as u64;

/// An entry, by places in the archive.
#[derive(Clone, Copy, Debug)]
struct Entry {
    header: usize,
    /// Its header in the directory.
    central: usize,
    compressed: usize,
}

/// An archive of which all entries are known.
pub(super) struct Archive<'a> {
    bytes: &'a [u8],
    reader: ZipArchive<Cursor<&'a [u8]>>,
    entries: Vec<Entry>,
    /// Places of all headers, in order.
    headers: Vec<usize>,
    /// By the bytes of their names, which need not be UTF-8.
    names: HashMap<Vec<u8>, usize>,
    limits: Limits,
    /// Decompressed so far.
    read: u64,
}

impl<'a> Archive<'a> {
    pub(super) fn open(bytes: &'a [u8], limits: Limits) -> Result<Archive<'a>, PackageError> {
        let mut reader = ZipArchive::new(Cursor::new(bytes)).map_err(unreadable)?;
        if reader.len() > limits.entries {
            let (what, limit) = ("entries of the archive", limits.entries as u64);
            return Err(PackageError::new(PackageErrorKind::TooLarge { what, limit }));
        }
        if reader.has_duplicate_names() {
            return Err(PackageError::new(PackageErrorKind::Duplicate));
        }
        if reader.has_overlapping_entries().map_err(unreadable)? {
            return Err(PackageError::new(PackageErrorKind::Overlapping));
        }
        let mut entries = Vec::with_capacity(reader.len());
        let mut names = HashMap::with_capacity(reader.len());
        for index in 0..reader.len() {
            let entry = reader.by_index_data(index).map_err(unreadable)?;
            let name = entry.name_raw().to_vec();
            // Both are inside the bytes, since the entry was read from there.
            let (header, central) = (entry.header_start() as usize, entry.central_header_start() as usize);
            entries.push(Entry { header, central, compressed: entry.compressed_size() as usize });
            if names.insert(name, index).is_some() {
                return Err(PackageError::new(PackageErrorKind::Duplicate));
            }
        }
        let mut headers: Vec<usize> = entries.iter().map(|entry| entry.header).collect();
        headers.sort_unstable();
        Ok(Archive { bytes, reader, entries, headers, names, limits, read: 0 })
    }

    /// The number of the entry with a name.
    pub(super) fn find(&self, name: &str) -> Option<usize> {
        self.names.get(name.as_bytes()).copied()
    }

    /// The numbers and names of all entries whose names are UTF-8, in any order. Others cannot be named by what says what is in the package.
    pub(super) fn named(&self) -> impl Iterator<Item = (usize, &str)> {
        self.names.iter().filter_map(|(name, index)| Some((*index, std::str::from_utf8(name).ok()?)))
    }

    /// The decompressed bytes of an entry, checked by their checksum.
    pub(super) fn read(&mut self, index: usize) -> Result<Vec<u8>, PackageError> {
        let too_large = |what, limit| Err(PackageError::new(PackageErrorKind::TooLarge { what, limit }));
        let mut file = self.reader.by_index(index).map_err(|error| match error {
            ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED) => PackageError::new(PackageErrorKind::Encrypted),
            ZipError::CompressionMethodNotSupported(method) => {
                PackageError::new(PackageErrorKind::Compression { method })
            }
            other => unreadable(other),
        })?;
        if !matches!(file.compression(), CompressionMethod::Stored | CompressionMethod::Deflated) {
            let at = self.entries[index].central + 10;
            let method = u16_at(self.bytes, at).unwrap_or_default();
            return Err(PackageError::new(PackageErrorKind::Compression { method }));
        }
        // Programs read by the one or the other; what is written for one would be damaged for the rest.
        let Entry { header, central, .. } = self.entries[index];
        if u16_at(self.bytes, header + 8) != u16_at(self.bytes, central + 10) {
            let message = "its two headers say that it is compressed in different ways".to_string();
            return Err(PackageError::new(PackageErrorKind::Damaged { message }));
        }
        let Limits { part, .. } = self.limits;
        if file.size() > part {
            return too_large("bytes of one text", part);
        }
        // What the archive says of the size is not believed.
        let mut text = Vec::new();
        let read = file.by_ref().take(part + 1).read_to_end(&mut text);
        read.map_err(|error| {
            PackageError::new(PackageErrorKind::Damaged { message: error.to_string().to_lowercase() })
        })?;
        if text.len() as u64 > part {
            return too_large("bytes of one text", part);
        }
        self.read += text.len() as u64;
        if self.read > self.limits.total {
            return too_large("bytes of all texts together", self.limits.total);
        }
        let most = (self.bytes.len() as u64).saturating_mul(self.limits.ratio).max(self.limits.always);
        if self.read > most {
            return too_large("bytes of text for a byte of the archive", self.limits.ratio);
        }
        Ok(text)
    }

    /// The archive with other contents for some entries, given in any order.
    pub(super) fn replace(&self, new: &[(usize, &[u8])]) -> Result<Vec<u8>, PackageError> {
        let mut new: Vec<(Entry, &[u8])> = new.iter().map(|(index, text)| (self.entries[*index], *text)).collect();
        new.sort_by_key(|(entry, _)| entry.header);
        let directory = self.reader.central_directory_start() as usize;
        let mut writer =
            Splicer { bytes: self.bytes, written: Vec::with_capacity(self.bytes.len()), at: 0, moves: Vec::new() };
        let mut written: HashMap<usize, Sizes> = HashMap::new();
        for (entry, text) in new {
            let next = self.headers.partition_point(|&other| other <= entry.header);
            let limit = self.headers.get(next).copied().unwrap_or(directory);
            let sizes = writer.entry(entry, text, limit)?;
            written.insert(entry.central, sizes);
        }
        let mut end = directory;
        for entry in &self.entries {
            writer.keep(entry.central);
            end = end.max(writer.central(*entry, written.get(&entry.central))?);
        }
        writer.end(end)?;
        Ok(writer.written)
    }
}

/// What the headers say of an entry.
#[derive(Clone, Copy, Debug)]
struct Sizes {
    checksum: u32,
    compressed: u32,
    plain: u32,
}

/// Puts the new archive together, going forward through the old one.
struct Splicer<'a> {
    bytes: &'a [u8],
    written: Vec<u8>,
    /// Up to here the old archive is done.
    at: usize,
    /// From a place of the old archive on, everything has moved by so many bytes.
    moves: Vec<(usize, i64)>,
}

impl Splicer<'_> {
    fn keep(&mut self, to: usize) {
        if self.at < to {
            self.written.extend_from_slice(&self.bytes[self.at..to]);
            self.at = to;
        }
    }

    fn moved(&self) -> i64 {
        self.written.len() as i64 - self.at as i64
    }

    /// How far a place of the old archive has moved.
    fn moved_at(&self, place: usize) -> i64 {
        let before = self.moves.partition_point(|(from, _)| *from <= place);
        before.checked_sub(1).map_or(0, |index| self.moves[index].1)
    }

    /// A changed entry; the next one begins at `limit`.
    fn entry(&mut self, entry: Entry, text: &[u8], limit: usize) -> Result<Sizes, PackageError> {
        let bytes = self.bytes;
        let flags = need(u16_at(bytes, entry.header + 6))?;
        let is_stored = need(u16_at(bytes, entry.header + 8))? == 0;
        let old: [u64; 3] = [14, 18, 22].map(|at| u32_at(bytes, entry.header + at).map_or(0, u64::from));
        let name = usize::from(need(u16_at(bytes, entry.header + 26))?);
        let extra = usize::from(need(u16_at(bytes, entry.header + 28))?);
        let fields = entry.header + LOCAL + name;
        let data = fields + extra;
        let end = data + entry.compressed;
        let behind = if flags & BEHIND == 0 { 0 } else { self.descriptor(end, limit)? };
        let compressed = if is_stored { text.to_vec() } else { deflate(text) };
        let mut checksum = Crc::new();
        checksum.update(text);
        let sizes = Sizes {
            checksum: checksum.sum(),
            compressed: u32::try_from(compressed.len()).map_err(|_| outgrown())?,
            plain: u32::try_from(text.len()).map_err(|_| outgrown())?,
        };
        self.keep(entry.header);
        let header = self.written.len();
        self.keep(data);
        self.put_u16(header + 6, flags & !BEHIND);
        self.put_u32(header + 14, sizes.checksum);
        // A local header has both sizes in the extra field, or neither.
        let wide = wide_fields(bytes, fields..data, [old[2] == ELSEWHERE, old[1] == ELSEWHERE, false]);
        match wide {
            [Some(plain), Some(compressed), _] => {
                self.put_u64(header + (plain - entry.header), u64::from(sizes.plain));
                self.put_u64(header + (compressed - entry.header), u64::from(sizes.compressed));
            }
            _ => {
                self.put_u32(header + 18, sizes.compressed);
                self.put_u32(header + 22, sizes.plain);
            }
        }
        self.written.extend_from_slice(&compressed);
        self.at = end + behind;
        self.moves.push((self.at, self.moved()));
        Ok(sizes)
    }

    /// How long what stands behind the data is: with or without a signature, with sizes of four bytes or of eight.
    fn descriptor(&self, end: usize, limit: usize) -> Result<usize, PackageError> {
        let signed = self.bytes.get(end..end + 4) == Some(b"PK\x07\x08");
        let lengths: &[usize] = if signed { &[16, 24] } else { &[12, 20] };
        let room = limit.saturating_sub(end);
        // The longer one only where it fills the room exactly: the shorter one is usual.
        match lengths {
            [_, long] if room == *long => Ok(*long),
            [short, _] if room >= *short => Ok(*short),
            _ => Err(PackageError::new(PackageErrorKind::Overlapping)),
        }
    }

    /// The header of an entry in the directory. Returns where it ends.
    fn central(&mut self, entry: Entry, sizes: Option<&Sizes>) -> Result<usize, PackageError> {
        let bytes = self.bytes;
        let lengths = [28, 30, 32].map(|at| u16_at(bytes, entry.central + at).map_or(0, usize::from));
        let fields = entry.central + CENTRAL + lengths[0];
        let extra = fields..fields + lengths[1];
        let end = extra.end + lengths[2];
        need(bytes.get(entry.central..end))?;
        let old = [24, 20, 42].map(|at| u32_at(bytes, entry.central + at).map_or(0, u64::from));
        let wide = wide_fields(bytes, extra, old.map(|value| value == ELSEWHERE));
        let start = self.written.len();
        self.keep(end);
        let place = |at: usize| start + (at - entry.central);
        if let Some(sizes) = sizes {
            let flags = need(u16_at(bytes, entry.central + 8))?;
            self.put_u16(place(entry.central + 8), flags & !BEHIND);
            self.put_u32(place(entry.central + 16), sizes.checksum);
            for (value, wide, at) in [(sizes.plain, wide[0], 24), (sizes.compressed, wide[1], 20)] {
                match wide {
                    Some(field) => self.put_u64(place(field), u64::from(value)),
                    None => self.put_u32(start + at, value),
                }
            }
        }
        let moved = self.moved_at(entry.header);
        match wide[2] {
            Some(field) => {
                let old = need(u64_at(bytes, field))?;
                self.put_u64(place(field), need(old.checked_add_signed(moved))?);
            }
            None => self.put_u32(start + 42, shifted(old[2], moved)?),
        }
        Ok(end)
    }

    /// The end of the archive, which begins at `from` in the old one. All of it moves as far as the directory.
    fn end(&mut self, from: usize) -> Result<(), PackageError> {
        let bytes = self.bytes;
        self.keep(from);
        let moved = self.moved();
        let mut at = from;
        loop {
            let place = (at as i64 + moved) as usize;
            match bytes.get(at..at + 4) {
                // The end of zip64, and where that is.
                Some(b"PK\x06\x06") => {
                    let length = need(u64_at(bytes, at + 4))?;
                    let end =
                        need(usize::try_from(length).ok().and_then(|length| at.checked_add(12)?.checked_add(length)))?;
                    let old = need(u64_at(bytes, at + 48))?;
                    need(bytes.get(at..end).filter(|record| record.len() >= WIDE_END))?;
                    self.keep(end);
                    self.put_u64(place + 48, need(old.checked_add_signed(moved))?);
                    at = end;
                }
                Some(b"PK\x06\x07") => {
                    let old = need(u64_at(bytes, at + 8))?;
                    need(bytes.get(at..at + 20))?;
                    self.keep(at + 20);
                    self.put_u64(place + 8, need(old.checked_add_signed(moved))?);
                    at += 20;
                }
                Some(b"PK\x05\x06") => {
                    let old = u64::from(need(u32_at(bytes, at + 16))?);
                    need(bytes.get(at..at + 22))?;
                    self.keep(bytes.len());
                    if old != ELSEWHERE {
                        let new = shifted(old, moved)?;
                        self.put_u32(place + 16, new);
                    }
                    return Ok(());
                }
                _ => return Err(PackageError::archive("unknown bytes behind the directory of entries")),
            }
        }
    }

    fn put_u16(&mut self, at: usize, value: u16) {
        self.written[at..at + 2].copy_from_slice(&value.to_le_bytes());
    }

    fn put_u32(&mut self, at: usize, value: u32) {
        self.written[at..at + 4].copy_from_slice(&value.to_le_bytes());
    }

    fn put_u64(&mut self, at: usize, value: u64) {
        self.written[at..at + 8].copy_from_slice(&value.to_le_bytes());
    }
}

fn deflate(text: &[u8]) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::with_capacity(text.len() / 2), Compression::default());
    encoder.write_all(text).and_then(|()| encoder.finish()).expect("writing into memory cannot fail")
}

/// Where the values of eight bytes stand in the extra field of zip64, which has those that are `elsewhere`, in order: both sizes and the place.
fn wide_fields(bytes: &[u8], extra: Range<usize>, elsewhere: [bool; 3]) -> [Option<usize>; 3] {
    let mut found = [None; 3];
    let mut at = extra.start;
    while at + 4 <= extra.end {
        let (Some(id), Some(length)) = (u16_at(bytes, at), u16_at(bytes, at + 2)) else { break };
        let end = at + 4 + usize::from(length);
        if id == 1 && end <= extra.end {
            let mut field = at + 4;
            for (place, _) in elsewhere.iter().enumerate().filter(|(_, elsewhere)| **elsewhere) {
                if field + 8 <= end {
                    found[place] = Some(field);
                }
                field += 8;
            }
            break;
        }
        at = end;
    }
    found
}

fn shifted(old: u64, moved: i64) -> Result<u32, PackageError> {
    let new = old.checked_add_signed(moved).and_then(|new| u32::try_from(new).ok());
    new.filter(|&new| u64::from(new) != ELSEWHERE).ok_or_else(outgrown)
}

fn outgrown() -> PackageError {
    PackageError::new(PackageErrorKind::Outgrown)
}

/// What must be there, since the archive was read.
fn need<T>(value: Option<T>) -> Result<T, PackageError> {
    value.ok_or_else(|| PackageError::archive("a header is cut off"))
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(bytes.get(at..at.checked_add(2)?)?.try_into().ok()?))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at.checked_add(4)?)?.try_into().ok()?))
}

fn u64_at(bytes: &[u8], at: usize) -> Option<u64> {
    Some(u64::from_le_bytes(bytes.get(at..at.checked_add(8)?)?.try_into().ok()?))
}

fn unreadable(error: ZipError) -> PackageError {
    let message = match error {
        // The library's name for the end of an archive says nothing to most.
        ZipError::InvalidArchive(message) if message == "Could not find EOCD" => "its end was not found".to_string(),
        ZipError::InvalidArchive(message) => message.into_owned(),
        ZipError::UnsupportedArchive(message) => message.to_string(),
        other => other.to_string(),
    };
    let mut characters = message.chars();
    let first = characters.next().into_iter().flat_map(char::to_lowercase);
    PackageError::archive(first.chain(characters).collect::<String>())
}
