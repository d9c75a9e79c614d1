//! Where converted text goes.
//!
//! The engine works on bytes, and only its kernel has `unsafe`, to load and store vectors: what it has made of bytes is checked to be UTF-8 once more before it
//! becomes part of a `String`. That happens chunk by chunk while the chunk is still in the nearest cache. With AVX-512, and elsewhere with the feature `simd-utf8`
//! (on by default), that costs little; the standard library's check takes about as long as converting. Writers that want bytes need no
//! check.

use std::ops::Range;

use crate::kernel;

/// Takes the result of a conversion, piece by piece.
pub(crate) trait Sink {
    /// Bytes that the engine has made, ready to be taken in parts.
    type Whole<'w>: Copy;

    /// Takes bytes that the engine has made: whole characters of UTF-8.
    fn whole(bytes: &[u8]) -> Self::Whole<'_>;
    /// Appends a part, which begins and ends at a character.
    fn push_part(&mut self, whole: Self::Whole<'_>, part: Range<usize>);
    /// Appends text.
    fn push(&mut self, text: &str);
    /// Appends bytes that the engine has made: whole characters of UTF-8.
    fn push_made(&mut self, bytes: &[u8]);
    /// Makes room for more bytes.
    fn reserve(&mut self, bytes: usize);
}

impl Sink for String {
    type Whole<'w> = &'w str;

    fn whole(bytes: &[u8]) -> &str {
        made(bytes)
    }

    #[inline]
    fn push_part(&mut self, whole: &str, part: Range<usize>) {
        self.push_str(&whole[part]);
    }

    #[inline]
    fn push(&mut self, text: &str) {
        self.push_str(text);
    }

    #[inline]
    fn push_made(&mut self, bytes: &[u8]) {
        self.push_str(made(bytes));
    }

    fn reserve(&mut self, bytes: usize) {
        self.reserve(bytes);
    }
}

impl Sink for Vec<u8> {
    type Whole<'w> = &'w [u8];

    fn whole(bytes: &[u8]) -> &[u8] {
        bytes
    }

    #[inline]
    fn push_part(&mut self, whole: &[u8], part: Range<usize>) {
        self.extend_from_slice(&whole[part]);
    }

    #[inline]
    fn push(&mut self, text: &str) {
        self.extend_from_slice(text.as_bytes());
    }

    #[inline]
    fn push_made(&mut self, bytes: &[u8]) {
        self.extend_from_slice(bytes);
    }

    fn reserve(&mut self, bytes: usize) {
        self.reserve(bytes);
    }
}

const WHOLE: &str = "the engine puts whole characters in the place of whole characters";

/// Bytes that the engine has made, as text.
#[inline]
pub(crate) fn made(bytes: &[u8]) -> &str {
    if let Some(text) = kernel::text(bytes) {
        return text.expect(WHOLE);
    }
    #[cfg(feature = "simd-utf8")]
    return simdutf8::basic::from_utf8(bytes).expect(WHOLE);
    #[cfg(not(feature = "simd-utf8"))]
    return made_slowly(bytes);
}

/// [`made`] by the standard library.
pub(crate) fn made_slowly(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).expect(WHOLE)
}
