//! Which fields are wanted: pointers into JSON (RFC 6901).
//!
//! A pointer names a value, and with it every string inside of it. `*` stands for every element of an array and every member
//! of an object; a member that is named `*` cannot be told from the others. With no pointer at all every string is wanted.

use super::Fault;
use crate::diagnostic::DiagnosticCode;

/// What of a document is wanted.
pub(super) struct Pointers {
    /// The steps of each.
    pointers: Vec<Vec<String>>,
    /// Which have led to a value.
    found: Vec<bool>,
}

/// What is wanted of a value.
#[derive(Clone)]
pub(super) enum Wanted {
    All,
    /// Pointers that lead into it, by number; all have the same number of steps behind them.
    Inside(Vec<usize>, usize),
}

/// A step into a value.
pub(super) enum Step<'s> {
    Member(&'s str),
    Element(usize),
}

impl Pointers {
    pub(super) fn new(fields: &[String]) -> Result<Pointers, Fault> {
        let mut pointers = Vec::with_capacity(fields.len());
        for field in fields {
            if !field.is_empty() && !field.starts_with('/') {
                return Err(Fault {
                    code: DiagnosticCode::UnknownField,
                    at: 0,
                    message: format!("`{field}` is no JSON pointer, expected one like `/title` or `/items/*/text`"),
                    hint: "",
                });
            }
            pointers.push(field.split('/').skip(1).map(|step| step.replace("~1", "/").replace("~0", "~")).collect());
        }
        let found = vec![false; pointers.len()];
        Ok(Pointers { pointers, found })
    }

    pub(super) fn is_empty(&self) -> bool {
        self.pointers.is_empty()
    }

    /// What is wanted of a whole document.
    pub(super) fn start(&mut self) -> Wanted {
        let all = (0..self.pointers.len()).collect();
        self.settle(all, 0)
    }

    /// What is wanted of a value inside of one.
    pub(super) fn enter(&mut self, outer: &Wanted, step: &Step<'_>) -> Wanted {
        let Wanted::Inside(pointers, depth) = outer else { return Wanted::All };
        let fits = |&pointer: &usize| {
            let wanted = &self.pointers[pointer][*depth];
            wanted == "*"
                || match step {
                    Step::Member(name) => wanted == name,
                    Step::Element(index) => *wanted == index.to_string(),
                }
        };
        let inside = pointers.iter().copied().filter(fits).collect();
        self.settle(inside, depth + 1)
    }

    fn settle(&mut self, pointers: Vec<usize>, depth: usize) -> Wanted {
        let mut all = self.is_empty();
        for &pointer in &pointers {
            if self.pointers[pointer].len() == depth {
                (self.found[pointer], all) = (true, true);
            }
        }
        match all {
            true => Wanted::All,
            false => Wanted::Inside(pointers, depth),
        }
    }

    /// The pointers that have led nowhere, by number.
    pub(super) fn missed(&self) -> impl Iterator<Item = usize> {
        self.found.iter().enumerate().filter(|(_, found)| !**found).map(|(number, _)| number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted(pointer: &str, path: &[Step<'_>]) -> bool {
        let mut pointers = Pointers::new(&[pointer.to_string()]).ok().unwrap();
        let mut at = pointers.start();
        for step in path {
            at = pointers.enter(&at, step);
        }
        matches!(at, Wanted::All)
    }

    #[test]
    fn pointers_lead_to_values_and_what_is_in_them() {
        use Step::{Element, Member};
        assert!(wanted("", &[]));
        assert!(wanted("/a", &[Member("a")]));
        assert!(wanted("/a", &[Member("a"), Element(1), Member("b")]));
        assert!(!wanted("/a", &[Member("b")]));
        assert!(!wanted("/a/b", &[Member("a")]));
        assert!(wanted("/a/1", &[Member("a"), Element(1)]));
        assert!(!wanted("/a/1", &[Member("a"), Element(11)]));
        assert!(wanted("/*/b", &[Element(7), Member("b")]));
        assert!(wanted("/~1~0", &[Member("/~")]));
        assert!(wanted("/", &[Member("")]));
        assert!(Pointers::new(&["a".to_string()]).is_err());
    }
}
