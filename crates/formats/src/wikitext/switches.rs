//! What a page asks for as a whole: not to be converted (rule B26), or its title not to be.
//!
//! `__NOCC__` and its other names count anywhere on the page, in any letter case, but not in comments and raw tags.
//!
//! Cost: that of finding `__`; no switch is longer than a limit, so what follows is read once.

use std::ops::Range;

use super::opaque::{Found, Opaque};
use crate::lists::{List, Lists};

/// What was found.
#[derive(Debug, Default)]
pub(crate) struct Switches {
    /// The switch that asks for no conversion.
    pub(crate) no_conversion: Option<Range<usize>>,
    /// Whether the title is not to be converted.
    pub(crate) no_title: bool,
}

/// Looks through a page.
pub(crate) fn find(source: &str, opaque: &Opaque, lists: &Lists) -> Switches {
    let mut switches = Switches::default();
    let mut hidden = opaque.found.iter().filter_map(|found| match found {
        Found::Opaque { range, .. } => Some(range),
        Found::Opening { .. } | Found::Alias { .. } => None,
    });
    let mut next = hidden.next();
    let bytes = source.as_bytes();
    let mut done = 0;
    for found in memchr::memmem::find_iter(bytes, b"__") {
        if found < done {
            continue;
        }
        // The last two underscores of a run belong to the word behind it.
        let run = bytes[found..].iter().take_while(|&&byte| byte == b'_').count();
        let at = found + run - 2;
        done = found + run;
        while next.is_some_and(|range| range.end <= at) {
            next = hidden.next();
        }
        if next.is_some_and(|range| range.start <= at) {
            continue;
        }
        let Some(name) = name(&source[at + 2..]) else { continue };
        let found = lists.known(name);
        if found.is_in(List::NoConversionSwitches) {
            switches.no_conversion.get_or_insert(at..at + 4 + name.len());
        }
        switches.no_title |= found.is_in(List::NoTitleConversionSwitches);
    }
    switches
}

/// No switch is longer.
const LONGEST: usize = 96;

/// What stands before the next `__`.
fn name(rest: &str) -> Option<&str> {
    let rest = &rest[..rest.floor_char_boundary(LONGEST)];
    rest.find("__").map(|end| &rest[..end]).filter(|name| !name.contains(['_', ' ', '\n']))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(source: &str) -> (Option<Range<usize>>, bool) {
        let lists = Lists::default();
        let switches = find(source, &super::super::opaque::find(source, &lists), &lists);
        (switches.no_conversion, switches.no_title)
    }

    #[test]
    fn switches_count_outside_of_what_is_opaque() {
        assert_eq!(found("a__NOCC__b"), (Some(1..9), false));
        assert_eq!(found("__TOC____不转换内容__"), (Some(7..26), false));
        assert_eq!(found("<!-- __NOCC__ --><nowiki>__NOTC__</nowiki>"), (None, false));
        assert_eq!(found("{{a|__noTitleConvert__}}"), (None, true));
        assert_eq!(found("__ NOCC x__"), (None, false));
    }

    #[test]
    fn overlapping_underscores() {
        assert_eq!(found("___NOCC__").0, Some(1..9));
        assert_eq!(found("__ NOCC__ __NO_CC__").0, None);
        assert_eq!(found("__a____NOCC__").0, Some(5..13));
    }
}
