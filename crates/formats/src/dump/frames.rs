//! Reads Zstandard data of any number of frames.
//!
//! The library decodes one frame and leaves to its caller what lies around it: frames that follow, frames to be skipped (parallel
//! encoders put tables there), and the comparison of the checksum.
//!
//! A decoder holds back as much as its window, because later blocks may refer to it. When the data ends too early, nothing
//! will, and what is held back is right: it is handed out before the error.

use std::error::Error;
use std::io::{self, BufRead, Read};

use ruzstd::decoding::errors::{FrameDecoderError, ReadFrameHeaderError};
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};

/// A block that is the last of its frame and empty, and room for a checksum.
const END: [u8; 7] = [1, 0, 0, 0, 0, 0, 0];

/// The decompressed data of all frames.
pub(super) struct Frames<R> {
    source: R,
    decoder: FrameDecoder,
    /// Whether a frame has begun and is not done.
    inside: bool,
    /// What ended the data, to be said once everything before it was read.
    failure: Option<io::Error>,
}

impl<R: BufRead> Frames<R> {
    pub(super) fn new(source: R) -> Frames<R> {
        Frames { source, decoder: FrameDecoder::new(), inside: false, failure: None }
    }

    /// Begins the next frame with text in it; false at the end of the data.
    fn begin(&mut self) -> io::Result<bool> {
        loop {
            if self.source.fill_buf()?.is_empty() {
                return Ok(false);
            }
            match self.decoder.reset(&mut self.source) {
                Ok(()) => {
                    self.inside = true;
                    return Ok(true);
                }
                Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame { length, .. })) => {
                    let length = u64::from(length);
                    if io::copy(&mut self.source.by_ref().take(length), &mut io::sink())? < length {
                        return Err(io::ErrorKind::UnexpectedEof.into());
                    }
                }
                Err(error) => return Err(failure(error)),
            }
        }
    }

    /// Decodes until there is something to hand out or the frame is done.
    fn decode(&mut self) {
        while self.decoder.can_collect() == 0 && !self.decoder.is_finished() {
            if let Err(error) = self.decoder.decode_blocks(&mut self.source, BlockDecodingStrategy::UptoBlocks(1)) {
                let error = failure(error);
                if error.kind() == io::ErrorKind::UnexpectedEof {
                    // Ends the frame, which lets go of the window; if that fails, there is only less to hand out.
                    let _ = self.decoder.decode_blocks(END.as_slice(), BlockDecodingStrategy::All);
                }
                self.failure = Some(error);
                return;
            }
        }
    }

    /// Compares the checksum of a frame that is done.
    fn end(&mut self) -> io::Result<()> {
        self.inside = false;
        match self.decoder.get_checksum_from_data() {
            Some(expected) if self.decoder.get_calculated_checksum() != Some(expected) => {
                Err(io::Error::new(io::ErrorKind::InvalidData, "the checksum does not match"))
            }
            _ => Ok(()),
        }
    }
}

impl<R: BufRead> Read for Frames<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        loop {
            if self.failure.is_none() {
                if !self.inside && !self.begin()? {
                    return Ok(0);
                }
                self.decode();
            }
            let count = self.decoder.read(buffer)?;
            if count > 0 {
                return Ok(count);
            }
            match self.failure.take() {
                Some(error) => {
                    // Reading on gives the same error.
                    self.failure = Some(io::Error::new(error.kind(), error.to_string()));
                    return Err(error);
                }
                None => self.end()?,
            }
        }
    }
}

/// The error of the source, if it is one, or damage.
fn failure(error: FrameDecoderError) -> io::Error {
    let mut cause: Option<&(dyn Error + 'static)> = Some(&error);
    while let Some(current) = cause {
        if let Some(error) = current.downcast_ref::<io::Error>() {
            return io::Error::new(error.kind(), error.to_string());
        }
        cause = current.source();
    }
    io::Error::new(io::ErrorKind::InvalidData, error.to_string())
}
