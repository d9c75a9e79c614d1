//! Elements in another language than Chinese, whose text stays: `<q lang="ja">国際</q>`.
//!
//! Open elements are followed from the opening tag of a foreign one up to its closing tag, and nowhere else: a page that is
//! all Chinese costs nothing. Elements inside may be Chinese again. Closing tags that HTML lets authors leave out are made up for:
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
    is_foreign: bool,
}

/// The elements that are open since one in another language was opened.
#[derive(Clone, Debug, Default)]
pub(crate) struct Languages<'s> {
    /// Whether all of them are in text in another language.
    around: bool,
    open: Vec<Element<'s>>,
    /// How many of a name are open.
    counts: FxHashMap<Cow<'s, str>, usize>,
}

impl<'s> Languages<'s> {
    /// For a text that stands in another one.
    pub(crate) fn within(is_foreign: bool) -> Languages<'s> {
        Languages { around: is_foreign, ..Languages::default() }
    }

    /// Whether text here is in another language.
    pub(crate) fn is_foreign(&self) -> bool {
        self.open.last().map_or(self.around, |element| element.is_foreign)
    }

    /// A tag with its name and the value of its `lang`. Returns whether what is in the tag is in another language.
    pub(crate) fn tag(
        &mut self,
        lists: &Lists,
        syntax: Syntax,
        name: &'s str,
        form: Form,
        language: Option<&str>,
    ) -> bool {
        let is_named_foreign = language.map(|language| {
            let language = language.trim();
            !language.is_empty() && !lists.has(List::ChineseLanguages, language)
        });
        if self.open.is_empty() && is_named_foreign.unwrap_or(self.around) == self.around {
            return self.around;
        }
        let name = fold(name);
        match form {
            Form::Other => self.is_foreign(),
            Form::Closes => {
                self.close(lists, syntax, &name);
                self.is_foreign()
            }
            Form::Opens | Form::Empty => {
                let is_html = syntax == Syntax::Html;
                while is_html && self.open.last().is_some_and(|element| is_ended_by(lists, &element.name, &name)) {
                    self.pop();
                }
                let has_contents = !is_html || !lists.has_folded(List::HtmlEmptyElements, &name);
                let is_foreign = is_named_foreign.unwrap_or(self.is_foreign());
                let is_followed = !self.open.is_empty() || is_foreign != self.around;
                if is_followed && form == Form::Opens && has_contents {
                    *self.counts.entry(name.clone()).or_default() += 1;
                    self.open.push(Element { name, is_foreign });
                }
                is_foreign
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
            if at < next && languages.is_foreign() {
                found.push(&source[at..next]);
            }
            at = next;
            if at < source.len() {
                let construct = tags.read(at, source.len(), Contents::NoProse);
                at = construct.end();
                if let Construct::Tag { name, form, .. } = construct {
                    let language = tags.language.clone().map(|range| &source[range]);
                    languages.tag(&lists, syntax, &source[name], form, language);
                }
            }
        }
        found
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
