//! Where text comes from: a file or standard input.

use std::fmt;
use std::fs::{File, Metadata};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use crate::identity::Identity;
use crate::messages::{Failure, shown, system};

/// Bytes that are asked for first where nobody knows how many there are.
const FIRST_READ: usize = 64 * 1024;

/// Files of fewer bytes are read with as few calls as can be.
const SMALL: u64 = 1024 * 1024;

/// A source of text as it was named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Input {
    Standard,
    File(PathBuf),
}

impl Input {
    /// `-` is standard input; so is having named nothing.
    pub(crate) fn all(paths: &[PathBuf]) -> Vec<Input> {
        let named = |path: &PathBuf| if path.as_os_str() == "-" { Input::Standard } else { Input::File(path.clone()) };
        if paths.is_empty() { vec![Input::Standard] } else { paths.iter().map(named).collect() }
    }

    pub(crate) fn path(&self) -> Option<&Path> {
        match self {
            Input::Standard => None,
            Input::File(path) => Some(path),
        }
    }

    /// The file behind the input, to be compared with what is written to.
    pub(crate) fn identity(&self) -> Option<Identity> {
        match self {
            Input::Standard => Identity::of_stream(&io::stdin()),
            Input::File(path) => Identity::of(path),
        }
    }

    pub(crate) fn open(&self) -> Result<Opened, Failure> {
        match self {
            Input::Standard => Ok(Opened { input: self.clone(), reader: Reader::Standard(io::stdin()), length: None }),
            Input::File(path) => {
                let file = File::open(path);
                let metadata = file.as_ref().ok().and_then(|file| file.metadata().ok());
                // Not every system opens a folder.
                if metadata.as_ref().map_or_else(|| path.is_dir(), Metadata::is_dir) {
                    return Err(self.failure("is a folder, expected a file; name the files in it"));
                }
                let file = file.map_err(|error| self.failure(system(&error)))?;
                let length = metadata.filter(Metadata::is_file).map(|metadata| metadata.len());
                Ok(Opened { input: self.clone(), reader: Reader::File(file), length })
            }
        }
    }

    /// Reads the input whole, as text.
    pub(crate) fn read_text(&self) -> Result<String, Failure> {
        String::from_utf8(self.open()?.read_all()?).map_err(|error| {
            let offset = error.utf8_error().valid_up_to();
            self.failure(format_args!("invalid UTF-8 at byte {offset}; convert the file to UTF-8 first"))
        })
    }

    /// A failure that is about this input.
    pub(crate) fn failure(&self, text: impl fmt::Display) -> Failure {
        Failure::at(self, text)
    }
}

/// The name in messages.
impl fmt::Display for Input {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Input::Standard => f.write_str("<stdin>"),
            Input::File(path) => write!(f, "{}", shown(path)),
        }
    }
}

/// An input that is being read.
pub(crate) struct Opened {
    input: Input,
    reader: Reader,
    /// Of a file.
    length: Option<u64>,
}

enum Reader {
    Standard(io::Stdin),
    File(File),
}

impl Opened {
    /// Reads some bytes into the buffer; 0 at the end.
    pub(crate) fn read(&mut self, buffer: &mut [u8]) -> Result<usize, Failure> {
        loop {
            let read = match &mut self.reader {
                Reader::Standard(reader) => reader.read(buffer),
                Reader::File(reader) => reader.read(buffer),
            };
            match read {
                Ok(count) => return Ok(count),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(self.input.failure(system(&error))),
            }
        }
    }

    /// Bytes of a file; nobody knows how many come from elsewhere.
    pub(crate) fn length(&self) -> Option<u64> {
        self.length
    }

    /// Reads as many bytes, or fewer if there are no more, into the memory of what is not needed any more.
    pub(crate) fn read_up_to(&mut self, most: usize, mut bytes: Vec<u8>) -> Result<Vec<u8>, Failure> {
        // One more than there are tells at once that there are no more.
        let expected =
            self.length.map_or(FIRST_READ, |length| usize::try_from(length).unwrap_or(most).saturating_add(1));
        bytes.resize(expected.min(most), 0);
        let mut filled = 0;
        loop {
            if filled == bytes.len() {
                if filled >= most {
                    break;
                }
                bytes.resize((2 * filled).min(most), 0);
            }
            let room = bytes.len() - filled;
            let count = self.read(&mut bytes[filled..])?;
            filled += count;
            // A file that has given all that it said it had, and less than it was asked for, would give nothing more.
            let is_all = count < room && self.length == Some(filled as u64);
            if count == 0 || is_all {
                break;
            }
        }
        bytes.truncate(filled);
        Ok(bytes)
    }

    /// Reads all of it.
    pub(crate) fn read_all(&mut self) -> Result<Vec<u8>, Failure> {
        if self.length.is_some_and(|length| length < SMALL) {
            return self.read_up_to(usize::MAX, Vec::new());
        }
        let mut bytes = Vec::new();
        let read = match &mut self.reader {
            Reader::Standard(reader) => reader.read_to_end(&mut bytes),
            Reader::File(reader) => reader.read_to_end(&mut bytes),
        };
        read.map(|_| bytes).map_err(|error| self.input.failure(system(&error)))
    }
}
