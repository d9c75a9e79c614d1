//! How often pairs of characters occur in real text: what the choice of triggers goes by.

use std::collections::HashMap;

/// How often pairs of neighbouring characters occur. What is not known of does not occur.
#[derive(Clone, Debug, Default)]
pub struct PairCounts(HashMap<(char, char), u64>);

impl PairCounts {
    pub(crate) fn of(&self, pair: (char, char)) -> u64 {
        self.0.get(&pair).copied().unwrap_or(0)
    }
}

impl FromIterator<((char, char), u64)> for PairCounts {
    fn from_iter<I: IntoIterator<Item = ((char, char), u64)>>(counts: I) -> PairCounts {
        PairCounts(counts.into_iter().collect())
    }
}
