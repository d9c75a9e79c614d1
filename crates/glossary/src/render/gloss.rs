//! What is said of a place: 今奇台县, in the script of its text.
//!
//! Where several units of today have the name (there are four 鼓楼区), the one above it is said before it. Of more places than three, three are said and 等.

use tongwen::{DetectedScript, Script};

use super::RenderOptions;
use crate::annotate::{Action, Annotation};
use crate::chain::Modern;
use crate::entry::Entry;
use crate::units::Unit;

/// How many places of today a gloss names.
const MOST: usize = 3;

/// What says the glosses of a text.
pub(super) struct Glosses<'a> {
    pub(super) options: &'a RenderOptions,
    /// The script of the text.
    pub(super) script: Script,
}

/// How much a gloss says.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Detail {
    /// The name, with what is above it where it would not be clear without.
    Short,
    /// All from the province down.
    Path,
}

impl<'a> Glosses<'a> {
    pub(super) fn new(text: &str, options: &'a RenderOptions) -> Glosses<'a> {
        let detected = || match tongwen::detect(text).script {
            DetectedScript::Traditional => Script::Traditional,
            _ => Script::Simplified,
        };
        Glosses { options, script: options.script.unwrap_or_else(detected) }
    }

    /// The script of what is said of an annotation: that of its name, if the name tells.
    pub(super) fn script_of(&self, annotation: &Annotation<'_>) -> Script {
        if self.options.script.is_some() {
            return self.script;
        }
        match tongwen::detect(&annotation.surface).script {
            DetectedScript::Simplified => Script::Simplified,
            DetectedScript::Traditional => Script::Traditional,
            _ => self.script,
        }
    }

    /// The gloss of an annotation that is to have one.
    pub(super) fn gloss(&self, annotation: &Annotation<'_>, detail: Detail) -> Option<String> {
        let shown = annotation.action == Action::Gloss && !annotation.modern.is_empty();
        shown.then(|| self.today(annotation, detail))
    }

    /// 今, or the year, and the places of today.
    pub(super) fn today(&self, annotation: &Annotation<'_>, detail: Detail) -> String {
        let script = self.script_of(annotation);
        let lead = match self.options.as_of {
            Some(year) => format!("{}年", year_name(year)),
            None => "今".to_string(),
        };
        lead + &places(&annotation.modern, script, detail)
    }
}

/// The places of today with 、 between; what is above a place is not said again where it is above the one before: 新疆维吾尔自治区阿克苏地区、喀什地区.
pub(super) fn places(modern: &[Modern<'_>], script: Script, detail: Detail) -> String {
    let mut names: Vec<String> = Vec::new();
    let mut before: Vec<&str> = Vec::new();
    for place in modern.iter().take(MOST) {
        let path = place.path(script);
        let said = match detail {
            Detail::Short if place.unit().is_some_and(is_shared) => path.len().saturating_sub(2),
            Detail::Short => path.len().saturating_sub(1),
            Detail::Path => {
                let (above, _) = path.split_at(path.len().saturating_sub(1));
                above.iter().zip(&before).take_while(|(here, there)| here == there).count()
            }
        };
        names.push(path[said..].concat());
        before = path;
    }
    names.join("、") + if modern.len() > MOST { "等" } else { "" }
}

/// Whether another unit of today has the full name.
fn is_shared(unit: Unit<'_>) -> bool {
    let name = unit.name(Script::Simplified);
    let others = unit.entry().glossary().units_called(name);
    others.iter().any(|other| *other != unit && other.exists(None) && other.name(Script::Simplified) == name)
}

/// A year as running text has it: 1763, 前206.
pub(super) fn year_name(year: i16) -> String {
    if year < 0 { format!("前{}", year.unsigned_abs()) } else { year.to_string() }
}

/// The years of an entry: 1763–1928, 1913–, –1300; empty when unknown. Rounded years have a `~`.
pub(super) fn span(entry: Entry<'_>) -> String {
    let years = entry.years();
    let exact = |precision: Option<crate::Precision>| matches!(precision, None | Some(crate::Precision::Year));
    let year = |year: Option<i16>, precision| {
        year.map_or_else(String::new, |year| format!("{}{}", if exact(precision) { "" } else { "~" }, year_name(year)))
    };
    match (years.from, years.to) {
        (None, None) => String::new(),
        _ => format!("{}–{}", year(years.from, years.from_precision), year(years.to, years.to_precision)),
    }
}
