//! Whether the text of a revision is wikitext.
//!
//! Since schema 0.8 dumps say it (`<model>wikitext</model>`). Older ones do not, and there the title says it, as it did to the
//! software then: style sheets and scripts of the wiki and of its users, and modules, are no wikitext.

use super::pages::Slot;

/// The namespaces with scripts and style sheets: of users, of the wiki, and modules.
const USER: i64 = 2;
const MEDIAWIKI: i64 = 8;
const MODULE: i64 = 828;

pub(super) fn is_wikitext(slot: &Slot, namespace: i64, title: &str) -> bool {
    let model = match slot.model.as_deref() {
        Some(model) => model == "wikitext",
        None => !is_script(namespace, title),
    };
    model && slot.format.as_deref().is_none_or(|format| format == "text/x-wiki")
}

fn is_script(namespace: i64, title: &str) -> bool {
    let ends = |endings: &[&str]| endings.iter().any(|ending| title.ends_with(ending));
    match namespace {
        USER => title.contains('/') && ends(&[".css", ".js", ".json"]),
        MEDIAWIKI => ends(&[".css", ".js", ".json"]),
        MODULE => !ends(&["/doc"]),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slot(model: Option<&str>, format: Option<&str>) -> Slot {
        let mut slot = Slot::default();
        slot.model = model.map(str::to_string);
        slot.format = format.map(str::to_string);
        slot
    }

    #[test]
    fn what_the_dump_says_counts() {
        assert!(is_wikitext(&slot(Some("wikitext"), Some("text/x-wiki")), MEDIAWIKI, "MediaWiki:a.css"));
        assert!(!is_wikitext(&slot(Some("wikitext"), Some("text/plain")), 0, "a"));
        for model in ["css", "javascript", "json", "Scribunto", "flow-board", "sanitized-css", "Wikitext"] {
            assert!(!is_wikitext(&slot(Some(model), Some("text/x-wiki")), 0, "a"));
        }
    }

    #[test]
    fn titles_of_old_dumps() {
        let old = slot(None, None);
        assert!(is_wikitext(&old, 0, "a.css"));
        assert!(!is_wikitext(&old, MEDIAWIKI, "MediaWiki:Common.css"));
        assert!(!is_wikitext(&old, USER, "User:A/vector.js"));
        assert!(is_wikitext(&old, USER, "User:A.js"));
        assert!(!is_wikitext(&old, MODULE, "Module:A"));
        assert!(is_wikitext(&old, MODULE, "Module:A/doc"));
    }
}
