//! From which encoding to which a document goes.

use super::decode::Return;
use super::encode::Missing;
use tongwen_formats::Format;

use super::declared::declared;
use super::detect::detect;
use super::{Decoder, Encoder, Encoding, EncodingChoice, OutputEncodingChoice};
use crate::arguments::{DocumentArguments, InvalidChoice};

/// So many characters of Chinese make it certain that a text is UTF-8.
const ENOUGH_HAN: usize = 4;

/// The encoding of a document and that of its result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Coding {
    pub(crate) input: Encoding,
    pub(crate) output: Encoding,
    /// Whether somebody has said what the encoding of the result is to be.
    pub(super) names_output: bool,
    /// Whether the result is to have a byte order mark.
    mark: bool,
    missing: Missing,
}

impl Default for Coding {
    fn default() -> Coding {
        Coding {
            input: Encoding::Utf8,
            output: Encoding::Utf8,
            names_output: false,
            mark: false,
            missing: Missing::Error,
        }
    }
}

impl Coding {
    /// What was asked for a document of a format that begins so. What is unclear is taken for UTF-8, and fails as that.
    pub(crate) fn of(arguments: &DocumentArguments, format: Format, beginning: &[u8]) -> Coding {
        let input = match arguments.encoding.unwrap_or_default() {
            EncodingChoice::Auto => detect(beginning, declared(format, beginning)).unwrap_or(Encoding::Utf8),
            EncodingChoice::Utf16 if beginning.starts_with(&[0xFE, 0xFF]) => Encoding::Utf16Be,
            EncodingChoice::Utf16 => Encoding::Utf16Le,
            EncodingChoice::Known(encoding) => encoding,
        };
        let choice = arguments.output_encoding.unwrap_or_default();
        let (output, mark) = match choice {
            OutputEncodingChoice::Same => (input, false),
            OutputEncodingChoice::Utf16 => (Encoding::Utf16Le, true),
            OutputEncodingChoice::Known(encoding) => (encoding, false),
        };
        let missing = if arguments.lossy { Missing::Question } else { Missing::Error };
        Coding { input, output, names_output: choice != OutputEncodingChoice::Same, mark, missing }
    }

    /// What there is to say against the encoding that was named for a document that begins so: almost no text of another encoding is UTF-8 by chance, and what
    /// is read as another would be changed where both have something, without an error.
    pub(crate) fn doubt(&self, beginning: &[u8]) -> Option<String> {
        if self.input == Encoding::Utf8 {
            return None;
        }
        let text = match simdutf8::compat::from_utf8(beginning) {
            Ok(text) => text,
            Err(error) if error.error_len().is_none() => std::str::from_utf8(&beginning[..error.valid_up_to()]).ok()?,
            Err(_) => return None,
        };
        let han = text.chars().filter(|character| ('\u{4E00}'..='\u{9FFF}').contains(character));
        let is_utf8 = han.take(ENOUGH_HAN).count() == ENOUGH_HAN && !text.contains('\0');
        is_utf8.then(|| format!("looks like UTF-8, and is read as {}, as was asked", self.input.name()))
    }

    /// The encoding of the result as documents name it.
    pub(super) fn output_name(&self) -> &'static str {
        if self.mark { "utf-16" } else { self.output.name() }
    }

    /// Whether bytes of the document can be bytes of the result.
    pub(crate) fn keeps_bytes(&self) -> bool {
        self.input == self.output
    }

    /// What decodes the document; UTF-8 needs no decoder.
    pub(crate) fn decoder(&self, invalid: InvalidChoice) -> Option<Decoder> {
        let way_back = if self.keeps_bytes() { Return::Same } else { Return::Other };
        (self.input != Encoding::Utf8).then(|| Decoder::new(self.input, invalid, way_back))
    }

    /// What encodes the result; UTF-8 needs no encoder.
    pub(crate) fn encoder(&self) -> Option<Encoder> {
        let encoder = || Encoder::new(self.output, self.missing);
        match self.mark {
            true => Some(encoder().with_mark()),
            false => (self.output != Encoding::Utf8).then(encoder),
        }
    }
}
