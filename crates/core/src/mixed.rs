//! Decides which stretches of a text of unknown script are still to be converted.
//!
//! How it works stands at `Mixed`, where users of the crate read it.
//!
//! # Cost
//!
//! One look-up a character, no allocation but for the list of decisions and, before the first evidence, of sentences that wait for it.
//! A sentence with both kinds of evidence is read twice.
//!
//! # Measured
//!
//! With `cargo xtask evidence mixed --half even` on the half of the corpora that the evidence was not derived from (`derive --half odd`),
//! 4.8 million characters of newspaper, reviews, stories, talk, manuals and messages:
//!
//! - Text that is already in the target, lines without any character that OpenCC's tables know only from the other script: towards
//!   zh-cn 0 characters in 100,000 are changed, towards zh-tw 1.0 and towards zh-hk 13.5, of these all but 0.0 and 0.2 by rule 5 (爲, 裏
//!   and 啓 in Taiwanese, 爲 in Cantonese text).
//! - The same lines with every second sentence in the other script: 99.95 % (newspaper, reviews, stories towards zh-cn), 99.6 % (stories
//!   towards zh-tw), 99.3 % (talk and Cantonese sentences towards zh-hk), 99.0 to 99.6 % (messages and manuals) of the sentences come
//!   out as converting just those sentences gives. With eight at a time 99.98, 99.8, 99.5 and 99.4 to 99.8 %. What differs is short and has no
//!   evidence (`打印`, `新文件`), so that it follows its surroundings.

mod reader;
mod sentences;

use std::collections::VecDeque;
use std::ops::Range;

use crate::evidence::{CLASS, Evidence, HANS, HANS_VARIANT, HANT, HANT_VARIANT, HK_FOREIGN, MARK, TW_FOREIGN};
use crate::kernel::tally::{Signs, Tally, Weights};
use crate::prose::{Place, Prose};
use crate::{Script, Variant};
use reader::{LONGEST_SENTENCE, Stretch, Unit, read};
use sentences::{Sentence, Sentences};

/// Whether more text follows the piece at hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum End {
    /// More may follow: what depends on it is held back.
    More,
    /// The text ends here.
    Final,
}

/// What is to be done with a stretch of prose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Treatment {
    /// Nothing: it is in the target's script.
    Leave,
    /// Full conversion from the other script.
    Convert,
    /// Conversion, of which only those edits are to be applied whose source [`Mixed::is_evident`].
    ConvertEvident,
    /// It is in the target's script, but holds forms that the target's region does not write. They are to be replaced by the region's
    /// (`t2tw`, `t2hk`), as [`Mixed::is_evident`] tells them.
    Normalise,
}

/// A stretch of prose and what is to be done with it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Decision {
    /// Bytes of the text as given to [`Mixed::decide`].
    pub range: Range<usize>,
    /// What is to be done.
    pub treatment: Treatment,
}

/// What has to be remembered of the text so far. Starts as `Default`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MixedState {
    /// How many sentences with evidence were foreign in a row, up to now.
    foreign_run: u8,
    /// Whether any sentence with evidence was not foreign.
    own_seen: bool,
}

impl MixedState {
    fn has_evidence(&self) -> bool {
        self.own_seen || self.foreign_run > 0
    }

    fn converts_neutral(&self) -> bool {
        self.foreign_run >= RUN || (self.foreign_run > 0 && !self.own_seen)
    }

    /// The signs without which any number of sentences is treated like the one before, and leaves the state as it is; `None` if that cannot be
    /// said.
    fn telling(&self) -> Option<Signs> {
        match (self.foreign_run, self.own_seen) {
            (RUN, _) => Some(Signs::OWN),
            (0, true) => Some(Signs::FOREIGN | Signs::FORMS),
            _ => None,
        }
    }

    fn add(&mut self, foreign: bool) {
        self.foreign_run = if foreign { (self.foreign_run + 1).min(RUN) } else { 0 };
        self.own_seen |= !foreign;
    }
}

/// Sentences in a row that must have been foreign for one without evidence to be converted too.
const RUN: u8 = 3;
/// How far from its start, in bytes, a sentence without evidence looks for the first sentence that has some.
const LOOK_AHEAD: usize = 4096;

/// The decision procedure for one target. Cheap to make and to copy.
///
/// Text that is already Traditional must not go through a Simplified-to-Traditional config as if it were Simplified: 里, 后, 干, 面, 只
/// and some hundred other characters are in both scripts, and `皇后` or `公里` would be over-converted. A page with many authors holds both
/// scripts, and a converter that is told nothing has to find out sentence by sentence. This is done here, for any target, as a pure
/// function of the text: it knows no config and changes nothing.
///
/// # The rule
///
/// *Evidence* is a character that only one of the scripts has (`这`, `這`), or a pair of common
/// characters that only one writes (`之后`). Against a target it is *own* or *foreign*. Some of it is *weak*: forms that careless text
/// of the other script has too (`没`), and characters that some word of the other script needs (`据` in 拮据).
///
/// 1. The unit is the sentence. It ends after `。！？；…!?;`, with closing quotes and brackets behind them, or at a newline, or before the
///    character that begins 3,072 or more bytes after its start. Markup between ranges of prose does not end it unless there is a
///    newline in it.
/// 2. Only foreign evidence: the sentence is converted. Only own evidence: it is left.
/// 3. Both: it is split into clauses (at `，、：—` and the like, brackets, quotes), each decided alone. Only own evidence: left. Only
///    foreign: converted; but if that is weak and the sentence's own evidence prevails, as `ConvertEvident`. None: converted if the
///    sentence's foreign evidence prevails, else left. Both: converted if foreign evidence prevails, else `ConvertEvident`: single
///    characters that cannot be right in the target are replaced, whatever both scripts have stays. Strong evidence prevails before
///    weak; at a tie, own prevails.
/// 4. A sentence without evidence follows its surroundings. It is converted if all sentences with evidence so far were foreign (so a
///    document in the foreign script is converted whole), or if the last 3 with evidence were. If there were none so far, the first
///    sentence with evidence that begins within 4,096 bytes of its start decides. Otherwise it is left.
/// 5. For a regional target, a stretch that is left but holds a form which the region does not write (爲 in Taiwan) is to be normalised:
///    such forms are replaced, and nothing else.
///
/// For rule 4 a sentence with both kinds counts as foreign if it has more than three times as much foreign evidence as own.
///
/// For example, towards Taiwan:
///
/// ```
/// use tongwen::{Decision, End, Mixed, MixedState, Treatment, Variant};
///
/// let text = "皇后在里面。这是后来的事。他說後來的事，还没完。";
/// let mut decisions = Vec::new();
/// let mut state = MixedState::default();
/// Mixed::new(Variant::ZhTw).decide(&mut state, text, &[0..text.len()], End::Final, &mut decisions);
/// let found: Vec<_> = decisions.iter().map(|decision| (&text[decision.range.clone()], decision.treatment)).collect();
/// assert_eq!(
///     found,
///     [("皇后在里面。这是后来的事。", Treatment::Convert), ("他說後來的事，", Treatment::Leave), ("还没完。", Treatment::Convert)]
/// );
/// ```
///
/// # Limits
///
/// Streams: feeding a text in pieces gives the same treatment of every byte as the whole. At most [`Mixed::HELD_BACK`] bytes wait for more.
/// What the evidence does not know, the rule does not see: mainland words in Traditional characters are Traditional.
#[derive(Clone, Copy)]
pub struct Mixed {
    evidence: Evidence,
    target: Script,
    /// The flag of forms that the target's region does not write; 0 where the target has no region.
    foreign_form: u8,
    weights: &'static Weights,
}

/// The weights for Simplified targets, for Traditional ones without a region, for Taiwan and for Hong Kong.
static SIMPLIFIED: Weights = Weights::new(Script::Simplified, 0);
static TRADITIONAL: Weights = Weights::new(Script::Traditional, 0);
static TAIWAN: Weights = Weights::new(Script::Traditional, TW_FOREIGN);
static HONG_KONG: Weights = Weights::new(Script::Traditional, HK_FOREIGN);

impl std::fmt::Debug for Mixed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Mixed")
            .field("target", &self.target)
            .field("foreign_form", &self.foreign_form)
            .finish_non_exhaustive()
    }
}

/// Own and foreign evidence of a stretch, against a target.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Balance {
    foreign: u16,
    foreign_weak: u16,
    own: u16,
    own_weak: u16,
}

impl Balance {
    fn has_foreign(self) -> bool {
        self.foreign > 0 || self.foreign_weak > 0
    }

    fn has_own(self) -> bool {
        self.own > 0 || self.own_weak > 0
    }

    fn foreign_prevails(self) -> bool {
        (self.foreign, self.foreign_weak) > (self.own, self.own_weak)
    }

    /// Whether the sentence speaks for foreign surroundings.
    fn counts_as_foreign(self) -> bool {
        let foreign = u32::from(self.foreign) + u32::from(self.foreign_weak);
        let own = u32::from(self.own) + u32::from(self.own_weak);
        foreign > 3 * own
    }
}

impl Mixed {
    /// The most bytes that [`Mixed::decide`] leaves undecided when more text follows, markup between them included.
    pub const HELD_BACK: usize = LOOK_AHEAD + LONGEST_SENTENCE;

    /// The procedure for a target. Macau is treated as Hong Kong.
    pub fn new(target: Variant) -> Mixed {
        let script = target.script();
        let (foreign_form, weights) = match (target, script) {
            (Variant::ZhTw, _) => (TW_FOREIGN, &TAIWAN),
            (Variant::ZhHk | Variant::ZhMo, _) => (HK_FOREIGN, &HONG_KONG),
            (_, Script::Traditional) => (0, &TRADITIONAL),
            (_, Script::Simplified) => (0, &SIMPLIFIED),
        };
        Mixed { evidence: Evidence::new(), target: script, foreign_form, weights }
    }

    /// Whether an edit with this source is to be applied under [`Treatment::ConvertEvident`]: whether it holds a character that cannot be
    /// right in the target.
    pub fn is_evident(&self, source: &str) -> bool {
        source.chars().any(|character| self.is_evident_in(character))
    }

    /// Whether a character cannot be right in the target.
    pub(crate) fn is_evident_in(&self, character: char) -> bool {
        let classes = match self.target {
            Script::Traditional => [HANS, HANS_VARIANT],
            Script::Simplified => [HANT, HANT_VARIANT],
        };
        let flags = self.evidence.flags_of(character);
        flags & MARK == 0 && (classes.contains(&(flags & CLASS)) || flags & self.foreign_form != 0)
    }

    /// Decides about the prose of a text, appending to `out`; neighbouring stretches with the same treatment become one.
    ///
    /// `ranges` are the bytes of `text` that are prose: sorted, disjoint, on character boundaries. The decisions partition them, up to the
    /// offset that is returned; from there on the text is to be given again, with more behind it (its offsets then begin at 0). With
    /// [`End::Final`] everything is decided.
    pub fn decide(
        &self,
        state: &mut MixedState,
        text: &str,
        ranges: &[Range<usize>],
        end: End,
        out: &mut Vec<Decision>,
    ) -> usize {
        let first = out.len();
        let prose = Prose::new(text, ranges);
        let mut range = 0;
        let undecided = self.decide_prose(state, &prose, end, |stretch, treatment| {
            let mut at = stretch.start;
            while let Some(place) = prose.place(range, at).filter(|_| at < stretch.end) {
                range = place.range;
                let start = prose.origin(place);
                let stop = prose.ends[range].min(stretch.end);
                let piece = start..start + (stop - at);
                at = stop;
                match out[first..].last_mut() {
                    Some(last) if last.treatment == treatment && last.range.end == piece.start => {
                        last.range.end = piece.end
                    }
                    _ => out.push(Decision { range: piece, treatment }),
                }
            }
        });
        undecided.map_or(text.len(), |place| prose.origin(place))
    }

    /// Decides about a prose. Calls `put` with stretches of the packed prose, one behind another; neighbours may have the same treatment. Gives
    /// the place from which on nothing is decided, if there is such a place.
    pub(crate) fn decide_prose(
        &self,
        state: &mut MixedState,
        prose: &Prose<'_>,
        end: End,
        put: impl FnMut(Range<usize>, Treatment),
    ) -> Option<Place> {
        let mut sentences = Sentences::new(self.evidence, self.weights, prose);
        self.decide_sentences(state, prose, end, |start, telling| sentences.read(start, end, telling), put)
    }

    /// The same, given what reads the sentence at a place; sentences without the signs that it is told may be read as one.
    #[inline]
    fn decide_sentences(
        &self,
        state: &mut MixedState,
        prose: &Prose<'_>,
        end: End,
        mut read: impl FnMut(Place, Option<Signs>) -> Option<Sentence>,
        mut put: impl FnMut(Range<usize>, Treatment),
    ) -> Option<Place> {
        // Sentences that wait for the first evidence, the oldest first.
        let mut waiting: VecDeque<Sentence> = VecDeque::new();
        let mut clauses = Vec::new();
        let (mut at, mut range) = (0, 0);
        let undecided = loop {
            let Some(start) = prose.place(range, at) else { break None };
            let Some(sentence) = read(start, state.telling()) else { break Some(start) };
            (at, range) = (sentence.end, start.range);
            let whole = sentence.start.at..sentence.end;
            if !waiting.is_empty() {
                let start = prose.origin(start);
                let is_far = |oldest: &&Sentence| prose.origin(oldest.start) + LOOK_AHEAD <= start;
                while let Some(oldest) = waiting.front().filter(is_far).copied() {
                    waiting.pop_front();
                    put(oldest.start.at..oldest.end, left(oldest.signs.has_forms()));
                }
            }
            let (has_foreign, has_own) = (sentence.signs.has_foreign(), sentence.signs.has_own());
            if has_foreign || has_own {
                let balance = match (has_foreign, has_own) {
                    (true, true) => Some(self.read_clauses(prose, sentence, &mut clauses)),
                    _ => None,
                };
                let foreign = balance.map_or(has_foreign, Balance::counts_as_foreign);
                for waited in waiting.drain(..) {
                    let treatment = if foreign { Treatment::Convert } else { left(waited.signs.has_forms()) };
                    put(waited.start.at..waited.end, treatment);
                }
                state.add(foreign);
                match balance {
                    Some(balance) => self.decide_clauses(&clauses, balance, &mut put),
                    None if foreign => put(whole, Treatment::Convert),
                    None => put(whole, left(sentence.signs.has_forms())),
                }
            } else if state.converts_neutral() {
                put(whole, Treatment::Convert);
            } else if state.has_evidence() {
                put(whole, left(sentence.signs.has_forms()));
            } else {
                waiting.push_back(sentence);
            }
        };
        // What begins from here on is too far for those that have waited for long.
        let far = undecided.map_or(prose.source.len(), |place| prose.origin(place));
        for sentence in waiting {
            if end == End::More && prose.origin(sentence.start) + LOOK_AHEAD > far {
                return Some(sentence.start);
            }
            put(sentence.start.at..sentence.end, left(sentence.signs.has_forms()));
        }
        undecided
    }

    /// Reads the clauses of a sentence, instead of those that are there, and gives the balance of all of it.
    fn read_clauses(&self, prose: &Prose<'_>, sentence: Sentence, clauses: &mut Vec<Stretch>) -> Balance {
        clauses.clear();
        let (mut at, mut range) = (sentence.start.at, sentence.start.range);
        let mut whole = Tally::default();
        while let Some(start) = prose.place(range, at).filter(|_| at < sentence.end) {
            let Some(clause) = read(self.evidence, prose, start, sentence.end, Unit::Clause, End::Final) else { break };
            (at, range) = (clause.end, start.range);
            // No pair reaches across a mark, so the clauses have all that the sentence has.
            whole.lanes += clause.tally.lanes;
            clauses.push(clause);
        }
        self.balance(whole)
    }

    /// Rule 3.
    fn decide_clauses(&self, clauses: &[Stretch], whole: Balance, put: &mut impl FnMut(Range<usize>, Treatment)) {
        for clause in clauses {
            let balance = self.balance(clause.tally);
            let treatment = match (balance.has_foreign(), balance.has_own()) {
                (false, true) => left(self.weights.has_forms(clause.tally)),
                (true, false) if balance.foreign == 0 && !whole.foreign_prevails() => Treatment::ConvertEvident,
                (true, false) => Treatment::Convert,
                (false, false) if !whole.foreign_prevails() => left(self.weights.has_forms(clause.tally)),
                (false, false) => Treatment::Convert,
                (true, true) if balance.foreign_prevails() => Treatment::Convert,
                (true, true) => Treatment::ConvertEvident,
            };
            put(clause.start.at..clause.end, treatment);
        }
    }

    fn balance(&self, tally: Tally) -> Balance {
        let lane = |number: u32| (tally.lanes >> (16 * number)) as u16;
        let [foreign, own] = match self.target {
            Script::Traditional => [0, 2],
            Script::Simplified => [2, 0],
        };
        Balance { foreign: lane(foreign), foreign_weak: lane(foreign + 1), own: lane(own), own_weak: lane(own + 1) }
    }
}

/// Left as it is, or normalised.
fn left(has_forms: bool) -> Treatment {
    if has_forms { Treatment::Normalise } else { Treatment::Leave }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Random;

    /// Reads the sentence at a place mark by mark.
    fn read_slowly(prose: &Prose<'_>, start: Place, end: End) -> Option<Sentence> {
        let read = read(Evidence::new(), prose, start, prose.packed.len(), Unit::Sentence, end)?;
        Some(Sentence { start, end: read.end, signs: TAIWAN.signs(read.tally) })
    }

    /// The sentences of a prose, read mark by mark and many at a time: where they are, and which evidence and forms they have.
    fn both(prose: &Prose<'_>, end: End) -> [Vec<(usize, usize, [bool; 3])>; 2] {
        let mut many = Sentences::new(Evidence::new(), &TAIWAN, prose);
        let mut slowly = |start: Place| read_slowly(prose, start, end);
        let mut found = [Vec::new(), Vec::new()];
        let mut quickly = |start: Place| many.read(start, end, None);
        let readers: [&mut dyn FnMut(Place) -> Option<Sentence>; 2] = [&mut slowly, &mut quickly];
        for (found, next) in found.iter_mut().zip(readers) {
            let mut at = 0;
            while let Some(start) = prose.place(0, at) {
                let Some(Sentence { end, signs, .. }) = next(start) else { break };
                found.push((at, end, [signs.has_foreign(), signs.has_own(), signs.has_forms()]));
                at = end;
            }
        }
        found
    }

    /// What is decided if sentences are read one by one, and if many may be read as one: the treatment of every byte, up to where it is undecided, and
    /// the state there.
    fn decisions(prose: &Prose<'_>, end: End) -> [(Vec<Treatment>, Option<usize>, MixedState); 2] {
        let mixed = Mixed::new(Variant::ZhTw);
        [true, false].map(|slowly| {
            let mut state = MixedState::default();
            let mut treatments = vec![Treatment::Leave; prose.packed.len()];
            let put = |place: Range<usize>, treatment| treatments[place].fill(treatment);
            let undecided = match slowly {
                true => mixed.decide_sentences(&mut state, prose, end, |at, _| read_slowly(prose, at, end), put),
                false => mixed.decide_prose(&mut state, prose, end, put),
            };
            (treatments, undecided.map(|place| place.at), state)
        })
    }

    #[test]
    fn what_is_decided_of_many_sentences_at_once_is_what_each_of_them_gives() {
        let mut numbers = Random(7);
        let mut random = |bound| numbers.below(bound);
        const KINDS: [&[&str]; 4] = [
            &["他说这是后来的事", "中文的人在一不", "。", "。」", "之后，", "\n", "！？", "a b; "],
            &["他說這是後來的事", "皇后在公里外", "。", "。」", "回覆，", "\n", "！？", "a b; "],
            &["他說", "爲", "他说", "只有", "。", "，", "\n", "没"],
            &["中文的人在一不", "中文的人在一不", "中文的人在一不", "，", "abc"],
        ];
        let mut changes = 0;
        for round in 0..150 {
            let (mut text, mut ranges) = (String::new(), Vec::new());
            for _ in 0..random(12) {
                let kind = KINDS[[0, 0, 0, 1, 1, 1, 2, 3][random(8)]];
                for _ in 0..random(40) {
                    let start = text.len();
                    (0..random(40)).for_each(|_| text.push_str(kind[random(kind.len())]));
                    if round % 2 == 0 || random(4) > 0 {
                        ranges.push(start..text.len());
                    }
                }
            }
            let whole = 0..text.len();
            let ranges = if round % 3 == 0 { std::slice::from_ref(&whole) } else { &ranges };
            let prose = Prose::new(&text, ranges);
            for end in [End::Final, End::More] {
                let [slow, fast] = decisions(&prose, end);
                let wrong = (0..slow.0.len()).find(|at| fast.0[*at] != slow.0[*at]);
                let around = wrong.map(|at| String::from_utf8_lossy(&prose.packed.as_bytes()[at.saturating_sub(60)..]));
                let around = around.map(|text| text.chars().take(60).collect::<String>());
                assert!(
                    fast == slow,
                    "from {wrong:?}: {around:?}; {:?}, not {:?}; {end:?}",
                    (fast.1, fast.2),
                    (slow.1, slow.2)
                );
                changes += slow.0.windows(2).filter(|two| two[0] != two[1]).count();
            }
        }
        assert!(changes > 1000, "{changes} changes of treatment");
    }

    #[test]
    fn sentences_are_the_same_whichever_way_they_are_read() {
        let mut numbers = Random(5);
        let mut random = |bound| numbers.below(bound);
        const PIECES: [&str; 22] = [
            "他说",
            "他說",
            "之",
            "后",
            "里",
            "面",
            "，",
            "。",
            "。」",
            "！？",
            "\n",
            "…",
            ";",
            "abc ",
            "爲",
            "没",
            "é",
            "😀",
            "[[x",
            "]]",
            "\n|",
            "中文的人在一不",
        ];
        let (mut sentences, mut longest) = (0, 0);
        for round in 0..3000 {
            let mut text = String::new();
            let mut ranges: Vec<Range<usize>> = Vec::new();
            let long = round % 10 == 0;
            for _ in 0..random(if long { 1500 } else { 60 }) {
                let start = text.len();
                for _ in 0..random(8) {
                    let mut piece = PIECES[random(PIECES.len())];
                    if long && random(40) != 0 && piece.contains(['。', '！', '…', ';', '\n']) {
                        piece = "中文这";
                    }
                    text.push_str(piece);
                }
                if random(3) > 0 {
                    ranges.push(start..text.len());
                }
            }
            let prose = Prose::new(&text, &ranges);
            for end in [End::Final, End::More] {
                let [slow, fast] = both(&prose, end);
                assert_eq!(fast, slow, "{ranges:?} of {text:?}, {end:?}");
                sentences += slow.len();
                longest = slow.iter().map(|(start, end, ..)| end - start).fold(longest, usize::max);
            }
        }
        assert!(sentences > 10_000 && longest > 2000, "{sentences} sentences, the longest of {longest} bytes");
    }
}
