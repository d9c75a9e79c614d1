//! A year as people write it: 1876, 206 BC, 前206年, 光緒二年, 民国3年, 乾隆丙子.
//!
//! Sources date by reigns, and the years of names are counted from the birth of Christ. Names of eras are those of the table `eras.csv`, which also
//! has those of Japan and Manchukuo; a name that several states gave their eras means each of them, unless the state stands before it.
//!
//! ```
//! use tongwen_glossary::{Glossary, Script};
//! let glossary = Glossary::embedded();
//! let years = |text| glossary.years_called(text).iter().map(|found| found.year).collect::<Vec<_>>();
//! assert_eq!((years("光绪十年"), years("民國三年"), years("昭和20")), (vec![1884], vec![1914], vec![1945]));
//! assert_eq!((years("206 BC"), years("前206年"), years("1876")), (vec![-206], vec![-206], vec![1876]));
//! let several = glossary.years_called("大同二年");
//! let states: Vec<&str> = several.iter().filter_map(|found| Some(found.era?.state(Script::Simplified))).collect();
//! assert_eq!(states, ["南朝", "满洲国"]);
//! assert_eq!(years("滿洲國大同二年"), [1933]);
//! ```
//!
//! # Limits
//!
//! A lunar year is taken for the year of our era in which most of it lies, so that the last weeks of one are counted a year too early.

use crate::annotate::{is_digit, number};
use crate::{EraEntry, Glossary, Script};

/// The years after the last one of an era that texts still count in it: news of a death takes months.
const SLIP: i32 = 1;
const STEMS: &str = "甲乙丙丁戊己庚辛壬癸";
const BRANCHES: &str = "子丑寅卯辰巳午未申酉戌亥";

/// A year that a text may mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct NamedYear<'a> {
    /// The year; negative before the era, never 0.
    pub year: i16,
    /// The era by which it is named, if it is.
    pub era: Option<EraEntry<'a>>,
}

impl Glossary {
    /// The years that a text may mean which names one year and nothing else; none where it names none (乾隆年间 is no year), several where more than
    /// one state had an era of this name, or an era more than one year of this sign (康熙壬寅).
    ///
    /// Reads numbers, with BC or AD, 公元 and 前 around them, and eras of both scripts with a number, 元 or a sign of the cycle of sixty; 年 may be left out.
    pub fn years_called(&self, text: &str) -> Vec<NamedYear<'_>> {
        let text = text.trim();
        let plain = |year| NamedYear { year, era: None };
        if let Some(year) = western(text) {
            return valid(year).map(plain).into_iter().collect();
        }
        let key: Vec<char> = self.fold(text).chars().collect();
        let key = key.strip_suffix(&['年']).unwrap_or(&key);
        let count = key.iter().rev().take_while(|character| is_digit(**character)).count();
        let (rest, digits) = key.split_at(key.len() - count);
        let before_era = [&['公', '元', '前'][..], &['西', '元', '前'], &['前']].contains(&rest);
        if before_era || rest.is_empty() || [&['公', '元'][..], &['西', '元']].contains(&rest) {
            let year = number(digits).filter(|_| !digits.is_empty()).map(|year| if before_era { -year } else { year });
            return year.and_then(valid).map(plain).into_iter().collect();
        }
        let mut found = Vec::new();
        for (era, ordinal) in self.eras_of(key) {
            found.extend(
                ordinal.years(era).into_iter().filter_map(valid).map(|year| NamedYear { year, era: Some(era) }),
            );
        }
        found
    }

    /// The eras that the text begins with, and what it says behind them. Only those with the longest name, and of the state that stands before it.
    fn eras_of(&self, key: &[char]) -> Vec<(EraEntry<'_>, Ordinal)> {
        let mut found: Vec<(EraEntry<'_>, Ordinal, usize, bool)> = Vec::new();
        for era in self.eras() {
            let name: Vec<char> = self.fold(era.name(Script::Simplified)).chars().collect();
            let state: Vec<char> = self.fold(era.state(Script::Simplified)).chars().collect();
            for at in 0..key.len() {
                let Some(rest) = key[at..].strip_prefix(name.as_slice()) else { continue };
                // 西汉建元 and 汉建元, 明朝万历, 中华民国.
                let before = key[..at].strip_suffix(&['朝']).unwrap_or(&key[..at]);
                let named = !before.is_empty() && (state.ends_with(before) || state == key[..at + name.len()]);
                if (at == 0 || named)
                    && let Some(ordinal) = Ordinal::read(rest)
                {
                    found.push((era, ordinal, name.len(), named));
                }
            }
        }
        let longest = found.iter().map(|(_, _, length, _)| *length).max().unwrap_or(0);
        found.retain(|(_, _, length, _)| *length == longest);
        found.into_iter().map(|(era, ordinal, ..)| (era, ordinal)).collect()
    }
}

/// Which year of an era.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ordinal {
    /// Counted from 1.
    Count(i32),
    /// The place in the cycle of sixty, from 0 for 甲子.
    Sign(i32),
}

impl Ordinal {
    fn read(text: &[char]) -> Option<Ordinal> {
        match text {
            ['元'] => Some(Ordinal::Count(1)),
            [stem, branch] if STEMS.contains(*stem) => {
                let stem = STEMS.chars().position(|own| own == *stem)?;
                let branch = BRANCHES.chars().position(|own| own == *branch)?;
                (0..60).find(|sign| sign % 10 == stem && sign % 12 == branch).map(|sign| Ordinal::Sign(sign as i32))
            }
            [] => None,
            digits => digits.iter().all(|digit| is_digit(*digit)).then(|| number(digits)).flatten().map(Ordinal::Count),
        }
    }

    fn years(self, era: EraEntry<'_>) -> Vec<i32> {
        let (first, last) = (i32::from(era.first), i32::from(era.last));
        match self {
            Ordinal::Count(count) => {
                let year = first + count - 1;
                if count >= 1 && year <= last + SLIP { vec![year] } else { Vec::new() }
            }
            // 4 is a year 甲子; 1 BC is -1, so years before the era are one nearer.
            Ordinal::Sign(sign) => (first..=last)
                .filter(|year| *year != 0 && (year + i32::from(*year < 0) - 4).rem_euclid(60) == sign)
                .collect(),
        }
    }
}

/// A number, perhaps with BC or AD; `None` where it is something else.
fn western(text: &str) -> Option<i32> {
    let text = text.to_ascii_lowercase().replace('.', "");
    let marks = [("bce", -1), ("bc", -1), ("ce", 1), ("ad", 1)];
    let marked = marks.iter().find_map(|(mark, sign)| {
        let rest = text.strip_suffix(mark).or_else(|| text.strip_prefix(mark))?.trim();
        rest.bytes().all(|byte| byte.is_ascii_digit()).then(|| rest.parse::<i32>().ok().map(|year| year * sign))?
    });
    let minus =
        || text.strip_prefix(['-', '−', '–']).and_then(|rest| rest.parse::<u16>().ok()).map(|year| -i32::from(year));
    marked
        .or_else(minus)
        .or_else(|| text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok()).flatten())
}

fn valid(year: i32) -> Option<i16> {
    i16::try_from(year).ok().filter(|year| *year != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_year() {
        let glossary = Glossary::embedded();
        for (text, expected) in [
            ("1876", 1876),
            (" 1876年 ", 1876),
            ("-206", -206),
            ("−206", -206),
            ("206 BC", -206),
            ("206 B.C.", -206),
            ("206bce", -206),
            ("AD 640", 640),
            ("640 CE", 640),
            ("前206", -206),
            ("公元前206年", -206),
            ("公元前 206 年", -206),
            ("西元前一百三十八年", -138),
            ("公元六百四十年", 640),
            ("一八七六年", 1876),
            ("１８７６", 1876),
            ("光绪十年", 1884),
            ("光緒十年", 1884),
            ("清光绪十年", 1884),
            ("清朝光绪十年", 1884),
            ("光绪10", 1884),
            ("光绪元年", 1875),
            ("光绪丙子", 1876),
            ("光緒丙子年", 1876),
            ("乾隆二十年", 1755),
            ("乾隆廿三年", 1758),
            ("康熙六十一年", 1722),
            ("民國三年", 1914),
            ("民国元年", 1912),
            ("中华民国三十八年", 1949),
            ("明治二十八年", 1895),
            ("大正3年", 1914),
            ("昭和十年", 1935),
            ("康德三年", 1936),
            ("洪武三年", 1370),
            ("唐贞观十四年", 640),
            ("西汉建元二年", -139),
            ("开元元年", 713),
        ] {
            let found: Vec<i16> = glossary.years_called(text).iter().map(|found| found.year).collect();
            assert_eq!(found, [expected], "{text}");
        }
    }

    #[test]
    fn no_year_and_several() {
        let glossary = Glossary::embedded();
        for text in [
            "",
            "0",
            "soon",
            "99999",
            "光绪",
            "乾隆年间",
            "清末",
            "光绪三十九年",
            "光绪0年",
            "公元年",
            "甲子",
            "年",
            "BC",
            "-",
            "元年",
            "1876-1900",
        ] {
            let found = glossary.years_called(text);
            assert!(found.is_empty(), "{text} {found:?}");
        }
        let years = |text| glossary.years_called(text).iter().map(|found| found.year).collect::<Vec<_>>();
        assert_eq!(years("康熙壬寅"), [1662, 1722]);
        assert!(years("建元三年").len() > 1);
    }
}
