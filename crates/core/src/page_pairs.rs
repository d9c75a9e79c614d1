//! Pairs that a document itself defines, each in force from a place on.
//!
//! How it works stands at `PagePairs`, where users of the crate read it.

mod tree;

use crate::character_set::CharacterSet;
use crate::{Error, ErrorKind};
use tree::{Change, Effect, SourceTree};

/// Pairs that a document itself defines, each in force from a place on.
///
/// A page may say in its own text what its words are to become (`-{H|zh-cn:内存;zh-tw:記憶體}-`), and take it back later. So there is no one
/// dictionary of a page: what holds depends on where one reads. A [`PagePairs`] is the list of all changes, in the order of the page; the number
/// of changes before a place is its *epoch*, and a range of text is converted with the pairs of its epoch
/// ([`Converter::convert_ranges_with`](crate::Converter::convert_ranges_with)). All epochs share one structure: nothing is built anew for each.
///
/// ```
/// use tongwen::{Config, Converter, PagePairs};
///
/// let text = "内存，内存，内存";
/// let mut pairs = PagePairs::new();
/// let start = pairs.epoch();
/// pairs.set("内存", "記憶體")?;
/// let after_set = pairs.epoch();
/// pairs.remove("内存");
/// let converted = Converter::new(Config::S2T).convert_ranges_with(text, &[0..6, 9..15, 18..24], &pairs, &[start, after_set, pairs.epoch()]);
/// assert_eq!(converted, ["內存", "記憶體", "內存"]);
/// # Ok::<(), tongwen::Error>(())
/// ```
///
/// # What pairs do
///
/// They take part in matching as the user's own pairs do: the longest source that starts where a unit
/// starts wins if it is at least as long as the unit, its target is final, and nothing matches across it. Of two equal sources the caller's
/// own dictionary decides before the page.
///
/// # What removing does
///
/// A removed source is no entry any more: not of the page, and not of the built-in tables. Longer entries that contain it stay, and so do
/// the caller's own pairs. Where the text would be read as exactly that source, it is read as if there were no such entry: as the
/// longest shorter beginning that is an entry, or as one character; then reading goes on behind that. A removed character stays as it is. So with
/// `s2twp`, where `内存` becomes `記憶體`, it becomes `內存` when `内存` is removed, and `內` stays `内` when that is removed too.
///
/// For configs of one stage (`s2t`, `t2s`, `t2tw` ...) this is exactly what their dictionaries give without the entry. In configs of two stages no
/// dictionary has all entries: `内存` is in none of `s2twp`'s, only `內存`, which the first stage makes of it. There an entry is what the stages
/// together make of a unit, the smallest piece of source text that no match reaches into or out of; it goes from all stages and from the segmentation
/// at once, and only where it would have been used: `内存` may still cut the text before it in two as the segmentation knows it. With a recipe of one's
/// own, units are traced within the next 256 bytes.
///
/// # Cost
///
/// A change costs its own length. Looking a place up costs two array reads if no source starts with its character, and at most as many steps as the
/// longest source has characters, [`PagePairs::LONGEST_SOURCE`], whatever the number of changes.
#[derive(Clone, Debug, Default)]
pub struct PagePairs {
    tree: SourceTree,
    /// First characters of sources, whether set or removed.
    starts: CharacterSet,
    epoch: usize,
    origin: Option<usize>,
    /// Whether anything was ever removed.
    has_removals: bool,
    /// Bytes of the longest source.
    longest_source: usize,
    /// Changes that later ones of the same source have followed.
    superseded: usize,
    /// Number of sources.
    sources: usize,
}

/// A source of the page's found in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PageMatch<'a> {
    /// Bytes of the text that the source covers.
    pub(crate) length: usize,
    pub(crate) replacement: &'a str,
    pub(crate) origin: Option<usize>,
}

/// What a page says about the text at a place.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct PageFound<'a> {
    /// The longest source that is set.
    pub(crate) longest: Option<PageMatch<'a>>,
    /// Whether a source that starts there is removed.
    pub(crate) any_removed: bool,
}

impl PagePairs {
    /// The most characters that a source may have.
    pub const LONGEST_SOURCE: usize = 512;

    /// No pairs.
    pub fn new() -> PagePairs {
        PagePairs::default()
    }

    /// Whether nothing was ever set or removed.
    pub fn is_empty(&self) -> bool {
        self.epoch == 0
    }

    /// The number of changes so far.
    pub fn epoch(&self) -> usize {
        self.epoch
    }

    /// Says where the rule stands that the changes to come are part of, for reports: a number of the caller's own, for instance an offset in
    /// bytes. It comes back as [`Edit::origin`](crate::Edit).
    pub fn set_origin(&mut self, origin: usize) {
        self.origin = Some(origin);
    }

    /// From now on `source` becomes `target`: itself to be left alone, nothing to be deleted.
    ///
    /// # Errors
    ///
    /// When the source is empty or has more than [`LONGEST_SOURCE`](PagePairs::LONGEST_SOURCE) characters; nothing is changed then.
    pub fn set(&mut self, source: &str, target: &str) -> Result<(), Error> {
        let refused = |message: String| Err(Error::new(ErrorKind::PagePair { message }));
        if source.is_empty() {
            return refused(format!("nothing is to become `{target}`; write the text to be replaced"));
        }
        if is_too_long(source) {
            let start: String = source.chars().take(20).collect();
            return refused(format!(
                "the text to be replaced, `{start}…`, has more than {} characters; write a shorter one",
                PagePairs::LONGEST_SOURCE
            ));
        }
        let target = self.tree.add_text(target);
        self.change(source, Effect::Set { start: target.start, end: target.end });
        Ok(())
    }

    /// From now on no entry, of the page or built in, has exactly this source; longer entries stay. See the module's rule.
    pub fn remove(&mut self, source: &str) {
        // No entry has such a source.
        if !source.is_empty() && !is_too_long(source) {
            self.has_removals = true;
            self.change(source, Effect::Remove);
        }
    }

    fn change(&mut self, source: &str, effect: Effect) {
        let change = Change { number: self.epoch, effect, origin: self.origin };
        match self.tree.add_change(source, change) {
            0 => self.sources += 1,
            _ => self.superseded += 1,
        }
        self.starts.insert(source.chars().next().expect("the source is not empty"));
        self.longest_source = self.longest_source.max(source.len());
        self.epoch += 1;
    }

    /// Whether anything was ever removed.
    pub(crate) fn has_removals(&self) -> bool {
        self.has_removals
    }

    /// Bytes of the longest source that was ever set or removed.
    pub(crate) fn longest_source(&self) -> usize {
        self.longest_source
    }

    /// The first characters of all sources, at whatever epoch.
    pub(crate) fn starts(&self) -> &CharacterSet {
        &self.starts
    }

    /// What the first `epoch` changes say about the sources that `text` starts with.
    pub(crate) fn find(&self, text: &str, epoch: usize) -> PageFound<'_> {
        let found = self.tree.find(text, epoch);
        let longest = found.set.and_then(|(length, change)| match change.effect {
            Effect::Set { start, end } => {
                Some(PageMatch { length, replacement: self.tree.text(start, end), origin: change.origin })
            }
            Effect::Remove => None,
        });
        PageFound { longest, any_removed: found.any_removed }
    }

    /// Whether, after the first `epoch` changes, exactly this source is removed.
    pub(crate) fn is_removed(&self, source: &str, epoch: usize) -> bool {
        self.has_removals
            && self.tree.exact(source, epoch).is_some_and(|change| matches!(change.effect, Effect::Remove))
    }

    /// Forgets changes that others have followed, for who never goes back to an earlier epoch. Cheap when called often.
    pub(crate) fn forget_past(&mut self) {
        if self.superseded <= self.sources + 1_000 {
            return;
        }
        let mut fresh = PagePairs { epoch: self.epoch, origin: self.origin, ..PagePairs::default() };
        for (source, change) in self.tree.last_changes() {
            let effect = match change.effect {
                Effect::Set { start, end } => {
                    let target = fresh.tree.add_text(self.tree.text(start, end));
                    Effect::Set { start: target.start, end: target.end }
                }
                Effect::Remove => Effect::Remove,
            };
            fresh.has_removals |= effect == Effect::Remove;
            fresh.longest_source = fresh.longest_source.max(source.len());
            fresh.starts.insert(source.chars().next().expect("sources are not empty"));
            fresh.sources += 1;
            fresh.tree.add_change(&source, Change { effect, ..change });
        }
        *self = fresh;
    }
}

fn is_too_long(source: &str) -> bool {
    source.len() > PagePairs::LONGEST_SOURCE && source.chars().nth(PagePairs::LONGEST_SOURCE).is_some()
}

#[cfg(test)]
mod tests {
    use super::PagePairs;

    fn longest(pairs: &PagePairs, text: &str, epoch: usize) -> Option<String> {
        pairs.find(text, epoch).longest.map(|found| format!("{}>{}", &text[..found.length], found.replacement))
    }

    #[test]
    fn each_epoch_sees_the_changes_before_it() {
        let mut pairs = PagePairs::new();
        assert!(pairs.is_empty() && longest(&pairs, "ab", 0).is_none());
        pairs.set("ab", "1").unwrap();
        pairs.set("a", "2").unwrap();
        pairs.set("ab", "3").unwrap();
        pairs.remove("ab");
        pairs.set("abc", "").unwrap();
        pairs.remove("x");
        let seen: Vec<_> = (0..=6).map(|epoch| longest(&pairs, "abc", epoch)).collect();
        let expected = [None, Some("ab>1"), Some("ab>1"), Some("ab>3"), Some("a>2"), Some("abc>"), Some("abc>")];
        assert_eq!(seen, expected.map(|found| found.map(str::to_string)));
        let removed: Vec<_> = (0..=6).map(|epoch| pairs.is_removed("ab", epoch)).collect();
        assert_eq!(removed, [false, false, false, false, true, true, true]);
        assert!(pairs.find("abd", 5).any_removed && !pairs.find("abd", 3).any_removed);
        assert!(pairs.is_removed("x", 6) && !pairs.is_removed("xy", 6) && !pairs.is_removed("", 6));
        assert!(pairs.starts().contains('x') && !pairs.starts().contains('b'));
    }

    #[test]
    fn labels_are_split_between_characters() {
        // 一 and 丁 differ in their last byte only.
        let mut pairs = PagePairs::new();
        let sources = ["北一二三四", "北一二三", "北丁", "北一二五", "北", "北一", "\u{20000}a", "\u{20000}b"];
        for source in sources {
            pairs.set(source, &format!("<{source}>")).unwrap();
        }
        for source in sources {
            let text = format!("{source}尾");
            assert_eq!(longest(&pairs, &text, pairs.epoch()), Some(format!("{source}><{source}>")));
        }
        assert_eq!(longest(&pairs, "北一二六", pairs.epoch()), Some("北一><北一>".into()));
        assert_eq!(longest(&pairs, "\u{20000}", pairs.epoch()), None);
        assert_eq!(longest(&pairs, "", pairs.epoch()), None);
    }

    #[test]
    fn sources_that_cannot_be_are_refused() {
        let mut pairs = PagePairs::new();
        let longest_allowed = "長".repeat(PagePairs::LONGEST_SOURCE);
        assert!(pairs.set(&longest_allowed, "x").is_ok());
        let message = pairs.set(&format!("{longest_allowed}長"), "x").unwrap_err().to_string();
        assert!(message.ends_with("has more than 512 characters; write a shorter one"), "{message}");
        let message = pairs.set("", "x").unwrap_err().to_string();
        assert_eq!(message, "nothing is to become `x`; write the text to be replaced");
        pairs.remove("");
        assert_eq!(pairs.epoch(), 1);
    }

    #[test]
    fn forgetting_keeps_the_present() {
        let mut pairs = PagePairs::new();
        for round in 0..5_000 {
            pairs.set_origin(round);
            pairs.set("ab", &round.to_string()).unwrap();
            pairs.set(["a", "abc", "b"][round % 3], "x").unwrap();
            pairs.remove(["c", "cd"][round % 2]);
            pairs.forget_past();
        }
        assert_eq!(pairs.epoch(), 15_000);
        assert!(pairs.superseded < 2_000, "{}", pairs.superseded);
        assert_eq!(longest(&pairs, "ab", pairs.epoch()), Some("ab>4999".into()));
        assert_eq!(pairs.find("ab", pairs.epoch()).longest.unwrap().origin, Some(4_999));
        assert!(pairs.is_removed("cd", pairs.epoch()));
    }
}
