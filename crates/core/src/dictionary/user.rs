//! The user's own pairs: `source TAB target`, taken before everything else and final.
//!
//! Not a [`Dictionary`] of OpenCC's: there are no candidates (the target is the whole rest of the line, blanks and all), an empty
//! target deletes the source, an equal pair means leave alone, and several files are layered, the later one on top.
//!
//! # Cost
//!
//! Almost nothing matches in running text, so the question to be fast at is [`may_start`](UserDictionary::may_start): one array
//! read.

use super::{Dictionary, Entry, at_line, check_size, decode, excerpt, lines};
use crate::Error;
use crate::character_set::CharacterSet;

/// The user's own pairs, from one file or several.
///
/// A file has one pair a line, `source TAB target`. The target is the whole rest of the line and may hold blanks; an equal pair means
/// leave alone, an empty target deletes. Lines that start with `#` are comments.
///
/// ```
/// use tongwen::UserDictionary;
/// let house = UserDictionary::parse("house.tsv", "# keep the name\n里海\t里海\n服务器\t伺服器\n")?;
/// let mine = UserDictionary::parse("mine.tsv", "服务器\t主機\n")?;
/// let both = UserDictionary::layered([house, mine]);
/// let found = both.longest_at("我的服务器", 6).unwrap();
/// assert_eq!((found.length, found.replacement, found.dictionary, found.line), (9, "主機", "mine.tsv", 1));
/// assert!(!both.may_start('我'));
/// # Ok::<(), tongwen::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct UserDictionary {
    /// One for each file, the first given first.
    layers: Vec<Dictionary>,
    /// The first characters of all sources.
    starts: CharacterSet,
}

/// A source of the user's found in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UserMatch<'a> {
    /// Bytes of the text that the source covers.
    pub length: usize,
    /// What to write instead; equal to the source where the text is to be left alone.
    pub replacement: &'a str,
    /// The file that the pair comes from.
    pub dictionary: &'a str,
    /// Its line in that file, from 1.
    pub line: usize,
}

impl UserDictionary {
    /// Reads one file. `name` is what errors and explanations call it, usually its path.
    ///
    /// Empty lines and lines that start with `#` are skipped; a byte order mark and `\r\n` are accepted.
    ///
    /// # Errors
    ///
    /// A line without a tab, an empty source, a source that appears twice.
    pub fn parse(name: &str, text: &str) -> Result<UserDictionary, Error> {
        check_size(name, text.len())?;
        let mut entries = Vec::new();
        for (number, start, line) in lines(text) {
            let line = line.strip_suffix('\r').unwrap_or(line);
            // A lone tab is no empty line but a pair of nothing, more likely a slip than meant.
            if line.starts_with('#') || (line.trim().is_empty() && !line.contains('\t')) {
                continue;
            }
            let Some(tab) = line.find('\t') else {
                let message =
                    format!("no tab in `{}`; write `source TAB target`, or start the line with #", excerpt(line));
                return Err(at_line(name, number, message));
            };
            if tab == 0 {
                let message = "nothing before the tab; write the text to be replaced there".to_owned();
                return Err(at_line(name, number, message));
            }
            let end = (start + line.len()) as u32;
            entries.push(Entry {
                key_start: start as u32,
                key_end: (start + tab) as u32,
                first_candidate_end: end,
                candidates_end: end,
                line: number as u32,
            });
        }
        // No target holds the line feed, so there is one candidate each.
        let layer = Dictionary::index(name, text.to_owned(), '\n', entries)?;
        Ok(UserDictionary::of_layers(vec![layer]))
    }

    /// [`parse`](UserDictionary::parse) for bytes that may not be UTF-8, which is then an error that names the line.
    pub fn from_bytes(name: &str, bytes: &[u8]) -> Result<UserDictionary, Error> {
        UserDictionary::parse(name, decode(name, bytes)?)
    }

    /// Lays dictionaries over one another: where two have the same source, the later one decides.
    pub fn layered(dictionaries: impl IntoIterator<Item = UserDictionary>) -> UserDictionary {
        UserDictionary::of_layers(dictionaries.into_iter().flat_map(|dictionary| dictionary.layers).collect())
    }

    fn of_layers(layers: Vec<Dictionary>) -> UserDictionary {
        let mut starts = CharacterSet::default();
        for layer in &layers {
            layer.first_characters().iter().for_each(|first| starts.insert(*first));
        }
        UserDictionary { layers, starts }
    }

    /// Whether there is no pair at all.
    pub fn is_empty(&self) -> bool {
        self.layers.iter().all(Dictionary::is_empty)
    }

    /// Number of pairs, those included that a later file overrules.
    pub fn len(&self) -> usize {
        self.layers.iter().map(Dictionary::len).sum()
    }

    /// Whether any source starts with this character.
    pub fn may_start(&self, character: char) -> bool {
        self.starts.contains(character)
    }

    /// The first characters of all sources.
    pub(crate) fn starts(&self) -> &CharacterSet {
        &self.starts
    }

    /// The longest source that starts at `offset`, a byte offset on a character boundary of `text` (else this panics).
    pub fn longest_at(&self, text: &str, offset: usize) -> Option<UserMatch<'_>> {
        let rest = &text[offset..];
        let mut best: Option<UserMatch<'_>> = None;
        for layer in self.layers.iter().rev() {
            if let Some(found) = layer.longest(rest).filter(|found| best.is_none_or(|best| found.length > best.length))
            {
                best = Some(UserMatch {
                    length: found.length,
                    replacement: layer.replacement(found.entry),
                    dictionary: layer.name(),
                    line: layer.line(found.entry).expect("a user dictionary is read from lines"),
                });
            }
        }
        best
    }

    /// Every pair as source, target, file and line, in the order of the files; those included that a later file overrules.
    pub fn pairs(&self) -> impl Iterator<Item = (&str, UserMatch<'_>)> {
        self.layers.iter().flat_map(|layer| {
            (0..layer.len()).map(move |entry| {
                let found = UserMatch {
                    length: layer.key(entry).len(),
                    replacement: layer.replacement(entry),
                    dictionary: layer.name(),
                    line: layer.line(entry).expect("a user dictionary is read from lines"),
                };
                (layer.key(entry), found)
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::UserDictionary;

    fn at_start(dictionary: &UserDictionary, text: &str) -> Option<(usize, String, usize)> {
        dictionary.longest_at(text, 0).map(|found| (found.length, found.replacement.to_owned(), found.line))
    }

    #[test]
    fn the_target_is_the_rest_of_the_line() {
        let text =
            "\u{feff}# comment\r\n\r\n鼠标\tthe mouse  (pointer)\r\n头\t\r\nNew York\t紐約\tcity\r\n鼠标垫\t鼠标垫";
        let dictionary = UserDictionary::parse("terms.tsv", text).unwrap();
        assert_eq!(dictionary.len(), 4);
        assert_eq!(at_start(&dictionary, "鼠标"), Some((6, "the mouse  (pointer)".into(), 3)));
        assert_eq!(at_start(&dictionary, "鼠标垫子"), Some((9, "鼠标垫".into(), 6)));
        assert_eq!(at_start(&dictionary, "头"), Some((3, String::new(), 4)));
        assert_eq!(at_start(&dictionary, "New Yorker"), Some((8, "紐約\tcity".into(), 5)));
        assert_eq!(at_start(&dictionary, "#"), None);
        assert!(dictionary.may_start('N') && dictionary.may_start('头') && !dictionary.may_start('垫'));
    }

    #[test]
    fn errors_name_file_and_line_and_say_what_to_do() {
        let message = |text: &str| UserDictionary::parse("terms.tsv", text).unwrap_err().to_string();
        let mut rows: Vec<String> = (1..=811).map(|line| format!("词{line}\t詞")).collect();
        rows[39] = "台湾\t臺灣".into();
        rows.push("台湾\t台灣".into());
        assert_eq!(message(&rows.join("\n")), "terms.tsv:812: key `台湾` appears twice (first on line 40); remove one");
        assert_eq!(message("\tx"), "terms.tsv:1: nothing before the tab; write the text to be replaced there");
        assert_eq!(message(" \n\t"), "terms.tsv:2: nothing before the tab; write the text to be replaced there");
        assert_eq!(message("a b"), "terms.tsv:1: no tab in `a b`; write `source TAB target`, or start the line with #");
    }

    #[test]
    fn a_later_file_overrules_an_earlier_one_but_not_a_longer_source() {
        let first = UserDictionary::parse("1.tsv", "ab\tone\nabc\tlong\n").unwrap();
        let second = UserDictionary::parse("2.tsv", "ab\ttwo\n").unwrap();
        let both = UserDictionary::layered([first, second]);
        assert_eq!(at_start(&both, "abx"), Some((2, "two".into(), 1)));
        assert_eq!(at_start(&both, "abc"), Some((3, "long".into(), 2)));
        assert_eq!(both.pairs().count(), 3);
        assert!(UserDictionary::default().is_empty() && UserDictionary::default().longest_at("a", 1).is_none());
    }
}
