//! Which characters mean something where (rule C5).
//!
//! Inside of conversion markup `|`, `=`, `:` and the rest are text. When the markup is dropped, what it shows stands in the
//! construct around it, and there they would be syntax. The walk notes the stretches where characters mean something besides
//! what brackets make of them:
//!
//! | stretch | characters |
//! |---|---|
//! | a line of table cells | `\|`, and `!!` if they are headers |
//! | a line of a definition list with a term | `:` |
//! | the inside of a heading | `=` |
//! | the value of an attribute | `"`, `'`, `<`, `>` |
//! | the label of a link to an address | `]` |
//! | a gallery | `\|` |

use std::ops::Range;

/// A stretch of the source where characters mean something.
#[derive(Clone, Debug)]
pub(crate) struct Context {
    pub(crate) range: Range<usize>,
    pub(crate) kind: ContextKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ContextKind {
    Cells,
    HeaderCells,
    Definition,
    Heading,
    Attribute,
    AddressLabel,
    Gallery,
}

/// A set of characters that mean something.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Meaning(u16);

impl Meaning {
    pub(crate) const PIPE: Meaning = Meaning(1);
    pub(crate) const EQUALS: Meaning = Meaning(1 << 1);
    pub(crate) const COLON: Meaning = Meaning(1 << 2);
    pub(crate) const EXCLAMATION: Meaning = Meaning(1 << 3);
    pub(crate) const QUOTE: Meaning = Meaning(1 << 4);
    /// A single one.
    pub(crate) const SQUARE: Meaning = Meaning(1 << 5);
    /// Two of them.
    pub(crate) const SQUARES: Meaning = Meaning(1 << 6);
    /// Two of them.
    pub(crate) const BRACES: Meaning = Meaning(1 << 7);

    pub(crate) fn has(self, other: Meaning) -> bool {
        self.0 & other.0 != 0
    }

    pub(crate) fn with(self, other: Meaning) -> Meaning {
        Meaning(self.0 | other.0)
    }

    fn of(kind: ContextKind) -> Meaning {
        match kind {
            ContextKind::Cells | ContextKind::Gallery => Meaning::PIPE,
            ContextKind::HeaderCells => Meaning::PIPE.with(Meaning::EXCLAMATION),
            ContextKind::Definition => Meaning::COLON,
            ContextKind::Heading => Meaning::EQUALS,
            ContextKind::Attribute => Meaning::QUOTE,
            ContextKind::AddressLabel => Meaning::SQUARE,
        }
    }
}

/// Answers for places of the source, one after another in its order, what means something there.
pub(crate) struct Contexts<'c> {
    rest: std::slice::Iter<'c, Context>,
    /// Where the stretches end that are open, and what means something in them and around them.
    open: Vec<(usize, Meaning)>,
}

impl<'c> Contexts<'c> {
    /// Of sorted stretches.
    pub(crate) fn new(contexts: &'c [Context]) -> Contexts<'c> {
        Contexts { rest: contexts.iter(), open: Vec::new() }
    }

    /// What means something at a place that is not before the last one asked for.
    pub(crate) fn at(&mut self, place: usize) -> Meaning {
        let mut around = self.around(place);
        while let Some(context) = self.rest.as_slice().first().filter(|context| context.range.start <= place) {
            self.rest.next();
            if place < context.range.end {
                around = around.with(Meaning::of(context.kind));
                self.open.push((context.range.end, around));
            }
        }
        self.around(place)
    }

    fn around(&mut self, place: usize) -> Meaning {
        while self.open.pop_if(|(end, _)| *end <= place).is_some() {}
        self.open.last().map(|(_, meaning)| *meaning).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stretches_nest() {
        let context = |range, kind| Context { range, kind };
        let contexts = [
            context(0..20, ContextKind::Cells),
            context(2..4, ContextKind::Heading),
            context(5..10, ContextKind::Definition),
            context(6..8, ContextKind::Attribute),
        ];
        let mut at = Contexts::new(&contexts);
        let definition = Meaning::PIPE.with(Meaning::COLON);
        assert_eq!(at.at(1), Meaning::PIPE);
        assert_eq!(at.at(7), definition.with(Meaning::QUOTE));
        assert_eq!(at.at(9), definition);
        assert_eq!(at.at(15), Meaning::PIPE);
        assert_eq!(at.at(20), Meaning::default());
    }
}
