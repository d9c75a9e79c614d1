//! Reads OpenCC's binary dictionaries, `ocd2` and the older `ocd`, into a [`Dictionary`].
//!
//! They are read once into our own tables instead of being searched in place: the search structures inside serve OpenCC's engine,
//! not ours, and all that has to be understood of them is how to list the keys. A reader that only lists is small enough to check
//! every number of a damaged file before it is used.
//!
//! An `ocd2` file is the 19 bytes `OPENCC_MARISA_0.2.5`, the keys as a trie of the marisa library ([`marisa`]), and the
//! candidates ([`values`]) in the order of the trie's key numbers. An `ocd` file is `OPENCCDARTS1`, a double array that this
//! skips, and a plain list of keys and candidates ([`darts`]).
//!
//! # Cost
//!
//! Linear in the keys and candidates listed. A file of a few bytes can describe very long keys, so what it may unfold to has a
//! limit ([`UNFOLDED_LIMIT`]); nothing is allocated by a number from the file that the file's own length does not bear out.
//!
//! # Source
//!
//! `MarisaDict.cpp`, `SerializedValues.cpp`, `DartsDict.cpp` and `BinaryDict.cpp` of OpenCC 1.4.2; marisa-trie 0.3.1. Files are
//! written in the byte order of the machine; this reads the little-endian ones, which are those that are distributed.

mod darts;
mod marisa;
mod reader;
mod values;

use reader::{Damage, Reader};

use crate::{Dictionary, Error, ErrorKind};

const OCD2_HEADER: &[u8] = b"OPENCC_MARISA_0.2.5";
const OCD_HEADER: &[u8] = b"OPENCCDARTS1";
/// Most bytes that the keys, and again the candidates, of a file may unfold to: a hundred times OpenCC's largest dictionary.
const UNFOLDED_LIMIT: usize = 1 << 27;

impl Dictionary {
    /// Reads an `ocd2` file. `name` is what errors and explanations call the dictionary, usually its path.
    ///
    /// # Errors
    ///
    /// Another kind of file; a damaged one; keys or candidates that are not UTF-8.
    pub fn from_ocd2(name: &str, bytes: &[u8]) -> Result<Dictionary, Error> {
        let Some(content) = bytes.strip_prefix(OCD2_HEADER) else {
            let found = if bytes.starts_with(OCD_HEADER) { "an `ocd` file" } else { "something else" };
            return Err(refused(
                name,
                format!("expected an `ocd2` file, found {found}; give its own type in the config"),
            ));
        };
        let read = |content| {
            let mut reader = Reader::new(content);
            let keys = marisa::keys(&mut reader)?;
            let candidates = values::candidates(&mut reader)?;
            if keys.len() != candidates.len() {
                return Err(Damage("it has not as many candidates as keys"));
            }
            Ok((keys, candidates))
        };
        let (keys, candidates) = read(content).map_err(|damage| damaged(name, "ocd2", damage))?;
        Dictionary::from_entries(name, keys.iter().zip(candidates).map(|(key, candidates)| (0, key, candidates)))
    }

    /// Reads an `ocd` file, the format before `ocd2`. `name` is what errors and explanations call the dictionary.
    ///
    /// # Errors
    ///
    /// Another kind of file; a damaged one; keys or candidates that are not UTF-8.
    pub fn from_ocd(name: &str, bytes: &[u8]) -> Result<Dictionary, Error> {
        let Some(content) = bytes.strip_prefix(OCD_HEADER) else {
            let found = if bytes.starts_with(OCD2_HEADER) { "an `ocd2` file" } else { "something else" };
            return Err(refused(
                name,
                format!("expected an `ocd` file, found {found}; give its own type in the config"),
            ));
        };
        let entries = darts::entries(content).map_err(|damage| damaged(name, "ocd", damage))?;
        Dictionary::from_entries(name, entries.into_iter().map(|(key, candidates)| (0, key, candidates)))
    }
}

fn damaged(name: &str, format: &str, Damage(what): Damage) -> Error {
    refused(name, format!("damaged `{format}` file, {what}; make it anew with `opencc_dict`"))
}

fn refused(name: &str, message: String) -> Error {
    Error::new(ErrorKind::Dictionary { name: name.to_owned(), line: None, message })
}

#[cfg(test)]
mod tests {
    use crate::Dictionary;

    /// Made from `small.txt` with OpenCC 1.4.2's `opencc_dict -f text -t ocd2` and `-t ocd`.
    const OCD2: &[u8] = include_bytes!("../tests/data/ocd2/small.ocd2");
    const OCD: &[u8] = include_bytes!("../tests/data/ocd2/small.ocd");
    const TEXT: &str = include_str!("../tests/data/ocd2/small.txt");

    fn listed(dictionary: &Dictionary) -> Vec<(String, Vec<String>)> {
        let entry = |entry| {
            let candidates = dictionary.candidates(entry).map(str::to_owned).collect();
            (dictionary.key(entry).to_owned(), candidates)
        };
        let mut listed: Vec<_> = (0..dictionary.len()).map(entry).collect();
        listed.sort();
        listed
    }

    #[test]
    fn both_formats_hold_what_the_text_holds() {
        let text = listed(&Dictionary::parse("small.txt", TEXT).unwrap());
        assert_eq!(listed(&Dictionary::from_ocd2("small.ocd2", OCD2).unwrap()), text);
        assert_eq!(listed(&Dictionary::from_ocd("small.ocd", OCD).unwrap()), text);
    }

    #[test]
    fn the_wrong_format_is_named() {
        let message = |result: Result<Dictionary, crate::Error>| result.unwrap_err().to_string();
        let expected = "a: expected an `ocd2` file, found an `ocd` file; give its own type in the config";
        assert_eq!(message(Dictionary::from_ocd2("a", OCD)), expected);
        let expected = "a: expected an `ocd` file, found an `ocd2` file; give its own type in the config";
        assert_eq!(message(Dictionary::from_ocd("a", OCD2)), expected);
        let expected = "a: expected an `ocd2` file, found something else; give its own type in the config";
        assert_eq!(message(Dictionary::from_ocd2("a", b"")), expected);
    }

    /// Cut anywhere, a file is refused; with any one byte changed it is read or refused, and never more than that.
    #[test]
    fn damaged_files_are_refused() {
        for (whole, read) in [
            (OCD2, Dictionary::from_ocd2 as fn(&str, &[u8]) -> Result<Dictionary, crate::Error>),
            (OCD, Dictionary::from_ocd),
        ] {
            for length in 0..whole.len() {
                assert!(read("cut", &whole[..length]).is_err(), "read although cut at {length}");
            }
            let mut changed = whole.to_vec();
            for position in 0..changed.len() {
                for byte in [0x00, 0xff, whole[position] ^ 0x11] {
                    changed[position] = byte;
                    if let Err(error) = read("changed", &changed) {
                        assert!(error.to_string().starts_with("changed: "), "{error}");
                    }
                }
                changed[position] = whole[position];
            }
        }
    }
}
