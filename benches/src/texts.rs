//! The texts that are converted, and their form for each config.
//!
//! Several kinds, because a converter that is fast on one may be slow on another: classical prose (`prose-hans`, the
//! Zuozhuan of OpenCC's own benchmark), newspaper and reviews (`prose-modern`), Taiwan's manuals and stories
//! (`prose-hant`), documents about software (`technical`), prose with nothing left to convert (`converted`), short Han runs
//! between ASCII words (`mixed`), markup with little Chinese (`markup`), none at all (`ascii`).
//!
//! Each can be given in its natural order or with its sentences shuffled, under the name `KIND shuffled`: in a text that repeats itself from sentence to
//! sentence a processor learns branches that it does not know in a stream of unrelated ones.
//!
//! Nothing is vendored. The Zuozhuan is in the source package that `setup.sh` fetches. The others come from the corpus
//! of the main workspace (`cargo xtask corpus`) where it exists; where it does not, they are made from the Zuozhuan and
//! OpenCC's C++ sources, which the report says, and `prose-modern` and `technical` are left out. `--text kind=path` brings a text of
//! one's own, under one of these names or a new one.
//!
//! A config is given the script that it converts from: natural text where the text is in that script, and otherwise the
//! text converted to it, e.g. the Zuozhuan through `s2twp` for `tw2sp`.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use clap::ValueEnum;
use serde::{Deserialize, Serialize};
use tongwen::Config;

use crate::contender::{convert, maker};
use crate::places;

/// The names of the default texts.
pub(crate) const KINDS: [&str; 8] =
    ["prose-hans", "prose-modern", "prose-hant", "technical", "converted", "mixed", "markup", "ascii"];

/// The kinds that only the corpus has.
const OF_CORPUS: [&str; 2] = ["prose-modern", "technical"];

/// The default texts that can be had now.
pub(crate) fn available() -> Vec<&'static str> {
    KINDS.into_iter().filter(|kind| !OF_CORPUS.contains(kind) || places::corpus().is_dir()).collect()
}

/// In which order the sentences of a text are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Order {
    /// As they were written.
    #[default]
    Natural,
    /// In no order, the same in every run.
    Shuffled,
    /// One text of each.
    Both,
}

/// What a config is given of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    /// The text in the script that the config converts from.
    Source,
    /// That text after the conversion: converting again changes little or nothing.
    Converted,
}

/// The script that most of a text's convertible characters are in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Written {
    /// Simplified.
    Hans,
    /// Traditional.
    Hant,
    /// No character tells.
    Neither,
}

/// A text of one kind.
#[derive(Clone)]
pub(crate) struct Text {
    /// The kind, or the name that the user gave.
    pub(crate) name: String,
    /// Where it came from, in words.
    pub(crate) source: String,
    /// The script that it was written in.
    pub(crate) written: Written,
    form: Form,
    body: String,
}

impl Text {
    fn new(name: &str, source: String, body: String) -> Result<Text> {
        if body.is_empty() {
            bail!("text `{name}` from {source} is empty");
        }
        // OpenCC drops text after a NUL, so that no comparison could hold.
        let body = body.replace('\0', " ");
        let written = written(&body);
        Ok(Text { name: name.to_string(), source, written, form: Form::Source, body })
    }

    /// The same sentences in another order.
    fn shuffled(&self) -> Text {
        // Addresses, numbers and the like go with the sentence that they stand in.
        let mut sentences: Vec<&str> = self.body.split_inclusive(['。', '！', '？', '\n']).collect();
        let mut random = Random::new();
        for last in (1..sentences.len()).rev() {
            sentences.swap(last, random.below(last + 1));
        }
        Text {
            name: format!("{} shuffled", self.name),
            source: format!("{}, sentences shuffled", self.source),
            body: sentences.concat(),
            ..*self
        }
    }

    /// What the config is given of this text.
    pub(crate) fn input(&self, config: Config) -> String {
        let mut text = self.body.clone();
        for step in preparation(self.written, config) {
            text = convert(&maker(*step), &text);
        }
        if self.form == Form::Converted {
            text = convert(&maker(config), &text);
        }
        text
    }
}

/// The configs that bring a text into the script that `config` converts from.
fn preparation(written: Written, config: Config) -> &'static [Config] {
    match (written, config) {
        (Written::Neither, _) => &[],
        (Written::Hant, Config::S2Twp | Config::S2Hkp) => &[Config::Tw2Sp],
        (Written::Hant, Config::S2T | Config::S2Tw | Config::S2Hk) => &[Config::Tw2S],
        (Written::Hant, Config::Jp2T) => &[Config::T2Jp],
        (Written::Hans, Config::T2S | Config::T2Tw | Config::T2Hk | Config::T2Jp) => &[Config::S2T],
        (Written::Hans, Config::Tw2S | Config::Tw2T) => &[Config::S2Tw],
        (Written::Hans, Config::Tw2Sp) => &[Config::S2Twp],
        (Written::Hans, Config::Hk2S | Config::Hk2T) => &[Config::S2Hk],
        (Written::Hans, Config::Hk2Sp) => &[Config::S2Hkp],
        (Written::Hans, Config::Jp2T) => &[Config::S2T, Config::T2Jp],
        _ => &[],
    }
}

/// The script of a text: the direction in which more of its characters would change.
fn written(body: &str) -> Written {
    let sample = cut(body, 200_000);
    let changes = |config| {
        let output = convert(&maker(config), sample);
        sample.chars().zip(output.chars()).filter(|(before, after)| before != after).count()
    };
    let (to_hant, to_hans) = (changes(Config::S2T), changes(Config::T2S));
    match to_hant.cmp(&to_hans) {
        std::cmp::Ordering::Greater => Written::Hans,
        std::cmp::Ordering::Less => Written::Hant,
        std::cmp::Ordering::Equal => Written::Neither,
    }
}

/// The first `limit` bytes, or less to end between characters.
pub(crate) fn cut(text: &str, limit: usize) -> &str {
    // `str::floor_char_boundary` is younger than our oldest compiler.
    let mut end = limit.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// Reads the texts of the given names, each at most `limit` bytes; `own` maps names to files of the user's.
pub(crate) fn load(names: &[String], own: &BTreeMap<String, PathBuf>, limit: usize, order: Order) -> Result<Vec<Text>> {
    let mut texts = Vec::new();
    for name in names {
        let text = load_one(name, own.get(name).map(PathBuf::as_path), limit)?;
        if order != Order::Natural {
            texts.push(text.shuffled());
        }
        if order != Order::Shuffled {
            texts.push(text);
        }
    }
    Ok(texts)
}

fn load_one(name: &str, own: Option<&Path>, limit: usize) -> Result<Text> {
    if let Some(path) = own {
        let body = read(path)?;
        return Text::new(name, path.display().to_string(), cut(&body, limit).to_string());
    }
    match name {
        "prose-hans" => Text::new(name, "Zuozhuan".into(), cut(&zuozhuan()?, limit).to_string()),
        "prose-modern" => match corpus(&["hans-newspaper", "hans-reviews", "hans-stories"], limit, |_| true)? {
            Some((source, body)) => Text::new(name, source, body),
            None => bail!("text `{name}` needs the corpus; run `cargo xtask corpus` in the main workspace"),
        },
        "technical" => match corpus(&["hans-manual", "hans-reference", "hans-office-help"], limit, |_| true)? {
            Some((source, body)) => Text::new(name, source, body),
            None => bail!("text `{name}` needs the corpus; run `cargo xtask corpus` in the main workspace"),
        },
        "prose-hant" => match corpus(&["hant-tw-"], limit, |_| true)? {
            Some((source, body)) => Text::new(name, source, body),
            None => {
                let body = convert(&maker(Config::S2T), &zuozhuan()?);
                Text::new(name, "Zuozhuan, converted".into(), cut(&body, limit).to_string())
            }
        },
        "converted" => {
            let text = Text::new(name, "Zuozhuan, already converted".into(), cut(&zuozhuan()?, limit).to_string())?;
            Ok(Text { form: Form::Converted, ..text })
        }
        "mixed" => match corpus(&["hans-"], limit, is_mixed)? {
            Some((source, body)) => Text::new(name, format!("{source}, lines with short Han runs"), body),
            None => Text::new(name, "Zuozhuan between C++ words".into(), interlard(&zuozhuan()?, &sources()?, limit)),
        },
        "markup" => match corpus(&["html-hans-"], limit, |_| true)? {
            Some((source, body)) => Text::new(name, source, body),
            None => Text::new(name, "Zuozhuan in made-up HTML".into(), mark_up(&zuozhuan()?, limit)),
        },
        "ascii" => match corpus(&["html-"], limit, |line| line.is_ascii())? {
            Some((source, body)) => Text::new(name, format!("{source}, ASCII lines"), body),
            None => Text::new(
                name,
                "OpenCC's C++ sources, ASCII lines".into(),
                cut(&repeat(&sources()?, limit), limit).into(),
            ),
        },
        _ => bail!("unknown text `{name}`; the defaults are {}, others need `--text {name}=PATH`", KINDS.join(", ")),
    }
}

fn read(path: &Path) -> Result<String> {
    fs::read_to_string(path).with_context(|| path.display().to_string())
}

fn zuozhuan() -> Result<String> {
    let path = places::opencc_source().join("test/benchmark/zuozhuan.txt");
    fs::read_to_string(&path).with_context(|| format!("{}; run setup.sh, which fetches it", path.display()))
}

/// The ASCII lines of OpenCC's own C++ files.
fn sources() -> Result<String> {
    let folder = places::opencc_source().join("src");
    let mut body = String::new();
    for path in listed(&folder, |name| name.ends_with(".cpp") || name.ends_with(".hpp"))? {
        keep_lines(&read(&path)?, &mut body, usize::MAX, &|line| line.is_ascii());
    }
    Ok(body)
}

/// The files of a folder whose names pass, in order.
fn listed(folder: &Path, passes: impl Fn(&str) -> bool) -> Result<Vec<PathBuf>> {
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let entry = entry?;
        if entry.file_name().to_str().is_some_and(&passes) {
            paths.push(entry.path());
        }
    }
    paths.sort();
    Ok(paths)
}

/// About `limit` bytes of lines from the corpus files with these prefixes: an equal share from each file, and within a
/// file from sixteen places in it, so that no single chapter stands for all. `None` where there is no such file.
fn corpus(prefixes: &[&str], limit: usize, passes: impl Fn(&str) -> bool) -> Result<Option<(String, String)>> {
    const PLACES: usize = 16;
    let folder = places::corpus();
    if !folder.is_dir() {
        return Ok(None);
    }
    let files =
        listed(&folder, |name| name.ends_with(".txt") && prefixes.iter().any(|prefix| name.starts_with(prefix)))?;
    let mut body = String::new();
    for (index, path) in files.iter().enumerate() {
        let text = read(path)?;
        for place in 0..PLACES {
            let bound = |part: usize| cut(&text, text.len() * part / PLACES).len();
            let target = limit * (index * PLACES + place + 1) / (files.len() * PLACES);
            keep_lines(&text[bound(place)..bound(place + 1)], &mut body, target, &passes);
        }
    }
    let source = format!("corpus {}* ({} files)", prefixes.join("*, "), files.len());
    Ok((!body.is_empty()).then_some((source, body)))
}

/// Appends the lines that pass until `body` holds `target` bytes.
fn keep_lines(text: &str, body: &mut String, target: usize, passes: &dyn Fn(&str) -> bool) {
    for line in text.split_inclusive('\n') {
        if body.len() >= target {
            break;
        }
        if passes(line) {
            body.push_str(line);
        }
    }
}

/// Whether a line is Chinese with other words in it: both occur, and its Han runs are 8 characters or less on average.
fn is_mixed(line: &str) -> bool {
    let (mut han, mut runs, mut letters, mut inside) = (0, 0, 0, false);
    for character in line.chars() {
        let is_han = character >= '\u{3400}' && !('\u{ff00}'..='\u{ffef}').contains(&character);
        runs += usize::from(is_han && !inside);
        han += usize::from(is_han);
        letters += usize::from(character.is_ascii_alphabetic());
        inside = is_han;
    }
    runs > 1 && letters > 1 && han <= 8 * runs
}

fn repeat(text: &str, limit: usize) -> String {
    text.repeat(limit.div_ceil(text.len().max(1)))
}

/// Runs of one to eight Han characters between words of another text.
fn interlard(prose: &str, other: &str, limit: usize) -> String {
    let mut words = other.split_ascii_whitespace().cycle();
    let mut random = Random::new();
    let mut characters = prose.chars().filter(|character| !character.is_whitespace());
    let mut body = String::new();
    'text: while body.len() < limit {
        for _ in 0..random.below(8) + 1 {
            let Some(character) = characters.next() else { break 'text };
            body.push(character);
        }
        for _ in 0..random.below(3) + 1 {
            body.push(' ');
            body.push_str(words.next().unwrap_or("word"));
        }
        body.push(if random.below(8) == 0 { '\n' } else { ' ' });
    }
    body
}

/// Table rows with a few characters in each of their cells.
fn mark_up(prose: &str, limit: usize) -> String {
    let mut body = String::new();
    for (index, sentence) in prose.split(['。', '\n']).filter(|sentence| !sentence.trim().is_empty()).enumerate() {
        if body.len() >= limit {
            break;
        }
        let sentence = sentence.trim();
        body.push_str(&format!(
            "<tr class=\"row-{}\" id=\"entry-{index}\"><td><a href=\"https://example.org/wiki/entry/{index}?action=view\" \
             title=\"Entry {index}\">{sentence}</a></td><td style=\"text-align: right; padding: 0 0.5em\">{index}</td></tr>\n",
            index % 2
        ));
    }
    body
}

/// A small fixed sequence of pseudo-random numbers, so that every run sees the same texts.
pub(crate) struct Random(u64);

impl Random {
    /// The sequence from its start.
    pub(crate) fn new() -> Random {
        Random(0x9e37_79b9_7f4a_7c15)
    }

    /// The next number below `bound`, which is more than zero.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        // Marsaglia's xorshift64.
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % bound
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shuffling_keeps_every_sentence() {
        let text = Text::new("t", "here".into(), "一。二！三？\n四\n五".repeat(50)).unwrap();
        let shuffled = text.shuffled();
        assert_ne!(shuffled.body, text.body);
        let sorted = |body: &str| {
            let mut characters: Vec<char> = body.chars().collect();
            characters.sort_unstable();
            characters
        };
        assert_eq!(sorted(&shuffled.body), sorted(&text.body));
        assert_eq!(shuffled.body, text.shuffled().body);
    }

    #[test]
    fn mixed_lines() {
        assert!(is_mixed("使用 apt 命令安装 vim 编辑器\n"));
        assert!(!is_mixed("元年春王正月三月公及邾仪父盟于蔑 ok\n"));
        assert!(!is_mixed("no Chinese here\n"));
        assert!(!is_mixed("全是汉字\n"));
    }

    #[test]
    fn script_is_seen() {
        assert_eq!(written("汉语与中国"), Written::Hans);
        assert_eq!(written("漢語與中國"), Written::Hant);
        assert_eq!(written("plain words 人口"), Written::Neither);
    }

    #[test]
    fn input_is_in_the_configs_script() {
        let text = Text::new("t", "here".into(), "汉语".into()).unwrap();
        assert_eq!(text.input(Config::S2T), "汉语");
        assert_eq!(text.input(Config::Tw2S), "漢語");
        let text = Text { form: Form::Converted, ..text };
        assert_eq!(text.input(Config::S2T), "漢語");
        assert_eq!(text.input(Config::Tw2S), "汉语");
        let text = Text::new("t", "here".into(), "漢語".into()).unwrap();
        assert_eq!(text.input(Config::S2Twp), "汉语");
        assert_eq!(text.input(Config::T2Hk), "漢語");
    }

    #[test]
    fn cut_ends_between_characters() {
        assert_eq!(cut("汉字", 4), "汉");
        assert_eq!(cut("汉字", 100), "汉字");
    }
}
