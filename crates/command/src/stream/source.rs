//! Cuts an input into blocks of whole lines.
//!
//! A block is what a number of bytes hold of whole lines; where there is no line end in so many, it is all of them. So blocks depend on the
//! input alone, and not on how much of it is there at a time.

use crate::encoding::Encoding;
use crate::input::Opened;
use crate::messages::Failure;
use crate::turns::Counter;

/// What a block knows of the text before it.
const BEFORE: usize = 2048;

/// A piece of the input.
#[derive(Default)]
pub(super) struct Block {
    pub(super) number: usize,
    /// Bytes of the input before it.
    pub(super) offset: u64,
    /// Its bytes, and behind them what is left of others.
    buffer: Vec<u8>,
    length: usize,
    /// Some lines before it.
    pub(super) before: Vec<u8>,
    pub(super) is_last: bool,
}

impl Block {
    pub(super) fn bytes(&self) -> &[u8] {
        &self.buffer[..self.length]
    }
}

/// An input that is read block by block.
pub(super) struct Source<'a> {
    opened: Opened,
    counter: Counter<'a>,
    encoding: Encoding,
    /// Bytes of a block, an even number.
    size: usize,
    /// What has been read and is in no block yet.
    rest: Vec<u8>,
    before: Vec<u8>,
    /// The number of the next block, and where it begins.
    pub(super) next: usize,
    offset: u64,
    ended: bool,
}

impl<'a> Source<'a> {
    /// `beginning` has been read already.
    pub(super) fn new(
        opened: Opened,
        beginning: Vec<u8>,
        encoding: Encoding,
        size: usize,
        counter: Counter<'a>,
    ) -> Source<'a> {
        counter.has_read(beginning.len());
        Source {
            opened,
            counter,
            encoding,
            size,
            rest: beginning,
            before: Vec::new(),
            next: 0,
            offset: 0,
            ended: false,
        }
    }

    /// The next block, in the memory of one that is done with; none behind the last one.
    pub(super) fn next(&mut self, spare: Block) -> Result<Option<Block>, Failure> {
        if self.ended {
            return Ok(None);
        }
        let Block { mut buffer, mut before, .. } = spare;
        buffer.resize(self.size, 0);
        let mut filled = self.rest.len().min(self.size);
        buffer[..filled].copy_from_slice(&self.rest[..filled]);
        self.rest.drain(..filled);
        while filled < self.size {
            let read = self.opened.read(&mut buffer[filled..]).inspect_err(|_| self.ended = true);
            // What is wrong has the number of the block that it is wrong with.
            match read? {
                0 => break,
                count => {
                    self.counter.has_read(count);
                    filled += count;
                }
            }
        }
        self.ended = filled < self.size;
        let length = if self.ended { filled } else { self.lines(&buffer).unwrap_or(self.size) };
        self.rest.splice(..0, buffer[length..filled].iter().copied());
        before.clone_from(&self.before);
        self.before.clear();
        let tail = &buffer[length - length.min(BEFORE)..length];
        if let Some(line) = tail.iter().position(|&byte| byte == b'\n') {
            self.before.extend_from_slice(&tail[line + 1..]);
        }
        let block = Block { number: self.next, offset: self.offset, buffer, length, before, is_last: self.ended };
        self.next += 1;
        self.offset += length as u64;
        Ok(Some(block))
    }

    /// Where the last line ends.
    fn lines(&self, bytes: &[u8]) -> Option<usize> {
        let is_end = |unit: &[u8; 2]| match self.encoding {
            Encoding::Utf16Be => *unit == [0, b'\n'],
            _ => *unit == [b'\n', 0],
        };
        match self.encoding {
            Encoding::Utf16Le | Encoding::Utf16Be => Some(2 * bytes.as_chunks().0.iter().rposition(is_end)? + 2),
            // No byte of a longer sequence is a line end.
            _ => Some(memchr::memrchr(b'\n', bytes)? + 1),
        }
    }
}
