//! Which brackets belong together (rules A20, A21, D1).
//!
//! `-{` is closed by the nearest `}-`, `-<` by the nearest `>-` of the same line. What stays alone is text: `-{a -{b}- c` has one
//! span, `-{b}-`. Of overlapping brackets the first counts: `-{}-{}-` is an empty span and `{}-`. A closing bracket
//! that closes nothing is none, so in `a}-{b}-` the dash belongs to the opening.
//!
//! Ten openings of a pair may be open at a time. A further one is text, and its closing closes a level too early; that is
//! what the wiki does, and it keeps the cost of a page of nothing but `-{` small.
//!
//! # Cost
//!
//! One pass. Text without brackets costs one search for `-`.

use std::ops::Range;

/// Which delimiters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pair {
    /// `-{ }-`
    Braces,
    /// `-< >-`
    Angles,
}

/// What a format's scanner says about a place of the source. Brackets are two bytes long.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Token {
    Open {
        at: usize,
        pair: Pair,
    },
    Close {
        at: usize,
        pair: Pair,
    },
    /// A construct of the format (a link, a call): shown as it is, and nothing in it is a flag, a separator or a code.
    Opaque(Range<usize>),
    /// As if it were not there: a comment.
    Hidden(Range<usize>),
    /// A bracket that turned out to be text.
    Text {
        at: usize,
    },
}

impl Token {
    /// Where it begins.
    pub(crate) fn start(&self) -> usize {
        match self {
            Token::Open { at, .. } | Token::Close { at, .. } | Token::Text { at } => *at,
            Token::Opaque(range) | Token::Hidden(range) => range.start,
        }
    }
}

/// The levels that may be open at a time, of each pair.
pub(crate) const LEVELS: usize = 10;

/// A span that lies in no other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Outermost {
    /// Bytes of the source, brackets included.
    pub(crate) range: Range<usize>,
    /// Its part of [`Paired::tokens`], from its opening to its closing.
    pub(crate) tokens: Range<usize>,
}

/// An opening without closing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Unclosed {
    pub(crate) at: usize,
    pub(crate) pair: Pair,
}

/// What belongs together, and what stayed alone. Everything is in the order of the source, [`Paired::unclosed`] excepted.
#[derive(Debug, Default)]
pub(crate) struct Paired {
    pub(crate) tokens: Vec<Token>,
    pub(crate) spans: Vec<Outermost>,
    pub(crate) unclosed: Vec<Unclosed>,
    /// Closings `}-` without an opening.
    pub(crate) stray: Vec<usize>,
    /// Openings beyond the tenth level; of each run of them within one span, the first.
    pub(crate) too_deep: Vec<usize>,
    /// The first `-{` that stays open to the end: the wiki reads everything behind it as one run of text.
    pub(crate) open_to_end: Option<usize>,
}

impl Paired {
    /// The tokens of an outermost span.
    pub(crate) fn tokens_of(&self, span: &Outermost) -> &[Token] {
        &self.tokens[span.tokens.clone()]
    }
}

struct Opening {
    at: usize,
    token: usize,
    /// How many finished spans there were before it: later ones lie inside.
    inside_from: usize,
    /// Whether a deeper level in it has been reported.
    reported_depth: bool,
}

/// Pairs brackets that are passed to it one after another, for scanners that look for other brackets in a span than around it.
#[derive(Default)]
pub(crate) struct Matcher {
    paired: Paired,
    braces: Vec<Opening>,
    angles: Vec<Opening>,
}

/// Pairs the brackets of a plain text.
pub(crate) fn pair_text(text: &str) -> Paired {
    let bytes = text.as_bytes();
    let mut matcher = Matcher::default();
    // Up to where bytes belong to brackets, and up to where line ends have been looked for.
    let (mut used, mut lines) = (0, 0);
    for at in memchr::memchr_iter(b'-', bytes) {
        if !matcher.angles.is_empty() && memchr::memchr(b'\n', &bytes[lines..at]).is_some() {
            matcher.end_line();
        }
        lines = at;
        used = matcher.dash(bytes, at, used, |_| true);
    }
    matcher.finish()
}

/// Pairs brackets that a format's scanner found, in the order of the source. Other tokens pass through.
pub(crate) fn pair(tokens: impl IntoIterator<Item = Token>) -> Paired {
    let mut matcher = Matcher::default();
    for token in tokens {
        match token {
            Token::Open { at, pair } => matcher.open(at, pair),
            Token::Close { at, pair } => {
                if !matcher.close(at, pair) && pair == Pair::Braces {
                    matcher.stray(at);
                }
            }
            other => matcher.paired.tokens.push(other),
        }
    }
    matcher.finish()
}

impl Matcher {
    fn stacks(&mut self, pair: Pair) -> (&mut Vec<Opening>, &mut Vec<Opening>) {
        match pair {
            Pair::Braces => (&mut self.braces, &mut self.angles),
            Pair::Angles => (&mut self.angles, &mut self.braces),
        }
    }

    /// Whether what comes next stands in a span, as far as is known.
    pub(crate) fn is_open(&self) -> bool {
        !self.braces.is_empty() || !self.angles.is_empty()
    }

    /// Reads a dash: it may close a span, open one, or be text. Bytes before `used` belong to other brackets, which the dash is behind;
    /// `is_angle` says whether the `<` or `>` at a place is a delimiter. Gives up to where bytes belong to brackets now.
    pub(crate) fn dash(&mut self, bytes: &[u8], at: usize, used: usize, is_angle: impl Fn(usize) -> bool) -> usize {
        let pair = |place: usize, brace: u8, angle: u8| match bytes.get(place) {
            Some(&byte) if byte == brace => Some(Pair::Braces),
            Some(&byte) if byte == angle && is_angle(place) => Some(Pair::Angles),
            _ => None,
        };
        let before = at.checked_sub(1).filter(|&before| before >= used);
        let closes = before.and_then(|before| Some((before, pair(before, b'}', b'>')?)));
        if let Some((before, pair)) = closes
            && self.close(before, pair)
        {
            return at + 1;
        }
        match (pair(at + 1, b'{', b'<'), closes) {
            (Some(pair), _) => {
                self.open(at, pair);
                at + 2
            }
            (None, Some((before, Pair::Braces))) => {
                self.stray(before);
                used
            }
            (None, _) => used,
        }
    }

    pub(crate) fn open(&mut self, at: usize, pair: Pair) {
        let opening = Opening {
            at,
            token: self.paired.tokens.len(),
            inside_from: self.paired.spans.len(),
            reported_depth: false,
        };
        let (own, _) = self.stacks(pair);
        if own.len() < LEVELS {
            own.push(opening);
            self.paired.tokens.push(Token::Open { at, pair });
            return;
        }
        if let Some(innermost) = own.last_mut().filter(|innermost| !innermost.reported_depth) {
            innermost.reported_depth = true;
            self.paired.too_deep.push(at);
        }
    }

    /// A closing bracket `}-` that closes nothing.
    pub(crate) fn stray(&mut self, at: usize) {
        self.paired.stray.push(at);
    }

    /// Whether there was something to close.
    pub(crate) fn close(&mut self, at: usize, pair: Pair) -> bool {
        let (own, other) = self.stacks(pair);
        let Some(opening) = own.pop() else { return false };
        // What was opened inside and not closed is text.
        let from = other.partition_point(|inner| inner.at < opening.at);
        let left: Vec<Opening> = other.drain(from..).collect();
        for inner in left {
            self.leave(inner);
        }
        let paired = &mut self.paired;
        paired.tokens.push(Token::Close { at, pair });
        paired.spans.truncate(opening.inside_from);
        paired.spans.push(Outermost { range: opening.at..at + 2, tokens: opening.token..paired.tokens.len() });
        true
    }

    /// An opening that will not be closed.
    fn leave(&mut self, opening: Opening) {
        let token = &mut self.paired.tokens[opening.token];
        if let Token::Open { at, pair } = *token {
            self.paired.unclosed.push(Unclosed { at, pair });
            *token = Token::Text { at };
        }
    }

    fn end_line(&mut self) {
        for opening in std::mem::take(&mut self.angles) {
            self.leave(opening);
        }
    }

    pub(crate) fn finish(mut self) -> Paired {
        self.paired.open_to_end = self.braces.first().map(|opening| opening.at);
        for opening in std::mem::take(&mut self.braces) {
            self.leave(opening);
        }
        self.end_line();
        self.paired
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spans(text: &str) -> Vec<&str> {
        pair_text(text).spans.into_iter().map(|span| &text[span.range]).collect()
    }

    #[test]
    fn each_pair_closes_itself() {
        assert_eq!(spans("甲-{乙}-丙-<丁>-"), ["-{乙}-", "-<丁>-"]);
        assert_eq!(spans("-{a-{b}-c}-"), ["-{a-{b}-c}-"]);
        assert_eq!(spans("-{a-<b}-c>-"), ["-{a-<b}-"]);
        assert_eq!(spans("-<a-{b}-c>-"), ["-<a-{b}-c>-"]);
        assert_eq!(spans("-{{b}}-"), ["-{{b}}-"]);
        assert_eq!(spans("-{-}--<->-"), ["-{-}-", "-<->-"]);
        assert_eq!(spans("-{}-{}-"), ["-{}-"]);
        assert_eq!(spans("a}-{b}-c>-<d>-"), ["-{b}-", "-<d>-"]);
        assert_eq!(spans("- {a} - -{b} - -{c}"), [""; 0]);
    }

    #[test]
    fn what_stays_alone_is_text() {
        let paired = pair_text("x-{a -{b}- c}- }- -{d -<e");
        assert_eq!(paired.stray, [15]);
        assert_eq!(paired.open_to_end, Some(18));
        let unclosed = [Unclosed { at: 18, pair: Pair::Braces }, Unclosed { at: 22, pair: Pair::Angles }];
        assert_eq!(paired.unclosed, unclosed);
        assert_eq!(spans("-<a\n-<b>-"), ["-<b>-"]);
        assert_eq!(spans("-<a\nb>-"), [""; 0]);
        assert_eq!(spans("-{-<a\nb>-}-"), ["-{-<a\nb>-}-"]);
        assert_eq!(spans("-{ -{ -{a}- }-"), ["-{ -{a}- }-"]);
    }

    #[test]
    fn ten_levels_nest() {
        let nested = |levels: usize| format!("{}x{}y", "-{".repeat(levels), "}-".repeat(levels));
        assert_eq!(spans(&nested(10)), [&nested(10)[..41]]);
        let deep = nested(12);
        let paired = pair_text(&deep);
        assert_eq!(paired.spans[0].range, 0..deep.len() - 5);
        assert_eq!((paired.too_deep, paired.stray.len()), (vec![20], 2));
    }

    #[test]
    fn many_brackets_cost_little() {
        for text in ["-{", "-<", "}-", ">-", "-{-<", "-{}-", "-<\n", "-{>-", "-"] {
            let paired = pair_text(&text.repeat(1_000_000));
            assert!(paired.unclosed.len() <= 1_000_000);
        }
    }
}
