//! The keys and candidates in an `ocd` file.
//!
//! The length of a double array and the array itself, which is passed over; then the number of keys, the length of all key texts
//! and those texts, the length of all candidate texts and those texts, each text ended by a NUL; then for each key the number of
//! its candidates, the offset of its text and the offset of each candidate.
//!
//! All numbers are 4 bytes wide, but 8 in files that old 64-bit builds wrote. Nothing says which; OpenCC takes a first number for
//! a wide one when its upper half is zero, because the lower half of the next number hardly ever is, and so does this.

use super::UNFOLDED_LIMIT;
use super::reader::{Damage, Reader, text, to_length, until_nul};

/// What follows the header: each key with its candidates.
pub(super) fn entries(content: &[u8]) -> Result<Vec<(&str, Vec<&str>)>, Damage> {
    let mut reader = Reader::new(content);
    let array = Width::of(reader.rest()).number(&mut reader)?;
    reader.bytes(array)?;

    let content = reader.rest();
    // An empty dictionary of narrow numbers is three zeros.
    let width = if content.len() == 3 * 4 { Width::Narrow } else { Width::of(content) };
    let items = width.number(&mut reader)?;
    let length = width.number(&mut reader)?;
    let keys = reader.bytes(length)?;
    let length = width.number(&mut reader)?;
    let candidates = reader.bytes(length)?;
    let mut entries = Vec::new();
    let mut unfolded = 0;
    for _ in 0..items {
        let number = width.number(&mut reader)?;
        let mut at = |texts: &'_ [u8]| -> Result<(usize, usize), Damage> {
            let offset = width.number(&mut reader)?;
            let rest = texts.get(offset..).ok_or(Damage("it points outside its texts"))?;
            let length = until_nul(rest)?.len();
            unfolded += length + 1;
            if unfolded > UNFOLDED_LIMIT {
                return Err(Damage("its texts unfold to more than 128 MiB"));
            }
            Ok((offset, offset + length))
        };
        let (start, end) = at(keys)?;
        let key = text(&keys[start..end])?;
        let mut of_key = Vec::new();
        for _ in 0..number {
            let (start, end) = at(candidates)?;
            of_key.push(text(&candidates[start..end])?);
        }
        entries.push((key, of_key));
    }
    Ok(entries)
}

/// How wide the numbers are.
#[derive(Clone, Copy)]
enum Width {
    Narrow,
    Wide,
}

impl Width {
    /// Guesses from the first eight bytes.
    fn of(content: &[u8]) -> Width {
        match content.get(4..8) {
            Some([0, 0, 0, 0]) => Width::Wide,
            _ => Width::Narrow,
        }
    }

    fn number(self, reader: &mut Reader<'_>) -> Result<usize, Damage> {
        match self {
            Width::Narrow => reader.length(),
            Width::Wide => reader.u64().and_then(to_length),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::entries;

    fn file(width: usize, array: &[u8]) -> Vec<u8> {
        let mut file = Vec::new();
        let number = |file: &mut Vec<u8>, number: usize| file.extend_from_slice(&number.to_le_bytes()[..width]);
        number(&mut file, array.len());
        file.extend_from_slice(array);
        for (item, texts) in [(2, &b"a\0bc\0"[..]), (8, &b"x\0\0yz\0w\0"[..])] {
            if item == 2 {
                number(&mut file, item);
            }
            number(&mut file, texts.len());
            file.extend_from_slice(texts);
        }
        for item in [&[1, 0, 0][..], &[3, 2, 3, 6, 2][..]] {
            item.iter().for_each(|&field| number(&mut file, field));
        }
        file
    }

    #[test]
    fn narrow_and_wide_files_are_told_apart() {
        let expected = vec![("a", vec!["x"]), ("bc", vec!["yz", "w", ""])];
        assert_eq!(entries(&file(4, b"12345678")).unwrap(), expected);
        assert_eq!(entries(&file(8, b"12345678")).unwrap(), expected);
        assert_eq!(entries(&[4, 0, 0, 0, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]).unwrap(), vec![]);
    }

    #[test]
    fn texts_that_overlap_cannot_unfold_without_limit() {
        let items = 30_000;
        let mut keys = vec![b'a'; 20_000];
        keys.push(0);
        let mut file = vec![0, 0, 0, 0];
        let number = |file: &mut Vec<u8>, number: usize| file.extend_from_slice(&(number as u32).to_le_bytes());
        number(&mut file, items);
        number(&mut file, keys.len());
        file.extend_from_slice(&keys);
        number(&mut file, 0);
        for item in 0..items {
            number(&mut file, 0);
            number(&mut file, item % 10_000);
        }
        assert_eq!(entries(&file).unwrap_err().0, "its texts unfold to more than 128 MiB");
    }
}
