//! What is known of a name: which lists it is in, and what it is made of.
//!
//! A scan asks for the same few hundred names again and again (`ref`, `title`, `flagicon`, `thumb`), page after page, and to answer each time means to fold
//! the name, to look for it in a table and to compare it with the entries that have wildcards. So each thread remembers the answers for the names that it
//! met last, as they were written. `Title` and `title` are two names here; both become known as being in the same lists.
//!
//! # Cost
//!
//! About seventy instructions for a name that was met before; else what folding and a look-up take. Names of more than [`LONGEST`] bytes
//! are not remembered. A thread that scans keeps 49 KB.

use std::cell::RefCell;

use super::{List, Lists, fold};

/// What is known of a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Known {
    /// The bits of the lists that have it.
    lists: u64,
    /// What it is made of once it is folded.
    made_of: u8,
}

const NOTHING: u8 = 1;
const DIGITS: u8 = 2;
const COLON_OR_HASH: u8 = 4;
const BRACKET: u8 = 8;

impl Known {
    /// Finds it out.
    fn new(lists: &Lists, name: &str) -> Known {
        let folded = fold(name);
        let mut made_of = 0;
        if folded.is_empty() {
            made_of |= NOTHING;
        } else if folded.bytes().all(|byte| byte.is_ascii_digit()) {
            made_of |= DIGITS;
        }
        for byte in folded.bytes() {
            made_of |= match byte {
                b':' | b'#' => COLON_OR_HASH,
                b'<' | b'>' | b'[' | b']' | b'{' | b'}' => BRACKET,
                _ => 0,
            };
        }
        Known { lists: lists.look_up(&folded).all(), made_of }
    }

    #[inline]
    pub(crate) fn is_in(self, list: List) -> bool {
        self.lists & list.bit() != 0
    }

    /// Whether nothing is left of it when it is folded.
    #[inline]
    pub(crate) fn is_empty(self) -> bool {
        self.made_of & NOTHING != 0
    }

    /// Whether it is ASCII digits and nothing else.
    #[inline]
    pub(crate) fn is_number(self) -> bool {
        self.made_of & DIGITS != 0
    }

    /// Whether there is a colon or a `#` in it.
    #[inline]
    pub(crate) fn has_colon_or_hash(self) -> bool {
        self.made_of & COLON_OR_HASH != 0
    }

    /// Whether there is an angle, square or curly bracket in it.
    #[inline]
    pub(crate) fn has_bracket(self) -> bool {
        self.made_of & BRACKET != 0
    }
}

/// The longest name that is remembered.
const LONGEST: usize = 54;
/// How many rows of names are, and how many names each has.
const ROWS: usize = 128;
const WAYS: usize = 4;

/// A name and what is known of it. None has no bytes; the empty name is never asked for here.
#[derive(Clone, Copy)]
struct Entry {
    ends: Ends,
    name: [u8; LONGEST],
    known: Known,
}

/// The length of a name, and its first and last bytes: all of them, if it has sixteen or less.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Ends {
    first: u64,
    last: u64,
    length: usize,
}

/// The names that a thread met last, row by row, in each the one that was learned last first.
struct Recent {
    /// Whose answers these are.
    edition: u64,
    rows: Vec<[Entry; WAYS]>,
}

thread_local! {
    static RECENT: RefCell<Recent> = const { RefCell::new(Recent { edition: 0, rows: Vec::new() }) };
}

const VACANT: Entry =
    Entry { ends: Ends { first: 0, last: 0, length: 0 }, name: [0; LONGEST], known: Known { lists: 0, made_of: 0 } };

impl Ends {
    #[inline]
    fn of(name: &[u8]) -> Ends {
        let number = |four: &[u8; 4]| u64::from(u32::from_le_bytes(*four));
        let (first, last) = match (name.first_chunk::<8>(), name.last_chunk::<8>()) {
            (Some(first), Some(last)) => (u64::from_le_bytes(*first), u64::from_le_bytes(*last)),
            _ => match (name.first_chunk::<4>(), name.last_chunk::<4>()) {
                (Some(first), Some(last)) => (number(first), number(last)),
                _ => (name.iter().fold(0, |all, byte| all << 8 | u64::from(*byte)), 0),
            },
        };
        Ends { first, last, length: name.len() }
    }

    /// The row in which the name may be.
    #[inline]
    fn row(self) -> usize {
        let mixed = (self.first ^ self.last.rotate_left(29) ^ self.length as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        (mixed >> 57) as usize % ROWS
    }
}

impl Entry {
    #[inline]
    fn is(&self, ends: Ends, name: &[u8]) -> bool {
        self.ends == ends && (name.len() <= 16 || self.name[8..name.len() - 8] == name[8..name.len() - 8])
    }
}

impl Lists {
    /// Whether one list has a name, which may be a long text.
    pub(crate) fn is_in(&self, list: List, name: &str) -> bool {
        if name.len() <= LONGEST { self.known(name).is_in(list) } else { self.has(list, name) }
    }

    /// What is known of a name, as it is written.
    #[inline]
    pub(crate) fn known(&self, name: &str) -> Known {
        let bytes = name.as_bytes();
        if bytes.is_empty() || bytes.len() > LONGEST {
            return Known::new(self, name);
        }
        let edition = self.edition();
        RECENT.with_borrow_mut(|recent| {
            let ends = Ends::of(bytes);
            if recent.edition == edition
                && let Some(row) = recent.rows.get(ends.row())
                && let Some(entry) = row.iter().find(|entry| entry.is(ends, bytes))
            {
                return entry.known;
            }
            recent.learn(self, edition, ends, name)
        })
    }
}

impl Recent {
    #[cold]
    fn learn(&mut self, lists: &Lists, edition: u64, ends: Ends, name: &str) -> Known {
        if self.edition != edition || self.rows.is_empty() {
            self.edition = edition;
            self.rows.clear();
            self.rows.resize(ROWS, [VACANT; WAYS]);
        }
        let mut entry = Entry { ends, known: Known::new(lists, name), ..VACANT };
        entry.name[..name.len()].copy_from_slice(name.as_bytes());
        let row = &mut self.rows[ends.row()];
        row.rotate_right(1);
        row[0] = entry;
        entry.known
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_remembered_is_what_would_be_found() {
        let mut changed = Lists::default();
        changed.add("prose-templates", ["epigraph"]).unwrap();
        let mut again = changed.clone();
        again.set("prose-templates", ["b*"]).unwrap();
        let mut names: Vec<String> =
            ["Ref", "ref", "", " ", "_", "1", "１", "a:b", "#if", "a{b", "Epigraph", "bx", "引文"]
                .map(String::from)
                .into();
        names.extend((0..2000).map(|number| format!("url{number}")));
        names.extend((40..60).map(|length| "国".repeat(length / 3) + &"a".repeat(length % 3)));
        for _ in 0..2 {
            for lists in [&Lists::default(), &changed, &again, &changed.clone()] {
                for name in &names {
                    let known = lists.known(name);
                    assert_eq!(known, Known::new(lists, name), "{name}");
                    let folded = fold(name);
                    assert!(
                        List::ALL.iter().all(|list| known.is_in(*list) == lists.look_up(&folded).is_in(*list)),
                        "{name}"
                    );
                }
            }
        }
        let lists = Lists::default();
        assert!(lists.known("_").is_empty() && lists.known(" 12").is_number() && !lists.known("").is_number());
        assert!(lists.known("a:b").has_colon_or_hash() && lists.known("a{b").has_bracket());
        assert!(!changed.known("bx").is_in(List::ProseTemplates) && again.known("bx").is_in(List::ProseTemplates));
    }
}
