//! The text tables of the repository, deflated in the binary.
//!
//! Conversion reads the compiled tables; these are for explanations and for the staged engine, which name entries and lines. They are 1.3 MB as
//! text and 0.5 MB deflated.
//!
//! # Cost
//!
//! Inflating the largest takes three milliseconds, a third of what reading its entries takes.

/// Table after table: length of the name (1 byte), name, length of what follows (4 bytes, little-endian), the deflated text.
static DEFLATED: &[u8] = include_bytes!("../../compiled/texts.bin");

/// The text of a table, by the name of its file; `None` when there is no such table.
pub(super) fn text(name: &str) -> Option<String> {
    let mut rest = DEFLATED;
    loop {
        let (length, after) = rest.split_first()?;
        let (own_name, after) = after.split_at_checked(usize::from(*length))?;
        let (length, after) = after.split_first_chunk()?;
        let (deflated, after) = after.split_at_checked(u32::from_le_bytes(*length) as usize)?;
        if own_name == name.as_bytes() {
            return String::from_utf8(miniz_oxide::inflate::decompress_to_vec(deflated).ok()?).ok();
        }
        rest = after;
    }
}
