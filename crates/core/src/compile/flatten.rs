//! Turns the dictionaries of a config, however nested, into one longest-match table each.
//!
//! The members of a group are added in order. In a union a later key is dropped when an earlier member has it. In a
//! short-circuit group it is also dropped when an earlier member has any prefix of it, because that prefix would have matched
//! first. What remains gives the same match at every place of every text.

use super::fuse::Entries;
use crate::route::Keys;
use crate::{Lookup, MatchPolicy};

/// The flattened entries of a lookup: key → what it is converted to.
pub(super) fn flatten(lookup: &Lookup, keys: Keys) -> Entries {
    match lookup {
        // An empty key never matches.
        Lookup::Table(dictionary) => (0..dictionary.len())
            .map(|entry| (dictionary.key(entry), dictionary.replacement(entry)))
            .filter(|(key, _)| !key.is_empty() && (keys == Keys::All || key.chars().nth(1).is_none()))
            .map(|(key, output)| (key.to_string(), output.to_string()))
            .collect(),
        Lookup::Group { policy, members } => {
            let mut all = Entries::new();
            for member in members {
                let reachable: Vec<(String, String)> = flatten(member, keys)
                    .into_iter()
                    .filter(|(key, _)| match policy {
                        MatchPolicy::Union => !all.contains_key(key),
                        MatchPolicy::ShortCircuit => !prefixes(key).any(|prefix| all.contains_key(prefix)),
                    })
                    .collect();
                all.extend(reachable);
            }
            all
        }
    }
}

/// Every non-empty prefix of a key, itself included.
fn prefixes(key: &str) -> impl Iterator<Item = &str> {
    key.char_indices().skip(1).map(|(at, _)| &key[..at]).chain([key])
}
