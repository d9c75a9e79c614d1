//! Laws of historical names.

use std::collections::{HashMap, HashSet};

use super::Faults;
use crate::fold::Folding;
use crate::region::is_prefix;
use crate::table::{Code, CodeAt, Confidence, Cue, Law, OtherName, Place, Policy, Precision, Years};

/// The part of a row that chains need.
pub(super) struct NextRow<'a> {
    /// The id of the next row; empty at the end.
    pub(super) next: &'a str,
    pub(super) years: Years,
}

/// The first and the last year of each unit of a code.
pub(crate) type CodeYears = Vec<(Option<i16>, Option<i16>)>;

/// What rows are checked against.
pub(super) struct Context<'a> {
    pub(super) folding: Folding<'a>,
    pub(super) unit_exists: &'a dyn Fn(CodeAt) -> bool,
    pub(super) code_years: &'a dyn Fn(Code) -> CodeYears,
    pub(super) reaches_today: &'a dyn Fn(CodeAt) -> bool,
    pub(super) row: &'a dyn Fn(&str) -> Option<NextRow<'a>>,
    pub(super) cue_sets: HashSet<&'a str>,
    /// Keys of sources; `None` when rows need not say where they are from.
    pub(super) sources: Option<HashSet<&'a str>>,
}

/// The order and the form of ids, which only the tables of the repository are held to.
pub(super) fn check_order(places: &[Place], faults: &mut Faults<'_>) {
    for place in places {
        let id = &place.id;
        if !is_id(id) {
            let message = format!(
                "`{id}` is no id; expected region-name-year with a region of the README, `xj-dihua-1763`, `js-guangling-m319` or `xj-x-x`"
            );
            faults.add(place.line, "id", Law::Id, message);
        }
    }
    for pair in places.windows(2) {
        let (before, id) = (&pair[0].id, &pair[1].id);
        match before.cmp(id) {
            std::cmp::Ordering::Less => {}
            std::cmp::Ordering::Equal => {
                faults.add(
                    pair[1].line,
                    "id",
                    Law::Id,
                    format!("`{id}` appears twice (first on line {}); remove one", pair[0].line),
                );
            }
            std::cmp::Ordering::Greater => {
                faults.add(pair[1].line, "id", Law::Id, format!("`{id}` comes after `{before}`; sort the rows by id"));
            }
        }
    }
}

fn is_id(id: &str) -> bool {
    let parts: Vec<&str> = id.split('-').collect();
    let [region, name @ .., year] = parts.as_slice() else { return false };
    let digits = year.strip_prefix('m').unwrap_or(year);
    let word =
        |word: &&str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
    is_prefix(region)
        && !name.is_empty()
        && name.iter().all(word)
        && (*year == "x" || (1..=4).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit()))
}

pub(super) fn check(places: &[Place], context: &Context<'_>, faults: &mut Faults<'_>) {
    let mut said = HashMap::new();
    for place in places {
        scripts(place, context, faults);
        years(place, faults);
        codes(place, context, faults);
        chains(place, context, faults);
        cues(place, context, faults);
        sources(place, context, faults);
        latin(place, faults);
        coordinates(place, faults);
        suffixes(place, faults);
        variants(place, context, faults);
        let today = (place.modern.as_slice(), place.modern_hans.as_str());
        let same = (place.name_hans.as_str(), place.feature, place.years.from, today);
        if let Some(line) = said.insert(same, place.line) {
            let message = format!("says what line {line} says of this name; remove one");
            faults.add(place.line, "name_hans", Law::Repetition, message);
        }
    }
}

/// The names of the two scripts: as long, the same when folded, and nothing else in them.
pub(super) fn pair(
    line: u64,
    columns: [&'static str; 2],
    [hans, hant]: [&str; 2],
    folding: Folding<'_>,
    faults: &mut Faults<'_>,
) {
    for (column, name) in columns.into_iter().zip([hans, hant]) {
        if let Some(odd) = name.chars().find(|character| {
            character.is_control()
                || matches!(character, '\u{200b}'..='\u{200f}' | '\u{feff}' | '\u{fffd}' | ' ' | '\u{3000}')
        }) {
            let message = format!("`{name}` holds U+{:04X}; remove it", odd as u32);
            faults.add(line, column, Law::Scripts, message);
        }
    }
    if hans.chars().count() != hant.chars().count() {
        let message = format!("`{hant}` and `{hans}` have different lengths; write the same name in both scripts");
        faults.add(line, columns[1], Law::Scripts, message);
    } else if let Some((hans, hant)) =
        hans.chars().zip(hant.chars()).find(|(hans, hant)| folding.character(*hans) != folding.character(*hant))
    {
        let message = format!("`{hant}` is no traditional form of `{hans}`; correct one of them, or make it a variant");
        faults.add(line, columns[1], Law::Scripts, message);
    }
}

fn scripts(place: &Place, context: &Context<'_>, faults: &mut Faults<'_>) {
    let names = [place.name_hans.as_str(), &place.name_hant];
    pair(place.line, ["name_hans", "name_hant"], names, context.folding, faults);
    let names = [place.modern_hans.as_str(), &place.modern_hant];
    pair(place.line, ["modern_hans", "modern_hant"], names, context.folding, faults);
}

fn years(place: &Place, faults: &mut Faults<'_>) {
    let years = place.years;
    let ends = [
        ("valid_from", years.from, "from_prec", years.from_precision),
        ("valid_to", years.to, "to_prec", years.to_precision),
    ];
    for (column, year, precision_column, precision) in ends {
        if year == Some(0) {
            faults.add(place.line, column, Law::Years, "is 0; the year before 1 is -1");
        }
        match (year, precision) {
            (None, Some(precision)) => {
                let message = format!("is `{precision}`, but there is no year; leave it empty");
                faults.add(place.line, precision_column, Law::Years, message);
            }
            (Some(_), None) => {
                let [exact, century, dynasty] = [Precision::Year, Precision::Century, Precision::Dynasty];
                let message = format!("is empty; say how exact the year is: {exact}, {century} or {dynasty}");
                faults.add(place.line, precision_column, Law::Years, message);
            }
            _ => {}
        }
    }
    if let (Some(from), Some(to)) = (years.from, years.to)
        && from > to
    {
        faults.add(place.line, "valid_to", Law::Years, format!("is {to}, before {from}; swap or correct the years"));
    }
}

fn codes(place: &Place, context: &Context<'_>, faults: &mut Faults<'_>) {
    match (place.modern.is_empty(), place.modern_hans.is_empty()) {
        (true, true) => faults.add(place.line, "modern", Law::Codes, "is empty, and so is `modern_hans`; fill in one"),
        (false, false) => {
            faults.add(place.line, "modern", Law::Codes, "is filled in, and so is `modern_hans`; leave one empty");
        }
        _ => {}
    }
    for (index, code) in place.modern.iter().enumerate() {
        if place.modern[..index].contains(code) {
            faults.add(place.line, "modern", Law::Codes, format!("`{code}` stands twice; remove one"));
        }
        if !(context.unit_exists)(*code) {
            let text = |year: Option<i16>| year.map_or_else(String::new, |year| year.to_string());
            let years: Vec<String> = (context.code_years)(code.code)
                .into_iter()
                .map(|(from, to)| format!("{}-{}", text(from), text(to)))
                .collect();
            let known = if years.is_empty() {
                "no unit had this code".to_string()
            } else {
                format!("units had it in {}", years.join(", "))
            };
            let when = code.year.map_or_else(|| "today".to_string(), |year| format!("in {year}"));
            let message = format!("`{code}` names no unit {when}; {known}");
            faults.add(place.line, "modern", Law::Codes, message);
        } else if !(context.reaches_today)(*code) {
            let message = format!("`{code}` leads to no unit of today; see the successors in units.csv");
            faults.add(place.line, "modern", Law::Chains, message);
        }
    }
}

fn chains(place: &Place, context: &Context<'_>, faults: &mut Faults<'_>) {
    if place.next_id.is_empty() {
        return;
    }
    let Some(next) = (context.row)(&place.next_id) else {
        let message = format!("`{}` is no row; correct the id or leave it empty", place.next_id);
        faults.add(place.line, "next_id", Law::Chains, message);
        return;
    };
    if let (Some(from), Some(next_from)) = (place.years.from, next.years.from)
        && next_from < from
        && next.years.to.is_some_and(|next_to| next_to < place.years.to.unwrap_or(from))
    {
        let message = format!(
            "`{}` begins in {next_from}, before this name in {from}, and does not outlast it; correct the years or the id",
            place.next_id
        );
        faults.add(place.line, "next_id", Law::Years, message);
    }
    let mut seen = HashSet::from([place.id.as_str()]);
    let mut at = place.next_id.as_str();
    while !at.is_empty() {
        if !seen.insert(at) {
            let message = format!("`{}` leads in a circle, to `{at}` again; break it", place.next_id);
            faults.add(place.line, "next_id", Law::Chains, message);
            return;
        }
        at = (context.row)(at).map_or("", |row| row.next);
    }
}

fn cues(place: &Place, context: &Context<'_>, faults: &mut Faults<'_>) {
    if place.policy == Policy::Context && place.cues_positive.is_empty() {
        let message = "is empty, but the name needs a cue; give some, or make it `always` or `never`";
        faults.add(place.line, "cues_pos", Law::Cues, message);
    }
    for (column, words) in [("cues_pos", &place.cues_positive), ("cues_neg", &place.cues_negative)] {
        let mut seen = HashSet::new();
        for word in words {
            if !seen.insert(word) {
                faults.add(place.line, column, Law::Cues, format!("`{word}` stands twice; remove one"));
            }
            match Cue::parse(word) {
                None => {
                    let message = format!("`{word}` is no cue; expected @set, <before, >after or a word");
                    faults.add(place.line, column, Law::Cues, message);
                }
                Some(Cue::Set(set)) if !context.cue_sets.contains(set) => {
                    faults.add(place.line, column, Law::Cues, format!("`{word}` is no set of cues.csv"));
                }
                Some(_) => {}
            }
        }
    }
    if let Some(both) = place.cues_positive.iter().find(|cue| place.cues_negative.contains(cue)) {
        let message = format!("`{both}` is among `cues_pos` as well; remove one");
        faults.add(place.line, "cues_neg", Law::Cues, message);
    }
}

fn sources(place: &Place, context: &Context<'_>, faults: &mut Faults<'_>) {
    let Some(sources) = &context.sources else { return };
    if place.source.is_empty() {
        faults.add(place.line, "source", Law::Sources, "is empty; say where the row is from");
    }
    for key in place.source.iter().filter(|key| !sources.contains(key.as_str())) {
        faults.add(place.line, "source", Law::Sources, format!("`{key}` is not in sources.csv; add it there"));
    }
    if place.confidence != Confidence::High && place.notes.is_empty() {
        let message = format!("is `{}`, but `notes` are empty; say there what is not sure", place.confidence);
        faults.add(place.line, "confidence", Law::Sources, message);
    }
}

fn latin(place: &Place, faults: &mut Faults<'_>) {
    let pinyin = &place.pinyin;
    let letter = |character: char| character.is_ascii_alphabetic() || matches!(character, 'ü' | 'Ü' | 'ê' | '\'');
    let word = |word: &str| word.starts_with(char::is_uppercase) && word.chars().all(letter);
    if !pinyin.is_empty() && !pinyin.split([' ', '-']).all(word) {
        let message =
            format!("`{pinyin}`: expected words of pinyin without tones, a capital first, `Xi'an` or `Anxi Duhufu`");
        faults.add(place.line, "pinyin", Law::Latin, message);
    }
    postal(place.line, &place.postal, faults);
    for other in &place.other_names {
        if OtherName::parse(other).is_none() {
            let message = format!("`{other}`: expected a language of BCP 47, a colon and the name, `mn:Хөх хот`");
            faults.add(place.line, "other_names", Law::Latin, message);
        }
    }
}

/// Postal spellings are Latin.
pub(super) fn postal(line: u64, spellings: &[String], faults: &mut Faults<'_>) {
    for postal in spellings {
        let latin = |character: char| {
            character.is_alphabetic() && (character as u32) < 0x250 || matches!(character, '\'' | '’' | '-' | ' ' | '.')
        };
        if !postal.chars().all(latin) {
            faults.add(line, "postal", Law::Latin, format!("`{postal}` is not Latin; expected letters"));
        }
    }
}

fn coordinates(place: &Place, faults: &mut Faults<'_>) {
    let Some(point) = place.coordinates.filter(|_| !place.modern.is_empty()) else { return };
    let (latitude, longitude) = (point.latitude(), point.longitude());
    if !(3.0..=54.0).contains(&latitude) || !(73.0..=136.0).contains(&longitude) {
        let message = format!("{latitude}, {longitude} is not in China, where `modern` says it is; check the degrees");
        faults.add(place.line, "lat", Law::Coordinates, message);
    }
}

fn suffixes(place: &Place, faults: &mut Faults<'_>) {
    for (index, suffix) in place.official_suffix.iter().enumerate() {
        if place.official_suffix[..index].contains(suffix) {
            faults.add(place.line, "official_suffix", Law::Suffixes, format!("`{suffix}` stands twice; remove one"));
        }
        if !suffix.chars().all(|character| matches!(character, '\u{3400}'..='\u{9fff}')) {
            faults.add(place.line, "official_suffix", Law::Suffixes, format!("`{suffix}`: expected characters"));
        }
        if place.name_hans.ends_with(suffix.as_str()) {
            let message = format!("`{suffix}`: `{}` ends in it already; remove it", place.name_hans);
            faults.add(place.line, "official_suffix", Law::Suffixes, message);
        }
    }
}

fn variants(place: &Place, context: &Context<'_>, faults: &mut Faults<'_>) {
    let mut seen = HashSet::new();
    for variant in &place.variants {
        if !seen.insert(variant) || *variant == place.name_hans || *variant == place.name_hant {
            faults.add(place.line, "variants", Law::Repetition, format!("`{variant}` is there already; remove it"));
        }
        if context.folding.key(variant).is_empty() {
            faults.add(place.line, "variants", Law::Scripts, format!("`{variant}` is no name; remove it"));
        }
    }
}
