//! What is said of places to machines: the fields of the JSON objects. They are stable: fields may be added, none changes its meaning.

use serde::Serialize;
pub(crate) use tongwen_glossary::render::SCHEMA;
use tongwen_glossary::{Entry, How, Interval, Link, LinkSide, Match, Modern, Script};

use super::table::span;

/// A line of JSON.
pub(crate) fn line(record: &impl Serialize) -> String {
    serde_json::to_string(record).expect("a record of strings, numbers and lists is always JSON") + "\n"
}

/// A historical name or a unit of the code book.
#[derive(Serialize)]
pub(crate) struct EntryRecord<'a> {
    id: &'a str,
    name_hans: &'a str,
    name_hant: &'a str,
    from: Option<i16>,
    /// The last year.
    to: Option<i16>,
    /// `None` for a unit.
    relation: Option<&'static str>,
    feature: &'static str,
    confidence: &'static str,
    source: Vec<&'a str>,
}

impl<'a> EntryRecord<'a> {
    pub(crate) fn new(entry: Entry<'a>) -> EntryRecord<'a> {
        let (from, to) = span(entry);
        EntryRecord {
            id: entry.id(),
            name_hans: entry.name(Script::Simplified),
            name_hant: entry.name(Script::Traditional),
            from,
            to,
            relation: entry.relation().map(|relation| relation.name()),
            feature: entry.feature().name(),
            confidence: entry.confidence().name(),
            source: entry.source_keys().collect(),
        }
    }
}

/// A place that answers a query.
#[derive(Serialize)]
pub(crate) struct MatchRecord<'a> {
    #[serde(flatten)]
    entry: EntryRecord<'a>,
    /// The name that matched, in the script of the answer.
    matched: String,
    how: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    edits: Option<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    interval: Option<&'static str>,
    /// Years between the year of the query and those of the name.
    #[serde(skip_serializing_if = "Option::is_none")]
    distance: Option<u16>,
    modern: Vec<Modern<'a>>,
    chain: Vec<LinkRecord<'a>>,
    ambiguous: bool,
}

impl<'a> MatchRecord<'a> {
    pub(crate) fn new(found: &Match<'a>, script: Script) -> MatchRecord<'a> {
        let (interval, distance) = match found.interval {
            None => (None, None),
            Some(Interval::Inside) => (Some("inside"), None),
            Some(Interval::Before(years)) => (Some("before"), Some(years)),
            Some(Interval::After(years)) => (Some("after"), Some(years)),
            Some(Interval::Unknown) => (Some("unknown"), None),
        };
        MatchRecord {
            entry: EntryRecord::new(found.entry),
            matched: found.name(script),
            how: found.how.name(),
            edits: match found.how {
                How::Fuzzy { edits } => Some(edits),
                _ => None,
            },
            interval,
            distance,
            modern: found.modern(),
            chain: links(&found.chain()),
            ambiguous: found.ambiguous,
        }
    }
}

/// A link of a history.
#[derive(Serialize)]
pub(crate) struct LinkRecord<'a> {
    #[serde(flatten)]
    entry: EntryRecord<'a>,
    /// Seen from the entry that was asked for: `before`, `asked`, `after`.
    side: &'static str,
    /// The ids of the links that it became.
    became: Vec<&'a str>,
}

/// The links of a history, in its order.
pub(crate) fn links<'a>(links: &[Link<'a>]) -> Vec<LinkRecord<'a>> {
    let record = |link: &Link<'a>| LinkRecord {
        entry: EntryRecord::new(link.entry),
        side: match link.side {
            LinkSide::Before => "before",
            LinkSide::Asked => "asked",
            LinkSide::After => "after",
        },
        became: link.became.iter().map(|&place| links[place].entry.id()).collect(),
    };
    links.iter().map(record).collect()
}
