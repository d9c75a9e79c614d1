//! Named groups of conversion rules that pages refer to and do not hold.
//!
//! How it works stands at `Groups`, where users of the crate read it.

mod lua;

use std::collections::HashMap;
use std::sync::Arc;

use crate::{Lists, wikitext};

/// Conversion groups by name.
///
/// `{{NoteTA|G1=IT}}` means the rules of the page `Module:CGroup/IT`. A converter has only the page, so whoever has the
/// groups gives them here. A text can be any of three things, told apart by what is in it:
///
/// | text | its rules |
/// |---|---|
/// | Lua of a module: `Item('Memory', 'zh-cn:内存;zh-tw:記憶體')`, or a table with `rule = '..'` | the second string, the value of `rule` |
/// | wikitext: `-{H\|zh-cn:内存;zh-tw:記憶體}-`, `{{CItem\|zh-cn:内存;zh-tw:記憶體}}` | what such markup would set on the page |
/// | anything else: `zh-cn:内存;zh-tw:記憶體` | one a line; a line that begins with `#` is a comment |
///
/// ```
/// use tongwen_formats::{Document, Format, Groups, Options};
/// let mut options = Options::default();
/// options.variant = Some(tongwen::Variant::ZhTw);
/// options.groups.insert("IT", "# memory\nzh-cn:内存;zh-tw:記憶體\n");
/// let document = Document::scan(Format::Wikitext, "{{NoteTA|G1=IT}}内存", &options);
/// assert!(!document.page_pairs().is_empty());
/// ```
///
/// Cost: a text is read once, when it comes in. Cloning is cheap.
#[derive(Clone, Debug, Default)]
pub struct Groups(Arc<HashMap<String, Vec<String>>>);

impl Groups {
    /// None.
    pub fn new() -> Groups {
        Groups::default()
    }

    /// Adds a group, in place of one that had the name. Of the name the case of the first letter does not matter, and `_` is
    /// a blank. Returns how many rules the text has; whether they are well formed shows where a page uses them.
    pub fn insert(&mut self, name: &str, text: &str) -> usize {
        let rules = rules(text);
        let count = rules.len();
        Arc::make_mut(&mut self.0).insert(normal(name), rules);
        count
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The rules of a group, in order, each as it would stand behind `-{H|`.
    pub(crate) fn rules(&self, name: &str) -> Option<&[String]> {
        self.0.get(&normal(name)).map(Vec::as_slice)
    }
}

/// The name as titles of pages are compared.
fn normal(name: &str) -> String {
    let words: Vec<&str> =
        name.split(|c: char| c == '_' || c.is_whitespace()).filter(|word| !word.is_empty()).collect();
    let name = words.join(" ");
    let mut letters = name.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

fn rules(text: &str) -> Vec<String> {
    if let Some(rules) = lua::rules(text) {
        return rules;
    }
    if text.contains("-{") || text.contains("{{") {
        return wikitext::rules::in_text(text, &Lists::default());
    }
    let lines = text.lines().map(str::trim);
    lines.filter(|line| !line.is_empty() && !line.starts_with('#')).map(str::to_string).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn group(text: &str) -> Vec<String> {
        let mut groups = Groups::new();
        groups.insert("x_y", text);
        groups.rules("X y").map(<[String]>::to_vec).unwrap_or_default()
    }

    #[test]
    fn names_are_those_of_pages() {
        assert_eq!(normal(" computer  science_"), "Computer science");
        assert_eq!(normal("éa"), "Éa");
        assert_eq!(normal(""), "");
        assert!(Groups::new().rules("IT").is_none());
    }

    #[test]
    fn lines() {
        assert_eq!(group("# c\n\n zh-cn:内存;zh-tw:記憶體 \r\nX=>zh-tw:Y"), ["zh-cn:内存;zh-tw:記憶體", "X=>zh-tw:Y"]);
        assert_eq!(group(""), [""; 0]);
    }

    #[test]
    fn markup_in_wikitext() {
        let text = "<noinclude>x</noinclude>\n* -{H|zh-cn:a;zh-tw:b}-\n-{A|c=>zh-tw:d}- -{zh-cn:e;zh-tw:f}-\n\
                    {{CItem|zh-cn:g;zh-tw:h|original=i}}<!-- -{H|zh-cn:j;zh-tw:k}- -->{{CItemHidden|1=l=>zh-tw:m}}";
        assert_eq!(group(text), ["zh-cn:a;zh-tw:b", "c=>zh-tw:d", "zh-cn:g;zh-tw:h", "l=>zh-tw:m"]);
    }

    #[test]
    fn modules_in_lua() {
        let text = "-- Item('no', 'no')\nlocal Item = require('Module:CGroup/core').Item\nreturn { name = 'IT',\n\
                    --[[ Item('no', 'no') ]]\ncontent = {\n{ type = 'text', text = [==[ Item('no','no') ]==] },\n\
                    Item('Memory', 'zh-cn:内存;zh-tw:記憶體'),\nItem(\"A\\\"b\", \"zh-cn:a\\'s;zh-tw:\\228\\184\\173\"),\n\
                    { type = 'item', original = 'x', rule = 'zh-cn:c;zh-tw:d' } } }";
        assert_eq!(group(text), ["zh-cn:内存;zh-tw:記憶體", "zh-cn:a's;zh-tw:中", "zh-cn:c;zh-tw:d"]);
    }
}
