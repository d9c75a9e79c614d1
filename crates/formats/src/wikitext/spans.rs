//! The spans of conversion markup on a page, and what they are made of.
//!
//! Bracket matching has put every span into the tree. Those that the wiki would evaluate are the outermost ones, wherever
//! they stand (in a label, a template value, a note), unless the place is hidden: in an address or a tag there is no markup.
//! In `<pre>` and `<code>` nothing is wikitext, but conversion markup is evaluated all the same, so these are searched by
//! the brackets alone.
//!
//! The markup's own reader ([`crate::markup`]) gets a span as tokens: brackets, and stretches that are constructs of
//! wikitext, in which nothing is a flag or a separator.
//!
//! ```text
//! -{zh-cn:[[a|-{b}-]];zh-tw:c<!-- d -->}-
//! open, opaque `[[a|`, open, close, opaque `]]`, hidden `<!-- d -->`, close
//! ```
//!
//! Cost: linear in the number of nodes; tokens are made for one span at a time.

use std::ops::Range;

use super::context::Meaning;
use super::opaque::{self, Found, tag_name};
use super::tree::{Kind, Node, Tree};
use crate::Lists;
use crate::lists::List;
use crate::markup::{Pair, Paired, Token};

/// A span that lies in no other.
#[derive(Clone, Debug)]
pub(crate) struct Span {
    /// Index of its node, or of the raw tag in which it stands.
    pub(crate) node: usize,
    pub(crate) range: Range<usize>,
    /// What the constructs around it take for syntax.
    pub(crate) meaning: Meaning,
    /// Whether it stands in a link, a call or a parameter.
    pub(crate) is_inside: bool,
}

/// Something around the node that is looked at.
struct Around {
    /// The first node that is not in it.
    after: usize,
    node: usize,
    /// Brackets that close it, or what is around it.
    meaning: Meaning,
}

/// The spans to evaluate, in the order of the source. `hidden` is sorted and disjoint.
pub(crate) fn find(source: &str, tree: &Tree, hidden: &[Range<usize>], lists: &Lists) -> Vec<Span> {
    let mut spans = Vec::with_capacity(16);
    let mut around: Vec<Around> = Vec::with_capacity(8);
    let mut hidden = hidden.iter().peekable();
    let mut next = 0;
    // The first node from there on that may hold any.
    let mut holder = 0;
    while next < tree.len() {
        if holder <= next {
            let holds = |node: &Node| matches!(node.kind, Kind::Span | Kind::Alias | Kind::Raw);
            holder = (next..tree.len()).find(|&index| holds(tree.node(index))).unwrap_or(tree.len());
        }
        let node = tree.node(next);
        if node.after <= holder {
            next = node.after;
            continue;
        }
        while around.pop_if(|around| around.after <= next).is_some() {}
        while hidden.next_if(|range| range.end <= node.start).is_some() {}
        let is_hidden = hidden.peek().is_some_and(|range| range.start <= node.start);
        let outer = around.last().map(|around| around.meaning).unwrap_or_default();
        let meaning = match node.kind {
            Kind::Span | Kind::Alias => {
                if !is_hidden {
                    let part =
                        around.last().map_or(Meaning::default(), |around| in_part(tree, around.node, node.start));
                    let range = node.start..node.end;
                    let is_inside = around.last().is_some_and(|around| tree.node(around.node).kind != Kind::Content);
                    spans.push(Span { node: next, range, meaning: outer.with(part), is_inside });
                }
                next = node.after;
                continue;
            }
            Kind::Raw | Kind::Comment => {
                if node.kind == Kind::Raw && !is_hidden && is_evaluated(source, node.start, lists) {
                    let paired = in_raw(source, node.inner_start..node.inner_end, lists);
                    spans.extend(paired.spans.into_iter().map(|span| Span {
                        node: next,
                        range: span.range,
                        meaning: Meaning::default(),
                        is_inside: true,
                    }));
                }
                next = node.after;
                continue;
            }
            Kind::Content => Meaning::default(),
            Kind::Link => outer.with(Meaning::SQUARES),
            Kind::Template | Kind::Parameter => outer.with(Meaning::BRACES),
        };
        around.push(Around { after: node.after, node: next, meaning });
        next += 1;
    }
    spans
}

/// What cuts the innermost construct around a place.
fn in_part(tree: &Tree, node: usize, place: usize) -> Meaning {
    match tree.node(node).kind {
        Kind::Template if tree.part_at(node, place).equals.is_none_or(|equals| equals > place) => {
            Meaning::PIPE.with(Meaning::EQUALS)
        }
        Kind::Template | Kind::Parameter | Kind::Link => Meaning::PIPE,
        _ => Meaning::default(),
    }
}

/// Whether the raw tag that begins at a place is one in which markup is evaluated.
pub(crate) fn is_evaluated(source: &str, start: usize, lists: &Lists) -> bool {
    tag_name(source, start).is_some_and(|(name, _)| lists.has_folded(List::EvaluatedRawTags, &name))
}

/// The markup in a raw tag, comments and other raw tags in it excepted. Only `-{ }-`: in program text `-<` and `>-` may be
/// anything.
pub(crate) fn in_raw(source: &str, range: Range<usize>, lists: &Lists) -> Paired {
    let bytes = &source.as_bytes()[..range.end];
    let opaque = opaque::find(&source[range.clone()], lists);
    let mut hidden = opaque.found.iter().filter_map(|found| match found {
        Found::Opaque { range: hidden, .. } => Some(range.start + hidden.start..range.start + hidden.end),
        Found::Opening { .. } | Found::Alias { .. } => None,
    });
    let mut next_hidden = hidden.next();
    let mut tokens = Vec::new();
    // Up to here bytes belong to brackets.
    let mut used = range.start;
    let pair = Pair::Braces;
    for dash in memchr::memchr_iter(b'-', &bytes[range.clone()]).map(|offset| range.start + offset) {
        while let Some(found) = next_hidden.clone().filter(|found| found.end <= dash) {
            tokens.push(Token::Opaque(found.clone()));
            used = found.end;
            next_hidden = hidden.next();
        }
        if next_hidden.as_ref().is_some_and(|found| found.start <= dash) {
            continue;
        }
        if dash > used && bytes[dash - 1] == b'}' {
            tokens.push(Token::Close { at: dash - 1, pair });
            used = dash + 1;
        } else if dash >= used && bytes.get(dash + 1) == Some(&b'{') {
            tokens.push(Token::Open { at: dash, pair });
            used = dash + 2;
        }
    }
    crate::markup::pair(tokens)
}

/// What a page's spans are made of.
pub(crate) struct Tokens<'t> {
    pub(crate) source: &'t str,
    pub(crate) tree: &'t Tree,
    pub(crate) lists: &'t Lists,
}

/// A node that has begun.
struct Open {
    end: usize,
    /// None for a construct that is no span.
    pair: Option<Pair>,
}

impl Tokens<'_> {
    /// The tokens of an outermost span, in place of what `tokens` held.
    pub(crate) fn of(&self, span: &Span, tokens: &mut Vec<Token>) {
        tokens.clear();
        if self.tree.node(span.node).kind == Kind::Raw {
            tokens.append(&mut in_raw(self.source, span.range.clone(), self.lists).tokens);
        } else {
            self.within(span.node..self.tree.node(span.node).after, tokens);
        }
    }

    /// The tokens that some nodes of one level and everything in them make.
    pub(crate) fn within(&self, nodes: Range<usize>, tokens: &mut Vec<Token>) {
        if nodes.len() == 1
            && let node = self.tree.node(nodes.start)
            && node.kind == Kind::Span
        {
            let pair = Pair::Braces;
            return tokens.extend([Token::Open { at: node.start, pair }, Token::Close { at: node.end - 2, pair }]);
        }
        let mut open: Vec<Open> = Vec::new();
        // Up to here the innermost open construct has been put out.
        let mut done = 0;
        let mut next = nodes.start;
        while next < nodes.end {
            let node = self.tree.node(next);
            while let Some(ended) = open.pop_if(|open| open.end <= node.start) {
                close(ended, &mut done, tokens);
            }
            let in_span = open.last().is_none_or(|open| open.pair.is_some());
            match node.kind {
                Kind::Span | Kind::Alias => {
                    if !in_span && done < node.start {
                        tokens.push(Token::Opaque(done..node.start));
                    }
                    let pair = if node.kind == Kind::Alias { Pair::Angles } else { Pair::Braces };
                    tokens.push(Token::Open { at: node.start, pair });
                    open.push(Open { end: node.end, pair: Some(pair) });
                }
                Kind::Comment if in_span => tokens.push(Token::Hidden(node.start..node.end)),
                Kind::Comment => {}
                Kind::Raw if in_span => tokens.push(Token::Opaque(node.start..node.end)),
                Kind::Raw => {}
                Kind::Template | Kind::Parameter | Kind::Link | Kind::Content if in_span => {
                    open.push(Open { end: node.end, pair: None });
                    done = node.start;
                }
                Kind::Template | Kind::Parameter | Kind::Link | Kind::Content => {}
            }
            next = if node.kind == Kind::Comment { node.after } else { next + 1 };
        }
        while let Some(ended) = open.pop() {
            close(ended, &mut done, tokens);
        }
    }
}

fn close(ended: Open, done: &mut usize, tokens: &mut Vec<Token>) {
    match ended.pair {
        Some(pair) => tokens.push(Token::Close { at: ended.end - 2, pair }),
        None if *done < ended.end => tokens.push(Token::Opaque(*done..ended.end)),
        None => {}
    }
    *done = ended.end;
}

#[cfg(test)]
mod tests {
    use super::super::brackets::CommentContent;
    use super::super::places::Places;
    use super::*;

    /// The spans of a page, and the tokens of each with the text that they are.
    fn spans(source: &str) -> Vec<String> {
        let lists = Lists::default();
        let mut opaque = super::super::opaque::find(source, &lists);
        super::super::alias::add(source, &mut opaque);
        let tree = super::super::brackets::pair(source, &Places::new(source), &opaque, CommentContent::Opaque).tree;
        let from = Tokens { source, tree: &tree, lists: &lists };
        let mut tokens = Vec::new();
        let shown = find(source, &tree, &[], &lists).into_iter().map(|span| {
            from.of(&span, &mut tokens);
            let words = tokens.iter().map(|token| match token {
                Token::Open { at, .. } => source[*at..at + 2].to_string(),
                Token::Close { at, .. } => source[*at..at + 2].to_string(),
                Token::Opaque(range) => format!("opaque {}", &source[range.clone()]),
                Token::Hidden(range) => format!("hidden {}", &source[range.clone()]),
                Token::Text { at } => format!("text {}", &source[*at..at + 2]),
            });
            words.collect::<Vec<_>>().join(", ")
        });
        shown.collect()
    }

    #[test]
    fn constructs_are_opaque_but_for_the_spans_in_them() {
        assert_eq!(
            spans("-{zh-cn:[[a|-{b}-]];zh-tw:c<!-- d -->}-"),
            ["-{, opaque [[a|, -{, }-, opaque ]], hidden <!-- d -->, }-"]
        );
        assert_eq!(spans("-{{{a|{{b|-{c}-d}}}}x}-"), ["-{, opaque {{a|{{b|, -{, }-, opaque d}}}}, }-"]);
        assert_eq!(
            spans("-{a<ref>-{b}-</ref><nowiki>-{</nowiki>}-"),
            ["-{, opaque <ref>, -{, }-, opaque </ref>, opaque <nowiki>-{</nowiki>, }-"]
        );
        assert_eq!(spans("{{a|-{b}-}}[[c|-{d}-]]"), ["-{, }-", "-{, }-"]);
        assert_eq!(spans("<!-- -{a}- --><nowiki>-{b}-</nowiki>"), [""; 0]);
    }

    #[test]
    fn both_pairs_nest() {
        assert_eq!(spans("-<国-{[[a]]}-[[b|c]]>-"), ["-<, -{, opaque [[a]], }-, opaque [[b|c]], >-"]);
        assert_eq!(spans("-{a-<国>-}-"), ["-{, -<, >-, }-"]);
    }

    #[test]
    fn raw_tags_that_are_evaluated() {
        assert_eq!(spans("<pre>a-{b-{c}-}- -<d>-</pre><code x>-{e}-</code>"), ["-{, -{, }-, }-", "-{, }-"]);
        assert_eq!(spans("<code><nowiki>-{a}-</nowiki>-{b<!-- }- -->c}-</code>"), ["-{, opaque <!-- }- -->, }-"]);
        assert_eq!(spans("<math>-{a}-</math><pre>}--{a}-{</pre>"), ["-{, }-"]);
    }
}
