//! Turns the dictionaries of a config, however nested, into one longest-match table each.
//!
//! The members of a group are added in order. In a union a later key is dropped when an earlier member has it. In a
//! short-circuit group it is also dropped when an earlier member has any prefix of it, because that prefix would have matched
//! first. What remains gives the same match at every place of every text.

use tongwen::TofuRisk;
use tongwen::route::Keys;

use super::fuse::Entries;
use crate::problem::Result;
use crate::tables::{DictionarySpec, MatchPolicy, Tables};

/// Which entries of the tables take part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Selection {
    /// Whether tables marked `may_output_tofu` take part.
    pub(crate) tofu: TofuRisk,
    pub(crate) keys: Keys,
}

/// The flattened entries of a dictionary: key → first candidate.
pub(crate) fn flatten(tables: &Tables, dictionary: &DictionarySpec, selection: Selection) -> Result<Entries> {
    let may_output_tofu = match dictionary {
        DictionarySpec::Table { may_output_tofu, .. } | DictionarySpec::Group { may_output_tofu, .. } => {
            *may_output_tofu
        }
    };
    if may_output_tofu && selection.tofu == TofuRisk::Exclude {
        return Ok(Entries::new());
    }
    match dictionary {
        DictionarySpec::Table { name, .. } => Ok(tables
            .get(name)?
            .entries
            .iter()
            .filter(|entry| selection.keys == Keys::All || entry.key.chars().count() == 1)
            .map(|entry| (entry.key.clone(), entry.candidates[0].clone()))
            .collect()),
        DictionarySpec::Group { policy, members, .. } => {
            let mut all = Entries::new();
            for member in members {
                let member = flatten(tables, member, selection)?;
                let reachable: Vec<(String, String)> = member
                    .into_iter()
                    .filter(|(key, _)| match policy {
                        MatchPolicy::Union => !all.contains_key(key),
                        MatchPolicy::ShortCircuit => !prefixes(key).any(|prefix| all.contains_key(prefix)),
                    })
                    .collect();
                all.extend(reachable);
            }
            Ok(all)
        }
    }
}

/// Every non-empty prefix of a key, itself included.
fn prefixes(key: &str) -> impl Iterator<Item = &str> {
    key.char_indices().skip(1).map(|(at, _)| &key[..at]).chain([key])
}
