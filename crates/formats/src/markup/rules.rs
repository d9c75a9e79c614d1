//! The rules of a body: which text each variant has, which is shown, and which words become which (rules A8, A9, A11 to
//! A16).
//!
//! `zh-cn:内存;zh-tw:記憶體;X=>zh-hk:Y` has two two-way texts and one one-way rule.
//!
//! *Shown* for a target is its two-way text, else the first along its fallbacks, else its first one-way text; for `zh`, which
//! must show something, else whatever comes first.
//!
//! *Entries*: two-way texts are first spread along the fallbacks, so here zh-hant, zh-hk and zh-mo have 記憶體 too, and `zh` has
//! 内存. Then in the target the text of every other code becomes the target's own: in zh-hk 内存 becomes 記憶體, and
//! 記憶體, which zh-tw has as well, stays 記憶體 whatever a dictionary says. Only regional targets get such entries. A one-way
//! rule is an entry for exactly its own variant, whose text may be empty, never for `zh`.
//!
//! Texts are ranges of the body; nothing is copied.
//!
//! # Cost
//!
//! Linear in the number of segments; of two-way texts there are never more than nine.

use std::collections::HashMap;
use std::ops::Range;

use super::body::Body;
use super::codes::Code;
use super::segments::{Segment, SegmentKind, cut};

/// A rule for one variant only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct OneWay {
    pub(crate) code: Code,
    pub(crate) from: Range<usize>,
    pub(crate) to: Range<usize>,
}

/// Rules that were well formed. Ranges are bytes of the body.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Rules {
    two_way: [Option<Range<usize>>; 9],
    /// Codes with a two-way text, in the order in which each came first.
    order: Vec<Code>,
    one_way: Vec<OneWay>,
}

/// Something about a body that its author should know. Ranges are bytes of the body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Remark {
    /// A segment without a code.
    Skipped {
        segment: Range<usize>,
    },
    /// A segment whose code is none: there is no rule at all.
    Void {
        segment: Range<usize>,
        name: Range<usize>,
    },
    EmptyText {
        segment: Range<usize>,
        code: Code,
    },
    EmptyFrom {
        segment: Range<usize>,
        code: Code,
    },
    Duplicate {
        segment: Range<usize>,
        code: Code,
        from: Option<Range<usize>>,
    },
}

/// A body read as rules.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Reading {
    /// Empty if the body is no rule.
    pub(crate) rules: Rules,
    pub(crate) remarks: Vec<Remark>,
    /// Segments with a known code, also of a body that is no rule.
    pub(crate) coded: usize,
}

/// Reads a part of a body.
pub(crate) fn read(body: &Body<'_>, mask: &[u8], part: Range<usize>) -> Reading {
    let mut reading = Reading::default();
    let Reading { rules, remarks, coded } = &mut reading;
    let mut known: HashMap<(Code, &str), usize> = HashMap::new();
    let mut segments = cut(mask, part);
    while let Some(segment) = segments.next() {
        let (segment, kind) = (segment.range, segment.kind);
        match kind {
            SegmentKind::NoColon if segment.is_empty() => {}
            SegmentKind::NoColon => remarks.push(Remark::Skipped { segment }),
            SegmentKind::NoCode { name } => {
                remarks.push(Remark::Void { segment, name });
                *rules = Rules::default();
                *coded += segments.filter(Segment::has_code).count();
                break;
            }
            SegmentKind::TwoWay { code, text } => {
                *coded += 1;
                if text.is_empty() {
                    remarks.push(Remark::EmptyText { segment, code });
                } else if rules.two_way[code as usize].replace(text).is_some() {
                    remarks.push(Remark::Duplicate { segment, code, from: None });
                } else {
                    rules.order.push(code);
                }
            }
            SegmentKind::OneWay { from, code, text: to } => {
                *coded += 1;
                if from.is_empty() {
                    remarks.push(Remark::EmptyFrom { segment, code });
                } else if let Some(&earlier) = known.get(&(code, &body.text[from.clone()])) {
                    rules.one_way[earlier].to = to;
                    remarks.push(Remark::Duplicate { segment, code, from: Some(from) });
                } else {
                    known.insert((code, &body.text[from.clone()]), rules.one_way.len());
                    rules.one_way.push(OneWay { code, from, to });
                }
            }
        }
    }
    reading
}

impl Rules {
    /// The same text for every code: what `A`, `H` and `-` make of a body that is no rule (rule A6).
    pub(crate) fn same_for_all(text: Range<usize>) -> Rules {
        let two_way = std::array::from_fn(|_| Some(text.clone()));
        Rules { two_way, order: Code::ALL.to_vec(), one_way: Vec::new() }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.order.is_empty() && self.one_way.is_empty()
    }

    /// Codes with a two-way text, in the order of the body.
    pub(crate) fn two_way_codes(&self) -> &[Code] {
        &self.order
    }

    pub(crate) fn one_way(&self) -> &[OneWay] {
        &self.one_way
    }

    fn two_way(&self, code: Code) -> Option<Range<usize>> {
        self.two_way[code as usize].clone()
    }

    /// The two-way text of a code or of the first of its fallbacks that has one.
    fn two_way_or_fallback(&self, code: Code) -> Option<Range<usize>> {
        self.two_way(code).or_else(|| code.fallbacks().iter().find_map(|&other| self.two_way(other)))
    }

    fn first_one_way(&self, code: Code) -> Option<Range<usize>> {
        self.one_way.iter().find(|rule| rule.code == code).map(|rule| rule.to.clone())
    }

    /// What is shown in place. For `zh` there is always something, unless there are no rules.
    pub(crate) fn shown(&self, target: Code) -> Option<Range<usize>> {
        self.two_way_or_fallback(target).or_else(|| self.first_one_way(target)).or_else(|| match target {
            Code::Zh => self.one_way.first().map(|rule| rule.to.clone()),
            _ => None,
        })
    }

    /// What the page's title becomes. `zh` takes only what is given for itself.
    pub(crate) fn title(&self, target: Code) -> Option<Range<usize>> {
        match target {
            Code::Zh => self.two_way(Code::Zh).or_else(|| self.first_one_way(Code::Zh)),
            _ => self.shown(target),
        }
    }

    /// Hands out the entries for a target, source first. A later entry of the same source replaces an earlier one.
    pub(crate) fn entries(&self, target: Code, mut entry: impl FnMut(Range<usize>, Range<usize>)) {
        if target == Code::Zh {
            return;
        }
        let own = self.two_way_or_fallback(target).filter(|_| target.is_regional());
        // The wiki goes through the codes in its own order. Where a one-way rule has the same source as a two-way text, the
        // one-way rule replaces what came before it, and is replaced by what comes after.
        let mut seen: Vec<Range<usize>> = Vec::new();
        for code in Code::ALL {
            if code == target {
                for rule in self.one_way.iter().filter(|rule| rule.code == code) {
                    entry(rule.from.clone(), rule.to.clone());
                }
                seen.clear();
            } else if let Some((own, other)) = own.clone().zip(self.two_way_or_fallback(code)) {
                // Codes share texts by falling back.
                if !seen.contains(&other) {
                    entry(other.clone(), own);
                    seen.push(other);
                }
            }
        }
    }

    /// The rules in words (rule A9): `大陆：内存；臺灣：記憶體；`, as parts of the body and pieces of text between them.
    pub(crate) fn describe(&self, mut say: impl FnMut(Words)) {
        for &code in &self.order {
            say(Words::Made(code.label()));
            say(Words::Made("："));
            say(Words::Part(self.two_way(code).unwrap_or_default()));
            say(Words::Made("；"));
        }
        // One-way rules are listed by variant, in the order in which the variants came first.
        let mut codes: Vec<Code> = Vec::new();
        let mut by_code: [Vec<&OneWay>; 9] = Default::default();
        for rule in &self.one_way {
            if by_code[rule.code as usize].is_empty() {
                codes.push(rule.code);
            }
            by_code[rule.code as usize].push(rule);
        }
        for rule in codes.into_iter().flat_map(|code| std::mem::take(&mut by_code[code as usize])) {
            say(Words::Part(rule.from.clone()));
            say(Words::Made("⇒"));
            say(Words::Made(rule.code.label()));
            say(Words::Made("："));
            say(Words::Part(rule.to.clone()));
            say(Words::Made("；"));
        }
    }
}

/// A piece of a description.
pub(crate) enum Words {
    Made(&'static str),
    /// Bytes of the body.
    Part(Range<usize>),
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(text: &str) -> Body<'_> {
        let mut body = Body::default();
        body.push_source(text, 0..text.len());
        body
    }

    fn rules(text: &str) -> Rules {
        let body = body(text);
        let mask = body.mask();
        super::read(&body, &mask, 0..text.len()).rules
    }

    fn shown(text: &str, target: Code) -> Option<&str> {
        rules(text).shown(target).map(|range| &text[range])
    }

    fn entries(text: &str, target: Code) -> Vec<(&str, &str)> {
        let mut found = Vec::new();
        rules(text).entries(target, |from, to| found.push((&text[from], &text[to])));
        found
    }

    #[test]
    fn texts_shown() {
        use Code::*;
        assert_eq!(shown("zh-cn:1;zh-hk:2", ZhTw), Some("2"));
        assert_eq!(shown("zh-cn:1;zh-hk:2", ZhMy), Some("1"));
        assert_eq!(shown("zh-cn:1", ZhTw), None);
        assert_eq!(shown("zh-cn:1;X=>zh-tw:2", ZhTw), Some("2"));
        assert_eq!(shown("X=>zh-tw:;Y=>zh-tw:3", ZhTw), Some(""));
        assert_eq!(shown("X=>zh-tw:2;Y=>zh-cn:3", Zh), Some("2"));
        assert_eq!(shown("X=>zh-tw:2;Y=>zh:3", Zh), Some("3"));
        assert_eq!(shown("zh-cn:1;zh-cn:2;zh-tw:3", ZhCn), Some("2"));
        assert_eq!(shown("zh-cn:1;12:3=>zh-tw:4", ZhCn), None);
        assert_eq!(shown("X=>zh-tw:1;Y=>zh-tw:2;X=>zh-tw:3", ZhTw), Some("3"));
        assert_eq!(rules("zh-cn:1").title(Zh), None);
        assert_eq!(rules("zh:1;zh-cn:2").title(Zh), Some(3..4));
    }

    #[test]
    fn entries_of_the_page() {
        use Code::*;
        assert_eq!(entries("zh-cn:X;zh-tw:Y", ZhTw), [("X", "Y"), ("Y", "Y")]);
        assert_eq!(entries("zh-cn:X;zh-tw:Y", ZhHant), []);
        assert_eq!(entries("zh-cn:X;zh-tw:Y", Zh), []);
        assert_eq!(entries("zh:X", ZhCn), []);
        assert_eq!(entries("X=>zh-hant:Y", ZhHant), [("X", "Y")]);
        assert_eq!(entries("X=>zh:Y", Zh), []);
        assert_eq!(entries("zh-hans:A;zh-cn:B;zh-sg:C;zh-my:D", ZhCn), [("A", "B"), ("D", "B"), ("C", "B")]);
        // A word for one variant stays as it is there, and where it is fallen back to.
        assert_eq!(entries("zh-cn:X", ZhCn).first(), Some(&("X", "X")));
        assert_eq!(entries("zh-cn:X", ZhTw), []);
        // A one-way rule with the source of a two-way text: what comes last in the wiki's order counts.
        assert_eq!(entries("zh-cn:X;zh-tw:Y;X=>zh-tw:Z", ZhTw).last(), Some(&("X", "Z")));
        let last = entries("zh-cn:X;zh-tw:Y;Y=>zh-cn:Z", ZhCn).into_iter().rfind(|entry| entry.0 == "Y");
        assert_eq!(last, Some(("Y", "X")));
    }

    #[test]
    fn descriptions_list_one_way_rules_by_variant() {
        let text = "X=>zh-tw:1;zh-cn:C;X=>zh-cn:2;Y=>zh-tw:3";
        let mut words = String::new();
        rules(text).describe(|word| match word {
            Words::Made(made) => words.push_str(made),
            Words::Part(part) => words.push_str(&text[part]),
        });
        assert_eq!(words, "大陆：C；X⇒臺灣：1；Y⇒臺灣：3；X⇒大陆：2；");
    }
}
