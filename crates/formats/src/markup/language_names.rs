//! What languages call themselves, for the flag `N` (rule A10). The names are data: `data/language-names.txt`, which says where
//! they are from. Variants of Chinese are not among them; [`Code::label`](super::codes::Code::label) has those.
//!
//! Cost: the list is split into lines once a process; a look-up is a binary search.

use std::sync::LazyLock;

static LINES: LazyLock<Vec<(&str, &str)>> = LazyLock::new(|| {
    let lines = include_str!("../../data/language-names.txt").lines();
    lines.filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once('\t')).collect()
});

/// The name of the language with a code, in that language.
pub(crate) fn name(code: &str) -> Option<&'static str> {
    let found = LINES.binary_search_by_key(&code, |line| line.0);
    found.ok().map(|index| LINES[index].1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_sorted_and_found_in() {
        assert!(LINES.len() > 200);
        assert!(LINES.windows(2).all(|lines| lines[0].0 < lines[1].0));
        assert!(LINES.iter().all(|line| !line.1.is_empty() && name(line.0) == Some(line.1)));
        assert_eq!((name("ja"), name("en"), name("zh-yue")), (Some("日本語"), Some("English"), Some("粵語")));
        assert_eq!((name("zh-Hans"), name(""), name("EN")), (None, None, None));
    }
}
