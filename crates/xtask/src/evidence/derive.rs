//! Chooses the evidence: from OpenCC's tables what can be evidence, from the counts what is.
//!
//! The tables say which characters conversion changes and which of them the other script has all the same (后 is 後 or 后). The counts
//! say what people write. Neither is enough alone: by the tables 据 is a Traditional character (拮据), by the counts it never occurs in
//! Traditional text; and by the counts 晒 is as Simplified as it is Cantonese.
//!
//! Rates are per million characters. Lines of a corpus that are mostly in the other script (quotations, untranslated messages) are
//! not counted; "mostly" is decided by the characters that the tables alone make certain.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::Path;

use super::corpora::{self, Class, Counts, Half};
use super::judgement::{JUDGEMENT, NOT_FIRST, REGIONAL_JUDGEMENT};
use super::rows::{Kind, Row};
use crate::problem::Result;
use crate::tables::Tables;

/// What the tables alone say.
pub(super) struct Lexicon {
    /// Simplified character → its Traditional candidates, where conversion changes it.
    to_traditional: HashMap<char, Vec<char>>,
    /// The other way.
    to_simplified: HashMap<char, Vec<char>>,
    /// Whatever some table puts out as, or takes for, Traditional text.
    traditional: HashSet<char>,
    /// Whatever some table puts out as, or takes for, Simplified text.
    simplified: HashSet<char>,
    /// Characters that conversion to Simplified changes only in phrases (著).
    changed_in_phrases: HashMap<char, HashSet<char>>,
    /// t2tw's and t2hk's characters and what they become.
    taiwan: BTreeMap<char, char>,
    hong_kong: BTreeMap<char, char>,
    /// Words of two characters among the keys of the phrase dictionaries, Simplified and Traditional.
    simplified_words: HashSet<(char, char)>,
    traditional_words: HashSet<(char, char)>,
    /// Words and their regional counterparts, from OpenCC's regional phrases.
    regional_words: Vec<(String, String)>,
}

impl Lexicon {
    pub(super) fn new(tables: &Tables) -> Result<Lexicon> {
        let pairs = |name: &str| -> Result<Vec<(char, Vec<char>)>> {
            let entries = &tables.get(name)?.entries;
            let single = |word: &str| word.chars().next().filter(|_| word.chars().count() == 1);
            Ok(entries
                .iter()
                .filter_map(|entry| {
                    Some((single(&entry.key)?, entry.candidates.iter().filter_map(|word| single(word)).collect()))
                })
                .collect())
        };
        let changed = |name: &str| -> Result<HashMap<char, Vec<char>>> {
            Ok(pairs(name)?
                .into_iter()
                .filter(|(key, values)| values.first().is_some_and(|first| first != key))
                .collect())
        };
        let mut traditional: HashSet<char> =
            pairs("STCharacters")?.into_iter().flat_map(|(_, values)| values).collect();
        let mut simplified: HashSet<char> = pairs("TSCharacters")?.into_iter().flat_map(|(_, values)| values).collect();
        traditional.extend(pairs("TSCharacters")?.into_iter().map(|(key, _)| key));
        simplified.extend(pairs("STCharacters")?.into_iter().map(|(key, _)| key));
        // The regional phrases and names are left out: a few of them hold a Simplified character (类別範本, 郭偉强).
        for name in ["STPhrases", "TWVariants", "HKVariants"] {
            traditional.extend(tables.get(name)?.entries.iter().flat_map(|entry| entry.candidates[0].chars()));
        }
        traditional.extend(pairs("TWVariants")?.into_iter().chain(pairs("HKVariants")?).map(|(key, _)| key));
        let mut changed_in_phrases: HashMap<char, HashSet<char>> = HashMap::new();
        for entry in &tables.get("TSPhrases")?.entries {
            simplified.extend(entry.candidates[0].chars());
            for (from, to) in entry.key.chars().zip(entry.candidates[0].chars()).filter(|(from, to)| from != to) {
                changed_in_phrases.entry(from).or_default().insert(to);
            }
        }
        // 著 is no key of the character table: only the way back from Taiwan's forms makes 着 of it.
        for (form, standards) in pairs("TWVariants")?.into_iter().chain(pairs("HKVariants")?) {
            changed_in_phrases.entry(standards[0]).or_default().insert(form);
        }
        let to_simplified = changed("TSCharacters")?;
        changed_in_phrases.retain(|character, _| !to_simplified.contains_key(character));
        let first = |name: &str| -> Result<BTreeMap<char, char>> {
            Ok(changed(name)?.into_iter().map(|(key, values)| (key, values[0])).collect())
        };
        let pair = |word: &str| match word.chars().collect::<Vec<char>>()[..] {
            [one, other] if !one.is_ascii() && !other.is_ascii() => Some((one, other)),
            _ => None,
        };
        let mut simplified_words = HashSet::new();
        let mut traditional_words = HashSet::new();
        for entry in &tables.get("STPhrases")?.entries {
            simplified_words.extend(pair(&entry.key));
            traditional_words.extend(pair(&entry.candidates[0]));
        }
        for name in ["TSPhrases", "TWVariantsRevPhrases"] {
            traditional_words.extend(tables.get(name)?.entries.iter().filter_map(|entry| pair(&entry.key)));
        }
        let mut regional_words = Vec::new();
        for name in ["TWPhrases", "HKPhrases"] {
            for entry in &tables.get(name)?.entries {
                regional_words.push((entry.key.clone(), entry.candidates[0].clone()));
            }
        }
        Ok(Lexicon {
            to_traditional: changed("STCharacters")?,
            to_simplified,
            traditional,
            simplified,
            changed_in_phrases,
            taiwan: first("TWVariants")?,
            hong_kong: first("HKVariants")?,
            simplified_words,
            traditional_words,
            regional_words,
        })
    }

    pub(super) fn certainly_simplified(&self, character: char) -> bool {
        self.to_traditional.contains_key(&character) && !self.traditional.contains(&character)
    }

    pub(super) fn certainly_traditional(&self, character: char) -> bool {
        self.to_simplified.contains_key(&character) && !self.simplified.contains(&character)
    }
}

/// Counts of the four classes.
struct Corpora {
    classes: [Counts; 4],
    words: HashMap<String, [u64; 4]>,
}

impl Corpora {
    fn new(folder: &Path, half: Half, lexicon: &Lexicon) -> Result<Corpora> {
        let words = lexicon.regional_words.iter().flat_map(|(one, other)| [one.clone(), other.clone()]);
        let mut all = Corpora { classes: Default::default(), words: words.map(|word| (word, [0; 4])).collect() };
        let longest = all.words.keys().map(|word| word.chars().count()).max().unwrap_or(0);
        for class in Class::ALL {
            for (_, lines) in corpora::lines(folder, class, half)? {
                for line in lines.iter().filter(|line| belongs(line, class, lexicon)) {
                    all.classes[class as usize].add(line);
                    for (start, _) in line.char_indices() {
                        let ends = line[start..].char_indices().skip(2).map(|(end, _)| end).chain([line.len() - start]);
                        for end in ends.take(longest) {
                            if let Some(counts) = all.words.get_mut(&line[start..start + end]) {
                                counts[class as usize] += 1;
                            }
                        }
                    }
                }
            }
        }
        Ok(all)
    }

    fn of_character(&self, character: char) -> [u64; 4] {
        Class::ALL.map(|class| self.classes[class as usize].character(character))
    }

    fn of_pair(&self, pair: (char, char)) -> [u64; 4] {
        Class::ALL.map(|class| self.classes[class as usize].pair(pair))
    }

    fn of_word(&self, word: &str) -> [u64; 4] {
        self.words.get(word).copied().unwrap_or_default()
    }

    /// Occurrences per million characters of the named classes together.
    fn rate(&self, counts: [u64; 4], classes: &[Class]) -> f64 {
        let (sum, size) = classes.iter().fold((0, 0), |(sum, size), class| {
            (sum + counts[*class as usize], size + self.classes[*class as usize].size)
        });
        sum as f64 * 1e6 / size.max(1) as f64
    }
}

fn belongs(line: &str, class: Class, lexicon: &Lexicon) -> bool {
    let simplified = line.chars().filter(|character| lexicon.certainly_simplified(*character)).count();
    let traditional = line.chars().filter(|character| lexicon.certainly_traditional(*character)).count();
    match class {
        Class::Mainland => simplified > traditional || traditional == 0,
        _ => traditional > simplified || simplified == 0,
    }
}

const MODERN: &[Class] = &[Class::Taiwan, Class::HongKong];
const MAINLAND: &[Class] = &[Class::Mainland];

/// All rows, sorted, and the sizes of the four classes in Han characters.
pub(super) fn run(tables: &Tables, folder: &Path, half: Half) -> Result<(Vec<Row>, [u64; 4])> {
    let lexicon = Lexicon::new(tables)?;
    let corpora = Corpora::new(folder, half, &lexicon)?;
    let mut rows = Vec::new();
    simplified_characters(&lexicon, &corpora, &mut rows);
    traditional_characters(&lexicon, &corpora, &mut rows);
    let known: HashSet<char> = rows.iter().filter_map(|row| row.text.chars().next()).collect();
    simplified_pairs(&lexicon, &corpora, &known, &mut rows);
    traditional_pairs(&lexicon, &corpora, &known, &mut rows);
    foreign_forms(&lexicon.taiwan, Kind::TwForeign, Class::Taiwan, &corpora, &mut rows);
    foreign_forms(&lexicon.hong_kong, Kind::HkForeign, Class::HongKong, &corpora, &mut rows);
    regions(&lexicon, &corpora, &mut rows);
    rows.sort_by(|one, other| (one.kind, &one.text).cmp(&(other.kind, &other.text)));
    rows.dedup_by(|one, other| (one.kind, &one.text) == (other.kind, &other.text));
    Ok((rows, Class::ALL.map(|class| corpora.classes[class as usize].size)))
}

fn judged(character: char) -> Option<(Option<Kind>, &'static str)> {
    JUDGEMENT.iter().find(|(_, known, _)| *known == character).map(|(kind, _, note)| (*kind, *note))
}

fn simplified_characters(lexicon: &Lexicon, corpora: &Corpora, rows: &mut Vec<Row>) {
    for character in lexicon.to_traditional.keys().copied() {
        let counts = corpora.of_character(character);
        let own = corpora.rate(counts, MAINLAND);
        let modern = corpora.rate(counts, MODERN);
        let classical = corpora.rate(counts, &[Class::Classical]);
        let modern_count = counts[Class::Taiwan as usize] + counts[Class::HongKong as usize];
        let kind = if lexicon.traditional.contains(&character) {
            // A Traditional word with it exists; rare enough in Traditional text to count for something all the same?
            let rare = modern_count <= 3 || modern * 1000.0 < own;
            (counts[0] >= 100 && rare && modern * 500.0 < own && classical * 20.0 < own).then_some(Kind::HansUsual)
        } else if modern_count >= 3 && modern * 30.0 > own {
            // Another word that Traditional text has under this form (晒, 吓 in Cantonese).
            None
        } else if (modern_count >= 3 && modern * 1000.0 > own) || (counts[3] >= 10 && classical * 50.0 > own) {
            Some(Kind::HansVariant)
        } else {
            Some(Kind::Hans)
        };
        let judgement = judged(character);
        if let Some(kind) = judgement.map_or(kind, |(kind, _)| kind) {
            let note = judgement.map_or("", |(_, note)| note).to_string();
            rows.push(Row { kind, text: character.to_string(), counts, weight: 0, note });
        }
    }
}

fn traditional_characters(lexicon: &Lexicon, corpora: &Corpora, rows: &mut Vec<Row>) {
    for character in lexicon.to_simplified.keys().copied() {
        let counts = corpora.of_character(character);
        let own = corpora.rate(counts, &[Class::Taiwan, Class::HongKong, Class::Classical]);
        let other = corpora.rate(counts, MAINLAND);
        let own_count = counts[1] + counts[2] + counts[3];
        let kind = if lexicon.simplified.contains(&character) {
            let rare = counts[0] <= 3 || other * 1000.0 < own;
            (own_count >= 50 && rare && other * 500.0 < own).then_some(Kind::HantUsual)
        } else if counts[0] >= 3 && other * 30.0 > own {
            None
        } else if counts[0] >= 3 && other * 200.0 > own {
            Some(Kind::HantVariant)
        } else {
            Some(Kind::Hant)
        };
        let judgement = judged(character);
        if let Some(kind) = judgement.map_or(kind, |(kind, _)| kind) {
            let note = judgement.map_or("", |(_, note)| note).to_string();
            rows.push(Row { kind, text: character.to_string(), counts, weight: 0, note });
        }
    }
}

/// Words of two characters, one of them a character that both scripts have but use differently, where Traditional text writes the word
/// in its own way. Only words: 后在 is as frequent as 后面, but also in 皇后在.
fn simplified_pairs(lexicon: &Lexicon, corpora: &Corpora, known: &HashSet<char>, rows: &mut Vec<Row>) {
    let ambiguous = |character: char| lexicon.to_traditional.get(&character).filter(|_| !known.contains(&character));
    for pair in corpora.classes[Class::Mainland as usize]
        .all_pairs()
        .filter(|(one, other)| !known.contains(one) && !known.contains(other))
    {
        let counts = corpora.of_pair(pair);
        let own = corpora.rate(counts, MAINLAND);
        let seldom = counts[1] + counts[2] <= 2 && corpora.rate(counts, MODERN) * 500.0 <= own;
        let modern = corpora.rate(counts, &[Class::Classical]) * 20.0 <= own;
        if counts[0] < 20
            || !seldom
            || !modern
            || NOT_FIRST.contains(pair.0)
            || !lexicon.simplified_words.contains(&pair)
        {
            continue;
        }
        let mut counterparts = Vec::new();
        if let Some(values) = ambiguous(pair.0) {
            counterparts.extend(values.iter().filter(|value| **value != pair.0).map(|value| (*value, pair.1)));
        }
        if let Some(values) = ambiguous(pair.1) {
            counterparts.extend(values.iter().filter(|value| **value != pair.1).map(|value| (pair.0, *value)));
        }
        let written: u64 =
            counterparts.iter().map(|pair| corpora.of_pair(*pair)).map(|counts| counts[1] + counts[2]).sum();
        if written >= 20 {
            let text = [pair.0, pair.1].iter().collect();
            rows.push(Row { kind: Kind::HansPair, text, counts, weight: 0, note: String::new() });
        }
    }
}

/// The same for Traditional.
fn traditional_pairs(lexicon: &Lexicon, corpora: &Corpora, known: &HashSet<char>, rows: &mut Vec<Row>) {
    let others = |character: char| -> Vec<char> {
        let mut others: Vec<char> = lexicon.changed_in_phrases.get(&character).into_iter().flatten().copied().collect();
        others.extend(lexicon.to_simplified.get(&character).into_iter().flatten().filter(|other| **other != character));
        others
    };
    let mut pairs: Vec<(char, char)> = corpora.classes[Class::Taiwan as usize].all_pairs().collect();
    pairs.extend(corpora.classes[Class::HongKong as usize].all_pairs());
    pairs.sort_unstable();
    pairs.dedup();
    for pair in pairs.into_iter().filter(|(one, other)| !known.contains(one) && !known.contains(other)) {
        let counts = corpora.of_pair(pair);
        if counts[1] + counts[2] < 10 || counts[0] > 1 {
            continue;
        }
        let mut counterparts: Vec<(char, char)> = others(pair.0).into_iter().map(|other| (other, pair.1)).collect();
        counterparts.extend(others(pair.1).into_iter().map(|other| (pair.0, other)));
        let written: u64 = counterparts.iter().map(|pair| corpora.of_pair(*pair)[0]).sum();
        if written >= 20 && lexicon.traditional_words.contains(&pair) {
            let text = [pair.0, pair.1].iter().collect();
            rows.push(Row { kind: Kind::HantPair, text, counts, weight: 0, note: String::new() });
        }
    }
}

/// Forms that a region's variants table replaces and its text practically never has.
fn foreign_forms(forms: &BTreeMap<char, char>, kind: Kind, class: Class, corpora: &Corpora, rows: &mut Vec<Row>) {
    for (form, standard) in forms {
        let counts = corpora.of_character(*form);
        let (of_form, of_standard) = (counts[class as usize], corpora.of_character(*standard)[class as usize]);
        let by_counts = of_standard >= 20 && of_form * 50 <= of_standard;
        let judgement = REGIONAL_JUDGEMENT.iter().find(|(known, character, ..)| *known == kind && character == form);
        if judgement.map_or(by_counts, |(_, _, foreign, _)| *foreign) {
            let note =
                judgement.map_or_else(|| format!("{standard} {of_standard} times"), |(.., note)| note.to_string());
            rows.push(Row { kind, text: form.to_string(), counts, weight: 0, note });
        }
    }
}

/// Weights from here on, in quarters of a bit, are worth keeping.
const WEIGHT: f64 = 1.0;
/// Least occurrences of a trait in Taiwan's and Hong Kong's text together.
const TRAIT: u64 = 8;
/// No single trait says more than this, in quarters of a bit, whatever its count: a word may be a matter of subject (software
/// opens files with 開啟, people open doors with 打開), a form of a character is a matter of habit, Cantonese is Cantonese.
const MOST_OF_WORD: f64 = 8.0;
const MOST_OF_FORM: f64 = 12.0;
const MOST_OF_CANTONESE: f64 = 16.0;

/// What tells Taiwan from Hong Kong: forms of characters, regional words, and the characters that only Cantonese needs.
///
/// Forms and words are weighed against their counterpart (軟體 against 軟件), never by mere frequency: otherwise whatever the texts
/// of one region happen to be about would count as a trait of the region.
fn regions(lexicon: &Lexicon, corpora: &Corpora, rows: &mut Vec<Row>) {
    let text = |pair: (char, char)| -> String { [pair.0, pair.1].iter().collect() };
    let mut weights: BTreeMap<String, ([u64; 4], f64)> = BTreeMap::new();
    // A trait of several contrasts keeps the weakest weight that they give it.
    let mut keep = |text: String, counts: [u64; 4], weight: f64| {
        if counts[1] + counts[2] < TRAIT {
            return;
        }
        let known = weights.entry(text).or_insert((counts, weight));
        if weight.abs() < known.1.abs() {
            known.1 = weight;
        }
    };
    for (form, standard) in lexicon.taiwan.iter().chain(&lexicon.hong_kong) {
        let counts = [corpora.of_character(*form), corpora.of_character(*standard)];
        let [of_form, of_standard] = contrast(counts, MOST_OF_FORM);
        keep(form.to_string(), counts[0], of_form);
        keep(standard.to_string(), counts[1], of_standard);
    }
    for (one, other) in &lexicon.regional_words {
        let counts = [corpora.of_word(one), corpora.of_word(other)];
        let weights = contrast(counts, MOST_OF_WORD);
        for (way, (word, counterpart)) in [(one, other), (other, one)].into_iter().enumerate() {
            if let Some(pair) = token(word, counterpart, counts[way], corpora) {
                keep(text(pair), corpora.of_pair(pair), weights[way]);
            }
        }
    }
    for character in corpora.classes[Class::HongKong as usize].all_characters() {
        let counts = corpora.of_character(character);
        let in_mainland = lexicon.to_simplified.get(&character).map_or(0, |values| corpora.of_character(values[0])[0]);
        let counts_elsewhere = [counts[0] + in_mainland, counts[1], 0, counts[3]];
        let elsewhere = corpora.rate(counts_elsewhere, &[Class::Mainland, Class::Taiwan, Class::Classical]);
        if counts[2] >= 200 && elsewhere * 100.0 < corpora.rate(counts, &[Class::HongKong]) {
            keep(character.to_string(), counts, -MOST_OF_CANTONESE);
        }
    }
    for (text, (counts, weight)) in weights {
        if weight.abs() >= WEIGHT {
            rows.push(Row { kind: Kind::Region, text, counts, weight: weight.round() as i8, note: String::new() });
        }
    }
}

/// The pair that stands for a word: one that occurs hardly anywhere else, and not in the counterpart.
fn token(word: &str, counterpart: &str, counts: [u64; 4], corpora: &Corpora) -> Option<(char, char)> {
    let pairs = |word: &str| -> Vec<(char, char)> {
        let pairs = word.chars().zip(word.chars().skip(1));
        pairs.filter(|(one, other)| !one.is_ascii() && !other.is_ascii()).collect()
    };
    let strange = pairs(counterpart);
    let modern = |counts: [u64; 4]| counts[Class::Taiwan as usize] + counts[Class::HongKong as usize];
    let faithful = |pair: &(char, char)| modern(corpora.of_pair(*pair)) * 4 <= modern(counts) * 5;
    pairs(word).into_iter().filter(|pair| !strange.contains(pair)).find(faithful)
}

/// For two ways of writing one thing: by how much more each is Taiwan's than Hong Kong's, in quarters of a bit.
fn contrast(counts: [[u64; 4]; 2], most: f64) -> [f64; 2] {
    // One more of each than was seen, so that what was never seen is not impossible and few sightings say little.
    let share = |class: Class, way: usize| {
        let of = |way: usize| counts[way][class as usize] as f64 + 1.0;
        of(way) / (of(0) + of(1))
    };
    [0, 1].map(|way| {
        let odds = share(Class::Taiwan, way) / share(Class::HongKong, way);
        (odds.log2() * 4.0).clamp(-most, most)
    })
}
