//! A page about a text: the text with its names marked, a map of those whose position is known, and a table of names, years and places of today.
//!
//! One HTML file without scripts that asks the network for nothing. It follows the light or dark setting of the reader; its words are in the script of the
//! text. Text of any markup is shown as it is written.

use std::collections::HashMap;
use std::ops::Range;

use tongwen::Script;

use super::gloss::{Detail, Glosses, places, span};
use super::html::escape;
use super::map::{Known, Point, core, map};
use crate::annotate::{Action, Agreement, Annotation};
use crate::entry::Entry;
use crate::units::Unit;

const STYLE: &str = include_str!("report.css");

/// How many mentions of a name the table leads to.
const MENTIONS: usize = 5;

/// The words of the page.
struct Words {
    language: &'static str,
    title: &'static str,
    map: &'static str,
    text: &'static str,
    table: &'static str,
    open: &'static str,
    name: &'static str,
    years: &'static str,
    today: &'static str,
    mentions: &'static str,
    candidates: &'static str,
    /// Names, places.
    summary: [&'static str; 3],
    /// What the marks mean: glossed, glossed by the text, left alone, undecided.
    key: [&'static str; 4],
    stated: [&'static str; 3],
    map_note: &'static str,
}

const SIMPLIFIED: Words = Words {
    language: "zh-Hans",
    title: "文中地名",
    map: "地图",
    text: "正文",
    table: "地名表",
    open: "未定的地名",
    name: "地名",
    years: "年代",
    today: "今地",
    mentions: "见于",
    candidates: "可能是",
    summary: ["共标出", "处，涉及", "地"],
    key: ["注出今地", "文中已注", "不另注", "未定"],
    stated: ["文中所注相符：", "文中所注已过时：", "文中所注不同："],
    map_note: "实点为遗址或原地，空心点为今政区驻地，灰点为今省会、首府、直辖市。",
};

const TRADITIONAL: Words = Words {
    language: "zh-Hant",
    title: "文中地名",
    map: "地圖",
    text: "正文",
    table: "地名表",
    open: "未定的地名",
    name: "地名",
    years: "年代",
    today: "今地",
    mentions: "見於",
    candidates: "可能是",
    summary: ["共標出", "處，涉及", "地"],
    key: ["注出今地", "文中已注", "不另注", "未定"],
    stated: ["文中所注相符：", "文中所注已過時：", "文中所注不同："],
    map_note: "實點為遺址或原地，空心點為今政區駐地，灰點為今省會、首府、直轄市。",
};

/// A place of the text and where it is mentioned.
struct Mentioned<'a> {
    entry: Entry<'a>,
    annotations: Vec<usize>,
}

pub(super) fn report(text: &str, annotations: &[Annotation<'_>], glosses: &Glosses<'_>) -> String {
    let words = if glosses.script == Script::Traditional { &TRADITIONAL } else { &SIMPLIFIED };
    let mentioned = mentioned(annotations);
    let title = escape(glosses.options.title.as_deref().unwrap_or(words.title));
    let [marked, about, place] = words.summary;
    let map = map_of(&mentioned, annotations, glosses.script, words);
    let mut page = format!(
        "<!DOCTYPE html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{title}</title>\n\
         <style>\n{STYLE}</style>\n</head>\n<body>\n<header>\n<h1>{title}</h1>\n\
         <p class=\"sum\">{marked} {} {about} {} {place}</p>\n</header>\n<div class=\"columns\">\n",
        words.language,
        annotations.len(),
        mentioned.len(),
    );
    if !map.is_empty() {
        page.push_str(&format!(
            "<section class=\"map-part\">\n<h2>{}</h2>\n{map}<p class=\"note\">{}</p>\n</section>\n",
            words.map, words.map_note
        ));
    }
    page.push_str(&format!("<section class=\"text-part\">\n<h2>{}</h2>\n{}", words.text, key(words)));
    page.push_str(&format!("<div class=\"text\">{}</div>\n</section>\n", marked_text(text, annotations, glosses)));
    let tables = table(text, &mentioned, annotations, glosses, words) + &undecided(annotations, glosses, words);
    if !tables.is_empty() {
        page.push_str(&format!("<section class=\"table-part\">\n{tables}</section>\n"));
    }
    page + "</div>\n</body>\n</html>\n"
}

/// The places in the order of their first mention.
fn mentioned<'a>(annotations: &[Annotation<'a>]) -> Vec<Mentioned<'a>> {
    let mut places: Vec<Mentioned<'a>> = Vec::new();
    let mut known: HashMap<&str, usize> = HashMap::new();
    for (number, annotation) in annotations.iter().enumerate() {
        let Some(entry) = annotation.entry else { continue };
        let place = *known.entry(entry.id()).or_insert_with(|| {
            places.push(Mentioned { entry, annotations: Vec::new() });
            places.len() - 1
        });
        places[place].annotations.push(number);
    }
    places
}

fn class(annotation: &Annotation<'_>) -> &'static str {
    match (annotation.entry, annotation.action) {
        (None, _) => "open",
        (_, Action::Gloss) => "gloss",
        (_, Action::Recognise) => "recognise",
        (_, Action::Skip) => "skip",
    }
}

fn key(words: &Words) -> String {
    let marks = ["gloss", "recognise", "skip", "open"].iter().zip(words.key);
    let marks: String = marks.map(|(class, word)| format!("<span><a class=\"{class}\">{word}</a></span>")).collect();
    format!("<p class=\"key\">{marks}</p>\n")
}

/// The text, escaped, each name a link to its row, and what is no prose paler.
fn marked_text(text: &str, annotations: &[Annotation<'_>], glosses: &Glosses<'_>) -> String {
    let mut output = String::with_capacity(text.len() * 2);
    let mut prose = glosses.options.prose.as_slice();
    let mut written = 0;
    for (number, annotation) in annotations.iter().enumerate() {
        push_unmarked(&mut output, text, written..annotation.range.start, &mut prose, glosses);
        let target = row_id(annotation, number);
        let title = if annotation.modern.is_empty() { String::new() } else { glosses.today(annotation, Detail::Path) };
        output.push_str(&format!(
            "<a class=\"{}\" id=\"m{number}\" href=\"#{}\" title=\"{}\">{}</a>",
            class(annotation),
            escape(&target),
            escape(&title),
            escape(&text[annotation.range.clone()])
        ));
        written = annotation.range.end;
    }
    push_unmarked(&mut output, text, written..text.len(), &mut prose, glosses);
    output
}

/// What stands between names. `prose` are the ranges that do not end before it.
fn push_unmarked(
    output: &mut String,
    text: &str,
    range: Range<usize>,
    prose: &mut &[Range<usize>],
    glosses: &Glosses<'_>,
) {
    let mut push = |range: Range<usize>, class: &str| {
        let part = text.get(range).unwrap_or_default();
        match (part.is_empty(), class) {
            (true, _) => {}
            (_, "") => output.push_str(&escape(part)),
            _ => output.push_str(&format!("<span class=\"{class}\">{}</span>", escape(part))),
        }
    };
    if glosses.options.prose.is_empty() {
        return push(range, "");
    }
    let mut at = range.start;
    while let Some((first, rest)) = prose.split_first() {
        let start = first.start.clamp(at, range.end);
        let end = first.end.clamp(start, range.end);
        push(at..start, "markup");
        push(start..end, "");
        at = end;
        if first.end > range.end {
            break;
        }
        *prose = rest;
    }
    push(at..range.end, "markup");
}

/// The row that an annotation leads to.
fn row_id(annotation: &Annotation<'_>, number: usize) -> String {
    annotation.entry.map_or_else(|| format!("open{number}"), |entry| format!("place-{}", entry.id()))
}

fn table(
    text: &str,
    mentioned: &[Mentioned<'_>],
    annotations: &[Annotation<'_>],
    glosses: &Glosses<'_>,
    words: &Words,
) -> String {
    if mentioned.is_empty() {
        return String::new();
    }
    let head: String =
        [words.name, words.years, words.today, words.mentions].iter().map(|word| format!("<th>{word}</th>")).collect();
    let mut rows = String::new();
    for place in mentioned {
        let first = &annotations[place.annotations[0]];
        let script = glosses.script;
        let name = place.entry.name(script);
        // Other ways in which the text writes it.
        let mut others: Vec<&str> = Vec::new();
        for number in &place.annotations {
            let surface = annotations[*number].surface.as_str();
            if surface != name && !others.contains(&surface) {
                others.push(surface);
            }
        }
        let others = if others.is_empty() {
            String::new()
        } else {
            format!("<span class=\"other\">{}</span>", escape(&others.join("、")))
        };
        let mentions: String = place
            .annotations
            .iter()
            .take(MENTIONS)
            .zip(1..)
            .map(|(number, label)| format!("<a href=\"#m{number}\">{label}</a> "))
            .collect();
        let more = if place.annotations.len() > MENTIONS { "…" } else { "" };
        rows.push_str(&format!(
            "<tr id=\"place-{}\"><td class=\"name\">{}{others}</td><td class=\"years\">{}</td><td class=\"today\">{}{}</td><td class=\"more\">{mentions}{more}</td></tr>\n",
            escape(place.entry.id()),
            escape(name),
            escape(&span(place.entry)),
            escape(&places(&first.modern, script, Detail::Path)),
            stated(text, place, annotations, words),
        ));
    }
    format!(
        "<h2>{}</h2>\n<div class=\"scroll\"><table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{rows}</tbody>\n</table></div>\n",
        words.table
    )
}

/// What the text says itself, where it is not what is known.
fn stated(text: &str, place: &Mentioned<'_>, annotations: &[Annotation<'_>], words: &Words) -> String {
    let stated = place.annotations.iter().filter_map(|number| annotations[*number].stated.as_ref());
    let lines = stated.filter(|stated| stated.agreement != Agreement::Same).map(|stated| {
        let word = match stated.agreement {
            Agreement::Same => words.stated[0],
            Agreement::Outdated => words.stated[1],
            Agreement::Different => words.stated[2],
        };
        let said = text.get(stated.range.clone()).unwrap_or_default();
        format!("<span class=\"wrong\">{word}{}</span>", escape(said))
    });
    lines.collect()
}

/// Names that could be several places.
fn undecided(annotations: &[Annotation<'_>], glosses: &Glosses<'_>, words: &Words) -> String {
    let mut rows = String::new();
    for (number, annotation) in annotations.iter().enumerate().filter(|(_, annotation)| annotation.entry.is_none()) {
        let candidates: Vec<String> = annotation
            .rivals
            .iter()
            .map(|rival| {
                let today = places(&rival.entry.modern(glosses.options.as_of), glosses.script, Detail::Short);
                let years = span(rival.entry);
                let years = if years.is_empty() { String::new() } else { format!("，{years}") };
                format!("{}（{today}{years}）", rival.entry.name(glosses.script))
            })
            .collect();
        rows.push_str(&format!(
            "<tr id=\"open{number}\"><td class=\"name\">{}</td><td>{}</td><td class=\"more\"><a href=\"#m{number}\">1</a></td></tr>\n",
            escape(&annotation.surface),
            escape(&candidates.join("；"))
        ));
    }
    if rows.is_empty() {
        return rows;
    }
    format!(
        "<h2>{}</h2>\n<div class=\"scroll\"><table>\n<thead><tr><th>{}</th><th>{}</th><th>{}</th></tr></thead>\n<tbody>\n{rows}</tbody>\n</table></div>\n",
        words.open, words.name, words.candidates, words.mentions
    )
}

/// The places on a map, with the seats of the provinces of today around them to find one's way.
fn map_of(mentioned: &[Mentioned<'_>], annotations: &[Annotation<'_>], script: Script, words: &Words) -> String {
    let points: Vec<Point> = mentioned
        .iter()
        .filter_map(|place| {
            let seat = || {
                let modern = &annotations[place.annotations[0]].modern;
                modern.iter().find_map(|modern| modern.unit()?.entry().coordinates())
            };
            let own = place.entry.coordinates();
            let point = own.or_else(seat)?;
            Some(Point {
                latitude: point.latitude(),
                longitude: point.longitude(),
                label: place.entry.name(script).to_string(),
                target: format!("place-{}", place.entry.id()),
                known: if own.is_some_and(|own| own.precision() == crate::CoordinatePrecision::Site) {
                    Known::Place
                } else {
                    Known::Seat
                },
                rank: place.entry.rank(),
            })
        })
        .collect();
    let landmarks = mentioned.first().map_or_else(Vec::new, |place| landmarks(place.entry, script));
    let whole = map(&points, &landmarks, words.map);
    let part = core(&points).map_or_else(String::new, |core| map(&core, &landmarks, words.map));
    let drawings = [whole, part].into_iter().filter(|drawing| !drawing.is_empty());
    drawings.map(|drawing| format!("<div class=\"scroll\">{drawing}</div>\n")).collect()
}

/// The seats of the provinces: codes that end in 0100, and the cities that are provinces themselves.
fn landmarks(entry: Entry<'_>, script: Script) -> Vec<Point> {
    let seat = |unit: &Unit<'_>| unit.exists(None) && matches!(unit.code().number() % 10_000, 0 | 100);
    let seats = entry.glossary().units().filter(seat);
    seats
        .filter_map(|unit| {
            let point = unit.entry().coordinates()?;
            Some(Point {
                latitude: point.latitude(),
                longitude: point.longitude(),
                label: unit.stem(script).to_string(),
                target: String::new(),
                known: Known::Landmark,
                rank: 0,
            })
        })
        .collect()
}
