//! Characters that may become several others, where no phrase has decided which.
//!
//! 发 is 發 or 髮. In 头发 a phrase decides; alone, it becomes the first candidate of its dictionary, and that may be wrong. Such a place can be kept,
//! marked (`⟦發/髮⟧`), or taken for an error.

use std::ops::Range;

use tongwen::{Piece, Reason, Stage, Trace};

use crate::arguments::AmbiguousChoice;

/// A character that no phrase has decided about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Ambiguity<'a> {
    /// Bytes of the converted text.
    pub(crate) range: Range<usize>,
    /// What it becomes when nobody asks.
    pub(crate) to: &'a str,
    /// What it may become, the usual one first, as the dictionary has them.
    pub(crate) candidates: Vec<&'a str>,
}

/// The ambiguities of a text, in its order.
pub(crate) fn find<'a>(text: &'a str, trace: &'a Trace) -> impl Iterator<Item = Ambiguity<'a>> {
    trace.pieces().filter_map(|piece| of_piece(text, &piece))
}

/// Whether a piece of a text is one.
pub(crate) fn is_one(text: &str, piece: &Piece<'_>) -> bool {
    of_piece(text, piece).is_some()
}

fn of_piece<'a>(text: &str, piece: &Piece<'a>) -> Option<Ambiguity<'a>> {
    let Reason::Matches(unit) = piece.reason else { return None };
    let mut characters = text[piece.range.clone()].chars();
    let (Some(_), None) = (characters.next(), characters.next()) else { return None };
    let found = unit.matches.iter().find(|found| {
        matches!(found.stage, Stage::Chain(_))
            && found.key().chars().count() == 1
            && found.candidates().nth(1).is_some()
    })?;
    Some(Ambiguity { range: piece.range.clone(), to: piece.output, candidates: found.candidates().collect() })
}

impl Ambiguity<'_> {
    /// What is written for it; `from` is the character.
    pub(crate) fn written(&self, choice: AmbiguousChoice, from: &str) -> String {
        match choice {
            AmbiguousChoice::First | AmbiguousChoice::Error => self.to.to_string(),
            AmbiguousChoice::Keep => from.to_string(),
            // The first one as it is written in the end: a later stage may have changed it.
            AmbiguousChoice::Mark => {
                let others = self.candidates.iter().skip(1).filter(|candidate| **candidate != self.to);
                let all: Vec<&str> = std::iter::once(self.to).chain(others.copied()).collect();
                format!("⟦{}⟧", all.join("/"))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use tongwen::{Config, Converter};

    use super::*;

    #[test]
    fn only_what_no_phrase_decides_is_ambiguous() {
        let text = "头发，发";
        let trace = Converter::new(Config::S2T).explain(text);
        let found: Vec<_> = find(text, &trace).collect();
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].range.start, found[0].to, &found[0].candidates[..]), (9, "發", &["發", "髮"][..]));
        assert_eq!(found[0].written(AmbiguousChoice::Mark, "发"), "⟦發/髮⟧");
        assert_eq!(found[0].written(AmbiguousChoice::Keep, "发"), "发");
    }
}
