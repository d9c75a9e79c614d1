//! Which characters of a converted text are new.
//!
//! Conversion gives a whole stretch back. Where its characters were written as escapes, those that have not changed are to
//! keep their bytes; so old and new text are compared. Any alignment gives the right text; a good one keeps more of
//! what was written:
//!
//! ```text
//! old   他 的 软 件 好          new   他 的 軟 體 好
//! kept  他 的       好          new         軟 體
//! ```
//!
//! Where both have the same number of characters, they are compared one by one. Otherwise the comparison goes on behind the
//! nearest place where two characters (or the ends) agree, looked for in a window of 32. Where there is none, the rest is
//! taken for new. Cost: linear, with the square of the window for each place where the texts differ in length.

use std::ops::Range;

/// How far to look for the place where two texts agree again, in characters.
const WINDOW: usize = 32;
/// How many characters must agree there.
const AGREE: usize = 2;

/// A stretch of an alignment; ranges are bytes.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// Old text that stays.
    Kept(Range<usize>),
    /// New text in place of old text from a place on, up to the next step.
    New { at: usize, text: Range<usize> },
}

/// Characters with the bytes at which they begin, and the end.
struct Characters {
    characters: Vec<char>,
    starts: Vec<usize>,
}

impl Characters {
    fn new(text: &str) -> Characters {
        let (starts, characters): (Vec<usize>, Vec<char>) = text.char_indices().unzip();
        let starts = starts.into_iter().chain([text.len()]).collect();
        Characters { characters, starts }
    }

    fn bytes(&self, range: Range<usize>) -> Range<usize> {
        self.starts[range.start]..self.starts[range.end]
    }
}

/// The steps that make the new text from the old one.
pub(super) fn align(old: &str, new: &str) -> Vec<Step> {
    let (old, new) = (Characters::new(old), Characters::new(new));
    let (before, after) = (&old.characters[..], &new.characters[..]);
    let by_place = before.len() == after.len();
    let mut steps = Vec::new();
    let (mut i, mut j) = (0, 0);
    while i < before.len() || j < after.len() {
        let equal = before[i..].iter().zip(&after[j..]).take_while(|(one, other)| one == other).count();
        if equal > 0 {
            steps.push(Step::Kept(old.bytes(i..i + equal)));
            (i, j) = (i + equal, j + equal);
            continue;
        }
        let (skipped, written) = if by_place { (1, 1) } else { meet(&before[i..], &after[j..]) };
        match skipped == written {
            // As many as before: each takes the place of one.
            true => steps
                .extend((0..written).map(|n| Step::New { at: old.starts[i + n], text: new.bytes(j + n..j + n + 1) })),
            false => steps.push(Step::New { at: old.starts[i], text: new.bytes(j..j + written) }),
        }
        (i, j) = (i + skipped, j + written);
    }
    steps
}

/// The steps as edits of the old text (in order, disjoint) say them. None if these do not lead to the new text, or there are none.
pub(super) fn by_edits(old: &str, new: &str, edits: &[(Range<usize>, &str)]) -> Option<Vec<Step>> {
    let mut steps = Vec::new();
    let (mut at, mut written) = (0, 0);
    for (range, replacement) in edits {
        let kept = old.get(at..range.start)?;
        let rest = new.get(written..)?.strip_prefix(kept)?;
        if !kept.is_empty() {
            steps.push(Step::Kept(at..range.start));
        }
        rest.strip_prefix(replacement)?;
        written += kept.len();
        steps.extend(align(old.get(range.clone())?, replacement).into_iter().map(|step| match step {
            Step::Kept(kept) => Step::Kept(range.start + kept.start..range.start + kept.end),
            Step::New { at, text } => {
                Step::New { at: range.start + at, text: written + text.start..written + text.end }
            }
        }));
        written += replacement.len();
        at = range.end;
    }
    if edits.is_empty() || old.get(at..)? != new.get(written..)? {
        return None;
    }
    if at < old.len() {
        steps.push(Step::Kept(at..old.len()));
    }
    Some(steps)
}

/// How many characters of each to pass until they agree again; at least one of both.
fn meet(before: &[char], after: &[char]) -> (usize, usize) {
    for distance in 1..=2 * WINDOW {
        for skipped in distance.saturating_sub(WINDOW)..=distance.min(WINDOW) {
            let written = distance - skipped;
            let (Some(old), Some(new)) = (before.get(skipped..), after.get(written..)) else { continue };
            let wanted = AGREE.min(old.len().max(new.len()));
            if old.len() >= wanted && new.len() >= wanted && old[..wanted] == new[..wanted] {
                return (skipped, written);
            }
        }
    }
    (before.len(), after.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn apply(old: &str, new: &str) -> (String, usize) {
        let (mut text, mut kept, mut at) = (String::new(), 0, 0);
        for step in align(old, new) {
            match step {
                Step::Kept(range) => {
                    assert!(range.start >= at, "steps go forward");
                    at = range.end;
                    kept += old[range.clone()].chars().count();
                    text.push_str(&old[range]);
                }
                Step::New { at: from, text: range } => {
                    assert!(from >= at, "steps go forward");
                    at = from;
                    text.push_str(&new[range]);
                }
            }
        }
        (text, kept)
    }

    #[test]
    fn what_is_equal_is_kept() {
        assert_eq!(apply("他的软件好", "他的軟體好"), ("他的軟體好".to_string(), 3));
        assert_eq!(apply("用短信发给他", "用簡訊發給他們"), ("用簡訊發給他們".to_string(), 1));
        assert_eq!(apply("的士站在那里的", "計程車站在那裡的"), ("計程車站在那裡的".to_string(), 4));
        assert_eq!(apply("甲", "甲乙"), ("甲乙".to_string(), 1));
        assert_eq!(apply("甲乙", "甲"), ("甲".to_string(), 1));
        assert_eq!(apply("", "甲"), ("甲".to_string(), 0));
    }

    #[test]
    fn edits_say_what_is_new() {
        let edits = [(0..6, "計程車"), (6..9, "車")];
        let steps = by_edits("的士车马", "計程車車马", &edits).unwrap();
        assert_eq!(
            steps,
            [Step::New { at: 0, text: 0..9 }, Step::New { at: 6, text: 9..12 }, Step::Kept(9..12)],
            "the last two characters are those of their places"
        );
        assert_eq!(by_edits("的士车马", "計程車車馬", &edits), None, "what edits do not lead to is not believed");
        assert_eq!(by_edits("甲", "乙", &[(0..9, "乙")]), None);
        assert_eq!(by_edits("甲", "甲", &[]), None);
    }

    /// Every text of up to five characters of an alphabet of three.
    fn texts() -> Vec<String> {
        let mut texts = vec![String::new()];
        let mut from = 0;
        for _ in 0..5 {
            let to = texts.len();
            for index in from..to {
                texts.extend(['甲', '乙', 'a'].map(|character| format!("{}{character}", texts[index])));
            }
            from = to;
        }
        texts
    }

    #[test]
    fn the_steps_make_the_new_text() {
        let texts = texts();
        for old in &texts {
            for new in texts.iter().step_by(7) {
                assert_eq!(apply(old, new).0, *new, "from {old}");
            }
        }
    }

    #[test]
    fn long_texts_take_no_long_time() {
        let old = "甲乙".repeat(100_000);
        let new = "丙丁戊".repeat(100_000);
        let time = std::time::Instant::now();
        assert_eq!(apply(&old, &new).0, new);
        assert_eq!(apply(&old, &format!("戊{old}")).0.len(), old.len() + 3);
        assert!(time.elapsed().as_secs() < 5, "took {:?}", time.elapsed());
    }
}
