//! The names that the rules of a format need, as data.
//!
//! How it works stands at `Lists`, where users of the crate read it.
//!
//! # Cost
//!
//! The built-in lists are read once a process, when a scan first asks for a name, in well under a millisecond. A look-up folds the
//! name, asks one hash table for all the lists, then the few entries with a wildcard; what it finds is remembered ([`known`]).

mod known;

use std::borrow::Cow;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock};

use rustc_hash::FxHashMap;

pub(crate) use self::known::Known;
use crate::{Error, ErrorKind};

const BUILT_IN: [(&str, &str); 7] = [
    ("tags.txt", include_str!("../data/tags.txt")),
    ("namespaces.txt", include_str!("../data/namespaces.txt")),
    ("files.txt", include_str!("../data/files.txt")),
    ("templates.txt", include_str!("../data/templates.txt")),
    ("words.txt", include_str!("../data/words.txt")),
    ("html.txt", include_str!("../data/html.txt")),
    ("xml.txt", include_str!("../data/xml.txt")),
];

macro_rules! lists {
    ($($variant:ident = $name:literal,)+) => {
        /// Which list; the names in brackets of the data files.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub(crate) enum List {
            $($variant,)+
        }

        impl List {
            const ALL: &'static [List] = &[$(List::$variant,)+];
            const NAMES: &'static [&'static str] = &[$($name,)+];
        }
    };
}

lists! {
    RawTags = "raw-tags",
    EvaluatedRawTags = "evaluated-raw-tags",
    ContentTags = "content-tags",
    NoteTags = "note-tags",
    NoteListTags = "note-list-tags",
    ProseTags = "prose-tags",
    ChineseLanguages = "chinese-languages",
    FileNamespaces = "file-namespaces",
    CategoryNamespaces = "category-namespaces",
    TemplateNamespaces = "template-namespaces",
    PageNamespaces = "page-namespaces",
    InterwikiPrefixes = "interwiki-prefixes",
    LanguagePrefixes = "language-prefixes",
    FileOptions = "file-options",
    FileOptionKeys = "file-option-keys",
    FileTextKeys = "file-text-keys",
    SizeUnits = "size-units",
    FileExtensions = "file-extensions",
    VerbatimTemplates = "verbatim-templates",
    RuleTemplates = "rule-templates",
    NoteTemplates = "note-templates",
    NoteListTemplates = "note-list-templates",
    ProseTemplates = "prose-templates",
    CitationTemplates = "citation-templates",
    IdentifierParameters = "identifier-parameters",
    ProseTemplateIdentifiers = "prose-template-identifiers",
    RedirectWords = "redirect-words",
    NoConversionSwitches = "no-conversion-switches",
    NoTitleConversionSwitches = "no-title-conversion-switches",
    AddressSchemes = "address-schemes",
    BareSchemes = "bare-schemes",
    CallModifiers = "call-modifiers",
    ParserFunctions = "parser-functions",
    TitleFunctions = "title-functions",
    ProseAttributes = "prose-attributes",
    HtmlRawElements = "html-raw-elements",
    HtmlCodeElements = "html-code-elements",
    HtmlEmptyElements = "html-empty-elements",
    HtmlBlockElements = "html-block-elements",
    XmlRawElements = "xml-raw-elements",
    XmlCodeElements = "xml-code-elements",
    XliffCodeElements = "xliff-code-elements",
}

impl List {
    /// Whether an entry may say more about its name after an equals sign.
    fn has_values(self) -> bool {
        matches!(self, List::RuleTemplates | List::NoteTemplates | List::NoteListTemplates)
    }

    fn bit(self) -> u64 {
        const { assert!(List::ALL.len() <= 64, "every list needs a bit of its own") };
        1 << self as u32
    }
}

/// An entry with a wildcard: `prefix*middle*suffix`, perhaps with digits behind it.
#[derive(Clone, Debug)]
struct Pattern {
    /// The first byte, unless it may be any.
    first: Option<u8>,
    /// The last byte before digits, unless it may be any.
    last: Option<u8>,
    prefix: Box<str>,
    /// Between asterisks, and after the last one; empty if there is none.
    pieces: Vec<Box<str>>,
    digits: bool,
    value: Box<str>,
}

impl Pattern {
    fn new(entry: &str, value: &str) -> Pattern {
        let (entry, digits) = entry.strip_suffix('%').map_or((entry, false), |entry| (entry, true));
        let mut pieces = entry.split('*');
        let prefix: &str = pieces.next().unwrap_or_default();
        let pieces: Vec<Box<str>> = pieces.map(Box::from).collect();
        let end = pieces.last().map_or(prefix, |last| last);
        Pattern {
            first: prefix.bytes().next(),
            // Digits at the end of a name may be of the entry itself.
            last: end.bytes().next_back().filter(|byte| !byte.is_ascii_digit()),
            prefix: prefix.into(),
            pieces,
            digits,
            value: value.into(),
        }
    }

    /// Whether a folded name may fit, given its first byte and the last one before digits.
    #[inline]
    fn may_fit(&self, first: Option<u8>, last: Option<u8>) -> bool {
        (self.first.is_none() || self.first == first) && (self.last.is_none() || self.last == last)
    }

    /// Whether a folded name fits. Time: the product of both lengths at worst, and entries are short.
    fn fits(&self, name: &str) -> bool {
        // Comparing with an empty string calls for a look at an address that is none, which processors are slow to refuse.
        let rest = if self.prefix.is_empty() { Some(name) } else { name.strip_prefix(&*self.prefix) };
        let Some(rest) = rest else { return false };
        let mut rest = if self.digits { rest.trim_end_matches(|c: char| c.is_ascii_digit()) } else { rest };
        let Some((last, inner)) = self.pieces.split_last() else { return rest.is_empty() };
        for piece in inner {
            let Some(at) = rest.find(&**piece) else { return false };
            rest = &rest[at + piece.len()..];
        }
        last.is_empty() || rest.ends_with(&**last)
    }
}

/// Entries with wildcards.
#[derive(Clone, Debug, Default)]
struct Patterns(Vec<Pattern>);

impl Patterns {
    fn find(&self, name: &str) -> Option<&Pattern> {
        let first = name.bytes().next();
        let last = name.bytes().rev().find(|byte| !byte.is_ascii_digit());
        self.0.iter().find(|pattern| pattern.may_fit(first, last) && pattern.fits(name))
    }
}

/// The bits of lists by byte.
#[derive(Clone, Debug)]
struct ByteLists([u64; 256]);

impl ByteLists {
    /// Adds a list for one byte, or for any.
    fn add(&mut self, byte: Option<u8>, list: List) {
        match byte {
            Some(byte) => self.0[usize::from(byte)] |= list.bit(),
            None => self.0.iter_mut().for_each(|lists| *lists |= list.bit()),
        }
    }

    fn of(&self, byte: Option<u8>) -> u64 {
        // An empty name fits only what begins or ends with anything, and asking in vain is no harm.
        byte.map_or(u64::MAX, |byte| self.0[usize::from(byte)])
    }
}

/// The bits of the lists that have an entry.
#[derive(Clone, Copy, Debug, Default)]
struct Holders {
    /// As it is.
    alone: u64,
    /// With any digits at its end, or none.
    numbered: u64,
}

/// Tells of most names that no list has them as they are, by their length and their outer bytes.
#[derive(Clone, Debug)]
struct Sieve([u64; 64]);

impl Sieve {
    fn bit(name: &str) -> usize {
        let bytes = name.as_bytes();
        let outer = [bytes.first(), bytes.last()].map(|byte| usize::from(byte.copied().unwrap_or_default()));
        outer[0] * 37 + outer[1] * 11 + bytes.len() * 129
    }

    fn add(&mut self, name: &str) {
        let bit = Sieve::bit(name);
        self.0[bit / 64 % 64] |= 1 << (bit % 64);
    }

    fn may_have(&self, name: &str) -> bool {
        let bit = Sieve::bit(name);
        self.0[bit / 64 % 64] >> (bit % 64) & 1 != 0
    }
}

#[derive(Clone, Debug)]
struct Names {
    /// Which state of which lists this is; every change gives another number.
    edition: u64,
    /// Entries without wildcards, folded, and those with digits at the end as their only one, without them.
    whole: FxHashMap<Box<str>, Holders>,
    /// What is asked before that.
    sieve: Sieve,
    /// Entries with wildcards, by list.
    patterns: Vec<Patterns>,
    /// For each first byte of a name the bits of the lists in which an entry with a wildcard may fit it; the same for each last
    /// byte before digits. Nearly every name is answered by these alone.
    by_first: ByteLists,
    by_last: ByteLists,
    /// What entries without wildcards say about their names.
    values: FxHashMap<(List, Box<str>), Box<str>>,
}

impl Names {
    fn new() -> Names {
        let patterns = vec![Patterns::default(); List::ALL.len()];
        Names {
            edition: BUILT_IN_EDITION,
            whole: FxHashMap::default(),
            sieve: Sieve([0; 64]),
            patterns,
            by_first: ByteLists([0; 256]),
            by_last: ByteLists([0; 256]),
            values: FxHashMap::default(),
        }
    }

    fn add(&mut self, list: List, entry: &str) {
        let (name, value) = match entry.split_once('=').filter(|_| list.has_values()) {
            Some((name, value)) => (fold(name), value.trim()),
            None => (fold(entry), ""),
        };
        if let Some(stem) = name.strip_suffix('%').filter(|stem| is_stem(stem) && !list.has_values()) {
            self.holders(stem).numbered |= list.bit();
            return;
        }
        if name.contains(['*', '%']) {
            let pattern = Pattern::new(&name, value);
            self.by_first.add(pattern.first, list);
            self.by_last.add(pattern.last, list);
            return self.patterns[list as usize].0.push(pattern);
        }
        if list.has_values() {
            self.values.insert((list, name.clone().into()), value.into());
        }
        self.holders(&name).alone |= list.bit();
    }

    /// The holders of a name without wildcards, which nobody may be yet.
    fn holders(&mut self, name: &str) -> &mut Holders {
        self.sieve.add(name);
        self.whole.entry(name.into()).or_default()
    }

    /// The lists that have a name.
    fn held(&self, name: &str) -> Holders {
        if !self.sieve.may_have(name) {
            return Holders::default();
        }
        self.whole.get(name).copied().unwrap_or_default()
    }

    fn clear(&mut self, list: List) {
        for holders in self.whole.values_mut() {
            holders.alone &= !list.bit();
            holders.numbered &= !list.bit();
        }
        self.patterns[list as usize] = Patterns::default();
        self.values.retain(|(of, _), _| *of != list);
    }

    /// Reads a text in the form of the data files. A fault leaves what stands before it.
    fn read(&mut self, name: &str, text: &str, entries: Entries) -> Result<(), Error> {
        let mut list = None;
        let mut cleared = Vec::new();
        for (index, line) in text.lines().enumerate() {
            let line = line.trim();
            let fault = |message| Error::new(ErrorKind::List { name: name.to_string(), line: index + 1, message });
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            if let Some(title) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
                let found = named(title).map_err(|error| fault(error.to_string()))?;
                list = Some(found);
                if entries == Entries::Replace && !cleared.contains(&found) {
                    self.clear(found);
                    cleared.push(found);
                }
            } else if let Some(list) = list {
                self.add(list, line);
            } else {
                let message = "an entry before the first list; write the name of its list in brackets above it";
                return Err(fault(message.to_string()));
            }
        }
        Ok(())
    }
}

/// The lists that a scan uses. Cheap to make and to clone; the default is the built-in lists.
///
/// Which templates take prose, which parameters are identifiers, what a namespace is called: none of this can be known
/// from the syntax, and every wiki adds its own. The built-in lists are the text files in this crate's `data` folder; more
/// entries come from text in the same form, or one list at a time:
///
/// ```text
/// # a comment
/// [prose-templates]
/// epigraph
/// ```
///
/// An entry is compared without regard to letter case, `_` counts as a blank, and runs of blanks as one. `*` stands for
/// any text, `%` at the end of an entry for any digits or none (`image%`: `image`, `image2`). In some lists an entry may say
/// more about its name, after an equals sign (`notelist = lower-alpha`); what it says is in the data files.
#[derive(Clone, Debug, Default)]
pub struct Lists {
    /// None are the built-in lists, which are not read before somebody asks for a name: plain text never does.
    changed: Option<Arc<Names>>,
}

static BUILT_IN_NAMES: LazyLock<Names> = LazyLock::new(|| {
    let mut names = Names::new();
    for (name, text) in BUILT_IN {
        names.read(name, text, Entries::Join).expect("the built-in lists are well formed: a unit test reads them");
    }
    names
});

/// The built-in lists, which nobody changes.
const BUILT_IN_EDITION: u64 = 0;

fn next_edition() -> u64 {
    static LAST: AtomicU64 = AtomicU64::new(BUILT_IN_EDITION);
    LAST.fetch_add(1, Ordering::Relaxed) + 1
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Entries {
    Join,
    Replace,
}

impl Lists {
    /// The names of all lists.
    pub const NAMES: &'static [&'static str] = List::NAMES;

    /// Adds the entries of `text`, which has the form of the data files; `name` is what errors call it.
    ///
    /// ```
    /// let mut lists = tongwen_formats::Lists::default();
    /// lists.extend("tongwen.toml", "[prose-templates]\nepigraph\n").unwrap();
    /// let error = lists.extend("my.txt", "[prose]\n").unwrap_err();
    /// assert!(error.to_string().starts_with("my.txt:1: unknown list `prose`"));
    /// ```
    ///
    /// # Errors
    ///
    /// A list that does not exist, or an entry before the first list. Nothing is added then.
    pub fn extend(&mut self, name: &str, text: &str) -> Result<(), Error> {
        self.read(name, text, Entries::Join)
    }

    /// Reads `text` as [`Lists::extend`] does, but each list that it names has only the entries that stand in it.
    ///
    /// # Errors
    ///
    /// As with [`Lists::extend`].
    pub fn replace(&mut self, name: &str, text: &str) -> Result<(), Error> {
        self.read(name, text, Entries::Replace)
    }

    /// Adds entries to one list.
    ///
    /// # Errors
    ///
    /// A list that does not exist; [`Lists::NAMES`] are those that do.
    pub fn add<'e>(&mut self, list: &str, entries: impl IntoIterator<Item = &'e str>) -> Result<(), Error> {
        let list = named(list)?;
        let mut entries = entries.into_iter().peekable();
        if entries.peek().is_some() {
            let names = self.names_mut();
            entries.for_each(|entry| names.add(list, entry));
        }
        Ok(())
    }

    /// Gives one list other entries than it had.
    ///
    /// # Errors
    ///
    /// A list that does not exist; [`Lists::NAMES`] are those that do.
    pub fn set<'e>(&mut self, list: &str, entries: impl IntoIterator<Item = &'e str>) -> Result<(), Error> {
        let list = named(list)?;
        let names = self.names_mut();
        names.clear(list);
        entries.into_iter().for_each(|entry| names.add(list, entry));
        Ok(())
    }

    fn read(&mut self, name: &str, text: &str, entries: Entries) -> Result<(), Error> {
        // Apart until all is read, so that a fault leaves the lists as they were.
        let mut names = self.names().clone();
        names.edition = next_edition();
        names.read(name, text, entries)?;
        self.changed = Some(Arc::new(names));
        Ok(())
    }

    #[inline]
    fn names(&self) -> &Names {
        match &self.changed {
            Some(names) => names,
            None => &BUILT_IN_NAMES,
        }
    }

    /// The lists, to change them.
    fn names_mut(&mut self) -> &mut Names {
        let names = Arc::make_mut(self.changed.get_or_insert_with(|| Arc::new(BUILT_IN_NAMES.clone())));
        names.edition = next_edition();
        names
    }

    #[inline]
    fn edition(&self) -> u64 {
        self.changed.as_ref().map_or(BUILT_IN_EDITION, |names| names.edition)
    }

    /// Whether the list has the name, which is folded first.
    pub(crate) fn has(&self, list: List, name: &str) -> bool {
        self.has_folded(list, &fold(name))
    }

    /// Whether the list has a name that [`fold`] has folded.
    pub(crate) fn has_folded(&self, list: List, name: &str) -> bool {
        self.look_up(name).is_in(list)
    }

    /// Looks up a folded name, to ask for several lists.
    pub(crate) fn look_up<'l>(&'l self, name: &'l str) -> Membership<'l> {
        let names = self.names();
        let digits = name.bytes().rev().take_while(u8::is_ascii_digit).count();
        let stem = &name[..name.len() - digits];
        let found = names.held(stem);
        let alone = if digits == 0 { found.alone } else { names.held(name).alone };
        let bytes = stem.as_bytes();
        Membership {
            names,
            name,
            whole: alone | found.numbered,
            perhaps: names.by_first.of(name.bytes().next()) & names.by_last.of(bytes.last().copied()),
        }
    }

    /// What a list of names with values says about a folded name; none if it does not have it.
    pub(crate) fn value(&self, list: List, name: &str) -> Option<&str> {
        if self.look_up(name).whole & list.bit() != 0 {
            return Some(self.names().values.get(&(list, name.into())).map_or("", |value| value));
        }
        self.names().patterns[list as usize].find(name).map(|pattern| &*pattern.value)
    }
}

/// Whether an entry without its last wildcard is a name without any, and without digits at its end.
fn is_stem(entry: &str) -> bool {
    !entry.contains(['*', '%']) && entry.bytes().next_back().is_some_and(|byte| !byte.is_ascii_digit())
}

fn named(list: &str) -> Result<List, Error> {
    let index = List::NAMES.iter().position(|known| *known == list);
    index.map(|index| List::ALL[index]).ok_or_else(|| Error::new(ErrorKind::UnknownList { name: list.to_string() }))
}

/// The lists that a name is in.
#[derive(Clone, Copy)]
pub(crate) struct Membership<'l> {
    names: &'l Names,
    name: &'l str,
    /// Lists with the name itself.
    whole: u64,
    /// Lists with a wildcard that may fit.
    perhaps: u64,
}

impl Membership<'_> {
    /// The bits of all lists that have it.
    fn all(self) -> u64 {
        let perhaps = List::ALL.iter().filter(|list| self.perhaps & !self.whole & list.bit() != 0);
        perhaps.filter(|list| self.is_in(**list)).fold(self.whole, |all, list| all | list.bit())
    }

    #[inline]
    pub(crate) fn is_in(self, list: List) -> bool {
        self.whole & list.bit() != 0
            || self.perhaps & list.bit() != 0 && self.names.patterns[list as usize].find(self.name).is_some()
    }
}

/// The form in which names are compared: lower case, trimmed, runs of blanks and underscores as one blank. Time linear;
/// borrowed if it is the name.
pub(crate) fn fold(name: &str) -> Cow<'_, str> {
    let name = trim(name);
    match name.bytes().fold(0, |all, byte| all | FOLDING[usize::from(byte)]) {
        0 => Cow::Borrowed(name),
        CAPITAL => Cow::Owned(name.to_ascii_lowercase()),
        all if all & ANYTHING == 0 => fold_plain_words(name),
        _ => fold_words(name),
    }
}

/// Without blanks and newlines around it.
fn trim(name: &str) -> &str {
    let is_blank = |byte: &u8| matches!(byte, b' ' | b'\n');
    let bytes = name.as_bytes();
    let start = bytes.iter().take_while(|byte| is_blank(byte)).count();
    let end = bytes[start..].iter().rev().take_while(|byte| is_blank(byte)).count();
    &name[start..name.len() - end]
}

const CAPITAL: u8 = 1;
const BLANK: u8 = 2;
const ANYTHING: u8 = 4;

/// What folding may have to do for a byte. Nothing for ASCII without capitals, `_` and blanks, and for what begins with the bytes of
/// Han characters, where there are neither capitals nor blanks.
static FOLDING: [u8; 256] = {
    let mut table = [ANYTHING; 256];
    let mut byte = 0;
    while byte < 256 {
        match byte as u8 {
            b'A'..=b'Z' => table[byte] = CAPITAL,
            b'_' | b' ' | b'\n' => table[byte] = BLANK,
            b'!'..=b'~' | 0x80..=0xbf | 0xe4..=0xe9 => table[byte] = 0,
            _ => {}
        }
        byte += 1;
    }
    table
};

/// Folds a name of ASCII and Han characters only.
fn fold_plain_words(name: &str) -> Cow<'_, str> {
    let mut folded = String::with_capacity(name.len());
    let mut at = 0;
    while at < name.len() {
        let rest = &name.as_bytes()[at..];
        let length = rest.iter().take_while(|byte| FOLDING[usize::from(**byte)] != BLANK).count();
        if length > 0 {
            if !folded.is_empty() {
                folded.push(' ');
            }
            folded.push_str(&name[at..at + length]);
        }
        at += length + 1;
    }
    folded.make_ascii_lowercase();
    Cow::Owned(folded)
}

fn fold_words(name: &str) -> Cow<'_, str> {
    let mut folded = String::with_capacity(name.len());
    for word in name.split(|c: char| c == '_' || c.is_whitespace()).filter(|word| !word.is_empty()) {
        if !folded.is_empty() {
            folded.push(' ');
        }
        if word.chars().all(|c| c.is_ascii() || has_no_case(c)) {
            let start = folded.len();
            folded.push_str(word);
            folded[start..].make_ascii_lowercase();
        } else {
            folded.push_str(&word.to_lowercase());
        }
    }
    Cow::Owned(folded)
}

/// Whether a character is of a block without letter case: punctuation, and everything from the Han radicals to Yi. `false` says nothing.
fn has_no_case(c: char) -> bool {
    matches!(c, '\u{2000}'..='\u{20FF}' | '\u{2E80}'..='\u{A63F}' | '\u{F900}'..='\u{FAFF}' | '\u{FF00}'..='\u{FF20}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn built_in_lists_are_well_formed_and_none_is_empty() {
        let mut names = Names::new();
        for (name, text) in BUILT_IN {
            names.read(name, text, Entries::Join).unwrap();
        }
        for (name, &list) in Lists::NAMES.iter().zip(List::ALL) {
            let wild = !names.patterns[list as usize].0.is_empty();
            let whole = names.whole.values().any(|held| (held.alone | held.numbered) & list.bit() != 0);
            assert!(wild || whole, "{name} is empty");
        }
    }

    #[test]
    fn names_are_folded_and_wildcards_fit() {
        let lists = Lists::default();
        assert!(lists.has(List::VerbatimTemplates, "NoteTA"));
        assert!(lists.has(List::VerbatimTemplates, " Note_TA/lite "));
        assert!(lists.has(List::VerbatimTemplates, "地區用詞2"));
        assert!(!lists.has(List::VerbatimTemplates, "language"));
        assert!(lists.has(List::IdentifierParameters, "Image3"));
        assert!(lists.has(List::IdentifierParameters, "archive-url"));
        assert!(!lists.has(List::IdentifierParameters, "image caption"));
        let fits = |pattern: &str, name: &str| Patterns(vec![Pattern::new(pattern, "")]).find(name).is_some();
        assert!(fits("a*b*c", "axxbyyc") && !fits("a*b*c", "axxcyyb") && fits("*", ""));
        assert!(!fits("ab*ba", "aba") && fits("*a%", "xa12") && !fits("a%", "ab") && fits("a*%", "ab1"));
        assert!(fits("a2", "a2") && fits("*2", "x2") && fits("%", "12") && fits("a%", "a") && !fits("*2", "x3"));
    }

    #[test]
    fn entries_need_a_list() {
        let mut lists = Lists::default();
        let error = lists.extend("x.txt", "# c\nfoo\n").unwrap_err();
        assert!(error.to_string().starts_with("x.txt:2: an entry before the first list"), "{error}");
        lists.extend("x.txt", "[prose-templates]\nMy  Epigraph\n").unwrap();
        assert!(lists.has(List::ProseTemplates, "my_epigraph"));
    }

    #[test]
    fn folding() {
        assert!(matches!(fold("image caption2"), Cow::Owned(name) if name == "image caption2"));
        assert!(matches!(fold("\n引文 "), Cow::Borrowed("引文")));
        assert_eq!(fold("　Été__A\t"), "été a");
        assert_eq!([fold(" Cite__书 B "), fold("A　B：ＡⅡ"), fold("A：_书")], ["cite 书 b", "a b：ａⅱ", "a： 书"]);
        let alike = ('\u{80}'..='\u{FFFF}').filter(|c| has_no_case(*c)).all(|c| c.to_lowercase().eq([c]));
        assert!(alike && has_no_case('国') && !has_no_case('É'));
    }

    #[test]
    fn lists_are_added_to_and_replaced_by_name() {
        let mut lists = Lists::default();
        lists.replace("x.txt", "[prose-templates]\nepigraph\n[file-options]\n[prose-templates]\nmotto").unwrap();
        let has = |lists: &Lists, name| lists.has(List::ProseTemplates, name);
        assert!(has(&lists, "epigraph") && has(&lists, "motto") && !has(&lists, "quote"));
        assert!(!lists.has(List::FileOptions, "thumb") && lists.has(List::FileOptionKeys, "thumb"));
        lists.add("prose-templates", ["Quote"]).unwrap();
        assert!(has(&lists, "quote") && has(&lists, "motto"));
        lists.set("prose-templates", ["verse*"]).unwrap();
        assert!(has(&lists, "verse 2") && !has(&lists, "quote"));
        let error = lists.set("prose", []).unwrap_err();
        assert!(error.to_string().starts_with("unknown list `prose`, expected one of raw-tags, "), "{error}");
    }

    #[test]
    fn entries_say_more_about_their_names() {
        let mut lists = Lists::default();
        lists.add("note-list-templates", ["my list = my group", "other*=x", "plain"]).unwrap();
        let value = |name| lists.value(List::NoteListTemplates, name);
        assert_eq!((value("my list"), value("others")), (Some("my group"), Some("x")));
        assert_eq!((value("plain"), value("no such")), (Some(""), None));
    }
}
