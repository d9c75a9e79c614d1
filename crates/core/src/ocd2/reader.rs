//! Takes numbers and arrays from the front of a byte slice, and never more than there is.

/// What is wrong with a file, for the middle of a sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Damage(pub(super) &'static str);

/// The rest of a file. Numbers are little-endian.
pub(super) struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Reader<'a> {
        Reader { rest: bytes }
    }

    /// What has not been taken yet.
    pub(super) fn rest(&self) -> &'a [u8] {
        self.rest
    }

    pub(super) fn bytes(&mut self, length: usize) -> Result<&'a [u8], Damage> {
        let (taken, rest) = self.rest.split_at_checked(length).ok_or(Damage("it ends early"))?;
        self.rest = rest;
        Ok(taken)
    }

    pub(super) fn u16(&mut self) -> Result<u16, Damage> {
        self.array().map(u16::from_le_bytes)
    }

    pub(super) fn u32(&mut self) -> Result<u32, Damage> {
        self.array().map(u32::from_le_bytes)
    }

    pub(super) fn u64(&mut self) -> Result<u64, Damage> {
        self.array().map(u64::from_le_bytes)
    }

    /// A number of bytes, items or offset, 4 bytes wide.
    pub(super) fn length(&mut self) -> Result<usize, Damage> {
        self.u32().and_then(to_length)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], Damage> {
        self.bytes(N).map(|bytes| bytes.try_into().expect("as many bytes as asked for"))
    }
}

/// A length from a file as one of this machine.
pub(super) fn to_length(length: impl TryInto<usize>) -> Result<usize, Damage> {
    length.try_into().map_err(|_| Damage("it has a length that no file can have"))
}

/// Bytes as text.
pub(super) fn text(bytes: &[u8]) -> Result<&str, Damage> {
    std::str::from_utf8(bytes).map_err(|_| Damage("it has a key or candidate that is not UTF-8"))
}

/// The bytes before the first NUL.
pub(super) fn until_nul(bytes: &[u8]) -> Result<&[u8], Damage> {
    let end = bytes.iter().position(|&byte| byte == 0).ok_or(Damage("it has a text without an end"))?;
    Ok(&bytes[..end])
}
