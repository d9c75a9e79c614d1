//! The strings of a file, each stored once.

use std::collections::HashMap;

use crate::Error;

/// Strings and where they stand.
pub(crate) struct Strings {
    bytes: Vec<u8>,
    places: HashMap<String, usize>,
}

impl Default for Strings {
    fn default() -> Strings {
        Strings { bytes: vec![0], places: HashMap::new() }
    }
}

impl Strings {
    /// Where the string stands; the empty one at 0.
    pub(crate) fn add(&mut self, text: &str) -> u32 {
        if text.is_empty() {
            return 0;
        }
        let place = match self.places.get(text) {
            Some(place) => *place,
            None => {
                let place = self.bytes.len();
                let mut length = text.len();
                while length >= 0x80 {
                    self.bytes.push(length as u8 | 0x80);
                    length >>= 7;
                }
                self.bytes.push(length as u8);
                self.bytes.extend(text.as_bytes());
                self.places.insert(text.to_string(), place);
                place
            }
        };
        // `into_bytes` refuses to be larger.
        place as u32
    }

    pub(crate) fn into_bytes(self) -> Result<Vec<u8>, Error> {
        match u32::try_from(self.bytes.len()) {
            Ok(_) => Ok(self.bytes),
            Err(_) => Err(Error::too_large(format!("{} bytes of strings; no more than 4 GiB fit", self.bytes.len()))),
        }
    }
}
