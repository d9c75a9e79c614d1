//! Makes the table of words of two characters that the engine asks at every place that the kernel finds (`layout::word`).
//!
//! Hash and displace: pairs with the same pilot are placed together, the largest groups first; for each group the first pilot is taken that sends all of its pairs to
//! slots that are free.

use std::collections::BTreeSet;

use crate::layout::word::{self, Known, Sizes};

/// Tables are made larger up to this many slots a pair.
const MOST_SLOTS: usize = 16;

/// The bytes of the table of these pairs; `known` is what is known of a pair. Empty for no pairs.
pub(crate) fn table(pairs: &BTreeSet<(char, char)>, known: impl Fn((char, char)) -> Known) -> Result<Vec<u8>, String> {
    if pairs.is_empty() {
        return Ok(Vec::new());
    }
    let mut slots = pairs.len().next_power_of_two().max(4);
    while slots <= MOST_SLOTS * pairs.len().max(4) {
        let sizes = Sizes::of_slots(slots);
        if let Some(pilots) = choose_pilots(pairs, sizes) {
            let mut keys = vec![[0; size_of::<u32>()]; slots];
            let mut values = vec![[0; Known::BYTES]; slots];
            for pair in pairs {
                let hash = hash(*pair);
                let slot = word::slot(hash, pilots[word::pilot(hash, sizes.pilots)], slots);
                keys[slot] = key(*pair).to_le_bytes();
                values[slot] = known(*pair).bytes();
            }
            return Ok(keys.into_iter().flatten().chain(values.into_iter().flatten()).chain(pilots).collect());
        }
        slots *= 2;
    }
    Err("no table of words has a slot for each pair; change the hash".into())
}

/// The pilots that give each pair a slot of its own, if there are any.
fn choose_pilots(pairs: &BTreeSet<(char, char)>, sizes: Sizes) -> Option<Vec<u8>> {
    let mut groups: Vec<(usize, Vec<u64>)> = (0..sizes.pilots).map(|pilot| (pilot, Vec::new())).collect();
    for hash in pairs.iter().map(|pair| hash(*pair)) {
        groups[word::pilot(hash, sizes.pilots)].1.push(hash);
    }
    groups.sort_by_key(|(pilot, group)| (std::cmp::Reverse(group.len()), *pilot));
    let mut pilots = vec![0; sizes.pilots];
    let mut taken = vec![false; sizes.slots];
    for (number, group) in &groups {
        let slots = |pilot: u8| group.iter().map(move |hash| word::slot(*hash, pilot, sizes.slots));
        let fits = |pilot: &u8| {
            slots(*pilot).all(|slot| !taken[slot]) && slots(*pilot).collect::<BTreeSet<_>>().len() == group.len()
        };
        let pilot = (0..=u8::MAX).find(fits)?;
        pilots[*number] = pilot;
        for slot in slots(pilot) {
            taken[slot] = true;
        }
    }
    Some(pilots)
}

fn key((first, second): (char, char)) -> u32 {
    word::key(u32::from(first) & 0xFFFF, u32::from(second) & 0xFFFF)
}

fn hash(pair: (char, char)) -> u64 {
    word::hash(key(pair))
}
