//! Reads and writes compressed dumps: bzip2, gzip, and, to read, Zstandard.
//!
//! Wikis publish their dumps compressed. What a file is compressed with is told by its first bytes, because standard input has
//! no name; what is written is compressed as the caller says, usually by the name ([`Compression::of_name`]).
//!
//! Files of several streams one after the other are read to their end: the `multistream` dumps, whose index gives the place of
//! each stream, concatenated gzip members, Zstandard frames. What is written has one stream, so an index of the original does
//! not fit it.
//!
//! Zstandard is not written: the one encoder in Rust makes files twice as large as the reference encoder at its usual level;
//! who wants one pipes plain XML into `zstd`.
//!
//! # Limits
//!
//! Damage is found where the format has a checksum: at the end of a block (bzip2, 900 kB of XML), of a frame (Zstandard), of the
//! whole file (gzip). Until then damaged data can come out as wrong text. A Zstandard frame with a window of more than 128 MiB
//! (`zstd --ultra --long=28` and above) is refused.

use std::fmt;
use std::io::{self, BufReader, Chain, Cursor, Read, Write};
use std::path::Path;

use bzip2::bufread::MultiBzDecoder;
use bzip2::write::BzEncoder;
use flate2::bufread::MultiGzDecoder;
use flate2::write::GzEncoder;

use super::frames::Frames;

/// Compressed bytes that are read at once.
const PIECE: usize = 64 * 1024;

/// How a file is compressed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Compression {
    /// Not at all.
    #[default]
    None,
    /// `.gz`
    Gzip,
    /// `.bz2`
    Bzip2,
    /// `.zst`; read only.
    Zstandard,
}

impl Compression {
    /// What the end of a file's name says; a name that says nothing means no compression.
    pub fn of_name(path: &Path) -> Compression {
        let ending = path.extension().and_then(|ending| ending.to_str()).map(str::to_ascii_lowercase);
        match ending.as_deref() {
            Some("gz") => Compression::Gzip,
            Some("bz2") => Compression::Bzip2,
            Some("zst") => Compression::Zstandard,
            _ => Compression::None,
        }
    }

    /// What the first bytes of a file say. Six are enough.
    pub fn of_bytes(bytes: &[u8]) -> Compression {
        match bytes {
            [0x1f, 0x8b, ..] => Compression::Gzip,
            [b'B', b'Z', b'h', b'1'..=b'9', ..] => Compression::Bzip2,
            // A frame, or one to be skipped, as parallel encoders put first.
            [0x28, 0xb5, 0x2f, 0xfd, ..] | [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => Compression::Zstandard,
            _ => Compression::None,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Compression::None => "plain",
            Compression::Gzip => "gzip",
            Compression::Bzip2 => "bzip2",
            Compression::Zstandard => "Zstandard",
        }
    }
}

impl fmt::Display for Compression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The first bytes, which were looked at, and the rest.
type Whole<R> = BufReader<Chain<Cursor<Vec<u8>>, R>>;

/// Reads a file as it was before it was compressed. Errors say what is wrong with the compressed data.
pub struct Decompressor<R> {
    compression: Compression,
    reader: Decoder<R>,
}

enum Decoder<R> {
    None(Whole<R>),
    Gzip(Box<MultiGzDecoder<Whole<R>>>),
    Bzip2(Box<MultiBzDecoder<Whole<R>>>),
    Zstandard(Box<Frames<Whole<R>>>),
}

impl<R> fmt::Debug for Decompressor<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Decompressor").field("compression", &self.compression).finish_non_exhaustive()
    }
}

impl<R: Read> Decompressor<R> {
    /// Looks at the first bytes of the reader.
    ///
    /// # Errors
    ///
    /// Those of the reader; and of files that are compressed in a way that is not read here (7-Zip, xz, zip).
    pub fn new(mut reader: R) -> io::Result<Decompressor<R>> {
        let mut first = Vec::with_capacity(6);
        reader.by_ref().take(6).read_to_end(&mut first)?;
        let other = match first.as_slice() {
            [b'7', b'z', 0xbc, 0xaf, 0x27, 0x1c] => Some(("7-Zip", "7z x -so FILE")),
            [0xfd, b'7', b'z', b'X', b'Z', 0] => Some(("xz", "xz -dc FILE")),
            [b'P', b'K', 3, 4, ..] => Some(("zip", "unzip -p FILE")),
            _ => None,
        };
        if let Some((name, command)) = other {
            let message = format!(
                "compressed with {name}, expected XML, bzip2, gzip or Zstandard; pipe the output of `{command}` in"
            );
            return Err(io::Error::new(io::ErrorKind::Unsupported, message));
        }
        let compression = Compression::of_bytes(&first);
        let whole = BufReader::with_capacity(PIECE, Cursor::new(first).chain(reader));
        let reader = match compression {
            Compression::None => Decoder::None(whole),
            Compression::Gzip => Decoder::Gzip(Box::new(MultiGzDecoder::new(whole))),
            Compression::Bzip2 => Decoder::Bzip2(Box::new(MultiBzDecoder::new(whole))),
            Compression::Zstandard => Decoder::Zstandard(Box::new(Frames::new(whole))),
        };
        Ok(Decompressor { compression, reader })
    }

    /// How the file is compressed.
    pub fn compression(&self) -> Compression {
        self.compression
    }
}

impl<R: Read> Read for Decompressor<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = match &mut self.reader {
            Decoder::None(reader) => return reader.read(buffer),
            Decoder::Gzip(reader) => reader.read(buffer),
            Decoder::Bzip2(reader) => reader.read(buffer),
            Decoder::Zstandard(reader) => reader.read(buffer),
        };
        read.map_err(|error| explain(self.compression, error))
    }
}

/// Says of an error whether the data ends too early or is wrong; an error of the reader itself stays.
fn explain(compression: Compression, error: io::Error) -> io::Error {
    use io::ErrorKind::{InvalidData, InvalidInput, Other, UnexpectedEof};
    let name = compression.name();
    match error.kind() {
        UnexpectedEof => {
            let message = format!("the {name} data ends too early; the file is not complete, get it again");
            io::Error::new(UnexpectedEof, message)
        }
        InvalidData | InvalidInput | Other => {
            io::Error::new(InvalidData, format!("the {name} data is damaged ({error}); get the file again"))
        }
        _ => error,
    }
}

/// Writes a compressed file.
pub struct Compressor<W: Write> {
    writer: Encoder<W>,
}

enum Encoder<W: Write> {
    None(W),
    Gzip(GzEncoder<W>),
    Bzip2(BzEncoder<W>),
}

impl<W: Write> fmt::Debug for Compressor<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let compression = match self.writer {
            Encoder::None(_) => Compression::None,
            Encoder::Gzip(_) => Compression::Gzip,
            Encoder::Bzip2(_) => Compression::Bzip2,
        };
        f.debug_struct("Compressor").field("compression", &compression).finish_non_exhaustive()
    }
}

impl<W: Write> Compressor<W> {
    /// Begins a file.
    ///
    /// # Errors
    ///
    /// For [`Compression::Zstandard`], which is not written.
    pub fn new(writer: W, compression: Compression) -> io::Result<Compressor<W>> {
        let writer = match compression {
            Compression::None => Encoder::None(writer),
            Compression::Gzip => Encoder::Gzip(GzEncoder::new(writer, flate2::Compression::default())),
            Compression::Bzip2 => Encoder::Bzip2(BzEncoder::new(writer, bzip2::Compression::best())),
            Compression::Zstandard => {
                let message =
                    "Zstandard is read but not written; write plain XML and pipe it into `zstd`, or write .bz2 or .gz";
                return Err(io::Error::new(io::ErrorKind::Unsupported, message));
            }
        };
        Ok(Compressor { writer })
    }

    /// Ends the file, so that it can be decompressed; one whose XML is not complete too.
    pub fn finish(self) -> io::Result<W> {
        match self.writer {
            Encoder::None(writer) => Ok(writer),
            Encoder::Gzip(encoder) => encoder.finish(),
            Encoder::Bzip2(encoder) => encoder.finish(),
        }
    }
}

impl<W: Write> Write for Compressor<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.writer {
            Encoder::None(writer) => writer.write(bytes),
            Encoder::Gzip(encoder) => encoder.write(bytes),
            Encoder::Bzip2(encoder) => encoder.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match &mut self.writer {
            Encoder::None(writer) => writer.flush(),
            Encoder::Gzip(encoder) => encoder.flush(),
            Encoder::Bzip2(encoder) => encoder.flush(),
        }
    }
}
