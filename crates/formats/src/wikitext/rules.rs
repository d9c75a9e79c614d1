//! Templates that set conversion rules for the page (rule B20): NoteTA, CGroup, CItem.
//!
//! They show nothing or an icon, and each of their values is a rule as it would stand behind `-{H|`, a rule for the title,
//! or the name of a group of rules. Which parameter is what, and in which order they take effect, is said in the data:
//!
//! ```text
//! {{NoteTA|1=zh-cn:甲;zh-tw:乙|T=zh-cn:丙;zh-tw:丁|G1=IT}}    noteta = title:T group:G% rule:%
//! title zh-cn:丙;zh-tw:丁, then the rules of IT, then zh-cn:甲;zh-tw:乙
//! ```
//!
//! A value that a template or a parameter makes is not known, and is not taken.

use std::ops::Range;

use super::brackets::{self, CommentContent};
use super::opaque;
use super::places::Places;
use super::templates;
use super::tree::{Kind, Tree};
use crate::Lists;
use crate::lists::{List, fold};

/// What a value of such a template is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    Title,
    Group,
    Rule,
}

/// A value of such a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Value {
    pub(crate) role: Role,
    /// Bytes of the source, without blanks around it.
    pub(crate) range: Range<usize>,
    /// The nodes in it.
    pub(crate) nodes: Range<usize>,
}

/// The values of the call with this index, in the order in which they take effect.
pub(crate) fn values(source: &str, tree: &Tree, index: usize, lists: &Lists) -> Vec<Value> {
    let Some(head) = templates::head(source, tree, index) else { return Vec::new() };
    let name = templates::template_name(lists, &head);
    let Some(form) = lists.value(List::RuleTemplates, &name) else { return Vec::new() };
    let parameters = parameters(source, tree, index);
    let mut values = Vec::new();
    for (role, parameter) in form.split_whitespace().filter_map(|word| word.split_once(':')) {
        let role = match role {
            "title" => Role::Title,
            "group" => Role::Group,
            "rule" => Role::Rule,
            _ => continue,
        };
        if parameter == "/" {
            values.extend(behind_slash(source, tree, index).map(|range| Value { role, range, nodes: 0..0 }));
            continue;
        }
        let (wanted, numbered) = match parameter.strip_suffix('%') {
            Some(prefix) => (fold(prefix), true),
            None => (fold(parameter), false),
        };
        let mut found: Vec<(u32, &Parameter)> = Vec::new();
        for parameter in &parameters {
            let number = match parameter.key.strip_prefix(&*wanted) {
                Some(rest) if numbered => rest.parse().ok(),
                Some("") => Some(0),
                _ => None,
            };
            found.extend(number.map(|number| (number, parameter)));
        }
        found.sort_by_key(|(number, _)| *number);
        values.extend(found.into_iter().map(|(_, parameter)| Value {
            role,
            range: parameter.range.clone(),
            nodes: parameter.nodes.clone(),
        }));
    }
    values
}

/// A parameter of a call whose value can be read.
struct Parameter {
    /// Folded; the number of a positional one.
    key: String,
    range: Range<usize>,
    nodes: Range<usize>,
}

fn parameters(source: &str, tree: &Tree, index: usize) -> Vec<Parameter> {
    const LONGEST_KEY: usize = 64;
    let mut parameters = Vec::new();
    let mut nodes = index + 1..tree.node(index).after;
    let mut number = 0;
    for part in (1..tree.part_count(index)).map(|part| tree.part(index, part)) {
        let (key, range) = match part.equals {
            Some(equals) if equals - part.range.start <= LONGEST_KEY => {
                (fold(&source[part.range.start..equals]).into_owned(), equals + 1..part.range.end)
            }
            Some(_) => continue,
            None => {
                number += 1;
                (number.to_string(), part.range)
            }
        };
        let found = tree.within(nodes.start, nodes.end, &range);
        nodes.start = found.end;
        let mut inside = tree.nodes()[found.clone()].iter();
        if inside.any(|node| matches!(node.kind, Kind::Template | Kind::Parameter)) {
            continue;
        }
        let text = &source[range.clone()];
        let start = range.start + (text.len() - text.trim_start().len());
        let end = range.start + text.trim_end().len();
        if start < end {
            parameters.push(Parameter { key, range: start..end, nodes: found });
        }
    }
    parameters
}

/// The rest of the call's name behind its first slash.
fn behind_slash(source: &str, tree: &Tree, index: usize) -> Option<Range<usize>> {
    let head = tree.part(index, 0).range;
    let (_, rest) = source[head.clone()].trim_end().split_once('/')?;
    let start = source[head.clone()].trim_end().len() - rest.len() + head.start;
    Some(start..start + rest.len())
}

/// The rules in a text of its own: those of `-{H|..}-` and `-{A|..}-`, and the values of templates that are rules.
pub(crate) fn in_text(text: &str, lists: &Lists) -> Vec<String> {
    let opaque = opaque::find(text, lists);
    let tree = brackets::pair(text, &Places::new(text), &opaque, CommentContent::Opaque).tree;
    let mut rules = Vec::new();
    let mut next = 0;
    while next < tree.len() {
        let node = tree.node(next);
        match node.kind {
            Kind::Span => {
                if let Some((flags, body)) = text[node.inner_start..node.inner_end].split_once('|')
                    && flags.split(';').any(|flag| matches!(flag.trim(), "H" | "A"))
                {
                    rules.push(body.to_string());
                }
                next = node.after;
            }
            Kind::Template => {
                let values = values(text, &tree, next, lists);
                let own = values.iter().filter(|value| value.role == Role::Rule);
                rules.extend(own.map(|value| text[value.range.clone()].to_string()));
                next = if values.is_empty() { next + 1 } else { node.after };
            }
            _ => next += 1,
        }
    }
    rules
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(source: &str, lists: &Lists) -> Vec<(Role, String)> {
        let opaque = opaque::find(source, lists);
        let tree = brackets::pair(source, &Places::new(source), &opaque, CommentContent::Opaque).tree;
        let values = values(source, &tree, 0, lists);
        values.into_iter().map(|value| (value.role, source[value.range].to_string())).collect()
    }

    #[test]
    fn values_take_effect_in_the_order_of_the_form() {
        use Role::*;
        let lists = Lists::default();
        let call = "{{ noteTA\n|10=c|1=zh-cn:a-{|}-;zh-tw:b\n|2= b |G2=Y|G1= X |T = t|d1=no|dt=no|3={{x}}|G3=}}";
        let expected =
            [(Title, "t"), (Group, "X"), (Group, "Y"), (Rule, "zh-cn:a-{|}-;zh-tw:b"), (Rule, "b"), (Rule, "c")];
        assert_eq!(found(call, &lists), expected.map(|(role, text)| (role, text.to_string())));
        assert_eq!(found("{{NoteTA|a|b}}", &lists), [(Rule, "a".to_string()), (Rule, "b".to_string())]);
        assert_eq!(found("{{CGroup/IT}}", &lists), [(Group, "IT".to_string())]);
        assert_eq!(found("{{CGroup|IT|游戏}}", &lists).len(), 2);
        assert_eq!(found("{{other|1=a}}", &lists), []);
    }

    #[test]
    fn forms_are_data() {
        let mut lists = Lists::default();
        lists.add("rule-templates", ["my rules = rule:r% nonsense:x"]).unwrap();
        let expected = [(Role::Rule, "a".to_string()), (Role::Rule, "b".to_string())];
        assert_eq!(found("{{My_rules|R2=b|R1=a}}", &lists), expected);
    }
}
