//! What of a document is prose: the ranges that a reader sees as running text, and how each hangs together with the one before.

use std::ops::Range;

/// A range of a document that is prose.
///
/// The glossary knows nothing of markup. Whoever does (`tongwen-formats` for wikitext) says which bytes are prose, so that no name is sought
/// in a link target, a file name, a template or an address. Two things more have to be known of each range: whether a word may go
/// on in it from the range before (`巴-{里}-坤` is three ranges and one name), and where a gloss can be written, since nothing may
/// be written into the target of a link.
///
/// ```
/// use tongwen_glossary::{AnnotateOptions, Glossary, Prose, Setting};
/// let page = "到了[[迪化]]";
/// let prose = [Prose::new(0..6), Prose::new(8..14).setting(Setting::Target { end: 16 })];
/// let glossary = Glossary::embedded();
/// let found = glossary.annotate(page, &prose, &AnnotateOptions::default());
/// assert_eq!((&page[found[0].range.clone()], found[0].gloss_at()), ("迪化", 16));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Prose {
    /// The bytes.
    pub range: Range<usize>,
    /// How it hangs together with the range before.
    pub join: Join,
    /// What it stands in.
    pub setting: Setting,
}

impl Prose {
    /// Prose that hangs together with nothing before it and stands in nothing.
    pub fn new(range: Range<usize>) -> Prose {
        Prose { range, join: Join::Apart, setting: Setting::Plain }
    }

    /// All of a text.
    pub fn whole(text: &str) -> [Prose; 1] {
        [Prose::new(0..text.len())]
    }

    /// Sets how it hangs together with the range before.
    pub fn join(mut self, join: Join) -> Prose {
        self.join = join;
        self
    }

    /// Sets what it stands in.
    pub fn setting(mut self, setting: Setting) -> Prose {
        self.setting = setting;
        self
    }
}

/// How a range of prose hangs together with the one before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Join {
    /// It does not: another paragraph, a note, a cell of a table.
    #[default]
    Apart,
    /// It is the same sentence, with markup between: `'''迪化'''城`. A name lies in one of them; what stands around it may be in both.
    Inline,
    /// It is the same word: `巴-{里}-坤`. A name may lie in both.
    Whole,
}

/// What a range of prose stands in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Setting {
    /// Nothing that hinders: a gloss can be written behind any character.
    #[default]
    Plain,
    /// The text that a link shows beside its target: `[[甲|迪化]]`.
    Label {
        /// Where the link ends; a gloss can be written there.
        end: usize,
    },
    /// The target of a link that is also what the link shows: `[[迪化]]`. Other text needs a label: `[[迪化|烏魯木齊]]`.
    Target {
        /// Where the link ends; a gloss can be written there.
        end: usize,
    },
    /// Text within markup that keeps it as it is written, and that can have no gloss inside: `-{迪化}-`.
    Kept {
        /// Where the markup begins.
        start: usize,
        /// Where it ends; a gloss can be written there.
        end: usize,
    },
}

impl Setting {
    /// The byte at which a gloss can be written on a name that ends here.
    pub(crate) fn gloss_at(self, name_end: usize) -> usize {
        match self {
            Setting::Plain => name_end,
            Setting::Label { end } | Setting::Target { end } | Setting::Kept { end, .. } => end.max(name_end),
        }
    }
}
