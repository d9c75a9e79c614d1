//! The slow reference for a page's own pairs: the rules said as plainly as possible, over [`Reference`].
//!
//! A text is read unit by unit, from the left. Where a unit starts, the longest source that is set there wins if it is at least as long as
//! the unit. A unit that is exactly a removed source is read as the longest shorter beginning that is a unit by itself and not removed; if there is
//! none, its first character stays. What pairs leave over between two such places is converted as a text of its own. After each of them the text behind it is
//! read anew: quadratic, and obviously so.

use std::collections::HashMap;

use crate::reference::Reference;

/// A change to the pairs of a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// From now on the first becomes the second.
    Set(String, String),
    /// From now on this is no entry.
    Remove(String),
}

/// What holds after some changes: the target of each source, or none where it is removed.
#[derive(Debug, Default)]
pub struct PageState(HashMap<Vec<char>, Option<String>>);

impl PageState {
    /// What holds after these changes.
    pub fn after(changes: &[Change]) -> PageState {
        let mut state = PageState::default();
        for change in changes {
            match change {
                Change::Set(source, target) => state.0.insert(source.chars().collect(), Some(target.clone())),
                Change::Remove(source) => state.0.insert(source.chars().collect(), None),
            };
        }
        state
    }

    fn longest(&self, text: &[char]) -> Option<(usize, &str)> {
        let lengths = (1..=text.len()).rev();
        lengths.into_iter().find_map(|length| Some((length, self.0.get(&text[..length])?.as_deref()?)))
    }

    fn is_removed(&self, source: &[char]) -> bool {
        self.0.get(source).is_some_and(Option::is_none)
    }

    /// Converts a text with the pairs in force.
    pub fn convert(&self, reference: &Reference, text: &str) -> String {
        let text: Vec<char> = text.chars().collect();
        let own = |part: &[char]| reference.convert(&part.iter().collect::<String>());
        let mut result = String::new();
        let mut start = 0;
        'border: while start < text.len() {
            let mut at = start;
            for length in reference.units(&text[start..]) {
                let removed = self.is_removed(&text[at..at + length]) && !is_operator(text[at]);
                let shorter = (1..length).rev().find(|shorter| {
                    let piece = &text[at..at + shorter];
                    reference.units(piece) == [*shorter] && !self.is_removed(piece)
                });
                let effective = if removed { shorter.unwrap_or(0) } else { length };
                if let Some((length, target)) = self.longest(&text[at..]).filter(|found| found.0 >= effective) {
                    result += &own(&text[start..at]);
                    result += target;
                    start = at + length;
                    continue 'border;
                }
                if removed {
                    result += &own(&text[start..at]);
                    match shorter {
                        Some(shorter) => result += &own(&text[at..at + shorter]),
                        None => result.push(text[at]),
                    }
                    start = at + shorter.unwrap_or(1);
                    continue 'border;
                }
                at += length;
            }
            result += &own(&text[start..]);
            break;
        }
        result
    }
}

fn is_operator(character: char) -> bool {
    ('\u{2ff0}'..='\u{2fff}').contains(&character)
}
