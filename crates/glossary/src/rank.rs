//! The order of matches.
//!
//! How it works stands at `Score`, where users of the crate read it.

use crate::entry::{Entry, EntryKind};
use crate::layout::Form;
use crate::matches::{How, Interval, Match};
use crate::query::Query;
use crate::table::Feature;
use crate::{Code, Script};

/// How well a match answers a query: the less, the better. To be compared with scores of the same lookup only.
///
/// Better comes first by the first of these points in which two matches differ:
///
/// 1. how they matched: the name itself or an official full form of it (迪化府), but behind names with a suffix more where these were in use in the year that was given and it was not, a variant, the name without the suffix of the query, the name with a suffix more, a name in Latin
///    letters or another language, a name of today for a place that had others, the start of a name, a name with one character wrong, with two;
/// 2. of names that only start as the query, the shorter; of names with characters wrong, the one that shares more of its start; of names in Wade-Giles, the
///    one that misses fewer of its marks;
/// 3. when a year was given: in use then; with unknown years; nearest in time, 100 years before it before 101 years after it;
/// 4. when a region was given: in it;
/// 5. the column `rank` of the row, 9 first; of units of the code book provinces have 9, prefectures 7, counties 5;
/// 6. official names, then aliases, then units of today, then units that are no more;
/// 7. units of a higher level;
/// 8. the id, and rows of a later overlay first.
///
/// The order is total: no two entries have the same id. Two matches that differ in the last point only rank equally well; where they are not
/// the same place, they are `ambiguous`. They are the same place when they name a unit in common, or a city and a part of it,
/// or the same name of today, or one is the next name of the other.
///
/// Answers to [`Mode::Reverse`](crate::Mode::Reverse) are a history and come oldest first instead.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Score {
    how: u8,
    distance: u8,
    year: (u8, u16),
    outside: bool,
    rank: u8,
    kind: u8,
    level: u8,
}

impl Score {
    /// `distance` is what point 2 of the order counts.
    pub(crate) fn new(
        entry: Entry<'_>,
        (how, form): (How, Form),
        distance: usize,
        interval: Option<Interval>,
        query: &Query,
    ) -> Score {
        let unit = entry.unit();
        let whole = if matches!(interval, None | Some(Interval::Inside)) { 0 } else { 2 };
        Score {
            how: match how {
                How::SuffixAdded if interval == Some(Interval::Inside) => 1,
                How::Exact | How::Identifier | How::Former => whole,
                How::SuffixStripped if form == Form::Suffixed => whole,
                How::Variant => 3,
                How::SuffixStripped => 4,
                How::SuffixAdded => 5,
                How::Pinyin | How::WadeGiles | How::Postal | How::PostalRule | How::OtherName => 6,
                How::Today => 7,
                How::Prefix => 8,
                How::Fuzzy { edits } => 9_u8.saturating_add(edits),
            },
            distance: u8::try_from(distance).unwrap_or(u8::MAX),
            year: match interval {
                None | Some(Interval::Inside) => (0, 0),
                Some(Interval::Unknown) => (1, 0),
                Some(Interval::Before(years) | Interval::After(years)) => (2, years),
            },
            outside: query.region.is_some_and(|region| !region.contains(entry)),
            rank: 9_u8.saturating_sub(entry.rank()),
            kind: match unit {
                None => u8::from(entry.feature() == Feature::Alias),
                Some(unit) if unit.exists(None) => 2,
                Some(_) => 3,
            },
            level: unit.map_or(0, |unit| unit.level() as u8),
        }
    }
}

/// Sorts matches by the order above and says which are ambiguous.
pub(crate) fn sort(matches: &mut [Match<'_>]) {
    matches.sort_unstable_by(|left, right| {
        let id = || left.entry.id().cmp(right.entry.id());
        left.score.cmp(&right.score).then_with(id).then_with(|| right.entry.position().cmp(&left.entry.position()))
    });
    for tied in matches.chunk_by_mut(|left, right| left.score == right.score) {
        let whole = !matches!(tied[0].how, How::Prefix | How::Fuzzy { .. });
        let first = tied[0].entry;
        if whole && tied[1..].iter().any(|other| !same_place(first, other.entry)) {
            tied.iter_mut().for_each(|found| found.ambiguous = true);
        }
    }
}

/// Whether two entries that rank equally well stand for one place.
fn same_place(left: Entry<'_>, right: Entry<'_>) -> bool {
    if left == right {
        return true;
    }
    if let (Some(left), Some(right)) = (left.unit(), right.unit()) {
        let today = right.in_year(None);
        return left.in_year(None).iter().any(|unit| today.contains(unit));
    }
    if left.kind() == EntryKind::Unit || right.kind() == EntryKind::Unit {
        return false;
    }
    let linked = left.next_id() == Some(right.id()) || right.next_id() == Some(left.id());
    let (today, other) = (left.modern_name(Script::Simplified), right.modern_name(Script::Simplified));
    let shared = || left.modern_codes().any(|code| right.modern_codes().any(|other| overlap(code.code, other.code)));
    linked || (!today.is_empty() && today == other) || shared()
}

/// Whether one code is the other, or that of the prefecture which the other belongs to.
fn overlap(left: Code, right: Code) -> bool {
    let (left, right) = (left.number(), right.number());
    let city_of = |part: u32| part / 100 * 100;
    left == right || (left % 10_000 != 0 && right % 10_000 != 0 && (left == city_of(right) || right == city_of(left)))
}
