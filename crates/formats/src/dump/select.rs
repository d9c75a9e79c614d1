//! Which pages of a dump are converted: by namespace and by title.
//!
//! Namespaces are numbers; their names are the wiki's own, and the dump declares them before its first page:
//! `<namespace key="10" ..>模板</namespace>`.

use std::convert::Infallible;
use std::str::FromStr;

use wildmatch::WildMatch;

/// A namespace as a user names it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Namespace {
    /// By its number: 0 for articles, 10 for templates.
    Number(i64),
    /// By the name that the dump declares. Case does not matter, and `_` is a blank.
    Name(String),
}

impl From<i64> for Namespace {
    fn from(number: i64) -> Namespace {
        Namespace::Number(number)
    }
}

/// A whole number is a number, everything else a name.
impl FromStr for Namespace {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Namespace, Infallible> {
        Ok(text.trim().parse().map_or_else(|_| Namespace::Name(text.to_string()), Namespace::Number))
    }
}

/// Titles as a user names them: `*` stands for any text, `?` for one character, everything else for itself; `_` is a blank. The
/// name of the namespace belongs to the title (`Template:国`).
#[derive(Clone, Debug, PartialEq)]
pub struct TitlePattern(WildMatch);

impl TitlePattern {
    /// Reads a pattern; every text is one.
    pub fn new(pattern: &str) -> TitlePattern {
        TitlePattern(WildMatch::new(&pattern.replace('_', " ")))
    }

    /// Whether a title, with blanks and no `_`, fits.
    pub fn matches(&self, title: &str) -> bool {
        self.0.matches(title)
    }
}

/// The namespaces that a dump declares.
#[derive(Debug, Default)]
pub(super) struct Declared(Vec<(i64, String)>);

impl Declared {
    pub(super) fn add(&mut self, number: i64, name: String) {
        self.0.push((number, name));
    }

    /// The namespace of a title, for the dumps of old releases, which do not say it with the page.
    pub(super) fn of_title(&self, title: &str) -> i64 {
        title.split_once(':').and_then(|(name, _)| self.number(name)).unwrap_or(0)
    }

    fn number(&self, name: &str) -> Option<i64> {
        let name = normal(name);
        self.0.iter().find(|(_, declared)| normal(declared) == name).map(|&(number, _)| number)
    }

    fn names(&self) -> Vec<String> {
        self.0.iter().map(|(_, name)| name.clone()).filter(|name| !name.is_empty()).collect()
    }
}

fn normal(name: &str) -> String {
    name.replace('_', " ").trim().to_lowercase()
}

/// The selection of a dump whose declarations are known.
#[derive(Debug)]
pub(super) struct Selection {
    namespaces: Vec<i64>,
    titles: Vec<TitlePattern>,
}

/// A name that the dump does not declare, and those that it does.
#[derive(Debug)]
pub(super) struct Undeclared {
    pub(super) name: String,
    pub(super) declared: Vec<String>,
}

impl Selection {
    pub(super) fn new(
        namespaces: &[Namespace],
        titles: &[TitlePattern],
        declared: &Declared,
    ) -> Result<Selection, Undeclared> {
        let number = |namespace: &Namespace| match namespace {
            Namespace::Number(number) => Ok(*number),
            Namespace::Name(name) => match declared.number(name) {
                Some(number) => Ok(number),
                None => Err(Undeclared { name: name.clone(), declared: declared.names() }),
            },
        };
        let namespaces = namespaces.iter().map(number).collect::<Result<Vec<i64>, Undeclared>>()?;
        Ok(Selection { namespaces, titles: titles.to_vec() })
    }

    /// Nothing asked for is everything; of several namespaces, and of several titles, one is enough.
    pub(super) fn has(&self, namespace: i64, title: &str) -> bool {
        (self.namespaces.is_empty() || self.namespaces.contains(&namespace))
            && (self.titles.is_empty() || self.titles.iter().any(|pattern| pattern.matches(title)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_of_titles() {
        for (pattern, title, expected) in [
            ("国", "国", true),
            ("国", "国家", false),
            ("国*", "国", true),
            ("*:国?", "Template:国家", true),
            ("*:国?", "Template:国", false),
            ("Template:New_York", "Template:New York", true),
            ("Who?", "Who?", true),
            ("", "国", false),
        ] {
            assert_eq!(TitlePattern::new(pattern).matches(title), expected, "{pattern} {title}");
        }
    }

    #[test]
    fn namespaces_by_number_and_name() {
        let mut declared = Declared::default();
        declared.add(0, String::new());
        declared.add(5, "Wiki 讨论".to_string());
        let of = |name: &str| Selection::new(&[name.parse().unwrap()], &[], &declared);
        assert!(of("5").unwrap().has(5, ""));
        assert!(of("wiki_讨论").unwrap().has(5, ""));
        assert!(!of("Wiki 讨论").unwrap().has(0, ""));
        assert!(of("").unwrap().has(0, ""));
        assert_eq!(of("Foo").unwrap_err().declared, ["Wiki 讨论"]);
        assert_eq!((declared.of_title("Wiki 讨论:a"), declared.of_title("a:b"), declared.of_title("a")), (5, 0, 0));
    }
}
