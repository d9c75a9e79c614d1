//! Elements whose text stays: in another language than Chinese (`<q lang="ja">国際</q>`), or not to be translated (`<b translate="no">国</b>`).
//!
//! Open elements are followed from the opening tag of such a one up to its closing tag, and nowhere else: a page that is
//! all Chinese costs nothing. Elements inside may be Chinese again, or to be translated. Closing tags that HTML lets authors leave out are made up for:
//!
//! ```text
//! <li lang=ja>国<ul><li lang=zh>国</ul>国<li>国       foreign: the first and the third 国
//! ```
//!
//! Cost: each element is opened and closed once; a closing tag of something that is not open is seen at once.
//!
//! Limits: a paragraph that the next one ends counts up to the end of what it is in if an element in it is still open.

use std::borrow::Cow;

use rustc_hash::FxHashMap;

use super::tags::{Form, Syntax};
use crate::lists::{List, Lists, fold};

/// An element that is open.
#[derive(Clone, Debug)]
struct Element<'s> {
    name: Cow<'s, str>,
    standing: Standing,
}

/// What has been said about a text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Standing {
    pub(crate) is_foreign: bool,
    is_untranslated: bool,
}

impl Standing {
    /// Whether the text is left as it is.
    pub(crate) fn stays(self) -> bool {
        self.is_foreign || self.is_untranslated
    }
}

/// What a tag says about the text in its element; None is nothing.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Said<'s> {
    /// The value of `lang`.
    pub(crate) language: Option<&'s str>,
    /// Whether it is to be translated.
    pub(crate) translate: Option<bool>,
}

/// The elements that are open since one was opened whose text stays.
#[derive(Clone, Debug, Default)]
pub(crate) struct Languages<'s> {
    /// What has been said about the text around all of them.
    around: Standing,
    open: Vec<Element<'s>>,
    /// How many of a name are open.
    counts: FxHashMap<Cow<'s, str>, usize>,
}

impl<'s> Languages<'s> {
    /// For a text that stands in another one.
    pub(crate) fn within(around: Standing) -> Languages<'s> {
        Languages { around, ..Languages::default() }
    }

    /// What has been said about text here.
    pub(crate) fn standing(&self) -> Standing {
        self.open.last().map_or(self.around, |element| element.standing)
    }

    /// A tag with its name and what it says. Returns what has been said about the text in the tag.
    pub(crate) fn tag(&mut self, lists: &Lists, syntax: Syntax, name: &'s str, form: Form, said: Said<'_>) -> Standing {
        let is_named_foreign = said.language.map(|language| {
            let language = language.trim();
            !language.is_empty() && !lists.has(List::ChineseLanguages, language)
        });
        let within = |around: Standing| Standing {
            is_foreign: is_named_foreign.unwrap_or(around.is_foreign),
            is_untranslated: said.translate.map_or(around.is_untranslated, |translate| !translate),
        };
        if self.open.is_empty() && within(self.around) == self.around {
            return self.around;
        }
        let name = fold(name);
        match form {
            Form::Other => self.standing(),
            Form::Closes => {
                self.close(lists, syntax, &name);
                self.standing()
            }
            Form::Opens | Form::Empty => {
                let is_html = syntax == Syntax::Html;
                while is_html && self.open.last().is_some_and(|element| is_ended_by(lists, &element.name, &name)) {
                    self.pop();
                }
                let has_contents = !is_html || !lists.has_folded(List::HtmlEmptyElements, &name);
                let standing = within(self.standing());
                let is_followed = !self.open.is_empty() || standing != self.around;
                if is_followed && form == Form::Opens && has_contents {
                    *self.counts.entry(name.clone()).or_default() += 1;
                    self.open.push(Element { name, standing });
                }
                standing
            }
        }
    }

    fn close(&mut self, lists: &Lists, syntax: Syntax, name: &str) {
        if self.counts.get(name).copied().unwrap_or_default() > 0 {
            while self.pop().is_some_and(|popped| popped != name) {}
        } else if syntax == Syntax::Html
            && self.open.first().is_some_and(|first| may_stay_open(&first.name))
            && is_block(lists, name)
        {
            // What is closed is around all of them.
            self.open.clear();
            self.counts.clear();
        }
    }

    fn pop(&mut self) -> Option<Cow<'s, str>> {
        let element = self.open.pop()?;
        if let Some(count) = self.counts.get_mut(&element.name) {
            *count -= 1;
        }
        Some(element.name)
    }
}

/// Whether authors may leave the closing tag out.
fn may_stay_open(name: &str) -> bool {
    const NAMES: [&str; 14] =
        ["p", "li", "dt", "dd", "tr", "td", "th", "thead", "tbody", "tfoot", "option", "optgroup", "rt", "rp"];
    NAMES.contains(&name)
}

/// Whether an open element ends where one with another name begins.
fn is_ended_by(lists: &Lists, open: &str, next: &str) -> bool {
    match open {
        "p" => is_block(lists, next),
        "li" => next == "li",
        "dt" | "dd" => matches!(next, "dt" | "dd"),
        "td" | "th" => matches!(next, "td" | "th" | "tr" | "thead" | "tbody" | "tfoot"),
        "tr" => matches!(next, "tr" | "thead" | "tbody" | "tfoot"),
        "thead" | "tbody" | "tfoot" => matches!(next, "thead" | "tbody" | "tfoot"),
        "option" => matches!(next, "option" | "optgroup"),
        "optgroup" => next == "optgroup",
        "rt" | "rp" => matches!(next, "rt" | "rp"),
        _ => false,
    }
}

fn is_block(lists: &Lists, name: &str) -> bool {
    lists.has_folded(List::HtmlBlockElements, name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::html::tags::{Construct, Contents, Tags};

    fn foreign(source: &str) -> Vec<&str> {
        foreign_in(Syntax::Html, source)
    }

    /// The text that is foreign, stretch by stretch.
    fn foreign_in(syntax: Syntax, source: &str) -> Vec<&str> {
        let lists = Lists::default();
        let (mut tags, mut languages) = (Tags::new(source, &lists, syntax), Languages::default());
        let mut found = Vec::new();
        let mut at = 0;
        while at < source.len() {
            let next = source[at..].find('<').map_or(source.len(), |step| at + step);
            if at < next && languages.standing().stays() {
                found.push(&source[at..next]);
            }
            at = next;
            if at < source.len() {
                let construct = tags.read(at, source.len(), Contents::NoProse);
                at = construct.end();
                if let Construct::Tag { name, form, .. } = construct {
                    languages.tag(&lists, syntax, &source[name], form, tags.said());
                }
            }
        }
        found
    }

    #[test]
    fn what_is_not_to_be_translated_is_told_by_attribute_and_class() {
        assert_eq!(foreign("1<b translate=no>2<i translate=yes>3</i>4</b>5"), ["2", "4"]);
        assert_eq!(foreign("<b class='a notranslate'>1</b><b class=notranslated>2</b><b TRANSLATE='NO'>3"), ["1", "3"]);
        assert_eq!(foreign("<b class=notranslate translate=yes>1</b><q lang=ja translate=yes>2</q>"), ["2"]);
        assert_eq!(foreign_in(Syntax::Xml, "<a translate='no'>1</a><a class='notranslate'>2</a>"), ["1"]);
    }

    #[test]
    fn elements_end_where_they_are_closed() {
        assert_eq!(foreign("1<p lang=ja>2<b>3</b>4</p>5"), ["2", "3", "4"]);
        assert_eq!(foreign("<div lang=ja><div>1</div>2</div>3"), ["1", "2"]);
        assert_eq!(foreign("<div lang=ja>1<p lang=zh-TW>2<b>3</b></p>4</div>5"), ["1", "4"]);
        assert_eq!(foreign("<q xml:lang='ja'>1<q lang=''>2</q>3</q>4"), ["1", "3"]);
        assert_eq!(foreign("<q lang=zh_CN>1</q><q lang=yue>2</q><q lang=\"en-US\">3</q>"), ["3"]);
        assert_eq!(foreign("<br lang=ja>1<img lang=ja>2<b lang=ja/>3"), [""; 0]);
        assert_eq!(foreign("<DIV LANG=JA>1</div>2"), ["1"]);
    }

    #[test]
    fn closing_tags_may_be_left_out() {
        assert_eq!(foreign("<p lang=ja>1<p>2"), ["1"]);
        assert_eq!(foreign("<li lang=ja>1<ul><li lang=zh>2</ul>3<li>4"), ["1", "3"]);
        assert_eq!(foreign("<td lang=ja>1<br>2<td>3<td lang=ja>4<tr><td>5"), ["1", "2", "4"]);
        assert_eq!(foreign("<div><p lang=ja>1</div>2"), ["1"]);
        assert_eq!(foreign("<dl><dt lang=ja>1<dd>2<dt lang=ja>3</dl>4"), ["1", "3"]);
    }

    #[test]
    fn in_xml_every_element_is_closed() {
        let foreign = |source| foreign_in(Syntax::Xml, source);
        assert_eq!(foreign("<p xml:lang='ja'>1<p>2</p>3<br/>4</p>5"), ["1", "2", "3", "4"]);
        assert_eq!(foreign("<br lang='ja'>1</br>2<国 lang='ja'>3</国>4"), ["1", "3"]);
        assert_eq!(foreign("<a><p lang='ja'>1</a>2"), ["1", "2"]);
    }

    #[test]
    fn what_is_not_open_is_not_closed() {
        assert_eq!(foreign("<div lang=ja>1</p>2</b>3"), ["1", "2", "3"]);
        assert_eq!(foreign("<p lang=ja>1</b>2</p>3"), ["1", "2"]);
        assert_eq!(foreign("</p lang=ja>1<!x lang=ja>2"), [""; 0]);
        assert_eq!(foreign("<b lang=ja><i>1</b>2"), ["1"]);
    }
}
