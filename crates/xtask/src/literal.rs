//! OpenCC's conversion, word for word, with hash maps and plain loops.
//!
//! The reference that everything fast is measured against: it follows a [`Recipe`] literally and shares no code with the engine.
//! The text is normalized as a whole, cut into segments, and each segment goes through the stages one after the other. In every
//! step the same scan rule holds: the longest key at the place, else a complete ideographic description sequence, else one
//! character, the latter two unchanged.
//!
//! For `s2tw` and `头发·⿰发发`: the segmentation cuts `头发` and `·⿰发发`, the first stage gives `頭髮` and `·⿰发发` (the
//! sequence is one opaque unit), the second stage changes nothing.
//!
//! # Cost
//!
//! Some `n · m` hash look-ups per table and step for `n` characters and a longest key of `m`: about a megabyte a second.
//!
//! # Source
//!
//! `Conversion.cpp`, `MaxMatchSegmentation.cpp`, `PrefixMatch.cpp` and `UTF8Util.hpp` of OpenCC 1.4.2. One deviation: with a
//! segmentation OpenCC drops what follows a NUL in a segment; here it stays.

use std::collections::HashMap;

use tongwen::TofuRisk;

use crate::problem::Result;
use crate::tables::{DictionarySpec, MatchPolicy, Recipe, Table, Tables};

/// A recipe with its tables, ready to convert.
pub(crate) struct Literal<'a> {
    normalization: Vec<Matcher<'a>>,
    segmentation: Option<Matcher<'a>>,
    chain: Vec<Matcher<'a>>,
}

impl<'a> Literal<'a> {
    pub(crate) fn new(tables: &'a Tables, recipe: &Recipe, tofu_risk: TofuRisk) -> Result<Literal<'a>> {
        let build = |specs: &[DictionarySpec]| -> Result<Vec<Matcher<'a>>> {
            let matchers: Result<Vec<_>> = specs.iter().map(|spec| Matcher::new(tables, spec, tofu_risk)).collect();
            Ok(matchers?.into_iter().flatten().collect())
        };
        let segmentation = match &recipe.segmentation {
            // Where words end does not depend on which characters may be put out.
            Some(spec) => Matcher::new(tables, spec, TofuRisk::Include)?,
            None => None,
        };
        Ok(Literal { normalization: build(&recipe.normalization)?, segmentation, chain: build(&recipe.chain)? })
    }

    pub(crate) fn convert(&self, text: &str) -> String {
        let normalized = self.normalization.iter().fold(text.to_string(), |text, matcher| matcher.convert(&text));
        let segments = match &self.segmentation {
            Some(matcher) => matcher.segments(&normalized),
            None => vec![normalized.as_str()],
        };
        segments
            .into_iter()
            .map(|segment| self.chain.iter().fold(segment.to_string(), |text, matcher| matcher.convert(&text)))
            .collect()
    }
}

/// A dictionary that finds the key at the start of a text.
enum Matcher<'a> {
    Table { first_candidates: HashMap<&'a str, &'a str>, longest: usize },
    Group { policy: MatchPolicy, members: Vec<Matcher<'a>> },
}

impl<'a> Matcher<'a> {
    /// Nothing where the dictionary is left out because of its risky characters.
    fn new(tables: &'a Tables, spec: &DictionarySpec, tofu_risk: TofuRisk) -> Result<Option<Matcher<'a>>> {
        let (DictionarySpec::Table { may_output_tofu, .. } | DictionarySpec::Group { may_output_tofu, .. }) = spec;
        if *may_output_tofu && tofu_risk == TofuRisk::Exclude {
            return Ok(None);
        }
        match spec {
            DictionarySpec::Table { name, .. } => Ok(Some(Matcher::of_table(tables.get(name)?))),
            DictionarySpec::Group { policy, members, .. } => {
                let members: Result<Vec<_>> =
                    members.iter().map(|member| Matcher::new(tables, member, tofu_risk)).collect();
                let members: Vec<_> = members?.into_iter().flatten().collect();
                Ok(if members.is_empty() { None } else { Some(Matcher::Group { policy: *policy, members }) })
            }
        }
    }

    fn of_table(table: &'a Table) -> Matcher<'a> {
        let entries = table.entries.iter();
        let longest = entries.clone().map(|entry| entry.key.chars().count()).max().unwrap_or(0);
        let first_candidates = entries.map(|entry| (entry.key.as_str(), entry.candidates[0].as_str())).collect();
        Matcher::Table { first_candidates, longest }
    }

    /// The key that wins at the start of `text`: its length in bytes, and its first candidate.
    fn find<'t>(&self, text: &'t str) -> Option<(usize, &'t str)>
    where
        'a: 't,
    {
        match self {
            Matcher::Table { first_candidates, longest } => {
                let ends = text.char_indices().take(*longest).map(|(start, c)| start + c.len_utf8());
                ends.filter_map(|end| Some((end, *first_candidates.get(&text[..end])?))).last()
            }
            Matcher::Group { policy: MatchPolicy::ShortCircuit, members } => {
                members.iter().find_map(|member| member.find(text))
            }
            Matcher::Group { policy: MatchPolicy::Union, members } => {
                let matches = members.iter().filter_map(|member| member.find(text));
                matches.reduce(|best, next| if next.0 > best.0 { next } else { best })
            }
        }
    }

    fn convert(&self, text: &str) -> String {
        let mut output = String::with_capacity(text.len());
        let mut rest = text;
        while !rest.is_empty() {
            let (length, converted) = self.find(rest).unwrap_or_else(|| {
                let length = unmatched_length(rest);
                (length, &rest[..length])
            });
            output.push_str(converted);
            rest = &rest[length..];
        }
        output
    }

    /// Every match is a segment, and so is every longest run between matches.
    fn segments<'t>(&self, text: &'t str) -> Vec<&'t str> {
        let mut segments = Vec::new();
        let (mut run, mut at) = (0, 0);
        while at < text.len() {
            match self.find(&text[at..]) {
                None => at += unmatched_length(&text[at..]),
                Some((length, _)) => {
                    if run < at {
                        segments.push(&text[run..at]);
                    }
                    segments.push(&text[at..at + length]);
                    at += length;
                    run = at;
                }
            }
        }
        if run < at {
            segments.push(&text[run..at]);
        }
        segments
    }
}

/// Length in bytes of what is consumed unchanged at the start of a text that no key matches.
fn unmatched_length(text: &str) -> usize {
    description_sequence(text).unwrap_or_else(|| text.chars().next().map_or(0, char::len_utf8))
}

const DEEPEST_SEQUENCE: usize = 16;
const LONGEST_SEQUENCE: usize = 64;

/// Length in bytes of the complete ideographic description sequence at the start of the text, if one is there.
fn description_sequence(text: &str) -> Option<usize> {
    arity(text.chars().next()?)?;
    let mut characters = text.chars();
    let mut count = 0;
    description(&mut characters, DEEPEST_SEQUENCE, &mut count)?;
    Some(text.len() - characters.as_str().len())
}

/// Consumes an operator with its operands, or any other character; `None` where text, depth or length ends too early.
fn description(characters: &mut std::str::Chars<'_>, depth: usize, count: &mut usize) -> Option<()> {
    if depth == 0 || *count >= LONGEST_SEQUENCE {
        return None;
    }
    let first = characters.next()?;
    *count += 1;
    (0..arity(first).unwrap_or(0)).try_for_each(|_| description(characters, depth - 1, count))
}

/// How many operands a description operator takes; `None` for other characters. U+31EF is not an operator to OpenCC.
fn arity(c: char) -> Option<usize> {
    match c {
        '\u{2FF2}' | '\u{2FF3}' => Some(3),
        '\u{2FFE}' | '\u{2FFF}' => Some(1),
        '\u{2FF0}'..='\u{2FFD}' => Some(2),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn model(config: &str, tables: &[(&str, &str)], text: &str) -> String {
        let mut all = Tables::default();
        for (name, lines) in tables {
            all.add(Table::parse(name, Path::new(name), lines).unwrap()).unwrap();
        }
        let recipe = Recipe::parse("x", Path::new("x.json"), config).unwrap();
        Literal::new(&all, &recipe, TofuRisk::Include).unwrap().convert(text)
    }

    fn group(policy: &str) -> String {
        format!(
            r#"{{"name": "x", "conversion_chain": [{{"dict": {{"type": "group", "match_policy": "{policy}",
                "dicts": [{{"type": "ocd2", "file": "A.ocd2"}}, {{"type": "ocd2", "file": "B.ocd2"}}]}}}}]}}"#
        )
    }

    #[test]
    fn policies_differ_where_a_later_table_has_the_longer_key() {
        let tables = [("A", "甲\t1\n乙\t2\n"), ("B", "甲乙\t3\n乙\t4\n")];
        assert_eq!(model(&group("short_circuit"), &tables, "甲乙"), "12");
        assert_eq!(model(&group("union"), &tables, "甲乙乙"), "32");
    }

    #[test]
    fn stages_do_not_reach_across_a_segment_edge() {
        let config = r#"{"name": "x", "segmentation": {"type": "mmseg", "dict": {"type": "ocd2", "file": "Cut.ocd2"}},
            "conversion_chain": [{"dict": {"type": "ocd2", "file": "A.ocd2"}}]}"#;
        let tables = [("Cut", "高级\t高級\n"), ("A", "级别\t1\n高级\t2\n别人\t3\n")];
        assert_eq!(model(config, &tables, "高级别人级别"), "231");
    }

    #[test]
    fn complete_description_sequences_are_opaque() {
        let tables = [("A", "甲\t1\n"), ("B", "乙\t2\n")];
        let cases = [
            ("甲乙", "12"),
            ("⿰甲甲甲", "⿰甲甲1"),
            ("⿰甲", "⿰1"),
            ("⿲甲甲甲甲", "⿲甲甲甲1"),
            ("⿾甲甲", "⿾甲1"),
            ("⿰⿱甲甲\n甲", "⿰⿱甲甲\n1"),
            ("⿰⿱甲甲", "⿰⿱甲甲"),
            ("㇯甲甲", "㇯11"),
        ];
        for (text, expected) in cases {
            assert_eq!(model(&group("union"), &tables, text), expected, "{text}");
        }
    }

    #[test]
    fn description_sequences_have_limits() {
        let nested = |depth: usize| "⿾".repeat(depth) + "甲";
        assert_eq!(description_sequence(&nested(15)), Some(16 * 3));
        assert_eq!(description_sequence(&nested(16)), None);
        // Five levels of a binary tree are 63 characters.
        let tree = (0..5).fold("甲".to_string(), |operand, _| format!("⿰{operand}{operand}"));
        assert_eq!(description_sequence(&tree), Some(63 * 3));
        assert_eq!(description_sequence(&format!("⿾{tree}")), Some(64 * 3));
        assert_eq!(description_sequence(&format!("⿰{tree}甲")), None);
    }
}
