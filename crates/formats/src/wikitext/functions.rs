//! Parser functions (rule B21).
//!
//! Only what is shown is text: the branches. Conditions, keys and names are compared as written, so they stay:
//!
//! | function | text |
//! |---|---|
//! | `#if`, `#ifexist`, `#iferror`, `#ifexpr` | the values after the first and the second pipe |
//! | `#ifeq` | the values after the second and the third pipe |
//! | `#switch` | what stands after an equals sign, and a last value without one |
//! | `#tag:ref`, `#tag:poem` | the value after the first pipe |
//!
//! `{{#ifeq:国|國|马|车}}` is decided by `国` and `國`; `马` and `车` are text. Every other function, and every variable, stays whole:
//! `{{DEFAULTSORT:国}}`, `{{#invoke:国|..}}`, `{{PAGENAME}}`.

use super::walk::{Place, Walker};
use crate::lists::{Known, List, fold};

/// Which values of a function are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shown {
    /// Two values, beginning with this number of a part.
    Branches(usize),
    Switch,
    Tag,
    /// Nothing, but the page has its title from it.
    Title,
    Nothing,
}

/// Claims what must stay if the call is to a function or variable without arguments behind a colon, and says whether it is.
pub(crate) fn variable(walker: &mut Walker<'_>, index: usize, name: Known) -> bool {
    match plain_function(name) {
        Some(shown) => shows_nothing(walker, index, shown),
        None => false,
    }
}

fn shows_nothing(walker: &mut Walker<'_>, index: usize, shown: Shown) -> bool {
    let node = walker.tree.node(index);
    if shown == Shown::Title {
        walker.walked.sets_title = true;
    }
    walker.protect(node.start..node.end);
    true
}

/// Claims what must stay if the call is to a parser function, and says whether it is.
pub(crate) fn call(walker: &mut Walker<'_>, index: usize, head: &str) -> bool {
    let Some(shown) = function(walker, head) else { return false };
    if matches!(shown, Shown::Nothing | Shown::Title) {
        return shows_nothing(walker, index, shown);
    }
    let tree = walker.tree;
    let node = tree.node(index);
    let count = tree.part_count(index);
    let mut nodes = walker.inside(index);
    // Everything stays but for what is shown.
    let mut kept = node.start;
    for (number, part) in (1..).zip(tree.values(index)) {
        let text = match shown {
            Shown::Branches(first) if (first..first + 2).contains(&number) => part.range,
            Shown::Tag if number == 1 => part.range,
            Shown::Switch => match part.equals {
                Some(equals) => equals + 1..part.range.end,
                None if number + 1 == count => part.range,
                None => continue,
            },
            Shown::Branches(_) | Shown::Tag | Shown::Title | Shown::Nothing => continue,
        };
        walker.hide(kept..text.start);
        kept = text.end;
        // Go on from where the part before ended, so that many parts are no more work than one.
        nodes.start = walker.tree.within(nodes.start, nodes.end, &text).start;
        walker.convert(text, nodes.clone(), Place::Inline);
    }
    walker.hide(kept..node.end);
    true
}

fn function(walker: &Walker<'_>, head: &str) -> Option<Shown> {
    let lists = &walker.options.lists;
    let head = head.trim_start();
    let (name, rest) = head.split_once(':').unwrap_or((head, ""));
    let name = fold(name);
    if let Some(name) = name.strip_prefix('#') {
        return Some(match name {
            "if" | "ifexist" | "iferror" | "ifexpr" => Shown::Branches(1),
            "ifeq" => Shown::Branches(2),
            "switch" => Shown::Switch,
            "tag" if lists.known(rest).is_in(List::ProseTags) => Shown::Tag,
            _ => Shown::Nothing,
        });
    }
    plain_function(lists.known(&name))
}

/// What a function shows whose name does not begin with `#`.
fn plain_function(name: Known) -> Option<Shown> {
    if name.is_in(List::TitleFunctions) {
        return Some(Shown::Title);
    }
    name.is_in(List::ParserFunctions).then_some(Shown::Nothing)
}
