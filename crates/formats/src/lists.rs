//! The names that the rules of a format need, as data.
//!
//! Which templates take prose, which parameters are identifiers, what a namespace is called: none of this can be known
//! from the syntax, and every wiki adds its own. The built-in lists are the text files in this crate's `data` folder; more
//! entries come from text in the same form:
//!
//! ```text
//! # a comment
//! [prose-templates]
//! epigraph
//! ```
//!
//! An entry is compared without regard to letter case, `_` counts as a blank, and runs of blanks as one. `*` stands for
//! any text, `%` at the end of an entry for any digits or none (`image%`: `image`, `image2`).
//!
//! # Cost
//!
//! The built-in lists are read once a process, in well under a millisecond. A look-up folds the name and asks a hash set,
//! then the few entries with a wildcard.

use std::collections::HashSet;
use std::sync::{Arc, LazyLock};

use crate::{Error, ErrorKind};

const BUILT_IN: [(&str, &str); 5] = [
    ("tags.txt", include_str!("../data/tags.txt")),
    ("namespaces.txt", include_str!("../data/namespaces.txt")),
    ("files.txt", include_str!("../data/files.txt")),
    ("templates.txt", include_str!("../data/templates.txt")),
    ("words.txt", include_str!("../data/words.txt")),
];

macro_rules! lists {
    ($($variant:ident = $name:literal,)+) => {
        /// Which list; the names in brackets of the data files.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum List {
            $($variant,)+
        }

        impl List {
            const ALL: &'static [(&'static str, List)] = &[$(($name, List::$variant),)+];
        }
    };
}

lists! {
    RawTags = "raw-tags",
    ContentTags = "content-tags",
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
    ProseTemplates = "prose-templates",
    CitationTemplates = "citation-templates",
    IdentifierParameters = "identifier-parameters",
    ProseTemplateIdentifiers = "prose-template-identifiers",
    RedirectWords = "redirect-words",
    NoConversionSwitches = "no-conversion-switches",
    AddressSchemes = "address-schemes",
    BareSchemes = "bare-schemes",
    CallModifiers = "call-modifiers",
    ParserFunctions = "parser-functions",
}

/// One list: whole names and names with wildcards, folded.
#[derive(Clone, Debug, Default)]
struct Names {
    whole: HashSet<Box<str>>,
    wild: Vec<Box<str>>,
}

impl Names {
    fn add(&mut self, entry: &str) {
        let entry = fold(entry).into_boxed_str();
        if entry.contains(['*', '%']) {
            self.wild.push(entry);
        } else {
            self.whole.insert(entry);
        }
    }
}

/// The lists that a scan uses. Cheap to clone; the default is the built-in lists.
#[derive(Clone, Debug)]
pub struct Lists(Arc<Vec<Names>>);

impl Default for Lists {
    fn default() -> Lists {
        static SHARED: LazyLock<Lists> = LazyLock::new(|| {
            let mut lists = Lists(Arc::new(vec![Names::default(); List::ALL.len()]));
            for (name, text) in BUILT_IN {
                lists.extend(name, text).expect("the built-in lists are well formed: a unit test reads them");
            }
            lists
        });
        SHARED.clone()
    }
}

impl Lists {
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
        let mut names = (*self.0).clone();
        let mut list = None;
        for (index, line) in text.lines().enumerate() {
            let line = line.trim();
            let fault = |message| Error::new(ErrorKind::List { name: name.to_string(), line: index + 1, message });
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            if let Some(title) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
                let found = List::ALL.iter().find(|(known, _)| *known == title);
                list = Some(found.map(|(_, list)| *list as usize).ok_or_else(|| {
                    let known: Vec<&str> = List::ALL.iter().map(|(known, _)| *known).collect();
                    fault(format!("unknown list `{title}`, expected one of {}", known.join(", ")))
                })?);
            } else if let Some(list) = list {
                names[list].add(line);
            } else {
                let message = "an entry before the first list; write the name of its list in brackets above it";
                return Err(fault(message.to_string()));
            }
        }
        self.0 = Arc::new(names);
        Ok(())
    }

    /// Whether the list has the name, which is folded first.
    pub(crate) fn has(&self, list: List, name: &str) -> bool {
        self.has_folded(list, &fold(name))
    }

    /// Whether the list has a name that [`fold`] has folded.
    pub(crate) fn has_folded(&self, list: List, name: &str) -> bool {
        let names = &self.0[list as usize];
        names.whole.contains(name) || names.wild.iter().any(|pattern| matches(pattern, name))
    }

    /// The entries without wildcards, folded.
    pub(crate) fn whole(&self, list: List) -> impl Iterator<Item = &str> {
        self.0[list as usize].whole.iter().map(|name| &**name)
    }
}

/// The form in which names are compared: lower case, trimmed, runs of blanks and underscores as one blank.
pub(crate) fn fold(name: &str) -> String {
    let mut folded = String::with_capacity(name.len());
    for word in name.split(|c: char| c == '_' || c.is_whitespace()).filter(|word| !word.is_empty()) {
        if !folded.is_empty() {
            folded.push(' ');
        }
        if word.is_ascii() {
            folded.extend(word.chars().map(|c| c.to_ascii_lowercase()));
        } else {
            folded.push_str(&word.to_lowercase());
        }
    }
    folded
}

/// Whether a folded name fits an entry with wildcards. Time: the product of both lengths at worst, and entries are short.
fn matches(pattern: &str, name: &str) -> bool {
    let (pattern, name) = match pattern.strip_suffix('%') {
        Some(pattern) => (pattern, name.trim_end_matches(|c: char| c.is_ascii_digit())),
        None => (pattern, name),
    };
    let mut pieces = pattern.split('*');
    let Some(mut rest) = name.strip_prefix(pieces.next().unwrap_or_default()) else { return false };
    let mut last = None;
    for piece in pieces {
        if let Some(before) = last.replace(piece) {
            let Some(at) = rest.find(before) else { return false };
            rest = &rest[at + before.len()..];
        }
    }
    match last {
        Some(end) => rest.ends_with(end),
        None => rest.is_empty(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn built_in_lists_are_well_formed_and_none_is_empty() {
        let mut lists = Lists(Arc::new(vec![Names::default(); List::ALL.len()]));
        for (name, text) in BUILT_IN {
            lists.extend(name, text).unwrap();
        }
        for (name, list) in List::ALL {
            let names = &lists.0[*list as usize];
            assert!(!names.whole.is_empty() || !names.wild.is_empty(), "{name} is empty");
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
        assert!(matches("a*b*c", "axxbyyc") && !matches("a*b*c", "axxcyyb") && matches("*", ""));
        assert!(!matches("ab*ba", "aba"));
    }

    #[test]
    fn entries_need_a_list() {
        let mut lists = Lists::default();
        let error = lists.extend("x.txt", "# c\nfoo\n").unwrap_err();
        assert!(error.to_string().starts_with("x.txt:2: an entry before the first list"), "{error}");
        lists.extend("x.txt", "[prose-templates]\nMy  Epigraph\n").unwrap();
        assert!(lists.has(List::ProseTemplates, "my_epigraph"));
    }
}
