//! The years that a text speaks of: 1876年, 一八七六年, 前206年, 光绪二年, 乾隆年间, 清末.
//!
//! Of several places with one name, that is meant which bore it then. A year counts from where it stands up to the next one; before the first of a
//! paragraph, that one counts; in a paragraph without a year, the last one before it.

use std::ops::Range;

use super::reading::{Reading, Reign};

/// A span of years that a text speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Date {
    pub(crate) from: i16,
    pub(crate) to: i16,
}

impl Date {
    /// Whether all of another lies in it, and is less.
    fn holds(self, other: Date) -> bool {
        self.from <= other.from && other.to <= self.to && self != other
    }
}

/// The dates of a paragraph, and the last one before it.
#[derive(Default)]
pub(crate) struct Dates {
    /// Where each ends, in characters of the block.
    here: Vec<(usize, Date)>,
    before: Option<Date>,
}

/// How a date was come by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Nearness {
    /// In the same paragraph.
    Paragraph,
    /// In the text before.
    Text,
}

impl Dates {
    /// Reads the dates of the next paragraph.
    pub(crate) fn read(&mut self, characters: &[char], reading: &Reading) {
        if let Some((_, last)) = self.here.last() {
            self.before = Some(*last);
        }
        self.here.clear();
        for (at, character) in characters.iter().enumerate().filter(|(_, character)| may_end_date(**character)) {
            let date = match character {
                '年' => year(&characters[..at], reading),
                '帝' | '皇' => era(&characters[..at], reading),
                '代' | '朝' | '末' | '初' | '军' | '季' => {
                    dynasty(&characters[..at]).or_else(|| era(&characters[..at], reading))
                }
                _ => None,
            };
            // 清军 after 光绪二年 says nothing new.
            let known = self.here.last().is_some_and(|(_, last)| date.is_some_and(|date| date.holds(*last)));
            self.here.extend(date.filter(|_| !known).map(|date| (at + 1, date)));
        }
    }

    /// The last date that ends in a range of the paragraph.
    pub(crate) fn between(&self, range: Range<usize>) -> Option<Date> {
        self.last_until(range.end).filter(|(end, _)| range.start < *end).map(|(_, date)| date)
    }

    /// The date that counts at a place of the paragraph.
    pub(crate) fn at(&self, place: usize) -> Option<(Date, Nearness)> {
        let here = self.last_until(place).or(self.here.first().copied()).map(|(_, date)| (date, Nearness::Paragraph));
        here.or(self.before.map(|date| (date, Nearness::Text)))
    }

    /// The last date of the paragraph that ends at a place or before it, and where.
    fn last_until(&self, place: usize) -> Option<(usize, Date)> {
        let count = self.here.partition_point(|(end, _)| *end <= place);
        self.here[..count].last().copied()
    }
}

/// What dates end with.
const ENDS: [char; 9] = ['年', '帝', '皇', '代', '朝', '末', '初', '军', '季'];

/// Whether a character may be one of [`ENDS`]: nearly all others are told by one bit, without a branch for each end.
#[inline]
fn may_end_date(character: char) -> bool {
    const BITS: [u64; 4] = {
        let mut bits = [0; 4];
        let mut at = 0;
        while at < ENDS.len() {
            let place = ENDS[at] as usize % 256;
            bits[place / 64] |= 1 << (place % 64);
            at += 1;
        }
        bits
    };
    let place = character as usize % 256;
    BITS[place / 64] >> (place % 64) & 1 != 0
}

/// The year that characters before 年 say.
fn year(before: &[char], reading: &Reading) -> Option<Date> {
    let before = without_blank(before);
    // 元 is the first year only when it stands alone, and may be the end of an era all the same: 开元年间.
    if let [rest @ .., '元'] = before {
        return era_year(rest, 1, reading).or_else(|| era(before, reading));
    }
    let count = before.iter().rev().take_while(|character| digit(**character).is_some()).count();
    let (rest, digits) = before.split_at(before.len() - count);
    if digits.is_empty() {
        return era(rest, reading);
    }
    let number = number(digits)?;
    let rest = without_blank(rest);
    if era(rest, reading).is_some() {
        return era_year(rest, number, reading);
    }
    let bce = rest.ends_with(&['公', '元', '前']) || rest.ends_with(&['西', '元', '前']);
    let bce = bce || (rest.last() == Some(&'前') && digits.len() >= 2);
    match (digits.len(), bce) {
        (_, true) => single(-number),
        (3..=4, false) if (100..=2100).contains(&number) && digits.iter().all(|digit| unit(*digit).is_none()) => {
            single(number)
        }
        _ if rest.ends_with(&['公', '元']) => single(number),
        _ => None,
    }
}

/// A year of the era that characters end with, counted from 1; `None` where there is no era, or it has not as many years.
fn era_year(before: &[char], number: i32, reading: &Reading) -> Option<Date> {
    let era = era(before, reading)?;
    let year = i32::from(era.from) + number - 1;
    // A year more than the era has is a slip of a few months.
    let last = i32::from(era.to) + 1;
    (number >= 1 && year <= last).then(|| single(year)).flatten()
}

/// Without a blank at the end, which some put between figures and characters: 公元 640 年.
fn without_blank(characters: &[char]) -> &[char] {
    characters.strip_suffix(&[' ']).unwrap_or(characters)
}

/// All years of the era that characters end with: 乾隆年间, 康熙帝, 光绪末.
fn era(before: &[char], reading: &Reading) -> Option<Date> {
    let (length, reigns) = reading.era_at_end(before)?;
    reign(&before[..before.len() - length], reigns).map(|reign| Date { from: reign.first, to: reign.last })
}

fn single(year: i32) -> Option<Date> {
    let year = i16::try_from(year).ok().filter(|year| *year != 0)?;
    Some(Date { from: year, to: year })
}

/// Which state's era is meant: that of the state which stands before it, else the only one. Of several states without a name, none.
fn reign<'r>(before: &[char], reigns: &'r [Reign]) -> Option<&'r Reign> {
    let named = reigns.iter().find(|reign| {
        before.ends_with(&reign.state) || reign.state.last().is_some_and(|last| before.ends_with(&[*last]))
    });
    named.or(if reigns.len() == 1 { reigns.first() } else { None })
}

/// What a character is worth as a digit; tens and hundreds have their own.
fn digit(character: char) -> Option<i32> {
    Some(match character {
        '0'..='9' => character as i32 - '0' as i32,
        '０'..='９' => character as i32 - '０' as i32,
        '〇' | '○' | '零' => 0,
        '一' => 1,
        '二' => 2,
        '三' => 3,
        '四' => 4,
        '五' => 5,
        '六' => 6,
        '七' => 7,
        '八' => 8,
        '九' => 9,
        _ => return unit(character),
    })
}

fn unit(character: char) -> Option<i32> {
    match character {
        '十' => Some(10),
        '廿' => Some(20),
        '卅' => Some(30),
        '百' => Some(100),
        '千' => Some(1000),
        _ => None,
    }
}

/// Whether a character is a digit, of any of the kinds that [`number`] reads.
pub(crate) fn is_digit(character: char) -> bool {
    digit(character).is_some()
}

/// The number that digits say, written by place (一八七六) or with units (二十三).
pub(crate) fn number(digits: &[char]) -> Option<i32> {
    // 一千二百三十四 has seven.
    if digits.len() > 7 {
        return None;
    }
    if digits.iter().all(|character| unit(*character).is_none()) {
        return digits.iter().try_fold(0, |number: i32, character| Some(number * 10 + digit(*character)?));
    }
    let (mut total, mut open) = (0, 0);
    for &character in digits {
        match unit(character) {
            Some(unit) if unit == 20 || unit == 30 => total += unit,
            Some(unit) => {
                total += unit * open.max(1);
                open = 0;
            }
            None => open = digit(character)?,
        }
    }
    Some(total + open)
}

/// The dynasties that a text names before 代, 朝, 末, 初 or 军, longer names first.
const DYNASTIES: [(&[char], i16, i16); 25] = [
    (&['西', '汉'], -206, 9),
    (&['东', '汉'], 25, 220),
    (&['三', '国'], 220, 280),
    (&['西', '晋'], 266, 316),
    (&['东', '晋'], 317, 420),
    (&['北', '魏'], 386, 534),
    (&['南', '北'], 420, 589),
    (&['五', '代'], 907, 960),
    (&['北', '宋'], 960, 1127),
    (&['南', '宋'], 1127, 1279),
    (&['西', '夏'], 1038, 1227),
    (&['渤', '海'], 698, 926),
    (&['伪', '满'], 1932, 1945),
    (&['民', '国'], 1912, 1949),
    (&['秦'], -221, -207),
    (&['汉'], -206, 220),
    (&['晋'], 266, 420),
    (&['隋'], 581, 618),
    (&['唐'], 618, 907),
    (&['宋'], 960, 1279),
    (&['辽'], 916, 1125),
    (&['金'], 1115, 1234),
    (&['元'], 1271, 1368),
    (&['明'], 1368, 1644),
    (&['清'], 1644, 1912),
];

fn dynasty(before: &[char]) -> Option<Date> {
    let found = DYNASTIES.iter().find(|(name, ..)| before.ends_with(name));
    found.map(|(_, from, to)| Date { from: *from, to: *to })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Glossary;

    #[test]
    fn years() {
        let glossary = Glossary::embedded();
        let reading = Reading::new(&glossary);
        let folding = glossary.units_layer().folding();
        for (text, expected) in [
            ("1876年", Some((1876, 1876))),
            ("１８７６年", Some((1876, 1876))),
            ("一八七六年", Some((1876, 1876))),
            ("二〇〇七年", Some((2007, 2007))),
            ("公元前206年", Some((-206, -206))),
            ("光緒二年", Some((1876, 1876))),
            ("光绪元年", Some((1875, 1875))),
            ("乾隆三十八年", Some((1773, 1773))),
            ("康熙廿三年", Some((1684, 1684))),
            ("公元640年", Some((640, 640))),
            ("公元1876年", Some((1876, 1876))),
            ("公元 1876 年", Some((1876, 1876))),
            ("西元一八七六年", Some((1876, 1876))),
            ("公元六百四十年", Some((640, 640))),
            ("公元前一百三十八年", Some((-138, -138))),
            ("開元二十年", Some((732, 732))),
            ("开元元年", Some((713, 713))),
            ("开元年间", Some((713, 741))),
            ("唐貞元三年", Some((787, 787))),
            ("建中元年", Some((780, 780))),
            ("元年", None),
            ("公元年", None),
            ("公元12345678年", None),
            ("乾隆年间", Some((1736, 1795))),
            ("民国三十年", Some((1941, 1941))),
            ("清末", Some((1644, 1912))),
            ("康熙帝", Some((1662, 1722))),
            ("康熙皇", Some((1662, 1722))),
            ("唐代", Some((618, 907))),
            ("唐朝", Some((618, 907))),
            ("明初", Some((1368, 1644))),
            ("清軍", Some((1644, 1912))),
            ("清季", Some((1644, 1912))),
            ("十二年", None),
            ("三百年", None),
            ("第5年", None),
            ("第二年", None),
            ("光绪七十年", None),
        ] {
            let characters: Vec<char> = text.chars().map(|character| folding.character(character)).collect();
            let mut dates = Dates::default();
            dates.read(&characters, &reading);
            let found = dates.at(characters.len()).map(|(date, _)| (date.from, date.to));
            assert_eq!(found, expected, "{text}");
        }
    }
}
