//! Keeps the bytes that an XML reader consumes, because they go out again as they came in.
//!
//! The reader gives events and forgets how they were written. The recorder stands between it and the source: what the reader
//! consumes is appended to the recording, so that after each event the end of the recording is the end of the event.
//!
//! The source is read in full pieces, whatever it gives at a time, so that nothing depends on how it is cut. An error of the
//! source comes after everything that was read before it.

use std::io::{self, BufRead, Read};

/// Bytes that are read at once.
const PIECE: usize = 64 * 1024;

pub(super) struct Recorder<R> {
    source: R,
    piece: Box<[u8]>,
    /// What of the piece was read but not consumed.
    at: usize,
    end: usize,
    failure: Option<io::Error>,
    /// What was consumed since the recording was taken the last time.
    pub(super) recording: Vec<u8>,
    /// Bytes that were consumed since the beginning.
    pub(super) offset: u64,
    /// From this offset on nothing more is read.
    pub(super) limit: u64,
    /// Whether something more was asked for.
    pub(super) limit_reached: bool,
}

impl<R: Read> Recorder<R> {
    pub(super) fn new(source: R) -> Recorder<R> {
        Recorder {
            source,
            piece: vec![0; PIECE].into_boxed_slice(),
            at: 0,
            end: 0,
            failure: None,
            recording: Vec::new(),
            offset: 0,
            limit: u64::MAX,
            limit_reached: false,
        }
    }

    /// Consumes the mark of byte order that UTF-8 may begin with.
    pub(super) fn pass_byte_order_mark(&mut self) -> io::Result<()> {
        if self.fill_buf()?.starts_with("\u{feff}".as_bytes()) {
            self.consume('\u{feff}'.len_utf8());
        }
        Ok(())
    }

    /// Whether what comes begins with the mark of UTF-16. The XML reader would take it away when another crate asks it to know
    /// encodings.
    pub(super) fn is_utf_16(&mut self) -> io::Result<bool> {
        let coming = self.fill_buf()?;
        Ok(coming.starts_with(b"\xff\xfe") || coming.starts_with(b"\xfe\xff"))
    }

    fn fill(&mut self) -> io::Result<()> {
        (self.at, self.end) = (0, 0);
        while self.end < self.piece.len() && self.failure.is_none() {
            match self.source.read(&mut self.piece[self.end..]) {
                Ok(0) => break,
                Ok(count) => self.end += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => self.failure = Some(error),
            }
        }
        match self.failure.take() {
            Some(error) if self.end == 0 => Err(error),
            failure => {
                self.failure = failure;
                Ok(())
            }
        }
    }
}

impl<R: Read> Read for Recorder<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.fill_buf()?.read(buffer)?;
        self.consume(count);
        Ok(count)
    }
}

impl<R: Read> BufRead for Recorder<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.at == self.end {
            if self.offset >= self.limit {
                self.limit_reached = true;
                return Err(io::Error::other("too large"));
            }
            self.fill()?;
        }
        Ok(&self.piece[self.at..self.end])
    }

    fn consume(&mut self, count: usize) {
        let end = (self.at + count).min(self.end);
        self.recording.extend_from_slice(&self.piece[self.at..end]);
        self.offset += (end - self.at) as u64;
        self.at = end;
    }
}
