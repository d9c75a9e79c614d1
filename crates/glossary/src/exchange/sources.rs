//! What rows cite.

use crate::entry::Entry;
use crate::gazetteer::SourceEntry;

/// The sources of an entry; a key that is in no table stands for itself, and an entry without keys cites this project.
pub(super) fn cited(entry: Entry<'_>) -> Vec<SourceEntry<'_>> {
    let bare = |id, title| SourceEntry { id, title, url: "", licence: "", accessed: "" };
    let known = |key| entry.glossary().sources().find(|source| source.id == key);
    let mut cited: Vec<SourceEntry<'_>> =
        entry.source_keys().map(|key| known(key).unwrap_or_else(|| bare(key, key))).collect();
    if cited.is_empty() {
        cited.push(bare("tongwen", "tongwen, units of the code book"));
    }
    cited
}
