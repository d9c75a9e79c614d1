//! Makes the tables that OpenCC generates at build time, from upstream's texts alone.
//!
//! Upstream ships twenty-two dictionaries, seventeen of them as text; its build makes the other five with Python scripts and a
//! first build of OpenCC itself. Here the same five come from the imported texts, so that the repository holds everything that a
//! config needs in readable form:
//!
//! - `TWVariantsRev`, `HKVariantsRev`, `JPShinjitaiCharactersRev`: every candidate becomes a key, its candidates are the keys that
//!   it stood under, in file order. The comment `# @reverse-prefer: K V` moves `V` to the front of `K` (without `V`, `K` itself).
//!   From `啓 TAB 啓 啟` and `唘 TAB 啟` come `啓 TAB 啓` and `啟 TAB 啓 唘`.
//! - `TSCharactersExt`: the entries after a `# @tofu-risk:` comment, without the key among the candidates.
//! - `STPhrases_GeneratedFromRegionalPhrases`: the keys of `HKPhrases` and `TWPhrases`, brought to Simplified by the config `t2s`
//!   (risky characters included), each leading back to the original key. Results under three characters are left out, since so
//!   short a phrase would cut longer words apart. Two originals for one result are an error.
//!
//! # Source
//!
//! `data/CMakeLists.txt` and `data/scripts` of the source package say what is made from what; that the results are the same is
//! checked against the compiled dictionaries of the wheel (`cargo xtask dictionaries check --wheel DIR`).

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use crate::fetch::RELEASE;
use crate::problem::{Problem, Result, write};
use crate::tables::{Comment, DERIVED, DictionarySpec, Entry, MatchPolicy, Recipe, Table, Tables};

const PREFERENCE: &str = "# @reverse-prefer:";
const TOFU_RISK: &str = "# @tofu-risk:";
/// Phrases of fewer characters are not taken from the regional tables.
const SHORTEST_PHRASE: usize = 3;

/// Keys in code point order, which is also the order of their UTF-8 bytes.
type Lines = BTreeMap<String, Vec<String>>;

/// A derived table: its name and the text of its file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct DerivedTable {
    /// Name without the extension.
    pub(crate) name: String,
    /// The whole file, header included.
    pub(crate) text: String,
}

/// Writes the derived tables of the repository anew.
pub(crate) fn run(root: &Path) -> Result<()> {
    for table in derive(root)? {
        let file = root.join(DERIVED).join(format!("{}.txt", table.name));
        write(&file, table.text.as_bytes())?;
        println!("{}: {} entries", table.name, table.text.lines().filter(|line| !line.starts_with('#')).count());
    }
    Ok(())
}

/// Makes every derived table from the imported ones; writes nothing.
pub(crate) fn derive(root: &Path) -> Result<Vec<DerivedTable>> {
    let mut tables = Tables::load_upstream(root)?;
    let mut made = Vec::new();

    for source in ["TWVariants", "HKVariants", "JPShinjitaiCharacters"] {
        let how = "every candidate of the source is a key here; `# @reverse-prefer:` names the first candidate";
        made.push(render(&format!("{source}Rev"), &[source], how, &reverse(tables.get(source)?)?));
    }

    let risky = tofu_risk(tables.get("TSCharacters")?)?;
    let how = "the entries of the source marked `# @tofu-risk:`, without the key itself among the candidates";
    let risky = render("TSCharactersExt", &["TSCharacters"], how, &risky);
    tables.add(Table::parse(&risky.name, Path::new(&format!("{}.txt", risky.name)), &risky.text)?)?;
    made.push(risky);

    let sources = ["HKPhrases", "TWPhrases"];
    let simplify = Simplifier::new(&tables, Recipe::load(root, "t2s")?)?;
    let phrases = regional_phrases(&[tables.get(sources[0])?, tables.get(sources[1])?], &simplify)?;
    let how = "the keys of the sources, converted by t2s, lead back to the keys; results of one or two characters are left out";
    made.push(render("STPhrases_GeneratedFromRegionalPhrases", &sources, how, &phrases));
    Ok(made)
}

fn render(name: &str, sources: &[&str], how: &str, lines: &Lines) -> DerivedTable {
    let mut text = format!("# {name}: derived table, do not edit; `cargo xtask dictionaries derive` makes it anew.\n");
    text.push_str(&format!("# Source: {} of OpenCC {RELEASE} (Apache-2.0).\n", sources.join(", ")));
    text.push_str(&format!("# Made so: {how}.\n"));
    for (key, candidates) in lines {
        text.push_str(&format!("{key}\t{}\n", candidates.join(" ")));
    }
    DerivedTable { name: name.to_string(), text }
}

fn reverse(table: &Table) -> Result<Lines> {
    let mut reversed = Lines::new();
    for entry in &table.entries {
        for candidate in &entry.candidates {
            reversed.entry(candidate.clone()).or_default().push(entry.key.clone());
        }
    }
    for comment in &table.comments {
        let Some(words) = comment.text.strip_prefix(PREFERENCE) else { continue };
        let words: Vec<&str> = words.split_whitespace().collect();
        let (key, preferred) = match words[..] {
            [key] => (key, key),
            [key, preferred] => (key, preferred),
            _ => return Err(blame(table, comment, "expected a key and perhaps its first candidate")),
        };
        let candidates = reversed.get_mut(key).map(Vec::as_mut_slice).unwrap_or_default();
        let place = candidates.iter().position(|candidate| candidate == preferred);
        let place = place.ok_or_else(|| {
            let text = format!("no entry of the table leads from `{preferred}` to `{key}`; remove the preference");
            blame(table, comment, &text)
        })?;
        candidates[..=place].rotate_right(1);
    }
    Ok(reversed)
}

fn tofu_risk(table: &Table) -> Result<Lines> {
    let entries: HashMap<usize, _> = table.entries.iter().map(|entry| (entry.line, entry)).collect();
    let mut risky = Lines::new();
    for comment in table.comments.iter().filter(|comment| comment.text.starts_with(TOFU_RISK)) {
        let entry = entries.get(&(comment.line + 1));
        let entry = entry.ok_or_else(|| blame(table, comment, "no entry on the next line"))?;
        let keeps_itself = entry.candidates[0] == entry.key;
        let candidates = entry.candidates[usize::from(keeps_itself)..].to_vec();
        if candidates.is_empty() {
            return Err(blame(table, comment, "the entry on the next line has no candidate but itself"));
        }
        risky.insert(entry.key.clone(), candidates);
    }
    Ok(risky)
}

fn blame(table: &Table, comment: &Comment, text: &str) -> Problem {
    Problem::at(&table.file, comment.line, format_args!("`{}`: {text}", comment.text))
}

fn regional_phrases(sources: &[&Table], simplify: &Simplifier<'_>) -> Result<Lines> {
    let mut phrases = Lines::new();
    for table in sources {
        for entry in &table.entries {
            let simplified = simplify.convert(&entry.key);
            if simplified.chars().count() < SHORTEST_PHRASE {
                continue;
            }
            let originals = phrases.entry(simplified.clone()).or_default();
            if originals.is_empty() {
                originals.push(entry.key.clone());
            } else if originals[0] != entry.key {
                let text = format!("`{simplified}` would stand for `{}` and for `{}`", originals[0], entry.key);
                return Err(Problem::at(&table.file, entry.line, text));
            }
        }
    }
    Ok(phrases)
}

/// A config without segmentation, applied literally: at each place the longest key, else one character.
///
/// Enough for phrase keys, which hold no ideographic description sequences. Derivation must not depend on the engine, whose tables
/// are made from what is derived here.
struct Simplifier<'a> {
    recipe: Recipe,
    candidates: HashMap<&'a str, HashMap<&'a str, &'a str>>,
}

impl<'a> Simplifier<'a> {
    fn new(tables: &'a Tables, recipe: Recipe) -> Result<Simplifier<'a>> {
        if recipe.segmentation.is_some() {
            return Err(Problem::new(format!("config {} has a segmentation; expected none", recipe.name)));
        }
        let mut candidates = HashMap::new();
        for name in recipe.table_names() {
            let table = tables.get(name)?;
            let first = |entry: &'a Entry| (entry.key.as_str(), entry.candidates[0].as_str());
            candidates.insert(table.name.as_str(), table.entries.iter().map(first).collect());
        }
        Ok(Simplifier { recipe, candidates })
    }

    fn convert(&self, phrase: &str) -> String {
        let stages = self.recipe.normalization.iter().chain(&self.recipe.chain);
        stages.fold(phrase.to_string(), |text, dictionary| {
            let mut output = String::new();
            let mut rest = text.as_str();
            while let Some(first) = rest.chars().next() {
                let found = self.longest_match(dictionary, rest);
                let (length, converted) = found.unwrap_or((first.len_utf8(), &rest[..first.len_utf8()]));
                output.push_str(converted);
                rest = &rest[length..];
            }
            output
        })
    }

    /// Length in bytes of the longest key that `text` starts with, and its first candidate.
    fn longest_match(&self, dictionary: &DictionarySpec, text: &str) -> Option<(usize, &'a str)> {
        match dictionary {
            DictionarySpec::Table { name, .. } => {
                let table = self.candidates.get(name.as_str())?;
                let ends = text.char_indices().map(|(start, c)| start + c.len_utf8());
                ends.filter_map(|end| Some((end, *table.get(&text[..end])?))).next_back()
            }
            DictionarySpec::Group { policy: MatchPolicy::ShortCircuit, members, .. } => {
                members.iter().find_map(|member| self.longest_match(member, text))
            }
            DictionarySpec::Group { policy: MatchPolicy::Union, members, .. } => {
                let matches = members.iter().filter_map(|member| self.longest_match(member, text));
                matches.reduce(|best, next| if next.0 > best.0 { next } else { best })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(text: &str) -> Table {
        Table::parse("Sample", Path::new("Sample.txt"), text).unwrap()
    }

    fn text(lines: &Lines) -> String {
        lines.iter().map(|(key, candidates)| format!("{key}={} ", candidates.join(","))).collect()
    }

    #[test]
    fn reversal_keeps_file_order_and_obeys_preferences() {
        let plain = table("啓\t啓 啟\n唘\t啟\n");
        assert_eq!(text(&reverse(&plain).unwrap()), "啓=啓 啟=啓,唘 ");
        let preferred = table("# @reverse-prefer: 啟 唘\n啓\t啓 啟\n唘\t啟\n");
        assert_eq!(text(&reverse(&preferred).unwrap()), "啓=啓 啟=唘,啓 ");
        let itself = table("一\t才\n# @reverse-prefer: 才\n才\t才\n");
        assert_eq!(text(&reverse(&itself).unwrap()), "才=才,一 ");
    }

    #[test]
    fn a_preference_for_nothing_is_an_error() {
        let wrong = table("# @reverse-prefer: 啟 字\n啓\t啟\n");
        assert!(reverse(&wrong).unwrap_err().to_string().starts_with("Sample.txt:1: "));
    }

    #[test]
    fn tofu_risk_drops_the_key_from_the_candidates() {
        let marked = table("# @tofu-risk: reason\n㑮\t㑮 𫝈\n甲\t乙\n");
        assert_eq!(text(&tofu_risk(&marked).unwrap()), "㑮=𫝈 ");
        let dangling = table("# @tofu-risk: reason\n\n㑮\t㑮 𫝈\n");
        assert!(tofu_risk(&dangling).is_err());
    }
}
