//! The candidates in an `ocd2` file.
//!
//! Number of keys and length of the texts (4 bytes each), the texts, each ended by a NUL; then for each key the number of its
//! candidates and the length of each with its NUL (2 bytes each). The texts follow one another in that order.

use super::reader::{Damage, Reader, text, until_nul};

/// The candidates of each key, in the order of the key numbers.
pub(super) fn candidates<'a>(reader: &mut Reader<'a>) -> Result<Vec<Vec<&'a str>>, Damage> {
    let keys = reader.length()?;
    let length = reader.length()?;
    let mut texts = Reader::new(reader.bytes(length)?);
    let mut all = Vec::new();
    for _ in 0..keys {
        let number = reader.u16()?;
        let mut candidates = Vec::new();
        for _ in 0..number {
            let length = reader.u16()?.into();
            candidates.push(text(until_nul(texts.bytes(length)?)?)?);
        }
        all.push(candidates);
    }
    Ok(all)
}
