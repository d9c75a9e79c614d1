//! `tongwen lookup`: places by their names, historical or modern.
//!
//! For people, a line a place: the name, its years, the kind, what became of it, where it is today, what else is to be said; best first. Below
//! the first, every name that came after. For machines, an object a name, in the order of the names.

use serde::Serialize;
use tongwen_glossary::{Glossary, How, Interval, Link, LinkSide, Match, Matches, Query, Region, Script};

use crate::arguments::LookupArguments;
use crate::messages::{Exit, Failure, Printable};
use crate::output::Output;
use crate::places::names::each_name;
use crate::places::records::{MatchRecord, SCHEMA, line};
use crate::places::table::{cells, doubt, table, today};
use crate::places::{glossary, not_found, script};

/// People see at most so many places of a name unless they ask for more.
const SHOWN: usize = 20;

pub(crate) fn run(arguments: &LookupArguments) -> Result<Exit, Failure> {
    let glossary = glossary(&arguments.glossary)?;
    let region = arguments.region.as_deref().map(|name| region(&glossary, name)).transpose()?;
    let mut writer = Output::Standard.open()?;
    let mut exit = Exit::Done;
    each_name(&arguments.names, |asked| {
        let mut query = Query::new(asked.name).mode(arguments.mode.0);
        query.year = asked.year.or(arguments.year);
        query.region = region;
        query.feature = arguments.feature;
        query.script = script(&arguments.glossary);
        let found = glossary.lookup(&query);
        if found.matches.is_empty() {
            exit = Exit::No;
        }
        let text = if arguments.json {
            record(&query, &found, arguments.limit.unwrap_or(usize::MAX))
        } else {
            lines(&query, &found, arguments.limit.unwrap_or(SHOWN))
        };
        writer.write(text.as_bytes())
    })?;
    writer.finish()?;
    Ok(exit)
}

/// The region that was asked for.
pub(crate) fn region(glossary: &Glossary, name: &str) -> Result<Region, Failure> {
    glossary.region(name).ok_or_else(|| {
        Failure::new(format_args!("unknown region `{name}`, expected a province or the start of ids"))
            .with_hint("provinces are 新疆, 新疆维吾尔自治区, 650000 or 65; ids start with xj mg db xz ...")
    })
}

fn lines(query: &Query, found: &Matches<'_>, limit: usize) -> String {
    let name = query.text.trim();
    if found.matches.is_empty() {
        return not_found(name, &found.near[..found.near.len().min(limit)], found.script);
    }
    let shown = &found.matches[..found.matches.len().min(limit)];
    let mut text = format!("{}\n{}", Printable(name), table(shown.iter().map(|one| row(one, found.script))));
    if let [best, ..] = shown
        && best.how != How::Former
        && let Some(names) = names_after(&best.chain(), found.script)
    {
        text.push_str(&format!("  {}: {}\n", Printable(best.entry.id()), Printable(&names)));
    }
    let more = found.matches.len() - shown.len();
    if more > 0 {
        text.push_str(&format!("  and {more} more; --limit N shows more\n"));
    }
    text
}

/// The cells of a match.
fn row(found: &Match<'_>, script: Script) -> Vec<String> {
    let mut row = cells(found.entry, script);
    row.extend([today(&found.modern(), script), found.entry.id().to_string(), remarks(found, script)]);
    row
}

/// How the name matched where it is not the name itself; how its years and the year of the query agree; what is not sure.
fn remarks(found: &Match<'_>, script: Script) -> String {
    let how = match found.how {
        How::Exact | How::Former | How::Prefix => None,
        How::Fuzzy { edits: 1 } => Some("1 character wrong".to_string()),
        How::Fuzzy { edits } => Some(format!("{edits} characters wrong")),
        How::Identifier => Some("by id".to_string()),
        How::Variant => Some(format!("also written {}", found.name(script))),
        How::SuffixStripped | How::SuffixAdded | How::Today => None,
        How::Pinyin => Some(format!("pinyin {}", found.name(script))),
        How::WadeGiles => Some(format!("Wade-Giles for {}", found.name(script))),
        How::PostalRule => Some(format!("postal for {}", found.name(script))),
        How::Postal | How::OtherName => Some(format!("also {}", found.name(script))),
        _ => Some(found.how.name().to_string()),
    };
    let years = |years: u16| if years == 1 { "1 year".to_string() } else { format!("{years} years") };
    let year = match found.interval {
        None | Some(Interval::Inside) => None,
        Some(Interval::Before(gap)) => Some(format!("{} later", years(gap))),
        Some(Interval::After(gap)) => Some(format!("{} earlier", years(gap))),
        Some(Interval::Unknown) => Some("years unknown".to_string()),
    };
    let ambiguous = found.ambiguous.then(|| "ambiguous".to_string());
    let doubt = doubt(found.entry).map(str::to_string);
    [how, year, ambiguous, doubt].into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// The names of a place from the one that was asked for to today's, as far as one follows upon another; where it was divided, the parts.
/// `None` where nothing came after.
fn names_after(chain: &[Link<'_>], script: Script) -> Option<String> {
    let mut place = chain.iter().position(|link| link.side == LinkSide::Asked)?;
    let mut names = vec![chain[place].entry.name(script).to_string()];
    // No chain is longer than its links.
    for _ in 0..chain.len() {
        let became = &chain[place].became;
        let all: Vec<&str> = became.iter().map(|&next| chain[next].entry.name(script)).collect();
        if all.is_empty() {
            break;
        }
        names.push(all.join("、"));
        names.dedup();
        match became[..] {
            [only] => place = only,
            _ => break,
        }
    }
    (names.len() > 2).then(|| names.join(" → "))
}

#[derive(Serialize)]
struct Record<'a> {
    schema: u32,
    query: &'a str,
    year: Option<i16>,
    matches: Vec<MatchRecord<'a>>,
    near: Vec<MatchRecord<'a>>,
}

fn record(query: &Query, found: &Matches<'_>, limit: usize) -> String {
    let record = Record {
        schema: SCHEMA,
        query: &query.text,
        year: query.year,
        matches: found.matches.iter().take(limit).map(|one| MatchRecord::new(one, found.script)).collect(),
        near: found.near.iter().take(limit).map(|one| MatchRecord::new(one, found.script)).collect(),
    };
    line(&record)
}
