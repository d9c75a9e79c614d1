//! One table: key → candidates, with the line each entry comes from.
//!
//! Everything that reads dictionaries, whatever the format (OpenCC's text, `ocd2`, `ocd`, a config's inline entries, a user's
//! pairs), ends in the same [`Dictionary`]; everything that matches asks it one question: which is the longest key that this text
//! starts with?
//!
//! # Cost
//!
//! The text is kept once, entries are 20 bytes that point into it, and the keys are in a trie. STPhrases, the largest table of
//! OpenCC (49,000 entries, 1 MB), is the case to think of: it loads in about ten milliseconds, a
//! user's ten thousand rows in about one.
//!
//! # Source
//!
//! `Lexicon.cpp` and `DartsDict.cpp` of OpenCC 1.4.2, of which this keeps even the odd corners: a key may be empty (it never
//! matches), a candidate may be empty (it deletes the key), a line ends at a carriage return or NUL wherever that stands.

mod trie;
mod user;

pub(crate) use trie::KeyTrie;
pub use user::{UserDictionary, UserMatch};

use std::fmt;
use std::sync::OnceLock;

use crate::character_set::CharacterSet;
use crate::{Error, ErrorKind};

/// One table: key → candidates.
///
/// The text format is OpenCC's: `key TAB candidate BLANK candidate ...`, one entry a line, `#` at the start of a line for
/// comments. The first candidate is what the key is converted to, the others are only shown.
///
/// ```
/// use tongwen::Dictionary;
/// let dictionary = Dictionary::parse("hair.txt", "# hair or to send out\n发\t發 髮\n头发\t頭髮\n")?;
/// let found = dictionary.longest("头发长").unwrap();
/// assert_eq!((found.length, dictionary.replacement(found.entry)), (6, "頭髮"));
/// assert_eq!(dictionary.candidates(0).collect::<Vec<_>>(), ["發", "髮"]);
/// assert_eq!(dictionary.line(0), Some(2));
/// # Ok::<(), tongwen::Error>(())
/// ```
#[derive(Clone)]
pub struct Dictionary {
    name: String,
    text: String,
    /// What stands between two candidates in `text`.
    separator: char,
    entries: Vec<Entry>,
    trie: KeyTrie,
    /// Made when first asked for.
    phrase_characters: OnceLock<CharacterSet>,
}

/// Where an entry lies in the text of its dictionary: the key, one byte, the candidates.
#[derive(Clone, Copy, Debug)]
struct Entry {
    key_start: u32,
    key_end: u32,
    first_candidate_end: u32,
    candidates_end: u32,
    /// From 1; 0 where the dictionary has no lines.
    line: u32,
}

/// A key found at the start of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Match {
    /// Bytes that the key covers.
    pub length: usize,
    /// Number of the entry in its dictionary, from 0.
    pub entry: usize,
}

impl Dictionary {
    /// Reads OpenCC's text format. `name` is what errors and explanations call the dictionary, usually its path.
    ///
    /// # Errors
    ///
    /// A line without a tab; a key that appears twice.
    pub fn parse(name: &str, text: &str) -> Result<Dictionary, Error> {
        Dictionary::parse_text(name, text.to_owned())
    }

    /// [`parse`](Dictionary::parse) for a text that nobody else needs, which is then not copied.
    pub(crate) fn parse_owned(name: &str, text: String) -> Result<Dictionary, Error> {
        Dictionary::parse_text(name, text)
    }

    /// [`parse`](Dictionary::parse) for bytes that may not be UTF-8, which is then an error that names the line.
    pub fn from_bytes(name: &str, bytes: &[u8]) -> Result<Dictionary, Error> {
        Dictionary::parse(name, decode(name, bytes)?)
    }

    fn parse_text(name: &str, text: String) -> Result<Dictionary, Error> {
        check_size(name, text.len())?;
        let mut entries = Vec::with_capacity(text.len() / 20);
        for (number, start, line) in lines(&text) {
            let line = &line[..line.bytes().position(|byte| byte == b'\r' || byte == 0).unwrap_or(line.len())];
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let Some(tab) = line.find('\t') else {
                let message =
                    format!("no tab in `{}`; write `key TAB candidate`, or start the line with #", excerpt(line));
                return Err(at_line(name, number, message));
            };
            let blank = line[tab + 1..].find(' ').map_or(line.len(), |position| tab + 1 + position);
            entries.push(Entry {
                key_start: start as u32,
                key_end: (start + tab) as u32,
                first_candidate_end: (start + blank) as u32,
                candidates_end: (start + line.len()) as u32,
                line: number as u32,
            });
        }
        Dictionary::index(name, text, ' ', entries)
    }

    /// Makes a dictionary of entries that come from no text table: each its line (0 for none), a key and its candidates, none of
    /// which may hold a NUL. A key without candidates is converted to itself.
    pub(crate) fn from_entries<'a, C>(
        name: &str,
        given: impl IntoIterator<Item = (usize, &'a str, C)>,
    ) -> Result<Dictionary, Error>
    where
        C: IntoIterator<Item = &'a str>,
    {
        let mut text = String::new();
        let mut entries = Vec::new();
        for (line, key, candidates) in given {
            let key_start = text.len() as u32;
            text.push_str(key);
            let key_end = text.len() as u32;
            let mut first_candidate_end = None;
            for candidate in candidates {
                text.push('\0');
                text.push_str(candidate);
                first_candidate_end.get_or_insert(text.len() as u32);
            }
            let first_candidate_end = first_candidate_end.unwrap_or_else(|| {
                text.push('\0');
                text.push_str(key);
                text.len() as u32
            });
            check_size(name, text.len())?;
            let candidates_end = text.len() as u32;
            entries.push(Entry { key_start, key_end, first_candidate_end, candidates_end, line: line as u32 });
        }
        Dictionary::index(name, text, '\0', entries)
    }

    /// Sorts the keys, refuses duplicates and builds the trie.
    fn index(name: &str, text: String, separator: char, entries: Vec<Entry>) -> Result<Dictionary, Error> {
        let key = |entry: &Entry| &text[entry.key_start as usize..entry.key_end as usize];
        let mut keys: Vec<(&str, u32)> =
            entries.iter().enumerate().map(|(number, entry)| (key(entry), number as u32)).collect();
        // Tables are mostly written in sorted order, which this sort takes in one pass.
        keys.sort();
        let twice = keys.windows(2).filter(|pair| pair[0].0 == pair[1].0).min_by_key(|pair| pair[1].1);
        if let Some([(key, first), (_, second)]) = twice {
            let (first, second) = (entries[*first as usize].line as usize, entries[*second as usize].line as usize);
            return Err(duplicate_key(name, key, first, second));
        }
        keys.retain(|(key, _)| !key.is_empty());
        let trie = KeyTrie::build(&keys);
        let name = name.to_owned();
        Ok(Dictionary { name, text, separator, entries, trie, phrase_characters: OnceLock::new() })
    }

    /// What errors and explanations call the dictionary.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Number of entries.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is no entry.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The longest key that `text` starts with. Costs at most one step per character of the longest key.
    pub fn longest(&self, text: &str) -> Option<Match> {
        self.trie.longest(text).map(|(length, entry)| Match { length, entry })
    }

    /// The entry of exactly this key.
    pub fn find(&self, key: &str) -> Option<usize> {
        self.trie.exact(key)
    }

    /// Whether any key starts with this character.
    pub fn may_start(&self, character: char) -> bool {
        self.trie.may_start(character)
    }

    /// The first characters of all keys, sorted.
    pub(crate) fn first_characters(&self) -> &[char] {
        self.trie.first_characters()
    }

    /// The characters of all keys that have more than one. Finding them costs one pass over the keys, once.
    pub(crate) fn phrase_characters(&self) -> &CharacterSet {
        self.phrase_characters.get_or_init(|| {
            let mut characters = CharacterSet::default();
            let keys = (0..self.len()).map(|entry| self.key(entry)).filter(|key| key.chars().nth(1).is_some());
            keys.flat_map(str::chars).for_each(|character| characters.insert(character));
            characters
        })
    }

    /// The key of an entry. Entries are numbered from 0 in the order of the file; an `entry` that is none panics, here and below.
    pub fn key(&self, entry: usize) -> &str {
        let entry = &self.entries[entry];
        &self.text[entry.key_start as usize..entry.key_end as usize]
    }

    /// The first candidate of an entry: what its key is converted to.
    pub fn replacement(&self, entry: usize) -> &str {
        let entry = &self.entries[entry];
        &self.text[entry.key_end as usize + 1..entry.first_candidate_end as usize]
    }

    /// All candidates of an entry, the default first.
    pub fn candidates(&self, entry: usize) -> impl Iterator<Item = &str> {
        let entry = &self.entries[entry];
        self.text[entry.key_end as usize + 1..entry.candidates_end as usize].split(self.separator)
    }

    /// The line of an entry in its text file, from 1; none where the dictionary was not a text file.
    pub fn line(&self, entry: usize) -> Option<usize> {
        Some(self.entries[entry].line as usize).filter(|&line| line > 0)
    }
}

/// The name and the number of entries; the text may be long.
impl fmt::Debug for Dictionary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Dictionary").field("name", &self.name).field("len", &self.len()).finish_non_exhaustive()
    }
}

/// The lines of a text without their `\n`, each with its number from 1 and its byte offset. A byte order mark is skipped.
fn lines(text: &str) -> impl Iterator<Item = (usize, usize, &str)> {
    let mut start = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    text[start..].split('\n').enumerate().map(move |(index, line)| {
        let offset = start;
        start += line.len() + 1;
        (index + 1, offset, line)
    })
}

/// Reads bytes as UTF-8; the error names the line of the first byte that is not.
pub(crate) fn decode<'a>(name: &str, bytes: &'a [u8]) -> Result<&'a str, Error> {
    std::str::from_utf8(bytes).map_err(|error| {
        let line = bytes[..error.valid_up_to()].iter().filter(|&&byte| byte == b'\n').count() + 1;
        at_line(name, line, "not UTF-8; convert the file to UTF-8".to_owned())
    })
}

fn check_size(name: &str, bytes: usize) -> Result<(), Error> {
    if bytes < u32::MAX as usize {
        return Ok(());
    }
    let message = "4 GiB or more, a dictionary may have less; split it into several".to_owned();
    Err(Error::new(ErrorKind::Dictionary { name: name.to_owned(), line: None, message }))
}

/// The error for a key that stands on two lines; the lines are 0 where there are none.
fn duplicate_key(name: &str, key: &str, first: usize, second: usize) -> Error {
    let first = if first > 0 { format!(" (first on line {first})") } else { String::new() };
    let message = format!("key `{}` appears twice{first}; remove one", excerpt(key));
    Error::new(ErrorKind::Dictionary { name: name.to_owned(), line: Some(second).filter(|&line| line > 0), message })
}

fn at_line(name: &str, line: usize, message: String) -> Error {
    Error::new(ErrorKind::Dictionary { name: name.to_owned(), line: Some(line), message })
}

/// The start of a text, for messages, with control characters made visible.
fn excerpt(text: &str) -> String {
    const LONGEST: usize = 40;
    let mut excerpt: String = text.chars().take(LONGEST).flat_map(shown).collect();
    if text.chars().nth(LONGEST).is_some() {
        excerpt.push('…');
    }
    excerpt
}

fn shown(character: char) -> impl Iterator<Item = char> {
    let (escaped, plain) = if character.is_control() { (Some(character), None) } else { (None, Some(character)) };
    escaped.into_iter().flat_map(char::escape_default).chain(plain)
}

#[cfg(test)]
mod tests {
    use super::Dictionary;

    fn convert_first(text: &str, probe: &str) -> Option<(usize, String)> {
        let dictionary = Dictionary::parse("d.txt", text).unwrap();
        dictionary.longest(probe).map(|found| (found.length, dictionary.replacement(found.entry).to_owned()))
    }

    /// What OpenCC 1.4.2 answers for these files, seen by running it.
    #[test]
    fn the_text_format_is_read_as_opencc_reads_it() {
        let cases = [
            ("a\tb c\n", "a", Some("b")),
            ("\tb\na\tx\n", "a", Some("x")),
            ("", "a", None),
            ("#a\tb\n", "a", None),
            ("a\t\n", "a", Some("")),
            ("a\tx  y\n", "a", Some("x")),
            ("a\t x\n", "a", Some("")),
            ("a\tx\r\nb\ty\r\n", "b", Some("y")),
            ("a\tx\rz\nb\ty\n", "a", Some("x")),
            ("\r\nb\ty\n", "b", Some("y")),
            ("\rno tab\nb\ty\n", "b", Some("y")),
            ("\u{feff}a\tx\n", "a", Some("x")),
            ("\u{feff}#a\tx\nb\ty\n", "b", Some("y")),
            (" #a\tx\n", " #a", Some("x")),
            ("b\ty\tz w\n", "b", Some("y\tz")),
            ("b\ty", "b", Some("y")),
            ("a b\ty", "a b", Some("y")),
        ];
        for (text, probe, expected) in cases {
            let expected = expected.map(|replacement| (probe.len(), replacement.to_owned()));
            assert_eq!(convert_first(text, probe), expected, "{text:?}");
        }
    }

    #[test]
    fn candidates_keep_their_order_and_blanks() {
        let dictionary = Dictionary::parse("d.txt", "# c\n发\t發 髮\nx\ta  b \n").unwrap();
        assert_eq!(dictionary.candidates(0).collect::<Vec<_>>(), ["發", "髮"]);
        assert_eq!(dictionary.candidates(1).collect::<Vec<_>>(), ["a", "", "b", ""]);
        assert_eq!((dictionary.line(0), dictionary.line(1)), (Some(2), Some(3)));
        assert_eq!((dictionary.find("发"), dictionary.find("發")), (Some(0), None));
    }

    #[test]
    fn errors_name_file_and_line_and_say_what_to_do() {
        let message = |text: &str| Dictionary::parse("d.txt", text).unwrap_err().to_string();
        assert_eq!(
            message("a\tb\nab c\n"),
            "d.txt:2: no tab in `ab c`; write `key TAB candidate`, or start the line with #"
        );
        assert_eq!(
            message("a\tb\n  \n"),
            "d.txt:2: no tab in `  `; write `key TAB candidate`, or start the line with #"
        );
        assert_eq!(message("a\tb\n#\nb\tc\na\tb\n"), "d.txt:4: key `a` appears twice (first on line 1); remove one");
        assert_eq!(message("z\tb\na\tc\na\td\nz\te\n"), "d.txt:3: key `a` appears twice (first on line 2); remove one");
        let error = Dictionary::from_bytes("d.txt", b"a\tb\n\xe4\xb8\tq\n").unwrap_err();
        assert_eq!(error.to_string(), "d.txt:2: not UTF-8; convert the file to UTF-8");
    }

    #[test]
    fn entries_without_a_file_have_no_lines() {
        let given = [(0, "b", vec!["x y", "z"]), (0, "a", vec![])];
        let dictionary = Dictionary::from_entries("inline", given).unwrap();
        assert_eq!(dictionary.candidates(0).collect::<Vec<_>>(), ["x y", "z"]);
        assert_eq!((dictionary.replacement(0), dictionary.replacement(1)), ("x y", "a"));
        assert_eq!(dictionary.line(0), None);
        let twice = Dictionary::from_entries("inline", [(0, "a", vec!["b"]), (0, "a", vec!["c"])]).unwrap_err();
        assert_eq!(twice.to_string(), "inline: key `a` appears twice; remove one");
    }
}
