//! `tongwen places`: what a place was called before, its whole history, rows of one's own held to the laws, and names to and from other gazetteers.
//!
//! `names.rs` reads what is asked for, `table.rs` and `records.rs` say what is known of a place to people and to machines; `lookup` uses
//! all three. Names are in the script of the question.

mod exchange;
pub(crate) mod names;
pub(crate) mod records;
pub(crate) mod table;

use std::path::PathBuf;

use serde::Serialize;
use tongwen_glossary::{Entry, ErrorKind, Glossary, LinkSide, Match, Modern, Overlay, Query, Script, laws};

use crate::arguments::{CheckPlacesArguments, GlossaryArguments, PlaceArguments, PlacesCommand, ScriptChoice};
use crate::input::Input;
use crate::messages::{Exit, Failure, Printable, bounded};
use crate::output::Output;

use names::each_name;
use records::{EntryRecord, LinkRecord, SCHEMA, line, links};
use table::{cells, doubt, table, today};

pub(crate) fn run(command: &PlacesCommand) -> Result<Exit, Failure> {
    match command {
        PlacesCommand::Former(arguments) => each(arguments, former),
        PlacesCommand::History(arguments) => each(arguments, history),
        PlacesCommand::Check(arguments) => check(arguments),
        PlacesCommand::Export(arguments) => exchange::export(arguments),
        PlacesCommand::Import(arguments) => exchange::import(arguments),
    }
}

/// What is built in, and the rows of the user's on top.
pub(crate) fn glossary(arguments: &GlossaryArguments) -> Result<Glossary, Failure> {
    glossary_with(&arguments.overlays)
}

fn glossary_with(overlays: &[PathBuf]) -> Result<Glossary, Failure> {
    let mut glossary = Glossary::embedded();
    for path in overlays {
        let input = Input::File(path.clone());
        let overlay = Overlay::parse(&input.to_string(), &input.read_text()?).map_err(Failure::new)?;
        glossary = glossary.with_overlay(&overlay).map_err(|error| input.failure(error))?;
    }
    Ok(glossary)
}

/// The script that was asked for; `None` leaves it to the name.
pub(crate) fn script(arguments: &GlossaryArguments) -> Option<Script> {
    match arguments.script {
        ScriptChoice::Auto => None,
        ScriptChoice::Hans => Some(Script::Simplified),
        ScriptChoice::Hant => Some(Script::Traditional),
    }
}

/// The near misses of a name that was not found, as lines below what says so.
pub(crate) fn not_found(name: &str, near: &[Match<'_>], script: Script) -> String {
    let about = if near.is_empty() { "not found" } else { "not found; written nearly so:" };
    let rows = near.iter().map(|near| {
        let mut row = cells(near.entry, script);
        row.extend([today(&near.modern(), script), near.entry.id().to_string()]);
        row
    });
    format!("{}: {about}\n{}", Printable(name), table(rows))
}

/// An answer to one name: what is said, and whether it was found.
type Answer = (String, Exit);

/// Answers each name; ends as badly as the worst answer.
fn each(
    arguments: &PlaceArguments,
    answer: impl Fn(&Glossary, &str, Option<Script>, &PlaceArguments) -> Answer,
) -> Result<Exit, Failure> {
    let glossary = glossary(&arguments.glossary)?;
    let mut writer = Output::Standard.open()?;
    let mut exit = Exit::Done;
    each_name(&arguments.names, |asked| {
        let (text, one) = answer(&glossary, asked.name.trim(), script(&arguments.glossary), arguments);
        if one != Exit::Done {
            exit = one;
        }
        writer.write(text.as_bytes())
    })?;
    writer.finish()?;
    Ok(exit)
}

#[derive(Serialize)]
struct FormerRecord<'a> {
    schema: u32,
    query: &'a str,
    /// One for each place of today that has the name.
    places: Vec<FormerPlace<'a>>,
}

/// A place of today and its former names, oldest first.
#[derive(Serialize)]
struct FormerPlace<'a> {
    #[serde(flatten)]
    place: Modern<'a>,
    former: Vec<EntryRecord<'a>>,
}

fn former(glossary: &Glossary, name: &str, script: Option<Script>, arguments: &PlaceArguments) -> Answer {
    let places = places_of_today(glossary, name);
    let exit = if places.is_empty() { Exit::No } else { Exit::Done };
    if arguments.json {
        let places = places.iter().map(|(place, former)| FormerPlace {
            place: *place,
            former: former.iter().map(|entry| EntryRecord::new(*entry)).collect(),
        });
        let places = places.collect();
        return (line(&FormerRecord { schema: SCHEMA, query: name, places }), exit);
    }
    let found = glossary.lookup(&Query::new(name));
    let script = script.unwrap_or(found.script);
    if places.is_empty() {
        return (not_found(name, &found.near, script), exit);
    }
    let mut text = String::new();
    for (place, former) in places {
        let code = place.unit().map_or_else(String::new, |unit| format!(" {}", unit.code()));
        text.push_str(&format!("{}{code}\n", Printable(&place.path(script).join(" "))));
        if former.is_empty() {
            text.push_str("  no former names are known\n");
        }
        text.push_str(&table(former.into_iter().map(|entry| row(entry, script))));
    }
    (text, exit)
}

/// The places of today that a name, a code or an id stands for, each with its former names: where no place has the name today, those that the
/// historical place became which `lookup` has first. The id of a historical name has the names before that one.
fn places_of_today<'a>(glossary: &'a Glossary, name: &str) -> Vec<(Modern<'a>, Vec<Entry<'a>>)> {
    let units = glossary.units_called(name);
    if !units.is_empty() {
        let places = units.into_iter().map(|unit| (unit.entry(), glossary.former(unit.entry().id())));
        return places.flat_map(|(unit, former)| unit.modern(None).first().map(|place| (*place, former))).collect();
    }
    let former = glossary.former(name);
    if let Some(entry) = glossary.entry(name).or_else(|| former.first().copied()) {
        return entry.modern(None).first().map(|place| (*place, former)).into_iter().collect();
    }
    let found = glossary.lookup(&Query::new(name));
    let places = found.matches.first().map(Match::modern).unwrap_or_default();
    let former = |place: Modern<'a>| match place.unit() {
        Some(unit) => glossary.former(unit.entry().id()),
        None => glossary.former(place.name(Script::Simplified)),
    };
    places.into_iter().map(|place| (place, former(place))).collect()
}

#[derive(Serialize)]
struct HistoryRecord<'a> {
    schema: u32,
    query: &'a str,
    /// The name whose history it is; `None` when there is none.
    id: Option<&'a str>,
    links: Vec<LinkRecord<'a>>,
    modern: Vec<Modern<'a>>,
    /// The ids of other places with the name.
    also: Vec<&'a str>,
}

fn history(glossary: &Glossary, name: &str, script: Option<Script>, arguments: &PlaceArguments) -> Answer {
    let found = glossary.lookup(&Query::new(name));
    let script = script.unwrap_or(found.script);
    let best = found.matches.first();
    let exit = if best.is_some() { Exit::Done } else { Exit::No };
    let chain = best.map(Match::chain).unwrap_or_default();
    let others = found.matches.iter().skip(1).filter(|other| best.is_some_and(|best| best.how == other.how));
    let others = others.filter(|other| !chain.iter().any(|link| link.entry == other.entry));
    let modern = best.map(Match::modern).unwrap_or_default();
    if arguments.json {
        let record = HistoryRecord {
            schema: SCHEMA,
            query: name,
            id: best.map(|best| best.entry.id()),
            links: links(&chain),
            modern,
            also: others.map(|other| other.entry.id()).collect(),
        };
        return (line(&record), exit);
    }
    if best.is_none() {
        return (not_found(name, &found.near, script), exit);
    }
    let rows = chain.iter().map(|link| {
        let mark = if link.side == LinkSide::Asked { "*" } else { "" };
        [vec![mark.to_string()], row(link.entry, script)].concat()
    });
    let mut text = format!("{}: {}\n{}", Printable(name), Printable(&today(&modern, script)), table(rows));
    let others: Vec<String> = others.map(|other| other.entry.id().to_string()).collect();
    if !others.is_empty() {
        text.push_str(&format!("other places with the name: {}\n", Printable(&others.join(" "))));
    }
    (text, exit)
}

/// The cells of a name in a list of names of one place.
fn row(entry: Entry<'_>, script: Script) -> Vec<String> {
    let mut row = cells(entry, script);
    row.push(entry.id().to_string());
    row.push(doubt(entry).unwrap_or_default().to_string());
    row
}

fn check(arguments: &CheckPlacesArguments) -> Result<Exit, Failure> {
    let glossary = Glossary::embedded();
    let mut writer = Output::Standard.open()?;
    let mut exit = Exit::Done;
    for input in Input::all(&arguments.paths) {
        let faults = match Overlay::parse(&input.to_string(), &input.read_text()?) {
            Ok(overlay) => laws::check_overlay(&glossary, &overlay),
            Err(error) => match error.kind() {
                ErrorKind::Table { faults } => faults.clone(),
                _ => return Err(Failure::new(error)),
            },
        };
        for fault in faults {
            exit = Exit::No;
            writer.write(format!("{}\n", Printable(&bounded(&fault.to_string()))).as_bytes())?;
        }
    }
    writer.finish()?;
    Ok(exit)
}
