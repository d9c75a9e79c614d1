//! The slow reference: OpenCC's semantics said as plainly as possible, to test the engines against.
//!
//! Hash maps, vectors of characters and loops; nothing is shared with the crate under test, not even the readers of tables and
//! configs. Speed is no concern here, being obviously right is. The rules are those of OpenCC 1.4.2, with its one defect repaired:
//! text after a NUL is kept.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use serde_json::Value;

/// One config, ready to convert.
#[derive(Debug)]
pub struct Reference {
    normalization: Vec<Rules>,
    segmentation: Option<Rules>,
    chain: Vec<Rules>,
}

/// A config of OpenCC's, by its name, with the characters that many fonts lack.
pub fn reference(config_name: &str) -> Reference {
    Reference::read(config_name, false)
}

/// [`reference()`] without the characters that many fonts lack.
pub fn reference_without_tofu_risk(config_name: &str) -> Reference {
    Reference::read(config_name, true)
}

/// All keys of the dictionaries in the repository, to make texts of.
pub fn all_keys() -> Vec<String> {
    let mut keys = Vec::new();
    for folder in ["opencc/dictionary", "derived"] {
        for file in std::fs::read_dir(dictionaries().join(folder)).expect("the repository has its dictionaries") {
            let path = file.expect("a folder can be listed").path();
            keys.extend(read_table(&path).into_keys().map(String::from_iter));
        }
    }
    keys.sort();
    keys.dedup();
    keys
}

impl Reference {
    fn read(config_name: &str, without_tofu_risk: bool) -> Reference {
        let path = dictionaries().join("opencc/config").join(config_name).with_extension("json");
        let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let config: Value = serde_json::from_str(&text).expect("the official configs are JSON");
        let stages = |name: &str| -> Vec<Rules> {
            let stages = config[name].as_array().into_iter().flatten();
            stages.filter_map(|stage| Rules::read(&stage["dict"], without_tofu_risk)).collect()
        };
        Reference {
            normalization: stages("normalization"),
            segmentation: config.get("segmentation").and_then(|segmentation| Rules::read(&segmentation["dict"], false)),
            chain: stages("conversion_chain"),
        }
    }

    /// Converts a text.
    pub fn convert(&self, text: &str) -> String {
        let mut text: Vec<char> = text.chars().collect();
        for rules in &self.normalization {
            text = rules.apply(&text);
        }
        let mut result = String::new();
        for mut segment in self.segments(&text) {
            for rules in &self.chain {
                segment = rules.apply(&segment);
            }
            result.extend(segment);
        }
        result
    }

    /// The lengths in characters of the units of a text: the smallest stretches that no match of any stage reaches into or out of.
    pub fn units(&self, text: &[char]) -> Vec<usize> {
        // Places of the source that are borders in all stages so far, each with its place in the present text.
        let mut cuts: Vec<(usize, usize)> = (0..=text.len()).map(|at| (at, at)).collect();
        let mut current = text.to_vec();
        for rules in &self.normalization {
            current = carry(rules, &[current], &mut cuts).concat();
        }
        let mut segments = self.segments(&current);
        if let Some(rules) = &self.segmentation {
            // Segmentation changes nothing: a border stays where it is.
            let mut here = cuts.clone();
            carry(rules, &[current], &mut here);
            cuts.retain(|(source, _)| here.iter().any(|(kept, _)| kept == source));
        }
        for rules in &self.chain {
            segments = carry(rules, &segments, &mut cuts);
        }
        cuts.windows(2).map(|pair| pair[1].0 - pair[0].0).collect()
    }

    /// Each match is a segment; so is all that stands between two matches.
    fn segments(&self, text: &[char]) -> Vec<Vec<char>> {
        let Some(rules) = &self.segmentation else { return vec![text.to_vec()] };
        let mut segments = Vec::new();
        let mut unmatched = Vec::new();
        let mut at = 0;
        while at < text.len() {
            if let Some((length, _)) = rules.longest(&text[at..]) {
                segments.push(std::mem::take(&mut unmatched));
                segments.push(text[at..at + length].to_vec());
                at += length;
            } else {
                let length = unmatched_length(&text[at..]);
                unmatched.extend(&text[at..at + length]);
                at += length;
            }
        }
        segments.push(unmatched);
        segments
    }
}

/// Applies a stage to all segments; keeps the cuts at which it has a border, and moves them to where that is in the output.
fn carry(rules: &Rules, segments: &[Vec<char>], cuts: &mut Vec<(usize, usize)>) -> Vec<Vec<char>> {
    let (mut input, mut output) = (0, 0);
    let mut borders = HashMap::from([(0, 0)]);
    let mut results = Vec::new();
    for segment in segments {
        let mut result = Vec::new();
        let mut at = 0;
        while at < segment.len() {
            let length = match rules.longest(&segment[at..]) {
                Some((length, replacement)) => {
                    result.extend(replacement);
                    length
                }
                None => {
                    let length = unmatched_length(&segment[at..]);
                    result.extend(&segment[at..at + length]);
                    length
                }
            };
            at += length;
            borders.insert(input + at, output + result.len());
        }
        (input, output) = (input + segment.len(), output + result.len());
        results.push(result);
    }
    cuts.retain_mut(|(_, here)| match borders.get(here) {
        Some(moved) => {
            *here = *moved;
            true
        }
        None => false,
    });
    results
}

/// What a stage looks up in.
#[derive(Debug)]
enum Rules {
    Table {
        entries: HashMap<Vec<char>, Vec<char>>,
        longest_key: usize,
    },
    /// The first member that matches at all.
    FirstOf(Vec<Rules>),
    /// The member that matches longest, the first of equals.
    LongestOf(Vec<Rules>),
}

impl Rules {
    fn read(dictionary: &Value, without_tofu_risk: bool) -> Option<Rules> {
        if without_tofu_risk && dictionary["may_output_tofu"] == true {
            return None;
        }
        if dictionary["type"] == "group" {
            let members = dictionary["dicts"].as_array().expect("a group has members");
            let members = members.iter().filter_map(|member| Rules::read(member, without_tofu_risk)).collect();
            return Some(match dictionary["match_policy"].as_str() {
                Some("union") => Rules::LongestOf(members),
                _ => Rules::FirstOf(members),
            });
        }
        let file = dictionary["file"].as_str().expect("a dictionary that is no group has a file");
        let name = file.replace(".ocd2", ".txt");
        let paths = ["opencc/dictionary", "derived"].map(|folder| dictionaries().join(folder).join(&name));
        let path = paths.iter().find(|path| path.exists()).unwrap_or_else(|| panic!("no table {name}"));
        let entries = read_table(path);
        let longest_key = entries.keys().map(Vec::len).max().unwrap_or(0);
        Some(Rules::Table { entries, longest_key })
    }

    /// Length of the match at the start of a text, and what it becomes.
    fn longest(&self, text: &[char]) -> Option<(usize, &[char])> {
        match self {
            Rules::Table { entries, longest_key } => {
                let lengths = (1..=text.len().min(*longest_key)).rev();
                let mut matches = lengths.filter_map(|length| Some((length, entries.get(&text[..length])?.as_slice())));
                matches.next()
            }
            Rules::FirstOf(members) => members.iter().find_map(|member| member.longest(text)),
            Rules::LongestOf(members) => {
                let matches = members.iter().filter_map(|member| member.longest(text));
                matches.reduce(|best, next| if next.0 > best.0 { next } else { best })
            }
        }
    }

    fn apply(&self, text: &[char]) -> Vec<char> {
        let mut result = Vec::new();
        let mut at = 0;
        while at < text.len() {
            if let Some((length, replacement)) = self.longest(&text[at..]) {
                result.extend(replacement);
                at += length;
            } else {
                let length = unmatched_length(&text[at..]);
                result.extend(&text[at..at + length]);
                at += length;
            }
        }
        result
    }
}

/// Characters that pass at once where nothing matches: a complete description sequence, else one.
fn unmatched_length(text: &[char]) -> usize {
    if operands(text[0]) == 0 {
        return 1;
    }
    let mut characters = 0;
    description(text, 16, &mut characters).unwrap_or(1)
}

/// Length of the operand at the start of a text, itself a description if it starts with an operator.
fn description(text: &[char], depth_left: usize, characters: &mut usize) -> Option<usize> {
    let &first = text.first()?;
    if depth_left == 0 || *characters == 64 {
        return None;
    }
    *characters += 1;
    let mut length = 1;
    for _ in 0..operands(first) {
        length += description(&text[length..], depth_left - 1, characters)?;
    }
    Some(length)
}

fn operands(character: char) -> usize {
    match u32::from(character) {
        0x2ff2 | 0x2ff3 => 3,
        0x2ffe | 0x2fff => 1,
        0x2ff0..=0x2ffd => 2,
        _ => 0,
    }
}

fn read_table(path: &Path) -> HashMap<Vec<char>, Vec<char>> {
    let text = std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let rows = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    let entry = |row: &str| {
        let (key, candidates) = row.split_once('\t').unwrap_or_else(|| panic!("{}: no tab in {row}", path.display()));
        let first = candidates.split(' ').next().unwrap_or_default();
        (key.chars().collect(), first.chars().collect())
    };
    rows.map(entry).collect()
}

fn dictionaries() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../dictionaries")
}

#[cfg(test)]
mod tests {
    use super::reference;

    #[test]
    fn known_answers() {
        assert_eq!(reference("s2t").convert("头发发光，U盘在里面"), "頭髮發光，U盤在裏面");
        assert_eq!(reference("s2twp").convert("软件的高级别"), "軟體的高級別");
        assert_eq!(reference("t2s").convert("⿰頭髮頭髮"), "⿰頭髮头发");
    }
}
